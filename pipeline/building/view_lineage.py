"""Which columns each column of a view is made from, read out of the view's SQL by DuckDB's own parser.

Here belongs only that. Values count, conditions do not: a column of a join is made from what its expression names, not
from what the rows are matched by. A count of rows is made from what the rows are grouped by; a constant from nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

import duckdb

from pipeline.building import views
from schemas import TABLES

Origin = tuple[str, str]
"""A table or view (`schema.name`) and one of its columns."""
Columns = dict[str, frozenset[Origin]]
"""The columns that something returns, each with what it is made from."""

_NOTHING: Final[frozenset[Origin]] = frozenset()
_HEAD: Final = re.compile(r"CREATE VIEW [\w.]+ AS\b")
_COUNTS: Final = frozenset({"count_star", "row_number"})


@cache
def origins() -> Mapping[str, Columns]:
    """Return what every column of every view is made from: of the tables and views that the view itself reads."""
    known = {f"main.{name}": _itself(f"main.{name}", table.by_name) for name, table in TABLES.items()}
    found: dict[str, Columns] = {}
    with duckdb.connect() as connection:
        for one in views.definitions():
            if one.kind != "VIEW":
                continue
            ((told,),) = connection.execute(
                "SELECT json_serialize_sql(?)", [_HEAD.sub("", one.sql, count=1)]
            ).fetchall()
            found[one.full_name] = _query(json.loads(told)["statements"][0]["node"], known, {})
            known[one.full_name] = _itself(one.full_name, found[one.full_name])
    return found


def _itself(name: str, columns: Iterable[str]) -> Columns:
    return {column: frozenset({(name, column)}) for column in columns}


def _query(node: dict[str, Any], known: Mapping[str, Columns], outer: Mapping[str, Columns]) -> Columns:
    """Return the columns of a query; `known` are relations by name, `outer` those of the query around it by alias."""
    known = dict(known)
    for entry in node["cte_map"]["map"]:
        known[entry["key"]] = _query(entry["value"]["query_node"], known, outer)
    if node["type"] == "SET_OPERATION_NODE":
        parts = [_query(part, known, outer) for part in node.get("children") or (node["left"], node["right"])]
        return {
            name: frozenset().union(*(list(part.values())[place] for part in parts))
            for place, name in enumerate(parts[0])
        }
    scope = {**outer, **_relations(node["from_table"], known, outer)}
    here = [alias for alias in scope if alias not in outer] or list(scope)
    grouped = _all(node["group_expressions"], scope, known, {}, _NOTHING)
    columns: Columns = {}
    for expression in node["select_list"]:
        if expression["class"] == "STAR":
            columns |= _star(expression, [scope[one] for one in here if expression["relation_name"] in ("", one)])
            continue
        name = expression["alias"] or (expression.get("column_names") or [expression.get("function_name", "")])[-1]
        # The later parts of a UNION may leave columns without names of their own.
        columns[name if name and name not in columns else f"{name}#{len(columns)}"] = _made(
            expression, scope, known, columns, grouped
        )
    return columns


def _relations(node: dict[str, Any], known: Mapping[str, Columns], outer: Mapping[str, Columns]) -> dict[str, Columns]:
    """Return what a FROM clause offers, by alias."""
    if node["type"] == "JOIN":
        left = _relations(node["left"], known, outer)
        return left | _relations(node["right"], known, {**outer, **left})
    if node["type"] == "BASE_TABLE":
        name = f"{node['schema_name']}.{node['table_name']}" if node["schema_name"] else node["table_name"]
        return {node["alias"] or node["table_name"]: _renamed(known[name], node)}
    if node["type"] == "SUBQUERY":
        return {node["alias"]: _renamed(_query(node["subquery"]["node"], known, outer), node)}
    if node["type"] == "TABLE_FUNCTION":
        function = node["function"]
        made = _made(function, outer, known, {}, _NOTHING)
        names = node["column_name_alias"] or [function["function_name"]]
        return {node["alias"] or function["function_name"]: dict.fromkeys(names, made)}
    return {}


def _renamed(columns: Columns, node: dict[str, Any]) -> Columns:
    names = node["column_name_alias"]
    return dict(zip([*names, *list(columns)[len(names) :]], columns.values(), strict=True))


def _star(star: dict[str, Any], relations: list[Columns]) -> Columns:
    """Return what a star stands for; of columns that share a name, as after USING, the first."""
    columns: Columns = {}
    for relation in relations:
        columns = (
            relation | columns if not columns else columns | {k: v for k, v in relation.items() if k not in columns}
        )
    return {name: made for name, made in columns.items() if name not in star["exclude_list"]}


def _made(
    expression: Any,  # noqa: ANN401 - a part of the parser's tree
    scope: Mapping[str, Columns],
    known: Mapping[str, Columns],
    before: Columns,
    grouped: frozenset[Origin],
) -> frozenset[Origin]:
    """Return what an expression is made from; `before` are the columns that stand before it in the list."""
    if isinstance(expression, list):
        return _all(expression, scope, known, before, grouped)
    if not isinstance(expression, dict):
        return _NOTHING
    kind = expression.get("class")
    if kind == "COLUMN_REF":
        return _column(expression["column_names"], scope, before)
    if kind == "SUBQUERY":
        inner = _query(expression["subquery"]["node"], known, scope)
        return frozenset().union(*inner.values())
    counted = grouped if expression.get("function_name") in _COUNTS else _NOTHING
    return counted | _all(expression.values(), scope, known, before, grouped)


def _all(
    parts: Iterable[Any],
    scope: Mapping[str, Columns],
    known: Mapping[str, Columns],
    before: Columns,
    grouped: frozenset[Origin],
) -> frozenset[Origin]:
    return frozenset().union(*(_made(part, scope, known, before, grouped) for part in parts))


def _column(names: list[str], scope: Mapping[str, Columns], before: Columns) -> frozenset[Origin]:
    """Return what a name stands for; a lambda's parameter stands for nothing of its own."""
    if len(names) > 1 and names[1] in scope.get(names[0], {}):
        return scope[names[0]][names[1]]
    return next(_named(names[0], scope, before), _NOTHING)


def _named(name: str, scope: Mapping[str, Columns], before: Columns) -> Iterator[frozenset[Origin]]:
    # The innermost relations come last.
    for columns in reversed(list(scope.values())):
        if name in columns:
            yield columns[name]
    if name in before:
        yield before[name]
