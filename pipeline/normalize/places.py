"""Countries: a country's words or flag to its code in ISO 3166-1, and the country at the end of a place.

What belongs here: countries. What does not: cities, states, facilities (no list of them is complete enough to split
by).

The names are ISO's own, from `pycountry`; `places.toml` adds the registers' spellings and says what looks like a
country and is none.
"""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pycountry

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")  # with accents that are characters of their own
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FLAG_A = 0x1F1E6


class _Names(NamedTuple):
    """Folded names: to a code, to None for a country without one, to "" for no country; and those that mind case."""

    codes: dict[str, str | None]
    exact: dict[str, frozenset[str]]
    longest: int


def fold(words: str) -> str:
    """The form in which names are compared: no case, no accents, "&" as "and", one blank for whatever is no word."""
    if words.isascii():  # nearly all names: nothing to take apart, no accents to leave out
        return " ".join(_WORD.findall(words.lower().replace("&", " and ")))
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", words).casefold()).replace("&", " and ")
    return " ".join(_WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter))))


def country_code(words: str) -> str | None:
    """The code of a country: of its name in any usual form, of a code itself in capitals, or of a flag.

    Returns:
        ISO 3166-1 alpha-2. None where the words are no country, or one that has no code there today (Kosovo, states
        that are no more); `is_country` tells those apart.
    """
    return _look_up(words)[1]


def is_country(words: str) -> bool:
    """Whether the words name a country, with a code or without; where not, they belong in `unmapped_terms`."""
    return _look_up(words)[0]


def ends_with_country(words: str) -> tuple[int, str | None] | None:
    """The country at the end of a place, such as "Seoul, Korea, Republic of" or "Surakarta Middle Java Indonesia".

    Returns:
        Where the country's words start in `words`, and its code (None for a country without one). The longest name
        wins, on the boundary of a word; commas in it do not matter. None where the place ends in no country: New
        Jersey is not Jersey.
    """
    tokens = list(_WORD.finditer(words))
    names = _names()
    for match in tokens[-names.longest :]:
        tail = words[match.start() :]
        key = fold(tail)
        if key in names.codes and _as_written(key, tail):
            found = names.codes[key]
            return None if found == "" else (match.start(), found)
    return None


def _look_up(words: str) -> tuple[bool, str | None]:
    """Whether the words are a country, and its code."""
    words = words.strip()
    if _FLAG.fullmatch(words):
        words = "".join(chr(ord(letter) - _FLAG_A + ord("A")) for letter in words)
    if re.fullmatch("[A-Z]{2,3}", words) and (found := _by_code(words)):
        return True, found
    key = fold(words)
    code = _names().codes.get(key, "")
    return (True, code) if code != "" and _as_written(key, words) else (False, None)


def _by_code(letters: str) -> str | None:
    countries = pycountry.countries
    country = countries.get(alpha_2=letters) if len(letters) == 2 else countries.get(alpha_3=letters)
    return str(country.alpha_2) if country else None


def _as_written(key: str, words: str) -> bool:
    """Whether a short name stands in one of its own spellings; "Contact us" is not the United States."""
    spellings = _names().exact.get(key)
    return spellings is None or words.strip(" \t\r\n.,;|()[]") in spellings


@cache
def _names() -> _Names:
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        tables = tomllib.load(file)
    codes: dict[str, str | None] = {}
    for country in pycountry.countries:
        for key in ("name", "official_name", "common_name"):
            if name := getattr(country, key, None):
                codes[fold(name)] = country.alpha_2
    codes.update({fold(name): code for code, names in tables["names"].items() for name in names})
    codes.update({fold(name): None for name in tables["no_code"]["names"]})
    codes.update({fold(name): "" for name in tables["not_countries"]["names"]})
    codes.update({f"the {key}": code for key, code in codes.items() if not key.startswith("the ")})
    exact: dict[str, frozenset[str]] = {}
    for code, names in tables["exact"].items():
        for key in map(fold, names):
            codes[key] = code
            exact[key] = frozenset(name.rstrip(".") for name in names if fold(name) == key)
    return _Names(codes, exact, max(len(key.split()) for key in codes))
