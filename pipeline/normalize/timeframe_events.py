"""The words that name an event: "the first dose of study drug", "end of the 12-week treatment", "return to work".

Here belongs where an event's name begins and ends, its noun, and whether its begin, its end or one of several is meant.
Which anchor it is, is `timeframe_bounds`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from pipeline.normalize import timeframe_lexicon as w
from pipeline.normalize.timeframe_cycles import CyclePhrases
from pipeline.normalize.timeframe_numbers import NUMERIC
from pipeline.normalize.timeframe_phrases import TIME, Event, Item
from pipeline.normalize.timeframe_times import COUNTING
from pipeline.normalize.timeframe_words import Token

# A class that gives way to another noun of the same phrase ("study treatment", "treatment visit").
_MODIFIERS: Final = frozenset((w.STUDY,))
_HEADLESS: Final = frozenset((w.STUDY, w.FOLLOW_UP, "VISIT", "OTHER"))
_NUMBERED: Final = frozenset(("DOSE", "VISIT", w.INFUSION))
_IN_UNKNOWN: Final = frozenset((w.WORD, w.OF, w.OR, w.ORDINAL))
_LONG_UNITS: Final = frozenset(("WEEK", "MONTH", "YEAR"))
BEFORE_UNKNOWN: Final = frozenset((w.AFTER, w.BEFORE, w.UNTIL, w.DURING, w.MOMENT))
_LONGEST_NAME: Final = 6  # unknown words that may stand in an event's name
_LONGEST_EVENT: Final = 40  # words read for one event


@lru_cache(maxsize=64)
def _bare(noun: str) -> Event:
    """Return the event of a word that stands by itself."""
    return Event(w.STAY, period=True) if noun is w.STAYING else Event(noun)


class _Name:
    """The name of an event, while it is read."""

    __slots__ = (
        *("at", "begin", "begins", "closed", "cycle", "each", "edge", "ends", "first", "last", "loose"),
        *("name_end", "noun", "period", "reached", "timed", "unknown", "verb"),
    )

    def __init__(self, begin: int, *, loose: bool) -> None:
        self.begin = self.at = begin
        self.reached = begin  # the position behind the last word that belongs to it
        self.loose = loose  # whether words not known here may name it
        self.noun: str | None = None
        self.begins = self.ends = self.first = self.last = False
        self.edge = False  # whether one of these was said by a word of its own
        self.period = self.each = self.verb = False
        self.closed = False  # whether an "of" stands behind the noun
        self.unknown = 0  # words not known here
        self.name_end = 0  # the position behind them, where no noun is known
        self.timed: int | None = None  # where a time stands inside: "the end of the 12-week treatment"
        self.cycle = False  # whether it turns out to be a cycle: "the end of cycle 3"


class Events(CyclePhrases):
    """The reading of events."""

    __slots__ = ()

    def _event(self, i: int, *, named: bool = False, unknown_too: bool = False) -> int:
        """Read the words that name an event at `i`; 0 where they name none, or, if `named`, none that is known.

        Words not known here name an event only behind a word that asks for one, or if `unknown_too`.
        """
        tokens = self.tokens
        token = tokens[i]
        if token.kind is w.EVENT and tokens[i + 1].kind not in _IN_NAMES:
            self.nodes.append(Token(w.EVENT, _bare(token.value), token.start, token.end))
            return i + 1
        if token.kind is w.LAST and (behind := self._last_time(i)):
            return behind
        before = self.nodes[-1].kind if self.nodes else ""
        loose = named or unknown_too or before in BEFORE_UNKNOWN or before is w.TO
        name = _Name(i, loose=loose or (before is w.FROM and self._before_ending(i)))
        while name.at - i <= _LONGEST_EVENT:
            token = tokens[name.at]
            reader = _IN_NAMES.get(token.kind)
            if reader is None or not reader(self, name, token):
                break
            name.at += 1
        if name.cycle:
            return self._cycle(name.at, ends=name.ends, each=name.each, begin=tokens[i])
        if name.noun is None:
            if named:
                return 0
            if name.name_end and (name.loose or name.edge):
                name.noun, name.reached = "OTHER", max(name.reached, name.name_end)
            elif not name.edge:
                return 0
            elif name.timed is not None:
                return name.timed  # "the end of week 12" is week 12
            elif tokens[name.reached].kind is w.OF:
                following = tokens[name.reached + 1].kind
                if following in NUMERIC or following is w.UNIT:
                    return name.reached + 1
        return self._add_event(name, before)

    def _add_event(self, name: _Name, before: str) -> int:
        start, last = self.tokens[name.begin].start, self.tokens[name.reached - 1]
        if name.noun == "VISIT" and last.kind is w.NUMBER and before not in COUNTING:
            self.nodes.append(Token(w.WORD, None, start, last.end))
            return name.reached
        holds, edges = name.timed is not None, (name.begins, name.ends, name.first, name.last)
        event = Event(name.noun, *edges, name.period, name.each, holds, name.verb)
        self.nodes.append(Token(w.EVENT, event, start, last.end))
        if name.timed is not None:
            self._time(name.timed)
        return name.reached

    # What reads one word of a name returns whether the name goes on.

    def _name_noun(self, name: _Name, token: Token) -> bool:
        """Take the noun of a known event; of several the one that says what happens."""
        noun, value = name.noun, token.value
        name.reached = name.at + 1
        if value == "VISIT" and noun is w.STUDY and name.ends:
            return True  # "end of study visit"
        if value == "VISIT" and not name.closed and (name.each or (noun is w.FOLLOW_UP and not name.edge)):
            name.noun = value  # "each treatment visit", "the 6-month follow-up visit"
        elif noun is None or (not name.closed and (noun in _MODIFIERS or value not in _HEADLESS)):
            if noun != "PROCEDURE" or value is not w.TREATMENT or name.edge:  # "surgical treatment"
                name.noun = value
            name.verb = token.kind is w.HAPPENED
            if name.noun is w.STAYING:
                name.noun, name.period = w.STAY, True
        return True

    def _name_edge(self, name: _Name, token: Token) -> bool:
        """Take "start of", "end of", "entry", "last"."""
        kind, noun = token.kind, name.noun
        if noun is not None and (kind is w.LAST or (name.closed and not name.edge)) and noun not in _MODIFIERS:
            return False
        name.begins = name.begins or kind is w.START or kind is w.ENTRY
        name.ends = name.ends or kind is w.END
        name.last = name.last or kind is w.LAST
        if kind is w.ENTRY and (noun is None or noun is w.STUDY):
            name.noun = "ENROLLMENT"
        elif token.value and noun is None:  # "initiation"
            name.noun = token.value
            name.closed = False
        name.edge = True
        name.reached = name.at + 1
        return True

    def _name_ordinal(self, name: _Name, token: Token) -> bool:
        following = self.tokens[name.at + 1].kind
        if name.noun is not None or following is w.NUMBER or following is w.UNIT:
            return False
        name.first = name.first or token.value == 1.0
        return True

    def _name_number(self, name: _Name, token: Token) -> bool:
        """Take the number of "dose 2", the time inside "end of the 12-week treatment", or "a 15-mg dose"."""
        at = name.at
        if name.noun in _NUMBERED and name.reached == at and self._owns(at) and self._tight(at):
            name.first = name.first or token.value == 1.0
            name.reached = at + 1
        elif name.noun is None and name.edge and name.timed is None and (behind := self._inner_time(at)):
            name.timed = at
            name.at = behind - 1
        elif name.noun is not None or not name.loose:
            return False
        else:
            name.unknown += 1
        return True

    def _name_unit(self, name: _Name, token: Token) -> bool:
        """Take the "day" of "surgery day", the "days of" of "the last days of treatment"."""
        if name.noun is None:
            name.at += 1
            return name.last and self.tokens[name.at].kind is w.OF
        whole = token.end - token.start == 3 and token.value == "DAY"
        if not whole or name.reached != name.at or self._numeric(name.at + 1):
            return False
        name.reached = name.at + 1
        return True

    def _name_to(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        """Take "to the ward" of "admission to the ward", "to work" of "return to work"."""
        tokens, at = self.tokens, name.at
        whither = tokens[at + 1].kind is w.WORD and (not self.open_span or self._before_ending(at + 1))
        if not whither or not (name.noun == "ADMISSION" or (name.noun is None and name.unknown)):
            return False
        while tokens[at + 1].kind is w.WORD and at - name.begin < _LONGEST_EVENT:
            at += 1
        name.noun, name.closed = name.noun or "OTHER", True
        name.at, name.reached = at, at + 1
        return True

    def _name_moment(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        return name.noun is None

    def _name_is(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        following = self.tokens[name.at + 1].kind
        return following is w.HAPPENED if name.noun is None else following is w.END or following is w.START

    def _name_of(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        name.closed = name.closed or name.noun is not None
        return name.closed or name.edge or name.unknown > 0

    def _name_from(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        return name.edge and name.noun is None  # "withdrawal from the study"

    def _name_period(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        if name.noun is not None:
            name.period = True
            name.reached = name.at + 1
            return True
        if name.loose:
            name.unknown += 1
            name.name_end = name.at + 1
        return name.loose

    def _name_word(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        if name.unknown >= _LONGEST_NAME:
            return False
        name.unknown += 1
        if name.noun is not None:
            return name.closed
        if not (name.loose or name.edge or name.first):
            return False
        name.name_end = name.at + 1
        return True

    def _name_and(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        return name.noun is None and name.unknown > 0 and self.tokens[name.at + 1].kind is w.WORD

    def _name_each(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        name.each = name.each or name.noun is None
        return name.noun is None

    def _name_cycle(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        """Take "the last cycle" for the treatment; "the end of cycle 3" is no event, but a cycle."""
        if name.last and name.noun is None and self.tokens[name.at + 1].kind not in NUMERIC:
            name.noun = w.TREATMENT
            name.reached = name.at + 1
            return True
        name.cycle = name.noun is w.TREATMENT or (name.noun is None and name.edge and not name.unknown)
        return False

    def _name_relation(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        return name.closed and self.tokens[name.at + 1].kind is w.EVENT  # "completion of pre-operative chemotherapy"

    def _name_dash(self, name: _Name, token: Token) -> bool:  # noqa: ARG002 - as every reader
        if name.loose and name.noun is None and name.unknown:
            return True
        if name.noun != "DOSE" or name.reached != name.at or not self._numbers_dose(name.at):
            return False
        name.reached = name.at + 1  # "dose-1"
        return True

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
        elif unit.kind is w.UNIT and unit.value in _LONG_UNITS and self.tokens[i + 2].kind is w.OF:
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

    def _before_ending(self, i: int) -> bool:
        """Return whether only unknown words stand between `i` and a "to"."""
        tokens = self.tokens
        for token in tokens[i : i + _LONGEST_NAME + 2]:
            if token.kind is w.TO or token.kind is w.UNTIL or token.kind is w.UP_TO:
                return True
            if token.kind not in _IN_UNKNOWN:
                break
        return False


_IN_NAMES: Final[dict[str, Callable[[Events, _Name, Token], bool]]] = {
    **dict.fromkeys((w.EVENT, w.HAPPENED), Events._name_noun),
    **dict.fromkeys((w.START, w.END, w.ENTRY, w.LAST), Events._name_edge),
    **dict.fromkeys((w.WORD, w.LABEL, w.MID), Events._name_word),
    **dict.fromkeys((w.AND, w.SLASH), Events._name_and),
    **dict.fromkeys((w.BEFORE, w.AFTER), Events._name_relation),
    w.ORDINAL: Events._name_ordinal,
    w.NUMBER: Events._name_number,
    w.UNIT: Events._name_unit,
    w.TO: Events._name_to,
    w.MOMENT: Events._name_moment,
    w.IS: Events._name_is,
    w.OF: Events._name_of,
    w.FROM: Events._name_from,
    w.PERIOD: Events._name_period,
    w.EVERY: Events._name_each,
    w.CYCLE: Events._name_cycle,
    w.DASH: Events._name_dash,
}
"""What reads a word inside an event's name, by its kind; any other ends the name."""
