"""Events whose metric computes a property from the others (01 §1.5, §2.5)."""

import pytest

from tests.builders.catalog import a_metric, a_sum_metric
from tests.builders.events import batch_body, event_body

B_IS_MISSING = "expression_evaluation_failed: Variable: b not found"


@pytest.fixture
def adding(owner):
    """The owner, with a metric `storage` whose `gb` is a + b."""
    a_sum_metric(owner, expression="event.properties.a + event.properties.b")
    return owner


def sent(account, **properties):
    """The properties of an event of `storage`, as they are answered."""
    return account.post("/events", event_body(code="storage", properties=properties))["event"]["properties"]


def test_a_number_is_stored_as_its_text(adding):
    assert sent(adding, a="1", b=2) == {"a": "1", "b": 2, "gb": "3.0"}


def test_what_was_sent_under_the_name_is_overwritten(adding):
    assert sent(adding, a=1, b=2, gb=100) == {"a": 1, "b": 2, "gb": "3.0"}


def test_it_is_read_back_as_it_was_computed_then(adding):
    adding.post("/events", event_body(transaction_id="t1", code="storage", properties={"a": 1, "b": 2}))
    adding.put("/billable_metrics/storage", {"billable_metric": {"expression": "1"}})
    assert adding.get("/events/t1")["event"]["properties"] == {"a": 1, "b": 2, "gb": "3.0"}
    assert sent(adding) == {"gb": "1.0"}


def test_the_event_itself_may_take_part(owner):
    a_metric(
        owner, "visits", aggregation_type="unique_count_agg", field_name="key",
        expression="concat(event.properties.zip, '-', event.code, '-', event.timestamp)",
    )
    body = event_body(code="visits", timestamp="1743500000.999", properties={"zip": "00120"})
    assert owner.post("/events", body)["event"]["properties"]["key"] == "120-visits-1743500000"


@pytest.mark.parametrize("timestamp, seconds", [(-0.5, "-1.0"), ("9999-12-31T23:59:59.999999Z", "253402300799.0")])
def test_the_seconds_of_the_timestamp_are_floored(owner, timestamp, seconds):
    a_sum_metric(owner, expression="event.timestamp")
    event = owner.post("/events", event_body(code="storage", timestamp=timestamp))["event"]
    assert event["properties"] == {"gb": seconds}


def test_a_count_has_no_property_to_write_to(owner):
    a_metric(owner, expression="event.properties.a + 1")
    assert owner.post("/events", event_body(properties={"a": 1}))["event"]["properties"] == {"a": 1}
    assert owner.refused("POST", "/events", event_body()) == "expression_evaluation_failed: Variable: a not found"


@pytest.mark.parametrize("properties, details", [
    ({"a": 1}, B_IS_MISSING),
    (None, "expression_evaluation_failed: Variable: a not found"),
    ({"a": 1, "b": "x"}, "expression_evaluation_failed: Expected a decimal"),
    ({"a": 1, "b": None}, "expression_evaluation_failed: Expected a decimal"),
])
def test_without_a_result_the_event_is_refused(adding, properties, details):
    body = event_body(transaction_id="t1", code="storage", properties=properties)
    assert adding.refused("POST", "/events", body) == details
    assert adding.get("/events")["events"] == []


def test_a_division_by_zero_is_no_result(owner):
    a_sum_metric(owner, expression="1 / event.properties.a")
    body = event_body(code="storage", properties={"a": "0.0"})
    assert owner.refused("POST", "/events", body) == "expression_evaluation_failed: Division by zero"


@pytest.mark.parametrize("fields, details", [
    ({"timestamp": "abc"}, {"timestamp": ["invalid_format"]}),
    ({"transaction_id": ""}, B_IS_MISSING),
    ({"precise_total_amount_cents": "x"}, B_IS_MISSING),
])
def test_of_one_event_the_expression_comes_after_the_timestamp_and_before_the_fields(adding, fields, details):
    body = event_body(**{"code": "storage", "properties": {"a": 1}, **fields})
    assert adding.refused("POST", "/events", body) == details


def test_in_a_batch_errors_of_fields_hide_those_of_expressions(adding):
    failing = {"code": "storage", "properties": {"a": 1}}
    batch = batch_body(
        {}, failing, {**failing, "transaction_id": ""}, {**failing, "timestamp": "abc"},
        {**failing, "properties": {"a": 1, "b": 1}},
    )
    assert adding.refused("POST", "/events/batch", batch) == {
        "1": B_IS_MISSING, "2": {"transaction_id": ["value_is_mandatory"]}, "3": {"timestamp": ["invalid_format"]},
    }
    assert adding.get("/events")["events"] == []


def test_in_a_batch_each_event_has_its_own_result(adding):
    three = ({"code": "storage", "properties": {"a": n, "b": 1}} for n in range(3))
    batch = batch_body(*three, {"properties": {"a": 1}})
    events = adding.post("/events/batch", batch)["events"]
    assert [event["properties"].get("gb") for event in events] == ["1.0", "2.0", "3.0", None]


def test_only_the_expression_of_a_living_metric_of_the_organization_counts(adding, outsider):
    assert sent(outsider, gb=7) == {"gb": 7}
    adding.delete("/billable_metrics/storage")
    assert sent(adding, gb=7) == {"gb": 7}


def test_a_hundred_events_with_expressions_take_one_query_more(adding, count_queries):
    events = [{"code": "storage", "properties": {"a": n, "b": 1}} for n in range(100)]
    with count_queries() as statements:
        adding.post("/events/batch", batch_body(*events))
    assert len(statements) == 3, statements
