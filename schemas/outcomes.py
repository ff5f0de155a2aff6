"""What is measured, and when.

Belongs here: the merge group `outcomes`, which comes whole from one document. Does not belong here: how a time frame
becomes timepoints (`pipeline/normalize/timepoints.py`).
"""

import polars as pl

from schemas import codes, rules
from schemas.table import (
    Model,
    Section,
    choice,
    document_key,
    flag,
    number,
    own_key,
    position,
    span_end,
    span_start,
    table,
    trial_key,
    words,
)


def _outcome(field: str) -> tuple[str, ...]:
    """The paths of a field of an outcome, which the API keeps in three lists."""
    lists = ("primaryOutcomes", "secondaryOutcomes", "otherOutcomes")
    return tuple(f"protocolSection.outcomesModule.{name}.{field}" for name in lists)


@table(
    "outcomes",
    section=Section.TRIALS,
    kind="outcome",
    key=("outcome_id",),
    references={"trial_id": "trials", "document_id": "documents"},
    group="outcomes",
)
class Outcomes(Model):
    """Something that is measured to learn the effect of what is studied."""

    outcome_id: pl.String = own_key("outcome")
    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position(
        "The place among the trial's outcomes in document order, from 1, through primary, secondary and other ones "
        "together; gaps are refused rows."
    )
    type: pl.String = choice("How much weight it has; NULL where the page does not say.", codes.OUTCOME_TYPE)
    measure: pl.String = words("What is measured, in the source's words.", source=_outcome("measure"))
    description: pl.String = words("How it is measured, in the source's words.", source=_outcome("description"))
    time_frame: pl.String = words("When it is measured, in the source's words.", source=_outcome("timeFrame"))
    document_id: pl.String = document_key()


@table(
    "timepoints",
    section=Section.TRIALS,
    kind="timepoint",
    key=("timepoint_id",),
    references={"outcome_id": "outcomes", "trial_id": "trials", "document_id": "documents"},
    group="outcomes",
)
class Timepoints(Model):
    """One time at which, or over which, an outcome is measured, read from its time frame."""

    timepoint_id: pl.String = own_key("timepoint")
    outcome_id: pl.String = own_key("outcome")
    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position("The place among the times of the outcome's time frame, from 1.")
    source_text: pl.String = words("The exact words of the time frame that the row rests on.", required=True)
    char_start: pl.Int32 = span_start("the time frame")
    char_end: pl.Int32 = span_end("the time frame")
    kind: pl.String = choice(
        "A moment, a span, something that repeats, or words that hold no time the rules can read.",
        codes.TIMEPOINT_KIND,
        required=True,
    )
    start_value: pl.Float64 = number(
        "Where it begins: the offset from the start's anchor, negative before it.",
        rules.between(None),
        rules.needs("start_unit"),
        unit="start_unit",
    )
    start_unit: pl.String = choice("The unit of start_value, as written.", codes.TIME_UNIT)
    start_anchor: pl.String = choice(
        "The event that the start is counted from; NULL where the words name none.", codes.ANCHOR
    )
    start_anchor_role: pl.String = choice(
        "Whether the start is counted from its anchor (ORIGIN) or says when that event falls (DATED); NULL where it "
        "has no anchor or its number is 0.",
        codes.ANCHOR_ROLE,
    )
    end_value: pl.Float64 = number(
        "Where it ends: the offset from the end's anchor; for a POINT the same as the start.",
        rules.between(None),
        rules.needs("end_unit"),
        unit="end_unit",
    )
    end_unit: pl.String = choice("The unit of end_value, as written.", codes.TIME_UNIT)
    end_anchor: pl.String = choice(
        "The event that the end is counted from; NULL where the words name none.", codes.ANCHOR
    )
    end_anchor_role: pl.String = choice(
        "Whether the end is counted from its anchor (ORIGIN) or says when that event falls (DATED); NULL where it "
        "has no anchor or its number is 0.",
        codes.ANCHOR_ROLE,
    )
    start_day: pl.Float64 = number("The start in days; comparable only within one anchor, role and cycle.", unit="days")
    end_day: pl.Float64 = number("The end in days; comparable only within one anchor, role and cycle.", unit="days")
    study_day_low: pl.Float64 = number(
        "The start in days on the study's own time line, for comparing across trials; NULL where the words do not "
        "place it there.",
        unit="days",
    )
    study_day_high: pl.Float64 = number(
        "The end in days on the study's own time line, for comparing across trials; NULL where the words do not "
        "place it there.",
        unit="days",
    )
    every_value: pl.Float64 = number(
        "The interval of something that repeats.", rules.above(0), rules.needs("every_unit"), unit="every_unit"
    )
    every_unit: pl.String = choice("The unit of every_value.", codes.TIME_UNIT)
    cycle: pl.Int32 = number("The treatment cycle, where the words count in cycles.", rules.between(0))
    anchor_text: pl.String = words("The words that name the start's anchor, as written.")
    approximate: pl.Boolean = flag("Whether the words hedge: about, approximately, an average of.", required=True)
    document_id: pl.String = document_key()
