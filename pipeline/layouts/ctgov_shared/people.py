"""People and places: central contacts, sites under their country with their people, sponsors, officials.

Here belong the stages `contacts`, `sponsors` and `officials`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipeline.layouts.ctgov_shared.names import STATUS_WORDS, STATUSES
from pipeline.layouts.ctgov_shared.pieces import Piece, bare, split
from pipeline.layouts.ctgov_shared.study import Study
from pipeline.layouts.ctgov_shared.texts import (
    PlaceParts,
    split_affiliation,
    split_person,
    split_place,
)
from pipeline.layouts.site_rows import names_institution
from pipeline.normalize import places
from pipeline.reading.lines import Line
from pipeline.reading.records import Contact, Official, Site, Sponsor
from pipeline.reading.words import Words

_PERSON: Final = re.compile(
    r"(?P<role>Contact|Principal Investigator|Sub[- ]Investigator|Study Chair|Study Director):\s*(?P<rest>.*)"
)
_STATUS_AT_END: Final = re.compile(rf"(?:^|[\s|])(?P<status>{STATUSES})$")
_OFFICIAL: Final = re.compile(r"(?P<role>[A-Z][\w /-]+):[\s|]*(?P<rest>.+)")


def contacts(study: Study, lines: Sequence[Line]) -> None:
    """Read central contacts, then sites: under a country `FACILITY | STATUS`, the place, its people."""
    rows = [(piece, piece.text) for line in lines if not study.is_noise((piece := bare(line)).text)]
    heading = ""
    waiting: Piece | None = None
    for index, (piece, text) in enumerate(rows):
        if person := _PERSON.fullmatch(text):
            _contact(study, piece, person)
            continue
        following = [words for _, words in rows[index + 1 : index + 3]]
        if (place := split_place(text, heading)) and (
            waiting is not None or _is_place_alone(text, place, following, heading)
        ):
            _site(study, waiting, piece, place)
            waiting = None
        elif heading and following and split_place(following[0], heading):
            waiting = piece
        elif _is_heading(text, following):
            heading = text
            study.page.skip(piece.line)


def _is_heading(text: str, following: Sequence[str]) -> bool:
    """Whether a row is a country, or one with its state, over a facility with its place or over a place alone."""
    below = [place for words in following if (place := split_place(words, text)) and place.country[0]]
    if len(following) > 1 and split_place(following[1], text) in below:
        return True
    return bool(below) and places.is_country(text.partition(", ")[0])


def _is_place_alone(text: str, place: PlaceParts, following: Sequence[str], heading: str) -> bool:
    """Whether a place with no facility above it is a site of its own: no facility that ends in the place below it."""
    below = split_place(following[0], heading) if following else None
    if below is None or below.city is None or place.city is None:
        return below is None or place.city is not None
    core = following[0][below.city[0] : below.country[1]]
    city = text[slice(*place.city)]
    return (core not in text or text.startswith(core)) and not names_institution(city)


def _site(study: Study, facility: Piece | None, place: Piece, parts: PlaceParts) -> None:
    """Read one site, which may name no facility."""
    name, status = facility, None
    if facility and facility.text.endswith(STATUS_WORDS) and (found := _STATUS_AT_END.search(facility.text)):
        status = facility.part(*found.span("status"))
        name = bare(facility.line)._replace(end=status.start)
        name = name.part(0, len(name.text.rstrip("| \t")))
    city, state, country, code = (study.take(place.part(*part)) if part else None for part in parts)
    study.record.sites.append(
        Site(
            facility=study.take(name) if name and name.text else None,
            city=city,
            state=state,
            postal_code=code,
            country=country,
            status=study.take(status) if status else None,
        )
    )


def _contact(study: Study, piece: Piece, person: re.Match[str]) -> None:
    """Read a person to ask: of the site above, or of the trial where no site stands above."""
    name: Words | None = None
    phone: Words | None = None
    email: Words | None = None
    for place, cell in enumerate(split(piece.part(*person.span("rest")))):
        parts = split_person(cell.text)
        if parts.name and place == 0:
            name = study.take(cell.part(*parts.name))
        elif parts.name and not phone:  # a phone in words, such as "by e-mail"
            phone = study.take(cell.part(*parts.name))
        phone = study.take(cell.part(*parts.phone)) if parts.phone else phone
        email = study.take(cell.part(*parts.email)) if parts.email else email
    role = study.take(piece.part(*person.span("role")))
    if name or phone or email:
        site = len(study.record.sites) - 1 if study.record.sites else None
        study.record.contacts.append(Contact(name, role, phone, email, site))


def sponsors(study: Study, lines: Sequence[Line]) -> None:
    """Read the list of sponsors, the lead first; the page's head may have named them before."""
    study.page.skip(lines[0])
    said = [line for line in lines[1:] if not study.is_noise(line.text)]
    no_lead = all(sponsor.role != "LEAD" for sponsor in study.record.sponsors)
    for place, line in enumerate(said):
        add_sponsor(study, study.page.words(line), lead=place == 0 and no_lead)


def add_sponsor(study: Study, name: Words, *, lead: bool) -> None:
    """Add a sponsor that was not named before; the lead stands first."""
    if any(sponsor.name == name for sponsor in study.record.sponsors):
        return
    if lead:
        study.record.sponsors.insert(0, Sponsor(name, "LEAD"))
    else:
        study.record.sponsors.append(Sponsor(name, "COLLABORATOR"))


def officials(study: Study, lines: Sequence[Line]) -> None:
    """Read the responsible people: `ROLE: | NAME | AFFILIATION`, or joined, where something parts the two."""
    known = {sponsor.name for sponsor in study.record.sponsors}
    known |= {site.facility for site in study.record.sites if site.facility}
    party, _, organisation = (study.record.trial.responsible_party or "").partition(", ")
    for line in lines:
        row = bare(line)
        found = _OFFICIAL.fullmatch(row.text)
        if not found:
            continue
        cells = split(row.part(*found.span("rest")))
        if len(cells) == 1 and "|" not in line.text:
            own = {organisation} if organisation and cells[0].text.startswith(party) else set()
            at = split_affiliation(cells[0].text, known | own)
            if at is None:
                continue
            parts = cells[0].part(0, at), cells[0].part(at, len(cells[0].text))
            cells = [part for part in parts if part.text]
        words = [study.take(cell) for cell in cells[:2]]
        role = study.take(row.part(*found.span("role")))
        study.record.officials.append(Official(words[0], role, words[1] if len(words) > 1 else None))
