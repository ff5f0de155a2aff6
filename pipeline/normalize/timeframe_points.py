"""Points, and the running list of times that still waits for its event or cycle.

Here belongs how moments become rows of their own, and what one row of a list leaves to the others: an event behind the
list, or before it. Rows of two moments are `timeframe_spans`, those of an interval `timeframe_recurrences`.
"""

from __future__ import annotations

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.timeframe_bounds import DATED, ORIGIN, Bound, Moment, Row, anchors_during
from pipeline.normalize.timeframe_estimates import Estimates
from pipeline.normalize.timeframe_phrases import Event


class Points(Estimates):
    """The making of points, and of what a list shares."""

    __slots__ = ()

    def _end_group(self) -> None:
        """End the list that an event may lead or follow."""
        self.group.clear()
        self.leading = None

    def _end_list(self) -> None:
        self._end_group()
        self.known = None

    # --- Rows of one moment ------------------------------------------------------------------------------------------

    def _points(self, found: list[Moment], *, trailing: bool = False) -> None:
        """Make a row of each moment; an event or a cycle behind the last serves the list before it."""
        if not found:
            return
        last = found[-1]
        if trailing and self.group:
            self._serve(found)
        leading = self.leading
        for moment in found:
            low = moment.low
            if low.value is None and low.anchor is None:
                continue  # a calendar date
            event = low.event
            if event is not None and event.noun is w.FOLLOW_UP and low.role == DATED and not event.edged:
                low.anchor = low.words = None  # "follow-up (week 20)" is week 20
            row = self._row_of(moment)
            self.made.append(row)
            if moment.open:
                self._wait(row, moment)
            elif low.anchor is None and low.value is not None:
                self._join_list(row, low, leading)
        if last.low.value is None:
            self.group.clear()
            self.leading = last.low if self.leading is last.low else None

    def _row_of(self, moment: Moment) -> Row:
        """Return the row of a moment that is no span's bound."""
        low, high, event = moment.low, moment.high, moment.low.event
        if moment.follow_up and high is None and low.value is not None and not moment.study:
            row = Row("WINDOW", moment.start, moment.end, low.zero(), low)
        elif moment.later:
            row = Row("WINDOW", moment.start, moment.end, low, None)
        elif event is not None and event.period and not event.edged and _of_whole(moment):
            row = self._period_row(moment, event)
        elif event is not None and event.each and (high is None or low.anchor == "CYCLE_START"):
            row = Row("RECURRING", moment.start, moment.end, low, None)
        elif high is not None:
            row = Row("WINDOW", moment.start, moment.end, low, high)
        else:
            row = Row("POINT", moment.start, moment.end, low, low)
        row.study = moment.study
        row.approximate = moment.approximate
        row.cycle = moment.cycle
        return row

    def _period_row(self, moment: Moment, event: Event) -> Row:
        """Return the row of "treatment period", "treatment period (weeks 1 to 12)", "12-week study period"."""
        low, high = moment.low, moment.high
        row = self._during_row(event, low.words, moment.start, moment.end)
        if row.low is not None and row.high is not None and low.value is not None:
            if high is not None:
                row.low.date(low.value, low.unit)
                row.high.date(high.value, high.unit)
            else:
                row.high.value, row.high.unit, row.high.role = low.value, low.unit, low.role
        return row

    def _during_row(self, event: Event, words: str | None, start: int, end: int) -> Row:
        """Return the row of the time that `event` lasts."""
        first, last = anchors_during(event)
        low, high = Bound(0.0, "DAY", first), Bound(None, "DAY", last)
        low.words = high.words = words
        high.event = event
        self.last_event = high
        return Row("WINDOW", start, end, low, high)

    # --- What a list shares ------------------------------------------------------------------------------------------

    def _join_list(self, row: Row, low: Bound, leading: Bound | None) -> None:
        """Give a time without an anchor that which leads its list, or let it wait for one behind the list."""
        if leading is not None and row.study == self.leading_study:
            _anchor(row, leading)
        elif self.known is not None and row.study and low.unit == "DAY":
            row.cycle = int(self.known)
            low.anchor, low.role = "CYCLE_START", ORIGIN
        else:
            self.group.append(row)

    def _serve(self, found: list[Moment]) -> None:
        """Give the list what is said behind its last time: the event it is counted from, or the cycle of its days."""
        first, last = found[0], found[-1]
        if last.low.role == ORIGIN and last.low.words is not None:
            self._serve_list(last.low, first.low.days, study=last.study)
        elif last.cycle is not None and all(moment.cycle == last.cycle for moment in found):
            limit = first.low.days
            for earlier in reversed(self.group):
                low = earlier.low
                if not earlier.study or low is None or low.unit != "DAY" or low.days > limit:
                    break
                limit = low.days
                earlier.cycle = last.cycle
                _anchor(earlier, last.low)
            self.group.clear()

    def _serve_list(self, event: Bound, limit: float, *, study: bool) -> None:
        """Count the running list from the event behind it, back to a time that is later than the one behind it."""
        for earlier in reversed(self.group):
            named = earlier.study != study and (earlier.low is None or earlier.low.value != 0)  # not "day 0"
            if named or earlier.low is None or earlier.low.days > limit >= 0:
                break
            limit = min(limit, earlier.low.days) if limit >= 0 else limit
            _anchor(earlier, event)
        self.group.clear()

    def _wait(self, row: Row, moment: Moment) -> None:
        """Let a time "before" or "after", and the list that it ends, wait for an event that is named elsewhere."""
        self.waiting.append((row, moment.open, self.last_event))
        for earlier in self.group:
            if earlier.study == moment.study:
                self.waiting.append((earlier, moment.open, self.last_event))
        self.group.clear()

    def _settle(self) -> None:
        """Give the times "before" or "after" an unnamed event the event that is named elsewhere."""
        for row, sign, named in self.waiting:
            event = named or self.last_event
            for bound in (row.low,) if row.low is row.high else (row.low, row.high):
                if bound is not None and bound.anchor is None and bound.value is not None:
                    bound.value *= sign
                    if event is not None:
                        bound.count_from(event)
            if row.kind == "WINDOW" and sign < 0:
                row.low, row.high = row.high, row.low


def _of_whole(moment: Moment) -> bool:
    """Return whether a time beside a period is the whole of it, not a day counted in it."""
    low = moment.low
    return low.value is None or low.role == DATED or (low.role == ORIGIN and not moment.study)


def _anchor(row: Row, event: Bound) -> None:
    """Count a row from the event of another bound, where it has no anchor yet."""
    for bound in (row.low, row.high):
        if bound is not None and bound.anchor is None:
            bound.count_from(event)
