"""The filters of invoice lists (04 §12). All that are given must hold."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, false, func, or_

from lago.core.errors import Invalid
from lago.core.fields import Flag, exact
from lago.core.ids import as_uuid
from lago.core.metadata_filter import metadata_conditions
from lago.customers.models import Customer
from lago.invoicing.models import VISIBLE_STATUSES, Invoice, InvoiceMetadata
from lago.organizations.queries import billing_entity_ids

PAYMENT_STATUSES = ("pending", "succeeded", "failed")
_LARGEST = 2**63 - 1

Condition = ColumnElement[bool]


class Query(Protocol):
    """The parameters of a URL: one value of a name, or all."""

    def get(self, name: str) -> str | None: ...
    def getlist(self, name: str) -> list[str]: ...
    def items(self) -> Iterable[tuple[str, str]]: ...


def conditions(organization_id: uuid.UUID, query: Query, *, of_one_customer: bool) -> list[Condition]:
    """The conditions that the URL asks for, beside the customer. Raises Invalid for an unknown status, NotFound for an
    unknown billing entity."""
    found = [*_by_choice(query), *_by_flag(query), *_by_range(query), *_by_metadata(query)]
    if codes := values_of(query, "billing_entity_codes"):
        found.append(Invoice.billing_entity_id.in_(billing_entity_ids(organization_id, codes)))
    for name, column in _EXACT.items():
        if value := query.get(name):
            found.append(column == value)
    if order := query.get("purchase_order_number"):
        found.append(func.lower(Invoice.purchase_order_number) == order.lower())
    if term := query.get("search_term"):
        found.append(_matches(term, of_one_customer))
    if settlements := values_of(query, "settlements"):
        found.append(or_(false(), *(settled for name, settled in _SETTLED.items() if name in settlements)))
    return found


_EXACT = {"currency": Invoice.currency}
_SETTLED = {"payment": Invoice.total_paid_amount_cents > 0, "credit_note": Invoice.offset_amount_cents > 0}


def values_of(query: Query, *names: str) -> list[str]:
    """All values of a parameter under its names, each as `name=a` or `name[]=a`."""
    return [value for name in names for key in (name, f"{name}[]") for value in query.getlist(key) if value]


def _by_choice(query: Query) -> Iterable[Condition]:
    for column, known, names in (
        (Invoice.status, VISIBLE_STATUSES, ("status", "statuses")),
        (Invoice.payment_status, PAYMENT_STATUSES, ("payment_status", "payment_statuses")),
    ):
        wanted = values_of(query, *names)
        if any(value not in known for value in wanted):
            raise Invalid({names[0]: [f"must be one of: {', '.join(known)}"]})
        if wanted:
            yield column.in_(wanted)
    if types := values_of(query, "invoice_type"):
        yield Invoice.invoice_type.in_(types)


def _by_flag(query: Query) -> Iterable[Condition]:
    paid, total = Invoice.total_paid_amount_cents, Invoice.total_amount_cents
    conditions_by_name: dict[str, Condition] = {
        "payment_overdue": Invoice.payment_overdue,
        "self_billed": Invoice.self_billed,
        "payment_dispute_lost": Invoice.payment_dispute_lost_at.is_not(None),
        "partially_paid": and_(paid > 0, paid < total),
    }
    for name, condition in conditions_by_name.items():
        if (word := query.get(name)) is not None:
            yield condition if read_flag(name, word) else ~condition


def read_flag(name: str, word: str) -> bool:
    """A boolean of a URL. Raises Invalid if it is none."""
    if word.lower() not in Flag.WORDS:
        raise Invalid({name: ["must be one of: true, false"]})
    return Flag.WORDS[word.lower()]


def _by_range(query: Query) -> Iterable[Condition]:
    """Inclusive bounds; a malformed one is ignored."""
    dates, amounts = (Invoice.issuing_date, read_date), (Invoice.total_amount_cents, read_cents)
    for name, (column, read) in {"issuing_date": dates, "amount": amounts}.items():
        start, end = read(query.get(f"{name}_from")), read(query.get(f"{name}_to"))
        if start is not None:
            yield column >= start
        if end is not None:
            yield column <= end


def read_date(text: str | None) -> Any:
    """A date of a URL, or of the beginning of a time; None if it is none."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def read_cents(text: str | None) -> Any:
    """A number of a URL that an amount can be compared with; None if it is none."""
    number = exact(text) if text else None
    return number if number is not None and abs(number) <= _LARGEST else None


def _by_metadata(query: Query) -> Iterable[Condition]:
    wanted = {name[9:-1]: value for name, value in query.items() if name.startswith("metadata[") and name[-1] == "]"}
    return metadata_conditions(Invoice.id, InvoiceMetadata.invoice_id, wanted)


def _matches(term: str, of_one_customer: bool) -> Condition:
    """A part of the number, the whole id or, in a list of several customers, a part of what names the customer."""
    names = (Customer.name, Customer.firstname, Customer.lastname, Customer.external_id, Customer.email)
    parts = (Invoice.number,) if of_one_customer else (Invoice.number, *names)
    found: list[Condition] = [column.icontains(term, autoescape=True) for column in parts]
    if identifier := as_uuid(term):
        found.append(Invoice.id == identifier)
    return or_(*found)
