"""Pricing units: made and changed on their page (02 §10)."""

import re

import pytest

from lago.catalog.queries import pricing_units_by_code
from tests.builders.catalog import a_metric, a_plan, a_pricing_unit, standard_charge

PATH = "/pricing_units"
CREDITS = {"name": "Credits", "code": "credits", "short_name": "CR", "description": "Ours"}


def stored(owner, code="credits"):
    return pricing_units_by_code(owner.organization.id, [code]).get(code)


def values(unit):
    return {name: getattr(unit, name) for name in CREDITS}


def test_a_unit_is_made_and_listed(ada, owner):
    made = ada.post(f"{PATH}/new", expect=302, **CREDITS)
    assert made.headers["Location"] == PATH
    assert values(stored(owner)) == CREDITS
    listed = ada.get(PATH).text
    assert all(text in listed for text in ("Credits", "credits", "CR", "Ours"))


def test_htmx_is_sent_to_the_list(ada):
    assert ada.post(f"{PATH}/new", expect=204, htmx=True, **CREDITS).headers["HX-Redirect"] == PATH


@pytest.mark.parametrize("changes", [
    {"name": " "}, {"code": ""}, {"short_name": "CRED"}, {"description": "x" * 601},
])
def test_a_bad_unit_is_shown_again_with_what_was_typed(ada, owner, changes):
    typed = CREDITS | changes
    shown = ada.post(f"{PATH}/new", expect=422, **typed).text
    assert [f'id="error-{name}"' in shown for name in CREDITS] == [name in changes for name in CREDITS]
    assert all(text.strip() in shown for text in typed.values())
    assert stored(owner) is None


def test_a_code_is_taken_once(ada, owner):
    a_pricing_unit(owner)
    assert "Another one has this already." in ada.post(f"{PATH}/new", expect=422, **CREDITS).text


def test_all_but_the_code_changes(ada, owner):
    unit = a_pricing_unit(owner)
    shown = ada.get(f"{PATH}/{unit.id}/edit").text
    assert 'name="code"' not in shown and re.search(r'name="short_name"[^>]*value="CR"', shown)
    change = {"name": "Points", "code": "points", "short_name": "PT", "description": ""}
    ada.post(f"{PATH}/{unit.id}/edit", expect=302, **change)
    assert values(stored(owner)) == {"name": "Points", "code": "credits", "short_name": "PT", "description": None}


def test_a_bad_change_changes_nothing(ada, owner):
    unit = a_pricing_unit(owner)
    before = values(unit)
    ada.post(f"{PATH}/{unit.id}/edit", expect=422, name="Points", short_name="", description="")
    assert values(stored(owner)) == before


def test_the_list_counts_the_plans_with_prices_in_a_unit(ada, owner):
    a_pricing_unit(owner)
    charge = standard_charge(a_metric(owner), applied_pricing_unit={"code": "credits", "conversion_rate": "0.5"})
    a_plan(owner, "one", charges=[charge, charge])
    a_plan(owner, "two", charges=[charge])
    assert re.search(r'<td class="num">2</td>', ada.get(PATH).text)


def test_the_unit_of_someone_else_is_not_found(ada, outsider):
    unit = a_pricing_unit(outsider)
    ada.get(f"{PATH}/{unit.id}/edit", expect=404)
    assert str(unit.id) not in ada.get(PATH).text
