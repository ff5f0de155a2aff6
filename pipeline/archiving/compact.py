"""Keeping the archive small: rows of contents that are gone are dropped, parts that have become small are joined.

Every night's reading adds parts and leaves dead rows in older ones. Here belongs which parts are worth writing again;
where they lie is `archive`'s, and what history needs of what is gone has been kept by `versions` before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from pipeline.archiving.archive import Archive
from schemas import TABLES

DEAD: Final = 0.5
"""The share of dead documents from which a part is written again without them."""
SMALL: Final = 250
"""A part with fewer living documents is small: about a quarter of a batch of studies."""
MANY: Final = 32
"""So many small parts are joined; fewer cost nothing."""
_JOINED: Final = 2000
"""How many documents a joined part holds at most; they are held in memory."""


def compact(archive: Archive, present: pl.LazyFrame) -> int:
    """Write again what is worth it; return how many parts were taken away.

    Whatever happens meanwhile, every content that is present keeps its rows: a part goes once its living rows stand in
    another.

    Args:
        archive: the archive, which no other build is reading.
        present: the `key` of each content that is there; NULL of what is none.
    """
    facts = archive.facts()
    first = facts.unique("key", keep="first", maintain_order=True)
    living = first.join(present, on="key", how="semi")
    counted = living.group_by("part").agg(living=pl.len())
    sizes = facts.group_by("part").agg(documents=pl.len()).join(counted, on="part", how="left").collect()
    sizes = sizes.with_columns(pl.col("living").fill_null(0))
    dead = sizes.filter(pl.col("living") <= pl.col("documents") * (1 - DEAD))
    small = sizes.filter(pl.col("living") < SMALL)
    old = pl.concat([dead, small if small.height >= MANY else small.clear()])["part"].unique()
    if old.is_empty():
        return 0
    kept = {_write(archive, chunk) for chunk in _chunks(living.filter(pl.col("part").is_in(old.implode())).collect())}
    gone = set(old) - kept
    for part in gone:
        archive.forget_part(part)
    return len(gone)


def _chunks(living: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from living.sort("part", "key").iter_slices(_JOINED)


def _write(archive: Archive, facts: pl.DataFrame) -> str:
    """Write the rows of some contents as a part of its own; return its name."""
    wanted = facts.lazy().select("part", document_id="extracted_id").unique()
    parts = facts["part"].unique().to_list()
    tables = {}
    for name in TABLES:
        if files := archive.table(name, parts):
            rows = pl.scan_parquet(files, include_file_paths="part").with_columns(
                pl.col("part").str.split("/").list.get(-2)
            )
            tables[name] = rows.join(wanted, on=["part", "document_id"], how="semi").drop("part").collect()
    return archive.write_part(tables, facts.drop("part"))
