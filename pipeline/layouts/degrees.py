"""The degrees behind a person's name: "Kim Nobody, MD, Ph.D., Example Clinic".

Here belongs the one list of degrees, and where the degrees of a name end. What stands behind them, and whether that is
an affiliation, is a page's own grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# Each with dots between its initials or without. Letters alone may be an institution's: they are degrees only as
# written here.
_DEGREES: Final = (
    "MD", "KMD", "MDS", "DO", "OD", "DDS", "DMD", "DVM", "DVS", "DPhil", "DSc", "ScD", "DMSc", "DPH", "DrPH", "DPT",
    "DNP", "DBH", "EdD", "PsyD", "PharmD", "OTD", "RPh", "MBBS", "MBChB", "BMBS", "MB", "BChir", "ChB", "BCh", "BDS",
    "MPH", "MSPH", "MHS", "MHSc", "MHM", "MHA", "MPA", "MBA", "MA", "MS", "MSc", "MSci", "MEd", "ME", "MPhil", "MAS",
    "MSW", "MSN", "MScN", "MN", "MSCI", "MSCR", "MSCE", "MTR", "MMSc", "MMed", "MBiomedE", "BS", "BSc", "BA", "BSN",
    "BE", "BEd", "BPhil", "BPharm", "BN", "RN", "CRN", "CRNP", "APRN", "RNP", "ANP", "FNP", "NP", "PA", "PT", "RD",
    "OTR", "OTR/L", "LCSW", "CGC", "CCRP", "CCRC", "CPI",
)  # fmt: skip


def _dotted(name: str) -> str:
    """Return the expression for a degree's name: "M.Sc", "M. Sc" and "Pharm D", but no "M Sc"."""
    parts: list[str] = re.findall(r"[A-Z/][a-z]*", name)
    return "".join(part + (r"\.? ?" if part[1:] else r"(?:\. ?)?") for part in parts[:-1]) + parts[-1]


# The doctor is written in any case, fellowships of colleges are many; a specialty may stand behind ("PA-C"), or the
# star of a note.
_DEGREE: Final = re.compile(
    rf"(?:{'|'.join(map(_dotted, sorted(_DEGREES, key=len, reverse=True)))}"
    r"|(?i:ph\.? ?d)|F[A-Z]{3,5}|MRC[A-Z]{1,3})(?:-[A-Z]{1,5}\b)?\.?\*?(?!\w)"
)
# What a name of an institution may begin with as well ("Prof. Dr. Example Hospital"): no degree behind another.
_TITLE: Final = re.compile(
    r"(?i:assoc(?:iate|\.)? ?prof(?:essor)?|prof(?:essor)?|doctor|master|bachelor)\.?\*?(?!\w)|Dr\.?(?: ?med\.?)?(?!\w)"
)
_BETWEEN: Final = re.compile(r"\s*[,;/-]\s*|\s+")


def degree_ends(text: str, start: int) -> Iterator[int]:
    """Yield where each of the degrees ends that stand one behind the other from `start`, the comma behind a name.

    No degree is said twice: the second is the institution's ("Kim Nobody, MD M.D. Example Center").

    >>> list(degree_ends("Kim Nobody, MD, Ph.D. Example Clinic", 10))
    [14, 21]
    """
    at, title = start, None
    said: set[str] = set()
    while between := _BETWEEN.match(text, at):
        degree = _DEGREE.match(text, between.end())
        may_be_title = degree is None and (title or between[0].strip())
        title = _TITLE.match(text, between.end()) if may_be_title else None
        found = degree or title
        letters = re.sub(r"\W", "", found[0]).casefold() if found else ""
        if found is None or letters in said:
            return
        said.add(letters)
        at = found.end()
        yield at
