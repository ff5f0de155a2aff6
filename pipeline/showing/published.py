"""Opening the published file to read it: what `show`, `export` and `report` begin with.

Here belongs only that the file is there, is a warehouse, and is one that this version of the code knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from schemas import CONTRACT_VERSION, TABLES


class UnreadableError(RuntimeError):
    """A warehouse that cannot be read; the message says why and what to do."""


@contextmanager
def reading(warehouse: Path, **config: Any) -> Iterator[duckdb.DuckDBPyConnection]:  # noqa: ANN401 - DuckDB's settings
    """Open the published file read-only, with DuckDB's settings `config`.

    Raises:
        UnreadableError: where it is missing, no warehouse, or of another contract.
    """
    if not warehouse.is_file():
        raise UnreadableError(f"{warehouse} is not there: make it with `trialhouse build`, or name it with --warehouse")
    try:
        connection = duckdb.connect(str(warehouse), read_only=True, config=config)
    except duckdb.Error as error:
        raise UnreadableError(f"{warehouse} cannot be opened: {error}") from None
    with connection:
        try:
            found = next(iter(connection.execute("SELECT contract_version FROM warehouse_info").fetchall()), None)
        except duckdb.CatalogException:
            raise UnreadableError(
                f"{warehouse} is no warehouse of Trialhouse: it has no table warehouse_info"
            ) from None
        there = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        if found != (CONTRACT_VERSION,) or not there.issuperset(TABLES):
            raise UnreadableError(
                f"{warehouse} is of contract {found[0] if found else 'unknown'}, and this version of Trialhouse reads "
                f"{CONTRACT_VERSION}: build it again"
            )
        yield connection
