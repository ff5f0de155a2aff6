"""Who may take part: the table of eligibility, the studied population, the criteria."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.layouts.criteria import listed_criteria, names_kind
from pipeline.layouts.ctgov_shared.labels import labelled
from pipeline.layouts.ctgov_shared.pieces import Piece
from pipeline.layouts.ctgov_shared.study import Study
from pipeline.normalize import ages
from pipeline.reading.lines import Line, prose
from pipeline.reading.words import join_words


def eligibility(study: Study, lines: Sequence[Line]) -> None:
    """Read the table of eligibility; an observational study has its population below it."""
    trial = study.record.trial
    loose: list[Line] = []
    for label, pieces in labelled(study, lines, study.face.labels["eligibility"], loose):
        if label.field == "ages":  # two columns in one, and none where the label stands alone
            if pieces:
                read_ages(study, pieces[0])
        elif label.field:
            setattr(trial, label.field, study.join_prose(pieces) if label.lines else study.join(pieces))
    loose = study.said(loose)
    # Without the headings "Study Population" and "Criteria": only an observational study has a population.
    if trial.sampling_method and not trial.population:
        # Who has a population has criteria as well: the last of two lines, or what begins with a heading or an item.
        begins = (at for at, line in enumerate(loose) if line.marker or names_kind(line) or line.text.endswith(":"))
        at = next(begins, 1 if len(loose) == len(("population", "criteria")) else len(loose))
        if at == 1:
            trial.population = study.page.whole(loose[0])
        loose = loose[at:]
    if loose:
        criteria(study, loose)


def read_ages(study: Study, piece: Piece) -> None:
    """Read the limits of the ages."""
    found = ages.split_range(piece.text)
    study.page.skip(piece.line)
    if not found:
        return
    for name, limit in (("minimum_age", found.minimum), ("maximum_age", found.maximum)):
        if limit:
            words = join_words(study.take(piece.part(*span)) for span in limit.spans)
            setattr(study.record.trial, name, words)


def criteria(study: Study, lines: Sequence[Line]) -> None:
    """Read the criteria: the text as a whole, and each listed one under the heading above it."""
    said = study.said(lines, "Criteria")
    study.record.eligibility_criteria = listed_criteria(study.page, said)
    study.record.trial.eligibility_text = prose(study.page, said)
