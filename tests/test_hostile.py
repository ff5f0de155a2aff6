"""Documents that were made to do harm: each must be named in quarantine, in bounded memory, and cost no other."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from conftest import ROOT, SAMPLE
from hostile_files import LARGE, SMALL, Case, evil, write, write_no_files

from pipeline import legible
from pipeline.reading import html, read
from pipeline.reading.words import clean
from pipeline.showing import preview

_BUILD = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline import settings, warehouse

folder = Path(sys.argv[1])
own = settings.load(warehouse=folder / "out" / "trials.duckdb", raw=folder / "raw", workers=1)
own.warehouse.parent.mkdir()
found = warehouse.read_documents([folder / "in"], own, "hostile", datetime.now(UTC))
built = warehouse.build_warehouse(found, own, "hostile", datetime.now(UTC))
documents = found.documents.collect()
json.dump(
    {
        "refused": {uri: (rule, reason) for uri, rule, reason in found.refused()},
        "trials": documents["trial_id"].drop_nulls().to_list(),
        "documents": documents.height,
        "status": documents["status"].to_list(),
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    },
    sys.stdout,
)
"""


def build_apart(folder: Path, timeout: float = 300) -> dict[str, Any]:
    """Build `folder/in` in a process of its own, whose memory can be told and whose hanging ends."""
    command = [sys.executable, "-c", _BUILD, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def thrown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All hostile files and one page of the sample in one build."""
    # Every worker that runs the suite has a folder of its own in one that they share: one of them builds.
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (shared / "thrown.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = shared / "thrown.json"
        if not told.exists():
            told.write_text(json.dumps(_throw(shared / "h")))
        result: dict[str, Any] = json.loads(told.read_text())
    return result


def _throw(folder: Path) -> dict[str, Any]:
    (folder / "in").mkdir(parents=True)
    try:
        write(folder / "in", SMALL | LARGE)
        rules = write_no_files(folder / "in")
        (folder / "in" / "good.txt").write_bytes((SAMPLE / "clincosm.R.txt").read_bytes())
        told = build_apart(folder)
        beside = sorted(path.name for path in folder.iterdir())
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)  # nested too deep for Python's own way, and for pytest's
    return told | {"rules": rules, "beside": beside, "climbed": (folder.parent / "a").exists()}


@pytest.mark.parametrize(("name", "case"), (SMALL | LARGE).items(), ids=(SMALL | LARGE).keys())
def test_it_is_named_and_costs_no_other(thrown: dict[str, Any], name: str, case: Case) -> None:
    """A hostile file must be refused by rule and limit, whatever it holds that is sound must be loaded."""
    mine = {uri.removeprefix(f"in/{name}"): told for uri, told in thrown["refused"].items() if f"in/{name}" in uri}
    for place, (rule, words) in case.refused.items():
        found = next((told for at, told in mine.items() if at == place or (place.endswith(" ") and place in at)), None)
        assert found, mine
        assert (found[0], words in found[1]) == (rule, True), found
    if not case.refused:
        assert mine == {}
    assert set(case.trials) <= set(thrown["trials"])


def test_what_is_no_file_is_named(thrown: dict[str, Any]) -> None:
    """A pipe would make the build wait for ever, a device never end, a circle of links go round and round."""
    told = {uri.removeprefix("in/"): rule for uri, (rule, _) in thrown["refused"].items()}
    assert {name: told.get(name) for name in thrown["rules"]} == thrown["rules"]


def test_the_rest_loads(thrown: dict[str, Any]) -> None:
    """What stands beside hostile files must be loaded as if they were not there."""
    assert "in/good.txt" not in thrown["refused"]
    assert thrown["status"].count("LOADED") == 1 + sum(len(case.trials) for case in SMALL.values())


def test_memory_stays_bounded(thrown: dict[str, Any]) -> None:
    """A document must not take the machine: all of them together stay under one and a half GiB."""
    assert thrown["mebibytes"] < 1536


def test_reasons_are_fit_to_be_printed(thrown: dict[str, Any]) -> None:
    """A member's name must not clear the screen of whoever reads the summary, nor fill it."""
    for uri, (rule, reason) in thrown["refused"].items():
        assert reason.isprintable(), (rule, reason)
        assert len(reason) <= legible.LONGEST + 1
        assert uri.isprintable()


def test_names_leave_no_folder(thrown: dict[str, Any]) -> None:
    """A member's name is data: as a path it would write where it likes."""
    assert thrown["beside"] == ["in", "out"]
    assert not thrown["climbed"]


def test_words_that_mean_something_elsewhere_are_words(build: Any, tmp_path: Path) -> None:
    """SQL, script, Markdown and escape sequences in every field must come out as the words they are, also in the UI."""
    (tmp_path / "evil.json").write_text(json.dumps(evil(1)))
    file = build(tmp_path / "evil.json").warehouse
    shown = dict(preview.previews(file))
    title = shown["trials"].rows[0]["brief_summary"]
    said = evil(1)["protocolSection"]["descriptionModule"]["briefSummary"]
    assert title == clean(said)[:120]
    # What the UI gets is a record of texts, not Markdown.
    assert all(isinstance(dg.TableRecord(row).data, dict) for look in shown.values() for row in look.rows)


@pytest.mark.parametrize("limit", ["page_bytes_limit", "page_elements_limit", "page_line_limit", "page_depth_limit"])
def test_a_page_s_limits_are_settings(limit: str) -> None:
    """A limit that cannot be raised would lose a document that is really so long."""
    data = b"<html><body><div><p>Trial ID: NCT00000001</p><p>Overall Status: Completed</p><p>Allocation: Randomized</p>"
    identity = read.identify(data)
    assert read.read(data, identity, None).source
    with pytest.raises(read.UnreadableError, match=limit):
        read.read(data, identity, None, read.Bounds()._replace(**{limit: 2}))


def test_a_study_s_limit_is_a_setting() -> None:
    """The same for studies."""
    data = (SAMPLE / "ctgov_api_v2.json").read_bytes()
    identity = read.identify(data)
    with pytest.raises(read.UnreadableError, match="document_elements_limit"):
        read.read(data, identity, None, read.Bounds()._replace(document_elements_limit=2))


def test_a_raised_limit_loads_what_it_stopped(build: Any, tmp_path: Path) -> None:
    """What stands in quarantine must be read again in the next build: else a limit once crossed would hold for ever."""
    (tmp_path / "page.txt").write_bytes((SAMPLE / "ctgov_classic.T.txt").read_bytes())
    (tmp_path / "other.txt").write_bytes((SAMPLE / "clincosm.R.txt").read_bytes())
    size = (tmp_path / "page.txt").stat().st_size
    before = build(tmp_path / "page.txt", tmp_path / "other.txt", page_bytes_limit=size - 1)
    assert before.rows["quarantine"] == 1
    after = build(tmp_path / "page.txt", tmp_path / "other.txt", accept_loss=True)
    assert (after.rows["quarantine"], after.rows["trials"]) == (0, 2)


def test_names_are_quoted_apart() -> None:
    """Two names that gave one address would stop the build: its key would not be unique."""
    names = ["a#b", "a%23b", "a%2523b", "100% a", "a\x1bb", "a%1Bb", "a\udcffb", "a%FFb", "ü b", "\ud800", "a%"]
    quoted = [legible.quoted(name) for name in names]
    assert len(set(quoted)) == len(names)
    assert "100% a" in quoted
    assert "ü b" in quoted
    assert all("#" not in one and one.encode() for one in quoted)


def test_depth_is_of_elements_not_of_siblings() -> None:
    """A long page with many unclosed paragraphs must not be taken for a deep one."""
    assert html.render("<p>a<br>b" * 5000, 20).text.count("\n") == 9999
    with pytest.raises(html.TooDeepError):
        html.render("<i>a" * 50, 20)


_SLOW = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
from pathlib import Path
from pipeline.reading.read import UnreadableError, identify, read
from pipeline.reading.tabulate import tabulate
from pipeline.reading.values import to_values

size, every = int(sys.argv[2]), int(sys.argv[3])
runs = [" ", "a", "1 ", "a, ", "(", "- ", ". ", "A: ", " | ", "1/(", "a.b@", "NCT0", "and ", "( ", "12 May "]
for sample in sys.argv[4:]:
    lines = Path(sample).read_text().split("\\n")
    places = [number for number, line in enumerate(lines) if line.strip()]
    for number in places[:: len(places) // every or 1]:
        readings = []
        for run in runs if every > 2 else runs[number % 3 :: 3]:
            for cut in (0, len(lines[number]) // 2, len(lines[number])):
                long = lines[number][:cut] + run * (size // len(run)) + lines[number][cut:]
                data = "\\n".join([*lines[:number], long, *lines[number + 1 :]]).encode()
                try:
                    readings.append(read(data, identify(data), None).extracted)
                except UnreadableError:
                    continue
        # Together: tables of one document cost more to make than to fill.
        to_values(tabulate(readings, contacts=False, officials=True))
        print("." * len(readings), end="")
"""


def _long_lines(seconds: int, size: int, every: int) -> int:
    samples = sorted(map(str, SAMPLE.glob("*")))
    command = [sys.executable, "-c", _SLOW, str(seconds), str(size), str(every), *samples]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"out of its {seconds} s of processor time, or failed: {done.stderr}"
    return len(done.stdout)


def test_no_line_takes_the_square_of_its_length() -> None:
    """A line of 30,000 characters that no rule can read must not cost minutes (reduced: few places; soak: all)."""
    assert _long_lines(60, 30_000, 2) > 100


@pytest.mark.soak
def test_no_line_at_the_limit_takes_the_square_of_its_length() -> None:
    """The same at the longest line allowed, in many more places."""
    assert _long_lines(1800, 65_000, 25) > 3000


@pytest.mark.soak
def test_giants(tmp_path: Path) -> None:
    """A line of a gigabyte, a list of ten million empty studies: named, in bounded memory."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.txt").write_bytes((SAMPLE / "clincosm.R.txt").read_bytes())
    with (tmp_path / "in" / "line.txt").open("wb") as file:
        for _ in range(1024):
            file.write(b"x" * (1 << 20))
    (tmp_path / "in" / "list.json").write_bytes(b"[" + b",".join([b"{}"] * 10_000_000) + b"]")
    told = build_apart(tmp_path, timeout=1200)
    assert told["refused"]["in/line.txt"][0] == "too_large"
    assert "document_bytes_limit" in told["refused"]["in/line.txt"][1]
    rule, reason = next(entry for uri, entry in told["refused"].items() if uri.startswith("in/list.json#after"))
    assert rule == "too_many"
    assert "archive_members_limit" in reason
    assert told["mebibytes"] < 3 << 10
