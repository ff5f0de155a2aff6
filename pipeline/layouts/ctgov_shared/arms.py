"""The table of arms with their interventions: `TYPE: LABEL`, a description; in the next cell `TYPE: NAME` and its own.

Here belong the stage `arms` and the reading of interventions, whose titles the table of conditions prints. Groups of an
observational study have no type; where bars are lost nothing tells where the next one begins, and they stay unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from pipeline.layouts.ctgov_shared.names import INTERVENTION, cut_at_titles, cut_titles
from pipeline.layouts.ctgov_shared.pieces import Piece, cells
from pipeline.layouts.ctgov_shared.study import Study
from pipeline.reading.lines import Line
from pipeline.reading.records import Arm, ArmIntervention, Intervention

ARM_TYPES: Final = "Experimental|Active Comparator|Placebo Comparator|Sham Comparator|No Intervention|Other"
ARM: Final = re.compile(rf"(?P<type>{ARM_TYPES}):\s*(?P<label>.*)")
OTHER_NAMES: Final = re.compile(r"Other Names?:\s*(?P<name>.*)")


def arms(study: Study, lines: Sequence[Line]) -> None:
    """Read the table of arms."""
    heading, *rest = study.without_rules(lines)
    groups = "Group" in heading.text
    bounded = any("|" in line.text for line in rest)
    titles = intervention_titles(study, rest)
    if groups and not bounded:
        return
    _Rows(study, titles, groups=groups, bounded=bounded, lines=rest).read()


class _Rows:
    """The rows of the table, read piece by piece."""

    def __init__(
        self, study: Study, titles: Mapping[str, int], *, groups: bool, bounded: bool, lines: Sequence[Line]
    ) -> None:
        self.study = study
        self.record = study.record
        self.titles = titles
        self.groups = groups
        self.bounded = bounded
        self.lines = lines
        # A row in one line: nothing tells the label from the description.
        self.joined = any(line.text.startswith("| ") for line in lines)
        self.arm: int | None = None
        self.intervention: int | None = None
        self.arm_texts: dict[int, list[Piece]] = {}
        self.texts: dict[int, list[Piece]] = {}
        self.again = False  # an intervention is described anew under every arm that has it
        self.in_names = False

    def read(self) -> None:
        for piece, first in self._pieces():
            title = self._title(piece)
            if title is not None and self.arm is not None:
                self._link(piece, title)
            elif first if self.bounded else ARM.fullmatch(piece.text):
                self._new_arm(piece)
            elif self.intervention is not None:
                self._about_intervention(piece, self.intervention)
            elif self.arm is not None:
                self.arm_texts.setdefault(self.arm, []).append(piece)
        for place, pieces in self.arm_texts.items():
            self.record.arms[place].description = self.study.join_prose(pieces)
        for place, pieces in self.texts.items():
            self.record.interventions[place].description = self.study.join_prose(pieces)

    def _pieces(self) -> Iterator[tuple[Piece, bool]]:
        """Yield the table's pieces and whether each is the first of its cell; cut glued interventions apart."""
        for cell in cells(self.lines):
            for place, piece in enumerate(cell):
                if place == 0 and len(cell) == 1 and self.study.is_noise(piece.text):
                    continue
                for number, part in enumerate(cut_at_titles(piece.text, self.titles)):
                    yield piece.part(*part), place == 0 and number == 0

    def _title(self, piece: Piece) -> int | None:
        """Return the intervention whose title the piece is; where the page was cut off, it may be the title's start."""
        found = self.titles.get(piece.text)
        if found is None and piece.line is self.study.page.lines[-1] and INTERVENTION.fullmatch(piece.text):
            found = next((place for title, place in self.titles.items() if title.startswith(piece.text)), None)
        return found

    def _link(self, piece: Piece, title: int) -> None:
        assert self.arm is not None  # noqa: S101 - the caller's condition, for the type checker
        self.intervention, self.in_names, self.again = title, False, title in self.texts
        self.study.page.skip(piece.line)
        link = ArmIntervention(self.arm, title)
        if link not in self.record.arm_interventions:
            self.record.arm_interventions.append(link)

    def _new_arm(self, piece: Piece) -> None:
        self.arm, self.intervention, self.in_names = len(self.record.arms), None, False
        found = None if self.groups else ARM.fullmatch(piece.text)
        if found:
            kind, label = piece.part(*found.span("type")), piece.part(*found.span("label"))
            self.record.arms.append(Arm(None if self.joined else self.study.take(label), self.study.take(kind)))
        else:
            self.record.arms.append(Arm(self.study.take(piece)))

    def _about_intervention(self, piece: Piece, intervention: int) -> None:
        if names := OTHER_NAMES.fullmatch(piece.text):
            self.in_names = True
            self.study.page.skip(piece.line)
            other_names(self.study, intervention, [piece.part(*names.span("name"))] if names["name"] else [])
        elif self.in_names and piece.line.marker:
            other_names(self.study, intervention, [piece])
        elif not self.again:
            self.texts.setdefault(intervention, []).append(piece)
        elif piece.text in {said.text for said in self.texts[intervention]}:
            self.study.page.skip(piece.line)


def intervention_titles(study: Study, lines: Sequence[Line]) -> dict[str, int]:
    """Read the interventions of the conditions' table; return their titles with their places in the record.

    Args:
        study: holds the cell of the conditions' table, which is taken.
        lines: the arms' table, where a title stands on a line or at the end of one.
    """
    printed = {piece.text for cell in cells(lines) for piece in cell if INTERVENTION.fullmatch(piece.text)}
    pieces: list[Piece] = []
    for piece in study.intervention_cell:
        if len(study.intervention_cell) > 1:  # HTML kept them apart
            pieces.append(piece)
        else:
            pieces += [piece.part(*part) for part in cut_titles(piece.text, printed)]
    study.intervention_cell = []
    titles: dict[str, int] = {}
    for piece in pieces:
        found = INTERVENTION.fullmatch(piece.text)
        if found and piece.text not in titles:
            titles[piece.text] = len(study.record.interventions)
            name, kind = piece.part(*found.span("name")), piece.part(*found.span("type"))
            study.record.interventions.append(Intervention(study.take(name), study.take(kind)))
    return titles


def other_names(study: Study, intervention: int, pieces: Iterable[Piece]) -> None:
    """Add other names, each once: they are printed again under every arm."""
    known = study.record.interventions[intervention].other_names
    known += [words for words in map(study.take, pieces) if words not in known]
