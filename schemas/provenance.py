"""Where values come from, what disagrees, what was refused, and what a build did.

Belongs here: the tables of the section "Where values come from, and what did not fit". Does not belong here: the code
that fills them (`pipeline/building/merge.py`, `pipeline/reading/quarantine.py`, `pipeline/building/publish.py`).
"""

from typing import Annotated

import polars as pl

from schemas import codes, rules
from schemas.table import (
    Model,
    Section,
    choice,
    column,
    count,
    document_key,
    flag,
    moment,
    span_end,
    span_start,
    table,
    trial_key,
    words,
    words_list,
)


@table(
    "evidence",
    section=Section.PROVENANCE,
    kind="evidence",
    key=("table_name", "row_id", "column_name", "document_id", "char_start", "char_end"),
    references={"document_id": "documents"},
)
class Evidence(Model):
    """Where in a text or HTML document the words of a value stand.

    A value may have several spans; values of JSON and XML have none, since their place follows from the key.
    """

    table_name: pl.String = words("The table of the value.", required=True)
    row_id: pl.String = words(
        "The key of its row: `trial_id`, or the parent's key, the kind of row and its ordinal.", required=True
    )
    column_name: pl.String = words("The column of the value.", required=True)
    document_id: pl.String = document_key("The document whose text the words stand in.")
    char_start: pl.Int32 = span_start("`document_texts.text`")
    char_end: pl.Int32 = span_end("`document_texts.text`")


@table(
    "trial_sources",
    section=Section.PROVENANCE,
    kind="trial_source",
    key=("trial_id", "column_group"),
    references={"trial_id": "trials", "document_id": "documents"},
)
class TrialSources(Model):
    """Which document each group of a trial's columns was taken from, of trials that several documents describe.

    A trial that one document describes has no rows here: all of it is from `trials.document_id`.
    """

    trial_id: pl.String = trial_key("The trial that the row speaks of.")
    column_group: pl.String = words(
        "The group of columns that move together, as the data dictionary names it.", required=True
    )
    document_id: pl.String = document_key("The document that the group was taken from.")


@table(
    "unchosen_rows",
    section=Section.PROVENANCE,
    kind="unchosen_row",
    references={"trial_id": "trials", "document_id": "documents"},
)
class UnchosenRows(Model):
    """A row of a document that was not chosen for its group of columns; no columns name a row.

    A row of `trials` stands here whole where any group of columns that it speaks for was taken from another document.
    """

    trial_id: pl.String = trial_key("The trial that the row speaks of.")
    document_id: pl.String = document_key("The document that was not chosen.")
    table_name: pl.String = words("The table that the row would have stood in.", required=True)
    ordinal: pl.Int32 = column("Its place there, from 1; NULL for a row of `trials`.", rules.FROM_ONE)
    row: pl.String = column("The row, column to value.", rules.JSON_OBJECT, required=True, duckdb_type="JSON")


@table(
    "conflicts",
    section=Section.PROVENANCE,
    kind="conflict",
    references={"trial_id": "trials", "document_id": "documents"},
)
class Conflicts(Model):
    """One of several values that disagree on one field, in one document or between documents.

    Every value is kept, so that a field has two rows or more; no columns name a row. What cannot be compared is not
    here: a target and an actual count, a planned and an actual date, two precisions of one date, the beginning of a
    text and the whole, and texts that differ in case, markup, bullets and punctuation alone.
    """

    trial_id: pl.String = trial_key("The trial that the row speaks of.")
    field: pl.String = words("The field that the values disagree on.", required=True)
    value: pl.String = words("The value, in the source's words; NULL where the source gave a value without words.")
    normalised: pl.String = words("The value after normalising; NULL where it could not be.")
    document_id: pl.String = document_key("The document that says so.")
    char_start: pl.Int32 = column(
        "Where the words begin in the document's text, counted from 0; NULL for JSON and XML.",
        rules.between(0),
        unit="characters",
    )
    char_end: pl.Int32 = column(
        "Where the words end in the document's text; NULL for JSON and XML.",
        rules.between(0),
        rules.SPAN_ORDER,
        unit="characters",
    )
    chosen: pl.Boolean = flag(
        "Whether the warehouse took this value; of a document that was not chosen for the field, it took none.",
        required=True,
    )
    kind: pl.String = choice(
        "WITHIN one document, STALE for an older document, LOSSY for a layout that blurs the field, else DIFFERENT.",
        codes.CONFLICT_KIND,
        required=True,
    )


@table(
    "quarantine",
    section=Section.PROVENANCE,
    kind="quarantine",
    references={"document_id": "documents"},
)
class Quarantine(Model):
    """A cell, a row or a document that was refused, with the reason.

    A document may be refused before it has an identity, so that no columns name a row.
    """

    document_id: pl.String = document_key("The document it comes from; NULL where none could be read.", required=False)
    uri: pl.String = words("Where that document stands.")
    table_name: pl.String = words("The table that refused it; NULL for a whole document.")
    column_name: pl.String = words("The column that refused it; NULL where it was not one column.")
    value: pl.String = column("The value that was refused, as text; NULL where its absence was refused.")
    row: pl.String = column(
        "The row that was refused, column to value; NULL for a cell or a document.",
        rules.JSON_OBJECT,
        duckdb_type="JSON",
    )
    rule: pl.String = words("The rule that was broken, by its stable id.", required=True)
    reason: pl.String = words("What was wrong, and what to do about it.", required=True)
    action: pl.String = choice(
        "Whether a cell became NULL, a row was left out, or a whole document was.",
        codes.QUARANTINE_ACTION,
        required=True,
    )
    quarantined_at: Annotated[pl.Datetime, "us", "UTC"] = moment("When it was refused.", required=True)


@table(
    "unmapped_terms",
    section=Section.PROVENANCE,
    kind="unmapped_term",
    key=("field", "term", "document_id"),
    references={"document_id": "documents"},
)
class UnmappedTerms(Model):
    """Words that a vocabulary did not know, so that their column is NULL."""

    field: pl.String = words("The field whose vocabulary was asked.", required=True)
    term: pl.String = words("The words, as the source has them.", required=True)
    document_id: pl.String = document_key("The document that uses them.")
    uses: pl.Int32 = column("How often the document uses them.", rules.FROM_ONE, required=True, unit="uses")


@table("runs", section=Section.PROVENANCE, kind="run", key=("run_id",))
class Runs(Model):
    """One build of a warehouse."""

    run_id: pl.String = words("The run's identity, as the orchestrator names it.", required=True)
    started_at: Annotated[pl.Datetime, "us", "UTC"] = moment("When it began.", required=True)
    finished_at: Annotated[pl.Datetime, "us", "UTC"] = moment("When its checks had passed.")
    code_version: pl.String = words("A digest of the reading and normalising code and vocabularies.", required=True)
    files: pl.Int64 = count("How many files were found.", "files", required=True)
    documents: pl.Int64 = count("How many documents were found.", "documents", required=True)
    loaded: pl.Int64 = count("How many of them were loaded.", "documents", required=True)
    quarantined: pl.Int64 = count("How many of them stand in quarantine whole.", "documents", required=True)
    duplicates: pl.Int64 = count(
        "How many of them are the bytes of a document that was already read.", "documents", required=True
    )
    rows: Annotated[pl.List, pl.Struct({"key": pl.String, "value": pl.Int64})] = column(
        "How many rows each table has.", required=True, unit="rows"
    )


@table("warehouse_info", section=Section.PROVENANCE, kind="warehouse_info", key=("contract_version",))
class WarehouseInfo(Model):
    """What this file is, in its only row."""

    contract_version: pl.String = words(
        "The version of the tables and columns; its first number rises when one is renamed or changes its meaning.",
        required=True,
    )
    code_version: pl.String = words("A digest of the reading and normalising code and vocabularies.", required=True)
    data_dates: Annotated[pl.List, pl.Struct({"key": pl.String, "value": pl.Date})] = column(
        "The latest version_date of each source's documents.", required=True
    )
    content_digest: pl.String = words(
        "A digest of everything that decides the content; an unchanged build has the same and is not published again.",
        required=True,
    )
    from_sample: pl.Boolean = flag("Whether it was built from the sample that comes with the project.", required=True)


@table("data_dictionary", section=Section.PROVENANCE, kind="dictionary_entry", key=("table_name", "column_name"))
class DataDictionary(Model):
    """One column of a table or view of this file: what it means, and how it is filled here."""

    table_name: pl.String = words(
        "The table or view; a view of another schema than `main` with its schema.", required=True
    )
    column_name: pl.String = words("The column.", required=True)
    ordinal: pl.Int32 = column("Its place in the table, from 1.", rules.FROM_ONE, required=True)
    is_view: pl.Boolean = flag("Whether a view has it.", required=True)
    type: pl.String = words("Its type in DuckDB.", required=True)
    nullable: pl.Boolean = flag("Whether it may be NULL; NULL for a view's column.")
    description: pl.String = words("What it means.")
    codes: Annotated[pl.List, pl.String] = words_list("The codes that it may hold.")
    unit: pl.String = words("What its numbers count.")
    pii: pl.Boolean = flag("Whether it holds personal data; NULL for a view's column.")
    refers_to: pl.String = words("The `table.column` that it refers to.")
    merge_group: pl.String = words("The group of columns that one document gives together.")
    source_fields: Annotated[pl.List, pl.String] = words_list(
        "Where the value stands in a record of the ClinicalTrials.gov API v2; pages carry the same under other words."
    )
    null_rate: pl.Float64 = column(
        "The share of rows, from 0 to 1, in which it is NULL; NULL itself for a view's column and an empty table.",
        rules.between(0),
    )
    example_value: pl.String = words("A value that stands in it; NULL for personal data, views and empty columns.")
