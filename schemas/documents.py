"""What was read: sources, files, documents, their texts and the lines that no rule read.

Belongs here: the tables of the section "What was read". Does not belong here: what the documents say of trials.
"""

from typing import Annotated

import polars as pl

from schemas import codes, rules
from schemas.table import Model, Section, calendar_day, choice, column, count, document_key, moment, table, words


@table("sources", section=Section.READ, kind="source", key=("source",))
class Sources(Model):
    """A register or a site that documents come from, with its rank and what its terms ask us to print."""

    source: pl.String = words("The short name of the source.", required=True)
    kind: pl.String = choice(
        "Whether it keeps the records itself (REGISTER) or repeats those of others (AGGREGATOR).",
        codes.SOURCE_KIND,
        required=True,
    )
    rank: pl.Int32 = column(
        "Its place where documents of the same version date compete; 1 wins.", rules.FROM_ONE, required=True
    )
    home_url: pl.String = words("The address of its home page.")
    terms_url: pl.String = words("The address of its terms of use.")
    attribution: pl.String = words("The words that exports and reports print to name it, as its terms ask.")


@table("files", section=Section.READ, kind="file", key=("uri",))
class Files(Model):
    """A file that was found, with the reconciliation of its documents: found = loaded + quarantined + duplicates."""

    file_id: pl.String = column("The SHA-256 of its bytes; NULL where they could not be read.", rules.SHA256)
    uri: pl.String = words("Its path relative to the parent of the path that was given.", required=True)
    byte_size: pl.Int64 = count("How large it is.", "bytes")
    media_type: pl.String = words("What it is by its content, as an Internet media type; never by its name.")
    encoding: pl.String = words("The character encoding it was decoded with; NULL for archives and binaries.")
    encoding_rule: pl.String = words("Which rule chose the encoding: declared, byte order mark, UTF-8 or the fallback.")
    found: pl.Int64 = count("How many documents it holds.", "documents", required=True)
    loaded: pl.Int64 = count("How many of them were loaded.", "documents", required=True)
    quarantined: pl.Int64 = count("How many of them stand in quarantine whole.", "documents", required=True)
    duplicates: pl.Int64 = count(
        "How many of them are the bytes of a document that was already read.", "documents", required=True
    )


@table(
    "documents",
    section=Section.READ,
    kind="document",
    key=("uri",),
    references={"file_id": "files", "source": "sources", "trial_id": "trials"},
)
class Documents(Model):
    """One study text: a page, or one record of a file that holds many. Every one that was found has a row."""

    uri: pl.String = words(
        "The path relative to the parent of the path that was given, with `#member` where a file holds many documents: "
        "the name in an archive or the index in a list.",
        required=True,
    )
    file_id: pl.String = column("The file it stands in; NULL where the file could not be read.", rules.SHA256)
    document_id: pl.String = column(
        "The SHA-256 of the document's own bytes; NULL where none could be read.", rules.SHA256
    )
    content_id: pl.String = column(
        "The same without the stamp of the source's release, so that a mere re-issue does not count as a change.",
        rules.SHA256,
    )
    source: pl.String = words("The source it comes from; NULL where no layout recognised it.")
    layout: pl.String = words("The grammar that read it; NULL where none recognised it.")
    dialect: pl.String = words("Which text dialect of the layout it is written in; NULL for HTML, JSON and XML.")
    media_type: pl.String = words("What carries it: text, HTML, JSON or XML, as an Internet media type.")
    source_url: pl.String = words("The address it was saved from, as far as it or the manifest beside it says.")
    version_date: pl.Date = calendar_day("When the source last changed it, as far as it says.")
    ingested_at: Annotated[pl.Datetime, "us", "UTC"] = moment("When it was read.", required=True)
    code_version: pl.String = words(
        "A digest of the reading and normalising code and vocabularies that made its rows.", required=True
    )
    trial_id: pl.String = words("The trial it describes; NULL where it was not loaded.")
    status: pl.String = choice(
        "Whether its rows were loaded, it stands in quarantine whole, or its bytes were read before.",
        codes.DOCUMENT_STATUS,
        required=True,
    )
    problem: pl.String = words("Why it was not loaded, and what to do about it.")


@table(
    "document_texts",
    section=Section.READ,
    kind="document_text",
    key=("document_id",),
    references={"document_id": "documents"},
)
class DocumentTexts(Model):
    """The text that the places in `evidence` count in, of each text and HTML document."""

    document_id: pl.String = document_key("The document that the row speaks of.")
    text: pl.String = column(
        "The decoded text, with one kind of blank and without signs that show nothing; for HTML, its rendered lines.",
        required=True,
        pii=True,
    )


@table(
    "unread_lines",
    section=Section.READ,
    kind="unread_line",
    references={"document_id": "documents"},
)
class UnreadLines(Model):
    """What no rule read and no rule named as noise: a layout that has changed shows here first.

    A line may hold two unread parts, so that no columns name a row.
    """

    document_id: pl.String = document_key("The document that the row speaks of.")
    line: pl.Int32 = column(
        "The line's number in the document's text, from 1; for JSON and XML, the path's number among the unread paths.",
        rules.FROM_ONE,
        required=True,
    )
    text: pl.String = words(
        "The words; for JSON and XML, the path that is neither read nor in the reviewed list of paths not read.",
        required=True,
    )
