"""Prints a register study as the classic ClinicalTrials.gov study page, in HTML and in both extractor dialects.

The other side of the reader's tests: it knows the site's page and the two extractors' losses, and shares no code with
the reader. `page` is the HTML; `dialect_t` and `dialect_r` are what the extractors leave of it.
"""

from __future__ import annotations

import calendar
import re
from html import escape

from pipeline.normalize import identifiers

STATUS = {
    "RECRUITING": "Recruiting",
    "NOT_YET_RECRUITING": "Not yet recruiting",
    "ACTIVE_NOT_RECRUITING": "Active, not recruiting",
    "COMPLETED": "Completed",
    "ENROLLING_BY_INVITATION": "Enrolling by invitation",
    "SUSPENDED": "Suspended",
    "TERMINATED": "Terminated",
    "WITHDRAWN": "Withdrawn",
    "UNKNOWN": "Unknown",
    "AVAILABLE": "Available",
    "NO_LONGER_AVAILABLE": "No longer available",
    "WITHHELD": "Withheld",
}
PHASE = {"NA": "Not Applicable", "EARLY_PHASE1": "Early Phase 1"} | {f"PHASE{n}": f"Phase {n}" for n in range(1, 5)}
MODEL = {
    "SINGLE_GROUP": "Single Group Assignment",
    "PARALLEL": "Parallel Assignment",
    "CROSSOVER": "Crossover Assignment",
    "FACTORIAL": "Factorial Assignment",
    "SEQUENTIAL": "Sequential Assignment",
}
ALLOCATION = {"RANDOMIZED": "Randomized", "NON_RANDOMIZED": "Non-Randomized", "NA": "N/A"}
MASKING = {"NONE": "None (Open Label)"}
SAMPLING = {"PROBABILITY_SAMPLE": "Probability Sample", "NON_PROBABILITY_SAMPLE": "Non-Probability Sample"}
STUDY_TYPE = {
    "INTERVENTIONAL": "Interventional  (Clinical Trial)",
    "OBSERVATIONAL": "Observational",
    "EXPANDED_ACCESS": "Expanded Access",
}
RETENTION = {"SAMPLES_WITHOUT_DNA": "Samples Without DNA", "SAMPLES_WITH_DNA": "Samples With DNA"}
SHARE = {"YES": "Yes", "NO": "No", "UNDECIDED": "Undecided"}
# The sites of these countries are headed by country and state.
BY_STATE = {"United States", "Canada", "Australia"}
# The site's own words begin like these; the rest is ours.
DISCLAIMER = "The safety and scientific validity of this study rest with those who run it. Listed is not approved."
CHOOSING = (
    "Choosing to participate in a study is an earnest matter: ask your doctor, your family and the people named below."
)
LEARN = "To learn more about this study, you or your family may write to the people below."
REFER = "Please refer to this study by its ClinicalTrials.gov identifier"


def words(text):
    """The register's text without its Markdown escapes and with single blanks."""
    return " ".join(re.sub(r"\\([^\w\s])", r"\1", text or "").split())


def title_case(code):
    """`ACTIVE_COMPARATOR` as `Active Comparator`."""
    return " ".join(part.capitalize() for part in code.split("_"))


def day(text):
    """The site's way to print a date of the register: 'May 17, 2018' or 'July 2009'."""
    parts = [int(part) for part in text.split("-")]
    month = calendar.month_name[parts[1]]
    return f"{month} {parts[2]}, {parts[0]}" if len(parts) == 3 else f"{month} {parts[0]}"


def blocks(text):
    """The register's Markdown as blocks: ('p', words) or ('li', depth, marker, words)."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text or ""):
        for line in paragraph.split("\n"):
            item = re.match(r"(\s*)(\*|\d+\.)\s+(.*)", line)
            if item:
                found.append(["li", len(item[1]) // 3, item[2], words(item[3])])
            elif (
                line.strip()
                and found
                and found[-1][0] == "p"
                and found[-1][-1]
                and line is not paragraph.split("\n")[0]
            ):
                found[-1][-1] += " " + words(line)
            elif line.strip():
                found.append(["p", 0, "", words(line)])
    return [block for block in found if block[-1]]


def facts(study):
    """What the page prints, in its order, each a plain string or a list of them."""
    p = study["protocolSection"]
    ident, status, design = p["identificationModule"], p["statusModule"], p.get("designModule", {})
    sponsor, elig = p["sponsorCollaboratorsModule"], p.get("eligibilityModule", {})
    arms, contacts = p.get("armsInterventionsModule", {}), p.get("contactsLocationsModule", {})
    info, outcomes = design.get("designInfo", {}), p.get("outcomesModule", {})
    party = sponsor.get("responsibleParty", {})
    lead = words(sponsor["leadSponsor"]["name"])
    if party.get("type") == "SPONSOR" or not party:
        responsible = [lead]
    else:
        name, affiliation = words(party.get("investigatorFullName")), words(party.get("investigatorAffiliation"))
        responsible = [f"{name}, {affiliation}"]

    def dated(struct, label):
        if not struct:
            return []
        kind = {"ACTUAL": "Actual ", "ESTIMATED": "Estimated "}.get(struct.get("type"), "")
        return [(f"{kind}{label} :", day(struct["date"]))]

    rows = [("Study Type :", STUDY_TYPE[design["studyType"]])]
    if design["studyType"] == "OBSERVATIONAL" and design.get("patientRegistry"):
        rows[0] = ("Study Type :", "Observational [Patient Registry]")
    if enrollment := design.get("enrollmentInfo"):
        kind = {"ACTUAL": "Actual ", "ESTIMATED": "Estimated "}.get(enrollment.get("type"), "")
        rows.append((f"{kind}Enrollment :", f"{enrollment['count']} participants"))
    if info.get("allocation"):
        rows.append(("Allocation:", ALLOCATION[info["allocation"]]))
    if info.get("interventionModel"):
        rows.append(("Intervention Model:", MODEL[info["interventionModel"]]))
    if info.get("interventionModelDescription"):
        rows.append(("Intervention Model Description:", words(info["interventionModelDescription"])))
    if masking := info.get("maskingInfo"):
        text = MASKING.get(masking.get("masking", ""), title_case(masking.get("masking", "")))
        if masking.get("whoMasked"):
            text += f" ({', '.join(title_case(who) for who in masking['whoMasked'])})"
        if text:
            rows.append(("Masking:", text))
        if masking.get("maskingDescription"):
            rows.append(("Masking Description:", words(masking["maskingDescription"])))
    if info.get("primaryPurpose"):
        rows.append(("Primary Purpose:", title_case(info["primaryPurpose"])))
    if info.get("observationalModel"):
        rows.append(("Observational Model:", title_case(info["observationalModel"])))
    if info.get("timePerspective"):
        rows.append(("Time Perspective:", title_case(info["timePerspective"])))
    if design.get("targetDuration"):
        rows.append(("Target Follow-Up Duration:", words(design["targetDuration"])))
    if ident.get("officialTitle"):
        rows.append(("Official Title:", words(ident["officialTitle"])))
    rows += dated(status.get("startDateStruct"), "Study Start Date")
    rows += dated(status.get("primaryCompletionDateStruct"), "Primary Completion Date")
    rows += dated(status.get("completionDateStruct"), "Study Completion Date")

    given = list(arms.get("interventions") or [])
    named = {f"{title_case(i['type'])}: {words(i['name'])}".casefold(): i for i in given}
    printed_arms = []
    for arm in arms.get("armGroups") or []:
        lines = arm.get("interventionNames") or []
        own = [
            named.get(words(n).replace("_", " ").casefold()) for n in (lines if isinstance(lines, list) else [lines])
        ]
        printed_arms.append((arm, [i for i in own if i]))

    ages = None
    if elig:
        low, high = elig.get("minimumAge"), elig.get("maximumAge")
        groups = ", ".join(title_case(a) for a in elig.get("stdAges") or [])
        if low and high:
            ages = f"{low} to {high}"
        elif low:
            ages = f"{low} and older"
        elif high:
            ages = f"up to {high}"
        ages = f"{ages}   ({groups})" if ages else groups
    erows = []
    if ages:
        erows.append(("Ages Eligible for Study:", ages))
    if elig.get("sex"):
        erows.append(("Sexes Eligible for Study:", title_case(elig["sex"])))
    if elig.get("genderBased"):
        erows.append(("Gender Based Eligibility:", "Yes"))
    if elig.get("genderDescription"):
        erows.append(("Gender Eligibility Description:", words(elig["genderDescription"])))
    if "healthyVolunteers" in elig:
        erows.append(("Accepts Healthy Volunteers:", "Yes" if elig["healthyVolunteers"] else "No"))
    if elig.get("samplingMethod"):
        erows.append(("Sampling Method:", SAMPLING[elig["samplingMethod"]]))

    oversight, ipd = p.get("oversightModule", {}), p.get("ipdSharingStatementModule", {})
    ids = [words(ident["orgStudyIdInfo"]["id"])] if ident.get("orgStudyIdInfo", {}).get("id") else []
    for other in ident.get("secondaryIdInfos") or []:
        kind = {"EUDRACT_NUMBER": "EudraCT Number", "REGISTRY": "Registry Identifier", "OTHER": "Other Identifier"}.get(
            other.get("type"), title_case(other.get("type", ""))
        )
        note = f"{kind}: {words(other['domain'])}" if other.get("domain") else kind
        ids.append(f"{words(other['id'])} ( {note} )" if note else words(other["id"]))
    ids += ident.get("nctIdAliases") or []
    more = [
        ("Responsible Party:", responsible),
        ("ClinicalTrials.gov Identifier:", [ident["nctId"]]),
        ("Other Study ID Numbers:", ids),
        ("First Posted:", [day(status["studyFirstPostDateStruct"]["date"])]),
    ]
    if results := status.get("resultsFirstPostDateStruct"):
        more.append(("Results First Posted:", [day(results["date"])]))
    more.append(("Last Update Posted:", [day(status["lastUpdatePostDateStruct"]["date"])]))
    more.append(("Last Verified:", [day(status["statusVerifiedDate"])]))
    if ipd.get("ipdSharing"):
        more.append(("Individual Participant Data (IPD) Sharing Statement:", []))
        more.append(("Plan to Share IPD:", [SHARE[ipd["ipdSharing"]]]))
        if ipd.get("description"):
            more.append(("Plan Description:", [words(ipd["description"])]))
        if ipd.get("timeFrame"):
            more.append(("Time Frame:", [words(ipd["timeFrame"])]))
        if ipd.get("accessCriteria"):
            more.append(("Access Criteria:", [words(ipd["accessCriteria"])]))
    yes = {True: "Yes", False: "No"}
    for key, label in (
        ("isFdaRegulatedDrug", "Studies a U.S. FDA-regulated Drug Product:"),
        ("isFdaRegulatedDevice", "Studies a U.S. FDA-regulated Device Product:"),
        ("isUnapprovedDevice", "Device Product Not Approved or Cleared by U.S. FDA:"),
        ("isUsExport", "Product Manufactured in and Exported from the U.S.:"),
    ):
        if key in oversight:
            more.append((label, [yes[oversight[key]]]))

    def person(contact):
        phone = contact.get("phone", "") + (f" ext {contact['phoneExt']}" if contact.get("phoneExt") else "")
        return words(contact.get("name")), words(phone), words(contact.get("email"))

    sites = {}
    for site in sorted(contacts.get("locations") or [], key=lambda s: s["country"] != "United States"):
        country, state = words(site["country"]), words(site.get("state"))
        head = f"{country}, {state}" if country in BY_STATE and state else country
        place = [words(site.get("city")), state, country, words(site.get("zip"))]
        people = [
            ("Contact" if c.get("role", "CONTACT") == "CONTACT" else title_case(c["role"]), *person(c))
            for c in site.get("contacts") or []
        ]
        entry = (
            words(site.get("facility")),
            STATUS.get(site.get("status"), ""),
            ", ".join(x for x in place if x),
            people,
        )
        sites.setdefault(head, []).append(entry)

    title = words(ident["briefTitle"])
    if ident.get("acronym"):
        title += f" ({words(ident['acronym'])})"
    derived = study.get("derivedSection", {})
    mesh = []
    for module in ("conditionBrowseModule", "interventionBrowseModule"):
        browse = derived.get(module, {})
        mesh += [m["term"] for m in (browse.get("meshes") or []) + (browse.get("ancestors") or [])]
    conditions = p.get("conditionsModule", {}).get("conditions") or []
    return {
        "nct": ident["nctId"],
        "title": title,
        "status": STATUS[status["overallStatus"]],
        "why": words(status.get("whyStopped")),
        "verified": day(status["statusVerifiedDate"]),
        "last_known": STATUS.get(status.get("lastKnownStatus"), ""),
        "first": day(status["studyFirstPostDateStruct"]["date"]),
        "results": day(results["date"]) if results else "",
        "updated": day(status["lastUpdatePostDateStruct"]["date"]),
        "lead": lead,
        "collaborators": [words(c["name"]) for c in sponsor.get("collaborators") or []],
        "responsible": responsible,
        "summary": blocks(p.get("descriptionModule", {}).get("briefSummary")),
        "detail": blocks(p.get("descriptionModule", {}).get("detailedDescription")),
        "conditions": [words(c) for c in (conditions if isinstance(conditions, list) else [conditions])],
        "interventions": [f"{title_case(i['type'])}: {words(i['name'])}" for i in given],
        "phases": [PHASE[ph] for ph in (design.get("phases") if isinstance(design.get("phases"), list) else []) or []],
        "design": rows,
        "observational": design["studyType"] == "OBSERVATIONAL",
        "arms": [
            (
                f"{title_case(arm['type'])}: {words(arm.get('label'))}" if arm.get("type") else words(arm.get("label")),
                [b[-1] for b in blocks(arm.get("description"))],
                [
                    (
                        f"{title_case(i['type'])}: {words(i['name'])}",
                        [b[-1] for b in blocks(i.get("description"))],
                        [
                            words(n)
                            for n in (i.get("otherNames") if isinstance(i.get("otherNames"), list) else []) or []
                        ],
                    )
                    for i in own
                ],
            )
            for arm, own in printed_arms
        ],
        "outcomes": [
            (head, [(words(o.get("measure")), words(o.get("timeFrame")), words(o.get("description"))) for o in listed])
            for head, key in (
                ("Primary Outcome Measures", "primaryOutcomes"),
                ("Secondary Outcome Measures", "secondaryOutcomes"),
                ("Other Outcome Measures", "otherOutcomes"),
            )
            if (listed := outcomes.get(key))
        ],
        "biospecimen": words(design.get("bioSpec", {}).get("description")),
        "retention": RETENTION.get(design.get("bioSpec", {}).get("retention"), ""),
        "eligibility": erows,
        "population": words(elig.get("studyPopulation")),
        "criteria": blocks(elig.get("eligibilityCriteria")),
        "central": [person(c) for c in contacts.get("centralContacts") or []],
        "sites": sites,
        "officials": [
            (title_case(o.get("role", "")), words(o["name"]), words(o.get("affiliation")))
            for o in contacts.get("overallOfficials") or []
        ],
        "references": [words(r["citation"]) for r in p.get("referencesModule", {}).get("references") or []],
        "more": more,
        "keywords": [words(k) for k in p.get("conditionsModule", {}).get("keywords") or []],
        "mesh": mesh,
    }


# --- HTML -----------------------------------------------------------------------------------------------------------


def page(study):
    """The study page as the site sent it."""
    f = facts(study)
    e = escape

    def term(text):
        return (
            f'<span style="display:inline;" class="term" data-term="{e(text.lower())}" title="Click to define" '
            f'tabindex="0">{e(text)} <i class="fa fa-info-circle term" aria-hidden="true"></i></span>'
        )

    def table(caption, cls, rows, ids=("Title", "Data")):
        body = "\n".join(rows)
        heads = "".join(f'<th id="{i}"></th>' for i in ids)
        return (
            f'<table class="ct-layout_table {cls}">\n<caption>{caption}</caption>\n'
            f"<thead>\n<tr>{heads}</tr>\n</thead>\n"
            f"<tbody>\n{body}\n</tbody>\n</table>\n"
        )

    def pair(label, value):
        found = re.fullmatch(r"(Actual |Estimated )?(.*?)( ?:)", label)
        shown = f"{found[1] or ''}{term(found[2])}{found[3]}" if label.endswith(" :") else e(label)
        return (
            f'<tr>\n<td headers="t">{shown} &nbsp; </td>\n<td headers="d" style="padding-left:1em">{value}</td>\n</tr>'
        )

    def prose(found):
        out, depth = [], []
        for kind, level, marker, text in found:
            if kind == "p":
                out += [f"</li></{tag}>" for tag in reversed(depth)]
                depth = []
                out.append(f'<p style="margin-top:1ex; margin-bottom:1ex;">{e(text)}</p>')
                continue
            tag = "ul" if marker == "*" else "ol"
            while len(depth) > level + 1:
                out.append(f"</li></{depth.pop()}>")
            if len(depth) == level + 1:
                out.append("</li>")
            while len(depth) < level + 1:
                out.append(f'<{tag} style="margin-top:1ex; margin-bottom:1ex;">')
                depth.append(tag)
            out.append(f'<li style="margin-top:0.7ex;">{e(text)}')
        out += [f"</li></{tag}>" for tag in reversed(depth)]
        return "\n".join(out)

    def head(text):
        return f'<div class="tr-subsection"><div class="ct-header2"><h3>{text}</h3></div></div>'

    def spans(values):
        return "\n".join(f'<span style="display:block;margin-bottom:1ex;">{e(v)}</span>' for v in values)

    def described(title, texts, names=()):
        out = e(title)
        if texts:
            out += (
                '\n<div class="tr-indent2" style="margin-top:0.5ex">'
                + "\n".join(f"<p>{e(t)}</p>" if len(texts) > 1 else e(t) for t in texts)
                + "</div>"
            )
        if len(names) == 1:
            out += f'\n<div class="tr-indent2">Other Name: {e(names[0])}</div>'
        elif names:
            items = "".join(f"<li>{e(n)}</li>" for n in names)
            out += f'\n<div class="tr-indent2">Other Names:<ul>{items}</ul></div>'
        return out

    o = [
        "<!DOCTYPE html>\n<html lang='en'>\n<head>",
        f"<title>{e(f['title'])} - Full Text View - ClinicalTrials.gov</title>",
    ]
    o.append(f'<link rel="canonical" href="https://clinicaltrials.gov/ct2/show/{f["nct"]}"/>')
    o.append("<script>var x = '<p>not text</p>';</script><style>p { color: red }</style>\n</head>\n<body>")
    o.append('<div id="working" style="display:none">Working…</div>')
    o.append('<div id="header"><a href="/ct2/home">ClinicalTrials.gov</a> <button>ClinicalTrials.gov Menu</button>')
    o.append('<ul><li><a href="/ct2/home">Find Studies</a><ul><li><a href="#">New Search</a></li></ul></li></ul></div>')
    o.append(f'<div id="main-content"><h1 class="tr-h1 ct-sans-serif tr-solo_record">{e(f["title"])}</h1>')
    o.append('<div class="w3-row"><div class="w3-col m7"><table><tr><td><img src="warning.png" alt=""/></td>')
    o.append(f"<td>{DISCLAIMER}</td></tr></table></div>")
    o.append('<div class="w3-col m5"><table class="tr-status">')
    o.append(f"<tr><td>ClinicalTrials.gov Identifier: {f['nct']}</td></tr><tr><td>")
    if f["status"] == "Unknown":
        o.append(f'<div>{term("Recruitment Status")} : <span class="tr-status">Unknown</span>')
        o.append(f"<div>Verified {f['verified']} by {e(', '.join(f['responsible']))}.</div>")
        if f["last_known"]:
            o.append(f"<div>Recruitment status was: {f['last_known']}</div>")
        o.append("</div>")
    else:
        why = f" ({e(f['why'])})" if f["why"] else ""
        o.append(f"<div>{term('Recruitment Status')} : <div>{f['status']}{why}</div></div>")
    o.append(f"<div>{term('First Posted')} : {f['first']}</div>")
    if f["results"]:
        o.append(f"<div>{term('Results First Posted')} : {f['results']}</div>")
    o.append(f"<div>{term('Last Update Posted')} : {f['updated']}</div></td></tr></table></div></div>")
    o.append('<div class="tr-info"><div class="tr-info-title">Sponsor:</div>')
    o.append(f'<div class="tr-info-text" id="sponsor"> {e(f["lead"])} </div>')
    if f["collaborators"]:
        plural = "s" if len(f["collaborators"]) > 1 else ""
        o.append(f'<div class="tr-info-title">Collaborator{plural}:</div>')
        o += [f'<div class="tr-info-text">{e(c)}</div>' for c in f["collaborators"]]
    o.append('<div class="tr-info-title">Information provided by (Responsible Party):</div>')
    o.append(f'<div class="tr-info-text">{e(", ".join(f["responsible"]))}</div></div>')
    tab = "Study Results" if f["results"] else "No Results Posted"
    o.append('<ul id="tab-links">')
    o += [
        f'<li><a href="#">{t}</a></li>'
        for t in ("Study Details", "Tabular View", tab, "Disclaimer", "How to Read a Study Record")
    ]
    o.append("</ul>")
    o.append(f'<div id="tab-body"><div class="tr-indent1">{head("Study Description")}')
    o.append(
        f'<div class="ct-body3">Brief Summary:</div><div class="ct-body3 tr-indent2">{prose(f["summary"])}</div><br/>'
    )
    cells = [
        ("Condition or disease", f["conditions"]),
        ("Intervention/treatment", f["interventions"]),
        ("Phase", f["phases"]),
    ]
    cells = [(h, v) for h, v in cells if v]
    o.append('<table class="ct-data_table tr-data_table" border="1"><tr style="text-align:left;">')
    o += [f'<th class="ct-header3">{term(h)}</th>' for h, _ in cells]
    o.append("</tr><tr>")
    o += [f'<td class="ct-body3">{spans(v)}</td>' for _, v in cells]
    o.append("</tr></table><br/>")
    if f["detail"]:
        o.append('<div id="COLLAPSE-DetailedDesc"><div class="ct-body3">Detailed Description:</div>')
        o.append(f'<div class="ct-body3 tr-indent2">{prose(f["detail"])}</div></div>')
    o.append(f"</div>{head('Study Design')}<p></p>")
    o.append(
        table(
            "Layout table for study information",
            "tr-tableStyle tr-studyInfo",
            [pair(k, e(v).replace("  (", " &nbsp;(")) for k, v in f["design"]],
        )
    )
    o.append('<div class="tr-indent2"><div>Resource links provided by the National Library of Medicine</div>')
    o.append("<div>MedlinePlus related topics: <a href='#'>Topic</a></div><a href='#'>U.S. FDA Resources</a></div>")
    if f["arms"]:
        kind = "Group/Cohort" if f["observational"] else "Arm"
        o.append(head("Groups and Cohorts" if f["observational"] else "Arms and Interventions"))
        two = any(given for *_, given in f["arms"])
        o.append(f'<table class="ct-data_table tr-data_table"><thead><tr><th>{term(kind)}</th>')
        o.append(f"<th>{term('Intervention/treatment')}</th>" if two else "")
        o.append("</tr></thead><tbody>")
        for label, texts, given in f["arms"]:
            o.append(f'<tr><td class="ct-body3">\n{described(label, texts)}\n</td>')
            if two:
                o.append('<td class="ct-body3">\n' + "<br/>\n".join(described(*one) for one in given) + "\n</td>")
            o.append("</tr>")
        o.append("</tbody></table><br/>")
    o.append(head("Outcome Measures"))
    for name, listed in f["outcomes"]:
        o.append(f'<div class="ct-body3">{term(name)} :<ol style="margin-top:1ex; margin-bottom:1ex;">')
        for measure, frame, text in listed:
            tf = f" [&nbsp;Time&nbsp;Frame:&nbsp;{e(frame)}&nbsp;]" if frame else ""
            d = f'<div class="tr-indent2" style="margin-top:1ex;">{e(text)}</div><br/>' if text else ""
            o.append(f'<li style="margin-top:0.7ex;">{e(measure)}{tf}{d}</li>')
        o.append("</ol></div><br/>")
    if f["retention"]:
        o.append(f"<div>{term('Biospecimen Retention')}: &nbsp; {f['retention']}</div>")
        o.append(f'<div class="tr-indent2">{e(f["biospecimen"])}</div>')
    o.append(head("Eligibility Criteria"))
    o.append(f"<div>Information from the National Library of Medicine</div><p>{CHOOSING}</p>")
    o.append(
        table(
            "Layout table for eligibility information",
            "tr-tableStyle tr-studyInfo",
            [pair(k, e(v).replace("   (", " &nbsp; (")) for k, v in f["eligibility"]],
        )
    )
    if f["population"]:
        o.append(
            f'<div class="ct-header3">Study Population</div><div class="tr-indent2"><p>{e(f["population"])}</p></div>'
        )
    o.append(f'<div class="ct-header3">Criteria</div><div class="tr-indent2">{prose(f["criteria"])}</div>')
    o.append(head("Contacts and Locations"))
    o.append(f"<div>Information from the National Library of Medicine</div><p>{LEARN}</p>")
    o.append(f"<p>{REFER}: <b>{f['nct']}</b></p>")
    if f["central"]:
        o.append('<div class="ct-header3">Contacts</div>')
        rows = []
        for name, phone, email in f["central"]:
            rows.append(
                f"<tr><td>Contact: {e(name)}</td>" + "".join(f"<td>{e(x)}</td>" for x in (phone, email) if x) + "</tr>"
            )
        o.append(table("Layout table for location contacts", "tr-indent2", rows, ("a", "b", "c", "d")))
    if f["sites"]:
        o.append('<div class="ct-header3">Locations</div>')
        rows = []
        for country, listed in f["sites"].items():
            rows.append(f'<tr><td colspan="2" class="ct-header3">{e(country)}</td></tr>')
            for facility, status, place, people in listed:
                rows.append(
                    f'<tr><td headers="locName">{e(facility)}</td>'
                    + (f"<td>{status}</td>" if status else "<td></td>")
                    + "</tr>"
                )
                rows.append(f'<tr><td colspan="2" style="padding-left:4em">{e(place)}  </td></tr>')
                for role, name, phone, email in people:
                    said = " &nbsp; &nbsp; ".join(e(x) for x in (name, phone, email) if x)
                    rows.append(f'<tr><td colspan="2">{role}: {said} &nbsp; </td></tr>')
        o.append(table("Layout table for location information", "tr-indent2", rows, ("locName", "locStatus")))
    o.append('<div class="ct-header3">Sponsors and Collaborators</div>')
    o += [f'<div class="tr-indent2">{e(s)}</div>' for s in [f["lead"], *f["collaborators"]]]
    if f["officials"]:
        o.append('<div class="ct-header3">Investigators</div>')
        rows = [f"<tr><td>{r}:</td><td>{e(n)}</td><td>{e(a)}</td></tr>" for r, n, a in f["officials"]]
        o.append(
            table("Layout table for investigator information", "tr-indent2", rows, ("role", "name", "affiliation"))
        )
    o.append(head("More Information"))
    if f["references"]:
        o.append('<div class="tr-tableLabel">Publications:</div>')
        o += [f'<div class="tr-indent2"><a href="#">{e(r)}</a></div>' for r in f["references"]]
    rows = []
    for label, values in f["more"]:
        shown = " <br/>\n".join(e(v) for v in values)
        if label == "ClinicalTrials.gov Identifier:":
            shown = f'<a href="#">{shown}</a> &nbsp; &nbsp; <a href="#">History of Changes</a>'
        if label == "First Posted:":
            shown += " &nbsp; &nbsp; <a href='#'>Key Record Dates</a>"
        rows.append(pair(label, shown))
    o.append(table("Layout table for additonal information", "tr-tableStyle tr-moreInfo", rows))
    for heading, caption, listed in (
        (f"Keywords provided by {f['responsible'][0]}:", "keywords", f["keywords"]),
        ("Additional relevant MeSH terms:", "MeSH terms", f["mesh"]),
    ):
        if listed:
            half = (len(listed) + 1) // 2
            columns = [listed[:half], listed[half:]] if len(listed) > 5 else [listed]
            cells = "".join("<td>" + "".join(f"{e(x)}<br/>\n" for x in column) + "</td>" for column in columns)
            o.append(f'<div class="tr-tableLabel">{e(heading)}</div><div class="tr-indent3">')
            o.append(
                table(f"Layout table for {caption}", "tr-keywords", [f"<tr>{cells}</tr>"], ("k1", "k2")[: len(columns)])
            )
            o.append("</div>")
    o.append(
        '</div></div><div id="footer"><ul><li><a href="#">For Patients and Families</a></li></ul></div></body></html>'
    )
    return "\n".join(o)


# --- dialect T ------------------------------------------------------------------------------------------------------


def dialect_t(study):
    """What trafilatura leaves of the page: no headings, `|` behind cells, `- ` for every list item."""
    f = facts(study)
    out = [f["title"], "![]() |", f"{DISCLAIMER} |", f"ClinicalTrials.gov Identifier: {f['nct']} |"]
    if f["status"] == "Unknown":
        out += ["Recruitment Status : Unknown", f"Verified {f['verified']} by {', '.join(f['responsible'])}."]
        out += [f"Recruitment status was: {f['last_known']}"] if f["last_known"] else []
    else:
        out += ["Recruitment Status :", f["status"] + (f" ({f['why']})" if f["why"] else "")]
    out.append(f"First Posted : {f['first']}")
    out += [f"Results First Posted : {f['results']}"] if f["results"] else []
    out += [f"Last Update Posted : {f['updated']}", "|", "- Study Details", "- Tabular View"]
    out += [
        "- Study Results" if f["results"] else "- No Results Posted",
        "- Disclaimer",
        "- How to Read a Study Record",
    ]
    out += _prose_t(f["summary"])
    heads, cells = _condition_table(f)
    out += [" | ".join(heads) + " |", "---|" * len(heads), " | ".join(cells) + " |"]
    out += _prose_t(f["detail"])
    out += [f"{label} | {value} |".replace("  ", " ") for label, value in f["design"]]
    if f["arms"]:
        two = any(given for *_, given in f["arms"])
        head = "Group/Cohort" if f["observational"] else "Arm"
        out += ["", f"{head} | Intervention/treatment |" if two else f"{head} |", "---|---|" if two else "---|"]
        for label, texts, given in f["arms"]:
            out += [label, *texts, "|"] if texts else [f"{label} |"]
            if two:
                lines = []
                for title, described, names in given:
                    lines += [title, *described]
                    if len(names) == 1:
                        lines.append(f"Other Name: {names[0]}")
                    elif names:
                        lines += ["Other Names:", *(f"- {name}" for name in names)]
                out += [*lines[:-1], f"{lines[-1]} |"] if lines else ["|"]
    for _, listed in f["outcomes"]:
        for measure, frame, text in listed:
            out.append(f"- {measure}" + (f" [ Time Frame: {frame} ]" if frame else " ") + text)
    if f["retention"]:
        out += [f"Biospecimen Retention: {f['retention']}", *([f["biospecimen"]] if f["biospecimen"] else [])]
    out += ["", CHOOSING]
    out += [f"{label} | {' '.join(value.split())} |" for label, value in f["eligibility"]]
    out += [f["population"]] if f["population"] else []
    out += _prose_t(f["criteria"])
    out += ["", LEARN, f"{REFER}: {f['nct']}"]
    for name, phone, email in f["central"]:
        out.append(f"Contact: {' | '.join(part for part in (name, phone, email) if part)} |")
    for country, listed in f["sites"].items():
        out.append(f"{country} | |")
        for facility, status, place, people in listed:
            out.append(f"{facility} | {status} |" if status else f"{facility} |")
            out.append(f"{place} | |")
            out += [f"{role}: {' '.join(part for part in said if part)} | |" for role, *said in people]
    out += [f"{role}: | {name} | {affiliation} |" for role, name, affiliation in f["officials"]]
    for label, values in f["more"]:
        if label == "Other Study ID Numbers:" and values:
            out += [f"{label} |", *values]
        elif values:
            link = {"First Posted:": " Key Record Dates"}.get(label, "")
            out.append(f"{label} | {values[0]}{link} |")
        else:
            out.append(f"{label} |")
    out += [" ".join(listed) for listed in (f["keywords"], f["mesh"]) if listed]
    return "\n".join(out)


def _condition_table(f):
    cells = [
        ("Condition or disease", f["conditions"]),
        ("Intervention/treatment", f["interventions"]),
        ("Phase", f["phases"]),
    ]
    return [head for head, listed in cells if listed], [" ".join(listed) for _, listed in cells if listed]


def _prose_t(found):
    return [text if kind == "p" else f"- {text}" for kind, _, _, text in found]


# --- dialect R ------------------------------------------------------------------------------------------------------


def dialect_r(study):
    """What resiliparse leaves of the page: headings and blank lines, cells joined by a blank, the sponsor lost."""
    f = facts(study)
    out = ["Working…", "ClinicalTrials.gov", "ClinicalTrials.gov Menu", "", f["title"], "", DISCLAIMER, " "]
    out += [f"ClinicalTrials.gov Identifier: {f['nct']}"]
    if f["status"] == "Unknown":
        out += ["Recruitment Status : Unknown", f"Verified {f['verified']} by {', '.join(f['responsible'])}."]
        out += [f"Recruitment status was: {f['last_known']}"] if f["last_known"] else []
    else:
        out.append(f"Recruitment Status : {f['status']}" + (f" ({f['why']})" if f["why"] else ""))
    out.append(f"First Posted : {f['first']}")
    out += [f"Results First Posted : {f['results']}"] if f["results"] else []
    out += [f"Last Update Posted : {f['updated']}", "Sponsor:"]
    if f["collaborators"]:
        out += ["Collaborators:" if len(f["collaborators"]) > 1 else "Collaborator:", *f["collaborators"]]
    out += ["Information provided by (Responsible Party):", ", ".join(f["responsible"]), "", "Brief Summary:", ""]
    out += _prose_r(f["summary"])
    heads, cells = _condition_table(f)
    out += [" ".join(heads), " ".join(cells), ""]
    if f["detail"]:
        out += ["Detailed Description:", "", *_prose_r(f["detail"])]
    out += ["", "Layout table for study information", *(f"{label} {value}" for label, value in f["design"]), ""]
    out += ["Resource links provided by the National Library of Medicine", "", "MedlinePlus related topics: Topic", ""]
    if f["arms"]:
        two = any(given for *_, given in f["arms"])
        head = "Group/Cohort" if f["observational"] else "Arm"
        out.append(f"{head} Intervention/treatment" if two else head)
        for label, texts, given in f["arms"]:
            lines = []
            for title, described, names in given:
                lines += [title, *described]
                if len(names) == 1:
                    lines.append(f"Other Name: {names[0]}")
                elif names:
                    lines += ["Other Names:", *(f"  • {name}" for name in names)]
            if texts or not lines:
                out += [label, *texts, *lines]
            else:
                out += [f"{label} {lines[0]}", *lines[1:]]
    for name, listed in f["outcomes"]:
        out += ["", f"{name} :"]
        for number, (measure, frame, text) in enumerate(listed, 1):
            out.append(f"  {number}. {measure}" + (f" [ Time Frame: {frame} ]" if frame else ""))
            out += [f"    {text}", ""] if text else []
    if f["retention"]:
        out += ["", f"Biospecimen Retention:   {f['retention']}", *([f["biospecimen"]] if f["biospecimen"] else [])]
    out += ["", "Information from the National Library of Medicine", "", CHOOSING, ""]
    out += ["Layout table for eligibility information", *(f"{label}   {value}" for label, value in f["eligibility"])]
    out += ["Study Population", "", f["population"]] if f["population"] else []
    out += [
        "Criteria",
        "",
        *_prose_r(f["criteria"]),
        "Information from the National Library of Medicine",
        "",
        LEARN,
        "",
    ]
    out += [f"{REFER}: {f['nct']}", ""]
    if f["central"]:
        out += ["Contacts", "Layout table for location contacts"]
        out += [f"Contact: {' '.join(part for part in said if part)}" for said in f["central"]]
    if f["sites"]:
        out += ["Locations", "Layout table for location information"]
    for country, listed in f["sites"].items():
        out.append(country)
        for facility, status, place, people in listed:
            out += [f"{facility} {status}".rstrip(), place]
            out += [f"{role}: {'     '.join(part for part in said if part)}  " for role, *said in people]
    out += ["Sponsors and Collaborators", f["lead"], *f["collaborators"]]
    if f["officials"]:
        out += ["Investigators", "Layout table for investigator information"]
        out += [f"{role}: {name} {affiliation}".rstrip() for role, name, affiliation in f["officials"]]
    out += ["", "More Information", ""]
    out += ["Publications:", *f["references"]] if f["references"] else []
    out.append("Layout table for additonal information")
    for label, values in f["more"]:
        links = {"First Posted:": "     Key Record Dates", "ClinicalTrials.gov Identifier:": "     History of Changes"}
        first, *others = values or [""]
        out += [f"{label} {first}".rstrip() + links.get(label, ""), *others]
    if f["keywords"]:
        out += [f"Keywords provided by {f['responsible'][0]}:", "Layout table for keywords", *f["keywords"]]
    if f["mesh"]:
        out += ["Additional relevant MeSH terms:", "Layout table for MeSH terms", *f["mesh"]]
    return "\n".join(out)


def _prose_r(found):
    out, number = [], 0
    for kind, level, marker, text in found:
        if kind == "p":
            out += ["", text, ""] if out and out[-1] else [text, ""]
            number = 0
            continue
        number += 1
        out.append("  " * (level + 1) + ("• " if marker == "*" else f"{number}. ") + text)
    return [*out, ""]


# --- what a page says -----------------------------------------------------------------------------------------------

_NO_CRITERION = re.compile(
    r"(?:\S+ ){0,4}?(?:in|ex)clusion\b.{0,70}:|(?:\S+ ){0,4}?(?:in|ex)clusion( \S+){0,4}", re.IGNORECASE
)
_KIND_OF = re.compile(r"(inclusion|exclusion)", re.IGNORECASE)


LISTS = (
    "identifiers",
    "sponsors",
    "conditions",
    "keywords",
    "study_references",
    "arms",
    "interventions",
    "arm_interventions",
    "outcomes",
    "sites",
    "officials",
    "contacts",
    "eligibility_criteria",
)
"""The tables that `cells` speaks of, beside `trial`."""


def cells(study, carrier):
    """The cells that the page says in `carrier` ("T", "R" or "html"), as (table, ordinal, column, value)."""
    f = facts(study)
    p = study["protocolSection"]
    ident, found = p["identificationModule"], set()

    def put(table, ordinal, **columns):
        found.update((table, ordinal, column, value) for column, value in columns.items() if value)

    trial = {
        "brief_title": words(ident["briefTitle"]),
        "acronym": words(ident.get("acronym")),
        "overall_status": f["status"],
        "why_stopped": f["why"],
        "first_posted_date": f["first"],
        "results_first_posted_date": f["results"],
        "last_update_posted_date": f["updated"],
        "last_verified_date": f["verified"],
        "phases": " ".join(f["phases"]),
        "responsible_party": f["responsible"][0],
        "has_results": "" if carrier == "R" else "Study Results" if f["results"] else "No Results Posted",
        "population": f["population"],
    }
    said = "• " if carrier == "R" else "- "
    for field, listed in (
        ("brief_summary", f["summary"]),
        ("detailed_description", f["detail"]),
        ("eligibility_text", f["criteria"]),
    ):
        if carrier == "R":
            trial[field] = " ".join(" ".join(_prose_r(listed)).split())
        else:
            trial[field] = " ".join(text if kind == "p" else f"{said}{text}" for kind, _, _, text in listed)
    names = {
        "Allocation:": "allocation",
        "Intervention Model:": "intervention_model",
        "Intervention Model Description:": "intervention_model_description",
        "Masking Description:": "masking_description",
        "Primary Purpose:": "primary_purpose",
        "Observational Model:": "observational_model",
        "Time Perspective:": "time_perspective",
        "Official Title:": "official_title",
        "Sexes Eligible for Study:": "sex",
        "Gender Based Eligibility:": "gender_based",
        "Accepts Healthy Volunteers:": "healthy_volunteers",
        "Sampling Method:": "sampling_method",
        "Plan to Share IPD:": "plan_to_share_ipd",
        "Studies a U.S. FDA-regulated Drug Product:": "is_fda_regulated_drug",
        "Studies a U.S. FDA-regulated Device Product:": "is_fda_regulated_device",
    }
    kinds = {"Enrollment": "enrollment", "Study Start Date": "start_date"}
    kinds |= {"Primary Completion Date": "primary_completion_date", "Study Completion Date": "completion_date"}
    for label, value in [*f["design"], *f["eligibility"], *((k, v[0]) for k, v in f["more"] if v)]:
        if label in names:
            trial[names[label]] = value
        elif label == "Study Type :":
            trial["study_type"] = value.split("  (")[0].split(" [")[0]
        elif label == "Masking:":
            open_label = "(Open" in value
            trial["masking"] = value if open_label else value.split(" (")[0]
            trial["who_masked"] = value.split(" (")[1][:-1] if " (" in value and not open_label else ""
        elif label.endswith(" :"):
            kind, _, rest = label.removesuffix(" :").partition(" ")
            rest = rest if kind in ("Actual", "Estimated") else label.removesuffix(" :")
            trial[kinds[rest]] = value
            trial[f"{kinds[rest]}_type"] = kind if kind in ("Actual", "Estimated") else ""
    elig = p.get("eligibilityModule", {})
    put("trial", 0, **trial, minimum_age=elig.get("minimumAge"), maximum_age=elig.get("maximumAge"))
    ids = next(values for label, values in f["more"] if label == "Other Study ID Numbers:")
    put("identifiers", 0, identifier=f["nct"], role="PRIMARY")
    for n, number in enumerate(ids, 1):
        own = number.split(" ( ")[0]
        is_sponsors = n == 1 and identifiers.registry(own) is None
        put("identifiers", n, identifier=own, role="SECONDARY", registry="SPONSOR" if is_sponsors else None)
    if carrier != "T":
        for n, name in enumerate([f["lead"], *f["collaborators"]]):
            put("sponsors", n, name=name, role="COLLABORATOR" if n else "LEAD")
    for n, name in enumerate(f["conditions"]):
        put("conditions", n, name=name)
    for n, name in enumerate(f["keywords"] if carrier != "T" else ()):
        put("keywords", n, name=name)
    titles = []
    for title in f["interventions"]:
        if title not in titles:
            titles.append(title)
            put("interventions", len(titles) - 1, type=title.split(": ")[0], name=title.split(": ", 1)[1])
    links, done = [], set()
    for n, (label, texts, given) in enumerate(f["arms"]):
        kind, colon, rest = label.partition(": ")
        typed = colon and not f["observational"]
        put("arms", n, label=rest if typed else label, type=kind if typed else "", description=" ".join(texts))
        for title, described, others in given:
            at = titles.index(title)
            if (n, at) not in links:
                links.append((n, at))
            if at not in done:
                done.add(at)
                put("interventions", at, description=" ".join(described), other_names=tuple(dict.fromkeys(others)))
    for n, (arm, intervention) in enumerate(links):
        put("arm_interventions", n, arm=f"#{arm}", intervention=f"#{intervention}")
    number = 0
    for head, listed in f["outcomes"]:
        for measure, frame, text in listed:
            kind = "" if carrier == "T" else head.split()[0]
            put("outcomes", number, measure=measure, time_frame=frame, description=text, type=kind)
            number += 1
    places = {}
    for site in p.get("contactsLocationsModule", {}).get("locations") or []:
        place = [words(site.get(part)) for part in ("city", "state", "country", "zip")]
        places[", ".join(part for part in place if part)] = place
    number, people = 0, [("Contact", *person, None) for person in f["central"]]
    for listed in f["sites"].values():
        for facility, status, place, here in listed:
            city, state, country, code = places[place]
            put(
                "sites",
                number,
                facility=facility,
                status=status,
                city=city,
                state=state,
                country=country,
                postal_code=code,
            )
            people += [(*person, f"#{number}") for person in here]
            number += 1
    for n, (role, name, phone, email, site) in enumerate(people):
        put("contacts", n, role=role, name=name, phone=phone, email=email, site=site)
    for n, (role, name, affiliation) in enumerate(f["officials"]):
        put("officials", n, role=role, name=name, affiliation=affiliation)
    for n, citation in enumerate(f["references"] if carrier != "T" else ()):
        put("study_references", n, citation=citation, type="BACKGROUND")
    number, kind = 0, ""
    for block, _, _, text in f["criteria"]:
        if (block == "p" or text.endswith(":")) and _NO_CRITERION.fullmatch(text):
            spoken = {word.upper() for word in _KIND_OF.findall(text)}
            kind = spoken.pop() if len(spoken) == 1 else ""
        elif block == "li":
            put("eligibility_criteria", number, text=text, kind=kind)
            number += 1
    return found


# --- the sample -----------------------------------------------------------------------------------------------------

_POINTS = ("1 month after injection", "3 months after injection", "6 months after injection")
_MEASURES = (
    ("Child Pugh Score", "Five findings are scored from one to three and added up; more points mean a sicker liver."),
    ("Examination of liver function", "Read from the enzymes of a blood sample."),
    ("MELD Score", "Worked out from three values of the blood; a higher score stands for a worse outlook."),
)
SAMPLE = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT04357600",
            "orgStudyIdInfo": {"id": "CT/LC/01/2018"},
            "briefTitle": "Cord Cells in Liver Cirrhoses After Hepatitis B",
            "officialTitle": "Cells of the Umbilical Cord in Liver Cirrhosis That Followed Hepatitis B: Phase I/ II",
        },
        "statusModule": {
            "statusVerifiedDate": "2022-06",
            "overallStatus": "RECRUITING",
            "startDateStruct": {"date": "2018-05-17", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2023-06-20", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2023-12-20", "type": "ESTIMATED"},
            "studyFirstPostDateStruct": {"date": "2020-04-22"},
            "lastUpdatePostDateStruct": {"date": "2022-06-15"},
        },
        "sponsorCollaboratorsModule": {
            "responsibleParty": {"type": "SPONSOR"},
            "leadSponsor": {"name": "PT. Example Stem Cell Indonesia"},
            "collaborators": [{"name": "Example Hospital of Jakarta"}],
        },
        "oversightModule": {"isFdaRegulatedDrug": False, "isFdaRegulatedDevice": False},
        "descriptionModule": {
            "briefSummary": "Twelve people receive cord cells once.\n\nTheir livers are then watched for half a year."
        },
        "conditionsModule": {"conditions": ["Liver Cirrhoses"], "keywords": ["Cord Cells", "Cirrhosis"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "designInfo": {
                "allocation": "NA",
                "interventionModel": "SINGLE_GROUP",
                "interventionModelDescription": "One group; everyone in it is given the same cells.",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {"masking": "NONE"},
            },
            "enrollmentInfo": {"count": 12, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {
            "armGroups": [
                {
                    "label": "intravenous injection of UC-MSC",
                    "type": "EXPERIMENTAL",
                    "description": "100 million cells for each person, into a vein.",
                    "interventionNames": ["Biological: Allogeneic Umbilical Cord Mesenchymal Stem Cell"],
                }
            ],
            "interventions": [
                {
                    "type": "BIOLOGICAL",
                    "name": "Allogeneic Umbilical Cord Mesenchymal Stem Cell",
                    "description": "Given once; blood pressure is watched for 24 hours, and visits follow.",
                }
            ],
        },
        "outcomesModule": {
            "primaryOutcomes": [
                {
                    "measure": name,
                    "timeFrame": "6 months" if (name, point) == ("MELD Score", _POINTS[2]) else point,
                    "description": text,
                }
                for name, text in _MEASURES
                for point in _POINTS
            ]
        },
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* A liver scarred by hepatitis B, stage B\n\n"
            "Exclusion Criteria:\n\n* Says no to the study\n* A tumour\n* Hepatitis C or HIV beside it\n"
            "* Expects or nurses a child\n* Diabetes, or a grave disease of the heart\n* Drinks too much, or NASH\n"
            "* Had a transplant or other stem cells before",
            "healthyVolunteers": False,
            "sex": "ALL",
            "minimumAge": "18 Years",
            "maximumAge": "65 Years",
            "stdAges": ["ADULT", "OLDER_ADULT"],
        },
        "contactsLocationsModule": {
            "centralContacts": [
                {"name": "Dewi Contoh, PhD", "phone": "555-0101", "email": "dewi@example.org"},
                {"name": "Adi Misal, M.Sc", "email": "adi@example.org"},
            ],
            "locations": [
                {
                    "facility": "Cipto Mangunkusumo hospital",
                    "city": "Jakarta",
                    "state": "DKI Jakarta",
                    "country": "Indonesia",
                    "status": "RECRUITING",
                    "contacts": [
                        {"name": "Tono Umpama, GP", "phone": "555-0102", "email": "tono@example.org"},
                        {"name": "Sari Andai, B.Sc", "phone": "555-0103", "email": "sari@example.org"},
                        {"name": "Dewi Contoh, PhD", "role": "PRINCIPAL_INVESTIGATOR"},
                    ],
                }
            ],
            "overallOfficials": [
                {
                    "name": "Dewi Contoh, PhD",
                    "role": "PRINCIPAL_INVESTIGATOR",
                    "affiliation": "Cipto Mangunkusumo Hospital",
                },
                {"name": "Sari Andai, B.Sc", "role": "STUDY_CHAIR", "affiliation": "PT. Example Stem Cell Indonesia"},
            ],
        },
    },
    "derivedSection": {
        "conditionBrowseModule": {
            "meshes": [{"term": "Hepatitis B"}, {"term": "Liver Cirrhosis"}],
            "ancestors": [{"term": "Liver Diseases"}, {"term": "Virus Diseases"}],
        }
    },
}
