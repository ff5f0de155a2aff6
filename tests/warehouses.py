"""Small warehouses that are filled from rows, for tests of what reads one: the terminal, exports, the report.

Here belongs only the filling. No tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from contract_rows import PLAIN, SHAPED

from pipeline.building import views
from pipeline.normalize import timepoints
from schemas import CONTRACT_VERSION, TABLES, Column
from schemas.render import create_table, insert

HOSTILE = (
    '<script>window.pwned = 1</script><img src=x onerror="pwned=1"> \'&amp; ]]> {{ 7 * 7 }} \x1b[31m\u202eabc [bold]'
)
"""Words that a page or a terminal would obey, if it took them for more than words."""

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def write(file: Path, rows: Rows) -> Path:
    """Write a warehouse with these rows; columns that are not given are NULL, or any value where they must have one."""
    with duckdb.connect(str(file)) as connection:
        for table in TABLES.values():
            connection.execute(create_table(table))
        for name, given in {"warehouse_info": [{"from_sample": False}], **rows}.items():
            table = TABLES[name]
            plain = {column.name: None if column.nullable else _plain(column) for column in table.columns()}
            made = [plain | dict(row) for row in given]
            if name == "warehouse_info":
                made = [row | {"contract_version": CONTRACT_VERSION} for row in made]
            connection.register("incoming", pl.DataFrame(made, schema=table.polars_schema()))
            connection.execute(insert(table, "incoming"))
            connection.unregister("incoming")
        views.create_views(connection)
    return file


def _plain(column: Column) -> Any:
    return column.codes[0] if column.codes else PLAIN[column.duckdb_type]


def hostile(file: Path) -> Path:
    """Write a warehouse with a row a table, every text of which is hostile and every column of which says something."""
    return write(file, {name: [{c.name: _hostile(c) for c in table.columns()}] for name, table in TABLES.items()})


def _hostile(column: Column) -> Any:
    shaped = [SHAPED[rule.id] for rule in column.rules if rule.id in SHAPED]
    if column.codes:
        value = "LOADED" if "LOADED" in column.codes else column.codes[0]
        return [value] if column.duckdb_type.endswith("[]") else value
    if shaped and not column.name.endswith("_id"):
        return shaped[0]
    return {"VARCHAR": HOSTILE, "VARCHAR[]": [HOSTILE]}.get(column.duckdb_type, PLAIN[column.duckdb_type])


def trial(trial_id: str, **time_frames: str) -> dict[str, list[dict[str, Any]]]:
    """Return a trial's rows whose outcomes have these time frames, by measure."""
    document = {"document_id": "d", "uri": "in/one.json", "status": "LOADED", "trial_id": trial_id, "source": "ctgov"}
    outcomes, times = [], []
    for ordinal, (measure, words) in enumerate(time_frames.items(), start=1):
        key = f"{trial_id}/outcome/{ordinal}"
        own = {"trial_id": trial_id, "outcome_id": key, "document_id": "d"}
        outcomes.append(own | {"ordinal": ordinal, "measure": measure, "time_frame": words, "type": "PRIMARY"})
        times += [
            row._asdict() | own | {"timepoint_id": f"{key}/timepoint/{place}", "ordinal": place}
            for place, row in enumerate(timepoints.read(words), start=1)
        ]
    return {
        "trials": [{"trial_id": trial_id, "document_id": "d", "brief_title": "A trial of rest"}],
        "documents": [document | {"layout": "ctgov_api_v2"}],
        "outcomes": outcomes,
        "timepoints": times,
    }
