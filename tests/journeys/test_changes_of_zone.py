"""A zone that changes moves the hours of bills; no time is billed twice and none is left out (03 §9)."""

import pytest

from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use


@pytest.fixture
def acme(sandbox):
    """49.00 a month and 1.00 for each call since January 2024."""
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox, charges=[standard(metric(sandbox, "calls"), "1")])
    return sandbox


def test_the_organizations_zone_moves_the_bills_of_customers_without_one(acme):
    customer(acme, "own", timezone="Asia/Kolkata")
    subscribe(acme)
    subscribe(acme, "own")
    acme.put("/organizations", {"organization": {"timezone": "Asia/Tokyo"}})
    acme.at("2024-02-15T00:00:00Z")
    assert [row["created_at"] for row in invoices(acme)] == ["2024-01-31T15:00:00Z"]
    assert [row["created_at"] for row in invoices(acme, "own")] == ["2024-01-31T18:30:00Z"]


def test_a_month_billed_in_the_east_is_not_billed_again_in_the_west(acme):
    customer(acme, timezone="Asia/Tokyo")
    subscribe(acme)
    acme.at("2024-01-31T16:00:00Z")  # January is over in Tokyo and billed; in Los Angeles it is not
    customer(acme, timezone="America/Los_Angeles")
    use(acme, "calls", timestamp="2024-01-31T17:00:00Z")
    acme.at("2024-03-15T00:00:00Z")
    january, february = invoices(acme)
    assert (january["fees_amount_cents"], february["fees_amount_cents"]) == (4900, 5000)
    assert february["created_at"] == "2024-03-01T08:00:00Z"
    assert fee(february, "charge")["from_date"] == "2024-01-31T15:00:00+00:00"  # where Tokyo's January ended


def test_a_month_billed_in_the_west_leaves_no_hour_to_be_billed_again_in_the_east(acme):
    customer(acme, timezone="America/Los_Angeles")
    subscribe(acme)
    use(acme, "calls", timestamp="2024-02-01T07:00:00Z")  # 31 January there, 1 February in Tokyo
    acme.at("2024-02-01T09:00:00Z")
    customer(acme, timezone="Asia/Tokyo")
    acme.at("2024-03-15T00:00:00Z")
    _, january, february = invoices(acme)  # it began on 31 December there
    assert (january["fees_amount_cents"], february["fees_amount_cents"]) == (5000, 4900)
    assert february["created_at"] == "2024-02-29T15:00:00Z"
