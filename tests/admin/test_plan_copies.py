"""A plan that is made as a copy of another one gives the same features (03 §1.7)."""

import pytest

from lago.core.db import db
from tests.admin.plan_forms import PATH, fields_of
from tests.builders.catalog import a_plan
from tests.builders.features import a_feature, give, in_short
from tests.builders.outbox import announced


@pytest.fixture
def origin(owner):
    """A plan that gives two features, one of them with values."""
    a_feature(owner)
    a_feature(owner, "reports", name=None, privileges=[])
    made = a_plan(owner)
    give(owner, "basic", reports={}, seats={"max": 3, "sso": False, "provider": "okta"})
    return made


def begun(ada, origin):
    """The form of a copy, and what stands in it."""
    page = ada.get(f"{PATH}/new?from={origin['lago_id']}").text
    return page, fields_of(page)


def given(owner, code):
    return owner.get(f"/plans/{code}/entitlements")["entitlements"]


def test_a_copy_gives_the_same_features_in_the_same_order(ada, owner, origin):
    page, form = begun(ada, origin)
    assert "As Basic does, the plan will give reports and Seats." in page
    ada.post(f"{PATH}/new", **form)
    assert given(owner, "basic_copy") == given(owner, "basic") and len(given(owner, "basic")) == 2


def test_both_go_their_own_ways_afterwards(ada, owner, origin):
    ada.post(f"{PATH}/new", **begun(ada, origin)[1])
    give(owner, "basic_copy", seats={"max": 9})
    assert in_short(given(owner, "basic"))["seats"]["max"] == 3


def test_one_message_tells_of_the_copy(ada, owner, origin):
    before = announced(owner)
    ada.post(f"{PATH}/new", **begun(ada, origin)[1])
    assert announced(owner)[len(before):] == ["plan.created"]


def test_it_is_known_what_is_copied_after_rows_and_mistakes(ada, owner, origin):
    form = begun(ada, origin)[1]
    form = fields_of(ada.post(f"{PATH}/new", expect=200, change="add:usage_thresholds", **form).text)
    refused = ada.post(f"{PATH}/new", expect=422, **form | {"code": "basic"}).text
    assert [row["code"] for row in owner.get("/plans")["plans"]] == ["basic"] and "reports and Seats" in refused
    ada.post(f"{PATH}/new", **fields_of(refused) | {"code": "other", "usage_thresholds.0.amount_cents": "5"})
    assert given(owner, "other") == given(owner, "basic")


def test_a_plan_that_is_gone_is_told_once(ada, owner, origin):
    form = begun(ada, origin)[1]
    db.session.execute(db.text("UPDATE plans SET deleted_at = now()"))
    refused = ada.post(f"{PATH}/new", expect=422, **form).text
    assert "The plan that this copies is gone" in refused and "copy_of" not in fields_of(refused)
    ada.post(f"{PATH}/new", **fields_of(refused))
    assert given(owner, "basic_copy") == []


def test_no_one_takes_features_of_others(stranger, outsider, ada, origin):
    form = begun(ada, origin)[1]
    stranger.post(f"{PATH}/new", expect=422, **form)
    assert outsider.get("/plans")["plans"] == []


def test_a_change_of_a_plan_copies_nothing(ada, owner, origin):
    other = a_plan(owner, "other")
    page = f"{PATH}/{other['lago_id']}/edit"
    ada.post(page, **fields_of(ada.get(page).text) | {"copy_of": origin["lago_id"]})
    assert given(owner, "other") == []
