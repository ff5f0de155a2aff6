"""What each step of reading costs on one core, and what an HTML page costs beside a bare BeautifulSoup parse, as JSON.

    python -m benchmarks.steps SOURCE

Seconds are the processor's, so that other work on the machine does not count; the best of a few rounds.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import polars as pl
from bs4 import BeautifulSoup

from benchmarks.corpus import CORPUS
from pipeline.archiving.archive import Archive
from pipeline.reading.decode import decode
from pipeline.reading.read import UnreadableError, identify, read
from pipeline.reading.sniff import Kind
from pipeline.reading.tabulate import tabulate
from pipeline.reading.values import to_values
from pipeline.registers.split import split

_STUDIES: Final = 1_900
"""About what a batch holds."""
_ROUNDS: Final = 5


def _best(work: Callable[[], object]) -> float:
    """Return the processor seconds of the best round."""
    spent = []
    for _ in range(_ROUNDS):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent)


def studies(source: Path) -> dict[str, float]:
    """Return the milliseconds that a study of an NDJSON file costs, step by step."""
    with source.open("rb") as handle:
        lines = [line for line, _ in zip(handle, range(_STUDIES), strict=False)]
    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder) / "few.ndjson"
        few.write_bytes(b"".join(lines))

        def split_all() -> list[bytes]:
            with few.open("rb") as handle:
                return [piece.data for piece in split(handle)]

        data = split_all()
        known = [identify(one) for one in data]

        def read_all() -> list[Any]:
            return [read(one, identity, None).extracted for one, identity in zip(data, known, strict=True)]

        rounds = [read_all() for _ in range(2 * _ROUNDS + 1)]  # tabulating uses records up
        tables = [tabulate(rounds.pop(), contacts=False, officials=True) for _ in range(_ROUNDS + 1)]
        checked = to_values(tables.pop()).tables
        archive = Archive(Path(folder) / "archive", "benchmark")
        written = iter(range(_ROUNDS))

        def write() -> None:
            facts = checked["trials"].head(1).select(key=pl.lit(str(next(written))))
            archive.write_part(checked, facts)

        spent = {
            "split": _best(split_all),
            "identify": _best(lambda: [identify(one) for one in data]),
            "read": _best(read_all),
            "tabulate": _best(lambda: tabulate(rounds.pop(), contacts=False, officials=True)),
            "values and check": _best(lambda: to_values(tables.pop())),
            "archive": _best(write),
        }
    return {name: seconds / len(data) * 1000 for name, seconds in spent.items()}


def pages() -> dict[str, float]:
    """Return the pages a second of saved HTML, read and only parsed, and the ratio of the two times."""
    found = [path.read_bytes() for path in sorted(CORPUS.rglob("*.html"))]
    known = [(data, identity) for data in found if (identity := identify(data)).kind is Kind.HTML]

    def read_all() -> None:
        for data, identity in known:
            try:
                read(data, identity, None)
            except UnreadableError:  # an error page
                continue

    reading, parsing = _best(read_all), _best(lambda: [BeautifulSoup(decode(data).text, "lxml") for data, _ in known])
    return {
        "pages": len(known),
        "read_a_second": len(known) / reading,
        "parsed_a_second": len(known) / parsing,
        "ratio": reading / parsing,
    }


if __name__ == "__main__":
    print(json.dumps({"studies": studies(Path(sys.argv[1])), "pages": pages()}))
