"""`/subscriptions/:external_id/alerts`: objects, checks in the order of 03 §8, batches."""

import pytest

from tests.builders.alerts import PATH, alert_body, an_alert
from tests.builders.stories import metric, plan, standard, subscribe

OF_METRIC = {"alert_type": "billable_metric_current_usage_units", "billable_metric_code": "calls"}


@pytest.fixture
def subscribed(owner):
    """`acme` on a plan with calls at 0.50."""
    plan(owner, charges=[standard(metric(owner, "calls"), "0.5")])
    subscribe(owner)
    return owner


def refused(account, body, path=PATH, method="POST"):
    return account.refused(method, path, body)


def codes(account, path=PATH):
    return [alert["code"] for alert in account.get(path)["alerts"]]


def test_an_alert_is_shown_as_it_was_given(subscribed):
    shown = an_alert(subscribed, 1000, "20.5", [500], name="Soon")
    assert all(shown.pop(name) for name in ("lago_id", "created_at"))
    assert shown == {
        "lago_organization_id": str(subscribed.organization.id), "subscription_external_id": "acme",
        "external_subscription_id": "acme", "lago_wallet_id": None, "wallet_code": None,
        "alert_type": "current_usage_amount", "code": "warn", "name": "Soon", "direction": "increasing",
        "previous_value": "0.0", "last_processed_at": None, "billable_metric": None,
        "thresholds": [
            {"code": "at_1000", "value": "1000.0", "recurring": False},
            {"code": "at_20.5", "value": "20.5", "recurring": False},
            {"code": "again", "value": "500.0", "recurring": True},
        ],
    }
    assert subscribed.get(f"{PATH}/warn")["alert"]["thresholds"] == shown["thresholds"]


def test_an_alert_on_a_metric_shows_it(subscribed):
    assert an_alert(subscribed, 10, **OF_METRIC)["billable_metric"]["code"] == "calls"


def test_alerts_are_listed_by_the_page(subscribed):
    for code, kind in (("a", "current_usage_amount"), ("b", "lifetime_usage_amount")):
        an_alert(subscribed, 1, code=code, alert_type=kind)
    listed = subscribed.get(PATH, per_page=1)
    assert [alert["code"] for alert in listed["alerts"]] == ["b"]
    assert listed["meta"]["total_count"] == 2


MANY = tuple(range(1, 22))


@pytest.mark.parametrize("values, fields, errors", [
    ((1,), {"alert_type": ""}, {"alert_type": ["value_is_mandatory", "value_is_invalid"]}),
    ((1,), {"alert_type": None}, {"alert_type": ["value_is_mandatory", "value_is_invalid"]}),
    ((1,), {"alert_type": "wallet_balance_amount"}, {"alert_type": ["invalid_type"]}),
    ((1,), {"alert_type": "usage"}, {"alert_type": ["invalid_type"]}),
    ((1,), {"alert_type": ["current_usage_amount"]}, {"alert_type": ["invalid_type"]}),
    ((), {}, {"thresholds": ["value_is_mandatory"]}),
    ((), {"thresholds": {"value": 1}}, {"thresholds": ["value_is_mandatory"]}),
    (MANY, {}, {"thresholds": ["too_many_thresholds"]}),
    ((5, "5.0"), {}, {"thresholds": ["duplicate_threshold_values"]}),
    (([5], [5]), {}, {"thresholds": ["duplicate_threshold_values"]}),
    ((None,), {}, {"thresholds:value": ["value_is_mandatory"]}),
    (("",), {}, {"thresholds:value": ["value_is_mandatory"]}),
    (("much",), {}, {"thresholds:value": ["value_is_invalid"]}),
    ((True,), {}, {"thresholds:value": ["value_is_invalid"]}),
    (("1e31",), {}, {"thresholds:value": ["value_is_invalid"]}),
    (("1e-16",), {}, {"thresholds:value": ["value_is_invalid"]}),
    (([0],), {}, {"thresholds:value": ["recurring_value_is_negative"]}),
    (([-5],), {}, {"thresholds:value": ["recurring_value_is_negative"]}),
    ((), {"thresholds": [{"value": 1, "recurring": "often"}]}, {"thresholds:recurring": ["value_is_invalid"]}),
    ((), {"thresholds": [7]}, {"thresholds:value": ["value_is_mandatory"]}),
    ((1,), {**OF_METRIC, "billable_metric_code": None}, {"billable_metric": ["value_is_mandatory"]}),
    ((1,), {"billable_metric_code": "calls"}, {"billable_metric": ["value_must_be_blank"]}),
    ((1,), {"code": None}, {"code": ["value_is_mandatory"]}),
    ((1,), {"code": " "}, {"code": ["value_is_mandatory"]}),
    ((1,), {"code": "c" * 256}, {"code": ["value_is_too_long"]}),
    (([1], [2]), {}, {"base": ["alert_already_exists"]}),
], ids=str)
def test_what_is_refused(subscribed, values, fields, errors):
    assert refused(subscribed, alert_body(*values, **fields)) == errors
    assert codes(subscribed) == []


def test_what_is_wrong_first_is_told(subscribed):
    """Each step rights what the step before complained of."""
    an_alert(subscribed, 1, code="taken")
    body = {"billable_metric_code": "unknown", "code": "taken"}
    steps = [
        ({}, {"alert_type": ["value_is_mandatory", "value_is_invalid"]}),
        ({"alert_type": "current_usage_amount"}, {"thresholds": ["value_is_mandatory"]}),
        ({"thresholds": [{"value": "x"}, {"value": "x"}]}, {"thresholds": ["duplicate_threshold_values"]}),
        ({"thresholds": [{"value": "x"}]}, {"thresholds:value": ["value_is_invalid"]}),
        ({"thresholds": [{"value": 1, "recurring": True}, {"value": 2, "recurring": True}]}, None),
        ({"billable_metric_code": "calls"}, {"billable_metric": ["value_must_be_blank"]}),
        ({"billable_metric_code": None, "code": ""}, {"code": ["value_is_mandatory"]}),
        ({"code": "taken"}, {"code": ["value_already_exist"]}),
        ({"code": "free"}, {"base": ["alert_already_exists"]}),
    ]
    for change, errors in steps:
        body = {**body, **change}
        if errors:
            assert refused(subscribed, {"alert": body}) == errors
        else:
            answer = subscribed.call("POST", PATH, {"alert": body}, expect=404)
            assert answer["code"] == "billable_metric_not_found"


def test_a_figure_has_one_alert(subscribed):
    an_alert(subscribed, 1, **OF_METRIC)
    assert refused(subscribed, alert_body(2, code="b", **OF_METRIC)) == {"base": ["alert_already_exists"]}
    an_alert(subscribed, 2, code="b", **{**OF_METRIC, "alert_type": "billable_metric_current_usage_amount"})
    metric(subscribed, "jobs")
    an_alert(subscribed, 2, code="c", **{**OF_METRIC, "billable_metric_code": "jobs"})
    assert codes(subscribed) == ["c", "b", "warn"]


def test_a_code_is_free_on_another_subscription(subscribed):
    an_alert(subscribed, 1)
    subscribe(subscribed, "beta")
    an_alert(subscribed, 1, path="/subscriptions/beta/alerts")
    assert codes(subscribed) == ["warn"]


def test_an_update_changes_what_it_names(subscribed):
    an_alert(subscribed, 1, 2, name="Old")
    changes = {"name": None, "alert_type": "lifetime_usage_amount", "thresholds": []}
    shown = subscribed.put(f"{PATH}/warn", {"alert": changes})["alert"]
    assert (shown["name"], shown["alert_type"], len(shown["thresholds"])) == (None, "current_usage_amount", 2)
    changes = {"code": "new", "thresholds": [{"value": 7, "code": None}]}
    shown = subscribed.put(f"{PATH}/warn", {"alert": changes})["alert"]
    assert shown["thresholds"] == [{"code": None, "value": "7.0", "recurring": False}]
    assert codes(subscribed) == ["new"]


def test_an_update_may_name_another_metric(subscribed):
    an_alert(subscribed, 1, **OF_METRIC)
    metric(subscribed, "jobs")
    shown = subscribed.put(f"{PATH}/warn", {"alert": {"billable_metric_code": "jobs"}})["alert"]
    assert shown["billable_metric"]["code"] == "jobs"


@pytest.mark.parametrize("changes, errors", [
    ({"code": ""}, {"code": ["value_is_mandatory"]}),
    ({"code": "other"}, {"code": ["value_already_exist"]}),
    ({"thresholds": [{"value": "x"}]}, {"thresholds:value": ["value_is_invalid"]}),
    ({"thresholds": [{"value": 1, "recurring": True}, {"value": 2, "recurring": True}]},
     {"base": ["alert_already_exists"]}),
    ({"billable_metric_code": None}, {"billable_metric": ["value_is_mandatory"]}),
    ({"billable_metric_code": "jobs"}, {"base": ["alert_already_exists"]}),
], ids=str)
def test_a_refused_update_changes_nothing(subscribed, changes, errors):
    metric(subscribed, "jobs")
    before = an_alert(subscribed, 1, **OF_METRIC)
    an_alert(subscribed, 1, code="other", **{**OF_METRIC, "billable_metric_code": "jobs"})
    assert refused(subscribed, {"alert": {"name": "New", **changes}}, f"{PATH}/warn", "PUT") == errors
    assert subscribed.get(f"{PATH}/warn")["alert"] == before


def test_a_batch_is_made_in_order(subscribed):
    rows = [alert_body(1, code="a")["alert"], alert_body(2, code="b", **OF_METRIC)["alert"]]
    shown = subscribed.post(PATH, {"alerts": rows})["alerts"]
    assert [alert["code"] for alert in shown] == ["a", "b"]
    assert codes(subscribed) == ["b", "a"]


def test_a_batch_is_made_as_a_whole_or_not_at_all(subscribed):
    good, twice = alert_body(1, code="a")["alert"], alert_body(1, code="b")["alert"]
    unknown = alert_body(1, code="c", **{**OF_METRIC, "billable_metric_code": "unknown"})["alert"]
    errors = refused(subscribed, {"alerts": [good, twice, "no alert", unknown]})
    assert errors == {
        "1": {"params": twice, "errors": {"base": ["alert_already_exists"]}},
        "2": {"params": "no alert", "errors": {"alert_type": ["value_is_mandatory", "value_is_invalid"]}},
        "3": {"params": unknown, "errors": "billable_metric_not_found"},
    }
    assert codes(subscribed) == []


@pytest.mark.parametrize("body", [{}, {"alert": {}}, {"alerts": []}, {"alerts": "all"}], ids=str)
def test_a_body_without_an_alert_is_none(subscribed, body):
    subscribed.call("POST", PATH, body, expect=400)


def test_a_deleted_alert_is_gone_and_its_code_free(subscribed):
    made = an_alert(subscribed, 1)
    assert subscribed.delete(f"{PATH}/warn")["alert"]["lago_id"] == made["lago_id"]
    subscribed.call("GET", f"{PATH}/warn", expect=404)
    assert an_alert(subscribed, 1)["lago_id"] != made["lago_id"]


def test_all_alerts_of_a_subscription_are_deleted_at_once(subscribed):
    subscribe(subscribed, "beta")
    for path in (PATH, "/subscriptions/beta/alerts"):
        an_alert(subscribed, 1, path=path)
    subscribed.delete(PATH)
    assert (codes(subscribed), codes(subscribed, "/subscriptions/beta/alerts")) == ([], ["warn"])


@pytest.mark.parametrize("method, path, code", [
    ("GET", PATH.replace("acme", "nobody"), "subscription_not_found"),
    ("POST", PATH.replace("acme", "nobody"), "subscription_not_found"),
    ("GET", f"{PATH}/unknown", "alert_not_found"),
    ("PUT", f"{PATH}/unknown", "alert_not_found"),
    ("DELETE", f"{PATH}/unknown", "alert_not_found"),
])
def test_what_is_not_found(subscribed, method, path, code):
    body = alert_body(1) if method in ("POST", "PUT") else None
    assert subscribed.call(method, path, body, expect=404)["code"] == code


@pytest.mark.parametrize("name", ["status", "subscription_status"])
def test_the_subscription_may_have_another_status(subscribed, name):
    subscribe(subscribed, "later", subscription_at="2999-01-01T00:00:00Z")
    path = "/subscriptions/later/alerts"
    assert subscribed.call("POST", path, alert_body(1), expect=404)["code"] == "subscription_not_found"
    made = subscribed.call("POST", path, {**alert_body(1), name: "pending"})["alert"]
    assert subscribed.get(path, **{name: "pending"})["alerts"] == [made]


def test_alerts_end_with_their_metric(subscribed):
    an_alert(subscribed, 1, **OF_METRIC)
    an_alert(subscribed, 1, code="all")
    subscribed.delete("/billable_metrics/calls")
    assert codes(subscribed) == ["all"]
