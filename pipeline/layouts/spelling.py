"""Labels in other letters than the site's: browsers copy the capitals of a style sheet, extractors curl quotes.

Here belongs only telling that a line is such a label, and giving it the site's own spelling; which labels a page has is
a layout's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pipeline.reading.lines import Page

_LONGEST: Final = 100  # characters; a longer line is no label


def spellings(labels: Iterable[str]) -> dict[str, str]:
    """Return the labels by what `respell` looks for."""
    return {_folded(label): label for label in labels}


def respell(page: Page, labels: Mapping[str, str]) -> None:
    """Give lines that are a label in other letters, with or without a colon, the label's spelling.

    A label that the page prints in its own spelling as well is left alone, for an author may shout it in the prose; so
    is one word in small letters.

    Args:
        page: a page, whose lines are changed; their places stay.
        labels: what `spellings` returned.
    """
    found = [
        (line, words, label)
        for line in page.lines
        if len(line.text) <= _LONGEST and (label := labels.get(_folded(words := line.text.rstrip(" :"))))
    ]
    own = {label for _, words, label in found if words == label}
    lines = list(page.lines)
    for line, words, label in found:
        if label not in own and len(label) == len(words) and (" " in words or not words.islower()):
            lines[line.position] = line._replace(text=label + line.text[len(words) :])
    page.lines = tuple(lines)


def _folded(words: str) -> str:
    return words.casefold().replace("’", "'")
