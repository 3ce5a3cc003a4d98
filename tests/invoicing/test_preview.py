"""Previews of invoices (04 §11)."""

import pytest
from sqlalchemy import func, select

from lago.core.db import db
from lago.core.outbox import OutboxRow
from lago.invoicing.models import CreditNote, Invoice
from lago.subscriptions.models import Subscription
from tests.builders.catalog import a_metric, a_plan, a_tax, standard_charge
from tests.builders.customers import a_customer


@pytest.fixture
def shop(sandbox):
    """30 March 2024, a Saturday: a plan of 31.00 a month, in arrears, and one in advance."""
    sandbox.at("2024-03-30T00:00:00Z")
    a_plan(sandbox, "pro", amount_cents=3100, amount_currency="EUR")
    a_plan(sandbox, "ahead", amount_cents=3000, amount_currency="EUR", pay_in_advance=True)
    return sandbox


def preview(account, **body):
    return account.post("/invoices/preview", body)["invoice"]


def of(external_id="acme", **subscriptions):
    return {
        "customer": {"external_id": "acme"}, "subscriptions": {"external_ids": [external_id], **subscriptions},
    }


def subscribed(account, plan="pro", **values):
    a_customer(account, "acme", currency="EUR")
    body = {"external_customer_id": "acme", "external_id": "acme", "plan_code": plan, **values}
    return account.post("/subscriptions", {"subscription": body})["subscription"]


def amounts(invoice):
    return {fee["item"]["type"]: fee["amount_cents"] for fee in invoice["fees"]}


def test_nothing_is_stored_and_nothing_has_an_id(shop):
    rows = [select(func.count()).select_from(table) for table in (Invoice, Subscription, CreditNote, OutboxRow)]
    before = [db.session.scalar(query) for query in rows]
    invoice = preview(shop, customer={"name": "Somebody", "currency": "EUR"}, plan_code="pro")
    assert [db.session.scalar(query) for query in rows] == before
    assert shop.get("/customers")["customers"] == []
    assert (invoice["lago_id"], invoice["sequential_id"], invoice["number"]) == (None, None, "")
    assert (invoice["status"], invoice["payment_status"], invoice["customer"]["lago_id"]) == (
        "finalized", "pending", None
    )
    assert {fee["lago_id"] for fee in invoice["fees"]} == {None}
    assert invoice["subscriptions"][0]["lago_id"] is None
    assert not {"metadata", "billing_periods", "error_details"} & invoice.keys()


@pytest.mark.parametrize("plan, billing_time, issued, cents", [
    ("pro", "calendar", "2024-04-01", 200),  # two days of March
    ("pro", "anniversary", "2024-04-30", 3100),
    ("ahead", "calendar", "2024-03-30", 194),  # 3000 * 2 / 31 = 193.5
    ("ahead", "anniversary", "2024-03-30", 3000),
])
def test_a_plan_is_proposed(shop, plan, billing_time, issued, cents):
    invoice = preview(shop, customer={"name": "Somebody"}, plan_code=plan, billing_time=billing_time)
    assert (invoice["issuing_date"], invoice["fees_amount_cents"]) == (issued, cents)


def test_a_plan_is_proposed_for_later(shop):
    invoice = preview(shop, customer={}, plan_code="ahead", subscription_at="2024-05-01T00:00:00Z")
    assert (invoice["issuing_date"], invoice["fees_amount_cents"]) == ("2024-05-01", 3000)


def test_what_the_request_says_of_the_customer_holds_for_the_preview(shop):
    a_customer(shop, "acme", currency="EUR", timezone="UTC", name="Acme")
    changed = {"external_id": "acme", "timezone": "Pacific/Auckland", "name": None, "shipping_address": {"city": "X"}}
    invoice = preview(shop, customer=changed, plan_code="ahead")
    assert invoice["customer"]["name"] is None
    assert invoice["customer"]["shipping_address"]["city"] == "X"
    assert shop.get("/customers/acme")["customer"]["name"] == "Acme"


def test_a_running_subscription_comes_to_what_it_will_be_billed(shop):
    a_tax(shop, "vat", rate=20, applied_to_organization=True)
    metric = a_metric(shop, "hits")
    a_plan(shop, "used", amount_cents=3100, amount_currency="EUR",
           charges=[standard_charge(metric, properties={"amount": "2"})])
    subscribed(shop, "used")
    for number in range(3):
        shop.post("/events", {"event": {"transaction_id": str(number), "external_subscription_id": "acme",
                                        "code": "hits"}})
    invoice = preview(shop, **of())
    assert amounts(invoice) == {"subscription": 200, "charge": 600}
    assert (invoice["taxes_amount_cents"], invoice["total_amount_cents"]) == (160, 960)
    shop.at("2024-04-01T00:00:00Z")
    [billed] = shop.get("/invoices")["invoices"]
    names = ("issuing_date", "fees_amount_cents", "taxes_amount_cents", "total_amount_cents", "payment_due_date")
    assert [billed[name] for name in names] == [invoice[name] for name in names]


def test_the_end_of_a_plan_in_advance_is_credited(shop):
    """Of the 3000 for April, paid on the 1st, 20 days are not used from the 10th on: 2000 come back, and nothing of
    April is billed again."""
    shop.at("2024-04-01T00:00:00Z")
    subscribed(shop, "ahead")
    invoice = preview(shop, **of(terminated_at="2024-04-10T12:00:00Z"))
    assert (amounts(invoice), invoice["total_amount_cents"]) == ({}, 0)
    assert invoice["issuing_date"] == "2024-04-10"
    assert shop.get("/subscriptions/acme")["subscription"]["status"] == "active"
    assert shop.get("/credit_notes")["credit_notes"] == []


def test_the_end_of_a_plan_in_arrears_is_billed_by_the_day(shop):
    shop.at("2024-04-01T00:00:00Z")
    subscribed(shop)
    invoice = preview(shop, **of(terminated_at="2024-04-10T12:00:00Z"))
    assert amounts(invoice) == {"subscription": 1033}  # 3100 * 10 / 30 = 1033.3


def test_an_upgrade_is_billed_at_once(shop):
    """On 11 April: 10 of 30 days of the old plan, 3100 * 10 / 30 = 1033.3; of the new one, 6000 in advance for the
    20 days that are left."""
    a_plan(shop, "big", amount_cents=6000, amount_currency="EUR", pay_in_advance=True)
    shop.at("2024-04-01T00:00:00Z")
    subscribed(shop)
    shop.at("2024-04-11T12:00:00Z")
    invoice = preview(shop, **of(plan_code="big"))
    assert sorted(fee["amount_cents"] for fee in invoice["fees"]) == [1033, 4000]
    assert invoice["issuing_date"] == "2024-04-11"


def test_a_downgrade_is_billed_at_the_end_of_the_period(shop):
    a_plan(shop, "small", amount_cents=1000, amount_currency="EUR", pay_in_advance=True)
    shop.at("2024-04-01T00:00:00Z")
    subscribed(shop)
    invoice = preview(shop, **of(plan_code="small"))
    assert sorted(fee["amount_cents"] for fee in invoice["fees"]) == [1000, 3100]
    assert invoice["issuing_date"] == "2024-05-01"


def test_credit_notes_and_wallets_pay_it(shop):
    shop.at("2024-04-01T00:00:00Z")
    subscribed(shop)
    shop.post("/wallets", {"wallet": {"external_customer_id": "acme", "rate_amount": "1", "currency": "EUR",
                                      "granted_credits": "10"}})
    shop.at("2024-04-01T00:00:00Z")
    invoice = preview(shop, **of())
    assert (invoice["prepaid_credit_amount_cents"], invoice["total_amount_cents"]) == (1000, 2100)
    [wallet] = shop.get("/wallets")["wallets"]
    assert wallet["balance_cents"] == 1000


def coupon(code="ten", **values):
    return {"name": "Ten", "code": code, "coupon_type": "fixed_amount", "amount_cents": 1000, "amount_currency": "EUR",
            "frequency": "once", "expiration": "no_expiration", **values}


@pytest.mark.parametrize("sent, taken", [
    ([{"code": "none", "coupon_type": "fixed_amount", "amount_cents": 500, "amount_currency": "EUR"}], 500),
    ([{"code": "none", "coupon_type": "percentage", "percentage_rate": "35"}], 1085),
    ([{"code": "kept"}], 1000),
    ([{"code": "rated"}], 1000),  # the type says what it is, as on invoices
], ids=["amount", "percentage", "kept", "an amount with a rate beside it"])
def test_coupons_of_the_request(shop, sent, taken):
    shop.post("/coupons", {"coupon": coupon("kept")})
    shop.post("/coupons", {"coupon": coupon("rated", percentage_rate="35")})
    body = {"customer": {}, "plan_code": "pro", "billing_time": "anniversary", "coupons": sent}
    invoice = preview(shop, **body)
    assert (invoice["coupons_amount_cents"], invoice["total_amount_cents"]) == (taken, 3100 - taken)
    [credit] = invoice["credits"]
    assert (credit["item"]["type"], credit["amount_cents"]) == ("coupon", taken)


def test_the_customers_own_coupons_come_first_and_stay(shop):
    shop.post("/coupons", {"coupon": coupon()})
    subscribed(shop)
    shop.post("/applied_coupons", {"applied_coupon": {"external_customer_id": "acme", "coupon_code": "ten"}})
    other = [{"code": "none", "coupon_type": "fixed_amount", "amount_cents": 1, "amount_currency": "EUR"}]
    assert preview(shop, **of(), coupons=other)["coupons_amount_cents"] == 200  # all there is
    assert shop.get("/applied_coupons")["applied_coupons"][0]["status"] == "active"


@pytest.mark.parametrize("body, error", [
    ({"coupons": {}}, "coupons_must_be_an_array"), ({"subscriptions": []}, "subscriptions_must_be_an_object"),
])
def test_the_wrong_shape_is_a_bad_request(shop, body, error):
    assert shop.call("POST", "/invoices/preview", {"customer": {}, **body}, expect=400)["error"] == error


@pytest.mark.parametrize("body, code", [
    ({"customer": {"external_id": "nobody"}, "plan_code": "pro"}, "customer_not_found"),
    ({"customer": {}, "plan_code": "none"}, "plan_not_found"),
    ({"customer": {}, "plan_code": "pro", "billing_entity_code": "none"}, "billing_entity_not_found"),
    (of("none"), "subscription_not_found"),
    (of(plan_code="none"), "plan_not_found"),
], ids=["customer", "plan", "entity", "subscription", "new plan"])
def test_what_is_unknown_is_not_found(shop, body, code):
    subscribed(shop)
    assert shop.call("POST", "/invoices/preview", body, expect=404)["code"] == code


@pytest.mark.parametrize("body, details", [
    ({"customer": {}, "subscriptions": {"external_ids": ["acme"]}}, {"customer": ["must_be_persisted"]}),
    (of(terminated_at="soon"), {"terminated_at": ["invalid_timestamp"]}),
    (of(terminated_at="2024-03-29T00:00:00Z"), {"terminated_at": ["cannot_be_in_past"]}),
    (of(plan_code="pro"), {"base": ["new_plan_should_be_different_from_existing_plan"]}),
    (of(plan_code="dollars"), {"base": ["subscription_currencies_does_not_match"]}),
], ids=["a customer that exists", "no time", "a time that is over", "the same plan", "another currency"])
def test_what_cannot_be_previewed_is_refused(shop, body, details):
    a_plan(shop, "dollars", amount_cents=1, amount_currency="USD")
    subscribed(shop)
    assert shop.refused("POST", "/invoices/preview", body) == details


def test_several_subscriptions_are_on_one_invoice(shop):
    subscribed(shop)
    more = {"external_customer_id": "acme", "external_id": "more", "plan_code": "pro"}
    shop.post("/subscriptions", {"subscription": more})
    both = {"customer": {"external_id": "acme"}, "subscriptions": {"external_ids": ["acme", "more"]}}
    assert preview(shop, **both)["fees_amount_cents"] == 400
    both["subscriptions"]["terminated_at"] = "2024-04-01T00:00:00Z"
    assert shop.refused("POST", "/invoices/preview", both) == {
        "subscriptions": ["only_one_subscription_allowed_for_termination"]
    }
