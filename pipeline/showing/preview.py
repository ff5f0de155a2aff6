"""A look at the published tables: some rows and how often each column is NULL, for those who read lineage.

Personal columns are never shown. Here belongs only the looking; where it is shown is `assets`' and the report's.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from schemas import TABLES, Table

ROWS: Final = 5
_WIDTH: Final = 120


class Preview(NamedTuple):
    """Some rows of a table as text, and the share of NULLs by column."""

    rows: list[dict[str, str | None]]
    null_rates: dict[str, float]


def previews(warehouse: Path) -> Iterator[tuple[str, Preview]]:
    """Yield a look at every table of the published file, in the contract's order; the next are taken meanwhile."""
    with duckdb.connect(str(warehouse), read_only=True) as connection, ThreadPoolExecutor(1) as aside:
        rates = _null_rates(connection)
        rows = aside.map(partial(_rows, connection), TABLES.values())
        for name, shown in zip(TABLES, rows, strict=True):
            yield name, Preview(shown, rates.get(name, {}))


def _null_rates(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, float]]:
    """Return the share of NULLs of each nullable column by table, as the build counted them."""
    found: dict[str, dict[str, float]] = {}
    for table, column, rate in connection.execute(
        "SELECT table_name, column_name, null_rate FROM data_dictionary "
        "WHERE NOT is_view AND nullable AND null_rate IS NOT NULL ORDER BY table_name, ordinal"
    ).fetchall():
        found.setdefault(table, {})[column] = rate
    return found


def _rows(connection: duckdb.DuckDBPyConnection, table: Table) -> list[dict[str, str | None]]:
    shown = [column.name for column in table.columns() if not column.pii]
    texts = ", ".join(f"left(CAST({column} AS VARCHAR), {_WIDTH})" for column in shown)
    # The order makes two looks at one warehouse equal. The rows first, then what they say: not what all of them say.
    order = ", ".join(table.key or shown)
    first = f"SELECT * FROM {table.name} ORDER BY {order} LIMIT {ROWS}"
    rows = connection.execute(f"SELECT {texts} FROM ({first}) ORDER BY {order}").fetchall()
    return [dict(zip(shown, row, strict=True)) for row in rows]
