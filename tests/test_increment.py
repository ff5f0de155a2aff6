"""That a patched file is the file that would have been filled whole: the tests of merging and history, patched."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest
import test_history
import test_merge
from conftest import Build
from test_build import content, rows
from test_bulk import build_whole, study, write

from pipeline.building import increment
from schemas import TABLES

STUDIES = 40

_FIXTURES = {"tmp_path", "build", "monkeypatch", "shared"}


def _rebuilding(module: ModuleType) -> list[Callable[..., None]]:
    """Return the tests of a module that build one warehouse more than once, as far as their fixtures are known here."""
    found = [one for name, one in vars(module).items() if name.startswith("test_") and inspect.isfunction(one)]
    return [
        one
        for one in found
        if set(inspect.signature(one).parameters) <= _FIXTURES
        and not getattr(one, "pytestmark", [])
        and max(inspect.getsource(one).count(call) for call in ("load(", "build(", "build_warehouse(")) > 1
    ]


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each build that started from the base, whether it ended so; of small ones too, rows renamed seven by seven."""
    ended: list[bool] = []
    original = increment.fill

    def spy(*given: Any) -> Any:
        ended.append(False)
        results = original(*given)
        ended[-1] = True
        return results

    monkeypatch.setattr(increment, "MOST", 2)
    monkeypatch.setattr(increment, "AT_ONCE", 7)
    monkeypatch.setattr(increment, "fill", spy)
    return ended


_REBUILDING = [
    pytest.param(one, id=f"{one.__module__}.{one.__name__}", marks=[pytest.mark.soak] if place % 2 else [])
    for place, one in enumerate([*_rebuilding(test_history), *_rebuilding(test_merge)])
]


@pytest.mark.parametrize("test", _REBUILDING)
def test_every_rebuild_may_be_a_patch(
    test: Callable[..., None], request: pytest.FixtureRequest, patched: list[bool]
) -> None:
    """Small warehouses change so much that they are filled whole: a fault in exchanging rows would show nowhere.

    Every second one; the others are soaked.
    """
    test(**{name: request.getfixturevalue(name) for name in inspect.signature(test).parameters})
    if not patched:
        pytest.skip("each of its builds has other code or other settings, so that none starts from another's base")


def test_new_stamps_rename_the_documents_of_every_row(
    build: Build, tmp_path: Path, patched: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The night after, in which all studies have a new stamp: a row left out would name a document that is not there.

    It is renamed slice by slice, from a base whose own rows were renamed in no night before.
    """
    bulk = write(tmp_path / "studies.ndjson", [study(number) for number in range(1, STUDIES)])
    build(bulk)
    for night in (2, 3):
        stamp = f"2026-01-{night:02}"
        write(bulk, [study(number, stamp=stamp, title=f"T{night // number}") for number in range(1, STUDIES)])
        file = build(bulk).warehouse
        told = content(file)
        file.unlink()
        assert content(build_whole(monkeypatch, lambda: build(bulk)).warehouse) == told
        named = rows(file, "SELECT DISTINCT document_id FROM timepoints")
        assert sorted(named) == sorted(rows(file, "SELECT document_id FROM documents"))
    assert patched == [True, True]


# A trial that stays, and one that the next night changes.
_STAYS, _CHANGES = "NCT00000005", "NCT00000001"


@pytest.mark.parametrize(
    "fault",
    [
        # A key of a row that stays is one of a row that comes.
        f"UPDATE outcomes SET outcome_id = (SELECT outcome_id FROM outcomes WHERE trial_id = '{_CHANGES}') "
        f"WHERE trial_id = '{_STAYS}'",
        f"INSERT INTO sites SELECT * REPLACE ('{_STAYS}' AS trial_id) FROM sites WHERE trial_id = '{_CHANGES}'",
        # A row that stays refers to one that goes.
        f"UPDATE timepoints SET outcome_id = (SELECT outcome_id FROM outcomes WHERE trial_id = '{_CHANGES}') "
        f"WHERE trial_id = '{_STAYS}'",
        f"UPDATE keywords SET document_id = (SELECT document_id FROM trials WHERE trial_id = '{_CHANGES}') "
        f"WHERE trial_id = '{_STAYS}'",
    ],
)
def test_rows_that_do_not_fit_are_never_published(
    build: Build, tmp_path: Path, patched: list[bool], fault: str
) -> None:
    """Only rows that an exchange may have broken are checked again: that must be all of them.

    A base in which trials do not stand apart is given up, and the warehouse filled whole.
    """
    studies = [study(number) for number in range(1, STUDIES)]
    bulk = write(tmp_path / "studies.ndjson", studies)
    (base,) = build(bulk).warehouse.parent.glob(".archive/*/base/trials.duckdb")
    with duckdb.connect(str(base)) as connection:
        connection.execute(fault)
    write(bulk, [study(1, frame="Month 3"), *studies[1:]])
    published = build(bulk)
    assert patched == [False]
    assert all(one.passed for one in published.results)
    for table, key in (("outcomes", "outcome_id"), ("sites", "site_id")):
        assert rows(published.warehouse, f"SELECT count(*) - count(DISTINCT {key}) FROM {table}") == [(0,)]
    told = "SELECT DISTINCT trial_id = split_part(outcome_id, '/', 1) FROM timepoints"
    assert rows(published.warehouse, told) == [(True,)]


def test_a_patched_file_is_checked_like_a_filled_one(build: Build, tmp_path: Path, patched: list[bool]) -> None:
    """A check that a patch leaves out would be one that nobody misses, and that Dagster shows as never run."""
    studies = [study(number) for number in range(1, STUDIES)]
    bulk = write(tmp_path / "studies.ndjson", studies)
    whole = {(one.name, one.table) for one in build(bulk).results}
    results = build(write(bulk, [study(1, title="Another title"), *studies[1:]])).results
    assert patched == [True]
    assert sorted((one.name, one.table) for one in results) == sorted(whole)
    assert {table for name, table in whole if name == "keys"} == {name for name, one in TABLES.items() if one.key}
