"""Invoices of add-ons, made by hand (04 §10)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lago.catalog.models import AddOn
from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid, NotFound
from lago.customers.hold import hold
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.invoicing.apply_sections import apply_chosen_sections
from lago.invoicing.dates import setting
from lago.invoicing.fee_columns import as_text
from lago.invoicing.finalize import finalize
from lago.invoicing.models import ONE_OFF, Fee, Invoice
from lago.invoicing.numbering import draft_number
from lago.invoicing.one_off_inputs import MOST_FEES, Bounds, OneOffFeeInput, OneOffInput, bounds_of
from lago.invoicing.one_off_taxes import GIVEN, chosen_for_lines
from lago.invoicing.snapshot import snapshot
from lago.invoicing.tax_fees import put_taxes
from lago.organizations.models import BillingEntity, Organization
from lago.organizations.queries import billing_entity_named
from lago.pricing.currencies import CURRENCIES
from lago.pricing.local_time import local_date
from lago.pricing.one_off import one_off_amount
from lago.pricing.rounding import STORED_PLACES, divide, round_to
from lago.subscriptions.payment_method import payment_method_type


def create_one_off(organization: Organization, data: Mapping[str, Any]) -> Invoice:
    """A one-off invoice of the client's object, finalized at once: taxed, but nothing else is taken off it.

    Raises NotFound for an unknown customer, add-on or billing entity and where there are no lines; Invalid.
    """
    values = OneOffInput().read(data)
    customer = customer_by_external_id(organization.id, values["external_customer_id"])
    if customer is None:
        raise NotFound("customer")
    lines = _lines(data.get("fees"))
    add_ons = _add_ons(organization.id, [line["add_on_code"] for line in lines])
    payment_method_type(data.get("payment_method"))
    entity = billing_entity_named(organization.id, values["billing_entity_code"], values["billing_entity_id"])
    bounds = [bounds_of(line) for line in data["fees"]]
    hold(customer.id, organization)
    invoice = _new_invoice(customer, entity or customer.billing_entity, values)
    fees = [
        _fee(invoice, add_ons[line["add_on_code"]], line, when) for line, when in zip(lines, bounds, strict=True)
    ]
    invoice.fees, invoice.invoice_subscriptions, invoice.credits = fees, [], []
    put_taxes(invoice, fees, chosen_for_lines(customer, fees))
    invoice.snapshot = snapshot(invoice)
    apply_chosen_sections(invoice, values["invoice_custom_section"])
    finalize([invoice])
    return invoice


def _lines(given: Any) -> list[dict[str, Any]]:
    """Raises NotFound where there are none, and Invalid for one that cannot be read."""
    if not isinstance(given, list) or not given or not all(isinstance(line, dict) for line in given):
        raise NotFound("fees")
    if len(given) > MOST_FEES:
        raise Invalid({"fees": ["too_many_fees"]})
    return [OneOffFeeInput().read(line) for line in given]


def _add_ons(organization_id: uuid.UUID, codes: Sequence[str]) -> dict[str, AddOn]:
    query = select(AddOn).where(
        AddOn.organization_id == organization_id, AddOn.deleted_at.is_(None), AddOn.code.in_(set(codes))
    )
    found = {add_on.code: add_on for add_on in db.session.scalars(query)}
    if not found.keys() >= set(codes):
        raise NotFound("add_on")
    return found


def _new_invoice(customer: Customer, entity: BillingEntity, values: Mapping[str, Any]) -> Invoice:
    currency = values["currency"] or customer.currency
    if not currency:
        raise Invalid({"currency": ["value_is_mandatory"]})
    customer.currency = customer.currency or currency
    today = local_date(clock.now(), ZoneInfo(customer.applicable_timezone))
    term = setting(customer, "net_payment_term")
    return Invoice(
        organization_id=customer.organization_id, customer_id=customer.id, customer=customer,
        billing_entity_id=entity.id, billing_entity=entity, invoice_type=ONE_OFF, status="generating",
        number=draft_number(entity.document_number_prefix), currency=currency, created_at=clock.now(),
        purchase_order_number=values["purchase_order_number"], skip_psp=bool(values["skip_psp"]),
        issuing_date=today, expected_finalization_date=today, payment_due_date=today + timedelta(days=term),
        net_payment_term=term, timezone=customer.applicable_timezone, self_billed=customer.account_type == "partner",
    )


def _fee(invoice: Invoice, add_on: AddOn, line: Mapping[str, Any], when: Bounds) -> Fee:
    unit_cents = add_on.amount_cents if line["unit_amount_cents"] is None else line["unit_amount_cents"]
    units = Decimal(1) if line["units"] is None else line["units"]
    amount = one_off_amount(unit_cents, units)
    start, end = (moment or clock.now() for moment in (when.start, when.end))
    return Fee(
        organization_id=invoice.organization_id, fee_type="add_on", add_on_id=add_on.id, add_on=add_on,
        currency=invoice.currency, units=units, amount_cents=amount.amount_cents,
        precise_amount_cents=amount.precise_amount_cents, unit_amount_cents=unit_cents,
        precise_unit_amount=round_to(
            divide(Decimal(unit_cents), Decimal(CURRENCIES[invoice.currency].subunit)), STORED_PLACES
        ),
        invoice_display_name=line["invoice_display_name"] or add_on.invoice_display_name,
        description=line["description"] if line["description"] is not None else add_on.description,
        properties={
            "from_datetime": as_text(start), "to_datetime": as_text(end), GIVEN: line["tax_codes"],
        },
    )
