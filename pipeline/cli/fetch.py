"""`trialhouse fetch`: studies from a register into the raw folder."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, Literal

import click
from rich.markup import escape

from pipeline.cli.terminal import as_json, console, fail, load_settings, print_json, progress

_SHOWN: Final = 10


class _Day(click.ParamType[Any]):
    """A day, or `last`."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's
        if value == "last" or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day: write YYYY-MM-DD, or `last`", param, ctx)


@click.group()
def fetch() -> None:
    """Download studies from a register into raw/."""


@fetch.command()
@click.option("--query", help="Only studies that match these words, in the register's search syntax.")
@click.option(
    "--since",
    type=_Day(),
    metavar="YYYY-MM-DD|last",
    help="Only studies posted on this day or later; `last` goes on from the last fetch.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only so many studies.")
@as_json
def ctgov(query: str | None, since: date | Literal["last"] | None, limit: int | None, as_json: bool) -> None:
    """Download studies from ClinicalTrials.gov's API into raw/ctgov/.

    A fetch that broke goes on where it stopped when it is started again. Studies come into raw/ together, once as many
    have come as the register counts.

    \b
    trialhouse fetch ctgov                             the whole register (about 10 GB)
    trialhouse fetch ctgov --since last                what changed since then
    trialhouse fetch ctgov --query "liver cirrhosis" --limit 100
    """
    import msgspec

    from pipeline.registers.ctgov_api import FetchError
    from pipeline.registers.fetch import fetch as fetch_studies

    chosen = load_settings()
    try:
        with progress("starting"):
            fetched = fetch_studies(chosen, query=query, since=since, limit=limit)
    except FetchError as error:
        fail(error)
    manifest = fetched.manifest
    if as_json:
        print_json(msgspec.to_builtins(manifest))
        return
    out = console()
    out.print(
        f"[bold]{manifest.studies:,} studies[/] in {manifest.pages:,} pages came to {escape(str(fetched.folder))}"
    )
    if manifest.vanished:
        named = ", ".join(manifest.vanished[:_SHOWN])
        out.print(f"  {len(manifest.vanished):,} studies vanished from the register: {named}")
    if manifest.surplus:
        out.print(f"  {manifest.surplus:+,} studies here beyond the register's count: a full fetch tells which")
    out.print("Next: trialhouse build")
