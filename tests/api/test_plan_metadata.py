"""What clients keep on plans (03 §1.2, §1.6)."""

import pytest

from tests.builders.catalog import a_plan, plan_body
from tests.builders.outbox import announced

PATH = "/plans/basic/metadata"
KEPT = {"team": "blue", "cost": None}


@pytest.fixture
def kept(owner):
    return a_plan(owner, metadata=KEPT)


def of_plan(owner):
    return owner.get("/plans/basic")["plan"].get("metadata", "none")


def test_a_plan_has_none_unless_it_is_given(owner):
    assert "metadata" not in a_plan(owner) and "metadata" not in owner.get("/plans")["plans"][0]


def test_it_is_kept_with_the_plan_and_shown_last(owner, kept):
    assert kept["metadata"] == KEPT == of_plan(owner)
    assert list(kept)[-1] == "metadata" and owner.get("/plans")["plans"][0]["metadata"] == KEPT


@pytest.mark.parametrize("change, expected", [
    ({"metadata": {"a": "b"}}, {"a": "b"}), ({"metadata": {}}, {}), ({"metadata": None}, "none"),
    ({"name": "New"}, KEPT),
])
def test_a_change_of_the_plan_replaces_it(owner, kept, change, expected):
    owner.put("/plans/basic", {"plan": change})
    assert of_plan(owner) == expected


def test_it_is_replaced(owner, kept):
    assert owner.post(PATH, {"metadata": {"a": "b"}}) == {"metadata": {"a": "b"}}
    assert of_plan(owner) == {"a": "b"}
    assert owner.post(PATH, {"metadata": None}) == {"metadata": None} and of_plan(owner) == "none"


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_it_is_merged(owner, kept, method):
    assert owner.call(method, PATH, {"metadata": {"team": "red", "new": "1"}}) == {
        "metadata": {"team": "red", "cost": None, "new": "1"}
    }
    assert owner.call(method, PATH, {"metadata": {}})["metadata"] == of_plan(owner)


def test_nothing_is_merged_into_nothing(owner):
    a_plan(owner)
    assert owner.call("PATCH", PATH, {"metadata": {}}) == {"metadata": None}
    assert owner.call("PATCH", PATH, {"metadata": {"a": "b"}}) == {"metadata": {"a": "b"}}


def test_it_is_removed(owner, kept):
    assert owner.delete(PATH) == {"metadata": None} and of_plan(owner) == "none"


def test_a_key_is_removed(owner, kept):
    assert owner.delete(f"{PATH}/team") == {"metadata": {"cost": None}}
    assert owner.delete(f"{PATH}/unknown") == {"metadata": {"cost": None}}
    owner.delete(PATH)
    assert owner.call("DELETE", f"{PATH}/cost", expect=404)["code"] == "metadata_not_found"


def test_a_key_may_hold_any_character(owner):
    a_plan(owner, metadata={"a/b c": "x", "d": "y"})
    assert owner.delete(f"{PATH}/a%2Fb%20c") == {"metadata": {"d": "y"}}


def test_changes_of_all_of_it_are_told(owner, kept):
    before = len(announced(owner))
    owner.post(PATH, {"metadata": {"a": "b"}})
    owner.call("PATCH", PATH, {"metadata": {"c": "d"}})
    owner.delete(PATH)
    assert announced(owner)[before:] == ["plan.updated"] * 3


@pytest.mark.parametrize("metadata", [
    [], "text", {"a": 1}, {"a": "x" * 256}, {"k" * 101: "x"}, {f"k{number}": "x" for number in range(51)},
], ids=["list", "text", "number", "long value", "long key", "too many"])
def test_bad_metadata_is_refused(owner, kept, metadata):
    assert list(owner.refused("POST", PATH, {"metadata": metadata})) == ["value"]
    assert list(owner.refused("PUT", "/plans/basic", {"plan": {"metadata": metadata}})) == ["value"]
    assert list(owner.refused("POST", "/plans", {"plan": plan_body("new", metadata=metadata)})) == ["value"]
    assert of_plan(owner) == KEPT


def test_there_may_not_be_too_much_after_a_merge(owner):
    a_plan(owner, metadata={f"k{number}": "x" for number in range(50)})
    assert owner.call("PATCH", PATH, {"metadata": {"k1": "y"}})["metadata"]["k1"] == "y"
    assert list(owner.refused("PATCH", PATH, {"metadata": {"new": "y"}})) == ["value"]


def test_flags_of_the_plan_stay_as_they_are(owner):
    """Unlike a change of the plan that names no interval (03 §13.10)."""
    a_plan(owner, interval="yearly", bill_charges_monthly=True)
    owner.post(PATH, {"metadata": {"a": "b"}})
    assert owner.get("/plans/basic")["plan"]["bill_charges_monthly"] is True


def test_what_there_is_not_is_not_found(owner):
    for method in ("POST", "PATCH", "PUT", "DELETE"):
        assert owner.call(method, PATH, {"metadata": {}}, expect=404)["code"] == "plan_not_found"
