"""`pipeline.normalize.dates`: the words of one date to its first day and precision."""

import calendar
import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalize import dates
from pipeline.normalize.numbers import split_bracket

DAY = datetime.date(2018, 5, 17)


@pytest.mark.parametrize(
    "words",
    [
        "May 17, 2018",
        "May 17 2018",
        "may 17th, 2018",
        "MAY 17, 2018",
        " May\u00a017,\n2018 ",
        "17 May 2018",
        "17-May-2018",
        "17th of May 2018",
        "2018-05-17",
        "2018_05_17",
        "2018/05/17",
        "2018.5.17",
        "20180517",
        "2018-05-17T00:00:00",
        "2018-05-17T09:30:00.000Z",
        "2018-05-17 09:30 +09:00",
        "17/05/2018",
        "05/17/2018",
        "17.05.2018",
    ],
)
def test_a_day_is_read_in_every_form(words: str) -> None:
    """Registers and pages write one day in many ways; a form that is not read would lose the date."""
    assert dates.read(words) == (DAY, "DAY")


@pytest.mark.parametrize(
    ("words", "year", "month"),
    [
        ("July 2009", 2009, 7),
        ("Jul 2009", 2009, 7),
        ("Sept. 2011", 2011, 9),
        ("2009-07", 2009, 7),
        ("07/2009", 2009, 7),
    ],
)
def test_a_month_stays_a_month(words: str, year: int, month: int) -> None:
    """A date that is known to the month must not look as if its first day were known."""
    assert dates.read(words) == (datetime.date(year, month, 1), "MONTH")


def test_a_year_stays_a_year() -> None:
    """A bare year is a date known to the year, not the first of January."""
    assert dates.read("2018") == (datetime.date(2018, 1, 1), "YEAR")


@pytest.mark.parametrize("words", ["Aug 1, 2022", "1 August 2022", "August 01, 2022"])
def test_short_and_long_months_are_the_same(words: str) -> None:
    """One site prints "Aug", another "August"; both are the eighth month."""
    assert dates.read(words) == (datetime.date(2022, 8, 1), "DAY")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "05/06/2018",  # May or June
        "February 30, 2020",
        "2019-02-29",
        "31 April 2020",
        "2018-13",
        "2018-00-10",
        "2018-05-00",
        "May 17, 18",
        "0018-05-17",
        "Mayday 2018",
        "Mai 2018",
        "June 2018 to July 2018",
        "Not provided",
        "24",
        "20181",
    ],
)
def test_what_is_no_sure_date_is_none(words: str) -> None:
    """An impossible or ambiguous date must be reported, never turned into a neighbouring day."""
    assert dates.read(words) is None


def test_equal_day_and_month_are_not_ambiguous() -> None:
    """05/05/2018 is one day in either order."""
    assert dates.read("05/05/2018") == (datetime.date(2018, 5, 5), "DAY")


@pytest.mark.parametrize(
    ("words", "split"),
    [
        ("July 30, 2023 (Anticipated)", ("July 30, 2023", "Anticipated")),
        ("2015-12 [Actual] ", ("2015-12", "Actual")),
        ("July 2023", ("July 2023", None)),
        ("(Actual)", ("(Actual)", None)),
    ],
)
def test_a_type_in_brackets_is_split_off(words: str, split: tuple[str, str | None]) -> None:
    """Pages print the type behind the date; unsplit, neither would be read."""
    assert split_bracket(words) == split


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,4}[-/. ]?[0-9A-Za-z]{1,9}[-/., ]{0,2}[0-9]{1,5}", fullmatch=True))
@settings(max_examples=200)
def test_any_words_are_read_or_refused(words: str) -> None:
    """A page may hold any characters where a date should stand; reading must never raise."""
    found = dates.read(words)
    assert found is None or found.precision in ("DAY", "MONTH", "YEAR")
    head, kind = split_bracket(words)
    assert head in words
    assert kind is None or kind in words


@given(st.dates(min_value=datetime.date(1800, 1, 1), max_value=datetime.date(2199, 12, 31)))
@settings(max_examples=100)
def test_every_day_comes_back_from_its_forms(day: datetime.date) -> None:
    """Each form must give the day it was written for, on every day of the calendar."""
    month = calendar.month_name[day.month]
    forms = (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month[:3]} {day.year}",
    )
    assert {dates.read(form) for form in forms} == {(day, "DAY")}
    assert dates.read(f"{month} {day.year}") == (day.replace(day=1), "MONTH")
