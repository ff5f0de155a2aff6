"""The words that were read: text as the source has it, cleaned by one rule, with the places it came from.

Here belongs what "order and wording are kept" means (`clean`) and the type that carries words and their places. What
the words mean is decided in `normalize`; who reads them is a layout's or a register's business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

Span = tuple[int, int]
"""Half-open offsets into `document_texts.text`, in characters."""

# Registers pass Markdown through: punctuation that means something there arrives behind a backslash.
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~^|&=\"'$%@:;,/?])")
# What the register's Markdown puts between two lists that would otherwise become one: markup, not words.
_BETWEEN_LISTS: Final = re.compile(r"(?<!\\)<!--\s*+-->")
# A NUL or another control character is never a word; white space is folded by split().
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ufeff\u200b\u2060]")


def clean(text: str) -> str:
    r"""Return `text` as the warehouse stores it: NFC, escapes (`\<`) undone, white space collapsed, nothing else.

    An empty comment (`<!-- -->`), which Markdown puts between two lists, is such white space.

    >>> clean("a \\< b\n  c")
    'a < b c'
    """
    if text.isascii() and text.isprintable() and "\\" not in text and "  " not in text and "<!--" not in text:
        return text.strip(" ")  # nearly all words
    if "<!--" in text:
        text = _BETWEEN_LISTS.sub(" ", text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    words = " ".join(text.split())
    return words if words.isprintable() else " ".join(_CONTROL.sub("", text).split())


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
