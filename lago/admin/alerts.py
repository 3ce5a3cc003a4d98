"""Alerts: the list of all, the tab of a subscription, and the form that makes and changes them (03 §8)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.alert_form import KINDS, MONEY, Draft, body_of, draft_of, marked, typed_draft
from lago.admin.pages import asked_for, current_organization, found, one_of, page, paged, show, text, wants_fragment
from lago.admin.subscriptions import own_subscription
from lago.admin.wallet_alerts import KINDS as OF_WALLETS
from lago.catalog.browse import metrics_by_name
from lago.core.db import all_or_nothing
from lago.core.errors import DomainError, Invalid, NotFound
from lago.metering.alerts.browse import (
    AlertFilter,
    browse_alerts,
    find_alert,
    last_triggered,
    subscriptions_named,
    triggered_alerts,
)
from lago.metering.alerts.create_alerts import create_alert
from lago.metering.alerts.delete_alerts import delete_alert
from lago.metering.alerts.queries import alerts_of
from lago.metering.alerts.types import AMOUNTS, OF_METRICS
from lago.metering.alerts.update_alert import update_alert
from lago.metering.models import Alert, TriggeredAlert
from lago.pricing.alerts import Threshold, next_ahead
from lago.subscriptions.models import Subscription
from lago.wallets.browse import wallets_by_id
from lago.wallets.models import Wallet


@dataclass(frozen=True)
class Row:
    """An alert in a list. `ahead`: the value that it would tell of next. `subscription`: whose it is, if there is one
    of its external id; `wallet`: whose it is if it looks at balances."""

    alert: Alert
    subscription: Subscription | None
    triggered_at: datetime | None
    wallet: Wallet | None = None

    @property
    def ahead(self) -> Decimal | None:
        thresholds = [Threshold(one.value, one.recurring, one.code) for one in self.alert.thresholds]
        found = next_ahead(thresholds, self.alert.previous_value)
        return found.value if found else None

    @property
    def share(self) -> int:
        """How far it is on the way from 0 to there, in percent."""
        ahead, value = self.ahead, self.alert.previous_value
        return min(max(int(100 * value / ahead), 0), 100) if ahead and ahead > 0 else 100 if ahead is None else 0


@dataclass(frozen=True)
class Told:
    """An alert that went off, with the values that were crossed, ascending."""

    triggered: TriggeredAlert
    crossed: Sequence[Threshold]


@page("GET", "/alerts", needs="subscriptions:view")
def alerts() -> str:
    chosen = AlertFilter(search=text("search"), alert_type=one_of("type", tuple(ALL_KINDS)))
    organization_id = current_organization().id
    listed = paged(browse_alerts(organization_id, chosen))
    named = subscriptions_named(organization_id, {str(alert.external_subscription_id) for alert in listed.items})
    wallets = wallets_by_id({alert.wallet_id for alert in listed.items if alert.wallet_id})
    rows = [replace(row, wallet=wallets.get(row.alert.wallet_id)) for row in rows_of(listed.items, named)]
    return show(
        "alerts/list.html", "alerts/_list.html", page=listed, rows=rows, chosen=chosen,
        filtered=chosen != AlertFilter(), kinds=ALL_KINDS, amounts=MONEY,
    )


@page("GET", "/subscriptions/<uuid:subscription_id>/alerts", needs="subscriptions:view")
def subscription_alerts(subscription_id: uuid.UUID) -> str:
    subscription = own_subscription(subscription_id)
    listed = paged(alerts_of(subscription.organization_id, subscription.external_id))
    history = paged(triggered_alerts(subscription))
    told = [Told(one, [_threshold(row) for row in one.crossed_thresholds]) for one in history.items]
    return show(
        "alerts/subscription.html", "alerts/_history.html" if asked_for("history") else "alerts/_alerts.html",
        subscription=subscription, page=listed, history=history, told=told,
        rows=rows_of(listed.items, {subscription.external_id: subscription}), **WORDS,
    )


@page("GET POST", "/subscriptions/<uuid:subscription_id>/alerts/new", needs="subscriptions:update")
def new_alert(subscription_id: uuid.UUID) -> Any:
    return form(own_subscription(subscription_id), None)


@page("GET POST", "/subscriptions/<uuid:subscription_id>/alerts/<uuid:alert_id>/edit", needs="subscriptions:update")
def edit_alert(subscription_id: uuid.UUID, alert_id: uuid.UUID) -> Any:
    subscription = own_subscription(subscription_id)
    return form(subscription, found(find_alert(subscription, alert_id), "alert"))


@page("GET POST", "/subscriptions/<uuid:subscription_id>/alerts/<uuid:alert_id>/delete", needs="subscriptions:update")
def remove_alert(subscription_id: uuid.UUID, alert_id: uuid.UUID) -> Any:
    subscription = own_subscription(subscription_id)
    alert = found(find_alert(subscription, alert_id), "alert")
    if request.method != "POST":
        return show("alerts/delete.html", alert=alert, subscription=subscription)
    delete_alert(alert)
    return back_to(subscription)


ALL_KINDS = KINDS | OF_WALLETS
WORDS: dict[str, Any] = {"kinds": KINDS, "amounts": AMOUNTS}
"""What every list of alerts is told with."""


def rows_of(listed: Sequence[Alert], named: dict[str, Subscription]) -> list[Row]:
    times = last_triggered(listed)
    return [Row(one, named.get(str(one.external_subscription_id)), times.get(one.id)) for one in listed]


def _threshold(stored: dict[str, Any]) -> Threshold:
    return Threshold(Decimal(stored["value"]), stored["recurring"], stored["code"])


def form(subscription: Subscription, alert: Alert | None) -> Any:
    """Shows the form of an alert or a new one, changes its rows, or saves it."""
    if request.method != "POST":
        return show_form(subscription, alert, draft_of(alert, currency_of(subscription)) if alert else Draft())
    draft = typed_draft()
    if change := request.form.get("change"):
        return show_form(subscription, alert, draft.changed(change), change=change)
    try:
        with all_or_nothing():
            save(subscription, alert, draft)
    except (Invalid, NotFound) as error:
        return show_form(subscription, alert, draft, errors=errors_of(error)), 422
    return back_to(subscription)


def save(subscription: Subscription, alert: Alert | None, draft: Draft) -> None:
    """Makes the alert or changes it. Raises Invalid, NotFound for an unknown metric."""
    body = body_of(draft, alert.alert_type if alert else draft.texts["alert_type"], currency_of(subscription))
    if alert is None:
        create_alert(subscription.organization_id, subscription.external_id, body)
    elif not body["thresholds"]:  # the API takes an empty list for none; here they were taken out
        raise Invalid({"thresholds": ["value_is_mandatory"]})
    else:
        update_alert(alert, body)


def errors_of(error: DomainError) -> dict[str, Any]:
    """By the names of the form's fields."""
    if isinstance(error, Invalid) and isinstance(error.details, dict):
        return error.details
    return {"billable_metric": ["value_is_invalid"]}


def show_form(subscription: Subscription, alert: Alert | None, draft: Draft, **context: Any) -> str:
    """The form, or only its thresholds if HTMX asked for them."""
    kind, currency = alert.alert_type if alert else draft.texts["alert_type"], currency_of(subscription)
    return show(
        "alerts/form.html", "alerts/_thresholds.html" if asked_for("alert-thresholds") else None,
        subscription=subscription, alert=alert, draft=draft, kind=kind, currency=currency, of_metrics=OF_METRICS,
        metrics=metrics_by_name(subscription.organization_id),
        marked=marked(draft, context.get("errors", {}), kind, currency), **WORDS, **context,
    )


def currency_of(subscription: Subscription) -> str:
    return subscription.plan.amount_currency


def back_to(subscription: Subscription) -> Any:
    """To the alerts of the subscription; HTMX loads the whole page."""
    back = url_for("admin.subscription_alerts", subscription_id=subscription.id)
    return make_response("", 204, redirect=back) if wants_fragment() else redirect(back)
