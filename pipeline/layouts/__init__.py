"""The page layouts, one module a layout; adding a site is adding one module here.

A layout module has:

- `NAME`, the layout's name in `documents.layout`, and `SOURCE`, the key of its site in `sources`;
- `MARKERS`, regular expressions by name that are looked for in the page's lines, and `NEEDED`, how many must be found;
- `read(page) -> Record`, the grammar;
- `LAST_RESORT = True` only where it is tried after every other layout has failed.

Here belongs only the choice of the layout for a page. What all layouts share to read lines is `pipeline.lines`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple, Protocol

from pipeline.lines import Page
from pipeline.records import Record


class Layout(Protocol):
    """What a module of this package has."""

    NAME: str
    SOURCE: str
    MARKERS: Mapping[str, re.Pattern[str]]
    NEEDED: int

    def read(self, page: Page) -> Record:
        """Read the page's words; raise nothing for a page that was recognised."""
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
    def last_resort(self) -> bool:
        """Whether the layout is only for pages that no other layout knows."""
        return getattr(self.layout, "LAST_RESORT", False)

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
    seen = [_look(layout, page) for layout in layouts()]
    if sure := [fit for fit in seen if fit.sure]:
        return max(sure, key=lambda fit: (not fit.last_resort, fit.share))
    nearest = max(seen, key=lambda fit: fit.share)
    raise NotRecognisedError(
        f"no known layout: nearest is {nearest.layout.NAME} with {len(nearest.found)} of the {nearest.layout.NEEDED} "
        f"markers that it needs ({', '.join(nearest.found) or 'none'})"
    )


def _look(layout: Layout, page: Page) -> Recognition:
    found = (name for name, marker in layout.MARKERS.items() if any(marker.search(line.text) for line in page.lines))
    return Recognition(layout, tuple(found))
