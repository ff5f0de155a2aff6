"""Words of eligibility texts: which are a heading of inclusion or exclusion criteria, which paragraphs are criteria.

What belongs here: those two rules, for the register's free text and for pages alike. What does not: cutting a text or a
page into headings, items and paragraphs (`registers.criteria`, `layouts.criteria`), what a criterion asks for.

"Non-inclusion criteria" is what French protocols call the exclusion criteria.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal

Kind = Literal["INCLUSION", "EXCLUSION", "BOTH"]

_HEADING: Final = re.compile(
    r"""(?P<before>(?:[\w&/(),.'’-]+\s+){0,3}?)
    (?P<kind>(?:non[-\s]?|not\s+)?inclusions?|exclusions?)
    (?P<both>\s*(?:/|and|&|or)\s*(?:inclusions?|exclusions?))?
    (?P<criteria>\s+(?:criteria|criterion|criterias|requirements?))?
    (?P<after>[^:]*)(?P<colon>:)?\s*(?P<text>.*)$""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_WORD: Final = re.compile(r"\w")
# No criterion: that there is none, and what announces some.
_NOTHING: Final = re.compile(r"none\.?|n/?a|not applicable\.?|nil|.*:", re.IGNORECASE | re.DOTALL)
_SENTENCE_END: Final = re.compile(r"[.;]\s+\S")


def heading_kind(words: str, *, listed: bool) -> Kind | None:
    """Return what a heading of criteria says stands below it.

    Args:
        words: one line, without its list mark.
        listed: whether a list mark stood before it, which asks more of a heading.

    Returns:
        INCLUSION or EXCLUSION; BOTH for "Inclusion/Exclusion Criteria:", whose criteria have no known kind; None where
        the words are no heading: criteria themselves, and sentences on them ("Other inclusion criteria may apply").
    """
    if "clusion" not in words and "CLUSION" not in words:
        return None
    heading = _HEADING.match(words.strip("*#_-–—• "))
    if heading is None:
        return None
    before, after, text = heading["before"].split(), heading["after"].split(), heading["text"]
    if listed and (len(before) > 1 or text or not (heading["colon"] or not after)):
        return None
    if text and (len(before) > 2 or len(after) > 3):
        return None
    if not heading["colon"] and not (heading["criteria"] and len(before) + len(after) <= 3 and _names_group(after)):
        return None
    if not heading["criteria"] and (before or after):
        return None
    if heading["both"]:
        return "BOTH"
    return "INCLUSION" if heading["kind"].lower().startswith("in") else "EXCLUSION"


def _names_group(after: list[str]) -> bool:
    """Whether the words behind "criteria" say whose they are, and do not make a sentence ("… criteria may apply")."""
    return not after or after[0].lower() in ("for", "of") or after[0][0] in "(-–—"


def are_criteria(paragraphs: Sequence[str]) -> list[bool]:
    """Return which paragraphs are criteria, of a part of the text that has a kind and no list.

    Such a part is listed by its paragraphs. One paragraph of several sentences is running text, which lists nothing.
    """
    said = [bool(_WORD.search(words)) and not _NOTHING.fullmatch(words) for words in paragraphs]
    if said.count(True) == 1 and _SENTENCE_END.search(paragraphs[said.index(True)]):
        return [False] * len(said)
    return said
