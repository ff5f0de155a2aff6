"""The layout medpath: labelled sections and glued tables."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_cells import SHARED, cells, f1, misplaced, studies
from press_medpath import press, printed

from pipeline.layouts import medpath, recognise
from pipeline.layouts.cells import rows_of
from pipeline.layouts.glued import TimeFrames, cut_arms
from pipeline.reading.lines import Page
from pipeline.reading.records import ArmIntervention, Outcome, Record

SAMPLES = Path(__file__).parent.parent / "raw" / "sample"
R, T = ((SAMPLES / f"medpath.{dialect}.txt").read_text("utf-8") for dialect in "RT")
PAGE = """MedPath

A Title

Conditions
{conditions}
{interventions}Registration Number
NCT00000000
Lead Sponsor
S
Brief Summary

{summary}

Detailed Description

Not available

Recruitment & Eligibility

Status
COMPLETED
Sex
Not specified
Target Recruitment
10
Inclusion Criteria
{criteria}

Study & Design

Study Type
{type}
Study Design
Not specified
{tables}

Trial Locations

Locations (1)

{sites}

© Copyright 2025. All Rights Reserved by MedPath"""


def read(**parts: str) -> tuple[Page, Record]:
    """Read a page of dialect R that has these parts."""
    empty = dict.fromkeys(("conditions", "interventions", "summary", "criteria", "tables", "sites"), "")
    page = Page(PAGE.format(**(empty | {"type": "INTERVENTIONAL"} | parts)))
    return page, medpath.read(page)


def check_seed_facts(record: Record) -> None:
    """Check the counts and values that the sample of dialect R shares with the real page."""
    assert record.identifiers[0].identifier == "NCT01573923"
    assert record.trial.phases == "Phase 1"
    assert record.lossy == {"phases"}
    assert (record.trial.overall_status, record.trial.enrollment, record.trial.sex) == ("UNKNOWN", "320", "All")
    assert record.trial.enrollment_type is None
    assert [(row.type, row.name) for row in record.interventions] == [
        ("Biological", "mesenchymal stem cells"),
        ("Biological", "Conventional therapy"),
    ]
    assert [arm.label for arm in record.arms] == ["mesenchymal stem cells", "Conventional therapy"]
    assert all(arm.description and arm.type is None for arm in record.arms)
    assert record.arm_interventions == [ArmIntervention(0, 0), ArmIntervention(1, 1)]
    assert [(row.type, row.time_frame) for row in record.outcomes] == [
        ("PRIMARY", "3-year follow up"),
        *[("SECONDARY", "0, 3, 6, 9 and 12 months")] * 4,
        *[("SECONDARY", "3-year follow up")] * 2,
    ]
    assert [bool(row.description) for row in record.outcomes] == [False, *[True] * 6]
    assert [row.kind for row in record.eligibility_criteria] == ["INCLUSION"] * 5 + ["EXCLUSION"] * 9
    assert [(site.country, site.country_code) for site in record.sites] == [("China", "🇨🇳")] * 6


def test_sample_r() -> None:
    """Dialect R: glued cells are cut, methods may have paragraphs, and every line is read."""
    page = Page(R)
    assert recognise(page).layout is medpath
    record = medpath.read(page)
    check_seed_facts(record)
    assert record.trial.detailed_description is None
    assert list(page.unread()) == []
    assert misplaced(page, record) == []


def test_sample_t() -> None:
    """Dialect T: labels are bullets, cells have bars, and the criteria's kind is lost, not guessed."""
    page = Page(T)
    assert recognise(page).layout is medpath
    record = medpath.read(page)
    assert record.conditions == ["Liver Cirrhoses"]
    assert [(row.measure, row.time_frame, row.type) for row in record.outcomes] == [
        ("Child Pugh Score", "1 month after injection", "PRIMARY"),
        ("Liver function", "3 months after injection", "PRIMARY"),
        ("MELD Score", "6 months", "SECONDARY"),
    ]
    assert record.outcomes[0].description == "Points from five signs, added up. More points mean a sicker liver."
    assert [row.kind for row in record.eligibility_criteria] == [None] * 8
    assert record.arm_interventions == [ArmIntervention(0, 0)]
    assert list(page.unread()) == []
    assert misplaced(page, record) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the seeds are not beside the repository")
def test_seed() -> None:
    """The real page gives the same counts as the sample that was made after it."""
    page = Page((SHARED / "seeds" / "002.txt").read_text("utf-8"))
    assert recognise(page).layout is medpath
    check_seed_facts(medpath.read(page))
    assert list(page.unread()) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the corpus is not beside the repository")
@pytest.mark.parametrize(("dialect", "least"), [("R", 0.97), ("T", 0.99)])
def test_pressed_corpus(dialect: str, least: float) -> None:
    """Real studies, printed as this page and read again, come back: odd content breaks no rule."""
    pairs = []
    for study in studies():
        page = Page(press(study, dialect))
        record = medpath.read(page)
        assert misplaced(page, record) == []
        pairs.append((cells(record), printed(study, dialect)))
    assert f1(pairs) > least


@pytest.mark.parametrize(
    ("row", "time_frame"),
    [
        ("Pain score12 weeks", "12 weeks"),
        ("Response (ORR)Up to 2 years", "Up to 2 years"),
        ("new tumoruntil 2 years old", "until 2 years old"),
        ("Change in HbA1cBaseline, Week 24", "Baseline, Week 24"),
        ("ACR30 response at Week 1.Week 1", "Week 1"),
        ("Weight at 12 months12 months", "12 months"),
        ("Painful joints\t\tsome day", "\t\tsome day"),
        ("Disc heightPreOp, 2 weeks", "PreOp, 2 weeks"),
        ("Number of AE's24 months", "24 months"),
        ("Change in HbA1cat Weeks 4 and 8", "at Weeks 4 and 8"),
        ("Level of XY123at Day 1, Day 8", "at Day 1, Day 8"),
        ("Crossover of drugsover 12 weeks", "over 12 weeks"),
        ("Painassessed every 3 months for 2 years", "assessed every 3 months for 2 years"),
        ("Short Form 6bwill be measured at baseline", "will be measured at baseline"),
        ("Pain scalechange from baseline at 6 months", "change from baseline at 6 months"),
        ("Loss of hearingone and three years", "one and three years"),
        ("Hours spent:last 7 days of the study", "last 7 days of the study"),
    ],
)
def test_time_frame_is_cut(row: str, time_frame: str) -> None:
    """The time frame is the longest glued end that reads as one."""
    cut = TimeFrames([row]).cut(row)
    assert cut is not None
    assert row[cut:] == time_frame


@pytest.mark.parametrize(
    "row",
    [
        "IL-612 weeks",
        "QLQ-C302 years",
        "SF3624 months",
        "Day 0 to Day 600-60 days",
        "Overall survival",
        "Painperhaps soon",
        "Cells that make IFNgamma",
        "Toxicity of ABCper cycle",
        "Crossover designs",
        "Toxicity by CTCAE v3.012 weeks",
        "Readmission",
        "Score of the TESTonce",
    ],
)
def test_time_frame_is_not_guessed(row: str) -> None:
    """Where figures run together, or no seam shows, both cells stay unknown."""
    assert TimeFrames([row]).cut(row) is None


def test_time_frame_known_from_another_row() -> None:
    """The page's own time frames cut the rows that could not be cut alone."""
    assert TimeFrames(["Pain12 weeks", "IL-612 weeks"]).cut("IL-612 weeks") == len("IL-6")


@pytest.mark.parametrize(
    ("row", "cells_"),
    [
        ("PlaceboPlacebosugar pills", ("Placebo", "Placebo", "sugar pills")),
        ("PlaceboPlacebo", ("Placebo", "Placebo", None)),
        ("Arm ADrug XLDrug XL daily", ("Arm A", "Drug XL", "Drug XL daily")),
        ("Technique (Drug) newDrugas usual", ("Technique (Drug) new", "Drug", "as usual")),
        ("Usual careNo study drug", ("Usual care", None, "No study drug")),
        ("Usual care", ("Usual care", None, None)),
        ("Group\t\tDrug\t\tdaily", ("Group", "Drug", "daily")),
        ("Group\t\tDrug", ("Group", "Drug", None)),
    ],
)
def test_arm_rows_are_cut(row: str, cells_: tuple[str, ...]) -> None:
    """An intervention's name cuts its row where it is glued on both sides; a label is never empty."""
    cuts = cut_arms([row], ["Drug", "Placebo", "Drug XL"], may_lack_names=True)[0]
    assert cuts is not None
    assert tuple(row[slice(*cut)] if cut else None for cut in cuts) == cells_


@pytest.mark.parametrize(
    ("row", "cells_"),
    [
        ("Taping groupKinesio tapingTape on the knee", ("Taping group", "Kinesio taping", "Tape on the knee")),
        ("BreatheWell 2BreatheWell 2a device", ("BreatheWell 2", "BreatheWell 2", "a device")),
        ("Usual careNo study drug", None),
    ],
)
def test_arm_rows_of_a_page_that_lists_no_names(row: str, cells_: tuple[str, ...] | None) -> None:
    """Two borders make three cells, and so does a name that stands twice; one border could be either."""
    cuts = cut_arms([row], [], may_lack_names=False)[0]
    assert (cuts and tuple(row[slice(*cut)] if cut else None for cut in cuts)) == cells_


def test_arm_row_without_a_sure_cut() -> None:
    """A row that nothing cuts for sure gives an arm without words, and stays unread."""
    row = "usual care of the clinicpatients are seen every month by whoever is there that day"
    page, record = read(interventions="Interventions\nDrug: X\n", tables=f"Arm && Interventions\n{row}")
    assert [(arm.label, arm.description) for arm in record.arms] == [(None, None)]
    assert [line.text for line in page.unread()] == [row]


def test_an_arm_has_a_row_per_intervention() -> None:
    """Rows of the same label and description are one arm; a name alike in two types links to neither."""
    names = "Interventions\nDrug: Alpha\nDrug: Beta\nDrug: Gamma\nDevice: Gamma\n"
    table = "Arm && Interventions\nBothAlphagiven together\nBothBetagiven together\nOneGammagiven alone"
    _, record = read(interventions=names, tables=table)
    assert [arm.label for arm in record.arms] == ["Both", "One"]
    assert record.arm_interventions == [ArmIntervention(0, 0), ArmIntervention(0, 1)]


def test_rows_and_methods_of_outcomes() -> None:
    """A method may have paragraphs and lists; a row without one is followed by the next without a blank line."""
    table = (
        "Primary Outcome Measures\nNameTimeMethod\n- Painweek 4\n\nAsked twice.\n\n  • morning\n  • evening\n\n"
        "Sleep6 months\nMood6 months\nSecondary Outcome Measures\nNameTimeMethod"
    )
    page, record = read(tables=table)
    assert record.outcomes == [
        Outcome(measure="- Pain", time_frame="week 4", type="PRIMARY", description="Asked twice. • morning • evening"),
        Outcome(measure="Sleep", time_frame="6 months", type="PRIMARY"),
        Outcome(measure="Mood", time_frame="6 months", type="PRIMARY"),
    ]
    assert list(page.unread()) == []


def test_page_without_time_frames() -> None:
    """Where no row of the page shows a border, the rows are measures alone."""
    _, record = read(tables="Primary Outcome Measures\nNameTimeMethod\nDrug use\nOpioid withdrawal")
    assert [(row.measure, row.time_frame) for row in record.outcomes] == [
        ("Drug use", None),
        ("Opioid withdrawal", None),  # the event is a word of its own, so it was not glued on
    ]


def test_links_above_the_title() -> None:
    """The site's own links stand above the title; below it stand badges, also one that we do not know."""
    page = Page(
        "Home\n\nSign in\n\n"
        + PAGE.replace("A Title\n\n", "A Title\n\nOn hold\nPhase 2\n").format(
            **dict.fromkeys(("conditions", "interventions", "summary", "criteria", "tables", "sites", "type"), "")
        )
    )
    trial = medpath.read(page).trial
    assert (trial.brief_title, trial.phases) == ("A Title", "Phase 2")
    assert [line.text for line in page.unread()] == ["Home", "Sign in", "On hold"]


def test_capitals_hide_where_a_label_ends() -> None:
    """Behind capitals the next word may start one letter later: a label that loses its last letter is invented."""
    assert cut_arms(["Adults with XYZSpresumed cases"], ["Drug"], may_lack_names=True) == [None]


def test_arm_rows_between_tabs() -> None:
    """An empty cell leaves two of three: the description of a group is no intervention."""
    rows = ["Group A\t\t\t\tAdults with gout", "Group B\t\tRest", "Group C\t\tRest\t\tat home"]
    cut = cut_arms(rows, ["Rest"], may_lack_names=True)
    assert [
        cuts and tuple(part and row[slice(*part)] for part in cuts) for row, cuts in zip(rows, cut, strict=True)
    ] == [
        ("Group A", None, "Adults with gout"),
        ("Group B", "Rest", None),
        ("Group C", "Rest", "at home"),
    ]


def test_labels_inside_prose_open_nothing() -> None:
    """A label's words in the summary or in a condition do not end the part before its time."""
    _, record = read(conditions="Sex\nStatus", summary="Inclusion Criteria\n\nStudy Type\n\nText.")
    assert record.conditions == ["Sex", "Status"]
    assert record.trial.brief_summary == "Inclusion Criteria Study Type Text."
    assert record.trial.study_type == "INTERVENTIONAL"


def test_words_that_say_nothing() -> None:
    """'Not available' and 'Not specified' are no values."""
    _, record = read(summary="Not available")
    assert (record.trial.brief_summary, record.trial.sex, record.trial.intervention_model) == (None, None, None)


def test_two_statuses_that_differ_are_claims() -> None:
    """The badge and the field say the same in two wordings, or contradict each other."""
    assert not medpath.read(Page(R.replace("Phase 1\n", "Phase 1\nUnknown status\n", 1))).claims
    claims = medpath.read(Page(R.replace("Phase 1\n", "Phase 1\nRecruiting\n", 1))).claims
    assert [(claim.field, claim.value, claim.chosen) for claim in claims] == [
        ("overall_status", "UNKNOWN", True),
        ("overall_status", "Recruiting", False),
    ]


def test_sites() -> None:
    """A comma inside a country is no border; a missing facility, an unknown flag or country shifts nothing."""
    sites = "Invented Clinic\n\n🇰🇷\n\nSeoul, Korea, Republic of\n\n🏳\n\nLyon, France\n\nOther Clinic\n\n🇫🇷\n\nNowhere"
    page, record = read(sites=sites)
    assert [(row.facility, row.city, row.state, row.country, row.country_code) for row in record.sites] == [
        ("Invented Clinic", "Seoul", None, "Korea, Republic of", "🇰🇷"),
        (None, "Lyon", None, "France", None),
        ("Other Clinic", None, None, None, "🇫🇷"),
    ]
    assert [line.text for line in page.unread()] == ["Nowhere"]


def test_criteria() -> None:
    """Nested items and indented paragraphs belong where they stand; without a list, paragraphs are the criteria."""
    _, listed = read(criteria="Intro:\n  • adults\n    of any sex\n    • well\nRead More")
    assert [row.text for row in listed.eligibility_criteria] == ["adults of any sex", "well"]
    assert listed.trial.eligibility_text == "Inclusion Criteria Intro: • adults of any sex • well"
    _, plain = read(
        criteria="\nAdults.\n\nNo gout.\n\nAre the trial subjects under 18? no\n\nF.1.2 Adults (18-64 years) yes"
    )
    assert [row.text for row in plain.eligibility_criteria] == ["Adults.", "No gout."]
    assert not read(criteria="\nAny adult may take part.")[1].eligibility_criteria


def test_observational_words() -> None:
    """A cohort's row has no intervention, and a coding is no condition."""
    _, record = read(
        type="OBSERVATIONAL",
        conditions="Gout\nMedDRA version: 9.1Level: LLT\nAsthmaTherapeutic area: Diseases [C]",
        tables="Arm && Interventions\nGroupInterventionDescription\nCohort 1Adults with gout",
    )
    assert record.conditions == ["Gout", "Asthma"]
    assert [(arm.label, arm.description) for arm in record.arms] == [("Cohort 1", "Adults with gout")]


def test_rows_of_cells() -> None:
    """Bars end cells wherever the lines break; an early end leaves empty cells, a row too long is not guessed at."""
    page = Page("a | b | c |\nd | e |\nmore\nof it\n|\n| f | | |\ng | h |\ni | j | k | l |\n- m | n | o |")
    assert list(rows_of(page, page.lines, 3)) == [
        ["a", "b", "c"], ["d", "e", "more of it"], ["f", None, None], ["g", "h", None], ["- m", "n", "o"],
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([R, T]), st.data(), st.text(max_size=20))
def test_any_page_is_read(sample: str, data: st.DataObject, odd: str) -> None:
    """A cut, shuffled or strange page raises nothing, and every word still stands where it says."""
    lines = data.draw(st.lists(st.sampled_from(sample.split("\n")), max_size=40))
    page = Page("\n".join([*lines[:20], odd, *lines[20:]]) if lines else sample[: len(odd) * 90])
    assert misplaced(page, medpath.read(page)) == []
