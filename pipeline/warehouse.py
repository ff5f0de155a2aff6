"""From paths to a published warehouse: the two steps that the Dagster job has, as plain functions.

Here belongs their order and what passes between them. What each does in detail is `inventory`'s, `build`'s, `checks`'
and `publish`'s.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
import polars as pl

from pipeline.archiving import compact, inventory
from pipeline.archiving.archive import Archive
from pipeline.archiving.code_version import build_version, code_version
from pipeline.archiving.inventory import Inventory
from pipeline.building import build, checks, increment, publish
from pipeline.settings import Settings
from schemas import CONTRACT_VERSION, TABLES

_SPACE_FOR: Final = 3
"""How many times the archive a build may need: the file, its spill and the archive's growth."""
_SPACE_AT_LEAST: Final = 64 << 20
_TOLD: Final = 3
"""How many failures of a check its error tells."""


def _first(failures: Sequence[str]) -> str:
    told = "; ".join(failures[:_TOLD])
    return f"{told}; and {len(failures) - _TOLD} more" if len(failures) > _TOLD else told


class CheckFailedError(publish.PublishError):
    """A warehouse that was built but not published, with every check that failed."""

    def __init__(self, results: Sequence[checks.Result]) -> None:
        """Word the failures among the results: the first of each check, a line each; the UI's check has them all."""
        fatal = [one for one in results if one.severity == "ERROR" and one.failures]
        told = [f"  {one.name} ({one.table}): {_first(one.failures)}" for one in fatal]
        super().__init__("\n".join(["not published, what was published before stays:", *told]))
        self.results = tuple(results)


class Published(NamedTuple):
    """What a build left."""

    warehouse: Path
    rows: dict[str, int]
    """How many rows each table has."""
    results: tuple[checks.Result, ...]
    """How every check went."""
    unchanged: bool
    """Whether the published file already said the same, so that it was left alone."""
    seconds: float


def open_archive(settings: Settings) -> Archive:
    """Return the archive that goes with the settings and today's code."""
    personal = f"{code_version()} {settings.contacts} {settings.officials}"
    return Archive(settings.archive_folder, hashlib.sha256(personal.encode()).hexdigest()[:16])


@publish.told_in_words()
def read_documents(paths: Sequence[Path], settings: Settings, run: str, now: datetime) -> Inventory:
    """Read every document under `paths` that is new into the archive, and say what became of each.

    Raises:
        NoFilesError: where the paths hold nothing.
        PublishError: where there is no space to read into, or it cannot be written.
    """
    settings.archive_folder.mkdir(parents=True, exist_ok=True)
    publish.need_space(settings.archive_folder, _SPACE_AT_LEAST)
    archive = open_archive(settings)
    archive.sweep()
    return inventory.take(paths, archive, settings, run, now)


def last_read(settings: Settings, run: str | None = None) -> Inventory:
    """Return what `read_documents` found in this run, else what it found last: another build may read meanwhile.

    Raises:
        NoInventoryError: where it has not run.
    """
    return Inventory.load(open_archive(settings).inventory(run))


@publish.told_in_words()
def build_warehouse(
    found: Inventory,
    settings: Settings,
    run: str,
    now: datetime,
    *,
    accept_loss: bool = False,
    on_change: Callable[[], None] = lambda: None,
) -> Published:
    """Build the warehouse aside, check it and publish it.

    A warehouse that would say what the published one says is not built: the published file stays.

    Args:
        found: the documents.
        settings: the settings.
        run: the id of this run.
        now: the one moment that the rows show.
        accept_loss: publish even where trials vanish or columns are much emptier than before.
        on_change: called before a file is built, for whatever can begin meanwhile.

    Raises:
        CheckFailedError: where a check fails; nothing is published.
        PublishError: where the file cannot be put in its place.
    """
    started = time.monotonic()
    warehouse = settings.warehouse
    digest = _digest(found, settings)
    archive = open_archive(settings)
    if standing := _standing(warehouse, digest, settings):
        rows, warnings = standing
        archive.forget_others()  # a build that was killed once it had published could not
        return Published(warehouse, rows, (*checks.all_passed(), *warnings), True, time.monotonic() - started)
    on_change()
    found = found.placed(archive)
    publish.need_space(warehouse.parent, max(_SPACE_AT_LEAST, _SPACE_FOR * archive.size()))
    with publish.aside(warehouse) as folder:
        file = folder / warehouse.name
        patched = increment.begin(archive, file)

        def write() -> tuple[dict[str, int], list[checks.Result]]:
            with build.connect(file, settings) as connection:
                if patched:
                    results = increment.fill(connection, found, archive, settings, now)
                else:
                    build.fill(connection, found, archive, settings, now)
                    build.describe(connection)
                    results = checks.check_all(connection)
                compared = _compare(connection, warehouse, settings)
                results += checks.accepted(compared) if accept_loss else compared
                results += checks.warn(connection, settings)
                if any(not one.passed and one.severity == "ERROR" for one in results):
                    raise CheckFailedError(results)
                rows = build.row_counts(connection)
                finished = now + timedelta(seconds=time.monotonic() - started)  # not what a clock says that may jump
                logged = publish.log_run(archive.root / "runs.jsonl", _run_row(run, now, finished, found, rows))
                build.finish(connection, _runs(logged), _info(found, digest))
                return build.row_counts(connection), results

        try:
            rows, results = write()
        except (CheckFailedError, increment.NoPatchError, duckdb.Error):
            if not patched:
                raise
            # Whatever is wrong must not be the base's fault: it is filled whole before anybody is told.
            increment.forget(archive, file)
            patched = False
            rows, results = write()
        publish.publish(file, warehouse)
    # What only makes later builds cheaper must not fail one that has published.
    with suppress(OSError, pl.exceptions.PolarsError):
        if not patched:
            increment.keep(archive, found, warehouse)
        compact.compact(archive, found.documents.select("key"))
    archive.forget_others()
    return Published(warehouse, rows, tuple(results), False, time.monotonic() - started)


def _digest(found: Inventory, settings: Settings) -> str:
    told = f"{found.digest} {build_version()} {CONTRACT_VERSION} {settings.contacts} {settings.officials}"
    return hashlib.sha256(told.encode()).hexdigest()


def _standing(warehouse: Path, digest: str, settings: Settings) -> tuple[dict[str, int], list[checks.Result]] | None:
    """Return the published warehouse's row counts and warnings where it says what a build with this digest would."""
    if not warehouse.exists():
        return None
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            same = connection.execute("SELECT 1 FROM warehouse_info WHERE content_digest = ?", [digest]).fetchone()
            return (build.row_counts(connection), checks.warn(connection, settings)) if same else None
    except duckdb.Error:  # no warehouse of ours, or of another contract: it is replaced
        return None


def _compare(connection: duckdb.DuckDBPyConnection, warehouse: Path, settings: Settings) -> list[checks.Result]:
    """Return how the new warehouse compares with the published one, where one of ours is there."""
    if not warehouse.exists():
        return checks.no_comparison()
    try:
        connection.execute(f"ATTACH '{str(warehouse).replace(chr(39), chr(39) * 2)}' AS published (READ_ONLY)")
    except duckdb.Error:
        return checks.no_comparison()
    try:
        # Whoever brings documents of their own wants the sample gone.
        sample = connection.execute("FROM published.main.warehouse_info SELECT bool_or(from_sample)").fetchone()
        return checks.no_comparison() if sample == (True,) else checks.check_loss(connection, settings)
    except (duckdb.CatalogException, duckdb.BinderException):  # it is not ours, or older than any contract of ours
        return checks.no_comparison()
    finally:
        connection.execute("DETACH published")


def _run_row(run: str, now: datetime, finished: datetime, found: Inventory, rows: dict[str, int]) -> dict[str, Any]:
    """Return the row of `runs` of this build; `finished_at` is when its checks had passed."""
    status = found.counts()
    return {
        "run_id": run,
        "started_at": now.isoformat(),
        "finished_at": finished.isoformat(),
        "code_version": code_version(),
        "files": found.files.height,
        "documents": sum(status.values()),
        "loaded": status.get("LOADED", 0),
        "quarantined": status.get("QUARANTINED", 0),
        "duplicates": status.get("DUPLICATE", 0),
        "rows": rows,
    }


def _runs(logged: list[dict[str, Any]]) -> pl.DataFrame:
    rows = [
        row
        | {
            "started_at": datetime.fromisoformat(row["started_at"]),
            "finished_at": datetime.fromisoformat(row["finished_at"]),
            "rows": [{"key": name, "value": count} for name, count in row["rows"].items()],
        }
        for row in logged
    ]
    return pl.DataFrame(rows, schema=TABLES["runs"].polars_schema())


def _info(found: Inventory, digest: str) -> dict[str, Any]:
    loaded = found.documents.filter(pl.col("status") == "LOADED", pl.col("version_date").is_not_null())
    latest = loaded.group_by("source").agg(pl.col("version_date").max()).sort("source").collect()
    return {
        "contract_version": CONTRACT_VERSION,
        "code_version": code_version(),
        "data_dates": [{"key": source, "value": date} for source, date in latest.iter_rows()],
        "content_digest": digest,
        "from_sample": found.is_sample,
    }
