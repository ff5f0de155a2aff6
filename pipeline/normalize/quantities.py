"""Numbers and units of time as people write them: what time frames and regimens share.

Here belongs the folding of text that keeps every offset, the words for numbers, ordinals, fractions, units of time and
frequencies, and the length of a unit in days. What a number means in its sentence (an offset, a dose, a list) is for
`timepoints` and `regimens`; units of substances are `regimens`' too.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final


class _Folding(dict[int, str]):
    """The table of `fold`, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Nd":
            folded = str(unicodedata.decimal(char))
        elif category == "Pd" or char in "−⁃˗":
            folded = "-"
        elif category in ("Zs", "Zl", "Zp", "Cc", "Cf"):
            folded = " "
        else:
            narrow = _NARROW.get(char) or unicodedata.normalize("NFKC", char)
            folded = (narrow if len(narrow) == 1 else char).lower()
            if len(folded) != 1:
                folded = char
        self[code] = folded
        return folded


# What NFKC leaves apart or takes too far: signs that are written for one another, and the fractions of one character.
_NARROW: Final = {
    **dict.fromkeys("～〜∼˜", "~"),
    **dict.fromkeys("’‘`´ʼ", "'"),
    **dict.fromkeys("“”„″", '"'),
    **dict.fromkeys("、，", ","),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("μµ", "µ"),
    "。": ".",
    "×": "x",
    **{char: char for char in "²³¹⁰⁴⁵⁶⁷⁸⁹"},
}
_FOLDING: Final = _Folding()


def fold(text: str) -> str:
    """Return `text` for matching, with as many characters: every offset in it is an offset in `text`.

    Lower case; every script's decimal digits as 0-9; every dash as `-`; every blank, line break, control and
    format character as a blank; full-width signs, curly quotes, fraction slashes and micro signs as their plain ones.

    >>> fold("Week １２ – ½ H")
    'week 12 - ½ h'
    """
    return text.translate(_FOLDING)


# --- Numbers ---------------------------------------------------------------------------------------------------------

FRACTION_SIGNS: Final[dict[str, float]] = {char: unicodedata.numeric(char) for char in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
_SMALL: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL_ORDINALS: Final = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]

NUMBER_WORDS: Final[dict[str, float]] = {
    **{word: float(value) for value, word in enumerate(_SMALL)},
    **{word: float(value) for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **{
        f"{tens}-{small}": float(value + unit)
        for value, tens in zip(range(20, 100, 10), _TENS, strict=True)
        for unit, small in enumerate(_SMALL[1:10], start=1)
    },
    "hundred": 100.0,
    "half": 0.5,
}
"""Cardinal numbers in words, folded; compounds with a hyphen. "a" and "an" are left to the grammars."""

ORDINAL_WORDS: Final[dict[str, float]] = {
    **{word: float(value) for value, word in enumerate(_SMALL_ORDINALS, start=1)},
    **{tens[:-1] + "ieth": float(value) for value, tens in zip(range(20, 100, 10), _TENS, strict=True)},
    **{
        f"{tens}-{small}": float(value + unit)
        for value, tens in zip(range(20, 100, 10), _TENS, strict=True)
        for unit, small in enumerate(_SMALL_ORDINALS[:9], start=1)
    },
}
"""Ordinals in words, folded. "second" stands here too: whether it is a unit is for the grammar to see."""

TIMES_WORDS: Final[dict[str, float]] = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
"""How many times: "twice a day"."""

NUMBER: Final = r"(?:\d+(?:[.,]\d+)*|[.,]\d+)"
"""A number in digits (pattern over folded text), its commas and points unjudged: `number` judges them."""

_ORDINAL_DIGITS: Final = re.compile(r"(\d{1,9})(?:st|nd|rd|th)")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:([,. ])\d{3})(?:\1\d{3}){0,30}(?:[.,]\d{1,30})?")
_MOST_DIGITS: Final = 300
_DECIMAL: Final = re.compile(rf"\d{{0,{_MOST_DIGITS}}}(?:[.,]\d{{1,{_MOST_DIGITS}}})?")
_RATIO: Final = re.compile(r"(?:(\d{1,9})[ -])?(\d{1,9})/(\d{1,9})")
_MIXED: Final = re.compile(rf"(\d{{0,9}}) ?([{''.join(FRACTION_SIGNS)}])")


def number(text: str) -> float | None:
    """Return the number that folded `text` is, the whole of it, or None.

    Digits with a decimal point or comma ("2.5", "0,5", ".5"), thousands in groups of three ("1,000", "1 000",
    "1.000.000"; one group after a point, "1.000", is a decimal), fractions ("1/2", "1 1/2", "½", "2½"), cardinals and
    ordinals in digits and words ("twelve", "twenty-four", "twenty four", "3rd", "third").

    >>> number("1,000"), number("0,5"), number("1½"), number("twenty four"), number("3rd"), number("x")
    (1000.0, 0.5, 1.5, 24.0, 3.0, None)
    """
    if not text:
        return None
    if len(text) <= _MOST_DIGITS and text.isdecimal():
        return float(text)
    if (match := _THOUSANDS.fullmatch(text)) and text[0] != "0":
        sign = match[1]
        if sign != "." or text.count(".") > 1:
            return float(text.replace(sign, "").replace(",", "."))
    if _DECIMAL.fullmatch(text):
        return float(text.replace(",", "."))
    if match := _ORDINAL_DIGITS.fullmatch(text):
        return float(match[1])
    if match := _RATIO.fullmatch(text):
        divisor = int(match[3])
        return int(match[1] or 0) + int(match[2]) / divisor if divisor else None
    if match := _MIXED.fullmatch(text):
        return int(match[1] or 0) + FRACTION_SIGNS[match[2]]
    words = text if text in NUMBER_WORDS or text in ORDINAL_WORDS else text.replace(" ", "-")
    return NUMBER_WORDS.get(words, ORDINAL_WORDS.get(words))


# --- Units of time ---------------------------------------------------------------------------------------------------

DAYS: Final[dict[str, float]] = {
    "SECOND": 1 / 86400,
    "MINUTE": 1 / 1440,
    "HOUR": 1 / 24,
    "DAY": 1.0,
    "WEEK": 7.0,
    "MONTH": 30.4375,
    "YEAR": 365.25,
}
"""The length of each unit in days (the rule book's section on units)."""

UNIT_WORDS: Final[dict[str, str]] = {
    word: unit
    for unit, words in {
        "SECOND": "second seconds sec secs",
        "MINUTE": "minute minutes min mins minuets minuet",
        "HOUR": "hour hours hr hrs h hs",
        "DAY": "day days d ds dy dys",
        "WEEK": "week weeks wk wks w weeek weaks",
        "MONTH": "month months mo mos mth mths mnth mnths mon mons m monthes moths",
        "YEAR": "year years yr yrs y ys",
    }.items()
    for word in words.split()
}
"""Units of time, folded, with their abbreviations. "s" is left out, "m" is a month (a grammar that knows better, as for
"30 m", must look first), "second" may be an ordinal."""

FREQUENCY_WORDS: Final[dict[str, tuple[float, str]]] = {
    "hourly": (1.0, "HOUR"),
    "daily": (1.0, "DAY"),
    "everyday": (1.0, "DAY"),
    "nightly": (1.0, "DAY"),
    "weekly": (1.0, "WEEK"),
    "fortnightly": (2.0, "WEEK"),
    "monthly": (1.0, "MONTH"),
    "bimonthly": (2.0, "MONTH"),
    "quarterly": (3.0, "MONTH"),
    "yearly": (1.0, "YEAR"),
    "annually": (1.0, "YEAR"),
    "annual": (1.0, "YEAR"),
}
"""Words that are an interval by themselves, folded: (value, unit). "biweekly" is left out: it means two things."""
