"""The pages of subscriptions: the list, and a page for each."""

import re

import pytest

from tests.admin.visitor import a_visitor
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use


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


def test_invoices_plans_and_customers_lead_to_it(bea, sandbox):
    sandbox.at("2025-01-17T10:00:00Z")
    chosen = plan(sandbox, pay_in_advance=True)
    made = subscribe(sandbox, name="Team")
    (billed,) = invoices(sandbox)
    for page in (f"/invoices/{billed['lago_id']}", f"/plans/{chosen['lago_id']}", f"/usage/{made['lago_id']}",
                 f"/customers/{made['lago_customer_id']}?tab=subscriptions"):
        assert f'href="{address(made)}"' in bea.get(page).text, page


def told(page, part):
    """The entries of a timeline."""
    return re.findall(r'<span class="strong">([^<]+)</span>', page[page.index(f'id="{part}"'):])


def test_an_end_before_the_next_bill_is_what_comes_next(bea, sandbox):
    sandbox.at("2025-01-17T10:00:00Z")
    plan(sandbox)
    shown = bea.get(address(subscribe(sandbox, ending_at="2025-01-25"))).text
    coming = shown[:shown.index('id="history"')]
    assert told(coming, "next") == ["Ends"]


def test_the_next_bill_says_which_days_it_covers(bea, sandbox):
    sandbox.at("2025-01-17T10:00:00Z")
    usage = [standard(metric(sandbox, "calls"), "1")]
    plan(sandbox, "arrears", charges=usage)
    plan(sandbox, "ahead", pay_in_advance=True, charges=usage)
    plan(sandbox, "trial", trial_period=60)
    plan(sandbox, "split", interval="yearly", bill_charges_monthly=True, charges=usage)
    for code, words in {
        "arrears": "Fee of 17–31 Jan 2025, usage of 17–31 Jan 2025.",
        "ahead": "Fee of 1–28 Feb 2025, usage of 17–31 Jan 2025.",
        "split": "Usage of 17–31 Jan 2025.",
    }.items():
        assert words in bea.get(address(subscribe(sandbox, code, code))).text
    in_trial = bea.get(address(subscribe(sandbox, "trial", "trial"))).text
    assert told(in_trial, "next")[:2] == ["Next bill", "Trial ends"] and "Fee of" not in in_trial


def test_days_are_told_where_the_customer_is(bea, sandbox):
    sandbox.at("2025-01-17T10:00:00Z")
    plan(sandbox)
    customer(sandbox, timezone="Asia/Tokyo")
    subscription = subscribe(sandbox)
    sandbox.at("2025-01-31T15:00:00Z")  # 1 February in Tokyo
    page = bea.get(address(subscription)).text
    billed = page[page.index('id="history"'):]
    assert "Fee of 17–31 Jan 2025" in billed and 'title="31 Jan 2025 15:00 UTC">1 Feb 2025</time>' in billed


def test_a_long_history_is_shown_from_its_end(bea, sandbox):
    sandbox.at("2023-01-01T00:00:00Z")
    plan(sandbox, interval="weekly")
    subscription = subscribe(sandbox)
    sandbox.at("2023-07-20T00:00:00Z")
    page = bea.get(address(subscription)).text
    assert len(told(page, "history")) == 25 and "Began on pro" not in page
    rest = re.search(r'href="([^"]+history=all)"', page)[1]
    everything = told(bea.get(rest).text, "history")
    assert everything == [*["Billed"] * 29, "Began on pro"]  # Mondays from 2 January to 17 July


def test_events_that_are_billed_at_once_do_not_fill_the_history(bea, sandbox):
    sandbox.at("2025-01-17T10:00:00Z")
    calls = standard(metric(sandbox, "calls"), "1")
    plan(sandbox, charges=[{**calls, "pay_in_advance": True}])
    subscription = subscribe(sandbox)
    use(sandbox, "calls", timestamp=1737108000)
    sandbox.at("2025-01-17T10:00:00Z")
    assert len(invoices(sandbox)) == 1
    assert told(bea.get(address(subscription)).text, "history") == ["Began on pro"]


def test_what_ended_leads_to_what_runs_now(bea, sandbox):
    sandbox.at("2025-01-17T10:00:00Z")
    plan(sandbox)
    old = subscribe(sandbox)
    sandbox.delete("/subscriptions/acme")
    page = bea.get(address(old)).text
    assert "/api/v1/subscriptions/acme?status=terminated" in page and "Change plan" not in page
    new = subscribe(sandbox)
    page = bea.get(address(old)).text
    assert f'This has ended. <a href="{address(new)}"' in page
    assert told(page, "history").count("Began on pro") == 2


def test_a_plan_with_prices_of_its_own_is_marked(bea, sandbox):
    sandbox.at("2025-01-17T10:00:00Z")
    plan(sandbox)
    own = subscribe(sandbox)
    sandbox.put("/subscriptions/acme", {"subscription": {"plan_overrides": {"amount_cents": 100}}})
    for page in (address(own), "/subscriptions", "/subscriptions?overridden=yes"):
        assert "with prices of its own" in bea.get(page).text
    assert "with prices of its own" not in bea.get("/subscriptions?overridden=no").text


def test_names_are_text_and_never_markup(ada, owner):
    plan(owner, name="<script>alert(1)</script>")
    made = subscribe(owner, external_id="<b>'x", name="<script>alert(2)</script>")
    for page in ("/subscriptions", address(made), f"{address(made)}/change", f"{address(made)}/terminate"):
        assert "<script>alert" not in ada.get(page).text
