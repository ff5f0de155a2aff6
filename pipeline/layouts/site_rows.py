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
# Countries of which a city's name has one word, as the register writes it.
_CITIES_OF_ONE_WORD: Final = frozenset({"CN", "JP"})
# Countries whose provinces are called as their chief cities, and states elsewhere that are: either may be meant.
_PROVINCES_OF_CITIES: Final = frozenset({"AR", "BG", "ES", "HU", "IT", "PT", "TR"})
_STATES_OF_CITIES: Final = frozenset({"berlin", "bremen", "hamburg", "rio de janeiro", "sao paulo", "wien", "vienna"})
_ROW: Final = re.compile(r"(\d+) (?=\S)")
_TOKEN: Final = re.compile(r"\S+")
_POSTAL_TOKENS: Final = 3
_CITY_TOKENS: Final = 3
_STATE_TOKENS: Final = 6
# The last word of many an institution's name, accents aside; what follows it, unless it is one of `_GOES_ON`, is the
# city.
_INSTITUTION: Final = re.compile(
    r"(?:hosp(?:itals?)?|clinics?|\w*klini(?:k|kum|ka)|ctrs?|cent(?:er|re)s?|centrum|univ|universit(?:y|esi|at|aet)|college"
    r"|institut(?:[eo]?s?|ions?)|schl|school|sites?|offices?|foundation|inc|incorporated|llc|ltd|limited|gmbh|lp|llp|pllc"
    r"|plc|pc|pa|p\.a|p\.c|p\.l\.l\.c|s\.c|s\.?r\.?o|s\.?r\.?l|s\.a|kft|o\.o|e?ood|ead|sc|corp(?:oration)?|company"
    r"|associat(?:es|ions?)|alliance|consortium|cooperative|affiliates?|initiative|society|agency|authority|partners"
    r"|consultants?|services?|trials?|research|studies|project|program(?:me)?|grp|group|practice|laborator(?:y|ies)|campus"
    r"|medical|med|regional|memorial|district|specialists?|medyczne|department|faculty|fakultesi|medicine|surgery|diagnostics|sciences|systems?|hastanesi|infirmary|trust|network"
    r"|avenue|blood|boulevard|cancer|children|disorders|pediatrics?|pike|rd|road|women"
    r"|complex|education|imaging|innovation|labs?|neurosciences?|neurosurgery|optometry|team"
    r"|kliniczn[ey]|klinikos|okulistyczn[ey]|naika"
    r"|health|hlth|healthcare|care|unit|hospices?|korhaz|kozpont|sjukhus|sykehus|ziekenhuis|krankenhaus|spital|nemocnice"
    r"|\w{2,}(?:ology|ologie|iatry|iatrics|paedics|opedics|ceuticals|peutics|icians|ialists|geons))\.?\)?|#?\d+\)?|.+\)",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(r"(?:[B-Z]|[\"“„«].*|Of|For|De[lr]?|Do|Da|Di|At|And|In|On|The|Y|E|[^\w\s\"'].*|[a-z].*)")
# A part of an institution: it ends the name where the institution's own word stands before it.
_PART: Final = re.compile(
    r"branch|base|region|division|facility|management|building|pavilion|annex|ward", re.IGNORECASE
)
# What stands for an institution's name.
_PLACEHOLDER: Final = re.compile(r"(?:sites?|institution|research|.*\d)\)?", re.IGNORECASE)
_BEGINS_A_CITY: Final = re.compile(
    r"(?:new|north|south|east|west|san|saint|st\.?|los|las|la|el|fort|port|great|royal)", re.IGNORECASE
)
_ENDS_A_CITY: Final = re.compile(r"(?:city|springs|falls|rapids|beach|park|heights|hills?|lakes?|shi)", re.IGNORECASE)
# Words that join what stands before and behind them into one name.
_JOINS: Final = re.compile(
    r"(?:autonoma|of|for|at|in|de[lr]?|do|da|di|du|la|le|el|and|y|e|et|und)|.*[,&(/-]", re.IGNORECASE
)
# What the first or the last word of a city's name of several words often is, where an institution's name stands before.
_BEGINS_A_NAME: Final = re.compile(
    rf"{_BEGINS_A_CITY.pattern}|upper|lower|sant|santa|santo|são|sao|sainte|ste\.?|les?|the|des|ft\.?|cape|mount|mt\.?|lake"
    r"|rio|villa|ciudad|grand|little|long|big|palm|palo|oak|cedar|coral|white|red|green|silver|salt|winter|porto|belo"
    r"|rancho|costa|college|chapel|baton|boca|bryn|ann|eau|sioux|terre|walnut|bad|novi|nova|banska|tel|ramat|petah|kfar"
    r"|stara|veliko|nowy|hradec|ceske|usti",
    re.IGNORECASE,
)
_ENDS_A_NAME: Final = re.compile(
    rf"{_ENDS_A_CITY.pattern}|spring|air|force|base|afb|oaks?|grove|valley|island|point|harbou?r|haven|ridge|creek"
    r"|rock|rouge|woods?|forest|bay|mesa|station|junction|gardens|village|township|plains|brook|bluffs|sad|sud|nord",
    re.IGNORECASE,
)
_CITY_WORD: Final = re.compile(r"(?!(?i:cedex|clini|hosp|h[oô]pi|univ|inst))[^\W\d_a-z][\w'’.-]*[^\W\d_]")
_LINKS: Final = re.compile(rf"{_JOINS.pattern}|en|sur|sous|l[eè]s|an|am|im|bei|upon|do[ns]|das|del", re.IGNORECASE)
_COMPOUND: Final = re.compile(r"[-/](?=\w)")
# What a Japanese municipality's name ends in; behind a comma its prefecture may stand in the same cell.
_MUNICIPALITY: Final = re.compile(r"\w+-(?:cho|gun|ku|machi|shi)(?P<comma>,?)")
# The number of a city's part, which is no house's or site's: "Praha 2".
_DISTRICT: Final = re.compile(r"[1-9]|1\d|2[0-3]")
_LETTER: Final = re.compile(r"\W{0,2}\w")
_ACRONYM: Final = re.compile(r"(?!CEDEX)[A-Z]{2,6}")
# A state may be no official subdivision but a part of the country by its direction ("Middle Java").
_KINDS: Final = frozenset(
    (
        "kraj", "kr", "province", "state", "municipality", "prefecture", "region", "county", "department",
        "sheng", "shi", "do", "zizhiqu", "teugbyeolsi",
    )
)  # fmt: skip
# A code, or one word that names its kind at its end, as Korea's provinces do in many spellings.
_STATE_WORD: Final = re.compile(
    r"(?!CEDEX|AFB)[A-Z]{2,3}|[A-Z]\w+-?(?:nam|buk|gi|won|ju)-?do|\w+-?(?:[kg]wangy\w+shi|teuk\w*)|\w+-gw"
)
_BRACKETED: Final = re.compile(r"[(\[][^)\]]*[)\]]")
_UMLAUT: Final = re.compile(r"([aou])e")
_DIRECTION: Final = re.compile(
    r"(?:(?:north|south)(?:east|west)?|east|west|central|middle|upper|lower)(?:ern)?", re.IGNORECASE
)


# What the register calls subdivisions whose own names ISO 3166-2 has, folded.
_ENGLISH_NAMES: Final = {
    "AR": frozenset({"caba", "ciudad auton. de buenos aires", "ciudad autonoma de buenos aires"}),
    "AT": frozenset({"carinthia", "lower austria", "styria", "tyrol", "upper austria", "vienna"}),
    "BE": frozenset({"antwerp", "flanders", "wallonia"}),
    "DE": frozenset(
        {
            "bavaria", "hesse", "lower saxony", "mecklenburg-western pomerania", "north rhine-westphalia",
            "rhineland-palatinate", "saxony", "saxony-anhalt", "thuringia",
        }
    ),
    "ES": frozenset({"andalusia", "balearic islands", "basque country", "castile and leon", "catalonia", "navarre"}),
    "FR": frozenset({"brittany", "burgundy", "corsica", "normandy"}),
    "IT": frozenset({"apulia", "aosta valley", "latium", "lombardy", "piedmont", "sardinia", "sicily", "tuscany"}),
    "MX": frozenset({"distrito federal"}),
    "KR": frozenset({"busan", "daegu", "daejeon", "gwangju", "incheon", "korea", "seoul", "ulsan"}),
    "NL": frozenset({"north brabant", "north holland", "south holland"}),
}  # fmt: skip


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
    if 2 * sum(map(_is_city_alone, rows)) >= len(rows):  # the page of a sponsor that names no institutions
        cuts = [cut or _without_institution(row) for row, cut in zip(rows, cuts, strict=True)]
    known = _known_cities(rows, cuts)
    states = _with_state(rows, cuts)
    cuts = [
        cut or _by_other_rows(row, known, states) or _by_form(row, states) for row, cut in zip(rows, cuts, strict=True)
    ]
    return [_site(page, row, cut) for row, cut in zip(rows, cuts, strict=True)]


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
        # No country has a figure in its name: most rows are spared the dearest look by what stands at their end.
        if _has_figure(head[-1][0]) or (behind and not _has_figure(line.text[end:])):
            continue
        found = places.ends_with_country(line.text[:end])
        if found and found[0] > number.end():
            return _Row(
                line,
                tuple(token for token in head if token.end() <= found[0]),
                (found[0], end),
                found[1],
                (behind[0].start(), behind[-1].end()) if behind else None,
            )
    return None


def _has_figure(text: str) -> bool:
    return any(map(str.isdigit, text))


def _cut(row: _Row) -> _Cut | None:
    """Tell city and state by the end of the institution's name, or by a city that the name repeats."""
    words = [token[0] for token in row.tokens]
    if words and _state(words, 1, row.code) == 1 and (len(words) == 1 or row.code in _ALWAYS_WITH_STATE):
        return _Cut(0, 1)  # no institution is named: every site has a city
    if row.code == "JP" and (city := _municipality(words)):
        return city
    if (
        len(words) > len(("city", "district"))
        and _DISTRICT.fullmatch(words[-1])
        and words[-2].istitle()
        and words[-2] != "Cedex"
    ):
        return _Cut(len(words) - 2, len(words))
    state = _state(words, 2, row.code)
    last = state if row.code in _ALWAYS_WITH_STATE else len(words)
    ends = [at for at in range(1, last - 1) if _is_end(words, at) or _is_of_state(words, at, row.code)]
    if ends and not _GOES_ON.fullmatch(words[ends[-1] + 1]):
        cut = _behind(words, ends[-1] + 1, row.code)
        if cut:
            return cut
    # "Example Clinic Fukuoka Fukuoka": a state is said less often than a city, save where it always is.
    bounds = (state,) if row.code in _ALWAYS_WITH_STATE else (len(words), state)
    if row.code in _CITIES_OF_ONE_WORD and len(words) > state > 1 and words[state - 1] not in words[: state - 1]:
        return None if _JOINS.fullmatch(words[state - 1]) else _Cut(state - 1, state)
    repeated = ((_repeated(words[:bound]), bound) for bound in bounds)
    return next((_Cut(start, bound) for start, bound in repeated if start is not None), None)


def _municipality(words: Sequence[str]) -> _Cut | None:
    """Cut a row of Japan where a word says that it is a municipality, the last of such."""
    for at in range(len(words) - 1, 0, -1):
        if found := _MUNICIPALITY.fullmatch(words[at]):
            end = at + 1 + bool(found["comma"])
            begin = at - (at > 1 and words[at - 1].endswith(","))
            return _Cut(begin, end) if end <= len(words) <= end + 2 else None
    return None


def _is_city_alone(row: _Row) -> bool:
    """Whether one word, and perhaps a state, stands before the country: every site of the register has a city."""
    return _state([token[0] for token in row.tokens], 1, row.code) == 1


def _without_institution(row: _Row) -> _Cut | None:
    """Cut a row of a page without institutions: few words, all of them city and state."""
    state = _state([token[0] for token in row.tokens], 1, row.code)
    return _Cut(0, state) if state < _CITY_TOKENS else None


def _behind(words: Sequence[str], city: int, code: str | None) -> _Cut | None:
    """Cut a row whose institution's name ends before `city`; None where the rest is no city and state."""
    state = _state(words, city + 1, code)
    if state == len(words) and code in _ALWAYS_WITH_STATE and code and _state(words, city, code) < state:
        return None  # what seems a city is the state
    if (
        code in _CITIES_OF_ONE_WORD
        and len(words) - city == len(("city", "state"))
        and not _JOINS.fullmatch(words[city])
    ):
        state = city + 1  # perhaps in a spelling of its own
    again = len(words) - city == len(("city", "state")) and places.fold(words[city]) == places.fold(words[-1])
    if again and code not in _ALWAYS_WITH_STATE | _CITIES_OF_ONE_WORD and not _PLACEHOLDER.fullmatch(words[city - 1]):
        return _Cut(city + 1, len(words))  # a named institution is told by its place: "University Hospital Example"
    if all(_BEGINS_A_CITY.fullmatch(word) for word in words[city:state]):
        state = len(words)  # "New Delhi" is no city in Delhi
    city = _without_name(words, city, state)
    names = words[city:state]
    if any(word.endswith(",") or not _LETTER.match(word) for word in names[:-1]) or any("/" in word for word in names):
        return None
    if sum(not _JOINS.fullmatch(word) for word in names) > _CITY_TOKENS:
        return None
    return _Cut(city, state)


def _without_name(words: Sequence[str], city: int, state: int) -> int:
    """Where the city starts, if the institution's name goes on with the city or the state: "Center Orlando Orlando"."""
    folded = [places.fold(word) for word in words]
    half = (state - city) // 2
    if half and folded[city : city + half] == folded[state - half : state]:
        return state - half
    size = len(words) - state
    for at in range(state - size - 1, city - 1, -1) if size else ():
        if folded[at : at + size] == folded[state:] and not _ENDS_A_CITY.fullmatch(words[at + size]):
            return at + size
    return city


def _is_end(words: Sequence[str], at: int) -> bool:
    """Whether an institution's name may end in the word; a comma behind it says that the name goes on."""
    word = words[at]
    if _ACRONYM.fullmatch(word):
        return not words[at + 1].isupper()
    if word.isdigit() and words[at - 1].endswith(","):
        return False  # the number of a house: "Example Center, 12 First Street"
    if _PART.fullmatch(word):
        return at > 1 and not _PART.fullmatch(words[at - 1]) and _is_end(words, at - 1)
    return any(_INSTITUTION.fullmatch(part) for part in (_plain(word), *_COMPOUND.split(_plain(word))))


def _is_of_state(words: Sequence[str], at: int, code: str | None) -> bool:
    """Whether an institution's name ends in the state that it is of: "University of Example"."""
    names = _subdivisions(code) if code in _ALWAYS_WITH_STATE and code else frozenset()
    if _ENDS_A_CITY.fullmatch(words[at + 1]):
        return False
    before = [start for start in range(max(1, at - 2), at + 1) if words[start - 1].lower() in ("in", "of")]
    # "University of South Florida"
    starts = [*before, *(start + 1 for start in before if _DIRECTION.fullmatch(words[start]))]
    return any(_spelled(" ".join(words[start : at + 1])) in names for start in starts)


def names_institution(words: str) -> bool:
    """Whether a word of an institution's name is among the words: "Example Hospital", "ABC Clinic", not "New York"."""
    return any(
        _INSTITUTION.fullmatch(_plain(word)) or _ACRONYM.fullmatch(word) for word in re.findall(r"[^\s,]+", words)
    )


def _plain(word: str) -> str:
    if word.isascii():
        return word
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))


def _state(words: Sequence[str], first: int, code: str | None) -> int:
    """Where the state starts, at `first` or later; the number of words where there is none."""
    names = _subdivisions(code) if code else frozenset()
    for at in range(max(first, len(words) - _STATE_TOKENS), len(words)):
        tail = words[at:]
        if _JOINS.fullmatch(words[at - 1]):
            continue  # "Ciudad de Mexico" and "Sapporo-shi, Hokkaido" are one cell
        again = at == first and code not in _ALWAYS_WITH_STATE and places.fold(tail[0]) == places.fold(words[at - 1])
        if again or _is_state(tail, names):
            return at
    return len(words)


def _is_state(words: Sequence[str], names: frozenset[str]) -> bool:
    """Whether the words are a subdivision's name or code, or a part of the country by its direction."""
    name = _spelled(" ".join(words))
    if not name:
        return False
    if name in names or (len(words) == 1 and (words[0] in names or _STATE_WORD.fullmatch(words[0]))):
        return True
    if len(words) == len(("West", "Java")) and _DIRECTION.fullmatch(words[0]):
        return True
    stem, _, kind = name.rpartition(" ")
    return kind in _KINDS and stem in names


def _spelled(name: str) -> str:
    """The name folded, without what stands in brackets, an umlaut spelled in one way."""
    bare = _BRACKETED.sub("", name)
    return _UMLAUT.sub(r"\1", places.fold(bare)).strip()


@cache
def _subdivisions(code: str) -> frozenset[str]:
    """The folded names, and the codes, of a country's subdivisions."""
    found = [one for one in pycountry.subdivisions if one.country_code == code]
    names = {_spelled(part) for one in found for part in re.split(r"\s*[\[\];,/]\s*", one.name) if part}
    # Registers leave out what kind of subdivision it is ("Jiangsu" for "Jiangsu Sheng"), or say it where ISO does not.
    short = {stem for name in names for stem, _, kind in [name.rpartition(" ")] if stem and kind in _KINDS}
    names |= _ENGLISH_NAMES.get(code, frozenset())
    return frozenset(names | short | {one.code.partition("-")[2] for one in found})


def _repeated(words: Sequence[str]) -> int | None:
    """Where the last words start, if the words before them hold the same: "University of Example Example"."""
    if not words or words[-1].endswith("]"):
        return None  # a state with its other name behind
    folded = [places.fold(word) for word in words]
    for size in range(min(_CITY_TOKENS, len(words) // 2), 0, -1):
        tail, before = folded[-size:], folded[:-size]
        again = (before[at : at + size] == tail for at in range(len(before) - size + 1) if len(before) > size)
        if all(tail) and any(again):
            return None if _JOINS.fullmatch(words[-size - 1]) else len(words) - size
    return None


_Cities = dict[str | None, set[tuple[str, ...]]]
_States = dict[str | None, bool]


def _known_cities(rows: Sequence[_Row], cuts: Sequence[_Cut | None]) -> _Cities:
    """The cities of the rows that could be cut, by country."""
    known: _Cities = defaultdict(set)
    for row, cut in zip(rows, cuts, strict=True):
        if cut:
            known[row.code].add(_folded(row.tokens[cut.city : cut.state]))
    return known


def _folded(tokens: Sequence[re.Match[str]]) -> tuple[str, ...]:
    return tuple(places.fold(token[0]) for token in tokens)


def _by_other_rows(row: _Row, known: _Cities, states: _States) -> _Cut | None:
    """Cut a row where it ends in a city that another row of the same country names; no state is taken for one."""
    words = _folded(row.tokens)
    state = _state([token[0] for token in row.tokens], 2, row.code)
    for end in (
        (state,) if row.code in _ALWAYS_WITH_STATE or states.get(row.code) else dict.fromkeys((state, len(words)))
    ):
        for size in range(_CITY_TOKENS, 0, -1):
            start = end - size
            if start > 0 and words[start:end] in known[row.code] and not _JOINS.fullmatch(row.tokens[start - 1][0]):
                return _Cut(start, end)
    return None


def _with_state(rows: Sequence[_Row], cuts: Sequence[_Cut | None]) -> _States:
    """Whether rows of a country that could be cut name a state; countries without such rows are missing."""
    said: _States = {}
    for row, cut in zip(rows, cuts, strict=True):
        if cut:
            said[row.code] = said.get(row.code, False) or cut.state < len(row.tokens)
    return said


def _by_form(row: _Row, states: _States) -> _Cut | None:
    """Cut a row whose institution's name nothing ends: a city's name is one word, save those that go in pairs.

    Args:
        row: the row.
        states: whether other rows of a country name a state; where neither they nor the country's habit tells that
            the last words are the city or the state, nothing is cut.
    """
    words = [token[0] for token in row.tokens]
    state = _state(words, 1, row.code)
    if row.code in _ALWAYS_WITH_STATE:
        return _last_city(words, state) if state < len(words) else None
    if state == len(words):
        return _last_city(words, state) if states.get(row.code) is False else None
    name = _spelled(" ".join(words[state:]))
    is_province = row.code in _PROVINCES_OF_CITIES and name not in _ENGLISH_NAMES.get(row.code, ())
    if is_province or name in _STATES_OF_CITIES:
        return None if states.get(row.code) else _Cut(state, len(words))
    return _last_city(words, state)


def _last_city(words: Sequence[str], end: int) -> _Cut | None:
    """Cut the city that ends before `end`; None where its last word is none of a name."""
    last = words[end - 1]
    if not _CITY_WORD.fullmatch(last) or _INSTITUTION.fullmatch(last) or _BEGINS_A_NAME.fullmatch(last):
        return None
    start = end - 1
    while start > 0 and _ENDS_A_NAME.fullmatch(words[start]):
        start -= 1
    while start > 0 and _BEGINS_A_NAME.fullmatch(words[start - 1]):
        start -= 1
    return None if start < 0 or (start and _LINKS.fullmatch(words[start - 1])) else _Cut(start, end)


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
