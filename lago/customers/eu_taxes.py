"""The taxes of a customer by the European Union's detection (04 §7)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update

from lago.catalog.eu_taxes import keep_eu_tax
from lago.catalog.models import Tax
from lago.catalog.queries import taxes_of_codes
from lago.core.db import db
from lago.core.outbox import announce, enqueue
from lago.customers.models import Customer, ViesCheck
from lago.pricing.eu_vat import PREFIX, Place, decide, vat_number

_LOOKED_AT = ("tax_identification_number", "zipcode", "country", "billing_entity_id")


@dataclass(frozen=True)
class Before:
    """What the detection looks at, before a change of the customer."""

    values: tuple[object, ...]
    entity_id: object
    detected: bool

    @classmethod
    def of(cls, customer: Customer) -> "Before":
        detected = any(map(is_generated, customer.taxes))
        return cls(_looked_at(customer), customer.billing_entity_id, detected)


def detect_eu_taxes(customer: Customer, before: Before | None, tax_codes: Sequence[str] | None) -> None:
    """Gives a customer the tax of the place, or has the VAT number asked for; `before`: null for a new customer,
    `tax_codes`: those of the request, which stay.

    It does so for a new customer, one without such a tax, and after a change of what it depends on.
    """
    moved = before is not None and before.entity_id != customer.billing_entity_id
    code = _decided(customer, before)
    if code:
        keep_eu_tax(customer.organization_id, code)
        customer.taxes = taxes_of_codes(customer.organization_id, {*(tax_codes or ()), code})
    elif moved:
        customer.taxes = [tax for tax in customer.taxes if not is_generated(tax)]


def place_of(customer: Customer) -> Place:
    return Place(customer.country, customer.zipcode)


def is_generated(tax: Tax) -> bool:
    """Whether the detection has chosen it."""
    return tax.code.startswith(PREFIX)


def _looked_at(customer: Customer) -> tuple[object, ...]:
    return tuple(getattr(customer, name) for name in _LOOKED_AT)


def _decided(customer: Customer, before: Before | None) -> str | None:
    """The code that is known at once; None where nothing is to be detected, or the number is asked for first."""
    entity = customer.billing_entity
    if not entity.eu_tax_management or entity.country is None:
        _forget_check(customer)
        return None
    if before is not None and before.detected and before.values == _looked_at(customer):
        return None
    _forget_check(customer)
    decision = decide(place_of(customer), customer.tax_identification_number, entity.country)
    if decision.ask:
        _ask(customer)
    elif customer.tax_identification_number and not vat_number(customer.tax_identification_number):
        _tell_of_bad_form(customer)
    return decision.code


def _forget_check(customer: Customer) -> None:
    """An answer that is still awaited is about an earlier number or place."""
    statement = update(ViesCheck).where(ViesCheck.customer_id == customer.id, ViesCheck.status == "pending")
    if db.session.scalars(statement.values(status="outdated").returning(ViesCheck.id)).all():
        enqueue(
            "invoicing.finish_pending_invoices", organization_id=customer.organization_id, customer_id=customer.id
        )


def _ask(customer: Customer) -> None:
    check = _check(customer, "pending", {})
    enqueue("customers.check_vies", organization_id=customer.organization_id, check_id=check.id)


def _tell_of_bad_form(customer: Customer) -> None:
    announce("customer.vies_check", _check(customer, "done", {"valid": False, "valid_format": False}))


def _check(customer: Customer, status: str, answer: dict[str, object]) -> ViesCheck:
    check = ViesCheck(
        organization_id=customer.organization_id, customer_id=customer.id,
        number=customer.tax_identification_number or "", status=status, answer=answer,
    )
    db.session.add(check)
    db.session.flush()
    return check
