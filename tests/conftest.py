"""Fixtures that several tests share: the sample's warehouse, built once, and the documents beside the repository."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import hypothesis
import pytest

from pipeline import settings, warehouse
from pipeline.settings import Settings
from pipeline.warehouse import Published

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "raw" / "sample"
SHARED = ROOT.parent / "shared"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

# Settings of whoever runs the tests must not decide them.
for name in [name for name in os.environ if name.startswith("TRIALHOUSE_")]:
    del os.environ[name]
# No test is timed: a busy machine must not fail a property.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")
# No test ever asks the real register.
os.environ["TRIALHOUSE_FETCH_ADDRESS"] = "http://127.0.0.1:9"


def pytest_unconfigure() -> None:
    """Take down what hypothesis hung on the search for garbage.

    It keeps the types of DuckDB's binding to the very end, and the binding would print a hundred lines on that.
    """
    gc.callbacks.clear()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real documents beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("the real documents are not beside the repository (../shared)")
    return SHARED


Build = Callable[..., Published]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A function that builds paths into a warehouse of the test's own."""

    def build_paths(*paths: Path, accept_loss: bool = False, now: datetime = NOW, **chosen: object) -> Published:
        own: Settings = settings.load(warehouse=tmp_path / "out" / "trials.duckdb", raw=tmp_path / "raw", **chosen)
        own.warehouse.parent.mkdir(exist_ok=True)
        found = warehouse.read_documents(paths, own, "test", now)
        return warehouse.build_warehouse(found, own, "test", now, accept_loss=accept_loss)

    return build_paths


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of the sample."""
    folder = tmp_path_factory.mktemp("sample")
    own = settings.load(warehouse=folder / "trials.duckdb")
    found = warehouse.read_documents([SAMPLE], own, "sample", NOW)
    return warehouse.build_warehouse(found, own, "sample", NOW).warehouse


@pytest.fixture
def sample(sample_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the sample's warehouse."""
    with duckdb.connect(str(sample_file), read_only=True) as connection:
        yield connection
