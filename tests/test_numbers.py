"""`pipeline.normalize.numbers`: counts of people and the bracket behind a value."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalize import numbers


@pytest.mark.parametrize(
    ("words", "value"),
    [("12 participants", 12), ("1 participant", 1), ("3,927", 3927), ("9500", 9500), ("1,234,567", 1234567), ("0", 0)],
)
def test_counts_are_read(words: str, value: int) -> None:
    """Sites print counts with a noun or with marks of thousands; both are the same number."""
    assert numbers.count(words) == value


@pytest.mark.parametrize(
    "words", ["", "1,5", "12,34", "-3", "12.5", "about 30", "12 weeks", "3 ml", "1 000", "²", "9" * 5000]
)
def test_other_numbers_are_no_counts(words: str) -> None:
    """A decimal comma, a dose or a guess read as a count would be a wrong enrolment."""
    assert numbers.count(words) is None


@pytest.mark.parametrize(
    ("words", "split"),
    [
        ("18 (Anticipated)", ("18", "Anticipated")),
        ("None (Open (all)) (a)", ("None (Open (all))", "a")),
        ("Double (Participant (child), Investigator)", ("Double", "Participant (child), Investigator")),
        ("18", ("18", None)),
        ("(18)", ("(18)", None)),
        ("18 ()", ("18 ()", None)),
        ("18 Actual)", ("18 Actual)", None)),
    ],
)
def test_the_last_bracket_is_split_off(words: str, split: tuple[str, str | None]) -> None:
    """The bracket holds another value (a type, a class); cut at the wrong place, both would be wrong."""
    assert numbers.split_bracket(words) == split


@given(st.text(max_size=40) | st.text("([]) 1a", max_size=12))
@settings(max_examples=200)
def test_any_words_are_split_or_left_whole(words: str) -> None:
    """Odd brackets must neither raise nor lose a word."""
    head, inside = numbers.split_bracket(words)
    assert words.strip().startswith(head)
    assert inside is None or inside in words[len(head) :]
    assert (numbers.count(words) or 0) >= 0


@given(st.integers(min_value=0, max_value=10**9 - 1))
@settings(max_examples=100)
def test_every_count_comes_back(number: int) -> None:
    """With or without marks of thousands, a number is itself."""
    assert numbers.count(str(number)) == numbers.count(f"{number:,} participants") == number
