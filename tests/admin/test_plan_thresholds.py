"""Usage thresholds in the form of a plan (03 §7.2), and what else it says of a plan's terms."""

import pytest

from tests.admin.plan_forms import GROWTH, PATH, fields_of, filled
from tests.builders.catalog import a_plan
from tests.builders.customers import a_customer

THRESHOLDS = [
    {"amount_cents": 20000, "threshold_display_name": None, "recurring": False},
    {"amount_cents": 5000, "threshold_display_name": "Fifty", "recurring": False},
    {"amount_cents": 10000, "threshold_display_name": "Again", "recurring": True},
]
"""Those of the example of 03 §7.5, not in the order of their amounts."""

TYPED = {
    **filled("usage_thresholds.0", {"amount_cents": "50", "threshold_display_name": " Fifty "}),
    **filled("usage_thresholds.1", {"amount_cents": "200.00", "threshold_display_name": ""}),
    **filled("recurring_thresholds.0", {"amount_cents": "100", "threshold_display_name": "Again"}),
}
"""The same as one types them."""


def thresholds(owner, code="growth"):
    """What the API shows of the plan's thresholds, without ids and times."""
    rows = owner.get(f"/plans/{code}")["plan"]["usage_thresholds"]
    return [{name: row[name] for name in THRESHOLDS[0]} for row in rows]


def ids(owner):
    return {row["lago_id"] for row in owner.get("/plans/growth")["plan"]["usage_thresholds"]}


def a_plan_with_them(owner, **changes):
    """The address of a plan that has the thresholds."""
    return f"{PATH}/{a_plan(owner, 'growth', usage_thresholds=THRESHOLDS, **changes)['lago_id']}"


def by_amount(rows):
    return sorted(rows, key=lambda row: row["amount_cents"])


def test_what_is_typed_is_what_the_api_has(ada, owner):
    ada.post(f"{PATH}/new", **GROWTH, **TYPED)
    assert by_amount(thresholds(owner)) == by_amount(THRESHOLDS)


@pytest.mark.parametrize("currency, typed, cents", [("JPY", "500", 500), ("KWD", "1.234", 1234)])
def test_amounts_have_the_decimals_of_the_plan_s_currency(ada, owner, currency, typed, cents):
    fields = {"amount_currency": currency, "amount_cents": "9", "usage_thresholds.0.amount_cents": typed}
    ada.post(f"{PATH}/new", **GROWTH | fields)
    assert thresholds(owner)[0]["amount_cents"] == cents


def test_the_form_of_a_plan_has_them_lowest_first_and_the_recurring_one_last(ada, owner):
    form = fields_of(ada.get(f"{a_plan_with_them(owner)}/edit").text)
    assert [form[name] for name in TYPED] == ["50.00", "Fifty", "200.00", "", "100.00", "Again"]


def test_thresholds_that_nobody_touched_stay_the_same_ones(ada, owner):
    page, before = a_plan_with_them(owner), ids(owner)
    ada.post(f"{page}/edit", **fields_of(ada.get(f"{page}/edit").text) | {"name": "Other"})
    assert owner.get("/plans/growth")["plan"]["name"] == "Other" and ids(owner) == before


def test_and_so_do_those_that_came_over_the_api_meanwhile(ada, owner):
    page = a_plan_with_them(owner)
    form = fields_of(ada.get(f"{page}/edit").text)
    owner.put("/plans/growth", {"plan": {"usage_thresholds": THRESHOLDS[:1]}})
    ada.post(f"{page}/edit", **form | {"name": "Other"})
    assert thresholds(owner) == THRESHOLDS[:1]


@pytest.mark.parametrize("name, text, changed", [
    ("usage_thresholds.0.amount_cents", "60", {"amount_cents": 6000}),
    ("usage_thresholds.0.threshold_display_name", "Half", {"threshold_display_name": "Half"}),
])
def test_one_change_replaces_all_of_them(ada, owner, name, text, changed):
    page, before = a_plan_with_them(owner), ids(owner)
    ada.post(f"{page}/edit", **fields_of(ada.get(f"{page}/edit").text) | {name: text})
    assert by_amount(thresholds(owner)) == [{**THRESHOLDS[1], **changed}, THRESHOLDS[2], THRESHOLDS[0]]
    assert not ids(owner) & before


def test_all_of_them_are_taken_away_even_with_subscriptions(ada, owner):
    page = a_plan_with_them(owner)
    a_customer(owner, "acme", currency="EUR")
    owner.post("/subscriptions", {"subscription": {
        "external_customer_id": "acme", "plan_code": "growth", "external_id": "acme"}})
    form = fields_of(ada.get(f"{page}/edit").text)
    ada.post(f"{page}/edit", **{name: text for name, text in form.items() if name not in TYPED})
    assert thresholds(owner) == []


def test_another_currency_is_a_change_where_its_cents_are_others(ada, owner):
    page, yen = a_plan_with_them(owner), {"amount_currency": "JPY", "amount_cents": "9"}
    ada.post(f"{page}/edit", **fields_of(ada.get(f"{page}/edit").text) | yen)
    assert [row["amount_cents"] for row in by_amount(thresholds(owner))] == [50, 100, 200]


def test_rows_come_and_go_and_only_one_repeats(ada, owner):
    page = ada.post(f"{PATH}/new", expect=200, change="add:usage_thresholds", **GROWTH).text
    assert fields_of(page)["usage_thresholds.0.amount_cents"] == "" and "add:recurring_thresholds" in page
    page = ada.post(f"{PATH}/new", expect=200, change="add:recurring_thresholds", **GROWTH).text
    assert "recurring_thresholds.0.amount_cents" in fields_of(page) and "add:recurring_thresholds" not in page
    left = fields_of(ada.post(f"{PATH}/new", expect=200, change="remove:usage_thresholds.0", **GROWTH, **TYPED).text)
    assert left["usage_thresholds.0.amount_cents"] == "200.00" and "usage_thresholds.1.amount_cents" not in left
    left = fields_of(ada.post(f"{PATH}/new", expect=200, change="remove:recurring_thresholds.0", **TYPED).text)
    assert "recurring_thresholds.0.amount_cents" not in left and left["usage_thresholds.0.amount_cents"] == "50"


def test_htmx_gets_back_the_thresholds_alone(ada, owner):
    answer = ada.client.post(
        f"{PATH}/new", data={"csrf_token": ada.token(), "change": "add:usage_thresholds", **TYPED},
        headers={"HX-Request": "true", "HX-Target": "usage_thresholds"},
    )
    assert answer.status_code == 200 and answer.text.lstrip().startswith('<section class="fields part" id="usage_')
    assert "usage_thresholds.2.amount_cents" in fields_of(answer.text)


@pytest.mark.parametrize("wrong, field, words", [
    ({"usage_thresholds.0.amount_cents": ""}, "usage_thresholds.0", "This is needed, unless the row is removed"),
    ({"usage_thresholds.1.amount_cents": "0"}, "usage_thresholds.1", "This is too large or too small"),
    ({"usage_thresholds.1.amount_cents": "-1"}, "usage_thresholds.1", "This is too large or too small"),
    ({"usage_thresholds.1.amount_cents": "50.00"}, "usage_thresholds.1", "This amount is there twice"),
    ({"usage_thresholds.0.amount_cents": "50,5"}, "usage_thresholds.0", "This is no amount"),
    ({"usage_thresholds.0.amount_cents": "0.001"}, "usage_thresholds.0", "This is no amount"),
    ({"recurring_thresholds.0.amount_cents": " "}, "recurring_thresholds.0", "This is needed"),
    ({"recurring_thresholds.1.amount_cents": "7"}, "recurring_thresholds.1", "Only one of them may repeat"),
])
def test_a_mistake_is_told_beside_its_amount_and_nothing_typed_is_lost(ada, owner, wrong, field, words):
    refused = ada.post(f"{PATH}/new", expect=422, **GROWTH, **TYPED | wrong).text
    assert f'id="error-{field}.amount_cents">{words}' in refused and refused.count('class="error"') == 1
    kept = fields_of(refused)
    for name, value in (GROWTH | TYPED | wrong).items():
        assert kept[name] == value, name
    assert owner.get("/plans")["plans"] == []


def test_a_fixed_and_a_recurring_threshold_may_have_one_amount(ada, owner):
    same = {"usage_thresholds.0.amount_cents": "100", "recurring_thresholds.0.amount_cents": "100"}
    ada.post(f"{PATH}/new", **GROWTH, **same)
    assert [(row["amount_cents"], row["recurring"]) for row in thresholds(owner)] == [(10000, False), (10000, True)]


@pytest.mark.parametrize("strange", [
    {"usage_thresholds": "x"}, {"usage_thresholds.0": "x"}, {"usage_thresholds.0.amount_cents[]": "1"},
    {"recurring_thresholds.a.b": "1"}, {"thresholds_before.0.x": "1"},
])
def test_fields_that_fit_nowhere_break_nothing(ada, owner, strange):
    ada.post(f"{PATH}/new", expect=200, change="add:usage_thresholds", **GROWTH, **strange)


def test_a_trial_is_typed_in_days_until_there_are_subscriptions(ada, owner):
    ada.post(f"{PATH}/new", **GROWTH, trial_period="14.5")
    plan = owner.get("/plans/growth")["plan"]
    page = f"{PATH}/{plan['lago_id']}"
    assert plan["trial_period"] == 14.5 and "14.5 days" in ada.get(page).text
    owner.put("/plans/growth", {"plan": {"trial_period": 14}})
    form = fields_of(ada.get(f"{page}/edit").text)
    assert form["trial_period"] == "14"
    ada.post(f"{page}/edit", **form | {"trial_period": ""})
    assert owner.get("/plans/growth")["plan"]["trial_period"] is None
    refused = ada.post(f"{PATH}/new", expect=422, **GROWTH | {"code": "other"}, trial_period="two weeks").text
    assert 'id="error-trial_period"' in refused and fields_of(refused)["trial_period"] == "two weeks"
