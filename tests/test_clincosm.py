"""The layout clincosm: labelled sections, lists that are never closed, and rows of sites joined by blanks."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_cells import SHARED, cells, f1, misplaced, studies
from press_clincosm import press, printed

from pipeline.layouts import clincosm, recognise
from pipeline.layouts.criteria import listed_criteria
from pipeline.layouts.site_rows import read_rows
from pipeline.reading.lines import Page
from pipeline.reading.records import ArmIntervention, Record

SAMPLE = (Path(__file__).parent.parent / "raw" / "sample" / "clincosm.R.txt").read_text("utf-8")


def read(text: str) -> tuple[Page, Record]:
    """Read a text as a page of the layout."""
    page = Page(text)
    return page, clincosm.read(page)


def with_arms(table: str) -> Record:
    """Read the sample with another table of arms, and without the list of interventions."""
    start, end = SAMPLE.index("Experimental: Inv"), SAMPLE.index("    Primary Outcome")
    return read(SAMPLE[:start] + table + SAMPLE[end:])[1]


def check_seed_facts(record: Record) -> None:
    """Check the counts and values that the sample shares with the real page."""
    trial = record.trial
    assert (trial.enrollment, trial.enrollment_type, trial.phases) == ("15 participants", "Actual", "Phase 1/Phase 2")
    assert (trial.masking, trial.has_results) == ("Quadruple", "No Results Posted")
    assert trial.who_masked == "Participant, Care Provider, Investigator, Outcomes Assessor"
    assert (trial.minimum_age, trial.maximum_age, trial.sex) == ("18 Years", "60 Years", "All")
    assert (trial.start_date, trial.start_date_type) == ("Aug 1, 2022", "Actual")
    assert {"start_date", "last_verified_date"} <= record.lossy
    assert [(row.role, row.identifier) for row in record.identifiers] == [
        ("PRIMARY", "NCT05921058"),
        ("SECONDARY", "NAP05"),
    ]
    assert [(arm.type, bool(arm.description)) for arm in record.arms] == [
        ("Experimental", True),
        ("Placebo Comparator", True),
    ]
    assert [(row.type, len(row.other_names)) for row in record.interventions] == [("Drug", 1), ("Drug", 1)]
    assert record.arm_interventions == [ArmIntervention(0, 0), ArmIntervention(1, 1)]
    assert [(row.type, bool(row.description)) for row in record.outcomes] == [("PRIMARY", True)]
    assert [(site.city, site.state, site.country) for site in record.sites] == [
        ("Surakarta", "Middle Java", "Indonesia")
    ]
    assert [row.kind for row in record.eligibility_criteria] == ["INCLUSION", "EXCLUSION"]
    assert len(record.officials) == 1
    assert record.conditions == []
    assert record.claims == []


def test_sample() -> None:
    """Without it the lists that slide into the next section could swallow arms and headings."""
    page, record = read(SAMPLE)
    assert recognise(page).layout is clincosm
    check_seed_facts(record)
    assert record.trial.intervention_model_description == "Two groups run side by side."
    assert record.outcomes[0].time_frame == "Change at 1 months"
    assert (record.officials[0].name, record.officials[0].affiliation) == ("Kim Nobody, MD", "Example State University")
    assert list(page.unread()) == []
    assert misplaced(page, record) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the seeds are not beside the repository")
def test_seed() -> None:
    """The real page gives the counts of the sample that was made after it."""
    page, record = read((SHARED / "seeds" / "004.txt").read_text("utf-8"))
    assert recognise(page).layout is clincosm
    check_seed_facts(record)
    assert list(page.unread()) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the corpus is not beside the repository")
@pytest.mark.parametrize("shown", [True, False])
def test_pressed_corpus(shown: bool) -> None:
    """A change that loses or invents values on other studies than the samples shows here."""
    pairs = []
    for study in studies():
        page, record = read(press(study, shown=shown))
        assert misplaced(page, record) == []
        pairs.append((cells(record), printed(study)))
    assert f1(pairs) >= 0.97


@pytest.mark.skipif(not SHARED.exists(), reason="the corpus is not beside the repository")
def test_beginnings_of_real_pages() -> None:
    """Real pages that were cut off early are still recognised and give what stands above the cut."""
    paths = sorted((SHARED / "corpus" / "pages" / "clincosm").glob("*.txt"))
    assert paths
    for path in paths:
        page, record = read(path.read_text("utf-8"))
        assert recognise(page).layout is clincosm, path.name
        assert record.identifiers[0].identifier in path.name


def test_acronym() -> None:
    """The page puts the acronym before the title; a longer word before a colon is part of the title."""
    trial = read(SAMPLE.replace("The Effects", "EX-1 B: The Effects", 1))[1].trial
    assert (trial.acronym, (trial.brief_title or "")[:11]) == ("EX-1 B", "The Effects")
    trial = read(SAMPLE.replace("The Effects", "A Long Beginning: The Effects", 1))[1].trial
    assert (trial.acronym, (trial.brief_title or "")[:16]) == (None, "A Long Beginning")


def test_sponsors() -> None:
    """Names of sponsors hold commas and brackets of their own; only a known class ends one."""
    names = "Works (EW) (Industry), Example, Madison (Other), Unclassed (Ltd)"
    _, record = read(SAMPLE.replace("(none)", names))
    assert [(row.name, row.class_) for row in record.sponsors[1:]] == [
        ("Works (EW)", "Industry"),
        ("Example, Madison", "Other"),
        ("Unclassed (Ltd)", None),
    ]


@pytest.mark.parametrize(
    ("row", "name", "affiliation"),
    [
        ("Kim Nobody, MD, Ph.D., Clinic, Springfield", "Kim Nobody, MD, Ph.D.", "Clinic, Springfield"),
        ("Kim Nobody, M. Sc. PhD/MBA, OTR/L, phd*, Clinic", "Kim Nobody, M. Sc. PhD/MBA, OTR/L", "phd*, Clinic"),
        ("Kim Nobody, Assoc.Prof. Dr., Prof. Clinic", "Kim Nobody, Assoc.Prof. Dr.", "Prof. Clinic"),
        ("Kim Nobody, Merck", "Kim Nobody", "Merck"),
        ("Kim Nobody, MD", "Kim Nobody, MD", None),
        ("Kim Nobody, MD, Example State University", "Kim Nobody, MD", "Example State University"),
    ],
)
def test_officials(row: str, name: str, affiliation: str | None) -> None:
    """Degrees belong to the name, and what follows them is the affiliation, commas and all."""
    _, record = read(SAMPLE.replace("Kim Nobody, MD, Example State University", row))
    assert [(one.name, one.role, one.affiliation) for one in record.officials] == [
        (name, "Principal Investigator", affiliation)
    ]


def test_enrollment_that_differs_is_a_claim() -> None:
    """The derived number is no fact, but a contradiction inside the page is kept."""
    _, record = read(SAMPLE.replace("(none)\n15\n", "(none)\n1,500\n"))
    assert [(claim.value, claim.chosen) for claim in record.claims] == [("15 participants", True), ("1,500", False)]


def test_other_means_two_things() -> None:
    """'Other: …' is an arm where a blank line follows it, else an intervention."""
    record = with_arms(
        "Other: Usual care\n\nOther: Talk\nOnce a week\nOther: Usual care\n\nOther: Talk\nOnce a week\n\n"
    )
    assert [(arm.type, arm.label) for arm in record.arms] == [("Other", "Usual care")] * 2
    assert [(row.name, row.description) for row in record.interventions] == [("Talk", "Once a week")]
    assert record.arm_interventions == [ArmIntervention(0, 0), ArmIntervention(1, 0)]


def test_groups_without_type() -> None:
    """The groups of an observational study have no type, also where one slid into a list of other names."""
    record = with_arms(
        "Cohort 1\n\nAdults\n\nOther: Visit\nOther Names:\n  • Call\n  • Cohort 2\n\n"
        "    Children\n\n    Other: Visit\n\n"
    )
    assert [(arm.type, arm.label, arm.description) for arm in record.arms] == [
        (None, "Cohort 1", "Adults"),
        (None, "Cohort 2", "Children"),
    ]
    assert [(row.name, row.other_names) for row in record.interventions] == [("Visit", ["Call"])]


@pytest.mark.parametrize(
    ("count", "arms"),
    [
        ("2", [("Cohort 1", "Adults"), ("Cohort 2", "Children")]),
        ("4", [("Cohort 1", None), ("Adults", None), ("Cohort 2", None), ("Children", None)]),
        ("3", [("Cohort 1", None)]),
    ],
)
def test_groups_without_interventions(count: str, arms: list[tuple[str, str | None]]) -> None:
    """Where only the number of groups tells labels from descriptions, another number must not guess."""
    start, end = SAMPLE.index("Experimental: Inv"), SAMPLE.index("    Primary Outcome")
    table = "Cohort 1\n\nAdults\n\nCohort 2\n\nChildren\n\n    Outcome Measures\n\n"
    page, record = read((SAMPLE[:start] + table + SAMPLE[end:]).replace("\n1\n2\n", f"\n1\n{count}\n", 1))
    assert [(arm.label, arm.description) for arm in record.arms] == arms
    left = [line.text for line in page.unread()]
    assert left == ([] if len(arms) > 1 else ["Adults", "Cohort 2", "Children"])


def test_no_arms_and_no_outcomes() -> None:
    """The headings of empty parts follow each other: none of them is an arm."""
    start, end = SAMPLE.index("Experimental: Inv"), SAMPLE.index("    Eligibility Criteria")
    _, record = read(SAMPLE[:start] + "Outcome Measures\n\n" + SAMPLE[end:])
    assert (record.arms, record.outcomes) == ([], [])
    assert record.eligibility_criteria


def test_links_above_the_title() -> None:
    """The site's own links above the page are no title."""
    title = read(SAMPLE)[1].trial.brief_title
    page, record = read("Home  About us  Sign in\n\nWe use cookies.\n\n" + SAMPLE)
    assert record.trial.brief_title == title
    assert [line.text for line in page.unread()] == ["Home  About us  Sign in", "We use cookies."]


def test_sites_between_bars() -> None:
    """Dialect T keeps the cells apart, so that nothing needs telling; its header has a bar in front."""
    start, end = SAMPLE.index("    Site City State"), SAMPLE.index("    Sponsors and Collaborators")
    table = (
        "| Site | City | State | Country | Postal Code |\n|---|---|---|---|---|\n"
        "| 1 Casa del Ejemplo | Villa Nueva |  | Spain | 28001 |\n| 2 | Dayton | Ohio | United States |  |\n"
    )
    page, record = read(SAMPLE[:start] + table + SAMPLE[end:])
    assert [(site.facility, site.city, site.state, site.country, site.postal_code) for site in record.sites] == [
        ("Casa del Ejemplo", "Villa Nueva", None, "Spain", "28001"),
        (None, "Dayton", "Ohio", "United States", None),
    ]
    assert misplaced(page, record) == []


def test_prose_that_looks_like_a_heading() -> None:
    """Authors write headings of their own into the description: only the page's own end it."""
    text = SAMPLE.replace("Visits took place", "Study Design\n\nOutcome Measures\n\nPublications\n\nVisits took place")
    _, record = read(text)
    assert (record.trial.detailed_description or "").startswith("Study Design Outcome Measures Publications Visits")
    check_seed_facts(record)


@pytest.mark.parametrize(
    ("line", "measure", "frame"),
    [
        ("Pain [0-10] [Week 1]", "Pain [0-10]", "Week 1"),
        ("Pain [Day 1 [baseline] and 2]", "Pain", "Day 1 [baseline] and 2"),
        ("Pain [at the end]]", "Pain", "at the end]"),
        ("Pain", "Pain", None),
        ("[Pain]", "[Pain]", None),
    ],
)
def test_time_frame_in_brackets(line: str, measure: str, frame: str | None) -> None:
    """Brackets inside a measure or a time frame must not move the cut."""
    _, record = read(SAMPLE.replace("Lupus activity [Change at 1 months]", line))
    assert [(row.measure, row.time_frame) for row in record.outcomes] == [(measure, frame)]


@pytest.mark.parametrize(
    ("row", "cells_"),
    [
        ("1 Example Clinic Ohio City Ohio United States 45501", ("Example Clinic", "Ohio City", "Ohio", "45501")),
        ("1 Research Site Kansas City Kansas United States", ("Research Site", "Kansas City", "Kansas", None)),
        (
            "1 University of Example Example United Kingdom EX1 2AB",
            ("University of Example", "Example", None, "EX1 2AB"),
        ),
        ("1 Local Institution - 0172 Springfield Canada", ("Local Institution - 0172", "Springfield", None, None)),
        ("1 Example Hospital Seoul Korea, Republic of 03080", ("Example Hospital", "Seoul", None, "03080")),
        ("1 Hospital San Ejemplo Villa Nueva Spain 28001", (None, None, None, "28001")),
        # Nothing ends the institution's name: where a state stands behind, or must, the city is told by its form.
        ("1 Sample Wonders Springfield Ohio United States", ("Sample Wonders", "Springfield", "Ohio", None)),
        ("1 Sample Wonders Winter Park Ohio United States", ("Sample Wonders", "Winter Park", "Ohio", None)),
        ("1 Sample Wonders Port Saint Anna Ohio United States", ("Sample Wonders", "Port Saint Anna", "Ohio", None)),
        ("1 Sample Wonders Example Air Force Base Ohio United States",
         ("Sample Wonders", "Example Air Force Base", "Ohio", None)),
        ("1 Sample Wonders Example upon Sea Ohio United States", (None, None, "Ohio", None)),
        ("1 Sample Wonders 12 Ohio United States", (None, None, "Ohio", None)),
        ("1 Sample Wonders Munich Bavaria Germany", ("Sample Wonders", "Munich", "Bavaria", None)),
        # A province may be called as its chief city.
        ("1 Sample Wonders Zaragoza Spain", ("Sample Wonders", "Zaragoza", None, None)),
        ("1 Sample Wonders Berlin Germany", ("Sample Wonders", "Berlin", None, None)),
        # The institution's name goes on: with a house, the city, the state, a part of itself, a place in brackets.
        ("1 Example Clinic, 12 First Street Dayton Ohio United States",
         ("Example Clinic, 12 First Street", "Dayton", "Ohio", None)),
        ("1 Cancer Center Dayton Dayton Ohio United States", ("Cancer Center Dayton", "Dayton", "Ohio", None)),
        ("1 Example Clinic Ohio Dayton Ohio United States", ("Example Clinic Ohio", "Dayton", "Ohio", None)),
        ("1 Study Site Colorado Springs Colorado United States", ("Study Site", "Colorado Springs", "Colorado", None)),
        ("1 Example Medical Branch Dayton Ohio United States", ("Example Medical Branch", "Dayton", "Ohio", None)),
        (
            "1 Example Home (Old Hospital) Dayton Ohio United States",
            ("Example Home (Old Hospital)", "Dayton", "Ohio", None),
        ),
        ("1 University of Ohio Dayton Ohio United States", ("University of Ohio", "Dayton", "Ohio", None)),
        ("1 Hospital East - Dayton Dayton Ohio United States", ("Hospital East - Dayton", "Dayton", "Ohio", None)),
        ("1 Example Site New Delhi India 110001", ("Example Site", "New Delhi", None, "110001")),
        ("1 Example Site Munich Bavaria Germany 80000", ("Example Site", "Munich", "Bavaria", "80000")),
        ("1 Example Site Lahr Baden-Wuerttemberg Germany", ("Example Site", "Lahr", "Baden-Wuerttemberg", None)),
        (
            "1 University of South Florida Dayton Florida United States",
            ("University of South Florida", "Dayton", "Florida", None),
        ),
        (
            "1 University of North Carolina Dayton North Carolina United States",
            ("University of North Carolina", "Dayton", "North Carolina", None),
        ),
        (
            "1 Example Home for Children Dayton Ohio United States",
            ("Example Home for Children", "Dayton", "Ohio", None),
        ),
        # A name and its place said twice: the name holds it, unless it is a stand-in for a name.
        ("1 Example Hospital Brno Brno Czechia", ("Example Hospital Brno", "Brno", None, None)),
        ("1 Example Site Salamanca Salamanca Spain", ("Example Site", "Salamanca", "Salamanca", None)),
        ("1 Example Hospital Praha 2 Czechia 128 00", ("Example Hospital", "Praha 2", None, "128 00")),
        ("1 Akron Ohio United States", (None, "Akron", "Ohio", None)),
        # Cities of one word, and words that say that they are a municipality.
        ("1 Example Helpers Huai'an Jiangsu China", ("Example Helpers", "Huai'an", "Jiangsu", None)),
        ("1 Site 12 Beijing Shi Beijing China", ("Site 12", "Beijing Shi", "Beijing", None)),
        ("1 Example Helpers Chuo-ku, Tokyo Japan", ("Example Helpers", "Chuo-ku, Tokyo", None, None)),
        ("1 Example Helpers Tokyo, Chuo-ku Japan", ("Example Helpers", "Tokyo, Chuo-ku", None, None)),
        ("1 Example Helpers Sendai-shi Miyagi, Japan Japan", ("Example Helpers", "Sendai-shi", "Miyagi, Japan", None)),
        ("1 Example Hospital Dong-Gu Ulsan Korea, Republic of", ("Example Hospital", "Dong-Gu", "Ulsan", None)),
        ("1 Example Hospital Seoul Seoul-teuk Korea, Republic of", ("Example Hospital", "Seoul", "Seoul-teuk", None)),
    ],
)  # fmt: skip
def test_site_rows(row: str, cells_: tuple[str | None, ...]) -> None:
    """What a row does not tell stays open, and such a row is reported as unread."""
    page = Page(row)
    (site,) = read_rows(page, page.lines)
    assert (site.facility, site.city, site.state, site.postal_code) == cells_
    assert site.country
    assert [line.text for line in page.unread()] == ([] if site.city else [row])


def test_site_rows_without_institutions() -> None:
    """A sponsor that names no institution leaves city, state and country: no city is a facility then."""
    page = Page("1 Dayton Ohio United States\n2 Perth Australia\n3 Cape Town South Africa 8001")
    assert [(site.facility, site.city, site.state) for site in read_rows(page, page.lines)] == [
        (None, "Dayton", "Ohio"),
        (None, "Perth", None),
        (None, "Cape Town", None),
    ]
    assert list(page.unread()) == []


def test_site_rows_help_each_other() -> None:
    """A city that one row tells for sure is found in another row of the same country."""
    page = Page("1 Example Clinic Springfield Spain\n2 Casa del Ejemplo Springfield Spain\n3 no country")
    assert [(site.facility, site.city) for site in read_rows(page, page.lines)] == [
        ("Example Clinic", "Springfield"),
        ("Casa del Ejemplo", "Springfield"),
    ]
    assert [line.number for line in page.unread()] == [3]


def test_site_rows_show_their_habit() -> None:
    """Whether the last words are a city or a state is told by the country's other rows, and otherwise stays open."""
    sure = "1 Example Clinic Springfield {}Spain\n2 Sample Wonders Zaragoza Spain\n3 Sample Wonders Exampleton Spain"
    page = Page(sure.format(""))
    assert [(site.facility, site.city) for site in read_rows(page, page.lines)][1:] == [
        ("Sample Wonders", "Zaragoza"),
        ("Sample Wonders", "Exampleton"),
    ]
    page = Page(sure.format("Andalusia "))
    assert [(site.facility, site.city) for site in read_rows(page, page.lines)][1:] == [(None, None), (None, None)]


def test_criteria() -> None:
    """Lists, headings in other words, paragraphs that go on, and text that lists nothing."""
    text = (
        "Before any heading\n\nKey Inclusion Criteria:\n\n  • adults\n\n    of any sex\n  • one of:\n\nthis or that\n\n"
        "For all groups:\n  • well\n\nNon-inclusion criteria\n\nChild.\n\nIll.\n\nExclusion Criteria: one. Two."
    )
    page = Page(text)
    assert [(row.kind, row.text) for row in listed_criteria(page, page.lines)] == [
        ("INCLUSION", "adults of any sex"),
        ("INCLUSION", "one of: this or that"),
        ("INCLUSION", "well"),
        ("EXCLUSION", "Child."),
        ("EXCLUSION", "Ill."),
    ]


@settings(max_examples=60, deadline=None)
@given(st.data(), st.text(max_size=20))
def test_any_page_is_read(data: st.DataObject, odd: str) -> None:
    """A cut, shuffled or strange page raises nothing, and every word still stands where it says."""
    lines = data.draw(st.lists(st.sampled_from(SAMPLE.split("\n")), max_size=60))
    page, record = read("\n".join([*lines[:30], odd, *lines[30:]]) if lines else SAMPLE[: len(odd) * 200])
    assert misplaced(page, record) == []
