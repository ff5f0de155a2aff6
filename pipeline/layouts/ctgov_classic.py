"""The study page of the classic ClinicalTrials.gov site, 2017 to 2024, as saved text (dialects T and R) or HTML.

Here belongs what is this face's own: the order of its stages with the lines that begin them, the labels of its tables,
its noise. How a stage is read is in `ctgov_shared`, which the site's older study page (`ctgov_ct3`) uses too.

Dialect T loses most headings and keeps `|` between cells; dialect R keeps headings and loses the bounds between cells;
our own rendering of HTML keeps both. What they lose is not guessed. Conditions that ran together in one cell are cut
only where the page or their own words show where; groups of an observational study are read up to where nothing tells
label from description, and an arm's label that ran together with its description only where it surely ends. Keywords
and MeSH terms that are joined by blanks stay unread.

A label is added to the table of its stage (`_HEAD`, `_DESIGN`, `_ELIGIBILITY`, `_MORE`), with None for its field where
the warehouse has no column for it.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.layouts.ctgov_shared.page import read_study
from pipeline.layouts.ctgov_shared.study import Face, label
from pipeline.reading.lines import Page
from pipeline.reading.records import Record

NAME: Final = "ctgov_classic"
SOURCE: Final = "ctgov"
# All of this face alone: older ones share the labels of eligibility and the outcomes' brackets.
MARKERS: Final = {
    name: re.compile(pattern)
    for name, pattern in {
        "status": r"^\|? ?(?:Recruitment|Expanded Access) Status\s+:",
        "posted": r"First Posted\s+: ",
        "disclaimer": r"The safety and scientific validity of this study ",
        "conditions": r"^\|? ?Condition or disease(?: \|| Intervention/treatment|\s*$)",
        "arms": r"^\|? ?(?:Arm|Group/Cohort)\s[|\s]*Intervention/treatment",
        "design": r"^\|? ?Study Type\s+:",
        "dates": r"^\|? ?(?:Actual |Estimated )?Study Start Date\s+:",
        "sexes": r"^\|? ?Sexes Eligible for Study:",
    }.items()
}
NEEDED: Final = 3

# The order of the page: a stage's name, the lines that begin it, and what must have been reached for a line that prose
# might hold as well.
_STAGES: Final = (
    ("head", r"ClinicalTrials\.gov Identifier:[ |\t]*NCT\d{8}.*", ""),
    ("parties", r"Sponsor:.*|Information provided by(?: \(Responsible Party\))?:.*", "head"),
    ("tabs", r"Study Details", "head"),
    ("summary", r"Brief Summary:|Study Description", "head"),
    ("conditions", r"Condition or disease(?:[\s|]+Intervention/treatment)?(?:[\s|]+Phase)?", "head"),
    ("detail", r"Detailed Description:", "conditions"),
    ("design", r"Layout table for study information|Study Type\s+:.*", ""),
    ("arms", r"(?:Arm|Group/Cohort)[\s|]+Intervention/treatment|Group/Cohort", "design"),
    ("outcomes", r"(?:Primary|Secondary|Other(?: Pre-specified)?) Outcome Measures\s*:|Outcome Measures", "design"),
    (
        "eligibility",
        r"Choosing to participate in a study is an .*|Layout table for eligibility .*"
        r"|(?:Ages|Sexes) Eligible for Study:.*|Eligibility Criteria",
        "design",
    ),
    ("criteria", r"Criteria", "eligibility"),
    (
        "contacts",
        r"To learn more about this study, you or your .*|Layout table for location .*"
        r"|Please refer to this study by its ClinicalTrials\.gov identifier.*|Contacts and Locations",
        "eligibility",
    ),
    ("sponsors", r"Sponsors and Collaborators", "contacts"),
    ("officials", r"Investigators|Layout table for investigator information", "contacts"),
    (
        "more",
        r"Layout table for addit\w*al information|More Information|Responsible Party:.*"
        r"|ClinicalTrials\.gov Identifier:.*",  # old studies name no responsible party
        "eligibility",
    ),
    ("keywords", r"Keywords provided by .*:", "more"),
    ("mesh", r"Additional relevant MeSH terms:", "more"),
    ("foot", r"ClinicalTrials\.gov processed this .*", "more"),
)
_HEAD: Final = (
    label(r"ClinicalTrials\.gov Identifier:", "identifier"),
    label(r"(?:Recruitment|Expanded Access) Status\s*:", "overall_status", lines=True),
    label(r"Verified (?=\w+ \d{4} by )", None),
    label(r"Recruitment status was\s*:", None),
    label(r"Results First Posted\s*:", "results_first_posted_date"),
    label(r"First Posted\s*:", "first_posted_date"),
    label(r"Last Update Posted\s*:", "last_update_posted_date"),
)
_DESIGN: Final = (
    label(r"Study Type\s*:", "study_type"),
    label(r"Expanded Access Type\s*:", None),
    label(r"(?:(?P<kind>Actual|Estimated|Anticipated) )?Enrollment\s*:", "enrollment"),
    label(r"Allocation:", "allocation"),
    label(r"Intervention Model:", "intervention_model"),
    label(r"Intervention Model Description:", "intervention_model_description", lines=True),
    label(r"Masking:", "masking"),
    label(r"Masking Description:", "masking_description", lines=True),
    label(r"Primary Purpose:", "primary_purpose"),
    label(r"Observational Model:", "observational_model"),
    label(r"Time Perspective:", "time_perspective"),
    label(r"Target Follow-Up Duration:", None),
    label(r"Official Title:", "official_title"),
    label(r"(?:(?P<kind>Actual|Estimated|Anticipated) )?Study Start Date\s*:", "start_date"),
    label(r"(?:(?P<kind>Actual|Estimated|Anticipated) )?Primary Completion Date\s*:", "primary_completion_date"),
    label(r"(?:(?P<kind>Actual|Estimated|Anticipated) )?Study Completion Date\s*:", "completion_date"),
)
_ELIGIBILITY: Final = (
    label(r"Ages Eligible for Study:", "ages"),
    label(r"Sexes Eligible for Study:", "sex"),
    label(r"Gender Based Eligibility:", "gender_based"),
    label(r"Gender Eligibility Description:", None, lines=True),
    label(r"Accepts Healthy Volunteers:", "healthy_volunteers"),
    label(r"Sampling Method:", "sampling_method"),
    label(r"Study Population|STUDY POPULATION", "population", lines=True),
)
_MORE: Final = (
    label(r"Responsible Party:", "responsible_party"),
    label(r"ClinicalTrials\.gov Identifier:", "identifier"),
    label(r"Other Study ID Numbers:", "identifiers", lines=True),
    label(r"First Posted:", "first_posted_date"),
    label(r"Results First Posted:", "results_first_posted_date"),
    label(r"Last Update Posted:", "last_update_posted_date"),
    label(r"Last Verified:", "last_verified_date"),
    label(r"Plan to Share IPD:", "plan_to_share_ipd"),
    label(r"Plan Description:|Supporting Materials:|Time Frame:|Access Criteria:|URL:", None, lines=True),
    label(r"Studies a U\.S\. FDA-regulated Drug Product:", "is_fda_regulated_drug"),
    label(r"Studies a U\.S\. FDA-regulated Device Product:", "is_fda_regulated_device"),
    label(r"Device Product Not Approved or Cleared by U\.S\. FDA:", None),
    label(r"Pediatric Postmarket Surveillance of a Device Product:", None),
    label(r"Product Manufactured in and Exported from the U\.S\.:", None),
)
# Lines that hold no value: headings whose section speaks for itself, captions, buttons, help, banners.
_NOISE: Final = (
    r"|!\[.*\]\(.*\)(?: \| The safety and .*)?|Working(?:…|\.\.\.)",
    r"Layout table for .*",
    r"Study (?:Description|Design|Details)|Tabular View|Disclaimer|How to Read a Study Record",
    r"Arms and Interventions|Groups and Cohorts|Outcome Measures|Eligibility Criteria|Contacts and Locations",
    r"Contacts|Locations|Investigators|More Information|Criteria",
    r"Show (?:Show |Hide )*(?:detailed description|\d+ (?:study )?locations?)|(?:Show|Hide) .* locations?",
    r"Information from the National Library of Medicine",
    r"Choosing to participate in a study is an .*|To learn more about this study, you or your .*",
    r"Please refer to this study by its ClinicalTrials\.gov identifier.*",
    r"The safety and scientific validity of this study .*",
    r"Resource links provided by the National Library of Medicine|U\.S\. FDA Resources",
    r"(?:MedlinePlus|Genetics Home Reference|MedlinePlus Genetics) related topics: .*",
    r"Genetic and Rare Diseases Information Center resources: .*|Drug Information available for: .*",
    r"ClinicalTrials\.gov(?: Menu)?|View this study on the (?:modernized|beta) .*",
    r"The classic website will no longer be available .*",
    r"COVID-19 is an emerging, rapidly evolving situation\..*",
    r"Get the latest (?:public health|research) information from .*",
    r"Individual Participant Data \(IPD\) Sharing Statement:",
)
_TABS: Final = (
    "Study Details", "Tabular View", "No Results Posted", "Study Results", "Disclaimer", "How to Read a Study Record",
)  # fmt: skip
FACE: Final = Face(
    _STAGES, {"head": _HEAD, "design": _DESIGN, "eligibility": _ELIGIBILITY, "more": _MORE}, _NOISE, _TABS
)


def read(page: Page) -> Record:
    """Read a classic study page: every field that it prints, nothing that it does not."""
    return read_study(page, FACE)
