"""News: events that someone has to look at soon after they were stored, such as those that are billed at once.

A row for each event, written with it, and one job for each subscription, however many events there are (design §3-3).
Requests that store such events hold a lock together, from before their events get their numbers until they have
committed. Whoever looks at the news waits for them, and so finds the events in the order of their numbers without a
gap, and knows that nothing is left when nothing is there (decision 0012).
"""

import uuid
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, func, insert, select

from lago.core import outbox
from lago.core.db import db, lock, lock_shared
from lago.metering.models import Event, EventNews


def open_news(organization_id: uuid.UUID, external_subscription_ids: Collection[str]) -> None:
    """To be called before events of these subscriptions are stored that are to be news."""
    lock_shared(*(_key(organization_id, one) for one in external_subscription_ids))


def tell_news(organization_id: uuid.UUID, stored: Mapping[int, str]) -> None:
    """Has stored events looked at after the commit: by their numbers, each with its external subscription id."""
    rows = [
        {"organization_id": organization_id, "event_seq": seq, "external_subscription_id": subscription}
        for seq, subscription in stored.items()
    ]
    db.session.execute(insert(EventNews), rows)
    jobs = {
        _key(organization_id, one): {"organization_id": str(organization_id), "external_subscription_id": one}
        for one in set(stored.values())
    }
    outbox.enqueue_once("invoicing.bill_in_advance", jobs, organization_id=organization_id)


def settle_news(organization_id: uuid.UUID, external_subscription_id: str) -> int | None:
    """The number of event through which the news of the subscription are complete. None if there are none: the job of
    the subscription then ends with this transaction. Requests that bring news wait for its end."""
    key = _key(organization_id, external_subscription_id)
    lock(key)
    query = select(func.max(EventNews.event_seq)).where(*_of(organization_id, external_subscription_id))
    last = db.session.scalar(query)
    if last is None:
        outbox.drop(key)
    return last


def read_news(
    organization_id: uuid.UUID, external_subscription_id: str, *, through: int, most: int
) -> Sequence[Event]:
    """The first `most` of the events that are news, up to the number `through`, in order of insertion."""
    query = (
        select(Event)
        .join(EventNews, (EventNews.organization_id == Event.organization_id) & (EventNews.event_seq == Event.seq))
        .where(*_of(organization_id, external_subscription_id), EventNews.event_seq <= through)
        .order_by(EventNews.event_seq)
    )
    return db.session.scalars(query.limit(most)).all()


def close_news(organization_id: uuid.UUID, external_subscription_id: str, *, through: int, lease_s: int) -> None:
    """The events up to that number have been looked at; the job gets time for the next ones."""
    db.session.execute(
        delete(EventNews).where(*_of(organization_id, external_subscription_id), EventNews.event_seq <= through)
    )
    outbox.keep_lease([_key(organization_id, external_subscription_id)], lease_s)


def _of(organization_id: uuid.UUID, external_subscription_id: str) -> tuple[bool, bool]:
    return (
        EventNews.organization_id == organization_id,
        EventNews.external_subscription_id == external_subscription_id,
    )


def _key(organization_id: uuid.UUID, external_subscription_id: str) -> str:
    return f"news:{organization_id}:{external_subscription_id}"
