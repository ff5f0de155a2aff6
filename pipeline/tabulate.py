"""Records to tables of words: rows, keys and evidence, still in the source's wording.

Here belongs how a `Record` becomes rows (which list fills which table, what a row's key is, where its words stand).
What the words mean is decided afterwards, column by column, in `values`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

from pipeline.lines import Line
from pipeline.normalize import identifiers
from pipeline.records import (
    Arm,
    Claim,
    Contact,
    Criterion,
    Identifier,
    Intervention,
    MeshTerm,
    Official,
    Outcome,
    Record,
    Site,
    Sponsor,
    StudyReference,
    Trial,
)
from pipeline.words import Span, Words, clean, spans_of
from schemas import TABLES

Columns = dict[str, list[Any]]
"""One table as columns of equal length."""


class Extracted(NamedTuple):
    """What reading one document gave, before it has rows."""

    document_id: str
    layout: str
    record: Record
    text: str | None
    """The text that spans count in; None for a register's format."""
    url: str | None
    """The page's address, from its text, its links or a manifest."""
    address: Line | None
    """The line of the text that is the address, where one is."""
    unread: Sequence[tuple[int | None, str]]
    """Lines (number, text) or paths (None, path) that no rule read."""


class Child(NamedTuple):
    """A list of the record that fills a table, a row an entry."""

    table: str
    entries: Callable[[Record], list[Any]]
    columns: tuple[str, ...]
    """The fields of an entry that become columns."""

    @property
    def kind(self) -> str:
        """The table's name in the singular, as keys write it."""
        return TABLES[self.table].kind

    @property
    def has_id(self) -> bool:
        """Whether a row has a key of its own (`arm_id`), beside trial and ordinal."""
        return f"{self.kind}_id" in TABLES[self.table].by_name


def _fields(struct: type, *left_out: str) -> tuple[str, ...]:
    return tuple(name for name in struct.__struct_fields__ if name not in left_out)  # type: ignore[attr-defined] # msgspec's


CHILDREN: Final = (
    Child("trial_identifiers", attrgetter("identifiers"), _fields(Identifier)),
    Child("sponsors", attrgetter("sponsors"), _fields(Sponsor)),
    Child("mesh_terms", attrgetter("mesh_terms"), _fields(MeshTerm)),
    Child("study_references", attrgetter("study_references"), _fields(StudyReference)),
    Child("arms", attrgetter("arms"), _fields(Arm)),
    Child("interventions", attrgetter("interventions"), _fields(Intervention)),
    Child("outcomes", attrgetter("outcomes"), _fields(Outcome)),
    Child("sites", attrgetter("sites"), _fields(Site)),
    Child("officials", attrgetter("officials"), _fields(Official)),
    Child("contacts", attrgetter("contacts"), _fields(Contact, "site")),
    Child("eligibility_criteria", attrgetter("eligibility_criteria"), _fields(Criterion)),
)
"""Lists of structs. `conditions` and `keywords` are lists of plain words, `arm_interventions` of links."""

TRIAL_FIELDS: Final = _fields(Trial)
EVIDENCE: Final = ("table_name", "row_id", "column_name", "document_id", "char_start", "char_end")
# The struct cannot have a field named `class`.
_RENAMED: Final = {"class_": "class"}


def primary_identifier(document: Extracted) -> Identifier | None:
    """Return the record's primary registry number; where it prints none, the one that its address carries.

    The address's words are evidence where they stand in the text; an address from a manifest or a link stands in
    `documents.source_url`.
    """
    for identifier in document.record.identifiers:
        if identifier.role == "PRIMARY":
            return identifier
    found = identifiers.find(document.url) if document.url else []
    if not found:
        return None
    first = found[0]
    number = document.url[first.start : first.end] if document.url else ""
    if document.address and document.address.text == document.url:
        start = document.address.start
        number = Words(number, ((start + first.start, start + first.end),))
    return Identifier(number, "PRIMARY", first.registry)


def trial_id(primary: Identifier | None, document_id: str) -> tuple[str, str | None]:
    """Return the trial's key and registry; a document without a number is a trial of its own."""
    if primary is None:
        return f"doc-{document_id[:12]}", None
    registry = primary.registry or identifiers.registry(primary.identifier)
    number = clean(primary.identifier)
    return (identifiers.canonical(registry, number) if registry else number), registry


def tabulate(documents: Iterable[Extracted], *, contacts: bool, officials: bool) -> dict[str, Columns]:
    """Return the tables of words of the documents, by table name, each with `trial_id` and `document_id`.

    `contacts` and `officials` say whether personal data is written at all; where contacts are not, their places in
    `document_texts` are masked at the same length and unread lines lose what looks like a telephone or an e-mail.
    """
    tables = _Tables()
    for document in documents:
        _document(tables, document, contacts=contacts, officials=officials)
    return tables.columns


class _Tables:
    """Columns that grow row by row."""

    def __init__(self) -> None:
        self.columns: dict[str, Columns] = {}

    def extend(self, table: str, columns: Columns) -> None:
        """Add rows given as columns; every call for one table has the same columns."""
        known = self.columns.get(table)
        if known is None:
            self.columns[table] = columns
            return
        for name, values in columns.items():
            known[name].extend(values)


def _document(tables: _Tables, document: Extracted, *, contacts: bool, officials: bool) -> None:
    record, document_id = document.record, document.document_id
    primary = primary_identifier(document)
    if primary is not None and not any(one is primary for one in record.identifiers):
        record.identifiers.insert(0, primary)
    trial, registry = trial_id(primary, document_id)
    places: list[tuple[str, str, str, Span]] = []

    def note(table: str, row: str, column: str, value: str | None) -> None:
        places.extend((table, row, column, span) for span in spans_of(value))

    row = _trial(record, trial, registry, document)
    tables.extend("trials", {name: [value] for name, value in row.items()})
    if document.text is not None:
        for name in TRIAL_FIELDS:
            note("trials", trial, name, getattr(record.trial, name))

    for child in CHILDREN:
        entries = child.entries(record)
        if (
            not entries
            or (child.table == "contacts" and not contacts)
            or (child.table == "officials" and not officials)
        ):
            continue
        columns = _child(child, entries, trial, document_id)
        if child.table == "trial_identifiers":
            columns["identifier"] = [_number(entry) for entry in entries]
        if child.table == "contacts":
            columns["site_id"] = [None if one.site is None else f"{trial}/site/{one.site + 1}" for one in entries]
        tables.extend(child.table, columns)
        if document.text is not None:
            for ordinal, entry in enumerate(entries, 1):
                for name in child.columns:
                    value = getattr(entry, name)
                    for one in value if isinstance(value, list) else (value,):
                        note(child.table, f"{trial}/{child.kind}/{ordinal}", _RENAMED.get(name, name), one)
    for table in ("conditions", "keywords"):
        if names := getattr(record, table):
            tables.extend(table, _plain(names, trial, document_id))
            for ordinal, name in enumerate(names, 1):
                note(table, f"{trial}/{TABLES[table].kind}/{ordinal}", "name", name)
    if record.arm_interventions:
        tables.extend("arm_interventions", _links(record, trial, document_id))
    if record.claims:
        tables.extend("conflicts", _claims(record.claims, trial, document_id))
    if document.unread:
        unread = [(number, text if contacts else _mask(text)) for number, text in document.unread]
        tables.extend(
            "unread_lines",
            {
                "document_id": [document_id] * len(unread),
                # A register's format has paths, not lines: they are numbered.
                "line": [number or index for index, (number, _) in enumerate(unread, 1)],
                "text": [clean(text) for _, text in unread],
            },
        )
    if places:
        tables.extend(
            "evidence",
            {
                "table_name": [table for table, _, _, _ in places],
                "row_id": [key for _, key, _, _ in places],
                "column_name": [column for _, _, column, _ in places],
                "document_id": [document_id] * len(places),
                "char_start": [span[0] for *_, span in places],
                "char_end": [span[1] for *_, span in places],
            },
        )
    if document.text is not None:
        text = document.text if contacts else _without_contacts(document.text, record.contacts, (p[-1] for p in places))
        tables.extend("document_texts", {"document_id": [document_id], "text": [text]})


def _trial(record: Record, trial: str, registry: str | None, document: Extracted) -> dict[str, Any]:
    said = record.trial
    row: dict[str, Any] = {"trial_id": trial, "document_id": document.document_id, "registry": registry}
    for name in TRIAL_FIELDS:
        row[name] = _clean(getattr(said, name))
    lead = next((sponsor for sponsor in record.sponsors if sponsor.role == "LEAD"), None)
    row["lead_sponsor"] = _clean(lead.name) if lead else None
    row["lead_sponsor_class"] = _clean(lead.class_) if lead else None
    row["lossy"] = sorted(record.lossy)
    row["version_date"] = _clean(record.version_date or said.last_update_posted_date)
    return row


def _child(child: Child, entries: Sequence[Any], trial: str, document_id: str) -> Columns:
    count = len(entries)
    columns: Columns = {
        "trial_id": [trial] * count,
        "document_id": [document_id] * count,
        "ordinal": list(range(1, count + 1)),
    }
    if child.has_id:
        columns[f"{child.kind}_id"] = [f"{trial}/{child.kind}/{ordinal}" for ordinal in range(1, count + 1)]
    for name in child.columns:
        get: Callable[[Any], Any] = attrgetter(name)
        columns[_RENAMED.get(name, name)] = [_clean(get(entry)) for entry in entries]
    return columns


def _plain(names: Sequence[str], trial: str, document_id: str) -> Columns:
    count = len(names)
    return {
        "trial_id": [trial] * count,
        "document_id": [document_id] * count,
        "ordinal": list(range(1, count + 1)),
        "name": [_clean(name) for name in names],
    }


def _links(record: Record, trial: str, document_id: str) -> Columns:
    links = record.arm_interventions
    columns = _plain([""] * len(links), trial, document_id)
    del columns["name"]
    columns["arm_id"] = [f"{trial}/arm/{link.arm + 1}" for link in links]
    columns["intervention_id"] = [f"{trial}/intervention/{link.intervention + 1}" for link in links]
    return columns


def _claims(claims: Sequence[Claim], trial: str, document_id: str) -> Columns:
    first = [spans_of(claim.value)[:1] for claim in claims]
    return {
        "trial_id": [trial] * len(claims),
        "field": [claim.field for claim in claims],
        "value": [_clean(claim.value) for claim in claims],
        "document_id": [document_id] * len(claims),
        "char_start": [spans[0][0] if spans else None for spans in first],
        "char_end": [spans[0][1] if spans else None for spans in first],
        "chosen": [claim.chosen for claim in claims],
    }


def _number(identifier: Identifier) -> str:
    text = clean(identifier.identifier)
    registry = identifier.registry or identifiers.registry(text)
    return identifiers.canonical(registry, text) if registry else text


def _clean(value: Any) -> Any:  # noqa: ANN401 - a record's field: words, a number, a list of words or nothing
    """Return words clean (empty ones as None); numbers and flags as they are."""
    if value.__class__ is str:
        if value.isascii() and value.isprintable() and "  " not in value and "\\" not in value:
            return value.strip() or None
        return clean(value) or None
    if isinstance(value, Words):
        return str(value) or None
    if isinstance(value, list):
        return [one for one in map(_clean, value) if one] or None
    return value


_E_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE: Final = re.compile(r"(?<![\w/.-])\+?\(?\d[\d ()./-]{7,}\d(?![\w/-])")
_MASK: Final = "█"


def _mask(text: str) -> str:
    """Return `text` with every e-mail address and telephone number masked at the same length."""
    for shape in (_E_MAIL, _TELEPHONE):
        text = shape.sub(lambda found: _MASK * len(found.group()), text)
    return text


def _without_contacts(text: str, contacts: Iterable[Contact], read: Iterable[Span]) -> str:
    """Return the document's text with the places of `contacts` masked at the same length, so that offsets hold.

    What looks like an e-mail address or a telephone number is masked too, except inside the places that another value
    was `read` from: that value is no contact, and its evidence must show its words.
    """
    characters = list(text)
    for contact in contacts:
        for value in (contact.name, contact.phone, contact.email):
            for start, end in spans_of(value):
                characters[start:end] = _MASK * (end - start)
    kept = [(start, end, text[start:end]) for start, end in read]
    characters = list(_mask("".join(characters)))
    for start, end, words in kept:
        characters[start:end] = words
    return "".join(characters)
