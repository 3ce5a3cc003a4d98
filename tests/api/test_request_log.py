"""Each request is one line of the log, joined by an id with what else it logged, and without any secret."""

import logging

import pytest

from lago.core import logs
from tests.admin.visitor import a_visitor

LOGGER = "lago.api.request_log"


@pytest.fixture
def lines(caplog):
    """The facts of the requests logged so far."""
    caplog.set_level(logging.INFO)
    return lambda: [vars(record) for record in caplog.records if record.name == LOGGER]


def test_a_call_is_one_line(owner, lines):
    owner.get("/taxes/vat", expect=404)
    (line,) = lines()
    facts = {name: line[name] for name in ("method", "path", "status", "organization_id")}
    assert facts == {
        "method": "GET", "path": "/api/v1/taxes/vat", "status": 404, "organization_id": owner.organization.id,
    }
    assert line["levelname"] == "INFO" and 0 < line["duration_ms"] < 60_000


def test_a_page_tells_whose_it_is(app, owner, lines):
    a_visitor(app, owner.organization, "ada@example.com").get("/customers")
    assert (lines()[-1]["path"], lines()[-1]["organization_id"]) == ("/customers", owner.organization.id)


def test_a_stranger_is_of_no_organization(client, lines):
    client.get("/api/v1/taxes")
    client.get("/nothing/here")
    assert [(line["status"], line["organization_id"]) for line in lines()] == [(401, None), (404, None)]


def test_the_answer_names_the_request(client):
    given = client.get("/api/v1/taxes", headers={"X-Request-Id": "proxy-1"})
    assert given.headers["X-Request-Id"] == "proxy-1"
    made = [client.get("/nothing").headers["X-Request-Id"] for _ in range(2)]
    assert len(set(made)) == 2
    assert logs.request_id.get() is None


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "<script>", "é"])
def test_an_id_that_is_none_is_replaced(client, given):
    assert len(client.get("/ready", headers={"X-Request-Id": given}).headers["X-Request-Id"]) == 36


def test_what_is_logged_on_the_way_has_the_same_id(client, caplog, monkeypatch):
    seen = []
    monkeypatch.setattr("lago.api.routes.authenticate", lambda header: seen.append(logs.request_id.get()))
    answer = client.get("/api/v1/taxes")
    assert (answer.status_code, seen) == (500, [answer.headers["X-Request-Id"]])


def test_secrets_in_an_address_are_not_told(client, lines):
    client.get("/documents/abc.def")
    client.get("/api/v1/taxes?api_key=abc.def")
    assert [line["path"] for line in lines()] == ["/documents/<token>", "/api/v1/taxes"]


def test_probes_are_quiet(client, lines):
    for path in ("/health", "/ready", "/metrics"):
        client.get(path)
    assert lines() == []
