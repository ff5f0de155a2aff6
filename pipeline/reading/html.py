"""HTML to text with lines: what a reader of the page sees, in the form of lines that extractor dialect T has.

Here belongs only what HTML itself says: which elements break a line, what a list, a table row and a heading are, what
is hidden. No site is known here; what a line means is a layout's business, and bytes are decoded by `decode`.

The form: a block is a line, a list item `- item` (two blanks deeper in each list inside a list), a table row
`cell | cell |`. A cell that breaks over lines stands on lines of its own and a lone `|` ends it. A `br` ends a line, a
no-break space is a blank.
"""

from __future__ import annotations

import re
import warnings
from typing import Final, NamedTuple

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import NavigableString

# What an element does to lines; one that is not listed does nothing.
_SILENT, _INLINE, _BREAK, _BLOCK, _HEADING, _LIST, _ITEM, _ROW, _CELL, _VERBATIM = range(10)
_ELEMENTS: Final = {
    # Never shown as text, or only above the words that it explains; the `head` is read apart.
    _SILENT: "area audio canvas datalist embed iframe map math noembed noframes noscript object rp rt script"
    " select style svg template textarea title video",
    _BREAK: "br",
    _BLOCK: "address article aside blockquote body caption center details dialog dd div dl dt fieldset figcaption"
    " figure footer form header hgroup hr html legend main nav p search section summary table tbody tfoot thead",
    _HEADING: "h1 h2 h3 h4 h5 h6",
    _LIST: "dir menu ol ul",
    _ITEM: "li",
    _ROW: "tr",
    _CELL: "td th",
    _VERBATIM: "pre listing xmp",
}
_BREAKING: Final = frozenset((_BREAK, _BLOCK))
_ENDING_UNSEEN: Final = frozenset((_INLINE, _BREAK))
_UNSTYLED: Final = frozenset((_SILENT, _BREAK))
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # a page may open as XML does: it is read as what it is
        soup = _Soup(html, deepest)
    links = {name: soup.about.links[name] for name in ("canonical", "og:url") if soup.about.links.get(name)}
    return Rendered("\n".join(soup.body.finish()), soup.body.levels, soup.about.title, links)


class _Soup(BeautifulSoup):
    """bs4's parse by lxml, handed on piece by piece to what writes lines.

    It answers the events that bs4 documents for its builders (`handle_starttag`, `handle_endtag`, `handle_data`,
    `endData`) without growing bs4's tree: that takes three quarters of a parse and 25 times the page's size, and a
    page is read once, from its beginning to its end. lxml ends what it began, inside out, whatever the page does.
    """

    def __init__(self, html: str, deepest: int | None) -> None:
        self._deepest = deepest
        super().__init__(html, "lxml")

    def reset(self) -> None:
        """Begin the page; bs4 does so again where lxml does not take the text as it is."""
        super().reset()
        self.about = _Head()
        self.body = _Writer()
        self._part: _Head | _Writer = self.body
        self._depth = 0

    def handle_starttag(  # type: ignore[override]  # bs4 allows attributes of more types than lxml's HTML has
        self,
        name: str,
        namespace: str | None,  # noqa: ARG002 - bs4's own, which HTML has not
        nsprefix: str | None,  # noqa: ARG002 - the same
        attrs: dict[str, str],
        **_: object,
    ) -> None:
        """Enter an element."""
        self.endData()
        self._depth += 1
        if self._deepest is not None and self._depth > self._deepest:
            raise TooDeepError(f"its elements are nested more than {self._deepest:,} deep")
        if name == "head":
            self._part = self.about
        self._part.open(name, attrs)

    def handle_endtag(self, name: str, nsprefix: str | None = None) -> None:  # noqa: ARG002 - bs4's own
        """Leave the element that was entered last."""
        self._depth -= 1
        self._part.close(name)
        if name == "head":
            self._part = self.body

    def endData(self, containerClass: type[NavigableString] | None = None) -> None:  # noqa: N802, N803 - bs4's names
        """End a run of words; it has a class where it is a comment or a declaration."""
        if self.current_data:
            text = "".join(self.current_data)
            self.current_data.clear()
            if containerClass is None:
                self._part.write(text)


class _Head:
    """What the page's head says of the page."""

    def __init__(self) -> None:
        self.title: str | None = None
        self.links: dict[str, str] = {}
        self._words: list[str] | None = None  # of the title that we are in

    def open(self, name: str, attrs: dict[str, str]) -> None:
        """Enter an element of the head."""
        if name == "title":
            self._words = []
        elif name == "link" and "canonical" in attrs.get("rel", "").split():
            self.links["canonical"] = attrs.get("href", "").strip()
        elif name == "meta" and attrs.get("property") == "og:url":
            self.links["og:url"] = attrs.get("content", "").strip()

    def close(self, name: str) -> None:
        """Leave an element of the head."""
        if name == "title" and self._words is not None:
            self.title = self.title or " ".join("".join(self._words).split()) or None
            self._words = None

    def write(self, text: str) -> None:
        """Take words, of which only the title's are shown."""
        if self._words is not None:
            self._words.append(text)


class _Cell(NamedTuple):
    """The table cell that is being written."""

    lines: int
    """How many lines the page had when the cell began."""
    pieces: int
    """Where its text begins in the line that is being written."""
    outer: _Cell | None
    """The cell that its table stands in."""


class _Writer:
    """Writes lines while the page's elements and words go by."""

    def __init__(self) -> None:
        self.levels: dict[int, int] = {}
        self._lines: list[str] = []
        self._pieces: list[str] = []  # of the line that is being written
        self._kinds: list[int] = []  # of the elements that we are in
        self._broken = False  # a line break is due before the next words
        self._marker = ""  # of the list item that the next words begin
        self._silent = 0  # how many elements that are not shown we are in
        self._lists = 0  # how many lists
        self._verbatim = 0  # how many preformatted elements
        self._headings = [0]  # the levels of the headings
        self._cell: _Cell | None = None  # the innermost one

    def finish(self) -> list[str]:
        """Return the lines of the page, which is at its end."""
        self._flush()
        return self._lines

    def open(self, name: str, attrs: dict[str, str]) -> None:
        """Enter an element."""
        kind = _KIND.get(name, _INLINE)
        if self._silent:
            kind = _SILENT
        elif attrs:
            kind = _styled(kind, attrs)
        self._kinds.append(kind)
        if kind in _BREAKING:
            self._broken = True
        elif kind == _CELL:
            self._broken = False
            self._cell = _Cell(len(self._lines), len(self._pieces), self._cell)
        elif kind == _SILENT:
            self._silent += 1
        elif kind != _INLINE:
            self._open_line(name, kind)

    def close(self, _: str) -> None:
        """Leave the element that was entered last."""
        kind = self._kinds.pop()
        if kind == _BLOCK:
            self._broken = True
        elif kind == _CELL:
            self._close_cell()
        elif kind == _SILENT:
            self._silent -= 1
        elif kind not in _ENDING_UNSEEN:
            self._close_line(kind)

    def write(self, text: str) -> None:
        """Write words that stand between two tags."""
        if self._silent:
            return
        if self._verbatim and "\n" in text:  # a line feed is a line break
            for index, line in enumerate(text.split("\n")):
                self._broken |= index > 0
                self._write(line)
        else:
            self._write(text)

    def _write(self, text: str) -> None:
        if text.strip():
            if self._broken:
                self._flush()
            self._pieces.append(text)
        elif not self._broken:
            self._pieces.append(" ")

    def _open_line(self, name: str, kind: int) -> None:
        """Begin an element that begins a line even in a cell that has no words yet."""
        self._flush(start=True)
        if kind == _LIST:
            self._lists += 1
        elif kind == _ITEM:
            self._marker = "  " * (min(self._lists, _DEEPEST) - 1) + "- "
        elif kind == _HEADING:
            self._headings.append(int(name[1]))
        elif kind == _VERBATIM:
            self._verbatim += 1

    def _close_line(self, kind: int) -> None:
        self._flush()
        if kind == _LIST:
            self._lists -= 1
        elif kind == _ITEM:
            self._marker = ""
        elif kind == _HEADING:
            self._headings.pop()
        elif kind == _VERBATIM:
            self._verbatim -= 1

    def _close_cell(self) -> None:
        cell = self._cell
        if cell and len(self._lines) > cell.lines:  # it broke over lines
            self._flush()
            self._lines.append("|")
        else:
            self._pieces.append(" | ")
        self._broken = False
        self._cell = cell.outer if cell else None

    def _flush(self, *, start: bool = False) -> None:
        """End the line that is being written; `start` says that what follows must begin a line, even in a cell."""
        self._broken = False
        pieces, cell = self._pieces, self._cell
        if not pieces:
            return
        if cell and len(self._lines) == cell.lines:
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
        self._lines.append(self._marker + text)
        self._marker = ""
        if self._headings[-1]:
            self.levels[len(self._lines)] = self._headings[-1]


def _styled(kind: int, attrs: dict[str, str]) -> int:
    """Tell what an element of a kind does to lines, its own style and `hidden` included."""
    if kind in _UNSTYLED:
        return kind
    if "hidden" in attrs:
        return _SILENT
    if (style := attrs.get("style")) and (found := _STYLE.search(style)):
        if found[2] or found[1].lower() == "none":
            return _SILENT
        if kind == _INLINE and found[1].lower() in _AS_BLOCK:
            return _BLOCK
    return kind
