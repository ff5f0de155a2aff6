"""The command `trialhouse`: what a person types, and what they read back.

Here belongs the terminal only: options, progress, summaries, exit statuses. Whatever a command does is a function
elsewhere, so that Dagster and tests do the same.

Exit status 0 means done, 1 that something failed (named in one line), 2 that the command was typed wrongly, 3 that
`--strict` found documents in quarantine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn

import click
import msgspec
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
from rich.table import Table as Grid

from pipeline import settings
from pipeline.progress import Reporter, listening
from pipeline.settings import SettingsError

if TYPE_CHECKING:
    from pipeline.runner import Summary

_FAILED: Final = 1
_NOT_STRICT: Final = 3
_SHOWN: Final = 10


def _console(*, error: bool = False) -> Console:
    """Return a console that colours only on a terminal, and does not break lines of a pipe."""
    return Console(stderr=error, soft_wrap=True, highlight=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trialhouse")
def main() -> None:
    """Trialhouse: raw trial pages and register records in, a validated DuckDB warehouse out.

    Start with `trialhouse build`, which reads raw/ and publishes warehouse/trials.duckdb, and open that file with
    DuckDB: `duckdb -readonly warehouse/trials.duckdb`.
    """


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--warehouse", type=click.Path(path_type=Path), help="The file to publish.  [warehouse/trials.duckdb]")
@click.option("--strict", is_flag=True, help="Exit with 3 where any document was quarantined.")
@click.option("--accept-loss", is_flag=True, help="Publish though many trials vanished or columns emptied.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def build(paths: tuple[Path, ...], warehouse: Path | None, strict: bool, accept_loss: bool, as_json: bool) -> None:
    """Read the documents under PATHS and publish the warehouse.

    PATHS are files or folders, raw/ by default: saved pages as text or HTML, ClinicalTrials.gov's JSON or XML, plain,
    gzipped or in a zip. What a file is, its content tells. Nothing is published unless every check passes.

    \b
    trialhouse build                               read raw/
    trialhouse build pages/ ctg-studies.json.zip   read these
    trialhouse build pages/ --warehouse test.duckdb
    """
    from pipeline.runner import run_build  # loads Dagster, which takes seconds

    chosen = _settings(warehouse=warehouse)
    with _progress() as listener:
        summary = run_build(paths, chosen, is_configured=warehouse is None, accept_loss=accept_loss, listener=listener)
    if as_json:
        click.echo(json.dumps(summary.as_json(), indent=2))
    else:
        _print_summary(summary)
    if summary.problem:
        sys.exit(_FAILED)
    if strict and summary.quarantined:
        sys.exit(_NOT_STRICT)


class _Day(click.ParamType[Any]):
    """A day, or `last`."""

    name = "DATE|last"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's
        if value == "last" or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day: write YYYY-MM-DD, or `last`", param, ctx)


@main.group()
def fetch() -> None:
    """Download studies from a register into raw/."""


@fetch.command()
@click.option("--query", help="Only studies that match these words, in the register's search syntax.")
@click.option(
    "--since",
    type=_Day(),
    help="Only studies posted on this day (YYYY-MM-DD) or later; `last` goes on from the last fetch.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only so many studies.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON.")
def ctgov(query: str | None, since: date | Literal["last"] | None, limit: int | None, as_json: bool) -> None:
    """Download studies from ClinicalTrials.gov's API into raw/ctgov/.

    A fetch that broke goes on where it stopped when it is started again. Studies come into raw/ together, once as many
    have come as the register counts.

    \b
    trialhouse fetch ctgov                             the whole register (about 10 GB)
    trialhouse fetch ctgov --since last                what changed since then
    trialhouse fetch ctgov --query "liver cirrhosis" --limit 100
    """
    from pipeline.registers.ctgov_api import FetchError
    from pipeline.registers.fetch import fetch as fetch_studies

    try:
        with _progress() as listener, listening(listener):
            fetched = fetch_studies(_settings(), query=query, since=since, limit=limit)
    except FetchError as error:
        _fail(str(error))
    manifest = fetched.manifest
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(manifest), indent=2))
        return
    console = _console()
    console.print(f"[bold]{manifest.studies:,} studies[/] in {manifest.pages:,} pages came to {fetched.folder}")
    if manifest.vanished:
        console.print(
            f"  {len(manifest.vanished):,} studies vanished from the register: {', '.join(manifest.vanished[:_SHOWN])}"
        )
    if manifest.surplus:
        console.print(f"  {manifest.surplus:+,} studies here beyond the register's count: a full fetch tells which")
    console.print("Next: trialhouse build")


@main.command()
@click.argument("trial_id")
@click.option("--warehouse", type=click.Path(path_type=Path), help="The file to read.  [warehouse/trials.duckdb]")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def show(trial_id: str, warehouse: Path | None, as_json: bool) -> None:
    """Show the trial TRIAL_ID on one screen: arms, outcomes by time, sites, disagreements, where it comes from.

    Any of its registry numbers will do.

    \b
    trialhouse show NCT04357600
    """
    from pipeline.showing import show as trials
    from pipeline.showing.published import UnreadableError, reading

    try:
        with reading(_settings(warehouse=warehouse).warehouse) as connection:
            shown = trials.read(connection, trial_id)
    except (UnreadableError, trials.UnknownTrialError) as error:
        _fail(str(error))
    if as_json:
        click.echo(json.dumps(shown.as_json(), indent=2, ensure_ascii=False, default=str))
    else:
        trials.screen(shown, Console(highlight=False))


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--warehouse", type=click.Path(path_type=Path), help="The file to read.  [warehouse/trials.duckdb]")
@click.option("--force", is_flag=True, help="Replace DIR though it holds what no export wrote; that is deleted.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def export(folder: Path, warehouse: Path | None, force: bool, as_json: bool) -> None:
    """Write the warehouse to DIR as Parquet, a file a table and view, with its dictionary and the sources' attribution.

    An earlier export in DIR is replaced as a whole. Personal columns are exported as they are in the warehouse.

    \b
    trialhouse export out/
    """
    from pipeline.showing import export as exports
    from pipeline.showing.published import UnreadableError
    from pipeline.showing.wording import size

    try:
        with _progress() as listener, listening(listener):
            exported = exports.export(_settings(warehouse=warehouse), folder, force=force)
    except (UnreadableError, exports.ExportError) as error:
        _fail(str(error))
    if as_json:
        click.echo(json.dumps(exported.as_json(), indent=2))
        return
    console = _console()
    console.print(f"[bold green]exported[/] {len(exported.rows)} tables and views, {size(exported.byte_size)}")
    console.print(f"  to {escape(str(exported.folder))}, with dictionary.md, views.md and ATTRIBUTION.txt beside them")


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--warehouse", type=click.Path(path_type=Path), help="The file to read.  [warehouse/trials.duckdb]")
@click.option("--trial", metavar="TRIAL_ID", help="The trial whose schedule of assessments is drawn.")
def report(file: Path | None, warehouse: Path | None, trial: str | None) -> None:
    """Write a page on what is in the warehouse to FILE, by default report.html beside it.

    The page stands alone: one HTML file that needs no network and runs no script.

    \b
    trialhouse report
    trialhouse report one.html --trial NCT04357600
    """
    from pipeline.showing import report as reports
    from pipeline.showing.published import UnreadableError

    try:
        written = reports.write(_settings(warehouse=warehouse), file, trial=trial)
    except (UnreadableError, reports.ReportError) as error:
        _fail(str(error))
    _console().print(f"[bold green]written[/] {escape(str(written))}")


@main.group()
def quarantine() -> None:
    """See what could not be read, and what to do about it.

    Every build reads what stands in quarantine again once its file or the reading code has changed.
    """


@quarantine.command("list")
@click.option("--warehouse", type=click.Path(path_type=Path), help="The file to read.  [warehouse/trials.duckdb]")
@click.option("--action", type=click.Choice(["DOCUMENT", "ROW", "CELL"]), help="Only whole documents, rows or cells.")
@click.option("--rule", help="Only what broke this rule.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print the entries as JSON.")
def list_quarantine(warehouse: Path | None, action: str | None, rule: str | None, limit: int, as_json: bool) -> None:
    """List what stands in quarantine."""
    from pipeline.showing import quarantined
    from pipeline.showing.published import UnreadableError

    try:
        found, total = quarantined.entries(
            _settings(warehouse=warehouse).warehouse, rule=rule, action=action, limit=limit
        )
    except UnreadableError as error:
        _fail(str(error))
    if as_json:
        click.echo(json.dumps([entry._asdict() for entry in found], indent=2, ensure_ascii=False, default=str))
        return
    console = _console()
    for entry in found:
        place = ".".join(part for part in (entry.table_name, entry.column_name) if part)
        console.print(f"{entry.action:<9}[bold]{escape(entry.uri)}[/] {place} ({entry.rule}): {escape(entry.reason)}")
    if total > len(found):
        console.print(f"… and {total - len(found):,} more: raise --limit")
    elif not total:
        console.print("Nothing stands in quarantine.")


@quarantine.command("show")
@click.argument("document")
@click.option("--warehouse", type=click.Path(path_type=Path), help="The file to read.  [warehouse/trials.duckdb]")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_quarantined(document: str, warehouse: Path | None, as_json: bool) -> None:
    """Show all that is known of DOCUMENT: its uri, or enough of its end to be told from others."""
    from pipeline.showing import quarantined
    from pipeline.showing.published import UnreadableError

    own = _settings(warehouse=warehouse)
    try:
        shown = quarantined.show(own.warehouse, document, own)
    except (UnreadableError, quarantined.NotInQuarantineError) as error:
        _fail(str(error))
    if as_json:
        told = shown._asdict() | {"entries": [entry._asdict() for entry in shown.entries]}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False, default=str))
        return
    console = _console()
    console.print(f"[bold]{escape(shown.uri)}[/]\n  file: {escape(shown.place)}")
    for name, value in shown.facts.items():
        console.print(f"  {name}: {escape(value)}")
    for entry in shown.entries:
        console.print(f"  {entry.action} ({entry.rule}): {escape(entry.reason)}")
    for remedy in shown.remedies:
        console.print(f"  [bold]do:[/] {escape(remedy)}")
    for line in shown.head:
        console.print(f"  │ {escape(line)}")


@main.command()
@click.argument("time_frame")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def timepoints(time_frame: str, as_json: bool) -> None:
    """Show how TIME_FRAME, the words that say when an outcome is assessed, becomes rows, and which words they rest on.

    \b
    trialhouse timepoints "Baseline, then every 3 months up to 2 years"
    """
    from pipeline.normalize.timepoints import read

    rows = read(time_frame)
    if as_json:
        click.echo(json.dumps([row._asdict() for row in rows], indent=2, ensure_ascii=False))
        return
    console = _console()
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
        console.print(f"{time_frame}\n{marks}", markup=False)
    console.print(grid)


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


def _settings(**chosen: Any) -> settings.Settings:  # noqa: ANN401 - a command's options
    try:
        return settings.load(**chosen)
    except SettingsError as error:
        _fail(str(error))


def _fail(problem: str) -> NoReturn:
    _console(error=True).print(f"[bold red]trialhouse:[/] {escape(problem)}")
    sys.exit(_FAILED)


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
def _progress() -> Iterator[Reporter]:
    """Give a bar on a terminal; a pipe or a log gets none."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(show_speed=True),
        TextColumn("{task.fields[documents]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_console(error=True), transient=True) as progress:
        yield _Bar(progress)


def _print_summary(summary: Summary) -> None:
    console = _console()
    status = summary.status()
    if summary.found:
        loaded, refused, twice = status["LOADED"], summary.quarantined, status["DUPLICATE"]
        console.print(
            f"[bold]{summary.found.documents.height:,} documents[/]: {loaded:,} loaded, {refused:,} quarantined, "
            f"{twice:,} duplicate"
        )
        for uri, rule, reason in summary.found.refused()[:_SHOWN]:
            console.print(f"  quarantined [bold]{escape(uri)}[/] ({rule}): {escape(reason)}")
        if summary.quarantined > _SHOWN:
            console.print(f"  … and {summary.quarantined - _SHOWN} more: trialhouse quarantine list")
    if not summary.published:
        _console(error=True).print(f"[bold red]not published:[/] {escape(summary.problem or '')}")
        return
    grid = Grid(box=None, show_header=False, pad_edge=False)
    filled = [(name, rows) for name, rows in summary.rows.items() if rows]
    for name, rows in filled:
        grid.add_row(f"  {name}", f"{rows:,}")
    console.print(grid)
    verb = "unchanged" if summary.unchanged else "published"
    sample = ", from the sample that comes with the project" if summary.found and summary.found.is_sample else ""
    console.print(f"[bold green]{verb}[/] {summary.warehouse}{sample} in {summary.seconds:.1f} s")
    if summary.problem:
        _console(error=True).print(f"[bold red]but:[/] {escape(summary.problem)}")
