"""Where an arm's label ends in a cell whose blocks were joined by blanks: `Experimental: LABEL DESCRIPTION`.

Newer extractors of dialect T print a row of the table of arms on one line. A label ends where it is an intervention's
name, where it is said again, behind its number or the word "group", or before a word that begins a sentence, whichever
of these tells first. Where none does, label and description stay one, and are not read.

Here belongs that grammar alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pipeline.layouts.ctgov_shared.texts import LONGEST_LABEL

_REPEATED_WORDS: Final = 10
_NUMBERED: Final = re.compile(
    r"(?:(?:Study|Treatment|Control|Intervention|Experimental|Dose) )?"
    r"(?:Arm|Group|Cohort|Part|Schedule|Stratum|Regimen|Treatment)(?: [Gg]roup)? (?:[A-Z]|\d{1,2}|[IVX]{1,4})"
    r"(?= (?!(?:and|or|mg|ml|with|of|in|vs)\b)[A-Za-z])"
)
_GROUP: Final = re.compile(r"[^.:;]+? (?:[Gg]roup|[Aa]rm|[Cc]ohort)(?= [A-Z][a-z]{2,}\b)")
_SENTENCE: Final = re.compile(
    r"(?:(?:The|This|These|Each|All) \w"
    r"|(?:A|Adults|After|An|At|Based|Before|Children|Consists|During|Eligible|Enrolled|Following|For|Given|Half|In"
    r"|Individuals|It|Men|No|On|Once|One|Participants?|Patients?|People|Randomized|Received?s?|Same|Subjects?|They|There"
    r"|Those|Three|Two|Under|Upon|Using|We|Will|Women) [a-z\d])"
)
# A label goes on behind these.
_OPEN: Final = re.compile(r".*(?:\b(?:and|by|for|from|in|of|on|or|the|to|with)|[,:;(/&+-])", re.IGNORECASE)


def find_label(text: str, names: Iterable[str]) -> int | None:
    """Return where the label ends in `LABEL DESCRIPTION`; None where nothing tells.

    Args:
        text: what a cell holds behind the type of the arm.
        names: interventions, with their type or without.

    >>> find_label("Control group Two tablets a day", ())
    13
    >>> find_label("Example tablets twice a day", ())
    """
    folded = text.casefold()
    for name in sorted(map(str.casefold, names), key=len, reverse=True):
        if folded == name or (folded.startswith(f"{name} ") and _SENTENCE.match(text, len(name) + 1)):
            return len(name)
    if end := _repeated(text):
        return end
    for form in (_NUMBERED, _GROUP):
        if (found := form.match(text)) and found.end() <= LONGEST_LABEL:
            return found.end()
    if found := re.search(rf" (?={_SENTENCE.pattern})", text[: LONGEST_LABEL + 20]):
        before = text[: found.start()]
        whole = before.count("(") == before.count(")") and not re.search(r"[.;:](?: |$)", before)
        return found.start() if whole and len(before) <= LONGEST_LABEL and not _OPEN.fullmatch(before) else None
    return None


def _repeated(text: str) -> int | None:
    """Return where the first words end that stand there twice: a label that begins its own description."""
    words = [word.strip(":,.").casefold() for word in text.split(" ")]
    for size in range(min(_REPEATED_WORDS, len(words) // 2), 0, -1):
        if words[:size] == words[size : 2 * size]:
            end = len(" ".join(text.split(" ")[:size]))
            return end if end > len("A1") and text[end - 1] not in ":,." else None
    return None
