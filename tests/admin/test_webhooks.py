"""The webhook log."""

import pytest

from lago.core.db import db
from lago.core.outbox import OutboxRow
from lago.webhooks.models import WebhookDelivery
from tests.admin.records import a_message
from tests.admin.visitor import a_visitor
from tests.builders.webhooks import endpoint_at, receiver, work


def test_a_message_shows_what_was_sent_and_answered(ada, owner):
    page = ada.get(f"/developers/webhooks/{a_message(owner).id}").text
    assert "no luck" in page and "&#34;webhook_type&#34;" in page and "Send again" in page


def test_messages_are_filtered_by_status_and_type(ada, owner):
    a_message(owner, "failed", "invoice.created")
    a_message(owner, "succeeded", "customer.created")
    failed = ada.get("/developers/webhooks?status=failed", htmx=True).text
    assert "invoice.created" in failed and "customer.created" not in failed
    assert "customer.created" in ada.get("/developers/webhooks?type=customer", htmx=True).text


def test_a_failed_message_is_sent_again(ada, owner):
    message = a_message(owner)
    answer = ada.post(f"/developers/webhooks/{message.id}/resend")
    assert answer.location == f"/developers/webhooks/{message.id}"
    assert db.session.query(OutboxRow).filter_by(name="webhooks.deliver").count() == 1


def test_a_real_receiver_gets_it_and_the_log_says_so(ada, owner):
    with receiver() as hook:
        hook.answer(500, b"not now")
        endpoint_at(owner, hook.url)
        owner.post("/customers", {"customer": {"external_id": "acme"}})
        work()
        message = db.session.query(WebhookDelivery).one()
        assert "not now" in ada.get(f"/developers/webhooks/{message.id}").text
        ada.post(f"/developers/webhooks/{message.id}/resend", expect=200, htmx=True)
        work()
        db.session.expire_all()
        page = ada.get(f"/developers/webhooks/{message.id}").text
    assert hook.types == ["customer.created"] * 2
    assert "Succeeded" in page and "Send again" not in page


def test_the_key_of_hmac_signatures_is_shown_to_be_copied(ada, owner):
    with receiver() as hook:
        endpoint_at(owner, hook.url)
        assert owner.organization.hmac_key in ada.get("/developers/webhooks").text


def test_a_message_that_has_arrived_is_not_sent_again(ada, owner):
    message = a_message(owner, "succeeded")
    refused = ada.post(f"/developers/webhooks/{message.id}/resend", expect=409, htmx=True)
    assert "delivered already" in refused.text


def test_nobody_sends_another_organization_s_messages(stranger, owner):
    stranger.post(f"/developers/webhooks/{a_message(owner).id}/resend", expect=404)


@pytest.mark.parametrize("path", ["/developers/webhooks", "/developers/api_keys", "/developers/api_keys/new",
                                  "/developers/attention"])
def test_only_admins_see_the_pages_of_developers(app, owner, path):
    clerk = a_visitor(app, owner.organization, "clerk@example.com", role="finance")
    assert "Not allowed" in clerk.get(path, expect=403).text
    assert "/developers" not in clerk.get("/").text
