"""Rows that are read out of the text of chosen rows: time frames to `timepoints`, descriptions to `regimens`.

Here belongs what SQL does for them inside the build: which distinct texts are new, and the joining of what they were
read as to every place where they stand. Reading a text is `readings`' and `normalize`'s.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import duckdb
import polars as pl

from pipeline.archiving.archive import Archive
from pipeline.building.readings import READINGS, REFUSED, read_new, regimen_key
from pipeline.progress import reporter
from pipeline.settings import Settings

# Places: one row a place where a text stands, made by the statements below: text, document_id and what keys need.
_TIME_FRAMES: Final = """
CREATE TEMP TABLE time_frame_places AS
SELECT time_frame AS text, document_id, trial_id, outcome_id FROM outcomes WHERE time_frame IS NOT NULL
"""
_DESCRIPTIONS: Final = f"""
CREATE TEMP TABLE description_places AS
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
    connection.register("incoming", _agents(connection))
    connection.execute(
        "INSERT INTO regimens BY NAME SELECT g.* EXCLUDE (intervention_id), "
        "coalesce(g.intervention_id, m.intervention_id) AS intervention_id, "
        "g.trial_id || '/regimen/' || g.ordinal AS regimen_id "
        "FROM given g LEFT JOIN incoming m ON m.arm_id = g.arm_id AND m.agent IS NOT DISTINCT FROM g.agent"
    )
    connection.unregister("incoming")


def _agents(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return which intervention each agent of an arm's text is, where that is sure: arm_id, agent, intervention_id."""
    from pipeline.normalize.regimens import match_agent  # loads the grammar, see `readings`

    asked = connection.execute(
        "WITH asked AS (SELECT DISTINCT trial_id, arm_id, agent FROM given WHERE arm_id IS NOT NULL), "
        "own AS (SELECT l.arm_id, list(i.intervention_id ORDER BY i.ordinal) AS ids, "
        "list(coalesce(i.name, '') ORDER BY i.ordinal) AS names FROM arm_interventions l "
        "JOIN interventions i USING (intervention_id) SEMI JOIN asked USING (arm_id) GROUP BY l.arm_id), "
        "whole AS (SELECT trial_id, list(intervention_id ORDER BY ordinal) AS ids, "
        "list(coalesce(name, '') ORDER BY ordinal) AS names FROM interventions SEMI JOIN asked USING (trial_id) "
        "GROUP BY trial_id) "
        "SELECT a.arm_id, a.agent, o.ids, o.names, w.ids, w.names FROM asked a "
        "LEFT JOIN own o USING (arm_id) LEFT JOIN whole w USING (trial_id)"
    ).fetchall()
    found = []
    for arm_id, agent, own_ids, own_names, ids, names in asked:
        if agent is None:
            found.append((arm_id, None, own_ids[0] if own_ids and len(own_ids) == 1 else None))
            continue
        for candidates, called in ((own_ids, own_names), (ids, names)):
            place = match_agent(agent, called) if called else None
            if place is not None:
                found.append((arm_id, agent, candidates[place]))
                break
    schema = {"arm_id": pl.String, "agent": pl.String, "intervention_id": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row")


def _read(
    connection: duckdb.DuckDBPyConnection, name: str, places: str, archive: Archive, settings: Settings, now: datetime
) -> str:
    """Read the texts of `places` that no build has read yet; return the relation of all rows of texts that have any.

    What the contract refused of them stands in `quarantine`, for each document that has the text.
    """
    known = archive.readings(name)
    new = f"EXCEPT SELECT text FROM read_parquet({known!r})" if known else ""
    distinct = connection.sql(f"SELECT DISTINCT text FROM {places} {new} ORDER BY text").pl()["text"].to_list()
    report = reporter()
    report.begin(name, len(distinct))
    for done in read_new(READINGS[name], distinct, archive, settings.workers):
        report.advance(done, 0)
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
