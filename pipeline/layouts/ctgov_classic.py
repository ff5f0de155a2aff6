"""The study page of the classic ClinicalTrials.gov site, 2017 to 2024, as saved text (dialects T and R) or HTML.

Here belongs the page's grammar: its stages in their order, the labels of its tables, the rules that cut its glued
cells. What it shares with the site's older faces is in `ctgov_shared`; those faces have layouts of their own.

Dialect T loses most headings and keeps `|` between cells; dialect R keeps headings and loses the bounds between cells;
our own rendering of HTML keeps both. Rules that need a word of explanation:

- The site prints `TITLE (ACRONYM)`. A last bracket is the acronym where it repeats the one before it, or is a single
  word with two capitals that is neither a code (three figures in a row), nor a status, nor the initials of the words
  before it ("… Generalized Anxiety Disorder (GAD)" is the title's own).
- Conditions share one cell and lose what parts them. The cell is one condition where it is one word, where no later
  word of it begins with a capital, or where it runs as one phrase in the page's own title, prose or criteria (endings
  of number aside; "Osteoarthritis, Knee" also as "Knee Osteoarthritis"). It is cut where it is made of nothing but
  MeSH terms that the page lists one a line. Otherwise the page cannot tell, and nothing is taken.
- Interventions in that cell begin with their type (`Drug: `); names that the arms' table prints on lines of their own
  go first, so that a name may hold a type's word.
- Groups of an observational study have no type. Dialect R leaves nothing that tells where the next one begins: unread.
- Keywords and MeSH terms are read where the page lists them one a line; joined by blanks they stay unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from pipeline.layouts.ctgov_shared import find_outcome, split_affiliation, split_person, split_place, split_who
from pipeline.lines import Line, Page, prose
from pipeline.normalize import ages
from pipeline.records import (
    Arm,
    ArmIntervention,
    Contact,
    Criterion,
    Identifier,
    Intervention,
    Official,
    Outcome,
    Record,
    Site,
    Sponsor,
    StudyReference,
)
from pipeline.words import Words, join_words

NAME: Final = "ctgov_classic"
SOURCE: Final = "ctgov"
# All of this face alone: older ones share the labels of eligibility and the outcomes' brackets.
MARKERS: Final = {
    name: re.compile(pattern)
    for name, pattern in {
        "status": r"^\|? ?(?:Recruitment|Expanded Access) Status\s+:",
        "posted": r"First Posted\s+: ",
        "disclaimer": r"The safety and scientific validity of this study ",
        "conditions": r"^\|? ?Condition or disease(?: \|| Intervention/treatment|\s*$)",
        "arms": r"^\|? ?(?:Arm|Group/Cohort)\s[|\s]*Intervention/treatment",
        "design": r"^\|? ?Study Type\s+:",
        "dates": r"^\|? ?(?:Actual |Estimated )?Study Start Date\s+:",
        "sexes": r"^\|? ?Sexes Eligible for Study:",
    }.items()
}
NEEDED: Final = 3

_STATUSES: Final = (
    "Active, not recruiting|Approved for marketing|Available|Completed|Enrolling by invitation|No longer available"
    "|Not yet recruiting|Recruiting|Suspended|Temporarily not available|Terminated|Unknown(?: status)?|Withdrawn"
    "|Withheld"
)
_ARM_TYPES: Final = "Experimental|Active Comparator|Placebo Comparator|Sham Comparator|No Intervention|Other"
_INTERVENTION_TYPES: Final = (
    "Behavioral|Biological|Combination Product|Device|Diagnostic Test|Dietary Supplement|Drug|Genetic|Procedure"
    "|Radiation|Other"
)
_ROLES: Final = "Contact|Principal Investigator|Sub[- ]Investigator|Study Chair|Study Director"

_ARM: Final = re.compile(rf"(?P<type>{_ARM_TYPES}):\s*(?P<label>.*)")
_INTERVENTION: Final = re.compile(rf"(?P<type>{_INTERVENTION_TYPES}): (?P<name>.+)")
_INTERVENTION_START: Final = re.compile(rf"(?:^|(?<=\s))(?:{_INTERVENTION_TYPES}): ")
_OTHER_NAMES: Final = re.compile(r"Other Names?:\s*(?P<name>.*)")
_PHASES: Final = re.compile(r"(?:(?:^|\s+)(?:Early Phase 1|Phase \d(?:/Phase \d)?|Not Applicable|N/A))+$")
_PERSON: Final = re.compile(rf"(?P<role>{_ROLES}):\s*(?P<rest>.*)")
_STATUS_AT_END: Final = re.compile(rf"(?:^|[\s|])(?P<status>{_STATUSES})$")
_STATUS: Final = re.compile(rf"(?P<status>{_STATUSES})(?:\s*\((?P<why>.*)\))?")
_KIND: Final = re.compile(r"\b(?:in|ex)clusion(?: criteri(?:a|on))?\b", re.IGNORECASE)

# Lines that hold no value: headings whose section speaks for itself, captions, buttons, help, banners.
_NOISE: Final = re.compile(
    "|".join(
        (
            r"|!\[.*\]\(.*\)|Working(?:…|\.\.\.)",
            r"Layout table for .*",
            r"Study (?:Description|Design|Details)|Tabular View|Disclaimer|How to Read a Study Record",
            r"Arms and Interventions|Groups and Cohorts|Outcome Measures|Eligibility Criteria|Contacts and Locations",
            r"Contacts|Locations|Investigators|More Information|Criteria",
            r"Show (?:Show |Hide )*(?:detailed description|\d+ (?:study )?locations?)|(?:Show|Hide) .* locations?",
            r"Information from the National Library of Medicine",
            r"Choosing to participate in a study is an .*|To learn more about this study, you or your .*",
            r"Please refer to this study by its ClinicalTrials\.gov identifier.*",
            r"The safety and scientific validity of this study .*",
            r"Resource links provided by the National Library of Medicine|U\.S\. FDA Resources",
            r"(?:MedlinePlus|Genetics Home Reference|MedlinePlus Genetics) related topics: .*",
            r"Genetic and Rare Diseases Information Center resources: .*|Drug Information available for: .*",
            r"ClinicalTrials\.gov(?: Menu)?|View this study on the (?:modernized|beta) .*",
            r"The classic website will no longer be available .*",
            r"COVID-19 is an emerging, rapidly evolving situation\..*",
            r"Get the latest (?:public health|research) information from .*",
            r"Individual Participant Data \(IPD\) Sharing Statement:",
        )
    )
)


class _Stage(NamedTuple):
    """A part of the page; the stages follow each other in this order, each may be missing."""

    name: str
    start: re.Pattern[str]
    """What a line without a list marker is, bars aside, that begins it."""
    after: str = ""
    """A stage that must have been reached, for a start that prose might hold as well."""


_STAGES: Final = tuple(
    _Stage(name, re.compile(start), after)
    for name, start, after in (
        ("head", r"ClinicalTrials\.gov Identifier:[ |\t]*NCT\d{8}.*", ""),
        ("parties", r"Sponsor:.*|Information provided by(?: \(Responsible Party\))?:.*", "head"),
        ("tabs", r"Study Details", "head"),
        ("summary", r"Brief Summary:|Study Description", "head"),
        ("conditions", r"Condition or disease(?:[\s|]+Intervention/treatment)?(?:[\s|]+Phase)?", "head"),
        ("detail", r"Detailed Description:", "conditions"),
        ("design", r"Layout table for study information|Study Type\s+:.*", ""),
        ("arms", r"(?:Arm|Group/Cohort)[\s|]+Intervention/treatment|Group/Cohort", "design"),
        ("outcomes", r"(?:Primary|Secondary|Other(?: Pre-specified)?) Outcome Measures\s*:|Outcome Measures", "design"),
        (
            "eligibility",
            r"Choosing to participate in a study is an .*|Layout table for eligibility .*"
            r"|(?:Ages|Sexes) Eligible for Study:.*|Eligibility Criteria",
            "design",
        ),
        ("criteria", r"Criteria", "eligibility"),
        (
            "contacts",
            r"To learn more about this study, you or your .*|Layout table for location .*"
            r"|Please refer to this study by its ClinicalTrials\.gov identifier.*|Contacts and Locations",
            "eligibility",
        ),
        ("sponsors", r"Sponsors and Collaborators", "contacts"),
        ("officials", r"Investigators|Layout table for investigator information", "contacts"),
        ("more", r"Layout table for addit\w*al information|More Information|Responsible Party:.*", "eligibility"),
        ("keywords", r"Keywords provided by .*:", "more"),
        ("mesh", r"Additional relevant MeSH terms:", "more"),
        ("foot", r"ClinicalTrials\.gov processed this .*", "more"),
    )
)
_ANY_START: Final = re.compile("|".join(stage.start.pattern for stage in _STAGES))
_ORDER: Final = {stage.name: order for order, stage in enumerate(_STAGES)}


class _Label(NamedTuple):
    """A label of the page's two-column tables: `LABEL | value |`, or `LABEL value` where the cells are joined."""

    pattern: re.Pattern[str]
    """Its group `kind` is the type of the value ("Actual")."""
    field: str | None
    """The field of the trial, or None for what the warehouse has no column for."""
    lines: bool = False
    """Whether the value may run over several lines even where no cell bounds it."""


def _label(text: str, field: str | None, *, lines: bool = False) -> _Label:
    return _Label(re.compile(text), field, lines)


_DESIGN: Final = (
    _label(r"Study Type\s*:", "study_type"),
    _label(r"Expanded Access Type\s*:", None),
    _label(r"(?:(?P<kind>Actual|Estimated|Anticipated) )?Enrollment\s*:", "enrollment"),
    _label(r"Allocation:", "allocation"),
    _label(r"Intervention Model:", "intervention_model"),
    _label(r"Intervention Model Description:", "intervention_model_description", lines=True),
    _label(r"Masking:", "masking"),
    _label(r"Masking Description:", "masking_description", lines=True),
    _label(r"Primary Purpose:", "primary_purpose"),
    _label(r"Observational Model:", "observational_model"),
    _label(r"Time Perspective:", "time_perspective"),
    _label(r"Target Follow-Up Duration:", None),
    _label(r"Official Title:", "official_title"),
    _label(r"(?:(?P<kind>Actual|Estimated|Anticipated) )?Study Start Date\s*:", "start_date"),
    _label(r"(?:(?P<kind>Actual|Estimated|Anticipated) )?Primary Completion Date\s*:", "primary_completion_date"),
    _label(r"(?:(?P<kind>Actual|Estimated|Anticipated) )?Study Completion Date\s*:", "completion_date"),
)
_ELIGIBILITY: Final = (
    _label(r"Ages Eligible for Study:", "ages"),
    _label(r"Sexes Eligible for Study:", "sex"),
    _label(r"Gender Based Eligibility:", "gender_based"),
    _label(r"Gender Eligibility Description:", None, lines=True),
    _label(r"Accepts Healthy Volunteers:", "healthy_volunteers"),
    _label(r"Sampling Method:", "sampling_method"),
    _label(r"Study Population", "population", lines=True),
)
_MORE: Final = (
    _label(r"Responsible Party:", "responsible_party"),
    _label(r"ClinicalTrials\.gov Identifier:", "identifier"),
    _label(r"Other Study ID Numbers:", "identifiers", lines=True),
    _label(r"First Posted:", "first_posted_date"),
    _label(r"Results First Posted:", "results_first_posted_date"),
    _label(r"Last Update Posted:", "last_update_posted_date"),
    _label(r"Last Verified:", "last_verified_date"),
    _label(r"Plan to Share IPD:", "plan_to_share_ipd"),
    _label(r"Plan Description:|Supporting Materials:|Time Frame:|Access Criteria:|URL:", None, lines=True),
    _label(r"Studies a U\.S\. FDA-regulated Drug Product:", "is_fda_regulated_drug"),
    _label(r"Studies a U\.S\. FDA-regulated Device Product:", "is_fda_regulated_device"),
    _label(r"Device Product Not Approved or Cleared by U\.S\. FDA:", None),
    _label(r"Pediatric Postmarket Surveillance of a Device Product:", None),
    _label(r"Product Manufactured in and Exported from the U\.S\.:", None),
)
_HEAD: Final = (
    _label(r"ClinicalTrials\.gov Identifier:", "identifier"),
    _label(r"(?:Recruitment|Expanded Access) Status\s*:", "overall_status", lines=True),
    _label(r"Verified (?=\w+ \d{4} by )", None),
    _label(r"Recruitment status was\s*:", None),
    _label(r"Results First Posted\s*:", "results_first_posted_date"),
    _label(r"First Posted\s*:", "first_posted_date"),
    _label(r"Last Update Posted\s*:", "last_update_posted_date"),
)
# Links of the site behind a value.
_LINKS: Final = re.compile(r"\s*(?:Key Record Dates|History of Changes)\s*$")


class _Piece(NamedTuple):
    """A stretch of a line."""

    line: Line
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.line.text[self.start : self.end]

    def part(self, start: int, end: int) -> _Piece:
        """Return the piece from `start` to `end`, offsets in this piece's text."""
        return _Piece(self.line, self.start + start, self.start + end)


def read(page: Page) -> Record:
    """Read a classic study page: every field that it prints, nothing that it does not."""
    reader = _Reader(page)
    for name, lines in reader.stages().items():
        reader.handlers[name](lines)
    reader.finish()
    return reader.record


class _Reader:
    """The page, the record that it becomes, and what one stage must tell another."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.record = Record()
        self.claims: dict[str, list[Words]] = {}
        self.mesh_terms: list[str] = []
        self.condition_cell: list[_Piece] = []
        self.intervention_cell: list[_Piece] = []
        self.handlers: dict[str, Callable[[Sequence[Line]], None]] = {
            "top": self.top,
            "head": self.head,
            "parties": self.parties,
            "tabs": self.tabs,
            "summary": self.summary,
            "conditions": self.conditions,
            "detail": self.detail,
            "design": self.design,
            "arms": self.arms,
            "outcomes": self.outcomes,
            "eligibility": self.eligibility,
            "criteria": self.criteria,
            "contacts": self.contacts,
            "sponsors": self.sponsors,
            "officials": self.officials,
            "more": self.more,
            "keywords": self.keywords,
            "mesh": self.mesh,
            "foot": self.foot,
        }

    # --- the stages -----------------------------------------------------------------------------------------------

    def stages(self) -> Mapping[str, list[Line]]:
        """Give every line to its stage; a heading at a stage's end belongs to what follows and is skipped."""
        found: dict[str, list[Line]] = {"top": []}
        current, order = "top", -1
        for line in self.page.lines:
            name = self._starts(line, order, found[current])
            if name and _ORDER[name] > order:
                current, order = name, _ORDER[name]
                found.setdefault(current, [])
            found[current].append(line)
        return found

    def _starts(self, line: Line, order: int, before: list[Line]) -> str | None:
        """Return the latest stage that the line may begin, or None."""
        if line.marker and line.text in _TABS:
            return "tabs"
        if line.marker and line.text == "For Patients and Families":
            return "foot" if order >= _ORDER["more"] else None
        bare = _bare(line).text
        if not line.marker and _ANY_START.fullmatch(bare):
            for stage in reversed(_STAGES[order + 1 :]):
                if stage.start.fullmatch(bare) and order >= _ORDER.get(stage.after, -1):
                    return stage.name
        # Without their heading: an outcome is a list item below a table; officials are rows `ROLE: | NAME | …`.
        if _ORDER["design"] <= order < _ORDER["outcomes"] and line.marker and before[-1].text.endswith("|"):
            return "outcomes"
        if _ORDER["contacts"] <= order < _ORDER["officials"] and re.match(r"\|? ?[A-Z][\w /-]+:\s*\|\s*\w", line.text):
            return "officials"
        return None

    def finish(self) -> None:
        """Settle what the whole page must be known for, and skip what is named as noise, wherever it stands."""
        if self.intervention_cell:  # there was no table of arms
            self.intervention_titles(())
        self.settle_conditions()
        for line in self.page.lines:
            if not self.page.is_read(line) and _NOISE.fullmatch(_bare(line).text):
                self.page.skip(line)
        for field, values in self.claims.items():
            setattr(self.record.trial, field, self.record.claim(field, *values))

    # --- above the tables -----------------------------------------------------------------------------------------

    def top(self, lines: Sequence[Line]) -> None:
        """Read the title, the last line of its own above the disclaimer and the identifier."""
        said = [line for line in lines if not _NOISE.fullmatch(_bare(line).text)]
        headings = [line for line in said if line.level == 1]
        if not said:
            return
        line = (headings or said)[-1]
        if headings:  # above the heading of an HTML page stands the site's menu
            self.page.skip(*(other for other in lines if other.position < line.position))
        piece = _bare(line)
        acronym = _acronym(piece.text)
        end = piece.text.rindex("(") if acronym else len(piece.text)
        self.record.trial.brief_title = self.take(piece.part(0, end))
        if acronym:
            self.record.trial.acronym = self.take(piece.part(*acronym))

    def head(self, lines: Sequence[Line]) -> None:
        """Read the status and its dates, each behind its label, on lines of their own or in one."""
        for label, pieces in self.labelled(lines, _HEAD, anywhere=True):
            words = self.join(pieces)
            if label.field == "identifier":
                self.identifier(pieces)
            elif label.field == "overall_status":
                self.status(pieces)
            elif label.field and words:
                self.claims.setdefault(label.field, []).append(words)

    def status(self, pieces: Sequence[_Piece]) -> None:
        """Read the status, behind which a bracket says why the study stopped."""
        trial = self.record.trial
        if not pieces:
            return
        first = pieces[0]
        found = _STATUS.fullmatch(first.text)
        if not found:
            trial.overall_status = self.take(first)
            return
        trial.overall_status = self.take(first.part(*found.span("status")))
        if found["why"]:
            trial.why_stopped = self.take(first.part(*found.span("why")))
        elif len(pieces) > 1 and (why := re.fullmatch(r"\((.*)\)", pieces[1].text)):
            trial.why_stopped = self.take(pieces[1].part(*why.span(1)))

    def parties(self, lines: Sequence[Line]) -> None:
        """Read sponsor and collaborators, names on lines below their label; "Sponsor:" may have lost its own."""
        role = None
        for line in lines:
            if line.text in ("Sponsor:", "Collaborator:", "Collaborators:"):
                role = "LEAD" if line.text == "Sponsor:" else "COLLABORATOR"
                self.page.skip(line)
            elif line.text.startswith("Information provided by"):
                role = "PARTY"
                self.page.skip(line)
            elif role == "PARTY":
                self.record.trial.responsible_party = self.page.words(line)
                role = None
            elif role and not _NOISE.fullmatch(line.text):
                self.record.sponsors.append(Sponsor(self.page.words(line), role))

    def tabs(self, lines: Sequence[Line]) -> None:
        """Read whether there are results, which a tab says; below the tabs stands a summary without its heading."""
        rest = []
        for line in lines:
            if line.text in ("No Results Posted", "Study Results"):
                self.record.trial.has_results = self.page.words(line)
            elif line.text in _TABS:
                self.page.skip(line)
            else:
                rest.append(line)
        self.summary(rest)

    def summary(self, lines: Sequence[Line]) -> None:
        """Read the brief summary."""
        said = self.said(lines, "Brief Summary:")
        self.record.trial.brief_summary = prose(self.page, said) or self.record.trial.brief_summary

    def detail(self, lines: Sequence[Line]) -> None:
        """Read the detailed description."""
        said = self.said(lines, "Detailed Description:")
        self.record.trial.detailed_description = prose(self.page, said)

    # --- conditions, interventions, phase -------------------------------------------------------------------------

    def conditions(self, lines: Sequence[Line]) -> None:
        """Read the table of conditions, interventions and phase; what stands behind its one row is the description."""
        heading, *rest = self.without_rules(lines)
        columns = [name for name in ("Intervention", "Phase") if name in heading.text]
        used = 0
        row: list[list[_Piece]] = []
        if "|" in heading.text:
            while used < len(rest) and len(row) <= len(columns):
                used += 1
                row = list(_cells(rest[:used]))
                if not rest[used - 1].text.endswith("|"):
                    row.pop()
        elif rest:
            used = 1
            row = self.flat_row(rest[0], columns)
        named = dict(zip(("Condition", *columns), row, strict=False))
        self.condition_cell = named.get("Condition", [])
        self.intervention_cell = named.get("Intervention", [])
        self.record.trial.phases = self.join(named.get("Phase", []))
        self.detail(rest[used:])

    def flat_row(self, line: Line, columns: Sequence[str]) -> list[list[_Piece]]:
        """Cut a row whose cells are joined by blanks: interventions begin with a type, phases stand at the end."""
        if "\t" in line.text:
            return list(_cells([line]))
        whole = _bare(line)
        end = len(whole.text)
        phases = _PHASES.search(whole.text) if "Phase" in columns else None
        if phases:
            end = phases.start()
        first = _INTERVENTION_START.search(whole.text, 0, end) if "Intervention" in columns else None
        middle = first.start() if first else end
        parts = [(0, middle), (middle, end), (end, len(whole.text))]
        row = [[whole.part(*part)] if part[0] < part[1] else [] for part in parts]
        return row if len(columns) == 2 else [row[0], row[2] if columns == ["Phase"] else row[1]]

    def settle_conditions(self) -> None:
        """Cut the cell of conditions; called last, since the whole page is the evidence."""
        pieces = self.condition_cell
        if len(pieces) > 1:  # HTML kept them apart
            self.record.conditions = [self.take(piece) for piece in pieces]
        elif pieces:
            (piece,) = pieces
            if self.page.html or _is_one(piece.text, self.running_text()):
                self.record.conditions = [self.take(piece)]
            elif cover := _cover(piece.text, self.mesh_terms):
                self.record.conditions = [self.take(piece.part(*part)) for part in cover]

    def running_text(self) -> str:
        """Return the page's prose, in which a phrase of several words is one thing."""
        trial = self.record.trial
        said = [trial.brief_title, trial.official_title, trial.brief_summary, trial.detailed_description]
        said += [trial.eligibility_text, trial.population, trial.intervention_model_description]
        for outcome in self.record.outcomes:
            said += [outcome.measure, outcome.description]
        said += [arm.description for arm in self.record.arms]
        said += [intervention.description for intervention in self.record.interventions]
        return " . ".join(filter(None, said))

    # --- the design and the arms ----------------------------------------------------------------------------------

    def design(self, lines: Sequence[Line]) -> None:
        """Read the table of the study's design."""
        trial = self.record.trial
        for label, pieces in self.labelled(lines, _DESIGN):
            if label.field == "study_type" and pieces:
                found = re.match(r"[^(\[]*[^(\[\s]", pieces[0].text)
                trial.study_type = self.take(pieces[0].part(*found.span()) if found else pieces[0])
            elif label.field == "masking" and len(pieces) == 1:
                masking, who = split_who(pieces[0].text)
                trial.masking = self.take(pieces[0].part(*masking))
                trial.who_masked = self.take(pieces[0].part(*who)) if who else None
            elif label.field:
                setattr(trial, label.field, self.join(pieces))

    def arms(self, lines: Sequence[Line]) -> None:
        """Read the table of arms: `TYPE: LABEL`, a description; in the next cell each `TYPE: NAME` with its own."""
        heading, *rest = self.without_rules(lines)
        groups = "Group" in heading.text
        bounded = any("|" in line.text for line in rest)
        titles = self.intervention_titles(rest)
        if groups and not bounded:
            return
        arm: int | None = None
        intervention: int | None = None
        arm_texts: dict[int, list[_Piece]] = {}
        texts: dict[int, list[_Piece]] = {}
        again = False  # an intervention is described anew under every arm that has it
        in_names = False
        for piece, first in self.arm_pieces(rest, titles):
            names = _OTHER_NAMES.fullmatch(piece.text)
            title = self.title_of(piece, titles)
            if title is not None and arm is not None:
                intervention, in_names = title, False
                self.page.skip(piece.line)
                link = ArmIntervention(arm, intervention)
                if link not in self.record.arm_interventions:
                    self.record.arm_interventions.append(link)
                again = intervention in texts
            elif first if bounded else _ARM.fullmatch(piece.text):
                arm, intervention, in_names = len(self.record.arms), None, False
                found = None if groups else _ARM.fullmatch(piece.text)
                if found:
                    kind, label = piece.part(*found.span("type")), piece.part(*found.span("label"))
                    self.record.arms.append(Arm(self.take(label), self.take(kind)))
                else:
                    self.record.arms.append(Arm(self.take(piece)))
            elif names and intervention is not None:
                in_names = True
                self.page.skip(piece.line)
                self.other_names(intervention, [piece.part(*names.span("name"))] if names["name"] else [])
            elif in_names and intervention is not None and piece.line.marker:
                self.other_names(intervention, [piece])
            elif intervention is not None:
                if not again:
                    texts.setdefault(intervention, []).append(piece)
                elif piece.text in {said.text for said in texts[intervention]}:
                    self.page.skip(piece.line)
            elif arm is not None:
                arm_texts.setdefault(arm, []).append(piece)
        for place, pieces in arm_texts.items():
            self.record.arms[place].description = self.join_prose(pieces)
        for place, pieces in texts.items():
            self.record.interventions[place].description = self.join_prose(pieces)

    def title_of(self, piece: _Piece, titles: Mapping[str, int]) -> int | None:
        """Return the intervention whose title the piece is; where the page was cut off, it may be the title's start."""
        found = titles.get(piece.text)
        if found is None and piece.line is self.page.lines[-1] and _INTERVENTION.fullmatch(piece.text):
            found = next((place for title, place in titles.items() if title.startswith(piece.text)), None)
        return found

    def arm_pieces(self, lines: Sequence[Line], titles: Mapping[str, int]) -> Iterator[tuple[_Piece, bool]]:
        """Yield the table's pieces and whether each is the first of its cell; cut an intervention off a joined row."""
        for cell in _cells(lines):
            for place, piece in enumerate(cell):
                if _NOISE.fullmatch(piece.text) and place == 0 and len(cell) == 1:
                    continue
                ends = [t for t in titles if piece.text.endswith(f" {t}")] if _ARM.fullmatch(piece.text) else []
                if ends and "|" not in piece.line.text:
                    at = len(piece.text) - max(map(len, ends))
                    yield piece.part(0, at - 1), place == 0
                    yield piece.part(at, len(piece.text)), False
                else:
                    yield piece, place == 0

    def intervention_titles(self, lines: Sequence[Line]) -> dict[str, int]:
        """Read the interventions of the conditions' table; return their titles with their places in the record.

        Args:
            lines: the arms' table, where a title stands on a line or at the end of one.
        """
        printed = {piece.text for cell in _cells(lines) for piece in cell if _INTERVENTION.fullmatch(piece.text)}
        pieces: list[_Piece] = []
        for piece in self.intervention_cell:
            if len(self.intervention_cell) > 1:  # HTML kept them apart
                pieces.append(piece)
            else:
                pieces += [piece.part(*part) for part in _cut_titles(piece.text, printed)]
        self.intervention_cell = []
        titles: dict[str, int] = {}
        for piece in pieces:
            found = _INTERVENTION.fullmatch(piece.text)
            if found and piece.text not in titles:
                titles[piece.text] = len(self.record.interventions)
                name, kind = piece.part(*found.span("name")), piece.part(*found.span("type"))
                self.record.interventions.append(Intervention(self.take(name), self.take(kind)))
        return titles

    def other_names(self, intervention: int, pieces: Iterable[_Piece]) -> None:
        """Add other names, each once: they are printed again under every arm."""
        known = self.record.interventions[intervention].other_names
        known += [words for words in map(self.take, pieces) if words not in known]

    # --- outcomes -------------------------------------------------------------------------------------------------

    def outcomes(self, lines: Sequence[Line]) -> None:
        """Read the outcomes: list items under the heading of their type, or without one."""
        kind: Words | None = None
        items: list[list[Line]] = []
        kinds: list[Words | None] = []
        biospecimen = False
        for line in lines:
            if heading := re.fullmatch(r"(Primary|Secondary|Other(?: Pre-specified)?) Outcome Measures\s*:", line.text):
                kind = self.page.words(line, 0, heading.end(1))
            elif re.match(r"Biospecimen (?:Retention|Description)\s*:", line.text) or biospecimen:
                biospecimen = True  # no column; its words stay reported
            elif _NOISE.fullmatch(line.text):
                continue
            elif self.is_item(line, items):
                items.append([line])
                kinds.append(kind)
            elif items:
                items[-1].append(line)
        for (line, *more), said in zip(items, kinds, strict=True):
            piece = _Piece(line, 0, len(line.text))
            parts = find_outcome(line.text)
            self.record.outcomes.append(
                Outcome(
                    measure=self.take(piece.part(*parts.measure)),
                    description=join_words((self.take(piece.part(*parts.rest)), prose(self.page, more))),
                    time_frame=self.take(piece.part(*parts.frame)) if parts.frame else None,
                    type=said,
                )
            )

    def is_item(self, line: Line, items: Sequence[Sequence[Line]]) -> bool:
        """Whether a line begins an outcome: an item of the outer list, as deep as the first one."""
        if not line.marker or (items and line.indent > items[0][0].indent):
            return False
        # The description of an HTML page is a line of its own and may begin with a dash.
        own = self.page.html and items and len(items[-1]) == 1 and "[ Time Frame:" in items[-1][0].text
        return not own or "[ Time Frame:" in line.text

    # --- eligibility ----------------------------------------------------------------------------------------------

    def eligibility(self, lines: Sequence[Line]) -> None:
        """Read the table of eligibility; an observational study has its population below it."""
        trial = self.record.trial
        loose: list[Line] = []
        for label, pieces in self.labelled(lines, _ELIGIBILITY, loose):
            if label.field == "ages" and pieces:
                self.ages(pieces[0])
            elif label.field:
                setattr(trial, label.field, self.join(pieces))
        loose = self.said(loose, "")
        # Without the headings "Study Population" and "Criteria": only an observational study has a population.
        if trial.sampling_method and not trial.population:
            at = next((at for at, line in enumerate(loose) if line.marker or _kind_said(line)), len(loose))
            if at == 1:
                trial.population = self.page.whole(loose[0])
            loose = loose[at:]
        if loose:
            self.criteria(loose)

    def ages(self, piece: _Piece) -> None:
        """Read the limits of the ages."""
        found = ages.split_range(piece.text)
        self.page.skip(piece.line)
        if not found:
            return
        for name, limit in (("minimum_age", found.minimum), ("maximum_age", found.maximum)):
            if limit:
                words = join_words(self.take(piece.part(*span)) for span in limit.spans)
                setattr(self.record.trial, name, words)

    def criteria(self, lines: Sequence[Line]) -> None:
        """Read the criteria: the text as a whole, and each listed one under the heading above it."""
        said = self.said(lines, "Criteria")
        kind: Words | None = None
        for line in said:
            if found := _kind_said(line):
                both = len(_KIND.findall(line.text)) > 1
                kind = None if both else self.page.words(line, *found)
            elif line.marker:
                self.record.eligibility_criteria.append(Criterion(self.page.words(line), kind))
        self.record.trial.eligibility_text = prose(self.page, said)

    # --- people and places ----------------------------------------------------------------------------------------

    def contacts(self, lines: Sequence[Line]) -> None:
        """Read central contacts, then sites: under a country `FACILITY | STATUS`, the place, its people."""
        rows = [piece for line in lines if not _NOISE.fullmatch((piece := _bare(line)).text)]
        heading = ""
        waiting: _Piece | None = None
        for index, piece in enumerate(rows):
            if person := _PERSON.fullmatch(piece.text):
                self.contact(piece, person)
                continue
            following = [row.text for row in rows[index + 1 : index + 3]]
            if waiting is not None and split_place(piece.text, heading):
                self.site(waiting, piece, heading)
                waiting = None
            elif heading and following and split_place(following[0], heading):
                waiting = piece
            elif len(following) == 2 and (place := split_place(following[1], piece.text)) and place.country[0]:
                heading = piece.text
                self.page.skip(piece.line)

    def site(self, facility: _Piece, place: _Piece, heading: str) -> None:
        """Read one site."""
        parts = split_place(place.text, heading)
        if not parts:
            return
        name, status = facility, None
        if found := _STATUS_AT_END.search(facility.text):
            status = facility.part(*found.span("status"))
            name = _bare(facility.line)._replace(end=status.start)
            name = name.part(0, len(name.text.rstrip("| \t")))
        city, state, country, code = (self.take(place.part(*part)) if part else None for part in parts)
        self.record.sites.append(
            Site(
                facility=self.take(name) if name.text else None,
                city=city,
                state=state,
                postal_code=code,
                country=country,
                status=self.take(status) if status else None,
            )
        )

    def contact(self, piece: _Piece, person: re.Match[str]) -> None:
        """Read a person to ask: of the site above, or of the trial where no site stands above."""
        cells = _split(piece.part(*person.span("rest")))
        name: Words | None = None
        phone: Words | None = None
        email: Words | None = None
        for place, cell in enumerate(cells):
            parts = split_person(cell.text)
            if parts.name and place == 0:
                name = self.take(cell.part(*parts.name))
            elif parts.name and not phone:  # a phone in words, such as "by e-mail"
                phone = self.take(cell.part(*parts.name))
            phone = self.take(cell.part(*parts.phone)) if parts.phone else phone
            email = self.take(cell.part(*parts.email)) if parts.email else email
        role = self.take(piece.part(*person.span("role")))
        if name or phone or email:
            site = len(self.record.sites) - 1 if self.record.sites else None
            self.record.contacts.append(Contact(name, role, phone, email, site))

    def sponsors(self, lines: Sequence[Line]) -> None:
        """Read the list of sponsors, the lead first; the page's head may have named them before."""
        self.page.skip(lines[0])
        said = [line for line in lines[1:] if not _NOISE.fullmatch(line.text)]
        above = {sponsor.name: sponsor.role for sponsor in self.record.sponsors}
        for place, line in enumerate(said):
            words = self.page.words(line)
            if words in above:
                continue
            if place == 0 and "LEAD" not in above.values():
                self.record.sponsors.insert(0, Sponsor(words, "LEAD"))
            else:
                self.record.sponsors.append(Sponsor(words, "COLLABORATOR"))

    def officials(self, lines: Sequence[Line]) -> None:
        """Read the responsible people: `ROLE: | NAME | AFFILIATION`, or joined, where something parts the two."""
        known = {sponsor.name for sponsor in self.record.sponsors}
        known |= {site.facility for site in self.record.sites if site.facility}
        party, _, organisation = (self.record.trial.responsible_party or "").partition(", ")
        for line in lines:
            row = _bare(line)
            found = re.fullmatch(r"(?P<role>[A-Z][\w /-]+):[\s|]*(?P<rest>.+)", row.text)
            if not found:
                continue
            cells = _split(row.part(*found.span("rest")))
            if len(cells) == 1 and "|" not in line.text:
                own = {organisation} if organisation and cells[0].text.startswith(party) else set()
                at = split_affiliation(cells[0].text, known | own)
                if at is None:
                    continue
                cells = [cells[0].part(0, at), cells[0].part(at, len(cells[0].text))]
            words = [self.take(cell) for cell in cells[:2]]
            role = self.take(row.part(*found.span("role")))
            self.record.officials.append(Official(words[0], role, words[1] if len(words) > 1 else None))

    # --- below ----------------------------------------------------------------------------------------------------

    def publications(self, lines: Iterable[Line]) -> None:
        """Read citations under their headings; other links there have no column."""
        kind: str | None = None
        for line in lines:
            bare = _bare(line).text
            if heading := re.fullmatch(r"(?:Additional |Other )?Publications(.*):", bare):
                kind = "DERIVED" if "indexed" in heading[1] else "RESULT" if "Results" in heading[1] else "BACKGROUND"
                self.page.skip(line)
            elif bare.endswith(":") and len(bare) < 60:
                kind = None
            elif kind and not _NOISE.fullmatch(bare):
                self.record.study_references.append(StudyReference(self.page.whole(line), type=kind))

    def more(self, lines: Sequence[Line]) -> None:
        """Read the last table: identifiers, dates, regulation."""
        trial = self.record.trial
        above: list[Line] = []
        for label, pieces in self.labelled(lines, _MORE, above):
            kept = [piece.part(0, found.start()) if (found := _LINKS.search(piece.text)) else piece for piece in pieces]
            if label.field == "identifier":
                self.identifier(kept)
            elif label.field == "identifiers":
                for piece in kept:
                    self.secondary(piece)
            elif label.field and label.field.endswith("posted_date"):
                if words := self.join(kept):
                    self.claims.setdefault(label.field, []).append(words)
            elif label.field:
                setattr(trial, label.field, self.join(kept))
        self.publications(above)

    def identifier(self, pieces: Sequence[_Piece]) -> None:
        """Read the registry's number, once."""
        if pieces and not self.record.identifiers:
            self.record.identifiers.append(Identifier(self.take(pieces[0]), "PRIMARY"))

    def secondary(self, piece: _Piece) -> None:
        """Read another number; a bracket behind it says what kind it is."""
        found = re.match(r"(?P<number>.*?)\s*(?:\( .* \))?\s*$", piece.text)
        if found and found["number"]:
            self.record.identifiers.append(Identifier(self.take(piece.part(*found.span("number"))), "SECONDARY"))

    def keywords(self, lines: Sequence[Line]) -> None:
        """Read the keywords, one a line."""
        self.record.keywords.extend(self.terms(lines))

    def mesh(self, lines: Sequence[Line]) -> None:
        """Note the MeSH terms: they stay unread, since the page does not part those of conditions from the others."""
        self.page.skip(lines[0])
        self.mesh_terms = [piece.text for line in lines[1:] for piece in _split(_bare(line))]

    def terms(self, lines: Sequence[Line]) -> list[Words]:
        """Read a list with one term a line."""
        self.page.skip(lines[0])
        return [
            self.take(piece) for line in lines[1:] for piece in _split(_bare(line)) if not _NOISE.fullmatch(piece.text)
        ]

    def foot(self, lines: Sequence[Line]) -> None:
        """Skip the site's own links."""
        self.page.skip(*lines)

    def without_rules(self, lines: Sequence[Line]) -> list[Line]:
        """Skip a table's heading and the rule below it; return the heading and the rows."""
        rules = [line for line in lines if re.fullmatch(r"[-| :]*-[-| :]*", line.text)]
        self.page.skip(lines[0], *rules)
        return [line for line in lines if line not in rules]

    # --- words ----------------------------------------------------------------------------------------------------

    def take(self, piece: _Piece) -> Words:
        """Give out a piece as words."""
        return self.page.words(piece.line, piece.start, piece.end)

    def join(self, pieces: Iterable[_Piece]) -> Words | None:
        """Give out pieces as one value."""
        return join_words(self.take(piece) for piece in pieces)

    def join_prose(self, pieces: Iterable[_Piece]) -> Words | None:
        """Give out pieces as running text, list markers kept."""
        return join_words(
            self.page.whole(p.line) if p.end == len(p.line.text) and p.start == 0 else self.take(p) for p in pieces
        )

    def said(self, lines: Sequence[Line], heading: str) -> list[Line]:
        """Return the lines of a stage without its heading and without the headings that close or follow it."""
        kept = list(lines)
        while kept and (kept[0].text == heading or _NOISE.fullmatch(kept[0].text)):
            self.page.skip(kept.pop(0))
        while kept and _NOISE.fullmatch(kept[-1].text):
            self.page.skip(kept.pop())
        return kept

    def labelled(
        self,
        lines: Sequence[Line],
        labels: tuple[_Label, ...],
        loose: list[Line] | None = None,
        *,
        anywhere: bool = False,
    ) -> Iterator[tuple[_Label, list[_Piece]]]:
        """Yield each label with the pieces of its value, which may stand on the following lines.

        Args:
            lines: a stage.
            labels: what to look for, at a line's start.
            loose: takes the lines that stand behind no label.
            anywhere: labels may follow each other in one line.
        """
        current: tuple[_Label, list[_Piece]] | None = None
        open_cell = False
        for line in lines:
            row = _bare(line)
            found = list(_find_labels(row.text, labels, anywhere=anywhere))
            if not found:
                if not row.text and current:
                    open_cell = False
                elif current and (open_cell or current[0].lines) and not _NOISE.fullmatch(row.text):
                    current[1].extend(_split(row))
                    self.page.skip(line)
                elif loose is not None:
                    loose.append(line)
                continue
            for place, (label, match) in enumerate(found):
                if current:
                    yield current
                end = found[place + 1][1].start() if place + 1 < len(found) else len(row.text)
                value = row.part(match.end(), end)
                current = label, [piece for piece in _split(value) if piece.text]
                if match.groupdict().get("kind"):
                    kind = self.take(row.part(*match.span("kind")))
                    setattr(self.record.trial, f"{label.field}_type", kind)
                open_cell = "|" in line.text and not line.text.endswith("|")
                if "|" in line.text and line.text.endswith("|") and current[1] and not anywhere:
                    yield current
                    current = None
                self.page.skip(line)
        if current:
            yield current


@cache
def _first_words(labels: tuple[_Label, ...]) -> re.Pattern[str]:
    """Return one expression for all labels, so that the many lines without one are soon told."""
    return re.compile("|".join(label.pattern.pattern.replace("?P<kind>", "?:") for label in labels))


def _find_labels(text: str, labels: tuple[_Label, ...], *, anywhere: bool) -> Iterator[tuple[_Label, re.Match[str]]]:
    """Yield the labels of a line in their order: the one at its start, or all."""
    at = 0
    while anywhere or _first_words(labels).match(text):
        found = [(label, match) for label in labels if (match := label.pattern.match(text, at))]
        if not found and anywhere:
            found = [(label, match) for label in labels if (match := label.pattern.search(text, at))]
        if not found:
            return
        label, match = min(found, key=lambda one: (one[1].start(), -one[1].end()))
        yield label, match
        if not anywhere:
            return
        at = match.end()


_TABS: Final = frozenset(
    ("Study Details", "Tabular View", "No Results Posted", "Study Results", "Disclaimer", "How to Read a Study Record")
)


def _bare(line: Line) -> _Piece:
    """Return the line without the bars and blanks around it."""
    text = line.text
    start = len(text) - len(text.lstrip("| \t\xa0"))
    return _Piece(line, start, max(start, len(text.rstrip("| \t\xa0"))))


def _split(piece: _Piece) -> list[_Piece]:
    """Return the cells of a piece of one line, empty ones left out."""
    cells: list[_Piece] = []
    at = 0
    for bound in [*re.finditer(r"\s*(?:\||\t)[\s|]*", piece.text), None]:
        end = bound.start() if bound else len(piece.text)
        while at < end and piece.text[at].isspace():
            at += 1
        if at < end:
            cells.append(piece.part(at, end))
        at = bound.end() if bound else end
    return cells


def _cells(lines: Iterable[Line]) -> Iterator[list[_Piece]]:
    """Yield the cells of table lines, each its pieces on one or more lines; a bar or a tab ends a cell.

    The last one may be still open.
    """
    cell: list[_Piece] = []
    for line in lines:
        text = line.text
        # Newer extractors begin a row with a bar.
        start = len(text) - len(text.lstrip("| ")) if not cell and text.strip("| ") else 0
        for bound in re.finditer(r"\||\t\s*", text):
            if bound.start() < start:
                continue
            if (piece := _trim(_Piece(line, start, bound.start()))).text:
                cell.append(piece)
            yield cell
            cell, start = [], bound.end()
        if (piece := _trim(_Piece(line, start, len(text)))).text:
            cell.append(piece)
    if cell:
        yield cell


def _trim(piece: _Piece) -> _Piece:
    text = piece.text
    start = len(text) - len(text.lstrip())
    return piece.part(start, max(start, len(text.rstrip())))


# --- rules of single cells ------------------------------------------------------------------------------------------


def _acronym(title: str) -> tuple[int, int] | None:
    """Return the place of the acronym in `TITLE (ACRONYM)`; None where the bracket may be the title's own."""
    found = re.search(r"\s\(([^()]+)\)$", title)
    if not found:
        return None
    word, before = found[1], title[: found.start()]
    if before.endswith(f"({word})"):
        return found.span(1)
    initials = "".join(part[0] for part in re.findall(r"[^\W_]+", before)).casefold()
    letters = re.sub(r"\W", "", word).casefold().removesuffix("s")
    if (
        " " in word
        or len(re.findall(r"[A-Z]", word)) < 2
        or re.search(r"\d{3}", word)
        or _STATUS.fullmatch(word.capitalize())
        or initials.endswith(letters)
    ):
        return None
    return found.span(1)


def _stems(text: str) -> str:
    """Return the words of a text without case, punctuation and the endings of number."""
    return " ".join(re.sub(r"(?:es|is|s)$", "", word) for word in re.findall(r"[^\W_]+", text.casefold()))


def _is_one(cell: str, running: str) -> bool:
    """Whether a cell of conditions is certainly one condition; see the module's rules."""
    words = cell.split()
    if len(words) == 1 or not any(re.match(r"\W*[A-Z]", word) for word in words[1:]):
        return "," not in cell or len(words) == 1 or _runs(cell, running)
    return _runs(cell, running)


def _runs(cell: str, running: str) -> bool:
    """Whether the words run as one phrase in the text, "Osteoarthritis, Knee" also as "Knee Osteoarthritis"."""
    text = f" {_stems(running)} "
    head, comma, tail = cell.partition(", ")
    turned = f"{tail} {head}" if comma and "," not in tail else cell
    return any(f" {_stems(form)} " in text for form in (cell, turned))


def _cover(cell: str, terms: Collection[str]) -> list[tuple[int, int]] | None:
    """Cut the cell into listed terms with nothing left over, the longest first; None where there is no such cut."""
    known = {term.casefold() for term in terms}
    starts = [match.start() for match in re.finditer(r"\S+", cell)]
    ends = [match.end() for match in re.finditer(r"\S+", cell)]
    cuts: list[list[tuple[int, int]] | None] = [None] * len(starts) + [[]]
    for first in range(len(starts) - 1, -1, -1):
        for last in range(len(starts) - 1, first - 1, -1):
            rest = cuts[last + 1]
            if rest is not None and cell[starts[first] : ends[last]].casefold() in known:
                cuts[first] = [(starts[first], ends[last]), *rest]
                break
    return cuts[0] if starts else None


def _cut_titles(cell: str, printed: Collection[str]) -> list[tuple[int, int]]:
    """Cut `TYPE: NAME TYPE: NAME` into its titles; those that are printed elsewhere on a line of their own go first."""
    cuts: list[tuple[int, int]] = []
    at = 0
    while at < len(cell):
        rest = cell[at:]
        whole = [
            title
            for title in printed
            if rest.startswith(title) and (len(rest) == len(title) or rest[len(title)] == " ")
        ]
        following = _INTERVENTION_START.search(cell, at + 1)
        end = at + max(map(len, whole)) if whole else following.start() if following else len(cell)
        cuts.append((at, at + len(cell[at:end].rstrip())))
        at = end + len(cell[end:]) - len(cell[end:].lstrip())
    return cuts


def _kind_said(line: Line) -> tuple[int, int] | None:
    """Return where a heading of criteria says their kind; None for any other line, a sentence on criteria too.

    A heading has at most four words before the kind, and a colon at its end or hardly a word behind it.
    """
    found = _KIND.search(line.text)
    if not found or len(line.text[: found.start()].split()) > 4:
        return None
    behind = len(line.text[found.end() :].split())
    if (line.text.endswith(":") and behind <= 10) or (not line.marker and behind <= 2):
        return found.span()
    return None
