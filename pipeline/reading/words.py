"""The words that were read: text as the source has it, cleaned by one rule, with the places it came from.

Here belongs what "order and wording are kept" means (`clean`) and the type that carries words and their places. What
the words mean is decided in `normalize`; who reads them is a layout's or a register's business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import polars as pl

Span = tuple[int, int]
"""Half-open offsets into `document_texts.text`, in characters."""

# Registers pass Markdown through: punctuation that means something there arrives behind a backslash.
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~^|&=\"'$%@:;,/?])")
# What the register's Markdown puts between two lists that would otherwise become one: markup, not words.
_BETWEEN_LISTS: Final = re.compile(r"(?<!\\)<!--\s*+-->")
# A NUL or another control character is never a word; white space is folded by split().
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ufeff\u200b\u2060]")

BETWEEN: Final = "\x1f"
"""What joins clean words where a list of them is one text: a control character, which they never have."""

# For whole columns, in the regular expressions of Polars: letters, marks and signs that are printable and that NFC
# neither changes nor joins with others, which is nearly all that registers print; words of nothing else and single
# blanks between them are clean.
STEADY: Final = (
    r"\x21-\x7e\xa1-\xac\xae-\x{2ff}\x{391}-\x{3a1}\x{3a3}-\x{3c9}\x{410}-\x{44f}"
    r"\x{2010}-\x{2027}\x{2030}-\x{205e}\x{2190}-\x{22ff}\x{4e00}-\x{9fa5}"
)
_DOUBTFUL: Final = rf"[^ {STEADY}]|\\|  |<!--|^ | $|^$"
_STRANGE: Final = rf"[^ \n\t\r{STEADY}]|<!--"
_WIDE: Final = r"\s{2,}|[^\S ]"


def clean(text: str) -> str:
    r"""Return `text` as the warehouse stores it: NFC, escapes (`\<`) undone, white space collapsed, nothing else.

    An empty comment (`<!-- -->`), which Markdown puts between two lists, is such white space.

    >>> clean("a \\< b\n  c")
    'a < b c'
    """
    if "<!--" in text:
        text = _BETWEEN_LISTS.sub(" ", text)
    if "\\" in text:
        text = "".join(_ESCAPED.split(text))  # the marks themselves stay, being a group
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    words = " ".join(text.split())
    if words.isprintable():
        return words
    # Letters that a sign stood between may be one now.
    return " ".join(unicodedata.normalize("NFC", _CONTROL.sub("", words)).split())


def clean_column(words: pl.Series) -> pl.Series:
    """Return a column of plain words clean, empty ones as NULL: what `clean` does, in a fifth of the time."""
    doubtful = words.str.contains(_DOUBTFUL).arg_true()
    if doubtful.is_empty():
        return words
    some = words.gather(doubtful)
    mended = some.str.replace_all(_ESCAPED.pattern, "$1").str.replace_all(_WIDE, " ").str.strip_chars(" ")
    strange = some.str.contains(_STRANGE).arg_true()
    mended = mended.scatter(strange, [clean(one) for one in some.gather(strange)])
    return words.scatter(doubtful, mended.replace("", None))


class Words(str):
    """Clean words with the spans of the document's text that they were read from.

    A plain `str` wherever a register format gives the value a place by its key; `Words` wherever a page was read.
    """

    __slots__ = ("spans",)

    spans: tuple[Span, ...]

    def __new__(cls, text: str, spans: Iterable[Span]) -> Words:
        """Clean `text` and remember its `spans`: `clean` of the text at the spans, joined by a blank, is the value."""
        self = super().__new__(cls, clean(text))
        self.spans = tuple(spans)
        return self


def join_words(parts: Iterable[Words | None]) -> Words | None:
    """Return the parts as one value with all their spans, in order, joined by a blank; None where nothing is said."""
    kept = [part for part in parts if part]
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else Words(" ".join(kept), (span for part in kept for span in part.spans))


def spans_of(value: str | None) -> tuple[Span, ...]:
    """Return the places of `value`: empty for a plain string, whose place follows from its key."""
    return value.spans if isinstance(value, Words) else ()
