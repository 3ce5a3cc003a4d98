"""Customers over the API (06 §3)."""

import pytest

from lago.core.db import db
from lago.organizations.models import BillingEntity
from tests.builders.catalog import a_plan, a_tax
from tests.builders.customers import a_customer
from tests.builders.outbox import announced, waiting

PARTS = {"taxes", "integration_customers", "applicable_invoice_custom_sections", "error_details"}


@pytest.fixture
def branch(owner):
    """A second billing entity of the owner, in Tokyo."""
    entity = BillingEntity(
        organization_id=owner.organization.id, name="Branch", code="branch", timezone="Asia/Tokyo",
        document_numbering="per_customer", document_number_prefix="BRA",
    )
    db.session.add(entity)
    db.session.commit()
    return entity


def refused(owner, **fields):
    return owner.refused("POST", "/customers", {"customer": {"external_id": "acme", **fields}})


def codes(answer):
    return [customer["external_id"] for customer in answer["customers"]]


def test_a_customer_known_by_an_id_alone_has_the_defaults(owner):
    made = a_customer(owner)
    assert (made["sequential_id"], made["slug"]) == (1, f"{owner.organization.document_number_prefix}-001")
    assert (made["billing_entity_code"], made["account_type"], made["customer_type"]) == ("owner", "customer", None)
    assert (made["timezone"], made["applicable_timezone"], made["currency"]) == (None, "UTC", None)
    assert (made["finalize_zero_amount_invoice"], made["skip_invoice_custom_sections"]) == ("inherit", False)
    assert set(made["shipping_address"].values()) == {None} and len(made["shipping_address"]) == 6
    assert set(made["billing_configuration"].values()) == {None}
    assert made["metadata"] == [] and all(made[part] == [] for part in PARTS)
    assert owner.get("/customers/acme")["customer"] == made


def test_all_that_is_sent_is_shown(owner):
    a_tax(owner)
    plain = {
        "name": "Acme", "firstname": "Ann", "lastname": "Li", "legal_name": "Acme SA", "legal_number": "42",
        "tax_identification_number": "FR1", "email": "a@acme.com,b@acme.com", "phone": "1", "url": "acme.com",
        "logo_url": "acme.com/logo", "country": "FR", "address_line1": "1 rue", "address_line2": "b", "city": "Paris",
        "state": "IDF", "zipcode": "75000", "currency": "EUR", "timezone": "Europe/Paris", "net_payment_term": 30,
        "finalize_zero_amount_invoice": "skip", "external_salesforce_id": "sf", "customer_type": "company",
        "account_type": "partner", "skip_invoice_custom_sections": True,
        "shipping_address": {"country": "DE", "address_line1": "2", "address_line2": "c", "city": "Berlin",
                             "state": "BE", "zipcode": "10115"},
    }
    configuration = {"document_locale": "fr", "subscription_invoice_issuing_date_anchor": "current_period_end",
                     "subscription_invoice_issuing_date_adjustment": "keep_anchor"}
    made = a_customer(owner, **plain, billing_configuration=configuration, tax_codes=["vat"])
    assert {name: made[name] for name in plain} == plain
    assert made["billing_configuration"].items() >= configuration.items()
    assert [tax["code"] for tax in made["taxes"]] == ["vat"]
    assert made["applicable_timezone"] == "Europe/Paris"


def test_values_are_brought_into_form(owner):
    made = a_customer(
        owner, country=" fr ", currency="eur", city="  ", zipcode=75000, net_payment_term="30", name=7,
        email=" a@acme.com\u200b , b\u2011c@acme.com",
    )
    assert (made["country"], made["currency"], made["city"], made["zipcode"]) == ("FR", "EUR", None, "75000")
    assert (made["net_payment_term"], made["name"], made["email"]) == (30, "7", "a@acme.com,b-c@acme.com")


@pytest.mark.parametrize("fields, details", [
    ({"external_id": None}, {"external_id": ["value_is_mandatory"]}),
    ({"external_id": ""}, {"external_id": ["value_is_mandatory"]}),
    ({"external_id": ["acme"]}, {"external_id": ["value_is_mandatory"]}),
    ({"external_id": "x" * 256}, {"external_id": ["value_is_too_long"]}),
    ({"account_type": "friend"}, {"account_type": ["value_is_invalid"]}),
    ({"name": "x" * 256}, {"name": ["value_is_too_long"]}),
    ({"name": "a\0b"}, {"name": ["value_is_invalid"]}),
    ({"customer_type": "robot"}, {"customer_type": ["value_is_invalid"]}),
    ({"email": "nobody"}, {"email": ["invalid_email_format"]}),
    ({"email": "a@b.com,,c@d.com"}, {"email": ["invalid_email_format"]}),
    ({"country": "XX"}, {"country": ["not_a_valid_country_code"]}),
    ({"shipping_address": {"country": "Atlantis"}}, {"shipping_country": ["not_a_valid_country_code"]}),
    ({"currency": "ABC"}, {"currency": ["value_is_invalid"]}),
    ({"timezone": "Mars/Base"}, {"timezone": ["invalid_timezone"]}),
    ({"net_payment_term": -1}, {"net_payment_term": ["value_is_out_of_range"]}),
    ({"net_payment_term": int("9" * 60)}, {"net_payment_term": ["value_is_out_of_range"]}),
    ({"net_payment_term": "soon"}, {"net_payment_term": ["is not a number"]}),
    ({"finalize_zero_amount_invoice": True}, {"finalize_zero_amount_invoice": ["invalid_value"]}),
    ({"skip_invoice_custom_sections": "perhaps"}, {"skip_invoice_custom_sections": ["value_is_invalid"]}),
    ({"skip_invoice_custom_sections": True, "invoice_custom_section_codes": ["a"]},
     {"invoice_custom_sections": ["skip_sections_and_selected_ids_sent_together"]}),
    ({"integration_customers": [{"integration_type": "xero"}]}, {"integration_customers": ["not_supported_yet"]}),
    ({"billing_configuration": {"invoice_grace_period": -1}}, {"invoice_grace_period": ["value_is_out_of_range"]}),
    ({"billing_configuration": {"invoice_grace_period": 10**9}}, {"invoice_grace_period": ["value_is_out_of_range"]}),
    ({"billing_configuration": {"payment_provider": "stripe"}}, {"payment_provider": ["not_supported_yet"]}),
    ({"billing_configuration": {"document_locale": "tlh"}}, {"document_locale": ["not_a_valid_language_code"]}),
    ({"billing_configuration": {"subscription_invoice_issuing_date_anchor": "x"}},
     {"subscription_invoice_issuing_date_anchor": ["value_is_invalid"]}),
    ({"billing_configuration": {"subscription_invoice_issuing_date_adjustment": "x"}},
     {"subscription_invoice_issuing_date_adjustment": ["value_is_invalid"]}),
    ({"metadata": [{"key": str(n), "value": "x"} for n in range(6)]}, {"metadata": ["invalid_count"]}),
    ({"metadata": [{"value": "x"}]}, {"key": ["value_is_mandatory"]}),
    ({"metadata": [{"key": "k", "value": ""}]}, {"value": ["value_is_mandatory"]}),
    ({"metadata": [{"key": "k" * 21, "value": "x" * 101}]},
     {"key": ["value_is_too_long"], "value": ["value_is_too_long"]}),
    ({"metadata": [{"key": "k", "value": "x"}] * 2}, {"key": ["value_already_exist"]}),
])
def test_a_bad_customer_is_refused(owner, fields, details):
    assert refused(owner, **fields) == details
    assert owner.get("/customers")["customers"] == []


@pytest.mark.parametrize("fields", [
    {"shipping_address": None}, {"shipping_address": "here"}, {"billing_configuration": []}, {"metadata": "none"},
    {"tax_codes": None}, {"integration_customers": []}, {"billing_configuration": {"invoice_grace_period": 0}},
    {"billing_configuration": {"payment_provider": None, "sync_with_provider": False}}, {"unknown": [{"deep": 1}]},
    {"account_type": None, "customer_type": None, "finalize_zero_amount_invoice": None, "billing_entity_code": None},
    {"name": {"wrong": "shape"}}, {"metadata": [1, "x", None]},
])
def test_what_means_nothing_is_taken(owner, fields):
    assert a_customer(owner, **fields)["finalize_zero_amount_invoice"] == "inherit"


def test_only_what_is_sent_changes_and_null_clears(owner):
    first = a_customer(
        owner, name="Acme", city="Paris", timezone="Europe/Paris", shipping_address={"city": "Berlin", "zipcode": "1"},
        billing_configuration={"document_locale": "fr"},
    )
    second = a_customer(owner, city=None, timezone=None, shipping_address={"city": None}, billing_configuration={})
    assert second["lago_id"] == first["lago_id"]
    assert (second["name"], second["city"], second["applicable_timezone"]) == ("Acme", None, "UTC")
    assert (second["shipping_address"]["city"], second["shipping_address"]["zipcode"]) == (None, "1")
    assert second["billing_configuration"]["document_locale"] == "fr"


def test_taxes_are_replaced_as_a_whole(owner, outsider):
    for code in ("vat", "gst"):
        a_tax(owner, code)
    a_customer(owner, tax_codes=["vat", "vat"])
    assert [tax["code"] for tax in a_customer(owner, tax_codes=["gst"])["taxes"]] == ["gst"]
    assert [tax["code"] for tax in a_customer(owner, name="x")["taxes"]] == ["gst"]
    a_tax(outsider, "theirs")
    body = {"customer": {"external_id": "acme", "name": "new", "tax_codes": ["vat", "theirs"]}}
    assert owner.call("POST", "/customers", body, expect=404)["code"] == "tax_not_found"
    assert owner.get("/customers/acme")["customer"]["name"] == "x"


def test_metadata_are_replaced_by_their_ids(owner):
    rows = [{"key": "a", "value": "1"}, {"key": "b", "value": "2", "display_in_invoice": True}]
    kept, dropped = a_customer(owner, metadata=rows)["metadata"]
    assert (kept["display_in_invoice"], dropped["display_in_invoice"]) == (False, True)
    rows = [{"id": kept["lago_id"], "value": "9"}, {"key": "b", "value": "3"}]
    changed = a_customer(owner, metadata=rows)["metadata"]
    assert [(note["key"], note["value"]) for note in changed] == [("a", "9"), ("b", "3")]
    assert changed[0]["lago_id"] == kept["lago_id"] and changed[1]["lago_id"] != dropped["lago_id"]
    assert a_customer(owner, name="x")["metadata"] == changed
    assert a_customer(owner, metadata=[])["metadata"] == []


def test_keys_of_metadata_can_be_exchanged(owner):
    made = a_customer(owner, metadata=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])["metadata"]
    swapped = [{"id": made[0]["lago_id"], "key": "b"}, {"id": made[1]["lago_id"], "key": "a"}]
    assert [note["key"] for note in a_customer(owner, metadata=swapped)["metadata"]] == ["b", "a"]


def test_metadata_of_others_are_not_changed_by_their_ids(owner, outsider):
    theirs = a_customer(outsider, metadata=[{"key": "a", "value": "1"}])["metadata"]
    assert refused(owner, metadata=[{"id": theirs[0]["lago_id"], "value": "9"}]) == {"key": ["value_is_mandatory"]}
    assert outsider.get("/customers/acme")["customer"]["metadata"] == theirs


def test_numbers_count_deleted_customers_and_are_each_organizations_own(owner, outsider):
    a_customer(owner, "a")
    owner.delete("/customers/a")
    assert a_customer(owner, "a")["sequential_id"] == 2
    assert a_customer(outsider, "a")["sequential_id"] == 1


def test_the_billing_entity_can_be_chosen_and_changed(owner, branch):
    made = a_customer(owner, billing_entity_code="branch")
    assert (made["billing_entity_code"], made["applicable_timezone"]) == ("branch", "Asia/Tokyo")
    assert a_customer(owner, name="x")["billing_entity_code"] == "branch"
    assert a_customer(owner, billing_entity_code="owner")["applicable_timezone"] == "UTC"
    body = {"customer": {"external_id": "acme", "billing_entity_code": "nobody"}}
    assert owner.call("POST", "/customers", body, expect=404)["code"] == "billing_entity_not_found"


def test_other_days_move_what_falls_due(owner, branch):
    customer = a_customer(owner)
    a_customer(owner, timezone="UTC")
    assert waiting(owner, "subscriptions.reschedule") == []
    a_customer(owner, timezone="Europe/Paris")
    a_customer(owner, timezone=None, billing_entity_code="branch")
    assert waiting(owner, "subscriptions.reschedule") == [{"customer_id": customer["lago_id"]}] * 2


def test_the_account_type_stays_once_there_is_a_subscription(owner):
    a_customer(owner)
    assert a_customer(owner, account_type="partner")["account_type"] == "partner"
    a_plan(owner)
    body = {"external_customer_id": "acme", "external_id": "s", "plan_code": "basic"}
    owner.post("/subscriptions", {"subscription": body})
    assert a_customer(owner, account_type="customer", name="Acme")["account_type"] == "partner"


def test_every_call_is_announced(owner):
    a_customer(owner)
    a_customer(owner)
    assert announced(owner) == ["customer.created", "customer.updated"]


def test_a_deleted_customer_is_gone_and_its_end_is_due(owner):
    made = a_customer(owner)
    assert owner.delete("/customers/acme")["customer"]["lago_id"] == made["lago_id"]
    assert waiting(owner, "invoicing.end_customer") == [{"customer_id": made["lago_id"]}]
    for method in ("GET", "DELETE"):
        assert owner.call(method, "/customers/acme", expect=404)["code"] == "customer_not_found"
    assert owner.get("/customers")["customers"] == []


def test_external_ids_may_hold_anything(owner):
    a_customer(owner, "a/b c.d?é")
    assert owner.get("/customers/a%2Fb%20c.d%3F%C3%A9")["customer"]["external_id"] == "a/b c.d?é"


def test_nobody_sees_the_customers_of_others(owner, outsider):
    a_customer(owner)
    for method in ("GET", "DELETE"):
        assert outsider.call(method, "/customers/acme", expect=404)["code"] == "customer_not_found"
    assert outsider.get("/customers")["customers"] == []
    assert a_customer(outsider)["name"] is None


def test_a_body_without_its_root_is_no_request(owner):
    for body in ({}, {"customer": {}}, {"customer": []}, {"external_id": "acme"}):
        owner.call("POST", "/customers", body, expect=400)


def test_a_listing_costs_the_same_for_2_and_20(owner, count_queries):
    a_tax(owner)
    costs = []
    for numbers in (range(2), range(2, 20)):
        for number in numbers:
            a_customer(owner, f"c{number}", tax_codes=["vat"], metadata=[{"key": "a", "value": "1"}])
        with count_queries() as statements:
            owner.get("/customers")
        costs.append(len(statements))
    assert costs[0] == costs[1]
