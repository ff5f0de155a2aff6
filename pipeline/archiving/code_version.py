"""Digests of code: of what decides a document's rows, of what decides a whole warehouse, and of what draws its report.

Rows that were extracted under another digest are extracted anew; a warehouse that was built under another one is built
anew, and a report that was drawn under another one drawn anew. Here belongs only which files count; nobody types a
version by hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import duckdb

_ROOT: Final = Path(__file__).parent.parent.parent
READING: Final = (
    "pipeline/layouts",
    "pipeline/normalize",
    "pipeline/reading",
    "pipeline/registers/criteria.py",
    "pipeline/registers/ctgov_json.py",
    "pipeline/registers/ctgov_xml.py",
    "pipeline/registers/errors.py",
    "pipeline/registers/links.py",
    "pipeline/registers/shape.py",
    "schemas",
)
"""Modules and packages whose change may change a row."""
NOT_READING: Final = (
    "pipeline/registers/__init__.py",
    "pipeline/registers/ctgov_api.py",
    "pipeline/registers/fetch.py",
    "pipeline/registers/split.py",
)
"""Modules of the same rooms that bring bytes, and decide nothing about them."""


BUILDING: Final = (*READING, "pipeline/archiving", "pipeline/building", "warehouse/*/*.sql")
"""Modules, packages and SQL whose change may change what a warehouse says of the same rows."""
SHOWING: Final = ("pipeline/showing", "pipeline/legible.py", "schemas")
"""Modules and templates whose change may change what a report shows of the same warehouse."""
_KINDS: Final = (".py", ".toml", ".csv", ".sql", ".jinja")


@cache
def code_version() -> str:
    """Return the first 16 hex digits of the SHA-256 over the reading code's files, by name."""
    return digest(READING)[:16]


@cache
def build_version() -> str:
    """Return the SHA-256 over all code that a filled warehouse depends on, and the version of DuckDB."""
    return hashlib.sha256(f"{duckdb.__version__} {digest(BUILDING)}".encode()).hexdigest()


@cache
def report_version() -> str:
    """Return the SHA-256 over all code that a report depends on."""
    return digest(SHOWING)


def digest(parts: Iterable[str], root: Path = _ROOT) -> str:
    """Return the SHA-256 over the files of `parts` (patterns of files and folders below `root`), by name."""
    told = hashlib.sha256()
    for part in parts:
        files = [file for place in root.glob(part) for file in ([place] if place.is_file() else place.rglob("*"))]
        for file in sorted(file for file in files if file.suffix in _KINDS):
            told.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return told.hexdigest()
