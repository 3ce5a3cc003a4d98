"""Work that falls due at a moment: found from the data, done late if need be, once, as of its moment (00 §2, §3).

One registry holds the kinds of due work. A kind is a rank (the order at one moment, 06 §7), a query of what
is due for which customer, and a verb. The scheduler does what is due for all organizations under real time;
a sandbox clock does the same for its organization. To add a kind is to write one `@due_kind`.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy import Select, Subquery, Text, bindparam, cast, column, func, literal, select, table, union_all, update
from sqlalchemy.dialects.postgresql import insert

from lago.core import actor, clock
from lago.core.db import db, lock, on_commit, transaction
from lago.core.jobs import job, ring
from lago.core.outbox import OutboxRow, keep_lease

_organizations = table("organizations", column("id"), column("clock_now"))  # the table of a higher slice

_LEASE_S = 20
_TRIED_AGAIN_AFTER = timedelta(hours=1)
_KEY_PREFIX = "due:"

DueQuery = Select[uuid.UUID, uuid.UUID, datetime | None]


@dataclass(frozen=True)
class DueKind:
    """`query` selects (organization_id, customer_id, due_at); `perform(customer_ids)` does, with the clock at the
    due moment and the customers locked, all of this kind that is due for them at that moment, and moves `due_at`
    on or clears it."""

    name: str
    rank: int
    query: Callable[[], DueQuery]
    perform: Callable[[Sequence[uuid.UUID]], None]


@dataclass(frozen=True)
class DueMoment:
    """The next piece of due work, and the customer that it is for; of an organization's own work, the organization."""

    customer_id: uuid.UUID
    due_at: datetime
    kind: str


KINDS: dict[str, DueKind] = {}


def due_kind(name: str, *, rank: int, query: Callable[[], DueQuery]) -> Callable[[Callable[..., None]], Any]:
    """Registers the decorated verb as a kind of due work."""

    def register(perform: Callable[[Sequence[uuid.UUID]], None]) -> Callable[[Sequence[uuid.UUID]], None]:
        KINDS[name] = DueKind(name, rank, query, perform)
        return perform

    return register


def earliest(
    until: datetime, *, organization_id: uuid.UUID | None = None, customer_ids: Sequence[uuid.UUID] = (),
    real_time: bool = False,
) -> DueMoment | None:
    """The first work due up to and including `until`, of an organization or of some customers: by moment, then rank,
    then the customer who has been there longest.

    `real_time`: not where a sandbox clock stands.
    """
    statement = _earliest(tuple(KINDS), organization_id is not None, bool(customer_ids), real_time)
    given = {"until": until, "of_organization": organization_id, "of_customers": list(customer_ids)}
    row = db.session.execute(statement, {name: value for name, value in given.items() if value}).first()
    return DueMoment(row.customer_id, row.due_at, row.kind) if row else None


@cache
def _earliest(kinds: tuple[str, ...], of_organization: bool, of_customers: bool, real_time: bool) -> Select[Any]:
    """The statement that `earliest` asks. Made once of each form: it has a part for every kind, and is asked for every
    moment that a clock passes."""
    parts = []
    for kind in map(KINDS.__getitem__, kinds):
        query = kind.query()
        organization, customer, due_at = query.selected_columns
        query = query.where(due_at <= bindparam("until"))
        query = query.where(organization == bindparam("of_organization")) if of_organization else query
        query = query.where(customer.in_(bindparam("of_customers", expanding=True))) if of_customers else query
        query = query.where(organization.in_(_under_real_time())) if real_time else query
        query = query.add_columns(literal(kind.rank).label("rank"), literal(kind.name).label("kind"))
        parts.append(query.order_by(due_at, customer).limit(1).subquery().select())
    due = union_all(*parts).subquery()
    return select(due).order_by(due.c.due_at, due.c.rank, due.c.customer_id).limit(1)


def perform_next(until: datetime, customer_ids: Sequence[uuid.UUID], *, standing: bool = False) -> DueMoment | None:
    """Does the first work of these customers that is due up to `until`, in a transaction of its own.

    All of that kind and moment is done together. None if nothing is due. `standing`: the moment is a sandbox clock's;
    else organizations with such a clock are left alone, also one whose clock was moved after its customer was found.
    """
    db.session.expunge_all()
    with transaction():
        lock(*customer_ids)
        found = earliest(until, customer_ids=customer_ids, real_time=not standing)
        if found is not None:
            with clock.at(found.due_at, standing=standing), actor.acting(actor.SYSTEM):
                KINDS[found.kind].perform(_due_with(found, customer_ids))
            if not standing:
                keep_lease([_key(customer_id) for customer_id in customer_ids], _LEASE_S)
    return found


def _due_with(found: DueMoment, customer_ids: Sequence[uuid.UUID]) -> Sequence[uuid.UUID]:
    """Those of the customers for whom the same kind of work is due at the same moment."""
    if len(customer_ids) == 1:
        return customer_ids
    query = KINDS[found.kind].query()
    _, customer, due_at = query.selected_columns
    same = query.with_only_columns(customer).where(due_at == found.due_at, customer.in_(customer_ids)).distinct()
    return db.session.scalars(same).all()


def perform_all(until: datetime, customer_ids: Sequence[uuid.UUID], *, standing: bool = False) -> None:
    """Does all work of these customers that is due up to `until`, in order of time.

    Raises RuntimeError when work stays due at the moment at which it was just done.
    """
    last = None
    while found := perform_next(until, customer_ids, standing=standing):
        if found == last:
            raise RuntimeError(f"{found.kind} of customer {found.customer_id} stays due at {found.due_at}")
        last = found


@job("due.catch_up", lease_s=_LEASE_S, batch=25)
def catch_up(batch: Sequence[Mapping[str, str]]) -> None:
    """Does all that is due for some customers up to the present, each piece as of its own moment."""
    perform_all(clock.real_now(), [uuid.UUID(args["customer_id"]) for args in batch])


def _key(customer_id: uuid.UUID) -> str:
    """What keeps a customer from being in the outbox twice."""
    return f"{_KEY_PREFIX}{customer_id}"


def find(now: datetime) -> int:
    """Puts a `due.catch_up` in the outbox for each customer with work due; how many there were.

    Organizations whose sandbox clock stands are left alone. The key keeps a customer from being put there twice.
    """
    due = _due_customers(now)
    args = func.jsonb_build_object("customer_id", cast(due.c.customer_id, Text))
    rows = select(
        due.c.organization_id, literal("default"), literal("due.catch_up"), args,
        literal(_KEY_PREFIX) + cast(due.c.customer_id, Text), literal(now), literal(0),
    )
    columns = ["organization_id", "queue", "name", "args", "key", "run_at", "attempts"]
    statement = insert(OutboxRow).from_select(columns, rows).on_conflict_do_nothing().returning(OutboxRow.id)
    found = len(db.session.scalars(statement).all()) + _try_again(now)
    if found:
        on_commit("ring default", partial(ring, "default"))
    return found


def _try_again(now: datetime) -> int:
    """What exists once by its key and had failed for good has one more attempt an hour later, and so on: what kept it
    may be over, and while its row stands there, there is no other for the customer, or for the subscription."""
    given_up = (OutboxRow.key.is_not(None), OutboxRow.last_error.is_not(None))
    statement = update(OutboxRow).where(*given_up, OutboxRow.failed_at < now - _TRIED_AGAIN_AFTER)
    return len(db.session.scalars(statement.values(failed_at=None, run_at=now).returning(OutboxRow.id)).all())


def _under_real_time() -> Select[uuid.UUID]:
    return select(_organizations.c.id).where(_organizations.c.clock_now.is_(None))


def _due_customers(now: datetime) -> Subquery:
    parts = []
    for kind in KINDS.values():
        query = kind.query()
        organization, _, due_at = query.selected_columns
        parts.append(query.where(due_at <= now, organization.in_(_under_real_time())).subquery().select())
    due = union_all(*parts).subquery()
    return select(due.c.organization_id, due.c.customer_id).distinct().subquery()
