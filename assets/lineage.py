"""The contract and the views as Dagster shows them: column schemas, column lineage and dependencies.

Here belongs only the rendering; what a table means stands in the contract, what a view means in its file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import dagster as dg

from pipeline.building import view_lineage as origins
from pipeline.building.views import View
from schemas import TABLES, Section, Table, render

RECORDS: Final = dg.AssetKey("records")

# Tables whose rows are read out of a text column of another table.
_READ_FROM: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "timepoints": (("outcomes", "time_frame"),),
    "regimens": (("interventions", "description"), ("arms", "description")),
}


def parents(table: Table) -> list[dg.AssetKey]:
    """Return the assets that the table is made from: what it refers to or is read from, else the records.

    What is reached through another parent is left out, so that the graph shows each way once.
    """
    direct = _refers_to(table)
    reached = {further for name in direct for further in _ancestors(TABLES[name])}
    return [dg.AssetKey(name) for name in direct if name not in reached] or [RECORDS]


def _refers_to(table: Table) -> list[str]:
    if table.section is Section.READ:
        return []
    # A reference forward, to a table that comes later in the contract, is no input.
    order = list(TABLES)
    named = {one.table for one in table.references} | {name for name, _ in _READ_FROM.get(table.name, ())}
    return [name for name in order[: order.index(table.name)] if name in named]


def _ancestors(table: Table) -> set[str]:
    direct = _refers_to(table)
    return set(direct).union(*(_ancestors(TABLES[name]) for name in direct))


def last(names: Iterable[str]) -> list[dg.AssetKey]:
    """Return the assets of tables, without those that another of them is made from."""
    names = list(names)
    reached = {further for name in names for further in _ancestors(TABLES[name])}
    return [dg.AssetKey(name) for name in names if name not in reached]


def key_of(full_name: str) -> dg.AssetKey:
    """Return the asset of a table or view, given as `schema.name`; the schema `main` is not said."""
    schema, name = full_name.split(".")
    return dg.AssetKey([name] if schema == "main" else [schema, name])


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


def shown_columns(table: Table) -> dg.TableSchema:
    """Return the columns that a look at the table's rows shows: no personal ones."""
    return dg.TableSchema(
        columns=[dg.TableColumn(column.name, column.duckdb_type) for column in table.columns() if not column.pii]
    )


def column_lineage(table: Table) -> dg.TableColumnLineage:
    """Return where each column comes from: a reference what it refers to, the text it was read from, or a record."""
    return dg.TableColumnLineage(
        deps_by_column={column.name: list(_deps(table, column.name)) for column in table.columns()}
    )


def _deps(table: Table, column: str) -> Iterator[dg.TableColumnDep]:
    known = _refers_to(table)
    for one in table.references:
        if column in one.columns and one.table in known:
            yield dg.TableColumnDep(dg.AssetKey(one.table), one.their_columns[one.columns.index(column)])
            return
    if sources := _READ_FROM.get(table.name):
        yield from (dg.TableColumnDep(dg.AssetKey(name), text) for name, text in sources)
    else:
        yield dg.TableColumnDep(RECORDS, f"{table.name}.{column}")


def view_columns(view: View) -> dg.TableSchema:
    """Return a view's columns with types, descriptions and origins, and whether they are made from personal data.

    The UI of Dagster's open source draws no lineage of columns, so that the words carry it too.
    """
    made = origins.origins()[f"{view.schema}.{view.name}"]
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.type,
                description=f"{column.description} {_told(made[column.name])}".strip(),
                tags={"pii": ""} if any(_is_personal(one) for one in made[column.name]) else {},
            )
            for column in view.columns
        ]
    )


def _told(made: Iterable[origins.Origin]) -> str:
    names = ", ".join(f"`{full_name.removeprefix('main.')}.{column}`" for full_name, column in sorted(made))
    return f"From {names}." if names else ""


def _is_personal(origin: origins.Origin) -> bool:
    full_name, column = origin
    if full_name in origins.origins():
        return any(_is_personal(further) for further in origins.origins()[full_name][column])
    return TABLES[full_name.removeprefix("main.")].by_name[column].pii


def view_lineage(view: View) -> dg.TableColumnLineage:
    """Return which columns each column of a view is made from."""
    return dg.TableColumnLineage(
        deps_by_column={
            column: [dg.TableColumnDep(key_of(full_name), theirs) for full_name, theirs in sorted(made)]
            for column, made in origins.origins()[f"{view.schema}.{view.name}"].items()
        }
    )
