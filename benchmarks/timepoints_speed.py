"""How fast distinct time frames become timepoints on one core, beside what a user would pick instead.

    python -m benchmarks.timepoints_speed [--corpus DIRECTORY] [--rounds N]

`read` over every distinct time frame of the corpus, rows built; then the same strings through `dateparser`'s search
for dates in text and through `parsedatetime`, the usual picks for "find the times in this text". They answer another
question (dates, not offsets from events) and are here for their speed only; one that is not installed is named and left
out. Last, one long hostile text at three lengths: its time doubles with its length where the reading is linear.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.score_timepoints import CORPUS, time_frames
from pipeline.normalize.timepoints import read

TARGET = 10_000
"""Distinct time frames a second that the project promises."""
_FEW = 40  # strings for the slow ones
_HOSTILE = (
    "Baseline (day 1), 1, 2 and 3 weeks after surgery, every 3 months until death or up to 2 years, cycle 2 day 1; "
)


def seconds(reader: Callable[[str], object], texts: list[str]) -> float:
    """Return the processor's seconds to read the texts once."""
    begun = time.process_time()
    for text in texts:
        reader(text)
    return time.process_time() - begun


def others() -> dict[str, Callable[[str], object] | None]:
    """Return the readers to compare with; None where one is not installed."""
    found: dict[str, Callable[[str], object] | None] = {}
    try:
        search = importlib.import_module("dateparser.search").search_dates
        found["dateparser.search"] = lambda text: search(text, languages=["en"])
    except ImportError:
        found["dateparser.search"] = None
    try:
        calendar = importlib.import_module("parsedatetime").Calendar()
        found["parsedatetime"] = calendar.nlp
    except ImportError:
        found["parsedatetime"] = None
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code: 1 where the promise is not kept, 2 without a corpus."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.timepoints_speed", description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="where the records lie")
    parser.add_argument("--rounds", type=int, default=5, help="how often to read them all (default: 5)")
    chosen = parser.parse_args(arguments)
    texts = list(time_frames(chosen.corpus))
    if not texts:
        print(f"{chosen.corpus} has no time frames")
        return 2
    best = min(seconds(read, texts) for _ in range(chosen.rounds))
    rate = len(texts) / best
    print(f"{len(texts)} distinct time frames of {sum(map(len, texts)) / len(texts):.0f} characters")
    print(f"{'trialhouse':<20} {rate:>9,.0f} a second, {best / len(texts) * 1e6:.0f} µs each")
    for name, reader in others().items():
        if reader is None:
            print(f"{name:<20} not installed")
            continue
        few = texts[:: max(1, len(texts) // _FEW)]
        spent = seconds(reader, few)
        print(f"{name:<20} {len(few) / spent:>9,.0f} a second, {spent / len(few) * rate:,.0f} times as long")
    for length in (25_000, 50_000, 100_000):
        text = (_HOSTILE * (length // len(_HOSTILE) + 1))[:length]
        print(f"one text of {length:,} characters: {min(seconds(read, [text]) for _ in range(3)) * 1000:.0f} ms")
    return 0 if rate >= TARGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
