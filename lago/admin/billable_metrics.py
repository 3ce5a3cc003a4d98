"""Billable metrics: how events become units. The list, a page for each, and the form that makes and changes them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin import expressions
from lago.admin.billable_metric_form import (
    KINDS,
    ROUNDINGS,
    WEIGHED_BY,
    Draft,
    body_of,
    draft_of,
    parts_of,
    typed_draft,
)
from lago.admin.formats import compact
from lago.admin.pages import asked_for, current_organization, found, page, paged, show, text, wants_fragment
from lago.catalog.aggregation_types import AGGREGATION_TYPES
from lago.catalog.browse import browse_metrics, charges_on, find_metric, plan_counts, plans_of
from lago.catalog.create_billable_metric import create_billable_metric
from lago.catalog.delete_billable_metric import delete_billable_metric
from lago.catalog.models import BillableMetric, Charge, Plan
from lago.catalog.update_billable_metric import update_billable_metric
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid
from lago.metering.browse import EventFilter, newest_events
from lago.metering.models import Event

EVENTS_SHOWN = 8
PROPERTIES_SHOWN = 12
VALUES_SHOWN = 4


@dataclass(frozen=True)
class Row:
    """A metric in the list, with the number of plans that price it."""

    metric: BillableMetric
    plans: int


@page("GET", "/billable_metrics", needs="billable_metrics:view")
def billable_metrics() -> str:
    search = text("search")
    listed = paged(browse_metrics(current_organization().id, search))
    numbers = plan_counts(listed.items)
    return show(
        "billable_metrics/list.html",
        "billable_metrics/_list.html",
        page=listed,
        rows=[Row(metric, numbers.get(metric.id, 0)) for metric in listed.items],
        search=search,
        kinds=KINDS,
    )


@page("GET", "/billable_metrics/<uuid:metric_id>", needs="billable_metrics:view")
def billable_metric(metric_id: uuid.UUID) -> str:
    metric = own_metric(metric_id)
    listed = paged(charges_on(metric))
    return show(
        "billable_metrics/show.html",
        "billable_metrics/_charges.html",
        metric=metric,
        kinds=KINDS,
        roundings=dict(ROUNDINGS),
        page=listed,
        charges=with_plans(listed.items),
        events=events_of(metric.code)[:EVENTS_SHOWN],
    )


@page("GET POST", "/billable_metrics/new", needs="billable_metrics:create")
def new_billable_metric() -> Any:
    return form(None)


@page("GET POST", "/billable_metrics/<uuid:metric_id>/edit", needs="billable_metrics:update")
def edit_billable_metric(metric_id: uuid.UUID) -> Any:
    return form(own_metric(metric_id))


@page("GET POST", "/billable_metrics/<uuid:metric_id>/delete", needs="billable_metrics:delete")
def remove_billable_metric(metric_id: uuid.UUID) -> Any:
    metric = own_metric(metric_id)
    if request.method != "POST":
        return show("billable_metrics/delete.html", metric=metric, plans=plans_with(metric))
    delete_billable_metric(metric)
    back = url_for("admin.billable_metrics")
    return make_response("", 204, redirect=back) if wants_fragment() else redirect(back)


def form(metric: BillableMetric | None) -> Any:
    """Shows the form of a metric or a new one, changes its rows, or saves it."""
    if request.method != "POST":
        return show_form(metric, draft_of(metric))
    draft = typed_draft()
    if change := request.form.get("change"):
        return show_form(metric, draft.changed(change), change=change)
    try:
        with all_or_nothing():
            saved = save(metric, draft)
    except Invalid as error:
        return show_form(metric, draft, errors=error.details), 422
    return redirect(url_for("admin.billable_metric", metric_id=saved.id))


def save(metric: BillableMetric | None, draft: Draft) -> BillableMetric:
    """Makes the metric or changes it. Raises Invalid."""
    if metric is None:
        return create_billable_metric(current_organization().id, body_of(draft, None, attached=False))
    attached = bool(plans_with(metric))
    if attached and draft.texts["aggregation_type"]:  # its form was opened before a plan priced it
        raise Invalid({"base": ["attached_to_a_plan"]})
    update_billable_metric(metric, body_of(draft, metric, attached=attached))
    return metric


def show_form(metric: BillableMetric | None, draft: Draft, **context: Any) -> str:
    """The form, or the part of it that HTMX asked for: its filters, or what is seen of the code being typed."""
    if asked_for("metric-filters"):
        return show("billable_metrics/form.html", "billable_metrics/_filters.html", draft=draft, **context)
    code = text("code") or draft.texts["code"] or (metric.code if metric else "")
    seen = {"code": code, "seen": properties_seen(events_of(code))}
    if asked_for("seen"):
        return show("billable_metrics/form.html", "billable_metrics/_seen.html", **seen)
    typed = request.method == "POST"
    return show(
        "billable_metrics/form.html",
        metric=metric,
        draft=draft,
        plans=plans_with(metric) if metric else 0,
        kinds=KINDS,
        parts={kind: parts_of(kind) for kind in AGGREGATION_TYPES},
        roundings=dict(ROUNDINGS),
        intervals=WEIGHED_BY,
        trial=expressions.tried(expressions.typed_sample()) if typed else expressions.trial_of(metric),
        **seen,
        **context,
    )


def own_metric(metric_id: uuid.UUID) -> BillableMetric:
    return found(find_metric(current_organization().id, metric_id), "billable_metric")


def plans_with(metric: BillableMetric) -> int:
    """How many plans price the metric."""
    return plan_counts([metric]).get(metric.id, 0)


def with_plans(charges: Sequence[Charge]) -> list[tuple[Charge, Plan]]:
    plans = plans_of(charges)
    return [(charge, plans[charge.plan_id]) for charge in charges]


def properties_seen(events: Sequence[Event]) -> dict[str, list[str]]:
    """The first few values of each property that the events have, by its name; of many properties the first ones."""
    seen: dict[str, list[str]] = {}
    for event in events:
        for name, value in event.properties.items():
            values = seen.setdefault(name, [])
            shown = value if isinstance(value, str) else compact(value)
            if shown not in values and len(values) < VALUES_SHOWN:
                values.append(shown)
    return dict(list(seen.items())[:PROPERTIES_SHOWN])


def events_of(code: str) -> Sequence[Event]:
    """The newest events of a code."""
    return newest_events(current_organization().id, EventFilter(code=code)) if code else []
