"""The clock bar of a sandbox organization (00 §3): moves it, says what happened, and says in words what cannot be."""

import re

from tests.admin.visitor import a_visitor
from tests.builders.stories import customer, plan, subscribe


def stands_at(sandbox):
    return sandbox.get("/test_clock")["test_clock"]["now"]


def test_the_clock_is_moved_from_any_page_and_tells_once_what_happened(sara, sandbox):
    sandbox.at("2024-01-15T00:00:00Z")
    plan(sandbox, amount_cents=1000)
    customer(sandbox)
    subscribe(sandbox)
    page = sara.get("/plans").text
    assert "15 Jan 2024 00:00" in page
    chosen = {"to": "bill", "seen": re.search('name="seen" value="([^"]*)"', page)[1], "back": "/plans"}
    assert sara.post("/clock", **chosen).headers["Location"] == "/plans"
    after = sara.get("/plans").text
    assert "1 Feb 2024 00:00" in after
    assert "1 × invoice created" in after
    assert "invoice created" not in sara.get("/plans").text
    assert "invoice created" in sara.get("/clock").text

    assert "has moved since" in sara.post("/clock", expect=422, **chosen).text
    past = sara.post("/clock", expect=422, to="moment", moment="2024-01-20T10:00").text
    assert "only goes forward" in past
    assert 'value="2024-01-20T10:00"' in past
    assert "due before the present" in sara.post("/clock/release", expect=422).text
    assert stands_at(sandbox) == "2024-02-01T00:00:00Z"


def test_who_may_not_move_it_reads_it_and_others_have_none(app, sara, sandbox, ada):
    assert "clock-bar" not in ada.get("/plans").text
    ada.get("/clock", expect=404)
    ada.post("/clock", expect=404, to="day")
    sandbox.at("2024-01-15T00:00:00Z")
    sara.post("/clock", expect=422, to="moment", moment="soon")
    reader = a_visitor(app, sandbox.organization, "reader@example.com", "read_only")
    assert "Next month" not in reader.get("/plans").text
    reader.post("/clock", expect=403, to="day", seen="2024-01-15T00:00:00Z")
    assert stands_at(sandbox) == "2024-01-15T00:00:00Z"
    sara.post("/clock/release")
    assert stands_at(sandbox) != "2024-01-15T00:00:00Z"
