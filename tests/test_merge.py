"""Several documents on one trial: which speaks for what, what the others say, and that order decides nothing."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import press_clincosm
import press_crick
import press_ctgov_classic
import press_medpath
import press_trials_co
import pytest
from conftest import NOW, SAMPLE, Build
from test_build import content, rows

from pipeline import settings, warehouse

STUDY = json.loads((SAMPLE / "ctgov_api_v2.json").read_text("utf-8"))
NUMBER = "NCT05921058"
MANIFEST = f"file,url\ncrick.txt,https://crick.ai/trials/{NUMBER}\ntrials_co.txt,https://trials.co/about/{NUMBER}\n"


def study(day: str | None = "2023-06-27", **modules: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sample's study as last updated on a day, with other values in some modules."""
    other = copy.deepcopy(STUDY)
    protocol = other["protocolSection"]
    status = protocol["statusModule"]
    for name in ("lastUpdatePostDateStruct", "lastUpdateSubmitDate"):
        status.pop(name, None)
    if day:
        status["lastUpdatePostDateStruct"] = {"date": day, "type": "ACTUAL"}
    for name, values in modules.items():
        protocol.setdefault(f"{name}Module", {}).update(values)
    return other


def pages() -> dict[str, str]:
    """Return one invented trial as six documents: the register's record, and what five sites make of older ones."""
    recruiting = {"overallStatus": "RECRUITING"}
    planned = {"enrollmentInfo": {"count": 20, "type": "ESTIMATED"}}
    counted = {"enrollmentInfo": {"count": 18, "type": "ACTUAL"}}
    site = {
        "locations": [
            {
                "facility": "Hospital of the Hills",
                "city": "Bern",
                "state": "Bern",
                "zip": "3000",
                "country": "Switzerland",
            }
        ]
    }
    return {
        "record.json": json.dumps(study()),
        "classic.txt": press_ctgov_classic.dialect_t(study("2022-05-04", status=recruiting, design=planned)),
        "medpath.txt": press_medpath.press(study()["protocolSection"], "R"),
        "clincosm.txt": press_clincosm.press(study("2021-01-01", contactsLocations=site)["protocolSection"]),
        "crick.txt": press_crick.press(study(design=counted)["protocolSection"]),
        "trials_co.txt": press_trials_co.press(study()["protocolSection"], "R"),
        "manifest.csv": MANIFEST,
    }


def write(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write documents into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, out: Path) -> Path:
    """Build a folder into the warehouse under `out`, on top of the archive that is there."""
    out.mkdir(exist_ok=True)
    own = settings.load(warehouse=out / "trials.duckdb", raw=out)
    found = warehouse.read_documents([folder], own, "test", NOW)
    return warehouse.build_warehouse(found, own, "test", NOW, accept_loss=True).warehouse


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of the six documents."""
    folder = tmp_path_factory.mktemp("merged")
    return load(write(folder / "in", pages()), folder / "out")


# --- who speaks -------------------------------------------------------------------------------------------------------


def test_one_row_from_six_documents(merged: Path) -> None:
    """A trial that stands twice is counted twice."""
    assert rows(merged, "SELECT layout, status FROM documents ORDER BY 1") == [
        (layout, "LOADED") for layout in ("clincosm", "crick", "ctgov_api_v2", "ctgov_classic", "medpath", "trials_co")
    ]
    assert rows(merged, "SELECT trial_id, layout FROM trials JOIN documents USING (trial_id, document_id)") == [
        (NUMBER, "ctgov_api_v2")
    ]


def test_the_latest_wins_and_blurred_columns_lose(merged: Path) -> None:
    """An old page's status, or a site's first of two phases, must not stand for the trial."""
    assert rows(
        merged, "SELECT overall_status, phases, enrollment, enrollment_type, start_date_precision FROM trials"
    ) == [("COMPLETED", ["PHASE1", "PHASE2"], 15, "ACTUAL", "DAY")]
    assert rows(
        merged,
        "SELECT DISTINCT layout FROM trial_sources JOIN documents USING (trial_id, document_id) "
        "WHERE column_group IN ('overall_status', 'phases', 'outcomes', 'sites', 'arms', 'start_date')",
    ) == [("ctgov_api_v2",)]


def test_ranking(tmp_path: Path) -> None:
    """Later first, unknown last, then the register: any other order lets a stale copy win."""
    aggregator = press_clincosm.press(study("2023-06-27", status={"overallStatus": "RECRUITING"})["protocolSection"])
    register = json.dumps(study("2023-06-27"))
    unknown = press_medpath.press(study(status={"overallStatus": "WITHDRAWN"})["protocolSection"], "R")
    older = json.dumps(study("2020-01-01", status={"overallStatus": "SUSPENDED"}))
    raw = write(tmp_path / "in", {"a.txt": aggregator, "b.json": register, "c.txt": unknown, "d.json": older})
    winner = "SELECT overall_status, uri FROM trials JOIN documents USING (document_id)"
    assert rows(load(raw, tmp_path / "out"), winner) == [("COMPLETED", "in/b.json")]
    (raw / "b.json").unlink()
    assert rows(load(raw, tmp_path / "out"), winner) == [("RECRUITING", "in/a.txt")]
    (raw / "a.txt").unlink()
    assert rows(load(raw, tmp_path / "out"), winner) == [("SUSPENDED", "in/d.json")]


def test_blurred_only_where_nobody_else_speaks(tmp_path: Path) -> None:
    """A page's only phase is better than none, and worse than any older document's phases."""
    page = press_medpath.press(study()["protocolSection"], "R")
    raw = write(tmp_path / "in", {"medpath.txt": page})
    assert rows(load(raw, tmp_path / "out"), "SELECT phases FROM trials") == [(["PHASE1"],)]
    write(raw, {"crick.txt": press_crick.press(study()["protocolSection"]), "manifest.csv": MANIFEST})
    assert rows(load(raw, tmp_path / "out"), "SELECT phases FROM trials") == [(["PHASE1"],)]
    write(raw, {"old.json": json.dumps(study("2001-01-01"))})
    file = load(raw, tmp_path / "out")
    assert rows(file, "SELECT phases FROM trials") == [(["PHASE1", "PHASE2"],)]


def test_groups_move_together(tmp_path: Path) -> None:
    """A count from one document with the type of another, or sites of two, are a trial that nobody described."""
    new = study("2024-01-01", design={"enrollmentInfo": {"count": 31}}, contactsLocations={"locations": []})
    del new["protocolSection"]["outcomesModule"]
    old = study(
        "2020-01-01",
        design={"enrollmentInfo": {"count": 30, "type": "ACTUAL"}},
        sponsorCollaborators={"leadSponsor": {"name": "Another Sponsor", "class": "NIH"}},
    )
    del new["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["class"]
    raw = write(tmp_path / "in", {"new.json": json.dumps(new), "old.json": json.dumps(old)})
    file = load(raw, tmp_path / "out")
    assert rows(file, "SELECT enrollment, enrollment_type, lead_sponsor, lead_sponsor_class FROM trials") == [
        (31, None, "Universitas Sebelas Maret", None)
    ]
    assert rows(
        file,
        "SELECT column_group, uri FROM trial_sources s JOIN documents USING (document_id) "
        "WHERE column_group IN ('sites', 'outcomes', 'arms', 'enrollment') ORDER BY ALL",
    ) == [("arms", "in/new.json"), ("enrollment", "in/new.json"), ("outcomes", "in/old.json"), ("sites", "in/old.json")]
    for table in ("outcomes", "timepoints", "sites"):
        assert rows(file, f"SELECT DISTINCT uri FROM {table} JOIN documents USING (document_id)") == [("in/old.json",)]
    assert rows(file, "SELECT count(*) FROM arms SEMI JOIN trials USING (trial_id, document_id)") != [(0,)]


def test_what_was_not_chosen_is_kept(merged: Path) -> None:
    """A row that another document replaced must still be there to be asked."""
    kept = dict(
        rows(
            merged,
            "SELECT table_name, count(DISTINCT uri) FROM unchosen_rows JOIN documents USING (document_id) GROUP BY 1",
        )
    )
    assert kept["trials"] == 5
    assert kept["outcomes"] >= 3
    assert rows(
        merged,
        "SELECT row ->> 'country', uri FROM unchosen_rows JOIN documents USING (document_id) "
        "WHERE table_name = 'sites' AND uri = 'in/clincosm.txt'",
    ) == [("Switzerland", "in/clincosm.txt")]
    # All rows of a table come from the chosen document, and none of them is among the others.
    assert rows(merged, "SELECT * FROM unchosen_rows u SEMI JOIN outcomes o USING (trial_id, document_id) WHERE "
                "u.table_name = 'outcomes'") == []  # fmt: skip


def test_a_row_that_lost_one_column_is_kept(build: Build, tmp_path: Path) -> None:
    """The best document may blur a column: what it says there must not vanish because all else of it was taken."""
    page = press_clincosm.press(study("2024-01-01")["protocolSection"])
    raw = write(tmp_path / "in", {"clincosm.txt": page, "record.json": json.dumps(study("2023-06-27"))})
    file = build(raw).warehouse
    assert rows(file, "SELECT uri, start_date_precision FROM trials JOIN documents USING (document_id)") == [
        ("in/clincosm.txt", "DAY")
    ]
    kept = "SELECT uri FROM unchosen_rows JOIN documents USING (document_id) WHERE table_name = 'trials' ORDER BY 1"
    assert rows(file, kept) == [("in/clincosm.txt",), ("in/record.json",)]


def test_evidence_is_of_chosen_rows_only(merged: Path) -> None:
    """Evidence of a row that was not chosen would prove a value that is not in the warehouse."""
    assert rows(
        merged,
        "SELECT e.* FROM evidence e JOIN trial_sources s ON s.column_group = e.column_name "
        "WHERE e.table_name = 'trials' AND s.document_id <> e.document_id",
    ) == []  # fmt: skip
    assert rows(merged, "SELECT DISTINCT document_id FROM evidence WHERE table_name = 'outcomes'") == []


def test_one_document_has_no_rows_of_sources(sample_file: Path) -> None:
    """Sixty rows a trial that say "from its only document" would be most of a warehouse of half a million trials."""
    assert rows(
        sample_file,
        "SELECT trial_id FROM trial_sources SEMI JOIN (SELECT trial_id FROM documents WHERE status = 'LOADED' "
        "GROUP BY trial_id HAVING count(*) = 1) USING (trial_id)",
    ) == []  # fmt: skip


def test_nothing_to_merge_in_most_tables(tmp_path: Path) -> None:
    """A first build whose only document has no outcomes, arms and sites stopped for want of any time frame."""
    bare = study()
    kept = ("identificationModule", "statusModule", "sponsorCollaboratorsModule")
    bare["protocolSection"] = {name: bare["protocolSection"][name] for name in kept}
    raw = write(tmp_path / "in", {"bare.json": json.dumps(bare)})
    assert rows(load(raw, tmp_path / "out"), "SELECT trial_id FROM trials") == [(NUMBER,)]


def test_no_number_no_merge(build: Build, tmp_path: Path) -> None:
    """Two pages that carry no number may be one trial, or not: a title is no proof."""
    first = press_crick.press(study()["protocolSection"])
    second = press_crick.press(study(design={"enrollmentInfo": {"count": 18}})["protocolSection"])
    raw = write(tmp_path / "in", {"a.txt": first, "b.txt": second, "c.json": json.dumps(study())})
    file = build(raw).warehouse
    assert rows(file, "SELECT registry, left(trial_id, 4), length(trial_id) FROM trials ORDER BY ALL") == [
        ("CTGOV", "NCT0", 11),
        (None, "doc-", 16),
        (None, "doc-", 16),
    ]


def test_one_content_under_two_addresses(build: Build, tmp_path: Path) -> None:
    """A page saved twice, once with its address, stopped the whole build: two documents with one identity."""
    page = press_crick.press(study()["protocolSection"])
    raw = write(tmp_path / "in", {"a.txt": page, "crick.txt": page, "manifest.csv": MANIFEST})
    file = build(raw).warehouse
    expected = [("in/a.txt", "DUPLICATE", NUMBER), ("in/crick.txt", "LOADED", NUMBER)]
    assert rows(file, "SELECT uri, status, trial_id FROM documents ORDER BY 1") == expected
    one_by_one = tmp_path / "again"
    write(one_by_one / "in", {"a.txt": page})
    load(one_by_one / "in", one_by_one / "out")
    write(one_by_one / "in", {"crick.txt": page, "manifest.csv": MANIFEST})
    later = load(one_by_one / "in", one_by_one / "out")
    assert rows(later, "SELECT uri, status, trial_id FROM documents ORDER BY 1") == expected


# --- order decides nothing --------------------------------------------------------------------------------------------


def test_any_order_same_content(merged: Path, tmp_path: Path) -> None:
    """A warehouse that depends on which document came first cannot be rebuilt."""
    expected = content(merged)
    names = [name for name in pages() if name != "manifest.csv"]
    for name in (*names[3:], *reversed(names[:3])):
        write(tmp_path / "in", {name: pages()[name], "manifest.csv": MANIFEST})
        file = load(tmp_path / "in", tmp_path / "out")
    assert content(file) == expected


def test_real_trials_in_several_layouts(shared: Path, tmp_path: Path) -> None:
    """What was invented may be merged well, and what sites really print not."""
    found = [*(shared / "corpus" / "pages").glob("*/*.txt"), *(shared / "seeds").glob("*.txt")]
    once = tmp_path / "once"
    for page in found:
        (once / "in").mkdir(parents=True, exist_ok=True)
        shutil.copy(page, once / "in" / f"{page.parent.name}.{page.name}")
    file = load(once / "in", once / "out")
    assert rows(file, "SELECT count(*), count(DISTINCT trial_id) FROM trials")[0][0] == len(
        rows(file, "SELECT DISTINCT trial_id FROM documents WHERE status = 'LOADED'")
    )
    # By the rule, said once more and in another way: the best of those that claim anything.
    best = """
        SELECT trial_id, arg_min(document_id, (coalesce(-epoch(version_date), 1e18), rank, document_id)) AS document_id
        FROM documents JOIN sources USING (source) WHERE status = 'LOADED' GROUP BY trial_id
    """
    assert rows(file, f"SELECT trial_id FROM trials t JOIN ({best}) b USING (trial_id) "
                "WHERE t.document_id <> b.document_id") == []  # fmt: skip
    contested = rows(file, "SELECT trial_id FROM documents GROUP BY 1 HAVING count(DISTINCT layout) > 1")
    assert len(contested) >= 9
    # Phases come from a document that does not blur them wherever there is one.
    assert rows(
        file,
        "SELECT trial_id FROM conflicts c WHERE field = 'phases' AND kind = 'LOSSY' AND chosen "
        "AND NOT contains(normalised, ',')",
    ) == []  # fmt: skip
    step = tmp_path / "step"
    (step / "in").mkdir(parents=True)
    copies = sorted((once / "in").iterdir(), key=lambda page: page.name[::-1])
    for start in range(0, len(copies), 15):
        for page in copies[start : start + 15]:
            shutil.copy(page, step / "in" / page.name)
        again = load(step / "in", step / "out")
    assert content(again) == content(file)


# --- where they disagree ----------------------------------------------------------------------------------------------


def conflicts(file: Path, field: str) -> set[tuple[object, ...]]:
    """Return the document, value, kind and choice of every value of a field that is contested."""
    found = rows(
        file,
        f"SELECT split_part(uri, '/', 2), normalised, kind, chosen FROM conflicts JOIN documents USING (document_id) "
        f"WHERE field = '{field}'",
    )
    assert len(found) == len(set(found))
    return set(found)


def test_kinds_of_conflict(merged: Path) -> None:
    """Which site is stale, which drops a phase, where counts differ: each is asked by its kind."""
    assert conflicts(merged, "overall_status") == {
        ("record.json", "COMPLETED", "STALE", True),
        ("classic.txt", "RECRUITING", "STALE", False),
    }
    phases = conflicts(merged, "phases")
    assert ("medpath.txt", "PHASE1", "LOSSY", False) in phases
    assert ("record.json", "PHASE1, PHASE2", "LOSSY", True) in phases
    assert conflicts(merged, "enrollment") == {
        ("record.json", "15", "DIFFERENT", True),
        ("crick.txt", "18", "DIFFERENT", False),
    }


def test_values_of_conflicts_are_the_words(merged: Path) -> None:
    """The value shown must be what the page prints, and its place where it prints it."""
    ((value, words),) = rows(
        merged,
        "SELECT value, substr(text, char_start + 1, char_end - char_start) FROM conflicts "
        "JOIN document_texts USING (document_id) WHERE field = 'enrollment'",
    )
    assert value == words == "18"
    assert rows(
        merged, "SELECT DISTINCT value FROM conflicts WHERE field = 'overall_status' AND kind = 'STALE' AND NOT chosen"
    ) == [("Recruiting",)]


ALIKE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    # A target and a count, a plan and what came of it, two precisions, when a record was last looked at.
    (
        "design",
        {"enrollmentInfo": {"count": 20, "type": "ESTIMATED"}},
        {"enrollmentInfo": {"count": 15, "type": "ACTUAL"}},
    ),
    (
        "status",
        {"startDateStruct": {"date": "2022-03-01", "type": "ESTIMATED"}},
        {"startDateStruct": {"date": "2022-08-01", "type": "ACTUAL"}},
    ),
    ("status", {"startDateStruct": {"date": "2022-08"}}, {"startDateStruct": {"date": "2022-08-15"}}),
    ("status", {"statusVerifiedDate": "2021-01"}, {"statusVerifiedDate": "2023-06"}),
    # Case, markup, bullets, and the beginning of a text.
    ("identification", {"briefTitle": "STEM CELLS, AND LUPUS."}, {"briefTitle": "Stem cells and lupus"}),
    ("identification", {"briefTitle": "Stem cells and lupus"}, {"briefTitle": "Stem cells and lupus (SCAL)"}),
    ("identification", {"officialTitle": "A long and tru..."}, {"officialTitle": "A long and true title"}),
    (
        "description",
        {"briefSummary": "* First point\n* Second point"},
        {"briefSummary": "1. First point\n2. Second point"},
    ),
    ("description", {"briefSummary": "The beginning"}, {"briefSummary": "The beginning, and the rest."}),
    (
        "eligibility",
        {"eligibilityCriteria": "Inclusion Criteria:\n\n1. Lupus"},
        {"eligibilityCriteria": "Key inclusion criteria\n\n* Lupus"},
    ),
]
OPPOSED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("design", {"enrollmentInfo": {"count": 20, "type": "ACTUAL"}}, {}, "enrollment"),
    ("status", {"startDateStruct": {"date": "2021-08"}}, {"startDateStruct": {"date": "2022-08-15"}}, "start_date"),
    ("identification", {"briefTitle": "Dose 1.5 of it"}, {"briefTitle": "Dose 15 of it"}, "brief_title"),
    ("identification", {"briefTitle": "Under <5 years"}, {"briefTitle": "Under >5 years"}, "brief_title"),
    ("eligibility", {"sex": "MALE"}, {"sex": "ALL"}, "sex"),
    ("eligibility", {"minimumAge": "6 Months"}, {"minimumAge": "6 Years"}, "minimum_age_years"),
    ("status", {"whyStopped": "No money"}, {"whyStopped": "No interest"}, "why_stopped"),
]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of pairs of records, an older and a newer one: trials 1 to n alike, 101 and so on opposed."""
    texts: dict[str, str] = {}
    for first, cases in ((1, ALIKE), (101, OPPOSED)):
        for number, (module, old, new, *_) in enumerate(cases, first):
            for day, values in (("2020-01-01", old), ("2023-01-01", new)):
                one = study(day, **{module: values})
                one["protocolSection"]["identificationModule"]["nctId"] = f"NCT{number:08}"
                texts[f"{number}-{day}.json"] = json.dumps(one)
    folder = tmp_path_factory.mktemp("pairs")
    return load(write(folder / "in", texts), folder / "out")


def test_what_cannot_be_compared_is_no_conflict(pairs: Path) -> None:
    """A list of conflicts full of false ones is read by nobody."""
    assert rows(pairs, "SELECT trial_id, field, value FROM conflicts WHERE trial_id < 'NCT00000100'") == []


def test_what_differs_is_a_conflict(pairs: Path) -> None:
    """A disagreement that is not told is a value that nobody checks."""
    expected = [
        (f"NCT{number:08}", field, "STALE", chosen)
        for number, (*_, field) in enumerate(OPPOSED, 101)
        for chosen in (False, True)
    ]
    assert rows(
        pairs, "SELECT trial_id, field, kind, chosen FROM conflicts WHERE trial_id > 'NCT00000100' ORDER BY ALL"
    ) == expected  # fmt: skip


def test_conflict_within_a_document_that_was_not_chosen(build: Build, tmp_path: Path) -> None:
    """Each page takes one of its two values; the warehouse took neither where another document spoke."""
    page = press_medpath.press(study()["protocolSection"], "R").replace("\nCompleted\n", "\nRecruiting\n", 1)
    raw = write(tmp_path / "in", {"medpath.txt": page})
    alone = conflicts(build(raw).warehouse, "overall_status")
    if not alone:
        pytest.skip("the page's two statuses are read as one")
    assert {chosen for *_, chosen in alone} == {True, False}
    write(raw, {"record.json": json.dumps(study())})
    both = conflicts(build(raw).warehouse, "overall_status")
    assert {chosen for name, _, kind, chosen in both if kind == "WITHIN"} == {False}
