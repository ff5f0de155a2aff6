"""The layout ctgov_classic: the study page of 2017 to 2024 in dialects T and R and in HTML."""

import re
from pathlib import Path
from typing import Any

import msgspec
import press_ctgov_classic as press
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_cells import SHARED, misplaced, studies

from pipeline.layouts import ctgov_classic, recognise
from pipeline.layouts.ctgov_shared.joined import find_label
from pipeline.layouts.ctgov_shared.texts import find_outcome, split_affiliation, split_person, split_place
from pipeline.normalize import vocabulary
from pipeline.reading.html import render
from pipeline.reading.lines import Page
from pipeline.reading.records import Record

FOLDER = Path(__file__).parent.parent / "raw" / "sample"
CARRIERS = {"T": "ctgov_classic.T.txt", "R": "ctgov_classic.R.txt", "html": "ctgov_classic.html"}
PRESSES = {"T": press.dialect_t, "R": press.dialect_r, "html": press.page}
without_shared = pytest.mark.skipif(not SHARED.exists(), reason="the seeds are not beside the repository")


def load(text: str, carrier: str) -> Page:
    """Make a page of a text or of HTML."""
    if carrier != "html":
        return Page(text)
    found = render(text)
    return Page(found.text, levels=found.levels, html=True)


def cells(record: Record) -> set[tuple[str, int, str, Any]]:
    """Return the record's values as the press's `cells` has them."""
    found: set[tuple[str, int, str, Any]] = set()
    for table in ("trial", *press.LISTS):
        value = getattr(record, table)
        for ordinal, row in enumerate(value if isinstance(value, list) else [value]):
            columns = {"name": row} if isinstance(row, str) else msgspec.structs.asdict(row)
            for column, words in columns.items():
                if words is None or words == []:
                    continue
                said = f"#{words}" if isinstance(words, int) else words
                if column == "kind":
                    said = vocabulary.code("criterion_kind", words)
                found.add((table, ordinal, column, tuple(said) if isinstance(said, list) else str(said)))
    return found


def check_seed_facts(record: Record) -> None:
    """Check the values and counts that the sample shares with the real page."""
    trial = record.trial
    assert [(one.identifier, one.role) for one in record.identifiers] == [
        ("NCT04357600", "PRIMARY"),
        ("CT/LC/01/2018", "SECONDARY"),
    ]
    assert (trial.overall_status, trial.study_type, trial.phases) == ("Recruiting", "Interventional", "Phase 1 Phase 2")
    assert (trial.allocation, trial.masking, trial.who_masked) == ("N/A", "None (Open Label)", None)
    assert (trial.enrollment, trial.enrollment_type) == ("12 participants", "Estimated")
    assert (trial.start_date, trial.start_date_type) == ("May 17, 2018", "Actual")
    assert (trial.completion_date, trial.completion_date_type) == ("December 20, 2023", "Estimated")
    assert (trial.first_posted_date, trial.last_update_posted_date) == ("April 22, 2020", "June 15, 2022")
    assert trial.last_verified_date == "June 2022"
    assert (trial.minimum_age, trial.maximum_age, trial.healthy_volunteers) == ("18 Years", "65 Years", "No")
    assert record.conditions == ["Liver Cirrhoses"]
    assert [(arm.type, arm.label) for arm in record.arms] == [("Experimental", "intravenous injection of UC-MSC")]
    assert [(one.type, one.name) for one in record.interventions] == [
        ("Biological", "Allogeneic Umbilical Cord Mesenchymal Stem Cell")
    ]
    assert [(link.arm, link.intervention) for link in record.arm_interventions] == [(0, 0)]
    assert len(record.outcomes) == 9
    assert [outcome.time_frame for outcome in record.outcomes[6:]] == [
        "1 month after injection",
        "3 months after injection",
        "6 months",
    ]
    assert [(s.facility, s.city, s.state, s.country, s.status) for s in record.sites] == [
        ("Cipto Mangunkusumo hospital", "Jakarta", "DKI Jakarta", "Indonesia", "Recruiting")
    ]
    assert [contact.site for contact in record.contacts] == [None, None, 0, 0, 0]
    assert [official.role for official in record.officials] == ["Principal Investigator", "Study Chair"]
    kinds = [vocabulary.code("criterion_kind", row.kind or "") for row in record.eligibility_criteria]
    assert kinds == ["INCLUSION"] + ["EXCLUSION"] * 7
    assert record.claims == []


@pytest.mark.parametrize("carrier", CARRIERS)
def test_sample(carrier: str) -> None:
    """The sample of every carrier gives the same facts, each at its place; only unsplittable terms stay unread."""
    page = load((FOLDER / CARRIERS[carrier]).read_text("utf-8"), carrier)
    assert recognise(page).layout is ctgov_classic
    assert page.dialect == (None if carrier == "html" else carrier)
    record = ctgov_classic.read(page)
    check_seed_facts(record)
    assert {outcome.type for outcome in record.outcomes} == ({None} if carrier == "T" else {"Primary"})
    assert len(record.sponsors) == (0 if carrier == "T" else 2)
    terms = [] if carrier == "T" else ["Hepatitis B", "Liver Cirrhosis", "Liver Diseases", "Virus Diseases"]
    assert [(one.kind, one.term) for one in record.mesh_terms] == [(None, term) for term in terms]
    assert len(list(page.unread())) == (2 if carrier == "T" else 0)
    assert misplaced(page, record) == []


@pytest.mark.parametrize("carrier", CARRIERS)
def test_sample_is_what_the_press_prints(carrier: str) -> None:
    """The samples follow the press; else one of them shows a page that the other does not know."""
    assert (FOLDER / CARRIERS[carrier]).read_text("utf-8") == PRESSES[carrier](press.SAMPLE)


@without_shared
def test_seed() -> None:
    """The real page gives the same facts as the sample that was made after it."""
    page = Page((SHARED / "seeds" / "001.txt").read_text("utf-8"))
    assert recognise(page).layout is ctgov_classic
    record = ctgov_classic.read(page)
    check_seed_facts(record)
    assert [outcome.type for outcome in record.outcomes] == [None] * 9
    assert len(list(page.unread())) == 3  # keywords, and two columns of MeSH terms
    assert misplaced(page, record) == []


@without_shared
@pytest.mark.parametrize("carrier", CARRIERS)
def test_pressed_register(carrier: str) -> None:
    """What the register's studies print in this carrier comes back: at least 0.97 of the cells, hardly one too many."""
    hits = extra = missing = 0
    for study in list(studies())[::3]:
        whole = {"protocolSection": study}
        page = load(PRESSES[carrier](whole), carrier)
        assert recognise(page).layout is ctgov_classic
        found, said = cells(ctgov_classic.read(page)), press.cells(whole, carrier)
        hits += len(found & said)
        extra += len(found - said)
        missing += len(said - found)
    assert hits
    assert 2 * hits / (2 * hits + extra + missing) >= 0.97
    assert extra / (hits + extra) < 0.025


@without_shared
def test_beginnings_of_real_pages() -> None:
    """Real pages that were cut off are recognised, and what they print of the head is read."""
    for path in sorted((SHARED / "corpus" / "pages" / "ctgov_classic").glob("*.txt")):
        page = Page(path.read_text("utf-8"))
        assert recognise(page).layout is ctgov_classic, path.name
        record = ctgov_classic.read(page)
        assert record.identifiers[0].identifier == path.name.split(".")[0]
        assert record.trial.brief_title
        assert record.trial.overall_status
        assert misplaced(page, record) == []


@without_shared
def test_older_faces_are_not_taken() -> None:
    """The pages of 2014 share labels with these, not the grammar: taken for classic they would give half a trial."""
    for path in sorted((SHARED / "corpus" / "ctgov_html").rglob("*.html")):
        page = load(path.read_text("utf-8", "replace"), "html")
        markers = ctgov_classic.MARKERS.values()
        assert sum(any(m.search(line.text) for line in page.lines) for m in markers) < ctgov_classic.NEEDED, path.name


HEAD = "A title\nClinicalTrials.gov Identifier: NCT01234567 |\n"


def read(body: str, head: str = HEAD) -> Record:
    """Read a page in dialect T or R with a head above `body`."""
    return ctgov_classic.read(Page(head + body))


@pytest.mark.parametrize(
    ("title", "brief", "acronym"),
    [
        ("Cells for Livers (HEPCELL)", "Cells for Livers", "HEPCELL"),
        ("Cells for Livers (CELL 5) (CELL 5)", "Cells for Livers (CELL 5)", "CELL 5"),
        ("A Study of Generalized Anxiety Disorder (GAD)", "A Study of Generalized Anxiety Disorder (GAD)", None),
        ("A Study of Cells (MK-7962-020)", "A Study of Cells (MK-7962-020)", None),
        ("A Study of Cells (TERMINATED)", "A Study of Cells (TERMINATED)", None),
        ("A Study of Cells (with rest)", "A Study of Cells (with rest)", None),
    ],
)
def test_acronym(title: str, brief: str, acronym: str | None) -> None:
    """The bracket behind a title is the acronym only where it cannot be the title's own."""
    trial = read("", title + "\nClinicalTrials.gov Identifier: NCT01234567 |\n").trial
    assert (trial.brief_title, trial.acronym) == (brief, acronym)


@pytest.mark.parametrize(
    ("lines", "status", "why"),
    [
        ("Recruitment Status :\nCompleted\n", "Completed", None),
        ("Recruitment Status : Terminated (Slow, and dear)\n", "Terminated", "Slow, and dear"),
        ("Recruitment Status :\nWithdrawn\n(No (more) funds)\n", "Withdrawn", "No (more) funds"),
        (
            "Recruitment Status : Unknown\nVerified May 2017 by X.\nRecruitment status was: Recruiting\n",
            "Unknown",
            None,
        ),
        ("Recruitment Status : Gone Fishing\n", "Gone Fishing", None),
    ],
)
def test_status(lines: str, status: str, why: str | None) -> None:
    """The status stands alone, its reason apart; an unknown word is handed on, not dropped."""
    trial = read(lines + "First Posted : May 16, 2017\nLast Update Posted : June 1, 2017\n|\n").trial
    assert (trial.overall_status, trial.why_stopped) == (status, why)
    assert (trial.first_posted_date, trial.last_update_posted_date) == ("May 16, 2017", "June 1, 2017")


def test_head_in_one_line() -> None:
    """Newer extractors join the head to one line; its labels still part it."""
    trial = read(
        "| Recruitment Status  : Unknown Verified May 2017 by An Example. Recruitment status was: Recruiting "
        "First Posted  : May 16, 2017 Results First Posted : June 2, 2018 Last Update Posted  : June 3, 2018 | \n"
    ).trial
    assert trial.overall_status == "Unknown"
    assert trial.first_posted_date == "May 16, 2017"
    assert trial.results_first_posted_date == "June 2, 2018"
    assert trial.last_update_posted_date == "June 3, 2018"


CONDITIONS = "Condition or disease | Intervention/treatment | Phase |\n---|---|---|\n{} | {} | {} |\n"


@pytest.mark.parametrize(
    ("cell", "title", "conditions"),
    [
        ("Asthma", "A title", ["Asthma"]),
        ("Chronic heart failure", "A title", ["Chronic heart failure"]),
        ("Liver Cirrhoses", "Cells for Liver Cirrhosis", ["Liver Cirrhoses"]),
        ("Osteoarthritis, Knee", "Pain of Knee Osteoarthritis", ["Osteoarthritis, Knee"]),
        # Every noun is a condition, and what stands before it can only qualify it.
        ("Cirrhosis Ascites", "Cells for Livers", ["Cirrhosis", "Ascites"]),
        ("Diabetes Mellitus Type 2 Obesity", "A title", ["Diabetes Mellitus Type 2", "Obesity"]),
        ("Asthma Type 2 Diabetes Chronic Pain", "A title", ["Asthma", "Type 2 Diabetes", "Chronic Pain"]),
        ("Diabetes Diabetes Mellitus, Type 2", "A title", ["Diabetes", "Diabetes Mellitus, Type 2"]),
        ("Rupture of Knee Tendon With Instability", "A title", ["Rupture of Knee Tendon With Instability"]),
        ("Breast Cancer Female", "A title", ["Breast Cancer Female"]),
        ("Injury (Ankle Sprain) Asthma", "A title", ["Injury (Ankle Sprain)", "Asthma"]),
        # The name before may end in the part of the body.
        ("Herniated Disk Chronic Pain", "A title", ["Herniated Disk", "Chronic Pain"]),
        ("Cervical Disk Chronic Disease", "A title", ["Cervical Disk Chronic Disease"]),
        ("Disk Herniated Lumbar Chronic Pain", "A title", []),
        ("Stenosis, Spinal Asthma", "A title", ["Stenosis, Spinal", "Asthma"]),
        ("Depression, Teen", "A title", ["Depression, Teen"]),
        # Of words that are no conditions, the page's prose tells which belong together.
        ("Knee Replacement Obesity", "Obesity before Knee Replacement", []),
        ("Obesity Gardening", "Gardening for people with obesity", ["Obesity", "Gardening"]),
        ("Obesity Gardening", "Gardening", []),
        ("Chronic Kidney Disease Hepatitis C", "A title", ["Chronic Kidney Disease", "Hepatitis C"]),
        ("Metastatic Breast Cancer", "A title", ["Metastatic Breast Cancer"]),
        ("Diabetes Mellitus, Type 1", "A title", ["Diabetes Mellitus, Type 1"]),
        ("Lupus Erythematosus", "A title", ["Lupus Erythematosus"]),
        # The second noun may go on with the first; a word is no condition that we know.
        ("Cancer Pain", "A title", []),
        ("Knee Replacement Obesity", "A title", []),
        ("Asthma, COPD", "Cells for Lungs", []),
    ],
)
def test_conditions_in_one_cell(cell: str, title: str, conditions: list[str]) -> None:
    """One condition is taken where the page shows that it is one; several that ran together are not cut by guess."""
    head = title + "\nClinicalTrials.gov Identifier: NCT01234567 |\n"
    assert read(CONDITIONS.format(cell, "Drug: X", "Phase 2"), head).conditions == conditions


def test_conditions_made_of_listed_terms() -> None:
    """Where the page lists its terms one a line, a cell made of nothing else is cut at their bounds."""
    record = read(
        "Condition or disease Intervention/treatment Phase\nHeart Diseases Hypertension Drug: X Phase 3\n"
        "Study Type : Interventional\nAges Eligible for Study: 18 Years and older\n\nResponsible Party: X\n"
        "Additional relevant MeSH terms:\nHypertension\nHeart Diseases\nVascular Diseases\n",
    )
    assert record.conditions == ["Heart Diseases", "Hypertension"]


def test_interventions_in_one_cell() -> None:
    """Interventions are cut at their types; a name that holds a type's word is known from the arms' table."""
    record = read(
        CONDITIONS.format("Asthma", "Drug: Metformin Drug: Placebo Other: Kit Device: Two", "Phase 1 Phase 2")
        + "Study Type : | Interventional |\nArm | Intervention/treatment |\n---|---|\n"
        "Experimental: Both\n|\nDrug: Metformin\nOne a day\nOther Names:\n- Example A\n- Example B\n"
        "Other: Kit Device: Two |\nPlacebo Comparator: Placebo |\nDrug: Placebo |\nNo Intervention: None |\n|\n"
    )
    assert [(one.type, one.name) for one in record.interventions] == [
        ("Drug", "Metformin"),
        ("Drug", "Placebo"),
        ("Other", "Kit Device: Two"),
    ]
    assert record.interventions[0].description == "One a day"
    assert record.interventions[0].other_names == ["Example A", "Example B"]
    assert [(arm.type, arm.label) for arm in record.arms] == [
        ("Experimental", "Both"),
        ("Placebo Comparator", "Placebo"),
        ("No Intervention", "None"),
    ]
    assert [(link.arm, link.intervention) for link in record.arm_interventions] == [(0, 0), (0, 2), (1, 1)]
    assert record.trial.phases == "Phase 1 Phase 2"


def test_arms_called_like_interventions() -> None:
    """An arm may have an intervention's title, name some in its description, or have none at all."""
    record = read(
        CONDITIONS.format("Asthma", "Other: Visit Drug: A", "Phase 3")
        + "Study Type : | Interventional |\nArm | Intervention/treatment |\n---|---|\n"
        "Experimental: Both\nDrug: A daily, and\n- Drug: A\n- Other: Visit\n|\nDrug: A\nhow\nOther: Visit |\n"
        "Other: Visit\nno more\n|\nOther: Visit |\nNo Intervention: None\nnothing\n| |\n"
    )
    assert [(arm.type, arm.label, arm.description) for arm in record.arms] == [
        ("Experimental", "Both", "Drug: A daily, and - Drug: A - Other: Visit"),
        ("Other", "Visit", "no more"),
        ("No Intervention", "None", "nothing"),
    ]
    assert [(link.arm, link.intervention) for link in record.arm_interventions] == [(0, 1), (0, 0), (1, 0)]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Metformin Each day one tablet", "Metformin"),
        ("METFORMIN", "METFORMIN"),
        ("Metformin slow Each day one tablet", "Metformin slow"),
        ("Long walk: Long walk, once a day", None),
        ("Long walk Long walk, once a day", "Long walk"),
        ("Treatment group 2 tablets of both", "Treatment group 2"),
        ("Walking group Once a day", "Walking group"),
        ("Arm B (late) Patients walk", "Arm B (late)"),
        ("Usual care for The Hague", None),
        ("Usual care. Then The walk", None),
        ("Usual care twice a day", None),
        # ... also where the description begins with words of the label, or calls on in small letters.
        ("Metformin Slow release in one tablet", "Metformin"),
        ("Metformin Slow Release in one tablet", None),
        ("Diet plus Metformin Metformin 500 mg", "Diet plus Metformin"),
        ("Talking + walking Talking, 500 words a day", "Talking + walking"),
        ("Usual care with Walking Talking in between", None),
        ("Walking in the wood Slow steps, then fast", "Walking in the wood"),
        ("Walking (the fast kind) Slow steps first", "Walking (the fast kind)"),
        ("Walking with the Dutch who walk", None),
        ("Arm B: Metformin Each day one", "Arm B: Metformin"),
        ("Arm B: metformin twice or thrice a day", None),
        ("Walking group", "Walking group"),
        ("Walks of an hour for everyone in the walking group", "Walks of an hour for everyone in the walking group"),
        ("Walks of half an hour every day for everyone in the walking group", None),
        ("Diet alone", "Diet alone"),
        ("1 walk", None),
    ],
)
def test_label_joined_to_its_description(text: str, label: str | None) -> None:
    """A label ends where a name, a repetition, a number or a sentence tells; else it is not read with its text."""
    end = find_label(text, {"Metformin", "Drug: Metformin"})
    assert (None if end is None else text[:end]) == label


def test_rows_in_one_line() -> None:
    """Newer extractors print a row on one line, with or without a bar in front, and one doubles the bars."""
    rows = (
        "Experimental: Metformin Each day one | Drug: Metformin How Other Names: - Example A - Example B Other: Kit |\n"
        "Other: Usual walks of an hour | Other: Kit Red Other Name: Box |\nOther: Walking group Once | |\n"
    )
    head = "Study Type : | Interventional |\nArm | Intervention/treatment |\n---|---|\n"
    text = CONDITIONS.format("Asthma", "Drug: Metformin Other: Kit", "Phase 1") + head
    for printed in (text + rows, text + "".join(f"| {row}\n" for row in rows.splitlines())):
        for page in (printed, printed.replace(" | ", " || ")):
            record = read(page)
            assert [(arm.type, arm.label, arm.description) for arm in record.arms] == [
                ("Experimental", "Metformin", "Each day one"),
                ("Other", None, None),
                ("Other", "Walking group", "Once"),
            ]
            assert [(one.name, one.description, one.other_names) for one in record.interventions] == [
                ("Metformin", "How", ["Example A", "Example B"]),
                ("Kit", "Red", ["Box"]),
            ]
            assert [(one.arm, one.intervention) for one in record.arm_interventions] == [(0, 0), (0, 1), (1, 1)]
            assert record.trial.phases == "Phase 1"


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        (("1 walks of half an hour", "2", "3 Walks"), ["1", "2", "3"]),
        (("A walks of half an hour", "B runs of half an hour"), ["A", "B"]),
        (("1 walks of half an hour", "3 runs of half an hour"), [None, None]),
        (("1 mg in each of the tablets", "2 mg in each of the tablets"), [None, None]),
    ],
)
def test_labels_that_count_the_rows(cells: tuple[str, ...], labels: list[str | None]) -> None:
    """Labels that only count the rows are told by all of them together; a row alone may begin with an amount."""
    head = "Study Type : | Interventional |\nArm | Intervention/treatment |\n---|---|\n"
    rows = "".join(f"| Other: {cell} | Drug: A |\n" for cell in cells)
    record = read(CONDITIONS.format("Asthma", "Drug: A", "Phase 1") + head + rows)
    assert [arm.label for arm in record.arms] == labels


def test_lists_in_descriptions_of_outcomes() -> None:
    """Dialect T flattens the list in a description into that of the outcomes: an item without a bracket is none."""
    head = "Study Type : | Interventional |\nArm | Intervention/treatment |\n---|---|\nOther: A |\nDrug: B |\n"
    record = read(head + "- Pain [ Time Frame: Day 1 ]One of:\n- none\n- some\n- Cough [ Time Frame: Day 2 ]\n")
    assert [(one.measure, one.description) for one in record.outcomes] == [
        ("Pain", "One of: - none - some"),
        ("Cough", None),
    ]
    record = read(head + "- Pain\n- Cough\n")
    assert [one.measure for one in record.outcomes] == ["Pain", "Cough"]
    record = read(head + "- Pain [ Time Frame: Day 1 ]\n- Cou")  # a page cut short
    assert [(one.measure, one.description) for one in record.outcomes] == [("Pain", None), ("Cou", None)]


def test_arms_joined_by_blanks() -> None:
    """Dialect R joins an arm without description to its first intervention, which is cut off again."""
    record = read(
        "Condition or disease Intervention/treatment Phase\nAsthma Drug: A Drug: Placebo Phase 3\n\n"
        "Study Type : Interventional\n\nArm Intervention/treatment\n"
        "Experimental: First: one\nwhat they get\nDrug: A\nhow\nPlacebo Comparator: Placebo Drug: Placebo\nlikewise\n\n"
        "Primary Outcome Measures :\n  1. Pain [ Time Frame: Day 1 ]\n"
    )
    assert [(arm.label, arm.description) for arm in record.arms] == [("First: one", "what they get"), ("Placebo", None)]
    assert [(one.name, one.description) for one in record.interventions] == [("A", "how"), ("Placebo", "likewise")]
    assert [(one.measure, one.time_frame, one.type) for one in record.outcomes] == [("Pain", "Day 1", "Primary")]


def test_banner_below_the_arms() -> None:
    """Where a page lists no outcomes, the site's banner follows the table: it was read as a description's end."""
    record = read(
        "Condition or disease Intervention/treatment Phase\nAsthma Drug: A Phase 3\n\nStudy Type : Interventional\n\n"
        "Arm Intervention/treatment\nExperimental: First\nwhat\nDrug: A\nhow\n\n"
        "Information from the National Library of Medicine\n\nSexes Eligible for Study: All\n"
    )
    assert [one.description for one in record.interventions] == ["how"]


def test_groups() -> None:
    """Groups of an observational study have labels only, also where they look like an intervention."""
    t = "Study Type : | Observational |\nGroup/Cohort | Intervention/treatment |\n---|---|\n"
    record = read(
        CONDITIONS.format("Asthma", "Other: Visit", "") + t + "Other: Ill\nwho cough\n|\nOther: Visit\n|\nWell |\n|\n"
    )
    assert [(arm.type, arm.label, arm.description) for arm in record.arms] == [
        (None, "Other: Ill", "who cough"),
        (None, "Well", None),
    ]


@pytest.mark.parametrize(
    ("lines", "groups", "unread"),
    [
        # A label is known by the title behind it, by other names or a description said before above it, ...
        (["Ill", "Who cough.", "Other: Visit", "Well Other: Visit"], [("Ill", "Who cough."), ("Well", None)], []),
        (
            ["Ill", "Who cough.", "Other: Visit", "At home", "Well", "Who do not.", "Other: Visit", "At home"],
            [("Ill", "Who cough.")],
            ["At home", "Well", "Who do not.", "Other: Visit", "At home"],
        ),
        (
            ["Ill", "Who cough.", "Other: Visit", "At home.", "Well", "Who do not.", "Other: Visit", "At home."],
            [("Ill", "Who cough."), ("Well", "Who do not.")],
            [],
        ),
        (
            ["Ill Other: Visit", "At home", "Other: Talk", "Other Name: chat", "Well", "who do not", "Other: Talk"],
            [("Ill", None), ("Well", "who do not")],
            [],
        ),
        (["Ill Other: Visit", "at home", "Well Other: Visit", "at home", "Old", "Above 80."],
         [("Ill", None), ("Well", None), ("Old", "Above 80.")], []),
        (["Ill", "Who cough.", "Other: Visit", "At home", "Well group", "Who do not", "Other: Talk"],
         [("Ill", "Who cough."), ("Well group", "Who do not")], []),
        # ... or by its description, where there are no interventions.
        (["Ill", "Who cough.", "Well", "Who do not."], [("Ill", "Who cough."), ("Well", "Who do not.")], []),
        (["Ill", "who cough", "Well", "who do not"], [("Ill", None)], ["who cough", "Well", "who do not"]),
    ],
)  # fmt: skip
def test_groups_without_bars(lines: list[str], groups: list[tuple[str, str | None]], unread: list[str]) -> None:
    """Where blanks join the cells, groups are read up to where nothing tells any more what is a label."""
    text = "Study Type : Observational\n\nGroup/Cohort Intervention/treatment\n" + "\n".join(lines)
    page = Page(HEAD + "Condition or disease Intervention/treatment\nAsthma Other: Visit Other: Talk\n\n" + text)
    assert [(arm.label, arm.description) for arm in ctgov_classic.read(page).arms] == groups
    assert [line.text for line in page.unread()] == unread


def test_study_population_without_heading() -> None:
    """One paragraph below the sampling method is the population; of two, nothing says which."""
    table = "Study Type : | Observational |\nAges Eligible for Study: | Child, Adult |\n"
    table += "Sampling Method: | Probability Sample |\n"
    record = read(table + "All who came.\nInclusion Criteria:\n- Adults\n")
    assert record.trial.population == "All who came."
    assert record.trial.eligibility_text == "Inclusion Criteria: - Adults"
    assert (record.trial.minimum_age, record.trial.maximum_age) == (None, None)
    assert read(table + "All who came.\nAnd more.\nInclusion Criteria:\n- Adults\n").trial.population is None
    for criteria in ("Disease characteristics:\n- Adults", "Adults"):
        record = read(table + f"All who came.\n{criteria}\n")
        assert record.trial.population == "All who came."
        assert record.trial.eligibility_text == criteria.replace("\n", " ")


def test_more_information_without_responsible_party() -> None:
    """Old studies name no responsible party: the rows below were taken for people."""
    record = read(
        "Study Type : | Interventional |\nSexes Eligible for Study: | All |\nContacts and Locations\nFrance | |\n"
        "Clinic A | |\nLyon, France | |\nStudy Chair: | Ann Example | Clinic A | |\n"
        "ClinicalTrials.gov Identifier: | NCT01234567 |\nOther Study ID Numbers: |\nEX-1 |\n"
        "First Posted: | May 1, 2005 Key Record Dates |\nLast Verified: | May 2005 |\n"
    )
    assert [(one.name, one.role, one.affiliation) for one in record.officials] == [
        ("Ann Example", "Study Chair", "Clinic A")
    ]
    assert [one.identifier for one in record.identifiers] == ["NCT01234567", "EX-1"]
    assert (record.trial.first_posted_date, record.trial.last_verified_date) == ("May 1, 2005", "May 2005")


def test_ages_without_a_value() -> None:
    """A label that lost its cell brought the whole page down (found by fuzzing)."""
    record = read("Study Type : | Interventional |\nAges Eligible for Study:\nSexes Eligible for Study: | All |\n")
    assert (record.trial.minimum_age, record.trial.sex) == (None, "All")


def test_headings_of_criteria() -> None:
    """A heading sets the kind of what is listed below it, a sentence that speaks of exclusion does not."""
    record = read(
        "Study Type : | Interventional |\nSexes Eligible for Study: | All |\nKey inclusion criteria:\n- Adults\n"
        "- Meets no exclusion criterion of the trial\nEXCLUSION CRITERIA\n- Ill\n"
    )
    kinds = [vocabulary.code("criterion_kind", row.kind) if row.kind else None for row in record.eligibility_criteria]
    assert kinds == ["INCLUSION", "INCLUSION", "EXCLUSION"]


def test_sites() -> None:
    """Places are read by the country above them, with commas, states, codes and missing statuses."""
    record = read(
        "Study Type : | Interventional |\nSexes Eligible for Study: | All |\nContacts and Locations\n"
        "United States, Ohio | |\nClinic A | Active, not recruiting |\nAkron, Ohio, United States, 44301 | |\n"
        "Contact: Ann Example, MD 555-0100 ext 7 ann@example.org | |\nClinic B |\nToledo, Ohio, United States | |\n"
        "Korea, Republic of | |\nClinic C | Completed |\nSeoul, Korea, Republic of, 03080 | |\n"
        "Japan | |\nClinic D | |\nBunkyo, Chuo, Tokyo, Japan | |\n"
    )
    assert [(s.facility, s.status, s.city, s.state, s.country, s.postal_code) for s in record.sites] == [
        ("Clinic A", "Active, not recruiting", "Akron", "Ohio", "United States", "44301"),
        ("Clinic B", None, "Toledo", "Ohio", "United States", None),
        ("Clinic C", "Completed", "Seoul", None, "Korea, Republic of", "03080"),
        ("Clinic D", None, None, None, "Japan", None),
    ]
    assert [(c.name, c.phone, c.email, c.site) for c in record.contacts] == [
        ("Ann Example, MD", "555-0100 ext 7", "ann@example.org", 0)
    ]


def test_sites_without_facility() -> None:
    """A site may name no facility: then the next place is no part of it, and the next country none of its words."""
    record = read(
        "Study Type : Interventional\nSexes Eligible for Study: All\nContacts and Locations\n"
        "United States, Ohio\nAkron, Ohio, United States\nClinic A\nToledo, Ohio, United States, 43601\n"
        "Hospital of Toledo, Ohio, United States\nToledo, Ohio, United States\nAkron, Ohio, United States\n"
        "United States, Utah\nProvo, Utah, United States\nFrance\nLyon, France\nParis, France\n"
    )
    assert [(s.facility, s.city, s.state, s.country, s.postal_code) for s in record.sites] == [
        (None, "Akron", "Ohio", "United States", None),
        ("Clinic A", "Toledo", "Ohio", "United States", "43601"),
        ("Hospital of Toledo, Ohio, United States", "Toledo", "Ohio", "United States", None),
        (None, "Akron", "Ohio", "United States", None),
        (None, "Provo", "Utah", "United States", None),
        (None, "Lyon", None, "France", None),
        (None, "Paris", None, "France", None),
    ]


@pytest.mark.parametrize(
    ("text", "measure", "frame", "rest"),
    [
        ("Pain [ Time Frame: Day 1 ]On a scale", "Pain ", "Day 1 ", "On a scale"),
        ("Pain [0-10] [ Time Frame: Week [4] ] [ Designated as safety issue: No ]", "Pain [0-10] ", "Week [4] ", ""),
        ("Pain [ Time Frame: Week 4] ]then", "Pain ", "Week 4] ", "then"),
        ("Pain [ Time Frame: Week 4", "Pain ", "Week 4", ""),
        ("Pain", "Pain", None, ""),
    ],
)
def test_outcome_brackets(text: str, measure: str, frame: str | None, rest: str) -> None:
    """Brackets inside a measure or a time frame do not end it."""
    parts = find_outcome(text)
    assert text[slice(*parts.measure)] == measure
    assert (text[slice(*parts.frame)] if parts.frame else None) == frame
    assert text[slice(*parts.rest)] == rest


def test_people() -> None:
    """A name keeps its figures, a phone its extension; an affiliation is cut off only where something tells."""
    text = "Study 12 Desk +1 (555) 0101-22 x3 desk@example.org"
    name, phone, email = split_person(text)
    assert [text[slice(*part)].strip() if part else None for part in (name, phone, email)] == [
        "Study 12 Desk",
        "+1 (555) 0101-22 x3",
        "desk@example.org",
    ]
    assert split_person("") == (None, None, None)
    text = "Desk, Site 0101 (+)1-555-01 0199"
    name, phone, _ = split_person(text)
    assert [text[slice(*part)].strip() if part else None for part in (name, phone)] == [
        "Desk, Site 0101",
        "(+)1-555-01 0199",
    ]
    assert split_affiliation("Ann Example, MD, PhD Example Clinic", ()) == len("Ann Example, MD, PhD ")
    assert split_affiliation("Ann Example, MD M.D. Example Clinic", ()) == len("Ann Example, MD ")
    assert split_affiliation("Ann Example, MD Prof. Example Clinic", ()) == len("Ann Example, MD ")
    assert split_affiliation("Ann Example, MD, Example Clinic", ()) is None
    assert split_affiliation("Ann Example Example Clinic", {"Example Clinic"}) == len("Ann Example ")
    assert split_affiliation("Ann Example Example Clinic", ()) is None
    for text in ("Ann Example, MD, FABC", "Ann Example"):
        assert split_affiliation(text, ()) == len(text)
    assert split_place("Paris, France", "Japan") is None
    name, phone, _ = split_person("Ann Example + 1 555 0101 22 ext 1-555")
    assert (name, phone) == (
        (0, len("Ann Example")),
        (len("Ann Example "), len("Ann Example + 1 555 0101 22 ext 1-555")),
    )


TEXT = {carrier: (FOLDER / name).read_text("utf-8") for carrier, name in CARRIERS.items()}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(CARRIERS)), st.data())
def test_mutated(carrier: str, data: st.DataObject) -> None:
    """Any damage to a page is read without an exception, and every value keeps its place."""
    text = TEXT[carrier]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 400)))
    page = load(text[:start] + data.draw(st.text("a:|\n•-[]\t 1", max_size=8)) + text[end:], carrier)
    assert misplaced(page, ctgov_classic.read(page)) == []


@settings(max_examples=40, deadline=None)
@given(st.permutations(TEXT["T"].split("\n")))
def test_shuffled(lines: list[str]) -> None:
    """A page whose lines stand in any order is read without an exception."""
    page = Page("\n".join(lines))
    assert misplaced(page, ctgov_classic.read(page)) == []


def test_markers_tell_the_carriers() -> None:
    """Every marker is found in every carrier; one that is not would tell nothing."""
    for carrier, text in TEXT.items():
        page = load(text, carrier)
        for name, marker in ctgov_classic.MARKERS.items():
            assert any(re.search(marker, line.text) for line in page.lines), (carrier, name)
