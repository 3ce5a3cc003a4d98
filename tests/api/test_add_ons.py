"""Add-ons over the API (04 §10)."""

from urllib.parse import quote

import pytest

from tests.builders.catalog import a_tax, add_on_body, an_add_on

SETUP = add_on_body("setup")


def test_an_add_on_is_shown_as_it_was_made(owner):
    a_tax(owner)
    made = an_add_on(owner, "setup", description="once", invoice_display_name="Set-up", tax_codes=["vat", "vat"])
    assert made.pop("lago_id") and made.pop("created_at")
    assert [tax["code"] for tax in made.pop("taxes")] == ["vat"]
    assert made == {
        "name": "Setup", "code": "setup", "amount_cents": 200, "amount_currency": "EUR", "description": "once",
        "invoice_display_name": "Set-up",
    }


@pytest.mark.parametrize("changes, details", [
    ({"name": " "}, {"name": ["value_is_mandatory"]}),
    ({"name": None, "code": None}, {"name": ["value_is_mandatory"], "code": ["value_is_mandatory"]}),
    ({"code": "x" * 256}, {"code": ["value_is_too_long"]}),
    ({"amount_cents": None}, {"amount_cents": ["value_is_mandatory"]}),
    ({"amount_cents": "much"}, {"amount_cents": ["is not a number"]}),
    ({"amount_cents": 1.5}, {"amount_cents": ["must be an integer"]}),
    ({"amount_cents": 0}, {"amount_cents": ["value_is_out_of_range"]}),
    ({"amount_cents": -1}, {"amount_cents": ["value_is_out_of_range"]}),
    ({"amount_cents": 10**18}, {"amount_cents": ["value_is_out_of_range"]}),
    ({"amount_currency": None}, {"amount_currency": ["value_is_invalid"]}),
    ({"amount_currency": "TND"}, {"amount_currency": ["value_is_invalid"]}),
    ({"description": "a\0b"}, {"description": ["value_is_invalid"]}),
])
def test_a_bad_add_on_is_refused(owner, changes, details):
    assert owner.refused("POST", "/add_ons", {"add_on": {**SETUP, **changes}}) == details
    assert owner.get("/add_ons")["add_ons"] == []


def test_a_code_is_taken_once_and_free_after_deletion(owner):
    an_add_on(owner, "setup")
    assert owner.refused("POST", "/add_ons", {"add_on": SETUP}) == {"code": ["value_already_exist"]}
    assert owner.delete("/add_ons/setup")["add_on"]["code"] == "setup"
    assert owner.get("/add_ons/setup", expect=404)["code"] == "add_on_not_found"
    an_add_on(owner, "setup")


def test_add_ons_are_listed_newest_first(owner):
    for code in "abc":
        an_add_on(owner, code)
    page = owner.get("/add_ons", per_page=2)
    assert [row["code"] for row in page["add_ons"]] == ["c", "b"]
    assert page["meta"]["total_count"] == 3


def test_an_update_changes_what_it_names(owner):
    a_tax(owner)
    an_add_on(owner, "setup", description="once", tax_codes=["vat"])
    changed = owner.put("/add_ons/setup", {"add_on": {"code": "start", "amount_cents": "300"}})["add_on"]
    assert (changed["code"], changed["amount_cents"], changed["description"]) == ("start", 300, "once")
    assert [tax["code"] for tax in changed["taxes"]] == ["vat"]
    assert owner.call("PATCH", "/add_ons/start", {"add_on": {"tax_codes": []}})["add_on"]["taxes"] == []


def test_an_update_is_checked_like_a_new_one(owner):
    an_add_on(owner, "setup")
    an_add_on(owner, "support")
    for changes, codes in (({"code": "setup"}, ["value_already_exist"]), ({"code": ""}, ["value_is_mandatory"])):
        assert owner.refused("PUT", "/add_ons/support", {"add_on": changes}) == {"code": codes}
    owner.put("/add_ons/support", {"add_on": {"code": "support", "name": "Help"}})


@pytest.mark.parametrize("method, path", [("POST", "/add_ons"), ("PUT", "/add_ons/setup")])
def test_an_unknown_tax_is_not_found_and_changes_nothing(owner, method, path):
    before = an_add_on(owner, "setup")
    body = {"add_on": {**SETUP, "code": "other", "tax_codes": ["vat"]}}
    assert owner.call(method, path, body, expect=404)["code"] == "tax_not_found"
    assert owner.get("/add_ons")["add_ons"] == [before]


def test_a_deleted_tax_is_gone_from_add_ons(owner):
    a_tax(owner)
    an_add_on(owner, "setup", tax_codes=["vat"])
    owner.delete("/taxes/vat")
    assert owner.get("/add_ons/setup")["add_on"]["taxes"] == []


@pytest.mark.parametrize("code", ["a/b", "a.b", "é %", "x/fixed_charges"])
def test_a_code_may_be_any_text(owner, code):
    made = an_add_on(owner, code)
    assert owner.get(f"/add_ons/{quote(code, safe='')}")["add_on"] == made


def test_a_listing_costs_the_same_for_2_and_20(owner, count_queries):
    a_tax(owner)
    counts = []
    for number in range(20):
        an_add_on(owner, f"a{number}", tax_codes=["vat"])
        if number in (1, 19):
            with count_queries() as statements:
                owner.get("/add_ons")
            counts.append(len(statements))
    assert counts[0] == counts[1]
