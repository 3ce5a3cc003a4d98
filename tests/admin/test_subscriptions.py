"""The pages of subscriptions: the list, and a page for each."""

import re

import pytest

from tests.admin.visitor import a_visitor
from tests.builders.stories import customer, plan, subscribe


@pytest.fixture
def bea(app, sandbox):
    """The owner of the sandbox, signed in."""
    return a_visitor(app, sandbox.organization, "bea@example.com")


def address(subscription):
    return f"/subscriptions/{subscription['lago_id']}"


def test_an_empty_list_leads_to_the_first_plan_and_then_to_the_first_subscription(ada, owner):
    assert 'href="/plans/new"' in ada.get("/subscriptions").text
    plan(owner)
    assert 'href="/subscriptions/new"' in ada.get("/subscriptions").text


def listed(visitor, query=""):
    return set(re.findall(r'<code title="([^"]+)"', visitor.get(f"/subscriptions{query}", htmx=True).text))


def test_filters_in_the_address_narrow_the_list(ada, owner):
    plan(owner)
    plan(owner, "dollars", amount_currency="USD")
    customer(owner, "harbour", name="Harbour & Sons")
    subscribe(owner, "harbour")
    subscribe(owner, "kite", "dollars", external_id="sub_kite")
    owner.delete("/subscriptions/sub_kite")
    subscribe(owner, "later", subscription_at="2999-01-01")
    assert listed(ada) == {"harbour", "sub_kite", "later"}
    for query, found in {
        "?customer=SONS": {"harbour"}, "?external_id=kit": {"sub_kite"}, "?status=pending": {"later"},
        "?plan=dollars": {"sub_kite"}, "?currency=EUR": {"harbour", "later"}, "?overridden=yes": set(),
        "?overridden=no&status=active": {"harbour"}, "?status=nonsense": {"harbour", "sub_kite", "later"},
    }.items():
        assert listed(ada, query) == found, query


def test_the_list_counts_each_status_of_what_is_searched(ada, owner):
    plan(owner)
    for name in ("a1", "a2", "b1"):
        subscribe(owner, name)
    owner.delete("/subscriptions/a2")
    page = ada.get("/subscriptions?customer=a").text
    assert re.findall(r'(All|Active|Terminated)<span class="count">(\d+)<', page) == [
        ("All", "2"), ("Active", "1"), ("Terminated", "1"),
    ]


def test_a_page_tells_terms_and_what_comes_next(bea, sandbox):
    sandbox.at("2025-01-17T10:00:00Z")
    plan(sandbox, trial_period=10)
    subscribe(sandbox, ending_at="2025-05-20")
    shown = bea.get(address(sandbox.get("/subscriptions/acme")["subscription"])).text
    coming = shown[shown.index("What comes next"):shown.index("History")]
    assert re.findall(r'<span class="strong">([^<]+)</span>', coming) == ["Trial ends", "Next bill", "Ends"]
    assert "1 Feb 2025" in coming and "20 May 2025" in coming and "27 Jan 2025" in coming
    assert "Fee of 17–31 Jan" not in coming  # the fee of a calendar month
