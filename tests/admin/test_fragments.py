"""The same address answers the whole page, or the part that HTMX asked for."""

import pytest

from tests.admin.records import a_customer, a_message, a_stored_event
from tests.admin.visitor import Page

LISTS = ["/", "/customers", "/invoices", "/billable_metrics", "/events", "/pricing_units", "/developers/webhooks",
         "/developers/api_keys"]


@pytest.mark.parametrize("path", LISTS)
def test_htmx_gets_a_part(ada, owner, path):
    a_customer(owner, "acme")
    a_message(owner)
    part = ada.get(path, htmx=True).text.strip()
    assert "<html" not in part and part in ada.get(path).text


@pytest.mark.parametrize("path", LISTS)
def test_going_back_gets_the_whole_page(ada, path):
    assert "<html" in ada.get(path, htmx=True, **{"HX-History-Restore-Request": "true"}).text


def test_whoever_keeps_answers_keeps_parts_and_pages_apart(ada):
    assert {"Cookie", "HX-Request"} <= set(ada.get("/customers").vary)


def test_a_single_thing_comes_as_a_drawer(ada, owner):
    for path in (f"/events/{a_stored_event(owner).seq}", f"/developers/webhooks/{a_message(owner).id}"):
        page = Page(drawer := ada.get(path, htmx=True).text)
        assert "drawer-title" in page.ids and "<html" not in drawer
        assert "drawer-title" not in Page(ada.get(path).text).ids


def test_a_tab_carries_its_address_and_comes_alone(ada, owner):
    customer = a_customer(owner, "acme")
    path = f"/customers/{customer['lago_id']}?tab=subscriptions"
    assert 'aria-current="page">Subscriptions' in ada.get(path, htmx=True).text.replace("\n", "")
    assert "No subscription" in ada.get(path).text
