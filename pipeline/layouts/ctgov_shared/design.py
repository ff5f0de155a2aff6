"""What is studied and how: the table of conditions, interventions and phase, and the tables of the design.

Here belong the stages `conditions` and `design`, and the settling of conditions that lost what parts them. Where
nothing tells, the cell of conditions is not taken (see `names`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from pipeline.layouts.ctgov_shared.head import detail
from pipeline.layouts.ctgov_shared.labels import labelled
from pipeline.layouts.ctgov_shared.names import INTERVENTION_START, cover, is_one
from pipeline.layouts.ctgov_shared.phrases import cut_phrases, stems
from pipeline.layouts.ctgov_shared.pieces import Piece, bare, cells
from pipeline.layouts.ctgov_shared.study import Study
from pipeline.layouts.ctgov_shared.texts import Part, split_type, split_who
from pipeline.normalize import vocabulary
from pipeline.reading.lines import Line

_PHASES: Final = re.compile(r"(?:(?:^|\s+)(?:Early Phase 1|Phase \d(?:/Phase \d)?|Not Applicable|N/A))+$")
_TYPE: Final = re.compile(r"[^(\[]*[^(\[\s]")
# The older faces put the design into one cell, a line each or in one run.
_DESIGN: Final = {
    "Allocation": "allocation",
    "Intervention Model Description": "intervention_model_description",
    "Masking Description": "masking_description",
    "Intervention Model": "intervention_model",
    "Masking": "masking",
    "Primary Purpose": "primary_purpose",
    "Observational Model": "observational_model",
    "Time Perspective": "time_perspective",
    "Endpoint Classification": None,
    "Additional Descriptors": None,
    "Control": None,
    "Duration": None,
    "Selection": None,
    "Timing": None,
}
_DESIGN_LABEL: Final = re.compile(rf"(?:^|[;,]\s*)(?P<label>{'|'.join(_DESIGN)})\s*:\s*")


def conditions(study: Study, lines: Sequence[Line]) -> None:
    """Read the table of conditions, interventions and phase; what stands behind its one row is the description."""
    heading, *rest = study.without_rules(lines)
    columns = [name for name in ("Intervention", "Phase") if name.casefold() in heading.text.casefold()]
    used = 0
    row: list[list[Piece]] = []
    if "|" in heading.text:
        while used < len(rest) and len(row) <= len(columns):
            used += 1
            row = list(cells(rest[:used]))
            if not rest[used - 1].text.endswith("|"):
                row.pop()
    elif rest:
        used = 1
        row = _flat_row(rest[0], columns)
    named = dict(zip(("Condition", *columns), row, strict=False))
    study.condition_cell = named.get("Condition", [])
    study.intervention_cell = named.get("Intervention", [])
    study.record.trial.phases = study.join(named.get("Phase", []))
    detail(study, rest[used:])


def _flat_row(line: Line, columns: Sequence[str]) -> list[list[Piece]]:
    """Cut a row whose cells are joined by blanks: interventions begin with a type, phases stand at the end."""
    if "\t" in line.text:
        return list(cells([line]))
    whole = bare(line)
    end = len(whole.text)
    phases = _PHASES.search(whole.text) if "Phase" in columns else None
    if phases:
        end = phases.start()
    first = INTERVENTION_START.search(whole.text, 0, end) if "Intervention" in columns else None
    middle = first.start() if first else end
    parts = [(0, middle), (middle, end), (end, len(whole.text))]
    row = [[whole.part(*part)] if part[0] < part[1] else [] for part in parts]
    return row if len(columns) == 2 else [row[0], row[2] if columns == ["Phase"] else row[1]]


def settle_conditions(study: Study) -> None:
    """Cut the cell of conditions; called last, since the whole page is the evidence."""
    pieces = study.condition_cell
    if len(pieces) > 1:  # HTML kept them apart
        study.record.conditions = [study.take(piece) for piece in pieces]
    elif pieces:
        (piece,) = pieces
        parts = [(0, len(piece.text))]
        if not study.page.html and cut_phrases(piece.text) != parts:  # the dearer look is for the few
            parts = _cut_conditions(study, piece.text)
        study.record.conditions = [study.take(piece.part(*part)) for part in parts]


def _cut_conditions(study: Study, cell: str) -> list[Part]:
    """Cut a cell whose words alone do not say that it is one name; empty where nothing tells."""
    prose = stems(_running_text(study))
    if is_one(cell, prose):
        return [(0, len(cell))]
    return cover(cell, [*study.mesh_terms, *study.record.keywords]) or cut_phrases(cell, prose) or []


def _running_text(study: Study) -> str:
    """Return the page's prose, in which a phrase of several words is one thing."""
    trial, record = study.record.trial, study.record
    said = [trial.brief_title, trial.official_title, trial.brief_summary, trial.detailed_description]
    said += [trial.eligibility_text, trial.population, trial.intervention_model_description]
    for outcome in record.outcomes:
        said += [outcome.measure, outcome.description]
    said += [arm.description for arm in record.arms]
    said += [intervention.description for intervention in record.interventions]
    return " . ".join(filter(None, said))


def design(study: Study, lines: Sequence[Line]) -> None:
    """Read the table of the study's design."""
    trial = study.record.trial
    for label, pieces in labelled(study, lines, study.face.labels["design"]):
        if label.field == "study_type" and pieces:
            study_type(study, pieces[0])
        elif label.field == "design":
            old_design(study, pieces)
        elif label.field == "masking" and len(pieces) == 1:
            masking(study, pieces[0])
        elif label.field and label.field.endswith("_date") and pieces:
            dated(study, label.field, pieces[0])
        elif label.field:
            setattr(trial, label.field, study.join(pieces))


def dated(study: Study, field: str, piece: Piece) -> None:
    """Read a date or a count, behind which a bracket may say whether it is actual, or what the date means."""
    value, kind = split_type(piece.text)
    setattr(study.record.trial, field, study.take(piece.part(*value)))
    if kind and vocabulary.code("date_type", piece.text[slice(*kind)]):
        setattr(study.record.trial, f"{field}_type", study.take(piece.part(*kind)))


def study_type(study: Study, piece: Piece) -> None:
    """Read the study's type, behind which a bracket may say what kind of it."""
    found = _TYPE.match(piece.text)
    study.record.trial.study_type = study.take(piece.part(*found.span()) if found else piece)


def masking(study: Study, piece: Piece) -> None:
    """Read the masking and who is masked."""
    degree, who = split_who(piece.text)
    study.record.trial.masking = study.take(piece.part(*degree))
    study.record.trial.who_masked = study.take(piece.part(*who)) if who else None


def old_design(study: Study, pieces: Iterable[Piece]) -> None:
    """Read `Allocation: Randomized; Masking: Open Label`, in one run or a line each; what has no label stays unread."""
    for piece in pieces:
        found = list(_DESIGN_LABEL.finditer(piece.text))
        ends = [*(one.start() for one in found[1:]), len(piece.text)]
        for one, end in zip(found, ends, strict=False):
            field = _DESIGN[one["label"]]
            value = piece.part(one.end(), end).trim()
            if field == "masking":
                masking(study, value)
            elif field:
                setattr(study.record.trial, field, study.take(value))
            else:
                study.page.skip(piece.line)
