"""What phrases of time frames hold: lists of times, events, intervals and cycles.

Here belongs what the reading of tokens hands on to the reading of moments. How tokens make phrases is
`timeframe_grouping` and the modules before it; what an event is as an anchor is `timeframe_bounds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from pipeline.normalize import timeframe_lexicon as w

TIME: Final = "time"  # value: Times
INTERVAL: Final = "interval"  # value: Interval
# EVENT and CYCLE keep their names; their values become Event and Cycles.


@dataclass(slots=True, eq=False)
class Item:
    """One number or range of a list, with its place."""

    low: float
    high: float | None
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Times:
    """A list of numbers that share a unit."""

    items: tuple[Item, ...]
    unit: str
    study: bool
    """Whether the unit stands first, as in "Week 12": a name on the study's calendar, not a length."""
    first: bool = False
    """Whether it is "the first 6 months"."""
    last: bool = False
    """Whether it is "the last 7 days"."""
    ordinal: bool = False
    """Whether it is counted: "the second year"."""


class Event(NamedTuple):
    """An event's words, unresolved: what it becomes depends on the relation to it."""

    noun: str | None
    """An anchor, a class of events, or None where only an edge is said ("at the end")."""
    begins: bool = False
    ends: bool = False
    first: bool = False
    last: bool = False
    period: bool = False
    each: bool = False
    holds: bool = False
    """Whether the time behind it stands inside its name: "the end of the 12-week treatment"."""
    verb: bool = False
    """Whether it is a participle ("enrolled"), which mostly describes people."""

    @property
    def weak(self) -> bool:
        """Whether the words may well be mentioned without meaning a time ("treatment", "surgery", "study")."""
        return self.noun is None or ((self.noun in _WEAK or self.verb) and not self.edged)

    @property
    def edged(self) -> bool:
        """Whether a begin, an end or one of several is meant, not the whole."""
        return self.begins or self.ends or self.first or self.last or self.each


class Interval(NamedTuple):
    """How often: intervals in a unit, or every so many cycles (unit None)."""

    values: tuple[float, ...]
    unit: str | None


class Cycles(NamedTuple):
    """Treatment cycles: those named, each of them, a mere count, or how long one is."""

    numbers: tuple[float, ...] = ()
    each: bool = False
    length: tuple[float, str] | None = None
    ends: bool = False
    counted: bool = False


_WEAK: Final = frozenset(
    (
        *(w.TREATMENT, w.STUDY, w.STAY, w.FOLLOW_UP, w.INFUSION, "DOSE", "PROCEDURE", "VISIT", "OTHER", "BIRTH"),
        *(w.AGE, w.GESTATION),
        *("PROGRESSION", "RELAPSE", "DEATH", "DIAGNOSIS", None),
    )
)
