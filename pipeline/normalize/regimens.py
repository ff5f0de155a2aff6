"""What is given, as rows: doses, routes and schedules read from the descriptions of arms and interventions.

Four steps, a module each: words with their classes (`regimen_tokens`, whose vocabulary is `regimen_words`), facts
(`regimen_facts`), names of what is given (`regimen_agents`), and here their grouping: which agent, dose, route and
schedule belong to one way of giving one thing. The rule book is the project's page on regimens. What goes together and
what is shared within a sentence belongs here; a word, a unit or a form of a fact does not, nor the tables that the rows
go to.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from pipeline.normalize.quantities import DAYS, fold
from pipeline.normalize.regimen_agents import Names, Span
from pipeline.normalize.regimen_facts import Fact, facts
from pipeline.normalize.regimen_tokens import Tokens, fold_lines, tokens
from pipeline.normalize.regimen_words import PIECES
from pipeline.normalize.regimen_words import words as vocabulary


class Regimen(NamedTuple):
    """One way of giving one thing. What the words do not say is None."""

    source_text: str
    """The shortest run of words that holds all facts of the row; `text[char_start:char_end]`."""
    char_start: int
    char_end: int
    agent: str | None
    """The words that name what is given, as written."""
    dose_low: float | None
    dose_high: float | None
    dose_unit: str | None
    """UCUM's manner: `mg`, `mg/kg`, `cells/kg`, `tablet`."""
    route: str | None
    every_value: float | None
    every_unit: str | None
    administrations: int | None
    on_days: tuple[int, ...] | None
    cycle_days: float | None
    cycles: int | None
    duration_value: float | None
    duration_unit: str | None


# The parameter `type` has the API's own word.
def read(text: str, type: str | None = None) -> list[Regimen]:
    """Return what `text`, the description of an arm or an intervention, says is given, in the order written.

    Args:
        text: the description.
        type: the intervention's type or the arm's, as API v2 writes it (`DRUG`, `BEHAVIORAL`, `EXPERIMENTAL`).

    Returns:
        No row where the text says no fact. Nothing is raised.
    """
    folded = fold_lines(text)
    if not (_DIGIT.search(folded) or _PROMISING.search(folded)):
        return []
    words = tokens(text, folded)
    found = _without_values(words, facts(words))
    if not found:
        return []
    without_doses = (type or "").upper() in _WITHOUT_DOSES
    rows = [_columns(text, words, row, without_doses) for row in _Reading(text, words, found).rows()]
    seen: dict[tuple[Any, ...], Regimen] = {}
    for row in rows:
        if row is not None:
            seen.setdefault(row[3:], row)
    return list(seen.values())


_WITHOUT_DOSES: Final = frozenset({"BEHAVIORAL", "DEVICE", "PROCEDURE"})
"""Types of interventions that have no doses and no routes (the rule book's section on how often)."""
_DIGIT: Final = re.compile("[0-9½¼]")
_PROMISING: Final = re.compile(
    r"\b(?:i\.?[vmpt]|s\.?c|p\.?o|[bt]\.?i\.?d|qd|once|twice|thrice|single|one|two|three|four|five|six|seven|eight"
    r"|nine|ten|every|each|a (?:day|week|month)|daily|weekly|monthly|yearly|annual|quarterly|hourly|fortnightly|nightly"
    r"|bedtime|morning|night|evening|oral|inha|nasal|rectal|vagin|topical|otic|buccal|enteral|smoked|eye|sub|intra|trans|peri|epi|nebuli"
    r"|by mouth|alternate)"
)
"""What every text with a fact has: most texts without one are told at once."""

# --- Rows while they are read ----------------------------------------------------------------------------------------

_NEAR: Final = 40
"""How many rows a thing said once may serve: more are no regimen, and the time stays linear in the text."""
_UNSAID: Final = frozenset({"divided", "per day", "bare", "rest", "sitting"})
"""Kinds that are no column: they say what another means."""
_TIMED: Final = ("every", "days", "duration", "points", "divided", "bare", "rest", "sitting")
_SHARED_FORWARD: Final = ("route", "every", "count", "days", "cycle", "cycles", "duration")
_OF_THE_CYCLE: Final = frozenset({"cycle", "cycles", "bare"})
_OF_TIME: Final = _OF_THE_CYCLE | {"every", "duration", "rest"}
_RADIATION_UNITS: Final = frozenset({"Gy", "cGy"})
_PIECES: Final = frozenset(PIECES.values())
_LABELS: Final = vocabulary("dose dosage route frequency duration schedule mode timing")
"""Words that label a fact of the row before: "Frequency: twice daily"."""
_LATER: Final = vocabulary("afterward afterwards thereafter")
_LIQUIDS: Final = frozenset({"mL", "L", "uL"})
_BRACKETED: Final = re.compile(r"\([^()]*\)")
_TO_NAME: Final = ("", "o", "oa", "os", "A", "q", "oA", "oq")
"""Between an amount and the name of what it is of; a concentration adds nothing ("20 mL of 0.5% X")."""
_REPEATED: Final = re.compile(
    r"(?:the |each |a |all |this |these |one )*(?:(?:protocol |study |maintenance )?(?:treatments?|therapy|cycles?"
    r"|courses?|regimens?|chemotherapy|schedule)\b|repeat)|(?:this|it|which|these) (?:will be|is|was|are|were) repeated"
)
"""How a sentence begins that speaks of what the sentences before it said: "Treatment repeats every 21 days"."""


def _length(interval: tuple[float, str]) -> float:
    """Return an interval in days."""
    return interval[0] * DAYS[interval[1]]


class _Row:
    """A row while it is read."""

    __slots__ = ("agent", "before", "borrowed", "facts", "follows", "linked", "repeated", "sibling")

    def __init__(self, linked: bool = False, follows: bool = False, sibling: bool = False) -> None:
        self.agent: Span | None = None
        self.facts: dict[str, Fact] = {}  # by kind; an amount of any kind is the dose
        self.before: tuple[str, ...] = ()  # the kinds said before the agent: they serve the agents listed after it too
        self.linked = linked  # listed with the row before: what is said at the end serves both
        self.follows = follows  # comes after the row before ("followed by")
        self.sibling = sibling  # another amount of what is named after it ("100 mg or 2 mg/kg of X")
        self.borrowed = False  # its agent was not named with it, but in an earlier sentence or row
        self.repeated = False  # a later sentence says that it is repeated

    def has(self, kinds: Sequence[str]) -> bool:
        """Tell whether the row has a fact of one of the kinds."""
        return any(kind in self.facts for kind in kinds)

    def take(self, other: _Row, kinds: Sequence[str]) -> None:
        """Take the facts of these kinds from another row, where this one has none."""
        for kind in kinds:
            if kind in other.facts:
                self.facts.setdefault(kind, other.facts[kind])


class _Reading:
    """One text while its facts are grouped, sentence by sentence."""

    def __init__(self, text: str, words: Tokens, found: list[Fact]) -> None:
        self.words = words
        self.found = found
        self.names = Names(text, words, found)
        self.done: list[_Row] = []
        self.phase = 0  # where the rows of the present phase begin
        self.carried: list[Span] = []  # the agents that the next sentence speaks of, if it names none

    def rows(self) -> list[_Row]:
        """Return the rows of all sentences."""
        shape = self.words.shape
        start, at = 0, 0
        while start < len(shape):
            end = shape.find(".", start)
            end = len(shape) if end < 0 else end
            upto = at
            while upto < len(self.found) and self.found[upto].start < end:
                upto += 1
            self.sentence(start, end, self.found[at:upto])
            start, at = end + 1, upto
        return self.done

    def sentence(self, start: int, end: int, found: list[Fact]) -> None:
        """Add the rows of one sentence, or what it says of the rows before it."""
        opening = self.words.shape[start : start + 3]
        agents = self.names.given(start, end, found)
        found = [fact for fact in found if fact.kind != "none"]
        if opening[:1] == "B" or "H" in opening:
            self.phase = len(self.done)
        if not found:
            self.carried = agents[:_NEAR] or self.carried
            return
        kinds = {fact.kind for fact in found}
        if not agents and self.done and kinds <= _OF_TIME:
            of_treatment = _REPEATED.match(self.words.folded, self.words.starts[start]) is not None
            if of_treatment or kinds <= _OF_THE_CYCLE:
                self.repeat(found, opening, of_treatment)
                return
        if (
            not agents
            and self.done
            and self.words.values[start] in _LABELS
            and ":" in self.words.shape[start : start + 5]
        ):
            last = self.done[-1]
            if len(kinds) == len(found) and not last.has(tuple(kinds)):  # "Dose: 5 mg. Frequency: daily."
                last.facts.update((fact.kind, fact) for fact in found)
                return
        rows = self.group(start, found, agents)
        self.share(rows)
        rows = [row for row in rows if row.facts]
        named = [row.agent for row in rows if row.agent is not None]
        if named:
            self.carried = named[-1:]
        elif self.carried:
            rows = [_borrow(row, agent) for agent in self.carried for row in rows[:_NEAR]]
        self.done += rows

    def repeat(self, found: list[Fact], opening: str, of_treatment: bool) -> None:
        """Give the rows of the present phase what a sentence says of "the treatment"."""
        counted = any(fact.kind == "cycles" for fact in found)
        found = list({fact.kind: fact for fact in reversed(found)}.values())  # of two counts the first
        for row in self.done[self.phase :][-_NEAR:] or self.done[-1:]:
            row.repeated = True
            for fact in found:
                if fact.kind == "every":
                    value, unit = fact.value
                    of_cycle = row.has(("days", "every", "rest")) or "C" in opening or "c" in opening
                    if not of_cycle and not (counted and unit == "DAY"):
                        row.facts["every"] = fact
                    elif unit in ("DAY", "WEEK"):
                        row.facts["cycle"] = fact._replace(kind="cycle", value=value * DAYS[unit])
                elif fact.kind == "cycles" and not of_treatment:
                    row.facts.setdefault("cycles", fact)
                elif fact.kind == "duration" and "duration" in row.facts:
                    if _length(row.facts["duration"].value) != _length(fact.value):
                        row.facts["duration"] = fact
                elif fact.kind != "bare":
                    row.facts[fact.kind] = fact

    # --- Grouping ----------------------------------------------------------------------------------------------------

    def group(self, start: int, found: list[Fact], agents: list[Span]) -> list[_Row]:
        """Return the rows of a sentence: an agent, or a second fact of a kind, begins a new one."""
        shape = self.words.shape
        items = sorted([*found, *(Fact("agent", *agent, None) for agent in agents)], key=lambda item: item.start)
        row = _Row()
        rows = [row]
        components: list[Fact] = []
        past, parted, then = start, False, False
        for k, item in enumerate(items):
            between = _BRACKETED.sub("", shape[past : item.start]) if past < item.start else ""
            parted = parted or ";" in between
            then = (then or "H" in between) and bool(row.facts or row.agent)
            sibling = False
            if item.kind == "agent":
                owns = between in _TO_NAME[1:] and "dose" in row.facts and row.facts["dose"].end == past
                joins = row.agent is None and not then and not (row.facts and re.search("[,;&|]", between))
                joins = joins and not (row.facts and shape[item.end : item.end + 1] == ":")  # "X:" begins a statement
                if joins and "dose" in row.facts and k + 1 < len(items) and items[k + 1].kind == "dose":
                    # "5 mg by injection. X: 10 mg" without its full stop: the name is the second amount's.
                    joins = re.fullmatch("[:,(-]?", shape[item.end : items[k + 1].start]) is None
                begins = not (owns or joins)
            elif then or ((row.agent or row.follows) and re.search("[&|,]", between) and self.leads(items, k)):
                begins = bool(row.facts or row.agent)
            else:
                begins = self.is_another(row, item, between)
                sibling = row.agent is None and item.kind != "every" and re.fullmatch("[,|&]{1,2}", between) is not None
            if begins:
                row = _Row(not (parted or then or between.endswith(("W", "Wa", "Ws"))), then, sibling)
                rows.append(row)
            if begins or item.kind == "agent":
                parted = then = False
            if item.kind == "agent":
                row.agent = (item.start, item.end)
                row.before = tuple(kind for kind in row.facts if kind != "dose")
            elif item.kind == "component":
                components.append(item)
                row.facts.setdefault("dose", item)
            else:
                row.facts.setdefault("dose" if item.kind == "strength" else item.kind, item)
            past = max(past, item.end)
        if components:
            self.divide(rows, components)
        return rows

    def leads(self, items: list[Fact], k: int) -> bool:
        """Tell whether a fact stands directly before a name: "A twice a day and weekly B"."""
        for item, after in itertools.pairwise(items[k : k + 4]):
            if self.words.shape[item.end : after.start] not in _TO_NAME:
                return False
            if after.kind == "agent":
                return self.words.shape[after.end : after.end + 1] != ":"
        return False

    def is_another(self, row: _Row, fact: Fact, between: str) -> bool:
        """Tell whether a fact begins a new row; else it is the first of its kind, the same again, or of the cycle.

        In the latter cases the row's fact is replaced where the second says more.
        """
        kind = "dose" if fact.kind in ("component", "strength") else fact.kind
        old = row.facts.get(kind)
        if kind == "every" and old is None and row.has(("days", "points")) and re.search("[H&]", between):
            return True  # "on day 1 and every 4 weeks thereafter"
        if old is None or fact.kind in ("component", "strength"):
            return False
        if kind == "dose":
            return self.is_another_dose(row, old, fact, between)
        if old.value == fact.value:
            return False
        if kind == "every":
            return self.is_another_interval(row, old, fact, between)
        if kind == "duration":
            if "G" in self.words.shape[fact.start : fact.end]:
                row.facts["duration"] = fact  # "for a total of 4 years"
                return False
            return re.search("[|H;]", between) is not None
        if kind == "route":
            return row.has(("dose", "every")) or re.search("[|H;&/]", between) is not None
        return kind in ("days", "count", "cycles") and re.search("[|H;&,]", between) is not None

    def is_another_dose(self, row: _Row, old: Fact, fact: Fact, between: str) -> bool:
        """Tell whether a second amount is another dose.

        Else it is a strength, the first in other units, the total of which the first is a part, or a volume of liquid.
        """
        listed = re.search("[&|H;]", between) is not None
        if old.kind == "strength":
            if not listed:
                row.facts["dose"] = fact
            return listed
        if old.value == fact.value:  # said again, or given again by another schedule
            return "(" not in between and row.has(("every", "days", "cycle", "cycles"))
        if fact.value[2] == old.value[2] and fact.value[2] in _RADIATION_UNITS:
            smaller, larger = sorted((old, fact), key=lambda one: one.value[1] or 0)
            if (larger.value[1] or 0) >= 5 * (smaller.value[1] or 0):
                row.facts["dose"] = smaller  # "60 Gy in fractions of 2 Gy": a total is no dose
                return False
        aside = "(" in between
        if between.endswith("i") and fact.value[2] in _PIECES:
            return False  # "4 g in 4 capsules"
        if not aside and (listed or (row.agent and old.end <= row.agent[0] < fact.start)):
            return True
        pieces = fact.value if fact.value[2] in _PIECES else old.value if old.value[2] in _PIECES else None
        if pieces and fact.value[2] != old.value[2] and not listed:
            # "1 tablet (50 mg)" is 50 mg; of several, or of a strength before them, only their number is sure.
            one = pieces[1] == 1
            if one if old.value is pieces else not (one or aside):
                row.facts["dose"] = fact
            return False
        is_liquid, was_liquid = fact.value[2] in _LIQUIDS, old.value[2] in _LIQUIDS
        if was_liquid and not is_liquid:
            row.facts["dose"] = fact  # "2 mL (8 mg)"
        return not aside and is_liquid == was_liquid

    def is_another_interval(self, row: _Row, old: Fact, fact: Fact, between: str) -> bool:
        """Tell whether a second interval is another, and not the length of the cycle in which the first recurs."""
        if "divided" in row.facts and old.start == row.facts["divided"].start:
            row.facts["every"] = fact  # what "divided" says is only that there are several
            return False
        aside = self.words.shape[old.end : fact.start][:_NEAR]
        if aside.count("(") > aside.count(")") and "H" not in aside:
            return False  # "twice daily (once in the morning and once in the evening)"
        inner = _length(old.value) <= 3.5 or row.has(("duration", "count", "days"))
        if not inner or re.search("[|H;&]", between):
            return re.search("[|H;&,]", between) is not None
        longer = _length(fact.value) > _length(old.value)
        if longer and fact.value[1] in ("DAY", "WEEK") and fact.value != (1.0, "WEEK") and _length(fact.value) >= 7:
            row.facts.setdefault("cycle", fact._replace(kind="cycle", value=_length(fact.value)))
        return False

    def divide(self, rows: list[_Row], components: list[Fact]) -> None:
        """Give each agent of a fixed combination its component ("A/B 10/20 mg").

        Where the names are not written in the same manner, their order may be another, and neither gets a dose.
        """
        k = next((i for i, row in enumerate(rows) if row.facts.get("dose") is components[0]), None)
        if k is None:  # a clearer amount took its place: nothing is left to be divided
            return
        row = rows[k]
        shape = self.words.shape[slice(*row.agent)] if row.agent else ""
        mark = "~" if shape == "w~w" else "/"  # "A-B 10/25 mg" as "A/B 10/25 mg"
        if row.agent and shape.count(mark) == len(components) - 1:
            cuts = [i for i in range(*row.agent) if self.words.shape[i] == mark]
            bounds = zip([row.agent[0], *(i + 1 for i in cuts)], [*cuts, row.agent[1]], strict=True)
            for offset, (agent, component) in enumerate(zip(bounds, components, strict=True)):
                part = _Row(row.linked or offset > 0)
                part.agent, part.before = agent, row.before
                part.facts = {**row.facts, "dose": component._replace(kind="dose")}
                rows[k + offset : k + offset + (offset == 0)] = [part]
        else:
            del row.facts["dose"]

    # --- Sharing -----------------------------------------------------------------------------------------------------

    def share(self, rows: list[_Row]) -> None:
        """Give each row of a sentence what was said once for several."""
        for last, row in itertools.pairwise(rows):
            unnamed = row.agent is None
            if unnamed:
                row.agent, row.borrowed = last.agent, True
            if row.facts and row.follows and (unnamed or self.name(row) == self.name(last)):
                row.take(last, ("dose", "route"))
            elif row.facts and unnamed:  # facts carry on within a sentence
                row.take(last, ("dose", "route") if row.linked else ("route",))
            if row.linked and last.before and not unnamed:
                row.take(last, [kind for kind in _SHARED_FORWARD if kind in last.before])
                row.before = tuple(dict.fromkeys((*row.before, *last.before)))
        for i in range(len(rows) - 2, -1, -1):
            if rows[i + 1].linked and i % _NEAR != _NEAR - 1:
                self.share_back(rows[i], rows[i + 1])
        for last, row in itertools.pairwise(rows):
            if row.linked and row.borrowed and "dose" in row.facts and not (row.has(_TIMED) or self.is_later(row)):
                row.take(last, [kind for kind in _SHARED_FORWARD if kind != "count"])

    def share_back(self, row: _Row, after: _Row) -> None:
        """Give a row what is said after the one listed next: "A 10 mg and B 20 mg daily for 4 weeks"."""
        if row.agent is None and after.sibling:
            row.agent, row.borrowed = after.agent, True
            if not self.is_later(after):
                after.take(row, _SHARED_FORWARD)
            row.take(after, tuple(after.facts))
            return
        alone = not row.facts
        if alone and row.agent and "d" in self.words.shape[row.agent[1] : row.agent[1] + 2]:
            return  # "A as in arm 1 and B daily"
        timed = row.has((*_TIMED, "count", "cycle"))
        for kind, fact in after.facts.items():
            of_both = alone or (after.borrowed and not timed)
            if kind in after.before or kind == "dose" or (kind == "count" and not of_both):
                continue
            if kind == "every" and "dose" in row.facts and str(row.facts["dose"].value[2]).endswith("/d"):
                continue  # an amount a day says no number of times, and has none of another's
            if kind == "cycle" and "every" in row.facts and _length(row.facts["every"].value) >= 7:
                continue
            # "A daily and B weekly, for 4 weeks": after the comma it is said of both.
            of_all = kind == "duration" and after.agent and "," in self.words.shape[after.agent[1] : fact.start]
            # "A 5 mg TID and B 10 mg TID for 6 weeks": so long both, where both are as often.
            as_often = "every" in row.facts and row.facts["every"].value == after.facts.get("every", fact).value
            of_all = of_all or (kind == "route" and after.borrowed) or (kind == "duration" and as_often)
            if kind in ("cycle", "cycles") or of_all or not timed:
                row.facts.setdefault(kind, fact)

    def is_later(self, row: _Row) -> bool:
        """Tell whether a row's dose is said to come after what the row before said: "300 mg afterwards"."""
        end = row.facts["dose"].end if "dose" in row.facts else len(self.words.values)
        return end < len(self.words.values) and self.words.values[end] in _LATER

    def name(self, row: _Row) -> str:
        """Return the agent's words, folded."""
        if row.agent is None:
            return ""
        return self.words.folded[self.words.starts[row.agent[0]] : self.words.ends[row.agent[1] - 1]]


def _borrow(row: _Row, agent: Span) -> _Row:
    """Return `row` of an agent that an earlier sentence named."""
    copy = _Row(row.linked, row.follows)
    copy.facts, copy.agent, copy.borrowed = dict(row.facts), agent, True
    return copy


# --- Percentages -----------------------------------------------------------------------------------------------------


def _without_values(words: Tokens, found: list[Fact]) -> list[Fact]:
    """Return the facts, those percentages silenced that are no doses.

    Beside another amount, or of nothing that is given.
    """
    doses = [fact for fact in found if fact.kind in ("dose", "component", "strength")]
    if all(fact.value[2] != "%" for fact in doses):
        return found
    others = any(fact.value[2] != "%" for fact in doses)
    given = "y" in words.shape or "P" in words.shape or any(fact.kind == "route" for fact in found)
    values = {
        fact.start for fact in doses if fact.value[2] == "%" and (others or not given or not _is_of_agent(words, fact))
    }
    return [
        fact._replace(kind="none") if fact.start in values and fact.kind in ("dose", "strength") else fact
        for fact in found
    ]


def _is_of_agent(words: Tokens, fact: Fact) -> bool:
    """Tell whether a percentage is of something given ("40% oxygen", "timolol 0.5%"), and not of a value."""
    after, before = words.shape[fact.end : fact.end + 1], words.shape[max(0, fact.start - 1) : fact.start]
    if after in ("&", "|", ",") and words.shape[fact.end + 1 : fact.end + 2] == "A":
        return True
    return after in ("w", "R", "y") or (before == "w" and after in ("", ".", ",", ")", ";"))


# --- From facts to columns -------------------------------------------------------------------------------------------


def _columns(text: str, words: Tokens, row: _Row, without_doses: bool) -> Regimen | None:
    """Return the row in the columns of the rule book, or None where nothing is left to say."""
    used = _settled(words, row)
    if without_doses:
        used.pop("dose", None)
        used.pop("route", None)
    if not used or _is_idle(words, row, used):
        return None
    value = {kind: fact.value for kind, fact in used.items()}
    low, high, unit = value.get("dose", (None, None, None))
    every = value.get("every")
    days = value.get("days")
    if unit and "divided" in row.facts and every and _length(every) <= 1:
        unit = unit if unit.endswith("/d") else f"{unit}/d"  # "1800 mg in two divided doses"
    elif unit and "per day" in row.facts and not every:
        unit = unit if unit.endswith("/d") else f"{unit}/d"
    elif unit and unit.endswith("/d") and every and _length(every) == 1.0:
        unit = unit.removesuffix("/d")  # "once daily at 150 mg/day"
    count = value.get("count", value.get("points"))
    if (
        count is None
        and days
        and not (
            _is_of_cycles(words, used["days"])
            or row.repeated
            or "cycle" in value
            or "cycles" in value
            or (every and _length(every) < 1)
        )
        and not _is_continuous(words, row)
    ):
        count = len(days)
    first, last = min(fact.start for fact in used.values()), max(fact.end for fact in used.values())
    agent = None
    if row.agent:
        agent = text[words.starts[row.agent[0]] : words.ends[row.agent[1] - 1]]
        if not row.borrowed:
            first, last = min(first, row.agent[0]), max(last, row.agent[1])
    start, end = words.starts[first], words.ends[last - 1]
    every_value, every_unit = every or (None, None)
    duration_value, duration_unit = value.get("duration", (None, None))
    return Regimen(
        text[start:end], start, end, agent, low, high, unit, value.get("route"), every_value, every_unit, count, days,
        value.get("cycle"), value.get("cycles"), duration_value, duration_unit,
    )  # fmt: skip


def _settled(words: Tokens, row: _Row) -> dict[str, Fact]:
    """Return the row's facts by column, what they say of one another settled: cycles, rests, lengths of sessions."""
    used = {kind: fact for kind, fact in row.facts.items() if kind not in _UNSAID}
    if "sitting" in row.facts and "every" not in used:
        used["every"] = row.facts["sitting"]
    if "every" in used and "count" in used and used["count"].value == 1:
        # "A single dose once a week" is each time one; "once (OD), single dose" has no interval.
        recurs = used["every"].value != (1.0, "DAY") or row.has(("duration", "bare", "days", "cycle", "cycles"))
        del used["count" if recurs else "every"]
    every, duration = used.get("every"), used.get("duration")
    if duration and duration.value[1] == "HOUR" and not (every and every.value[1] == "HOUR"):
        del used["duration"]  # the length of one infusion or session
        duration = None
    bare = row.facts.get("bare")
    if bare and every and duration is None and _follows(words, every, bare):
        duration = used["duration"] = bare
    rest = row.facts.get("rest")
    if rest and duration and "cycle" not in used and duration.value[1] in ("DAY", "WEEK"):
        used["cycle"] = rest._replace(value=rest.value + _length(duration.value))
    if every and every.value[0] >= 1 and every.value[1] in ("DAY", "WEEK"):
        length = _length(every.value)
        of_cycle = "days" in used or ("cycles" in used and every.value[1] == "DAY")
        if "cycle" not in used and length >= 7 and of_cycle:
            used["cycle"] = every._replace(value=length)
        if "cycle" in used and used["cycle"].value == length:
            del used["every"]
    return used


def _is_idle(words: Tokens, row: _Row, used: dict[str, Fact]) -> bool:
    """Tell whether the facts alone say nothing of giving: radiotherapy named, a day on which something else happens."""
    if set(used) == {"route"}:
        return bool(used["route"].value == "RADIATION")
    if set(used) == {"days"}:
        return (row.borrowed and row.agent is not None) or words.shape[
            used["days"].start - 1 : used["days"].start
        ] == "@"
    return False


def _follows(words: Tokens, every: Fact, bare: Fact) -> bool:
    """Tell whether a bare length of time stands directly after the interval ("once daily, 8 weeks")."""
    return 0 <= bare.start - every.end <= 1 and words.shape[every.end : bare.start] in ("", ",")


def _is_of_cycles(words: Tokens, days: Fact) -> bool:
    """Tell whether days are those of a cycle that recurs: "days 1-14 of each cycle", "Courses 1 and 3: 5 mg day 1"."""
    before = words.shape[max(0, days.start - 40) : days.start].rpartition(".")[2]
    return bool(
        re.search("[Cc]N[,&-~t]", before)
        or re.match("[oi@]?E[sw&,]{0,4}[Cc]|[oi@]?s?[Cc]", words.shape[days.end : days.end + 7])
        or re.search("[Cc]#?N?[-~t,&N]{0,4}[,:]?$", words.shape[max(0, days.start - 7) : days.start])
    )


def _is_continuous(words: Tokens, row: _Row) -> bool:
    """Tell whether the row is a continuous infusion."""
    first, last = min(fact.start for fact in row.facts.values()), max(fact.end for fact in row.facts.values())
    return "continuous" in words.folded[words.starts[max(0, first - 3)] : words.ends[last - 1]]


# --- Whose row it is -------------------------------------------------------------------------------------------------


def agent_key(name: str) -> str:
    """Return the words of a name that count, each between blanks; empty where none does.

    By them an agent is matched with an intervention: both have the same, or those of the one stand in those of the
    other, in one run. Case, marks, numbers and the words of form and salt ("tablets", "10 mg", "hydrochloride") do not
    count.

    >>> agent_key("Carboplatin AUC 5"), agent_key("10 mg tablets")
    (' carboplatin ', '')
    """
    words = re.findall(r"[^\W_]+", fold(name))
    counted = [word for word in words if word not in _UNCOUNTED and not word.isdecimal()]
    return f" {' '.join(counted)} " if counted else ""


_UNCOUNTED: Final = vocabulary(
    "tablet tablets capsule capsules injection injections infusion oral intravenous iv matching mg mcg ug g kg ml iu "
    "auc the of and for in with drug treatment hydrochloride hcl sodium solution"
)
