"""What stands behind an event and dates or bounds it: "until death from any cause, assessed up to 5 years".

Here belongs the row in the making, and the reading of the number, the bracket and the alternatives that follow an
event which is a span's end or a point. Which words make a span at all is `timeframe_rows`.
"""

from __future__ import annotations

from typing import Final

from pipeline.normalize import timeframe_words as w
from pipeline.normalize.timeframe_moments import (
    AHEAD,
    DATED,
    ENDINGS,
    HEDGES,
    LIST,
    OPENINGS,
    ORIGIN,
    REACH,
    RELATIONS,
    Bound,
    Moment,
    Moments,
)
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Event, Times

_OPENERS: Final = frozenset((w.UP_TO, w.WITHIN, w.UNTIL, w.AFTER, w.BEFORE, w.DURING, w.AT))
_NEXT: Final = frozenset((w.COMMA, w.AND, w.AT))
_IN_ALTERNATIVES: Final = frozenset((w.EVENT, w.WORD, w.AT, w.OF, w.OR, w.COMMA))


class Row:
    """A row in the making."""

    __slots__ = ("approximate", "cycle", "end", "every", "high", "kind", "low", "start", "study")

    def __init__(self, kind: str, start: int, end: int, low: Bound | None, high: Bound | None) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.low = low
        self.high = high
        self.every: tuple[float, str] | None = None
        self.cycle: int | None = None
        self.approximate = False
        self.study = False

    def again(self) -> Row:
        """Return the row once more, to be changed apart from it."""
        made = Row(self.kind, self.start, self.end, self.low, self.high)
        made.every, made.cycle, made.approximate, made.study = self.every, self.cycle, self.approximate, self.study
        return made


class Estimates(Moments):
    """The reading of what follows an event."""

    __slots__ = ("used",)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.used: set[int] = set()  # phrases that were read ahead of their turn

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
        low.value, low.unit, low.role = times.items[0].low, times.unit, DATED
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
        nodes = self.nodes
        high = row.high
        if high is None or high.value is not None:
            if high is not None and high.role == ORIGIN and high.words is not None:
                i = self._said_again(i)
            return self._alternatives(i)
        reached = j = i
        limit = min(i + REACH, len(nodes) - AHEAD)
        said = ""  # what introduces a number, and where it stands
        said_at = i
        alternative = True
        while j < limit:
            node = nodes[j]
            kind = node.kind
            if kind == TIME:
                if not said or nodes[j + 1].kind in (w.BEFORE, w.FROM):
                    break
                if nodes[j + 1].kind in (w.AFTER, w.OF) and nodes[j + 2].kind is w.EVENT:
                    if said == w.OR and not loose:  # "until discharge or 30 days after surgery, whichever …"
                        j = self._timed(j)[1]
                        return self._said_again(self._whichever(j + (nodes[j + 1].kind is w.WHICHEVER)))
                    if nodes[i].kind is not w.OPEN:
                        break
                    found, j = self._timed(j)
                    if nodes[j].kind is not w.CLOSE or len(found) > 1:
                        break
                    own = found[0].low
                    high.value, high.unit, high.anchor, high.role, high.words = (
                        own.value,
                        own.unit,
                        own.anchor,
                        own.role,
                        own.words,
                    )
                    row.end = nodes[j].end
                    return j + 1
                listing = nodes[j + 1].kind in LIST and nodes[j + 2].kind == TIME
                if said == w.OR and (listing or len(node.value.items) > 1):
                    break
                if said == w.COMMA:
                    lone = len(node.value.items) == 1 and nodes[j + 1].kind in ("", w.STOP, w.CLOSE)
                    named = node.value.study and not (lone and _over(high.event))
                    listed = nodes[j + 1].kind in LIST or nodes[j + 1].kind in RELATIONS
                    if named or not (lone or (loose and not listed)):
                        break
                times: Times = node.value
                item = times.items[-1]
                high.value = item.low if item.high is None else item.high
                high.unit = times.unit
                if high.event is not None and high.event.noun is w.FOLLOW_UP and high.event.weak:
                    high.anchor = None
                elif high.anchor is None and row.low is not None and row.low.anchor is not None:
                    high.anchor, high.role = row.low.anchor, ORIGIN
                else:
                    high.role = DATED
                if row.low is not None and row.low.value == 0 and row.low.anchor is None:
                    row.low.unit = times.unit
                row.approximate = row.approximate or said in HEDGES
                row.end = max(row.end, node.end)
                self.used.update(range(said_at, j + 1))
                j += 1
                if nodes[j].kind is w.CLOSE:
                    j += 1
                return reached if self._skipped(reached, j) else j
            if (
                kind is w.UP_TO
                or kind in HEDGES
                or kind is w.WITHIN
                or ((kind is w.DURING or kind is w.FOR) and nodes[j + 1].kind == TIME)
            ):
                if said not in (w.UP_TO, w.HEDGE):
                    said_at = j
                said = w.HEDGE if said in HEDGES or kind in HEDGES else w.OR if nodes[j - 1].kind is w.OR else w.UP_TO
            elif kind is w.OPEN:
                spread = self._spread(j)
                if spread is not None and row.low is not None:
                    first, last, behind = spread
                    row.low.value, row.low.unit, row.low.role = first.value, first.unit, DATED
                    high.value, high.unit, high.role = last.value, last.unit, DATED
                    row.end = nodes[behind - 1].end
                    return behind
                if nodes[j + 1].kind == TIME and nodes[j + 2].kind is w.CLOSE:
                    said, said_at = w.OPEN, j
                elif INTERVAL in {inner.kind for inner in nodes[j + 1 : j + 6]}:
                    while j < limit and nodes[j].kind is not w.CLOSE:
                        j += 1
                else:
                    said = ""
            elif kind is w.OF and j == i and nodes[j + 1].kind == TIME:
                said = w.IS  # "throughout the study period of 2 years"
            elif kind is w.COMMA or kind is w.COLON:
                said, said_at = w.COMMA, j
            elif kind is w.IS and (nodes[j + 1].kind == TIME or nodes[j + 1].kind in HEDGES):
                said, said_at = (said if said in HEDGES else w.IS), j
            elif kind is w.OR:
                reached = j + 1
                alternative = True
                said, said_at = (w.OR if nodes[j + 1].kind == TIME else ""), j  # "until discharge or 28 days"
            elif kind is w.EVENT and node.value.weak and node.value.noun in (w.FOLLOW_UP, w.STUDY):
                pass
            elif kind is w.EVENT and loose and nodes[j - 1].kind in _NEXT and not node.value.weak:
                break  # "during treatment, end of treatment"
            elif kind is w.EVENT:
                if reached == j or nodes[j - 1].kind in (w.COMMA, w.OR, w.UNTIL) or alternative:
                    reached = j + 1
                    alternative = False
                elif nodes[j - 1].kind not in (
                    w.WORD,
                    w.OF,
                    w.AFTER,
                    w.OPEN,
                    w.UP_TO,
                    w.TO,
                    w.MOMENT,
                    w.AT,
                    w.AND,
                    w.FROM,
                    w.FOR,
                    w.SLASH,
                ):
                    break
                if not node.value.weak:
                    said = ""
            elif kind is w.STOP:
                if not (nodes[j + 1].kind in HEDGES or nodes[j + 1].kind is w.UP_TO):
                    break
            elif kind is w.TO:
                if nodes[j - 1].kind is not w.OR and nodes[j - 1].kind is not w.WORD:
                    break
            elif kind in (INTERVAL, w.BETWEEN, w.CYCLE, w.THEN, w.CHANGE, w.DURING, ""):
                break
            elif kind is w.UNTIL:
                if said == w.COMMA and nodes[j + 1].kind == TIME:
                    said = w.UP_TO  # "until resolution, through day 28"
                elif nodes[j + 1].kind is not w.EVENT:
                    break
            elif kind is w.FROM:
                if nodes[j + 1].kind not in (w.EVENT, w.WORD):
                    break
            elif kind is w.AND and loose and nodes[j + 1].kind in _OPENERS:
                break  # "during anesthesia and up to 2 hours in recovery"
            elif kind is w.AND or (kind is w.AT and said == w.COMMA):
                said = ""
            j += 1
        return reached

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

    def _skipped(self, i: int, j: int) -> bool:
        """Return whether something between `i` and `j` still wants reading."""
        return any(node.kind == INTERVAL for node in self.nodes[i:j])

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

    def _alternatives_until(self, i: int, row: Row) -> int:
        """Read "or until progression" behind a number: the event is the end that the number bounds."""
        if row.high is not None and row.high.anchor is None:
            bound = self._event_bound(self.nodes[i], w.UNTIL)
            row.high.anchor, row.high.role, row.high.words = bound.anchor, DATED, bound.words
            row.end = self.nodes[i].end
        return self._alternatives(i + 1)


def _over(event: Event | None) -> bool:
    """Return whether `event` is an end, so that a week named behind it is its date: "until end of study, week 52"."""
    return event is not None and (event.ends or event.last or event.noun in ("TREATMENT_END", "STUDY_COMPLETION"))
