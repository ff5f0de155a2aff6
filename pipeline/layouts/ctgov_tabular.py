"""The tabular view of a study on ClinicalTrials.gov (ct2/show/record), 2008 to 2024, as saved HTML.

The page repeats the head of the study page of its time; below it stands one table of labels and values
(`ctgov_shared.rows`). Here belong the labels, of both generations: "First Received Date" and "Study Arm (s)" until
2017, "First Submitted Date" and "Study Arms" since. Labels that the journals' editors ask for carry the mark ICMJE.

The outcomes stand there twice, the current and the original ones. Those are two versions of one list, and the page says
of the original ones only when they were submitted: the record takes the current ones, the original ones stay reported
as unread. Countries of locations without their sites stay unread likewise. Extractors drop the column of labels, so
that saved text of this page is not claimed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pipeline.layouts import ctgov_classic, ctgov_ct3
from pipeline.layouts.ctgov_shared import people
from pipeline.layouts.ctgov_shared.arms import ARM, OTHER_NAMES, other_names
from pipeline.layouts.ctgov_shared.design import old_design, study_type
from pipeline.layouts.ctgov_shared.eligibility import criteria, read_ages
from pipeline.layouts.ctgov_shared.more import cut_numbers, name_sponsors_number
from pipeline.layouts.ctgov_shared.names import INTERVENTION, find_acronym
from pipeline.layouts.ctgov_shared.outcomes import is_item, read_outcome
from pipeline.layouts.ctgov_shared.page import read_stages
from pipeline.layouts.ctgov_shared.pieces import Piece
from pipeline.layouts.ctgov_shared.rows import (
    Handler,
    Row,
    claimed,
    date,
    is_outer,
    items,
    leave,
    names,
    number,
    publications,
    read_rows,
    skip,
    text,
    value,
)
from pipeline.layouts.ctgov_shared.study import Face, Study
from pipeline.reading.lines import Page
from pipeline.reading.records import Arm, ArmIntervention, Identifier, Intervention, Record

NAME: Final = "ctgov_tabular"
SOURCE: Final = "ctgov"
MARKERS: Final = {
    name: re.compile(pattern)
    for name, pattern in {
        "tracking": r"^Tracking Information\b",
        "descriptive": r"^Descriptive Information\b",
        "first": r"^First (?:Received|Submitted) Date\b",
        "current": r"^Current Primary Outcome Measures\b",
        "original": r"^Original Primary Outcome Measures\b",
        "status": r"^Recruitment Status ICMJE\b",
        "countries": r"^(?:Listed )?Location Countries ICMJE\b",
        "mark": r"^ICMJE\b.*International Committee of Medical Journal Editors",
    }.items()
}
NEEDED: Final = 4

_TABLE_STARTS: Final = re.compile(r"Tracking Information\s*\|?")
_ARMS_OF: Final = re.compile(r"Interventions?:\s*(?P<title>.*)")


def read(page: Page) -> Record:
    """Read a tabular view: every field that it prints, the current list of outcomes only."""
    study = Study(page, FACE)
    start = next((line.position for line in page.lines if _TABLE_STARTS.fullmatch(line.text)), 0)
    end = next((line.position for line in page.lines if _END.match(line.text)), len(page.lines))
    read_stages(study, page.lines[:start])
    read_rows(study, page.lines[start:end], _TABLE, _REMARKS)
    page.skip(*page.lines[end:], *(line for line in page.unread() if study.says_nothing(line)))
    study.settle_claims()
    name_sponsors_number(study.record)
    return study.record


def _title(study: Study, row: Row) -> None:
    """Read the title and the acronym behind it."""
    for piece in row.pieces[:1]:
        acronym = find_acronym(piece.text)
        study.claim("brief_title", study.take(piece.part(0, piece.text.rindex("(") if acronym else len(piece.text))))
        if acronym:
            study.record.trial.acronym = study.take(piece.part(*acronym))


def _version(study: Study, row: Row) -> None:
    """Read when the record was last changed, which dates the document."""
    study.page.skip(*row.lines)
    study.record.version_date = study.record.version_date or study.join(row.pieces)


def _outcomes(study: Study, row: Row) -> None:
    """Read a list of outcomes, whose type the label says."""
    kind = study.take(row.label.part(len("Current "), row.label.text.index(" Outcome")))
    entries = items(row.lines, is_item=lambda line, before: is_item(study, line, before))
    study.record.outcomes += [read_outcome(study, entry, kind) for entry in entries]


def _study_type(study: Study, row: Row) -> None:
    for piece in row.pieces[:1]:
        study_type(study, piece)


def _design(study: Study, row: Row) -> None:
    old_design(study, row.pieces)


def _interventions(study: Study, row: Row) -> None:
    """Read the interventions: `TYPE: NAME`, a description, other names."""
    for first, *rest in items(row.lines, is_item=is_outer):
        found = INTERVENTION.fullmatch(first.text)
        if not found:
            continue
        piece = Piece(first, 0, len(first.text))
        place = len(study.record.interventions)
        name, kind = study.take(piece.part(*found.span("name"))), study.take(piece.part(*found.span("type")))
        study.record.interventions.append(Intervention(name, kind))
        said: list[Piece] = []
        in_names = False
        for line in rest:
            if names_ := OTHER_NAMES.fullmatch(line.text):
                in_names = True
                study.page.skip(line)
                other_names(study, place, [Piece(line, *names_.span("name"))] if names_["name"] else [])
            elif in_names and line.marker:
                other_names(study, place, [Piece(line, 0, len(line.text))])
            else:
                said.append(Piece(line, 0, len(line.text)))
        study.record.interventions[place].description = study.join_prose(said)


def _arms(study: Study, row: Row) -> None:
    """Read the arms: `TYPE: LABEL` (groups have no type), a description, the titles of the interventions."""
    groups = "Group" in row.label.text
    titles = {f"{one.type}: {one.name}": place for place, one in enumerate(study.record.interventions)}
    for first, *rest in items(row.lines, is_item=is_outer):
        arm = len(study.record.arms)
        study.record.arms.append(_arm(study, Piece(first, 0, len(first.text)), groups=groups))
        said: list[Piece] = []
        listing = False
        for line in rest:
            found = _ARMS_OF.fullmatch(line.text)
            title = found["title"] if found else line.text
            listing = listing or (found is not None and (not title or title in titles))
            if listing and title in titles:
                study.page.skip(line)
                link = ArmIntervention(arm, titles[title])
                if link not in study.record.arm_interventions:
                    study.record.arm_interventions.append(link)
            elif listing and found:
                study.page.skip(line)
            elif not listing:
                said.append(Piece(line, 0, len(line.text)))
        study.record.arms[arm].description = study.join_prose(said)


def _arm(study: Study, piece: Piece, *, groups: bool) -> Arm:
    found = None if groups else ARM.fullmatch(piece.text)
    if not found:
        return Arm(study.take(piece))
    return Arm(study.take(piece.part(*found.span("label"))), study.take(piece.part(*found.span("type"))))


def _criteria(study: Study, row: Row) -> None:
    criteria(study, row.lines)


def _ages(study: Study, row: Row) -> None:
    for piece in row.pieces[:1]:
        read_ages(study, piece)


def _behind(labels: Mapping[str, str | None]) -> Handler:
    """Return a handler for a cell that has labels of its own: "Sexes Eligible for Study: All"."""
    own = re.compile(rf"(?:(?P<label>{'|'.join(labels)}):\s*)?(?P<value>.*)")

    def read(study: Study, row: Row) -> None:
        cells = [piece for piece in row.pieces if piece.text]
        field: str | None = labels.get("")
        for piece in cells:
            found = own.fullmatch(piece.text.rstrip("| "))
            if found and found["label"]:
                study.page.skip(piece.line)
                field = labels[found["label"]]
            if found and field and (words := found["value"].strip("| ")):
                at = piece.text.index(words, found.start("value"))
                setattr(study.record.trial, field, study.take(piece.part(at, at + len(words))))

    return read


def _numbers(study: Study, row: Row) -> None:
    """Read other numbers, one a line or joined by commas."""
    for piece in row.pieces:
        for part in cut_numbers(piece.text):
            study.record.identifiers.append(Identifier(study.take(piece.part(*part)), "SECONDARY"))


def _sponsor(study: Study, row: Row) -> None:
    """Read the lead sponsor or the collaborators, one a line, which the head may have named before."""
    for piece in row.pieces:
        people.add_sponsor(study, study.take(piece), lead="Sponsor" in row.label.text)


def _people(study: Study, row: Row) -> None:
    people.contacts(study, row.lines)


def _officials(study: Study, row: Row) -> None:
    people.officials(study, row.lines)


_DATES: Final = {
    f"{kind}{label}": date(field)
    for kind in ("", "Actual ", "Estimated ")
    for label, field in {
        "Start Date": "start_date",
        "Study Start Date": "start_date",
        "Primary Completion Date": "primary_completion_date",
        "Completion Date": "completion_date",
        "Study Completion Date": "completion_date",
        "Enrollment": "enrollment",
    }.items()
}
_TABLE: Final = _DATES | {
    "Tracking Information": skip,
    "First Received Date": claimed("first_submitted_date"),
    "First Submitted Date": claimed("first_submitted_date"),
    "First Posted Date": claimed("first_posted_date"),
    "Results First Received Date": value("results_first_submitted_date"),
    "Results First Submitted Date": value("results_first_submitted_date"),
    "Results First Posted Date": claimed("results_first_posted_date"),
    "Last Updated Date": _version,
    "Last Update Posted Date": claimed("last_update_posted_date"),
    "Current Primary Outcome Measures": _outcomes,
    "Original Primary Outcome Measures": leave,
    "Change History": skip,
    "Current Secondary Outcome Measures": _outcomes,
    "Original Secondary Outcome Measures": leave,
    "Current Other Outcome Measures": _outcomes,
    "Current Other Pre-specified Outcome Measures": _outcomes,
    "Original Other Outcome Measures": leave,
    "Original Other Pre-specified Outcome Measures": leave,
    "Descriptive Information": skip,
    "Brief Title": _title,
    "Official Title": value("official_title"),
    "Brief Summary": text("brief_summary"),
    "Detailed Description": text("detailed_description"),
    "Study Type": _study_type,
    "Study Phase": value("phases"),
    "Phase": value("phases"),
    "Study Design": _design,
    "Target Follow-Up Duration": skip,
    "Biospecimen": leave,
    "Sampling Method": value("sampling_method"),
    "Study Population": text("population"),
    "Condition": names("conditions"),
    "Keywords": names("keywords"),
    "Intervention": _interventions,
    "Study Arm (s)": _arms,
    "Study Arms": _arms,
    "Study Group/Cohort (s)": _arms,
    "Study Groups/Cohorts": _arms,
    "Publications": publications,
    "Recruitment Information": skip,
    "Recruitment Status": value("overall_status"),
    "Original Enrollment": leave,
    "Original Estimated Enrollment": leave,
    "Original Actual Enrollment": leave,
    "Eligibility Criteria": _criteria,
    "Gender": value("sex"),
    "Sex/Gender": _behind({"Sexes Eligible for Study": "sex", "Gender Based Eligibility": "gender_based", "": "sex"}),
    "Ages": _ages,
    "Accepts Healthy Volunteers": value("healthy_volunteers"),
    "Contacts": _people,
    "Location Countries": leave,
    "Listed Location Countries": leave,
    "Removed Location Countries": leave,
    "Administrative Information": skip,
    "NCT Number": number("PRIMARY"),
    "Other Study ID Numbers": _numbers,
    "Has Data Monitoring Committee": value("has_dmc"),
    "U.S. FDA-regulated Product": _behind(
        {
            r"Studies a U.S. FDA-regulated Drug Product": "is_fda_regulated_drug",
            r"Studies a U.S. FDA-regulated Device Product": "is_fda_regulated_device",
            r"Device Product Not Approved or Cleared by U.S. FDA": None,
            r"Pediatric Postmarket Surveillance of a Device Product": None,
            r"Product Manufactured in and Exported from the U.S.": None,
        }
    ),
    "IPD Sharing Statement": _behind({"Plan to Share IPD": "plan_to_share_ipd", "Plan Description": None}),
    "Responsible Party": value("responsible_party"),
    "Current Responsible Party": value("responsible_party"),
    "Original Responsible Party": leave,
    "Study Sponsor": _sponsor,
    "Current Study Sponsor": _sponsor,
    "Original Study Sponsor": leave,
    "Collaborators": _sponsor,
    "Investigators": _officials,
    "Information Provided By": skip,
    "PRS Account": skip,
    "Verification Date": claimed("last_verified_date"),
}
_REMARKS: Final = re.compile(r"\s*(?:ICMJE|\*|\((?:submitted: [^()]*)\))$")
# The note on the mark; what stands below it is the site's own.
_END: Final = re.compile(r"ICMJE\b.*International Committee of Medical Journal Editors")
_NOISE: Final = (
    *ctgov_classic.FACE.noises,
    *ctgov_ct3.FACE.noises,
    r"(?:\* )?Includes publications given by the data provider as well as publications identified by .*",
    r"Contact information is only displayed when the study is recruiting subjects|\(submitted: .*\)",
)
_STAGES: Final = tuple(stage for stage in ctgov_ct3.STAGES if stage[0] in ("status", "head", "tabs"))
FACE: Final = Face(
    _STAGES,
    {"head": (*ctgov_ct3.FACE.labels["head"], *ctgov_classic.FACE.labels["head"])},
    _NOISE,
    ctgov_classic.FACE.tabs | ctgov_ct3.FACE.tabs,
)
