"""Alerts on the balances of a wallet: the form that makes and changes them (05 §1.16)."""

import uuid
from typing import Any

from flask import request, url_for

from lago.admin.alert_form import MONEY, Draft, body_of, draft_of, marked, typed_draft
from lago.admin.pages import asked_for, found, page, show
from lago.admin.record_payment import leave_to
from lago.admin.wallet_changes import held
from lago.admin.wallets import own_wallet
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid
from lago.metering.alerts.types import BALANCE, CREDITS_BALANCE, CREDITS_ONGOING_BALANCE, ONGOING_BALANCE
from lago.metering.models import Alert
from lago.wallets.alerts.create_alerts import create_alert
from lago.wallets.alerts.delete_alerts import delete_alert
from lago.wallets.alerts.update_alert import update_alert
from lago.wallets.browse import find_wallet_alert
from lago.wallets.models import Wallet

KINDS = {
    BALANCE: ("Balance", "What is in the wallet, in its currency."),
    CREDITS_BALANCE: ("Credits", "What is in the wallet, in credits."),
    ONGOING_BALANCE: ("Left if billed now", "The balance less what was used since the last bill, in its currency."),
    CREDITS_ONGOING_BALANCE: ("Credits left if billed now", "The same in credits."),
}
"""Name and meaning of the types."""


@page("GET POST", "/wallets/<uuid:wallet_id>/alerts/new", needs="wallets:update")
def new_wallet_alert(wallet_id: uuid.UUID) -> Any:
    return form(own_wallet(wallet_id), None)


@page("GET POST", "/wallets/<uuid:wallet_id>/alerts/<uuid:wallet_alert_id>/edit", needs="wallets:update")
def edit_wallet_alert(wallet_id: uuid.UUID, wallet_alert_id: uuid.UUID) -> Any:
    wallet = own_wallet(wallet_id)
    return form(wallet, own_alert(wallet, wallet_alert_id))


@page("GET POST", "/wallets/<uuid:wallet_id>/alerts/<uuid:wallet_alert_id>/delete", needs="wallets:update")
def remove_wallet_alert(wallet_id: uuid.UUID, wallet_alert_id: uuid.UUID) -> Any:
    wallet = own_wallet(wallet_id)
    alert = own_alert(wallet, wallet_alert_id)
    if request.method != "POST":
        return show("wallets/delete_alert.html", wallet=wallet, alert=alert)
    delete_alert(held(wallet), alert)
    return back_to(wallet)


def form(wallet: Wallet, alert: Alert | None) -> Any:
    """Shows the form of an alert or a new one, changes its rows, or saves it."""
    if request.method != "POST":
        return show_form(wallet, alert, draft_of(alert, wallet.currency) if alert else empty_draft())
    draft = typed_draft()
    if change := request.form.get("change"):
        return show_form(wallet, alert, draft.changed(change), change=change)
    try:
        with all_or_nothing():
            save(held(wallet), alert, draft)
    except Invalid as error:
        return show_form(wallet, alert, draft, errors=error.details), 422
    return back_to(wallet)


def save(wallet: Wallet, alert: Alert | None, draft: Draft) -> None:
    """Makes the alert or changes it. Raises Invalid."""
    body = body_of(draft, alert.alert_type if alert else draft.texts["alert_type"], wallet.currency)
    if alert is None:
        create_alert(wallet, body)
    elif not body["thresholds"]:  # the API takes an empty list for none; here they were taken out
        raise Invalid({"thresholds": ["value_is_mandatory"]})
    else:
        update_alert(wallet, alert, body)


def empty_draft() -> Draft:
    """What the form of a new alert shows at first."""
    draft = Draft()
    return Draft({**draft.texts, "alert_type": BALANCE}, draft.rows)


def show_form(wallet: Wallet, alert: Alert | None, draft: Draft, **context: Any) -> str:
    """The form, or only its thresholds if HTMX asked for them."""
    kind = alert.alert_type if alert else draft.texts["alert_type"]
    return show(
        "wallets/alert.html", "alerts/_thresholds.html" if asked_for("alert-thresholds") else None,
        wallet=wallet, alert=alert, draft=draft, kind=kind, kinds=KINDS, amounts=MONEY, currency=wallet.currency,
        marked=marked(draft, context.get("errors", {}), kind, wallet.currency), **context,
    )


def own_alert(wallet: Wallet, alert_id: uuid.UUID) -> Alert:
    return found(find_wallet_alert(wallet, alert_id), "alert")


def back_to(wallet: Wallet) -> Any:
    return leave_to(url_for("admin.wallet", wallet_id=wallet.id))
