"""Receivers of webhooks, in the browser (06 §4.1)."""

from lago.core.db import db
from lago.webhooks.models import WebhookEndpoint
from tests.admin.records import a_message
from tests.admin.visitor import a_visitor

PATH = "/developers/webhook_endpoints"
LIST = "/developers/webhooks"
URL = "https://hooks.example/lago"


def test_an_endpoint_is_made_changed_and_removed(ada, owner):
    ada.post(f"{PATH}/new", webhook_url=URL, name="Shop", signature_algo="hmac", types="all")
    made = shown(owner)
    assert (made["webhook_url"], made["name"]) == (URL, "Shop")
    assert (made["signature_algo"], made["event_types"]) == ("hmac", None)
    edit = f"{PATH}/{made['lago_id']}/edit"
    ticked = ["invoice.created", "quote.created"]
    ada.post(edit, webhook_url=URL, signature_algo="jwt", types="limited", event_type=ticked)
    assert (shown(owner)["event_types"], shown(owner)["name"], shown(owner)["signature_algo"]) == (ticked, None, "jwt")
    form = ada.get(edit).text
    assert 'value="invoice.created" checked' in form and 'type="hidden" name="event_type" value="quote.created"' in form
    ada.post(edit, webhook_url=URL, types="limited")
    assert shown(owner)["event_types"] == []
    assert URL in ada.get(f"{PATH}/{made['lago_id']}/delete").text
    ada.post(f"{PATH}/{made['lago_id']}/delete")
    assert "No webhook endpoint" in ada.get(LIST).text
    log = owner.get("/security_logs", to_date="2100-01-01")["security_logs"]
    assert [line["log_event"].split(".")[1] for line in log] == ["deleted", "updated", "updated", "created"]
    assert log[1]["resources"]["changes"] == {"event_types": [ticked, []]}
    assert {line["user_email"] for line in log} == {"ada@example.com"}


def test_what_was_typed_stays_when_it_is_refused(ada, owner):
    ada.post(f"{PATH}/new", webhook_url=URL, types="all")
    refused = ada.post(f"{PATH}/new", expect=422, webhook_url=URL, name="Second", types="limited",
                       event_type=["plan.created"]).text
    assert 'value="Second"' in refused and "error-webhook_url" in refused and 'value="plan.created" checked' in refused
    assert "error-event_types" in ada.post(
        f"{PATH}/new", expect=422, webhook_url=f"{URL}/2", types="limited", event_type=["nonsense"]
    ).text
    assert db.session.query(WebhookEndpoint).count() == 1


def test_messages_are_filtered_by_their_endpoint(ada, owner):
    first, second = a_message(owner, webhook_type="invoice.created"), a_message(owner, webhook_type="plan.created")
    page = ada.get(f"{LIST}?endpoint={second.endpoint.id}", htmx=True).text
    assert "plan.created" in page and "invoice.created" not in page and first.endpoint.webhook_url not in page
    assert "No message matches" in ada.get(f"{LIST}?endpoint={owner.organization.id}", htmx=True).text


def test_who_may_only_look_sees_no_key_and_no_button(app, owner):
    endpoint = a_message(owner).endpoint
    guest = a_visitor(app, owner.organization, "guest@example.com", role="read_only")
    page = guest.get(LIST).text
    assert owner.organization.hmac_key not in page and "New endpoint" not in page and "/edit" not in page
    guest.post(f"{PATH}/{endpoint.id}/delete", expect=403)


def shown(owner):
    return owner.get("/webhook_endpoints")["webhook_endpoints"][0]
