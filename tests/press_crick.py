"""A press: prints a register study as a page of crick.ai in dialect T, with that page's losses and quirks."""

from typing import Any

from press_cells import Cells, Study, expected, flat, module, outcomes

_FOOTER = "This platform is for informational purposes only and gives no medical advice."


def press(study: Study, *, footer: bool = True) -> str:
    """Return the page of a study."""
    lines = [flat(module(study, "description").get("briefSummary"))]
    lines += [flat(part) for part in (module(study, "description").get("detailedDescription") or "").split("\n\n")]
    for label, value in _design(study):
        lines += [label, value] if value else []
    lines += [flat(row.get("description")) for row in module(study, "armsInterventions").get("interventions") or []]
    glue = ""
    for site in module(study, "contactsLocations").get("locations") or []:
        lines += [glue + flat(site.get("facility")), _place(site)]
        glue = site.get("status") or ""
    for _, outcome in outcomes(study):
        lines += [glue + flat(outcome["measure"]), flat(outcome.get("description"))]
        lines += [f"Time frame: {flat(outcome.get('timeFrame'))}"]
        glue = ""
    lines += [glue + _FOOTER] if footer else []
    return "\n".join(line for line in lines if line)


def printed(study: Study) -> Cells:
    """Return the cells that the page prints."""
    names = {
        "Study Type": "study_type", "Allocation": "allocation", "Purpose": "primary_purpose", "Masking": "masking",
        "Enrollment": "enrollment",
    }  # fmt: skip
    rows = module(study, "armsInterventions").get("interventions") or []
    sites = module(study, "contactsLocations").get("locations") or []
    return expected(
        {
            "trial": [{names[label]: value for label, value in _design(study)}],
            "interventions": [{"description": row["description"]} for row in rows if flat(row.get("description"))],
            "outcomes": [_outcome(outcome) for _, outcome in outcomes(study)],
            "sites": [
                {name: site.get(name) for name in ("facility", "city", "state", "country", "status")} for site in sites
            ],
        }
    )


def _design(study: Study) -> list[tuple[str, str]]:
    info = module(study, "design").get("designInfo") or {}
    count = (module(study, "design").get("enrollmentInfo") or {}).get("count")
    return [
        ("Study Type", module(study, "design").get("studyType") or ""),
        ("Allocation", info.get("allocation") or ""),
        ("Purpose", info.get("primaryPurpose") or ""),
        ("Masking", (info.get("maskingInfo") or {}).get("masking") or ""),
        ("Enrollment", "" if count is None else f"{count:,}"),
    ]


def _outcome(outcome: dict[str, str]) -> dict[str, Any]:
    return {
        "measure": outcome["measure"],
        "description": outcome.get("description"),
        "time_frame": outcome.get("timeFrame"),
    }


def _place(site: dict[str, str]) -> str:
    return ", ".join(flat(site[name]) for name in ("city", "state", "country") if site.get(name))
