"""The study pages of clincosm.com, as an extractor of dialect R leaves them.

    page     := [ACRONYM': ']TITLE (LABEL nl VALUE)* NUMBER* section*
    section  := HEADING, in one order (`_HEADINGS`); below some of them (LABEL':' nl VALUE)*
    outcome  := N'. 'MEASURE' ['TIME FRAME']' nl [DESCRIPTION]

The page never closes its lists of other names: whatever comes next, an arm or a heading, is printed as one more item,
and all that follows is indented. Dates always show a day, also where the register knows only the month.

Here belongs only this grammar. The table of arms is `clincosm_arms`', people and sites are `clincosm_people`'s. The
page prints no conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.layouts.clincosm_arms import intervention, read_arms
from pipeline.layouts.clincosm_people import read_contacts, read_officials, read_sites
from pipeline.layouts.criteria import listed_criteria
from pipeline.layouts.ctgov_shared.more import name_sponsors_number
from pipeline.layouts.lists import cut_masking
from pipeline.layouts.spelling import respell, spellings
from pipeline.normalize import ages, numbers, vocabulary
from pipeline.reading.lines import Line, Page, prose
from pipeline.reading.records import Identifier, Outcome, Record, Sponsor, StudyReference
from pipeline.reading.words import Words, join_words

NAME: Final = "clincosm"
SOURCE: Final = "clincosm"

MARKERS: Final = {
    "the label 'CT.gov ID'": re.compile(r"^CT\.gov ID$"),
    "the header of the conditions": re.compile(r"^(?:\| )?Condition or Disease\W+Intervention/Treatment\W+Phase\b"),
    "the header of the arms": re.compile(r"^(?:\| )?Arm\W+Intervention/Treatment\b"),
    "the header of the sites": re.compile(r"^(?:\| )?Site\W+City\W+State\W+Country\W+Postal Code\b"),
    "the heading 'Study Documents (Full-Text)'": re.compile(r"^Study Documents \(Full-Text\)$"),
    "the date of 'No Results Posted'": re.compile(r"^(?:No )?Results Posted as of "),
    "the heading 'Arms and Interventions'": re.compile(r"^Arms and Interventions$"),
}
NEEDED: Final = 2

_TOP_LABELS: Final = ("Sponsor", "Overall Status", "CT.gov ID", "Collaborator")
_TITLE: Final = ""
_SUMMARY: Final = "Brief Summary"
_SHOWN: Final = "Condition or Disease Intervention/Treatment Phase"
_DESCRIPTION: Final = "Detailed Description"
_DESIGN: Final = "Study Design"
_ARMS: Final = "Arms and Interventions"
_OUTCOMES: Final = "Outcome Measures"
_ELIGIBILITY: Final = "Eligibility Criteria"
_CONTACTS: Final = "Contacts and Locations"
_CONTACT: Final = "Contacts"
_LOCATIONS: Final = "Locations"
_SPONSORS: Final = "Sponsors and Collaborators"
_INVESTIGATORS: Final = "Investigators"
_DOCUMENTS: Final = "Study Documents (Full-Text)"
_MORE: Final = "More Information"
_PUBLICATIONS: Final = "Publications"
_RESULTS: Final = "Study Results"
_TYPES: Final = {
    "Primary Outcome Measures": "PRIMARY",
    "Secondary Outcome Measures": "SECONDARY",
    "Other Outcome Measures": "OTHER",
}


class _Heading(NamedTuple):
    """A heading; where the prose above it may hold the same line, `below` is what must stand below it."""

    text: str
    below: re.Pattern[str] | None = None


def _header(table: str) -> re.Pattern[str]:
    """Return the header of a table, in any case."""
    return re.compile(MARKERS[f"the header of the {table}"].pattern, re.IGNORECASE)


# In the page's order.
_HEADINGS: Final = (
    _Heading("Study Details"),
    _Heading("Study Description"),
    _Heading(_SUMMARY),
    _Heading(_SHOWN),
    _Heading(_DESCRIPTION),
    _Heading(_DESIGN, re.compile(r"Study Type\b")),
    _Heading(_ARMS, _header("arms")),
    _Heading(_OUTCOMES, re.compile("|".join((*_TYPES, f"{_ELIGIBILITY}$")))),  # the page may list none
    *map(_Heading, _TYPES),
    _Heading(_ELIGIBILITY, re.compile(r"Criteria$")),
    _Heading(_CONTACTS, re.compile(f"{_CONTACT}$|{_LOCATIONS}$|{_SPONSORS}$")),
    _Heading(_CONTACT),
    _Heading(_LOCATIONS, _header("sites")),
    _Heading(_SPONSORS),
    _Heading(_INVESTIGATORS),
    _Heading(_DOCUMENTS),
    _Heading(_MORE),
    _Heading("Additional Information"),
    _Heading(_PUBLICATIONS),
    _Heading(_RESULTS),
)
_HEADING_TEXTS: Final = frozenset(heading.text for heading in _HEADINGS)
# Headers of tables, and what the page prints where it has nothing: no values.
_NOISE: Final = re.compile(
    r"None provided\.?|Criteria|Arm Intervention/Treatment|Site City State Country Postal Code|-{3,}(?: -{3,})*",
    re.IGNORECASE,
)

# Labels with a colon and the trial's fields that their values fill.
_FIELDS: Final = {
    "Study Type": "study_type",
    "Allocation": "allocation",
    "Intervention Model": "intervention_model",
    "Observational Model": "observational_model",
    "Time Perspective": "time_perspective",
    "Primary Purpose": "primary_purpose",
    "Official Title": "official_title",
    "Sexes Eligible for Study": "sex",
    "Gender Based Eligibility": "gender_based",
    "Accepts Healthy Volunteers": "healthy_volunteers",
    "Sampling Method": "sampling_method",
    "Responsible Party": "responsible_party",
    "First Posted": "first_posted_date",
    "Results First Posted": "results_first_posted_date",
    "Last Update Posted": "last_update_posted_date",
    "Last Verified": "last_verified_date",
    "Has Data Monitoring Committee": "has_dmc",
    "Studies a U.S. FDA-regulated Drug Product": "is_fda_regulated_drug",
    "Studies a U.S. FDA-regulated Device Product": "is_fda_regulated_device",
    "Plan to Share IPD": "plan_to_share_ipd",
}
_PROSE: Final = {
    "Intervention Model Description": "intervention_model_description",
    "Masking Description": "masking_description",
    "Study Population": "population",
    "Why Study Stopped": "why_stopped",
}
# Labels that say before their name whether the value is actual.
_TYPED: Final = {
    "Enrollment": "enrollment",
    "Study Start Date": "start_date",
    "Primary Completion Date": "primary_completion_date",
    "Study Completion Date": "completion_date",
}
_AGES: Final = "Ages Eligible for Study"
_MASKING: Final = "Masking"
_REGISTRY_NUMBER: Final = "ClinicalTrials.gov Identifier"
_OTHER_NUMBERS: Final = "Other Study ID Numbers"
# Labels whose value says what another label says, or what the warehouse has no column for.
_UNUSED: Final = (
    "Individual Participant Data (IPD) Sharing Statement",
    "IPD Sharing Statement",
    "Product Manufactured in and Exported from the U.S.",
    "Plan to Share IPD Description",
    "Gender Eligibility Description",
    "Key Record Dates",
)
_LABELS: Final = frozenset((*_FIELDS, *_PROSE, *_TYPED, _AGES, _MASKING, _REGISTRY_NUMBER, _OTHER_NUMBERS, *_UNUSED))
_LABEL: Final = re.compile(r"(?:(?P<type>Actual|Anticipated|Estimated) )?(?P<label>[^:]+?) ?:")
_KEYWORDS: Final = re.compile(r"Keywords provided by\b")
_CRITERIA: Final = re.compile(r".*\b(?:inclusion|exclusion)\b", re.IGNORECASE)
_SPELLINGS: Final = spellings(
    (
        *_TOP_LABELS,
        *_HEADING_TEXTS,
        *_LABELS,
        *(f"{type_} {label}" for type_ in ("Actual", "Anticipated", "Estimated") for label in _TYPED),
        "Criteria",
        "Other Names",
    )
)
_DATES: Final = (
    "start_date",
    "primary_completion_date",
    "completion_date",
    "first_posted_date",
    "last_update_posted_date",
    "last_verified_date",
    "results_first_posted_date",
)

# The register allows an acronym of 14 characters; what is longer before a colon belongs to the title.
_ACRONYM: Final = re.compile(r"(?P<acronym>\S[^:]{0,13}): (?=\S)")
_CLASS: Final = re.compile(r" \((?P<class>[^()]{1,20})\)(?:, |$)")
_NUMBER: Final = re.compile(r"[\d,]+(?:[.,]\d+)?")
_RESULTS_POSTED: Final = re.compile(r"(?P<words>(?:No )?Results Posted)\b")
# The block of derived numbers: enrollment, sites, arms, months, participants by site (of several), by site and month.
_ALL_DERIVED: Final = 5
_ARMS_AT: Final = 2
_ORDINAL: Final = re.compile(r"(\d+)\.")

Parts = dict[str, list[Line]]


def read(page: Page) -> Record:
    """Read the words of a page of clincosm.com; a page that is cut off yields what stands before the cut."""
    respell(page, _SPELLINGS)
    parts = _cut(page)
    record = Record()
    derived = _read_top(page, record, parts[_TITLE])
    trial = record.trial
    trial.brief_summary = prose(page, parts.get(_SUMMARY, []))
    trial.detailed_description = prose(page, parts.get(_DESCRIPTION, []))
    _read_shown(page, record, parts.get(_SHOWN, []))
    design, _ = _entries(page, parts.get(_DESIGN, []))
    _read_labels(page, record, design)
    _read_enrollment(page, record, derived)
    arms = parts.get(_ARMS, [])
    count = numbers.count(derived[_ARMS_AT].text) if len(derived) >= _ALL_DERIVED else None
    read_arms(page, record, arms, count)
    for heading, type_ in _TYPES.items():
        record.outcomes.extend(_outcomes(page, parts.get(heading, []), type_))
    _read_eligibility(page, record, parts.get(_ELIGIBILITY, []))
    read_contacts(page, record, [*parts.get(_CONTACTS, []), *parts.get(_CONTACT, [])])
    read_sites(page, record, parts.get(_LOCATIONS, []))
    _skip_repeated_sponsors(page, record, parts.get(_SPONSORS, []))
    read_officials(page, record, parts.get(_INVESTIGATORS, []))
    more, citations = _entries(page, parts.get(_PUBLICATIONS, []) or parts.get(_MORE, []))
    record.study_references.extend(StudyReference(citation=page.words(line)) for line in citations if line.marker)
    _read_labels(page, record, more)
    _read_numbers(page, record, more)
    _read_results(page, record, parts.get(_RESULTS, []))
    record.lossy.update(name for name in _DATES if getattr(trial, name))
    return record


# --- cutting the page -------------------------------------------------------------------------------------------------


def _cut(page: Page) -> Parts:
    """Cut the page at its headings, and skip headings and what the page prints for nothing."""
    headings = [line for line in page.lines if _joined(line) in _HEADING_TEXTS]
    positions = {line.position for line in headings}
    last = {heading.text: line.position for line in headings for heading in _HEADINGS if _is(page, heading, line)}
    parts: Parts = {_TITLE: []}
    current, at = _TITLE, 0
    for line in page.lines:
        found = _next_heading(page, line, at, last) if line.position in positions else None
        if found is not None:
            page.skip(line)
            at, current = found + 1, _HEADINGS[found].text
            parts[current] = []
        elif _NOISE.fullmatch(_joined(line)):
            page.skip(line)
        else:
            parts[current].append(line)
    return parts


def _next_heading(page: Page, line: Line, at: int, last: dict[str, int]) -> int | None:
    """Which heading, from `at` on, the line is; none while one that comes before it still stands below."""
    for index in range(at, len(_HEADINGS)):
        heading = _HEADINGS[index]
        if _is(page, heading, line):
            return index
        if last.get(heading.text, -1) > line.position:
            return None
    return None


def _is(page: Page, heading: _Heading, line: Line) -> bool:
    """Whether the line is the heading, which may be the last item of a list that was never closed."""
    if _joined(line) != heading.text or _ORDINAL.fullmatch(line.marker):
        return False
    following = page.lines[line.position + 1 : line.position + 2]
    return heading.below is None or not following or heading.below.match(following[0].text) is not None


def _joined(line: Line) -> str:
    """The line with a blank between the cells of a table, whichever way the extractor kept them apart."""
    return " ".join(line.text.replace("|", " ").split()) if "|" in line.text or "\t" in line.text else line.text


def _entries(page: Page, lines: Iterable[Line]) -> tuple[dict[str, list[Line]], list[Line]]:
    """Cut lines at the labels with a colon; return values by label, and the lines above the first label.

    A type before the label ("Actual Study Start Date :") becomes part of the value's lines, in front.
    """
    entries: dict[str, list[Line]] = {}
    above: list[Line] = []
    current = above
    for line in lines:
        found = _LABEL.fullmatch(line.text)
        if _KEYWORDS.match(line.text):
            page.skip(line)
            current = entries.setdefault("Keywords", [])
        elif found and found["label"] in _LABELS and found["label"] not in entries:
            current = entries[found["label"]] = [line] if found["type"] else []
            page.skip(line)
        else:
            current.append(line)
    return entries, above


# --- what is said once ------------------------------------------------------------------------------------------------


def _read_top(page: Page, record: Record, lines: Sequence[Line]) -> list[Line]:
    """Read the title and the labels below it; return the block of derived numbers."""
    top: Parts = {_TITLE: []}
    current = _TITLE
    for line in lines:
        if line.text in _TOP_LABELS and line.text not in top and (current != _TITLE or top[_TITLE]):
            page.skip(line)
            current = line.text
            top[current] = []
        else:
            top[current].append(line)
    is_whole = [*top][1:2] == ["Sponsor"]  # else the page lost its beginning
    for title in top[_TITLE][-1:] if is_whole else ():  # above it the site's own links may stand
        found = _ACRONYM.match(title.text)
        if found:
            record.trial.acronym = page.words(title, *found.span("acronym"))
        record.trial.brief_title = page.words(title, found.end() if found else 0)
    for line in top.get("Sponsor", [])[:1]:
        record.sponsors.extend(_sponsors(page, line, "LEAD"))
    for line in top.get("Overall Status", [])[:1]:
        record.trial.overall_status = page.words(line)
    for line in top.get("CT.gov ID", [])[:1]:
        record.identifiers.append(Identifier(page.words(line), "PRIMARY"))
    below = top.get("Collaborator", [])
    for line in below[:1]:
        if line.text.casefold() == "(none)":
            page.skip(line)
        elif not _NUMBER.fullmatch(line.text):
            record.sponsors.extend(_sponsors(page, line, "COLLABORATOR"))
    return [line for line in below if _NUMBER.fullmatch(line.text)]


def _sponsors(page: Page, line: Line, role: str) -> Iterator[Sponsor]:
    """Cut "NAME (CLASS), NAME (CLASS)" behind each bracket that holds a known class."""
    start = 0
    for found in _CLASS.finditer(line.text):
        if vocabulary.codes("sponsor_class", found["class"]):
            yield Sponsor(page.words(line, start, found.start()), role, page.words(line, *found.span("class")))
            start = found.end()
    if start < len(line.text):
        yield Sponsor(page.words(line, start), role)


def _read_shown(page: Page, record: Record, lines: Iterable[Line]) -> None:
    """Read the list of interventions and the phases below it."""
    for line in lines:
        if line.marker:
            record.interventions.append(intervention(page, line))
        elif vocabulary.codes("phases", line.text):
            record.trial.phases = page.words(line)


def _read_labels(page: Page, record: Record, entries: dict[str, list[Line]]) -> None:
    trial = record.trial
    for label, name in _FIELDS.items():
        if lines := entries.get(label):
            ordinal = _ORDINAL.fullmatch(lines[0].marker)  # "1. Words" may be a title, "- Words" is an item of a list
            setattr(trial, name, page.whole(lines[0]) if ordinal else page.words(lines[0]))
    for label, name in _PROSE.items():
        if lines := entries.get(label):
            setattr(trial, name, _undoubled(page, lines))
    for label, name in _TYPED.items():
        for line in entries.get(label, [])[:2]:
            found = _LABEL.fullmatch(line.text)
            if found and found["label"] == label:
                setattr(trial, f"{name}_type", page.words(line, *found.span("type")))
            else:
                setattr(trial, name, page.words(line))
    if lines := entries.get(_MASKING):
        trial.masking, trial.who_masked = cut_masking(page, lines[0])
    for label in _UNUSED:
        page.skip(*entries.get(label, []))


def _undoubled(page: Page, lines: Sequence[Line]) -> Words | None:
    """A text that the page may print twice, the second time glued to the first: once."""
    text = "\n".join(line.text for line in lines)
    half = len(text) // 2
    if len(text) % 2 or not half or text[:half] != text[half:]:
        return prose(page, lines)
    page.skip(*lines)
    pieces = []
    for line in lines:
        if half > 0:
            pieces.append(page.words(line, 0, half))
        half -= len(line.text) + 1
    return join_words(pieces)


def _read_enrollment(page: Page, record: Record, derived: Sequence[Line]) -> None:
    """Compare the enrollment with the first of the derived numbers, which are no facts of their own."""
    page.skip(*derived)
    said = record.trial.enrollment
    if derived and isinstance(said, Words) and numbers.count(said) != numbers.count(derived[0].text):
        record.claim("enrollment", said, page.words(derived[0]))


# --- outcomes ---------------------------------------------------------------------------------------------------------


def _outcomes(page: Page, lines: Sequence[Line], type_: str) -> Iterator[Outcome]:
    """Read the numbered outcomes: each item at the depth of the first, numbered one up, with the text below it."""
    rows: list[list[Line]] = []
    for line in lines:
        number = _ORDINAL.fullmatch(line.marker)
        if number and int(number[1]) == len(rows) + 1 and (not rows or line.indent <= rows[0][0].indent):
            rows.append([line])
        elif rows:
            rows[-1].append(line)
    for first, *below in rows:
        measure, time_frame = _bracketed(page, first)
        yield Outcome(measure=measure, time_frame=time_frame, description=prose(page, below), type=type_)


def _bracketed(page: Page, line: Line) -> tuple[Words, Words | None]:
    """Cut "MEASURE [TIME FRAME]" at the bracket that closes at the very end, or at the last one where none matches."""
    text, depth, at = line.text, 0, len(line.text)
    while at and (depth or at == len(text)) and text.endswith("]"):
        at -= 1
        depth += (text[at] == "]") - (text[at] == "[")
    at = text.rfind(" [") + 1 if depth else at
    if not 0 < at < len(text):
        return page.words(line), None
    return page.words(line, 0, at), page.words(line, at + 1, len(text) - 1) or None


# --- eligibility, what else -------------------------------------------------------------------------------------------


def _read_eligibility(page: Page, record: Record, lines: Sequence[Line]) -> None:
    """Read the labels, each with a value of one line, and the criteria below them."""
    labelled: list[Line] = []
    criteria: list[Line] = []
    in_prose = False
    for line in lines:
        found = _LABEL.fullmatch(line.text)
        if found and found["label"] in _LABELS and not criteria:
            labelled.append(line)
            in_prose = found["label"] in _PROSE
        elif (
            not criteria
            and labelled
            and (labelled[-1].text.endswith(":") or in_prose)
            and not _CRITERIA.match(line.text)
        ):
            labelled.append(line)
        else:
            criteria.append(line)
    entries, _ = _entries(page, labelled)
    _read_labels(page, record, entries)
    for line in entries.get(_AGES, [])[:1]:
        _read_ages(page, record, line)
    record.trial.eligibility_text = prose(page, criteria)
    record.eligibility_criteria.extend(listed_criteria(page, criteria))


def _read_ages(page: Page, record: Record, line: Line) -> None:
    """Cut "18 Years to 60 Years"; words that are no range stay unread."""
    range_ = ages.split_range(line.text)
    for name, limit in (("minimum_age", range_.minimum), ("maximum_age", range_.maximum)) if range_ else ():
        page.skip(line)
        if limit and not ages.is_no_limit(limit.words):
            setattr(record.trial, name, join_words(page.words(line, *span) for span in limit.spans))


def _skip_repeated_sponsors(page: Page, record: Record, lines: Iterable[Line]) -> None:
    names = {sponsor.name for sponsor in record.sponsors}
    page.skip(*(line for line in lines if line.text in names))


def _read_numbers(page: Page, record: Record, entries: dict[str, list[Line]]) -> None:
    """Read the registry number again, which may differ from the one at the top, the other numbers and the keywords."""
    again = next((page.words(line) for line in entries.get(_REGISTRY_NUMBER, [])[:1]), None)
    primary = next((one.identifier for one in record.identifiers), None)
    if primary is None and again:
        record.identifiers.append(Identifier(again, "PRIMARY"))
    elif isinstance(primary, Words):
        record.claim("trial_id", primary, again)
    record.identifiers.extend(
        Identifier(page.words(line), "SECONDARY") for line in entries.get(_OTHER_NUMBERS, []) if line.text != primary
    )
    name_sponsors_number(record)
    record.keywords.extend(page.words(line) for line in entries.get("Keywords", []) if line.marker)


def _read_results(page: Page, record: Record, lines: Iterable[Line]) -> None:
    for line in lines:
        if found := _RESULTS_POSTED.match(line.text):
            record.trial.has_results = page.words(line, *found.span("words"))
