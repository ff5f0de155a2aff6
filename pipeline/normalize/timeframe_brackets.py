"""Brackets behind a time or an event: "12 weeks (3 months)", "week 52 (end of treatment)", "baseline (day 1)".

Here belongs rule 9 for brackets: whether one says the time before it again, dates it, names its event, its cycle or how
long a cycle is, or holds times of its own. What follows a span's end, in brackets or not, is `timeframe_estimates`.
"""

from __future__ import annotations

from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.quantities import DAYS
from pipeline.normalize.timeframe_bounds import AGES, DATED, DOSES, EACH_CYCLE, ORIGIN, Bound, Moment, moments_of
from pipeline.normalize.timeframe_frame import AHEAD, HEDGES, LEADS, RANGES, REACH, Frame
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Cycles, Event, Interval, Item, Times
from pipeline.normalize.timeframe_words import Token

_COUNTED: Final = AGES | DOSES | {"PROCEDURE", "BIRTH"}
_WITHIN_A_DAY: Final = frozenset(("HOUR", "MINUTE", "SECOND"))
_VISITS: Final = frozenset((w.FOLLOW_UP, "VISIT"))
_AFTER_WORDS: Final = ("post", "afte", "foll")


class _Inside:
    """What a bracket holds."""

    __slots__ = ("events", "kinds", "nodes", "ranged", "single", "times")

    def __init__(self, nodes: list[Token]) -> None:
        self.nodes = nodes
        self.kinds = {node.kind for node in nodes}
        self.times = [node for node in nodes if node.kind == TIME]
        self.events = [node for node in nodes if node.kind is w.EVENT]
        self.single = len(self.times) == 1 and len(self.times[0].value.items) == 1  # one number or range
        self.ranged = not self.kinds.isdisjoint(RANGES)


class Brackets(Frame):
    """The reading of brackets behind a time or an event."""

    __slots__ = ()

    def _closed(self, found: list[Moment], j: int) -> tuple[list[Moment], int]:
        """Read the brackets at `j` that say more of the moments before them."""
        while self.nodes[j].kind is w.OPEN:
            reached = self._bracket(j, found)
            if reached == j:
                break
            j = reached
        return found, j

    def _bracket(self, i: int, found: list[Moment]) -> int:
        """Read the bracket at `i` where it says more of `found`; return `i` where it holds rows of its own."""
        nodes = self.nodes
        close = i + 1
        while nodes[close].kind is not w.CLOSE:
            close += 1
            if close - i > REACH or close >= len(nodes) - AHEAD:
                return i
        inside = _Inside(nodes[i + 1 : close])
        moment, end = found[-1], nodes[close].end
        if INTERVAL in inside.kinds or w.OPEN in inside.kinds:
            read = self._says_interval(inside, moment)
        elif w.CYCLE in inside.kinds:
            read = self._says_cycles(inside, found, end)
        elif not inside.times:
            read = self._says_event(inside, found, end)
        elif w.AVERAGE in inside.kinds and moment.study and moment.low.value is not None:
            read = True  # "week 12 (mean of weeks 11 and 12)"
        elif moment.low.event == EACH_CYCLE and self._says_length(inside):
            read = True
        elif moment.low.value is None:
            read = self._says_date(inside, found, end)
        else:
            read = _says_again(inside, moment)
        return close + 1 if read else i

    def _says_interval(self, inside: _Inside, moment: Moment) -> bool:
        """Read "day 1 of each cycle (every 21 days)"; any other interval is a row."""
        if len(inside.nodes) > 1 or inside.nodes[0].kind != INTERVAL or moment.low.event != EACH_CYCLE:
            return False
        interval: Interval = inside.nodes[0].value
        if interval.unit:
            self.cycle_length = (interval.values[0], interval.unit)
        return interval.unit is not None

    def _says_length(self, inside: _Inside) -> bool:
        """Read "day 1 of each cycle (21 days)"."""
        times: Times = inside.times[0].value
        if not inside.single or inside.events or times.study:
            return False
        self.cycle_length = (times.items[0].low, times.unit)
        return True

    def _says_cycles(self, inside: _Inside, found: list[Moment], end: int) -> bool:
        """Read "day 8 (cycle 2)", "28 days (cycle 1)", "(each cycle is 21 days)"."""
        moment, times = found[-1], inside.times
        cycles: Cycles = next(node.value for node in inside.nodes if node.kind is w.CYCLE)
        if cycles.length:
            self.cycle_length = cycles.length
            if not inside.events:
                return True
        if times or inside.events:
            again = len(times) == 1 and not inside.events and cycles.numbers == (moment.cycle,)
            return again and times[0].value.items[0].low == moment.low.value  # "cycle 1 day 1 (C1D1)"
        if cycles.numbers and moment.study:
            found[:] = self._in_cycles(found, cycles, end)
        elif len(cycles.numbers) == 1 and len(found) == 1 and moment.low.value is not None and not cycles.ends:
            moment.cycle = int(cycles.numbers[0])
        return True

    def _says_event(self, inside: _Inside, found: list[Moment], end: int) -> bool:
        """Read "week 52 (end of treatment)", "week 5 (post-treatment)", "1 and 3 months (after surgery)"."""
        if not inside.events:
            return True
        moment, node = found[-1], inside.events[0]
        event: Event = node.value
        if moment.low.anchor == "CYCLE_START" and event.noun in DOSES:
            return False  # "cycle 1 day 1 (pre-dose)" is two times
        if moment.low.value is None:
            return True
        if moment.low.anchor is not None:
            return inside.kinds.isdisjoint(LEADS)
        after = w.AFTER in inside.kinds or inside.nodes[0].kind is w.FROM
        of_one = after or event.ends or event.last or len(found) == 1
        if of_one and not _is_remark(event, inside.kinds):
            # "weeks 4 and 8 (end of treatment)" ends at week 8
            role = ORIGIN if after and not moment.study else DATED
            self._date(found if after else found[-1:], node, role, w.AFTER if after else w.AT)
            moment.end = end
        return True

    def _says_date(self, inside: _Inside, found: list[Moment], end: int) -> bool:
        """Read "baseline (day 1)", "treatment (weeks 1 to 12)", "post-dose (1 and 4 h)": when the event before is."""
        moment, times = found[-1], inside.times
        low = moment.low
        if inside.events:
            return False
        study = times[0].value.study
        counted = not study and low.event is not None and low.event.noun in _COUNTED and self._is_after(moment)
        spread = len(times) == 2 and inside.ranged and all(len(node.value.items) == 1 for node in times)
        if not (inside.single or spread):
            if counted:
                found[-1:] = _counted_list(moment, times, end)
            return counted
        if w.UNTIL in inside.kinds and inside.single:
            return False
        numbered = study and low.anchor == "CYCLE_START"  # "cycle 1 (day 1 to day 21)"
        first: Item = times[0].value.items[0]
        low.value, low.unit, low.role = first.low, times[0].value.unit, ORIGIN if numbered or counted else DATED
        high = first.high if inside.single else times[1].value.items[0].low
        if high is not None:
            moment.high = Bound(high, times[-1].value.unit, low.anchor, low.role)
            moment.high.words = low.words
        moment.approximate = moment.approximate or not inside.kinds.isdisjoint(HEDGES)
        moment.end = end
        return True

    def _is_after(self, moment: Moment) -> bool:
        """Return whether the event of `moment` was said with "after"."""
        return self.text[moment.start : moment.start + 4].lower() in _AFTER_WORDS


def _counted_list(moment: Moment, times: list[Token], end: int) -> list[Moment]:
    """Return the times of a bracket, counted from the event before it."""
    made = [each for node in times for each in moments_of(node.value)]
    for each in made:
        for bound in each.bounds:
            bound.count_from(moment.low)
    made[0].start, made[-1].end = moment.start, end
    return made


def _is_remark(event: Event, kinds: set[str]) -> bool:
    """Return whether an event in brackets only says what a time is for: "week 4 (during treatment)"."""
    if event.noun is None:
        return True
    aside = event.noun in _VISITS or event.period or w.WORD in kinds or not kinds.isdisjoint(LEADS)
    return event.weak and aside


def _says_again(inside: _Inside, moment: Moment) -> bool:
    """Return whether the times of a bracket are that before it: "12 weeks (3 months)"."""
    times, single = inside.times, inside.single
    days = sum(node.value.items[0].low * DAYS[node.value.unit] for node in times)
    if len(times) > 1 and abs(days - moment.low.days) <= 0.02 * days:
        return True  # "24 weeks (12 weeks of treatment + 12 weeks of follow-up)"
    short = times[0].value.unit in _WITHIN_A_DAY
    if short and moment.study:  # "day 6 (120 hours post-dose)", but not "day 1 (2 hours post-dose)"
        return single and times[0].value.items[0].high is None and round(moment.low.days - days, 6) in (0, 1)
    if single:
        return not (inside.events and short)
    return not inside.events and len(times) <= 2 and inside.ranged
