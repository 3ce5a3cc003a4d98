"""What a subscription pays otherwise than its plan says: prices, units, usage thresholds (02 §2.2-7, §8.1, 03 §2.5)."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from flask import request, url_for

from lago.admin.formats import pretty, units
from lago.admin.money_fields import cents_shown, cents_typed
from lago.admin.pages import current_organization, form_text, found, page, show
from lago.admin.record_payment import leave_to
from lago.admin.subscriptions import own_subscription
from lago.catalog.models import Charge, FixedCharge
from lago.catalog.queries import charge_by_code, charges, fixed_charge_by_code, fixed_charges
from lago.core.db import all_or_nothing, db
from lago.core.errors import DomainError, Forbidden, Invalid, NotAllowed, NotFound
from lago.invoicing.change import change
from lago.invoicing.change_own_charge import change_own_charge
from lago.invoicing.change_own_fixed_charge import change_own_fixed_charge
from lago.invoicing.lifetime_usage import change_lifetime_usage, lifetime_usage
from lago.subscriptions.fixed_charge_units import own_units
from lago.subscriptions.models import Subscription
from lago.subscriptions.schemas import SubscriptionUpdateInput
from lago.subscriptions.usage_thresholds import applicable_thresholds

REFUSED = (Invalid, NotAllowed, NotFound, Forbidden)
LIVING = ("active", "pending")


@page("GET", "/subscriptions/<uuid:subscription_id>/prices", needs="subscriptions:view")
def subscription_prices(subscription_id: uuid.UUID) -> str:
    record = own_subscription(subscription_id)
    lifetime = lifetime_usage(record)
    return show(
        "subscriptions/prices.html", subscription=record, charges=db.session.scalars(charges(record.plan)).all(),
        fixed=db.session.scalars(fixed_charges(record.plan)).all(), own=units_of(record), living=is_living(record),
        thresholds=sorted(applicable_thresholds(record), key=lambda one: (bool(one.recurring), one.amount_cents)),
        lifetime=lifetime and lifetime.figures,
    )


@page("GET POST", "/subscriptions/<uuid:subscription_id>/charges/<segment:charge_code>/edit",
      needs="subscriptions:update")
def edit_own_charge(subscription_id: uuid.UUID, charge_code: str) -> Any:
    """The price as the API has it: an object of the charge model."""
    record = own_subscription(subscription_id)
    charge: Charge = found(charge_by_code(record.plan, charge_code), "charge")
    currency = record.plan.amount_currency
    first = {
        "invoice_display_name": charge.invoice_display_name or "", "properties": pretty(charge.properties),
        "min_amount": cents_shown(charge.min_amount_cents, currency),
    }

    def save(typed: dict[str, str]) -> None:
        change_own_charge(record, charge_code, {
            "invoice_display_name": typed["invoice_display_name"] or None, "properties": price_of(typed["properties"]),
            "min_amount_cents": cents_typed(typed["min_amount"] or "0", currency),
        })

    return own_form("subscriptions/own_charge.html", record, first, save, charge=charge)


@page("GET POST", "/subscriptions/<uuid:subscription_id>/fixed_charges/<segment:fixed_charge_code>/edit",
      needs="subscriptions:update")
def edit_own_fixed_charge(subscription_id: uuid.UUID, fixed_charge_code: str) -> Any:
    """How many units it has of a fixed charge."""
    record = own_subscription(subscription_id)
    row: FixedCharge = found(fixed_charge_by_code(record.plan, fixed_charge_code), "fixed_charge")
    first = {"units": units(units_of(record).get(row.id, row.units)).replace(",", ""), "when": "later"}

    def save(typed: dict[str, str]) -> None:
        body = {"units": typed["units"], "apply_units_immediately": typed["when"] == "now"}
        change_own_fixed_charge(record, fixed_charge_code, body)

    return own_form("subscriptions/own_units.html", record, first, save, row=row)


@page("GET POST", "/subscriptions/<uuid:subscription_id>/usage_thresholds", needs="subscriptions:update")
def edit_own_thresholds(subscription_id: uuid.UUID) -> Any:
    """Amounts at which it is invoiced early, one a line; without any those of its plan apply."""
    record = own_subscription(subscription_id)
    currency, present = record.plan.amount_currency, applicable_thresholds(record)
    first = {
        "amounts": "\n".join(cents_shown(one.amount_cents, currency) for one in present if not one.recurring),
        "step": next((cents_shown(one.amount_cents, currency) for one in present if one.recurring), ""),
    }

    def save(typed: dict[str, str]) -> None:
        rows = [{"amount_cents": cents_typed(line, currency)} for line in typed["amounts"].split()]
        steps = [{"amount_cents": cents_typed(typed["step"], currency), "recurring": True}] if typed["step"] else []
        change(record, SubscriptionUpdateInput().read({"usage_thresholds": rows + steps}))

    return own_form("subscriptions/own_thresholds.html", record, first, save)


@page("GET POST", "/subscriptions/<uuid:subscription_id>/lifetime_usage", needs="subscriptions:update")
def edit_lifetime_usage(subscription_id: uuid.UUID) -> Any:
    """What was used before it began here."""
    record = own_subscription(subscription_id)
    lifetime = found(lifetime_usage(record), "lifetime_usage")
    currency = record.plan.amount_currency
    first = {"historical": cents_shown(lifetime.figures.historical, currency)}

    def save(typed: dict[str, str]) -> None:
        cents = cents_typed(typed["historical"] or "0", currency)
        change_lifetime_usage(lifetime, {"external_historical_usage_amount_cents": cents})

    return own_form("subscriptions/own_history.html", record, first, save)


def own_form(
    template: str, record: Subscription, first: dict[str, str], save: Callable[[dict[str, str]], None], **told: Any
) -> Any:
    """Shows a form with its first values, or saves what was typed; of one that has ended nothing changes."""
    back = url_for("admin.subscription_prices", subscription_id=record.id)
    if not is_living(record):
        return leave_to(back)
    if request.method != "POST":
        return show(template, subscription=record, typed=first, **told)
    typed = {name: (form_text(name) or "").replace("\r\n", "\n") for name in first}
    try:
        with all_or_nothing():
            save(typed)
    except REFUSED as error:
        return show(template, subscription=record, typed=typed, errors=errors_of(error, set(first)), **told), 422
    return leave_to(back)


def errors_of(error: DomainError, names: set[str]) -> dict[str, Any]:
    """By the fields of the form; what is about none of them, beside the one that it can only concern, or on top."""
    if not isinstance(error, Invalid):
        return {"base": [getattr(error, "code", "value_is_invalid")]}
    details: Any = error.details
    renamed = {
        "min_amount_cents": "min_amount", "usage_thresholds": "amounts", "amount_cents": "amounts",
        "historical_usage_amount_cents": "historical",
    }
    found_errors: dict[str, Any] = {}
    for name, codes in details.items():
        own = renamed.get(name, name)
        place = own if own in names else "properties" if "properties" in names else "base"
        found_errors.setdefault(place, []).extend(codes if isinstance(codes, list) else [str(codes)])
    return found_errors


def price_of(text: str) -> dict[str, Any]:
    """The JSON object that was typed. Raises Invalid."""
    try:
        price = json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise Invalid({"properties": ["invalid_json"]}) from None
    if not isinstance(price, dict):
        raise Invalid({"properties": ["must_be_object"]})
    return price


def units_of(record: Subscription) -> dict[uuid.UUID, Any]:
    """What it has of its own, by the id of the fixed charge."""
    return {row_id: number for (_, row_id), number in own_units([record.id]).items()}


def is_living(record: Subscription) -> bool:
    return record.status in LIVING and record.organization_id == current_organization().id
