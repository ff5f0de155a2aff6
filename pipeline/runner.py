"""The job, run from a terminal: the same run that the Dagster UI starts, recorded where the UI shows it.

Here belongs the running and the summing up. The steps are `assets`' and `pipeline.warehouse`'s; printing is `cli`'s.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import dagster as dg

from assets.request import Request
from pipeline import warehouse
from pipeline.building.publish import STOPPED
from pipeline.definitions import build_defs
from pipeline.progress import Reporter, listening
from pipeline.recording import process_tag, recorded, unrecorded
from pipeline.settings import Settings

_STATUS: Final = {"loaded": "LOADED", "quarantined": "QUARANTINED", "duplicates": "DUPLICATE"}
"""What the asset `records` counts, and the status of those documents."""


class Summary(NamedTuple):
    """What a build came to."""

    warehouse: Path
    published: bool
    unchanged: bool
    """Whether the published file already said the same and was left alone."""
    documents: dict[str, int]
    """How many documents have each status."""
    refused: Sequence[tuple[str, str, str]]
    """What stands in quarantine whole: uri, rule, reason."""
    from_sample: bool | None
    """Whether only the sample that comes with the project was found; None where nothing could be read."""
    rows: dict[str, int]
    seconds: float
    problem: str | None
    """What failed, where something did: nothing was published, or what comes after that was not done."""
    run_id: str

    def as_json(self) -> dict[str, Any]:
        """Return the summary for machines."""
        return {
            "warehouse": str(self.warehouse),
            "published": self.published,
            "unchanged": self.unchanged,
            "problem": self.problem,
            "run_id": self.run_id,
            "documents": self.documents,
            "from_sample": self.from_sample,
            "quarantined": [{"uri": uri, "rule": rule, "reason": reason} for uri, rule, reason in self.refused],
            "rows": self.rows,
            "seconds": round(self.seconds, 3),
        }


def run_build(
    paths: Sequence[Path], settings: Settings, *, is_configured: bool, accept_loss: bool, listener: Reporter
) -> Summary:
    """Run the build job in this process.

    A build of another file than the configured one leaves no trace in the UI's history.

    Raises:
        HomeError: where Dagster's runs cannot be kept.
    """
    started = time.monotonic()
    request = Request(paths=[str(path) for path in paths], warehouse=str(settings.warehouse), accept_loss=accept_loss)
    job = build_defs({"request": request}).resolve_job_def("build_warehouse")
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with recorded() if is_configured else unrecorded() as instance, listening(listener):
        result = job.execute_in_process(instance=instance, run_config=quiet, raise_on_error=False, tags=process_tag())
    read, tables = _told(result, "records"), _told(result, "warehouse")
    documents = read.get("records", {})
    return Summary(
        warehouse=settings.warehouse,
        # A report that could not be written leaves the warehouse published.
        published=bool(tables),
        unchanged=any(told["unchanged"] for told in tables.values()),
        documents={status: documents[name] for name, status in _STATUS.items() if documents.get(name)},
        refused=warehouse.last_read(settings, result.run_id).refused() if documents.get("refused") else (),
        from_sample=documents.get("from_sample"),
        rows={name: told["dagster/row_count"] for name, told in tables.items() if "dagster/row_count" in told},
        seconds=time.monotonic() - started,
        problem=None if result.success else _problem(result),
        run_id=result.run_id,
    )


def _told(result: dg.ExecuteInProcessResult, step: str) -> dict[str, dict[str, Any]]:
    """Return what a step that succeeded told of its assets; nothing of one that did not."""
    if not any(event.is_step_success and event.step_key == step for event in result.all_events):
        return {}
    return {
        one.asset_key.to_user_string(): {name: value.value for name, value in one.metadata.items()}
        for one in result.asset_materializations_for_node(step)
    }


def _problem(result: dg.ExecuteInProcessResult) -> str:
    """Return the first failed step's own words, without the wrapping that a stack trace adds."""
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            if failure.user_failure_data and failure.user_failure_data.description:
                return str(failure.user_failure_data.description)
            error = failure.error
            while error is not None and error.cause is not None:
                error = error.cause
            if error is not None:
                return STOPPED if error.cls_name in _STOPS else error.message.strip()
    return "the run failed before its first step: see the run in the UI"


# How Dagster and Python say that somebody pressed Ctrl-C or asked the process to end.
_STOPS: Final = ("DagsterExecutionInterruptedError", "KeyboardInterrupt")
