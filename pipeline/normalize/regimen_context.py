"""The facts of a regimen in their text: the third of the steps of `regimens`.

Here belongs what only the whole text or sentence decides about a fact that a form of `regimen_facts` says: that it is
of observing and not of giving, that a word is the text's own short form, that a percentage is no dose. What one form
says does not belong here, nor which facts belong together.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.normalize.regimen_facts import forms
from pipeline.normalize.regimen_readers import Fact
from pipeline.normalize.regimen_tokens import Tokens
from pipeline.normalize.regimen_words import words

_WHO_GET: Final = re.compile("[js]{0,3}g")
_NEXT_VERB: Final = re.compile("[.;gA]")
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
    """Return the facts of a text in the order in which they are written; where one says nothing, its kind is `none`."""
    found = forms(tokens)
    if "(R)" in tokens.shape:
        found = _without_abbreviations(tokens, found)
    if "P" in tokens.shape and not any(fact.kind == "route" for fact in found):
        found += [Fact("route", i, i + 1, "ORAL") for i in _taken(tokens)]
        found.sort(key=lambda fact: fact.start)
    if "drop" in tokens.folded and (drops := _dropped(tokens)):
        found = sorted([*found, *drops], key=lambda fact: fact.start)
    if "e" in tokens.shape:
        found = _unobserved(tokens.shape, found)
    if " who " in tokens.folded:
        found = _unconditional(tokens, found)
    return _without_values(tokens, found)


def _unconditional(tokens: Tokens, found: list[Fact]) -> list[Fact]:
    """Return the facts without the times that say who gets something: "who have been ill for 6 months receive X"."""
    shape = tokens.shape
    silent: set[int] = set()
    reached = 0
    for i, value in enumerate(tokens.values):
        if value == "who" and i >= reached and not _WHO_GET.match(shape, i + 1):
            end = _NEXT_VERB.search(shape, i + 1)
            reached = end.start() if end else len(shape)
            silent.update(range(i, reached))
    return [fact._replace(kind="none") if fact.start in silent and fact.kind in _LENGTHS else fact for fact in found]


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
_LENGTHS: Final = words("duration cycle cycles bare")
_TIMES: Final = words("every count days points cycle cycles duration rest bare divided sitting ranged")


def _unobserved(shape: str, found: list[Fact]) -> list[Fact]:
    """Return the facts without the times of observing: "assessed weekly", "followed up annually"."""
    kept: list[Fact] = []
    at, observing = 0, False
    for match in _TO_OBSERVE.finditer(shape):
        found = [fact._replace(kind="none") if match.start() <= fact.start < match.end() else fact for fact in found]
    for fact in found:
        for i in range(at, fact.start):
            if shape[i] == "e":
                observing = True
            elif shape[i] in ".gARIQ" or shape[i : i + 2] == ";w":
                observing = False
        at = max(at, fact.start)
        kept.append(fact._replace(kind="none") if observing and fact.kind in _TIMES else fact)
    return kept


def _without_values(words: Tokens, found: list[Fact]) -> list[Fact]:
    """Return the facts, those percentages silenced that are no doses.

    Beside another amount, or of nothing that is given.
    """
    if "%" not in words.folded and "percent" not in words.folded:
        return found
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
    return after in ("w", "R", "y") or before == "y" or (before == "w" and after in ("", ".", ",", ")", ";", "g"))
