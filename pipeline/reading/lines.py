"""Documents' text as lines: the one form that every page layout reads, whatever carried the page.

Here belongs the making of lines with offsets from plain text in both extractor dialects (R keeps blank lines, bullets
`•` and indentation; T has none of them, writes `- item` and `cell | cell |`), the `Page` that layouts read from, and
the account of what was read. Rendering HTML to such text is `html`'s; what a line means is a layout's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pipeline.reading.words import Words, join_words

_MARKS: Final = frozenset("•*◦▪‣·●○■□–-")
_MARKER: Final = re.compile(r"(?:([•*◦▪‣·●○■□–-])|(\d{1,3}[.)]))(?:[ \t]+|$)")
_BLANK: Final = " \t\r\f\v"
_ADDRESS: Final = re.compile(r"https?://\S+\Z")
# Blanks of other widths, and signs that nobody sees: of no width, soft hyphens, marks of direction. Browsers and
# extractors put them where they like.
_OTHER_BLANKS: Final = re.compile("[\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_UNSEEN: Final = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


class Line(NamedTuple):
    """One line that is not blank."""

    position: int
    """Its position in `Page.lines`."""
    number: int
    """Its line in the document's text, from 1."""
    text: str
    """Its words as they stand, without indentation, list marker and trailing blanks."""
    start: int
    """The offset of `text` in the document's text."""
    indent: int
    """How many blanks stand before the marker or the text."""
    marker: str
    """The list marker as written (`•`, `-`, `1.`), or empty."""
    outer: int
    """The offset of the marker, or `start` where there is none."""
    gap: bool
    """Whether a blank line stands before it."""
    level: int
    """The level of an HTML heading, else 0."""

    @property
    def end(self) -> int:
        """The offset behind the last character of `text`."""
        return self.start + len(self.text)


class Page:
    """A text or HTML document, ready for a layout.

    Every line is either given out as words, skipped (a label or noise that the layout names) or reported by `unread`.
    """

    def __init__(
        self, text: str, *, url: str | None = None, levels: dict[int, int] | None = None, html: bool = False
    ) -> None:
        """Make lines of `text`; `levels` gives the heading level by line number, `html` whether we rendered it.

        `url` is the page's address where something outside the text says it (a manifest, a canonical link).
        """
        self.text = text = as_seen(text)
        """The text in which lines and words have their places."""
        self.html = html
        lines = _lines(text, levels or {})
        # People save pages with the address as the first line: it is no line of the page itself.
        self.address = lines[0] if lines and _ADDRESS.fullmatch(lines[0].text) else None
        """The first line, where it is nothing but a web address."""
        self.url = url or (self.address.text if self.address else None)
        """The page's address, from outside the text or from its first line."""
        if self.address:
            lines = [line._replace(position=position) for position, line in enumerate(lines[1:])]
        self.lines = tuple(lines)
        self.dialect = None if html else _dialect(self.lines, text)
        """R or T, the dialect of the extractor that saved the text; None for HTML, which we rendered."""
        self._read: set[int] = set()

    def words(self, line: Line, start: int = 0, end: int | None = None) -> Words:
        """Return `line.text[start:end]` as words with their place, and count the line as read."""
        self._read.add(line.position)
        piece = line.text[start:end]
        stripped = piece.strip()
        left = line.start + start
        if len(stripped) < len(piece):
            left += len(piece) - len(piece.lstrip())
        return Words(stripped, ((left, left + len(stripped)),))

    def whole(self, line: Line) -> Words:
        """Return the line with its list marker: for prose, where a number or a dash is part of the wording."""
        self._read.add(line.position)
        return Words(self.text[line.outer : line.end], ((line.outer, line.end),))

    def skip(self, *lines: Line) -> None:
        """Count lines as read that hold no value: labels, and noise that the layout names."""
        self._read.update(line.position for line in lines)

    def is_read(self, line: Line) -> bool:
        """Whether the line was given out or skipped."""
        return line.position in self._read

    def unread(self) -> Iterator[Line]:
        """Yield the lines that no rule read and no rule named as noise."""
        return (line for line in self.lines if line.position not in self._read)


def as_seen(text: str) -> str:
    r"""Return a page's text as its reader sees it: with one kind of blank and without signs that show nothing.

    >>> as_seen("Time\u00a0frame\u200b: Week\u202f4")
    'Time frame: Week 4'
    """
    if "\n" not in text:
        text = text.replace("\r", "\n")  # the line ends of old systems
    return text if text.isascii() else _UNSEEN.sub("", _OTHER_BLANKS.sub(" ", text))


def prose(page: Page, lines: Iterable[Line]) -> Words | None:
    """Return the lines as one running text, markers kept; None where there are none."""
    return join_words(page.whole(line) for line in lines)


def _lines(text: str, levels: dict[int, int]) -> list[Line]:
    lines: list[Line] = []
    begin = 0  # of the line that is being read
    gap = False
    for number, raw in enumerate(text.split("\n"), 1):
        body = raw.strip(_BLANK)
        if body:
            indent = raw.index(body[0])
            outer = start = begin + indent
            marker = ""
            if (body[0] in _MARKS or body[0].isdigit()) and (found := _MARKER.match(body)):
                marker = found[1] or found[2]
                start += found.end()
                body = body[found.end() :]
            level = levels.get(number, 0)
            lines.append(Line(len(lines), number, body, start, indent, marker, outer, gap, level))
            gap = False
        else:
            gap = True
        begin += len(raw) + 1
    return lines


def _dialect(lines: tuple[Line, ...], text: str) -> str:
    """Tell the extractor's dialect: R keeps blank lines, indentation and `•`; T keeps pipes and `- `.

    Marks count only where blank lines do not tell: an author writes dashes and bullets as well.
    """
    gaps = sum(line.gap for line in lines)
    if gaps * 10 > len(lines):
        return "R"
    t_marks = sum(1 for line in lines if line.marker == "-" or line.text.endswith("|"))
    r_marks = sum(1 for line in lines if line.indent >= 2 or (gaps and line.marker == "•"))
    if t_marks != r_marks:
        return "T" if t_marks > r_marks else "R"
    return "R" if "\n\n" in text[:400] else "T"
