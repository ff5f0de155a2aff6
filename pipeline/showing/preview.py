"""A look at the published tables: some rows and how often each column is NULL, for those who read lineage.

Personal columns are never shown. Here belongs only the looking; where it is shown is `assets`' and the report's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from schemas import TABLES

ROWS: Final = 5
_WIDTH: Final = 120


class Preview(NamedTuple):
    """Some rows of a table as text, and the share of NULLs by column."""

    rows: list[dict[str, str | None]]
    null_rates: dict[str, float]


def previews(warehouse: Path) -> dict[str, Preview]:
    """Return a look at every table of the published file."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {name: _preview(connection, name) for name in TABLES}


def _preview(connection: duckdb.DuckDBPyConnection, name: str) -> Preview:
    table = TABLES[name]
    shown = [column.name for column in table.columns() if not column.pii]
    texts = ", ".join(f"left(CAST({column} AS VARCHAR), {_WIDTH})" for column in shown)
    # The order makes two looks at one warehouse equal.
    order = ", ".join(table.key or shown)
    rows = connection.execute(f"SELECT {texts} FROM {name} ORDER BY {order} LIMIT {ROWS}").fetchall()
    nullable = [column.name for column in table.columns() if column.nullable]
    rates: dict[str, float] = {}
    if nullable:
        counts = ", ".join(f"1 - count({column}) / count(*)" for column in nullable)
        found = connection.execute(f"SELECT {counts} FROM {name} HAVING count(*) > 0").fetchone()
        rates = dict(zip(nullable, found, strict=True)) if found else {}
    return Preview([dict(zip(shown, row, strict=True)) for row in rows], rates)
