"""Asking whether a customer's VAT number is registered, until there is an answer (04 §7)."""

import uuid
from datetime import timedelta

from lago.catalog.eu_taxes import keep_eu_tax
from lago.catalog.queries import taxes_of_codes
from lago.core import clock
from lago.core.db import db, lock, transaction
from lago.core.outbox import announce, enqueue
from lago.customers.eu_taxes import place_of
from lago.customers.models import ViesCheck
from lago.customers.vies import NoAnswer, is_registered
from lago.organizations.models import Organization
from lago.pricing.eu_vat import VatNumber, vat_number, with_answer

_WAITS_MIN = (5, 5, 10, 20, 40)
_THEN_MIN = 60


def check_vies(check_id: uuid.UUID) -> None:
    """Asks once, and gives the customer the tax that follows; without an answer it has itself asked again later.

    Opens transactions of its own, none of them while it waits for the answer. Doing it twice is the same as once: an
    answer to a check that is no longer pending is dropped.
    """
    with transaction():
        check = db.session.get_one(ViesCheck, check_id)
        number = vat_number(check.number) if check.status == "pending" else None
    if number is None:
        return
    try:
        valid = is_registered(number)
    except NoAnswer as error:
        with transaction():
            _ask_again(check_id, str(error))
        return
    with transaction():
        _settle(check_id, number, valid=valid)


def _held(check_id: uuid.UUID) -> ViesCheck | None:
    """The check, if it is still pending, with its customer locked."""
    lock(db.session.get_one(ViesCheck, check_id).customer_id)
    check = db.session.get_one(ViesCheck, check_id, populate_existing=True)
    return check if check.status == "pending" else None


def _ask_again(check_id: uuid.UUID, reason: str) -> None:
    check = _held(check_id)
    if check is None:
        return
    wait = _WAITS_MIN[check.attempts] if check.attempts < len(_WAITS_MIN) else _THEN_MIN
    check.attempts += 1
    check.answer = {"error": reason[:200]}
    enqueue(
        "customers.check_vies", organization_id=check.organization_id, delay=timedelta(minutes=wait), check_id=check.id
    )


def _settle(check_id: uuid.UUID, number: VatNumber, *, valid: bool) -> None:
    check = _held(check_id)
    if check is None:
        return
    customer = check.customer
    organization = db.session.get_one(Organization, customer.organization_id)
    with clock.of(organization.clock_now):
        check.status = "done"
        check.answer = {
            "valid": valid, "valid_format": True, "country_code": number.letters, "vat_number": number.rest
        }
        if customer.billing_entity.eu_tax_management and customer.billing_entity.country:
            code = with_answer(
                place_of(customer), number, valid=valid, entity_country=customer.billing_entity.country
            )
            keep_eu_tax(customer.organization_id, code)
            customer.taxes = taxes_of_codes(customer.organization_id, [code])
        owner = {"organization_id": customer.organization_id, "customer_id": customer.id}
        enqueue("invoicing.flag_drafts", **owner)
        enqueue("invoicing.finish_pending_invoices", **owner)
        announce("customer.vies_check", check)
