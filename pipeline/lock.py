"""One process at a time: a file that only one holds, and that tells the others who does.

Here belongs the lock itself. What is done meanwhile, how long another waits and what it is told is its user's business.
"""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pipeline.legible import printable

_STEP: Final = 0.2
"""Seconds between two tries."""


class HeldError(Exception):
    """The lock is another's; `holder` says whose."""

    def __init__(self, holder: str) -> None:
        """Keep the holder's name."""
        super().__init__(f"held by {holder}")
        self.holder = holder


@contextmanager
def held(place: Path, wait: float = 0.0, waiting: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the lock at `place`, a file that is made where it is missing and is never deleted.

    The lock is the operating system's: it falls with the process that held it, however that ended.

    Args:
        place: the file, in a folder that is there.
        wait: how many seconds to wait for another holder.
        waiting: called once with the holder's name, where there is one to wait for.

    Raises:
        HeldError: where another held it for all that time.
        OSError: where the file cannot be written.
    """
    with place.open("a+") as handle:
        until = time.monotonic() + wait
        is_told = False
        while not _taken(handle.fileno()):
            handle.seek(0)
            holder = printable(handle.read(), 100) or "another process"
            if time.monotonic() >= until:
                raise HeldError(holder)
            if not is_told:
                waiting(holder)
                is_told = True
            time.sleep(_STEP)
        with suppress(OSError):  # on a full disk the lock holds though nobody learns whose it is
            handle.truncate(0)
            handle.write(f"process {os.getpid()} on {socket.gethostname()}")
            handle.flush()
        yield
        with suppress(OSError):
            handle.truncate(0)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
