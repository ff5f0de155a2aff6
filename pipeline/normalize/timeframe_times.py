"""Lists of times: "weeks 2, 4 and 8", "6 weeks, 12, 24", "15 years 5 months", "3-monthly".

Here belongs which unit a list of numbers has: one before it, one behind it, or that of the list it goes on from. What
stands beside the list is `timeframe_moments`.
"""

from __future__ import annotations

from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.quantities import DAYS
from pipeline.normalize.timeframe_numbers import SEPARATORS, Found, Numbers
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Event, Interval, Item, Times
from pipeline.normalize.timeframe_words import Token

COUNTING: Final = frozenset((w.AFTER, w.BEFORE))  # "1 week after visit 3"
_BEFORE_SMALLER: Final = frozenset((w.NUMBER, w.AND, w.COMMA))  # "15 years 5 months", "an hour and a half"
_BOUNDS: Final = frozenset((TIME, w.EVENT, w.CYCLE))
_LONGEST_REMARK: Final = 12  # phrases in a bracket behind one time of a list
_END: Final = Token("", None, 0, 0)
# A time of two units is one time: the bigger unit, the smaller one, and how many of the smaller make a bigger.
_COMPOUNDS: Final = {
    ("YEAR", "MONTH"): 12.0,
    ("HOUR", "MINUTE"): 60.0,
    ("MINUTE", "SECOND"): 60.0,
    ("WEEK", "DAY"): 7.0,
    ("YEAR", "DAY"): 366.0,
    ("YEAR", "WEEK"): 53.0,
    ("MONTH", "DAY"): 31.0,
    ("MONTH", "WEEK"): 5.0,
    ("DAY", "HOUR"): 24.0,
}
_JOINED_BY_AND: Final = frozenset((("YEAR", "MONTH"), ("HOUR", "MINUTE"), ("MINUTE", "SECOND")))
_EXACT: Final = frozenset((12.0, 60.0, 7.0, 24.0))


class TimeLists(Numbers):
    """The reading of lists of times."""

    __slots__ = ()

    def _time(self, i: int) -> int:
        """Read a list with its unit at `i`, before it or behind it; 0 where there is none."""
        tokens = self.tokens
        token = tokens[i]
        if token.kind is w.UNIT:
            return self._study_time(i) if tokens[i + 1].kind is w.NUMBER else self._once(i) or self._study_time(i)
        if token.kind is w.DASH and not self._is_minus(i):
            return 0
        first = token.kind is w.ORDINAL and token.value == 1.0 and tokens[i + 1].kind is w.NUMBER
        found, j = self._numbers(i + first)
        if not found:
            return 0
        if tokens[j].kind is w.DASH:
            j += 1
        elif tokens[j].kind is w.COMMA and len(found) > 1 and tokens[j + 1].kind is w.UNIT:
            j += not self._numeric(j + 2)  # "3, 6, and 12, months"
        unit = tokens[j]
        if unit.kind is w.FREQUENCY:  # "3-monthly"
            value, name = unit.value
            return self._add_interval([item.low * value for item, _, _ in found], name, token.start, j)
        if unit.kind in COUNTING and tokens[j + 1].kind is w.EVENT and tokens[j + 2].kind is w.UNIT:
            return self._inside_out(found, j, first=first)  # "the third postoperative day"
        if unit.kind is not w.UNIT:
            self.barren = j
            return self._inherited(found, token)
        items = [item for item, _, _ in found]
        j += 1
        two = tokens[j].kind in _BEFORE_SMALLER and len(items) == 1 and items[0].high is None
        if two and (behind := self._of_two_units(items[0], unit, j, first=first)):
            return behind
        if unit.value == "DAY" and tokens[j + 1].value == "WEEK" and self._a_week(j) and 1 < items[0].low < 7:
            return self._add_interval([1 / items[0].low], "WEEK", token.start, j + 1)  # "3 days a week"
        if tokens[j].value == "intervals" and items[-1].high is None:  # "at 15-minute intervals"
            return self._add_interval([item.low for item in items], unit.value, token.start, j)
        items[-1].end = unit.end
        self._add_times(items, unit.value, study=False, first=first, start=token.start)
        if token.kind is w.ORDINAL and not first:
            self.nodes[-1].value.ordinal = True
        return j

    def _once(self, i: int) -> int:
        """Read "the day before surgery", "in the first week" at `i`: a unit without a number."""
        following = self.tokens[i + 1].kind
        first = bool(self.nodes) and self.nodes[-1].kind is w.WITHIN and not self._numeric(i + 1)
        unit = self.tokens[i]
        if unit.end - unit.start != len(unit.value) or not (first or following in COUNTING):
            return 0
        self._add_times([Item(1.0, None, unit.start, unit.end)], unit.value, study=False)
        return i + 1

    def _add_interval(self, values: list[float], unit: str, start: int, last: int) -> int:
        """Append the interval that ends with the token at `last`, and return the position behind."""
        self.nodes.append(Token(INTERVAL, Interval(tuple(values), unit), start, self.tokens[last].end))
        return last + 1

    def _of_two_units(self, item: Item, unit: Token, j: int, *, first: bool) -> int:
        """Read the rest of "15 years 5 months" or "an hour and a half" at `j`; 0 where there is none."""
        tokens = self.tokens
        if compound := self._compound(item.low, unit.value, j):
            value, name, j = compound
        elif tokens[j].kind is w.AND and tokens[j + 1].value == 0.5 and tokens[j + 2].kind is not w.UNIT:
            value, name, j = item.low + 0.5, unit.value, j + 2
        else:
            return 0
        self._add_times([Item(value, None, item.start, tokens[j - 1].end)], name, study=False, first=first)
        return j

    def _a_week(self, i: int) -> bool:
        """Return whether "a week", "per week" or "/week" stands at `i`."""
        token = self.tokens[i]
        return (token.kind in (w.EVERY, w.SLASH) or token.value == 1.0) and not self._numeric(i + 2)

    def _inside_out(self, found: list[Found], j: int, *, first: bool) -> int:
        relation, event, unit = self.tokens[j : j + 3]
        self._add_times([item for item, _, _ in found], unit.value, study=False, first=first)
        self.nodes.append(relation)
        self.nodes.append(Token(w.EVENT, Event(event.value), event.start, event.end))
        return j + 3

    def _is_minus(self, i: int) -> bool:
        """Return whether the dash at `i` is a sign: written onto a number, where no span could go on."""
        dash, number = self.tokens[i : i + 2]
        after_bound = bool(self.nodes) and self.nodes[-1].kind in _BOUNDS
        return number.kind is w.NUMBER and dash.end == number.start and not after_bound

    def _add_times(
        self, items: list[Item], unit: str, *, study: bool, first: bool = False, start: int | None = None
    ) -> None:
        begin = items[0].start if start is None else start
        self.nodes.append(Token(TIME, Times(tuple(items), unit, study, first), begin, items[-1].end))

    def _compound(self, value: float, unit: str, i: int) -> tuple[float, str, int] | None:
        """Read the smaller part of "15 years 5 months" at `i`: the whole in the smaller unit."""
        tokens = self.tokens
        joint = tokens[i].kind
        if joint is not w.NUMBER:
            i += 1
        number, small = tokens[i], tokens[i + 1]
        if number.kind is not w.NUMBER or small.kind is not w.UNIT or tokens[i + 2].kind is w.NUMBER:
            return None
        pair = (unit, small.value)
        limit = _COMPOUNDS.get(pair)
        if limit is None or not 0 < number.value < limit or value != int(value):
            return None
        if joint is w.AND and pair not in _JOINED_BY_AND:
            return None
        if joint is w.COMMA and (pair != ("YEAR", "MONTH") or value < 2 or tokens[i + 2].kind in SEPARATORS):
            return None
        if limit in _EXACT:
            return value * limit + number.value, small.value, i + 2
        return (value * DAYS[unit] + number.value * DAYS[small.value]) / DAYS[small.value], small.value, i + 2

    def _inherited(self, found: list[Found], token: Token) -> int:
        """Give numbers without a unit that of the list they continue; 0 where there is none."""
        nodes = self.nodes
        if len(nodes) < 2 or nodes[-1].kind not in SEPARATORS:
            return 0
        previous = nodes[-2] if nodes[-2].kind not in SEPARATORS else nodes[-3] if len(nodes) > 2 else nodes[-2]
        if previous.kind is w.CLOSE:
            previous = self._before_bracket()
        if previous.kind != TIME or self.tokens[found[-1][2]].kind in (w.WORD, w.EVENT, w.TIMES, w.CYCLE):
            return 0
        times: Times = previous.value
        self._add_times([item for item, _, _ in found], times.unit, study=times.study, start=token.start)
        item, _, middle = found[-1]
        if item.high is None:
            return middle
        reached = middle
        while self.tokens[reached - 1].end < item.end:
            reached += 1
        return reached

    def _before_bracket(self) -> Token:
        """Return the "weeks 4" of "weeks 4 (visit 2) and 12 (visit 3)", whose bracket and joint were just read."""
        nodes = self.nodes
        for at in range(len(nodes) - 3, max(0, len(nodes) - _LONGEST_REMARK), -1):
            if nodes[at].kind is w.OPEN:
                before = nodes[at - 1]
                return before if before.kind is TIME and before.value.study else _END
        return _END

    def _study_time(self, i: int) -> int:
        """Read "Weeks 2, 4 and 8" at `i`; numbers that a unit of their own follows are left for the next phrase."""
        tokens = self.tokens
        unit = tokens[i]
        j = i + 1
        bracket = tokens[j].kind is w.OPEN
        if bracket or tokens[j].kind is w.COLON or tokens[j].kind is w.IS:
            j += 1
        found, reached = self._numbers(j)
        if not found or (bracket and (tokens[reached].kind is not w.CLOSE or len(found) > 1)):
            return 0
        if bracket:
            reached += 1
        behind = reached + 1 if tokens[reached].kind is w.DASH else reached
        if tokens[behind].kind is w.UNIT and not self._numeric(behind + 1):
            reached = self._without_last(found, j)
            if not found:
                return 0
        found[0][0].start = unit.start
        self._add_times([item for item, _, _ in found], unit.value, study=True, start=unit.start)
        return reached

    def _without_last(self, found: list[Found], j: int) -> int:
        """Leave of "day 1, 2 h" the number that has a unit of its own, and return the position behind the others."""
        tokens = self.tokens
        for k in range(1, len(found)):
            if found[k][0].low <= found[k - 1][0].low:  # "Day 1, and 1, 2, 4 h": a new list
                del found[k + 1 :]
                break
        item, reached, middle = found.pop()
        tight = tokens[middle].kind is w.DASH and tokens[middle].end == tokens[middle + 1].start
        if item.high is not None and not (tight and found):  # "day 1 to 3 months"
            found.append((Item(item.low, None, item.start, tokens[middle - 1].end), reached, middle))
            reached = middle
        while found and reached > j and (tokens[reached - 1].kind in SEPARATORS or tokens[reached - 1].kind is w.AT):
            reached -= 1
        return reached
