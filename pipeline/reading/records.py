"""The one Record: what any source says of one trial, as words.

Every layout and every register format fills this same type, and one path leads on from it. A field holds the source's
words (`Words` with their places from a page, a plain `str` from a register's format) or None where the source is
silent. No values, codes or keys: those are `normalize`'s and `tabulate`'s.
"""

from __future__ import annotations

from msgspec import Struct, field

from pipeline.reading.words import Words


class _Said(Struct, gc=False):
    """A part of a record; none refers to itself, so that the search for garbage may pass over a batch's many."""


class Trial(_Said):
    """What is said once of a trial. Lists that a source prints in one cell (phases, who is masked) stay one string."""

    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    overall_status: str | None = None
    why_stopped: str | None = None
    study_type: str | None = None
    phases: str | None = None  # "Phase 1/Phase 2"; several codes are joined by ", "
    allocation: str | None = None
    intervention_model: str | None = None
    intervention_model_description: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    masking: str | None = None
    who_masked: str | None = None  # "Participant, Care Provider"
    masking_description: str | None = None
    primary_purpose: str | None = None
    enrollment: str | None = None
    enrollment_type: str | None = None
    start_date: str | None = None
    start_date_type: str | None = None
    primary_completion_date: str | None = None
    primary_completion_date_type: str | None = None
    completion_date: str | None = None
    completion_date_type: str | None = None
    first_submitted_date: str | None = None
    first_posted_date: str | None = None
    last_update_submitted_date: str | None = None
    last_update_posted_date: str | None = None
    last_verified_date: str | None = None
    results_first_submitted_date: str | None = None
    results_first_posted_date: str | None = None
    sex: str | None = None
    gender_based: str | None = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    healthy_volunteers: str | None = None
    eligibility_text: str | None = None
    population: str | None = None
    sampling_method: str | None = None
    organization: str | None = None
    organization_class: str | None = None
    responsible_party: str | None = None
    brief_summary: str | None = None
    detailed_description: str | None = None
    has_results: str | None = None
    has_dmc: str | None = None
    is_fda_regulated_drug: str | None = None
    is_fda_regulated_device: str | None = None
    plan_to_share_ipd: str | None = None


class Identifier(_Said):
    """A number of the trial. `registry` only where the source names it (`SPONSOR` for the sponsor's own number)."""

    identifier: str
    role: str  # PRIMARY, SECONDARY or ALIAS
    registry: str | None = None


class Sponsor(_Said):
    """A sponsor; role LEAD or COLLABORATOR."""

    name: str
    role: str
    class_: str | None = None


class MeshTerm(_Said):
    """A MeSH term that the register itself derived; kind CONDITION, INTERVENTION or None where both stand together."""

    kind: str | None
    term: str
    mesh_id: str | None = None
    is_ancestor: bool = False


class StudyReference(_Said):
    """A cited publication."""

    citation: str | None = None
    pmid: str | None = None
    type: str | None = None


class Arm(_Said):
    """An arm or group of participants."""

    label: str | None = None
    type: str | None = None
    description: str | None = None


class Intervention(_Said):
    """What is given or done."""

    name: str | None = None
    type: str | None = None
    description: str | None = None
    other_names: list[str] = field(default_factory=list)


class ArmIntervention(_Said):
    """A link: positions, from 0, in `Record.arms` and `Record.interventions`."""

    arm: int
    intervention: int


class Outcome(_Said):
    """An outcome measure, in the document's order; `type` is PRIMARY, SECONDARY, OTHER or None where unsaid."""

    measure: str | None = None
    description: str | None = None
    time_frame: str | None = None
    type: str | None = None


class Site(_Said):
    """A place where the trial runs."""

    facility: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    country_code: str | None = None  # words of a code or a flag, where the source prints one
    status: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Official(_Said):
    """A person responsible for the trial: personal data."""

    name: str | None = None
    role: str | None = None
    affiliation: str | None = None


class Contact(_Said):
    """A person to ask: personal data. `site` is a position, from 0, in `Record.sites`; None for a central contact."""

    name: str | None = None
    role: str | None = None
    phone: str | None = None
    email: str | None = None
    site: int | None = None


class Criterion(_Said):
    """One listed eligibility criterion; `kind` INCLUSION, EXCLUSION or None where the page cannot tell."""

    text: str
    kind: str | None = None


class Claim(_Said):
    """One of several values that one document prints for one field; `chosen` for the one that the record took."""

    field: str
    value: str
    chosen: bool


class Record(_Said):
    """What one document says of one trial."""

    trial: Trial = field(default_factory=Trial)
    identifiers: list[Identifier] = field(default_factory=list)
    sponsors: list[Sponsor] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    mesh_terms: list[MeshTerm] = field(default_factory=list)
    study_references: list[StudyReference] = field(default_factory=list)
    arms: list[Arm] = field(default_factory=list)
    interventions: list[Intervention] = field(default_factory=list)
    arm_interventions: list[ArmIntervention] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    officials: list[Official] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    eligibility_criteria: list[Criterion] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    # Columns that this document blurs: used only where no better document speaks ("phases", "start_date").
    lossy: set[str] = field(default_factory=set)
    # When the source last changed the document, where it is not `trial.last_update_posted_date`.
    version_date: str | None = None

    def claim(self, name: str, *values: Words | None) -> Words | None:
        """Choose the first of several printed values of the field `name`; keep all as claims where they differ.

        A layout calls it with the best place first. Values are compared as words, case and white space aside.
        """
        said = [value for value in values if value]
        if len({value.casefold() for value in said}) > 1:
            self.claims.extend(Claim(name, value, index == 0) for index, value in enumerate(said))
        return said[0] if said else None
