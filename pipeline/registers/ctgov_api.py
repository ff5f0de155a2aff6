"""Asking ClinicalTrials.gov's API v2: a client that is polite, and patient with every fault that passes.

Here belongs one request, asked until it is answered or until there is no hope: the rate, the retries, the time-outs,
and whether an answer is whole. What is asked for, and what becomes of the pages, is `fetch`'s business; what a study
says is `ctgov_json`'s.

A fault that passes is asked again, with exponential backoff and jitter: 429 (no sooner than its `Retry-After` says),
408, 425 and 5xx, time-outs, refused, cut and reset connections, a body that ends early, JSON that is broken or no page.
Any other 4xx is the asker's mistake and fails at once.

Source: the register's OpenAPI description of API v2, `/studies` and `/version`: the total comes with the first page
only; all parameters but `pageToken`, `pageSize` and `countTotal` are the same for every page; a page may be empty; the
last page has no `nextPageToken`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from types import TracebackType
from typing import Annotated, Final, NamedTuple, Self, TypeVar

import httpx
import msgspec
from msgspec import Meta, Raw, Struct
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from pipeline.settings import Settings

T = TypeVar("T")

_LOG: Final = logging.getLogger(__name__)
_PASSES: Final = frozenset({408, 425, 429})
"""Statuses below 500 that pass."""
_BACKOFF: Final = wait_exponential_jitter(initial=1, max=120, jitter=1)
_REMEDIES: Final = {
    400: "correct the query",
    401: "the register asks for no credentials: see whether a proxy does",
    403: "the register refuses this machine: lower `fetch_rate`, wait a day and run the same command again",
    404: "see whether the setting `fetch_address` is the API's address",
}


class FetchError(RuntimeError):
    """A fetch that ended with nothing put into `raw/`; the message names the request, the reason and what to do."""


class RefusedError(FetchError):
    """A request that the register will not answer however often it is asked; `status` is HTTP's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class _PassingError(Exception):
    """A fault that may pass; `wait` is how many seconds the register asks to wait, if it does."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class Clock(NamedTuple):
    """Time, so that a test waits for nothing."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]


SYSTEM: Final = Clock(lambda: datetime.now(UTC), time.monotonic, time.sleep)


class Study(NamedTuple):
    """One study of a page: its number, and its bytes as received."""

    number: str
    data: Raw


class Page(NamedTuple):
    """One page of the answer."""

    body: bytes
    """The page as received."""
    studies: tuple[Study, ...]
    token: str | None
    """What the next page is asked for with; None on the last."""
    total: int | None
    """How many studies all pages hold, where the page says so."""

    def only(self, kept: list[Study]) -> bytes:
        """Return the page with these of its studies, each in its own bytes."""
        if len(kept) == len(self.studies):
            return self.body
        return msgspec.json.encode(
            _Page(totalCount=self.total, studies=[one.data for one in kept], nextPageToken=self.token)
        )


class _Page(Struct, omit_defaults=True):
    """A page's JSON; the names are the API's."""

    totalCount: int | None = None  # noqa: N815 - the API's name
    studies: list[Raw] = []
    nextPageToken: str | None = None  # noqa: N815 - the API's name


class _Received(_Page, kw_only=True):
    studies: list[Raw]


class _Identification(Struct, rename="camel"):
    nct_id: Annotated[str, Meta(pattern=r"^NCT\d{8}$")]


class _Protocol(Struct, rename="camel"):
    identification_module: _Identification


class _Study(Struct, rename="camel"):
    protocol_section: _Protocol


class _Version(Struct, rename="camel"):
    data_timestamp: str | None = None


_PAGE: Final = msgspec.json.Decoder(_Received)
_STUDY: Final = msgspec.json.Decoder(_Study)
_VERSION: Final = msgspec.json.Decoder(_Version)


def read_page(body: bytes) -> Page:
    """Return the page that these bytes are.

    Raises:
        msgspec.MsgspecError: where they are no whole page, or a study in it carries no number.
    """
    page = _PAGE.decode(body)
    studies = tuple(
        Study(_STUDY.decode(one).protocol_section.identification_module.nct_id, one) for one in page.studies
    )
    return Page(body, studies, page.nextPageToken or None, page.totalCount)


class Register:
    """The register's API, asked one request after another; to be used as a context manager."""

    def __init__(self, settings: Settings, clock: Clock = SYSTEM) -> None:
        """Ask at the settings' address, at the settings' pace."""
        self._settings = settings
        self._clock = clock
        self._next_at = clock.monotonic()
        self._client = httpx.Client(
            headers={"User-Agent": f"trialhouse/{version('trialhouse')}", "Accept": "application/json"},
            timeout=settings.fetch_timeout,
            follow_redirects=True,
        )
        self.requests = 0
        """How many requests were sent, those again included."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def release(self) -> str | None:
        """Return which edition of its data the register serves; None where it does not say.

        It is the register's UTC time of the data, as it writes it.
        """
        try:
            return self._ask("/version", {}, _VERSION.decode).data_timestamp
        except RefusedError:
            return None

    def page(self, asked: Mapping[str, str], token: str | None, size: int) -> Page:
        """Return the page of `asked` that `token` stands for, the first one for None.

        Raises:
            RefusedError: where the register will not answer.
            FetchError: where it did not answer in the end.
        """
        paging = {"pageSize": str(size), "countTotal": "true"} | ({"pageToken": token} if token else {})
        return self._ask("/studies", {"format": "json", **asked, **paging}, read_page)

    def total(self, asked: Mapping[str, str]) -> int | None:
        """Return how many studies `asked` has now, without reading them; raises as `page` does."""
        return self.page({**asked, "fields": "NCTId"}, None, 1).total

    def _ask(self, path: str, parameters: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        """Return what `read` makes of the answer, asking until there is one."""
        attempts = Retrying(
            retry=retry_if_exception_type(_PassingError),
            stop=stop_after_attempt(self._settings.fetch_attempts),
            wait=_wait,
            sleep=self._clock.sleep,
            before_sleep=_tell,
            reraise=True,
        )
        try:
            answer: T = attempts(self._ask_once, path, parameters, read)
        except _PassingError as error:
            raise FetchError(
                f"{error}; asked {self._settings.fetch_attempts} times: run the same command again later, it goes on "
                "where it stopped (with a smaller `fetch_page_size` where pages are cut or late)"
            ) from error
        return answer

    def _ask_once(self, path: str, parameters: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        self._wait_for_turn()
        self.requests += 1
        request = self._client.build_request("GET", self._settings.fetch_address + path, params=parameters)
        told = f"GET {request.url}"
        try:
            response = self._client.send(request, stream=True)
            try:
                body = self._body(response)
            finally:
                response.close()
        except httpx.TooManyRedirects as error:
            raise FetchError(f"{told}: {error}: see whether `fetch_address` is the API's address") from error
        except httpx.RequestError as error:
            raise _PassingError(f"{told}: {type(error).__name__} ({error})") from error
        status = response.status_code
        if status in _PASSES or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            wait = _retry_after(response.headers.get("Retry-After"), self._clock.now())
            if wait > self._settings.fetch_wait_limit:
                raise FetchError(
                    f"{told}: HTTP {status}, and the register asks to wait {wait:,.0f} seconds, more than the setting "
                    "`fetch_wait_limit`: run the same command again after that, it goes on where it stopped"
                )
            raise _PassingError(f"{told}: HTTP {status}", wait)
        if not response.is_success:
            words = " ".join(body[:300].decode("utf-8", "replace").split())
            remedy = _REMEDIES.get(status, "see what the register says of its API")
            raise RefusedError(f"{told}: HTTP {status} ({words or response.reason_phrase}): {remedy}", status)
        try:
            return read(body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _PassingError(f"{told}: the answer is not whole ({error})") from error

    def _body(self, response: httpx.Response) -> bytes:
        """Return the whole body; one that trickles on and on is given up."""
        until = self._clock.monotonic() + self._settings.fetch_page_timeout
        parts = []
        for part in response.iter_bytes():
            parts.append(part)
            if self._clock.monotonic() > until:
                raise httpx.ReadTimeout(f"not whole after {self._settings.fetch_page_timeout:g} seconds")
        return b"".join(parts)

    def _wait_for_turn(self) -> None:
        """Wait until the polite rate allows another request."""
        wait = self._next_at - self._clock.monotonic()
        if wait > 0:
            self._clock.sleep(wait)
        self._next_at = self._clock.monotonic() + 60 / self._settings.fetch_rate


def _wait(state: RetryCallState) -> float:
    """Return how long to wait before asking again: the backoff, and no less than the register asks for."""
    error = state.outcome.exception() if state.outcome else None
    return max(_BACKOFF(state), error.wait if isinstance(error, _PassingError) else 0.0)


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    _LOG.warning("%s; asking again in %.0f seconds", error, state.upcoming_sleep)


def _retry_after(value: str | None, now: datetime) -> float:
    """Return how many seconds a `Retry-After` asks to wait, as seconds or as a date (RFC 9110, 10.2.3); else 0."""
    words = (value or "").strip()
    if words.isascii() and words.isdigit():
        return float(words)
    try:
        until = parsedate_to_datetime(words)
    except ValueError:
        return 0.0
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())
