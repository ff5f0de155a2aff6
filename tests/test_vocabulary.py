"""`pipeline.normalize.vocabulary`: words to the codes of the ClinicalTrials.gov API v2."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalize import vocabulary
from schemas import codes as contract

CONTRACT = {
    "overall_status": contract.OVERALL_STATUS,
    "site_status": contract.SITE_STATUS,
    "study_type": contract.STUDY_TYPE,
    "phases": contract.PHASE,
    "allocation": contract.ALLOCATION,
    "intervention_model": contract.INTERVENTION_MODEL,
    "observational_model": contract.OBSERVATIONAL_MODEL,
    "time_perspective": contract.TIME_PERSPECTIVE,
    "masking": contract.MASKING,
    "who_masked": contract.WHO_MASKED,
    "primary_purpose": contract.PRIMARY_PURPOSE,
    "enrollment_type": contract.ACTUAL_OR_ESTIMATED,
    "date_type": contract.ACTUAL_OR_ESTIMATED,
    "sex": contract.SEX,
    "sampling_method": contract.SAMPLING_METHOD,
    "sponsor_class": contract.SPONSOR_CLASS,
    "arm_type": contract.ARM_TYPE,
    "intervention_type": contract.INTERVENTION_TYPE,
    "outcome_type": contract.OUTCOME_TYPE,
    "official_role": contract.OFFICIAL_ROLE,
    "contact_role": contract.CONTACT_ROLE,
    "plan_to_share_ipd": contract.IPD_SHARING,
    "reference_type": contract.REFERENCE_TYPE,
    "criterion_kind": contract.CRITERION_KIND,
    "boolean": ("true", "false"),
}
FIELDS = st.sampled_from(vocabulary.fields())


def test_every_field_is_the_contracts() -> None:
    """A field without a list in the contract would be checked by nothing."""
    assert set(vocabulary.fields()) == set(CONTRACT)


@pytest.mark.parametrize("field", CONTRACT)
def test_codes_are_the_contracts(field: str) -> None:
    """A code that the schema does not allow is quarantined; one that it allows and we cannot give is never loaded."""
    assert {code for key in vocabulary.terms(field) for code in key.split()} == set(CONTRACT[field])


@pytest.mark.parametrize("field", CONTRACT)
def test_every_word_gives_its_codes(field: str) -> None:
    """A word of the file that its own field does not read is a word that the file only seems to know."""
    for key, words in vocabulary.terms(field).items():
        for term in words:
            assert vocabulary.codes(field, term) == key.split(), term
    for code in CONTRACT[field]:
        assert vocabulary.code(field, code) == vocabulary.code(field, code.lower().replace("_", " ")) == code


@pytest.mark.parametrize(
    ("field", "words", "code"),
    [
        ("overall_status", "Active, not recruiting", "ACTIVE_NOT_RECRUITING"),
        ("overall_status", "Not Yet Recruiting", "NOT_YET_RECRUITING"),
        ("overall_status", "Unknown †", "UNKNOWN"),
        ("overall_status", "This study has been completed.", "COMPLETED"),
        ("study_type", "Interventional  (Clinical Trial)", "INTERVENTIONAL"),
        ("study_type", "Observational [Patient Registry]", "OBSERVATIONAL"),
        ("allocation", "N/A", "NA"),
        ("allocation", "Non-Randomized", "NON_RANDOMIZED"),
        ("intervention_model", "Single Group Assignment", "SINGLE_GROUP"),
        ("masking", "None (Open Label)", "NONE"),
        ("masking", "Quadruple (Participant, Care Provider, Investigator, Outcomes Assessor)", "QUADRUPLE"),
        ("masking", "Double Blind (Subject, Caregiver)", "DOUBLE"),
        ("primary_purpose", "Educational/Counseling/Training", "ECT"),
        ("enrollment_type", "Anticipated", "ESTIMATED"),
        ("sex", "All Sexes", "ALL"),
        ("sex", "Both", "ALL"),
        ("sponsor_class", "U.S. Fed", "FED"),
        ("intervention_type", "Biological/Vaccine", "BIOLOGICAL"),
        ("outcome_type", "Other Pre-specified", "OTHER"),
        ("official_role", "Study Principal Investigator", "PRINCIPAL_INVESTIGATOR"),
    ],
)
def test_words_of_sources(field: str, words: str, code: str) -> None:
    """The words of the sites and of both generations of the register's XML must reach their codes."""
    assert vocabulary.code(field, words) == code


@pytest.mark.parametrize(
    ("words", "phases"),
    [
        ("Phase 1", ["PHASE1"]),
        ("Phase 1 Phase 2", ["PHASE1", "PHASE2"]),
        ("Phase 1/Phase 2", ["PHASE1", "PHASE2"]),
        ("Phase 1, Phase 2", ["PHASE1", "PHASE2"]),
        ("PHASE1, PHASE2", ["PHASE1", "PHASE2"]),
        ("Phase1|Phase2", ["PHASE1", "PHASE2"]),
        ("Phase 2/3", ["PHASE2", "PHASE3"]),
        ("Phase II-III", ["PHASE2", "PHASE3"]),
        ("Early Phase 1", ["EARLY_PHASE1"]),
        ("Phase 0", ["EARLY_PHASE1"]),
        ("Not Applicable", ["NA"]),
        ("N/A", ["NA"]),
        ("Not specified", []),
        ("Phase 1-3", None),
        ("Phase 5", None),
        ("Phase", None),
        ("Phase 1 of many", None),
        ("", None),
    ],
)
def test_phases_are_a_list(words: str, phases: list[str] | None) -> None:
    """Every separator, or none, gives the same list; words with a rest that is no phase give nothing at all."""
    assert vocabulary.codes("phases", words) == phases


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("Triple (Participant, Care Provider, Investigator)", ["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR"]),
        ("Double Blind (Subject, Investigator)", ["PARTICIPANT", "INVESTIGATOR"]),
        ("Participant, Outcomes Assessor", ["PARTICIPANT", "OUTCOMES_ASSESSOR"]),
        ("None (Open Label)", []),
        ("Double", []),
        ("Double (Participant, Statistician)", None),
    ],
)
def test_who_is_masked(words: str, who: list[str] | None) -> None:
    """The level names nobody, and one unknown person among known ones must not be dropped in silence."""
    assert vocabulary.codes("who_masked", words) == who


def test_who_is_masked_gives_no_level() -> None:
    """Naming two does not say "Double"; the level is NULL then, and the words are known."""
    assert vocabulary.code("masking", "Participant, Investigator") is None
    assert vocabulary.known("masking", "Participant, Investigator")


def test_two_codes_for_one_value_are_unknown() -> None:
    """Two levels in one cell must be reported; taking the first would be a guess, dropping both would be silence."""
    assert vocabulary.code("masking", "Single, Double") is None
    assert not vocabulary.known("masking", "Single, Double")


@pytest.mark.parametrize(
    "words", ["ot Recruiting", "Not Recruiting", "Recruiting soon", "", "Authorised", "No longer recruiting"]
)
def test_a_status_without_a_code_is_unknown(words: str) -> None:
    """Other registries have states that the API has no code for; a near one would be wrong."""
    assert vocabulary.code("overall_status", words) is None
    assert not vocabulary.known("overall_status", words)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Yes", True),
        ("No", False),
        ("true", True),
        ("FALSE", False),
        ("Accepts Healthy Volunteers", True),
        ("Does not accept healthy volunteers", False),
        ("No Results Posted", False),
        ("Has Results", True),
        ("Not Provided", None),
        ("maybe", None),
        ("", None),
    ],
)
def test_booleans(words: str, value: bool | None) -> None:
    """A phrase that begins with "Does not" read as yes would turn a criterion round."""
    assert vocabulary.boolean(words) is value


def test_pattern_finds_a_type_before_its_name() -> None:
    """Layouts cut "Dietary Supplement: Fish oil" by this; the longest word must win."""
    prefix = re.compile(vocabulary.pattern("intervention_type") + r"(?=:)", re.IGNORECASE)
    match = prefix.match("Dietary Supplement: fish oil")
    assert match is not None
    assert vocabulary.code("intervention_type", match[0]) == "DIETARY_SUPPLEMENT"


def test_an_unknown_field_is_an_error() -> None:
    """A misspelt field must not look like an unknown word."""
    with pytest.raises(KeyError):
        vocabulary.code("colour", "red")


@given(FIELDS, st.text(max_size=60))
@settings(max_examples=200)
def test_any_words_are_read_or_unknown(field: str, words: str) -> None:
    """Whatever a page prints, nothing raises and no code comes out that the contract does not have."""
    found = vocabulary.codes(field, words)
    assert set(found or ()) <= set(CONTRACT[field])
    assert vocabulary.known(field, words) == (found is not None)
    assert vocabulary.fold(vocabulary.fold(words)) == vocabulary.fold(words)


@given(FIELDS, st.data())
@settings(max_examples=200)
def test_case_and_punctuation_do_not_count(field: str, data: st.DataObject) -> None:
    """A site's capitals, hyphens or double blanks must not make a known word unknown."""
    key, words = data.draw(st.sampled_from([*vocabulary.terms(field).items()]))
    term = data.draw(st.sampled_from([*words, *key.split()[:1]])) if len(key.split()) < 2 else words[0]
    case = data.draw(st.sampled_from([str.upper, str.lower, str.title]))
    between = data.draw(st.sampled_from(["  ", "-", "_", "\u00a0", " / "]))
    assert vocabulary.codes(field, f" {case(term).replace(' ', between)}. ") == key.split()


@given(
    st.lists(st.sampled_from(contract.PHASE), min_size=1, max_size=4, unique=True),
    st.sampled_from([" ", "/", ", ", "|", " and "]),
)
@settings(max_examples=100)
def test_strung_codes_come_back(phases: list[str], between: str) -> None:
    """Any list of the API's codes, strung together by any mark, is that list in that order."""
    assert vocabulary.codes("phases", between.join(phases)) == phases
