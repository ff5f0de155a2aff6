"""`pipeline.normalize.ages`: age limits in years, and age ranges cut with their places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalize import ages


@pytest.mark.parametrize(
    ("words", "years"),
    [
        ("18 Years", 18),
        ("1 Year", 1),
        ("0 Years", 0),
        ("18 years old", 18),
        ("18.00 Year(s)", 18),
        ("6 Months", 0.5),
        ("1 Month", 1 / 12),
        ("4 Weeks", 28 / 365.25),
        ("91 Days", 91 / 365.25),
        ("6 Hours", 0.25 / 365.25),
        ("18 Minutes", 18 / 525960),
        ("2.5 years", 2.5),
    ],
)
def test_every_unit_is_read_in_years(words: str, years: float) -> None:
    """A newborn's limit in hours and an adult's in years stand in one column and must compare."""
    assert ages.read(words) == pytest.approx(years)
    assert not ages.is_no_limit(words)


@pytest.mark.parametrize(
    "words", ["", "18", "Years", "Adult", "18 Years to 65 Years", "-1 Years", "18 Yearlings", "≥18 Years"]
)
def test_what_is_no_single_age_is_none(words: str) -> None:
    """An age without its unit, a range or a comparison is not one limit; it must be reported."""
    assert ages.read(words) is None


@pytest.mark.parametrize(
    "words", ["N/A", "n/a", "NA", "undefined", "No limit", "No maximum age", "Not Applicable", "None"]
)
def test_no_limit_is_said_not_unknown(words: str) -> None:
    """That there is no limit is said: NULL, and nothing for the list of unknown words."""
    assert ages.is_no_limit(words)
    assert ages.read(words) is None


@pytest.mark.parametrize("words", ["", "no", "none of them", "N/A to 5 Years", "unknown"])
def test_other_words_do_not_mean_no_limit(words: str) -> None:
    """An unknown word taken for "no limit" would hide that something was not read."""
    assert not ages.is_no_limit(words)


@pytest.mark.parametrize(
    ("words", "minimum", "maximum", "groups"),
    [
        ("18 Years to 65 Years (Adult, Older Adult)", "18 Years", "65 Years", "Adult, Older Adult"),
        ("18 Years to 60 Years", "18 Years", "60 Years", None),
        ("6 Months to 17 Years   (Child)", "6 Months", "17 Years", "Child"),
        ("18 Years - 75 Years (Adult, Older Adult)", "18 Years", "75 Years", "Adult, Older Adult"),
        ("18 Years – 75 Years", "18 Years", "75 Years", None),
        ("45 Years - undefined (Adult, Older Adult)", "45 Years", "undefined", "Adult, Older Adult"),
        ("N/A to 65 Years", "N/A", "65 Years", None),
        ("18 Years and older   (Adult, Older Adult)", "18 Years", None, "Adult, Older Adult"),
        ("18 Years and older (Adult, Senior)", "18 Years", None, "Adult, Senior"),
        ("up to 17 Years (Child)", None, "17 Years", "Child"),
        ("Child, Adult, Older Adult", None, None, "Child, Adult, Older Adult"),
        ("18 - 65 Years", "18 Years", "65 Years", None),
    ],
)
def test_ranges_are_cut(words: str, minimum: str | None, maximum: str | None, groups: str | None) -> None:
    """Each page prints the range in its own way; a range that is not cut loses both limits."""
    found = ages.split_range(words)
    assert found is not None
    assert [limit and limit.words for limit in found[:3]] == [minimum, maximum, groups]
    assert found.end == len(words)


def test_the_next_cell_is_left_alone() -> None:
    """Pages glue the next cell to the range; it must neither hide the range nor be swallowed by it."""
    words = "18 Years - 75 Years (Adult)All SexesDoes not accept healthy volunteers"
    found = ages.split_range(words)
    assert found is not None
    assert words[found.end :] == "All SexesDoes not accept healthy volunteers"
    bare = ages.split_range("18 Years to 75 YearsAll Sexes")
    assert bare is not None
    assert bare.maximum == ("75 Years", ((12, 20),))


@pytest.mark.parametrize(
    "words", ["", "18 Years", "to 65 Years", "no to 5 Years", "Adults only", "aged 18 Years to 65 Years"]
)
def test_what_begins_with_no_range_is_none(words: str) -> None:
    """A single age or running text taken for a range would invent a limit."""
    assert ages.split_range(words) is None


_LIMITS = st.builds(
    "{} {}".format, st.integers(0, 120), st.sampled_from(["Years", "Months", "Weeks", "Days", "Hours", "Minutes"])
)


@given(_LIMITS, _LIMITS, st.sampled_from([" to ", " - ", "-"]), st.sampled_from(["", " (Child, Adult)", " (Adult)All"]))
@settings(max_examples=100)
def test_spans_are_the_words(minimum: str, maximum: str, between: str, behind: str) -> None:
    """Evidence rests on the spans: the text there must be the very words."""
    words = f"{minimum}{between}{maximum}{behind}"
    found = ages.split_range(words)
    assert found is not None
    assert found.minimum is not None
    assert found.maximum is not None
    assert (found.minimum.words, found.maximum.words) == (minimum, maximum)
    for limit in (found.minimum, found.maximum, found.groups):
        if limit is not None:
            assert " ".join(words[start:end] for start, end in limit.spans) == limit.words
    assert ages.read(minimum) is not None


@given(st.text(max_size=40) | st.text("18 YearsMonthtoupandlder()-,/NA", max_size=30))
@settings(max_examples=200)
def test_any_words_are_read_or_refused(words: str) -> None:
    """Whatever stands in an age's cell, nothing may raise, and a limit's words are never empty."""
    assert (ages.read(words) or 0) >= 0
    assert not (ages.is_no_limit(words) and ages.read(words) is not None)
    found = ages.split_range(words)
    if found:
        assert found.end <= len(words)
        assert all(limit is None or limit.words for limit in found[:3])
