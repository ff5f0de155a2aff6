"""`trialhouse report`: a page on what is in the warehouse."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape

from pipeline.cli.terminal import as_json, console, fail, load_settings, print_json, progress, reads_warehouse


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@reads_warehouse
@click.option("--trial", metavar="TRIAL_ID", help="The trial whose schedule of assessments is drawn.")
@as_json
def report(file: Path | None, warehouse: Path | None, trial: str | None, as_json: bool) -> None:
    """Write a page on what is in the warehouse.

    To FILE, by default report.html beside the warehouse. The page stands alone: one HTML file that needs no network and
    runs no script.

    \b
    trialhouse report
    trialhouse report one.html --trial NCT04357600
    """
    chosen = load_settings(warehouse=warehouse)
    with progress("drawing the report"):
        from pipeline.showing import report as reports  # loads the charts' library
        from pipeline.showing.published import UnreadableError

        try:
            written = reports.write(chosen, file, trial=trial)
        except (UnreadableError, reports.ReportError) as error:
            fail(error)
    if as_json:
        print_json({"file": str(written), "byte_size": written.stat().st_size, "trial": trial})
    else:
        console().print(f"[bold green]written[/] {escape(str(written))}")
