"""ClinicalTrials.gov's legacy XML, both generations of its schema: one `clinical_study` becomes a Record.

The format is written down once, as types: an element is read, or is not read for the reason given, or is unknown and
reported. White space and the register's wording stay as they are; values are `normalize`'s business.

Source: the register's `public.xsd` as of 2014 (dates "received" and "changed", one `study_design`) and 2023.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Final, NamedTuple

from lxml import etree
from msgspec import Meta, Struct, field

from pipeline.reading import records
from pipeline.reading.records import Record, Trial
from pipeline.registers import shape
from pipeline.registers.criteria import split_criteria, unwrap
from pipeline.registers.errors import RegisterError
from pipeline.registers.links import link
from pipeline.registers.shape import Read

NAME: Final = "ctgov_xml"
SOURCE: Final = "ctgov"


class _Element(Struct, gc=False):
    """An XML element with children or attributes; an attribute's name stands behind `@`, its own words in `#text`."""


class _Block(_Element):
    textblock: str | None = None


class _Ids(_Element):
    org_study_id: str | None = None
    secondary_id: list[str] = field(default_factory=list)
    nct_id: str | None = None
    nct_alias: list[str] = field(default_factory=list)


class _Sponsor(_Element):
    agency: str | None = None
    agency_class: str | None = None


class _Sponsors(_Element):
    lead_sponsor: _Sponsor | None = None
    collaborator: list[_Sponsor] = field(default_factory=list)


class _Oversight(_Element):
    has_dmc: str | None = None
    is_fda_regulated_drug: str | None = None
    is_fda_regulated_device: str | None = None
    authority: Annotated[None, Meta(description="health authorities, until 2017: no column")] = None
    is_unapproved_device: Annotated[None, Meta(description="no column")] = None
    is_ppsd: Annotated[None, Meta(description="paediatric postmarket surveillance of a device: no column")] = None
    is_us_export: Annotated[None, Meta(description="export of the product from the US: no column")] = None


class _Typed(_Element):
    """Words with a type: a date, or the enrolment."""

    text: str | None = field(name="#text", default=None)
    type: str | None = field(name="@type", default=None)


class _Posted(_Element):
    text: str | None = field(name="#text", default=None)
    type: Annotated[None, Meta(description="whether the register's own posting date is estimated: no column")] = field(
        name="@type", default=None
    )


class _DesignInfo(_Element):
    allocation: str | None = None
    intervention_model: str | None = None
    intervention_model_description: str | None = None
    primary_purpose: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    masking: str | None = None
    masking_description: str | None = None


class _Outcome(_Element):
    measure: str | None = None
    time_frame: str | None = None
    description: str | None = None
    safety_issue: Annotated[None, Meta(description="until 2017: no column")] = None


class _Arm(_Element):
    arm_group_label: str | None = None
    arm_group_type: str | None = None
    description: str | None = None


class _Intervention(_Element):
    intervention_type: str | None = None
    intervention_name: str | None = None
    description: str | None = None
    arm_group_label: list[str] = field(default_factory=list)
    other_name: list[str] = field(default_factory=list)


class _Eligibility(_Element):
    study_pop: _Block | None = None
    sampling_method: str | None = None
    criteria: _Block | None = None
    gender: str | None = None
    gender_based: str | None = None
    gender_description: Annotated[None, Meta(description="no column")] = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    healthy_volunteers: str | None = None


class _Person(_Element):
    """A contact, an investigator or an official: which of the fields it has depends on that."""

    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    degrees: str | None = None
    phone: str | None = None
    phone_ext: str | None = None
    email: str | None = None
    role: str | None = None
    affiliation: str | None = None


class _Address(_Element):
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None


class _Facility(_Element):
    name: str | None = None
    address: _Address | None = None


class _Location(_Element):
    facility: _Facility | None = None
    status: str | None = None
    contact: _Person | None = None
    contact_backup: _Person | None = None
    investigator: list[_Person] = field(default_factory=list)


class _Reference(_Element):
    citation: str | None = None
    pmid: str | None = field(name="PMID", default=None)


class _ResponsibleParty(_Element):
    responsible_party_type: str | None = None
    investigator_full_name: str | None = None
    investigator_title: str | None = None
    investigator_affiliation: str | None = None
    name_title: str | None = None
    organization: str | None = None


class _Browse(_Element):
    mesh_term: list[str] = field(default_factory=list)


class _PatientData(_Element):
    sharing_ipd: str | None = None
    ipd_description: Annotated[None, Meta(description="the plan in words: no column")] = None
    ipd_info_type: Annotated[None, Meta(description="documents to be shared: no column")] = None
    ipd_time_frame: Annotated[None, Meta(description="when data will be shared: no column")] = None
    ipd_access_criteria: Annotated[None, Meta(description="to whom data will be given: no column")] = None
    ipd_url: Annotated[None, Meta(description="where the plan is explained: no column")] = None


class _Study(_Element):
    rank: Annotated[None, Meta(description="place in the search that it was downloaded from")] = field(
        name="@rank", default=None
    )
    required_header: Annotated[None, Meta(description="the release's stamp and the study's address")] = None
    id_info: _Ids | None = None
    brief_title: str | None = None
    acronym: str | None = None
    official_title: str | None = None
    sponsors: _Sponsors | None = None
    source: str | None = None
    oversight_info: _Oversight | None = None
    brief_summary: _Block | None = None
    detailed_description: _Block | None = None
    overall_status: str | None = None
    last_known_status: Annotated[None, Meta(description="the status before Unknown: no column")] = None
    why_stopped: str | None = None
    start_date: _Typed | None = None
    completion_date: _Typed | None = None
    primary_completion_date: _Typed | None = None
    phase: str | None = None
    study_type: str | None = None
    has_expanded_access: Annotated[None, Meta(description="pointer to an expanded access record: no column")] = None
    expanded_access_info: Annotated[None, Meta(description="kinds of expanded access: no column")] = None
    study_design: str | None = None
    study_design_info: _DesignInfo | None = None
    target_duration: Annotated[None, Meta(description="follow-up of a patient registry: no column")] = None
    primary_outcome: list[_Outcome] = field(default_factory=list)
    secondary_outcome: list[_Outcome] = field(default_factory=list)
    other_outcome: list[_Outcome] = field(default_factory=list)
    number_of_arms: Annotated[None, Meta(description="the arms are counted")] = None
    number_of_groups: Annotated[None, Meta(description="the groups are counted")] = None
    enrollment: _Typed | None = None
    condition: list[str] = field(default_factory=list)
    arm_group: list[_Arm] = field(default_factory=list)
    intervention: list[_Intervention] = field(default_factory=list)
    biospec_retention: Annotated[None, Meta(description="biospecimens kept: no column")] = None
    biospec_descr: Annotated[None, Meta(description="biospecimens kept: no column")] = None
    eligibility: _Eligibility | None = None
    overall_official: list[_Person] = field(default_factory=list)
    overall_contact: _Person | None = None
    overall_contact_backup: _Person | None = None
    location: list[_Location] = field(default_factory=list)
    location_countries: Annotated[None, Meta(description="the locations' countries once more")] = None
    removed_countries: Annotated[None, Meta(description="countries without a location any more: no table")] = None
    link: Annotated[None, Meta(description="web links: no table")] = None
    reference: list[_Reference] = field(default_factory=list)
    results_reference: list[_Reference] = field(default_factory=list)
    verification_date: _Typed | None = None
    firstreceived_date: str | None = None
    firstreceived_results_date: str | None = None
    firstreceived_results_disposition_date: Annotated[
        None, Meta(description="certificate of delayed results: no column")
    ] = None
    lastchanged_date: str | None = None
    study_first_submitted: str | None = None
    study_first_submitted_qc: Annotated[None, Meta(description="date of quality control: no column")] = None
    study_first_posted: _Posted | None = None
    results_first_submitted: str | None = None
    results_first_submitted_qc: Annotated[None, Meta(description="date of quality control: no column")] = None
    results_first_posted: _Posted | None = None
    disposition_first_submitted: Annotated[None, Meta(description="certificate of delayed results: no column")] = None
    disposition_first_submitted_qc: Annotated[None, Meta(description="date of quality control: no column")] = None
    disposition_first_posted: Annotated[None, Meta(description="certificate of delayed results: no column")] = None
    last_update_submitted: str | None = None
    last_update_submitted_qc: Annotated[None, Meta(description="date of quality control: no column")] = None
    last_update_posted: _Posted | None = None
    responsible_party: _ResponsibleParty | None = None
    keyword: list[str] = field(default_factory=list)
    condition_browse: _Browse | None = None
    intervention_browse: _Browse | None = None
    is_fda_regulated: Annotated[None, Meta(description="one answer for drugs and devices: fits neither column")] = None
    is_section_801: Annotated[None, Meta(description="applicable trial under US law: no column")] = None
    patient_data: _PatientData | None = None
    study_docs: Annotated[None, Meta(description="documents elsewhere: no table")] = None
    provided_document_section: Annotated[None, Meta(description="uploaded protocols as PDF: no table")] = None
    pending_results: Annotated[None, Meta(description="results that are not posted yet: no column")] = None
    # Its presence is read as `has_results`, its content is not.
    clinical_results: Annotated[None, Meta(description="results: no tables for them yet")] = None


ROOT: Final = "clinical_study"
_PATH: Final = f"/{ROOT}"
_SPACE: Final = re.compile(r"\s+")
_DESIGN_LABEL: Final = re.compile(
    r"(?:^|,)\s*(Allocation|Endpoint Classification|Intervention Model|Observational Model|Time Perspective|Masking"
    r"|Primary Purpose|Additional Descriptors|Control|Duration|Selection|Timing)\s*:\s*"
)
_DESIGN_FIELDS: Final = {
    "Allocation": "allocation",
    "Intervention Model": "intervention_model",
    "Observational Model": "observational_model",
    "Time Perspective": "time_perspective",
    "Masking": "masking",
    "Primary Purpose": "primary_purpose",
}
# Labels of the old `study_design` that the warehouse has no column for.
_DESIGN_NOT_READ: Final = frozenset(
    {"Endpoint Classification", "Additional Descriptors", "Control", "Duration", "Selection", "Timing"}
)
_BRACKET: Final = re.compile(r"^(?P<masking>[^()]*?)\s*\((?P<who>[^()]*)\)\s*$")
_ROLES: Final = re.compile(r"\b(?:Participant|Subject|Care ?giver|Care Provider|Investigator|Outcomes? Assessor)s?\b")
_STAMP: Final = re.compile(rb"<download_date>[^<]*</download_date>")
_NO_RESULTS: Final = re.compile(rb"<!--\s*Results have not yet been posted\b")
# No run of blanks or of tags is looked at twice: the time must grow with the length, whatever the bytes.
_RANK: Final = re.compile(rb'(<clinical_study\b[^<>]*?)(?<!\s)\s++rank="\d*"')
_DECLARED: Final = re.compile(rb"<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)\b")

_FAULTS: Final = {
    code: name.removeprefix("ERR_").replace("_", " ").lower()
    for name, code in vars(etree.ErrorTypes).items()
    if isinstance(code, int)
} | {etree.ErrorTypes.ERR_RESOURCE_LIMIT: "a limit of libxml2 was crossed (256 deep, 10 MB a text, entities)"}
_NO_IDS: Final = _Ids()
_NO_SPONSORS: Final = _Sponsors()
_NO_OVERSIGHT: Final = _Oversight()
_NO_BLOCK: Final = _Block()
_NO_TYPED: Final = _Typed()
_NO_POSTED: Final = _Posted()
_NO_DESIGN: Final = _DesignInfo()
_NO_ELIGIBILITY: Final = _Eligibility()
_NO_FACILITY: Final = _Facility()
_NO_ADDRESS: Final = _Address()
_NO_PATIENT_DATA: Final = _PatientData()


def read(study: bytes) -> Read:
    """Read one study.

    Args:
        study: the bytes of one XML document whose root is `clinical_study`; without a declaration it is UTF-8.

    Returns:
        The record and what was not read.

    Raises:
        RegisterError: it is not XML, not such a document, or declares entities; names the place and the remedy.
    """
    if _DECLARED.search(study, 0, max(study.find(b"<clinical_study"), 0) or len(study)):
        raise RegisterError(
            "it declares entities or element types of its own, which the register never does and which can hide or "
            "multiply text: download the study again, or remove its <!DOCTYPE …>"
        )
    try:
        root = etree.fromstring(study, _parser())
    except etree.XMLSyntaxError as error:
        # Not in libxml2's words, which quote what it took for a name: it may be a person's e-mail address.
        line, column = error.position
        fault = _FAULTS.get(error.code or 0, "unknown fault")  # type: ignore[attr-defined] # the stubs lack it
        raise RegisterError(
            f"not readable as XML at line {line}, column {column}: {fault}; download the study again"
        ) from error
    except ValueError as error:
        raise RegisterError("not readable as XML: its encoding is not known; download the study again") from error
    if root.tag != ROOT:
        raise RegisterError(f"its root is <{root.tag}>, not <{ROOT}>: only the register's studies are read here")
    unread: dict[str, None] = {}
    if next(root.iter(etree.Entity), None) is not None:
        raise RegisterError("it uses an entity that XML does not define: download the study again")
    built = _build(root, _grammar(_Study, _PATH), unread)
    return _fill(built, _has_results(root, study), unread)


def paths_not_read() -> dict[str, str]:
    """Return the reviewed list: every path of elements and attributes that is known and not read, with the reason."""
    return dict(shape.paths_not_read(_Study, _PATH, "/"))


def stamps(study: bytes) -> list[tuple[int, int]]:
    """Return where the download stamped the study, in order: its rank in the search downloaded, and its date."""
    head = study.find(b"</required_header>")
    if head < 0:
        return []
    rank, date = _RANK.search(study, 0, head), _STAMP.search(study, 0, head)
    return sorted([*([(rank.end(1), rank.end())] if rank else []), *([date.span()] if date else [])])


@cache
def _parser() -> etree.XMLParser:
    """Return the parser: no entity, DTD, network, comment or oversized tree gets in."""
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


class _Grammar(NamedTuple):
    """A struct's fields by the names of the XML."""

    struct: type[Struct]
    path: str
    children: dict[str, tuple[str, shape.Field, _Grammar | None]]
    attributes: dict[str, tuple[str, shape.Field]]
    text: str | None


@cache
def _grammar(struct: type[Struct], path: str) -> _Grammar:
    children = {}
    attributes = {}
    text = None
    for name, one in shape.fields(struct).items():
        if one.name == "#text":
            text = name
        elif one.name.startswith("@"):
            attributes[one.name[1:]] = (name, one)
        else:
            below = _grammar(one.struct, f"{path}/{one.name}") if one.struct is not None else None
            children[one.name] = (name, one, below)
    return _Grammar(struct, path, children, attributes, text)


def _build(element: etree._Element, grammar: _Grammar, unread: dict[str, None]) -> Struct:
    """Return the element as its struct; note in `unread` what the grammar does not know."""
    values: dict[str, object] = {}
    for child in element:
        if child.tail and not child.tail.isspace():
            unread[f"{grammar.path}: words between the elements"] = None
        tag = child.tag
        known = grammar.children.get(tag) if isinstance(tag, str) else None
        if known is None:
            unread[f"{grammar.path}/{tag}"] = None
            continue
        name, one, below = known
        if one.reason is not None:
            continue
        value: object
        if below is not None:
            value = _build(child, below, unread)
        else:
            value = child.text
            if len(child) or child.attrib:
                _note_inside(child, f"{grammar.path}/{tag}", unread)
        if one.is_list:
            if value is not None:
                values.setdefault(name, []).append(value)  # type: ignore[attr-defined] # only lists are under list fields
        elif name in values:
            unread[f"{grammar.path}/{tag}: said more than once"] = None
        else:
            values[name] = value
    for key, words in element.items():
        attribute = grammar.attributes.get(str(key))
        if attribute is None:
            unread[f"{grammar.path}/@{key!s}"] = None
        elif attribute[1].reason is None:
            values[attribute[0]] = words
    if grammar.text is not None:
        values[grammar.text] = element.text
    elif element.text and not element.text.isspace():
        unread[f"{grammar.path}: words between the elements"] = None
    return grammar.struct(**values)


def _note_inside(element: etree._Element, path: str, unread: dict[str, None]) -> None:
    """Note what an element holds that should hold words only."""
    unread.update((f"{path}/{child.tag}", None) for child in element)
    unread.update((f"{path}/@{key!s}", None) for key in element.keys())  # noqa: SIM118 - an element iterates its children


def _has_results(root: etree._Element, study: bytes) -> str | None:
    """Return whether results are posted: the register puts them into the study, or a comment that there are none."""
    if root.find("clinical_results") is not None:
        return "true"
    return "false" if _NO_RESULTS.search(study) else None


def _fill(built: Struct, has_results: str | None, unread: dict[str, None]) -> Read:
    """Hand the study's words to a Record."""
    assert isinstance(built, _Study)  # noqa: S101 - the grammar's root, for the type checker
    study = built
    sponsors = study.sponsors or _NO_SPONSORS
    links, unmatched = link(
        [(arm.arm_group_label, ()) for arm in study.arm_group],
        [(one.intervention_type, one.intervention_name, one.arm_group_label) for one in study.intervention],
    )
    unread.update((f"{_PATH}/intervention/arm_group_label: no arm is called {words!r}", None) for words in unmatched)
    trial = _trial(study, has_results, unread)
    criteria = ((study.eligibility or _NO_ELIGIBILITY).criteria or _NO_BLOCK).textblock
    record = Record(
        trial=trial,
        identifiers=_identifiers(study.id_info or _NO_IDS),
        sponsors=[
            records.Sponsor(one.agency, role, one.agency_class)
            for role, group in (("LEAD", [sponsors.lead_sponsor]), ("COLLABORATOR", sponsors.collaborator))
            for one in group
            if one is not None and one.agency is not None
        ],
        conditions=study.condition,
        keywords=study.keyword,
        mesh_terms=[
            records.MeshTerm(kind, term)
            for kind, browse in (("CONDITION", study.condition_browse), ("INTERVENTION", study.intervention_browse))
            if browse is not None
            for term in browse.mesh_term
        ],
        study_references=[
            records.StudyReference(one.citation, one.pmid, type_)
            # Neither element holds what the register itself linked to the study (DERIVED).
            for type_, group in (("BACKGROUND", study.reference), ("RESULT", study.results_reference))
            for one in group
        ],
        arms=[records.Arm(one.arm_group_label, one.arm_group_type, one.description) for one in study.arm_group],
        interventions=[
            records.Intervention(one.intervention_name, one.intervention_type, one.description, one.other_name)
            for one in study.intervention
        ],
        arm_interventions=links,
        outcomes=[
            records.Outcome(one.measure, one.description, one.time_frame, type_)
            for type_, group in (
                ("PRIMARY", study.primary_outcome),
                ("SECONDARY", study.secondary_outcome),
                ("OTHER", study.other_outcome),
            )
            for one in group
        ],
        sites=[_site(one) for one in study.location],
        officials=[records.Official(_name(one), one.role, one.affiliation) for one in study.overall_official],
        contacts=_contacts(study),
        eligibility_criteria=split_criteria(unwrap(criteria)) if criteria else [],
        version_date=None if trial.last_update_posted_date else study.last_update_submitted or study.lastchanged_date,
    )
    return Read(record, list(unread))


def _trial(study: _Study, has_results: str | None, unread: dict[str, None]) -> Trial:
    eligibility = study.eligibility or _NO_ELIGIBILITY
    oversight = study.oversight_info or _NO_OVERSIGHT
    design = study.study_design_info or _old_design(study.study_design, unread)
    start = study.start_date or _NO_TYPED
    primary_completion = study.primary_completion_date or _NO_TYPED
    completion = study.completion_date or _NO_TYPED
    enrollment = study.enrollment or _NO_TYPED
    masking, who_masked = _masking(design.masking)
    return Trial(
        brief_title=study.brief_title,
        official_title=study.official_title,
        acronym=study.acronym,
        overall_status=study.overall_status,
        why_stopped=study.why_stopped,
        study_type=study.study_type,
        phases=study.phase,
        allocation=design.allocation,
        intervention_model=design.intervention_model,
        intervention_model_description=design.intervention_model_description,
        observational_model=design.observational_model,
        time_perspective=design.time_perspective,
        masking=masking,
        who_masked=who_masked,
        masking_description=design.masking_description,
        primary_purpose=design.primary_purpose,
        enrollment=enrollment.text,
        enrollment_type=enrollment.type,
        start_date=start.text,
        start_date_type=start.type,
        primary_completion_date=primary_completion.text,
        primary_completion_date_type=primary_completion.type,
        completion_date=completion.text,
        completion_date_type=completion.type,
        first_submitted_date=study.study_first_submitted or study.firstreceived_date,
        first_posted_date=(study.study_first_posted or _NO_POSTED).text,
        last_update_submitted_date=study.last_update_submitted,
        last_update_posted_date=(study.last_update_posted or _NO_POSTED).text,
        last_verified_date=(study.verification_date or _NO_TYPED).text,
        results_first_submitted_date=study.results_first_submitted or study.firstreceived_results_date,
        results_first_posted_date=(study.results_first_posted or _NO_POSTED).text,
        sex=eligibility.gender,
        gender_based=eligibility.gender_based,
        minimum_age=eligibility.minimum_age,
        maximum_age=eligibility.maximum_age,
        healthy_volunteers=eligibility.healthy_volunteers,
        eligibility_text=(eligibility.criteria or _NO_BLOCK).textblock,
        population=(eligibility.study_pop or _NO_BLOCK).textblock,
        sampling_method=eligibility.sampling_method,
        organization=study.source,
        responsible_party=_responsible_party(study),
        brief_summary=(study.brief_summary or _NO_BLOCK).textblock,
        detailed_description=(study.detailed_description or _NO_BLOCK).textblock,
        has_results=has_results,
        has_dmc=oversight.has_dmc,
        is_fda_regulated_drug=oversight.is_fda_regulated_drug,
        is_fda_regulated_device=oversight.is_fda_regulated_device,
        plan_to_share_ipd=(study.patient_data or _NO_PATIENT_DATA).sharing_ipd,
    )


def _old_design(words: str | None, unread: dict[str, None]) -> _DesignInfo:
    """Return the design that the old generation puts into one string: "Allocation: Randomized, Masking: Open Label"."""
    if not words:
        return _NO_DESIGN
    before, *parts = _DESIGN_LABEL.split(_SPACE.sub(" ", words).strip())
    if before.strip():
        unread[f"{_PATH}/study_design: {before.strip()!r} has no label"] = None
    design = _DesignInfo()
    for label, value in zip(parts[::2], parts[1::2], strict=True):
        if label in _DESIGN_NOT_READ:
            continue
        name = _DESIGN_FIELDS[label]
        if getattr(design, name) is None:
            setattr(design, name, value)
        else:
            unread[f"{_PATH}/study_design: {label!r} is said more than once"] = None
    return design


def _masking(words: str | None) -> tuple[str | None, str | None]:
    """Split "Double (Participant, Investigator)" into how many are masked and who; the latter may stand alone."""
    if words is None:
        return None, None
    if (split := _BRACKET.match(words)) and _ROLES.search(split["who"]):
        return split["masking"] or None, split["who"]
    if not _ROLES.sub("", words).strip(" ,\n\t"):
        return None, words
    return words, None


def _responsible_party(study: _Study) -> str | None:
    """Return the party as the register's own page prints it: the person with title and affiliation, or the sponsor."""
    party = study.responsible_party
    if party is None:
        return None
    person = (party.investigator_full_name, party.investigator_title, party.investigator_affiliation)
    parts = [part for part in (*person, party.name_title, party.organization) if part]
    lead = (study.sponsors or _NO_SPONSORS).lead_sponsor
    if not parts and party.responsible_party_type == "Sponsor" and lead is not None:
        return lead.agency
    return ", ".join(parts) or None


def _identifiers(ids: _Ids) -> list[records.Identifier]:
    found: list[records.Identifier] = []
    if ids.nct_id is not None:
        found.append(records.Identifier(ids.nct_id, "PRIMARY", "CTGOV"))
    if ids.org_study_id is not None:
        found.append(records.Identifier(ids.org_study_id, "SECONDARY", "SPONSOR"))
    found += [records.Identifier(one, "SECONDARY") for one in ids.secondary_id]
    found += [records.Identifier(alias, "ALIAS", "CTGOV") for alias in ids.nct_alias]
    return found


def _site(location: _Location) -> records.Site:
    facility = location.facility or _NO_FACILITY
    address = facility.address or _NO_ADDRESS
    return records.Site(facility.name, address.city, address.state, address.zip, address.country, None, location.status)


def _contacts(study: _Study) -> list[records.Contact]:
    """Return the contacts, central ones first; the register's element says "contact" where it prints no role."""
    people: list[tuple[_Person | None, int | None]] = [
        (study.overall_contact, None),
        (study.overall_contact_backup, None),
    ]
    for site, location in enumerate(study.location):
        people += [(location.contact, site), (location.contact_backup, site)]
        people += [(person, site) for person in location.investigator]
    return [
        records.Contact(_name(person), person.role or "Contact", _phone(person), person.email, site)
        for person, site in people
        if person is not None
    ]


def _name(person: _Person) -> str | None:
    """Return the name as the register prints it: "Ann B. Smith, MD"."""
    name = " ".join(part for part in (person.first_name, person.middle_name, person.last_name) if part)
    return ", ".join(part for part in (name, person.degrees) if part) or None


def _phone(person: _Person) -> str | None:
    if not person.phone_ext:
        return person.phone
    return f"{person.phone} ext {person.phone_ext}" if person.phone else f"ext {person.phone_ext}"
