"""The bottom of the study page: publications, the last table, keywords, MeSH terms, the site's own links.

Here belong the stages `more`, `keywords`, `mesh` and `foot`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from pipeline.layouts.ctgov_shared.head import registry_number, without_links
from pipeline.layouts.ctgov_shared.labels import labelled
from pipeline.layouts.ctgov_shared.pieces import Piece, bare, bare_text, split
from pipeline.layouts.ctgov_shared.study import Study
from pipeline.layouts.ctgov_shared.texts import Part
from pipeline.normalize import identifiers
from pipeline.reading.lines import Line
from pipeline.reading.records import Identifier, MeshTerm, Record, StudyReference
from pipeline.reading.words import Words

_PUBLICATIONS: Final = re.compile(r"(?:Additional |Other )?Publications(.*):", re.IGNORECASE)
_OTHER_ID: Final = re.compile(r"\s*(?P<number>.+?)(?<!\s)\s*(?:\( (?:(?!\( ).)*? \)(?=\s|$)|$)")
_COMMA: Final = re.compile(r", ")
_COLUMNS: Final = 2  # of the table of MeSH terms
_LONGEST_HEADING: Final = 60  # characters


def more(study: Study, lines: Sequence[Line]) -> None:
    """Read the last table: identifiers, dates, regulation."""
    above: list[Line] = []
    for label, pieces in labelled(study, lines, study.face.labels["more"], above):
        kept = [without_links(piece) for piece in pieces]
        if label.field == "identifier":
            registry_number(study, kept)
        elif label.field == "identifiers":
            for piece in kept:
                secondary(study, piece)
        elif label.field == "joined_identifiers":
            for piece in kept:
                for part in cut_numbers(piece.text):
                    study.record.identifiers.append(Identifier(study.take(piece.part(*part)), "SECONDARY"))
        elif label.field == "version_date":
            study.record.version_date = study.record.version_date or study.join(kept)
        elif label.field and label.field.endswith("posted_date"):
            study.claim(label.field, study.join(kept))
        elif label.field in study.claims:  # the head said it shorter
            study.claim(label.field, study.join(kept), best=True)
        elif label.field:
            setattr(study.record.trial, label.field, study.join(kept))
    _publications(study, above)


def _publications(study: Study, lines: Iterable[Line]) -> None:
    """Read citations under their headings; other links there have no column."""
    kind: str | None = None
    for line in lines:
        text = bare_text(line)
        if heading := _PUBLICATIONS.fullmatch(text):
            said = heading[1].casefold()
            kind = "DERIVED" if "indexed" in said else "RESULT" if "results" in said else "BACKGROUND"
            study.page.skip(line)
        elif text.endswith(":") and len(text) < _LONGEST_HEADING:
            kind = None
        elif kind and not study.is_noise(text):
            study.record.study_references.append(StudyReference(study.page.whole(line), type=kind))


def secondary(study: Study, piece: Piece) -> None:
    """Read other numbers: a bracket behind one says its kind and ends it, where blanks joined several."""
    numbers = [found for found in _OTHER_ID.finditer(piece.text) if found["number"]]
    for found in numbers:
        number = piece.part(*found.span("number"))
        known = identifiers.find(number.text)
        if "( " in piece.text and " " in number.text and known and known[-1].end == len(number.text):
            own = number.part(0, len(number.text[: known[-1].start].rstrip()))
            study.record.identifiers.append(Identifier(study.take(own), "SECONDARY"))
            number = number.part(known[-1].start, known[-1].end)
        study.record.identifiers.append(Identifier(study.take(number), "SECONDARY"))


def name_sponsors_number(record: Record) -> None:
    """Say that the first other number is the sponsor's own, unless its form is a registry's.

    The register asks every study for that number and prints it first; its archive names it, and agrees.
    """
    first = next((number for number in record.identifiers if number.role == "SECONDARY"), None)
    if first and first.registry is None and identifiers.registry(first.identifier) is None:
        first.registry = "SPONSOR"


def cut_numbers(text: str) -> list[Part]:
    """Cut numbers that the older faces join by commas; of 1,500 numbers in the register, none has one of its own."""
    bounds = [-2, *(found.start() for found in _COMMA.finditer(text)), len(text)]
    return [(left + 2, right) for left, right in pairwise(bounds)]


def keywords(study: Study, lines: Sequence[Line]) -> None:
    """Read the keywords, one a line."""
    study.record.keywords.extend(_terms(study, lines))


def mesh(study: Study, lines: Sequence[Line]) -> None:
    """Read the MeSH terms, those of conditions and of interventions together, where they stand one a line.

    Two lines of saved text may be the table's two columns, each joined by blanks: they stay unread.
    """
    lines = _unbroken(lines)
    study.mesh_terms = [piece.text for line in lines[1:] for piece in split(bare(line))]
    if study.page.html or len(study.mesh_terms) > _COLUMNS:
        study.record.mesh_terms.extend(MeshTerm(None, term) for term in _terms(study, lines))
    study.page.skip(lines[0])


def _terms(study: Study, lines: Sequence[Line]) -> list[Words]:
    """Read a list with one term a line."""
    study.page.skip(lines[0])
    return [
        study.take(piece)
        for line in _unbroken(lines)[1:]
        for piece in split(bare(line))
        if not study.is_noise(piece.text)
    ]


def _unbroken(lines: Sequence[Line]) -> Sequence[Line]:
    """The list up to its first blank line, behind which another site's words may stand; all where each has one."""
    breaks = (at for at in range(2, len(lines)) if lines[at].gap and not lines[at - 1].gap)
    return lines[: next(breaks, len(lines))]


def foot(study: Study, lines: Sequence[Line]) -> None:
    """Skip the site's own links."""
    study.page.skip(*lines)
