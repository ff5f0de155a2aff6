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
"""How many bytes of files are surely worth workers."""
_LARGE: Final = 4 << 20
"""How many bytes of a file are worth hashing beside the loading."""
_GLANCE: Final = 1000
"""How many files are looked at: to look at all of them is the build's business."""


def start(paths: Iterable[Path], settings: Settings) -> None:
    """Load the libraries of a build, and let what it will surely need begin beside it.

    That is the hashing of large new files and, for a first build of much, the loading of the workers' own libraries.
    Python would look for garbage hundreds of times while the libraries load, and for half a second more among their
    objects when the program ends: those stay, and are set apart.
    """
    gc.set_threshold(_YOUNG)
    new = young(paths, settings.warehouse)
    if not settings.warehouse.exists() and sum(new.values()) > _MUCH:
        from pipeline import workers

        workers.prepare(settings.workers)
    if large := [path for path, size in new.items() if size > _LARGE]:
        from pipeline.archiving import hashes

        hashes.begin_to_hash(large)
    for library in _LIBRARIES:
        import_module(library)
    if "duckdb" not in sys.modules:  # it complains, at the end, of its objects that nobody looked at
        gc.freeze()


def young(paths: Iterable[Path], warehouse: Path) -> dict[Path, int]:
    """Return the files under `paths` that were changed since the warehouse was published, with their sizes."""
    found = {}
    with suppress(OSError):  # whoever reads them tells what is wrong
        since = warehouse.stat().st_mtime if warehouse.exists() else 0.0
        for file in islice(_files(paths), _GLANCE):
            stat = file.stat()
            if max(stat.st_mtime, stat.st_ctime) > since:
                found[file] = stat.st_size
    return found


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from path.rglob("[!.]*") if path.is_dir() else (path,)
