"""The study pages of trials.co: a summary, and below it the register's whole entry form in numbered sections.

    page    := summary form footer      # dialect T has no form, and drops most of the labels above "About this trial"
    summary := TITLE head 'About this trial' sentence 'Eligibility Criteria' [ages] criteria 'Sites / Locations' site*
               'Arms of the Study' arms (LIST (MEASURE nl [DESCRIPTION nl])*)* 'Full Information' (LABEL nl VALUE)*

Here belongs the summary and what to make of a value that both halves print: the form's is taken, and a difference is a
claim. Of several phases the summary shows the first, of the conditions (under the label "Primary Purpose") the first
three, of the outcomes no time frames. Its arms and outcomes are `trials_co_lists`', the form is `trials_co_form`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from pipeline.layouts.criteria import listed_criteria
from pipeline.layouts.lists import cut_names, names_of
from pipeline.layouts.spelling import respell, spellings
from pipeline.layouts.trials_co_form import FOOTER, opens_part, read_form
from pipeline.layouts.trials_co_form import SPELLINGS as FORM_SPELLINGS
from pipeline.layouts.trials_co_lists import (
    ABOVE,
    ARM_LABELS,
    OUTCOMES,
    SHORT_LISTS,
    Parts,
    cut_labelled,
    cut_off_outcomes,
    read_arms,
    read_outcomes,
)
from pipeline.normalize import ages, places, vocabulary
from pipeline.reading.lines import Line, Page, prose
from pipeline.reading.records import Intervention, Record, Site, Sponsor
from pipeline.reading.words import Words, clean, join_words

NAME: Final = "trials_co"
SOURCE: Final = "trials_co"

_SENTENCE: Final = re.compile(
    r"This is an? (?P<type>interventional|observational|expanded access)(?: (?P<purpose>.+?))?"
    r" (?:trial|study) for (?P<condition>.+?)(?: focused on measuring (?P<keywords>.+))?"
)

MARKERS: Final = {
    "the heading 'About this trial'": re.compile(r"^About this trial$"),
    "the sentence below it": _SENTENCE,
    "the link 'Back to results'": re.compile(r"^Back to results$"),
    "the link 'Full info'": re.compile(r"^Full info$"),
    "the heading 'Sites / Locations'": re.compile(r"^Sites / Locations$"),
    "the heading 'Arms of the Study'": re.compile(r"^Arms of the Study$"),
    "the label 'Unique Protocol Identification Number'": re.compile(r"^Unique Protocol Identification Number$"),
    "the label of the conditions": re.compile(r"^Primary Disease or Condition Being Studied in the Trial\b"),
    "the offer to call back": re.compile(r"^We['’]ll reach out to this number\b"),
}
NEEDED: Final = 2

# The labels above "About this trial", and the headings from there on, both in the page's order.
_HEAD: Final = (
    "Primary Purpose",
    "Status",
    "Phase",
    "Locations",
    "Study Type",
    "Intervention",
    "Sponsored by",
    "About",
)
_ABOUT: Final = "About this trial"
_CRITERIA: Final = "Eligibility Criteria"
_SITES: Final = "Sites / Locations"
_ARMS: Final = "Arms of the Study"
_FULL: Final = "Full Information"
_HEADINGS: Final = (_ABOUT, _CRITERIA, _SITES, _ARMS, *SHORT_LISTS, _FULL)
# Labels under "Full Information", and the dates that some of them fill.
_SPONSOR, _COLLABORATORS = "Sponsor", "Collaborators"
_DATES: Final = {
    "First Submitted": "first_submitted_date",
    "First Posted": "first_posted_date",
    "Results First Posted": "results_first_posted_date",
    "Last Updated": "last_update_posted_date",
}
# Links, buttons and the offer to call back: no values.
_NOISE: Final = re.compile(
    r"search|Back to results|Eligibility|Arms|Outcomes|Full info|Read more|Show more"
    r"|We['’]ll reach out to this number\b.*",
    re.IGNORECASE,
)
_SPELLINGS: Final = FORM_SPELLINGS | spellings((*_HEAD, *_HEADINGS, *ARM_LABELS, *_DATES, _SPONSOR, _COLLABORATORS))
_GLUED_STATUS: Final = re.compile(
    r"(?<=\S)(?:Not yet recruiting|Recruiting|Enrolling by invitation|Active, not recruiting|Completed|Suspended"
    r"|Terminated|Withdrawn|Available|No longer available|Temporarily not available)$"
)
_VOLUNTEERS: Final = re.compile(r"(?:Does not accept|Accepts) healthy volunteers?$", re.IGNORECASE)
_SEX: Final = re.compile(r"(?:All Sexes|All|Female|Male)$")
# Fields whose words are looked up under another name.
_VOCABULARY: Final = {"healthy_volunteers": "boolean"}
_NOT_LETTERS: Final = re.compile(r"[\W_]|(?<!\S)\d{1,3}[.)]\s")


def read(page: Page) -> Record:
    """Read the words of a page of trials.co; a page that is cut off yields what stands before the cut."""
    respell(page, _SPELLINGS)
    summary_lines, form_parts = _halves(page)
    summary = _cut(page, summary_lines)
    record = Record()
    form = read_form(page, record, form_parts)
    head = cut_labelled(page, summary[ABOVE], _HEAD)
    if _ABOUT not in summary and "Status" not in head:
        head = {ABOVE: []}  # a page that lost its beginning: what stands above is none
    full = cut_labelled(page, summary.get(_FULL, []), (*_DATES, _SPONSOR, _COLLABORATORS), in_order=False)
    page.skip(*head.get("About", []))  # the links to the parts of the page
    sentence = _read_sentence(page, summary.get(_ABOUT, []))

    title, below = _title(head, sentence.condition)
    _read_trial(page, record, title, head, full, sentence)
    _read_sponsors(page, record, head, full)
    conditions = form.conditions or head.get("Primary Purpose") or below
    record.conditions.extend(_conditions(page, conditions, sentence.condition))
    record.keywords = record.keywords or sentence.keywords
    if not record.interventions:
        record.interventions.extend(Intervention(name=page.whole(line)) for line in head.get("Intervention", []))
    criteria = _read_ages(page, record, summary.get(_CRITERIA, []))
    _read_criteria(page, record, form.criteria, criteria)
    _read_sites(page, record, summary.get(_SITES, []), head.get("Locations", []))
    is_labelled = any(line.text in ARM_LABELS for line in summary.get(_ARMS, []))
    if not is_labelled and not any(heading in summary for heading in SHORT_LISTS):
        summary[_ARMS], summary[OUTCOMES] = cut_off_outcomes(summary.get(_ARMS, []))
    arms = read_arms(page, summary.get(_ARMS, []))
    record.arms = record.arms or arms
    if not record.outcomes:
        record.outcomes.extend(read_outcomes(page, summary))
    _skip_repeats(page, summary_lines, [line for _, lines in form_parts for line in lines])
    return record


# --- cutting the page -------------------------------------------------------------------------------------------------


def _halves(page: Page) -> tuple[list[Line], list[tuple[Line, list[Line]]]]:
    """Cut the page into the summary's lines and the parts of the form, header first; the footer is skipped."""
    summary: list[Line] = []
    form: list[tuple[Line, list[Line]]] = []
    for line, following in zip(page.lines, (*page.lines[1:], None), strict=False):
        if line.text == FOOTER and line.gap and form:
            _skip_footer(page, page.lines[line.position :], summary)
            break
        if opens_part(line, following, inside=bool(form)):
            form.append((line, []))
        else:
            (form[-1][1] if form else summary).append(line)
    return summary, form


def _skip_footer(page: Page, lines: Sequence[Line], summary: Sequence[Line]) -> None:
    """Skip the footer, which repeats the title above its offer to call back."""
    titles = {line.text for line in summary[:4]}
    page.skip(*(line for line in lines if line.text == FOOTER or line.text in titles or _NOISE.fullmatch(line.text)))


def _cut(page: Page, lines: Iterable[Line]) -> Parts:
    """Cut the summary at its headings, which come in one order; what stands above them is the head."""
    parts: Parts = {ABOVE: []}
    current, at = ABOVE, 0
    for line in lines:
        if at == 0 and _SENTENCE.fullmatch(line.text):  # dialect T may have dropped the heading
            current, at = _ABOUT, 1
            parts.setdefault(_ABOUT, []).append(line)
        elif line.text in _HEADINGS[at : len(_HEADINGS) if at else 1] and not line.marker:
            page.skip(line)
            current, at = line.text, _HEADINGS.index(line.text) + 1
            parts[current] = []
        elif current != _CRITERIA and not line.marker and _NOISE.fullmatch(line.text):
            page.skip(line)
        else:
            parts[current].append(line)
    if page.dialect == "T" and at:  # which has no blank lines: what stands below one at the end is another site's
        parts[current] = list(takewhile(lambda line: not line.gap, parts[current]))
    return parts


def _one(page: Page, lines: Sequence[Line] | None) -> Words | None:
    """The value of a label with one line; further lines stay unread."""
    return page.whole(lines[0]) if lines else None


# --- what is said once ------------------------------------------------------------------------------------------------


class _Sentence(NamedTuple):
    """What the sentence under "About this trial" says."""

    type_: Words | None = None
    purpose: Words | None = None
    condition: Words | None = None
    keywords: list[str] = []  # noqa: RUF012 - the empty default is never changed


def _read_sentence(page: Page, lines: Sequence[Line]) -> _Sentence:
    if not lines or not (found := _SENTENCE.fullmatch(lines[0].text)):
        return _Sentence()
    line = lines[0]

    def group(name: str) -> Words | None:
        return page.words(line, *found.span(name)) if found[name] else None

    keywords = cut_names(page, line, found.start("keywords")) if found["keywords"] else []
    return _Sentence(group("type"), group("purpose"), group("condition"), [*keywords])


def _title(head: Parts, condition: Words | None) -> tuple[Sequence[Line], Sequence[Line]]:
    """The title and, where dialect T has no labels, the conditions below it; above it a site's own words may stand."""
    lines = head[ABOVE]
    if len(head) > 1:
        return lines[-1:] if [*head][1] == _HEAD[0] else (), ()
    for at in range(len(lines) - 1, 0, -1):
        if condition and clean(lines[at].text).startswith(condition):
            return lines[at - 1 : at], lines[at : at + 1]
    return lines[:1], lines[1:2]


def _read_trial(
    page: Page, record: Record, title: Sequence[Line], head: Parts, full: Parts, sentence: _Sentence
) -> None:
    """Fill in what only the summary says, and compare what both halves say."""
    trial = record.trial
    if trial.phases is None and head.get("Phase"):
        record.lossy.add("phases")
    for name, said in (
        ("brief_title", _one(page, title)),
        ("overall_status", _one(page, head.get("Status"))),
        ("phases", _one(page, head.get("Phase"))),
        ("study_type", _one(page, head.get("Study Type"))),
        ("study_type", sentence.type_),
        ("primary_purpose", sentence.purpose),
    ):
        setattr(trial, name, _agree(record, name, getattr(trial, name), said))
    for label, name in _DATES.items():
        setattr(trial, name, _one(page, full.get(label)))


def _agree(record: Record, name: str, best: Words | None, said: Words | None) -> Words | None:
    """The best value of a field; one that means something else becomes a claim."""
    if best is None or said is None:
        return best or said
    field = _VOCABULARY.get(name, name)
    if field in vocabulary.fields():
        codes = vocabulary.codes(field, best)
        if codes is not None and codes == vocabulary.codes(field, said):
            return best
    elif said.startswith(f"{best} ("):  # the summary puts the acronym behind the title
        return best
    return record.claim(name, best, said)


def _read_sponsors(page: Page, record: Record, head: Parts, full: Parts) -> None:
    said = [_one(page, full.get(_SPONSOR)), _one(page, head.get("Sponsored by"))]
    lead = next((sponsor for sponsor in record.sponsors if sponsor.role == "LEAD"), None)
    if lead and isinstance(lead.name, Words):
        record.claim("lead_sponsor", lead.name, *said)
    elif name := record.claim("lead_sponsor", *said):
        record.sponsors.insert(0, Sponsor(name, "LEAD"))
    if not any(sponsor.role == "COLLABORATOR" for sponsor in record.sponsors):
        names = names_of(page, full.get(_COLLABORATORS, []), organisations=True)
        record.sponsors.extend(Sponsor(name, "COLLABORATOR") for name in names)


def _conditions(page: Page, lines: Sequence[Line], first: Words | None) -> list[Words]:
    """The conditions of a list; the sentence says where the first one ends, or is all there is."""
    if first is None:
        return names_of(page, lines) if len(lines) else []
    if len(lines) == 1 and not clean(lines[0].text).startswith(first):
        return [first]
    return names_of(page, lines, first) or [first]


# --- eligibility ------------------------------------------------------------------------------------------------------


def _read_ages(page: Page, record: Record, lines: Sequence[Line]) -> list[Line]:
    """Read the line of ages, sexes and volunteers, whose three cells are glued; return the lines below it."""
    range_ = ages.split_range(lines[0].text) if lines else None
    if range_ is None:
        return list(lines)
    line, trial = lines[0], record.trial
    text = line.text
    cells: dict[str, Words | None] = {}
    for name, cell in (("healthy_volunteers", _VOLUNTEERS), ("sex", _SEX)):
        if found := cell.search(text, range_.end):
            cells[name] = page.words(line, *found.span())
            text = text[: found.start()]
    if len(text) > range_.end:
        return list(lines)
    for name, limit in (("minimum_age", range_.minimum), ("maximum_age", range_.maximum)):
        if limit and not ages.is_no_limit(limit.words):
            cells[name] = join_words(page.words(line, *span) for span in limit.spans)
    page.skip(line)
    for name, said in cells.items():
        setattr(trial, name, _agree(record, name, getattr(trial, name), said))
    return list(lines[1:])


def _read_criteria(page: Page, record: Record, form: Sequence[Line], summary: Sequence[Line]) -> None:
    """Read the criteria from the copy that keeps more of its lists; the other copy says the same or is a claim."""
    best, other = sorted(
        (form, summary), key=lambda lines: (sum(1 for line in lines if line.marker), len(lines)), reverse=True
    )
    text, repeated = prose(page, best), prose(page, other)
    record.trial.eligibility_text = text
    if text and repeated and not _letters(text).startswith(_letters(repeated)):
        record.claim("eligibility_text", text, repeated)
    record.eligibility_criteria.extend(listed_criteria(page, best))


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()


# --- sites, arms, outcomes --------------------------------------------------------------------------------------------


def _read_sites(page: Page, record: Record, lines: Sequence[Line], locations: Sequence[Line]) -> None:
    """Read the list of facilities, with the status that may be glued to each, unless the form tells more of them.

    The label "Locations" names the country where all sites are in one.
    """
    one_country = len(locations) == 1 and places.is_country(locations[0].text)
    country = page.words(locations[0]) if one_country else None
    page.skip(*locations)
    listed = []
    for line in lines:
        if line.marker:
            glued = _GLUED_STATUS.search(line.text)
            status = page.words(line, glued.start()) if glued else None
            facility = page.words(line, 0, glued.start() if glued else None)
            listed.append(Site(facility=facility, status=status, country=country))
    if not record.sites:
        record.sites.extend(listed)
    elif [site.facility for site in record.sites] == [site.facility for site in listed]:
        for site, said in zip(record.sites, listed, strict=True):
            site.status = site.status or said.status


def _skip_repeats(page: Page, summary: Iterable[Line], form: Iterable[Line]) -> None:
    """Skip what the summary only repeats from the form."""

    def words(line: Line) -> str:
        return clean(page.text[line.outer : line.end])

    said = " ".join(map(words, form))
    page.skip(*(line for line in summary if not page.is_read(line) and words(line) in said))
