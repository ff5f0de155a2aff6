"""Numbers and units of time as people write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.quantities import DAYS, FREQUENCY_WORDS, NUMBER_WORDS, ORDINAL_WORDS, UNIT_WORDS, fold, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("2.5", 2.5),
        ("0,5", 0.5),
        (".5", 0.5),
        ("12,5", 12.5),
        ("1,000", 1000),
        ("1 000", 1000),
        ("1,000,000.5", 1_000_000.5),
        ("1.000.000", 1_000_000),
        ("1.000", 1),
        ("0,500", 0.5),
        ("1/2", 0.5),
        ("1 1/2", 1.5),
        ("½", 0.5),
        ("2½", 2.5),
        ("1 ½", 1.5),
        ("twelve", 12),
        ("twenty four", 24),
        ("twenty-four", 24),
        ("third", 3),
        ("twenty-first", 21),
        ("3rd", 3),
        ("１２", 12),
        ("٣", 3),
    ],
)
def test_number(text: str, value: float) -> None:
    """A number read wrong is a dose or a time that is wrong by a factor of a thousand."""
    assert number(fold(text)) == value


@pytest.mark.parametrize("text", ["", " ", "x", "1/0", "1,0000,0", "12 weeks", "1-2", "mg", ","])
def test_no_number(text: str) -> None:
    """What is no number must not become one."""
    assert number(fold(text)) is None


@given(st.text(max_size=60))
def test_folding_keeps_offsets(text: str) -> None:
    """One character more or less, and every source_text behind it is another text."""
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_folding() -> None:
    """Variants of one sign must look the same to the grammars."""
    assert fold("Week １２ – ½ H") == "week 12 - ½ h"
    assert fold("−5—6‑7") == "-5-6-7"
    assert fold("a\u00a0b\tc\u200bd") == "a b c d"
    assert fold("İ\ud800") == "İ\ud800"


@given(st.text(alphabet="0123456789., /½-abt", max_size=40) | st.text(max_size=30))
def test_number_is_total(text: str) -> None:
    """A strange number must be None, neither an exception nor an infinity."""
    value = number(fold(text))
    assert value is None or math.isfinite(value)


def test_units() -> None:
    """Days compare across units only if the constants are the rule book's, and words name units that have days."""
    assert DAYS["HOUR"] * 24 == DAYS["DAY"] == 1
    assert (DAYS["WEEK"], DAYS["MONTH"], DAYS["YEAR"]) == (7, 30.4375, 365.25)
    assert set(UNIT_WORDS.values()) == set(DAYS)
    assert {unit for _, unit in FREQUENCY_WORDS.values()} <= set(DAYS)
    assert all(word == fold(word) for word in [*UNIT_WORDS, *NUMBER_WORDS, *ORDINAL_WORDS, *FREQUENCY_WORDS])
