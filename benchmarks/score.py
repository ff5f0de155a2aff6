"""Score a reader against labelled examples: `python -m benchmarks.score timepoints|regimens [GOLD] …`.

Each reader's score is its own module, `benchmarks/score_<reader>.py` with a `main(arguments)`; nothing else is here.
"""

from __future__ import annotations

import importlib
import sys

READERS = ("timepoints", "regimens")


def main(arguments: list[str] | None = None) -> int:
    """Hand the arguments to the score that the first of them names; return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] not in READERS:
        print(f"usage: python -m benchmarks.score {{{','.join(READERS)}}} [GOLD]")
        return 0 if given in (["-h"], ["--help"]) else 2
    score = importlib.import_module(f"benchmarks.score_{given[0]}")
    return int(score.main(given[1:]))


if __name__ == "__main__":
    raise SystemExit(main())
