"""Dates: the words of a date to its first day and how much of it is known.

What belongs here: the ways in which registers and pages in English write one calendar date. What does not: which date
of a trial it is, whether it is actual or estimated (`vocabulary.code("date_type", …)`), time frames (`timepoints`).

A date is read only where its words leave no doubt: 17/05/2018 is read, 05/06/2018 is not. What is not known is never
filled in: the precision says so, and the day is then the first of what is known.
"""

import datetime
import re
from typing import Literal, NamedTuple

Precision = Literal["DAY", "MONTH", "YEAR"]


class Date(NamedTuple):
    """The first day of what is known, and the precision in which it is known."""

    day: datetime.date
    precision: Precision


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}

# No register has a trial before 1800; "0018-05-17" is a slip of the pen, not a year.
_YEAR = r"(?P<year>(?:1[89]|20|21)[0-9]{2})"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_NAME = rf"(?P<name>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_MONTH = r"(?P<month>[0-9]{1,2})"
_CLOCK = r"(?:(?:T|\s+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?\s*(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?)?"

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_NAME}\s*{_DAY}(?:\s*,\s*|\s+){_YEAR}{_CLOCK}",  # May 17, 2018
        rf"{_NAME}(?:\s*[,/-]\s*|\s+){_YEAR}",  # July 2009
        rf"{_DAY}(?:\s+of)?[\s-]+{_NAME}(?:\s*,\s*|[\s-]+){_YEAR}{_CLOCK}",  # 17 May 2018, 17-May-2018
        rf"{_YEAR}(?P<mark>[-/._])(?P<month>[0-9]{{1,2}})(?P=mark)(?P<day>[0-9]{{1,2}}){_CLOCK}",  # 2018-05-17
        rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})",  # 20180517, the basic form of ISO 8601
        rf"{_YEAR}[-/.]{_MONTH}",  # 2018-05
        rf"{_MONTH}[-/.]{_YEAR}",  # 05/2018
        _YEAR,
    )
)
_TWO_NUMBERS = re.compile(rf"(?P<first>[0-9]{{1,2}})(?P<mark>[-/.])(?P<second>[0-9]{{1,2}})(?P=mark){_YEAR}{_CLOCK}")


def read(words: str) -> Date | None:
    """Read the words of one date.

    Args:
        words: nothing but the date; a type in brackets behind it is split off first, by `numbers.split_bracket`.

    Returns:
        The first day of what is known, with its precision. None where the words are no date in a known form, where the
        calendar has no such day, or where day and month cannot be told apart.
    """
    words = words.strip().rstrip(".,;").rstrip()
    for form in _FORMS:
        if match := form.fullmatch(words):
            parts = match.groupdict()
            month = _MONTHS[parts["name"].lower()] if parts.get("name") else parts.get("month")
            return _date(parts["year"], month, parts.get("day"))
    if match := _TWO_NUMBERS.fullmatch(words):
        first, second = int(match["first"]), int(match["second"])
        if first > 12 or first == second:
            return _date(match["year"], second, first)
        if second > 12:
            return _date(match["year"], first, second)
    return None


def _date(year: str, month: str | int | None, day: str | int | None) -> Date | None:
    precision: Precision = "DAY" if day is not None else "MONTH" if month is not None else "YEAR"
    try:
        return Date(datetime.date(int(year), int(month or 1), int(day if day is not None else 1)), precision)
    except ValueError:  # the calendar has no such day
        return None
