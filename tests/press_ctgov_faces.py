"""Prints a register study as the older faces of ClinicalTrials.gov: study page until 2017, tabular view, archive.

The other side of those readers' tests: it knows the pages' HTML as saved ones have it (NBSPs, nested tables, labels in
cells of their own) and shares no code with the readers. What a study says comes from the press of the classic page.
"""

from __future__ import annotations

import re
from html import escape

import press_ctgov_classic as classic
from press_ctgov_classic import SAMPLE, day, facts, title_case, words

FACES = ("ct3", "tabular", "archive")
SENTENCE = {
    "Recruiting": "This study is currently recruiting participants.",
    "Not yet recruiting": "This study is not yet open for participant recruitment.",
    "Active, not recruiting": "This study is ongoing, but not recruiting participants.",
    "Completed": "This study has been completed.",
    "Enrolling by invitation": "This study is enrolling participants by invitation only.",
    "Suspended": "This study has been suspended.",
    "Terminated": "This study has been terminated.",
    "Withdrawn": "This study has been withdrawn prior to enrollment.",
    "Unknown": "The recruitment status of this study is unknown because the information has not been verified "
    "recently.",
    "Available": "Expanded access is currently available for this treatment.",
    "No longer available": "Expanded access is no longer available for this treatment.",
}
GENDER = {"All": "Both"}
FORM_TYPES = {"Biological": "Biological/Vaccine", "Procedure": "Procedure/Surgery"}
MENU = (
    '<div id="header"><a href="#main">Skip to Main Content</a><ul id="nav"><li><a>Find Studies</a><ul>'
    "<li>Basic Search</li><li>How to Read a Study Record</li></ul></li><li>About This Site<ul><li>Disclaimer</li></ul>"
    "</li></ul></div>"
)
FOOT = '<ul id="footer"><li>For Patients &amp; Families</li><li>For Researchers</li><li>Copyright</li></ul>'


def said(study):
    """What the older faces print of a study, beside `facts`."""
    status = study["protocolSection"]["statusModule"]
    f = facts(study)
    rows = {label.rstrip(" :"): value for label, value in f["design"]}
    elig = dict(f["eligibility"])
    numbers = next(values for label, values in f["more"] if label.startswith("Other Study ID"))
    dates = {}
    for name in ("Study Start Date", "Primary Completion Date", "Study Completion Date", "Enrollment"):
        for kind in ("", "Actual ", "Estimated "):
            if kind + name in rows:
                dates[name] = (kind.strip(), rows[kind + name].removesuffix(" participants"))
    return f | {
        "rows": rows,
        "elig": {label.rstrip(":"): value for label, value in elig.items()},
        "gender": GENDER.get(elig.get("Sexes Eligible for Study:"), elig.get("Sexes Eligible for Study:", "")),
        "numbers": [number.split(" ( ")[0] for number in numbers],
        "dates": dates,
        "type": rows["Study Type"].split("  (")[0].split(" [")[0],
        "received": day(status["studyFirstSubmitDate"]) if status.get("studyFirstSubmitDate") else "",
        "changed": day(status["lastUpdateSubmitDate"]) if status.get("lastUpdateSubmitDate") else "",
        "results_received": day(status["resultsFirstSubmitDate"]) if status.get("resultsFirstSubmitDate") else "",
        "choices": [
            (label, rows[label])
            for label in (
                "Allocation", "Intervention Model", "Masking", "Primary Purpose", "Observational Model",
                "Time Perspective",
            )
            if label in rows
        ],
    }  # fmt: skip


def _prose(found):
    out, depth = [], []
    for kind, level, _, text in found:
        if kind == "p":
            out += ["</li></ul>" for _ in depth]
            depth = []
            out.append(f'<p style="margin-top:0ex; margin-bottom:1ex;">{escape(text)}</p>')
            continue
        while len(depth) > level + 1:
            out.append("</li></ul>")
            depth.pop()
        if len(depth) == level + 1:
            out.append("</li>")
        while len(depth) < level + 1:
            out.append('<ul style="margin-top:1ex; margin-bottom:1ex;">')
            depth.append("ul")
        out.append(f'<li style="margin-top:0.7ex;">{escape(text)}')
    out += ["</li></ul>" for _ in depth]
    return "\n".join(out)


def _outcome(outcome):
    measure, frame, text = outcome
    out = escape(measure)
    if frame:
        out += f" [&nbsp;Time&nbsp;Frame:&nbsp;{escape(frame)}&nbsp;]"
    out += " [&nbsp;Designated&nbsp;as&nbsp;safety&nbsp;issue:&nbsp;No&nbsp;]"
    return out + (f'\n<div class="indent2" style="margin-top:0.5ex">{escape(text)}</div>' if text else "")


def _indented(texts):
    inner = "".join(f"<p>{escape(t)}</p>" if len(texts) > 1 else escape(t) for t in texts)
    return f'\n<div class="indent2" style="margin-top:0.5ex">{inner}</div>' if texts else ""


def _other_names(names):
    if len(names) < 2:
        return "".join(f'\n<div class="indent2">Other Name: {escape(n)}</div>' for n in names)
    return '\n<div class="indent2">Other Names:<ul>' + "".join(f"<li>{escape(n)}</li>" for n in names) + "</ul></div>"


def _head(f):
    """The head of the page, which the tabular view repeats."""
    e = escape
    o = [
        f"<html><head>\r\n<title>{e(f['title'])} - Full Text View - ClinicalTrials.gov</title>\r\n</head><body>",
        MENU,
        f'<div id="main-content"><h1 class="solo_record">{e(f["title"])}</h1>',
        f'<div id="trial-info-1"><div class="not-recruiting-status">\r\n   {SENTENCE[f["status"]]}</div>',
    ]
    if f["why"]:
        o.append(f"<div>({e(f['why'])})</div>")
    if f["status"] == "Unknown":
        o.append(f"<div>Verified {f['verified']} by {e(f['lead'])}.</div>")
        o.append(f"<div>Recruitment status was&nbsp; {f['last_known']}</div>")
    o.append(f'<div class="info-title">Sponsor:</div>\r\n<div class="info-text" id="sponsor"> {e(f["lead"])} </div>')
    if f["collaborators"]:
        o.append(f'<div class="info-title">Collaborator{"s" * (len(f["collaborators"]) > 1)}:</div>')
        o += [f'<div class="info-text">{e(c)}</div>' for c in f["collaborators"]]
    o.append('<div class="info-title">Information provided by (Responsible Party):</div>')
    o.append(f'<div class="info-text">{e(f["responsible"][0])}</div></div>')
    o.append('<div id="trial-info-2"><div class="info-title">ClinicalTrials.gov Identifier:</div>')
    o.append(f'<div class="identifier">{f["nct"]}</div>')
    o.append(f'<div class="info-date">First received: {f["received"]}</div>')
    o.append(f'<div class="info-date">Last updated:&nbsp; {f["changed"]}</div>')
    o.append(f'<div class="info-date">Last verified:&nbsp; {f["verified"]}</div>')
    o.append('<div class="info-date"><a href="#">History of Changes</a></div></div>')
    tab = "Study Results" if f["results"] else "No Study Results Posted"
    tabs = ("Full Text View", "Tabular View", tab, "Disclaimer", "How to Read a Study Record")
    o.append('<ul id="tab-links">' + "".join(f"<li><a>{t}  </a></li>" for t in tabs) + "</ul>")
    return o


def ct3(study):
    """The study page of 2014."""
    f, e = said(study), escape

    def table(rows):
        body = "".join(
            f'<tr valign="top"><td nowrap>{e(label)}</td>\r\n<td style="padding-left:1em">{value}</td></tr>'
            for label, value in rows
        )
        return (
            '<table summary="Layout table for study information" class="layout_table"><thead><tr>'
            f'<th style="display:none"></th></tr></thead>{body}</table>'
        )

    def dated(name, label):
        kind, value = f["dates"].get(name, ("", ""))
        note = " (Final data collection date for primary outcome measure)" if name.startswith("Primary") else ""
        return [(f"{'Estimated ' if kind == 'Estimated' else ''}{label}:", value + note)] if value else []

    o = _head(f)
    o.append(
        f'<div class="indent1"><span class="header2">&nbsp; Purpose</span><div class="body3">{_prose(f["summary"])}'
    )
    o.append("</div><br/>")
    columns = ["Condition"] + ["Intervention"] * bool(f["interventions"]) + ["Phase"] * bool(f["phases"])
    lists = [f["conditions"], f["interventions"], f["phases"]]
    o.append('<div align="center"><table class="data_table"><tr align="left">')
    o.append("".join(f"<th><a>{c}</a></th>" for c in columns) + "</tr><tr>")
    o.append(
        "".join(f'<td class="body3">{"<br/>".join(map(e, c))}<br/></td>' for c in lists if c or c is lists[0])
        + "</tr></table></div>"
    )
    design = "<br/>".join(f"{label.replace(' ', '&#160;')}:&#160;{e(value)}" for label, value in f["choices"])
    rows = [("Study Type:", f["type"])] + [("Study Design:", design)] * bool(design)
    if "Official Title" in f["rows"]:
        rows.append(("Official Title:", e(f["rows"]["Official Title"])))
    o.append(table(rows))
    o.append("<div>Resource links provided by NLM:</div><div>MedlinePlus related topics: <a>Health</a></div>")
    o.append(f"<div>Further study details as provided by {e(f['lead'])}:</div>")
    for head, listed in f["outcomes"]:
        o.append(f'<br/><div class="header3">{head}:</div><ul>')
        o += [f'<li style="margin-top:0.7ex;">{_outcome(one)}</li>' for one in listed]
        o.append("</ul>")
    rows = dated("Enrollment", "Enrollment") + dated("Study Start Date", "Study Start Date")
    rows += dated("Study Completion Date", "Study Completion Date")
    o.append(table(rows + dated("Primary Completion Date", "Primary Completion Date")))
    if f["arms"]:
        any_given = any(given for _, _, given in f["arms"])
        first = "Groups/Cohorts" if f["observational"] else "Arms"
        o.append(f'<table class="data_table"><tr><th>{first} </th>' + "<th>Assigned Interventions</th>" * any_given)
        o.append("</tr>")
        for label, texts, given in f["arms"]:
            cell = "\r\n".join(e(t) + _indented(d) + _other_names(n) for t, d, n in given)
            o.append(f'<tr><td class="body3">\r\n{e(label)}{_indented(texts)}</td>')
            o.append(f"<td>{cell}</td>" * any_given + "</tr>")
        o.append("</table>")
    if f["detail"]:
        o.append(f'<span class="header3">Detailed Description:</span><div class="body3">{_prose(f["detail"])}</div>')
    o.append('</div><div class="indent1"><span class="header2">&nbsp; Eligibility</span>')
    rows = [("Ages Eligible for Study:", e(f["elig"].get("Ages Eligible for Study", "").split("   (")[0]))]
    rows += [("Genders Eligible for Study:", f["gender"])] * bool(f["gender"])
    own = ("Accepts Healthy Volunteers", "Sampling Method")
    rows += [(f"{label}:", f["elig"][label]) for label in own if label in f["elig"]]
    o.append(table(rows))
    if f["population"]:
        o.append(f'<div class="header3">Study Population</div><div class="indent2">{e(f["population"])}</div>')
    o.append(f'<div class="header3">Criteria</div><div class="indent2">{_prose(f["criteria"])}</div></div>')
    o.append('<div class="indent1"><span class="header2">&nbsp; Contacts and Locations</span>')
    o.append("<div>Choosing to participate in a study is an earnest matter.</div>")
    o.append(f"<p>Please refer to this study by its ClinicalTrials.gov identifier: {f['nct']}</p>")
    o.append(_people(f["central"], "Contacts"))
    if f["sites"]:
        o.append("<div>Locations</div><table>")
        for head, listed in f["sites"].items():
            o.append(f"<tr><td><b>{e(head)}</b></td></tr>")
            for facility, status, place, here in listed:
                o.append(f"<tr><td>{e(facility)}</td><td>{status}</td></tr><tr><td>{e(place)}</td></tr>")
                o += [_person(*one) for one in here]
        o.append("</table>")
    o.append("<div>Sponsors and Collaborators</div>")
    o += [f"<div>{e(name)}</div>" for name in (f["lead"], *f["collaborators"])]
    if f["officials"]:
        o.append("<div>Investigators</div><table>")
        o += [f"<tr><td>{role}:</td><td>{e(n)}</td><td>{e(a)}</td><td></td></tr>" for role, n, a in f["officials"]]
        o.append("</table>")
    o.append('</div><div class="indent1"><span class="header2">&nbsp; More Information</span>')
    if f["references"]:
        o.append("<div>Publications:</div>" + "".join(f"<div>{e(r)}</div>" for r in f["references"]))
    else:
        o.append("<div>No publications provided</div>")
    rows = [("Responsible Party:", e(f["responsible"][0])), ("ClinicalTrials.gov Identifier:", _history(f["nct"]))]
    rows += [("Other Study ID Numbers:", e(", ".join(f["numbers"])))] * bool(f["numbers"])
    rows += [("Study First Received:", f["received"])]
    rows += [("Results First Received:", f["results_received"])] * bool(f["results_received"])
    rows += [("Last Updated:", f["changed"]), ("Health Authority:", "An example authority")]
    o.append(table(rows))
    if f["keywords"]:
        o.append(f"<div>Keywords provided by {e(f['lead'])}:</div><table><tr><td>")
        o.append("<br/>".join(map(e, f["keywords"])) + "<br/></td></tr></table>")
    if f["mesh"]:
        half = (len(f["mesh"]) + 1) // 2
        o.append("<div>Additional relevant MeSH terms:</div><table><tr>")
        o += [f"<td>{'<br/>'.join(map(e, part))}<br/></td>" for part in (f["mesh"][:half], f["mesh"][half:])]
        o.append("</tr></table>")
    o.append(f"</div><div>ClinicalTrials.gov processed this record on June 01, 2014</div></div>{FOOT}</body></html>")
    return "\r\n".join(o)


def _history(number):
    return f'{number} &nbsp; &nbsp; <a href="#">History of Changes</a>'


def _people(people, heading):
    if not people:
        return ""
    return f"<div>{heading}</div><table>" + "".join(_person("Contact", *one) for one in people) + "</table>"


def _person(role, *parts):
    return f"<tr><td>{role}: {escape(parts[0])}</td>" + "".join(f"<td>{escape(p)}</td>" for p in parts[1:]) + "</tr>"


def tabular(study):
    """The tabular view of 2014."""
    f, e = said(study), escape
    o = _head(f)
    o.append('<table class="data_table">')

    def section(text):
        o.append(f'<tr><td class="header2" colspan="2">{text}</td></tr>')

    def row(label, value, *, mark=True, remark=""):
        icmje = '&nbsp;<sup style="color:blue"> ICMJE </sup> ' if mark else " "
        note = f'<br/>&nbsp;<span class="footer">(submitted:&nbsp;{remark})</span>' if remark else ""
        o.append(f'<tr>\r\n <th class="header3" width="15%">{label}{icmje}{note}</th>')
        shown = (
            f'<td class="body3" valign="top">{value}</td>' if value else '<td class="missing_color">Not Provided</td>'
        )
        o.append(f" {shown}\r\n</tr>")

    def listed(entries):
        if len(entries) == 1:
            return entries[0]
        return "<ul>\r\n" + "\r\n".join(f'<li style="margin:1ex 0.5ex">{one}</li>' for one in entries) + "\r\n</ul>\r\n"

    def dated(name, label, *, mark):
        kind, value = f["dates"].get(name, ("", ""))
        note = " &nbsp; (final data collection date for primary outcome measure)" if name.startswith("Prim") else ""
        row(f"{'Estimated ' if kind == 'Estimated' else ''}{label}", value and value + note, mark=mark)

    section("Tracking Information")
    row("First Received Date", f["received"])
    row("Last Updated Date", f["changed"], mark=False)
    dated("Study Start Date", "Start Date", mark=True)
    dated("Primary Completion Date", "Primary Completion Date", mark=False)
    groups = dict(f["outcomes"])
    for kind in ("Primary", "Secondary", "Other"):
        entries = [_outcome(one) for one in groups.get(f"{kind} Outcome Measures", ())]
        row(f"Current {kind} Outcome Measures", entries and listed(entries), remark="March 29, 2012")
        again = "Same as current" if kind == "Primary" else "Another measure [&nbsp;Time&nbsp;Frame:&nbsp;1 day&nbsp;]"
        row(f"Original {kind} Outcome Measures", again, remark="July 9, 2009")
        if kind == "Primary":
            row("Change History", "<a>Complete list of historical versions</a>", mark=False)
    section("Descriptive Information")
    row("Brief Title", e(f["title"]))
    row("Official Title", e(f["rows"].get("Official Title", "")))
    row("Brief Summary", _prose(f["summary"]), mark=False)
    row("Detailed Description", _prose(f["detail"]), mark=False)
    row("Study Type", f["type"])
    row("Study Phase", "<br/>".join(f["phases"]), mark=False)
    design = "<br/>".join(f"{label.replace(' ', '&#160;')}:&#160;{e(value)}" for label, value in f["choices"])
    row("Study Design", design)
    if f["observational"]:
        row("Sampling Method", f["elig"].get("Sampling Method", ""), mark=False)
        row("Study Population", e(f["population"]), mark=False)
    row("Condition", listed([e(c) for c in f["conditions"]]) if f["conditions"] else "")
    own = {title: (d, n) for _, _, given in f["arms"] for title, d, n in given}
    titles = list(dict.fromkeys(f["interventions"]))
    entries = [e(t) + _indented(own.get(t, ([], []))[0]) + _other_names(own.get(t, ([], []))[1]) for t in titles]
    row("Intervention", listed(entries) if entries else "")
    entries = []
    for label, texts, given in f["arms"]:
        links = [e(title) for title, _, _ in given]
        out = e(label) + _indented(texts)
        if len(links) == 1:
            out += f"\r\n<div>Intervention: {links[0]}</div>"
        elif links:
            out += "\r\n<div>Interventions:<ul>" + "".join(f"<li>{one}</li>" for one in links) + "</ul></div>"
        entries.append(out)
    label = "Study Group/Cohort (s)" if f["observational"] else "Study Arm (s)"
    row(label, "<ul>" + "".join(f"<li>{one}</li>" for one in entries) + "</ul>" if entries else "", mark=False)
    row("Publications *", listed([e(r) for r in f["references"]]) if f["references"] else "", mark=False)
    o.append('<tr><td colspan="2">*&nbsp; Includes publications given by the data provider as well as publications')
    o.append("identified by ClinicalTrials.gov Identifier (NCT Number) in Medline.</td></tr>")
    section("Recruitment Information")
    row("Recruitment Status", f["status"])
    kind, count = f["dates"].get("Enrollment", ("", ""))
    row("Estimated Enrollment" if kind == "Estimated" else "Enrollment", count)
    dated("Study Completion Date", "Completion Date", mark=False)
    dated("Primary Completion Date", "Primary Completion Date", mark=False)
    row("Eligibility Criteria", _prose(f["criteria"]))
    row("Gender", f["gender"], mark=False)
    row("Ages", e(f["elig"].get("Ages Eligible for Study", "").split("   (")[0]), mark=False)
    row("Accepts Healthy Volunteers", f["elig"].get("Accepts Healthy Volunteers", ""), mark=False)
    none = "Contact information is only displayed when the study is recruiting subjects"
    row(
        "Contacts",
        "<table>" + "".join(_person("Contact", *c) for c in f["central"]) + "</table>" if f["central"] else none,
    )
    section("Administrative Information")
    row("NCT Number", f["nct"])
    row("Other Study ID Numbers", "<br/>".join(map(e, f["numbers"])))
    row("Has Data Monitoring Committee", "Yes", mark=False)
    row("Responsible Party", e(f["responsible"][0]), mark=False)
    row("Study Sponsor", e(f["lead"]))
    row("Collaborators", listed([e(c) for c in f["collaborators"]]) if f["collaborators"] else "")
    rows = "".join(f"<tr><td>{r}:</td><td>{e(n)}</td><td>{e(a)}</td><td></td></tr>" for r, n, a in f["officials"])
    row("Investigators", f"<table>{rows}</table>" if rows else "")
    row("Information Provided By", e(f["lead"]), mark=False)
    row("Verification Date", f["verified"], mark=False)
    o.append('<tr><td colspan="2"><br/><sup> ICMJE </sup>&nbsp; &nbsp; Data element required by the')
    o.append("<a>International Committee of Medical Journal Editors</a> and others</td></tr></table></div>")
    o.append(f"<p>To Top</p>{FOOT}</body></html>")
    return "\r\n".join(o)


def archive(study):
    """A page of the archive of versions."""
    f, e = said(study), escape
    status = study["protocolSection"]["statusModule"]
    version = status.get("lastUpdateSubmitDate", "2014-03-14").replace("-", "_")
    o = [f"<html><head><title>{f['nct']} on {version}: ClinicalTrials.gov Archive</title></head><body>"]
    o.append(
        '<div id="navLinks"><a>&#8592; History of this study</a><a>&#8593; Current version of this study</a></div>'
    )
    o.append(f'<h1>View of {f["nct"]} on\r\n  {version}</h1><table class="info">')

    def row(label, value):
        o.append(f"<tr>\r\n<th>{label}</th><td>{value}</td>\r\n</tr>")

    def long(label, found):
        o.append(f"<tr><th>{label}</th></tr>")
        if found:
            o.append(f'<tr><td colspan="2" class="bigdent">\r\n{_broken(found)}\r\n</td></tr>')

    def section(text):
        o.append(f'<tr><th class="section" colspan="2"><h2>{text}</h2></th></tr>')

    def paragraphs(texts):
        return "".join(f"<p>{e(t)}</p>" for t in texts)

    row("ClinicalTrials Identifier:", f["nct"])
    row("Updated:", version)
    section("Descriptive Information")
    row("Brief title", f"\r\n<p>{e(words(study['protocolSection']['identificationModule']['briefTitle']))}</p>\r\n")
    row("Official title", f"<p>{e(f['rows'].get('Official Title', ''))}</p>")
    long("Brief summary", f["summary"])
    long("Detailed description", f["detail"])
    for phase in f["phases"]:
        row("Phase", phase)
    row("Study type", f["type"])
    for choice in _choices(f):
        row("Study design", choice)
    for head, listed in f["outcomes"]:
        for measure, frame, text in listed:
            out = f"Measure: {e(measure)}"
            if frame:
                out += f"<br>Time Frame: {e(frame)}<br>Safety Issue? No"
            row(f"{head.split()[0]} outcome", out + (f"<br>Description: <p>{e(text)}</p>" if text else ""))
    for condition in f["conditions"]:
        row("Condition", f"\r\n      {e(condition)}\r\n  ")
    for label, texts, _ in f["arms"]:
        kind, colon, rest = label.partition(": ")
        typed = colon and not f["observational"]
        shown = f"{e(rest)} &nbsp; &nbsp; {kind}" if typed else f"{e(label)} &nbsp; &nbsp;"
        row("Arm/Group", f"\r\n<div>Arm Label: {shown}</div>\r\n{paragraphs(texts)}")
    for title, texts, arm in _given(f):
        kind, _, name = title.partition(": ")
        shown = f"{FORM_TYPES.get(kind, kind)}: {e(name)}"
        shown += f"\r\n &nbsp; &nbsp; Arm Label: {e(arm)}" if arm else ""
        row("Intervention", f"<div>{shown}</div>\r\n{paragraphs(texts)}")
    for citation in f["references"]:
        row("Reference", f"Citation: {e(citation)}<br>MEDLINE: 1234567")
    row("URL", "http://www.example.org")
    row("See also", "A page of the sponsor")
    section("Recruitment Information")
    row("Status", f["status"])
    for label, name in (
        ("Start date", "Study Start Date"), ("Last follow-up date", "Study Completion Date"),
        ("Primary completion date", "Primary Completion Date"),
    ):  # fmt: skip
        if name in f["dates"]:
            kind, _ = f["dates"][name]
            note = {"Actual": "(Actual)", "Estimated": "(Anticipated)"}.get(kind, "") if label != "Start date" else ""
            row(label, f"\r\n   {_iso(study, name)}\r\n\r\n  {note}\r\n")
    long("Criteria", f["criteria"])
    row("Gender", f["gender"])
    elig = study["protocolSection"].get("eligibilityModule", {})
    for label, key in (("Minimum age", "minimumAge"), ("Maximum age", "maximumAge")):
        if elig.get(key):
            row(label, elig[key])
    row("Healthy volunteers", f["elig"].get("Accepts Healthy Volunteers", ""))
    section("Administrative Data")
    row("Organization name", e(f["lead"]))
    for place, number in enumerate(f["numbers"]):
        if place:
            row("Secondary ID", f"{e(number)}\r\n (Example Registry)" if place == 1 else e(number))
        else:
            row("Organization study ID", e(number))
    row("Sponsor", e(f["lead"]))
    for name in f["collaborators"]:
        row("Collaborator", e(name))
    row("Health Authority", "Example: An authority")
    o.append("</table></body></html>")
    return "\r\n".join(o)


def _broken(found):
    """The archive's paragraphs: items keep their marks, a line break between them."""
    lines = [escape(text if kind == "p" else f"- {text}") for kind, _, _, text in found]
    return "<p>" + "<br>".join(lines) + "</p>"


def _choices(f):
    """The choices of the design in the form's order; the masking in the form's words."""
    rows = dict(f["choices"])
    masking = rows.get("Masking", "")
    masking = {"None (Open Label)": "Open Label"}.get(masking, masking)
    order = (
        "Primary Purpose",
        "Allocation",
        "Masking",
        "Intervention Model",
        "Observational Model",
        "Time Perspective",
    )
    found = [masking if label == "Masking" else rows[label] for label in order if label in rows]
    return [*found, "Safety/Efficacy Study"] if not f["observational"] and found else found


def _given(f):
    """The interventions with their descriptions and the first arm that has them."""
    for title in dict.fromkeys(f["interventions"]):
        texts, arm = [], ""
        for label, _, given in f["arms"]:
            for other, said_of_it, _ in given:
                if other == title and not arm:
                    arm = label if f["observational"] else label.partition(": ")[2] or label
                    texts = said_of_it
        yield title, texts, arm


def _iso(study, name):
    status = study["protocolSection"]["statusModule"]
    key = {"Study Start Date": "start", "Study Completion Date": "completion"}.get(name, "primaryCompletion")
    return status[f"{key}DateStruct"]["date"]


# --- what each face says --------------------------------------------------------------------------------------------

_UNSAID = {
    "first_posted_date", "last_update_posted_date", "results_first_posted_date", "gender_based", "plan_to_share_ipd",
    "is_fda_regulated_drug", "is_fda_regulated_device", "intervention_model_description", "masking_description",
}  # fmt: skip
DATES = {
    "Study Start Date": "start_date",
    "Study Completion Date": "completion_date",
    "Primary Completion Date": "primary_completion_date",
}
_NOT_ON = {
    "ct3": set(),
    "tabular": {"keywords", "sites"},
    "archive": {"keywords", "sites", "contacts", "officials", "arm_interventions"},
}


def cells(study, face):
    """The cells that a face says, as `press_ctgov_classic.cells` has them."""
    f = said(study)
    found = set()
    for table, ordinal, column, value in classic.cells(study, "html"):
        if table in _NOT_ON[face] or (table == "trial" and column in _UNSAID):
            continue
        found.add((table, ordinal, column, value))

    def put(column, value, table="trial", ordinal=0):
        found.difference_update({one for one in found if one[:3] == (table, ordinal, column)})
        if value:
            found.add((table, ordinal, column, value))

    for name, field in (*DATES.items(), ("Enrollment", "enrollment")):
        kind, value = f["dates"].get(name, ("", ""))
        put(f"{field}_type", "Estimated" if kind == "Estimated" else "")
        put(field, value)
    put("sex", f["gender"])
    put("study_type", f["type"])
    if not f["observational"] and face != "ct3":
        put("population", "")
        put("sampling_method", "")
    results = "Study Results" if f["results"] else "No Study Results Posted"
    if face == "archive":
        return _archive_cells(study, f, found, put)
    put("first_submitted_date", f["received"])
    put("results_first_submitted_date", f["results_received"] if face == "ct3" else "")
    put("has_results", results)
    if face == "ct3":
        put("overall_status", SENTENCE[f["status"]])
        for ordinal, term in enumerate(f["mesh"]):
            put("term", term, "mesh_terms", ordinal)
        return found
    put("has_dmc", "Yes")
    for ordinal in range(len(f["references"])):
        put("type", "", "study_references", ordinal)
    return {one for one in found if not (one[0] == "contacts" and one[1] >= len(f["central"]))}


def _archive_cells(study, f, found, put):
    for field in ("acronym", "last_verified_date", "responsible_party", "has_results", "why_stopped", "population"):
        put(field, "")
    put("sampling_method", "")
    for name, field in DATES.items():
        if name in f["dates"]:
            kind = f["dates"][name][0] if field != "start_date" else ""
            put(field, _iso(study, name))
            put(f"{field}_type", {"Actual": "Actual", "Estimated": "Anticipated"}.get(kind, ""))
    put("enrollment", "")
    put("enrollment_type", "")
    put("masking", {"None (Open Label)": "Open Label"}.get(*[next((o[3] for o in found if o[2] == "masking"), "")] * 2))
    labels = [re.sub(r"^.*?: ", "", label, count=1) if not f["observational"] else label for label, _, _ in f["arms"]]
    links = []
    for place, (title, texts, arm) in enumerate(_given(f)):
        kind = title.partition(": ")[0]
        put("type", FORM_TYPES.get(kind, kind), "interventions", place)
        put("description", " ".join(texts), "interventions", place)
        put("other_names", (), "interventions", place)
        if arm in labels:
            links.append((max(n for n, label in enumerate(labels) if label == arm), place))
    for place, (arm, intervention) in enumerate(links):
        put("arm", f"#{arm}", "arm_interventions", place)
        put("intervention", f"#{intervention}", "arm_interventions", place)
    for ordinal in range(len(f["references"])):
        put("type", "", "study_references", ordinal)
        put("pmid", "1234567", "study_references", ordinal)
    if f["numbers"]:
        put("registry", "SPONSOR", "identifiers", 1)
    return found


# The study as the older faces show it: registered in spring, and not yet recruiting when the archive took it in.
NOW = {
    "protocolSection": SAMPLE["protocolSection"]
    | {
        "statusModule": SAMPLE["protocolSection"]["statusModule"]
        | {"studyFirstSubmitDate": "2020-04-19", "lastUpdateSubmitDate": "2022-06-13"}
    },
    "derivedSection": SAMPLE["derivedSection"],
}
THEN = {
    "protocolSection": NOW["protocolSection"]
    | {
        "statusModule": NOW["protocolSection"]["statusModule"]
        | {"overallStatus": "NOT_YET_RECRUITING", "lastUpdateSubmitDate": "2020-04-19"}
    }
}
SAMPLES = {"ct3": NOW, "tabular": NOW, "archive": THEN}
PRESSES = {"ct3": ct3, "tabular": tabular, "archive": archive}
__all__ = ["FACES", "PRESSES", "SAMPLES", "archive", "cells", "ct3", "said", "tabular", "title_case"]
