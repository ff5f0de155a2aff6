"""Work on every core: batches through worker processes, results in order, whatever their number.

Here belongs only how work is spread. Workers are started by `forkserver`, since a fork after Polars has started its
threads can hang; small work stays in this process, since a worker takes a second or two to start.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work: Callable[[T], R], items: Iterable[T], *, workers: int, small: bool) -> Iterator[R]:
    """Yield `work(item)` for every item, in order, with at most two items a worker waiting.

    `workers` 0 takes every core. `small` work is done here, as is all work where one worker is asked for.
    """
    count = workers or cores()
    if small or count == 1:
        yield from map(work, items)
        return
    context = multiprocessing.get_context("forkserver")
    waiting: deque[Future[R]] = deque()
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > 2 * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
