"""A press: prints a register study as a page of crick.ai in dialects T and R, with that page's losses and quirks."""

from typing import Any

from press_cells import Cells, Study, expected, flat, module, outcomes

_FOOTER = "This platform is for informational purposes only and gives no medical advice."


def press(study: Study, dialect: str = "T", *, footer: bool = True) -> str:
    """Return the page of a study; dialect R keeps blank lines, headings and a line for each site's status."""
    rich = dialect == "R"
    blocks = [[flat(module(study, "identification").get("briefTitle"))]] if rich else []
    blocks.append([flat(module(study, "description").get("briefSummary"))])
    details = module(study, "description").get("detailedDescription") or ""
    blocks += [["Detailed Description"]] if rich and details else []
    blocks += [[flat(part)] for part in details.split("\n\n")]
    blocks.append([line for label, value in _design(study) if value for line in (label, value)])
    blocks += [["Interventions"]] if rich else []
    blocks += [[flat(row.get("description"))] for row in module(study, "armsInterventions").get("interventions") or []]
    sites = module(study, "contactsLocations").get("locations") or []
    blocks += [[f"Locations ({len(sites)})"]] if rich else []
    glue = ""
    for site in sites:
        status = site.get("status") or ""
        blocks.append([glue + flat(site.get("facility")), _place(site), status if rich else ""])
        glue = "" if rich else status
    headed = ""
    for kind, outcome in outcomes(study):
        blocks += [[f"{kind.title()} Outcomes"]] if rich and kind != headed else []
        headed = kind
        blocks.append([glue + flat(outcome["measure"]), flat(outcome.get("description"))])
        blocks[-1].append(f"Time frame: {flat(outcome.get('timeFrame'))}")
        glue = ""
    blocks.append([glue + _FOOTER] if footer else [])
    pages = ["\n".join(line for line in block if line) for block in blocks]
    return ("\n\n" if rich else "\n").join(block for block in pages if block)


def printed(study: Study, dialect: str = "T") -> Cells:
    """Return the cells that the page prints."""
    names = {
        "Study Type": "study_type", "Allocation": "allocation", "Purpose": "primary_purpose", "Masking": "masking",
        "Enrollment": "enrollment",
    }  # fmt: skip
    rich = dialect == "R"
    rows = module(study, "armsInterventions").get("interventions") or []
    sites = module(study, "contactsLocations").get("locations") or []
    trial = {names[label]: value for label, value in _design(study)}
    trial["brief_title"] = module(study, "identification").get("briefTitle") if rich else None
    return expected(
        {
            "trial": [trial],
            "interventions": [{"description": row["description"]} for row in rows if flat(row.get("description"))],
            "outcomes": [_outcome(outcome) | {"type": kind if rich else None} for kind, outcome in outcomes(study)],
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
