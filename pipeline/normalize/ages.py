"""Ages: the words of an age limit to years, and the words of an age range to its two limits.

What belongs here: ages and ranges of ages as registers print them. What does not: ages inside eligibility criteria,
the register's age groups (they follow from the limits), times in general (`timepoints`).
"""

import re
from typing import NamedTuple

# One of each unit, in years. A year is 365.25 days, a month a twelfth of it.
_UNITS = (
    (r"years?|year\(s\)|yrs?|y", 1.0),
    (r"months?|month\(s\)|mos?", 1 / 12),
    (r"weeks?|week\(s\)|wks?", 7 / 365.25),
    (r"days?|day\(s\)", 1 / 365.25),
    (r"hours?|hour\(s\)|hrs?", 1 / (365.25 * 24)),
    (r"minutes?|minute\(s\)|mins?", 1 / (365.25 * 24 * 60)),
)
_NUMBER = r"[0-9]{1,4}(?:\.[0-9]{1,4})?"
_UNIT = rf"(?:{'|'.join(names for names, _ in _UNITS)})(?:\s+(?:old|of\s+age))?"
# A small letter behind a unit is the rest of another word; a capital is the next cell, glued on ("75 YearsAll").
_END = r"(?-i:(?![a-z]))"
_AGE = rf"{_NUMBER}\s*{_UNIT}{_END}"
_NO_LIMIT = (
    r"(?:n/?a|n\.a\.|undefined|none|not\s+applicable|unlimited"
    rf"|no\s+(?:(?:minimum|maximum|lower|upper|age)\s+){{0,2}}(?:limit|age|minimum|maximum)){_END}"
)
_TO = r"\s*(?:to|through|[-–—~])\s*"
_GROUP = rf"(?:older\s+adult|adult|child|senior){_END}"
_GROUPS = rf"{_GROUP}(?:\s*,\s*{_GROUP})*"

_ONE_AGE = tuple(
    (re.compile(rf"(?P<number>{_NUMBER})\s*(?:{names})(?:\s+(?:old|of\s+age))?", re.IGNORECASE), years)
    for names, years in _UNITS
)
_ONLY_NO_LIMIT = re.compile(_NO_LIMIT, re.IGNORECASE)
_RANGES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<minimum>{_AGE}|{_NO_LIMIT}){_TO}(?P<maximum>{_AGE}|{_NO_LIMIT})",  # 18 Years to 65 Years
        rf"(?P<shared>{_NUMBER}){_TO}(?P<maximum>{_NUMBER}\s*(?P<unit>{_UNIT}){_END})",  # 18 - 65 Years
        rf"(?P<minimum>{_AGE})\s*(?:(?:and|or)\s+(?:older|over|above|up|more){_END}|\+)",  # 18 Years and older
        rf"up\s+to\s+(?P<maximum>{_AGE})",  # up to 17 Years
        rf"(?P<maximum>{_AGE})\s+(?:and|or)\s+(?:younger|below|less){_END}",  # 17 Years and younger
        rf"(?={_GROUPS})",  # Child, Adult, Older Adult: the register's words for no limit at either end
    )
)
_GROUPS_BEHIND = re.compile(rf"\s*(?:\(\s*(?P<bracket>{_GROUPS})\s*\)|(?P<bare>{_GROUPS}))", re.IGNORECASE)


class Limit(NamedTuple):
    """One limit of a range: its words, and where they stand in the range's words.

    Nearly always one span. In "18 - 65 Years" the unit serves both, so the lower limit is "18 Years" and rests on two.
    """

    words: str
    spans: tuple[tuple[int, int], ...]


class Range(NamedTuple):
    """The parts of an age range: a limit is None where the words name none; `end` is where the range's words end."""

    minimum: Limit | None
    maximum: Limit | None
    groups: Limit | None
    end: int


def read(words: str) -> float | None:
    """Read an age limit such as "18 Years" or "6 Months".

    Returns:
        Years: months are twelfths, weeks, days, hours and minutes are counted in years of 365.25 days. None where the
        words are no age; where they say that there is no limit, `is_no_limit` tells.
    """
    words = words.strip()
    for form, years in _ONE_AGE:
        if match := form.fullmatch(words):
            return float(match["number"]) * years
    return None


def is_no_limit(words: str) -> bool:
    """Whether the words say that there is no limit ("N/A", "undefined"): the value is NULL, and nothing is unknown."""
    return _ONLY_NO_LIMIT.fullmatch(words.strip()) is not None


def split_range(words: str) -> Range | None:
    """Split the words of an age range, such as "18 Years to 65 Years (Adult, Older Adult)", into its limits.

    Args:
        words: text that begins with the range; what stands behind it is left alone (`Range.end`), since pages glue the
        next cell on.

    Returns:
        The limits with their places (offsets in `words`), or None where the words begin with no range. "18 Years and
        older" has no maximum; "Child, Adult, Older Adult" has neither limit, which is how ClinicalTrials.gov prints
        all ages.
    """
    start = len(words) - len(words.lstrip())
    for form in _RANGES:
        if match := form.match(words, start):
            break
    else:
        return None
    found = match.groupdict()
    minimum = _limit(match, "minimum") if found.get("minimum") else None
    if found.get("shared"):
        minimum = Limit(f"{match['shared']} {match['unit']}", (match.span("shared"), match.span("unit")))
    maximum = _limit(match, "maximum") if found.get("maximum") else None
    behind = _GROUPS_BEHIND.match(words, match.end())
    groups = _limit(behind, "bracket" if behind["bracket"] else "bare") if behind else None
    return Range(minimum, maximum, groups, behind.end() if behind else match.end())


def _limit(match: re.Match[str], group: str) -> Limit:
    return Limit(match[group], (match.span(group),))
