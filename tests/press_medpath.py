"""A press: prints a register study as a page of trial.medpath.com in dialects R and T, with their losses and glue."""

import re
from typing import Any

from press_cells import Cells, Study, expected, flat, module, outcomes

_TYPES = {
    "DIETARY_SUPPLEMENT": "Dietary Supplement", "COMBINATION_PRODUCT": "Combination Product",
    "DIAGNOSTIC_TEST": "Diagnostic Test",
}  # fmt: skip
_PHASES = {
    "NA": "Not Applicable", "EARLY_PHASE1": "Early Phase 1", "PHASE1": "Phase 1", "PHASE2": "Phase 2",
    "PHASE3": "Phase 3", "PHASE4": "Phase 4",
}  # fmt: skip
_STATUSES = {"ACTIVE_NOT_RECRUITING": "Active, not recruiting", "NOT_YET_RECRUITING": "Not yet recruiting"}
_FLAGS = {"China": "🇨🇳", "France": "🇫🇷", "Japan": "🇯🇵", "United States": "🇺🇸"}  # elsewhere an unknown land's white flag
_ITEM = re.compile(r"\s*(?:[*-]|(\d+\.))\s+(.*)")
_HEADING = re.compile(r"\W*(?:key |main )?(inclusion|exclusion) criteria\W*", re.IGNORECASE)


def press(study: Study, dialect: str) -> str:
    """Return the page of a study in dialect R or T."""
    text = "\n".join(_page(study, dialect)).strip("\n")
    return re.sub(r"\n{2,}", "\n", text) if dialect == "T" else re.sub(r"\n{3,}", "\n\n", text)


def printed(study: Study, dialect: str) -> Cells:
    """Return the cells that the page prints."""
    design, info = module(study, "design"), module(study, "design").get("designInfo") or {}
    interventions = module(study, "armsInterventions").get("interventions") or []
    arms = module(study, "armsInterventions").get("armGroups") or []
    rows = [(arm, name) for arm, label in enumerate(arms) for name in _names(label)]
    places = {name: position for position, name in enumerate(_type(row) + row["name"] for row in interventions)}
    count = (design.get("enrollmentInfo") or {}).get("count")
    trial = {
        "brief_title": module(study, "identification")["briefTitle"],
        "overall_status": module(study, "status")["overallStatus"],
        "phases": _phase(study) if dialect == "R" else None,
        "study_type": design["studyType"],
        "intervention_model": info.get("interventionModel"),
        "enrollment": count,
        "sex": (module(study, "eligibility").get("sex") or "").title(),
    }
    inclusion, exclusion = _criteria(study)
    kinds = ("INCLUSION", "EXCLUSION") if dialect == "R" else (None, None)
    return expected(
        {
            "trial": [trial],
            "identifiers": [{"PRIMARY": module(study, "identification")["nctId"]}],
            "sponsors": [{"name": flat(module(study, "sponsorCollaborators")["leadSponsor"]["name"]), "role": "LEAD"}],
            "conditions": [{"": name} for name in module(study, "conditions").get("conditions") or []],
            "interventions": [{"type": _type(row)[:-2], "name": row["name"]} for row in interventions],
            "arms": [{"label": arm["label"], "description": arm.get("description")} for arm in arms],
            "arm_interventions": [{"arm": arm, "intervention": places[name]} for arm, name in rows if name in places],
            "outcomes": [
                {
                    "measure": outcome["measure"],
                    "time_frame": outcome.get("timeFrame"),
                    "description": " ".join(_method(outcome, dialect)),
                    "type": kind,
                }
                for kind, outcome in outcomes(study)
                if kind != "OTHER"
            ],
            "sites": [
                {
                    **{name: site.get(name) for name in ("facility", "city", "state", "country")},
                    "country_code": _FLAGS.get(site["country"]),
                }
                for site in module(study, "contactsLocations").get("locations") or []
            ],
            "eligibility_criteria": [
                {"text": item, "kind": kind}
                for kind, part in zip(kinds, (inclusion, exclusion), strict=True)
                for item in _items(part)
            ],
        }
    )


def _page(study: Study, dialect: str) -> list[str]:
    rich = dialect == "R"
    bullet = "" if rich else "- "
    identification, design = module(study, "identification"), module(study, "design")
    description = module(study, "description")
    interventions = module(study, "armsInterventions").get("interventions") or []
    status = module(study, "status")["overallStatus"]
    lines = ["MedPath", ""] if rich else []
    lines += [flat(identification["briefTitle"]), ""]
    if rich:
        lines += [line for line in (_phase(study), "" if status == "UNKNOWN" else _status(status)) if line]
    labelled: list[tuple[str, list[str]]] = [
        ("Conditions", [flat(name) for name in module(study, "conditions").get("conditions") or []]),
        ("Interventions", [_type(row) + flat(row["name"]) for row in interventions]),
        ("Registration Number", [identification["nctId"]]),
        ("Lead Sponsor", [flat(module(study, "sponsorCollaborators")["leadSponsor"]["name"])]),
    ]
    for label, values in labelled:
        if values:
            lines += [bullet + label, *(bullet + value for value in values)]
    lines += [f"{bullet}Brief Summary", "", *_prose(description.get("briefSummary"), dialect), ""]
    lines += [f"{bullet}Detailed Description", "", *_prose(description.get("detailedDescription"), dialect), ""]
    lines += ["Recruitment & Eligibility", "", f"{bullet}Status", f"{bullet}{status}"]
    lines += [f"{bullet}Sex", f"{bullet}{(module(study, 'eligibility').get('sex') or 'Not specified').title()}"]
    count = (design.get("enrollmentInfo") or {}).get("count")
    lines += [f"{bullet}Target Recruitment", f"{bullet}{'Not specified' if count is None else count}"]
    for heading, part in zip(("Inclusion Criteria", "Exclusion Criteria"), _criteria(study), strict=True):
        lines += [heading] if rich else []
        lines += _list(part, dialect)
        lines += ["Read More"] if rich and len(part) > 8 else []
    model = (design.get("designInfo") or {}).get("interventionModel") or "Not specified"
    lines += ["", "Study & Design", "", f"{bullet}Study Type", f"{bullet}{design['studyType']}"]
    lines += [f"{bullet}Study Design", f"{bullet}{model}", *_tables(study, dialect)]
    sites = module(study, "contactsLocations").get("locations") or []
    lines += ["", "Trial Locations", "", f"Locations ({len(sites)})"]
    for site in sites:
        place = ", ".join(flat(site[name]) for name in ("city", "state", "country") if site.get(name))
        lines += ["", flat(site.get("facility")), "", _FLAGS.get(site["country"], "🏳"), "", place]
    return [*lines, "", "© Copyright 2025. All Rights Reserved by MedPath"]


def _tables(study: Study, dialect: str) -> list[str]:
    bullet = "" if dialect == "R" else "- "
    lines = []
    if arms := module(study, "armsInterventions").get("armGroups") or []:
        lines += [f"{bullet}Arm && Interventions", *_header("Group", "Intervention", "Description", dialect)]
        for arm in arms:
            for name in _names(arm) or [""]:
                row = flat(arm["label"]), flat(name.partition(": ")[2]), flat(arm.get("description"))
                lines.append("".join(row) if dialect == "R" else " | ".join(row) + " |")
    for kind in ("PRIMARY", "SECONDARY"):
        lines += [f"{bullet}{kind.title()} Outcome Measures", *_header("Name", "Time", "Method", dialect)]
        for outcome in (outcome for type_, outcome in outcomes(study) if type_ == kind):
            name, time = flat(outcome["measure"]), flat(outcome.get("timeFrame"))
            method = _method(outcome, dialect)
            if dialect == "R":
                lines += [name + time, *(["", *method, ""] if method else [])]
            else:
                lines += [f"{name} | {time} |", *method, "|"] if method else [f"{name} | {time} | |"]
    return lines


def _header(*args: str) -> list[str]:
    *cells, dialect = args
    return ["".join(cells)] if dialect == "R" else [" | ".join(cells) + " |", "---|" * len(cells)]


def _prose(text: str | None, dialect: str) -> list[str]:
    """Paragraphs and lists; a line break inside a paragraph is a blank."""
    if not text:
        return ["Not available"]
    lines: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        if any(_ITEM.fullmatch(line) for line in block.split("\n")):
            lines += [*_list(block.split("\n"), dialect), ""]
        else:
            lines += [flat(block), ""]
    return lines[:-1]


def _method(outcome: dict[str, str], dialect: str) -> list[str]:
    return _prose(outcome["description"], dialect) if outcome.get("description") else []


def _list(part: list[str], dialect: str) -> list[str]:
    lines = []
    for line in part:
        if found := _ITEM.fullmatch(line):
            indent = len(line) - len(line.lstrip())
            marker = f"  {' ' * indent}{found[1] or '•'}" if dialect == "R" else "-"
            lines.append(f"{marker} {flat(found[2])}")
        elif flat(line):
            lines += ["", flat(line), ""] if dialect == "R" else [flat(line)]
    return lines


def _criteria(study: Study) -> tuple[list[str], list[str]]:
    """The lines of the inclusion and of the exclusion criteria, without their headings."""
    parts: dict[str, list[str]] = {"inclusion": [], "exclusion": []}
    current = "inclusion"
    for line in (module(study, "eligibility").get("eligibilityCriteria") or "").split("\n"):
        if heading := _HEADING.fullmatch(line):
            current = heading[1].lower()
        else:
            parts[current].append(line)
    return parts["inclusion"], parts["exclusion"]


def _items(part: list[str]) -> list[str]:
    return [found[2] for found in map(_ITEM.fullmatch, part) if found]


def _phase(study: Study) -> str:
    phases = [phase for phase in module(study, "design").get("phases") or [] if phase in _PHASES]
    return _PHASES[phases[0]] if phases else ""


def _status(status: str) -> str:
    return _STATUSES.get(status, status.replace("_", " ").capitalize())


def _names(arm: dict[str, Any]) -> list[str]:
    return arm.get("interventionNames") or []


def _type(row: dict[str, Any]) -> str:
    return _TYPES.get(row["type"], row["type"].capitalize()) + ": "
