"""One time frame while it is read: its phrases, what was said so far, and how times get their anchor.

Here belongs what every rule of the readers needs: the phrases without what says no time, the memory of the running list
and sentence, and the giving of an event or a cycle to times. Which words ask for it is `timeframe_brackets` and those
after it.
"""

from __future__ import annotations

from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.timeframe_bounds import DATED, EACH_CYCLE, ORIGIN, Bound, Moment, Row, anchor_of
from pipeline.normalize.timeframe_grouping import phrases
from pipeline.normalize.timeframe_phrases import INTERVAL, TIME, Cycles, Event
from pipeline.normalize.timeframe_words import Token, scan

# --- Kinds of phrases, by what they can do ---------------------------------------------------------------------------

HEDGES: Final = frozenset((w.HEDGE, w.AVERAGE))
LIST: Final = frozenset((w.COMMA, w.AND, w.OR, w.SLASH))
RANGES: Final = frozenset((w.DASH, w.TO, w.UNTIL))
LEADS: Final = frozenset((w.UP_TO, w.UNTIL, w.WITHIN, w.FOR, w.DURING, w.TO))
ENDINGS: Final = frozenset((w.UP_TO, w.UNTIL, w.TO))
RELATIONS: Final = frozenset((w.AFTER, w.BEFORE, w.FROM, w.OF))
_SHARING: Final = LIST | RANGES | {w.UP_TO, w.AFTER, w.BEFORE, w.DURING, w.WITHIN, w.AT, w.OF, TIME}
_CONTENT: Final = frozenset((TIME, w.EVENT, INTERVAL, w.CYCLE, w.WORD, w.STOP))
_UNREAD: Final = frozenset((w.WORD, w.LABEL, w.MID, w.UNIT, w.DATE, w.IS, w.CHANGE))
_REMARKS: Final = frozenset(
    (w.WORD, w.LABEL, w.DATE, w.COMMA, w.OF, w.AND, w.OR, w.SLASH, w.DASH, w.COLON, w.IS, w.AT, w.FOR)
)
_ASIDES: Final = frozenset((Event(w.STUDY), Event("VISIT"), Event("OTHER"), Event(w.FOLLOW_UP)))
AHEAD: Final = 8  # how far behind its place a method looks without asking
_BEHIND: Final = [Token("", None, 0, 0)] * AHEAD
_LONGEST_RUN: Final = 12  # small words in a row that can still mean something
REACH: Final = 40  # phrases looked ahead for what dates an end, or closes a bracket


def _without_remarks(nodes: list[Token]) -> list[Token]:
    """Return the phrases without brackets that say no other time: "week 4 (visit 2)", "(T1)"."""
    kept: list[Token] = []
    opened: int | None = None
    for node in nodes:
        kept.append(node)
        if node.kind is w.OPEN:
            opened = len(kept) - 1
        elif node.kind is w.CLOSE:
            if opened is not None:
                del kept[opened:]
            elif _said_again(kept):
                del kept[-3:]
            opened = None
        elif node.kind not in _REMARKS and not (node.kind is w.EVENT and node.value in _ASIDES):
            opened = None
    return kept


def _said_again(kept: list[Token]) -> bool:
    """Return whether the last phrases are an event said again in brackets: "end of treatment (EOT)"."""
    if len(kept) < 4 or [node.kind for node in kept[-4:-1]] != [w.EVENT, w.OPEN, w.EVENT]:
        return False
    event, again = kept[-4].value, kept[-2].value
    return not (event.weak or again.weak) and anchor_of(event, w.AT) == anchor_of(again, w.AT)


def _squeezed(nodes: list[Token]) -> list[Token]:
    """Return the phrases with no run of small words longer than any that people write, so that reading is linear."""
    if len(nodes) <= _LONGEST_RUN:
        return nodes
    kept: list[Token] = []
    run = 0
    for node in nodes:
        run = 0 if node.kind in _CONTENT else run + 1
        if run <= _LONGEST_RUN:
            kept.append(node)
    return kept


class Frame:
    """The phrases of one time frame and what the words read so far leave to those behind them.

    A method that reads takes a position among the phrases and returns the position behind what it read.
    """

    __slots__ = (
        *("text", "spoken", "nodes", "used"),
        *("group", "leading", "leading_study", "known"),
        *("made", "waiting", "window", "opened", "recurred", "then"),
        *("change", "last_event", "cycle", "cycle_length", "cycle_at", "doses_first", "segment"),
    )

    def __init__(self, text: str) -> None:
        self.text = text
        self.spoken = nodes = phrases(scan(text))  # all that is said
        for node in nodes:
            if node.kind is w.OPEN:
                nodes = _without_remarks(nodes)
                break
        self.nodes = _squeezed(nodes) + _BEHIND  # what may say a time
        self.used: set[int] = set()  # phrases that were read ahead of their turn
        # The running list.
        self.group: list[Row] = []  # its times that still lack an anchor
        self.leading: Bound | None = None  # the event that leads it: "after surgery: 1, 3 months"
        self.leading_study = False  # whether that event leads study days
        self.known: float | None = None  # the cycle that leads its days
        # Rows.
        self.made: list[Row] = []  # in the order they were met
        # Times "before" or "after" an event that is named elsewhere, and the latest that was named before them.
        self.waiting: list[tuple[Row, int, Bound | None]] = []
        self.window: tuple[Row, int] | None = None  # the latest span and the position behind it
        self.opened: tuple[Bound, int] | None = None  # where the recurrence at a position starts: "from week 4 daily"
        self.recurred = -100  # the position behind the latest recurrence
        self.then = False  # whether a "then" stands before what is read
        # The sentence.
        self.change = False  # whether it tells a "change from baseline …"
        self.last_event: Bound | None = None
        self.cycle: float | None = None  # the cycle that it is about
        self.cycle_length: tuple[float, str] | None = None
        self.cycle_at = 0  # the first row behind the words that name that cycle
        self.doses_first = False  # whether it names its cycles behind their doses
        self.segment = 0  # its first row

    @property
    def unread(self) -> bool:
        """Whether there are words that no rule reads."""
        return any(node.kind in _UNREAD for node in self.spoken)

    def _words_of(self, node: Token) -> str:
        return self.text[node.start : node.end]

    # --- Events ------------------------------------------------------------------------------------------------------

    def _event_bound(self, node: Token, relation: str) -> Bound:
        """Return the event of `node` alone as a bound."""
        bound = Bound(None, "DAY", anchor_of(node.value, relation))
        bound.words = self.text[node.start : node.end]
        bound.event = node.value
        self.last_event = bound
        return bound

    def _count_from(self, found: list[Moment], node: Token, sign: int = 1, *, opening: bool = False) -> None:
        """Count the times from an event: after it, before it (negative), or into it ("12 weeks of treatment")."""
        event: Event = node.value
        anchor = anchor_of(event, w.AT if opening or sign < 0 else w.AFTER)
        words = self._words_of(node)
        for moment in found:
            for bound in moment.bounds:
                bound.anchor, bound.role, bound.words = anchor, ORIGIN, words
                if sign < 0 and bound.value is not None:
                    bound.value = -abs(bound.value)  # "-15 min before" is before, too
            if sign < 0 and moment.high is not None and moment.low.days > moment.high.days:
                moment.low, moment.high = moment.high, moment.low
            moment.low.event = event
        found[-1].end = max(node.end, found[-1].end)
        if anchor != "OTHER" or event.noun is not None:
            self.last_event = found[-1].low

    def _date(self, found: list[Moment], node: Token, role: str = DATED, relation: str = w.AT) -> None:
        """Make the event the anchor that the times date."""
        anchor, words = anchor_of(node.value, relation), self._words_of(node)
        for moment in found:
            for bound in moment.bounds:
                if bound.anchor is None:
                    bound.anchor, bound.role, bound.words = anchor, role, words
        found[-1].end = max(node.end, found[-1].end)

    def _shared_event(self, i: int) -> Token | None:
        """Return the event that "before and after surgery" leaves to its last part, near `i`."""
        for node in self.nodes[i : i + AHEAD]:
            if node.kind is w.EVENT:
                return node
            if node.kind not in _SHARING:
                break
        return None

    # --- Cycles ------------------------------------------------------------------------------------------------------

    def _about_cycles(self, numbers: tuple[float, ...]) -> None:
        """Hear which cycles the sentence names; what that means for its doses is `timeframe_rows`."""

    def _in_cycles(self, found: list[Moment], cycles: Cycles, end: int) -> list[Moment]:
        """Return the days `found` in each of `cycles`."""
        if cycles.length is not None:
            self.cycle_length = cycles.length
        self._about_cycles(cycles.numbers)
        out = []
        for number in cycles.numbers or (None,):
            for moment in found:
                made = _again(moment, study=True)
                for bound in made.bounds:
                    bound.anchor, bound.role = "CYCLE_START", ORIGIN
                if number is None:
                    made.low.event = EACH_CYCLE
                else:
                    made.cycle = int(number)
                out.append(made)
        out[-1].end = max(end, out[-1].end)
        return out

    def _around_cycles(self, found: list[Moment], node: Token, sign: int) -> list[Moment]:
        """Return the times `found` counted from each cycle of `node`: before its start, or after its end."""
        words = self._words_of(node)
        begins = words[:5].lower() in ("start", "begin", "onset", "initi") or (sign < 0 and not node.value.ends)
        out = []
        for number in node.value.numbers:
            for moment in found:
                made = _again(moment, study=moment.study)
                made.end = max(node.end, moment.end)
                made.cycle = int(number)
                for bound in made.bounds:
                    bound.anchor, bound.role, bound.words = "CYCLE_START" if begins else "OTHER", ORIGIN, words
                    bound.value = None if bound.value is None else sign * bound.value
                if made.high is not None and sign < 0:
                    made.low, made.high = made.high, made.low
                out.append(made)
        return out


def _again(moment: Moment, *, study: bool) -> Moment:
    """Return the time of a moment once more, as a moment of its own."""
    high = None if moment.high is None else moment.high.again()
    return Moment(moment.low.again(), moment.start, moment.end, high=high, study=study)
