"""How fast descriptions become regimens, on one core.

    python -m benchmarks.regimens_speed [--corpus DIRECTORY] [--rounds N]

Reads every distinct description of arms and interventions in the corpus as often as asked, and prints the best round
in descriptions a second, with what it costs a description and a character; then the time of a long hostile text, which
doubles with its length where the reading is linear. What is read right is `score_regimens`' to say.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from benchmarks.score_regimens import CORPUS, descriptions
from pipeline.normalize.regimens import read

TARGET = 5_000
"""Descriptions a second that the project promises."""
HOSTILE = "A 10 mg daily, and B 1x10^6 cells/kg on days 1-5; assessed weekly (oral/IV) for 3 cycles or "


def seconds(texts: list[tuple[str, str]]) -> float:
    """Return the processor's seconds to read the texts once."""
    begun = time.process_time()
    for text, kind in texts:
        read(text, kind)
    return time.process_time() - begun


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code: 1 where the promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.regimens_speed", description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="where the records lie")
    parser.add_argument("--rounds", type=int, default=5, help="how often to read them all (default: 5)")
    chosen = parser.parse_args(arguments)
    texts = [(one.text, one.type) for one in descriptions(chosen.corpus)]
    if not texts:
        print(f"{chosen.corpus} has no descriptions")
        return 2
    best = min(seconds(texts) for _ in range(chosen.rounds))
    characters = sum(len(text) for text, *_ in texts)
    rate = len(texts) / best
    print(f"{len(texts)} descriptions of {characters / len(texts):.0f} characters: {rate:,.0f} a second")
    print(f"{best / len(texts) * 1e6:.0f} µs a description, {best / characters * 1e9:.0f} ns a character")
    for repeats in (500, 1_000, 2_000):
        text = HOSTILE * repeats
        spent = min(seconds([(text, "")]) for _ in range(3))
        print(f"one text of {len(text):,} characters: {spent * 1000:.0f} ms")
    return 0 if rate >= TARGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
