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

from pipeline.normalize.regimen_readers import Fact
from pipeline.normalize.regimen_tokens import Tokens
from pipeline.normalize.regimen_words import words as vocabulary

Span = tuple[int, int]
"""The tokens of a name, half-open."""

_NEAR: Final = 40
"""How many names of a clause are looked at: the time stays linear in the text."""
_LONGEST: Final = 9
"""A name has no more words: longer runs are sentences about something else."""

# A name: unknown words, with the numbers, hyphens and slashes that belong to them, and its other name in brackets.
_NAME: Final = re.compile(r"(?:[Nn]~|_)?w(?:~?w|~N(?![TD])|/w|N(?=[^%CcIQXTDx~/YP#nN]|$))*(?:\(w+\)w+)?")
# Before a name that is given: a verb of giving ("receive oral X"), a length ("30 minutes of X"), an amount, a count or
# an adverb ("20 mg of X", "weekly X").
_GIVEN: Final = re.compile(
    r"(?:g[sWaRSYoQIld~&-]{0,7}|[Nn#]~?To[sRYa]{0,3}|[APQICcTDq)RYF]o[sRYa%]{0,3}|IW|[Nn#][QI]|[RYFAPq]s?|~[TD][sz]?)$"
)
_SAYS_GIVEN: Final = re.compile("[gAPQICcqRYF)]")
_TIME: Final = re.compile("[TD]")
_SHORT: Final = ("MINUTE", "HOUR")
_OF_NUMBERED: Final = frozenset("QICcqP)")
# ... and before one that is not: "after each dose of X", "to prevent X", "after receiving X".
_NOT_GIVEN: Final = re.compile(r"(?:B[^gARYw(]{0,4}[QIPAT]o[sa]?|ts+|Bs?g[sa]*|f[sa]?Io[sa]*)$")
_PREPOSITIONS: Final = frozenset("iB@bftvuKEod")
# Words before a verb of giving that say it is not now: "not previously treated with X".
_NOT_NOW: Final = vocabulary("not never previously already prior without")
# After who or what gets it, whatever the word: "the right knee will be treated with X".
_TREATED: Final = re.compile(
    r"\s+(?:(?:will|shall|should|may|can|must|to)\s+)?(?:be|is|are|was|were)\s+(?:\w{1,12}\s+)?treated\b"
)
# What one gives with: "using a prefilled pen" names no agent, nor does "with a syringe".
_MODALS: Final = vocabulary("will shall should may can must")
_PERFECT: Final = vocabulary("has have had")
# What an agent does itself: "X will continue for 4 weeks".
_LASTS: Final = vocabulary(
    "continue last start begin consist include comprise involve take occur run commence follow remain require not also"
)
_PASSIVE: Final = re.compile("j{1,3}s?g")
_TOOLS: Final = vocabulary(
    "pen pens injector autoinjector auto-injector pen-injector pump pumps catheter needle needles cannula applicator "
    "spacer nebulizer nebuliser inhaler phone smartphone"
)
# After a name: which of the courses the statement is of, "X (courses 1, 3 and 5): 10 mg daily". X labels them.
_OF_COURSES: Final = re.compile(r"\([^()]{0,8}[Cc][^()]{0,20}\)?:")
# Between a name and the fact said of it: "X (other name) will be administered at a dose of".
_TO_FACT: Final = re.compile(r"(?:\([^()]{1,12}\))?(?:[,:(~@aoyjgIP-]|s?QB?|s(?=R)|(?<=[gjQy])s){0,8}")
# Between the names of a list, also past the facts of the first: "A, B and C", "A 10 mg or B".
_LINK: Final = re.compile(r"(?:\([^()]{1,12}\))?(?:[,&|/]{1,3}|\(&\))(?:s{1,2}|a)?")
_LINK_PAST_FACTS: Final = re.compile(r"^(?:.*[^w])?[|&](?:s{1,2}|a)?$")
# Words that announce agents, and stand for them only where none is named: "chemotherapy with X", "conditioning
# comprised of X".
_CONTAINERS: Final = vocabulary(
    "chemotherapy therapy regimen conditioning immunotherapy polychemotherapy antibiotics combination"
)
_WHOLES: Final = vocabulary("diet program programme training intervention")
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
_MEETINGS: Final = vocabulary(
    "treatment session sessions consultation consultations meeting meetings workshop workshops"
)
_INSIDE: Final = _LABELLED | _KINDS | _JOINTS | _HEADS | _MEETINGS | vocabulary("investigational type based")
"""Words of the vocabulary that may be part of a name: of the others this is told at once."""
_ADJECTIVE: Final = ("al", "ive", "ary")
# A word that names a group and not what it gets, and words too general to name anything when alone.
_LABELS: Final = vocabulary("group groups arm arms cohort cohorts")
_USES: Final = vocabulary("monotherapy matching matched")
_MANY: Final = vocabulary("double dual triple")
# After the first part of a word that names nothing whole: "long-lasting device", "platinum-based chemotherapy".
_CUT: Final = frozenset(("~s", "~g", "~z", "~y"))
_NONE: Final = vocabulary("no without")
_GENERAL: Final = vocabulary(
    "live attenuated elemental conditioning therapeutic monotherapy therapy provider trunk nominal program app session"
)


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
        if not found and not _SAYS_GIVEN.search(shape, start, end):
            return []
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
        general = [self._is_general(*name) for name in names]
        sure = [
            not (holds[i] or general[i]) and self._is_given(name, start, end, of_facts, begins)
            for i, name in enumerate(names)
        ]
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
        return [
            self._without_kind(*name)
            for name, yes, names_nothing in zip(names, sure, general, strict=True)
            if yes and not names_nothing and name[1] - name[0] <= _LONGEST
        ]

    def subject(self, start: int, end: int) -> list[Span]:
        """Return what a sentence without facts is about: the names it begins with, or says to be given."""
        shape = self._shape
        listed: list[Span] = []
        opens = False
        for match in _NAME.finditer(shape, start, end):
            first, last = match.span()
            if not listed:
                opens = not shape[start:first].strip("saoU(:")
            elif not _LINK.fullmatch(shape, listed[-1][1], first):
                listed, opens = [], False
            listed = [*listed[-3:], (first, last)]
            if (opens and shape[last : last + 1] == "j") or _PASSIVE.match(shape, last, end):
                silent = any(self._is_general(*name) or self._acts(name[1]) for name in listed)
                return [] if silent else [self._without_kind(*name) for name in listed]
        return []

    def _without_kind(self, first: int, last: int) -> Span:
        """Return a name but for words behind it that say how it is used: "X monotherapy", "placebo matching"."""
        values = self._words.values
        if last - first > 2 and values[last - 1] == "therapy" and values[last - 2] in _MANY:
            return first, last - 2
        return first, last - (last - first > 1 and values[last - 1] in _USES)

    def _without_labels(self, names: list[Span], end: int) -> list[Span]:
        """Return the names but of persons, what is treated, groups and courses ("A (courses 1 and 3): 10 mg")."""
        kept: list[Span] = []
        label = -1  # where a label begins that the names listed before it belong to
        for first, last in reversed(names):
            if _OF_COURSES.match(self._shape, last, end) or (label >= 0 and _LINK.fullmatch(self._shape, last, label)):
                label = first
            elif (
                self._is_short_for(first, last)
                or _TREATED.match(self._words.folded, self._words.ends[last - 1])
                or (first and self._words.values[first - 1] in _NONE)
                or self._shape[last : last + 2] in _CUT
            ):
                continue
            elif last >= end or not (self._shape[last] == "U" or self._words.values[last] in _LABELS):
                kept.append((first, last))
                label = -1
        return kept[::-1]

    def _is_general(self, first: int, last: int) -> bool:
        """Tell whether a name is one word that names nothing."""
        if last - first > 1:
            return False
        word = self._words.values[first]
        return word in _GENERAL or (isinstance(word, str) and len(word) < 2 + (not self._is_capital(first)))

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
            elif letter in "Zsa" and values[i] not in _INSIDE and not (i and values[i - 1] == "type"):
                continue
            elif values[i] == "based" and shape[i - 1 : i + 2] == "~sw":
                letters[i] = "w"  # "mindfulness-based therapy"
                if letters[i - 2] in "sz":
                    letters[i - 2] = "w"  # "home-based training"
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
        if not i or (before != "w" and self._words.values[i - 1] != "based"):
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
        if first > start and values[first - 1] in _LABELS and shape[first - 2 : first - 1] not in ("T", "Y"):
            return False
        floor = max(start, first - 9)
        window = shape[floor:first]
        other = _NOT_GIVEN.search(window)
        if (window.endswith("/") and window[-2:-1] != "A") or (
            other and values[floor + other.start()] not in ("beginning", "starting")
        ):
            return False
        if said := _GIVEN.search(window):
            letters = said[0]
            if letters[0] == "g":
                verb = floor + said.start()
                if "via" in values[verb:first]:
                    return False  # "delivered via a website"
                using = str(values[verb]).startswith("us") and values[last - 1] in _TOOLS
                return not using and _NOT_NOW.isdisjoint(str(value) for value in values[max(start, verb - 3) : verb])
            if letters[0] in "Nn#~" and (time := _TIME.search(letters)):
                unit = floor + said.start() + time.start()
                return (
                    unit in of_facts or values[unit] in _SHORT
                )  # "30 minutes of X daily", "a 16-week walking program"
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
            and linked - (shape[linked] == "s") not in of_facts
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
            return values[last - 1] not in _WHOLES
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
            if other is not None and (other <= said[0] or not self._shape[said[0] + 1 : other].strip("osaRYFQ~TDc")):
                continue
            # "A followed by B daily" says it of B.
            behind = [i for i in inside[:_NEAR] if firsts[i] < said[0] and self._follows(names, i)]
            topic = behind[-1] if behind else inside[0]
            if not self._acts(names[topic][1]):
                topics.append(topic)
        return topics

    def _follows(self, names: list[Span], i: int) -> bool:
        """Tell whether a name stands after "followed by" behind the name before it."""
        return i > 0 and self._shape[names[i - 1][1] : names[i][0]] in ("HB", "HBa", "H")

    def _acts(self, last: int) -> bool:
        """Tell whether the name that ends at `last` is of who or what acts, not of what is given.

        So are "the provider will choose" and "using a pen".
        """
        values = self._words.values
        if values[last - 1] in _TOOLS:
            return True
        if last + 1 >= len(values) or self._shape[last] != "j" or self._shape[last + 1] not in "sw":
            return False
        verb = str(values[last + 1])
        if values[last] in _PERFECT:
            return verb.endswith("ed")
        return values[last] in _MODALS and not verb.endswith("ly") and verb not in _LASTS
