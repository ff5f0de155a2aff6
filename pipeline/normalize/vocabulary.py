"""Enumerations: the words that sources use to the codes of the ClinicalTrials.gov API v2.

What belongs here: looking words up in `vocabulary.toml`, where the words themselves stand. What does not: any default
(a word that is not there is unknown, and reported upstream), lists that are no enumerations (countries, registries).
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

_SPACE = re.compile(r"[\W_]+")


class _Field(NamedTuple):
    """One field of `vocabulary.toml`."""

    terms: Mapping[str, tuple[str, ...]]  # by code, as written there
    folded: Mapping[str, tuple[str, ...]]  # a folded term to its codes
    is_sequence: bool
    is_list: bool
    longest: int  # of the terms, in words


def fold(words: str) -> str:
    """The form in which words are compared: NFKC, no case, one blank for whatever is no letter or figure."""
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", words).casefold())
    return _SPACE.sub(" ", once).strip()


def fields() -> tuple[str, ...]:
    """The names of the fields that have a vocabulary."""
    return tuple(_fields())


def terms(field: str) -> dict[str, tuple[str, ...]]:
    """The codes of a field, each with the words that stand for it, as the documentation prints them.

    A key of several codes, with blanks between, stands for words that mean all of them; the key "" for words that are
    known and give no code.
    """
    return dict(_fields()[field].terms)


def codes(field: str, words: str) -> list[str] | None:
    """The codes that the words stand for, in their order, each once.

    Args:
        field: one of `fields()`.
        words: the source's words, or the API's codes, in any case and with any punctuation: "Phase 1/Phase 2",
        "PHASE1|PHASE2".

    Returns:
        The codes; an empty list where the words are known and give none ("Not specified"; `who_masked` of "None (Open
        Label)"); None where they are unknown, and then they belong in `unmapped_terms`. Nothing is ever taken from a
        part of the words.

    Raises:
        KeyError: for a field that has no vocabulary, whatever the words.
    """
    entry = _fields()[field]
    key = fold(words)
    found = entry.folded.get(key)
    if found is None and entry.is_sequence and key:
        found = _sequence(key.split(), entry)
    if found is None or (len(found) > 1 and not entry.is_list):
        return None
    return list(found)


def code(field: str, words: str) -> str | None:
    """The one code that the words stand for, or None where they are unknown or give none: `known` tells which.

    A field of lists has one only where its list has one. See `codes`.
    """
    found = codes(field, words)
    return found[0] if found and len(found) == 1 else None


def known(field: str, words: str) -> bool:
    """Whether every one of the words belongs to the field's vocabulary; where not, they belong in `unmapped_terms`."""
    return codes(field, words) is not None


def boolean(words: str) -> bool | None:
    """Yes or no: "Yes", "true", "Does not accept healthy volunteers", "No Results Posted"; None for any other words."""
    return {"true": True, "false": False}.get(code("boolean", words) or "")


def pattern(field: str) -> str:
    """A regular expression for any word of a field, for layouts that cut "Drug: Placebo" or a glued status.

    The longest word comes first. It has no groups; its letters are small, so that it is used with `re.IGNORECASE`.
    """
    keys = sorted((key for key, found in _fields()[field].folded.items() if found), key=lambda key: (-len(key), key))
    return "(?:" + "|".join(r"[\W_]{1,3}".join(map(re.escape, key.split())) for key in keys) + ")"


@cache
def _fields() -> Mapping[str, _Field]:
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        tables = tomllib.load(file)
    sequences, lists, silent = tables.pop("sequences"), tables.pop("lists"), tables.pop("silent")
    return MappingProxyType(
        {
            name: _field(table, silent, is_sequence=name in sequences, is_list=name in lists)
            for name, table in tables.items()
        }
    )


def _field(table: dict[str, list[str]], silent: list[str], *, is_sequence: bool, is_list: bool) -> _Field:
    folded: dict[str, tuple[str, ...]] = {fold(term): () for term in silent}
    for key, words in table.items():
        together = tuple(key.split())
        names = (*words, key) if len(together) == 1 else tuple(words)
        for term in names:
            if folded.setdefault(fold(term), together) != together:
                raise ValueError(f"vocabulary.toml gives {term!r} to {' '.join(folded[fold(term)])!r} and to {key!r}")
    terms = {key: tuple(words) for key, words in table.items()}
    longest = max(len(term.split()) for term in folded)
    return _Field(MappingProxyType(terms), MappingProxyType(folded), is_sequence, is_list, longest)


def _sequence(words: list[str], entry: _Field) -> tuple[str, ...] | None:
    """Cut words into terms with nothing left over, longest first: the terms' codes, or None where there is no cut."""
    # rest[i] holds the codes of words[i:], so that a cut that leads nowhere is never tried twice.
    rest: list[tuple[str, ...] | None] = [None] * len(words) + [()]
    for start in range(len(words) - 1, -1, -1):
        for end in range(min(len(words), start + entry.longest), start, -1):
            found, behind = entry.folded.get(" ".join(words[start:end])), rest[end]
            if found is not None and behind is not None:
                rest[start] = (*found, *(code for code in behind if code not in found))
                break
    return rest[0]
