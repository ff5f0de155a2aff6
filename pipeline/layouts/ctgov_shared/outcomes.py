"""The list of outcomes: items `MEASURE [ Time Frame: … ]` under the heading of their type, or without one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipeline.layouts.ctgov_shared.pieces import Piece
from pipeline.layouts.ctgov_shared.study import Study
from pipeline.layouts.ctgov_shared.texts import find_outcome, has_bracket
from pipeline.reading.lines import Line, prose
from pipeline.reading.records import Outcome
from pipeline.reading.words import Words, join_words

_HEADING: Final = re.compile(r"(Primary|Secondary|Other(?: Pre-specified)?) Outcome Measures?\s*:")
# What follows the outcomes of a study with samples: no column, so that its words stay reported.
_BIOSPECIMEN: Final = re.compile(r"Biospecimen (?:Retention|Description)\s*:")


def outcomes(study: Study, lines: Sequence[Line]) -> None:
    """Read the outcomes."""
    kind: Words | None = None
    items: list[tuple[list[Line], Words | None]] = []
    biospecimen = False
    for line in lines:
        if heading := _HEADING.fullmatch(line.text):
            kind = study.page.words(line, 0, heading.end(1))
        elif biospecimen or _BIOSPECIMEN.match(line.text):
            biospecimen = True
        elif study.is_noise(line.text):
            continue
        elif is_item(study, line, [item for item, _ in items]):
            items.append(([line], kind))
        elif items:
            items[-1][0].append(line)
    study.record.outcomes += [read_outcome(study, item, said) for item, said in items]


def is_item(study: Study, line: Line, items: Sequence[Sequence[Line]]) -> bool:
    """Whether a line begins an outcome: an item of the outer list, as deep as the first one."""
    if not line.marker or (items and line.indent > items[0][0].indent):
        return False
    if not items or not has_bracket(items[-1][0].text) or has_bracket(line.text):
        return True
    if line is study.page.lines[-1]:  # a page that was cut short, perhaps before the bracket
        return True
    # A study states either all its time frames or none. Dialect T flattens a description's own list into that of the
    # outcomes; the description of an HTML page is a line of its own and may begin with a dash.
    return not (study.page.dialect == "T" or (study.page.html and len(items[-1]) == 1))


def read_outcome(study: Study, lines: Sequence[Line], kind: Words | None) -> Outcome:
    """Return one outcome from its line and those of its description."""
    line, *more = lines
    piece = Piece(line, 0, len(line.text))
    parts = find_outcome(line.text)
    return Outcome(
        measure=study.take(piece.part(*parts.measure)),
        description=join_words((study.take(piece.part(*parts.rest)), prose(study.page, more))),
        time_frame=study.take(piece.part(*parts.frame)) if parts.frame else None,
        type=kind,
    )
