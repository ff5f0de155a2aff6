"""The code location: the one place where assets, job, schedule, sensor and resources come together.

`workspace.yaml` names this module. It is the only module of `pipeline` that looks up to `assets`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets import download, jobs, records, report, tables
from assets.request import Request


def build_defs(resources: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Return the code location; `resources` replaces some of its own, for tests and other deployments."""
    return dg.Definitions(
        assets=[download.ctgov_download, records.records, tables.tables, report.page],
        jobs=[jobs.build_job, jobs.refresh_job],
        schedules=[jobs.daily],
        sensors=[jobs.new_files],
        resources={"request": Request(), **(resources or {})},
        # Steps share this process: a process a step costs seconds each, and the work spreads itself over the cores.
        executor=dg.in_process_executor,
    )


defs = build_defs()
