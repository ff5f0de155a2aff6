"""A register on loopback that answers as ClinicalTrials.gov's API v2 does, and fails as networks do.

Here belongs what the tests of the live fetch ask. The studies are invented, shaped as the register's; a test may put
real ones in. Faults are given one an answer, in the order in which pages are asked for.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = dict[str, Any]


def study(number: int, posted: str = "2026-10-01", title: str = "") -> Answer:
    """Return an invented study in the register's shape."""
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": f"NCT{number:08}",
                "orgStudyIdInfo": {"id": f"HOUSE-{number}"},
                "briefTitle": title or f"Study \\[{number}\\] of “rest” versus no rest",
            },
            "statusModule": {
                "overallStatus": "RECRUITING",
                "lastUpdatePostDateStruct": {"date": posted, "type": "ACTUAL"},
            },
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"]},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-02"}},
        "hasResults": False,
    }


def number_of(one: Answer) -> str:
    """Return a study's number."""
    return str(one["protocolSection"]["identificationModule"]["nctId"])


@dataclass
class Fault:
    """What happens to one request for a page."""

    kind: str
    """`status`, `refuse`, `reset`, `cut`, `cut_chunks`, `cut_packed`, `broken`, `html`, `no_page` or `stall`."""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Register:
    """The register's data and its moods."""

    studies: list[Answer]
    release: str | None = "2026-11-02T09:00:05"
    """None: it has no `/version`, as a mirror might."""
    faults: list[Fault | None] = field(default_factory=list)
    """What happens to the requests for pages, the first ones first; then, and where it is None, nothing."""
    before_page: Callable[[int], None] = lambda _number: None
    """Told the number of each request for a page, from 1, before it is answered."""
    doubling: int = 0
    """How many studies of the page before each page begins with, once more."""
    tells_total_on: Callable[[bool], bool] = lambda is_first: is_first
    """Whether a page tells the total."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """The parameters of every request for a page so far, with `user-agent`."""
    rejects_tokens: bool = False
    released: threading.Event = field(default_factory=threading.Event)
    """Lets those go that stall."""

    def chosen(self, parameters: dict[str, str]) -> list[Answer]:
        """Return the studies that are asked for."""
        since = re.fullmatch(r"AREA\[LastUpdatePostDate\]RANGE\[([\d-]+),MAX\]", parameters.get("filter.advanced", ""))
        if "filter.advanced" in parameters and not since:
            raise ValueError("`filter.advanced` is no expression")
        words = parameters.get("query.term", "")
        return [
            one
            for one in self.studies
            if (since is None or one["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] >= since[1])
            and words in one["protocolSection"]["identificationModule"]["briefTitle"]
        ]

    def page(self, parameters: dict[str, str]) -> bytes:
        """Return the page that is asked for; raise ValueError where the request is wrong."""
        chosen = self.chosen(parameters)
        token = parameters.get("pageToken")
        if token is not None and (self.rejects_tokens or not token.startswith("t")):
            raise ValueError("`pageToken` parameter is invalid")
        start = int(token[1:]) if token else 0
        end = start + min(int(parameters.get("pageSize", 10)), 1000)
        page = chosen[max(0, start - self.doubling) : end]
        if parameters.get("fields") == "NCTId":
            page = [{"protocolSection": {"identificationModule": {"nctId": number_of(one)}}} for one in page]
        told: Answer = {}
        if parameters.get("countTotal") == "true" and self.tells_total_on(token is None):
            told["totalCount"] = len(chosen)
        told["studies"] = page
        if end < len(chosen):
            told["nextPageToken"] = f"t{end}"
        return json.dumps(told, ensure_ascii=False).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer waits 40 ms
    server: _Server

    def do_GET(self) -> None:
        """Answer as the API would, or fail as told."""
        register = self.server.register
        address = urlsplit(self.path)
        parameters = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path == "/api/v2/version" and register.release is not None:
            return self._send(200, json.dumps({"apiVersion": "2.0.5", "dataTimestamp": register.release}).encode())
        if address.path != "/api/v2/studies":
            return self._send(404, b"Not found", kind="text/plain")
        with self.server.turn:
            register.asked.append({**parameters, "user-agent": self.headers["User-Agent"]})
            register.before_page(len(register.asked))
            fault = register.faults.pop(0) if register.faults else None
            try:
                body = register.page(parameters)
            except ValueError as error:
                return self._send(400, str(error).encode(), kind="text/plain")
        if fault is None:
            return self._send(200, body)
        return self._fail(fault, body)

    def _fail(self, fault: Fault, body: bytes) -> None:
        self.close_connection = True
        half = body[: len(body) // 2]
        if fault.kind == "status":
            self._send(fault.status, b"not now", kind="text/plain", headers=fault.headers)
        elif fault.kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif fault.kind == "cut":
            self._send(200, half, length=len(body))
        elif fault.kind == "cut_chunks":
            self._head(200, {"Transfer-Encoding": "chunked", "Content-Type": "application/json"})
            self.wfile.write(f"{len(half):x}\r\n".encode() + half + b"\r\n")
        elif fault.kind == "cut_packed":
            packed = gzip.compress(body)
            self._send(200, packed[: len(packed) // 2], headers={"Content-Encoding": "gzip"})
        elif fault.kind == "broken":
            self._send(200, half)
        elif fault.kind == "html":
            self._send(200, b"<html><body>Under maintenance</body></html>", kind="text/html")
        elif fault.kind == "no_page":
            self._send(200, b'{"studies": [{"protocolSection": {}}]}')
        elif fault.kind == "stall":
            self._send(200, half, length=len(body))
            self.wfile.flush()
            self.server.register.released.wait(60)
        elif fault.kind != "refuse":
            raise AssertionError(fault.kind)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _send(
        self,
        status: int,
        body: bytes,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
        length: int | None = None,
    ) -> None:
        told = {"Content-Type": kind, "Content-Length": str(len(body) if length is None else length)}
        self._head(status, told | (headers or {}))
        self.wfile.write(body)

    def finish(self) -> None:
        """Close; a connection that we reset is closed already."""
        if self.connection.fileno() >= 0:
            super().finish()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    register: Register
    turn: threading.Lock

    def handle_error(self, *args: object) -> None:
        """Say nothing: the other end hung up, as it may."""


@contextmanager
def serving(register: Register, port: int = 0) -> Iterator[str]:
    """Serve the register on loopback meanwhile; gives the API's address."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.register, server.turn = register, threading.Lock()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/api/v2"
    finally:
        register.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def numbers(studies: Sequence[Answer]) -> list[str]:
    """Return the studies' numbers, sorted."""
    return sorted(number_of(one) for one in studies)
