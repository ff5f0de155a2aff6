"""What the presses of crick and medpath share: register studies to press, and cells to compare.

Here belongs the way from a study in the register's JSON to plain values, and from a record to cells. How a page prints
them is each press's. Nothing here uses the readers' code but `clean`, the rule of how text is stored.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from pipeline.reading.lines import Page
from pipeline.reading.records import Record
from pipeline.reading.words import Words, clean

SHARED = Path(__file__).parent.parent.parent / "shared"

Study = dict[str, Any]
Cells = Counter[tuple[str, int, str, str]]
"""Cells as (list, position, field, value)."""

_LISTS = (
    "sponsors", "conditions", "arms", "interventions", "arm_interventions", "outcomes", "sites", "eligibility_criteria",
)  # fmt: skip
_NOT_COMPARED = {"brief_summary", "detailed_description", "eligibility_text"}


def studies() -> Iterator[Study]:
    """Yield the protocol sections of the corpus' API studies; none where the corpus is absent."""
    folder = SHARED / "corpus" / "ctgov_json"
    for path in sorted([*folder.glob("*.json"), *folder.glob("bulk/*.json")]):
        content = json.loads(path.read_text("utf-8"))
        for study in content if isinstance(content, list) else [content]:
            yield study["protocolSection"]


def module(study: Study, name: str) -> dict[str, Any]:
    """Return a module of the study; empty where it has none."""
    return study.get(f"{name}Module") or {}


def flat(text: str | None) -> str:
    """Return a text as one line."""
    return " ".join((text or "").split())


def outcomes(study: Study) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the primary, secondary and other outcomes with their type."""
    for kind in ("PRIMARY", "SECONDARY", "OTHER"):
        for outcome in module(study, "outcomes").get(f"{kind.lower()}Outcomes") or []:
            yield kind, outcome


def cells(record: Record) -> Cells:
    """Return the record's values, long prose aside."""
    found: Cells = Counter(_fields("trial", 0, record.trial))
    for number in record.identifiers:
        found["identifiers", 0, number.role, number.identifier] += 1
    for name in _LISTS:
        for position, row in enumerate(getattr(record, name)):
            found.update([(name, position, "", row)] if isinstance(row, str) else _fields(name, position, row))
    return found


def expected(lists: dict[str, list[dict[str, Any]]]) -> Cells:
    """Return as cells what a page prints, given as rows by list."""
    return Counter(
        (name, position, field, clean(str(value)))
        for name, rows in lists.items()
        for position, row in enumerate(rows)
        for field, value in row.items()
        if value is not None and clean(str(value))
    )


def f1(pairs: Iterable[tuple[Cells, Cells]]) -> float:
    """Return F1 over the cells of all pairs of (what was read, what was printed)."""
    hits = said = true = 0
    for read, printed in pairs:
        hits += (read & printed).total()
        said += read.total()
        true += printed.total()
    return 2 * hits / (said + true) if said + true else 1.0


def misplaced(page: Page, record: object) -> list[str]:
    """Return the words of a record that are not what the page has at their spans."""
    return [
        str(value)
        for value in strings(record)
        if isinstance(value, Words) and clean(" ".join(page.text[a:b] for a, b in value.spans)) != value
    ]


def _fields(name: str, position: int, row: Struct) -> Iterator[tuple[str, int, str, str]]:
    for field in row.__struct_fields__:
        value = getattr(row, field)
        if value not in (None, []) and field not in _NOT_COMPARED:
            yield name, position, field, str(value)


def strings(value: object) -> Iterator[str]:
    """Yield every text that a record, or a part of one, holds."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Struct):
        for field in value.__struct_fields__:
            yield from strings(getattr(value, field))
    elif isinstance(value, (list, set)):
        for item in value:
            yield from strings(item)
