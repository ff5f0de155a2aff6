"""Eligibility text of the register's formats, split into the criteria that it lists.

Only what the source marks as a list becomes a criterion (a bullet, a number, a letter): paragraphs stay in the text as
a whole. Pages have lines of their own and are `layouts.criteria`'s; which words are a heading is
`normalize.criteria`'s; cleaning the words is `tabulate`'s.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.normalize.criteria import heading_kind
from pipeline.reading.records import Criterion

# What stands before a listed item. A backslash is the register's Markdown escape of a mark that its converter did not
# take for a list, though the author wrote one. "-5 °C" and "1.5 mg" are no items.
_ITEM: Final = re.compile(
    r"""(?P<indent>[^\S\n]*)
    (?:  \\?[*•●○◦▪■▫‣·∙⁃➢➤✓§]\s+ | [•●○◦▪■▫‣∙⁃➢➤✓](?=\w)
      |  \\?[-–—](?:\s+|(?=[^\W\d]))
      |  \(?\d{1,2}(?:\\?[.)]\s+|\\?[.)](?=[^\W\d])|\\?[)．、])
      |  \(?[a-zA-Z]\\?\)\s+ | [a-z]\\?\.\s+
      |  \(?[ivxIVX]{1,4}\\?[.)]\s+ )
    (?=\S)""",
    re.VERBOSE,
)
_INDENT: Final = re.compile(r"\s*")
_BLANK_LINES: Final = re.compile(r"\n\s*\n")


def split_criteria(text: str | None) -> list[Criterion]:
    """Return the listed criteria of `text`, in order, nested items each by themselves.

    Args:
        text: lines as the source has them, one line an item (`unwrap` hard-wrapped blocks first); None for silence.

    Returns:
        Criteria with the kind of the heading above them; None where no heading says, or one says both.
    """
    if not text:
        return []
    found: list[tuple[list[str], str | None]] = []
    open_items: list[tuple[int, list[str]]] = []  # the innermost last, by the column of their marks
    kind: str | None = None
    after_blank = False
    for line in text.split("\n"):
        words = line.strip()
        if not words:
            after_blank = True
            continue
        mark = _ITEM.match(line)
        if section := heading_kind(line[mark.end() :].strip() if mark else words, listed=mark is not None):
            kind = None if section == "BOTH" else section
            open_items.clear()
        elif mark:
            column = mark.end("indent")
            while open_items and open_items[-1][0] >= column:
                open_items.pop()
            lines = [line[mark.end() :].strip()]
            open_items.append((column, lines))
            found.append((lines, kind))
        else:
            # An indented paragraph, and a line straight below an item, go on with the item that they hang under.
            column = _INDENT.match(line).end()  # type: ignore[union-attr] # matches everywhere
            while open_items and after_blank and open_items[-1][0] >= column:
                open_items.pop()
            if open_items:
                open_items[-1][1].append(words)
        after_blank = False
    return [Criterion(" ".join(lines), kind) for lines, kind in found]


def unwrap(block: str) -> str:
    """Return a hard-wrapped block with one line a paragraph, its indentation kept: only a blank line ends one there."""
    paragraphs = (part for part in _BLANK_LINES.split(block) if part.strip())
    return "\n\n".join(
        part[: len(part) - len(part.lstrip())].rpartition("\n")[2] + " ".join(part.split()) for part in paragraphs
    )
