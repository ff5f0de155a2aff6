"""Where an arm's label ends in a cell whose blocks were joined by blanks: `Experimental: LABEL DESCRIPTION`.

Newer extractors of dialect T print a row of the table of arms on one line. A label ends where it is an intervention's
name, behind its number or the word "group", where its own words begin again, or before a word that begins a sentence,
whichever of these tells first; a cell of a few letters is a label alone. Where nothing tells, label and description
stay one, and are not read.

Here belongs that grammar alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from pipeline.layouts.ctgov_shared.texts import LONGEST_LABEL

_REPEATED_WORDS: Final = 10
_LABEL_ALONE: Final = 20  # characters; who describes an arm says more
_NUMBER: Final = (
    r"(?:(?:Study|Treatment|Control|Intervention|Experimental|Dose) )?"
    r"(?:Arm|Group|Cohort|Part|Schedule|Step|Stage|Stratum|Regimen|Treatment)(?: [Gg]roup)?"
    r" (?:[A-Z]|\d{1,2}|[IVX]{1,4})"
)
_NUMBERED: Final = re.compile(rf"{_NUMBER}(?= (?!(?:and|or|mg|ml|with|of|in|vs)\b)[A-Za-z])")
_HEADED: Final = re.compile(rf"{_NUMBER}: ")
_GROUP: Final = re.compile(r"[^.:;]+? (?:[Gg]roup|[Aa]rm|[Cc]ohort)(?= [A-Z][a-z]{2,}\b)")
_GROUP_ALONE: Final = re.compile(r"[^.:;]{,50} (?:[Gg]roup|[Aa]rm|[Cc]ohort)$")
_SENTENCE: Final = re.compile(
    r"(?:(?:The|This|These|Each|All) \w"
    r"|(?:A|Adults|After|An|At|Based|Before|Children|Consists|During|Eligible|Enrolled|Following|For|Given|Half|In"
    r"|Individuals|It|Men|No|On|Once|One|Participants?|Patients?|People|Randomized|Received?s?|Same|Subjects?|They|There"
    r"|Those|Three|Two|Under|Upon|Using|We|Will|Women) [a-z\d])"
)
# What links a name to more of the same name: no sentence goes on so behind its first word.
_LINK: Final = (
    r"(?:alone|and|arms?|as|at|by|cohorts?|combined|during|followed|for|from|given|groups?|in|kg|mg|ml|of|on|only|or|per"
    r"|plus|then|to|versus|vs|with|without)\b"
)
# A word with a capital and one without: a sentence, where what stands before has no capitals but its first.
_CAPITAL: Final = re.compile(rf"(?!Arm|Cohort|Group)[A-Z][a-z]+(?:[-'][A-Za-z]+)* (?!{_LINK})[a-z]")
_CAPITALIZED: Final = re.compile(r"[ /-][A-Z][a-z]")
_NAME: Final = re.compile(r"[A-Z][\w-]{3,}")
# A label goes on behind these.
_OPEN: Final = re.compile(
    r".*(?:\b(?:an?|and|as|at|by|for|from|in|of|on|or|plus|receiving|than|the|then|to|using|versus|vs|with|without)"
    r"|[,:;(/&+-])",
    re.IGNORECASE,
)
_ENDS: Final = re.compile(r"[.;:](?: |$)")
_ORDERS: Final = ("123456789", "ABCDEFGHI")
_NO_UNIT: Final = r"(?:$| (?!(?:and|or|to|x|vs|mg|ml|kg|%|days?|weeks?|months?|years?)\b)\S)"


def find_label(text: str, names: Iterable[str]) -> int | None:
    """Return where the label ends in `LABEL DESCRIPTION`; None where nothing tells.

    Args:
        text: what a cell holds behind the type of the arm.
        names: interventions, with their type or without.

    >>> find_label("Control group Two tablets a day", ())
    13
    >>> find_label("Example tablets twice a day", ())
    """
    headed = _HEADED.match(text)
    begin = headed.end() if headed else 0
    end = _label_end(text[begin:], sorted(map(str.casefold, names), key=len, reverse=True))
    return None if end is None else begin + end


def _label_end(text: str, names: Sequence[str]) -> int | None:
    """Return what `find_label` does, where no number and colon stand before the label; `names` from the longest on."""
    if end := _named(text, names) or _repeated(text):
        return end
    for form in (_NUMBERED, _GROUP, _GROUP_ALONE):
        if (found := form.match(text)) and found.end() <= LONGEST_LABEL:
            return found.end()
    if end := _before_sentence(text):
        return end
    return len(text) if len(text) < _LABEL_ALONE and text[:2].isalpha() else None


def are_numbered(texts: Sequence[str]) -> bool:
    """Whether the cells of a table begin with 1, 2, 3 or A, B, C, and each label is that sign alone."""
    return 1 < len(texts) <= len(_ORDERS[0]) and any(
        all(re.match(sign + _NO_UNIT, text) for sign, text in zip(order, texts, strict=False)) for order in _ORDERS
    )


def _named(text: str, names: Iterable[str]) -> int | None:
    """Return where an intervention's name ends that is the whole cell, or that a sentence follows."""
    folded = text.casefold()
    for name in names:
        end = len(name)
        if folded == name or (
            folded.startswith(f"{name} ") and (_SENTENCE.match(text, end + 1) or _CAPITAL.match(text, end + 1))
        ):
            return end
    return None


def _repeated(text: str) -> int | None:
    """Return where the first words end that stand there twice: a label that begins its own description."""
    words = [word.strip(":,.").casefold() for word in text.split(" ")]
    for size in range(min(_REPEATED_WORDS, len(words) // 2), 0, -1):
        if words[:size] == words[size : 2 * size]:
            end = len(" ".join(text.split(" ")[:size]))
            return end if end > len("A1") and text[end - 1] not in ":,." else None
    return None


def _before_sentence(text: str) -> int | None:
    """Return where the description begins: with a sentence, or with the label's first or last word again."""
    first: str | None = _first_word(text)
    for blank in re.finditer(" ", text[: LONGEST_LABEL + 1]):
        label, rest = text[: blank.start()], text[blank.end() :]
        if _SENTENCE.match(rest):
            return len(label) if _is_whole(label) else None
        begins = _CAPITAL.match(rest)
        word = _first_word(rest)
        again = word in (first, label.rpartition(" ")[2]) and _NAME.match(word)
        if (again or (begins and (label.endswith(")") or _is_in_small_letters(label)))) and _is_whole(label):
            return len(label)
        if begins:
            first = None  # from here on it may be the description that names it
    return None


def _first_word(text: str) -> str:
    return text.partition(" ")[0].strip(":,.")


def _is_in_small_letters(label: str) -> bool:
    """Whether a label has several words, of which none but the first begins with a capital and a small letter."""
    return " " in label and _CAPITALIZED.search(label) is None


def _is_whole(label: str) -> bool:
    """Whether a label may end here: it is short enough, its brackets close, and nothing is open or over."""
    return (
        len(label) <= LONGEST_LABEL
        and label.count("(") == label.count(")")
        and not _ENDS.search(label)
        and not _OPEN.fullmatch(label)
    )
