"""Lists that a page prints in one line: names joined by commas that may hold commas too, and who is masked.

Here belongs where such a line is cut. The line itself and its label are the layout's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pipeline.normalize import places, vocabulary
from pipeline.reading.lines import Line, Page
from pipeline.reading.words import Words, join_words

_OPENING: Final = "([{"
_CLOSING: Final = ")]}"
# What follows a comma inside one name: MeSH and its imitators put the qualifier behind ("Pain, Postoperative";
# "Diabetes Mellitus, Type 2"), firms their legal form ("Example Pharma Co., Ltd.").
_QUALIFIER: Final = re.compile(
    r"(?:type|stage|grade|class|phase) [\dIVX]+[a-c]?|(?:[\w-]+[ -])?(?:onset|cell|type)(?: lung)?|non-?small[- ]cell.*"
    r"|unspecified|nos|human|adult|juvenile|infantile|teen|premature|congenital|familial|acquired|professional"
    r"|acute|chronic|recurrent|relapsing|persistent|refractory|left|right|bilateral|unilateral|primary|secondary"
    r"|knee|hip|spinal|renal|cutaneous|anatomical|viral|bacterial|post-?\w*(?:al|ic|ive|um)|herniated|ulcerative|membranous"
    r"|congestive|addictive|solitary|multiple|unclassifiable|protocol specific|(?:non-)?hodgkin|combination"
    r"|(?:first|second|third) trimester|idiopathic|rheumatoid|myeloid|lymphocytic|lymphoblastic|including .*",
    re.IGNORECASE,
)
# A state's university names its place behind: "University of Texas, Springfield".
_STATE_UNIVERSITY: Final = re.compile(
    r"University of (?:Alabama|Arkansas|California|Colorado|Hawaii|Illinois|Maryland|Massachusetts|Michigan|Minnesota"
    r"|Missouri|Nebraska|Nevada|North Carolina|Tennessee|Texas|Wisconsin)"
)
_PLACE: Final = re.compile(r"[A-Z][\w.]+(?: [A-Z]\w+){0,2}")
_ORGANISATION: Final = re.compile(
    r"\b(?:Universit|Hospital|Institut|Cent(?:er|re)|College|School|Foundation|Pharma|Network|Trust|Clinic|Health)"
)
_MASKED: Final = re.compile(r"\s*\((?P<who>[^()]*)\)$")
_ROLE: Final = re.compile(r"Participant|Care ?Provider|Investigator|Outcomes ?Assessor")
_LEGAL_FORM: Final = re.compile(
    r"(?:inc|ltd|llc|l\.l\.c|llp|lp|l\.p|plc|gmbh|s\.?a\.?s?|s\.?p\.?a|s\.?r\.?[lo]|b\.?v|n\.?v|a\.?g|a/s|ab|co|corp"
    r"|limited|incorporated|corporation|kgaa)\b\.?.{0,12}",
    re.IGNORECASE,
)


def cut_names(
    page: Page, line: Line, start: int = 0, *, known: str | None = None, organisations: bool = False
) -> list[Words]:
    """Cut `line.text[start:]` at its commas.

    Args:
        page: the page of the line.
        line: a line that lists names, joined by a comma and a blank.
        start: where the list starts in the line.
        known: the first name, where another place of the page says it.
        organisations: whether they are names of organisations, behind which their place may stand.

    Returns:
        The names. No cut is made in brackets, before a legal form or before a qualifier that belongs to the name.
    """
    text = line.text
    after = start + len(known) if known else 0
    ends: list[int] = []
    for at in _commas(text, start):
        piece = text[at + 1 : _next(text, at)].strip()
        if piece.startswith("and "):  # "National Heart, Lung, and Blood Institute" is one name
            ends = ends[:-1]
        elif organisations and _is_place_behind(text[ends[-1] + 1 if ends else start : at].strip(), piece):
            continue
        elif at >= after and not _QUALIFIER.fullmatch(piece) and not _LEGAL_FORM.fullmatch(piece):
            ends.append(at)
    bounds = [start - 1, *ends, len(text)]
    pieces = ((left + 1, right) for left, right in pairwise(bounds))
    return [page.words(line, left, right) for left, right in pieces if text[left:right].strip()]


def is_qualifier(words: str) -> bool:
    """Whether the words stand behind the comma of one name, as in "Pain, Postoperative"."""
    return _QUALIFIER.fullmatch(words) is not None


def _is_place_behind(name: str, piece: str) -> bool:
    """Whether `piece` goes on with an organisation's name: its country, the place of a university, "now a part of"."""
    country = places.ends_with_country(piece)
    whole = country is not None and piece[: country[0]].strip().lower() in ("", "the")
    campus = _STATE_UNIVERSITY.fullmatch(name) and _PLACE.fullmatch(piece) and not _ORGANISATION.search(piece)
    return whole or piece[:1].islower() or bool(campus)


def _commas(text: str, start: int) -> list[int]:
    """The commas that stand before a blank and outside of brackets; brackets that never close count as none."""
    depth, found = 0, []
    balanced = sum(text.count(mark) for mark in _OPENING) == sum(text.count(mark) for mark in _CLOSING)
    for at in range(start, len(text)):
        character = text[at]
        if balanced:
            depth += (character in _OPENING) - (character in _CLOSING)
        if character == "," and depth <= 0 and text[at + 1 : at + 2].isspace():
            found.append(at)
    return found


def _next(text: str, at: int) -> int:
    comma = text.find(", ", at + 1)
    return len(text) if comma < 0 else comma


def names_of(
    page: Page, lines: Sequence[Line], known: str | None = None, *, organisations: bool = False
) -> list[Words]:
    """Return the names of a list: one a line, or all in one line, of which the first may be `known`."""
    if len(lines) > 1:
        return [page.whole(line) for line in lines]
    return [name for line in lines for name in cut_names(page, line, known=known, organisations=organisations)]


def cut_masking(page: Page, line: Line) -> tuple[Words | None, Words | None]:
    """Cut "Double (Participant, Investigator)" into the level and who is masked, either of which may be missing.

    Roles without a level may be glued to one another: "ParticipantInvestigator".
    """
    found = _MASKED.search(line.text)
    if found and vocabulary.codes("who_masked", found["who"]):
        return page.words(line, 0, found.start()), page.words(line, *found.span("who"))
    roles = list(_ROLE.finditer(line.text))
    if roles and not _ROLE.sub("", line.text).strip(" ,;"):
        return None, join_words(page.words(line, *role.span()) for role in roles)
    return page.words(line), None
