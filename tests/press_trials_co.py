"""A press: prints a register study as a page of trials.co in dialects R and T, with their losses and repeats."""

import re
from typing import Any

from press_cells import Cells, Study, expected, flat, module, outcomes
from press_words import (
    ALLOCATION,
    MASKING,
    MODEL,
    PHASE,
    STATUS,
    YES_NO,
    criteria,
    dates,
    day,
    listed,
    paragraphs,
    several,
    title,
    word,
)

_TOP_STATUS = STATUS | {"ACTIVE_NOT_RECRUITING": "Active"}
_HEADERS = {
    "PRIMARY": "Primary Outcome Measure Information:",
    "SECONDARY": "Secondary Outcome Measure Information:",
    "OTHER": "Other Pre-specified Outcome Measures:",
}
_OR = ", or the Focus of the Study"
_CONDITIONS = "Primary Disease or Condition Being Studied in the Trial"
_DATES = {
    "start_date": "Study Start Date",
    "primary_completion_date": "Primary Completion Date",
    "completion_date": "Study Completion Date",
}
_WHEN = {"ACTUAL": "Actual", "ESTIMATED": "Anticipated"}


def press(study: Study, dialect: str) -> str:
    """Return the page of a study in dialect R or T."""
    lines = _summary(study, dialect)
    if dialect == "R":
        lines += [
            *_form(study),
            "",
            "Learn more about this trial",
            "",
            _title(study),
            "",
            "We'll reach out to this number within 24 hrs",
        ]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return "\n".join(line for line in lines if line)


def printed(study: Study, dialect: str) -> Cells:
    """Return the cells that the page prints; dialect T prints no outcomes here."""
    form = dialect == "R"
    status, design = module(study, "status"), module(study, "design")
    info, eligibility = design.get("designInfo") or {}, module(study, "eligibility")
    arms, interventions = _arms(study), module(study, "armsInterventions").get("interventions") or []
    conditions = module(study, "conditions").get("conditions") or []
    trial: dict[str, Any] = {
        "brief_title": _title(study) if dialect == "T" else module(study, "identification")["briefTitle"],
        "study_type": word(design["studyType"]) if form else design["studyType"].lower(),
        "primary_purpose": _purpose(study) if form else (_purpose(study) or "").lower(),
    }
    if form:
        trial |= {
            "official_title": module(study, "identification").get("officialTitle"),
            "acronym": module(study, "identification").get("acronym"),
            "overall_status": word(status["overallStatus"], STATUS),
            "why_stopped": flat(status.get("whyStopped")),
            "phases": _phases(study),
            "allocation": word(info.get("allocation"), ALLOCATION),
            "intervention_model": word(info.get("interventionModel"), MODEL),
            "intervention_model_description": flat(info.get("interventionModelDescription")),
            "observational_model": title(info.get("observationalModel")),
            "time_perspective": title(info.get("timePerspective")),
            "masking": word((info.get("maskingInfo") or {}).get("masking"), MASKING),
            "who_masked": _who(study),
            "masking_description": flat((info.get("maskingInfo") or {}).get("maskingDescription")),
            "enrollment": (design.get("enrollmentInfo") or {}).get("count"),
            "enrollment_type": _WHEN.get((design.get("enrollmentInfo") or {}).get("type", "")),
            "sex": title(eligibility.get("sex")),
            "minimum_age": eligibility.get("minimumAge"),
            "maximum_age": eligibility.get("maximumAge"),
            "healthy_volunteers": YES_NO.get(eligibility.get("healthyVolunteers")),
            "population": flat(eligibility.get("studyPopulation")),
            "sampling_method": _sampling(study),
            "responsible_party": _responsible(study),
            "first_posted_date": day(status["studyFirstPostDateStruct"]["date"], "%B"),
            "last_update_posted_date": day(status["lastUpdatePostDateStruct"]["date"], "%B"),
            "last_verified_date": day(status.get("statusVerifiedDate"), "%B"),
            "has_dmc": YES_NO.get(module(study, "oversight").get("oversightHasDmc")),
            "is_fda_regulated_drug": YES_NO.get(module(study, "oversight").get("isFdaRegulatedDrug")),
            "is_fda_regulated_device": YES_NO.get(module(study, "oversight").get("isFdaRegulatedDevice")),
            "plan_to_share_ipd": word(module(study, "ipdSharingStatement").get("ipdSharing")),
        }
        for field, when, type_ in dates(study):
            trial[field] = day(when, "%B")
            trial[f"{field}_type"] = _WHEN.get(type_ or "")
    descriptions = [arm for arm in arms if arm.get("description")]
    sure = form or len(descriptions) == len(arms)
    return expected(
        {
            "trial": [trial],
            "identifiers": [{"PRIMARY": module(study, "identification")["nctId"]}] if form else [],
            "sponsors": _sponsors(study) if form else [],
            "conditions": [{"": name} for name in (conditions if form else conditions[:3])],
            "arms": [
                {
                    "label": arm["label"],
                    "type": title(arm.get("type")),
                    "description": flat(arm.get("description")) if sure else None,
                }
                for arm in arms
            ],
            "interventions": [
                {
                    "type": title(row["type"]),
                    "name": row["name"],
                    "description": flat(row.get("description")),
                    "other_names": [flat(name) for name in several(row.get("otherNames"))] or None,
                }
                for row in interventions
                if form
            ],
            "outcomes": [
                {
                    "measure": row["measure"],
                    "description": flat(row.get("description")),
                    "time_frame": row.get("timeFrame"),
                    "type": kind,
                }
                for kind, row in outcomes(study)
                if form
            ],
            "sites": _sites(study, dialect),
            "eligibility_criteria": listed(study),
        }
    )


def _sites(study: Study, dialect: str) -> list[dict[str, Any]]:
    rows = module(study, "contactsLocations").get("locations") or []
    countries = {row["country"] for row in rows}
    return [
        {
            "facility": row.get("facility"),
            "status": word(row.get("status"), STATUS),
            "country": row["country"] if len(countries) == 1 and dialect == "R" else None,
        }
        for row in rows
    ]


def _sponsors(study: Study) -> list[dict[str, Any]]:
    sponsors = module(study, "sponsorCollaborators")
    lead = {"name": sponsors["leadSponsor"]["name"], "role": "LEAD"}
    return [
        lead,
        *({"name": row["name"], "role": "COLLABORATOR"} for row in several(sponsors.get("collaborators")) if row),
    ]


def _arms(study: Study) -> list[dict[str, Any]]:
    return module(study, "armsInterventions").get("armGroups") or []


def _title(study: Study) -> str:
    names = module(study, "identification")
    acronym = names.get("acronym")
    return flat(names["briefTitle"]) + (f" ({acronym})" if acronym else "")


def _purpose(study: Study) -> str | None:
    return word((module(study, "design").get("designInfo") or {}).get("primaryPurpose"))


def _phases(study: Study) -> str:
    return ", ".join(PHASE[code] for code in several(module(study, "design").get("phases")))


def _who(study: Study) -> str:
    masking = (module(study, "design").get("designInfo") or {}).get("maskingInfo") or {}
    return ", ".join(title(code) or "" for code in several(masking.get("whoMasked")))


def _sampling(study: Study) -> str | None:
    code = module(study, "eligibility").get("samplingMethod")
    return {"NON_PROBABILITY_SAMPLE": "Non-Probability Sample", "PROBABILITY_SAMPLE": "Probability Sample"}.get(code)


def _responsible(study: Study) -> str | None:
    return title((module(study, "sponsorCollaborators").get("responsibleParty") or {}).get("type"))


def _summary(study: Study, dialect: str) -> list[str]:
    design, eligibility = module(study, "design"), module(study, "eligibility")
    conditions = [flat(name) for name in module(study, "conditions").get("conditions") or []]
    keywords = [flat(name) for name in module(study, "conditions").get("keywords") or []]
    interventions = module(study, "armsInterventions").get("interventions") or []
    sites = module(study, "contactsLocations").get("locations") or []
    countries = {row["country"] for row in sites}
    sponsor = flat(module(study, "sponsorCollaborators")["leadSponsor"]["name"])
    lines: list[str] = []
    if dialect == "R":
        lines += [
            "search",
            "Back to results",
            "",
            _title(study),
            "",
            "Primary Purpose",
            "",
            ", ".join(conditions[:3]),
            "",
        ]
        lines += ["Status", word(module(study, "status")["overallStatus"], _TOP_STATUS) or "", "Phase"]
        lines += [PHASE[code] for code in several(design.get("phases"))[:1]]
        lines += ["Locations", *(countries if len(countries) == 1 else ["International"] if countries else [])]
        lines += [
            "Study Type",
            word(design["studyType"]) or "",
            "Intervention",
            *(flat(row["name"]) for row in interventions),
        ]
        lines += ["Sponsored by", sponsor, "About", "Eligibility", "Locations", "Arms", "Outcomes", "Full info", ""]
    else:
        lines += [_title(study), ", ".join(conditions[:3])]
    kind = f"{design['studyType'].lower()} {(_purpose(study) or '').lower()}".strip()
    focus = f" focused on measuring {', '.join(keywords)}" if keywords else ""
    lines += [
        "About this trial",
        "",
        f"This is an {kind} trial for {conditions[0]}{focus}",
        "",
        "Eligibility Criteria",
        "",
    ]
    if dialect == "R":
        ages = [eligibility.get(key) or "undefined" for key in ("minimumAge", "maximumAge")]
        groups = ", ".join(title(age) or "" for age in eligibility.get("stdAges") or [])
        sexes = {"ALL": "All Sexes"}.get(eligibility.get("sex", ""), (title(eligibility.get("sex")) or ""))
        volunteers = {True: "Accepts Healthy Volunteers", False: "Does not accept healthy volunteers"}
        lines += [f"{' - '.join(ages)} ({groups}){sexes}{volunteers.get(eligibility.get('healthyVolunteers'), '')}", ""]
    lines += [*criteria(study, dialect), "", "Sites / Locations", ""]
    bullet = "  • " if dialect == "R" else "- "
    lines += [f"{bullet}{flat(row.get('facility'))}{word(row.get('status'), STATUS) or ''}" for row in sites]
    return lines + _transposed(study, dialect) + _lists(study, dialect) + _dates(study, dialect)


def _transposed(study: Study, dialect: str) -> list[str]:
    arms = _arms(study)
    labels = dialect == "R"
    lines = ["", "Arms of the Study", "", *(f"Arm {number}\n" for number in range(1, len(arms) + 1))]
    for label, key in (("Arm Type", "type"), ("Arm Label", "label"), ("Arm Description", "description")):
        values = [(title(arm.get(key)) if key == "type" else flat(arm.get(key))) for arm in arms]
        lines += ([f"{label}\n"] if labels and any(values) else []) + [f"{value}\n" for value in values if value]
    return [line for piece in lines for line in piece.split("\n")]


def _lists(study: Study, dialect: str) -> list[str]:
    lines = ["", "Outcomes", ""] if dialect == "R" else []
    for kind in ("PRIMARY", "SECONDARY"):
        rows = [row for type_, row in outcomes(study) if type_ == kind] if dialect == "R" else []
        if rows:
            lines += [f"{kind.title()} Outcome Measures", ""]
            for row in rows:
                lines += [flat(row["measure"]), *([flat(row["description"])] if row.get("description") else [])]
            lines.append("")
    return lines


def _dates(study: Study, dialect: str) -> list[str]:
    if dialect == "T":
        return []
    status = module(study, "status")
    first, last = (status[f"{name}PostDateStruct"]["date"] for name in ("studyFirst", "lastUpdate"))
    lead, *others = [flat(row["name"]) for row in _sponsors(study)]
    lines = ["Full Information", "", "First Posted", day(first, "%B") or "", "Last Updated", day(last, "%B") or ""]
    return [*lines, "Sponsor", lead, *(["Collaborators", ", ".join(others)] if others else []), "search", ""]


def _labelled(*pairs: tuple[str, Any]) -> list[str]:
    return [
        line
        for label, value in pairs
        if value not in (None, "", [])
        for line in (label, *([value] if isinstance(value, str) else value))
    ]


def _form(study: Study) -> list[str]:
    identification, status = module(study, "identification"), module(study, "status")
    design, eligibility, oversight = module(study, "design"), module(study, "eligibility"), module(study, "oversight")
    info, description = design.get("designInfo") or {}, module(study, "description")
    masking, enrollment = info.get("maskingInfo") or {}, design.get("enrollmentInfo") or {}
    lead, *others = [flat(row["name"]) for row in _sponsors(study)]
    who = _who(study)
    level = word(masking.get("masking"), MASKING)
    conditions = module(study, "conditions")

    def dated(field: str) -> str | None:
        when, type_ = next((when, type_) for name, when, type_ in dates(study) if name == field)
        words = day(when, "%B")
        return f"{words} ({_WHEN[type_]})" if words and type_ else words

    count = enrollment.get("count")
    number = (
        None if count is None else f"{count} ({_WHEN[enrollment['type']]})" if enrollment.get("type") else str(count)
    )
    sections = (
        ("1. Study Identification", _labelled(
            ("Unique Protocol Identification Number", identification["nctId"]),
            ("Brief Title", flat(identification["briefTitle"])),
            ("Official Title", flat(identification.get("officialTitle"))),
            ("Acronym", identification.get("acronym")),
            ("Study Type", word(design["studyType"])),
        )),
        ("2. Study Status", _labelled(
            ("Record Verification Date", day(status.get("statusVerifiedDate"), "%B")),
            ("Overall Recruitment Status", word(status["overallStatus"], STATUS)),
            ("Why Study Stopped", flat(status.get("whyStopped"))),
            *((label, dated(field)) for field, label in _DATES.items()),
        )),
        ("3. Sponsor/Collaborators", _labelled(
            ("Responsible Party, by Official Title", _responsible(study)),
            ("Name of the Sponsor", lead),
            ("Collaborators", ", ".join(others)),
        )),
        ("4. Oversight", _labelled(
            ("Studies a U.S. FDA-regulated Drug Product", YES_NO.get(oversight.get("isFdaRegulatedDrug"))),
            ("Studies a U.S. FDA-regulated Device Product", YES_NO.get(oversight.get("isFdaRegulatedDevice"))),
            ("Data Monitoring Committee", YES_NO.get(oversight.get("oversightHasDmc"))),
        )),
        ("5. Study Description", _labelled(
            ("Brief Summary", paragraphs(description.get("briefSummary"))),
            ("Detailed Description", paragraphs(description.get("detailedDescription"))),
        )),
        ("6. Conditions and Keywords", _labelled(
            (_CONDITIONS + _OR, ", ".join(map(flat, conditions.get("conditions") or []))),
            ("Keywords", ", ".join(map(flat, conditions.get("keywords") or []))),
        )),
        ("7. Study Design", _labelled(
            ("Primary Purpose", _purpose(study)),
            ("Study Phase", _phases(study)),
            ("Interventional Study Model", word(info.get("interventionModel"), MODEL)),
            ("Model Description", paragraphs(info.get("interventionModelDescription"))),
            ("Observational Study Model", title(info.get("observationalModel"))),
            ("Time Perspective", title(info.get("timePerspective"))),
            ("Masking", f"{level} ({who})" if who else level),
            ("Masking Description", paragraphs(masking.get("maskingDescription"))),
            ("Allocation", word(info.get("allocation"), ALLOCATION)),
            ("Enrollment", number),
        )),
        ("8. Arms, Groups, and Interventions", _arms_form(study)),
        ("10. Eligibility", _labelled(
            ("Sex", title(eligibility.get("sex"))),
            ("Minimum Age & Unit of Time", eligibility.get("minimumAge")),
            ("Maximum Age & Unit of Time", eligibility.get("maximumAge")),
            ("Accepts Healthy Volunteers", YES_NO.get(eligibility.get("healthyVolunteers"))),
            ("Eligibility Criteria", flat(eligibility.get("eligibilityCriteria"))),
            ("Study Population Description", paragraphs(eligibility.get("studyPopulation"))),
            ("Sampling Method", _sampling(study)),
        )),
        ("12. IPD Sharing Statement", _labelled(
            ("Plan to Share IPD", word(module(study, "ipdSharingStatement").get("ipdSharing"))),
        )),
    )  # fmt: skip
    return [line for heading, lines in sections for line in ("", heading, "", *lines)]


def _arms_form(study: Study) -> list[str]:
    lines: list[str] = []
    for arm in _arms(study):
        lines += _labelled(
            ("Arm Title", flat(arm["label"])),
            ("Arm Type", title(arm.get("type"))),
            ("Arm Description", paragraphs(arm.get("description"))),
        )
    for row in module(study, "armsInterventions").get("interventions") or []:
        lines += _labelled(
            ("Intervention Type", title(row["type"])),
            ("Intervention Name(s)", flat(row["name"])),
            ("Other Intervention Name(s)", ", ".join(map(flat, several(row.get("otherNames"))))),
            ("Intervention Description", paragraphs(row.get("description"))),
        )
    for kind, header in _HEADERS.items():
        if rows := [row for type_, row in outcomes(study) if type_ == kind]:
            lines.append(header)
            for row in rows:
                lines += _labelled(
                    ("Title", flat(row["measure"])),
                    ("Description", paragraphs(row.get("description"))),
                    ("Time Frame", flat(row.get("timeFrame"))),
                )
    return lines
