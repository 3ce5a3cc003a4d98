"""Taxes of the European Union's detection: the tables and the order of rules of 04 §7."""

from datetime import date

import pytest

from lago.pricing.eu_vat import (
    COUNTRIES,
    Decision,
    Place,
    decide,
    generated_taxes,
    vat_number,
    with_answer,
)

TODAY = date(2026, 1, 5)
RATES = {
    "at": 20, "be": 21, "bg": 20, "cy": 19, "cz": 21, "de": 19, "dk": 25, "ee": 24, "es": 21, "fi": 25.5, "fr": 20,
    "gr": 24, "hr": 25, "hu": 27, "ie": 23, "it": 22, "lt": 21, "lu": 17, "lv": 21, "mt": 18, "nl": 21, "pl": 23,
    "pt": 23, "ro": 21, "se": 25, "si": 22, "sk": 23,
}
EXCEPTIONS = {
    "at": {"jungholz": 19, "mittelberg": 19}, "de": {"busingen_am_hochrhein": 0, "heligoland": 0},
    "es": {"canary_islands": 0, "ceuta": 0, "melilla": 0}, "fi": {"aland_islands": 0},
    "fr": {"guadeloupe": 8.5, "martinique": 8.5, "reunion": 8.5, "guyane": 0, "mayotte": 0},
    "gr": {"mount_athos": 0}, "it": {"campione_d_italia": 0, "livigno": 0}, "pt": {"madeira": 22, "azores": 18},
}


def rates(day):
    return {tax.code: tax.rate for tax in generated_taxes(day)}


def test_every_tax_of_the_table_is_made():
    standard = {f"lago_eu_{country}_standard": rate for country, rate in RATES.items()}
    special = {
        f"lago_eu_{country}_exception_{name}": rate
        for country, places in EXCEPTIONS.items() for name, rate in places.items()
    }
    assert rates(TODAY) == {**standard, **special, "lago_eu_reverse_charge": 0, "lago_eu_tax_exempt": 0}
    assert len(COUNTRIES) == 27


@pytest.mark.parametrize("country, day, rate", [
    ("ee", date(2024, 1, 1), 22), ("ee", date(2025, 6, 30), 22), ("ee", date(2025, 7, 1), 24),
    ("ro", date(2025, 7, 31), 19), ("ro", date(2025, 8, 1), 21),
    ("sk", date(2024, 12, 31), 20), ("sk", date(2025, 1, 1), 23),
])
def test_rates_are_those_in_force_on_the_day(country, day, rate):
    assert rates(day)[f"lago_eu_{country}_standard"] == rate


@pytest.mark.parametrize("code, name", [
    ("lago_eu_fr_standard", "FR Standard"), ("lago_eu_es_exception_canary_islands", "ES Canary Islands Standard"),
])
def test_names(code, name):
    assert {tax.code: tax.name for tax in generated_taxes(TODAY)}[code] == name


GERMAN, FRENCH = "DE123456789", "FR12345678901"


@pytest.mark.parametrize("country, zipcode, number, code", [
    ("DE", None, None, "lago_eu_de_standard"),
    ("FR", "97110", None, "lago_eu_fr_standard"),
    ("FR", "97110", FRENCH, "lago_eu_fr_exception_guadeloupe"),
    ("ES", "35001", None, "lago_eu_es_exception_canary_islands"),
    ("ES", "35001", "ESX1234567X", "lago_eu_es_exception_canary_islands"),
    ("ES", "35 0 01", None, "lago_eu_es_exception_canary_islands"),
    ("ES", "51005", None, "lago_eu_es_exception_ceuta"), ("ES", "51006", None, "lago_eu_es_standard"),
    ("ES", "52000", None, "lago_eu_es_exception_melilla"), ("ES", "52081", None, "lago_eu_es_exception_melilla"),
    ("AT", "6992", None, "lago_eu_at_exception_mittelberg"), ("AT", "6994", None, "lago_eu_at_standard"),
    ("FI", "22100", None, "lago_eu_fi_exception_aland_islands"), ("FI", "2210", None, "lago_eu_fi_standard"),
    ("PT", "9500-321", None, "lago_eu_pt_exception_azores"),
    ("US", "35001", None, "lago_eu_tax_exempt"),
    (None, None, None, "lago_eu_fr_standard"),
    (None, "35001", None, "lago_eu_fr_standard"),
    ("DE", None, "DE12345678", "lago_eu_de_standard"),
    ("US", None, "US-111", "lago_eu_tax_exempt"),
])
def test_what_is_said_without_asking(country, zipcode, number, code):
    assert decide(Place(country, zipcode), number, "FR") == Decision(code)


def test_a_number_of_the_right_form_is_asked_for():
    assert decide(Place("DE"), "de 123.456-789", "FR") == Decision(None, ask=True)
    assert decide(Place(None), FRENCH, "FR") == Decision(None, ask=True)


@pytest.mark.parametrize("country, zipcode, number, valid, code", [
    ("DE", None, GERMAN, True, "lago_eu_reverse_charge"),
    ("DE", None, GERMAN, False, "lago_eu_de_standard"),
    ("FR", "75001", FRENCH, True, "lago_eu_fr_standard"),
    ("DE", "97 110", FRENCH, True, "lago_eu_fr_standard"),
    ("DE", "97110", FRENCH, True, "lago_eu_fr_exception_guadeloupe"),
    ("US", None, GERMAN, False, "lago_eu_tax_exempt"),
    (None, None, GERMAN, False, "lago_eu_fr_standard"),
])
def test_what_the_answer_decides(country, zipcode, number, valid, code):
    found = with_answer(Place(country, zipcode), vat_number(number), valid=valid, entity_country="FR")
    assert found == code


def test_a_greek_company_of_a_greek_seller_pays_the_greek_tax():
    found = with_answer(Place("GR"), vat_number("EL123456789"), valid=True, entity_country="GR")
    assert found == "lago_eu_gr_standard"


@pytest.mark.parametrize("text", [
    "ATU12345678", "BE0123456789", "BG123456789", "CY12345678X", "CZ12345678", "DE123456789", "DK12345678",
    "EE123456789", "EL123456789", "ESX1234567X", "FI12345678", "FRAB123456789", "HR12345678901", "HU12345678",
    "IE1234567WA", "IT12345678901", "LT123456789", "LU12345678", "LV12345678901", "MT12345678", "NL123456789B01",
    "PL1234567890", "PT123456789", "RO12", "SE123456789001", "SI12345678", "SK1234567890",
])
def test_numbers_of_the_right_form(text):
    assert vat_number(text).letters == text[:2]


@pytest.mark.parametrize("text", [None, "", "US-111", "FR1", "GB123456789", "DE1234567890", "123456789"])
def test_numbers_of_another_form(text):
    assert vat_number(text) is None
