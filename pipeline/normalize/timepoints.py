"""Time frames become timepoints: the free text that says when an outcome is assessed, as rows that SQL can compare.

Here belongs the grammar over phrases (from … to, within, after, every … until, in brackets) and the row it makes, by
the rules of `docs/timepoints.md`. The words are `timeframe_words`' business, lists, events, intervals and cycles
`timeframe_phrases`'. Which outcome a time frame belongs to, and the tables, are known elsewhere.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from pipeline.normalize import timeframe_words as w
from pipeline.normalize.quantities import DAYS
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Cycles, Event, Interval, Item, Times, phrases
from pipeline.normalize.timeframe_words import Token


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
    """
    return _Reader(time_frame).rows()


def is_time_frame(text: str) -> bool:
    """Return whether the whole of `text` reads as a time frame: every word read, and no row `UNRESOLVED`."""
    reader = _Reader(text)
    rows = reader.rows()
    return bool(rows) and not reader.unread and all(row.kind != "UNRESOLVED" for row in rows)


def glued_time_frame(text: str) -> int | None:
    """Return where a time frame begins that is written onto the words before it, nothing between, or None.

    For cells of a page whose border was lost, as in "survival time3-year follow up": the first place where a letter or
    a bracket meets a digit or a capital and all behind is a time frame. At most 32 places are tried.
    """
    tried = 0
    for i in range(1, len(text)):
        before, after = text[i - 1], text[i]
        if not (before.islower() or before.isupper() or before in ").%]") or not (after.isdigit() or after.isupper()):
            continue
        if before.isupper() and after.isupper():
            continue
        tried += 1
        if tried > 32:
            return None
        if is_time_frame(text[i:]):
            return i
    return None


# --- What events mean ------------------------------------------------------------------------------------------------

ORIGIN: Final = "ORIGIN"
DATED: Final = "DATED"
_STUDY_ORIGINS: Final = frozenset((None, "BASELINE", "ENROLLMENT", "RANDOMIZATION", "TREATMENT_START", "STUDY_START"))
# class of event -> anchors of its begin and its end.
_SPANS: Final[dict[str | None, tuple[str, str]]] = {
    w.TREATMENT: ("TREATMENT_START", "TREATMENT_END"),
    w.STUDY: ("STUDY_START", "STUDY_COMPLETION"),
    w.STAY: ("ADMISSION", "DISCHARGE"),
    w.FOLLOW_UP: ("OTHER", "STUDY_COMPLETION"),
}
_DOSES: Final = frozenset(("DOSE", w.INFUSION))
# Events that a trial begins with: a length beside them is a span from them, not their date.
_OPENINGS: Final = frozenset(
    ("BASELINE", "SCREENING", "CONSENT", "ENROLLMENT", "RANDOMIZATION", "TREATMENT_START", "STUDY_START", "DIAGNOSIS")
)


def _anchor(event: Event, relation: str) -> str:
    """Return the anchor of `event` after, before, at or until it."""
    noun = event.noun
    if noun in _DOSES:
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
    return noun or ("TREATMENT_START" if event.begins else "OTHER")


def _during(event: Event) -> tuple[str | None, str]:
    """Return the anchors between which `event` lasts."""
    if event.noun in _SPANS and not (event.begins or event.ends or event.first or event.last):
        begin, end = _SPANS[event.noun]
        return (None if event.noun is w.FOLLOW_UP else begin), end
    anchor = _anchor(event, w.AT)
    return anchor, anchor


# --- Reading ---------------------------------------------------------------------------------------------------------


class _Bound:
    """Where a row begins or ends. `value` is None for an event alone."""

    __slots__ = ("anchor", "event", "role", "unit", "value", "words")

    def __init__(self, value: float | None, unit: str, anchor: str | None = None, role: str | None = None) -> None:
        self.value = value
        self.unit = unit
        self.anchor = anchor
        self.role = role
        self.words: str | None = None
        self.event: Event | None = None


class _Moment:
    """A time, a range of times or an event as read, before it is known whether it is a point or bounds a span."""

    __slots__ = ("approximate", "cycle", "end", "follow_up", "high", "later", "low", "open", "start", "study")

    def __init__(self, low: _Bound, start: int, end: int, *, high: _Bound | None = None, study: bool = False) -> None:
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


class _Row:
    """A row in the making."""

    __slots__ = ("approximate", "cycle", "end", "every", "high", "kind", "low", "start", "study")

    def __init__(self, kind: str, start: int, end: int, low: _Bound | None, high: _Bound | None) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.low = low
        self.high = high
        self.every: tuple[float, str] | None = None
        self.cycle: int | None = None
        self.approximate = False
        self.study = False


_NOTHING: Final = Token("", None, 0, 0)
_LEADS: Final = frozenset((w.UP_TO, w.UNTIL, w.WITHIN, w.FOR, w.DURING, w.TO))
_ENDINGS: Final = frozenset((w.UP_TO, w.UNTIL, w.TO))
_HEDGES: Final = frozenset((w.HEDGE, w.AVERAGE))
_LIST: Final = frozenset((w.COMMA, w.AND, w.OR, w.SLASH))
_UNREAD: Final = frozenset((w.WORD, w.LABEL, w.MID, w.UNIT, w.DATE, w.IS, w.CHANGE))
_REACH: Final = 40  # phrases looked ahead for what dates an end, or closes a bracket


class _Reader:
    """One left-to-right reading of a time frame's phrases into rows.

    A method that reads takes a position among the phrases and returns the position behind what it read, or 0.
    """

    __slots__ = (
        "change",
        "cycle",
        "cycle_length",
        "group",
        "known",
        "last_event",
        "leading",
        "made",
        "nodes",
        "segment",
        "text",
        "then",
        "unread",
        "used",
        "waiting",
        "window",
    )

    def __init__(self, text: str) -> None:
        nodes = phrases(w.scan(text))
        self.text = text
        self.unread = any(node.kind in _UNREAD for node in nodes)
        self.nodes = [*_without_remarks(nodes), _NOTHING, _NOTHING, _NOTHING]
        self.made: list[_Row] = []
        self.used: set[int] = set()  # phrases that were read ahead of their turn
        self.group: list[_Row] = []  # times of the running list that still lack an anchor
        self.waiting: list[tuple[_Row, int]] = []  # times "before" or "after" an event that is named elsewhere
        self.leading: _Bound | None = None  # the event that leads the running list: "after surgery: 1, 3 months"
        self.last_event: _Bound | None = None
        self.change = False  # within "change from baseline …"
        self.then = False
        self.window: tuple[_Row, int] | None = None  # the latest span and the position behind it
        self.cycle: float | None = None  # the cycle that the sentence is about
        self.known: float | None = None  # the cycle that leads the running list of days
        self.segment = 0  # the first row of the running sentence
        self.cycle_length: tuple[float, str] | None = None

    def rows(self) -> list[Timepoint]:
        """Return the finished rows."""
        nodes = self.nodes
        i, count = 0, len(nodes) - 3
        while i < count:
            if i in self.used:
                i += 1
                continue
            kind = nodes[i].kind
            if kind == TIME or kind is w.EVENT or kind is w.AFTER or kind is w.BEFORE or kind in _HEDGES:
                reached = self._mention(i)
            elif kind is w.AT or kind is w.MOMENT:
                reached = self._mention(i) if nodes[i + 1].kind in _SAID_AT else 0
            elif kind in _LEADS:
                reached = self._lead(i)
            elif kind is w.FROM:
                reached = self._from(i)
            elif kind is w.CYCLE:
                reached = self._cycle(i)
            elif kind == INTERVAL:
                reached = self._recurring(i)
            elif kind is w.BETWEEN:
                reached = self._between(i)
            else:
                reached = 0
                if kind is w.STOP:
                    self._end_sentence()
                elif kind is w.CHANGE:
                    self.change = True
                elif kind is w.THEN:
                    self.then = True
                elif kind not in _LIST and kind not in _SMALL_WORDS:
                    self._end_list()
            i = max(reached, i + 1)
        self._end_sentence()
        self._settle()
        return self._finish()

    def _end_list(self) -> None:
        self.group.clear()
        self.leading = None
        self.known = None

    def _end_sentence(self) -> None:
        if self.cycle is not None:
            for row in self.made[self.segment :]:
                if row.cycle is None and row.low is not None and row.low.anchor == "DOSE":
                    row.cycle = int(self.cycle)
        self.segment = len(self.made)
        self.cycle = None
        self.change = False
        self.window = None
        self._end_list()

    # --- Moments -----------------------------------------------------------------------------------------------------

    def _moments(self, i: int) -> tuple[list[_Moment], int]:
        """Read one phrase of time at `i` with its event, or one event with its time; none where neither stands there."""
        nodes = self.nodes
        approximate = at = False
        kind = nodes[i].kind
        while kind is w.AT or kind is w.MOMENT or kind in _HEDGES or (kind is w.UP_TO and approximate):
            approximate = approximate or kind in _HEDGES
            at = at or kind is w.AT
            i += 1
            kind = nodes[i].kind
        found: list[_Moment]
        if kind == TIME:
            found, j = self._timed(i, at=at)
        elif kind is w.EVENT:
            found, j = self._eventful(i, w.AT, at=at)
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

    def _timed(self, i: int, *, at: bool = False, after: bool = False) -> tuple[list[_Moment], int]:
        """Read the time at `i` and the event it is counted from or that it dates, which stand behind it."""
        nodes = self.nodes
        node = nodes[i]
        times: Times = node.value
        found = [_moment(item, times) for item in times.items]
        if times.last and len(found) == 1 and found[0].high is None:
            return self._looking_back(found[0], i + 1)
        j = i + 1
        following = nodes[j]
        kind = following.kind
        event = nodes[j + 1]
        if event.kind is w.MOMENT:
            j += 1
            event = nodes[j + 1]
        if kind is w.CYCLE or (
            (kind is w.OF or kind is w.AT or kind is w.COMMA or (kind is w.FOR and times.study)) and event.kind is w.CYCLE
        ):
            at_cycle = j if kind is w.CYCLE else j + 1
            cycles: Cycles = nodes[at_cycle].value
            behind = nodes[at_cycle + 1]
            dated = behind.kind == TIME and behind.value.study
            if (cycles.numbers or cycles.each) and times.study and not (dated and kind is not w.OF):
                return self._in_cycles(found, cycles, nodes[at_cycle].end), at_cycle + 1
        if kind is w.AFTER or kind is w.BEFORE:
            sign = 1 if kind is w.AFTER else -1
            if event.kind is w.EVENT:
                self._count_from(found, nodes[j + 1], sign)
                return self._closed(found, j + 2)
            shared = self._shared_event(j + 1) if event.kind in _LIST or event.kind in (w.DASH, w.TO) else None
            if shared is not None and event.kind is not w.COMMA:
                self._count_from(found, shared, sign)
                for moment in found:
                    moment.end = following.end
                return found, j + 1
            if event.kind == TIME and event.value.study is False and kind is w.AFTER:
                return found, j
            if event.kind is not w.DATE and event.kind is not w.WORD:
                for moment in found:
                    moment.open = sign
                found[-1].end = following.end
            return found, j + 1
        if kind is w.FROM and event.kind is w.EVENT and nodes[j + 2].kind not in _ENDINGS:
            self._count_from(found, event, 1)
            return self._closed(found, j + 2)
        if kind is w.OF and event.kind is w.EVENT:
            value: Event = event.value
            if value.noun is w.FOLLOW_UP:
                return self._followed(found, event, j + 2, at=at)
            if value.noun is not w.STUDY and not (value.noun == "OTHER" and not after):
                self._count_from(found, event, 1, opening=not (value.ends or value.last))
                return self._closed(found, j + 2)
            return found, j + 2
        if kind is w.EVENT:
            value = following.value
            if value.noun is w.FOLLOW_UP and not (value.ends or value.begins or value.last):
                return self._followed(found, following, j + 1, at=at)
            if value.period and len(found) == 1 and not at:
                return self._followed(found, following, j + 1, at=at)
            if value.noun == "PROCEDURE" or (not value.weak and value.noun not in _OPENINGS):
                self._date(found, following)
                return self._closed(found, j + 1)
            if value.weak:
                return self._closed(found, j + 1)
            return found, j
        if kind is w.PERIOD:
            if len(found) == 1 and not at and not times.study:
                found[0].follow_up = True
                found[0].end = following.end
            return self._closed(found, j + 1)
        if kind is w.LATER:
            for moment in found:
                moment.later = True
                moment.end = following.end
            j += 1
            if nodes[j].kind in (w.FROM, w.AFTER) and nodes[j + 1].kind is w.EVENT:
                self._count_from(found, nodes[j + 1], 1)
                j += 2
                while nodes[j].kind is w.AND and nodes[j + 1].kind is w.FROM and nodes[j + 2].kind is w.EVENT:
                    again = [_moment(item, times) for item in times.items]
                    self._count_from(again, nodes[j + 2], 1)
                    for moment in again:
                        moment.later = True
                    found += again
                    j += 3
            return found, j
        if (kind is w.AT or kind is w.SLASH) and event.kind is w.EVENT and not event.value.weak:
            if event.value.noun not in _OPENINGS or kind is w.SLASH:
                self._date(found, event)
                return self._closed(found, j + 2)
            return found, j
        if times.first:
            found[0].follow_up = True
        return self._closed(found, j)

    def _looking_back(self, moment: _Moment, j: int) -> tuple[list[_Moment], int]:
        """Read "the last 7 days (of the study)": from 7 days before its end."""
        low = moment.low
        moment.high = _Bound(0.0, low.unit)
        low.value = -(low.value or 0.0)
        if self.nodes[j].kind is w.OF and self.nodes[j + 1].kind is w.EVENT:
            node = self.nodes[j + 1]
            low.anchor = moment.high.anchor = _anchor(node.value._replace(ends=True, begins=False), w.AT)
            low.role = ORIGIN
            low.words = self.text[node.start : node.end]
            moment.end = node.end
            j += 2
        return [moment], j

    def _followed(self, found: list[_Moment], event: Token, j: int, *, at: bool) -> tuple[list[_Moment], int]:
        """Mark "3-year follow-up" as the span it is; a list of them, or one "at" it, names points."""
        if len(found) == 1 and not at and not found[0].study and found[0].high is None:
            found[0].follow_up = True
        found[-1].end = event.end
        return self._closed(found, j)

    def _closed(self, found: list[_Moment], j: int) -> tuple[list[_Moment], int]:
        """Read what stands in brackets behind the time: the same said again, or the event that it dates."""
        while self.nodes[j].kind is w.OPEN:
            reached = self._bracket(j, found)
            if reached == j:
                break
            j = reached
        return found, j

    def _count_from(self, found: list[_Moment], node: Token, sign: int, *, opening: bool = False) -> None:
        """Count the times from an event: after it, before it (negative), or into it ("12 weeks of treatment")."""
        event: Event = node.value
        anchor = _anchor(event, w.AT if opening or sign < 0 else w.AFTER)
        words = self.text[node.start : node.end]
        for moment in found:
            for bound in (moment.low, moment.high):
                if bound is not None:
                    bound.anchor, bound.role, bound.words = anchor, ORIGIN, words
                    if sign < 0 and bound.value is not None:
                        bound.value = -bound.value
            if sign < 0 and moment.high is not None:
                moment.low, moment.high = moment.high, moment.low
            moment.low.event = event
        found[-1].end = max(node.end, found[-1].end)
        if anchor != "OTHER" or event.noun is not None:
            self.last_event = found[-1].low

    def _date(self, found: list[_Moment], node: Token, role: str = DATED, relation: str = w.AT) -> None:
        """Make the event the anchor that the times date."""
        event: Event = node.value
        for moment in found:
            for bound in (moment.low, moment.high):
                if bound is not None and bound.anchor is None:
                    bound.anchor, bound.role = _anchor(event, relation), role
                    bound.words = self.text[node.start : node.end]
        found[-1].end = max(node.end, found[-1].end)

    def _related(self, i: int, kind: str) -> tuple[list[_Moment], int]:
        """Read "after surgery", "before treatment", "after 12 weeks of treatment" at `i`."""
        nodes = self.nodes
        j = i + 1
        while nodes[j].kind in _HEDGES or nodes[j].kind is w.DASH or nodes[j].kind is w.MOMENT:
            j += 1
        node = nodes[j]
        if node.kind == TIME:
            found, j = self._timed(j, after=True)
            found[0].start = nodes[i].start
            return found, j
        if node.kind is w.EVENT:
            return self._eventful(j, kind, start=nodes[i].start)
        if node.kind is w.CYCLE and node.value.numbers:
            found, j = self._cyclic(j)
            for moment in found:
                if moment.low.value is None:
                    moment.low.anchor = "OTHER"
            return found, j
        shared = self._shared_event(j)
        if shared is None:
            return [], i
        bound = self._event_bound(shared, kind)
        return [_Moment(bound, nodes[i].start, nodes[i].end)], i + 1

    def _shared_event(self, i: int) -> Token | None:
        """Return the event that "before and after surgery" leaves to its last part, near `i`."""
        for node in self.nodes[i : i + 8]:
            if node.kind is w.EVENT:
                return node
            if node.kind not in _SHARING and node.kind != TIME:
                break
        return None

    def _event_bound(self, node: Token, relation: str) -> _Bound:
        bound = _Bound(None, "DAY", _anchor(node.value, relation))
        bound.words = self.text[node.start : node.end]
        bound.event = node.value
        self.last_event = bound
        return bound

    def _eventful(
        self, i: int, relation: str, *, at: bool = False, start: int | None = None
    ) -> tuple[list[_Moment], int]:
        """Read the event at `i` with the time behind it: its date, or what is counted from it."""
        nodes = self.nodes
        node = nodes[i]
        event: Event = node.value
        begin = node.start if start is None else start
        bound = self._event_bound(node, relation)
        moment = _Moment(bound, begin, node.end)
        j = i + 1
        if relation is w.AFTER:
            k = j
            while nodes[k].kind is w.WORD and k < j + 3:
                k += 1
            if nodes[k].kind is w.AT and (nodes[k + 1].kind == TIME or nodes[k + 1].kind in _HEDGES):
                j = k
        separator = nodes[j].kind
        if separator is w.AT or separator is w.COLON or separator is w.OF:
            j += 1
        else:
            separator = ""
        hedged = False
        while nodes[j].kind in _HEDGES:
            hedged = True
            j += 1
        node = nodes[j]
        own = nodes[j + 1].kind in (w.AFTER, w.BEFORE)  # the time has its own event
        if node.kind == TIME and not own and self._belongs(event, relation, separator, node.value):
            found, j = self._timed(j, at=separator is w.AT)
            for each in found:
                each.start = begin if each is found[0] else each.start
                each.approximate = hedged
                if event.noun in (w.FOLLOW_UP, "VISIT") and not (event.ends or event.last):
                    if relation is w.AT:
                        each.follow_up = separator is not w.AT and len(found) == 1 and not each.study
                        continue
                sign = -1 if relation is w.BEFORE and not each.study else 1
                role = ORIGIN if relation is w.AFTER or sign < 0 else DATED
                for part in (each.low, each.high):
                    if part is not None and part.anchor is None and part.value is not None:
                        part.anchor, part.role, part.words = bound.anchor, role, bound.words
                        part.value *= sign
            if relation is w.AFTER:
                self.leading = bound
            return found, j
        j = i + 1
        if nodes[j].kind is w.OPEN:
            return self._closed([moment], j)
        if nodes[j].kind is w.SLASH and nodes[j + 1].kind == TIME and nodes[j + 1].value.study:
            found, j = self._timed(j + 1)
            if len(found) == 1:
                self._date(found, nodes[i])
                found[0].start = begin
                return found, j
            return [moment], i + 1
        return [moment], j

    def _belongs(self, event: Event, relation: str, separator: str, times: Times) -> bool:
        """Return whether a time behind an event, with at most a small word between, goes with it."""
        if relation is w.AFTER:
            return not (event.noun in _DOSES and times.study and separator is w.AT)
        if relation is w.BEFORE:
            return separator is not w.OF
        if event.noun in _OPENINGS and not (event.begins and event.noun is w.TREATMENT):
            return separator is w.AT or (times.study and len(times.items) == 1 and times.items[0].low <= 1)
        if event.noun is w.FOLLOW_UP or event.noun == "VISIT":
            return True
        if event.weak:
            return event.period and separator is not w.AT
        return True

    # --- Brackets ----------------------------------------------------------------------------------------------------

    def _bracket(self, i: int, found: list[_Moment]) -> int:
        """Read the bracket at `i` where it says `found` again, dates it or names its event; else return `i`."""
        nodes = self.nodes
        close = i + 1
        while nodes[close].kind is not w.CLOSE:
            close += 1
            if close - i > _REACH or close >= len(nodes) - 3:
                return i
        inner = nodes[i + 1 : close]
        kinds = {node.kind for node in inner}
        times = [node for node in inner if node.kind == TIME]
        events = [node for node in inner if node.kind is w.EVENT]
        moment = found[-1]
        alone = moment.low.value is None
        if INTERVAL in kinds or w.OPEN in kinds:
            return i
        if w.CYCLE in kinds:
            cycles: Cycles = next(node.value for node in inner if node.kind is w.CYCLE)
            if cycles.length:
                self.cycle_length = cycles.length
            if cycles.length and not events:
                return close + 1
            if times or events:
                return i
            if cycles.numbers and moment.study:
                found[:] = self._in_cycles(found, cycles, nodes[close].end)
            return close + 1
        if not times:
            if events and not alone and moment.low.anchor is None and len(found) == 1:
                event = events[0]
                value: Event = event.value
                if value.noun in (w.FOLLOW_UP, "VISIT") and value.weak:
                    return close + 1
                if value.weak and (w.WORD in kinds or kinds & _LEADS):
                    return close + 1
                after = w.AFTER in kinds
                role = ORIGIN if after and not moment.study else DATED
                self._date(found, event, role, w.AFTER if after else w.AT)
                moment.end = nodes[close].end
            elif kinds & _LEADS and events and not alone:
                return i
            return close + 1
        single = len(times) == 1 and len(times[0].value.items) == 1
        if alone:
            if events:
                return i
            spread = len(times) == 2 and bool(kinds & _RANGES) and all(len(node.value.items) == 1 for node in times)
            if not (single or spread):
                if moment.low.event is not None:
                    self.leading = moment.low
                return i
            if w.UNTIL in kinds and single:
                return i
            first: Item = times[0].value.items[0]
            suffix = not times[0].value.study
            counted = suffix and moment.low.event is not None and moment.low.event.noun in _COUNTED
            role = ORIGIN if counted and self._after(moment) else DATED
            low = moment.low
            low.value, low.unit, low.role = first.low, times[0].value.unit, role
            high = first.high if single else times[1].value.items[0].low
            if high is not None:
                moment.high = _Bound(high, times[-1].value.unit, low.anchor, role)
                moment.high.words = low.words
            moment.approximate = moment.approximate or bool(kinds & _HEDGES)
            moment.end = nodes[close].end
            return close + 1
        unit = times[0].value.unit
        if events and (not single or unit in ("HOUR", "MINUTE", "SECOND")):
            return i
        if not single and (len(times) > 2 or not kinds & _RANGES):
            return i
        return close + 1

    def _after(self, moment: _Moment) -> bool:
        """Return whether the event of `moment` was said with "after"."""
        return self.text[moment.start : moment.start + 4].lower() in ("post", "afte", "foll")

    # --- Points and spans --------------------------------------------------------------------------------------------

    def _mention(self, i: int) -> int:
        """Read a time or an event at `i`: a point, or the start of a span."""
        nodes = self.nodes
        node = nodes[i]
        if node.kind is w.AVERAGE and nodes[i + 1].kind is w.EVENT and nodes[i + 1].value.noun is w.FOLLOW_UP:
            reached = self._mention(i + 1)
            if reached and self.made:
                self.made[-1].approximate = True
            return reached
        event_at = i
        while nodes[event_at].kind in (w.AT, w.MOMENT):
            event_at += 1
        if nodes[event_at].kind is w.EVENT and not self._stands_alone(event_at):
            return 0
        found, j = self._moments(i)
        if not found:
            return 0
        ends, behind = self._ending(j)
        if not ends and found[-1].low.value is None and self._opens_sentence(i):
            step = j
            while nodes[step].kind in _INTO and step < j + 8:
                step += 1
            if nodes[step].kind is w.UNTIL:
                ends, behind = self._ending(step)
        if ends:
            if self.change and nodes[j].kind is w.TO:
                self._points(found)
                self._points(ends)
                return behind
            return self._span(found, ends, behind)
        if nodes[j].kind is w.OPEN and found[-1].low.value is None and self._renamed(j):
            return j + 1
        self._points(found, trailing=nodes[event_at].kind == TIME)
        return j

    def _opens_sentence(self, i: int) -> bool:
        return i == 0 or self.nodes[i - 1].kind is w.STOP or (i == 1 and self.nodes[0].kind is w.MOMENT)

    def _renamed(self, i: int) -> bool:
        """Return whether the bracket at `i` says the event's time by one of its own: "EOT (7 days after last dose)"."""
        nodes = self.nodes
        times = relations = 0
        for node in nodes[i + 1 : i + _REACH]:
            if node.kind is w.CLOSE:
                return times == 1 and relations == 1
            if node.kind == TIME:
                times += len(node.value.items)
            elif node.kind is w.EVENT:
                relations += 1
            elif node.kind is INTERVAL or node.kind is w.COMMA:
                return False
        return False

    def _stands_alone(self, i: int) -> bool:
        """Return whether the event at `i` is meant as a time, not a word of a description."""
        nodes = self.nodes
        event: Event = nodes[i].value
        before = nodes[i - 1].kind if i else w.STOP
        if before is w.OF:
            return False
        if event.period and nodes[i + 1].kind is w.COLON and nodes[i + 2].kind != TIME:
            return False  # a heading
        if not event.weak:
            return True
        after = nodes[i + 1].kind
        if before not in _BOUNDARIES and before not in _HEDGES:
            return False
        if event.noun is w.FOLLOW_UP or event.noun == "VISIT" or event.period:
            j = i + 1
            while nodes[j].kind in (w.AT, w.COLON, w.OF, w.IS) or nodes[j].kind in _HEDGES:
                j += 1
            if nodes[j].kind == TIME:
                return True
        return (after in _BOUNDARIES and after is not w.AT and after is not w.FROM) or after in _ENDINGS

    def _ending(self, i: int, *, spanning: bool = False) -> tuple[list[_Moment], int]:
        """Read "to week 12", "through day 10", "- day 7" at `i`, where a span's end would stand."""
        nodes = self.nodes
        kind = nodes[i].kind
        if kind is w.COMMA and spanning and nodes[i + 1].kind in _ENDINGS:
            i += 1
        elif kind is w.DASH:
            if nodes[i + 1].kind in _HEDGES or nodes[i + 1].kind in (w.DASH, w.UP_TO):
                return [], i
        elif kind is w.HEDGE:
            if nodes[i].value != "~":
                return [], i
        elif kind not in _ENDINGS:
            return [], i
        i += 1
        while nodes[i].kind in _ENDINGS or nodes[i].kind in (w.WITHIN, w.MOMENT):
            i += 1
        if nodes[i].kind is w.DATE:
            moment = _Moment(_Bound(None, "DAY"), nodes[i].start, nodes[i].end)
            return [moment], i + 1
        return self._moments(i)

    def _points(self, found: list[_Moment], *, trailing: bool = False) -> None:
        """Make a row of each moment; an event behind the last serves the list before it."""
        last = found[-1]
        counted = trailing and last.low.role == ORIGIN and last.low.words is not None
        if counted:
            limit = _days(found[0].low)
            for row in reversed(self.group):
                if row.study != last.study or row.low is None or _days(row.low) > limit >= 0:
                    break
                limit = min(limit, _days(row.low)) if limit >= 0 else limit
                self._anchor_row(row, last.low)
            self.group.clear()
        leading = self.leading
        for moment in found:
            low, high = moment.low, moment.high
            row: _Row
            if moment.follow_up and high is None and low.value is not None and not moment.study:
                start = _Bound(0.0, low.unit, low.anchor if low.role == ORIGIN else None)
                start.words = low.words
                row = _Row("WINDOW", moment.start, moment.end, start, low)
            elif moment.later:
                row = _Row("WINDOW", moment.start, moment.end, low, None)
            elif low.event is not None and low.event.period and (low.value is None or low.role == DATED):
                row = self._during_row(low.event, low.words, moment.start, moment.end)
                self.made.pop()
                if low.value is not None and row.high is not None:
                    row.high.value, row.high.unit, row.high.role = low.value, low.unit, DATED
            elif low.event is not None and low.event.each:
                row = _Row("RECURRING", moment.start, moment.end, low, None)
            elif high is not None:
                row = _Row("WINDOW", moment.start, moment.end, low, high)
            else:
                row = _Row("POINT", moment.start, moment.end, low, low)
            row.study = moment.study
            row.approximate = moment.approximate
            row.cycle = moment.cycle
            self.made.append(row)
            if moment.open:
                self.waiting.append((row, moment.open))
                for earlier in self.group:
                    if earlier.study == moment.study:
                        self.waiting.append((earlier, moment.open))
                self.group.clear()
            elif low.anchor is None and low.value is not None:
                if leading is not None and not moment.study:
                    self._anchor_row(row, leading)
                elif self.known is not None and moment.study and low.unit == "DAY":
                    row.cycle = int(self.known)
                    low.anchor, low.role = "CYCLE_START", ORIGIN
                else:
                    self.group.append(row)
        if last.low.value is None:
            self.group.clear()
            self.leading = last.low if self.leading is last.low else None

    def _anchor_row(self, row: _Row, event: _Bound) -> None:
        for bound in (row.low, row.high):
            if bound is not None and bound.anchor is None:
                bound.anchor, bound.words = event.anchor, event.words
                bound.role = ORIGIN

    def _span(self, starts: list[_Moment], ends: list[_Moment], behind: int, start: int | None = None) -> int:
        """Make the spans from the last of `starts` to each of `ends`, and points of the other starts."""
        if len(starts) > 1:
            self._points(starts[:-1])
        begin = starts[-1]
        row = None
        for end in ends:
            low = _copy(begin.low)
            high = end.high if end.high is not None else end.low
            if low.event is not None and low.event.noun is None and high.event is not None:
                low.anchor = _anchor(high.event._replace(begins=True, ends=False), w.AT)
            if high.value is None and high.event is not None and high.role is None and not self._said_after(end):
                high.anchor = _anchor(high.event, w.UNTIL)
            if low.anchor is None and high.role == ORIGIN and begin.study == end.study and low.value is not None:
                low.anchor, low.words, low.role = high.anchor, high.words, ORIGIN
            elif high.anchor is None and low.anchor is not None and high.value is not None and end.cycle is None:
                high.anchor, high.role = low.anchor, ORIGIN
            row = _Row("WINDOW", begin.start if start is None else start, end.end, low, high)
            row.approximate = begin.approximate or end.approximate
            row.cycle = end.cycle if end.cycle is not None else begin.cycle
            self.made.append(row)
        self._end_list()
        if row is None or row.high is None:
            return behind
        behind = self._estimate(behind, row)
        self.window = (row, behind)
        return behind

    def _said_after(self, moment: _Moment) -> bool:
        return self._after(moment)

    def _estimate(self, i: int, row: _Row, *, loose: bool = False) -> int:
        """Read at `i` what follows a span's event: other events it may end at, and the number that bounds or dates it.

        "… or death from any cause, whichever comes first, assessed up to 100 months".
        """
        nodes = self.nodes
        high = row.high
        if high is None or high.value is not None:
            return self._alternatives(i)
        reached = j = i
        limit = min(i + _REACH, len(nodes) - 3)
        said = ""  # what introduces a number, and where it stands
        said_at = i
        while j < limit:
            node = nodes[j]
            kind = node.kind
            if kind == TIME:
                if not said or nodes[j + 1].kind in (w.BEFORE, w.FROM):
                    break
                if nodes[j + 1].kind in (w.AFTER, w.OF) and nodes[j + 2].kind is w.EVENT:
                    if nodes[i].kind is not w.OPEN:
                        break
                    found, j = self._timed(j)
                    if nodes[j].kind is not w.CLOSE or len(found) > 1:
                        break
                    own = found[0].low
                    high.value, high.unit, high.anchor, high.role, high.words = (
                        own.value, own.unit, own.anchor, own.role, own.words
                    )
                    row.end = nodes[j].end
                    return j + 1
                if said == w.COMMA:
                    lone = len(node.value.items) == 1 and nodes[j + 1].kind in ("", w.STOP, w.CLOSE)
                    if node.value.study or not (lone or loose):
                        break
                times: Times = node.value
                item = times.items[-1]
                high.value = item.low if item.high is None else item.high
                high.unit = times.unit
                if high.anchor is None and row.low is not None and row.low.anchor is not None:
                    high.anchor, high.role = row.low.anchor, ORIGIN
                else:
                    high.role = DATED
                if row.low is not None and row.low.value == 0 and row.low.anchor is None:
                    row.low.unit = times.unit
                row.approximate = row.approximate or said in _HEDGES
                row.end = max(row.end, node.end)
                self.used.update(range(said_at, j + 1))
                j += 1
                if nodes[j].kind is w.CLOSE:
                    j += 1
                return reached if self._skipped(reached, j) else j
            if kind is w.UP_TO or kind in _HEDGES or kind is w.WITHIN or (kind is w.DURING and nodes[j + 1].kind == TIME):
                if said not in (w.UP_TO, w.HEDGE):
                    said_at = j
                said = w.HEDGE if said in _HEDGES or kind in _HEDGES else w.UP_TO
            elif kind is w.OPEN:
                spread = self._spread(j)
                if spread is not None and row.low is not None:
                    (first, last, unit, behind) = spread
                    row.low.value, row.low.unit, row.low.role = first, unit, DATED
                    high.value, high.unit, high.role = last, unit, DATED
                    row.end = nodes[behind - 1].end
                    return behind
                if nodes[j + 1].kind == TIME and nodes[j + 2].kind is w.CLOSE:
                    said, said_at = w.OPEN, j
                elif INTERVAL in {inner.kind for inner in nodes[j + 1 : j + 6]}:
                    while j < limit and nodes[j].kind is not w.CLOSE:
                        j += 1
                else:
                    said = ""
            elif kind is w.COMMA or kind is w.COLON:
                said, said_at = w.COMMA, j
            elif kind is w.OR:
                reached = j + 1
                said = ""
            elif kind is w.EVENT and node.value.weak and node.value.noun in (w.FOLLOW_UP, w.STUDY):
                pass
            elif kind is w.EVENT:
                if reached == j or nodes[j - 1].kind in (w.COMMA, w.OR, w.UNTIL):
                    reached = j + 1
                elif nodes[j - 1].kind not in (w.WORD, w.OF, w.AFTER, w.OPEN, w.AT, w.AND, w.FROM, w.FOR, w.SLASH):
                    break
                if not node.value.weak:
                    said = ""
            elif kind is w.STOP:
                if not (nodes[j + 1].kind in _HEDGES or nodes[j + 1].kind is w.UP_TO):
                    break
            elif kind is w.TO:
                if nodes[j - 1].kind is not w.OR:
                    break
            elif kind in (INTERVAL, w.BETWEEN, w.CYCLE, w.THEN, w.CHANGE, w.DURING, ""):
                break
            elif kind is w.UNTIL:
                if nodes[j + 1].kind is not w.EVENT:
                    break
            elif kind is w.FROM:
                if nodes[j + 1].kind not in (w.EVENT, w.WORD):
                    break
            elif kind is w.CLOSE or kind is w.DASH:
                pass
            j += 1
        return reached

    def _spread(self, i: int) -> tuple[float, float, str, int] | None:
        """Read "(day 1 to day 180)" at `i`: begin, end, their unit, and the position behind."""
        nodes = self.nodes
        j = i + 1 + (nodes[i + 1].kind is w.FROM)
        if nodes[j].kind != TIME or len(nodes[j].value.items) != 1:
            return None
        times: Times = nodes[j].value
        item = times.items[0]
        if item.high is not None and nodes[j + 1].kind is w.CLOSE:
            return item.low, item.high, times.unit, j + 2
        if nodes[j + 1].kind not in _ENDINGS and nodes[j + 1].kind is not w.DASH:
            return None
        if nodes[j + 2].kind != TIME or nodes[j + 3].kind is not w.CLOSE:
            return None
        if len(nodes[j + 2].value.items) != 1 or nodes[j + 2].value.unit != times.unit:
            return None
        return item.low, nodes[j + 2].value.items[0].low, times.unit, j + 4

    def _skipped(self, i: int, j: int) -> bool:
        """Return whether something between `i` and `j` still wants reading."""
        return any(node.kind == INTERVAL for node in self.nodes[i:j])

    def _alternatives(self, i: int) -> int:
        """Read "or disease progression, whichever comes first" at `i`: of alternatives the first counts."""
        nodes = self.nodes
        if nodes[i].kind is w.OR and nodes[i + 1].kind in (w.EVENT, w.WORD, w.AT):
            j = i + 1
            while j < i + _REACH and nodes[j].kind in (w.EVENT, w.WORD, w.AT, w.OF, w.OR):
                j += 1
            return j
        return i

    def _lead(self, i: int) -> int:
        """Read the span that "up to", "within", "until", "during", "for" opens at `i`."""
        nodes = self.nodes
        lead = nodes[i].kind
        start = nodes[i].start
        j = i + 1
        hedged = False
        while nodes[j].kind in _LEADS or nodes[j].kind in _HEDGES or nodes[j].kind in _AFTER_LEAD:
            hedged = hedged or nodes[j].kind in _HEDGES
            if nodes[j].kind in (w.UP_TO, w.WITHIN) and lead is not w.WITHIN:
                lead = w.UP_TO
            j += 1
        node = nodes[j]
        if node.kind is w.PERIOD:
            j += 1
            while nodes[j].kind in (w.OF, w.COLON) or nodes[j].kind in _HEDGES:
                hedged = hedged or nodes[j].kind in _HEDGES
                j += 1
            node = nodes[j]
        if node.kind == TIME:
            found, j = self._timed(j)
            return self._lead_times(found, j, lead, start, hedged=hedged)
        if node.kind is w.EVENT or ((node.kind is w.AFTER or node.kind is w.BEFORE) and nodes[j + 1].kind is w.EVENT):
            if lead is w.FOR and node.kind is w.EVENT and node.value.weak and not node.value.period:
                return 0
            return self._lead_event(j, lead, start, hedged=hedged)
        if node.kind is w.CYCLE:
            return self._lead_cycle(j, lead, start)
        if lead is w.DURING and (node.kind in _LIST or node.kind in (w.DASH, w.AFTER, w.BEFORE)):
            shared = self._shared_event(j)
            if shared is not None:
                self._during_row(shared.value, self.text[shared.start : shared.end], start, nodes[i].end)
                return i + 1
        if node.kind in (w.FROM, w.BETWEEN, INTERVAL):
            return j
        return 0

    def _lead_times(self, found: list[_Moment], j: int, lead: str, start: int, *, hedged: bool) -> int:
        """Make the spans of "up to 24 months", "within 30 days of surgery", "for 2 weeks"."""
        nodes = self.nodes
        if found[0].study and lead in (w.DURING, w.FOR, w.WITHIN) and found[0].high is None:
            ends, behind = self._ending(j)
            if ends:
                return self._span(found, ends, behind, start)
            self._points(found)
            return j
        if lead in (w.DURING, w.FOR, w.WITHIN) and (nodes[j].kind is w.TO or nodes[j].kind is w.DASH):
            ends, behind = self._ending(j)
            if ends:
                return self._span(found, ends, behind, start)
        row = None
        for moment in found:
            low, high = moment.low, moment.high
            if high is not None and lead not in _ENDINGS:
                row = _Row("WINDOW", start, moment.end, low, high)
            else:
                end = low if high is None else high
                zero = _Bound(0.0, end.unit, end.anchor if end.role == ORIGIN else None)
                zero.words = end.words
                before = end.value is not None and end.value < 0 and end.role == ORIGIN
                row = _Row("WINDOW", start, moment.end, end, zero) if before else _Row("WINDOW", start, moment.end, zero, end)
            row.approximate = hedged or moment.approximate
            row.cycle = moment.cycle
            self.made.append(row)
            if moment.open:
                self.waiting.append((row, moment.open))
        self.group.clear()
        self.leading = None
        if row is not None:
            if nodes[j].kind is w.OR and nodes[j + 1].kind is w.UNTIL and nodes[j + 2].kind is w.EVENT:
                j = self._alternatives_until(j + 2, row)
            else:
                j = self._alternatives(j)
            self.window = (row, j)
        return j

    def _alternatives_until(self, i: int, row: _Row) -> int:
        """Read "or until progression" behind a number: the event is the end that the number bounds."""
        if row.high is not None and row.high.anchor is None:
            bound = self._event_bound(self.nodes[i], w.UNTIL)
            row.high.anchor, row.high.role, row.high.words = bound.anchor, DATED, bound.words
            row.end = self.nodes[i].end
        return self._alternatives(i + 1)

    def _during_row(self, event: Event, words: str | None, start: int, end: int) -> _Row:
        first, last = _during(event)
        low, high = _Bound(0.0, "DAY", first), _Bound(None, "DAY", last)
        low.words = high.words = words
        high.event = event
        self.last_event = high
        row = _Row("WINDOW", start, end, low, high)
        self.made.append(row)
        return row

    def _lead_event(self, j: int, lead: str, start: int, *, hedged: bool) -> int:
        """Make the span of "until death", "during treatment", "through study completion, an average of 1 year"."""
        nodes = self.nodes
        node = nodes[j]
        if lead in (w.DURING, w.WITHIN, w.FOR) and node.kind is w.EVENT:
            event: Event = node.value
            if event.ends and event.noun is w.STUDY:
                lead = w.UNTIL
            else:
                if nodes[j + 1].kind is w.COLON and nodes[j + 2].kind in _LISTED:
                    return j + 2  # a heading: "throughout the study: weeks 4 and 8"
                row = self._during_row(event, self.text[node.start : node.end], start, node.end)
                row.approximate = hedged
                if nodes[j + 1].kind is w.FROM:
                    starts, behind = self._moments(j + 2)
                    if starts:
                        row.low, row.end = starts[-1].low, starts[-1].end
                        return behind
                behind = self._estimate(j + 1, row, loose=True)
                self.group.clear()
                self.leading = None
                self.window = (row, behind)
                return behind
        ends, behind = self._moments(j)
        if not ends:
            return 0
        for end in ends:
            high = end.high if end.high is not None else end.low
            if high.value is None and high.event is not None and node.kind is w.EVENT:
                high.anchor = _anchor(high.event, w.UNTIL)
            low = _Bound(0.0, "DAY" if high.value is None else high.unit)
            row = _Row("WINDOW", start, end.end, low, high)
            row.approximate = end.approximate or hedged
            row.cycle = end.cycle
            self.made.append(row)
        self.group.clear()
        self.leading = None
        behind = self._estimate(behind, row)
        self.window = (row, behind)
        return behind

    def _lead_cycle(self, j: int, lead: str, start: int) -> int:
        """Make the span of "up to cycle 6 (168 days)"; a bare count of cycles stays unresolved."""
        cycles: Cycles = self.nodes[j].value
        if cycles.numbers or cycles.ends:
            ends, behind = self._moments(j)
            if not ends:
                return 0
            end = ends[-1]
            low = _Bound(0.0, "DAY" if end.low.value is None else end.low.unit)
            row = _Row("WINDOW", start, end.end, low, end.low)
            row.cycle = end.cycle
            self.made.append(row)
            return behind
        return j

    def _from(self, i: int) -> int:
        """Read "from … to …" at `i`."""
        nodes = self.nodes
        start = nodes[i].start
        j = i + 1
        while nodes[j].kind in (w.FROM, w.UNTIL, w.UP_TO, w.AT, w.MOMENT, w.HEDGE):
            j += 1
        for _ in range(6):
            if nodes[j].kind is not w.WORD and nodes[j].kind is not w.OPEN:
                break
            j += 1
        starts, j = self._moments(j)
        if not starts:
            return 0
        reached = j
        if nodes[j].kind == INTERVAL:
            return self._recurring(j, starts[-1].low)
        ends: list[_Moment] = []
        behind = j
        for step in range(12):
            ends, behind = self._ending(j + step, spanning=True)
            if ends or nodes[j + step].kind not in _BETWEEN_BOUNDS:
                break
        else:
            step = 0
        if ends:
            if self.change and nodes[j + step].kind is w.TO:
                self._points(starts)
                self._points(ends)
                return behind
            return self._span(starts, ends, behind, start)
        starts[0].start = start
        if starts[-1].low.value is not None and starts[-1].high is None and not self.change and not starts[-1].later:
            for moment in starts:
                moment.later = moment.low.value is not None
        self._points(starts)
        return reached

    def _between(self, i: int) -> int:
        """Read "between … and …" at `i`."""
        nodes = self.nodes
        start = nodes[i].start
        found, j = self._moments(i + 1)
        if not found:
            return 0
        if len(found) > 1 and not self.change:
            ends = found[1:]
            found[0].end = found[-1].end
            return self._span(found[:1], ends, j, start)
        if nodes[j].kind in (w.AND, w.TO, w.DASH, w.UNTIL):
            ends, behind = self._moments(j + 1)
            if ends:
                if self.change:
                    self._points(found)
                    self._points(ends)
                    return behind
                return self._span(found, ends, behind, start)
        return 0

    # --- Recurrences and cycles --------------------------------------------------------------------------------------

    def _recurring(self, i: int, low: _Bound | None = None) -> int:
        """Read an interval at `i` with the bounds said behind it, or before it."""
        nodes = self.nodes
        node = nodes[i]
        interval: Interval = node.value
        high: _Bound | None = None
        approximate = i > 0 and nodes[i - 1].kind is w.HEDGE
        end = node.end
        reached = j = i + 1
        skipped = 0
        while skipped <= 5:
            kind = nodes[j].kind
            if kind in (w.COMMA, w.OPEN):
                if nodes[j + 1].kind not in _ENDINGS and nodes[j + 1].kind is not w.FOR:
                    break
                j += 1
                continue
            if kind is w.WORD or kind is w.OF or kind in _HEDGES or kind is w.AT:
                skipped += 1
                j += 1
                continue
            if kind in _LEADS or kind is w.FROM or kind is w.BETWEEN:
                taken = self._taken(j)
                if taken is None or (high is not None and high.value is not None):
                    break
                row, behind = taken
                if row.low is not None and row.low.anchor is not None and low is None:
                    low = row.low
                elif row.low is not None and row.low.value and low is None:
                    low = row.low
                if high is None or row.high is None or row.high.anchor is None or high.value is None:
                    estimate = row.high
                    if high is not None and high.anchor is not None and estimate is not None and high.value is None:
                        high.value, high.unit, high.role = estimate.value, estimate.unit, DATED
                    else:
                        high = estimate
                approximate = approximate or row.approximate
                end = max(end, row.end)
                reached = j = behind
                if nodes[j].kind is w.CLOSE:
                    j += 1
                continue
            if (kind is w.AFTER or kind is w.START) and low is None:
                found, behind = self._moments(j)
                if not found or nodes[behind].kind in _ENDINGS and found[0].low.value is not None:
                    break
                low = found[-1].low
                end = max(end, found[-1].end)
                reached = j = behind
                continue
            break
        if low is None and high is None and self.window is not None and self._near(self.window[1], i):
            row = self.window[0]
            if row.kind == "WINDOW" and self.made and self.made[-1] is row:
                self.made.pop()
                low, high, end = row.low, row.high, max(end, row.end)
                approximate = approximate or row.approximate
        if low is None and self.made and self.then:
            previous = self.made[-1]
            if previous.kind == "RECURRING" and previous.high is not None and previous.high.value is not None:
                low = _copy(previous.high)
                low.anchor = low.role = None
        self.then = False
        if low is None and high is not None:
            low = _Bound(0.0, high.unit)
        if low is not None and high is not None and high.anchor is None and high.value and low.anchor is not None:
            high.anchor, high.role = low.anchor, ORIGIN
        start = node.start
        for value in interval.values:
            row = _Row("RECURRING", start, end, low, high)
            row.approximate = approximate
            if interval.unit is None:
                row.every = (value, "")
                if low is None and high is None:
                    row.low = _Bound(None, "DAY", "CYCLE_START")
            else:
                row.every = (value, interval.unit)
            self.made.append(row)
        self._end_list()
        return reached

    def _taken(self, i: int) -> tuple[_Row, int] | None:
        """Read the span at `i` as the bounds of a recurrence, not as a row."""
        count = len(self.made)
        behind = self._from(i) if self.nodes[i].kind is w.FROM else (
            self._between(i) if self.nodes[i].kind is w.BETWEEN else self._lead(i)
        )
        if len(self.made) == count + 1 and self.made[-1].kind == "WINDOW":
            return self.made.pop(), behind
        del self.made[count:]
        return None

    def _near(self, behind: int, i: int) -> bool:
        """Return whether nothing but commas and words stands between two positions."""
        return i - behind <= 8 and all(node.kind in _BRIDGES for node in self.nodes[behind:i])

    def _cyclic(self, i: int) -> tuple[list[_Moment], int]:
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
        bracket = nodes[j].kind is w.OPEN and nodes[j + 1].kind == TIME and nodes[j + 2].kind is w.CLOSE
        if bracket:
            j += 1
        if nodes[j].kind == TIME and not cycles.ends:
            times: Times = nodes[j].value
            if times.study:
                found = [_moment(item, times) for item in times.items]
                found = self._in_cycles(found, cycles, nodes[j].end)
                found[0].start = node.start
                if len(cycles.numbers) == 1 and not bracket:
                    self.known = cycles.numbers[0]
                return self._closed(found, j + 1 + bracket)
            if bracket and len(times.items) == 1 and len(cycles.numbers) == 1:
                moment = _moment(times.items[0], times)
                moment.start, moment.end = node.start, nodes[j].end
                moment.cycle = int(cycles.numbers[0])
                return [moment], j + 2
        found = []
        anchor = "OTHER" if cycles.ends else "CYCLE_START"
        for number in cycles.numbers or (None,):
            bound = _Bound(None, "DAY", anchor)
            bound.words = self.text[node.start : node.end]
            moment = _Moment(bound, node.start, node.end)
            if number is None:
                bound.event = Event("CYCLE_START", each=True)
            else:
                moment.cycle = int(number)
            found.append(moment)
        return self._closed(found, i + 1)

    def _in_cycles(self, found: list[_Moment], cycles: Cycles, end: int) -> list[_Moment]:
        """Return the days `found` in each of `cycles`."""
        out = []
        for number in cycles.numbers or (None,):
            for moment in found:
                low = _copy(moment.low)
                low.anchor, low.role = "CYCLE_START", ORIGIN
                high = None
                if moment.high is not None:
                    high = _copy(moment.high)
                    high.anchor, high.role = "CYCLE_START", ORIGIN
                if number is None:
                    low.event = Event("CYCLE_START", each=True)
                made = _Moment(low, moment.start, moment.end, high=high, study=True)
                made.cycle = None if number is None else int(number)
                if number is not None:
                    self.cycle = number
                out.append(made)
        out[-1].end = max(end, out[-1].end)
        return out

    def _cycle(self, i: int) -> int:
        """Read cycles that stand by themselves at `i`: a point each, the sentence's cycle, or a count."""
        nodes = self.nodes
        cycles: Cycles = nodes[i].value
        if nodes[i + 1].kind is w.COLON and nodes[i + 2].kind != TIME and len(cycles.numbers) == 1:
            self.cycle = cycles.numbers[0]
            return i + 1
        found, j = self._moments(i)
        if not found:
            if cycles.length is None and not cycles.ends and not self._timed_bracket(i + 1):
                self.made.append(_Row("UNRESOLVED", nodes[i].start, nodes[i].end, None, None))
            return i + 1
        ends, behind = self._ending(j)
        if ends:
            return self._span(found, ends, behind)
        dosed = any(row.low is not None and row.low.anchor == "DOSE" for row in self.made[self.segment :])
        if found[0].low.value is None and dosed and len(cycles.numbers) == 1:
            self.cycle = cycles.numbers[0]
            return j
        self._points(found)
        return j

    def _timed_bracket(self, i: int) -> bool:
        """Return whether a bracket at `i` says the time of what stands before it."""
        nodes = self.nodes
        if nodes[i].kind is not w.OPEN:
            return False
        j = i + 1
        while nodes[j].kind in _HEDGES or nodes[j].kind is w.UP_TO:
            j += 1
        return nodes[j].kind == TIME and nodes[j + 1].kind is w.CLOSE

    # --- Rows --------------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Give the times "before" or "after" an unnamed event the event that is named elsewhere."""
        event = self.last_event
        for row, sign in self.waiting:
            for bound in (row.low,) if row.low is row.high else (row.low, row.high):
                if bound is not None and bound.anchor is None and bound.value is not None:
                    bound.value *= sign
                    if event is not None:
                        bound.anchor, bound.role, bound.words = event.anchor, ORIGIN, event.words

    def _finish(self) -> list[Timepoint]:
        """Return the rows as they are published."""
        text = self.text
        made = self.made
        if not made:
            stripped = text.strip()
            if not stripped:
                return []
            start = text.index(stripped[0]) if stripped else 0
            made = [_Row("UNRESOLVED", start, start + len(stripped), None, None)]
        made.sort(key=_place)
        rows: list[Timepoint] = []
        seen: set[tuple[object, ...]] = set()
        for row in made:
            timepoint = self._timepoint(row)
            said = timepoint[3:12] + timepoint[16:19]
            if said not in seen or row.kind == "UNRESOLVED":
                seen.add(said)
                rows.append(timepoint)
        return rows

    def _timepoint(self, row: _Row) -> Timepoint:
        low, high = row.low, row.high
        every_value, every_unit = row.every or (None, None)
        length = self.cycle_length
        if every_unit == "":
            every_value, every_unit = (every_value * length[0], length[1]) if every_value and length else (None, None)
        elif row.kind == "RECURRING" and row.every is None and length and low and low.anchor == "CYCLE_START":
            every_value, every_unit = length
        start = _side(low, row.cycle)
        end = start if high is low else _side(high, row.cycle)
        return tuple.__new__(
            Timepoint,
            (
                self.text[row.start : row.end],
                row.start,
                row.end,
                row.kind,
                *start[:4],
                *end[:4],
                start[4],
                end[4],
                start[5],
                end[5],
                every_value,
                every_unit,
                row.cycle,
                None if low is None else low.words,
                row.approximate,
            ),
        )


def _without_remarks(nodes: list[Token]) -> list[Token]:
    """Return the phrases without brackets that hold no time: "week 4 (visit 2)", "(T1)"."""
    if not any(node.kind is w.OPEN for node in nodes):
        return nodes
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


_ASIDES: Final = frozenset((Event(w.STUDY), Event("VISIT"), Event("OTHER")))
_REMARKS: Final = frozenset((w.WORD, w.LABEL, w.DATE, w.COMMA, w.OF, w.AND, w.OR, w.SLASH, w.DASH, w.COLON, w.IS, w.AT, w.FOR))
_SHARING: Final = frozenset(
    (w.AND, w.OR, w.COMMA, w.SLASH, w.DASH, w.TO, w.UNTIL, w.AFTER, w.BEFORE, w.DURING, w.WITHIN, w.AT)
)
_RANGES: Final = frozenset((w.DASH, w.TO, w.UNTIL))
_COUNTED: Final = frozenset(("DOSE", w.INFUSION, "PROCEDURE", "BIRTH"))
_BOUNDARIES: Final = frozenset(
    (w.STOP, w.COMMA, w.AND, w.OR, w.SLASH, w.OPEN, w.CLOSE, w.DASH, w.COLON, "", w.THEN, w.AT, w.FROM, w.MOMENT)
)
_LISTED: Final = frozenset((TIME, w.EVENT, w.CYCLE, w.AT))
_AFTER_LEAD: Final = frozenset((w.AT, w.OF, w.MOMENT))
_SMALL_WORDS: Final = frozenset((w.DASH, w.AT, w.MOMENT))
_SAID_AT: Final = frozenset((TIME, w.EVENT, w.AFTER, w.BEFORE, w.HEDGE, w.AVERAGE, w.AT, w.MOMENT))
_BETWEEN_BOUNDS: Final = frozenset(
    (w.WORD, w.OF, w.AT, w.COMMA, w.OPEN, w.CLOSE, w.OR, w.EVENT, w.FOR, w.AND, w.DATE, w.LABEL, w.IS)
)
_INTO: Final = frozenset((w.WORD, w.OF, w.AT, w.EVENT, w.FOR))
_BRIDGES: Final = frozenset((w.COMMA, w.WORD, w.HEDGE, w.AVERAGE, w.DASH, w.OPEN, w.WHICHEVER, w.IS))


def _moment(item: Item, times: Times) -> _Moment:
    high = None if item.high is None else _Bound(item.high, times.unit)
    return _Moment(_Bound(item.low, times.unit), item.start, item.end, high=high, study=times.study)


def _days(bound: _Bound) -> float:
    return (bound.value or 0.0) * DAYS[bound.unit]


def _copy(bound: _Bound) -> _Bound:
    made = _Bound(bound.value, bound.unit, bound.anchor, bound.role)
    made.words, made.event = bound.words, bound.event
    return made


def _place(row: _Row) -> tuple[int, int]:
    return row.start, row.end


_Side = tuple[float | None, str | None, str | None, str | None, float | None, float | None]
_OPEN_SIDE: Final[_Side] = (None, None, None, None, None, None)


def _side(bound: _Bound | None, cycle: int | None) -> _Side:
    """Return value, unit, anchor, role, day and study day of one end of a row."""
    if bound is None or (bound.value is None and bound.anchor is None):
        return _OPEN_SIDE
    value = 0.0 if bound.value is None else bound.value + 0.0
    anchor = bound.anchor
    role = bound.role if anchor is not None and value != 0 else None
    day = value * DAYS[bound.unit]
    known = role == DATED or anchor in _STUDY_ORIGINS
    return value, bound.unit, anchor, role, day, day if known and (cycle is None or cycle <= 1) else None
