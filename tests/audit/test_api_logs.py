"""The log of API requests (06 §6): what may have changed something, and its answer."""

from datetime import timedelta

from lago.audit.models import ApiLog
from lago.core import clock
from lago.core.db import db, transaction
from lago.organizations.keys import create_key
from lago.scheduler import forget_old_logs
from tests.builders.organizations import Account
from tests.builders.webhooks import work

TAX = {"tax": {"name": "VAT", "code": "vat", "rate": "20"}}


def test_a_request_that_changes_is_kept_with_its_answer(owner):
    headers = {
        "Authorization": f"Bearer {owner.api_key}", "User-Agent": "lago-python/1.2", "Origin": "https://shop.example",
        "X-Request-Id": "c9d7cf5e-0f4b-4a7b-9a3c-5a1fbc6f0a11",
    }
    answer = owner.client.post("/api/v1/taxes", json=TAX, headers=headers).get_json()
    owner.get("/taxes")
    (line,) = listed(owner)
    assert line.pop("logged_at") == line.pop("created_at")
    assert list(line["request_response"]["tax"]) == list(answer["tax"]), "the fields are in another order"
    assert line == {
        "request_id": "c9d7cf5e-0f4b-4a7b-9a3c-5a1fbc6f0a11", "client": "lago-python/1.2", "http_method": "post",
        "http_status": 200, "request_origin": "https://shop.example", "request_path": "/api/v1/taxes",
        "request_body": TAX, "request_response": answer, "api_version": "v1",
    }
    assert owner.get(f"/api_logs/{line['request_id']}")["api_log"]["request_response"] == answer


def test_what_was_refused_is_kept_and_what_came_without_a_key_is_not(owner):
    with transaction():
        _, value = create_key(owner.organization, permissions={"tax": ["read"]})
    owner.call("PUT", "/taxes/none", TAX, expect=404)
    owner.refused("POST", "/taxes", {"tax": {"name": "VAT"}})
    Account(owner.organization, value, owner.client).call("POST", "/taxes", TAX, expect=403)
    Account(owner.organization, "nobody", owner.client).call("POST", "/taxes", TAX, expect=401)
    owner.call("POST", "/nothing", {}, expect=404)
    kept = [(line["http_status"], line["request_response"].get("code")) for line in listed(owner)]
    assert kept == [
        (403, "write_action_not_allowed_for_tax"), (422, "validation_errors"), (404, "tax_not_found"),
    ]


def test_events_reads_and_the_sandbox_s_clock_are_not_kept(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    event = {"transaction_id": "1", "external_subscription_id": "s", "code": "api_calls"}
    sandbox.post("/events", {"event": event})
    sandbox.post("/events/batch", {"events": [{**event, "transaction_id": "2"}]})
    sandbox.get("/security_logs", to_date="2030-01-01")
    assert listed(sandbox) == []
    sandbox.post("/taxes", TAX)
    assert [line["logged_at"] for line in listed(sandbox)] == ["2024-01-01T00:00:00Z"]


def test_secrets_and_what_is_too_much_are_left_out(owner):
    call(owner, b'{"tax": {"name": "VAT", "code": "v", "rate": 1, "api_token": "t0p", "Password": "a\\"b"}}')
    call(owner, b"[no json \x00")
    call(owner, b'{"tax": {"name": "' + b"x" * 70_000 + b'"}}')
    call(owner, b'{"tax": {"name": "a\\u0000b"}}')
    nul, large, broken, secret = (line["request_body"] for line in listed(owner))
    assert (secret["tax"]["api_token"], secret["tax"]["Password"]) == ("[hidden]", "[hidden]")
    assert (broken, len(large["text"]), large["bytes"]) == ({"text": "[no json \ufffd", "bytes": 10}, 4096, 70_021)
    assert nul["bytes"] == 29


def test_the_answer_stands_though_the_log_fails(owner, monkeypatch):
    def broken(exchange):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("lago.api.note_requests.note_request", broken)
    owner.post("/taxes", TAX)
    assert (owner.get("/taxes/vat")["tax"]["name"], listed(owner)) == ("VAT", [])


def test_the_list_is_filtered(owner, outsider):
    outsider.post("/taxes", TAX)
    owner.post("/taxes", TAX)
    owner.put("/taxes/vat", {"tax": {"name": "Value added"}})
    owner.call("DELETE", "/taxes/100%_x", expect=404)
    owner.delete("/taxes/vat")
    assert [line["http_method"] for line in listed(owner)] == ["delete", "delete", "put", "post"]
    assert count(owner, **{"http_methods[]": ["post", "PUT"]}) == 2
    statuses = ("succeeded", "failed", "404", "500")
    assert [count(owner, **{"http_statuses[]": wanted}) for wanted in statuses] == [3, 1, 1, 0]
    assert count(owner, **{"http_statuses[]": ["succeeded", "404"]}) == 4
    paths = ("/api/v1/taxes", "/api/v1/taxes/*", "*vat", "/api/v1/taxes/1*_x", "/api/v1/taxe_", "%")
    assert [count(owner, **{"request_paths[]": path}) for path in paths] == [1, 3, 2, 1, 0, 0]
    assert (count(owner, api_version="v1"), count(owner, api_version="v2")) == (4, 0)
    client = listed(owner)[0]["client"]
    assert (count(owner, **{"clients[]": ["x", client]}), count(owner, **{"clients[]": "x"})) == (4, 0)
    today = clock.real_now().date().isoformat()
    assert (count(owner, from_date=today, to_date=today), count(owner, to_date=f"{today}T00:00:00Z")) == (4, 0)
    for name, value, code in (("from_date", "soon", "invalid_date"), ("to_date", "2024-13-01", "invalid_date"),
                              ("http_statuses[]", "good", "value_is_invalid")):
        refused = owner.call("GET", "/api_logs", expect=422, **{name: value})
        assert refused["error_details"] == {name.removesuffix("[]"): [code]}


def test_a_stranger_and_a_key_without_permission_see_nothing(owner, outsider):
    owner.post("/taxes", TAX)
    request_id = listed(owner)[0]["request_id"]
    assert outsider.call("GET", f"/api_logs/{request_id}", expect=404)["code"] == "api_log_not_found"
    with transaction():
        _, value = create_key(owner.organization, permissions={"activity_log": ["read"]})
    refused = Account(owner.organization, value, owner.client).call("GET", "/api_logs", expect=403)
    assert refused["code"] == "read_action_not_allowed_for_api_log"


def test_lines_go_after_ninety_days(owner):
    owner.post("/taxes", TAX)
    owner.delete("/taxes/vat")
    with transaction():
        lines = db.session.query(ApiLog).order_by(ApiLog.seq).all()
        lines[0].created_at = clock.real_now() - timedelta(days=90, minutes=1)
        lines[1].created_at = clock.real_now() - timedelta(days=89)
    forget_old_logs()
    work()
    assert [line["http_method"] for line in listed(owner)] == ["delete"]


def listed(account, **filters):
    return account.get("/api_logs", **filters)["api_logs"]


def count(account, **filters):
    return account.get("/api_logs", **filters)["meta"]["total_count"]


def call(account, body):
    headers = {"Authorization": f"Bearer {account.api_key}", "Content-Type": "application/json"}
    return account.client.post("/api/v1/taxes", data=body, headers=headers)
