"""The reader of time frames: every rule of the rule book, and what holds for any string."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.score_timepoints import everything, rows_of, times
from pipeline.normalize import timeframe_words
from pipeline.normalize.quantities import DAYS, fold
from pipeline.normalize.timepoints import Timepoint, is_time_frame, read
from schemas import codes


def short(row: Timepoint) -> str:
    """Return a row as `P 12 WEEK`, `W 0 DAY BASELINE .. 4 MONTH TREATMENT_END d`, roles as `o` and `d`."""

    def side(value: float | None, unit: str | None, anchor: str | None, role: str | None) -> str:
        if value is None:
            return "-"
        return " ".join(part for part in (f"{value:g}", unit, anchor, (role or "")[:1].lower()) if part)

    start = side(*row[4:8])
    text = f"{row.kind[0]} {start}"
    if row.kind == "POINT":
        assert row[4:8] == row[8:12]
    elif row.kind != "UNRESOLVED":
        text += f" .. {side(*row[8:12])}"
    if row.every_value is not None:
        text += f" every {row.every_value:g} {row.every_unit}"
    if row.cycle is not None:
        text += f" c{row.cycle}"
    return text + (" ~" if row.approximate else "")


def said(time_frame: str) -> list[str]:
    """Return the rows of a time frame, each in short."""
    return ["U" if row.kind == "UNRESOLVED" else short(row) for row in read(time_frame)]


def check(time_frame: str, *rows: str) -> None:
    """Check the rows of a time frame."""
    assert said(time_frame) == list(rows), time_frame


def test_columns() -> None:
    """The build inserts rows by name: a column less, or another order, and every table is wrong."""
    assert Timepoint._fields == (
        *("source_text", "char_start", "char_end", "kind"),
        *("start_value", "start_unit", "start_anchor", "start_anchor_role"),
        *("end_value", "end_unit", "end_anchor", "end_anchor_role"),
        *("start_day", "end_day", "study_day_low", "study_day_high"),
        *("every_value", "every_unit", "cycle", "anchor_text", "approximate"),
    )


def test_rule_book_examples() -> None:
    """The table at the end of the rule book is what users will try first."""
    check("0, 3, 6, 9 and 12 months", "P 0 MONTH", "P 3 MONTH", "P 6 MONTH", "P 9 MONTH", "P 12 MONTH")
    check("From enrollment to the end of treatment at 4 months", "W 0 DAY ENROLLMENT .. 4 MONTH TREATMENT_END d")
    check("From enrollment to 4 months after the end of treatment", "W 0 DAY ENROLLMENT .. 4 MONTH TREATMENT_END o")
    check("Day -14-Day -1, Day 28, W56", "W -14 DAY .. -1 DAY", "P 28 DAY", "P 56 WEEK")
    check("Through study completion, an average of 1 year", "W 0 YEAR .. 1 YEAR STUDY_COMPLETION d ~")
    check(
        "Predose and 0.5, 1, 2 h post-dose", "P 0 DAY DOSE", "P 0.5 HOUR DOSE o", "P 1 HOUR DOSE o", "P 2 HOUR DOSE o"
    )
    check("Baseline, then every 3 months up to 2 years", "P 0 DAY BASELINE", "R 0 YEAR .. 2 YEAR every 3 MONTH")
    check("24 hours before and 30 minutes after surgery", "P -24 HOUR PROCEDURE o", "P 30 MINUTE PROCEDURE o")


def test_lists_share_their_unit() -> None:
    """Rule 1: a list whose unit stands once must not lose its other numbers."""
    check("Weeks 2, 4 and 8", "P 2 WEEK", "P 4 WEEK", "P 8 WEEK")
    check("Week 0/4/8", "P 0 WEEK", "P 4 WEEK", "P 8 WEEK")
    check("Days 1-3, 7", "W 1 DAY .. 3 DAY", "P 7 DAY")
    check("1-, 2- and 3-year", "P 1 YEAR", "P 2 YEAR", "P 3 YEAR")
    check("Week 4, 3 months", "P 4 WEEK", "P 3 MONTH")
    check("Weeks 2, 4 and 3, 6 months", "P 2 WEEK", "P 4 WEEK", "P 3 MONTH", "P 6 MONTH")
    check("Day 1 to 3 months", "W 1 DAY .. 3 MONTH")
    check("6 weeks, 12, 24", "P 6 WEEK", "P 12 WEEK", "P 24 WEEK")
    check("24th hour, 1st and 3rd months", "P 24 HOUR", "P 1 MONTH", "P 3 MONTH")
    check("days 1,7,14", "P 1 DAY", "P 7 DAY", "P 14 DAY")


@pytest.mark.parametrize(
    ("time_frame", "row"),
    [
        ("6 months", "P 6 MONTH"),
        ("Week 12", "P 12 WEEK"),
        ("1 month after injection", "P 1 MONTH DOSE o"),
        ("12 weeks post treatment", "P 12 WEEK TREATMENT_END o"),
        ("2 weeks before surgery", "P -2 WEEK PROCEDURE o"),
        ("After 6 weeks of treatment", "P 6 WEEK TREATMENT_START o"),
        ("6 weeks after the start of treatment", "P 6 WEEK TREATMENT_START o"),
        ("1 month after the first dose", "P 1 MONTH TREATMENT_START o"),
        ("28 days after last dose", "P 28 DAY TREATMENT_END o"),
        ("1 month after dose 2", "P 1 MONTH DOSE o"),
        ("3 months after study entry", "P 3 MONTH ENROLLMENT o"),
        ("30 days postoperatively", "P 30 DAY PROCEDURE o"),
        ("postoperative day 3", "P 3 DAY PROCEDURE o"),
        ("third postoperative day", "P 3 DAY PROCEDURE o"),
        ("6 weeks postpartum", "P 6 WEEK BIRTH o"),
        ("28 days of life", "P 28 DAY BIRTH o"),
        ("10 minutes after returning home", "P 10 MINUTE OTHER o"),
        ("the day before surgery", "P -1 DAY PROCEDURE o"),
    ],
)
def test_points(time_frame: str, row: str) -> None:
    """Rule 2: a time with its event is one row that counts from the event."""
    check(time_frame, row)


@pytest.mark.parametrize(
    ("time_frame", "anchor"),
    [
        ("baseline", "BASELINE"),
        ("Screening", "SCREENING"),
        ("pre-dose", "DOSE"),
        ("at discharge", "DISCHARGE"),
        ("before treatment", "TREATMENT_START"),
        ("end of treatment", "TREATMENT_END"),
        ("after completion of chemotherapy", "TREATMENT_END"),
        ("end of study", "STUDY_COMPLETION"),
        ("last follow-up visit", "STUDY_COMPLETION"),
        ("day of surgery", "PROCEDURE"),
        ("preoperatively", "PROCEDURE"),
        ("at the time of disease progression", "PROGRESSION"),
        ("At delivery", "BIRTH"),
    ],
)
def test_events(time_frame: str, anchor: str) -> None:
    """Rule 3: an event alone is a point at its own day 0."""
    check(time_frame, f"P 0 DAY {anchor}")


@pytest.mark.parametrize(
    ("time_frame", "row"),
    [
        ("up to 24 months", "W 0 MONTH .. 24 MONTH"),
        ("Within 30 days of surgery", "W 0 DAY PROCEDURE .. 30 DAY PROCEDURE o"),
        ("within 72 hours before surgery", "W -72 HOUR PROCEDURE o .. 0 HOUR PROCEDURE"),
        ("3-year follow up", "W 0 YEAR .. 3 YEAR"),
        ("Follow-up: 5 years", "W 0 YEAR .. 5 YEAR"),
        ("26 weeks or later", "W 26 WEEK .. -"),
        ("6-18 months", "W 6 MONTH .. 18 MONTH"),
        ("between 24 and 28 weeks", "W 24 WEEK .. 28 WEEK"),
        ("first 24 hours after surgery", "W 0 HOUR PROCEDURE .. 24 HOUR PROCEDURE o"),
        ("over a 12-week period", "W 0 WEEK .. 12 WEEK"),
        ("During hospital stay", "W 0 DAY ADMISSION .. 0 DAY DISCHARGE"),
        ("during surgery", "W 0 DAY PROCEDURE .. 0 DAY PROCEDURE"),
        ("During treatment", "W 0 DAY TREATMENT_START .. 0 DAY TREATMENT_END"),
        ("Throughout the study", "W 0 DAY STUDY_START .. 0 DAY STUDY_COMPLETION"),
        ("last 7 days of the study", "W -7 DAY STUDY_COMPLETION o .. 0 DAY STUDY_COMPLETION"),
        ("Screening to Week 52", "W 0 DAY SCREENING .. 52 WEEK SCREENING o"),
    ],
)
def test_windows(time_frame: str, row: str) -> None:
    """Rule 4: a span read as a point would put an assessment where none is."""
    check(time_frame, row)


@pytest.mark.parametrize(
    ("time_frame", "row"),
    [
        ("from randomization until death", "W 0 DAY RANDOMIZATION .. 0 DAY DEATH"),
        ("Until death of any cause, up to 4 years", "W 0 YEAR .. 4 YEAR DEATH d"),
        (
            "From randomization until progression or death, whichever comes first, assessed up to 100 months",
            "W 0 DAY RANDOMIZATION .. 100 MONTH PROGRESSION d",
        ),
        ("Through end of study (approximately 3 years)", "W 0 YEAR .. 3 YEAR STUDY_COMPLETION d ~"),
        ("Up to 28 days or until discharge", "W 0 DAY .. 28 DAY DISCHARGE d"),
        ("During treatment (up to 5 years)", "W 0 DAY TREATMENT_START .. 5 YEAR TREATMENT_END d"),
        ("Study duration: 7 years", "W 0 DAY STUDY_START .. 7 YEAR STUDY_COMPLETION d"),
        ("Treatment period (Day 1 to Day 84)", "W 1 DAY TREATMENT_START d .. 84 DAY TREATMENT_END d"),
        ("At discharge, an average of 5 days", "P 5 DAY DISCHARGE d ~"),
        (
            "First dose until 30 days after last dose (up to 27 months)",
            "W 0 DAY TREATMENT_START .. 30 DAY TREATMENT_END o",
        ),
    ],
)
def test_spans_that_end_at_an_event(time_frame: str, row: str) -> None:
    """Rule 5: the number that bounds an event must not become a second span, nor replace the event."""
    check(time_frame, row)


def test_from_baseline() -> None:
    """Rule 6: a change from baseline is measured twice, a span from baseline is no measurement."""
    check("Baseline to 12 weeks", "W 0 DAY BASELINE .. 12 WEEK BASELINE o")
    check("Baseline and 12 weeks", "P 0 DAY BASELINE", "P 12 WEEK")
    check("Change from baseline to week 12", "P 0 DAY BASELINE", "P 12 WEEK")
    check("Change from baseline in score at 3 and 6 months", "P 0 DAY BASELINE", "P 3 MONTH", "P 6 MONTH")
    check("Baseline and up to 2 years", "P 0 DAY BASELINE", "W 0 YEAR .. 2 YEAR")
    check(
        "Baseline to weeks 8 and 16", "W 0 DAY BASELINE .. 8 WEEK BASELINE o", "W 0 DAY BASELINE .. 16 WEEK BASELINE o"
    )
    check("Baseline/Week 12", "P 0 DAY BASELINE", "P 12 WEEK")


def test_recurrences() -> None:
    """Rule 7: an interval without its bounds, or a bound as a row of its own, expands to the wrong points."""
    check("every 2 weeks for 4 months", "R 0 MONTH .. 4 MONTH every 2 WEEK")
    check("weekly", "R - .. - every 1 WEEK")
    check("twice a day", "R - .. - every 0.5 DAY")
    check("3 times per week", "R - .. - every 0.333333 WEEK")
    check("every other day", "R - .. - every 2 DAY")
    check("q12h", "R - .. - every 12 HOUR")
    check(
        "Every 3 months for 2 years, then every 6 months until year 5",
        *("R 0 YEAR .. 2 YEAR every 3 MONTH", "R 2 YEAR .. 5 YEAR every 6 MONTH"),
    )
    check(
        "Every 3 months for 2 years, every 6 months for 3 years",
        said("every 3 months for 2 years")[0],
        "R 2 YEAR .. 5 YEAR every 6 MONTH",
    )
    check("every 1, 3 or 6 months", *(f"R - .. - every {n} MONTH" for n in (1, 3, 6)))
    check("Every 8 weeks until progression, up to 50 months", "R 0 MONTH .. 50 MONTH PROGRESSION d every 8 WEEK")
    check("From surgery until death, assessed every 3 months", "R 0 DAY PROCEDURE .. 0 DAY DEATH every 3 MONTH")
    check("at each visit", "R 0 DAY VISIT .. -")
    check(
        "Every 2 months for the first year, every 3 months for the second year",
        *("R 0 YEAR .. 1 YEAR every 2 MONTH", "R 1 YEAR .. 2 YEAR every 3 MONTH"),
    )


def test_cycles() -> None:
    """Rule 8: days of different cycles have the same number and are different days."""
    check("Cycle 2 Day 15", "P 15 DAY CYCLE_START o c2")
    check("C1D1, C1D15 and C2D1", "P 1 DAY CYCLE_START o c1", "P 15 DAY CYCLE_START o c1", "P 1 DAY CYCLE_START o c2")
    check("Day 1 of Cycles 1-3", *(f"P 1 DAY CYCLE_START o c{cycle}" for cycle in (1, 2, 3)))
    check("Days 1 and 8 of Cycle 1", "P 1 DAY CYCLE_START o c1", "P 8 DAY CYCLE_START o c1")
    check("Day 1 of each cycle", "R 1 DAY CYCLE_START o .. -")
    check("Day 1 of each cycle (each cycle is 21 days)", "R 1 DAY CYCLE_START o .. - every 21 DAY")
    check("every 4 cycles (each cycle is 21 days)", "R 0 DAY CYCLE_START .. - every 84 DAY")
    check("2 hours post-dose on Cycle 1 Day 8", "P 2 HOUR DOSE o c1", "P 8 DAY CYCLE_START o c1")
    check("Up to Cycle 6 (168 days)", "W 0 DAY .. 168 DAY c6")
    check("4 cycles", "U")
    check("Up to 2 cycles (8 weeks)", "W 0 WEEK .. 8 WEEK")
    check(
        "Cycle 1 Day 1 (predose) and Cycle 2 Day 1 (predose)",
        *("P 1 DAY CYCLE_START o c1", "P 0 DAY DOSE c1", "P 1 DAY CYCLE_START o c2", "P 0 DAY DOSE c2"),
    )
    check("end of Cycle 3", "P 0 DAY OTHER c3")
    check("Cycle 1 Day 1 (C1D1)", "P 1 DAY CYCLE_START o c1")
    check("Cycle 1 (day 1 to day 21)", "W 1 DAY CYCLE_START o .. 21 DAY CYCLE_START o c1")
    check("first cycle of treatment (28 days)", *said("first cycle (28 days)"))
    check("Day 1 cycle 2 time of surgery", "P 1 DAY CYCLE_START o c2", "P 0 DAY PROCEDURE")
    check("4 weeks after cycle 6", "P 4 WEEK OTHER o c6")
    check("7 days before cycle 3", "P -7 DAY CYCLE_START o c3")
    check("2 weeks after the start of cycle 1", "P 2 WEEK CYCLE_START o c1")
    check("Day 1 of each cycle (each cycle 21 days)", "R 1 DAY CYCLE_START o .. - every 21 DAY")
    check(
        "Cycle 1: Day 1 (0 and 2 hours), Day 8",
        *("P 1 DAY CYCLE_START o c1", "P 0 HOUR c1", "P 2 HOUR c1", "P 8 DAY CYCLE_START o c1"),
    )


def test_said_again() -> None:
    """Rule 9: the same time in other words is no second assessment."""
    check("12 weeks (3 months)", "P 12 WEEK")
    check("Week 52 (end of treatment)", "P 52 WEEK TREATMENT_END d")
    check("Week 15 (Visit 22)", "P 15 WEEK")
    check("Baseline (Day 1), Week 4", "P 1 DAY BASELINE d", "P 4 WEEK")
    check("Baseline (Day 0)", "P 0 DAY BASELINE")
    check("pre-dose (Day 1)", "P 1 DAY DOSE d")
    check("Week 5 (post-treatment)", "P 5 WEEK TREATMENT_END d")
    check("Post dose 2 (28 to 35 days post dose 2)", "W 28 DAY DOSE o .. 35 DAY DOSE o")
    check("15 years 5 months", "P 185 MONTH")
    check("six (6) months", "P 6 MONTH")
    check("Day 90/Month 3", "P 90 DAY")
    check("180 days (6 months) after surgery", "P 180 DAY PROCEDURE o")
    check("24 weeks (12 weeks of treatment + 12 weeks of follow-up)", "P 24 WEEK")
    check("Week 12 (mean of weeks 11 and 12)", "P 12 WEEK")
    check("Day 6 (120 hours post-dose)", "P 6 DAY")
    check("Day 1 (2 hours post-dose)", "P 1 DAY", "P 2 HOUR DOSE o")
    check("Day 1 (0 to 24 hours)", "P 1 DAY", "W 0 HOUR .. 24 HOUR")
    check("Week 4 (day 28) visit", "P 4 WEEK")
    check("Weeks 4 (visit 2) and 12 (visit 3)", "P 4 WEEK", "P 12 WEEK")
    check(
        "Days 1 (baseline), 14 and 28 (end of treatment)", "P 1 DAY BASELINE d", "P 14 DAY", "P 28 DAY TREATMENT_END d"
    )
    check("1 and 3 months (after surgery)", "P 1 MONTH PROCEDURE o", "P 3 MONTH PROCEDURE o")
    check(
        "up to 12 weeks after the last dose (20 weeks if 2 doses)", "W 0 WEEK TREATMENT_END .. 12 WEEK TREATMENT_END o"
    )
    check(
        "Change from baseline to 1 month; change from baseline in weight at 3 months",
        *("P 0 DAY BASELINE", "P 1 MONTH", "P 3 MONTH"),
    )


@pytest.mark.parametrize(
    ("time_frame", "rows"),
    [
        ("the first hospital day", ["P 1 DAY ADMISSION o"]),
        ("ICU days 1 and 3", ["P 1 DAY ADMISSION o", "P 3 DAY ADMISSION o"]),
        ("POD#1, POD-3", ["P 1 DAY PROCEDURE o", "P 3 DAY PROCEDURE o"]),
        ("DOL 7", ["P 7 DAY BIRTH o"]),
        ("postoperative day 1 before mobilisation", ["P 1 DAY PROCEDURE o"]),
        ("36 weeks' gestation", ["P 36 WEEK OTHER o"]),
        ("Gestational age 20 weeks", ["P 20 WEEK OTHER o"]),
        ("at age 2 years", ["P 2 YEAR BIRTH o"]),
        ("until age 18", ["W 0 YEAR BIRTH .. 18 YEAR BIRTH o"]),
        ("18-22 months corrected age", ["W 18 MONTH BIRTH o .. 22 MONTH BIRTH o"]),
        ("1 week after visit 3", ["P 1 WEEK VISIT o"]),
        ("after 12 weeks' treatment", ["P 12 WEEK TREATMENT_START o"]),
        ("after 4-week and 12-week training", ["P 4 WEEK TREATMENT_START o", "P 12 WEEK TREATMENT_START o"]),
        ("3 months after the 12-week program", ["P 3 MONTH TREATMENT_END o"]),
        ("24 hours after a 15-mg oral dose", ["P 24 HOUR DOSE o"]),
        ("within 4 hours of symptom onset", ["W 0 HOUR OTHER .. 4 HOUR OTHER o"]),
        ("first day of treatment", ["P 0 DAY TREATMENT_START"]),
        ("first week of treatment", ["P 1 WEEK TREATMENT_START o"]),
        ("Month 6 (Day 180 ± 7 days)", ["P 6 MONTH"]),
        ("28 days post dose-2", ["P 28 DAY DOSE o"]),
        ("24 hours post-dose relative to the last dose", ["P 24 HOUR TREATMENT_END o"]),
        ("end of treatment + 30 days", ["P 30 DAY TREATMENT_END o"]),
        ("Baseline + 6 months", ["P 0 DAY BASELINE", "P 6 MONTH"]),
        ("-15 min before the meal", ["P -15 MINUTE OTHER o"]),
        ("Day 0, 28 days and 1 year after vaccination", ["P 0 DAY DOSE", "P 28 DAY DOSE o", "P 1 YEAR DOSE o"]),
        ("before and after 6 weeks of training", ["P 0 DAY TREATMENT_START", "P 6 WEEK TREATMENT_START o"]),
        ("at the start and end of the study", ["P 0 DAY STUDY_START", "P 0 DAY STUDY_COMPLETION"]),
        ("Day 1 and 2 h after dosing", ["P 1 DAY", "P 2 HOUR DOSE o"]),
        ("an hour and a half", ["P 1.5 HOUR"]),
        ("Day 0 at arrival", ["P 0 DAY OTHER"]),
        (
            "1, 3 months and then yearly up to 5 years after surgery",
            ["P 1 MONTH PROCEDURE o", "P 3 MONTH PROCEDURE o", "R 0 YEAR PROCEDURE .. 5 YEAR PROCEDURE o every 1 YEAR"],
        ),
        (
            "Weeks 4, 8 and yearly up to 5 years after surgery",
            ["P 4 WEEK", "P 8 WEEK", "R 0 YEAR PROCEDURE .. 5 YEAR PROCEDURE o every 1 YEAR"],
        ),
        ("7-day (days 0-6) follow-up period after vaccination", ["W 0 DAY DOSE .. 7 DAY DOSE o"]),
        ("during the 30-day period after dose 2", ["W 0 DAY DOSE .. 30 DAY DOSE o"]),
        ("Days 1 to 7 after each dose", ["W 1 DAY DOSE o .. 7 DAY DOSE o"]),
        ("1 hour after admission to the ward", ["P 1 HOUR ADMISSION o"]),
        ("72 hours from symptom onset", ["P 72 HOUR OTHER o"]),
        ("before surgery and 1 month later", ["P 0 DAY PROCEDURE", "P 1 MONTH PROCEDURE o"]),
        (
            "30 minutes before each dose to 6 hours after each dose",
            ["W -30 MINUTE DOSE o .. 6 HOUR DOSE o"],
        ),
        ("at the beginning and at the end of the study", ["P 0 DAY STUDY_START", "P 0 DAY STUDY_COMPLETION"]),
        ("Days 0 and 28 relative to the first dose", ["P 0 DAY TREATMENT_START", "P 28 DAY TREATMENT_START o"]),
        ("day of life 7", ["P 7 DAY BIRTH o"]),
        ("surgery day and postoperative day 1", ["P 0 DAY PROCEDURE", "P 1 DAY PROCEDURE o"]),
        ("at relapse and 6 months thereafter", ["P 0 DAY RELAPSE", "P 6 MONTH RELAPSE o"]),
        ("10 minutes after premedication", ["P 10 MINUTE OTHER o"]),
        ("first 4 weeks of the 12-week treatment", ["W 0 WEEK TREATMENT_START .. 4 WEEK TREATMENT_START o"]),
        ("last 4 weeks of the 12-week treatment", ["W -4 WEEK TREATMENT_END o .. 0 WEEK TREATMENT_END"]),
        ("12 weeks (from randomization)", ["P 12 WEEK RANDOMIZATION o"]),
        ("2 weeks after the start of antibiotics", ["P 2 WEEK TREATMENT_START o"]),
        ("end of study visit, about week 26", ["P 26 WEEK STUDY_COMPLETION d ~"]),
        ("until 18 years old", ["W 0 YEAR BIRTH .. 18 YEAR BIRTH o"]),
        (
            "before and up to 6 months after surgery",
            ["P 0 DAY PROCEDURE", "W 0 MONTH PROCEDURE .. 6 MONTH PROCEDURE o"],
        ),
    ],
)
def test_what_a_time_is_counted_from(time_frame: str, rows: list[str]) -> None:
    """Rules 2, 3 and 10: an origin that is missed puts a time on the study's own time line, where it is not."""
    check(time_frame, *rows)


@pytest.mark.parametrize(
    ("time_frame", "rows"),
    [
        ("during the 16-week treatment", ["W 0 DAY TREATMENT_START .. 16 WEEK TREATMENT_END d"]),
        ("during the 24-week double-blind treatment period", ["W 0 DAY TREATMENT_START .. 24 WEEK TREATMENT_END d"]),
        ("over the 3-month duration of the study", ["W 0 DAY STUDY_START .. 3 MONTH STUDY_COMPLETION d"]),
        ("duration of treatment: 8 weeks", ["W 0 DAY TREATMENT_START .. 8 WEEK TREATMENT_END d"]),
        ("throughout the study period of 2 years", ["W 0 DAY STUDY_START .. 2 YEAR STUDY_COMPLETION d"]),
        ("Up to 28 days (Cycle 1)", ["W 0 DAY .. 28 DAY c1"]),
        ("24-week treatment period", ["W 0 WEEK .. 24 WEEK"]),
        ("6 months (study duration)", ["P 6 MONTH"]),
        ("up to 7 days before surgery until the end of surgery", ["W -7 DAY PROCEDURE o .. 0 DAY PROCEDURE"]),
        ("Baseline until end of study, week 52", ["W 0 DAY BASELINE .. 52 WEEK STUDY_COMPLETION d"]),
        ("Baseline until discharge, week 52", ["W 0 DAY BASELINE .. 0 DAY DISCHARGE", "P 52 WEEK"]),
        ("Baseline to visit 4 (12 weeks)", ["W 0 DAY BASELINE .. 12 WEEK BASELINE o"]),
        ("From cord clamping to 24 hours of life", ["W 0 DAY OTHER .. 24 HOUR BIRTH o"]),
        ("From first documented CR or PR until progression", ["W 0 DAY OTHER .. 0 DAY PROGRESSION"]),
        ("Up to 30 days after the last dose, about 7 months", ["W 0 DAY TREATMENT_END .. 30 DAY TREATMENT_END o"]),
        (
            "Within 30 days after the last dose or until new therapy",
            ["W 0 DAY TREATMENT_END .. 30 DAY TREATMENT_END o"],
        ),
        (
            "Day 1 until 30 days after the last dose, or start of new therapy, whichever is earlier, up to 2 years",
            ["W 1 DAY .. 30 DAY TREATMENT_END o"],
        ),
        (
            "during anesthesia and up to 2 hours after surgery",
            ["W 0 DAY PROCEDURE .. 0 DAY PROCEDURE", "W 0 HOUR PROCEDURE .. 2 HOUR PROCEDURE o"],
        ),
        (
            "Intraoperative, 24 hours and 7 days post-op",
            ["W 0 DAY PROCEDURE .. 0 DAY PROCEDURE", "P 24 HOUR PROCEDURE o", "P 7 DAY PROCEDURE o"],
        ),
        ("during treatment + 30 days", ["W 0 DAY TREATMENT_START .. 30 DAY TREATMENT_END o"]),
        ("the past 7 days", ["W -7 DAY .. 0 DAY"]),
        ("30 days past surgery", ["P 30 DAY PROCEDURE o"]),
        ("changes over time", ["U"]),
        ("6 h post-dose for each treatment period", ["P 6 HOUR DOSE o"]),
        ("until death or for a maximum of 5 years", ["W 0 YEAR .. 5 YEAR DEATH d"]),
        ("from surgery until discharge or day 28, whichever is first", ["W 0 DAY PROCEDURE .. 28 DAY DISCHARGE d"]),
        ("until discharge or 30 days after surgery, whichever is first", ["W 0 DAY .. 0 DAY DISCHARGE"]),
        ("until discharge or up to 30 days after surgery", ["W 0 DAY .. 0 DAY DISCHARGE"]),
        ("until discharge or 30 and 60 days", ["W 0 DAY .. 0 DAY DISCHARGE", "P 30 DAY", "P 60 DAY"]),
        ("until recovery, through day 28", ["W 0 DAY .. 28 DAY OTHER d"]),
        ("study period (day 0 to month 12)", ["W 0 DAY STUDY_START .. 12 MONTH STUDY_COMPLETION d"]),
        ("for the 6-month duration of the study", ["W 0 DAY STUDY_START .. 6 MONTH STUDY_COMPLETION d"]),
        (
            "from first dose until 30 days after last dose, up to a maximum duration of 90 days",
            ["W 0 DAY TREATMENT_START .. 30 DAY TREATMENT_END o"],
        ),
        (
            "within 1 year after surgery or up to the end of the study",
            ["W 0 YEAR PROCEDURE .. 1 YEAR PROCEDURE o"],
        ),
        ("time to return to work, up to 12 months", ["W 0 MONTH .. 12 MONTH OTHER d"]),
        ("time to treatment failure", ["W 0 DAY .. 0 DAY OTHER"]),
        ("through the intervention, an average of 8 weeks", ["W 0 WEEK .. 8 WEEK TREATMENT_END d ~"]),
        ("through study day 29", ["W 0 DAY .. 29 DAY"]),
        ("during cycle 1 (days 1-28)", ["W 1 DAY CYCLE_START o .. 28 DAY CYCLE_START o c1"]),
        ("after discharge, up to 90 days", ["W 0 DAY DISCHARGE .. 90 DAY DISCHARGE o"]),
        ("from 4 weeks before until 12 weeks after surgery", ["W -4 WEEK PROCEDURE o .. 12 WEEK PROCEDURE o"]),
        ("up to the primary analysis (24 months)", ["W 0 MONTH .. 24 MONTH OTHER d"]),
        (
            "during treatment, at discharge and end of treatment",
            ["W 0 DAY TREATMENT_START .. 0 DAY TREATMENT_END", "P 0 DAY DISCHARGE", "P 0 DAY TREATMENT_END"],
        ),
        ("visit 1 (baseline) to visit 5 (week 16)", ["W 0 DAY BASELINE .. 16 WEEK BASELINE o"]),
        ("treatment day 1 to treatment day 28", ["W 1 DAY .. 28 DAY"]),
        ("days 1-14 of hospital stay", ["W 1 DAY ADMISSION o .. 14 DAY ADMISSION o"]),
        ("within 28 days or until discharge, whichever is later", ["W 0 DAY .. 28 DAY DISCHARGE d"]),
        (
            "from randomization up to 28 days or discharge, whichever comes first",
            ["W 0 DAY RANDOMIZATION .. 28 DAY DISCHARGE d"],
        ),
        ("Baseline to week 52 or early termination", ["W 0 DAY BASELINE .. 52 WEEK OTHER d"]),
        ("from surgery to 30 days or at discharge", ["W 0 DAY PROCEDURE .. 30 DAY DISCHARGE d"]),
        ("Baseline to end of study - week 24", ["W 0 DAY BASELINE .. 24 WEEK STUDY_COMPLETION d"]),
        ("during treatment - day 1, day 8", ["W 0 DAY TREATMENT_START .. 0 DAY TREATMENT_END", "P 1 DAY", "P 8 DAY"]),
        ("the last week of treatment", ["W -1 WEEK TREATMENT_END o .. 0 WEEK TREATMENT_END"]),
        ("participants complete a diary for 2 weeks", ["W 0 WEEK .. 2 WEEK"]),
        ("in the first week", ["W 0 WEEK .. 1 WEEK"]),
        ("a period of 12 months", ["W 0 MONTH .. 12 MONTH"]),
        ("followed for an additional 4 weeks", ["W 0 WEEK .. 4 WEEK"]),
    ],
)
def test_what_a_span_ends_at(time_frame: str, rows: list[str]) -> None:
    """Rules 4, 5 and 9: a length, a bracket or an alternative behind an end is no span of its own."""
    check(time_frame, *rows)


@pytest.mark.parametrize(
    ("time_frame", "rows"),
    [
        ("6-month follow-up visit", ["P 6 MONTH"]),
        ("T2: 6-month follow-up", ["P 6 MONTH"]),
        ("T3 (3-month follow-up)", ["P 3 MONTH"]),
        ("follow-up (week 20)", ["P 20 WEEK"]),
        ("6-month follow-up assessment", ["P 6 MONTH"]),
        ("30-day follow-up call", ["P 30 DAY"]),
        ("after a follow-up of 5 years", ["P 5 YEAR"]),
        ("with a minimum follow-up of 2 years", ["W 0 YEAR .. 2 YEAR"]),
        ("after 5 years of follow-up", ["P 5 YEAR"]),
        ("follow-up until 6 months after discharge", ["W 0 MONTH DISCHARGE .. 6 MONTH DISCHARGE o"]),
    ],
)
def test_follow_up_visits(time_frame: str, rows: list[str]) -> None:
    """Rule 4: a follow-up is a span, a visit of it a point."""
    check(time_frame, *rows)


@pytest.mark.parametrize(
    ("time_frame", "rows"),
    [
        ("each visit through week 52", ["R 0 DAY VISIT .. 52 WEEK"]),
        ("each visit, up to week 52", ["R 0 DAY VISIT .. 52 WEEK"]),
        ("each visit for 1 year", ["R 0 DAY VISIT .. 1 YEAR"]),
        ("every 2 cycles (every 6 weeks)", ["R 0 DAY CYCLE_START .. - every 6 WEEK"]),
        ("every 3 months x 2 years", ["R 0 YEAR .. 2 YEAR every 3 MONTH"]),
        ("Day 1 of each cycle (every 21 days) up to 1 year", ["R 1 DAY CYCLE_START o .. 1 YEAR every 21 DAY"]),
        ("Day 1 of each cycle (21 days), up to 1 year", ["R 1 DAY CYCLE_START o .. 1 YEAR every 21 DAY"]),
        ("alternate days", ["R - .. - every 2 DAY"]),
        ("daily (days 1 to 14)", ["R 1 DAY .. 14 DAY every 1 DAY"]),
        ("every 6 weeks (2 cycles)", ["R - .. - every 6 WEEK"]),
        ("annual follow-up for 5 years", ["R 0 YEAR .. 5 YEAR every 1 YEAR"]),
        ("after each cycle of chemotherapy (every 3 weeks)", ["R 0 DAY CYCLE_START .. - every 3 WEEK"]),
        (
            "every 3 months in the first year and every 6 months in the second year",
            ["R 0 YEAR .. 1 YEAR every 3 MONTH", "R 1 YEAR .. 2 YEAR every 6 MONTH"],
        ),
        ("3 days a week for 8 weeks", ["R 0 WEEK .. 8 WEEK every 0.333333 WEEK"]),
        ("weekly visits for 12 weeks", ["R 0 WEEK .. 12 WEEK every 1 WEEK"]),
        ("each treatment visit", ["R 0 DAY VISIT .. -"]),
        ("Weekly before each cycle", ["R 0 DAY CYCLE_START .. - every 1 WEEK"]),
        ("every 2 cycles (6 weeks)", ["R 0 DAY CYCLE_START .. - every 6 WEEK"]),
        ("Every 3 weeks (q3w) up to 2 years", ["R 0 YEAR .. 2 YEAR every 3 WEEK"]),
        ("every 2 months, for 4 assessments over a 6-month period", ["R 0 MONTH .. 6 MONTH every 2 MONTH"]),
        (
            "every 3 weeks during chemotherapy, then every 4 weeks during radiotherapy",
            [
                "R 0 DAY TREATMENT_START .. 0 DAY TREATMENT_END every 3 WEEK",
                "R 0 DAY TREATMENT_START .. 0 DAY TREATMENT_END every 4 WEEK",
            ],
        ),
        (
            "Every 6 weeks until Week 48 and every 12 weeks thereafter, up to 5 years",
            ["R 0 WEEK .. 48 WEEK every 6 WEEK", "R 48 WEEK .. 5 YEAR every 12 WEEK"],
        ),
        (
            "every 3 months in year 1, every 6 months in year 2, then annually",
            ["R 0 YEAR .. 1 YEAR every 3 MONTH", "R 1 YEAR .. 2 YEAR every 6 MONTH", "R 2 YEAR .. - every 1 YEAR"],
        ),
        ("at 15-minute intervals for 2 hours", ["R 0 HOUR .. 2 HOUR every 15 MINUTE"]),
        ("every cycle (28 days), up to 24 months", ["R 0 MONTH .. 24 MONTH every 28 DAY"]),
        ("q.d. for 14 days", ["R 0 DAY .. 14 DAY every 1 DAY"]),
        ("BID", ["R - .. - every 0.5 DAY"]),
        ("qd x 5 days", ["R 0 DAY .. 5 DAY every 1 DAY"]),
        ("every 3 months in years 2-5", ["R 2 YEAR .. 5 YEAR every 3 MONTH"]),
        ("from week 4 every 2 weeks until week 12", ["R 4 WEEK .. 12 WEEK every 2 WEEK"]),
        ("every 12 weeks, starting at week 4, until week 52", ["R 4 WEEK .. 52 WEEK every 12 WEEK"]),
        ("daily from week 2", ["R 2 WEEK .. - every 1 DAY"]),
        ("every subsequent cycle", ["R 0 DAY CYCLE_START .. -"]),
        ("every morning", ["R - .. - every 1 DAY"]),
        (
            "Day 1 of every 21-day cycle until progression, up to 24 months",
            ["R 1 DAY CYCLE_START o .. 24 MONTH PROGRESSION d every 21 DAY"],
        ),
    ],
)
def test_recurrences_and_their_bounds(time_frame: str, rows: list[str]) -> None:
    """Rules 7 and 8: an interval keeps its bounds, however they are said, and goes on where the last one ended."""
    check(time_frame, *rows)


def test_doses_of_several_days() -> None:
    """A dose on another day, or in another cycle, is not the same time said again."""
    check("Day 1: pre-dose; Day 15: pre-dose", "P 1 DAY", "P 0 DAY DOSE", "P 15 DAY", "P 0 DAY DOSE")
    check("Baseline to week 4, baseline to week 8, baseline", *said("Baseline to week 4, baseline to week 8, baseline"))
    check(
        "Predose and 2 h post-dose in Cycles 1 and 2 (21- or 28-day cycle)",
        "P 0 DAY DOSE c1",
        "P 0 DAY DOSE c2",
        "P 2 HOUR DOSE o c1",
        "P 2 HOUR DOSE o c2",
    )
    check("before cycle 3", "P 0 DAY CYCLE_START c3")
    check(
        "Pre-dose on day 1 of cycle 1 and pre-dose on day 1 of cycle 2",
        *("P 0 DAY DOSE c1", "P 1 DAY CYCLE_START o c1", "P 0 DAY DOSE c2", "P 1 DAY CYCLE_START o c2"),
    )
    check("After 4 cycles of chemotherapy (12 weeks)", "P 12 WEEK")


@pytest.mark.parametrize(
    ("time_frame", "rows"),
    [
        ("12 weeksafter surgery", ["P 12 WEEK PROCEDURE o"]),
        ("12 weeksQwerty", ["P 12 WEEK"]),
        ("D-1, D0, D+1", ["P -1 DAY", "P 0 DAY", "P 1 DAY"]),
        ("J0, J7", ["P 0 DAY", "P 7 DAY"]),
        ("24-48-72-96 hours", ["P 24 HOUR", "P 48 HOUR", "P 72 HOUR", "P 96 HOUR"]),
        ("24-48-72 hours", ["P 24 HOUR", "P 48 HOUR", "P 72 HOUR"]),
        ("vitamin D-3", ["U"]),
        ("24-h and 48-h post-dose", ["P 24 HOUR DOSE o", "P 48 HOUR DOSE o"]),
        ("3-D imaging", ["U"]),
        ("6 wks. Post-op and 12 wks. Post-op", ["P 6 WEEK PROCEDURE o", "P 12 WEEK PROCEDURE o"]),
        ("Pain score - 12 weeks", ["P 12 WEEK"]),
        ("Visit 3 - 12 weeks", ["P 12 WEEK"]),
        ("Visit 2 - Day 14", ["P 14 DAY"]),
        ("Day - 14 to Day - 1", ["W -14 DAY .. -1 DAY"]),
        ("-30, 0, 30 minutes", ["P -30 MINUTE", "P 0 MINUTE", "P 30 MINUTE"]),
    ],
)
def test_written_together(time_frame: str, rows: list[str]) -> None:
    """Rule 11: a missing blank costs no time, and a name with a digit is none."""
    check(time_frame, *rows)


@pytest.mark.parametrize(
    "time_frame",
    ["Visit 5", "as needed", "2019-2020", "N/A", "4 cycles", "through July 2007", "ongoing", "?", "31/12/2024"],
)
def test_unresolved(time_frame: str) -> None:
    """Rule 10: words that say no readable time are kept as they are, with no number."""
    (row,) = read(f" {time_frame} ")
    assert row.kind == "UNRESOLVED"
    assert row.source_text == time_frame
    assert row[4:20] == (None,) * 16
    assert row.approximate is False


def test_silent_words() -> None:
    """Rule 10: tolerances, clock times and dates beside a time are no times of their own."""
    check("Day 28 (± 3 days)", "P 28 DAY")
    check("24 ± 4 hours", "P 24 HOUR")
    check("3 months +/- 1 week", "P 3 MONTH")
    check("Day 1 at 9 am", "P 1 DAY")
    check("post-anesthesia care unit", "U")
    check("midway through treatment (week 3)", "P 3 WEEK")
    check("2 years (January 2015 to January 2017)", "P 2 YEAR")
    assert read("") == read(" \n") == []


@pytest.mark.parametrize(
    ("time_frame", "rows"),
    [
        ("36 weeks or discharge, whichever comes first", ["P 36 WEEK DISCHARGE d"]),
        ("at discharge or at 28 days, whichever is earlier", ["P 28 DAY DISCHARGE d"]),
        ("36 weeks or discharge", ["P 36 WEEK", "P 0 DAY DISCHARGE"]),
        ("4, 8 weeks or discharge, whichever comes first", ["P 4 WEEK", "P 8 WEEK", "P 0 DAY DISCHARGE"]),
        ("discharge or 7 and 14 days, whichever comes first", ["P 0 DAY DISCHARGE", "P 7 DAY", "P 14 DAY"]),
        (
            "6 months after surgery or discharge, whichever comes first",
            ["P 6 MONTH PROCEDURE o", "P 0 DAY DISCHARGE"],
        ),
    ],
)
def test_one_time_of_two(time_frame: str, rows: list[str]) -> None:
    """Rule 9: an event and a number for one time are one row; two times, or two events, stay two."""
    check(time_frame, *rows)


@pytest.mark.parametrize(
    ("time_frame", "rows"),
    [
        ("at the beginning", ["P 0 DAY OTHER"]),
        ("at the beginning and at the end", ["P 0 DAY OTHER", "P 0 DAY OTHER"]),
        ("12 weeks after the start", ["P 12 WEEK OTHER o"]),
        ("12 weeks after initiation", ["P 12 WEEK TREATMENT_START o"]),
        ("from start until end of treatment", ["W 0 DAY TREATMENT_START .. 0 DAY TREATMENT_END"]),
    ],
)
def test_no_event_is_guessed(time_frame: str, rows: list[str]) -> None:
    """An edge of nothing named is no anchor of the list: whose beginning it is, the words do not say."""
    check(time_frame, *rows)


@pytest.mark.parametrize(
    ("time_frame", "rows"),
    [
        ("week 5 (post-treatment)", ["P 5 WEEK TREATMENT_END d"]),
        ("post-treatment at week 5", ["P 5 WEEK TREATMENT_END d"]),
        ("post-treatment at 4 weeks", ["P 4 WEEK TREATMENT_END o"]),
        ("postoperatively at week 6", ["P 6 WEEK PROCEDURE o"]),
        ("7 days after each dose", ["R 7 DAY DOSE o .. -"]),
        ("within 7 days after each dose", ["W 0 DAY DOSE .. 7 DAY DOSE o"]),
        ("baseline and 4 weeks later", ["P 0 DAY BASELINE", "P 4 WEEK BASELINE o"]),
    ],
)
def test_counted_or_dated(time_frame: str, rows: list[str]) -> None:
    """A week of the study that is taken for a distance from an event lies elsewhere, and so does the reverse."""
    check(time_frame, *rows)


@pytest.mark.parametrize(
    ("time_frame", "rows"),
    [
        ("Day 1 of Cycle 1 through Cycle 3", [f"P 1 DAY CYCLE_START o c{cycle}" for cycle in (1, 2, 3)]),
        ("Day 1 of Cycle 1 and Cycle 2", [f"P 1 DAY CYCLE_START o c{cycle}" for cycle in (1, 2)]),
        ("Day 1 of Cycle 1, and Cycle 2 Day 8", ["P 1 DAY CYCLE_START o c1", "P 8 DAY CYCLE_START o c2"]),
        ("end of cycle 2 and cycle 4", ["P 0 DAY OTHER c2", "P 0 DAY OTHER c4"]),
        ("Cycle 1 through Cycle 6", ["W 0 DAY CYCLE_START .. 0 DAY CYCLE_START c6"]),
        ("3-5 days before cycle 2", ["W -5 DAY CYCLE_START o .. -3 DAY CYCLE_START o c2"]),
        ("day 8 (cycle 2)", ["P 8 DAY CYCLE_START o c2"]),
        ("Day 1 (C2D1)", ["P 1 DAY", "P 1 DAY CYCLE_START o c2"]),
        ("Day 1 of each cycle (mean of 3 days)", ["R 1 DAY CYCLE_START o .. -"]),
    ],
)
def test_cycles_of_a_list(time_frame: str, rows: list[str]) -> None:
    """Rules 1 and 8: the word said again before each number must not cost the others their day."""
    check(time_frame, *rows)


@pytest.mark.parametrize(
    ("time_frame", "rows"),
    [
        ("post-dose (1 and 4 hours)", ["P 1 HOUR DOSE o", "P 4 HOUR DOSE o"]),
        ("after surgery (1, 3 and 6 months)", [f"P {month} MONTH PROCEDURE o" for month in (1, 3, 6)]),
        ("baseline (days -7, -3)", ["P 0 DAY BASELINE", "P -7 DAY", "P -3 DAY"]),
        ("baseline (week -2 to week 0)", ["W -2 WEEK BASELINE d .. 0 WEEK BASELINE"]),
        ("End of Treatment (EOT) at Week 24", ["P 24 WEEK TREATMENT_END d"]),
        ("EOT (7 days after the last dose)", ["P 7 DAY TREATMENT_END o"]),
        ("28 days after surgery (until discharge)", ["P 28 DAY PROCEDURE o", "W 0 DAY .. 0 DAY DISCHARGE"]),
        ("weeks 4 and 8 (during treatment)", ["P 4 WEEK", "P 8 WEEK"]),
        ("until discharge (day 1 to day 5)", ["W 0 DAY .. 5 DAY DISCHARGE d"]),
        ("weekly (every 7 days) for 8 weeks", ["R 0 WEEK .. 8 WEEK every 1 WEEK"]),
        ("Week (12)", ["P 12 WEEK"]),
    ],
)
def test_brackets(time_frame: str, rows: list[str]) -> None:
    """Rule 9: what a bracket says of the time before it is no time of its own, and the reverse."""
    check(time_frame, *rows)


def test_times_within_a_day() -> None:
    """Rule 3: the hours of another day are not the same hours said again, but those of one day are."""
    check("Day 1: 0, 2 h; Day 7: 0, 2 h", "P 1 DAY", "P 0 HOUR", "P 2 HOUR", "P 7 DAY", "P 0 HOUR", "P 2 HOUR")
    check("1 hour, 2 hours, 1 hour", "P 1 HOUR", "P 2 HOUR")


def test_trailing_anchor() -> None:
    """Rule 10: the event behind a list is every time's, but not that of a list before it."""
    check("1, 2 and 3 days after surgery", *(f"P {day} DAY PROCEDURE o" for day in (1, 2, 3)))
    check(
        "1 week, 3 months and 1 year after surgery",
        "P 1 WEEK PROCEDURE o",
        "P 3 MONTH PROCEDURE o",
        "P 1 YEAR PROCEDURE o",
    )
    check("Week 4, 1 month after surgery", "P 4 WEEK", "P 1 MONTH PROCEDURE o")
    check("Weeks 2 and 8 and week 4 after surgery", "P 2 WEEK", "P 8 WEEK", "P 4 WEEK PROCEDURE o")
    check("After surgery: 1, 3 months", "P 1 MONTH PROCEDURE o", "P 3 MONTH PROCEDURE o")
    check(
        "prior to surgery, 1 and 6 months after", "P 0 DAY PROCEDURE", "P 1 MONTH PROCEDURE o", "P 6 MONTH PROCEDURE o"
    )
    check("predose; 1 h; 4 h postdose", "P 0 DAY DOSE", "P 1 HOUR DOSE o", "P 4 HOUR DOSE o")
    check("Week 4; week 8 after surgery", "P 4 WEEK", "P 8 WEEK PROCEDURE o")
    check("30 days before and after surgery", "P -30 DAY PROCEDURE o", "P 30 DAY PROCEDURE o")
    check("1 month after dose 1, dose 2", "P 1 MONTH TREATMENT_START o", "P 1 MONTH DOSE o")


@pytest.mark.parametrize(
    ("time_frame", "row"),
    [
        ("Week12", "P 12 WEEK"),
        ("W56", "P 56 WEEK"),
        ("6mo", "P 6 MONTH"),
        ("24hrs", "P 24 HOUR"),
        ("one year", "P 1 YEAR"),
        ("twenty four hours", "P 24 HOUR"),
        ("3rd month", "P 3 MONTH"),
        ("½ hour", "P 0.5 HOUR"),
        ("1,5 h", "P 1.5 HOUR"),
        ("one and a half years", "P 1.5 YEAR"),
        ("1 1/2 years", "P 1.5 YEAR"),
        ("Day minus 7", "P -7 DAY"),
        ("half a year", "P 0.5 YEAR"),
        ("1,000 days", "P 1000 DAY"),
        ("Day –7", "P -7 DAY"),
        ("Ｗｅｅｋ １２", "P 12 WEEK"),
        ("2–4 weeks", "W 2 WEEK .. 4 WEEK"),
        ("0~24 weeks", "W 0 WEEK .. 24 WEEK"),
        ("6 month(s)", "P 6 MONTH"),
        ("approx. 3 hrs.", "P 3 HOUR ~"),
        ("30 s", "P 30 SECOND"),
        ("@ 4 wks", "P 4 WEEK"),
        ("6 months posttransplant", "P 6 MONTH PROCEDURE o"),
        ("12 weeks posttherapy", "P 12 WEEK TREATMENT_END o"),
        ("1 year postthyroidectomy", "P 1 YEAR PROCEDURE o"),
        ("3 months after pericardiectomy", "P 3 MONTH PROCEDURE o"),
        ("one hundred days", "P 100 DAY"),
        ("one and 1/2 hours", "P 1.5 HOUR"),
    ],
)
def test_spelling(time_frame: str, row: str) -> None:
    """Rule 11: how it is spelt must not decide what is said."""
    check(time_frame, row)


def test_study_days() -> None:
    """Days that do not lie on the study's own time line must not be compared as if they did."""
    week, procedure, dated, cycle, later = (
        read(text)[0]
        for text in (
            "Week 2",
            "2 weeks after surgery",
            "End of surgery at week 2",
            "C2D14",
            "2 weeks after randomization",
        )
    )
    assert (week.start_day, week.study_day_low, week.study_day_high) == (14, 14, 14)
    assert (procedure.start_day, procedure.study_day_low) == (14, None)
    assert (dated.start_anchor_role, dated.study_day_low) == ("DATED", 14)
    assert (cycle.start_day, cycle.study_day_low) == (14, None)
    assert later.study_day_low == 14


def test_places() -> None:
    """The words of a row are shown to people who ask why; the wrong ones answer nothing."""
    text = "Baseline, then every 3 months up to 2 years"
    assert [row.source_text for row in read(text)] == ["Baseline", "every 3 months up to 2 years"]
    text = "Week 4, 30 days after the last dose of study drug"
    rows = read(text)
    assert [row.source_text for row in rows] == ["Week 4", "30 days after the last dose of study drug"]
    assert [row.anchor_text for row in rows] == [None, "last dose of study drug"]


def test_whole_time_frames() -> None:
    """A layout splits a glued cell only where it is sure: a name must not lose its end."""
    assert is_time_frame("3-year follow up")
    assert is_time_frame("0, 3, 6, 9 and 12 months")
    assert not is_time_frame("survival time 3-year follow up")
    assert not is_time_frame("4 cycles")
    assert not is_time_frame("")


WORDS = [
    "baseline",
    "screening",
    "surgery",
    "treatment",
    "last dose",
    "dose 1",
    "study",
    "death",
    "progression",
    "follow-up",
    "visit 2",
    "cycle 1",
    "cycles 1-3",
    "each cycle",
    "end of",
    "start of",
    "day 1",
    "week 12",
    "weeks 2, 4",
    "months",
    "12 months",
    "1-3 days",
    "1,5 h",
    "½",
    "3",
    "every",
    "every 3 weeks",
    "daily",
    "twice a day",
    "up to",
    "within",
    "until",
    "to",
    "from",
    "between",
    "during",
    "throughout",
    "after",
    "before",
    "post-",
    "pre-",
    "of",
    "at",
    "and",
    "or",
    ",",
    ";",
    ".",
    ":",
    "/",
    "-",
    "(",
    ")",
    "~",
    "about",
    "an average of",
    "change from",
    "then",
    "for",
    "(± 3 days)",
    "plus",
    "hospital day",
    "POD-1",
    "age",
    "gestation",
    "past",
    "(q3w)",
    "in cycles 1 and 2",
    "(2 weeks)",
    "each visit",
    "follow-up visit",
    "in year 2",
    "D-1",
    "weeksafter",
    "9 am",
    "2019",
    "July 2007",
    "x",
    "whichever",
    "C1D1",
    "first",
    "last",
    "is",
    "or later",
    "later",
    "thereafter",
    "minus",
    "1 1/2",
    "(visit 2) and 12",
    "admission to",
    "time of",
    "each cycle 21 days)",
    "or discharge, whichever",
    "of cycle 1 through cycle 6",
    "end of cycle 2 and",
    "post-dose (1, 2 h)",
    "(EOT)",
    "; 2 h",
    "starting at",
    "\n",
    "�",
    "İ",
    "\x00",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=60))
def test_any_string(text: str) -> None:
    """Whatever a register writes is read: no exception, exact places, rows in order, columns that fit their kind."""
    rows = read(text)
    assert bool(rows) == bool(text.strip())
    assert [row.char_start for row in rows] == sorted(row.char_start for row in rows)
    for row in rows:
        assert row.source_text == text[row.char_start : row.char_end]
        assert row.source_text
        assert row.anchor_text is None or row.anchor_text in text
        for value, unit, anchor, role, day in (row[4:8] + row[12:13], row[8:12] + row[13:14]):
            assert (value is None) == (unit is None) == (day is None)
            assert unit is None or value is None or day == pytest.approx(value * DAYS[unit])
            assert anchor is None or anchor in codes.ANCHOR
            assert (role is not None) == (anchor is not None and bool(value))
        assert (row.every_unit is None) == (row.every_value is None)
        assert row.every_value is None or row.kind == "RECURRING"
        if row.kind == "POINT":
            assert row[4:8] == row[8:12]
            assert row.start_value is not None
        if row.kind == "UNRESOLVED":
            assert row[4:20] == (None,) * 16
        if row.kind == "WINDOW":
            assert row.start_value is not None or row.end_value is not None
    assert read(text) == rows


@pytest.mark.parametrize("piece", WORDS)
def test_long_strings(piece: str) -> None:
    """A long string of one word must neither fail nor grow in rows faster than in words."""
    text = f"{piece} " * 400
    assert len(read(text)) <= 400 * 7


@pytest.mark.soak
@pytest.mark.parametrize("glue", ["", " ", ", "])
def test_linear(glue: str) -> None:
    """Four times the words must not take sixteen times the steps: a hostile string would stop a build."""
    import sys

    def steps(text: str) -> int:
        count = 0

        def trace(_frame: Any, event: str, _: Any) -> Any:
            nonlocal count
            count += event == "line"
            return trace

        sys.settrace(trace)
        try:
            read(text)
        finally:
            sys.settrace(None)
        return count

    for piece in WORDS:
        short_, long = steps((piece + glue) * 200), steps((piece + glue) * 800)
        assert long <= 6 * short_ + 2000, piece


def test_labelled(shared: Path) -> None:
    """The score promised on the labelled time frames."""
    hits = {times: 0, everything: 0}
    rows = 0
    for line in (shared / "gold" / "timepoints.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        gold: list[dict[str, Any]] = [
            {key.replace("_role", "_anchor_role"): value for key, value in row.items()} for row in label["timepoints"]
        ]
        found = rows_of(label["time_frame"])
        rows += len(gold) + len(found)
        for key in hits:
            left = [key(row) for row in gold]
            for row in found:
                if key(row) in left:
                    left.remove(key(row))
                    hits[key] += 1
    assert 2 * hits[times] / rows >= 0.98
    assert 2 * hits[everything] / rows >= 0.95


_PIECES = """
    8:30 am p.m. o'clock 12 5th 12thmay jan 2020 1999 days c1 d8 c1d8 c1-d8 ± +/- -/+ + - 3 2.5 .5 50% (s) day(s) (±3
    days) postsurgery 18F T0 of surgery's weeksafter 6mo IL-6 pre-dose D-1 3, İ ½ _ .
    a-word-longer-than-any-that-is-kept @ q.d. posttransplant pericardiectomy 24-h wks. Post-op 3-D
"""
PIECES = st.sampled_from(_PIECES.split())


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.sampled_from(WORDS), max_size=8).map(" ".join) | st.text(max_size=40))
def test_pieces_are_cut_as_the_whole_is(text: str) -> None:
    """Words are cut piece by piece, and a date, a clock time or a tolerance with blanks must not be cut in two."""
    folded = fold(text)
    assert timeframe_words._raw(folded) == timeframe_words._cut(folded)
