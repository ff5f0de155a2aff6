"""The export: that it loses nothing, says where it comes from, and never costs anybody a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result
from warehouses import hostile, trial, write

from pipeline import settings
from pipeline.cli import main
from pipeline.showing.export import MANIFEST, ExportError, export
from schemas import TABLES, render


def run(*words: str) -> Result:
    """Run the command as a script does: no terminal."""
    return CliRunner().invoke(main, ("export", *words))


def assert_lossless(warehouse: Path, folder: Path) -> None:
    """Fail where a file of the export holds other rows or types than the warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        relations = {f"tables/{name}.parquet": f"main.{name}" for name in TABLES}
        found = connection.execute("SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        relations |= {f"views/{schema}/{name}.parquet": f"{schema}.{name}" for schema, name in found}
        assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")} == set(relations)
        for path, relation in relations.items():
            read = "read_parquet('{}')".format(str(folder / path).replace("'", "''"))
            ours = connection.execute(f"DESCRIBE FROM {relation}").fetchall()
            assert [row[:2] for row in connection.execute(f"DESCRIBE FROM {read}").fetchall()] == [
                row[:2] for row in ours
            ], path
            for one, other in ((relation, read), (read, relation)):
                lost = connection.execute(f"FROM {one} EXCEPT ALL FROM {other}").fetchall()
                assert not lost, (path, lost[:1])


def test_sample_comes_back_whole(sample_file: Path, tmp_path: Path) -> None:
    """An export that changes a value, a type or a row is no copy."""
    told = run(str(tmp_path / "out"), "--warehouse", str(sample_file), "--json")
    assert told.exit_code == 0, told.output
    rows = json.loads(told.stdout)["rows"]
    assert rows["tables/trials.parquet"] > 0
    assert_lossless(sample_file, tmp_path / "out")


def test_every_type_comes_back_whole(tmp_path: Path) -> None:
    """Maps, lists, JSON and moments have their own ways to be lost, and the sample does not fill every column."""
    file = hostile(tmp_path / "a.duckdb")
    export(settings.load(warehouse=file), tmp_path / "out's folder")
    assert_lossless(file, tmp_path / "out's folder")


def test_says_what_it_is(sample_file: Path, tmp_path: Path) -> None:
    """Data that is passed on without its meaning and its sources' words breaks their terms."""
    folder = tmp_path / "out"
    export(settings.load(warehouse=sample_file), folder)
    with (folder / "dictionary.csv").open(encoding="utf-8", newline="") as handle:
        assert len(list(csv.DictReader(handle))) == len(render.dictionary())
    assert json.loads((folder / "dictionary.json").read_text()) == render.dictionary()
    assert "# Data dictionary" in (folder / "dictionary.md").read_text()
    assert "trial_overview" in (folder / "views.md").read_text()
    told = (folder / "ATTRIBUTION.txt").read_text()
    assert "U.S. National Library of Medicine" in told
    assert "invented" in told
    manifest = json.loads((folder / MANIFEST).read_text())
    assert manifest["contract_version"]
    assert manifest["from_sample"] is True


def test_replaces_an_earlier_export(tmp_path: Path) -> None:
    """A nightly export must leave tonight's rows only, and nothing of a build beside it."""
    first = write(tmp_path / "a.duckdb", trial("NCT00000001", pain="6 months"))
    second = write(tmp_path / "b.duckdb", trial("NCT00000002", pain="6 months"))
    folder = tmp_path / "here" / "out"
    export(settings.load(warehouse=first), folder)
    export(settings.load(warehouse=second), folder)
    assert_lossless(second, folder)
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_spares_what_it_did_not_write(tmp_path: Path) -> None:
    """Somebody's own files in the folder must not be deleted because its name was typed."""
    file = write(tmp_path / "a.duckdb", trial("NCT00000001", pain="6 months"))
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("all of it")
    told = run(str(folder), "--warehouse", str(file))
    assert told.exit_code == 1
    assert "thesis.txt" in told.output
    assert (folder / "thesis.txt").exists()
    assert run(str(folder), "--warehouse", str(file), "--force").exit_code == 0
    assert not (folder / "thesis.txt").exists()
    (folder / "notes.txt").write_text("added later")
    assert run(str(folder), "--warehouse", str(file)).exit_code == 1
    assert (folder / "notes.txt").exists()


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    """A folder that was made for the export is no reason to refuse."""
    file = write(tmp_path / "a.duckdb", trial("NCT00000001", pain="6 months"))
    (tmp_path / "out").mkdir()
    assert run(str(tmp_path / "out"), "--warehouse", str(file)).exit_code == 0


def test_never_replaces_the_warehouse_or_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--force` on the warehouse's own folder would delete the warehouse."""
    file = write(tmp_path / "a.duckdb", trial("NCT00000001", pain="6 months"))
    with pytest.raises(ExportError, match="holds the warehouse itself"):
        export(settings.load(warehouse=file), tmp_path, force=True)
    inside = tmp_path / "work"
    inside.mkdir()
    monkeypatch.chdir(inside)
    with pytest.raises(ExportError, match="holds the working folder"):
        export(settings.load(warehouse=file), Path(), force=True)
    assert file.exists()


def test_failed_export_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk half-way must not cost the export of yesterday, nor leave half of today's."""
    file = write(tmp_path / "a.duckdb", trial("NCT00000001", pain="6 months"))
    folder = tmp_path / "here" / "out"
    export(settings.load(warehouse=file), folder)

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.showing.export.attribution", full)
    with pytest.raises(ExportError, match="No space left"):
        export(settings.load(warehouse=file), folder)
    assert_lossless(file, folder)
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_two_exports_are_alike(tmp_path: Path) -> None:
    """Files that differ without a reason make every comparison worthless."""
    file = write(tmp_path / "a.duckdb", trial("NCT00000001", pain="Weeks 2, 4, 8 and 12", sleep="6 months"))
    for name in ("one", "two"):
        export(settings.load(warehouse=file), tmp_path / name)
    for path in (tmp_path / "one" / "tables").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / "tables" / path.name).read_bytes(), path.name
