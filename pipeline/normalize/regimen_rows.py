"""A row of `regimens`: while it is read, and when its facts become columns.

Here belongs what the facts of one row say of one another: an interval that is the cycle's length, a day's amount that
is divided, days that are counted. Which facts make a row does not belong here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.normalize.quantities import DAYS
from pipeline.normalize.regimen_agents import Span
from pipeline.normalize.regimen_readers import Fact
from pipeline.normalize.regimen_tokens import Tokens


class Regimen(NamedTuple):
    """One way of giving one thing. What the words do not say is None."""

    source_text: str
    """The shortest run of words that holds all facts of the row; `text[char_start:char_end]`."""
    char_start: int
    char_end: int
    agent: str | None
    """The words that name what is given, as written."""
    dose_low: float | None
    dose_high: float | None
    dose_unit: str | None
    """UCUM's manner: `mg`, `mg/kg`, `cells/kg`, `tablet`."""
    route: str | None
    every_value: float | None
    every_unit: str | None
    administrations: int | None
    on_days: tuple[int, ...] | None
    cycle_days: float | None
    cycles: int | None
    duration_value: float | None
    duration_unit: str | None


_UNSAID: Final = frozenset({"divided", "per day", "bare", "rest", "sitting", "ranged"})
"""Kinds that are no column: they say what another means."""


def length_in_days(interval: tuple[float, str]) -> float:
    """Return an interval in days."""
    return interval[0] * DAYS[interval[1]]


class Row:
    """A row while it is read."""

    __slots__ = ("agent", "before", "borrowed", "facts", "follows", "linked", "repeated", "sibling")

    def __init__(self, linked: bool = False, follows: bool = False, sibling: bool = False) -> None:
        self.agent: Span | None = None
        self.facts: dict[str, Fact] = {}  # by kind; an amount of any kind is the dose
        self.before: tuple[str, ...] = ()  # the kinds said before the agent: they serve the agents listed after it too
        self.linked = linked  # listed with the row before: what is said at the end serves both
        self.follows = follows  # comes after the row before ("followed by")
        self.sibling = sibling  # another amount of what is named after it ("100 mg or 2 mg/kg of X")
        self.borrowed = False  # its agent was not named with it, but in an earlier sentence or row
        self.repeated = False  # a later sentence says that it is repeated

    def has(self, kinds: Sequence[str]) -> bool:
        """Tell whether the row has a fact of one of the kinds."""
        return any(kind in self.facts for kind in kinds)

    def take(self, other: Row, kinds: Sequence[str]) -> None:
        """Take the facts of these kinds from another row, where this one has none."""
        for kind in kinds:
            if kind in other.facts:
                self.facts.setdefault(kind, other.facts[kind])


def columns(text: str, words: Tokens, row: Row, without_doses: bool) -> Regimen | None:
    """Return the row in the columns of the rule book, or None where nothing is left to say."""
    used = _settled(words, row)
    if without_doses:
        used.pop("dose", None)
        used.pop("route", None)
    if not used or _is_idle(words, row, used):
        return None
    value = {kind: fact.value for kind, fact in used.items()}
    low, high, unit = value.get("dose", (None, None, None))
    every = value.get("every")
    days = value.get("days")
    if unit and "divided" in row.facts and every and length_in_days(every) <= 1:
        unit = unit if unit.endswith("/d") else f"{unit}/d"  # "1800 mg in two divided doses"
    elif unit and "per day" in row.facts and not every:
        unit = unit if unit.endswith("/d") else f"{unit}/d"
    elif unit and unit.endswith("/d") and every and length_in_days(every) == 1.0:
        unit = unit.removesuffix("/d")  # "once daily at 150 mg/day"
    count = value.get("count", value.get("points"))
    if (
        count is None
        and days
        and not (
            _is_of_cycles(words, used["days"])
            or row.repeated
            or "cycle" in value
            or "cycles" in value
            or (every and length_in_days(every) < 1)
        )
        and not _is_continuous(words, row)
    ):
        count = len(days)
    first, last = min(fact.start for fact in used.values()), max(fact.end for fact in used.values())
    agent = None
    if row.agent:
        agent = text[words.starts[row.agent[0]] : words.ends[row.agent[1] - 1]]
        if not row.borrowed:
            first, last = min(first, row.agent[0]), max(last, row.agent[1])
    start, end = words.starts[first], words.ends[last - 1]
    every_value, every_unit = every or (None, None)
    duration_value, duration_unit = value.get("duration", (None, None))
    return Regimen(
        text[start:end], start, end, agent, low, high, unit, value.get("route"), every_value, every_unit, count, days,
        value.get("cycle"), value.get("cycles"), duration_value, duration_unit,
    )  # fmt: skip


def _settled(words: Tokens, row: Row) -> dict[str, Fact]:
    """Return the row's facts by column, what they say of one another settled: cycles, rests, lengths of sessions."""
    used = {kind: fact for kind, fact in row.facts.items() if kind not in _UNSAID}
    if "sitting" in row.facts and "every" not in used:
        used["every"] = row.facts["sitting"]
    if "every" in used and "count" in used and used["count"].value == 1:
        # "A single dose once a week" is each time one; "once (OD), single dose" has no interval.
        recurs = used["every"].value != (1.0, "DAY") or row.has(("duration", "bare", "cycle", "cycles"))
        recurs = recurs or ("days" in used and len(used["days"].value) > 1)
        del used["count" if recurs else "every"]
    every, duration = used.get("every"), used.get("duration")
    if duration and duration.value[1] == "HOUR" and not (every and every.value[1] == "HOUR"):
        del used["duration"]  # the length of one infusion or session
        duration = None
    bare = row.facts.get("bare")
    if bare and every and duration is None and _follows(words, every, bare):
        duration = used["duration"] = bare
    rest = row.facts.get("rest")
    # "For the first 7 weeks, followed by 1 week of rest" is no cycle: it is given otherwise then.
    recurs = duration is not None and "h" not in words.shape[duration.start : duration.end]
    if rest and duration and recurs and "cycle" not in used and duration.value[1] in ("DAY", "WEEK"):
        used["cycle"] = rest._replace(value=rest.value + length_in_days(duration.value))
    if every and every.value[0] >= 1 and every.value[1] in ("DAY", "WEEK"):
        length = length_in_days(every.value)
        of_cycle = "days" in used or ("cycles" in used and every.value[1] == "DAY")
        if duration and length_in_days(duration.value) < length:
            of_cycle = True  # "5 days every 4 weeks"
        if "cycle" not in used and length >= 7 and of_cycle:
            used["cycle"] = every._replace(value=length)
        if "cycle" in used and used["cycle"].value == length:
            del used["every"]
    return used


def _is_idle(words: Tokens, row: Row, used: dict[str, Fact]) -> bool:
    """Tell whether the facts alone say nothing of giving: radiotherapy named, a day on which something else happens."""
    if set(used) == {"route"}:
        return bool(used["route"].value == "RADIATION")
    if set(used) == {"days"}:
        return (row.borrowed and row.agent is not None) or words.shape[
            used["days"].start - 1 : used["days"].start
        ] == "@"
    return False


def _follows(words: Tokens, every: Fact, bare: Fact) -> bool:
    """Tell whether a bare length of time stands directly after the interval ("once daily, 8 weeks")."""
    return 0 <= bare.start - every.end <= 1 and words.shape[every.end : bare.start] in ("", ",")


def _is_of_cycles(words: Tokens, days: Fact) -> bool:
    """Tell whether days are those of a cycle that recurs: "days 1-14 of each cycle", "Courses 1 and 3: 5 mg day 1"."""
    before = words.shape[max(0, days.start - 40) : days.start].rpartition(".")[2]
    return bool(
        re.search("[Cc]N[,&-~t]", before)
        or re.match("[oi@]?E[sw&,]{0,4}[Cc]|[oi@]?s?[Cc]", words.shape[days.end : days.end + 7])
        or re.search("[Cc]#?N?[-~t,&N]{0,4}[,:]?$", words.shape[max(0, days.start - 7) : days.start])
    )


def _is_continuous(words: Tokens, row: Row) -> bool:
    """Tell whether the row is a continuous infusion."""
    first, last = min(fact.start for fact in row.facts.values()), max(fact.end for fact in row.facts.values())
    return "continuous" in words.folded[words.starts[max(0, first - 3)] : words.ends[last - 1]]
