"""Rows that are read out of the text of chosen rows: time frames to `timepoints`, descriptions to `regimens`.

Here belongs what SQL does for them inside the build: which distinct texts are new, and the joining of what they were
read as to every place where they stand. Reading a text is `readings`' and `normalize`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import duckdb
import polars as pl

from pipeline.archiving.archive import Archive
from pipeline.building.readings import READINGS, REFUSED, read_new, regimen_key
from pipeline.progress import reporter
from pipeline.settings import Settings

_AT_ONCE: Final = 200_000
"""How many texts are in this process at a time."""

# Places: one row a place where a text stands: text, document_id and what keys need.
_TIME_FRAMES: Final = """
CREATE TEMP VIEW time_frame_places AS
SELECT time_frame AS text, document_id, trial_id, outcome_id FROM outcomes WHERE time_frame IS NOT NULL
"""
_DESCRIPTIONS: Final = f"""
CREATE TEMP VIEW description_places AS
SELECT {regimen_key("NULL", "description")} AS text, document_id, trial_id, arm_id, NULL AS intervention_id, 1 AS part,
       ordinal AS place
FROM arms WHERE description IS NOT NULL
UNION ALL
SELECT {regimen_key("type", "description")}, document_id, trial_id, NULL, intervention_id, 2, ordinal
FROM interventions WHERE description IS NOT NULL
"""


def timepoints(connection: duckdb.DuckDBPyConnection, archive: Archive, settings: Settings, now: datetime) -> None:
    """Fill `timepoints`; a key is the outcome's, and the ordinal the place among the rows of its time frame."""
    connection.execute(_TIME_FRAMES)
    read = _read(connection, "timepoints", "time_frame_places", archive, settings, now)
    connection.execute(
        "INSERT INTO timepoints BY NAME "
        "SELECT r.* EXCLUDE (text), p.outcome_id || '/timepoint/' || r.ordinal AS timepoint_id, "
        f"p.outcome_id, p.trial_id, p.document_id FROM time_frame_places p JOIN {read} r USING (text)"
    )


def regimens(connection: duckdb.DuckDBPyConnection, archive: Archive, settings: Settings, now: datetime) -> None:
    """Fill `regimens`: first the arms' texts, then the interventions', each in the document's order.

    A row of an intervention's text rests on that intervention. A row of an arm's text finds its intervention by the
    name that it uses, among those of the arm and then of the trial; without a name only where the arm has just one.
    """
    connection.execute(_DESCRIPTIONS)
    read = _read(connection, "regimens", "description_places", archive, settings, now)
    connection.execute(
        "CREATE TEMP TABLE given AS "
        "SELECT r.* EXCLUDE (text, ordinal), p.trial_id, p.arm_id, p.intervention_id, p.document_id, "
        "CAST(row_number() OVER (PARTITION BY p.trial_id ORDER BY p.part, p.place, r.ordinal) AS INTEGER) AS ordinal "
        f"FROM description_places p JOIN {read} r USING (text)"
    )
    connection.execute(
        "CREATE TEMP TABLE asked AS SELECT DISTINCT trial_id, arm_id, agent FROM given WHERE arm_id IS NOT NULL"
    )
    _make_keys(connection)
    connection.execute(
        "INSERT INTO regimens BY NAME SELECT g.* EXCLUDE (intervention_id), "
        "coalesce(g.intervention_id, m.intervention_id) AS intervention_id, "
        "g.trial_id || '/regimen/' || g.ordinal AS regimen_id "
        f"FROM given g LEFT JOIN ({_MATCHED}) m ON m.arm_id = g.arm_id AND m.agent IS NOT DISTINCT FROM g.agent"
    )
    for name in ("given", "asked", "keys"):
        connection.execute(f"DROP TABLE {name}")


# Which intervention each agent of an arm's text is, where that is sure: arm_id, agent, intervention_id. One of the
# arm's own comes before one of the trial's; the same key before one that holds the other; two that answer are none.
_MATCHED: Final = """
WITH candidates AS (
    SELECT a.arm_id, a.agent, 1 AS place, i.intervention_id, i.name
    FROM asked a JOIN arm_interventions l USING (arm_id) JOIN interventions i USING (intervention_id)
    UNION ALL
    SELECT a.arm_id, a.agent, 2, i.intervention_id, i.name FROM asked a JOIN interventions i USING (trial_id)
    WHERE a.agent IS NOT NULL
), compared AS (
    SELECT c.*, coalesce(c.agent IS NULL OR a.key = n.key, false) AS same,
           coalesce(contains(a.key, n.key) OR contains(n.key, a.key), false) AS within
    FROM candidates c LEFT JOIN keys a ON a.name = c.agent LEFT JOIN keys n ON n.name = c.name
), sure AS (
    SELECT arm_id, agent, place, CASE
        WHEN count_if(same) = 1 THEN any_value(intervention_id) FILTER (same)
        WHEN count_if(same) = 0 AND count_if(within) = 1 THEN any_value(intervention_id) FILTER (within)
    END AS intervention_id FROM compared GROUP BY ALL
)
SELECT arm_id, agent, arg_min(intervention_id, place) AS intervention_id FROM sure
WHERE intervention_id IS NOT NULL GROUP BY ALL
"""


def _make_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `keys`: the key of every agent that is `asked` for and of every name that it may go by, where it has one."""
    from pipeline.normalize.regimens import agent_key  # loads the grammar, see `readings`

    connection.execute("CREATE TEMP TABLE keys (name VARCHAR, key VARCHAR)")
    connection.execute(
        "CREATE TEMP TABLE names AS SELECT agent AS name FROM asked WHERE agent IS NOT NULL "
        "UNION SELECT name FROM interventions SEMI JOIN asked USING (trial_id) WHERE name IS NOT NULL"
    )
    for names in _slices(connection, "names"):
        keys = pl.DataFrame(
            {"name": names, "key": [agent_key(name) for name in names]}, {"name": pl.String, "key": pl.String}
        )
        connection.register("incoming", keys)
        connection.execute("INSERT INTO keys FROM incoming WHERE key <> ''")
        connection.unregister("incoming")
    connection.execute("DROP TABLE names")


def _read(
    connection: duckdb.DuckDBPyConnection, name: str, places: str, archive: Archive, settings: Settings, now: datetime
) -> str:
    """Read the texts of `places` that no build has read yet; return the relation of all rows of texts that have any.

    What the contract refused of them stands in `quarantine`, for each document that has the text.
    """
    known = archive.readings(name)
    new = f"EXCEPT SELECT text FROM read_parquet({known!r})" if known else ""
    connection.execute(f"CREATE TEMP TABLE unread AS SELECT DISTINCT text FROM {places} {new}")
    report = reporter()
    report.begin(name, _count(connection, "unread"))
    for texts in _slices(connection, "unread"):
        for done in read_new(READINGS[name], texts, archive, settings.workers):
            report.advance(done, 0)
    connection.execute("DROP TABLE unread")
    if not archive.readings(name):
        return f"(SELECT '' AS text, * EXCLUDE ({', '.join(READINGS[name].keys)}) FROM {name} WHERE false)"
    connection.execute(
        "INSERT INTO quarantine BY NAME "
        f"SELECT q.* EXCLUDE (text), '{name}' AS table_name, p.document_id, c.uri, $now AS quarantined_at "
        f"FROM {places} p JOIN read_parquet({archive.readings(f'{name}-{REFUSED}')!r}) q USING (text) "
        "JOIN current c USING (document_id)",
        {"now": now},
    )
    return f"(SELECT * FROM read_parquet({archive.readings(name)!r}) WHERE ordinal IS NOT NULL)"


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(count)


def _slices(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[list[str]]:
    """Yield the texts of a temporary table of one column: all at once would fill this process in a large build."""
    for start in range(0, _count(connection, table), _AT_ONCE):
        rows = connection.execute(f"FROM {table} WHERE rowid >= {start} AND rowid < {start + _AT_ONCE}").fetchall()
        yield [text for (text,) in rows]
