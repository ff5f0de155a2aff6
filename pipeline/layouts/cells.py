"""Cells that several layouts cut in the same way: places ("City, State, Country") and rows of tables (`a | b |`).

Here belongs only what more than one layout prints alike. A layout's own grammar is its module's; which words are a
country is `normalize.places`'.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pipeline.normalize import places
from pipeline.reading.lines import Line, Page
from pipeline.reading.words import Words, join_words

_LONGEST_PLACE: Final = 120  # characters; a longer line that ends in a country is a sentence


class Place(NamedTuple):
    """The words of a place, each with its spans."""

    city: Words | None
    state: Words | None
    country: Words


def is_place(text: str) -> bool:
    """Whether `text` reads "City, State, Country", "City, Country" or "Country": it is short and ends in a country."""
    return len(text) <= _LONGEST_PLACE and _country_start(text) is not None


def read_place(page: Page, line: Line) -> Place | None:
    """Return the parts of a line that is a place; None, and nothing read, where it is none.

    Of three or more parts before the country the last is the state: a city's name may hold a comma ("Xi'an, Shaanxi").
    """
    at = _country_start(line.text)
    if at is None:
        return None
    head = line.text[:at].rstrip(", ")
    comma = head.rfind(",")
    city_end = len(head) if comma < 0 else comma
    return Place(
        city=_part(page, line, 0, city_end),
        state=_part(page, line, city_end + 1, len(head)),
        country=page.words(line, at),
    )


def unlisted(page: Page, line: Line) -> Line:
    """Return the line with its list marker as a part of its text, where no list can stand: "- Pain", "1. Pain"."""
    return line._replace(text=page.text[line.outer : line.end], start=line.outer, marker="")


def rows_of(page: Page, lines: Iterable[Line], width: int) -> Iterator[list[Words | None]]:
    """Yield the rows of a table of dialect T, each `width` cells.

    A cell ends at `|`; one that holds paragraphs goes over several lines, and `|` alone ends it. A row that ends after
    fewer cells has empty ones behind. A line with more cells than the table has columns is left unread, as are lines
    outside of rows.
    """
    row: list[list[Piece]] = []
    for line in (unlisted(page, line) for line in lines):
        pieces = _split(line, new=not row)
        closed = len(pieces) - 1
        if row and closed > width - len(row) + 1:  # the row before ended early
            yield _cells(page, row, width)
            row, pieces = [], _split(line, new=True)
            closed = len(pieces) - 1
        if closed > width or not (row or closed):
            continue
        if closed and not any(start < end for _, start, end in pieces):
            page.skip(line)  # nothing but bars
        row = row or [[]]
        for index, piece in enumerate(pieces):
            if index:
                row.append([])
            row[-1].extend([piece] if piece[1] < piece[2] else [])
        if len(row) > width:
            yield _cells(page, row, width)
            row = []
    if len(row) == width and not row[-1]:
        yield _cells(page, row, width)


Piece = tuple[Line, int, int]
"""A part of a line: where it starts and ends in the line's text."""


def _split(line: Line, *, new: bool) -> list[Piece]:
    """The pieces of a line between its bars; a bar before the first cell of a row ends nothing."""
    text = line.text
    start = 1 if new and text.startswith("|") else 0
    pieces = []
    while (bar := text.find("|", start)) >= 0:
        pieces.append(_trimmed(line, start, bar))
        start = bar + 1
    return [*pieces, _trimmed(line, start, len(text))]


def _trimmed(line: Line, start: int, end: int) -> Piece:
    piece = line.text[start:end]
    return line, start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _cells(page: Page, row: list[list[Piece]], width: int) -> list[Words | None]:
    cells = [join_words(_piece(page, *piece) for piece in cell) for cell in row[:width]]
    return [*cells, *[None] * (width - len(cells))]


def _piece(page: Page, line: Line, start: int, end: int) -> Words:
    return page.words(line, start, end)


def _part(page: Page, line: Line, start: int, end: int) -> Words | None:
    return page.words(line, start, end) if line.text[start:end].strip(" ,") else None


def _country_start(text: str) -> int | None:
    """Where the country's name starts: at the text's start or behind a comma."""
    found = places.ends_with_country(text)
    if found is None:
        return None
    before = text[: found[0]].rstrip()
    return found[0] if not before or before.endswith(",") else None
