"""How each form of a fact is read: the second of the steps of `regimens`.

Here belongs what a sequence of words says once `regimen_facts` has recognised it: an amount, a range, an interval, the
days of a cycle, or nothing. Which sequence is which form does not belong here, nor what the rest of the text says of it
(`regimen_context`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from pipeline.normalize.quantities import DAYS
from pipeline.normalize.regimen_tokens import Tokens
from pipeline.normalize.regimen_words import NOT_A_ROUTE, words


class Fact(NamedTuple):
    """One fact, and the tokens it stands on (half-open)."""

    kind: str
    """A column's kind (`dose`, `route`, `every`, `count`, `days`, `cycle`, `cycles`, `duration`), or what settles one:
    `strength`, `component`, `points`, `rest`, `bare`, `divided`, `sitting`, `per day`, `ranged`; `none` where it says
    nothing."""
    start: int
    end: int
    value: Any


Builder = Callable[[Tokens, int, int], list[Fact]]
_PORTIONS: Final = words("administrations applications intakes")
_SAMPLES: Final = words("blood urine saliva sputum water juice")
_NOT_GIVEN: Final = words("habits routines life lives living activities activity routine visit visits calls")
_MEASURED: Final = words("measurement measurements assessment assessments diary diaries questionnaire questionnaires")
_SPANS_OF_TIME: Final = words("period screening window baseline")
_NONE: Final = words("no without")
_STEPS: Final = ("increment", "increas", "decreas", "reduc", "adjust")
_CHANGES: Final = (*_STEPS, "escalat", "titrat", "uptitrat", "up-titrat", "taper")
_PROGRAMMES: Final = words("program programme programs programmes intervention interventions curriculum training app")
_AFTER: Final = re.compile("(?<!H)B[swo&]{0,4}$")
_BESIDE: Final = re.compile("[vW][sw]{0,2}$")
_NOT_COUNTED: Final = words("period periods phase phases option options regimen regimens")
_DIGITS: Final = frozenset("Nn")


def _numbers(tokens: Tokens, start: int, end: int) -> list[float]:
    """Return the numbers among the tokens, amounts left out."""
    return [tokens.values[i] for i in range(start, end) if tokens.shape[i] in _DIGITS]


def _unit(tokens: Tokens, start: int, end: int) -> str:
    """Return the last unit of time among the tokens."""
    return str(next(tokens.values[i] for i in range(end - 1, start - 1, -1) if tokens.shape[i] in "TD"))


# --- Doses -----------------------------------------------------------------------------------------------------------


def amounts(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read one amount, a range, or a list of amounts that share the last one's unit."""
    shape, values = tokens.shape, tokens.values
    if shape[end : end + 1] in ("o", "w", "s") and not _SAMPLES.isdisjoint(
        str(value) for value in values[end : end + 4]
    ):
        return nothing(tokens, start, end)
    if start > 1 and shape[start - 1] == "o" and str(values[start - 2]).startswith(_STEPS):
        return nothing(tokens, start, end)  # "increments of 5 mg"
    unit = next(values[i][1] for i in range(end - 1, start - 1, -1) if shape[i] == "A")
    found: list[Fact] = []
    spans = False
    changes = _is_changed(tokens, start)
    for i in range(start, end):
        letter = shape[i]
        if letter in "ANn":
            value, own = values[i] if letter == "A" else (values[i], unit)
            if spans and found:
                low = found.pop()
                bottom = low.value[0]
                if value >= 1e5 and bottom < 1000:  # "1-2 x 10^6"
                    bottom *= 10.0 ** (len(str(int(value))) - 1)
                if bottom is not None and bottom < value and not changes:
                    found.append(Fact("dose", low.start, i + 1, (bottom, value, own)))
                else:
                    found += [low, Fact("dose", i, i + 1, (value, value, own))]
            else:
                found.append(Fact("dose", i, i + 1, (value, value, own)))
            spans = False
        elif letter in "-~t":
            spans = True
    return found


def _is_changed(tokens: Tokens, at: int, reach: int = 4) -> bool:
    """Tell whether a verb of changing a dose stands shortly before: "increased from", "titrated by 5 mg every"."""
    before = range(max(0, at - reach), at)
    return any(tokens.shape[i] in "swz" and str(tokens.values[i]).startswith(_CHANGES) for i in before)


def changed(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read an amount after a preposition; "increased by 5 mg" is no dose."""
    return nothing(tokens, start, end) if tokens.values[start] == "by" else amounts(tokens, start + 1, end)


def between(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "between 5 and 10 mg"."""
    low = tokens.values[start + 1]
    high, unit = tokens.values[end - 1]
    low = low[0] if isinstance(low, tuple) else low
    return [Fact("dose", start, end, (low, high, unit))] if low < high else []


def bound(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "up to 20 mg" and "at least 5 mg"."""
    value, unit = tokens.values[end - 1]
    return [Fact("dose", start, end, (None, value, unit) if tokens.shape[start] == "u" else (value, None, unit))]


def bound_pieces(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "up to 3 tablets"."""
    value, unit = tokens.values[end - 2 : end]
    return [Fact("dose", start, end, (None, value, unit) if tokens.shape[start] == "u" else (value, None, unit))]


def per_volume(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "4x10^7/40 mL" (the volume adds nothing) and "10 mg/20 mg" (a fixed combination)."""
    (first, unit), (_, other) = tokens.values[start], tokens.values[end - 1]
    if other in ("mL", "L", "uL") and unit not in ("mL", "L", "uL"):
        return [Fact("dose", start, start + 1, (first, first, unit))]
    return amounts(tokens, start, start + 1) + amounts(tokens, end - 1, end)


def fractions(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "64.8 Gy in 36 fractions": the amount is a total; the fractions are counted."""
    if tokens.values[start][1] == "mL/min":
        return nothing(tokens, start, end)  # a clearance, "mL/min/1.73 m2"
    dose = [] if tokens.values[start][1] in ("Gy", "cGy") else amounts(tokens, start, start + 1)
    return dose or [Fact("count", start, end, int(_numbers(tokens, start, end)[-1]))]


def total(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "a total dose of 60 Gy in 6 weeks": no dose, but so long the radiation lasts."""
    at = tokens.shape.index("A", start)
    return in_weeks(tokens, at, end)[1:] or nothing(tokens, start, end)


def in_weeks(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "60 Gy in 6 weeks": so long the radiation lasts; of another amount the words say too little."""
    dose = amounts(tokens, start, start + 1)
    radiation = tokens.values[start][1] in ("Gy", "cGy") and tokens.shape[end - 1] in "TD"
    return [*dose, *(duration(tokens, start + 1, end) if radiation else [])]


def combination(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "10/20 mg": the components of a fixed combination."""
    return [fact if fact.kind == "none" else fact._replace(kind="component") for fact in amounts(tokens, start, end)]


def daily(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "a daily dose of 20 mg": an amount a day."""
    first = tokens.shape.index("A", start) if "N" not in tokens.shape[start:end] else start + 1
    found = amounts(tokens, first, end)
    interval = tokens.values[start]
    if interval != (1.0, "DAY"):
        return [Fact("every", start, start + 1, interval), *found]
    return [
        fact
        if fact.kind == "none"
        else fact._replace(start=start, value=(*fact.value[:2], f"{fact.value[2]}/d".replace("/d/d", "/d")))
        for fact in found
    ]


def pieces(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "two 10 mg tablets" (20 mg), "2 tablets", "1-2 puffs"."""
    strength = next((tokens.values[i] for i in range(start, end) if tokens.shape[i] == "A"), None)
    numbers = _numbers(tokens, start, end)
    if strength is not None:
        value = numbers[0] * strength[0]
        return [Fact("dose", start, end, (value, value, strength[1]))] if numbers[0] <= 20 else []
    piece = next(tokens.values[i] for i in range(end - 1, start - 1, -1) if tokens.shape[i] == "P")
    if numbers[-1] > 20 or numbers[0] > numbers[-1]:
        return nothing(tokens, start, end)  # the number of a name; no range
    unit = f"{piece}/d" if tokens.shape[end - 1] == "D" else piece
    return [Fact("dose", start, end, (numbers[0], numbers[-1], unit))]


def strength(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "500 mg tablet": an amount that is a dose only where no other amount is; of "600/100 mg tablets" each is."""
    if "/" in tokens.shape[start:end]:
        return combination(tokens, start, end)
    return [fact if fact.kind == "none" else fact._replace(kind="strength") for fact in amounts(tokens, start, end)]


# --- Frequencies -----------------------------------------------------------------------------------------------------


def word(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "daily", "bid", "q8h"."""
    value = next(tokens.values[i] for i in range(end - 1, start - 1, -1) if tokens.shape[i] in "YF")
    if start and tokens.values[start - 1] in ("multiple", "several"):
        return []
    if end < len(tokens.values) and tokens.values[end] in _NOT_GIVEN:
        return []
    for i in range(end, min(end + 5, len(tokens.values))):
        if tokens.values[i] in _MEASURED:
            return []  # "daily fasting glucose measurements"
        if tokens.shape[i] not in "sw":
            break
    return [Fact("every", start, end, value)]


def times(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "three times a day", "twice weekly", "once every 3 weeks", "5 days per week", "2 sessions/week"."""
    shape, values = tokens.shape, tokens.values
    times = next(values[i] for i in range(start, end) if shape[i] in "NnO")
    if shape[end - 1] in "YF":
        length, unit = values[end - 1]
    elif shape[end - 1] == "M":
        length, unit = 1.0, "DAY"  # "once each morning"
    else:
        length, unit = 1.0, _unit(tokens, start, end)
        if shape[end - 2] in _DIGITS and end - 2 > start:
            length = values[end - 2]
        elif shape[end - 2] in "~-" and shape[end - 3] in _DIGITS and end - 3 > start:
            length = values[end - 3]
        elif shape[end - 2] == "L":
            length = 2.0
    return [Fact("every", start, end, (length / times, unit))] if times and length else []


def every(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "every 4 weeks", "every other day", "two weeks apart", "at 12-hour intervals"."""
    numbers = _numbers(tokens, start, end)
    if numbers and tokens.values[start] == "each":
        return nothing(tokens, start, end)  # "each 60 minutes" is how long each one is
    if _is_changed(tokens, start, 6):
        return nothing(tokens, start, end)
    letters = tokens.shape[start:end]
    length = 2.0 if "L" in letters or tokens.values[end - 2] == "SECOND" else numbers[-1] if numbers else 1.0
    return [Fact("every", start, end, (length, _unit(tokens, start, end)))] if length else []


def so_long_a_day(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "30 minutes per day": once a day; how long a session is, is no fact."""
    unit = _unit(tokens, start, start + 3)
    return [Fact("sitting", start, end, (1.0, "DAY"))] if unit in ("MINUTE", "HOUR") else []


def multiple(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "4-hourly", "3-weekly"."""
    length, unit = next(tokens.values[i] for i in range(end - 1, start - 1, -1) if tokens.shape[i] == "Y")
    return [Fact("every", start, end, (_numbers(tokens, start, end)[0] * length, unit))]


def once_a_day(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "every morning", "at bedtime", "in the morning and evening"."""
    return [Fact("every", start, end, (1.0 / tokens.shape[start:end].count("M"), "DAY"))]


def divided(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "in two divided doses": the amount beside it is a day's."""
    numbers = _numbers(tokens, start, end)
    if tokens.shape[end - 1] == "I" and tokens.values[end - 1] not in _PORTIONS:
        return nothing(tokens, start, end)  # "divided into 5 lessons"
    every = [Fact("every", start, end, (1.0 / numbers[0], "DAY"))] if numbers and numbers[0] else []
    return [Fact("divided", start, end, None), *every]


def times_in(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "four times in one year": a count and a duration."""
    numbers = _numbers(tokens, start, end)
    lasts = Fact("duration", start, end, (numbers[1] if len(numbers) > 1 else 1.0, _unit(tokens, start, end)))
    return [Fact("count", start, end, int(numbers[0])), lasts]


# --- Counts, days, cycles, durations ---------------------------------------------------------------------------------


def count(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "8 times", "a total of three infusions", "single dose", "14 weekly sessions"."""
    shape, values = tokens.shape, tokens.values
    numbers = _numbers(tokens, start, end)
    if (tokens.values[start - 1] == "into" and start) or (end < len(values) and values[end] in _NOT_COUNTED):
        return nothing(tokens, start, end)  # "organised into five modules", "two 4-week treatment periods"
    many = numbers[0] if numbers else values[start] if shape[start] == "O" else 1
    facts = [Fact("count", start, end, int(many))] if many == int(many) else []
    for i in range(start, end):
        if shape[i] == "R":
            facts += route(tokens, i, i + 1)
        elif shape[i] in "YF":
            facts.append(Fact("every", i, i + 1, values[i]))
    return facts


def days(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "days 1, 8 and 15", "Days 1-5", "days -8 to -4", "D1, D8"."""
    shape, values = tokens.shape, tokens.values
    days: list[int] = []
    sign, spans = 1, False
    for i in range(start, end):
        letter = shape[i]
        if letter == "_":
            sign = -1 if values[i] == "-" else 1
        elif letter == "N":
            if values[i] != int(values[i]):
                return []
            day = sign * int(values[i])
            if spans and days:
                if not days[-1] < day <= days[-1] + 400:
                    return []
                days.extend(range(days[-1] + 1, day + 1))
            else:
                days.append(day)
            sign, spans = 1, False
        elif letter in "-~t":
            spans = True
    if len(days) > 1 and not _SPANS_OF_TIME.isdisjoint(str(value) for value in values[max(0, start - 2) : start]):
        return nothing(tokens, start, end)  # "in the period day 32 to day 90", "at screening (day -14 to 0)"
    return [Fact("days", start, end, tuple(dict.fromkeys(days)))]


def unsaid_days(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "1-4, 9-12, 17-20": several ranges that rise are days."""
    found = days(tokens, start, end)
    return found if found and list(found[0].value) == sorted(found[0].value) else nothing(tokens, start, end)


def from_day(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "from day 1 to day 14"; "until day 28" and "after day 7" say no day of giving."""
    found = days(tokens, start + 1, end) if tokens.values[start] == "from" else []
    return found if found and len(found[0].value) > 1 else nothing(tokens, start, end)


def per_day(tokens: Tokens, start: int, end: int) -> list[Fact]:  # noqa: ARG001 - as every reader
    """Read "5 g by mouth per day": the amount is a day's."""
    return [Fact("per day", start, end, None)]


def points(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "0, 1, 6 months" and "weeks 0 and 4": a count, and no days."""
    if _unit(tokens, start, end) not in ("WEEK", "MONTH", "YEAR"):
        return []
    return [Fact("points", start, end, len(_numbers(tokens, start, end)))]


def mixed_points(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "Day 0, Month 1 and Month 6": a count, and no days."""
    return [Fact("points", start, end, len(_numbers(tokens, start, end)))]


def cycle(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "21-day cycle", "cycle of 28 days", "every 3-week cycle"."""
    unit = _unit(tokens, start, end)
    numbers = _numbers(tokens, start, end)
    if unit in ("DAY", "WEEK") and numbers:
        many = [Fact("cycles", start, end, int(numbers[0]))] if len(numbers) == 2 and numbers[0] > 1 else []
        return [*many, Fact("cycle", start, end, numbers[-1] * DAYS[unit])]
    return []


def as_a_cycle(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "28 days as a cycle", "3 weeks (21 days) as 1 cycle"."""
    start += tokens.shape[start] == "f"
    unit = _unit(tokens, start, start + 3)
    length = _numbers(tokens, start, start + 1)[0] * DAYS[unit]
    return [Fact("cycle", start, end, length)] if unit in ("DAY", "WEEK") and length else []


def counted_cycles(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "six 28-day cycles"."""
    numbers = _numbers(tokens, start, end)
    length = numbers[1] * DAYS[_unit(tokens, start, end)]
    return [Fact("cycles", start, end, int(numbers[0])), Fact("cycle", start, end, length)]


def part_of_cycle(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "the first 14 days of a 21-day cycle"."""
    numbers = _numbers(tokens, start, end)
    first = _unit(tokens, start, start + 3)
    return [
        Fact("duration", start, end, (numbers[0], first)),
        *([Fact("cycle", start, end, numbers[1] * DAYS[_unit(tokens, start, end)])] if len(numbers) > 1 else []),
    ]


def cycles(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "for up to 6 cycles", "four courses"."""
    number = _numbers(tokens, start, end)[-1]
    more = tokens.folded.find("more", tokens.starts[start], tokens.ends[end - 1]) >= 0
    return [Fact("cycles", start, end, int(number) + more)] if number == int(number) else []


def duration(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "for 12 weeks", "x 5 days", "over 6 months", "8 weeks of"."""
    unit = _unit(tokens, start, end)
    numbers = _numbers(tokens, start, end)
    if unit in ("SECOND", "MINUTE") or not any(numbers or [1.0]):
        return []
    if end < len(tokens.values) and tokens.values[end] in ("experience", "history"):
        return []
    if unit == "HOUR" and tokens.shape[start] not in "fx":
        return []
    return [Fact("duration", start, end, (numbers[-1] if numbers else 1.0, unit))]


def bare(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "12 weeks" between commas: a duration where it follows an interval, which the grouping sees."""
    return [fact._replace(kind="bare") for fact in duration(tokens, start, end)]


def programme(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "12-week walking program": the programme lasts so long."""
    for i in range(end, min(end + 5, len(tokens.values))):
        if tokens.values[i] in _PROGRAMMES:
            return duration(tokens, start, end) or nothing(tokens, start, end)
        if tokens.shape[i] not in "swz~":
            break
    return nothing(tokens, start, end)


def lasting(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "3 years treatment duration"."""
    if tokens.values[end - 1] == "duration":
        return duration(tokens, start, end)
    return programme(tokens, start, end - 1)


def of_seven(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "4 out of 7 nights per week": so often a week."""
    times, of = _numbers(tokens, start, end)
    return [Fact("every", start, end, (1.0 / times, "WEEK"))] if of == 7 and times else nothing(tokens, start, end)


def followed(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "then for 2 weeks"; "followed for 2 years" is of observation."""
    if tokens.values[start].startswith("follow"):
        return nothing(tokens, start, end)
    return duration(tokens, start + 1, end) if tokens.shape[start + 1] in "fu" else []


def on_off(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "14 days on, 7 off"."""
    numbers = _numbers(tokens, start, end)
    units = [tokens.values[i] for i in range(start, end) if tokens.shape[i] in "TD"]
    if not units or len(numbers) != 2 or units[0] not in ("DAY", "WEEK"):
        return []
    days = numbers[0] * DAYS[units[0]] + numbers[1] * DAYS[units[-1]]
    return [Fact("duration", start, end, (numbers[0], units[0])), Fact("cycle", start, end, days)]


def rest(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "followed by 2 weeks of rest": with the duration before it, a cycle's length."""
    unit = _unit(tokens, start, end)
    return [Fact("rest", start, end, _numbers(tokens, start, end)[0] * DAYS[unit])] if unit in ("DAY", "WEEK") else []


def route(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "intravenous", unless it says where on the body a thing is."""
    for i in range(start - 1, max(start - 4, 0) - 1, -1):
        if tokens.values[i] in _NONE:
            return []  # "no plexus block"
        if tokens.shape[i] not in "sw":
            break
    after = end if tokens.shape[end : end + 1] not in ("/", "|", "&") else end + 2
    if after < len(tokens.values) and tokens.values[after] in NOT_A_ROUTE:
        return []
    if tokens.values[start] == "RADIATION" and tokens.shape[end : end + 1] == "D":
        return []  # "on radiation days"
    before = tokens.shape[max(0, start - 5) : start] if tokens.values[start] == "RADIATION" else ""
    if _AFTER.search(before):
        return []  # "after radiotherapy"
    beside = _BESIDE.search(before)
    if beside and not re.match("[^,;.()]{0,3}[AYN]", tokens.shape[end : end + 4]):
        return []  # "daily during radiotherapy"
    return [Fact("route", start, end, tokens.values[start])]


def ranged(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "every 4-6 weeks", "for 2, 3, or 6 weeks": it sets nothing, but is said, and no other's is taken."""
    if tokens.values[end - 1] in ("MINUTE", "HOUR") and tokens.shape[start] != "E":
        return []  # the length of a session
    return [Fact("ranged", start, end, None)]


def nothing(tokens: Tokens, start: int, end: int) -> list[Fact]:  # noqa: ARG001 - a builder that reads nothing
    """Read words that look like a fact and are none."""
    return [Fact("none", start, end, None)]
