"""What the UI has of a build from the terminal."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from conftest import SAMPLE

from assets.tables import tables
from pipeline import settings
from pipeline.definitions import defs
from pipeline.progress import reporter
from pipeline.recording import process_tag, recorded
from pipeline.runner import Summary, run_build


def build(warehouse: Path, *, is_configured: bool) -> Summary:
    """Build the sample as the terminal does."""
    own = settings.load(warehouse=warehouse)
    return run_build([SAMPLE], own, is_configured=is_configured, accept_loss=False, listener=reporter())


def test_every_build_is_all_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that keeps its connections open must lose nothing; a table that stayed as it was is fresh all the same."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    for unchanged in (False, True):
        summary = build(tmp_path / "trials.duckdb", is_configured=True)
        assert summary.problem is None
        assert summary.unchanged is unchanged
        with dg.DagsterInstance.get() as instance:
            run = instance.get_run_by_id(summary.run_id)
            assert run is not None
            assert run.is_success
            for key in tables.keys:
                told = instance.get_latest_materialization_event(key)
                assert told is not None
                assert told.run_id == summary.run_id
                assert told.asset_materialization is not None
                assert told.asset_materialization.metadata["unchanged"].value is unchanged
                if key == dg.AssetKey("trials"):
                    assert told.asset_materialization.metadata["preview"].value
                    assert told.asset_materialization.metadata["dagster/row_count"].value == summary.rows["trials"]
            # A check that belonged to the build before would be shown as out of date.
            evaluated = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(tables.check_keys))
            assert set(evaluated) == set(tables.check_keys)
            for one in evaluated.values():
                assert one.run_id == summary.run_id
                assert one.event is not None
                of = one.event.asset_check_evaluation
                assert of is not None
                assert of.target_materialization_data is not None
                assert of.target_materialization_data.run_id == summary.run_id


def test_two_first_builds_at_once(tmp_path: Path) -> None:
    """Two builds of one script that begin together would each make Dagster's databases, and break the other's."""
    opening = "from pipeline.recording import recorded\nwith recorded() as instance: print(len(instance.get_runs()))"
    command = [sys.executable, "-c", opening]
    environment = os.environ | {"DAGSTER_HOME": str(tmp_path / "home")}
    began = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [one.communicate()[0] for one in began] == ["0\n"] * 3


def test_a_build_of_another_file_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trial build of somebody's would stand in the history of the warehouse that everybody reads."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    assert build(tmp_path / "trials.duckdb", is_configured=False).published
    assert not (tmp_path / "home").exists()


def test_no_step_waits_for_a_killed_run() -> None:
    """A pool keeps a killed run's place until a daemon clears it: the next build would wait for ever."""
    assert not [node.name for node in defs.resolve_job_def("build_warehouse").nodes if node.definition.pools]


def test_a_killed_build_is_told_of_and_a_running_one_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster's queue runs one build at a time: it would wait for ever for one that was killed."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    tags = {
        "killed": {"trialhouse/process": f"{gone.pid} on {socket.gethostname()}"},
        "running": process_tag(),
        "elsewhere": {"trialhouse/process": f"{gone.pid} on another.example.org"},
        "the daemon's": {},
    }
    with recorded() as instance:
        runs = {
            name: instance.create_run_for_job(
                defs.resolve_job_def("build_warehouse"), tags=tag, status=dg.DagsterRunStatus.STARTED
            ).run_id
            for name, tag in tags.items()
        }
    with recorded() as instance:
        status = {name: instance.get_run_by_id(run).status for name, run in runs.items()}  # type: ignore[union-attr] # it is there
    assert status.pop("killed") is dg.DagsterRunStatus.FAILURE
    assert set(status.values()) == {dg.DagsterRunStatus.STARTED}
