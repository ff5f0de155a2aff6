"""What trials said before: `trial_versions` and `outcome_versions`, as SQL inside the build.

The rule: the dated documents on a trial, those that are there and those that are gone (`versions`), stand in the order
of their own dates; of one date the better ranked stands later. After each the trial is in the state that `merge` would
give it with the documents so far, but that a layout which has said something and no longer says it has taken it back.
What one layout prints and another does not is no change. Outcomes are compared list by list, within one source. Here
belongs that rule; which rows are kept of documents that are gone is `versions`', how words are compared `comparing`'s.

Where no trial has two dated documents nothing is asked; else everything is asked of the few that have.
"""

from __future__ import annotations

from typing import Final

import duckdb
import polars as pl

from pipeline.archiving import versions
from pipeline.archiving.archive import Archive
from pipeline.building.merge import column_groups
from schemas import TABLES

_KEYS: Final = ("trial_id", "valid_from", "valid_to", "document_id", "source")
"""The columns of `trial_versions` that are no part of the state."""


def tell(connection: duckdb.DuckDBPyConnection, gone: pl.DataFrame, archive: Archive) -> None:
    """Fill `trial_versions` and `outcome_versions`.

    Args:
        connection: the warehouse in the making: `sources` and `trials` are filled, `current` and what is staged there.
        gone: what was read before and is no longer there (`versions.GONE`).
        archive: where the rows of what is gone lie.
    """
    connection.register("incoming", gone)
    connection.execute("CREATE TEMP TABLE gone AS SELECT * FROM incoming")
    connection.unregister("incoming")
    connection.execute(_DATED)
    if connection.execute("FROM dated LIMIT 1").fetchone() is None:
        return
    for table in ("trials", "outcomes"):
        connection.execute(_then(table, archive.versions(table)))
    for statement in (*trial_versions(), *outcome_versions()):
        connection.execute(statement)


# One row a dated document of a trial that has two of them or more; `place` counts them from the oldest, `manner` is
# what can be expected to say the same things in the same way.
_DATED: Final = """
CREATE TEMP TABLE dated AS
SELECT trial_id, document_id, version_date, source, source_rank, folder,
       coalesce(lossy, []) AS lossy, concat_ws('/', layout, dialect) AS manner,
       row_number() OVER (
           PARTITION BY trial_id ORDER BY version_date, source_rank DESC, folder IS NULL, document_id DESC
       ) AS place
FROM (
    SELECT trial_id, document_id, version_date, source, source_rank, lossy, layout, dialect, NULL AS folder
    FROM current WHERE contested OR trial_id IN (SELECT trial_id FROM gone)
    UNION ALL
    SELECT trial_id, extracted_id, version_date, r.source, coalesce(r.rank, 99), lossy, layout, dialect, folder
    FROM gone g LEFT JOIN sources r USING (source)
    -- A document that is there, though under another address than before, is not gone.
    WHERE NOT EXISTS (FROM current c WHERE c.trial_id = g.trial_id AND c.extracted_id = g.extracted_id)
)
SEMI JOIN trials USING (trial_id)
WHERE version_date IS NOT NULL
QUALIFY count(*) OVER (PARTITION BY trial_id) > 1
"""


def _then(table: str, files: list[str]) -> str:
    """Return the statement that makes `then_<table>`: what the dated documents say there."""
    names = versions.columns(table)
    columns = ", ".join(f"t.{name}" for name in names if name not in ("trial_id", "document_id"))
    there = (
        f"SELECT d.trial_id, d.place, {columns} FROM staged_{table} t "
        "JOIN (FROM dated WHERE folder IS NULL) d USING (document_id)"
    )
    if not files:
        return f"CREATE TEMP TABLE then_{table} AS {there}"
    # What older code kept may lack a column: it is NULL.
    kept = (
        f"SELECT {', '.join(names)}, filename FROM (SELECT *, '' AS filename FROM {table} WHERE false "
        f"UNION ALL BY NAME SELECT * FROM read_parquet({files!r}, filename = true, union_by_name = true))"
    )
    return (
        f"CREATE TEMP TABLE then_{table} AS {there} UNION ALL "
        f"SELECT d.trial_id, d.place, {columns} FROM ({kept}) t "
        "JOIN dated d ON d.document_id = t.document_id AND d.folder = parse_path(t.filename)[-2]"
    )


# --- trials -----------------------------------------------------------------------------------------------------------


def _groups() -> dict[str, list[str]]:
    """Return the groups of columns that a state is made of."""
    shown = [name for name in TABLES["trial_versions"].by_name if name not in _KEYS]
    groups = {group: [name for name in names if name in shown] for group, names in column_groups().items()}
    return {group: names for group, names in groups.items() if names}


def trial_versions() -> list[str]:
    """Return the statements that fill `trial_versions`."""
    said, so_far, state, differs = [], [], [], []
    for group, names in _groups().items():
        values = ", ".join(f"{name} := t.{name}" for name in names)
        speaks = " OR ".join(f"t.{name} IS NOT NULL" for name in names)
        said += [
            # NULL where the document is silent; a struct of NULLs where its layout takes back what it said.
            f"CASE WHEN bool_or({speaks}) OVER alike THEN struct_pack({values}) END AS {group}",
            f"list_has_any(d.lossy, {column_groups()[group]!r}) AS {group}_blurred",
        ]
        so_far.append(
            f"coalesce(last_value(CASE WHEN NOT {group}_blurred THEN {group} END IGNORE NULLS) OVER before, "
            f"last_value({group} IGNORE NULLS) OVER before) AS {group}"
        )
        for name in names:
            column = TABLES["trials"].by_name[name]
            is_text = column.dtype == pl.String and not column.codes
            state.append(f"{name} := {f'comparable({group}.{name})' if is_text else f'{group}.{name}'}")
            differs.append(
                f"(state.{name} IS DISTINCT FROM was.{name} AND ((state.{name} IS NOT NULL AND was.{name} IS NOT NULL) "
                f"OR (alike IS NOT NULL AND state.{name} IS DISTINCT FROM alike.{name})))"
            )
    shown = ", ".join(f"{group}.{name} AS {name}" for group, names in _groups().items() for name in names)
    return [
        f"""
        CREATE TEMP TABLE states AS
        WITH said AS (
            SELECT d.trial_id, d.place, d.version_date, d.document_id, d.source, d.manner, {", ".join(said)}
            FROM then_trials t JOIN dated d USING (trial_id, place)
            WINDOW alike AS (PARTITION BY d.trial_id, d.manner ORDER BY d.place ROWS UNBOUNDED PRECEDING)
        ),
        so_far AS (
            SELECT trial_id, place, version_date, document_id, source, manner, {", ".join(so_far)}
            FROM said
            WINDOW before AS (PARTITION BY trial_id ORDER BY place ROWS UNBOUNDED PRECEDING)
        )
        SELECT *, struct_pack({", ".join(state)}) AS state FROM so_far
        QUALIFY place = max(place) OVER (PARTITION BY trial_id, version_date)
        """,
        # What one layout says and another does not is no change: only layouts that agree on what they print can show
        # that something came or went.
        f"""
        INSERT INTO trial_versions BY NAME
        WITH compared AS (
            SELECT *, lag(state) OVER (PARTITION BY trial_id ORDER BY place) AS was,
                   lag(state) OVER (PARTITION BY trial_id, manner ORDER BY place) AS alike
            FROM states
        ),
        numbered AS (
            SELECT *, count(*) FILTER (was IS NULL OR {" OR ".join(differs)})
                          OVER (PARTITION BY trial_id ORDER BY place ROWS UNBOUNDED PRECEDING) AS number
            FROM compared
        ),
        latest AS (
            SELECT *, min(version_date) OVER (PARTITION BY trial_id, number) AS valid_from FROM numbered
            QUALIFY place = max(place) OVER (PARTITION BY trial_id, number)
        )
        SELECT trial_id, valid_from, lead(valid_from) OVER (PARTITION BY trial_id ORDER BY place) AS valid_to,
               document_id, source, {shown}
        FROM latest
        """,
    ]


# --- outcomes ---------------------------------------------------------------------------------------------------------

_SAME: Final = (
    ("type", "said_measure", "said_frame"),
    ("said_measure", "said_frame"),
    ("type", "said_measure"),
    ("said_measure",),
    ("type", "position"),
)
"""What an outcome that changed has in common with its state before, best first; each outcome is matched once."""


def outcome_versions() -> list[str]:
    """Return the statements that fill `outcome_versions`."""
    return [_LISTS, _SPEAKING, _LISTED, _STANDING, *_linked(), _CAME, _WENT]


# The lists of outcomes that are compared: of one source, one a day, numbered from the oldest.
_LISTS: Final = """
CREATE TEMP TABLE lists AS
WITH teller AS (
    SELECT trial_id, arg_min(source, (rank, -lists, source)) AS source
    FROM (
        SELECT trial_id, coalesce(source, '') AS source, min(source_rank) AS rank, count(*) AS lists
        FROM dated SEMI JOIN then_outcomes USING (trial_id, place) GROUP BY ALL
    )
    GROUP BY trial_id
),
told AS (
    SELECT d.* FROM dated d JOIN teller t ON t.trial_id = d.trial_id AND t.source = coalesce(d.source, '')
    SEMI JOIN then_outcomes o ON o.trial_id = d.trial_id AND o.place = d.place
    QUALIFY d.place = max(d.place) OVER (PARTITION BY d.trial_id, d.version_date)
)
SELECT trial_id, place, version_date, document_id, source, manner,
       row_number() OVER (PARTITION BY trial_id ORDER BY place) AS list,
       row_number() OVER (PARTITION BY trial_id, manner ORDER BY place) > 1 AS has_alike
FROM told QUALIFY count(*) OVER (PARTITION BY trial_id) > 1
"""
# Where the outcomes of a type stand at the time of each list: there or, where the list has none and its layout had none
# before, in the last list that spoke of them. A layout may print primary and secondary ones only.
_SPEAKING: Final = """
CREATE TEMP TABLE speaking AS
SELECT trial_id, list, type, max(place) FILTER (speaks) OVER (
           PARTITION BY trial_id, type ORDER BY list ROWS UNBOUNDED PRECEDING
       ) AS place
FROM (
    SELECT l.trial_id, l.list, l.place, y.type, bool_or(h.type_is_there) OVER (
               PARTITION BY l.trial_id, y.type, l.manner ORDER BY l.list ROWS UNBOUNDED PRECEDING
           ) AS speaks
    FROM lists l
    JOIN (SELECT DISTINCT l.trial_id, o.type FROM lists l JOIN then_outcomes o USING (trial_id, place)) y
        ON y.trial_id = l.trial_id
    LEFT JOIN (SELECT DISTINCT trial_id, place, type, true AS type_is_there FROM then_outcomes) h
        ON h.trial_id = l.trial_id AND h.place = l.place AND h.type IS NOT DISTINCT FROM y.type
)
"""
# Every outcome at the time of every list. `position` is its place among those of its type, `copy` among those that say
# the same.
_LISTED: Final = """
CREATE TEMP TABLE listed AS
SELECT *,
       row_number() OVER (PARTITION BY trial_id, list, type ORDER BY ordinal) AS position,
       row_number() OVER (
           PARTITION BY trial_id, list, type, said_measure, said_frame, said_description ORDER BY ordinal
       ) AS copy
FROM (
    SELECT s.trial_id, s.list, o.* EXCLUDE (trial_id, place), comparable(o.measure) AS said_measure,
           comparable(o.time_frame) AS said_frame, comparable(o.description) AS said_description
    FROM speaking s JOIN then_outcomes o
        ON o.trial_id = s.trial_id AND o.place = s.place AND o.type IS NOT DISTINCT FROM s.type
)
"""
# One row a state of an outcome: it stands unchanged from list `came` to list `last`.
_STANDING: Final = """
CREATE TEMP TABLE standing AS
SELECT row_number() OVER () AS id, trial_id, min(list) AS came, max(list) AS last, type, said_measure, said_frame,
       said_description,
       min_by(said, list) AS first_said, max_by(said, list) AS last_said
FROM (
    SELECT *, {'ordinal': ordinal, 'position': position, 'measure': measure, 'time_frame': time_frame,
               'description': description} AS said, list - row_number() OVER (
        PARTITION BY trial_id, type, said_measure, said_frame, said_description, copy ORDER BY list
    ) AS stretch
    FROM listed
)
GROUP BY trial_id, type, said_measure, said_frame, said_description, copy, stretch
"""


def _linked() -> list[str]:
    """Return the statements that make `linked`: the state that each changed outcome was in before.

    What ended with one list is matched to what began with the next, in rounds; several alike in their order.
    """
    rounds = ["CREATE TEMP TABLE linked (id BIGINT, before_id BIGINT)"]
    for keys in _SAME:
        columns = ", ".join(keys)
        on = " AND ".join(f"n.{key} {'=' if key == 'said_measure' else 'IS NOT DISTINCT FROM'} b.{key}" for key in keys)
        rounds.append(f"""
        INSERT INTO linked
        WITH began AS (
            SELECT *, row_number() OVER (PARTITION BY trial_id, came, {columns} ORDER BY first_said.ordinal) AS nth
            FROM (SELECT *, first_said.position AS position FROM standing WHERE came > 1)
            WHERE id NOT IN (SELECT id FROM linked)
        ),
        ended AS (
            SELECT *, row_number() OVER (PARTITION BY trial_id, last, {columns} ORDER BY last_said.ordinal) AS nth
            FROM (SELECT *, last_said.position AS position FROM standing)
            WHERE id NOT IN (SELECT before_id FROM linked)
        )
        SELECT n.id, b.id FROM began n JOIN ended b
        ON n.trial_id = b.trial_id AND n.came = b.last + 1 AND n.nth = b.nth AND {on}
        """)
    # The states of one outcome, by its first.
    rounds.append("""
    CREATE TEMP TABLE numbered AS
    WITH RECURSIVE chain AS (
        SELECT id, id AS root FROM standing ANTI JOIN linked USING (id)
        UNION ALL
        SELECT l.id, c.root FROM chain c JOIN linked l ON l.before_id = c.id
    )
    SELECT c.id, dense_rank() OVER (PARTITION BY r.trial_id ORDER BY r.came, r.first_said.ordinal) AS outcome_number
    FROM chain c JOIN standing r ON r.id = c.root
    """)
    return rounds


_CAME: Final = """
INSERT INTO outcome_versions BY NAME
SELECT n.trial_id, outcome_number, l.version_date AS valid_from, u.version_date AS valid_to, l.document_id, l.source,
       CASE WHEN n.came = 1 THEN NULL
            WHEN b.id IS NULL AND NOT l.has_alike AND s.place IS NULL THEN NULL
            WHEN b.id IS NULL THEN 'ADDED'
            WHEN n.type IS DISTINCT FROM b.type THEN 'MOVED'
            ELSE 'CHANGED' END AS change,
       CASE WHEN b.id IS NOT NULL THEN list_filter([
           CASE WHEN n.type IS DISTINCT FROM b.type THEN 'TYPE' END,
           CASE WHEN n.said_measure IS DISTINCT FROM b.said_measure THEN 'MEASURE' END,
           CASE WHEN n.said_description IS DISTINCT FROM b.said_description THEN 'DESCRIPTION' END,
           CASE WHEN n.said_frame IS DISTINCT FROM b.said_frame THEN 'TIME_FRAME' END
       ], lambda part: part IS NOT NULL) END AS changed,
       n.first_said.ordinal AS ordinal, n.type, n.first_said.measure AS measure,
       n.first_said.description AS description, n.first_said.time_frame AS time_frame
FROM standing n JOIN numbered USING (id)
LEFT JOIN linked ON linked.id = n.id
LEFT JOIN standing b ON b.id = linked.before_id
JOIN lists l ON l.trial_id = n.trial_id AND l.list = n.came
LEFT JOIN lists u ON u.trial_id = n.trial_id AND u.list = n.last + 1
-- Where no list before spoke of the type, and none of this layout could, nothing tells that it was added.
LEFT JOIN speaking s ON s.trial_id = n.trial_id AND s.list = n.came - 1 AND s.type IS NOT DISTINCT FROM n.type
"""
_WENT: Final = """
INSERT INTO outcome_versions BY NAME
SELECT b.trial_id, outcome_number, u.version_date AS valid_from, u.document_id, u.source, 'REMOVED' AS change,
       b.last_said.ordinal AS ordinal, b.type, b.last_said.measure AS measure,
       b.last_said.description AS description, b.last_said.time_frame AS time_frame
FROM standing b JOIN numbered USING (id)
JOIN lists u ON u.trial_id = b.trial_id AND u.list = b.last + 1
WHERE b.id NOT IN (SELECT before_id FROM linked)
"""
