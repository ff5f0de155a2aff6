"""Score the reader of regimens: against labelled descriptions, and over every description of a corpus.

    python -m benchmarks.score regimens [GOLD] [--texts N] [--corpus DIRECTORY]

A *cell* is one column of one row that is not null (`agent`, the three of the dose, `route`, the two of the interval,
`administrations`, `on_days`, `cycle_days`, `cycles`, the two of the duration). Within a text, rows read and rows
labelled are paired one to one, the pair that shares most cells first; a cell is right where the paired row says the
same (numbers to four digits, agents without regard to case). Cells of rows without a partner are wrong or missing. F1
is that of the cells of all texts together. Offsets are not scored.

The corpus has no labels: the score over it is the share of descriptions with facts, and the texts most worth reading,
those in which numbers with a unit were left over. The reading itself does not belong here.
"""

from __future__ import annotations

import argparse
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.normalize.regimens import Regimen, read

COLUMNS = Regimen._fields[3:]
GOLD = Path(__file__).parents[2] / "shared" / "gold" / "regimens.jsonl"
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


class Description(NamedTuple):
    """A description of an arm or an intervention, with the hints that `read` takes."""

    source: str
    name: str
    type: str
    text: str
    agents: tuple[str, ...]


def cells(row: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a row that are not null, comparable."""
    found: dict[str, Any] = {}
    for column in COLUMNS:
        value = row.get(column)
        if value is None:
            continue
        if isinstance(value, str):
            value = " ".join(value.split()).casefold() if column == "agent" else value
        elif isinstance(value, int | float):
            value = float(f"{float(value):.4g}")
        else:
            value = tuple(value)
        found[column] = value
    return found


def pairs(read_rows: list[dict[str, Any]], gold_rows: list[dict[str, Any]]) -> list[tuple[int | None, int | None]]:
    """Return which row read belongs to which row labelled: those that share most cells first, None for no partner."""
    shared = sorted(
        (-sum(left.get(column) == value for column, value in right.items()), abs(i - j), i, j)
        for i, left in enumerate(read_rows)
        for j, right in enumerate(gold_rows)
    )
    found: list[tuple[int | None, int | None]] = []
    left_used: set[int] = set()
    right_used: set[int] = set()
    for _, _, i, j in shared:
        if i not in left_used and j not in right_used:
            found.append((i, j))
            left_used.add(i)
            right_used.add(j)
    found += [(i, None) for i in range(len(read_rows)) if i not in left_used]
    found += [(None, j) for j in range(len(gold_rows)) if j not in right_used]
    return found


def compare(read_rows: list[Regimen], gold_rows: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """Count the cells of one text by column.

    `right`, `wrong` (read, not so labelled), `missing` (labelled, not so read).
    """
    ours = [cells(row._asdict()) for row in read_rows]
    theirs = [cells(row) for row in gold_rows]
    counts: Counter[tuple[str, str]] = Counter()
    for i, j in pairs(ours, theirs):
        left = ours[i] if i is not None else {}
        right = theirs[j] if j is not None else {}
        for column in COLUMNS:
            if column in left and left[column] == right.get(column):
                counts[column, "right"] += 1
            else:
                counts[column, "wrong"] += column in left
                counts[column, "missing"] += column in right
    return counts


def f1(right: int, wrong: int, missing: int) -> float:
    """Return F1 from counts of cells."""
    return 2 * right / (2 * right + wrong + missing) if right + wrong + missing else 1.0


def score_gold(path: Path, texts: int) -> float:
    """Print the score a column and the texts that differ; return the F1 of all cells."""
    total: Counter[tuple[str, str]] = Counter()
    differing = []
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        rows = read(entry["text"], entry.get("type"))
        counts = compare(rows, entry["regimens"])
        total += counts
        if errors := sum(number for (_, kind), number in counts.items() if kind != "right"):
            differing.append((errors, entry, rows))
    print(f"{'column':16} {'right':>6} {'wrong':>6} {'missing':>8} {'F1':>7}")
    for column in COLUMNS:
        right, wrong, missing = (total[column, kind] for kind in ("right", "wrong", "missing"))
        print(f"{column:16} {right:6} {wrong:6} {missing:8} {f1(right, wrong, missing):7.3f}")
    sums = {kind: sum(total[column, kind] for column in COLUMNS) for kind in ("right", "wrong", "missing")}
    score = f1(**sums)
    print(f"{'all cells':16} {sums['right']:6} {sums['wrong']:6} {sums['missing']:8} {score:7.3f}")
    differing.sort(key=lambda item: -item[0])
    print(f"\n{len(differing)} texts differ")
    for errors, entry, rows in differing[:texts]:
        print(f"\n{entry['id']} ({errors}) {entry['kind']} {entry['type']} | {entry['name']}\n  {entry['text']}")
        for row in entry["regimens"]:
            print("  -", _brief(row))
        for read_row in rows:
            print("  +", _brief(read_row._asdict()))
    return score


def _brief(row: dict[str, Any]) -> str:
    """Return a row in one line, without its nulls."""
    return ", ".join(f"{column}={row[column]}" for column in COLUMNS if row.get(column) is not None)


# --- The corpus ------------------------------------------------------------------------------------------------------


def _of_study(source: str, study: dict[str, Any]) -> Iterator[Description]:
    """Yield the descriptions of one study of API v2."""
    module = study.get("protocolSection", {}).get("armsInterventionsModule", {})
    interventions = module.get("interventions") or []
    groups = module.get("armGroups") or []
    if not isinstance(interventions, list) or not isinstance(groups, list):
        return
    names = tuple(item.get("name", "") for item in interventions)
    for item in interventions:
        yield Description(source, item.get("name", ""), item.get("type", ""), item.get("description") or "", names)
    for item in groups:
        yield Description(source, item.get("label", ""), item.get("type", ""), item.get("description") or "", names)


def descriptions(corpus: Path) -> Iterator[Description]:
    """Yield each distinct description of arms and interventions in the corpus's JSON and XML records."""
    seen: set[tuple[str, str]] = set()
    for one in _all(corpus):
        if one.text and (one.name, one.text) not in seen:
            seen.add((one.name, one.text))
            yield one


def _all(corpus: Path) -> Iterator[Description]:
    """Yield every description, as often as it stands there."""
    for path in [*sorted(corpus.glob("ctgov_json/*.json")), *sorted(corpus.glob("ctgov_json/bulk/*.json"))]:
        content = json.loads(path.read_text(encoding="utf-8"))
        for study in content if isinstance(content, list) else [content]:
            yield from _of_study(path.name, study)
    for path in sorted(corpus.glob("ctgov_xml/*.xml")):
        root = ElementTree.parse(path).getroot()  # noqa: S314 - the register's own files, kept in the corpus
        names = tuple(node.findtext("intervention_name", "") for node in root.iter("intervention"))
        for tag, title, kind in (
            ("intervention", "intervention_name", "intervention_type"),
            ("arm_group", "arm_group_label", "arm_group_type"),
        ):
            for node in root.iter(tag):
                text = " ".join((node.findtext("description") or "").split())
                yield Description(path.name, node.findtext(title, ""), node.findtext(kind, ""), text, names)


_QUANTITY = re.compile(
    r"\d\s?-?(?:mg|mcg|µg|ug|g|ml|iu|units?|mmol|gy|cells|%|tablets?|capsules?|times|days?|weeks?|months?|years?|cycles?|doses?)\b",
    re.I,
)


def score_corpus(corpus: Path, texts: int) -> None:
    """Print the share of descriptions with facts, and those with most quantities that no row accounts for."""
    total = with_facts = rows_read = 0
    columns: Counter[str] = Counter()
    unread = []
    for one in descriptions(corpus):
        rows = read(one.text, one.type)
        total += 1
        with_facts += bool(rows)
        rows_read += len(rows)
        for row in rows:
            columns.update(column for column in COLUMNS if getattr(row, column) is not None)
        outside = [
            match[0]
            for match in _QUANTITY.finditer(one.text)
            if not any(row.char_start <= match.start() < row.char_end for row in rows)
        ]
        if outside:
            unread.append((len(outside), one, rows))
    print(f"{total} descriptions, {with_facts} with facts ({with_facts / max(total, 1):.1%}), {rows_read} rows")
    print(", ".join(f"{column} {columns[column]}" for column in COLUMNS))
    unread.sort(key=lambda item: -item[0])
    print(f"\n{len(unread)} texts with quantities outside every row; most worth reading next:")
    for outside_count, one, rows in unread[:texts]:
        print(f"\n{one.source} ({outside_count}) {one.type} | {one.name}\n  {one.text}")
        for row in rows:
            print("  +", _brief(row._asdict()))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.score regimens", description="Score the reader of regimens."
    )
    parser.add_argument(
        "gold", nargs="?", type=Path, default=GOLD, help="labelled descriptions, one JSON object a line"
    )
    parser.add_argument("--texts", type=int, default=20, help="how many texts to show (default: 20)")
    parser.add_argument("--corpus", type=Path, nargs="?", const=CORPUS, help="score over a corpus instead")
    chosen = parser.parse_args(arguments)
    place = chosen.corpus or chosen.gold
    if not place.exists():
        print(f"{place} is not there: name the labelled file, or the corpus with --corpus")
        return 2
    if chosen.corpus:
        score_corpus(chosen.corpus, chosen.texts)
    else:
        score_gold(chosen.gold, chosen.texts)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
