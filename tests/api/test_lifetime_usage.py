"""What a subscription has used in all (01 §4.5, 03 §7.1)."""

import pytest

from lago.core.db import db
from lago.invoicing.models import Invoice
from tests.builders.stories import customer, metric, plan, standard, subscribe, use

PATH = "/subscriptions/acme/lifetime_usage"


@pytest.fixture
def used(sandbox):
    """49.00 a month and calls at 0.50, taxed with 20 %: 3 calls on 10 January, one more on 10 February."""
    sandbox.at("2024-01-01T00:00:00Z")
    sandbox.post("/taxes", {"tax": {"name": "vat", "code": "vat", "rate": "20", "applied_to_organization": True}})
    plan(sandbox, charges=[standard(metric(sandbox, "calls"), "0.5")])
    customer(sandbox, "acme")
    subscribe(sandbox)
    sandbox.at("2024-01-10T00:00:00Z")
    for _ in range(3):
        use(sandbox, "calls")
    sandbox.at("2024-02-10T00:00:00Z")
    use(sandbox, "calls")
    return sandbox


def lifetime(account, path=PATH, **query):
    return account.get(path, **query)["lifetime_usage"]


def figures(account, **query):
    found = lifetime(account, **query)
    return found["invoiced_usage_amount_cents"], found["current_usage_amount_cents"]


def test_usage_is_what_was_invoiced_and_what_is_running_without_taxes(used):
    subscription = used.get("/subscriptions/acme")["subscription"]
    found = lifetime(used)
    identifier = found.pop("lago_id")
    assert found == {
        "lago_subscription_id": subscription["lago_id"], "external_subscription_id": "acme",
        "external_historical_usage_amount_cents": 0, "invoiced_usage_amount_cents": 150,
        "current_usage_amount_cents": 50, "from_datetime": "2024-01-01T00:00:00Z",
        "to_datetime": "2024-02-10T00:00:00Z",
    }
    assert lifetime(used)["lago_id"] == identifier


@pytest.mark.parametrize("status, counts", [("draft", True), ("finalized", True), ("voided", False), ("closed", False)])
def test_drafts_and_final_invoices_count(used, status, counts):
    db.session.query(Invoice).filter(Invoice.organization_id == used.organization.id).update({"status": status})
    assert figures(used) == (150 if counts else 0, 50)


def test_only_invoices_of_subscriptions_count(used):
    invoices = db.session.query(Invoice).filter(Invoice.organization_id == used.organization.id)
    invoices.update({"invoice_type": "progressive_billing"})
    assert figures(used) == (0, 50)


def test_a_consolidated_invoice_counts_for_each_with_its_own_fees(used):
    subscribe(used, external_id="other")
    use(used, "calls", "other")
    used.at("2024-03-01T00:00:00Z")
    assert figures(used) == (200, 0)
    assert lifetime(used, "/subscriptions/other/lifetime_usage")["invoiced_usage_amount_cents"] == 50


def test_what_was_used_before_can_be_told(used):
    body = {"lifetime_usage": {"external_historical_usage_amount_cents": 2000}}
    told = used.put(PATH, body)["lifetime_usage"]
    assert told["external_historical_usage_amount_cents"] == 2000
    assert (told["invoiced_usage_amount_cents"], told["current_usage_amount_cents"]) == (150, 50)
    assert lifetime(used) == told


@pytest.mark.parametrize("sent, code", [
    ({"external_historical_usage_amount_cents": -1}, "value_is_out_of_range"),
    ({"external_historical_usage_amount_cents": 2**63}, "value_is_out_of_range"),
    ({"external_historical_usage_amount_cents": None}, "value_is_mandatory"),
    ({"external_historical_usage_amount_cents": [1]}, "value_is_mandatory"),
    ({"other": 1}, "value_is_mandatory"),
    ({"external_historical_usage_amount_cents": "many"}, "is not a number"),
    ({"external_historical_usage_amount_cents": 1.5}, "must be an integer"),
])
def test_a_wrong_history_is_refused(used, sent, code):
    assert used.refused("PUT", PATH, {"lifetime_usage": sent}) == {"historical_usage_amount_cents": [code]}
    assert lifetime(used)["external_historical_usage_amount_cents"] == 0


def test_the_root_is_mandatory(used):
    used.call("PUT", PATH, {"external_historical_usage_amount_cents": 1}, expect=400)


def test_the_end_keeps_the_figures(used):
    before = lifetime(used)
    used.delete("/subscriptions/acme")
    use(used, "calls", timestamp="1707480000")  # 9 February 2024
    used.at("2024-02-20T00:00:00Z")
    assert used.call("GET", PATH, expect=404)["code"] == "subscription_not_found"
    for name in ("status", "subscription_status"):
        assert lifetime(used, **{name: "terminated"}) == {**before, "to_datetime": "2024-02-20T00:00:00Z"}


def test_the_history_of_one_that_has_ended_can_be_changed(used):
    used.delete("/subscriptions/acme")
    body = {"lifetime_usage": {"external_historical_usage_amount_cents": 7}}
    used.call("PUT", PATH, body, expect=404)
    assert used.put(PATH, {**body, "status": "terminated"})["lifetime_usage"][
        "external_historical_usage_amount_cents"
    ] == 7


def test_an_end_on_a_billing_day_keeps_the_period_that_it_bills(used):
    used.put("/subscriptions/acme", {"subscription": {"ending_at": "2024-03-01T00:00:00Z"}})
    used.at("2024-03-02T00:00:00Z")
    assert figures(used, status="terminated") == (150, 50)


def test_a_new_subscription_of_the_same_id_starts_anew(used):
    used.delete("/subscriptions/acme")
    subscribe(used)
    assert figures(used) == (0, 50)  # the call of 10 February at 00:00 is in both


def test_what_has_not_begun_has_none(used):
    subscribe(used, external_id="later", subscription_at="2024-05-01T00:00:00Z")
    path = "/subscriptions/later/lifetime_usage"
    assert used.call("GET", path, expect=404)["code"] == "subscription_not_found"
    assert used.call("GET", path, expect=404, status="pending")["code"] == "lifetime_usage_not_found"
    used.at("2024-05-01T00:00:00Z")
    assert lifetime(used, path)["from_datetime"] == "2024-05-01T00:00:00Z"


@pytest.mark.parametrize("status", ["active", "terminated", "nonsense"])
def test_an_unknown_subscription_is_not_found(used, outsider, status):
    path = "/subscriptions/nobody/lifetime_usage"
    assert used.call("GET", path, expect=404, status=status)["code"] == "subscription_not_found"
    assert outsider.call("GET", PATH, expect=404, status=status)["code"] == "subscription_not_found"
