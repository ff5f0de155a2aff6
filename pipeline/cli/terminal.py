"""What the commands share of the terminal: consoles, options, the settings, the progress bar, failing in one line.

Here belongs nothing that only one command needs, and nothing that would take time to load.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from pipeline import settings
from pipeline.progress import listening
from pipeline.settings import SettingsError

FAILED: Final = 1
"""The exit status of what failed."""

reads_warehouse = click.option(
    "--warehouse", type=click.Path(path_type=Path), help="The file to read.  [warehouse/trials.duckdb]"
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


def console(*, error: bool = False) -> Console:
    """Return a console that colours only on a terminal, and does not break lines of a pipe."""
    return Console(stderr=error, soft_wrap=True, highlight=False)


def print_json(value: object) -> None:
    """Print a value for machines; dates and the like as text."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def fail(problem: object) -> NoReturn:
    """Say in one line what failed, and end with the exit status of what failed."""
    console(error=True).print(f"[bold red]trialhouse:[/] {escape(str(problem))}")
    sys.exit(FAILED)


def load_settings(**chosen: Any) -> settings.Settings:  # noqa: ANN401 - a command's options
    """Return the settings; what cannot be used ends the command."""
    try:
        return settings.load(**chosen)
    except SettingsError as error:
        fail(error)


class _Bar:
    """The progress bar: bytes of documents while reading, distinct texts after that."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None
        self._documents = 0

    def begin(self, step: str, total: int | None) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._documents = 0
        self._task = self._progress.add_task(step, total=total, documents="")

    def advance(self, units: int, documents: int) -> None:
        if self._task is not None:
            self._documents += documents
            told = f"{self._documents:,} documents" if self._documents else ""
            self._progress.update(self._task, advance=units, documents=told)


@contextmanager
def progress(step: str | None = None) -> Iterator[_Bar]:
    """Show on a terminal how far the work is, which begins with `step`; a pipe or a log gets nothing."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(show_speed=True),
        TextColumn("{task.fields[documents]}"),
        TimeRemainingColumn(),
    )
    shown = console(error=True)
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as drawn:
        bar = _Bar(drawn)
        if step:
            bar.begin(step, None)
        with listening(bar):
            yield bar
