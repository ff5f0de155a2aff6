"""Versions whose documents are gone: what history needs of them is kept, for good.

Here belongs which contents count as gone and that their rows outlive both their files and the code that read them: a
version whose document is gone stays as it was last read. How states are made of versions is `history`'s; where they
lie is `archive`'s. Only the columns that `trial_versions` and `outcome_versions` show are kept, and no contacts.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from pipeline.archiving.archive import FACTS, Archive
from schemas import TABLES

_NOT_KEPT: Final = ("source_url", "encoding", "encoding_rule")
GONE: Final[Mapping[str, Any]] = {
    **{name: dtype for name, dtype in FACTS.items() if name not in _NOT_KEPT},
    "code": pl.String,
    "folder": pl.String,
}
"""What is known of a content that is gone: the facts that extraction told, the digest of the code that read it, and the
folder of `Archive.versions` that has its rows."""

_TABLES: Final = {"trials": "trial_versions", "outcomes": "outcome_versions"}
"""The tables whose rows are kept, and the table that shows them."""


def columns(table: str) -> list[str]:
    """Return the columns of `trials` or `outcomes` that are kept."""
    shown = TABLES[_TABLES[table]].by_name
    return [name for name in TABLES[table].by_name if name in shown]


def keep(archive: Archive, present: pl.LazyFrame) -> pl.DataFrame:
    """Keep the rows of every content that an archive has and that is not `present`, and return all that are gone.

    Args:
        archive: the archive, with what other digests' code read, as long as that is there.
        present: the `key` of each content that was found now; NULL of what is none.

    Returns:
        The columns of `GONE`, one row a document that described a trial; read by the latest code that read it.
    """
    kept = _kept(archive)
    for one in archive.all():
        gone = (
            one.facts()
            .filter(pl.col("trial_id").is_not_null())
            .with_columns(code=pl.lit(one.folder.name))
            .join(present, on="key", how="anti", maintain_order="left")
            .join(kept.lazy(), on=["key", "code"], how="anti", maintain_order="left")
            .unique("key", keep="first", maintain_order=True)
            .collect()
        )
        if gone.height:
            archive.write_versions(
                {name: _rows(one, name, gone) for name in _TABLES}, gone.select(set(GONE) - {"folder"})
            )
            kept = _kept(archive)
    # One document may have been read under several addresses.
    return (
        kept.lazy()
        .join(present, on="key", how="anti", maintain_order="left")
        .unique("key", keep="last", maintain_order=True)
        .unique("extracted_id", keep="last", maintain_order=True)
        .collect()
    )


def _kept(archive: Archive) -> pl.DataFrame:
    frames = [pl.read_parquet(file).with_columns(folder=pl.lit(Path(file).parent.name)) for file in archive.versions()]
    return pl.concat([pl.DataFrame(schema=GONE), *frames], how="diagonal_relaxed").select(*GONE)


def _rows(archive: Archive, table: str, gone: pl.DataFrame) -> pl.DataFrame:
    """Return the kept columns of a table's rows of some contents of an archive."""
    parts = set(gone["part"])
    files = [file for file in archive.table(table) if Path(file).parent.name in parts]
    if not files:
        return pl.DataFrame()
    # Two parts may hold one document: only the part that its content was given counts.
    rows = pl.scan_parquet(files, include_file_paths="part", glob=False)
    rows = rows.with_columns(pl.col("part").str.split("/").list.get(-2))
    named = [name for name in columns(table) if name in rows.collect_schema()]
    wanted = gone.lazy().select("part", document_id="extracted_id")
    # Told by a filter which documents are wanted, Polars unpacks no more of the other columns.
    few = rows.filter(pl.col("document_id").is_in(gone["extracted_id"].implode())).select("part", *named)
    return few.join(wanted, on=["part", "document_id"], how="semi").drop("part").collect()
