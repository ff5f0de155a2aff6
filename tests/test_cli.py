"""The terminal: what a person types, reads back, and what a script can rely on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, SAMPLE

from pipeline import cli
from pipeline.cli import main
from pipeline.starting import young

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
    assert "1 document: 1 loaded, 0 quarantined, 0 duplicate" in told.output
    assert "published" in told.output
    assert "\x1b" not in told.output
    again = run("build", str(raw), "--warehouse", str(target), "--json")
    summary = json.loads(again.stdout)
    assert summary["unchanged"] is True
    assert summary["documents"] == {"LOADED": 1}
    assert summary["rows"]["trials"] == 1


def test_build_ends_without_a_word_too_many(raw: Path, tmp_path: Path) -> None:
    """What libraries complain of when the program ends would stand in every log."""
    command = [sys.executable, "-c", "from pipeline.cli import main; main()"]
    done = subprocess.run(
        [*command, "build", str(raw), "--warehouse", str(tmp_path / "trials.duckdb")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1].startswith("published")


def test_only_what_is_new_is_begun_early(tmp_path: Path) -> None:
    """Files that are hashed every night, though nothing is new, take a processor for nothing."""
    raw, warehouse = tmp_path / "raw", tmp_path / "trials.duckdb"
    raw.mkdir()
    assert young([raw, tmp_path / "missing"], warehouse) == {}
    for name in ("large.json", ".hidden"):
        with (raw / name).open("wb") as handle:
            handle.truncate(100 << 20)
    assert young([raw], warehouse) == {raw / "large.json": 100 << 20}
    warehouse.touch()
    os.utime(warehouse, (time.time() + 60,) * 2)
    assert young([raw], warehouse) == {}


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


def test_misspelt_settings_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that is silently ignored is found out in production."""
    told = run("quarantine", "list", TRIALHOUSE_MEMORY_LIMT="2GB")
    assert told.exit_code == 1
    assert "TRIALHOUSE_MEMORY_LIMT is no setting (is TRIALHOUSE_MEMORY_LIMIT meant?)" in told.stderr
    # What somebody else puts into the environment under our prefix, such as a cluster's address of us, is not ours.
    file = tmp_path / "none.duckdb"
    told = run("quarantine", "list", "--warehouse", str(file), TRIALHOUSE_SERVICE_HOST="10.0.0.1")
    assert "is not there" in told.stderr
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trialhouse.toml").write_text('warehous = "x"\n')
    assert "warehous is no setting (is warehouse meant?)" in run("quarantine", "list").stderr
    (tmp_path / "trialhouse.toml").write_text("warehouse = \n")
    assert "the settings file trialhouse.toml cannot be read" in run("quarantine", "list").stderr


def test_home_that_cannot_be_used_is_told(raw: Path, tmp_path: Path) -> None:
    """A stack trace of Dagster's says neither which file is wrong nor what to do."""
    (tmp_path / "file").write_text("")
    told = run("build", str(raw), DAGSTER_HOME=str(tmp_path / "file"))
    assert told.exit_code == 1
    assert "cannot keep Dagster's runs" in told.stderr
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "dagster.yaml").write_text("nonsense: 1\n")
    told = run("build", str(raw), DAGSTER_HOME=str(tmp_path / "home"))
    assert told.exit_code == 1
    assert "dagster.yaml cannot be used: mend it, or delete it" in told.stderr
    assert "Traceback" not in told.output


def test_broken_view_is_told(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever mistypes a view must read which one, not where Python was when it found out."""
    from pipeline import runner
    from pipeline.building.views import ViewError

    def broken(*_: object, **__: object) -> None:
        raise ViewError("main.trial_overview cannot be created: no table named trial")

    monkeypatch.setattr(runner, "run_build", broken)
    told = run("build", str(raw), "--warehouse", str(tmp_path / "trials.duckdb"))
    assert told.exit_code == 1
    assert "main.trial_overview cannot be created" in told.stderr


def test_what_is_no_document_is_counted_apart(raw: Path, tmp_path: Path) -> None:
    """Found is loaded, quarantined and duplicate together; a pipe is none of them."""
    os.mkfifo(raw / "pipe")
    told = run("build", str(raw), "--warehouse", str(tmp_path / "trials.duckdb"))
    assert "1 document: 1 loaded, 0 quarantined, 0 duplicate, and 1 that could not be looked into" in told.output
    assert "in/pipe" in told.output


def test_nothing_but_words_in_a_pipe(raw: Path, tmp_path: Path) -> None:
    """A progress bar, a colour or an empty line in a log is noise."""
    told = run("build", str(raw), "--warehouse", str(tmp_path / "trials.duckdb"))
    assert told.stderr == ""


def test_wrong_option_is_a_usage_error() -> None:
    """Exit status 2 is for what was typed wrongly."""
    assert run("build", "--nonsense").exit_code == 2
    assert run("fetch", "ctgov", "--since", "yesterday").exit_code == 2


def test_timepoints_for_machines() -> None:
    """Rows as JSON, for people who read time frames elsewhere."""
    told = run("timepoints", "Week 12", "--json")
    (row,) = json.loads(told.stdout)
    assert (row["kind"], row["start_value"], row["start_unit"]) == ("POINT", 12.0, "WEEK")


def test_empty_time_frame_is_told() -> None:
    """A table without rows would say that the words hold no time."""
    told = run("timepoints", " \n")
    assert told.exit_code == 1
    assert "nothing to read" in told.stderr


@pytest.mark.parametrize("name", [name for name in main.commands if name not in ("fetch", "quarantine", "timepoints")])
def test_every_command_speaks_json(name: str) -> None:
    """A script must not read what is written for people."""
    assert "--json" in run(name, "--help").output


def test_each_command_has_its_module() -> None:
    """A newcomer looks for a command under its name."""
    folder = Path(cli.__file__).parent
    assert set(main.commands) == {file.stem for file in folder.glob("[a-z]*.py")} - {"terminal"}


def test_help_teaches() -> None:
    """Every command says what it does and shows how it is typed."""
    for name in main.commands:
        told = run(name, "--help")
        assert told.exit_code == 0
        assert len(told.output.splitlines()) > 5, name
    # No line of the list of commands is cut.
    assert "..." not in run("--help").output.split("Commands:")[1]
