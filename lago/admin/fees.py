"""Fees, on invoices or not: the list, a page for each, and what is done with those on none (02 §7.3)."""

import uuid
from typing import Any

from flask import request, url_for

from lago.admin.draft_rows import name_of
from lago.admin.pages import current_organization, form_text, found, one_of, page, paged, show, text
from lago.admin.record_payment import leave_to
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotAllowed
from lago.invoicing.browse_fees import FeeFilter, FeeRow, browse_fees, rows_of_fees
from lago.invoicing.delete_fee import delete_fee
from lago.invoicing.fee_queries import FEE_TYPES, fee_by_id
from lago.invoicing.models import Fee
from lago.invoicing.update_fee import PAYMENT_STATUSES, update_fee


@page("GET", "/invoices/fees", needs="invoices:view")
def fees() -> str:
    invoiced = one_of("invoiced", ("yes", "no"))
    chosen = FeeFilter(
        text("search"), one_of("type", FEE_TYPES), one_of("payment_status", PAYMENT_STATUSES),
        invoiced and invoiced == "yes",
    )
    listed = paged(browse_fees(current_organization().id, chosen))
    return show(
        "fees/list.html", "fees/_list.html", page=listed, rows=rows_of_fees(listed.items), name_of=name_of,
        chosen=chosen, invoiced=invoiced, filtered=chosen != FeeFilter(), types=FEE_TYPES, statuses=PAYMENT_STATUSES,
    )


@page("GET", "/invoices/fees/<uuid:fee_id>", needs="invoices:view")
def fee(fee_id: uuid.UUID) -> str:
    row = own_fee(fee_id)
    return show("fees/show.html", fee=row.fee, row=row, name=name_of(row.fee))


@page("GET POST", "/invoices/fees/<uuid:fee_id>/payment_status", needs="invoices:update")
def mark_fee(fee_id: uuid.UUID) -> Any:
    """Whether a fee that stands on no invoice was paid."""
    row = own_fee(fee_id)
    chosen = form_text("payment_status") or row.fee.payment_status
    told = {"row": row, "fee": row.fee, "name": name_of(row.fee), "statuses": PAYMENT_STATUSES, "chosen": chosen}
    if request.method != "POST":
        return show("fees/payment_status.html", **told)
    try:
        with all_or_nothing():
            update_fee(row.fee, {"payment_status": chosen})
    except Invalid as error:
        return show("fees/payment_status.html", **told, errors=error.details), 422
    except NotAllowed as error:
        return show("fees/payment_status.html", **told, errors={"base": [error.code]}), 422
    return leave_to(url_for("admin.fee", fee_id=fee_id))


@page("GET POST", "/invoices/fees/<uuid:fee_id>/delete", needs="invoices:delete")
def remove_fee(fee_id: uuid.UUID) -> Any:
    """Asks before it is done: nobody is charged for it any more."""
    row = own_fee(fee_id)
    told: dict[str, Any] = {"row": row, "fee": row.fee, "name": name_of(row.fee)}
    if request.method != "POST":
        return show("fees/delete.html", **told)
    try:
        with all_or_nothing():
            delete_fee(row.fee)
    except NotAllowed as error:
        return show("fees/delete.html", **told, errors={"base": [error.code]}), 422
    return leave_to(url_for("admin.fees"))


def own_fee(fee_id: uuid.UUID) -> FeeRow:
    record: Fee = found(fee_by_id(current_organization().id, fee_id), "fee")
    return rows_of_fees([record])[0]
