"""Days of usage add up to what their periods come to, are found after an outage, and cost nothing where nothing was."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from lago.analytics.begin_usage_days import begin_usage_days
from lago.analytics.fill_usage_days import fill_usage_days
from lago.analytics.keep_usage_days import keep_usage_days
from lago.analytics.models import UsageOfDay
from lago.core import clock
from lago.core.db import db, transaction
from tests.builders import stories
from tests.builders.usage import a_metric, store_events, subscribed, utc

CHARGES = {
    "calls": ("count_agg", "graduated", {"graduated_ranges": [
        {"from_value": 0, "to_value": 3, "per_unit_amount": "1", "flat_amount": "5"},
        {"from_value": 4, "to_value": None, "per_unit_amount": "0.5", "flat_amount": "0"}]}),
    "peak": ("max_agg", "standard", {"amount": "0.37"}),
    "mails": ("sum_agg", "volume", {"volume_ranges": [
        {"from_value": 0, "to_value": 10, "per_unit_amount": "2", "flat_amount": "0"},
        {"from_value": 11, "to_value": None, "per_unit_amount": "1", "flat_amount": "0"}]}),
    "seats": ("sum_agg", "standard", {"amount": "30"}),
    "level": ("weighted_sum_agg", "standard", {"amount": "7"}),
}


@pytest.fixture
def seller(sandbox):
    """`acme`, who lives in Auckland, on a plan of all kinds of charges, one of them paid in advance."""
    sandbox.at("2041-01-01T00:00:00Z")
    charges = []
    for code, (aggregation, model, properties) in CHARGES.items():
        fields = {} if aggregation == "count_agg" else {"field_name": "n"}
        if code in ("seats", "level"):
            fields |= {"recurring": True}
        fields |= {"weighted_interval": "seconds"} if code == "level" else {}
        metric = stories.metric(sandbox, code, aggregation, **fields)
        charges.append({"billable_metric_id": metric["lago_id"], "charge_model": model, "properties": properties,
                        "prorated": code == "seats"})
    stories.plan(sandbox, amount_cents=0, charges=charges)
    stories.customer(sandbox, "acme", timezone="Pacific/Auckland", currency="EUR")
    stories.subscribe(sandbox, billing_time="anniversary")
    return sandbox


def test_days_add_up_to_what_the_period_is_billed(seller):
    """Asked for in the middle of the period and after its end, with an event that comes late in between."""
    for day, sizes in ((3, (5, 1)), (9, (2,)), (20, (4, 9))):
        seller.at(f"2041-01-{day:02}T11:30:00Z")  # after midnight in Auckland
        for code in CHARGES:
            for size in sizes:
                stories.use(seller, code, properties={"n": size})
        if day == 9:
            seller.get("/analytics/usage")
            stories.use(seller, "calls", timestamp=utc("2041-01-04T00:00").timestamp())
    seller.at("2041-02-02T00:00:00Z")
    [invoice] = [one for one in stories.invoices(seller) if one["total_amount_cents"]]
    billed = {fee["item"]["code"]: (Decimal(fee["units"]), fee["amount_cents"]) for fee in invoice["fees"]
              if fee["item"]["type"] == "charge"}
    rows = seller.get("/analytics/usage", to_date="2041-01-31")["usages"]
    days = {row["billable_metric_code"]: set() for row in rows}
    sums = dict.fromkeys(days, (Decimal(0), 0))
    for row in rows:
        code, (units, cents) = row["billable_metric_code"], sums[row["billable_metric_code"]]
        days[code].add(row["start_of_period_dt"])
        sums[code] = (units + Decimal(row["units"]), cents + row["amount_cents"])
    assert sums == billed
    assert days["mails"] == {"2041-01-04", "2041-01-10", "2041-01-21"}
    assert len(days["seats"]) == len(days["level"]) == 28  # from the 4th on, a part of them each day


def test_what_is_missing_is_made_up_once_in_bounded_batches(owner, count_queries):
    """Under real time: a subscription of years with events on three days."""
    subscription = subscribed(owner, a_metric(owner), start="2021-03-01T00:00")
    happened = ("2021-03-05T10:00", "2023-07-31T23:59", "2024-03-05T00:00")
    store_events(owner, *({"timestamp": utc(text)} for text in happened))
    with clock.at(utc("2024-03-05T12:00")), count_queries() as statements:
        assert keep_usage_days(owner.organization.id, seconds=600)
    kept = select(UsageOfDay.usage_date, UsageOfDay.amount_cents).order_by(UsageOfDay.usage_date)
    mine = kept.where(UsageOfDay.subscription_id == subscription.id)
    assert [(str(day), cents) for day, cents in db.session.execute(mine)] == [("2021-03-05", 100), ("2023-07-31", 100)]
    assert len(statements) < 100, "empty days cost queries"
    with clock.at(utc("2024-03-06T00:00")):
        assert keep_usage_days(owner.organization.id, seconds=600)
        with transaction():
            begin_usage_days(owner.organization.id)
            assert not fill_usage_days(owner.organization.id)
    assert db.session.scalar(select(func.count()).select_from(mine.subquery())) == 3
