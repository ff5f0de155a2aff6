"""The sites and registers that documents come from, as rows of the table `sources`.

Here belongs what is true of a source whatever the document: its kind, its rank among sources, its terms. How its
documents are read is in `layouts` and `registers`.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Source(NamedTuple):
    """A row of `sources`; a lower rank wins where two documents of one trial are equally recent."""

    source: str
    kind: str
    rank: int
    home_url: str | None
    terms_url: str | None
    attribution: str


SOURCES: Final = {
    source.source: source
    for source in (
        Source(
            "ctgov",
            "REGISTER",
            1,
            "https://clinicaltrials.gov",
            "https://clinicaltrials.gov/about-site/terms-conditions",
            "ClinicalTrials.gov, U.S. National Library of Medicine. Reproduced without endorsement; the register may "
            "have changed since.",
        ),
        Source(
            "medpath",
            "AGGREGATOR",
            2,
            "https://trial.medpath.com",
            None,
            "MedPath (trial.medpath.com), which reproduces public registers.",
        ),
        Source("crick", "AGGREGATOR", 2, "https://crick.ai", None, "crick.ai, which reproduces ClinicalTrials.gov."),
        Source(
            "trials_co", "AGGREGATOR", 2, "https://trials.co", None, "trials.co, which reproduces ClinicalTrials.gov."
        ),
        Source(
            "clincosm",
            "AGGREGATOR",
            2,
            "https://www.clincosm.com",
            None,
            "ClinCosm (clincosm.com), which reproduces ClinicalTrials.gov.",
        ),
        Source(
            "unknown", "AGGREGATOR", 3, None, None, "A site that Trialhouse does not know; see documents.source_url."
        ),
    )
}
