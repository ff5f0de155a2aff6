"""The job, run from a terminal: the same run that the Dagster UI starts, recorded where the UI shows it.

Here belongs the running and the summing up. The steps are `assets`' and `pipeline.warehouse`'s; printing is `cli`'s.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import dagster as dg
import duckdb
from yaml import YAMLError  # type: ignore[import-untyped] # Dagster brings it, without types

from assets.request import Request
from pipeline import warehouse
from pipeline.archiving.inventory import Inventory
from pipeline.building import build
from pipeline.building.publish import STOPPED
from pipeline.definitions import build_defs
from pipeline.home import SETTINGS, HomeError, dagster_home
from pipeline.progress import Reporter, listening
from pipeline.settings import Settings

_TOLD: Final = 300
"""How many letters of what Dagster says of its settings are passed on: it lists all that it would take."""


class Summary(NamedTuple):
    """What a build came to."""

    warehouse: Path
    published: bool
    unchanged: bool
    """Whether the published file already said the same and was left alone."""
    found: Inventory | None
    rows: dict[str, int]
    seconds: float
    problem: str | None
    """What failed, where something did: nothing was published, or what comes after that was not done."""
    run_id: str

    @property
    def quarantined(self) -> int:
        """How many documents stand in quarantine whole."""
        return len(self.found.refused()) if self.found else 0

    def status(self) -> Counter[str]:
        """Return how many documents have each status."""
        return Counter(self.found.documents["status"].to_list()) if self.found else Counter()

    def as_json(self) -> dict[str, Any]:
        """Return the summary for machines."""
        return {
            "warehouse": str(self.warehouse),
            "published": self.published,
            "unchanged": self.unchanged,
            "problem": self.problem,
            "run_id": self.run_id,
            "documents": dict(self.status()),
            "from_sample": self.found.is_sample if self.found else None,
            "quarantined": [{"uri": uri, "rule": rule, "reason": reason} for uri, rule, reason in self.found.refused()]
            if self.found
            else [],
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
    with _instance(is_configured) as instance, listening(listener):
        result = job.execute_in_process(instance=instance, run_config=quiet, raise_on_error=False)
    # A report that could not be written leaves the warehouse published.
    published = _succeeded(result, "warehouse")
    return Summary(
        settings.warehouse,
        published,
        published and _unchanged(result),
        warehouse.last_read(settings, result.run_id) if _succeeded(result, "records") else None,
        _rows(settings.warehouse) if published else {},
        time.monotonic() - started,
        None if result.success else _problem(result),
        result.run_id,
    )


@contextmanager
def _instance(is_configured: bool) -> Iterator[dg.DagsterInstance]:
    with _configured() if is_configured else dg.DagsterInstance.ephemeral() as instance:
        yield instance


def _configured() -> dg.DagsterInstance:
    file = dagster_home() / SETTINGS.name
    try:
        return dg.DagsterInstance.get()
    except (dg.DagsterError, YAMLError) as error:
        told = " ".join(str(error).split())[:_TOLD]
        raise HomeError(f"{file} cannot be used: mend it, or delete it and it is made anew. {told}") from None


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


def _succeeded(result: dg.ExecuteInProcessResult, step: str) -> bool:
    return any(event.is_step_success and event.step_key == step for event in result.all_events)


def _unchanged(result: dg.ExecuteInProcessResult) -> bool:
    """Return whether the tables were left as they were: every one of them says so."""
    (told,) = result.asset_materializations_for_node("warehouse")[:1]
    return told.metadata["unchanged"] == dg.MetadataValue.bool(True)


def _rows(file: Path) -> dict[str, int]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return build.row_counts(connection)
