"""A trial's schedule of assessments: outcomes by times, laid out for a grid.

Here belongs which times share a column, in which order they stand, and what spans them. How the grid is drawn is
`show`'s (a terminal) and `charts`' (the report); the same as a relation is the view `schedule_of_assessments`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, NamedTuple

import duckdb

from pipeline.showing.wording import amount, moment

_STUDY: Final = ("", "")
"""The line of times that compare within the whole study: those that have a study day."""

Place = tuple[tuple[str, str], float]
"""A line of time (the study's, or that of an event and a cycle) and the day on it."""


class Column(NamedTuple):
    """A point in time that outcomes share."""

    label: str
    study_day: float | None
    """The day on the study's time line; None for a time that only an event places."""


class Span(NamedTuple):
    """Something that lasts or repeats from one column to another, both included."""

    first: int
    last: int
    recurring: bool


class Row(NamedTuple):
    """An outcome and when it is assessed."""

    ordinal: int
    type: str | None
    measure: str | None
    time_frame: str | None
    points: tuple[int, ...]
    """The columns at which it is assessed, in order."""
    spans: tuple[Span, ...]
    notes: tuple[str, ...]
    """What the grid cannot show: intervals, spans whose ends stand on different lines, words that hold no time."""


class Schedule(NamedTuple):
    """A trial's outcomes by times."""

    columns: tuple[Column, ...]
    """In order: the study's own time line by day, then the times that only an event places."""
    rows: tuple[Row, ...]
    """The outcomes in the source's order."""


def schedule(connection: duckdb.DuckDBPyConnection, trial_id: str) -> Schedule:
    """Return the schedule of a trial; it has no rows where the trial has no outcomes."""
    outcomes = _dicts(
        connection,
        "SELECT outcome_id, ordinal, type, measure, time_frame FROM outcomes WHERE trial_id = ? ORDER BY ordinal",
        trial_id,
    )
    times = _dicts(
        connection,
        "SELECT p.* FROM timepoints p JOIN outcomes o USING (outcome_id) WHERE p.trial_id = ? "
        "ORDER BY o.ordinal, p.ordinal",
        trial_id,
    )
    columns, where = _columns(times)
    rows = []
    for outcome in outcomes:
        mine = [time for time in times if time["outcome_id"] == outcome["outcome_id"]]
        shown = [_shown(time, where) for time in mine]
        rows.append(
            Row(
                outcome["ordinal"],
                outcome["type"],
                outcome["measure"],
                outcome["time_frame"],
                tuple(sorted({one for one in shown if isinstance(one, int)})),
                tuple(dict.fromkeys(one for one in shown if isinstance(one, Span))),
                tuple(
                    dict.fromkeys(
                        _note(time)
                        for time, one in zip(mine, shown, strict=True)
                        if one is None or (isinstance(one, Span) and one.recurring)
                    )
                ),
            )
        )
    return Schedule(columns, tuple(rows))


def _dicts(connection: duckdb.DuckDBPyConnection, query: str, trial_id: str) -> list[dict[str, Any]]:
    found = connection.execute(query, [trial_id])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _place(time: dict[str, Any], side: str) -> Place | None:
    """Return where a bound stands; None where no number says."""
    study = time["study_day_low" if side == "start" else "study_day_high"]
    if study is not None:
        return _STUDY, study
    if time[f"{side}_day"] is None or time[f"{side}_anchor"] is None:
        return None
    role = "dated" if time[f"{side}_anchor_role"] == "DATED" else ""
    return (f"{time[f'{side}_anchor']}{role}", f"{time['cycle'] or ''}"), time[f"{side}_day"]


def _bounds(time: dict[str, Any]) -> tuple[Place, Place] | None:
    """Return where a time begins and ends; None where it cannot be laid out on one line."""
    start, end = _place(time, "start"), _place(time, "end")
    if time["kind"] == "POINT":
        return (start, start) if start else None
    return (start, end) if start and end and start[0] == end[0] and start[1] <= end[1] else None


def _columns(times: list[dict[str, Any]]) -> tuple[tuple[Column, ...], dict[Place, int]]:
    """Return the columns in order, and which column each place has."""
    names: dict[Place, Counter[str]] = {}
    lines: dict[tuple[str, str], int] = {_STUDY: 0}
    for time in times:
        bounds = _bounds(time)
        for side, place in zip(("start", "end"), dict.fromkeys(bounds or ()), strict=False):
            lines.setdefault(place[0], len(lines))
            # A point names its column rather than a span's end does.
            weight = 1000 if time["kind"] == "POINT" else 1
            names.setdefault(place, Counter())[_label(time, side, place)] += weight
    order = sorted(names, key=lambda place: (lines[place[0]], place[1]))
    columns = tuple(
        Column(min(names[place].items(), key=lambda one: (-one[1], len(one[0]), one[0]))[0], _study_day(place))
        for place in order
    )
    return columns, {place: index for index, place in enumerate(order)}


def _study_day(place: Place) -> float | None:
    return place[1] if place[0] == _STUDY else None


def _label(time: dict[str, Any], side: str, place: Place) -> str:
    # All that the study's line counts from is its beginning.
    value = time[f"{side}_value"]
    return amount(value, time[f"{side}_unit"]) if place[0] == _STUDY and value else _told(time, side)


def _shown(time: dict[str, Any], where: dict[Place, int]) -> int | Span | None:
    bounds = _bounds(time)
    if bounds is None:
        return None
    if time["kind"] == "POINT":
        return where[bounds[0]]
    return Span(where[bounds[0]], where[bounds[1]], time["kind"] == "RECURRING")


def _note(time: dict[str, Any]) -> str:
    """Return in words what the grid does not say of a time."""
    if time["kind"] == "UNRESOLVED":
        return f"“{time['source_text']}”"
    start, end = _told(time, "start"), _told(time, "end")
    if time["kind"] == "POINT" or start == end:
        lasts = start
    elif start and end:
        lasts = f"{start} … {end}"
    else:
        lasts = f"from {start}" if start else f"until {end}"
    if time["kind"] != "RECURRING":
        return lasts
    every = f"every {amount(time['every_value'], time['every_unit'])}" if time["every_value"] else "repeatedly"
    return f"{every}, {lasts}" if lasts else every


def _told(time: dict[str, Any], side: str) -> str:
    """Return a bound in words."""
    value, unit, anchor = time[f"{side}_value"], time[f"{side}_unit"], time[f"{side}_anchor"]
    if time["cycle"] is None:
        return moment(value, unit, anchor, time[f"{side}_anchor_role"])
    if anchor == "CYCLE_START":
        return f"cycle {time['cycle']}, {amount(value, unit)}" if value else f"cycle {time['cycle']}"
    return f"cycle {time['cycle']}, {moment(value, unit, anchor, time[f'{side}_anchor_role'])}"
