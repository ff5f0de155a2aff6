"""ClinicalTrials.gov API v2: one study as JSON becomes a Record of the register's words.

The format is written down once, as types: a field is read, or is `Raw` with the reason why it is not read, or is
unknown and reported. Nothing is cleaned (the Markdown escapes stay) and nothing is normalised here; finding the studies
in a file is `split`'s.

Source: the register's OpenAPI description of API v2 ("Study data structure").
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Raw, Struct, field

from pipeline.normalize import identifiers
from pipeline.reading import records
from pipeline.reading.records import Record, Trial
from pipeline.registers import shape
from pipeline.registers.criteria import split_criteria
from pipeline.registers.errors import RegisterError
from pipeline.registers.links import link
from pipeline.registers.shape import Read

NAME: Final = "ctgov_api_v2"
SOURCE: Final = "ctgov"


class _Object(Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """A JSON object of the format; the register omits what it does not say."""


class _OrgStudyId(_Object):
    id: str | None = None
    type: Annotated[Raw, Meta(description="kind of the funder's number: no column")] = Raw()
    link: Annotated[Raw, Meta(description="address made from the number: no column")] = Raw()


class _SecondaryId(_Object):
    id: str | None = None
    type: str | None = None
    domain: Annotated[Raw, Meta(description="free text on the issuer; the registry is told by the number")] = Raw()
    link: Annotated[Raw, Meta(description="address made from the number: no column")] = Raw()


class _Organization(_Object):
    full_name: str | None = None
    class_: str | None = field(name="class", default=None)


class _Identification(_Object):
    nct_id: str | None = None
    nct_id_aliases: list[str] | None = None
    org_study_id_info: _OrgStudyId | None = None
    secondary_id_infos: list[_SecondaryId] | None = None
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    organization: _Organization | None = None


class _Date(_Object):
    date: str | None = None
    type: str | None = None


class _PostDate(_Object):
    date: str | None = None
    type: Annotated[Raw, Meta(description="whether the register's own posting date is estimated: no column")] = Raw()


class _Status(_Object):
    status_verified_date: str | None = None
    overall_status: str | None = None
    last_known_status: Annotated[Raw, Meta(description="the status before UNKNOWN: no column")] = Raw()
    delayed_posting: Annotated[Raw, Meta(description="device studies withheld until approval: no column")] = Raw()
    why_stopped: str | None = None
    expanded_access_info: Annotated[Raw, Meta(description="pointer to an expanded access record: no column")] = Raw()
    start_date_struct: _Date | None = None
    primary_completion_date_struct: _Date | None = None
    completion_date_struct: _Date | None = None
    study_first_submit_date: str | None = None
    study_first_submit_qc_date: Annotated[Raw, Meta(description="date of quality control: no column")] = Raw()
    study_first_post_date_struct: _PostDate | None = None
    results_waived: Annotated[Raw, Meta(description="obligation to report: no column")] = Raw()
    results_first_submit_date: str | None = None
    results_first_submit_qc_date: Annotated[Raw, Meta(description="date of quality control: no column")] = Raw()
    results_first_post_date_struct: _PostDate | None = None
    disp_first_submit_date: Annotated[Raw, Meta(description="certificate of delayed results: no column")] = Raw()
    disp_first_submit_qc_date: Annotated[Raw, Meta(description="certificate of delayed results: no column")] = Raw()
    disp_first_post_date_struct: Annotated[Raw, Meta(description="certificate of delayed results: no column")] = Raw()
    last_update_submit_date: str | None = None
    last_update_post_date_struct: _PostDate | None = None


class _ResponsibleParty(_Object):
    type: str | None = None
    investigator_full_name: str | None = None
    investigator_title: str | None = None
    investigator_affiliation: str | None = None
    old_name_title: str | None = None
    old_organization: str | None = None


class _Sponsor(_Object):
    name: str | None = None
    class_: str | None = field(name="class", default=None)


class _Sponsors(_Object):
    responsible_party: _ResponsibleParty | None = None
    lead_sponsor: _Sponsor | None = None
    collaborators: list[_Sponsor] | None = None


class _Oversight(_Object):
    oversight_has_dmc: bool | None = None
    is_fda_regulated_drug: bool | None = None
    is_fda_regulated_device: bool | None = None
    is_unapproved_device: Annotated[Raw, Meta(description="no column")] = Raw()
    is_ppsd: Annotated[Raw, Meta(description="paediatric postmarket surveillance of a device: no column")] = Raw()
    is_us_export: Annotated[Raw, Meta(description="export of the product from the US: no column")] = Raw()
    fdaaa801_violation: Annotated[Raw, Meta(description="notice of non-compliance: no column")] = Raw()


class _Description(_Object):
    brief_summary: str | None = None
    detailed_description: str | None = None


class _Conditions(_Object):
    conditions: list[str] | None = None
    keywords: list[str] | None = None


class _Masking(_Object):
    masking: str | None = None
    masking_description: str | None = None
    who_masked: list[str] | None = None


class _DesignInfo(_Object):
    allocation: str | None = None
    intervention_model: str | None = None
    intervention_model_description: str | None = None
    primary_purpose: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    masking_info: _Masking | None = None


class _Enrollment(_Object):
    count: int | None = None
    type: str | None = None


class _Design(_Object):
    study_type: str | None = None
    n_ptrs_to_this_exp_acc_nct_id: Annotated[Raw, Meta(description="count of records that point here: no column")] = (
        Raw()
    )
    expanded_access_types: Annotated[Raw, Meta(description="kinds of expanded access: no column")] = Raw()
    patient_registry: Annotated[Raw, Meta(description="whether a patient registry: no column")] = Raw()
    target_duration: Annotated[Raw, Meta(description="follow-up of a patient registry: no column")] = Raw()
    phases: list[str] | None = None
    design_info: _DesignInfo | None = None
    bio_spec: Annotated[Raw, Meta(description="biospecimens kept: no column")] = Raw()
    enrollment_info: _Enrollment | None = None


class _Arm(_Object):
    label: str | None = None
    type: str | None = None
    description: str | None = None
    intervention_names: list[str] | None = None


class _Intervention(_Object):
    type: str | None = None
    name: str | None = None
    description: str | None = None
    arm_group_labels: list[str] | None = None
    other_names: list[str] | None = None
    # Not the register's: some redistributors add it (seen always empty).
    intervention_mapped_name: Annotated[Raw, Meta(description="added by redistributors, not the register")] = Raw()


class _Arms(_Object):
    arm_groups: list[_Arm] | None = None
    interventions: list[_Intervention] | None = None


class _Outcome(_Object):
    measure: str | None = None
    description: str | None = None
    time_frame: str | None = None


class _Outcomes(_Object):
    primary_outcomes: list[_Outcome] | None = None
    secondary_outcomes: list[_Outcome] | None = None
    other_outcomes: list[_Outcome] | None = None


class _Eligibility(_Object):
    eligibility_criteria: str | None = None
    healthy_volunteers: bool | None = None
    sex: str | None = None
    gender_based: bool | None = None
    gender_description: Annotated[Raw, Meta(description="no column")] = Raw()
    minimum_age: str | None = None
    maximum_age: str | None = None
    std_ages: Annotated[Raw, Meta(description="age groups, derived from the ages")] = Raw()
    study_population: str | None = None
    sampling_method: str | None = None


class _Contact(_Object):
    name: str | None = None
    role: str | None = None
    phone: str | None = None
    phone_ext: str | None = None
    email: str | None = None


class _Official(_Object):
    name: str | None = None
    affiliation: str | None = None
    role: str | None = None


class _GeoPoint(_Object):
    lat: float | None = None
    lon: float | None = None


class _Location(_Object):
    facility: str | None = None
    status: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    contacts: list[_Contact] | None = None
    geo_point: _GeoPoint | None = None


class _Contacts(_Object):
    central_contacts: list[_Contact] | None = None
    overall_officials: list[_Official] | None = None
    locations: list[_Location] | None = None
    # Not the register's: a copy of `locations` for a search engine's nested index.
    locations_nested: Annotated[Raw, Meta(description="a redistributors' copy of `locations`")] = field(
        name="locations_nested", default=Raw()
    )


class _Reference(_Object):
    pmid: str | None = None
    type: str | None = None
    citation: str | None = None
    retractions: Annotated[Raw, Meta(description="retraction notices: no column")] = Raw()


class _References(_Object):
    references: list[_Reference] | None = None
    see_also_links: Annotated[Raw, Meta(description="web links: no table")] = Raw()
    avail_ipds: Annotated[Raw, Meta(description="where shared data can be had: no table")] = Raw()


class _IpdSharing(_Object):
    ipd_sharing: str | None = None
    description: Annotated[Raw, Meta(description="the plan in words: no column")] = Raw()
    info_types: Annotated[Raw, Meta(description="documents to be shared: no column")] = Raw()
    time_frame: Annotated[Raw, Meta(description="when data will be shared: no column")] = Raw()
    access_criteria: Annotated[Raw, Meta(description="to whom data will be given: no column")] = Raw()
    url: Annotated[Raw, Meta(description="where the plan is explained: no column")] = Raw()


class _Protocol(_Object):
    identification_module: _Identification | None = None
    status_module: _Status | None = None
    sponsor_collaborators_module: _Sponsors | None = None
    oversight_module: _Oversight | None = None
    description_module: _Description | None = None
    conditions_module: _Conditions | None = None
    design_module: _Design | None = None
    arms_interventions_module: _Arms | None = None
    outcomes_module: _Outcomes | None = None
    eligibility_module: _Eligibility | None = None
    contacts_locations_module: _Contacts | None = None
    references_module: _References | None = None
    ipd_sharing_statement_module: _IpdSharing | None = None


class _Mesh(_Object):
    id: str | None = None
    term: str | None = None


class _Browse(_Object):
    meshes: list[_Mesh] | None = None
    ancestors: list[_Mesh] | None = None
    browse_leaves: Annotated[Raw, Meta(description="the register's own browsing tree")] = Raw()
    browse_branches: Annotated[Raw, Meta(description="the register's own browsing tree")] = Raw()


class _Derived(_Object):
    misc_info_module: Annotated[Raw, Meta(description="the release's stamp and the register's bookkeeping")] = Raw()
    condition_browse_module: _Browse | None = None
    intervention_browse_module: _Browse | None = None


class _Study(_Object):
    protocol_section: _Protocol
    results_section: Annotated[Raw, Meta(description="results: no tables for them yet")] = Raw()
    annotation_section: Annotated[Raw, Meta(description="notes on results that are not posted: no column")] = Raw()
    document_section: Annotated[Raw, Meta(description="uploaded protocols as PDF: no table")] = Raw()
    derived_section: _Derived | None = None
    has_results: bool | None = None


_DECODER: Final = msgspec.json.Decoder(_Study)
_STAMP: Final = re.compile(rb'"versionHolder"\s*:\s*"[^"\\]*"')
_BOOLEANS: Final[dict[bool | None, str | None]] = {True: "true", False: "false", None: None}

# Which registry issued a secondary number whose own form does not tell.
_REGISTRIES: Final = {"EUDRACT_NUMBER": "EUCTR", "CTIS": "CTIS"}

# An object that is not said is read as one that says nothing.
_NO_IDENTIFICATION: Final = _Identification()
_NO_STATUS: Final = _Status()
_NO_DATE: Final = _Date()
_NO_POST_DATE: Final = _PostDate()
_NO_ORGANIZATION: Final = _Organization()
_NO_SPONSORS: Final = _Sponsors()
_NO_OVERSIGHT: Final = _Oversight()
_NO_DESCRIPTION: Final = _Description()
_NO_CONDITIONS: Final = _Conditions()
_NO_DESIGN: Final = _Design()
_NO_DESIGN_INFO: Final = _DesignInfo()
_NO_MASKING: Final = _Masking()
_NO_ENROLLMENT: Final = _Enrollment()
_NO_ARMS: Final = _Arms()
_NO_OUTCOMES: Final = _Outcomes()
_NO_ELIGIBILITY: Final = _Eligibility()
_NO_CONTACTS: Final = _Contacts()
_NO_POINT: Final = _GeoPoint()
_NO_REFERENCES: Final = _References()
_NO_IPD: Final = _IpdSharing()
_NO_DERIVED: Final = _Derived()


def read(study: bytes) -> Read:
    """Read one study.

    Args:
        study: the bytes of one JSON object, UTF-8.

    Returns:
        The record and what was not read.

    Raises:
        RegisterError: it is not JSON or not a study of this format; names the JSON path and the remedy.
    """
    try:
        return _fill(_DECODER.decode(study), [])
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors, so are broken UTF-8 and huge numbers
        decoded, unread = _decode_leniently(study)
        return _fill(decoded, unread)


def paths_not_read() -> dict[str, str]:
    """Return the reviewed list: every JSON path that is known and not read, with the reason."""
    return dict(shape.paths_not_read(_Study, "$", ".", "[]"))


def stamps(study: bytes) -> list[tuple[int, int]]:
    """Return where the release's stamp (`versionHolder`) stands, which changes every night.

    The last one counts: a text that holds such a key holds its quotes behind backslashes.
    """
    at = study.rfind(b'"versionHolder"')
    stamp = _STAMP.match(study, at) if at >= 0 else None
    return [stamp.span()] if stamp else []


def _decode_leniently(study: bytes) -> tuple[_Study, list[str]]:
    """Decode what the strict types refused: report unknown paths and known oddities, refuse the rest by its path."""
    try:
        tree = msgspec.json.decode(study)
    except (ValueError, RecursionError) as error:
        message = f"not readable as JSON: {error}; fetch the study again"
        raise RegisterError(message) from error
    if not isinstance(tree, dict):
        message = f"$: expected an object with `protocolSection`, got {type(tree).__name__}; give one study at a time"
        raise RegisterError(message)
    if not isinstance(tree.get("protocolSection"), dict):
        retired = tree.keys() & {"FullStudiesResponse", "FullStudy", "Study", "ProtocolSection"}
        remedy = (
            "this is the API's retired version 1; download the study from API v2"
            if retired
            else "only studies of API v2 are read here; check that the whole study was downloaded"
        )
        message = f"$.protocolSection: missing or not an object; {remedy}"
        raise RegisterError(message)
    unread: dict[str, None] = {}
    _mend(tree, _Study, "$", unread)
    try:
        return _DECODER.decode(msgspec.json.encode(tree)), list(unread)
    except (ValueError, RecursionError) as error:
        message = f"{error}; the study breaks API v2's shape there: fetch it again, or report it if the register moved"
        raise RegisterError(message) from error


def _mend(tree: Any, struct: type[Struct], path: str, unread: dict[str, None]) -> None:  # noqa: ANN401 - JSON
    """Take unknown keys out of an object and undo the oddities of redistributors in it, each reported."""
    if not isinstance(tree, dict):
        return  # whoever decodes it says so
    known = shape.by_name(struct)
    for key in list(tree):
        if key not in known:
            unread[f"{path}.{key}"] = None
            del tree[key]
        elif (field := known[key]).struct or field.is_list:
            tree[key] = _mended(tree[key], field, f"{path}.{key}", unread)


def _mended(value: Any, field: shape.Field, path: str, unread: dict[str, None]) -> Any:  # noqa: ANN401 - JSON
    """Return a field's value without them.

    Real records that went through a statistics package carry `{}` for an empty list and a bare string for a list of
    one: both have one reading only.
    """
    if field.is_list and value == {}:
        unread[f"{path}: an empty object where a list belongs"] = None
        return []
    if field.is_list and field.struct is None and isinstance(value, str):
        unread[f"{path}: a text where a list belongs"] = None
        return [value]
    if field.struct and field.is_list and isinstance(value, list):
        for entry in value:
            _mend(entry, field.struct, f"{path}[]", unread)
    elif field.struct and not field.is_list:
        _mend(value, field.struct, path, unread)
    return value


def _fill(study: _Study, unread: list[str]) -> Read:
    """Hand the study's words to a Record."""
    protocol = study.protocol_section
    arms = protocol.arms_interventions_module or _NO_ARMS
    sponsors = protocol.sponsor_collaborators_module or _NO_SPONSORS
    outcomes = protocol.outcomes_module or _NO_OUTCOMES
    places = protocol.contacts_locations_module or _NO_CONTACTS
    derived = study.derived_section or _NO_DERIVED
    conditions = protocol.conditions_module or _NO_CONDITIONS
    arm_groups = arms.arm_groups or ()
    interventions = arms.interventions or ()
    locations = places.locations or ()
    links, unmatched = link(
        [(arm.label, arm.intervention_names or ()) for arm in arm_groups],
        [(one.type, one.name, one.arm_group_labels or ()) for one in interventions],
    )
    unread += [f"$.protocolSection.armsInterventionsModule: nothing is called {words!r}" for words in unmatched]
    trial = _trial(protocol, study.has_results)
    status = protocol.status_module or _NO_STATUS
    record = Record(
        trial=trial,
        identifiers=_identifiers(protocol.identification_module or _NO_IDENTIFICATION),
        sponsors=[
            records.Sponsor(one.name, role, one.class_)
            for role, group in (("LEAD", [sponsors.lead_sponsor]), ("COLLABORATOR", sponsors.collaborators or ()))
            for one in group
            if one is not None and one.name is not None
        ],
        conditions=conditions.conditions or [],
        keywords=conditions.keywords or [],
        mesh_terms=[
            records.MeshTerm(kind, mesh.term, mesh.id, is_ancestor)
            for kind, browse in (
                ("CONDITION", derived.condition_browse_module),
                ("INTERVENTION", derived.intervention_browse_module),
            )
            if browse is not None
            for is_ancestor, meshes in ((False, browse.meshes), (True, browse.ancestors))
            for mesh in meshes or ()
            if mesh.term is not None
        ],
        study_references=[
            records.StudyReference(one.citation, one.pmid, one.type)
            for one in (protocol.references_module or _NO_REFERENCES).references or ()
        ],
        arms=[records.Arm(one.label, one.type, one.description) for one in arm_groups],
        interventions=[
            records.Intervention(one.name, one.type, one.description, one.other_names or []) for one in interventions
        ],
        arm_interventions=links,
        outcomes=[
            records.Outcome(one.measure, one.description, one.time_frame, type_)
            for type_, group in (
                ("PRIMARY", outcomes.primary_outcomes),
                ("SECONDARY", outcomes.secondary_outcomes),
                ("OTHER", outcomes.other_outcomes),
            )
            for one in group or ()
        ],
        sites=[
            records.Site(
                one.facility,
                one.city,
                one.state,
                one.zip,
                one.country,
                None,
                one.status,
                (point := one.geo_point or _NO_POINT).lat,
                point.lon,
            )
            for one in locations
        ],
        officials=[records.Official(one.name, one.role, one.affiliation) for one in places.overall_officials or ()],
        contacts=[_contact(one, None) for one in places.central_contacts or ()]
        + [_contact(one, site) for site, location in enumerate(locations) for one in location.contacts or ()],
        eligibility_criteria=split_criteria(trial.eligibility_text),
        version_date=None if trial.last_update_posted_date else status.last_update_submit_date,
    )
    return Read(record, unread)


def _trial(protocol: _Protocol, has_results: bool | None) -> Trial:
    named = protocol.identification_module or _NO_IDENTIFICATION
    status = protocol.status_module or _NO_STATUS
    oversight = protocol.oversight_module or _NO_OVERSIGHT
    described = protocol.description_module or _NO_DESCRIPTION
    design = protocol.design_module or _NO_DESIGN
    eligibility = protocol.eligibility_module or _NO_ELIGIBILITY
    info = design.design_info or _NO_DESIGN_INFO
    masking = info.masking_info or _NO_MASKING
    enrollment = design.enrollment_info or _NO_ENROLLMENT
    start = status.start_date_struct or _NO_DATE
    primary_completion = status.primary_completion_date_struct or _NO_DATE
    completion = status.completion_date_struct or _NO_DATE
    organization = named.organization or _NO_ORGANIZATION
    return Trial(
        brief_title=named.brief_title,
        official_title=named.official_title,
        acronym=named.acronym,
        overall_status=status.overall_status,
        why_stopped=status.why_stopped,
        study_type=design.study_type,
        phases=", ".join(design.phases) if design.phases else None,
        allocation=info.allocation,
        intervention_model=info.intervention_model,
        intervention_model_description=info.intervention_model_description,
        observational_model=info.observational_model,
        time_perspective=info.time_perspective,
        masking=masking.masking,
        who_masked=", ".join(masking.who_masked) if masking.who_masked else None,
        masking_description=masking.masking_description,
        primary_purpose=info.primary_purpose,
        enrollment=None if enrollment.count is None else str(enrollment.count),
        enrollment_type=enrollment.type,
        start_date=start.date,
        start_date_type=start.type,
        primary_completion_date=primary_completion.date,
        primary_completion_date_type=primary_completion.type,
        completion_date=completion.date,
        completion_date_type=completion.type,
        first_submitted_date=status.study_first_submit_date,
        first_posted_date=(status.study_first_post_date_struct or _NO_POST_DATE).date,
        last_update_submitted_date=status.last_update_submit_date,
        last_update_posted_date=(status.last_update_post_date_struct or _NO_POST_DATE).date,
        last_verified_date=status.status_verified_date,
        results_first_submitted_date=status.results_first_submit_date,
        results_first_posted_date=(status.results_first_post_date_struct or _NO_POST_DATE).date,
        sex=eligibility.sex,
        gender_based=_BOOLEANS[eligibility.gender_based],
        minimum_age=eligibility.minimum_age,
        maximum_age=eligibility.maximum_age,
        healthy_volunteers=_BOOLEANS[eligibility.healthy_volunteers],
        eligibility_text=eligibility.eligibility_criteria,
        population=eligibility.study_population,
        sampling_method=eligibility.sampling_method,
        organization=organization.full_name,
        organization_class=organization.class_,
        responsible_party=_responsible_party(protocol.sponsor_collaborators_module or _NO_SPONSORS),
        brief_summary=described.brief_summary,
        detailed_description=described.detailed_description,
        has_results=_BOOLEANS[has_results],
        has_dmc=_BOOLEANS[oversight.oversight_has_dmc],
        is_fda_regulated_drug=_BOOLEANS[oversight.is_fda_regulated_drug],
        is_fda_regulated_device=_BOOLEANS[oversight.is_fda_regulated_device],
        plan_to_share_ipd=(protocol.ipd_sharing_statement_module or _NO_IPD).ipd_sharing,
    )


def _responsible_party(sponsors: _Sponsors) -> str | None:
    """Return the party as the register's own page prints it: the person with title and affiliation, or the sponsor."""
    party = sponsors.responsible_party
    if party is None:
        return None
    person = (party.investigator_full_name, party.investigator_title, party.investigator_affiliation)
    parts = [part for part in (*person, party.old_name_title, party.old_organization) if part]
    if not parts and party.type == "SPONSOR" and sponsors.lead_sponsor is not None:
        return sponsors.lead_sponsor.name
    return ", ".join(parts) or None


def _identifiers(named: _Identification) -> list[records.Identifier]:
    found: list[records.Identifier] = []
    if named.nct_id is not None:
        found.append(records.Identifier(named.nct_id, "PRIMARY", "CTGOV"))
    if named.org_study_id_info is not None and named.org_study_id_info.id is not None:
        found.append(records.Identifier(named.org_study_id_info.id, "SECONDARY", "SPONSOR"))
    found += [
        records.Identifier(one.id, "SECONDARY", identifiers.registry(one.id) or _REGISTRIES.get(one.type or ""))
        for one in named.secondary_id_infos or ()
        if one.id is not None
    ]
    found += [records.Identifier(alias, "ALIAS", "CTGOV") for alias in named.nct_id_aliases or ()]
    return found


def _contact(contact: _Contact, site: int | None) -> records.Contact:
    phone = contact.phone
    if contact.phone_ext:
        phone = f"{phone} ext {contact.phone_ext}" if phone else f"ext {contact.phone_ext}"
    return records.Contact(contact.name, contact.role, phone, contact.email, site)
