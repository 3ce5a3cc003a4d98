"""Messages are kept for 90 days after the last time anything happened to them (06 §4.5)."""

from datetime import timedelta

import pytest

from lago.core import clock
from lago.core.db import transaction
from lago.scheduler import forget_old_webhooks
from tests.builders.catalog import a_metric
from tests.builders.webhooks import deliveries, endpoint_at, work


@pytest.mark.parametrize("age, left", [(timedelta(days=90, minutes=1), 0), (timedelta(days=89, hours=23), 1)])
def test_a_message_goes_ninety_days_after_its_last_attempt(owner, hook, age, left):
    endpoint_at(owner, hook.url)
    a_metric(owner)
    work()
    with transaction():
        deliveries(owner)[0].touched_at = clock.real_now() - age
    forget_old_webhooks()
    work()
    assert len(deliveries(owner)) == left


def test_a_sandbox_in_the_past_keeps_its_messages(sandbox, hook):
    sandbox.at("2020-01-01T00:00:00Z")
    endpoint_at(sandbox, hook.url)
    a_metric(sandbox)
    sandbox.at("2020-02-01T00:00:00Z")
    forget_old_webhooks()
    work()
    assert len(deliveries(sandbox)) == 1
