"""The words of time frames: text cut into tokens with their places.

Here belongs how words, numbers and signs are cut, and what decides where a word can be several things. Which words
there are is `timeframe_lexicon`; what tokens mean beside each other is `timeframe_numbers` and the modules after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pipeline.normalize.quantities import NUMBER_WORDS, UNIT_WORDS, fold
from pipeline.normalize.timeframe_lexicon import (
    AFTER,
    AND,
    AT,
    BEFORE,
    CLOSE,
    COLON,
    COMMA,
    CYCLE,
    DASH,
    DATE,
    DURING,
    END,
    EVENT,
    FAMILIES,
    GLUED,
    HEDGE,
    IS,
    LAST,
    LEXICON,
    NOISE,
    NUMBER,
    OPEN,
    ORDINAL,
    PHRASES_BY_SECOND,
    PREFIXES,
    SLASH,
    START,
    STOP,
    TO,
    UNIT,
    UNTIL,
    UP_TO,
    WORD,
    Entry,
)


# Tokens come by the million: objects with slots are read in half the time of tuples with names.
@dataclass(slots=True, eq=False)
class Token:
    """A word, phrase or sign: its kind, what it is worth, and where it stands (half-open, in characters)."""

    kind: str
    value: Any
    start: int
    end: int


# --- Scanner ---------------------------------------------------------------------------------------------------------

_MONTHS: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}"
_YEAR: Final = r"(?:19[5-9]\d|20\d\d)"
_TIME_UNIT: Final = r"(?:days?|weeks?|wks?|months?|mos?|hours?|hrs?|h|d|min(?:ute)?s?|years?|yrs?)"

_TOLERANCE: Final = (
    r"(?:\+\ ?/?\ ?-|±|\+/-|-/\+)\ ?(?:\d{1,4}(?:\.\d)?\ ?-\ ?)?\d{1,4}(?:\.\d{1,3})?\ ?%?"
    rf"-?\ ?(?:calendar\ )?(?:{_TIME_UNIT}\b)?"
)

_SCANNER: Final = re.compile(
    rf"""(?=[^ ])(?:  # blanks are passed over
    (?P<tolerance>[(\[]\ ?{_TOLERANCE}\ ?[)\]]|{_TOLERANCE})
  | (?P<clock>\d{{1,2}}(?::\d\d){{1,2}}(?:\ ?[ap]\.?m\b\.?|h\b|hrs?\b)?|\d{{1,2}}\ ?(?:[ap]\.?m\b\.?|o'clock))
  | (?P<date>\d{{1,2}}(?:st|nd|rd|th)?(?:\ of)?[ /-]?{_MONTHS}[ ,./-]{{0,2}}(?:{_YEAR}|\d\d)\b
        |\d{{1,2}}[/.-]\d{{1,2}}[/.-]{_YEAR}\b
        |{_YEAR}(?:[/.-]\d{{1,2}}){{1,2}}\b
        |{_YEAR}\b(?!\ ?-?{_TIME_UNIT}\b)
        |{_MONTHS}[ ,./-]{{0,2}}(?:\d{{1,2}}(?:st|nd|rd|th)?[ ,./-]{{1,2}})?{_YEAR}\b)
  | (?P<plural>\(s\))
  | (?P<cycle_day>c(\d{{1,2}})[ -]?d(-?\d{{1,3}})\b)
  | (?P<number>(?:\d{{1,7}}(?:\.\d{{1,6}})?|\.\d{{1,6}})(?![\d%]))(?P<ordinal>(?:st|nd|rd|th|er|eme)\b)?
  | (?P<word>[^\W\d_]+(?:'s\b)?)
  | (?P<other>\d[\d.]*%?|.))
    """,
    re.VERBOSE | re.DOTALL,
)
_ACROSS_BLANKS: Final = re.compile(
    rf"[+±]|c\d|19[5-9]\d|20\d\d|(?<![^\W\d_])(?:st|nd|rd|th)?{_MONTHS}|(?<![^\W\d_])(?:[ap]\.?m\b|o'clock)"
)
"""What may be part of a tolerance, a clock time, a date or a day of a cycle that is written with blanks."""
_SIGNS: Final[dict[str, str]] = {
    ",": COMMA,
    ";": STOP,
    ".": STOP,
    "/": SLASH,
    "-": DASH,
    "&": AND,
    "+": AND,
    "(": OPEN,
    "[": OPEN,
    "{": OPEN,
    ")": CLOSE,
    "]": CLOSE,
    "}": CLOSE,
    ":": COLON,
    "<": UP_TO,
    "≤": UP_TO,
    "=": IS,
    "@": AT,
    "~": HEDGE,
    "≈": HEDGE,
    "±": HEDGE,
    "|": STOP,
    "•": STOP,
    "→": TO,
    "…": NOISE,
    '"': NOISE,
    "'": NOISE,
    "*": NOISE,
    "_": NOISE,
    "?": NOISE,
    "!": STOP,
    "#": NOISE,
    ">": NOISE,
    "≥": NOISE,
    "\\": NOISE,
}


def scan(text: str) -> list[Token]:
    """Return the tokens of `text` in order, without what says nothing about time; tolerances and clock times are such.

    Linear in the length of `text`, and total: any string has tokens.
    """
    raw = _raw(fold(text))
    tokens: list[Token] = []
    position, count = 0, len(raw)
    while position < count:
        group, word, start, end, sense = raw[position]
        position += 1
        if sense is not None:
            kind, value = sense
            if kind is not NOISE:
                tokens.append(Token(kind, value, start, end))
        elif group == "word":
            position = _word(raw, position, tokens)
        elif group == "number":  # and the word that makes a name of it
            position += 1
            tokens.append(Token(WORD, None, start, raw[position - 1][3]))
        elif group == "other":
            _sign(text, word, start, tokens, raw[position][1] if position < count else "")
        elif group == "tolerance":
            _tolerance(word, end, tokens)
        elif group == "cycle_day":
            cycle, day = re.findall(r"-?\d+", word.replace(" ", "").replace("-d", "d"))
            tokens.append(Token(CYCLE, (float(cycle), float(day)), start, end))
    return tokens


# --- Words as they are cut -------------------------------------------------------------------------------------------

_Sense = tuple[str, Any]
_Raw = tuple[str, str, int, int, _Sense | None]
"""A word as it is cut: its group of the scanner, itself, its place, and the kind and value of its token where these
are the same whatever stands around it."""


def _raw(folded: str) -> list[_Raw]:
    """Return the words of a folded text."""
    raw: list[_Raw] = []
    at = 0
    for piece in folded.split(" "):
        words = _piece(piece)
        if words is None:
            return _cut(folded)
        for group, word, start, end, sense in words:
            raw.append((group, word, at + start, at + end, sense))
        at += len(piece) + 1
    return raw


@lru_cache(maxsize=1 << 13)
def _piece(piece: str) -> list[_Raw] | None:
    """Return the words of what stands between blanks; None where one may go on behind a blank.

    Most time frames are made of the same few pieces ("weeks,", "12"), so that few pieces are ever cut.
    """
    return None if len(piece) > _LONGEST_PIECE or _ACROSS_BLANKS.search(piece) else _cut(piece)


def _cut(folded: str) -> list[_Raw]:
    """Return the words of a folded text, or of a piece of one."""
    raw: list[_Raw] = [(m.lastgroup or "", m[0], *m.span(), None) for m in _SCANNER.finditer(folded)]
    for position, (group, word, start, end, _) in enumerate(raw):
        following = raw[position + 1] if position + 1 < len(raw) and raw[position + 1][2] == end else None
        sense: _Sense | None = None
        if group == "word":
            sense = _sense(word, following)
        elif group == "number":
            if following is None or not _is_code(raw, position + 1):
                sense = NUMBER, float(word)
        elif group == "ordinal":
            sense = ORDINAL, float(word.rstrip("sthndrmeé"))
        elif group == "other":
            before = folded[start - 1 : start]
            if word == ".":
                sense = None if following is None else _SILENT
            elif word != "-" or following is None or not (before.isalpha() and following[1][0].isalpha()):
                sense = _SIGNS.get(word, WORD), word
        elif group == "date":
            sense = DATE, None
        elif group != "tolerance" and group != "cycle_day":
            sense = _SILENT
        raw[position] = (group, word, start, end, sense)
    return raw


def _sense(word: str, following: _Raw | None) -> _Sense | None:
    """Return what a word is, whatever stands around it but for what is written onto it; None where that decides."""
    entries = LEXICON.get(word)
    if entries is None:
        family = FAMILIES.fullmatch(word)
        if family and not _AROUND_FAMILIES.match(word):
            return EVENT, family.lastgroup
        alone = following is None and word not in _DAYS_SINCE
        return (WORD, None) if alone and not PREFIXES.fullmatch(word) and not GLUED.fullmatch(word) else None
    if len(entries) > 1 or entries[0].rest or len(word) == 1 or word in _BY_CONTEXT:
        return None
    kind, value = entries[0].kind, entries[0].value
    return kind, word if kind is UNTIL else value


_LONGEST_PIECE: Final = 32
_AROUND_FAMILIES: Final = re.compile("post|pre")  # but a "pericardiectomy" is not around one
_SILENT: Final = (NOISE, None)


def _tolerance(words: str, end: int, tokens: list[Token]) -> None:
    """Keep the unit of "24 ± 4 hours", which is the number's too; else a tolerance says nothing."""
    unit = _LAST_WORD.search(words)
    bare = tokens and tokens[-1].kind is NUMBER and (len(tokens) < 2 or tokens[-2].kind is not UNIT)
    if unit and bare and words[0] not in "([":
        tokens.append(Token(UNIT, UNIT_WORDS[unit[1]], end - len(unit[0]), end))


_LAST_WORD: Final = re.compile(r"([a-z]+) ?$")


def _word(raw: list[_Raw], following: int, tokens: list[Token]) -> int:
    """Append the tokens of the word before `following` and return where to go on."""
    _, word, start, end, _ = raw[following - 1]
    after = raw[following] if following < len(raw) else None
    if word in _BY_CONTEXT and after and (reached := _by_context(raw, following, tokens)):
        return reached
    if word in LEXICON:
        reached = _known(raw, following, tokens)
        if reached:
            return reached
    elif word in _DAYS_SINCE and after and (after[0] == "number" or after[1] in "#-"):
        _day_since(_DAYS_SINCE[word], start, end, tokens)
        return following + (after[1] == "-")  # of "POD-1" the hyphen is no sign
    elif prefixed := PREFIXES.fullmatch(word):
        stem = LEXICON.get(prefixed[2], _NOTHING)[-1]
        family = FAMILIES.fullmatch(prefixed[2])
        noun = stem.value if stem.kind is EVENT and not stem.rest else family and family.lastgroup
        if noun:  # "postsurgery", "posttransplant"
            split = start + len(prefixed[1])
            relation = {"post": AFTER, "pre": BEFORE}.get(prefixed[1], DURING)
            tokens.append(Token(relation, None, start, split))
            tokens.append(Token(EVENT, noun, split, end))
            return following
    elif tokens and tokens[-1].kind in _NUMBERS and (glued := GLUED.fullmatch(word)):
        split = start + len(glued[1])
        tokens.append(Token(UNIT, UNIT_WORDS[glued[1]], start, split))
        raw[following - 1] = ("word", glued[2], split, end, None)
        return following - 1
    # Letters and digits in one are a name ("T0", "IL-6"), and its digits are no number.
    if after and after[2] == end and len(word) <= 6:
        if after[1] == "-" and following + 1 < len(raw) and raw[following + 1][2] == after[3]:
            after, following = raw[following + 1], following + 1
        if after[0] == "number":
            following, end = following + 1, after[3]
    tokens.append(Token(WORD, None, start, end))
    return following


def _by_context(raw: list[_Raw], following: int, tokens: list[Token]) -> int:
    """Append the tokens of "hospital day", "day of life 3", "the past 7 days"; 0 where the word is none of these."""
    _, word, start, end, _ = raw[following - 1]
    after = raw[following]
    if word in _STAYS and after[1] in _DAY_WORDS:
        _day_since("ADMISSION", start, after[3], tokens)
        return following + 1
    if word == "day" and after[1] == "of" and following + 2 < len(raw):
        if raw[following + 1][1] == "life" and raw[following + 2][0] == "number":
            _day_since("BIRTH", start, raw[following + 1][3], tokens)
            return following + 2
    elif word in _LOOKING_BACK and _counts(after) and (not tokens or tokens[-1].kind is not UNIT):
        tokens.append(Token(LAST, None, start, end))
        return following
    return 0


def _known(raw: list[_Raw], following: int, tokens: list[Token]) -> int:
    """Append the token of the longest phrase that the word before `following` begins; 0 where it begins none."""
    _, word, start, _, _ = raw[following - 1]
    for entry in _candidates(word, raw, following):
        reached = following if not entry.rest else _phrase_end(raw, following, entry.rest)
        if reached < 0:
            continue
        kind, value = entry.kind, entry.value
        end = raw[reached - 1][3]
        previous = tokens[-1].kind if tokens else ""
        if kind is NOISE:
            if word == "s" and previous is NUMBER:
                tokens.append(Token(UNIT, "SECOND", start, end))
            after = raw[following][1] if following < len(raw) else ""
            if (word == "a" or word == "an") and LEXICON.get(after, _NOTHING)[-1].kind is UNIT:
                tokens.append(Token(NUMBER, 1.0, start, end))  # "a week"
            return reached
        if kind is UNIT and len(word) == 1:
            written_on = _numbered(raw, following, end, signed=previous is not WORD)
            counted = (previous in _NUMBERS and word != "j") or (word in _HYPHENATED and _hyphenated(tokens, start))
            if not written_on and not counted:
                kind = WORD
        elif kind is ORDINAL and word == "second" and previous is NUMBER:
            kind, value = UNIT, "SECOND"
        tokens.append(Token(kind, word if kind is UNTIL else value, start, end))
        return reached
    return 0


# "POD 3", "DOL 7": the days of a calendar that an event begins; so do "hospital day 2" and "the first ICU day".
_DAYS_SINCE: Final = {"pod": "PROCEDURE", "pods": "PROCEDURE", "dol": "BIRTH", "pnd": "BIRTH"}
_STAYS: Final = frozenset(("hospital", "icu", "inpatient", "hospitalization", "hospitalisation"))
_DAY_WORDS: Final = frozenset(("day", "days"))


_LOOKING_BACK: Final = frozenset(("past", "previous", "preceding"))  # "the past 7 days", not "30 days past surgery"


def _counts(raw: _Raw) -> bool:
    return raw[0] == "number" or raw[1] in NUMBER_WORDS


def _day_since(anchor: str, start: int, end: int, tokens: list[Token]) -> None:
    tokens += (Token(AFTER, None, start, end), Token(EVENT, anchor, start, end), Token(UNIT, "DAY", start, end))


def _numbered(raw: list[_Raw], following: int, end: int, *, signed: bool) -> bool:
    """Return whether a number is written onto the letter that ends at `end`: "D1", "D-1", "W+2"."""
    after = raw[following] if following < len(raw) else None
    if signed and after is not None and after[1] in ("-", "+") and after[2] == end and following + 1 < len(raw):
        end, after = after[3], raw[following + 1]
    return after is not None and after[0] in _NUMBERS and after[2] == end


def _hyphenated(tokens: list[Token], start: int) -> bool:
    """Return whether a number and a hyphen are written onto what begins at `start`: "24-h"."""
    if len(tokens) < 2 or tokens[-1].kind is not DASH or tokens[-2].kind is not NUMBER:
        return False
    return tokens[-2].end == tokens[-1].start and tokens[-1].end == start


_HYPHENATED: Final = frozenset("hwmy")  # but "3-D" is no day
_NUMBERS: Final = frozenset((NUMBER, ORDINAL))
_BY_CONTEXT: Final = _STAYS | _LOOKING_BACK | {"an", "second", "day"}
_NOTHING: Final = (Entry((), WORD, None),)


def _candidates(word: str, raw: list[_Raw], following: int) -> tuple[Entry, ...]:
    """Return the phrases that may begin with `word`, by the word behind it, the longest first."""
    longer, alone = PHRASES_BY_SECOND[word]
    if longer and following < len(raw):
        behind = raw[following][1]
        if behind in "-/.'" and following + 1 < len(raw):
            behind = raw[following + 1][1]
        return longer.get(behind, alone)
    return alone


def _phrase_end(raw: list[_Raw], position: int, rest: tuple[str, ...]) -> int:
    """Return where the words `rest` end that begin at `position`, hyphens and slashes between them aside, or -1."""
    count = len(raw)
    for word in rest:
        if position < count and raw[position][1] in "-/.'":
            position += 1
        if position >= count or raw[position][1] != word:
            return -1
        position += 1
    return position


def _is_code(raw: list[_Raw], position: int) -> bool:
    """Return whether the word at `position`, written onto a number, makes a name of both ("18F", "90Y-x", "4x10")."""
    group, word, _, end, _ = raw[position]
    if group != "word":
        return False
    entries = LEXICON.get(word)
    if not entries:
        return not (PREFIXES.fullmatch(word) or len(word) > 3)
    if entries[-1].kind is UNIT and len(word) == 1 and position + 2 < len(raw):
        dash, behind = raw[position + 1], raw[position + 2]
        return dash[1] == "-" and dash[2] == end and behind[0] == "word" and behind[2] == dash[3]
    return False


_RELATED: Final = re.compile("post|pre|prior|after|before|following")


def _sign(text: str, sign: str, start: int, tokens: list[Token], following: str) -> None:
    """Append the token of a sign, if it says something; `following` is the word behind it."""
    kind = _SIGNS.get(sign, WORD)
    end = start + len(sign)
    if sign == ".":
        behind = text[end : end + 2].lstrip()
        if behind and not (text[end].isspace() and behind[0].isupper()):
            return
        unit = tokens[-1] if tokens and tokens[-1].kind is UNIT and tokens[-1].end == start else None
        if unit and start - unit.start < len(unit.value) and _RELATED.match(following):
            return  # "6 wks. Post-op"
    elif sign == "-":
        before, behind = text[start - 1 : start], text[end : end + 1]
        if before.isalpha() and behind.isalpha():
            kind_behind = LEXICON.get(following, _NOTHING)[-1].kind
            if (
                not tokens or tokens[-1].kind is not EVENT or kind_behind not in (UNIT, START, END)
            ):  # "baseline-week 4", not "post-dose"
                return
    if kind is not NOISE:
        tokens.append(Token(kind, sign, start, end))
