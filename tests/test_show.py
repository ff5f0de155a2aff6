"""A trial on one screen: what the terminal shows, and how times become a grid."""

from __future__ import annotations

import io
import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from warehouses import hostile, trial, write

from pipeline.cli import main
from pipeline.showing import show
from pipeline.showing.schedule import Schedule, Span, schedule
from schemas import TABLES

ID = "NCT00000001"


def plan(file: Path, **time_frames: str) -> Schedule:
    """Return the schedule of a trial whose outcomes have these time frames."""
    with duckdb.connect(str(write(file, trial(ID, **time_frames))), read_only=True) as connection:
        return schedule(connection, ID)


def drawn(file: Path, width: int = 80) -> str:
    """Return the screen of the only trial of a warehouse."""
    out = io.StringIO()
    with duckdb.connect(str(file), read_only=True) as connection:
        ((key,),) = connection.execute("SELECT trial_id FROM trials").fetchall()
        show.screen(show.read(connection, key), Console(file=out, width=width, highlight=False))
    return out.getvalue()


def run(*words: str) -> Result:
    """Run the command as a script does: no terminal."""
    return CliRunner().invoke(main, ("show", *words))


def test_the_design_names_what_no_code_tells(sample_file: Path) -> None:
    """A list such as "not applicable, single group, none" leaves its reader to guess what is none."""
    out = io.StringIO()
    with duckdb.connect(str(sample_file), read_only=True) as connection:
        show.screen(show.read(connection, "NCT04357600"), Console(file=out, width=120, highlight=False))
    assert "allocation: not applicable, single group, masking: none, treatment" in out.getvalue()


def test_times_share_columns_in_the_order_of_days(tmp_path: Path) -> None:
    """A grid whose columns follow the words' order, or repeat a time, could not be read across outcomes."""
    made = plan(tmp_path / "a.duckdb", pain="Month 6, week 2 and baseline", sleep="6 months", mood="1 day")
    assert [column.label for column in made.columns] == ["baseline", "1 d", "2 wk", "6 mo"]
    assert [column.study_day for column in made.columns] == [0, 1, 14, 6 * 30.4375]
    assert [row.points for row in made.rows] == [(0, 2, 3), (3,), (1,)]


def test_spans_and_what_repeats_run_between_columns(tmp_path: Path) -> None:
    """A window shown as two points, or an interval that is lost, would tell another schedule."""
    made = plan(tmp_path / "a.duckdb", harm="up to 24 months", pain="every 3 months for 2 years", sleep="12 months")
    assert [column.label for column in made.columns] == ["0", "12 mo", "2 y"]
    assert made.rows[0].spans == (Span(0, 2, recurring=False),)
    assert made.rows[1].spans == (Span(0, 2, recurring=True),)
    assert made.rows[1].notes == ("every 3 mo, 0 … 2 y",)
    assert made.rows[2].points == (1,)


def test_times_of_an_event_stand_apart(tmp_path: Path) -> None:
    """30 days after surgery is no day 30 of the study: one column for both would be a lie."""
    made = plan(tmp_path / "a.duckdb", harm="30 days after surgery", pain="Day 30", use="Cycle 2 Day 15")
    assert [(column.label, column.study_day) for column in made.columns] == [
        ("30 d", 30),
        ("30 d after procedure", None),
        ("cycle 2, 15 d", None),
    ]
    assert [row.points for row in made.rows] == [(1,), (0,), (2,)]


def test_what_the_grid_cannot_show_is_told(tmp_path: Path) -> None:
    """Words without a time, and spans between two time lines, must not vanish from the screen."""
    made = plan(tmp_path / "a.duckdb", a="as needed", b="From randomization until death")
    assert made.columns == ()
    assert made.rows[0].notes == ("“as needed”",)
    assert made.rows[1].notes == ("randomization … death",)
    assert "randomization … death" in drawn(tmp_path / "a.duckdb")


@pytest.mark.parametrize("width", [80, 60, 140])
def test_fits_the_screen_and_folds(tmp_path: Path, width: int) -> None:
    """A grid that is wider than the terminal breaks its lines and cannot be read at all."""
    weeks = ", ".join(str(week) for week in range(2, 60, 2))
    file = write(tmp_path / "a.duckdb", trial(ID, **{"pain on a long scale of many words": f"Weeks {weeks}"}))
    told = drawn(file, width)
    assert max(map(len, told.splitlines())) <= width
    assert told.count("●") == 29 + 1  # the legend's


def test_spans_are_drawn_without_gaps(tmp_path: Path) -> None:
    """A bar with holes looks like several."""
    file = write(tmp_path / "a.duckdb", trial(ID, harm="baseline up to 12 months", pain="baseline, 3 and 12 months"))
    line = next(line for line in drawn(file).splitlines() if "harm" in line)
    bar = line.split("harm", 1)[1].strip()
    assert bar[0] == "├" and bar[-1] == "┤" and set(bar[1:-1]) == {"─"}


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    """A title with escape sequences could recolour, retitle or rewrite the reader's terminal."""
    told = drawn(hostile(tmp_path / "a.duckdb"), 200)
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "[bold]" in told


def test_shows_the_sample_plainly_when_piped(sample_file: Path) -> None:
    """Colours and lines wider than 80 columns would spoil a pipe or a mail."""
    with duckdb.connect(str(sample_file), read_only=True) as connection:
        ids = [row[0] for row in connection.execute("SELECT trial_id FROM trials ORDER BY ALL").fetchall()]
        names = [row[0] for row in connection.execute("SELECT name FROM officials").fetchall()]
    for key in ids:
        told = run(key, "--warehouse", str(sample_file))
        assert told.exit_code == 0, told.output
        assert key in told.output
        assert "\x1b" not in told.output
        assert max(map(len, told.output.splitlines())) <= 80
        assert not [name for name in names if name in told.output]


def test_json_has_every_row(sample_file: Path) -> None:
    """A script that gets other rows than the tables hold would count wrong."""
    with duckdb.connect(str(sample_file), read_only=True) as connection:
        ((key, outcomes),) = connection.execute(
            "SELECT trial_id, count(*) FROM outcomes GROUP BY trial_id ORDER BY count(*) DESC LIMIT 1"
        ).fetchall()
    told = json.loads(run(key.lower(), "--warehouse", str(sample_file), "--json").output)
    assert told["trial"]["trial_id"] == key
    assert len(told["outcomes"]) == outcomes
    assert told["sources"][0]["is_best"] is True
    personal = {column.name for column in TABLES["contacts"].columns() if column.pii} - {"name"}
    assert not personal & set(json.dumps(told))


def test_unknown_trial_names_near_ones(tmp_path: Path) -> None:
    """A mistyped digit must cost a glance, not a search."""
    file = write(tmp_path / "a.duckdb", trial("NCT01234567", pain="6 months"))
    told = run("NCT01234576", "--warehouse", str(file))
    assert told.exit_code == 1
    assert "holds no trial NCT01234576; near it: NCT01234567" in told.output
    far = run("nothing", "--warehouse", str(file))
    assert far.exit_code == 1
    assert "NCT01234567" in far.output


def test_other_numbers_find_the_trial(tmp_path: Path) -> None:
    """People know a trial by its sponsor's number too."""
    number = {"trial_id": ID, "ordinal": 2, "identifier": "ABC-12", "role": "SECONDARY", "document_id": "d"}
    file = write(tmp_path / "a.duckdb", trial(ID, pain="6 months") | {"trial_identifiers": [number]})
    assert ID in run("abc-12", "--warehouse", str(file)).output


@pytest.mark.parametrize(
    ("content", "told"), [(None, "trialhouse build"), (b"no database at all, only words", "cannot be opened")]
)
def test_no_warehouse_says_what_to_do(tmp_path: Path, content: bytes | None, told: str) -> None:
    """A stack trace is no answer to a file that is not there or is something else."""
    file = tmp_path / "a.duckdb"
    if content:
        file.write_bytes(content)
    result = run(ID, "--warehouse", str(file))
    assert result.exit_code == 1
    assert told in result.output


def test_foreign_database_is_named(tmp_path: Path) -> None:
    """A DuckDB file of somebody else must not be taken for an empty warehouse."""
    file = tmp_path / "a.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE trials (x INTEGER)")
    assert "no warehouse of Trialhouse" in run(ID, "--warehouse", str(file)).output


@pytest.mark.parametrize("change", ["UPDATE warehouse_info SET contract_version = '0.9'", "DROP TABLE runs"])
def test_older_warehouse_is_to_be_built_again(tmp_path: Path, change: str) -> None:
    """A file of yesterday's version must be named as such, not fail somewhere inside."""
    file = write(tmp_path / "a.duckdb", trial(ID, pain="6 months"))
    with duckdb.connect(str(file)) as connection:
        connection.execute(change)
    assert "build it again" in run(ID, "--warehouse", str(file)).output.replace("\n", " ")
