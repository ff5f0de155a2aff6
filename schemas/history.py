"""What trials said before: their states in time, as the dated documents tell them.

Belongs here: the tables of the section "What trials said before". Does not belong here: the rule that makes them
(`pipeline/building/history.py`), and what a trial says now (`trials`, `outcomes`).
"""

from typing import Annotated, Any

import polars as pl

from schemas import codes, outcomes, rules, trials
from schemas.table import (
    Model,
    Section,
    calendar_day,
    choice,
    choices,
    column,
    contract,
    document_key,
    table,
    trial_key,
    words,
)


def _as_in(model: type[Model], name: str) -> Any:  # noqa: ANN401 - as `schemas.table.column`
    """A column that means what the column of its name in `model` means, at another time."""
    one = contract(model).by_name[name]
    return column(
        one.description,
        *one.rules,
        codes=one.codes,
        pii=one.pii,
        source=one.source_fields,
        unit=one.unit,
        required=not one.nullable,
        merged=False,
    )


def _told_by(said: str) -> Any:  # noqa: ANN401 - as `schemas.table.column`
    return document_key(
        f"{said} It stands in `documents` while its file is there; a version whose file is gone stays here as it was "
        "last read."
    )


def _source() -> Any:  # noqa: ANN401 - as `schemas.table.column`
    return words("The source of that document; NULL where no source of that name is known any more.")


_FROM = "The version date of the document that first said so: from this day on."
_TO = "The day from which another state holds; NULL for the latest state."


@table(
    "trial_versions",
    section=Section.HISTORY,
    kind="trial_version",
    key=("trial_id", "valid_from"),
    references={"trial_id": "trials", "source": "sources"},
)
class TrialVersions(Model):
    """One state that a trial was in, of each trial that two dated documents or more describe, now or before.

    A state is what the warehouse would have said with the documents dated up to then, by the rule that makes `trials`,
    but that a value is gone with the first document of its layout that leaves it out. Documents are ordered by their
    own `version_date`, never by when they arrived; one without a date has no place here. Case, markup and punctuation
    alone make no new state, nor does what one layout prints and another does not. A trial that one dated document
    describes has no row: its state is its row of `trials`; the macro `trials_as_of` gives both.
    """

    trial_id: pl.String = trial_key()
    valid_from: pl.Date = calendar_day(_FROM, required=True)
    valid_to: pl.Date = calendar_day(_TO)
    document_id: pl.String = _told_by("The latest document that tells this state.")
    source: pl.String = _source()
    brief_title: pl.String = _as_in(trials.Trials, "brief_title")
    official_title: pl.String = _as_in(trials.Trials, "official_title")
    acronym: pl.String = _as_in(trials.Trials, "acronym")
    overall_status: pl.String = _as_in(trials.Trials, "overall_status")
    why_stopped: pl.String = _as_in(trials.Trials, "why_stopped")
    study_type: pl.String = _as_in(trials.Trials, "study_type")
    phases: Annotated[pl.List, pl.String] = _as_in(trials.Trials, "phases")
    allocation: pl.String = _as_in(trials.Trials, "allocation")
    intervention_model: pl.String = _as_in(trials.Trials, "intervention_model")
    observational_model: pl.String = _as_in(trials.Trials, "observational_model")
    time_perspective: pl.String = _as_in(trials.Trials, "time_perspective")
    masking: pl.String = _as_in(trials.Trials, "masking")
    who_masked: Annotated[pl.List, pl.String] = _as_in(trials.Trials, "who_masked")
    primary_purpose: pl.String = _as_in(trials.Trials, "primary_purpose")
    enrollment: pl.Int32 = _as_in(trials.Trials, "enrollment")
    enrollment_type: pl.String = _as_in(trials.Trials, "enrollment_type")
    start_date: pl.Date = _as_in(trials.Trials, "start_date")
    start_date_precision: pl.String = _as_in(trials.Trials, "start_date_precision")
    start_date_type: pl.String = _as_in(trials.Trials, "start_date_type")
    primary_completion_date: pl.Date = _as_in(trials.Trials, "primary_completion_date")
    primary_completion_date_precision: pl.String = _as_in(trials.Trials, "primary_completion_date_precision")
    primary_completion_date_type: pl.String = _as_in(trials.Trials, "primary_completion_date_type")
    completion_date: pl.Date = _as_in(trials.Trials, "completion_date")
    completion_date_precision: pl.String = _as_in(trials.Trials, "completion_date_precision")
    completion_date_type: pl.String = _as_in(trials.Trials, "completion_date_type")
    sex: pl.String = _as_in(trials.Trials, "sex")
    minimum_age_years: pl.Float64 = _as_in(trials.Trials, "minimum_age_years")
    maximum_age_years: pl.Float64 = _as_in(trials.Trials, "maximum_age_years")
    healthy_volunteers: pl.Boolean = _as_in(trials.Trials, "healthy_volunteers")
    lead_sponsor: pl.String = _as_in(trials.Trials, "lead_sponsor")
    lead_sponsor_class: pl.String = _as_in(trials.Trials, "lead_sponsor_class")
    has_results: pl.Boolean = _as_in(trials.Trials, "has_results")


@table(
    "outcome_versions",
    section=Section.HISTORY,
    kind="outcome_version",
    key=("trial_id", "outcome_number", "valid_from"),
    references={"trial_id": "trials", "source": "sources"},
)
class OutcomeVersions(Model):
    """One state that an outcome was in, or its removal, of each trial with two dated lists of outcomes or more.

    Only lists of one source are compared, since sites leave outcomes out and reword them: those of the register that a
    trial's documents come from or, where there are none, of the best ranked source with the most dated documents.
    Between one list and the next an outcome is the same where its type, measure and time frame are; of the others,
    those of the same measure, and then those of the same type at the same place in it. Case, markup and punctuation
    alone are no change, nor is another order within a type, nor that a layout prints no outcomes of a type at all.
    """

    trial_id: pl.String = trial_key()
    outcome_number: pl.Int32 = column(
        "Which of all outcomes that the trial ever listed, from 1 in the order of their first listing; the rows of one "
        "number are the states of one outcome.",
        rules.FROM_ONE,
        required=True,
    )
    valid_from: pl.Date = calendar_day(_FROM, required=True)
    valid_to: pl.Date = calendar_day(_TO[:-1] + ", or for a removal.")
    document_id: pl.String = _told_by("The document that first said so.")
    source: pl.String = _source()
    change: pl.String = choice(
        "How the row differs from the list before: the outcome came (ADDED), went (REMOVED; the row shows what it last "
        "said), got another type, with or without other changes (MOVED), or changed otherwise (CHANGED). NULL "
        "where no list is known that would have had it before.",
        codes.OUTCOME_CHANGE,
    )
    changed: Annotated[pl.List, pl.String] = choices(
        "The columns that differ from the outcome's state before; NULL where it had none.", codes.OUTCOME_PART
    )
    ordinal: pl.Int32 = column(
        "Its place in that document's list of outcomes, from 1; of a removed outcome, its last place.",
        rules.FROM_ONE,
        required=True,
    )
    type: pl.String = _as_in(outcomes.Outcomes, "type")
    measure: pl.String = _as_in(outcomes.Outcomes, "measure")
    description: pl.String = _as_in(outcomes.Outcomes, "description")
    time_frame: pl.String = _as_in(outcomes.Outcomes, "time_frame")
