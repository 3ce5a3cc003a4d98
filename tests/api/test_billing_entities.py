"""`/billing_entities`: who issues documents, and how (06 §1.3, 04 §16)."""

import base64

import pytest

from tests.builders.catalog import a_tax
from tests.builders.customers import a_customer

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()


def own(account):
    [entity] = account.get("/billing_entities")["billing_entities"]
    return entity


def change(account, **values):
    return account.put(f"/billing_entities/{own(account)['code']}", {"billing_entity": values})["billing_entity"]


def make(account, code="emea", **values):
    return account.post("/billing_entities", {"billing_entity": {"code": code, "name": code.upper(), **values}})[
        "billing_entity"
    ]


def refused(account, **values):
    return account.refused("PUT", f"/billing_entities/{own(account)['code']}", {"billing_entity": values})


def test_an_organization_begins_with_a_default_one_of_its_own_id(owner):
    entity = own(owner)
    assert (entity["lago_id"], entity["is_default"]) == (str(owner.organization.id), True)


def test_a_new_one_has_the_defaults_and_is_listed_after_the_first(owner):
    made = make(owner)
    assert made["document_number_prefix"] == f"EME-{made['lago_id'][-4:].upper()}"
    assert (made["is_default"], made["timezone"], made["finalize_zero_amount_invoice"]) == (False, "UTC", True)
    assert [entity["code"] for entity in owner.get("/billing_entities")["billing_entities"]][1:] == ["emea"]


@pytest.mark.parametrize("values, details", [
    ({}, {"name": ["value_is_mandatory"], "code": ["value_is_mandatory"]}),
    ({"name": " ", "code": "x"}, {"name": ["value_is_mandatory"]}),
    ({"name": "A", "code": "emea"}, {"code": ["value_already_exist"]}),
    ({"name": "A", "code": "x", "country": "DK", "einvoicing": True}, {"einvoicing": ["country_not_supported"]}),
    ({"name": "A", "code": "x", "einvoicing": True}, {"einvoicing": ["country_must_be_present"]}),
    ({"name": "A", "code": "x", "eu_tax_management": True}, {"eu_tax_management": ["billing_entity_must_be_in_eu"]}),
    ({"name": "A", "code": "x", "logo": "data:text/plain;base64,AAAA"}, {"logo": ["invalid_content_type"]}),
])
def test_a_new_one_is_refused(owner, values, details):
    make(owner)
    assert owner.refused("POST", "/billing_entities", {"billing_entity": values or {"x": 1}}) == details
    assert len(owner.get("/billing_entities")["billing_entities"]) == 2


def test_only_what_is_named_changes(owner):
    configuration = {"invoice_footer": "Merci", "invoice_grace_period": 3}
    changed = change(owner, legal_name="Acme SA", billing_configuration=configuration)
    assert {name: changed[name] for name in configuration} == configuration
    assert changed["legal_name"] == "Acme SA"
    assert (changed["name"], changed["taxes"], changed["selected_invoice_custom_sections"]) == ("Owner", [], [])


@pytest.mark.parametrize("values, details", [
    ({"document_numbering": "random"}, {"document_numbering": ["value_is_invalid"]}),
    ({"document_number_prefix": "ABCDEFGHIJK"}, {"document_number_prefix": ["value_is_too_long"]}),
    ({"billing_configuration": {"invoice_footer": "x" * 601}}, {"invoice_footer": ["value_is_too_long"]}),
    ({"net_payment_term": -1}, {"net_payment_term": ["value_is_out_of_range"]}),
    ({"email_settings": ["invoice.lost"]}, {"email_settings": ["unsupported_value"]}),
])
def test_a_bad_value_is_refused(owner, values, details):
    assert refused(owner, **values) == details


def test_the_organization_shows_what_its_default_entity_does(owner):
    owner.put("/organizations", {"organization": {"country": "fr", "billing_configuration": {"invoice_footer": "Bye"}}})
    entity = own(owner)
    assert (entity["country"], entity["invoice_footer"]) == ("FR", "Bye")


def test_taxes_are_named_in_any_case_and_replace_those_before(owner):
    a_tax(owner, "VAT", applied_to_organization=True)
    a_tax(owner, "city", applied_to_organization=False)
    assert [tax["code"] for tax in change(owner, tax_codes=["City"])["taxes"]] == ["city"]
    assert [tax["code"] for tax in change(owner, name="Same")["taxes"]] == ["city"]
    missing = owner.call(
        "PUT", f"/billing_entities/{own(owner)['code']}", {"billing_entity": {"tax_codes": ["none"]}}, expect=404
    )
    assert missing["code"] == "tax_not_found"


def test_a_logo_is_kept_and_shown_to_everybody(owner):
    shown = change(owner, logo=f"data:image/png;base64,{PNG}")
    picture = owner.client.get(shown["logo_url"])
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert picture.data.startswith(b"\x89PNG")
    assert change(owner, logo=None)["logo_url"] is None
    assert refused(owner, logo=f"data:image/jpeg;base64,{PNG}") == {"logo": ["invalid_content_type"]}


def test_a_logo_is_of_800_kb_at_most(owner):
    large = base64.b64encode(b"\xff\xd8\xff" + b"\0" * 800_000).decode()
    assert refused(owner, logo=f"data:image/jpeg;base64,{large}") == {"logo": ["invalid_size"]}


def test_a_customer_is_billed_by_the_entity_that_is_named(owner):
    make(owner)
    a_customer(owner, "acme", billing_entity_code="emea")
    assert owner.get("/customers/acme")["customer"]["billing_entity_code"] == "emea"


def test_an_unknown_code_is_not_found(owner):
    assert owner.call("GET", "/billing_entities/none", expect=404)["code"] == "billing_entity_not_found"
