"""What no page of ours sends, and someone else may: an answer, and never an error of ours."""

import pytest

from tests.admin.visitor import HTMX

HUGE = ("9" * 30, "9" * 5000)


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "//[", "", "\xff", "javascript:alert(1)"])
def test_a_strange_address_of_the_page_that_asks(anonymous, address):
    answer = anonymous.client.get("/customers", headers={**HTMX, "HX-Current-URL": address})
    assert (answer.status_code, answer.headers["HX-Redirect"].split("?")[0]) == (401, "/sign_in")


@pytest.mark.parametrize("target", ["//[", "http://[", "/["])
def test_a_strange_address_to_go_to_after_signing_in(anonymous, target):
    answer = anonymous.client.get("/sign_in", query_string={"next": target})
    assert answer.status_code == 200


@pytest.mark.parametrize("number", HUGE)
def test_an_event_of_a_huge_number(ada, number):
    ada.get(f"/events/{number}", expect=404)


@pytest.mark.parametrize("number", [*HUGE, "-1", "x", "1,x,", "²", ""])
@pytest.mark.parametrize("htmx", [True, False])
def test_strange_events_that_are_shown_already(ada, number, htmx):
    answer = ada.client.get("/events", query_string={"shown": f"1,{number}"}, headers=HTMX if htmx else {})
    assert answer.status_code in (200, 204)


def test_a_choice_that_the_database_cannot_hold(ada):
    """Nobody types a NUL character: the page says that it cannot be read, and nothing is logged as a fault of ours."""
    form = {"external_id": "c", "name": "Carl", "tax_codes": ["\0"]}
    assert "cannot be read" in ada.post("/customers/new", expect=400, **form).text
    assert "Carl" not in ada.get("/customers").text
