"""The Dagster code location: what its readers see, and that it runs where they start it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from conftest import ROOT, SAMPLE

from assets.request import Request
from pipeline import settings
from pipeline.building import view_lineage, views
from pipeline.definitions import build_defs
from pipeline.runner import run_build
from schemas import TABLES


class Silent:
    """A listener that nobody listens to."""

    def begin(self, step: str, total: int | None) -> None:
        """Say nothing."""

    def advance(self, units: int, documents: int) -> None:
        """Say nothing."""


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
        assert node.kinds, key
        assert node.tags.get("pii") in ("true", "false"), key
        assert node.freshness_policy, key
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
    assert set(told) == set(graph()) - {"ctgov_download"}
    page = told["report"]["path"].value
    assert Path(str(page)) == tmp_path / "report.html"
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
    assert [
        (one.asset_key.to_user_string(), one.check_name)
        for one in result.get_asset_check_evaluations()
        if not one.passed
    ] == [("trials", "not_empty"), ("quarantine", "none_quarantined")]
    assert not (tmp_path / "trials.duckdb").exists()


def test_failed_reading_names_the_folder(tmp_path: Path) -> None:
    """A run that found nothing must say where it looked, once and without retries."""
    empty = tmp_path / "in"
    empty.mkdir()
    request = Request(paths=[str(empty)], warehouse=str(tmp_path / "trials.duckdb"))
    job = build_defs({"request": request}).resolve_job_def("build_warehouse")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    (failed,) = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    assert failed.user_failure_data
    assert str(empty) in str(failed.user_failure_data.description)


def test_failed_report_leaves_the_warehouse_published(tmp_path: Path) -> None:
    """A page that cannot be written must show, without a word that the published warehouse were not."""
    (tmp_path / "report.html").write_text("somebody's own page")
    own = settings.load(warehouse=tmp_path / "trials.duckdb")
    summary = run_build([SAMPLE], own, is_configured=False, accept_loss=False, listener=Silent())
    assert summary.published
    assert summary.rows["trials"] >= 5
    assert "published, but its report was not written" in (summary.problem or "")
    assert own.warehouse.exists()


def test_view_columns_come_from_what_the_view_reads() -> None:
    """Column lineage that forgets a column, or invents one, sends its reader to the wrong place."""
    made = view_lineage.origins()
    for view in views.catalogue():
        if view.kind != "VIEW":
            continue
        name = f"{view.schema}.{view.name}"
        assert list(made[name]) == [column.name for column in view.columns], name
        for column in view.columns:
            origins = made[name][column.name]
            assert {table for table, _ in origins} <= set(view.reads), (name, column.name)
            if column.description.startswith("Always NULL"):
                assert not origins, (name, column.name)
    overview = made["main.trial_overview"]
    assert overview["title"] == {("main.trials", "brief_title"), ("main.trials", "official_title")}
    assert overview["sites"] == {("main.sites", "trial_id")}
    assert made["ctgov.studies"]["phase"] == {("main.trials", "phases")}


def test_warnings_do_not_stop_a_build(tmp_path: Path) -> None:
    """A quarantined page must be seen in the UI, and must not keep the others from being published."""
    raw = tmp_path / "in"
    raw.mkdir()
    shutil.copy(SAMPLE / "clincosm.R.txt", raw)
    (raw / "page.txt").write_text("Nothing that anybody would call a trial.\n")
    request = Request(paths=[str(raw)], warehouse=str(tmp_path / "trials.duckdb"))
    job = build_defs({"request": request}).resolve_job_def("build_warehouse")
    for _ in range(2):  # the second time nothing has changed
        with dg.DagsterInstance.ephemeral() as instance:
            result = job.execute_in_process(instance=instance)
        failed = [one for one in result.get_asset_check_evaluations() if not one.passed]
        assert [(one.check_name, one.severity.value) for one in failed] == [("none_quarantined", "WARN")]
        assert "not_recognised" in str(failed[0].metadata["failures"].value)


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
    up = {"pipeline/definitions.py", "pipeline/recording.py", "pipeline/runner.py"}
    for package, above in (("schemas", ("pipeline", "assets", "dagster")), ("pipeline", ("assets", "dagster"))):
        for file in (ROOT / package).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix()
            lines = file.read_text().splitlines()
            found = [
                line
                for line in lines
                if line.lstrip().startswith(tuple(f"{w} {a}" for w in ("from", "import") for a in above))
            ]
            assert name in up or not found, (name, found)


def test_rooms_look_one_way() -> None:
    """`reading` ← `archiving` ← `building` ← `showing`: a reader that knew the warehouse could not be tested alone."""
    rooms = (("reading", "layouts", "normalize", "registers"), ("archiving",), ("building",), ("showing",))
    for place, names in enumerate(rooms):
        above = {f"pipeline.{room}" for later in rooms[place + 1 :] for room in later}
        for file in (path for name in names for path in (ROOT / "pipeline" / name).rglob("*.py")):
            told = [line.split()[1] for line in file.read_text().splitlines() if line.startswith("from pipeline")]
            assert not [module for module in told if module.startswith(tuple(above))], file.name


def test_workspace_loads(tmp_path: Path) -> None:
    """`workspace.yaml` is what the UI starts with: a typo there shows nowhere else."""
    told = subprocess.run(
        [str(Path(sys.executable).with_name("dagster")), "job", "list", "-w", "workspace.yaml"],
        cwd=ROOT,
        env={**os.environ, "DAGSTER_HOME": str(tmp_path)},  # the one of `make` need not be there in a fresh clone
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Job: build_warehouse" in told.stdout, told.stderr


if __name__ == "__main__":
    print(json.dumps(graph(), indent=2))
