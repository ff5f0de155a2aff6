"""Small grammars of one line or cell, as the site and those who copy it print them: no page and no labels.

Here belong the outcome's brackets, the bracket of a masked trial, a person with phone and e-mail, a place under its
country. Each function takes a text and gives offsets in it, so that a layout can hand on the words with their place.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.layouts.degrees import degree_ends

Part = tuple[int, int]
"""Half-open offsets in the text that was given."""

LONGEST_LABEL: Final = 100
"""Characters of an arm's label, the register's limit."""

_BRACKET: Final = re.compile(
    r"\[\s*(?:(?P<frame>Time\s+Frame)|(?P<safety>Designated\s+as\s+safety\s+issue))\s*:\s*", re.I
)
_LAST_BRACKET: Final = re.compile(r"(?P<value>.*?)\s*\((?P<type>[^()]*)\)\s*")
_PHONE_ENDS: Final = frozenset("0123456789().+/–-")
_EMAIL: Final = re.compile(r"(?:^|\s)(?P<email>[^\s@]+@[^\s@]+\.[^\s@]+)\s*$")
_PHONE: Final = re.compile(
    r"(?:^|(?<!\bSite)\s)(?P<phone>(?:[+()]{1,3} ?)?\d[\d\s().+/–-]{4,}\d?"
    r"(?:\s*(?:extension|ext|x)\.?:?\s*[\d+-]+)?)\s*$",
    re.IGNORECASE,
)
_BARE_NAME: Final = re.compile(r"[^\s,:]+ [^\s,:]+")


class OutcomeParts(NamedTuple):
    """An outcome's line: `MEASURE [ Time Frame: … ] [ Designated as safety issue: No ]DESCRIPTION`."""

    measure: Part
    frame: Part | None
    rest: Part


def has_bracket(text: str) -> bool:
    """Whether the line has an outcome's bracket."""
    return "[" in text and _BRACKET.search(text) is not None


def find_outcome(text: str) -> OutcomeParts:
    """Find the parts of an outcome's line; a line without brackets is all measure."""
    found = _BRACKET.search(text)
    measure = (0, found.start() if found else len(text))
    frame: Part | None = None
    at = measure[1]
    while found:
        end = _closing(text, found.start())
        if found["frame"] and frame is None:
            frame = (found.end(), end)
        at = min(end + 1, len(text))
        found = _BRACKET.match(text, len(text) - len(text[at:].lstrip()))
    return OutcomeParts(measure, frame, (at, len(text)))


def _closing(text: str, opening: int) -> int:
    """Return the place of the `]` that closes the bracket at `opening`.

    The site prints a blank before it, so that a text with a bracket too many, such as "Week 4]", is told from it.
    """
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] == "[") - (text[place] == "]")
        if depth == 0:
            if text[place - 1].isspace():
                return place
            break
    first = re.compile(r"\s\]").search(text, opening)
    return first.end() - 1 if first else place if depth == 0 else len(text)


def split_who(text: str) -> tuple[Part, Part | None]:
    """Split `Triple (Participant, Investigator)` into the masking and who is masked; "(Open Label)" is no one."""
    found = re.match(r"(?P<masking>[^(]*?)\s*\((?P<who>[^()]*)\)\s*$", text)
    if not found or "label" in found["who"].lower():
        return (0, len(text)), None
    return found.span("masking"), found.span("who")


def split_type(text: str) -> tuple[Part, Part | None]:
    """Split `June 2010 (Actual)` into the value and the words in the bracket behind it."""
    found = _LAST_BRACKET.fullmatch(text)
    return (found.span("value"), found.span("type")) if found else ((0, len(text)), None)


class PersonParts(NamedTuple):
    """A person to ask, in one run of words."""

    name: Part | None
    phone: Part | None
    email: Part | None


def split_person(text: str) -> PersonParts:
    """Split `NAME PHONE EMAIL`, each of which may be missing; a phone is figures only, up to its extension."""
    # Most cells hold but one of the three: the search for another is spared where no sign of it is.
    email = _EMAIL.search(text) if "@" in text else None
    end = email.start() if email else len(text)
    phone = _PHONE.search(text, 0, end) if text[:end].rstrip()[-1:] in _PHONE_ENDS else None
    if phone and sum(map(str.isdigit, phone["phone"])) < 6:
        phone = None
    if phone:
        end = phone.start()
    name = (0, end) if text[:end].strip() else None
    return PersonParts(name, phone.span("phone") if phone else None, email.span("email") if email else None)


def split_affiliation(text: str, known: Collection[str]) -> int | None:
    """Return where the affiliation begins in `NAME AFFILIATION`, its end where there is none; None where nothing tells.

    It is told by an organisation that the page names elsewhere (`known`), or by degrees behind the name; two words are
    a name alone.
    """
    for name in sorted(known, key=len, reverse=True):
        at = len(text) - len(name)
        if at > 1 and text.endswith(name) and text[at - 1].isspace():
            return at
    comma = text.find(",")
    end = max(degree_ends(text, comma), default=None) if comma > 0 else None
    if end is not None and not text[end : end + 1].strip():
        return min(end + 1, len(text))
    return len(text) if _BARE_NAME.fullmatch(text) else None


class PlaceParts(NamedTuple):
    """A site's place: `CITY, STATE, COUNTRY, POSTAL CODE`."""

    city: Part | None
    state: Part | None
    country: Part
    postal_code: Part | None


def split_place(text: str, heading: str) -> PlaceParts | None:
    """Split a place that stands under `heading`, a country or `COUNTRY, STATE`; None where it does not belong there.

    Where commas leave it open which part is the city and which the state, both are None.
    """
    # Each comma is another way to read the heading: no country with its state is so long.
    if not heading or len(heading) > _LONGEST_HEADING or heading.partition(", ")[0] not in text:
        return None
    for state, forms in _place_forms(heading):
        found = forms[0].search(text) or forms[1].search(text)
        if not found:
            continue
        code = found.span("code") if found["code"] else None
        before = text[: found.start()]
        commas = _commas(before)
        if state:
            at = found.start("country") - len(", ")
            states = (at - len(state), at)
            return PlaceParts((0, len(before)) if before else None, states, found.span("country"), code)
        if not before or len(commas) > 1:
            return PlaceParts(None, None, found.span("country"), code)
        if not commas:
            return PlaceParts((0, len(before)), None, found.span("country"), code)
        return PlaceParts((0, commas[0]), (commas[0] + 2, len(before)), found.span("country"), code)
    return None


_LONGEST_HEADING: Final = 150


@lru_cache(maxsize=512)
def _place_forms(heading: str) -> list[tuple[str, tuple[re.Pattern[str], re.Pattern[str]]]]:
    """Return, for each way to read a heading as country and state, the state and how a place under it ends."""
    found = []
    for country, state in [(heading, "")] + [(heading[:at], heading[at + 2 :]) for at in _commas(heading)]:
        start = rf"(?:^|, ){re.escape(f'{state}, ') if state else ''}(?P<country>{re.escape(country)})"
        # "Hong Kong, Hong Kong" has no postal code: the country stands at the end, or else a code behind it.
        forms = re.compile(rf"{start}(?P<code>)\s*$"), re.compile(rf"{start}, ?(?P<code>[^,]+?)\s*$")
        found.append((state, forms))
    return found


def _commas(text: str) -> list[int]:
    return [found.start() for found in re.finditer(", ", text)]
