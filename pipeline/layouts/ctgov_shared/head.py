"""The top of the study page: title, status, dates, parties, the bar of links, and the two descriptions.

Here belong the stages `top`, `head`, `status`, `parties`, `tabs`, `summary` and `detail`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipeline.layouts.ctgov_shared.labels import labelled
from pipeline.layouts.ctgov_shared.names import STATUSES, find_acronym
from pipeline.layouts.ctgov_shared.pieces import Piece, bare, split
from pipeline.layouts.ctgov_shared.study import Study
from pipeline.reading.lines import Line, prose
from pipeline.reading.records import Identifier, Sponsor

_STATUS: Final = re.compile(rf"(?P<status>{STATUSES})(?:\s*\((?P<why>.*)\))?")
_BRACKET: Final = re.compile(r"\((.*)\)")
_PARTY: Final = re.compile(
    r"(?:Sponsor(?:ed by)?|Collaborators?|Information provided by(?: \(Responsible Party\))?):(?P<names>.*)",
    re.IGNORECASE,
)
_ROLES: Final = {"sponsor": "LEAD", "collaborator": "COLLABORATOR", "information": "PARTY"}
_LINKS: Final = re.compile(r"(?<!\s)\s*(?:Key Record Dates|History of Changes)\s*$|(?<=\d{4})\.$")
_RESULTS: Final = frozenset(("no results posted", "no study results posted", "study results"))


def top(study: Study, lines: Sequence[Line]) -> None:
    """Read the title, the last line of its own above the disclaimer and the identifier."""
    said = [line for line in lines if not study.is_noise(bare(line).text)]
    headings = [line for line in said if line.level == 1]
    if not said:
        return
    line = (headings or said)[-1]
    if study.face.begins_row(bare(line).text):
        return  # the page lost its beginning
    if headings:  # above the heading of an HTML page stands the site's menu
        study.page.skip(*(other for other in lines if other.position < line.position))
    piece = bare(line)
    acronym = find_acronym(piece.text)
    end = piece.text.rindex("(") if acronym else len(piece.text)
    study.record.trial.brief_title = study.take(piece.part(0, end))
    if acronym:
        study.record.trial.acronym = study.take(piece.part(*acronym))


def head(study: Study, lines: Sequence[Line]) -> None:
    """Read the status and its dates, each behind its label, on lines of their own or in one."""
    for label, pieces in labelled(study, lines, study.face.labels["head"], anywhere=True):
        if label.field == "identifier":
            registry_number(study, [without_links(piece) for piece in pieces])
        elif label.field == "overall_status":
            _status_word(study, pieces)
        elif label.field in ("sponsor", "collaborators"):
            _sponsors(study, pieces, lead=label.field == "sponsor")
        elif label.field == "version_date":
            study.record.version_date = study.join(map(without_links, pieces))
        elif label.field:
            study.claim(label.field, study.join(map(without_links, pieces)))


def _sponsors(study: Study, pieces: Sequence[Piece], *, lead: bool) -> None:
    """Read sponsors, of which the first is the lead where they stand under its label."""
    for place, piece in enumerate(pieces):
        role = "LEAD" if lead and place == 0 else "COLLABORATOR"
        study.record.sponsors.append(Sponsor(study.take(piece), role))


def without_links(piece: Piece) -> Piece:
    """Return a value without the site's links behind it, and without the full stop of "First Received on DATE."."""
    found = _LINKS.search(piece.text)
    return piece.part(0, found.start()) if found else piece


def _status_word(study: Study, pieces: Sequence[Piece]) -> None:
    """Read the status, behind which a bracket says why the study stopped."""
    trial = study.record.trial
    if not pieces:
        return
    first = pieces[0]
    found = _STATUS.fullmatch(first.text)
    if not found:
        trial.overall_status = study.take(first)
        return
    trial.overall_status = study.take(first.part(*found.span("status")))
    if found["why"]:
        trial.why_stopped = study.take(first.part(*found.span("why")))
    elif len(pieces) > 1 and (why := _BRACKET.fullmatch(pieces[1].text)):
        trial.why_stopped = study.take(pieces[1].part(*why.span(1)))


def status(study: Study, lines: Sequence[Line]) -> None:
    """Read the status that is a sentence; the line in brackets below it says why the study stopped."""
    first, *rest = lines
    study.record.trial.overall_status = study.page.words(first)
    for line in rest:
        if study.is_noise(bare(line).text):
            study.page.skip(line)
        elif why := _BRACKET.fullmatch(line.text):
            study.record.trial.why_stopped = study.page.words(line, *why.span(1))


def parties(study: Study, lines: Sequence[Line]) -> None:
    """Read sponsor and collaborators, names behind or below their label; "Sponsor:" may have lost its own."""
    role: str | None = None
    for line in lines:
        piece = bare(line)
        names = [piece]
        if found := _PARTY.fullmatch(piece.text):
            study.page.skip(line)
            role = next(role for start, role in _ROLES.items() if piece.text.casefold().startswith(start))
            names = split(piece.part(*found.span("names")))
        for name in names:
            if role == "PARTY":
                study.record.trial.responsible_party = study.take(name)
                role = None
            elif role and not study.is_noise(name.text):
                study.record.sponsors.append(Sponsor(study.take(name), role))


def tabs(study: Study, lines: Sequence[Line]) -> None:
    """Read whether there are results, which a tab says; below the tabs stands a summary without its heading."""
    rest = []
    for line in lines:
        if line.text.casefold() in _RESULTS:
            study.record.trial.has_results = study.page.words(line)
        elif line.text.casefold() in study.face.tabs:
            study.page.skip(line)
        else:
            rest.append(line)
    summary(study, rest)


def summary(study: Study, lines: Sequence[Line]) -> None:
    """Read the brief summary."""
    said = study.said(lines, "Brief Summary:", "Purpose")
    study.record.trial.brief_summary = prose(study.page, said) or study.record.trial.brief_summary


def detail(study: Study, lines: Sequence[Line]) -> None:
    """Read the detailed description."""
    said = study.said(lines, "Detailed Description:")
    study.record.trial.detailed_description = prose(study.page, said)


def registry_number(study: Study, pieces: Sequence[Piece]) -> None:
    """Read the registry's number, once."""
    if pieces and not study.record.identifiers:
        study.record.identifiers.append(Identifier(study.take(pieces[0]), "PRIMARY"))
