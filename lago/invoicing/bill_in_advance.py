"""Billing of single events, on charges that are paid in advance (01 §3.9, 02 §6)."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db, lock, transaction
from lago.core.fields import is_billable
from lago.core.ids import new_id
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.fee_columns import amounts_of, of_charge, of_prices, shown_dates, shown_windows
from lago.invoicing.finalize import finalize
from lago.invoicing.history import History
from lago.invoicing.lines import is_invoiced
from lago.invoicing.make import compose, make_fees
from lago.invoicing.models import IN_ADVANCE_CHARGE, Fee, Invoice
from lago.invoicing.unit_details import unit_details
from lago.invoicing.use_coupons import Coupons, coupons_of
from lago.metering.in_advance.charged_event import ChargedEvent, charged_events
from lago.metering.in_advance.price_events import PricedEvent, price_events
from lago.metering.in_advance.subscription_at import subscription_at
from lago.metering.models import Event
from lago.metering.news import close_news, read_news, settle_news
from lago.metering.store import EventMark
from lago.subscriptions.queries import customers_named, started_subscriptions
from lago.subscriptions.taxes import TaxChoice

LEASE_S = 60

EVENTS_AT_ONCE = 250
"""How many events are billed in one transaction: what a killed worker was at is done again."""

Owner = tuple[uuid.UUID, str]
"""An organization and an external subscription id."""


def bill_in_advance(organization_id: uuid.UUID, external_subscription_id: str) -> None:
    """Bills all events of a subscription that are news, in the order in which they were told.

    Opens transactions of its own. Doing it twice, or twice at a time, is the same as doing it once: an event is no
    longer news in the transaction that has billed it.
    """
    owner = (organization_id, external_subscription_id)
    while (through := _settled(owner)) is not None:
        while _bill_some(owner, through):
            pass


def _settled(owner: Owner) -> int | None:
    with transaction():
        return settle_news(*owner)


def _bill_some(owner: Owner, through: int) -> bool:
    """Bills the first of the events up to that number, as of now. Whether there were any."""
    db.session.expunge_all()  # what was read before the locks are given may be out of date
    with transaction(), clock.of(clock.standing()):
        lock(f"in advance {owner}", *customers_named(*owner))
        events = read_news(*owner, through=through, most=EVENTS_AT_ONCE)
        if events:
            bill_events(owner, events)
            close_news(*owner, through=events[-1].seq, lease_s=LEASE_S)
        return bool(events)


def bill_events(owner: Owner, events: Sequence[Event]) -> None:
    """Makes the fees of these events of one subscription, in this order, and the invoices of those to be invoiced."""
    charged = list(_charged(owner, events))
    priced = price_events(*owner, charged)
    db.session.add_all([row for one in priced if (row := one.kept_state)])
    fees, choice = [fee_of_event(one) for one in priced], TaxChoice()
    make_fees([fee for fee in fees if not is_invoiced(fee)], choice)
    invoiced = [(one, fee) for one, fee in zip(charged, fees, strict=True) if is_invoiced(fee)]
    coupons = coupons_of({one.subscription.customer_id for one, _ in invoiced})
    finalize([_invoice(one, fee, choice, coupons) for one, fee in invoiced])


def _charged(owner: Owner, events: Sequence[Event]) -> Iterator[ChargedEvent]:
    """The events on each charge that they are billed on: not those whose transaction has a fee without invoice,
    whosever that is, and on no charge twice. Nor those at the end of the calendar, where no period can be computed:
    they would keep all later ones waiting."""
    subscriptions = started_subscriptions(*owner)
    alone, done = _fees_of(owner[0], [event.transaction_id for event in events])
    for event in events:
        subscription = subscription_at(subscriptions, event.timestamp)
        if subscription is None or event.transaction_id in alone or not is_billable(event.timestamp):
            continue
        mark = EventMark(event.timestamp, event.created_at, event.seq, as_told=True)
        for one in charged_events(subscription, event, mark):
            if one.is_usage and (event.transaction_id, subscription.id, one.charge.id) not in done:
                yield one


def _fees_of(organization_id: uuid.UUID, transaction_ids: Sequence[str]) -> tuple[set[str], set[tuple[Any, ...]]]:
    """Which of the transactions have a fee without invoice; and all that have one, with subscription and charge."""
    query = select(Fee.event_transaction_id, Fee.subscription_id, Fee.charge_id, Fee.invoice_id).where(
        Fee.event_transaction_id.in_(transaction_ids), Fee.organization_id == organization_id, Fee.deleted_at.is_(None)
    )
    rows = db.session.execute(query).all()
    return {str(row[0]) for row in rows if row.invoice_id is None}, {tuple(row[:3]) for row in rows}


def fee_of_event(priced: PricedEvent) -> Fee:
    """The fee of an event on one charge, without taxes (02 §6.2)."""
    charged, price = priced.charged, priced.price
    shown = {} if charged.charge.invoiceable else shown_dates(charged.windows)
    return Fee(
        id=new_id(), event_transaction_id=charged.event.transaction_id,
        **of_charge(charged.subscription, charged.bucket),
        units=price.units, total_aggregated_units=price.units, events_count=1, **amounts_of(priced.amounts),
        pricing_unit_details=unit_details(charged.charge, priced.amounts),
        pay_in_advance=True, amount_details=price.amount_details, grouped_by=charged.grouped_by,
        properties={**shown_windows(charged.windows), **of_prices(charged.bucket), **shown},
    )


def _invoice(charged: ChargedEvent, fee: Fee, choice: TaxChoice, coupons: Coupons) -> Invoice:
    """One invoice for each event and charge, dated on the day of the event (02 §6.1-4)."""
    billed = BilledSubscription(charged.subscription, charged.windows, IN_ADVANCE_CHARGE, History())
    return compose([billed], [fee], charged.mark.timestamp, choice, coupons=coupons)
