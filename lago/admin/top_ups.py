"""Credits are bought, granted and voided by hand (05 §1.8)."""

import uuid
from typing import Any

from flask import request, url_for

from lago.admin.money_fields import cents_shown
from lago.admin.pages import asked_for, current_organization, form_text, page, show, text
from lago.admin.record_payment import leave_to
from lago.admin.section_choice import object_of, offered_sections, typed_sections
from lago.admin.top_up_preview import top_up_of, voiding_of
from lago.admin.wallet_form import pairs_of
from lago.admin.wallet_words import what
from lago.admin.wallets import own_wallet
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid
from lago.core.ids import as_uuid
from lago.wallets.browse import find_wallet_transaction
from lago.wallets.models import Wallet, WalletTransaction
from lago.wallets.order_transactions import order_transactions

TEXTS = ("paid_credits", "granted_credits", "name", "priority", "purchase_order_number", "metadata")
NOTHING = "nothing_ordered"


@page("GET POST", "/wallets/<uuid:wallet_id>/top_up", needs="wallets:top_up")
def top_up(wallet_id: uuid.UUID) -> Any:
    wallet = own_wallet(wallet_id)
    if wallet.status != "active":
        return back_to(wallet)
    if request.method != "POST":
        typed = {**dict.fromkeys(TEXTS, ""), "priority": "50"}
        return show_top_up(wallet, typed, wallet.invoice_requires_successful_payment, False)
    typed = {name: form_text(name) or "" for name in TEXTS}
    waits, ignores = "requires_payment" in request.form, "ignore_limits" in request.form
    if asked_for("preview") or "preview" in request.form:
        return show_top_up(wallet, typed, waits, ignores)
    try:
        with all_or_nothing():
            order(wallet, {**top_up_body(typed), "invoice_requires_successful_payment": waits,
                           "ignore_paid_top_up_limits": ignores})
    except Invalid as error:
        return show_top_up(own_wallet(wallet_id), typed, waits, ignores, errors=error.details), 422
    return back_to(wallet)


@page("GET POST", "/wallets/<uuid:wallet_id>/void", needs="wallets:update")
def void_credits(wallet_id: uuid.UUID) -> Any:
    """Takes credits out; of one transaction only, if the address names one."""
    wallet, only = own_wallet(wallet_id), None
    if transaction_id := as_uuid(text("transaction")):
        only = find_wallet_transaction(wallet, transaction_id)
    if wallet.status != "active":
        return back_to(wallet)
    typed = {name: form_text(name) or "" for name in ("voided_credits", "name")}
    if request.method != "POST" or asked_for("preview") or "preview" in request.form:
        return show_void(wallet, only, typed)
    body = {"voided_credits": typed["voided_credits"] or None, "name": typed["name"] or None}
    try:
        with all_or_nothing():
            order(wallet, body | ({"voided_transaction_id": str(only.id)} if only else {}))
    except Invalid as error:
        return show_void(own_wallet(wallet_id), only, typed, errors=void_errors(error)), 422
    return back_to(wallet)


def order(wallet: Wallet, body: dict[str, Any]) -> None:
    """Does what was typed. Raises Invalid, also if that is nothing."""
    made = order_transactions(current_organization(), {"wallet_id": str(wallet.id), **body})
    if not made:
        raise Invalid({"base": [NOTHING]})


def top_up_body(typed: dict[str, str]) -> dict[str, Any]:
    """The API's object. Raises Invalid for metadata that are no pairs."""
    body: dict[str, Any] = {name: value or None for name, value in typed.items() if name != "metadata"}
    pairs = pairs_of(typed["metadata"])
    return {**body, "metadata": [{"key": key, "value": value} for key, value in pairs.items()],
            **object_of(typed_sections())}


def void_errors(error: Invalid) -> dict[str, Any]:
    """What is said of cents concerns the credits that were typed."""
    details: Any = error.details
    names = {"amount_cents": "voided_credits", "voided_transaction_id": "base", "wallet_id": "base"}
    return {names.get(name, name): codes for name, codes in details.items()}


def show_top_up(wallet: Wallet, typed: dict[str, str], waits: bool, ignores: bool, **context: Any) -> str:
    preview = top_up_of(wallet, typed["paid_credits"], typed["granted_credits"], waits=waits, ignore_limits=ignores)
    limits = [
        cents_shown(cents, wallet.currency)
        for cents in (wallet.paid_top_up_min_amount_cents, wallet.paid_top_up_max_amount_cents)
    ]
    return show(
        "wallets/top_up.html", "wallets/_preview.html" if asked_for("preview") else None, wallet=wallet, typed=typed,
        waits=waits, ignores=ignores, top_up=preview, limits=limits, sections=typed_sections(),
        offered=offered_sections(wallet.organization_id), **context,
    )


def show_void(wallet: Wallet, only: WalletTransaction | None, typed: dict[str, str], **context: Any) -> str:
    left_cents = only.remaining_amount_cents if only else None
    return show(
        "wallets/void.html", "wallets/_voiding.html" if asked_for("preview") else None, wallet=wallet, only=only,
        typed=typed, voiding=voiding_of(wallet, typed["voided_credits"], left_cents), what=what, **context,
    )


def back_to(wallet: Wallet) -> Any:
    return leave_to(url_for("admin.wallet", wallet_id=wallet.id))
