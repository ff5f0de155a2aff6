"""Faults that are really made to happen: killed builds, full and read-only disks, files that change, leftovers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest
from conftest import NOW, ROOT, SAMPLE, Build

from assets.jobs import new_files
from pipeline import settings, warehouse
from pipeline.archiving import extract, hashes, listings
from pipeline.archiving.archive import Archive
from pipeline.archiving.documents import File, open_file
from pipeline.building import publish, readings
from pipeline.building.publish import PublishError, one_builder
from pipeline.progress import listening
from pipeline.reading import values

PAGE = SAMPLE / "crick.T.txt"


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    """Return what the query finds in the published file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


# --- killed ---------------------------------------------------------------------------------------------------------


def _kill(folder: Path, kills: int, seed: int, timeout: float) -> None:
    command = [sys.executable, str(ROOT / "tests" / "kills.py"), str(folder), str(kills), str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["old"] + told["new"] == kills
    assert (told["differ"], told["left"], told["failed"]) == ([], [], [])


def test_killed_builds_leave_the_old_file_or_the_new(tmp_path: Path) -> None:
    """A build killed at any moment must change all or nothing, and need no cleaning (reduced: 5 kills; soak: 200)."""
    _kill(tmp_path, 5, 1, 200)


@pytest.mark.soak
def test_two_hundred_kills(tmp_path: Path) -> None:
    """The same, as often as it takes to hit every step."""
    _kill(tmp_path, 200, 2, 3600)


def test_workers_end_with_the_process_that_asked_for_them(tmp_path: Path) -> None:
    """Workers of a killed build would wait for work for ever, each with its memory."""
    script = tmp_path / "spreading.py"
    script.write_text(
        "import time\nfrom pipeline.workers import spread\n"
        "if __name__ == '__main__':\n"
        "    for _ in spread(time.sleep, [0.01, 0.01, 60, 60], workers=2, small=False):\n"
        "        print('working', flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, start_new_session=True
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline()
        assert _processes(parent.pid) > 2
        parent.kill()
    until = time.monotonic() + 30
    while _processes(parent.pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert _processes(parent.pid) == 0


def _processes(session: int) -> int:
    """Return how many processes of a session are alive."""
    told = subprocess.run(["ps", "-o", "stat=", "-s", str(session)], capture_output=True, text=True, check=False)
    return sum(1 for state in told.stdout.split() if not state.startswith("Z"))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_stopped_build_says_so(tmp_path: Path, name: str) -> None:
    """Ctrl-C must end in a sentence, not in a stack trace, and leave nothing half-done."""
    raw, out = tmp_path / "in", tmp_path / "out"
    raw.mkdir()
    page = (SAMPLE / "ctgov_classic.html").read_text()
    for number in range(1500):
        (raw / f"{number}.html").write_text(f"{page}<!-- {number} -->")
    command = [str(Path(sys.executable).parent / "trialhouse"), "build", str(raw), "--warehouse", str(out / "t.duckdb")]
    environment = {**os.environ, "TRIALHOUSE_WORKERS": "1", "TRIALHOUSE_BATCH_BYTES": "200000"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as building:
        until = time.monotonic() + 90
        while not list(out.glob(".archive/*/parts/*")) and time.monotonic() < until:
            time.sleep(0.05)
        building.send_signal(signal.Signals[name])
        _, told = building.communicate(timeout=60)
    assert building.returncode == 1
    assert "stopped before it was done" in told
    assert "Traceback" not in told
    assert not (out / "t.duckdb").exists()
    assert list(out.glob(".t.duckdb-*")) == []


# --- disks ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or _mount("-t", "tmpfs", "-o", "size=200m", "tmpfs", place):
        pytest.skip("a disk can be mounted only by root, and only where the container allows it")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def _mount(*arguments: str | Path) -> int:
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False).returncode


def test_a_full_disk_changes_nothing(disk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A disk that fills up midway must leave the published file, say what is wrong, and need no cleaning afterwards."""
    raw = tmp_path / "in"
    raw.mkdir()
    shutil.copy(PAGE, raw)
    own = settings.load(warehouse=disk / "trials.duckdb", raw=raw, fill_loss_limit=1)

    def build_there() -> None:
        found = warehouse.read_documents([raw], own, "run", NOW)
        warehouse.build_warehouse(found, own, "run", NOW)

    build_there()
    before = rows(own.warehouse, "SELECT trial_id FROM trials")
    shutil.copytree(SAMPLE, raw, dirs_exist_ok=True)
    monkeypatch.setattr(publish, "need_space", lambda *_: None)
    for spare in (0, 100, 400, 1600):  # KiB: in the archive, in the file that is built, in what comes after
        used = sum(path.stat().st_blocks for path in disk.rglob("*")) // 2
        assert _mount("-o", f"remount,size={used + spare}k", disk) == 0
        with pytest.raises(PublishError, match=r"stays$"):
            build_there()
        assert rows(own.warehouse, "SELECT trial_id FROM trials") == before
    assert _mount("-o", "remount,size=200m", disk) == 0
    build_there()
    assert len(rows(own.warehouse, "SELECT trial_id FROM trials")) > 1
    assert [
        path for path in disk.rglob(".*") if ".aside-" in path.name or path.name.startswith(".trials.duckdb-")
    ] == []


def test_space_is_asked_for_before_the_work(disk: Path) -> None:
    """A build that cannot end must not begin."""
    assert _mount("-o", "remount,size=20m", disk) == 0
    own = settings.load(warehouse=disk / "trials.duckdb", raw=disk)
    with pytest.raises(PublishError, match="MiB free and the build may need"):
        warehouse.read_documents([SAMPLE], own, "run", NOW)


def test_a_read_only_target_is_told_in_a_sentence(disk: Path) -> None:
    """A target that cannot be written must be told before any work, with what to do."""
    own = settings.load(warehouse=disk / "out" / "trials.duckdb", raw=disk)
    assert _mount("-o", "remount,ro", disk) == 0
    with pytest.raises(PublishError, match="name another place with --warehouse"):
        warehouse.read_documents([SAMPLE], own, "run", NOW)
    with pytest.raises(PublishError, match="cannot be written"), one_builder(own.warehouse):
        pass


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device", "a\x1b[31m"), r"a\\x1b\[31m: No space left on device; free some space"),
        (duckdb.IOException("IO Error: Could not write file: No space left on device"), "free some space"),
        (duckdb.OutOfMemoryException("Out of Memory Error"), "raise the setting memory_limit"),
        (pl.exceptions.ComputeError("file is broken"), "build again, what was published before stays"),
        (RuntimeError("Query interrupted"), "stopped before it was done"),
    ],
)
def test_what_fails_a_build_is_told_in_words(error: Exception, words: str) -> None:
    """An error of a library tells a person neither what stands nor what to do."""
    with pytest.raises(PublishError, match=words), publish.told_in_words():
        raise error


# --- two builds -----------------------------------------------------------------------------------------------------


def test_the_second_builder_waits_and_says_for_whom(tmp_path: Path) -> None:
    """A nightly build that meets another one must wait for it, not fail, and a person must see why it stands still."""
    told: list[str] = []

    class Listener:
        def begin(self, step: str, total: int | None) -> None:  # noqa: ARG002 - the protocol's
            told.append(step)

        def advance(self, units: int, documents: int) -> None:
            pass

    file = tmp_path / "trials.duckdb"
    free = threading.Event()

    def hold() -> None:
        with one_builder(file):
            held.set()
            free.wait(30)

    held = threading.Event()
    first = threading.Thread(target=hold)
    first.start()
    held.wait(30)
    threading.Timer(0.5, free.set).start()
    with listening(Listener()), one_builder(file, wait=30):
        pass
    first.join()
    assert told == [f"waiting for process {os.getpid()} on {os.uname().nodename}"]


def test_what_another_warehouse_builds_is_left_alone(tmp_path: Path) -> None:
    """`a.duckdb` must not sweep away what a builder of `a.duckdb-old` is at work in."""
    other = publish.aside(tmp_path / "a.duckdb-old")
    with other as busy, publish.aside(tmp_path / "a.duckdb") as folder:
        assert busy.exists()
        left = folder.with_name(".a.duckdb-abcdefgh")
        left.mkdir()
    with publish.aside(tmp_path / "a.duckdb"):
        assert not left.exists()


def test_two_readings_do_not_take_each_other_s_documents(tmp_path: Path) -> None:
    """Two builds of one warehouse that read at once must each build what it read itself."""
    own = settings.load(warehouse=tmp_path / "trials.duckdb", raw=tmp_path)
    warehouse.read_documents([PAGE], own, "first", NOW)
    warehouse.read_documents([SAMPLE / "clincosm.R.txt"], own, "second", NOW)
    read = [warehouse.last_read(own, run).documents.collect() for run in ("first", None)]
    assert [documents["uri"].to_list() for documents in read] == [["crick.T.txt"], ["clincosm.R.txt"]]


def test_parts_that_were_written_again_are_found(tmp_path: Path) -> None:
    """A build that tidied the archive must not take another's rows away that has read and not built yet."""
    own = settings.load(warehouse=tmp_path / "trials.duckdb", raw=tmp_path)
    found = warehouse.read_documents([PAGE], own, "first", NOW)
    archive = warehouse.open_archive(own)
    (part,) = found.documents.collect()["part"]
    (archive.folder / "parts" / part).rename(archive.folder / "parts" / "moved")
    assert found.placed(archive).documents.collect()["part"].to_list() == ["moved"]
    shutil.rmtree(archive.folder / "parts" / "moved")
    with pytest.raises(ValueError, match="build again"):
        found.placed(archive)


# --- files and clocks that change -----------------------------------------------------------------------------------


def _read(file: Path, folder: Path, *, between: str | None) -> pl.DataFrame:
    own = settings.load(warehouse=folder / "trials.duckdb", raw=folder)
    archive = Archive(folder / "archive", "code")
    with hashes.hash_files([File(file, "in/page.txt", None)], folder / "memory.parquet") as files:
        hashed = files[0].result()
        if between is None:
            file.unlink()
        elif between:
            file.write_text(between)
        extract.extract(files, archive, own)
    return pl.concat(listings.slices(archive, [listings.key(hashed, own)]))


def test_a_document_that_changes_midway_is_not_loaded(tmp_path: Path) -> None:
    """Bytes that are not those that were hashed would be kept for ever under the wrong name."""
    page = tmp_path / "page.txt"
    shutil.copy(PAGE, page)
    listed = _read(page, tmp_path, between="Something else, longer than nothing")
    assert listed["rule"].to_list() == ["changed_file"]
    shutil.copy(PAGE, page)
    # The file is as it was: nothing may be remembered of what stood there meanwhile.
    assert _read(page, tmp_path, between="")["problem"].to_list() == [None]


def test_a_document_that_vanishes_midway_is_named(tmp_path: Path) -> None:
    """A file that is deleted while a build runs must not stop it."""
    page = tmp_path / "page.txt"
    shutil.copy(PAGE, page)
    listed = _read(page, tmp_path, between=None)
    assert listed["rule"].to_list() == ["unreadable_file"]
    assert "No such file" in listed["problem"][0]


def test_the_sensor_survives_a_link_to_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sensor that fails on one file would never start a build again."""
    (tmp_path / "link.txt").symlink_to(tmp_path / "nowhere")
    monkeypatch.setenv("TRIALHOUSE_RAW", str(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        asked = new_files.evaluate_tick(dg.build_sensor_context(instance=instance))
    assert len(asked.run_requests or ()) == 1


def test_only_files_are_opened(tmp_path: Path) -> None:
    """A pipe that takes a file's place after it was found would make the build wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError, match="it is no file"):
            open_file(path)


def test_a_clock_that_jumps_back(build: Build) -> None:
    """A run that ended before it began would break whatever computes durations from `runs`."""
    file = build(SAMPLE, now=datetime.now(UTC) + timedelta(days=4000)).warehouse
    assert rows(file, "SELECT finished_at >= started_at FROM runs") == [(True,)]
    again = build(PAGE, now=NOW - timedelta(days=4000), accept_loss=True)
    assert rows(again.warehouse, "SELECT bool_and(finished_at >= started_at) FROM runs") == [(True,)]


# --- what others left -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["nothing", "text", "half", "log"])
def test_a_damaged_file_is_replaced(build: Build, damage: str) -> None:
    """Whatever somebody did to the published file, the next build must put a sound one in its place."""
    file = build(PAGE).warehouse
    sound = file.read_bytes()
    file.chmod(0o644)
    if damage == "log":
        file.with_name("trials.duckdb.wal").write_bytes(b"no log of this file")
    else:
        file.write_bytes({"nothing": b"", "text": b"hello" * 999, "half": sound[: len(sound) // 2]}[damage])
    assert build(PAGE, SAMPLE / "clincosm.R.txt", accept_loss=True).rows["trials"] == 2
    assert rows(file, "SELECT count(*) FROM trials") == [(2,)]


def test_a_damaged_archive_is_read_again(build: Build) -> None:
    """A list that a power cut left empty, or rows that somebody deleted, must cost time and nothing else."""
    file = build(PAGE).warehouse
    archive = file.parent / ".archive"
    for listing in archive.glob("*/files/*.parquet"):
        listing.write_bytes(b"")
    assert build(PAGE, SAMPLE / "clincosm.R.txt").rows["trials"] == 2
    for part in archive.glob("*/parts/*"):
        shutil.rmtree(part)
    assert build(PAGE, SAMPLE / "clincosm.R.txt", SAMPLE / "medpath.R.txt", accept_loss=True).rows["trials"] == 3


def test_what_killed_builds_left_is_swept(tmp_path: Path) -> None:
    """Half-written files of builds that were killed would fill the disk; those of a living build must stay."""
    archive = Archive(tmp_path, "code")
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    dead, alive = f".aside-{gone.pid}-abc", f".aside-{os.getpid()}-abc"
    for name in (dead, alive):
        (archive.folder / name).mkdir()
        (archive.folder / "files" / f"{name}.parquet").touch()
    archive.sweep()
    assert sorted(path.name for path in archive.folder.rglob(".aside-*")) == [alive, f"{alive}.parquet"]


def test_torn_lines_of_the_log_of_runs_are_passed_over(tmp_path: Path) -> None:
    """A build that was killed while it wrote its line must not fail all later ones."""
    log = tmp_path / "runs.jsonl"
    log.write_bytes(b'{"run_id": "a"}\n{"run_id": "b\n[1]\n"x"\n{"no": 1}\n\xff\x00\n')
    assert [run["run_id"] for run in publish.log_run(log, {"run_id": "c"})] == ["a", "c"]
    assert [run["run_id"] for run in publish.log_run(log, {"run_id": "a", "n": 2})] == ["a", "c"]


# --- faults of ours -------------------------------------------------------------------------------------------------


def test_a_fault_of_ours_costs_its_document(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in our code on one document must quarantine that one, without the document's words in the reason."""
    real = values.to_values

    def fails(words: dict[str, dict[str, list[object]]]) -> object:
        if any(str(trial).startswith("doc-") for trial in words["trials"]["trial_id"]):  # it prints no number
            raise KeyError("Jane Doe, 555 0100")
        return real(words)

    monkeypatch.setattr(extract, "to_values", fails)
    file = build(SAMPLE, PAGE.parent / "clincosm.R.txt").warehouse
    told = rows(file, "SELECT DISTINCT rule, reason FROM quarantine WHERE rule = 'reader_failed'")
    assert len(told) == 1
    assert "KeyError" in str(told)
    assert "Jane" not in str(told)
    assert rows(file, "SELECT count(*) > 0 FROM documents WHERE status = 'LOADED'") == [(True,)]


def test_a_fault_on_a_text_costs_its_text() -> None:
    """One time frame that our reader fails on must not stop the whole build."""

    def read(text: str) -> list[tuple[object, ...]]:
        if text == "boom":
            raise ValueError("Jane Doe")
        found = list(readings.TIMEPOINTS.read(text))
        return [found[0]._replace(cycle=10**30)] if text == "1 year" else found  # type: ignore[attr-defined] # a row

    own = readings.TIMEPOINTS._replace(read=read)
    kept, refused = readings.read_texts(own, ["6 months", "boom", "1 year", "x" * 70_000])
    assert kept.filter(pl.col("ordinal").is_not_null())["text"].to_list() == ["6 months"]
    assert set(kept["text"]) == {"6 months", "boom", "1 year", "x" * 70_000}
    assert sorted(zip(refused["rule"], refused["value"].str.slice(0, 6), strict=True)) == [
        ("reader_failed", "1 year"),
        ("reader_failed", "boom"),
        ("too_long", "xxxxxx"),
    ]
    assert "Jane" not in str(refused["reason"].to_list())
