"""Alerts through the life of a subscription: which figures they follow, and when they tell (03 §8)."""

import pytest

from tests.builders.alerts import PATH, an_alert
from tests.builders.contract import webhook_violations
from tests.builders.events import batch_body
from tests.builders.stories import metric, plan, standard, subscribe
from tests.builders.webhooks import endpoint_at, receiver

AMOUNT_OF = {"alert_type": "billable_metric_current_usage_amount", "billable_metric_code": "calls"}
UNITS_OF = {"alert_type": "billable_metric_current_usage_units", "billable_metric_code": "calls"}
LIFETIME_OF = {"alert_type": "billable_metric_lifetime_usage_units", "billable_metric_code": "calls"}


@pytest.fixture
def hook():
    with receiver() as found:
        yield found


@pytest.fixture
def story(sandbox, hook):
    """From 1 January 2024: calls at 1.00 and jobs at 5.00."""
    sandbox.at("2024-01-01T00:00:00Z")
    endpoint_at(sandbox, hook.url, event_types=["alert.triggered"])
    calls, jobs = (metric(sandbox, code, "sum_agg", field_name="n") for code in ("calls", "jobs"))
    plan(sandbox, amount_cents=0, charges=[standard(calls, "1"), standard(jobs, "5")])
    subscribe(sandbox)
    return sandbox


def use(sandbox, moment, **units):
    """So many units of each metric at that time; then the clock is a second further."""
    sandbox.at(f"{moment}T00:00:00Z")
    events = ({"code": code, "properties": {"n": n}, "transaction_id": f"{moment} {code}"} for code, n in units.items())
    sandbox.post("/events/batch", batch_body(*events))
    sandbox.at(f"{moment}T00:00:01Z")


def told(hook):
    """Of each message the code of the alert, and the values that were crossed."""
    found = [request.json["triggered_alert"] for request in hook.requests]
    return [(one["alert_code"], [row["value"] for row in one["crossed_thresholds"]]) for one in found]


def seen(sandbox, code="warn"):
    return sandbox.get(f"{PATH}/{code}")["alert"]["previous_value"]


def test_the_example_of_the_reference(story, hook):
    an_alert(story, 1000, 2000, [500])
    for day, calls in ((2, 12), (3, 19), (4, 3)):
        use(story, f"2024-01-0{day}", calls=calls)
    assert told(hook) == [("warn", ["1000.0"]), ("warn", ["2000.0", "2500.0", "3000.0"])]
    assert seen(story) == "3400.0"


def test_the_message_tells_what_was_crossed(story, hook):
    alert = an_alert(story, 1000, [500], name="Soon")
    use(story, "2024-01-02", calls=15)
    (request,) = hook.requests
    assert webhook_violations(request.json) == []
    shown = request.json["triggered_alert"]
    assert shown.pop("lago_id")
    assert shown == {
        "lago_organization_id": str(story.organization.id), "lago_alert_id": alert["lago_id"],
        "lago_subscription_id": story.get("/subscriptions/acme")["subscription"]["lago_id"],
        "external_subscription_id": "acme", "subscription_external_id": "acme",
        "external_customer_id": "acme", "customer_external_id": "acme", "lago_wallet_id": None,
        "billable_metric_code": None, "alert_name": "Soon", "alert_code": "warn", "alert_type": "current_usage_amount",
        "current_value": "1500.0", "previous_value": "0.0",
        "crossed_thresholds": [
            {"code": "at_1000", "value": "1000.0", "recurring": False},
            {"code": "again", "value": "1500.0", "recurring": True},
        ],
        "triggered_at": "2024-01-02T00:00:00Z",
    }


def test_each_type_follows_its_figure(story):
    """Calls 3 at 1.00 and jobs 2 at 5.00 in January, calls 4 in February; a lifetime is both."""
    fields = {
        "all": {}, "amount": AMOUNT_OF, "units": UNITS_OF, "ever": LIFETIME_OF,
        "lifetime": {"alert_type": "lifetime_usage_amount"},
    }
    for code, kind in fields.items():
        an_alert(story, 10**9, code=code, **kind)
    use(story, "2024-01-10", calls=3, jobs=2)
    assert {code: seen(story, code) for code in fields} == {
        "all": "1300.0", "amount": "300.0", "units": "3.0", "ever": "3.0", "lifetime": "1300.0",
    }
    use(story, "2024-02-10", calls=4)
    assert {code: seen(story, code) for code in fields} == {
        "all": "400.0", "amount": "400.0", "units": "4.0", "ever": "7.0", "lifetime": "1700.0",
    }


def test_of_several_fees_of_a_metric_the_largest_counts(sandbox):
    """Filtered calls at 2.00 and others at 1.00: 3 and 4 units."""
    sandbox.at("2024-01-01T00:00:00Z")
    calls = metric(sandbox, "calls", filters=[{"key": "region", "values": ["eu"]}])
    charge = {**standard(calls, "1"), "filters": [{"properties": {"amount": "2"}, "values": {"region": ["eu"]}}]}
    plan(sandbox, amount_cents=0, charges=[charge])
    subscribe(sandbox)
    an_alert(sandbox, 10**9, code="amount", **AMOUNT_OF)
    an_alert(sandbox, 10**9, code="units", **UNITS_OF)
    regions = ["eu"] * 3 + ["us"] * 4
    events = [
        {"properties": {"region": region}, "transaction_id": str(n), "timestamp": 1704067200}
        for n, region in enumerate(regions)
    ]
    sandbox.post("/events/batch", batch_body(*events))
    sandbox.at("2024-01-01T00:00:01Z")
    assert (seen(sandbox, "amount"), seen(sandbox, "units")) == ("600.0", "4.0")


def test_a_metric_that_the_plan_lacks_changes_nothing(story, hook):
    metric(story, "others")
    an_alert(story, 1, **{**UNITS_OF, "billable_metric_code": "others"})
    use(story, "2024-01-10", calls=3)
    assert story.get(f"{PATH}/warn")["alert"]["last_processed_at"] is None
    assert hook.requests == []


def test_an_alert_tells_of_usage_from_before_it_was_made(story, hook):
    use(story, "2024-01-02", calls=15)
    an_alert(story, 1000)
    story.at("2024-01-03T00:00:00Z")
    assert told(hook) == [("warn", ["1000.0"])]


def test_each_period_begins_anew(story, hook):
    an_alert(story, 1000)
    for month in (1, 2):
        use(story, f"2024-0{month}-02", calls=5)
        use(story, f"2024-0{month}-03", calls=6)
    assert told(hook) == [("warn", ["1000.0"])] * 2


@pytest.mark.parametrize("thresholds", [[], [{"amount_cents": 100000}]], ids=["no threshold", "threshold"])
def test_without_events_an_alert_keeps_the_value_that_it_has_seen(story, hook, thresholds):
    """A new period, or thresholds that are looked at anew, are no usage: 11.00 is less than the 12.00 of last month."""
    story.put("/plans/pro", {"plan": {"usage_thresholds": thresholds}})
    an_alert(story, 1000)
    use(story, "2024-01-02", calls=12)
    story.at("2024-02-01T12:00:00Z")
    story.put("/subscriptions/acme", {"subscription": {"usage_thresholds": [*thresholds, {"amount_cents": 200000}]}})
    story.at("2024-02-01T13:00:00Z")
    assert seen(story) == "1200.0"
    use(story, "2024-02-02", calls=11)
    assert (told(hook), seen(story)) == ([("warn", ["1000.0"])], "1100.0")


def test_an_alert_outlives_a_change_of_plan(story, hook):
    an_alert(story, 1000)
    use(story, "2024-01-02", calls=15)
    subscription = story.get("/subscriptions/acme")["subscription"]["lago_id"]
    dearer = story.get("/billable_metrics/calls")["billable_metric"]
    plan(story, "max", amount_cents=100, charges=[standard(dearer, "2")])
    subscribe(story, plan_code="max")
    use(story, "2024-01-05", calls=2)
    assert seen(story) == "400.0"
    use(story, "2024-01-06", calls=4)
    messages = [request.json["triggered_alert"] for request in hook.requests]
    assert [one["current_value"] for one in messages] == ["1500.0", "1200.0"]
    assert [one["lago_subscription_id"] == subscription for one in messages] == [True, False]
