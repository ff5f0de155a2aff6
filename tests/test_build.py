"""The whole way from files to a published file, and what must never happen on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from conftest import NOW, ROOT, SAMPLE, Build

from pipeline import settings, warehouse
from pipeline.archiving import documents
from pipeline.archiving.documents import NoFilesError
from pipeline.building.publish import PublishError, one_builder
from pipeline.reading.words import clean
from pipeline.warehouse import CheckFailedError
from schemas import TABLES

PAGE = SAMPLE / "crick.T.txt"
_NORMALISED = ("country_code", "identifier")
"""Columns that have no codes and yet are not the source's words."""


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    """Return what the query finds in the published file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def content(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all that a warehouse says, but for what depends on the clock."""
    told = {}
    with duckdb.connect(str(file), read_only=True) as connection:
        for name, table in TABLES.items():
            if name == "runs":
                continue
            columns = [c for c in table.by_name if c not in ("ingested_at", "quarantined_at")]
            told[name] = connection.execute(f"SELECT {', '.join(columns)} FROM {name} ORDER BY ALL").fetchall()
    return told


def test_sample_loads_whole(sample: duckdb.DuckDBPyConnection) -> None:
    """Without it a layout could lose its own sample page and nobody would see."""
    left = sample.execute("SELECT uri, status, problem FROM documents WHERE status <> 'LOADED'").fetchall()
    assert left == []
    assert sample.execute("SELECT from_sample FROM warehouse_info").fetchone() == (True,)


def test_evidence_shows_the_words_that_were_read(sample: duckdb.DuckDBPyConnection) -> None:
    """A span that is off by one would send a reader to the wrong words, and nothing else would notice."""
    spans = sample.execute(
        "SELECT e.table_name, e.row_id, e.column_name, string_agg(substr(t.text, e.char_start + 1, "
        "e.char_end - e.char_start), ' ' ORDER BY e.char_start) "
        "FROM evidence e JOIN document_texts t USING (document_id) GROUP BY ALL"
    ).fetchall()
    assert len(spans) > 300
    checked = 0
    for table, row_id, column, words in spans:
        key = {"trials": "trial_id"}.get(table, f"{TABLES[table].kind}_id")
        if key not in TABLES[table].by_name:
            key = f"trial_id || '/{TABLES[table].kind}/' || ordinal"
        if (
            TABLES[table].by_name[column].duckdb_type != "VARCHAR"
            or column in _NORMALISED
            or (TABLES[table].by_name[column].codes)
        ):
            continue
        (value,) = sample.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", [row_id]).fetchone() or (None,)
        assert value == clean(words), (table, row_id, column)
        checked += 1
    assert checked > 200


def test_every_text_value_of_a_page_has_evidence(sample: duckdb.DuckDBPyConnection) -> None:
    """A value without evidence cannot be traced: "nothing lost in silence" would be a claim only."""
    missing = sample.execute(
        "SELECT o.outcome_id FROM outcomes o JOIN document_texts USING (document_id) "
        "ANTI JOIN evidence e ON e.row_id = o.outcome_id AND e.column_name = 'measure' WHERE o.measure IS NOT NULL"
    ).fetchall()
    assert missing == []


def test_same_documents_same_content(build: Build, tmp_path: Path) -> None:
    """A warehouse that depends on the order of files or on the time cannot be compared with yesterday's."""
    first = content(build(SAMPLE).warehouse)
    again = tmp_path / "again"
    again.mkdir()
    own = settings.load(warehouse=again / "trials.duckdb", raw=again, workers=2, batch_bytes=4096)
    found = warehouse.read_documents([SAMPLE], own, "other", NOW)
    second = content(warehouse.build_warehouse(found, own, "other", NOW).warehouse)
    assert second == first


def test_unchanged_is_not_published_again(build: Build) -> None:
    """A nightly run without news must leave readers' files alone."""
    first = build(SAMPLE)
    stamp = first.warehouse.stat().st_mtime_ns
    second = build(SAMPLE)
    assert second.unchanged
    assert first.warehouse.stat().st_mtime_ns == stamp
    assert second.rows == first.rows


def test_published_file_is_read_only_and_alone(build: Build) -> None:
    """A writable file or a left-over log would let one reader break it for all."""
    file = build(SAMPLE).warehouse
    assert file.stat().st_mode & 0o222 == 0
    assert [path.name for path in file.parent.iterdir() if path.name.endswith(".wal")] == []
    assert [path.name for path in file.parent.glob(f".{file.name}-*")] == []


def test_bad_input_is_named_and_costs_nothing_else(build: Build, tmp_path: Path) -> None:
    """One broken file must neither stop the load nor vanish."""
    raw = tmp_path / "in"
    raw.mkdir()
    shutil.copy(PAGE, raw / "good.txt")
    shutil.copy(PAGE, raw / "same.txt")
    (raw / "empty.txt").write_bytes(b"")
    (raw / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (raw / "unknown.txt").write_text("A page about cooking.\n\nBoil the water, then add the rice.\n")
    (raw / "truncated.html").write_text("<html><body><p>Only the beginning of a pa")
    (raw / "mixed.txt").write_bytes("Größe and ".encode() + "Größe".encode("latin-1"))
    (raw / "study.json").write_text('{"protocolSection": {"identificationModule": ')
    (raw / "dangling.txt").symlink_to(raw / "nowhere.txt")
    file = build(raw).warehouse
    told = dict(rows(file, "SELECT uri, status FROM documents"))
    assert told.pop("in/good.txt") == "LOADED"
    assert told.pop("in/same.txt") == "DUPLICATE"
    assert set(told.values()) == {"QUARANTINED"}
    assert len(told) == 7
    reasons = dict(rows(file, "SELECT uri, reason FROM quarantine WHERE action = 'DOCUMENT'"))
    assert set(reasons) == set(told)
    assert all(":" in reason for reason in reasons.values()), reasons
    assert rows(file, "SELECT count(*) FROM trials") == [(1,)]
    assert rows(file, "SELECT sum(found), sum(loaded + quarantined + duplicates) FROM files") == [(9, 9)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_unreadable_file_is_named(build: Build, tmp_path: Path) -> None:
    """A file without permission must not stop the load."""
    raw = tmp_path / "in"
    raw.mkdir()
    shutil.copy(PAGE, raw / "good.txt")
    locked = raw / "locked.txt"
    shutil.copy(PAGE, locked)
    locked.chmod(0)
    file = build(raw).warehouse
    assert rows(file, "SELECT rule FROM quarantine WHERE uri = 'in/locked.txt'") == [("unreadable_file",)]


def test_folder_without_documents(tmp_path: Path) -> None:
    """An empty folder is a mistake to be told, not an empty warehouse to be published."""
    with pytest.raises(NoFilesError, match="no documents under"):
        documents.find([tmp_path], tmp_path)
    with pytest.raises(NoFilesError, match="does not exist"):
        documents.find([tmp_path / "nowhere"], tmp_path)


def test_sample_is_read_only_where_nothing_else_is(tmp_path: Path) -> None:
    """The sample's invented trials must never mix with a user's own."""
    raw = tmp_path / "raw"
    shutil.copytree(SAMPLE, raw / "sample")
    assert documents.find([raw], raw).is_sample
    shutil.copy(PAGE, raw / "own.txt")
    mixed = documents.find([raw], raw)
    assert [file.uri for file in mixed.files] == ["raw/own.txt"]
    assert not mixed.is_sample
    assert documents.find([raw / "sample"], raw).is_sample


def test_manifest_gives_the_number(build: Build, tmp_path: Path) -> None:
    """A crick page prints no number: without its address the trial could not be merged with its register record."""
    raw = tmp_path / "in"
    raw.mkdir()
    shutil.copy(PAGE, raw / "page.txt")
    (raw / "manifest.csv").write_text("file,url\npage.txt,https://crick.ai/trials/NCT00000102\n")
    file = build(raw).warehouse
    assert rows(file, "SELECT trial_id, registry FROM trials") == [("NCT00000102", "CTGOV")]
    assert rows(file, "SELECT source_url FROM documents") == [("https://crick.ai/trials/NCT00000102",)]


def test_broken_manifest_is_named(build: Build, tmp_path: Path) -> None:
    """A manifest that cannot be read must not be passed over: its pages would lose their numbers in silence."""
    raw = tmp_path / "in"
    raw.mkdir()
    shutil.copy(PAGE, raw / "page.txt")
    (raw / "manifest.csv").write_text("no,header,here\n")
    file = build(raw).warehouse
    assert rows(file, "SELECT uri, rule FROM quarantine") == [("in/manifest.csv", "unreadable_manifest")]


def test_vanished_trials_stop_publishing(build: Build, tmp_path: Path) -> None:
    """A half-mounted folder would otherwise publish half a warehouse."""
    raw = tmp_path / "in"
    shutil.copytree(SAMPLE, raw)
    before = build(raw)
    for page in sorted(raw.iterdir())[:3]:
        page.unlink()
    with pytest.raises(CheckFailedError, match="--accept-loss"):
        build(raw)
    assert rows(before.warehouse, "SELECT count(*) FROM trials") == [(before.rows["trials"],)]
    after = build(raw, accept_loss=True)
    assert after.rows["trials"] < before.rows["trials"]


def test_two_builds_at_once(tmp_path: Path) -> None:
    """Two builders of one file would take each other's work apart; the second must say who holds it."""
    file = tmp_path / "trials.duckdb"
    with one_builder(file):
        told = subprocess.run(
            [
                sys.executable,
                "-c",
                f"from pathlib import Path; from pipeline.building.publish import one_builder\n"
                f"with one_builder(Path({str(file)!r})): pass",
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert f"being built by process {os.getpid()}" in told.stderr
    with one_builder(file):
        pass


def test_read_only_target(tmp_path: Path) -> None:
    """A target that cannot be written must be told in one sentence, before any work."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(PublishError, match="cannot be written"), one_builder(blocked / "trials.duckdb"):
        pass


def test_a_reader_keeps_its_snapshot(build: Build, tmp_path: Path) -> None:
    """A reader that has the file open must neither block a build nor see half of one."""
    raw = tmp_path / "in"
    raw.mkdir()
    shutil.copy(PAGE, raw / "one.txt")
    file = build(raw).warehouse
    reading = (
        f"import duckdb, sys\nc = duckdb.connect({str(file)!r}, read_only=True)\nprint('open', flush=True)\n"
        "sys.stdin.readline()\nprint(c.execute('SELECT count(*) FROM trials').fetchone()[0])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", reading], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin
        assert reader.stdout
        assert reader.stdout.readline() == "open\n"
        shutil.copy(SAMPLE / "clincosm.R.txt", raw / "two.txt")
        assert build(raw).rows["trials"] == 2
        told, _ = reader.communicate("\n")
    assert told == "1\n"


def test_contacts_are_nowhere_unless_asked_for(build: Build) -> None:
    """Telephone numbers and addresses of persons must not slip into any table, nor into the archive beside it."""
    file = build(SAMPLE).warehouse
    assert rows(file, "SELECT count(*) FROM contacts") == [(0,)]
    found = []
    with duckdb.connect(str(file), read_only=True) as connection:
        for name in TABLES:
            text = str(connection.execute(f"SELECT * FROM {name}").fetchall())
            found += [name for trace in ("555-01", "@example.org") if trace in text]
        archived = str(
            connection.execute(
                f"SELECT * FROM read_parquet('{file.parent}/.archive/*/parts/*/document_texts.parquet')"
            ).fetchall()
        )
    assert found == []
    assert "@example.org" not in archived
    with_contacts = build(SAMPLE, contacts=True)
    assert with_contacts.rows["contacts"] > 0


def test_seeds(build: Build, shared: Path) -> None:
    """The five pages that everything began with must come out as a careful human reads them."""
    file = build(shared / "seeds").warehouse
    counts = rows(
        file,
        "SELECT uri, (SELECT count(*) FROM outcomes x WHERE x.trial_id = t.trial_id), "
        "(SELECT count(*) FROM sites x WHERE x.trial_id = t.trial_id), "
        "(SELECT count(*) FROM arms x WHERE x.trial_id = t.trial_id), "
        "(SELECT count(*) FROM interventions x WHERE x.trial_id = t.trial_id), "
        "(SELECT count(*) FROM timepoints x WHERE x.trial_id = t.trial_id) "
        "FROM documents JOIN trials t USING (trial_id) ORDER BY uri",
    )
    assert counts == [
        ("seeds/000.txt", 7, 1, 0, 1, 14),
        ("seeds/001.txt", 9, 1, 1, 1, 9),
        ("seeds/002.txt", 7, 6, 2, 2, 23),
        ("seeds/003.txt", 53, 0, 1, 1, 476),
        ("seeds/004.txt", 1, 1, 2, 2, 1),
    ]


def test_opens_in_duckdb_1_5(sample_file: Path) -> None:
    """Analysts' tools still bring DuckDB 1.5: a file in 2.0's own format would not open there."""
    older = ROOT / ".venv" / "duckdb-1.5"
    if not older.is_dir():
        pytest.skip("the older DuckDB is not installed: run `make test`")
    asked = (
        f"import duckdb; c = duckdb.connect({str(sample_file)!r}, read_only=True); print(duckdb.__version__); "
        "print(c.execute('SELECT count(*) FROM trials').fetchone()[0]); "
        "views = c.execute(\"SELECT schema_name || '.' || view_name FROM duckdb_views() \"\n"
        '                  "WHERE NOT internal").fetchall(); '
        "[c.execute(f'SELECT * FROM {view}').fetchall() for (view,) in views]; print(len(views)); "
        "print(c.execute(\"SELECT comment FROM duckdb_tables() WHERE table_name = 'trials'\").fetchone()[0])"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], env={"PYTHONPATH": str(older)}, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    version, trials, views, comment = told.stdout.splitlines()
    assert version.startswith("1.5.")
    assert int(trials) > 0
    assert int(views) > 10
    assert comment == TABLES["trials"].description
