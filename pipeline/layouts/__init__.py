"""The page layouts, one module a layout; adding a site is adding one module here.

A layout module has:

- `NAME`, the layout's name in `documents.layout`, and `SOURCE`, the key of its site in `sources`;
- `MARKERS`, regular expressions by name that are looked for in the page's lines, and `NEEDED`, how many must be found;
- `read(page) -> Record`, the grammar;
- `LAST_RESORT = True` only where it is tried after every other layout has failed.

Here belongs only the choice of the layout for a page. What all layouts share to read lines is `pipeline.reading.lines`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple, Protocol

from pipeline.reading.lines import Page
from pipeline.reading.records import Record


class Layout(Protocol):
    """What a module of this package has."""

    NAME: str
    SOURCE: str
    MARKERS: Mapping[str, re.Pattern[str]]
    NEEDED: int

    def read(self, page: Page) -> Record:
        """Read the page's words.

        Raises:
            NotRecognisedError: only by a last resort, for a page that is none of a trial.
        """
        ...


class Recognition(NamedTuple):
    """How well one layout fits a page."""

    layout: Layout
    found: tuple[str, ...]

    @property
    def sure(self) -> bool:
        """Whether enough markers were found."""
        return len(self.found) >= self.layout.NEEDED

    @property
    def share(self) -> float:
        """The share of the layout's markers that were found."""
        return len(self.found) / len(self.layout.MARKERS)


class NotRecognisedError(ValueError):
    """A page of no known layout; the message says which layout came nearest and what it lacked."""


@cache
def layouts() -> tuple[Layout, ...]:
    """Return every layout module of this package, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    return tuple(module for module in modules if hasattr(module, "MARKERS"))


def recognise(page: Page) -> Recognition:
    """Return the layout that the page is in, with the markers that say so.

    Raises:
        NotRecognisedError: where no layout's markers suffice.
    """
    seen = []
    # Pages in other letters, and then the last resort, are looked for only where no other layout fits.
    for group in _groups():
        fits = group.look(page)
        if sure := [fit for fit in fits if fit.sure]:
            return max(sure, key=lambda fit: fit.share)
        seen += fits
    nearest = max(seen, key=lambda fit: fit.share)
    if not nearest.found:
        raise NotRecognisedError("no known layout: it shows no marker of any; save the page of one trial")
    raise NotRecognisedError(
        f"no known layout: nearest is {nearest.layout.NAME} with {len(nearest.found)} of the {nearest.layout.NEEDED} "
        f"markers that it needs ({', '.join(nearest.found)})"
    )


class _Group:
    """Layouts that are looked for together: one expression soon tells the many lines that no marker begins."""

    def __init__(self, members: tuple[Layout, ...], *, any_case: bool = False) -> None:
        self.members = [
            (layout, {name: _in_case(marker, any_case=any_case) for name, marker in layout.MARKERS.items()})
            for layout in members
        ]
        patterns = [marker for _, markers in self.members for marker in markers.values()]
        anchored = [marker for marker in patterns if marker.pattern.startswith("^")]
        self.begins = re.compile("|".join(f"(?{_flags(marker)}:{_unnamed(marker)[1:]})" for marker in anchored))
        self.within = [marker for marker in patterns if marker not in anchored]

    def look(self, page: Page) -> list[Recognition]:
        """Return what markers of each layout the page has."""
        within = [marker for marker in self.within if marker.search(page.text)]
        lines = [
            line.text
            for line in page.lines
            if self.begins.match(line.text) or any(marker.search(line.text) for marker in within)
        ]
        return [
            Recognition(layout, tuple(name for name, marker in markers.items() if any(map(marker.search, lines))))
            for layout, markers in self.members
        ]


@cache
def _groups() -> tuple[_Group, ...]:
    last = tuple(layout for layout in layouts() if getattr(layout, "LAST_RESORT", False))
    first = tuple(layout for layout in layouts() if layout not in last)
    return _Group(first), _Group(first, any_case=True), _Group(last)


def _in_case(marker: re.Pattern[str], *, any_case: bool) -> re.Pattern[str]:
    """Return the marker, or one that a page in other letters has as well, as style sheets and browsers make it."""
    return re.compile(marker.pattern, marker.flags | re.IGNORECASE) if any_case else marker


def _unnamed(marker: re.Pattern[str]) -> str:
    """Return the expression without the names of its groups, which must not meet another's."""
    return re.sub(r"\(\?P<\w+>", "(?:", marker.pattern)


def _flags(marker: re.Pattern[str]) -> str:
    return "i" if marker.flags & re.IGNORECASE else ""
