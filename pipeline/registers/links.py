"""Which intervention belongs to which arm, told by the labels and names that registers print on both sides.

Only matching of labels; reading them is a format's business, and giving them keys is `tabulate`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from pipeline.reading.records import ArmIntervention
from pipeline.reading.words import clean
from pipeline.registers.errors import RegisterError

Positions = dict[str, list[int]]

MOST: Final = 100_000
"""How many links one study may have. Where many share one label, each label names them all: a short list of labels
could otherwise ask for more links than fit into memory."""


def link(
    arms: Sequence[tuple[str | None, Iterable[str]]],
    interventions: Sequence[tuple[str | None, str | None, Iterable[str]]],
) -> tuple[list[ArmIntervention], list[str]]:
    """Link arms and interventions.

    Where one side's label names several (two interventions called "Drug: Placebo"), the other side's labels decide;
    where these are silent too, all that carry the label are linked, for so the source says.

    Args:
        arms: label, and the printed names of its interventions ("Drug: Metformin").
        interventions: type ("Drug" or "DRUG"), name, and the labels of its arms.

    Returns:
        The links in the order of arms, then interventions; and the names and labels that match nothing.

    Raises:
        RegisterError: where the labels ask for more links than `MOST`.
    """
    full: Positions = {}
    bare: Positions = {}
    labels: Positions = {}
    for index, (type_, name, _) in enumerate(interventions):
        if name:
            bare.setdefault(name, []).append(index)
            if type_:
                full.setdefault(f"{type_.replace('_', ' ').title()}: {name}", []).append(index)
    for index, (label, _) in enumerate(arms):
        if label:
            labels.setdefault(label, []).append(index)

    loose_full, loose_bare, loose_labels = _loosely(full), _loosely(bare), _loosely(labels)
    asked = 0
    sure: set[tuple[int, int]] = set()
    either: list[list[tuple[int, int]]] = []
    unmatched: list[str] = []

    def add(pairs: list[tuple[int, int]], words: str) -> None:
        nonlocal asked
        asked += len(pairs)
        if asked > MOST:
            raise RegisterError(
                f"its labels ask for more than {MOST:,} links of arms and interventions (the limit of links): no study "
                "has so many"
            )
        if len(pairs) == 1:
            sure.add(pairs[0])
        elif pairs:
            either.append(pairs)
        else:
            unmatched.append(words)

    for arm, (_, names) in enumerate(arms):
        for words in names:
            found = full.get(words) or bare.get(words.partition(": ")[2]) or bare.get(words)
            found = found or loose_full(words) or loose_bare(words.partition(": ")[2])
            add([(arm, intervention) for intervention in found], words)
    for intervention, (_, _, words_of_arms) in enumerate(interventions):
        for words in words_of_arms:
            add([(arm, intervention) for arm in labels.get(words) or loose_labels(words)], words)

    links = set(sure)
    for pairs in either:
        if sure.isdisjoint(pairs):
            links.update(pairs)
    return [ArmIntervention(arm, intervention) for arm, intervention in sorted(links)], unmatched


def _loosely(positions: Positions) -> Callable[[str], list[int]]:
    """Return how to find what words name when escapes, white space and case are set aside."""
    folded: Positions = {}

    def find(words: str) -> list[int]:
        if not folded:  # made only where exact words name nothing
            for key, indexes in positions.items():
                folded.setdefault(clean(key).casefold(), []).extend(indexes)
        return folded.get(clean(words).casefold(), [])

    return find
