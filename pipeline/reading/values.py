"""Tables of words to tables of the contract: each column by its reader, each distinct word once.

Here belongs which reader a column has and where its failures go: a word that a vocabulary lacks to `unmapped_terms`, a
value that cannot be read to `quarantine`, never to a default. How words become a value is in `normalize`; which
values a table may hold is in `schemas`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

import polars as pl

from pipeline.normalize import ages, dates, identifiers, numbers, places, vocabulary
from pipeline.reading.quarantine import check_all
from schemas import TABLES

Read = Callable[[str], Any]

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
    dtype: pl.DataType | type[pl.DataType] = pl.String


def _code(field: str) -> _Reader:
    return _Reader(partial(vocabulary.code, field), partial(vocabulary.known, field))


def _codes(field: str) -> _Reader:
    # Words that say nothing ("Not specified") give no codes: NULL, not an empty list.
    return _Reader(partial(vocabulary.codes, field), partial(vocabulary.known, field), pl.List(pl.String))


# Dates come again in every batch, and cost the most to read: a register of 600,000 studies has some 20,000 of them.
_date: Final = lru_cache(1 << 16)(dates.read)

_BOOLEAN: Final = _Reader(vocabulary.boolean, partial(vocabulary.known, "boolean"), pl.Boolean)
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

    def cell(self, document_id: str, column: str, value: str, rule: str, reason: str) -> None:
        self.cells.append(
            {
                "document_id": document_id,
                "table_name": "trials",  # only they have values that are no codes
                "column_name": column,
                "value": value,
                "rule": rule,
                "reason": reason,
                "action": "CELL",
            }
        )


def to_values(words: Mapping[str, pl.DataFrame]) -> Values:
    """Return the checked tables for tables of words.

    Every table of the result has exactly the contract's columns. `quarantine` holds the cells and rows that did not
    fit; its `uri` and `quarantined_at` are the build's to fill in.
    """
    failures = _Failures()
    frames = {name: _frame(name, said, failures) for name, said in words.items()}
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
    return Values(tables, _facts(words["trials"], tables["trials"]))


def _frame(name: str, words: pl.DataFrame, failures: _Failures) -> pl.DataFrame:
    """Return a table of words with the contract's columns, in order, in their types."""
    readers = _TERMS.get(name, {}).items()
    frame = words.with_columns(
        _terms(words, column, reader, f"{name}.{column}", failures) for column, reader in readers
    )
    if derive := _DERIVED.get(name):
        frame = derive(frame, failures)
    schema = TABLES[name].polars_schema()
    missing = (pl.lit(None, dtype).alias(column) for column, dtype in schema.items() if column not in frame.columns)
    return frame.with_columns(missing).select(schema.names()).cast(schema)


def _facts(words: pl.DataFrame, accepted: pl.DataFrame) -> pl.DataFrame:
    """Return `Values.facts`."""
    return words.select(
        "document_id",
        pl.when(pl.col("document_id").is_in(accepted["document_id"].implode())).then("trial_id").alias("trial_id"),
        # One that cannot be read is reported as the date that it was taken from.
        _days(words["version_date"], _read(words["version_date"], _date)),
        "lossy",
    ).rename({"document_id": "extracted_id"})


def _trials(words: pl.DataFrame, failures: _Failures) -> pl.DataFrame:
    columns: list[pl.Series | pl.Expr] = []
    for name in DATES:
        read = _parsed(words, name, _date, "not_a_date", "a date in a form we know", failures)
        columns.append(_days(words[name], read))
        precision = _values(words[name], {said: date and date.precision for said, date in read.items()}, pl.String)
        columns.append(pl.when(~pl.col("lossy").list.contains(name)).then(precision).alias(f"{name}_precision"))
    for name in ("minimum_age", "maximum_age"):
        limits = words.with_columns(
            pl.col(name).replace([one for one in _distinct(words[name]) if ages.is_no_limit(one)], None)
        )
        years = _parsed(limits, name, ages.read, "not_an_age", "an age with its unit", failures)
        columns.append(_values(limits[name], years, pl.Float64).alias(f"{name}_years"))
    counts = _parsed(words, "enrollment", numbers.count, "not_a_count", "a whole number", failures)
    columns.append(_values(words["enrollment"], counts, pl.Int64))
    return words.with_columns(columns)


def _identifiers(words: pl.DataFrame, _: _Failures) -> pl.DataFrame:
    # A number that no registry's form fits is somebody's.
    told = [
        registry or identifiers.registry(number) or "OTHER"
        for registry, number in words.select("registry", "identifier").iter_rows()
    ]
    return words.with_columns(registry=pl.Series(told, dtype=pl.String))


def _sites(words: pl.DataFrame, failures: _Failures) -> pl.DataFrame:
    by_name = _terms(words, "country", _COUNTRY, "sites.country", failures)
    by_code = _terms(words, "country_code", _COUNTRY, "sites.country_code", failures)
    return words.with_columns(country_code=by_name.zip_with(by_name.is_not_null(), by_code))


def _conflicts(words: pl.DataFrame, _: _Failures) -> pl.DataFrame:
    """Give each claim its value as text, and drop the claims that differ in words only ("Completed", "COMPLETED")."""
    told = [_as_text(field, said) for field, said in words.select("field", "value").iter_rows()]
    claims = words.with_columns(normalised=pl.Series(told, dtype=pl.String), kind=pl.lit("WITHIN"))
    values = pl.coalesce("normalised", "value").n_unique().over("document_id", "field")
    return claims.filter(values > 1)


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
    if isinstance(value, list):
        return ", ".join(value) or None
    return None if value is None else str(value)


_DERIVED: Final[Mapping[str, Callable[[pl.DataFrame, _Failures], pl.DataFrame]]] = {
    "trials": _trials,
    "trial_identifiers": _identifiers,
    "sites": _sites,
    "conflicts": _conflicts,
}


def _terms(words: pl.DataFrame, column: str, reader: _Reader, field: str, failures: _Failures) -> pl.Series:
    """Return the codes of a column's words; report the words that the vocabulary lacks."""
    meaning = _read(words[column], reader.read)
    if unknown := [said for said, code in meaning.items() if code is None and not reader.known(said)]:
        cells = words.select(column, "document_id").filter(pl.col(column).is_in(unknown))
        failures.unmapped.update((field, said, owner) for said, owner in cells.iter_rows())
    return _values(words[column], meaning, reader.dtype)


def _parsed(
    trials: pl.DataFrame, column: str, read: Read, rule: str, wanted: str, failures: _Failures
) -> dict[str, Any]:
    """Return what each distinct word of a column reads as; report the cells that do not."""
    meaning = _read(trials[column], read)
    if unknown := [said for said, value in meaning.items() if value is None]:
        reason = f"{column} should be {wanted}; add the form to the reader"
        for said, owner in trials.select(column, "document_id").filter(pl.col(column).is_in(unknown)).iter_rows():
            failures.cell(owner, column, said, rule, reason)
    return meaning


def _distinct(words: pl.Series) -> list[str]:
    return words.drop_nulls().unique(maintain_order=True).to_list()


def _read(words: pl.Series, read: Read) -> dict[str, Any]:
    """Read each distinct word of a column once."""
    return {said: read(said) for said in _distinct(words)}


def _days(words: pl.Series, read: Mapping[str, dates.Date | None]) -> pl.Series:
    return _values(words, {said: date and date.day for said, date in read.items()}, pl.Date)


def _values(words: pl.Series, meaning: Mapping[str, Any], dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """Return what the words mean, cell by cell; a list of nothing is none."""
    is_list = isinstance(dtype, pl.List)
    values = pl.Series([value or None if is_list else value for value in meaning.values()], dtype=dtype)
    # As members of an enumeration, words are found in a third of the time that `replace_strict` takes.
    places = words.cast(pl.Enum(pl.Series(meaning.keys(), dtype=pl.String))).to_physical()
    return values.gather(places).rename(words.name)
