"""Speed and memory, as a table and as JSON: the whole build at several sizes, beside what a user would pick instead.

    python -m benchmarks [--sizes 10000 30000 100000] [--output FILE]

Every case is a process of its own, timed from its start to its end: the command `trialhouse build` with Dagster's
start, the same build without Dagster, and plain DuckDB SQL over the same studies (`benchmarks.plain`). The studies are
made from the corpus beside the repository (`benchmarks.corpus`). Read the ratios: the seconds are the machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks import corpus, processes
from benchmarks.processes import Measured
from pipeline.workers import cores

RESULTS: Final = Path(__file__).parent / "results"
_PYTHON: Final = sys.executable
_SIZES: Final = (10_000, 30_000, 100_000)
_CHANGED: Final = 100
"""One study in so many gets another title."""
_STAMP: Final = re.compile(rb'"versionHolder":"[^"]*"')
_LIMITS: Final = {"full / plain SQL": 4.0, "unchanged / full": 0.1, "1 % changed / full": 0.2}
_RATIOS: Final = (
    ("full", "plain SQL"),
    ("unchanged", "full"),
    ("new stamps", "full"),
    ("1 % changed", "full"),
    ("full, no Dagster", "plain SQL"),
    ("unchanged, no Dagster", "full, no Dagster"),
    ("1 % changed, no Dagster", "full, no Dagster"),
)
_MEMORY: Final = 2 << 30


def build(source: Path, warehouse: Path) -> Measured:
    """Run `trialhouse build` as a person would, with Dagster's start."""
    start = "from pipeline.cli import main\nif __name__ == '__main__': main()"
    script = warehouse.parent / "build.py"
    script.write_text(start, encoding="utf-8")
    root = str(Path(__file__).parent.parent)
    command = [_PYTHON, str(script), "build", str(source), "--warehouse", str(warehouse), "--json"]
    return processes.run(command, environment={"PYTHONPATH": root})


def size_of(count: int, folder: Path, progress: Console) -> dict[str, Any]:
    """Return what every case of one size took."""

    def say(case: str) -> None:
        progress.print(f"{count:,} studies: {case}")

    source, other = folder / "studies.ndjson", folder / "other"
    say("making studies")
    corpus.write(source, count)
    cases: dict[str, Measured] = {}
    say("plain DuckDB SQL")
    cases["plain SQL"] = processes.run([_PYTHON, "-m", "benchmarks.plain", str(source), str(folder / "plain.duckdb")])
    say("the build without Dagster")
    bare = folder / "bare"
    bare.mkdir()
    without = [_PYTHON, "-m", "benchmarks.build", str(source), str(bare / "trials.duckdb")]
    cases["full, no Dagster"] = processes.run(without)
    steps = json.loads(cases["full, no Dagster"].output)["steps"]
    cases["unchanged, no Dagster"] = processes.run(without)
    warehouse = folder / "trials.duckdb"
    for name, change in (
        ("full", None),
        ("unchanged", None),
        ("new stamps", _with_new_stamps),
        ("1 % changed", _with_changes),
    ):
        say(name)
        if change:
            with source.open("rb") as lines, other.open("wb") as changed:
                changed.writelines(change(number, line) for number, line in enumerate(lines))
            other.replace(source)
        cases[name] = build(source, warehouse)
    say("1 % changed, no Dagster")
    cases["1 % changed, no Dagster"] = processes.run(without)
    return {
        "studies": count,
        "source_bytes": source.stat().st_size,
        "warehouse_bytes": warehouse.stat().st_size,
        "plain_bytes": (folder / "plain.duckdb").stat().st_size,
        "cases": {
            name: {"studies_a_second": count / one.seconds, **one._asdict(), "output": None}
            for name, one in cases.items()
        },
        "steps": steps,
        "ratios": {f"{one} / {other}": cases[one].seconds / cases[other].seconds for one, other in _RATIOS},
        "processor_ratios": {
            f"{one} / {other}": cases[one].cpu_seconds / cases[other].cpu_seconds for one, other in _RATIOS
        },
    }


def _with_new_stamps(_: int, study: bytes) -> bytes:
    """Return the study as the register gives it out the night after: nothing but the release's stamp is new."""
    return _STAMP.sub(b'"versionHolder":"2099-01-01"', study)


def _with_changes(number: int, study: bytes) -> bytes:
    """Return the study, one in so many with another title."""
    return study if number % _CHANGED else study.replace(b'"briefTitle":"', b'"briefTitle":"Changed: ', 1)


def show(console: Console, result: dict[str, Any]) -> None:
    """Print one size's figures."""
    table = Table(title=f"{result['studies']:,} studies, {result['source_bytes'] / 1e6:,.0f} MB", title_justify="left")
    for name in ("case", "seconds", "processor s", "studies/s", "peak MiB", "largest process MiB"):
        table.add_column(name, justify="left" if name == "case" else "right")
    for name, one in result["cases"].items():
        table.add_row(
            name,
            f"{one['seconds']:.1f}",
            f"{one['cpu_seconds']:.1f}",
            f"{one['studies_a_second']:,.0f}",
            f"{one['peak_bytes'] / (1 << 20):,.0f}",
            f"{one['largest_bytes'] / (1 << 20):,.0f}",
        )
    console.print(table)
    console.print("steps of the full build without Dagster, seconds and studies a second:")
    for name, seconds in result["steps"].items():
        rate = f"{result['studies'] / seconds:>12,.0f}/s" if seconds > 0.05 else ""
        console.print(f"  {name:<40}{seconds:>7.1f} {rate}")
    for name, ratio in result["ratios"].items():
        limit = _LIMITS.get(name)
        verdict = "" if limit is None else f"  (at most {limit:g}: {'kept' if ratio <= limit else 'MISSED'})"
        processor = result["processor_ratios"][name]
        console.print(f"  {name:<46}{ratio:>7.2f} (processor {processor:.2f}){verdict}")
    peak = max(one["peak_bytes"] for name, one in result["cases"].items() if name != "plain SQL")
    console.print(f"  peak memory in total: {peak >> 20:,} MiB (under 2,048: {'kept' if peak < _MEMORY else 'MISSED'})")


def show_steps(console: Console, steps: dict[str, Any]) -> None:
    """Print what a study and a page cost on one core."""
    console.print("one core, milliseconds a study and studies a second:")
    for name, cost in steps["studies"].items():
        console.print(f"  {name:<40}{cost:>7.3f} {1000 / cost:>12,.0f}/s")
    pages = steps["pages"]
    console.print(
        f"  {pages['pages']} HTML pages: {pages['read_a_second']:.0f} read a second, {pages['parsed_a_second']:.0f} "
        f"parsed by bare BeautifulSoup: {pages['ratio']:.2f} times the cost (at most 1.5)"
    )


def texts(console: Console) -> dict[str, str]:
    """Run the benchmarks of single texts that are there, as they print themselves; return what they said."""
    told = {}
    for name in ("timepoints_speed", "regimens_speed"):
        if find_spec(f"benchmarks.{name}"):
            command = [_PYTHON, "-m", f"benchmarks.{name}"]
            told[name] = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            console.print(f"{name}:\n{told[name]}")
    return told


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code: 1 where a promise of speed or memory is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES, help="how many studies (default: %(default)s)")
    parser.add_argument("--output", type=Path, help="the JSON file (default: benchmarks/results/<time>.json)")
    chosen = parser.parse_args(arguments)
    console, progress = Console(width=120, highlight=False), Console(stderr=True)
    began = datetime.now(UTC)
    results: dict[str, Any] = {
        "began": began.isoformat(timespec="seconds"),
        "cores": cores(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "sizes": [],
    }
    for count in chosen.sizes:
        with tempfile.TemporaryDirectory(prefix="trialhouse-bench-") as folder:
            result = size_of(count, Path(folder), progress)
            if "steps" not in results:
                told = processes.run([_PYTHON, "-m", "benchmarks.steps", str(Path(folder) / "studies.ndjson")])
                results["steps"] = json.loads(told.output)
                show_steps(console, results["steps"])
        results["sizes"].append(result)
        show(console, result)
    results["texts"] = texts(console)
    place = chosen.output or RESULTS / f"{began:%Y%m%d-%H%M%S}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(results, indent=2), encoding="utf-8")
    console.print(f"written to {place}")
    missed = [name for one in results["sizes"] for name, limit in _LIMITS.items() if one["ratios"][name] > limit]
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
