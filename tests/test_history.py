"""What trials said before: states in the order of the documents' own dates, whenever they came and whoever stays."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import press_clincosm
import press_medpath
import pytest
from conftest import NOW
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from test_build import content, rows
from test_merge import NUMBER, load, study, write

from pipeline import settings, warehouse
from pipeline.archiving import versions
from pipeline.archiving.archive import Archive
from pipeline.building import history
from pipeline.building.comparing import COMPARABLE
from pipeline.warehouse import CheckFailedError
from schemas import TABLES, render

Outcome = tuple[str, str, str | None, str | None]
"""An outcome as type, measure, time frame and description."""


def version(day: str, outcomes: list[Outcome] | None = None, **modules: Any) -> str:
    """Return the sample's study as the register had it on a day."""
    if outcomes is not None:
        lists: dict[str, list[dict[str, str | None]]] = {}
        for kind, measure, frame, description in outcomes:
            one = {"measure": measure, "timeFrame": frame, "description": description}
            lists.setdefault(f"{kind.lower()}Outcomes", []).append({name: said for name, said in one.items() if said})
        modules["outcomes"] = {"primaryOutcomes": []} | lists
    return json.dumps(study(day, **modules))


RECRUITING = {"overallStatus": "RECRUITING", "whyStopped": None}
STOPPED = {"overallStatus": "SUSPENDED", "whyStopped": "Waiting for the drug"}
FIRST: list[Outcome] = [
    ("PRIMARY", "Pain", "Week 12", "A scale from 0 to 10"),
    ("PRIMARY", "Walking distance", "Week 12", None),
    ("SECONDARY", "Weight", "Week 12", None),
    ("SECONDARY", "Deaths", "1 year", None),
]
SECOND: list[Outcome] = [
    ("PRIMARY", "Walking distance.", "week 12", None),  # case and a full stop: no change
    ("PRIMARY", "Quality of life", "Week 12", None),  # new
    ("SECONDARY", "Pain", "Week 12", "A scale from 0 to 10"),  # was primary
    ("SECONDARY", "Weight", "Week 24", None),  # later
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of four records of one trial, the youngest of the first name, and of another's only one."""
    design = {"enrollmentInfo": {"count": 40, "type": "ESTIMATED"}}
    other = json.loads(version("2021-06-01"))
    other["protocolSection"]["identificationModule"]["nctId"] = "NCT00000001"
    folder = tmp_path_factory.mktemp("told")
    texts = {
        "a.json": version("2024-01-01", SECOND),
        "b.json": version("2020-01-01", FIRST, status=RECRUITING, design=design, identification={"acronym": "SCAL"}),
        "c.json": version("2020-05-05", FIRST, status=RECRUITING, design=design, identification={"acronym": "Scal"}),
        "d.json": version("2021-01-01", FIRST, status=STOPPED, design=design),
        "other.json": json.dumps(other),
    }
    return load(write(folder / "in", texts), folder / "out")


# --- trials -----------------------------------------------------------------------------------------------------------


def test_states_follow_their_own_dates(told: Path) -> None:
    """A history in the order of arrival would tell a trial backwards."""
    assert rows(
        told,
        "SELECT CAST(valid_from AS VARCHAR), CAST(valid_to AS VARCHAR), overall_status, why_stopped, enrollment, "
        "enrollment_type, uri FROM trial_versions JOIN documents USING (trial_id, document_id) ORDER BY valid_from",
    ) == [
        ("2020-01-01", "2021-01-01", "RECRUITING", None, 40, "ESTIMATED", "in/c.json"),
        ("2021-01-01", "2024-01-01", "SUSPENDED", "Waiting for the drug", 40, "ESTIMATED", "in/d.json"),
        ("2024-01-01", None, "COMPLETED", None, 15, "ACTUAL", "in/a.json"),
    ]


def test_what_a_layout_takes_back_is_gone(told: Path) -> None:
    """A reason to stop that outlives the stop would be told of a trial that goes on."""
    assert rows(told, "SELECT acronym, why_stopped FROM trial_versions ORDER BY valid_from") == [
        ("Scal", None),
        (None, "Waiting for the drug"),
        (None, None),
    ]


def test_another_layouts_silence_takes_nothing_back(tmp_path: Path) -> None:
    """A site that prints no allocation has not changed it; nor has one that prints the month changed the day."""
    texts = {
        "record.json": version("2020-01-01"),
        "clincosm.txt": press_clincosm.press(study("2021-01-01", status=RECRUITING)["protocolSection"]),
        "undated.txt": press_medpath.press(study(status=STOPPED)["protocolSection"], "R"),
    }
    file = load(write(tmp_path / "in", texts), tmp_path / "out")
    assert rows(
        file,
        "SELECT source, overall_status, phases, acronym, start_date_precision, has_results, lead_sponsor_class "
        "FROM trial_versions ORDER BY valid_from",
    ) == [
        ("ctgov", "COMPLETED", ["PHASE1", "PHASE2"], None, "DAY", False, "OTHER"),
        ("clincosm", "RECRUITING", ["PHASE1", "PHASE2"], None, "DAY", False, "OTHER"),
    ]


def test_of_one_day_the_register_speaks(tmp_path: Path) -> None:
    """Two documents of one day: without a rule the state would depend on chance."""
    texts = {
        "a.txt": press_clincosm.press(study("2021-01-01", status=STOPPED)["protocolSection"]),
        "b.json": version("2021-01-01"),
        "c.json": version("2020-01-01", status=RECRUITING),
    }
    file = load(write(tmp_path / "in", texts), tmp_path / "out")
    assert rows(file, "SELECT overall_status FROM trial_versions ORDER BY valid_from") == [
        ("RECRUITING",),
        ("COMPLETED",),
    ]


def test_one_state_needs_no_row(told: Path, sample_file: Path) -> None:
    """A copy of every trial would make the warehouse larger and tell nothing that `trials` does not."""
    assert rows(told, "SELECT DISTINCT trial_id FROM trial_versions UNION SELECT trial_id FROM outcome_versions") == [
        (NUMBER,)
    ]
    assert rows(sample_file, "SELECT count(*) FROM outcome_versions WHERE change IS NOT NULL") == [(0,)]


def test_trials_as_of(told: Path) -> None:
    """A date before all documents, between two and after all; a trial with one document, too."""

    def asked(day: str) -> list[tuple[object, ...]]:
        return rows(told, f"SELECT trial_id, overall_status FROM trials_as_of(DATE '{day}') ORDER BY 1")

    assert asked("2019-12-31") == []
    assert asked("2020-01-01") == [(NUMBER, "RECRUITING")]
    assert asked("2020-12-31") == [(NUMBER, "RECRUITING")]
    assert asked("2022-01-01") == [("NCT00000001", "COMPLETED"), (NUMBER, "SUSPENDED")]
    assert asked("2030-01-01") == [("NCT00000001", "COMPLETED"), (NUMBER, "COMPLETED")]


def test_the_last_state_is_the_trial(told: Path) -> None:
    """Two rules would let `trials` and its history say different things of today."""
    names = [name for name in TABLES["trial_versions"].by_name if name in TABLES["trials"].by_name]
    names = [
        name for name in names if name not in ("why_stopped", "acronym")
    ]  # taken back, and so not the trial's state
    assert rows(
        told,
        f"SELECT {', '.join(names)} FROM trials SEMI JOIN trial_versions USING (trial_id) EXCEPT "
        f"SELECT {', '.join(names)} FROM trial_versions WHERE valid_to IS NULL",
    ) == []  # fmt: skip


def test_changes_are_listed(told: Path) -> None:
    """Outcome switching must be seen by one query, not by who can write windows."""
    changes = rows(told, "SELECT field, CAST(changed_on AS VARCHAR), before, after FROM trial_changes ORDER BY ALL")
    assert ("overall_status", "2021-01-01", "RECRUITING", "SUSPENDED") in changes
    assert ("enrollment", "2024-01-01", "40 ESTIMATED", "15 ACTUAL") in changes
    assert ("primary_outcome", "2024-01-01", "Pain [Week 12]", None) in changes
    assert ("primary_outcome", "2024-01-01", None, "Quality of life [Week 12]") in changes
    assert {field for field, *_ in changes} == {"overall_status", "enrollment", "primary_outcome"}
    assert rows(
        told,
        "SELECT change, type_before, type, measure_before, measure FROM outcome_changes "
        "WHERE 'PRIMARY' IN (type, type_before) ORDER BY ALL",
    ) == [
        ("ADDED", None, "PRIMARY", None, "Quality of life"),
        ("MOVED", "PRIMARY", "SECONDARY", "Pain", "Pain"),
    ]


# --- outcomes ---------------------------------------------------------------------------------------------------------


def test_outcomes_are_matched_and_their_changes_told(told: Path) -> None:
    """An outcome that became secondary, was measured later or vanished is what the history is for."""
    assert rows(
        told,
        "SELECT outcome_number, year(valid_from), year(valid_to), change, changed, type, measure, time_frame "
        "FROM outcome_versions ORDER BY outcome_number, valid_from",
    ) == [
        (1, 2020, 2024, None, None, "PRIMARY", "Pain", "Week 12"),
        (1, 2024, None, "MOVED", ["TYPE"], "SECONDARY", "Pain", "Week 12"),
        (2, 2020, None, None, None, "PRIMARY", "Walking distance", "Week 12"),
        (3, 2020, 2024, None, None, "SECONDARY", "Weight", "Week 12"),
        (3, 2024, None, "CHANGED", ["TIME_FRAME"], "SECONDARY", "Weight", "Week 24"),
        (4, 2020, 2024, None, None, "SECONDARY", "Deaths", "1 year"),
        (4, 2024, None, "REMOVED", None, "SECONDARY", "Deaths", "1 year"),
        (5, 2024, None, "ADDED", None, "PRIMARY", "Quality of life", "Week 12"),
    ]


Lists = list[tuple[date, list[Outcome]]]
PART = st.sampled_from(["a", "b", "c"])
OUTCOME = st.tuples(st.sampled_from(["PRIMARY", "SECONDARY"]), PART, st.one_of(st.none(), PART), st.none())
HISTORIES = st.lists(st.lists(OUTCOME, min_size=1, max_size=5), min_size=2, max_size=5)


def outcome_versions(lists: list[list[Outcome]], layouts: str = "a") -> list[dict[str, Any]]:
    """Return the history of one trial whose list of outcomes changed from year to year, and perhaps its layout."""
    frame = pl.DataFrame(
        [
            (NUMBER, place, ordinal, *outcome)
            for place, listed in enumerate(lists, 1)
            for ordinal, outcome in enumerate(listed, 1)
        ],
        schema=["trial_id", "place", "ordinal", "type", "measure", "time_frame", "description"],
        orient="row",
    ).with_columns(pl.col("time_frame", "description").cast(pl.String))
    with duckdb.connect() as connection:
        connection.execute(COMPARABLE)
        connection.execute(render.create_table(TABLES["outcome_versions"]))
        connection.register("incoming", frame)
        connection.execute("CREATE TABLE then_outcomes AS FROM incoming")
        connection.execute(
            "CREATE TABLE dated AS SELECT DISTINCT trial_id, place, 'doc' || place AS document_id, 'ctgov' AS source, "
            f"1 AS source_rank, '{(layouts * 9)[:9]}'[place] AS manner, "
            "make_date(2000 + CAST(place AS INTEGER), 1, 1) AS version_date FROM then_outcomes"
        )
        for statement in history.outcome_versions():
            connection.execute(statement)
        return connection.sql("FROM outcome_versions ORDER BY outcome_number, valid_from").pl().to_dicts()


@effort(max_examples=60, deadline=None)
@given(HISTORIES)
def test_history_tells_every_list(lists: list[list[Outcome]]) -> None:
    """What stood on a day must be what the list of that day said, whatever was matched with what."""
    told = outcome_versions(lists)
    for place, listed in enumerate(lists, 1):
        day = date(2000 + place, 1, 1)
        standing = [
            row
            for row in told
            if row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])
            if row["change"] != "REMOVED"
        ]
        said = Counter((row["type"], row["measure"], row["time_frame"], row["description"]) for row in standing)
        assert said == Counter(listed)
        assert len({row["outcome_number"] for row in standing}) == len(standing)
    by_number: dict[int, list[dict[str, Any]]] = {}
    for row in told:
        by_number.setdefault(row["outcome_number"], []).append(row)
    assert sorted(by_number) == list(range(1, len(by_number) + 1))
    for states in by_number.values():
        assert states[0]["change"] in (None, "ADDED")
        for before, after in pairwise(states):
            assert before["valid_to"] == after["valid_from"]
            assert after["change"] in ("CHANGED", "MOVED", "REMOVED")
            assert (after["change"] == "MOVED") == (before["type"] != after["type"])
            assert (after["change"] == "REMOVED") == (after["changed"] is None)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Pa Pb", "Pb Pa", []),
        ("Pa Pa", "Pa", ["REMOVED"]),
        ("Pa", "Px Pa", ["ADDED"]),
        ("Pa Pb", "Pa Px", ["CHANGED"]),
        ("Pa Pb Pc", "Pb Pc Px", ["ADDED", "REMOVED"]),
        ("Pa Pb Pc", "Px Pc", ["CHANGED", "REMOVED"]),
        ("Pa", "Sa", ["MOVED"]),
        ("Pa", "Sx", ["ADDED", "REMOVED"]),
        ("Pa Sa", "Pa Sa Sa", ["ADDED"]),
    ],
)
def test_changes_of_lists(before: str, after: str, expected: list[str]) -> None:
    """Each of these is told in one way: a reordering is no change, a swapped outcome is one."""
    types = {"P": "PRIMARY", "S": "SECONDARY"}
    lists: list[list[Outcome]] = [
        [(types[one[0]], one[1:], "Week 1", None) for one in said.split()] for said in (before, after)
    ]
    assert sorted(row["change"] for row in outcome_versions(lists) if row["change"]) == expected


@pytest.mark.parametrize(
    ("lists", "layouts", "expected"),
    [
        # The second layout prints primary outcomes only.
        ("Pa Sb|Pa|Pa Sb", "aba", []),
        ("Pa Sb|Px|Pa Sb", "aba", ["CHANGED", "CHANGED"]),
        ("Pa Sb|Pa|Pa", "aba", ["REMOVED"]),
        ("Pa|Pa Sb", "ab", []),
        ("Pa|Pa Sb|Pa Sb Sc", "aba", ["ADDED"]),
        ("Pa|Pa|Pa Sb", "aba", ["ADDED"]),
        ("Pa Sb|Pa Sc", "ab", ["CHANGED"]),
    ],
)
def test_a_layout_without_a_type_removes_none(lists: str, layouts: str, expected: list[str]) -> None:
    """A page that prints primary outcomes only has removed no other, and the next full list added none."""
    types = {"P": "PRIMARY", "S": "SECONDARY"}
    told = outcome_versions(
        [[(types[one[0]], one[1:], "Week 1", None) for one in said.split()] for said in lists.split("|")], layouts
    )
    assert sorted(row["change"] for row in told if row["change"]) == expected


def test_only_lists_of_one_source_are_compared(tmp_path: Path) -> None:
    """A site that shortens the list of outcomes has removed none."""
    shortened = study("2022-01-01", outcomes={"primaryOutcomes": [{"measure": "Something else", "timeFrame": "Day 1"}]})
    texts = {
        "a.json": version("2020-01-01", FIRST),
        "b.txt": press_clincosm.press(shortened["protocolSection"]),
        "c.json": version("2024-01-01", FIRST),
    }
    file = load(write(tmp_path / "in", texts), tmp_path / "out")
    assert rows(file, "SELECT count(*), count(change), any_value(source) FROM outcome_versions") == [(4, 0, "ctgov")]


# --- the archive of versions ------------------------------------------------------------------------------------------


def of_history(file: Path) -> list[list[tuple[object, ...]]]:
    """Return the two tables of history."""
    return [rows(file, f"SELECT * FROM {table} ORDER BY ALL") for table in ("trial_versions", "outcome_versions")]


def test_a_replaced_document_stays_a_version(told: Path, tmp_path: Path) -> None:
    """The file of last night is overwritten: what it said would be lost, and history depend on who ran when."""
    texts = {name: path_text(told, name) for name in "abcd"}
    for name in "cadb":
        file = load(write(tmp_path / "in", {"record.json": texts[name]}), tmp_path / "out")
    assert rows(file, "SELECT count(*) FROM documents") == [(1,)]
    assert rows(file, "SELECT overall_status FROM trials") == [("RECRUITING",)]
    assert of_history(file) == of_history(told)
    # Once more, so that nothing is kept twice.
    before = of_history(file)
    assert of_history(load(tmp_path / "in", tmp_path / "out")) == before


def path_text(warehouse_file: Path, name: str) -> str:
    """Return the text of a document of the fixture `told`."""
    return (warehouse_file.parent.parent / "in" / f"{name}.json").read_text("utf-8")


def test_versions_outlive_the_code_that_read_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better readers read all anew, but cannot read what is gone: it stays as it was last read."""
    raw = write(tmp_path / "in", {"record.json": version("2020-01-01", FIRST, status=RECRUITING)})
    load(raw, tmp_path / "out")
    write(raw, {"record.json": version("2024-01-01", SECOND)})
    monkeypatch.setattr(warehouse, "code_version", lambda: "better readers")
    first = of_history(load(raw, tmp_path / "out"))
    assert len(first[0]) == 2
    monkeypatch.setattr(warehouse, "code_version", lambda: "the best readers")
    assert of_history(load(raw, tmp_path / "out")) == first
    archive = tmp_path / "out" / ".archive"
    digests = [path for path in archive.iterdir() if (path / "parts").exists()]
    assert len(digests) == 1
    # A document that comes back is read anew, and speaks for itself again.
    write(raw, {"old.json": version("2020-01-01", FIRST, status=RECRUITING)})
    assert of_history(load(raw, tmp_path / "out")) == first


def test_contacts_are_not_kept(tmp_path: Path) -> None:
    """A version must not carry telephone numbers past the switch that forbids them."""
    contact = {"centralContacts": [{"name": "Some Body", "phone": "+1 555 0100", "email": "some.body@example.org"}]}
    raw = write(tmp_path / "in", {"record.json": version("2020-01-01", contactsLocations=contact)})
    own = settings.load(warehouse=tmp_path / "out" / "trials.duckdb", raw=raw, contacts=True)
    own.warehouse.parent.mkdir()
    warehouse.build_warehouse(warehouse.read_documents([raw], own, "test", NOW), own, "test", NOW)
    write(raw, {"record.json": version("2024-01-01")})
    file = load(raw, tmp_path / "out")
    assert len(of_history(file)[0]) == 1
    kept = [path.read_bytes() for path in (tmp_path / "out" / ".archive").rglob("*.parquet")]
    assert not any(b"some.body" in data for data in kept)


def test_a_trial_without_documents_is_gone_with_its_versions(tmp_path: Path) -> None:
    """A deleted trial that lived on in its history would be one that nobody can account for."""
    raw = write(
        tmp_path / "in", {f"{day}.json": version(day, status=RECRUITING) for day in ("2020-01-01", "2021-01-01")}
    )
    write(raw, {"now.json": version("2022-01-01")})
    other = json.loads(version("2021-06-01"))
    other["protocolSection"]["identificationModule"]["nctId"] = "NCT00000001"
    write(raw, {"other.json": json.dumps(other)})
    before = of_history(load(raw, tmp_path / "out"))
    assert len(before[0]) == 2
    shutil.move(raw / "other.json", tmp_path / "other.json")
    own = settings.load(warehouse=tmp_path / "out" / "trials.duckdb", raw=tmp_path / "out")
    found = warehouse.read_documents([raw], own, "test", NOW)
    with pytest.raises(CheckFailedError, match="NCT00000001"):
        warehouse.build_warehouse(found, own, "test", NOW)
    shutil.move(tmp_path / "other.json", raw / "other.json")
    for day in ("2020-01-01", "2021-01-01"):
        (raw / f"{day}.json").unlink()
    assert of_history(load(raw, tmp_path / "out")) == before
    (raw / "now.json").unlink()
    found = warehouse.read_documents([raw], own, "test", NOW)
    published = warehouse.build_warehouse(found, own, "test", NOW, accept_loss=True)
    gone = published.warehouse
    told_of = [one for one in published.results if one.name == "no_trials_vanished"]
    assert [one.severity for one in told_of] == ["WARN"]
    assert f"1 of 2 trials are no longer there, such as {NUMBER}" in told_of[0].failures[0]
    assert rows(gone, "SELECT trial_id FROM trials") == [("NCT00000001",)]
    assert of_history(gone) == [[], []]
    write(raw, {"now.json": version("2022-01-01")})
    assert of_history(load(raw, tmp_path / "out")) == before


def test_a_version_read_for_a_build_that_failed_counts(tmp_path: Path) -> None:
    """History is a function of what was ever read; a warehouse that looks unchanged must be built all the same."""
    raw = write(tmp_path / "in", {"record.json": version("2024-01-01")})
    load(raw, tmp_path / "out")
    write(raw, {"record.json": version("2020-01-01", status=RECRUITING)})
    own = settings.load(warehouse=tmp_path / "out" / "trials.duckdb", raw=tmp_path / "out")
    warehouse.read_documents([raw], own, "test", NOW)
    write(raw, {"record.json": version("2024-01-01")})
    assert len(of_history(load(raw, tmp_path / "out"))[0]) == 2


def test_what_older_code_kept_may_lack_a_column(tmp_path: Path) -> None:
    """The contract grows: versions kept before it did must not stop the build."""
    raw = write(tmp_path / "in", {"record.json": version("2020-01-01", status=RECRUITING)})
    load(raw, tmp_path / "out")
    write(raw, {"record.json": version("2024-01-01")})
    load(raw, tmp_path / "out")
    (kept,) = (tmp_path / "out" / ".archive" / "versions").glob("*/trials.parquet")
    pl.read_parquet(kept).drop("sex").with_columns(forgotten=pl.lit(1)).write_parquet(kept)
    write(raw, {"record.json": version("2025-01-01")})
    file = load(raw, tmp_path / "out")
    assert rows(file, "SELECT year(valid_from), sex FROM trial_versions ORDER BY 1") == [(2020, None), (2024, "ALL")]


def test_kept_versions_are_those_last_read(tmp_path: Path) -> None:
    """Of two readings of one vanished document the later code's counts, and each is kept once."""
    archives = [Archive(tmp_path, code) for code in ("older", "newer")]
    for one, status in zip(archives, ("RECRUITING", "COMPLETED"), strict=True):
        trial = pl.DataFrame([{"trial_id": NUMBER, "document_id": "d", "overall_status": status}])
        facts = {
            "key": "k",
            "extracted_id": "d",
            "trial_id": NUMBER,
            "version_date": date(2020, 1, 1),
            "lossy": ["phases"],
        }
        facts |= dict.fromkeys(("source", "layout", "dialect"), "x")
        one.write_part({"trials": trial}, pl.DataFrame([facts]))
        gone = versions.keep(one, pl.LazyFrame(schema={"key": pl.String}))
    assert gone["code"].to_list() == ["newer"]
    assert versions.keep(one, pl.LazyFrame({"key": ["k"]})).is_empty()
    again = versions.keep(one, pl.LazyFrame(schema={"key": pl.String}))
    assert again.equals(gone)
    (file,) = (file for file in one.versions("trials") if gone["folder"][0] in file)
    assert pl.read_parquet(file)["overall_status"].to_list() == ["COMPLETED"]


# --- real records -----------------------------------------------------------------------------------------------------


def test_dated_records_load_as_versions(shared: Path, tmp_path: Path) -> None:
    """The register's own old records, as XML, are versions; in any order the same."""
    originals = sorted((shared / "corpus" / "ctgov_html" / "archive_xml").glob("*.xml"))[:6]
    for seed, folder in enumerate((tmp_path / "one", tmp_path / "two")):
        for original in originals if seed else reversed(originals):
            target = folder / "in" / original.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(original, target)
            text = original.read_text("utf-8")
            older = text.replace("<overall_status>Completed<", "<overall_status>Recruiting<")
            for tag in ("last_update_posted", "last_update_submitted", "lastchanged_date"):
                older = _with_date(older, tag)
            (folder / "in" / f"older-{original.name}").write_text(older, encoding="utf-8")
            if seed:
                file = load(folder / "in", folder / "out")
        if not seed:
            once = load(folder / "in", folder / "out")
    assert content(file) == content(once)
    # A record that was completed in both is in one state.
    assert rows(once, "SELECT count(DISTINCT trial_id) FROM trial_versions") == [(len(originals),)]
    assert rows(
        once,
        "SELECT count(*) FROM trial_changes WHERE field = 'overall_status' AND before = 'RECRUITING' "
        "AND after = 'COMPLETED'",
    ) != [(0,)]  # fmt: skip


def test_two_faces_of_one_record_are_one_state(shared: Path, tmp_path: Path) -> None:
    """An archived page and the register's XML of the same days print other things: that is no change of the trial."""
    folder = shared / "corpus" / "ctgov_html"
    for place in ("archive", "archive_xml"):
        shutil.copytree(folder / place, tmp_path / "in" / place)
    file = load(tmp_path / "in", tmp_path / "out")
    close = (
        "SELECT trial_id FROM documents WHERE status = 'LOADED' GROUP BY trial_id "
        "HAVING count(*) = 2 AND max(version_date) - min(version_date) < 7"
    )
    assert len(rows(file, close)) >= 10
    assert rows(file, f"SELECT trial_id FROM trial_versions SEMI JOIN ({close}) USING (trial_id) "
                "GROUP BY trial_id HAVING count(*) > 1") == []  # fmt: skip
    assert rows(file, f"SELECT * FROM outcome_changes SEMI JOIN ({close}) USING (trial_id)") == []


def _with_date(text: str, tag: str) -> str:
    """Return an XML record with a tag's date set back."""
    head, found, rest = text.partition(f"<{tag}")
    if not found:
        return text
    attributes, _, rest = rest.partition(">")
    return f"{head}<{tag}{attributes}>January 4, 2004{rest[rest.index('<') :]}"
