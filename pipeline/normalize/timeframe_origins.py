"""A time and the event behind it: "2 weeks after surgery", "week 12 (end of treatment)", "36 weeks' gestation".

Here belongs which words behind a time name the event that it is counted from or that it dates, and its cycle. An
event that stands before its time is `timeframe_moments`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.quantities import DAYS
from pipeline.normalize.timeframe_bounds import (
    AGES,
    DATED,
    DOSES,
    LASTING,
    OPENINGS,
    ORIGIN,
    Bound,
    Moment,
    anchor_of,
    moment_of,
    moments_of,
)
from pipeline.normalize.timeframe_brackets import Brackets
from pipeline.normalize.timeframe_frame import AHEAD, ENDINGS, LIST, RANGES, RELATIONS
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Cycles, Event, Times
from pipeline.normalize.timeframe_words import Token

_LINKS: Final = RELATIONS | {w.AT, w.SLASH}
_BEHIND_BRACKETS: Final = RELATIONS | {w.EVENT, w.PERIOD}
_NOT_COUNTED: Final = frozenset((w.DATE, w.WORD))
_DATED_AT: Final = frozenset(("OTHER", "PROCEDURE", "BIRTH"))

Read = tuple[list[Moment], int]


class Origins(Brackets):
    """The reading of times with what stands behind them."""

    __slots__ = ()

    def _timed(self, i: int, *, at: bool = False) -> Read:
        """Read the time at `i` and the event it is counted from or that it dates, which stand behind it."""
        nodes = self.nodes
        times: Times = nodes[i].value
        found = [moment_of(item, times) for item in times.items]
        if times.first and len(found) == 1:
            found[0].follow_up = True
            found[0].start = nodes[i].start
        elif times.last and len(found) == 1 and found[0].high is None:
            found[0].start = nodes[i].start
            return self._looking_back(found[0], i + 1)
        j = i + 1
        following = nodes[j]
        reader = _BEHIND_TIMES.get(following.kind)
        if reader is None or (following.kind is w.COMMA and nodes[j + 1].kind is not w.CYCLE):
            return found, j
        if nodes[j + 1].kind is w.MOMENT and following.kind in _LINKS:
            j += 1  # "2 weeks after the time of surgery"
        return reader(self, _Said(found, times, i, at, following), j)

    def _behind_bracket(self, said: _Said, j: int) -> Read:
        """Read "180 days (6 months) after surgery"."""
        reached = self._bracket(j, said.found)
        if reached == j:
            return said.found, j
        said.following = following = self.nodes[reached]
        if following.kind not in _BEHIND_BRACKETS:
            return self._closed(said.found, reached)
        return _BEHIND_TIMES[following.kind](self, said, reached)

    def _in_named_cycles(self, said: _Said, j: int) -> Read:
        """Read "day 1 of cycles 1-3", "day 8, cycle 2"; but "cycle 1 day 8, cycle 2 day 1" names each day behind."""
        nodes, following = self.nodes, said.following.kind
        if following is not w.CYCLE:
            j += 1
        if nodes[j].kind is w.CYCLE and said.times.study:
            cycles: Cycles = nodes[j].value
            dated = nodes[j + 1].kind == TIME and nodes[j + 1].value.study
            if (cycles.numbers or cycles.each) and (following is w.OF or not dated):
                return self._closed(self._in_cycles(said.found, cycles, nodes[j].end), j + 1)
        return said.found, j - (following is not w.CYCLE)

    def _after(self, said: _Said, j: int) -> Read:
        return self._around(said, j, 1)

    def _before(self, said: _Said, j: int) -> Read:
        return self._around(said, j, -1)

    def _around(self, said: _Said, j: int, sign: int) -> Read:
        """Read "2 weeks after surgery", "24 hours before and 6 hours after the dose", "1 week after"."""
        found, nodes = said.found, self.nodes
        event = nodes[j + 1]
        if event.kind is w.EVENT:
            return self._around_event(said, j + 1, sign)
        if event.kind is w.CYCLE and event.value.numbers:
            return self._closed(self._around_cycles(found, event, sign), j + 2)
        shared = self._shared_event(j + 1) if event.kind in LIST or event.kind in RANGES else None
        if shared is not None:
            both = [part.kind for part in nodes[j + 1 : j + 4]]
            if both == [w.AND, w.AFTER, w.EVENT] or both == [w.AND, w.BEFORE, w.EVENT]:
                again = moments_of(said.times)  # "30 days before and after surgery"
                self._count_from(found, shared, sign)
                self._count_from(again, shared, -sign)
                return found + again, j + 4
            if event.kind is not w.COMMA:
                self._count_from(found, shared, sign)
                for moment in found:
                    moment.end = said.following.end
                return found, j + 1
        if event.kind == TIME and not event.value.study and sign > 0:
            return self._after_length(said, j)
        if event.kind not in _NOT_COUNTED:
            self._leave_open(said, sign)
        return found, j + 1

    def _around_event(self, said: _Said, j: int, sign: int) -> Read:
        """Read "after surgery" or "before surgery" behind the times; the event stands at `j`."""
        found, times, node = said.found, said.times, self.nodes[j]
        dose = node.value.noun in DOSES
        if sign < 0 and times.study and (dose or times.items[0].low < 0):
            self._date(found, node, DATED if dose else ORIGIN)  # "day 1 pre-dose", "day -1 before surgery"
            return self._closed(found, j + 1)
        self._count_from(found, node, sign)
        if sign > 0:
            j += self.nodes[j + 1].kind is w.FROM
            closer = self.nodes[j + 1]
            if closer.kind is w.EVENT and closer.value.noun in DOSES and closer.value.edged:
                self._count_from(found, closer)  # "24 hours post-dose, relative to the last dose"
                return self._closed(found, j + 2)
        if dose and len(found) == 1:
            return self._each_dose(said, sign, j + 1)
        return self._closed(found, j + 1)

    def _after_length(self, said: _Said, j: int) -> Read:
        """Read "3 months after the 12-week program"; the length stands behind `j`."""
        nodes = self.nodes
        length: Times = nodes[j + 1].value
        at = j + 2
        while nodes[at].kind is w.WORD and at < j + 4:
            at += 1
        if nodes[at].kind is not w.EVENT or len(length.items) > 1 or said.times.study:
            return said.found, j
        self._count_from(said.found, nodes[at])
        return self._closed(said.found, at + 1)

    def _leave_open(self, said: _Said, sign: int) -> None:
        """Let the times wait for an event that is named elsewhere."""
        for moment in said.found:
            moment.open = sign
        said.found[-1].end = said.following.end

    def _each_dose(self, said: _Said, sign: int, j: int) -> Read:
        """Read the other doses of "1 month after dose 1, dose 2 and dose 3" at `j`."""
        nodes, found = self.nodes, said.found
        while True:
            k = j
            while nodes[k].kind is w.COMMA or nodes[k].kind is w.AND:
                k += 1
            node = nodes[k]
            dose = k > j and node.kind is w.EVENT and node.value.noun in DOSES and nodes[k + 1].kind is not w.AT
            if not dose or not self.text[node.end - 1].isdigit():
                return self._closed(found, j)
            again = moment_of(said.times.items[0], said.times)
            self._count_from([again], node, sign)
            again.start, again.end = node.start, node.end
            found.append(again)
            j = k + 1

    def _since(self, said: _Said, j: int) -> Read:
        """Read "72 hours from symptom onset"; an end behind the event makes a span of it."""
        event = self.nodes[j + 1]
        if event.kind is not w.EVENT or self.nodes[j + 2].kind in ENDINGS:
            return said.found, j
        self._count_from(said.found, event)
        return self._closed(said.found, j + 2)

    def _of(self, said: _Said, j: int) -> Read:
        """Read "12 weeks of treatment", "day 1 of cycle 2", "5 years of follow-up"."""
        nodes, found = self.nodes, said.found
        if nodes[j + 1].kind is w.CYCLE:
            return self._in_named_cycles(said, j)
        if nodes[j + 1].kind == TIME and nodes[j + 2].kind is w.EVENT and nodes[j + 2].value.noun in LASTING:
            j += 1  # "the first 4 weeks of the 12-week treatment"
        node = nodes[j + 1]
        if node.kind is not w.EVENT:
            return found, j
        event: Event = node.value
        if event.noun is w.FOLLOW_UP:
            return self._followed(found, node, j + 2, at=said.at or self._listed(said.place))
        if event.noun is w.STUDY:
            return found, j + 2
        self._count_from(found, node, opening=not (event.ends or event.last))
        return self._closed(found, j + 2)

    def _beside_event(self, said: _Said, j: int) -> Read:
        """Read "36 weeks' gestation", "3-year follow-up", "week 12 end of treatment"."""
        found, node = said.found, self.nodes[j]
        event: Event = node.value
        if event.noun in AGES:
            self._count_from(found, node)
            return self._closed(found, j + 1)
        if event.noun is w.FOLLOW_UP and not (event.ends or event.begins or event.last):
            return self._followed(found, node, j + 1, at=said.at or self._listed(said.place))
        if event.period and len(found) == 1 and not said.at:
            return self._followed(found, node, j + 1, at=False)
        if event.noun == "PROCEDURE" or (not event.weak and event.noun not in OPENINGS):
            self._date(found, node)
        elif not event.weak:
            return found, j
        elif event.noun is w.TREATMENT and not event.edged and self._behind_after(said.place):
            self._count_from(found, node, opening=True)  # "after 12 weeks' treatment"
        return self._closed(found, j + 1)

    def _at_period(self, said: _Said, j: int) -> Read:
        """Read "a 12-week period"."""
        found = said.found
        if len(found) == 1 and not said.at and not said.times.study:
            found[0].follow_up = True
            found[0].end = said.following.end
        return self._closed(found, self._after_period(j + 1, found))

    def _thereafter(self, said: _Said, j: int) -> Read:
        """Read "1 month thereafter": after what was named before."""
        if said.following.value != "after" or self.nodes[j + 1].kind == INTERVAL:
            return said.found, j
        self._leave_open(said, 1)
        return said.found, j + 1

    def _later(self, said: _Said, j: int) -> Read:
        """Read "1 month later", "26 weeks or later", "5 years and beyond from surgery"."""
        nodes, found = self.nodes, said.found
        if said.following.value == "after" and nodes[j + 1].kind != INTERVAL:
            return self._thereafter(said, j)
        for moment in found:
            moment.later = True
            moment.end = said.following.end
        j += 1
        if nodes[j].kind in (w.FROM, w.AFTER) and nodes[j + 1].kind is w.EVENT:
            self._count_from(found, nodes[j + 1])
            j += 2
            while nodes[j].kind is w.AND and nodes[j + 1].kind is w.FROM and nodes[j + 2].kind is w.EVENT:
                again = moments_of(said.times)
                self._count_from(again, nodes[j + 2])
                for moment in again:
                    moment.later = True
                found += again
                j += 3
        return found, j

    def _at_event(self, said: _Said, j: int) -> Read:
        """Read "week 12 on treatment", "day 0 at arrival", "week 24 at end of study"."""
        node = self.nodes[j + 1]
        if node.kind is w.CYCLE:
            return self._in_named_cycles(said, j)
        if node.kind is not w.EVENT:
            return said.found, j
        event: Event = node.value
        if event.weak and event.noun in (w.STUDY, w.TREATMENT):
            if event.noun is w.TREATMENT:
                self._count_from(said.found, node, opening=True)
        elif event.noun in _DATED_AT and said.times.study and len(said.found) == 1:
            self._date(said.found, node)
        elif event.weak or event.noun in OPENINGS:
            return said.found, j
        else:
            self._date(said.found, node)
        return self._closed(said.found, j + 2)

    def _beside_slash(self, said: _Said, j: int) -> Read:
        """Read "day 90/month 3", "day 1/baseline", "week 52/end of study"."""
        found, node = said.found, self.nodes[j + 1]
        if node.kind == TIME and len(found) == 1 and len(node.value.items) == 1:
            days, again = found[0].low.days, node.value.items[0].low * DAYS[node.value.unit]
            if node.value.unit != said.times.unit and abs(days - again) <= 0.1 * days:
                found[0].end = node.end
                return self._closed(found, j + 2)
        if node.kind is w.EVENT and not node.value.weak:
            if node.value.noun in OPENINGS and said.times.items[0].low > 1:
                return found, j
            self._date(found, node)
            return self._closed(found, j + 2)
        return found, j

    def _listed(self, i: int) -> bool:
        """Return whether the time at `i` is one of several, or stands behind a name: "T2: 6-month follow-up"."""
        before = self.nodes[i - 1].kind if i else ""
        return before in LIST or (i > 1 and before in (w.COLON, w.OPEN) and self.nodes[i - 2].kind is w.WORD)

    def _behind_after(self, i: int) -> bool:
        """Return whether an "after" opens the list of times that the one at `i` ends."""
        nodes = self.nodes
        first = max(0, i - AHEAD)
        while i > first and (nodes[i - 1].kind == TIME or nodes[i - 1].kind in LIST):
            i -= 1
        return i > 0 and nodes[i - 1].kind is w.AFTER

    def _looking_back(self, moment: Moment, j: int) -> Read:
        """Read "the last 7 days (of the study)": from 7 days before its end."""
        nodes, low = self.nodes, moment.low
        moment.high = high = Bound(0.0, low.unit)
        low.value = -(low.value or 0.0)
        if nodes[j].kind is w.OF and nodes[j + 1].kind == TIME and nodes[j + 2].kind is w.EVENT:
            j += 1  # "the last 4 weeks of the 12-week treatment"
        node = nodes[j + 1]
        if (nodes[j].kind is not w.OF and nodes[j].kind != TIME) or node.kind is not w.EVENT:
            return [moment], j
        low.anchor = high.anchor = anchor_of(node.value._replace(ends=True, begins=False), w.AT)
        low.role = ORIGIN
        low.words = self._words_of(node)
        moment.end = node.end
        return [moment], j + 2

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


class _Said:
    """A time with what is known of its place."""

    __slots__ = ("at", "following", "found", "place", "times")

    def __init__(self, found: list[Moment], times: Times, place: int, at: bool, following: Token) -> None:
        self.found = found
        self.times = times
        self.place = place  # among the phrases
        self.at = at  # whether an "at" stands before it
        self.following = following  # what stands behind it, or behind its bracket


_BEHIND_TIMES: Final[dict[str, Callable[[Origins, _Said, int], Read]]] = {
    **dict.fromkeys((w.CYCLE, w.COMMA, w.FOR), Origins._in_named_cycles),
    w.OPEN: Origins._behind_bracket,
    w.AFTER: Origins._after,
    w.BEFORE: Origins._before,
    w.FROM: Origins._since,
    w.OF: Origins._of,
    w.EVENT: Origins._beside_event,
    w.PERIOD: Origins._at_period,
    w.LATER: Origins._later,
    w.THEN: Origins._thereafter,
    w.AT: Origins._at_event,
    w.SLASH: Origins._beside_slash,
}
"""What reads on behind a time, by the phrase that stands there; any other ends it."""
