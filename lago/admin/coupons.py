"""Coupons: what is taken off invoices. The list, a page for each with those who have it, and the form that makes and
changes them (04 §8.1)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin import coupon_words
from lago.admin.coupon_form import (
    Draft,
    body_of,
    changed_body,
    draft_of,
    empty_draft,
    errors_of,
    terms_typed,
    typed_draft,
)
from lago.admin.coupon_uses import uses_of
from lago.admin.pages import asked_for, current_organization, found, one_of, page, paged, show, text, wants_fragment
from lago.catalog.browse import metrics_by_name, plans_by_name
from lago.catalog.coupon_queries import find_coupon, has_been_applied
from lago.catalog.create_coupon import create_coupon
from lago.catalog.models import Coupon
from lago.catalog.terminate_coupon import terminate_coupon
from lago.catalog.update_coupon import update_coupon
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotFound
from lago.coupons.browse import CouponFilter, applied_of, browse_coupons, customer_counts
from lago.coupons.delete_coupon import delete_coupon
from lago.coupons.queries import STATUSES
from lago.pricing.currencies import CURRENCIES


@dataclass(frozen=True)
class Row:
    """A coupon in the list, with how many customers have it now."""

    coupon: Coupon
    customers: int


@page("GET", "/coupons", needs="coupons:view")
def coupons() -> str:
    chosen = CouponFilter(text("search"), one_of("status", STATUSES))
    listed = paged(browse_coupons(current_organization().id, chosen))
    numbers = customer_counts(listed.items)
    return show(
        "coupons/list.html", "coupons/_list.html", page=listed, chosen=chosen, statuses=STATUSES, words=coupon_words,
        rows=[Row(one, numbers.get(one.id, (0, 0))[0]) for one in listed.items],
    )


@page("GET", "/coupons/<uuid:coupon_id>", needs="coupons:view")
def coupon(coupon_id: uuid.UUID) -> str:
    record = own_coupon(coupon_id)
    listed = paged(applied_of(record))
    now, ever = customer_counts([record]).get(record.id, (0, 0))
    return show(
        "coupons/show.html", "coupons/_customers.html", coupon=record, page=listed, uses=uses_of(listed.items),
        words=coupon_words, customers=now, ever=ever,
    )


@page("GET POST", "/coupons/new", needs="coupons:create")
def new_coupon() -> Any:
    return form(None)


@page("GET POST", "/coupons/<uuid:coupon_id>/edit", needs="coupons:update")
def edit_coupon(coupon_id: uuid.UUID) -> Any:
    return form(own_coupon(coupon_id))


@page("GET POST", "/coupons/<uuid:coupon_id>/terminate", needs="coupons:update")
def end_coupon(coupon_id: uuid.UUID) -> Any:
    """Asks before nobody can get the coupon any more."""
    record = own_coupon(coupon_id)
    if request.method != "POST":
        return show("coupons/terminate.html", coupon=record, customers=customers_with(record))
    terminate_coupon(record)
    return leave_to(url_for("admin.coupon", coupon_id=coupon_id))


@page("GET POST", "/coupons/<uuid:coupon_id>/delete", needs="coupons:delete")
def remove_coupon(coupon_id: uuid.UUID) -> Any:
    record = own_coupon(coupon_id)
    if request.method != "POST":
        return show("coupons/delete.html", coupon=record, customers=customers_with(record))
    delete_coupon(record)
    return leave_to(url_for("admin.coupons"))


def form(record: Coupon | None) -> Any:
    """Shows the form of a coupon or a new one, explains what is typed, or saves it."""
    if request.method != "POST":
        return show_form(record, first_draft(record))
    draft = typed_draft()
    if asked_for("explained"):
        return show("coupons/_explained.html", words=coupon_words, **explained(draft, record))
    try:
        with all_or_nothing():
            saved = save(record, draft)
    except Invalid as error:
        return show_form(record, draft, errors=errors_of(error)), 422
    except NotFound:  # a plan or metric was deleted since the form was opened
        return show_form(record, draft, errors={"limit": ["coupon_target_is_gone"]}), 422
    return leave_to(url_for("admin.coupon", coupon_id=saved.id))


def first_draft(record: Coupon | None) -> Draft:
    """What the form shows before anything is typed."""
    currency = current_organization().default_currency
    return draft_of(record, currency) if record else empty_draft(currency)


def save(record: Coupon | None, draft: Draft) -> Coupon:
    """Makes the coupon or changes it. Raises Invalid, NotFound."""
    if record is None:
        return create_coupon(current_organization().id, body_of(draft))
    if has_been_applied(record) and draft.texts["coupon_type"]:  # its form was opened before somebody had it
        raise Invalid({"base": ["coupon_was_applied"]})
    update_coupon(record, changed_body(draft, record))
    return record


def show_form(record: Coupon | None, draft: Draft, **context: Any) -> str:
    own = current_organization().id
    return show(
        "coupons/form.html", coupon=record, draft=draft, words=coupon_words, currencies=sorted(CURRENCIES),
        applied=bool(record) and has_been_applied(record), plans=plans_by_name(own), metrics=metrics_by_name(own),
        **explained(draft, record), **context,
    )


def explained(draft: Draft, record: Coupon | None) -> dict[str, Any]:
    """What the coupon in the form does, in words and by example; nothing as long as it is not known."""
    fixed = record is not None and has_been_applied(record)
    draft = first_draft(record) if fixed else draft
    typed, own = terms_typed(draft), current_organization()
    if typed is None:
        return {"terms": None}
    currency = typed[1] if typed[1] in CURRENCIES else own.default_currency
    limited = draft.is_limited
    return {
        "terms": typed[0], "currency": currency, "limited": limited, "said": draft,
        "steps": coupon_words.example(typed[0], currency, limited=limited),
        "targets": coupon_words.joined(names_of(draft)) if limited else "", "example": coupon_words.EXAMPLE,
    }


def names_of(draft: Draft) -> list[str]:
    """The names of the plans or metrics that are chosen; without those that are not known."""
    own = current_organization().id
    codes: tuple[str, ...]
    rows: Sequence[Any]
    codes, rows = (
        (draft.plans, plans_by_name(own)) if draft.texts["limit"] == "plans" else (draft.metrics, metrics_by_name(own))
    )
    return [row.name for row in rows if row.code in codes]


def customers_with(record: Coupon) -> int:
    """How many customers have the coupon now."""
    return customer_counts([record]).get(record.id, (0, 0))[0]


def own_coupon(coupon_id: uuid.UUID) -> Coupon:
    return found(find_coupon(current_organization().id, coupon_id), "coupon")


def leave_to(address: str) -> Any:
    """To another page, from a drawer or from a page."""
    return make_response("", 204, redirect=address) if wants_fragment() else redirect(address)
