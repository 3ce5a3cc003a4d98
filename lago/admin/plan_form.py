"""The form of a plan: shown, changed row by row, previewed, saved."""

import re
from dataclasses import replace
from typing import Any

from flask import redirect, request, url_for

from lago.admin.form_tree import Tree, at, changed, read_tree, rows_of, text_of
from lago.admin.pages import current_organization, show, wants_fragment
from lago.admin.plan_body import Body, body_of
from lago.admin.plan_completed import completed
from lago.admin.plan_draft import YES
from lago.admin.plan_form_cards import PlanForm
from lago.admin.plan_offers import choices_of
from lago.admin.plan_prices import MODELS
from lago.admin.plan_problems import Errors, problems_of
from lago.catalog.create_plan import create_plan
from lago.catalog.entitlements.copy_entitlements import copy_entitlements
from lago.catalog.inputs import PlanInput
from lago.catalog.models import Plan
from lago.catalog.queries import has_had_subscriptions
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid
from lago.invoicing.update_plan import update_plan

INTERVALS = ("weekly", "monthly", "quarterly", "semiannual", "yearly")
KINDS = ("charges", "fixed_charges")
THRESHOLDS = "usage_thresholds"
PART = re.compile(r"(preview-)?((?:fixed_)?charges)(?:-(\d{1,6})((?:-\w+)*))?", re.ASCII)


def plan_form(plan: Plan | None, first: Tree) -> Any:
    """Shows the form, filled with `first` before anything is typed; changes its rows, or saves it."""
    choices = choices_of(current_organization().id)
    attached = plan is not None and has_had_subscriptions(plan)
    posted = request.method == "POST"
    change = request.form.get("change", "")
    typed = changed(read_tree(request.form), change) if posted else first
    form = PlanForm(plan, attached, choices, completed(typed, choices, plan, attached=attached), change)
    if not posted or change:
        return show_form(form)
    try:
        saved = save(form)
    except Invalid as error:
        return show_form(with_errors(form, error.details)), 422  # type: ignore[arg-type]
    return redirect(url_for("admin.plan", plan_id=saved.id))


def save(form: PlanForm) -> Plan:
    """Makes the plan or changes it. Raises Invalid with errors by path."""
    if form.attached and text_of(form.draft, "interval"):  # it was opened before the first subscription
        raise Invalid({"base": ["plan_has_subscriptions"]})
    if form.plan is None and text_of(form.draft, "copy_of") and form.origin is None:
        raise Invalid({"base": ["origin_is_gone"]})
    body = body_of(form.draft, form.choices, form.plan, attached=form.attached)
    if problems := problems_of(body, form.choices, form.plan):
        raise Invalid(problems)
    with all_or_nothing():
        if form.plan is None:
            return create(form, body)
        update_plan(form.plan, body)
        return form.plan


def create(form: PlanForm, body: Body) -> Plan:
    """A new plan; one that is a copy gives the features of the other, too."""
    plan = create_plan(current_organization().id, body)
    if form.origin:
        copy_entitlements(form.origin, plan)
    return plan


def with_errors(form: PlanForm, errors: Errors) -> PlanForm:
    """With the charges unfolded that errors are about. What no field of the form is about stands above them all."""
    rows = {kind: [_opened(row, f"{kind}.{place}", errors) for place, row in enumerate(rows_of(form.draft, kind))]
            for kind in KINDS}
    known = {*PlanInput().fields, "base"}
    fields = {path: codes for path, codes in errors.items() if "." in path or path in known}
    others = [code for path, codes in errors.items() if path not in fields for code in codes]
    return replace(form, draft={**form.draft, **rows}, errors=fields | ({"base": others} if others else {}))


def show_form(form: PlanForm) -> str:
    """The form, or the part of it that HTMX asked for: all charges, one of them, what a price would cost, or the usage
    thresholds."""
    context: dict[str, Any] = {
        "form": form, "draft": form.draft, "plan": form.plan, "change": form.change, "models": MODELS,
        "intervals": INTERVALS,
    }
    part = _part_of(form)
    if part is None:
        return show("plans/form.html", errors=form.errors, **context)
    template, more = part
    return show("plans/form.html", template, errors=form.errors, **context, **more)


def _part_of(form: PlanForm) -> tuple[str, dict[str, Any]] | None:
    """The template of the part, and what it shows; None for the whole form."""
    target = str(request.htmx.target) if wants_fragment() else ""  # type: ignore[attr-defined]
    if target == THRESHOLDS:
        return f"plans/_{THRESHOLDS}.html", {}
    match = PART.fullmatch(target)
    if match is None:
        return None
    preview, kind, place, rest = match.groups()
    if place is None:
        return f"plans/_{kind}.html", {}
    if at(form.draft, f"{kind}.{place}") is None:
        return None
    card: Any = form.charge(int(place)) if kind == "charges" else form.fixed_charge(int(place))
    if not preview:
        return f"plans/_{kind.removesuffix('s')}.html", {"card": card}
    return "plans/_preview.html", {"card": card, "price": _price_at(card, rest), "announced": True}


def _price_at(card: Any, rest: str) -> Any:
    """`-price` of the charge, or `-filters-1-price` of one of its filters."""
    number = rest.split("-")[2:3]
    filters = getattr(card, "filters", ())
    of_filter = number and number[0].isdecimal() and int(number[0]) < len(filters)
    return filters[int(number[0])].price if of_filter else card.price


def _opened(row: Tree, path: str, errors: Errors) -> Tree:
    return {**row, "open": YES} if any(name.startswith(f"{path}.") for name in errors) else row
