"""The list of customers and its filters (06 §2.3)."""

import pytest

from tests.builders.customers import a_customer

PEOPLE = {
    "a": {"name": "Acme", "customer_type": "company", "currency": "EUR", "country": "FR", "state": "IDF",
          "zipcode": "75001", "tax_identification_number": "FR1", "metadata": [{"key": "tier", "value": "gold"}]},
    "b": {"firstname": "Bea", "lastname": "Moss", "customer_type": "individual", "currency": "USD", "country": "US",
          "email": "bea@moss.io", "metadata": [{"key": "tier", "value": "tin"}]},
    "c": {"legal_name": "50%_Off Ltd", "account_type": "partner", "country": "FR", "tax_identification_number": ""},
}


@pytest.fixture
def listed(owner):
    for external_id, fields in PEOPLE.items():
        a_customer(owner, external_id, **fields)
    return owner


def ids(answer):
    return "".join(customer["external_id"] for customer in answer["customers"])


@pytest.mark.parametrize("query, found", [
    ({}, "cba"),
    ({"search_term": "ACM"}, "a"),
    ({"search_term": "moss"}, "b"),
    ({"search_term": "bea@"}, "b"),
    ({"search_term": "50%_o"}, "c"),
    ({"search_term": "%"}, "c"),
    ({"external_id": "b"}, "b"),
    ({"external_id": "x"}, ""),
    ({"account_type[]": "partner"}, "c"),
    ({"account_type[]": ["partner", "customer"]}, "cba"),
    ({"customer_type": "company"}, "a"),
    ({"has_customer_type": "true"}, "ba"),
    ({"has_customer_type": "false"}, "c"),
    ({"has_tax_identification_number": "true"}, "a"),
    ({"has_tax_identification_number": "false"}, "cb"),
    ({"currencies[]": ["EUR", "USD"]}, "ba"),
    ({"currencies[]": "EUR"}, "a"),
    ({"countries[]": "FR"}, "ca"),
    ({"countries[]": ["FR"], "currencies[]": ["EUR"]}, "a"),
    ({"states[]": "IDF"}, "a"),
    ({"zipcodes[]": "75001"}, "a"),
    ({"billing_entity_codes[]": "owner"}, "cba"),
    ({"metadata[tier]": "gold"}, "a"),
    ({"metadata[tier]": ""}, "c"),
    ({"metadata[tier]": "gold", "metadata[colour]": ""}, "a"),
    ({"metadata[tier]": "gold", "metadata[colour]": "red"}, ""),
    ({f"metadata[k{number}]": "x" for number in range(500)}, ""),
    ({"metadata[colour]": ""}, "cba"),
    ({"metadata[colour]": "red"}, ""),
    ({"page": "0", "per_page": "2"}, "cb"),
    ({"page": "2", "per_page": "2"}, "a"),
    ({"page": "9" * 60, "per_page": "2"}, ""),
    ({"page": "x", "per_page": "x"}, "cba"),
    ({"unknown": "1"}, "cba"),
])
def test_the_list_is_narrowed(listed, query, found):
    assert ids(listed.get("/customers", **query)) == found


@pytest.mark.parametrize("query, details", [
    ({"account_type[]": "friend"}, {"account_type": ["must be one of: customer, partner"]}),
    ({"customer_type": "robot"}, {"customer_type": ["must be one of: company, individual"]}),
    ({"has_customer_type": "perhaps"}, {"has_customer_type": ["must be boolean"]}),
    ({"has_tax_identification_number": "x"}, {"has_tax_identification_number": ["must be boolean"]}),
    ({"search_term": "a\0"}, {"search_term": ["value_is_invalid"]}),
    ({"metadata[a\0]": "1"}, {"metadata": ["value_is_invalid"]}),
])
def test_a_bad_filter_is_refused_in_words(listed, query, details):
    assert listed.call("GET", "/customers", expect=422, **query)["error_details"] == details


def test_unknown_currencies_and_countries_are_refused_in_words(listed):
    for name in ("currencies", "countries"):
        details = listed.call("GET", "/customers", expect=422, **{f"{name}[]": "ZZ"})["error_details"]
        assert details[name][0].startswith("must be one of: A")


def test_an_unknown_billing_entity_is_not_found(listed, outsider):
    for code in ("nobody", "outsider"):
        answer = listed.call("GET", "/customers", expect=404, **{"billing_entity_codes[]": ["owner", code]})
        assert answer["code"] == "billing_entity_not_found"


def test_the_list_shows_taxes_but_no_sections(listed):
    customer = listed.get("/customers")["customers"][0]
    assert (customer["taxes"], customer["integration_customers"]) == ([], [])
    assert "error_details" not in customer and "applicable_invoice_custom_sections" not in customer
