"""Distinct texts, read once: the time frames of outcomes and the descriptions of what is given.

Here belongs the going from a build's distinct texts to rows that SQL joins to every place where the text stands. How a
text is read is `normalize.timepoints`' and `normalize.regimens`' business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any, Final, NamedTuple

import polars as pl

from pipeline.archiving.archive import Archive
from pipeline.reading.quarantine import check
from pipeline.reading.read import fault
from pipeline.workers import spread
from schemas import TABLES

CHUNK: Final = 1 << 17
"""How many characters a worker reads at a time: a tenth of a second, so that all end together."""
FEW: Final = 4
"""Up to so many chunks are read in this process: workers take longer to start."""
REFUSED: Final = "refused"
"""What is added to a reading's name for the rows that the contract refused."""
LONGEST: Final = 1 << 16
"""How many characters a text may have to be read; a register's longest field has 32,000."""
_REFUSED_COLUMNS: Final = ("text", "column_name", "value", "row", "rule", "reason", "action")


class Reading(NamedTuple):
    """A kind of text that becomes rows of a table."""

    table: str
    read: Callable[[str], Sequence[tuple[Any, ...]]]
    keys: tuple[str, ...]
    """The columns of the table that name its row, which SQL fills in."""


_HINT_ENDS: Final = "\x1f"
WITHOUT_DOSES: Final = ("BEHAVIORAL", "DEVICE", "PROCEDURE")
"""Types of interventions whose descriptions have no doses: with the text, they decide what it is read as."""


def regimen_key(type_column: str, text_column: str) -> str:
    """Return the SQL of the distinct text of a description: the text behind what its intervention's type says of it."""
    hint = f"CASE WHEN {type_column} IN {WITHOUT_DOSES} THEN {type_column} ELSE '' END"
    return f"{hint} || chr({ord(_HINT_ENDS)}) || {text_column}"


# The readers are loaded by whoever reads: their grammars take a third of a second, and most builds find nothing new.
@cache
def _timepoints() -> Callable[[str], Sequence[tuple[Any, ...]]]:
    from pipeline.normalize import timepoints

    return timepoints.read


@cache
def _regimens() -> Callable[[str, str | None], Sequence[tuple[Any, ...]]]:
    from pipeline.normalize import regimens

    return regimens.read


def _read_timepoints(text: str) -> Sequence[tuple[Any, ...]]:
    return _timepoints()(text)


def _read_regimens(key: str) -> Sequence[tuple[Any, ...]]:
    hint, _, text = key.partition(_HINT_ENDS)
    return _regimens()(text, hint or None)


TIMEPOINTS: Final = Reading("timepoints", _read_timepoints, ("timepoint_id", "outcome_id", "trial_id", "document_id"))


def read_new(reading: Reading, texts: Sequence[str], archive: Archive, workers: int) -> Iterator[int]:
    """Read texts that the archive has not seen and write their rows there; yield how many were read, chunk by chunk."""
    chunks = list(_chunks(texts))
    work = partial(_read_chunk, archive, reading.table)
    yield from spread(work, chunks, workers=workers, small=len(chunks) <= FEW)


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the texts in runs of some `CHUNK` characters."""
    first = characters = 0
    for last, text in enumerate(texts, 1):
        characters += len(text)
        if characters >= CHUNK or last == len(texts):
            yield texts[first:last]
            first, characters = last, 0


def _read_chunk(archive: Archive, table: str, texts: Sequence[str]) -> int:
    rows, refused = read_texts(READINGS[table], texts)
    archive.write_reading(table, rows, texts)
    archive.write_reading(f"{table}-{REFUSED}", refused, texts)
    return len(texts)


def read_texts(reading: Reading, texts: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of the texts and what the contract refused of them.

    The rows have the column `text` beside the table's own; a text without rows has one whose ordinal is NULL, so that
    it counts as read. Keys are not there: SQL makes them, and checks them, where the text stands.
    """
    whole = TABLES[reading.table].polars_schema()
    own = {name: dtype for name, dtype in whole.items() if name not in (*reading.keys, "ordinal")}
    frame, failed = _read_all(reading, texts, pl.Schema({"text": pl.String(), "ordinal": whole["ordinal"], **own}))
    # The contract judges whole rows; the keys that it will see are the same for all.
    checked = check(
        TABLES[reading.table], frame.with_columns(pl.lit(_KEY).alias(key) for key in reading.keys).select(whole.names())
    )
    refused = checked.refused.with_columns(text=frame["text"].gather(checked.refused["position"])).select(
        _REFUSED_COLUMNS
    )
    lost = checked.refused.filter(pl.col("action") == "ROW")["position"].unique()
    accepted = frame.with_row_index("position").join(lost.to_frame(), on="position", how="anti", maintain_order="left")
    kept = checked.rows.drop(reading.keys).insert_column(0, accepted["text"])
    known = set(kept["text"])
    silent = pl.DataFrame({"text": [text for text in texts if text not in known]}, schema={"text": pl.String()})
    return pl.concat([kept, silent], how="diagonal"), pl.concat([refused, failed], how="diagonal_relaxed")


def _read_all(reading: Reading, texts: Sequence[str], schema: pl.Schema) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of the texts, and what is said of those that could not be read: a fault costs its text only."""
    failed: list[tuple[str, str, str, str]] = []

    def rows(text: str) -> list[tuple[Any, ...]]:
        if len(text) > LONGEST:
            failed.append((text, text[:LONGEST], "too_long", f"a text of more than {LONGEST:,} characters is not read"))
            return []
        try:
            return [(text, ordinal, *row) for ordinal, row in enumerate(reading.read(text), 1)]
        except Exception as error:
            failed.append((text, text, "reader_failed", fault(error)))
            return []

    def frame(found: list[tuple[Any, ...]]) -> pl.DataFrame:
        # Column by column, which is three times as fast as row by row.
        columns = zip(*found, strict=True) if found else [()] * len(schema)
        named = zip(schema.items(), columns, strict=True)
        return pl.DataFrame([pl.Series(name, column, dtype) for (name, dtype), column in named])

    found = [rows(text) for text in texts]
    try:
        read = frame([row for of_text in found for row in of_text])
    except Exception:  # a value that no column holds: whose is it?
        sound = [frame([])]
        for text, of_text in zip(texts, found, strict=True):
            try:
                sound.append(frame(of_text))
            except Exception as error:
                failed.append((text, text, "reader_failed", fault(error)))
        read = pl.concat(sound)
    told = pl.DataFrame(failed, schema=dict.fromkeys(("text", "value", "rule", "reason"), pl.String), orient="row")
    return read, told.with_columns(action=pl.lit("CELL"))


_KEY: Final = "NCT00000000"
REGIMENS: Final = Reading(
    "regimens", _read_regimens, ("regimen_id", "trial_id", "arm_id", "intervention_id", "document_id")
)
READINGS: Final = {reading.table: reading for reading in (TIMEPOINTS, REGIMENS)}
"""Every reading by its table."""
