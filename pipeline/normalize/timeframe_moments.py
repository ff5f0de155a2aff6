"""The moments of a time frame: one time with its event, or one event with its time.

Here belongs the event or cycle that stands before its time: "baseline, day 1", "after surgery: 3 months", "cycle 2 day
8". A time with its event behind it is `timeframe_origins`, what a bracket says `timeframe_brackets`; how moments make
points, spans and recurrences is `timeframe_points` and the modules after it.
"""

from __future__ import annotations

from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.timeframe_bounds import (
    AGES,
    DATED,
    DOSES,
    EACH_CYCLE,
    LASTING,
    OPENINGS,
    ORIGIN,
    Bound,
    Moment,
    moment_of,
    moments_of,
)
from pipeline.normalize.timeframe_frame import HEDGES
from pipeline.normalize.timeframe_origins import Origins, Read
from pipeline.normalize.timeframe_phrases import TIME, Cycles, Event, Times
from pipeline.normalize.timeframe_words import Token

_SMALL: Final = HEDGES | {w.AT, w.MOMENT}
_BEFORE_TIMES: Final = frozenset((w.COMMA, w.COLON, w.DASH, w.AT, w.SLASH))  # "cycle 2, day 1"
_BETWEEN_RELATED: Final = HEDGES | {w.DASH, w.MOMENT}
_SEPARATORS: Final = frozenset((w.AT, w.COLON, w.OF))  # between an event and its time
_BEHIND_EVENTS: Final = HEDGES | _SEPARATORS | {TIME, w.AND, w.OPEN, w.SLASH, w.WORD, w.LABEL}
_NAMES: Final = frozenset((w.WORD, w.LABEL))
_VISITS: Final = frozenset((w.FOLLOW_UP, "VISIT"))
_STUDY: Final = Event(w.STUDY)


class Moments(Origins):
    """The reading of moments."""

    __slots__ = ()

    def _moments(self, i: int) -> Read:
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
            if i and nodes[i - 1].kind is w.OF and nodes[i + 1].kind is w.EVENT and nodes[i + 1].value == _STUDY:
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

    # --- An event and the time behind it ------------------------------------------------------------------------------

    def _related(self, i: int, kind: str) -> Read:
        """Read "after surgery", "before treatment", "after 12 weeks of treatment" at `i`."""
        nodes = self.nodes
        j = i + 1
        while nodes[j].kind in _BETWEEN_RELATED:
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
        return [Moment(self._event_bound(shared, kind), nodes[i].start, nodes[i].end)], i + 1

    def _eventful(self, i: int, relation: str, *, start: int | None = None) -> Read:
        """Read the event at `i` with the time behind it: its date, or what is counted from it."""
        nodes = self.nodes
        node = self._whole_event(i)
        event: Event = node.value
        moment = Moment(self._event_bound(node, relation), node.start if start is None else start, node.end)
        if nodes[i + 1].kind not in _BEHIND_EVENTS:
            return [moment], i + 1
        j = self._past_name(i + 1) if relation is w.AFTER else i + 1
        if nodes[j].value == "+" and self._added(j + 1, moment.low.anchor):
            found, j = self._timed(j + 1)  # "end of treatment + 30 days"
            if found[0].low.anchor is None:
                found[0].low.count_from(moment.low)
            found[0].start = moment.start
            return found, j
        separator = nodes[j].kind if nodes[j].kind in _SEPARATORS else ""
        if separator:
            j += 1
        hedged = nodes[j].kind in HEDGES
        while nodes[j].kind in HEDGES:
            j += 1
        if nodes[j].kind == TIME:
            times: Times = nodes[j].value
            own = self._has_own_event(event, separator, j)
            if own and relation is w.AFTER and times.study and times.unit == "DAY" and not separator:
                return self._day_after(moment, j)
            in_cycle = event.noun in DOSES and w.CYCLE in (
                nodes[j + 1].kind,
                nodes[j + 2].kind,
            )  # "on day 1 of cycle 2"
            if not own and not in_cycle and _belongs(event, relation, separator, times):
                found, j = self._timed(j, at=separator is w.AT)
                found[0].start = moment.start
                for each in found:
                    each.approximate = each.approximate or hedged
                self._give_event(found, event, moment.low, relation, separator)
                return found, j
        return self._without_time(moment, event, i)

    def _whole_event(self, i: int) -> Token:
        """Return the event at `i`, of "the start and end of the study" with the noun that it shares."""
        nodes = self.nodes
        node = nodes[i]
        event: Event = node.value
        if event.noun is None and event.begins and nodes[i + 1].kind is w.AND:
            other = nodes[i + 2 + (nodes[i + 2].kind is w.AT)]
            if other.kind is w.EVENT:
                event = event._replace(noun=other.value.noun)
                return Token(node.kind, event, node.start, node.end)
        return node

    def _past_name(self, j: int) -> int:
        """Return where a time may stand behind an event said with "after", past a word or two of its name."""
        nodes = self.nodes
        k = j
        while nodes[k].kind is w.WORD and k < j + 3:
            k += 1
        at = k + (nodes[k].kind is w.AT)
        return k if nodes[at].kind in HEDGES or (at > k and nodes[at].kind == TIME) else j

    def _has_own_event(self, event: Event, separator: str, j: int) -> bool:
        """Return whether the time at `j`, behind `event`, has an event of its own."""
        if self.nodes[j + 1].kind is not w.AFTER and self.nodes[j + 1].kind is not w.BEFORE:
            return False
        return event.noun is not w.FOLLOW_UP or separator is not w.OF  # "follow-up of 4 weeks after the last dose"

    def _day_after(self, moment: Moment, j: int) -> Read:
        """Read the days at `j` of "postoperative day 1 before mobilisation"."""
        nodes = self.nodes
        found = moments_of(nodes[j].value)
        for each in found:
            each.low.count_from(moment.low)
        found[0].start = moment.start
        aside = nodes[j + 2].kind is w.EVENT and nodes[j + 2].value.noun == "OTHER"
        return found, j + 3 if aside else j + 1

    def _give_event(self, found: list[Moment], event: Event, bound: Bound, relation: str, separator: str) -> None:
        """Give the times behind an event that event, where they have none of their own."""
        at = relation is w.AT or (separator is w.OF and event.noun is w.FOLLOW_UP)
        visit = at and event.noun in _VISITS and not (event.ends or event.last)
        span = visit and relation is w.AT and event.noun is w.FOLLOW_UP and separator is not w.AT and len(found) == 1
        # "post-treatment at week 5" is what "week 5 (post-treatment)" says, but "postoperative week 5" is counted.
        dated = event.holds or (separator is w.AT and found[0].study and event.noun in LASTING)
        counted = (relation is w.AFTER and not dated) or event.noun in AGES
        for each in found:
            if event.period:
                each.low.event = event
            if visit:
                each.follow_up = span and not each.study
                continue
            before = relation is w.BEFORE and (not each.study or (bound.anchor == "PROCEDURE" and not separator))
            sign = -1 if before and (each.low.value or 0) > 0 else 1
            for part in each.bounds:
                if part.anchor is None and part.value is not None:
                    part.anchor, part.role, part.words = (
                        bound.anchor,
                        ORIGIN if counted or before else DATED,
                        bound.words,
                    )
                    part.value *= sign
        if relation is w.AFTER and found[0].low.anchor is not None:
            self.leading = bound
            self.leading_study = found[0].study

    def _without_time(self, moment: Moment, event: Event, i: int) -> Read:
        """Read what else dates the event at `i`: "baseline (day 1)", "end of study/week 52"."""
        nodes = self.nodes
        j = k = i + 1
        while nodes[k].kind in _NAMES and k < j + 3:
            k += 1
        if nodes[k].kind is w.OPEN and (k == j or (nodes[k + 1].kind == TIME and nodes[k + 2].kind is w.CLOSE)):
            return self._closed([moment], k)
        if nodes[j].kind is w.SLASH and nodes[j + 1].kind == TIME:
            times: Times = nodes[j + 1].value
            if times.study and (event.noun not in OPENINGS or times.items[0].low <= 1):
                found, behind = self._timed(j + 1)
                if len(found) == 1:
                    self._date(found, nodes[i])
                    found[0].start = moment.start
                    return found, behind
        return [moment], j

    def _added(self, i: int, anchor: str | None) -> bool:
        """Return whether the time at `i`, behind a plus, is counted from the event before it."""
        node = self.nodes[i]
        if node.kind != TIME or anchor in OPENINGS:
            return False
        return not node.value.study and len(node.value.items) == 1 and node.value.items[0].high is None

    # --- Cycles ------------------------------------------------------------------------------------------------------

    def _cyclic(self, i: int) -> Read:
        """Read the cycles at `i` with the days named behind them."""
        nodes = self.nodes
        node = nodes[i]
        cycles: Cycles = node.value
        if cycles.length is not None:
            self.cycle_length = cycles.length
        if not cycles.numbers and not cycles.each:
            return [], i
        j = i + 1
        if nodes[j].kind in _BEFORE_TIMES and nodes[j + 1].kind == TIME:
            j += 1
        named = nodes[j].kind is w.OF and nodes[j + 1].kind is w.EVENT and nodes[j + 2].kind is w.OPEN
        if named:
            j += 2  # "first cycle of treatment (28 days)"
        bracket = nodes[j].kind is w.OPEN and nodes[j + 1].kind == TIME and nodes[j + 2].kind is w.CLOSE
        j += bracket
        if nodes[j].kind == TIME and not cycles.ends:
            times: Times = nodes[j].value
            if times.study and (times.unit == "DAY" or not bracket):
                found = self._in_cycles(moments_of(times), cycles, nodes[j].end)
                found[0].start = node.start
                if len(cycles.numbers) == 1 and not bracket:
                    self.known = cycles.numbers[0]
                return self._closed(found, j + 1 + bracket)
            if bracket and len(times.items) == 1 and len(cycles.numbers) == 1:
                moment = moment_of(times.items[0], times)
                moment.start, moment.end = node.start, nodes[j].end
                moment.cycle = int(cycles.numbers[0])
                return [moment], j + 2
        return self._closed(self._cycles_alone(node), i + 3 if named else i + 1)

    def _cycles_alone(self, node: Token) -> list[Moment]:
        """Return each of the cycles of `node` as an event: its start, or "the end of cycle 3"."""
        cycles: Cycles = node.value
        found = []
        for number in cycles.numbers or (None,):
            bound = Bound(None, "DAY", "OTHER" if cycles.ends else "CYCLE_START")
            bound.words = self._words_of(node)
            moment = Moment(bound, node.start, node.end)
            if number is None:
                bound.event = EACH_CYCLE
            else:
                moment.cycle = int(number)
            found.append(moment)
        return found


def _belongs(event: Event, relation: str, separator: str, times: Times) -> bool:
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
