"""Time frames become timepoints: the free text that says when an outcome is assessed, as rows that SQL can compare.

Here belongs the published row and the functions that others call. The reading has three steps, and each module knows
only those before it. A step's reader is one class that grows from module to module.

    text -> tokens
        timeframe_lexicon      the words that there are: units, small words, events
        timeframe_words        the cutting of text into them

    tokens -> phrases
        timeframe_phrases      what a phrase holds
        timeframe_numbers      "1,5", "twenty four", "2, 4 and 8"
        timeframe_times        "weeks 2, 4 and 8", "15 years 5 months"
        timeframe_cycles       "cycles 1-3", "each 21-day cycle"
        timeframe_events       "the end of treatment", "first dose of study drug"
        timeframe_grouping     the pass over the tokens; "every 3 months"

    phrases -> rows
        timeframe_bounds       what a bound, a moment and a row hold; which anchor an event is
        timeframe_frame        the phrases and the memory of one time frame
        timeframe_brackets     "(3 months)", "(end of treatment)", "(day 1)"
        timeframe_origins      one time with its event: "2 weeks after surgery"
        timeframe_moments      one event with its time: "after surgery: 2 weeks", "baseline, day 1"
        timeframe_estimates    behind an end: ", an average of 5 days", "or death, whichever comes first"
        timeframe_points       points, and what a list shares
        timeframe_spans        "from … to", "up to", "within", "during"
        timeframe_recurrences  "every 2 weeks for 4 months"
        timeframe_rows         the pass over the phrases

The rules are those of the rule book, `docs/timepoints.md`. Which outcome a time frame belongs to, and the tables, are
known elsewhere.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from pipeline.normalize.quantities import DAYS
from pipeline.normalize.timeframe_bounds import DATED, Bound, Row
from pipeline.normalize.timeframe_rows import Rows


class Timepoint(NamedTuple):
    """One row of `timepoints`; the rule book says what each column means."""

    source_text: str
    char_start: int
    char_end: int
    kind: str
    start_value: float | None
    start_unit: str | None
    start_anchor: str | None
    start_anchor_role: str | None
    end_value: float | None
    end_unit: str | None
    end_anchor: str | None
    end_anchor_role: str | None
    start_day: float | None
    end_day: float | None
    study_day_low: float | None
    study_day_high: float | None
    every_value: float | None
    every_unit: str | None
    cycle: int | None
    anchor_text: str | None
    approximate: bool


def read(time_frame: str) -> list[Timepoint]:
    """Return the rows that `time_frame` says, in the order written; an empty one has none.

    Words without a time that the rules can read are one `UNRESOLVED` row. Total and deterministic: any string is read,
    in time linear in its length.

    >>> [(row.kind, row.end_value, row.end_unit, row.start_anchor) for row in read("Within 30 days of surgery")]
    [('WINDOW', 30.0, 'DAY', 'PROCEDURE')]
    """
    return _published(Rows(time_frame))


def is_time_frame(text: str) -> bool:
    """Return whether the whole of `text` reads as a time frame: every word read, and no row `UNRESOLVED`."""
    reader = Rows(text)
    if reader.unread:
        return False
    rows = _published(reader)
    return bool(rows) and all(row.kind != "UNRESOLVED" for row in rows)


_STUDY_ORIGINS: Final = frozenset((None, "BASELINE", "ENROLLMENT", "RANDOMIZATION", "TREATMENT_START", "STUDY_START"))
"""Anchors on the study's own time line."""


def _published(reader: Rows) -> list[Timepoint]:
    """Return the rows of `reader` as they are published: once each, or the whole text as one `UNRESOLVED`."""
    text = reader.text
    made = reader.read()
    if not made:
        words = text.strip()
        if not words:
            return []
        start = len(text) - len(text.lstrip())
        made = [Row("UNRESOLVED", start, start + len(words), None, None)]
    rows = [_timepoint(row, text, reader.cycle_length) for row in made]
    if len(rows) > 1 and len({row.source_text.lower() for row in rows}) < len(rows):
        return _once(rows, made)
    return rows


def _once(rows: list[Timepoint], made: list[Row]) -> list[Timepoint]:
    """Return the rows but those that say the same again ("baseline to week 4, baseline to week 8"): rule 3.

    What lies within a day is another time on another day ("day 1: pre-dose, 2 h; day 15: pre-dose, 2 h").
    """
    kept: dict[tuple[object, ...], Timepoint] = {}
    day: tuple[object, ...] = ()
    for timepoint, row in zip(rows, made, strict=True):
        if row.study and row.low is not None and row.low.anchor in (None, "CYCLE_START"):
            day = (row.low.value, row.low.unit, row.cycle)
        within = row.low is not None and row.low.within_a_day
        key = (timepoint.source_text.lower(), *timepoint[3:12], *timepoint[16:19], day if within else ())
        kept.setdefault(key, timepoint)
    return list(kept.values())


def _timepoint(row: Row, text: str, cycle_length: tuple[float, str] | None) -> Timepoint:
    low, high = row.low, row.high
    every_value, every_unit = row.every or (None, None)
    if every_unit == "":  # so many cycles
        every_value, every_unit = (
            (every_value * cycle_length[0], cycle_length[1]) if every_value and cycle_length else (None, None)
        )
    elif row.kind == "RECURRING" and row.every is None and cycle_length and low and low.anchor == "CYCLE_START":
        every_value, every_unit = cycle_length
    value, unit, anchor, role, day, study_day = start = _side(low, row.cycle)
    end_value, end_unit, end_anchor, end_role, end_day, end_study_day = start if high is low else _side(high, row.cycle)
    # Half the time of a call with its arguments: time frames come by the million.
    return tuple.__new__(
        Timepoint,
        (
            text[row.start : row.end],
            row.start,
            row.end,
            row.kind,
            value,
            unit,
            anchor,
            role,
            end_value,
            end_unit,
            end_anchor,
            end_role,
            day,
            end_day,
            study_day,
            end_study_day,
            every_value,
            every_unit,
            row.cycle,
            None if low is None else low.words,
            row.approximate,
        ),
    )


_Side = tuple[float | None, str | None, str | None, str | None, float | None, float | None]
_OPEN_SIDE: Final[_Side] = (None, None, None, None, None, None)


def _side(bound: Bound | None, cycle: int | None) -> _Side:
    """Return value, unit, anchor, role, day and study day of one end of a row."""
    if bound is None or (bound.value is None and bound.anchor is None):
        return _OPEN_SIDE
    value = 0.0 if bound.value is None else bound.value + 0.0  # never -0.0
    anchor = bound.anchor
    role = bound.role if anchor is not None and value != 0 else None
    day = value * DAYS[bound.unit]
    known = (role == DATED or anchor in _STUDY_ORIGINS) and (cycle is None or cycle <= 1)
    return value, bound.unit, anchor, role, day, day if known else None
