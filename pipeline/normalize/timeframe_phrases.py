"""The phrases of time frames: tokens grouped into times, events, intervals and cycles.

Here belongs what holds inside one phrase: a list of numbers with its unit, the words that name an event, "every 2
weeks", "cycles 1-3". How phrases stand to each other (from … to, after, in brackets) is `timepoints`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from pipeline.normalize import timeframe_words as w
from pipeline.normalize.quantities import DAYS
from pipeline.normalize.timeframe_words import Token

TIME: Final = "time"  # value: Times
INTERVAL: Final = "interval"  # value: Interval
# EVENT and CYCLE keep their names; their values become Event and Cycles.


@dataclass(slots=True, eq=False)
class Item:
    """One number or range of a list, with its place."""

    low: float
    high: float | None
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Times:
    """A list of numbers that share a unit."""

    items: tuple[Item, ...]
    unit: str
    study: bool
    """Whether the unit stands first, as in "Week 12": a name on the study's calendar, not a length."""
    first: bool = False
    """Whether it is "the first 6 months"."""
    last: bool = False
    """Whether it is "the last 7 days"."""
    ordinal: bool = False
    """Whether it is counted: "the second year"."""


class Event(NamedTuple):
    """An event's words, unresolved: what it becomes depends on the relation to it."""

    noun: str | None
    """An anchor, a class of events, or None where only an edge is said ("at the end")."""
    begins: bool = False
    ends: bool = False
    first: bool = False
    last: bool = False
    period: bool = False
    each: bool = False
    holds: bool = False
    """Whether the time behind it stands inside its name: "the end of the 12-week treatment"."""
    verb: bool = False
    """Whether it is a participle ("enrolled"), which mostly describes people."""

    @property
    def weak(self) -> bool:
        """Whether the words may well be mentioned without meaning a time ("treatment", "surgery", "study")."""
        return self.noun is None or ((self.noun in _WEAK or self.verb) and not self.edged)

    @property
    def edged(self) -> bool:
        """Whether a begin, an end or one of several is meant, not the whole."""
        return self.begins or self.ends or self.first or self.last or self.each


class Interval(NamedTuple):
    """How often: intervals in a unit, or every so many cycles (unit None)."""

    values: tuple[float, ...]
    unit: str | None


class Cycles(NamedTuple):
    """Treatment cycles: those named, each of them, a mere count, or how long one is."""

    numbers: tuple[float, ...] = ()
    each: bool = False
    length: tuple[float, str] | None = None
    ends: bool = False
    counted: bool = False


_WEAK: Final = frozenset(
    (
        *(w.TREATMENT, w.STUDY, w.STAY, w.FOLLOW_UP, w.INFUSION, "DOSE", "PROCEDURE", "VISIT", "OTHER", "BIRTH"),
        *(w.AGE, w.GESTATION),
        *("PROGRESSION", "RELAPSE", "DEATH", "DIAGNOSIS", None),
    )
)
# A class that gives way to another noun of the same phrase ("study treatment", "treatment visit").
_MODIFIERS: Final = frozenset((w.STUDY,))
_HEADLESS: Final = frozenset((w.STUDY, w.FOLLOW_UP, "VISIT", "OTHER"))
_NUMERIC: Final = frozenset((w.NUMBER, w.ORDINAL))
_SEPARATORS: Final = frozenset((w.COMMA, w.AND, w.OR, w.SLASH))
_BEFORE_SMALLER: Final = frozenset((w.NUMBER, w.AND, w.COMMA))  # "15 years 5 months", "an hour and a half"
_IN_NUMBERS: Final = frozenset((w.OPEN, w.COMMA, w.SLASH, w.NUMBER, w.ORDINAL, w.AND))
_RANGES: Final = frozenset((w.DASH, w.TO, w.UNTIL))
_OPEN_ENDED: Final = frozenset(("until", "till", "til", "up", "time"))
_EVENT_STARTERS: Final = frozenset((w.EVENT, w.HAPPENED, w.START, w.END, w.ENTRY, w.LAST))
_EDGES: Final = frozenset((w.START, w.END, w.ENTRY, w.LAST))
_IN_EVENTS: Final = _EDGES | {
    *(w.ORDINAL, w.NUMBER, w.UNIT, w.MOMENT, w.IS, w.OF, w.FROM, w.PERIOD, w.WORD, w.LABEL, w.MID, w.AND, w.SLASH),
    *(w.EVERY, w.CYCLE, w.BEFORE, w.AFTER, w.DASH, w.TO),
}
_COUNTING: Final = frozenset((w.AFTER, w.BEFORE))  # "1 week after visit 3"
_IN_NAMES: Final = frozenset((w.WORD, w.OF, w.OR, w.ORDINAL))
_BEFORE_UNKNOWN: Final = frozenset((w.AFTER, w.BEFORE, w.UNTIL, w.DURING, w.MOMENT))
_LONGEST_NAME: Final = 6  # unknown words that may stand in an event's name
_LONGEST_REMARK: Final = 12  # phrases in a bracket behind one time of a list
_LARGEST_CYCLE: Final = 200.0
_MOST_CYCLES: Final = 500  # cycles counted out in one time frame; of later ranges only the first is kept
_LONGEST_EVENT: Final = 40  # words read for one event
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
_END: Final = Token("", None, 0, 0)
_AHEAD: Final = 5  # how far behind its place a method looks without asking
_ENDS: Final = [_END] * _AHEAD


def phrases(tokens: list[Token]) -> list[Token]:
    """Return the phrases of `tokens` in order; what makes no phrase is passed on as it is."""
    return _Grouping(tokens).run()


def _strong(node: Token) -> bool:
    return node.kind is w.EVENT and not node.value.weak


class _Grouping:
    """One left-to-right pass. Every method takes a position and returns what it read and the position behind it."""

    __slots__ = ("barren", "budget", "nodes", "open_span", "tokens")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens + _ENDS
        self.nodes: list[Token] = []
        self.barren = 0  # numbers before this position are known to have no unit
        self.budget = _MOST_CYCLES
        self.open_span = False  # "from" was said, "to" not yet

    def run(self) -> list[Token]:
        tokens, nodes = self.tokens, self.nodes
        i, count = 0, len(tokens) - _AHEAD
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
        if tokens[i + 1].kind in _NUMERIC and self._owns(i + 1) and self._tight(i + 1):
            self.nodes.append(Token(w.WORD, None, tokens[i].start, tokens[i + 1].end))
            return i + 2
        return 0

    def _unknown(self, i: int) -> int:
        """Read a word that is not known here where it names an event."""
        nodes = self.nodes
        if not nodes:
            return 0
        before = nodes[-1].kind
        if before in _BEFORE_UNKNOWN or self._after_to():
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

    def _before_ending(self, i: int) -> bool:
        """Return whether only unknown words stand between `i` and a "to"."""
        tokens = self.tokens
        for token in tokens[i : i + _LONGEST_NAME + 2]:
            if token.kind is w.TO or token.kind is w.UNTIL or token.kind is w.UP_TO:
                return True
            if token.kind not in _IN_NAMES:
                break
        return False

    def _tight(self, i: int) -> bool:
        """Return whether nothing was left out between the number at `i` and the word before it."""
        return self.tokens[i].start - self.tokens[i - 1].end <= 2

    def _owns(self, i: int) -> bool:
        """Return whether the number at `i` belongs to the word before it: no unit follows."""
        following = self.tokens[i + 1]
        return not (
            (following.kind is w.UNIT and not self._numeric(i + 2))
            or (following.kind is w.DASH and self.tokens[i + 2].kind in (w.UNIT, w.NUMBER))
            or following.kind is w.FREQUENCY
        )

    def _after_to(self) -> bool:
        """Return whether the "to" of a "from … to" was just read, so that unknown words name an event."""
        nodes = self.nodes
        if nodes[-1].kind is w.TO and (self.open_span or (len(nodes) > 1 and _strong(nodes[-2]))):
            self.open_span = False
            return True
        return False

    # --- Times -------------------------------------------------------------------------------------------------------

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
            if (separator.kind in _RANGES and separator.value not in _OPEN_ENDED) or (
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
            if tokens[i].kind is w.DASH and tokens[i + 1].kind in _SEPARATORS:
                i += 1
            if tokens[i].kind not in _SEPARATORS and tokens[i].value != ";":
                return found, reached
            i += 1
            if tokens[i].kind in _SEPARATORS:
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
            token = tokens[i]
        value: float = token.value
        i += 1
        after = tokens[i]
        if after.kind not in _IN_NUMBERS:
            return sign * value, i
        second = tokens[i + 1]
        if after.kind is w.OPEN and second.value == value and tokens[i + 2].kind is w.CLOSE:  # "six (6)"
            return sign * value, i + 3
        if second.kind is w.NUMBER and after.end == second.start and token.end == after.start:
            digits = second.end - second.start
            if after.kind is w.COMMA and value == int(value):
                alone = tokens[i + 2].kind is not w.COMMA or tokens[i + 2].start != second.end
                before = tokens[i - 2]
                alone = alone and (before.kind is not w.COMMA or before.end != token.start)
                if alone and second.value in (5.0, 25.0, 75.0):
                    return sign * (value + second.value / 10**digits), i + 2
                if alone and digits == 3 and 0 < value < 1000 and second.value == int(second.value):
                    return sign * (value * 1000 + second.value), i + 2
            elif after.kind is w.SLASH and (value, second.value) in ((1.0, 2.0), (1.0, 4.0), (3.0, 4.0)):
                unit = tokens[i + 3] if tokens[i + 2].kind is w.DASH else tokens[i + 2]
                if unit.kind is w.UNIT and unit.value in ("HOUR", "DAY", "YEAR"):
                    return value / second.value, i + 2
        if after.kind in _NUMERIC:
            if second.kind is w.SLASH and value >= 1:
                part, behind = self._number(i)
                if part is not None and 0 < part < 1:  # "1 1/2"
                    return sign * (value + part), behind
            if value == 0.5 and after.value == 1.0 and second.kind is w.UNIT:  # "half a year"
                return 0.5, i + 1
            if 0 < after.value < 1 and value >= 1:  # "2 ½"
                return sign * (value + after.value), i + 1
            if after.kind is w.NUMBER and after.value == 100.0 and after.end - after.start == 7:  # "one hundred"
                return value * 100, i + 1
            if value % 10 == 0 and 20 <= value < 100 and after.value < 10 and token.end - token.start > 3:
                return value + after.value, i + 1  # "twenty four"
        elif after.kind is w.AND and second.kind is w.NUMBER and second.value == 0.5 and value >= 1:
            return value + 0.5, i + 2  # "one and a half"
        elif (
            after.kind is w.AND
            and [part.value for part in tokens[i + 1 : i + 4]] == [1.0, "/", 2.0]
            and tokens[i + 4].kind is w.UNIT
        ):
            return value + 0.5, i + 4  # "one and 1/2"
        return sign * value, i

    def _time(self, i: int) -> int:
        """Read a list with its unit at `i`, before it or behind it; 0 where there is none."""
        tokens = self.tokens
        token = tokens[i]
        if token.kind is w.UNIT:
            first = bool(self.nodes) and self.nodes[-1].kind is w.WITHIN  # "in the first week"
            once = tokens[i + 1].kind in _COUNTING or (first and not self._numeric(i + 1))
            if once and token.end - token.start == len(token.value):
                item = Item(1.0, None, token.start, token.end)  # "the day before surgery"
                self._add_times([item], token.value, study=False)
                return i + 1
            return self._study_time(i)
        if token.kind is w.DASH and (tokens[i + 1].kind is not w.NUMBER or self._after_bound()):
            return 0
        first = token.kind is w.ORDINAL and token.value == 1.0 and tokens[i + 1].kind is w.NUMBER
        if first:
            i += 1
        found, j = self._numbers(i)
        if not found:
            return 0
        unit = tokens[j]
        if unit.kind is w.DASH:
            unit = tokens[j + 1]
            j += 1
        if unit.kind is w.FREQUENCY:  # "3-monthly"
            value, name = unit.value
            values = tuple(item.low * value for item, _, _ in found)
            self.nodes.append(Token(INTERVAL, Interval(values, name), token.start, unit.end))
            return j + 1
        if unit.kind is w.COMMA and len(found) > 1 and tokens[j + 1].kind is w.UNIT and not self._numeric(j + 2):
            j += 1  # "3, 6, and 12, months"
            unit = tokens[j]
        if unit.kind in _COUNTING and tokens[j + 1].kind is w.EVENT and tokens[j + 2].kind is w.UNIT:
            return self._inside_out(found, j, first=first)  # "the third postoperative day"
        if unit.kind is not w.UNIT:
            self.barren = j
            return self._inherited(found, token)
        if tokens[j + 1].kind is w.OF and tokens[j + 2].kind in _EVENT_STARTERS and tokens[i].kind is w.ORDINAL:
            noun = tokens[j + 2].value
            if found[0][0].low == 1.0 and unit.value == "DAY" and noun in (w.TREATMENT, w.STUDY, w.INFUSION, "DOSE"):
                return self._event(i)  # "the first day of treatment"
        items = [item for item, _, _ in found]
        j += 1
        if unit.value == "DAY" and tokens[j + 1].value == "WEEK" and self._a_week(j) and 1 < items[0].low < 7:
            self.nodes.append(Token(INTERVAL, Interval((1 / items[0].low,), "WEEK"), token.start, tokens[j + 1].end))
            return j + 2  # "3 days a week"
        if tokens[j].kind in _BEFORE_SMALLER and len(items) == 1 and items[0].high is None:
            if compound := self._compound(items[0].low, unit.value, j):
                value, name, j = compound
                self._add_times([Item(value, None, items[0].start, tokens[j - 1].end)], name, study=False, first=first)
                return j
            half = tokens[j].kind is w.AND and tokens[j + 1].value == 0.5 and tokens[j + 2].kind is not w.UNIT
            if half:  # "an hour and a half"
                item = Item(items[0].low + 0.5, None, items[0].start, tokens[j + 1].end)
                self._add_times([item], unit.value, study=False, first=first)
                return j + 2
        if tokens[j].value == "intervals" and items[-1].high is None:  # "at 15-minute intervals"
            values = tuple(item.low for item in items)
            self.nodes.append(Token(INTERVAL, Interval(values, unit.value), token.start, tokens[j].end))
            return j + 1
        items[-1].end = unit.end
        self._add_times(items, unit.value, study=False, first=first, start=token.start)
        if token.kind is w.ORDINAL and not first:
            self.nodes[-1].value.ordinal = True
        return j

    def _a_week(self, i: int) -> bool:
        """Return whether "a week", "per week" or "/week" stands at `i`."""
        token = self.tokens[i]
        return (token.kind in (w.EVERY, w.SLASH) or token.value == 1.0) and not self._numeric(i + 2)

    def _inside_out(self, found: list[tuple[Item, int, int]], j: int, *, first: bool) -> int:
        relation, event, unit = self.tokens[j : j + 3]
        self._add_times([item for item, _, _ in found], unit.value, study=False, first=first)
        self.nodes.append(relation)
        self.nodes.append(Token(w.EVENT, Event(event.value), event.start, event.end))
        return j + 3

    def _after_bound(self) -> bool:
        """Return whether a dash stands where a span could go on, so that it is no minus sign."""
        return bool(self.nodes) and self.nodes[-1].kind in (TIME, w.EVENT, w.CYCLE)

    def _add_times(
        self, items: list[Item], unit: str, *, study: bool, first: bool = False, start: int | None = None
    ) -> None:
        begin = items[0].start if start is None else start
        self.nodes.append(Token(TIME, Times(tuple(items), unit, study, first), begin, items[-1].end))

    def _compound(self, value: float, unit: str, i: int) -> tuple[float, str, int] | None:
        """Read the smaller part of "15 years 5 months" at `i`: the whole in the smaller unit."""
        tokens = self.tokens
        joint = ""
        if tokens[i].kind is w.AND or tokens[i].kind is w.COMMA:
            joint = tokens[i].kind
            i += 1
        number, small = tokens[i], tokens[i + 1]
        if number.kind is not w.NUMBER or small.kind is not w.UNIT or tokens[i + 2].kind is w.NUMBER:
            return None
        pair = (unit, small.value)
        limit = _COMPOUNDS.get(pair)
        if limit is None or number.value >= limit or number.value <= 0 or value != int(value):
            return None
        if joint == w.AND and pair not in _JOINED_BY_AND:
            return None
        if joint == w.COMMA and (pair != ("YEAR", "MONTH") or value < 2 or tokens[i + 2].kind in _SEPARATORS):
            return None
        if limit in (12.0, 60.0, 7.0, 24.0):
            return value * limit + number.value, small.value, i + 2
        return (value * DAYS[unit] + number.value * DAYS[small.value]) / DAYS[small.value], small.value, i + 2

    def _inherited(self, found: list[tuple[Item, int, int]], token: Token) -> int:
        """Give numbers without a unit that of the list they continue; 0 where there is none."""
        nodes = self.nodes
        if len(nodes) < 2 or nodes[-1].kind not in _SEPARATORS:
            return 0
        previous = nodes[-2] if nodes[-2].kind not in _SEPARATORS else nodes[-3] if len(nodes) > 2 else nodes[-2]
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
            for k in range(1, len(found)):
                if found[k][0].low <= found[k - 1][0].low:  # "Day 1, and 1, 2, 4 h": a new list
                    del found[k + 1 :]
                    break
            item, begin, middle = found.pop()
            tight = tokens[middle].kind is w.DASH and tokens[middle].end == tokens[middle + 1].start
            if item.high is not None and not (tight and found):
                found.append((Item(item.low, None, item.start, tokens[middle - 1].end), begin, middle))
                reached = middle
            else:
                reached = begin
            if not found:
                return 0
            while reached > j and tokens[reached - 1].kind in _SEPARATORS | {w.AT}:
                reached -= 1
        found[0][0].start = unit.start
        self._add_times([item for item, _, _ in found], unit.value, study=True, start=unit.start)
        return reached

    def _signed(self, i: int) -> bool:
        tokens = self.tokens
        return tokens[i].kind is w.DASH and tokens[i + 1].kind is w.NUMBER

    def _numeric(self, i: int) -> bool:
        return self.tokens[i].kind in _NUMERIC or self._signed(i)

    def _numbered(self, i: int) -> int:
        """Read numbers at `i` that have no unit: part of an event's or a cycle's name, or of no use."""
        tokens = self.tokens
        token = tokens[i]
        if token.kind is w.ORDINAL:
            following = tokens[i + 1].kind
            if following is w.CYCLE and tokens[i + 2].kind not in _NUMERIC:
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
            if (
                self.nodes
                and self.nodes[-1].kind in _BEFORE_UNKNOWN
                and tokens[i + 1].kind in (w.WORD, w.EVENT, w.DASH)
            ):
                return self._event(i)
            self.nodes.append(Token(w.WORD, None, token.start, token.end))
            return i + 1
        return 0

    # --- Events ------------------------------------------------------------------------------------------------------

    def _event(self, i: int, *, named: bool = False, unknown_too: bool = False) -> int:
        """Read the words that name an event at `i`; 0 where they name none, or, if `named`, none that is known.

        Words not known here name an event only behind a word that asks for one, or if `unknown_too`.
        """
        tokens = self.tokens
        begin = i
        before = self.nodes[-1].kind if self.nodes else ""
        loose = (
            named
            or unknown_too
            or before in _BEFORE_UNKNOWN
            or before is w.TO
            or (before is w.FROM and self._before_ending(i))
        )
        noun: str | None = None
        begins = ends = first = last = period = each = verb = closed = edge = False
        reached, unknown, name_end = i, 0, 0
        timed: int | None = None  # where a time stands inside the name: "the end of the 12-week treatment"
        while True:
            token = tokens[i]
            kind = token.kind
            if kind is w.EVENT or kind is w.HAPPENED:
                value = token.value
                if value == "VISIT" and noun is w.STUDY and ends:
                    pass  # "end of study visit"
                elif value == "VISIT" and not closed and (each or (noun is w.FOLLOW_UP and not edge)):
                    noun = value  # "each treatment visit", "the 6-month follow-up visit"
                elif noun is None or (not closed and (noun in _MODIFIERS or value not in _HEADLESS)):
                    if not (noun == "PROCEDURE" and value is w.TREATMENT and not edge):  # "surgical treatment"
                        noun = value
                    verb = kind is w.HAPPENED
                    if noun is w.STAYING:
                        noun, period = w.STAY, True
                reached = i + 1
            elif kind not in _IN_EVENTS:
                break
            elif kind in _EDGES:
                if noun is not None and (kind is w.LAST or (closed and not edge)) and noun not in _MODIFIERS:
                    break
                begins = begins or kind is w.START or kind is w.ENTRY
                ends = ends or kind is w.END
                last = last or kind is w.LAST
                if kind is w.ENTRY and (noun is None or noun is w.STUDY):
                    noun = "ENROLLMENT"
                elif token.value and noun is None:
                    noun, edge = token.value, True
                    closed = False
                edge = True
                reached = i + 1
                if kind is w.LAST and i == begin and (behind := self._last_time(i)):
                    return behind
            elif kind is w.ORDINAL:
                if noun is not None or tokens[i + 1].kind is w.NUMBER:
                    break
                if tokens[i + 1].kind is w.UNIT:
                    if tokens[i + 2].kind is not w.OF:
                        break
                    i += 2
                first = first or token.value == 1.0
            elif kind is w.NUMBER:
                if noun in ("DOSE", "VISIT", w.INFUSION) and reached == i and self._owns(i) and self._tight(i):
                    first = first or token.value == 1.0
                    reached = i + 1
                elif noun is None and edge and timed is None and (behind := self._inner_time(i)):
                    timed = i
                    i = behind
                    continue
                elif noun is not None or not loose:
                    break
                else:
                    unknown += 1  # "after a 15-mg dose"
            elif kind is w.UNIT and noun is not None:
                if token.value != "DAY" or reached != i or token.end - token.start != 3 or self._numeric(i + 1):
                    break
                reached = i + 1  # "surgery day"
            elif kind is w.UNIT:
                if not (last and tokens[i + 1].kind is w.OF):
                    break
                i += 1
            elif kind is w.TO:  # "admission to the ward", "return to work"
                whither = tokens[i + 1].kind is w.WORD and (not self.open_span or self._before_ending(i + 1))
                if not whither or not (noun == "ADMISSION" or (noun is None and unknown)):
                    break
                while tokens[i + 1].kind is w.WORD and i - begin < _LONGEST_EVENT:
                    i += 1
                noun, closed = noun or "OTHER", True
                reached = i + 1
            elif kind is w.MOMENT:
                if noun is not None:
                    break
            elif kind is w.IS:
                if tokens[i + 1].kind not in ((w.HAPPENED,) if noun is None else (w.END, w.START)):
                    break
            elif kind is w.OF or (kind is w.FROM and edge and noun is None):
                if noun is None and not edge and not unknown:
                    break
                closed = closed or noun is not None
            elif kind is w.PERIOD:
                if noun is None and not loose:
                    break
                if noun is not None:
                    period = True
                    reached = i + 1
                else:
                    unknown += 1
                    name_end = i + 1
            elif kind is w.WORD or kind is w.LABEL or kind is w.MID:
                if (noun is not None and not closed) or unknown >= _LONGEST_NAME:
                    break
                if noun is None and not (loose or edge or first):
                    break
                unknown += 1
                if noun is None:
                    name_end = i + 1
            elif kind is w.AND or kind is w.SLASH:
                if noun is not None or not unknown or tokens[i + 1].kind is not w.WORD:
                    break
            elif kind is w.EVERY:
                if noun is not None:
                    break
                each = True
            elif kind is w.CYCLE and last and noun is None and tokens[i + 1].kind not in _NUMERIC:
                noun = w.TREATMENT  # "the last cycle"
                reached = i + 1
            elif (kind is w.BEFORE or kind is w.AFTER) and closed and tokens[i + 1].kind is w.EVENT:
                pass  # "completion of pre-operative chemotherapy"
            elif kind is w.CYCLE and ((noun is None and edge and not unknown) or noun is w.TREATMENT):
                return self._cycle(i, ends=ends, each=each, begin=tokens[begin])
            elif kind is w.DASH and loose and noun is None and unknown:
                pass
            elif kind is w.DASH and noun == "DOSE" and reached == i and self._numbers_dose(i):
                reached = i + 1  # "dose-1"
            else:
                break
            i += 1
            if i - begin > _LONGEST_EVENT:
                break
        if noun is None and named:
            return 0
        if noun is None:
            if name_end and (loose or edge):
                noun, reached = "OTHER", max(reached, name_end)
            elif not edge:
                return 0
            elif timed is not None:
                return timed  # "the end of week 12" is week 12
            elif tokens[reached].kind is w.OF:
                following = tokens[reached + 1].kind
                if following in _NUMERIC or following is w.UNIT:
                    return reached + 1
        token = tokens[begin]
        if noun == "VISIT" and tokens[reached - 1].kind is w.NUMBER and before not in _COUNTING:
            self.nodes.append(Token(w.WORD, None, token.start, tokens[reached - 1].end))
            return reached
        event = Event(noun, begins, ends, first, last, period, each, timed is not None, verb)
        self.nodes.append(Token(w.EVENT, event, token.start, tokens[reached - 1].end))
        if timed is not None:
            self._time(timed)
        return reached

    def _numbers_dose(self, i: int) -> bool:
        """Return whether the hyphen at `i` joins a dose and its number."""
        before, dash, number = self.tokens[i - 1 : i + 2]
        tight = before.end == dash.start and dash.end == number.start
        return number.kind is w.NUMBER and tight and before.end - before.start == 4 and self._owns(i + 1)

    def _last_time(self, i: int) -> int:
        """Read "the last 7 days" or "the last week of" at `i`: a time that looks back."""
        before = len(self.nodes)
        unit = self.tokens[i + 1]
        behind = 0
        if unit.kind is w.NUMBER:
            behind = self._time(i + 1)
        elif unit.kind is w.UNIT and unit.value in ("WEEK", "MONTH", "YEAR") and self.tokens[i + 2].kind is w.OF:
            self._add_times([Item(1.0, None, unit.start, unit.end)], unit.value, study=False)
            behind = i + 2
        if behind and len(self.nodes) == before + 1 and self.nodes[-1].kind == TIME:
            node = self.nodes[-1]
            node.value.last = True
            node.start = self.tokens[i].start
            return behind
        del self.nodes[before:]
        return 0

    def _inner_time(self, i: int) -> int:
        """Return where the time at `i` ends that stands before its event's noun, or 0."""
        tokens = self.tokens
        j = i + 1
        if tokens[j].kind is w.DASH:
            j += 1
        return j + 1 if tokens[j].kind is w.UNIT else 0

    # --- Intervals and cycles ----------------------------------------------------------------------------------------

    def _interval(self, i: int) -> int:
        """Read "every 2 weeks", "daily", "twice a day", "3 times per week", "each visit" at `i`."""
        tokens = self.tokens
        begin = tokens[i]
        by = begin.kind is w.TIMES and begin.value is None and tokens[i + 1].kind is w.NUMBER
        if by and self.nodes and self.nodes[-1].kind is INTERVAL:
            self.nodes.append(Token(w.FOR, None, begin.start, begin.end))  # "every 3 months x 2 years"
            return i + 1
        share = 1.0  # how many times an interval
        if begin.kind is w.NUMBER:
            share = begin.value or 1.0
            i += 2
        elif begin.kind is w.TIMES:
            share = begin.value or 1.0
            i += 1
            if tokens[i].kind is w.TIMES:
                i += 1
        token = tokens[i]
        if token.kind is w.FREQUENCY:
            value, unit = token.value
            self.nodes.append(Token(INTERVAL, Interval((value / share,), unit), begin.start, token.end))
            return i + 1
        factor = 1.0
        if token.kind is w.EVERY or token.kind is w.SLASH:
            factor = token.value if token.kind is w.EVERY and token.value else 1.0
            i += 1
        elif tokens[i - 1].kind is not w.TIMES:
            return 0
        while tokens[i].kind is w.HEDGE or tokens[i].kind is w.AT:
            i += 1
        token = tokens[i]
        if token.kind is w.UNIT:
            if tokens[i + 1].kind is w.DASH and tokens[i + 2].kind is w.CYCLE:
                return 0
            self.nodes.append(Token(INTERVAL, Interval((factor / share,), token.value), begin.start, token.end))
            return i + 1
        if token.kind in _NUMERIC and (tokens[i - 1].kind is w.EVERY or token.value == 1.0):
            found, j = self._numbers(i)
            if tokens[j].kind is w.DASH:
                j += 1
            unit_token = tokens[j]
            if unit_token.kind is w.UNIT:
                if tokens[j + 1].kind is w.CYCLE or (tokens[j + 1].kind is w.DASH and tokens[j + 2].kind is w.CYCLE):
                    j += 1 if tokens[j + 1].kind is w.CYCLE else 2  # "each 28-day cycle"
                    length = (found[0][0].low, unit_token.value)
                    self.nodes.append(Token(w.CYCLE, Cycles((), True, length), begin.start, tokens[j].end))
                    return j + 1
                values = tuple(item.low / share for item, _, _ in found)
                self.nodes.append(Token(INTERVAL, Interval(values, unit_token.value), begin.start, unit_token.end))
                return j + 1
            if unit_token.kind is w.CYCLE:
                values = tuple(item.low for item, _, _ in found)
                self.nodes.append(Token(INTERVAL, Interval(values, None), begin.start, unit_token.end))
                return j + 1
        if begin.kind is w.EVERY:
            if token.kind is w.WORD and tokens[i + 1].kind is w.CYCLE:
                i += 1  # "every subsequent cycle"
            if tokens[i].kind is w.CYCLE:
                return self._cycle(i, each=True, begin=begin)
            if token.kind in _EVENT_STARTERS or token.kind in (w.WORD, w.ORDINAL, w.LABEL):
                return self._event(i - 1)
        return i if begin.kind is not w.EVERY else 0

    def _cycle(
        self, i: int, *, count: Token | None = None, each: bool = False, ends: bool = False, begin: Token | None = None
    ) -> int:
        """Read "cycles 1-3", "each cycle", "4 cycles", "a 21-day cycle", "each cycle is 21 days" at the word's `i`."""
        tokens, nodes = self.tokens, self.nodes
        token = tokens[i]
        start = (count or begin or token).start
        if token.value is not None:
            cycle, day = token.value
            nodes.append(Token(w.CYCLE, Cycles((cycle,)), token.start, token.end))
            nodes.append(
                Token(TIME, Times((Item(day, None, token.start, token.end),), "DAY", True), token.end, token.end)
            )
            return i + 1
        numbers: list[float] = []
        j = i + 1
        if not each and count is None and tokens[j].start - token.end <= 3:
            found, reached = self._numbers(j)
            while found and not (self._owns(reached - 1) if reached > j else False):
                item, at, _ = found.pop()
                reached = at
                while reached > j and tokens[reached - 1].kind in _SEPARATORS:
                    reached -= 1
            for item, _, _ in found:
                high = item.high if item.high is not None else item.low
                if item.low <= high <= _LARGEST_CYCLE:
                    whole = [item.low + step for step in range(int(high - item.low) + 1)]
                    if len(whole) > self.budget:
                        whole = whole[:1]
                    self.budget -= len(whole) - 1
                    numbers += whole
            j = reached if found else j
        end = tokens[j - 1].end
        length = None
        stated = tokens[j].kind is w.IS
        named = tokens[j].kind is w.NUMBER and tokens[j + 2].kind is w.CLOSE and tokens[j + 1].kind is w.UNIT
        if each and named:  # "(each cycle 21 days)"
            length, each = (tokens[j].value, tokens[j + 1].value), False
            j, end = j + 2, tokens[j + 1].end
        elif stated or (tokens[j].kind is w.OF and not numbers) or tokens[j].kind is w.PERIOD:
            k = j + 1
            while tokens[k].kind in (w.IS, w.HEDGE, w.PERIOD):
                k += 1
            if tokens[k].kind is w.NUMBER:
                k2 = k + 1 + (tokens[k + 1].kind is w.DASH)
                if tokens[k2].kind is w.UNIT:
                    length = (tokens[k].value, tokens[k2].value)
                    j, end = k2 + 1, tokens[k2].end
                    numbers = []
                    each = each and not stated
        elif nodes and nodes[-1].kind == TIME and not numbers:
            times: Times = nodes[-1].value
            if not times.study and token.start - nodes[-1].end <= 1:
                if len(times.items) == 1:  # of "21- or 28-day cycles" neither is the length
                    length = (times.items[0].low, times.unit)
                start = nodes.pop().start
        nodes.append(Token(w.CYCLE, Cycles(tuple(numbers), each, length, ends, count is not None), start, end))
        return j


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
