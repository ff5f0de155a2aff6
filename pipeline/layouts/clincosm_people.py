"""The people and the sites of the pages of clincosm.com: contacts, officials, rows of sites.

    contact  := ROLE': 'NAME PHONE EMAIL
    official := ROLE': 'NAME[', 'DEGREE]*', 'AFFILIATION
    site     := N FACILITY CITY [STATE] COUNTRY [POSTAL CODE], joined by blanks or kept apart by bars

Here belongs that grammar. How a site's words are told apart where blanks join them is `site_rows`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pipeline.layouts.cells import rows_of
from pipeline.layouts.ctgov_shared.texts import split_person
from pipeline.layouts.degrees import degree_ends
from pipeline.layouts.site_rows import read_rows
from pipeline.reading.lines import Line, Page
from pipeline.reading.records import Contact, Official, Record, Site
from pipeline.reading.words import Words

_SITE_BARS: Final = 4  # between the five cells of a site
_SITE_NUMBER: Final = re.compile(r"\d+(?: |$)")
_ROLE: Final = re.compile(r"(?P<role>[^:,]+): ")
_CONTACT_ROLE: Final = re.compile(r"(?:Contact|Backup Contact|Contact Backup): (?=\S)")


def read_contacts(page: Page, record: Record, lines: Iterable[Line]) -> None:
    """Read the people to ask."""
    for line in lines:
        if found := _CONTACT_ROLE.match(line.text):
            person = split_person(line.text[found.end() :])
            name, phone, email = (
                page.words(line, found.end() + part[0], found.end() + part[1]) if part else None for part in person
            )
            record.contacts.append(Contact(name=name, phone=phone, email=email))


def read_sites(page: Page, record: Record, lines: Sequence[Line]) -> None:
    """Read the sites."""
    barred = bool(lines) and all(line.text.count("|") >= _SITE_BARS for line in lines)
    record.sites.extend(_barred_sites(page, lines) if barred else read_rows(page, lines))


def _barred_sites(page: Page, lines: Iterable[Line]) -> Iterator[Site]:
    """Read sites whose cells are kept apart: `N FACILITY | CITY | STATE | COUNTRY | POSTAL CODE |`."""
    for first, city, state, country, code in rows_of(page, lines, 5):
        facility = first
        if first and (number := _SITE_NUMBER.match(first)) and first.spans:
            start, end = first.spans[0]
            facility = Words(page.text[start + number.end() : end], ((start + number.end(), end), *first.spans[1:]))
        yield Site(facility or None, city, state, code, country)


def read_officials(page: Page, record: Record, lines: Iterable[Line]) -> None:
    """Read who is responsible."""
    record.officials.extend(official for line in lines if (official := _official(page, record, line)))


def _official(page: Page, record: Record, line: Line) -> Official | None:
    """Cut "ROLE: NAME, DEGREE, AFFILIATION": the affiliation follows the degrees, or is a sponsor of the page."""
    role = _ROLE.match(line.text)
    if not role:
        return None
    text = line.text
    first = _comma(text, role.end())
    end = max((at for at in degree_ends(text, first) if at == _comma(text, at)), default=first)
    sponsor = max((one.name for one in record.sponsors if text.endswith(f", {one.name}")), key=len, default=None)
    if sponsor and end == first < (at := len(text) - len(sponsor) - len(", ")) and " " not in text[first + 2 : at]:
        end = at  # one word between: a degree that we do not know
    affiliation = page.words(line, end + 2) if end < len(text) else None
    return Official(page.words(line, role.end(), end), page.words(line, *role.span("role")), affiliation)


def _comma(text: str, start: int) -> int:
    at = text.find(", ", start)
    return len(text) if at < 0 else at
