"""The quarantine must be something that a person can look into and empty."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import SAMPLE, Build
from hostile_files import LARGE, SMALL

from pipeline import settings
from pipeline.cli import main
from pipeline.showing.published import UnreadableError
from pipeline.showing.quarantined import REMEDIES, NotInQuarantineError, entries, show

_STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000001", "briefTitle": "A title"},
        "statusModule": {"startDateStruct": {"date": "someday"}},
    }
}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with a sound page, a broken one, a cell that cannot be read, and an archive with one bad member."""
    folder = tmp_path / "raw"
    folder.mkdir()
    shutil.copy(SAMPLE / "ctgov_classic.T.txt", folder / "good.txt")
    (folder / "broken#1.json").write_text('{"protocolSection": {"\x1b[31m": \nring +1 (555) 010-0199, a@example.org\n')
    (folder / "cell.json").write_text(json.dumps(_STUDY))
    with zipfile.ZipFile(folder / "some.zip", "w") as archive:
        archive.writestr("bad.txt", "A page about cooking.\nBoil the water.\n")
    return folder


@pytest.fixture
def file(build: Build, raw: Path) -> Path:
    """The warehouse of it."""
    return build(raw).warehouse


def test_list_names_everything_once(file: Path) -> None:
    """What is refused and not listed is lost in silence."""
    found, count = entries(file)
    assert count == len(found) == 3
    assert [(one.uri, one.action, one.rule) for one in found] == [
        ("raw/broken%231.json", "DOCUMENT", "broken_study"),
        ("raw/cell.json", "CELL", "not_a_date"),
        ("raw/some.zip#bad.txt", "DOCUMENT", "not_recognised"),
    ]
    assert found[1].value == "someday"
    assert all(one.reason for one in found)


def test_list_filters(file: Path) -> None:
    """A quarantine of thousands is useless without a way to ask for a part of it."""
    assert [one.uri for one in entries(file, rule="not_a_date")[0]] == ["raw/cell.json"]
    assert [one.uri for one in entries(file, action="cell")[0]] == ["raw/cell.json"]
    assert [one.uri for one in entries(file, table="trials")[0]] == ["raw/cell.json"]
    assert [one.uri for one in entries(file, uri="zip")[0]] == ["raw/some.zip#bad.txt"]
    assert entries(file, rule="'; DROP TABLE quarantine; --") == ([], 0)
    shown, count = entries(file, limit=1)
    assert (len(shown), count) == (1, 3)


def test_show_tells_reason_remedy_place_and_first_lines(file: Path, raw: Path) -> None:
    """A person must see why a document was refused, what to do, where it is and what is in it, in one place."""
    own = settings.load(warehouse=file, raw=raw)
    shown = show(file, "broken%231.json", own)
    assert shown.place == str(raw / "broken#1.json")
    assert shown.facts["status"] == "QUARANTINED"
    assert shown.remedies == [REMEDIES["broken_study"]]
    assert [one.rule for one in shown.entries] == ["broken_study"]
    assert "protocolSection" in shown.head[0]
    member = show(file, "some.zip#bad.txt", own)
    assert member.head == ["A page about cooking.", "Boil the water."]
    assert show(file, "cell.json", own).entries[0].column_name == "start_date"


def test_what_is_shown_is_fit_to_be_printed_and_names_nobody(file: Path, raw: Path) -> None:
    """A broken page must neither steer the terminal nor show the telephone number of a contact."""
    shown = show(file, "broken%231.json", settings.load(warehouse=file, raw=raw))
    told = "\n".join([*shown.head, *(str(one.reason) for one in shown.entries), *shown.facts.values(), shown.place])
    assert all(line.isprintable() for line in told.split("\n"))
    assert "555" not in told
    assert "example.org" not in told


def test_show_says_what_it_lacks(file: Path, raw: Path, tmp_path: Path) -> None:
    """A wrong name, an ambiguous one, a file that has moved and a warehouse that is not there are told apart."""
    own = settings.load(warehouse=file, raw=raw)
    with pytest.raises(NotInQuarantineError, match=r"nothing in quarantine is called 'good\.txt'"):
        show(file, "good.txt", own)
    with pytest.raises(NotInQuarantineError, match="documents in quarantine are called so"):
        show(file, "json", own)
    (raw / "broken#1.json").unlink()
    assert "No such file" in show(file, "broken%231.json", own).head[0]
    with pytest.raises(UnreadableError, match="trialhouse build"):
        entries(tmp_path / "nowhere.duckdb")


def test_a_mended_file_leaves_the_quarantine(build: Build, raw: Path) -> None:
    """The quarantine is emptied by mending: the next build loads what can be read now, and forgets no other entry."""
    build(raw)
    (raw / "broken#1.json").write_text(
        json.dumps(_STUDY).replace("NCT00000001", "NCT00000002").replace("someday", "2020")
    )
    built = build(raw, accept_loss=True)
    assert [one.uri for one in entries(built.warehouse)[0]] == ["raw/cell.json", "raw/some.zip#bad.txt"]
    assert built.rows["trials"] == 3


def test_the_command_line(file: Path, raw: Path) -> None:
    """What the functions know must reach the terminal, in words and as JSON."""
    runner = CliRunner(env={"TRIALHOUSE_RAW": str(raw), "TRIALHOUSE_WAREHOUSE": str(file)})
    listed = runner.invoke(main, ["quarantine", "list"])
    assert (listed.exit_code, listed.output.count("raw/")) == (0, 3), listed.output
    as_json = json.loads(runner.invoke(main, ["quarantine", "list", "--json", "--rule", "not_a_date"]).output)
    assert "someday" in str(as_json)
    shown = runner.invoke(main, ["quarantine", "show", "some.zip#bad.txt"])
    assert shown.exit_code == 0, shown.output
    assert "Boil the water." in shown.output
    missing = runner.invoke(main, ["quarantine", "show", "nothing"])
    assert missing.exit_code == 1


def test_every_rule_of_documents_has_a_remedy() -> None:
    """A rule without a remedy leaves a person with a document and no idea."""
    rules = {rule for case in (SMALL | LARGE).values() for rule, _ in case.refused.values()}
    assert rules <= set(REMEDIES)
