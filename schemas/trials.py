"""A trial: what is said of it once, and its lists of names, numbers and terms.

Belongs here: the table `trials` and the lists that need no key of their own. Does not belong here: what is given
(`design`), what is measured (`outcomes`), where and by whom (`sites`).
"""

from typing import Annotated

import polars as pl

from schemas import codes, rules
from schemas.table import (
    Model,
    Section,
    calendar_day,
    choice,
    choices,
    column,
    count,
    document_key,
    flag,
    position,
    precision_of,
    table,
    trial_key,
    type_of,
    words,
)

_IDENTIFICATION = "protocolSection.identificationModule."
_STATUS = "protocolSection.statusModule."
_SPONSOR = "protocolSection.sponsorCollaboratorsModule."
_OVERSIGHT = "protocolSection.oversightModule."
_DESIGN = "protocolSection.designModule."
_DESIGN_INFO = _DESIGN + "designInfo."
_ELIGIBILITY = "protocolSection.eligibilityModule."
_DESCRIPTION = "protocolSection.descriptionModule."


@table("trials", section=Section.TRIALS, kind="trial", key=("trial_id",), references={"document_id": "documents"})
class Trials(Model):
    """One trial: what is said of it once.

    Where several documents describe it, each group of columns comes from the best of them (`trial_sources`).
    """

    trial_id: pl.String = trial_key(
        "The primary registry number as that registry writes it; for a document without one, `doc-` and the first 12 "
        "digits of its document_id.",
        rules.IDENTIFIER_SHAPE,
        source=_IDENTIFICATION + "nctId",
    )
    document_id: pl.String = document_key("The best document on the trial.")
    registry: pl.String = choice(
        "The registry that gave trial_id; NULL for a trial without a registry number.", codes.REGISTRY
    )
    brief_title: pl.String = words("The short title for the public.", source=_IDENTIFICATION + "briefTitle")
    official_title: pl.String = words("The title of the protocol.", source=_IDENTIFICATION + "officialTitle")
    acronym: pl.String = words("The acronym the trial goes by.", source=_IDENTIFICATION + "acronym")
    overall_status: pl.String = choice(
        "Where the recruitment of the whole trial stands.", codes.OVERALL_STATUS, source=_STATUS + "overallStatus"
    )
    why_stopped: pl.String = words(
        "Why it was suspended, terminated or withdrawn, in the source's words.", source=_STATUS + "whyStopped"
    )
    study_type: pl.String = choice(
        "Whether participants get an intervention by protocol.", codes.STUDY_TYPE, source=_DESIGN + "studyType"
    )
    phases: Annotated[pl.List, pl.String] = choices(
        "The phases of drug development, two for a combined phase; NA where the source says that none applies.",
        codes.PHASE,
        source=_DESIGN + "phases",
    )
    allocation: pl.String = choice(
        "How participants are assigned to arms.", codes.ALLOCATION, source=_DESIGN_INFO + "allocation"
    )
    intervention_model: pl.String = choice(
        "The plan by which arms get their interventions.",
        codes.INTERVENTION_MODEL,
        source=_DESIGN_INFO + "interventionModel",
    )
    intervention_model_description: pl.String = words(
        "The plan in the source's words.", source=_DESIGN_INFO + "interventionModelDescription"
    )
    observational_model: pl.String = choice(
        "How participants of an observational study are chosen and followed.",
        codes.OBSERVATIONAL_MODEL,
        source=_DESIGN_INFO + "observationalModel",
    )
    time_perspective: pl.String = choice(
        "Whether an observational study looks forward, back or at one moment.",
        codes.TIME_PERSPECTIVE,
        source=_DESIGN_INFO + "timePerspective",
    )
    masking: pl.String = choice(
        "How many parties do not know who gets what.",
        codes.MASKING,
        group="masking",
        source=_DESIGN_INFO + "maskingInfo.masking",
    )
    who_masked: Annotated[pl.List, pl.String] = choices(
        "The parties who do not know who gets what.",
        codes.WHO_MASKED,
        group="masking",
        source=_DESIGN_INFO + "maskingInfo.whoMasked",
    )
    masking_description: pl.String = words(
        "The masking in the source's words.", source=_DESIGN_INFO + "maskingInfo.maskingDescription"
    )
    primary_purpose: pl.String = choice(
        "What the intervention is for.", codes.PRIMARY_PURPOSE, source=_DESIGN_INFO + "primaryPurpose"
    )
    enrollment: pl.Int32 = count(
        "How many participants are or will be enrolled.",
        "participants",
        group="enrollment",
        source=_DESIGN + "enrollmentInfo.count",
    )
    enrollment_type: pl.String = choice(
        "Whether enrollment is a count (ACTUAL) or a target (ESTIMATED).",
        codes.ACTUAL_OR_ESTIMATED,
        group="enrollment",
        source=_DESIGN + "enrollmentInfo.type",
    )
    start_date: pl.Date = calendar_day(
        "When the first participant was or will be enrolled.",
        group="start_date",
        source=_STATUS + "startDateStruct.date",
    )
    start_date_precision: pl.String = precision_of("start_date")
    start_date_type: pl.String = type_of("start_date", _STATUS + "startDateStruct.type")
    primary_completion_date: pl.Date = calendar_day(
        "When the last participant was or will be examined for the primary outcome.",
        group="primary_completion_date",
        source=_STATUS + "primaryCompletionDateStruct.date",
    )
    primary_completion_date_precision: pl.String = precision_of("primary_completion_date")
    primary_completion_date_type: pl.String = type_of(
        "primary_completion_date", _STATUS + "primaryCompletionDateStruct.type"
    )
    completion_date: pl.Date = calendar_day(
        "When the last participant was or will be examined for any outcome.",
        group="completion_date",
        source=_STATUS + "completionDateStruct.date",
    )
    completion_date_precision: pl.String = precision_of("completion_date")
    completion_date_type: pl.String = type_of("completion_date", _STATUS + "completionDateStruct.type")
    first_submitted_date: pl.Date = calendar_day(
        "When the sponsor first submitted the record.",
        group="first_submitted_date",
        source=_STATUS + "studyFirstSubmitDate",
    )
    first_submitted_date_precision: pl.String = precision_of("first_submitted_date")
    first_posted_date: pl.Date = calendar_day(
        "When the register first showed the record.",
        group="first_posted_date",
        source=_STATUS + "studyFirstPostDateStruct.date",
    )
    first_posted_date_precision: pl.String = precision_of("first_posted_date")
    last_update_submitted_date: pl.Date = calendar_day(
        "When the sponsor last sent the register a change of the record.",
        group="last_update_submitted_date",
        source=_STATUS + "lastUpdateSubmitDate",
    )
    last_update_submitted_date_precision: pl.String = precision_of("last_update_submitted_date")
    last_update_posted_date: pl.Date = calendar_day(
        "When the register last showed a change of the record.",
        group="last_update_posted_date",
        source=_STATUS + "lastUpdatePostDateStruct.date",
    )
    last_update_posted_date_precision: pl.String = precision_of("last_update_posted_date")
    last_verified_date: pl.Date = calendar_day(
        "When the sponsor last confirmed that the record is right.",
        group="last_verified_date",
        source=_STATUS + "statusVerifiedDate",
    )
    last_verified_date_precision: pl.String = precision_of("last_verified_date")
    results_first_submitted_date: pl.Date = calendar_day(
        "When results were first submitted.",
        group="results_first_submitted_date",
        source=_STATUS + "resultsFirstSubmitDate",
    )
    results_first_submitted_date_precision: pl.String = precision_of("results_first_submitted_date")
    results_first_posted_date: pl.Date = calendar_day(
        "When the register first showed results.",
        group="results_first_posted_date",
        source=_STATUS + "resultsFirstPostDateStruct.date",
    )
    results_first_posted_date_precision: pl.String = precision_of("results_first_posted_date")
    sex: pl.String = choice("Which sexes may take part.", codes.SEX, source=_ELIGIBILITY + "sex")
    gender_based: pl.Boolean = flag(
        "Whether participants are chosen by the gender they identify with.", source=_ELIGIBILITY + "genderBased"
    )
    minimum_age_years: pl.Float64 = count(
        "The lowest age at which one may take part.", "years", group="minimum_age", source=_ELIGIBILITY + "minimumAge"
    )
    maximum_age_years: pl.Float64 = count(
        "The highest age at which one may take part.", "years", group="maximum_age", source=_ELIGIBILITY + "maximumAge"
    )
    minimum_age: pl.String = words(
        "The lowest age, as written.", group="minimum_age", source=_ELIGIBILITY + "minimumAge"
    )
    maximum_age: pl.String = words(
        "The highest age, as written.", group="maximum_age", source=_ELIGIBILITY + "maximumAge"
    )
    healthy_volunteers: pl.Boolean = flag(
        "Whether people without the condition may take part.", source=_ELIGIBILITY + "healthyVolunteers"
    )
    eligibility_text: pl.String = words(
        "Who may take part and who may not, in the source's words.",
        group="eligibility",
        source=_ELIGIBILITY + "eligibilityCriteria",
    )
    population: pl.String = words(
        "The population that an observational study draws from, in the source's words.",
        source=_ELIGIBILITY + "studyPopulation",
    )
    sampling_method: pl.String = choice(
        "How an observational study draws from its population.",
        codes.SAMPLING_METHOD,
        source=_ELIGIBILITY + "samplingMethod",
    )
    lead_sponsor: pl.String = words(
        "The organisation or person who answers for the trial.",
        group="lead_sponsor",
        source=_SPONSOR + "leadSponsor.name",
    )
    lead_sponsor_class: pl.String = choice(
        "What kind of organisation the lead sponsor is.",
        codes.SPONSOR_CLASS,
        group="lead_sponsor",
        source=_SPONSOR + "leadSponsor.class",
    )
    organization: pl.String = words(
        "The organisation that keeps the record at the register; mostly the lead sponsor.",
        group="organization",
        source=_IDENTIFICATION + "organization.fullName",
    )
    organization_class: pl.String = choice(
        "What kind of organisation that is.",
        codes.SPONSOR_CLASS,
        group="organization",
        source=_IDENTIFICATION + "organization.class",
    )
    responsible_party: pl.String = words(
        "Who is responsible for the record, as printed: often a person.",
        pii=True,
        source=_SPONSOR + "responsibleParty",
    )
    brief_summary: pl.String = words("The short description for the public.", source=_DESCRIPTION + "briefSummary")
    detailed_description: pl.String = words("The long description.", source=_DESCRIPTION + "detailedDescription")
    has_results: pl.Boolean = flag("Whether the register shows results.", source="hasResults")
    has_dmc: pl.Boolean = flag(
        "Whether a data monitoring committee watches over the trial.", source=_OVERSIGHT + "oversightHasDmc"
    )
    is_fda_regulated_drug: pl.Boolean = flag(
        "Whether a drug regulated by the U.S. FDA is studied.", source=_OVERSIGHT + "isFdaRegulatedDrug"
    )
    is_fda_regulated_device: pl.Boolean = flag(
        "Whether a device regulated by the U.S. FDA is studied.", source=_OVERSIGHT + "isFdaRegulatedDevice"
    )
    plan_to_share_ipd: pl.String = choice(
        "Whether data of individual participants will be shared.",
        codes.IPD_SHARING,
        source="protocolSection.ipdSharingStatementModule.ipdSharing",
    )


@table(
    "trial_identifiers",
    section=Section.TRIALS,
    kind="trial_identifier",
    key=("trial_id", "ordinal"),
    references={"trial_id": "trials", "document_id": "documents"},
    group="trial_identifiers",
)
class TrialIdentifiers(Model):
    """A number of the trial, from the document's own fields for numbers."""

    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    registry: pl.String = choice(
        "The registry that gave the number; OTHER for none of these, NULL where the page does not tell.", codes.REGISTRY
    )
    identifier: pl.String = words(
        "The number, as its registry writes it.",
        rules.IDENTIFIER_SHAPE,
        required=True,
        source=(
            _IDENTIFICATION + "nctId",
            _IDENTIFICATION + "orgStudyIdInfo.id",
            _IDENTIFICATION + "secondaryIdInfos.id",
            _IDENTIFICATION + "nctIdAliases",
        ),
    )
    role: pl.String = choice(
        "Whether it is the document's own number, another one, or a number that the trial had before.",
        codes.IDENTIFIER_ROLE,
        required=True,
    )
    document_id: pl.String = document_key()


@table(
    "sponsors",
    section=Section.TRIALS,
    kind="sponsor",
    key=("trial_id", "ordinal"),
    references={"trial_id": "trials", "document_id": "documents"},
    group="sponsors",
)
class Sponsors(Model):
    """An organisation or person that answers for the trial or supports it."""

    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    name: pl.String = words(
        "The sponsor's name.",
        required=True,
        source=(_SPONSOR + "leadSponsor.name", _SPONSOR + "collaborators.name"),
    )
    role: pl.String = choice(
        "Whether it answers for the trial (LEAD) or supports it (COLLABORATOR).", codes.SPONSOR_ROLE, required=True
    )
    class_: pl.String = choice(
        "What kind of organisation it is.",
        codes.SPONSOR_CLASS,
        alias="class",
        source=(_SPONSOR + "leadSponsor.class", _SPONSOR + "collaborators.class"),
    )
    document_id: pl.String = document_key()


@table(
    "conditions",
    section=Section.TRIALS,
    kind="condition",
    key=("trial_id", "ordinal"),
    references={"trial_id": "trials", "document_id": "documents"},
    group="conditions",
)
class Conditions(Model):
    """A disease or condition that is studied."""

    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    name: pl.String = words(
        "The condition, in the source's words.", required=True, source="protocolSection.conditionsModule.conditions"
    )
    document_id: pl.String = document_key()


@table(
    "keywords",
    section=Section.TRIALS,
    kind="keyword",
    key=("trial_id", "ordinal"),
    references={"trial_id": "trials", "document_id": "documents"},
    group="keywords",
)
class Keywords(Model):
    """A word or phrase that helps to find the trial."""

    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    name: pl.String = words(
        "The keyword, in the source's words.", required=True, source="protocolSection.conditionsModule.keywords"
    )
    document_id: pl.String = document_key()


@table(
    "mesh_terms",
    section=Section.TRIALS,
    kind="mesh_term",
    key=("trial_id", "ordinal"),
    references={"trial_id": "trials", "document_id": "documents"},
    group="mesh_terms",
)
class MeshTerms(Model):
    """A term of the Medical Subject Headings that the register itself derived for the trial."""

    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    kind: pl.String = choice(
        "Whether it stands for a condition or an intervention; NULL where the page lists both together.",
        codes.MESH_KIND,
    )
    mesh_id: pl.String = column(
        "The unique ID of the heading; NULL where the source prints only the term.",
        rules.MESH_ID,
        source=(
            "derivedSection.conditionBrowseModule.meshes.id",
            "derivedSection.conditionBrowseModule.ancestors.id",
            "derivedSection.interventionBrowseModule.meshes.id",
            "derivedSection.interventionBrowseModule.ancestors.id",
        ),
    )
    term: pl.String = words(
        "The heading.",
        required=True,
        source=(
            "derivedSection.conditionBrowseModule.meshes.term",
            "derivedSection.conditionBrowseModule.ancestors.term",
            "derivedSection.interventionBrowseModule.meshes.term",
            "derivedSection.interventionBrowseModule.ancestors.term",
        ),
    )
    is_ancestor: pl.Boolean = flag("Whether it is above a term of the trial in the tree, and not such a term itself.")
    document_id: pl.String = document_key()


@table(
    "study_references",
    section=Section.TRIALS,
    kind="study_reference",
    key=("trial_id", "ordinal"),
    references={"trial_id": "trials", "document_id": "documents"},
    group="study_references",
)
class StudyReferences(Model):
    """A publication that the record cites."""

    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    pmid: pl.String = column(
        "Its number in PubMed.", rules.PMID, source="protocolSection.referencesModule.references.pmid"
    )
    type: pl.String = choice(
        "Whether it is background, reports the trial's results, or was linked by the register.",
        codes.REFERENCE_TYPE,
        source="protocolSection.referencesModule.references.type",
    )
    citation: pl.String = words(
        "The citation, as printed.", source="protocolSection.referencesModule.references.citation"
    )
    document_id: pl.String = document_key()


@table(
    "eligibility_criteria",
    section=Section.TRIALS,
    kind="eligibility_criterion",
    key=("trial_id", "ordinal"),
    references={"trial_id": "trials", "document_id": "documents"},
    group="eligibility",
)
class EligibilityCriteria(Model):
    """One criterion of who may take part, where the source lists them."""

    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    kind: pl.String = choice(
        "Whether it lets people in or keeps them out; NULL where the page cannot tell.", codes.CRITERION_KIND
    )
    text: pl.String = words(
        "The criterion, in the source's words.", required=True, source=_ELIGIBILITY + "eligibilityCriteria"
    )
    document_id: pl.String = document_key()
