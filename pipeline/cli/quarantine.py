"""`trialhouse quarantine`: what could not be read, and what to do about it."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape

from pipeline.cli.terminal import as_json, console, fail, load_settings, print_json, reads_warehouse


@click.group()
def quarantine() -> None:
    """See what could not be read, and what to do about it.

    Every build reads what stands in quarantine again once its file or the reading code has changed.
    """


@quarantine.command("list")
@reads_warehouse
@click.option("--action", type=click.Choice(["DOCUMENT", "ROW", "CELL"]), help="Only whole documents, rows or cells.")
@click.option("--rule", help="Only what broke this rule.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many at most.")
@as_json
def list_quarantine(warehouse: Path | None, action: str | None, rule: str | None, limit: int, as_json: bool) -> None:
    """List what stands in quarantine."""
    from pipeline.showing import quarantined
    from pipeline.showing.published import UnreadableError

    own = load_settings(warehouse=warehouse)
    try:
        found, total = quarantined.entries(own.warehouse, rule=rule, action=action, limit=limit)
    except UnreadableError as error:
        fail(error)
    if as_json:
        print_json([entry._asdict() for entry in found])
        return
    out = console()
    for entry in found:
        place = ".".join(part for part in (entry.table_name, entry.column_name) if part)
        where = f"[bold]{escape(entry.uri)}[/]{' ' if place else ''}{place}"
        out.print(f"{entry.action:<9}{where} ({entry.rule}): {escape(entry.reason)}")
    if total > len(found):
        out.print(f"… and {total - len(found):,} more: raise --limit")
    elif not total:
        chosen = " that fits" if action or rule else ""
        out.print(f"Nothing{chosen} stands in quarantine.")


@quarantine.command("show")
@click.argument("document")
@reads_warehouse
@as_json
def show_quarantined(document: str, warehouse: Path | None, as_json: bool) -> None:
    """Show all that is known of one document.

    DOCUMENT is its uri, or enough of its end to be told from others.
    """
    from pipeline.showing import quarantined
    from pipeline.showing.published import UnreadableError

    own = load_settings(warehouse=warehouse)
    try:
        shown = quarantined.show(own.warehouse, document, own)
    except (UnreadableError, quarantined.NotInQuarantineError) as error:
        fail(error)
    if as_json:
        print_json(shown._asdict() | {"entries": [entry._asdict() for entry in shown.entries]})
        return
    out = console()
    out.print(f"[bold]{escape(shown.uri)}[/]\n  file: {escape(shown.place)}")
    for name, value in shown.facts.items():
        out.print(f"  {name}: {escape(value)}")
    for entry in shown.entries:
        out.print(f"  {entry.action} ({entry.rule}): {escape(entry.reason)}")
    for remedy in shown.remedies:
        out.print(f"  [bold]do:[/] {escape(remedy)}")
    for line in shown.head:
        out.print(f"  │ {escape(line)}")
