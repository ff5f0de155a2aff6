"""The entry form on the pages of trials.co: numbered sections of labels, each with its value on the lines below.

    form    := (SECTION (LABEL nl VALUE)*)*
    SECTION := N'. 'NAME | NAME':'          # parts without a number hang below the section before them

Here belongs the form alone: its parts, their labels and the fields that they fill. A new label is a line in `_PARTS`
and one in the table of its kind. The summary above the form is `trials_co`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from pipeline.layouts.lists import cut_masking, names_of
from pipeline.layouts.spelling import spellings
from pipeline.normalize import ages, numbers
from pipeline.reading.lines import Line, Page, prose
from pipeline.reading.records import (
    Arm,
    Contact,
    Identifier,
    Intervention,
    Official,
    Outcome,
    Record,
    Site,
    Sponsor,
    StudyReference,
)
from pipeline.reading.words import Words, join_words

FOOTER: Final = "Learn more about this trial"
"""What stands below the form."""

_ID: Final = "Unique Protocol Identification Number"
_CONDITIONS: Final = "Primary Disease or Condition Being Studied in the Trial"
_CONTACT_NAME: Final = "First Name & Middle Initial & Last Name or Official Title & Degree"
_OFFICIAL_NAME: Final = "First Name & Middle Initial & Last Name & Degree"
_OTHER_IDS: Final = ("Secondary Identifying Numbers", "Secondary IDs")
_CRITERIA: Final = "Eligibility Criteria"


class _Part(NamedTuple):
    """A part of the form: its header and the labels in it."""

    header: str
    number: str
    """The section's number; empty for a header that hangs below another section."""
    labels: frozenset[str]


def _part(header: str, *labels: str, number: str = "") -> _Part:
    return _Part(header, number, frozenset(labels))


_OUTCOME_LABELS: Final = ("Title", "Description", "Time Frame")
_CONTACT_LABELS: Final = (_CONTACT_NAME, "Phone", "Phone Ext", "Phone Extension", "Email")
_PARTS: Final = (
    _part(
        "Study Identification",
        _ID,
        "Secondary Identifying Numbers",
        "Secondary IDs",
        "Brief Title",
        "Official Title",
        "Acronym",
        "Study Type",
        number="1.",
    ),
    _part(
        "Study Status",
        "Record Verification Date",
        "Overall Recruitment Status",
        "Why Study Stopped",
        "Study Start Date",
        "Primary Completion Date",
        "Study Completion Date",
        number="2.",
    ),
    _part(
        "Sponsor/Collaborators",
        "Responsible Party, by Official Title",
        "Name of the Sponsor",
        "Collaborators",
        number="3.",
    ),
    _part(
        "Oversight",
        "Studies a U.S. FDA-regulated Drug Product",
        "Studies a U.S. FDA-regulated Device Product",
        "Data Monitoring Committee",
        number="4.",
    ),
    _part("Study Description", "Brief Summary", "Detailed Description", number="5."),
    _part("Conditions and Keywords", _CONDITIONS, "Keywords", number="6."),
    _part(
        "Study Design",
        "Primary Purpose",
        "Study Phase",
        "Interventional Study Model",
        "Interventional Study Model Description",
        "Model Description",
        "Observational Study Model",
        "Time Perspective",
        "Masking",
        "Masking Description",
        "Allocation",
        "Enrollment",
        number="7.",
    ),
    _part(
        "Arms, Groups, and Interventions",
        "Arm Title",
        "Arm Type",
        "Arm Description",
        "Group Title",
        "Group Description",
        "Intervention Type",
        "Intervention Name(s)",
        "Intervention Name",
        "Other Intervention Name(s)",
        "Intervention Description",
        number="8.",
    ),
    _part("Primary Outcome Measure Information:", *_OUTCOME_LABELS),
    _part("Secondary Outcome Measure Information:", *_OUTCOME_LABELS),
    _part("Other Pre-specified Outcome Measures:", *_OUTCOME_LABELS),
    _part(
        "Eligibility",
        "Sex",
        "Gender Based",
        "Minimum Age & Unit of Time",
        "Maximum Age & Unit of Time",
        "Accepts Healthy Volunteers",
        _CRITERIA,
        "Study Population Description",
        "Sampling Method",
        number="10.",
    ),
    _part("Central Contact Person:", *_CONTACT_LABELS),
    _part("Central Contact Backup:", *_CONTACT_LABELS),
    _part("Overall Study Officials:", _OFFICIAL_NAME, "Organizational Affiliation", "Official's Role"),
    _part(
        "Facility Information:",
        "Facility Name",
        "City",
        "State/Province",
        "ZIP/Postal Code",
        "Country",
        "Individual Site Status",
        "Facility Contact",
        "Facility Contact Backup",
        *_CONTACT_LABELS,
    ),
    _part("IPD Sharing Statement", "Plan to Share IPD", "IPD Sharing Plan Description", number="12."),
    _part("Citations:", "PubMed Identifier", "Citation", "Results Reference"),
)
SPELLINGS: Final = spellings(
    (
        FOOTER,
        f"{_CONDITIONS}, or the Focus of the Study",
        *(words for part in _PARTS for words in (part.header.rstrip(":"), *part.labels)),
    )
)
"""The form's labels and headers, by what `respell` looks for."""
_PARTS_BY_HEADER: Final = {part.header: part for part in _PARTS}

# Labels whose value is one line, and the trial's fields that it fills.
_FIELDS: Final = {
    "Brief Title": "brief_title",
    "Official Title": "official_title",
    "Acronym": "acronym",
    "Study Type": "study_type",
    "Record Verification Date": "last_verified_date",
    "Overall Recruitment Status": "overall_status",
    "Responsible Party, by Official Title": "responsible_party",
    "Studies a U.S. FDA-regulated Drug Product": "is_fda_regulated_drug",
    "Studies a U.S. FDA-regulated Device Product": "is_fda_regulated_device",
    "Data Monitoring Committee": "has_dmc",
    "Primary Purpose": "primary_purpose",
    "Study Phase": "phases",
    "Interventional Study Model": "intervention_model",
    "Observational Study Model": "observational_model",
    "Time Perspective": "time_perspective",
    "Allocation": "allocation",
    "Sex": "sex",
    "Gender Based": "gender_based",
    "Accepts Healthy Volunteers": "healthy_volunteers",
    "Sampling Method": "sampling_method",
    "Plan to Share IPD": "plan_to_share_ipd",
}
# Labels whose value may run over several lines.
_PROSE: Final = {
    "Why Study Stopped": "why_stopped",
    "Brief Summary": "brief_summary",
    "Detailed Description": "detailed_description",
    "Interventional Study Model Description": "intervention_model_description",
    "Model Description": "intervention_model_description",
    "Masking Description": "masking_description",
    "Study Population Description": "population",
}
# Labels whose value ends in a bracket with its type: "July 30, 2023 (Anticipated)", "18 (Actual)".
_TYPED: Final = {
    "Study Start Date": "start_date",
    "Primary Completion Date": "primary_completion_date",
    "Study Completion Date": "completion_date",
    "Enrollment": "enrollment",
}
_AGES: Final = {"Minimum Age & Unit of Time": "minimum_age", "Maximum Age & Unit of Time": "maximum_age"}
_OUTCOME_PARTS: Final = {
    "Primary Outcome Measure Information:": "PRIMARY",
    "Secondary Outcome Measure Information:": "SECONDARY",
    "Other Pre-specified Outcome Measures:": "OTHER",
}


Entry = tuple[str, list[Line]]
"""A label and the lines of its value."""


class Form(NamedTuple):
    """What the form says beside the record: the lines of its conditions and of its criteria."""

    conditions: list[Line]
    criteria: list[Line]


def opens_part(line: Line, following: Line | None, *, inside: bool) -> bool:
    """Whether `line` is a header of the form: it has the part's number, and one of its labels stands below it.

    Args:
        line: the line in question.
        following: the line below it, None at the page's end.
        inside: whether the form has begun; only its first section begins it.
    """
    part = _PARTS_BY_HEADER.get(line.text)
    if part is None or line.marker != part.number or not (inside or part is _PARTS[0]):
        return False
    if following is None or _label(following) in part.labels or following.text in _PARTS_BY_HEADER:
        return True
    return following.text == FOOTER and following.gap


def read_form(page: Page, record: Record, parts: Sequence[tuple[Line, list[Line]]]) -> Form:
    """Fill the record with the words of the form.

    Args:
        page: the page.
        record: the record to fill.
        parts: the header of each part, as `opens_part` tells it, with the lines below it.

    Returns:
        The lines of the values that the summary has to help with.
    """
    values: dict[str, list[Line]] = {}
    for header, lines in parts:
        page.skip(header)
        part = _PARTS_BY_HEADER[header.text]
        entries = _entries(page, part, lines)
        if reader := _READERS.get(part.header):
            reader(page, record, entries)
        else:
            for label, value in entries:
                values.setdefault(label, value)
    _read_trial(page, record, values)
    return Form(values.get(_CONDITIONS, []), values.get(_CRITERIA, []))


def _label(line: Line) -> str:
    """The line as a label, without the alternative that stands behind a comma: "…, or the Focus of the Study"."""
    return line.text.partition(", or the ")[0]


def _entries(page: Page, part: _Part, lines: Iterable[Line]) -> list[Entry]:
    """Cut the lines of a part at its labels, and skip the labels; lines above the first label stay unread."""
    entries: list[Entry] = []
    for line in lines:
        if (label := _label(line)) in part.labels and not line.marker:
            page.skip(line)
            entries.append((label, []))
        elif entries:
            entries[-1][1].append(line)
    return entries


def _groups(entries: Iterable[Entry], *starters: str) -> Iterator[dict[str, list[Line]]]:
    """Yield the entries that belong together: a group ends where a starter, or a label that it has, comes again."""
    group: dict[str, list[Line]] = {}
    for label, lines in entries:
        if group and (label in group or label in starters):
            yield group
            group = {}
        group[label] = lines
    if group:
        yield group


def _one(page: Page, lines: Sequence[Line] | None) -> Words | None:
    """The value of a label with one line; further lines stay unread."""
    return page.whole(lines[0]) if lines else None


def _read_trial(page: Page, record: Record, values: Mapping[str, list[Line]]) -> None:
    """Read the labels that stand once."""
    trial = record.trial
    for label, name in _FIELDS.items():
        if value := _one(page, values.get(label)):
            setattr(trial, name, value)
    for label, name in _PROSE.items():
        if text := prose(page, values.get(label, [])):
            setattr(trial, name, text)
    for label, name in _TYPED.items():
        if lines := values.get(label):
            words, type_ = _bracketed(page, lines[0])
            setattr(trial, name, words)
            setattr(trial, f"{name}_type", type_)
    for label, name in _AGES.items():
        if limit := _one(page, values.get(label)):
            setattr(trial, name, None if ages.is_no_limit(limit) else limit)
    if lines := values.get("Masking"):
        trial.masking, trial.who_masked = cut_masking(page, lines[0])
    if number := _one(page, values.get(_ID)):
        record.identifiers.append(Identifier(number, "PRIMARY"))
    for label in _OTHER_IDS:
        record.identifiers.extend(Identifier(name, "SECONDARY") for name in names_of(page, values.get(label, [])))
    if sponsor := _one(page, values.get("Name of the Sponsor")):
        record.sponsors.append(Sponsor(sponsor, "LEAD"))
    record.sponsors.extend(
        Sponsor(name, "COLLABORATOR") for name in names_of(page, values.get("Collaborators", []), organisations=True)
    )
    record.keywords.extend(names_of(page, values.get("Keywords", [])))


def _bracketed(page: Page, line: Line) -> tuple[Words, Words | None]:
    """Cut "July 30, 2023 (Anticipated)" into its value and the words of its type."""
    head, type_ = numbers.split_bracket(line.text)
    if type_ is None:
        return page.words(line), None
    at = line.text.rindex(type_)
    return page.words(line, 0, len(head)), page.words(line, at, at + len(type_))


def _read_arms_and_interventions(page: Page, record: Record, entries: list[Entry]) -> None:
    for group in _groups(entries, "Arm Title", "Group Title", "Intervention Type"):
        if "Intervention Name(s)" in group or "Intervention Name" in group:
            record.interventions.append(
                Intervention(
                    type=_one(page, group.get("Intervention Type")),
                    name=_one(page, group.get("Intervention Name(s)") or group.get("Intervention Name")),
                    other_names=[*names_of(page, group.get("Other Intervention Name(s)", []))],
                    description=prose(page, group.get("Intervention Description", [])),
                )
            )
        else:
            record.arms.append(
                Arm(
                    label=_one(page, group.get("Arm Title") or group.get("Group Title")),
                    type=_one(page, group.get("Arm Type")),
                    description=prose(page, group.get("Arm Description") or group.get("Group Description") or []),
                )
            )


def _read_outcomes(page: Page, record: Record, entries: list[Entry], *, type_: str) -> None:
    for group in _groups(entries, "Title"):
        record.outcomes.append(
            Outcome(
                measure=prose(page, group.get("Title", [])),
                description=prose(page, group.get("Description", [])),
                time_frame=prose(page, group.get("Time Frame", [])),
                type=type_,
            )
        )


def _read_contacts(page: Page, record: Record, entries: list[Entry]) -> None:
    record.contacts.extend(_contact(page, group) for group in _groups(entries, _CONTACT_NAME))


def _contact(page: Page, group: Mapping[str, list[Line]], site: int | None = None) -> Contact:
    extension = group.get("Phone Ext") or group.get("Phone Extension")
    return Contact(
        name=_one(page, group.get(_CONTACT_NAME)),
        phone=join_words([_one(page, group.get("Phone")), _one(page, extension)]),
        email=_one(page, group.get("Email")),
        site=site,
    )


def _read_officials(page: Page, record: Record, entries: list[Entry]) -> None:
    record.officials.extend(
        Official(
            name=_one(page, group.get(_OFFICIAL_NAME)),
            affiliation=_one(page, group.get("Organizational Affiliation")),
            role=_one(page, group.get("Official's Role")),
        )
        for group in _groups(entries, _OFFICIAL_NAME)
    )


def _read_facilities(page: Page, record: Record, entries: list[Entry]) -> None:
    for group in _groups(entries, "Facility Name", _CONTACT_NAME):
        if "Facility Name" in group or "City" in group:
            record.sites.append(
                Site(
                    facility=_one(page, group.get("Facility Name")),
                    city=_one(page, group.get("City")),
                    state=_one(page, group.get("State/Province")),
                    postal_code=_one(page, group.get("ZIP/Postal Code")),
                    country=_one(page, group.get("Country")),
                    status=_one(page, group.get("Individual Site Status")),
                )
            )
        if _CONTACT_NAME in group:
            record.contacts.append(_contact(page, group, len(record.sites) - 1 if record.sites else None))


def _read_citations(page: Page, record: Record, entries: list[Entry]) -> None:
    for group in _groups(entries, "PubMed Identifier"):
        record.study_references.append(
            StudyReference(
                pmid=_one(page, group.get("PubMed Identifier")),
                citation=prose(page, group.get("Citation", [])),
                type=_one(page, group.get("Results Reference")),
            )
        )


_Reader = Callable[[Page, Record, list[Entry]], None]
# Parts whose labels repeat, row by row; the labels of all others stand once.
_READERS: Final[Mapping[str, _Reader]] = {
    "Arms, Groups, and Interventions": _read_arms_and_interventions,
    **{header: partial(_read_outcomes, type_=type_) for header, type_ in _OUTCOME_PARTS.items()},
    "Central Contact Person:": _read_contacts,
    "Central Contact Backup:": _read_contacts,
    "Overall Study Officials:": _read_officials,
    "Facility Information:": _read_facilities,
    "Citations:": _read_citations,
}
