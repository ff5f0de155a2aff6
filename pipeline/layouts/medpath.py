"""The study pages of trial.medpath.com: labelled sections in a fixed order, with tables whose cells may be glued.

Dialect R glues a table's cells (`LABEL+INTERVENTION+DESCRIPTION`, `NAME+TIME`, the method in paragraphs below);
dialect T writes `cell | cell |`, makes bullets of the labels and drops the lines of phase and status and the headings
of the two lists of criteria. `glued` cuts what is glued.

Here belongs only this grammar: which label opens which part, and how the lines of a part become words. The page
prints no dates, ages, allocation, masking, purpose, arm types, officials or contacts: those stay None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.layouts import glued
from pipeline.layouts.cells import read_place, rows_of, unlisted
from pipeline.layouts.spelling import respell, spellings
from pipeline.normalize import vocabulary
from pipeline.reading.lines import Line, Page, prose
from pipeline.reading.records import (
    Arm,
    ArmIntervention,
    Criterion,
    Identifier,
    Intervention,
    Outcome,
    Record,
    Site,
    Sponsor,
)
from pipeline.reading.words import Words, join_words

NAME: Final = "medpath"
SOURCE: Final = "medpath"

MARKERS: Final = {
    "the name 'MedPath' alone": re.compile(r"^MedPath$"),
    "the copyright": re.compile(r"^© Copyright \d{4}\b.*\bMedPath"),
    "the label 'Registration Number'": re.compile(r"^Registration Number$"),
    "the label 'Lead Sponsor'": re.compile(r"^Lead Sponsor$"),
    "the label 'Target Recruitment'": re.compile(r"^Target Recruitment$"),
    "the heading 'Recruitment & Eligibility'": re.compile(r"^Recruitment & Eligibility$"),
    "the heading 'Arm && Interventions'": re.compile(r"^Arm && Interventions$"),
    "the header of outcomes": re.compile(r"^(?:\| )?Name[\s|]*Time[\s|]*Method\b"),
}
NEEDED: Final = 3


class _Label(NamedTuple):
    """A line that opens a part of the page."""

    text: str
    always: bool
    """Whether every page prints it: until it has come, no label behind it opens a part, whatever the prose holds."""


# In the page's order. A part's lines reach to the next label.
_TOP: Final = ""
_LABELS: Final = (
    _Label("Conditions", always=True),
    _Label("Interventions", always=False),
    _Label("Registration Number", always=True),
    _Label("Lead Sponsor", always=True),
    _Label("Brief Summary", always=True),
    _Label("Detailed Description", always=True),
    _Label("Recruitment & Eligibility", always=True),
    _Label("Status", always=True),
    _Label("Sex", always=True),
    _Label("Target Recruitment", always=True),
    _Label("Inclusion Criteria", always=False),
    _Label("Exclusion Criteria", always=False),
    _Label("Study & Design", always=True),
    _Label("Study Type", always=True),
    _Label("Study Design", always=True),
    _Label("Arm && Interventions", always=False),
    _Label("Primary Outcome Measures", always=False),
    _Label("Secondary Outcome Measures", always=False),
    _Label("Other Outcome Measures", always=False),
    _Label("Trial Locations", always=False),
    _Label("© Copyright", always=False),
)
_OUTCOME_TYPES: Final = {
    "Primary Outcome Measures": "PRIMARY",
    "Secondary Outcome Measures": "SECONDARY",
    "Other Outcome Measures": "OTHER",
}

# Lines that hold no value.
_NOISE: Final = re.compile(
    r"MedPath|Read More|Locations \(\d+\)|[|\s]*-{3,}[-|\s]*"
    r"|[|\s]*(?:Group[\s|]*Intervention[\s|]*Description|Name[\s|]*Time[\s|]*Method)[\s|]*",
    re.IGNORECASE,
)
_SILENT: Final = frozenset({"Not available", "Not specified"})
_SPELLINGS: Final = spellings((*(label.text for label in _LABELS), *_SILENT))
# How many of each age EudraCT's form expects is no criterion, nor is MedDRA's coding of a condition a condition.
_AGE_BANDS: Final = re.compile(r"F\.1\.\d|Are the trial subjects under 18\b|Number of subjects for this age range\b")
_CODING: Final = re.compile(r"MedDRA version:|Therapeutic area:")
_COUNT: Final = re.compile(r"\d[\d,.]*")
_FLAG: Final = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_PICTURE: Final = re.compile(r"\W+")

Parts = dict[str, list[Line]]


def read(page: Page) -> Record:
    """Read the words of a MedPath page; a glued cell that cannot be cut for sure is left in its line."""
    respell(page, _SPELLINGS)
    parts = _cut(page)
    record = Record(lossy={"phases"})  # of several phases the page shows the first
    trial = record.trial
    _read_top(page, record, parts)
    record.conditions.extend(_conditions(page, parts.get("Conditions", [])))
    record.interventions.extend(_intervention(page, line) for line in parts.get("Interventions", []))
    if number := _value(page, parts, "Registration Number"):
        record.identifiers.append(Identifier(number, "PRIMARY"))
    if sponsor := _value(page, parts, "Lead Sponsor"):
        record.sponsors.append(Sponsor(sponsor, "LEAD"))
    trial.brief_summary = prose(page, _said(page, parts.get("Brief Summary", [])))
    trial.detailed_description = prose(page, _said(page, parts.get("Detailed Description", [])))
    trial.sex = _value(page, parts, "Sex")
    _read_eligibility(page, record, parts)
    trial.study_type = _value(page, parts, "Study Type")
    _read_design(page, record, parts)
    _read_arms(page, record, parts.get("Arm && Interventions", []))
    _read_outcomes(page, record, parts)
    _read_sites(page, record, parts.get("Trial Locations", []))
    return record


def _cut(page: Page) -> Parts:
    """Cut the page at its labels, which come in one order, and skip the lines that hold no value."""
    last = {line.text: line.position for line in page.lines if _may_be_label(line)}
    parts: Parts = {_TOP: []}
    current, at = _TOP, 0
    for line in page.lines:
        found = _next_label(line, at, last) if _may_be_label(line) else None
        if found is not None:
            at, current = found + 1, _LABELS[found].text
            parts[current] = []
            page.skip(line)
        elif _NOISE.fullmatch(line.text):
            page.skip(line)
        else:
            parts[current].append(line)
    return parts


def _may_be_label(line: Line) -> bool:
    return not line.marker[:1].isdigit()


def _next_label(line: Line, at: int, last: dict[str, int]) -> int | None:
    """Which label, from `at` on, the line is; None behind one that every page prints and that still comes."""
    for index in range(at, len(_LABELS)):
        label = _LABELS[index]
        if line.text == label.text or (
            label.text == "© Copyright" and line.text.casefold().startswith(label.text.casefold())
        ):
            return index
        if label.always and last.get(label.text, -1) > line.position:
            return None
    return None


def _said(page: Page, lines: Iterable[Line]) -> list[Line]:
    """The lines, but for the words with which the page says that it has none."""
    kept = []
    for line in lines:
        if line.text in _SILENT:
            page.skip(line)
        else:
            kept.append(line)
    return kept


def _value(page: Page, parts: Parts, label: str) -> Words | None:
    """The one line of a part; further lines stay unread."""
    lines = _said(page, parts.get(label, [])[:1])
    return page.words(lines[0]) if lines else None


def _read_top(page: Page, record: Record, parts: Parts) -> None:
    """Read the title, and the phase and the status below it; the status is printed again by its label, in full.

    Above the title the site's own links may stand: they stay unread.
    """
    lines = parts[_TOP]
    badges = _badges(lines)
    titles = lines[: len(lines) - len(badges)]
    is_whole = [*parts][1:2] == [_LABELS[0].text]  # else the page lost its beginning
    if titles and is_whole and not _is_badge(titles[-1]):
        record.trial.brief_title = page.whole(titles[-1])
    status = _value(page, parts, "Status")
    for line in badges:
        if codes := vocabulary.codes("overall_status", line.text):
            same = status is not None and vocabulary.codes("overall_status", status) == codes
            badge = page.words(line)
            status = status if same else record.claim("overall_status", status, badge)
        elif vocabulary.codes("phases", line.text):
            record.trial.phases = page.words(line)
    record.trial.overall_status = status


def _badges(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines below the title: none of them has a blank line below, as a title has (dialect R); or known words."""
    at = len(lines)
    while at > 1 and (_is_badge(lines[at - 1]) or (at < len(lines) and not lines[at].gap and lines[at - 1].gap)):
        at -= 1
    return lines[at:]


def _is_badge(line: Line) -> bool:
    return bool(vocabulary.codes("overall_status", line.text) or vocabulary.codes("phases", line.text))


def _conditions(page: Page, lines: Iterable[Line]) -> Iterator[Words]:
    """Each line is a condition; a coding that is glued to its end is cut off, one alone is none and stays unread."""
    for line in _said(page, lines):
        coding = _CODING.search(line.text)
        if coding is None or coding.start():
            yield page.words(line, 0, coding.start() if coding else None)


def _intervention(page: Page, line: Line) -> Intervention:
    """Cut `TYPE: NAME`; a name without a known type stays whole."""
    type_, colon, _ = line.text.partition(": ")
    if colon and vocabulary.codes("intervention_type", type_):
        return Intervention(type=page.words(line, 0, len(type_)), name=page.words(line, len(type_) + 1))
    return Intervention(name=page.words(line))


def _read_eligibility(page: Page, record: Record, parts: Parts) -> None:
    """Read the count and the criteria behind it; without their headings (dialect T) their kind is unknown."""
    target = parts.get("Target Recruitment", [])
    if target and _COUNT.fullmatch(target[0].text):
        record.trial.enrollment = page.words(target.pop(0))
    target = _said(page, target)
    text = [prose(page, target)]
    record.eligibility_criteria.extend(_criteria(page, target, None))
    for label, kind in (("Inclusion Criteria", "INCLUSION"), ("Exclusion Criteria", "EXCLUSION")):
        if lines := _said(page, parts.get(label, [])):
            heading = page.lines[lines[0].position - 1]
            text.append(prose(page, [heading, *lines] if heading.text == label else lines))
            record.eligibility_criteria.extend(_criteria(page, lines, kind))
    record.trial.eligibility_text = join_words(text)


def _criteria(page: Page, lines: Sequence[Line], kind: str | None) -> Iterator[Criterion]:
    """Each item of a list is a criterion, with what is indented below; without a list, each of several paragraphs."""
    listed = any(line.marker for line in lines)
    paragraphs = [line for line in lines if not (line.text.endswith(":") or _AGE_BANDS.match(line.text))]
    if not listed:  # one paragraph alone is a text, not a list
        yield from (Criterion(page.words(line), kind) for line in paragraphs if len(paragraphs) > 1)
        return
    items: list[list[Line]] = []
    for line in lines:
        if line.marker:
            items.append([line])
        elif items and line.indent > items[-1][0].indent:
            items[-1].append(line)
    for item in items:
        if text := join_words(page.words(line) for line in item):
            yield Criterion(text, kind)


def _read_design(page: Page, record: Record, parts: Parts) -> None:
    """Give the one word of the design to the model that it belongs to; an unknown word to the study type's model."""
    if not (design := _value(page, parts, "Study Design")):
        return
    observational = vocabulary.code("study_type", record.trial.study_type or "") == "OBSERVATIONAL"
    if vocabulary.codes("intervention_model", design) and not observational:
        record.trial.intervention_model = design
    elif observational or vocabulary.codes("observational_model", design):
        record.trial.observational_model = design
    else:
        record.trial.intervention_model = design


def _read_arms(page: Page, record: Record, lines: Sequence[Line]) -> None:
    """Read a row per pair of arm and intervention; rows that follow with the same arm are one arm."""
    if rows := list(rows_of(page, lines, 3)):
        for label, name, description in rows:
            _add_arm(record, label, name, description)
        return
    lines = [unlisted(page, line) for line in lines]
    names = [intervention.name for intervention in record.interventions if intervention.name]
    # An interventional study has interventions even where the page lists none.
    lacking = bool(names) or vocabulary.code("study_type", record.trial.study_type or "") == "OBSERVATIONAL"
    found = glued.cut_arms([line.text for line in lines], names, may_lack_names=lacking)
    for line, cuts in zip(lines, found, strict=True):
        if cuts is None:
            record.arms.append(Arm())
            continue
        _add_arm(record, *(page.words(line, *cut) if cut else None for cut in cuts))


def _add_arm(record: Record, label: Words | None, name: Words | None, description: Words | None) -> None:
    last = record.arms[-1] if record.arms else None
    if last is None or (last.label, last.description) != (label, description):
        record.arms.append(Arm(label=label, description=description))
    if not name:
        return
    named = [position for position, known in enumerate(record.interventions) if known.name == name]
    if not named:  # one that only the arms name
        record.interventions.append(Intervention(name=name))
        named = [len(record.interventions) - 1]
    link = ArmIntervention(len(record.arms) - 1, named[0])
    # Two interventions of one name and two types: the row does not say which of them it means.
    if len(named) == 1 and link not in record.arm_interventions:
        record.arm_interventions.append(link)


def _read_outcomes(page: Page, record: Record, parts: Parts) -> None:
    sections = {type_: parts[label] for label, type_ in _OUTCOME_TYPES.items() if parts.get(label)}
    table = {type_: list(rows_of(page, lines, 3)) for type_, lines in sections.items()}
    if any(table.values()):
        for type_, rows in table.items():
            record.outcomes.extend(Outcome(measure, method, frame, type_) for measure, frame, method in rows)
        return
    # A list is indented; what looks like a list marker elsewhere belongs to the text.
    margin = min((line.indent for lines in sections.values() for line in lines), default=0)
    sections = {
        type_: [line if line.indent > margin else unlisted(page, line)._replace(indent=0) for line in lines]
        for type_, lines in sections.items()
    }
    frames = glued.TimeFrames(line.text for lines in sections.values() for line in lines if not line.indent)
    blanks = any(line.gap for line in page.lines)
    found = [(type_, *row) for type_, lines in sections.items() for row in _outcome_rows(lines, frames, blanks=blanks)]
    # Studies of the first years have no time frames at all: then no row shows a border.
    untimed = len(found) > 1 and not any(frames.may_stand_in(row.text) for _, row, _ in found)
    for type_, row, method in found:
        outcome = Outcome(type=type_, description=prose(page, method))
        cut = len(row.text) if untimed else frames.cut(row.text)
        if cut is not None:
            outcome.measure = page.words(row, 0, cut)
            outcome.time_frame = page.words(row, cut) or None
        record.outcomes.append(outcome)


def _outcome_rows(
    lines: Sequence[Line], frames: glued.TimeFrames, *, blanks: bool
) -> Iterator[tuple[Line, list[Line]]]:
    """Tell rows from the paragraphs of their methods.

    The first line is a row; so is a line that follows a row with no blank line between, and the line that it follows.
    What follows a row behind a blank line is its method. Behind a method, and everywhere on a page that lost its blank
    lines (`blanks`), a line is a row where it ends in a time frame that is glued to it.
    """
    row: Line | None = None
    method: list[Line] = []
    for index, line in enumerate(lines):
        after = lines[index + 1] if index + 1 < len(lines) else None
        if line.indent:
            starts = False
        elif row is None or (blanks and not line.gap):
            starts = not method
        elif not blanks:
            starts = frames.cut(line.text) is not None
        else:
            starts = bool(method) and (_is_followed(after) or frames.cut(line.text) is not None)
        if not starts:
            method.append(line)
            continue
        if row:
            yield row, method
        row, method = line, []
    if row:
        yield row, method


def _is_followed(after: Line | None) -> bool:
    """Whether a row follows with no blank line between, as it does only behind a row."""
    return after is not None and not (after.gap or after.indent)


def _read_sites(page: Page, record: Record, lines: Sequence[Line]) -> None:
    """Read `FACILITY nl FLAG nl PLACE`; where no flag is printed a place is the line that ends in a country."""
    facility: Line | None = None
    flag: Line | None = None
    for line in lines:
        if _PICTURE.fullmatch(line.text):
            page.skip(line)
            flag = line
            continue
        place = read_place(page, line) if flag or facility else None
        if not (flag or place):
            facility = line  # of several lines the last one is the facility; those before stay unread
            continue
        site = Site(
            facility=page.whole(facility) if facility else None,
            country_code=page.words(flag) if flag and _FLAG.fullmatch(flag.text) else None,
        )
        if place:
            site.city, site.state, site.country = place
        record.sites.append(site)
        facility = flag = None
