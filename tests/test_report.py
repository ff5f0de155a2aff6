"""The report: one page that stands alone, tells the truth of its warehouse, and obeys no document."""

from __future__ import annotations

import errno
import re
import shutil
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result
from conftest import NOW, SAMPLE, Build
from lxml import html
from warehouses import HOSTILE, hostile, trial, write

from pipeline import settings
from pipeline.cli import main
from pipeline.legible import printable
from pipeline.showing import charts, figures, report
from pipeline.showing.report import GENERATOR, ReportError
from schemas import TABLES

ID = "NCT00000001"


def page(warehouse: Path, trial_id: str | None = None) -> html.HtmlElement:
    """Return the page on a warehouse, parsed."""
    return html.document_fromstring(text(warehouse, trial_id))


def text(warehouse: Path, trial_id: str | None = None) -> str:
    """Return the page on a warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return report.render(connection, warehouse.name, trial=trial_id, now=NOW)


def words(found: html.HtmlElement, part: str) -> str:
    """Return the words of one part of the page."""
    return " ".join(" ".join(found.get_element_by_id(part).itertext()).split())


def run(*arguments: str) -> Result:
    """Run the command as a script does: no terminal."""
    return CliRunner().invoke(main, ("report", *arguments))


def test_stands_alone(sample_file: Path) -> None:
    """A page that loads or runs anything shows less, or something else, on a plane and in ten years."""
    found = page(sample_file)
    assert not found.xpath("//script | //link | //img | //iframe | //object | //embed | //form | //base")
    assert not found.xpath("//@src | //@srcset | //@background | //@*[starts-with(name(), 'on')]")
    for target in found.xpath("//@href"):
        assert target.startswith(("#", "https://")), target
    style = "".join(found.xpath("//style/text()")) + "".join(found.xpath("//@style"))
    assert "url(" not in style
    assert "@import" not in style
    (policy,) = found.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    """A title with markup could run in the reader's browser with the page's rights."""
    found = page(hostile(tmp_path / "a.duckdb"))
    assert not found.xpath("//script | //img | //@onerror")
    assert not [target for target in found.xpath("//@href") if not target.startswith("#")]
    assert "49" not in words(found, "schedule").replace(printable(HOSTILE), "")
    told = found.text_content()
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert printable(HOSTILE) in told
    assert "{{ 7 * 7 }}" in told


def test_pictures_take_their_colours_from_the_page(sample_file: Path) -> None:
    """A chart with colours of its own cannot be read on the other background."""
    found = page(sample_file)
    pictures = found.xpath("//*[local-name() = 'svg']")
    assert len(pictures) == 5
    for picture in pictures:
        assert not picture.xpath(".//@clip-path | .//@id | .//@class | .//@font-family")
        assert not [
            colour for colour in picture.xpath(".//@fill | .//@stroke") if colour not in ("none", "transparent")
        ]
    style = "".join(found.xpath("//style/text()"))
    for name in set(re.findall(r"var\((--[\w-]+)\)", text(sample_file))):
        assert style.count(f"{name}:") == 3, name  # light, dark, print


def test_is_accessible(sample_file: Path) -> None:
    """A reader who does not see the charts must be told what they show, and find their way by headings."""
    found = page(sample_file)
    assert found.get("lang") == "en"
    levels = [int(heading.tag[1]) for heading in found.xpath("//h1 | //h2 | //h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(table.xpath("./caption") for table in found.xpath("//table"))
    told = found.xpath("//*[@role='img']/@aria-label")
    assert len(told) == 5
    assert all(len(one) > 40 for one in told)
    assert all(found.get_element_by_id(target[1:]) is not None for target in found.xpath("//nav//@href"))


def test_numbers_are_those_of_the_warehouse(sample_file: Path) -> None:
    """A page that counts otherwise than the tables is worse than none."""
    with duckdb.connect(str(sample_file), read_only=True) as connection:
        ((trials, documents),) = connection.execute(
            "SELECT (SELECT count(*) FROM trials), (SELECT count(*) FROM documents WHERE status = 'LOADED')"
        ).fetchall()
        ((filled, rows),) = connection.execute("SELECT count(acronym), count(*) FROM trials").fetchall()
        kept = connection.execute("SELECT attribution FROM sources SEMI JOIN documents USING (source)").fetchall()
    found = page(sample_file)
    assert f"{trials} trials from {documents} documents" in found.text_content()
    (acronym,) = found.xpath("//li[span[@title='acronym']]/span[@class='number']/text()")
    assert acronym == report._percent(filled / rows)
    for (attribution,) in kept:
        assert attribution in words(found, "sources")
    assert "sample that comes with the project" in found.text_content()


def test_shows_no_personal_data(sample_file: Path) -> None:
    """A page is mailed around: persons, and lines that no rule read, must not travel with it."""
    with duckdb.connect(str(sample_file), read_only=True) as connection:
        people = [row[0] for row in connection.execute("SELECT name FROM officials").fetchall()]
        unread = [row[0] for row in connection.execute("SELECT text FROM unread_lines").fetchall()]
    told = page(sample_file).text_content()
    assert people
    assert not [name for name in people if name in told]
    assert not [line for line in unread if len(line) > 20 and line in told]


def test_refused_personal_values_are_not_quoted(tmp_path: Path) -> None:
    """The reason why a telephone number was refused may quote it."""
    refused = {"rule": "not_empty", "reason": "'555-0100' is no name", "action": "CELL", "uri": "in/one"}
    rows = [
        refused | {"table_name": "contacts", "column_name": "phone"},
        refused | {"table_name": "contacts", "column_name": None, "action": "ROW"},
        refused | {"table_name": "trials", "column_name": "acronym", "reason": "it is too long"},
    ]
    party = {"field": "responsible_party", "value": "Ida Roe", "normalised": "Ida Roe", "trial_id": ID}
    found = page(write(tmp_path / "a.duckdb", {"quarantine": rows, "conflicts": [party]}))
    told = words(found, "quarantine")
    assert "responsible_party" in words(found, "disagree")
    assert "Ida Roe" not in words(found, "disagree")
    assert "555-0100" not in told
    assert "contacts.phone" in told
    assert "it is too long" in told


def test_tells_what_changed(tmp_path: Path) -> None:
    """Whoever looks after a build wants to see what it brought, not only what is there."""

    def run_row(name: str, day: int, trials: int) -> dict[str, object]:
        moment = datetime(2026, 1, day, tzinfo=UTC)
        tables = [{"key": "trials", "value": trials}, {"key": "sites", "value": 7}]
        same = {"run_id": name, "started_at": moment, "finished_at": moment, "code_version": "c", "rows": tables}
        return same | dict.fromkeys(("files", "documents", "loaded", "quarantined", "duplicates"), 1)

    first = write(tmp_path / "a.duckdb", {"runs": [run_row("one", 1, 5)]})
    assert "nothing to compare with" in words(page(first), "changes")
    both = write(tmp_path / "b.duckdb", {"runs": [run_row("two", 2, 1203), run_row("one", 1, 5)]})
    told = words(page(both), "changes")
    assert "trials 5 1,203 +1,198" in told
    assert "sites" not in told


def test_empty_warehouse_has_a_page(tmp_path: Path) -> None:
    """A build of nothing, or of documents without outcomes, must not fail at its last step."""
    found = page(write(tmp_path / "a.duckdb", {}))
    assert "Nothing to draw" in found.text_content()
    assert "Nothing disagrees" in found.text_content()


def test_draws_the_trial_that_was_asked_for(tmp_path: Path) -> None:
    """Without it a person would look at somebody else's schedule."""
    rows = trial(ID, harm="up to 24 months", pain="every 3 months for 2 years", sleep="12 months", use="as needed")
    found = page(write(tmp_path / "a.duckdb", rows), ID.lower())
    told = words(found, "schedule")
    assert "A trial of rest" in told
    assert "0 … 2 y" in told
    assert "every 3 mo" in told
    assert "“as needed”" in told
    drawn = found.get_element_by_id("schedule").xpath(".//*[local-name() = 'svg']")[0].text_content()
    assert "1 harm" in drawn
    assert "12 mo" in drawn
    with pytest.raises(ReportError, match="trialhouse show NCT00000009"):
        page(tmp_path / "a.duckdb", "NCT00000009")


def test_same_warehouse_same_page(sample_file: Path) -> None:
    """Two pages on one warehouse that differ would show changes where there are none."""
    assert text(sample_file) == text(sample_file)


def test_reads_the_tables_it_says(sample_file: Path) -> None:
    """The lineage shows what the page reads: a table that is missing there would be a lie in the graph."""
    asked: list[str] = []

    class Listening:
        def __init__(self, to: duckdb.DuckDBPyConnection) -> None:
            self.to = to

        def cursor(self) -> Listening:
            return Listening(self.to.cursor())

        def execute(self, query: str, *values: object) -> duckdb.DuckDBPyConnection:
            asked.append(query)
            return self.to.execute(query, *values)

        def sql(self, query: str) -> duckdb.DuckDBPyRelation:
            asked.append(query)
            return self.to.sql(query)

    with duckdb.connect(str(sample_file), read_only=True) as connection:
        # It answers as a connection does.
        report.render(Listening(connection), "a", trial=None, now=NOW)  # type: ignore[arg-type]
    read = {name for query in asked for name in re.findall(r"(?:FROM|JOIN) (\w+)", query) if name in TABLES}
    assert read == set(report.READS)


def test_command_writes_beside_the_warehouse(tmp_path: Path) -> None:
    """A page that nobody finds is not read."""
    file = write(tmp_path / "a.duckdb", trial(ID, pain="6 months"))
    told = run("--warehouse", str(file))
    assert told.exit_code == 0, told.output
    assert str(tmp_path / "report.html") in told.output.replace("\n", "")
    assert GENERATOR in (tmp_path / "report.html").read_text(encoding="utf-8")[:1000]
    assert run("--warehouse", str(file)).exit_code == 0  # an earlier report is replaced
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_is_drawn_only_where_it_would_differ(tmp_path: Path, build: Build) -> None:
    """To draw it takes seconds, which a night without news should not cost; an old page must not stay for a new one."""
    raw = tmp_path / "in"
    raw.mkdir()
    shutil.copy(SAMPLE / "clincosm.R.txt", raw)
    own = settings.load(warehouse=build(raw).warehouse)
    assert report.refresh(own) == (own.report, True)
    drawn = own.report.read_bytes()
    assert build(raw).unchanged
    assert report.refresh(own) == (own.report, False)
    assert own.report.read_bytes() == drawn
    shutil.copy(SAMPLE / "crick.T.txt", raw)
    assert not build(raw).unchanged
    assert report.refresh(own).drawn
    with duckdb.connect(str(own.warehouse), read_only=True) as connection:
        (trial_id,) = connection.execute("SELECT min(trial_id) FROM trials").fetchone() or ("",)
    report.write(own, trial=trial_id)  # somebody draws another trial's schedule in its place
    assert report.refresh(own).drawn
    own.report.unlink()
    assert report.refresh(own).drawn


def test_spares_a_page_of_somebody_else(tmp_path: Path) -> None:
    """`report.html` is a common name."""
    file = write(tmp_path / "a.duckdb", trial(ID, pain="6 months"))
    (tmp_path / "report.html").write_text("<p>mine</p>")
    told = run("--warehouse", str(file))
    assert told.exit_code == 1
    assert "no report of Trialhouse" in told.output
    assert (tmp_path / "report.html").read_text() == "<p>mine</p>"


def test_unwritable_place_says_what_to_do(tmp_path: Path) -> None:
    """A stack trace is no answer to a folder that cannot be made."""
    file = write(tmp_path / "a.duckdb", trial(ID, pain="6 months"))
    (tmp_path / "file").write_text("")
    told = run(str(tmp_path / "file" / "report.html"), "--warehouse", str(file))
    assert told.exit_code == 1
    assert "cannot be written" in told.output


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a page beside the warehouse, a new one every night, fills what is left of the disk."""
    file = write(tmp_path / "a.duckdb", trial(ID, pain="6 months"))
    before = set(tmp_path.iterdir())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "chmod", full)
    with pytest.raises(ReportError, match="No space left"):
        report.write(settings.load(warehouse=file))
    assert set(tmp_path.iterdir()) == before


def test_shares_do_not_flatter() -> None:
    """99.99 % shown as 100 % hides the one row that a person looks for."""
    assert [report._percent(share) for share in (0, 0.0001, 0.5, 0.999, 1)] == ["0%", "<1%", "50%", ">99%", "100%"]


def test_charts_refuse_the_network() -> None:
    """A chart that fetched anything would fail where there is no network, and tell somebody of the data."""
    import altair as alt

    with pytest.raises(Exception, match=r"(?i)url|denied|not allowed|permission"):
        charts._drawn(alt.Chart("https://example.org/data.csv").mark_bar().encode(x="a:Q"))


def test_years_without_trials_are_seen(tmp_path: Path) -> None:
    """An axis that leaves out empty years shows a steady stream where there was a gap."""
    rows = [
        {"trial_id": f"T{year}", "start_date": datetime(year, 5, 1).date(), "phases": ["PHASE2"]}
        for year in (1990, 2015, 2019)
    ]
    with duckdb.connect(str(write(tmp_path / "a.duckdb", {"trials": rows})), read_only=True) as connection:
        drawn = figures.AT_A_GLANCE[0](connection)
    for year in range(2015, 2020):
        assert f">{year}<" in str(drawn.picture)
    assert "1 began before 1995." in drawn.note
