"""Rows that keep the contract, and cells that break it: for the tests of the schemas and of quarantine.

Here belongs what both need to make frames of any table. No tests.
"""

import re
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from hypothesis import strategies as st

from schemas import Column, Table, codes

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=8).filter(
    lambda text: re.search(r"\S", text)
)
BY_RULE: dict[str, st.SearchStrategy[Any]] = {
    "sha256_shape": st.from_regex(r"\A[0-9a-f]{64}\Z"),
    "country_code_shape": st.sampled_from(["DE", "KR"]),
    "mesh_id_shape": st.sampled_from(["D003920", "C000657245"]),
    "pmid_shape": st.integers(1, 99_999_999).map(str),
    "json_object": st.just('{"name":"A"}'),
    "calendar_range": st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    "from_one": st.integers(1, 1000),
}
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "VARCHAR": TEXTS,
    "JSON": BY_RULE["json_object"],
    "BOOLEAN": st.booleans(),
    "INTEGER": st.integers(0, 90),
    "BIGINT": st.integers(0, 2**40),
    "DOUBLE": st.floats(0.5, 90),
    "TIMESTAMP WITH TIME ZONE": st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    "VARCHAR[]": st.lists(TEXTS, min_size=1, max_size=3),
    "INTEGER[]": st.lists(st.integers(1, 28), min_size=1, max_size=3),
    "MAP(VARCHAR, BIGINT)": st.lists(st.fixed_dictionaries({"key": TEXTS, "value": st.integers(0, 9)}), max_size=1),
    "MAP(VARCHAR, DATE)": st.lists(st.fixed_dictionaries({"key": TEXTS, "value": st.dates()}), max_size=1),
}


PLAIN: dict[str, Any] = {
    "VARCHAR": "words",
    "JSON": '{"name":"A"}',
    "BOOLEAN": True,
    "INTEGER": 5,
    "BIGINT": 5,
    "DOUBLE": 5.0,
    "DATE": date(2020, 2, 3),
    "TIMESTAMP WITH TIME ZONE": datetime(2024, 1, 2, tzinfo=UTC),
    "VARCHAR[]": ["words"],
    "INTEGER[]": [1],
    "MAP(VARCHAR, BIGINT)": [{"key": "trials", "value": 5}],
    "MAP(VARCHAR, DATE)": [{"key": "ctgov", "value": date(2024, 5, 6)}],
}
SHAPED = {"sha256_shape": "a" * 64, "country_code_shape": "DE", "mesh_id_shape": "D003920", "pmid_shape": "123"}

BAD: dict[str, list[dict[str, Any]]] = {
    "not_empty": [{"": ""}, {"": " \t\n"}],
    "list_not_empty": [{"": []}, {"": [None]}],
    "from_one": [{"": 0}, {"": -1}],
    "calendar_range": [{"": date(1899, 12, 31)}, {"": date(2201, 1, 1)}],
    "sha256_shape": [{"": "A" * 64}, {"": "a" * 63}, {"": "a" * 65}],
    "country_code_shape": [{"": "de"}, {"": "DEU"}],
    "mesh_id_shape": [{"": "C01.252"}, {"": "D1"}],
    "pmid_shape": [{"": "PMC123"}, {"": "12 3"}],
    "span_order": [{"": 3, "char_start": 4}],
    "json_object": [{"": "[1]"}, {"": "null"}],
    "identifier_shape": [{"": "NCT0435760", "registry": "CTGOV"}, {"": "NCT00000000 (old)", "registry": "CTGOV"}],
    "bounds_order": [{"": 2.0, "dose_low": 3.0}],
}
"""Rule id to cells that break it: "" stands for the rule's own column, other names for its companions."""


def bad_cells(column: Column) -> list[tuple[str, dict[str, Any]]]:
    """Each rule of the column with cells that break it and no rule of another column."""
    found = []
    for rule in column.rules:
        if rule.id == "allowed_code":
            wrong = "NO_SUCH_CODE"
            cases = [{"": [column.codes[0], wrong] if isinstance(column.dtype, pl.List) else wrong}]
        elif rule.id == "companion_missing":
            cases = [{"": 1.0, rule.says.split()[-1]: None}]
        elif rule.id == "number_range":
            floats = [{"": float("nan")}, {"": float("inf")}] if column.dtype == pl.Float64() else []
            cases = floats + ([] if "finite" in rule.says else [{"": -200}])
        else:
            cases = BAD[rule.id]
        found += [(rule.id, case) for case in cases]
    return found


def cells(column: Column) -> st.SearchStrategy[Any]:
    """Values that the column accepts, NULL among them where it may be."""
    if column.codes:
        one = st.sampled_from(column.codes)
        some = st.lists(one, min_size=1, max_size=2) if isinstance(column.dtype, pl.List) else one
    else:
        some = next((BY_RULE[rule.id] for rule in column.rules if rule.id in BY_RULE), BY_TYPE.get(column.duckdb_type))
    return st.none() | some if column.nullable else some


def consistent(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the rules that span columns kept."""
    if row.get("registry") in codes.IDENTIFIER_SHAPES:
        row["registry"] = "OTHER"
    if row.get("char_start") is not None and row.get("char_end") is not None:
        row["char_end"] = max(row["char_start"], row["char_end"])
    if row.get("dose_low") is not None and row.get("dose_high") is not None:
        row["dose_high"] = max(row["dose_low"], row["dose_high"])
    for name in [name for name in row if name.endswith("_unit")]:
        row[name] = row[name] or "DAY"
    return row


def valid_frames(table: Table) -> st.SearchStrategy[pl.DataFrame]:
    """Frames of a few rows that keep every rule of the table."""
    row = st.fixed_dictionaries({column.name: cells(column) for column in table.columns()}).map(consistent)
    return st.lists(row, min_size=1, max_size=3).map(lambda rows: pl.DataFrame(rows, schema=table.polars_schema()))


def valid_row(table: Table) -> dict[str, Any]:
    """One full row that keeps every rule."""
    row: dict[str, Any] = {}
    for column in table.columns():
        ids = {rule.id for rule in column.rules}
        row[column.name] = next((SHAPED[one] for one in ids if one in SHAPED), PLAIN[column.duckdb_type])
        if column.codes:
            row[column.name] = [column.codes[0]] if isinstance(column.dtype, pl.List) else column.codes[0]
    if "registry" in row:
        row["registry"] = "OTHER"
    return row
