"""A register of any size, made from real studies: the input of the benchmarks.

Real studies are taken from the corpus beside the repository and repeated under new numbers. In time frames numbers,
units and events are varied, so that about 15 % of them are distinct, as in real samples of the register; nothing else
is touched, so that lengths, odd shapes and the share of each kind of study stay those of the register.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

CORPUS: Final = Path(__file__).parent.parent.parent / "shared" / "corpus"
DISTINCT: Final = 0.15
_NUMBER: Final = re.compile(r"\d+(?![\d.,]*\d)")
_UNIT: Final = re.compile(r"\b(days?|weeks?|months?|years?)\b", re.IGNORECASE)
_EVENT: Final = re.compile(
    r"\b(baseline|surgery|randomi[sz]ation|enrol+ment|treatment|injection|discharge)\b", re.IGNORECASE
)
_UNITS: Final = ("day", "week", "month", "year")
_EVENTS: Final = ("baseline", "surgery", "randomization", "enrollment", "treatment", "injection", "discharge")


class NoCorpusError(FileNotFoundError):
    """The corpus is not beside the repository, and its texts are not the project's to ship."""


def studies() -> list[dict[str, Any]]:
    """Return the real studies, in order."""
    if not (CORPUS / "ctgov_json").is_dir():
        raise NoCorpusError(f"{CORPUS} is not there: the benchmarks need real studies")
    found = [json.loads(path.read_bytes()) for path in sorted((CORPUS / "ctgov_json").glob("*.json"))]
    for path in sorted((CORPUS / "ctgov_json" / "bulk").glob("*.json")):
        found += json.loads(path.read_bytes())
    return found


def make(count: int, seed: int = 0, first: int = 10_000_000) -> Iterator[bytes]:
    """Yield `count` studies as JSON, numbered from `first`."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
    real = studies()
    frames: list[str] = []
    for number in range(count):
        study = json.loads(json.dumps(real[number % len(real)]))
        study["protocolSection"]["identificationModule"]["nctId"] = f"NCT{first + number:08d}"
        outcomes = study["protocolSection"].get("outcomesModule") or {}
        for kind in outcomes.values():
            for outcome in kind if isinstance(kind, list) else ():
                if frame := outcome.get("timeFrame"):
                    if chance.random() < DISTINCT or not frames:
                        frames.append(_vary(frame, chance))
                        outcome["timeFrame"] = frames[-1]
                    else:
                        outcome["timeFrame"] = chance.choice(frames)
        yield json.dumps(study, ensure_ascii=False, separators=(",", ":")).encode()


def _vary(frame: str, chance: random.Random) -> str:
    frame = _NUMBER.sub(lambda _: str(chance.randint(1, 400)), frame)
    frame = _UNIT.sub(lambda found: chance.choice(_UNITS) + ("s" if found[0].endswith("s") else ""), frame)
    return _EVENT.sub(lambda _: chance.choice(_EVENTS), frame)


def write(path: Path, count: int) -> None:
    """Write `count` studies as NDJSON."""
    with path.open("wb") as handle:
        handle.writelines(study + b"\n" for study in make(count))
