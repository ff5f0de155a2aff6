"""The contract: its tables, and what is rendered from them.

Here belongs what `schemas/` promises. What its rules accept and refuse is in `test_quarantine.py`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from contract_rows import valid_row

from schemas import TABLES, Section, Table
from schemas.render import comments, create_table, dictionary, dictionary_markdown, insert, key_checks, reference_checks
from schemas.table import DUCKDB_TYPES

ROOT = Path(__file__).parent.parent
CONTRACT = ROOT / "../shared/design/warehouse.md"

each_table = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))

# --- the tables -------------------------------------------------------------------------------------------------------


def test_parents_come_before_children() -> None:
    """`cascade` and the build go through the tables once: a child before its parent would be missed."""
    seen: set[str] = set()
    for table in TABLES.values():
        seen.add(table.name)
        # A document names its trial and a trial its document: one of the two must look ahead.
        ahead = {"trials"} if table.name == "documents" else set()
        assert {reference.table for reference in table.references} - seen <= ahead, table.name


@each_table
def test_declarations_name_real_columns(table: Table) -> None:
    """A misspelt key or reference would make SQL that fails in a user's build, not here."""
    assert set(table.key) <= set(table.required)
    for reference in table.references:
        target = TABLES[reference.table].by_name
        for mine, theirs in zip(reference.columns, reference.their_columns, strict=True):
            assert table.by_name[mine].dtype == target[theirs].dtype


@each_table
def test_every_column_is_explained(table: Table) -> None:
    """The dictionary and the file's comments are these sentences: a stub would be published."""
    assert table.description.endswith(".")
    for column in table.columns():
        assert re.fullmatch(r"[A-Z].{8,}\.", column.description, re.DOTALL), f"{table.name}.{column.name}"
        assert column.dtype in DUCKDB_TYPES
        assert len({rule.id for rule in column.rules}) == len(column.rules), "a rule id must tell which rule it was"
        # A coded column's codes are checked, not only printed.
        assert bool(column.codes) == any(rule.id == "allowed_code" for rule in column.rules)


def test_trials_tables_say_their_document_and_group() -> None:
    """Merging takes whole groups from one document: a column without either could not be merged or traced."""
    for table in TABLES.values():
        if table.section is Section.TRIALS:
            assert "document_id" in table.required
            loose = [column.name for column in table.columns() if column.group is None]
            assert {*table.key, "document_id"} <= set(loose)
            assert all(name.endswith("_id") or name == "ordinal" for name in loose), loose
    groups = {column.name: column.group for column in TABLES["trials"].columns()}
    assert groups["start_date"] == groups["start_date_precision"] == groups["start_date_type"]
    assert groups["enrollment"] == groups["enrollment_type"] != groups["phases"]
    assert groups["eligibility_text"] == TABLES["eligibility_criteria"].by_name["text"].group
    assert {TABLES[name].by_name["type"].group for name in ("arms", "interventions")} == {"arms"}
    assert TABLES["sites"].by_name["city"].group == TABLES["contacts"].by_name["phone"].group


def test_personal_columns_are_marked() -> None:
    """What is not marked is shown in previews and exports."""
    marked = {(table.name, column.name) for table in TABLES.values() for column in table.columns() if column.pii}
    assert {("contacts", "name"), ("contacts", "phone"), ("contacts", "email"), ("officials", "name")} <= marked


def _said_columns(name: str, said: str) -> set[str]:
    """The columns that the contract's prose lists for a table: the first word between commas, up to the first stop."""
    listing = re.search(rf"(?:^|\. |, )`{name}`(?:, `\w+`)? (.*?)(?:\.\s|\.$|: |$)", said, re.MULTILINE)
    assert listing, name
    return {item.split()[0] for item in listing[1].split(" and the columns of")[0].split(",")}


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract's prose stands outside the repository, and is not here")
def test_tables_are_those_of_the_written_contract() -> None:
    """Analysts read the written contract: a table or column that differs from it breaks their queries."""
    text = CONTRACT.read_text(encoding="utf-8")
    # One paragraph a line; `conditions`, `keywords` share a listing.
    said = "\n".join(" ".join(part.split()) for part in re.split(r"\n\n|\n(?=`)", text))
    said = re.sub(
        r" \([^()]*(?:\([^()]*\)[^()]*)*\)|one row a study text, key `uri`: |what is given, as numbers: ", "", said
    )
    more = {
        "mesh_terms": {"ordinal"},  # a page's terms have no kind or id that could name a row
    }
    for section in ("timepoints", "regimens"):
        rule_book = (CONTRACT.parent / f"{section}.md").read_text(encoding="utf-8")
        rows = [line.split("|")[1] for line in rule_book.split("| column |")[1].split("\n\n")[0].splitlines()[2:]]
        more[section] = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    dates = [name for name in TABLES["trials"].by_name if name.endswith("_date")]
    more["trials"] = {f"{name}_precision" for name in dates} | {"minimum_age", "maximum_age"}
    more["trials"] |= {
        "organization",
        "organization_class",
        "last_update_submitted_date",
    }  # AACT's queries ask for them
    more["trials"] |= {f"{name}_type" for name in ("start_date", "primary_completion_date", "completion_date")}
    for table in TABLES.values():
        # Said there in words, or added here: the contract may grow.
        if table.name in ("warehouse_info", "data_dictionary") or table.section is Section.HISTORY:
            continue
        ours = set(table.by_name)
        if table.section is Section.TRIALS:
            more.setdefault(table.name, set()).add("document_id")
        assert ours == _said_columns(table.name, said) | more.get(table.name, set()), table.name
    promised = set(re.findall(r"^`(\w+)`", text.split("## What was read")[1].split("## Several documents")[0], re.M))
    assert promised <= set(TABLES)


# --- SQL --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with every table and its comments."""
    with duckdb.connect() as connection:
        for table in TABLES.values():
            for statement in (create_table(table), *comments(table)):
                connection.execute(statement)
        yield connection


@pytest.fixture
def warehouse(database: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same for one test: empty, and emptied after it."""
    database.execute("BEGIN")
    yield database
    database.execute("ROLLBACK")


def _fill(connection: duckdb.DuckDBPyConnection, table: Table, *rows: dict[str, Any]) -> None:
    connection.register("incoming", pl.DataFrame(rows, schema=table.polars_schema()))
    connection.execute(insert(table, "incoming"))


def test_ddl_gives_the_declared_types(warehouse: duckdb.DuckDBPyConnection) -> None:
    """A type or NOT NULL that DuckDB reads otherwise would turn values on their way in."""
    found = warehouse.execute(
        "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    declared = [
        (table.name, column.name, column.duckdb_type, column.nullable)
        for table in TABLES.values()
        for column in table.columns()
    ]
    assert sorted(row[:4] for row in found) == sorted(declared)
    said = {row[:2]: row[4] for row in found}
    assert said["outcomes", "type"].endswith("One of PRIMARY, SECONDARY, OTHER.")
    assert "Personal data." in said["contacts", "email"]
    # A description with an apostrophe arrives whole.
    assert said["arms", "label"] == "The arm's name, in the source's words."
    (tables,) = warehouse.execute("SELECT count(*) FROM duckdb_tables() WHERE comment IS NOT NULL").fetchone() or (0,)
    assert tables == len(TABLES)


@each_table
def test_rows_arrive_as_they_were(table: Table, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Lists, maps, JSON and moments must survive the way from polars into the file."""
    row = valid_row(table)
    empty = row | {column.name: None for column in table.columns() if column.nullable}
    _fill(warehouse, table, row, empty)
    back = warehouse.table(table.name).fetchall()
    maps = {name: dict(i.values() for i in row[name]) for name, c in table.by_name.items() if "MAP" in c.duckdb_type}
    assert back == [tuple((one | maps).values()) for one in (row, empty)]


@each_table
def test_keys_are_checked_by_sql(table: Table, warehouse: duckdb.DuckDBPyConnection) -> None:
    """The file has no indexes, so that nothing but these queries would notice a key used twice."""
    _fill(warehouse, table, valid_row(table))
    assert [warehouse.execute(sql).fetchall() for sql in key_checks(table)] == [[]] * len(key_checks(table))
    _fill(warehouse, table, valid_row(table))
    found = [row for sql in key_checks(table) for row in warehouse.execute(sql).fetchall()]
    assert [(row[0], row[1], row[3]) for row in found] == [("key_unique", table.name, 1)] * bool(table.key)


@each_table
def test_references_are_checked_by_sql(table: Table, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Nor would anything else notice a child whose parent is missing, or mistake a NULL for one."""
    _fill(warehouse, table, valid_row(table))
    for reference, sql in zip(table.references, reference_checks(table), strict=True):
        (found,) = warehouse.execute(sql).fetchall()
        assert found[:4] == ("reference", table.name, ", ".join(reference.columns), 1)
        target = TABLES[reference.table]
        pairs = zip(reference.columns, reference.their_columns, strict=True)
        _fill(warehouse, target, valid_row(target) | {theirs: valid_row(table)[mine] for mine, theirs in pairs})
        assert warehouse.execute(sql).fetchall() == []
    nullable = [name for reference in table.references if reference.nullable for name in reference.columns]
    _fill(warehouse, table, valid_row(table) | dict.fromkeys(nullable))
    assert [warehouse.execute(sql).fetchall() for sql in reference_checks(table)] == [[]] * len(table.references)


# --- the data dictionary ----------------------------------------------------------------------------------------------


def test_dictionary_page_is_current() -> None:
    """A page that lags behind the schemas misleads those who cannot read Python."""
    page = (ROOT / "docs/data-dictionary.md").read_text(encoding="utf-8")
    assert page == dictionary_markdown(), "run: python -m schemas > docs/data-dictionary.md"


def test_dictionary_has_every_column_once() -> None:
    """The dictionary is published as a table too: a column left out would be undocumented there."""
    rows = dictionary(TABLES.values())
    names = [(row["table_name"], row["column_name"]) for row in rows]
    assert names == [(table.name, name) for table in TABLES.values() for name in table.by_name]
    assert (
        next(row for row in rows if row["column_name"] == "outcome_id" and row["table_name"] == "timepoints")[
            "refers_to"
        ]
        == "outcomes.outcome_id"
    )


def test_dictionary_page_has_whole_rows() -> None:
    """An unescaped bar in a description would shift the cells of its row on the page."""
    for line in dictionary_markdown().splitlines():
        if line.startswith("| `"):
            assert line.count("|") == 5, line
