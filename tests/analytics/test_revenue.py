"""The figures by month over the API: the examples of 06 §5, and what belongs to no month."""

import pytest

from tests.builders import stories
from tests.builders.catalog import an_add_on
from tests.builders.organizations import account
from tests.builders.payments import pay

NAMES = ("gross_revenue", "invoice_collection", "invoiced_usage", "mrr", "overdue_balance", "usage")
MONTH = "2041-03-01T00:00:00.000Z"


@pytest.fixture
def seller(sandbox):
    """A sandbox that stands in March 2041, which lies after the month in which it was made, with `acme` in EUR."""
    sandbox.at("2041-03-03T00:00:00Z")
    an_add_on(sandbox, "setup")
    stories.customer(sandbox, "acme", currency="EUR")
    return sandbox


def sell(seller, cents, customer="acme"):
    fee = {"add_on_code": "setup", "unit_amount_cents": cents, "units": 1}
    body = {"external_customer_id": customer, "currency": "EUR", "fees": [fee]}
    return seller.post("/invoices", {"invoice": body})["invoice"]


def told(asker, name, **query):
    [rows] = asker.get(f"/analytics/{name}", **query).values()
    return rows


def test_gross_revenue_is_less_refunds_and_with_fees_that_stand_alone(seller, client):
    first, _ = sell(seller, 10000), sell(seller, 5000)
    pay(seller, first, 10000)
    fees = seller.get(f"/invoices/{first['lago_id']}")["invoice"]["fees"]
    seller.post("/credit_notes", {"credit_note": {
        "invoice_id": first["lago_id"], "refund_amount_cents": 1200,
        "items": [{"fee_id": fees[0]["lago_id"], "amount_cents": 1200}],
    }})
    charge = {**stories.standard(stories.metric(seller, "calls"), "3"), "pay_in_advance": True, "invoiceable": False}
    stories.plan(seller, amount_cents=0, charges=[charge])
    stories.subscribe(seller)
    stories.use(seller, "calls")
    seller.at("2041-03-31T12:00:00Z")
    entity = seller.get("/billing_entities")["billing_entities"][0]
    expected = {
        "month": MONTH, "amount_cents": 14100, "currency": "EUR", "invoices_count": 2,
        "billing_entity_id": entity["lago_id"],
    }
    assert told(seller, "gross_revenue", months=1) == [expected]
    assert told(seller, "gross_revenue", months="0", billing_entity_code=entity["code"], currency="eur") == [expected]
    assert told(seller, "gross_revenue", months="all", billing_entity_code="unknown") == [expected]
    assert told(seller, "gross_revenue", external_customer_id="nobody") == []
    assert told(seller, "gross_revenue", currency="USD") == []
    other = account(client, "Other", sandbox=True)
    other.at("2041-03-31T12:00:00Z")
    assert all(told(other, name, currency="EUR", months=1) == [] for name in NAMES)


def test_months_without_invoices_are_there_unless_a_currency_is_named(seller):
    sell(seller, 5000)
    seller.put(f"/invoices/{sell(seller, 700)['lago_id']}", {"invoice": {"payment_status": "failed"}})
    seller.at("2041-04-02T00:00:00Z")
    march = [{"month": MONTH, "payment_status": status, "invoices_count": 1, "amount_cents": cents, "currency": "EUR"}
             for status, cents in (("failed", 700), ("pending", 5000))]
    nothing = {"month": "2041-04-01T00:00:00.000Z", "payment_status": None, "invoices_count": 0, "amount_cents": 0,
               "currency": None}
    assert told(seller, "invoice_collection", months=2) == [*march, nothing]
    assert told(seller, "invoice_collection", months=2, currency="EUR") == march
    empty = {"month": nothing["month"], "amount_cents": None, "currency": None}
    assert told(seller, "mrr", months=1) == [empty] and told(seller, "mrr", months=1, currency="EUR") == []


def test_mrr_spreads_what_is_longer_than_a_month(seller):
    """A quarter in advance for 30000: from 10 January 7200.92, 10146.74 and 12652.34 (06 §5); from 10 April, of 91
    days, 30000 / 2.98946 = 10035.19 a month, of which 21/30 in April. Weeks of 700 are worth 700 × 4.33 = 3031."""
    seller.at("2042-01-10T00:00:00Z")
    stories.plan(seller, "quarter", interval="quarterly", amount_cents=30000, pay_in_advance=True)
    stories.subscribe(seller, plan_code="quarter", billing_time="anniversary")
    seller.at("2042-03-20T00:00:00Z")
    assert [(row["month"][:7], row["amount_cents"]) for row in told(seller, "mrr", months=4)] == [
        ("2041-12", None), ("2042-01", 7201), ("2042-02", 10147), ("2042-03", 12652)]
    stories.customer(seller, "other", currency="EUR")
    stories.plan(seller, "week", interval="weekly", amount_cents=700)
    stories.subscribe(seller, "other", "week", billing_time="anniversary")
    seller.at("2042-06-09T00:00:00Z")
    assert [row["amount_cents"] for row in told(seller, "mrr", months=2)] == [10035 + 3031, 12940 + 3031]


def test_invoiced_usage_is_less_coupons_and_newest_first(seller):
    stories.plan(seller, amount_cents=0, charges=[
        stories.standard(stories.metric(seller, code), price) for code, price in (("calls", "1"), ("mails", "2"))])
    stories.subscribe(seller)
    for moment, codes in (("2041-03-05", ("calls",)), ("2041-04-05", ("calls", "mails"))):
        seller.at(f"{moment}T00:00:00Z")
        for code in codes:
            stories.use(seller, code)
    seller.post("/coupons", {"coupon": {
        "name": "half", "code": "half", "coupon_type": "percentage", "percentage_rate": "50", "frequency": "forever",
        "expiration": "no_expiration"}})
    seller.post("/applied_coupons", {"applied_coupon": {"external_customer_id": "acme", "coupon_code": "half"}})
    seller.at("2041-05-02T00:00:00Z")
    rows = [(row["month"][:7], row["code"], row["amount_cents"]) for row in told(seller, "invoiced_usage")]
    assert rows == [("2041-05", "mails", 100), ("2041-05", "calls", 50), ("2041-04", "calls", 100)]
