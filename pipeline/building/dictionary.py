"""The data dictionary inside the file: every column of every table and view, with how it is filled.

Here belongs what only the filled tables can tell (shares of NULL, examples); what a column means is the contract's and
the views' own.
"""

from __future__ import annotations

from typing import Any, Final

import duckdb
import polars as pl

from pipeline.building import views
from schemas import TABLES, Table, render

_ROWS: Final = 200
"""Among how many first rows, by key, an example is looked for: the same for the same content."""
_WIDTH: Final = 80


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `data_dictionary`, once every other table is full and every view is there."""
    # So many rows are found by their keys alone, before their other columns are looked at.
    connection.execute(f"SET late_materialization_max_rows = {_ROWS}")
    schema = TABLES["data_dictionary"].polars_schema()
    frame = pl.DataFrame([*_of_tables(connection), *_of_views()], schema=schema, orient="row")
    connection.register("incoming", frame)
    connection.execute(render.insert(TABLES["data_dictionary"], "incoming"))
    connection.unregister("incoming")


def _of_tables(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    filled = {name: _filled(connection, table) for name, table in TABLES.items()}
    rows = []
    for entry in render.dictionary():
        rate, example = filled[entry["table_name"]].get(entry["column_name"], (None, None))
        rows.append(
            {
                "table_name": entry["table_name"],
                "column_name": entry["column_name"],
                "ordinal": entry["ordinal"],
                "is_view": False,
                "type": entry["type"],
                "nullable": entry["nullable"],
                "description": entry["description"],
                "codes": entry["codes"] or None,
                "unit": entry["unit"],
                "pii": entry["pii"],
                "refers_to": entry["refers_to"],
                "merge_group": entry["merge_group"],
                "source_fields": entry["source_fields"] or None,
                "null_rate": rate,
                "example_value": None if entry["pii"] else example,
            }
        )
    return rows


def _of_views() -> list[dict[str, Any]]:
    return [
        {
            "table_name": view.name if view.schema == "main" else f"{view.schema}.{view.name}",
            "column_name": column.name,
            "ordinal": ordinal,
            "is_view": True,
            "type": column.type,
            "description": column.description or None,
        }
        for view in views.catalogue()
        for ordinal, column in enumerate(view.columns, 1)
    ]


def _filled(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, tuple[float, str | None]]:
    """Return the share of NULLs and an example of each column; nothing for an empty table.

    Nothing of `runs` and no moment either: what depends on the clock is nowhere but where it belongs.
    """
    if table.name == "runs":
        return {}
    names = list(table.by_name)
    rates = ", ".join(f"1 - count({name}) / count(*)" for name in names)
    found = connection.execute(f"SELECT {rates} FROM {table.name} HAVING count(*) > 0").fetchone()
    if not found:
        return {}
    texts = ", ".join(
        "NULL" if column.duckdb_type.startswith("TIMESTAMP") else f"left(CAST({column.name} AS VARCHAR), {_WIDTH})"
        for column in table.columns()
    )
    order = ", ".join(table.key or names)
    # The rows first, then what they say: a third of the time that it takes to order what all rows say.
    rows = f"SELECT * FROM {table.name} ORDER BY {order} LIMIT {_ROWS}"
    first = connection.execute(f"SELECT {texts} FROM ({rows}) ORDER BY {order}").fetchall()
    examples = (next((row[place] for row in first if row[place]), None) for place in range(len(names)))
    return dict(zip(names, zip(found, examples, strict=True), strict=True))
