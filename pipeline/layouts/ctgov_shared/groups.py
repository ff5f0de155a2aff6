"""Where the groups of an observational study begin, in a table of arms that lost the bounds of its cells (dialect R).

A group has no type. Its lines are a label and perhaps a description, then its interventions, each a title with perhaps
a description and other names; a label without a description stands in the line of the first intervention's title. So a
label is told by that title behind it, by other names or a repeated description above it, or as the one line among
prose that is no sentence, or calls itself a group. Where none of that tells, nothing from there on is read.

Here belongs that grammar alone; what is read between the labels is `arms`'.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.layouts.ctgov_shared.names import cut_at_titles
from pipeline.layouts.ctgov_shared.texts import LONGEST_LABEL
from pipeline.reading.lines import Line

_NAMED: Final = re.compile(r"\b(?:arm|cohort|control|group)s?$", re.IGNORECASE)
_ENDS_PROSE: Final = (".", ":", ";", ",")


def find_groups(lines: Sequence[Line], titles: Mapping[str, int]) -> tuple[list[Line], int]:
    """Return the lines that begin with a group's label, and how many lines are sure to be told apart.

    Args:
        lines: the rows of the table.
        titles: the titles of interventions.
    """
    labels: list[Line] = []
    said: dict[str, list[str]] = {}
    title = ""
    begin = 0
    for at, line in enumerate(lines):
        parts = [line.text[slice(*part)] for part in cut_at_titles(line.text, titles)]
        if not any(part in titles for part in parts):
            continue
        joined = parts[0] not in titles  # the title stands behind a label
        above = lines[begin : at + joined]
        if not title and above:
            labels.append(above[0])
            above = above[1:]
        label = _label(above, said.get(title, ()), joined=joined and bool(above))
        if label is None and any(map(_may_be_label, above[:-1])):
            return labels, begin
        said.setdefault(title, [one.text for one in above[: above.index(label) if label else None]])
        labels += [label] if label else []
        title, begin = parts[-1], at + 1
    if not title:
        return _without_interventions(lines)
    rest = lines[begin:]
    label = _label(rest, said.get(title, ()), joined=False)
    if label and title in said:
        return [*labels, label], len(lines)
    return labels, begin if len(rest) > 1 and any(map(_may_be_label, rest)) else len(lines)


def _without_interventions(lines: Sequence[Line]) -> tuple[list[Line], int]:
    """Return the labels of groups that have no interventions: each with its description, or the first alone."""
    labels, descriptions = list(lines[::2]), lines[1::2]
    alternate = all(map(_may_be_label, labels)) and not any(map(_may_be_label, descriptions))
    return (labels, len(lines)) if alternate and len(labels) == len(descriptions) else (labels[:1], 1)


def _label(lines: Sequence[Line], said: Sequence[str], *, joined: bool) -> Line | None:
    """Return the label among the lines between two titles; None where there is none, or more than one may be it."""
    if joined:
        return lines[-1]
    texts = [line.text for line in lines]
    if said and texts[: len(said)] == said and len(texts) > len(said):  # described as it was above
        return lines[len(said)]
    names = [at for at, text in enumerate(texts) if text.startswith(("Other Name:", "Other Names:"))]
    if names:
        behind = next((line for line in lines[names[-1] + 1 :] if not line.marker), None)
        return behind if behind is not lines[-1] else None
    candidates = [line for line in lines[:-1] if _may_be_label(line)]
    named = [line for line in candidates if _NAMED.search(line.text)]
    return candidates[0] if len(candidates) == 1 else named[0] if len(named) == 1 else None


def _may_be_label(line: Line) -> bool:
    return not line.marker and len(line.text) <= LONGEST_LABEL and not line.text.endswith(_ENDS_PROSE)
