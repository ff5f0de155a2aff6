"""What is given, as rows: doses, routes and schedules read from the descriptions of arms and interventions.

Three steps, a module each: words with their classes (`regimen_tokens`), facts (`regimen_facts`), and here their grouping:
which agent, dose, route and schedule belong to one way of giving one thing. The rule book is the project's page on regimens.
Here belongs what goes together and what is shared within a sentence; a word, a unit or a form of a fact does not, nor the
tables that the rows go to.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.normalize.quantities import DAYS, fold
from pipeline.normalize.regimen_facts import Fact, facts
from pipeline.normalize.regimen_tokens import Tokens, tokens


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


def read(text: str, name: str | None = None, type: str | None = None, agents: Sequence[str] = ()) -> list[Regimen]:  # noqa: A002 - the API's own word
    """Return what `text`, the description of an arm or an intervention, says is given, in the order written.

    Args:
        text: the description.
        name: the arm's or the intervention's own name.
        type: the intervention's type or the arm's, as API v2 writes it (`DRUG`, `BEHAVIORAL`, `EXPERIMENTAL`).
        agents: the names of the trial's interventions.

    Returns:
        No row where the text says no fact. Nothing is raised.
    """
    if not _PROMISING.search(text):
        return []
    words = tokens(text)
    found = facts(words)
    if not found:
        return []
    without_doses = (type or "").upper() in _WITHOUT_DOSES
    reading = _Reading(text, words, found)
    rows = [_columns(reading, row, without_doses) for row in reading.read()]
    unique = {row[3:]: row for row in reversed(rows) if row is not None}
    return [row for row in rows if row is not None and unique[row[3:]] is row]


def match_agent(agent: str | None, names: Sequence[str]) -> int | None:
    """Return which of a trial's intervention `names` the `agent` of a row is, or None where that is not sure.

    Sure is: the same words; or all words of the one stand in the other, in order, and no second name answers. Case, marks
    and the words of form and strength ("tablets", "10 mg", "matching") do not count.

    >>> match_agent("carboplatin", ["Paclitaxel", "Carboplatin AUC 5"])
    1
    >>> match_agent("placebo", ["Placebo to A", "Placebo to B"]) is None
    True
    """
    sought = _key(agent or "")
    if not sought:
        return None
    keys = [_key(name) for name in names]
    for holds in (lambda key: key == sought, lambda key: _within(sought, key) or _within(key, sought)):
        hits = [i for i, key in enumerate(keys) if key and holds(key)]
        if hits:
            return hits[0] if len(hits) == 1 else None
    return None


_WITHOUT_DOSES: Final = frozenset({"BEHAVIORAL", "DEVICE", "PROCEDURE"})
_PROMISING: Final = re.compile(
    r"\d|[%]|\b(?:ora|int?ra|sub|once|twice|thrice|dail|week|month|night|year|hour|day|every|each|inhal|i\.?[vmp]\b|s\.?c\b|p\.?o\b|single|one|two|"
    r"three|four|five|six|seven|eight|nine|ten|dose|injec|infus|cycle|course|topical|transd|rect|vagin|nas|epidu|by mouth|q|[bt]\.?i\.?d)",
    re.IGNORECASE,
)

# --- Agents ----------------------------------------------------------------------------------------------------------

_IGNORED: Final = frozenset(
    "tablet tablets capsule capsules injection injections infusion oral intravenous iv matching mg mcg ug g kg ml iu auc the of and "
    "for in with drug treatment hydrochloride hcl sodium solution".split()
)


def _key(name: str) -> tuple[str, ...]:
    """Return the words of a name that count."""
    return tuple(word for word in re.findall(r"[^\W_]+", fold(name)) if word not in _IGNORED and not word.isdecimal())


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Tell whether `part` stands in `whole`, in one run."""
    return any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))


# A name: words that no vocabulary knows, with the numbers and hyphens that belong to them.
_NAME: Final = re.compile(r"(?:[Nn]~|_)?w(?:~?w|~N(?![TD])|/w|N(?=[^%ACcIQXTDx~/YP#nN]|$))*(?:\(w+\)w+)?")
# What may stand between a name and the fact said of it; what stands before a name that is given.
_TO_FACT: Final = re.compile(r"(?:\([^()]{1,12}\))?(?:[,:(~@aoyjgI-]|s?Q|(?<=[gjQy])s){0,8}")
_GIVEN: Final = re.compile(r"(?:g[sWaRSYoQIld~&-]{0,7}|[APQICcTDq)RYF]o[sRYa%]{0,3}|IW|[Nn][QI]|[RYFAPq]s?)$")
_OF_ANOTHER: Final = re.compile(r"B[^gARYw]{0,4}[QIPA]o[sa]?$")
_GENERIC: Final = frozenset("therapeutic monotherapy therapy provider trunk nominal program app session".split())
_LABELS: Final = frozenset("group groups arm arms cohort cohorts".split())
_PURPOSE: Final = re.compile(r"(?:ts+|Bs?g[sa]*)$")
_BRACKETED: Final = re.compile(r"\([^()]*\)")
_AFTER_FACT: Final = re.compile(r"^(?:.*[^w])?[|&]a?$")
_PREPOSITIONS: Final = tuple("iB@bftvuKEod")
_ASIDE: Final = re.compile(r"I(?:\([^()]{1,6}\))?w?(?=s)")
_CONTAINERS: Final = frozenset(
    "chemotherapy therapy regimen conditioning immunotherapy polychemotherapy antibiotics combination".split()
)
_LINK: Final = re.compile(r"(?:\([^()]{1,12}\))?(?:[,&|/]{1,3}|\(&\))[sa]?")
_REPEATED: Final = re.compile(
    r"(?:the |each |a |all |this |these |one )*(?:(?:protocol |study |maintenance )?(?:treatments?|therapy|cycles?|courses?|regimens?|"
    r"chemotherapy|schedule)\b|repeat)"
)
_NEAR: Final = 40
"""How many rows a thing said once may serve: more are no regimen, and the time stays linear in the text."""
_SCHEDULE: Final = ("every", "days", "duration", "points", "divided", "bare", "rest")
_SHARED_FORWARD: Final = ("route", "every", "count", "days", "cycle", "cycles", "duration")


class _Row:
    """A row while it is read."""

    __slots__ = ("agent", "before", "carried", "facts", "follows", "linked", "repeated", "sibling")

    def __init__(self, linked: bool = False, follows: bool = False) -> None:
        self.agent: tuple[int, int] | None = None
        self.facts: dict[str, Fact] = {}
        self.before: tuple[str, ...] = ()  # the kinds said before the agent: they serve the agents listed after it too
        self.sibling = False  # another amount of the same, before it is named
        self.linked = linked  # listed with the row before: what is said at the end serves both
        self.follows = follows  # comes after the row before ("followed by")
        self.carried = False  # its agent was named in an earlier sentence, or an earlier row
        self.repeated = False  # a later sentence says that it is repeated


class _Reading:
    """One text while it is grouped."""

    def __init__(self, text: str, words: Tokens, found: list[Fact]) -> None:
        self.text = text
        self.words = words
        self.found = _without_values(words, found)
        self.named = self.names_shape()
        self.rows: list[_Row] = []
        self.phase = 0  # where the rows of the present phase begin
        self.carry: list[tuple[int, int]] = []

    def read(self) -> list[_Row]:
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
        return self.rows

    def sentence(self, start: int, end: int, found: list[Fact]) -> None:
        """Add the rows of one sentence, or what it says of the rows before it."""
        shape = self.words.shape
        agents = self.agents(start, end, found)
        if shape[start : start + 1] in ("B", "H") or "H" in shape[start : start + 3]:
            self.phase = len(self.rows)
        if all(fact.kind == "none" for fact in found):
            self.carry = agents or self.carry
            return
        found = [fact for fact in found if fact.kind != "none"]
        kinds = {fact.kind for fact in found}
        if not agents and self.rows and kinds <= {"every", "cycle", "cycles", "duration", "rest", "bare"}:
            of_cycles = kinds <= {"cycle", "cycles", "bare"}
            of_treatment = bool(_REPEATED.match(self.words.folded, self.words.starts[start]))
            if of_cycles or of_treatment:
                self.repeat(found, shape[start : start + 3], of_treatment)
                return
        rows = self.group(start, end, found, agents)
        self.share(rows)
        named = [row.agent for row in rows if row.agent is not None]
        for row in rows:
            if row.agent is None and row.facts:
                row.carried = True
        if not named and self.carry:
            rows = [self.copied(row, agent) for agent in self.carry for row in rows]
        self.rows += [row for row in rows if row.facts]
        self.carry = list(dict.fromkeys(named))[-1:] or self.carry

    @staticmethod
    def copied(row: _Row, agent: tuple[int, int]) -> _Row:
        """Return `row` of an agent that an earlier sentence named."""
        copy = _Row(row.linked, row.follows)
        copy.facts, copy.agent, copy.carried = dict(row.facts), agent, True
        return copy

    # --- Agents ------------------------------------------------------------------------------------------------------

    def names_shape(self) -> str:
        """Return the shape for finding names: radiotherapy is a route and a name; a place on the body is no route."""
        shape, values = self.words.shape, self.words.values
        letters = list(shape)
        for fact in self.found:
            for i in range(fact.start, fact.end):
                if shape[i] == "N" and shape[i + 1 : i + 2] != "~":
                    letters[i] = "#"
            if fact.kind == "none" and shape[fact.start] == "A":
                letters[fact.start] = "%"
        routes = {fact.start for fact in self.found if fact.kind == "route"}
        for i, letter in enumerate(shape):
            if letter == "R" and (i not in routes or (values[i] == "RADIATION" and not self.is_verb(i))):
                letters[i] = "w"
            elif letter == "N" and not self.in_name(i):
                letters[i] = "#"
        return "".join(letters)

    def is_verb(self, i: int) -> bool:
        """Tell whether a word for radiotherapy is a verb."""
        return self.words.folded.startswith("irradiated", self.words.starts[i])

    def in_name(self, i: int) -> bool:
        """Tell whether a number may belong to the name before it: "TPI 287", "AS2-1", "bryostatin 1 IV"."""
        shape = self.words.shape
        return "~" in shape[max(0, i - 1) : i + 2] or self.begins_upper(i - 1) or shape[i - 1 : i + 2] in ("wNR", "wNA")

    def begins_upper(self, i: int) -> bool:
        """Tell whether the word before a number begins with a capital, so that the number may belong to its name."""
        return i >= 0 and self.text[self.words.starts[i]].isupper()

    def agents(self, start: int, end: int, found: list[Fact]) -> list[tuple[int, int]]:
        """Return the names in a sentence that are given.

        Such is a name beside a fact, after a verb of giving, listed with such a one, or that a clause with facts begins with.
        """
        shape, named = self.words.shape, self.named
        taken = {i for fact in found for i in range(fact.start, fact.end) if named[i] != "w"}
        silent = {i for fact in found if fact.kind == "none" for i in range(fact.start, fact.end)}
        begins = {fact.start for fact in found if fact.kind != "none"}
        names = [
            match.span()
            for match in _NAME.finditer(named, start, end)
            if match.start() not in taken and match.start() not in silent
        ]
        sure = [self.is_given(first, last, start, end, taken, begins) for first, last in names]
        for i, (first, last) in enumerate(names):
            if self.is_container(last, end):
                sure[i] = False
            elif i and named[names[i - 1][1] : first] == "(" and sure[i - 1] and named[last : last + 1] in (")", ","):
                sure[i] = self.is_container(names[i - 1][1], end)  # another name of the same
        for i in range(1, len(names)):  # what a container holds
            between = named[names[i - 1][1] : names[i][0]]
            if self.is_container(names[i - 1][1], end) and re.fullmatch(r"[s(:oWa]{1,3}", between):
                sure[i] = True
        for i in self.topics(start, end, found, names, sure):
            sure[i] = True
        for i in range(1, len(names)):  # lists: "A, B and C"; "A 10 mg or B"
            between = named[names[i - 1][1] : names[i][0]]
            if sure[i - 1] and not sure[i] and (_LINK.fullmatch(between) or _AFTER_FACT.search(between)):
                sure[i] = not self.is_container(names[i][1], end)
        for i in range(len(names) - 2, -1, -1):
            if sure[i + 1] and not sure[i] and _LINK.fullmatch(named, names[i][1], names[i + 1][0]):
                sure[i] = shape[names[i][0] - 1 : names[i][0]] not in _PREPOSITIONS or names[i][0] == start
        return [name for name, yes in zip(names, sure, strict=True) if yes and name[1] - name[0] <= 9]

    def topics(self, start: int, end: int, found: list[Fact], names: list[tuple[int, int]], sure: list[bool]) -> list[int]:
        """Return which names a clause with facts begins with and is about, where no other is said to be given."""
        topics = []
        named = [name[0] for name in names]
        begun = [fact.start for fact in found if fact.kind != "none"]
        for first, last in self.clauses(start, end):
            inside = range(bisect_left(named, first), bisect_left(named, last))
            said = begun[bisect_left(begun, first) : bisect_left(begun, last)]
            if not inside or not said or self.named[first : names[inside[0]][0]].strip("sUao("):
                continue
            begins = said[0]
            others = (names[i] for i in inside if sure[i])
            if not self.is_container(names[inside[0]][1], end) and not any(
                name[0] < begins or self.direct(name, begins) for name in others
            ):
                topics.append(inside[0])
        return topics

    def direct(self, name: tuple[int, int], begins: int) -> bool:
        """Tell whether only words that name nothing stand between a fact and a name ("20 mg of X")."""
        return name[0] > begins and not self.named[begins + 1 : name[0]].strip("osaRYFQ")

    def clauses(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the clauses of a sentence, which semicolons part."""
        cuts = [start, *(i + 1 for i in range(start, end) if self.words.shape[i] == ";"), end]
        return list(itertools.pairwise(cuts))

    def is_given(self, first: int, last: int, start: int, end: int, taken: set[int], begins: set[int]) -> bool:
        """Tell whether the words around a name say that it is given."""
        named = self.named
        window = named[max(start, first - 9) : first]
        values = self.words.values
        if last - first == 1 and len(str(values[first])) < 3 and not self.begins_upper(first):
            return False
        if last - first == 1 and values[first] in _GENERIC:
            return False
        if first > start and named[first - 1] == "/":
            return False
        if (last < end and values[last] in _LABELS) or (first > start and values[first - 1] in _LABELS):
            return False
        if _OF_ANOTHER.search(window) or _PURPOSE.search(window):
            return False
        if window and (given := _GIVEN.search(window)):
            if "o" not in given[0][:2] or given[0][0] == "g":
                return True
            return max(start, first - 9) + given.start() in taken or given[0][0] in "QICcq)"
        window = window.rstrip("as") or window
        if window and window[-1] in _PREPOSITIONS and window[-2:] not in ("HB", "Bb"):
            return False
        if (
            window
            and window[-1] in ",&|"
            and first - 2 >= start
            and first - 2 not in taken
            and named[first - 2] not in ")"
        ):
            return False
        aside = _TO_FACT.match(named, last, end)
        return any(i in begins for i in range(last, min(aside.end() if aside else last, end - 1) + 1))

    def is_container(self, last: int, end: int) -> bool:
        """Tell whether a name that ends at `last` only announces the agents: "chemotherapy with", "conditioning comprised of"."""
        if last >= end:
            return False
        values = self.words.values
        if aside := _ASIDE.match(self.named, last, end):
            last = min(aside.end(), end - 1)
        following = values[last] if isinstance(values[last], str) else ""
        if following.startswith(("consist", "compris", "includ", "compos")):
            return True
        return values[last - 1] in _CONTAINERS and self.named[last : last + 2] in ("Ww", "(w", ":w", "ow")

    # --- Rows of a sentence ------------------------------------------------------------------------------------------

    def group(self, start: int, end: int, found: list[Fact], agents: list[tuple[int, int]]) -> list[_Row]:
        """Return the rows of a sentence: an agent, or a second fact of a kind, begins a new one."""
        shape = self.words.shape
        row = _Row()
        rows = [row]
        items = sorted(
            [*found, *(Fact("agent", first, last, None) for first, last in agents)], key=lambda item: item.start
        )
        past = start
        separated = then = False
        for k, item in enumerate(items):
            between = _BRACKETED.sub("", shape[past : item.start]) if past < item.start else ""
            separated = separated or ";" in between
            then = then or "H" in between
            if then and not row.facts and row.agent is None:
                then = False
            linked = not separated and not then
            if item.kind == "agent":
                owns = "dose" in row.facts and between in ("o", "oa", "os") and row.facts["dose"].end == past
                attaches = owns or row.agent is None and not then and not (row.facts and re.search("[,;&|]", between))
                if not attaches:
                    row = _Row(linked, then)
                    rows.append(row)
                row.agent = (item.start, item.end)
                row.before = tuple(kind for kind in row.facts if kind != "dose")
                separated = then = False
            else:
                if row.agent and re.search("[&|,]", between) and self.leads(items, k):
                    row = _Row(linked, then)  # "A twice a day and weekly B"
                    rows.append(row)
                    separated = then = False
                slot = "dose" if item.kind in ("component", "strength") else item.kind
                if (then and row.facts) or (slot in row.facts and self.anew(row, item, between)):
                    sibling = row.agent is None and bool(re.fullmatch("[,|&]{1,2}", between))
                    row = _Row(linked, then)
                    row.sibling = sibling
                    rows.append(row)
                    separated = then = False
                row.facts.setdefault(slot, item)
            past = max(past, item.end)
        return rows

    def leads(self, items: list[Fact], k: int) -> bool:
        """Tell whether the fact stands directly before a name."""
        for item, after in itertools.pairwise(items[k : k + 4]):
            if self.words.shape[item.end : after.start] not in ("", "o", "oa", "os"):
                return False
            if after.kind == "agent":
                return True
        return False

    def anew(self, row: _Row, fact: Fact, between: str) -> bool:
        """Tell whether a second fact of a kind begins a new row; else it is the same said again, or of the cycle."""
        old = row.facts["dose" if fact.kind in ("component", "strength") else fact.kind]
        if fact.kind == "strength" or (old.kind != "strength" and old.value == fact.value):
            return False
        if fact.kind == "dose":
            if old.kind == "strength" and re.search("[&|H]", between):
                return True
            if old.kind == "strength":
                row.facts["dose"] = fact
                return False
            return self.another_dose(row, old, fact, between)
        if fact.kind == "every":
            longer = fact.value[0] * DAYS[fact.value[1]] > old.value[0] * DAYS[old.value[1]]
            if "divided" in row.facts and old.start == row.facts["divided"].start:
                row.facts["every"] = fact  # what "divided" says is only that there are several
                return False
            inner = old.value[0] * DAYS[old.value[1]] <= 3.5 or "duration" in row.facts or "count" in row.facts
            if longer and inner and fact.value[1] in ("DAY", "WEEK") and not re.search("[|H;]", between):
                if (
                    fact.value != (1.0, "WEEK")
                    and "cycle" not in row.facts
                    and fact.value[0] * DAYS[fact.value[1]] >= 7
                ):
                    row.facts["cycle"] = fact._replace(kind="cycle", value=fact.value[0] * DAYS[fact.value[1]])
                return False
            return bool(re.search("[|H;&,]" if not inner else "[|H;&]", between))
        if fact.kind == "duration":
            if "G" in self.words.shape[fact.start : fact.end]:
                row.facts["duration"] = fact
                return False
            return bool(re.search("[|H;]", between))
        if fact.kind == "route":
            return "dose" in row.facts or "every" in row.facts or bool(re.search("[|H;&/]", between))
        return fact.kind in ("days", "count", "cycles") and bool(re.search("[|H;&,]", between))

    def another_dose(self, row: _Row, old: Fact, fact: Fact, between: str) -> bool:
        """Tell whether a second amount is another dose, and not the first one in other units or an amount of liquid."""
        unit, other = old.value[2], fact.value[2]
        liquid = ("mL", "L", "uL")
        if row.agent and old.end <= row.agent[0] < fact.start and "(" not in between:
            return True  # "8 mg of A, 3 mL of B"
        if re.search("[&|H;]", between) and "(" not in between:
            return True
        if "(" in between or (other in liquid) != (unit in liquid):
            if unit in liquid and other not in liquid:
                row.facts["dose"] = fact
            return bool(re.search("[&|H;]", between)) and "(" not in between
        return True

    # --- Sharing -----------------------------------------------------------------------------------------------------

    def share(self, rows: list[_Row]) -> None:
        """Give each row of a sentence what was said once for several."""
        for i in range(1, len(rows)):
            row, last = rows[i], rows[i - 1]
            same = row.agent is None
            if same:
                row.agent, row.carried = last.agent, row.agent is None
            if row.follows and (same or self.name(row) == self.name(last)):
                for kind in ("dose", "route"):
                    if kind in last.facts:
                        row.facts.setdefault(kind, last.facts[kind])
            if row.linked and last.before and not same:
                for kind in _SHARED_FORWARD:
                    if kind in last.before and kind in last.facts:
                        row.facts.setdefault(kind, last.facts[kind])
                row.before = tuple(dict.fromkeys((*row.before, *last.before)))
        for i in range(len(rows) - 2, -1, -1):
            row, after = rows[i], rows[i + 1]
            if not after.linked or i % _NEAR == _NEAR - 1:
                continue
            if row.agent is None and after.sibling:  # "100 mg or 2 mg/kg of subcutaneous X"
                row.agent, row.carried = after.agent, True
                after.facts = {**{k: f for k, f in row.facts.items() if k in _SHARED_FORWARD}, **after.facts}
                row.facts = {**after.facts, **row.facts}
                continue
            alone = not row.facts
            said = {kind: fact for kind, fact in after.facts.items() if kind not in after.before}
            timed = any(kind in row.facts for kind in (*_SCHEDULE, "count", "cycle"))
            for kind, fact in said.items():
                if kind == "dose" or (kind == "count" and not alone):
                    continue
                if kind == "cycle" and "every" in row.facts and row.facts["every"].value[0] * DAYS[row.facts["every"].value[1]] >= 7:
                    continue
                apart = kind == "duration" and after.agent and "," in self.words.shape[after.agent[1] : fact.start]
                if kind in ("route", "cycle", "cycles") or apart or not timed:
                    row.facts.setdefault(kind, fact)
        for i in range(1, len(rows)):
            row, last = rows[i], rows[i - 1]
            if row.linked and row.carried and "dose" in row.facts and not any(kind in row.facts for kind in _SCHEDULE):
                for kind in _SHARED_FORWARD:
                    if kind in last.facts and kind != "count":
                        row.facts.setdefault(kind, last.facts[kind])

    def name(self, row: _Row) -> str:
        """Return the agent's words, folded."""
        if row.agent is None:
            return ""
        return self.words.folded[self.words.starts[row.agent[0]] : self.words.ends[row.agent[1] - 1]]

    def repeat(self, found: list[Fact], opening: str, of_treatment: bool) -> None:
        """Give the rows of the present phase what a sentence says of "the treatment"."""
        rows = self.rows[self.phase :][-_NEAR:] or self.rows[-1:]
        counted = any(fact.kind == "cycles" for fact in found)
        for row in rows:
            row.repeated = True
            for fact in found:
                if fact.kind != "every":
                    if fact.kind == "cycles" and not of_treatment:
                        row.facts.setdefault(fact.kind, fact)
                    elif fact.kind != "bare":
                        row.facts[fact.kind] = fact
                    continue
                value, unit = fact.value
                inner = (
                    "days" in row.facts
                    or "every" in row.facts
                    or "rest" in row.facts
                    or "C" in opening
                    or "c" in opening
                )
                if inner or (counted and unit == "DAY"):
                    if unit in ("DAY", "WEEK"):
                        row.facts["cycle"] = fact._replace(kind="cycle", value=value * DAYS[unit])
                else:
                    row.facts["every"] = fact


def _without_values(words: Tokens, found: list[Fact]) -> list[Fact]:
    """Return the facts without the percentages that are no doses: beside another amount, or of nothing that is given."""
    doses = [fact for fact in found if fact.kind in ("dose", "component", "strength")]
    others = any(fact.value[2] != "%" for fact in doses)
    given = "y" in words.shape or "P" in words.shape or any(fact.kind == "route" for fact in found)
    no_doses = {
        fact.start for fact in doses if fact.value[2] == "%" and (others or not given or not _measured(words, fact))
    }
    return [fact._replace(kind="none") if fact.kind in ("dose", "strength") and fact.start in no_doses else fact for fact in found]


def _measured(words: Tokens, fact: Fact) -> bool:
    """Tell whether a percentage is of something given ("40% N2O", "timolol 0.5%"), and not of a value."""
    after, before = words.shape[fact.end : fact.end + 1], words.shape[max(0, fact.start - 1) : fact.start]
    if after in ("&", "|", ",") and words.shape[fact.end + 1 : fact.end + 2] == "A":
        return True
    return after in ("w", "R", "y") or (before == "w" and after in ("", ".", ",", ")", ";"))


# --- From facts to columns -------------------------------------------------------------------------------------------


def _columns(reading: _Reading, row: _Row, without_doses: bool) -> Regimen | None:
    """Return the row in the columns of the rule book, or None where nothing is left to say."""
    words, given = reading.words, row.facts
    used = {kind: fact for kind, fact in given.items() if kind != "divided"}
    dose = used.get("dose")
    low = high = unit = None
    if dose and not without_doses:
        low, high, unit = dose.value
    else:
        used.pop("dose", None)
    route = used["route"].value if "route" in used and not without_doses else None
    if route is None:
        used.pop("route", None)
    every = used["every"].value if "every" in used else None
    cycle = used["cycle"].value if "cycle" in used else None
    cycles = used["cycles"].value if "cycles" in used else None
    duration = used["duration"].value if "duration" in used else None
    days = used["days"].value if "days" in used else None
    if duration and duration[1] == "HOUR" and not (every and every[1] == "HOUR"):
        duration = None  # the length of one infusion or session
        used.pop("duration")
    bare = used.pop("bare", None)
    if duration is None and bare and every and _follows_interval(words, given["every"], bare):
        duration, used["duration"] = bare.value, bare
    rest = used.pop("rest", None)
    if rest and duration and cycle is None and duration[1] in ("DAY", "WEEK"):
        cycle, used["cycle"] = rest.value + duration[0] * DAYS[duration[1]], rest
    if every and cycle is None and every[1] in ("DAY", "WEEK") and every[0] >= 1:
        length = every[0] * DAYS[every[1]]
        if length >= 7 and (days or (cycles and every[1] == "DAY")):
            cycle, every = length, None
    if every and cycle is not None and every[0] * DAYS[every[1]] == cycle:
        every = None
    if unit and unit.endswith("/d"):
        if "divided" in given:
            pass
        elif every and every[0] * DAYS[every[1]] == 1.0:
            unit = unit.removesuffix("/d")
    elif "divided" in given and unit and every and every[0] * DAYS[every[1]] <= 1:
        unit = f"{unit}/d"
    count = used["count"].value if "count" in used else used["points"].value if "points" in used else None
    if count is None and days and cycle is None and cycles is None and not row.repeated and not _continuous(words, row):
        if every is None or every[0] * DAYS[every[1]] >= 1:
            count = len(days)
    places = list(used.values())
    if not places or (set(used) == {"route"} and route == "RADIATION"):
        return None
    if set(used) == {"days"} and row.carried and row.agent:
        return None
    if set(used) == {"days"} and words.shape[used["days"].start - 1 : used["days"].start] == "@":
        return None
    if low is None and high is None and not any((route, every, count, days, cycle, cycles, duration)):
        return None
    first, last = min(fact.start for fact in places), max(fact.end for fact in places)
    agent = None
    if row.agent:
        agent = reading.text[words.starts[row.agent[0]] : words.ends[row.agent[1] - 1]]
        if not row.carried:
            first, last = min(first, row.agent[0]), max(last, row.agent[1])
    start, end = words.starts[first], words.ends[last - 1]
    return Regimen(
        reading.text[start:end], start, end, agent, low, high, unit, route, *(every or (None, None)), count, days, cycle,
        cycles, *(duration or (None, None)),
    )  # fmt: skip


def _follows_interval(words: Tokens, every: Fact, bare: Fact) -> bool:
    """Tell whether a bare length of time stands directly after the interval ("once daily, 8 weeks")."""
    return 0 <= bare.start - every.end <= 1 and set(words.shape[every.end : bare.start]) <= {",", "("}


def _continuous(words: Tokens, row: _Row) -> bool:
    """Tell whether the row is a continuous infusion."""
    places = [*row.facts.values()]
    first, last = min(fact.start for fact in places), max(fact.end for fact in places)
    return "continuous" in words.folded[words.starts[max(0, first - 3)] : words.ends[last - 1]]
