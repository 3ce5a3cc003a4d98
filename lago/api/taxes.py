"""`/taxes` (04 §6.1)."""

from typing import Any

from lago.api.kit import body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.catalog import queries
from lago.catalog.create_tax import create_tax
from lago.catalog.delete_tax import delete_tax
from lago.catalog.models import Tax
from lago.catalog.schemas import TaxOfTaxesSchema
from lago.catalog.update_tax import update_tax


@endpoint("GET", "/taxes", permission="tax")
def list_() -> dict[str, Any]:
    return many("taxes", TaxOfTaxesSchema(), queries.taxes(current_organization().id))


@endpoint("POST", "/taxes", permission="tax")
def create_() -> dict[str, Any]:
    return one("tax", TaxOfTaxesSchema(), create_tax(current_organization().id, body("tax")))


@endpoint("GET", "/taxes/<code:code>", permission="tax")
def show_(code: str) -> dict[str, Any]:
    return one("tax", TaxOfTaxesSchema(), _tax(code))


@endpoint("PUT PATCH", "/taxes/<code:code>", permission="tax")
def update_(code: str) -> dict[str, Any]:
    tax = _tax(code)
    update_tax(tax, body("tax"))
    return one("tax", TaxOfTaxesSchema(), tax)


@endpoint("DELETE", "/taxes/<code:code>", permission="tax")
def delete_(code: str) -> dict[str, Any]:
    tax = _tax(code)
    delete_tax(tax)
    return one("tax", TaxOfTaxesSchema(), tax)


def _tax(code: str) -> Tax:
    return found(queries.tax_by_code(current_organization().id, code), "tax")
