"""Files to identities: the SHA-256 of each file's bytes, remembered for as long as the file system says it is the same.

Here belongs when a file need not be read again to be known, as git's index decides it: size, times and inode are what
they were, and the file had rested when it was read. What is in a file is `extract`'s business.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, NamedTuple

import polars as pl

from pipeline.archiving.documents import File, open_file
from pipeline.workers import cores

_RESTED: Final = 2_000_000_000
"""How many nanoseconds before it was read a file must have been changed last: a change in the same tick of the clock
would leave no trace."""
_CHUNK: Final = 1 << 22
"""So many bytes are hashed at once, during which the other threads need not be asked for anything."""
_MEMORY: Final = {
    "path": pl.String,
    "size": pl.Int64,
    "modified": pl.Int64,
    "changed": pl.Int64,
    "inode": pl.Int64,
    "device": pl.Int64,
    "file_id": pl.String,
}

Stamp = tuple[int, int, int, int, int]
"""What the file system says of a file, the same as long as nobody writes to it: size, times, inode, device."""


class Hashed(NamedTuple):
    """A file with its identity; `problem` where its bytes cannot be had."""

    file: File
    file_id: str | None
    size: int | None
    problem: str | None
    stamp: Stamp | None = None
    """The file's stamp when it was hashed."""
    has_rested: bool = False
    """Whether its stamp will tell if it changes."""

    @property
    def key(self) -> str:
        """What the list of its documents is kept under: its bytes and its address decide what they are."""
        return hashlib.sha256(f"{self.file_id}\0{self.file.url}".encode()).hexdigest()[:32]


class Hashing(NamedTuple):
    """A file that is known, or is being hashed meanwhile."""

    file: File
    stamp: Stamp | None
    """The file's stamp when it was found; None where the file system does not say."""
    is_known: bool
    """Whether there is nothing to wait for: it has rested unchanged since it was hashed, or is not there."""
    result: Callable[[], Hashed]
    """Waits for its identity."""

    @property
    def size(self) -> int:
        """How large it was when it was found."""
        return self.stamp[0] if self.stamp else 0


def stamp(handle: IO[bytes]) -> Stamp:
    """Return the stamp of an open file."""
    return _stamp(os.fstat(handle.fileno()))


def unavailable(error: OSError) -> str:
    """Return the reason why a file's bytes cannot be had, and the remedy."""
    return f"{error.strerror or error}: see that it is there and may be read, and build again"


class _Digest(NamedTuple):
    """What a file's bytes came to."""

    file_id: str
    size: int
    stamp: Stamp
    has_rested: bool


_begun: Final[dict[Path, Future[_Digest]]] = {}
"""Files whose hashing somebody began before they were asked for."""


def begin_to_hash(paths: Iterable[Path]) -> None:
    """Begin to hash files that `hash_files` will be asked for, one after the other, while the caller does other things.

    The thread ends with the program, whatever it has done by then.
    """
    new = {path.resolve(): Future[_Digest]() for path in paths}
    _begun.update(new)

    def work() -> None:
        for path, future in new.items():
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(_digest(path))
                except OSError as error:
                    future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()


@contextmanager
def hash_files(files: Sequence[File], memory: Path) -> Iterator[list[Hashing]]:
    """Give each file with the SHA-256 of its bytes, which is made while the caller does other things.

    Args:
        files: the files; one that has rested unchanged since it was hashed is not opened.
        memory: the file that remembers; it may be missing, broken or deleted at any time.
    """
    known = _remembered(memory)
    pool = ThreadPoolExecutor(cores())
    try:
        begun = [_begin(file, known, pool) for file in files]
        yield begun
        results = [one.result() for one in begun]
    finally:
        pool.shutdown(cancel_futures=True)
    now = {
        (os.fspath(one.file.path), one.stamp): one.file_id
        for one in results
        if one.has_rested and one.stamp and one.file_id
    }
    if now != known:
        _remember(memory, now)


def _begin(file: File, known: dict[tuple[str, Stamp], str], pool: ThreadPoolExecutor) -> Hashing:
    try:
        now = _stamp(file.path.stat())
    except OSError as error:
        missing = Hashed(file, None, None, unavailable(error))
        return Hashing(file, None, True, lambda: missing)
    if file_id := known.get((os.fspath(file.path), now)):
        told = Hashed(file, file_id, now[0], None, now, has_rested=True)
        return Hashing(file, now, True, lambda: told)
    return Hashing(file, now, False, pool.submit(_hash, file, now).result)


def _hash(file: File, now: Stamp) -> Hashed:
    begun = _begun.pop(file.path, None)
    try:
        digest = begun.result() if begun and not begun.cancel() else None
        if digest is None or digest.stamp != now:
            digest = _digest(file.path)
    except OSError as error:
        return Hashed(file, None, None, unavailable(error))
    return Hashed(file, digest.file_id, digest.size, None, digest.stamp, digest.has_rested)


def _digest(path: Path) -> _Digest:
    started = time.time_ns()
    with open_file(path) as handle:
        now = stamp(handle)
        digest, block = hashlib.sha256(), memoryview(bytearray(min(now[0], _CHUNK) + 1))
        while size := handle.readinto(block):
            digest.update(block[:size])
        is_same = stamp(handle) == now
        return _Digest(digest.hexdigest(), handle.tell(), now, is_same and started - max(now[1], now[2]) > _RESTED)


def _stamp(stat: os.stat_result) -> Stamp:
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev


def _remembered(memory: Path) -> dict[tuple[str, Stamp], str]:
    try:
        rows = pl.read_parquet(memory, schema=_MEMORY).iter_rows()
        return {(path, tuple(told)): file_id for path, *told, file_id in rows}
    except (OSError, pl.exceptions.PolarsError):
        return {}


def _remember(memory: Path, known: dict[tuple[str, Stamp], str]) -> None:
    # A path that is no UTF-8 cannot be written: such a file is read every time.
    rows = [(path, *told, file_id) for (path, told), file_id in known.items() if path.isprintable()]
    aside = memory.with_name(f".{memory.name}-{os.getpid()}")
    pl.DataFrame(rows, schema=_MEMORY, orient="row").write_parquet(aside)
    aside.replace(memory)
