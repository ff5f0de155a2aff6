"""The study page ("Full Text View") of ClinicalTrials.gov from 2005 to 2017, as saved HTML or text with its headings.

Here belongs what is this face's own: the order of its stages with the lines that begin them, the labels of its tables,
its noise. How a stage is read is in `ctgov_shared`, as for the face that followed (`ctgov_classic`).

What tells it from its successor: the status is a sentence ("This study has been completed."), the design stands in one
cell, a line each or in one run ("Allocation: Randomized; Masking: Open Label"), outcomes end in "[ Designated as safety
issue: No ]" and stand above the enrolment and the dates, arms below them. "Last updated" is when the sponsor last
changed the record, not when the register posted that, so it dates the document and fills no column. Several numbers in
one line are joined by commas.

Saved by an extractor that drops headings (dialect T), the page keeps too little of this order and is not claimed.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.layouts.ctgov_shared.page import read_study
from pipeline.layouts.ctgov_shared.study import Face, label
from pipeline.reading.lines import Page
from pipeline.reading.records import Record

NAME: Final = "ctgov_ct3"
SOURCE: Final = "ctgov"
MARKERS: Final = {
    name: re.compile(pattern)
    for name, pattern in {
        "received": r"^(?:Study )?First [Rr]eceived(?::| on) ",
        "updated": r"^Last [Uu]pdated(?::| on) ",
        "design": r"^\|? ?Study Design:",
        "details": r"^Further study details as provided by ",
        "arms": r"^\|? ?(?:Arms|Groups/Cohorts)[\s|]+(?:Assigned Interventions|$)",
        "sexes": r"^\|? ?Genders Eligible for Study:",
        "authority": r"^\|? ?Health Authority:",
        "links": r"^Resource links provided by NLM:",
    }.items()
}
NEEDED: Final = 4

# The order of the page: a stage's name, the lines that begin it, and what must have been reached for a line that prose
# might hold as well.
STAGES: Final = (
    (
        "status",
        r"This study (?:has been|is|was) .*|The recruitment status of this study is unknown.*|Expanded access is .*"
        r"|This treatment has been .*",
        "",
    ),
    (
        "head",
        r"(?:Sponsor(?:ed by)?|Sponsors and Collaborators|Information provided by(?: \(Responsible Party\))?):.*"
        r"|ClinicalTrials\.gov Identifier:.*|First [Rr]eceived(?::| on) .*",
        "",
    ),
    ("tabs", r"Full Text View", "head"),
    ("summary", r"Purpose", "head"),
    ("conditions", r"Conditions?(?:[\s|]+Interventions?)?(?:[\s|]+Phase)?", "head"),
    ("design", r"Layout table for study information|Study Type:.*", ""),
    ("outcomes", r"(?:Primary|Secondary|Other) Outcome Measures?:", "design"),
    ("enrollment", r"(?:(?:Actual|Estimated) )?(?:Enrollment|Study Start Date):.*", "design"),
    ("arms", r"(?:Arms|Groups/Cohorts)(?:[\s|]+Assigned Interventions)?", "design"),
    ("detail", r"Detailed Description:", "design"),
    ("eligibility", r"Eligibility|Layout table for eligibility .*|(?:Ages|Genders) Eligible for Study:.*", "design"),
    ("criteria", r"Criteria", "eligibility"),
    (
        "contacts",
        r"Contacts and Locations|Choosing to participate in a study is an .*|Layout table for location .*"
        r"|Please refer to this study by its ClinicalTrials\.gov identifier.*",
        "eligibility",
    ),
    ("sponsors", r"Sponsors and Collaborators", "contacts"),
    ("officials", r"Investigators|Layout table for investigator information", "contacts"),
    ("more", r"More Information|Layout table for additional information|Responsible Party:.*", "eligibility"),
    ("keywords", r"Keywords provided by .*:", "more"),
    ("mesh", r"Additional relevant MeSH terms:", "more"),
    ("foot", r"ClinicalTrials\.gov processed this .*", "more"),
)
_HEAD: Final = (
    label(r"(?:Sponsor(?:ed by)?|Sponsors and Collaborators):", "sponsor", lines=True),
    label(r"Collaborators?:", "collaborators", lines=True),
    label(r"Information provided by(?: \(Responsible Party\))?:", "responsible_party", lines=True),
    label(r"ClinicalTrials\.gov Identifier:", "identifier", lines=True),
    label(r"First [Rr]eceived(?::| on)", "first_submitted_date"),
    label(r"Last [Uu]pdated(?::| on)", "version_date"),
    label(r"Last [Vv]erified(?::| on)", "last_verified_date"),
)
_DESIGN: Final = (
    label(r"Study Type:", "study_type"),
    label(r"Study Design:", "design", lines=True),
    label(r"Official Title:", "official_title"),
    label(r"(?:(?P<kind>Actual|Estimated) )?Enrollment:", "enrollment"),
    label(r"(?:(?P<kind>Actual|Estimated) )?Study Start Date:", "start_date"),
    label(r"(?:(?P<kind>Actual|Estimated) )?Primary Completion Date:", "primary_completion_date"),
    label(r"(?:(?P<kind>Actual|Estimated) )?Study Completion Date:", "completion_date"),
)
_ELIGIBILITY: Final = (
    label(r"Ages Eligible for Study:", "ages"),
    label(r"Genders Eligible for Study:", "sex"),
    label(r"Accepts Healthy Volunteers:", "healthy_volunteers"),
    label(r"Sampling Method:", "sampling_method"),
    label(r"Study Population|STUDY POPULATION", "population", lines=True),
)
_MORE: Final = (
    label(r"Responsible Party:", "responsible_party"),
    label(r"ClinicalTrials\.gov Identifier:", "identifier"),
    label(r"(?:Other )?Study ID Numbers?:", "joined_identifiers", lines=True),
    label(r"(?:Study )?First Received:", "first_submitted_date"),
    label(r"Results First Received:", "results_first_submitted_date"),
    label(r"Last Updated:", "version_date"),
    label(r"Last Verified:", "last_verified_date"),
    label(r"Health Authority:", None, lines=True),
    label(r"Plan to Share IPD:", "plan_to_share_ipd"),
    label(r"Plan Description:", None, lines=True),
    label(r"Studies a U\.S\. FDA-regulated Drug Product:", "is_fda_regulated_drug"),
    label(r"Studies a U\.S\. FDA-regulated Device Product:", "is_fda_regulated_device"),
)
# Lines that hold no value: headings whose section speaks for itself, captions, buttons, help, links of the site.
_NOISE: Final = (
    r"|!\[.*\]\(.*\)|Layout table for .*|Working(?:…|\.\.\.)|Hide Detailed Description",
    r"History of Changes|\(see Contacts and Locations\)|Verified \w+ \d{4} by .*|Recruitment status was:? .*",
    r"Purpose|Eligibility|Criteria|Contacts and Locations|Contacts|Locations|Investigators|More Information",
    r"Show (?:Detailed Description|\d+ Study Locations?)|(?:Show|Hide) .* [Ll]ocations?",
    r"Resource links provided by NLM:|U\.S\. FDA Resources|Further study details as provided by .*:",
    r"(?:MedlinePlus|Genetics Home Reference) related topics: .*|Drug Information available for: .*",
    r"Genetic and Rare Diseases Information Center resources: .*",
    r"Choosing to participate in a study is an .*|Please refer to this study by its ClinicalTrials\.gov identifier.*",
    r"No publications provided(?: .*)?|Individual Participant Data \(IPD\) Sharing Statement:",
)
_TABS: Final = (
    "Full Text View", "Tabular View", "Study Results", "No Study Results Posted", "Related Studies", "Disclaimer",
    "How to Read a Study Record",
)  # fmt: skip
FACE: Final = Face(
    STAGES, {"head": _HEAD, "design": _DESIGN, "eligibility": _ELIGIBILITY, "more": _MORE}, _NOISE, _TABS
)


def read(page: Page) -> Record:
    """Read a study page of this face: every field that it prints, nothing that it does not."""
    return read_study(page, FACE)
