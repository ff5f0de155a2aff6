"""Codes, dates and times as a person reads them, for the terminal and the report.

Here belongs only the spelling of values that the warehouse already holds. What they mean is `normalize`'s and the
contract's; where they are shown is `show`'s and `report`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from pipeline.legible import printable

_UNITS: Final = {
    "SECOND": "s",
    "MINUTE": "min",
    "HOUR": "h",
    "DAY": "d",
    "WEEK": "wk",
    "MONTH": "mo",
    "YEAR": "y",
}
_PRECISION: Final = {"YEAR": "%Y", "MONTH": "%Y-%m"}
_SAID_OTHERWISE: Final = {
    "NA": "not applicable",
    "ACTIVE_NOT_RECRUITING": "active, not recruiting",
    "EARLY_PHASE1": "early phase 1",
    "INDUSTRY": "industry",
    "NIH": "NIH",
    "FED": "U.S. federal agency",
    "OTHER_GOV": "other government",
    "INDIV": "individual",
}
_LONGEST: Final = 10_000
"""How many letters of a value are shown: all, but for what no page and no terminal could hold."""


def plain(value: object) -> str:
    r"""Return a value as text that neither a terminal obeys nor a page turns around.

    >>> plain("one\x1b[31mtwo")
    'one\\x1b[31mtwo'
    """
    return printable(str(value), _LONGEST)


def short(text: str, limit: int) -> str:
    """Return a text cut to so many letters, with a mark where it was.

    >>> short("assessment", 7)
    'assess…'
    """
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def code(value: str | None) -> str:
    """Return a code in words, empty for None.

    >>> code("PHASE2"), code("NOT_YET_RECRUITING")
    ('phase 2', 'not yet recruiting')
    """
    if value is None:
        return ""
    if value in _SAID_OTHERWISE:
        return _SAID_OTHERWISE[value]
    words = value.replace("_", " ").lower()
    return f"{words[:-1]} {words[-1]}" if words.startswith("phase") else words


def phases(values: Iterable[str] | None) -> str:
    """Return a trial's phases in words.

    >>> phases(["PHASE1", "PHASE2"]), phases(["NA"]), phases(None)
    ('phase 1/2', 'no phase', '')
    """
    told = list(values or ())
    if told == ["NA"]:
        return "no phase"
    return "/".join(code(one) if place == 0 else code(one).removeprefix("phase ") for place, one in enumerate(told))


def day(value: date | None, precision: str | None = "DAY") -> str:
    """Return a date as far as it is known.

    >>> day(date(2024, 3, 1), "MONTH")
    '2024-03'
    """
    return "" if value is None else value.strftime(_PRECISION.get(precision or "DAY", "%Y-%m-%d"))


def amount(value: float | None, unit: str | None) -> str:
    """Return a number with its unit of time.

    >>> amount(6.0, "MONTH"), amount(0.0, "MONTH"), amount(None, None)
    ('6 mo', '0', '')
    """
    if value is None:
        return ""
    return f"{value:g} {_UNITS.get(unit or '', unit or '')}".strip() if value else "0"


def moment(value: float | None, unit: str | None, anchor: str | None, role: str | None) -> str:
    """Return one bound of a timepoint: its offset and the event that it is counted from, or that it dates.

    >>> moment(-2.0, "WEEK", "PROCEDURE", "ORIGIN"), moment(4.0, "MONTH", "TREATMENT_END", "DATED")
    ('2 wk before procedure', '4 mo (treatment end)')
    >>> moment(0.0, "DAY", "BASELINE", None), moment(None, None, None, None)
    ('baseline', '')
    """
    event = code(anchor)
    if value is None or (value == 0 and event):
        return event
    if not event:
        return amount(value, unit)
    if role == "DATED":
        return f"{amount(value, unit)} ({event})"
    return f"{amount(abs(value), unit)} {'before' if value < 0 else 'after'} {event}"


def size(count: float) -> str:
    """Return a number of bytes.

    >>> size(2048), size(5)
    ('2.0 kB', '5 bytes')
    """
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TB"
