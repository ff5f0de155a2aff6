"""The moments of a time frame: one time with its event, or one event with its time.

Here belongs what a phrase of time says together with the words beside it: the event it is counted from or dates, the
bracket that says it again, the cycle it lies in; and what an event's words mean as an anchor. How moments make
points, spans and recurrences is `timeframe_rows`.
"""

from __future__ import annotations

from typing import Final

from pipeline.normalize import timeframe_words as w
from pipeline.normalize.quantities import DAYS
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Cycles, Event, Item, Times, phrases
from pipeline.normalize.timeframe_words import Token

# --- What events mean ------------------------------------------------------------------------------------------------

ORIGIN: Final = "ORIGIN"
DATED: Final = "DATED"
# class of event -> anchors of its begin and its end.
SPANS: Final[dict[str | None, tuple[str, str]]] = {
    w.TREATMENT: ("TREATMENT_START", "TREATMENT_END"),
    w.STUDY: ("STUDY_START", "STUDY_COMPLETION"),
    w.STAY: ("ADMISSION", "DISCHARGE"),
    w.FOLLOW_UP: ("OTHER", "STUDY_COMPLETION"),
}
_DATED_AT: Final = frozenset(("OTHER", "PROCEDURE", "BIRTH"))
LASTING: Final = frozenset((w.TREATMENT, w.STUDY, w.STAY))
_AGES: Final = {w.AGE: "BIRTH", w.GESTATION: "OTHER"}
DOSES: Final = frozenset(("DOSE", w.INFUSION))
# Events that a trial begins with: a length beside them is a span from them, not their date.
OPENINGS: Final = frozenset(
    ("BASELINE", "SCREENING", "CONSENT", "ENROLLMENT", "RANDOMIZATION", "TREATMENT_START", "STUDY_START", "DIAGNOSIS")
)


def anchor_of(event: Event, relation: str) -> str:
    """Return the anchor of `event` after, before, at or until it."""
    noun = _AGES.get(event.noun or "", event.noun)
    if noun in DOSES:
        if event.first or (event.begins and noun == "DOSE"):
            return "TREATMENT_START"
        if event.last or (event.ends and noun == "DOSE"):
            return "TREATMENT_END"
        return "DOSE"
    if noun in SPANS:
        begin, end = SPANS[noun]
        if event.ends or event.last:
            return end
        if event.begins or event.first:
            return begin
        if relation is w.AFTER or (relation is w.UNTIL and noun is not w.TREATMENT):
            return end
        return end if event.period and relation is w.UNTIL else begin
    if noun == "VISIT" and event.last:
        return "STUDY_COMPLETION"
    return noun or ("TREATMENT_START" if event.begins else "OTHER")


def anchors_during(event: Event) -> tuple[str | None, str]:
    """Return the anchors between which `event` lasts."""
    if event.noun in SPANS and not (event.begins or event.ends or event.first or event.last):
        begin, end = SPANS[event.noun]
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


def moment_of(item: Item, times: Times) -> Moment:
    """Return the moment that one item of a list says by itself."""
    high = None if item.high is None else Bound(item.high, times.unit)
    return Moment(Bound(item.low, times.unit), item.start, item.end, high=high, study=times.study)


def days_of(bound: Bound) -> float:
    """Return the offset of `bound` in days, 0 for an event alone."""
    return (bound.value or 0.0) * DAYS[bound.unit]


def copy_of(bound: Bound) -> Bound:
    """Return `bound` again, to be changed apart from it."""
    made = Bound(bound.value, bound.unit, bound.anchor, bound.role)
    made.words, made.event = bound.words, bound.event
    return made


# --- Reading ---------------------------------------------------------------------------------------------------------

NOTHING: Final = Token("", None, 0, 0)
HEDGES: Final = frozenset((w.HEDGE, w.AVERAGE))
_SMALL: Final = HEDGES | {w.AT, w.MOMENT}
LIST: Final = frozenset((w.COMMA, w.AND, w.OR, w.SLASH))
AHEAD: Final = 8  # how far behind its place a method looks without asking
_BEHIND: Final = [NOTHING] * AHEAD
_LONGEST_RUN: Final = 12  # small words in a row that can still mean something
REACH: Final = 40  # phrases looked ahead for what dates an end, or closes a bracket
LEADS: Final = frozenset((w.UP_TO, w.UNTIL, w.WITHIN, w.FOR, w.DURING, w.TO))
ENDINGS: Final = frozenset((w.UP_TO, w.UNTIL, w.TO))
_CONTENT: Final = frozenset((TIME, w.EVENT, INTERVAL, w.CYCLE, w.WORD, w.STOP))
_ASIDES: Final = frozenset((Event(w.STUDY), Event("VISIT"), Event("OTHER"), Event(w.FOLLOW_UP)))
_EACH_CYCLE: Final = Event("CYCLE_START", each=True)
_REMARKS: Final = frozenset(
    (w.WORD, w.LABEL, w.DATE, w.COMMA, w.OF, w.AND, w.OR, w.SLASH, w.DASH, w.COLON, w.IS, w.AT, w.FOR)
)
_UNREAD: Final = frozenset((w.WORD, w.LABEL, w.MID, w.UNIT, w.DATE, w.IS, w.CHANGE))
SHARING: Final = frozenset(
    (w.AND, w.OR, w.COMMA, w.SLASH, w.DASH, w.TO, w.UNTIL, w.UP_TO, w.AFTER, w.BEFORE, w.DURING, w.WITHIN, w.AT)
)
RANGES: Final = frozenset((w.DASH, w.TO, w.UNTIL))
COUNTED: Final = frozenset(("DOSE", w.INFUSION, "PROCEDURE", "BIRTH", w.AGE, w.GESTATION))
AGES: Final = frozenset(_AGES)
RELATIONS: Final = frozenset((w.AFTER, w.BEFORE, w.FROM, w.OF))
_BEHIND_BRACKETS: Final = RELATIONS | {w.EVENT, w.PERIOD}
_SAYS_MORE: Final = RELATIONS | {w.OPEN, w.CYCLE, w.EVENT, w.PERIOD, w.LATER, w.THEN, w.AT, w.FOR, w.SLASH}
"""What says more of the time before it."""


def _without_remarks(nodes: list[Token]) -> list[Token]:
    """Return the phrases without brackets that hold no time: "week 4 (visit 2)", "(T1)"."""
    kept: list[Token] = []
    opened: int | None = None
    for node in nodes:
        kept.append(node)
        if node.kind is w.OPEN:
            opened = len(kept) - 1
        elif node.kind is w.CLOSE:
            if opened is not None:
                del kept[opened:]
            opened = None
        elif node.kind not in _REMARKS and not (node.kind is w.EVENT and node.value in _ASIDES):
            opened = None
    return kept


def _squeezed(nodes: list[Token]) -> list[Token]:
    """Return the phrases with no run of small words longer than any that people write, so that reading is linear."""
    if len(nodes) <= _LONGEST_RUN:
        return nodes
    kept: list[Token] = []
    run = 0
    for node in nodes:
        run = 0 if node.kind in _CONTENT else run + 1
        if run <= _LONGEST_RUN:
            kept.append(node)
    return kept


class Moments:
    """The phrases of one time frame, and the reading of moments among them.

    A method that reads takes a position among the phrases and returns the position behind what it read.
    """

    __slots__ = (
        "change",
        "cycle",
        "cycle_length",
        "known",
        "last_event",
        "leading",
        "leading_study",
        "nodes",
        "text",
        "unread",
    )

    def __init__(self, text: str) -> None:
        nodes = phrases(w.scan(text))
        kinds = {node.kind for node in nodes}
        self.text = text
        self.unread = not kinds.isdisjoint(_UNREAD)
        if w.OPEN in kinds:
            nodes = _without_remarks(nodes)
        self.nodes = _squeezed(nodes) + _BEHIND
        self.change = False  # within "change from baseline …"
        self.last_event: Bound | None = None
        self.leading: Bound | None = None  # the event that leads the running list: "after surgery: 1, 3 months"
        self.leading_study = False  # whether that list names study days
        self.known: float | None = None  # the cycle that leads the running list of days
        self.cycle: float | None = None  # the cycle that the sentence is about
        self.cycle_length: tuple[float, str] | None = None

    def _moments(self, i: int) -> tuple[list[Moment], int]:
        """Read one phrase of time at `i` with its event, or one event with its time; else none."""
        nodes = self.nodes
        approximate = at = False
        kind = nodes[i].kind
        while kind in _SMALL or (kind is w.UP_TO and approximate):
            approximate = approximate or kind in HEDGES
            at = at or kind is w.AT
            i += 1
            kind = nodes[i].kind
        found: list[Moment]
        if kind == TIME:
            if (
                i
                and nodes[i - 1].kind is w.OF
                and nodes[i + 1].kind is w.EVENT
                and nodes[i + 1].value == Event(w.STUDY)
            ):
                return [], i  # "of the 6-month trial" is no time of its own
            found, j = self._timed(i, at=at)
        elif kind is w.EVENT:
            found, j = self._eventful(i, w.AT)
        elif kind is w.AFTER or kind is w.BEFORE:
            found, j = self._related(i, kind)
        elif kind is w.CYCLE:
            found, j = self._cyclic(i)
        else:
            return [], i
        if approximate:
            for moment in found:
                moment.approximate = True
        return found, j

    def _timed(self, i: int, *, at: bool = False) -> tuple[list[Moment], int]:
        """Read the time at `i` and the event it is counted from or that it dates, which stand behind it."""
        nodes = self.nodes
        node = nodes[i]
        times: Times = node.value
        found = [moment_of(item, times) for item in times.items]
        if times.first and len(found) == 1:
            found[0].follow_up = True
            found[0].start = node.start
        if times.last and len(found) == 1 and found[0].high is None:
            found[0].start = node.start
            return self._looking_back(found[0], i + 1)
        j = i + 1
        following = nodes[j]
        kind = following.kind
        event = nodes[j + 1]
        if kind not in _SAYS_MORE and event.kind is not w.MOMENT and event.kind is not w.CYCLE:
            return found, j
        listed = i > 0 and nodes[i - 1].kind in LIST  # one of several times
        if i > 1 and nodes[i - 1].kind in (w.COLON, w.OPEN) and nodes[i - 2].kind is w.WORD:
            listed = True  # "T2: 6-month follow-up"
        if event.kind is w.MOMENT and kind is not w.CYCLE:
            j += 1
            event = nodes[j + 1]
        if kind is w.OPEN:
            closed = self._bracket(j, found)
            if closed == j:
                return found, j
            j = closed
            following, event = nodes[j], nodes[j + 1]
            kind = following.kind
            if kind not in _BEHIND_BRACKETS:
                return self._closed(found, j)
        if kind is w.CYCLE or (
            (kind is w.OF or kind is w.AT or kind is w.COMMA or (kind is w.FOR and times.study))
            and event.kind is w.CYCLE
        ):
            at_cycle = j if kind is w.CYCLE else j + 1
            cycles: Cycles = nodes[at_cycle].value
            behind = nodes[at_cycle + 1]
            dated = behind.kind == TIME and behind.value.study
            if (cycles.numbers or cycles.each) and times.study and not (dated and kind is not w.OF):
                return self._closed(self._in_cycles(found, cycles, nodes[at_cycle].end), at_cycle + 1)
        if kind is w.AFTER or kind is w.BEFORE:
            sign = 1 if kind is w.AFTER else -1
            if event.kind is w.EVENT:
                if times.study and sign < 0 and (event.value.noun in DOSES or (times.items[0].low < 0)):
                    self._date(found, event, DATED if event.value.noun in DOSES else ORIGIN)
                else:
                    self._count_from(found, nodes[j + 1], sign)
                    j += nodes[j + 2].kind is w.FROM and sign > 0
                    closer = nodes[j + 2]
                    if sign > 0 and closer.kind is w.EVENT and closer.value.noun in DOSES and closer.value.edged:
                        self._count_from(found, closer, sign)  # "24 hours post-dose, relative to the last dose"
                        return self._closed(found, j + 3)
                    if event.value.noun in DOSES and len(found) == 1:
                        return self._each_dose(found, times, sign, j + 2)
                return self._closed(found, j + 2)
            if event.kind is w.CYCLE and event.value.numbers:
                return self._closed(self._around_cycles(found, event, sign), j + 2)
            shared = self._shared_event(j + 1) if event.kind in LIST or event.kind in RANGES else None
            both = [part.kind for part in nodes[j + 1 : j + 4]]
            if shared is not None and both in ([w.AND, w.AFTER, w.EVENT], [w.AND, w.BEFORE, w.EVENT]):
                again = [moment_of(item, times) for item in times.items]  # "30 days before and after surgery"
                self._count_from(found, shared, sign)
                self._count_from(again, shared, -sign)
                return found + again, j + 4
            if shared is not None and event.kind is not w.COMMA:
                self._count_from(found, shared, sign)
                for moment in found:
                    moment.end = following.end
                return found, j + 1
            if event.kind == TIME and event.value.study is False and kind is w.AFTER:
                at_event = j + 2
                while nodes[at_event].kind is w.WORD and at_event < j + 4:
                    at_event += 1
                if nodes[at_event].kind is w.EVENT and len(event.value.items) == 1 and not times.study:
                    self._count_from(found, nodes[at_event], 1)  # "3 months after the 12-week program"
                    return self._closed(found, at_event + 1)
                return found, j
            if event.kind is not w.DATE and event.kind is not w.WORD:
                for moment in found:
                    moment.open = sign
                found[-1].end = following.end
            return found, j + 1
        if kind is w.FROM and event.kind is w.EVENT and nodes[j + 2].kind not in ENDINGS:
            self._count_from(found, event, 1)
            return self._closed(found, j + 2)
        if kind is w.OF and event.kind == TIME and nodes[j + 2].kind is w.EVENT and nodes[j + 2].value.noun in LASTING:
            j += 1  # "the first 4 weeks of the 12-week treatment"
            event = nodes[j + 1]
        if kind is w.OF and event.kind is w.EVENT:
            value: Event = event.value
            if value.noun is w.FOLLOW_UP:
                return self._followed(found, event, j + 2, at=at or listed)
            if value.noun is not w.STUDY:
                self._count_from(found, event, 1, opening=not (value.ends or value.last))
                return self._closed(found, j + 2)
            return found, j + 2
        if kind is w.EVENT:
            value = following.value
            if value.noun in AGES:
                self._count_from(found, following, 1)  # "36 weeks' gestation"
                return self._closed(found, j + 1)
            if value.noun is w.FOLLOW_UP and not (value.ends or value.begins or value.last):
                return self._followed(found, following, j + 1, at=at or listed)
            if value.period and len(found) == 1 and not at:
                return self._followed(found, following, j + 1, at=at)
            if value.noun == "PROCEDURE" or (not value.weak and value.noun not in OPENINGS):
                self._date(found, following)
                return self._closed(found, j + 1)
            if value.weak:
                if value.noun is w.TREATMENT and not value.edged and self._behind_after(i):
                    self._count_from(found, following, 1, opening=True)  # "after 12 weeks' treatment"
                return self._closed(found, j + 1)
            return found, j
        if kind is w.PERIOD:
            if len(found) == 1 and not at and not times.study:
                found[0].follow_up = True
                found[0].end = following.end
            return self._closed(found, self._after_period(j + 1, found))
        if (kind is w.LATER or kind is w.THEN) and following.value == "after" and event.kind != INTERVAL:
            for moment in found:
                moment.open = 1
            found[-1].end = following.end
            return found, j + 1
        if kind is w.LATER:
            for moment in found:
                moment.later = True
                moment.end = following.end
            j += 1
            if nodes[j].kind in (w.FROM, w.AFTER) and nodes[j + 1].kind is w.EVENT:
                self._count_from(found, nodes[j + 1], 1)
                j += 2
                while nodes[j].kind is w.AND and nodes[j + 1].kind is w.FROM and nodes[j + 2].kind is w.EVENT:
                    again = [moment_of(item, times) for item in times.items]
                    self._count_from(again, nodes[j + 2], 1)
                    for moment in again:
                        moment.later = True
                    found += again
                    j += 3
            return found, j
        if kind is w.AT and event.kind is w.EVENT and event.value.noun in (w.STUDY, w.TREATMENT) and event.value.weak:
            if event.value.noun is w.TREATMENT:
                self._count_from(found, event, 1, opening=True)
            return self._closed(found, j + 2)
        if kind is w.AT and event.kind is w.EVENT and event.value.noun in _DATED_AT and times.study and len(found) == 1:
            self._date(found, event)  # "day 0 at the arrival"
            return self._closed(found, j + 2)
        if kind is w.SLASH and event.kind == TIME and len(found) == 1 and len(event.value.items) == 1:
            said, again = days_of(found[0].low), event.value.items[0].low * DAYS[event.value.unit]
            if event.value.unit != times.unit and abs(said - again) <= 0.1 * said:  # "Day 90/Month 3"
                found[0].end = event.end
                return self._closed(found, j + 2)
        if (kind is w.AT or kind is w.SLASH) and event.kind is w.EVENT and not event.value.weak:
            if event.value.noun not in OPENINGS or (kind is w.SLASH and times.items[0].low <= 1):
                self._date(found, event)
                return self._closed(found, j + 2)
            return found, j
        return self._closed(found, j)

    def _behind_after(self, i: int) -> bool:
        """Return whether an "after" opens the list of times that the one at `i` ends."""
        nodes = self.nodes
        first = max(0, i - AHEAD)
        while i > first and (nodes[i - 1].kind == TIME or nodes[i - 1].kind in LIST):
            i -= 1
        return i > 0 and nodes[i - 1].kind is w.AFTER

    def _each_dose(self, found: list[Moment], times: Times, sign: int, j: int) -> tuple[list[Moment], int]:
        """Read the other doses of "1 month after dose 1, dose 2 and dose 3" at `j`."""
        nodes = self.nodes
        while True:
            k = j
            while nodes[k].kind is w.COMMA or nodes[k].kind is w.AND:
                k += 1
            node = nodes[k]
            if k == j or node.kind is not w.EVENT or node.value.noun not in DOSES or nodes[k + 1].kind is w.AT:
                return self._closed(found, j)
            if not self.text[node.end - 1].isdigit():
                return self._closed(found, j)
            again = moment_of(times.items[0], times)
            self._count_from([again], node, sign)
            again.start, again.end = node.start, node.end
            found.append(again)
            j = k + 1

    def _looking_back(self, moment: Moment, j: int) -> tuple[list[Moment], int]:
        """Read "the last 7 days (of the study)": from 7 days before its end."""
        low = moment.low
        moment.high = Bound(0.0, low.unit)
        low.value = -(low.value or 0.0)
        if self.nodes[j].kind is w.OF and self.nodes[j + 1].kind == TIME and self.nodes[j + 2].kind is w.EVENT:
            j += 1  # "the last 4 weeks of the 12-week treatment"
        if self.nodes[j].kind in (w.OF, TIME) and self.nodes[j + 1].kind is w.EVENT:
            node = self.nodes[j + 1]
            low.anchor = moment.high.anchor = anchor_of(node.value._replace(ends=True, begins=False), w.AT)
            low.role = ORIGIN
            low.words = self.text[node.start : node.end]
            moment.end = node.end
            j += 2
        return [moment], j

    def _followed(self, found: list[Moment], event: Token, j: int, *, at: bool) -> tuple[list[Moment], int]:
        """Mark "3-year follow-up" as the span it is; a list of them, or one "at" it, names points."""
        if len(found) == 1 and not (at or self.change or found[0].study) and found[0].high is None:
            found[0].follow_up = True
        found[-1].end = event.end
        return self._closed(found, self._after_period(j, found))

    def _after_period(self, i: int, found: list[Moment]) -> int:
        """Read "after vaccination" at `i`, behind "the 7-day follow-up period"."""
        nodes = self.nodes
        if nodes[i].kind is w.AFTER and nodes[i + 1].kind is w.EVENT and found[0].low.anchor is None:
            self._count_from(found, nodes[i + 1], 1)
            return i + 2
        return i

    def _closed(self, found: list[Moment], j: int) -> tuple[list[Moment], int]:
        """Read what stands in brackets behind the time: the same said again, or the event that it dates."""
        while self.nodes[j].kind is w.OPEN:
            reached = self._bracket(j, found)
            if reached == j:
                break
            j = reached
        return found, j

    def _count_from(self, found: list[Moment], node: Token, sign: int, *, opening: bool = False) -> None:
        """Count the times from an event: after it, before it (negative), or into it ("12 weeks of treatment")."""
        event: Event = node.value
        anchor = anchor_of(event, w.AT if opening or sign < 0 else w.AFTER)
        words = self.text[node.start : node.end]
        for moment in found:
            for bound in (moment.low, moment.high):
                if bound is not None:
                    bound.anchor, bound.role, bound.words = anchor, ORIGIN, words
                    if sign < 0 and bound.value is not None:
                        bound.value = -abs(bound.value)  # "-15 min before" is before, too
            if sign < 0 and moment.high is not None and days_of(moment.low) > days_of(moment.high):
                moment.low, moment.high = moment.high, moment.low
            moment.low.event = event
        found[-1].end = max(node.end, found[-1].end)
        if anchor != "OTHER" or event.noun is not None:
            self.last_event = found[-1].low

    def _date(self, found: list[Moment], node: Token, role: str = DATED, relation: str = w.AT) -> None:
        """Make the event the anchor that the times date."""
        event: Event = node.value
        for moment in found:
            for bound in (moment.low, moment.high):
                if bound is not None and bound.anchor is None:
                    bound.anchor, bound.role = anchor_of(event, relation), role
                    bound.words = self.text[node.start : node.end]
        found[-1].end = max(node.end, found[-1].end)

    def _related(self, i: int, kind: str) -> tuple[list[Moment], int]:
        """Read "after surgery", "before treatment", "after 12 weeks of treatment" at `i`."""
        nodes = self.nodes
        j = i + 1
        while nodes[j].kind in HEDGES or nodes[j].kind is w.DASH or nodes[j].kind is w.MOMENT:
            j += 1
        node = nodes[j]
        if node.kind == TIME:
            found, j = self._timed(j)
            found[0].start = nodes[i].start
            for moment in found:
                moment.follow_up = False  # "after 5 years of follow-up"
            return found, j
        if node.kind is w.EVENT:
            return self._eventful(j, kind, start=nodes[i].start)
        if node.kind is w.CYCLE and (node.value.numbers or (node.value.each and kind is w.BEFORE)):
            found, j = self._cyclic(j)
            for moment in found:
                if kind is w.AFTER and moment.low.role != ORIGIN and moment.low.anchor is not None:
                    moment.low.anchor = "OTHER"
            return found, j
        shared = self._shared_event(j)
        if shared is None:
            return [], i
        bound = self._event_bound(shared, kind)
        return [Moment(bound, nodes[i].start, nodes[i].end)], i + 1

    def _shared_event(self, i: int) -> Token | None:
        """Return the event that "before and after surgery" leaves to its last part, near `i`."""
        for node in self.nodes[i : i + 8]:
            if node.kind is w.EVENT:
                return node
            if node.kind not in SHARING and node.kind != TIME and node.kind is not w.OF:
                break
        return None

    def _event_bound(self, node: Token, relation: str) -> Bound:
        bound = Bound(None, "DAY", anchor_of(node.value, relation))
        bound.words = self.text[node.start : node.end]
        bound.event = node.value
        self.last_event = bound
        return bound

    def _eventful(self, i: int, relation: str, *, start: int | None = None) -> tuple[list[Moment], int]:
        """Read the event at `i` with the time behind it: its date, or what is counted from it."""
        nodes = self.nodes
        node = nodes[i]
        event: Event = node.value
        begin = node.start if start is None else start
        if event.noun is None and event.begins and nodes[i + 1].kind is w.AND:
            other = nodes[i + 2 + (nodes[i + 2].kind is w.AT)]
            if other.kind is w.EVENT:
                event = event._replace(noun=other.value.noun)  # "the start and end of the study"
            node = Token(node.kind, event, node.start, node.end)
        bound = self._event_bound(node, relation)
        moment = Moment(bound, begin, node.end)
        j = i + 1
        if relation is w.AFTER:
            k = j
            while nodes[k].kind is w.WORD and k < j + 3:
                k += 1
            if nodes[k].kind in HEDGES or (
                nodes[k].kind is w.AT and (nodes[k + 1].kind == TIME or nodes[k + 1].kind in HEDGES)
            ):
                j = k
        if nodes[j].value == "+" and self._added(j + 1, bound.anchor):
            found, j = self._timed(j + 1)  # "end of treatment + 30 days"
            if found[0].low.anchor is None:
                found[0].low.anchor, found[0].low.role, found[0].low.words = bound.anchor, ORIGIN, bound.words
            found[0].start = begin
            return found, j
        separator = nodes[j].kind
        if separator is w.AT or separator is w.COLON or separator is w.OF:
            j += 1
        else:
            separator = ""
        hedged = False
        while nodes[j].kind in HEDGES:
            hedged = True
            j += 1
        node = nodes[j]
        own = nodes[j + 1].kind in (w.AFTER, w.BEFORE)  # the time has its own event
        if own and node.kind == TIME:
            if relation is w.AFTER and node.value.study and node.value.unit == "DAY" and not separator:
                found = [moment_of(item, node.value) for item in node.value.items]  # "postoperative day 1 before …"
                for each in found:
                    each.low.anchor, each.low.role, each.low.words = bound.anchor, ORIGIN, bound.words
                found[0].start = begin
                aside = nodes[j + 2].kind is w.EVENT and nodes[j + 2].value.noun == "OTHER"
                return found, j + 3 if aside else j + 1
            own = not (event.noun is w.FOLLOW_UP and separator is w.OF)  # "follow-up of 4 weeks after the last dose"
        in_cycle = event.noun in DOSES and w.CYCLE in (nodes[j + 1].kind, nodes[j + 2].kind)  # "on day 1 of cycle 2"
        own = own or in_cycle
        if node.kind == TIME and not own and self._belongs(event, relation, separator, node.value):
            found, j = self._timed(j, at=separator is w.AT)
            for each in found:
                each.start = begin if each is found[0] else each.start
                each.approximate = each.approximate or hedged
                if event.period:
                    each.low.event = event
                at = relation is w.AT or (separator is w.OF and event.noun is w.FOLLOW_UP)
                if at and event.noun in (w.FOLLOW_UP, "VISIT") and not (event.ends or event.last):
                    each.follow_up = (
                        relation is w.AT
                        and event.noun is w.FOLLOW_UP
                        and separator is not w.AT
                        and len(found) == 1
                        and not each.study
                    )
                    continue
                before = relation is w.BEFORE and (not each.study or (bound.anchor == "PROCEDURE" and not separator))
                sign = -1 if before and (each.low.value or 0) > 0 else 1
                counted = (relation is w.AFTER and not event.holds) or event.noun in AGES
                role = ORIGIN if counted or before else DATED
                for part in (each.low, each.high):
                    if part is not None and part.anchor is None and part.value is not None:
                        part.anchor, part.role, part.words = bound.anchor, role, bound.words
                        part.value *= sign
            if relation is w.AFTER and found[0].low.anchor is not None:
                self.leading = bound
                self.leading_study = found[0].study
            return found, j
        j = i + 1
        k = j
        while nodes[k].kind in (w.WORD, w.LABEL) and k < j + 3:
            k += 1
        if nodes[k].kind is w.OPEN and (k == j or (nodes[k + 1].kind == TIME and nodes[k + 2].kind is w.CLOSE)):
            return self._closed([moment], k)
        if (
            nodes[j].kind is w.SLASH
            and nodes[j + 1].kind == TIME
            and nodes[j + 1].value.study
            and (event.noun not in OPENINGS or nodes[j + 1].value.items[0].low <= 1)
        ):
            found, j = self._timed(j + 1)
            if len(found) == 1:
                self._date(found, nodes[i])
                found[0].start = begin
                return found, j
            return [moment], i + 1
        return [moment], j

    def _added(self, i: int, anchor: str | None) -> bool:
        """Return whether the time at `i`, behind a plus, is counted from the event before it."""
        node = self.nodes[i]
        if node.kind != TIME or anchor in OPENINGS:
            return False
        return not node.value.study and len(node.value.items) == 1 and node.value.items[0].high is None

    def _belongs(self, event: Event, relation: str, separator: str, times: Times) -> bool:
        """Return whether a time behind an event, with at most a small word between, goes with it."""
        if relation is w.AFTER:
            return not (event.noun in DOSES and times.study and separator is w.AT)
        if relation is w.BEFORE:
            return separator is not w.OF
        if event.noun in AGES:
            return separator is not w.AT  # "age 2 years"
        if event.noun == "BASELINE":
            return times.study and len(times.items) == 1 and times.items[0].low <= 1
        if event.noun in OPENINGS and not (event.begins and event.noun is w.TREATMENT):
            return separator is w.AT or (times.study and len(times.items) == 1 and times.items[0].low <= 1)
        if event.noun is w.FOLLOW_UP or event.noun == "VISIT":
            return True
        if event.weak:
            return event.period and separator is not w.AT
        return True

    def _bracket(self, i: int, found: list[Moment]) -> int:
        """Read the bracket at `i` where it says `found` again, dates it or names its event; else return `i`."""
        nodes = self.nodes
        close = i + 1
        while nodes[close].kind is not w.CLOSE:
            close += 1
            if close - i > REACH or close >= len(nodes) - AHEAD:
                return i
        inner = nodes[i + 1 : close]
        kinds = {node.kind for node in inner}
        times = [node for node in inner if node.kind == TIME]
        events = [node for node in inner if node.kind is w.EVENT]
        moment = found[-1]
        alone = moment.low.value is None
        if len(inner) == 1 and INTERVAL in kinds and inner[0].value.unit and moment.low.event == _EACH_CYCLE:
            self.cycle_length = (inner[0].value.values[0], inner[0].value.unit)
            return close + 1  # "day 1 of each cycle (every 21 days)"
        if INTERVAL in kinds or w.OPEN in kinds:
            return i
        if w.CYCLE in kinds:
            cycles: Cycles = next(node.value for node in inner if node.kind is w.CYCLE)
            if cycles.length:
                self.cycle_length = cycles.length
            if cycles.length and not events:
                return close + 1
            again = len(times) == 1 and cycles.numbers == (moment.cycle,)
            if again and not events and times[0].value.items[0].low == moment.low.value:
                return close + 1  # "cycle 1 day 1 (C1D1)"
            if times or events:
                return i
            if cycles.numbers and moment.study:
                found[:] = self._in_cycles(found, cycles, nodes[close].end)
            elif len(cycles.numbers) == 1 and len(found) == 1 and not alone and not cycles.ends:
                moment.cycle = int(cycles.numbers[0])  # "28 days (cycle 1)"
            return close + 1
        if not times:
            if events and moment.low.anchor == "CYCLE_START" and events[0].value.noun in DOSES:
                return i
            if events and not alone and moment.low.anchor is None:
                event = events[0]
                value: Event = event.value
                if value.noun is None or (value.noun in (w.FOLLOW_UP, "VISIT") and value.weak):
                    return close + 1
                if value.weak and (value.period or w.WORD in kinds or kinds & LEADS):
                    return close + 1
                after = w.AFTER in kinds or inner[0].kind is w.FROM
                if len(found) > 1 and not (after or value.ends or value.last):
                    return close + 1
                dated = found if after else found[-1:]  # "weeks 4 and 8 (end of treatment)" ends at week 8
                role = ORIGIN if after and not moment.study else DATED
                self._date(dated, event, role, w.AFTER if after else w.AT)
                moment.end = nodes[close].end
            elif kinds & LEADS and events and not alone:
                return i
            return close + 1
        single = len(times) == 1 and len(times[0].value.items) == 1
        if w.AVERAGE in kinds and not alone and moment.study:
            return close + 1  # "week 12 (mean of weeks 11 and 12)"
        if single and not events and not times[0].value.study and moment.low.event == _EACH_CYCLE:
            self.cycle_length = (times[0].value.items[0].low, times[0].value.unit)
            return close + 1
        if alone:
            if events:
                return i
            spread = len(times) == 2 and bool(kinds & RANGES) and all(len(node.value.items) == 1 for node in times)
            if not (single or spread):
                if moment.low.event is not None:
                    self.leading = moment.low
                    self.leading_study = False
                return i
            if w.UNTIL in kinds and single:
                return i
            first: Item = times[0].value.items[0]
            suffix = not times[0].value.study
            counted = suffix and moment.low.event is not None and moment.low.event.noun in COUNTED
            low = moment.low
            numbered = low.anchor == "CYCLE_START" and not suffix  # "cycle 1 (day 1 to day 21)"
            role = ORIGIN if numbered or (counted and self._after(moment)) else DATED
            low.value, low.unit, low.role = first.low, times[0].value.unit, role
            high = first.high if single else times[1].value.items[0].low
            if high is not None:
                moment.high = Bound(high, times[-1].value.unit, low.anchor, role)
                moment.high.words = low.words
            moment.approximate = moment.approximate or bool(kinds & HEDGES)
            moment.end = nodes[close].end
            return close + 1
        inside = sum(node.value.items[0].low * DAYS[node.value.unit] for node in times)
        if len(times) > 1 and abs(inside - days_of(moment.low)) <= 0.02 * inside:
            return close + 1  # "24 weeks (12 weeks of treatment + 12 weeks of follow-up)"
        short = times[0].value.unit in ("HOUR", "MINUTE", "SECOND")
        if short and moment.study:  # "day 6 (120 hours post-dose)", but not "day 1 (2 hours post-dose)"
            again = single and times[0].value.items[0].high is None and round(days_of(moment.low) - inside, 6) in (0, 1)
            return close + 1 if again else i
        if events and (short or not single):
            return i
        if not single and (len(times) > 2 or not kinds & RANGES):
            return i
        return close + 1

    def _after(self, moment: Moment) -> bool:
        """Return whether the event of `moment` was said with "after"."""
        return self.text[moment.start : moment.start + 4].lower() in ("post", "afte", "foll")

    def _cyclic(self, i: int) -> tuple[list[Moment], int]:
        """Read the cycles at `i` with the days named behind them."""
        nodes = self.nodes
        node = nodes[i]
        cycles: Cycles = node.value
        if cycles.length is not None:
            self.cycle_length = cycles.length
        if not cycles.numbers and not cycles.each:
            return [], i
        j = i + 1
        if nodes[j].kind in (w.COMMA, w.COLON, w.DASH, w.AT, w.SLASH) and nodes[j + 1].kind == TIME:
            j += 1
        if nodes[j].kind is w.OF and nodes[j + 1].kind is w.EVENT and nodes[j + 2].kind is w.OPEN:
            j += 2  # "first cycle of treatment (28 days)"
        bracket = nodes[j].kind is w.OPEN and nodes[j + 1].kind == TIME and nodes[j + 2].kind is w.CLOSE
        if bracket:
            j += 1
        if nodes[j].kind == TIME and not cycles.ends:
            times: Times = nodes[j].value
            if times.study and (times.unit == "DAY" or not bracket):
                found = [moment_of(item, times) for item in times.items]
                found = self._in_cycles(found, cycles, nodes[j].end)
                found[0].start = node.start
                if len(cycles.numbers) == 1 and not bracket:
                    self.known = cycles.numbers[0]
                return self._closed(found, j + 1 + bracket)
            if bracket and len(times.items) == 1 and len(cycles.numbers) == 1:
                moment = moment_of(times.items[0], times)
                moment.start, moment.end = node.start, nodes[j].end
                moment.cycle = int(cycles.numbers[0])
                return [moment], j + 2
        found = []
        anchor = "OTHER" if cycles.ends else "CYCLE_START"
        for number in cycles.numbers or (None,):
            bound = Bound(None, "DAY", anchor)
            bound.words = self.text[node.start : node.end]
            moment = Moment(bound, node.start, node.end)
            if number is None:
                bound.event = _EACH_CYCLE
            else:
                moment.cycle = int(number)
            found.append(moment)
        j = i + 1
        if nodes[j].kind is w.OF and nodes[j + 1].kind is w.EVENT and nodes[j + 2].kind is w.OPEN:
            j += 2  # "each cycle of chemotherapy (every 3 weeks)"
        return self._closed(found, j)

    def _around_cycles(self, found: list[Moment], node: Token, sign: int) -> list[Moment]:
        """Return the times `found` counted from each cycle of `node`: before its start, or after its end."""
        words = self.text[node.start : node.end]
        begins = words[:5].lower() in ("start", "begin", "onset", "initi")
        out = []
        for number in node.value.numbers:
            for moment in found:
                low = copy_of(moment.low)
                high = None if moment.high is None else copy_of(moment.high)
                made = Moment(low, moment.start, max(node.end, moment.end), high=high, study=moment.study)
                made.cycle = int(number)
                for bound in (low, high):
                    if bound is not None and bound.value is not None:
                        bound.anchor = "CYCLE_START" if begins or (sign < 0 and not node.value.ends) else "OTHER"
                        bound.value, bound.role, bound.words = sign * bound.value, ORIGIN, words
                if high is not None and sign < 0:
                    made.low, made.high = high, low
                out.append(made)
        return out

    def _about_cycles(self, numbers: tuple[float, ...]) -> None:
        """Remember the cycle that the sentence is about."""
        self.cycle = numbers[-1] if numbers else None

    def _in_cycles(self, found: list[Moment], cycles: Cycles, end: int) -> list[Moment]:
        """Return the days `found` in each of `cycles`."""
        if cycles.length is not None:
            self.cycle_length = cycles.length
        self._about_cycles(cycles.numbers)
        out = []
        for number in cycles.numbers or (None,):
            for moment in found:
                low = copy_of(moment.low)
                low.anchor, low.role = "CYCLE_START", ORIGIN
                high = None
                if moment.high is not None:
                    high = copy_of(moment.high)
                    high.anchor, high.role = "CYCLE_START", ORIGIN
                if number is None:
                    low.event = _EACH_CYCLE
                made = Moment(low, moment.start, moment.end, high=high, study=True)
                made.cycle = None if number is None else int(number)
                out.append(made)
        out[-1].end = max(end, out[-1].end)
        return out
