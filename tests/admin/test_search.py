"""The search over everything: what it finds, for whom, and what it costs."""

import re

from tests.admin.records import a_customer, an_event, an_invoice
from tests.admin.visitor import a_visitor
from tests.builders.catalog import a_plan


def found(visitor, wanted):
    """The titles of what is found, with the captions of their groups."""
    page = visitor.client.get("/search", query_string={"q": wanted})
    assert page.status_code == 200, page.text[:300]
    return re.findall(r'<h2 id="found-\d+">([^<]+)|class="hit-title">([^<]+)', page.text)


def titles(visitor, wanted):
    return [title for _, title in found(visitor, wanted) if title]


def test_things_are_found_by_what_they_are_called(ada, owner):
    a_customer(owner, "ACME-77", name="The Harbour Company", email="Ada@the.example")
    a_customer(owner, "jd", firstname="John", lastname="Doe")
    a_plan(owner, "growth", name="Growth 2025")
    transaction, invoice = an_event(owner), an_invoice(owner, "NOR-009-001")
    for wanted in ("acme-7", "the harb", "company har", "ada@THE", "the.example", "77"):
        assert titles(ada, wanted) == ["The Harbour Company"], wanted
    assert titles(ada, "doe") == ["John Doe"]
    assert ("", "NOR-009-001") in found(ada, "nor-009-0")
    assert found(ada, "TH 20") == [("Plans", ""), ("", "Growth 2025")]
    assert found(ada, transaction) == [("Events", ""), ("", transaction)] and not titles(ada, transaction[:-1])
    assert found(ada, str(invoice.id)) == [("With this id", ""), ("", "NOR-009-001")]
    subscription = found(ada, "team nor-009-0")
    assert subscription[0] == ("Subscriptions", "") and ("", "Team NOR-009-001") in subscription


def test_what_is_named_exactly_so_comes_first(ada, owner):
    for number in range(30, 0, -1):
        a_customer(owner, f"c{number}", name=f"Customer {number}")
    assert titles(ada, "customer 1")[:3] == ["Customer 1", "Customer 10", "Customer 11"]
    assert len(titles(ada, "customer")) == 6


def test_signs_are_no_language(ada, owner):
    a_customer(owner, "percent", name="100% & (Sons): a|b")
    for wanted in ("100% & (s", "(sons)", "percent"):
        assert titles(ada, wanted) == ["100% & (Sons): a|b".replace("&", "&amp;")], wanted
    for wanted in ("%", "_", "'", "\\", "!", "a:*", ":*", "x" * 5000, "\U0010ffff"):
        assert titles(ada, wanted) == [], wanted


def test_nobody_finds_what_is_not_theirs_to_see(app, ada, owner, stranger):
    invoice, transaction = an_invoice(owner), an_event(owner)
    for wanted in (str(invoice.id), str(invoice.customer_id), "NOR-001", "harbour", transaction):
        assert titles(ada, wanted) and not titles(stranger, wanted), wanted
    manager = a_visitor(app, owner.organization, "max@example.com", role="manager")
    assert titles(manager, "NOR-001") and not titles(manager, transaction)  # events are closed to managers (06 §6)


def test_it_costs_the_same_for_few_and_many(ada, owner, count_queries):
    costs = []
    for last in (1, 9):
        for number in range(last):
            a_customer(owner, f"c{last}-{number}", name="Customer")
        with count_queries() as statements:
            titles(ada, "customer")
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 12
