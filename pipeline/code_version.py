"""The digest of everything that decides what a document's rows are: reading and normalising code, and vocabularies.

Rows that were extracted under another digest are extracted anew. Here belongs only which files count; nobody types a
version by hand.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parent.parent
READING: Final = (
    "pipeline/decode.py",
    "pipeline/html.py",
    "pipeline/layouts",
    "pipeline/lines.py",
    "pipeline/normalize",
    "pipeline/quarantine.py",
    "pipeline/read.py",
    "pipeline/records.py",
    "pipeline/registers/criteria.py",
    "pipeline/registers/ctgov_json.py",
    "pipeline/registers/ctgov_xml.py",
    "pipeline/registers/errors.py",
    "pipeline/registers/links.py",
    "pipeline/registers/shape.py",
    "pipeline/sniff.py",
    "pipeline/tabulate.py",
    "pipeline/values.py",
    "pipeline/words.py",
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


@cache
def code_version() -> str:
    """Return the first 16 hex digits of the SHA-256 over the reading code's files, by name."""
    digest = hashlib.sha256()
    for part in READING:
        place = _ROOT / part
        files = (
            [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.suffix in (".py", ".toml", ".csv"))
        )
        for file in files:
            digest.update(file.relative_to(_ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
