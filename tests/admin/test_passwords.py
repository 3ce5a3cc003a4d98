"""Forgotten and changed passwords (06 §6)."""

import re
from datetime import timedelta

import pytest

from lago.admin import attempts
from lago.audit.models import SecurityLog
from lago.core import clock
from lago.core.crypto import digest
from lago.core.db import db, transaction
from lago.core.outbox import run_next
from lago.organizations.models import PasswordReset
from tests.admin.visitor import PASSWORD, Visitor, a_visitor, member
from tests.builders.mailbox import mailbox

NEW = "quite another password"


@pytest.fixture
def bea(app, owner):
    """A member who is signed in."""
    return a_visitor(app, owner.organization, "bea@example.com", role="read_only")


def mailed_link(anonymous, email=" BEA@example.com"):
    """What the mail to Bea leads to."""
    with mailbox() as box:
        anonymous.post("/forgot_password", expect=200, email=email)
        assert run_next()
        (mail,) = box.mails
    assert mail.receivers == ["bea@example.com"] and mail.part("plain").count("30 minutes") == 1
    (link,) = set(re.findall(r"/reset_password/[0-9a-f]{40}", mail.part("plain")))
    assert link in mail.part("html")
    return link


def test_a_mailed_link_gives_a_new_password_once_and_ends_visits(bea, anonymous):
    link = mailed_link(anonymous)
    (kept,) = db.session.query(PasswordReset)
    assert kept.digest == digest(link.rpartition("/")[2])
    assert timedelta(minutes=29) < kept.expires_at - clock.real_now() <= timedelta(minutes=30)
    assert "This is too short" in anonymous.post(link, expect=422, password="short").text
    assert anonymous.post(link, password=NEW).location.startswith("/sign_in")
    bea.get("/", expect=302)
    bea.sign_in(PASSWORD, expect=422)
    bea.sign_in(NEW)
    assert "This link is not open" in anonymous.post(link, expect=404, password=PASSWORD).text
    logged = [one.log_event for one in db.session.query(SecurityLog).order_by(SecurityLog.seq)]
    assert logged == ["user.password_reset_requested", "user.password_edited"]


def test_a_link_ends_after_half_an_hour_and_when_another_was_used(bea, anonymous):
    first, second, third = (mailed_link(anonymous) for _ in range(3))
    with transaction():
        token = PasswordReset.digest == digest(first.rpartition("/")[2])
        db.session.query(PasswordReset).filter(token).update({"expires_at": clock.real_now()})
    for link in (first, "/reset_password/" + "0" * 40):
        anonymous.get(link, expect=404)
        anonymous.post(link, expect=404, password=NEW)
    anonymous.post(second, password=NEW)
    anonymous.post(third, expect=404, password=NEW)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(bea, anonymous):
    with mailbox() as box:
        known = anonymous.post("/forgot_password", expect=200, email="bea@example.com").text
        unknown = anonymous.post("/forgot_password", expect=200, email="nobody@example.com").text
        while run_next():
            pass
        assert len(box.mails) == 1
    strip = re.compile(r'(nonce|value|hx-headers)=("[^"]*"|\'[^\']*\')')
    assert strip.sub("", known).replace("bea@", "nobody@") == strip.sub("", unknown)


def test_asking_is_limited_as_the_sign_in_is(bea, anonymous):
    with mailbox():
        for _ in range(attempts.PER_EMAIL_AND_ADDRESS):
            anonymous.post("/forgot_password", expect=200, email="bea@example.com")
        refused = anonymous.post("/forgot_password", expect=429, email="bea@example.com")
    assert int(refused.headers["Retry-After"]) > 0
    bea.sign_in()


def test_without_mail_the_page_says_so_and_the_operator_makes_the_link(bea, app, anonymous):
    assert "no mail set up" in anonymous.get("/forgot_password").text
    assert "no mail set up" in anonymous.post("/forgot_password", expect=200, email="bea@example.com").text
    run = app.test_cli_runner().invoke
    link = re.search(r"/reset_password/[0-9a-f]{40}", run(args=["reset-password-link", "Bea@example.com"]).output)[0]
    anonymous.post(link, password=NEW)
    bea.sign_in(NEW)
    unknown = run(args=["reset-password-link", "nobody@example.com"])
    assert unknown.exit_code == 1 and "no user has the address" in unknown.output


def test_one_changes_ones_password_and_stays_where_one_is(bea, app, owner, anonymous):
    link = mailed_link(anonymous)
    elsewhere = Visitor(app.test_client(), bea.email)
    elsewhere.sign_in()
    form = {"present_password": PASSWORD, "password": NEW}
    wrong = bea.post("/profile/password", expect=422, **{**form, "present_password": "a guess"}).text
    assert "This is not the password of your account." in wrong and NEW not in wrong
    assert "This is too short" in bea.post("/profile/password", expect=422, **{**form, "password": "short"}).text
    assert bea.post("/profile/password", **form).location == "/profile?changed=password"
    assert "The password is changed." in bea.get("/profile?changed=password").text
    elsewhere.get("/", expect=302)
    elsewhere.sign_in(NEW)
    anonymous.get(link, expect=404)


def test_guessing_the_present_password_is_stopped(bea):
    for _ in range(attempts.PER_EMAIL_AND_ADDRESS):
        bea.post("/profile/password", expect=422, present_password="a guess", password=NEW)
    bea.post("/profile/password", expect=429, present_password=PASSWORD, password=NEW)


def test_who_has_left_gets_no_link(outsider, anonymous):
    member(outsider.organization, "gone@example.com")
    with transaction():
        db.session.execute(db.text("UPDATE memberships SET revoked_at = now()"))
    with mailbox():
        anonymous.post("/forgot_password", expect=200, email="gone@example.com")
    assert db.session.query(PasswordReset).count() == 0 and not run_next()
