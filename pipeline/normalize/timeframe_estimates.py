"""What stands behind an event and dates or bounds it: "until death from any cause, assessed up to 5 years".

Here belongs the reading of the number, the bracket and the alternatives that follow an
event which is a span's end or a point. Which words make a span at all is `timeframe_spans`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.timeframe_bounds import DATED, OPENINGS, ORIGIN, Bound, Moment, Row
from pipeline.normalize.timeframe_frame import AHEAD, ENDINGS, HEDGES, LIST, REACH, RELATIONS
from pipeline.normalize.timeframe_moments import Moments
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Event, Times

_OPENERS: Final = frozenset((w.UP_TO, w.WITHIN, w.UNTIL, w.AFTER, w.BEFORE, w.DURING, w.AT))
_NEXT: Final = frozenset((w.COMMA, w.AND, w.AT))
_BEFORE_OTHER: Final = frozenset((w.UNTIL, w.AT, w.MOMENT))  # "or at discharge", "or until the time of death"
_STOPS: Final = frozenset(("", w.STOP, w.CLOSE))
_BEFORE_ALTERNATIVES: Final = frozenset((w.COMMA, w.OR, w.UNTIL))
_IN_DESCRIPTIONS: Final = frozenset(
    (w.WORD, w.OF, w.AFTER, w.OPEN, w.UP_TO, w.TO, w.MOMENT, w.AT, w.AND, w.FROM, w.FOR, w.SLASH)
)
_IN_ALTERNATIVES: Final = frozenset((w.EVENT, w.WORD, w.AT, w.OF, w.OR, w.COMMA))


class Estimates(Moments):
    """The reading of what follows an event."""

    __slots__ = ()

    def _estimated(self, i: int, found: list[Moment]) -> int:
        """Read ", an average of 5 days" at `i`, which dates the one event before it."""
        nodes = self.nodes
        low = found[-1].low
        if len(found) > 1 or low.event is None or low.event.weak or low.event.each or low.anchor in OPENINGS:
            return i
        j = i
        while nodes[j].kind in (w.COMMA, w.DASH, w.UP_TO) or nodes[j].kind in HEDGES:
            j += 1
        hedged = any(node.kind in HEDGES for node in nodes[i:j])
        if j == i or nodes[j].kind != TIME or not (hedged or nodes[j - 1].kind is w.UP_TO):
            return i
        times: Times = nodes[j].value
        if len(times.items) > 1 or times.items[0].high is not None or nodes[j + 1].kind in RELATIONS:
            return i
        low.date(times.items[0].low, times.unit)
        found[-1].approximate = hedged
        found[-1].end = nodes[j].end
        return j + 1

    def _renamed(self, i: int) -> bool:
        """Return whether the bracket at `i` says the event's time by one of its own: "EOT (7 days after last dose)"."""
        nodes = self.nodes
        times = relations = 0
        for node in nodes[i + 1 : i + REACH]:
            if node.kind is w.CLOSE:
                return times == 1 and relations == 1
            if node.kind == TIME:
                times += len(node.value.items)
            elif node.kind is w.EVENT:
                relations += 1
            elif node.kind is INTERVAL or node.kind is w.COMMA:
                return False
        return False

    def _estimate(self, i: int, row: Row, *, loose: bool = False) -> int:
        """Read at `i` what follows a span's event: other events it may end at, and the number that bounds or dates it.

        "… or death from any cause, whichever comes first, assessed up to 100 months".
        """
        high = row.high
        if high is None or high.value is not None:
            if high is not None and high.role == ORIGIN and high.words is not None:
                i = self._said_again(i)
            return self._or_event(i, row)
        tail = _Tail(i, row, high, loose)
        limit = min(i + REACH, len(self.nodes) - AHEAD)
        while tail.at < limit:
            reader = _IN_TAILS.get(self.nodes[tail.at].kind)
            if reader is not None:
                done = reader(self, tail)
                if done is not None:
                    return done
            tail.at += 1
        return tail.reached

    # What reads at one place of a tail returns None to go on, or the position behind all that is read.

    def _tail_ends(self, tail: _Tail) -> int | None:
        return tail.reached

    def _tail_time(self, tail: _Tail) -> int | None:
        """Take a number as the end's, if something introduced it."""
        nodes, at, said = self.nodes, tail.at, tail.said
        following = nodes[at + 1].kind
        if not said or following is w.BEFORE or following is w.FROM:
            return tail.reached
        if (following is w.AFTER or following is w.OF) and nodes[at + 2].kind is w.EVENT:
            return self._tail_time_with_event(tail)
        times: Times = nodes[at].value
        if said == w.OR and (len(times.items) > 1 or (following in LIST and nodes[at + 2].kind == TIME)):
            return tail.reached
        if said == w.COMMA:  # "until end of study, week 52", but not "until discharge, week 52"
            lone = len(times.items) == 1 and following in _STOPS
            if times.study and not (lone and _over(tail.high.event)):
                return tail.reached
            if not lone and (not tail.loose or following in LIST or following in RELATIONS):
                return tail.reached
        self._bound(tail, times)
        tail.row.end = max(tail.row.end, nodes[at].end)
        self.used.update(range(tail.said_at, at + 1))
        behind = at + 1 + (following is w.CLOSE)
        skipped = any(node.kind == INTERVAL for node in nodes[tail.reached : behind])  # that still wants reading
        return tail.reached if skipped else behind

    def _bound(self, tail: _Tail, times: Times) -> None:
        """Make a number the end's: it dates the event, or is counted from the start of a span without one."""
        row, low, high = tail.row, tail.row.low, tail.high
        item = times.items[-1]
        high.value, high.unit = item.low if item.high is None else item.high, times.unit
        if high.event is not None and high.event.noun is w.FOLLOW_UP and high.event.weak:
            high.anchor = None
        elif high.anchor is None and low is not None and low.anchor is not None:
            high.anchor, high.role = low.anchor, ORIGIN
        else:
            high.role = DATED
        if low is not None and low.value == 0 and low.anchor is None:
            low.unit = times.unit
        row.approximate = row.approximate or tail.said in HEDGES

    def _tail_time_with_event(self, tail: _Tail) -> int | None:
        """Read a time that is counted from an event of its own."""
        nodes, high = self.nodes, tail.high
        if tail.said == w.OR and not tail.loose:  # "until discharge or 30 days after surgery, whichever …"
            j = self._timed(tail.at)[1]
            return self._said_again(self._whichever(j + (nodes[j + 1].kind is w.WHICHEVER)))
        if nodes[tail.begin].kind is not w.OPEN:
            return tail.reached
        found, j = self._timed(tail.at)
        if nodes[j].kind is not w.CLOSE or len(found) > 1:
            return tail.reached
        own = found[0].low  # "end of study (30 days after the last dose)"
        high.value, high.unit, high.anchor, high.role, high.words = own.value, own.unit, own.anchor, own.role, own.words
        tail.row.end = nodes[j].end
        return j + 1

    def _tail_lead(self, tail: _Tail) -> int | None:
        """Remember that "up to" or "about" introduces a number."""
        at, said = tail.at, tail.said
        kind = self.nodes[at].kind
        if said is not w.UP_TO and said is not w.HEDGE:
            tail.said_at = at
        if said in HEDGES or kind in HEDGES:
            tail.said = w.HEDGE
        else:
            tail.said = w.OR if self.nodes[at - 1].kind is w.OR else w.UP_TO
        return None

    def _tail_for(self, tail: _Tail) -> int | None:
        return self._tail_lead(tail) if self.nodes[tail.at + 1].kind == TIME else None

    def _tail_during(self, tail: _Tail) -> int | None:
        return self._tail_lead(tail) if self.nodes[tail.at + 1].kind == TIME else tail.reached

    def _tail_bracket(self, tail: _Tail) -> int | None:
        """Read "(day 1 to month 6)", or remember that a bracket introduces a number."""
        nodes, at, low, high = self.nodes, tail.at, tail.row.low, tail.high
        spread = self._spread(at)
        if spread is not None and low is not None:
            first, last, behind = spread
            low.date(first.value, first.unit)
            high.date(last.value, last.unit)
            tail.row.end = nodes[behind - 1].end
            return behind
        if nodes[at + 1].kind == TIME and nodes[at + 2].kind is w.CLOSE:
            tail.said, tail.said_at = w.OPEN, at
        elif any(inner.kind == INTERVAL for inner in nodes[at + 1 : at + 6]):
            limit = min(tail.begin + REACH, len(nodes) - AHEAD)
            while tail.at < limit and nodes[tail.at].kind is not w.CLOSE:
                tail.at += 1
        else:
            tail.said = ""
        return None

    def _tail_of(self, tail: _Tail) -> int | None:
        if tail.at == tail.begin and self.nodes[tail.at + 1].kind == TIME:
            tail.said = w.IS  # "throughout the study period of 2 years"
        return None

    def _tail_comma(self, tail: _Tail) -> int | None:
        tail.said, tail.said_at = w.COMMA, tail.at
        return None

    def _tail_is(self, tail: _Tail) -> int | None:
        following = self.nodes[tail.at + 1].kind
        if following == TIME or following in HEDGES:
            tail.said, tail.said_at = (tail.said if tail.said in HEDGES else w.IS), tail.at
        return None

    def _tail_or(self, tail: _Tail) -> int | None:
        tail.reached = tail.at + 1
        tail.alternative = True
        # "until discharge or 28 days"
        tail.said, tail.said_at = (w.OR if self.nodes[tail.at + 1].kind == TIME else ""), tail.at
        return None

    def _tail_event(self, tail: _Tail) -> int | None:
        """Read past an event that the span may end at as well, or that is part of a description."""
        at = tail.at
        event: Event = self.nodes[at].value
        before = self.nodes[at - 1].kind
        if event.weak and (event.noun is w.FOLLOW_UP or event.noun is w.STUDY):
            return None
        if tail.loose and before in _NEXT and not event.weak:
            return tail.reached  # "during treatment, end of treatment"
        if tail.reached == at or before in _BEFORE_ALTERNATIVES or tail.alternative:
            tail.reached = at + 1
            tail.alternative = False
        elif before not in _IN_DESCRIPTIONS:
            return tail.reached
        if not event.weak:
            tail.said = ""
        return None

    def _tail_stop(self, tail: _Tail) -> int | None:
        following = self.nodes[tail.at + 1].kind
        return None if following in HEDGES or following is w.UP_TO else tail.reached

    def _tail_to(self, tail: _Tail) -> int | None:
        before = self.nodes[tail.at - 1].kind
        return None if before is w.OR or before is w.WORD else tail.reached

    def _tail_until(self, tail: _Tail) -> int | None:
        following = self.nodes[tail.at + 1].kind
        if tail.said == w.COMMA and following == TIME:
            tail.said = w.UP_TO  # "until resolution, through day 28"
            return None
        return None if following is w.EVENT else tail.reached

    def _tail_from(self, tail: _Tail) -> int | None:
        following = self.nodes[tail.at + 1].kind
        return None if following is w.EVENT or following is w.WORD else tail.reached

    def _tail_and(self, tail: _Tail) -> int | None:
        if tail.loose and self.nodes[tail.at + 1].kind in _OPENERS:
            return tail.reached  # "during anesthesia and up to 2 hours in recovery"
        tail.said = ""
        return None

    def _tail_at(self, tail: _Tail) -> int | None:
        if tail.said == w.COMMA:
            tail.said = ""
        return None

    def _said_again(self, i: int) -> int:
        """Read ", up to approximately 3 years" at `i`, behind an end that has its number already."""
        nodes = self.nodes
        if nodes[i].kind is w.OPEN and (nodes[i + 1].kind == TIME or nodes[i + 1].kind in HEDGES):
            for j in range(i + 1, i + REACH):
                if nodes[j].kind is w.CLOSE or nodes[j].kind == "":
                    return j + 1 if nodes[j].kind is w.CLOSE else i
        j = i
        while nodes[j].kind in (w.COMMA, w.UP_TO, w.DURING, w.OPEN) or nodes[j].kind in HEDGES:
            j += 1
        hedged = any(node.kind is w.UP_TO or node.kind in HEDGES for node in nodes[i:j])
        if j - i > 1 and hedged and nodes[j].kind == TIME and nodes[j + 1].kind in ("", w.STOP, w.CLOSE):
            return j + 1 + (nodes[j + 1].kind is w.CLOSE)
        return i

    def _spread(self, i: int) -> tuple[Bound, Bound, int] | None:
        """Read "(day 1 to month 6)" at `i`: begin, end, and the position behind."""
        nodes = self.nodes
        j = i + 1 + (nodes[i + 1].kind is w.FROM)
        if nodes[j].kind != TIME or len(nodes[j].value.items) != 1:
            return None
        times: Times = nodes[j].value
        item = times.items[0]
        if item.high is not None and nodes[j + 1].kind is w.CLOSE:
            return Bound(item.low, times.unit), Bound(item.high, times.unit), j + 2
        if nodes[j + 1].kind not in ENDINGS and nodes[j + 1].kind is not w.DASH:
            return None
        if nodes[j + 2].kind != TIME or nodes[j + 3].kind is not w.CLOSE:
            return None
        until: Times = nodes[j + 2].value
        if len(until.items) != 1:
            return None
        return Bound(item.low, times.unit), Bound(until.items[0].low, until.unit), j + 4

    def _alternatives(self, i: int) -> int:
        """Read "or disease progression, whichever comes first" at `i`: of alternatives the first counts."""
        nodes = self.nodes
        k = i + (nodes[i].kind is w.COMMA)
        until = nodes[k + 1].kind in (w.UNTIL, w.UP_TO)
        if nodes[k].kind is w.OR and nodes[k + 1 + until].kind is w.EVENT:
            for j in range(k + 2 + until, k + AHEAD):
                if nodes[j].kind is w.WHICHEVER or (until and nodes[j].kind not in _IN_ALTERNATIVES):
                    return self._said_again(self._whichever(j))
                if nodes[j].kind not in _IN_ALTERNATIVES:
                    break
        if nodes[i].kind is w.OR and nodes[i + 1].kind in (w.EVENT, w.WORD, w.AT):
            j = i + 1
            while j < i + REACH and nodes[j].kind in (w.EVENT, w.WORD, w.AT, w.OF, w.OR):
                j += 1
            return j
        return i

    def _whichever(self, i: int) -> int:
        """Return the position behind the "whichever comes first" at `i`, if there is one."""
        nodes = self.nodes
        j = i
        if nodes[j].kind is w.WHICHEVER:
            while j < i + AHEAD and nodes[j].kind in (w.WHICHEVER, w.WORD, w.ORDINAL, w.IS, w.START, w.LAST):
                j += 1
        return j

    def _or_event(self, i: int, row: Row) -> int:
        """Read "or until progression" at `i`, behind a number of a row: the event is the end that the number bounds.

        A number that is counted from an event of its own is the end; then the other event is left out.
        """
        nodes, high = self.nodes, row.high
        k = i + 1
        while nodes[k].kind in _BEFORE_OTHER:
            k += 1
        bare = high is not None and high.value is not None and high.words is None
        if nodes[i].kind is not w.OR or nodes[k].kind is not w.EVENT or high is None or not bare:
            return self._alternatives(i)
        bound = self._event_bound(nodes[k], w.UNTIL)
        high.anchor, high.role, high.words = bound.anchor, DATED, bound.words
        row.end = nodes[k].end
        return self._alternatives(k + 1)


def _over(event: Event | None) -> bool:
    """Return whether `event` is an end, so that a week named behind it is its date: "until end of study, week 52"."""
    return event is not None and (event.ends or event.last or event.noun in ("TREATMENT_END", "STUDY_COMPLETION"))


class _Tail:
    """What follows a span's event, while it is read."""

    __slots__ = ("alternative", "at", "begin", "high", "loose", "reached", "row", "said", "said_at")

    def __init__(self, begin: int, row: Row, high: Bound, loose: bool) -> None:
        self.row = row
        self.high = high  # the row's end
        self.loose = loose  # whether a list may go on behind the event: "during surgery, day 1"
        self.begin = begin
        self.at = begin
        self.reached = begin  # the position behind what is known to belong to the end
        self.said = ""  # what introduces a number, and where it stands
        self.said_at = begin
        self.alternative = True  # whether the next event is another that the span may end at


_IN_TAILS: Final[dict[str, Callable[[Estimates, _Tail], int | None]]] = {
    **dict.fromkeys((INTERVAL, w.BETWEEN, w.CYCLE, w.THEN, w.CHANGE, ""), Estimates._tail_ends),
    **dict.fromkeys((w.UP_TO, w.WITHIN, *HEDGES), Estimates._tail_lead),
    **dict.fromkeys((w.COMMA, w.COLON, w.DASH), Estimates._tail_comma),
    TIME: Estimates._tail_time,
    w.FOR: Estimates._tail_for,
    w.DURING: Estimates._tail_during,
    w.OPEN: Estimates._tail_bracket,
    w.OF: Estimates._tail_of,
    w.IS: Estimates._tail_is,
    w.OR: Estimates._tail_or,
    w.EVENT: Estimates._tail_event,
    w.STOP: Estimates._tail_stop,
    w.TO: Estimates._tail_to,
    w.UNTIL: Estimates._tail_until,
    w.FROM: Estimates._tail_from,
    w.AND: Estimates._tail_and,
    w.AT: Estimates._tail_at,
}
"""What reads on behind a span's event, by the phrase that stands there; any other is passed over."""
