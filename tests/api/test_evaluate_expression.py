"""An expression tried on an event that is not stored (01 §2.5)."""

import pytest

PATH = "/billable_metrics/evaluate_expression"


def evaluated(account, expression, **event):
    return account.post(PATH, {"expression": expression, "event": event})["expression_result"]["value"]


def test_the_result_is_a_text(owner):
    properties = {"cpu": "4", "mem": 1.1}
    expression = "round((event.properties.cpu * 2.5 + event.properties.mem) / 3, 2)"
    assert evaluated(owner, expression, code="visits", properties=properties) == "3.7"
    assert evaluated(owner, "event.properties.a + 1", code="visits", properties={"a": 1}) == "2.0"
    assert evaluated(owner, "concat(event.properties.zip, '-', event.code)", code="visits",
                     properties={"zip": "00120"}) == "120-visits"
    assert owner.get("/events")["events"] == []


def test_a_property_that_is_no_number_is_its_text(owner):
    expression = "concat(event.properties.a, event.properties.b)"
    assert evaluated(owner, expression, properties={"a": True, "b": None}) == "true"


@pytest.mark.parametrize("timestamp, seconds", [
    (1743500000, "1743500000.0"), (1743500000.9, "1743500000.0"), (-0.5, "-1.0"),
    ("1743500000.9", "1743500000.0"), ("12abc", "12.0"), ("-3", "-3.0"), ("abc", "0.0"), ("", "0.0"),
])
def test_the_timestamp_is_a_number_of_seconds(owner, timestamp, seconds):
    assert evaluated(owner, "event.timestamp", timestamp=timestamp) == seconds


@pytest.mark.parametrize("event", [{"event": {}}, {"event": {"timestamp": None}}, {}, {"event": "x"}])
def test_without_a_timestamp_it_happens_now(sandbox, event):
    sandbox.at("2025-04-01T09:33:20Z")
    answer = sandbox.post(PATH, {"expression": "event.timestamp", **event})
    assert answer == {"expression_result": {"value": "1743500000.0"}}


@pytest.mark.parametrize("body, details", [
    ({}, {"expression": ["value_is_mandatory"]}),
    ({"expression": None, "event": {}}, {"expression": ["value_is_mandatory"]}),
    ({"expression": "  "}, {"expression": ["value_is_mandatory"]}),
    ({"expression": ["1"]}, {"expression": ["value_is_mandatory"]}),
    ({"expression": "1 +"}, {"expression": ["invalid_expression"]}),
    ({"expression": "event.properties.a.b", "event": {}}, {"expression": ["invalid_expression"]}),
    ({"expression": "event.properties.a", "event": {"properties": {}}}, {"event": ["invalid_event"]}),
    ({"expression": "event.properties.a", "event": {"properties": [1]}}, {"event": ["invalid_event"]}),
    ({"expression": "event.properties.a", "event": [1]}, {"event": ["invalid_event"]}),
    ({"expression": "event.code + 1", "event": {"code": "x"}}, {"event": ["invalid_event"]}),
    ({"expression": "1 / 0", "event": {}}, {"event": ["invalid_event"]}),
    ({"expression": "event.timestamp", "event": {"timestamp": True}}, {"event": ["invalid_event"]}),
    ({"expression": "event.timestamp", "event": {"timestamp": "9" * 5000}}, {"event": ["invalid_event"]}),
    ({"expression": "event.code", "event": {"code": "a\0"}}, {"code": ["value_is_invalid"]}),
])
def test_what_cannot_be_evaluated_is_refused(owner, body, details):
    assert owner.refused("POST", PATH, body) == details
