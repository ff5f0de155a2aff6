"""The older faces of ClinicalTrials.gov: study page until 2017, tabular view, archive of versions."""

import importlib
from pathlib import Path
from types import ModuleType

import press_ctgov_faces as press
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_cells import SHARED, misplaced, studies
from test_ctgov_classic import cells, load

from pipeline.layouts import ctgov_archive, ctgov_ct3, ctgov_tabular, recognise
from pipeline.normalize import dates, vocabulary
from pipeline.reading.words import clean
from pipeline.registers import ctgov_xml

FOLDER = Path(__file__).parent.parent / "raw" / "sample"
REAL = SHARED / "corpus" / "ctgov_html"
LAYOUTS: dict[str, ModuleType] = {
    face: importlib.import_module(f"pipeline.layouts.ctgov_{face}") for face in press.FACES
}
TEXT = {face: (FOLDER / f"ctgov_{face}.html").read_bytes().decode() for face in press.FACES}
COMPARED = (
    "brief_title", "overall_status", "study_type", "phases", "allocation", "intervention_model", "masking",
    "who_masked", "primary_purpose", "observational_model", "time_perspective", "sex", "minimum_age", "maximum_age",
    "start_date", "completion_date", "primary_completion_date",
)  # fmt: skip
without_shared = pytest.mark.skipif(not SHARED.exists(), reason="the corpus is not beside the repository")


def archive(rows: str, study_type: str = "Interventional") -> str:
    """Return a page of the archive with `rows` below the study type."""
    return (
        "<h1>View of NCT01234567 on 2012_05_15</h1><table><tr><th>ClinicalTrials Identifier:</th><td>NCT01234567</td>"
        f"</tr><tr><th>Study type</th><td>{study_type}</td></tr>{rows}</table>"
    )


def row(label: str, value: str) -> str:
    """Return a row of the archive."""
    return f"<tr><th>{label}</th><td>{value}</td></tr>"


@pytest.mark.parametrize("face", press.FACES)
def test_sample(face: str) -> None:
    """The sample of every face gives all that it says, each at its place; only original outcomes stay unread."""
    page = load(TEXT[face], "html")
    assert recognise(page).layout is LAYOUTS[face]
    record = LAYOUTS[face].read(page)
    said = {cell for cell in press.cells(press.SAMPLES[face], face) if cell[0] != "mesh_terms"}
    assert cells(record) == said
    assert misplaced(page, record) == []
    assert {line.text for line in page.unread()} == (
        {"Another measure [ Time Frame: 1 day ] |"} if face == "tabular" else set()
    )
    version = dates.read(record.version_date or "")
    assert version
    assert version.day.isoformat() == ("2020-04-19" if face == "archive" else "2022-06-13")


@pytest.mark.parametrize("face", press.FACES)
def test_sample_is_what_the_press_prints(face: str) -> None:
    """The samples follow the press; else one of them shows a page that the other does not know."""
    assert TEXT[face] == press.PRESSES[face](press.SAMPLES[face])


@without_shared
@pytest.mark.parametrize("face", press.FACES)
def test_pressed_register(face: str) -> None:
    """What the register's studies print on this face comes back: at least 0.98 of the cells, hardly one too many."""
    hits = extra = missing = 0
    for study in list(studies())[::3]:
        whole = {"protocolSection": study}
        page = load(press.PRESSES[face](whole), "html")
        assert recognise(page).layout is LAYOUTS[face]
        found, said = cells(LAYOUTS[face].read(page)), press.cells(whole, face)
        hits += len(found & said)
        extra += len(found - said)
        missing += len(said - found)
    assert hits
    assert 2 * hits / (2 * hits + extra + missing) >= 0.98
    assert extra / (hits + extra) < 0.02


@without_shared
def test_real_pages() -> None:
    """The saved study page and the tabular view of one study say the same wherever both speak."""
    full, tab = (load((REAL / f"CT_{name}_NCT00936455.html").read_bytes().decode(), "html") for name in ("full", "tab"))
    assert (recognise(full).layout, recognise(tab).layout) == (ctgov_ct3, ctgov_tabular)
    one, other = ctgov_ct3.read(full), ctgov_tabular.read(tab)
    assert list(full.unread()) == []
    left = [line.text for line in tab.unread()]  # the original outcomes, and countries without their sites
    assert all("[ Time Frame:" in line or line.startswith("Location Countries") for line in left)
    for name in ("identifiers", "sponsors", "conditions", "arms", "outcomes", "officials", "eligibility_criteria"):
        assert getattr(one, name) == getattr(other, name), name
        assert getattr(one, name), name
    differ = {
        field
        for field in one.trial.__struct_fields__
        if getattr(one.trial, field)
        and getattr(other.trial, field)
        and getattr(one.trial, field) != getattr(other.trial, field)
    }
    # The study page's own line of the party has the degree that its head leaves out; the status is a sentence there.
    assert differ == {"overall_status", "responsible_party"}
    assert one.version_date == other.version_date
    assert misplaced(full, one) == misplaced(tab, other) == []


@without_shared
def test_archive_against_the_register() -> None:
    """Versions of the archive and the register's XML of the same studies, years apart, agree cell by cell."""
    same = differ = 0
    for path in sorted((REAL / "archive").glob("*.html")):
        page = load(path.read_bytes().decode(), "html")
        assert recognise(page).layout is ctgov_archive, path.name
        record = ctgov_archive.read(page)
        assert list(page.unread()) == [], path.name
        assert misplaced(page, record) == []
        version = dates.read(record.version_date or "")
        assert version
        assert version.day.strftime("%Y%m%d") == path.stem.partition("_")[2]
        beside = REAL / "archive_xml" / f"{path.stem.partition('_')[0]}.xml"
        if not beside.exists():
            continue
        register = ctgov_xml.read(beside.read_bytes()).record
        for field in COMPARED:
            here, there = getattr(record.trial, field), getattr(register.trial, field)
            if here and there:
                code = vocabulary.codes if field in vocabulary.fields() else lambda _, words: dates.read(words) or words
                same += code(field, here) == code(field, there)
                differ += code(field, here) != code(field, there)
        for here, there in zip(record.outcomes, register.outcomes, strict=False):
            same += here.time_frame == (there.time_frame and clean(there.time_frame))
            differ += here.time_frame != (there.time_frame and clean(there.time_frame))
        assert record.conditions == register.conditions
        assert [one.identifier for one in record.identifiers] == [one.identifier for one in register.identifiers]
        assert [one.label for one in record.arms] == [one.label for one in register.arms]
        assert [one.name for one in record.interventions] == [clean(one.name or "") for one in register.interventions]
    assert same > 300
    assert differ == 0


@without_shared
def test_error_page() -> None:
    """The site's page of an error has no study: no layout takes it."""
    page = load((REAL / "error_page_invalid_id.html").read_bytes().decode(), "html")
    with pytest.raises(ValueError, match="no marker of any"):
        recognise(page)


FULL = ["Treatment", "Randomized", "Double Blind (Subject)", "Parallel Assignment", "Safety Study"]


@pytest.mark.parametrize(
    ("choices", "study_type", "expected"),
    [
        (FULL, "Interventional",
         {"primary_purpose": "Treatment", "allocation": "Randomized", "masking": "Double Blind",
          "who_masked": "Subject", "intervention_model": "Parallel Assignment"}),
        (["Treatment", "N/A", "Open Label"], "Interventional",
         {"primary_purpose": "Treatment", "allocation": "N/A", "masking": "Open Label"}),
        (["Case-Control", "Other"], "Observational",
         {"observational_model": "Case-Control", "time_perspective": "Other"}),
        (["Other"], "Observational", {}),
        (["Cohort"], "Interventional", {}),
    ],
)  # fmt: skip
def test_choices_of_the_design(choices: list[str], study_type: str, expected: dict[str, str]) -> None:
    """A choice without a label goes to the one field that vocabulary and order leave; else it would be a guess."""
    page = load(archive("".join(row("Study design", choice) for choice in choices), study_type), "html")
    trial = ctgov_archive.read(page).trial
    fields = ("primary_purpose", "allocation", "masking", "who_masked", "intervention_model", "observational_model",
              "time_perspective")  # fmt: skip
    assert {field: getattr(trial, field) for field in fields if getattr(trial, field)} == expected
    left = [line.text for line in page.unread()]
    assert bool(left) == (not expected)


def test_archive_rows() -> None:
    """Arms keep their label and type apart, interventions name their arm, empty rows say nothing."""
    page = load(
        archive(
            row("Official title", "")
            + "<tr><th>Detailed description</th></tr>"
            + row("Arm/Group", "<div>Arm Label: No Intervention &nbsp; No Intervention</div>")
            + row("Arm/Group", "<div>Arm Label: High &nbsp; Experimental</div><p>much</p><p>of it</p>")
            + row("Intervention", "<div>Biological/Vaccine: X: one &nbsp; Arm Label: High</div><p>a jab</p>")
            + row("Secondary outcome", "Measure: Pain<br>Time Frame: Day 1<br>Safety Issue? No<br>Description: <p>a</p>"
                  "<p>Measure: b</p>")
            + row("Start date", "2012-07") + row("Primary completion date", "2012-12\n (Anticipated)")
        ), "html",
    )  # fmt: skip
    record = ctgov_archive.read(page)
    assert (record.trial.official_title, record.trial.detailed_description) == (None, None)
    assert [(one.label, one.type, one.description) for one in record.arms] == [
        ("No Intervention", "No Intervention", None),
        ("High", "Experimental", "much of it"),
    ]
    assert [(one.type, one.name, one.description) for one in record.interventions] == [
        ("Biological/Vaccine", "X: one", "a jab")
    ]
    assert [(link.arm, link.intervention) for link in record.arm_interventions] == [(1, 0)]
    (outcome,) = record.outcomes
    assert (outcome.type, outcome.measure, outcome.time_frame) == ("Secondary", "Pain", "Day 1")
    assert outcome.description == "a Measure: b"
    assert (record.trial.start_date, record.trial.primary_completion_date) == ("2012-07", "2012-12")
    assert record.trial.primary_completion_date_type == "Anticipated"
    assert list(page.unread()) == []


@pytest.mark.parametrize("face", press.FACES)
def test_a_foot_inside_the_page_is_passed_over(face: str) -> None:
    """A page with its foot in the wrong place brought a face down that has no foot of its own (found by fuzzing)."""
    head, table, rest = TEXT[face].partition("<table")
    page = load(f"{head}<ul><li>For Patients &amp; Families</li></ul>{table}{rest}", "html")
    assert LAYOUTS[face].read(page).identifiers


def test_design_in_one_run() -> None:
    """Until 2012 the design stood in one line, its choices parted by commas or semicolons."""
    start = TEXT["ct3"].index("Study Design:</td>")
    cell = TEXT["ct3"].index("<td", start)
    end = TEXT["ct3"].index("</td>", cell)
    design = "Allocation: Randomized, Control: Placebo Control; Masking: Double Blind (Subject, Investigator)"
    page = load(f'{TEXT["ct3"][:cell]}<td style="padding-left:1em">{design}{TEXT["ct3"][end:]}', "html")
    trial = ctgov_ct3.read(page).trial
    assert (trial.allocation, trial.masking, trial.who_masked) == (
        "Randomized",
        "Double Blind",
        "Subject, Investigator",
    )
    assert trial.primary_purpose is None
    assert list(page.unread()) == []


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(press.FACES), st.data())
def test_mutated(face: str, data: st.DataObject) -> None:
    """Any damage to a page is read without an exception, and every value keeps its place."""
    text = TEXT[face]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 400)))
    page = load(text[:start] + data.draw(st.text("a:|<>\n-[] 1", max_size=8)) + text[end:], "html")
    assert misplaced(page, LAYOUTS[face].read(page)) == []
