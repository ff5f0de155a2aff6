"""The command `trialhouse`: what a person types, and what they read back. One module a command, named as it is typed.

Here belongs the terminal only: options, progress, summaries, exit statuses. Whatever a command does is a function
elsewhere, so that Dagster and tests do the same. A module loads what its command needs inside the command, so that
`trialhouse --help` answers at once.
"""

from __future__ import annotations

import click

from pipeline.cli.build import build
from pipeline.cli.export import export
from pipeline.cli.fetch import fetch
from pipeline.cli.quarantine import quarantine
from pipeline.cli.report import report
from pipeline.cli.show import show
from pipeline.cli.timepoints import timepoints


class _InOrder(click.Group):
    """Commands in the order in which a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trialhouse")
def main() -> None:
    """Trialhouse: raw trial pages and register records in, a validated DuckDB warehouse out.

    Start with `trialhouse build`, which reads raw/ and publishes warehouse/trials.duckdb, and open that file with
    DuckDB: `duckdb -readonly warehouse/trials.duckdb`.

    Exit status: 0 done, 1 something failed (named in one line on stderr), 2 mistyped command, 3 documents in
    quarantine under `build --strict`.
    """


for _command in (build, show, report, export, quarantine, fetch, timepoints):
    main.add_command(_command)
