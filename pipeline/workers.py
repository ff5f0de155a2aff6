"""Work on every core: batches through worker processes, results in order, whatever their number.

Here belongs only how work is spread. Workers are started by `forkserver`, since a fork after Polars has started its
threads can hang; that server has imported what they need (`preloaded`) and started nothing. Small work stays in this
process, since the server takes half a second to start. Once it is there, workers take a twentieth: each call has its
own, and none sits on memory while DuckDB wants it.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, forkserver
from typing import Final, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_YOUNG: Final = 200_000
"""How many new objects let a worker look for garbage within an item: some pages' trees, or a batch's records. Python's
own 700 would look through a whole batch hundreds of times."""


class WorkerLostError(RuntimeError):
    """A worker process ended before its work did; the message names the remedy."""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work: Callable[[T], R], items: Iterable[T], *, workers: int, small: bool) -> Iterator[R]:
    """Yield `work(item)` for every item, in order, with at most two items a worker waiting.

    `workers` 0 takes every core. `small` work is done here, as is all work where one worker is asked for.

    Raises:
        WorkerLostError: where a worker was killed, as a system short of memory does. What the others did is kept.
    """
    count = workers or cores()
    if small or count == 1:
        yield from map(work, items)
        return
    prepare(count)
    context = multiprocessing.get_context("forkserver")
    waiting: deque[Future[R]] = deque()
    try:
        with ProcessPoolExecutor(count, mp_context=context, initializer=_begin) as pool:
            for item in items:
                waiting.append(pool.submit(_run, work, item))
                if len(waiting) > 2 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
    except BrokenProcessPool:
        raise WorkerLostError(
            f"one of {count} worker processes was killed, most likely because memory ran out: set `workers` lower or "
            "`batch_bytes` smaller, and build again; what was read is kept"
        ) from None  # the cause says nothing that a person could use


def prepare(workers: int) -> None:
    """Let the workers' server load what they need while this process goes on; `workers` as for `spread`.

    It is for whoever knows, before there is an item, that there will be many. Where the server is there, or one worker
    is asked for, nothing happens.
    """
    if (workers or cores()) > 1:
        multiprocessing.get_context("forkserver").set_forkserver_preload(["pipeline.preloaded"])
        forkserver.ensure_running()


def _run(work: Callable[[T], R], item: T) -> R:
    # What the item before left behind, of which little is new since all that was imported is set apart.
    gc.collect()
    gc.freeze()
    return work(item)


def _begin() -> None:
    # The workers share the cores among them; Polars reads this when it is first imported.
    os.environ["POLARS_MAX_THREADS"] = "1"
    gc.set_threshold(_YOUNG)
    # A terminal interrupts every process at once: the parent is who says what that means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when the process that asked for it is gone: a killed one cannot tell its workers."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
