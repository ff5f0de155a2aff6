"""Cleaning of words: one rule, for a value and for a whole column."""

from __future__ import annotations

import unicodedata

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.reading.words import STEADY, clean, clean_column

# What cleaning is about, besides what hypothesis finds by itself.
_PARTS = st.sampled_from(
    [
        *"aB\u00e9\u2265\u03a9\u2126\u4e2d. \n\t\r\x00\x1f\x7f\x85\xa0\xad\u037e\u0301\u200b\u2003\u2028\ufeff\\*",
        *("e\u0301", "  ", "\\<", "\\\\", "<!--", "-->", "<!-- -->"),
    ]
)
_TEXTS = st.lists(_PARTS, max_size=12).map("".join) | st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.lists(st.none() | _TEXTS, max_size=8))
@example(["\\\\<", " a ", "", "<!-- -->", "a <!-- --> b", "a\n\n  b", None])
def test_a_column_is_cleaned_as_its_values_are(said: list[str | None]) -> None:
    """Words of a bulk file and of a page would differ, and so would the same words in one batch and another."""
    expected = [None if words is None else clean(words) or None for words in said]
    assert clean_column(pl.Series(said, dtype=pl.String)).to_list() == expected


@given(_TEXTS)
@example("a\u200b\u0301")
def test_clean_words_hold_no_white_space_but_single_blanks(text: str) -> None:
    """A tab or a line end inside a cell would break every export by lines, and equal words would not be equal."""
    words = clean(text)
    assert words == " ".join(words.split())
    assert unicodedata.is_normalized("NFC", words)


def test_steady_characters_are_steady() -> None:
    """Cleaning passes over them unseen: one that NFC changes or joins to another would stay as it came."""
    every = pl.Series([chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000])
    steady = every.filter(every.str.contains(f"^[{STEADY}]$")).to_list()
    assert len(steady) > 20_000
    for character in steady:
        assert unicodedata.normalize("NFC", f"e{character}") == f"e{character}"
        assert character.isprintable()
        assert not character.isspace()
