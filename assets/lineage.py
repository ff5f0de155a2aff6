"""The contract as Dagster shows it: column schemas, column lineage and dependencies, rendered from `schemas`.

Here belongs only the rendering; what a table means stands in the contract.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import dagster as dg

from schemas import TABLES, Section, Table, render

RECORDS: Final = dg.AssetKey("records")

# Tables whose rows are read out of a text column of another table.
_READ_FROM: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "timepoints": (("outcomes", "time_frame"),),
    "regimens": (("interventions", "description"), ("arms", "description")),
}


def parents(table: Table) -> list[dg.AssetKey]:
    """Return the assets that the table is really made from: what it refers to, and for what was read, the records."""
    if table.section is Section.READ:
        return [RECORDS]
    # A reference back to a table that comes later in the contract is no input.
    order = list(TABLES)
    named = {one.table for one in table.references} | {name for name, _ in _READ_FROM.get(table.name, ())}
    earlier = [name for name in order[: order.index(table.name)] if name in named]
    return [dg.AssetKey(name) for name in earlier] or [RECORDS]


def column_schema(table: Table) -> dg.TableSchema:
    """Return the table's columns with types, descriptions and constraints."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.duckdb_type,
                description=render.comment(column),
                constraints=dg.TableColumnConstraints(
                    nullable=column.nullable, unique=table.key == (column.name,), other=[one.id for one in column.rules]
                ),
                tags={"pii": ""} if column.pii else {},
            )
            for column in table.columns()
        ]
    )


def column_lineage(table: Table) -> dg.TableColumnLineage:
    """Return where each column comes from: a reference what it refers to, the text it was read from, or a record."""
    return dg.TableColumnLineage(
        deps_by_column={column.name: list(_deps(table, column.name)) for column in table.columns()}
    )


def _deps(table: Table, column: str) -> Iterator[dg.TableColumnDep]:
    known = set(parents(table))
    for one in table.references:
        if column in one.columns and dg.AssetKey(one.table) in known:
            yield dg.TableColumnDep(dg.AssetKey(one.table), one.their_columns[one.columns.index(column)])
            return
    if sources := _READ_FROM.get(table.name):
        yield from (dg.TableColumnDep(dg.AssetKey(name), text) for name, text in sources)
    else:
        yield dg.TableColumnDep(RECORDS, f"{table.name}.{column}")
