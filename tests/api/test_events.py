"""Taking in events: what is accepted, what is refused and how (01 §1)."""

from urllib.parse import quote

import pytest

from lago.core.db import transaction
from tests.builders.events import batch_body, event_body, sent_event
from tests.builders.usage import a_metric, a_subscription, subscribed


def test_an_event_is_answered_as_it_is_stored(owner, frozen):
    body = event_body(
        transaction_id="t1", timestamp="1743500000.123", precise_total_amount_cents="12.50", properties={"gb": 10}
    )
    event = owner.post("/events", body)["event"]
    assert len(event.pop("lago_id")) == 36
    assert event.pop("created_at").endswith("Z")
    assert event == {
        "transaction_id": "t1", "code": "calls", "timestamp": "2025-04-01T09:33:20.123Z",
        "precise_total_amount_cents": "12.5", "properties": {"gb": 10}, "external_subscription_id": "acme",
        "lago_subscription_id": None, "lago_customer_id": None,
    }


@pytest.mark.parametrize("given, shown", [
    (1743500000, "2025-04-01T09:33:20.000Z"),
    (1743500000.5, "2025-04-01T09:33:20.500Z"),
    ("1.7435e9", "2025-04-01T09:33:20.000Z"),
    ("1780000000.1", "2026-05-28T20:26:40.100Z"),
    ("1743500000.99999999999999999999999999999999999", "2025-04-01T09:33:20.999Z"),
    ("2025-04-01T11:33:20.1239+02:00", "2025-04-01T09:33:20.123Z"),
    ("2025-04-01T09:33:20Z", "2025-04-01T09:33:20.000Z"),
    (0, "1970-01-01T00:00:00.000Z"),
    (-1.5, "1969-12-31T23:59:58.500Z"),
    (253402300799, "9999-12-31T23:59:59.000Z"),
    (-62135596800, "0001-01-01T00:00:00.000Z"),
])
def test_a_timestamp_is_an_exact_number_of_seconds_or_iso_with_a_zone(owner, given, shown):
    event = owner.post("/events", event_body(transaction_id="t1", timestamp=given))["event"]
    assert event["timestamp"] == shown


@pytest.mark.parametrize("given", [
    "2024-03-05 10:00:00 UTC", "2024-03-05T10:00:00", "2024-03-05", "", "abc", True, False, [], {}, "NaN", "Infinity",
    1743500000123, "1743500000123", 253402300800, "9" * 60, "1e999999999", "-1e15", -62135596801,
    "0001-01-01T00:00:00+14:00", "99999-01-01T00:00:00Z",
])
def test_any_other_timestamp_is_refused(owner, given):
    assert owner.refused("POST", "/events", event_body(timestamp=given)) == {"timestamp": ["invalid_format"]}


def test_without_a_timestamp_an_event_happened_when_it_was_received(sandbox):
    sandbox.at("2024-03-05T10:00:00Z")
    for event in (event_body(), event_body(timestamp=None)):
        assert sandbox.post("/events", event)["event"]["timestamp"] == "2024-03-05T10:00:00.000Z"
    answer = sandbox.post("/events/batch", batch_body({}, {}))
    assert {event["timestamp"] for event in answer["events"]} == {"2024-03-05T10:00:00.000Z"}


@pytest.mark.parametrize("fields, errors", [
    ({"transaction_id": None}, {"transaction_id": ["value_is_mandatory"]}),
    ({"transaction_id": "  "}, {"transaction_id": ["value_is_mandatory"]}),
    ({"transaction_id": {"a": 1}}, {"transaction_id": ["value_is_mandatory"]}),
    ({"code": "", "transaction_id": []}, {"transaction_id": ["value_is_mandatory"], "code": ["value_is_mandatory"]}),
    ({"code": None, "timestamp": "abc"}, {"timestamp": ["invalid_format"]}),
    ({"precise_total_amount_cents": "12ab"}, {"precise_total_amount_cents": ["value_is_invalid"]}),
    ({"precise_total_amount_cents": True}, {"precise_total_amount_cents": ["value_is_invalid"]}),
    ({"precise_total_amount_cents": "9" * 60}, {"precise_total_amount_cents": ["value_is_out_of_range"]}),
    ({"transaction_id": "x" * 1021}, {"transaction_id": ["value_is_too_long"]}),
    ({"transaction_id": "a\0b"}, {"transaction_id": ["value_is_invalid"]}),
    ({"properties": {"a": [{"b": "\0"}]}}, {"b": ["value_is_invalid"]}),
])
def test_what_an_event_must_have(owner, fields, errors):
    assert owner.refused("POST", "/events", event_body(**fields)) == errors


@pytest.mark.parametrize("fields, stored", [
    ({"code": "no such metric"}, {"code": "no such metric"}),
    ({"external_subscription_id": None}, {"external_subscription_id": None}),
    ({"external_subscription_id": ["acme"]}, {"external_subscription_id": None}),
    ({"transaction_id": 17}, {"transaction_id": "17"}),
    ({"properties": None}, {"properties": {}}),
    ({"properties": "text"}, {"properties": {}}),
    ({"properties": [1]}, {"properties": {}}),
    ({"properties": {"n": "9" * 60, "deep": {"x": [1, None, True]}}},
     {"properties": {"n": "9" * 60, "deep": {"x": [1, None, True]}}}),
    ({"precise_total_amount_cents": 0.1}, {"precise_total_amount_cents": "0.1"}),
    ({"precise_total_amount_cents": "1.0000000000000005"}, {"precise_total_amount_cents": "1.000000000000001"}),
    ({"precise_total_amount_cents": "-7"}, {"precise_total_amount_cents": "-7.0"}),
    ({"external_customer_id": "x", "unknown": 1}, {}),
])
def test_almost_nothing_about_an_event_is_checked(owner, fields, stored):
    event = owner.post("/events", event_body(**fields))["event"]
    assert {name: event[name] for name in stored} == stored


def nested(depth, innermost=None):
    return {"a": nested(depth - 1, innermost)} if depth else innermost or {}


def test_properties_nested_beyond_measure_are_refused(owner):
    body = event_body(properties=nested(300))
    assert owner.refused("POST", "/events", body) == {"properties": ["value_is_invalid"]}
    owner.post("/events", event_body(properties=nested(200)))


def test_a_nul_character_is_found_at_any_depth(owner):
    body = event_body(properties=nested(900, {"b": "\0"}))
    assert owner.refused("POST", "/events", body) == {"b": ["value_is_invalid"]}


def test_a_repeated_transaction_is_refused_with_whatever_content(owner):
    owner.post("/events", event_body(transaction_id="t1"))
    again = event_body(transaction_id="t1", code="other", timestamp=1)
    assert owner.refused("POST", "/events", again) == {"transaction_id": ["value_already_exist"]}


def test_a_transaction_is_of_one_subscription_and_one_organization(owner, outsider):
    for caller, subscription in ((owner, "acme"), (owner, "other"), (owner, None), (owner, None), (outsider, "acme")):
        caller.post("/events", event_body(transaction_id="t1", external_subscription_id=subscription))


@pytest.mark.parametrize("body", [{}, {"event": None}, {"event": {}}, {"event": "x"}, {"event": [1]}])
def test_without_an_event_the_request_is_bad(owner, body):
    answer = owner.call("POST", "/events", body, expect=400)
    assert answer["error"].endswith("param is missing or the value is empty or invalid: event")


def test_a_batch_is_answered_in_its_order(owner):
    answer = owner.post("/events/batch", batch_body(*({"transaction_id": f"t{n}"} for n in (3, 1, 2))))
    assert [event["transaction_id"] for event in answer["events"]] == ["t3", "t1", "t2"]
    assert answer.keys() == {"events"}


@pytest.mark.parametrize("body", [{}, {"events": None}, {"events": []}, {"events": {}}, {"events": "x"}])
def test_a_batch_has_events(owner, body):
    assert owner.refused("POST", "/events/batch", body) == {"events": ["no_events"]}


def test_a_batch_has_at_most_a_hundred_events(owner):
    assert owner.refused("POST", "/events/batch", batch_body(*[{}] * 101)) == {"events": ["too_many_events"]}
    assert len(owner.post("/events/batch", batch_body(*[{}] * 100))["events"]) == 100


def test_a_batch_with_errors_stores_nothing_and_names_their_places(owner):
    body = batch_body({}, {"timestamp": "abc", "code": ""}, {"code": ""}, {"precise_total_amount_cents": "x"})
    body["events"].append(7)
    assert owner.refused("POST", "/events/batch", body) == {
        "1": {"timestamp": ["invalid_format"]},
        "2": {"code": ["value_is_mandatory"]},
        "3": {"precise_total_amount_cents": ["value_is_invalid"]},
        "4": {"transaction_id": ["value_is_mandatory"], "code": ["value_is_mandatory"]},
    }
    owner.post("/events", event_body(transaction_id="t0"))


def test_in_a_batch_the_first_of_a_transaction_is_the_good_one(owner):
    owner.post("/events", event_body(transaction_id="old"))
    batch = batch_body(
        {"transaction_id": "new"}, {"transaction_id": "new", "external_subscription_id": "other"},
        {"transaction_id": "old"}, {"transaction_id": "old"}, {},
    )
    repeated = {"transaction_id": ["value_already_exist"]}
    assert owner.refused("POST", "/events/batch", batch) == {"1": repeated, "2": repeated, "3": repeated}
    owner.post("/events", event_body(transaction_id="new"))


def test_events_without_a_subscription_repeat_inside_a_batch_only(owner):
    anonymous = {"transaction_id": "t", "external_subscription_id": None}
    for _ in range(2):
        owner.post("/events/batch", batch_body(anonymous))
    errors = owner.refused("POST", "/events/batch", batch_body(anonymous, anonymous))
    assert errors == {"1": {"transaction_id": ["value_already_exist"]}}


@pytest.mark.parametrize("path, body", [
    ("/events", {"event": sent_event()}), ("/events/batch", {"events": [sent_event() for _ in range(20)]}),
])
def test_taking_in_events_takes_three_statements(owner, count_queries, path, body):
    with count_queries() as statements:
        owner.post(path, body)
    assert len(statements) == 3, statements  # who asks, whether something is computed, and the insert


def stored(owner, *events):
    """Sends events with transaction ids t0, t1…"""
    owner.post("/events/batch", batch_body(*events))


@pytest.mark.parametrize("transaction_id", ["t1", "a/b", "a%2Fb", "50% off?", "ünï#", "a b+c", "..", "x" * 1020])
def test_an_event_is_read_back_by_its_transaction(owner, transaction_id):
    sent = {"transaction_id": transaction_id, "precise_total_amount_cents": "0.10", "properties": {"x": [1.5, None]}}
    event = owner.post("/events", event_body(**sent))["event"]
    assert owner.get(f"/events/{quote(transaction_id, safe='')}")["event"] == event


def test_numbers_beyond_64_bits_are_read_back(owner):
    event = owner.post("/events", event_body(transaction_id="t", properties={"n": 1e29, "m": -1e300}))["event"]
    assert owner.get("/events/t")["event"]["properties"] == event["properties"] == {"n": 1e29, "m": -1e300}


def test_an_unknown_event_is_not_found(owner, outsider):
    outsider.post("/events", event_body(transaction_id="t1"))
    assert owner.call("GET", "/events/t1", expect=404)["code"] == "event_not_found"


def listed(account, **query):
    return [event["transaction_id"] for event in account.get("/events", **query)["events"]]


def test_events_are_listed_latest_first_and_then_by_transaction(owner, outsider):
    stored(outsider, {})
    stored(
        owner, {"transaction_id": "b", "timestamp": 5}, {"transaction_id": "a", "timestamp": 5},
        {"transaction_id": "new", "timestamp": 9}, {"transaction_id": "old", "timestamp": 1},
    )
    assert listed(owner) == ["new", "a", "b", "old"]


@pytest.mark.parametrize("query, expected", [
    ({"code": "calls"}, ["t2", "t0"]),
    ({"external_subscription_id": "other"}, ["t1"]),
    ({"code": "storage", "external_subscription_id": "acme"}, []),
    ({"timestamp_from": "2024-03-05T00:00:00Z"}, ["t2", "t1"]),
    ({"timestamp_from": "2024-03-05"}, ["t2", "t1"]),
    ({"timestamp_to": "2024-03-05T01:00:00+01:00"}, ["t1", "t0"]),
    ({"timestamp_from": "2024-03-04", "timestamp_to": "2024-03-05"}, ["t1", "t0"]),
    ({"timestamp_from": "", "timestamp_from_started_at": "false"}, ["t2", "t1", "t0"]),
])
def test_events_are_filtered(owner, query, expected):
    stored(
        owner, {"timestamp": "2024-03-04T00:00:00Z"},
        {"timestamp": "2024-03-05T00:00:00Z", "code": "storage", "external_subscription_id": "other"},
        {"timestamp": "2024-03-06T00:00:00Z"},
    )
    assert listed(owner, **query) == expected


def test_a_list_of_events_has_pages(owner):
    stored(owner, *({"timestamp": n} for n in range(3)))
    answer = owner.get("/events", page=2, per_page=2)
    assert [event["transaction_id"] for event in answer["events"]] == ["t0"]
    assert answer["meta"] == {
        "current_page": 2, "next_page": None, "prev_page": 1, "total_pages": 2, "total_count": 3
    }


def test_events_since_the_start_of_the_subscription(owner):
    subscribed(owner, a_metric(owner), start="2024-03-05T00:00")
    stored(owner, {"timestamp": "2024-03-04T23:59:59Z"}, {"timestamp": "2024-03-05T00:00:00Z"})
    since = {"timestamp_from_started_at": "true"}
    assert listed(owner, external_subscription_id="acme", **since) == ["t1"]
    stored(owner, {"transaction_id": "u", "external_subscription_id": "unknown", "timestamp": 0})
    assert listed(owner, external_subscription_id="unknown", **since) == ["u"]


def test_a_subscription_that_is_yet_to_start_bounds_nothing(owner):
    running = subscribed(owner, a_metric(owner), start="2024-03-05T00:00")
    stored(owner, {"timestamp": "2024-03-04T23:59:59Z"}, {"timestamp": "2024-03-05T00:00:00Z"})
    with transaction():
        a_subscription(running.customer, running.plan, status="pending").started_at = None
    since = {"external_subscription_id": "acme", "timestamp_from_started_at": "true"}
    assert listed(owner, **since) == ["t1"]


def test_enriched_events_are_not_available(owner):
    assert owner.call("GET", "/events_enriched", expect=403)["code"] == "endpoint_not_available"


@pytest.mark.parametrize("query, errors", [
    ({"timestamp_from": "abc"}, {"timestamp_from": ["invalid_date"]}),
    ({"timestamp_to": "2024-13-01"}, {"timestamp_to": ["invalid_date"]}),
    ({"timestamp_from": "99999-01-01"}, {"timestamp_from": ["invalid_date"]}),
    ({"timestamp_from": "x", "timestamp_to": "y"},
     {"timestamp_from": ["invalid_date"], "timestamp_to": ["invalid_date"]}),
    ({"timestamp_from_started_at": "true"}, {"external_subscription_id": ["required with timestamp_from_started_at"]}),
    ({"timestamp_from_started_at": "true", "timestamp_from": "2024-01-01"}, {
        "timestamp_from": ["cannot be used with timestamp_from_started_at"],
        "external_subscription_id": ["required with timestamp_from_started_at"],
    }),
])
def test_a_filter_that_cannot_be_read_is_refused(owner, query, errors):
    assert owner.call("GET", "/events", expect=422, **query)["error_details"] == errors


@pytest.mark.parametrize("rows", [2, 20])
def test_a_list_takes_the_same_queries_whatever_its_length(owner, count_queries, rows):
    stored(owner, *[{}] * rows)
    with count_queries() as statements:
        assert len(listed(owner)) == rows
    assert len(statements) == 3  # who asks, how many, the page
