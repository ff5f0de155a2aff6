"""The warehouse as Parquet: one file a table and view, with the dictionary and the sources' words beside them.

Here belongs what an export holds and how it takes its place. What tables and views mean is rendered by `schemas` and
`pipeline.building.views`; personal columns are in an export as they are in the file.

    export.json                 what this is: contract, digest, rows of every file
    tables/<table>.parquet      views/<schema>/<view>.parquet
    dictionary.csv, .json, .md  every column of every table; views.md: every view
    ATTRIBUTION.txt             what the sources' terms ask to be told with their data
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from pipeline.building import views
from pipeline.progress import reporter
from pipeline.settings import Settings
from pipeline.showing.published import reading
from schemas import TABLES, render

MANIFEST: Final = "export.json"
_IS_EXPORT: Final = "trialhouse_export"


class ExportError(RuntimeError):
    """Nothing was exported; the message says why and what to do. What was in the folder before stays."""


class Exported(NamedTuple):
    """What an export came to."""

    folder: Path
    rows: dict[str, int]
    """How many rows each file has, by its path in the folder."""
    byte_size: int

    def as_json(self) -> dict[str, Any]:
        """Return the summary for machines."""
        return {"folder": str(self.folder), "byte_size": self.byte_size, "rows": self.rows}


def export(settings: Settings, folder: Path, *, force: bool = False) -> Exported:
    """Write the published warehouse to `folder`; an earlier export there is replaced as a whole.

    Args:
        settings: which warehouse, and how much memory.
        folder: where to; its parent is made where it is missing.
        force: replace the folder even where it holds what no export of ours wrote.

    Raises:
        UnreadableError: where the warehouse cannot be read.
        ExportError: where the folder must not be replaced or cannot be written.
    """
    target = folder.resolve()
    _may_replace(target, settings.warehouse.resolve(), force=force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise ExportError(f"{target.parent} cannot be written ({error.strerror}): name another folder") from None
    try:
        new = aside / "new"
        with reading(
            settings.warehouse, memory_limit=settings.memory_limit, temp_directory=str(aside / "spill")
        ) as connection:
            rows = _write(connection, new)
        if target.exists():
            target.rename(aside / "old")
        new.rename(target)
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror or error}") from None
    except duckdb.IOException as error:
        # DuckDB wraps the system's words in JSON.
        told = "No space left on device" if "No space left" in str(error) else error
        raise ExportError(f"{target} cannot be written: {told}") from None
    finally:
        if (aside / "old").exists() and not target.exists():
            (aside / "old").rename(target)
        shutil.rmtree(aside, ignore_errors=True)
    return Exported(folder, rows, sum(file.stat().st_size for file in target.rglob("*") if file.is_file()))


def _may_replace(target: Path, warehouse: Path, *, force: bool) -> None:
    """Refuse a folder whose replacement would cost somebody something."""
    for kept, what in ((warehouse, "the warehouse itself"), (Path.cwd(), "the working folder"), (Path.home(), "home")):
        if kept.is_relative_to(target):
            raise ExportError(f"{target} holds {what}: name a folder of its own")
    if not target.exists():
        return
    if not target.is_dir():
        raise ExportError(f"{target} is no folder: name another")
    foreign = _foreign(target)
    if foreign and not force:
        raise ExportError(
            f"{target} holds what no export wrote, such as {foreign[0]}: "
            "name another folder, or replace it with --force"
        )


def _foreign(target: Path) -> list[str]:
    """Return the files in the folder that no export of ours wrote."""
    there = sorted(file.relative_to(target).as_posix() for file in target.rglob("*") if not file.is_dir())
    try:
        manifest = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        ours = {*manifest["files"], *manifest["rows"], MANIFEST} if _IS_EXPORT in manifest else set()
    except (OSError, ValueError, KeyError, TypeError):
        ours = set()
    return [name for name in there if name not in ours]


def _write(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    """Write everything into a new folder; return how many rows each Parquet file has."""
    relations = {f"tables/{name}.parquet": (f"main.{name}", _order(name)) for name in TABLES}
    found = connection.execute("SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL")
    relations |= {f"views/{schema}/{name}.parquet": (f"{schema}.{name}", "") for schema, name in found.fetchall()}
    report = reporter()
    report.begin("exporting", len(relations))
    rows = {}
    for path, (relation, order) in relations.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        told = connection.execute(
            f"COPY (FROM {relation}{order}) TO '{str(file).replace(chr(39), chr(39) * 2)}' "
            "(FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()
        rows[path] = told[0] if told else 0
        report.advance(1, 0)
    beside = _dictionary() | {"ATTRIBUTION.txt": attribution(connection)}
    for name, text in beside.items():
        (folder / name).write_text(text, encoding="utf-8")
    _write_csv(folder / "dictionary.csv")
    manifest = {
        _IS_EXPORT: 1,
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        **_info(connection),
        "files": sorted([*beside, "dictionary.csv"]),
        "rows": rows,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return rows


def _order(name: str) -> str:
    """Return the order of a table's rows: by its key, so that two exports of one warehouse are alike."""
    key = TABLES[name].key
    return f" ORDER BY {', '.join(key)}" if key else ""


def _info(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    names = ("contract_version", "code_version", "content_digest", "from_sample")
    found = connection.execute(f"SELECT {', '.join(names)} FROM warehouse_info").fetchone()
    return dict(zip(names, found or (), strict=True))


def _dictionary() -> dict[str, str]:
    return {
        "dictionary.json": json.dumps(render.dictionary(), indent=2) + "\n",
        "dictionary.md": render.dictionary_markdown(),
        "views.md": views.page(views.catalogue()),
    }


def _write_csv(file: Path) -> None:
    rows = render.dictionary()
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        for row in rows:
            writer.writerow(
                {name: "; ".join(value) if isinstance(value, list) else value for name, value in row.items()}
            )


def attribution(connection: duckdb.DuckDBPyConnection) -> str:
    """Return what the terms of the sources that were loaded ask to be told, as plain text."""
    found = connection.execute(
        "SELECT s.attribution, s.home_url, s.terms_url, count(*), max(d.version_date) "
        "FROM documents d JOIN sources s USING (source) WHERE d.status = 'LOADED' "
        "GROUP BY ALL ORDER BY count(*) DESC, s.attribution"
    ).fetchall()
    lines = ["This data was made by Trialhouse from documents of these sources:", ""]
    for words, home, terms, documents, latest in found:
        dated = f", the latest of {latest}" if latest else ""
        lines += [words, f"  {documents:,} documents{dated}"]
        lines += [f"  {what}: {url}" for what, url in (("home", home), ("terms", terms)) if url]
        lines.append("")
    if _info(connection).get("from_sample"):
        lines += ["It was built from the sample that comes with the project: its trials and people are invented.", ""]
    return "\n".join(lines)
