"""The digests that decide what is read and built again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import ROOT

from pipeline.archiving.code_version import BUILDING, NOT_READING, READING, digest


def test_every_register_module_is_judged() -> None:
    """A new reader that the digest does not cover would leave yesterday's rows in place after a fix."""
    judged = set(READING) | set(NOT_READING)
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pipeline" / "registers").glob("*.py")}
    assert there <= judged
    assert all((ROOT / name).exists() for name in judged)


@pytest.mark.parametrize(
    ("file", "read_again"),
    [
        ("pipeline/normalize/vocabulary.toml", True),
        ("pipeline/layouts/crick.py", True),
        ("schemas/codes.py", True),
        ("pipeline/building/merge.py", False),
        ("pipeline/building/history.py", False),
        ("warehouse/main/site_countries.sql", False),
    ],
)
def test_a_change_is_built_though_no_document_changed(tmp_path: Path, file: str, read_again: bool) -> None:
    """A rule that was mended in the code must reach the published file with the next build."""
    for room in ("pipeline", "schemas", "warehouse"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("*.duckdb", ".*", "__pycache__"))
    before = digest(READING, tmp_path), digest(BUILDING, tmp_path)
    assert before == (digest(READING), digest(BUILDING))
    with (tmp_path / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    assert (digest(READING, tmp_path) != before[0], digest(BUILDING, tmp_path) != before[1]) == (read_again, True)
