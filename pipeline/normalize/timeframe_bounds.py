"""Bounds, moments and rows in the making, and which anchor an event's words mean.

Here belongs what they hold, and the rule book's list of anchors: what "after treatment", "the last dose" or "the end of
the study" become. Which words stand beside which is `timeframe_brackets`' and of the modules after it.
"""

from __future__ import annotations

from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.quantities import DAYS
from pipeline.normalize.timeframe_phrases import Event, Item, Times

# --- What events mean ------------------------------------------------------------------------------------------------

ORIGIN: Final = "ORIGIN"
DATED: Final = "DATED"
# class of event -> anchors of its begin and its end.
_SPANS: Final[dict[str | None, tuple[str, str]]] = {
    w.TREATMENT: ("TREATMENT_START", "TREATMENT_END"),
    w.STUDY: ("STUDY_START", "STUDY_COMPLETION"),
    w.STAY: ("ADMISSION", "DISCHARGE"),
    w.FOLLOW_UP: ("OTHER", "STUDY_COMPLETION"),
}
LASTING: Final = frozenset((w.TREATMENT, w.STUDY, w.STAY))
_AGES: Final = {w.AGE: "BIRTH", w.GESTATION: "OTHER"}
AGES: Final = frozenset(_AGES)
DOSES: Final = frozenset(("DOSE", w.INFUSION))
# Events that a trial begins with: a length beside them is a span from them, not their date.
OPENINGS: Final = frozenset(
    ("BASELINE", "SCREENING", "CONSENT", "ENROLLMENT", "RANDOMIZATION", "TREATMENT_START", "STUDY_START", "DIAGNOSIS")
)
EACH_CYCLE: Final = Event("CYCLE_START", each=True)


def anchor_of(event: Event, relation: str) -> str:
    """Return the anchor of `event` after, before, at or until it."""
    noun = _AGES.get(event.noun or "", event.noun)
    if noun in DOSES:
        if event.first or (event.begins and noun == "DOSE"):
            return "TREATMENT_START"
        if event.last or (event.ends and noun == "DOSE"):
            return "TREATMENT_END"
        return "DOSE"
    if noun in _SPANS:
        begin, end = _SPANS[noun]
        if event.ends or event.last:
            return end
        if event.begins or event.first:
            return begin
        if relation is w.AFTER or (relation is w.UNTIL and noun is not w.TREATMENT):
            return end
        return end if event.period and relation is w.UNTIL else begin
    if noun == "VISIT" and event.last:
        return "STUDY_COMPLETION"
    return noun or "OTHER"


def anchors_during(event: Event) -> tuple[str | None, str]:
    """Return the anchors between which `event` lasts."""
    if event.noun in _SPANS and not (event.begins or event.ends or event.first or event.last):
        begin, end = _SPANS[event.noun]
        return (None if event.noun is w.FOLLOW_UP else begin), end
    anchor = anchor_of(event, w.AT)
    return anchor, anchor


# --- Data ------------------------------------------------------------------------------------------------------------


class Bound:
    """Where a row begins or ends. `value` is None for an event alone."""

    __slots__ = ("anchor", "event", "role", "unit", "value", "words")

    def __init__(self, value: float | None, unit: str, anchor: str | None = None, role: str | None = None) -> None:
        self.value = value
        self.unit = unit
        self.anchor = anchor
        self.role = role
        self.words: str | None = None
        self.event: Event | None = None

    @property
    def days(self) -> float:
        """The offset in days, 0 for an event alone."""
        return (self.value or 0.0) * DAYS[self.unit]

    @property
    def within_a_day(self) -> bool:
        """Whether it lies in the day that a sentence is about: at a dose, or hours without an event."""
        return self.anchor == "DOSE" or (self.anchor is None and (self.unit == "HOUR" or self.unit == "MINUTE"))

    def again(self) -> Bound:
        """Return the bound once more, to be changed apart from it."""
        made = Bound(self.value, self.unit, self.anchor, self.role)
        made.words, made.event = self.words, self.event
        return made

    def zero(self) -> Bound:
        """Return the event that this bound is counted from, as a bound of its own: 0 of the same unit."""
        made = Bound(0.0, self.unit, self.anchor if self.role == ORIGIN else None)
        made.words = self.words
        return made

    def date(self, value: float | None, unit: str) -> None:
        """Take a time as what dates or bounds the event of this bound."""
        self.value, self.unit, self.role = value, unit, DATED

    def count_from(self, event: Bound) -> None:
        """Take the event of another bound as what this one is counted from."""
        self.anchor, self.role, self.words = event.anchor, ORIGIN, event.words


class Moment:
    """A time, a range of times or an event as read, before it is known whether it is a point or bounds a span."""

    __slots__ = ("approximate", "cycle", "end", "follow_up", "high", "later", "low", "open", "start", "study")

    def __init__(self, low: Bound, start: int, end: int, *, high: Bound | None = None, study: bool = False) -> None:
        self.low = low
        self.high = high
        self.start = start
        self.end = end
        self.study = study
        self.approximate = False
        self.cycle: int | None = None
        self.later = False
        self.follow_up = False
        self.open: int = 0  # +1 or -1: "after" or "before" an event that is named elsewhere

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """Its low end and, of a range, its high end."""
        return (self.low,) if self.high is None else (self.low, self.high)


class Row:
    """A row in the making."""

    __slots__ = ("approximate", "cycle", "end", "every", "high", "kind", "low", "start", "study")

    def __init__(self, kind: str, start: int, end: int, low: Bound | None, high: Bound | None) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.low = low
        self.high = high
        self.every: tuple[float, str] | None = None
        self.cycle: int | None = None
        self.approximate = False
        self.study = False

    def again(self) -> Row:
        """Return the row once more, to be changed apart from it."""
        made = Row(self.kind, self.start, self.end, self.low, self.high)
        made.every, made.cycle, made.approximate, made.study = self.every, self.cycle, self.approximate, self.study
        return made


def moment_of(item: Item, times: Times) -> Moment:
    """Return the moment that one item of a list says by itself."""
    high = None if item.high is None else Bound(item.high, times.unit)
    return Moment(Bound(item.low, times.unit), item.start, item.end, high=high, study=times.study)


def moments_of(times: Times) -> list[Moment]:
    """Return the moments that the items of a list say by themselves."""
    return [moment_of(item, times) for item in times.items]
