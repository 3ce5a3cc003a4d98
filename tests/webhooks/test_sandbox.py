"""A sandbox clock attempts its webhooks once and lets no receiver hold it up (00 §3)."""

import time
from datetime import timedelta

from lago.webhooks import deliver
from tests.builders.catalog import a_metric
from tests.builders.webhooks import deliveries, endpoint_at, waits


def test_an_advance_sends_what_has_happened(sandbox, hook):
    sandbox.at("2024-01-01T00:00:00Z")
    endpoint_at(sandbox, hook.url)
    made = a_metric(sandbox)
    sandbox.at("2024-01-02T00:00:00Z")
    assert hook.types == ["billable_metric.created"]
    assert hook.requests[0].json["billable_metric"]["created_at"] == made["created_at"] == "2024-01-01T00:00:00Z"


def test_a_failing_receiver_is_tried_once_and_the_advance_succeeds(sandbox, hook):
    endpoint_at(sandbox, hook.url)
    a_metric(sandbox)
    for _ in range(5):
        hook.answer(500)
    sandbox.at("2024-01-01T00:00:00Z")
    sandbox.at("2025-01-01T00:00:00Z")
    assert len(hook.requests) == 1
    assert [delivery.status for delivery in deliveries(sandbox)] == ["retrying"]


def test_a_retry_waits_in_real_time_even_if_its_time_comes_during_the_advance(sandbox, hook, monkeypatch):
    endpoint_at(sandbox, hook.url)
    a_metric(sandbox)
    hook.answer(500)
    monkeypatch.setattr("lago.webhooks.record_attempt.wait_before_retry", lambda number: timedelta(milliseconds=1))
    sandbox.at("2024-01-01T00:00:00Z")
    time.sleep(0.01)
    sandbox.at("2024-01-01T00:00:00Z")
    assert len(hook.requests) == 1
    assert len(waits()) == 1


def test_a_receiver_that_never_answers_ends_no_advance(sandbox, hook, monkeypatch):
    monkeypatch.setattr(deliver, "SANDBOX_PATIENCE_S", 0.2)
    endpoint_at(sandbox, hook.url)
    a_metric(sandbox)
    hook.stay_silent()
    started = time.monotonic()
    sandbox.at("2024-01-01T00:00:00Z")
    assert time.monotonic() - started < 3
    assert deliveries(sandbox)[0].response.startswith("ReadTimeout")


def test_after_a_minute_workers_send_the_rest(sandbox, hook, monkeypatch):
    monkeypatch.setattr("lago.organizations.clock._WAIT_S", 0.0)
    endpoint_at(sandbox, hook.url)
    a_metric(sandbox)
    sandbox.at("2024-01-01T00:00:00Z")
    assert (hook.requests, [delivery.status for delivery in deliveries(sandbox)]) == ([], ["pending"])
