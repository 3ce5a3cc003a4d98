"""The form of a wallet: what stands in it, and what it sends. Amounts are typed in the currency, not in cents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from lago.admin.money_fields import cents_shown, cents_typed
from lago.admin.pages import form_text
from lago.admin.section_choice import SectionDraft, object_of, sections_chosen_by, typed_sections
from lago.admin.subscription_forms import end_of_day
from lago.core.errors import Invalid
from lago.customers.models import Customer
from lago.pricing.local_time import local_date
from lago.wallets.models import Wallet

TEXTS = ("name", "code", "priority", "expiration_at", "min", "max", "purchase_order_number", "billing_entity_code")
NEW_TEXTS = ("external_customer_id", "currency", "rate_amount", "paid_credits", "granted_credits", "transaction_name")
LIMITS = {"min": "paid_top_up_min_amount_cents", "max": "paid_top_up_max_amount_cents"}
NAMES = {
    "paid_top_up_min_amount_cents": "min", "paid_top_up_max_amount_cents": "max", "customer": "external_customer_id",
    "allowed_fee_types": "applies_to", "billable_metrics": "applies_to", "value": "metadata", "wallet_id": "base",
    "recurring_transaction_rules": "base",
}
"""The form's name of what the API calls otherwise."""
NO_AMOUNT, NO_RATE = "is not a number", "invalid_credit_rate"


@dataclass(frozen=True)
class Draft:
    """A wallet as it stands in its form: texts by field, what is ticked, and its metadata, a pair a line."""

    texts: Mapping[str, str]
    requires_payment: bool = False
    ignore_limits: bool = False
    fee_types: Sequence[str] = field(default_factory=tuple)
    metrics: Sequence[str] = field(default_factory=tuple)
    metadata: str = ""
    sections: SectionDraft = SectionDraft()


def empty_draft(customer: Customer | None, currency: str) -> Draft:
    """What the form of a new wallet shows at first."""
    texts = dict.fromkeys((*TEXTS, *NEW_TEXTS), "") | {"priority": "50", "rate_amount": "1"}
    texts["currency"] = (customer.currency if customer else None) or ("" if not customer else currency)
    return Draft(texts | {"external_customer_id": customer.external_id if customer else ""})


def draft_of(wallet: Wallet) -> Draft:
    """What the form of a wallet shows before anything is typed."""
    limits = {name: cents_shown(getattr(wallet, column), wallet.currency) for name, column in LIMITS.items()}
    texts = {
        "name": wallet.name or "", "code": wallet.code, "priority": str(wallet.priority), **limits,
        "expiration_at": last_day(wallet), "purchase_order_number": wallet.purchase_order_number or "",
        "billing_entity_code": wallet.billing_entity.code if wallet.billing_entity else "",
    }
    return Draft(
        texts, wallet.invoice_requires_successful_payment, fee_types=wallet.allowed_fee_types,
        metrics=codes_of(wallet), metadata=lines_of(wallet.metadata_pairs),
        sections=sections_chosen_by(wallet),
    )


def typed_draft() -> Draft:
    """What was sent."""
    return Draft(
        {name: form_text(name) or "" for name in (*TEXTS, *NEW_TEXTS)}, "requires_payment" in request.form,
        "ignore_limits" in request.form, request.form.getlist("fee_types"), request.form.getlist("metrics"),
        request.form.get("metadata", "").replace("\0", "").replace("\r\n", "\n").strip(),
        typed_sections(),
    )


def new_body(draft: Draft, currency: str, zone: ZoneInfo) -> dict[str, Any]:
    """The API's object of a new wallet. `currency`: the one that its limits are typed in. Raises Invalid."""
    texts = draft.texts
    body = {name: texts[name] or None for name in ("rate_amount", "code", "transaction_name")}
    body |= {name: texts[name] or "0" for name in ("paid_credits", "granted_credits")}
    metadata = pairs_of(draft.metadata)
    return {
        **body, **_common(draft, currency), "currency": texts["currency"] or None,
        "expiration_at": _expiration(zone), "ignore_paid_top_up_limits_on_creation": draft.ignore_limits,
        **({"metadata": metadata} if metadata else {}), **object_of(draft.sections),
    }


def changed_body(draft: Draft, wallet: Wallet, zone: ZoneInfo) -> dict[str, Any]:
    """The API's object of a change: an end only if another day was typed, as its time of day would change with it.
    Raises Invalid."""
    before = draft_of(wallet)
    body = {**_common(draft, wallet.currency), "code": draft.texts["code"]}
    if draft.texts["expiration_at"] != before.texts["expiration_at"]:
        body["expiration_at"] = _expiration(zone)
    if draft.metadata != before.metadata:
        body["metadata"] = pairs_of(draft.metadata) or None
    return body | object_of(draft.sections, before.sections)


def applies_to(wallet: Wallet) -> dict[str, Any]:
    """What it may pay, as every change has to repeat it (05 §1.19)."""
    return {"fee_types": wallet.allowed_fee_types, "billable_metric_codes": codes_of(wallet)}


def codes_of(wallet: Wallet) -> list[str]:
    """The codes of the metrics that it may pay, without those that were deleted."""
    metrics = (target.billable_metric for target in wallet.targets)
    return [metric.code for metric in metrics if metric.deleted_at is None]


def errors_of(error: Invalid) -> dict[str, Any]:
    """The errors by the fields of the form."""
    details: Any = error.details
    return {NAMES.get(name, name): _of_amount(name, codes) for name, codes in details.items()}


def _of_amount(name: str, codes: list[str]) -> list[str]:
    """Of cents "no whole number" is said, of what was typed: no amount. A rate has decimals of its own."""
    if name == "rate_amount":
        return [NO_RATE if code == NO_AMOUNT else code for code in codes]
    return [NO_AMOUNT if name in LIMITS.values() and code == "must be an integer" else code for code in codes]


def last_day(wallet: Wallet) -> str:
    """The day on which it expires where the customer is."""
    zone = ZoneInfo(wallet.customer.applicable_timezone)
    return local_date(wallet.expiration_at, zone).isoformat() if wallet.expiration_at else ""


def lines_of(pairs: Mapping[str, Any] | None) -> str:
    """Metadata as it is typed: a pair a line."""
    return "\n".join(f"{key}: {'' if value is None else value}" for key, value in (pairs or {}).items())


def pairs_of(text: str) -> dict[str, str]:
    """Metadata of lines such as "team: blue". Raises Invalid for a line without a colon."""
    lines = [line.partition(":") for line in text.split("\n") if line.strip()]
    if any(not mark or not key.strip() for key, mark, _ in lines):
        raise Invalid({"metadata": ["not_a_pair"]})
    return {key.strip(): value.strip() for key, _, value in lines}


def _common(draft: Draft, currency: str) -> dict[str, Any]:
    texts = draft.texts
    limits = {column: cents_typed(texts[name] or None, currency) for name, column in LIMITS.items()}
    return {
        "name": texts["name"] or None, "priority": texts["priority"] or None, **limits,
        "purchase_order_number": texts["purchase_order_number"] or None,
        "billing_entity_code": texts["billing_entity_code"] or None,
        "invoice_requires_successful_payment": draft.requires_payment,
        "applies_to": {
            "fee_types": list(draft.fee_types), "billable_metric_codes": list(draft.metrics),
        },
    }


def _expiration(zone: ZoneInfo) -> str | None:
    moment = end_of_day("expiration_at", zone)
    return moment.isoformat() if moment else None
