"""The warehouse file: every table filled from the archive by SQL, checked, closed.

Here belongs the order in which tables are filled and what only SQL can do well: joining distinct readings to their
places, keys, what was found and what became of it. Which document speaks for what is `merge`'s, what must hold is
`checks`', putting the file in place is `publish`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl

from pipeline.archiving.archive import Archive
from pipeline.archiving.inventory import Inventory
from pipeline.building import conflicts, derive, dictionary, history, merge, views
from pipeline.building.comparing import COMPARABLE
from pipeline.building.sources import SOURCES
from pipeline.progress import reporter
from pipeline.settings import Settings
from schemas import TABLES, render

STORAGE_VERSION: Final = "v1.5.0"
"""The oldest DuckDB that must open the file; 2.0 writes its own format unless told."""

_ROW_GROUP: Final = 30 * 2048
"""How many rows the file keeps together, half of DuckDB's own: rows of `trials` have five kilobytes each, every core
holds a group of them uncompressed while it fills, and packs one at a time."""

# Tables of the archive that are no trial's rows but belong to a document all the same.
_OF_DOCUMENT: Final = ("document_texts", "unread_lines", "unmapped_terms")


_LOADED: Final = {
    "extracted_id": "VARCHAR", "part": "VARCHAR", "document_id": "VARCHAR", "uri": "VARCHAR", "trial_id": "VARCHAR",
    "version_date": "DATE", "lossy": "VARCHAR[]", "source": "VARCHAR", "layout": "VARCHAR", "dialect": "VARCHAR",
}  # fmt: skip
"""What is known of each document that rows are taken from, with its type."""


@contextmanager
def connect(file: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a new file for building: memory bounded, spilling beside it, readable by older DuckDBs."""
    config: dict[str, Any] = {
        "memory_limit": settings.memory_limit,
        "temp_directory": str(file.parent / "spill"),
        "preserve_insertion_order": False,
        "python_enable_replacements": False,
    }
    if settings.workers:
        config["threads"] = settings.workers
    connection = duckdb.connect(config=config)
    try:
        # DuckDB's own bar would write into what the command prints.
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            f"ATTACH '{str(file).replace(chr(39), chr(39) * 2)}' AS warehouse "
            # A file whose build ended early is thrown away: no log that it could be recovered from.
            f"(STORAGE_VERSION '{STORAGE_VERSION}', ROW_GROUP_SIZE {_ROW_GROUP}, RECOVERY_MODE no_wal_writes)"
        )
        connection.execute("USE warehouse")
        yield connection
    finally:
        connection.close()


def fill(
    connection: duckdb.DuckDBPyConnection,
    inventory: Inventory,
    archive: Archive,
    settings: Settings,
    now: datetime,
) -> None:
    """Create and fill every table but `runs` and `warehouse_info`; `now` is the one moment that the rows show."""
    _run(connection, [render.create_table(table) for table in TABLES.values()])
    reporter().begin("merging", None)
    with transaction(connection):
        fill_documents(connection, inventory, now)
        _stage(connection, inventory, archive, now)
    for name in (*merge.STAGED, "evidence"):
        connection.execute(merge.insert_uncontested(name))
    if _has_rows(connection, "rivals"):
        _run(connection, [*merge.choose(), *merge.insert_trials()])
        for name in merge.STAGED[1:]:
            _run(connection, merge.insert_children(name))
        _run(connection, [*merge.insert_evidence(), *conflicts.insert_conflicts()])
    connection.execute(conflicts.insert_within())
    with transaction(connection), _scratch(connection):
        history.tell(connection, inventory.gone, archive)
    derive.timepoints(connection, archive, settings, now)
    derive.regimens(connection, archive, settings, now)


def describe(connection: duckdb.DuckDBPyConnection) -> None:
    """Say in the file what its tables and columns mean, and create the views."""
    _run(connection, [comment for table in TABLES.values() for comment in render.comments(table)])
    with transaction(connection):
        views.create_views(connection)


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Do some statements at once: the disk is waited for once, and not after each of them.

    A build has a thousand statements, most of them short. All in one would be no faster than in dozens of transactions,
    and would hold a third more memory.
    """
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


@contextmanager
def _scratch(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Drop the temporary tables that are made meanwhile: they would stay in memory until the file is closed."""
    query = "SELECT table_name FROM duckdb_tables() WHERE temporary"
    before = connection.execute(query).fetchall()
    yield
    for (name,) in connection.execute(query).fetchall():
        if (name,) not in before:
            connection.execute(f"DROP TABLE {name}")


def _run(connection: duckdb.DuckDBPyConnection, statements: Sequence[str]) -> None:
    with transaction(connection):
        for statement in statements:
            connection.execute(statement)


def _has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return connection.execute(f"FROM {table} LIMIT 1").fetchone() is not None


def _insert(connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame | pl.LazyFrame) -> None:
    """Insert rows by name, their columns being the contract's or some of them; a slice at a time is in memory."""
    for frame in rows.lazy().collect_batches():
        connection.register("incoming", frame)
        connection.execute(render.insert(TABLES[name], "incoming"))
        connection.unregister("incoming")


def fill_documents(connection: duckdb.DuckDBPyConnection, inventory: Inventory, now: datetime) -> None:
    """Fill `sources`, `files`, `documents`, and the quarantine of what could not be read."""
    _insert(
        connection,
        "sources",
        pl.DataFrame(list(SOURCES.values()), schema=TABLES["sources"].polars_schema(), orient="row"),
    )
    documents = inventory.documents
    there = documents.collect_schema()
    _insert(connection, "documents", documents.select(name for name in TABLES["documents"].by_name if name in there))
    counts = documents.group_by("file_uri").agg(
        found=pl.len().cast(pl.Int64),
        loaded=(pl.col("status") == "LOADED").sum().cast(pl.Int64),
        quarantined=(pl.col("status") == "QUARANTINED").sum().cast(pl.Int64),
        duplicates=(pl.col("status") == "DUPLICATE").sum().cast(pl.Int64),
    )
    files = inventory.files.lazy().join(counts, left_on="uri", right_on="file_uri", how="left", maintain_order="left")
    _insert(
        connection, "files", files.with_columns(pl.col("found", "loaded", "quarantined", "duplicates").fill_null(0))
    )
    refused = documents.filter(pl.col("status") == "QUARANTINED").select(
        "document_id", "uri", "rule", reason="problem", action=pl.lit("DOCUMENT"), quarantined_at=pl.lit(now)
    )
    _insert(connection, "quarantine", refused)
    problems = pl.DataFrame(
        [(*problem, "DOCUMENT", now) for problem in inventory.problems],
        schema={
            "uri": pl.String,
            "rule": pl.String,
            "reason": pl.String,
            "action": pl.String,
            "quarantined_at": pl.Datetime("us", "UTC"),
        },
        orient="row",
    )
    _insert(connection, "quarantine", problems)


def _stage(connection: duckdb.DuckDBPyConnection, inventory: Inventory, archive: Archive, now: datetime) -> None:
    """Make `current` and a view `staged_<table>` of the archive's rows of loaded documents; fill the rest."""
    connection.execute(f"CREATE TEMP TABLE loaded ({', '.join(f'{name} {kind}' for name, kind in _LOADED.items())})")
    loaded = inventory.documents.filter(pl.col("extracted_id").is_not_null(), pl.col("status") != "DUPLICATE")
    for frame in loaded.select(*_LOADED).collect_batches():
        connection.register("incoming", frame)
        connection.execute("INSERT INTO loaded FROM incoming")
        connection.unregister("incoming")
    for statement in (merge.CURRENT, "DROP TABLE loaded", merge.RIVALS, merge.CHOSEN, COMPARABLE):
        connection.execute(statement)
    parts = [part for (part,) in connection.execute("SELECT DISTINCT part FROM current").fetchall()]
    for name in (*merge.STAGED, "evidence", *_OF_DOCUMENT, "conflicts", "quarantine"):
        connection.execute(f"CREATE TEMP VIEW staged_{name} AS {_staged(name, archive.table(name, parts))}")
    for name in _OF_DOCUMENT:
        connection.execute(f"INSERT INTO {name} BY NAME SELECT * EXCLUDE (contested) FROM staged_{name}")
    connection.execute(
        "INSERT INTO quarantine BY NAME SELECT q.document_id, table_name, column_name, value, row, rule, "
        "reason, action, c.uri, $now AS quarantined_at "
        "FROM staged_quarantine q JOIN current c USING (document_id)",
        {"now": now},
    )


def _staged(name: str, files: list[str]) -> str:
    if not files:
        return f"SELECT *, NULL::BOOLEAN AS contested FROM {name} WHERE false"
    # Two batches of one build may hold the same content: only the part that the document was given counts.
    return (
        "SELECT t.* EXCLUDE (filename) REPLACE (c.document_id AS document_id), c.contested "
        f"FROM read_parquet({files!r}, filename = true) t JOIN current c "
        "ON t.document_id = c.extracted_id AND c.part = parse_path(t.filename)[-2]"
    )


def finish(connection: duckdb.DuckDBPyConnection, runs: pl.DataFrame, info: dict[str, Any]) -> None:
    """Fill `runs`, `warehouse_info` and `data_dictionary`, once everything else is there and checked."""
    _insert(connection, "runs", runs)
    _insert(connection, "warehouse_info", pl.DataFrame([info], schema=TABLES["warehouse_info"].polars_schema()))
    dictionary.fill(connection)
    connection.execute("CHECKPOINT")


def row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many rows each table has."""
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in TABLES)
    found = dict(connection.execute(counts).fetchall())
    return {name: found[name] for name in TABLES}
