"""The link of an invitation: whoever has it joins, once (06 §6)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from lago.admin import attempts
from lago.core import clock
from lago.core.crypto import password_matches
from lago.core.db import db, transaction
from lago.core.errors import NotFound
from lago.organizations.accept_invite import accept_invite
from lago.organizations.create import create_organization, invite
from lago.organizations.models import Membership, User
from tests.admin.visitor import PASSWORD, member
from tests.conftest import ADMIN_KEY

EMAIL = "bea@example.com"
NEW = "quite another password"


@pytest.fixture
def bea(anonymous):
    anonymous.email = EMAIL
    return anonymous


@pytest.fixture
def link(owner):
    return link_to(owner)


def test_the_operator_s_link_shows_whom_it_is_for(client, bea):
    body = {"name": "Harbour & Sons", "email": EMAIL}
    made = client.post("/admin/organizations", json=body, headers={"X-Admin-API-Key": ADMIN_KEY}).json
    page = bea.get("/invitation/" + made["invite_url"].rsplit("/")[-1]).text
    assert "Join Harbour &amp; Sons" in page and EMAIL in page and "At least 8 characters." in page


def test_a_new_person_chooses_a_password_and_is_inside(bea, link):
    assert bea.post(link, password=NEW).location == "/"
    assert "Owner" in bea.get("/developers/api_keys").text
    bea.post("/sign_out")
    bea.sign_in(NEW)


def test_the_roles_are_those_of_the_invite(bea, owner):
    bea.post(link_to(owner, "finance"), password=NEW)
    assert memberships() == [(EMAIL, ["finance"])]
    bea.get("/developers/api_keys", expect=403)


def test_an_email_in_capitals_is_the_same_person(bea, owner):
    bea.post(link_to(owner, email=" Bea@Example.com"), password=NEW)
    assert memberships() == [(EMAIL, ["admin"])]


@pytest.mark.parametrize("password", ["", "1234567"])
def test_a_short_password_is_refused_beside_the_field(bea, link, password):
    page = bea.post(link, expect=422, password=password).text
    assert 'id="error-password">This is too short: at least 8 characters.' in page and 'aria-invalid="true"' in page
    assert memberships() == []
    bea.post(link, password=NEW)


def test_a_used_a_revoked_and_an_unknown_link_say_so(bea, owner, link):
    bea.post(link, password=NEW)
    revoked = link_to(owner, email="eve@example.com", status="revoked")
    for path in (link, revoked, "/invitation/" + "0" * 40):
        assert "This invitation is not open" in bea.get(path, expect=404).text
        assert "This invitation is not open" in bea.post(path, expect=404, password=NEW).text
    assert memberships() == [(EMAIL, ["admin"])]


@pytest.mark.parametrize("token", ["%00", "x%2Fy", "ÿ", "a" * 5000])
def test_a_strange_link_is_not_found(anonymous, token):
    anonymous.get(f"/invitation/{token}", expect=404)


def test_who_has_an_account_joins_with_its_password_and_keeps_it(bea, outsider, link):
    user = member(outsider.organization, EMAIL)
    page = bea.get(link).text
    assert "You have an account already." in page and "At least 8" not in page
    refused = bea.post(link, expect=422, password=NEW).text
    assert "This is not the password of your account." in refused and len(memberships()) == 1
    bea.post(link, password=PASSWORD)
    assert "Owner" in bea.get("/").text and len(memberships()) == 2
    assert password_matches(user.password_hash, PASSWORD)


def test_who_has_left_everywhere_gets_a_new_password(bea, owner, outsider):
    member(outsider.organization, EMAIL)
    with transaction():
        db.session.query(Membership).update({"revoked_at": clock.real_now()})
    bea.post(link_to(owner), password=NEW)
    bea.post("/sign_out")
    bea.sign_in(expect=422)
    bea.sign_in(NEW)


def test_who_is_a_member_already_stays_the_one_that_he_is(bea, owner):
    member(owner.organization, EMAIL, role="finance")
    bea.post(link_to(owner), password=PASSWORD)
    assert memberships() == [(EMAIL, ["finance"])]


def test_guessing_a_password_is_stopped_and_counts_for_the_sign_in_too(bea, outsider, link):
    member(outsider.organization, EMAIL)
    for _ in range(attempts.PER_EMAIL_AND_ADDRESS):
        bea.post(link, expect=422, password="a wrong guess")
    refused = bea.post(link, expect=429, password=PASSWORD)
    assert "Too many attempts" in refused.text and int(refused.headers["Retry-After"]) > 0
    bea.sign_in(expect=429)


def test_whoever_is_signed_in_elsewhere_leaves_that_session(stranger, link):
    before = stranger.token()
    stranger.post(link, password=NEW)
    assert EMAIL in stranger.get("/").text and stranger.token() != before


def test_two_at_once_make_one_membership(committing):
    with transaction():
        created = create_organization("Owner", email=EMAIL)
        token = invite(created.organization, EMAIL, ["admin"]).token
    assert sorted(at_once(committing, [token] * 4)) == [False, False, False, True]
    assert memberships() == [(EMAIL, ["admin"])]


def test_two_invitations_at_once_make_one_user(committing):
    with transaction():
        made = [create_organization(f"Owner {number}") for number in range(3)]
        tokens = [invite(one.organization, "eve@example.com", ["admin"]).token for one in made]
    assert at_once(committing, tokens) == [True] * 3
    assert memberships().count(("eve@example.com", ["admin"])) == 3


def at_once(app, tokens):
    """Accepts the invites at the same time; whether each of them was open."""
    barrier = Barrier(len(tokens))

    def accept(token):
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    accept_invite(token, NEW)
            except NotFound:
                return False
        return True

    with ThreadPoolExecutor(len(tokens)) as pool:
        return list(pool.map(accept, tokens))


def link_to(owner, role="admin", email=EMAIL, status="pending"):
    with transaction():
        made = invite(owner.organization, email, [role])
        made.status = status
    return f"/invitation/{made.token}"


def memberships():
    """Everyone's e-mail and roles, where they are."""
    query = db.session.query(User.email, Membership.roles).join(Membership, Membership.user_id == User.id)
    return [tuple(row) for row in query.order_by(Membership.seq)]
