"""Forgetting how often customers were asked: they begin anew when a campaign applies to them again (05 §2.6)."""

from typing import Any

from sqlalchemy import Select, select, update

from lago.core.db import db
from lago.payments.models import CustomerDunning


def clear(customers: Select[Any]) -> None:
    """Attempts, last attempt and due moment of these customers (a query of their ids) are gone, in one statement.

    No customer is locked, for there may be very many: an attempt that is at work holds its rows, and these are taken in
    one order, so that no two transactions wait for each other.
    """
    rows = select(CustomerDunning.id).where(CustomerDunning.customer_id.in_(customers))
    locked = rows.order_by(CustomerDunning.customer_id).with_for_update().cte("locked")
    statement = update(CustomerDunning).where(CustomerDunning.id.in_(select(locked.c.id)))
    nothing: dict[str, Any] = {"attempts": {}, "last_attempt_at": None, "due_at": None}
    db.session.execute(statement.values(nothing).execution_options(synchronize_session="fetch"))
