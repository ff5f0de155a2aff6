"""The last resort: only what a page's own labels say."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_cells import misplaced

from pipeline.layouts import NotRecognisedError, labelled, recognise
from pipeline.reading.lines import Page
from pipeline.reading.records import Record

SAMPLE = (Path(__file__).parent.parent / "raw" / "sample" / "labelled.txt").read_text("utf-8")


def read(text: str) -> Record:
    """Read a page as the last resort does."""
    return labelled.read(Page(text, url="https://example.org/NCT01234567"))


def test_sample() -> None:
    """The page of an unknown site yields what it labels, and reports the rest."""
    page = Page(SAMPLE)
    assert recognise(page).layout is labelled
    record = labelled.read(page)
    trial = record.trial
    assert [(one.identifier, one.role) for one in record.identifiers] == [
        ("NCT04357600", "PRIMARY"),
        ("CT/LC/01/2018", "SECONDARY"),
    ]
    assert (trial.overall_status, trial.study_type, trial.phases) == ("Recruiting", "Interventional", "Phase 1/Phase 2")
    assert (trial.allocation, trial.masking, trial.who_masked) == ("N/A", "None (Open Label)", None)
    assert (trial.enrollment, trial.enrollment_type) == ("12", "Estimated")
    assert (trial.start_date, trial.start_date_type) == ("May 17, 2018", "Actual")
    assert (trial.primary_completion_date, trial.primary_completion_date_type) == ("June 20, 2023", "Estimated")
    assert (trial.minimum_age, trial.maximum_age, trial.sex) == ("18 Years", "65 Years", "All")
    assert trial.brief_summary == "Twelve people are given cord cells a single time. Half a year of visits follows."
    assert record.conditions == ["Liver Cirrhoses"]
    assert [(one.name, one.role) for one in record.sponsors] == [("PT. Example Stem Cell Indonesia", "LEAD")]
    assert [(one.measure, one.time_frame, one.type) for one in record.outcomes] == [
        ("Child Pugh Score", "1 month after injection", "Primary"),
        ("MELD Score", "6 months", "Primary"),
    ]
    assert [one.kind for one in record.eligibility_criteria] == ["Inclusion Criteria"] + ["Exclusion Criteria"] * 2
    assert trial.brief_title is None
    assert [line.text for line in page.unread()] == [
        "Trial Compass of the Example Institute",
        "A page of a site that nobody described",
        "Our Compass Score",
        "Seven of ten",
        "Status",
        "of the art since 2009",
    ]
    assert misplaced(page, record) == []


def test_labels_in_prose() -> None:
    """A word that is also a label takes no value from prose below it or behind it."""
    record = read(
        "Phase\nthe moon is in\nMasking tape\nSponsor\na child today\nEnrollment\nis open\nSex\nand the city\n"
    )
    assert record == Record()


def test_table() -> None:
    """`Label | value |` is a label with its value."""
    record = read("Overall Status | Completed |\n| Enrollment | 40 |\nActual Study Start Date | May 2018 |\n")
    assert record.trial.overall_status == "Completed"
    assert record.trial.enrollment == "40"
    assert record.trial.enrollment_type is None
    assert (record.trial.start_date, record.trial.start_date_type) == ("May 2018", "Actual")


def test_outcome_in_the_line_of_its_label() -> None:
    """An outcome behind the colon of its label is one, as are those that are listed below it."""
    record = read(
        "Secondary Outcome: Sleep [ Time Frame: 4 weeks ]\nOther Outcomes:\n- Mood\nPrimary Outcome is pain\n"
    )
    assert [(one.type, one.measure, one.time_frame) for one in record.outcomes] == [
        ("Secondary", "Sleep", "4 weeks"),
        ("Other", "Mood", None),
    ]


def test_number_without_a_label() -> None:
    """The one registry number of a page is its number; of two, neither, since nothing says which."""
    assert [one.identifier for one in read("On NCT01234567.\nStatus: Recruiting").identifiers] == ["NCT01234567"]
    assert read("On NCT01234567 and NCT07654321.\nStatus: Recruiting").identifiers == []


def test_no_number() -> None:
    """Labels without a registry number, in the page or in its address, are no trial: they would make one up."""
    text = "Study Type: Interventional\nOverall Status: Completed\nAllocation: Randomized\n"
    with pytest.raises(NotRecognisedError, match="no registry number"):
        labelled.read(Page(text))
    assert labelled.read(Page(f"https://example.org/NCT01234567\n{text}")).trial.study_type == "Interventional"
    assert labelled.read(Page(f"{text}See NCT01234567.\n")).trial.study_type == "Interventional"


def test_contradiction() -> None:
    """A field that is printed twice with different values becomes claims."""
    record = read("Enrollment: 12\nEnrollment: 15\n")
    assert [(claim.value, claim.chosen) for claim in record.claims] == [("12", True), ("15", False)]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_mutated(data: st.DataObject) -> None:
    """Any damage to the page is read without an exception, and every value keeps its place."""
    start = data.draw(st.integers(0, len(SAMPLE)))
    end = data.draw(st.integers(start, min(len(SAMPLE), start + 80)))
    text = SAMPLE[:start] + data.draw(st.text("a:|\n• 1", max_size=8)) + SAMPLE[end:]
    page = Page(text, url="https://example.org/NCT01234567")
    assert misplaced(page, labelled.read(page)) == []
