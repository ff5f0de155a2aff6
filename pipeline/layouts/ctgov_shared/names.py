"""Where names that lost what parts them are cut: conditions in one cell, interventions in one line, a title's acronym.

Each function takes texts and gives offsets; nothing is cut where the page cannot tell. The rules:

- The site prints `TITLE (ACRONYM)`. A last bracket is the acronym where it repeats the one before it, or is a single
  word with two capitals that is neither a code (three figures in a row), nor a status, nor the initials of the words
  before it ("… Generalized Anxiety Disorder (GAD)" is the title's own).
- A cell of conditions is one condition where it is one word, where no later word of it begins with a capital, or where
  it runs as one phrase in the page's own title, prose or criteria (endings of number aside; "Osteoarthritis, Knee" also
  as "Knee Osteoarthritis"). It is cut where it is made of nothing but MeSH terms that the page lists one a line.
- Interventions begin with their type (`Drug: `); names that the arms' table prints on lines of their own go first, so
  that a name may hold a type's word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Final

from pipeline.layouts.ctgov_shared.phrases import stems
from pipeline.layouts.ctgov_shared.texts import Part

STATUS_WORDS: Final = (
    "Active, not recruiting", "Approved for marketing", "Available", "Completed", "Enrolling by invitation",
    "No longer available", "Not yet recruiting", "Recruiting", "Suspended", "Temporarily not available", "Terminated",
    "Unknown status", "Unknown", "Withdrawn", "Withheld",
)  # fmt: skip
STATUSES: Final = "|".join(STATUS_WORDS)
INTERVENTION_TYPES: Final = (
    "Behavioral|Biological|Combination Product|Device|Diagnostic Test|Dietary Supplement|Drug|Genetic|Procedure"
    "|Radiation|Other"
)
INTERVENTION: Final = re.compile(rf"(?P<type>{INTERVENTION_TYPES}): (?P<name>.+)")
INTERVENTION_START: Final = re.compile(rf"(?:^|(?<=\s))(?:{INTERVENTION_TYPES}): ")

_STATUS: Final = re.compile(STATUSES)
_LAST_BRACKET: Final = re.compile(r"\s\(([^()]+)\)$")
_WORD: Final = re.compile(r"[^\W_]+")
_CAPITAL: Final = re.compile(r"\W*[A-Z]")


def find_acronym(title: str) -> Part | None:
    """Return the place of the acronym in `TITLE (ACRONYM)`; None where the bracket may be the title's own."""
    found = _LAST_BRACKET.search(title)
    if not found:
        return None
    word, before = found[1], title[: found.start()]
    if before.endswith(f"({word})"):
        return found.span(1)
    initials = "".join(part[0] for part in _WORD.findall(before)).casefold()
    letters = re.sub(r"\W", "", word).casefold().removesuffix("s")
    if (
        " " in word
        or len(re.findall(r"[A-Z]", word)) < 2
        or re.search(r"\d{3}", word)
        or _STATUS.fullmatch(word.capitalize())
        or initials.endswith(letters)
    ):
        return None
    return found.span(1)


def is_one(cell: str, prose: str) -> bool:
    """Whether a cell of conditions is certainly one condition, `prose` being the `stems` of the page's."""
    words = cell.split()
    if len(words) == 1 or not any(_CAPITAL.match(word) for word in words[1:]):
        return "," not in cell or len(words) == 1 or _runs(cell, prose)
    return _runs(cell, prose)


def _runs(cell: str, prose: str) -> bool:
    """Whether the words run as one phrase in the prose, "Osteoarthritis, Knee" also as "Knee Osteoarthritis"."""
    head, comma, tail = cell.partition(", ")
    turned = f"{tail} {head}" if comma and "," not in tail else cell
    return any(stems(form) in prose for form in (cell, turned))


def cover(cell: str, terms: Collection[str]) -> list[Part] | None:
    """Cut the cell into listed terms with nothing left over, the longest first; None where there is no such cut."""
    known = {term.casefold() for term in terms}
    longest = max((len(term.split()) for term in known), default=0)
    words = [match.span() for match in re.finditer(r"\S+", cell)]
    # Where the term ends that begins at each word, if the cell can be cut from there on.
    cuts: list[int | None] = [None] * len(words) + [len(words)]
    for first in range(len(words) - 1, -1, -1):
        for end in range(min(first + longest, len(words)), first, -1):
            if cuts[end] is not None and cell[words[first][0] : words[end - 1][1]].casefold() in known:
                cuts[first] = end
                break
    if not words or cuts[0] is None:
        return None
    parts: list[Part] = []
    first = 0
    while first < len(words):
        end = cuts[first] or len(words)
        parts.append((words[first][0], words[end - 1][1]))
        first = end
    return parts


def cut_titles(cell: str, printed: Collection[str]) -> list[Part]:
    """Cut `TYPE: NAME TYPE: NAME` into its titles; those that are printed elsewhere on a line of their own go first."""
    cuts: list[Part] = []
    at = 0
    while at < len(cell):
        rest = cell[at:]
        whole = [
            title
            for title in printed
            if rest.startswith(title) and (len(rest) == len(title) or rest[len(title)] == " ")
        ]
        following = INTERVENTION_START.search(cell, at + 1)
        end = at + max(map(len, whole)) if whole else following.start() if following else len(cell)
        cuts.append((at, at + len(cell[at:end].rstrip())))
        at = end + len(cell[end:]) - len(cell[end:].lstrip())
    return cuts


def cut_at_titles(text: str, titles: Iterable[str]) -> list[Part]:
    """Cut a line where the title of a known intervention stands in it: blanks lost the line breaks around it."""
    present = [title for title in titles if title in text]
    if not present:
        return [(0, len(text))] if text else []
    cuts = {0, len(text)}
    taken = len(text) * [False]
    for title in sorted(present, key=len, reverse=True):
        start = text.find(title)
        while start >= 0:
            end = start + len(title)
            alone = not text[max(0, start - 1) : start].strip() and not text[end : end + 1].strip()
            if alone and not any(taken[start:end]):
                taken[start:end] = len(title) * [True]
                cuts.update((start, end))
            start = text.find(title, start + 1)
    bounds = sorted(cuts)
    parts = ((a + len(text[a:b]) - len(text[a:b].lstrip()), a + len(text[a:b].rstrip())) for a, b in pairwise(bounds))
    return [part for part in parts if part[0] < part[1]]
