"""Coupons that end by time (04 §8.1, 06 §7)."""

from datetime import UTC, datetime

from sqlalchemy import select, update

from lago.catalog.models import Coupon
from lago.core import clock
from lago.core.db import db, transaction
from lago.core.due import find
from lago.core.outbox import OutboxRow, run_next
from tests.builders.coupons import a_coupon

ENDS = datetime(2024, 5, 1, 12, 30, 15, tzinfo=UTC)


def test_it_ends_at_its_second_under_a_sandbox_clock(sandbox):
    sandbox.at("2024-04-01T00:00:00Z")
    a_coupon(sandbox, expiration="time_limit", expiration_at="2024-05-01T12:30:15.900Z")
    sandbox.at("2024-05-01T12:30:14Z")
    assert sandbox.get("/coupons/welcome")["coupon"]["terminated_at"] is None
    sandbox.at("2024-06-01T00:00:00Z")
    assert sandbox.get("/coupons/welcome")["coupon"]["terminated_at"] == "2024-05-01T12:30:15Z"


def test_without_a_limit_a_moment_ends_nothing(sandbox):
    sandbox.at("2024-04-01T00:00:00Z")
    a_coupon(sandbox, expiration_at="2024-05-01T00:00:00Z")
    sandbox.at("2024-06-01T00:00:00Z")
    assert sandbox.get("/coupons/welcome")["coupon"]["terminated_at"] is None


def test_a_moved_end_counts(sandbox):
    sandbox.at("2024-04-01T00:00:00Z")
    a_coupon(sandbox, expiration="time_limit", expiration_at="2024-05-01T00:00:00Z")
    sandbox.put("/coupons/welcome", {"coupon": {"expiration_at": "2024-07-01T00:00:00Z"}})
    sandbox.at("2024-06-01T00:00:00Z")
    assert sandbox.get("/coupons/welcome")["coupon"]["terminated_at"] is None
    sandbox.put("/coupons/welcome", {"coupon": {"expiration": "no_expiration", "expiration_at": None}})
    sandbox.at("2024-08-01T00:00:00Z")
    assert sandbox.get("/coupons/welcome")["coupon"]["terminated_at"] is None


def test_under_real_time_a_worker_ends_it_as_of_its_moment(owner, outsider):
    for one in (owner, outsider):
        a_coupon(one, expiration="time_limit", expiration_at="2999-01-01T00:00:00Z")
    own = owner.organization.id
    with transaction():
        db.session.execute(update(Coupon).where(Coupon.organization_id == own).values(expiration_due_at=ENDS))
    with transaction():
        find(clock.real_now())
    assert db.session.scalars(select(OutboxRow.args).where(OutboxRow.name == "due.catch_up")).all() == [
        {"customer_id": str(own)}
    ]
    while run_next("default"):
        pass
    assert owner.get("/coupons/welcome")["coupon"]["terminated_at"] == "2024-05-01T12:30:15Z"
    assert outsider.get("/coupons/welcome")["coupon"]["terminated_at"] is None
