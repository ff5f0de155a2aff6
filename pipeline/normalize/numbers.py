"""Counts: the words of a number of people to an integer.

What belongs here: whole numbers as pages print them, and the bracket that stands behind a value. What does not: doses
(`regimens`), times (`timepoints`, `ages`), derived figures of a site.
"""

import re

# Nine digits are the most that the contract's integer holds; a longer run counts no people (and Python refuses to read
# very long ones).
_COUNT = re.compile(
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,9})(?:\s*(?:participants?|subjects?|patients?|volunteers?|people|persons?|individuals?))?",
    re.IGNORECASE,
)
_BRACKETS = {")": "(", "]": "["}


def count(words: str) -> int | None:
    """Read a number of people: "12 participants", "3,927", "9500".

    Returns:
        The number, or None where the words are anything else. A comma is read as the mark of thousands only, so that
        "1,5" is no count.
    """
    match = _COUNT.fullmatch(words.strip())
    return int(match["number"].replace(",", "")) if match else None


def split_bracket(words: str) -> tuple[str, str | None]:
    """Split a bracket off the end: "18 (Anticipated)" gives ("18", "Anticipated").

    Returns:
        The words before the bracket and the words in it, both without blanks around them. The bracket is the last one
        that is closed at the very end, with those inside it; without such a one, or with nothing in it or before it,
        the words come back whole and None.
    """
    words = words.strip()
    close = words[-1:]
    if close in _BRACKETS:
        depth = 0
        for place in range(len(words) - 1, 0, -1):
            depth += (words[place] == close) - (words[place] == _BRACKETS[close])
            if depth == 0:
                head, inside = words[:place].rstrip(), words[place + 1 : -1].strip()
                return (head, inside) if head and inside else (words, None)
    return words, None
