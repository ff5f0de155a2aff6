"""Tables of words to tables of the contract: each column by its reader, each distinct word once.

Here belongs which reader a column has and where its failures go: a word that a vocabulary lacks to `unmapped_terms`, a
value that cannot be read to `quarantine`, never to a default. How words become a value is in `normalize`; which
values a table may hold is in `schemas`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from itertools import compress
from typing import Any, Final, NamedTuple

import polars as pl

from pipeline.normalize import ages, dates, identifiers, numbers, places, vocabulary
from pipeline.reading.quarantine import check_all
from pipeline.reading.tabulate import Columns
from schemas import TABLES

Read = Callable[[str], Any]

_FACTS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "extracted_id": pl.String,
    "trial_id": pl.String,
    "version_date": pl.Date,
    "lossy": pl.List(pl.String),
}

# What extraction knows of a quarantine's row: its `uri` and `quarantined_at` are the build's to fill in.
_QUARANTINE: Final = {
    name: dtype for name, dtype in TABLES["quarantine"].polars_schema().items() if name not in ("uri", "quarantined_at")
}

DATES: Final = (
    "start_date",
    "primary_completion_date",
    "completion_date",
    "first_submitted_date",
    "first_posted_date",
    "last_update_submitted_date",
    "last_update_posted_date",
    "last_verified_date",
    "results_first_submitted_date",
    "results_first_posted_date",
)


class _Reader(NamedTuple):
    """How a column's words become its value, and whether words that give none are known to say nothing."""

    read: Read
    known: Callable[[str], bool]


def _code(field: str) -> _Reader:
    return _Reader(partial(vocabulary.code, field), partial(vocabulary.known, field))


def _codes(field: str) -> _Reader:
    # Words that say nothing ("Not specified") give no codes: NULL, not an empty list.
    return _Reader(lambda words: vocabulary.codes(field, words) or None, partial(vocabulary.known, field))


# Dates come again in every batch, and cost the most to read: a register of 600,000 studies has some 20,000 of them.
_date: Final = lru_cache(1 << 16)(dates.read)

_BOOLEAN: Final = _Reader(vocabulary.boolean, partial(vocabulary.known, "boolean"))
_COUNTRY: Final = _Reader(places.country_code, places.is_country)

# Columns whose words belong to a vocabulary: an unknown word goes to `unmapped_terms`.
_TERMS: Final[Mapping[str, Mapping[str, _Reader]]] = {
    "trials": {
        "overall_status": _code("overall_status"),
        "study_type": _code("study_type"),
        "phases": _codes("phases"),
        "allocation": _code("allocation"),
        "intervention_model": _code("intervention_model"),
        "observational_model": _code("observational_model"),
        "time_perspective": _code("time_perspective"),
        "masking": _code("masking"),
        "who_masked": _codes("who_masked"),
        "primary_purpose": _code("primary_purpose"),
        "enrollment_type": _code("enrollment_type"),
        "start_date_type": _code("date_type"),
        "primary_completion_date_type": _code("date_type"),
        "completion_date_type": _code("date_type"),
        "sex": _code("sex"),
        "gender_based": _BOOLEAN,
        "healthy_volunteers": _BOOLEAN,
        "sampling_method": _code("sampling_method"),
        "lead_sponsor_class": _code("sponsor_class"),
        "organization_class": _code("sponsor_class"),
        "has_results": _BOOLEAN,
        "has_dmc": _BOOLEAN,
        "is_fda_regulated_drug": _BOOLEAN,
        "is_fda_regulated_device": _BOOLEAN,
        "plan_to_share_ipd": _code("plan_to_share_ipd"),
    },
    "sponsors": {"class": _code("sponsor_class")},
    "study_references": {"type": _code("reference_type")},
    "arms": {"type": _code("arm_type")},
    "interventions": {"type": _code("intervention_type")},
    "outcomes": {"type": _code("outcome_type")},
    "sites": {"status": _code("site_status")},
    "officials": {"role": _code("official_role")},
    "contacts": {"role": _code("contact_role")},
    "eligibility_criteria": {"kind": _code("criterion_kind")},
}


class Values(NamedTuple):
    """The tables of the contract for some documents, checked, and what did not fit."""

    tables: dict[str, pl.DataFrame]
    facts: pl.DataFrame
    """One row a document: extracted_id (its document_id), trial_id (NULL where the contract refused the trial),
    version_date, lossy (the columns that it blurs)."""


class _Failures:
    """What could not be read, as rows to be."""

    def __init__(self) -> None:
        self.unmapped: Counter[tuple[str, str, str]] = Counter()
        self.cells: list[dict[str, Any]] = []

    def cell(self, document_id: str, table: str, column: str, value: str, rule: str, reason: str) -> None:
        self.cells.append(
            {
                "document_id": document_id,
                "table_name": table,
                "column_name": column,
                "value": value,
                "rule": rule,
                "reason": reason,
                "action": "CELL",
            }
        )


def to_values(words: Mapping[str, Columns]) -> Values:
    """Return the checked tables for tables of words; `words` is used up.

    Every table of the result has exactly the contract's columns. `quarantine` holds the cells and rows that did not
    fit; its `uri` and `quarantined_at` are the build's to fill in.
    """
    failures = _Failures()
    facts = _facts(words["trials"])
    frames: dict[str, pl.DataFrame] = {}
    for name, columns in words.items():
        for column, reader in _TERMS.get(name, {}).items():
            columns[column] = _terms(columns[column], reader, columns["document_id"], f"{name}.{column}", failures)
        if derive := _DERIVED.get(name):
            derive(columns, failures)
        frames[name] = pl.DataFrame(columns, schema=TABLES[name].polars_schema())
    frames["unmapped_terms"] = pl.DataFrame(
        [(*key, uses) for key, uses in failures.unmapped.items()],
        schema=TABLES["unmapped_terms"].polars_schema(),
        orient="row",
    )
    checked = check_all(frames)
    tables = {name: one.rows for name, one in checked.items()}
    tables["quarantine"] = pl.concat(
        [
            pl.DataFrame(failures.cells, schema=_QUARANTINE),
            *(one.refused.select(*_QUARANTINE) for one in checked.values()),
        ]
    )
    refused = ~pl.col("extracted_id").is_in(tables["trials"]["document_id"].implode())
    return Values(tables, facts.with_columns(trial_id=pl.when(~refused).then("trial_id")))


def _facts(trials: Columns) -> pl.DataFrame:
    """Take what merging needs to know of each document out of the trials' words."""
    # A version date that cannot be read is reported as the date that it was taken from.
    versions = _read(trials.pop("version_date"), _date)
    return pl.DataFrame(
        {
            "extracted_id": trials["document_id"],
            "trial_id": trials["trial_id"],
            "version_date": [version and version.day for version in versions],
            "lossy": trials["lossy"],
        },
        schema=_FACTS,
    )


def _trials(columns: Columns, failures: _Failures) -> None:
    owners = columns["document_id"]
    lossy = columns.pop("lossy")
    for name in DATES:
        said = _parsed(columns[name], _date, owners, "trials", name, "not_a_date", "a date in a form we know", failures)
        columns[name] = [date and date.day for date in said]
        columns[f"{name}_precision"] = [
            date.precision if date and name not in blurred else None for date, blurred in zip(said, lossy, strict=True)
        ]
    for name in ("minimum_age", "maximum_age"):
        limited = [None if words is None or ages.is_no_limit(words) else words for words in columns[name]]
        columns[f"{name}_years"] = _parsed(
            limited, ages.read, owners, "trials", name, "not_an_age", "an age with its unit", failures
        )
    columns["enrollment"] = _parsed(
        columns["enrollment"], numbers.count, owners, "trials", "enrollment", "not_a_count", "a whole number", failures
    )


def _identifiers(columns: Columns, _: _Failures) -> None:
    columns["registry"] = [
        registry or identifiers.registry(number) or "OTHER"  # a number that no registry's form fits is somebody's
        for registry, number in zip(columns["registry"], columns["identifier"], strict=True)
    ]


def _sites(columns: Columns, failures: _Failures) -> None:
    owners = columns["document_id"]
    by_name = _terms(columns["country"], _COUNTRY, owners, "sites.country", failures)
    by_code = _terms(columns["country_code"], _COUNTRY, owners, "sites.country_code", failures)
    columns["country_code"] = [name or code for name, code in zip(by_name, by_code, strict=True)]


def _conflicts(columns: Columns, _: _Failures) -> None:
    """Give each claim its value as text, and drop the claims that differ in words only ("Completed", "COMPLETED")."""
    count = len(columns["field"])
    columns["normalised"] = [
        _as_text(field, words) for field, words in zip(columns["field"], columns["value"], strict=True)
    ]
    columns["kind"] = ["WITHIN"] * count
    said: dict[tuple[str, str], set[str]] = {}
    for index in range(count):
        owner = columns["document_id"][index], columns["field"][index]
        said.setdefault(owner, set()).add(columns["normalised"][index] or columns["value"][index])
    kept = [len(said[owner]) > 1 for owner in zip(columns["document_id"], columns["field"], strict=True)]
    for name, values in columns.items():
        columns[name] = list(compress(values, kept))


def _as_text(field: str, words: str) -> str | None:
    """Return the value of a field of `trials` as text, for comparing; None where the words give none."""
    value: Any
    if reader := _TERMS["trials"].get(field):
        value = reader.read(words)
    elif field in DATES:
        date = _date(words)
        value = date and date.day
    elif field == "enrollment":
        value = numbers.count(words)
    else:
        return words
    return ", ".join(value) if isinstance(value, list) else None if value is None else str(value)


_DERIVED: Final[Mapping[str, Callable[[Columns, _Failures], None]]] = {
    "trials": _trials,
    "trial_identifiers": _identifiers,
    "sites": _sites,
    "conflicts": _conflicts,
}


def _terms(column: list[Any], reader: _Reader, owners: list[str], field: str, failures: _Failures) -> list[Any]:
    distinct = {words for words in column if words is not None}
    meaning = {words: reader.read(words) for words in distinct}
    unknown = {words for words in distinct if meaning[words] is None and not reader.known(words)}
    if unknown:
        cells = zip(column, owners, strict=True)
        failures.unmapped.update((field, words, owner) for words, owner in cells if words in unknown)
    return [meaning.get(words) for words in column]


def _parsed(
    column: list[Any], read: Read, owners: list[str], table: str, name: str, rule: str, wanted: str, failures: _Failures
) -> list[Any]:
    values = _read(column, read)
    for words, value, owner in zip(column, values, owners, strict=True):
        if value is None and words is not None:
            failures.cell(owner, table, name, words, rule, f"{name} should be {wanted}; add the form to the reader")
    return values


def _read(column: list[Any], read: Read) -> list[Any]:
    """Read each distinct word once."""
    meaning: dict[Any, Any] = {words: read(words) for words in set(column) if words is not None}
    return [meaning.get(words) for words in column]
