"""The terminal: what a person types, reads back, and what a script can rely on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import SAMPLE

from pipeline.cli import main

PAGE = SAMPLE / "clincosm.R.txt"


def run(*words: str, **env: str) -> Result:
    """Run the command as a script does: no terminal."""
    return CliRunner().invoke(main, words, env=env)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with one good page."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(PAGE, folder / "good.txt")
    return folder


def test_build_says_what_it_did(raw: Path, tmp_path: Path) -> None:
    """A summary that a script cannot read, or a person cannot, leaves the one or the other to open the file."""
    target = tmp_path / "out" / "trials.duckdb"
    told = run("build", str(raw), "--warehouse", str(target))
    assert told.exit_code == 0, told.output
    assert "1 documents: 1 loaded, 0 quarantined, 0 duplicate" in told.output
    assert "published" in told.output
    assert "\x1b" not in told.output
    again = run("build", str(raw), "--warehouse", str(target), "--json")
    summary = json.loads(again.stdout)
    assert summary["unchanged"] is True
    assert summary["documents"] == {"LOADED": 1}
    assert summary["rows"]["trials"] == 1


def test_strict_fails_on_quarantine(raw: Path, tmp_path: Path) -> None:
    """Without --strict a quarantined document must not fail a run; with it, it must, after publishing."""
    (raw / "empty.txt").write_bytes(b"")
    target = tmp_path / "trials.duckdb"
    lenient = run("build", str(raw), "--warehouse", str(target))
    assert lenient.exit_code == 0
    assert "in/empty.txt" in lenient.output
    strict = run("build", str(raw), "--warehouse", str(target), "--strict")
    assert strict.exit_code == 3
    assert target.exists()


def test_nothing_to_read(tmp_path: Path) -> None:
    """An empty folder must be told in one sentence with exit status 1, not in a stack trace."""
    told = run("build", str(tmp_path), "--warehouse", str(tmp_path / "trials.duckdb"))
    assert told.exit_code == 1
    assert "no documents under" in told.output
    assert "Traceback" not in told.output


def test_wrong_setting_is_named(raw: Path) -> None:
    """A misspelt setting must stop the program at its start, by name."""
    told = run("build", str(raw), TRIALHOUSE_MEMORY_LIMIT="plenty")
    assert told.exit_code == 1
    assert "memory_limit" in told.output


def test_wrong_option_is_a_usage_error() -> None:
    """Exit status 2 is for what was typed wrongly."""
    assert run("build", "--nonsense").exit_code == 2
    assert run("fetch", "ctgov", "--since", "yesterday").exit_code == 2


def test_timepoints_for_machines() -> None:
    """Rows as JSON, for people who read time frames elsewhere."""
    told = run("timepoints", "Week 12", "--json")
    (row,) = json.loads(told.stdout)
    assert (row["kind"], row["start_value"], row["start_unit"]) == ("POINT", 12.0, "WEEK")


def test_help_teaches() -> None:
    """Every command says what it does and shows how it is typed."""
    for name in main.commands:
        told = run(name, "--help")
        assert told.exit_code == 0
        assert len(told.output.splitlines()) > 5, name
