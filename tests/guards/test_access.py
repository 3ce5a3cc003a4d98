"""Every door asks who is there: API routes for a key and a permission, pages for a sign-in (06 §1.1)."""

import re

from lago.admin.access import NEEDS
from lago.api.routes import PERMISSIONS
from lago.core.db import transaction
from lago.organizations import roles
from lago.organizations.keys import create_key
from tests.guards.routes import API, api_routes, pages, routes, sample
from tests.guards.sources import ROOT
from tests.guards.world import csrf_token

RESOURCES = set(
    "activity_log add_on alert analytic api_log applied_coupon billable_metric billing_entity coupon credit_note "
    "customer customer_usage event feature fee invoice invoice_custom_section lifetime_usage organization payment "
    "payment_method payment_receipt payment_request plan security_log subscription tax wallet wallet_transaction "
    "webhook_endpoint webhook_jwt_public_key".split()
)
"""What a permission can be for (06 §1.1)."""


def test_every_route_is_of_a_known_kind(app):
    known = {route.name for route in (*api_routes(app), *pages(app))}
    assert {route.name for route in routes(app)} - known == {
        "POST /admin/organizations",
        "PATCH /admin/organizations/<uuid:organization_id>", "PUT /admin/organizations/<uuid:organization_id>",
        "POST /admin/memberships", "POST /admin/invoices/<uuid:invoice_id>/regenerate",
        "GET /admin/invoices/<uuid:invoice_id>",
    }


def test_every_api_route_has_a_permission(app):
    assert {PERMISSIONS.get(route.rule.endpoint) for route in api_routes(app)} <= RESOURCES


def test_every_api_and_operators_route_asks_for_a_key(app, client):
    doors = [route for route in routes(app) if route.rule.rule.startswith((API, "/admin/"))]
    answers = {route.name: client.open(route.path(app, sample(route)), method=route.method) for route in doors}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 401} == {}


def test_every_api_route_asks_for_its_permission_before_anything_else(app, owner):
    with transaction():
        _, key = create_key(owner.organization, permissions={})
    refused = {}
    for route in api_routes(app):
        path, headers = route.path(app, sample(route)), {"Authorization": f"Bearer {key}"}
        answer = owner.client.open(path, method=route.method, headers=headers)
        mode = "read" if route.method == "GET" else "write"
        expected = f"{mode}_action_not_allowed_for_{PERMISSIONS[route.rule.endpoint]}"
        if (answer.status_code, answer.json.get("code")) != (403, expected):
            refused[route.name] = answer.get_data(as_text=True)
    assert refused == {}


def test_every_page_sends_a_stranger_to_the_sign_in(app, client):
    token = csrf_token(client)
    for route in pages(app):
        answer = client.open(route.path(app, sample(route)), method=route.method, data={"csrf_token": token})
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign_in"), route.name


def test_every_form_needs_the_token_of_its_session(app, client):
    posts = [route for route in pages(app) if route.method != "GET"]
    answers = [client.open(route.path(app, sample(route)), method=route.method) for route in posts]
    assert posts and {answer.status_code for answer in answers} == {403}


OF_EVERY_MEMBER = {
    "dashboard", "profile", "own_password", "enter_organization", "search", "checklist_page", "clock_progress",
    "sandbox_clock_page",
}
"""Pages that no role closes."""


def test_every_page_needs_a_known_permission_and_each_is_needed_somewhere(app):
    assert set(NEEDS) == {route.rule.endpoint.removeprefix("admin.") for route in pages(app)}
    assert {view for view, needed in NEEDS.items() if needed == roles.HOME} == OF_EVERY_MEMBER
    assert {view: needed for view, needed in NEEDS.items() if needed not in roles.PERMISSIONS | {roles.HOME}} == {}


def test_what_changes_something_needs_more_than_a_look(app):
    """But for what only computes."""
    changing = {route.rule.endpoint.removeprefix("admin.") for route in pages(app) if route.method != "GET"}
    looks = {view for view in changing - OF_EVERY_MEMBER if NEEDS[view].endswith(":view")}
    assert looks == {"expression"}


def test_templates_ask_for_pages_that_exist():
    asked = {view for path in (ROOT / "templates").rglob("*.html")
             for view in re.findall(r"""\bmay\(["'](\w+)["']\)""", path.read_text())}
    assert asked - set(NEEDS) == set()
