"""The caller's organization, and the operator's endpoint that makes one."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lago.organizations.create import Created
from lago.organizations.first import Credentials
from lago.organizations.models import Organization
from tests.builders.catalog import a_tax
from tests.builders.customers import a_customer
from tests.builders.organizations import account
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


def test_a_grace_period_is_days_of_at_most_a_century(owner):
    def body(days):
        return {"organization": {"billing_configuration": {"invoice_grace_period": days}}}

    for days in (-1, 36_500 + 1):
        assert owner.refused("PUT", "/organizations", body(days)) == {"invoice_grace_period": ["value_is_out_of_range"]}
    changed = owner.put("/organizations", body(3))["organization"]
    assert changed["billing_configuration"]["invoice_grace_period"] == 3


def test_the_operator_makes_a_sandbox(client):
    body = {"name": "Acme", "email": "ann@example.com", "sandbox": True}
    answer = client.post("/admin/organizations", json=body, headers={"X-Admin-API-Key": ADMIN_KEY})
    assert answer.status_code == 201
    assert answer.json["organization"]["sandbox"] is True
    assert answer.json["invite_url"].rsplit("/", 2)[1] == "invitation"


def test_without_the_operators_key_nobody_makes_an_organization(client):
    answer = client.post("/admin/organizations", json={"name": "Acme", "email": "ann@example.com"})
    assert (answer.status_code, answer.json) == (401, {"status": 401, "error": "Unauthorized"})


def test_a_blank_time_zone_is_utc(owner):
    owner.put("/organizations", {"organization": {"timezone": "Asia/Tokyo"}})
    assert owner.put("/organizations", {"organization": {"timezone": " "}})["organization"]["timezone"] == "UTC"


def test_the_answer_to_a_change_has_the_taxes_of_the_organization(owner, outsider):
    a_tax(owner, "vat", applied_to_organization=True)
    a_tax(owner, "other")
    a_tax(outsider, "theirs", applied_to_organization=True)
    changed = owner.put("/organizations", {"organization": {"city": "Paris"}})["organization"]
    assert [tax["code"] for tax in changed["taxes"]] == ["vat"]


def test_a_name_without_latin_letters_has_a_billing_entity_with_a_code(client):
    made = account(client, "日本")
    assert a_customer(made)["billing_entity_code"] == "default"


def test_organizations_of_one_name_at_the_same_time(committing):
    def make(number):
        body, headers = {"name": "Acme", "email": "ann@example.com"}, {"X-Admin-API-Key": ADMIN_KEY}
        return committing.test_client().post("/admin/organizations", json=body, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(make, range(12))) == [201] * 12


def test_nobody_s_secret_is_in_what_a_traceback_shows():
    assert "hush" not in repr(Created(Organization(), "hush"))
    assert "hush" not in repr(Credentials("ann@example.com", "hush", "hush"))
