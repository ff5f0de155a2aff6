"""Phrases of time frames: tokens grouped into times, events, intervals and cycles, in one pass from left to right.

Here belongs what reads at which token, intervals ("every 2 weeks", "3 times a day"), and where words not known here
name an event. How phrases stand to each other (from … to, after, in brackets) is `timeframe_moments` and those after
it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.timeframe_events import BEFORE_UNKNOWN, Events
from pipeline.normalize.timeframe_numbers import AHEAD, NUMERIC
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Cycles, Interval
from pipeline.normalize.timeframe_words import Token

_EVENT_STARTERS: Final = frozenset((w.EVENT, w.HAPPENED, w.START, w.END, w.ENTRY, w.LAST))
_EACH: Final = _EVENT_STARTERS | {w.WORD, w.ORDINAL, w.LABEL}  # what "each" may stand before


def phrases(tokens: list[Token]) -> list[Token]:
    """Return the phrases of `tokens` in order; what makes no phrase is passed on as it is."""
    return _Grouping(tokens).run()


def _strong(node: Token) -> bool:
    return node.kind is w.EVENT and not node.value.weak


class _Grouping(Events):
    """The pass over the tokens."""

    __slots__ = ()

    def run(self) -> list[Token]:
        tokens, nodes = self.tokens, self.nodes
        i, count = 0, len(tokens) - AHEAD
        while i < count:
            token = tokens[i]
            reader = _READERS.get(token.kind)
            if reader is not None and (reached := reader(self, i)):
                i = reached
            else:
                nodes.append(token)
                i += 1
        return nodes

    def _number_or_unit(self, i: int) -> int:
        return (self._time(i) if i >= self.barren else 0) or self._numbered(i)

    def _dash(self, i: int) -> int:
        nodes = self.nodes
        if nodes and (nodes[-1].kind is w.AFTER or nodes[-1].kind is w.BEFORE):
            return i + 1  # "post - dose"
        return self._number_or_unit(i)

    def _label(self, i: int) -> int:
        tokens = self.tokens
        if tokens[i + 1].kind in NUMERIC and self._owns(i + 1) and self._tight(i + 1):
            self.nodes.append(Token(w.WORD, None, tokens[i].start, tokens[i + 1].end))
            return i + 2
        return 0

    def _unknown(self, i: int) -> int:
        """Read a word that is not known here where it names an event."""
        nodes = self.nodes
        if not nodes:
            return 0
        before = nodes[-1].kind
        if before in BEFORE_UNKNOWN or self._after_to():
            return self._event(i)
        if before is w.OF and len(nodes) > 1 and nodes[-2].kind is TIME:
            reached = self._event(i, named=True)  # "12 weeks of supervised exercise"
            if not reached and len(nodes) > 2 and nodes[-3].kind is w.WITHIN:
                reached = self._event(i, unknown_too=True)  # "within 4 hours of symptom onset"
            return reached
        if before is w.FROM and self._before_ending(i):
            return self._event(i)  # "from cord clamping to 24 hours"
        if before is w.FROM and len(nodes) > 1 and nodes[-2].kind is TIME:
            return self._event(i, unknown_too=True)  # "72 hours from symptom onset"
        if before is w.UP_TO and (self.open_span or len(nodes) == 1 or nodes[-2].kind not in (TIME, w.EVENT)):
            return self._event(i, unknown_too=True)  # "up to the last analysis"
        return 0

    def _opening(self, i: int) -> int:  # noqa: ARG002 - as every reader
        self.open_span = True
        return 0

    def _change(self, i: int) -> int:  # noqa: ARG002 - as every reader
        self.open_span = False
        return 0

    def _after_to(self) -> bool:
        """Return whether the "to" of a "from … to" was just read, so that unknown words name an event."""
        nodes = self.nodes
        if nodes[-1].kind is w.TO and (self.open_span or (len(nodes) > 1 and _strong(nodes[-2]))):
            self.open_span = False
            return True
        return False

    def _numbered(self, i: int) -> int:
        """Read numbers at `i` that have no unit: part of an event's or a cycle's name, or of no use."""
        tokens = self.tokens
        token = tokens[i]
        if token.kind is w.ORDINAL:
            following = tokens[i + 1].kind
            if following is w.CYCLE and tokens[i + 2].kind not in NUMERIC:
                self.nodes.append(Token(w.CYCLE, Cycles((token.value,)), token.start, tokens[i + 1].end))
                return i + 2
            if following in _EVENT_STARTERS or following is w.WORD or following is w.MOMENT:
                return self._event(i)
        elif token.kind is w.NUMBER:
            if self.nodes and self.nodes[-1].kind is w.EVENT and self.nodes[-1].value.noun is w.AGE and self._tight(i):
                found, j = self._numbers(i)  # "until age 18"
                self._add_times([item for item, _, _ in found], "YEAR", study=False)
                return j
            if tokens[i + 1].kind is w.TIMES:
                return self._interval(i)
            if tokens[i + 1].kind is w.CYCLE:
                return self._cycle(i + 1, count=token)
            if self.nodes and self.nodes[-1].kind in BEFORE_UNKNOWN and tokens[i + 1].kind in (w.WORD, w.EVENT, w.DASH):
                return self._event(i)
            self.nodes.append(Token(w.WORD, None, token.start, token.end))
            return i + 1
        return 0

    def _interval(self, i: int) -> int:
        """Read "every 2 weeks", "daily", "twice a day", "3 times per week", "each visit" at `i`."""
        tokens = self.tokens
        begin = tokens[i]
        by = begin.kind is w.TIMES and begin.value is None and tokens[i + 1].kind is w.NUMBER
        if by and self.nodes and self.nodes[-1].kind is INTERVAL:
            self.nodes.append(Token(w.FOR, None, begin.start, begin.end))  # "every 3 months x 2 years"
            return i + 1
        share, i = self._share(i)
        token = tokens[i]
        if token.kind is w.FREQUENCY:
            value, unit = token.value
            return self._add_interval([value / share], unit, begin.start, i)
        factor = 1.0
        if token.kind is w.EVERY or token.kind is w.SLASH:
            factor = token.value if token.kind is w.EVERY and token.value else 1.0
            i += 1
        while tokens[i].kind is w.HEDGE or tokens[i].kind is w.AT:
            i += 1
        token = tokens[i]
        if token.kind is w.UNIT:
            return self._add_interval([factor / share], token.value, begin.start, i)
        counted = token.kind in NUMERIC and (tokens[i - 1].kind is w.EVERY or token.value == 1.0)
        if counted and (behind := self._counted_interval(i, begin, share)):
            return behind
        if begin.kind is not w.EVERY:
            return i
        if token.kind is w.WORD and tokens[i + 1].kind is w.CYCLE:
            i += 1  # "every subsequent cycle"
        if tokens[i].kind is w.CYCLE:
            return self._cycle(i, each=True, begin=begin)
        return self._event(i - 1) if token.kind in _EACH else 0

    def _share(self, i: int) -> tuple[float, int]:
        """Read how many times an interval something is done: "twice a …", "3 times per …"; else once."""
        begin = self.tokens[i]
        if begin.kind is w.NUMBER:
            return begin.value or 1.0, i + 2
        if begin.kind is w.TIMES:
            return begin.value or 1.0, i + 1 + (self.tokens[i + 1].kind is w.TIMES)
        return 1.0, i

    def _counted_interval(self, i: int, begin: Token, share: float) -> int:
        """Read the "2 weeks" of "every 2 weeks", "28-day cycle" or "2 cycles" at `i`; 0 where it has no unit."""
        tokens = self.tokens
        found, j = self._numbers(i)
        j += tokens[j].kind is w.DASH
        values = [item.low for item, _, _ in found]
        if tokens[j].kind is w.CYCLE:
            self.nodes.append(Token(INTERVAL, Interval(tuple(values), None), begin.start, tokens[j].end))
            return j + 1
        if tokens[j].kind is not w.UNIT:
            return 0
        unit = tokens[j].value
        at_cycle = j + 1 + (tokens[j + 1].kind is w.DASH)
        if tokens[at_cycle].kind is w.CYCLE:  # "each 28-day cycle"
            cycles = Cycles((), True, (values[0], unit))
            self.nodes.append(Token(w.CYCLE, cycles, begin.start, tokens[at_cycle].end))
            return at_cycle + 1
        return self._add_interval([value / share for value in values], unit, begin.start, j)


_READERS: Final[dict[str, Callable[[_Grouping, int], int]]] = {
    **dict.fromkeys((w.NUMBER, w.ORDINAL, w.UNIT), _Grouping._number_or_unit),
    **dict.fromkeys(_EVENT_STARTERS, _Grouping._event),
    **dict.fromkeys((w.EVERY, w.FREQUENCY, w.TIMES), _Grouping._interval),
    **dict.fromkeys((w.LABEL, w.PERIOD), _Grouping._label),
    **dict.fromkeys((w.FROM, w.MOMENT), _Grouping._opening),
    w.DASH: _Grouping._dash,
    w.CYCLE: _Grouping._cycle,
    w.WORD: _Grouping._unknown,
    w.CHANGE: _Grouping._change,
}
"""What reads at a token of each kind: it returns the position behind, or 0 where the token is passed on as it is."""
