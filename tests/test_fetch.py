"""The live fetch: whatever the network does, every study comes once, or nothing does and a person is told why."""

import errno
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from fetch_server import Fault, Register, number_of, numbers, serving, study
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from pipeline import progress
from pipeline import settings as project_settings
from pipeline.archiving import documents
from pipeline.registers import fetch as fetching
from pipeline.registers.ctgov_api import Clock, FetchError
from pipeline.registers.fetch import fetch, fetched_until
from pipeline.registers.split import split
from pipeline.settings import Settings, SettingsError

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "ctgov_json"
NOW = datetime(2026, 11, 2, 18, 0, tzinfo=UTC)


class Time:
    """A clock that moves only while somebody sleeps on it."""

    def __init__(self):
        self.slept: list[float] = []
        self.elapsed = 0.0
        self.on_sleep = lambda: None

    def sleep(self, seconds: float) -> None:
        """Sleep without waiting."""
        self.slept.append(seconds)
        self.elapsed += seconds
        self.on_sleep()

    def clock(self) -> Clock:
        """Return it as the fetch takes it."""
        return Clock(lambda: NOW + timedelta(seconds=self.elapsed), lambda: self.elapsed, self.sleep)


@pytest.fixture(autouse=True)
def direct(monkeypatch):
    """A proxy of the machine must not come between the test and its server."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class House:
    """A raw folder, a register to fill it from, and a clock."""

    def __init__(self, raw: Path, register: Register, **chosen):
        self.raw = raw
        self.register = register
        self.time = Time()
        self.port = free_port()
        self.chosen = {"fetch_page_size": 4, "fetch_rate": 6000, "fetch_timeout": 5, **chosen}

    def settings(self, address: str, **chosen) -> Settings:
        """Return the settings of a fetch."""
        return Settings(raw=self.raw, fetch_address=address, **{**self.chosen, **chosen})

    def fetch(self, *, address: str | None = None, chosen=None, **asked):
        """Fetch from the register, served meanwhile unless it is at `address` already."""
        with ExitStack() as stack:
            # One port for every fetch of a test: the address is a part of what was asked.
            at = address or stack.enter_context(serving(self.register, self.port))
            return fetch(self.settings(at, **(chosen or {})), clock=self.time.clock(), **asked)

    def found(self) -> list[str]:
        """Return the number of every study that a build would find, once each time it would find it."""
        if not any(self.raw.glob("ctgov/*/page-*")):
            return []
        files = documents.find([self.raw], self.raw).files
        pieces = [piece for file in files for piece in split(io.BytesIO(file.path.read_bytes()))]
        assert not [piece for piece in pieces if piece.problem]
        return sorted(number_of(json.loads(piece.data)) for piece in pieces)

    def incoming(self) -> list[str]:
        """Return the names of what has been gathered and not promoted."""
        return sorted(file.name for file in self.raw.glob(".incoming/*/*"))


def free_port() -> int:
    """Return a port of loopback on which nobody answers."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def some(count: int, first: int = 1, **told) -> list[dict]:
    """Return so many invented studies."""
    return [study(number, **told) for number in range(first, first + count)]


@pytest.fixture
def house(tmp_path):
    """Ten studies in pages of four."""
    return House(tmp_path / "raw", Register(some(10)))


def test_pages_come_as_received_with_a_manifest(house):
    """Without it the plain case is broken: three pages, one rename, and a manifest that says what was done."""
    folder, manifest = house.fetch()
    assert house.found() == numbers(house.register.studies)
    assert folder == house.raw / "ctgov" / "000001-full"
    assert sorted(file.name for file in folder.iterdir()) == [
        ".manifest.json",
        ".studies",
        *(f"page-{n:05}.json" for n in (1, 2, 3)),
    ]
    assert (folder / "page-00001.json").read_bytes() == house.register.page({"pageSize": "4", "countTotal": "true"})
    assert house.incoming() == []
    told = json.loads((folder / ".manifest.json").read_bytes())
    assert told["asked"]["query"] is None
    assert told["release"] == "2026-11-02T09:00:05"
    assert told["until"] == "2026-11-02"
    assert (told["total"], told["studies"], told["pages"], told["doubled"]) == (10, 10, 3, 0)
    assert manifest.byte_size == sum(file.stat().st_size for file in folder.glob("page-*"))
    assert manifest.begun <= manifest.completed
    assert manifest.requests == 6  # the edition twice, three pages, the total once more


def test_a_request_is_what_the_api_expects(house):
    """Without it the register is asked for something else: the parameters are its own, and say who asks."""
    house.register.studies = some(10, title="sleep")
    house.fetch(query="sleep", since=date(2026, 9, 1))
    first, second, *_ = house.register.asked
    assert first.pop("user-agent").startswith("trialhouse/")
    assert first == {
        "format": "json",
        "query.term": "sleep",
        "filter.advanced": "AREA[LastUpdatePostDate]RANGE[2026-09-01,MAX]",
        "pageSize": "4",
        "countTotal": "true",
    }
    assert second["pageToken"] == "t4"


FAULTS = {
    "429": Fault("status", 429),
    "408": Fault("status", 408),
    "500": Fault("status", 500),
    "502": Fault("status", 502),
    "503": Fault("status", 503),
    "no answer": Fault("refuse"),
    "reset": Fault("reset"),
    "body cut": Fault("cut"),
    "chunked body cut": Fault("cut_chunks"),
    "packed body cut": Fault("cut_packed"),
    "broken JSON": Fault("broken"),
    "HTML instead": Fault("html"),
    "a study without a number": Fault("no_page"),
}


@pytest.mark.parametrize("page", [1, 2, 3, 4])
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_passes_is_survived(house, name, page):
    """Without it one bad answer, to any of the requests, ends a night's download or spoils it."""
    house.register.faults = [None] * (page - 1) + [FAULTS[name], FAULTS[name]]
    fetched = house.fetch()
    assert house.found() == numbers(house.register.studies)
    assert fetched.manifest.requests == 8
    backoff = [seconds for seconds in house.time.slept if seconds >= 1]
    assert len(backoff) == 2
    assert 1 <= backoff[0] <= 2 <= backoff[1] <= 3  # exponential, with up to a second of jitter


@given(st.lists(st.sampled_from([None, *FAULTS.values()]), max_size=12), st.sampled_from([1, 3, 4, 10, 11]))
@effort(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_row_of_faults_is_survived(tmp_path_factory, faults, size):
    """Without it faults that come one after another, or on every page, lose or double a study."""
    house = House(tmp_path_factory.mktemp("house"), Register(some(10), faults=list(faults)), fetch_attempts=13)
    house.fetch(chosen={"fetch_page_size": size})
    assert house.found() == numbers(house.register.studies)


def test_a_stalled_answer_times_out_and_is_asked_again(house):
    """Without it a server that falls silent in the middle of a page holds the fetch for ever."""
    house.register.faults = [None, Fault("stall")]
    house.fetch(chosen={"fetch_timeout": 0.1})
    assert house.found() == numbers(house.register.studies)


def test_a_trickling_answer_is_given_up(house):
    """Without it a server that sends a byte now and then never times out."""
    ticks = iter(range(0, 10_000, 100))
    clock = Clock(lambda: NOW, lambda: next(ticks), house.time.sleep)
    with serving(house.register) as address:
        settings = house.settings(address, fetch_page_timeout=50, fetch_attempts=2)
        with pytest.raises(FetchError, match="not whole after 50 seconds"):
            fetch(settings, clock=clock)


def test_a_server_that_comes_up_late_is_waited_for(house):
    """Without it a register that restarts refuses the connection and ends the fetch."""
    port = free_port()
    with ExitStack() as stack:

        def start():
            if len(house.time.slept) == 3:
                stack.enter_context(serving(house.register, port))

        house.time.on_sleep = start
        house.fetch(address=f"http://127.0.0.1:{port}/api/v2")
    assert house.found() == numbers(house.register.studies)


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ("77", 77),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        ("Mon, 02 Nov 2026 18:01:30 -0000", 90),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 1),
        ("soon", 1),
        ("-5", 1),
    ],
)
def test_retry_after_is_honoured(house, told, wait):
    """Without it we ask sooner than the register allows, as seconds or as a date, and are locked out."""
    house.register.faults = [Fault("status", 429, {"Retry-After": told})]
    house.fetch()
    assert wait - 0.1 <= max(house.time.slept) <= wait + 1


def test_a_wait_beyond_all_patience_is_told(house):
    """Without it the register's `come back in a day` blocks a run for a day, or is not honoured."""
    house.register.faults = [None, Fault("status", 503, {"Retry-After": "86400"})]
    with pytest.raises(FetchError, match=r"wait 86,400 seconds.*goes on where it stopped"):
        house.fetch()
    assert max(house.time.slept) < 1
    house.fetch()
    assert house.found() == numbers(house.register.studies)


@pytest.mark.parametrize(
    ("status", "remedy"), [(400, "correct the query"), (403, "refuses this machine"), (404, "fetch_address"), (418, "")]
)
def test_a_refusal_fails_at_once(house, status, remedy):
    """Without it a mistake of ours is repeated at the register's cost, and nobody is told what to correct."""
    house.register.faults = [Fault("status", status)]
    with pytest.raises(FetchError, match=rf"GET http://127.*/studies\?.*: HTTP {status} \(not now\): .*{remedy}"):
        house.fetch()
    assert len(house.register.asked) == 1
    assert house.found() == []


def test_a_register_that_stays_down_keeps_what_was_gathered(house):
    """Without it a fetch that gives up loses the pages it had, and cannot go on the next night."""
    house.register.faults = [None, None, *[Fault("status", 500)] * 3]
    with pytest.raises(FetchError, match=r"pageToken=t8.*HTTP 500; asked 3 times: run the same command again"):
        house.fetch(chosen={"fetch_attempts": 3})
    assert house.found() == []
    assert [name for name in house.incoming() if name.startswith("page")] == ["page-00001.json", "page-00002.json"]
    before = len(house.register.asked)
    house.fetch(chosen={"fetch_page_size": 2})
    assert house.found() == numbers(house.register.studies)
    assert house.register.asked[before]["pageToken"] == "t8"


def test_a_total_that_changes_once_begins_the_window_anew(house):
    """Without it a study posted while we page is missing from a window that counts as complete."""

    def post(number):
        if number == 2:
            house.register.studies.insert(0, study(99))

    house.register.before_page = post
    fetched = house.fetch()
    assert house.found() == numbers(house.register.studies)
    assert fetched.manifest.total == 11
    assert sum("pageToken" not in asked and "fields" not in asked for asked in house.register.asked) == 2


@pytest.mark.parametrize("tells", ["first page", "every page"])
def test_a_total_that_keeps_changing_fails_loudly(house, tells):
    """Without it a moving register is stored as if it had stood still."""
    house.register.before_page = lambda number: house.register.studies.append(study(100 + number))
    if tells == "every page":
        house.register.tells_total_on = lambda _: True
    with pytest.raises(FetchError, match=r"changed while full was read from .*, twice \(it count"):
        house.fetch()
    assert house.found() == []
    assert house.incoming() == []


def test_a_study_that_leaves_as_another_comes_is_noticed(house):
    """Without it a count that stays the same hides that a new study was never sent: only the edition tells."""

    def swap(number):
        if number == 2:
            house.register.studies = [study(99), *house.register.studies[1:]]
            house.register.release = "2026-11-03T09:00:00"

    house.register.before_page = swap
    house.fetch()
    assert house.found() == numbers(house.register.studies)


def test_a_register_without_editions_will_do(house):
    """Without it a mirror that has only the studies cannot be fetched from, or a broken fetch from it not resumed."""
    house.register.release = None
    break_off(house, 2)
    assert house.fetch().manifest.release is None
    assert house.register.asked[0]["pageToken"] == "t8"
    assert house.found() == numbers(house.register.studies)


def test_a_study_that_comes_twice_is_kept_once(house):
    """Without it a study at the seam of two pages is stored twice."""
    house.register.doubling = 1
    fetched = house.fetch()
    assert house.found() == numbers(house.register.studies)
    assert fetched.manifest.doubled == 2
    assert fetched.manifest.studies == 10


def test_a_study_that_comes_twice_and_differs_begins_anew(house):
    """Without it one of two versions of a study is thrown away at random."""
    house.register.doubling = 1

    def edit(number):
        if number == 2:
            house.register.studies[3] = study(4, title="Another title")

    house.register.before_page = edit
    house.fetch()
    assert house.found() == numbers(house.register.studies)
    assert any(b"Another title" in file.read_bytes() for file in house.raw.glob("ctgov/*/page-*"))


def test_a_study_that_is_never_sent_is_noticed(house, monkeypatch):
    """Without it a page that comes short is stored as if it were whole."""
    whole = house.register.page

    def short(parameters):
        told = json.loads(whole(parameters))
        told["studies"] = told["studies"][:3] if parameters.get("pageToken") else told["studies"]
        return json.dumps(told).encode()

    monkeypatch.setattr(house.register, "page", short)
    with pytest.raises(FetchError, match=r"counts 10 studies and sent 9"):
        house.fetch()
    assert house.found() == []


def test_pages_that_lead_in_a_circle_end(house, monkeypatch):
    """Without it a token that leads back to an earlier page keeps the fetch going for ever."""
    whole = house.register.page

    def circle(parameters):
        return json.dumps({**json.loads(whole(parameters)), "nextPageToken": "t4"}).encode()

    monkeypatch.setattr(house.register, "page", circle)
    with pytest.raises(FetchError, match="leads back"):
        house.fetch()


def test_an_empty_page_is_no_end(house, monkeypatch):
    """Without it the register's right to send an empty page in between costs all studies behind it."""
    whole = house.register.page

    def with_empty(parameters):
        if parameters.get("pageToken") == "empty":
            return b'{"studies": [], "nextPageToken": "t4"}'
        told = whole(parameters)
        return told if parameters.get("pageToken") else told.replace(b'"t4"', b'"empty"')

    monkeypatch.setattr(house.register, "page", with_empty)
    house.fetch()
    assert house.found() == numbers(house.register.studies)


def test_no_total_is_told(house):
    """Without it a window is promoted whose completeness nobody can know."""
    house.register.tells_total_on = lambda _: False
    with pytest.raises(FetchError, match="does not say how many"):
        house.fetch()


def break_off(house, pages: int, **asked):
    """Fetch until so many pages are there, then fail."""
    house.register.faults = [*[None] * pages, Fault("status", 403)]
    with pytest.raises(FetchError):
        house.fetch(**asked)
    house.register.asked.clear()


def test_a_rejected_token_begins_the_window_anew(house):
    """Without it a broken fetch whose token has run out can never be finished."""
    break_off(house, 2)
    house.register.rejects_tokens = True
    house.register.before_page = lambda number: setattr(house.register, "rejects_tokens", number < 2)
    house.fetch()
    assert house.found() == numbers(house.register.studies)
    assert [asked.get("pageToken") for asked in house.register.asked[:2]] == ["t8", None]


def test_tokens_that_are_always_rejected_fail(house):
    """Without it a register that never takes its own tokens is asked for ever."""
    house.register.rejects_tokens = True
    with pytest.raises(FetchError, match=r"twice \(it takes the token of page 2 no more.*`pageToken` parameter is inv"):
        house.fetch()
    assert house.found() == []


def test_a_resumed_fetch_asks_only_for_what_is_missing(house):
    """Without it every break costs the whole download again."""
    break_off(house, 2)
    house.fetch()
    assert [asked.get("pageToken") for asked in house.register.asked] == ["t8", None]
    assert house.found() == numbers(house.register.studies)


def test_a_new_edition_is_not_mixed_with_an_old_one(house):
    """Without it a fetch that broke yesterday is finished with today's pages, and edits between them are lost."""
    break_off(house, 2)
    break_off(house, 1, query="rest")
    house.register.release = "2026-11-03T09:00:05"
    house.register.studies[0] = study(1, title="Edited overnight")
    house.fetch()
    assert "pageToken" not in house.register.asked[0]
    assert any(b"Edited overnight" in file.read_bytes() for file in house.raw.glob("ctgov/*/page-*"))
    assert list(house.raw.glob(".incoming/*")) == []  # what can never be finished is gone, also that of another window


def test_another_window_does_not_spoil_a_broken_one(house):
    """Without it a query in between throws away the pages of a full download."""
    break_off(house, 2)
    house.fetch(query="rest")
    house.register.asked.clear()
    house.fetch()
    assert house.register.asked[0]["pageToken"] == "t8"


def test_a_spoilt_page_is_not_built_on(house):
    """Without it a page that a failing disk broke is promoted with the others."""
    break_off(house, 2)
    (page,) = house.raw.glob(".incoming/*/page-00001.json")
    page.write_bytes(page.read_bytes()[:100])
    house.fetch()
    assert house.found() == numbers(house.register.studies)


def test_a_killed_fetch_goes_on(house):
    """Without it a machine that restarts in the middle leaves half a window, or a lock that nobody holds."""
    house.register.faults = [None, None, Fault("stall")]
    stalled = threading.Event()
    house.register.before_page = lambda number: stalled.set() if number == 3 else None
    with serving(house.register) as address:
        code = "from pipeline import settings; from pipeline.registers.fetch import fetch; fetch(settings.load())"
        chosen = {"RAW": house.raw, "FETCH_ADDRESS": address, "FETCH_PAGE_SIZE": 4, "FETCH_RATE": 6000}
        environment = os.environ | {f"TRIALHOUSE_{name}": str(value) for name, value in chosen.items()}
        process = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[1], env=environment)
        try:
            assert stalled.wait(60)
            with pytest.raises(FetchError, match=f"process {process.pid} on .* is fetching into"):
                house.fetch(address=address)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert house.found() == []
        house.register.asked.clear()
        house.register.before_page = lambda _: None
        house.fetch(address=address)
    assert house.register.asked[0]["pageToken"] == "t8"
    assert house.found() == numbers(house.register.studies)


@pytest.mark.parametrize("moment", range(1, 9))
def test_a_full_disk_is_told_and_survived(house, monkeypatch, moment):
    """Without it a disk that fills up, at any write, leaves half a page or a window that lacks one."""
    writes = iter(range(1, 1000))
    sync = os.fsync

    def full(descriptor):
        if next(writes) == moment:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FetchError, match="No space left on device: free some space and run the same command again"):
        house.fetch()
    assert not list(house.raw.rglob(".part"))
    house.fetch()
    assert set(house.found()) == set(numbers(house.register.studies))
    assert (
        len(list(house.raw.glob("ctgov/*"))) == 1
    )  # where the last sync failed, the second fetch supersedes the first
    assert len(house.found()) == 10


def test_a_folder_that_cannot_be_written_is_told(house):
    """Without it a wrong `raw` ends in a traceback."""
    house.raw.parent.joinpath("raw").write_text("a file")
    with pytest.raises(FetchError, match=r"raw: File exists: see that it may be read and written"):
        house.fetch()


def test_two_fetches_at_once_are_one(house):
    """Without it two fetches write into one another's pages."""
    house.register.faults = [Fault("stall")]
    stalled = threading.Event()
    house.register.before_page = lambda _: stalled.set()
    with serving(house.register) as address:
        first = threading.Thread(target=house.fetch, kwargs={"address": address})
        first.start()
        assert stalled.wait(30)
        with pytest.raises(
            FetchError, match=f"process {os.getpid()} on .* is fetching into .*: wait for it or stop it"
        ):
            house.fetch(address=address)
        house.register.released.set()
        first.join(30)
    assert house.found() == numbers(house.register.studies)


def test_the_rate_is_polite(house):
    """Without it we send requests as fast as the register answers, and are locked out."""
    at = []
    house.register.before_page = lambda _: at.append(house.time.elapsed)
    house.register.faults = [None, Fault("status", 503, {"Retry-After": "0"})]
    house.fetch(chosen={"fetch_rate": 30})
    assert min(later - earlier for earlier, later in pairwise(at)) >= 2


# -- windows --------------------------------------------------------------------------------------------------------


def test_since_last_goes_on_a_day_before_the_end(house):
    """Without it what is posted around midnight falls between two nightly windows."""
    house.fetch()
    house.register.release = "2026-11-03T09:00:05"
    house.time.elapsed = 86_400
    house.register.studies += [study(50, posted="2026-11-01"), study(51, posted="2026-11-02"), study(1, "2026-11-03")]
    del house.register.studies[0]
    folder, manifest = house.fetch(since="last")
    assert folder.name == "000002-since-2026-11-01"
    assert (manifest.asked.since, manifest.until) == (date(2026, 11, 1), date(2026, 11, 3))
    assert manifest.studies == 3
    assert manifest.surplus == 0
    assert len(list(house.raw.glob("ctgov/*"))) == 2  # an increment supersedes nothing
    assert fetched_until(house.settings("http://127.0.0.1:9/api")) == date(2026, 11, 3)


def test_a_register_that_lags_behind_is_not_overtaken(house):
    """Without it the studies of an edition that comes late are older than the next window, and lost."""
    house.register.release = "2026-10-29T09:00:05"
    assert house.fetch().manifest.until == date(2026, 10, 29)
    house.register.release = None
    assert house.fetch().manifest.until == NOW.date()
    house.register.release = "2031-01-01T00:00:00"
    assert house.fetch().manifest.until == NOW.date()
    house.register.release = "yesterday"
    assert house.fetch().manifest.until == NOW.date()


def test_since_last_needs_a_last(house):
    """Without it a first nightly run fetches nothing and calls that complete."""
    house.fetch(limit=3)
    with pytest.raises(FetchError, match="nothing was fetched yet"):
        house.fetch(since="last")


def test_a_gap_is_not_skipped(house):
    """Without it a window of this week makes `last` forget the month before it, which was never fetched."""
    house.fetch()
    house.time.elapsed = 40 * 86_400
    house.register.release = "2026-12-10T00:00:00"
    house.fetch(since=date(2026, 12, 5))
    house.fetch(query="rest", since=date(2026, 10, 1))
    settings = house.settings("http://127.0.0.1:9/api")
    assert fetched_until(settings) == date(2026, 11, 2)
    assert fetched_until(settings, "rest") == date(2026, 12, 10)
    assert house.fetch(since="last").manifest.asked.since == date(2026, 11, 1)
    assert fetched_until(settings) == date(2026, 12, 10)


def test_an_empty_window_is_complete(house):
    """Without it a night without news fails, or the next one begins where an older one ended."""
    house.fetch()
    house.register.release = "2026-11-05T00:00:00"
    house.time.elapsed = 5 * 86_400
    fetched = house.fetch(since="last")
    assert (fetched.manifest.studies, fetched.manifest.pages) == (0, 1)
    assert fetched_until(house.settings("http://127.0.0.1:9/api")) == date(2026, 11, 5)
    assert house.found() == numbers(house.register.studies)


@pytest.mark.parametrize("limit", [1, 4, 5, 10, 50])
def test_a_limit_is_kept_exactly(house, limit):
    """Without it `--limit 5` brings a whole page more, or counts as everything there is."""
    fetched = house.fetch(limit=limit)
    assert house.found() == numbers(house.register.studies)[:limit]
    assert fetched.manifest.studies == min(limit, 10)
    assert fetched.manifest.total == 10
    assert fetched.manifest.surplus is None
    assert fetched_until(house.settings("http://127.0.0.1:9/api")) is None


@pytest.mark.parametrize("asked", [{"limit": 0}, {"query": "  "}])
def test_nonsense_is_refused(house, asked):
    """Without it an empty query downloads the whole register."""
    with pytest.raises(FetchError, match=r"limit of 0|query is empty"):
        house.fetch(**asked)
    assert house.register.asked == []


# -- what vanishes --------------------------------------------------------------------------------------------------


def test_a_full_fetch_names_what_vanished_and_supersedes(house, caplog):
    """Without it a trial that the register withdrew stays in the warehouse for ever."""
    house.fetch()
    house.register.studies.append(study(11, posted="2026-11-02"))
    house.fetch(since=date(2026, 11, 1))
    house.fetch(query="rest", limit=2)
    del house.register.studies[2], house.register.studies[-1]
    with caplog.at_level(logging.WARNING):
        fetched = house.fetch()
    assert fetched.manifest.vanished == ("NCT00000003", "NCT00000011")
    assert "2 studies vanished from the register: NCT00000003, NCT00000011" in caplog.text
    assert house.found() == numbers(house.register.studies)
    assert [folder.name for folder in house.raw.glob("ctgov/*")] == ["000004-full"]
    assert len(list(house.raw.glob(".superseded/*"))) == 3
    assert house.fetch().folder.name == "000005-full"


def test_what_is_superseded_can_be_deleted(house):
    """Without it a weekly full download fills the disk."""
    house.fetch()
    house.fetch(chosen={"fetch_keep_superseded": False})
    assert house.found() == numbers(house.register.studies)
    assert not (house.raw / ".superseded").exists()


def test_a_nightly_fetch_counts_what_vanished(house, caplog):
    """Without it a withdrawn trial is noticed only by the next full fetch, weeks later."""
    house.fetch()
    house.register.studies[0] = study(1, posted="2026-11-02")
    del house.register.studies[4:6]
    with caplog.at_level(logging.WARNING):
        assert house.fetch(since="last").manifest.surplus == 2
    assert "2 studies vanished from the register: fetch everything" in caplog.text
    house.register.studies += some(5, first=200)  # old dates: no window would ever bring them
    assert house.fetch(since="last").manifest.surplus == -3


def test_a_fetch_killed_before_it_superseded_is_finished_by_the_next(house, monkeypatch):
    """Without it what vanished comes back when the machine stops at the wrong moment."""
    house.fetch()
    del house.register.studies[0]

    def stopped(_):
        raise KeyboardInterrupt

    calls = iter([fetching._supersede, stopped])
    with monkeypatch.context() as patch:
        patch.setattr(fetching, "_supersede", lambda settings: next(calls)(settings))
        with pytest.raises(KeyboardInterrupt):
            house.fetch()
    assert len(list(house.raw.glob("ctgov/*"))) == 2
    house.fetch(since="last")
    assert "NCT00000001" not in house.found()


def test_what_a_person_put_there_is_left_alone(house):
    """Without it a full fetch takes away files that it did not bring."""
    own = house.raw / "ctgov" / "000000-mine" / "ctg-studies.json"
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps([study(900)]))
    house.fetch()
    assert house.fetch().manifest.vanished == ()
    assert own.exists()


def test_a_broken_manifest_is_told(house):
    """Without it `last` quietly begins at an older window than the one whose manifest broke."""
    folder, _ = house.fetch()
    (folder / ".manifest.json").write_text("{")
    with pytest.raises(FetchError, match=r"\.manifest\.json is broken .*: move its folder away"):
        house.fetch(since="last")


# -- telling, settings, real records --------------------------------------------------------------------------------


def test_progress_is_told(house, caplog):
    """Without it an hour's download looks like a hang."""
    heard = []

    class Listener:
        def begin(self, step, total):
            heard.append((step, total))

        def advance(self, units, documents):
            heard.append(units)
            assert units == documents

    break_off(house, 1)
    with progress.listening(Listener()), caplog.at_level(logging.INFO):
        house.fetch()
    assert heard == [("fetching", 10), 8, 2]
    assert "page 3: 10 of 10 studies" in caplog.text


@pytest.mark.parametrize(
    "chosen",
    [
        {"fetch_address": "clinicaltrials.gov"},
        {"fetch_address": "http://127.0.0.1/api/"},
        {"fetch_page_size": 1001},
        {"fetch_rate": 0},
        {"fetch_attempts": 0},
        {"fetch_timeout": 0},
    ],
)
def test_settings_are_checked_at_start(chosen):
    """Without it a wrong setting is found out in the middle of the night."""
    with pytest.raises(SettingsError, match=next(iter(chosen))):
        project_settings.load(**chosen)


def test_real_records_come_byte_by_byte(tmp_path):
    """Without it what invented studies lack (escapes, odd letters, long texts) is changed or lost on the way."""
    files = sorted(CORPUS.glob("NCT*.json"))
    if not files:
        pytest.skip("the shared corpus of register records is not here")
    studies = [json.loads(file.read_bytes()) for file in files]
    faults = [None, Fault("cut"), Fault("status", 429), None, Fault("broken")]
    house = House(tmp_path / "raw", Register(studies, faults=faults, doubling=2))
    house.fetch(chosen={"fetch_page_size": 25})
    assert house.found() == numbers(studies)
    pages = [json.loads(file.read_bytes()) for file in sorted(house.raw.glob("ctgov/*/page-*"))]
    assert [one for page in pages for one in page["studies"]] == studies
