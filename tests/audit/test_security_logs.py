"""The security log (06 §6): who changed what decides who may do what."""

from datetime import timedelta

import pytest

from lago.audit.models import SecurityLog
from lago.audit.note_security import note_security
from lago.core import clock
from lago.core.db import db, transaction
from lago.scheduler import forget_old_logs
from tests.builders.webhooks import endpoint_at, work

URL = "https://ada:s3cret@hooks.example/lago"


def test_an_endpoint_s_life_is_noted_without_the_password_in_its_address(owner):
    made = endpoint_at(owner, URL)
    path = f"/webhook_endpoints/{made['lago_id']}"
    owner.put(path, {"webhook_endpoint": {"signature_algo": "hmac"}})
    owner.put(path, {"webhook_endpoint": {"signature_algo": "hmac"}})  # changes nothing
    owner.delete(path)
    deleted, updated, created = listed(owner)
    hidden = "https://[hidden]@hooks.example/lago"
    assert [line["log_event"] for line in (created, updated, deleted)] == [
        "webhook_endpoint.created", "webhook_endpoint.updated", "webhook_endpoint.deleted",
    ]
    assert created["resources"] == {"id": made["lago_id"], "webhook_url": hidden, "signature_algo": "jwt", "name": None}
    assert updated["resources"]["changes"] == {"signature_algo": ["jwt", "hmac"]}
    assert (created["log_type"], created["user_email"], created["device_info"]["ip_address"]) == (
        "webhook_endpoint", None, "127.0.0.1",
    )
    assert owner.get(f"/security_logs/{created['log_id']}") == {"security_log": created}


def test_billing_entities_and_the_organization_s_details_are_noted(owner):
    owner.post("/billing_entities", {"billing_entity": {"code": "fr", "name": "France"}})
    owner.put("/billing_entities/fr", {"billing_entity": {"city": "Paris"}})
    owner.put("/organizations", {"organization": {"country": "DE"}})
    assert [(line["log_event"], line["resources"].get("changes")) for line in listed(owner)] == [
        ("billing_entity.updated", {"country": [None, "DE"]}), ("billing_entity.updated", {"city": [None, "Paris"]}),
        ("billing_entity.created", None),
    ]


def test_the_list_is_filtered_and_needs_an_end(owner, outsider):
    refused = owner.call("GET", "/security_logs", expect=422)["error_details"]
    assert refused == {"to_date": ["value_is_mandatory"]}
    assert owner.call("GET", "/security_logs", expect=422, to_date="soon")["error_details"] == {
        "to_date": ["invalid_date"]
    }
    endpoint_at(owner, URL)
    owner.post("/billing_entities", {"billing_entity": {"code": "fr", "name": "France"}})
    endpoint_at(outsider, URL)
    key_id = str(db.session.query(SecurityLog).filter_by(organization_id=owner.organization.id).first().api_key_id)
    assert len(listed(owner)) == 2
    counts = {
        ("log_types[]", "billing_entity"): 1, ("log_events[]", "webhook_endpoint.created"): 1,
        ("log_events[]", "api_key.created"): 0, ("api_key_ids[]", key_id): 2, ("api_key_ids[]", "nobody"): 0,
        ("user_ids[]", key_id): 0, ("from_date", "2100-01-01"): 0,
    }
    assert {chosen: len(listed(owner, **dict([chosen]))) for chosen in counts} == counts
    assert owner.get("/security_logs", to_date="2000-01-01")["security_logs"] == []
    own = listed(owner)[0]["log_id"]
    assert outsider.call("GET", f"/security_logs/{own}", expect=404)["code"] == "security_log_not_found"


def test_a_sandbox_has_its_own_time_but_is_kept_by_ours(sandbox):
    sandbox.at("2020-01-01T00:00:00Z")
    endpoint_at(sandbox, URL)
    forget_old_logs()
    work()
    (line,) = listed(sandbox, to_date="2020-01-02")
    assert line["logged_at"] == "2020-01-01T00:00:00Z"
    with transaction():
        db.session.query(SecurityLog).one().created_at = clock.real_now() - timedelta(days=90, minutes=1)
    assert listed(sandbox) == []
    forget_old_logs()
    work()
    assert db.session.query(SecurityLog).count() == 0


def test_only_known_events_are_noted(owner):
    with pytest.raises(ValueError, match="no event of the security log"):
        note_security("user.sneezed", owner.organization.id, resources={})


def listed(account, **filters):
    return account.get("/security_logs", **{"to_date": "2100-01-01", **filters})["security_logs"]
