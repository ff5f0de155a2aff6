"""SQL and the data dictionary, rendered from the tables.

Belongs here: text made from `schemas.TABLES`, and nothing that the tables do not say. Does not belong here: running it,
and reading or writing files.
"""

from collections.abc import Iterable
from typing import Any

from schemas import TABLES
from schemas.table import Column, Reference, Section, Table

# --- SQL --------------------------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def create_table(table: Table) -> str:
    """`CREATE TABLE` with types and NOT NULL.

    No keys and no indexes: they make the load four times as long and the file more than twice as large. `key_checks`
    and `reference_checks` prove the same.
    """
    columns = ",\n".join(
        f'  "{column.name}" {column.duckdb_type}{"" if column.nullable else " NOT NULL"}' for column in table.columns()
    )
    return f'CREATE TABLE "{table.name}" (\n{columns}\n)'


def insert(table: Table, relation: str) -> str:
    """`INSERT` of a relation's rows by name; each list of entries becomes the map that it stands for in polars."""
    maps = ", ".join(
        f'map_from_entries("{column.name}") AS "{column.name}"'
        for column in table.columns()
        if column.duckdb_type.startswith("MAP")
    )
    replace = f" REPLACE ({maps})" if maps else ""
    return f'INSERT INTO "{table.name}" BY NAME SELECT *{replace} FROM {relation}'  # noqa: S608 - the contract's names


def comments(table: Table) -> list[str]:
    """`COMMENT ON` the table and each of its columns, allowed codes and units included."""
    return [f'COMMENT ON TABLE "{table.name}" IS {_quoted(table.description)}'] + [
        f'COMMENT ON COLUMN "{table.name}"."{column.name}" IS {_quoted(comment(column))}' for column in table.columns()
    ]


def comment(column: Column) -> str:
    """All that is said of a column, in one paragraph."""
    parts = [column.description]
    if column.codes:
        parts.append(f"One of {', '.join(column.codes)}.")
    if column.unit:
        parts.append(f"Unit: {column.unit}.")
    if column.pii:
        parts.append("Personal data.")
    return " ".join(parts)


def key_checks(table: Table) -> list[str]:
    """Queries that return a row where the table's key is null or names two rows, and none where it holds.

    The row: `rule`, `table_name`, `columns`, `violations` (how many rows or keys), `example` (one of the keys).
    """
    if not table.key:
        return []
    key = ", ".join(f'"{name}"' for name in table.key)
    null = " OR ".join(f'"{name}" IS NULL' for name in table.key)
    twice = f'SELECT {key} FROM "{table.name}" GROUP BY ALL HAVING count(*) > 1'  # noqa: S608 - the contract's names
    return [
        _violations("key_null", table, table.key, f'(SELECT {key} FROM "{table.name}" WHERE {null})'),  # noqa: S608 - the same
        _violations("key_unique", table, table.key, f"({twice})"),
    ]


def reference_checks(table: Table) -> list[str]:
    """Queries that return a row where a reference refers to nothing, one query a reference; see `key_checks`."""
    return [_violations("reference", table, one.columns, _orphans(table, one)) for one in table.references]


def _orphans(table: Table, reference: Reference) -> str:
    """The child's columns of the rows whose reference refers to nothing, as a subquery."""
    pairs = list(zip(reference.columns, reference.their_columns, strict=True))
    columns = ", ".join(f'child."{mine}"' for mine in reference.columns)
    on = " AND ".join(f'child."{mine}" = parent."{theirs}"' for mine, theirs in pairs)
    said = " AND ".join(f'child."{mine}" IS NOT NULL' for mine in reference.columns)
    return (
        f'(SELECT {columns} FROM "{table.name}" AS child '  # noqa: S608 - the contract's names
        f'ANTI JOIN "{reference.table}" AS parent ON {on} WHERE {said})'
    )


def _violations(rule: str, table: Table, columns: tuple[str, ...], found: str) -> str:
    """One row that counts what a subquery found, or none."""
    example = " || ', ' || ".join(f"coalesce(CAST(found.\"{name}\" AS VARCHAR), 'NULL')" for name in columns)
    return (
        f"SELECT {_quoted(rule)} AS rule, {_quoted(table.name)} AS table_name, "  # noqa: S608 - the contract's names
        f"{_quoted(', '.join(columns))} AS columns, count(*) AS violations, min({example}) AS example "
        f"FROM {found} AS found HAVING count(*) > 0"
    )


# --- the data dictionary ----------------------------------------------------------------------------------------------


def dictionary(tables: Iterable[Table] = TABLES.values()) -> list[dict[str, Any]]:
    """The data dictionary as rows, one a column, in the warehouse's order."""
    return [
        {
            "section": table.section.value,
            "table_name": table.name,
            "ordinal": place,
            "column_name": column.name,
            "type": column.duckdb_type,
            "nullable": column.nullable,
            "is_key": column.name in table.key,
            "refers_to": _target(table, column),
            "description": column.description,
            "codes": list(column.codes),
            "unit": column.unit,
            "pii": column.pii,
            "merge_group": column.group,
            "source_fields": list(column.source_fields),
            "rules": [rule.id for rule in column.rules],
        }
        for table in tables
        for place, column in enumerate(table.columns(), start=1)
    ]


def _target(table: Table, column: Column) -> str | None:
    """`table.column` that a column refers to."""
    for reference in table.references:
        if column.name in reference.columns:
            return f"{reference.table}.{reference.their_columns[reference.columns.index(column.name)]}"
    return None


def dictionary_markdown(tables: Iterable[Table] = TABLES.values()) -> str:
    """The data dictionary as a page."""
    tables = list(tables)
    lines = [
        "# Data dictionary",
        "",
        "Every table and column of the warehouse. This page is rendered from `schemas/` by `python -m schemas`; change",
        "it there. NULL always means that the source does not say. A column marked *required* is never NULL, and a bad",
        "value there takes its row to `quarantine`; any other bad value becomes NULL, and stands there too.",
        "",
        "Source fields are paths in a record of the ClinicalTrials.gov API v2; pages carry the same under other words.",
    ]
    for section in Section:
        lines += ["", f"## {section.value}"]
        for table in (table for table in tables if table.section is section):
            lines += ["", *_table_markdown(table)]
    return "\n".join(lines) + "\n"


def _table_markdown(table: Table) -> list[str]:
    """One table's part of the page."""
    key = ", ".join(f"`{name}`" for name in table.key) or "none"
    lines = [f"### `{table.name}`", "", table.description, "", f"Key: {key}."]
    if table.section is Section.TRIALS:
        kept = {column.group for column in table.columns()} - {None}
        if len(kept) == 1:
            lines[-1] += f" Merge group: `{kept.pop()}`."
    lines += ["", "| column | type | meaning | source fields |", "|---|---|---|---|"]
    return lines + [_column_markdown(table, column) for column in table.columns()]


def _column_markdown(table: Table, column: Column) -> str:
    """One row of a table's columns."""
    said = [column.description]
    if not column.nullable:
        said.append("*Required.*")
    if target := _target(table, column):
        said.append(f"Refers to `{target}`.")
    if column.codes:
        said.append("One of " + ", ".join(f"`{code}`" for code in column.codes) + ".")
    if column.unit:
        said.append(f"Unit: {column.unit}.")
    if column.group not in (None, column.name) and table.name == "trials":
        said.append(f"Merge group: `{column.group}`.")
    if column.pii:
        said.append("**Personal data.**")
    source = "<br>".join(f"`{path}`" for path in column.source_fields)
    return f"| `{column.name}` | {column.duckdb_type} | {' '.join(said)} | {source} |"
