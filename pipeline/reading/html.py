"""HTML to text with lines: what a reader of the page sees, in the form of lines that extractor dialect T has.

Here belongs only what HTML itself says: which elements break a line, what a list, a table row and a heading are, what
is hidden. No site is known here; what a line means is a layout's business, and bytes are decoded by `decode`.

The form: a block is a line, a list item `- item` (two blanks deeper in each list inside a list), a table row
`cell | cell |`. A cell that breaks over lines stands on lines of its own and a lone `|` ends it. A `br` ends a line, a
no-break space is a blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

# What an element does to lines; one that is not listed does nothing.
_SILENT, _INLINE, _BLOCK, _HEADING, _LIST, _ITEM, _ROW, _CELL, _VERBATIM = range(9)
_ELEMENTS: Final = {
    # Never shown as text; a `head` is read for the title and the links, apart from the walk.
    _SILENT: "area audio canvas datalist embed head iframe map math noembed noframes noscript object script select"
    " style svg template textarea title video",
    _BLOCK: "address article aside blockquote body caption center details dialog dd div dl dt fieldset figcaption"
    " figure footer form header hgroup hr html legend main nav p search section summary table tbody tfoot thead",
    _HEADING: "h1 h2 h3 h4 h5 h6",
    _LIST: "dir menu ol ul",
    _ITEM: "li",
    _ROW: "tr",
    _CELL: "td th",
    _VERBATIM: "pre listing xmp",
}
_KIND: Final = {name: kind for kind, names in _ELEMENTS.items() for name in names.split()}
# An author's style decides over the element's own: a block-styled span breaks lines, a hidden one says nothing.
_STYLE: Final = re.compile(r"(?:^|[;\s])(?:display\s*:\s*([a-z-]+)|visibility\s*:\s*(hidden))", re.IGNORECASE)
_AS_BLOCK: Final = frozenset(("block", "flex", "grid", "list-item", "table"))
_DEEPEST: Final = 9  # a list; nobody indents deeper, and a page made to nest without end must not cost its square
_BARS: Final = re.compile(r"[| ]*\Z")


class TooDeepError(ValueError):
    """Elements nested deeper than allowed; the message says how deep that is."""


class Rendered(NamedTuple):
    """A page's text and what HTML says beside it."""

    text: str
    """The lines, joined by line feeds."""
    levels: dict[int, int]
    """The heading level (1 to 6) by line number, from 1."""
    title: str | None
    """The page's `<title>`, white space collapsed."""
    links: dict[str, str]
    """The page's own address as it names it, by `canonical` and `og:url`, in this order."""


def render(html: str, deepest: int | None = None) -> Rendered:
    """Render a whole HTML page or a piece of one; anything parses.

    Raises:
        TooDeepError: where more than `deepest` elements are nested in each other.
    """
    soup = _Soup(html, deepest)
    writer = _Writer()
    writer.walk(soup)
    return Rendered("\n".join(writer.lines), writer.levels, *_head(soup))


class _Soup(BeautifulSoup):
    """bs4's tree on lxml, with an eye on its depth: at every element bs4 goes up through all that it is nested in."""

    def __init__(self, html: str, deepest: int | None) -> None:
        self._deepest = deepest
        # No attribute is cut into a list of words: only `rel` is looked at, and cutting costs a tenth of the parse.
        super().__init__(html, "lxml", multi_valued_attributes=None)

    def pushTag(self, tag: Tag) -> None:  # noqa: N802 - bs4's name
        """Enter an element; the document itself is the first."""
        super().pushTag(tag)
        if self._deepest is not None and len(self.tagStack) > self._deepest + 1:
            raise TooDeepError(f"its elements are nested more than {self._deepest:,} deep")


def _head(soup: BeautifulSoup) -> tuple[str | None, dict[str, str]]:
    """Return the title and the links of the page's head."""
    title: str | None = None
    links: dict[str, str] = {}
    for element in soup.head.descendants if soup.head else ():
        if not isinstance(element, Tag):
            continue
        if element.name == "title":
            title = title or " ".join(element.get_text().split()) or None
        elif element.name == "link" and "canonical" in str(element.get("rel")).split():
            links["canonical"] = str(element.get("href") or "").strip()
        elif element.name == "meta" and element.get("property") == "og:url":
            links["og:url"] = str(element.get("content") or "").strip()
    return title, {name: links[name] for name in ("canonical", "og:url") if links.get(name)}


class _Cell(NamedTuple):
    """The table cell that is being written."""

    lines: int
    """How many lines the page had when the cell began."""
    pieces: int
    """Where its text begins in the line that is being written."""


class _Frame(NamedTuple):
    """An element that is being walked: what is still to come in it, and what to go back to behind it."""

    children: Iterator[PageElement]
    kind: int
    cell: _Cell | None
    level: int


class _Writer:
    """Writes lines while one walk goes through the tree; no recursion, so no depth is too deep."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.levels: dict[int, int] = {}
        self._pieces: list[str] = []  # of the line that is being written
        self._broken = False  # a line break is due before the next words
        self._marker = ""  # of the list item that the next words begin
        self._lists = 0  # how many lists we are in
        self._verbatim = 0  # how many preformatted elements we are in
        self._level = 0  # of the heading that we are in
        self._cell: _Cell | None = None

    def walk(self, root: Tag) -> None:
        """Write everything under `root`."""
        pieces = self._pieces
        stack = [_Frame(iter(root.contents), _BLOCK, None, 0)]
        while stack:
            for child in stack[-1].children:
                if type(child) is NavigableString:  # and no subclass: those are comments, declarations, scripts
                    if self._verbatim:
                        self._write_lines(child)
                    elif not child.isspace():
                        if self._broken:
                            self._flush()
                        pieces.append(child)
                    elif not self._broken:
                        pieces.append(" ")
                elif isinstance(child, Tag):
                    if child.name == "br":
                        self._broken = True
                    elif kind := _kind(child):
                        stack.append(_Frame(iter(child.contents), kind, self._cell, self._level))
                        if kind != _INLINE:
                            self._open(child.name, kind)
                        break
            else:
                frame = stack.pop()
                if frame.kind != _INLINE:
                    self._close(frame)
        self._flush()

    def _open(self, name: str, kind: int) -> None:
        if kind == _CELL:
            self._broken = False
            self._cell = _Cell(len(self.lines), len(self._pieces))
            return
        if kind == _BLOCK:
            self._broken = True
            return
        self._flush(start=True)
        if kind == _LIST:
            self._lists += 1
        elif kind == _ITEM:
            self._marker = "  " * (min(self._lists, _DEEPEST) - 1) + "- "
        elif kind == _HEADING:
            self._level = int(name[1])
        elif kind == _VERBATIM:
            self._verbatim += 1

    def _close(self, frame: _Frame) -> None:
        kind = frame.kind
        if kind == _CELL:
            self._close_cell()
        elif kind == _BLOCK:
            self._broken = True
        else:
            self._flush()
            if kind == _LIST:
                self._lists -= 1
            elif kind == _ITEM:
                self._marker = ""
            elif kind == _VERBATIM:
                self._verbatim -= 1
        self._cell, self._level = frame.cell, frame.level

    def _close_cell(self) -> None:
        if self._cell and len(self.lines) > self._cell.lines:  # it broke over lines
            self._flush()
            self.lines.append("|")
        else:
            self._pieces.append(" | ")
        self._broken = False

    def _write_lines(self, text: str) -> None:
        """Write preformatted text, whose line feeds are line breaks."""
        for index, line in enumerate(text.split("\n")):
            self._broken |= index > 0
            if line.strip():
                if self._broken:
                    self._flush()
                self._pieces.append(line)

    def _flush(self, *, start: bool = False) -> None:
        """End the line that is being written; `start` says that what follows must begin a line, even in a cell."""
        self._broken = False
        pieces, cell = self._pieces, self._cell
        if not pieces:
            return
        if cell and len(self.lines) == cell.lines:
            # The first break of a cell: the cells before it in the row are a line of their own.
            own = "".join(pieces[cell.pieces :])
            if not start and not own.strip():
                return
            self._line("".join(pieces[: cell.pieces]))
            self._line(own)
        else:
            self._line("".join(pieces))
        pieces.clear()
        if cell:
            self._cell = cell._replace(pieces=0)

    def _line(self, text: str) -> None:
        text = " ".join(text.split())
        if _BARS.match(text):  # nothing, or a row of empty cells
            return
        self.lines.append(self._marker + text)
        self._marker = ""
        if self._level:
            self.levels[len(self.lines)] = self._level


def _kind(element: Tag) -> int:
    """Tell what an element does to lines, its own style and `hidden` included."""
    kind = _KIND.get(element.name, _INLINE)
    if not element.attrs or kind == _SILENT:
        return kind
    if "hidden" in element.attrs:
        return _SILENT
    style = element.attrs.get("style")
    if style and (found := _STYLE.search(str(style))):
        if found[2] or found[1].lower() == "none":
            return _SILENT
        if kind == _INLINE and found[1].lower() in _AS_BLOCK:
            return _BLOCK
    return kind
