"""`pipeline.normalize.places`: countries to ISO 3166-1, and the country at the end of a place."""

import pycountry
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycountry.db import Country

from pipeline.normalize import places

COUNTRIES = list(pycountry.countries)
CODES = {country.alpha_2 for country in COUNTRIES}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Korea, Republic of", "KR"),
        ("South Korea", "KR"),
        ("Korea, Democratic People's Republic of", "KP"),
        ("Iran, Islamic Republic of", "IR"),
        ("Iran", "IR"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Turkey (Türkiye)", "TR"),
        ("Taiwan", "TW"),
        ("Czechia", "CZ"),
        ("Czech Republic", "CZ"),
        ("Russia", "RU"),
        ("Russian Federation", "RU"),
        ("Vietnam", "VN"),
        ("Viet Nam", "VN"),
        ("Hong Kong", "HK"),
        ("Macedonia, The Former Yugoslav Republic of", "MK"),
        ("North Macedonia", "MK"),
        ("Moldova, Republic of", "MD"),
        ("Congo", "CG"),
        ("Congo, The Democratic Republic of the", "CD"),
        ("Democratic Republic of the Congo", "CD"),
        ("Côte D'Ivoire", "CI"),
        ("Cote d’Ivoire", "CI"),
        ("Palestinian Territories, occupied", "PS"),
        ("Palestinian Territory, occupied", "PS"),
        ("Libyan Arab Jamahiriya", "LY"),
        ("Lao People's Democratic Republic", "LA"),
        ("Virgin Islands (U.S.)", "VI"),
        ("Falkland Islands (Malvinas)", "FK"),
        ("Holy See (Vatican City State)", "VA"),
        ("Federated States of Micronesia", "FM"),
        ("The Gambia", "GM"),
        ("the Netherlands", "NL"),
        ("Swaziland", "SZ"),
        ("Cape Verde", "CV"),
        ("Réunion", "RE"),
        ("Reunion", "RE"),
        ("Puerto Rico", "PR"),
        ("United States", "US"),
        ("UNITED STATES OF AMERICA", "US"),
        ("USA", "US"),
        ("U.S.", "US"),
        ("UK", "GB"),
        ("England", "GB"),
        ("P.R. China", "CN"),
        ("Georgia", "GE"),
        ("🇨🇳", "CN"),
        (" 🇰🇷 ", "KR"),
        ("CN", "CN"),
        ("DEU", "DE"),
    ],
)
def test_registers_spellings(words: str, code: str) -> None:
    """A country that a register spells in its own way would be lost from every map and count."""
    assert places.country_code(words) == code
    assert places.is_country(words)


@pytest.mark.parametrize(
    "words", ["Kosovo", "Former Serbia and Montenegro", "Former Yugoslavia", "Netherlands Antilles", "Czechoslovakia"]
)
def test_countries_without_a_code(words: str) -> None:
    """A withdrawn or user-assigned code joins to nothing or to another country; the words are known all the same."""
    assert places.country_code(words) is None
    assert places.is_country(words)


@pytest.mark.parametrize(
    "words", ["", "Korea", "International", "us", "it", "Xx", "🇽🇽", "🇨", "New Jersey", "Europe", "Jakarta"]
)
def test_what_is_no_sure_country(words: str) -> None:
    """Two countries are called Korea, and "us" is a pronoun; a guess here would be a wrong place."""
    assert places.country_code(words) is None
    assert not places.is_country(words)


@pytest.mark.parametrize(
    ("words", "country", "code"),
    [
        ("Seoul, Korea, Republic of", "Korea, Republic of", "KR"),
        ("Kinshasa, Congo, The Democratic Republic of the", "Congo, The Democratic Republic of the", "CD"),
        ("1 City General Hospital Surakarta Middle Java Indonesia", "Indonesia", "ID"),
        ("Istanbul, Turkey (Türkiye) |", "Turkey (Türkiye) |", "TR"),
        ("Port Moresby, Papua New Guinea", "Papua New Guinea", "PG"),
        ("Abidjan, Côte D'Ivoire", "Côte D'Ivoire", "CI"),
        ("Singapore, Singapore", "Singapore", "SG"),
        ("Hong Kong, China", "China", "CN"),
        ("Belfast, Northern Ireland", "Northern Ireland", "GB"),
        ("Boston, MA, USA", "USA", "US"),
        ("Pristina, Kosovo", "Kosovo", None),
        ("Atlanta, Georgia, United States", "United States", "US"),
        ("Indonesia", "Indonesia", "ID"),
    ],
)
def test_the_country_at_the_end(words: str, country: str, code: str | None) -> None:
    """A comma inside a country's name, or no comma at all, must not cut the place at the wrong spot."""
    assert places.ends_with_country(words) == (words.index(country, 10 if words.startswith("Singapore") else 0), code)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Princeton, New Jersey",
        "Sydney, New South Wales",
        "Contact us",
        "Jakarta",
        "Omani",
        "China Road",
        "Seoul, Korea",
    ],
)
def test_places_that_end_in_no_country(words: str) -> None:
    """The end of another name, or of another word, is no country."""
    assert places.ends_with_country(words) is None


@given(st.sampled_from(COUNTRIES))
@settings(max_examples=100)
def test_every_country_is_read_in_all_its_forms(country: Country) -> None:
    """ISO's name, its codes and its flag must agree, alone and at the end of a place."""
    code = country.alpha_2
    flag = "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in code)
    for words in (country.name, country.alpha_2, country.alpha_3, flag, country.name.upper()):
        assert places.country_code(words) == code
    assert places.ends_with_country(f"Any Town, {country.name}") == (10, code)


_PIECES = st.lists(st.sampled_from(["Korea,", "Republic", "of", "US", "Guinea", "New", "the", "&", "🇨🇳"])).map(" ".join)


@given(st.text(max_size=40) | _PIECES)
@settings(max_examples=200)
def test_any_words_are_read_or_refused(words: str) -> None:
    """Nothing raises, every code is ISO's, and what starts where the country starts is that country."""
    code = places.country_code(words)
    assert code is None or code in CODES
    assert code is None or places.is_country(words)
    assert places.fold(places.fold(words)) == places.fold(words)
    end = places.ends_with_country(words)
    if end:
        assert places.is_country(words[end[0] :].strip(" .,;|()[]"))
