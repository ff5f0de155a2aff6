"""The documentation: what it shows, it ran; what it names, exists."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest
import shown
from conftest import ROOT, SAMPLE, Build

from pipeline.cli import main
from pipeline.settings import Settings

ALL = [(f"{one.page.name}:{one.start}", one) for page in shown.PAGES for one in shown.blocks(page)]


@pytest.mark.parametrize("one", [one for _, one in ALL], ids=[name for name, _ in ALL])
def test_shown_is_what_comes_out(one: shown.Shown, sample: duckdb.DuckDBPyConnection, sample_file: Path) -> None:
    """A query that no longer runs, or answers otherwise, costs a newcomer the first five minutes."""
    if one.kind == "console":
        assert shown.run_console(one.body, sample_file) == one.body
        return
    answer = shown.run_sql(sample, one.body)
    if one.answer is not None:
        assert answer == one.answer, "if the change is meant: python tests/shown.py"


@pytest.mark.parametrize("page", shown.PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a page that was moved leaves its reader alone."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_command_is_documented() -> None:
    """A command that only its author knows is not there for others."""
    told = "\n".join(page.read_text() for page in shown.PAGES)
    for name in main.commands:
        assert f"trialhouse {name}" in told, name


def test_every_setting_is_documented() -> None:
    """An operator finds a setting in docs/operations.md or not at all."""
    found = shown.SETTINGS.search((ROOT / "docs" / "operations.md").read_text())
    assert found
    assert found[0] == shown.settings_table(), "run: python tests/shown.py"
    assert all(field.description for field in Settings.model_fields.values())


def test_readme_names_the_two_commands() -> None:
    """The README promises two commands, and CI runs the second of them."""
    told = (ROOT / "README.md").read_text()
    assert "make warehouse" in told
    assert "make test" in told
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_make_has_what_is_named() -> None:
    """A target that the pages name and the Makefile lacks."""
    told = "\n".join(page.read_text() for page in shown.PAGES)
    there = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)`", told)) <= there


def test_own_pages_take_the_sample_s_place(build: Build, tmp_path: Path) -> None:
    """The tutorial puts a page into raw/ after the sample: no check may stand in its way, nor in the next page's."""
    raw = tmp_path / "raw"
    shutil.copytree(SAMPLE, raw / "sample")
    assert build(raw).rows["trials"] > 1
    shutil.copy(SAMPLE / "ctgov_api_v2.json", raw)
    assert build(raw).rows["trials"] == 1
    # A page that says less than the first one empties no column of the trial that was there.
    shutil.copy(SAMPLE / "crick.T.txt", raw)
    assert build(raw).rows["trials"] == 2
