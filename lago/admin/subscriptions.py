"""Subscriptions: customers on plans. The list, and a page for each with all that happened to it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lago.admin.pages import current_organization, found, one_of, page, paged, show, text
from lago.admin.subscription_outlook import upcoming_of
from lago.admin.subscription_timeline import Entry, change_day, history_of, plan_name
from lago.admin.usage import Days, days_of
from lago.catalog.browse import plans_by_name
from lago.core import clock
from lago.invoicing.browse_subscriptions import billed_lines, credit_notes_on
from lago.pricing.local_time import local_date
from lago.subscriptions.browse import find_subscription, lineage_of
from lago.subscriptions.models import Subscription
from lago.subscriptions.search import (
    SubscriptionSearch,
    browse_subscriptions,
    currencies_of_subscriptions,
    status_counts,
)
from lago.subscriptions.terms import current_windows, zone_of
from lago.subscriptions.trial import trial_of

STATUSES = ("active", "pending", "incomplete", "terminated", "canceled")
OVERRIDDEN = {"yes": True, "no": False}
SHOWN = 25
MOST_SHOWN = 1000


@dataclass(frozen=True)
class Row:
    """A subscription in the list. `next_bill`: a date of its customer's zone."""

    subscription: Subscription
    next_bill: date | None


@dataclass(frozen=True)
class Facts:
    """What the page of a subscription says of it. Dates are those of `zone`, its customer's.

    `successor`: what it changes to on the day `changes_on`. `predecessor`: what it will take over from. `current`: what
    runs now under the external id, where this one is over.
    """

    zone: str
    anchor: date
    starts_on: date | None
    next_bill: date | None
    ends_on: date | None
    trial_ends_on: date | None
    days: Days | None
    successor: Subscription | None
    changes_on: date | None
    predecessor: Subscription | None
    current: Subscription | None

    def day(self, at: datetime) -> date:
        """The date of a moment where the customer is."""
        return local_date(at, ZoneInfo(self.zone))

    def clock_time(self, at: datetime) -> str:
        """The time of day of a moment there, to the minute; empty at midnight, when a day's work is done."""
        return f"{at.astimezone(ZoneInfo(self.zone)):%H:%M}".replace("00:00", "")


@page("GET", "/subscriptions", needs="subscriptions:view")
def subscriptions() -> str:
    chosen = chosen_search()
    organization = current_organization()
    listed = paged(browse_subscriptions(organization.id, chosen))
    numbers = status_counts(organization.id, chosen)
    return show(
        "subscriptions/list.html",
        "subscriptions/_list.html",
        page=listed,
        rows=[Row(one, local_day(one, one.billing_due_at)) for one in listed.items],
        chosen=chosen,
        overridden=one_of("overridden", tuple(OVERRIDDEN)),
        filtered=chosen != SubscriptionSearch(),
        numbers=[(status, numbers[status]) for status in STATUSES if status in numbers],
        plans=plans_by_name(organization.id),
        currencies=currencies_of_subscriptions(organization.id),
        plan_name=plan_name,
    )


@page("GET", "/subscriptions/<uuid:subscription_id>", needs="subscriptions:view")
def subscription(subscription_id: uuid.UUID) -> str:
    record = own_subscription(subscription_id)
    lineage = lineage_of(record)
    facts = facts_of(record, lineage)
    most = MOST_SHOWN if text("history") == "all" else SHOWN
    history = history_of_all(lineage, most)
    return show(
        "subscriptions/show.html",
        subscription=record,
        facts=facts,
        upcoming=upcoming_of(record, facts.successor, facts.predecessor),
        history=history[:most],
        has_more=len(history) > most,
        plan_name=plan_name,
    )


def chosen_search() -> SubscriptionSearch:
    overridden = one_of("overridden", tuple(OVERRIDDEN))
    return SubscriptionSearch(
        status=one_of("status", STATUSES), plan_code=text("plan"), customer=text("customer"),
        external_id=text("external_id"), overridden=OVERRIDDEN[overridden] if overridden else None,
        currency=text("currency"),
    )


def own_subscription(subscription_id: uuid.UUID) -> Subscription:
    return found(find_subscription(current_organization().id, subscription_id), "subscription")


def history_of_all(lineage: Sequence[Subscription], most: int) -> list[Entry]:
    """The newest of what happened under one external id: complete up to `most` entries."""
    ids = [one.id for one in lineage]
    return history_of(lineage, billed_lines(ids, most + 1), credit_notes_on(ids, most + 1))


def facts_of(record: Subscription, lineage: Sequence[Subscription]) -> Facts:
    zone = zone_of(record)
    trial = trial_of(record)
    following = [one for one in lineage if one.previous_subscription_id == record.id and one.status == "pending"]
    before = [one for one in lineage if one.id == record.previous_subscription_id]
    waits = record.status == "pending" and bool(before)
    running = [one for one in lineage if one.status in ("active", "pending") and one.id != record.id]
    return Facts(
        zone=zone.key,
        anchor=local_date(record.subscription_at, zone),
        starts_on=local_day(record, record.started_at or (change_day(before[0]) if waits else record.subscription_at)),
        next_bill=None if ends_first(record) else local_day(record, record.billing_due_at),
        ends_on=local_day(record, record.terminated_at or record.canceled_at or record.ending_at),
        trial_ends_on=local_date(trial.ends_at, zone) if trial else None,
        days=days_of(record, current_windows(record, clock.now())) if record.started_at else None,
        successor=following[-1] if following else None,
        changes_on=local_day(record, change_day(record)) if following else None,
        predecessor=before[0] if before and waits else None,
        current=running[0] if running and record.status in ("terminated", "canceled") else None,
    )


def ends_first(record: Subscription) -> bool:
    """Whether it ends before it is billed again."""
    ends_at, due_at = record.termination_due_at, record.billing_due_at
    return ends_at is not None and due_at is not None and ends_at <= due_at


def local_day(record: Subscription, at: datetime | None) -> date | None:
    """The date of a moment where the customer is."""
    return local_date(at, zone_of(record)) if at else None
