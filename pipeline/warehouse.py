"""From paths to a published warehouse: the two steps that the Dagster job has, as plain functions.

Here belongs their order and what passes between them. What each does in detail is `inventory`'s, `build`'s, `checks`'
and `publish`'s.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
import polars as pl

from pipeline import build, checks, inventory, publish, views
from pipeline.archive import Archive
from pipeline.code_version import code_version
from pipeline.inventory import Inventory
from pipeline.settings import Settings
from schemas import CONTRACT_VERSION, TABLES

_SPACE_FOR: Final = 3
"""How many times the archive a build may need: the file, its spill and the archive's growth."""
_SPACE_AT_LEAST: Final = 64 << 20


class CheckFailedError(publish.PublishError):
    """A warehouse that was built but not published, with every check that failed."""

    def __init__(self, results: Sequence[checks.Result]) -> None:
        """Word the failures among the results."""
        told = "; ".join(f"{one.name} ({one.table}): {failure}" for one in results for failure in one.failures)
        super().__init__(f"not published, what was published before stays: {told}")
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


def read_documents(paths: Sequence[Path], settings: Settings, run: str, now: datetime) -> Inventory:
    """Read every document under `paths` that is new into the archive, and say what became of each.

    Raises:
        NoFilesError: where the paths hold nothing.
        PublishError: where there is no space to read into.
    """
    settings.archive_folder.mkdir(parents=True, exist_ok=True)
    publish.need_space(settings.archive_folder, _SPACE_AT_LEAST)
    archive = open_archive(settings)
    found = inventory.take(paths, archive, settings, run, now)
    found.save(archive.folder / "inventory")
    return found


def last_read(settings: Settings) -> Inventory:
    """Return what `read_documents` found last.

    Raises:
        NoInventoryError: where it has not run.
    """
    return Inventory.load(open_archive(settings).folder / "inventory")


def build_warehouse(
    found: Inventory, settings: Settings, run: str, now: datetime, *, accept_loss: bool = False
) -> Published:
    """Build the warehouse aside, check it and publish it.

    A warehouse that would say what the published one says is not built: the published file stays.

    Raises:
        CheckFailedError: where a check fails; nothing is published.
        PublishError: where the file cannot be put in its place.
    """
    started = time.monotonic()
    warehouse = settings.warehouse
    digest = _digest(found, settings)
    if standing := _standing(warehouse, digest):
        return Published(warehouse, standing, tuple(checks.all_passed()), True, time.monotonic() - started)
    archive = open_archive(settings)
    publish.need_space(warehouse.parent, max(_SPACE_AT_LEAST, _SPACE_FOR * archive.size()))
    with publish.aside(warehouse) as folder:
        file = folder / warehouse.name
        with build.connect(file, settings) as connection:
            build.fill(connection, found, archive, settings, now)
            results = checks.check_all(connection)
            results += checks.no_comparison() if accept_loss else _compare(connection, warehouse, settings)
            if any(not one.passed and one.severity == "ERROR" for one in results):
                raise CheckFailedError(results)
            rows = build.row_counts(connection)
            logged = publish.log_run(archive.root / "runs.jsonl", _run_row(run, now, found, rows))
            build.finish(connection, _runs(logged), _info(found, digest))
            rows = build.row_counts(connection)
        publish.publish(file, warehouse)
    archive.forget_others()
    return Published(warehouse, rows, tuple(results), False, time.monotonic() - started)


def _digest(found: Inventory, settings: Settings) -> str:
    told = f"{found.digest} {code_version()} {CONTRACT_VERSION} {views.digest()} {settings.contacts} {settings.officials}"
    return hashlib.sha256(told.encode()).hexdigest()


def _standing(warehouse: Path, digest: str) -> dict[str, int] | None:
    """Return the published warehouse's row counts where it says what a build with this digest would say."""
    if not warehouse.exists():
        return None
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            same = connection.execute("SELECT 1 FROM warehouse_info WHERE content_digest = ?", [digest]).fetchone()
            return build.row_counts(connection) if same else None
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
        return checks.check_loss(connection, settings)
    except duckdb.CatalogException:
        return checks.no_comparison()
    finally:
        connection.execute("DETACH published")


def _run_row(run: str, now: datetime, found: Inventory, rows: dict[str, int]) -> dict[str, Any]:
    """Return the row of `runs` of this build; `finished_at` is when its checks had passed."""
    status = dict(found.documents.group_by("status").len().iter_rows())
    return {
        "run_id": run,
        "started_at": now.isoformat(),
        "finished_at": datetime.now(UTC).isoformat(),
        "code_version": code_version(),
        "files": found.files.height,
        "documents": found.documents.height,
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
    latest = loaded.group_by("source").agg(pl.col("version_date").max()).sort("source")
    return {
        "contract_version": CONTRACT_VERSION,
        "code_version": code_version(),
        "data_dates": [{"key": source, "value": date} for source, date in latest.iter_rows()],
        "content_digest": digest,
        "from_sample": found.is_sample,
    }
