"""The layout crick: pages whose values are told by position."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_cells import SHARED, cells, f1, misplaced, studies
from press_crick import press, printed

from pipeline.layouts import crick, recognise
from pipeline.reading.lines import Page
from pipeline.reading.records import Outcome, Record

SAMPLE = (Path(__file__).parent.parent / "raw" / "sample" / "crick.T.txt").read_text("utf-8")
DESIGN = "Study Type\nINTERVENTIONAL\nAllocation\nNA\nPurpose\nTREATMENT\nMasking\nNONE\nEnrollment\n1,200\n"
SUMMARY = "We ask whether tablets help adults.\n\n"
FOOTER = "This platform is for informational purposes only and gives no medical advice.\n"


def read(body: str, *, head: str = "A summary.\n") -> tuple[Page, Record]:
    """Read a page with the design above around `body`."""
    page = Page(head + DESIGN + body + FOOTER)
    return page, crick.read(page)


def check_seed_facts(record: Record) -> None:
    """Check the counts and values that the sample shares with the real page."""
    assert record.trial.study_type == "INTERVENTIONAL"
    assert record.trial.allocation == "NON_RANDOMIZED"
    assert record.trial.masking == "NONE"
    assert record.trial.enrollment == "54"
    assert not record.arms
    assert [(row.name, bool(row.description)) for row in record.interventions] == [(None, True)]
    assert [(site.city, site.state, site.country, site.status) for site in record.sites] == [
        ("Jakarta", "DKI Jakarta", "Indonesia", None)
    ]
    assert [outcome.type for outcome in record.outcomes] == [None] * 7
    assert all(outcome.measure and outcome.description and outcome.time_frame for outcome in record.outcomes)


def test_sample() -> None:
    """The sample is read whole, and nothing is made of what the page does not print."""
    page = Page(SAMPLE)
    assert recognise(page).layout is crick
    record = crick.read(page)
    check_seed_facts(record)
    assert record.outcomes[4].description == "Interleukin < 5 pg/mL counts as normal"
    assert list(page.unread()) == []
    assert misplaced(page, record) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the seeds are not beside the repository")
def test_seed() -> None:
    """The real page gives the same counts as the sample that was made after it."""
    page = Page((SHARED / "seeds" / "000.txt").read_text("utf-8"))
    assert recognise(page).layout is crick
    record = crick.read(page)
    check_seed_facts(record)
    assert list(page.unread()) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the corpus is not beside the repository")
@pytest.mark.parametrize("dialect", ["T", "R"])
def test_pressed_corpus(dialect: str) -> None:
    """Real studies, printed as this page and read again, come back: odd content breaks no rule."""
    pairs = []
    for study in studies():
        page = Page(press(study, dialect))
        assert page.dialect == dialect
        record = crick.read(page)
        assert misplaced(page, record) == []
        pairs.append((cells(record), printed(study, dialect)))
    assert f1(pairs) > 0.99


def test_status_belongs_to_the_site_before() -> None:
    """A status is glued before the next line's text: taken as part of it, both the name and the status are lost."""
    page, record = read(
        "Tablets\nFirst Clinic\nLyon, France\nRECRUITINGthe second clinic\nWuhan, China\n"
        "ACTIVE_NOT_RECRUITINGPain\nTime frame: Day 1\n"
    )
    assert [(site.facility, site.status) for site in record.sites] == [
        ("First Clinic", "RECRUITING"),
        ("the second clinic", "ACTIVE_NOT_RECRUITING"),
    ]
    assert record.outcomes == [Outcome(measure="Pain", time_frame="Day 1")]
    assert list(page.unread()) == []


def test_status_before_the_disclaimer() -> None:
    """On a page without outcomes the last status sticks to the disclaimer."""
    _, record = read("First Clinic\nLyon, France\nWITHDRAWN")
    assert record.sites[0].status == "WITHDRAWN"


def test_a_word_of_status_is_no_status() -> None:
    """Only a glued code is a status, and only behind a site."""
    _, record = read("First Clinic\nLyon, France\nCOMPLETED visits\nTime frame: Day 1\n")
    assert record.sites[0].status is None
    assert record.outcomes[0].measure == "COMPLETED visits"


def test_facility_that_reads_like_a_place() -> None:
    """Facilities and places alternate, whatever a facility is called."""
    _, record = read("Tablets\nInvented Hospital, France\nLyon, France\nPain\nTime frame: Day 1\n")
    assert [(site.facility, site.city) for site in record.sites] == [("Invented Hospital, France", "Lyon")]
    assert [row.description for row in record.interventions] == ["Tablets"]


def test_description_of_an_outcome_is_optional() -> None:
    """A measure stands first behind the time frame before; what follows it describes it."""
    _, record = read(
        "C\nLyon, France\n1. Pain\nTime frame: Day 1\nSleep\nHours slept\nTime frame: a day, time frame : 2\n"
    )
    assert [(row.measure, row.description, row.time_frame) for row in record.outcomes] == [
        ("1. Pain", None, "Day 1"),
        ("Sleep", "Hours slept", "a day, time frame : 2"),
    ]


def test_no_sites_and_no_sure_first_measure() -> None:
    """Without sites the first measure is told from descriptions by what the other outcomes are like, or not at all."""
    body = "Tablets\nTablets\nPain\nTime frame: Day 1\n"
    _, alike = read(body + "Sleep\nTime frame: Day 1\nMood\nTime frame: Day 1\n")
    assert alike.outcomes[0].measure == "Pain"
    assert len(alike.interventions) == 2
    page, mixed = read(body + "Sleep\nHours\nTime frame: Day 1\nMood\nTime frame: Day 1\n")
    assert mixed.outcomes[0] == Outcome(time_frame="Day 1")
    assert [row.description for row in mixed.interventions] == ["Tablets"]
    assert [line.text for line in page.unread()] == ["Tablets", "Pain"]


def test_page_without_time_frames() -> None:
    """Without sites and time frames, a line behind the design may describe an intervention or be a measure."""
    page, record = read("Drug use\nCraving\n")
    assert (record.interventions, record.outcomes) == ([], [])
    assert [line.text for line in page.unread()] == ["Drug use", "Craving"]


def test_banners_and_headings() -> None:
    """A banner is no summary; headings, which another extractor keeps, are no values of the lists below them."""
    body = "Interventions\nTablets\nLocations (1)\nClinic\nSpringfield, France\n"
    body += "Primary Outcomes\nPain\nTime frame: Day 1\n"
    page, record = read(body, head="We use cookies to know you.\nAccept all\nA summary.\n")
    assert record.trial.brief_summary == "A summary."
    assert [row.description for row in record.interventions] == ["Tablets"]
    assert [(site.facility, site.city) for site in record.sites] == [("Clinic", "Springfield")]
    assert [row.measure for row in record.outcomes] == ["Pain"]
    assert list(page.unread()) == []


def test_blank_lines_kept() -> None:
    """Words that are neither a title nor prose, above the summary in dialect R, become neither."""
    page, record = read("Pain\n\nTime frame: Day 1\n", head="The site\n\nA title\n\nA summary.\n\n")
    assert (record.trial.brief_title, record.trial.brief_summary, record.trial.study_type) == (
        None,
        None,
        "INTERVENTIONAL",
    )
    assert [line.text for line in page.unread()] == ["The site", "A title", "A summary."]


def test_marks_of_authors_are_no_dialect() -> None:
    """An author's dashes and bullets tell no dialect: blank lines do, and a wrong dialect loses the summary."""
    spaced, _ = read("- Pain\n\nTime frame: Day 1\n\n- Sleep\n\nTime frame: Day 1\n\n")
    assert spaced.dialect == "R"
    dense, record = read("Tablets\n• of the harbour\nFirst Clinic\nLyon, France\nPain\nTime frame: Day 1\n")
    assert dense.dialect == "T"
    assert record.trial.brief_summary == "A summary."
    assert [row.description for row in record.interventions] == ["Tablets", "• of the harbour"]


def test_title_above_the_summary() -> None:
    """Dialect R keeps the title: read by its position alone it becomes the summary, and the summary a detail."""
    title = "Tablets Against Pain in Adults of the Invented Harbour"
    summary = "This trial asks whether tablets help against pain."
    detail = "Every adult who comes to the harbour may take part."
    for text in ([title, "RECRUITING", summary, detail], [title, "Summary", summary, "Detailed Description", detail]):
        page, record = read("Pain\nTime frame: Day 1\n", head="".join(f"{line}\n\n" for line in text))
        assert (record.trial.brief_title, record.trial.brief_summary) == (title, summary)
        assert record.trial.detailed_description == detail
        assert list(page.unread()) == []
    assert read("", head=f"{title}\n\nRECRUITING\n\n{summary}\n\n")[1].trial.overall_status == "RECRUITING"


def test_two_titles_are_none() -> None:
    """A second capitalised line may be a sponsor or another title: which one is the title is not said."""
    head = (
        "Tablets Against Pain in Adults\n\nHospital of the Invented Harbour\n\nWe ask whether tablets help adults.\n\n"
    )
    page, record = read("Pain\nTime frame: Day 1\n", head=head)
    assert record.trial.brief_title is None
    assert record.trial.brief_summary == "We ask whether tablets help adults."
    assert len(list(page.unread())) == 2


def test_status_alone_in_its_line() -> None:
    """Dialect R keeps a site's status in a line of its own: counted as a line of a site it would end their list."""
    body = "Tablets\n\nFirst Clinic\nLyon, France\nRECRUITING\n\nSecond Clinic\nWuhan, China\n\n"
    body += "Third Clinic\nLima, Peru\nNOT_YET_RECRUITING\n\nPain\nTime frame: Day 1\n\n"
    page, record = read(body, head=SUMMARY)
    assert [(site.facility, site.status) for site in record.sites] == [
        ("First Clinic", "RECRUITING"),
        ("Second Clinic", None),
        ("Third Clinic", "NOT_YET_RECRUITING"),
    ]
    assert [row.description for row in record.interventions] == ["Tablets"]
    assert record.outcomes == [Outcome(measure="Pain", time_frame="Day 1")]
    assert list(page.unread()) == []


def test_headings_say_what_follows() -> None:
    """Headings tell an outcome's type, and where it starts on a page without sites."""
    body = "Interventions\n\n  • Tablets\n\nPrimary Outcomes\n\nPain\nBy diary\nTime frame: Day 1\n\n"
    body += "Secondary Outcomes (2)\n\nSleep\nTime frame: Day 1\n\nOutcomes\nAll of them\nTime frame: Day 2\n\n"
    page, record = read(body, head=SUMMARY)
    assert [row.description for row in record.interventions] == ["Tablets"]
    assert record.outcomes == [
        Outcome("Pain", "By diary", "Day 1", "PRIMARY"),
        Outcome("Sleep", None, "Day 1", "SECONDARY"),
        Outcome("Outcomes", "All of them", "Day 2", "SECONDARY"),
    ]
    assert list(page.unread()) == []


def test_a_heading_ends_an_outcome_without_time_frame() -> None:
    """A measure without a time frame lends neither its words nor its type to the outcome below the next heading."""
    body = "Primary Outcomes\n\nPain\nTime frame: Day 1\n\nMood\n\nSecondary Outcomes\n\nSleep\nTime frame: Day 2\n\n"
    page, record = read(body, head=SUMMARY)
    assert record.outcomes == [Outcome("Pain", None, "Day 1", "PRIMARY"), Outcome("Sleep", None, "Day 2", "SECONDARY")]
    assert [line.text for line in page.unread()] == ["Mood"]


def test_blank_lines_part_outcomes() -> None:
    """Without sites, a blank line before each outcome tells where the first one starts, whatever the others have."""
    body = "Tablets\n\nPain\nBy diary\nTime frame: Day 1\n\nSleep\nTime frame: Day 1\n\n"
    _, record = read(body)
    assert [row.description for row in record.interventions] == ["Tablets"]
    assert record.outcomes[0] == Outcome("Pain", "By diary", "Day 1")
    _, apart = read(body.replace("\n", "\n\n"))
    assert apart.outcomes[0] == Outcome(time_frame="Day 1")


def test_design_without_values() -> None:
    """Where "N/A" fills the place of a value, the labels behind it still have theirs; for the allocation it is one."""
    page = Page(
        "A summary.\nStudy Type\nOBSERVATIONAL\nAllocation\nN/A\nPurpose\nN/A\nMasking\nN/A\nEnrollment\n5\n" + FOOTER
    )
    trial = crick.read(page).trial
    assert (trial.allocation, trial.primary_purpose, trial.masking, trial.enrollment) == ("N/A", None, None, "5")
    assert list(page.unread()) == []


def test_observational_page_lacks_labels() -> None:
    """A label that is not printed, or has no value, shifts nothing."""
    page = Page(
        "A summary.\nMore.\nStudy Type\nOBSERVATIONAL\nMasking\nEnrollment\n5\nPain\nTime frame: Day 1\n" + FOOTER
    )
    record = crick.read(page)
    assert (record.trial.study_type, record.trial.masking, record.trial.enrollment) == ("OBSERVATIONAL", None, "5")
    assert record.trial.detailed_description == "More."
    assert record.outcomes[0].measure == "Pain"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SAMPLE.split("\n")), max_size=30), st.text(max_size=30))
def test_any_page_is_read(lines: list[str], odd: str) -> None:
    """A cut, shuffled or strange page raises nothing, and every word still stands where it says."""
    page = Page("\n".join([*lines[:15], odd, *lines[15:]]))
    assert misplaced(page, crick.read(page)) == []
