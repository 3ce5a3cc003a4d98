"""The form of a one-off invoice: what stands in it, what it sends, and beside which field an error belongs (04 §10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from lago.admin.form_tree import Tree, changed, chosen_of, read_tree, rows_of, text_of
from lago.admin.money_fields import cents_shown, cents_typed
from lago.admin.section_choice import SectionDraft, object_of, typed_sections
from lago.core.errors import DomainError, Invalid, NotFound
from lago.core.fields import MANDATORY
from lago.invoicing.models import Fee, Invoice
from lago.invoicing.one_off_inputs import OneOffFeeInput, bounds_of

TEXTS = ("external_customer_id", "currency", "billing_entity_code", "purchase_order_number")
LINE_TEXTS = ("add_on_code", "units", "unit_amount", "invoice_display_name", "description", "first_day", "last_day")
NAMES = {"unit_amount_cents": "unit_amount", "boundaries": "first_day"}
"""The form's name of what the API calls otherwise."""
NOT_FOUND = {"customer": "external_customer_id", "billing_entity": "billing_entity_code"}


@dataclass(frozen=True)
class LineDraft:
    """A line as it is typed."""

    path: str
    texts: Mapping[str, str]
    tax_codes: Sequence[str]


@dataclass(frozen=True)
class Draft:
    """The invoice as it stands in the form. `currency`: in which amounts are typed; `zone`: in which days are."""

    texts: Mapping[str, str]
    lines: Sequence[LineDraft]
    currency: str
    zone: ZoneInfo
    sections: SectionDraft
    skips_provider: bool

    @property
    def body(self) -> dict[str, Any]:
        """The API's object."""
        given = {name: value or None for name, value in self.texts.items()}
        customer = self.texts["external_customer_id"]
        lines = [self._line(line) for line in self.lines]
        return {
            **given, "external_customer_id": customer, "fees": lines, "skip_psp": self.skips_provider,
            **object_of(self.sections),
        }

    def _line(self, line: LineDraft) -> dict[str, Any]:
        texts = line.texts
        same = {name: texts[name] or None for name in ("units", "invoice_display_name", "description")}
        days = {"from_datetime": (texts["first_day"], time.min), "to_datetime": (texts["last_day"], time.max)}
        return {
            "add_on_code": texts["add_on_code"], **same, "tax_codes": list(line.tax_codes),
            "unit_amount_cents": cents_typed(texts["unit_amount"] or None, self.currency),
            **{name: _moment(day, clock, self.zone) for name, (day, clock) in days.items()},
        }


def typed_tree() -> Tree:
    """The form as it was sent, with the row more or less that was asked for."""
    return changed(read_tree(request.form), request.form.get("change", ""))


def draft_of(tree: Tree, currency: str, zone: ZoneInfo) -> Draft:
    lines = [
        LineDraft(f"fees.{place}", {name: text_of(row, name) for name in LINE_TEXTS}, chosen_of(row, "tax_codes"))
        for place, row in enumerate(rows_of(tree, "fees"))
    ]
    texts = {name: text_of(tree, name) for name in TEXTS}
    return Draft(texts, lines, currency, zone, typed_sections(), bool(text_of(tree, "skip_psp")))


def tree_of(invoice: Invoice) -> Tree:
    """What the form shows of a voided invoice that is to be made again."""
    zone = ZoneInfo(invoice.timezone)
    return {
        "external_customer_id": invoice.customer.external_id, "currency": invoice.currency,
        "billing_entity_code": invoice.billing_entity.code,
        "purchase_order_number": invoice.purchase_order_number or "",
        "fees": [_row(fee, zone) for fee in invoice.fees],
    }


def _row(fee: Fee, zone: ZoneInfo) -> Tree:
    days = [datetime.fromisoformat(fee.properties[f"{end}_datetime"]).astimezone(zone) for end in ("from", "to")]
    alone = days[0] == days[1]  # it was for a moment: nothing was said
    return {
        "add_on_code": fee.add_on.code if fee.add_on else "", "units": f"{fee.units.normalize():f}",
        "unit_amount": cents_shown(fee.unit_amount_cents, fee.currency), "description": fee.description or "",
        "invoice_display_name": fee.invoice_display_name or "",
        "tax_codes": [one.tax_code for one in fee.applied_taxes],
        "first_day": "" if alone else str(days[0].date()), "last_day": "" if alone else str(days[1].date()),
    }


def errors_of(draft: Draft, error: DomainError) -> dict[str, Any]:
    """What the verb says, by the fields of the form; what is about lines beside each that is wrong."""
    if isinstance(error, NotFound):
        return _not_found(draft, error.code.removesuffix("_not_found"))
    if not isinstance(error, Invalid):
        return {"base": [getattr(error, "code", "value_is_invalid")]}
    details: Any = error.details
    return _line_errors(draft) or {name if name in TEXTS else "base": codes for name, codes in details.items()}


def _not_found(draft: Draft, resource: str) -> dict[str, Any]:
    if resource == "add_on":
        empty = [line for line in draft.lines if not line.texts["add_on_code"]]
        return {f"{line.path}.add_on_code": [MANDATORY] for line in empty} or {"base": ["add_on_not_found"]}
    if resource == "customer" and not draft.texts["external_customer_id"]:
        return {"external_customer_id": [MANDATORY]}
    return {NOT_FOUND.get(resource, "base"): [f"{resource}_not_found"]}


def _line_errors(draft: Draft) -> dict[str, Any]:
    """Each line read as the verb reads it."""
    found: dict[str, Any] = {}
    for line, row in zip(draft.lines, draft.body["fees"], strict=True):
        for read in (OneOffFeeInput().read, bounds_of):
            try:
                read(row)
            except Invalid as error:
                details: Any = error.details
                found |= {f"{line.path}.{NAMES.get(name, name)}": codes for name, codes in details.items()}
    return found


def _moment(day: str, of_day: time, zone: ZoneInfo) -> str | None:
    """The first or last moment of a day; what is none as it is, for the verb to refuse."""
    try:
        return datetime.combine(datetime.strptime(day, "%Y-%m-%d"), of_day, zone).isoformat() if day else None
    except ValueError:
        return day
