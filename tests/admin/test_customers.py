"""The customers' pages."""

from tests.admin.records import a_customer, an_invoice
from tests.builders.stories import plan, subscribe


def test_customers_are_found_by_any_part_of_their_names(ada, owner):
    a_customer(owner, "acme", name="Harbour & Sons")
    a_customer(owner, "zeta", email="kite@robots.example")
    assert names(ada, "?search=HARBOUR") == {"acme"}
    assert names(ada, "?search=robots") == {"zeta"}
    assert names(ada, "?search=ac%25me") == set()
    assert names(ada, "") == {"acme", "zeta"}


def test_customers_are_told_apart_by_currency_and_subscription(ada, owner):
    plan(owner)
    a_customer(owner, "acme", currency="EUR")
    a_customer(owner, "zeta", currency="USD")
    subscribe(owner, "acme")
    assert names(ada, "?currency=USD") == {"zeta"}
    assert names(ada, "?subscribed=yes") == {"acme"}
    assert names(ada, "?subscribed=no") == {"zeta"}


def test_a_long_list_comes_in_pages_that_keep_the_filters(ada, owner):
    for number in range(51):
        a_customer(owner, f"c{number:02}")
    page = ada.get("/customers?search=c").text
    assert "1–50 of 51" in page and "/customers?search=c&amp;page=2" in page
    assert "51–51 of 51" in ada.get("/customers?search=c&page=2").text


def test_a_customer_shows_details_subscriptions_invoices_and_the_api_call(ada, owner):
    invoice = an_invoice(owner)
    path = f"/customers/{invoice.customer_id}"
    overview = ada.get(path).text
    assert "22 Quay Street" in overview and "109.00" in overview
    assert "/api/v1/customers/harbour-NOR-001-042" in overview
    assert "Team NOR-001-042" not in overview
    assert "NOR-001-042" in ada.get(f"{path}?tab=invoices").text


def test_names_are_text_and_never_markup(ada, owner):
    customer = a_customer(owner, "<b>x", name="<script>alert(1)</script>")
    for path in ("/customers", f"/customers/{customer['lago_id']}"):
        assert "<script>alert" not in ada.get(path).text


def names(visitor, query):
    page = visitor.get(f"/customers{query}", htmx=True).text
    return {name for name in ("acme", "zeta") if f'title="{name}"' in page}
