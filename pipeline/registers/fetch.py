"""Fetching from ClinicalTrials.gov: a window of studies comes into `raw/` whole, or not at all.

    raw/ctgov/000012-since-2026-11-02/   a window that was fetched: page-00001.json …, as received
        .manifest.json                   what was asked and when, the register's edition, the counts, what vanished
        .studies                         the numbers of its studies, one a line
    raw/.incoming/<digest>/              a window on its way: its pages so far and its manifest
    raw/.superseded/                     windows that a later full fetch superseded
    raw/.fetch.lock                      held while a fetch runs

Here belongs which studies are asked for, that none is lost or doubled, and where the pages lie. Asking is
`ctgov_api`'s, reading what the pages say the build's. To the build, hidden files are no documents, so a manifest can
lie beside its pages.

- **Resuming.** A page carries the token of the next: the pages that are there say where a broken fetch goes on. It goes
  on only while the register serves the same edition of its data and takes the token; else the window begins anew.
- **Whole.** A window is promoted, by one rename, once as many distinct studies have come as the register counts, before
  and after paging. Where the register changes while it is read, the window is fetched once more; then the fetch fails.
- **Not doubled.** A study that comes twice in the same bytes is kept once, in the page that had it first; in different
  bytes, it says that the register changed. All other pages are stored byte by byte.
- **Windows.** `since` asks for studies posted on that day or later. A window reaches to the day of the register's
  edition; `last` begins a day before the end of what was fetched without a gap.
- **Vanished.** A full fetch (no query, no date, no limit) names the studies that earlier windows had and the register
  has no more, and supersedes those windows: they leave the build, and with them what vanished. An increment supersedes
  nothing, since the build takes the latest version of each trial; it compares the number of all studies that were
  fetched with the register's, which costs one request, and tells the difference. Files that a person put into `raw/`
  are left alone.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec
from msgspec import Struct

from pipeline.lock import HeldError, held
from pipeline.progress import reporter
from pipeline.registers.ctgov_api import SYSTEM, Clock, FetchError, Page, RefusedError, Register, Study, read_page
from pipeline.settings import Settings

LAST: Final = "last"
OVERLAP: Final = timedelta(days=1)
"""How far a window reaches back into the one before: a day is not the same day everywhere."""
WINDOWS: Final = "ctgov"
_INCOMING: Final = ".incoming"
_SUPERSEDED: Final = ".superseded"
_MANIFEST: Final = ".manifest.json"
_STUDIES: Final = ".studies"
_LOG: Final = logging.getLogger(__name__)
_TOKEN_REJECTED: Final = frozenset({400, 404, 410, 422})


class Asked(Struct, frozen=True, kw_only=True):
    """Which studies a window holds."""

    address: str
    query: str | None = None
    """Words in the register's search syntax (`query.term`)."""
    since: date | None = None
    """Studies whose latest version was posted on that day or later."""
    limit: int | None = None
    """Only so many, whichever the register sends first."""

    @property
    def is_full(self) -> bool:
        """Whether that is every study of the register."""
        return self.query is None and self.since is None and self.limit is None

    @property
    def digest(self) -> str:
        """A name for it."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]

    def label(self) -> str:
        """Return what a person would call it."""
        parts = (
            f"query-{hashlib.sha256(self.query.encode()).hexdigest()[:8]}" if self.query else "",
            f"since-{self.since}" if self.since else "",
            f"first-{self.limit}" if self.limit else "",
        )
        return "-".join(part for part in parts if part) or "full"

    def parameters(self) -> Mapping[str, str]:
        """Return the API's parameters for it."""
        return {
            **({"query.term": self.query} if self.query else {}),
            **({"filter.advanced": f"AREA[LastUpdatePostDate]RANGE[{self.since},MAX]"} if self.since else {}),
        }


class Manifest(Struct, frozen=True, kw_only=True):
    """What is known of a window; the counts are there once it is complete."""

    asked: Asked
    begun: datetime
    """When its first page was asked for, UTC."""
    until: date
    """The day that it reaches to."""
    release: str | None = None
    """The register's edition (`dataTimestamp`); None where the register does not say."""
    completed: datetime | None = None
    total: int = 0
    """How many studies the register counts."""
    studies: int = 0
    """How many distinct ones came: the total, or the limit."""
    pages: int = 0
    byte_size: int = 0
    doubled: int = 0
    """How many came again in the same bytes, since the fetch was last resumed; each is kept once."""
    requests: int = 0
    """How many requests were sent, since the fetch was last resumed."""
    surplus: int | None = None
    """How many more studies were fetched so far than the register has: so many vanished. Where it is negative, so many
    were never fetched. None where it cannot be told: of a query, a limit, or before the first full fetch."""
    vanished: tuple[str, ...] = ()
    """Of a full fetch: the studies that vanished."""


class Fetched(NamedTuple):
    """What a fetch put into `raw/`."""

    folder: Path
    manifest: Manifest


class _ChangedError(Exception):
    """What was gathered does not fit together: the register changed meanwhile, or forgot where we were."""


def fetch(
    settings: Settings,
    *,
    query: str | None = None,
    since: date | Literal["last"] | None = None,
    limit: int | None = None,
    clock: Clock = SYSTEM,
) -> Fetched:
    """Fetch a window of studies into `raw/`, going on where a broken fetch of the same window stopped.

    Args:
        settings: the register's address, the pace, the patience, the raw folder.
        query: only studies that match, in the register's search syntax.
        since: only studies posted on that day or later; `last` for what was posted since the last fetch.
        limit: only so many studies.
        clock: time, for tests.

    Raises:
        FetchError: where nothing was promoted; what was gathered stays for the next attempt, unless the register
            contradicts itself.
    """
    if query is not None and not query.strip():
        raise FetchError("the query is empty: leave it out to fetch every study")
    if limit is not None and limit < 1:
        raise FetchError(f"a limit of {limit} studies: name at least 1")
    raw = settings.raw
    try:
        with _only_one(raw), Register(settings, clock) as register:
            _supersede(settings)  # a fetch that was killed may have left that to do
            start = _day_after_which(settings, query) if since == LAST else since
            asked = Asked(address=settings.fetch_address, query=query, since=start, limit=limit)
            window = _gather(asked, settings, register, clock)
            fetched = _promote(window, settings, register, clock)
            _supersede(settings)
            return fetched
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "free some space" if is_full else "see that it may be read and written"
        raise FetchError(
            f"{error.filename or raw}: {error.strerror or error}: {remedy} and run the same command again, it goes on "
            "where it stopped"
        ) from error


def fetched_until(settings: Settings, query: str | None = None) -> date | None:
    """Return the day up to which studies that match `query` were fetched without a gap; None where nothing was."""
    until: date | None = None
    for _, manifest in _windows(settings.raw):
        asked = manifest.asked
        if asked.limit is not None or asked.query not in (None, query):
            continue
        if asked.since is None or until is None or asked.since <= until:
            until = max(manifest.until, until or manifest.until)
    return until


def _day_after_which(settings: Settings, query: str | None) -> date:
    until = fetched_until(settings, query)
    if until is None:
        raise FetchError(
            "nothing was fetched yet that `--since last` could go on from: fetch without it once, or name a date"
        )
    return until - OVERLAP


# -- gathering ------------------------------------------------------------------------------------------------------


class _Window:
    """A window on its way: the pages of one request in a folder."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.seen: dict[str, int] = {}
        """The studies that came, each with a hash of its bytes."""
        self.total: int | None = None
        self.token: str | None = None
        self.pages = 0
        self.byte_size = 0
        self.doubled = 0
        self._tokens: set[str] = set()

    @property
    def wanted(self) -> int:
        """How many studies it should have in the end."""
        return min(self.total or 0, self.manifest.asked.limit or self.total or 0)

    @property
    def goes_on(self) -> bool:
        """Whether there is another page to ask for."""
        limit = self.manifest.asked.limit
        return not self.pages or (self.token is not None and (limit is None or len(self.seen) < limit))

    def take(self, page: Page) -> bytes:
        """Count a page in and return what is to be kept of it.

        Raises:
            _ChangedError: where it does not fit to the pages before it.
        """
        if not self.pages:
            self.total = page.total
            if self.total is None:
                raise FetchError("the register's first page does not say how many studies there are: try again later")
        elif page.total not in (None, self.total):
            raise _ChangedError(f"it counted {self.total:,} studies, then {page.total:,}")
        kept: list[Study] = []
        for study in page.studies:
            mark = hash(bytes(study.data))
            known = self.seen.get(study.number)
            if known is None:
                if len(self.seen) == self.manifest.asked.limit:
                    break
                self.seen[study.number] = mark
                kept.append(study)
            elif known == mark:
                self.doubled += 1
                _LOG.warning("%s came twice; it is kept once", study.number)
            else:
                raise _ChangedError(f"{study.number} came twice, in two versions")
        if len(self.seen) > self.wanted:
            raise _ChangedError(f"it counts {self.wanted:,} studies and sends more")
        if page.token in self._tokens:
            raise _ChangedError(f"page {self.pages + 1:,} leads back to an earlier page")
        if page.token:
            self._tokens.add(page.token)
        data = page.only(kept)
        self.token = page.token
        self.pages += 1
        self.byte_size += len(data)
        return data

    def place(self, number: int) -> Path:
        """Return where a page lies; pages count from 1."""
        return self.folder / f"page-{number:05}.json"


def _gather(asked: Asked, settings: Settings, register: Register, clock: Clock) -> _Window:
    """Return the window with all its pages, fetched anew once where it does not fit together.

    What was gathered by an earlier run does not count as a time: it may be days old.
    """
    folder = settings.raw / _INCOMING / asked.digest
    begun = 0
    while True:
        release = register.release()
        if release is not None:
            _forget_others(folder.parent, release)
        window = _resume(folder, asked, release) or _begin(folder, asked, release, clock.now())
        begun += window.pages == 0
        try:
            _read(window, settings, register, clock)
        except _ChangedError as changed:
            shutil.rmtree(folder)
            if begun > 1:
                raise FetchError(
                    f"the register changed while {asked.label()} was read from {asked.address}, twice ({changed}); "
                    "nothing was kept: run the same command again later"
                ) from changed
            _LOG.warning("the register changed while it was read (%s): the window begins anew", changed)
        else:
            return window


def _begin(folder: Path, asked: Asked, release: str | None, now: datetime) -> _Window:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    manifest = Manifest(asked=asked, begun=now, until=_until(release, now), release=release)
    _write(folder / _MANIFEST, _told(manifest))
    return _Window(folder, manifest)


def _until(release: str | None, now: datetime) -> date:
    """Return the day that what is fetched now reaches to: that of the register's edition, which may lag behind."""
    try:
        return min(datetime.fromisoformat(release or "").date(), now.date())
    except ValueError:
        return now.date()


def _resume(folder: Path, asked: Asked, release: str | None) -> _Window | None:
    """Return the window as an earlier run left it; None where there is nothing to go on from."""
    try:
        manifest = msgspec.json.decode((folder / _MANIFEST).read_bytes(), type=Manifest)
        if manifest.asked != asked or manifest.release != release:
            return None
        window = _Window(folder, manifest)
        while (place := window.place(window.pages + 1)).exists():
            window.take(read_page(place.read_bytes()))
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError, _ChangedError):
        return None
    if window.pages:
        _LOG.info("going on behind page %d, with %d studies", window.pages, len(window.seen))
    return window


def _forget_others(incoming: Path, release: str) -> None:
    """Delete what was gathered from editions that the register serves no more: it can never be completed."""
    for folder in incoming.glob("*/"):
        try:
            manifest = msgspec.json.decode((folder / _MANIFEST).read_bytes(), type=Manifest)
        except (FileNotFoundError, msgspec.MsgspecError):
            manifest = None
        if manifest is None or manifest.release != release:
            shutil.rmtree(folder)


def _read(window: _Window, settings: Settings, register: Register, clock: Clock) -> None:
    """Read the pages that are missing, and see that the window is whole.

    Raises:
        _ChangedError: where it is not, or cannot be.
    """
    asked = window.manifest.asked
    size = min(settings.fetch_page_size, asked.limit or settings.fetch_page_size)
    started, before, is_told = clock.monotonic(), len(window.seen), False
    while window.goes_on:
        try:
            page = register.page(asked.parameters(), window.token, size)
        except RefusedError as error:
            if window.token is None or error.status not in _TOKEN_REJECTED:
                raise
            raise _ChangedError(f"it takes the token of page {window.pages + 1:,} no more: {error}") from error
        told = len(window.seen) if is_told else 0
        _write(window.place(window.pages + 1), window.take(page))
        if not is_told:
            reporter().begin("fetching", window.wanted)
            is_told = True
        reporter().advance(len(window.seen) - told, len(window.seen) - told)
        rate = (len(window.seen) - before) / max(clock.monotonic() - started, 1e-9)
        left = timedelta(seconds=round((window.wanted - len(window.seen)) / rate)) if rate else "unknown time"
        progress = (window.pages, len(window.seen), window.wanted, rate, left)
        _LOG.info("page %d: %d of %d studies, %.0f a second, %s left", *progress)
    if len(window.seen) != window.wanted:
        raise _ChangedError(f"it counts {window.wanted:,} studies and sent {len(window.seen):,}")
    if window.pages > 1:  # one page is one moment
        total, release = register.total(asked.parameters()), register.release()
        if total != window.total:
            raise _ChangedError(f"it counted {window.total:,} studies, and {total or 0:,} in the end")
        if release != window.manifest.release:
            raise _ChangedError(f"it served its edition of {window.manifest.release}, then that of {release}")


# -- promoting ------------------------------------------------------------------------------------------------------


def _promote(window: _Window, settings: Settings, register: Register, clock: Clock) -> Fetched:
    """Put a whole window into `raw/`, by one rename."""
    raw, asked = settings.raw, window.manifest.asked
    home = raw / WINDOWS
    home.mkdir(exist_ok=True)
    known = _known(raw)
    vanished = tuple(sorted(known.difference(window.seen))) if asked.is_full else ()
    manifest = msgspec.structs.replace(
        window.manifest,
        completed=clock.now(),
        total=window.total,
        studies=len(window.seen),
        pages=window.pages,
        byte_size=window.byte_size,
        doubled=window.doubled,
        surplus=len(vanished) if asked.is_full else _surplus(asked, known.union(window.seen), raw, register),
        requests=register.requests,
        vanished=vanished,
    )
    _write(window.folder / _STUDIES, "".join(f"{number}\n" for number in sorted(window.seen)).encode())
    _write(window.folder / _MANIFEST, _told(manifest))
    target = home / f"{_next_number(raw):06}-{asked.label()}"
    _sync(window.folder)
    window.folder.rename(target)
    _sync(home)
    if manifest.vanished:
        _LOG.warning("%d studies vanished from the register: %s", len(vanished), ", ".join(vanished))
    elif manifest.surplus:
        told = "vanished from the register" if manifest.surplus > 0 else "of the register were never fetched"
        _LOG.warning("%d studies %s: fetch everything to set that right", abs(manifest.surplus), told)
    return Fetched(target, manifest)


def _surplus(asked: Asked, known: set[str], raw: Path, register: Register) -> int | None:
    """Return how many more studies are known than the register has; None where the windows do not tell."""
    has_all = any(manifest.asked.is_full for _, manifest in _windows(raw))
    if asked.query is not None or asked.limit is not None or not has_all:
        return None
    total = register.total({})
    return None if total is None else len(known) - total


def _next_number(raw: Path) -> int:
    """Return the number of the next window, above that of every window there was."""
    names = (place.name for folder in (WINDOWS, _SUPERSEDED) for place in (raw / folder).glob("[0-9]*-*"))
    numbers = (name.partition("-")[0] for name in names)
    return max((int(number) for number in numbers if number.isdecimal()), default=0) + 1


def _windows(raw: Path) -> list[tuple[Path, Manifest]]:
    """Return the windows that were fetched and not superseded, in their order."""
    windows = []
    for file in sorted((raw / WINDOWS).glob(f"[0-9]*-*/{_MANIFEST}")):
        try:
            windows.append((file.parent, msgspec.json.decode(file.read_bytes(), type=Manifest)))
        except msgspec.MsgspecError as error:
            raise FetchError(f"{file} is broken ({error}): move its folder away and fetch again") from error
    return windows


def _known(raw: Path) -> set[str]:
    """Return the numbers of all studies in the windows."""
    return {line for folder, _ in _windows(raw) for line in (folder / _STUDIES).read_text().splitlines()}


def _supersede(settings: Settings) -> None:
    """Take the windows before the latest full one away; again and again, it changes nothing."""
    windows = _windows(settings.raw)
    full = max((index for index, (_, manifest) in enumerate(windows) if manifest.asked.is_full), default=0)
    superseded = settings.raw / _SUPERSEDED
    for folder, _ in windows[:full]:
        superseded.mkdir(exist_ok=True)
        folder.rename(superseded / folder.name)
    if superseded.exists() and not settings.fetch_keep_superseded:
        shutil.rmtree(superseded)  # hidden already, so that nobody reads half of it


# -- files ----------------------------------------------------------------------------------------------------------


@contextmanager
def _only_one(raw: Path) -> Iterator[None]:
    """Hold the lock of a raw folder."""
    with ExitStack() as stack:
        raw.mkdir(parents=True, exist_ok=True)
        try:
            stack.enter_context(held(raw / ".fetch.lock"))
        except HeldError as error:
            raise FetchError(f"{error.holder} is fetching into {raw}: wait for it or stop it") from None
        yield


def _told(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def _write(place: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    aside = place.with_name(".part")
    try:
        with aside.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        aside.replace(place)
    finally:
        aside.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Have the system write down which files a folder holds."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
