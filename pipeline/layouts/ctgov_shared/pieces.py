"""Stretches of lines: the cells of a table's rows and what stands between bars.

Here belongs only where a piece begins and ends. What it means is a stage's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pipeline.reading.lines import Line

_AROUND: Final = "| \t\xa0"
_CELL_END: Final = re.compile(r"\|\|?|\t\s*")  # one extractor doubles the bar between cells


class Piece(NamedTuple):
    """A stretch of a line."""

    line: Line
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words of the stretch."""
        return self.line.text[self.start : self.end]

    def part(self, start: int, end: int) -> Piece:
        """Return the piece from `start` to `end`, offsets in this piece's text."""
        return Piece(self.line, self.start + start, self.start + end)

    def trim(self) -> Piece:
        """Return the piece without the blanks around it."""
        text = self.text
        start = len(text) - len(text.lstrip())
        return self.part(start, max(start, len(text.rstrip())))


def bare_text(line: Line) -> str:
    """Return the line's words without the bars and blanks around them."""
    return line.text.strip(_AROUND)


def bare(line: Line) -> Piece:
    """Return the line without the bars and blanks around it."""
    text = line.text
    start = len(text) - len(text.lstrip(_AROUND))
    return Piece(line, start, max(start, len(text.rstrip(_AROUND))))


def split(piece: Piece) -> list[Piece]:
    """Return the cells of a piece of one line, empty ones left out."""
    found: list[Piece] = []
    start = piece.start
    for cell in piece.text.replace("\t", "|").split("|"):
        if words := cell.strip():
            left = start + cell.index(words)
            found.append(Piece(piece.line, left, left + len(words)))
        start += len(cell) + 1
    return found


def cells(lines: Iterable[Line]) -> Iterator[list[Piece]]:
    """Yield the cells of table lines, each its pieces on one or more lines; a bar or a tab ends a cell.

    The last one may be still open.
    """
    cell: list[Piece] = []
    for line in lines:
        text = line.text
        # Newer extractors begin a row with a bar.
        start = len(text) - len(text.lstrip("| ")) if not cell and text.strip("| ") else 0
        for bound in _CELL_END.finditer(text):
            if bound.start() < start:
                continue
            if (piece := Piece(line, start, bound.start()).trim()).text:
                cell.append(piece)
            yield cell
            cell, start = [], bound.end()
        if (piece := Piece(line, start, len(text)).trim()).text:
            cell.append(piece)
    if cell:
        yield cell
