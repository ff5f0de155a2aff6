"""Pages that are one table of labels and values: rows `LABEL | value |`, the value over several lines where it needs.

Here belongs where a row begins and ends in the lines, and the ways of reading a value that several such pages share.
Which labels there are, and what each means, is a layout's table: a dictionary of labels and handlers.

A cell that breaks over lines is ended by a lone bar. A label may stand in a row of its own above its value, and may be
followed by its own remarks before the bar ("(submitted: March 29, 2012)").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.layouts.ctgov_shared.design import dated
from pipeline.layouts.ctgov_shared.pieces import Piece, bare, split
from pipeline.layouts.ctgov_shared.study import Study
from pipeline.normalize import vocabulary
from pipeline.reading.lines import Line
from pipeline.reading.records import Identifier, StudyReference

_ONE_CELL: Final = re.compile(r"[^|]+\|")
_LONGEST_SILENCE: Final = 20  # characters
_LONGEST_LABEL: Final = 120  # characters, remarks included
# A row with a label that the table lacks; rows of people inside a cell have a colon behind their role.
_OTHER_ROW: Final = re.compile(r"[^|:]+\|[^|]+\|\s*")


class Row(NamedTuple):
    """A row of the table."""

    label: Piece
    """The label as it stands, remarks aside."""
    lines: list[Line]
    """The lines of its value, without the label and the bars of its cell."""
    pieces: list[Piece]
    """The value: a piece a line, or the cells of one line."""

    @property
    def first(self) -> str:
        """The words of the value's first piece, empty where there is none."""
        return self.pieces[0].text if self.pieces else ""


Handler = Callable[[Study, Row], None]
Table = Mapping[str, Handler]
"""Handlers by label."""


def read_rows(study: Study, lines: Sequence[Line], table: Table, remarks: re.Pattern[str]) -> None:
    """Read the rows whose label the table has; all other lines stay unread.

    Args:
        study: the page and its record.
        lines: those of the table.
        table: handlers by label.
        remarks: what may stand behind a label that is no part of it.
    """
    at = 0
    while at < len(lines):
        label = _label(lines[at], table, remarks)
        if label is None:
            at += 1
            continue
        row, at = _row(lines, at, label, table, remarks)
        if all(study.is_noise(piece.text) or _is_silent(piece.text) for piece in row.pieces):
            study.page.skip(*row.lines)
        else:
            table[label.text](study, row)
        if not any(line.position == label.line.position for line in row.lines):  # else its handler decides
            study.page.skip(label.line)


def _is_silent(words: str) -> bool:
    """Whether the words say that nothing is said ("Not Provided"): no field has a code for them."""
    return len(words) < _LONGEST_SILENCE and vocabulary.codes("boolean", words) == []


def _label(line: Line, table: Table, remarks: re.Pattern[str]) -> Piece | None:
    """Return the label that begins the line and fills its first cell."""
    end = line.text.find("|")
    if line.marker or (end if end >= 0 else len(line.text)) > _LONGEST_LABEL:
        return None
    text = line.text[: end if end >= 0 else None].rstrip()
    while remark := remarks.search(text):
        text = text[: remark.start()].rstrip()
    return Piece(line, 0, len(text)) if text in table else None


def _row(lines: Sequence[Line], at: int, label: Piece, table: Table, remarks: re.Pattern[str]) -> tuple[Row, int]:
    """Return the row that begins at a place, and the place behind it."""
    first = lines[at]
    bar = first.text.find("|")
    if bar < 0:  # the label's own remarks, up to the bar that ends its cell
        while at + 1 < len(lines) and lines[at].text != "|":
            at += 1
    elif first.text[bar + 1 :].strip():
        pieces = split(Piece(first, bar + 1, len(first.text)))
        return Row(label, [_alone(piece) for piece in pieces], pieces), at + 1
    at += 1
    begin = at
    if at == len(lines) or _label(lines[at], table, remarks) or _OTHER_ROW.fullmatch(lines[at].text):
        return Row(label, [], []), at  # a label without a value
    if _ONE_CELL.fullmatch(lines[at].text) and (at + 1 == len(lines) or lines[at + 1].text != "|"):
        piece = bare(lines[at])
        return Row(label, [_alone(piece)], [piece]), at + 1
    while at < len(lines) and lines[at].text != "|":
        at += 1
    own_lines = list(lines[begin:at])
    return Row(label, own_lines, [piece for line in own_lines if (piece := bare(line)).text]), at + 1


def _alone(piece: Piece) -> Line:
    """Return a piece as a line of its own."""
    start = piece.line.start + piece.start
    marked = piece.start == 0 and bool(piece.line.marker)
    return piece.line._replace(
        text=piece.text,
        start=start,
        outer=piece.line.outer if marked else start,
        marker=piece.line.marker if marked else "",
    )


# --- the ways of reading a value ------------------------------------------------------------------------------------


def skip(study: Study, row: Row) -> None:
    """Skip a row that is a heading, repeats another, or says what the warehouse has no column for."""
    study.page.skip(*row.lines)


def leave(study: Study, row: Row) -> None:
    """Leave a row's value unread, which reports it; one that only points to another row is skipped."""
    if row.first == "Same as current":
        study.page.skip(*row.lines)


def value(field: str) -> Handler:
    """Return a handler for a field of the trial whose value is one cell; several rows give one value."""

    def read(study: Study, row: Row) -> None:
        pieces = [piece for piece in row.pieces if piece.text]
        if pieces:
            setattr(study.record.trial, field, study.join(pieces))

    return read


def claimed(field: str) -> Handler:
    """Return a handler for a field of the trial that the page prints elsewhere too."""
    return lambda study, row: study.claim(field, study.join(row.pieces))


def text(field: str) -> Handler:
    """Return a handler for a field of the trial whose value is running text, list markers kept."""
    return lambda study, row: setattr(study.record.trial, field, study.join_prose(row.pieces))


def date(field: str) -> Handler:
    """Return a handler for a date or a count, whose type stands in a bracket behind it or before its label."""

    def read(study: Study, row: Row) -> None:
        if row.pieces:
            dated(study, field, row.pieces[0])
            kind = row.label.text.partition(" ")[0]
            if vocabulary.code("date_type", kind):
                setattr(study.record.trial, f"{field}_type", study.take(row.label.part(0, len(kind))))

    return read


def names(field: str) -> Handler:
    """Return a handler for a list of words, one a line."""
    return lambda study, row: getattr(study.record, field).extend(map(study.take, row.pieces))


def number(role: str, registry: str | None = None) -> Handler:
    """Return a handler for a number of the trial."""

    def read(study: Study, row: Row) -> None:
        known = {one.identifier for one in study.record.identifiers if one.role == role}
        for piece in row.pieces:
            words = study.take(piece)
            if words not in known:
                study.record.identifiers.append(Identifier(words, role, registry))

    return read


def publications(study: Study, row: Row) -> None:
    """Read citations, one a line."""
    study.record.study_references += [StudyReference(study.page.words(line)) for line in row.lines]


def items(lines: Sequence[Line], *, is_item: Callable[[Line, Sequence[Sequence[Line]]], bool]) -> list[list[Line]]:
    """Return the entries of a cell: the items of its list, or all its lines as one entry where it is none.

    Args:
        lines: those of the cell.
        is_item: whether a line begins an item, given the items before it.
    """
    if not lines or not lines[0].marker:
        return [list(lines)] if lines else []
    found: list[list[Line]] = []
    for line in lines:
        if not found or is_item(line, found):
            found.append([line])
        else:
            found[-1].append(line)
    return found


def is_outer(line: Line, before: Sequence[Sequence[Line]]) -> bool:
    """Whether a line is an item of the outer list."""
    return bool(line.marker) and line.indent <= before[0][0].indent
