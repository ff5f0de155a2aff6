"""The facts of a regimen: the second of the three steps of `regimens`.

Here belongs the grammar: which sequence of words, by their classes (`regimen_tokens`), is a dose, a route, an
interval, a count, the days of a cycle, a cycle's length, a number of cycles or a duration, and which sequence must
not be read as one of them (a cap, a total, the length of an infusion). Which facts belong together does not belong
here.
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
    `strength`, `component`, `points`, `rest`, `bare`, `divided`, `sitting`, `per day`; `none` where nothing is said."""
    start: int
    end: int
    value: Any


Builder = Callable[[Tokens, int, int], list[Fact]]
_PORTIONS: Final = words("administrations applications intakes")
_SAMPLES: Final = words("blood urine saliva sputum water juice")
_NOT_GIVEN: Final = words(
    "habits routines life lives living activities activity routine visit visits assessment assessments measurements "
    "calls"
)
_CHANGES: Final = ("increas", "decreas", "escalat", "titrat", "uptitrat", "up-titrat", "taper", "adjust", "reduc")
_PROGRAMMES: Final = words("program programme programs programmes intervention interventions curriculum")
_DIGITS: Final = frozenset("Nn")


def _numbers(tokens: Tokens, start: int, end: int) -> list[float]:
    """Return the numbers among the tokens, amounts left out."""
    return [tokens.values[i] for i in range(start, end) if tokens.shape[i] in _DIGITS]


def _unit(tokens: Tokens, start: int, end: int) -> str:
    """Return the last unit of time among the tokens."""
    return str(next(tokens.values[i] for i in range(end - 1, start - 1, -1) if tokens.shape[i] in "TD"))


# --- Doses -----------------------------------------------------------------------------------------------------------


def _amounts(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read one amount, a range, or a list of amounts that share the last one's unit."""
    shape, values = tokens.shape, tokens.values
    if shape[end : end + 1] in ("o", "w", "s") and not _SAMPLES.isdisjoint(
        str(value) for value in values[end : end + 4]
    ):
        return _nothing(tokens, start, end)
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


def _is_changed(tokens: Tokens, at: int) -> bool:
    """Tell whether a verb of changing a dose stands shortly before: "increased from", "titrated by 5 mg every"."""
    before = range(max(0, at - 4), at)
    return any(tokens.shape[i] in "swz" and str(tokens.values[i]).startswith(_CHANGES) for i in before)


def _changed(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read an amount after a preposition; "increased by 5 mg" is no dose."""
    return _nothing(tokens, start, end) if tokens.values[start] == "by" else _amounts(tokens, start + 1, end)


def _between(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "between 5 and 10 mg"."""
    low = tokens.values[start + 1]
    high, unit = tokens.values[end - 1]
    low = low[0] if isinstance(low, tuple) else low
    return [Fact("dose", start, end, (low, high, unit))] if low < high else []


def _bound(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "up to 20 mg" and "at least 5 mg"."""
    value, unit = tokens.values[end - 1]
    return [Fact("dose", start, end, (None, value, unit) if tokens.shape[start] == "u" else (value, None, unit))]


def _bound_pieces(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "up to 3 tablets"."""
    value, unit = tokens.values[end - 2 : end]
    return [Fact("dose", start, end, (None, value, unit) if tokens.shape[start] == "u" else (value, None, unit))]


def _per_volume(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "4x10^7/40 mL" (the volume adds nothing) and "10 mg/20 mg" (a fixed combination)."""
    (first, unit), (_, other) = tokens.values[start], tokens.values[end - 1]
    if other in ("mL", "L", "uL") and unit not in ("mL", "L", "uL"):
        return [Fact("dose", start, start + 1, (first, first, unit))]
    return _amounts(tokens, start, start + 1) + _amounts(tokens, end - 1, end)


def _fractions(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "64.8 Gy in 36 fractions": the amount is a total; the fractions are counted."""
    if tokens.values[start][1] == "mL/min":
        return _nothing(tokens, start, end)  # a clearance, "mL/min/1.73 m2"
    dose = [] if tokens.values[start][1] in ("Gy", "cGy") else _amounts(tokens, start, start + 1)
    return dose or [Fact("count", start, end, int(_numbers(tokens, start, end)[-1]))]


def _in_weeks(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "60 Gy in 6 weeks": so long the radiation lasts; of another amount the words say too little."""
    dose = _amounts(tokens, start, start + 1)
    lasts = _duration(tokens, start + 1, end) if tokens.values[start][1] in ("Gy", "cGy") else []
    return [*dose, *lasts]


def _combination(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "10/20 mg": the components of a fixed combination."""
    return [fact if fact.kind == "none" else fact._replace(kind="component") for fact in _amounts(tokens, start, end)]


def _daily(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "a daily dose of 20 mg": an amount a day."""
    first = tokens.shape.index("A", start) if "N" not in tokens.shape[start:end] else start + 1
    amounts = _amounts(tokens, first, end)
    interval = tokens.values[start]
    if interval != (1.0, "DAY"):
        return [Fact("every", start, start + 1, interval), *amounts]
    return [
        fact
        if fact.kind == "none"
        else fact._replace(start=start, value=(*fact.value[:2], f"{fact.value[2]}/d".replace("/d/d", "/d")))
        for fact in amounts
    ]


def _pieces(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "two 10 mg tablets" (20 mg), "2 tablets", "1-2 puffs"."""
    strength = next((tokens.values[i] for i in range(start, end) if tokens.shape[i] == "A"), None)
    numbers = _numbers(tokens, start, end)
    if strength is not None:
        value = numbers[0] * strength[0]
        return [Fact("dose", start, end, (value, value, strength[1]))] if numbers[0] <= 20 else []
    piece = next(tokens.values[i] for i in range(end - 1, start - 1, -1) if tokens.shape[i] == "P")
    if numbers[-1] > 20:
        return _nothing(tokens, start, end)  # the number of a name
    unit = f"{piece}/d" if tokens.shape[end - 1] == "D" else piece
    return [Fact("dose", start, end, (numbers[0], numbers[-1], unit))]


def _strength(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "500 mg tablet": an amount that is a dose only where no other amount is; of "600/100 mg tablets" each is."""
    if "/" in tokens.shape[start:end]:
        return _combination(tokens, start, end)
    return [fact if fact.kind == "none" else fact._replace(kind="strength") for fact in _amounts(tokens, start, end)]


# --- Frequencies -----------------------------------------------------------------------------------------------------


def _word(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "daily", "bid", "q8h"."""
    value = next(tokens.values[i] for i in range(end - 1, start - 1, -1) if tokens.shape[i] in "YF")
    if start and tokens.values[start - 1] in ("multiple", "several"):
        return []
    if end < len(tokens.values) and tokens.values[end] in _NOT_GIVEN:
        return []
    return [Fact("every", start, end, value)]


def _times(tokens: Tokens, start: int, end: int) -> list[Fact]:
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


def _every(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "every 4 weeks", "every other day", "two weeks apart", "at 12-hour intervals"."""
    numbers = _numbers(tokens, start, end)
    if numbers and tokens.values[start] == "each":
        return _nothing(tokens, start, end)  # "each 60 minutes" is how long each one is
    if _is_changed(tokens, start):
        return _nothing(tokens, start, end)
    letters = tokens.shape[start:end]
    length = 2.0 if "L" in letters or tokens.values[end - 2] == "SECOND" else numbers[-1] if numbers else 1.0
    return [Fact("every", start, end, (length, _unit(tokens, start, end)))] if length else []


def _so_long_a_day(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "30 minutes per day": once a day; how long a session is, is no fact."""
    unit = _unit(tokens, start, start + 3)
    return [Fact("sitting", start, end, (1.0, "DAY"))] if unit in ("MINUTE", "HOUR") else []


def _multiple(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "4-hourly", "3-weekly"."""
    length, unit = next(tokens.values[i] for i in range(end - 1, start - 1, -1) if tokens.shape[i] == "Y")
    return [Fact("every", start, end, (_numbers(tokens, start, end)[0] * length, unit))]


def _once_a_day(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "every morning", "at bedtime", "in the morning and evening"."""
    return [Fact("every", start, end, (1.0 / tokens.shape[start:end].count("M"), "DAY"))]


def _divided(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "in two divided doses": the amount beside it is a day's."""
    numbers = _numbers(tokens, start, end)
    if tokens.shape[end - 1] == "I" and tokens.values[end - 1] not in _PORTIONS:
        return _nothing(tokens, start, end)  # "divided into 5 lessons"
    every = [Fact("every", start, end, (1.0 / numbers[0], "DAY"))] if numbers and numbers[0] else []
    return [Fact("divided", start, end, None), *every]


def _times_in(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "four times in one year": a count and a duration."""
    numbers = _numbers(tokens, start, end)
    lasts = Fact("duration", start, end, (numbers[1] if len(numbers) > 1 else 1.0, _unit(tokens, start, end)))
    return [Fact("count", start, end, int(numbers[0])), lasts]


# --- Counts, days, cycles, durations ---------------------------------------------------------------------------------


def _count(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "8 times", "a total of three infusions", "single dose", "14 weekly sessions"."""
    shape, values = tokens.shape, tokens.values
    numbers = _numbers(tokens, start, end)
    facts = (
        [Fact("count", start, end, int(numbers[0]) if numbers else 1)]
        if not numbers or numbers[0] == int(numbers[0])
        else []
    )
    for i in range(start, end):
        if shape[i] == "R":
            facts += _route(tokens, i, i + 1)
        elif shape[i] in "YF":
            facts.append(Fact("every", i, i + 1, values[i]))
    return facts


def _days(tokens: Tokens, start: int, end: int) -> list[Fact]:
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
    return [Fact("days", start, end, tuple(dict.fromkeys(days)))]


def _unsaid_days(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "1-4, 9-12, 17-20": several ranges that rise are days."""
    found = _days(tokens, start, end)
    return found if found and list(found[0].value) == sorted(found[0].value) else _nothing(tokens, start, end)


def _from_day(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "from day 1 to day 14"; "until day 28" and "after day 7" say no day of giving."""
    days = _days(tokens, start + 1, end) if tokens.values[start] == "from" else []
    return days if days and len(days[0].value) > 1 else _nothing(tokens, start, end)


def _per_day(tokens: Tokens, start: int, end: int) -> list[Fact]:  # noqa: ARG001 - as every reader
    """Read "5 g by mouth per day": the amount is a day's."""
    return [Fact("per day", start, end, None)]


def _points(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "0, 1, 6 months" and "weeks 0 and 4": a count, and no days."""
    if _unit(tokens, start, end) not in ("WEEK", "MONTH", "YEAR"):
        return []
    return [Fact("points", start, end, len(_numbers(tokens, start, end)))]


def _mixed_points(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "Day 0, Month 1 and Month 6": a count, and no days."""
    return [Fact("points", start, end, len(_numbers(tokens, start, end)))]


def _cycle(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "21-day cycle", "cycle of 28 days", "every 3-week cycle"."""
    unit = _unit(tokens, start, end)
    numbers = _numbers(tokens, start, end)
    if unit in ("DAY", "WEEK") and numbers:
        many = [Fact("cycles", start, end, int(numbers[0]))] if len(numbers) == 2 and numbers[0] > 1 else []
        return [*many, Fact("cycle", start, end, numbers[-1] * DAYS[unit])]
    return []


def _as_a_cycle(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "28 days as a cycle", "3 weeks (21 days) as 1 cycle"."""
    start += tokens.shape[start] == "f"
    unit = _unit(tokens, start, start + 3)
    length = _numbers(tokens, start, start + 1)[0] * DAYS[unit]
    return [Fact("cycle", start, end, length)] if unit in ("DAY", "WEEK") and length else []


def _counted_cycles(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "six 28-day cycles"."""
    numbers = _numbers(tokens, start, end)
    length = numbers[1] * DAYS[_unit(tokens, start, end)]
    return [Fact("cycles", start, end, int(numbers[0])), Fact("cycle", start, end, length)]


def _part_of_cycle(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "the first 14 days of a 21-day cycle"."""
    numbers = _numbers(tokens, start, end)
    first = _unit(tokens, start, start + 3)
    return [
        Fact("duration", start, end, (numbers[0], first)),
        *([Fact("cycle", start, end, numbers[1] * DAYS[_unit(tokens, start, end)])] if len(numbers) > 1 else []),
    ]


def _cycles(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "for up to 6 cycles", "four courses"."""
    number = _numbers(tokens, start, end)[-1]
    more = tokens.folded.find("more", tokens.starts[start], tokens.ends[end - 1]) >= 0
    return [Fact("cycles", start, end, int(number) + more)] if number == int(number) else []


def _duration(tokens: Tokens, start: int, end: int) -> list[Fact]:
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


def _bare(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "12 weeks" between commas: a duration where it follows an interval, which the grouping sees."""
    return [fact._replace(kind="bare") for fact in _duration(tokens, start, end)]


def _programme(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "12-week walking program": the programme lasts so long."""
    for i in range(end, min(end + 5, len(tokens.values))):
        if tokens.values[i] in _PROGRAMMES:
            return _duration(tokens, start, end)
        if tokens.shape[i] not in "swz~":
            break
    return _nothing(tokens, start, end)


def _followed(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "then for 2 weeks"; "followed for 2 years" is of observation."""
    if tokens.values[start].startswith("follow"):
        return _nothing(tokens, start, end)
    return _duration(tokens, start + 1, end) if tokens.shape[start + 1] in "fu" else []


def _on_off(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "14 days on, 7 off"."""
    numbers = _numbers(tokens, start, end)
    units = [tokens.values[i] for i in range(start, end) if tokens.shape[i] in "TD"]
    if not units or len(numbers) != 2 or units[0] not in ("DAY", "WEEK"):
        return []
    days = numbers[0] * DAYS[units[0]] + numbers[1] * DAYS[units[-1]]
    return [Fact("duration", start, end, (numbers[0], units[0])), Fact("cycle", start, end, days)]


def _rest(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "followed by 2 weeks of rest": with the duration before it, a cycle's length."""
    unit = _unit(tokens, start, end)
    return [Fact("rest", start, end, _numbers(tokens, start, end)[0] * DAYS[unit])] if unit in ("DAY", "WEEK") else []


def _route(tokens: Tokens, start: int, end: int) -> list[Fact]:
    """Read "intravenous", unless it says where on the body a thing is."""
    after = end if tokens.shape[end : end + 1] not in ("/", "|", "&") else end + 2
    if after < len(tokens.values) and tokens.values[after] in NOT_A_ROUTE:
        return []
    if tokens.values[start] == "RADIATION" and tokens.shape[end : end + 1] == "D":
        return []  # "on radiation days"
    if tokens.values[start] == "RADIATION" and "B" in tokens.shape[max(0, start - 3) : start]:
        return []  # "after radiotherapy"
    beside = tokens.values[start] == "RADIATION" and re.search("[vW]s?$", tokens.shape[max(0, start - 2) : start])
    if beside and not re.match("[^,;.()]{0,3}[AYN]", tokens.shape[end : end + 4]):
        return []  # "daily during radiotherapy"
    return [Fact("route", start, end, tokens.values[start])]


def _nothing(tokens: Tokens, start: int, end: int) -> list[Fact]:  # noqa: ARG001 - a builder that reads nothing
    """Read words that look like a fact and are none."""
    return [Fact("none", start, end, None)]


# --- The grammar -----------------------------------------------------------------------------------------------------
# One line a form: what it is called, its pattern over the classes of words, and its reader. The first that fits at a
# place
# wins, so the longer stand before the shorter. `#` is a number, `%` a unit of time.

_GRAMMAR: Final[tuple[tuple[str, str, Builder], ...]] = (
    # What must not be read as a dose or a time.
    ("cap", "m[lQoaYk:,&tI]{0,4}A(?:[-~t]A)?", _nothing),
    ("total", "GQ?[oa:(]{0,2}A(?:,?[|:]A)?(?:[xf]#~?%)?", _nothing),
    ("threshold", r"<(?:\|st)?[NA](?!D[pa/E]T)%?", _nothing),
    ("diluent", "(?<=[ARwI)])i(?:A(?:oA)?|q)(?:o?[sa]?w+|DN)?|Wq", _nothing),
    ("supplied", "Z[sawoid,:&|]{0,5}(?:[AqNn][,|&~()-]*)+|(?:[NA][,|&]{1,2}|N/){0,9}A(?=s?Z)", _nothing),
    ("radiation in weeks", "Ai#~?%", _in_weeks),
    ("fractions", "A(?:/|i|[sw]?iN?)N[sw]?I?(?![%V])", _fractions),
    ("observed", "e[s,H]{0,3}(?:f|ut|v|@)[lmGoa]{0,3}#~?[-~t]?#?%|#~?%e", _nothing),
    ("followed", "H(?:ut?)?f?[lmGoa]{0,3}#~?%(?!o?r)", _followed),
    ("age", "#(?:[-~t]#)?~?%B", _nothing),
    # Doses.
    ("daily", "YQ[oa:s@]{0,3}(?:[Nn][-~t])?A(?:[-~t]A)?", _daily),
    ("daily doses", "YQo(?=w[^.;]{0,8}V)", _nothing),
    ("divided", "V(?:i?#?s?[QI](?![zZ])|(?=F))|i#V[QI]", _divided),
    ("pieces", "#x?~?Aw?w?P|#(?:[-~t]#)?[sR]?P(?:oA|[pa/]D)?", _pieces),
    ("strength", "(?:[NA][,|&]{1,2}|N/){0,9}A(?=s?P)", _strength),
    ("between", "B[NA]&A", _between),
    ("up to", "utA|@lA", _bound),
    ("up to pieces", "ut#P|@l#P", _bound_pieces),
    ("per volume", "A/A", _per_volume),
    ("combination", "N(?:/N){0,4}/A", _combination),
    ("changed by", "(?<!H)BA(?![-~t|&,])", _changed),
    ("amounts", "(?:(?:[Nn]|A)[-~t])?A|(?<![TDC])(?:N(?:,[|&]?|[|&])){1,20}(?:N[-~t])?A", _amounts),
    # Cycles.
    ("counted cycles", "##~?%[sw]?C", _counted_cycles),
    ("part of a cycle", "#~?%oa?E?(?:#~?%)?[sIw]?C", _part_of_cycle),
    ("cycle", "E?#[~-]?%[sIw]?C|E#[~-]?%[sIw]?c|(?:[Nn]G?)?[Cc][(]?(?:o|:|s|B|j)#~?%|[Nn]?C[(]#~?%|#%[pa]C", _cycle),
    ("as a cycle", r"f?#~?%(?:\(#~?%\))?[dj](?:a|#)?[Cc]", _as_a_cycle),
    ("every n cycles", "da#[Cc]|[EBh]a?[Bh]?#[sw]?[Cc]|[Cc]#(?:(?:,?&|[-~t,])#)*|#(?:[-~t|]|&)#[sw]?[Cc]", _nothing),
    ("cycles", "#[swG]?[Cc](?![sw]?%)", _cycles),
    # Frequencies.
    ("on and off", "#~?%b,?[/|&-]?#~?%?r|#~?%[s]?b[,&/]*#~?%?r", _on_off),
    ("rest", "(?:H[,B&aW]{0,3}|[,&W]a?|(?<!B))#~?%o?r", _rest),
    ("times in", "#Xi#?[TD]|#XiaT", _times_in),
    (
        "several times a day",
        "#(?:[-~t|]#)X?[Epa/i]{0,3}(?:Y|[TD])(?![oI])|#[-~t|]#I[pa/E][TD]|E#[-~t|]#~?[TD]|O[|~-]O[Epa/i]{0,3}(?:Y|%)?",
        _nothing,
    ),
    ("times a day", "(?:O|#X|#x)[Epa/i]{1,3}(?:#?~?[TD]|L[TD]|Y)|(?:O|#X|#x)(?:Y|%)|O[pa/E]?M|O~Y", _times),
    ("so long a day", "#~?T[pa/E]D", _so_long_a_day),
    ("days a week", "<?#L?D[pa/E]T|#~?[wRs]{0,2}I[pa/E][TD]|#DY|#I?Y(?=[.,;)]|$)", _times),
    ("every", "E#?~?[TD]|EL[TD]|ET[TD]|L[TD]|#~?[TD][KJ]|Jo#[TD]", _every),
    ("multiple", "[Nn]~?Y(?=J)|[Nn]~Y", _multiple),
    ("every morning", "[@iE]{1,2}M(?:[,&]{1,2}[@iE]{0,2}M){0,3}(?!B)|M[,&]{1,2}M", _once_a_day),
    ("word", "O?[YF]", _word),
    # Counts.
    ("per fraction", "#(?:I|Q)(?:[pa/]|z)", _nothing),
    ("range of counts", "#[-~t|]#~?(?:[RYs]|w(?=[RYsIQ])|#~%){0,3}[IQX]", _nothing),
    ("count", "#X(?!w)|#~?(?:[RYs]|w(?=[RYsIQ])|#~[TD]){0,3}[IQ](?![zZ])|x#(?![%ACc~])|faGo#(?=w)", _count),
    ("single", "S[Rws]{0,2}I|SR?Q|S~Q(?=[.,;:)oA]|$)|S(?=A)|O(?=[.,;)]|$)|O(?=b[D])", _count),
    # Days, points and durations.
    ("mixed points", "(?<![BNf])[DT]#(?:[,&]{1,2}[DT]#){0,12}[,&]{1,2}T#(?:[,&]{1,2}[DT]?#){0,12}", _mixed_points),
    ("days of a week", "D~?_?N(?:(?:,?[&|]?(?:D~?)?|[-~t/]D?)_?N){0,30}oT#?(?:(?:,?[&|]?|[-~t])#){0,30}", _nothing),
    ("before a day", "[Bt]b?a?D~?_?N(?:[t~-]D?~?_?N)?", _from_day),
    ("days", "(?<!i)D~?_?N(?:(?:,?[&|]?(?:D~?)?|[-~t/]D?)_?N(?![%XACcI]))*(?!N)", _days),
    ("a day", "(?<=R)[pa/]D", _per_day),
    ("days of a cycle", "#[-~t]#~?D(?=[oi@b]a?E?(?:#~?%)?[sIw]?[Cc])", _days),
    ("days without the word", "(?<=[ARIs])(?:#[-~]#,){1,12}#[-~]#(?=[EfFYOx.;)(]|$)", _unsaid_days),
    ("range of durations", "(?:[fvx]|ut)[lmGuto@sa]{0,4}#(?:[-~t|]|~?%[,&|]?ut)#~?%", _nothing),
    (
        "for",
        "(?:f[lmGuto@sah]{0,5}#[~-]?%|f[ah]%|x#~?%|v[lmGuto@sah]{0,4}#~?%|ut#~?%|mo#~?%|Go#%)(?![pa/E]%|oB)",
        _duration,
    ),
    ("of", "(?<![B@i~-])#~?%(?:s?c)?o(?![ryB])|#[~-]?%(?:s|w){0,2}I(?=[.,;)]|$)", _duration),
    (
        "points",
        "(?<![BNf])#(?:,#){1,12},?&?#?T(?!oB)|#&#T(?!oB)|(?<=[@(:,b])T#(?:,#)*,?[&]#|(?<=[@(:,b])T#(?:,#)+",
        _points,
    ),
    ("programme", "#[~-]%(?=[swz])", _programme),
    ("bare", "#[~-]?%(?=[.,;)(]|$|I|s?c)", _bare),
    ("route", "R", _route),
)
# The group that names a form stands behind it: so its first word is looked at before a group is opened, which is twice
# as fast.
_READERS: Final = {f"r{i}": reader for i, (_, _, reader) in enumerate(_GRAMMAR)}
_NEVER_FIRST: Final = "wsjgyUkolzrbPIXK.;():~"
"""Words with which no form begins: told at once, since most words are such."""
_PATTERN: Final = re.compile(
    f"(?![{_NEVER_FIRST}])(?:"
    + "|".join(
        f"(?:{pattern})(?P<r{i}>)".replace("#", "[Nn]").replace("[%", "[TD").replace("%", "[TD]")
        for i, (_, pattern, _) in enumerate(_GRAMMAR)
    )
    + ")"
)


_TAKEN: Final = re.compile(r"P[^.;RIg]{0,6}g|g[^.;RI]{0,6}P")


def _without_abbreviations(tokens: Tokens, found: list[Fact]) -> list[Fact]:
    """Return the facts without the routes that the text uses as its own short forms: "Standard Care (SC)"."""
    short = {
        word
        for i, letter in enumerate(tokens.shape)
        if letter == "R" and tokens.shape[i - 1 : i] == "(" and tokens.shape[i + 1 : i + 2] == ")"
        for word in [tokens.folded[tokens.starts[i] : tokens.ends[i]]]
        if i > len(word) and word == "".join(tokens.folded[start] for start in tokens.starts[i - 1 - len(word) : i - 1])
    }
    if not short:
        return found
    return [
        fact
        for fact in found
        if fact.kind != "route" or tokens.folded[tokens.starts[fact.start] : tokens.ends[fact.start]] not in short
    ]


def facts(tokens: Tokens) -> list[Fact]:
    """Return the facts of a text in the order in which they are written."""
    found: list[Fact] = []
    for match in _PATTERN.finditer(tokens.shape):
        found += _READERS[match.lastgroup or ""](tokens, match.start(), match.end())
    if "(R)" in tokens.shape:
        found = _without_abbreviations(tokens, found)
    if "P" in tokens.shape and not any(fact.kind == "route" for fact in found):
        found += [Fact("route", i, i + 1, "ORAL") for i in _taken(tokens)]
        found.sort(key=lambda fact: fact.start)
    if "drop" in tokens.values and (drops := _dropped(tokens)):
        found = sorted([*found, *drops], key=lambda fact: fact.start)
    return _unobserved(tokens.shape, found) if "e" in tokens.shape else found


def _taken(tokens: Tokens) -> list[int]:
    """Return where a tablet or capsule is said to be taken."""
    places = []
    for match in _TAKEN.finditer(tokens.shape):
        at = next(i for i in range(match.start(), match.end()) if tokens.shape[i] == "g")
        if str(tokens.values[at]).startswith("tak"):
            places.append(at)
    return places


def _dropped(tokens: Tokens) -> list[Fact]:
    """Return the routes of drops that are given in an eye or an ear."""
    routes = []
    for i, value in enumerate(tokens.values):
        if value == "drop" and tokens.shape[i] == "P":
            for j in range(i + 1, min(i + 8, len(tokens.values))):
                if tokens.shape[j] == ".":
                    break
                if route := _ORGANS.get(str(tokens.values[j])):
                    routes.append(Fact("route", j, j + 1, route))
                    break
    return routes


_ORGANS: Final = {"eye": "OPHTHALMIC", "eyes": "OPHTHALMIC", "ear": "OTIC", "ears": "OTIC"}
_TO_OBSERVE: Final = re.compile(r"(?:^|(?<=\.))E[^.;g]*je[^.]*")
"""A sentence that begins with an interval and ends in observing: "Every three months X will be measured"."""
_TIMES: Final = words("every count days points cycle cycles duration rest bare divided sitting")


def _unobserved(shape: str, found: list[Fact]) -> list[Fact]:
    """Return the facts without the times of observing: "assessed weekly", "followed up annually"."""
    kept: list[Fact] = []
    at, observing = 0, False
    for match in _TO_OBSERVE.finditer(shape):
        found = [fact._replace(kind="none") if match.start() <= fact.start < match.end() else fact for fact in found]
    for fact in found:
        for letter in shape[at : fact.start]:
            if letter == "e":
                observing = True
            elif letter in ".;gARIQ":
                observing = False
        at = max(at, fact.start)
        kept.append(fact._replace(kind="none") if observing and fact.kind in _TIMES else fact)
    return kept
