"""Speed and memory, as a table and as JSON: the whole build at several sizes, beside what a user would pick instead.

    python -m benchmarks [--sizes 10000 30000 100000] [--output FILE]

Every case is a process of its own, timed from its start to its end: the command `trialhouse build` with Dagster's
start, the same build without Dagster, and plain DuckDB SQL over the same studies (`benchmarks.plain`). The studies are
made from the corpus beside the repository (`benchmarks.corpus`). What was written before a case is on the disk before
the case begins, and the studies are in the memory that the kernel lends to files, if they fit. Read the ratios: the
seconds are the machine's.
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
from collections.abc import Mapping, Sequence
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
_NIGHTS: Final[Mapping[str, Sequence[str]]] = {
    "full": (),
    "unchanged": (),
    "1 % changed": ("titles",),
    "new stamps": ("stamps",),
    "1 % changed, new stamps": ("titles", "stamps"),
}
"""The builds of one warehouse, one after the other: the case, and what is new in the studies since the one before."""
_WITHOUT: Final = ", no Dagster"
_PLAIN: Final = ("plain SQL", "plain SQL, the slower of two")
_LIMITS: Final = {"full / plain SQL": 4.0, "unchanged / full": 0.1, "1 % changed / full": 0.2}
_LIMITS_FROM: Final = 100_000
"""From how many studies they are promised: the start of the processes is most of what fewer cost."""
_RATIOS: Final = tuple(
    (case + way, _PLAIN[0] if case == "full" else f"full{way}") for way in ("", _WITHOUT) for case in _NIGHTS
)
_MEMORY: Final = 2 << 30


def build(source: Path, warehouse: Path) -> list[str]:
    """Return the command that runs `trialhouse build` as a person would, with Dagster's start."""
    script = warehouse.parent / "build.py"
    script.write_text("from pipeline.cli import main\nif __name__ == '__main__': main()", encoding="utf-8")
    return [_PYTHON, str(script), "build", str(source), "--warehouse", str(warehouse), "--json"]


def timed(command: Sequence[str]) -> Measured:
    """Run a command that does not pay for what was written before it."""
    os.sync()
    return processes.run(command, environment={"PYTHONPATH": str(Path(__file__).parent.parent)})


def size_of(count: int, folder: Path, progress: Console) -> dict[str, Any]:
    """Return what every case of one size took."""

    def run(case: str, command: Sequence[str]) -> Measured:
        progress.print(f"{count:,} studies: {case}")
        return timed(command)

    source = folder / "studies.ndjson"
    progress.print(f"{count:,} studies: making them")
    corpus.write(source, count)
    plain = [folder / f"plain-{one}.duckdb" for one in range(len(_PLAIN))]
    runs = [run("plain DuckDB SQL", [_PYTHON, "-m", "benchmarks.plain", str(source), str(file)]) for file in plain]
    cases = dict(zip(_PLAIN, sorted(runs, key=lambda one: one.seconds), strict=True))
    warehouse, bare = folder / "trials.duckdb", folder / "bare" / "trials.duckdb"
    bare.parent.mkdir()
    steps = {}
    for night, (case, new) in enumerate(_NIGHTS.items()):
        if new:
            _change(source, night, new)
        cases[case] = run(case, build(source, warehouse))
        without = f"{case}{_WITHOUT}"
        cases[without] = run(without, [_PYTHON, "-m", "benchmarks.build", str(source), str(bare)])
        steps[case] = json.loads(cases[without].output)["steps"]
    return {
        "studies": count,
        "source_bytes": source.stat().st_size,
        "warehouse_bytes": warehouse.stat().st_size,
        "plain_bytes": plain[0].stat().st_size,
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


def _change(source: Path, night: int, new: Sequence[str]) -> None:
    """Rewrite the studies as the register gives them out another night.

    Args:
        source: the studies, which are replaced.
        night: its number: each changes other studies.
        new: `titles` for another title of one study in so many, `stamps` for the release's stamp in all of them.
    """
    other = source.with_suffix(".other")
    stamp = b'"versionHolder":"2099-01-%02d"' % night
    with source.open("rb") as lines, other.open("wb") as changed:
        for number, line in enumerate(lines):
            study = _STAMP.sub(stamp, line) if "stamps" in new else line
            if "titles" in new and number % _CHANGED == night:
                study = study.replace(b'"briefTitle":"', b'"briefTitle":"Changed: ', 1)
            changed.write(study)
    other.replace(source)


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
    steps = Table(title="steps without Dagster, seconds", title_justify="left")
    for name in ("step", "full", "studies/s", "1 % changed"):
        steps.add_column(name, justify="left" if name == "step" else "right")
    full, changed = result["steps"]["full"], result["steps"]["1 % changed"]
    for name, seconds in full.items():
        rate = f"{result['studies'] / seconds:,.0f}" if seconds > 0.05 else ""
        steps.add_row(name, f"{seconds:.1f}", rate, f"{changed[name]:.1f}")
    console.print(steps)
    for name, ratio in result["ratios"].items():
        limit = _limit(name, result)
        verdict = "" if limit is None else f"  (at most {limit:g}: {'kept' if ratio <= limit else 'MISSED'})"
        processor = result["processor_ratios"][name]
        console.print(f"  {name:<56}{ratio:>7.2f} (processor {processor:.2f}){verdict}")
    peak = max(one["peak_bytes"] for name, one in result["cases"].items() if name not in _PLAIN)
    console.print(f"  peak memory in total: {peak >> 20:,} MiB (under 2,048: {'kept' if peak < _MEMORY else 'MISSED'})")


def _limit(ratio: str, result: dict[str, Any]) -> float | None:
    """Return what a ratio of this size may be at most, where that is promised."""
    return _LIMITS.get(ratio) if result["studies"] >= _LIMITS_FROM else None


def show_growth(console: Console, sizes: Sequence[dict[str, Any]]) -> None:
    """Print the cost against size: the same for every size where it grows linearly, but for what each process costs."""
    console.print("seconds per 10,000 studies:")
    for case in (_PLAIN[0], "full", f"full{_WITHOUT}"):
        costs = (
            f"{one['cases'][case]['seconds'] / one['studies'] * 10_000:.2f} of {one['studies']:,}" for one in sizes
        )
        console.print(f"  {case:<40}{', '.join(costs)}")


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
                command = [_PYTHON, "-m", "benchmarks.steps", str(Path(folder) / "studies.ndjson")]
                told = processes.run(command, environment={"POLARS_MAX_THREADS": "1"})  # as in a worker
                results["steps"] = json.loads(told.output)
                show_steps(console, results["steps"])
        results["sizes"].append(result)
        show(console, result)
    show_growth(console, results["sizes"])
    results["texts"] = texts(console)
    place = chosen.output or RESULTS / f"{began:%Y%m%d-%H%M%S}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(results, indent=2), encoding="utf-8")
    console.print(f"written to {place}")
    missed = [
        name
        for one in results["sizes"]
        for name, ratio in one["ratios"].items()
        if (limit := _limit(name, one)) and ratio > limit
    ]
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
