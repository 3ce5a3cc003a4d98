"""An event is sent from the browser (01 §1.1)."""

from tests.builders.catalog import a_metric
from tests.builders.stories import plan, subscribe


def test_it_is_stored_like_any_other_and_its_page_opened(ada, owner):
    a_metric(owner, "calls")
    plan(owner)
    subscribe(owner, "acme")
    (subscription,) = owner.get("/subscriptions")["subscriptions"]
    typed = {"external_subscription_id": subscription["external_id"], "code": "calls", "properties": '{"n": 3}'}
    assert "calls" in ada.get("/events/new?code=calls", htmx=True).text
    page = ada.post("/events/new", **typed, transaction_id="t1", timestamp="2024-01-02T03:04:05")
    event = owner.get("/events/t1")["event"]
    assert (event["properties"], event["timestamp"]) == ({"n": 3}, "2024-01-02T03:04:05.000Z")
    assert "t1" in ada.get(page.location).text
    ada.post("/events/new", **typed)
    assert owner.get("/events")["meta"]["total_count"] == 2
    again = ada.post("/events/new", expect=422, **typed, transaction_id="t1").text
    assert "Another one has this already." in again and "&#34;n&#34;: 3" in again


def test_what_is_no_event_is_refused_with_what_was_typed(ada, owner):
    wrong = {"code": "", "properties": "[kept", "timestamp": "soon"}
    assert "This is needed." in ada.post("/events/new", expect=422, **wrong).text
    page = ada.post("/events/new", expect=422, external_subscription_id="s", **wrong).text
    assert "This is no JSON." in page and "[kept" in page
    page = ada.post("/events/new", expect=422, external_subscription_id="s", **wrong | {"properties": ""}).text
    assert "This is no time." in page and 'value="soon"' in page
    assert owner.get("/events")["meta"]["total_count"] == 0
