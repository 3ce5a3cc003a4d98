"""The worked invoice of 04 §19.1 with its coupons, and the credit notes on it (§19.2 to §19.4), over HTTP."""

import pytest

from tests.builders.coupons import a_coupon, a_percentage, applied, apply
from tests.builders.stories import customer, invoices, metric, plan, subscribe, use


@pytest.fixture
def shop(sandbox):
    """EUR: VAT of 19 % from the customer; on usage 19 % and a city tax of 2.5 %. Usage costs a cent for each unit."""
    sandbox.at("2024-04-01T00:00:00Z")
    for code, rate in (("vat", 19), ("city", 2.5)):
        sandbox.post("/taxes", {"tax": {"name": code, "code": code, "rate": rate}})
    charges = [
        {"billable_metric_id": metric(sandbox, code, "sum_agg", field_name="cents")["lago_id"],
         "charge_model": "standard", "properties": {"amount": "0.01"}, "tax_codes": ["vat", "city"]}
        for code in ("api", "storage")
    ]
    customer(sandbox, currency="EUR", tax_codes=["vat"])
    plan(sandbox, "usage", amount_cents=0, charges=charges)
    return sandbox


def used(sandbox, api=4375, storage=1225):
    for code, cents in (("api", api), ("storage", storage)):
        use(sandbox, code, properties={"cents": cents})


def give(sandbox):
    """X: 2 500 off the API metric; Y: 15 % off everything."""
    a_percentage(sandbox, "15", "y"), apply(sandbox, "y")
    a_coupon(sandbox, "x", amount_cents=2500, applies_to={"billable_metric_codes": ["api"]}), apply(sandbox, "x")


@pytest.fixture
def invoice(shop):
    """Without its credit note and wallet."""
    plan(shop, "seats", amount_cents=9900, charges=[], pay_in_advance=False)
    subscribe(shop, plan_code="seats", external_id="seats")
    subscribe(shop, plan_code="usage")
    give(shop)
    used(shop)
    shop.at("2024-05-01T00:00:00Z")
    (found,) = invoices(shop)
    return found


def of(invoice, name):
    """The fee for seats, or of that metric."""
    (found,) = [
        row for row in invoice["fees"]
        if row["item"]["code"] == name and row["amount_cents"]
    ]
    return found


def test_each_coupon_is_taken_of_what_the_one_before_has_left(invoice):
    assert [(row["item"]["code"], row["amount_cents"]) for row in invoice["credits"]] == [("x", 2500), ("y", 1950)]
    taken = {name: of(invoice, name)["precise_coupons_amount_cents"] for name in ("seats", "api", "storage")}
    assert taken == {"seats": "1485.0", "api": "2781.25", "storage": "183.75"}
    assert {name: of(invoice, name)["taxes_amount_cents"] for name in taken} == {
        "seats": 1599, "api": 343, "storage": 224,
    }
    names = (
        "fees_amount_cents", "coupons_amount_cents", "sub_total_excluding_taxes_amount_cents", "taxes_amount_cents",
        "sub_total_including_taxes_amount_cents", "total_amount_cents",
    )
    assert [invoice[name] for name in names] == [15500, 4450, 11050, 2165, 13215, 13215]
    taxes = {row["tax_code"]: (row["fees_amount_cents"], row["amount_cents"]) for row in invoice["applied_taxes"]}
    assert taxes == {"vat": (11050, 2100), "city": (2635, 66)}


def items_of(invoice, seats, api, storage=0):
    rows = (("seats", seats), ("api", api), ("storage", storage))
    return [{"fee_id": of(invoice, name)["lago_id"], "amount_cents": cents} for name, cents in rows if cents]


def estimated(sandbox, invoice, items):
    body = {"credit_note": {"invoice_id": invoice["lago_id"], "items": items}}
    return sandbox.post("/credit_notes/estimate", body)["estimated_credit_note"]


def credited(sandbox, invoice, items, cents):
    body = {"invoice_id": invoice["lago_id"], "items": items, "credit_amount_cents": cents}
    return sandbox.post("/credit_notes", {"credit_note": body})["credit_note"]


def test_two_notes_give_back_all_of_it(shop, invoice):
    """04 §19.3."""
    first = items_of(invoice, 3300, 1000)
    found = estimated(shop, invoice, first)
    assert found["max_creditable_amount_cents"] == 3780
    assert (found["coupons_adjustment_amount_cents"], found["taxes_amount_cents"]) == (1131, 611)
    assert found["precise_coupons_adjustment_amount_cents"] == "1130.71429"
    note = credited(shop, invoice, first, 3781)
    assert (note["sub_total_excluding_taxes_amount_cents"], note["total_amount_cents"]) == (3169, 3780)
    assert {row["tax_code"]: row["amount_cents"] for row in note["applied_taxes"]} == {"vat": 602, "city": 9}
    rest = items_of(invoice, 6600, 3375, 1225)
    assert estimated(shop, invoice, rest)["max_creditable_amount_cents"] == 9435
    note = credited(shop, invoice, rest, 9435)
    assert (note["sub_total_excluding_taxes_amount_cents"], note["taxes_amount_cents"]) == (7881, 1554)
    assert note["precise_taxes_amount_cents"] == "1554.375"
    assert note["total_amount_cents"] == 9435


@pytest.fixture
def paid_ahead(shop):
    """The same with seats in advance for the 30 days of June and the usage of May, on one invoice."""
    shop.at("2024-05-01T00:00:00Z")
    plan(shop, "seats", amount_cents=9900, charges=[], pay_in_advance=True)
    subscribe(shop, plan_code="seats", external_id="seats")
    subscribe(shop, plan_code="usage")
    give(shop)
    # The first month of seats, 31 days in full, has been billed; coupons are there anew for the invoice of June.
    for code in ("x", "y"):
        row = applied(shop, code)
        if row["status"] == "terminated":
            apply(shop, code)
    used(shop)
    shop.at("2024-06-01T00:00:00Z")
    return invoices(shop)[-1]


@pytest.mark.parametrize("end, credit", [("terminate", 4006), ("upgrade", 4340)])
def test_what_was_not_used_is_given_back_without_its_coupons(shop, paid_ahead, end, credit):
    """04 §19.4: on day 18 of 30."""
    assert paid_ahead["total_amount_cents"] == 13215
    shop.at("2024-06-18T10:00:00Z")
    if end == "terminate":
        shop.delete("/subscriptions/seats")
    else:
        plan(shop, "more", amount_cents=19900, pay_in_advance=True)
        subscribe(shop, plan_code="more", external_id="seats")
    (note,) = shop.get("/credit_notes")["credit_notes"]
    assert (note["lago_invoice_id"], note["credit_amount_cents"]) == (paid_ahead["lago_id"], credit)
    assert note["coupons_adjustment_amount_cents"] == (594 if end == "terminate" else 644)
