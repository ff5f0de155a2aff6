"""The choice of the layout for a page."""

from collections.abc import Iterator
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined] # how `re` itself reads an expression

import pytest
from press_cells import SHARED

from pipeline.layouts import NotRecognisedError, layouts, recognise
from pipeline.reading.html import render
from pipeline.reading.lines import Page

SAMPLE = Path(__file__).parent.parent / "raw" / "sample"


def pages() -> Iterator[tuple[str, Page]]:
    """Yield the sample's pages and, where it is there, the corpus'."""
    files = [*SAMPLE.glob("*.txt"), *SAMPLE.glob("*.html")]
    files += [*(SHARED / "corpus" / "pages").rglob("*.txt"), *(SHARED / "corpus" / "ctgov_html").rglob("*.html")]
    for path in sorted(files):
        text = path.read_bytes().decode()
        if path.suffix == ".html":
            rendered = render(text)
            yield path.name, Page(rendered.text, levels=rendered.levels, html=True)
        else:
            yield path.name, Page(text)


def test_the_short_way_finds_what_the_long_way_finds() -> None:
    """Recognition passes over most lines at once; a marker that it passed over would lose a site's pages."""
    for name, page in pages():
        try:
            found = recognise(page)
        except NotRecognisedError:
            assert name.startswith("error_page")
            continue
        for layout in layouts():
            seen = {
                marker
                for marker, shape in layout.MARKERS.items()
                if any(shape.search(line.text) for line in page.lines)
            }
            if layout is found.layout:
                assert set(found.found) == seen, name
            elif not getattr(layout, "LAST_RESORT", False):
                assert len(seen) < layout.NEEDED, (name, layout.NAME)


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.NAME)
def test_anchored_markers_are_anchored(layout: object) -> None:
    """`^a|b` is looked for in every line as `b`, too, but only at a line's start by the short way."""
    for name, marker in layout.MARKERS.items():  # type: ignore[attr-defined] # a layout module
        if marker.pattern.startswith("^"):
            assert _parser.parse(marker.pattern)[0][0] is _constants.AT, name


def test_an_unknown_page_is_told_what_it_lacks() -> None:
    """The reason names the nearest layout, or that there is none."""
    with pytest.raises(NotRecognisedError, match="no marker of any"):
        recognise(Page("A day in spring\nThe birds are back."))
    with pytest.raises(NotRecognisedError, match="nearest is crick with 1 of the 3 markers"):
        recognise(Page("Purpose\nto sing"))
