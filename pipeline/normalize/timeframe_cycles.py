"""Cycles: "cycles 1-3", "each cycle", "4 cycles", "a 21-day cycle", "each cycle is 21 days".

Here belongs which cycles the word names, counts or measures (rule 8). Which days of them are meant is
`timeframe_moments`.
"""

from __future__ import annotations

from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.timeframe_numbers import RANGES, SEPARATORS
from pipeline.normalize.timeframe_phrases import TIME, Cycles, Item, Times
from pipeline.normalize.timeframe_times import TimeLists
from pipeline.normalize.timeframe_words import Token

_LARGEST_CYCLE: Final = 200.0
_BEFORE_LENGTH: Final = frozenset((w.IS, w.HEDGE, w.PERIOD))


class CyclePhrases(TimeLists):
    """The reading of cycles."""

    __slots__ = ()

    def _cycle(
        self, i: int, *, count: Token | None = None, each: bool = False, ends: bool = False, begin: Token | None = None
    ) -> int:
        """Read the cycles whose word stands at `i`: behind a count, an "each" or an "end of", if given."""
        tokens, nodes = self.tokens, self.nodes
        token = tokens[i]
        if token.value is not None:  # "c1d8"
            cycle, day = token.value
            days = Times((Item(day, None, token.start, token.end),), "DAY", True)
            nodes.append(Token(w.CYCLE, Cycles((cycle,)), token.start, token.end))
            nodes.append(Token(TIME, days, token.end, token.end))
            return i + 1
        start = (count or begin or token).start
        numbers: tuple[float, ...] = ()
        j = i + 1
        if not each and count is None and tokens[j].start - token.end <= 3:
            numbers, j = self._cycle_numbers(j)
            if ends or (len(nodes) > 1 and nodes[-1].kind is w.OF and nodes[-2].kind == TIME):
                numbers, j = self._other_cycles(numbers, j)
        length = None
        stated = tokens[j].kind is w.IS
        if each and tokens[j].kind is w.NUMBER and tokens[j + 1].kind is w.UNIT and tokens[j + 2].kind is w.CLOSE:
            length, each, j = (tokens[j].value, tokens[j + 1].value), False, j + 2  # "(each cycle 21 days)"
        elif stated or tokens[j].kind is w.PERIOD or (tokens[j].kind is w.OF and not numbers):
            length, j = self._cycle_length(j)
            if length is not None:
                numbers = ()
                each = each and not stated
        elif nodes and nodes[-1].kind == TIME and not numbers:
            times: Times = nodes[-1].value
            if not times.study and token.start - nodes[-1].end <= 1:  # "21-day cycle"
                if len(times.items) == 1:  # of "21- or 28-day cycles" neither is the length
                    length = (times.items[0].low, times.unit)
                start = nodes.pop().start
        cycles = Cycles(numbers, each, length, ends, count is not None)
        nodes.append(Token(w.CYCLE, cycles, start, tokens[j - 1].end))
        return j

    def _cycle_numbers(self, j: int) -> tuple[tuple[float, ...], int]:
        """Read the numbers of "cycles 1-3, 5" at `j`, each counted out, but those that a unit follows."""
        tokens = self.tokens
        found, reached = self._numbers(j)
        while found and not (reached > j and self._owns(reached - 1)):
            _, reached, _ = found.pop()
            while reached > j and tokens[reached - 1].kind in SEPARATORS:
                reached -= 1
        numbers: list[float] = []
        for item, _, _ in found:
            numbers += self._counted_out(item.low, item.low if item.high is None else item.high)
        return tuple(numbers), reached if found else j

    def _counted_out(self, low: float, high: float) -> list[float]:
        """Return the cycles from one to another."""
        if not low <= high <= _LARGEST_CYCLE:
            return []
        count = int(high - low) + 1
        if count > self.budget:
            count = 1
        self.budget -= count - 1
        return [low + step for step in range(count)]

    def _other_cycles(self, numbers: tuple[float, ...], j: int) -> tuple[tuple[float, ...], int]:
        """Read at `j` the rest of "day 1 of cycle 1 and cycle 2", "end of cycle 2 to cycle 4"."""
        tokens = self.tokens
        while numbers and (tokens[j].kind in SEPARATORS or tokens[j].kind in RANGES):
            k = j + 1 + (tokens[j + 1].kind in SEPARATORS)
            if tokens[k].kind is not w.CYCLE or tokens[k].value is not None or tokens[k + 1].kind is not w.NUMBER:
                break
            more, reached = self._cycle_numbers(k + 1)
            at_day = reached + (tokens[reached].kind in SEPARATORS)
            if not more or tokens[at_day].kind is w.UNIT:  # "… and cycle 2 day 8"
                break
            between = self._counted_out(numbers[-1] + 1, more[0] - 1) if tokens[j].kind in RANGES else []
            numbers = (*numbers, *between, *more)
            j = reached
        return numbers, j

    def _cycle_length(self, j: int) -> tuple[tuple[float, str] | None, int]:
        """Read the length of "each cycle is 21 days", "cycle length 4 weeks" at `j`."""
        tokens = self.tokens
        k = j + 1
        while tokens[k].kind in _BEFORE_LENGTH:
            k += 1
        unit_at = k + 1 + (tokens[k + 1].kind is w.DASH)
        if tokens[k].kind is not w.NUMBER or tokens[unit_at].kind is not w.UNIT:
            return None, j
        return (tokens[k].value, tokens[unit_at].value), unit_at + 1
