"""The rows of a time frame: the pass over its phrases, sentence by sentence.

Here belongs what reads at which phrase, whether an event is meant as a time, and the cycles that a sentence is about.
How the rows are made is in the modules before it; the published row is `timepoints`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.timeframe_bounds import AGES, Bound, Moment, Row
from pipeline.normalize.timeframe_frame import AHEAD, ENDINGS, HEDGES, LEADS, LIST, REACH
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Cycles, Event, Times
from pipeline.normalize.timeframe_recurrences import Recurrences

_BOUNDARIES: Final = frozenset(
    (w.STOP, w.COMMA, w.AND, w.OR, w.SLASH, w.OPEN, w.CLOSE, w.DASH, w.COLON, "", w.THEN, w.AT, w.FROM, w.MOMENT)
)
_AT: Final = frozenset((w.AT, w.MOMENT))
_BEFORE_ENDING: Final = ENDINGS | {w.DASH, w.HEDGE}
_NONE: Final[list[Moment]] = []
_BEFORE_LATE_ENDING: Final = frozenset((w.COMMA, w.CLOSE))
_CYCLES_UNTIL: Final = frozenset((w.UP_TO, w.UNTIL, w.FOR))
_SAID_AT: Final = frozenset((TIME, w.EVENT, w.AFTER, w.BEFORE, w.HEDGE, w.AVERAGE, w.AT, w.MOMENT))
_INTO: Final = frozenset((w.WORD, w.PERIOD, w.OF, w.AT, w.EVENT, w.FOR))
_MOST_DOSES: Final = 100  # rows that one sentence's doses are repeated to, cycle by cycle


class Rows(Recurrences):
    """The reading of one time frame into rows."""

    __slots__ = ()

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
        if not self._lists_on(i):
            self._end_sentence()
        return i + 1

    def _lists_on(self, i: int) -> bool:
        """Return whether the semicolon at `i` stands between lengths of one unit: "1 h; 2 h; 4 h post-dose"."""
        if i == 0 or self.nodes[i].value != ";":
            return False
        before, behind = self.nodes[i - 1], self.nodes[i + 1]
        if before.kind != TIME or behind.kind != TIME:
            return False
        return before.value.unit == behind.value.unit and not before.value.study and not behind.value.study

    def _change(self, i: int) -> int:
        self.change = True
        return i + 1

    def _then(self, i: int) -> int:
        self.then = True
        return i + 1

    def _end_sentence(self) -> None:
        if self.cycle is not None:
            self._give_cycle(self.cycle, self.segment)
        self.segment = self.cycle_at = len(self.made)
        self.cycle = None
        self.doses_first = False
        self.change = False
        self.window = None
        self._end_list()

    # --- Points, and spans that begin with one -----------------------------------------------------------------------

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
        last = found[-1]
        alone = last.low.value is None
        if nodes[j].kind in _BEFORE_LATE_ENDING and nodes[j + 1].kind in ENDINGS:
            j += self._ends_behind(i, j, last)
        following = nodes[j].kind
        if following is w.OR and len(found) == 1 and (reached := self._whichever_of(last, j)):
            return reached
        if following is w.OR and nodes[j + 1].kind is w.UNTIL and nodes[j + 2].kind is w.EVENT and not last.high:
            self._points(found[:-1])  # "28 days or until discharge"
            return self._lead_times([last], j, w.UNTIL, last.start, hedged=last.approximate)
        if following is w.FOR and nodes[j + 1].kind == TIME and _recurs(last):  # "each visit for 1 year"
            return self._span(found, *self._moments(j + 1))
        ends, behind = self._ending(j) if following in _BEFORE_ENDING else (_NONE, j)
        if not ends and alone and self._opens_sentence(i):
            ends, behind = self._late_ending(j)
        if ends:
            change = self.change and following is w.TO
            return self._both(found, ends, behind) if change else self._span(found, ends, behind)
        if alone and nodes[j].kind is w.OPEN and self._renamed(j):
            return j + 1
        if alone:
            j = self._estimated(j, found)
        self._points(found, trailing=nodes[event_at].kind == TIME)
        if last.low.event and last.low.value is None and self.made and self.made[-1].kind == "WINDOW":
            return self._estimate(j, self.made[-1], loose=True)
        return j

    def _whichever_of(self, moment: Moment, j: int) -> int:
        """Read the rest of "36 weeks or discharge, whichever comes first" at `j`: an event and a number for one time.

        Return 0 where two times are meant, or one of them has an event of its own.
        """
        nodes = self.nodes
        k = j + 1
        while nodes[k].kind in _AT:
            k += 1
        node, at = nodes[k], k + 1 + (nodes[k + 1].kind is w.COMMA)
        if nodes[at].kind is not w.WHICHEVER or moment.high is not None:
            return 0
        if node.kind is w.EVENT and moment.low.value is not None and moment.low.anchor is None:
            event, time = Moment(self._event_bound(node, w.AT), moment.start, node.end), moment.low
        elif node.kind == TIME and moment.low.value is None and len(node.value.items) == 1:
            event, time = moment, Bound(node.value.items[0].low, node.value.unit)
        else:
            return 0
        event.end = node.end
        event.approximate = moment.approximate
        event.low.date(time.value, time.unit)
        self._points([event])
        return self._whichever(at)

    def _late_ending(self, j: int) -> tuple[list[Moment], int]:
        """Read the end of "admission to hospital ward until discharge" behind `j`."""
        nodes = self.nodes
        step = j
        while nodes[step].kind in _INTO and step < j + AHEAD:
            step += 1
        return self._ending(step) if nodes[step].kind is w.UNTIL else (_NONE, j)

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
        if event.noun is w.FOLLOW_UP and after is w.OF and nodes[i + 2].kind == TIME:
            return True  # "with a minimum follow-up of 2 years"
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

    # --- Cycles ------------------------------------------------------------------------------------------------------

    def _cycle(self, i: int) -> int:
        """Read cycles that stand by themselves at `i`: a point each, the sentence's cycle, or a count."""
        nodes = self.nodes
        cycles: Cycles = nodes[i].value
        if cycles.each and (behind := self._each_cycle(i)):
            return self._recurring(i, behind=behind)
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
        sentence = self.made[max(self.segment, len(self.made) - REACH) :]
        dosed = any(row.low is not None and row.low.anchor == "DOSE" for row in sentence)
        if found[0].low.value is None and dosed and cycles.numbers:
            self._in_each_cycle(cycles.numbers)
            return j
        self._points(found)
        return j

    def _each_cycle(self, i: int) -> int:
        """Return where behind "every cycle" at `i` its bound is said: "(28 days), up to 24 months"; 0 for none."""
        nodes = self.nodes
        cycles: Cycles = nodes[i].value
        if nodes[i + 1].kind in LEADS:
            self.cycle_length = cycles.length or self.cycle_length
            return i + 1
        k = i + 1
        if [node.kind for node in nodes[k : k + 3]] == [w.OPEN, TIME, w.CLOSE]:
            times: Times = nodes[k + 1].value
            if len(times.items) == 1 and not times.study:
                self.cycle_length = (times.items[0].low, times.unit)
                k += 3
        k += nodes[k].kind is w.COMMA and nodes[k + 1].kind in _CYCLES_UNTIL
        if k == i + 1 or nodes[k].kind not in LEADS:
            return 0
        self.used.update(range(i + 1, k))
        return k

    def _about_cycles(self, numbers: tuple[float, ...]) -> None:
        """Give the doses behind the cycle before these to that cycle, or to these where doses stand first."""
        if self.cycle is None:
            before = self.made[max(self.segment, len(self.made) - REACH) :]
            self.doses_first = any(row.low is not None and row.low.within_a_day for row in before)
        number = numbers[-1] if numbers else None
        if self.doses_first and numbers:
            self._in_each_cycle(numbers)
        if self.cycle is not None and self.cycle != number:
            self._give_cycle(self.cycle, self.cycle_at)
        if self.cycle != number:
            self.cycle, self.cycle_at = number, len(self.made)

    def _give_cycle(self, number: float, first: int) -> None:
        for row in self.made[first:]:
            if row.cycle is None and row.low is not None and row.low.within_a_day:
                row.cycle = int(number)

    def _in_each_cycle(self, numbers: tuple[float, ...]) -> None:
        """Give the sentence's doses its cycle, or repeat them in each of several: "pre-dose in cycles 2 and 3"."""
        first = max(self.segment, self.cycle_at, len(self.made) - REACH)
        doses = [row for row in self.made[first:] if row.cycle is None and row.low and row.low.within_a_day]
        if len(numbers) == 1 or len(doses) * len(numbers) > _MOST_DOSES:
            numbers = numbers[:1]
            self.cycle = numbers[0]
        for number in numbers[1:]:
            for row in doses:
                self.made.append(row.again())
                self.made[-1].cycle = int(number)
        for row in doses:
            row.cycle = int(numbers[0])


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


def _place(row: Row) -> tuple[int, int]:
    return row.start, row.end
