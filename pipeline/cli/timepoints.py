"""`trialhouse timepoints`: how a time frame is read."""

from __future__ import annotations

import click
from rich.table import Table as Grid

from pipeline.cli.terminal import as_json, console, fail, print_json
from pipeline.legible import printable


@click.command()
@click.argument("time_frame")
@as_json
def timepoints(time_frame: str, as_json: bool) -> None:
    """Show how a time frame is read.

    TIME_FRAME is the words that say when an outcome is assessed; the rows that come of them are shown, and which words
    each rests on.

    \b
    trialhouse timepoints "Baseline, then every 3 months up to 2 years"
    """
    from pipeline.normalize.timepoints import read

    # On one line, so that the marks stand under the words.
    words = printable(time_frame, len(time_frame))
    if not words:
        fail('there is nothing to read: give the words of a time frame, such as "Week 12"')
    rows = read(words)
    if as_json:
        print_json([row._asdict() for row in rows])
        return
    out = console()
    grid = Grid(box=None, header_style="bold", pad_edge=False)
    for name in ("words", "kind", "start", "end", "every", "cycle", "study days"):
        grid.add_column(name)
    for row in rows:
        grid.add_row(
            row.source_text,
            row.kind,
            _bound(row.start_value, row.start_unit, row.start_anchor, row.start_anchor_role),
            _bound(row.end_value, row.end_unit, row.end_anchor, row.end_anchor_role),
            _amount(row.every_value, row.every_unit),
            "" if row.cycle is None else str(row.cycle),
            _days(row.study_day_low, row.study_day_high),
        )
    for row in rows:
        marks = " " * row.char_start + "^" * (row.char_end - row.char_start)
        out.print(f"{words}\n{marks}", markup=False)
    out.print(grid)


def _days(low: float | None, high: float | None) -> str:
    """Return a span of study days; an open or unknown end is a question mark."""
    if low is None and high is None:
        return ""
    start, end = ("?" if day is None else f"{day:g}" for day in (low, high))
    return start if start == end else f"{start} … {end}"


def _amount(value: float | None, unit: str | None) -> str:
    return "" if value is None else f"{value:g} {unit}"


def _bound(value: float | None, unit: str | None, anchor: str | None, role: str | None) -> str:
    return " ".join(part for part in (_amount(value, unit), anchor or "", f"({role})" if role else "") if part)
