"""A page of ClinicalTrials.gov's archive of versions, "View of NCT… on 2014_03_14", as saved HTML or text in dialect T.

The page is one table of labels and values (`ctgov_shared.rows`). It prints a row for each outcome, arm, intervention,
condition, phase and choice of the design, the labels repeated:

    Primary outcome |  Measure: … / Time Frame: … / Safety Issue? No / Description: / …
    Arm/Group       |  Arm Label: LABEL TYPE / description
    Intervention    |  TYPE: NAME Arm Label: LABEL / description
    Study design    |  one choice ("Randomized"), without a label: their order says what each of them is

The date in the heading is when the register took this version in: it dates the document. Dates are written as the
register's forms write them (1985-09). "Last follow-up date" and, before 2006, "End date" are what is called the study's
completion date today. The page prints at most one arm for an intervention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from pipeline.layouts.ctgov_shared.arms import ARM_TYPES
from pipeline.layouts.ctgov_shared.design import masking
from pipeline.layouts.ctgov_shared.eligibility import criteria
from pipeline.layouts.ctgov_shared.people import add_sponsor
from pipeline.layouts.ctgov_shared.pieces import Piece
from pipeline.layouts.ctgov_shared.rows import Handler, Row, date, names, number, read_rows, skip, text, value
from pipeline.layouts.ctgov_shared.study import Face, Study
from pipeline.layouts.ctgov_shared.texts import split_type, split_who
from pipeline.normalize import vocabulary
from pipeline.reading.lines import Page
from pipeline.reading.records import Arm, ArmIntervention, Identifier, Intervention, Outcome, Record, StudyReference
from pipeline.reading.words import Words, join_words

NAME: Final = "ctgov_archive"
SOURCE: Final = "ctgov"
MARKERS: Final = {
    "the heading": (_HEADING := re.compile(r"^View of (?P<number>NCT\d{8}) on\s+(?P<date>\d{4}_\d{2}_\d{2})$")),
    "the label 'ClinicalTrials Identifier:'": re.compile(r"^ClinicalTrials Identifier:"),
    "the label 'Updated:'": re.compile(r"^Updated: \| \d{4}_\d{2}_\d{2}"),
    "the heading 'Descriptive Information'": re.compile(r"^Descriptive Information\b"),
    "the label 'Organization study ID'": re.compile(r"^Organization study ID\b"),
}
NEEDED: Final = 3

_OUTCOME: Final = re.compile(r"(?P<label>Measure|Time Frame|Description): ?(?P<value>.*)|Safety Issue\?.*")
_ARM: Final = re.compile(rf"Arm Label: (?P<label>.*?)(?:(?<=\S) +(?P<type>{ARM_TYPES}))?")
_GROUP: Final = re.compile(r"Arm Label: (?P<label>.*)")
_INTERVENTION: Final = re.compile(
    rf"(?P<type>{vocabulary.pattern('intervention_type')}): (?P<name>.+?)(?P<arms>(?: Arm Label: .+)?)", re.IGNORECASE
)
_ARM_LABEL: Final = re.compile(r" Arm Label: (?P<label>.+?)(?= Arm Label: |$)")
_CITATION: Final = re.compile(r"(?P<label>Citation|MEDLINE): ?(?P<value>.*)")

# The choices of the design in the order of the register's form, by study type.
_CHOICES: Final = {
    "INTERVENTIONAL": ("primary_purpose", "allocation", "masking", "intervention_model"),
    "OBSERVATIONAL": ("observational_model", "time_perspective"),
}
# Choices that the warehouse has no column for: what is compared with, and what the study wants to show.
_NO_COLUMN: Final = re.compile(
    r"(?:Placebo|Active|Historical|Dose Comparison) Control|Uncontrolled|Dose Comparison|Placebo|Active"
    r"|(?:Safety|Efficacy|Safety/Efficacy|Bio-?availability|Bio-?equivalence|Pharmacokinetics|Pharmacodynamics"
    r"|Pharmacokinetics/(?:Pharmaco)?[Dd]ynamics) Study"
)


def read(page: Page) -> Record:
    """Read a page of the archive: every field that it prints, nothing that it does not."""
    study = Study(page, _FACE)
    for line in page.lines:
        if found := _HEADING.match(line.text):
            study.record.identifiers.append(Identifier(page.words(line, *found.span("number")), "PRIMARY"))
            study.record.version_date = page.words(line, *found.span("date"))
            break
    choices: list[Piece] = []
    read_rows(study, page.lines, _TABLE | {"Study design": _noting(choices)}, _REMARKS)
    _design(study, choices)
    page.skip(*(line for line in page.unread() if study.says_nothing(line)))
    return study.record


def _updated(study: Study, row: Row) -> None:
    """Read the date of the version where the heading is missing."""
    study.page.skip(*row.lines)
    study.record.version_date = study.record.version_date or study.join(row.pieces)


def _phase(study: Study, row: Row) -> None:
    """Read one of the phases."""
    trial = study.record.trial
    said = trial.phases if isinstance(trial.phases, Words) else None
    trial.phases = join_words((said, study.join(row.pieces)))


def _outcome(study: Study, row: Row) -> None:
    """Read an outcome, a line each of its fields; the description is all that follows its label."""
    fields: dict[str, list[Piece]] = {}
    current: list[Piece] = []
    for piece in row.pieces:
        found = None if current is fields.get("Description") else _OUTCOME.fullmatch(piece.text)
        if found and found["label"]:
            current = fields.setdefault(found["label"], [])
            study.page.skip(piece.line)
            piece = piece.part(*found.span("value"))
        elif found:
            current = []
            study.page.skip(piece.line)
            continue
        if piece.text:
            current.append(piece)
    said = {label: study.join_prose(pieces) for label, pieces in fields.items()}
    kind = study.take(row.label.part(0, row.label.text.index(" ")))
    study.record.outcomes.append(Outcome(said.get("Measure"), said.get("Description"), said.get("Time Frame"), kind))


def _arm(study: Study, row: Row) -> None:
    """Read an arm, its type behind its label; groups of an observational study have none."""
    is_group = _study_type(study) == "OBSERVATIONAL"
    found = (_GROUP if is_group else _ARM).fullmatch(row.first)
    if not found:
        return
    first, *rest = row.pieces
    parts = found.groupdict()
    label = study.take(first.part(*found.span("label")))
    kind = study.take(first.part(*found.span("type"))) if parts.get("type") else None
    study.record.arms.append(Arm(label, kind, study.join_prose(rest)))


def _intervention(study: Study, row: Row) -> None:
    """Read an intervention, behind which stands the arm that has it."""
    found = _INTERVENTION.fullmatch(row.first)
    if not found:
        return
    first, *rest = row.pieces
    name, kind = study.take(first.part(*found.span("name"))), study.take(first.part(*found.span("type")))
    study.record.interventions.append(Intervention(name, kind, study.join_prose(rest)))
    places = {arm.label: place for place, arm in enumerate(study.record.arms)}
    for arm in _ARM_LABEL.finditer(found["arms"]):
        if arm["label"] in places:
            study.record.arm_interventions.append(
                ArmIntervention(places[arm["label"]], len(study.record.interventions) - 1)
            )


def _reference(study: Study, row: Row) -> None:
    """Read a citation and its number in MEDLINE, which is PubMed's."""
    said: dict[str, Words] = {}
    for piece in row.pieces:
        found = _CITATION.fullmatch(piece.text)
        if found and (words := study.take(piece.part(*found.span("value")))):
            said[found["label"]] = words
    kind = "RESULT" if row.label.text.startswith("Result") else None
    if said:
        study.record.study_references.append(StudyReference(said.get("Citation"), said.get("MEDLINE"), kind))


def _secondary(study: Study, row: Row) -> None:
    """Read another number, behind which a bracket says whose it is."""
    for piece in row.pieces:
        value, _ = split_type(piece.text)
        study.record.identifiers.append(Identifier(study.take(piece.part(*value)), "SECONDARY"))


def _sponsor(study: Study, row: Row) -> None:
    """Read the lead sponsor or a collaborator."""
    for piece in row.pieces:
        add_sponsor(study, study.take(piece), lead=row.label.text == "Sponsor")


def _criteria(study: Study, row: Row) -> None:
    """Read the criteria."""
    criteria(study, row.lines)


# --- the design, whose choices have no labels -----------------------------------------------------------------------


def _noting(choices: list[Piece]) -> Handler:
    """Return a handler that notes the choices of the design, and skips those that have no column."""

    def read(study: Study, row: Row) -> None:
        for piece in row.pieces:
            if _NO_COLUMN.fullmatch(piece.text):
                study.page.skip(piece.line)
            else:
                choices.append(piece)

    return read


def _design(study: Study, pieces: Sequence[Piece]) -> None:
    """Give each choice to its field, where vocabulary and order leave but one way; the others stay unread."""
    fields = _CHOICES.get(_study_type(study) or "", ())
    ways = list(_ways([piece.text for piece in pieces], fields))
    most = max((sum(field is not None for field in way) for way in ways), default=0)
    best = [way for way in ways if sum(field is not None for field in way) == most]
    for place, piece in enumerate(pieces):
        (field, *others) = {way[place] for way in best}
        if field is None or others:
            continue
        if field == "masking":
            masking(study, piece)
        else:
            setattr(study.record.trial, field, study.take(piece))


def _ways(choices: Sequence[str], fields: Sequence[str]) -> Iterator[tuple[str | None, ...]]:
    """Yield every way to give choices to fields in their order; a choice may go to none."""
    if not choices:
        yield ()
        return
    for rest in _ways(choices[1:], fields):
        yield (None, *rest)
    for place, field in enumerate(fields):
        if _is_choice(field, choices[0]):
            for rest in _ways(choices[1:], fields[place + 1 :]):
                yield (field, *rest)


@cache
def _is_choice(field: str, words: str) -> bool:
    degree = words[slice(*split_who(words)[0])] if field == "masking" else words
    return bool(vocabulary.codes(field, degree))


def _study_type(study: Study) -> str | None:
    words = study.record.trial.study_type
    return vocabulary.code("study_type", words) if words else None


_TABLE: Final = {
    "ClinicalTrials Identifier:": number("PRIMARY"),
    "Updated:": _updated,
    "Descriptive Information": skip,
    "Brief title": value("brief_title"),
    "Official title": value("official_title"),
    "Acronym": value("acronym"),
    "Brief summary": text("brief_summary"),
    "Detailed description": text("detailed_description"),
    "Phase": _phase,
    "Study type": value("study_type"),
    "Primary outcome": _outcome,
    "Secondary outcome": _outcome,
    "Other outcome": _outcome,
    "Number of groups": skip,
    "Number of arms": skip,
    "Condition": names("conditions"),
    "Keyword": names("keywords"),
    "Arm/Group": _arm,
    "Intervention": _intervention,
    "Reference": _reference,
    "Results reference": _reference,
    "URL": skip,
    "See also": skip,
    "Recruitment Information": skip,
    "Status": value("overall_status"),
    "Why stopped": value("why_stopped"),
    "Start date": date("start_date"),
    "End date": date("completion_date"),
    "Last follow-up date": date("completion_date"),
    "Primary completion date": date("primary_completion_date"),
    "Enrollment": date("enrollment"),
    "Expected enrollment": date("enrollment"),
    "Criteria": _criteria,
    "Study population": text("population"),
    "Sampling method": value("sampling_method"),
    "Gender": value("sex"),
    "Minimum age": value("minimum_age"),
    "Maximum age": value("maximum_age"),
    "Healthy volunteers": value("healthy_volunteers"),
    "Administrative Data": skip,
    "Organization name": skip,
    "Organization study ID": number("SECONDARY", "SPONSOR"),
    "Secondary ID": _secondary,
    "Sponsor": _sponsor,
    "Collaborator": _sponsor,
    "Responsible party": value("responsible_party"),
    "Verification date": value("last_verified_date"),
    "Health Authority": skip,
    "Results": skip,
}
_REMARKS: Final = re.compile(r"(?!)")  # none
_NOISE: Final = (
    r"|← History of this study.*|.*Current version of this study|The Current Version of this study includes results\.",
)
_FACE: Final = Face((), {}, _NOISE, ())
