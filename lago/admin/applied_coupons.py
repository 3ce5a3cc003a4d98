"""Coupons of customers: given and taken away (04 §8.2)."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from lago.admin import coupon_words
from lago.admin.access import address
from lago.admin.coupon_form import body_of_terms
from lago.admin.coupon_uses import uses_of
from lago.admin.coupons import leave_to, own_coupon
from lago.admin.pages import asked_for, current_organization, form_text, found, page, paged, show, text
from lago.admin.plan_money import typed_amount
from lago.catalog.models import Coupon
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotAllowed, NotFound
from lago.core.fields import plain
from lago.coupons.apply_coupon import apply_coupon
from lago.coupons.browse import CouponFilter, browse_coupons, find_applied
from lago.coupons.models import AppliedCoupon
from lago.coupons.terminate import terminate
from lago.customers.browse import CustomerFilter, browse_customers, find_customer
from lago.customers.hold import hold
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.pricing.currencies import CURRENCIES

_TEXTS = ("external_customer_id", "amount", "amount_currency", "percentage_rate", "frequency", "frequency_duration")
_NAMES = {"amount_cents": "amount", "coupon": "external_customer_id"}


@dataclass(frozen=True)
class Problem:
    """Why the coupon was not given, by the form's fields."""

    errors: dict[str, Any]


@page("GET POST", "/coupons/<uuid:coupon_id>/apply", needs="coupons:attach")
def give_coupon(coupon_id: uuid.UUID) -> Any:
    """Gives a customer the coupon, with other terms if such are typed."""
    coupon = own_coupon(coupon_id)
    if asked_for("customers-known"):
        return show("subscriptions/_customers.html", customers=customers_like(text("external_customer_id")))
    if request.method != "POST":
        return show_form(coupon, terms_of(coupon) | {"external_customer_id": text("customer") or ""})
    typed = {name: form_text(name) or "" for name in _TEXTS}
    if problem := give(coupon, typed):
        return show_form(coupon, typed, errors=problem.errors), 422
    return leave_to(page_of(text("customer")) or url_for("admin.coupon", coupon_id=coupon_id))


def page_of(external_customer_id: str | None) -> str:
    """The coupons of the customer from whose page one came; nothing if there was none."""
    customer = customer_by_external_id(current_organization().id, external_customer_id or "")
    return address("customer", customer_id=customer.id, tab="coupons") if customer else ""


@page("GET", "/customers/<uuid:customer_id>/coupons/new", needs="coupons:attach")
def choose_coupon(customer_id: uuid.UUID) -> str:
    """The active coupons that this customer can be given."""
    organization_id = current_organization().id
    customer = found(find_customer(organization_id, customer_id), "customer")
    offered = paged(browse_coupons(organization_id, CouponFilter(status="active"))).items
    return show("coupons/choose.html", customer=customer, coupons=offered, words=coupon_words)


@page("GET POST", "/applied_coupons/<uuid:applied_id>/terminate", needs="coupons:detach")
def take_coupon_away(applied_id: uuid.UUID) -> Any:
    """Asks before a customer has the coupon no longer."""
    applied = own_applied(applied_id)
    if request.method != "POST":
        (use,) = uses_of([applied])
        return show("coupons/take_away.html", use=use, words=coupon_words)
    hold(applied.customer_id, current_organization())
    terminate(own_applied(applied_id))
    return leave_to(page_of(text("customer")) or url_for("admin.coupon", coupon_id=applied.coupon_id))


def give(coupon: Coupon, typed: dict[str, str]) -> Problem | None:
    """Applies it; what is wrong, if it could not be done."""
    customer = customer_by_external_id(current_organization().id, typed["external_customer_id"])
    if customer is None:
        return Problem({"external_customer_id": ["customer_not_found"]})
    hold(customer.id, current_organization())
    try:
        with all_or_nothing():
            apply_coupon(customer, coupon.code, own_terms(coupon, typed))
    except Invalid as error:
        details: Any = error.details
        return Problem({_NAMES.get(name, name): codes for name, codes in details.items()})
    except (NotAllowed, NotFound) as error:
        return Problem({"base": [error.code]})
    return None


def own_terms(coupon: Coupon, typed: dict[str, str]) -> dict[str, Any]:
    """What was typed, as the API reads it; without what is the coupon's own anyway."""
    body = body_of_terms({**typed, "coupon_type": coupon.coupon_type})
    return {name: value for name, value in body.items() if name != "coupon_type"}


def terms_of(coupon: Coupon) -> dict[str, str]:
    currency = coupon.amount_currency or ""
    return {
        "amount": typed_amount(coupon.amount_cents, currency), "amount_currency": currency,
        "percentage_rate": (plain(coupon.percentage_rate) or "").removesuffix(".0"), "frequency": coupon.frequency,
        "frequency_duration": str(coupon.frequency_duration or ""),
    }


def show_form(coupon: Coupon, texts: dict[str, str], **context: Any) -> str:
    return show(
        "coupons/apply.html", coupon=coupon, texts=texts, words=coupon_words, currencies=sorted(CURRENCIES),
        customers=customers_like(texts["external_customer_id"] or None), **context,
    )


def customers_like(search: str | None) -> list[Customer]:
    """The newest customers of whom a part of a name or the external id is typed: some to choose from."""
    customers: list[Customer] = paged(browse_customers(current_organization().id, CustomerFilter(search=search))).items
    return customers


def own_applied(applied_id: uuid.UUID) -> AppliedCoupon:
    return found(find_applied(current_organization().id, applied_id), "applied_coupon")
