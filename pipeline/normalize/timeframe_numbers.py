"""Numbers of time frames: "1,5", "1,000", "twenty four", "2 1/2", "2, 4 and 8", "24-48-72".

Here belongs one number and a list of them, as far as no unit is needed to know them. Which unit a list has is
`timeframe_times`.
"""

from __future__ import annotations

from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.timeframe_phrases import Item
from pipeline.normalize.timeframe_words import Token

SEPARATORS: Final = frozenset((w.COMMA, w.AND, w.OR, w.SLASH))
NUMERIC: Final = frozenset((w.NUMBER, w.ORDINAL))
RANGES: Final = frozenset((w.DASH, w.TO, w.UNTIL))
_OPEN_ENDED: Final = frozenset(("until", "till", "til", "up", "time"))
_FRACTIONS: Final = frozenset(((1.0, 2.0), (1.0, 4.0), (3.0, 4.0)))
_HALVED: Final = frozenset(("HOUR", "DAY", "YEAR"))
_MOST_CYCLES: Final = 500  # cycles counted out in one time frame; of later ranges only the first is kept
AHEAD: Final = 6  # how far behind its place a method looks without asking
_ENDS: Final = [Token("", None, 0, 0)] * AHEAD

Found = tuple[Item, int, int]
"""A number or range of a list, its own position and that behind its low end."""


class Numbers:
    """The tokens of one time frame, and the phrases made of them so far.

    A method that reads takes a position among the tokens and returns what it read and the position behind it.
    """

    __slots__ = ("barren", "budget", "nodes", "open_span", "tokens")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens + _ENDS
        self.nodes: list[Token] = []
        self.barren = 0  # numbers before this position are known to have no unit
        self.budget = _MOST_CYCLES
        self.open_span = False  # "from" was said, "to" not yet

    def _tight(self, i: int) -> bool:
        """Return whether nothing was left out between the number at `i` and the word before it."""
        return self.tokens[i].start - self.tokens[i - 1].end <= 2

    def _owns(self, i: int) -> bool:
        """Return whether the number at `i` belongs to the word before it: no unit follows."""
        number, following, behind, last = self.tokens[i : i + 4]
        if following.kind is w.DASH:
            apart = number.end < following.start and following.end < behind.start
            if apart and {behind.kind, last.kind} == {w.NUMBER, w.UNIT}:
                return True  # "visit 3 - 12 weeks", "visit 2 - day 14"
            return behind.kind is not w.UNIT and behind.kind is not w.NUMBER
        if following.kind is w.UNIT:
            return self._numeric(i + 2)
        return following.kind is not w.FREQUENCY

    def _signed(self, i: int) -> bool:
        tokens = self.tokens
        return tokens[i].kind is w.DASH and tokens[i + 1].kind is w.NUMBER

    def _numeric(self, i: int) -> bool:
        return self.tokens[i].kind in NUMERIC or self._signed(i)

    def _numbers(self, i: int) -> tuple[list[tuple[Item, int, int]], int]:
        """Read a list of numbers and ranges at `i`: each with its own position and that behind its low end."""
        tokens = self.tokens
        found: list[tuple[Item, int, int]] = []
        reached = i
        while True:
            begin = i
            low, i = self._number(i)
            if low is None:
                return found, reached
            start, middle = tokens[begin].start, i
            end = tokens[i - 1].end
            high = None
            separator = tokens[i]
            if (separator.kind in RANGES and separator.value not in _OPEN_ENDED) or (
                separator.value == "~" and separator.kind is w.HEDGE
            ):
                high, behind = self._number(i + 1)
                if high is not None:
                    i = behind
                    end = tokens[i - 1].end
            found.append((Item(low, high, start, end), begin, middle))
            while high is not None and tokens[i].kind is w.DASH and tokens[i + 1].kind is w.NUMBER:
                found[-1:] = self._chained(found[-1])  # "24-48-72 hours"
                low, begin = tokens[i + 1].value, i + 1
                found.append((Item(low, None, tokens[begin].start, tokens[begin].end), begin, begin + 1))
                i = begin + 1
            reached = i
            if tokens[i].kind is w.DASH and tokens[i + 1].kind in SEPARATORS:
                i += 1
            if tokens[i].kind not in SEPARATORS and tokens[i].value != ";":
                return found, reached
            i += 1
            if tokens[i].kind in SEPARATORS:
                i += 1
            if tokens[i].kind is w.AT:
                i += 1

    def _chained(self, found: tuple[Item, int, int]) -> list[tuple[Item, int, int]]:
        """Return the range as the two numbers it is where its dash is one of several."""
        item, begin, middle = found
        if item.high is None:
            return [found]
        low = Item(item.low, None, item.start, self.tokens[middle - 1].end)
        high = Item(item.high, None, self.tokens[middle + 1].start, item.end)
        return [(low, begin, middle), (high, middle + 1, middle + 2)]

    def _number(self, i: int) -> tuple[float | None, int]:
        """Read one number at `i`, its sign, decimal comma, thousands and words of several parts included."""
        tokens = self.tokens
        token = tokens[i]
        sign = 1.0
        if token.kind is not w.NUMBER:
            if token.kind is w.ORDINAL:
                return token.value, i + 1
            if not (token.kind is w.DASH or token.value == "+") or tokens[i + 1].kind is not w.NUMBER:
                return None, i
            sign = -1.0 if token.kind is w.DASH else 1.0
            i += 1
        value: float = tokens[i].value
        behind = i + 1
        joint, second = tokens[i + 1], tokens[i + 2]
        if joint.kind in NUMERIC:
            value, behind = self._number_words(value, i)
        elif second.kind is w.NUMBER:
            if joint.kind is w.OPEN and second.value == value and tokens[i + 3].kind is w.CLOSE:
                behind = i + 4  # "six (6)"
            elif joint.kind is w.AND and second.value <= 1:
                value, behind = self._and_a_half(value, i)
            elif joint.end == second.start and (joint.kind is w.COMMA or joint.kind is w.SLASH):
                value, behind = self._joined_digits(value, i)
        return sign * value, behind

    def _joined_digits(self, value: float, i: int) -> tuple[float, int]:
        """Read "1,5", "1,000" or "1/2" at `i`: a comma or a slash between digits without blanks."""
        tokens = self.tokens
        token, joint, second, behind = tokens[i : i + 4]
        if token.end != joint.start:
            return value, i + 1
        if joint.kind is w.SLASH:
            unit = tokens[i + 4] if behind.kind is w.DASH else behind
            half = (value, second.value) in _FRACTIONS and unit.kind is w.UNIT and unit.value in _HALVED
            return (value / second.value, i + 3) if half else (value, i + 1)
        if value != int(value):
            return value, i + 1
        digits = second.end - second.start
        before = tokens[i - 1]
        listed = behind.kind is w.COMMA and behind.start == second.end
        if not listed and not (before.kind is w.COMMA and before.end == token.start):
            if second.value in (5.0, 25.0, 75.0):
                return value + second.value / 10**digits, i + 3
            if digits == 3 and 0 < value < 1000 and second.value == int(second.value):
                return value * 1000 + second.value, i + 3
        return value, i + 1

    def _number_words(self, value: float, i: int) -> tuple[float, int]:
        """Read "1 1/2", "2 ½", "half a year", "one hundred", "twenty four" at `i`: numbers in a row."""
        tokens = self.tokens
        token, after, second = tokens[i : i + 3]
        if second.kind is w.SLASH and value >= 1:
            part, behind = self._number(i + 1)
            if part is not None and 0 < part < 1:
                return value + part, behind
        if value == 0.5 and after.value == 1.0 and second.kind is w.UNIT:
            return 0.5, i + 2
        if 0 < after.value < 1 <= value:
            return value + after.value, i + 2
        if after.kind is w.NUMBER and after.value == 100.0 and after.end - after.start == 7:
            return value * 100, i + 2
        if value % 10 == 0 and 20 <= value < 100 and after.value < 10 and token.end - token.start > 3:
            return value + after.value, i + 2
        return value, i + 1

    def _and_a_half(self, value: float, i: int) -> tuple[float, int]:
        """Read "one and a half", "one and 1/2" at `i`."""
        tokens = self.tokens
        if tokens[i + 2].value == 0.5 and value >= 1:
            return value + 0.5, i + 3
        if [part.value for part in tokens[i + 2 : i + 5]] == [1.0, "/", 2.0] and tokens[i + 5].kind is w.UNIT:
            return value + 0.5, i + 5
        return value, i + 1
