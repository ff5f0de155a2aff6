"""Cells that an extractor glued together with nothing between: where to cut them, and when the cut is sure.

Here belongs the cutting of `MEASURE+TIME` and `ARM+INTERVENTION+DESCRIPTION` lines. What makes a time frame is
`normalize.timepoints`'; which lines are such rows a layout knows.

A cut lies between two characters that are not blank. Nothing is cut by likelihood: a text with several possible cuts,
or none, stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from pipeline.normalize import timepoints

Cut = tuple[int, int]
"""A cell of a line: where it starts and ends in the line's text."""
ArmCuts = tuple[Cut, Cut | None, Cut | None]
"""The cells of a row of arms: label, intervention and description, None for an empty one."""

_UNITS: Final = r"(?:hours?|minutes?|days?|weeks?|months?|years?)"
_SHORT_UNITS: Final = r"(?:[hdwmy]|hrs?|mins?|wks?|mos?|yrs?)"
_ORDINALS: Final = r"(?:first|second|third|fourth|fifth|last|next|final)"
_NUMBERS: Final = r"(?:one|two|three|four|five|six|eight|nine|ten|twelve)"
# Figures that may be the measure's in part: three behind a capital ("QLQ-C302 years"), a version ("v3.012 weeks").
_FIGURES: Final = r"(?!(?<=[A-Z])\d{3}|(?<=\b[vV])\d)"
# A letter spelt out behind capitals is no word that starts with the last of them ("IFNgamma"), nor is a small word.
_NO_WORD: Final = r"(?![A-Z](?:alpha|beta|gamma|delta|kappa|per|until|from)\b)"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# Where a measure ends and a time frame starts visibly: the case changes, a figure follows a letter, a bracket closes.
_SEAM: Final = _any(
    rf"(?<=[^\W_])(?<!Pre)(?<!Post){_NO_WORD}(?=[A-Z][a-z])",  # rateUp, PFSUp, A1cUp, Day 1Week, but not PreOp
    r"(?<=[a-zα-ω])(?=[DWMYVCT]\d)",  # scoreD1
    rf"(?<=[^\W\d_]){_FIGURES}(?=\d+(?:\W|(?:st|nd|rd|th|{_SHORT_UNITS}|{_UNITS})\b))",  # score12 weeks, but not A1c
    r"(?<=[)\]）】%?!®™\"'”’])(?!s[\W\dA-Z])(?=[^\W_])",  # (VAS)12, (VAS)at, but not patient's
    r"(?<=[^\W\d_]\.)(?=[^\W_])|(?<=[)\]]\.)(?=[^\W_])",  # surgery.Day, but not 0.5
    r"(?<=[^\W_)\]])(?=[~≥≤<>±])",
)
# Words that start a time frame in small letters, where nothing else shows the seam ("tumoruntil 2 years").
_STARTER: Final = re.compile(
    r"(?:(?<=[^\W\d_]{2})|(?<=\d[A-Za-z])|(?<=[\d)\]）.])|(?<=[^\W\d_]:))(?=(?:"
    + "|".join(
        (
            "from|up to|until|till|within|through|throughout|during|immediately|every|approximately|about",
            rf"over(?= (?:\d+|the|an?|time|{_NUMBERS})\b)",  # but not crossover
            r"(?<!ex)changes? (?:between|from)",
            r"(?:will be )?(?:(?<!re)assessed|(?<!un)measured|evaluated|collected)",
            "before|prior to|(?<!there)(?<!here)after|(?:end|length|duration|time|start) of",
            "baseline|screening|inclusion|enrol?lment|(?<![Rr]e)admission|discharge",
            r"(?:pre|post|intra|peri)-?(?:op|treat|dos|surg|int|enrol|proc)\w*",
            r"(?:day|week|month|year|visit|cycle)s? ?\d+",
            rf"{_NUMBERS} (?:(?:and|or|to) {_NUMBERS} )?{_UNITS}",
            rf"(?:the )?{_ORDINALS} (?:\w+ )?(?:{_UNITS}|visit)|the day",
            rf"(?<!tre)(?<!repe)at (?:the|\d+|end|(?i:weeks?|months?|days?|years?|baseline|discharge)|\w+ {_UNITS})",
        )
    )
    + r")\b)"
)
# Where a cell of words ends and the next starts: a capital starts a word behind a small letter, a figure, a bracket.
_WORD_SEAM: Final = _any(
    r"(?<=[a-z\d)\]）.%])(?=[A-Z][a-z])",
    r"(?<=[A-Z])(?=[A-Z][a-z]{2,}|Up to\b|At\b)",  # Arm BParticipants, PFSUp to, but not PDFs
    r"(?<=[a-z]{3})(?=\d)",  # group99
)
_SENTENCES: Final = re.compile(r"[a-z\d)]\.\s+[A-Z]")
_CAPITALIZED: Final = re.compile(r"[A-Z][a-z]")
_BEHIND_CAPITALS: Final = re.compile(r"(?<=[A-Z]{2})(?!Up to\b|At\b)")  # "IFNgamma": the word may start one later
# Words before a time that do not belong to a measure.
_LEAD: Final = re.compile(
    r"(?i)(?:(?:at|on|in|the|from|up|to|by|for|of|an?|changes?|difference|day|date|time|immediate(?:ly)?"
    r"|will|be|assessed|measured|evaluated|collected|every|end|between|within|during|through(?:out)?|until)\s+){0,5}"
)
_COUNTED: Final = re.compile(rf"\d|{_UNITS}\b|{_NUMBERS} ")
_WORD: Final = re.compile(r"\b\w")
_TWICE: Final = re.compile(r"(\S.{2,98}\S)(\1)(?!\s)")
_TABBED: Final = re.compile(r"[^\t]+")  # some versions of the extractor part cells by tabs
_CASE_CHANGE: Final = re.compile(r"[a-z\d)][A-Z]|\d[a-z]{3}")
_LONGEST_FRAME: Final = 600  # characters: twice what registers allow, and a bound on the work
_LONGEST_LABEL: Final = 100  # characters: what registers allow for an arm's label
_SHORT_LABEL: Final = 40  # a longer line without a seam may hide one, between two small letters
_ENDS_NO_CELL: Final = frozenset("([{/-–—&+,:")
_STARTS_NO_CELL: Final = frozenset(")]}/-–—&+,.;:%")


class TimeFrames:
    """Where the time frame starts in rows `MEASURE+TIME` of one page.

    The time frames of a page repeat, so that one that was cut for sure helps to cut the same one elsewhere ("IL-612
    weeks" beside "Pain score12 weeks").
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Look at the page's rows, among which lines of prose may stand."""
        self._cuts = {text: _frame_start(text, _SEAM, timepoints.is_time_frame) for text in texts}
        known = {text[cut:] for text, cut in self._cuts.items() if cut is not None}
        self._known = sorted(known, key=lambda frame: (-len(frame), frame))

    def cut(self, text: str) -> int | None:
        """Where the time frame starts in `text`; None where that is not sure.

        A tab parts the cells; or the row's end reads as a time frame behind a visible seam, or is one of another row of
        the page; or it starts with a time behind a seam, or with a word that starts time frames; or there is one place
        only where two cells can meet.
        """
        for way in (_tab, self._cuts.get, self._known_frame, _timed, only_seam):
            if (cut := way(text)) is not None:
                return cut
        return None

    def may_stand_in(self, text: str) -> bool:
        """Whether a row could have a time frame: something looks like a border, or its last words count a time.

        An event alone ("withdrawal") is no sign of one: behind a blank it cannot be what was glued on.
        """
        ends = (text[word.start() :] for word in _WORD.finditer(text, _earliest(text)))
        ends = (end for end in ends if _COUNTED.search(end))
        return not _is_seamless(text) or self.cut(text) is not None or any(map(timepoints.is_time_frame, ends))

    def _known_frame(self, text: str) -> int | None:
        for frame in self._known:
            start = len(text) - len(frame)
            if start > 0 and text.endswith(frame) and not text[start - 1].isspace():
                return start
        return None


def _tab(text: str) -> int | None:
    return text.index("\t") if "\t" in text else None


def _timed(text: str) -> int | None:
    for seams in (_SEAM, _STARTER):
        if (cut := _frame_start(text, seams, _starts_with_time)) is not None:
            return cut
    return None


def _starts_with_time(text: str) -> bool:
    """Whether `text` starts with a time, whatever words follow ("until 2 years old", "at 6 months (phone)")."""
    rows = timepoints.read(text)
    if not rows or any(row.kind == "UNRESOLVED" for row in rows):
        return False
    return _LEAD.fullmatch(text, 0, rows[0].char_start) is not None


def _frame_start(text: str, seams: re.Pattern[str], is_frame: Callable[[str], bool]) -> int | None:
    """The start of the longest end of `text` that is a time frame and starts at a seam.

    An end that holds a shorter one behind a seam is none if what stands between the two is no time frame: "30 response
    at Week 1.Week 1".
    """
    starts = [found.start() for found in seams.finditer(text, _earliest(text))]
    frames = [start for start in starts if _is_balanced(text[start:]) and is_frame(text[start:])]
    for start in frames:
        inner = next((seam for seam in frames if seam > start and _WORD_SEAM.match(text, seam)), None)
        if inner is None or timepoints.is_time_frame(text[start:inner]):
            return start
    return None


def _earliest(text: str) -> int:
    """Where a time frame of `text` can start at the earliest: behind the first character of the measure."""
    return max(1, len(text) - _LONGEST_FRAME)


def _is_balanced(text: str) -> bool:
    """Whether no bracket is closed that was not opened: a cut inside of brackets is none."""
    depth = 0
    for letter in text:
        depth += (letter in "([（") - (letter in ")]）")
        if depth < 0:
            return False
    return True


def only_seam(text: str) -> int | None:
    """The one place where a capital visibly starts a second cell in `text`; None where there is none, or several.

    Of several sentences none is a cell: that is prose, with a name like "EuroQol" in it.
    """
    found = _WORD_SEAM.finditer(text, _earliest(text))
    seams = [seam.start() for seam in found if _is_balanced(text[seam.start() :])]
    if len(seams) != 1 or not _CAPITALIZED.match(text, seams[0]) or _BEHIND_CAPITALS.match(text, seams[0]):
        return None
    return None if _SENTENCES.search(text, seams[0]) else seams[0]


def _is_seamless(text: str) -> bool:
    return not (_WORD_SEAM.search(text) or _CASE_CHANGE.search(text))


def cut_arms(texts: Sequence[str], names: Iterable[str], *, may_lack_names: bool) -> list[ArmCuts | None]:
    """Cut rows `LABEL+INTERVENTION+DESCRIPTION`, with the interventions' names that the page lists elsewhere.

    Args:
        texts: the rows.
        names: the interventions' names.
        may_lack_names: whether a row that holds none of the names has an empty cell there (an arm without an
            intervention), or a name that the page does not list.

    Returns:
        For each row the places of label, name and description (None for one that is empty), or None where the cut is
        not sure.
    """
    longest_first = sorted(set(names), key=lambda name: (-len(name), name))
    return [
        _cut_at_tabs(text, longest_first, may_lack_names)
        or _cut_at_name(text, longest_first)
        or _cut_at_seams(text, may_lack_names)
        for text in texts
    ]


def _cut_at_tabs(text: str, names: Sequence[str], may_lack_names: bool) -> ArmCuts | None:
    """Cut a row at its tabs; of two cells the second is the name only where the page lists it, or lists none."""
    label, *others = (cell.span() for cell in _TABBED.finditer(text))
    match others:
        case [(start, end)] if text[start:end].strip() in names or not may_lack_names:
            return label, (start, end), None
        case [description]:
            return label, None, description
        case [name, description]:
            return label, name, description
    return None


def _cut_at_name(text: str, names: Sequence[str]) -> ArmCuts | None:
    for name in names:
        for start in _glued_places(text, name):
            end = start + len(name)
            return (0, start), (start, end), (end, len(text)) if end < len(text) else None
    return None


def _glued_places(text: str, name: str) -> Iterator[int]:
    """Where `name` stands in `text` behind a label that is glued to it, and before nothing or a description that is."""
    start = text.find(name, 1)
    while start > 0:
        end = start + len(name)
        before, behind = text[start - 1], text[end : end + 1]
        if not (before.isspace() or before in _ENDS_NO_CELL or behind.isspace() or behind in _STARTS_NO_CELL):
            yield start
        start = text.find(name, start + 1)


def _cut_at_seams(text: str, may_lack_names: bool) -> ArmCuts | None:
    """Cut a row that holds none of the listed names; a label's length bounds where its end is looked for."""
    seams = [found.start() for found in _WORD_SEAM.finditer(text)]
    first = [seam for seam in seams if seam <= _LONGEST_LABEL]
    if may_lack_names and len(text) <= _SHORT_LABEL and _is_seamless(text):
        return (0, len(text)), None, None
    if len(first) == 1 and may_lack_names and not _BEHIND_CAPITALS.match(text, first[0]):
        return (0, first[0]), None, (first[0], len(text))
    if may_lack_names:
        return None
    if len(seams) == 2:  # two seams, three cells
        return (0, seams[0]), (seams[0], seams[1]), (seams[1], len(text))
    if twice := _TWICE.match(text):  # an arm that is called as its intervention
        return twice.span(1), twice.span(2), (twice.end(), len(text)) if twice.end() < len(text) else None
    return None
