"""Pages as people save them: what a browser or an extractor varies must not change what is read."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import press_clincosm
import press_crick
import press_ctgov_classic
import press_medpath
import press_trials_co
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from press_cells import SHARED, strings, studies

from pipeline.layouts import NotRecognisedError, recognise
from pipeline.layouts.spelling import respell, spellings
from pipeline.reading.lines import Page
from pipeline.reading.records import Record
from pipeline.reading.words import Words, clean

FOLDER = Path(__file__).parent.parent / "raw" / "sample"
PAGES = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.txt"))}

Variation = Callable[[str], str]
Cells = Counter[tuple[str, object]]

_BANNER = "Skip to main content\nYour privacy\nWe use cookies to make this site work.\nAccept all\nMenü öffnen\n\n"
_FOOTER = "\n\nTerms of Use\nPrivacy Policy\nFolgen Sie uns\nCopyright 2024 Example Media. All rights reserved.\nTop\n"
_MARK = re.compile(r"^([ \t]*)[•*–-]([ \t]+)(?=\S)", re.MULTILINE)
_MARKED = re.compile(r"(\W*(?:\d+\.\s)?)(.*)")


def _each(change: Callable[[str], str]) -> Variation:
    return lambda text: "\n".join(map(change, text.split("\n")))


def _marked(mark: str) -> Variation:
    return lambda text: _MARK.sub(rf"\g<1>{mark}\g<2>", text)


def _recased(change: Callable[[str], str]) -> Variation:
    """Change the lines that are read though they give no value, and hold no words of one."""

    def vary(text: str) -> str:
        page = Page(text)
        record = recognise(page).layout.read(page)
        spans = [span for words in _words(record) for span in words.spans]
        values = [page.text[a:b].casefold() for a, b in spans if b - a > len("No")]
        lines = text.split("\n")
        for line in page.lines:
            folded = line.text.casefold().strip(" :")
            said = any(a < line.end and b > line.outer for a, b in spans) or any(
                folded in value or value in folded for value in values
            )
            if page.is_read(line) and not said and (found := _MARKED.fullmatch(lines[line.number - 1])):
                lines[line.number - 1] = found[1] + change(found[2])
        return "\n".join(lines)

    return vary


_BLANK_WITHIN = re.compile(r"(?<=\S) (?=\S)")

VARIATIONS: dict[str, Variation] = {
    "blanks that do not break": lambda text: _BLANK_WITHIN.sub("\u00a0", text),
    "narrow blanks": lambda text: _BLANK_WITHIN.sub("\u202f", text),
    "indents that do not break": _each(lambda line: re.sub("^ +", lambda found: "\u00a0" * len(found[0]), line)),
    "soft hyphens": lambda text: re.sub(r"(?<![A-Za-z])([A-Za-z]{5})(?=[a-z]{3})", "\\1\u00ad", text),
    "signs of no width": lambda text: _BLANK_WITHIN.sub("\u200b \u2060", text),
    "a mark before each line": _each(lambda line: f"\ufeff{line}\u200e"),
    "line ends of old systems": lambda text: text.replace("\n", "\r"),
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "two blank lines for one": lambda text: text.replace("\n\n", "\n\n\n"),
    "a blank line below each": lambda text: text.replace("\n", "\n\n"),
    "no blank lines": lambda text: re.sub(r"\n\s*\n+", "\n", text),
    "tabs for indents": _each(lambda line: re.sub("^ +", lambda found: "\t" * (len(found[0]) // 2), line)),
    "no indents": _each(str.lstrip),
    "everything indented": _each(lambda line: f"    {line}" if line else line),
    "blanks behind": _each(lambda line: f"{line} \t "),
    "a banner above": lambda text: _BANNER + text,
    "a footer below": lambda text: text + _FOOTER,
    "the address above": lambda text: f"https://example.org/a-page\n{text}",
    "curly quotes": lambda text: re.sub('"([^"\n]*)"', "“\\1”", text).replace("'", "’"),
    **{f"items begin with {mark}": _marked(mark) for mark in "•*-–·"},
    "items behind a tab": lambda text: _MARK.sub(lambda found: found[0].rstrip(" ") + "\t", text),
    "headings in capitals": _recased(str.upper),
    "headings with capitals": _recased(str.title),
    "headings as sentences": _recased(str.capitalize),
}


def _words(record: Record) -> Iterator[Words]:
    return (one for one in strings(record) if isinstance(one, Words))


def _canonical(text: str) -> str:
    """Return a value as all its variations are: marks of items and the form of quotes are the source's."""
    plain = text.replace("’", "'").replace("“", '"').replace("”", '"').replace("\u00ad", "")
    return re.sub(r"(?:(?<=\s)|^)[•*–·-]\s", "", clean(plain))


def cells(record: Record) -> Cells:
    """Return every value of the record with its place."""

    def walk(place: str, value: Any) -> Iterator[tuple[str, object]]:
        if isinstance(value, Struct):
            for field in value.__struct_fields__:
                yield from walk(f"{place}.{field}", getattr(value, field))
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from walk(f"{place}[{number}]", item)
        elif isinstance(value, set):
            yield place, tuple(sorted(value))
        elif value is not None:
            yield place, _canonical(value) if isinstance(value, str) else value

    return Counter(walk("", record))


def read(text: str) -> tuple[str, Cells]:
    """Read a text as the layout that it is recognised as."""
    page = Page(text)
    layout = recognise(page).layout
    return layout.NAME, cells(layout.read(page))


@pytest.mark.parametrize("variation", VARIATIONS)
@pytest.mark.parametrize("name", PAGES)
def test_a_variation_changes_nothing(name: str, variation: str) -> None:
    """A page that is saved in another way says the same."""
    text = PAGES[name]
    assert read(VARIATIONS[variation](text)) == read(text)


# Where blank lines stand everywhere or nowhere, none tells where the page ends.
_TOGETHER = sorted(VARIATIONS.keys() - {"a blank line below each", "no blank lines", "line ends of old systems"})


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(PAGES)), st.permutations(_TOGETHER).map(lambda names: names[:3]))
def test_variations_together_change_nothing(name: str, variations: list[str]) -> None:
    """No variation hides what makes another one harmless."""
    text = PAGES[name]
    for variation in variations:
        text = VARIATIONS[variation](text)
    assert read(text) == read(PAGES[name])


# What the summary of trials.co says in other words than its form, or cannot be told once its lists are cut.
_SAID_ANOTHER_WAY = ("primary_purpose", "sex", "healthy_volunteers", "measure", "arm", "intervention", "site", "lossy")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PAGES)), st.data())
def test_what_is_left_of_a_page_says_nothing_new(name: str, data: st.DataObject) -> None:
    """A page that lost its beginning or its end has no value that the whole page has not, in whole or in part.

    Two layouts' titles are told by their position alone.
    """
    lines = PAGES[name].split("\n")
    start = data.draw(st.integers(0, len(lines) - 1) | st.just(0))
    end = data.draw(st.integers(start, len(lines)) | st.just(len(lines)))
    layout, said = read(PAGES[name])
    whole: dict[str, list[str]] = {}
    for place, value in said:
        whole.setdefault(place.rpartition(".")[2], []).append(str(value))
    try:
        found, left = read("\n".join(lines[start:end]))
    except NotRecognisedError:
        return
    for place, value in left if found == layout else ():
        field = place.rpartition(".")[2]
        by_position = field == "brief_title" and name.startswith(("trials_co.T", "ctgov_classic"))
        if not by_position and not place.startswith(".claims") and field not in _SAID_ANOTHER_WAY:
            assert any(str(value) in one for one in whole.get(field, ())), place


def test_a_heading_in_the_prose_is_none() -> None:
    """An author may shout a word that is a label; the page's own labels show that it is none."""
    labels = spellings(("Study Design", "Sponsor", "Official's Role"))
    page = Page("STUDY DESIGN\nStudy Design\nSPONSOR:\n• OFFICIAL’S ROLE\nsponsor\nSponsored")
    respell(page, labels)
    assert [line.text for line in page.lines] == [
        "STUDY DESIGN", "Study Design", "Sponsor:", "Official's Role", "sponsor", "Sponsored",
    ]  # fmt: skip


def _pressed() -> Iterator[str]:
    for study in list(studies())[::9]:
        yield press_clincosm.press(study)
        yield press_crick.press(study)
        yield press_ctgov_classic.dialect_t({"protocolSection": study})
        yield press_ctgov_classic.dialect_r({"protocolSection": study})
        yield from (press_medpath.press(study, dialect) for dialect in "RT")
        yield from (press_trials_co.press(study, dialect) for dialect in "RT")


@pytest.mark.skipif(not SHARED.exists(), reason="the seeds are not beside the repository")
@pytest.mark.parametrize("number", range(5))
def test_a_variation_of_a_seed_changes_nothing(number: int) -> None:
    """Real pages have what no sample has (reduced: one combination each; soak: every variation)."""
    text = (SHARED / "seeds" / f"{number:03}.txt").read_text("utf-8")
    varied = text
    for variation in _TOGETHER[number::5]:
        varied = VARIATIONS[variation](varied)
    assert read(varied) == read(text)


@pytest.mark.soak
@pytest.mark.skipif(not SHARED.exists(), reason="the corpus is not beside the repository")
@pytest.mark.parametrize("variation", VARIATIONS)
def test_a_variation_of_many_pages_changes_little(variation: str) -> None:
    """Pages of other studies: nearly all values stay, where they do not rest on what the variation took away."""
    random.seed(variation)
    kept = lost = 0
    for text in _pressed():
        (_, varied), (_, said) = read(VARIATIONS[variation](text)), read(text)
        kept += (varied & said).total()
        lost += (said - varied).total() + (varied - said).total()
    assert lost / (kept + lost) < 0.02
