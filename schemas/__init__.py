"""The contract: every table of the warehouse, in one place.

Belongs here: what a table holds, column by column, and what is rendered from that. Does not belong here: reading,
I/O, Dagster, and what happens to a row that breaks the contract (`pipeline/reading/quarantine.py`).

Where to find a table: `documents` (what was read), `trials` (a trial and its lists), `design` (arms, interventions,
regimens), `outcomes` (outcomes and timepoints), `sites` (places and people), `history` (what trials said before),
`provenance` (where values come from). `codes` has the allowed codes, `rules` what a cell must satisfy, `table` the
words the tables are written in, `render` everything made from them.
"""

from schemas import design, documents, history, outcomes, provenance, sites, trials
from schemas.table import Column, Reference, Section, Table, contract

CONTRACT_VERSION = "1.0"
"""Of the tables and columns: the first number rises when one is renamed or re-meant, the second when one is added."""

_MODELS = (
    documents.Sources,
    documents.Files,
    documents.Documents,
    documents.DocumentTexts,
    documents.UnreadLines,
    trials.Trials,
    trials.TrialIdentifiers,
    trials.Sponsors,
    trials.Conditions,
    trials.Keywords,
    trials.MeshTerms,
    trials.StudyReferences,
    design.Arms,
    design.Interventions,
    design.ArmInterventions,
    design.Regimens,
    outcomes.Outcomes,
    outcomes.Timepoints,
    sites.Sites,
    sites.Officials,
    sites.Contacts,
    trials.EligibilityCriteria,
    history.TrialVersions,
    history.OutcomeVersions,
    provenance.Evidence,
    provenance.TrialSources,
    provenance.UnchosenRows,
    provenance.Conflicts,
    provenance.Quarantine,
    provenance.UnmappedTerms,
    provenance.Runs,
    provenance.WarehouseInfo,
    provenance.DataDictionary,
)

TABLES: dict[str, Table] = {table.name: table for table in map(contract, _MODELS)}
"""Every table of the warehouse by its name, parents before children."""

__all__ = ["CONTRACT_VERSION", "TABLES", "Column", "Reference", "Section", "Table"]
