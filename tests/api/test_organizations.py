"""The caller's organization, and the operator's endpoint that makes one."""

import pytest

from tests.conftest import ADMIN_KEY


def test_a_new_organization_has_the_defaults(owner):
    organization = owner.get("/organizations")["organization"]
    assert (organization["default_currency"], organization["timezone"]) == ("USD", "UTC")
    assert organization["document_number_prefix"] == f"OWN-{str(owner.organization.id)[-4:].upper()}"


def test_an_update_changes_what_it_names_and_nothing_else(owner):
    changed = owner.put("/organizations", {"organization": {"country": "fr", "timezone": "Europe/Paris"}})
    assert changed["organization"]["country"] == "FR"
    assert changed["organization"]["default_currency"] == "USD"


@pytest.mark.parametrize("field, value, code", [
    ("country", "XX", "not_a_valid_country_code"),
    ("default_currency", "ABC", "value_is_invalid"),
    ("email", "nobody", "invalid_email_format"),
    ("timezone", "Mars/Base", "invalid_timezone"),
    ("net_payment_term", -1, "value_is_out_of_range"),
    ("net_payment_term", 9 * 10**17, "value_is_out_of_range"),
    ("document_number_prefix", "", "value_is_too_short"),
    ("document_number_prefix", "ABCDEFGHIJK", "value_is_too_long"),
    ("email_settings", ["invoice.lost"], "unsupported_value"),
    ("slug", "api", "value_is_reserved"),
    ("slug", "a", "value_is_invalid"),
])
def test_a_bad_value_is_refused_by_its_code(owner, field, value, code):
    assert owner.refused("PUT", "/organizations", {"organization": {field: value}}) == {field: [code]}


def test_a_grace_period_is_refused_until_there_are_drafts(owner):
    body = {"organization": {"billing_configuration": {"invoice_grace_period": 3}}}
    assert owner.refused("PUT", "/organizations", body) == {"invoice_grace_period": ["not_supported_yet"]}


def test_the_operator_makes_a_sandbox(client):
    body = {"name": "Acme", "email": "ann@example.com", "sandbox": True}
    answer = client.post("/admin/organizations", json=body, headers={"X-Admin-API-Key": ADMIN_KEY})
    assert answer.status_code == 201
    assert answer.json["organization"]["sandbox"] is True
    assert answer.json["invite_url"].rsplit("/", 2)[1] == "invitation"


def test_without_the_operators_key_nobody_makes_an_organization(client):
    answer = client.post("/admin/organizations", json={"name": "Acme", "email": "ann@example.com"})
    assert (answer.status_code, answer.json) == (401, {"status": 401, "error": "Unauthorized"})
