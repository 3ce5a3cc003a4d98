"""Receivers of webhooks through the API (06 §4.1)."""

import pytest

from tests.builders.catalog import a_metric
from tests.builders.webhooks import deliveries, endpoint_at, work

URL = "https://example.com/hook"


def _refused(account, **values):
    return account.refused("POST", "/webhook_endpoints", {"webhook_endpoint": values})


def test_a_new_endpoint_gets_everything_signed_by_jwt(owner):
    made = endpoint_at(owner, URL)
    assert (made["signature_algo"], made["event_types"], made["name"]) == ("jwt", None, None)
    assert made["lago_organization_id"] == str(owner.organization.id)
    assert owner.get(f"/webhook_endpoints/{made['lago_id']}") == {"webhook_endpoint": made}


@pytest.mark.parametrize("url, code", [
    (None, "value_is_mandatory"),
    ("", "value_is_mandatory"),
    ("  ", "value_is_mandatory"),
    ("example.com/hook", "url_is_invalid"),
    ("ftp://example.com", "url_is_invalid"),
    ("http://", "url_is_invalid"),
    ("http:///path", "url_is_invalid"),
    ("http://exa mple.com", "url_is_invalid"),
    ("http://example.com:99999", "url_is_invalid"),
    ("http://[::1", "url_is_invalid"),
    ("https://example.com/" + "a" * 3000, "url_is_invalid"),
    ("https://example.com/" + "".join(map(chr, range(0x10000, 0x10400))), "url_is_invalid"),  # 4 KB
    ("javascript:alert(1)", "url_is_invalid"),
])
def test_an_address_must_be_one_that_can_be_called(owner, url, code):
    assert _refused(owner, webhook_url=url, name="x") == {"webhook_url": [code]}


def test_an_address_is_mandatory(owner):
    assert _refused(owner, name="x") == {"webhook_url": ["value_is_mandatory"]}


def test_an_address_is_taken_once_in_an_organization(owner, outsider):
    endpoint_at(owner, URL)
    assert _refused(owner, webhook_url=URL) == {"webhook_url": ["value_already_exist"]}
    assert endpoint_at(outsider, URL)["webhook_url"] == URL


def test_an_organization_has_ten_endpoints_at_most(owner):
    for number in range(10):
        endpoint_at(owner, f"{URL}/{number}")
    assert list(_refused(owner, webhook_url=URL)) == ["base"]
    assert owner.get("/webhook_endpoints")["meta"]["total_count"] == 10


@pytest.mark.parametrize("given, kept", [
    (None, None),
    (["*"], None),
    ([], []),
    ([" Plan.Created ", "plan.created", "invoice.created"], ["plan.created", "invoice.created"]),
    (["credit_note.provider_refund_failure", "customer.crm_provider_error", "quote.created", "order_form.signed"],
     ["credit_note.provider_refund_failure", "customer.crm_provider_error", "quote.created", "order_form.signed"]),
])
def test_event_types_are_kept_in_one_form(owner, given, kept):
    assert endpoint_at(owner, URL, event_types=given)["event_types"] == kept


@pytest.mark.parametrize("given, message", [
    ("plan.created", "must_be_array"),
    ({"a": 1}, "must_be_array"),
    (["plan.created", "plan.eaten", 7], "contains invalid types: plan.eaten, 7"),
    (["*", "plan.created"], "contains invalid types: *"),
])
def test_event_types_must_be_a_list_of_known_names(owner, given, message):
    assert _refused(owner, webhook_url=URL, event_types=given) == {"event_types": [message]}


def test_a_signature_is_jwt_or_hmac(owner):
    assert _refused(owner, webhook_url=URL, signature_algo="md5") == {"signature_algo": ["value_is_invalid"]}
    assert endpoint_at(owner, URL, signature_algo="hmac")["signature_algo"] == "hmac"


def test_endpoints_are_listed_by_address(owner):
    for path in "bca":
        endpoint_at(owner, f"{URL}/{path}")
    listed = owner.get("/webhook_endpoints")
    assert [endpoint["webhook_url"][-1] for endpoint in listed["webhook_endpoints"]] == ["a", "b", "c"]
    assert listed["meta"]["total_count"] == 3


def test_an_update_changes_what_it_names_and_nothing_else(owner):
    made = endpoint_at(owner, URL, signature_algo="hmac", event_types=["plan.created"], name="Old")
    path = f"/webhook_endpoints/{made['lago_id']}"
    changed = owner.put(path, {"webhook_endpoint": {"name": "New"}})["webhook_endpoint"]
    assert changed == {**made, "name": "New"}
    same_url = owner.put(path, {"webhook_endpoint": {"webhook_url": URL, "event_types": None}})["webhook_endpoint"]
    assert same_url["event_types"] is None


def test_an_update_takes_no_address_of_another_endpoint(owner):
    endpoint_at(owner, URL)
    path = f"/webhook_endpoints/{endpoint_at(owner, URL + '/2')['lago_id']}"
    assert owner.refused("PUT", path, {"webhook_endpoint": {"webhook_url": URL}}) == {
        "webhook_url": ["value_already_exist"]
    }


def test_a_deleted_endpoint_takes_its_messages_along(owner):
    made = endpoint_at(owner, "http://127.0.0.1:9/closed")
    a_metric(owner)
    work()
    assert len(deliveries(owner)) == 1
    assert owner.delete(f"/webhook_endpoints/{made['lago_id']}")["webhook_endpoint"] == made
    assert deliveries(owner) == []
    work()


@pytest.mark.parametrize("identifier", ["0199a1b2-0000-7000-8000-000000000000", "nonsense", "a%2Fb"])
def test_an_unknown_endpoint_is_not_found(owner, identifier):
    answer = owner.get(f"/webhook_endpoints/{identifier}", expect=404)
    assert answer["code"] == "webhook_endpoint_not_found"


def test_an_organization_shows_its_addresses_and_sets_the_first(owner):
    assert owner.get("/organizations")["organization"]["webhook_url"] == ""
    made = owner.put("/organizations", {"organization": {"webhook_url": URL + "/z"}})["organization"]
    assert (made["webhook_url"], made["webhook_urls"]) == (URL + "/z", [URL + "/z"])
    endpoint_at(owner, URL + "/a")
    changed = owner.put("/organizations", {"organization": {"webhook_url": URL}})["organization"]
    assert (changed["webhook_url"], changed["webhook_urls"]) == (URL, [URL, URL + "/a"])


def test_an_organization_takes_no_address_that_cannot_be_called(owner):
    body = {"organization": {"webhook_url": "nowhere", "country": "FR"}}
    assert owner.refused("PUT", "/organizations", body) == {"webhook_url": ["url_is_invalid"]}
    assert owner.get("/organizations")["organization"]["country"] is None
