"""A new subscription: its form, and what it bills at once, shown while it is typed."""

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from lago.admin.billing_entities import entity_options
from lago.admin.pages import asked_for, current_organization, form_text, page, paged, show, text
from lago.admin.section_choice import object_of, offered_sections, typed_sections
from lago.admin.subscription_forms import Errors, end_of_day, start_of_day, to_subscription
from lago.admin.subscription_preview import Outcome, done, looked_at, shown
from lago.admin.subscriptions import local_day
from lago.catalog.browse import find_plan, plans_by_name
from lago.core import clock
from lago.core.errors import Invalid
from lago.core.fields import LONGEST_CODE, MANDATORY, TOO_LONG
from lago.core.ids import as_uuid, new_id
from lago.customers.browse import CustomerFilter, browse_customers, find_customer
from lago.customers.find_or_create import find_or_create_customer
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.invoicing.documents_made import documents_made
from lago.invoicing.subscribe import subscribe
from lago.pricing.local_time import local_date
from lago.subscriptions.create import BILLING_TIMES
from lago.subscriptions.queries import current_subscription

FIELDS = (
    "external_customer_id", "plan", "external_id", "name", "billing_time", "subscription_at", "ending_at",
    "purchase_order_number", "billing_entity_code",
)


@page("GET POST", "/subscriptions/new", needs="subscriptions:create")
def new_subscription() -> Any:
    if asked_for("customers-known"):
        return show("subscriptions/_customers.html", customers=customers_like(text("external_customer_id")))
    if request.method != "POST":
        return show_form(first_values(), None, {})
    typed = {name: form_text(name) for name in FIELDS}
    looks = asked_for("preview") or "preview" in request.form
    try:
        outcome = (looked_at if looks else partial(done, promise=None))(partial(put_in, typed))
    except Invalid as error:
        return show_form(typed, None, error.details), 200 if looks else 422
    return show_form(typed, outcome, {}) if looks else to_subscription(outcome.subscription_id)


def first_values() -> dict[str, str | None]:
    """What stands in the form before anything is typed: a customer or a plan that the address names."""
    customer_id, organization = as_uuid(text("customer")), current_organization()
    customer = find_customer(organization.id, customer_id) if customer_id else None
    return {
        **dict.fromkeys(FIELDS), "external_customer_id": customer.external_id if customer else None,
        "plan": text("plan"), "billing_time": "calendar",
    }


def put_in(typed: dict[str, str | None]) -> Outcome:
    """Makes the subscription, and the customer if there is none of that external id. Raises Invalid by field."""
    check(typed)
    organization = current_organization()
    external_id = str(typed["external_customer_id"])
    is_new = customer_by_external_id(organization.id, external_id) is None
    customer = find_or_create_customer(organization, external_id)
    body = body_of(typed, ZoneInfo(customer.applicable_timezone))
    record, made = documents_made(customer.id, partial(start, customer, body))
    starts_at = record.started_at or record.subscription_at
    begins = local_day(record, starts_at)
    today = local_date(clock.now(), ZoneInfo(customer.applicable_timezone))
    kind = "later" if record.status == "pending" else "today" if begins == today else "backdated"
    return shown(
        kind, made, subscription_id=record.id, day=begins, next_bill=local_day(record, record.billing_due_at),
        customer=customer.display_name, new_customer=is_new,
    )


def start(customer: Customer, body: dict[str, Any]) -> Any:
    """The new subscription of a customer, who is locked: never a plan change of one that he has. Raises Invalid."""
    if current_subscription(customer, body["external_id"]):
        raise Invalid({"external_id": ["external_id_in_use"]})
    return subscribe(current_organization(), body)


def check(typed: dict[str, str | None]) -> None:
    """Raises Invalid for what is missing or longer than it may be."""
    problems = {name: [MANDATORY] for name in ("external_customer_id", "plan") if not typed[name]}
    longest = {"external_customer_id": LONGEST_CODE, "external_id": LONGEST_CODE}
    problems |= {name: [TOO_LONG] for name, most in longest.items() if len(typed[name] or "") > most}
    if problems:
        raise Invalid(problems)


def body_of(typed: dict[str, str | None], zone: ZoneInfo) -> dict[str, Any]:
    """The API's object; a start today is now. Raises Invalid for an unknown plan and for what is no date."""
    plan_id = as_uuid(typed["plan"])
    plan = find_plan(current_organization().id, plan_id) if plan_id else None
    if plan is None or plan.pending_deletion:
        raise Invalid({"plan": [MANDATORY]})
    starts_at = start_of_day("subscription_at", zone)
    is_today = starts_at is not None and local_date(starts_at, zone) == local_date(clock.now(), zone)
    moments = {"subscription_at": None if is_today else starts_at, "ending_at": end_of_day("ending_at", zone)}
    return {
        "external_customer_id": typed["external_customer_id"], "plan_code": plan.code,
        "external_id": typed["external_id"] or str(new_id()), "name": typed["name"] or "",
        "billing_time": typed["billing_time"] or BILLING_TIMES[0],
        "purchase_order_number": typed["purchase_order_number"],
        "billing_entity_code": typed["billing_entity_code"], **object_of(typed_sections()),
        **{name: moment.isoformat() for name, moment in moments.items() if moment},
    }


def show_form(typed: dict[str, str | None], outcome: Outcome | None, errors: Errors) -> str:
    organization = current_organization()
    part = "subscriptions/_new.html" if asked_for("preview") else None
    return show(
        "subscriptions/new.html", part, typed=typed, outcome=outcome, errors=errors,
        plans=[plan for plan in plans_by_name(organization.id) if not plan.pending_deletion],
        customers=customers_like(None), entities=entity_options(), sections=typed_sections(),
        offered=offered_sections(organization.id),
    )


def customers_like(search: str | None) -> list[Customer]:
    """The newest customers of whom a part of a name or the external id is typed: some to choose from."""
    customers: list[Customer] = paged(browse_customers(current_organization().id, CustomerFilter(search=search))).items
    return customers
