"""The table of arms on the pages of clincosm.com: arms with their interventions, or groups alone.

    arm := [TYPE': ']LABEL nl [DESCRIPTION] (TYPE': 'NAME nl [DESCRIPTION] ['Other Names:' ('• 'NAME)*])*

Here belongs telling what each line of the table is. Where the table stands on the page is `clincosm`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import Final

from pipeline.reading.lines import Line, Page, prose
from pipeline.reading.records import Arm, ArmIntervention, Intervention, Record

_ARM_TYPE: Final = re.compile(
    r"(?P<type>Experimental|Active Comparator|Placebo Comparator|Sham Comparator|No Intervention|Other): (?=\S)"
)
_INTERVENTION_TYPE: Final = re.compile(
    r"(?P<type>Drug|Device|Biological|Procedure|Radiation|Behavioral|Genetic|Dietary Supplement|Combination Product"
    r"|Diagnostic Test|Other): (?=\S)"
)
_OTHER_NAMES: Final = "Other Names:"
_LONGEST_LABEL: Final = 100  # characters, the register's limit


def read_arms(page: Page, record: Record, lines: Sequence[Line], count: int | None) -> None:
    """Read the table into the record; `count` is the number of arms that the page says elsewhere."""
    if lines and not any(_ARM_TYPE.match(line.text) or _INTERVENTION_TYPE.match(line.text) for line in lines):
        _read_groups(page, record, lines, count)
    else:
        _read_arms(page, record, lines)


def intervention(page: Page, line: Line) -> Intervention:
    """Read a line `TYPE: NAME`; a name without a known type stays whole."""
    found = _INTERVENTION_TYPE.match(line.text)
    if not found:
        return Intervention(name=page.words(line))
    return Intervention(type=page.words(line, *found.span("type")), name=page.words(line, found.end()))


class _Kind(Enum):
    """What a line of the table of arms is."""

    ARM = auto()
    INTERVENTION = auto()
    OTHER_NAMES = auto()
    NAME = auto()
    TEXT = auto()


def _read_arms(page: Page, record: Record, lines: Sequence[Line]) -> None:
    """Read the arms, each with its interventions; an intervention of several arms is one, with several links."""
    texts: list[tuple[Arm | Intervention, list[Line]]] = []
    names: list[str] = []
    shown = frozenset(f"{one.type}: {one.name}" for one in record.interventions)
    for kind, line in _arm_lines(lines, shown):
        if kind is _Kind.ARM:
            record.arms.append(_arm(page, line))
            texts.append((record.arms[-1], []))
        elif kind is _Kind.INTERVENTION:
            position = _position(record, intervention(page, line))
            link = ArmIntervention(len(record.arms) - 1, position)
            if link not in record.arm_interventions:
                record.arm_interventions.append(link)
            names = record.interventions[position].other_names
            texts.append((record.interventions[position], []))
        elif kind is _Kind.OTHER_NAMES:
            page.skip(line)
        elif kind is _Kind.NAME:
            name = page.words(line)
            if name not in names:
                names.append(name)
        else:
            texts[-1][1].append(line)
    for owner, said in texts:
        text = prose(page, said)
        owner.description = owner.description or text


def _read_groups(page: Page, record: Record, lines: Sequence[Line], count: int | None) -> None:
    """Read groups that nothing parts but their number: labels alone, or each with its text.

    Where the number decides nothing, only the first label is sure, and the rest stays unread.
    """
    each = len(lines) // count if count else len(lines)
    if each > len(("label", "description")) or (count and len(lines) % count):
        record.arms.append(Arm(label=page.words(lines[0])))
        return
    for at in range(0, len(lines), each):
        description = prose(page, lines[at + 1 : at + each])
        record.arms.append(Arm(label=page.words(lines[at]), description=description))


def _arm_lines(lines: Sequence[Line], shown: frozenset[str]) -> Iterator[tuple[_Kind, Line]]:
    """Tell what each line of the table is.

    A blank line follows the label of an arm, and none stands before it but above the first. That tells an arm
    "Other: X" from an intervention, and the label of a group without a type (observational studies) from text. On a
    page that lost its blank lines an arm is told by its type alone, where that is no intervention's. `shown` holds the
    interventions that the page lists elsewhere: where it does, no other line is one.
    """
    typed = bool(lines) and _ARM_TYPE.match(lines[0].text) is not None
    blanks = any(line.gap for line in lines)
    state = _Kind.ARM
    for line, following in zip(lines, (*lines[1:], None), strict=False):
        ends = following is None or following.gap
        if line is lines[0]:
            kind = _Kind.ARM
        elif line.marker and state is not _Kind.NAME:
            kind = _Kind.TEXT
        elif line.text == _OTHER_NAMES and state is _Kind.INTERVENTION:
            kind = _Kind.OTHER_NAMES
        elif (
            typed
            and _ARM_TYPE.match(line.text)
            and (ends if blanks else not _INTERVENTION_TYPE.match(line.text))
            and not (following is None and line.text in shown)
        ):
            kind = _Kind.ARM
        elif _INTERVENTION_TYPE.match(line.text) and (not shown or line.text in shown):
            kind = _Kind.INTERVENTION
        elif not typed and ends and following and state is not _Kind.ARM and len(line.text) <= _LONGEST_LABEL:
            kind = _Kind.ARM
        else:
            kind = _Kind.NAME if line.marker else _Kind.TEXT
        if kind is _Kind.OTHER_NAMES:
            state = _Kind.NAME
        elif kind in (_Kind.ARM, _Kind.INTERVENTION):
            state = kind
        elif kind is _Kind.TEXT and state is _Kind.NAME:
            state = _Kind.INTERVENTION
        yield kind, line


def _arm(page: Page, line: Line) -> Arm:
    found = _ARM_TYPE.match(line.text)
    if not found:
        return Arm(label=page.words(line))
    return Arm(label=page.words(line, found.end()), type=page.words(line, *found.span("type")))


def _position(record: Record, intervention: Intervention) -> int:
    """The position of the intervention with that type and name; one that is not there yet is added."""
    for position, one in enumerate(record.interventions):
        if (one.type, one.name) == (intervention.type, intervention.name):
            return position
    record.interventions.append(intervention)
    return len(record.interventions) - 1
