"""`trialhouse show`: one trial on one screen."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from pipeline.cli.terminal import as_json, fail, load_settings, print_json, reads_warehouse


@click.command()
@click.argument("trial_id")
@reads_warehouse
@as_json
def show(trial_id: str, warehouse: Path | None, as_json: bool) -> None:
    """Show one trial on one screen.

    Its arms, its outcomes by time, its sites, where its documents disagree, and where it comes from. Any of its
    registry numbers will do for TRIAL_ID.

    \b
    trialhouse show NCT04357600
    """
    from pipeline.showing import show as trials
    from pipeline.showing.published import UnreadableError, reading

    try:
        with reading(load_settings(warehouse=warehouse).warehouse) as connection:
            shown = trials.read(connection, trial_id)
    except (UnreadableError, trials.UnknownTrialError) as error:
        fail(error)
    if as_json:
        print_json(shown.as_json())
    else:
        trials.screen(shown, Console(highlight=False))
