"""The lists of the summary on the pages of trials.co whose cells nothing parts: arms and outcomes.

    arms     := ('Arm 'N)* ['Arm Type'] TYPE* ['Arm Label'] LABEL* ['Arm Description'] DESCRIPTION*   # transposed
    outcomes := (MEASURE nl [DESCRIPTION nl])*

Here belongs telling what each of their lines is, by its label, by how many there are, or by its words. Where the lists
stand on the page is `trials_co`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pipeline.normalize import vocabulary
from pipeline.reading.lines import Line, Page, prose
from pipeline.reading.records import Arm, Outcome

OUTCOMES: Final = "Outcomes"
# The first stands above the others; dialect T may have dropped those.
SHORT_LISTS: Final = {
    OUTCOMES: None,
    "Primary Outcome Measures": "PRIMARY",
    "Secondary Outcome Measures": "SECONDARY",
    "Other Outcome Measures": "OTHER",
}
"""The headings of lists of outcomes, and the type of what stands there."""
ARM_LABELS: Final = ("Arm Type", "Arm Label", "Arm Description")
ABOVE: Final = ""
"""The name of what stands above the first label."""
_ARM_NUMBER: Final = re.compile(r"Arm (\d+)", re.IGNORECASE)
_LONGEST_NAME: Final = 254  # characters, the register's limit for an outcome
_SENTENCE_END: Final = re.compile(r"\.[\")]?$|[a-z)]\. [A-Z]")
_DESCRIBES: Final = re.compile(
    r"\b(?:are|has|have|is|was|were|will)\b"
    r"|^(?:As|Ascertained|Assessed|Calculated|Defined|Determined|Evaluated|Measured|This|To|Using) "
)
_SURELY_LONGER: Final = 3  # pairs
_MOST_ARMS: Final = 100  # each is another place where outcomes may begin

Parts = dict[str, list[Line]]


def cut_labelled(page: Page, lines: Iterable[Line], labels: Sequence[str], *, in_order: bool = True) -> Parts:
    """Cut lines at their labels; what stands above the first label is kept under the empty one."""
    parts: Parts = {ABOVE: []}
    current, at = ABOVE, 0
    for line in lines:
        if line.text in labels[at:] and not line.marker:
            page.skip(line)
            current, at = line.text, labels.index(line.text) + 1 if in_order else 0
            parts[current] = []
        else:
            parts[current].append(line)
    return parts


def read_arms(page: Page, lines: Sequence[Line]) -> list[Arm]:
    """Read the transposed table of arms: all types, then all labels, then all descriptions.

    The number of arms is counted above it. Where there are fewer descriptions than arms, whose they are is unknown.
    """
    count = _count_arms(lines)
    page.skip(*lines[:count])
    rows = cut_labelled(page, lines[count:], ARM_LABELS)
    types, labels, descriptions = (rows.get(label, []) for label in ARM_LABELS)
    if rest := rows[ABOVE]:  # dialect T drops the labels
        at = _count_types(rest[:count])
        types, labels, descriptions = rest[:at], rest[at : at + count], rest[at + count :]
    if not count or len(labels) != count:
        return []
    sure = len(descriptions) == count
    return [
        Arm(
            label=page.whole(label),
            type=page.words(types[index]) if len(types) == count else None,
            description=prose(page, descriptions) if count == 1 else page.whole(descriptions[index]) if sure else None,
        )
        for index, label in enumerate(labels)
    ]


def _count_arms(lines: Sequence[Line]) -> int:
    count = 0
    for line in lines:
        number = _ARM_NUMBER.fullmatch(line.text)
        if not number or int(number[1]) != count + 1:
            break
        count += 1
    return count


def _count_types(lines: Sequence[Line]) -> int:
    """How many types stand there: one for each arm, or none."""
    return len(lines) if all(vocabulary.codes("arm_type", line.text) for line in lines) else 0


def cut_off_outcomes(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Cut off outcomes that lost their heading, where just one number of descriptions of arms leaves a list of them."""
    count = _count_arms(lines)
    begin = 2 * count + _count_types(lines[count : 2 * count])
    if len(lines) - begin <= count or count > _MOST_ARMS:
        return lines, []
    bounds = [at for at in range(begin, begin + count + 1) if _pairs(lines[at:])]
    return (lines[: bounds[0]], lines[bounds[0] :]) if len(bounds) == 1 else (lines, [])


def read_outcomes(page: Page, summary: Mapping[str, list[Line]]) -> list[Outcome]:
    """The outcomes of the summary, where it is sure which of their lines are descriptions."""
    return [
        Outcome(measure=page.whole(measure), description=prose(page, description), type=type_)
        for heading, type_ in SHORT_LISTS.items()
        for measure, *description in _described(summary.get(heading, ()))
    ]


def _described(lines: Sequence[Line]) -> Sequence[tuple[Line, ...]]:
    """Cut a list into outcomes, each its name and perhaps a description; empty where nothing tells.

    Nearly all lists describe every outcome or none: none where lines are odd in number, if none is a sentence.
    """
    alone = len(lines) == 1 or (len(lines) % 2 and not any(map(_is_sentence, lines)))
    return [(line,) for line in lines] if alone else _pairs(lines)


def _pairs(lines: Sequence[Line]) -> list[tuple[Line, Line]]:
    """Cut a list where names and descriptions surely take turns; empty where that is not sure.

    It is where no name is a sentence and half the descriptions speak as descriptions do, or each is longer than its
    name.
    """
    names, descriptions = lines[::2], lines[1::2]
    if not lines or len(names) > len(descriptions):
        return []
    pairs = list(zip(names, descriptions, strict=True))
    longer = len(pairs) >= _SURELY_LONGER and all(len(name.text) < len(said.text) for name, said in pairs)
    told = sum(map(_describes, descriptions))
    sure = 2 * told >= len(pairs) and told >= 2 * sum(map(_describes, names)) and not any(map(_is_sentence, names))
    return pairs if longer or sure else []


def _is_sentence(line: Line) -> bool:
    return len(line.text) > _LONGEST_NAME or _SENTENCE_END.search(line.text) is not None


def _describes(line: Line) -> bool:
    return _is_sentence(line) or _DESCRIBES.search(line.text) is not None
