"""What is given, as rows: doses, routes and schedules read from the descriptions of arms and interventions.

A module each: words with their classes (`regimen_tokens`, whose vocabulary is `regimen_words`), the forms of facts
(`regimen_facts`) and what they say (`regimen_readers`), what the text makes of them (`regimen_context`), names of what
is given (`regimen_agents`), here their grouping, and the columns of a row (`regimen_rows`). The rule book is the
project's page on regimens. Which agent, dose, route and schedule go together and what is shared within a sentence
belongs here; a word, a unit or a form of a fact does not, nor the tables that the rows go to.
"""

from __future__ import annotations

import itertools
import re
from typing import Any, Final

from pipeline.normalize.quantities import DAYS, fold
from pipeline.normalize.regimen_agents import Names, Span
from pipeline.normalize.regimen_context import facts
from pipeline.normalize.regimen_readers import Fact
from pipeline.normalize.regimen_rows import Regimen, Row, columns, length_in_days
from pipeline.normalize.regimen_tokens import Tokens, fold_lines, tokens
from pipeline.normalize.regimen_words import PIECES, WORDS
from pipeline.normalize.regimen_words import words as vocabulary

__all__ = ["Regimen", "agent_key", "read"]


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
    if not _may_have_facts(folded):
        return []
    words = tokens(text, folded)
    found = facts(words)
    if not found:
        return []
    without_doses = (type or "").upper() in _WITHOUT_DOSES
    rows = [columns(text, words, row, without_doses) for row in _Reading(text, words, found).rows()]
    seen: dict[tuple[Any, ...], Regimen] = {}
    for row in rows:
        if row is not None:
            seen.setdefault(row[3:], row)
    return list(seen.values())


_WITHOUT_DOSES: Final = frozenset({"BEHAVIORAL", "DEVICE", "PROCEDURE"})
"""Types of interventions that have no doses and no routes (the rule book's section on how often)."""
_DIGIT: Final = re.compile("[0-9½¼]")
_WORD: Final = re.compile(r"[a-z](?:\.[a-z])+|[a-z]+")
_FACTUAL: Final = {word for word, (letter, _) in WORDS.items() if letter in "nOYFRELMS"} | vocabulary(
    "vein veins muscle muscles tongue skin mouth os arterial artery arteries drop drops block blocks "
    "intra sub trans peri retro"
)
"""Words of which a text with a fact has one, or a digit: most texts without a fact are told at once."""


def _may_have_facts(folded: str) -> bool:
    """Tell whether a text has a digit or a word without which there is no fact."""
    if _DIGIT.search(folded):
        return True
    return not _FACTUAL.isdisjoint(word.replace(".", "") for word in _WORD.findall(folded))


# --- Rows while they are read ----------------------------------------------------------------------------------------

_NEAR: Final = 40
"""How many rows a thing said once may serve: more are no regimen, and the time stays linear in the text."""
_TIMED: Final = ("every", "days", "duration", "points", "divided", "bare", "rest", "sitting", "ranged")
_OPENING: Final = frozenset(("every", "days", "points", "duration", "cycle", "cycles"))
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
    r"(?:the |each |a |all |this |these |one |total )*"
    r"(?:(?:protocol |study |maintenance |consolidation |induction |combination )*"
    r"(?:treatments?|therapy|cycles?|courses?|regimens?|chemotherapy|schedule|(?:treatment )?duration)\b|repeat)"
    r"|(?:this|it|which|these) (?:will be|is|was|are|were) repeated"
)
"""How a sentence begins that speaks of what the sentences before it said: "Treatment repeats every 21 days"."""


class _Reading:
    """One text while its facts are grouped, sentence by sentence."""

    def __init__(self, text: str, words: Tokens, found: list[Fact]) -> None:
        self.words = words
        self.found = found
        self.names = Names(text, words, found)
        self.done: list[Row] = []
        self.phase = 0  # where the rows of the present phase begin
        self.unread: list[tuple[int, int]] = []  # the sentences without facts since the last agent,
        self.subjects: list[list[Span]] = []  # and what each of them is about, once it is asked
        self.carried: list[Span] = []  # the agents that the next sentence speaks of, if it names none

    def rows(self) -> list[Row]:
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
            if agents:
                self.subjects, self.unread = [], []
            else:
                self.unread.append((start, end))
            return
        kinds = {fact.kind for fact in found}
        repeated = _REPEATED.match(self.words.folded, self.words.starts[start]) if self.done else None
        if repeated:
            agents = [agent for agent in agents if self.words.starts[agent[0]] >= repeated.end()]
        if not agents and self.done and kinds <= _OF_TIME:
            of_treatment = repeated is not None
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
            self.carried, self.subjects, self.unread = named[-1:], [], []
        elif carried := self.names.subject(start, end) or self.named_before(start):
            rows = [_borrow(row, agent) for agent in carried for row in rows[:_NEAR]]
        self.done += rows

    def named_before(self, start: int) -> list[Span]:
        """Return what the sentences before named, which a sentence that names nothing speaks of."""
        if _PRONOUN.match(self.words.folded, self.words.starts[start]):
            self.subjects += filter(None, (self.names.subject(*sentence) for sentence in self.unread))
            self.unread = []
            if len(self.subjects) == 1:
                return self.subjects[0]
        return self.carried

    def repeat(self, found: list[Fact], opening: str, of_treatment: bool) -> None:
        """Give the rows of the present phase what a sentence says of "the treatment"."""
        counted = any(fact.kind == "cycles" for fact in found)
        found = list({fact.kind: fact for fact in reversed(found)}.values())  # of two counts the first
        for row in self.done[self.phase :][-_NEAR:] or self.done[-1:]:
            row.repeated = True
            for fact in found:
                if fact.kind == "every":
                    value, unit = fact.value
                    of_cycle = row.has(("days", "every", "rest", "ranged")) or "C" in opening or "c" in opening
                    if not of_cycle and not (counted and unit == "DAY"):
                        row.facts["every"] = fact
                    elif unit in ("DAY", "WEEK"):
                        row.facts["cycle"] = fact._replace(kind="cycle", value=value * DAYS[unit])
                elif fact.kind == "cycles" and self.is_more(fact):
                    continue
                elif fact.kind == "cycles" and not of_treatment:
                    row.facts.setdefault("cycles", fact)
                elif fact.kind == "duration" and "duration" in row.facts:
                    if length_in_days(row.facts["duration"].value) != length_in_days(fact.value):
                        row.facts["duration"] = fact
                elif fact.kind != "bare":
                    row.facts[fact.kind] = fact

    def is_more(self, fact: Fact) -> bool:
        """Tell whether cycles are given beyond those that were said: "may receive 4 additional courses"."""
        before = self.words.ends[fact.start - 1] if fact.start else 0
        return "additional" in self.words.folded[before : self.words.ends[fact.end - 1]]

    # --- Grouping ----------------------------------------------------------------------------------------------------

    def group(self, start: int, found: list[Fact], agents: list[Span]) -> list[Row]:
        """Return the rows of a sentence: an agent, or a second fact of a kind, begins a new one."""
        shape = self.words.shape
        items = sorted([*found, *(Fact("agent", *agent, None) for agent in agents)], key=lambda item: item.start)
        row = Row()
        rows = [row]
        components: list[Fact] = []
        past, parted, then = start, False, False
        for k, item in enumerate(items):
            between = _BRACKETED.sub("", shape[past : item.start]) if past < item.start else ""
            parted = parted or ";" in between
            then = (then or "H" in between) and bool(row.facts or row.agent)
            sibling = False
            if item.kind == "agent":
                begins = then or not self.joins(row, items, k, between, opens=len(rows) == 1)
            elif then or (between and self.parts(row, item, between) and self.leads(items, k)):
                begins = bool(row.facts or row.agent)
            else:
                begins = self.is_another(row, item, between)
                sibling = row.agent is None and item.kind != "every" and re.fullmatch("[,|&]{1,2}", between) is not None
            if begins:
                row = Row(not (parted or then or between.endswith(("W", "Wa", "Ws"))), then, sibling)
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

    def joins(self, row: Row, items: list[Fact], k: int, between: str, opens: bool) -> bool:
        """Tell whether a name is of the row before it, and begins no other: "5 mg of A", "On day 1, A"."""
        dose, count = row.facts.get("dose"), row.facts.get("count")
        if dose and between in _TO_NAME[1:] and self.words.shape[dose.end : items[k].start] == between:
            return True
        if row.agent or not row.facts:
            return row.agent is None
        # The times that a sentence opens with are of what it names.
        parted = "[;&|]" if opens and row.facts.keys() <= _OPENING else "[,;&|]"
        if re.search(parted, between) or self.words.shape[items[k].end : items[k].end + 1] == ":":
            return False  # "X:" begins a statement
        if count and between.startswith("W") and self.is_of_radiation(count):
            return False  # "60 Gy in 30 fractions with A"
        if dose and k + 1 < len(items) and items[k + 1].kind == "dose" and not self.leads(items, k + 1):
            # "5 mg by injection. X: 10 mg" without its full stop: the name is the second amount's.
            return not re.fullmatch("[:,(-]?", self.words.shape[items[k].end : items[k + 1].start])
        return True

    def is_of_radiation(self, count: Fact) -> bool:
        """Tell whether a count is of the fractions of a total: "60 Gy in 30 fractions"."""
        return "A" in self.words.shape[count.start : count.end]

    def parts(self, row: Row, item: Fact, between: str) -> bool:
        """Tell whether a fact may begin a row before its name: in a list, or as a like amount in brackets."""
        if not (row.agent or row.follows):
            return False
        dose = row.facts.get("dose")
        aside = item.kind == "dose" and between.endswith("(") and dose is not None and dose.value[2] == item.value[2]
        return aside or re.search("[&|,]", between) is not None

    def leads(self, items: list[Fact], k: int) -> bool:
        """Tell whether a fact stands directly before a name: "A twice a day and weekly B"."""
        for item, after in itertools.pairwise(items[k : k + 4]):
            if self.words.shape[item.end : after.start] not in _TO_NAME:
                return False
            if after.kind == "agent":
                return self.words.shape[after.end : after.end + 1] != ":"
        return False

    def is_another(self, row: Row, fact: Fact, between: str) -> bool:
        """Tell whether a fact begins a new row; else it is the first of its kind, the same again, or of the cycle.

        In the latter cases the row's fact is replaced where the second says more.
        """
        kind = "dose" if fact.kind in ("component", "strength") else fact.kind
        old = row.facts.get(kind)
        if kind == "every" and old is None and row.has(("days", "points")) and re.search("[H&]", between):
            return True  # "on day 1 and every 4 weeks thereafter"
        if kind == "count" and self.is_of_radiation(fact) and "dose" in row.facts:
            return row.facts["dose"].value[2] not in _RADIATION_UNITS  # "A 200 mg combined with 40 Gy in 20 fractions"
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

    def is_another_dose(self, row: Row, old: Fact, fact: Fact, between: str) -> bool:
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
        if row.agent and old.value[2] in _PIECES and old.end + 1 == row.agent[0] and row.agent[1] == fact.start:
            if old.value[0] == old.value[1] and fact.value[0] == fact.value[1]:
                number, (strength, _, unit) = old.value[0], fact.value
                row.facts["dose"] = old._replace(value=(number * strength, number * strength, unit))
            return False  # "two tablets of A 10 mg"
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

    def is_another_interval(self, row: Row, old: Fact, fact: Fact, between: str) -> bool:
        """Tell whether a second interval is another, and not the length of the cycle in which the first recurs."""
        if "divided" in row.facts and old.start == row.facts["divided"].start:
            row.facts["every"] = fact  # what "divided" says is only that there are several
            return False
        aside = self.words.shape[old.end : fact.start][:_NEAR]
        if aside.count("(") > aside.count(")") and "H" not in aside:
            return False  # "twice daily (once in the morning and once in the evening)"
        inner = length_in_days(old.value) <= 3.5 or row.has(("duration", "count", "days"))
        if not inner or re.search("[|H;&]", between):
            return re.search("[|H;&,]", between) is not None
        longer = length_in_days(fact.value) > length_in_days(old.value)
        if (
            longer
            and fact.value[1] in ("DAY", "WEEK")
            and fact.value != (1.0, "WEEK")
            and length_in_days(fact.value) >= 7
        ):
            row.facts.setdefault("cycle", fact._replace(kind="cycle", value=length_in_days(fact.value)))
        return False

    def divide(self, rows: list[Row], components: list[Fact]) -> None:
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
                part = Row(row.linked or offset > 0)
                part.agent, part.before = agent, row.before
                part.facts = {**row.facts, "dose": component._replace(kind="dose")}
                rows[k + offset : k + offset + (offset == 0)] = [part]
        else:
            del row.facts["dose"]

    # --- Sharing -----------------------------------------------------------------------------------------------------

    def share(self, rows: list[Row]) -> None:
        """Give each row of a sentence what was said once for several."""
        for last, row in itertools.pairwise(rows):
            unnamed = row.agent is None
            if unnamed:
                row.agent, row.borrowed = last.agent, True
            if row.facts and row.follows and (unnamed or self.name(row) == self.name(last)):
                row.take(last, ("dose", "route"))
            elif row.facts and unnamed:  # facts carry on within a sentence
                row.take(last, ("dose", "route") if row.linked else ("route",))
            # "Weekly A, B and C", but not "weekly A and a written B", which begins anew.
            anew = row.agent is not None and self.words.shape[row.agent[0] - 1 : row.agent[0]] == "a"
            if row.linked and last.before and not (unnamed or anew):
                row.take(last, [kind for kind in _SHARED_FORWARD if kind in last.before])
                row.before = tuple(dict.fromkeys((*row.before, *last.before)))
        for i in range(len(rows) - 2, -1, -1):
            row, after = rows[i], rows[i + 1]
            if after.linked and i % _NEAR != _NEAR - 1:
                self.share_back(row, after)
            elif after.follows and row.facts and not row.has((*_TIMED, "count")):
                days = after.facts.get("days")
                if days and min(days.value) <= 1:  # "A bolus followed by B over 46 hours on days 1 and 15"
                    row.take(after, ("days", "cycle", "cycles"))
        for last, row in itertools.pairwise(rows):
            if row.linked and row.borrowed and "dose" in row.facts and not (row.has(_TIMED) or self.is_later(row)):
                row.take(last, [kind for kind in _SHARED_FORWARD if kind != "count"])

    def share_back(self, row: Row, after: Row) -> None:
        """Give a row what is said after the one listed next: "A 10 mg and B 20 mg daily for 4 weeks"."""
        if row.agent is None and after.sibling:
            row.agent, row.borrowed = after.agent, True
            if not self.is_later(after):
                after.take(row, _SHARED_FORWARD)
            row.take(after, tuple(after.facts))
            return
        alone = not row.facts
        if alone and row.agent and after.agent:
            gap = self.words.shape[row.agent[1] : after.agent[0]]
            if "g" in gap or ("w" in gap and not re.search("[,&|/]", gap)):
                return  # "links to view how to perform A, and a film telling them to perform B daily"
        if alone and row.agent and "d" in self.words.shape[row.agent[1] : row.agent[1] + 2]:
            return  # "A as in arm 1 and B daily"
        timed = row.has([kind for kind in (*_TIMED, "count", "cycle") if kind not in row.before])
        for kind, fact in after.facts.items():
            of_both = alone or (after.borrowed and not timed)
            if kind in after.before or kind == "dose" or (kind == "count" and not of_both):
                continue
            if kind == "every" and "dose" in row.facts and str(row.facts["dose"].value[2]).endswith("/d"):
                continue  # an amount a day says no number of times, and has none of another's
            if kind == "cycle" and "every" in row.facts and length_in_days(row.facts["every"].value) >= 7:
                continue
            # "A daily and B weekly, for 4 weeks", "A daily (or B) for 4 weeks": after the mark it is said of both.
            marked = after.agent is not None and re.search("[,)]", self.words.shape[after.agent[1] : fact.start])
            of_all = kind == "duration" and bool(marked)
            # "A 5 mg TID and B 10 mg TID for 6 weeks": so long both, where both are as often.
            as_often = "every" in row.facts and row.facts["every"].value == after.facts.get("every", fact).value
            of_all = of_all or (kind == "route" and after.borrowed) or (kind == "duration" and as_often)
            if kind in ("cycle", "cycles") or of_all or not timed:
                row.facts.setdefault(kind, fact)

    def is_later(self, row: Row) -> bool:
        """Tell whether a row's dose is said to come after what the row before said: "300 mg afterwards"."""
        end = row.facts["dose"].end if "dose" in row.facts else len(self.words.values)
        return end < len(self.words.values) and self.words.values[end] in _LATER

    def name(self, row: Row) -> str:
        """Return the agent's words, folded."""
        if row.agent is None:
            return ""
        return self.words.folded[self.words.starts[row.agent[0]] : self.words.ends[row.agent[1] - 1]]


_PRONOUN: Final = re.compile(
    r"(?:it|they|this|these|(?:the |this |each )?(?:treatment|program(?:me)?|intervention|procedure|exercises?))\b"
)
"""How a sentence begins that speaks of what the sentence before it was about."""


def _borrow(row: Row, agent: Span) -> Row:
    """Return `row` of an agent that an earlier sentence named."""
    copy = Row(row.linked, row.follows)
    copy.facts, copy.agent, copy.borrowed = dict(row.facts), agent, True
    return copy


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
