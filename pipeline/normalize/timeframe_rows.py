"""The rows of a time frame: points, spans, recurrences and cycles made of its moments.

Here belongs the grammar over moments (from … to, within, until, every … for) and what a list shares. What one moment
says is `timeframe_moments`; the published row is `timepoints`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pipeline.normalize import timeframe_words as w
from pipeline.normalize.quantities import DAYS
from pipeline.normalize.timeframe_estimates import Estimates, Row
from pipeline.normalize.timeframe_moments import (
    AGES,
    AHEAD,
    DATED,
    ENDINGS,
    HEDGES,
    LASTING,
    LEADS,
    LIST,
    ORIGIN,
    REACH,
    Bound,
    Moment,
    anchor_of,
    anchors_during,
    copy_of,
    days_of,
)
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Cycles, Event, Interval, Times

_BOUNDARIES: Final = frozenset(
    (w.STOP, w.COMMA, w.AND, w.OR, w.SLASH, w.OPEN, w.CLOSE, w.DASH, w.COLON, "", w.THEN, w.AT, w.FROM, w.MOMENT)
)
_LISTED: Final = frozenset((TIME, w.EVENT, w.CYCLE, w.AT))
_BEFORE_BOUND: Final = frozenset((w.COMMA, w.OPEN, w.WORD, w.OF, w.AT, w.HEDGE, w.AVERAGE, w.THEN, w.START))
_BOUNDS: Final = frozenset(
    (w.UP_TO, w.UNTIL, w.WITHIN, w.FOR, w.DURING, w.TO, w.FROM, w.AFTER, w.BEFORE, w.BETWEEN, w.AT)
)
_AFTER_LEAD: Final = frozenset((w.AT, w.OF, w.MOMENT))
_AT: Final = frozenset((w.AT, w.MOMENT))
_BEFORE_ENDING: Final = ENDINGS | {w.DASH, w.HEDGE}
_NONE: Final[list[Moment]] = []
_SAID_AT: Final = frozenset((TIME, w.EVENT, w.AFTER, w.BEFORE, w.HEDGE, w.AVERAGE, w.AT, w.MOMENT))
_BETWEEN_BOUNDS: Final = frozenset(
    (w.WORD, w.OF, w.AT, w.COMMA, w.OPEN, w.CLOSE, w.OR, w.EVENT, w.FOR, w.AND, w.DATE, w.LABEL, w.PERIOD, w.IS)
)
_INTO: Final = frozenset((w.WORD, w.PERIOD, w.OF, w.AT, w.EVENT, w.FOR))
_VISITS: Final = frozenset((Event("VISIT"), Event(w.FOLLOW_UP)))
_CALENDARS: Final = frozenset((Event(w.TREATMENT), Event(w.STUDY)))  # whose days are the study's days
_JOINTS: Final = LIST | {w.THEN}
_MOST_DOSES: Final = 100  # rows that one sentence's doses are repeated to, cycle by cycle
_BRIDGES: Final = frozenset((w.COMMA, w.WORD, w.HEDGE, w.AVERAGE, w.DASH, w.OPEN, w.WHICHEVER, w.IS))


class Rows(Estimates):
    """The reading of one time frame into rows; `made` holds them in the order they were met."""

    __slots__ = ("cycle_at", "doses_first", "group", "made", "recurred", "segment", "then", "waiting", "window")

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.made: list[Row] = []
        self.group: list[Row] = []  # times of the running list that still lack an anchor
        # Times "before" or "after" an event that is named elsewhere, and the latest that was named before them.
        self.waiting: list[tuple[Row, int, Bound | None]] = []
        self.window: tuple[Row, int] | None = None  # the latest span and the position behind it
        self.recurred = -100  # the position behind the latest recurrence
        self.then = False
        self.doses_first = False  # whether the sentence names its cycles behind their doses
        self.segment = 0  # the first row of the running sentence
        self.cycle_at = 0  # the first row behind the words that name the sentence's cycle

    def read(self) -> list[Row]:
        """Read the whole time frame and return its rows in the order of their places."""
        nodes, used = self.nodes, self.used
        i, count = 0, len(nodes) - AHEAD
        while i < count:
            reader = _READERS.get(nodes[i].kind, Rows._word)
            if reader is None or i in used:
                i += 1
            else:
                reached = reader(self, i)
                i = reached if reached > i else i + 1
        self._end_sentence()
        if self.waiting:
            self._settle()
        self.made.sort(key=_place)
        return self.made

    # --- Words that make no row --------------------------------------------------------------------------------------

    def _word(self, i: int) -> int:
        self._end_list()
        return i + 1

    def _bracket_sign(self, i: int) -> int:
        self.group.clear()
        self.leading = None
        return i + 1

    def _stop(self, i: int) -> int:
        self._end_sentence()
        return i + 1

    def _change(self, i: int) -> int:
        self.change = True
        return i + 1

    def _then(self, i: int) -> int:
        self.then = True
        return i + 1

    def _end_list(self) -> None:
        self.group.clear()
        self.leading = None
        self.known = None

    def _about_cycles(self, numbers: tuple[float, ...]) -> None:
        """Give the doses behind the cycle before these to that cycle, or to these where doses stand first."""
        if self.cycle is None:
            before = self.made[max(self.segment, len(self.made) - REACH) :]
            self.doses_first = any(row.low is not None and _within_a_day(row.low) for row in before)
        number = numbers[-1] if numbers else None
        if self.doses_first and numbers:
            self._in_each_cycle(numbers)
        if self.cycle is not None and self.cycle != number:
            self._give_cycle(self.cycle, self.cycle_at)
        if self.cycle != number:
            self.cycle, self.cycle_at = number, len(self.made)

    def _give_cycle(self, number: float, first: int) -> None:
        for row in self.made[first:]:
            if row.cycle is None and row.low is not None and _within_a_day(row.low):
                row.cycle = int(number)

    def _end_sentence(self) -> None:
        if self.cycle is not None:
            self._give_cycle(self.cycle, self.segment)
        self.segment = self.cycle_at = len(self.made)
        self.cycle = None
        self.doses_first = False
        self.change = False
        self.window = None
        self._end_list()

    def _settle(self) -> None:
        """Give the times "before" or "after" an unnamed event the event that is named elsewhere."""
        for row, sign, named in self.waiting:
            event = named or self.last_event
            for bound in (row.low,) if row.low is row.high else (row.low, row.high):
                if bound is not None and bound.anchor is None and bound.value is not None:
                    bound.value *= sign
                    if event is not None:
                        bound.anchor, bound.role, bound.words = event.anchor, ORIGIN, event.words
            if row.kind == "WINDOW" and sign < 0:
                row.low, row.high = row.high, row.low

    # --- Points and spans --------------------------------------------------------------------------------------------

    def _hedged(self, i: int) -> int:
        """Read what a hedge at `i` opens: "about 2 weeks", "approximately up to 2 weeks", "median follow-up"."""
        nodes = self.nodes
        following = nodes[i + 1]
        if following.kind in LEADS:
            return self._lead(i + 1, hedged=True)
        if nodes[i].kind is w.AVERAGE and following.kind is w.EVENT and following.value.noun is w.FOLLOW_UP:
            reached = self._mention(i + 1)
            if reached and self.made:
                self.made[-1].approximate = True
            return reached
        return self._mention(i)

    def _at(self, i: int) -> int:
        return self._mention(i) if self.nodes[i + 1].kind in _SAID_AT else 0

    def _mention(self, i: int) -> int:
        """Read a time or an event at `i`: a point, or the start of a span."""
        nodes = self.nodes
        event_at = i
        while nodes[event_at].kind in _AT:
            event_at += 1
        if nodes[event_at].kind is w.EVENT and not self._stands_alone(event_at):
            return 0
        found, j = self._moments(i)
        if not found:
            return 0
        following = nodes[j].kind
        if (following is w.COMMA or following is w.CLOSE) and nodes[j + 1].kind in ENDINGS:
            j += self._ends_behind(i, j, found[-1])
            following = nodes[j].kind
        if following is w.OR and nodes[j + 1].kind is w.UNTIL and nodes[j + 2].kind is w.EVENT and not found[-1].high:
            self._points(found[:-1])  # "28 days or until discharge"
            return self._lead_times(found[-1:], j, w.UNTIL, found[-1].start, hedged=found[-1].approximate)
        if following is w.FOR and nodes[j + 1].kind == TIME and _recurs(found[-1]):  # "each visit for 1 year"
            return self._span(found, *self._moments(j + 1))
        ends, behind = self._ending(j) if following in _BEFORE_ENDING else (_NONE, j)
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
        if found[-1].low.value is None:
            if nodes[j].kind is w.OPEN and self._renamed(j):
                return j + 1
            j = self._estimated(j, found)
        self._points(found, trailing=nodes[event_at].kind == TIME)
        if self.made and self.made[-1].kind == "WINDOW" and found[-1].low.event and found[-1].low.value is None:
            return self._estimate(j, self.made[-1], loose=True)
        return j

    def _ends_behind(self, i: int, j: int, moment: Moment) -> bool:
        """Return whether the end behind the comma or bracket at `j` is that of `moment`, which was read at `i`."""
        nodes = self.nodes
        if nodes[j].kind is w.CLOSE:  # "visit 1 (baseline) to visit 5 (week 16)"
            return i > 1 and nodes[i - 1].kind is w.OPEN and nodes[i - 2].kind is w.WORD
        if nodes[i].kind is w.AFTER and moment.low.value is None:  # "after discharge, up to 90 days"
            return nodes[j + 1].kind is w.UP_TO and nodes[j + 2].kind == TIME
        return _recurs(moment)  # "each visit, up to week 52"

    def _opens_sentence(self, i: int) -> bool:
        return i == 0 or self.nodes[i - 1].kind is w.STOP or (i == 1 and self.nodes[0].kind is w.MOMENT)

    def _stands_alone(self, i: int) -> bool:
        """Return whether the event at `i` is meant as a time, not a word of a description."""
        nodes = self.nodes
        event: Event = nodes[i].value
        before = nodes[i - 1].kind if i else w.STOP
        if before is w.OF or (event.each and event.noun is w.STUDY) or (before is w.WORD and event.noun == "OTHER"):
            return False
        if event.each and event.period and before is w.AT and i > 1 and nodes[i - 2].kind in (TIME, w.EVENT):
            return False  # "2 hours post-dose in each treatment period"
        if event.period and nodes[i + 1].kind is w.COLON and nodes[i + 2].kind != TIME:
            return False  # a heading
        if not event.weak:
            return True
        after = nodes[i + 1].kind
        if before is w.WORD and i == 1 and after in ENDINGS:
            return True  # "index procedure to …"
        if before not in _BOUNDARIES and before not in HEDGES:
            return False
        if event.noun is w.FOLLOW_UP or event.noun == "VISIT" or event.noun in AGES or event.period:
            j = i + 1
            while nodes[j].kind in (w.AT, w.COLON, w.OF, w.IS) or nodes[j].kind in HEDGES:
                j += 1
            if nodes[j].kind == TIME:
                return True
        if before is w.AT and after is w.AT and nodes[i + 2].kind is w.WORD:
            return True
        if before is w.MOMENT and after in (w.WORD, w.OF, w.AT):
            return True
        return (after in _BOUNDARIES and after is not w.AT and after is not w.FROM) or after in ENDINGS

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

    def _points(self, found: list[Moment], *, trailing: bool = False) -> None:
        """Make a row of each moment; an event behind the last serves the list before it."""
        if not found:
            return
        last = found[-1]
        counted = trailing and last.low.role == ORIGIN and last.low.words is not None
        if counted and self.group:
            self._serve_list(last.low, days_of(found[0].low), study=last.study)
        elif trailing and last.cycle is not None and len({moment.cycle for moment in found}) == 1:
            limit = days_of(found[0].low)
            for earlier in reversed(self.group):
                if (
                    not earlier.study
                    or earlier.low is None
                    or earlier.low.unit != "DAY"
                    or days_of(earlier.low) > limit
                ):
                    break
                limit = days_of(earlier.low)
                earlier.cycle = last.cycle
                self._anchor_row(earlier, last.low)
            self.group.clear()
        leading = self.leading
        for moment in found:
            low, high = moment.low, moment.high
            if low.value is None and low.anchor is None:
                continue  # a calendar date
            if low.event is not None and low.event.noun is w.FOLLOW_UP and low.role == DATED and not low.event.edged:
                low.anchor = low.words = None  # "follow-up (week 20)" is week 20
            row: Row
            if moment.follow_up and high is None and low.value is not None and not moment.study:
                start = Bound(0.0, low.unit, low.anchor if low.role == ORIGIN else None)
                start.words = low.words
                row = Row("WINDOW", moment.start, moment.end, start, low)
            elif moment.later:
                row = Row("WINDOW", moment.start, moment.end, low, None)
            elif (
                low.event is not None
                and low.event.period
                and not low.event.edged
                and (low.value is None or low.role == DATED or (low.role == ORIGIN and not moment.study))
            ):
                row = self._during_row(low.event, low.words, moment.start, moment.end)
                self.made.pop()
                if row.low is not None and row.high is not None and high is not None:
                    row.low.value, row.low.unit, row.low.role = low.value, low.unit, DATED
                    row.high.value, row.high.unit, row.high.role = high.value, high.unit, DATED
                elif low.value is not None and row.high is not None:
                    row.high.value, row.high.unit, row.high.role = low.value, low.unit, low.role
            elif low.event is not None and low.event.each and (high is None or low.anchor == "CYCLE_START"):
                row = Row("RECURRING", moment.start, moment.end, low, None)
            elif high is not None:
                row = Row("WINDOW", moment.start, moment.end, low, high)
            else:
                row = Row("POINT", moment.start, moment.end, low, low)
            row.study = moment.study
            row.approximate = moment.approximate
            row.cycle = moment.cycle
            self.made.append(row)
            if moment.open:
                self.waiting.append((row, moment.open, self.last_event))
                for earlier in self.group:
                    if earlier.study == moment.study:
                        self.waiting.append((earlier, moment.open, self.last_event))
                self.group.clear()
            elif low.anchor is None and low.value is not None:
                if leading is not None and moment.study == self.leading_study:
                    self._anchor_row(row, leading)
                elif self.known is not None and moment.study and low.unit == "DAY":
                    row.cycle = int(self.known)
                    low.anchor, low.role = "CYCLE_START", ORIGIN
                else:
                    self.group.append(row)
        if last.low.value is None:
            self.group.clear()
            self.leading = last.low if self.leading is last.low else None

    def _serve_list(self, event: Bound, limit: float, *, study: bool) -> None:
        """Count the running list from the event behind it, back to a time that is later than the one behind it."""
        for earlier in reversed(self.group):
            named = earlier.study != study and (earlier.low is None or earlier.low.value != 0)  # not "day 0"
            if named or earlier.low is None or days_of(earlier.low) > limit >= 0:
                break
            limit = min(limit, days_of(earlier.low)) if limit >= 0 else limit
            self._anchor_row(earlier, event)
        self.group.clear()

    def _anchor_row(self, row: Row, event: Bound) -> None:
        for bound in (row.low, row.high):
            if bound is not None and bound.anchor is None:
                bound.anchor, bound.words = event.anchor, event.words
                bound.role = ORIGIN

    def _span(self, starts: list[Moment], ends: list[Moment], behind: int, start: int | None = None) -> int:
        """Make the spans from the last of `starts` to each of `ends`, and points of the other starts."""
        if len(starts) > 1:
            self._points(starts[:-1])
        begin = starts[-1]
        row = None
        for end in ends:
            low = copy_of(begin.low)
            high = end.high if end.high is not None else end.low
            each = low.event is not None and low.event.each  # "each visit through week 52"
            each = each and (low.value is None or low.anchor == "CYCLE_START")
            if low.event is not None and low.event.noun is w.FOLLOW_UP and not low.event.edged and low.value is None:
                low = Bound(0.0, high.unit)  # "follow-up until 6 months after discharge"
            if low.event is not None and low.event.noun is None and high.event is not None:
                low.anchor = anchor_of(high.event._replace(begins=True, ends=False), w.AT)
            if high.value is None and high.event is not None and high.role is None and not self._after(end):
                high.anchor = anchor_of(high.event, w.UNTIL)
            if low.anchor is None and high.role == ORIGIN and begin.study == end.study and low.value is not None:
                low.anchor, low.words, low.role = high.anchor, high.words, ORIGIN
            elif high.anchor is None and low.anchor is not None and high.value is not None and end.cycle is None:
                high.anchor, high.role = (None, None) if each else (low.anchor, ORIGIN)
            row = Row("RECURRING" if each else "WINDOW", begin.start if start is None else start, end.end, low, high)
            row.approximate = begin.approximate or end.approximate
            row.cycle = end.cycle if end.cycle is not None else begin.cycle
            self.made.append(row)
        self._end_list()
        if row is None or row.high is None:
            return behind
        behind = self._estimate(behind, row)
        self.window = (row, behind)
        return behind

    def _from(self, i: int) -> int:
        """Read "from … to …" at `i`."""
        nodes = self.nodes
        start = nodes[i].start
        j = i + 1
        while nodes[j].kind in (w.FROM, w.UNTIL, w.UP_TO, w.AT, w.MOMENT, w.HEDGE):
            j += 1
        named = j
        while nodes[j].kind in (w.WORD, w.OPEN, w.OF) and j < named + 6:
            j += 1
        named -= j
        starts, j = self._moments(j)
        if not starts or (starts[0].low.event is not None and starts[0].low.event.verb and nodes[j].kind is w.WORD):
            return 0
        reached = j
        if nodes[j].kind == INTERVAL:
            return self._recurring(j, starts[-1].low)
        ends: list[Moment] = []
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
        if named and starts[-1].low.value is not None:
            return 0
        if not self.change:  # "change from baseline at week 4; change from baseline at week 8" says it once
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

    # --- Spans that a small word opens -------------------------------------------------------------------------------

    def _lead(self, i: int, *, hedged: bool = False, lead: str = "") -> int:
        """Read the span that "up to", "within", "until", "during", "for" opens at `i`."""
        nodes = self.nodes
        lead = lead or nodes[i].kind
        start = nodes[i].start
        j = i + 1
        while (
            nodes[j].kind in LEADS or nodes[j].kind is w.THEN or nodes[j].kind in HEDGES or nodes[j].kind in _AFTER_LEAD
        ):
            hedged = hedged or nodes[j].kind in HEDGES
            if nodes[j].kind in (w.UP_TO, w.WITHIN) and lead is not w.WITHIN:
                lead = w.UP_TO
            j += 1
        if nodes[j].kind is w.EVENT:
            j += self._on_calendar(j)
        node = nodes[j]
        if node.kind is w.PERIOD:
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
        if (
            node.kind is w.EVENT
            and node.value.each
            and node.value.period
            and i
            and nodes[i - 1].kind in (TIME, w.EVENT)
        ):
            return j + 1  # "6 h post-dose for each treatment period"
        if node.kind is w.EVENT or ((node.kind is w.AFTER or node.kind is w.BEFORE) and nodes[j + 1].kind is w.EVENT):
            if lead is w.FOR and node.kind is w.EVENT and node.value.weak and not node.value.period:
                return 0
            return self._lead_event(j, lead, start, hedged=hedged)
        if node.kind is w.CYCLE:
            return self._lead_cycle(j, lead, start)
        if lead is w.DURING and (node.kind in LIST or node.kind in (w.DASH, w.AFTER, w.BEFORE)):
            shared = self._shared_event(j)
            if shared is not None:
                self._during_row(shared.value, self.text[shared.start : shared.end], start, nodes[i].end)
                return i + 1
        if node.kind in (w.FROM, w.BETWEEN, INTERVAL):
            return j
        return 0

    def _lead_times(self, found: list[Moment], j: int, lead: str, start: int, *, hedged: bool) -> int:
        """Make the spans of "up to 24 months", "within 30 days of surgery", "for 2 weeks"."""
        nodes = self.nodes
        if found[0].study and lead in (w.DURING, w.FOR, w.WITHIN) and found[0].high is None:
            ends, behind = self._ending(j)
            if ends:
                return self._span(found, ends, behind, start)
            self._points(found)
            return j
        ahead = found[0].low.role == ORIGIN and (found[0].low.value or 0) < 0  # "up to 7 days before surgery until …"
        if (lead in (w.DURING, w.FOR, w.WITHIN) and (nodes[j].kind is w.TO or nodes[j].kind is w.DASH)) or ahead:
            ends, behind = self._ending(j)
            if ends:
                return self._span(found, ends, behind, start)
        row = None
        for moment in found:
            low, high = moment.low, moment.high
            if high is not None and lead not in ENDINGS:
                row = Row("WINDOW", start, moment.end, low, high)
            else:
                end = low if high is None else high
                zero = Bound(0.0, end.unit, end.anchor if end.role == ORIGIN else None)
                zero.words = end.words
                before = end.value is not None and end.value < 0 and end.role == ORIGIN
                row = (
                    Row("WINDOW", start, moment.end, end, zero)
                    if before
                    else Row("WINDOW", start, moment.end, zero, end)
                )
            row.approximate = hedged or moment.approximate
            row.cycle = moment.cycle
            self.made.append(row)
            if moment.open:
                self.waiting.append((row, moment.open, self.last_event))
        self.group.clear()
        self.leading = None
        if row is not None:
            k = j + 1 + (nodes[j + 1].kind is w.UNTIL)
            if nodes[j].kind is w.OR and nodes[k].kind is w.EVENT and lead in ENDINGS:
                j = self._alternatives_until(k, row)
            elif row.high is not None and row.high.role == ORIGIN and lead in ENDINGS:
                j = self._alternatives(self._said_again(j))
            else:
                j = self._alternatives(j)
            self.window = (row, j)
        return j

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
        behind = self._lasting(i) + 1
        node = self.nodes[behind - 1]
        row = self._during_row(node.value, self.text[node.start : node.end], start, node.end)
        if row.high is not None:
            row.high.value, row.high.unit, row.high.role = times.items[0].low, times.unit, DATED
        row.approximate = hedged
        self.group.clear()
        self.leading = None
        self.window = (row, behind)
        return behind

    def _during_row(self, event: Event, words: str | None, start: int, end: int) -> Row:
        first, last = anchors_during(event)
        low, high = Bound(0.0, "DAY", first), Bound(None, "DAY", last)
        low.words = high.words = words
        high.event = event
        self.last_event = high
        row = Row("WINDOW", start, end, low, high)
        self.made.append(row)
        return row

    def _lead_event(self, j: int, lead: str, start: int, *, hedged: bool) -> int:
        """Make the span of "until death", "during treatment", "through study completion, an average of 1 year"."""
        nodes = self.nodes
        node = nodes[j]
        if lead in (w.DURING, w.WITHIN, w.FOR) and node.kind is w.EVENT:
            event: Event = node.value
            if event.noun is None and event.begins:
                return j + 1  # "the period starting …"
            if event.ends and event.noun is w.STUDY:
                lead = w.UNTIL
            else:
                length = nodes[j + 2].kind == TIME and not nodes[j + 2].value.study  # "duration of treatment: 8 weeks"
                if nodes[j + 1].kind is w.COLON and nodes[j + 2].kind in _LISTED and not length:
                    return j + 2  # a heading: "throughout the study: weeks 4 and 8"
                row = self._during_row(event, self.text[node.start : node.end], start, node.end)
                row.approximate = hedged
                if nodes[j + 1].value == "+" and self._added(j + 2, None) and row.high is not None:
                    more: Times = nodes[j + 2].value  # "during treatment + 30 days"
                    row.high.value, row.high.unit, row.high.role = more.items[0].low, more.unit, ORIGIN
                    row.end = nodes[j + 2].end
                    return j + 3
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
                through = nodes[j - 1].value in ("through", "thru")  # a treatment is gone through to its end
                high.anchor = anchor_of(high.event._replace(period=high.event.period or through), w.UNTIL)
            low = Bound(0.0, "DAY" if high.value is None else high.unit)
            if high.role == ORIGIN:
                low.anchor, low.words = high.anchor, high.words
            row = Row("WINDOW", start, end.end, low, high)
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
            low = Bound(0.0, "DAY" if end.low.value is None else end.low.unit)
            if lead in (w.DURING, w.FOR, w.WITHIN):
                low.anchor, low.words = "CYCLE_START", self.text[self.nodes[j].start : self.nodes[j].end]
                if end.low.anchor is None:
                    end.low.anchor, end.low.role, end.low.words = "CYCLE_START", ORIGIN, low.words
            row = Row("WINDOW", start, end.end, low, end.low)
            if end.high is not None:  # "during cycle 1 (days 1-28)"
                row.low, row.high = end.low, end.high
            row.cycle = end.cycle
            self.made.append(row)
            return behind
        if self._timed_bracket(j + 1):  # "up to 2 cycles (8 weeks)"
            return self._lead(j + 1, lead=lead)
        return j

    # --- Recurrences and cycles --------------------------------------------------------------------------------------

    def _recurring(self, i: int, low: Bound | None = None, *, behind: int = 0) -> int:
        """Read an interval at `i` with the bounds said behind it (from `behind` on, if given), or before it."""
        nodes = self.nodes
        node = nodes[i]
        interval: Interval = node.value if node.kind == INTERVAL else Interval((1.0,), None)
        interval, reached = self._bracketed(i, interval, max(i + 1, behind))
        high: Bound | None = None
        approximate = i > 0 and nodes[i - 1].kind is w.HEDGE
        spread = self._spread(reached) if nodes[reached].kind is w.OPEN and low is None else None
        if spread is not None:
            low, high, reached = spread  # "daily (days 1 to 14)"
        end = nodes[reached - 1].end
        chained = self._continued(i) if low is None else None
        window = self.window if low is None and self.window is not None and self._near(self.window[1], i) else None
        lasting = False  # whether the end is a length ("for 2 years")
        listed = self.group.copy() if i and nodes[i - 1].kind in _JOINTS else None
        j = reached
        while True:
            j = self._next_bound(j)
            kind = nodes[j].kind
            if (kind is w.AFTER or kind is w.FROM) and low is None:
                taken = self._taken(j) if kind is w.FROM else None
                if taken is not None:
                    row, behind = taken
                    low, high, end = row.low, row.high, row.end
                else:
                    found, behind = self._moments(j + 1 if kind is w.FROM else j)
                    if not found or found[-1].high is not None:
                        break
                    low, end = found[-1].low, max(end, found[-1].end)
            elif kind is w.BEFORE:
                found, behind = self._moments(j)
                if low is not None or not found or found[-1].low.event is None or not found[-1].low.event.each:
                    break
                low, end = found[-1].low, max(end, found[-1].end)  # "weekly before each cycle"
            elif kind is w.AT and nodes[j + 1].kind == TIME and high is None:
                years: Times = nodes[j + 1].value  # "every 3 months in year 1, every 6 months in years 2-5"
                first, last = years.items[0], years.items[-1]
                calendar = years.unit == "YEAR" and (years.study or years.ordinal)
                if not calendar or (len(years.items) > 1 and chained is None):
                    break
                if first.high is not None and chained is None:
                    low = Bound(first.low, years.unit)
                high = Bound(last.low if last.high is None else last.high, years.unit)
                end, behind = nodes[j + 1].end, j + 2
            elif kind in LEADS or kind is w.BETWEEN:
                taken = self._taken(j)
                if taken is None or (high is not None and high.value is not None):
                    break
                row, behind = taken
                said = row.low is not None and bool(row.low.value or row.low.anchor)
                if low is None and said and (chained is None or kind is w.DURING):
                    low = row.low
                bound = row.high
                if high is not None and bound is not None and high.anchor is not None and bound.anchor is None:
                    high.value, high.unit, high.role = bound.value, bound.unit, DATED
                else:
                    high = bound
                    named = nodes[behind - 1].value if nodes[behind - 1].kind == TIME else None
                    lasting = kind is w.FOR and not (named and (named.study or named.ordinal))
                approximate = approximate or row.approximate
                end = max(end, row.end)
            else:
                break
            reached = j = behind
            if nodes[behind].kind is w.CLOSE:
                if all(node.kind is not w.OPEN for node in nodes[i:behind]):
                    break
                reached = j = behind + 1
        bare = high is None or (high.anchor is None and high.value is not None and not lasting)
        if low is None and bare and window is not None:
            row = window[0]
            until = row.high is not None and row.high.value is None and row.high.anchor is not None
            if row.kind == "WINDOW" and self.made and self.made[-1] is row and (high is None or until):
                self.made.pop()
                if high is not None and row.high is not None:
                    row.high.value, row.high.unit, row.high.role = high.value, high.unit, DATED
                low, high, end = row.low, row.high, max(end, row.end)
                approximate = approximate or row.approximate
        if low is None and chained is not None:
            low = chained
            if lasting and high is not None and high.anchor is None and high.value is not None and low.value:
                high.value += low.value * DAYS[low.unit] / DAYS[high.unit]
        if low is None and high is not None:
            low = Bound(0.0, high.unit)
        inherits = chained is None or lasting
        if inherits and low and high and high.anchor is None and high.value and low.anchor is not None:
            high.anchor, high.role = low.anchor, ORIGIN
        if listed and high is not None and high.role == ORIGIN and high.words is not None:
            self.group = listed  # "1, 3 months and yearly up to 5 years after surgery"
            self._serve_list(high, days_of(high), study=False)
        for value in interval.values:
            row = Row("RECURRING", node.start, end, low, high)
            row.approximate = approximate
            row.every = (value, interval.unit or "")
            if nodes[i].kind == INTERVAL and nodes[i].value.unit is None and low is None and high is None:
                row.low = Bound(None, "DAY", "CYCLE_START")
            self.made.append(row)
        self._end_list()
        self.then = False
        self.recurred = reached
        return reached

    def _bracketed(self, i: int, interval: Interval, behind: int) -> tuple[Interval, int]:
        """Read the bracket behind the interval at `i` that says it again: "(q3w)", or "every 2 cycles (6 weeks)"."""
        nodes = self.nodes
        again = nodes[i + 2]
        if nodes[i].kind != INTERVAL or nodes[i + 1].kind is not w.OPEN or nodes[i + 3].kind is not w.CLOSE:
            return interval, behind
        if again.kind == TIME and interval.unit is None:
            times: Times = again.value
            self.used.update(range(i + 1, i + 4))
            return Interval((times.items[-1].low,), times.unit), i + 4
        if again.kind is w.CYCLE and again.value.counted:
            return interval, i + 4  # "every 6 weeks (2 cycles)"
        if again.kind == INTERVAL and (again.value == interval or interval.unit is None):
            self.used.update(range(i + 1, i + 4))
            return again.value, i + 4
        return interval, behind

    def _continued(self, i: int) -> Bound | None:
        """Return the end of the recurrence that the interval at `i` goes on from: "…, then every 6 months"."""
        nodes = self.nodes
        joined = i - 1 if i and nodes[i - 1].kind is w.AND else i
        if not self.made or not (self.then or nodes[i + 1].kind is w.THEN or self._near(self.recurred, joined)):
            return None
        previous = self.made[-1]
        if previous.kind != "RECURRING" or previous.high is None:
            return None
        return copy_of(previous.high)

    def _next_bound(self, i: int) -> int:
        """Return where behind `i` a recurrence's bound is said, if only words that say no time stand before it."""
        nodes = self.nodes
        j = i
        while j < i + 8:
            if nodes[j].kind is w.OPEN and nodes[j + 1].kind is w.CYCLE and nodes[j + 2].kind is w.CLOSE:
                if nodes[j + 1].value.length is None:
                    break
                self.cycle_length = nodes[j + 1].value.length
                j += 3
            elif nodes[j].kind in _BEFORE_BOUND or (nodes[j].kind is w.EVENT and nodes[j].value in _VISITS):
                j += 1  # "weekly visits for 12 weeks"
            else:
                break
        if nodes[j].kind is w.FOR and nodes[j + 1].kind is w.WORD and nodes[j + 2].kind in _BOUNDS:
            return j + 2  # "for 4 assessments over 6 months"
        kind = nodes[j].kind
        plain = j == i or all(node.kind is not w.COMMA for node in nodes[i:j])
        if kind in ENDINGS or kind is w.FOR or (plain and kind in _BOUNDS):
            return j
        return i

    def _taken(self, i: int) -> tuple[Row, int] | None:
        """Read the span at `i` as the bounds of a recurrence, not as a row."""
        count = len(self.made)
        behind = (
            self._from(i)
            if self.nodes[i].kind is w.FROM
            else (self._between(i) if self.nodes[i].kind is w.BETWEEN else self._lead(i))
        )
        if len(self.made) == count + 1 and self.made[-1].kind == "WINDOW":
            return self.made.pop(), behind
        if len(self.made) > count and all(row.kind == "POINT" and row.study for row in self.made[count:]):
            row = self.made[-1]  # "for years 4 and 5"
            del self.made[count:]
            return Row("WINDOW", row.start, row.end, None, row.low), behind
        del self.made[count:]
        return None

    def _near(self, behind: int, i: int) -> bool:
        """Return whether nothing but commas and words stands between two positions."""
        return i - behind <= 8 and all(node.kind in _BRIDGES for node in self.nodes[behind:i])

    def _cycle(self, i: int) -> int:
        """Read cycles that stand by themselves at `i`: a point each, the sentence's cycle, or a count."""
        nodes = self.nodes
        cycles: Cycles = nodes[i].value
        k = i + 1
        if cycles.each and [node.kind for node in nodes[k : k + 3]] == [w.OPEN, TIME, w.CLOSE]:
            times: Times = nodes[k + 1].value  # "every cycle (28 days), up to 24 months"
            if len(times.items) == 1 and not times.study:
                self.cycle_length = (times.items[0].low, times.unit)
                k += 3
        if cycles.each and nodes[k].kind is w.COMMA and nodes[k + 1].kind in (w.UP_TO, w.UNTIL, w.FOR):
            k += 1
        if cycles.each and k > i + 1 and nodes[k].kind in LEADS:
            self.used.update(range(i + 1, k))
            return self._recurring(i, behind=k)
        if cycles.each and nodes[i + 1].kind in LEADS:
            if cycles.length is not None:
                self.cycle_length = cycles.length
            return self._recurring(i)
        if nodes[i + 1].kind is w.COLON and nodes[i + 2].kind != TIME and len(cycles.numbers) == 1:
            self.cycle = cycles.numbers[0]
            return i + 1
        found, j = self._moments(i)
        if not found:
            named = nodes[i + 1].kind is w.OF and nodes[i + 2].kind is w.EVENT  # "4 cycles of chemotherapy (12 weeks)"
            if cycles.counted and cycles.length is None and not self._timed_bracket(i + 3 if named else i + 1):
                self.made.append(Row("UNRESOLVED", nodes[i].start, nodes[i].end, None, None))
            return i + 1
        ends, behind = self._ending(j)
        if ends:
            return self._span(found, ends, behind)
        dosed = any(
            row.low is not None and row.low.anchor == "DOSE"
            for row in self.made[max(self.segment, len(self.made) - REACH) :]
        )
        if found[0].low.value is None and dosed and cycles.numbers:
            self._in_each_cycle(cycles.numbers)
            return j
        self._points(found)
        return j

    def _in_each_cycle(self, numbers: tuple[float, ...]) -> None:
        """Give the sentence's doses its cycle, or repeat them in each of several: "pre-dose in cycles 2 and 3"."""
        first = max(self.segment, self.cycle_at, len(self.made) - REACH)
        doses = [row for row in self.made[first:] if row.cycle is None and row.low and _within_a_day(row.low)]
        if len(numbers) == 1 or len(doses) * len(numbers) > _MOST_DOSES:
            numbers = numbers[:1]
            self.cycle = numbers[0]
        for number in numbers[1:]:
            for row in doses:
                self.made.append(row.again())
                self.made[-1].cycle = int(number)
        for row in doses:
            row.cycle = int(numbers[0])

    def _timed_bracket(self, i: int) -> bool:
        """Return whether a bracket at `i` says the time of what stands before it."""
        nodes = self.nodes
        if nodes[i].kind is not w.OPEN:
            return False
        j = i + 1
        while nodes[j].kind in HEDGES or nodes[j].kind is w.UP_TO:
            j += 1
        return nodes[j].kind == TIME and nodes[j + 1].kind is w.CLOSE


_READERS: Final[dict[str, Callable[[Rows, int], int] | None]] = {
    **dict.fromkeys((*LIST, w.DASH)),
    **dict.fromkeys((TIME, w.EVENT, w.AFTER, w.BEFORE), Rows._mention),
    **dict.fromkeys(HEDGES, Rows._hedged),
    **dict.fromkeys(_AT, Rows._at),
    **dict.fromkeys(LEADS, Rows._lead),
    w.FROM: Rows._from,
    w.CYCLE: Rows._cycle,
    INTERVAL: Rows._recurring,
    w.BETWEEN: Rows._between,
    w.STOP: Rows._stop,
    w.CHANGE: Rows._change,
    w.THEN: Rows._then,
    w.OPEN: Rows._bracket_sign,
    w.CLOSE: Rows._bracket_sign,
}
"""What reads at a phrase of each kind; None where it goes on with a list. Any other phrase ends one."""


def _recurs(moment: Moment) -> bool:
    """Return whether `moment` is one of many: "each visit", "day 1 of each cycle"."""
    return moment.low.event is not None and moment.low.event.each and moment.high is None


def _within_a_day(bound: Bound) -> bool:
    """Return whether `bound` lies in the day that a sentence is about: at a dose, or hours without an event."""
    return bound.anchor == "DOSE" or (bound.anchor is None and bound.unit in ("HOUR", "MINUTE"))


def _place(row: Row) -> tuple[int, int]:
    return row.start, row.end
