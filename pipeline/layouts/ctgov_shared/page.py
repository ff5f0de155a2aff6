"""The study page as a whole: every line goes to its stage, each stage to its handler.

Here belongs the order of reading. The stages' starts are a face's data, their grammars are modules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pipeline.layouts.ctgov_shared import arms, design, eligibility, head, more, outcomes, people
from pipeline.layouts.ctgov_shared.pieces import bare_text
from pipeline.layouts.ctgov_shared.study import Face, Study
from pipeline.reading.lines import Line, Page
from pipeline.reading.records import Record

HANDLERS: Final[Mapping[str, Callable[[Study, Sequence[Line]], None]]] = {
    "top": head.top,
    "status": head.status,
    "head": head.head,
    "parties": head.parties,
    "tabs": head.tabs,
    "summary": head.summary,
    "conditions": design.conditions,
    "detail": head.detail,
    "design": design.design,
    "enrollment": design.design,
    "arms": arms.arms,
    "outcomes": outcomes.outcomes,
    "eligibility": eligibility.eligibility,
    "criteria": eligibility.criteria,
    "contacts": people.contacts,
    "sponsors": people.sponsors,
    "officials": people.officials,
    "more": more.more,
    "keywords": more.keywords,
    "mesh": more.mesh,
    "foot": more.foot,
}
"""A handler by a stage's name."""

_OFFICIAL: Final = re.compile(r"\|? ?(?!Contact:)[A-Z][\w /-]+:\s*\|+\s*\w")
_FOOT: Final = frozenset(("For Patients and Families", "For Patients & Families"))


def read_study(page: Page, face: Face) -> Record:
    """Read a study page: every field that it prints, nothing that it does not."""
    study = Study(page, face)
    read_stages(study, page.lines)
    if study.intervention_cell:  # there was no table of arms
        arms.intervention_titles(study, ())
    design.settle_conditions(study)
    page.skip(*(line for line in page.unread() if study.says_nothing(line)))
    study.settle_claims()
    more.name_sponsors_number(study.record)
    return study.record


def read_stages(study: Study, lines: Sequence[Line]) -> None:
    """Read the stages that stand in `lines`."""
    stages = _stages(study, lines)
    order = [study.face.order.get(name, -1) for name in stages]
    if len(order) > 1 and order[1] > study.face.order["head"]:
        del stages["top"]  # what stands above is no title: the page lost its beginning
    for name, own in stages.items():
        HANDLERS[name](study, own)


def _stages(study: Study, lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Give every line to its stage; a heading at a stage's end belongs to what follows and is skipped."""
    order = study.face.order
    found: dict[str, list[Line]] = {"top": []}
    current, reached = "top", -1
    for line in lines:
        name = _starts(study.face, line, reached, found[current])
        if name and order[name] > reached:
            current, reached = name, order[name]
            found.setdefault(current, [])
        found[current].append(line)
    return found


def _starts(face: Face, line: Line, reached: int, before: list[Line]) -> str | None:
    """Return the latest stage that the line may begin, or None."""
    order = face.order
    if line.marker:
        if line.text.casefold() in face.tabs:  # a menu above the head has some of them too
            return "tabs" if reached >= order["head"] else None
        if line.text in _FOOT and "foot" in order and reached >= order.get("more", 0):
            return "foot"
    elif face.starts.fullmatch(text := bare_text(line)):
        for stage in reversed(face.stages[reached + 1 :]):
            if stage.start.fullmatch(text) and reached >= order.get(stage.after, -1):
                return stage.name
    # Without their heading: an outcome is a list item below a table; officials are rows `ROLE: | NAME | …`.
    if face.is_between(reached, "design", "outcomes") and line.marker and before[-1].text.endswith("|"):
        return "outcomes"
    if face.is_between(reached, "contacts", "officials") and "|" in line.text and _OFFICIAL.match(line.text):
        return "officials"
    return None
