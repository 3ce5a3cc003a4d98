"""Credit notes: how an invoice comes to have one, and what they look like over the API."""

from typing import Any

from tests.builders.catalog import a_tax
from tests.builders.organizations import Account
from tests.builders.stories import customer, plan, subscribe


def notes(account: Account, **filters: Any) -> list[dict[str, Any]]:
    """All credit notes that the filters leave, oldest first."""
    return list(reversed(account.get("/credit_notes", **filters)["credit_notes"]))


def march(sandbox: Account, rate: int = 20, *, name: str = "acme", **of_customer: Any) -> Account:
    """99.00 a month in advance since 1 February 2024, taxed; it is the 2nd of March, whose month is invoiced."""
    sandbox.at("2024-02-01T00:00:00Z")
    a_tax(sandbox, "vat", rate=rate, applied_to_organization=True)
    plan(sandbox, amount_cents=9900, pay_in_advance=True)
    customer(sandbox, name, **of_customer)
    subscribe(sandbox, name)
    return sandbox.at("2024-03-02T00:00:00Z")


def ended_in_march(sandbox: Account, moment: str = "2024-03-12T10:00:00Z", **options: Any) -> dict[str, Any]:
    """The credit note of a subscription that ended then."""
    march(sandbox, options.pop("rate", 20)).at(moment)
    sandbox.delete("/subscriptions/acme", **options)
    (note,) = notes(sandbox)
    return note
