"""The words of a regimen, each with its class: the first of the steps of `regimens`.

A text becomes a *shape*, one letter a word, so that the grammar of `regimen_facts` is a table of patterns over
letters. Here belongs how a text is cut into words and how amounts and numbers are written; the vocabulary is
`regimen_words`'. What a sequence of words means does not belong here.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from pipeline.normalize.quantities import NUMBER_WORDS, UNIT_WORDS, fold, number
from pipeline.normalize.regimen_words import CONCENTRATION, DIVIDERS, UNITS, WORDS

# --- Amounts ---------------------------------------------------------------------------------------------------------

_DIVIDERS: Final = re.compile(
    r"\*? ?(?:gd ?)?(?:/ ?|\bper |\ba (?=day|week|hour))(?:"
    + "|".join(f"(?P<p{i}>{pattern})" for i, pattern in enumerate(DIVIDERS.values()))
    + rf"|(?P<conc>{CONCENTRATION}))"
)
_DIVIDER_NAMES: Final = {f"p{i}": name for i, name in enumerate(DIVIDERS)}
_UNIT: Final = re.compile(
    r"[ -]?(?:" + "|".join(f"(?P<u{i}>{pattern})" for i, pattern in enumerate(UNITS.values())) + r")(?![a-z])"
)
_UNIT_AGAIN: Final = re.compile(r" ?\((?:" + "|".join(UNITS.values()) + r")\)")
_UNIT_NAMES: Final = {f"u{i}": name for i, name in enumerate(UNITS)}
_CELLS: Final = re.compile(
    r"( ?/ ?kg| per kg)? ?(?:[a-z0-9+*]{1,20}[ -]){0,5}?"
    r"(?:[a-z0-9+]{0,4}cells?|[a-z-]{0,5}mscs?|mncs?|lymphocytes)\b( ?/ ?kg| per kg)?"
)

# --- Numbers and words in one pass -----------------------------------------------------------------------------------

_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_GROUPED: Final = str.maketrans("", "", ", ")
_MULTIPLES: Final = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "mio": 1e6, "billion": 1e9}
_WAY: Final = "_(?:an?_|the_)?(?:vein|muscle)"
_ARTERY: Final = "_(?:[a-z]+_){0,3}arter"
_OPENINGS: Final = rf"""
    d[-+]?\d days?[-+]?\d q\.?_?\d vitamin stage grade phase class type factor group arm cohort part follow area_u auc
    drug_ compound_ product_ vaccine_ no_t hepatic_ by_m per_o peripheral_ eye ear[_-] nasal_ dry whole radiation_
    external intra[_-] sub[_-] trans[_-] peri[_-] retro[_-] deltoid_m nerve_b plexus_b skin_p tak(?:e|es|ing)_part
    participat engag beneath_the_[st] under_the_[st] by{_WAY} into{_WAY} in{_WAY} through{_WAY} via{_WAY} via{_ARTERY}
    twenty- thirty- forty- fifty- sixty- seventy- eighty- ninety- one_[htmb] two_[htmb] three_[htmb] four_[htmb]
    five_[htmb] six_[htmb] seven_[htmb] eight_[htmb] nine_[htmb] ten_[htmb] several_[htmb]
    self-monitor duration treatment_p lot_
"""
"""How the special forms below begin that are written with letters; `_` is a blank."""


def _any_of(patterns: str) -> str:
    """Return the pattern of any of several that begin with a letter: each is tried only where its first letter is."""
    by_first: dict[str, list[str]] = {}
    for pattern in patterns.split():
        by_first.setdefault(pattern[0], []).append(pattern[1:].replace("_", r"\ "))
    return "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in by_first.items())


# Most words, which no special form may begin with, and signs stand first, so that they are read at once.
_TOKEN: Final = re.compile(
    rf"""
    (?:(?P<word>(?!{_any_of(_OPENINGS)})[a-z](?!\.[a-z])[a-z0-9'®™ß-ɏα-ω]*+(?![^\W_])
        (?:-\d[a-z0-9]*+(?![.,]\d|\ ?(?:mg|mcg|[µμu]g|g|ml|iu|units?|%)(?![a-z]))){{0,4}})
  | (?P<sign>[-+/,;:)\]{{}}=&<>≤≥*~\n]|[(\[](?!auc)|\.(?!\d))"""
    r"""
    # Numbers: 1x10^6, 10⁶; 1x106, whose superscript was lost; 2.5e5; 100 million; 1,000, 0,5, 2.5; and 5mg.
    # to its unit.
  | (?P<power>(?:(?P<factor>\d{1,4}(?:[.,]\d{1,3})?)\ ?[x*·]\ ?)?10\ ?(?:(?:\\?\^|\*\*|e)\ ?\(?)?
        (?:(?<=[\^*e(])\ ?(?P<exponent>\d{1,2})(?!\d)\)?|(?P<superscript>[⁰¹²³⁴-⁹]{1,2})))
  | (?P<lost>(?P<lost_factor>\d{1,4}(?:[.,]\d{1,3})?)\ ?[x·]\ ?10\ ?(?P<lost_exponent>1[0-4]|[3-9])
        (?![\d%]|[.,]\d|\ ?-?(?:m?g|ml|c?gy|tab|cap|min|sec|rep|c?m|d|day|week)(?![a-z])))
  | (?P<float>\d{1,4}(?:\.\d{1,3})?e\+?\d{1,2}(?!\w))
  | (?P<multiple>(?P<many>\d{1,4}(?:[.,]\d{1,3}){0,4}|[a-z]{3,9})
        \ (?P<multiplier>hundred|thousand|million|mio|billion)(?![a-rt-z]))
  | (?P<num>(?:\d{1,3}(?:,\d{3}){1,5}(?:\.\d+)?
        |(?:(?<![a-z]\ )|(?=\d{1,3}(?:\ 000)))\d{1,3}(?:\ \d{3}){1,4}(?=\ ?(?:m?g|iu|u|[µμu]g|units?|cells)(?![a-z]))
        |\d+,\d{1,2}(?=\ ?(?:m?c?g|m?l|ug|iu|u|%)(?![a-z]))|\d*\.\d+|\d+)
        (?:(?![^\W_])|(?=(?:[µμu]?g|m[gl]|mcg|mgs|mgm|gm|iu|units?|u|cc|c?gy|mci|mbq|meq|mmol|h|hrs?|hours?|min|mins|minutes?
        |d|days?|w|wks?|weeks?|mo|months?|yr?|yrs?|years?|x|tablets?|f(?!-)|fx)(?![^\W_])))|\d{0,9}[½⅓¼¾])
  | (?P<letter>(?:drug|compound|product|vaccine)\ [a-z](?![\w.'-]))
  | (?P<roman>(?:(?:stage|grade|phase|class|type|factor|group|arm|cohort|part)s?\ [ivx]{1,4}[abc]?
        (?:\ ?(?:-|to|or|and|/|\\?&)\ ?[ivx]{1,4}[abc]?)*|lot\ [a-z\d])(?!\w))
  | (?P<auc>(?:area\ under\ the\ curve\ )?[(\[]?auc[)\]]?(?:\ ?(?:of|=|:|at))?\ ?
        (?P<auc_n>\d{1,2}(?:\.\d+)?)(?![\d-]|\.\d))
  | (?P<follow>follow(?:ed)?[- ]ups?(?!\w)|followed(?!\w|\ (?:immediately\ |directly\ )?(?:by|with)(?!\w)))
  | (?P<dotted>[a-z](?:\.[a-z])+(?![a-z])\.?)
  | (?P<compounded>self-monitor(?:ed|ing))(?!\w)
  | (?P<vitamin>vitamins?\ [a-k]\d{0,2}(?!\w))
  | (?P<code>q\.?\ ?(?P<code_n>\d{1,3})[ -]?(?P<code_u>h|hr|hrs|d|w|wk|wks|weeks|days|mo?)(?![a-z\d]))
  | (?P<dayno>(?<![\w-])(?:days?|d)(?=[-+]?\d{1,3}(?!\w)))
  | (?:by|into|in|through|via)\ (?:an?\ |the\ )?(?P<way>veins?|muscle)(?!\w)
  | via\ (?:[a-z]{1,12}\ ){0,3}(?P<artery>arter(?:y|ies))(?!\w)
  | (?:beneath|under)\ the\ (?P<under>skin|tongue)(?!\w)
  | (?P<compound>(?:twen|thir|for|fif|six|seven|eigh|nine)ty-(?:one|two|three|four|five|six|seven|eight|nine)(?!\w))
  | (?P<phrase>(?:tak(?:e|es|ing)\ part|participat(?:e|es|ed|ing)|engag(?:e|es|ing))\ in(?!\w)
        |(?:nerve|plexus)\ blocks?(?!\w)|skin\ patch(?:es)?(?!\w)|deltoid\ muscles?
        |no\ (?:therapy|treatment)|hepatic\ arter(?:y|ial)\ infusion|by\ mouth|per\ os|peripheral\ veins?
        |eye[- ]drops?|ear[- ]drops?|nasal\ spray|dry[- ]powder|whole[- ]brain\ (?:radiotherapy|irradiation)
        |radiation\ therapy|external[- ]beam|sub[- ](?:q|cu|cut)(?![a-z])
        |(?:intra|sub|trans|peri|retro)[- ][a-z]{4,14}(?![a-z]))
    # "Duration of treatment: 12 weeks", not that of the study or of the follow-up.
  | (?P<lasting>(?:(?<!study\ )(?<!trial\ )(?<!up\ )(?<!cycle\ )duration
            (?:\ of\ (?:the\ )?(?:treatment|therapy|administration|intervention))?
        |treatment\ period)(?:\ (?:is|was|will\ be|of)\ |\ ?[:=]\ ?|\ )(?=\d))
  | (?P<other>[^\W_][\w'®™]*(?:(?<=[^\W\d_])-\d[\w'®™]*)?)
  | (?P<lone>[(\[.]))\ *+ # the blanks after it, so that no form is tried at them
    """,
    re.VERBOSE,
)
_BY_PLACE: Final = frozenset("nIgTDxR")
"""Classes of words that may be of another class where they stand."""
_NUMBERS: Final = frozenset(("power", "lost", "float", "multiple", "num"))
_PER_KILO: Final = re.compile(r" ?/ ?kg| per kg")
_COUNTED: Final = re.compile(
    r" ?(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|daily|weekly|per |a (?:day|week)|/)"
)
_BEFORE: Final = {"way": "by", "artery": "by", "under": "under"}
"""How the vocabulary writes a preposition that makes a part of the body a route."""
_JOINED: Final = str.maketrans("", "", ".- ")
_BULLET: Final = re.compile(r"[ \t\r]*(?:\n|[*•·-][ \t]|\d{1,2}[.)][ \t]|$)")


class Tokens(NamedTuple):
    """A text as its words: parallel sequences, and the text folded."""

    shape: str
    """One letter a word: its class."""
    starts: list[int]
    ends: list[int]
    values: list[Any]
    """What the word means: a number, (number, unit), a unit, a route, or the folded word."""
    folded: str


def _number(match: re.Match[str], group: str) -> float:
    """Return the number that `match` found as `group`."""
    if group == "power":
        exponent = match["exponent"] or match["superscript"].translate(_SUPERSCRIPTS)
        return float((match["factor"] or "1").replace(",", ".")) * 10.0 ** int(exponent)
    if group == "lost":
        return float(match["lost_factor"].replace(",", ".")) * 10.0 ** int(match["lost_exponent"])
    if group == "multiple":
        return (number(match["many"]) or 0.0) * _MULTIPLES[match["multiplier"]]
    literal = match[group]
    return float(literal) if group == "float" else number(literal) or float(literal.translate(_GROUPED))


def _amount(folded: str, text: str, end: int) -> tuple[str, int, bool] | None:
    """Return the unit that begins at `end`, where it ends, and whether it is a concentration."""
    match = _UNIT.match(folded, end)
    if match is None:
        return None
    unit = _UNIT_NAMES[match.lastgroup or ""]
    if unit == "g" and text[match.end() - 1] == "G":
        return None  # the gauge of a needle
    if unit in ("MIU", "MU") and folded[match.end() - len(unit)] == text[match.end() - len(unit)]:
        unit = unit.replace("M", "m")  # thousandths
    end = match.end()
    if again := _UNIT_AGAIN.match(folded, end):
        end = again.end()  # "milligrams (mg)"
    concentration = False
    while divider := _DIVIDERS.match(folded, end):
        name = divider.lastgroup or ""
        if name == "conc":
            concentration = True
        elif per := _DIVIDER_NAMES[name]:
            unit = f"{unit}/{per}"
        end = divider.end()
    return unit, end, concentration


def fold_lines(text: str) -> str:
    """Return `text` folded but for its line breaks, which may end a sentence."""
    return "\n".join(map(fold, text.split("\n")))


def tokens(text: str, folded: str | None = None) -> Tokens:
    """Return the words of `text` with their classes; nothing is raised. `folded` is what `fold_lines` makes of it.

    Words that only fill ("the", "approximately") have no token. A sentence's end is `.`, whatever sign it had.
    """
    if folded is None:
        folded = fold_lines(text)
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    values: list[Any] = []
    reached = 0
    for match in _TOKEN.finditer(folded):
        group = match.lastgroup or ""
        start, end = match.span(group)
        if start < reached:
            continue  # inside a unit
        value: Any = match[group]
        if group in ("word", "other"):
            # One that is not known is an adverb, or may be a name.
            letter, value = WORDS.get(value) or ("s" if len(value) > 6 and value.endswith("ly") else "w", value)
            if letter not in _BY_PLACE:
                pass
            elif letter == "n" and (amount := _amount(folded, text, end)) and amount[0] != "U":
                unit, end, concentration = amount
                value, letter = (value, unit), "q" if concentration else "A"
                reached = end
            elif (
                letter == "n"
                and letters
                and letters[-1] == "w"
                and text[start].isupper()
                and text[starts[-1]].isupper()
            ):
                letter, value = "w", match[group]  # part of a name
            elif letter == "I" and value in ("application", "applications") and letters and letters[-1] == "w":
                letter = "w"  # a program
            elif letter == "I" and value == "f" and not (letters and letters[-1] == "N" and reached == start):
                letter = "w"  # fractions only as in "20f"
            elif letter == "g" and text[start].isupper() and _is_in_a_name(text, letters, start, end):
                letter = "w"
            elif letter in "TD" and end - start == 1 and (not letters or letters[-1] not in "Nn~/pEA"):
                letter, value = "w", match[group]  # a letter is a unit of time only after a number
            elif letter == "x" and not _COUNTED.match(folded, end):
                letter = "w"
            elif (
                letter == "R"
                and match[group] == "id"
                and not (text[start:end] == "ID" and letters and letters[-1] in "Aq:")
            ):
                letter, value = "s", "id"  # a route only behind an amount or its label
        elif group == "sign" or group == "lone":
            letter = _sign(value, folded, text, start, end)
        elif group in _NUMBERS:
            value = _number(match, group)
            letter = "N"
            if amount := _amount(folded, text, end):
                unit, end, concentration = amount
                if unit.startswith(("MIU", "MU")):
                    value, unit = value * 1e6, unit[1:]
                value, letter = (value, unit), "q" if concentration else "A"
            elif value >= 1000 and (cells := _CELLS.match(folded, end)):
                value, letter = (value, "cells/kg" if cells[1] or cells[2] else "cells"), "A"
                end = max(end, cells.end(1))
            elif group in ("power", "lost", "float"):
                kilo = _PER_KILO.match(folded, end)
                value, letter = (value, "/kg" if kilo else None), "A"
            reached = end
        elif group == "letter":
            letter = "w" if text[end - 1].isupper() else "s"
        elif group == "auc":
            letter, value = "A", (float(match["auc_n"]), "AUC")
        elif group == "code":
            letter, value = "F", (float(match["code_n"]), UNIT_WORDS[match["code_u"]])
        else:
            letter, value = _special(group, value)
        if letter != "k":
            letters.append(letter)
            starts.append(start)
            ends.append(end)
            values.append(value)
    return Tokens("".join(letters), starts, ends, values, folded)


def _is_in_a_name(text: str, letters: list[str], start: int, end: int) -> bool:
    """Tell whether a verb with a capital is a word of a name: "their Applied Testing Therapy"."""
    return bool(letters) and letters[-1] in "swg" and text[start - 1] == " " and text[end + 1 : end + 2].isupper()


def _sign(sign: str, folded: str, text: str, start: int, end: int) -> str:
    """Return the class of a sign where it stands: a glued hyphen, a minus, the end of a sentence; `k` says nothing."""
    after = folded[end : end + 1]
    if sign in "-+":
        if after.isdecimal() and (start == 0 or folded[start - 1] in " ,("):
            return "_"
        if sign == "+":
            return "&"
        return "~" if start and folded[start - 1] not in " \n" and after not in " \n" else "-"
    if sign == ".":
        follows = text[end : end + 2].strip(" )\"'")
        return (
            "."
            if not follows or (follows[0].isupper() or follows[0] in "\n*([") or text[end : end + 1] == "\n"
            else ("." if after == " " and not follows[0].islower() else "k")
        )
    if sign == "\n":
        return "." if _BULLET.match(folded, end) or folded[start - 1 : start] in ".;:" else "k"
    if sign == "*":
        return "x" if folded[start - 1 : start].isdigit() and after.isdigit() else "k"
    return WORDS[sign][0] if sign in WORDS else "k"


def _special(group: str, literal: str) -> tuple[str, Any]:
    """Return the class and the value of a word that is written with signs or blanks."""
    if group == "dayno":
        return "D", "DAY"
    if group == "lasting":
        return "f", literal
    if group in ("vitamin", "compounded"):
        return "w", literal
    if group == "follow":
        return "e" if literal.startswith("followed") else "w", literal
    if group == "compound":
        return "n", NUMBER_WORDS[literal]
    joined = _BEFORE.get(group, "") + literal.translate(_JOINED)
    if group == "phrase" and joined not in WORDS:
        return "w", literal
    return WORDS.get(joined, ("s", literal))
