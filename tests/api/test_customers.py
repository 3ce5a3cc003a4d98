"""Customers over the API."""

from tests.builders.customers import a_customer


def test_a_customer_is_made_and_found(owner):
    made = a_customer(owner, name="Acme")
    assert owner.get("/customers/acme")["customer"] == made
