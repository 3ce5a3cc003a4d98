"""Wallets on their pages: the list, the page of one with its ledger and its balance over time."""

import re

import pytest

from tests.admin.visitor import Page, a_visitor
from tests.builders.organizations import Account
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use
from tests.builders.top_ups import background, mark
from tests.builders.wallets import terminate, threshold_rule, wallet

IN_LEDGER = {"HX-Target": "ledger"}


@pytest.fixture
def story(sandbox: Account):
    """On 1 January 60 credits of 1.00 are granted and 100 bought; on 1 February 49.00 and 20 calls at 0.50 are billed,
    which takes 59.00 of them. It is 3 February, and 40 more are ordered."""
    sandbox.at("2025-01-01T00:00:00Z")
    plan(sandbox, charges=[standard(metric(sandbox, "calls"), "0.5")])
    customer(sandbox, name="Acme Ltd", currency="EUR")
    made = wallet(sandbox, name="Main", granted_credits="60", paid_credits="100", transaction_name="First")
    background(sandbox)
    subscribe(sandbox)
    mark(sandbox, sandbox.get("/invoices")["invoices"][0]["lago_id"], "succeeded")
    sandbox.at("2025-01-20T00:00:00Z")
    for _ in range(20):
        use(sandbox, "calls")
    sandbox.at("2025-02-03T00:00:00Z")
    more = {"wallet_id": made["lago_id"], "paid_credits": "40", "name": "More"}
    sandbox.post("/wallet_transactions", {"wallet_transaction": more})
    background(sandbox)
    return made


def path(made):
    return f"/wallets/{made['lago_id']}"


def rows(text):
    """The cells of the ledger's rows as text, blanks made one."""
    table = text[text.index("<caption"):]
    found = re.findall(r"<tr.*?</tr>", table[table.index("<tbody"):table.index("</tbody>")], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


@pytest.fixture
def three(owner):
    """Three wallets of two customers; the last one has ended."""
    customer(owner, "acme", name="Harbour & Sons", currency="EUR")
    customer(owner, "zeta", name="Kite", currency="USD")
    wallet(owner, "acme", name="First", code="one")
    wallet(owner, "zeta", name="Second", code="two", currency="USD")
    terminate(owner, wallet(owner, "acme", name="Third", code="three"))


NAMES = {
    "": ["Third", "Second", "First"],
    "search=harbour": ["Third", "First"],
    "search=tw": ["Second"],
    "search=FIRST": ["First"],
    "currency=USD": ["Second"],
    "status=active": ["Second", "First"],
    "status=terminated": ["Third"],
    "status=nothing": ["Third", "Second", "First"],
    "customer=no-id": ["Third", "Second", "First"],
}
"""The wallets that each query finds, the newest first."""


def names(text):
    return re.findall(r'row-link" href="[^"]+">(\w+)<', text)


def test_wallets_are_found(ada, three):
    assert {query: names(ada.get(f"/wallets?{query}", htmx=True).text) for query in NAMES} == NAMES


def test_those_of_one_customer_come_in_the_order_in_which_they_pay(ada, owner, three):
    wallet(owner, "acme", name="Early", code="early", priority=1)
    acme = owner.get("/customers/acme")["customer"]["lago_id"]
    for address in (f"/wallets?customer={acme}", f"/customers/{acme}?tab=wallets"):
        assert names(ada.get(address).text) == ["Early", "First", "Third"]


def test_a_list_without_a_match_says_so(ada, three):
    assert "No wallet matches" in ada.get("/wallets?search=nobody").text


def test_no_wallet_at_all_shows_how_to_make_one(ada):
    shown = ada.get("/wallets").text
    assert "No wallet yet" in shown and "/api/v1/wallets" in shown


def test_a_wallet_shows_what_it_has_and_what_is_used_of_it(sara, story):
    shown = sara.get(path(story)).text
    for text in ("Main", "Acme Ltd", ">101.00<", "101 credits", "Awaiting payment", ">40.00<", "is worth 1 EUR"):
        assert text in shown, text


def test_the_ledger_tells_each_transaction_with_its_invoice(sara, sandbox, story):
    purchase, billed, more = (one["number"] for one in invoices(sandbox))
    assert rows(sara.get(path(story), htmx=True, **IN_LEDGER).text) == [
        f"2025-02-03 00:00:00 Bought More 3 Feb 2025, pending {more} Pending 40 40.00 40 credits –",
        f"2025-02-01 00:00:00 Paid an invoice 1 Feb 2025 {billed} Settled −59 −59.00 −59 credits –",
        "2025-01-01 00:00:00 Granted First 1 Jan 2025 – Settled 60 60.00 60 credits 1.00",
        f"2025-01-01 00:00:00 Bought First 1 Jan 2025 {purchase} Settled 100 100.00 100 credits 100.00",
    ]


KINDS = {
    "kind=granted": ["Granted"], "kind=invoiced": ["Paid"], "status=pending": ["Bought"],
    "kind=purchased&status=settled": ["Bought"], "kind=stolen": ["Bought", "Paid", "Granted", "Bought"],
}


def test_the_ledger_is_filtered(sara, story):
    found = {query: sara.get(f"{path(story)}?{query}", htmx=True, **IN_LEDGER).text for query in KINDS}
    assert {query: [row.split()[2] for row in rows(text)] for query, text in found.items()} == KINDS


def test_the_balance_is_drawn_day_by_day(sara, story):
    """34 days: nothing but what is paid or granted counts, and what is not paid does not."""
    shown = sara.get(path(story)).text
    days = dict(re.findall(r"<title>(\d[^<:]*): ([^<]+)</title>", shown))
    assert len(days) == 34
    assert [days[day] for day in ("1 Jan 2025", "31 Jan 2025", "1 Feb 2025", "3 Feb 2025")] == [
        "160.00 EUR", "160.00 EUR", "101.00 EUR", "101.00 EUR",
    ]


def test_a_long_life_is_drawn_in_sixty_steps_at_most(sara, sandbox, story):
    sandbox.at("2025-06-03T00:00:00Z")
    titles = re.findall(r"<title>(\d[^<:]*): ([^<]+)</title>", sara.get(path(story)).text)
    assert 50 < len(titles) <= 60
    current = sandbox.get(f"/wallets/{story['lago_id']}")["wallet"]["balance_cents"]
    assert titles[-1][1] == f"{current / 100:.2f} EUR" and "3 Jun 2025" in titles[-1][0]


def test_a_transaction_shows_what_it_was_used_for_and_taken_from(sara, sandbox, story):
    granted, bought = (one for one in ledger_of(sandbox, story) if one["name"] == "First")
    used = next(one for one in ledger_of(sandbox, story) if one["transaction_status"] == "invoiced")
    of_grant = sara.get(f"{path(story)}/transactions/{granted['lago_id']}").text
    assert "What they were used for" in of_grant and ">59.00<" in of_grant and "Paid an invoice" in of_grant
    of_use = sara.get(f"{path(story)}/transactions/{used['lago_id']}").text
    assert "Which credits it was taken from" in of_use and ">59.00<" in of_use and "Granted" in of_use
    of_purchase = sara.get(f"{path(story)}/transactions/{bought['lago_id']}", htmx=True).text
    assert "None of them is used yet." in of_purchase


def ledger_of(account, made):
    return account.get(f"/wallets/{made['lago_id']}/wallet_transactions")["wallet_transactions"]


def test_an_open_purchase_can_be_paid_from_the_ledger(sara, sandbox):
    """Its invoice has no page before it is paid (05 §1.9)."""
    sandbox.at("2025-01-01T00:00:00Z")
    customer(sandbox, currency="EUR")
    made = wallet(sandbox, paid_credits="10", invoice_requires_successful_payment=True)
    background(sandbox)
    invoice_id = ledger_of(sandbox, made)[0]["lago_invoice_id"]
    assert f"/payments/new?invoice={invoice_id}" in sara.get(path(made)).text
    sara.post(f"/payments/new?invoice={invoice_id}", amount="10", reference="wire", paid_on="")
    assert sandbox.get(f"/wallets/{made['lago_id']}")["wallet"]["balance_cents"] == 1000


def test_an_ended_wallet_says_so_and_offers_nothing(ada, owner, three):
    ended = owner.get("/wallets")["wallets"][0]
    shown = ada.get(path(ended)).text
    assert "This wallet ended on" in shown
    assert not any(f"{path(ended)}/{verb}" in shown for verb in ("edit", "top_up", "void", "terminate", "rules/new"))


def test_rules_metadata_and_the_api_call_stand_there(ada, owner, three):
    made = wallet(owner, "acme", name="Ruled", metadata={"team": "blue"},
                  recurring_transaction_rules=[threshold_rule()])
    shown = ada.get(path(made)).text
    for text in ("When the ongoing balance falls to 10 credits", "50 credits bought", "team", "blue",
                 f"/api/v1/wallets/{made['lago_id']}"):
        assert text in shown, text


def test_readers_are_offered_no_changes(app, owner, three):
    reader = a_visitor(app, owner.organization, "reader@example.com", role="read_only")
    one = path(owner.get("/wallets")["wallets"][1])
    shown = reader.get(one).text
    assert f"{one}/top_up" not in shown and "New wallet" not in reader.get("/wallets").text
    reader.post(f"{one}/top_up", expect=403, paid_credits="1")


def test_an_invoice_shows_what_wallets_paid_and_a_purchase_its_wallet(sara, sandbox, story):
    purchase, billed, _ = invoices(sandbox)
    shown = sara.get(f"/invoices/{billed['lago_id']}").text
    assert "Paid by prepaid credits" in shown and path(story) in shown and "59 credits" in shown
    assert "Purchase of credits" in sara.get(f"/invoices/{purchase['lago_id']}").text


def test_a_wallet_is_proper_html(sara, story):
    Page(sara.get(path(story)).text)


def test_rows_of_the_ledger_cost_no_queries(ada, owner, three, count_queries):
    one = owner.get("/wallets")["wallets"][1]
    few = shown_with(ada, owner, one, 2, count_queries)
    assert len(shown_with(ada, owner, one, 18, count_queries)) == len(few) <= 20, "\n".join(few)


def shown_with(visitor, account, made, more, count_queries):
    """The queries of the page after some more grants."""
    for _ in range(more):
        body = {"wallet_id": made["lago_id"], "granted_credits": "1"}
        account.post("/wallet_transactions", {"wallet_transaction": body})
    with count_queries() as queries:
        visitor.get(path(made))
    return list(queries)


