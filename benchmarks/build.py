"""A whole build without Dagster, with the wall clock of its steps, as JSON.

python -m benchmarks.build SOURCE WAREHOUSE
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline import settings, warehouse
from pipeline.archiving import compact, inventory
from pipeline.building import build, checks, derive, history, increment, publish

_STEPS: Final = (
    ("hash", inventory, "hash_files"),
    ("split, read, tabulate, check, archive", inventory, "extract"),
    ("the rest of reading", warehouse, "read_documents"),
    ("copy of the base", increment, "begin"),
    ("exchange of rows", increment, "fill"),
    ("fill", build, "fill"),
    ("history", history, "tell"),
    ("time frames", derive, "timepoints"),
    ("regimens", derive, "regimens"),
    ("comments and views", build, "describe"),
    ("checks", checks, "check_rows"),
    ("checks", checks, "check_account"),
    ("checks", checks, "check_loss"),
    ("dictionary", build, "finish"),
    ("publish", publish, "publish"),
    ("keeping the base", increment, "keep"),
    ("compaction", compact, "compact"),
)
"""What is timed: the step's name, and the function where its caller finds it."""


def _timed(spent: dict[str, float], name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that adds what it takes to `spent`, less what is added of the steps inside it."""

    def run(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the function takes and gives
        started, before = time.perf_counter(), sum(spent.values())
        result = work(*arguments, **named)
        inside = sum(spent.values()) - before
        spent[name] += time.perf_counter() - started - inside
        return result

    return run


def main(source: Path, target: Path) -> dict[str, Any]:
    """Build `target` from `source`; return seconds by step, what was read and how many trials there are."""
    spent: dict[str, float] = defaultdict(float)
    for name, module, function in _STEPS:
        setattr(module, function, _timed(spent, name, getattr(module, function)))
    own = settings.load(warehouse=target)
    started = time.perf_counter()
    now = datetime.now(UTC)
    found = warehouse.read_documents([source], own, "benchmark", now)
    published = warehouse.build_warehouse(found, own, "benchmark", now)
    seconds = time.perf_counter() - started
    steps = {name: spent[name] for name, *_ in _STEPS} | {"the rest": seconds - sum(spent.values())}
    return {"seconds": seconds, "steps": steps, "unchanged": published.unchanged, "rows": published.rows}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
