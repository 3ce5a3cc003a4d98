"""Sending, and what is kept of it (06 §4.5)."""

import pytest

from tests.builders.catalog import a_metric
from tests.builders.webhooks import attempts, deliveries, endpoint_at, work


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_these_answers_are_a_success(owner, hook, status):
    endpoint_at(owner, hook.url)
    a_metric(owner)
    hook.answer(status)
    work()
    [delivery] = deliveries(owner)
    assert (delivery.status, delivery.http_status, delivery.retries) == ("succeeded", status, 0)


@pytest.mark.parametrize("status", [203, 301, 302, 400, 404, 500])
def test_any_other_answer_is_a_failure(owner, hook, status):
    endpoint_at(owner, hook.url)
    a_metric(owner)
    hook.answer(status, b"no", Location=hook.url)
    work()
    [delivery] = deliveries(owner)
    assert (delivery.status, delivery.http_status, delivery.response) == ("retrying", status, "no")
    assert len(hook.requests) == 1


def test_a_receiver_that_is_not_there_is_a_failure_with_its_reason(owner):
    endpoint_at(owner, "http://127.0.0.1:9/closed")
    a_metric(owner)
    work()
    [delivery] = deliveries(owner)
    assert (delivery.status, delivery.http_status) == ("retrying", None)
    assert delivery.response.startswith("ConnectError")
    [attempt] = attempts(delivery.id)
    assert (attempt.number, attempt.http_status, attempt.error) == (1, None, delivery.response)


@pytest.mark.parametrize("url", [
    "http://host.invalid/", "http://127.0.0.1:1/é?x=ü", "https://-.example/", "http://a..b/", "http://" + "a" * 70,
])
def test_an_address_that_nobody_can_call_is_a_failure_and_no_error(owner, url):
    endpoint_at(owner, url)
    a_metric(owner)
    work()
    assert [delivery.status for delivery in deliveries(owner)] == ["retrying"]


def test_only_the_beginning_of_a_long_answer_is_kept(owner, hook):
    endpoint_at(owner, hook.url)
    a_metric(owner)
    hook.answer(200, b"x" * 5_000_000)
    work()
    assert deliveries(owner)[0].response == "x" * 10_000


def test_an_answer_may_be_any_bytes(owner, hook):
    endpoint_at(owner, hook.url)
    a_metric(owner)
    hook.answer(200, b"\0a\xff\xfe", **{"Content-Type": "text/html; charset=no-such"})
    work()
    assert deliveries(owner)[0].status == "succeeded"
    assert "\0" not in deliveries(owner)[0].response


def test_an_answer_that_is_no_http_is_a_failure(owner, hook):
    endpoint_at(owner, hook.url.replace("http:", "https:"))
    a_metric(owner)
    work()
    assert deliveries(owner)[0].status == "retrying"


def test_a_receiver_gets_no_cookie_back(owner, hook):
    endpoint_at(owner, hook.url)
    hook.answer(200, **{"Set-Cookie": "who=you; Path=/"})
    for code in ("one", "two"):
        a_metric(owner, code)
        work()
    assert [request.headers.get("Cookie") for request in hook.requests] == [None, None]
