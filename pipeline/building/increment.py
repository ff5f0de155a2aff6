"""A warehouse from the last one that was filled whole, at the cost of what has changed since.

The archive keeps a copy of the last file that was filled from nothing (`base`), with the list of the documents that it
was filled from. Where few trials have changed since, the next file is that copy, less the changed trials, plus the same
filling done for those trials alone. So every file is at most one step away from one that was filled whole, and what is
published is never built upon. The base is a pure function of documents and code: it may be deleted at any time, and
other code, another DuckDB or too much change leads to a whole filling again.

Here belongs what counts as changed and how the rows of trials are exchanged. It rests on one rule that `build.fill` and
all that it calls must keep: what a row of a trial says depends on that trial's documents alone.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import duckdb
import polars as pl

from pipeline.archiving.archive import Archive
from pipeline.archiving.code_version import build_version
from pipeline.archiving.inventory import Inventory
from pipeline.building import build
from pipeline.settings import Settings
from schemas import TABLES

MOST: Final = 0.1
"""The share of trials above which a whole filling is as fast."""

_DOCUMENT: Final = ("unit", "document_id", "key")
_GONE: Final = ("unit", "key", "code", "folder")


class Changed(NamedTuple):
    """What is not as it was when the base was filled."""

    units: pl.Series
    """The keys of trials; the document_id of a document whose trial was refused."""
    documents: pl.Series
    """The documents on those trials, then and now."""
    renamed: pl.DataFrame
    """`before` and `now`: the document_ids of documents with a new release stamp, and nothing else that is new."""


def keep(archive: Archive, inventory: Inventory, filled: Path) -> None:
    """Keep a copy of a file that was filled whole as the base of later ones."""

    def write(folder: Path) -> None:
        shutil.copyfile(filled, folder / "trials.duckdb")
        documents, gone = _state(inventory)
        documents.write_parquet(folder / "documents.parquet")
        gone.write_parquet(folder / "gone.parquet")
        (folder / "made_by").write_text(build_version(), encoding="utf-8")

    archive.keep_base(write)


def begin(archive: Archive, inventory: Inventory, file: Path) -> Changed | None:
    """Put a copy of the base at `file` and return what has changed since; None where it is better to fill it whole."""
    folder = archive.base
    try:
        if (folder / "made_by").read_text(encoding="utf-8") != build_version():
            return None
        before = pl.read_parquet(folder / "documents.parquet"), pl.read_parquet(folder / "gone.parquet")
        changed = _compare(before, _state(inventory))
        most = MOST * inventory.documents["trial_id"].n_unique()
        # A night in which all got new stamps: to name the new documents in every row takes longer than filling it.
        if changed.units.len() > most or changed.renamed.height > most:
            return None
        shutil.copyfile(folder / "trials.duckdb", file)
    except (OSError, pl.exceptions.PolarsError):  # there is none, or half of one
        file.unlink(missing_ok=True)
        return None
    return changed


def forget(archive: Archive, file: Path) -> None:
    """Delete the base, and what was made of it at `file`: the next filling there is a whole one."""
    shutil.rmtree(archive.base, ignore_errors=True)
    for left in file.parent.glob(f"*{file.name}*"):
        left.unlink(missing_ok=True)


def fill(
    connection: duckdb.DuckDBPyConnection,
    inventory: Inventory,
    changed: Changed,
    archive: Archive,
    settings: Settings,
    now: datetime,
) -> None:
    """Make the copy of the base that `connection` has open say what `build.fill` would make it say.

    Args:
        connection: the copy that `begin` made.
        inventory: what was found now.
        changed: what `begin` returned.
        archive: where rows lie.
        settings: the settings.
        now: the one moment that the rows show.
    """
    ((own,),) = connection.execute("SELECT current_database()").fetchall()
    connection.execute("ATTACH ':memory:' AS anew")
    connection.execute("USE anew")
    build.fill(connection, _only(inventory, changed.units), archive, settings, now)
    connection.execute(f'USE "{own}"')
    with build.transaction(connection):
        _exchange(connection, changed)
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


def _exchange(connection: duckdb.DuckDBPyConnection, changed: Changed) -> None:
    """Put the rows that `anew` has in the place of those of the changed trials; empty what is about no trial."""
    connection.register("incoming_units", changed.units.to_frame("trial_id"))
    connection.execute("CREATE TEMP TABLE changed_trials AS FROM incoming_units")
    connection.register("incoming_documents", changed.documents.to_frame("document_id"))
    connection.execute("CREATE TEMP TABLE changed_documents AS FROM incoming_documents")
    connection.register("incoming_renamed", changed.renamed)
    connection.execute("CREATE TEMP TABLE renamed AS FROM incoming_renamed")
    # Else DuckDB may look rows up by the shorter list, and update them in no order, which takes quadratic time.
    connection.execute("SET disabled_optimizers = 'build_side_probe_side'")
    for name, table in TABLES.items():
        if name == "documents" or not {"trial_id", "document_id"} & table.by_name.keys():
            connection.execute(f"DELETE FROM {name}")  # about the build, not about trials: filled anew
            continue
        key, of = ("trial_id", "trials") if "trial_id" in table.by_name else ("document_id", "documents")
        connection.execute(f"DELETE FROM {name} WHERE {key} IN (FROM changed_{of})")
        if changed.renamed.height:
            connection.execute(
                f"UPDATE {name} SET document_id = r.now FROM renamed r WHERE {name}.document_id = r.before"
            )
        # What became of whole documents is told anew.
        kept = "WHERE action <> 'DOCUMENT'" if name == "quarantine" else ""
        connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM anew.main.{name} {kept}")
    connection.execute("RESET disabled_optimizers")


def _state(inventory: Inventory) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what decides the rows of each trial: the documents that are there, and those that are gone."""
    unit = pl.coalesce("trial_id", "document_id")
    documents = inventory.documents.filter(pl.col("extracted_id").is_not_null(), pl.col("status") != "DUPLICATE")
    gone = inventory.gone.with_columns(unit=pl.coalesce("trial_id", "extracted_id"))
    return documents.with_columns(unit=unit).select(_DOCUMENT), gone.select(_GONE)


def _compare(before: tuple[pl.DataFrame, pl.DataFrame], now: tuple[pl.DataFrame, pl.DataFrame]) -> Changed:
    """Return what differs between two states.

    A trial with several documents, now or before, is changed by a new release stamp too: which of two documents speaks
    may hang on their ids.
    """
    gone = _differing(before[1], now[1])
    contents = _differing(*(documents.select("unit", "key") for documents, _ in (before, now)))
    several = [documents.filter(pl.col("unit").is_duplicated())["unit"] for documents, _ in (before, now)]
    told = [gone_ones["unit"] for _, gone_ones in (before, now)]
    restamped = _differing(before[0], now[0])
    delicate = restamped.filter(restamped.is_in(pl.concat([*several, *told]).implode()))
    units = pl.concat([gone, contents, delicate]).unique()
    is_changed = pl.col("unit").is_in(units.implode())
    documents = pl.concat([before[0], now[0]]).filter(is_changed)["document_id"].unique()
    renamed = (
        before[0]
        .join(now[0], on=["unit", "key"], suffix="_now")
        .filter(~is_changed & (pl.col("document_id") != pl.col("document_id_now")))
        .select(before="document_id", now="document_id_now")
    )
    return Changed(units, documents, renamed)


def _differing(before: pl.DataFrame, now: pl.DataFrame) -> pl.Series:
    """Return the units of the rows that only one of two frames has."""
    sides = (before, now), (now, before)
    return pl.concat([a.join(b, on=a.columns, how="anti", nulls_equal=True)["unit"] for a, b in sides])


def _only(inventory: Inventory, units: pl.Series) -> Inventory:
    """Return the inventory as if only the documents on some trials had been found."""
    documents, gone = inventory.documents, inventory.gone
    return inventory._replace(
        documents=documents.filter(pl.coalesce("trial_id", "document_id").is_in(units.implode())),
        gone=gone.filter(pl.coalesce("trial_id", "extracted_id").is_in(units.implode())),
    )
