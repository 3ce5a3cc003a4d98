"""The logs of API requests and of security, in the browser (06 §6)."""

from lago.audit.models import ApiLog
from lago.core.db import db
from tests.admin.visitor import a_visitor

API, SECURITY = "/developers/api_logs", "/developers/security_logs"


def test_requests_are_listed_filtered_and_shown_with_both_bodies(ada, owner):
    assert "No request yet" in ada.get(API).text
    owner.post("/taxes", {"tax": {"name": "VAT", "code": "vat", "rate": "20"}})
    owner.call("DELETE", "/coupons/none", expect=404)
    page = ada.get(API).text
    assert "POST /api/v1/taxes" in page and "DELETE /api/v1/coupons/none" in page
    for query in ("method=post", "status=succeeded", "path=taxes", "path=*taxes", "status=succeeded&path=/api/*"):
        part = ada.get(f"{API}?{query}", htmx=True).text
        assert "/api/v1/taxes" in part and "coupons" not in part, query
    assert "No request matches" in ada.get(f"{API}?client=curl", htmx=True).text
    line = db.session.query(ApiLog).filter_by(http_method="delete").one()
    shown = ada.get(f"{API}/{line.id}").text
    assert "coupon_not_found" in shown and "Without a body." in shown and f"••••{owner.api_key[-4:]}" in shown


def test_the_security_log_says_who_did_it_from_what_device(app, ada, owner):
    assert "Nothing has happened yet" in ada.get(SECURITY).text
    owner.put("/organizations", {"organization": {"city": "Lyon"}})
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    form = {"csrf_token": ada.token(), "name": "Backend", "access": "all"}
    ada.client.post("/developers/api_keys/new", data=form, headers={"User-Agent": firefox})
    page = ada.get(SECURITY).text
    assert "api_key.created" in page and "billing_entity.updated" in page and "Firefox, Linux" in page
    part = ada.get(f"{SECURITY}?event=api_key.created&email=ada", htmx=True).text
    assert "api_key.created" in part and "billing_entity" not in part
    lines = owner.get("/security_logs", to_date="2100-01-01")["security_logs"]
    shown = ada.get(f"{SECURITY}/{lines[0]['log_id']}").text
    assert "ada@example.com" in shown and "desktop" in shown and "127.0.0.1" in shown
    entity = ada.get(f"{SECURITY}/{lines[1]['log_id']}").text
    assert "Lyon" in entity and f"••••{owner.api_key[-4:]}" in entity
    manager = a_visitor(app, owner.organization, "manager@example.com", role="manager")
    manager.get(SECURITY, expect=403)
    manager.get(API, expect=403)
