"""The words that tables are written in: `table`, its columns, and what others may ask of them.

Belongs here: how a table is declared and introspected. Does not belong here: any table, any code list, any SQL.

A table is a pandera (polars) `DataFrameModel` under the decorator `table`, which adds what pandera has no word for;
`contract` gives both as a `Table`. The class's docstring is the table's description, each column's first argument its
own. A column that may not be null is *required*: a bad cell there takes its row; any other bad cell becomes NULL
(`pipeline/reading/quarantine.py`).
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, TypeVar

import pandera.polars as pa
import polars as pl
from pandera.api.dataframe.model_components import FieldInfo

from schemas import codes, rules
from schemas.rules import Rule

DUCKDB_TYPES: Mapping[pl.DataType, str] = {
    pl.String(): "VARCHAR",
    pl.Boolean(): "BOOLEAN",
    pl.Int32(): "INTEGER",
    pl.Int64(): "BIGINT",
    pl.Float64(): "DOUBLE",
    pl.Date(): "DATE",
    pl.Datetime("us", "UTC"): "TIMESTAMP WITH TIME ZONE",
    pl.List(pl.String): "VARCHAR[]",
    pl.List(pl.Int32): "INTEGER[]",
    # DuckDB has maps, polars has not: a list of entries stands for one.
    pl.List(pl.Struct({"key": pl.String, "value": pl.Int64})): "MAP(VARCHAR, BIGINT)",
    pl.List(pl.Struct({"key": pl.String, "value": pl.Date})): "MAP(VARCHAR, DATE)",
}
"""Every polars type that a column may have, and what DuckDB calls it."""


class Section(Enum):
    """The parts of the warehouse; the value is the part's title."""

    READ = "What was read"
    TRIALS = "Trials"
    HISTORY = "What trials said before"
    PROVENANCE = "Where values come from, and what did not fit"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, as others see it.

    Attributes:
        name: its name.
        dtype: its type in polars.
        duckdb_type: its type in DuckDB.
        nullable: whether NULL ("the source does not say") is allowed.
        description: full sentences on what it means.
        codes: the allowed values of a coded column, or of each item of a list; empty for any other.
        pii: whether it holds personal data.
        group: the merge group: columns of one group come from one document (`trial_sources.column_group`); None for
            keys and for tables that are not merged.
        source_fields: where the value stands in a record of the ClinicalTrials.gov API v2.
        unit: what its numbers count.
        rules: what its cells must satisfy, apart from nullability.
    """

    name: str
    dtype: pl.DataType
    duckdb_type: str
    nullable: bool
    description: str
    codes: tuple[str, ...]
    pii: bool
    group: str | None
    source_fields: tuple[str, ...]
    unit: str | None
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """From `columns` of one table to `their_columns` of `table`; where `nullable`, a NULL refers to nothing."""

    columns: tuple[str, ...]
    table: str
    their_columns: tuple[str, ...]
    nullable: bool


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table of the warehouse.

    Attributes:
        name: its name.
        description: what one row is, in full sentences.
        section: the part of the warehouse it belongs to.
        kind: the word for one row in the keys of rows (`NCT00000000/outcome/3`).
        key: the columns that together name one row; empty where nothing does.
        references: what it points to.
        model: its pandera model.
        by_name: its columns, in order.
    """

    name: str
    description: str
    section: Section
    kind: str
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    model: type[pa.DataFrameModel]
    by_name: Mapping[str, Column]

    def columns(self) -> list[Column]:
        """All columns, in order."""
        return list(self.by_name.values())

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that may not be null: a bad cell there takes its row."""
        return tuple(column.name for column in self.by_name.values() if not column.nullable)

    def polars_schema(self) -> pl.Schema:
        """The columns' names and types, in order, as polars takes them."""
        return pl.Schema({column.name: column.dtype for column in self.by_name.values()})

    def row_id(self) -> pl.Expr:
        """The key of each row as `evidence.row_id` names it: the key itself, or trial, kind and ordinal."""
        if len(self.key) == 1:
            return pl.col(self.key[0])
        return pl.concat_str("trial_id", pl.lit(self.kind), "ordinal", separator="/")

    def __repr__(self) -> str:
        return f"Table({self.name})"


class Model(pa.DataFrameModel):
    """The base of every table's model: exactly the declared columns, in the declared order."""

    _table: ClassVar[Table]

    class Config:
        """What pandera demands beyond the columns."""

        strict = True
        ordered = True


M = TypeVar("M", bound=Model)


def table(
    name: str,
    *,
    section: Section,
    kind: str,
    key: tuple[str, ...] = (),
    references: Mapping[str, str] | None = None,
    group: str | None = None,
) -> Callable[[type[M]], type[M]]:
    """Say of a model what pandera has no word for.

    Args:
        name: the table's name.
        section: the part of the warehouse it belongs to.
        kind: the word for one row in the keys of rows.
        key: the columns that name one row.
        references: column to the table that has a column of the same name with the same value.
        group: the merge group that the whole table moves in; a column may name its own.

    Raises:
        ValueError: (on use) a key that names no required column, or a column without a DuckDB type.
    """

    def declare(model: type[M]) -> type[M]:
        columns = _columns_of(model, merged=section is Section.TRIALS, group=group)
        for part in key:
            if part not in columns or columns[part].nullable:
                raise ValueError(f"{name}: the key's {part} must be a required column")
        model._table = Table(
            name=name,
            description=" ".join(inspect.cleandoc(model.__doc__ or "").split()),
            section=section,
            kind=kind,
            key=key,
            references=tuple(
                Reference((column,), target, (column,), columns[column].nullable)
                for column, target in (references or {}).items()
            ),
            model=model,
            by_name=columns,
        )
        return model

    return declare


def contract(model: type[Model]) -> Table:
    """The table that a model under the decorator `table` describes."""
    return model._table


def _columns_of(model: type[Model], *, merged: bool, group: str | None) -> dict[str, Column]:
    """The model's columns as pandera collected them.

    A column of a merged table is in the merge group that it names, else in the table's, else in one of its own.
    """
    columns = {}
    for name, field in model.to_schema().columns.items():
        meta = field.metadata
        dtype = field.dtype.type
        columns[name] = Column(
            name=name,
            dtype=dtype,
            duckdb_type=meta["duckdb_type"] or DUCKDB_TYPES[dtype],
            nullable=field.nullable,
            description=field.description,
            codes=meta["codes"],
            pii=meta["pii"],
            group=(meta["group"] or group or name) if merged and meta["merged"] else None,
            source_fields=meta["source_fields"],
            unit=meta["unit"],
            rules=meta["rules"],
        )
    return columns


# --- columns ----------------------------------------------------------------------------------------------------------


def column(
    description: str,
    *checks: Rule,
    required: bool = False,
    codes: tuple[str, ...] = (),
    pii: bool = False,
    group: str | None = None,
    merged: bool = True,
    source: str | tuple[str, ...] = (),
    unit: str | None = None,
    duckdb_type: str | None = None,
    alias: str | None = None,
) -> Any:  # noqa: ANN401 - it stands where the class body annotates a polars type
    """A column of a model. Most have a shorter word below.

    Args:
        description: full sentences on what it means.
        checks: what its cells must satisfy.
        required: whether NULL is refused.
        codes: the allowed codes, for the dictionary; the rule is among `checks`.
        pii: whether it holds personal data.
        group: the merge group, where it is not the table's.
        merged: False for keys and the like, which no merge chooses.
        source: its path or paths in a ClinicalTrials.gov API v2 record.
        unit: what its numbers count.
        duckdb_type: where the polars type does not say it.
        alias: the column's name, where Python reserves the word.
    """
    return FieldInfo(
        checks=[_as_check(rule) for rule in checks],
        nullable=not required,
        nullable_explicit=True,
        alias=alias,
        description=description,
        metadata={
            "rules": checks,
            "codes": codes,
            "pii": pii,
            "group": group,
            "merged": merged,
            "source_fields": (source,) if isinstance(source, str) else source,
            "unit": unit,
            "duckdb_type": duckdb_type,
        },
    )


def _as_check(rule: Rule) -> pa.Check:
    """The rule as pandera applies it; its id is what `failure_cases.check` says."""
    return pa.Check(
        lambda data: data.lazyframe.select(rule.holds(pl.col(data.key))),
        name=rule.id,
        error=rule.id,
    )


def words(description: str, *checks: Rule, **more: Any) -> Any:  # noqa: ANN401 - as `column`
    """A text: the source's words, never empty."""
    return column(description, rules.NOT_EMPTY, *checks, **more)


def words_list(description: str, **more: Any) -> Any:  # noqa: ANN401 - as `column`
    """A list of texts, never empty."""
    return column(description, rules.LIST_NOT_EMPTY, **more)


def choice(description: str, allowed: tuple[str, ...], **more: Any) -> Any:  # noqa: ANN401 - as `column`
    """One of the allowed codes."""
    return column(description, rules.one_of(allowed), codes=allowed, **more)


def choices(description: str, allowed: tuple[str, ...], **more: Any) -> Any:  # noqa: ANN401 - as `column`
    """A list of allowed codes, never empty."""
    return column(description, rules.LIST_NOT_EMPTY, rules.each_of(allowed), codes=allowed, **more)


def flag(description: str, **more: Any) -> Any:  # noqa: ANN401 - as `column`
    """True, false, or NULL where the source does not say."""
    return column(description, **more)


def count(description: str, unit: str, **more: Any) -> Any:  # noqa: ANN401 - as `column`
    """How many `unit`: none or more."""
    return column(description, rules.between(0), unit=unit, **more)


def number(description: str, *checks: Rule, **more: Any) -> Any:  # noqa: ANN401 - as `column`
    """A finite number, any unless `checks` bound it."""
    return column(description, *(checks or (rules.between(None),)), **more)


def calendar_day(description: str, **more: Any) -> Any:  # noqa: ANN401 - as `column`
    """A calendar date from 1900 to 2200."""
    return column(description, rules.CALENDAR, **more)


def moment(description: str, **more: Any) -> Any:  # noqa: ANN401 - as `column`
    """A point in time, in UTC."""
    return column(description, **more)


# --- columns that many tables share -----------------------------------------------------------------------------------


def own_key(kind: str, *, required: bool = True) -> Any:  # noqa: ANN401 - as `column`
    """The key of a row of this kind, in its own table or where another refers to it."""
    said = "Which" if not required else "The key of this"
    tail = "; NULL for none" if not required else ""
    return column(
        f"{said} {kind}: the key of its parent, `{kind}` and its ordinal{tail}.",
        rules.NOT_EMPTY,
        required=required,
        merged=False,
    )


def trial_key(description: str = "The trial this row belongs to.", *checks: Rule, **more: Any) -> Any:  # noqa: ANN401 - as `column`
    """The trial's primary registry number, required unless `more` says otherwise."""
    return column(description, rules.NOT_EMPTY, *checks, merged=False, **({"required": True} | more))


def document_key(description: str = "The document this row came from.", **more: Any) -> Any:  # noqa: ANN401 - as `column`
    """The SHA-256 of a document's own bytes, required unless `more` says otherwise.

    Its shape is checked once, in `documents`; that it is one of those is a reference.
    """
    return column(description, rules.NOT_EMPTY, merged=False, **({"required": True} | more))


def position(description: str = "The place among its like in the document, from 1; gaps are refused rows.") -> Any:  # noqa: ANN401 - as `column`
    """An ordinal."""
    return column(description, rules.FROM_ONE, required=True, merged=False)


def precision_of(day: str) -> Any:  # noqa: ANN401 - as `column`
    """How much of a date the source gives."""
    return choice(
        f"How much of {day} is known; the rest of the date is filled with 1. NULL where the layout blurs it.",
        codes.DATE_PRECISION,
        group=day,
    )


def type_of(day: str, source: str) -> Any:  # noqa: ANN401 - as `column`
    """Whether a date has happened or is planned."""
    return choice(
        f"Whether {day} has happened (ACTUAL) or is planned (ESTIMATED).",
        codes.ACTUAL_OR_ESTIMATED,
        group=day,
        source=source,
    )


def span_start(of: str) -> Any:  # noqa: ANN401 - as `column`
    """Where words begin."""
    return column(f"Where the words begin in {of}, counted from 0.", rules.between(0), required=True, unit="characters")


def span_end(of: str) -> Any:  # noqa: ANN401 - as `column`
    """Where words end."""
    return column(
        f"Where the words end in {of}: the place after their last character.",
        rules.between(0),
        rules.SPAN_ORDER,
        required=True,
        unit="characters",
    )
