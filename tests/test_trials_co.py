"""The layout trials_co: a summary, and the register's form below it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_cells import SHARED, cells, f1, misplaced, studies
from press_trials_co import press, printed

from pipeline.layouts import recognise, trials_co
from pipeline.layouts.lists import cut_masking, cut_names
from pipeline.reading.lines import Page
from pipeline.reading.records import Record

SAMPLES = Path(__file__).parent.parent / "raw" / "sample"
R, T = ((SAMPLES / f"trials_co.{dialect}.txt").read_text("utf-8") for dialect in "RT")


def read(text: str) -> tuple[Page, Record]:
    """Read a text as a page of the layout."""
    page = Page(text)
    return page, trials_co.read(page)


def check_seed_facts(record: Record) -> None:
    """Check the counts and values that the sample shares with the real page."""
    counts = [sum(outcome.type == kind for outcome in record.outcomes) for kind in ("PRIMARY", "SECONDARY", "OTHER")]
    assert counts == [5, 36, 12]
    assert all(outcome.measure and outcome.description and outcome.time_frame for outcome in record.outcomes)
    assert [len(rows) for rows in (record.arms, record.interventions, record.conditions, record.keywords)] == [
        1,
        1,
        1,
        2,
    ]
    assert [len(rows) for rows in (record.contacts, record.officials, record.sites)] == [1, 1, 0]
    trial = record.trial
    assert (trial.phases, trial.masking, trial.who_masked) == ("Phase 1, Phase 2", "None (Open Label)", None)
    assert (trial.enrollment, trial.enrollment_type) == ("18", "Anticipated")
    assert (trial.start_date, trial.start_date_type) == ("July 30, 2023", "Anticipated")
    assert (trial.minimum_age, trial.maximum_age) == ("18 Years", "75 Years")
    assert [(claim.field, claim.value, claim.chosen) for claim in record.claims] == [
        ("phases", "Phase 1, Phase 2", True),
        ("phases", "Phase 1", False),
    ]
    # Criteria that run on in one line cannot be cut for sure.
    assert record.trial.eligibility_text
    assert record.eligibility_criteria == []


def test_sample_r() -> None:
    """Without it the form and the summary that repeats it could both be counted, or a line be lost."""
    page, record = read(R)
    assert recognise(page).layout is trials_co
    check_seed_facts(record)
    assert not record.lossy
    assert list(page.unread()) == []
    assert misplaced(page, record) == []


def test_sample_t() -> None:
    """Dialect T has no labels: what its order does not tell must stay unread."""
    page, record = read(T)
    assert recognise(page).layout is trials_co
    assert record.conditions == ["Knee Arthroplasty", "Pain, Postoperative", "Edema"]
    assert record.keywords == ["knee", "tape (K-Tape, stretch tape)"]
    assert (record.trial.study_type, record.trial.primary_purpose) == ("interventional", "treatment")
    assert [(site.facility, site.status) for site in record.sites] == [
        ("Example University", "Not yet recruiting"),
        ("Invented Clinic", None),
    ]
    assert [(arm.type, arm.label, arm.description) for arm in record.arms] == [
        ("Experimental", "tape group", None),
        ("Sham Comparator", "sham group", None),
        ("Other", "exercise group", None),
    ]
    assert [row.kind for row in record.eligibility_criteria] == ["INCLUSION"] * 3 + ["EXCLUSION"] * 2
    assert [line.number for line in page.unread()] == [27, 28]  # two descriptions for three arms
    assert misplaced(page, record) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the seeds are not beside the repository")
def test_seed() -> None:
    """The real page gives the counts of the sample that was made after it."""
    page, record = read((SHARED / "seeds" / "003.txt").read_text("utf-8"))
    assert recognise(page).layout is trials_co
    check_seed_facts(record)
    assert list(page.unread()) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the corpus is not beside the repository")
@pytest.mark.parametrize(("dialect", "at_least"), [("R", 0.99), ("T", 0.98)])
def test_pressed_corpus(dialect: str, at_least: float) -> None:
    """A change that loses or invents values on other studies than the samples shows here."""
    pairs = []
    for study in studies():
        page, record = read(press(study, dialect))
        assert misplaced(page, record) == []
        pairs.append((cells(record), printed(study, dialect)))
    assert f1(pairs) >= at_least


@pytest.mark.skipif(not SHARED.exists(), reason="the corpus is not beside the repository")
def test_beginnings_of_real_pages() -> None:
    """Real pages that were cut off early are still recognised and give what stands above the cut."""
    paths = sorted((SHARED / "corpus" / "pages" / "trials_co").glob("*.txt"))
    assert paths
    for path in paths:
        page, record = read(path.read_text("utf-8"))
        assert recognise(page).layout is trials_co, path.name
        assert record.trial.brief_title, path.name
        assert record.conditions, path.name


def test_names_that_look_like_labels() -> None:
    """A label counts only in its own part of the form: an outcome may be called 'Keywords' or 'Phone'."""
    _, record = read(R.replace("    Serious events\n", "    Keywords\n").replace("    Survival\n", "    Phone\n"))
    measures = [outcome.measure for outcome in record.outcomes]
    assert (measures[1], measures[5]) == ("Keywords", "Phone")
    assert len(measures) == 53


def test_prose_that_looks_like_a_header() -> None:
    """A numbered line of a description is no section unless one of its labels follows."""
    text = R.replace("    Late cirrhosis has few", "    7. Study Design\n\n    Late cirrhosis has few")
    _, record = read(text)
    assert (record.trial.detailed_description or "").startswith("7. Study Design Late cirrhosis")
    assert record.trial.intervention_model == "Sequential Assignment"


T_TOP = """A trial of cells
Asthma
About this trial
This is an interventional treatment trial for Asthma
Eligibility Criteria
Inclusion Criteria:
- Adults
Sites / Locations
- Clinic A
Arms of the Study"""


def test_summary_alone() -> None:
    """A page that is cut above its form gives the summary's values, and says that the phases are blurred."""
    _, record = read(R[: R.index("1. Study Identification")])
    assert record.lossy == {"phases"}
    assert (record.trial.phases, record.trial.healthy_volunteers) == ("Phase 1", "Does not accept healthy volunteers")
    assert [(arm.label, arm.type) for arm in record.arms] == [("Invented Cord Cells", "Experimental")]
    assert record.arms[0].description
    assert [row.name for row in record.interventions] == ["Invented Cord Cells"]
    assert (record.outcomes[0].measure, record.outcomes[0].type) == ("Safety of dosing", "PRIMARY")
    assert record.outcomes[0].description == "How many people had an unwanted effect"
    assert record.outcomes[0].time_frame is None


@pytest.mark.parametrize(
    ("lines", "outcomes"),
    [
        (["Pain"], [("Pain", None)]),
        (["Pain", "Cough", "Sleep"], [("Pain", None), ("Cough", None), ("Sleep", None)]),
        (["Pain", "How much it hurts.", "Cough", "by day"], [("Pain", "How much it hurts."), ("Cough", "by day")]),
        (["Pain", "Measured at rest"], [("Pain", "Measured at rest")]),
        (["Pain", "on a scale", "Cough", "by day and night"], []),
        (
            ["Pain", "on a scale", "Cough", "by day and night", "Sleep", "in hours"],
            [("Pain", "on a scale"), ("Cough", "by day and night"), ("Sleep", "in hours")],
        ),
        # A description may be missing, and a name may be a sentence.
        (["Pain", "Cough"], []),
        (["Pain", "How much it hurts.", "Cough"], []),
        (["Pain hurts.", "Cough hurts.", "Pain lasts.", "Cough."], []),
    ],
)
def test_short_lists(lines: list[str], outcomes: list[tuple[str, str | None]]) -> None:
    """The summary's outcomes are read where it is sure which lines are their descriptions."""
    _, record = read("\n".join([T_TOP, "Outcomes", "Secondary Outcome Measures", *lines, "Full Information"]))
    assert [(row.measure, row.description) for row in record.outcomes] == outcomes
    assert all(row.type == "SECONDARY" for row in record.outcomes)


def test_outcomes_without_heading() -> None:
    """Dialect T may drop the headings of outcomes: pairs of name and sentence are told from the arms' descriptions."""
    arms = ["Arm 1", "Arm 2", "Experimental", "Sham Comparator", "Cells", "Water", "Cells once.", "Water once."]
    for descriptions in (2, 1):
        text = [T_TOP, *arms[: 6 + descriptions], "Pain", "How much it hurts.", "Cough", "How often."]
        _, record = read("\n".join(text))
        assert [(row.measure, row.description, row.type) for row in record.outcomes] == [
            ("Pain", "How much it hurts.", None),
            ("Cough", "How often.", None),
        ]
        assert [row.description for row in record.arms] == (
            ["Cells once.", "Water once."] if descriptions == 2 else [None] * 2
        )
    _, record = read("\n".join([T_TOP, *arms, "Pain", "Cough"]))
    assert (record.outcomes, [row.label for row in record.arms]) == ([], ["Cells", "Water"])


def test_no_upper_age() -> None:
    """The page's word for a missing limit is no limit, in both halves."""
    _, record = read(R.replace("75 Years (Adult", "undefined (Adult").replace("Time\n    75 Years", "Time\n    N/A"))
    assert (record.trial.minimum_age, record.trial.maximum_age) == ("18 Years", None)


def test_contradictions_become_claims() -> None:
    """Values that both halves print and that differ are kept side by side; other words for one value are not."""
    _, record = read(R.replace("Not yet recruiting\nPhase", "Active\nPhase"))
    assert [claim.value for claim in record.claims if claim.field == "overall_status"] == [
        "Not yet recruiting",
        "Active",
    ]


def test_facilities_of_the_form() -> None:
    """Facilities in the form are taken instead of the summary's list, which adds the statuses."""
    form = "    Facility Information:\n" + "".join(
        f"    Facility Name\n    {name}\n    City\n    Springfield\n    ZIP/Postal Code\n    00{number}\n"
        for number, name in enumerate(("Clinic A", "Clinic B"))
    )
    text = R.replace("    12. IPD", f"{form}\n    12. IPD").replace(
        "Sites / Locations\n", "Sites / Locations\n\n  • Clinic ARecruiting\n  • Clinic B\n"
    )
    page, record = read(text)
    assert [(site.facility, site.city, site.postal_code, site.status) for site in record.sites] == [
        ("Clinic A", "Springfield", "000", "Recruiting"),
        ("Clinic B", "Springfield", "001", None),
    ]
    assert misplaced(page, record) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Pain, Edema", ["Pain", "Edema"]),
        ("Diabetes Mellitus, Type 2, Gout", ["Diabetes Mellitus, Type 2", "Gout"]),
        ("PD-1 (a, b), Immunotherapy", ["PD-1 (a, b)", "Immunotherapy"]),
        ("Example Pharma Co., Ltd., Other Works, Inc.", ["Example Pharma Co., Ltd.", "Other Works, Inc."]),
        ("Institute of Heart, Lung, and Blood, Elsewhere", ["Institute of Heart, Lung, and Blood", "Elsewhere"]),
        ("(unclosed, Second", ["(unclosed", "Second"]),
        ("Heart Failure, Congestive, Gout, Postmenopause", ["Heart Failure, Congestive", "Gout", "Postmenopause"]),
    ],
)
def test_lists_in_one_line(text: str, names: list[str]) -> None:
    """Commas inside a name must not cut it."""
    page = Page(text)
    assert cut_names(page, page.lines[0]) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Example Works, Canada, Other Trust", ["Example Works, Canada", "Other Trust"]),
        ("Example Trust, The Netherlands", ["Example Trust, The Netherlands"]),
        ("Example Works, now a part of Other", ["Example Works, now a part of Other"]),
        ("University of Texas, Springfield, Other Trust", ["University of Texas, Springfield", "Other Trust"]),
        ("University of Texas, Example Hospital", ["University of Texas", "Example Hospital"]),
    ],
)
def test_organisations_in_one_line(text: str, names: list[str]) -> None:
    """The place behind an organisation is a part of its name, not a sponsor."""
    page = Page(text)
    assert cut_names(page, page.lines[0], organisations=True) == names


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Double (Participant, Investigator)", ("Double", "Participant, Investigator")),
        ("None (Open Label)", ("None (Open Label)", None)),
        ("ParticipantOutcomes Assessor", (None, "Participant Outcomes Assessor")),
        ("Something new", ("Something new", None)),
    ],
)
def test_masking(text: str, parts: tuple[str | None, str | None]) -> None:
    """Who is masked stands in the cell of the level, or glued to one another without it."""
    page = Page(text)
    assert cut_masking(page, page.lines[0]) == parts


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([R, T]), st.data(), st.text(max_size=20))
def test_any_page_is_read(sample: str, data: st.DataObject, odd: str) -> None:
    """A cut, shuffled or strange page raises nothing, and every word still stands where it says."""
    lines = data.draw(st.lists(st.sampled_from(sample.split("\n")), max_size=60))
    page, record = read("\n".join([*lines[:30], odd, *lines[30:]]) if lines else sample[: len(odd) * 300])
    assert misplaced(page, record) == []
