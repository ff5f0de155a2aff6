"""Telling a person how far a build is: one reporter a process, silent unless somebody listens.

Here belongs only the telephone line between the steps of a build, which know nothing of terminals, and whoever shows
progress (the command line's bar, a test).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Reporter(Protocol):
    """Whoever is told how far the work is."""

    def begin(self, step: str, total: int | None) -> None:
        """A step begins that will count up to `total` units, where that is known."""

    def advance(self, units: int, documents: int) -> None:
        """So many units and documents of the step were done since last told."""


class _Silent:
    def begin(self, step: str, total: int | None) -> None:
        pass

    def advance(self, units: int, documents: int) -> None:
        pass


_reporter: ContextVar[Reporter] = ContextVar("reporter", default=_Silent())  # noqa: B039 - it has no state


def reporter() -> Reporter:
    """Return whoever listens."""
    return _reporter.get()


@contextmanager
def listening(listener: Reporter) -> Iterator[None]:
    """Let `listener` hear what is done meanwhile."""
    token = _reporter.set(listener)
    try:
        yield
    finally:
        _reporter.reset(token)
