"""The table of arms with their interventions: `TYPE: LABEL`, a description; in the next cell `TYPE: NAME` and its own.

Here belong the stage `arms` and the reading of interventions, whose titles the table of conditions prints. Groups of an
observational study have no type; where bars are lost, `groups` tells where they begin.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from pipeline.layouts.ctgov_shared.groups import find_groups
from pipeline.layouts.ctgov_shared.joined import are_numbered, find_label
from pipeline.layouts.ctgov_shared.names import INTERVENTION, cut_at_titles, cut_titles
from pipeline.layouts.ctgov_shared.pieces import Piece, bare, cells, split
from pipeline.layouts.ctgov_shared.study import Study
from pipeline.layouts.ctgov_shared.texts import Part
from pipeline.reading.lines import Line
from pipeline.reading.records import Arm, ArmIntervention, Intervention

ARM_TYPES: Final = "Experimental|Active Comparator|Placebo Comparator|Sham Comparator|No Intervention|Other"
ARM: Final = re.compile(rf"(?P<type>{ARM_TYPES}):\s*(?P<label>.*)")
OTHER_NAMES: Final = re.compile(r"Other Names?:\s*(?P<name>.*)")
_NAMES_BEHIND: Final = re.compile(r"\s+(?=Other Names?:)")
_NAME: Final = re.compile(r"(?:^|\s)-\s+(.+?)(?=\s-\s|$)")
_ROW: Final = re.compile(r"\|\s+[^\s|]")


def arms(study: Study, lines: Sequence[Line]) -> None:
    """Read the table of arms."""
    heading, *rest = study.without_rules(lines)
    while rest and study.is_noise(bare(rest[-1]).text):  # the banner below the table, where the page lists no outcomes
        study.page.skip(rest.pop())
    groups = "group" in heading.text.casefold()
    bounded = any("|" in line.text for line in rest)
    titles = intervention_titles(study, rest)
    labels: Sequence[Line] = ()
    if groups and not bounded:
        labels, sure = find_groups(rest, titles)
        rest = rest[:sure]
    _Rows(study, titles, groups=groups, labels=labels, bounded=bounded, lines=rest).read()


class _Rows:
    """The rows of the table, read piece by piece."""

    def __init__(
        self,
        study: Study,
        titles: Mapping[str, int],
        *,
        groups: bool,
        labels: Collection[Line],
        bounded: bool,
        lines: Sequence[Line],
    ) -> None:
        self.study = study
        self.record = study.record
        self.titles = titles
        self.groups = groups
        self.labels = labels
        self.bounded = bounded
        self.lines = lines
        self.joined = self._are_joined()
        self.joined_cells: dict[int, Piece] = {}
        self.arm: int | None = None
        self.intervention: int | None = None
        self.arm_texts: dict[int, list[Piece]] = {}
        self.texts: dict[int, list[Piece]] = {}
        self.again = False  # an intervention is described anew under every arm that has it
        self.in_names = False

    def read(self) -> None:
        own_cell = False  # whether the piece stands in the cell of an arm, whose description may name interventions too
        for piece, first in self._pieces():
            # An arm may be called as an intervention is: it begins a row where the cell before holds interventions.
            begins_row = first and (self.arm is None or self.intervention is not None)
            title = None if begins_row or (own_cell and not first) else self._title(piece)
            own_cell = own_cell and not first
            if title is not None:
                self._link(piece, title)
            elif first if self.bounded else self._is_label(piece):
                self._new_arm(piece)
                own_cell = self.bounded
            elif self.intervention is not None:
                self._about_intervention(piece, self.intervention)
            elif self.arm is not None:
                self.arm_texts.setdefault(self.arm, []).append(piece)
        self._read_joined()
        for place, pieces in self.arm_texts.items():
            self.record.arms[place].description = self.study.join_prose(pieces)
        for place, pieces in self.texts.items():
            self.record.interventions[place].description = self.study.join_prose(pieces)

    def _are_joined(self) -> bool:
        """Whether rows lost their line breaks: descriptions stand behind the titles, more of them than titles alone."""
        behind = 0
        for line in self.lines:
            if _ROW.match(line.text):
                return True
            for cell in split(bare(line)):
                parts = [cell.text[slice(*part)] for part in cut_at_titles(cell.text, self.titles)]
                if parts[0] in self.titles:
                    behind += 1 if len(parts) > 1 else -1
        return behind > 0

    def _is_label(self, piece: Piece) -> bool:
        """Whether a piece that no bar bounds begins an arm or a group."""
        return piece.line in self.labels if self.groups else ARM.fullmatch(piece.text) is not None

    def _pieces(self) -> Iterator[tuple[Piece, bool]]:
        """Yield the table's pieces and whether each is the first of its cell; cut glued interventions apart."""
        for cell in cells(self.lines):
            for place, piece in enumerate(cell):
                if place == 0 and len(cell) == 1 and self.study.is_noise(piece.text):
                    continue
                for number, part in enumerate(cut_at_titles(piece.text, self.titles)):
                    own = piece.part(*part)
                    names = _NAMES_BEHIND.search(own.text) if self.joined else None
                    yield own.part(0, names.start()) if names else own, place == 0 and number == 0
                    if names:
                        yield own.part(names.end(), len(own.text)), False

    def _title(self, piece: Piece) -> int | None:
        """Return the intervention whose title the piece is; where the page was cut off, it may be the title's start."""
        found = self.titles.get(piece.text)
        if found is None and piece.line is self.study.page.lines[-1] and INTERVENTION.fullmatch(piece.text):
            found = next((place for title, place in self.titles.items() if title.startswith(piece.text)), None)
        return found

    def _link(self, piece: Piece, title: int) -> None:
        self.intervention, self.in_names, self.again = title, False, title in self.texts
        self.study.page.skip(piece.line)
        link = None if self.arm is None else ArmIntervention(self.arm, title)  # its arm may not be told
        if link and link not in self.record.arm_interventions:
            self.record.arm_interventions.append(link)

    def _new_arm(self, piece: Piece) -> None:
        self.arm, self.intervention, self.in_names = len(self.record.arms), None, False
        arm = Arm()
        self.record.arms.append(arm)
        if found := None if self.groups else ARM.fullmatch(piece.text):
            arm.type = self.study.take(piece.part(*found.span("type")))
            piece = piece.part(*found.span("label"))
        if self.joined:
            self.joined_cells[self.arm] = piece
        else:
            arm.label = self.study.take(piece)

    def _read_joined(self) -> None:
        """Cut the cells whose label and description stand in one line."""
        names = [*self.titles, *(one.name for one in self.record.interventions if one.name)]
        numbered = are_numbered([piece.text for piece in self.joined_cells.values()])
        for place, piece in self.joined_cells.items():
            end = 1 if numbered else find_label(piece.text, names)
            if end is None:
                continue
            self.record.arms[place].label = self.study.take(piece.part(0, end))
            if (rest := piece.part(end, len(piece.text)).trim()).text:
                self.arm_texts.setdefault(place, []).insert(0, rest)

    def _about_intervention(self, piece: Piece, intervention: int) -> None:
        if names := OTHER_NAMES.fullmatch(piece.text):
            self.in_names = True
            self.study.page.skip(piece.line)
            listed = piece.part(*names.span("name"))
            parts = [listed.part(*part) for part in _cut_names(piece.text, listed.text)]
            other_names(self.study, intervention, parts)
        elif self.in_names and piece.line.marker:
            other_names(self.study, intervention, [piece])
        elif not self.again:
            self.texts.setdefault(intervention, []).append(piece)
        elif piece.text in {said.text for said in self.texts[intervention]}:
            self.study.page.skip(piece.line)


def _cut_names(text: str, names: str) -> list[Part]:
    """Cut the names behind their label on its own line: one, or several that kept the dashes of their list."""
    if text.startswith("Other Names") and names:
        return [found.span(1) for found in _NAME.finditer(names)] if names.startswith("- ") else []
    return [(0, len(names))] if names else []


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
    if not pieces:  # a page that lost its beginning: what begins as no arm does is an intervention
        bounded = any("|" in line.text for line in lines)
        first = (piece for cell in cells(lines) for piece in (cell[:1] if bounded else cell))
        pieces = [one for one in first if INTERVENTION.fullmatch(one.text) and not ARM.fullmatch(one.text)]
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
