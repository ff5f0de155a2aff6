"""A warehouse from the last one that was filled whole, at the cost of what has changed since.

The archive keeps a copy of the last file that was filled from nothing (`base`), with the list of the documents that it
was filled from. Where few trials have changed since, the next file is that copy, less the changed trials, plus the same
filling done for those trials alone. So every file is at most one step away from one that was filled whole, and what is
published is never built upon. The base is a pure function of documents and code: it may be deleted at any time, and
other code, another DuckDB or too much change leads to a whole filling again.

Here belongs what counts as changed, how the rows of trials are exchanged, and what of the rows that stay is checked
again. It rests on one rule that `build.fill` and all that it calls must keep: what a row of a trial says depends on
that trial's documents alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from pipeline.archiving.archive import Archive
from pipeline.archiving.code_version import build_version
from pipeline.archiving.inventory import Inventory
from pipeline.building import build, checks
from pipeline.settings import Settings
from schemas import TABLES, Table

MOST: Final = 0.1
"""The share of trials above which a whole filling is as fast."""
AT_ONCE: Final = 500_000
"""How many rows are given new documents at once: a transaction holds in memory what it changes."""

_TOLD_ANEW: Final = tuple(
    name
    for name, table in TABLES.items()
    if name == "documents" or not {"trial_id", "document_id"} & table.by_name.keys()
)
"""The tables that are about the build, not about trials."""
_EXCHANGED: Final = tuple(name for name in TABLES if name not in _TOLD_ANEW)
_REFERRED_TO: Final = {
    one.table for table in TABLES.values() for one in table.references if one.table in _EXCHANGED
} - {"trials"}
_STATE: Final = {"documents": ("unit", "document_id", "key"), "gone": ("unit", "key", "code", "folder")}
"""What decides the rows of each trial: the documents that are there, and those that are gone. The unit is the trial, or
a document whose trial was refused."""


class NoPatchError(RuntimeError):
    """The base is not to be made into what is asked for: it must be filled whole."""


def keep(archive: Archive, inventory: Inventory, filled: Path) -> None:
    """Keep a copy of a file that was filled whole as the base of later ones."""

    def write(folder: Path) -> None:
        shutil.copyfile(filled, folder / "trials.duckdb")
        for name, state in _state(inventory).items():
            state.sink_parquet(folder / f"{name}.parquet")
        (folder / "made_by").write_text(build_version(), encoding="utf-8")

    archive.keep_base(write)


def begin(archive: Archive, file: Path) -> bool:
    """Put a copy of the base at `file`; return whether there is one that today's code made."""
    folder = archive.base
    try:
        if (folder / "made_by").read_text(encoding="utf-8") != build_version():
            return False
        shutil.copyfile(folder / "trials.duckdb", file)
    except OSError:  # there is none, or half of one
        file.unlink(missing_ok=True)
        return False
    return True


def forget(archive: Archive, file: Path) -> None:
    """Delete the base, and what was made of it at `file`: the next filling there is a whole one."""
    shutil.rmtree(archive.base, ignore_errors=True)
    for left in file.parent.glob(f"*{file.name}*"):
        left.unlink(missing_ok=True)


def fill(
    connection: duckdb.DuckDBPyConnection,
    inventory: Inventory,
    archive: Archive,
    settings: Settings,
    now: datetime,
) -> list[checks.Result]:
    """Make the copy of the base that `connection` has open say what `build.fill` would make it say, and check it.

    The base was checked when it was filled. So what is checked whole is what the changed trials brought, and of the
    rows that stay what an exchange could have broken: see `_seams`.

    Args:
        connection: the copy that `begin` made.
        inventory: what was found now.
        archive: where rows lie, and the base.
        settings: the settings.
        now: the one moment that the rows show.

    Returns:
        What `checks.check_all` would return.

    Raises:
        NoPatchError: where too much has changed, or the rows that stay do not go with the new ones.
        duckdb.Error: where the base is broken.
    """
    ((own,),) = connection.execute("SELECT current_database()").fetchall()
    changed = _compare(connection, archive.base, inventory)
    connection.execute("ATTACH ':memory:' AS anew")
    connection.execute("USE anew")
    build.fill(connection, _only(inventory, changed), archive, settings, now)
    results = checks.check_rows(connection, _EXCHANGED)
    connection.execute(f'USE "{own}"')
    _rename(connection)
    with build.transaction(connection):
        _exchange(connection)
    with build.transaction(connection):
        for name in _TOLD_ANEW:
            connection.execute(f"DELETE FROM {name}")
        connection.execute("DELETE FROM quarantine WHERE action = 'DOCUMENT'")
        build.fill_documents(connection, inventory, now)
        # Of what was refused in the others, say where its document lies now and when that was.
        connection.execute(
            "UPDATE quarantine SET uri = d.uri, quarantined_at = $now FROM documents d "
            "WHERE d.document_id = quarantine.document_id AND d.status <> 'DUPLICATE' "
            "AND quarantine.action <> 'DOCUMENT'",
            {"now": now},
        )
    connection.execute("DETACH anew")
    return [*results, *checks.check_rows(connection, _TOLD_ANEW), *checks.check_account(connection)]


# --- what has changed -------------------------------------------------------------------------------------------------


def _state(inventory: Inventory) -> dict[str, pl.LazyFrame]:
    """Return what `_STATE` describes."""
    documents = inventory.documents.lazy().filter(pl.col("extracted_id").is_not_null(), pl.col("status") != "DUPLICATE")
    documents = documents.with_columns(unit=pl.coalesce("trial_id", "document_id"))
    gone = inventory.gone.lazy().with_columns(unit=pl.coalesce("trial_id", "extracted_id"))
    return {"documents": documents.select(_STATE["documents"]), "gone": gone.select(_STATE["gone"])}


def _compare(connection: duckdb.DuckDBPyConnection, base: Path, inventory: Inventory) -> pl.Series:
    """Make the tables that tell what differs from the base; return the units that do.

    They are `changed_units`; `changed_documents`, those on them then and now; `renamed`, from `before` to `now`, the
    documents with a new release stamp and nothing else that is new; and `removed_documents`, which no row may name any
    more. A trial with several documents, now or before, is changed by a new stamp too: which of two documents speaks
    may hang on their ids.

    Raises:
        NoPatchError: where a whole filling is as fast.
    """
    for name, state in _state(inventory).items():
        columns = ", ".join(_STATE[name])
        files = str(base / f"{name}.parquet").replace("'", "''")
        connection.execute(f"CREATE TEMP TABLE base_{name} AS SELECT {columns} FROM read_parquet('{files}')")
        connection.execute(f"CREATE TEMP TABLE found_{name} AS FROM base_{name} LIMIT 0")
        for rows in state.collect_batches():
            connection.register("incoming", rows)
            connection.execute(f"INSERT INTO found_{name} FROM incoming")
            connection.unregister("incoming")
    for statement in _CHANGES:
        connection.execute(statement)
    ((units,),) = connection.execute("SELECT count(DISTINCT unit) FROM found_documents").fetchall()
    for name in _STATE:
        connection.execute(f"DROP TABLE base_{name}")
        connection.execute(f"DROP TABLE found_{name}")
    changed: pl.Series = connection.sql("FROM changed_units").pl()["unit"]
    if changed.len() > MOST * units:
        raise NoPatchError(f"{changed.len()} of {units} trials have changed")
    return changed


_CHANGES: Final = (
    # One row a document that one state has and the other has not, or that has another name there.
    """
    CREATE TEMP TABLE differing AS
    SELECT unit, b.document_id AS before, f.document_id AS now
    FROM base_documents b FULL JOIN found_documents f USING (unit, key)
    WHERE b.document_id IS DISTINCT FROM f.document_id
    """,
    """
    CREATE TEMP TABLE changed_units AS
    SELECT unit FROM differing WHERE before IS NULL OR now IS NULL
    UNION
    SELECT unit FROM differing SEMI JOIN (
        SELECT unit FROM base_documents GROUP BY unit HAVING count(*) > 1
        UNION ALL
        SELECT unit FROM found_documents GROUP BY unit HAVING count(*) > 1
        UNION ALL
        SELECT unit FROM base_gone
        UNION ALL
        SELECT unit FROM found_gone
    ) USING (unit)
    UNION
    SELECT unit FROM (FROM base_gone EXCEPT FROM found_gone)
    UNION
    SELECT unit FROM (FROM found_gone EXCEPT FROM base_gone)
    """,
    """
    CREATE TEMP TABLE changed_documents AS
    SELECT document_id FROM base_documents SEMI JOIN changed_units USING (unit)
    UNION
    SELECT document_id FROM found_documents SEMI JOIN changed_units USING (unit)
    """,
    "CREATE TEMP TABLE renamed AS SELECT before, now FROM differing ANTI JOIN changed_units USING (unit)",
    "CREATE TEMP VIEW removed_documents AS FROM changed_documents UNION ALL SELECT before FROM renamed",
    "DROP TABLE differing",
)


def _only(inventory: Inventory, units: pl.Series) -> Inventory:
    """Return the inventory as if only the documents on some trials had been found."""
    documents, gone = inventory.documents, inventory.gone
    return inventory._replace(
        documents=documents.filter(pl.coalesce("trial_id", "document_id").is_in(units.implode())),
        gone=gone.filter(pl.coalesce("trial_id", "extracted_id").is_in(units.implode())),
    )


# --- the exchange -----------------------------------------------------------------------------------------------------


def _rename(connection: duckdb.DuckDBPyConnection) -> None:
    """Give documents with a new release stamp their new name in every row.

    In slices, each committed: what a transaction has changed is held in memory until then, and ever slower to add to.
    A slice has the rows of few documents, and to learn which costs less than to look each row up among all.
    """
    if connection.execute("SELECT 1 FROM renamed LIMIT 1").fetchone() is None:
        return
    # Else DuckDB may look rows up by the shorter list, and update them in no order, which takes quadratic time.
    connection.execute("SET disabled_optimizers = 'build_side_probe_side'")
    for name in _EXCHANGED:
        if "document_id" not in TABLES[name].by_name:
            continue
        ((rows,),) = connection.execute(f"SELECT coalesce(max(rowid), -1) + 1 FROM {name}").fetchall()
        for first in range(0, rows, AT_ONCE):
            here = f"{name}.rowid BETWEEN {first} AND {first + AT_ONCE - 1}"
            with build.transaction(connection):
                connection.execute(
                    "CREATE OR REPLACE TEMP TABLE renamed_here AS FROM renamed "
                    f"SEMI JOIN (SELECT DISTINCT document_id AS before FROM {name} WHERE {here}) USING (before)"
                )
                connection.execute(
                    f"UPDATE {name} SET document_id = r.now FROM renamed_here r "
                    f"WHERE {name}.document_id = r.before AND {here}"
                )
    connection.execute("RESET disabled_optimizers")


def _exchange(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the rows that `anew` has in the place of those of the changed trials.

    Raises:
        NoPatchError: where a row that stays has to do with one that is exchanged.
    """
    for name in _EXCHANGED:
        by_trial = "trial_id" in TABLES[name].by_name
        exchanged = "trial_id IN (FROM changed_units)" if by_trial else "document_id IN (FROM changed_documents)"
        if name in _REFERRED_TO:
            key = ", ".join(TABLES[name].key)
            connection.execute(f"CREATE TEMP TABLE removed_{name} AS SELECT {key} FROM {name} WHERE {exchanged}")
        connection.execute(f"DELETE FROM {name} WHERE {exchanged}")
    for name in _EXCHANGED:
        for seam in _seams(TABLES[name]):
            ((rows,),) = connection.execute(f"SELECT count(*) FROM {name} AS stays SEMI JOIN {seam}").fetchall()
            if rows:
                raise NoPatchError(f"{rows} rows of {name} stay and have to do with {seam}")
        # What became of whole documents is told anew.
        kept = "WHERE action <> 'DOCUMENT'" if name == "quarantine" else ""
        connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM anew.main.{name} {kept}")


def _seams(table: Table) -> Iterator[str]:
    """Yield what no row that stays may be joined to: new rows of its own key, and removed rows that it refers to.

    That the rows that stay keep the contract among themselves was checked when the base was filled, and the new ones
    are checked beside each other; so nothing else can be broken. What has its trial's number in its key, or refers to
    the trial, has been exchanged with the trial.
    """
    if table.key and "trial_id" not in table.key:
        yield f"anew.main.{table.name} USING ({', '.join(table.key)})"
    for one in table.references:
        if one.table in _REFERRED_TO or one.table == "documents":
            pairs = zip(one.columns, one.their_columns, strict=True)
            on = " AND ".join(f"stays.{mine} = removed.{theirs}" for mine, theirs in pairs)
            yield f"removed_{one.table} AS removed ON {on}"
