"""Several documents on one trial: which of them speaks for what, as SQL inside the build.

The rule (docs: the warehouse's contract): documents with one registry number describe one trial and are ranked by
version date (later first, unknown last), then by source, then by document_id. Columns that belong together come from
the best document that has any of them; a column that a document blurs only where no other speaks. Here belongs that
choice; staging the rows and checking the result are `build`'s.
"""

from __future__ import annotations

from typing import Final

from pipeline.building.readings import READINGS
from schemas import TABLES, Section, Table

MERGED: Final = tuple(table for table in TABLES.values() if table.section is Section.TRIALS)
"""The tables whose rows are chosen between documents."""
STAGED: Final = tuple(table.name for table in MERGED if table.name not in READINGS)
"""Those of them whose rows come from documents, `trials` first; the others are joined to rows that were chosen."""
KEYS: Final = ("trial_id", "document_id")

# `loaded`: one row a loaded document, made by `build`: extracted_id, document_id, trial_id, version_date, source,
# lossy. `staged_<table>`: the rows of all loaded documents, each with its document's `contested`: whether others speak
# of its trial, too; NULL where it has no trial. What only documents on contested trials say is taken aside once, as
# `rival_<table>`; where nothing is contested, nobody asks for it.
CURRENT: Final = """
CREATE TEMP TABLE current AS
SELECT l.*, s.rank AS source_rank, n.documents > 1 AS contested
FROM loaded l LEFT JOIN sources s USING (source)
LEFT JOIN (SELECT trial_id, count(*) AS documents FROM loaded GROUP BY trial_id) n USING (trial_id)
"""
RIVALS: Final = """
CREATE TEMP TABLE rivals AS
SELECT trial_id, document_id, version_date, coalesce(lossy, []) AS lossy,
       row_number() OVER (
           PARTITION BY trial_id ORDER BY version_date DESC NULLS LAST, source_rank, document_id
       ) AS rank
FROM current WHERE contested
"""
CHOSEN: Final = "CREATE TEMP TABLE chosen (trial_id VARCHAR, column_group VARCHAR, document_id VARCHAR)"
"""Makes the table of which document speaks for which group of a contested trial."""


def group_of(table: Table) -> str:
    """Return the group that a whole table moves in; a table of mere links moves with what it links."""
    groups = {column.group for column in table.columns()} - {None}
    if not groups:
        groups = {group_of(TABLES[one.table]) for one in table.references if one.table not in ("trials", "documents")}
    (group,) = groups
    return str(group)


def column_groups() -> dict[str, list[str]]:
    """Return the groups of columns of `trials` that move together, in the contract's order."""
    groups: dict[str, list[str]] = {}
    for column in TABLES["trials"].columns():
        if column.name not in KEYS:
            groups.setdefault(column.group or column.name, []).append(column.name)
    return groups


def child_groups() -> dict[str, list[str]]:
    """Return the groups of whole tables that move together."""
    groups: dict[str, list[str]] = {}
    for name in STAGED[1:]:
        groups.setdefault(group_of(TABLES[name]), []).append(name)
    return groups


def choose() -> list[str]:
    """Return the statements that make `claims` and fill `chosen`: which documents speak for each group, and the best.

    Text columns of `trials` that share a group with a table (eligibility) are judged together with it.
    """
    columns, tables = column_groups(), child_groups()
    claims = [
        f"SELECT trial_id, '{group}' AS column_group, document_id, r.rank, list_has_any(r.lossy, {names!r}) AS blurred "
        f"FROM rival_trials t JOIN rivals r USING (trial_id, document_id) "
        f"WHERE coalesce({', '.join(f'CAST(t.{name} AS VARCHAR)' for name in names)}) IS NOT NULL"
        for group, names in columns.items()
    ]
    claims += [
        f"SELECT DISTINCT trial_id, '{group}', document_id, r.rank, false "
        f"FROM rival_{name} t JOIN rivals r USING (trial_id, document_id)"
        for group, names in tables.items()
        for name in names
    ]
    return [
        *(
            f"CREATE TEMP TABLE rival_{name} AS SELECT * EXCLUDE (contested) FROM staged_{name} WHERE contested"
            for name in (*STAGED, "evidence")
        ),
        f"CREATE TEMP TABLE claims AS {' UNION ALL '.join(claims)}",
        "INSERT INTO chosen SELECT trial_id, column_group, "
        "arg_min(document_id, (blurred, rank)) AS document_id FROM claims GROUP BY trial_id, column_group",
    ]


def insert_uncontested(name: str) -> str:
    """Return the statement that fills a table with the rows of trials that one document alone describes."""
    columns = ", ".join(TABLES[name].by_name)
    return f"INSERT INTO {name} BY NAME SELECT {columns} FROM staged_{name} WHERE NOT contested"


def insert_trials() -> list[str]:
    """Return the statements that put together the rows of `trials` of contested ones, group by group.

    A row that gave not every group it claims is kept whole among the rows that were not chosen.
    """
    trials = TABLES["trials"]
    names = ", ".join(column.name for column in trials.columns())
    parts = []
    for group, columns in column_groups().items():
        picked = ", ".join(f"t.{name}" for name in columns)
        parts.append(
            f"(SELECT c.trial_id, {picked} FROM chosen c JOIN rival_trials t USING (trial_id, document_id) "
            f"WHERE c.column_group = '{group}')"
        )
    joined = " ".join(f"LEFT JOIN {part} AS g{index} USING (trial_id)" for index, part in enumerate(parts))
    return [
        f"INSERT INTO trials BY NAME SELECT {names} FROM "
        f"(SELECT trial_id, document_id FROM rivals WHERE rank = 1) best {joined}",
        "INSERT INTO trial_sources BY NAME SELECT * FROM chosen",
        "INSERT INTO unchosen_rows BY NAME SELECT trial_id, document_id, 'trials' AS table_name, NULL AS ordinal, "
        "to_json(t) AS row FROM rival_trials t SEMI JOIN ("
        "SELECT c.trial_id, c.document_id FROM claims c ANTI JOIN chosen USING (trial_id, column_group, document_id) "
        f"WHERE list_contains({list(column_groups())!r}, c.column_group)"
        ") refused USING (trial_id, document_id)",
    ]


def insert_children(name: str) -> list[str]:
    """Return the statements that fill a table with the rival rows that were chosen, and keep the others aside."""
    group = group_of(TABLES[name])
    chosen = f"(SELECT trial_id, document_id FROM chosen WHERE column_group = '{group}')"
    columns = ", ".join(f"t.{column.name}" for column in TABLES[name].columns())
    ordinal = "t.ordinal" if "ordinal" in TABLES[name].by_name else "NULL"
    return [
        f"INSERT INTO {name} BY NAME SELECT {columns} FROM rival_{name} t "
        f"SEMI JOIN {chosen} c USING (trial_id, document_id)",
        f"INSERT INTO unchosen_rows BY NAME SELECT t.trial_id, t.document_id, '{name}' AS table_name, "
        f"{ordinal} AS ordinal, to_json(t) AS row FROM rival_{name} t "
        f"ANTI JOIN {chosen} c USING (trial_id, document_id)",
    ]


def insert_evidence() -> list[str]:
    """Return the statements that fill `evidence` with that of rival rows, but of those that were not chosen."""
    groups = [
        (table.name, column.name, column.group or column.name if table.name == "trials" else group_of(table))
        for table in MERGED
        for column in table.columns()
    ]
    values = ", ".join(f"('{table}', '{column}', '{group}')" for table, column, group in groups)
    return [
        f"CREATE TEMP TABLE moves_in AS SELECT * FROM (VALUES {values}) AS m(table_name, column_name, column_group)",
        "INSERT INTO evidence BY NAME SELECT t.* FROM rival_evidence t JOIN rivals r USING (document_id) "
        "JOIN moves_in m USING (table_name, column_name) "
        "JOIN chosen c "
        "ON c.trial_id = r.trial_id AND c.column_group = m.column_group AND c.document_id = t.document_id",
    ]
