"""`pipeline.normalize.identifiers`: whose a registry number is, how it is written, and where it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalize import identifiers
from schemas import codes as contract

NUMBERS = [
    ("CTGOV", "NCT00000000"),
    ("EUCTR", "EUCTR2010-000000-00-SE"),
    ("EUCTR", "EUCTR2010-000000-00-3rd"),
    ("EUCTR", "EUCTR2010-000000-00-Outside-EU/EEA"),
    ("EUCTR", "2010-000000-00"),
    ("EUCTR", "2010-000000-00-GB"),
    ("CTIS", "CTIS2023-500000-00-00"),
    ("CTIS", "2023-500000-00-00"),
    ("CTIS", "2023-500000-00"),
    ("ISRCTN", "ISRCTN00000000"),
    ("ANZCTR", "ACTRN12600000000000"),
    ("ANZCTR", "ACTRN12600000000000p"),
    ("CHICTR", "ChiCTR2000000000"),
    ("CHICTR", "ChiCTR-TRC-00000000"),
    ("CRIS", "KCT0000000"),
    ("CTRI", "CTRI/2020/01/000000"),
    ("CTRI", "CTRI/2009/091/000000"),
    ("DRKS", "DRKS00000000"),
    ("IRCT", "IRCT20000000000000N1"),
    ("IRCT", "IRCT138000000000N12"),
    ("ITMCTR", "ITMCTR2020000000"),
    ("JPRN", "UMIN000000000"),
    ("JPRN", "JPRN-UMIN000000000"),
    ("JPRN", "jRCT0000000000"),
    ("JPRN", "jRCTs000000000"),
    ("JPRN", "JPRN-jRCTs000000000"),
    ("JPRN", "JapicCTI-000000"),
    ("JPRN", "JPRN-JMA-IIA00000"),
    ("JPRN", "JPRN-C000000000"),
    ("LBCTR", "LBCTR2020000000"),
    ("PACTR", "PACTR202000000000000"),
    ("REBEC", "RBR-0abcde"),
    ("REBEC", "RBR-10abcdef"),
    ("REPEC", "PER-000-00"),
    ("RPCEC", "RPCEC00000000"),
    ("SLCTR", "SLCTR/2020/000"),
    ("TCTR", "TCTR20200000000"),
    ("OTHER", "U1111-0000-0000"),
]


@pytest.mark.parametrize(("registry", "number"), NUMBERS)
def test_each_registrys_numbers(registry: str, number: str) -> None:
    """A number of the wrong registry, or of none, would make another trial of the same one."""
    assert identifiers.registry(number) == registry
    assert identifiers.canonical(registry, number) == number
    if number[0].isalpha():  # without a prefix, only capitals are a country: "2010-000000-00-to" is followed by a word
        assert identifiers.canonical(registry, f" {number.lower()} ") == number
    assert identifiers.find(f"({number}), end.") == [(1, 1 + len(number), registry, number)]


def test_every_registry_is_known() -> None:
    """A registry of the contract without a form would never be recognised."""
    assert {registry for registry, _ in NUMBERS} == set(contract.REGISTRY) - {"SPONSOR"}


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("nct00000000", "NCT00000000"),
        ("NCT 00000000", "NCT00000000"),
        ("ISRCTN: 00000000", "ISRCTN00000000"),
        ("chictr2000000000", "ChiCTR2000000000"),
        ("JRCTS000000000", "jRCTs000000000"),
        ("RBR-0ABCDE", "RBR-0abcde"),
        ("euctr2010-000000-00-se", "EUCTR2010-000000-00-SE"),
        ("EudraCT 2010-000000-00", "2010-000000-00"),
        ("Eudract number: 2010-000000-00", "2010-000000-00"),
        ("EUDRACT ID 2010-000000-00-SE", "2010-000000-00-SE"),
        ("EU CT Number: 2022-500000-00-00", "2022-500000-00-00"),
        ("CTIS # 2022-500000-00", "2022-500000-00"),
    ],
)
def test_numbers_are_written_as_their_registry_writes_them(words: str, number: str) -> None:
    """One trial under two spellings of its number would stand in the warehouse twice."""
    registry = identifiers.registry(words)
    assert registry is not None
    assert identifiers.canonical(registry, words) == number


def test_words_that_are_no_number_come_back() -> None:
    """A sponsor's own number has no form and must not be rewritten."""
    assert identifiers.canonical("SPONSOR", " abc/01 ") == "abc/01"
    assert identifiers.canonical("ISRCTN", "nct00000000") == "nct00000000"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NCT0000000",
        "NCT000000000",
        "xNCT00000000",
        "NCT00000000a",
        "86-2010-000000-00",
        "2010-000000-00-1",
        "12010-000000-00",
        "1999-000000-00",
        "RBR-protein",
        "U2222-0000-0000",
        "ChiMCTR2000000000",
        "EudraCT pending",
        "EUCT 0000",
    ],
)
def test_what_only_looks_like_a_number(text: str) -> None:
    """A phone, a longer number or a word must not become a trial's registry number."""
    assert identifiers.find(text) == []
    assert identifiers.registry(text) is None


def test_running_text_gives_each_number_its_place() -> None:
    """Numbers stand side by side, in addresses and before hyphens; each must be found where it is."""
    text = "EudraCT: 2010-000000-00-to nct00000001-a-study NCT00000002/NCT00000003 试验ChiCTR2000000000号"
    found = identifiers.find(text)
    assert [number.identifier for number in found] == [
        "2010-000000-00",
        "NCT00000001",
        "NCT00000002",
        "NCT00000003",
        "ChiCTR2000000000",
    ]
    assert [text[number.start : number.end].upper() for number in found] == [n.identifier.upper() for n in found]


_PIECES = st.lists(st.sampled_from([number for _, number in NUMBERS] + ["-", " ", "/", "a", "1"])).map("".join)


@given(st.text(max_size=60) | _PIECES)
@settings(max_examples=200)
def test_any_text_is_searched(text: str) -> None:
    """Nothing raises; what is found is in order, apart, of the contract, and recognised again by itself."""
    end = 0
    for number in identifiers.find(text):
        assert end <= number.start < number.end <= len(text)
        end = number.end
        assert number.registry in contract.REGISTRY
        assert identifiers.registry(number.identifier) == number.registry
        assert identifiers.canonical(number.registry, number.identifier) == number.identifier
    assert identifiers.registry(text) in {None, *contract.REGISTRY}
