"""What people look at, in a real browser: Dagster's pages on our assets, and the report. Run by `make test-ui`.

The browser is the system's Chromium: found on the PATH, or named by `CHROMIUM`. With `TAKE_PICTURES=1` the pictures of
the documentation are taken anew.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from conftest import ROOT, SAMPLE
from warehouses import hostile, trial, write

from pipeline import settings
from pipeline.showing import report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.ui

PICTURES = ROOT / "docs"
TAKE_PICTURES = bool(os.environ.get("TAKE_PICTURES"))
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_START = 90
"""How many seconds the webserver may take to answer."""
_SLOW = 60_000
"""How many milliseconds a page may take to show what it is asked for."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless browser."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make .venv/.dev")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if not found:
        pytest.skip("no Chromium on the PATH: install it (Debian: chromium) or name it in CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=list(_QUIET))
        yield started
        started.close()


class Dagster(NamedTuple):
    """A running webserver, and the run it shows."""

    address: str
    run_id: str


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dagster]:
    """Dagster's webserver on a home of its own, in which the sample was built."""
    folder = tmp_path_factory.mktemp("ui")
    env = os.environ | {
        "DAGSTER_HOME": str(folder / "home"),
        "TRIALHOUSE_RAW": str(SAMPLE),
        "TRIALHOUSE_WAREHOUSE": str(folder / "warehouse" / "trials.duckdb"),
    }
    told = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "build", "--json"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    run_id = told.stdout.split('"run_id": "')[1].split('"')[0]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with (folder / "webserver.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "dagster_webserver", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)],
            cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _await(address, server, folder / "webserver.log")
            yield Dagster(address, run_id)
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(30)


def _await(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the webserver did not answer within {_START} s: {log.read_text()}")


def watched(browser: Browser, **context: object) -> tuple[Page, list[str], list[str]]:
    """Return a page with the errors it tells and the addresses it asks."""
    page = browser.new_page(**context)  # type: ignore[arg-type] # the options of a page
    errors: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.set_default_timeout(_SLOW)
    return page, errors, asked


# --- Dagster ----------------------------------------------------------------------------------------------------------


def test_lineage_reads_like_the_readme(browser: Browser, dagster: Dagster) -> None:
    """A graph that is a hairball, or lacks a group, explains nothing to its readers."""
    page, errors, _ = watched(browser, viewport={"width": 1900, "height": 1250}, device_scale_factor=1.5)
    page.goto(f"{dagster.address}/asset-groups")
    for group in ("read", "trials", "provenance", "history", "views", "ctgov", "report"):
        page.locator("svg").get_by_text(group, exact=True).first.wait_for()
    page.goto(f"{dagster.address}/assets/trial_overview?view=lineage&lineageScope=upstream&lineageDepth=9")
    graph = page.locator("svg")
    shown = [
        graph.get_by_text(name, exact=True).first for name in ("ctgov_download", "conflicts", "sites", "trial_overview")
    ]
    for node in shown:
        node.wait_for()
    assert not errors
    if TAKE_PICTURES:
        page.wait_for_timeout(2000)  # the graph glides into its place
        boxes = [node.bounding_box() or {} for node in shown]
        left, right = boxes[0]["x"] - 70, boxes[3]["x"] + boxes[3]["width"] + 70
        top, bottom = boxes[1]["y"] - 100, boxes[2]["y"] + 105
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        page.screenshot(path=PICTURES / "lineage.png", clip=clip, animations="disabled")
        assert (PICTURES / "lineage.png").stat().st_size < 300_000
    page.close()


def test_run_shows_its_steps(browser: Browser, dagster: Dagster) -> None:
    """A build from the terminal whose run is not in the UI leaves its operators with two histories."""
    page, errors, _ = watched(browser, viewport={"width": 1500, "height": 900})
    page.goto(f"{dagster.address}/runs/{dagster.run_id}")
    page.get_by_text("Success", exact=True).first.wait_for()
    for step in ("records", "warehouse", "report"):
        page.get_by_text(step, exact=True).first.wait_for()
    assert not errors
    page.close()


def test_table_shows_what_it_is(browser: Browser, dagster: Dagster) -> None:
    """Columns, owners, tags, row counts and how fresh a table is: what a reader of lineage comes for."""
    page, errors, _ = watched(browser, viewport={"width": 1500, "height": 1400})
    page.goto(f"{dagster.address}/assets/trials?view=overview")
    page.get_by_text("The primary registry number as that registry writes it", exact=False).first.wait_for()
    for told in ("data-engineering", "DuckDB", "pii: true", "Row count", "Freshness policy", "main.trials"):
        page.get_by_text(told, exact=True).first.wait_for()
    page.goto(f"{dagster.address}/assets/trials?view=events")
    page.get_by_text("null_rate/acronym", exact=True).first.wait_for()
    assert not errors
    page.close()


def test_view_shows_where_its_columns_come_from(browser: Browser, dagster: Dagster) -> None:
    """A view without its example or the origin of its columns has to be read in SQL."""
    page, errors, _ = watched(browser, viewport={"width": 1500, "height": 1400})
    page.goto(f"{dagster.address}/assets/trial_overview?view=overview")
    page.get_by_text("One row a trial: what a person wants to know of it first.").first.wait_for()
    page.get_by_text("trials.official_title", exact=True).first.wait_for()
    page.goto(f"{dagster.address}/assets/trial_overview?view=lineage")
    for table in ("documents", "trials", "arms", "outcomes", "sites", "conflicts"):
        page.locator("svg").get_by_text(table, exact=True).first.wait_for()
    assert not errors
    page.close()


def test_checks_are_listed_with_their_results(browser: Browser, dagster: Dagster) -> None:
    """A check that nobody sees guards nothing."""
    page, errors, _ = watched(browser, viewport={"width": 1500, "height": 900})
    page.goto(f"{dagster.address}/assets/trials?view=checks")
    for check in ("keys", "references", "not_empty", "no_trials_lost", "no_column_emptied"):
        page.get_by_text(check, exact=True).first.wait_for()
    assert page.get_by_text("Succeeded", exact=True).count() >= 5
    page.goto(f"{dagster.address}/assets/quarantine?view=checks")
    page.get_by_text("none_quarantined", exact=True).first.wait_for()
    assert not errors
    page.close()


# --- the report -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample_report(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the sample."""
    return report.write(settings.load(warehouse=sample_file), tmp_path_factory.mktemp("report") / "report.html")


CONTRAST = """
() => {
  const seen = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
  const behind = (node) => { for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (!colour.endsWith(', 0)') && colour !== 'transparent') return colour } return 'rgb(255, 255, 255)' };
  const poor = [];
  for (const node of document.querySelectorAll('body *')) {
    if (![...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const style = getComputedStyle(node);
    if (node.closest('.unseen') || node.tagName === 'title') continue;
    const colour = node.tagName === 'text' ? style.fill : style.color;
    const [a, b] = [seen(colour), seen(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push([node.tagName, node.textContent.trim().slice(0, 30), ratio]);
  }
  return poor;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 768, 360])
def test_report_is_readable(browser: Browser, sample_report: Path, scheme: str, width: int) -> None:
    """A page that scrolls sideways, or whose words fade into its ground, is not read to its end."""
    page, errors, asked = watched(browser, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(sample_report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
    assert [address for address in asked if address != sample_report.as_uri()] == []
    assert errors == []
    # Every name beside a bar stands inside its picture.
    cut = page.evaluate(
        "[...document.querySelectorAll('svg text')].filter(t => { const a = t.getBoundingClientRect(), "
        "b = t.closest('svg').getBoundingClientRect(); "
        "return a.width && (a.left < b.left - 1 || a.right > b.right + 1) }).map(t => t.textContent)"
    )
    assert cut == []
    if TAKE_PICTURES and width == 1280:
        page.screenshot(path=PICTURES / f"report-{scheme}.png", clip={"x": 60, "y": 0, "width": 1160, "height": 900})
    page.close()


def test_report_opens_its_numbers_without_script(browser: Browser, sample_report: Path) -> None:
    """Where scripts are forbidden, the page must say the same."""
    page, _, _ = watched(browser, java_script_enabled=False)
    page.goto(sample_report.as_uri())
    numbers = page.locator("figure.chart details").first
    assert not numbers.locator("table").is_visible()
    numbers.locator("summary").click()
    assert numbers.locator("table").is_visible()
    page.close()


def test_report_prints(browser: Browser, sample_report: Path, tmp_path: Path) -> None:
    """A printed page must be dark on white, whole, and within the sheet."""
    page, _, _ = watched(browser, viewport={"width": 720, "height": 1000}, color_scheme="dark")
    page.goto(sample_report.as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    assert page.evaluate(CONTRAST) == []
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").stat().st_size > 10_000
    page.close()


def test_hostile_report_is_inert(browser: Browser, tmp_path: Path) -> None:
    """Words of a document that ran in the browser could read and change everything on the page."""
    file = hostile(tmp_path / "trials.duckdb")
    written = report.write(settings.load(warehouse=file), tmp_path / "report.html")
    page, errors, asked = watched(browser, viewport={"width": 360, "height": 800})
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(written.as_uri())
    assert page.evaluate("window.pwned") is None
    assert page.locator("script, img").count() == 0
    assert asked == [written.as_uri()]
    assert errors == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_wide_schedule_stays_in_its_frame(browser: Browser, tmp_path: Path) -> None:
    """A schedule of forty visits must scroll inside its frame, not push the page apart."""
    weeks = ", ".join(str(week) for week in range(2, 82, 2))
    file = write(tmp_path / "trials.duckdb", trial("NCT00000001", pain=f"Weeks {weeks}", harm="up to 24 months"))
    written = report.write(settings.load(warehouse=file), tmp_path / "report.html")
    for width in (360, 1280):
        page, _, _ = watched(browser, viewport={"width": width, "height": 800})
        page.goto(written.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()
