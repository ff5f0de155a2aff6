"""Spans: "from … to", "between … and", "up to", "within", "until", "during".

Here belongs which words make two moments one window, and what the window's start is where none is said (rules 4 to 6).
What follows a window's end is `timeframe_estimates`; what its length or number dates is said there, too.
"""

from __future__ import annotations

from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.timeframe_bounds import LASTING, ORIGIN, Bound, Moment, Row, anchor_of
from pipeline.normalize.timeframe_frame import ENDINGS, HEDGES, LEADS, LIST, RANGES
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Cycles, Event, Times
from pipeline.normalize.timeframe_points import Points

_AFTER_LEAD: Final = LEADS | HEDGES | {w.THEN, w.AT, w.OF, w.MOMENT}
_LISTED: Final = frozenset((TIME, w.EVENT, w.CYCLE, w.AT))
_OPEN_FROM: Final = frozenset((w.FROM, w.UNTIL, w.UP_TO, w.AT, w.MOMENT, w.HEDGE))
_IN_NAMES: Final = frozenset((w.WORD, w.OPEN, w.OF))
_BETWEEN_BOUNDS: Final = frozenset(
    (w.WORD, w.OF, w.AT, w.COMMA, w.OPEN, w.CLOSE, w.OR, w.EVENT, w.FOR, w.AND, w.DATE, w.LABEL, w.PERIOD, w.IS)
)
_LONGEST_GAP: Final = 12  # phrases that may stand between a span's bounds
_WITHIN: Final = frozenset((w.DURING, w.FOR, w.WITHIN))  # what holds a whole time, not only its end
_SHARING_DURING: Final = LIST | {w.DASH, w.AFTER, w.BEFORE}
_LONGEST_NAME: Final = 6  # phrases of a name before a span's start
_CALENDARS: Final = frozenset((Event(w.TREATMENT), Event(w.STUDY)))  # whose days are the study's days


class Spans(Points):
    """The reading of spans."""

    __slots__ = ()

    def _add_window(self, row: Row, behind: int) -> int:
        """Remember a span as the latest, which ends the running list, and return the position behind it."""
        self._end_group()
        self.window = (row, behind)
        return behind

    # --- Two moments -------------------------------------------------------------------------------------------------

    def _ending(self, i: int, *, spanning: bool = False) -> tuple[list[Moment], int]:
        """Read "to week 12", "through day 10", "- day 7" at `i`, where a span's end would stand."""
        nodes = self.nodes
        kind = nodes[i].kind
        if kind is w.COMMA and spanning and nodes[i + 1].kind in ENDINGS:
            i += 1
        elif kind is w.DASH:
            if nodes[i + 1].kind in HEDGES or nodes[i + 1].kind in (w.DASH, w.UP_TO):
                return [], i
        elif kind is w.HEDGE:
            if nodes[i].value != "~":
                return [], i
        elif kind not in ENDINGS:
            return [], i
        i += 1
        while nodes[i].kind in ENDINGS or nodes[i].kind in (w.WITHIN, w.MOMENT):
            i += 1
        if nodes[i].kind is w.EVENT:
            i += self._on_calendar(i)
        if nodes[i].kind is w.WORD and [node.kind for node in nodes[i + 1 : i + 4]] == [w.OPEN, TIME, w.CLOSE]:
            return self._moments(i + 2)[0], i + 4  # "to visit 4 (12 weeks)"
        if nodes[i].kind is w.DATE:
            moment = Moment(Bound(None, "DAY"), nodes[i].start, nodes[i].end)
            return [moment], i + 1
        return self._moments(i)

    def _on_calendar(self, i: int) -> bool:
        """Return whether the treatment or study at `i` only says whose day is meant: "treatment day 28"."""
        behind = self.nodes[i + 1]
        return behind.kind == TIME and behind.value.study and self.nodes[i].value in _CALENDARS

    def _span(self, starts: list[Moment], ends: list[Moment], behind: int, start: int | None = None) -> int:
        """Make the spans from the last of `starts` to each of `ends`, and points of the other starts."""
        if len(starts) > 1:
            self._points(starts[:-1])
        begin = starts[-1]
        place = begin.start if start is None else start
        rows = [self._span_row(begin, end, place) for end in ends]
        self.made += rows
        self._end_list()
        behind = self._estimate(behind, rows[-1])
        self.window = (rows[-1], behind)
        return behind

    def _span_row(self, begin: Moment, end: Moment, start: int) -> Row:
        """Return the row from one moment to another; of "each visit through week 52" a recurrence."""
        low = begin.low.again()
        high = end.low if end.high is None else end.high
        opening = low.event
        each = opening is not None and opening.each and (low.value is None or low.anchor == "CYCLE_START")
        if opening is not None and opening.noun is w.FOLLOW_UP and not opening.edged and low.value is None:
            low = Bound(0.0, high.unit)  # "follow-up until 6 months after discharge"
        elif opening is not None and opening.noun is None and high.event is not None:
            low.anchor = anchor_of(high.event._replace(begins=True, ends=False), w.AT)  # "from start to end of study"
        if high.value is None and high.event is not None and high.role is None and not self._is_after(end):
            high.anchor = anchor_of(high.event, w.UNTIL)
        if low.anchor is None and high.role == ORIGIN and begin.study == end.study and low.value is not None:
            low.count_from(high)
        elif high.anchor is None and low.anchor is not None and high.value is not None and end.cycle is None:
            high.anchor, high.role = (None, None) if each else (low.anchor, ORIGIN)
        row = Row("RECURRING" if each else "WINDOW", start, end.end, low, high)
        row.approximate = begin.approximate or end.approximate
        row.cycle = end.cycle if end.cycle is not None else begin.cycle
        return row

    def _from(self, i: int) -> int:
        """Read "from … to …" at `i`; without an end, a start that lasts ("from week 4"), or of a recurrence."""
        nodes = self.nodes
        start = nodes[i].start
        j = i + 1
        while nodes[j].kind in _OPEN_FROM:
            j += 1
        named = j
        while nodes[j].kind in _IN_NAMES and j < named + _LONGEST_NAME:
            j += 1
        is_named = j > named
        starts, j = self._moments(j)
        if not starts or (starts[0].low.event is not None and starts[0].low.event.verb and nodes[j].kind is w.WORD):
            return 0
        begin = starts[-1]
        if nodes[j].kind == INTERVAL:
            self.opened = (begin.low, j)
            return j
        for step in range(j, j + _LONGEST_GAP):
            ends, behind = self._ending(step, spanning=True)
            if ends:
                if self.change and nodes[step].kind is w.TO:
                    return self._both(starts, ends, behind)
                return self._span(starts, ends, behind, start)
            if nodes[step].kind not in _BETWEEN_BOUNDS:
                break
        if is_named and begin.low.value is not None:
            return 0
        if not self.change:  # "change from baseline at week 4; change from baseline at week 8" says it once
            starts[0].start = start
            if begin.low.value is not None and begin.high is None and not begin.later:
                for moment in starts:
                    moment.later = moment.low.value is not None
        self._points(starts)
        return j

    def _both(self, starts: list[Moment], ends: list[Moment], behind: int) -> int:
        """Make points of what would bound a span: a change is measured at its begin and at its end."""
        self._points(starts)
        self._points(ends)
        return behind

    def _between(self, i: int) -> int:
        """Read "between … and …" at `i`."""
        nodes = self.nodes
        start = nodes[i].start
        found, j = self._moments(i + 1)
        if not found:
            return 0
        if len(found) > 1 and not self.change:
            found[0].end = found[-1].end
            return self._span(found[:1], found[1:], j, start)
        if nodes[j].kind is w.AND or nodes[j].kind in RANGES:
            ends, behind = self._moments(j + 1)
            if ends:
                return self._both(found, ends, behind) if self.change else self._span(found, ends, behind, start)
        return 0

    # --- Spans that a small word opens -------------------------------------------------------------------------------

    def _lead(self, i: int, *, hedged: bool = False, lead: str = "") -> int:
        """Read the span that "up to", "within", "until", "during", "for" opens at `i`."""
        nodes = self.nodes
        lead = lead or nodes[i].kind
        start = nodes[i].start
        j = i + 1
        while nodes[j].kind in _AFTER_LEAD:
            hedged = hedged or nodes[j].kind in HEDGES
            if nodes[j].kind in (w.UP_TO, w.WITHIN) and lead is not w.WITHIN:
                lead = w.UP_TO
            j += 1
        if nodes[j].kind is w.EVENT:
            j += self._on_calendar(j)
        if nodes[j].kind is w.PERIOD:
            j += 1
            while nodes[j].kind in (w.OF, w.COLON) or nodes[j].kind in HEDGES:
                hedged = hedged or nodes[j].kind in HEDGES
                j += 1
        node = nodes[j]
        if node.kind == TIME:
            if (lead is w.DURING or lead is w.FOR) and self._bounded(j):
                return self._during_bounded(j, start, hedged=hedged)
            found, j = self._timed(j)
            return self._lead_times(found, j, lead, start, hedged=hedged)
        if node.kind is w.EVENT:
            event: Event = node.value
            if event.each and event.period and i and nodes[i - 1].kind in (TIME, w.EVENT):
                return j + 1  # "6 h post-dose for each treatment period"
            if lead is w.FOR and event.weak and not event.period:
                return 0
            if lead in _WITHIN and not (event.ends and event.noun is w.STUDY):
                return self._lead_whole(j, start, hedged=hedged)
            return self._lead_event(j, start, hedged=hedged)
        if (node.kind is w.AFTER or node.kind is w.BEFORE) and nodes[j + 1].kind is w.EVENT:
            return self._lead_event(j, start, hedged=hedged)
        if node.kind is w.CYCLE:
            return self._lead_cycle(j, lead, start)
        if lead is w.DURING and node.kind in _SHARING_DURING:
            shared = self._shared_event(j)
            if shared is not None:  # "during and after surgery"
                self.made.append(self._during_row(shared.value, self._words_of(shared), start, nodes[i].end))
                return i + 1
        return j if node.kind in (w.FROM, w.BETWEEN, INTERVAL) else 0

    def _lead_times(self, found: list[Moment], j: int, lead: str, start: int, *, hedged: bool) -> int:
        """Make the spans of "up to 24 months", "within 30 days of surgery", "for 2 weeks"."""
        nodes, first = self.nodes, found[0]
        named = first.study and first.high is None and lead in _WITHIN  # "for weeks 4 to 8"
        ahead = first.low.role == ORIGIN and (first.low.value or 0) < 0  # "up to 7 days before surgery until …"
        if named or ahead or (lead in _WITHIN and (nodes[j].kind is w.TO or nodes[j].kind is w.DASH)):
            ends, behind = self._ending(j)
            if ends:
                return self._span(found, ends, behind, start)
        if named:
            self._points(found)
            return j
        rows = [_led(moment, lead, start) for moment in found]
        for row, moment in zip(rows, found, strict=True):
            row.approximate = hedged or moment.approximate
            row.cycle = moment.cycle
            if moment.open:
                self.waiting.append((row, moment.open, self.last_event))
        self.made += rows
        row = rows[-1]
        if row.high is not None and row.high.role == ORIGIN and lead in ENDINGS:
            j = self._said_again(j)
        bounds = lead in ENDINGS or nodes[j + 1].kind is w.UNTIL  # "within 28 days or until discharge"
        return self._add_window(row, self._or_event(j, row) if bounds else self._alternatives(j))

    def _bounded(self, i: int) -> bool:
        """Return whether the time at `i` is how long what is named behind it lasts: "the 16-week treatment"."""
        times: Times = self.nodes[i].value
        node = self.nodes[self._lasting(i)]
        if times.study or times.first or times.last or len(times.items) > 1 or times.items[0].high is not None:
            return False
        return node.kind is w.EVENT and node.value.noun in LASTING and not node.value.edged

    def _lasting(self, i: int) -> int:
        """Return the place of what the time at `i` is the length of, past "double-blind" or "duration of"."""
        nodes = self.nodes
        j = i + 1
        while nodes[j].kind is w.WORD and j < i + 3:
            j += 1
        if nodes[j].kind is w.DURING and self.text[nodes[j].start : nodes[j].end].lower().startswith("duration"):
            j += 1
        return j

    def _during_bounded(self, i: int, start: int, *, hedged: bool) -> int:
        """Make the span of "during the 16-week treatment": its length dates its end."""
        times: Times = self.nodes[i].value
        at = self._lasting(i)
        node = self.nodes[at]
        row = self._during_row(node.value, self._words_of(node), start, node.end)
        if row.high is not None:
            row.high.date(times.items[0].low, times.unit)
        row.approximate = hedged
        self.made.append(row)
        return self._add_window(row, at + 1)

    def _lead_whole(self, j: int, start: int, *, hedged: bool) -> int:
        """Make the span of "during treatment", "within the hospital stay", "during treatment + 30 days"."""
        nodes = self.nodes
        node = nodes[j]
        event: Event = node.value
        if event.noun is None and event.begins:
            return j + 1  # "the period starting …"
        length = nodes[j + 2].kind == TIME and not nodes[j + 2].value.study  # "duration of treatment: 8 weeks"
        if nodes[j + 1].kind is w.COLON and nodes[j + 2].kind in _LISTED and not length:
            return j + 2  # a heading: "throughout the study: weeks 4 and 8"
        row = self._during_row(event, self._words_of(node), start, node.end)
        row.approximate = hedged
        self.made.append(row)
        if nodes[j + 1].value == "+" and self._added(j + 2, None) and row.high is not None:
            more: Times = nodes[j + 2].value
            row.high.value, row.high.unit, row.high.role = more.items[0].low, more.unit, ORIGIN
            row.end = nodes[j + 2].end
            return j + 3
        if nodes[j + 1].kind is w.FROM:  # "during treatment from week 4"
            starts, behind = self._moments(j + 2)
            if starts:
                row.low, row.end = starts[-1].low, starts[-1].end
                return behind
        return self._add_window(row, self._estimate(j + 1, row, loose=True))

    def _lead_event(self, j: int, start: int, *, hedged: bool) -> int:
        """Make the span of "until death", "through study completion, an average of 1 year"."""
        ends, behind = self._moments(j)
        if not ends:
            return 0
        for end in ends:
            high = end.low if end.high is None else end.high
            if high.value is None and high.event is not None and self.nodes[j].kind is w.EVENT:
                through = self.nodes[j - 1].value in ("through", "thru")  # a treatment is gone through to its end
                high.anchor = anchor_of(high.event._replace(period=high.event.period or through), w.UNTIL)
            low = high.zero() if high.role == ORIGIN else Bound(0.0, high.unit)
            row = Row("WINDOW", start, end.end, low, high)
            row.approximate = end.approximate or hedged
            row.cycle = end.cycle
            self.made.append(row)
        return self._add_window(row, self._estimate(behind, row))

    def _lead_cycle(self, j: int, lead: str, start: int) -> int:
        """Make the span of "up to cycle 6 (168 days)"; a bare count of cycles stays unresolved."""
        node = self.nodes[j]
        cycles: Cycles = node.value
        if not cycles.numbers and not cycles.ends:
            return self._lead(j + 1, lead=lead) if self._timed_bracket(j + 1) else j  # "up to 2 cycles (8 weeks)"
        ends, behind = self._moments(j)
        if not ends:
            return 0
        end = ends[-1]
        low = Bound(0.0, "DAY" if end.low.value is None else end.low.unit)
        if lead in _WITHIN:
            low.anchor, low.words = "CYCLE_START", self._words_of(node)
            if end.low.anchor is None:
                end.low.count_from(low)
        row = Row("WINDOW", start, end.end, low, end.low)
        if end.high is not None:  # "during cycle 1 (days 1-28)"
            row.low, row.high = end.low, end.high
        row.cycle = end.cycle
        self.made.append(row)
        return behind

    def _timed_bracket(self, i: int) -> bool:
        """Return whether a bracket at `i` says the time of what stands before it."""
        nodes = self.nodes
        if nodes[i].kind is not w.OPEN:
            return False
        j = i + 1
        while nodes[j].kind in HEDGES or nodes[j].kind is w.UP_TO:
            j += 1
        return nodes[j].kind == TIME and nodes[j + 1].kind is w.CLOSE


def _led(moment: Moment, lead: str, start: int) -> Row:
    """Return the row of one time behind a small word: up to it, or, counted before an event, from it."""
    low, high = moment.low, moment.high
    if high is not None and lead not in ENDINGS:
        return Row("WINDOW", start, moment.end, low, high)
    end = low if high is None else high
    if end.value is not None and end.value < 0 and end.role == ORIGIN:
        return Row("WINDOW", start, moment.end, end, end.zero())
    return Row("WINDOW", start, moment.end, end.zero(), end)
