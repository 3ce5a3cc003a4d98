"""What happened becomes one message for each endpoint that wants to know (06 §4.2)."""

import uuid

import pytest

from lago.audit.note_activity import Occasion
from lago.core import clock
from lago.core.db import transaction
from lago.core.outbox import enqueue
from lago.webhooks.dispatch import Announcement, dispatch
from lago.webhooks.event_types import EVENT_TYPES, unknown
from lago.webhooks.models import WebhookDelivery
from tests.builders.catalog import a_metric
from tests.builders.webhooks import deliveries, endpoint_at, work


def _happen(record_id, cause_id, webhook_type="billable_metric.created"):
    with transaction():
        dispatch([Announcement(webhook_type, uuid.UUID(record_id), Occasion(cause_id, clock.now(), {}))])


def test_a_message_has_four_keys_and_the_object_of_the_api(owner, hook):
    endpoint_at(owner, hook.url)
    made = a_metric(owner)
    work()
    message = hook.requests[0].json
    assert list(message) == ["webhook_type", "object_type", "organization_id", "billable_metric"]
    assert message["webhook_type"] == "billable_metric.created"
    assert message["organization_id"] == str(owner.organization.id)
    assert message["billable_metric"].items() <= made.items()


def test_each_endpoint_gets_what_it_chose(owner, hook):
    endpoint_at(owner, f"{hook.url}/all")
    endpoint_at(owner, f"{hook.url}/created", event_types=["billable_metric.created"])
    endpoint_at(owner, f"{hook.url}/plans", event_types=["plan.created"])
    endpoint_at(owner, f"{hook.url}/none", event_types=[])
    a_metric(owner)
    work()
    owner.delete("/billable_metrics/calls")
    work()
    got = sorted((request.path, request.json["webhook_type"]) for request in hook.requests)
    assert got == [
        ("/hook/all", "billable_metric.created"),
        ("/hook/all", "billable_metric.deleted"),
        ("/hook/created", "billable_metric.created"),
    ]


def test_each_endpoint_gets_a_key_of_its_own(owner, hook):
    endpoint_at(owner, f"{hook.url}/1")
    endpoint_at(owner, f"{hook.url}/2")
    a_metric(owner)
    work()
    assert len({request.headers["X-Lago-Unique-Key"] for request in hook.requests}) == 2
    assert len({request.body for request in hook.requests}) == 1


def test_one_cause_makes_one_message_however_often_it_is_told(owner, hook):
    endpoint_at(owner, hook.url)
    metric_id, cause = a_metric(owner)["lago_id"], uuid.uuid4()
    work()
    _happen(metric_id, cause)
    _happen(metric_id, cause)
    work()
    assert hook.types == ["billable_metric.created"] * 2


def test_without_an_interested_endpoint_nothing_is_recorded(owner, hook):
    endpoint_at(owner, hook.url, event_types=["plan.created"])
    a_metric(owner)
    work()
    assert deliveries(owner) == []


def test_nobody_hears_of_another_organization(owner, outsider, hook):
    endpoint_at(owner, hook.url)
    a_metric(outsider)
    work()
    assert hook.requests == []
    assert deliveries(owner) == deliveries(outsider) == []


def test_a_subject_that_is_gone_is_no_failure(owner, hook):
    endpoint_at(owner, hook.url)
    _happen(str(uuid.uuid4()), uuid.uuid4())
    assert deliveries(owner) == []


def test_the_object_is_shown_as_it_is_when_the_message_is_made_and_then_frozen(owner, hook):
    endpoint_at(owner, hook.url)
    a_metric(owner)
    owner.put("/billable_metrics/calls", {"billable_metric": {"name": "Zählung «№»"}})
    hook.answer(500)
    hook.answer(500)
    work()
    assert [request.json["billable_metric"]["name"] for request in hook.requests] == ["Zählung «№»"] * 2
    owner.put("/billable_metrics/calls", {"billable_metric": {"name": "later"}})
    assert {delivery.payload.encode() for delivery in deliveries(owner)} == {r.body for r in hook.requests}


def test_one_that_cannot_be_told_holds_up_no_other(owner, hook):
    endpoint_at(owner, hook.url)
    with transaction():
        unknown_type = {"webhook_type": "x.y", "record_id": uuid.uuid4(), "cause_id": uuid.uuid4()}
        enqueue("webhooks.dispatch", organization_id=owner.organization.id, **unknown_type)
    a_metric(owner)
    owner.delete("/billable_metrics/calls")
    work()
    assert hook.types == ["billable_metric.created", "billable_metric.deleted"]


@pytest.mark.parametrize("name", ["invoice.resynced", "quote.created", "order.created", "order_form.voided"])
def test_names_of_what_is_not_built_can_be_chosen(name):
    assert unknown([name]) == []


def test_every_chosen_name_is_spelled_as_a_type():
    assert all(name.count(".") == 1 and name == name.strip().lower() for name in EVENT_TYPES)
    assert WebhookDelivery.__tablename__ == "webhook_deliveries"
