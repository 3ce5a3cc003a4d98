"""What fills a wallet up by itself: the form of its rule (05 §1.13)."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for

from lago.admin.formats import units
from lago.admin.pages import form_text, found, page, show
from lago.admin.record_payment import leave_to
from lago.admin.section_choice import (
    SectionDraft,
    object_of,
    offered_sections,
    sections_chosen_by,
    typed_sections,
)
from lago.admin.subscription_forms import end_of_day, start_of_day
from lago.admin.wallet_changes import held
from lago.admin.wallet_form import applies_to
from lago.admin.wallet_words import INTERVALS, filled_by, when_of
from lago.admin.wallets import own_wallet
from lago.core import clock
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid
from lago.core.fields import exact
from lago.pricing.local_time import local_date
from lago.wallets.browse import find_rule
from lago.wallets.credits import credits_in_text
from lago.wallets.models import RecurringTransactionRule, Wallet
from lago.wallets.rule_inputs import INVALID_RULE, RULES
from lago.wallets.update import update_wallet

TEXTS = (
    "trigger", "interval", "threshold_credits", "method", "paid_credits", "granted_credits", "target_ongoing_balance",
    "started_at", "expiration_at", "transaction_name", "purchase_order_number",
)
FLAGS = ("grants_target_top_up", "invoice_requires_successful_payment", "ignore_paid_top_up_limits")
NUMBERS = ("threshold_credits", "paid_credits", "granted_credits", "target_ongoing_balance")
DAYS = ("started_at", "expiration_at")


@dataclass(frozen=True)
class Draft:
    """A rule as it stands in its form: texts by field, and what is ticked."""

    texts: Mapping[str, str]
    flags: Mapping[str, bool]
    sections: SectionDraft = SectionDraft()

    @property
    def at_threshold(self) -> bool:
        return self.texts["trigger"] == "threshold"

    @property
    def to_target(self) -> bool:
        return self.texts["method"] == "target"


@page("GET POST", "/wallets/<uuid:wallet_id>/rules/new", needs="wallets:update")
def new_wallet_rule(wallet_id: uuid.UUID) -> Any:
    return form(own_wallet(wallet_id), None)


@page("GET POST", "/wallets/<uuid:wallet_id>/rules/<uuid:rule_id>/edit", needs="wallets:update")
def edit_wallet_rule(wallet_id: uuid.UUID, rule_id: uuid.UUID) -> Any:
    wallet = own_wallet(wallet_id)
    return form(wallet, found(find_rule(wallet, rule_id), "recurring_transaction_rule"))


@page("GET POST", "/wallets/<uuid:wallet_id>/rules/<uuid:rule_id>/end", needs="wallets:update")
def end_wallet_rule(wallet_id: uuid.UUID, rule_id: uuid.UUID) -> Any:
    wallet = own_wallet(wallet_id)
    rule = found(find_rule(wallet, rule_id), "recurring_transaction_rule")
    if request.method != "POST":
        return show("wallets/end_rule.html", wallet=wallet, rule=rule, when=when_of(rule), filled=filled_by(rule))
    write(wallet, [])
    return back_to(wallet)


def form(wallet: Wallet, rule: RecurringTransactionRule | None) -> Any:
    """Shows the form of a rule or a new one, or saves it."""
    if wallet.status != "active":
        return back_to(wallet)
    if request.method != "POST":
        return show_form(wallet, rule, draft_of(rule, wallet))
    draft, zone = typed_draft(), ZoneInfo(wallet.customer.applicable_timezone)
    try:
        with all_or_nothing():
            check(draft)
            write(wallet, [body_of(draft, rule, zone)])
    except Invalid as error:
        return show_form(wallet, rule, draft, errors=errors_of(error, draft, zone)), 422
    return back_to(wallet)


def check(draft: Draft) -> None:
    """A rule that a person makes fills something up. Raises Invalid."""
    if not draft.to_target and not draft.texts["paid_credits"] and not draft.texts["granted_credits"]:
        raise Invalid({"paid_credits": ["nothing_ordered"]})


def write(wallet: Wallet, rules: list[dict[str, Any]]) -> None:
    """Puts these rules in the place of the wallet's; what it may pay is said again, or it would be forgotten."""
    update_wallet(held(wallet), {RULES: rules, "applies_to": applies_to(wallet)})


def draft_of(rule: RecurringTransactionRule | None, wallet: Wallet) -> Draft:
    """What the form shows before anything is typed."""
    if rule is None:
        texts = dict.fromkeys(TEXTS, "") | {"trigger": "interval", "interval": "monthly", "method": "fixed"}
        flags = {**dict.fromkeys(FLAGS, False),
                 "invoice_requires_successful_payment": wallet.invoice_requires_successful_payment}
        return Draft(texts, flags)
    zone = ZoneInfo(wallet.customer.applicable_timezone)
    texts = {name: getattr(rule, name) or "" for name in TEXTS if name not in NUMBERS}
    texts |= {name: units(getattr(rule, name)).replace(",", "").replace("−", "-") for name in NUMBERS}
    texts |= {name: local_date(texts[name], zone).isoformat() if texts[name] else "" for name in DAYS}
    flags = {name: bool(getattr(rule, name)) for name in FLAGS}
    return Draft(texts | {"interval": rule.interval or "monthly"}, flags, sections_chosen_by(rule))


def typed_draft() -> Draft:
    """What was sent."""
    flags = {name: name in request.form for name in FLAGS}
    return Draft({name: form_text(name) or "" for name in TEXTS}, flags, typed_sections())


def body_of(draft: Draft, rule: RecurringTransactionRule | None, zone: ZoneInfo) -> dict[str, Any]:
    """The API's object, without what another trigger or method has a use for. Days that stayed the same keep their
    moment. Raises Invalid for what is no day."""
    texts = draft.texts
    body: dict[str, Any] = {name: texts[name] or None for name in TEXTS if name not in (*NUMBERS, *DAYS)}
    moments = {"started_at": start_of_day("started_at", zone), "expiration_at": end_of_day("expiration_at", zone)}
    for name, moment in moments.items():
        kept = getattr(rule, name) if rule else None
        same = kept and moment and local_date(kept, zone) == local_date(moment, zone)
        body[name] = (kept if same else moment).isoformat() if moment else None
    body |= {name: texts[name] or None for name in used_numbers(draft)} | dict(draft.flags)
    if draft.at_threshold:
        body["interval"] = body["started_at"] = None
    body["grants_target_top_up"] = draft.flags["grants_target_top_up"] if draft.to_target else None
    sections = object_of(draft.sections, sections_chosen_by(rule) if rule else None)
    return body | ({"lago_id": str(rule.id)} if rule else {}) | _kept(rule) | sections


def _kept(rule: RecurringTransactionRule | None) -> dict[str, Any]:
    """What the form does not show."""
    return {"transaction_metadata": rule.transaction_metadata} if rule else {}


def used_numbers(draft: Draft) -> list[str]:
    """The numbers that the trigger and the method ask for."""
    amounts = ["target_ongoing_balance"] if draft.to_target else ["paid_credits", "granted_credits"]
    return [*amounts, "threshold_credits"] if draft.at_threshold else amounts


def errors_of(error: Invalid, draft: Draft, zone: ZoneInfo) -> dict[str, Any]:
    """By the fields of the form. The API says of a rule only that something is wrong with it."""
    details: Any = dict(error.details)  # type: ignore[arg-type]
    codes = details.pop(RULES, [])
    marked = dict(problems_of(draft, zone)) if INVALID_RULE in codes else {}
    return {**details, **marked} or {"base": list(codes)}


def problems_of(draft: Draft, zone: ZoneInfo) -> Iterator[tuple[str, list[str]]]:
    """Where the numbers of a rule are not what it needs, or its end is over."""
    for name in used_numbers(draft):
        text = draft.texts[name]
        below_zero = name in ("threshold_credits", "target_ongoing_balance")
        if not text and below_zero:
            yield name, ["value_is_mandatory"]
        elif text and (exact(text) if below_zero else credits_in_text(text)) is None:
            yield name, ["invalid_credits"]
    target, threshold = (exact(draft.texts[name]) for name in ("target_ongoing_balance", "threshold_credits"))
    if draft.to_target and draft.at_threshold and target is not None and threshold is not None and target < threshold:
        yield "target_ongoing_balance", ["target_below_threshold"]
    if draft.texts["expiration_at"] and draft.texts["expiration_at"] < local_date(clock.now(), zone).isoformat():
        yield "expiration_at", ["invalid_date"]


def show_form(wallet: Wallet, rule: RecurringTransactionRule | None, draft: Draft, **context: Any) -> str:
    return show("wallets/rule.html", wallet=wallet, rule=rule, draft=draft, intervals=INTERVALS,
                offered=offered_sections(wallet.organization_id), **context)


def back_to(wallet: Wallet) -> Any:
    return leave_to(url_for("admin.wallet", wallet_id=wallet.id))
