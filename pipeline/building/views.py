"""The views and macros of the warehouse: reading their SQL, creating them, and the catalogue of what they offer.

Here belongs what is done with the files under `warehouse/`: a folder there is a schema, a file is one view or table
macro. What a view says is in its file; what tables hold is in `schemas`; when views are created is the build's.

A file opens with a comment and goes on with one `CREATE VIEW` or `CREATE MACRO … AS TABLE`. The comment says, in this
order: what one row is, and more paragraphs where needed; `Parameters:` and `Columns:`, one indented `name: meaning` a
line; `Example: what it asks.` and below it an indented query. A column without a meaning has that of the column of its
name in the first table that the view reads. Every table is written with its schema: the search path does not matter.

Print the catalogue as a page: `python -m pipeline.building.views > docs/views.md`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final, Literal, NamedTuple

import duckdb

from schemas import TABLES, render

ROOT: Final = Path(__file__).parent.parent.parent / "warehouse"
"""The folder of the SQL files, at the root of the repository."""

_CREATE: Final = re.compile(r"^CREATE (VIEW|MACRO) (\w+)\.(\w+)\b", re.MULTILINE)
_READS: Final = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)\.(\w+)\b")
_ENTRY: Final = re.compile(r"  (\w+): (.*)")


class ViewError(ValueError):
    """A file that is not written as this module asks; the message names the file and the remedy."""


class Column(NamedTuple):
    """A column that a view or macro returns."""

    name: str
    type: str
    description: str


class Parameter(NamedTuple):
    """A parameter of a macro."""

    name: str
    description: str


class Definition(NamedTuple):
    """A view or macro as its file says it."""

    schema: str
    name: str
    kind: Literal["VIEW", "MACRO"]
    description: str
    """Paragraphs apart by an empty line; the first says what one row is."""
    parameters: tuple[Parameter, ...]
    meanings: Mapping[str, str]
    """Column to meaning, of the columns that the file explains itself."""
    question: str
    """What the example asks."""
    example: str
    """A query that runs as it is."""
    reads: tuple[str, ...]
    """The tables and views it reads, `schema.name`, in the order of its text."""
    sql: str

    @property
    def full_name(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"


class View(NamedTuple):
    """A view or macro as its users see it: an entry of the catalogue."""

    schema: str
    name: str
    kind: Literal["VIEW", "MACRO"]
    description: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    question: str
    example: str
    reads: tuple[str, ...]
    """The tables and views it reads, `schema.name`."""
    tables: tuple[str, ...]
    """The tables it rests on, through the views that it reads: what lineage shows."""


# --- the files --------------------------------------------------------------------------------------------------------


@cache
def definitions(root: Path = ROOT) -> tuple[Definition, ...]:
    """Return every view and macro, what is read before what reads it, otherwise by name.

    Raises:
        ViewError: where a file is not written as this module asks, or none is there.
    """
    found = {one.full_name: one for one in map(parse, sorted(root.glob("*/*.sql")))}
    if not found:
        raise ViewError(f"{root} holds no views: run from a checkout, or install a wheel that carries that folder")
    order = TopologicalSorter({name: sorted(set(one.reads) & found.keys()) for name, one in sorted(found.items())})
    return tuple(found[name] for name in order.static_order())


def parse(path: Path) -> Definition:
    """Read one file.

    Raises:
        ViewError: where it is not written as this module asks.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    head = lines[: _end_of_comment(lines)]
    sql = "\n".join(lines[len(head) :]).strip().removesuffix(";")
    created = _CREATE.findall(sql)
    if len(created) != 1 or created[0][1:] != (path.parent.name, path.stem):
        raise ViewError(f"{path}: it must create one view or macro, {path.parent.name}.{path.stem}, and no other")
    parts = _parts([line.removeprefix("--").removeprefix(" ").rstrip() for line in head])
    if not parts["description"] or not parts["example"]:
        raise ViewError(f"{path}: its comment must say what one row is, and end with an example")
    question, example = parts["example"].split("\n", 1)
    return Definition(
        schema=path.parent.name,
        name=path.stem,
        kind="VIEW" if created[0][0] == "VIEW" else "MACRO",
        description="\n\n".join(" ".join(part.split()) for part in parts["description"].split("\n\n")),
        parameters=tuple(Parameter(*entry) for entry in _entries(parts["parameters"])),
        meanings=dict(_entries(parts["columns"])),
        question=question.strip(),
        example="\n".join(line.removeprefix("  ") for line in example.splitlines()),
        reads=tuple(dict.fromkeys(f"{schema}.{name}" for schema, name in _READS.findall(sql))),
        sql=sql,
    )


def _end_of_comment(lines: list[str]) -> int:
    return next((index for index, line in enumerate(lines) if not line.startswith("--")), len(lines))


def _parts(comment: list[str]) -> dict[str, str]:
    """Return the comment's parts by name, each part its lines."""
    parts: dict[str, list[str]] = {"description": [], "parameters": [], "columns": [], "example": []}
    current = "description"
    for line in comment:
        if line in ("Parameters:", "Columns:"):
            current = line.removesuffix(":").lower()
        elif line.startswith("Example:"):
            current = "example"
            parts[current].append(line.removeprefix("Example:"))
        else:
            parts[current].append(line)
    return {name: "\n".join(lines).strip("\n") for name, lines in parts.items()}


def _entries(part: str) -> list[tuple[str, str]]:
    """Return the names and meanings that a part lists; a deeper indented line goes on with the one before."""
    entries: list[tuple[str, str]] = []
    for line in part.splitlines():
        if entry := _ENTRY.fullmatch(line):
            entries.append((entry[1], entry[2]))
        elif entries and line:
            name, meaning = entries.pop()
            entries.append((name, f"{meaning} {line.strip()}"))
    return entries


# --- the database -----------------------------------------------------------------------------------------------------


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every view and macro, with comments, in a database that has the tables and none of them yet.

    Raises:
        ViewError: where one cannot be created; the message names it.
    """
    meanings: dict[str, Mapping[str, str]] = {}
    for one, columns in _created(connection):
        meanings[one.full_name] = _meanings(one, columns, meanings)
        said = " ".join(one.description.split())
        if one.kind == "MACRO":
            connection.execute(f"COMMENT ON MACRO TABLE {one.full_name} IS {_quoted(said)}")
            continue
        connection.execute(f"COMMENT ON VIEW {one.full_name} IS {_quoted(said)}")
        for name, meaning in meanings[one.full_name].items():
            connection.execute(f'COMMENT ON COLUMN {one.full_name}."{name}" IS {_quoted(meaning)}')


def _created(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Definition, dict[str, str]]]:
    """Create every view and macro, and yield each with its columns and their types."""
    for one in definitions():
        try:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {one.schema}")
            connection.execute(one.sql)
            columns = _columns(connection, one)
        except duckdb.Error as error:
            raise ViewError(f"{one.full_name} cannot be created: {error}") from error
        yield one, columns


def _columns(connection: duckdb.DuckDBPyConnection, one: Definition) -> dict[str, str]:
    """Return the columns that a view or macro returns, with their types; a macro is asked with NULLs."""
    call = f"({', '.join('NULL' for _ in _required(one))})" if one.kind == "MACRO" else ""
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE FROM {one.full_name}{call}").fetchall()}


def _required(one: Definition) -> list[str]:
    """Return the parameters of a macro that have no default."""
    signature = one.sql[one.sql.index("(") + 1 : one.sql.index(")")]
    return [part for part in signature.split(",") if ":=" not in part]


def _meanings(one: Definition, columns: Iterable[str], known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return what each column means, as far as it is said: in the file, or of a column of its name that it reads."""
    sources = [known.get(name) or _of_table(name) for name in one.reads]
    found = {}
    for name in columns:
        said = [one.meanings[name]] if name in one.meanings else [each[name] for each in sources if name in each]
        if said:
            found[name] = said[0]
    return found


def _of_table(full_name: str) -> dict[str, str]:
    schema, name = full_name.split(".")
    if schema != "main" or name not in TABLES:
        return {}
    return {column.name: render.comment(column) for column in TABLES[name].columns()}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# --- the catalogue ----------------------------------------------------------------------------------------------------


@cache
def catalogue() -> tuple[View, ...]:
    """Return every view and macro as a warehouse of today's contract has them, in the order of their creation."""
    with duckdb.connect() as connection:
        for table in TABLES.values():
            connection.execute(render.create_table(table))
        views: dict[str, View] = {}
        meanings: dict[str, Mapping[str, str]] = {}
        for one, types in _created(connection):
            meanings[one.full_name] = _meanings(one, types, meanings)
            views[one.full_name] = View(
                schema=one.schema,
                name=one.name,
                kind=one.kind,
                description=one.description,
                parameters=one.parameters,
                columns=tuple(
                    Column(name, type_, meanings[one.full_name].get(name, "")) for name, type_ in types.items()
                ),
                question=one.question,
                example=one.example,
                reads=one.reads,
                tables=tuple(sorted({table for name in one.reads for table in _tables(name, views)})),
            )
    return tuple(views.values())


def _tables(full_name: str, views: Mapping[str, View]) -> tuple[str, ...]:
    return views[full_name].tables if full_name in views else (full_name,)


def page(views: Iterable[View]) -> str:
    """Return the catalogue as a page."""
    views = sorted(views, key=lambda one: (one.schema != "main", one.schema, one.name))
    lines = [
        "# Views and macros",
        "",
        "What the warehouse answers without a join of your own. This page is rendered from `warehouse/` by",
        "`python -m pipeline.building.views`; change it there: a folder is a schema, a file is one view or macro.",
        "",
        "A macro is a view with parameters: it stands in `FROM` with its arguments in brackets. It looks for its",
        "tables in the database in use, so open the warehouse itself, or say `USE` after attaching it. The schema",
        "`ctgov` has the tables of AACT; how they differ is on [a page of its own](aact.md).",
        "",
        "| name | what one row is |",
        "|---|---|",
    ]
    lines += [f"| [`{_shown(one)}`](#{_anchor(one)}) | {_cell(_first(one))} |" for one in views]
    for one in views:
        lines += ["", *_section(one)]
    return "\n".join(lines) + "\n"


def _section(one: View) -> list[str]:
    """Return one view's part of the page."""
    lines = [f"## {_title(one)}", "", one.description]
    if one.parameters:
        lines += ["", "| parameter | meaning |", "|---|---|"]
        lines += [f"| `{name}` | {_cell(meaning)} |" for name, meaning in one.parameters]
    lines += ["", "| column | type | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {type_} | {_cell(meaning)} |" for name, type_, meaning in one.columns]
    reads = ", ".join(f"`{name.removeprefix('main.')}`" for name in one.reads)
    return [*lines, "", f"Reads {reads}.", "", one.question, "", "```sql", f"{one.example};", "```"]


def _shown(one: View) -> str:
    """Return the name as one writes it in a query."""
    return one.name if one.schema == "main" else f"{one.schema}.{one.name}"


def _title(one: View) -> str:
    return f"{_shown(one)}({', '.join(name for name, _ in one.parameters)})" if one.kind == "MACRO" else _shown(one)


def _anchor(one: View) -> str:
    """Return the anchor that a heading gets where Markdown is shown: small letters, hyphens for blanks, no marks."""
    return re.sub(r"[^\w -]", "", _title(one).lower()).replace(" ", "-")


def _first(one: View) -> str:
    return one.description.split("\n\n", 1)[0]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page(catalogue()))
