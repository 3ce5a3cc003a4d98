"""Coupons over the API (04 §8.1)."""

import pytest

from tests.builders.catalog import a_metric, a_plan
from tests.builders.coupons import a_coupon, a_percentage, apply, coupon_body, percent_body
from tests.builders.customers import a_customer

WELCOME = coupon_body()


def test_a_coupon_is_shown_as_it_was_made(owner):
    made = a_coupon(owner, description="for new ones", reusable=False, expiration="time_limit",
                    expiration_at="2999-01-01T00:00:00.5Z")
    assert made.pop("lago_id") and made.pop("created_at")
    assert made == {
        "name": "Welcome", "code": "welcome", "description": "for new ones", "coupon_type": "fixed_amount",
        "amount_cents": 1000, "amount_currency": "EUR", "percentage_rate": None, "frequency": "once",
        "frequency_duration": None, "reusable": False, "limited_plans": False, "plan_codes": [],
        "limited_billable_metrics": False, "billable_metric_codes": [], "expiration": "time_limit",
        "expiration_at": "2999-01-01T00:00:00Z", "terminated_at": None,
    }


def test_a_percentage_is_a_text(owner):
    made = a_percentage(owner, "12.5", frequency="recurring", frequency_duration=3)
    assert (made["percentage_rate"], made["amount_cents"], made["frequency_duration"]) == ("12.5", None, 3)
    assert made["reusable"] is True
    assert owner.get("/coupons/welcome")["coupon"] == made
    assert a_percentage(owner, 150, "more")["percentage_rate"] == "150.0"


INVALID, MANDATORY, RANGE = (["value_is_invalid"], ["value_is_mandatory"], ["value_is_out_of_range"])


@pytest.mark.parametrize("body, details", [
    (coupon_body(name=""), {"name": MANDATORY}),
    (coupon_body(code=None), {"code": MANDATORY}),
    (coupon_body(coupon_type=None), {"coupon_type": INVALID}),
    (coupon_body(coupon_type="gift"), {"coupon_type": INVALID}),
    (coupon_body(frequency="weekly"), {"frequency": INVALID}),
    (coupon_body(expiration="never"), {"expiration": INVALID}),
    (coupon_body(amount_cents=None), {"amount_cents": MANDATORY}),
    (coupon_body(amount_cents=0), {"amount_cents": RANGE}),
    (coupon_body(amount_cents=10**18), {"amount_cents": RANGE}),
    (coupon_body(amount_currency=None), {"amount_currency": MANDATORY}),
    (coupon_body(amount_currency="XXX"), {"amount_currency": INVALID}),
    (percent_body(None), {"percentage_rate": MANDATORY}),
    (percent_body("much"), {"percentage_rate": ["is not a number"]}),
    (percent_body(-1), {"percentage_rate": RANGE}),
    (percent_body("1e9"), {"percentage_rate": RANGE}),
    (coupon_body(frequency="recurring"), {"frequency_duration": MANDATORY}),
    (coupon_body(frequency="recurring", frequency_duration=0), {"frequency_duration": RANGE}),
    (coupon_body(reusable=None), {"reusable": MANDATORY}),
    (coupon_body(expiration_at="2001-01-01T00:00:00Z"), {"expiration_at": ["invalid_date"]}),
    (coupon_body(expiration="time_limit", expiration_at="soon"), {"expiration_at": ["invalid_date"]}),
])
def test_a_bad_coupon_is_refused(owner, body, details):
    assert owner.refused("POST", "/coupons", {"coupon": body}) == details
    assert owner.get("/coupons")["coupons"] == []


def test_a_limit_in_time_needs_no_moment(owner):
    assert a_coupon(owner, expiration="time_limit")["expiration_at"] is None


def test_a_coupon_is_limited_to_plans_or_to_metrics(owner):
    a_metric(owner), a_plan(owner, "a"), a_plan(owner, "b")
    made = a_coupon(owner, applies_to={"plan_codes": ["b", "a", "b"], "billable_metric_codes": []})
    assert (made["limited_plans"], made["plan_codes"]) == (True, ["a", "b"])
    made = owner.put("/coupons/welcome", {"coupon": {"applies_to": {"billable_metric_codes": ["calls"]}}})["coupon"]
    assert (made["limited_plans"], made["plan_codes"]) == (False, [])
    assert (made["limited_billable_metrics"], made["billable_metric_codes"]) == (True, ["calls"])
    made = owner.put("/coupons/welcome", {"coupon": {"applies_to": None, "name": "W"}})["coupon"]
    assert (made["name"], made["billable_metric_codes"]) == ("W", ["calls"])


@pytest.mark.parametrize("targets, status, code", [
    ({"plan_codes": ["basic", "none"]}, 404, "plans_not_found"),
    ({"billable_metric_codes": ["none"]}, 404, "billable_metrics_not_found"),
    ({"plan_codes": ["basic"], "billable_metric_codes": ["calls"]}, 405,
     "only_one_limitation_type_per_coupon_allowed"),
])
def test_what_a_coupon_cannot_be_limited_to(owner, targets, status, code):
    a_metric(owner), a_plan(owner)
    answer = owner.call("POST", "/coupons", {"coupon": {**WELCOME, "applies_to": targets}}, expect=status)
    assert answer["code"] == code
    assert owner.get("/coupons")["coupons"] == []


def test_a_code_is_taken_until_the_coupon_is_deleted(owner):
    a_coupon(owner)
    assert owner.refused("POST", "/coupons", {"coupon": WELCOME}) == {"code": ["value_already_exist"]}
    assert owner.delete("/coupons/welcome")["coupon"]["code"] == "welcome"
    assert owner.get("/coupons/welcome", expect=404)["code"] == "coupon_not_found"
    a_coupon(owner)


def test_active_ones_come_first_then_those_without_end(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    a_coupon(sandbox, "over", expiration="time_limit", expiration_at="2024-01-02T00:00:00Z")
    a_coupon(sandbox, "late", expiration="time_limit", expiration_at="2025-01-01T00:00:00Z")
    a_coupon(sandbox, "early", expiration="time_limit", expiration_at="2024-06-01T00:00:00Z")
    a_coupon(sandbox, "old")
    a_coupon(sandbox, "new")
    sandbox.at("2024-01-03T00:00:00Z")
    listed = sandbox.get("/coupons")["coupons"]
    assert [row["code"] for row in listed] == ["new", "old", "early", "late", "over"]
    assert [row["terminated_at"] for row in listed] == [None] * 4 + ["2024-01-02T00:00:00Z"]


def test_everything_can_be_changed_until_it_was_applied(owner):
    a_coupon(owner)
    changed = owner.put("/coupons/welcome", {"coupon": {"coupon_type": "percentage", "percentage_rate": "5"}})["coupon"]
    assert (changed["coupon_type"], changed["percentage_rate"]) == ("percentage", "5.0")
    refused = owner.refused("PUT", "/coupons/welcome", {"coupon": {"frequency": "recurring"}})
    assert refused == {"frequency_duration": ["value_is_mandatory"]}
    a_coupon(owner, "other")
    taken = owner.refused("PUT", "/coupons/welcome", {"coupon": {"code": "other"}})
    assert taken == {"code": ["value_already_exist"]}


def test_of_one_that_was_applied_names_and_end_change(owner):
    a_coupon(owner)
    a_customer(owner)
    apply(owner)
    given = {
        "name": "Hello", "description": "d", "code": "x", "amount_cents": 5, "frequency": "forever", "reusable": False,
        "expiration": "time_limit", "expiration_at": "2999-01-01T00:00:00Z", "applies_to": {"plan_codes": ["none"]},
    }
    changed = owner.put("/coupons/welcome", {"coupon": given})["coupon"]
    kept = {"code": "welcome", "amount_cents": 1000, "frequency": "once", "reusable": True, "limited_plans": False}
    assert changed == changed | kept | {name: given[name] for name in ("name", "description", "expiration_at")}


def test_a_list_asks_the_same_of_the_database_however_long_it_is(owner, count_queries):
    a_plan(owner)
    for number in range(2):
        a_coupon(owner, f"c{number}", applies_to={"plan_codes": ["basic"]})
    with count_queries() as few:
        owner.get("/coupons")
    for number in range(2, 6):
        a_coupon(owner, f"c{number}", applies_to={"plan_codes": ["basic"]})
    with count_queries() as many:
        owner.get("/coupons")
    assert len(many) == len(few)
