"""Whole processes, timed: wall clock, processor seconds and the most memory that a command and its children held.

Here belongs only the measuring, by a look at the kernel's figures ten times a second (Linux). Memory is what is
resident; of the files and libraries that processes share, the most that one of them has counts for all. To ask for each
page's share (PSS) would cost the processes, which wait meanwhile, some of their time.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

_SAMPLE: Final = 0.1
"""Seconds between two looks at the memory."""
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Measured(NamedTuple):
    """What a command took."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    """The most that all of its processes held together."""
    largest_bytes: int
    """The most that one of them held."""
    output: str


class CommandError(RuntimeError):
    """A command that failed; the message ends with what it said."""


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Measured:
    """Run a command to its end and return what it took.

    Raises:
        CommandError: where it failed.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
    )
    watch = _Watch(process.pid)
    watch.start()
    output, errors = process.communicate()
    seconds = time.perf_counter() - started
    watch.stop()
    if process.returncode:
        raise CommandError(f"{' '.join(command)} ended with {process.returncode}: {errors[-2000:]}{output[-2000:]}")
    return Measured(seconds, sum(watch.spent.values()), watch.peak, watch.largest, output)


class _Watch(threading.Thread):
    """Looks at a process and all that it started, until told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = self.largest = 0
        self.spent: dict[int, float] = {}
        """Processor seconds of each process, as last seen."""
        self._pid = pid
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(_SAMPLE):
            family = _family(self._pid)
            self.spent |= {pid: seconds for pid in family if (seconds := _spent(pid))}
            held = [_held(pid) for pid in family]
            self.peak = max(self.peak, sum(own for own, _ in held) + max(shared for _, shared in held))
            self.largest = max(self.largest, *map(sum, held))

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def _family(pid: int) -> list[int]:
    """Return the process and its descendants, those of a fork server among them."""
    found = [pid]
    for one in found:
        try:
            tasks = Path(f"/proc/{one}/task").iterdir()
            found += [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:  # it has ended
            continue
    return found


def _held(pid: int) -> tuple[int, int]:
    """Return the bytes that are resident: the process's own, and those of files, which others may share."""
    try:
        _, resident, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text().split())
    except (OSError, ValueError):  # it has ended
        return 0, 0
    return (resident - shared) * _PAGE, shared * _PAGE


def _spent(pid: int) -> float:
    try:
        # The command's name, in brackets, may hold anything; user and system time are the 12th and 13th after it.
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0.0
