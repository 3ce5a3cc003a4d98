"""Failed messages are sent again, a few times, and by hand (06 §4.5)."""

from datetime import timedelta

import pytest

from lago.core.db import db, transaction
from lago.core.errors import NotAllowed
from lago.webhooks import deliver as module
from lago.webhooks.deliver import deliver
from lago.webhooks.record_attempt import wait_before_retry
from lago.webhooks.resend import resend
from tests.builders.catalog import a_metric
from tests.builders.webhooks import attempts, deliveries, endpoint_at, let_retries_come, waits, work


@pytest.fixture
def failing(owner, hook):
    """An organization whose only message has failed once."""
    owner.endpoint = endpoint_at(owner, hook.url)
    a_metric(owner)
    hook.answer(500, b"first")
    work()
    return owner


def _only(account):
    [delivery] = deliveries(account)
    return delivery


@pytest.mark.parametrize("number, least, most", [(1, 3, 3.15), (2, 18, 20.4), (3, 83, 95.15)])
def test_the_wait_grows_with_the_fourth_power(number, least, most):
    waited = [wait_before_retry(number).total_seconds() for _ in range(200)]
    assert least <= min(waited) <= max(waited) <= most


def test_a_retry_waits_and_then_sends_the_same_bytes_under_the_same_key(failing, hook):
    [wait] = waits()
    assert timedelta(seconds=2) < wait < timedelta(seconds=3.2)
    failing.put("/billable_metrics/calls", {"billable_metric": {"name": "changed"}})
    hook.requests[:], first = [], hook.requests[0]
    let_retries_come()
    again = [request for request in hook.requests if request.json["webhook_type"] == "billable_metric.created"]
    assert [request.body for request in again] == [first.body]
    assert again[0].headers["X-Lago-Unique-Key"] == first.headers["X-Lago-Unique-Key"]


def test_a_success_after_a_failure_is_a_success(failing, hook):
    let_retries_come()
    delivery = _only(failing)
    assert (delivery.status, delivery.http_status, delivery.retries) == ("succeeded", 200, 1)
    assert delivery.last_retried_at is not None
    assert [(attempt.number, attempt.http_status) for attempt in attempts(delivery.id)] == [(1, 500), (2, 200)]
    assert waits() == []


def test_after_the_third_attempt_it_has_failed(failing, hook):
    hook.answer(404)
    hook.answer(503, b"last")
    let_retries_come()
    let_retries_come()
    delivery = _only(failing)
    assert (delivery.status, delivery.http_status, delivery.response, delivery.retries) == ("failed", 503, "last", 2)
    assert waits() == []
    assert len(hook.requests) == 3


def test_a_retry_goes_to_where_the_endpoint_is_now_signed_as_it_now_wants(failing, hook):
    changes = {"webhook_url": f"{hook.url}/new", "signature_algo": "hmac"}
    failing.put(f"/webhook_endpoints/{failing.endpoint['lago_id']}", {"webhook_endpoint": changes})
    let_retries_come()
    assert [request.path for request in hook.requests] == ["/hook", "/hook/new"]
    assert hook.requests[1].headers["X-Lago-Signature-Algorithm"] == "hmac"


def test_a_failed_message_is_sent_once_more_by_hand(failing, hook):
    for _ in range(2):
        hook.answer(500)
        let_retries_come()
    hook.answer(500)
    with transaction():
        resend(_only(failing))
    work()
    assert (_only(failing).status, len(hook.requests), waits()) == ("failed", 4, [])
    with transaction():
        resend(_only(failing))
    work()
    assert (_only(failing).status, _only(failing).retries) == ("succeeded", 4)


def test_by_hand_and_by_time_it_is_one_attempt(failing, hook):
    with transaction():
        resend(_only(failing))
    let_retries_come()
    assert len(hook.requests) == 2
    assert [attempt.number for attempt in attempts(_only(failing).id)] == [1, 2]


def test_what_has_arrived_is_not_sent_again(failing):
    let_retries_come()
    with pytest.raises(NotAllowed) as refused, transaction():
        resend(_only(failing))
    assert refused.value.code == "is_succeeded"


def test_a_worker_killed_before_it_recorded_sends_the_same_again(owner, hook, monkeypatch):
    endpoint_at(owner, hook.url)
    a_metric(owner)
    work()
    delivery = _only(owner)
    with transaction():
        db.session.delete(attempts(delivery.id)[0])
        delivery.status, delivery.http_status = "pending", None

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "record_attempt", killed)
        deliver(delivery.id, 1)
    assert _only(owner).status == "pending"
    deliver(delivery.id, 1)
    assert _only(owner).status == "succeeded"
    assert len({request.headers["X-Lago-Unique-Key"] for request in hook.requests}) == 1
    assert [attempt.number for attempt in attempts(delivery.id)] == [1]


def test_a_worker_killed_after_it_recorded_sends_nothing_again(failing, hook):
    deliver(_only(failing).id, 1)
    assert len(hook.requests) == 1
    assert len(waits()) == 1
