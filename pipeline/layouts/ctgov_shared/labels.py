"""The page's two-column tables: each label with the value behind or below it.

Here belongs how a value is bounded: by its cell, by the line, by the next label. Which labels there are is a face's
data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.layouts.ctgov_shared.pieces import Piece, bare, split
from pipeline.layouts.ctgov_shared.study import Label, Study
from pipeline.reading.lines import Line


def labelled(
    study: Study,
    lines: Sequence[Line],
    labels: tuple[Label, ...],
    loose: list[Line] | None = None,
    *,
    anywhere: bool = False,
) -> Iterator[tuple[Label, list[Piece]]]:
    """Yield each label with the pieces of its value, which may stand on the following lines.

    Args:
        study: takes the type of a value that its label says ("Actual").
        lines: a stage.
        labels: what to look for, at a line's start.
        loose: takes the lines that stand behind no label.
        anywhere: labels may follow each other in one line.
    """
    current: tuple[Label, list[Piece]] | None = None
    open_cell = False
    for line in lines:
        row = bare(line)
        found = list(_find(row.text, labels, anywhere=anywhere))
        if not found:
            if not row.text and current:
                open_cell = False
            elif current and (open_cell or current[0].lines) and not study.is_noise(row.text):
                current[1].extend(split(row))
                study.page.skip(line)
            elif loose is not None:
                loose.append(line)
            continue
        if current and found[0][1].start() > 0:  # the end of the value above
            current[1].extend(split(row.part(0, found[0][1].start())))
        for place, (label, match) in enumerate(found):
            if current:
                yield current
            end = found[place + 1][1].start() if place + 1 < len(found) else len(row.text)
            current = label, split(row.part(match.end(), end))
            if match.groupdict().get("kind"):
                setattr(study.record.trial, f"{label.field}_type", study.take(row.part(*match.span("kind"))))
            open_cell = "|" in line.text and not line.text.endswith("|")
            if line.text.endswith("|") and current[1] and not anywhere:
                yield current
                current = None
            study.page.skip(line)
    if current:
        yield current


@cache
def _first_words(labels: tuple[Label, ...]) -> re.Pattern[str]:
    """Return one expression for all labels, so that the many lines without one are soon told."""
    patterns = (label.pattern.pattern.replace("?P<kind>", "?:") for label in labels)
    return re.compile("|".join(patterns), re.IGNORECASE)


def _find(text: str, labels: tuple[Label, ...], *, anywhere: bool) -> Iterator[tuple[Label, re.Match[str]]]:
    """Yield the labels of a line in their order: the one at its start, or all."""
    at = 0
    while anywhere or _first_words(labels).match(text):
        found = [(label, match) for label in labels if (match := label.pattern.match(text, at))]
        if not found and anywhere:
            found = [(label, match) for label in labels if (match := label.pattern.search(text, at))]
        if not found:
            return
        label, match = min(found, key=lambda one: (one[1].start(), -one[1].end()))
        yield label, match
        if not anywhere:
            return
        at = match.end()
