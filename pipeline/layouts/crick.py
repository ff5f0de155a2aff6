"""The study pages of crick.ai, as an extractor of dialect T leaves them: few labels, most values by their position.

    page    := summary detail* design description* site* outcome* footer
    design  := (LABEL nl VALUE)*                          # Study Type, Allocation, Purpose, Masking, Enrollment
    site    := FACILITY nl CITY[, STATE], COUNTRY nl      # its status, if any, is glued before the next line's text
    outcome := MEASURE nl [DESCRIPTION nl] 'Time frame: ' TEXT

Here belongs only this grammar. The page prints no title, registry number, sponsor, condition, arm, name of an
intervention, eligibility or kind of outcome: those stay None. What the words mean is `normalize`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.layouts.cells import is_place, read_place
from pipeline.normalize import vocabulary
from pipeline.reading.lines import Line, Page, prose
from pipeline.reading.records import Intervention, Outcome, Record, Site
from pipeline.reading.words import Words

NAME: Final = "crick"
SOURCE: Final = "crick"

_FOOTER: Final = re.compile(r"This platform is for informational purposes only\b.*medical advice")
_TIME_FRAME: Final = re.compile(r"Time frame:\s*")

MARKERS: Final = {
    "the disclaimer": _FOOTER,
    "'Time frame: ' before a line": re.compile(r"^Time frame: "),
    "a study type's code alone": re.compile(r"^(?:INTERVENTIONAL|OBSERVATIONAL|EXPANDED_ACCESS)$"),
    "the label 'Study Type'": re.compile(r"^Study Type$"),
    "the label 'Purpose'": re.compile(r"^Purpose$"),
    "the label 'Enrollment'": re.compile(r"^Enrollment$"),
}
NEEDED: Final = 3

# The labels of the design and the trial's fields that their values fill.
_DESIGN: Final = {
    "Study Type": "study_type",
    "Allocation": "allocation",
    "Intervention Model": "intervention_model",
    "Observational Model": "observational_model",
    "Time Perspective": "time_perspective",
    "Purpose": "primary_purpose",
    "Masking": "masking",
    "Enrollment": "enrollment",
}
# The site's banners and buttons: no values.
_NOISE: Final = re.compile(
    r"(?:We use|This (?:web)?site uses) cookies\b.*|(?:Accept|Reject)(?: all)?(?: cookies)?|Load more|Show more"
)
# Headings below the design, which dialect T drops.
_HEADING: Final = re.compile(
    r"Interventions?|Locations?(?: \(\d+\))?|Sites|(?:Primary |Secondary |Other )?Outcomes?(?: Measures?)?"
)
_CODE_OR_COUNT: Final = re.compile(r"[A-Z][A-Z0-9_]*|\d[\d,]*")
# A site's status is an API code with the next text glued to it; the longest code first, so that none hides another.
_STATUS: Final = re.compile(
    "(?:" + "|".join(sorted(vocabulary.terms("overall_status"), key=lambda code: (-len(code), code))) + r")(?=\S|$)"
)
# So many rows that are alike tell what the first one is like.
_ENOUGH_ROWS: Final = 2
_FACILITY: Final = re.compile(
    r"(?i)h[oô]pital|hospital|clini|klini|universi|institut|cent(?:er|re|ro|rum)\b|medic|research"
)


class _Site(NamedTuple):
    """Two lines of a site by their index; None where one is not printed, or is none that we know as a place."""

    facility: int | None
    place: int | None


def read(page: Page) -> Record:
    """Read the words of a crick page; a value that only its position could tell, and does not for sure, is None."""
    record = Record()
    lines, footer = _before_footer(page)
    page.skip(*(line for line in lines if _NOISE.fullmatch(line.text)))
    lines = [line for line in lines if not page.is_read(line)]
    design = next((index for index, line in enumerate(lines) if line.text == "Study Type"), None)
    if design is None:
        return record
    # With blank lines kept, a title and more stand above the summary, and nothing tells which line is which.
    summary = lines[:design] if page.dialect == "T" else []
    record.trial.brief_summary = prose(page, summary[:1])
    record.trial.detailed_description = prose(page, summary[1:])
    rest = _read_design(page, record, lines[design:])
    page.skip(*(line for line in rest if _HEADING.fullmatch(line.text)))
    rest = [line for line in rest if not page.is_read(line)]
    times = [index for index, line in enumerate(rest) if _TIME_FRAME.match(line.text)]
    first = times[0] if times else len(rest)
    sites = _find_sites(rest[:first])
    if sites:
        _read_descriptions(page, record, rest[: min(index for index in sites[0] if index is not None)])
        _read_sites(page, record, rest, sites)
        behind = max(index for index in sites[-1] if index is not None) + 1
    else:
        behind = _first_measure(rest, times)
        if times:  # without a single time frame a line may as well be a measure
            _read_descriptions(page, record, _surely_descriptions(rest, behind, first))
    _read_outcomes(page, record, rest, times, behind)
    if footer:
        _behind_status(page, record, footer)  # nothing of the disclaimer is a value
    return record


def _before_footer(page: Page) -> tuple[list[Line], Line | None]:
    """The lines before the disclaimer, and the disclaimer's own, which a status may stick to."""
    for line in page.lines:
        if _FOOTER.search(line.text):
            return list(page.lines[: line.position]), line
    return list(page.lines), None


def _read_design(page: Page, record: Record, lines: Sequence[Line]) -> list[Line]:
    """Read labels, each with its value on the next line; return the lines behind them."""
    at = 0
    while at < len(lines) and (name := _DESIGN.get(lines[at].text)):
        page.skip(lines[at])
        at += 1
        if at < len(lines) and _CODE_OR_COUNT.fullmatch(lines[at].text):
            setattr(record.trial, name, page.words(lines[at]))
            at += 1
    return list(lines[at:])


def _find_sites(lines: Sequence[Line]) -> list[_Site]:
    """Find the sites: each ends in a place, and the one line between two places is a facility.

    Between two places there may be no line (a site without a facility) or three (a place of a country that we do not
    know stands in the middle). Any other number parts two runs: the longer one holds the sites.
    """
    places = [index for index, line in enumerate(lines) if _ends_site(lines, index)]
    runs: list[list[_Site]] = []
    for before, place in zip([None, *places], places, strict=False):
        between = place if before is None else place - before - 1
        facility = place - 1 if between else None
        if before is None or between not in (0, 1, 3):
            runs.append([])
        elif between == 3:
            runs[-1].append(_Site(before + 1, None))
        runs[-1].append(_Site(facility, place))
    sites = max(reversed(runs), key=len, default=[])
    others = sites[1:]
    if len(others) >= _ENOUGH_ROWS and all(site.facility is None for site in others):
        sites[0] = _Site(None, sites[0].place)
    return sites


def _ends_site(lines: Sequence[Line], index: int) -> bool:
    """Whether the line is a place; a facility named after its country stands before one ("Clinic, France")."""
    if not is_place(lines[index].text):
        return False
    followed = index + 1 < len(lines) and is_place(lines[index + 1].text)
    return not (followed and _FACILITY.search(lines[index].text))


def _read_sites(page: Page, record: Record, lines: Sequence[Line], sites: Sequence[_Site]) -> None:
    for facility, where in sites:
        site = Site()
        if facility is not None:
            site.facility = _behind_status(page, record, lines[facility])
        if where is not None and (place := read_place(page, lines[where])):
            site.city, site.state, site.country = place
        record.sites.append(site)


def _behind_status(page: Page, record: Record, line: Line) -> Words | None:
    """Give a status that is glued before the line's text to the site before it; return the text itself."""
    status = _STATUS.match(line.text)
    if not status or not record.sites or record.sites[-1].status:
        return page.whole(line)
    record.sites[-1].status = page.words(line, 0, status.end())
    return page.words(line, status.end()) or None


def _read_descriptions(page: Page, record: Record, lines: Sequence[Line]) -> None:
    record.interventions.extend(Intervention(description=page.whole(line)) for line in lines)


def _first_measure(lines: Sequence[Line], times: Sequence[int]) -> int:
    """Where the first outcome starts on a page without sites, told by what the page's other outcomes are like.

    Only where all of them have a description, or none has one, does the first have a form for sure; else the position
    behind its lines is returned, so that the outcome has a time frame alone.
    """
    if not times:
        return len(lines)
    if times[0] <= 1:
        return 0
    described = [later - earlier == 3 for earlier, later in pairwise(times)]
    if len(described) < _ENOUGH_ROWS or any(described) != all(described):
        return times[0]
    return times[0] - (2 if all(described) else 1)


def _surely_descriptions(lines: Sequence[Line], behind: int, first: int) -> Sequence[Line]:
    """The lines before the first outcome that can be nothing but descriptions of interventions.

    Where the first measure was not found it is one of the last two lines.
    """
    return lines[:behind] if behind < first else lines[: max(0, first - 2)]


def _read_outcomes(page: Page, record: Record, lines: Sequence[Line], times: Sequence[int], behind: int) -> None:
    """Read each outcome from the time frame before to its own: the first line is the measure, the rest describes it."""
    for time in times:
        words = lines[behind:time]
        frame = _TIME_FRAME.match(lines[time].text)
        outcome = Outcome(time_frame=page.words(lines[time], frame.end() if frame else 0) or None)
        if words:
            outcome.measure = _behind_status(page, record, words[0])
            outcome.description = prose(page, words[1:])
        record.outcomes.append(outcome)
        behind = time + 1
