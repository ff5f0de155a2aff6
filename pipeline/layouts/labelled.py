"""The last resort: a page of a site that nobody described, read only where it names its fields itself.

Here belongs the list of labels that registers and their copies print, and the three forms in which a page may give a
value to one: `Label: value` on a line, `Label | value |` in a table, a label on a line of its own with the value below.
Nothing is taken by its position. A label without a colon is taken for one only where a known word of its field (a
status, a phase), a date, a count or a list follows, since prose uses the same words. What has no label stays unread.
A site that is worth more than this gets a layout of its own.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.layouts import NotRecognisedError
from pipeline.layouts.ctgov_shared.texts import find_outcome, split_who
from pipeline.normalize import ages, dates, identifiers, numbers, vocabulary
from pipeline.reading.lines import Line, Page, prose
from pipeline.reading.records import Criterion, Identifier, Outcome, Record, Sponsor
from pipeline.reading.words import Words, join_words

NAME: Final = "labelled"
SOURCE: Final = "unknown"
LAST_RESORT: Final = True


class _Label(NamedTuple):
    """A label, the field that it names, and what a value must be where no colon stands behind the label."""

    pattern: str
    field: str
    is_value: Callable[[str], bool]


def _known(field: str) -> Callable[[str], bool]:
    return lambda words: vocabulary.known(field, words)


def _is_date(words: str) -> bool:
    return dates.read(numbers.split_bracket(words)[0]) is not None


def _is_count(words: str) -> bool:
    return numbers.count(numbers.split_bracket(words)[0]) is not None


def _is_number(words: str) -> bool:
    return identifiers.registry(words) is not None


def _anything(words: str) -> bool:
    return bool(words)


def _never(_words: str) -> bool:
    return False


_TYPE = r"(?:Actual |Estimated |Anticipated )?"
_LABELS: Final = tuple(
    _Label(*row)
    for row in (
        (r"(?:Public |Brief |Study )Title", "brief_title", _anything),
        (r"Official (?:Scientific )?Title|Scientific Title", "official_title", _anything),
        (r"Acronym", "acronym", _never),
        (
            r"(?:Overall |Recruitment |Trial |Study )?(?:Recruitment )?Status",
            "overall_status",
            _known("overall_status"),
        ),
        (r"Why (?:the )?Study Stopped|Why Stopped", "why_stopped", _never),
        (r"Study Type", "study_type", _known("study_type")),
        (r"(?:Study |Trial )?Phases?", "phases", _known("phases")),
        (r"Allocation", "allocation", _known("allocation")),
        (r"(?:Interventional Study|Intervention(?:al)?) Model", "intervention_model", _known("intervention_model")),
        (r"Intervention(?:al)? Model Description", "intervention_model_description", _never),
        (r"Observational (?:Study )?Model", "observational_model", _known("observational_model")),
        (r"Time Perspective", "time_perspective", _known("time_perspective")),
        (r"Masking|Blinding", "masking", _known("masking")),
        (r"Masking Description", "masking_description", _never),
        (r"Primary Purpose", "primary_purpose", _known("primary_purpose")),
        (rf"{_TYPE}(?:Enrol?lment|Target Sample Size|Sample Size)", "enrollment", _is_count),
        (rf"{_TYPE}(?:Study )?Start Date", "start_date", _is_date),
        (rf"{_TYPE}Primary Completion Date", "primary_completion_date", _is_date),
        (rf"{_TYPE}(?:Study )?Completion Date", "completion_date", _is_date),
        (r"First Submitted(?: Date)?", "first_submitted_date", _is_date),
        (r"(?:Study )?First Posted(?: Date)?", "first_posted_date", _is_date),
        (r"Last Update(?:d)? Posted(?: Date)?", "last_update_posted_date", _is_date),
        (r"Last Verified(?: Date)?|Record Verification Date", "last_verified_date", _is_date),
        (r"Results First Posted(?: Date)?", "results_first_posted_date", _is_date),
        (r"(?:Sex|Sexes|Gender|Genders)(?: Eligible for Study)?", "sex", _known("sex")),
        (r"Ages?(?: Eligible for Study| Range)?", "ages", lambda words: ages.split_range(words) is not None),
        (r"Minimum Age", "minimum_age", lambda words: ages.read(words) is not None),
        (r"Maximum Age", "maximum_age", lambda words: ages.read(words) is not None),
        (r"(?:Accepts )?Healthy Volunteers", "healthy_volunteers", _known("boolean")),
        (r"Sampling Method", "sampling_method", _known("sampling_method")),
        (r"Study Population", "population", _never),
        (r"Responsible Party", "responsible_party", _never),
        (r"Brief Summary", "brief_summary", _anything),
        (r"Detailed Description", "detailed_description", _anything),
        (r"(?:Lead |Primary )?Sponsor", "sponsor", _never),
        (r"Collaborators?", "collaborators", _never),
        (r"Conditions?(?: or Diseases?)?|Health Conditions?", "conditions", _never),
        (r"Keywords?", "keywords", _never),
        (r"Primary Outcomes?(?: Measures?)?", "outcomes.PRIMARY", _never),
        (r"Secondary Outcomes?(?: Measures?)?", "outcomes.SECONDARY", _never),
        (r"Other (?:Pre-?specified )?Outcomes?(?: Measures?)?", "outcomes.OTHER", _never),
        (r"(?:Key )?Inclusion Criteria", "criteria.INCLUSION", _never),
        (r"(?:Key )?Exclusion Criteria", "criteria.EXCLUSION", _never),
        (
            r"ClinicalTrials\.gov (?:Identifier|ID)|NCT (?:Number|ID)|(?:Trial )?Registration (?:Number|ID)|Trial ID",
            "identifier",
            _is_number,
        ),
        (
            r"(?:Other|Secondary) (?:Study )?ID(?:s| Numbers?)|Secondary Identif(?:ier|ying Number)s?",
            "secondary",
            _never,
        ),
    )
)
# Fields whose value may run on: prose to the next label, lists to the last of their items.
_LISTS: Final = ("conditions", "keywords", "collaborators", "secondary")
_PROSE: Final = ("brief_summary", "detailed_description")

_ANY: Final = tuple((label, re.compile(rf"(?P<label>{label.pattern})\s*(?P<colon>:)?\s*", re.I)) for label in _LABELS)
# The part of a heading that says which list stands below it.
_WHICH: Final = re.compile(r"Primary|Secondary|Other|(?:Inclusion|Exclusion)(?: Criteria)?", re.I)
_TYPED: Final = re.compile(r"(Actual|Estimated|Anticipated) ", re.I)

MARKERS: Final = {
    name: re.compile(rf"^\|? ?(?:{pattern})\s*(?:[:|]|$)", re.I)
    for name, pattern in {
        "number": r"ClinicalTrials\.gov (?:Identifier|ID)|(?:NCT|(?:Trial )?Registration) (?:Number|ID)|Trial ID",
        "status": r"(?:Overall |Recruitment |Trial |Study )(?:Recruitment )?Status",
        "type": r"Study Type",
        "phase": r"(?:Study |Trial )?Phases?",
        "design": r"Allocation|Masking|Blinding|Primary Purpose|Intervention(?:al)? Model|Observational Model",
        "enrollment": r"(?:Actual |Estimated |Anticipated )?(?:Enrol?lment|(?:Target )?Sample Size)",
        "dates": r"(?:Actual |Estimated |Anticipated )?(?:Study )?(?:Start|Completion) Date",
        "eligible": r"(?:Sexes|Genders|Ages) Eligible for Study|(?:Min|Max)imum Age|(?:Accepts )?Healthy Volunteers",
        "outcomes": r"(?:Primary|Secondary) Outcomes?(?: Measures?)?",
        "criteria": r"(?:Inclusion|Exclusion) Criteria",
    }.items()
}
NEEDED: Final = 3


class _Found(NamedTuple):
    """A label on the page: where its line's value begins and whether a colon or a bar says that it is a label."""

    label: _Label
    line: Line
    start: int
    sure: bool


def read(page: Page) -> Record:
    """Read what the page's labels say; every line that no label claims stays unread.

    Raises:
        NotRecognisedError: where neither the page nor its address has a registry number, so that nothing says that
            what the labels describe is a registered trial.
    """
    if not (page.url and identifiers.find(page.url)) and not any(identifiers.find(line.text) for line in page.lines):
        raise NotRecognisedError(
            "no registry number, neither in the page nor in its address: save the page of one trial, or give its "
            "address in a manifest"
        )
    reader = _Reader(page)
    found = list(_labels(page.lines))
    for place, one in enumerate(found):
        until = found[place + 1].line.position if place + 1 < len(found) else len(page.lines)
        reader.field(one, page.lines[one.line.position + 1 : until])
    reader.finish()
    return reader.record


def _labels(lines: Sequence[Line]) -> Iterator[_Found]:
    """Yield the lines that begin with a label and say so: by a colon, a bar, or being nothing but the label."""
    for line in lines:
        start = len(line.text) - len(line.text.lstrip("| "))
        end = len(line.text.rstrip("| "))
        best: _Found | None = None
        for label, pattern in _ANY:
            found = pattern.match(line.text, start)
            if not found:
                continue
            bar = re.compile(r"\|\s*").match(line.text, found.end())
            whole = found.end() >= end
            if (found["colon"] or bar or whole) and (best is None or found.end() > best.start):
                best = _Found(label, line, bar.end() if bar else found.end(), bool(found["colon"] or bar))
        if best:
            yield best


class _Reader:
    """The page and the record that it becomes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.record = Record()
        self.claims: dict[str, list[Words]] = {}
        self.criteria: list[Words] = []

    def field(self, found: _Found, below: Sequence[Line]) -> None:
        """Give a label its value; leave both unread where the page does not tell what the value is."""
        name = found.label.field.partition(".")[0]
        value = found.line.text[found.start :].rstrip("| ")
        items = list(itertools.takewhile(lambda line: line.marker, below))
        if name == "outcomes":
            if value and found.sure:  # "Secondary Outcome: Quality of life"
                self.outcome(found, found.line, found.start)
            self.outcomes(found, items)
        elif name == "criteria":
            self.listed_criteria(found, items)
        elif value:
            if found.sure:
                self.value(found, name, found.line, found.start)
        elif name in _LISTS and items:
            self.page.skip(found.line)
            for line in items:
                self.value(found, name, line, 0)
        elif name in _PROSE:
            self.running_text(found, name, below)
        elif below and (found.sure or found.label.is_value(below[0].text.strip("| "))):
            self.page.skip(found.line)
            self.value(found, name, below[0], 0)

    def value(self, found: _Found, name: str, line: Line, start: int) -> None:
        """Read the value of a label, which runs to the end of `line`."""
        end = len(line.text.rstrip("| "))
        start += len(line.text[start:]) - len(line.text[start:].lstrip("| "))
        if start >= end:
            return
        text = line.text[start:end]
        record = self.record
        if name == "identifier":
            if identifiers.registry(text) and not record.identifiers:
                record.identifiers.append(Identifier(self.page.words(line, start, end), "PRIMARY"))
        elif name == "secondary":
            record.identifiers.append(Identifier(self.page.words(line, start, end), "SECONDARY"))
        elif name in ("sponsor", "collaborators"):
            role = "LEAD" if name == "sponsor" else "COLLABORATOR"
            record.sponsors.append(Sponsor(self.page.words(line, start, end), role))
        elif name in ("conditions", "keywords"):
            getattr(record, name).append(self.page.words(line, start, end))
        elif name == "ages":
            self.ages(line, start, text)
        else:
            self.typed(found, name, line, start, end)

    def typed(self, found: _Found, name: str, line: Line, start: int, end: int) -> None:
        """Read a value, with the word that says whether it is actual: in the label, or in a bracket behind."""
        text = line.text[start:end]
        if name == "enrollment" or name in ("start_date", "primary_completion_date", "completion_date"):
            head, kind = numbers.split_bracket(text)
            if kind and vocabulary.known("date_type", kind):
                at = start + text.index(kind, len(head))
                self.claim(f"{name}_type", self.page.words(line, at, at + len(kind)))
                end = start + len(head)
            elif said := _TYPED.match(found.line.text.lstrip("| ")):
                at = len(found.line.text) - len(found.line.text.lstrip("| "))
                self.claim(f"{name}_type", self.page.words(found.line, at, at + said.end(1)))
        if name == "masking":
            masking, who = split_who(text)
            if who:
                self.claim("who_masked", self.page.words(line, start + who[0], start + who[1]))
                end = start + masking[1]
        self.claim(name, self.page.words(line, start, end))

    def ages(self, line: Line, start: int, text: str) -> None:
        """Read the limits of a range of ages."""
        limits = ages.split_range(text)
        for name, limit in (("minimum_age", limits.minimum), ("maximum_age", limits.maximum)) if limits else ():
            if limit:
                parts = (self.page.words(line, start + left, start + right) for left, right in limit.spans)
                if words := join_words(parts):
                    self.claim(name, words)

    def running_text(self, found: _Found, name: str, below: Sequence[Line]) -> None:
        """Read prose below its label, up to what looks like a heading."""
        lines = list(itertools.takewhile(lambda line: line.marker or not _is_heading(line), below))
        if words := prose(self.page, lines):
            self.page.skip(found.line)
            self.claim(name, words)

    def outcomes(self, found: _Found, items: Sequence[Line]) -> None:
        """Read listed outcomes; each may hold its time frame in brackets."""
        for line in items:
            self.outcome(found, line, 0)

    def outcome(self, found: _Found, line: Line, start: int) -> None:
        """Read one outcome, which begins at `start` of its line."""
        kind = _WHICH.search(found.line.text)
        said = self.page.words(found.line, *kind.span()) if kind else None
        parts = find_outcome(line.text[start:].rstrip("| "))
        measure, rest = (
            self.page.words(line, start + part[0], start + part[1]) for part in (parts.measure, parts.rest)
        )
        frame = self.page.words(line, start + parts.frame[0], start + parts.frame[1]) if parts.frame else None
        self.record.outcomes.append(Outcome(measure, rest or None, frame, said))

    def listed_criteria(self, found: _Found, items: Sequence[Line]) -> None:
        """Read listed criteria."""
        if not items:
            return
        kind = _WHICH.search(found.line.text)
        said = self.page.words(found.line, *kind.span()) if kind else None
        self.criteria += [self.page.whole(found.line), *map(self.page.whole, items)]
        self.record.eligibility_criteria += [Criterion(self.page.words(line), said) for line in items]

    def claim(self, name: str, words: Words) -> None:
        """Note a value; a field may be printed twice."""
        self.claims.setdefault(name, []).append(words)

    def finish(self) -> None:
        """Settle what was printed more than once, and the number where no label gave it."""
        for name, values in self.claims.items():
            setattr(self.record.trial, name, self.record.claim(name, *values))
        self.record.trial.eligibility_text = join_words(self.criteria)
        if not any(one.role == "PRIMARY" for one in self.record.identifiers):
            places = [(line, found) for line in self.page.lines for found in identifiers.find(line.text)]
            if len({found.identifier for _, found in places}) == 1:
                line, found = places[0]
                number = self.page.words(line, found.start, found.end)
                self.record.identifiers.insert(0, Identifier(number, "PRIMARY"))


def _is_heading(line: Line) -> bool:
    return line.level > 0 or (len(line.text.split()) <= 6 and line.text[-1:] not in ".;!?)")
