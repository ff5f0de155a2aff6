"""A press: prints a register study as a page of clincosm.com in dialect R, with the lists that it never closes."""

import re
from collections import Counter
from typing import Any

from press_cells import Cells, Study, expected, flat, module, outcomes
from press_words import (
    ALLOCATION,
    CLASS,
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

from pipeline.reading.words import clean

_WHEN = {"ACTUAL": "Actual", "ESTIMATED": "Anticipated"}
_DATES = {
    "start_date": "Study Start Date",
    "primary_completion_date": "Primary Completion Date",
    "completion_date": "Study Completion Date",
}
_STATUS = STATUS | {"UNKNOWN": "Unknown status"}


def press(study: Study, *, shown: bool = True) -> str:
    """Return the page of a study; `shown` tells whether it lists the interventions above its design."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_indented([*_head(study, shown), *_arms(study), *_tail(study)])))


def printed(study: Study) -> Cells:
    """Return the cells that the page prints."""
    status, design = module(study, "status"), module(study, "design")
    info, eligibility, oversight = (
        design.get("designInfo") or {},
        module(study, "eligibility"),
        module(study, "oversight"),
    )
    masking = info.get("maskingInfo") or {}
    names = module(study, "identification")
    count = (design.get("enrollmentInfo") or {}).get("count")
    trial: dict[str, Any] = {
        "brief_title": names["briefTitle"],
        "acronym": names.get("acronym"),
        "official_title": names.get("officialTitle"),
        "overall_status": word(status["overallStatus"], _STATUS),
        "study_type": word(design["studyType"]),
        "phases": _phases(study),
        "allocation": title(info.get("allocation"), ALLOCATION),
        "intervention_model": word(info.get("interventionModel"), MODEL),
        "intervention_model_description": flat(info.get("interventionModelDescription")),
        "observational_model": title(info.get("observationalModel")),
        "time_perspective": title(info.get("timePerspective")),
        "masking": word(masking.get("masking"), MASKING),
        "who_masked": _who(study),
        "masking_description": flat(masking.get("maskingDescription")),
        "primary_purpose": word(info.get("primaryPurpose")),
        "enrollment": None if count is None else f"{count} participants",
        "enrollment_type": None if count is None else _WHEN.get((design.get("enrollmentInfo") or {}).get("type", "")),
        "sex": title(eligibility.get("sex")),
        "minimum_age": eligibility.get("minimumAge"),
        "maximum_age": eligibility.get("maximumAge"),
        "healthy_volunteers": YES_NO.get(eligibility.get("healthyVolunteers")),
        "sampling_method": _sampling(study),
        "responsible_party": _responsible(study),
        "first_posted_date": day(status["studyFirstPostDateStruct"]["date"], "%b", invent=True),
        "last_update_posted_date": day(status["lastUpdatePostDateStruct"]["date"], "%b", invent=True),
        "last_verified_date": day(status.get("statusVerifiedDate"), "%b", invent=True),
        "has_results": "No Results Posted",
        "is_fda_regulated_drug": YES_NO.get(oversight.get("isFdaRegulatedDrug")),
        "is_fda_regulated_device": YES_NO.get(oversight.get("isFdaRegulatedDevice")),
        "plan_to_share_ipd": word(module(study, "ipdSharingStatement").get("ipdSharing")),
    }
    for field, when, type_ in dates(study):
        trial[field] = day(when, "%b", invent=True)
        trial[f"{field}_type"] = _WHEN.get(type_ or "") if when else None
    arms, interventions = _groups(study), _interventions(study)
    keys = [(row["type"], flat(row["name"])) for row in interventions]
    return expected(
        {
            "trial": [trial],
            "identifiers": [{"PRIMARY": names["nctId"]}],
            "sponsors": [
                {"name": row["name"], "role": "COLLABORATOR" if index else "LEAD", "class_": _class(row)}
                for index, row in enumerate(_sponsors(study))
            ],
            "arms": [
                {"label": arm["label"], "type": title(arm.get("type")), "description": flat(arm.get("description"))}
                for arm in arms
            ],
            "interventions": [
                {
                    "type": title(row["type"]),
                    "name": row["name"],
                    "description": flat(row.get("description")),
                    "other_names": list(dict.fromkeys(flat(name) for name in several(row.get("otherNames")))) or None,
                }
                for row in interventions
            ],
            "arm_interventions": [
                {"arm": index, "intervention": keys.index((row["type"], flat(row["name"])))}
                for index, arm in enumerate(arms)
                for row in _given(arm, interventions)
            ],
            "outcomes": [
                {
                    "measure": row["measure"],
                    "description": flat(row.get("description")),
                    "time_frame": row.get("timeFrame"),
                    "type": kind,
                }
                for kind, row in outcomes(study)
            ],
            "sites": [
                {
                    "facility": row.get("facility"),
                    "city": row.get("city"),
                    "state": row.get("state"),
                    "postal_code": row.get("zip"),
                    "country": row["country"],
                }
                for row in module(study, "contactsLocations").get("locations") or []
            ],
            "eligibility_criteria": listed(study),
        }
    ) + Counter(("identifiers", 0, "SECONDARY", clean(number)) for number in _numbers(study))


def _groups(study: Study) -> list[dict[str, Any]]:
    return module(study, "armsInterventions").get("armGroups") or []


def _interventions(study: Study) -> list[dict[str, Any]]:
    """Return the interventions of the arms: one that no arm gets stands nowhere in the page's table."""
    labels = {arm["label"] for arm in _groups(study)}
    rows = module(study, "armsInterventions").get("interventions") or []
    return [row for row in rows if labels & set(several(row.get("armGroupLabels")))]


def _given(arm: dict[str, Any], interventions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in interventions if arm["label"] in several(row.get("armGroupLabels"))]


def _sponsors(study: Study) -> list[dict[str, Any]]:
    sponsors = module(study, "sponsorCollaborators")
    return [sponsors["leadSponsor"], *(row for row in several(sponsors.get("collaborators")) if row)]


def _class(row: dict[str, Any]) -> str | None:
    return title(row.get("class"), CLASS)


def _numbers(study: Study) -> list[str]:
    names = module(study, "identification")
    own = (names.get("orgStudyIdInfo") or {}).get("id")
    return [number for number in (own, *(row.get("id") for row in several(names.get("secondaryIdInfos")))) if number]


def _phases(study: Study) -> str:
    return "/".join({"NA": "N/A"}.get(code, PHASE[code]) for code in several(module(study, "design").get("phases")))


def _who(study: Study) -> str:
    masking = (module(study, "design").get("designInfo") or {}).get("maskingInfo") or {}
    return ", ".join(title(code) or "" for code in several(masking.get("whoMasked")))


def _sampling(study: Study) -> str | None:
    code = module(study, "eligibility").get("samplingMethod")
    return {"NON_PROBABILITY_SAMPLE": "Non-Probability Sample", "PROBABILITY_SAMPLE": "Probability Sample"}.get(code)


def _responsible(study: Study) -> str:
    party = module(study, "sponsorCollaborators").get("responsibleParty") or {}
    names = party.get("investigatorFullName"), party.get("investigatorTitle"), party.get("investigatorAffiliation")
    return ", ".join(flat(name) for name in names if name) or flat(_sponsors(study)[0]["name"])


def _line(row: dict[str, Any]) -> str:
    return f"{title(row['type'])}: {flat(row['name'])}"


def _head(study: Study, shown: bool) -> list[str]:
    names, status, design = module(study, "identification"), module(study, "status"), module(study, "design")
    info, description = design.get("designInfo") or {}, module(study, "description")
    masking, enrollment = info.get("maskingInfo") or {}, design.get("enrollmentInfo") or {}
    lead, *others = [flat(row["name"]) + (f" ({_class(row)})" if _class(row) else "") for row in _sponsors(study)]
    count = enrollment.get("count")
    sites = module(study, "contactsLocations").get("locations") or []
    lines = [(f"{names['acronym']}: " if names.get("acronym") else "") + flat(names["briefTitle"]), ""]
    lines += [
        "Sponsor",
        lead,
        "Overall Status",
        word(status["overallStatus"], _STATUS) or "",
        "CT.gov ID",
        names["nctId"],
    ]
    lines += [
        "Collaborator",
        ", ".join(others) or "(none)",
        f"{count or 0:,}",
        str(len(sites)),
        str(len(_groups(study))),
        "7.2",
        "2.1",
    ]
    lines += [
        "",
        "Study Details",
        "",
        "Study Description",
        "",
        "Brief Summary",
        "",
        *paragraphs(description.get("briefSummary")),
        "",
    ]
    lines.append("Condition or Disease Intervention/Treatment Phase")
    lines += [f"  • {_line(row)}" for row in _interventions(study) if shown]
    lines += [_phases(study)] if _phases(study) else []
    if text := description.get("detailedDescription"):
        lines += ["", "Detailed Description", "", *paragraphs(text)]
    lines += ["", "Study Design", ""]
    who, level = _who(study), word(masking.get("masking"), MASKING)
    kind = _WHEN.get(enrollment.get("type", ""), "")
    model = paragraphs(info.get("interventionModelDescription"))
    lines += _labelled(
        ("Study Type:", word(design["studyType"])),
        (f"{kind} Enrollment :".strip(), None if count is None else f"{count} participants"),
        ("Allocation:", title(info.get("allocation"), ALLOCATION)),
        ("Intervention Model:", word(info.get("interventionModel"), MODEL)),
        ("Intervention Model Description:", "\n".join(model) * 2),
        ("Observational Model:", title(info.get("observationalModel"))),
        ("Time Perspective:", title(info.get("timePerspective"))),
        ("Masking:", f"{level} ({who})" if who else level),
        ("Masking Description:", "\n".join(paragraphs(masking.get("maskingDescription")))),
        ("Primary Purpose:", word(info.get("primaryPurpose"))),
        ("Official Title:", flat(names.get("officialTitle"))),
    )
    for field, when, type_ in dates(study):
        label = f"{_WHEN.get(type_ or '', '')} {_DATES[field]} :".strip()
        lines += _labelled((label, day(when, "%b", invent=True)))
    return [line for piece in lines for line in piece.split("\n")]


def _labelled(*pairs: tuple[str, str | None]) -> list[str]:
    return [line for label, value in pairs if value for line in (label, value)]


_SLID = "\0"  # what stands behind a list of other names, and all below it: printed as one more item, then indented


def _arms(study: Study) -> list[str]:
    lines = ["", "Arms and Interventions", "", "Arm Intervention/Treatment"]
    interventions = _interventions(study)
    for arm in _groups(study):
        type_ = f"{title(arm['type'])}: " if arm.get("type") else ""
        lines += [type_ + flat(arm["label"]), "", *paragraphs(arm.get("description"))]
        lines += [""] if arm.get("description") else []
        for row in _given(arm, interventions):
            lines += [_line(row), *[line for line in paragraphs(row.get("description")) if line]]
            if other := [flat(name) for name in several(row.get("otherNames"))]:
                lines += ["Other Names:", *(f"  • {name}" for name in other), _SLID]
    return lines


def _indented(lines: list[str]) -> list[str]:
    """Print the line behind each `_SLID` as an item; what follows the first is indented."""
    done: list[str] = []
    indent, slides = "", False
    for line in lines:
        if line == _SLID:
            indent, slides = "    ", True
        elif slides and line:
            done.append(f"  • {line}")
            slides = False
        elif not slides or not line:
            done.append(_shift(line, indent))
    return done


def _shift(line: str, indent: str) -> str:
    return f"{indent}{line}" if line and not line.startswith("  •") else line


def _tail(study: Study) -> list[str]:
    status, eligibility = module(study, "status"), module(study, "eligibility")
    oversight = module(study, "oversight")
    lines = ["Outcome Measures", ""]
    for kind in ("PRIMARY", "SECONDARY", "OTHER"):
        if rows := [row for type_, row in outcomes(study) if type_ == kind]:
            lines += [f"{kind.title()} Outcome Measures", ""]
            for number, row in enumerate(rows, 1):
                frame = f" [{flat(row['timeFrame'])}]" if row.get("timeFrame") else ""
                lines += [f"{number}. {flat(row['measure'])}{frame}", ""]
                lines += [f"  {line}" if line else "" for line in paragraphs(row.get("description"))] + [""]
    low, high = eligibility.get("minimumAge"), eligibility.get("maximumAge")
    ages = (
        f"{low} to {high}"
        if low and high
        else f"{low} and Older"
        if low
        else f"up to {high}"
        if high
        else "Child, Adult, Older Adult"
    )
    lines += ["Eligibility Criteria", "", "Criteria", ""]
    lines += _labelled(
        ("Ages Eligible for Study:", ages),
        ("Sexes Eligible for Study:", title(eligibility.get("sex"))),
        ("Accepts Healthy Volunteers:", YES_NO.get(eligibility.get("healthyVolunteers"))),
        ("Sampling Method:", _sampling(study)),
    )
    lines += [re.sub(r"^  ((?:  )*)", r"\1", line) if line.startswith("  ") else line for line in criteria(study, "R")]
    lines += ["", "Contacts and Locations", "", "Locations", "", "Site City State Country Postal Code"]
    for number, row in enumerate(module(study, "contactsLocations").get("locations") or [], 1):
        cells = (row.get(key) for key in ("facility", "city", "state", "country", "zip"))
        lines.append(" ".join([str(number), *(flat(cell) for cell in cells if cell)]))
    lines += ["", "Sponsors and Collaborators", "", *(f"• {flat(row['name'])}" for row in _sponsors(study)), ""]
    lines += [
        "Study Documents (Full-Text)",
        "",
        "None provided.",
        "",
        "More Information",
        "",
        "Publications",
        "",
        "None provided.",
    ]
    lines += [
        "Responsible Party:",
        _responsible(study),
        "ClinicalTrials.gov Identifier:",
        module(study, "identification")["nctId"],
    ]
    if numbers := _numbers(study):
        lines += ["Other Study ID Numbers:", *(f"• {number}" for number in numbers)]
    lines += _labelled(
        ("First Posted:", day(status["studyFirstPostDateStruct"]["date"], "%b", invent=True)),
        ("Last Update Posted:", day(status["lastUpdatePostDateStruct"]["date"], "%b", invent=True)),
        ("Last Verified:", day(status.get("statusVerifiedDate"), "%b", invent=True)),
        ("Plan to Share IPD:", word(module(study, "ipdSharingStatement").get("ipdSharing"))),
        ("Studies a U.S. FDA-regulated Drug Product:", YES_NO.get(oversight.get("isFdaRegulatedDrug"))),
        ("Studies a U.S. FDA-regulated Device Product:", YES_NO.get(oversight.get("isFdaRegulatedDevice"))),
    )
    lines += [
        f"Keywords provided by {_responsible(study)}",
        *(f"• {flat(word)}" for word in module(study, "conditions").get("keywords") or []),
    ]
    return [*lines, "", "Study Results", "", "No Results Posted as of Jun 27, 2023"]
