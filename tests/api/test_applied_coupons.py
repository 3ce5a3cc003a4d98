"""Coupons of customers over the API (04 §8.2)."""

import pytest

from tests.builders.catalog import a_metric, a_plan, standard_charge
from tests.builders.coupons import a_coupon, a_percentage, applied, apply
from tests.builders.customers import a_customer

NO_ONE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def shop(owner):
    """A customer and a coupon of 10.00."""
    a_customer(owner)
    a_coupon(owner, description="for new ones")
    return owner


def post(account, expect, code="welcome", customer="acme", **terms):
    body = {"external_customer_id": customer, "coupon_code": code, **terms}
    return account.post("/applied_coupons", {"applied_coupon": body}, expect=expect)


def test_it_is_shown_as_it_was_applied(shop):
    made = apply(shop)
    assert made.pop("lago_id") and made.pop("created_at")
    assert made == {
        "lago_coupon_id": shop.get("/coupons/welcome")["coupon"]["lago_id"], "coupon_code": "welcome",
        "coupon_name": "Welcome", "coupon_description": "for new ones", "coupon_status": "active",
        "coupon_deleted_at": None, "lago_customer_id": shop.get("/customers/acme")["customer"]["lago_id"],
        "external_customer_id": "acme", "status": "active", "amount_cents": 1000, "amount_cents_remaining": 1000,
        "amount_currency": "EUR", "percentage_rate": None, "frequency": "once", "frequency_duration": None,
        "frequency_duration_remaining": None, "expiration_at": None, "terminated_at": None,
    }
    assert applied(shop)["credits"] == []


def test_a_customer_may_have_other_terms(shop):
    made = apply(shop, amount_cents=500, amount_currency="USD", frequency="recurring", frequency_duration=4)
    assert (made["amount_cents"], made["amount_currency"], made["amount_cents_remaining"]) == (500, "USD", None)
    assert (made["frequency"], made["frequency_duration"], made["frequency_duration_remaining"]) == ("recurring", 4, 4)
    assert shop.get("/coupons/welcome")["coupon"]["amount_cents"] == 1000


@pytest.mark.parametrize("terms, details", [
    ({"amount_cents": -1}, {"amount_cents": ["value_is_out_of_range"]}),
    ({"amount_currency": "XYZ"}, {"amount_currency": ["value_is_invalid"]}),
    ({"frequency": "often"}, {"frequency": ["value_is_invalid"]}),
    ({"frequency": "recurring"}, {"frequency_duration": ["value_is_mandatory"]}),
])
def test_bad_terms_are_refused(shop, terms, details):
    assert post(shop, 422, **terms)["error_details"] == details
    assert shop.get("/applied_coupons")["applied_coupons"] == []


@pytest.mark.parametrize("customer, code, missing", [
    ("none", "none", "customer_not_found"), ("acme", "none", "coupon_not_found"), ("acme", None, "coupon_not_found"),
    (None, "welcome", "customer_not_found"),
])
def test_customer_and_coupon_must_be_known(shop, customer, code, missing):
    assert post(shop, 404, code, customer)["code"] == missing


def test_a_deleted_coupon_is_not_applied_and_taken_away(shop):
    apply(shop)
    shop.delete("/coupons/welcome")
    assert post(shop, 404)["code"] == "coupon_not_found"
    left = applied(shop)
    assert (left["status"], left["coupon_status"]) == ("terminated", "active")
    assert left["coupon_deleted_at"] and left["terminated_at"]


def test_an_expired_coupon_is_not_applied_and_goes_on_where_it_was(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    a_customer(sandbox), a_customer(sandbox, "bolt")
    a_coupon(sandbox, expiration="time_limit", expiration_at="2024-02-01T00:00:00Z")
    apply(sandbox)
    sandbox.at("2024-02-01T00:00:00Z")
    assert post(sandbox, 404, customer="bolt")["code"] == "coupon_not_found"
    row = applied(sandbox)
    assert (row["status"], row["coupon_status"]) == ("active", "terminated")
    assert row["expiration_at"] == sandbox.get("/coupons/welcome")["coupon"]["terminated_at"] == "2024-02-01T00:00:00Z"


def test_one_that_is_not_reusable_is_for_each_customer_once(owner):
    a_customer(owner), a_customer(owner, "bolt")
    a_coupon(owner, reusable=False)
    first = apply(owner)
    owner.delete(f"/customers/acme/applied_coupons/{first['lago_id']}")
    assert post(owner, 422)["error_details"] == {"coupon": ["coupon_is_not_reusable"]}
    apply(owner, customer="bolt")


def test_a_reusable_one_is_there_twice(shop):
    apply(shop), apply(shop)
    assert len(shop.get("/applied_coupons")["applied_coupons"]) == 2


@pytest.fixture
def limited(owner):
    """Plans `one` and `two`; `one` charges the metric `calls`; coupons for each of them, and for the metric `disk`."""
    metric = a_metric(owner)
    a_metric(owner, "disk")
    a_plan(owner, "one", charges=[standard_charge(metric)])
    a_plan(owner, "two")
    for code in ("one", "two"):
        a_coupon(owner, code, applies_to={"plan_codes": [code]})
    for code in ("calls", "disk"):
        a_coupon(owner, code, applies_to={"billable_metric_codes": [code]})
    a_coupon(owner, "all")
    a_customer(owner)
    return owner


@pytest.mark.parametrize("first, second, overlaps", [
    ("one", "one", True), ("calls", "calls", True), ("one", "calls", True), ("calls", "one", True),
    ("one", "two", False), ("calls", "disk", False), ("two", "calls", False), ("disk", "one", False),
    ("all", "one", False), ("one", "all", False),
])
def test_limited_coupons_must_not_overlap(limited, first, second, overlaps):
    apply(limited, first)
    if overlaps:
        assert post(limited, 405, second)["code"] == "plan_overlapping"
    else:
        apply(limited, second)


def test_what_has_ended_does_not_overlap(limited):
    first = apply(limited, "one")
    limited.delete(f"/customers/acme/applied_coupons/{first['lago_id']}")
    apply(limited, "calls")


def test_the_first_amount_sets_the_customers_currency(owner):
    a_customer(owner)
    a_percentage(owner, 10, "part"), a_coupon(owner), a_coupon(owner, "other", amount_currency="USD")
    apply(owner, "part")
    assert owner.get("/customers/acme")["customer"]["currency"] is None
    apply(owner)
    apply(owner, "other")
    assert owner.get("/customers/acme")["customer"]["currency"] == "EUR"


@pytest.mark.parametrize("fixed, kind", [(True, "customer"), (False, "partner")])
def test_an_amount_keeps_the_type_of_the_account(owner, fixed, kind):
    a_customer(owner)
    a_coupon(owner) if fixed else a_percentage(owner, 10)
    apply(owner)
    assert a_customer(owner, account_type="partner")["account_type"] == kind


def test_it_is_taken_away_once(shop):
    made = apply(shop)
    path = f"/customers/acme/applied_coupons/{made['lago_id']}"
    ended = shop.delete(path)["applied_coupon"]
    assert ended["status"] == "terminated" and ended["terminated_at"]
    assert shop.delete(path)["applied_coupon"]["terminated_at"] == ended["terminated_at"]
    a_customer(shop, "bolt")
    others = f"/customers/bolt/applied_coupons/{made['lago_id']}"
    assert shop.delete(others, expect=404)["code"] == "applied_coupon_not_found"
    assert shop.delete("/customers/none/applied_coupons/x", expect=404)["code"] == "customer_not_found"
    unknown = f"/customers/acme/applied_coupons/{NO_ONE}"
    assert shop.delete(unknown, expect=404)["code"] == "applied_coupon_not_found"


def test_lists_are_narrowed_newest_first(shop):
    a_customer(shop, "bolt")
    a_coupon(shop, "x")
    first, _, _ = apply(shop), apply(shop, "x"), apply(shop, "x", "bolt")
    shop.delete(f"/customers/acme/applied_coupons/{first['lago_id']}")

    def listed(path="/applied_coupons", **query):
        rows = shop.get(path, **query)["applied_coupons"]
        return [(row["external_customer_id"], row["coupon_code"]) for row in rows]

    assert listed() == [("bolt", "x"), ("acme", "x"), ("acme", "welcome")]
    assert listed(status="terminated") == [("acme", "welcome")]
    assert listed(status="active") == [("bolt", "x"), ("acme", "x")]
    assert listed(external_customer_id="bolt") == [("bolt", "x")]
    assert listed(**{"coupon_code[]": ["welcome", "none"]}) == [("acme", "welcome")]
    assert listed("/customers/acme/applied_coupons", status="active") == [("acme", "x")]
    assert shop.get("/customers/none/applied_coupons", expect=404)["code"] == "customer_not_found"
    assert listed(external_customer_id="none") == []


def test_a_deleted_customer_has_no_coupons(sandbox):
    a_customer(sandbox), a_coupon(sandbox), apply(sandbox)
    sandbox.delete("/customers/acme")
    assert sandbox.get("/applied_coupons")["applied_coupons"] == []


def test_a_long_list_asks_as_little_of_the_database_as_a_short_one(shop, count_queries):
    apply(shop)
    with count_queries() as few:
        shop.get("/applied_coupons")
    for number in range(4):
        a_customer(shop, f"c{number}")
        apply(shop, customer=f"c{number}")
    with count_queries() as many:
        shop.get("/applied_coupons")
    assert len(many) == len(few)
