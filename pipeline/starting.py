"""Starting `trialhouse build` soon: a second of loading that is spent well.

Here belongs only what makes the start faster. Nothing here decides what a build does.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Final

from pipeline.settings import Settings

_LIBRARIES: Final = ("dagster", "dagster._core.storage.event_log", "polars", "pandera.polars")
_YOUNG: Final = 200_000
"""How many new objects let Python look for garbage."""
_MUCH: Final = 16 << 20
"""How many bytes of young files are surely worth workers."""
_GLANCE: Final = 1000
"""How many files are looked at: to look at all of them is the build's business."""


def start(paths: Iterable[Path], settings: Settings) -> None:
    """Load the libraries of a build; where it will have much to read, let its workers load theirs beside it.

    Python would look for garbage hundreds of times while the libraries load, and for half a second more among their
    objects when the program ends: those stay, and are set apart.
    """
    gc.set_threshold(_YOUNG)
    if is_much_young(paths, settings.warehouse):
        from pipeline import workers

        workers.prepare(settings.workers)
    for library in _LIBRARIES:
        import_module(library)
    if "duckdb" not in sys.modules:  # it complains, at the end, of its objects that nobody looked at
        gc.freeze()


def is_much_young(paths: Iterable[Path], warehouse: Path) -> bool:
    """Return whether large files under `paths` were changed since the warehouse was published, if it ever was."""
    size = 0
    with suppress(OSError):  # whoever reads them tells what is wrong
        since = warehouse.stat().st_mtime if warehouse.exists() else 0.0
        for file in islice(_files(paths), _GLANCE):
            stat = file.stat()
            size += stat.st_size if max(stat.st_mtime, stat.st_ctime) > since else 0
    return size > _MUCH


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from path.rglob("*") if path.is_dir() else (path,)
