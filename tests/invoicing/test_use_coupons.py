"""Coupons on invoices: 04 §5 S3, §8.3 to §8.6, §19.5."""

import uuid

import pytest
from sqlalchemy import select

from lago.core.db import db, lock, transaction
from lago.coupons.models import AppliedCoupon
from lago.invoicing.give_back_coupons import give_back_coupons
from lago.invoicing.models import Invoice
from lago.invoicing.use_coupons import coupons_of
from tests.builders.coupons import a_coupon, a_percentage, applied, apply
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use


@pytest.fixture
def shop(sandbox):
    """Since 1 January 2024 a customer on a plan of nothing, whose metrics a and b cost a cent for each unit."""
    sandbox.at("2024-01-01T00:00:00Z")
    charges = [
        standard(metric(sandbox, code, "sum_agg", field_name="cents"), "0.01") for code in ("a", "b")
    ]
    plan(sandbox, amount_cents=0, charges=charges)
    customer(sandbox)
    subscribe(sandbox)
    return sandbox


def used(sandbox, month, **cents):
    """Uses so much in that month; the invoice of it."""
    sandbox.at(f"2024-{month:02}-10T00:00:00Z")
    for code, amount in cents.items():
        use(sandbox, code, properties={"cents": amount})
    sandbox.at(f"2024-{month + 1:02}-02T00:00:00Z")
    return invoices(sandbox)[-1]


def of(invoice, code):
    (found,) = [row for row in invoice["fees"] if row["item"]["code"] == code]
    return found["precise_coupons_amount_cents"]


def credits(invoice):
    return [(row["item"]["code"], row["amount_cents"]) for row in invoice["credits"]]


def test_a_coupon_comes_off_before_taxes(shop):
    shop.post("/taxes", {"tax": {"name": "VAT", "code": "vat", "rate": 20, "applied_to_organization": True}})
    a_coupon(shop, description="hello"), apply(shop)
    invoice = used(shop, 1, a=1000, b=2000)
    assert (of(invoice, "a"), of(invoice, "b")) == ("333.33333", "666.66667")
    assert (invoice["fees_amount_cents"], invoice["coupons_amount_cents"]) == (3000, 1000)
    assert invoice["sub_total_excluding_taxes_amount_cents"] == 2000
    assert (invoice["taxes_amount_cents"], invoice["total_amount_cents"]) == (400, 2400)
    (credit,) = invoice["credits"]
    coupon_id = shop.get("/coupons/welcome")["coupon"]["lago_id"]
    assert credit.pop("lago_id")
    assert credit == {
        "amount_cents": 1000, "amount_currency": "EUR", "before_taxes": True,
        "item": {"lago_item_id": coupon_id, "type": "coupon", "code": "welcome", "name": "Welcome",
                 "description": "hello"},
        "invoice": {"lago_id": invoice["lago_id"], "payment_status": "pending"},
    }
    row = applied(shop)
    assert (row["status"], row["amount_cents_remaining"]) == ("terminated", 0)
    assert row["terminated_at"] == "2024-02-01T00:00:00Z"
    assert [one["amount_cents"] for one in row["credits"]] == [1000]
    assert row["credits"][0]["invoice"] == {"lago_id": invoice["lago_id"], "payment_status": "pending"}


def test_limits_come_first_then_age(shop):
    """Metric, plan, unlimited; the oldest of these first."""
    a_percentage(shop, 10, "old"), a_percentage(shop, 10, "new")
    a_coupon(shop, "metric", amount_cents=100, applies_to={"billable_metric_codes": ["b"]})
    plan(shop, "else")
    a_coupon(shop, "plan", amount_cents=50, applies_to={"plan_codes": ["else"]})
    for code in ("old", "new", "plan", "metric"):
        apply(shop, code)
    invoice = used(shop, 1, a=1000, b=1000)
    # 100 of b; 10 % of 1900; 10 % of 1710; the other plan is not on the invoice
    assert credits(invoice) == [("metric", 100), ("old", 190), ("new", 171)]
    assert applied(shop, "plan")["status"] == "active"


def test_a_plan_limit_reaches_overriding_plans_and_their_subscriptions_alone(shop):
    plan(shop, "big", amount_cents=5000)
    a_coupon(shop, "big", amount_cents=2000, applies_to={"plan_codes": ["big"]}), apply(shop, "big")
    subscribe(shop, plan_code="big", external_id="second", plan_overrides={"amount_cents": 3000})
    invoice = used(shop, 1, a=400)
    assert credits(invoice) == [("big", 2000)]
    fees = [row for row in invoice["fees"] if row["item"]["type"] == "subscription"]
    assert {row["external_subscription_id"]: row["precise_coupons_amount_cents"] for row in fees} == {
        "acme": "0.0", "second": "2000.0",
    }
    assert of(invoice, "a") == "0.0"


def test_an_amount_of_another_currency_waits(shop):
    a_coupon(shop, "usd", amount_currency="USD"), apply(shop, "usd")
    a_percentage(shop, 50, "half"), apply(shop, "half")
    assert credits(used(shop, 1, a=100)) == [("half", 50)]
    assert applied(shop, "usd")["status"] == "active"


def test_nothing_is_used_after_nothing_is_left_nor_on_an_invoice_of_nothing(shop):
    a_coupon(shop), apply(shop)
    a_percentage(shop, 50, "half"), apply(shop, "half")
    assert credits(used(shop, 1)) == []
    invoice = used(shop, 2, a=700)
    assert (credits(invoice), invoice["payment_status"]) == ([("welcome", 700)], "succeeded")
    assert invoice["number"][-3:] == "002"
    assert [applied(shop)["amount_cents_remaining"], applied(shop, "half")["status"]] == [300, "active"]


def test_a_limited_percentage_on_fees_of_nothing_is_used_up(shop):
    """04 §20-19."""
    a_percentage(shop, 50, "half", applies_to={"billable_metric_codes": ["b"]}), apply(shop, "half")
    shop.at("2024-01-10T00:00:00Z")
    use(shop, "b", properties={"cents": 0})
    assert credits(used(shop, 1, a=700)) == [("half", 0)]
    assert applied(shop, "half")["status"] == "terminated"


def test_a_recurring_one_counts_invoices_and_carries_nothing_over(shop):
    a_coupon(shop, frequency="recurring", frequency_duration=3), apply(shop)
    assert [used(shop, month, a=cents)["coupons_amount_cents"] for month, cents in ((1, 700), (2, 2000))] == [700, 1000]
    assert applied(shop)["frequency_duration_remaining"] == 1
    assert used(shop, 3, a=900)["coupons_amount_cents"] == 900
    assert (applied(shop)["frequency_duration_remaining"], applied(shop)["status"]) == (0, "terminated")
    assert used(shop, 4, a=900)["coupons_amount_cents"] == 0


def test_invoices_made_at_once_share_what_is_left(shop):
    """Two plans of two currencies are two invoices of one moment; a percentage that is used once is on the first."""
    plan(shop, "usd", amount_cents=1000, amount_currency="USD")
    subscribe(shop, plan_code="usd", external_id="usd")
    a_percentage(shop, 50), apply(shop)
    used(shop, 1, a=1000)
    made = {row["currency"]: row["coupons_amount_cents"] for row in invoices(shop)}
    assert sorted(made.values()) == [0, 500]
    assert applied(shop)["status"] == "terminated"


def test_drafts_use_coupons_when_they_are_finalized(shop):
    customer(shop, billing_configuration={"invoice_grace_period": 3})
    a_coupon(shop), apply(shop)
    draft = used(shop, 1, a=3000)
    assert (draft["status"], draft["coupons_amount_cents"], draft["total_amount_cents"]) == ("draft", 0, 3000)
    shop.put(f"/invoices/{draft['lago_id']}/refresh")
    assert applied(shop)["amount_cents_remaining"] == 1000
    shop.at("2024-02-05T00:00:00Z")
    (final,) = invoices(shop)
    assert (final["status"], credits(final), final["total_amount_cents"]) == ("finalized", [("welcome", 1000)], 2000)
    assert applied(shop)["status"] == "terminated"


def test_events_paid_in_advance_use_coupons(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    charge = standard(metric(sandbox, "calls"), "2") | {"pay_in_advance": True}
    plan(sandbox, amount_cents=0, charges=[charge])
    customer(sandbox), subscribe(sandbox)
    a_coupon(sandbox, amount_cents=300), apply(sandbox)
    for _ in range(3):
        use(sandbox, "calls")
    sandbox.at("2024-01-01T00:01:00Z")
    made = invoices(sandbox)
    assert [row["coupons_amount_cents"] for row in made] == [200, 100, 0]
    assert [row["total_amount_cents"] for row in made] == [0, 100, 200]


def voided(sandbox, number=-1):
    """Voids an invoice as far as its coupons go."""
    listed = sandbox.get("/invoices")["invoices"]
    with transaction():
        invoice = db.session.get_one(Invoice, uuid.UUID(listed[number]["lago_id"]))
        lock(invoice.customer_id)
        give_back_coupons(invoice)
        invoice.status = "voided"


def test_a_void_gives_back_an_amount(shop):
    """04 §19.5."""
    a_coupon(shop, amount_cents=10000), apply(shop)
    used(shop, 1, a=6200)
    used(shop, 2, a=5000)
    assert applied(shop)["status"] == "terminated"
    voided(shop)  # the first one
    row = applied(shop)
    assert (row["status"], row["terminated_at"], row["amount_cents_remaining"]) == ("active", None, 6200)
    assert used(shop, 3, a=9000)["coupons_amount_cents"] == 6200


def test_a_void_gives_back_an_invoice_of_a_recurring_one(shop):
    a_coupon(shop, frequency="recurring", frequency_duration=1), apply(shop)
    used(shop, 1, a=6200)
    voided(shop)
    assert (applied(shop)["frequency_duration_remaining"], applied(shop)["status"]) == (1, "active")


@pytest.mark.parametrize("frequency, ended", [("forever", False), ("once", True)])
def test_a_void_does_not_bring_back_what_a_person_or_time_has_ended(shop, frequency, ended):
    ends = "2024-01-20T00:00:00Z" if ended else None
    a_coupon(shop, frequency=frequency, expiration="time_limit", expiration_at=ends)
    made = apply(shop)
    used(shop, 1, a=6200)
    shop.delete(f"/customers/acme/applied_coupons/{made['lago_id']}")
    voided(shop)
    assert applied(shop)["status"] == "terminated"


@pytest.mark.parametrize("grace", [0, 3])
def test_a_deleted_customers_last_invoice_has_the_coupon_and_then_it_ends(shop, grace):
    customer(shop, billing_configuration={"invoice_grace_period": grace})
    a_coupon(shop, frequency="forever"), apply(shop)
    shop.at("2024-01-10T00:00:00Z")
    use(shop, "a", properties={"cents": 5000})
    shop.delete("/customers/acme")
    shop.at("2024-01-11T00:00:00Z")
    (row,) = shop.get("/invoices")["invoices"]
    assert (row["fees_amount_cents"], row["coupons_amount_cents"]) == (5000, 1000)
    (status,) = db.session.scalars(select(AppliedCoupon.status))
    assert status == "terminated"


def test_many_customers_ask_as_much_of_the_database_as_one(shop, count_queries):
    metric(shop, "c")
    for number in range(4):
        customer(shop, f"c{number}")
    for code in ("all", "a", "c"):
        a_coupon(shop, code, applies_to={} if code == "all" else {"billable_metric_codes": [code]})
        for number in range(4):
            apply(shop, code, f"c{number}")
    ids = list(db.session.scalars(select(AppliedCoupon.customer_id).distinct()))
    with count_queries() as few:
        assert len(coupons_of(ids[:1]).remaining) == 3
    with count_queries() as many:
        assert len(coupons_of(ids).remaining) == 12
    assert len(many) == len(few) == 3


def test_who_has_no_coupons_asks_once(shop, count_queries):
    with count_queries() as statements:
        coupons_of([uuid.uuid4()])
    assert len(statements) == 1
