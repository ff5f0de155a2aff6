"""The lists of documents that files were found to hold: when one still counts, how one grows and how all are read.

A list is kept under what its file is, so that a file that is known is not opened again. Here belongs that no more than
a slice of a list is in memory, however many documents there are. What becomes of a document is `extract`'s business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from pipeline.archiving.archive import Archive
from pipeline.archiving.hashes import Hashed
from pipeline.settings import Settings

LISTING: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "file": pl.Int64,
    "member": pl.String,
    "byte_size": pl.Int64,
    "media_type": pl.String,
    "document_id": pl.String,
    "content_id": pl.String,
    "key": pl.String,
    "rule": pl.String,
    "problem": pl.String,
}
"""What a file holds, one row a document: its place, what it is, and why it cannot be read where it cannot. `member` is
empty where the file is the document; `key` is what its rows are kept under."""

SLICE: Final = 50_000
"""How many documents are looked at together; each takes about a kilobyte."""

_PASSING: Final = ("unreadable_file", "changed_file", "reader_failed")
"""Rules of what may pass without a change of the bytes or of the code: a right, a writer, a shortage."""
_LIMITS: Final = [
    name
    for name in Settings.model_fields
    if name.endswith(("_members_limit", "_bytes_limit", "_ratio_limit", "_elements_limit"))
]
_LAST: Final = pl.Series([(1 << 64) - 1], dtype=pl.UInt64)
_SMALL: Final = 4 << 20
"""Bytes of lists that are read together: about as many as `SLICE` documents take there at least."""


def key(file: Hashed, settings: Settings) -> str | None:
    """Return what the list of a file's documents is kept under: what the file is, and every limit that may stop one.

    None where its bytes cannot be had.
    """
    if file.problem:
        return None
    limits = [getattr(settings, name) for name in _LIMITS]
    return hashlib.sha256(f"{file.key}\0{limits}".encode()).hexdigest()[:32]


def standing(archive: Archive, keys: Sequence[str]) -> set[str]:
    """Return which of the lists are there and still count; the files of the others must be read.

    A list counts no more where what stopped a document may be gone, or where rows are not in the archive any more.
    """
    there = sorted({key for key in keys if archive.listing(key).exists()})
    try:
        return _counting(archive, there)
    except pl.exceptions.PolarsError:  # a lost power supply left half of one
        return _counting(archive, [key for key in there if archive.read_listing(key) is not None])


def _counting(archive: Archive, keys: Sequence[str]) -> set[str]:
    counting = set(keys)
    if counting:
        # 64 bits of each digest: of two million documents, one is mistaken for another once in millions of builds.
        known = archive.facts().select(pl.col("key").hash()).collect()["key"].sort().append(_LAST)
    for listed in _slices(archive, keys, ("key", "rule", "problem")):
        hashes = listed["key"].hash()
        is_known = known.gather(known.search_sorted(hashes)) == hashes
        again = pl.col("rule").is_in(_PASSING) | (pl.col("problem").is_null() & ~is_known)
        counting.difference_update(listed.filter(again)["listing"])
    return counting


def slices(
    archive: Archive, keys: Sequence[str | None], columns: Sequence[str] = tuple(LISTING)
) -> Iterator[pl.DataFrame]:
    """Yield the lists of files in slices, file by file and in the order of their documents.

    Args:
        archive: where they lie.
        keys: the key of each file; None where its bytes cannot be had.
        columns: which columns of `LISTING`; `file` is the position in `keys`.
    """
    files = pl.DataFrame({"listing": keys}, schema={"listing": pl.String}).with_row_index("file").drop_nulls()
    files = files.with_columns(pl.col("file").cast(pl.Int64), copy=pl.int_range(pl.len()).over("listing"))
    told = [name for name in columns if name != "file"]
    # Copies of one file have one list.
    for originals in files.partition_by("copy", maintain_order=True):
        for one in _slices(archive, originals["listing"], told):
            yield one.join(originals, on="listing", maintain_order="left").select(columns)


def _slices(archive: Archive, keys: Iterable[str], columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Yield lists in slices, each one's key as `listing` beside the columns."""
    for together in _together(archive, keys):
        listed = archive.scan_listings(together).select("listing", *columns)
        for start in range(0, listed.select(pl.len()).collect().item(), SLICE):
            yield listed.slice(start, SLICE).collect()


def _together(archive: Archive, keys: Iterable[str]) -> Iterator[list[str]]:
    """Yield keys whose lists are small enough to be read together."""
    together: list[str] = []
    total = 0
    for one in keys:
        size = archive.listing(one).stat().st_size
        if together and total + size > _SMALL:
            yield together
            together, total = [], 0
        together.append(one)
        total += size
    if together:
        yield together


class Growing:
    """The list of a file's documents while they are found; what is more than a slice waits on disk."""

    def __init__(self, archive: Archive) -> None:
        """Begin one of no documents."""
        self._archive = archive
        self._rows: list[pl.DataFrame] = []
        self._height = 0
        self._aside: list[Path] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Add documents, with the columns of `LISTING`."""
        self._rows.append(rows)
        self._height += rows.height
        if self._height >= SLICE:
            self._aside.append(self._archive.keep_aside(pl.concat(self._rows)))
            self._rows, self._height = [], 0

    def write(self, key: str) -> None:
        """Write it as the list of the file with this key."""
        rest = pl.concat(self._rows) if self._rows else pl.DataFrame(schema=LISTING)
        if self._aside:
            whole = pl.concat([pl.scan_parquet(self._aside, glob=False), rest.lazy()])
            self._archive.write_listing(key, whole)
        else:
            self._archive.write_listing(key, rest)
        for place in self._aside:
            place.unlink()
