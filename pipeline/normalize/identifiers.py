"""Registry numbers: whose a number is, how that registry writes it, and where one stands in running text.

What belongs here: the form of each registry's numbers. What does not: which number of a document is its trial's (a
layout knows), a sponsor's own numbers (they have no form).

The forms are those of the primary registries of the WHO's ICTRP network and ClinicalTrials.gov, with the prefixes that
ICTRP adds to numbers that have none of their own (EUCTR, CTIS, JPRN).
"""

import re
from collections.abc import Callable
from typing import NamedTuple


class Found(NamedTuple):
    """A registry number in running text: where it stands, whose it is, and how that registry writes it."""

    start: int
    end: int
    registry: str
    identifier: str


class _Form(NamedTuple):
    registry: str
    prefix: str  # as the registry writes it; "" for a number that is told by its figures alone
    body: str
    case: Callable[[str], str] = str.upper


# EudraCT counted from 2004 to 2023; CTIS took over in 2022 and starts its six digits with 5, where EudraCT's start
# with 0.
_EUDRACT = r"20[0-2][0-9]-0[0-9]{5}-[0-9]{2}"
_CTIS = r"20[2-9][0-9]-5[0-9]{5}-[0-9]{2}(?:-[0-9]{2})?"
_EUROPEAN = frozenset({"EUCTR", "CTIS"})


def _european(body: str) -> str:
    """A European protocol's country in capitals; the two that are no codes as ICTRP spells them."""
    number, country = body[:14], body[14:].upper()
    return number + {"-3RD": "-3rd", "-OUTSIDE-EU/EEA": "-Outside-EU/EEA"}.get(country, country)


_FORMS = (
    _Form("CTGOV", "NCT", r"[0-9]{8}"),
    # A European protocol is registered once a country; the country is part of the number as ICTRP prints it. Without
    # the prefix only capitals are one, since the next word may follow a hyphen.
    _Form("EUCTR", "EUCTR", _EUDRACT + r"(?:-(?:[A-Z]{2}|3rd|Outside-EU/EEA))?", _european),
    _Form("EUCTR", "", _EUDRACT + r"(?:-(?:(?-i:[A-Z]{2})|3rd|Outside-EU/EEA))?", _european),
    _Form("CTIS", "CTIS", _CTIS),
    _Form("CTIS", "", _CTIS),
    _Form("ISRCTN", "ISRCTN", r"[0-9]{8}"),
    _Form("ANZCTR", "ACTRN", r"126[0-9]{11}p?", str.lower),  # p: provisional
    _Form("CHICTR", "ChiCTR", r"[0-9]{10}"),
    _Form("CHICTR", "ChiCTR-", r"[A-Z]{2,6}-[0-9]{8}"),  # until 2016, with the kind of study: ChiCTR-TRC-, ChiCTR-IOR-
    _Form("CRIS", "KCT", r"[0-9]{7}"),
    _Form("CTRI", "CTRI/", r"[0-9]{4}/[0-9]{2,3}/[0-9]{6}"),
    _Form("DRKS", "DRKS", r"[0-9]{8}"),
    _Form("IRCT", "IRCT", r"[0-9]{8,14}N[0-9]{1,3}"),
    _Form("ITMCTR", "ITMCTR", r"[0-9]{10}"),
    *(
        _Form("JPRN", network + prefix, body, str.lower)
        for network in ("", "JPRN-")
        for prefix, body in (
            ("UMIN", r"[0-9]{9}"),
            ("jRCT", r"s?[0-9]{9,10}"),  # s: under the Clinical Trials Act ("specified")
            ("JapicCTI-", r"[0-9]{6}"),
            ("JMA-IIA", r"[0-9]{5}"),
        )
    ),
    _Form("JPRN", "JPRN-C", r"[0-9]{9}"),  # UMIN's oldest
    _Form("LBCTR", "LBCTR", r"[0-9]{10}"),
    _Form("PACTR", "PACTR", r"[0-9]{15,16}"),
    _Form("REBEC", "RBR-", r"(?=[a-z]*[0-9])[0-9a-z]{6,8}", str.lower),
    _Form("REPEC", "PER-", r"[0-9]{3}-[0-9]{2}"),
    _Form("RPCEC", "RPCEC", r"[0-9]{8}"),
    _Form("SLCTR", "SLCTR/", r"[0-9]{4}/[0-9]{3}"),
    _Form("TCTR", "TCTR", r"[0-9]{11}"),
    _Form("OTHER", "U1111-", r"[0-9]{4}-[0-9]{4}"),  # the WHO's universal trial number, which is no registry's
)


def _pattern(form: _Form) -> str:
    """A form as an expression with one group, the body."""
    if not form.prefix:  # figures alone may not continue other figures: a phone, a longer number
        return rf"(?<![0-9][-/.])({form.body})(?!-[0-9])"
    # A prefix of letters may stand apart from its figures: "NCT 04357600", "ISRCTN: 12345678".
    gap = r"(?:[ \u00a0]|[:-][ \u00a0]?)?" if form.prefix[-1].isalpha() else ""
    return rf"{re.escape(form.prefix)}{gap}({form.body})"


# What people write before a European number in a field that is for numbers. It is no part of it.
_LABEL = re.compile(r"(?:EudraCT|EU[ -]?CT|CTIS)(?:[ -]?(?:no\.?|nr\.?|number|id))?[ ]*[:#]?[ ]*", re.IGNORECASE)
_ANY = "|".join(map(_pattern, _FORMS))
# ASCII: what is no Latin letter or figure, such as a Chinese one, bounds a number.
_WHOLE = re.compile(_ANY, re.IGNORECASE | re.ASCII)
_IN_TEXT = re.compile(rf"(?<![^\W_])(?:{_ANY})(?![^\W_])", re.IGNORECASE | re.ASCII)


def registry(identifier: str) -> str | None:
    """Whose number this is: `CTGOV` and so on, `OTHER` for the WHO's own number, None for no known form."""
    found = _whole(identifier)
    return found.registry if found else None


def canonical(registry: str, identifier: str) -> str:
    """The number as its registry writes it: case and blanks only ("nct 04357600" gives "NCT04357600").

    No part is added or dropped: "EUCTR2015-003049-24-SE" keeps ICTRP's prefix and its country. A label is no part:
    "EudraCT number: 2015-003049-24" gives "2015-003049-24". Words that are no number of that registry come back as they
    are, without blanks around them.
    """
    found = _whole(identifier)
    return found.identifier if found and found.registry == registry else identifier.strip()


def find(text: str) -> list[Found]:
    """Find the registry numbers of running text, in order, each a word of its own."""
    return [_found(match) for match in _IN_TEXT.finditer(text)]


def _whole(words: str) -> Found | None:
    """The number that is all of the words, but for a label."""
    words = words.strip()
    if match := _WHOLE.fullmatch(words):
        return _found(match)
    label = _LABEL.match(words)
    if label and (match := _WHOLE.fullmatch(words, label.end())) and (found := _found(match)).registry in _EUROPEAN:
        return found
    return None


def _found(match: re.Match[str]) -> Found:
    group = match.lastindex or 1  # the one group that matched is the form's place
    form = _FORMS[group - 1]
    return Found(match.start(), match.end(), form.registry, form.prefix + form.case(match[group]))
