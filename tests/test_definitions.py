"""The Dagster code location: what its readers see, and that it runs where they start it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from conftest import ROOT, SAMPLE

from assets.request import Request
from pipeline.definitions import build_defs
from schemas import TABLES

GRAPH = Path(__file__).with_name("graph.json")


def graph() -> dict[str, dict[str, object]]:
    """Return every asset with its group, parents and checks."""
    shown = build_defs().resolve_asset_graph()
    return {
        key.to_user_string(): {
            "group": shown.get(key).group_name,
            "parents": sorted(parent.to_user_string() for parent in shown.get(key).parent_keys),
            "checks": sorted(check.name for check in shown.get_check_keys_for_assets({key})),
        }
        for key in sorted(shown.get_all_asset_keys())
    }


def test_graph_is_the_reviewed_one() -> None:
    """A changed dependency, group or check must show in a diff, not only in the UI."""
    shown = json.dumps(graph(), indent=2) + "\n"
    assert shown == GRAPH.read_text(), "if the change is meant: python tests/test_definitions.py > tests/graph.json"


def test_every_asset_says_what_it_is() -> None:
    """An asset without description, owner or columns tells readers of lineage nothing."""
    shown = build_defs().resolve_asset_graph()
    for key in shown.get_all_asset_keys():
        node = shown.get(key)
        assert node.description, key
        assert node.owners, key
        if key.to_user_string() in TABLES:
            assert "dagster/column_schema" in node.metadata, key
            assert "dagster/column_lineage" in node.metadata, key


def test_job_runs_and_reports(tmp_path: Path) -> None:
    """The job must work in Dagster itself, with rows, previews and checks in its events."""
    request = Request(paths=[str(SAMPLE)], warehouse=str(tmp_path / "trials.duckdb"))
    job = build_defs({"request": request}).resolve_job_def("build_warehouse")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance)
    assert result.success
    told = {
        event.asset_key.to_user_string(): event.step_materialization_data.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    assert set(told) == {"records", *TABLES}
    assert told["trials"]["dagster/row_count"].value >= 5
    assert told["trials"]["preview"].value
    evaluated = result.get_asset_check_evaluations()
    assert len(evaluated) == sum(len(node["checks"]) for node in graph().values())
    assert all(one.passed for one in evaluated)


def test_failed_check_says_what_to_do(tmp_path: Path) -> None:
    """A failed run that only shows a stack trace leaves the engineer on call alone."""
    empty = tmp_path / "in"
    empty.mkdir()
    (empty / "page.txt").write_text("Nothing that anybody would call a trial.\n")
    request = Request(paths=[str(empty)], warehouse=str(tmp_path / "trials.duckdb"))
    job = build_defs({"request": request}).resolve_job_def("build_warehouse")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    assert not result.success
    assert [(one.asset_key.to_user_string(), one.check_name) for one in result.get_asset_check_evaluations() if not one.passed] == [
        ("trials", "not_empty")
    ]
    assert not (tmp_path / "trials.duckdb").exists()


def test_sensor_asks_once_for_each_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sensor that asks again for the same files would build around the clock."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "one.txt").write_text("one")
    monkeypatch.setenv("TRIALHOUSE_RAW", str(raw))
    sensor = build_defs().resolve_sensor_def("new_files")
    with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance=instance) as context:
        first = sensor.evaluate_tick(context)
        assert len(first.run_requests or []) == 1
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(instance=instance, cursor=first.cursor) as context,
    ):
        assert not sensor.evaluate_tick(context).run_requests
        (raw / "two.txt").write_text("two")
        assert len(sensor.evaluate_tick(context).run_requests or []) == 1


def test_imports_run_one_way() -> None:
    """`schemas` ← `pipeline` ← `assets`: an import upwards would tie behaviour to Dagster."""
    up = {"pipeline/definitions.py", "pipeline/runner.py"}
    for package, above in (("schemas", ("pipeline", "assets", "dagster")), ("pipeline", ("assets", "dagster"))):
        for file in (ROOT / package).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix()
            lines = file.read_text().splitlines()
            found = [line for line in lines if line.lstrip().startswith(tuple(f"{w} {a}" for w in ("from", "import") for a in above))]
            assert name in up or not found, (name, found)


def test_workspace_loads() -> None:
    """`workspace.yaml` is what the UI starts with: a typo there shows nowhere else."""
    told = subprocess.run(
        [str(Path(sys.executable).with_name("dagster")), "job", "list", "-w", "workspace.yaml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Job: build_warehouse" in told.stdout, told.stderr


if __name__ == "__main__":
    print(json.dumps(graph(), indent=2))
