"""What a face of the study page states about itself, and what its reading carries from stage to stage.

Here belong the types that a face fills with data (stages, labels, noise) and the small acts that every stage needs:
giving out pieces as words, leaving noise aside. The stages themselves are modules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.layouts.ctgov_shared.pieces import Piece, bare_text
from pipeline.reading.lines import Line, Page
from pipeline.reading.records import Record
from pipeline.reading.words import Words, join_words

_RULE: Final = re.compile(r"[| :]*-[-| :]*")


class Stage(NamedTuple):
    """A part of the page; the stages follow each other in a face's order, each may be missing."""

    name: str
    start: re.Pattern[str]
    """What a line without a list marker is, bars aside, that begins it."""
    after: str = ""
    """A stage that must have been reached, for a start that prose might hold as well."""


class Label(NamedTuple):
    """A label of the page's two-column tables: `LABEL | value |`, or `LABEL value` where the cells are joined."""

    pattern: re.Pattern[str]
    """Its group `kind` is the type of the value ("Actual")."""
    field: str | None
    """The field of the trial, or None for what the warehouse has no column for."""
    lines: bool = False
    """Whether the value may run over several lines even where no cell bounds it."""


def label(text: str, field: str | None, *, lines: bool = False) -> Label:
    """Return a label by its pattern; with its colon it is known in any case, without it prose may begin so."""
    return Label(re.compile(text, re.IGNORECASE if text.endswith(":") else 0), field, lines)


class Face:
    """One face of the study page, as data."""

    def __init__(
        self,
        stages: Sequence[tuple[str, str, str]],
        labels: Mapping[str, tuple[Label, ...]],
        noise: Iterable[str],
        tabs: Collection[str],
    ) -> None:
        """Compile what a face states.

        Args:
            stages: name, start and what must have been reached, in the page's order; see `Stage`.
            labels: the labels of each stage that is a table.
            noise: lines, bars aside, that hold no value: captions, buttons, help, banners, headings that say nothing.
            tabs: the entries of the bar of links below the head.
        """
        self.stages = tuple(Stage(name, re.compile(start, re.IGNORECASE), after) for name, start, after in stages)
        self.order = {stage.name: place for place, stage in enumerate(self.stages)}
        self.starts = re.compile("|".join(stage.start.pattern for stage in self.stages), re.IGNORECASE)
        self.labels = labels
        self.noises = tuple(noise)
        self.noise = re.compile("|".join(self.noises), re.IGNORECASE)
        self.tabs = frozenset(map(str.casefold, tabs))

    def begins_row(self, text: str) -> bool:
        """Whether the text begins a stage, or is a row of a table."""
        rows = (label.pattern for labels in self.labels.values() for label in labels)
        return self.starts.fullmatch(text) is not None or any(
            row.pattern.endswith(":") and row.match(text) for row in rows
        )

    def is_between(self, reached: int, first: str, last: str) -> bool:
        """Whether the stage `first` was reached and `last` was not yet."""
        return first in self.order and self.order[first] <= reached < self.order[last]


class Study:
    """The page, the record that it becomes, and what one stage must tell another."""

    def __init__(self, page: Page, face: Face) -> None:
        """Begin with an empty record."""
        self.page = page
        self.face = face
        self.record = Record()
        self.claims: dict[str, list[Words]] = {}
        """Values of fields that the page prints more than once."""
        self.mesh_terms: list[str] = []
        self.condition_cell: list[Piece] = []
        self.intervention_cell: list[Piece] = []

    def take(self, piece: Piece) -> Words:
        """Give out a piece as words."""
        return self.page.words(piece.line, piece.start, piece.end)

    def join(self, pieces: Iterable[Piece]) -> Words | None:
        """Give out pieces as one value."""
        return join_words(self.take(piece) for piece in pieces)

    def join_prose(self, pieces: Iterable[Piece]) -> Words | None:
        """Give out pieces as running text, list markers kept."""
        return join_words(
            self.page.whole(p.line) if p.end == len(p.line.text) and p.start == 0 else self.take(p) for p in pieces
        )

    def claim(self, field: str, words: Words | None, *, best: bool = False) -> None:
        """Note a value of a field that the page may print again; the first place is the best unless told."""
        if words:
            claims = self.claims.setdefault(field, [])
            claims.insert(0 if best else len(claims), words)

    def settle_claims(self) -> None:
        """Choose among what was claimed, the first place first."""
        for field, values in self.claims.items():
            setattr(self.record.trial, field, self.record.claim(field, *values))

    def is_noise(self, text: str) -> bool:
        """Whether a line's words, bars aside, hold no value: noise that the face names."""
        return self.face.noise.fullmatch(text) is not None

    def says_nothing(self, line: Line) -> bool:
        """Whether the line is noise or a table's rule."""
        return self.is_noise(bare_text(line)) or not line.text.strip("|-: ")

    def said(self, lines: Sequence[Line], *headings: str) -> list[Line]:
        """Return the lines of a stage without its heading and without the headings that close or follow it."""
        kept, folded = list(lines), [heading.casefold() for heading in headings]
        while kept and (kept[0].text.casefold() in folded or self.says_nothing(kept[0])):
            self.page.skip(kept.pop(0))
        while kept and self.says_nothing(kept[-1]):
            self.page.skip(kept.pop())
        return kept

    def without_rules(self, lines: Sequence[Line]) -> list[Line]:
        """Skip a table's heading and the rule below it; return the heading and the rows."""
        rules = [line for line in lines if _RULE.fullmatch(line.text)]
        self.page.skip(lines[0], *rules)
        return [line for line in lines if line not in rules] if rules else list(lines)
