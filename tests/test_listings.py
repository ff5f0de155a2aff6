"""What is kept of files between builds: sets of digests, lists in slices, files that are hashed while they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import NOW, Build
from hypothesis import given, settings
from hypothesis import strategies as st
from test_build import content, rows
from test_bulk import STUDIES, study, write

from pipeline import settings as configuration
from pipeline import warehouse
from pipeline.archiving import extract, hashes, listings
from pipeline.archiving.digests import Digests


def _digests(numbers: set[int]) -> list[str]:
    return [hashlib.sha256(str(number).encode()).hexdigest() for number in numbers]


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(0, 2000)), st.sets(st.integers(0, 2000)))
def test_digests_are_a_set(there: set[int], asked: set[int]) -> None:
    """A content that is wrongly taken for known is never read; one that is not found is read every night."""
    digests = Digests(pl.Series(_digests(there), dtype=pl.String))
    assert len(digests) == len(there)
    assert [one in digests for one in _digests(asked)] == [number in there for number in asked]


def test_slices_change_nothing(build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than a slice of a list is in memory: where it ends must decide nothing, and nothing may be left."""
    folder = tmp_path / "in"
    folder.mkdir()
    studies = [study(number) for number in range(1, STUDIES + 1)]
    write(folder / "a.ndjson", [*studies, studies[3], '{"broken', study(5, stamp="2026-01-02")])
    write(folder / "b.ndjson", studies)
    write(folder / "c.ndjson", studies)
    whole = build(folder, batch_bytes=16 << 10).warehouse
    told = content(whole)
    assert rows(whole, "SELECT status, count(*) FROM documents GROUP BY 1 ORDER BY 1") == [
        ("DUPLICATE", 2 * STUDIES + 2),
        ("LOADED", STUDIES),
        ("QUARANTINED", 1),
    ]
    monkeypatch.setattr(listings, "SLICE", 7)
    archive = whole.parent / ".archive"
    for again in (archive, None):  # what was read before, and all of it
        if again:
            assert build(folder, batch_bytes=16 << 10).unchanged
        else:
            archive.rename(tmp_path / "gone")
        whole.unlink()
        assert content(build(folder, batch_bytes=16 << 10).warehouse) == told
    assert not list(archive.rglob(".aside-*"))


def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "_AHEAD", 1)


def test_a_file_is_read_while_it_is_hashed(build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A register's download takes seconds to hash: its documents are the same, and listed under the same hash."""
    bulk = write(tmp_path / "studies.ndjson", [study(number) for number in range(1, STUDIES + 1)])
    first = build(bulk).warehouse
    told = content(first)
    first.unlink()
    (first.parent / ".archive").rename(tmp_path / "gone")
    _large(monkeypatch)
    assert content(build(bulk).warehouse) == told
    bulk.touch()
    assert build(bulk).unchanged


def test_a_file_that_changes_once_it_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written between its reading and its hashing, a file would have its documents listed under another's hash."""
    bulk = write(tmp_path / "studies.ndjson", [study(number) for number in range(1, 9)])
    own = configuration.load(warehouse=tmp_path / "trials.duckdb", raw=tmp_path)
    _large(monkeypatch)
    split = extract.split

    def spy(*given: Any) -> Iterator[Any]:
        yield from split(*given)
        write(bulk, [study(9)])

    with monkeypatch.context() as patch:
        patch.setattr(hashes.ThreadPoolExecutor, "submit", lambda _, work, *given: _Late(work, given))
        patch.setattr(extract, "split", spy)
        refused = warehouse.read_documents([bulk], own, "first", NOW).refused()
    assert {rule for _, rule, _ in refused} == {"changed_file"}
    found = warehouse.read_documents([bulk], own, "second", NOW)
    assert found.documents.collect()["trial_id"].to_list() == ["NCT00000009"]


class _Late:
    """Work that is done when its result is asked for."""

    def __init__(self, work: Any, given: tuple[Any, ...]) -> None:
        self._work, self._given = work, given

    def result(self) -> Any:
        return self._work(*self._given)
