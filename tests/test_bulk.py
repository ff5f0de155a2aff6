"""Many documents: what is not read again, what a changed night costs, and that no way of working changes content."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import polars as pl
import pytest
from conftest import NOW, SAMPLE, Build
from test_build import content, rows

from pipeline import settings, warehouse, workers
from pipeline.archiving import compact, extract, hashes
from pipeline.archiving.digests import Digests
from pipeline.archiving.documents import File
from pipeline.building import increment

STUDIES = 120


def study(number: int, *, title: str = "A study of things", stamp: str = "2026-01-01", frame: str = "Week 12") -> str:
    """Return a study as the register's API gives it out."""
    return json.dumps(
        {
            "protocolSection": {
                "identificationModule": {"nctId": f"NCT{number:08d}", "briefTitle": f"{title} {number}"},
                "statusModule": {
                    "overallStatus": "COMPLETED",
                    "startDateStruct": {"date": "2020-01"},
                    "lastUpdatePostDateStruct": {"date": "2021-03-04"},
                },
                "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A sponsor", "class": "OTHER"}},
                "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"]},
                "armsInterventionsModule": {
                    "armGroups": [{"label": "A", "interventionNames": ["Drug: Thing"], "description": "10 mg daily"}],
                    "interventions": [{"type": "DRUG", "name": "Thing", "description": "10 mg once daily"}],
                },
                "outcomesModule": {
                    "primaryOutcomes": [{"measure": f"Measure {number}", "timeFrame": f"{frame}, day {number % 7 + 1}"}]
                },
                "conditionsModule": {"conditions": ["Condition"], "keywords": ["one", "two"]},
                "contactsLocationsModule": {"locations": [{"city": "Utrecht", "country": "Netherlands"}]},
            },
            "derivedSection": {"miscInfoModule": {"versionHolder": stamp}},
            "hasResults": False,
        }
    )


def write(place: Path, studies: list[str]) -> Path:
    """Write NDJSON as a download does: whole, then renamed, long enough ago to be trusted."""
    aside = place.with_suffix(".part")
    aside.write_text("\n".join(studies) + "\n", encoding="utf-8")
    aside.replace(place)
    return place


@pytest.fixture
def bulk(tmp_path: Path) -> Path:
    """A file of many studies."""
    return write(tmp_path / "studies.ndjson", [study(number) for number in range(1, STUDIES + 1)])


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that are read, as they are."""
    seen: list[str] = []
    original = extract.read

    def spy(data: bytes, identity: Any, *more: Any) -> Any:
        seen.append(identity.document_id)
        return original(data, identity, *more)

    monkeypatch.setattr(extract, "read", spy)
    return seen


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that go to a worker."""
    seen: list[str] = []
    original = extract._extract_batch

    def spy(archive: Any, settings: Any, batch: Any) -> Any:
        seen.extend(document.identity.document_id for document in batch.documents)
        return original(archive, settings, batch)

    monkeypatch.setattr(extract, "_extract_batch", spy)
    return seen


class Patch(NamedTuple):
    """What a build that started from the base found changed."""

    units: list[str]
    renamed: int


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> list[Patch]:
    """The builds that started from the base; one that was filled whole after all leaves nothing."""
    found: list[Patch] = []
    fill, forget = increment.fill, increment.forget

    def spy(connection: duckdb.DuckDBPyConnection, *more: Any) -> Any:
        results = fill(connection, *more)
        units = [unit for (unit,) in connection.execute("FROM changed_units ORDER BY ALL").fetchall()]
        ((renamed,),) = connection.execute("SELECT count(*) FROM renamed").fetchall()
        found.append(Patch(units, renamed))
        return results

    monkeypatch.setattr(increment, "fill", spy)
    monkeypatch.setattr(increment, "forget", lambda *given: (found.clear(), forget(*given)))
    return found


def build_whole(monkeypatch: pytest.MonkeyPatch, build: Callable[[], Any]) -> Any:
    """Build without a base, as if nothing had been filled before."""
    with monkeypatch.context() as patch:
        patch.setattr(increment, "begin", lambda *_: False)
        return build()


def test_unchanged_reads_nothing(build: Build, bulk: Path, read: list[str]) -> None:
    """A night without news must cost next to nothing."""
    first = build(bulk)
    assert len(read) == STUDIES
    read.clear()
    assert build(bulk).unchanged
    assert read == []
    assert first.rows["trials"] == STUDIES


def test_new_stamps_are_no_news(build: Build, bulk: Path, read: list[str]) -> None:
    """The register stamps every study every night: without this every download would be read and published anew."""
    file = build(bulk).warehouse
    before = file.stat().st_ino
    read.clear()
    write(bulk, [study(number, stamp="2026-01-02") for number in range(1, STUDIES + 1)])
    assert build(bulk).unchanged
    assert read == []
    assert file.stat().st_ino == before


def test_only_what_changed_is_read(
    build: Build,
    bulk: Path,
    read: list[str],
    patched: list[Patch],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One study in a hundred changes in a night: reading and filling all again would take as long as the first time.

    The content must be that of a warehouse that was filled whole, to the last cell.
    """
    build(bulk)
    read.clear()
    changed = {7: study(7, title="Another title"), 50: study(50, frame="Month 6")}
    write(bulk, [changed.get(number, study(number)) for number in range(1, STUDIES + 1)] + [study(900)])
    file = build(bulk).warehouse
    assert len(read) == len(changed) + 1
    (touched,) = patched
    assert touched.units == ["NCT00000007", "NCT00000050", "NCT00000900"]
    assert rows(file, "SELECT brief_title FROM trials WHERE trial_id = 'NCT00000007'") == [("Another title 7",)]
    told = content(file)
    file.unlink()
    whole = content(build_whole(monkeypatch, lambda: build(bulk)).warehouse)
    assert whole == told
    assert whole["trial_versions"]


def test_known_lines_are_not_sent(build: Build, bulk: Path, sent: list[str]) -> None:
    """To send and to look into what was there yesterday would cost most of what a changed night costs.

    Nothing is taken for known that was refused before, or whose rows the archive has lost.
    """
    broken = '{"protocolSection": '
    write(bulk, [study(number) for number in range(1, STUDIES + 1)] + [broken])
    build(bulk)
    sent.clear()
    again = [study(number, stamp="2026-01-02") for number in range(2, STUDIES + 1)]
    write(bulk, [study(900), *again, broken, again[0]])
    found = build(bulk)
    assert len(sent) == 2  # what is new, and what was no document then
    documents = (
        "SELECT CAST(split_part(uri, '#', 2) AS INTEGER) AS place, status, trial_id FROM documents ORDER BY place"
    )
    told = rows(found.warehouse, documents)
    assert [place for place, *_ in told] == list(range(STUDIES + 2))
    assert told[0][1:] == ("LOADED", "NCT00000900")
    assert told[1][1:] == ("LOADED", "NCT00000002")
    assert [status for _, status, _ in told[-2:]] == ["QUARANTINED", "DUPLICATE"]
    shutil.rmtree(next((found.warehouse.parent / ".archive").glob("*/parts")))
    write(bulk, [study(number) for number in range(2, STUDIES + 1)])
    sent.clear()
    build(bulk)
    assert len(sent) == STUDIES - 1


def test_an_address_from_outside_is_asked_again(build: Build, bulk: Path, sent: list[str]) -> None:
    """Of lines that a manifest gives an address, their bytes alone do not tell what their rows are."""
    folder = bulk.parent / "in"
    folder.mkdir()
    bulk = bulk.rename(folder / bulk.name)
    build(folder)
    (folder / "manifest.csv").write_text(f"file,url\n{bulk.name},https://example.org/one\n")
    for title, expected in ("Another title", STUDIES), ("A third title", 1):
        write(bulk, [study(1, title=title), *(study(number) for number in range(2, STUDIES + 1))])
        sent.clear()
        file = build(folder).warehouse
        assert len(sent) == expected
        assert rows(file, "SELECT DISTINCT source_url FROM documents") == [("https://example.org/one",)]


def test_new_stamps_and_a_change(
    build: Build, bulk: Path, patched: list[Patch], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual night: every study has a new stamp and few are new, so that every row's document_id is another.

    A page and a register's record on one trial make the delicate case, since their rank may hang on their ids.
    """
    monkeypatch.setattr(increment, "MOST", 2)
    shutil.copytree(SAMPLE, bulk.parent / "pages")
    everything = [bulk, bulk.parent / "pages"]
    build(*everything)
    changed = [study(number, stamp="2026-01-02") for number in range(1, STUDIES + 1) if number != 9]
    changed[50] = study(51, title="Another title", stamp="2026-01-02")  # beside 51 itself, in the place of 52
    write(bulk, changed)
    (bulk.parent / "pages" / "crick.T.txt").unlink()
    file = build(*everything, accept_loss=True).warehouse
    told = content(file)
    (night,) = patched
    assert night.renamed == len(changed) - 2
    file.unlink()
    assert content(build_whole(monkeypatch, lambda: build(*everything)).warehouse) == told


def test_many_changes_are_filled_whole(build: Build, bulk: Path, patched: list[Patch]) -> None:
    """Exchanging most rows of a file takes longer than filling it anew."""
    build(bulk)
    write(bulk, [study(number, title="Another title") for number in range(1, STUDIES + 1)])
    assert not build(bulk).unchanged
    assert patched == []


def test_the_base_is_not_needed(build: Build, bulk: Path, patched: list[Patch]) -> None:
    """A base that is broken, or that other code made, must be no more than time lost."""
    (base,) = (build(bulk).warehouse.parent / ".archive").glob("*/base")
    told = []
    for number, damage in enumerate(
        (
            lambda: (base / "made_by").write_text("older code"),
            lambda: (base / "trials.duckdb").unlink(),
            lambda: (base / "gone.parquet").write_bytes(b"half"),
            lambda: shutil.rmtree(base),
            lambda: None,
        ),
        STUDIES + 1,
    ):
        damage()
        write(bulk, [study(one) for one in range(1, number + 1)])
        assert build(bulk).rows["trials"] == number
        told.append(len(patched))
    assert told == [0, 0, 0, 0, 1]


def test_a_rotten_base_harms_nobody(build: Build, bulk: Path, patched: list[Patch]) -> None:
    """A disk that loses a few bytes of the base must not stop every build from then on, nor spoil what is published."""
    file = build(bulk).warehouse
    (base,) = (file.parent / ".archive").glob("*/base/trials.duckdb")
    base.chmod(0o644)
    with duckdb.connect(str(base)) as connection:
        connection.execute("DELETE FROM trials WHERE trial_id = 'NCT00000003'")
    write(bulk, [study(one) for one in range(1, STUDIES + 2)])
    assert build(bulk).rows["trials"] == STUDIES + 1
    (base,) = (file.parent / ".archive").glob("*/base/trials.duckdb")
    base.write_bytes(base.read_bytes()[:9000])
    write(bulk, [study(one) for one in range(1, STUDIES + 3)])
    assert build(bulk).rows["trials"] == STUDIES + 2
    assert patched == []


def test_the_same_whatever_the_workers(
    build: Build, bulk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A warehouse that depended on the number of cores could not be compared with one from another machine."""
    shutil.copytree(SAMPLE, tmp_path / "in")
    bulk.rename(tmp_path / "in" / "studies.ndjson")
    first = content(build(tmp_path / "in", workers=1).warehouse)
    monkeypatch.setattr(extract, "SMALL", 0)  # as if it were too much for one process
    other = settings.load(
        warehouse=tmp_path / "other" / "trials.duckdb", raw=tmp_path / "raw", workers=3, batch_bytes=16 << 10
    )
    other.warehouse.parent.mkdir()
    found = warehouse.read_documents([tmp_path / "in"], other, "other", NOW)
    assert content(warehouse.build_warehouse(found, other, "other", NOW).warehouse) == first


def test_an_interrupted_reading_goes_on(
    build: Build, bulk: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hours of reading must not be lost to a power cut."""
    spied = extract.read

    def cut(*given: Any) -> Any:
        if len(read) == STUDIES // 2:
            raise KeyboardInterrupt
        return spied(*given)

    with monkeypatch.context() as patch:
        patch.setattr(extract, "read", cut)
        with pytest.raises(KeyboardInterrupt):
            build(bulk, batch_bytes=16 << 10)
    before = set(read)
    read.clear()
    assert build(bulk, batch_bytes=16 << 10).rows["trials"] == STUDIES
    assert 0 < len(read) < STUDIES * 3 / 4
    assert len(before | set(read)) == STUDIES


def test_a_broken_study_is_quarantined_alone(build: Build, bulk: Path, read: list[str]) -> None:
    """One study in half a million breaks its shape: the others must load, and it must be found again by its place."""
    studies = [study(number) for number in range(1, 21)]
    studies[3] = studies[3][:200]
    studies[7] = studies[7].replace('"conditions": ["Condition"]', '"conditions": {"a": [1, {}]}')
    file = build(write(bulk, studies)).warehouse
    refused = rows(file, "SELECT uri, rule FROM quarantine ORDER BY uri")
    assert [uri for uri, _ in refused] == ["studies.ndjson#3", "studies.ndjson#7"]
    assert rows(file, "SELECT count(*) FROM trials") == [(18,)]
    assert rows(file, "SELECT found, loaded, quarantined FROM files") == [(20, 18, 2)]
    read.clear()
    assert build(bulk).unchanged
    assert read == []


def test_a_line_that_is_no_json_is_no_document(build: Build, bulk: Path) -> None:
    """Told only when it is read, it must still be no page, no study in XML and no document with a hash."""
    page = (SAMPLE / "crick.T.txt").read_text(encoding="utf-8").replace("\n", " ")
    broken = ["{", "{" + study(2)[1:-1], "[1", page, "<clinical_study><id_info/></clinical_study>", study(3) + "}"]
    file = build(write(bulk, [study(1), study(4), *broken, broken[0]])).warehouse
    refused = rows(file, "SELECT uri, rule, document_id, reason FROM quarantine ORDER BY uri")
    assert [row[:3] for row in refused] == [
        (f"studies.ndjson#{place}", "broken_document", None) for place in range(2, len(broken) + 3)
    ]
    assert refused[-1][3] == "line 9 of those that hold anything is not one JSON value"
    told = "SELECT content_id, media_type FROM documents WHERE status = 'QUARANTINED'"
    assert set(rows(file, told)) == {(None, None)}


def test_what_changes_before_a_worker_reads_it(tmp_path: Path) -> None:
    """The bytes at the places that were found would be others, or parts of two studies."""
    bulk = write(tmp_path / "studies.ndjson", [study(number) for number in range(1, 9)])
    own = settings.load(warehouse=tmp_path / "trials.duckdb")
    with hashes.hash_files([File(bulk, bulk.name, None)], tmp_path / "memory.parquet") as files:
        ((batch, _),) = extract._batches(files, [0], own, Digests(pl.Series(dtype=pl.String)))
    assert {document.data for document in batch.documents} == {b""}
    received = list(extract._received(batch))
    assert [document.data.decode() for document, _ in received] == bulk.read_text().splitlines()
    assert {problem for _, problem in received} == {None}
    write(bulk, [study(number, title="Other words") for number in range(1, 9)])
    assert {problem[0] for _, problem in extract._received(batch) if problem} == {"changed_file"}
    bulk.unlink()
    assert {problem[0] for _, problem in extract._received(batch) if problem} == {"unreadable_file"}


def test_a_raised_limit_is_tried(build: Build, bulk: Path) -> None:
    """What a limit refused must be read once the limit allows it, though the file is the same."""
    write(bulk, [study(1), study(2, title="long, " * 500)])
    assert build(bulk, document_elements_limit=200).rows["trials"] == 1
    assert build(bulk, document_elements_limit=2000).rows["trials"] == 2


def test_a_killed_worker_is_told() -> None:
    """A system short of memory kills workers: the build must end, and say what to do."""
    work = workers.spread(signal.raise_signal, [signal.SIGKILL] * 5, workers=2, small=False)
    with pytest.raises(workers.WorkerLostError, match="`workers` lower"):
        list(work)


def test_dead_rows_leave_the_archive(build: Build, bulk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of nights would fill the disk with rows of contents that are gone, in thousands of small files."""
    monkeypatch.setattr(compact, "MANY", 2)
    build(bulk, batch_bytes=64 << 10)
    archive = bulk.parent / "out" / ".archive"
    half = [study(number, title="New" if number % 2 else "A study of things") for number in range(1, STUDIES + 1)]
    write(bulk, half)
    file = build(bulk, batch_bytes=64 << 10).warehouse
    before = content(file)
    parts = list(archive.glob("*/parts/*"))
    assert len(parts) == 1
    assert len(list(archive.glob("*/files/*.parquet"))) == 1
    file.unlink()
    shutil.rmtree(next(archive.glob("*/base")))
    assert content(build(bulk).warehouse) == before


class _Hashed(NamedTuple):
    """A file to hash, the memory of its hash, and which files were opened."""

    path: Path
    memory: Path
    opened: list[Path]

    def file_id(self) -> str | None:
        """Hash the file as a build does."""
        with hashes.hash_files([File(self.path, "one.txt", None)], self.memory) as (file,):
            return file.result().file_id


@pytest.fixture
def hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Hashed:
    """A file that says "first"."""
    one = _Hashed(tmp_path / "one.txt", tmp_path / "memory.parquet", [])
    one.path.write_text("first")
    original = hashes.open_file
    monkeypatch.setattr(hashes, "open_file", lambda path: (one.opened.append(path), original(path))[1])
    return one


def test_a_file_whose_hashing_was_begun(hashed: _Hashed, tmp_path: Path) -> None:
    """What was begun while libraries loaded must save its time, and be forgotten where the file has changed since."""
    path, opened, file_id = hashed.path, hashed.opened, hashed.file_id
    hashes.begin_to_hash([path, tmp_path / "missing.txt"])
    assert file_id() == hashlib.sha256(b"first").hexdigest()
    assert opened.count(path) == 1
    hashes.begin_to_hash([path])
    hashes._begun[path].result()
    path.write_text("another")
    assert file_id() == hashlib.sha256(b"another").hexdigest()
    hashes.begin_to_hash([path])
    path.unlink()
    assert file_id() is None


def test_a_file_at_rest_is_not_hashed(hashed: _Hashed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing a register's download takes seconds every time; trusting a file that may still change would be worse."""
    (path, memory, opened), file_id = hashed, hashed.file_id
    first = file_id()
    assert file_id() == first
    assert len(opened) == 2, "a file that was written a moment ago may be written again without a trace"
    monkeypatch.setattr(hashes, "_RESTED", -1)
    file_id()
    opened.clear()
    assert file_id() == first
    assert opened == []
    then = path.stat()
    path.write_text("other")
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert file_id() != first
    memory.write_bytes(b"no memory")
    opened.clear()
    assert file_id() != first
    assert len(opened) == 1
