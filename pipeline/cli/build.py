"""`trialhouse build`: from documents to the published file, and the summary of what became of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.markup import escape
from rich.table import Table as Grid

from pipeline.cli.terminal import FAILED, as_json, console, fail, load_settings, print_json, progress
from pipeline.starting import start

if TYPE_CHECKING:
    from pipeline.runner import Summary

_NOT_STRICT: Final = 3
_SHOWN: Final = 10


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--warehouse", type=click.Path(path_type=Path), help="The file to publish.  [warehouse/trials.duckdb]")
@click.option("--strict", is_flag=True, help="Exit with 3 where any document was quarantined.")
@click.option("--accept-loss", is_flag=True, help="Publish though many trials vanished or columns emptied.")
@as_json
def build(paths: tuple[Path, ...], warehouse: Path | None, strict: bool, accept_loss: bool, as_json: bool) -> None:
    """Read documents and publish the warehouse.

    PATHS are files or folders, raw/ by default: saved pages as text or HTML, ClinicalTrials.gov's JSON or XML, plain,
    gzipped or in a zip. What a file is, its content tells. Nothing is published unless every check passes.

    \b
    trialhouse build                               read raw/
    trialhouse build pages/ ctg-studies.json.zip   read these
    trialhouse build pages/ --warehouse test.duckdb
    """
    chosen = load_settings(warehouse=warehouse)
    with progress("starting") as bar:
        start(paths or (chosen.raw,), chosen)
        from pipeline.building.views import ViewError
        from pipeline.home import HomeError

        try:
            from pipeline.runner import run_build  # loads Dagster and the views, which takes seconds

            summary = run_build(paths, chosen, is_configured=warehouse is None, accept_loss=accept_loss, listener=bar)
        except (HomeError, ViewError) as error:
            fail(error)
    if as_json:
        print_json(summary.as_json())
    else:
        _print_summary(summary)
    if summary.problem:
        sys.exit(FAILED)
    if strict and summary.refused:
        sys.exit(_NOT_STRICT)


def _print_summary(summary: Summary) -> None:
    out, error = console(), console(error=True)
    if summary.from_sample is not None:
        _print_documents(summary.documents, summary.refused)
    if not summary.published:
        # The problem may open with the same words, since it stands alone in the UI.
        problem = (summary.problem or "").removeprefix("not published, ")
        error.print(f"[bold red]not published:[/] {escape(problem)}")
        return
    grid = Grid(box=None, show_header=False, pad_edge=False)
    for name, rows in summary.rows.items():
        if rows:
            grid.add_row(f"  {name}", f"{rows:,}")
    out.print(grid)
    verb = "unchanged" if summary.unchanged else "published"
    sample = ", from the sample that comes with the project" if summary.from_sample else ""
    out.print(f"[bold green]{verb}[/] {escape(str(summary.warehouse))}{sample} in {summary.seconds:.1f} s")
    if summary.from_sample:
        out.print(
            "Next: look around with `trialhouse show`, `trialhouse report` or `make ui`; put your pages into raw/"
        )
    if summary.problem:
        error.print(f"[bold red]but:[/] {escape(summary.problem)}")


def _print_documents(status: Mapping[str, int], refused: Sequence[tuple[str, str, str]]) -> None:
    """Print what became of the documents: found is loaded, quarantined and duplicate together."""
    out, found = console(), sum(status.values())
    loaded, quarantined, duplicate = (status.get(name, 0) for name in ("LOADED", "QUARANTINED", "DUPLICATE"))
    # What is no document at all (a pipe, a folder that cannot be listed) stands in quarantine beside them.
    others = len(refused) - quarantined
    beside = f", and {others:,} that could not be looked into" if others else ""
    counts = f"{loaded:,} loaded, {quarantined:,} quarantined, {duplicate:,} duplicate"
    out.print(f"[bold]{found:,} document{'' if found == 1 else 's'}[/]: {counts}{beside}")
    for uri, rule, reason in refused[:_SHOWN]:
        out.print(f"  quarantined [bold]{escape(uri)}[/] ({rule}): {escape(reason)}")
    if len(refused) > _SHOWN:
        out.print(f"  … and {len(refused) - _SHOWN:,} more: trialhouse quarantine list")
