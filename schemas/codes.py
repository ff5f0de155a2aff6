"""The allowed codes of every coded column.

Belongs here: the enumerations of the ClinicalTrials.gov API v2 (https://clinicaltrials.gov/data-api/about-api/study-data-structure),
in its spelling and order, and the warehouse's own. Does not belong here: the words that sources use for them, which
`pipeline/normalize/` maps to codes.
"""

# Enumerations of the ClinicalTrials.gov API v2.

SITE_STATUS = (
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "ENROLLING_BY_INVITATION",
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "AVAILABLE",
)
"""`RecruitmentStatus`: what one site can say."""

OVERALL_STATUS = (
    *SITE_STATUS,
    "NO_LONGER_AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING",
    "WITHHELD",
    "UNKNOWN",
)
"""`Status`: a site's codes and those that only a whole trial has."""

STUDY_TYPE = ("EXPANDED_ACCESS", "INTERVENTIONAL", "OBSERVATIONAL")
PHASE = ("NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4")
ALLOCATION = ("RANDOMIZED", "NON_RANDOMIZED", "NA")
INTERVENTION_MODEL = ("SINGLE_GROUP", "PARALLEL", "CROSSOVER", "FACTORIAL", "SEQUENTIAL")
OBSERVATIONAL_MODEL = (
    "COHORT",
    "CASE_CONTROL",
    "CASE_ONLY",
    "CASE_CROSSOVER",
    "ECOLOGIC_OR_COMMUNITY",
    "FAMILY_BASED",
    "DEFINED_POPULATION",
    "NATURAL_HISTORY",
    "OTHER",
)
TIME_PERSPECTIVE = ("RETROSPECTIVE", "PROSPECTIVE", "CROSS_SECTIONAL", "OTHER")
MASKING = ("NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")
WHO_MASKED = ("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR")
PRIMARY_PURPOSE = (
    "TREATMENT",
    "PREVENTION",
    "DIAGNOSTIC",
    "ECT",
    "SUPPORTIVE_CARE",
    "SCREENING",
    "HEALTH_SERVICES_RESEARCH",
    "BASIC_SCIENCE",
    "DEVICE_FEASIBILITY",
    "OTHER",
)
ACTUAL_OR_ESTIMATED = ("ACTUAL", "ESTIMATED")
"""`DateType` and `EnrollmentType`: what happened, or what is planned."""

SEX = ("FEMALE", "MALE", "ALL")
SAMPLING_METHOD = ("PROBABILITY_SAMPLE", "NON_PROBABILITY_SAMPLE")
SPONSOR_CLASS = ("NIH", "FED", "OTHER_GOV", "INDIV", "INDUSTRY", "NETWORK", "AMBIG", "OTHER", "UNKNOWN")
IPD_SHARING = ("YES", "NO", "UNDECIDED")
ARM_TYPE = (
    "EXPERIMENTAL",
    "ACTIVE_COMPARATOR",
    "PLACEBO_COMPARATOR",
    "SHAM_COMPARATOR",
    "NO_INTERVENTION",
    "OTHER",
)
INTERVENTION_TYPE = (
    "BEHAVIORAL",
    "BIOLOGICAL",
    "COMBINATION_PRODUCT",
    "DEVICE",
    "DIAGNOSTIC_TEST",
    "DIETARY_SUPPLEMENT",
    "DRUG",
    "GENETIC",
    "PROCEDURE",
    "RADIATION",
    "OTHER",
)
OFFICIAL_ROLE = ("STUDY_CHAIR", "STUDY_DIRECTOR", "PRINCIPAL_INVESTIGATOR", "SUB_INVESTIGATOR")
CONTACT_ROLE = (*OFFICIAL_ROLE, "CONTACT")
REFERENCE_TYPE = ("BACKGROUND", "RESULT", "DERIVED")

# The warehouse's own.

REGISTRY = (
    "CTGOV",
    "EUCTR",
    "CTIS",
    "ISRCTN",
    "ANZCTR",
    "CHICTR",
    "CRIS",
    "CTRI",
    "DRKS",
    "IRCT",
    "ITMCTR",
    "JPRN",
    "LBCTR",
    "PACTR",
    "REBEC",
    "REPEC",
    "RPCEC",
    "SLCTR",
    "TCTR",
    "SPONSOR",
    "OTHER",
)
IDENTIFIER_SHAPES = {
    "CTGOV": r"NCT\d{8}",
    "ISRCTN": r"ISRCTN\d{8}",
    "ANZCTR": r"ACTRN\d{14}p?",  # p: provisional
    "CRIS": r"KCT\d{7}",
    "DRKS": r"DRKS\d{8}",
}
"""How the numbers look of the registries whose one shape is certain, as regular expressions over the whole number."""

SOURCE_KIND = ("REGISTER", "AGGREGATOR")
DOCUMENT_STATUS = ("LOADED", "QUARANTINED", "DUPLICATE")
IDENTIFIER_ROLE = ("PRIMARY", "SECONDARY", "ALIAS")
SPONSOR_ROLE = ("LEAD", "COLLABORATOR")
MESH_KIND = ("CONDITION", "INTERVENTION")
OUTCOME_TYPE = ("PRIMARY", "SECONDARY", "OTHER")
OUTCOME_CHANGE = ("ADDED", "REMOVED", "CHANGED", "MOVED")
OUTCOME_PART = ("TYPE", "MEASURE", "DESCRIPTION", "TIME_FRAME")
CRITERION_KIND = ("INCLUSION", "EXCLUSION")
DATE_PRECISION = ("DAY", "MONTH", "YEAR")
CONFLICT_KIND = ("WITHIN", "STALE", "LOSSY", "DIFFERENT")
QUARANTINE_ACTION = ("CELL", "ROW", "DOCUMENT")

# Timepoints and regimens: docs/timepoints.md and docs/regimens.md are their rule books.

TIME_UNIT = ("SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR")
TIMEPOINT_KIND = ("POINT", "WINDOW", "RECURRING", "UNRESOLVED")
ANCHOR = (
    "BASELINE",
    "SCREENING",
    "CONSENT",
    "ENROLLMENT",
    "RANDOMIZATION",
    "DIAGNOSIS",
    "ADMISSION",
    "DISCHARGE",
    "TREATMENT_START",
    "TREATMENT_END",
    "DOSE",
    "PROCEDURE",
    "BIRTH",
    "PROGRESSION",
    "RELAPSE",
    "DEATH",
    "STUDY_START",
    "STUDY_COMPLETION",
    "CYCLE_START",
    "VISIT",
    "OTHER",
)
ANCHOR_ROLE = ("ORIGIN", "DATED")
ROUTE = (
    "ORAL",
    "SUBLINGUAL",
    "BUCCAL",
    "INTRAVENOUS",
    "INTRAARTERIAL",
    "INTRAMUSCULAR",
    "SUBCUTANEOUS",
    "INTRADERMAL",
    "INTRAPERITONEAL",
    "INTRAARTICULAR",
    "INTRATHECAL",
    "EPIDURAL",
    "INTRAVITREAL",
    "OPHTHALMIC",
    "OTIC",
    "INTRANASAL",
    "INHALED",
    "TOPICAL",
    "TRANSDERMAL",
    "RECTAL",
    "VAGINAL",
    "INTRAVESICAL",
    "INTRATUMORAL",
    "INTRACORONARY",
    "INTRALESIONAL",
    "PERINEURAL",
    "ENTERAL",
    "RADIATION",
    "OTHER",
)
