"""Builds that are killed at any moment: run by `test_faults` as a process of its own, prints what it found as JSON.

    python tests/kills.py FOLDER KILLS SEED

Every round adds a document and starts a build in a fork of this process, which is killed after a random time. This
process imports everything and uses nothing, for a fork of a process with Polars' threads can hang.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipeline import settings, warehouse
from pipeline.building import checks
from pipeline.building.publish import one_builder
from schemas import TABLES

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "raw" / "sample"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
CLOCK = ("runs", "data_dictionary")
"""Tables that depend on the clock, or on no document."""


def build(folder: Path, documents: Path) -> None:
    """Build as the job does."""
    own = settings.load(warehouse=folder / "trials.duckdb", raw=folder / "raw", fill_loss_limit=1)
    found = warehouse.read_documents([documents], own, f"run-{time.monotonic_ns()}", NOW)
    with one_builder(own.warehouse, wait=60):
        warehouse.build_warehouse(found, own, "run", NOW)


def look(folder: Path) -> dict[str, Any]:
    """Open the published file; return the documents that it has, what its checks say, and a digest of its content."""
    with duckdb.connect(str(folder / "trials.duckdb"), read_only=True) as connection:
        names = [name for name in TABLES if name not in CLOCK]
        content = {
            name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}").fetchall()))
            for name in names
            if name != "warehouse_info"
        }
        return {
            "documents": sorted(uri for (uri,) in connection.execute("SELECT uri FROM documents").fetchall()),
            "quarantined": sorted(uri for (uri,) in connection.execute("SELECT uri FROM quarantine").fetchall()),
            "failed": [one.failures for one in checks.check_all(connection) if not one.passed],
            "content": content,
        }


def apart(work: Callable[[], Any], killed_after: float | None = None) -> tuple[bool, Any]:
    """Do `work` in a fork; return whether it ended by itself, and what it returned."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            answer = json.dumps(work()).encode()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(answer)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if killed_after is None and status != 0:
        raise RuntimeError("a build that nobody killed failed: see above")
    return status == 0, json.loads(told) if told else None


def main(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kill builds, and tell what the published file was after each."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    documents, out, fresh = folder / "in", folder / "out", folder / "fresh"
    for path in (out, fresh):
        path.mkdir(parents=True)
    shutil.copytree(SAMPLE, documents)
    (documents / "broken.json").write_text('{"protocolSection": ')
    started = time.monotonic()
    apart(lambda: build(out, documents))
    seconds = time.monotonic() - started
    standing = apart(lambda: look(out))[1]
    outcomes = {"old": 0, "new": 0}
    for number in range(kills):
        page = (SAMPLE / "clincosm.R.txt").read_text().replace("NCT0", f"NCT{number % 9 + 1}")
        (documents / f"more-{number}.txt").write_text(f"{page}\n{number}\n")
        apart(lambda: build(out, documents), killed_after=chance.uniform(0, 1.1 * seconds))
        shown = apart(lambda: look(out))[1]
        wanted = sorted(f"in/{path.name}" for path in documents.iterdir())
        if shown["content"] == standing["content"]:
            outcomes["old"] += 1
        elif shown["documents"] == wanted and not shown["failed"] and shown["quarantined"] == ["in/broken.json"]:
            outcomes["new"] += 1
        else:
            raise RuntimeError(f"after kill {number} the file is neither the old nor the new one: {shown['failed']}")
        standing = shown
    apart(lambda: build(out, documents))
    apart(lambda: build(fresh, documents))
    ended, undisturbed = apart(lambda: look(out))[1], apart(lambda: look(fresh))[1]
    differ = [name for name, rows in ended["content"].items() if rows != undisturbed["content"][name]]
    left = [str(path.relative_to(out)) for path in out.rglob(".*") if ".aside-" in path.name]
    left += [path.name for path in out.glob(".trials.duckdb-*")]
    return {**outcomes, "differ": differ, "left": left, "failed": ended["failed"], "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
