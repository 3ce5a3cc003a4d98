"""The pages of add-ons."""

import pytest

from tests.builders.catalog import a_plan, a_tax, an_add_on, fixed_charge

FORM = {"name": "Setup", "code": "setup", "amount": "12.50", "amount_currency": "EUR"}


def find(owner, code="setup"):
    return owner.get(f"/add_ons/{code}")["add_on"]


def path(owner, code="setup"):
    return f"/add_ons/{find(owner, code)['lago_id']}"


def test_one_is_made_and_changed(ada, owner):
    a_tax(owner, "vat")
    ada.post("/add_ons/new", **FORM, **{"tax_codes[]": "vat"})
    made = find(owner)
    assert (made["amount_cents"], [tax["code"] for tax in made["taxes"]]) == (1250, ["vat"])
    assert 'value="12.50"' in ada.get(f"{path(owner)}/edit", htmx=True).text
    answer = ada.post(f"{path(owner)}/edit", **{**FORM, "amount": "13", "invoice_display_name": "Start"})
    assert answer.location == path(owner)
    changed = find(owner)
    assert (changed["amount_cents"], changed["invoice_display_name"], changed["taxes"]) == (1300, "Start", [])


@pytest.mark.parametrize("field, value", [("amount", "0"), ("amount", "much"), ("code", ""), ("name", ""),
                                          ("code", "taken")])
def test_what_does_not_fit_is_said_beside_its_field(ada, owner, field, value):
    an_add_on(owner, "taken")
    page = ada.post("/add_ons/new", expect=422, **{**FORM, field: value}).text
    assert f'id="error-{field}"' in page
    owner.get("/add_ons/setup", expect=404)


def test_its_page_says_where_it_is_used(ada, owner):
    a_plan(owner, "pro", fixed_charges=[fixed_charge(an_add_on(owner, "setup"))])
    an_add_on(owner, "other")
    assert "Pro</a>" in ada.get(path(owner)).text
    assert "one-off invoices only" in ada.get(path(owner, "other")).text


def test_one_is_deleted_after_a_question(ada, owner):
    a_plan(owner, "pro", fixed_charges=[fixed_charge(an_add_on(owner, "setup"))])
    address = path(owner)
    assert "1 plan has it" in ada.get(f"{address}/delete", htmx=True).text
    assert ada.post(f"{address}/delete").location == "/add_ons"
    owner.get("/add_ons/setup", expect=404)
    ada.get(address, expect=404)


def test_the_list_is_searched(ada, owner):
    an_add_on(owner, "setup")
    an_add_on(owner, "device")
    page = ada.get("/add_ons?search=DEV", htmx=True).text
    assert ">Device</a>" in page and ">Setup</a>" not in page
