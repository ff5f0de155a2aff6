"""The design: arms, interventions, which arm gets what, and what is given as numbers.

Belongs here: the merge group `arms`, which comes whole from one document. Does not belong here: how prose becomes a
regimen's numbers (`pipeline/normalize/regimens.py`).
"""

from typing import Annotated

import polars as pl

from schemas import codes, rules
from schemas.table import (
    Model,
    Section,
    choice,
    column,
    document_key,
    number,
    own_key,
    position,
    span_end,
    span_start,
    table,
    trial_key,
    words,
    words_list,
)

_ARMS = "protocolSection.armsInterventionsModule.armGroups."
_INTERVENTIONS = "protocolSection.armsInterventionsModule.interventions."


@table(
    "arms",
    section=Section.TRIALS,
    kind="arm",
    key=("arm_id",),
    references={"trial_id": "trials", "document_id": "documents"},
    group="arms",
)
class Arms(Model):
    """A group of participants who get the same, or who are observed alike."""

    arm_id: pl.String = own_key("arm")
    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    label: pl.String = words("The arm's name, in the source's words.", source=_ARMS + "label")
    type: pl.String = choice("What part the arm plays in the comparison.", codes.ARM_TYPE, source=_ARMS + "type")
    description: pl.String = words(
        "What participants of the arm receive, in the source's words.", source=_ARMS + "description"
    )
    document_id: pl.String = document_key()


@table(
    "interventions",
    section=Section.TRIALS,
    kind="intervention",
    key=("intervention_id",),
    references={"trial_id": "trials", "document_id": "documents"},
    group="arms",
)
class Interventions(Model):
    """A drug, device, procedure or anything else whose effect is studied."""

    intervention_id: pl.String = own_key("intervention")
    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    type: pl.String = choice(
        "What kind of intervention it is.", codes.INTERVENTION_TYPE, source=_INTERVENTIONS + "type"
    )
    name: pl.String = words("The intervention's name, in the source's words.", source=_INTERVENTIONS + "name")
    other_names: Annotated[pl.List, pl.String] = words_list(
        "Other names of the same intervention.", source=_INTERVENTIONS + "otherNames"
    )
    description: pl.String = words(
        "What is given or done, in the source's words.", source=_INTERVENTIONS + "description"
    )
    document_id: pl.String = document_key()


@table(
    "arm_interventions",
    section=Section.TRIALS,
    kind="arm_intervention",
    key=("trial_id", "ordinal"),
    references={
        "trial_id": "trials",
        "arm_id": "arms",
        "intervention_id": "interventions",
        "document_id": "documents",
    },
    group="arms",
)
class ArmInterventions(Model):
    """That the participants of an arm get an intervention."""

    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    arm_id: pl.String = own_key("arm")
    intervention_id: pl.String = own_key("intervention")
    document_id: pl.String = document_key()


@table(
    "regimens",
    section=Section.TRIALS,
    kind="regimen",
    key=("regimen_id",),
    references={
        "trial_id": "trials",
        "arm_id": "arms",
        "intervention_id": "interventions",
        "document_id": "documents",
    },
    group="arms",
)
class Regimens(Model):
    """One way of giving one thing, as numbers, read from the description of an arm or an intervention."""

    regimen_id: pl.String = own_key("regimen")
    trial_id: pl.String = trial_key()
    arm_id: pl.String = own_key("arm", required=False)
    intervention_id: pl.String = own_key("intervention", required=False)
    ordinal: pl.Int32 = position()
    source_text: pl.String = words(
        "The shortest run of words that holds all facts of the row, exactly as written.", required=True
    )
    char_start: pl.Int32 = span_start("the description")
    char_end: pl.Int32 = span_end("the description")
    agent: pl.String = words(
        "The words that name what is given; NULL where the text does not name it: then it is the intervention itself."
    )
    dose_low: pl.Float64 = number("The least amount given at one time.", rules.between(0), unit="dose_unit")
    dose_high: pl.Float64 = number(
        "The greatest amount given at one time; the same as dose_low for one number.",
        rules.between(0),
        rules.not_below("dose_low"),
        unit="dose_unit",
    )
    dose_unit: pl.String = words(
        "The unit of the dose in UCUM's manner, with slashes per body and per time; NULL where the words name none."
    )
    route: pl.String = choice("The way into the body, where the words say it.", codes.ROUTE)
    every_value: pl.Float64 = number(
        "The interval between two administrations.", rules.above(0), rules.needs("every_unit"), unit="every_unit"
    )
    every_unit: pl.String = choice("The unit of every_value.", codes.TIME_UNIT)
    administrations: pl.Int32 = number(
        "How often it is given in all, where the words say it or count it out.", rules.FROM_ONE, unit="administrations"
    )
    on_days: Annotated[pl.List, pl.Int32] = column(
        "The days of a cycle on which it is given.", rules.LIST_NOT_EMPTY, unit="days"
    )
    cycle_days: pl.Float64 = number("The length of a cycle.", rules.above(0), unit="days")
    cycles: pl.Int32 = number("How many cycles are given.", rules.FROM_ONE, unit="cycles")
    duration_value: pl.Float64 = number(
        "For how long it is given.", rules.above(0), rules.needs("duration_unit"), unit="duration_unit"
    )
    duration_unit: pl.String = choice("The unit of duration_value.", codes.TIME_UNIT)
    document_id: pl.String = document_key()
