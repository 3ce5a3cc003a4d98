"""The pages of features (03 §1.7): found, looked at, made, changed, deleted."""

import re

import pytest
from sqlalchemy import select

from lago.catalog.models import Feature, Privilege
from lago.core.db import db
from tests.admin.visitor import a_visitor
from tests.builders.catalog import a_plan
from tests.builders.features import a_feature, give

PATH = "/features"
SEATS = {"name": "Seats", "code": "seats", "description": "Who may sign in"}


def page_of(code="seats"):
    return f"{PATH}/{db.session.scalar(select(Feature.id).where(Feature.code == code))}"


def row(number, **fields):
    """A row of the form: a privilege."""
    return {f"privileges.{number}.{name}": value for name, value in fields.items()}


def shown_by_api(owner, code="seats"):
    return owner.get(f"{PATH}/{code}")["feature"]


def test_the_list_shows_privileges_and_plans(ada, owner):
    a_feature(owner)
    a_plan(owner)
    give(owner, "basic", seats={"max": 3})
    shown = ada.get(PATH).text
    assert "Seats" in shown and ">provider<" in shown and '<td class="num">1</td>' in shown


def test_search_looks_at_names_codes_and_descriptions(ada, owner):
    a_feature(owner, "seats", name="People", description="in rooms")
    a_feature(owner, "disk", name="Storage", description="")
    for search in ("PEOP", "seat", "room"):
        found = ada.get(f"{PATH}?search={search}").text
        assert "People" in found and "Storage" not in found
    assert "No feature matches" in ada.get(f"{PATH}?search=%25").text


def test_without_features_the_list_says_what_they_are(ada):
    assert "No feature yet" in ada.get(PATH).text


def test_the_page_of_a_feature_tells_all_of_it(ada, owner):
    a_feature(owner)
    a_plan(owner, "growth")
    give(owner, "growth", seats={"max": 3, "sso": False})
    shown = ada.get(page_of()).text
    for part in ("People who may sign in.", "Most", "Whole number", "Yes or no", "okta", "growth", "max: <b>3</b>",
                 "sso: <b>no</b>", "/api/v1/features/seats"):
        assert part in shown, part


def test_what_is_filled_in_is_what_the_api_shows(ada, owner):
    rows = {
        **row(0, code="max", name="Most", value_type="integer", options="left over"),
        **row(1, code="provider", name="", value_type="select", options=" okta \r\n\r\ngoogle"),
        **row(2, code="", name="", value_type="boolean", options=""),
    }
    made = ada.post(f"{PATH}/new", **SEATS, **rows)
    feature = shown_by_api(owner)
    assert made.location == page_of()
    assert (feature["name"], feature["description"]) == ("Seats", "Who may sign in")
    assert feature["privileges"] == [
        {"code": "max", "name": "Most", "value_type": "integer", "config": {}},
        {"code": "provider", "name": None, "value_type": "select", "config": {"select_options": ["okta", "google"]}},
    ]


def test_rows_come_and_go_without_saving(ada, owner):
    rows = row(0, code="max", value_type="integer")
    longer = ada.post(f"{PATH}/new", expect=200, **SEATS, **rows, change="add:privileges").text
    assert 'name="privileges.1.code"' in longer and 'value="max"' in longer
    shorter = ada.post(f"{PATH}/new", expect=200, **SEATS, **rows, change="remove:privileges.0").text
    assert "privileges.0.code" not in shorter
    assert owner.get(PATH)["features"] == []


def test_a_change_of_rows_answers_the_rows_only(ada):
    headers = {"HX-Request": "true", "HX-Target": "privileges"}
    data = {"csrf_token": ada.token(), **SEATS, "change": "add:privileges"}
    answer = ada.client.post(f"{PATH}/new", data=data, headers=headers).text
    assert answer.count("<fieldset") == 2 and "<form" not in answer


def test_the_form_is_a_drawer_for_htmx_which_then_goes_to_the_feature(ada, owner):
    assert "<html" not in ada.get(f"{PATH}/new", htmx=True).text
    saved = ada.post(f"{PATH}/new", htmx=True, expect=204, **SEATS)
    assert saved.headers["HX-Redirect"] == page_of()


@pytest.mark.parametrize("fields, field, sentence", [
    ({"code": ""}, "code", "This is needed."),
    ({"code": "taken"}, "code", "Another one has this already."),
    ({"name": "n" * 256}, "name", "This is too long."),
    (row(0, code="", name="Most"), "privileges.0.code", "This is needed."),
    (row(0, code="max", value_type="select"), "privileges.0.options", "There is at least one option, one a line."),
    (row(0, code="max", name="n" * 256), "privileges.0.name", "This is too long."),
    ({**row(0, code="max"), **row(1, code="max")}, "privileges.1.code", "This is there twice."),
])
def test_an_error_stands_beside_its_field(ada, owner, fields, field, sentence):
    a_feature(owner, "taken")
    shown = ada.post(f"{PATH}/new", expect=422, **{**SEATS, **fields}).text
    assert re.search(rf'id="error-{re.escape(field)}">{re.escape(sentence)}', shown)
    assert owner.get(PATH)["meta"]["total_count"] == 1


def test_what_is_stored_can_be_renamed_and_get_more_options(ada, owner):
    before = a_feature(owner)["privileges"]
    form = {
        "known[]": ["max", "sso", "root", "provider"],
        **row(0, stored="max", name="At most"), **row(1, stored="sso", name=""), **row(2, stored="root", name=""),
        **row(3, stored="provider", name="", options="saml"), **row(4, code="new", value_type="boolean"),
    }
    ada.post(f"{page_of()}/edit", name="Seats", description="", **form)
    after = shown_by_api(owner)
    assert after["description"] is None
    assert after["privileges"] == [
        {**before[0], "name": "At most"}, *before[1:3],
        {**before[3], "config": {"select_options": ["okta", "google", "saml"]}},
        {"code": "new", "name": None, "value_type": "boolean", "config": {}},
    ]


def test_a_row_that_is_removed_is_a_privilege_less(ada, owner):
    a_feature(owner)
    a_plan(owner)
    give(owner, "basic", seats={"max": 3})
    rows = {"known[]": ["max", "sso"], **row(0, stored="max"), **row(1, stored="sso")}
    asked = ada.post(f"{page_of()}/edit", expect=200, name="Seats", **rows, change="remove:privileges.0").text
    assert "Saving removes <code>max</code>, with its values in 1 plan" in asked
    ada.post(f"{page_of()}/edit", name="Seats", **{"known[]": ["max", "sso"], **row(0, stored="sso")})
    assert [one["code"] for one in shown_by_api(owner)["privileges"]] == ["sso", "root", "provider"]


def test_a_removed_privilege_can_be_made_anew_at_once(ada, owner):
    a_feature(owner, privileges=[{"code": "max"}])
    ada.post(f"{page_of()}/edit", name="", **{"known[]": "max", **row(0, code="max", value_type="integer")})
    assert [one["value_type"] for one in shown_by_api(owner)["privileges"]] == ["integer"]
    assert len(db.session.scalars(select(Privilege)).all()) == 2


def test_deleting_asks_first_and_says_what_happens(ada, owner):
    a_feature(owner)
    a_plan(owner)
    give(owner, "basic", seats={})
    path = f"{page_of()}/delete"
    assert "1 plan gives it no longer" in ada.get(path).text
    assert ada.post(path).location == PATH
    assert owner.get(PATH)["features"] == []
    ada.get(path, expect=404)


def test_only_admins_change_features(app, owner):
    a_feature(owner)
    finance = a_visitor(app, owner.organization, "fin@example.com", role="read_only")
    shown = finance.get(page_of()).text + finance.get(PATH).text
    assert "Edit" not in shown and "New feature" not in shown
    for path in (f"{PATH}/new", f"{page_of()}/edit", f"{page_of()}/delete"):
        finance.get(path, expect=403)
        finance.post(path, expect=403, **SEATS)


def test_a_list_costs_the_same_for_2_and_9(ada, owner, count_queries):
    counts = []
    for number in range(9):
        a_feature(owner, f"f{number}")
        if number in (1, 8):
            with count_queries() as statements:
                ada.get(PATH)
            counts.append(len(statements))
    assert counts[0] == counts[1]
