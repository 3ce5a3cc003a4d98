"""What is read once, and rows that statements are given."""

from sqlalchemy import Text, Uuid, select

from lago.catalog.models import Plan
from lago.core.db import db, transaction
from lago.core.given_rows import given_rows
from lago.core.ids import new_id
from tests.builders.catalog import a_metric, a_plan, standard_charge


def test_what_a_record_has_is_not_read_again(owner, count_queries):
    a_plan(owner, "growth", charges=[standard_charge(a_metric(owner))])
    query = select(Plan).where(Plan.code == "growth")
    with transaction():
        db.session.expunge_all()
        plan = db.session.scalars(query).one()
        with count_queries(forget=False) as again:
            assert db.session.scalars(query).one() is plan and len(plan.charges) == 1
        assert len(again) == 1
        with count_queries(forget=False) as anew:
            db.session.scalars(query, execution_options={"populate_existing": True}).one()
        assert any("charges" in statement for statement in anew)


def test_what_was_dropped_is_read_again(owner):
    a_plan(owner, "growth", charges=[standard_charge(a_metric(owner))])
    query = select(Plan).where(Plan.code == "growth")
    with transaction():
        plan = db.session.scalars(query).one()
        db.session.expire(plan, ["charges"])
        db.session.scalars(query).one()
        assert len(plan.charges) == 1


def test_given_rows_can_be_joined_and_may_be_none(owner):
    first, second = new_id(), new_id()
    for rows in ([(first, "one"), (second, None)], []):
        given = given_rows("given", {"id": Uuid, "word": Text}, rows)
        assert db.session.execute(select(given.c.id, given.c.word)).all() == rows
