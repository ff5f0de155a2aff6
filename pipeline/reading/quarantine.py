"""Take out of a frame what breaks its table's contract, and say why.

Belongs here: the judgement on rows that the schemas describe. Does not belong here: the rules (`schemas/rules.py`),
keys and references of the whole warehouse (SQL inside the build), and documents that could not be read at all.

A bad cell of a required column takes its row, and the row takes its descendants; any other bad cell becomes NULL. What
is refused is never lost: it stands in `refused`, ready for the table `quarantine`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.config import ValidationDepth, get_config_context
from pandera.errors import SchemaErrors

from schemas import TABLES, Section, Table, rules
from schemas.rules import Rule

REFUSED = pl.Schema(
    {
        "position": pl.Int64,  # of the row in the frame that was checked, from 0; NULL for a descendant
        "table_name": pl.String,
        "row_id": pl.String,  # as in `evidence`; NULL outside the trials' tables
        "document_id": pl.String,
        "column_name": pl.String,
        "value": pl.String,
        "row": pl.String,  # JSON; NULL for a cell
        "rule": pl.String,
        "reason": pl.String,
        "action": pl.String,
    }
)
"""The columns of `Checked.refused`."""

PARENT_REFUSED = "parent_refused"
"""The rule that a descendant of a refused row breaks."""


class SchemaFaultError(Exception):
    """A frame that is no frame of its table: columns missing, too many, out of order or of another type.

    A fault of our code, never of a document; so it stops the build and quarantines nothing.
    """


@dataclass(frozen=True, slots=True)
class Checked:
    """A frame after its check.

    Attributes:
        rows: what the contract accepts, in the input's order.
        refused: what it does not, one entry a cell or a row (`REFUSED`).
        lost: the refused rows as they came, by which `cascade` finds their descendants.
    """

    rows: pl.DataFrame
    refused: pl.DataFrame
    lost: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Fault:
    """One cell that breaks one rule, and the row it stands in."""

    index: int
    order: int  # the column's place, so that reasons come in the table's order
    column: str
    rule: Rule


def check(table: Table, frame: pl.DataFrame) -> Checked:
    """Judge the rows of one table.

    Args:
        table: whose contract holds.
        frame: rows with exactly its columns, in order, in its types.

    Returns:
        The accepted rows, which satisfy every rule, and what was refused.

    Raises:
        SchemaFaultError: the frame has other columns or types, or a rule cannot be asked.
        RuntimeError: pandera's validation is switched off, or disagrees with the rules it was given.
    """
    if frame.schema != table.polars_schema():
        raise SchemaFaultError(_difference(table, frame))
    rows, positions = frame, pl.int_range(frame.height, eager=True)
    refused: list[dict[str, Any]] = []
    lost = [frame.clear()]
    # More than once only where a cell that became NULL was another's companion, as a unit is a number's.
    while broken := _broken_columns(table, rows):
        cells, bad_rows = _judged(table, _faults(table, rows, broken))
        refused += _entries(table, rows, positions, cells, bad_rows)
        rows = _without(rows, cells)
        kept = ~pl.int_range(rows.height, eager=True).is_in(list(bad_rows))
        lost.append(rows.filter(~kept))
        rows, positions = rows.filter(kept), positions.filter(kept)
    return Checked(rows, pl.DataFrame(refused, schema=REFUSED), pl.concat(lost))


def cascade(checked: Mapping[str, Checked]) -> dict[str, Checked]:
    """Take the descendants of refused rows out as well.

    Args:
        checked: tables of one batch by name, each after its `check`, holding all rows of their documents. A refused
            trial takes every row of its document in the other trials' tables; any other row takes those of its document
            that refer to it. Evidence of what was refused goes without an entry of its own.

    Returns:
        The same tables, with an entry `parent_refused` for each descendant.
    """
    result: dict[str, Checked] = {}
    for table in (table for name, table in TABLES.items() if name in checked):
        now = checked[table.name]
        for reference in table.references:
            parent = result.get(reference.table)
            if parent is None or parent.lost.is_empty():
                continue
            mine, theirs = list(reference.columns), list(reference.their_columns)
            if reference.table == "trials" and "document_id" in now.rows.columns:
                mine = theirs = ["document_id"]
            elif {"document_id"} <= set(now.rows.columns) & set(parent.lost.columns) - set(mine):
                mine, theirs = [*mine, "document_id"], [*theirs, "document_id"]
            now = _without_children(table, now, mine, parent.lost.select(theirs), reference.columns[0], reference.table)
        result[table.name] = now
    if "evidence" in result:
        entries = [one.refused for one in result.values() if one.refused.height]
        result["evidence"] = _without_evidence(result["evidence"], entries, result.get("trials"))
    return result


def check_all(frames: Mapping[str, pl.DataFrame]) -> dict[str, Checked]:
    """`check` every table of a batch, then `cascade`."""
    return cascade({name: check(TABLES[name], frame) for name, frame in frames.items()})


def require_validation() -> None:
    """Refuse to work where pandera's switches are off; `check` asks it too, but a build should learn it at its start.

    Raises:
        RuntimeError: the environment tells pandera not to look at data.
    """
    config = get_config_context()
    if not config.validation_enabled or config.validation_depth is ValidationDepth.SCHEMA_ONLY:
        raise RuntimeError(
            "pandera does not look at the data, so bad rows would pass. Unset PANDERA_VALIDATION_ENABLED and "
            "PANDERA_VALIDATION_DEPTH."
        )


# --- judging ----------------------------------------------------------------------------------------------------------


@cache
def _questions(table: Table) -> list[pl.Expr]:
    """For each column, one expression that is true where every cell keeps every rule."""
    return [
        pl.all_horizontal(
            pl.lit(column.nullable) | ~pl.col(column.name).has_nulls(),
            *(rule.holds(pl.col(column.name)).all(ignore_nulls=True) for rule in column.rules),
        ).alias(column.name)
        for column in table.columns()
    ]


def _broken_columns(table: Table, frame: pl.DataFrame) -> tuple[str, ...]:
    """The columns where some cell breaks a rule.

    The same rules that pandera applies, asked in one pass. Most batches are clean, and pandera's own round takes up to
    60 ms a table to say so.
    """
    kept = frame.select(_questions(table)).row(0, named=True)
    return tuple(name for name, keeps in kept.items() if not keeps)


@lru_cache(maxsize=256)
def _part(table: Table, columns: tuple[str, ...]) -> pa.DataFrameSchema:
    """The table's pandera schema of those columns only; a frame may have more, since rules look at companions."""
    whole = table.model.to_schema()
    return pa.DataFrameSchema({name: whole.columns[name] for name in columns}, name=table.name)


def _faults(table: Table, frame: pl.DataFrame, columns: tuple[str, ...]) -> Iterator[_Fault]:
    """What pandera finds wrong in those columns, cell by cell."""
    require_validation()
    try:
        _part(table, columns).validate(frame, lazy=True)
    except SchemaErrors as found:
        cases = found.failure_cases
    else:
        raise RuntimeError(f"{table.name}: the rules find a fault that pandera does not; see schemas/table.py")
    if cases["index"].has_nulls():
        raise SchemaFaultError(f"{table.name}: {cases.filter(pl.col('index').is_null()).rows()}")
    order = {name: place for place, name in enumerate(table.by_name)}
    for column, rule_id, index in cases.select("column", "check", "index").iter_rows():
        # pandera has a name of its own for the one rule that it brings.
        by_id = {rule.id: rule for rule in table.by_name[column].rules} | {"not_nullable": rules.NOT_NULL}
        yield _Fault(int(index), order[column], column, by_id[rule_id])


def _judged(table: Table, faults: Iterator[_Fault]) -> tuple[list[_Fault], dict[int, list[_Fault]]]:
    """Which cells become NULL, and which rows go with which faults, the one that took the row first."""
    cells: list[_Fault] = []
    bad_rows: dict[int, list[_Fault]] = {}
    by_row = sorted(faults, key=lambda fault: (fault.index, fault.order))
    for index, group in groupby(by_row, key=lambda fault: fault.index):
        # A cell that breaks several rules is refused by the first of them.
        of_row = [next(same) for _, same in groupby(group, key=lambda fault: fault.column)]
        taking = [fault for fault in of_row if fault.column in table.required]
        if taking:
            bad_rows[index] = taking + [fault for fault in of_row if fault not in taking]
        else:
            cells += of_row
    return cells, bad_rows


# --- taking out -------------------------------------------------------------------------------------------------------


def _without(rows: pl.DataFrame, cells: list[_Fault]) -> pl.DataFrame:
    """The rows with those cells NULL."""
    row = pl.int_range(pl.len())
    by_column: dict[str, list[int]] = {}
    for fault in cells:
        by_column.setdefault(fault.column, []).append(fault.index)
    return rows.with_columns(
        pl.when(~row.is_in(indexes)).then(pl.col(column)).alias(column) for column, indexes in by_column.items()
    )


def _entries(
    table: Table,
    rows: pl.DataFrame,
    positions: pl.Series,
    cells: list[_Fault],
    bad_rows: Mapping[int, list[_Fault]],
) -> Iterator[dict[str, Any]]:
    """The entries of `Checked.refused` for those cells and rows."""
    ids = _ids(table, rows)
    as_json = _as_json(rows[list(bad_rows)])
    for group, row in [([cell], None) for cell in cells] + list(zip(bad_rows.values(), as_json, strict=True)):
        first = group[0]
        yield {
            "position": positions[first.index],
            "table_name": table.name,
            **ids.row(first.index, named=True),
            "column_name": first.column,
            "value": _as_text(rows[first.column][first.index]),
            "row": row,
            "rule": first.rule.id,
            "reason": " ".join(
                f"{table.name}.{fault.column} {fault.rule.says}. {fault.rule.remedy}" for fault in group
            ),
            "action": "CELL" if row is None else "ROW",
        }


def _without_children(
    table: Table, now: Checked, mine: list[str], lost: pl.DataFrame, column: str, parent: str
) -> Checked:
    """The table without the rows whose columns `mine` are among the lost parents."""
    lost = lost.rename(dict(zip(lost.columns, mine, strict=True))).unique()
    children = now.rows.join(lost, on=mine, how="semi", maintain_order="left")
    if children.is_empty():
        return now
    entries = _ids(table, children).select(
        position=pl.lit(None, pl.Int64),
        table_name=pl.lit(table.name),
        row_id="row_id",
        document_id="document_id",
        column_name=pl.lit(column),
        value=children[column].cast(pl.String),
        row=_as_json(children),
        rule=pl.lit(PARENT_REFUSED),
        reason=pl.lit(f"The row of {parent} that it belongs to was refused. See that entry; this one follows it."),
        action=pl.lit("ROW"),
    )
    return Checked(
        rows=now.rows.join(lost, on=mine, how="anti", maintain_order="left"),
        refused=pl.concat([now.refused, entries]),
        lost=pl.concat([now.lost, children]),
    )


def _without_evidence(evidence: Checked, entries: list[pl.DataFrame], trials: Checked | None) -> Checked:
    """Evidence without that of refused cells, rows and trials: there is no value left that it could prove."""
    rows = evidence.rows
    for refused in entries:
        whole = refused.filter(pl.col("action") == "ROW")
        cells = refused.filter(pl.col("action") == "CELL")
        row = ["table_name", "row_id", "document_id"]
        rows = rows.join(whole, on=row, how="anti", maintain_order="left")
        rows = rows.join(cells, on=[*row, "column_name"], how="anti", maintain_order="left")
    if trials is not None:
        rows = rows.join(trials.lost, on="document_id", how="anti", maintain_order="left")
    return replace(evidence, rows=rows)


# --- words ------------------------------------------------------------------------------------------------------------


def _ids(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """The columns row_id and document_id of the rows, NULL where the table has none."""
    none = pl.lit(None, pl.String)
    return rows.with_columns(
        row_id=table.row_id() if table.section is Section.TRIALS else none,
        document_id=pl.col("document_id") if "document_id" in rows.columns else none,
    ).select("row_id", "document_id")


def _as_json(rows: pl.DataFrame) -> pl.Series:
    """Each row as a JSON object."""
    return rows.select(row=pl.struct(pl.all()).struct.json_encode())["row"]


def _as_text(value: Any) -> str | None:  # noqa: ANN401 - a cell of any type
    """A cell as text: a list as JSON, a date in ISO 8601."""
    if isinstance(value, pl.Series):
        return json.dumps(value.to_list(), ensure_ascii=False, default=str)
    return None if value is None else str(value)


def _difference(table: Table, frame: pl.DataFrame) -> str:
    """What is wrong with a frame's columns, and what to do."""
    expected, found = table.polars_schema(), frame.schema
    parts = {
        "missing": [name for name in expected if name not in found],
        "not in the contract": [name for name in found if name not in expected],
        "of another type": [
            f"{name} ({found[name]}, not {dtype})"
            for name, dtype in expected.items()
            if name in found and found[name] != dtype
        ],
    }
    said = "; ".join(f"{what}: {', '.join(names)}" for what, names in parts.items() if names) or "out of order"
    return f"The frame is no frame of `{table.name}`: columns {said}. Build it with TABLES[name].polars_schema()."
