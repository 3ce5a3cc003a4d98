"""Plans: what is sold, at which price. The list, a page for each, and the form that makes and changes them."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.pages import current_organization, found, page, paged, show, text, wants_fragment
from lago.admin.plan_draft import copy_of, draft_of, new_draft
from lago.admin.plan_form import plan_form
from lago.admin.plan_prices import MODELS
from lago.catalog.browse import browse_plans, charge_counts, find_plan
from lago.catalog.delete_plan import delete_plan
from lago.catalog.entitlements.queries import entitlements_of, values_of
from lago.catalog.features.queries import load_privileges
from lago.catalog.models import Plan
from lago.catalog.queries import has_had_subscriptions
from lago.core.errors import NotFound
from lago.core.ids import as_uuid
from lago.subscriptions.browse import browse_subscriptions_on, plan_subscription_counts, status_counts_on


@dataclass(frozen=True)
class Row:
    """A plan in the list, with the number of its charges and of its active subscriptions."""

    plan: Plan
    charges: int
    subscriptions: int


@page("GET", "/plans", needs="plans:view")
def plans() -> str:
    search = text("search")
    listed = paged(browse_plans(current_organization().id, search))
    charges, subscriptions = charge_counts(listed.items), plan_subscription_counts(listed.items)
    return show(
        "plans/list.html",
        "plans/_list.html",
        page=listed,
        rows=[Row(plan, charges.get(plan.id, 0), subscriptions.get(plan.id, 0)) for plan in listed.items],
        search=search,
    )


@page("GET", "/plans/<uuid:plan_id>", needs="plans:view")
def plan(plan_id: uuid.UUID) -> str:
    record = own_plan(plan_id)
    listed = paged(browse_subscriptions_on(record))
    given = entitlements_of(record)
    load_privileges(row.feature for row in given)
    return show(
        "plans/show.html", "plans/_subscriptions.html", plan=record, page=listed, subscriptions=listed.items,
        attached=has_had_subscriptions(record), models=MODELS,
        entitlements=[(row, values_of(row)) for row in given],
    )


@page("GET POST", "/plans/new", needs="plans:create")
def new_plan() -> Any:
    """A new plan; with `from` in the address, one like that."""
    origin = own_plan(as_uuid(text("from"))) if text("from") else None
    return plan_form(None, copy_of(origin) if origin else new_draft(current_organization().default_currency))


@page("GET POST", "/plans/<uuid:plan_id>/edit", needs="plans:update")
def edit_plan(plan_id: uuid.UUID) -> Any:
    record = own_plan(plan_id)
    return plan_form(record, draft_of(record))


@page("GET POST", "/plans/<uuid:plan_id>/delete", needs="plans:delete")
def remove_plan(plan_id: uuid.UUID) -> Any:
    record = own_plan(plan_id)
    if request.method != "POST":
        return show("plans/delete.html", plan=record, numbers=status_counts_on(record))
    delete_plan(record)
    back = url_for("admin.plans")
    return make_response("", 204, redirect=back) if wants_fragment() else redirect(back)


def own_plan(plan_id: uuid.UUID | None) -> Plan:
    if plan_id is None:
        raise NotFound("plan")
    return found(find_plan(current_organization().id, plan_id), "plan")
