"""What the presses of trials_co and clincosm share: the register's codes in words, and its Markdown as lines."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from press_cells import Study, flat, module

MODEL = {
    "SINGLE_GROUP": "Single Group Assignment", "PARALLEL": "Parallel Assignment", "CROSSOVER": "Crossover Assignment",
    "FACTORIAL": "Factorial Assignment", "SEQUENTIAL": "Sequential Assignment",
}  # fmt: skip
MASKING = {"NONE": "None (Open Label)"}
STATUS = {"ACTIVE_NOT_RECRUITING": "Active, not recruiting", "UNKNOWN": "Unknown status"}
PHASE = {"NA": "Not Applicable", "EARLY_PHASE1": "Early Phase 1"} | {f"PHASE{n}": f"Phase {n}" for n in range(1, 5)}
ALLOCATION = {"NA": "N/A", "NON_RANDOMIZED": "Non-Randomized"}
CLASS = {"NIH": "NIH", "FED": "U.S. Fed", "OTHER_GOV": "Other Gov"}
YES_NO = {True: "Yes", False: "No"}
HEADING = re.compile(r"\W*(?:key |main |patient )?(inclusion|exclusion) criteria\W*", re.IGNORECASE)
_ITEM = re.compile(r"( *)(?:[*-]|(\d+\.))\s+(.*)")


def word(code: str | None, words: dict[str, str] | None = None) -> str | None:
    """Return a code of the register in words."""
    return None if code is None else (words or {}).get(code, code.replace("_", " ").capitalize())


def title(code: str | None, words: dict[str, str] | None = None) -> str | None:
    """Return a code of the register in words with capitals: "Placebo Comparator"."""
    return None if code is None else (words or {}).get(code, code.replace("_", " ").title())


def day(text: str | None, form: str, *, invent: bool = False) -> str | None:
    """Return a date in words; one of a month as "July 2023", or as its first day where the page invents one."""
    if not text:
        return None
    year, month, *rest = map(int, text.split("-"))
    when = date(year, month, rest[0] if rest else 1)
    if rest or invent:
        return f"{when.strftime(form)} {when.day}, {year}"
    return f"{when.strftime(form)} {year}"


def dates(study: Study) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield the field, the date and the type of the three dates of the study's course."""
    for field in ("start", "primaryCompletion", "completion"):
        struct = module(study, "status").get(f"{field}DateStruct") or {}
        name = re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", field)
        yield f"{name}_date", struct.get("date"), struct.get("type")


def paragraphs(text: str | None) -> list[str]:
    """Return a text's paragraphs, each on a line, with a blank line between them."""
    lines = [flat(line) for line in (text or "").splitlines() if line.strip()]
    return [piece for line in lines for piece in (line, "")][:-1]


def criteria(study: Study, dialect: str) -> list[str]:
    """Return the eligibility criteria as the page prints them: lists with a blank line around them."""
    lines: list[str] = []
    before = ""
    for raw in (module(study, "eligibility").get("eligibilityCriteria") or "").splitlines():
        if not raw.strip():
            continue
        found = _ITEM.fullmatch(raw)
        depth = "  " * (1 + len(found[1]) // 2) if found else ""
        mark = "item" + depth if found else ""
        if lines and mark != before:
            lines.append("")
        before = mark
        if not found:
            lines += [flat(raw)]
        elif dialect == "R":
            lines.append(f"{depth}{found[2] or '•'} {flat(found[3])}")
        else:
            lines.append(f"- {flat(found[3])}")
    return lines


def listed(study: Study) -> list[dict[str, Any]]:
    """Return the criteria that the register's text lists."""
    rows: list[dict[str, Any]] = []
    kind = None
    for raw in (module(study, "eligibility").get("eligibilityCriteria") or "").splitlines():
        if found := HEADING.fullmatch(raw):
            kind = found[1].upper()
        elif found := _ITEM.fullmatch(raw):
            rows.append({"text": flat(found[3]), "kind": kind})
    return rows


def several(value: Any) -> list[Any]:
    """Return a list of the register as one, also where the corpus holds its only member instead."""
    return value if isinstance(value, list) else [value] if value else []
