"""What is given: the names of agents in a sentence, by the words around them.

Here belongs where a name stands and how long it is. No list of drugs is kept: a name is a run of words that the
vocabulary of `regimen_tokens` does not know, and it is an agent only where a fact, a verb of giving or a list says
so. Which facts are the agent's is for `regimens`.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from typing import Final

from pipeline.normalize.regimen_facts import Fact
from pipeline.normalize.regimen_tokens import Tokens
from pipeline.normalize.regimen_words import words as vocabulary

Span = tuple[int, int]
"""The tokens of a name, half-open."""

_LONGEST: Final = 9
"""A name has no more words: longer runs are sentences about something else."""

# A name: unknown words, with the numbers, hyphens and slashes that belong to them, and its other name in brackets.
_NAME: Final = re.compile(r"(?:[Nn]~|_)?w(?:~?w|~N(?![TD])|/w|N(?=[^%CcIQXTDx~/YP#nN]|$))*(?:\(w+\)w+)?")
# Before a name that is given: a verb of giving ("receive oral X"), an amount, a count or an adverb ("20 mg of X",
# "weekly X").
_GIVEN: Final = re.compile(r"(?:g[sWaRSYoQIld~&-]{0,7}|[APQICcTDq)RYF]o[sRYa%]{0,3}|IW|[Nn#][QI]|[RYFAPq]s?|~[TD]s?)$")
_OF_NUMBERED: Final = frozenset("QICcqP)")
# ... and before one that is not: "after each dose of X", "to prevent X", "after receiving X".
_NOT_GIVEN: Final = re.compile(r"(?:B[^gARYw]{0,4}[QIPA]o[sa]?|ts+|Bs?g[sa]*|f[sa]?Io[sa]*)$")
_PREPOSITIONS: Final = frozenset("iB@bftvuKEod")
# Words before a verb of giving that say it is not now: "not previously treated with X".
_NOT_NOW: Final = vocabulary("not never previously already prior without")
# After who or what gets it, whatever the word: "the right knee will be treated with X".
_TREATED: Final = re.compile(
    r"\s+(?:(?:will|shall|should|may|can|must|to)\s+)?(?:be|is|are|was|were)\s+(?:\w{1,12}\s+)?treated\b"
)
# What one gives with: "using a prefilled pen" names no agent, nor does "with a syringe".
_TOOLS: Final = vocabulary(
    "pen pens injector autoinjector auto-injector pen-injector pump pumps catheter needle needles cannula applicator "
    "spacer nebulizer nebuliser inhaler"
)
# After a name: which of the courses the statement is of, "X (courses 1, 3 and 5): 10 mg daily". X labels them.
_OF_COURSES: Final = re.compile(r"\([^()]{0,8}[Cc][^()]{0,20}\)?:")
# Between a name and the fact said of it: "X (other name) will be administered at a dose of".
_TO_FACT: Final = re.compile(r"(?:\([^()]{1,12}\))?(?:[,:(~@aoyjgIP-]|s?Q|(?<=[gjQy])s){0,8}")
# Between the names of a list, also past the facts of the first: "A, B and C", "A 10 mg or B".
_LINK: Final = re.compile(r"(?:\([^()]{1,12}\))?(?:[,&|/]{1,3}|\(&\))[sa]?")
_LINK_PAST_FACTS: Final = re.compile(r"^(?:.*[^w])?[|&]a?$")
# Words that announce agents, and stand for them only where none is named: "chemotherapy with X", "conditioning
# comprised of X".
_CONTAINERS: Final = vocabulary(
    "chemotherapy therapy regimen conditioning immunotherapy polychemotherapy antibiotics combination"
)
_CONTAINS: Final = ("consist", "compris", "includ", "compos")
_TO_CONTAINS: Final = re.compile(r"I(?:\([^()]{1,6}\))?w?(?=s)")
_TO_CONTAINED: Final = re.compile(r"[s(:oWa]{1,3}")
_SEMICOLON: Final = re.compile(";")
_LABELLED: Final = vocabulary("labeled labelled")
# Words that say nothing alone, and end a name: "the testing position".
_HEADS: Final = vocabulary("device devices method position positions intervention")
# Words that say nothing alone, and begin a name before these; and those that stand inside one.
_KINDS: Final = vocabulary("normal matched identical corresponding")
_OF_KINDS: Final = vocabulary("saline placebo placebos")
_JOINTS: Final = vocabulary("whole body")
_SIZES: Final = vocabulary("high low standard full reduced moderate intermediate")
_MEETINGS: Final = vocabulary("session sessions consultation consultations meeting meetings workshop workshops")
_ADJECTIVE: Final = ("al", "ive", "ary")
# A word that names a group and not what it gets, and words too general to name anything when alone.
_LABELS: Final = vocabulary("group groups arm arms cohort cohorts")
_GENERAL: Final = vocabulary("conditioning therapeutic monotherapy therapy provider trunk nominal program app session")


def _supplements(word: object) -> bool:
    """Tell whether a word names what the words before it together are."""
    return str(word).startswith("supplement")


class Names:
    """The names of one text."""

    def __init__(self, text: str, words: Tokens, found: list[Fact]) -> None:
        """Take a text, its words and its facts."""
        self._text = text
        self._words = words
        self._shape = self._shape_of_names(found)

    def given(self, start: int, end: int, found: list[Fact]) -> list[Span]:
        """Return the names among the tokens of a sentence that are given, in order; `found` are the sentence's facts.

        Such is a name beside a fact, after a verb of giving, in a list with such a one, or with which a clause of
        facts begins.
        """
        shape = self._shape
        of_facts = {i for fact in found for i in range(fact.start, fact.end) if shape[i] != "w" or fact.kind == "none"}
        begins = {fact.start for fact in found if fact.kind != "none"}
        names = [match.span() for match in _NAME.finditer(shape, start, end) if match.start() not in of_facts]
        if not names:
            return []
        names = self._without_labels(names, end)
        for i in range(len(names) - 2, -1, -1):
            (first, last), (then, end_of_name) = names[i : i + 2]
            if last - first == 1 and shape[last:then] == "&" and _supplements(self._words.values[end_of_name - 1]):
                names[i : i + 2] = [(first, end_of_name)]  # "multivitamin and mineral supplements"
        holds = [self._is_container(last, end) for _, last in names]
        sure = [not holds[i] and self._is_given(name, start, end, of_facts, begins) for i, name in enumerate(names)]
        for i in range(1, len(names)):
            between = shape[names[i - 1][1] : names[i][0]]
            if holds[i - 1] and _TO_CONTAINED.fullmatch(between):
                sure[i] = True
            elif sure[i - 1] and between == "(" and shape[names[i][1] : names[i][1] + 1] in (")", ","):
                sure[i] = False  # another name of the same
        for i in self._topics(start, end, sorted(begins), names, sure):
            sure[i] = sure[i] or not holds[i]
        for i in range(1, len(names)):
            between = shape[names[i - 1][1] : names[i][0]]
            if sure[i - 1] and not sure[i] and (_LINK.fullmatch(between) or _LINK_PAST_FACTS.search(between)):
                sure[i] = not holds[i]
        for i in range(len(names) - 2, -1, -1):
            first, last = names[i]
            if sure[i + 1] and not sure[i] and _LINK.fullmatch(shape, last, names[i + 1][0]):
                sure[i] = first == start or shape[first - 1] not in _PREPOSITIONS
        return [name for name, yes in zip(names, sure, strict=True) if yes and name[1] - name[0] <= _LONGEST]

    def _without_labels(self, names: list[Span], end: int) -> list[Span]:
        """Return the names but of persons, what is treated, groups and courses ("A (courses 1 and 3): 10 mg")."""
        kept: list[Span] = []
        label = -1  # where a label begins that the names listed before it belong to
        for first, last in reversed(names):
            if _OF_COURSES.match(self._shape, last, end) or (label >= 0 and _LINK.fullmatch(self._shape, last, label)):
                label = first
            elif self._is_short_for(first, last) or _TREATED.match(self._words.folded, self._words.ends[last - 1]):
                continue
            elif last >= end or not (self._shape[last] == "U" or self._words.values[last] in _LABELS):
                kept.append((first, last))
                label = -1
        return kept[::-1]

    def _is_short_for(self, first: int, last: int) -> bool:
        """Tell whether a name is the short form of words that name nothing: "stable disease (SD)"."""
        if not first or self._shape[first - 1] != "(":
            return False
        short = self._words.folded[self._words.starts[first] : self._words.ends[last - 1]]
        before = range(max(0, first - 1 - len(short)), first - 1)
        return short == "".join(self._words.folded[self._words.starts[i]] for i in before) and any(
            self._shape[i] != "w" for i in before
        )

    def _shape_of_names(self, found: list[Fact]) -> str:
        """Return the shape in which names are sought.

        Radiotherapy is a route and a name; an adjective of place that is no route is part of a name; a number belongs
        to a name only as in "TX 287", "AS2-1" or "testostatin 1 IV" (`#` else); an amount that is no dose has nothing
        to give (`%`).
        """
        shape, values = self._words.shape, self._words.values
        letters = list(shape)
        for fact in found:
            for i in range(fact.start, fact.end):
                if shape[i] == "N" and shape[i + 1 : i + 2] != "~":
                    letters[i] = "#"
                elif shape[i] == "A" and fact.kind == "none":
                    letters[i] = "%"
        routes = {fact.start for fact in found if fact.kind == "route"}
        for i, letter in enumerate(shape):
            if letter not in "RZsIaQN":
                continue
            if letter == "R":
                verb = self._words.folded.startswith("irradiated", self._words.starts[i])
                if i not in routes or (values[i] == "RADIATION" and not verb):
                    letters[i] = "w"
            elif letter in "ZsIa" and self._is_in_a_name(i, letters[i - 1] if i else ""):
                letters[i] = "w"
            elif letter == "Q" and shape[i + 1 : i + 2] == "w" and self._is_size(i):
                letters[i] = "s"  # "high-dose X"
                if shape[i - 1] == "~":
                    letters[i - 1] = "s"
            elif letter == "N" and i and values[i] > 20 and shape[i + 1 : i + 2] == "P" and self._is_capital(i - 1):
                letters[i] = "w"  # "TX 0287 tablets"
            elif letter == "N" and not (
                "~" in shape[max(0, i - 1) : i + 2]
                or (i and self._is_capital(i - 1))
                or shape[i - 1 : i + 2] in ("wNR", "wNA")
            ):
                letters[i] = "#"
        return "".join(letters)

    def _is_in_a_name(self, i: int, before: str) -> bool:
        """Tell whether a word of the vocabulary is part of a name where it stands; `before` is the class before it."""
        value, after = self._words.values[i], self._words.shape[i + 1 : i + 2]
        if value in _LABELLED:
            return before in ("w", "N") and after == "w"  # "testium-90 labelled antibody"
        if value in _KINDS:
            return str(self._words.values[i + 1]) in _OF_KINDS if after else False
        if value == "investigational":
            return before == "w" and after == "w"
        if value in _JOINTS:
            return after in ("w", "R")
        if before != "w":
            return False
        if value == "type" or self._words.values[i - 1] == "type":
            return self._is_capital(i + (value == "type")) if after else False  # "testotoxin type A"
        return value in _HEADS or (value in _MEETINGS and str(self._words.values[i - 1]).endswith(_ADJECTIVE))

    def _is_size(self, i: int) -> bool:
        """Tell whether the word before "dose" says how large it is: "high-dose", "low dose"."""
        before = i - 1 - (self._words.shape[i - 1 : i] == "~")
        return before >= 0 and self._words.values[before] in _SIZES

    def _is_capital(self, i: int) -> bool:
        """Tell whether a word begins with a capital."""
        return self._text[self._words.starts[i]].isupper()

    def _is_given(self, name: Span, start: int, end: int, of_facts: set[int], begins: set[int]) -> bool:
        """Tell whether the words around a name say that it is given."""
        shape, values = self._shape, self._words.values
        first, last = name
        if last - first == 1 and (
            values[first] in _GENERAL
            or len(values[first]) < 2
            or (len(values[first]) < 3 and not self._is_capital(first))
        ):
            return False
        if first > start and values[first - 1] in _LABELS:
            return False
        floor = max(start, first - 9)
        window = shape[floor:first]
        other = _NOT_GIVEN.search(window)
        if window.endswith("/") or (other and values[floor + other.start()] not in ("beginning", "starting")):
            return False
        if said := _GIVEN.search(window):
            letters = said[0]
            if letters[0] == "g":
                verb = floor + said.start()
                if "via" in values[verb:first]:
                    return False  # "delivered via a website"
                using = str(values[verb]).startswith("us") and values[last - 1] in _TOOLS
                return not using and _NOT_NOW.isdisjoint(str(value) for value in values[max(start, verb - 3) : verb])
            if letters[0] == "~":
                return floor + said.start() in of_facts  # "a 16-week walking program"
            if "o" not in letters[:2]:
                return True
            return letters[0] in _OF_NUMBERED or floor + said.start() in of_facts
        window = window.rstrip("as") or window
        if window[-1:] in ("B", "b") and last in begins and shape[last : last + 1] == "A":
            return True  # "24 hours after X 200 mg"
        if window[-1:] in _PREPOSITIONS and not window.endswith(("HB", "Bb")):
            return False
        if (
            window[-1:] in ("&", ",", "|")
            and not (window[-1:] == "," and "w" not in shape[start:first])  # "During the first week, X"
            and (linked := first - (3 if window[-2:-1] == "," else 2)) >= start
            and linked not in of_facts
            and shape[linked] != ")"
        ):
            return False
        aside = _TO_FACT.match(shape, last, end)
        reach = min(aside.end() if aside else last, end - 1)
        return any(i in begins for i in range(last, reach + 1))

    def _is_container(self, last: int, end: int) -> bool:
        """Tell whether a name that ends at `last` only announces the agents."""
        if last >= end:
            return False
        values = self._words.values
        if aside := _TO_CONTAINS.match(self._shape, last, end):
            last = min(aside.end(), end - 1)
        if isinstance(values[last], str) and values[last].startswith(_CONTAINS):
            return True
        return values[last - 1] in _CONTAINERS and self._shape[last : last + 2] in ("Ww", "(w", ":w", "ow")

    def _topics(self, start: int, end: int, begins: list[int], names: list[Span], sure: list[bool]) -> list[int]:
        """Return which names a clause with facts begins with and is about, where no other is said to be given."""
        topics: list[int] = []
        firsts = [name[0] for name in names]
        if not (names and begins):
            return topics
        cuts = [start, *(match.end() for match in _SEMICOLON.finditer(self._shape, start, end)), end]
        for low, high in itertools.pairwise(cuts):
            inside = range(bisect_left(firsts, low), bisect_left(firsts, high))
            said = begins[bisect_left(begins, low) : bisect_left(begins, high)]
            if not inside or not said or self._shape[low : firsts[inside[0]]].strip("sUao(:"):
                continue
            other = next((firsts[i] for i in inside if sure[i]), None)
            if other is None or (other > said[0] and self._shape[said[0] + 1 : other].strip("osaRYFQ~TDc")):
                topics.append(inside[0])
        return topics
