"""Records to tables of words: rows, keys and evidence, still in the source's wording.

Here belongs how a `Record` becomes rows (which list fills which table, what a row's key is, where its words stand).
What the words mean is decided afterwards, column by column, in `values`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, Final, NamedTuple

from pipeline.normalize import identifiers
from pipeline.reading.lines import Line
from pipeline.reading.records import (
    Arm,
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
from pipeline.reading.words import Span, Words, clean, spans_of
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

_PLAIN: Final = ("conditions", "keywords")
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

    A table is made column by column for all documents at once: a call a cell would cost more than reading does.
    `contacts` and `officials` say whether personal data is written at all. Where one is not, its places in
    `document_texts` are masked at the same length, its names in `unread_lines` too; without contacts both lose what
    looks like a telephone or an e-mail, without officials a responsible party that is not the sponsor is left out.
    """
    sources = [_source(document) for document in documents]
    hidden = [_hidden(source.document.record, contacts=contacts, officials=officials) for source in sources]
    left_out = {name for name, wanted in (("contacts", contacts), ("officials", officials)) if not wanted}
    children = [child for child in CHILDREN if child.table not in left_out]
    tables = {"trials": _trials(sources)}
    for child in children:
        tables[child.table] = _child(child, sources)
    for table in _PLAIN:
        names, columns = _rows(sources, attrgetter(table))
        tables[table] = columns | {"name": _cleaned(names)}
    tables["arm_interventions"] = _links(sources)
    tables["conflicts"] = _claims(sources)
    tables["unread_lines"] = _unread(sources, hidden, contacts=contacts)
    tables |= _pages(sources, hidden, children, contacts=contacts)
    return {name: columns for name, columns in tables.items() if columns["document_id"]}


class _Source(NamedTuple):
    """A document with the key of its trial."""

    document: Extracted
    trial: str
    registry: str | None


def _source(document: Extracted) -> _Source:
    primary = primary_identifier(document)
    if primary is not None and not any(one is primary for one in document.record.identifiers):
        document.record.identifiers.insert(0, primary)
    return _Source(document, *trial_id(primary, document.document_id))


def _rows(sources: Sequence[_Source], entries: Callable[[Record], list[Any]]) -> tuple[list[Any], Columns]:
    """Return the entries of a list of all documents, and the columns that say whose they are."""
    lists = [entries(source.document.record) for source in sources]
    columns: Columns = {"trial_id": [], "document_id": [], "ordinal": []}
    for source, owned in zip(sources, lists, strict=True):
        if owned:
            count = len(owned)
            columns["trial_id"] += [source.trial] * count
            columns["document_id"] += [source.document.document_id] * count
            columns["ordinal"] += range(1, count + 1)
    return list(chain.from_iterable(lists)), columns


def _keys(columns: Columns, kind: str) -> list[str]:
    return [f"{trial}/{kind}/{n}" for trial, n in zip(columns["trial_id"], columns["ordinal"], strict=True)]


def _trials(sources: Sequence[_Source]) -> Columns:
    said = [source.document.record.trial for source in sources]
    leads = [next((one for one in source.document.record.sponsors if one.role == "LEAD"), None) for source in sources]
    return {
        "trial_id": [source.trial for source in sources],
        "document_id": [source.document.document_id for source in sources],
        "registry": [source.registry for source in sources],
        **{name: _cleaned(list(map(attrgetter(name), said))) for name in TRIAL_FIELDS},
        "lead_sponsor": _cleaned([lead and lead.name for lead in leads]),
        "lead_sponsor_class": _cleaned([lead and lead.class_ for lead in leads]),
        "lossy": [sorted(source.document.record.lossy) for source in sources],
        "version_date": _cleaned(
            [one.document.record.version_date or one.document.record.trial.last_update_posted_date for one in sources]
        ),
    }


def _child(child: Child, sources: Sequence[_Source]) -> Columns:
    entries, columns = _rows(sources, child.entries)
    if child.has_id:
        columns[f"{child.kind}_id"] = _keys(columns, child.kind)
    for name in child.columns:
        columns[_RENAMED.get(name, name)] = _cleaned(list(map(attrgetter(name), entries)))
    if child.table == "trial_identifiers":
        columns["identifier"] = [_number(entry) for entry in entries]
    if child.table == "contacts":
        columns["site_id"] = [
            None if entry.site is None else f"{trial}/site/{entry.site + 1}"
            for trial, entry in zip(columns["trial_id"], entries, strict=True)
        ]
    return columns


def _links(sources: Sequence[_Source]) -> Columns:
    links, columns = _rows(sources, attrgetter("arm_interventions"))
    owned = list(zip(columns["trial_id"], links, strict=True))
    columns["arm_id"] = [f"{trial}/arm/{link.arm + 1}" for trial, link in owned]
    columns["intervention_id"] = [f"{trial}/intervention/{link.intervention + 1}" for trial, link in owned]
    return columns


def _claims(sources: Sequence[_Source]) -> Columns:
    claims, columns = _rows(sources, attrgetter("claims"))
    del columns["ordinal"]
    first = [spans_of(claim.value)[:1] for claim in claims]
    return columns | {
        "field": [claim.field for claim in claims],
        "value": _cleaned([claim.value for claim in claims]),
        "char_start": [spans[0][0] if spans else None for spans in first],
        "char_end": [spans[0][1] if spans else None for spans in first],
        "chosen": [claim.chosen for claim in claims],
    }


def _unread(sources: Sequence[_Source], hidden: Sequence[list[str]], *, contacts: bool) -> Columns:
    # A register's format has paths, not lines: they are numbered.
    lines = [
        (source.document.document_id, number or index, _without(text if contacts else masked(text), names))
        for source, names in zip(sources, hidden, strict=True)
        for index, (number, text) in enumerate(source.document.unread, 1)
    ]
    return {
        "document_id": [document_id for document_id, _, _ in lines],
        "line": [number for _, number, _ in lines],
        "text": [clean(text) for _, _, text in lines],
    }


def _pages(
    sources: Sequence[_Source], hidden: Sequence[list[str]], children: Sequence[Child], *, contacts: bool
) -> dict[str, Columns]:
    """Return what only documents with a text have: the text, and where in it each value stands."""
    evidence: Columns = {name: [] for name in EVIDENCE}
    texts: Columns = {"document_id": [], "text": []}
    for source, names in zip(sources, hidden, strict=True):
        document = source.document
        if document.text is None:
            continue
        places = [
            (table, row, column, document.document_id, *span)
            for table, row, column, value in _values(source, children)
            for span in spans_of(value)
        ]
        for name, values in zip(EVIDENCE, zip(*places, strict=True), strict=False):
            evidence[name] += values
        texts["document_id"].append(document.document_id)
        texts["text"].append(_shown(document.text, names, (place[-2:] for place in places), contacts=contacts))
    return {"evidence": evidence, "document_texts": texts}


def _values(source: _Source, children: Sequence[Child]) -> Iterator[tuple[str, str, str, str | None]]:
    """Yield every value of a document that becomes a cell: table, key of the row, column, words."""
    record, trial = source.document.record, source.trial
    for name in TRIAL_FIELDS:
        yield "trials", trial, name, getattr(record.trial, name)
    for child in children:
        for ordinal, entry in enumerate(child.entries(record), 1):
            for name in child.columns:
                value = getattr(entry, name)
                for one in value if isinstance(value, list) else (value,):
                    yield child.table, f"{trial}/{child.kind}/{ordinal}", _RENAMED.get(name, name), one
    for table in _PLAIN:
        for ordinal, one in enumerate(getattr(record, table), 1):
            yield table, f"{trial}/{TABLES[table].kind}/{ordinal}", "name", one


def _number(identifier: Identifier) -> str:
    text = clean(identifier.identifier)
    registry = identifier.registry or identifiers.registry(text)
    return identifiers.canonical(registry, text) if registry else text


def _cleaned(column: list[Any]) -> list[Any]:
    """Return a column with its words clean (empty ones as None) and its numbers and flags as they are."""
    kinds = set(map(type, column)) - {type(None)}
    if kinds == {str}:
        return list(map(_Clean().__getitem__, column))
    return column if kinds.isdisjoint((str, Words, list)) else [_clean(value) for value in column]


class _Clean(dict[str | None, str | None]):
    """Words to clean words, each once; not for `Words`: they are clean, and equal plain words that are not."""

    def __missing__(self, words: str | None) -> str | None:
        cleaned = self[words] = clean(words) or None if words else None
        return cleaned


def _clean(value: Any) -> Any:  # noqa: ANN401 - a record's field: words, a number, a list of words or nothing
    """Return words clean (empty ones as None); numbers and flags as they are."""
    if isinstance(value, Words):
        return str(value) or None
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, list):
        return [one for one in map(_clean, value) if one] or None
    return value


# Neither looks at a long run of letters or digits more than once, whatever stands around it.
_E_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE: Final = re.compile(r"(?<![\w/.-])(?!\d{4}-\d\d-\d\d\b)\+?\(?\d[\d ()./-]{7,40}\d(?![\w/-])")
_MASK: Final = "█"


def masked(text: str) -> str:
    """Return `text` with every e-mail address and telephone number masked at the same length."""
    for shape in (_E_MAIL, _TELEPHONE):
        text = shape.sub(lambda found: _MASK * len(found.group()), text)
    return text


def _hidden(record: Record, *, contacts: bool, officials: bool) -> list[str]:
    """Return the words of persons that must not be shown, and take a person out of the record's other fields."""
    said: list[str | None] = []
    if not contacts and record.contacts:
        said += [words for one in record.contacts for words in (one.name, one.phone, one.email)]
    if not officials:
        said += [words for one in record.officials for words in (one.name, one.affiliation)]
        party = record.trial.responsible_party
        if party not in [one.name for one in record.sponsors]:
            said.append(party)
            record.trial.responsible_party = None
    return [words for words in said if words]


def _without(text: str, names: Iterable[str]) -> str:
    """Return `text` with the names of persons masked wherever they stand; one word may be anybody's."""
    for name in names:
        if " " in name and name in text:
            text = text.replace(name, _MASK * len(name))
    return text


def _shown(text: str, hidden: Sequence[str], read: Iterable[Span], *, contacts: bool) -> str:
    """Return a document's text with the words of persons masked at the same length, so that offsets hold.

    Without `contacts`, what looks like an e-mail address or a telephone number is masked too. What another value was
    `read` from stays: that value is no person's, and its evidence must show its words.
    """
    characters = list(text)
    for value in hidden:
        for start, end in spans_of(value):
            characters[start:end] = _MASK * (end - start)
    kept = [(start, end, text[start:end]) for start, end in read]
    characters = list(_without("".join(characters), hidden))
    if not contacts:
        characters = list(masked("".join(characters)))
    for start, end, words in kept:
        characters[start:end] = words
    return "".join(characters)
