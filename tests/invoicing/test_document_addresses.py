"""Addresses as their countries write them."""

import pytest

from lago.invoicing.document.addresses import address_lines, country_name


def _address(country: str | None, state: str | None = None, **values: str | None) -> dict[str, str | None]:
    known = {"address_line1": "Street 1", "address_line2": None, "zipcode": "12345", "city": "Town"}
    return {**known, "state": state, "country": country, **values}


@pytest.mark.parametrize(
    ("country", "state", "lines"),
    [
        ("DE", None, ("Street 1", "12345 Town", "Germany")),
        ("FR", "Normandy", ("Street 1", "12345 Town", "Normandy", "France")),
        ("US", "MA", ("Street 1", "Town, MA 12345", "United States")),
        ("US", None, ("Street 1", "Town, 12345", "United States")),
        ("GB", "Avon", ("Street 1", "Town", "Avon", "12345", "United Kingdom")),
        ("AU", "NSW", ("Street 1", "Town NSW 12345", "Australia")),
        ("IT", "MI", ("Street 1", "12345 Town (MI)", "Italy")),
        ("IT", None, ("Street 1", "12345 Town", "Italy")),
        ("BR", "SP", ("Street 1", "Town - SP", "12345", "Brazil")),
        (None, None, ("Street 1", "12345 Town")),
    ],
)
def test_the_town_is_written_as_the_country_does(
    country: str | None, state: str | None, lines: tuple[str, ...]
) -> None:
    assert address_lines(_address(country, state), "en") == lines


def test_what_is_not_known_leaves_no_trace() -> None:
    nowhere = dict.fromkeys(("address_line1", "zipcode", "city"))
    assert address_lines(_address("US", "MA", **nowhere), "en") == ("MA", "United States")
    assert address_lines(_address(None, **nowhere), "en") == ()


@pytest.mark.parametrize(
    ("code", "locale", "name"),
    [
        ("TW", "en", "Taiwan"),
        ("DE", "fr", "Allemagne"),
        ("DE", "nb", "Tyskland"),
        ("DE", "pt-BR", "Alemanha"),
        ("??", "en", "??"),
    ],
)
def test_countries_have_their_usual_name_in_the_language(code: str, locale: str, name: str) -> None:
    assert country_name(code, locale) == name
