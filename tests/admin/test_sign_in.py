"""Signing in and out, and what must not come of it."""

import re

import pytest

from lago.admin import attempts, visits
from lago.audit.models import SecurityLog
from lago.core import clock, jobs
from lago.core.db import db, transaction
from lago.organizations.models import Membership
from tests.admin.visitor import Visitor, member


@pytest.fixture
def bea(anonymous, owner):
    """A member who has not signed in yet."""
    member(owner.organization, "bea@example.com")
    return Visitor(anonymous.client, "bea@example.com")


def test_a_member_comes_to_the_dashboard(bea):
    assert bea.sign_in().location == "/"
    assert "Owner" in bea.get("/").text


def test_the_first_sign_in_from_a_browser_is_noted(app, bea):
    bea.sign_in()
    bea.post("/sign_out")
    bea.sign_in()
    assert [row.log_event for row in db.session.query(SecurityLog)] == ["user.new_device_logged_in"]
    elsewhere = Visitor(app.test_client(), bea.email)
    elsewhere.client.set_cookie("lago_devices", "forged")
    elsewhere.sign_in()
    assert db.session.query(SecurityLog).count() == 2


def test_an_email_may_be_typed_in_capitals(bea):
    bea.post("/sign_in", email=" BEA@example.com ", password="correct horse battery staple")


def test_a_wrong_password_and_an_unknown_email_read_the_same(bea):
    wrong = bea.sign_in("wrong", expect=422).text
    bea.email = "nobody@example.com"
    unknown = bea.sign_in("wrong", expect=422).text
    assert "E-mail or password is not right." in wrong
    assert without_token(wrong).replace("bea@", "nobody@") == without_token(unknown)


@pytest.mark.parametrize("target, leads_to", [
    ("/invoices?page=2", "/invoices?page=2"),
    ("https://evil.example/", "/"),
    ("//evil.example/", "/"),
    ("/\\evil.example", "/"),
    ("/\t/evil.example", "/"),
    ("javascript:alert(1)", "/"),
    ("http:evil.example", "/"),
    ("", "/"),
])
def test_nobody_is_sent_to_a_place_that_is_not_ours(bea, target, leads_to):
    assert bea.sign_in(next=target).location == leads_to


def test_signing_in_gives_a_new_session(bea):
    before = bea.token()
    bea.sign_in()
    assert bea.token() != before


def test_a_cookie_that_was_copied_ends_with_signing_out(app, bea):
    bea.sign_in()
    copied = bea.client.get_cookie("lago_session").value
    bea.post("/sign_out")
    thief = Visitor(app.test_client())
    thief.client.set_cookie("lago_session", copied)
    thief.get("/", expect=302)
    bea.get("/", expect=302)


def test_a_visit_ends_by_itself_and_lasts_while_it_is_used(bea):
    bea.sign_in()
    (key,) = jobs.connection().keys("lago:visit:*")
    jobs.connection().expire(key, 60)
    bea.get("/")
    assert jobs.connection().ttl(key) > visits.PROLONGED_WITHIN_S
    jobs.connection().delete(key)
    bea.get("/", expect=302)


def test_someone_who_has_left_the_organization_is_signed_out(bea, owner):
    bea.sign_in()
    with transaction():
        db.session.query(Membership).update({"revoked_at": clock.real_now()})
    bea.get("/", expect=302)
    assert "not right" in bea.sign_in(expect=422).text


def test_the_cookie_is_out_of_reach(bea):
    cookie = bea.sign_in().headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_guessing_is_stopped_and_a_success_forgets_the_failures(bea):
    for _ in range(attempts.PER_EMAIL_AND_ADDRESS - 1):
        bea.sign_in("wrong", expect=422)
    bea.sign_in()
    for _ in range(attempts.PER_EMAIL_AND_ADDRESS):
        bea.sign_in("wrong", expect=422)
    refused = bea.sign_in(expect=429)
    assert 0 < int(refused.headers["Retry-After"]) <= attempts.WINDOW_S
    assert "Too many attempts" in refused.text


def test_one_address_cannot_try_many_emails(bea, monkeypatch):
    monkeypatch.setattr(attempts, "PER_ADDRESS", 3)
    for number in range(3):
        bea.post("/sign_in", expect=422, email=f"e{number}@example.com", password="x")
    bea.sign_in(expect=429)


def test_an_office_behind_one_address_may_sign_in_all_day(bea, monkeypatch):
    monkeypatch.setattr(attempts, "PER_ADDRESS", 2)
    for _ in range(4):
        bea.sign_in()


def without_token(html):
    return re.sub(r'(nonce|value|hx-headers)=("[^"]*"|\'[^\']*\')', lambda m: m[0] if "@" in m[0] else "", html)
