"""Score the reader of time frames: against labelled ones, and over every distinct one of a corpus.

    python -m benchmarks.score timepoints [GOLD] [--texts N] [--corpus [DIRECTORY]]

Rows read and rows labelled are compared as bags, time frame by time frame, twice: on *times* (kind, start and end in
days, interval in days) and on *everything* (and anchors, their roles, the cycle). Precision is the share of rows read
that are labelled, recall the share of rows labelled that are read, F1 their harmonic mean, over all time frames
together; `--weighted` counts each time frame as often as the sample uses it. Offsets are not scored.

The corpus has no labels: the score over it is the share of time frames and of rows that stay `UNRESOLVED`, and the
strings most worth reading next, those with most words that nothing read.
"""

from __future__ import annotations

import argparse
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.normalize.quantities import DAYS
from pipeline.normalize.timepoints import Timepoint, is_time_frame, read

GOLD = Path(__file__).parents[2] / "shared" / "gold" / "timepoints.jsonl"
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
_ROLES = {"start_role": "start_anchor_role", "end_role": "end_anchor_role"}
_FRAME_KEYS = frozenset(("timeFrame", "OutcomeTimeFrame", "PrimaryOutcomeTimeFrame", "SecondaryOutcomeTimeFrame"))
_ON_A_PAGE = re.compile(r"\[\s*Time Frame:\s*([^\]]*?)\s*\]", re.IGNORECASE)

Row = dict[str, Any]
Key = tuple[object, ...]


def _days(row: Row, side: str) -> float | None:
    value: float | None = row.get(f"{side}_value")
    return None if value is None else round(value * DAYS.get(row.get(f"{side}_unit") or "", 1.0), 4)


def times(row: Row) -> Key:
    """Return what the first score compares."""
    return row["kind"], _days(row, "start"), _days(row, "end"), _days(row, "every")


def everything(row: Row) -> Key:
    """Return what the second score compares."""
    anchors = (row.get("start_anchor"), row.get("end_anchor"))
    return (*times(row), *anchors, row.get("start_anchor_role"), row.get("end_anchor_role"), row.get("cycle"))


def rows_of(time_frame: str) -> list[Row]:
    """Return the rows read, as the labels write theirs."""
    return [row._asdict() for row in read(time_frame)]


def brief(row: Row) -> str:
    """Return a row in one short line."""

    def side(name: str) -> str:
        value = row.get(f"{name}_value")
        parts = ["-" if value is None else f"{value:g}", row.get(f"{name}_unit"), row.get(f"{name}_anchor")]
        return " ".join(part for part in [*parts, row.get(f"{name}_anchor_role")] if part)

    text = f"{row['kind']:<10} {side('start')}"
    if row["kind"] != "POINT":
        text += f" … {side('end')}"
    if row.get("every_value") is not None:
        text += f", every {row['every_value']:g} {row['every_unit']}"
    if row.get("cycle") is not None:
        text += f", cycle {row['cycle']}"
    return text + (", approximate" if row.get("approximate") else "")


class Tally:
    """Rows read, rows labelled and those that agree, by kind."""

    def __init__(self) -> None:
        self.read: Counter[str] = Counter()
        self.gold: Counter[str] = Counter()
        self.same: Counter[str] = Counter()

    def add(self, read_keys: Counter[Key], gold_keys: Counter[Key], weight: int) -> None:
        """Count one time frame."""
        for counts, keys in ((self.read, read_keys), (self.gold, gold_keys), (self.same, read_keys & gold_keys)):
            for key, count in keys.items():
                counts[str(key[0])] += count * weight

    def line(self, kind: str | None = None) -> str:
        """Return precision, recall and F1 of a kind, or of all."""
        read_, gold, same = (
            counts.total() if kind is None else counts[kind] for counts in (self.read, self.gold, self.same)
        )
        f1 = 2 * same / (read_ + gold) if read_ + gold else 1.0
        return (
            f"{kind or 'all':<10} precision {same / read_ if read_ else 1:.4f}  "
            f"recall {same / gold if gold else 1:.4f}  F1 {f1:.4f}  ({same} agree, {read_} read, {gold} labelled)"
        )


def score_gold(path: Path, texts: int, *, weighted: bool) -> None:
    """Print the scores and the time frames whose rows differ."""
    tallies = {"times": Tally(), "times, anchors, roles, cycles": Tally()}
    differ = []
    for line in path.read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        gold = [{_ROLES.get(key, key): value for key, value in row.items()} for row in label["timepoints"]]
        rows = rows_of(label["time_frame"])
        same = True
        for tally, key in zip(tallies.values(), (times, everything), strict=True):
            read_keys, gold_keys = Counter(map(key, rows)), Counter(map(key, gold))
            tally.add(read_keys, gold_keys, label.get("uses", 1) if weighted else 1)
            same = same and read_keys == gold_keys
        if not same:
            differ.append((label["id"], label["time_frame"], gold, rows))
    for name, tally in tallies.items():
        print(f"{name}\n  {tally.line()}")
        for kind in sorted(tally.gold | tally.read):
            print(f"    {tally.line(kind)}")
    print(f"\n{len(differ)} time frames differ:")
    for identifier, time_frame, gold, rows in differ[:texts]:
        print(f"\n{identifier}  {time_frame}")
        for row in gold:
            print("  gold", brief(row))
        for row in rows:
            print("  read", brief(row))


def time_frames(corpus: Path) -> Iterator[str]:
    """Yield each distinct time frame of the corpus's JSON and XML records and its pages, the most used first."""
    found: Counter[str] = Counter()
    for path in sorted(corpus.glob("ctgov_json/**/*.json")):
        found.update(_in_json(json.loads(path.read_text(encoding="utf-8"))))
    for path in sorted(corpus.glob("ctgov_xml/*.xml")):
        root = ElementTree.parse(path).getroot()  # noqa: S314 - the register's own files, kept in the corpus
        found.update(node.text or "" for node in root.iter("time_frame"))
    for path in sorted(corpus.glob("pages/**/*.txt")):
        found.update(_ON_A_PAGE.findall(path.read_text(encoding="utf-8", errors="replace")))
    distinct: Counter[str] = Counter()
    for text, uses in found.items():
        if clean := " ".join(re.sub(r"\\(.)", r"\1", text).split()):
            distinct[clean] += uses
    for text, _ in distinct.most_common():
        yield text


def _in_json(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if "IPDSharing" in key or "ipdSharing" in key:
                continue  # says when data are shared, under the same name
            if key in _FRAME_KEYS and isinstance(inner, str):
                yield inner
            else:
                yield from _in_json(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _in_json(inner)


def score_corpus(corpus: Path, texts: int) -> None:
    """Print how much of the corpus is read, and what to read next."""
    kinds: Counter[str] = Counter()
    frames = unresolved = whole = 0
    next_ones: list[tuple[int, str, list[Timepoint]]] = []
    for text in time_frames(corpus):
        rows = read(text)
        frames += 1
        kinds.update(row.kind for row in rows)
        unresolved += all(row.kind == "UNRESOLVED" for row in rows)
        if is_time_frame(text):
            whole += 1
            continue
        covered = sum(row.char_end - row.char_start for row in rows if row.kind != "UNRESOLVED")
        next_ones.append((len(text) - min(covered, len(text)), text, rows))
    rows_read = kinds.total()
    print(f"{frames} distinct time frames, {rows_read} rows: " + ", ".join(f"{k} {n}" for k, n in kinds.most_common()))
    print(
        f"unresolved: {unresolved / max(frames, 1):.2%} of the time frames, "
        f"{kinds['UNRESOLVED'] / max(rows_read, 1):.2%} of the rows"
    )
    print(f"read to the last word: {whole / max(frames, 1):.1%}; most worth reading next:")
    next_ones.sort(key=lambda one: -one[0])
    for _, text, rows in next_ones[:texts]:
        print(f"\n{text}")
        for row in rows:
            print("  +", brief(row._asdict()))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.score timepoints", description="Score the reader of time frames."
    )
    parser.add_argument("gold", nargs="?", type=Path, default=GOLD, help="labelled time frames, one JSON object a line")
    parser.add_argument("--texts", type=int, default=20, help="how many texts to show (default: 20)")
    parser.add_argument("--weighted", action="store_true", help="count a time frame as often as the sample uses it")
    parser.add_argument("--corpus", type=Path, nargs="?", const=CORPUS, help="score over a corpus instead")
    chosen = parser.parse_args(arguments)
    place = chosen.corpus or chosen.gold
    if not place.exists():
        print(f"{place} is not there: name the labelled file, or the corpus with --corpus")
        return 2
    if chosen.corpus:
        score_corpus(chosen.corpus, chosen.texts)
    else:
        score_gold(chosen.gold, chosen.texts, weighted=chosen.weighted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
