"""The reader of regimens: doses, routes and schedules from descriptions."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.building import derive
from pipeline.normalize.regimen_context import facts
from pipeline.normalize.regimen_tokens import tokens
from pipeline.normalize.regimen_words import PIECES, ROUTES
from pipeline.normalize.regimen_words import words as vocabulary
from pipeline.normalize.regimens import Regimen, read

GOLD = Path(__file__).parents[2] / "shared" / "gold" / "regimens.jsonl"


def said(text: str, type: str | None = None) -> list[dict[str, object]]:
    """Return the rows of a text without their nulls and places."""
    return [
        {
            column: value
            for column, value in row._asdict().items()
            if value is not None and column not in ("source_text", "char_start", "char_end")
        }
        for row in read(text, type=type)
    ]


def dose(value: float, unit: str | None, **others: object) -> dict[str, object]:
    """Return the columns of a dose of one number, and others."""
    return {"dose_low": value, "dose_high": value, **({"dose_unit": unit} if unit else {}), **others}


def every(value: float, unit: str) -> dict[str, object]:
    """Return the columns of an interval."""
    return {"every_value": value, "every_unit": unit}


def lasting(value: float, unit: str) -> dict[str, object]:
    """Return the columns of a duration."""
    return {"duration_value": value, "duration_unit": unit}


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("25 mg", 25, "mg"),
        ("0,5 mg", 0.5, "mg"),
        ("1,000 mg", 1000, "mg"),
        ("1 000 mg", 1000, "mg"),
        ("two hundred mg", 200, "mg"),
        ("5 µg/kg/min", 5, "ug/kg/min"),
        ("5 mcg per kg per minute", 5, "ug/kg/min"),
        ("75 mg/m\\^2", 75, "mg/m2"),
        ("75 mg/sq m", 75, "mg/m2"),
        ("0.2 mmol Gd/kg body weight", 0.2, "mmol/kg"),
        ("3 cc", 3, "mL"),
        ("40 I.U.", 40, "IU"),
        ("12 units", 12, "U"),
        ("1x10^6 cells/kg", 1e6, "cells/kg"),
        ("2×10⁸ vg/kg", 2e8, "vg/kg"),
        ("3x107 cells", 3e7, "cells"),
        ("80 million cells", 8e7, "cells"),
        ("2.5e5 PFU", 2.5e5, "PFU"),
        ("20 mg/day", 20, "mg/d"),
        ("a daily dose of 20 mg", 20, "mg/d"),
        ("AUC of 5", 5, "AUC"),
        ("two 10 mg tablets", 20, "mg"),
        ("3 capsules", 3, "capsule"),
        ("one pill", 1, "tablet"),
        ("2 Gy per fraction", 2, "Gy"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, value: float, unit: str) -> None:
    """Without it a lost superscript or a decimal comma would change a dose by orders of magnitude."""
    assert said(text) == [dose(value, unit)]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("10-20 mg", 10, 20),
        ("10 to 20 mg", 10, 20),
        ("between 10 and 20 mg", 10, 20),
        ("up to 20 mg", None, 20),
        ("at least 5 mg", 5, None),
        ("1-3 x 10^6 cells", 1e6, 3e6),
    ],
)
def test_bounds(text: str, low: float | None, high: float | None) -> None:
    """Without it a range would be two doses, and a bound an exact amount."""
    [row] = read(text)
    assert (row.dose_low, row.dose_high) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "Blood glucose above 180 mg/dL.",
        "Participants weighing 50 kg or more.",
        "Adults aged 18 to 65 years.",
        "A vial contains 50 mg of powder.",
        "Supplied as 10 mg or 20 mg in glass bottles.",
        "Creatinine clearance greater than or equal to 60 mL/min.",
        "Clearance of 60 mL/min/1.73 m2.",
        "A 25G needle is used.",
        "An accuracy of 95% was reached.",
        "15 mL of blood will be drawn.",
        "Patients were followed up to 2 years.",
        "Symptoms are assessed weekly for 6 months.",
        "Surgery 4 weeks after completion of chemotherapy.",
        "The wound is closed without subcutaneous drains.",
        "Patients with stage IV disease.",
        "Patients with difficulties in daily life.",
        "Cohort 2 has no intervention.",
        "Radiotherapy alone.",
        "",
    ],
)
def test_what_is_no_regimen_has_no_row(text: str) -> None:
    """Without it lab values, ages, strengths, follow-ups and anatomy would fill the table with wrong doses."""
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 mg every 4 weeks", every(4, "WEEK")),
        ("5 mg q8h", every(8, "HOUR")),
        ("5 mg Q3W", every(3, "WEEK")),
        ("5 mg tid", every(1 / 3, "DAY")),
        ("5 mg b.i.d.", every(1 / 2, "DAY")),
        ("5 mg three times a day", every(1 / 3, "DAY")),
        ("5 mg twice weekly", every(1 / 2, "WEEK")),
        ("5 mg once per three months", every(3, "MONTH")),
        ("5 mg every other day", every(2, "DAY")),
        ("5 mg nightly", every(1, "DAY")),
        ("5 mg every morning", every(1, "DAY")),
        ("5 mg, two weeks apart", every(2, "WEEK")),
        ("5 mg at 6-hour intervals", every(6, "HOUR")),
        ("5 mg every 4-6 weeks", {}),
        ("5 mg 1-2 times a day", {}),
        ("5 mg single dose", {"administrations": 1}),
        ("5 mg 8 times", {"administrations": 8}),
        ("5 mg for a total of three infusions", {"administrations": 3}),
        ("5 mg for 12 weeks", lasting(12, "WEEK")),
        ("5 mg x 5 days", lasting(5, "DAY")),
        ("5 mg over 30 minutes", {}),
        ("5 mg daily, 8 weeks", {**every(1, "DAY"), **lasting(8, "WEEK")}),
        ("5 mg once daily for up to 24 weeks", {**every(1, "DAY"), **lasting(24, "WEEK")}),
        ("5 mg on days 1, 8 and 15", {"on_days": (1, 8, 15), "administrations": 3}),
        ("5 mg on days 1-5", {"on_days": (1, 2, 3, 4, 5), "administrations": 5}),
        ("5 mg on days -3 to -1", {"on_days": (-3, -2, -1), "administrations": 3}),
        ("5 mg by continuous infusion on days 1-2", {"on_days": (1, 2)}),
        ("5 mg bid on days 1-2", {**every(1 / 2, "DAY"), "on_days": (1, 2)}),
        ("5 mg on day 1 of a 21-day cycle for up to 6 cycles", {"on_days": (1,), "cycle_days": 21, "cycles": 6}),
        ("5 mg on day 1 every 3 weeks", {"on_days": (1,), "cycle_days": 21}),
        ("5 mg every 21 days for 4 cycles", {"cycle_days": 21, "cycles": 4}),
        ("5 mg every 3 weeks, 6 cycles", {**every(3, "WEEK"), "cycles": 6}),
        ("5 mg daily, 14 days on, 7 days off", {**every(1, "DAY"), **lasting(14, "DAY"), "cycle_days": 21}),
        ("5 mg at 0, 1 and 6 months", {"administrations": 3}),
        ("5 mg for 1-4 cycles", {}),
    ],
)
def test_schedules(text: str, expected: dict[str, object]) -> None:
    """Without it how often, how many and how long would be read into one another."""
    assert said(text) == [dose(5, "mg", **expected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("once daily at 150 mg/day", dose(150, "mg", **every(1, "DAY"))),
        ("1800 mg in two divided doses", dose(1800, "mg/d", **every(0.5, "DAY"))),
        ("60 Gy in 30 fractions", {"administrations": 30}),
        ("0.5 mg daily, not exceeding 2 mg", dose(0.5, "mg", **every(1, "DAY"))),
        ("500 mg tablet by mouth twice daily", dose(500, "mg", route="ORAL", **every(0.5, "DAY"))),
        ("2 tablets taken daily", dose(2, "tablet", route="ORAL", **every(1, "DAY"))),
        ("10 mg (2 mL) i.v.", dose(10, "mg", route="INTRAVENOUS")),
        ("10 mg in 100 mL of saline intravenously", dose(10, "mg", route="INTRAVENOUS")),
        ("intravenous, 4x107/40ml, four times in one year",
         dose(4e7, None, route="INTRAVENOUS", administrations=4, **lasting(1, "YEAR"))),
    ],
)  # fmt: skip
def test_facts_settle_one_another(text: str, expected: dict[str, object]) -> None:
    """Without it a day's total would be given twice a day, a total at once, and a diluent would be a dose."""
    assert said(text) == [expected]


def test_every_agent_of_a_sentence_has_its_row_and_what_is_said_for_all() -> None:
    """Without it one agent's dose would be another's, or a shared schedule would be the last one's alone."""
    text = (
        "Patients receive examplumab 10 mg/kg IV and testoplatin 75 mg/m2 IV on day 1, "
        "and oral mockanib twice daily on days 1-14."
    )
    assert said(text) == [
        dose(10, "mg/kg", agent="examplumab", route="INTRAVENOUS", on_days=(1,), administrations=1),
        dose(75, "mg/m2", agent="testoplatin", route="INTRAVENOUS", on_days=(1,), administrations=1),
        {"agent": "mockanib", "route": "ORAL", **every(0.5, "DAY"), "on_days": tuple(range(1, 15))},
    ]


def test_a_sentence_about_the_treatment_speaks_of_the_rows_before_it() -> None:
    """Without it the cycles of a regimen, said in its last sentence, would belong to nothing."""
    text = "Examplumab IV over 1 hour on day 1. Treatment repeats every 21 days for up to 6 courses."
    assert said(text) == [
        {"agent": "Examplumab", "route": "INTRAVENOUS", "on_days": (1,), "cycle_days": 21, "cycles": 6}
    ]


def test_only_the_agent_carries_on_into_the_next_sentence() -> None:
    """Without it a later sentence's dose would have no agent, or the earlier one's route."""
    text = "Participants receive mockanib orally. The starting dose is 5 mg."
    assert said(text) == [{"agent": "mockanib", "route": "ORAL"}, dose(5, "mg", agent="mockanib")]


def test_labelled_facts_are_one_row() -> None:
    """Without it a description written as a form would be as many rows as it has fields."""
    text = "Dose: 100 mg. Route: oral. Frequency: twice daily. Duration: for 28 days."
    assert said(text) == [dose(100, "mg", route="ORAL", **every(0.5, "DAY"), **lasting(28, "DAY"))]


def test_a_later_phase_has_its_own_row_with_what_carries_on() -> None:
    """Without it a loading dose and a maintenance dose would be one."""
    text = "Mockanib 5 mg/kg IV, followed by 1 mg/kg every 2 weeks."
    assert said(text) == [
        dose(5, "mg/kg", agent="Mockanib", route="INTRAVENOUS"),
        dose(1, "mg/kg", agent="Mockanib", route="INTRAVENOUS", **every(2, "WEEK")),
    ]


def test_dose_groups_are_a_row_each() -> None:
    """Without it the levels of a dose finding would be lost but one."""
    text = "Low dose: 1000000 cells/kg Middle dose: 2000000 cells/kg High dose: 4000000 cells/kg"
    assert [row["dose_low"] for row in said(text)] == [1e6, 2e6, 4e6]
    assert [row["dose_low"] for row in said("Mockanib 5, 10 or 20 mg once")] == [5, 10, 20]


def test_a_fixed_combination_has_a_row_a_component() -> None:
    """Without it two substances' amounts would be one's range."""
    assert said("mockanib/testolol 10/25 mg daily") == [
        dose(10, "mg", agent="mockanib", **every(1, "DAY")),
        dose(25, "mg", agent="testolol", **every(1, "DAY")),
    ]


@pytest.mark.parametrize("type_", ["BEHAVIORAL", "DEVICE", "PROCEDURE"])
def test_what_is_no_substance_has_no_dose(type_: str) -> None:
    """Without it the session's length or the needle's volume would be a dose."""
    text = "60-minute sessions with 5 mL of gel, twice a week for 8 weeks"
    assert all(row.dose_low is None and row.route is None for row in read(text, type=type_))
    assert {**every(0.5, "WEEK"), **lasting(8, "WEEK")}.items() <= said(text, type_)[-1].items()


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("5 mg by vein", "INTRAVENOUS"),
        ("5 mg into the vein", "INTRAVENOUS"),
        ("5 mg injected under the skin", "SUBCUTANEOUS"),
        ("5 mg under the tongue", "SUBLINGUAL"),
        ("0.5 mL in the deltoid muscle", "INTRAMUSCULAR"),
        ("0.1 mg via skin patch", "TRANSDERMAL"),
        ("20 mL for a testal nerve block", "PERINEURAL"),
        ("one drop in the left eye", "OPHTHALMIC"),
        ("two drops in each ear", "OTIC"),
        ("deep vein thrombosis, 5 mg", None),
        ("5 mg daily during radiotherapy", None),
    ],
)
def test_routes_are_read_in_plain_words(text: str, route: str | None) -> None:
    """Without it what is written for patients would have no route, and a radiotherapy beside would be a drug's."""
    assert read(text)[0].route == route


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 mg PO 1-4, 9-12 q 28 days", {"route": "ORAL", "on_days": (1, 2, 3, 4, 9, 10, 11, 12), "cycle_days": 28}),
        ("5 mg PO 5-8, 1-4", {"route": "ORAL"}),
        ("5 mg 1-14 days of every 3-week cycle", {"on_days": tuple(range(1, 15)), "cycle_days": 21}),
        ("5 mg for a maximum of twenty-four weeks", lasting(24, "WEEK")),
        ("5 mg for at least 5 days and up to 14 days", {}),
        ("5 mg at Day 0, Month 1 and Month 6", {"administrations": 3}),
        ("5 mg qd; 28 days as a cycle", {**every(1, "DAY"), "cycle_days": 28}),
        ("5 mg given as four 3-week cycles", {"cycle_days": 21, "cycles": 4}),
        ("5 mg once a week, each time as a single dose", every(1, "WEEK")),
        ("5 mg once (OD), single dose", {"administrations": 1}),
        ("5 mg single oral dose", {"route": "ORAL", "administrations": 1}),
        ("5 mg daily for 2 weeks followed by a two week washout", {**every(1, "DAY"), **lasting(2, "WEEK")}),
        ("5 mg twice daily (once in the morning and once in the evening)", every(0.5, "DAY")),
        ("Courses 1, 3 and 5: 5 mg on days 1-2", {"on_days": (1, 2)}),
        ("5 mg every 12 hours for 8 doses (total 40 mg x 4 days)", {**every(12, "HOUR"), "administrations": 8}),
    ],
)
def test_schedules_in_other_words(text: str, expected: dict[str, object]) -> None:
    """Without it a cycle would be a duration, a total a schedule, and a list of visits the days of giving."""
    assert said(text) == [dose(5, "mg", **expected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90 mg/kg/day in 2 divided doses", [dose(90, "mg/kg/d", **every(0.5, "DAY"))]),
        ("escalated from 5 mg/day to 10 mg/day", [dose(5, "mg/d"), dose(10, "mg/d")]),
        ("2 mU/min, increased every 30 minutes", [dose(2, "mU/min")]),
        ("4 g of testol in 4 capsules", [dose(4, "g", agent="testol")]),
        ("up to 3 patches daily", [{"dose_high": 3, "dose_unit": "patch", **every(1, "DAY")}]),
        ("40 mg at Week 0, 20 mg at Week 2", [dose(40, "mg"), dose(20, "mg")]),
        (
            "5 mg on day 1 and every 4 weeks thereafter",
            [dose(5, "mg", on_days=(1,), administrations=1), dose(5, "mg", **every(4, "WEEK"))],
        ),
        (
            "5 mg every 2 weeks or every 4 weeks by SC injection",
            [dose(5, "mg", route="SUBCUTANEOUS", **every(weeks, "WEEK")) for weeks in (2, 4)],
        ),
        (
            "40 mg IV or by mouth daily",
            [dose(40, "mg", route=route, **every(1, "DAY")) for route in ("INTRAVENOUS", "ORAL")],
        ),
        (
            "SC at a starting dose of 1 mg, with a target dose of 2 mg",
            [dose(1, "mg", route="SUBCUTANEOUS"), dose(2, "mg", route="SUBCUTANEOUS")],
        ),
        ("0.6 g/d for the 9 weeks, 0.3 g/d afterward", [dose(0.6, "g/d", **lasting(9, "WEEK")), dose(0.3, "g/d")]),
        (
            "20/5 mg tablets of testol/mockanib BID",
            [
                dose(20, "mg", agent="testol", **every(0.5, "DAY")),
                dose(5, "mg", agent="mockanib", **every(0.5, "DAY")),
            ],
        ),
        (
            "testol 4 mg TID and 9 mg mockanib TID for 6 weeks",
            [
                dose(4, "mg", agent="testol", **every(1 / 3, "DAY"), **lasting(6, "WEEK")),
                dose(9, "mg", agent="mockanib", **every(1 / 3, "DAY"), **lasting(6, "WEEK")),
            ],
        ),
        (
            "testol 800 mcg sublingually 24 hours after mockanib 20 mg orally",
            [
                dose(800, "ug", agent="testol", route="SUBLINGUAL"),
                dose(20, "mg", agent="mockanib", route="ORAL"),
            ],
        ),
    ],
)
def test_what_carries_on_within_a_sentence(text: str, expected: list[dict[str, object]]) -> None:
    """Without it an alternative or a later dose would lose its route, or take what is another's."""
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12-week walking program", [{"agent": "walking program", **lasting(12, "WEEK")}]),
        ("a 5-day course of testol for treatment of the disease", [{"agent": "testol", **lasting(5, "DAY")}]),
        ("They use the mocking app 30 minutes per day", [{"agent": "mocking app", **every(1, "DAY")}]),
        ("Mocking app, 1 hour per day, 5 days per week", [{"agent": "Mocking app", **every(0.2, "WEEK")}]),
        ("Participants will take part in a dance class weekly", [{"agent": "dance class", **every(1, "WEEK")}]),
        (
            "Testol for 3 weeks (21 days) as 1 cycle, up to 4 cycles",
            [{"agent": "Testol", "cycle_days": 21, "cycles": 4}],
        ),
        ("60 Gy in 6 weeks", [dose(60, "Gy", **lasting(6, "WEEK"))]),
        ("Every three months blood pressure and 75 g testose will be measured.", []),
    ],
)
def test_programmes_and_observations(text: str, expected: list[dict[str, object]]) -> None:
    """Without it a programme's length would be lost, and a visit would be a treatment."""
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("Mockanib 5 mg daily", "Mockanib"),
        ("5 mg of mockanib daily", "mockanib"),
        ("I.V. mockanib daily", "mockanib"),
        ("Subjects will be treated with TX 287 at a dose of 5 mg", "TX 287"),
        ("Six cycles of intravenous testo-12", "testo-12"),
        ("Mockanib (Brandex) will be administered orally", "Mockanib"),
        ("Combination chemotherapy with mockanib IV", "mockanib"),
        ("12 sessions of breathing exercise", "breathing exercise"),
        ("10 mCi of testium labeled anti-MOCK", "testium labeled anti-MOCK"),
        ("TX 0287 tablets will be orally administered", "TX 0287"),
        ("Testotoxin type A 100 units", "Testotoxin type A"),
        ("Normal saline 10 mL", "Normal saline"),
        ("matched placebo once weekly", "matched placebo"),
        ("high-dose testol IV", "testol"),
        ("20 mL of 0.5% testocaine", "testocaine"),
        ("an ultrasound-guided block with 20 mL of 0.5% testocaine", "testocaine"),
        ("their Applied Mocking Therapy for 8 weeks", "Applied Mocking Therapy"),
        ("multivitamin and mineral supplements for 4 months", "multivitamin and mineral supplements"),
        ("Motivational session twice a week", "Motivational session"),
        ("TESTO-12 weekly using a prefilled mock-pen", "TESTO-12"),
        ("TESTO-12 (even courses 2 and 4): 5 mg", None),
        ("DV Group: 35 mg on day 1", None),
        ("Only for patients not previously treated with mockanib, 5 mg daily", None),
        ("5 mg daily", None),
        ("Patients receive 2 tablets", None),
        ("5 mg, 24 hours after each dose of mockanib", None),
        ("The right knee will be treated with testol 5 mg", "testol"),
        ("All test samples are treated by intravenous injection of mockanib", "mockanib"),
    ],
)
def test_agents_are_named_as_written(text: str, agent: str | None) -> None:
    """Without it a row would name another thing than what is given, or a part of its name."""
    assert read(text)[0].agent == agent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "On day 1, patients receive mockanib 5 mg.",
            [dose(5, "mg", agent="mockanib", on_days=(1,), administrations=1)],
        ),
        (
            "For 12 weeks, mockanib 5 mg and testol 2 mg are taken daily.",
            [
                dose(5, "mg", agent="mockanib", **every(1, "DAY"), **lasting(12, "WEEK")),
                dose(2, "mg", agent="testol", **every(1, "DAY"), **lasting(12, "WEEK")),
            ],
        ),
        (
            "testol 400 mg IV bolus followed by testol 2400 mg IV on days 1 and 15",
            [
                dose(400, "mg", agent="testol", route="INTRAVENOUS", on_days=(1, 15), administrations=2),
                dose(2400, "mg", agent="testol", route="INTRAVENOUS", on_days=(1, 15), administrations=2),
            ],
        ),
        (
            "Mockanib 5 mg daily (or placebo) for 52 weeks",
            [
                dose(5, "mg", agent="Mockanib", **every(1, "DAY"), **lasting(52, "WEEK")),
                {"agent": "placebo", **lasting(52, "WEEK")},
            ],
        ),
        (
            "mockanib 5 mg every 4-6 weeks and testol 10 mg daily",
            [dose(5, "mg", agent="mockanib"), dose(10, "mg", agent="testol", **every(1, "DAY"))],
        ),
        (
            "mockanib 5mg/testol 160mg once daily",
            [
                dose(5, "mg", agent="mockanib", **every(1, "DAY")),
                dose(160, "mg", agent="testol", **every(1, "DAY")),
            ],
        ),
        (
            "60 Gy in 30 fractions with testol 40 mg weekly",
            [{"administrations": 30}, dose(40, "mg", agent="testol", **every(1, "WEEK"))],
        ),
        (
            "testol 40 mg weekly, combined with 60Gy/30f radiotherapy",
            [
                dose(40, "mg", agent="testol", **every(1, "WEEK")),
                {"agent": "radiotherapy", "route": "RADIATION", "administrations": 30},
            ],
        ),
        (
            "mockanib 2 mg weekly after escalation (0.5 mg of mockanib and 0.2 mg of testol from weeks 0-4)",
            [
                dose(2, "mg", agent="mockanib", **every(1, "WEEK")),
                dose(0.5, "mg", agent="mockanib"),
                dose(0.2, "mg", agent="testol"),
            ],
        ),
        (
            "8 mg testone, 3 cc mockacaine and 5 cc serum will be injected",
            [dose(8, "mg", agent="testone"), dose(3, "mL", agent="mockacaine"), dose(5, "mL", agent="serum")],
        ),
        (
            "They will taper their mockanib dose from 5 mg per day to 0 mg per day",
            [dose(5, "mg/d", agent="mockanib"), dose(0, "mg/d", agent="mockanib")],
        ),
        ("a protracted (30 days) course of mockanib", [{"agent": "mockanib", **lasting(30, "DAY")}]),
        ("a course (30 days) of mockanib", [{"agent": "mockanib", **lasting(30, "DAY")}]),
        ("weekly mockanib, a written plan, and advice", [{"agent": "mockanib", **every(1, "WEEK")}]),
        (
            "mockanib IV continuously, testol continuous IV on days 1-2",
            [
                {"agent": "mockanib", "route": "INTRAVENOUS", "on_days": (1, 2)},
                {"agent": "testol", "route": "INTRAVENOUS", "on_days": (1, 2)},
            ],
        ),
    ],
)
def test_what_a_sentence_opens_with_and_what_a_list_shares(text: str, expected: list[dict[str, object]]) -> None:
    """Without it a day said first would be a row of nothing, and one agent's schedule another's."""
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mockanib 5 mg daily. A cycle is defined as 28 days.", {**every(1, "DAY"), "cycle_days": 28}),
        ("Mockanib 5 mg daily (cycle length 28 days)", {**every(1, "DAY"), "cycle_days": 28}),
        (
            "Mockanib 5 mg daily. Four weeks of treatment is considered one cycle.",
            {**every(1, "DAY"), "cycle_days": 28},
        ),
        (
            "Mockanib 5 mg daily. Chemotherapy repeats every 21 days for 4 courses.",
            {**every(1, "DAY"), "cycle_days": 21},
        ),
        ("Mockanib 5 mg daily. Duration of treatment: 12 weeks.", {**every(1, "DAY"), **lasting(12, "WEEK")}),
        ("Mockanib 5 mg daily (treatment period 12 weeks)", {**every(1, "DAY"), **lasting(12, "WEEK")}),
        ("Mockanib 5 mg, 3 years treatment duration", lasting(3, "YEAR")),
        ("Mockanib 5 mg x 5 days every 4 weeks", {**lasting(5, "DAY"), "cycle_days": 28}),
        (
            "Mockanib 5 mg weekly for the first 7 weeks, followed by 1 week rest",
            {**every(1, "WEEK"), **lasting(7, "WEEK")},
        ),
        ("Mockanib 5 mg daily. Patients may receive 4 additional courses.", every(1, "DAY")),
        ("Mockanib 5 mg on 5 out of 7 days", every(0.2, "WEEK")),
        ("Mockanib 5 mg IV twice, 7 days apart", {"route": "INTRAVENOUS", **every(7, "DAY"), "administrations": 2}),
        ("Mockanib 5 mg on day 16, once (OD), single dose", {"on_days": (16,), "administrations": 1}),
        ("Mockanib 5 mg taken around bedtime", every(1, "DAY")),
        ("Mockanib 5 mg sub-Q daily", {"route": "SUBCUTANEOUS", **every(1, "DAY")}),
        ("Mockanib 5 mg x 2 bid", every(0.5, "DAY")),
        ("Mockanib 5 mg via the left test artery", {"route": "INTRAARTERIAL"}),
        ("Mockanib 5 mg; route: ID", {"route": "INTRADERMAL"}),
        ("Mockanib 5 mg daily, recorded as subject ID", every(1, "DAY")),
        ("8 to 12 weeks of Mockanib 5 mg", {}),
        ("Mockanib 5 mg daily in the period day 32 to day 90", every(1, "DAY")),
        ("Mockanib 5 mg daily, tested after every seven modules", every(1, "DAY")),
        ("Mockanib 5 mg daily, organised into five modules", every(1, "DAY")),
        ("Mockanib 5 mg daily. After the first 4 weeks of therapy it ends.", every(1, "DAY")),
        ("Mockanib 5 mg daily, in increments of 2 mg every 5 days", every(1, "DAY")),
        ("Mockanib 5 mg daily; patients return for monthly visits for 3 more months", every(1, "DAY")),
        ("Mockanib 5 mg once. Patients are followed at 30 days; at 6, 12 and 24 months", {"administrations": 1}),
    ],
)
def test_schedules_beyond_the_plain_ones(text: str, expected: dict[str, object]) -> None:
    """Without it the length of a cycle would be a row of its own, and a visit, a step or a range would be giving."""
    first = said(text)[0]
    assert {column: value for column, value in first.items() if column not in ("agent", "cycles")} == dose(
        5, "mg", **expected
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1x10^6/kg mock cells", dose(1e6, "cells/kg", agent="mock cells")),
        ("5 mg of mockanib per day", dose(5, "mg/d", agent="mockanib")),
        ("between 600 and 1200 mg of mockanib per day", {"dose_low": 600, "dose_high": 1200, "dose_unit": "mg/d"}),
        ("remain on daily mockanib dose of 5 mg", dose(5, "mg/d", agent="mockanib")),
        ("two tablets of mockanib 10 mg", dose(20, "mg", agent="mockanib")),
        ("40Gy/20f radiotherapy", {"agent": "radiotherapy", "route": "RADIATION", "administrations": 20}),
        ("3 Gy x 10 fractions for a total dose of 30 Gy in two weeks",
         dose(3, "Gy", administrations=10, **lasting(2, "WEEK"))),
        ("mockanib cream 0.1% applied daily", dose(0.1, "%", agent="mockanib", **every(1, "DAY"))),
        ("A vial contains 5 g/100 mL of mockanib, given IV", {"route": "INTRAVENOUS"}),
    ],
)  # fmt: skip
def test_amounts_beyond_the_plain_ones(text: str, expected: dict[str, object]) -> None:
    """Without it a day's amount would be given at once, and a total or a concentration would be a dose."""
    assert said(text) == [expected]


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("Mockanib monotherapy 5 mg daily", "Mockanib"),
        ("Mockanib-Testol triple therapy on day 0", "Mockanib-Testol"),
        ("Placebo matching to TX-12 will be administered orally", "Placebo"),
        ("with the addition of mockanib IV", "mockanib"),
        ("25 minutes of brisk mocking daily", "brisk mocking"),
        ("Weekly 90-minute group mocking for 12 weeks", "mocking"),
        ("testasone followed by SX5416 done twice weekly", "SX5416"),
        ("Mocking exercises were performed. The treatment was applied twice a week", "Mocking exercises"),
        ("The mocking app is free. It is used weekly", "mocking app"),
        ("Conservative treatment twice a week", "Conservative treatment"),
        ("home-based mocking twice a week", "home-based mocking"),
        ("They perform self-monitored mocking 4 times a day", "self-monitored mocking"),
        ("Long-lasting film-coated tablets twice a day", None),
        ("The device is worn at night", None),
        ("The therapeutic agent is given orally", None),
        ("The clinic has approved the device, 5 mg daily", None),
        ("The nurse will choose the dose every 7 days", None),
        ("No mockanib will be administered on days 1-3", None),
        ("Mockanib 5 mg elemental orally", "Mockanib"),
    ],
)
def test_agents_beyond_the_plain_ones(text: str, agent: str | None) -> None:
    """Without it who gives, or how a thing is used, would be what is given."""
    rows = read(text)
    assert [row.agent for row in rows] == [agent] * len(rows)


@pytest.mark.parametrize(
    "text",
    [
        "Patients who have been ill for 6 months are enrolled.",
        "Participants perform daily fasting mockose measurements.",
        "Two 30-day treatment periods.",
        "The plan is organised into five modules.",
        "Every three months blood will be collected.",
        "No mock nerve block in the control group.",
    ],
)
def test_conditions_and_measurements_have_no_row(text: str) -> None:
    """Without it who may take part, and what is only measured, would be something given."""
    assert said(text) == []


_SPELT = {
    "bymouth": "by mouth", "peros": "per os", "byvein": "by vein", "byveins": "by vein", "byartery": "via the artery",
    "byarteries": "via the arteries", "bymuscle": "by muscle", "underskin": "under the skin",
    "undertongue": "under the tongue", "peripheralvein": "peripheral vein", "peripheralveins": "peripheral veins",
    "hepaticarterialinfusion": "hepatic arterial infusion", "hepaticarteryinfusion": "hepatic artery infusion",
    "deltoidmuscle": "deltoid muscle", "eyedrops": "eye drops", "eyedrop": "eye drop", "eardrops": "ear drops",
    "eardrop": "ear drop", "nasalspray": "nasal spray", "skinpatch": "skin patch", "skinpatches": "skin patches",
    "nerveblock": "nerve block", "nerveblocks": "nerve blocks", "plexusblock": "plexus block",
    "plexusblocks": "plexus blocks",
}  # fmt: skip


def test_every_route_and_code_of_the_vocabulary_is_read_without_a_number() -> None:
    """Without it a text without digits would be passed over, though it says by which way or how often."""
    alone = {"id"} | {word for word, route in ROUTES.items() if route == "RADIATION"}  # say nothing without more
    unread = [word for word in ROUTES.keys() - alone if not said(f"mockanib given {_SPELT.get(word, word)}")]
    unread += [
        word for word in ("qid", "qod", "bd", "tds", "qhs", "tiw", "q.i.d.") if not said(f"mockanib given {word}")
    ]
    assert unread == []


@pytest.mark.parametrize(
    ("agent", "names", "matched"),
    [
        ("mockanib", ["Mockanib Hydrochloride", "Examplumab 10 mg"], 0),
        ("examplumab", ["Mockanib Hydrochloride", "Examplumab 10 mg", "Placebo to mockanib"], 1),
        ("MOCKANIB HCl tablets", ["Mockanib Hydrochloride", "Examplumab 10 mg", "Placebo to mockanib"], 0),
        ("placebo", ["Mockanib Hydrochloride", "Placebo to mockanib"], 1),
        ("placebo", ["Placebo to mockanib", "Placebo to examplumab"], None),
        ("testolol", ["Mockanib Hydrochloride", None], None),
        ("mg", ["Mockanib Hydrochloride", "10 mg"], None),
        (None, ["Mockanib Hydrochloride"], 0),
        (None, ["Mockanib Hydrochloride", "Examplumab 10 mg"], None),
    ],
)
def test_an_agent_is_matched_only_where_it_is_sure(agent: str | None, names: list[str | None], matched: int) -> None:
    """Without it an arm's dose would be told of the wrong intervention."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE asked AS SELECT 'T' AS trial_id, 'A' AS arm_id, $agent AS agent", {"agent": agent}
        )
        connection.execute(
            "CREATE TABLE interventions AS SELECT 'T' AS trial_id, place AS intervention_id, name "
            "FROM (SELECT unnest($names::VARCHAR[]) AS name, generate_subscripts($names::VARCHAR[], 1) - 1 AS place)",
            {"names": names},
        )
        connection.execute("CREATE TABLE arm_interventions AS SELECT 'A' AS arm_id, intervention_id FROM interventions")
        derive._make_keys(connection)
        found = connection.execute(derive._MATCHED).fetchall()
    assert found == ([] if matched is None else [("A", agent, matched)])


def test_every_place_is_exact() -> None:
    """Without it nobody could check a row against its words."""
    text = "Arm A: examplumab 10 mg/kg i.v. Q3W; testolol 5 mg p.o."
    assert [row.source_text for row in read(text)] == ["examplumab 10 mg/kg i.v. Q3W", "testolol 5 mg p.o."]


_WORDS = """
    10 mg 5 mL A B mockanib day days 1 8 15 21-day cycle cycles for of and or every 3 weeks twice daily oral
    IV ( ) , ; . : / - + x 1x10^6 cells/kg 2x107 100 million tablets up to at least total dose doses infusion
    followed by then rest off on over 30 minutes 50 % treatment repeats q8h once a per half ½ 1/2 max divided
    in two AUC vial with water assessed morning apart 9999999999999999999999
"""
WORDS = st.sampled_from(_WORDS.split())


@settings(max_examples=150, deadline=None)
@example("0g.0/0g")  # amounts of a combination of which the first is taken for no dose
@example("0000000000¼")  # a number longer than any amount
@example("00 400 mg")  # no number in groups of three
@example("10 to 1 tablets")  # no range
@example("5/10 mg of blood")  # a combination, and no dose: so much is drawn
@example("daily dose of 5 mg of blood")
@given(
    st.one_of(
        st.text(max_size=80), st.lists(WORDS, max_size=30).map(" ".join), st.lists(WORDS, max_size=30).map("".join)
    )
)
def test_every_text_is_read_without_an_error_and_rows_stand_where_they_say(text: str) -> None:
    """Without it one odd description would stop a build, or a row would point beside its words."""
    for row in read(text):
        assert isinstance(row, Regimen)
        assert row.source_text == text[row.char_start : row.char_end] != ""
        assert row.dose_low is None or row.dose_high is None or row.dose_low <= row.dose_high
        assert (row.every_value is None) == (row.every_unit is None)
        assert (row.duration_value is None) == (row.duration_unit is None)
    assert read(text) == read(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_tokens_and_facts_stand_in_order(text: str) -> None:
    """Without it the grouping, which walks the facts once, would lose some."""
    words = tokens(text)
    assert len(words.shape) == len(words.starts) == len(words.ends) == len(words.values)
    assert all(start < end for start, end in zip(words.starts, words.ends, strict=True))
    starts = [fact.start for fact in facts(words)]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    "unit",
    ["10 mg ", "A 10 mg daily, ", "1,", "day 1, ", "D1,", "((", "; A 5 mg", "oral/", "assessed daily ", "1 million ",
     "days 1-400 ",
     "Treatment repeats every 3 weeks. ", "Every will ", "Day 1 and ", "1-2, ", "drops ",
     "1000000 a-", "at the a ", "persons who ", "it is. a, b. It: 5 mg. ", "a, b is ", "A and B, ", "w(w"],
)  # fmt: skip
def test_long_texts_are_read_in_linear_work(unit: str) -> None:
    """Without it a hostile or broken description of a megabyte would hold a build for hours."""
    read(unit * (60_000 // len(unit)))


def test_vocabulary_has_the_codes_of_the_rule_book() -> None:
    """Without it a row could hold a route or a unit that the table does not allow."""
    assert set(ROUTES.values()) == vocabulary(
        """ORAL SUBLINGUAL BUCCAL INTRAVENOUS INTRAARTERIAL INTRAMUSCULAR SUBCUTANEOUS INTRADERMAL INTRAPERITONEAL
        INTRAARTICULAR INTRATHECAL EPIDURAL INTRAVITREAL OPHTHALMIC OTIC INTRANASAL INHALED TOPICAL TRANSDERMAL RECTAL
        VAGINAL INTRAVESICAL INTRATUMORAL INTRACORONARY INTRALESIONAL PERINEURAL ENTERAL RADIATION OTHER"""
    )
    assert set(PIECES.values()) == vocabulary("tablet capsule drop puff spray patch sachet ampoule")


def test_labelled_descriptions_are_read_as_labelled() -> None:
    """Without it a change that reads one sentence better and a hundred worse would go unseen."""
    if not GOLD.exists():
        pytest.skip("the labelled descriptions are not beside the repository")
    from benchmarks.score_regimens import compare, f1

    right = wrong = missing = 0
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        counts = compare(read(entry["text"], entry["type"]), entry["regimens"])
        right += sum(number for (_, kind), number in counts.items() if kind == "right")
        wrong += sum(number for (_, kind), number in counts.items() if kind == "wrong")
        missing += sum(number for (_, kind), number in counts.items() if kind == "missing")
    assert f1(right, wrong, missing) >= 0.96
