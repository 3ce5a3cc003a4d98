"""`/subscriptions`: what is accepted, shown, changed and refused."""

import pytest

from tests.builders.stories import customer, plan, subscribe


@pytest.fixture
def acme(sandbox):
    """A sandbox on 5 March 2024 with a plan."""
    sandbox.at("2024-03-05T10:00:00Z")
    plan(sandbox)
    return sandbox


def body(**fields):
    return {"subscription": {"external_customer_id": "acme", "plan_code": "pro", "external_id": "s1", **fields}}


def test_it_starts_now_and_shows_its_period(acme):
    subscription = subscribe(acme)
    assert subscription["status"] == "active"
    assert subscription["started_at"] == "2024-03-05T10:00:00.000Z"
    assert subscription["current_billing_period_started_at"] == "2024-03-05T10:00:00Z"
    assert subscription["current_billing_period_ending_at"] == "2024-03-31T23:59:59Z"


def test_an_unknown_customer_is_made_in_the_plans_currency(acme):
    subscribe(acme, "new-one")
    assert acme.get("/customers/new-one")["customer"]["currency"] == "EUR"


def test_the_same_plan_again_answers_the_running_one(acme):
    first = subscribe(acme)
    assert subscribe(acme, name="other")["lago_id"] == first["lago_id"]
    assert acme.get("/subscriptions")["meta"]["total_count"] == 1


def test_a_later_start_is_pending_and_becomes_active_when_its_local_day_begins(acme):
    customer(acme, "acme", timezone="America/Bogota")
    assert subscribe(acme, subscription_at="2024-03-10T12:00:00Z")["status"] == "pending"
    acme.at("2024-03-10T04:59:59Z")
    assert acme.get("/subscriptions", **{"status[]": "pending"})["meta"]["total_count"] == 1
    acme.at("2024-03-10T05:00:00Z")
    assert acme.get("/subscriptions/acme")["subscription"]["started_at"] == "2024-03-10T05:00:00.000Z"


def test_a_subscription_dated_back_is_active_at_once_and_not_billed(acme):
    subscription = subscribe(acme, subscription_at="2024-01-15T08:00:00Z")
    assert (subscription["status"], subscription["started_at"]) == ("active", "2024-01-15T08:00:00.000Z")
    assert acme.get("/invoices")["meta"]["total_count"] == 0


def test_an_external_id_is_active_for_one_customer_only(acme):
    subscribe(acme, "acme", external_id="shared")
    refused = acme.refused("POST", "/subscriptions", body(external_customer_id="other", external_id="shared"))
    assert refused == {"external_id": ["value_already_exist"]}


@pytest.mark.parametrize("fields, details", [
    ({"external_id": ""}, {"external_id": ["value_is_mandatory"]}),
    ({"billing_time": "weekly"}, {"billing_time": ["value_is_invalid"]}),
    ({"billing_time": ""}, {"billing_time": ["value_is_mandatory"]}),
    ({"external_customer_id": ""}, {"external_customer_id": ["value_is_mandatory"]}),
    ({"external_customer_id": " "}, {"external_customer_id": ["value_is_mandatory"]}),
    ({"subscription_at": "soon"}, {"subscription_at": ["invalid_date"]}),
    ({"subscription_at": "99999-01-01"}, {"subscription_at": ["invalid_date"]}),
    ({"subscription_at": "0001-01-01T00:00:00Z"}, {"subscription_at": ["invalid_date"]}),
    ({"subscription_at": "9999-12-31T23:00:00Z"}, {"subscription_at": ["invalid_date"]}),
    ({"payment_method": {"payment_method_type": "cash"}}, {"payment_method": ["invalid_payment_method"]}),
    ({"payment_method": {"payment_method_id": "00000000-0000-0000-0000-000000000001"}},
     {"payment_method": ["invalid_payment_method"]}),
    ({"ending_at": "2024-03-05T23:00:00Z"}, {"ending_at": ["invalid_date"]}),
    ({"subscription_at": "2024-04-01", "ending_at": "2024-04-01"}, {"ending_at": ["invalid_date"]}),
    ({"purchase_order_number": "9" * 256}, {"purchase_order_number": ["value_is_too_long"]}),
])
def test_a_bad_request_is_refused_and_makes_nothing(acme, fields, details):
    assert acme.refused("POST", "/subscriptions", body(**fields)) == details
    assert acme.get("/subscriptions", **{"status[]": ["active", "pending"]})["meta"]["total_count"] == 0


@pytest.mark.parametrize("fields, code", [
    ({"plan_code": "unknown"}, "plan_not_found"),
    ({"billing_entity_code": "unknown"}, "billing_entity_not_found"),
    ({"billing_entity_id": "00000000-0000-0000-0000-000000000000"}, "billing_entity_not_found"),
])
def test_an_unknown_object_is_not_found(acme, fields, code):
    assert acme.call("POST", "/subscriptions", body(**fields), expect=404)["code"] == code


def test_an_update_to_an_unknown_billing_entity_is_not_found(acme):
    subscribe(acme)
    changes = {"subscription": {"name": "Team", "billing_entity_code": "unknown"}}
    assert acme.call("PUT", "/subscriptions/acme", changes, expect=404)["code"] == "billing_entity_not_found"
    assert acme.get("/subscriptions/acme")["subscription"]["name"] == ""


def test_a_null_is_as_good_as_no_field(acme):
    fields = ("name", "billing_time", "consolidate_invoice", "progressive_billing_disabled", "subscription_at")
    made = acme.post("/subscriptions", body(**dict.fromkeys(fields)))["subscription"]
    assert (made["name"], made["billing_time"], made["consolidate_invoice"]) == ("", "calendar", True)


def test_what_is_unknown_is_said_before_what_is_wrong(acme):
    wrong = body(plan_code="unknown", subscription_at="soon", external_customer_id="")
    assert acme.call("POST", "/subscriptions", wrong, expect=404)["code"] == "plan_not_found"


def test_wrong_dates_are_told_together(acme):
    refused = acme.refused("POST", "/subscriptions", body(subscription_at="soon", ending_at="2020-01-01"))
    assert refused == {"subscription_at": ["invalid_date"], "ending_at": ["invalid_date"]}


def test_the_same_plan_again_asks_for_nothing_else(acme):
    first = subscribe(acme)
    assert subscribe(acme, billing_time="never", name="other")["lago_id"] == first["lago_id"]


def test_another_organizations_plan_is_not_found(acme, outsider):
    plan(outsider, "theirs")
    assert acme.call("POST", "/subscriptions", body(plan_code="theirs"), expect=404)["code"] == "plan_not_found"


def test_an_update_changes_the_name_and_the_end(acme):
    subscribe(acme)
    changed = acme.put("/subscriptions/acme", {"subscription": {"name": "Team", "ending_at": "2024-06-01T12:00:00Z"}})
    assert changed["subscription"]["name"] == "Team"
    assert changed["subscription"]["ending_at"] == "2024-06-01T12:00:00Z"


def test_it_can_be_paid_by_hand(acme):
    method = {"payment_method_type": "manual"}
    assert subscribe(acme, payment_method=method)["payment_method"] == {**method, "payment_method_id": None}


def test_it_ends_at_the_beginning_of_its_ending_date(acme):
    subscribe(acme, ending_at="2024-03-20T15:00:00Z")
    acme.at("2024-03-21T00:00:00Z")
    ended = acme.get("/subscriptions/acme", status="terminated")["subscription"]
    assert ended["terminated_at"] == "2024-03-20T00:00:00Z"


def test_deleting_a_pending_one_cancels_it(acme):
    subscribe(acme, subscription_at="2024-04-10")
    assert acme.delete("/subscriptions/acme", status="pending")["subscription"]["status"] == "canceled"


def test_an_unknown_way_to_end_is_refused(acme):
    subscribe(acme)
    refused = acme.refused("DELETE", "/subscriptions/acme", {"on_termination_invoice": "later"})
    assert refused == {"on_termination_invoice": ["invalid_value"]}
    assert acme.get("/subscriptions/acme")["subscription"]["status"] == "active"


def test_an_external_id_with_a_slash_is_found_when_encoded(acme):
    subscribe(acme, external_id="team/7")
    assert acme.get("/subscriptions/team%2F7")["subscription"]["external_id"] == "team/7"


def test_the_list_is_by_start_newest_first_and_filters(acme):
    plan(acme, "other")
    for name, start in (("a", "2024-02-01"), ("b", "2024-03-01"), ("c", "2024-01-01")):
        subscribe(acme, name, "pro" if name != "c" else "other", subscription_at=start)
    listed = [row["external_id"] for row in acme.get("/subscriptions")["subscriptions"]]
    assert listed == ["b", "a", "c"]
    assert [row["external_id"] for row in acme.get("/subscriptions", plan_code="other")["subscriptions"]] == ["c"]


def test_the_list_filters_by_billing_entity_and_by_whether_the_plan_was_overridden(acme):
    subscribe(acme)
    code = acme.get("/customers/acme")["customer"]["billing_entity_code"]
    cases = (({"billing_entity_codes[]": code}, 1), ({"overridden": "false"}, 1), ({"overriden": "true"}, 0))
    for filters, wanted in cases:
        assert acme.get("/subscriptions", **filters)["meta"]["total_count"] == wanted, filters
    unknown = acme.call("GET", "/subscriptions", expect=404, **{"billing_entity_codes[]": "unknown"})
    assert unknown["code"] == "billing_entity_not_found"


def test_a_listing_costs_the_same_for_2_and_20(acme, count_queries):
    for name in range(2):
        subscribe(acme, f"c{name}")
    with count_queries() as two:
        acme.get("/subscriptions")
    for name in range(2, 20):
        subscribe(acme, f"c{name}")
    with count_queries() as twenty:
        acme.get("/subscriptions")
    assert len(twenty) == len(two)


@pytest.mark.parametrize("name", ["external_customer_id", "external_id"])
def test_ids_longer_than_an_index_holds_are_refused(acme, name):
    body = {"external_customer_id": "acme", "external_id": "s", "plan_code": "pro", name: "x" * 256}
    assert acme.refused("POST", "/subscriptions", {"subscription": body}) == {name: ["value_is_too_long"]}
