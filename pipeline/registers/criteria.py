"""Eligibility text of the register's formats, split into the criteria that it lists.

Only what the source marks as a list becomes a criterion (a bullet, a number, a letter): paragraphs stay in the text as
a whole. Pages have lines of their own and do not come here; cleaning the words is `tabulate`'s.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.records import Criterion

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
_SECTION: Final = re.compile(
    r"""(?P<before>(?:[\w&/(),.'’-]+\s+){0,3})
    (?P<kind>(?:non[-\s]?|not\s+)?inclusions?|exclusions?)
    (?P<both>\s*(?:/|and|&|or)\s*(?:inclusions?|exclusions?))?
    (?P<criteria>\s+(?:criteria|criterion|criterias))?
    (?P<after>[^:]*)(?P<colon>:)?\s*(?P<text>.*)$""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
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
    found: list[Criterion] = []
    open_items: list[tuple[int, Criterion]] = []  # the innermost last, by the column of their marks
    kind: str | None = None
    after_blank = False
    for line in text.split("\n"):
        words = line.strip()
        if not words:
            after_blank = True
            continue
        mark = _ITEM.match(line)
        if section := _section(line[mark.end() :].strip() if mark else words, listed=mark is not None):
            kind = None if section == "BOTH" else section
            open_items.clear()
        elif mark:
            column = mark.end("indent")
            while open_items and open_items[-1][0] >= column:
                open_items.pop()
            item = Criterion(line[mark.end() :].strip(), kind)
            open_items.append((column, item))
            found.append(item)
        else:
            # An indented paragraph, and a line straight below an item, go on with the item that they hang under.
            column = _INDENT.match(line).end()  # type: ignore[union-attr] # matches everywhere
            while open_items and after_blank and open_items[-1][0] >= column:
                open_items.pop()
            if open_items:
                open_items[-1][1].text += f" {words}"
        after_blank = False
    return found


def unwrap(block: str) -> str:
    """Return a hard-wrapped block with one line a paragraph, its indentation kept: only a blank line ends one there."""
    paragraphs = (part for part in _BLANK_LINES.split(block) if part.strip())
    return "\n\n".join(
        part[: len(part) - len(part.lstrip())].rpartition("\n")[2] + " ".join(part.split()) for part in paragraphs
    )


def _names_group(after: list[str]) -> bool:
    """Whether the words behind "criteria" say whose they are, and do not make a sentence ("… criteria may apply")."""
    return not after or after[0].lower() in ("for", "of") or after[0][0] in "(-–—"


def _section(words: str, *, listed: bool) -> str | None:
    """Return INCLUSION, EXCLUSION or BOTH where `words` are a heading of criteria, not a sentence on them."""
    if "clusion" not in words and "CLUSION" not in words:
        return None
    heading = _SECTION.match(words.strip("*#_ "))
    if heading is None:
        return None
    before, after, text = heading["before"].split(), heading["after"].split(), heading["text"]
    if listed and (len(before) > 1 or text or not (heading["colon"] or not after)):
        return None
    if text and (len(before) > 2 or len(after) > 3):
        return None
    if not heading["colon"] and not (heading["criteria"] and len(before) + len(after) <= 3 and _names_group(after)):
        return None
    if not heading["criteria"] and (before or after):
        return None
    if heading["both"]:
        return "BOTH"
    return "INCLUSION" if heading["kind"].lower().startswith("in") else "EXCLUSION"
