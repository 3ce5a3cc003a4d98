"""The lines of an invoice that is to be made again: those of the voided one, and what its plans have beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from lago.admin.draft_rows import name_of, offers_of, price_unit, shown_units
from lago.admin.pages import form_text
from lago.core.errors import DomainError, Invalid
from lago.invoicing.adjust_fee import is_adjustable, needs_price
from lago.invoicing.document.lines import subscription_name
from lago.invoicing.models import Fee, Invoice

FIELDS = ("units", "unit_precise_amount", "invoice_display_name")


@dataclass(frozen=True)
class LineRow:
    """A fee that can be kept, or one that can be added. `target`: what names it to the verb; `fee`: None of a new one;
    `needs_price`: units alone cannot be priced; `bought`: its units are fixed."""

    key: str
    name: str
    target: Mapping[str, str]
    fee: Fee | None
    unit: str
    kept: bool
    texts: Mapping[str, str]
    needs_price: bool = False
    bought: bool = False
    subscription: str | None = None

    @property
    def computed(self) -> str:
        return shown_units(self.fee.units) if self.fee else ""

    @property
    def body(self) -> dict[str, str]:
        """The API's words for it."""
        return {**self.target, **{name: value for name, value in self.texts.items() if value}}


def rows_of(voided: Invoice) -> list[LineRow]:
    """First all of its fees, chosen unless the form says otherwise; then what there is beside them, if it is typed."""
    several = len(voided.invoice_subscriptions) > 1
    fees = [_of_fee(fee, several) for fee in voided.fees]
    offers = [
        _row(f"new-{place}", offer.name, _ids(offer.address), None, offer.unit, needs_price=offer.needs_price,
             subscription=offer.subscription)
        for place, offer in enumerate(offers_of(voided))
    ]
    return [*fees, *offers]


def _of_fee(fee: Fee, several: bool) -> LineRow:
    unpriced = not is_adjustable(fee) or bool(fee.charge and needs_price(fee.charge))
    return _row(
        f"fee-{fee.id}", name_of(fee) + (", true-up" if fee.true_up_parent_fee_id else ""), {"id": str(fee.id)}, fee,
        price_unit(fee.charge, fee.currency), needs_price=unpriced, bought=fee.fee_type == "credit",
        subscription=subscription_name(fee.subscription) if several and fee.subscription else None,
    )


def _row(key: str, name: str, target: Mapping[str, str], fee: Fee | None, unit: str, **facts: Any) -> LineRow:
    texts = {field: form_text(f"{key}.{field}") or "" for field in FIELDS}
    is_new_form = request.method != "POST"
    kept = (fee is not None and is_new_form) or f"{key}.keep" in request.form
    return LineRow(key, name, target, fee, unit, kept, texts, **facts)


def _ids(address: Mapping[str, str]) -> dict[str, str]:
    names = {"filter": "charge_filter_id"}
    return {names.get(name, f"{name}_id"): value for name, value in address.items()}


def body_of(rows: list[LineRow]) -> dict[str, Any]:
    """What the verb is told, with what is typed for the whole invoice."""
    order = form_text("purchase_order_number") if "purchase_order_number" in request.form else None
    return {"fees": [row.body for row in rows if row.kept], "purchase_order_number": order}


def errors_of(rows: list[LineRow], error: DomainError) -> dict[str, Any]:
    """By the names of the form's fields: the verb counts the lines that are kept."""
    if not isinstance(error, Invalid):
        return {"base": [getattr(error, "code", "value_is_invalid")]}
    kept = [row for row in rows if row.kept]
    details: Any = error.details
    return {_named(name, kept): codes for name, codes in details.items()}


def _named(name: str, kept: list[LineRow]) -> str:
    parts = name.split(".")
    if len(parts) != 3:
        return "base" if name == "fees" else name
    return f"{kept[int(parts[1])].key}.{parts[2]}"
