"""What is only tried leaves nothing behind."""

import pytest
from sqlalchemy import func, select, text

from lago.core.db import db, lock, on_commit, transaction, tried
from lago.core.outbox import OutboxRow, enqueue
from lago.organizations.models import Organization


def rows():
    return db.session.scalar(select(func.count()).select_from(OutboxRow))


def test_rows_changes_and_callbacks_are_gone_and_the_answer_stays(owner):
    name, before, rung = owner.organization.name, rows(), []

    def attempt():
        owner.organization.name = "another"
        enqueue("webhooks.dispatch", organization_id=owner.organization.id)
        on_commit("bell", lambda: rung.append(1))
        db.session.flush()
        return db.session.scalar(select(Organization.name).where(Organization.id == owner.organization.id)), rows()

    with transaction():
        assert tried(attempt) == ("another", before + 1)
    assert (owner.organization.name, rows(), rung) == (name, before, [])


def test_what_waited_before_is_still_done(owner):
    rung = []
    with transaction():
        on_commit("bell", lambda: rung.append("first"))
        tried(lambda: on_commit("bell", lambda: rung.append("tried")))
    assert rung == ["first"]


def test_a_failure_is_told_and_undone_too(owner):
    def attempt():
        owner.organization.name = "another"
        db.session.flush()
        raise ValueError("no")

    with transaction(), pytest.raises(ValueError, match="no"):
        tried(attempt)
    db.session.expire_all()
    assert owner.organization.name != "another"


def test_locks_are_given_back(owner):
    with transaction():
        before = db.session.scalar(LOCKS)
        tried(lambda: lock("something"))
        assert db.session.scalar(LOCKS) == before
        lock("something")
        assert db.session.scalar(LOCKS) == before + 1


LOCKS = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
