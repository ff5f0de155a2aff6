"""Lists of eligibility criteria, as registers' free text prints them on several sites.

Here belongs cutting the lines of a page into the listed criteria between the headings of their kinds. Which words are
such a heading is `normalize.criteria`'s, as for the register's free text (`registers.criteria`); where the criteria
stand on a page is the layout's business; what a criterion asks for is nobody's yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from pipeline.normalize.criteria import are_criteria, heading_kind
from pipeline.reading.lines import Line, Page
from pipeline.reading.records import Criterion
from pipeline.reading.words import join_words

# Criteria that run on in the line of their heading.
_LABEL: Final = re.compile(r"(?P<kind>non[- ]?inclusion|inclusion|exclusion) criteri(?:a|on)\s*:", re.IGNORECASE)
_WORD: Final = re.compile(r"\w")


def listed_criteria(page: Page, lines: Sequence[Line]) -> list[Criterion]:
    """Return the listed criteria of an eligibility text; empty where it lists none.

    Each item of a list is one criterion, at whatever depth; paragraphs below an item that are indented under it, or
    that follow its colon, belong to it. A part without any list is listed by its paragraphs. What stands in front of
    the first heading has no known kind.
    """
    return [criterion for kind, part in _parts(lines) for criterion in _criteria(page, part, kind)]


def names_kind(line: Line) -> bool:
    """Whether a line is nothing but a heading that says which criteria stand below it."""
    return ":" not in line.text.rstrip(": ") and heading_kind(line.text, listed=bool(line.marker)) is not None


def _parts(lines: Iterable[Line]) -> list[tuple[str | None, list[Line]]]:
    """Cut the text at its headings; several criteria in the line of a heading cannot be cut, and stay out."""
    parts: list[tuple[str | None, list[Line]]] = [(None, [])]
    for line in lines:
        labels = [] if line.marker or "riteri" not in line.text.lower() else list(_LABEL.finditer(line.text))
        kind = heading_kind(line.text, listed=bool(line.marker))
        if kind and len(labels) < 2:
            parts.append((None if kind == "BOTH" else kind, []))
        elif labels:
            parts.append((_kind(labels[-1]), []))
        else:
            parts[-1][1].append(line)
    return parts


def _kind(found: re.Match[str]) -> str:
    return "INCLUSION" if found["kind"].lower() == "inclusion" else "EXCLUSION"


def _criteria(page: Page, lines: Sequence[Line], kind: str | None) -> list[Criterion]:
    if not any(line.marker and _WORD.search(line.text) for line in lines):
        listed = are_criteria([line.text for line in lines]) if kind else []
        return [Criterion(page.words(line), kind) for line, is_listed in zip(lines, listed, strict=False) if is_listed]
    items: list[list[Line]] = []
    is_open = False
    for line in lines:
        if line.marker:
            is_open = bool(_WORD.search(line.text))
            if is_open:
                items.append([line])
        elif is_open and (line.indent > items[-1][0].indent or _leads_to(items[-1][-1], line)):
            items[-1].append(line)
        else:
            is_open = False
    return [
        Criterion(text, kind)
        for first, *rest in items
        if (text := join_words([page.words(first), *map(page.whole, rest)]))
    ]


def _leads_to(before: Line, line: Line) -> bool:
    """Whether a line ends in a colon and the next one is what it announces, not a heading of its own."""
    return before.text.endswith(":") and not line.text.endswith(":")
