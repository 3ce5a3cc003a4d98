"""Usage by the day: the figures of 06 §5 from what is kept of each day."""

import pytest

from tests.builders import stories


@pytest.fixture
def seller(sandbox):
    """A sandbox that stands at the beginning of 2041, with `acme` on a plan of calls at 1.00 and of seats that stay."""
    sandbox.at("2041-01-01T00:00:00Z")
    calls = stories.metric(sandbox, "calls")
    seats = stories.metric(sandbox, "seats", "sum_agg", field_name="n", recurring=True)
    stories.plan(sandbox, amount_cents=0, charges=[stories.standard(calls, "1"), stories.standard(seats, "2")])
    stories.customer(sandbox, "acme", country="DE", customer_type="company")
    stories.subscribe(sandbox)
    return sandbox


def usages(account, **query):
    """What is told of usage, in short."""
    return [
        (row["start_of_period_dt"], row["billable_metric_code"], row["units"], row["amount_cents"])
        for row in account.get("/analytics/usage", **query)["usages"]
    ]


def test_a_day_has_what_it_added_to_its_period(seller):
    seller.at("2041-01-05T12:00:00Z")
    stories.use(seller, "calls")
    stories.use(seller, "calls")
    stories.use(seller, "seats", properties={"n": 3})
    assert usages(seller) == []  # the day is not over
    seller.at("2041-01-07T09:00:00Z")
    stories.use(seller, "calls")
    seller.at("2041-02-02T00:00:00Z")
    assert usages(seller) == [
        ("2041-01-05", "calls", "2.0", 200), ("2041-01-05", "seats", "3.0", 600), ("2041-01-07", "calls", "1.0", 100),
        ("2041-02-01", "seats", "3.0", 600),  # a recurring metric begins each period with what it has
    ]
    assert usages(seller, time_granularity="monthly", billable_metric_code="calls") == [
        ("2041-01-01", "calls", "3.0", 300)]
    assert usages(seller, time_granularity="weekly", to_date="2041-01-06", is_billable_metric_recurring="false") == [
        ("2040-12-31", "calls", "2.0", 200)]


def test_usage_is_narrowed_and_bad_words_are_refused(seller):
    seller.at("2041-01-05T12:00:00Z")
    stories.use(seller, "calls")
    seller.at("2041-01-06T00:00:00Z")
    met = {"currency": "eur", "from_date": "2041-01-05", "customer_type": "company", "external_customer_id": "acme",
           "customer_country": "de", "external_subscription_id": "acme", "plan_code": "pro"}
    for name, value in met.items():
        other = "2041-01-06" if name == "from_date" else "xx"
        assert len(usages(seller, **{name: value})) == 1 and usages(seller, **{name: other}) == [], name
    [row] = seller.get("/analytics/usage")["usages"]
    assert (row["end_of_period_dt"], row["amount_currency"], row["is_billable_metric_deleted"]) == (
        "2041-01-05", "EUR", False)
    for name in ("time_granularity", "from_date", "to_date", "is_billable_metric_recurring"):
        assert name in seller.get("/analytics/usage", **{name: "hourly"}, expect=422)["error_details"]


def test_usage_of_a_deleted_metric_stays(seller):
    seller.at("2041-01-05T12:00:00Z")
    stories.use(seller, "calls")
    seller.at("2041-01-06T12:00:00Z")
    stories.use(seller, "calls")
    seller.delete("/billable_metrics/calls")
    seller.at("2041-01-20T00:00:00Z")
    [row] = seller.get("/analytics/usage")["usages"]
    assert (row["start_of_period_dt"], row["units"], row["is_billable_metric_deleted"]) == ("2041-01-05", "1.0", True)
