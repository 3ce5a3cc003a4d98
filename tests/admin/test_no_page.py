"""What is no page of ours: people read it, programs get JSON."""

import pytest

from lago.core import outbox
from tests.admin.visitor import Page
from tests.conftest import ADMIN_KEY

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize("path", ["/nowhere", "/customers/", "/apiary", "/administration", "/documents/x", "/%00"])
def test_a_browser_is_shown_a_page_with_a_way_home(anonymous, path):
    answer = anonymous.get(path, expect=404, Accept=BROWSER)
    assert Page(answer.text).title == "Not found" and 'href="/"' in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_page_is_in_the_chosen_theme(anonymous):
    anonymous.client.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in anonymous.get("/nowhere", expect=404, Accept="text/html").text


def test_a_known_path_with_another_verb_is_no_page_either(anonymous):
    assert "Not found" in anonymous.get("/sign_out", expect=404, Accept=BROWSER).text


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/json, text/html", "image/*"])
def test_who_does_not_ask_for_html_gets_json(anonymous, accept):
    answer = anonymous.get("/nowhere", expect=404, Accept=accept)
    assert answer.json["code"] == "resource_not_found"


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nowhere", "/api/v2", "/admin", "/admin/nowhere"])
def test_the_api_and_the_operator_s_endpoints_always_answer_json(anonymous, path):
    answer = anonymous.get(path, expect=404, Accept=BROWSER)
    assert answer.json["code"] == "resource_not_found"


def test_the_operator_s_endpoints_refuse_in_json(anonymous):
    headers = {"Accept": BROWSER, "X-Admin-API-Key": ADMIN_KEY}
    refused = anonymous.client.post("/admin/organizations", json={}, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (422, "validation_errors")
    assert anonymous.client.post("/admin/organizations", headers={"Accept": BROWSER}).json["status"] == 401


@pytest.mark.parametrize("accept, mimetype", [(BROWSER, "text/html"), ("*/*", "application/json")])
def test_an_error_of_ours_is_told_quietly(anonymous, monkeypatch, accept, mimetype):
    def broken():
        raise RuntimeError("secret cause")

    monkeypatch.setattr(outbox, "figures", broken)
    answer = anonymous.get("/metrics", expect=500, Accept=accept)
    assert answer.mimetype == mimetype and "secret cause" not in answer.text
