"""The digest that decides what is read again."""

from __future__ import annotations

from conftest import ROOT

from pipeline.code_version import NOT_READING, READING


def test_every_register_module_is_judged() -> None:
    """A new reader that the digest does not cover would leave yesterday's rows in place after a fix."""
    judged = set(READING) | set(NOT_READING)
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pipeline" / "registers").glob("*.py")}
    assert there <= judged
    assert all((ROOT / name).exists() for name in judged)
