"""Records to tables of words: rows, keys and evidence, still in the source's wording.

Here belongs how a `Record` becomes rows (which list fills which table, what a row's key is, where its words stand).
What the words mean is decided afterwards, column by column, in `values`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgspec
import polars as pl

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
from pipeline.reading.words import BETWEEN, Span, Words, clean, clean_column, spans_of
from schemas import TABLES

_Type = pl.DataType | type[pl.DataType]


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
    columns: Mapping[str, _Type]
    """The fields of an entry that become columns."""

    @property
    def kind(self) -> str:
        """The table's name in the singular, as keys write it."""
        return TABLES[self.table].kind

    @property
    def has_id(self) -> bool:
        """Whether a row has a key of its own (`arm_id`), beside trial and ordinal."""
        return f"{self.kind}_id" in TABLES[self.table].by_name


def _fields(struct: type, *left_out: str) -> dict[str, _Type]:
    """Return the fields of a part of the record and what they hold: words, unless their type says otherwise."""
    return {
        field.name: next((dtype for kind, dtype in _TYPES.items() if isinstance(_kind(field.type), kind)), pl.String)
        for field in msgspec.inspect.type_info(struct).fields  # type: ignore[attr-defined] # a struct's
        if field.name not in left_out
    }


def _kind(type_: msgspec.inspect.Type) -> msgspec.inspect.Type:
    if not isinstance(type_, msgspec.inspect.UnionType):
        return type_
    return next(one for one in type_.types if not isinstance(one, msgspec.inspect.NoneType))


_LIST: Final = pl.List(pl.String)
_TYPES: Final[Mapping[type[msgspec.inspect.Type], _Type]] = {
    msgspec.inspect.FloatType: pl.Float64,
    msgspec.inspect.BoolType: pl.Boolean,
    msgspec.inspect.ListType: _LIST,
}

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


def tabulate(documents: Iterable[Extracted], *, contacts: bool, officials: bool) -> dict[str, pl.DataFrame]:
    """Return the tables of words of the documents, by table name, each with `trial_id` and `document_id`.

    A table is made column by column for all documents at once: a call a cell would cost more than reading does.
    `contacts` and `officials` say whether personal data is written at all. Where one is not, its places in
    `document_texts` are masked at the same length, its names in `unread_lines` too; without contacts both lose what
    looks like a telephone or an e-mail, without officials a responsible party that is not the sponsor is left out.
    """
    sources = [_source(document) for document in documents]
    hidden = [_hidden(source.document, contacts=contacts, officials=officials) for source in sources]
    left_out = {name for name, wanted in (("contacts", contacts), ("officials", officials)) if not wanted}
    children = [child for child in CHILDREN if child.table not in left_out]
    owners = _Owners(sources)
    tables = {"trials": _trials(owners)}
    for child in children:
        tables[child.table] = _child(child, owners)
    for table in _PLAIN:
        names, rows = owners.rows(attrgetter(table))
        tables[table] = rows.with_columns(owners.cells("name", names))
    tables["arm_interventions"] = _links(owners)
    tables["conflicts"] = _claims(owners)
    tables["unread_lines"] = _unread(sources, hidden, contacts=contacts)
    tables |= _pages(sources, hidden, children, contacts=contacts)
    return {name: table for name, table in tables.items() if table.height}


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


class _Owners:
    """The documents whose rows are made, and how their words become columns."""

    def __init__(self, sources: Sequence[_Source]) -> None:
        self.records = [source.document.record for source in sources]
        self.frame = pl.DataFrame(
            {
                "trial_id": [source.trial for source in sources],
                "document_id": [source.document.document_id for source in sources],
                "registry": [source.registry for source in sources],
            },
            schema=dict.fromkeys(("trial_id", "document_id", "registry"), pl.String),
        )
        # Only pages have `Words`, which are clean, and which a second cleaning could change.
        self._has_pages = any(source.document.text is not None for source in sources)

    def rows(self, entries: Callable[[Record], Sequence[Any]]) -> tuple[list[Any], pl.DataFrame]:
        """Return the entries of a list of all documents, and the columns that say whose they are."""
        lists = list(map(entries, self.records))
        count = pl.Series(map(len, lists), dtype=pl.Int32)
        owned = self.frame.select("trial_id", "document_id", ordinal=pl.int_ranges(1, count + 1, dtype=pl.Int32))
        return list(chain.from_iterable(lists)), owned.filter(count > 0).explode("ordinal")

    def cells(self, name: str, values: list[Any], dtype: _Type = pl.String) -> pl.Series:
        """Return a column of what records hold: words clean (none as NULL), numbers and flags as they are."""
        if dtype == _LIST:
            return _listed(name, [[one for one in map(_clean, value) if one] if value else () for value in values])
        if dtype != pl.String:
            return pl.Series(name, values, dtype)
        if self._has_pages:
            return pl.Series(name, map(_clean, values), pl.String)
        return clean_column(pl.Series(name, values, pl.String))


def _listed(name: str, lists: Iterable[Sequence[str]]) -> pl.Series:
    """Return a column of lists of clean words, an empty one as NULL; a list at a time would take ten times as long."""
    return pl.Series(name, [BETWEEN.join(one) or None for one in lists], pl.String).str.split(BETWEEN)


def _trials(owners: _Owners) -> pl.DataFrame:
    said = [record.trial for record in owners.records]
    leads = [next((one for one in record.sponsors if one.role == "LEAD"), None) for record in owners.records]
    versions = [record.version_date or record.trial.last_update_posted_date for record in owners.records]
    lossy = _listed("lossy", [sorted(record.lossy) for record in owners.records])
    return owners.frame.with_columns(
        *(owners.cells(name, list(map(attrgetter(name), said))) for name in TRIAL_FIELDS),
        owners.cells("lead_sponsor", [lead and lead.name for lead in leads]),
        owners.cells("lead_sponsor_class", [lead and lead.class_ for lead in leads]),
        owners.cells("version_date", versions),
        lossy.fill_null([]),
    )


def _child(child: Child, owners: _Owners) -> pl.DataFrame:
    entries, rows = owners.rows(child.entries)
    cells = [
        owners.cells(_RENAMED.get(name, name), list(map(attrgetter(name), entries)), dtype)
        for name, dtype in child.columns.items()
    ]
    if child.table == "trial_identifiers":
        cells[0] = pl.Series("identifier", map(_number, entries), pl.String)
    rows = rows.with_columns(cells)
    if child.table == "contacts":
        rows = rows.with_columns(_key("site", pl.Series(map(attrgetter("site"), entries), dtype=pl.Int32) + 1))
    return rows.with_columns(_key(child.kind, rows["ordinal"])) if child.has_id else rows


def _key(kind: str, ordinal: pl.Series) -> pl.Expr:
    """Return the keys of the entries of these ordinals in their trials; NULL for none."""
    return pl.format(f"{{}}/{kind}/{{}}", "trial_id", pl.lit(ordinal)).alias(f"{kind}_id")


def _links(owners: _Owners) -> pl.DataFrame:
    links, rows = owners.rows(attrgetter("arm_interventions"))
    return rows.with_columns(
        _key(kind, pl.Series(map(attrgetter(kind), links), dtype=pl.Int32) + 1) for kind in ("arm", "intervention")
    )


def _claims(owners: _Owners) -> pl.DataFrame:
    claims, rows = owners.rows(attrgetter("claims"))
    first = [(spans_of(claim.value)[:1] or ((None, None),))[0] for claim in claims]
    return rows.drop("ordinal").with_columns(
        owners.cells("field", [claim.field for claim in claims]),
        owners.cells("value", [claim.value for claim in claims]),
        pl.Series("char_start", [start for start, _ in first], pl.Int64),
        pl.Series("char_end", [end for _, end in first], pl.Int64),
        pl.Series("chosen", [claim.chosen for claim in claims], pl.Boolean),
    )


def _unread(sources: Sequence[_Source], hidden: Sequence[list[str]], *, contacts: bool) -> pl.DataFrame:
    # A register's format has paths, not lines: they are numbered.
    lines = [
        (source.document.document_id, number or index, clean(_without(text if contacts else masked(text), names)))
        for source, names in zip(sources, hidden, strict=True)
        for index, (number, text) in enumerate(source.document.unread, 1)
    ]
    return pl.DataFrame(lines, {"document_id": pl.String, "line": pl.Int64, "text": pl.String}, orient="row")


def _pages(
    sources: Sequence[_Source], hidden: Sequence[list[str]], children: Sequence[Child], *, contacts: bool
) -> dict[str, pl.DataFrame]:
    """Return what only documents with a text have: the text, and where in it each value stands."""
    evidence: list[tuple[str, str, str, str, int, int]] = []
    texts: list[tuple[str, str]] = []
    for source, names in zip(sources, hidden, strict=True):
        document = source.document
        if document.text is None:
            continue
        places = [
            (table, row, column, document.document_id, *span)
            for table, row, column, value in _values(source, children)
            for span in spans_of(value)
        ]
        evidence += places
        shown = _shown(document.text, names, (place[-2:] for place in places), contacts=contacts)
        texts.append((document.document_id, shown))
    return {
        "evidence": pl.DataFrame(evidence, TABLES["evidence"].polars_schema(), orient="row"),
        "document_texts": pl.DataFrame(texts, TABLES["document_texts"].polars_schema(), orient="row"),
    }


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


def _clean(value: str | None) -> str | None:
    """Return words clean, empty ones as None."""
    if isinstance(value, Words):
        return str(value) or None
    return clean(value) or None if value else None


# Neither looks at a long run of letters or digits more than once, whatever stands around it.
_E_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE: Final = re.compile(r"(?<![\w/.-])(?!\d{4}-\d\d-\d\d\b)\+?\(?\d[\d ()./-]{7,40}\d(?![\w/-])")
_MASK: Final = "█"


def masked(text: str) -> str:
    """Return `text` with every e-mail address and telephone number masked at the same length."""
    for shape in (_E_MAIL, _TELEPHONE):
        text = shape.sub(lambda found: _MASK * len(found.group()), text)
    return text


def _hidden(document: Extracted, *, contacts: bool, officials: bool) -> list[str]:
    """Return the words of persons that must not be shown, and take a person out of the record's other fields."""
    record = document.record
    party = record.trial.responsible_party
    is_person = not officials and party not in [one.name for one in record.sponsors]
    if is_person:
        record.trial.responsible_party = None
    if document.text is None and not document.unread:  # nothing is shown but the record's own cells
        return []
    said: list[str | None] = [party] if is_person else []
    if not contacts:
        said += [words for one in record.contacts for words in (one.name, one.phone, one.email)]
    if not officials:
        said += [words for one in record.officials for words in (one.name, one.affiliation)]
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
