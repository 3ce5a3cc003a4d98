"""Members, invitations and roles (06 §6)."""

import re
from concurrent.futures import ThreadPoolExecutor

from lago.audit.models import SecurityLog
from lago.core.db import db, transaction
from lago.core.errors import NotAllowed
from lago.organizations.change_roles import change_roles
from lago.organizations.create import create_organization
from lago.organizations.members import find_member, find_staff
from lago.organizations.models import Invite, Membership, Role, User
from lago.organizations.roles import BUILT_IN, PERMISSIONS
from tests.admin.visitor import PASSWORD, Visitor, a_visitor, member

BEA = "bea@example.com"
SUPPORT = {"name": "Support", "code": "support", "permissions": ["customers:view", "members:view", "members:create"]}


def test_an_invitation_is_a_link_that_is_passed_on(ada, app):
    shown = ada.post("/members/invite", expect=201, htmx=True, email=" Bea@Example.com", roles=["finance"]).text
    (path,) = set(re.findall(r"/invitation/[0-9a-f]{40}", shown))
    assert path in ada.get("/members").text
    bea = Visitor(app.test_client(), BEA)
    bea.post(path, password=PASSWORD)
    assert "Finance" in bea.get("/profile").text
    assert [one.log_event for one in logged()] == ["user.invited", "user.signed_up"]


WRONG_INVITES = [
    ({"email": BEA, "roles": ["admin"]}, "There is an open invitation for this address already."),
    ({"email": "ADA@example.com", "roles": ["admin"]}, "Somebody with this address is a member already."),
    ({"email": "no address", "roles": ["admin"]}, "no e-mail address"),
    ({"email": "eve@example.com"}, "Choose at least one of these."),
    ({"email": "eve@example.com", "roles": ["finance", "emperor"]}, "Choose at least one of these."),
]


def test_what_cannot_be_invited_stays_in_the_form(ada):
    ada.post("/members/invite", expect=201, email=BEA, roles=["finance"])
    for form, said in WRONG_INVITES:
        page = ada.post("/members/invite", expect=422, **form).text
        assert said in page and f'value="{form["email"]}"' in page, form
    assert db.session.query(Invite).count() == 1


def test_a_revoked_invitation_opens_nothing(ada, anonymous):
    ada.post("/members/invite", expect=201, email=BEA, roles=["finance"])
    invite = db.session.query(Invite).one()
    ada.post(f"/members/invitations/{invite.id}/revoke")
    anonymous.get(f"/invitation/{invite.token}", expect=404)
    ada.post(f"/members/invitations/{invite.id}/revoke", expect=404)
    ada.post("/members/invite", expect=201, email=BEA, roles=["finance"])


def test_roles_are_changed_and_work_at_once(ada, app, owner):
    bea = a_visitor(app, owner.organization, BEA, role="finance")
    bea.get("/plans/new", expect=403)
    ada.post(f"/members/{place(BEA)}/roles", roles=["finance", "admin"])
    bea.get("/plans/new")
    (noted,) = logged()
    assert (noted.log_event, noted.user_email) == ("user.role_edited", "ada@example.com")
    assert noted.resources == {"email": BEA, "changes": {"roles": [["finance"], ["finance", "admin"]]}}


def test_the_last_admin_stays_and_nobody_removes_themselves(ada, app, owner):
    page = ada.post(f"/members/{place('ada@example.com')}/roles", expect=422, roles=["finance"]).text
    assert "This is the last admin" in page
    assert "You cannot remove yourself" in ada.post(f"/members/{place('ada@example.com')}/remove", expect=422).text
    bea = a_visitor(app, owner.organization, BEA)
    bea.post(f"/members/{place('ada@example.com')}/remove")
    ada.get("/", expect=302)
    assert "This is the last admin" in bea.post(f"/members/{place(BEA)}/roles", expect=422, roles=["finance"]).text
    assert [one.log_event for one in logged()] == ["user.deleted"]


def test_only_admins_make_admins_and_see_links_that_would(ada, app, owner):
    ada.post("/roles/new", **SUPPORT)
    sam = a_visitor(app, owner.organization, "sam@example.com", role="support")
    assert "Only an admin" in sam.post("/members/invite", expect=422, email=BEA, roles=["admin"]).text
    sam.post("/members/invite", expect=201, email=BEA, roles=["support"])
    ada.post("/members/invite", expect=201, email="eve@example.com", roles=["admin"])
    links = {invite.email: f"/invitation/{invite.token}" for invite in db.session.query(Invite)}
    page = sam.get("/members").text
    assert (links[BEA] in page, links["eve@example.com"] in page) == (True, False)
    reader = a_visitor(app, owner.organization, "rob@example.com", role="read_only")
    assert "/invitation/" not in reader.get("/members").text


def test_who_may_change_roles_gives_no_more_than_they_have(ada, app, owner):
    keeper = {"name": "Keeper", "permissions": ["plans:view", "roles:create", "roles:update", "roles:view"]}
    ada.post("/roles/new", code="keeper", **keeper)
    role = db.session.query(Role).one()
    kim = a_visitor(app, owner.organization, "kim@example.com", role="keeper")
    more = {**keeper, "permissions": [*keeper["permissions"], "developers:keys:manage"]}
    for path in (f"/roles/{role.id}/edit", "/roles/new"):
        assert "only give what your own roles allow" in kim.post(path, expect=422, code="more", **more).text
    kim.get("/developers/api_keys", expect=403)
    ada.post(f"/roles/{role.id}/edit", **{**more, "permissions": ["roles:update", "roles:view", "plans:update"]})
    kim.post(f"/roles/{role.id}/edit", name="Fewer", permissions=["roles:view", "plans:update"])
    assert role.permissions == ["plans:update", "roles:view"]


def test_a_role_of_ones_own_opens_what_it_names_and_nothing_else(ada, app, owner):
    ada.post("/roles/new", **SUPPORT)
    sam = a_visitor(app, owner.organization, "sam@example.com", role="support")
    assert "/customers" in (home := sam.get("/").text) and 'href="/plans"' not in home
    sam.get("/customers")
    ada.post("/customers/new", external_id="c", name="Carl")
    (path,) = set(re.findall(r"/customers/[0-9a-f-]{36}", sam.get("/customers").text))
    assert "tab=invoices" in ada.get(path).text
    assert "tab=" not in sam.get(path).text and "tab=" not in sam.get(f"{path}?tab=invoices").text
    refused = sam.get("/plans", expect=403).text
    assert "Plans: view" in refused and "Admin, Manager, Finance, Read-only" in refused
    role = db.session.query(Role).one()
    ada.post(f"/roles/{role.id}/edit", name="Help", permissions=["plans:view"])
    sam.get("/plans")
    sam.get("/customers", expect=403)
    assert "A member has this role" in ada.post(f"/roles/{role.id}/delete", expect=422).text
    ada.post(f"/members/{place('sam@example.com')}/remove")
    ada.post(f"/roles/{role.id}/delete")
    assert [one.log_event for one in logged()] == ["role.created", "role.updated", "user.deleted", "role.deleted"]
    assert db.session.query(Role).count() == 0


WRONG_ROLES = [
    ({"permissions": []}, "Tick at least one."), ({"permissions": ["plans:fly"]}, "Tick at least one."),
    ({"code": "finance"}, "taken by the system"), ({"code": "Two words"}, "not a value that fits"),
    ({"code": "a" * 101}, "too long"), ({"code": "there"}, "Another one has this already."),
    ({"name": ""}, "This is needed."),
]


def test_a_role_that_cannot_be_stays_in_the_form(ada):
    ada.post("/roles/new", **{**SUPPORT, "code": "there"})
    for changes, said in WRONG_ROLES:
        form = {**SUPPORT, "code": "fresh", "description": "Who answers", **changes}
        page = ada.post("/roles/new", expect=422, **form).text
        assert said in page and 'value="Who answers"' in page, changes
    assert db.session.query(Role).count() == 1


def test_nobody_reaches_people_of_others(ada, stranger, owner):
    ada.post("/members/invite", expect=201, email=BEA, roles=["finance"])
    ada.post("/roles/new", **SUPPORT)
    invite, role = db.session.query(Invite).one(), db.session.query(Role).one()
    for path in (f"/members/{place('ada@example.com')}/roles", f"/members/{place('ada@example.com')}/remove",
                 f"/members/invitations/{invite.id}/revoke", f"/roles/{role.id}/edit", f"/roles/{role.id}/delete"):
        stranger.get(path, expect=404)
        stranger.post(path, expect=404, roles=["finance"], name="x", permissions=["plans:view"])
    assert "Choose at least one" in stranger.post("/members/invite", expect=422, email=BEA, roles=["support"]).text


def test_the_roles_of_everyone_allow_what_the_reference_says():
    """06 §6, "Users"."""
    admin, manager, finance = (BUILT_IN[code] for code in ("admin", "manager", "finance"))
    assert admin == PERMISSIONS and BUILT_IN["read_only"] == {name for name in PERMISSIONS if name.endswith(":view")}
    closed = {"developers", "developers:keys", "members", "roles", "taxes", "email_settings", "audit_logs",
              "security_logs"}
    catalog = {"add_ons", "billable_metrics", "plans", "coupons", "features"}
    for role in (manager, finance):
        assert {name.rpartition(":")[0] for name in role} & closed == set()
        assert {name for name in role if name.rpartition(":")[0] in catalog and not name.endswith(":view")} <= {
            "coupons:attach", "coupons:detach"}
        assert "invoices:delete" not in role
    assert {"customers:create", "subscriptions:update", "wallets:top_up", "coupons:attach", "credit_notes:create",
            "invoices:void", "payments:create", "plans:view"} <= manager
    assert {"billing_entities:update", "dunning_campaigns:create", "invoice_custom_sections:delete",
            "organization:update", "invoices:create", "invoices:void", "credit_notes:void", "payments:create",
            "analytics:view", "customers:view"} <= finance
    assert not {"customers:create", "wallets:create", "coupons:attach"} & finance and "analytics:view" not in manager


def test_two_admins_who_demote_each_other_at_once_leave_one(committing):
    with transaction():
        organization = create_organization("Owner").organization
    users = [member(organization, f"{name}@example.com") for name in ("ann", "ben")]

    def demote(pair):
        changer, other = pair
        with committing.app_context():
            try:
                with transaction():
                    acting = find_member(changer.id, organization.id)
                    change_roles(acting, find_staff(organization.id, place(other.email)), ["finance"])
            except NotAllowed as error:
                return error.code

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(demote, [users, users[::-1]]))
    assert sorted(map(str, answers)) == ["None", "last_admin"]


def place(email):
    """The id of the only membership of the user with this address."""
    joined = db.session.query(Membership.id).join(User, User.id == Membership.user_id)
    return joined.filter(User.email == email).scalar()


def logged():
    return db.session.query(SecurityLog).order_by(SecurityLog.seq).all()
