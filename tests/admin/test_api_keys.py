"""API keys: made, shown once, rotated, ended (06 §1.1)."""

import re
from datetime import timedelta

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import OutboxRow
from lago.organizations.models import ApiKey
from tests.admin.visitor import a_visitor
from tests.builders.mailbox import mailbox
from tests.builders.organizations import Account
from tests.builders.webhooks import work

PATH = "/developers/api_keys"


def test_a_new_key_is_shown_once_and_opens_the_api(ada, owner):
    made = ada.post(f"{PATH}/new", expect=201, name="Backend", access="all")
    assert_opens(owner, secret_in(made))
    assert secret_in(made) not in ada.get(PATH).text
    assert "Backend" in ada.get(PATH).text


def test_htmx_is_told_that_the_list_has_changed(ada):
    made = ada.post(f"{PATH}/new", expect=201, htmx=True, name="Backend")
    assert made.headers["HX-Trigger"] == "api-keys-changed" and "<html" not in made.text


def test_a_key_may_do_only_what_was_ticked(ada, owner):
    ticked = ["invoice:read", "customer:write", "quote:read"]
    made = ada.post(f"{PATH}/new", expect=201, access="limited", permission=ticked)
    limited = Account(owner.organization, secret_in(made), owner.client)
    limited.get("/invoices")
    refused = limited.call("GET", "/customers", expect=403)
    assert refused["code"] == "read_action_not_allowed_for_customer"
    assert key_of(made).permissions == {"customer": ["write"], "invoice": ["read"], "quote": ["read"]}


def test_name_and_permissions_of_a_key_change_and_the_rest_of_the_map_stays(ada, owner):
    made = ada.post(f"{PATH}/new", expect=201, access="limited", permission=["invoice:read", "quote:read"])
    path, limited = f"{PATH}/{key_of(made).id}/edit", Account(owner.organization, secret_in(made), owner.client)
    assert 'type="hidden" name="permission" value="quote:read"' in ada.get(path).text
    ada.post(path, name="Reader", access="limited", permission=["customer:read", "quote:read"])
    limited.get("/customers")
    assert limited.call("GET", "/invoices", expect=403)["code"] == "read_action_not_allowed_for_invoice"
    assert (key_of(made).name, key_of(made).permissions) == ("Reader", {"customer": ["read"], "quote": ["read"]})
    ada.post(path, name="Reader", access="all")
    limited.get("/invoices")


def test_a_permission_that_does_not_exist_is_refused_and_what_was_typed_stays(ada):
    path = f"{PATH}/new"
    for ticked in (["nonsense:write"], ["invoice:delete"], ["invoice"], []):
        refused = ada.post(path, expect=422, name="Backend", access="limited", permission=ticked)
        assert 'value="Backend"' in refused.text and 'id="error-permissions"' in refused.text
    assert "Backend" not in ada.get(PATH).text


def test_ticks_count_only_when_the_key_is_to_be_limited(ada):
    made = ada.post(f"{PATH}/new", expect=201, access="all", permission=["invoice:read"])
    assert key_of(made).permissions is None


def test_rotating_gives_a_new_key_and_ends_the_old_one(ada, owner):
    old = key(owner)
    made = ada.post(f"{PATH}/{old.id}/rotate", expect=201, name="Next", expires_in="24")
    assert_opens(owner, secret_in(made))
    left = key(owner, old.id).expires_at - clock.real_now()
    assert timedelta(hours=23) < left <= timedelta(hours=24)
    owner.get("/organizations")


def test_rotating_at_once_ends_the_old_key_now(ada, owner):
    ada.post(f"{PATH}/{key(owner).id}/rotate", expect=201, expires_in="0")
    owner.call("GET", "/organizations", expect=401)


def test_a_deleted_key_opens_nothing(ada, owner):
    old = key(owner)
    ada.post(f"{PATH}/new", expect=201)
    ada.post(f"{PATH}/{old.id}/delete")
    owner.call("GET", "/organizations", expect=401)
    ada.get(f"{PATH}/{old.id}/delete", expect=404)


def test_the_last_key_stays(ada, owner):
    refused = ada.post(f"{PATH}/{key(owner).id}/delete", expect=422, htmx=True)
    assert "Create another one first" in refused.text
    owner.get("/organizations")


def test_the_security_log_and_all_admins_are_told_without_the_key(app, ada, owner):
    second = a_visitor(app, owner.organization, "bob@example.com")
    with mailbox() as box:
        made = ada.post(f"{PATH}/new", expect=201, name="Backend", access="limited", permission=["invoice:read"])
        first = key_of(made)
        ada.post(f"{PATH}/{first.id}/edit", name="Server", access="limited", permission=["invoice:read"])
        rotated = ada.post(f"{PATH}/{first.id}/rotate", expect=201, name="Next", expires_in="24")
        second.post(f"{PATH}/{key_of(rotated).id}/delete")
        work()
    assert [mail.message["Subject"].rsplit(" ")[-1] for mail in box.mails] == ["created", "rotated", "deleted"]
    assert {tuple(mail.receivers) for mail in box.mails} == {("ada@example.com", "bob@example.com")}
    assert "bob@example.com" not in box.mails[0].message.as_string()
    log = owner.get("/security_logs", to_date="2100-01-01")["security_logs"]
    assert [(line["log_event"], line["user_email"]) for line in log] == [
        ("api_key.deleted", "bob@example.com"), ("api_key.rotated", "ada@example.com"),
        ("api_key.updated", "ada@example.com"), ("api_key.created", "ada@example.com"),
    ]
    assert log[2]["resources"] == {
        "id": str(first.id), "name": "Server", "last_four": first.last_four, "changes": {"name": ["Backend", "Server"]},
    }
    everything = str([mail.message.as_string() for mail in box.mails]) + str(log)
    assert not [one for one in (made, rotated) if secret_in(one) in everything] and first.last_four in everything


def test_without_a_mail_server_no_letter_waits(ada):
    ada.post(f"{PATH}/new", expect=201)
    assert db.session.query(OutboxRow).filter_by(name="organizations.email_about_key").count() == 0


def test_nobody_ends_another_organization_s_key(stranger, owner):
    for action in ("edit", "rotate", "delete"):
        stranger.post(f"{PATH}/{key(owner).id}/{action}", expect=404)


def secret_in(answer):
    return re.search(r'id="new-key">([^<]+)<', answer.text)[1]


def key_of(answer):
    return db.session.query(ApiKey).filter_by(last_four=secret_in(answer)[-4:]).one()


def key(owner, key_id=None):
    query = db.session.query(ApiKey).filter_by(organization_id=owner.organization.id)
    query = query.filter_by(id=key_id) if key_id else query
    return query.execution_options(populate_existing=True).first()


def assert_opens(owner, secret):
    Account(owner.organization, secret, owner.client).get("/organizations")
