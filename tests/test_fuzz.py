"""No input, however odd, may bring down a reader or a normaliser; what is not read must be refused by name.

The suite runs reduced counts; `make soak` runs `FUZZ_INPUTS` (a million) mutated documents through the whole way.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fuzz
import pytest
from conftest import SAMPLE, SHARED
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import legible
from pipeline.layouts import NotRecognisedError, layouts
from pipeline.normalize import ages, dates, identifiers, numbers, places, regimens, timepoints, vocabulary
from pipeline.reading import tabulate
from pipeline.reading.decode import UndecodableError, decode
from pipeline.reading.html import render
from pipeline.reading.lines import Page
from pipeline.reading.read import UnreadableError, identify, read
from pipeline.reading.sniff import sniff
from pipeline.reading.words import clean
from pipeline.registers.criteria import split_criteria
from pipeline.registers.links import link
from pipeline.registers.split import SplitError, split

_PARTS = 20
_INPUTS = int(os.environ.get("FUZZ_INPUTS", "1000000"))
_quickly = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

# Text as pages have it: words that mean something, marks that cut, and now and then anything at all.
_WORDS = st.sampled_from((
    "Overall Status:", "Completed", "Phase 2", "Allocation:", "Randomized", "Start Date", "May 2020",
    "Ages Eligible for Study:", "18 Years and older", "Contact:", "Inclusion Criteria:", "Exclusion Criteria:",
    "-", "*", "1.", "\n", "\n\n", "\t", ":", "|", "(", ")", "NCT00000001", "every 2 weeks", "10 mg/kg",
    "Day -1", "up to 6 months", "Primary Outcome Measures", "Measure", "Time Frame", "Experimental:", "Drug:",
    "United States, Texas", "Locations", "Sponsor:", "- -", "\u2022", "\u00a0", "e\u0301", "\u202e", "\x00",
    "\x1b[31m", "\ufeff", "\U0001f1eb\U0001f1f7", "\u0663",
))  # fmt: skip
_TEXT = st.lists(_WORDS | st.text(max_size=8), max_size=40).map(" ".join)
_LINES = st.lists(_TEXT, max_size=30).map("\n".join)


def _originals() -> list[bytes]:
    """Real documents where they are, and the sample so often that every fifth is a page of a layout."""
    real = fuzz.seeds(*(SHARED / name for name in ("seeds", "corpus"))) if SHARED.is_dir() else []
    sample = fuzz.seeds(SAMPLE)
    return real + sample * max(1, len(real) // (4 * len(sample)))


def _fuzz(originals: list[bytes], seed: int, count: int) -> int:
    try:
        return fuzz.whole_way(fuzz.stream(originals, seed, count))
    except fuzz.FaultError as error:
        place = Path(tempfile.gettempdir()) / f"crash-{hashlib.sha256(error.data).hexdigest()[:12]}"
        place.write_bytes(error.data)
        raise AssertionError(f"an input of seed {seed}, kept as {place}") from error


def test_mutated_samples_go_the_whole_way() -> None:
    """A sample with something done to it must be read or refused by name (reduced: 600 inputs; soak: a million)."""
    assert _fuzz(fuzz.seeds(SAMPLE), 0, 600) > 120


def test_mutated_real_documents_go_the_whole_way(shared: Path) -> None:
    """The same for real documents, which have what no sample has (reduced: 200 inputs)."""
    assert _fuzz(fuzz.seeds(shared / "seeds", shared / "corpus"), 1, 200) > 40


@pytest.mark.soak
@pytest.mark.parametrize("part", range(_PARTS))
def test_a_million_mutated_documents(part: int) -> None:
    """One in a million must not bring down a build of a million; `FUZZ_INPUTS` sets another number."""
    count = _INPUTS // _PARTS
    assert _fuzz(_originals(), 1000 + part, count) > count // 10


@_quickly
@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda data: b'<meta charset="' + data))
def test_bytes_are_decoded_or_refused(data: bytes) -> None:
    """Text that holds half a character would stop the first library that writes it as UTF-8."""
    sniff(data)
    try:
        decode(data).text.encode()
    except UndecodableError as error:
        assert str(error).isprintable()


_BEGINNINGS = (
    b"",
    b"{",
    b"[",
    b'{"protocolSection":',
    b"<clinical_study>",
    b"<html>",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\xff\xfe",
)


@_quickly
@given(st.sampled_from(_BEGINNINGS), st.binary(max_size=400))
def test_bytes_are_taken_apart_and_read_or_refused(beginning: bytes, data: bytes) -> None:
    """Whatever stands behind a beginning that promises something, each reader must say what is wrong with it."""
    try:
        pieces = list(split(io.BytesIO(beginning + data)))
    except SplitError as error:
        assert error.rule
        return
    for piece in pieces:
        try:
            read(piece.data, identify(piece.data), None)
        except UnreadableError as error:
            assert error.rule != "reader_failed", error


@_quickly
@given(_LINES)
def test_every_layout_reads_any_page(text: str) -> None:
    """A page that looks like a site's for a moment must not bring down its layout."""
    for layout in layouts():
        try:
            record = layout.read(Page(text))
        except NotRecognisedError:
            continue
        document = tabulate.Extracted("d" * 64, layout.NAME, record, text, None, None, [])
        tabulate.tabulate([document], contacts=False, officials=False)


_TAGS = (
    "<p>", "</p>", "<li>", "<ul>", "<table>", "<tr>", "<td>", "<b>", "<pre>", "<br>", "<!--", "-->", "<h2>", "&nbsp;",
    "&#0;", "<style>", "<a ",
)  # fmt: skip


@_quickly
@given(st.lists(st.sampled_from(_TAGS) | _TEXT, max_size=30).map("".join))
def test_any_markup_is_rendered(html: str) -> None:
    """HTML is what people save, whatever it is."""
    rendered = render(html)
    assert all(0 < line <= rendered.text.count("\n") + 1 for line in rendered.levels)
    rendered.text.encode()


_READERS: list[Callable[[str], Any]] = [
    ages.read,
    dates.read,
    identifiers.find,
    identifiers.registry,
    numbers.count,
    numbers.split_bracket,
    places.country_code,
    regimens.read,
    timepoints.read,
    vocabulary.boolean,
    split_criteria,
    tabulate.masked,
    clean,
    legible.printable,
    legible.quoted,
    *(lambda words, field=field: vocabulary.code(field, words) for field in ("overall_status", "sex", "date_type")),
    *(lambda words, field=field: vocabulary.codes(field, words) for field in ("phases", "who_masked")),
]


@pytest.mark.parametrize("reader", _READERS, ids=lambda one: getattr(one, "__qualname__", str(one)))
@settings(_quickly, max_examples=40)
@given(words=_TEXT)
def test_any_words_are_read(reader: Callable[[str], Any], words: str) -> None:
    """A normaliser that fails on a word would take its whole batch with it."""
    reader(words)


_ARMS = st.lists(st.tuples(st.none() | _TEXT, st.lists(_TEXT, max_size=3)), max_size=5)
_GIVEN = st.lists(
    st.tuples(st.sampled_from((None, "DRUG")), st.none() | _TEXT, st.lists(_TEXT, max_size=3)), max_size=5
)


@_quickly
@given(_ARMS, _GIVEN)
def test_any_labels_are_linked(arms: list[Any], interventions: list[Any]) -> None:
    """A link to an arm that is not there would break the warehouse's references."""
    links, _ = link(arms, interventions)
    assert all(one.arm < len(arms) and one.intervention < len(interventions) for one in links)


@_quickly
@given(st.text(max_size=400))
def test_what_is_shown_is_one_printable_line(text: str) -> None:
    """A reason on a terminal must be text, and an address must be one that a table can hold."""
    assert legible.printable(text).isprintable()
    assert "#" not in legible.quoted(text)
    legible.quoted(text).encode()
    assert len(tabulate.masked(text)) == len(text)
