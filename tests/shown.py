"""What the documentation shows, run: statements on the sample's warehouse, commands as a person types them.

In README.md and docs/, a block ```sql is run, and a block ```text behind it must be what came out; a block ```console
holds commands behind `$ ` and what they print. `python tests/shown.py` writes the answers anew.
"""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
from click.testing import CliRunner

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(sql|console)\n(.*?)^```\n(?:\n?```text\n(.*?)^```\n)?", re.M | re.S)


class Shown(NamedTuple):
    """A block that is run."""

    page: Path
    kind: str
    body: str
    answer: str | None
    start: int
    end: int


def blocks(page: Path) -> Iterator[Shown]:
    """Yield the blocks of a page that are run."""
    text = page.read_text()
    for found in _BLOCK.finditer(text):
        yield Shown(page, found[1], found[2], found[3], found.start(), found.end())


def run_sql(connection: duckdb.DuckDBPyConnection, statement: str) -> str:
    """Return what DuckDB prints for the statement."""
    printed = str(connection.sql(statement))
    return "\n".join(line.rstrip() for line in printed.splitlines()) + "\n"


def run_console(body: str, warehouse: Path) -> str:
    """Return the block with what its commands print now."""
    from pipeline.cli import main

    told = []
    for line in body.splitlines():
        if not line.startswith("$ "):
            continue
        program, *words = shlex.split(line[2:])
        assert program == "trialhouse", line
        result = CliRunner().invoke(main, words, env={"TRIALHOUSE_WAREHOUSE": str(warehouse), "COLUMNS": "100"})
        assert result.exit_code == 0, result.output or result.exception
        told += [line, *(printed.rstrip() for printed in result.output.rstrip("\n").splitlines())]
    return "\n".join(told) + "\n"


def answered(shown: Shown, connection: duckdb.DuckDBPyConnection, warehouse: Path) -> str:
    """Return the whole block as it should stand."""
    if shown.kind == "console":
        return f"```console\n{run_console(shown.body, warehouse)}```\n"
    answer = run_sql(connection, shown.body)
    return f"```sql\n{shown.body}```\n\n```text\n{answer}```\n"


SETTINGS = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- /settings -->)", re.S)


def settings_table() -> str:
    """Return every setting as a table for docs/operations.md."""
    from pipeline.settings import Settings

    rows = ["\n| setting | default | what it is |\n|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `{name}` | `{field.default}` | {field.description} |")
    return "\n".join(rows) + "\n\n"


def rewrite(warehouse: Path) -> None:
    """Write the answers of every page anew, and the table of settings."""
    operations = ROOT / "docs" / "operations.md"
    operations.write_text(SETTINGS.sub(lambda _: settings_table(), operations.read_text()))
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for page in PAGES:
            text = page.read_text()
            for shown in reversed(list(blocks(page))):
                if shown.kind == "console" or shown.answer is not None:
                    text = text[: shown.start] + answered(shown, connection, warehouse) + text[shown.end :]
            page.write_text(text)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from datetime import UTC, datetime

    from pipeline import settings, warehouse

    with tempfile.TemporaryDirectory() as folder:
        own = settings.load(warehouse=Path(folder) / "trials.duckdb")
        now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        found = warehouse.read_documents([ROOT / "raw" / "sample"], own, "sample", now)
        rewrite(warehouse.build_warehouse(found, own, "sample", now).warehouse)
