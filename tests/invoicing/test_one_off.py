"""One-off invoices (04 §10)."""

import pytest

from tests.builders.catalog import a_tax, an_add_on
from tests.builders.customers import a_customer
from tests.builders.webhooks import endpoint_at, receiver


@pytest.fixture
def shop(sandbox):
    """It is 5 March 2024; a customer with a currency, and something to sell."""
    sandbox.at("2024-03-05T10:00:00Z")
    a_customer(sandbox, "acme", currency="EUR", net_payment_term=30)
    an_add_on(sandbox, "setup", amount_cents=500, description="Once")
    return sandbox


def order(*lines, **fields):
    lines = [line if isinstance(line, dict) else {"add_on_code": line} for line in lines]
    return {"invoice": {"external_customer_id": "acme", "fees": lines, **fields}}


def sell(account, *lines, **fields):
    return account.post("/invoices", order(*lines, **fields))["invoice"]


def test_it_is_finalized_at_once_and_due_by_the_customers_term(shop):
    invoice = sell(shop, "setup")
    expected = {
        "invoice_type": "one_off", "status": "finalized", "payment_status": "pending", "currency": "EUR",
        "issuing_date": "2024-03-05", "payment_due_date": "2024-04-04", "fees_amount_cents": 500,
        "total_amount_cents": 500, "sequential_id": 1,
    }
    assert {name: invoice[name] for name in expected} == expected
    assert invoice["number"].endswith("-001-001")


def test_a_line_says_what_it_is_for(shop):
    line = {"add_on_code": "setup", "from_datetime": "2024-02-01T00:00:00Z", "to_datetime": "2024-02-29T23:59:59Z",
            "units": 2, "invoice_display_name": "Start"}
    [fee] = sell(shop, line)["fees"]
    assert (fee["from_date"], fee["to_date"]) == ("2024-02-01T00:00:00+00:00", "2024-02-29T23:59:59+00:00")
    assert (fee["units"], fee["amount_cents"], fee["precise_unit_amount"]) == ("2.0", 1000, "5.0")
    assert {name: fee["item"][name] for name in ("type", "code", "invoice_display_name", "item_type")} == {
        "type": "add_on", "code": "setup", "invoice_display_name": "Start", "item_type": "AddOn"
    }
    assert (fee["description"], fee["lago_subscription_id"], fee["external_customer_id"]) == ("Once", None, None)


def test_without_dates_it_is_for_now(shop):
    [fee] = sell(shop, "setup")["fees"]
    assert (fee["from_date"], fee["to_date"]) == ("2024-03-05T10:00:00+00:00",) * 2


@pytest.mark.parametrize("dates", [
    {"from_datetime": "2024-02-01"}, {"to_datetime": "2024-02-01"},
    {"from_datetime": "yesterday", "to_datetime": "2024-02-01"},
    {"from_datetime": "2024-02-02", "to_datetime": "2024-02-01"},
], ids=["no end", "no start", "no date", "end first"])
def test_dates_that_make_no_period_are_refused(shop, dates):
    details = shop.refused("POST", "/invoices", order({"add_on_code": "setup", **dates}))
    assert details == {"boundaries": ["values_are_invalid"]}
    assert shop.get("/invoices")["invoices"] == []


def test_the_nearest_known_tax_applies(shop):
    for code, rate in (("own", 10), ("theirs", 20), ("all", 30)):
        a_tax(shop, code, rate=rate, applied_to_organization=code == "all")

    def codes(*lines):
        return [tax["tax_code"] for tax in sell(shop, *lines)["applied_taxes"]]

    assert codes("setup") == ["all"]
    a_customer(shop, "acme", tax_codes=["theirs"])
    assert codes("setup") == ["theirs"]
    an_add_on(shop, "taxed", tax_codes=["own"])
    assert codes("taxed") == ["own"]
    assert codes({"add_on_code": "taxed", "tax_codes": ["all", "nowhere"]}) == ["all"]
    assert codes({"add_on_code": "taxed", "tax_codes": ["nowhere"]}) == ["own"]


@pytest.mark.parametrize("body, code", [
    (order("setup", external_customer_id="nobody"), "customer_not_found"),
    (order(), "fees_not_found"),
    (order(fees=None), "fees_not_found"),
    (order("setup", "none"), "add_on_not_found"),
    (order("setup", billing_entity_code="none"), "billing_entity_not_found"),
], ids=["customer", "no lines", "null lines", "add-on", "entity"])
def test_what_is_unknown_is_not_found(shop, body, code):
    assert shop.call("POST", "/invoices", body, expect=404)["code"] == code


@pytest.mark.parametrize("line, details", [
    ({"units": -1}, {"units": ["value_is_out_of_range"]}),
    ({"units": "many"}, {"units": ["value_is_invalid"]}),
    ({"unit_amount_cents": -5}, {"unit_amount_cents": ["value_is_out_of_range"]}),
], ids=["negative", "no number", "negative price"])
def test_a_line_that_nobody_can_price_is_refused(shop, line, details):
    assert shop.refused("POST", "/invoices", order({"add_on_code": "setup", **line})) == details


def test_a_bad_payment_method_is_refused(shop):
    details = shop.refused("POST", "/invoices", order("setup", payment_method={"payment_method_type": "magic"}))
    assert details == {"payment_method": ["invalid_payment_method"]}


def test_the_currency_is_the_customers_or_becomes_it(shop):
    a_customer(shop, "new")
    missing = shop.refused("POST", "/invoices", order("setup", external_customer_id="new"))
    assert missing == {"currency": ["value_is_mandatory"]}
    assert sell(shop, "setup", external_customer_id="new", currency="JPY")["currency"] == "JPY"
    assert shop.get("/customers/new")["customer"]["currency"] == "JPY"


def test_another_entity_can_issue_it(shop):
    made = shop.post("/billing_entities", {"billing_entity": {"code": "emea", "name": "Emea"}})["billing_entity"]
    invoice = sell(shop, "setup", billing_entity_code="emea")
    assert invoice["billing_entity_code"] == "emea"
    assert invoice["number"] == f"{made['document_number_prefix']}-001-001"


def test_an_invoice_of_nothing_is_closed_where_such_are_skipped(shop):
    a_customer(shop, "acme", finalize_zero_amount_invoice="skip")
    body = order({"add_on_code": "setup", "units": 0})
    answer = shop.client.post("/api/v1/invoices", json=body, headers={"Authorization": f"Bearer {shop.api_key}"})
    assert answer.json["invoice"]["status"] == "closed"
    assert shop.get("/invoices")["invoices"] == []


def test_it_is_told(shop):
    with receiver() as hook:
        endpoint_at(shop, hook.url)
        sell(shop, "setup")
        shop.at("2024-03-05T10:00:00Z")
    assert "invoice.created" not in hook.types
    [told] = [one.json for one in hook.requests if one.json["webhook_type"] == "invoice.one_off_created"]
    assert [fee["amount_cents"] for fee in told["invoice"]["fees"]] == [500]
