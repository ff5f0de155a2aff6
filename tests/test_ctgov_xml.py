from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading.read import identify
from pipeline.reading.records import ArmIntervention, Contact, Criterion, Identifier, Official, Record, StudyReference
from pipeline.reading.tabulate import Extracted, tabulate
from pipeline.reading.values import to_values
from pipeline.registers import ctgov_json, ctgov_xml
from pipeline.registers.errors import RegisterError

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "raw" / "sample" / "ctgov_xml.xml"
SAME_AS_JSON = ROOT / "raw" / "sample" / "ctgov_api_v2.json"
CORPUS = ROOT.parent / "shared" / "corpus"


def study(inside: str) -> bytes:
    """A study that holds these elements."""
    return f"<clinical_study>{inside}</clinical_study>".encode()


def record(inside: str) -> Record:
    """What is read of these elements, all of which are known."""
    found, unread = ctgov_xml.read(study(inside))
    assert unread == []
    return found


def rows(reader, data: bytes) -> dict[str, list[dict[str, object]]]:
    """The warehouse's rows for one study."""
    found = reader.read(data)
    assert found.unread == []
    extracted = Extracted("d", reader.NAME, found.record, None, None, None, [])
    tables = to_values(tabulate([extracted], contacts=True, officials=True)).tables
    return {name: frame.to_dicts() for name, frame in tables.items()}


def test_a_number_of_no_known_registry_is_somebody_s():
    """NULL is for trials without a number: a grant's would look as if it had been lost."""
    inside = "<id_info><secondary_id>R01AA000000</secondary_id><secondary_id>DRKS00000000</secondary_id></id_info>"
    identifiers = rows(ctgov_xml, study(inside))["trial_identifiers"]
    assert [row["registry"] for row in identifiers] == ["OTHER", "DRKS"]


def test_the_same_study_as_json_gives_the_same_rows():
    """Which download a trial came from would decide what the warehouse says of it."""
    as_xml, as_json = rows(ctgov_xml, SAMPLE.read_bytes()), rows(ctgov_json, SAME_AS_JSON.read_bytes())
    assert as_xml.keys() == as_json.keys()
    different = {
        (table, column)
        for table, found in as_xml.items()
        if table != "mesh_terms"
        for row, other in zip(found, as_json[table], strict=True)
        for column in row
        if row[column] != other[column]
    }
    # XML gives no coordinates and no organisation's class, says nothing of results without a comment on them, and marks
    # list items with a dash.
    assert different == {
        ("sites", "latitude"),
        ("sites", "longitude"),
        ("trials", "has_results"),
        ("trials", "organization_class"),
        ("trials", "eligibility_text"),
    }
    # XML gives the terms without their numbers and without what stands above them.
    assert [row["term"] for row in as_xml["mesh_terms"]] == [
        row["term"] for row in as_json["mesh_terms"] if not row["is_ancestor"]
    ]
    assert as_xml["quarantine"] == as_xml["unmapped_terms"] == []


def test_the_old_generation_gives_the_same_fields():
    """Files from before 2017 name dates otherwise and put the whole design into one string."""
    found = record(
        "<study_design>Allocation:  Randomized, Endpoint Classification: Safety/Efficacy Study,\n"
        "Intervention Model: Parallel Assignment, Masking: Double Blind (Subject, Outcomes Assessor), "
        "Primary Purpose: Treatment</study_design>"
        "<firstreceived_date>May 2, 2008</firstreceived_date><lastchanged_date>June 3, 2009</lastchanged_date>"
        "<firstreceived_results_date>July 4, 2009</firstreceived_results_date>"
        "<responsible_party><name_title>Ann Example, Director</name_title><organization>A Clinic</organization>"
        "</responsible_party><oversight_info><authority>A ministry</authority></oversight_info>"
        "<primary_outcome><measure>Pain</measure><time_frame>Week 12</time_frame><safety_issue>No</safety_issue>"
        "</primary_outcome><is_fda_regulated>Yes</is_fda_regulated>"
    )
    trial = found.trial
    assert (trial.allocation, trial.intervention_model, trial.primary_purpose) == (
        "Randomized",
        "Parallel Assignment",
        "Treatment",
    )
    assert (trial.masking, trial.who_masked) == ("Double Blind", "Subject, Outcomes Assessor")
    assert (trial.first_submitted_date, trial.results_first_submitted_date) == ("May 2, 2008", "July 4, 2009")
    assert (trial.last_update_posted_date, found.version_date) == (None, "June 3, 2009")
    assert trial.responsible_party == "Ann Example, Director, A Clinic"


@pytest.mark.parametrize(
    ("words", "masking", "who"),
    [
        ("None (Open Label)", "None (Open Label)", None),
        ("Double", "Double", None),
        ("Double-Blind", "Double-Blind", None),
        ("Double (Participant, Investigator)", "Double", "Participant, Investigator"),
        ("Participant, Care Provider", None, "Participant, Care Provider"),
    ],
)
def test_masking_is_split_into_how_many_and_who(words: str, masking: str | None, who: str | None):
    """The bracket of "None (Open Label)" would be taken for people, people alone for a kind of masking."""
    trial = record(f"<study_design_info><masking>{words}</masking></study_design_info>").trial
    assert (trial.masking, trial.who_masked) == (masking, who)


def test_people_numbers_references_and_links():
    """Every list that XML nests in another way than JSON does."""
    found = record(
        "<id_info><org_study_id>A-1</org_study_id><secondary_id>B-2</secondary_id><nct_id>NCT00000001</nct_id>"
        "<nct_alias>NCT00000002</nct_alias></id_info>"
        "<arm_group><arm_group_label>One</arm_group_label></arm_group>"
        "<arm_group><arm_group_label>Two</arm_group_label></arm_group>"
        "<intervention><intervention_type>Drug</intervention_type><intervention_name>Iron</intervention_name>"
        "<arm_group_label>Two</arm_group_label><arm_group_label>One</arm_group_label></intervention>"
        "<overall_official><first_name>Ann</first_name><middle_name>B.</middle_name><last_name>Example</last_name>"
        "<degrees>MD</degrees><role>Study Chair</role></overall_official>"
        "<location><contact><last_name>Desk</last_name><phone>000</phone><phone_ext>7</phone_ext></contact>"
        "<investigator><last_name>C. Example</last_name><role>Principal Investigator</role></investigator></location>"
        "<reference><citation>Cited</citation></reference>"
        "<results_reference><citation>Result</citation><PMID>1</PMID></results_reference>"
    )
    assert found.identifiers == [
        Identifier("NCT00000001", "PRIMARY", "CTGOV"),
        Identifier("A-1", "SECONDARY", "SPONSOR"),
        Identifier("B-2", "SECONDARY"),
        Identifier("NCT00000002", "ALIAS", "CTGOV"),
    ]
    assert found.arm_interventions == [ArmIntervention(0, 0), ArmIntervention(1, 0)]
    assert found.officials == [Official("Ann B. Example, MD", "Study Chair", None)]
    assert found.contacts == [
        Contact("Desk", "Contact", "000 ext 7", None, 0),
        Contact("C. Example", "Principal Investigator", None, None, 0),
    ]
    assert found.study_references == [
        StudyReference("Cited", None, "BACKGROUND"),
        StudyReference("Result", "1", "RESULT"),
    ]


@pytest.mark.parametrize(
    ("inside", "has_results"),
    [
        ("<clinical_results/>", "true"),
        ("<!-- Results have not yet been posted for this study      -->", "false"),
        ("<!-- Results have not yet been posted, but a results disposition has been submitted -->", "false"),
        ("<brief_title>Results have not yet been posted</brief_title>", None),
    ],
)
def test_the_register_says_in_a_comment_that_there_are_no_results(inside: str, has_results: str | None):
    """Parsers drop comments; without this one the column would be empty for most studies, which JSON calls false."""
    assert record(inside).trial.has_results == has_results


def test_wrapped_criteria_are_one_each():
    """A hard-wrapped line that begins with a number would become a criterion; a nested one would be swallowed."""
    found = record(
        "<eligibility><criteria><textblock>\r\n        -  INCLUSION CRITERIA:\r\n\r\n"
        "          1. A score of at least\r\n             12. points on the day\r\n\r\n"
        "               -  fever\r\n\r\n             or a cough\r\n\r\n"
        "        Those with asthma are told apart.\r\n\r\n        EXCLUSION CRITERIA:\r\n\r\n        Pregnancy.\r\n"
        "</textblock></criteria></eligibility>"
    )
    assert found.eligibility_criteria == [
        Criterion("A score of at least 12. points on the day or a cough", "INCLUSION"),
        Criterion("fever", "INCLUSION"),
        Criterion("Pregnancy.", "EXCLUSION"),
    ]


@pytest.mark.parametrize(
    ("inside", "path"),
    [
        ("<novelty/>", "/clinical_study/novelty"),
        ("<eligibility><novelty>x</novelty></eligibility>", "/clinical_study/eligibility/novelty"),
        ("<phase novelty='1'>N/A</phase>", "/clinical_study/phase/@novelty"),
        ("<phase>N<i>/A</i></phase>", "/clinical_study/phase/i"),
        ("<enrollment novelty='1'>4</enrollment>", "/clinical_study/enrollment/@novelty"),
        ("<phase>N/A</phase><phase>Phase 1</phase>", "/clinical_study/phase: said more than once"),
        ("<sponsors>loose<lead_sponsor/></sponsors>", "/clinical_study/sponsors: words between the elements"),
        ("<sponsors><lead_sponsor/>loose</sponsors>", "/clinical_study/sponsors: words between the elements"),
        (
            "<study_design>New: thing, Masking: Open Label</study_design>",
            "/clinical_study/study_design: 'New: thing' has",
        ),
        (
            "<intervention><arm_group_label>Gone</arm_group_label></intervention>",
            "/clinical_study/intervention/arm_group_label: no arm is called 'Gone'",
        ),
    ],
)
def test_what_is_new_is_reported(inside: str, path: str):
    """A register that adds an element, or says one twice, must not go unnoticed."""
    (line,) = ctgov_xml.read(study(inside)).unread
    assert line.startswith(path)


def test_reviewed_paths_are_not_reported_and_have_reasons():
    """A path on the list that is read, or misspelt, would hide an element for ever."""
    reviewed = ctgov_xml.paths_not_read()
    assert all(reviewed.values())
    assert {"/clinical_study/clinical_results", "/clinical_study/@rank"} <= reviewed.keys()
    assert record("<clinical_results><anything/></clinical_results><last_known_status>x</last_known_status>")


def test_the_stamp_of_the_download_is_no_content():
    """Every night's download would count as changed."""
    first = SAMPLE.read_bytes()
    second = first.replace(b"January 01, 2024", b"January 02, 2024").replace(
        b"<clinical_study>", b'<clinical_study rank="7">'
    )
    assert first != second
    assert identify(first).content_id == identify(second).content_id
    assert identify(first).document_id != identify(second).document_id
    assert identify(first).content_id != identify(first.replace(b"NAP05", b"NAP06")).content_id


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<clinical_study>", "not readable as XML"),
        (b"", "not readable as XML"),
        (b"<clinical_study>\xff</clinical_study>", "not readable as XML"),
        (b"<rss/>", "its root is <rss>"),
        (b"<clinical_study><phase>&novelty;</phase></clinical_study>", "not readable as XML"),
        (
            b"<!DOCTYPE clinical_study [<!ENTITY a 'ha'>]><clinical_study><phase>&a;</phase></clinical_study>",
            "declares entities",
        ),
        (
            "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE clinical_study [<!ENTITY a SYSTEM 'file:///etc/hosts'>]>"
            "<clinical_study><phase>&a;</phase></clinical_study>".encode("utf-16"),
            "entit",
        ),
        (b"<a>" * 100_000, "not readable as XML"),
    ],
)
def test_what_is_no_study_is_refused(data: bytes, words: str):
    """An entity could read a file of this machine into the warehouse or blow one kilobyte up to gigabytes."""
    with pytest.raises(RegisterError, match=re.escape(words)):
        ctgov_xml.read(data)


@given(st.binary(max_size=60) | st.text(max_size=40).map(study))
def test_any_bytes_are_read_or_refused(data: bytes):
    """An error of another type would stop the load of everything else."""
    try:
        ctgov_xml.read(data)
    except RegisterError as error:
        assert str(error)


def test_every_path_of_the_corpus_is_known():
    """An element of real studies that is neither read nor reviewed shows that the format is not whole."""
    if not CORPUS.is_dir():
        pytest.skip("the shared corpus is not here")
    files = [*(CORPUS / "ctgov_xml").glob("*.xml"), *(CORPUS / "ctgov_html" / "archive_xml").glob("*.xml")]
    assert [line for file in sorted(files) for line in ctgov_xml.read(file.read_bytes()).unread] == []
