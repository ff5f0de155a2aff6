"""The study pages of crick.ai, as extractors leave them: few labels, most values by their position.

    page    := summary detail* design description* site* outcome* footer
    design  := (LABEL nl VALUE)*                          # Study Type, Allocation, Purpose, Masking, Enrollment
    site    := FACILITY nl CITY[, STATE], COUNTRY nl      # its status, if any, is glued before the next line's text
    outcome := MEASURE nl [DESCRIPTION nl] 'Time frame: ' TEXT

So dialect T leaves them. Dialect R keeps blank lines, headings above the lists, the title above the summary, and a
site's status in a line of its own; what it keeps says what T leaves to the position.

Here belongs only this grammar. The page prints no registry number, sponsor, condition, arm, name of an intervention or
eligibility: those stay None. What the words mean is `normalize`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.layouts.cells import is_place, read_place
from pipeline.layouts.spelling import respell, spellings
from pipeline.normalize import vocabulary
from pipeline.reading.lines import Line, Page, prose
from pipeline.reading.records import Intervention, Outcome, Record, Site
from pipeline.reading.words import Words, join_words

NAME: Final = "crick"
SOURCE: Final = "crick"

_FOOTER: Final = re.compile(r"This platform is for informational purposes only\b.*medical advice", re.IGNORECASE)
_TIME_FRAME: Final = re.compile(r"Time frame:\s*", re.IGNORECASE)

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
_SPELLINGS: Final = spellings(_DESIGN)
# The site's banners and buttons: no values.
_NOISE: Final = re.compile(
    r"(?:We use|This (?:web)?site uses) cookies\b.*|(?:Accept|Reject)(?: all)?(?: cookies)?|Load more|Show more"
    r"|(?:Study )?(?:Design|Details)",
    re.IGNORECASE,
)
# Headings, which dialect T drops: above the design, and of the lists below it.
_TEXT_HEADING: Final = re.compile(
    r"(?=[A-Z])(?i:(?P<brief_summary>(?:(?:Brief|Study) )?Summary|Overview)"
    r"|(?P<detailed_description>Detailed Description))"
)
_HEADING: Final = re.compile(
    r"(?=[A-Z])(?i:(?P<interventions>(?:Arms (?:and|&) )?Interventions?)"
    r"|(?P<sites>(?:(?:Study|Trial|Contacts (?:and|&)) )?(?:Locations?|Sites))"
    r"|(?P<outcomes>(?:(?P<type>Primary|Secondary|Other) )?(?:Outcomes?(?: Measures?)?|Endpoints?)))(?: \(\d+\))?"
)
_NO_VALUE: Final = "N/A"
_CODE_OR_COUNT: Final = re.compile(rf"[A-Z][A-Z0-9_]*|\d[\d,]*|{_NO_VALUE}")
# The register's titles capitalise their words, its prose does not; words of up to three letters tell nothing.
_LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_FEWEST_IN_TITLE: Final = 4  # fewer words may as well be a link of the site
_FEWEST_IN_PROSE: Final = 6
# A site's status is an API code with the next text glued to it; the longest code first, so that none hides another.
_STATUS: Final = re.compile(
    "(?:" + "|".join(sorted(vocabulary.terms("overall_status"), key=lambda code: (-len(code), code))) + r")(?=\S|$)"
)
# So many rows that are alike tell what the first one is like.
_ENOUGH_ROWS: Final = 2
_FACILITY: Final = re.compile(
    r"(?i)h[oô]pital|hospital|clini|klini|universi|institut|cent(?:er|re|ro|rum)\b|medic|research"
)


class _Body(NamedTuple):
    """The lines below the design; apart from them what only dialect R keeps, each with the index of the next line."""

    lines: list[Line]
    starts: dict[str, int]
    """Where a list starts that has a heading, by the name of the list."""
    types: dict[int, str | None]
    """By where a heading of outcomes stands, the type that it names."""
    statuses: dict[int, Line]
    """Sites' statuses that stand alone."""


class _Site(NamedTuple):
    """Two lines of a site by their index; None where one is not printed, or is none that we know as a place."""

    facility: int | None
    place: int | None


def read(page: Page) -> Record:
    """Read the words of a crick page; a value that only its position could tell, and does not for sure, is None."""
    record = Record()
    respell(page, _SPELLINGS)
    lines, footer = _before_footer(page)
    page.skip(*(line for line in lines if _NOISE.fullmatch(line.text)))
    lines = [line for line in lines if not page.is_read(line)]
    design = next((index for index, line in enumerate(lines) if line.text == "Study Type"), None)
    if design is None:
        return record
    _read_top(page, record, lines[:design])
    body = _body(page, _read_design(page, record, lines[design:]))
    rest = body.lines
    times = [index for index, line in enumerate(rest) if _TIME_FRAME.match(line.text)]
    first = times[0] if times else len(rest)
    sites = _find_sites(rest[: body.starts.get("outcomes", first)], body.starts.get("sites", 0))
    described: Sequence[Line] = []
    if sites:
        behind = max(index for index in sites[-1] if index is not None) + 1
        described = rest[: min(index for index in sites[0] if index is not None)]
    else:
        behind = _first_measure(rest, times)
        if times:  # without a single time frame a line may as well be a measure
            described = _surely_descriptions(rest, behind, first)
    if headed := [start for section, start in body.starts.items() if section != "interventions"]:
        described = rest[: min(headed)]
    record.interventions.extend(Intervention(description=_item(page, line)) for line in described)
    _read_sites(page, record, body, sites)
    _read_outcomes(page, record, body, times, body.starts.get("outcomes", behind))
    if footer:
        _behind_status(page, record, footer)  # nothing of the disclaimer is a value
    return record


def _before_footer(page: Page) -> tuple[list[Line], Line | None]:
    """The lines before the disclaimer, and the disclaimer's own, which a status may stick to."""
    for line in page.lines:
        if _FOOTER.search(line.text):
            return list(page.lines[: line.position]), line
    return list(page.lines), None


def _read_top(page: Page, record: Record, lines: Sequence[Line]) -> None:
    """Read the summary and the detailed description behind it, told by their headings or their position.

    In dialect R the title stands above, and more may: the summary is then the first line that reads as prose. Above it
    in dialect T may stand links of another site alone, a few words without a full stop.
    """
    parts: dict[str, list[Line]] = {"": []}
    part = ""
    for line in lines:
        if heading := _TEXT_HEADING.fullmatch(line.text):
            page.skip(line)
            part = heading.lastgroup or ""
            parts[part] = []
        else:
            parts[part].append(line)
    above = parts[""]
    at = len(above)
    if "brief_summary" not in parts:
        begins = _is_prose if page.dialect == "R" else _is_sentence
        at = next((index for index, line in enumerate(above) if begins(line.text)), at if page.dialect == "R" else 0)
    trial = record.trial
    summary, details = parts.get("brief_summary", above[at:]), parts.get("detailed_description")
    if details is None:
        summary, details = summary[:1], summary[1:]
    trial.brief_summary = prose(page, summary)
    trial.detailed_description = prose(page, details)
    titles = [line for line in above[:at] if _is_title(line.text)]
    if len(titles) == 1:
        trial.brief_title = page.words(titles[0])
    statuses = [line for line in above[:at] if _STATUS.fullmatch(line.text)]
    if len(statuses) == 1:
        trial.overall_status = page.words(statuses[0])


def _is_title(text: str) -> bool:
    return len(text.split()) >= _FEWEST_IN_TITLE and _is_capitalised(text)


def _is_prose(text: str) -> bool:
    return len(text.split()) >= _FEWEST_IN_PROSE and not _is_capitalised(text)


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= _FEWEST_IN_PROSE or text.endswith((".", "!", "?"))


def _is_capitalised(text: str) -> bool:
    words = _LONG_WORD.findall(text)
    return sum(1 for word in words if word[0].isupper()) * 2 > len(words)


def _read_design(page: Page, record: Record, lines: Sequence[Line]) -> list[Line]:
    """Read labels, each with its value on the next line; return the lines behind them."""
    at = 0
    while at < len(lines) and (name := _DESIGN.get(lines[at].text)):
        page.skip(lines[at])
        at += 1
        if at < len(lines) and _CODE_OR_COUNT.fullmatch(lines[at].text):
            if lines[at].text == _NO_VALUE and name != "allocation":
                page.skip(lines[at])
            else:
                setattr(record.trial, name, page.words(lines[at]))
            at += 1
    return list(lines[at:])


def _body(page: Page, lines: Sequence[Line]) -> _Body:
    """Take out the headings and the statuses that stand alone; among outcomes only the heading of a type is one."""
    body = _Body([], {}, {}, {})
    times = {line.position for line in lines if _TIME_FRAME.match(line.text)}
    first = min(times, default=len(page.lines))
    for line in lines:
        heading = _HEADING.fullmatch(line.text)
        if heading and line.position + 1 not in times and (line.position < first or heading["type"]):
            page.skip(line)
            body.starts.setdefault(str(heading.lastgroup), len(body.lines))
            if heading["outcomes"]:
                body.types[len(body.lines)] = heading["type"] and str(heading["type"]).upper()
        elif _STATUS.fullmatch(line.text):
            body.statuses[len(body.lines)] = line
        else:
            body.lines.append(line)
    return body


def _find_sites(lines: Sequence[Line], start: int) -> list[_Site]:
    """Find the sites from `start` on: each ends in a place, and the one line between two places is a facility.

    Between two places there may be no line (a site without a facility) or three (a place of a country that we do not
    know stands in the middle). Any other number parts two runs: the longer one holds the sites.
    """
    places = [index for index in range(start, len(lines)) if _ends_site(lines, index)]
    runs: list[list[_Site]] = []
    for before, place in zip([None, *places], places, strict=False):
        between = place - (start if before is None else before + 1)
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


def _read_sites(page: Page, record: Record, body: _Body, sites: Sequence[_Site]) -> None:
    for facility, where in sites:
        site = Site()
        if facility is not None:
            site.facility = _behind_status(page, record, body.lines[facility])
        if where is not None and (place := read_place(page, body.lines[where])):
            site.city, site.state, site.country = place
        record.sites.append(site)
        below = max(index for index in (facility, where) if index is not None) + 1
        if below in body.statuses:
            site.status = page.words(body.statuses[below])


def _behind_status(page: Page, record: Record, line: Line) -> Words | None:
    """Give a status that is glued before the line's text to the site before it; return the text itself."""
    status = _STATUS.match(line.text)
    if not status or not record.sites or record.sites[-1].status:
        return _item(page, line)
    record.sites[-1].status = page.words(line, 0, status.end())
    return page.words(line, status.end()) or None


def _item(page: Page, line: Line) -> Words:
    """The line's words; the marker of a list, which is indented, is no part of them."""
    return page.words(line) if line.indent else page.whole(line)


def _first_measure(lines: Sequence[Line], times: Sequence[int]) -> int:
    """Where the first outcome starts on a page without sites, told by what the page's other outcomes are like.

    Only where blank lines part all of them, or all of them have a description, or none has one, does the first have a
    form for sure; else the position behind its lines is returned, so that the outcome has a time frame alone.
    """
    if not times:
        return len(lines)
    if times[0] <= 1:
        return 0
    if times[1:] and all(lines[at].gap == (at - 1 in times) for at in range(times[0] + 1, times[-1] + 1)):
        return max(at for at in range(times[0] + 1) if lines[at].gap or not at)
    described = [later - earlier == 3 for earlier, later in pairwise(times)]
    if len(described) < _ENOUGH_ROWS or any(described) != all(described):
        return times[0]
    return times[0] - (2 if all(described) else 1)


def _surely_descriptions(lines: Sequence[Line], behind: int, first: int) -> Sequence[Line]:
    """The lines before the first outcome that can be nothing but descriptions of interventions.

    Where the first measure was not found it is one of the last two lines.
    """
    return lines[:behind] if behind < first else lines[: max(0, first - 2)]


def _read_outcomes(page: Page, record: Record, body: _Body, times: Sequence[int], behind: int) -> None:
    """Read each outcome from the time frame before to its own: the first line is the measure, the rest describes it.

    Lines that a heading parts from the time frame below belong to an outcome that has none: they stay unread.
    """
    type_ = None
    for time in times:
        start = max((at for at in body.types if behind <= at <= time), default=behind)
        type_ = body.types.get(start, type_)
        words = body.lines[start:time]
        frame = _TIME_FRAME.match(body.lines[time].text)
        outcome = Outcome(type=type_, time_frame=page.words(body.lines[time], frame.end() if frame else 0) or None)
        if words:
            outcome.measure = _behind_status(page, record, words[0])
            outcome.description = join_words(_item(page, line) for line in words[1:])
        record.outcomes.append(outcome)
        behind = time + 1
