"""Eligibility text of the register's formats, split into the criteria that it lists.

What the source marks as a list becomes criteria (a bullet, a number, a letter); a part that is headed "Inclusion
Criteria" or "Exclusion Criteria" and marks nothing is listed by its paragraphs. Other paragraphs stay in the text as a
whole. Pages have lines of their own and are `layouts.criteria`'s; which words are a heading, and which paragraphs a
criterion, is `normalize.criteria`'s; cleaning the words is `tabulate`'s.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.normalize.criteria import are_criteria, heading_kind
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
_WORD: Final = re.compile(r"\w")
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
    paragraphs: list[list[str]] = []  # of this part, until an item shows that it has a list
    kind: str | None = None
    has_items = False
    after_blank = False
    for line in text.split("\n"):
        words = line.strip()
        if not words or not _WORD.search(words):  # nothing, or a mark without an item
            after_blank = True
            continue
        mark = _ITEM.match(line)
        said = line[mark.end() :].strip() if mark else words
        if section := heading_kind(said, listed=mark is not None):
            if not has_items:
                found += _paragraphs(paragraphs, kind)
            kind = None if section == "BOTH" else section
            has_items = False
            paragraphs.clear()
            open_items.clear()
        elif mark:
            has_items = True
            column = mark.end("indent")
            while open_items and open_items[-1][0] >= column:
                open_items.pop()
            lines = [said]
            open_items.append((column, lines))
            found.append((lines, kind))
        else:
            # An indented paragraph, and a line straight below an item, go on with the item that they hang under.
            column = _INDENT.match(line).end()  # type: ignore[union-attr] # matches everywhere
            while open_items and after_blank and open_items[-1][0] >= column:
                open_items.pop()
            if open_items:
                open_items[-1][1].append(words)
            elif after_blank or not paragraphs:
                paragraphs.append([words])
            else:
                paragraphs[-1].append(words)
        after_blank = False
    if not has_items:
        found += _paragraphs(paragraphs, kind)
    return [Criterion(" ".join(lines), kind) for lines, kind in found]


def _paragraphs(paragraphs: list[list[str]], kind: str | None) -> list[tuple[list[str], str | None]]:
    """Return the criteria of a part without a list; none where no heading says its kind."""
    if kind is None:
        return []
    listed = are_criteria([" ".join(lines) for lines in paragraphs])
    return [(lines, kind) for lines, is_listed in zip(paragraphs, listed, strict=True) if is_listed]


def unwrap(block: str) -> str:
    """Return a hard-wrapped block with one line a paragraph, its indentation kept: only a blank line ends one there."""
    paragraphs = (part for part in _BLANK_LINES.split(block) if part.strip())
    return "\n\n".join(
        part[: len(part) - len(part.lstrip())].rpartition("\n")[2] + " ".join(part.split()) for part in paragraphs
    )
