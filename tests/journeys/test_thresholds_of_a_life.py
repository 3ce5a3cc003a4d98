"""How far a subscription is towards its usage thresholds, through its plans and up to its end (03 §7.1)."""

from tests.builders.progressive import BOTH, FIXED, lifetime, start, used
from tests.builders.stories import plan, standard, subscribe


def test_lifetime_usage_tells_when_thresholds_were_reached(sandbox):
    start(sandbox, BOTH)
    used(sandbox, 5, 60)
    used(sandbox, 10, 290)
    rows = [(row["amount_cents"], row["completion_ratio"], row["reached_at"]) for row in lifetime(sandbox)[
        "usage_thresholds"]]
    assert rows == [
        (5000, 1.0, "2024-01-05T00:00:00.000Z"), (20000, 1.0, "2024-01-10T00:00:00.000Z"),
        (30000, 1.0, "2024-01-10T00:00:00.000Z"), (40000, 0.5, None),
    ]
    sandbox.delete("/subscriptions/acme")
    ended = sandbox.get("/subscriptions/acme/lifetime_usage", status="terminated")["lifetime_usage"]
    assert [row["amount_cents"] for row in ended["usage_thresholds"]] == [5000, 20000, 30000, 40000]


def test_lifetime_usage_goes_over_to_the_next_plan(sandbox):
    api = start(sandbox, FIXED)
    plan(sandbox, "big", amount_cents=100, charges=[standard(api, "2")])
    body = {"lifetime_usage": {"external_historical_usage_amount_cents": 700}}
    sandbox.put("/subscriptions/acme/lifetime_usage", body)
    used(sandbox, 5, 10)
    record = lifetime(sandbox)
    sandbox.at("2024-01-10T00:00:00Z")
    subscribe(sandbox, plan_code="big")
    handed = lifetime(sandbox)
    assert handed["lago_id"] == record["lago_id"]
    assert handed["lago_subscription_id"] != record["lago_subscription_id"]
    assert (handed["external_historical_usage_amount_cents"], handed["invoiced_usage_amount_cents"]) == (700, 1000)
    assert "usage_thresholds" not in handed
    sandbox.call("GET", "/subscriptions/acme/lifetime_usage", status="terminated", expect=404)
