"""Recurrences: "every 2 weeks for 4 months", "weekly until progression", "then annually".

Here belongs rule 7: where the bounds of an interval are said, and what it goes on from. What an interval is, is
`timeframe_phrases`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.quantities import DAYS
from pipeline.normalize.timeframe_bounds import ORIGIN, Bound, Row
from pipeline.normalize.timeframe_frame import ENDINGS, LEADS, LIST
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Event, Interval, Times
from pipeline.normalize.timeframe_spans import Spans

_BEFORE_BOUND: Final = frozenset((w.COMMA, w.OPEN, w.WORD, w.OF, w.AT, w.HEDGE, w.AVERAGE, w.THEN, w.START))
_BOUNDS: Final = LEADS | {w.FROM, w.AFTER, w.BEFORE, w.BETWEEN, w.AT}
_VISITS: Final = frozenset((Event("VISIT"), Event(w.FOLLOW_UP)))
_STARTING: Final = ("start", "begin")
_JOINTS: Final = LIST | {w.THEN}
_BRIDGES: Final = frozenset((w.COMMA, w.WORD, w.HEDGE, w.AVERAGE, w.DASH, w.OPEN, w.WHICHEVER, w.IS))


class Recurrences(Spans):
    """The reading of recurrences."""

    __slots__ = ()

    def _recurring(self, i: int, *, behind: int = 0) -> int:
        """Read an interval at `i` with the bounds said behind it (from `behind` on, if given), or before it."""
        nodes = self.nodes
        node = nodes[i]
        listed = self.group.copy() if i and nodes[i - 1].kind in _JOINTS else None
        interval: Interval = node.value if node.kind == INTERVAL else Interval((1.0,), None)
        interval, reached = self._bracketed(i, interval, max(i + 1, behind))
        course = _Course(i, i > 0 and nodes[i - 1].kind is w.HEDGE)
        if self.opened is not None and self.opened[1] == i:
            course.low = self.opened[0]
        elif nodes[reached].kind is w.OPEN and (spread := self._spread(reached)):
            course.low, course.high, reached = spread  # "daily (days 1 to 14)"
        course.end = nodes[reached - 1].end
        course.chained = self._continued(i) if course.low is None else None
        window = self.window[0] if course.low is None and self.window and self._near(self.window[1], i) else None
        reached = self._course(course, reached)
        if window is not None:
            self._take_window(course, window)
        _complete(course)
        low, high = course.low, course.high
        if listed and high is not None and high.role == ORIGIN and high.words is not None:
            self.group = listed  # "1, 3 months and yearly up to 5 years after surgery"
            self._serve_list(high, high.days, study=False)
        if low is None and node.kind == INTERVAL and node.value.unit is None:
            low = Bound(None, "DAY", "CYCLE_START")
        for value in interval.values:
            row = Row("RECURRING", node.start, course.end, low, high)
            row.approximate = course.approximate
            row.every = (value, interval.unit or "")
            self.made.append(row)
        self._end_list()
        self.then = False
        self.recurred = reached
        return reached

    def _course(self, course: _Course, reached: int) -> int:
        """Read the bounds said behind an interval, and return the position behind the last of them."""
        nodes = self.nodes
        while True:
            j = self._next_bound(reached)
            reader = _COURSES.get(nodes[j].kind)
            behind = 0 if reader is None else reader(self, course, j)
            if not behind:
                return reached
            if nodes[behind].kind is w.CLOSE:
                if all(node.kind is not w.OPEN for node in nodes[course.begin : behind]):
                    return behind
                behind += 1
            reached = behind

    # What reads a bound returns the position behind it, or 0 where it is none.

    def _course_from(self, course: _Course, j: int) -> int:
        """Read "from week 4", "from week 4 to week 12", "after discharge" at `j`."""
        if course.low is not None:
            return 0
        taken = self._taken(j) if self.nodes[j].kind is w.FROM else None
        if taken is not None:
            row, behind = taken
            course.low, course.high, course.end = row.low, row.high, row.end
            return behind
        found, behind = self._moments(j + (self.nodes[j].kind is w.FROM))
        if not found or found[-1].high is not None:
            return 0
        course.low, course.end = found[-1].low, max(course.end, found[-1].end)
        return behind

    def _course_before(self, course: _Course, j: int) -> int:
        """Read "weekly before each cycle" at `j`."""
        found, behind = self._moments(j)
        if course.low is not None or not found or found[-1].low.event is None or not found[-1].low.event.each:
            return 0
        course.low, course.end = found[-1].low, max(course.end, found[-1].end)
        return behind

    def _course_in(self, course: _Course, j: int) -> int:
        """Read the years of "every 3 months in year 1, every 6 months in years 2-5" at `j`."""
        node = self.nodes[j + 1]
        if node.kind != TIME or course.high is not None:
            return 0
        years: Times = node.value
        if years.unit != "YEAR" or not (years.study or years.ordinal):
            return 0
        first, last = years.items[0], years.items[-1]
        if course.chained is None:
            if len(years.items) > 1:
                return 0
            if first.high is not None:
                course.low = Bound(first.low, years.unit)
        course.high = Bound(last.low if last.high is None else last.high, years.unit)
        course.end = node.end
        return j + 2

    def _course_until(self, course: _Course, j: int) -> int:
        """Read "for 2 years", "until progression, up to 50 months", "during treatment" at `j`."""
        kind = self.nodes[j].kind
        taken = self._taken(j)
        if taken is None or (course.high is not None and course.high.value is not None):
            return 0
        row, behind = taken
        low, high = row.low, row.high
        said = low is not None and bool(low.value or low.anchor)
        if course.low is None and said and (course.chained is None or kind is w.DURING):
            course.low = low
        if course.high is not None and high is not None and course.high.anchor is not None and high.anchor is None:
            course.high.date(high.value, high.unit)
        else:
            course.high = high
            named = self.nodes[behind - 1].value if self.nodes[behind - 1].kind == TIME else None
            course.lasting = kind is w.FOR and not (named and (named.study or named.ordinal))
        course.approximate = course.approximate or row.approximate
        course.end = max(course.end, row.end)
        return behind

    def _take_window(self, course: _Course, row: Row) -> None:
        """Take the bounds of the span before an interval: "from surgery until death, assessed every 3 months"."""
        high = course.high
        if (
            course.low is not None
            or not course.bare
            or row.kind != "WINDOW"
            or not self.made
            or self.made[-1] is not row
        ):
            return
        if high is not None:
            if row.high is None or row.high.value is not None or row.high.anchor is None:
                return
            row.high.date(high.value, high.unit)
        self.made.pop()
        course.low, course.high, course.end = row.low, row.high, max(course.end, row.end)
        course.approximate = course.approximate or row.approximate

    def _bracketed(self, i: int, interval: Interval, behind: int) -> tuple[Interval, int]:
        """Read the bracket behind the interval at `i` that says it again: "(q3w)", or "every 2 cycles (6 weeks)"."""
        nodes = self.nodes
        again = nodes[i + 2]
        if nodes[i].kind != INTERVAL or nodes[i + 1].kind is not w.OPEN or nodes[i + 3].kind is not w.CLOSE:
            return interval, behind
        if again.kind == TIME and interval.unit is None:
            times: Times = again.value
            self.used.update(range(i + 1, i + 4))
            return Interval((times.items[-1].low,), times.unit), i + 4
        if again.kind is w.CYCLE and again.value.counted:
            return interval, i + 4  # "every 6 weeks (2 cycles)"
        if again.kind == INTERVAL and (interval.unit is None or _same(again.value, interval)):
            self.used.update(range(i + 1, i + 4))
            return (again.value if interval.unit is None else interval), i + 4
        return interval, behind

    def _continued(self, i: int) -> Bound | None:
        """Return the end of the recurrence that the interval at `i` goes on from: "…, then every 6 months"."""
        nodes = self.nodes
        joined = i - 1 if i and nodes[i - 1].kind is w.AND else i
        if not self.made or not (self.then or nodes[i + 1].kind is w.THEN or self._near(self.recurred, joined)):
            return None
        previous = self.made[-1]
        if previous.kind != "RECURRING" or previous.high is None:
            return None
        return previous.high.again()

    def _next_bound(self, i: int) -> int:
        """Return where behind `i` a recurrence's bound is said, if only words that say no time stand before it."""
        nodes = self.nodes
        j = i
        while j < i + 8:
            if nodes[j].kind is w.OPEN and nodes[j + 1].kind is w.CYCLE and nodes[j + 2].kind is w.CLOSE:
                if nodes[j + 1].value.length is None:
                    break
                self.cycle_length = nodes[j + 1].value.length
                j += 3
            elif nodes[j].kind in _BEFORE_BOUND or (nodes[j].kind is w.EVENT and nodes[j].value in _VISITS):
                j += 1  # "weekly visits for 12 weeks"
            else:
                break
        if nodes[j].kind is w.FOR and nodes[j + 1].kind is w.WORD and nodes[j + 2].kind in _BOUNDS:
            return j + 2  # "for 4 assessments over 6 months"
        kind = nodes[j].kind
        plain = j == i or all(node.kind is not w.COMMA for node in nodes[i:j])
        starting = kind is w.FROM and self._words_of(nodes[j]).lower().startswith(_STARTING)  # ", starting at week 4"
        if kind in ENDINGS or kind is w.FOR or starting or (plain and kind in _BOUNDS):
            return j
        return i

    def _taken(self, i: int) -> tuple[Row, int] | None:
        """Read the span at `i` as the bounds of a recurrence, not as a row."""
        count = len(self.made)
        behind = (
            self._from(i)
            if self.nodes[i].kind is w.FROM
            else (self._between(i) if self.nodes[i].kind is w.BETWEEN else self._lead(i))
        )
        if len(self.made) == count + 1 and self.made[-1].kind == "WINDOW":
            return self.made.pop(), behind
        if len(self.made) > count and all(row.kind == "POINT" and row.study for row in self.made[count:]):
            row = self.made[-1]  # "for years 4 and 5"
            del self.made[count:]
            return Row("WINDOW", row.start, row.end, None, row.low), behind
        del self.made[count:]
        return None

    def _near(self, behind: int, i: int) -> bool:
        """Return whether nothing but commas and words stands between two positions."""
        return i - behind <= 8 and all(node.kind in _BRIDGES for node in self.nodes[behind:i])


class _Course:
    """The bounds of a recurrence, while they are read."""

    __slots__ = ("approximate", "begin", "chained", "end", "high", "lasting", "low")

    def __init__(self, begin: int, approximate: bool) -> None:
        self.begin = begin  # the position of the interval
        self.end = 0  # the place where the words of the bounds end
        self.low: Bound | None = None
        self.high: Bound | None = None
        self.chained: Bound | None = None  # the end of the recurrence before this one
        self.lasting = False  # whether the end is a length ("for 2 years")
        self.approximate = approximate

    @property
    def bare(self) -> bool:
        """Whether no end is said, or only a number that may bound an event said before."""
        high = self.high
        return high is None or (high.anchor is None and high.value is not None and not self.lasting)


def _same(one: Interval, other: Interval) -> bool:
    """Return whether two intervals are the same in other units: "weekly (every 7 days)"."""
    if one.unit is None or other.unit is None:
        return one == other
    return [value * DAYS[one.unit] for value in one.values] == [value * DAYS[other.unit] for value in other.values]


def _complete(course: _Course) -> None:
    """Give a recurrence the bound that its words leave out: it goes on from the one before, or starts at 0."""
    low, high, chained = course.low, course.high, course.chained
    if low is None and chained is not None:
        low = chained
        if course.lasting and high is not None and high.anchor is None and high.value is not None and low.value:
            high.value += low.value * DAYS[low.unit] / DAYS[high.unit]
    if low is None and high is not None:
        low = Bound(0.0, high.unit)
    inherits = chained is None or course.lasting
    if inherits and low and high and high.anchor is None and high.value and low.anchor is not None:
        high.anchor, high.role = low.anchor, ORIGIN
    course.low = low


_COURSES: Final[dict[str, Callable[[Recurrences, _Course, int], int]]] = {
    **dict.fromkeys((w.FROM, w.AFTER), Recurrences._course_from),
    **dict.fromkeys((*LEADS, w.BETWEEN), Recurrences._course_until),
    w.BEFORE: Recurrences._course_before,
    w.AT: Recurrences._course_in,
}
"""What reads a bound of a recurrence, by the phrase that opens it."""
