"""Publishing: a warehouse is built aside, and replaces the published file by one rename.

Here belongs what makes that safe: one builder at a time, space before a build, a file that is closed, synced and
read-only before it is renamed. What is in the file is `build`'s.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl

from pipeline.legible import printable
from pipeline.lock import HeldError, held
from pipeline.progress import reporter

_READ_ONLY: Final = 0o444


class PublishError(RuntimeError):
    """Nothing was published; the message says why and what to do. What was published before stays."""


@contextmanager
def told_in_words() -> Iterator[None]:
    """Let a disk, a permission or a memory that fails a build be told in one sentence with a remedy.

    Raises:
        PublishError: in the place of what the operating system, DuckDB or Polars said.
    """
    try:
        yield
    except OSError as error:
        where = printable(str(error.filename)) if error.filename else "a file of the build"
        raise PublishError(f"{where}: {error.strerror or error}; {_REMEDIES.get(error.errno or 0, _REMEDY)}") from error
    except duckdb.OutOfMemoryException as error:
        raise PublishError(f"DuckDB's memory does not suffice: raise the setting memory_limit; {_STAYS}") from error
    except (
        duckdb.IOException,
        duckdb.TransactionException,
        duckdb.FatalException,
        pl.exceptions.PolarsError,
    ) as error:
        remedy = _REMEDIES[errno.ENOSPC] if "no space left" in str(error).casefold() else _REMEDY
        raise PublishError(f"{printable(str(error), 300)}; {remedy}") from error
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # DuckDB's words for Ctrl-C
            raise PublishError(STOPPED) from error
        raise


_STAYS: Final = "what was published before stays"
STOPPED: Final = f"stopped before it was done; {_STAYS}, what was read is kept for the next build"
"""What is said of a build that somebody ended."""
_REMEDY: Final = f"see to it and build again, {_STAYS}"
_REMEDIES: Final = {
    errno.ENOSPC: f"free some space and build again, {_STAYS}",
    errno.EDQUOT: f"free some space and build again, {_STAYS}",
    errno.EACCES: f"allow it to be written, or name another place with --warehouse; {_STAYS}",
    errno.EPERM: f"allow it to be written, or name another place with --warehouse; {_STAYS}",
    errno.EROFS: f"allow it to be written, or name another place with --warehouse; {_STAYS}",
}


@contextmanager
def one_builder(warehouse: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock of a warehouse while it is built.

    Args:
        warehouse: the file to be published.
        wait: how many seconds to wait for another builder.

    Raises:
        PublishError: naming who builds, where the lock was not to be had.
    """
    with ExitStack() as stack:
        try:
            warehouse.parent.mkdir(parents=True, exist_ok=True)
            lock = warehouse.parent / f".{warehouse.name}.lock"
            stack.enter_context(held(lock, wait, lambda holder: reporter().begin(f"waiting for {holder}", None)))
        except HeldError as error:
            raise PublishError(f"{warehouse} is being built by {error.holder}: wait or stop it") from None
        except OSError as error:
            raise PublishError(
                f"{warehouse.parent} cannot be written ({error.strerror}): allow it or name another file with "
                "--warehouse"
            ) from None
        yield


@contextmanager
def aside(warehouse: Path) -> Iterator[Path]:
    """Give a folder beside the warehouse to build in; it is gone afterwards, and what a killed build left with it."""
    prefix = f".{warehouse.name}-"
    # Not what begins so and is another warehouse's, whose builder may be at work in it.
    ours = re.compile(re.escape(prefix) + r"[a-z0-9_]{8}")
    for left in warehouse.parent.iterdir():
        if ours.fullmatch(left.name):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=warehouse.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def need_space(folder: Path, wanted: int) -> None:
    """Refuse to begin where `wanted` bytes would not fit.

    Raises:
        PublishError: saying how much is free and how much is needed.
    """
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise PublishError(
            f"{folder} has {free >> 20} MiB free and the build may need {wanted >> 20} MiB: free some space first"
        )


def publish(built: Path, warehouse: Path) -> None:
    """Put the closed file `built` in the place of `warehouse`, in one step.

    Raises:
        PublishError: where the file was not closed properly or the target cannot be written.
    """
    if built.with_name(f"{built.name}.wal").exists():
        raise PublishError(f"{built} was not closed: its write-ahead log is still there")
    try:
        built.chmod(_READ_ONLY)
        with built.open("rb") as handle:
            os.fsync(handle.fileno())
        # A log left beside the published file by somebody who wrote to it would make the new file unreadable.
        warehouse.with_name(f"{warehouse.name}.wal").unlink(missing_ok=True)
        built.replace(warehouse)
        folder = os.open(warehouse.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise PublishError(f"{warehouse} cannot be replaced: {error.strerror}; nothing was published") from None


def log_run(log: Path, run: dict[str, Any]) -> list[dict[str, Any]]:
    """Add a run to the log of runs, one JSON object a line, and return all of them, each run once.

    A line that a killed build left unfinished is passed over.
    """
    with log.open("a+", encoding="utf-8", errors="replace") as handle:
        handle.seek(0)
        runs: dict[str, dict[str, Any]] = {}
        for line in handle:
            with suppress(ValueError, TypeError, KeyError):
                told = json.loads(line)
                runs[told["run_id"]] = told
        handle.write("\n" + json.dumps(run) + "\n")
    runs[run["run_id"]] = run
    return list(runs.values())
