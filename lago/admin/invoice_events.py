"""Where the events lie that the fees of an invoice counted."""

import uuid
from dataclasses import dataclass

from lago.admin.access import address
from lago.invoicing.models import Fee, Invoice


@dataclass(frozen=True)
class Counted:
    """How many events, and the page that lists those of their metric, subscription and time."""

    number: int
    url: str


def events_by_fee(invoice: Invoice) -> dict[uuid.UUID, Counted]:
    """Of the fees that counted some, by their ids."""
    fees = [fee for fee in invoice.fees if fee.billable_metric and fee.subscription and fee.events_count]
    return {fee.id: Counted(fee.events_count or 0, _address(fee)) for fee in fees}


def _address(fee: Fee) -> str:
    """The events of the fee's window; of a fee for one event that one. A filter or a group of the fee leaves out some
    of them, which the page of each event tells."""
    if fee.event_transaction_id:
        return address("events", transaction=fee.event_transaction_id)
    window = {name: fee.properties.get(f"charges_{name}_datetime") or "" for name in ("from", "to")}
    bounds = {name: moment.removesuffix("Z") for name, moment in window.items() if moment}
    if fee.billable_metric and fee.billable_metric.recurring:
        bounds.pop("from", None)  # what was counted before goes on
    code = fee.billable_metric.code if fee.billable_metric else None
    external_id = fee.subscription.external_id if fee.subscription else None
    return address("events", subscription=external_id, code=code, **bounds)
