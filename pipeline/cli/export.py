"""`trialhouse export`: the warehouse as Parquet."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape

from pipeline.cli.terminal import as_json, console, fail, load_settings, print_json, progress, reads_warehouse


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@reads_warehouse
@click.option("--force", is_flag=True, help="Replace DIR though it holds what no export wrote; that is deleted.")
@as_json
def export(folder: Path, warehouse: Path | None, force: bool, as_json: bool) -> None:
    """Write the warehouse to DIR as Parquet.

    A file a table and view, with the dictionary and the sources' attribution beside them. An earlier export in DIR is
    replaced as a whole. Personal columns are exported as they are in the warehouse.

    \b
    trialhouse export out/
    """
    from pipeline.showing import export as exports
    from pipeline.showing.published import UnreadableError
    from pipeline.showing.wording import size

    chosen = load_settings(warehouse=warehouse)
    try:
        with progress():
            exported = exports.export(chosen, folder, force=force)
    except (UnreadableError, exports.ExportError) as error:
        fail(error)
    if as_json:
        print_json(exported.as_json())
        return
    out = console()
    out.print(f"[bold green]exported[/] {len(exported.rows)} tables and views, {size(exported.byte_size)}")
    out.print(f"  to {escape(str(exported.folder))}, with dictionary.md, views.md and ATTRIBUTION.txt beside them")
