"""Nobody reaches another organization's rows, by no route: a new one without a case here fails (design §6)."""

import pytest

from tests.builders.catalog import fixed_charge, plan_body, standard_charge
from tests.builders.organizations import account
from tests.conftest import making_pdfs, rolled_back
from tests.guards.routes import api_routes, pages
from tests.guards.world import MARK, csrf_token, populate, visitor

QUERY = {"external_subscription_id": MARK, "from_date": "2000-01-01", "to_date": "2100-01-01"}
BODY = {root: {"name": "taken over"} for root in (
    "add_on", "alert", "billable_metric", "charge", "customer", "event", "feature", "filter", "fixed_charge", "invoice",
    "lifetime_usage", "plan", "subscription", "tax", "wallet", "webhook_endpoint",
)}
NAMED_BY = {
    "PUT /api/v1/invoices/<segment:lago_id>/finalize": "drafts",
    "POST /api/v1/invoices/<segment:lago_id>/retry": "failed invoices",
    "POST /api/v1/invoices/<segment:lago_id>/void": "unwanted invoices",
    "GET /api/v1/wallet_transactions/<segment:lago_id>/fundings": "voided credits",
}
"""What the path of a route is about, where not everything of its resource will do."""
NOTHING_LISTED = {
    "GET /api/v1/events_enriched", "GET /api/v1/organizations", "GET /api/v1/test_clock",
    "GET /api/v1/webhooks/json_public_key", "GET /api/v1/webhooks/public_key",
}
"""Reads without a path parameter that are no lists of rows."""
FIGURES = "/api/v1/analytics/"
"""Nor are these: sums, which name nobody."""
UNPAGED = {"GET /api/v1/billing_entities"}
"""Lists that are short and come whole (06 §2.3)."""
REFUSED_ANYWAY = {
    "POST /api/v1/invoices/<segment:lago_id>/payment_url": 422,
    "POST /api/v1/wallet_transactions/<segment:lago_id>/payment_url": 422,
    "DELETE /api/v1/customers/<segment:external_id>/payment_methods/<segment:lago_id>": 404,
    "PUT /api/v1/customers/<segment:external_id>/payment_methods/<segment:lago_id>/set_as_default": 404,
    "POST /api/v1/credit_notes/<segment:lago_id>/resend_email": 405,
    "POST /api/v1/invoices/<segment:lago_id>/resend_email": 405,
    "POST /api/v1/payment_receipts/<segment:lago_id>/resend_email": 405,
}
"""What is refused to its owner too: there are no payment providers, and mail of receipts is not switched on."""
EMPTY_FOR_STRANGERS = {"GET /api/v1/customers/<segment:external_id>/past_usage"}
"""Lists below a path parameter that know nothing of one that is unknown, and say so by 200 (01 §4.3)."""


@pytest.fixture(scope="module")
def world(app):
    """An organization with everything, made once: no test here changes it."""
    with rolled_back(app), making_pdfs():
        yield populate(account(app.test_client(), "Zoo", sandbox=True))


@pytest.fixture(scope="module")
def stranger(app, world):
    return account(app.test_client(), "Stranger")


@pytest.fixture(scope="module")
def newcomer(app, world):
    """Another stranger, who has asked for nothing yet: no log of theirs names what they were refused."""
    return account(app.test_client(), "Newcomer", sandbox=True)


def _path(app, world, route):
    return route.path(app, world.names[NAMED_BY.get(route.name, route.resource)])


def _open(account, route, path):
    headers = {"Authorization": f"Bearer {account.api_key}"}
    body = None if route.method == "GET" else BODY
    query = QUERY if route.method == "GET" else None
    return account.client.open(path, method=route.method, json=body, query_string=query, headers=headers)


def test_each_path_of_another_organization_is_not_found(app, world, stranger):
    named = [route for route in api_routes(app) if route.rule.arguments]
    for route in named:
        path = _path(app, world, route)
        answer = _open(stranger, route, path)
        if route.name in EMPTY_FOR_STRANGERS:
            assert answer.json["meta"]["total_count"] == 0 and MARK not in answer.text, route.name
        else:
            assert (answer.status_code, answer.json["code"][-10:]) == (404, "_not_found"), route.name
    readable = {route.rule.rule for route in named if route.method == "GET"}
    for route in named:
        if route.method == "GET" or route.rule.rule not in readable:
            answer = _open(world.owner, route, _path(app, world, route))
            expected = REFUSED_ANYWAY.get(route.name, 200)
            assert answer.status_code == expected, f"the case is wrong: {route.name} {answer.get_data(as_text=True)}"


def test_each_list_shows_nothing_of_another_organization(app, world, newcomer):
    lists = [route for route in api_routes(app) if route.method == "GET" and not route.rule.arguments]
    for route in lists:
        shown = _open(newcomer, route, route.rule.rule).get_data(as_text=True)
        assert MARK not in shown, route.name
        if route.name not in NOTHING_LISTED and not route.rule.rule.startswith(FIGURES):
            assert '"meta"' in shown or route.name in UNPAGED
            assert MARK in _open(world.owner, route, route.rule.rule).get_data(as_text=True)


def test_a_body_names_nothing_of_another_organization(world, stranger):
    metric = world.owner.get(f"/billable_metrics/{MARK}")["billable_metric"]
    subscription = {"external_customer_id": "new", "external_id": "new", "plan_code": MARK}
    assert _not_found(stranger, "subscription", subscription) == "plan_not_found"
    assert _not_found(stranger, "customer", {"external_id": "new", "tax_codes": [MARK]}) == "tax_not_found"
    assert _not_found(stranger, "plan", plan_body(charges=[standard_charge(metric)])) == "billable_metrics_not_found"
    fixed = fixed_charge(world.owner.get(f"/add_ons/{MARK}")["add_on"])
    assert _not_found(stranger, "plan", plan_body(fixed_charges=[fixed])) == "add_ons_not_found"


def _not_found(account, root, body):
    return account.post(f"/{root}s", {root: body}, expect=404)["code"]


def test_each_page_of_another_organization_is_not_found(app, world, stranger):
    outside, inside = visitor(app, stranger), visitor(app, world.owner)
    token = {"csrf_token": csrf_token(outside)}
    for route in (route for route in pages(app) if route.rule.arguments):
        path = route.path(app, {name: world.page_names[name] for name in route.rule.arguments})
        data = token if route.method == "POST" else None
        answer = outside.open(path, method=route.method, data=data, follow_redirects=True)
        assert answer.status_code == 404, route.name
        if route.method == "GET":
            assert inside.get(path, follow_redirects=True).status_code == 200, f"the case is wrong: {route.name}"


def test_each_page_shows_nothing_of_another_organization(app, world, newcomer):
    outside = visitor(app, newcomer)
    for route in pages(app):
        if route.method == "GET" and not route.rule.arguments:
            shown = outside.get(route.rule.rule, follow_redirects=True)
            assert shown.status_code == 200 and MARK not in shown.get_data(as_text=True), route.name
