"""Rows of sites whose cells were joined by blanks: "1 Example General Hospital Springfield Ohio United States 45501".

Here belongs telling facility, city, state, country and postal code apart with nothing but the words of the page, a list
of the world's countries and their subdivisions, and the words that names of institutions end in. There is no list of
cities: a row whose city cannot be told gives its country, and the state and the postal code where they are sure.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple

import pycountry

from pipeline.normalize import places
from pipeline.reading.lines import Line, Page
from pipeline.reading.records import Site
from pipeline.reading.words import Words

# Countries whose sites the register never lists without a state.
_ALWAYS_WITH_STATE: Final = frozenset({"US", "CA", "AU"})
_ROW: Final = re.compile(r"(\d+) (?=\S)")
_TOKEN: Final = re.compile(r"\S+")
_POSTAL_TOKENS: Final = 3
_CITY_TOKENS: Final = 3
# The last word of many an institution's name, accents aside; what follows it, unless it is one of `_GOES_ON`, is the
# city.
_INSTITUTION: Final = re.compile(
    r"(?:hospitals?|clinics?|\w*klini(?:k|kum|ka)|cent(?:er|re)s?|universit(?:y|esi|at)|college|institut[eo]?s?|school"
    r"|sites?|offices?|foundation|inc|llc|ltd|limited|gmbh|lp|llp|pllc|plc|pc|pa|p\.a|p\.c|s\.?r\.?o|s\.?r\.?l|s\.a|kft|o\.o"
    r"|e?ood|ead|sc|associates|partners|consultants?|services|trials?|research|group|practice|laborator(?:y|ies)|campus"
    r"|department|faculty|fakultesi|medicine|hastanesi|infirmary|trust|network|system|health|healthcare|care|unit|hospices?"
    r"|korhaz|kozpont|sjukhus|sykehus|ziekenhuis|krankenhaus|spital"
    r"|\w{2,}(?:ology|iatry|iatrics|paedics|opedics|ceuticals|peutics|icians|ialists|geons))\.?|#?\d+\)?",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(r"(?:Of|For|De[lr]?|Do|Da|Di|At|And|In|On|The|Y|E|[^\w\s\"'].*|[a-z].*)")
_ACRONYM: Final = re.compile(r"(?!CEDEX)[A-Z]{2,6}")
# Words that join what stands before and behind them into one name.
_JOINS: Final = re.compile(r"(?:of|for|at|in|de[lr]?|do|da|di|du|la|le|el|and|y|e|et|und)|.*[,&(/-]", re.IGNORECASE)
# A state may be no official subdivision but a part of the country by its direction ("Middle Java").
_KINDS: Final = frozenset(
    (
        "province", "state", "municipality", "prefecture", "region", "county", "department",
        "sheng", "shi", "do", "zizhiqu", "teugbyeolsi",
    )
)  # fmt: skip
_DIRECTION: Final = re.compile(r"(?:north|south|east|west|central|middle|upper|lower)(?:ern)?", re.IGNORECASE)


class _Row(NamedTuple):
    """One row, cut as far as every row can be: the words before the country, and the rest."""

    line: Line
    tokens: tuple[re.Match[str], ...]
    """The words of facility, city and state."""
    country: tuple[int, int]
    code: str | None
    postal: tuple[int, int] | None


class _Cut(NamedTuple):
    """Where city and state start among the tokens of a row; no state where `state` is their number."""

    city: int
    state: int


def read_rows(page: Page, lines: Iterable[Line]) -> list[Site]:
    """Return the sites of the rows that end in a country, in order; other lines stay unread.

    A row of which some words are left over stays unread too, though its country was taken.
    """
    rows = [row for line in lines if (row := _row(line))]
    cuts = [_cut(row) for row in rows]
    known = _known_cities(rows, cuts)
    return [_site(page, row, cut or _by_other_rows(row, known)) for row, cut in zip(rows, cuts, strict=True)]


def _row(line: Line) -> _Row | None:
    """Cut the number, the country and the postal code off a row; a postal code has a figure in it."""
    number = _ROW.match(line.text)
    if number is None:
        return None
    tokens = list(_TOKEN.finditer(line.text, number.end()))
    for count in range(min(_POSTAL_TOKENS + 1, len(tokens))):
        behind = tokens[len(tokens) - count :]
        head = tokens[: len(tokens) - count]
        end = head[-1].end()
        found = places.ends_with_country(line.text[:end])
        if found and found[0] > number.end() and (not behind or any(map(str.isdigit, line.text[end:]))):
            return _Row(
                line,
                tuple(token for token in head if token.end() <= found[0]),
                (found[0], end),
                found[1],
                (behind[0].start(), behind[-1].end()) if behind else None,
            )
    return None


def _cut(row: _Row) -> _Cut | None:
    """Tell city and state by the end of the institution's name, or by a city that the name repeats."""
    words = [token[0] for token in row.tokens]
    ends = [at for at in range(1, len(words) - 1) if _is_end(words[at], words[at + 1])]
    if ends and not _GOES_ON.fullmatch(words[ends[-1] + 1]):
        city = ends[-1] + 1
        state = _state(words, city + 1, row.code)
        if sum(not _JOINS.fullmatch(word) for word in words[city:state]) <= _CITY_TOKENS:
            return _Cut(city, state)
    state = _state(words, 2, row.code)
    # "Example Clinic Fukuoka Fukuoka": a state is said less often than a city, save where it always is.
    bounds = (state,) if row.code in _ALWAYS_WITH_STATE else (len(words), state)
    repeated = ((_repeated(words[:bound]), bound) for bound in bounds)
    return next((_Cut(start, bound) for start, bound in repeated if start is not None), None)


def _is_end(word: str, following: str) -> bool:
    """Whether an institution's name may end in the word; a comma behind it says that the name goes on."""
    if _ACRONYM.fullmatch(word):
        return not following.isupper()
    return _INSTITUTION.fullmatch(_plain(word)) is not None


def _plain(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))


def _state(words: Sequence[str], first: int, code: str | None) -> int:
    """Where the state starts, at `first` or later; the number of words where there is none."""
    names = _subdivisions(code) if code else frozenset()
    for at in range(first, len(words)):
        tail = words[at:]
        if _JOINS.fullmatch(words[at - 1]):
            continue  # "Ciudad de Mexico" and "Sapporo-shi, Hokkaido" are one cell
        if _is_state(tail, names) or (at == first and places.fold(tail[0]) == places.fold(words[at - 1])):
            return at
    return len(words)


def _is_state(words: Sequence[str], names: frozenset[str]) -> bool:
    """Whether the words are a subdivision's name or code, or a part of the country by its direction."""
    name = places.fold(" ".join(words))
    if name in names or (len(words) == 1 and words[0] in names):
        return True
    if len(words) == len(("West", "Java")) and _DIRECTION.fullmatch(words[0]):
        return True
    stem, _, kind = name.rpartition(" ")
    return kind in _KINDS and stem in names


@cache
def _subdivisions(code: str) -> frozenset[str]:
    """The folded names, and the codes, of a country's subdivisions."""
    found = [one for one in pycountry.subdivisions if one.country_code == code]
    names = {places.fold(part) for one in found for part in re.split(r"\s*[\[\];,/]\s*", one.name) if part}
    # Registers leave out what kind of subdivision it is ("Jiangsu" for "Jiangsu Sheng"), or say it where ISO does not.
    short = {stem for name in names for stem, _, kind in [name.rpartition(" ")] if stem and kind in _KINDS}
    return frozenset(names | short | {one.code.partition("-")[2] for one in found})


def _repeated(words: Sequence[str]) -> int | None:
    """Where the last words start, if the words before them hold the same: "University of Example Example"."""
    folded = [places.fold(word) for word in words]
    for size in range(min(_CITY_TOKENS, len(words) // 2), 0, -1):
        tail, before = folded[-size:], folded[:-size]
        if (
            all(tail)
            and not _JOINS.fullmatch(words[-size - 1])
            and any(before[at : at + size] == tail for at in range(len(before) - size + 1) if len(before) > size)
        ):
            return len(words) - size
    return None


_Cities = dict[str | None, set[tuple[str, ...]]]


def _known_cities(rows: Sequence[_Row], cuts: Sequence[_Cut | None]) -> _Cities:
    """The cities of the rows that could be cut, by country."""
    known: _Cities = defaultdict(set)
    for row, cut in zip(rows, cuts, strict=True):
        if cut:
            known[row.code].add(_folded(row)[cut.city : cut.state])
    return known


def _folded(row: _Row) -> tuple[str, ...]:
    return tuple(places.fold(token[0]) for token in row.tokens)


def _by_other_rows(row: _Row, known: _Cities) -> _Cut | None:
    """Cut a row where it ends in a city that another row of the same country names."""
    words = _folded(row)
    state = _state([token[0] for token in row.tokens], 2, row.code)
    for end in dict.fromkeys((state, len(words))):
        for size in range(_CITY_TOKENS, 0, -1):
            start = end - size
            if start > 0 and words[start:end] in known[row.code] and not _JOINS.fullmatch(row.tokens[start - 1][0]):
                return _Cut(start, end)
    return None


def _site(page: Page, row: _Row, cut: _Cut | None) -> Site:
    line, tokens = row.line, row.tokens

    def words(start: int, end: int) -> Words | None:
        if start >= end:
            return None
        if cut is None:  # some words are left over, so the row is not counted as read
            return Words(line.text[start:end], ((line.start + start, line.start + end),))
        return page.words(line, start, end)

    def part(first: int, last: int) -> Words | None:
        return words(tokens[first].start(), tokens[last - 1].end()) if first < last else None

    site = Site(country=words(*row.country), postal_code=words(*row.postal) if row.postal else None)
    if cut is None and row.code in _ALWAYS_WITH_STATE:
        texts = [token[0] for token in tokens]
        site.state = part(_state(texts, 2, row.code), len(tokens))
    if cut:
        site.facility, site.city = part(0, cut.city), part(cut.city, cut.state)
        site.state = part(cut.state, len(tokens))
    return site
