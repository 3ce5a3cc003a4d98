"""The pages of taxes (04 §6.1): found, made, changed, where they are charged, deleted."""

from sqlalchemy import select

from lago.catalog.models import Tax
from lago.core.db import db
from tests.admin.visitor import a_visitor
from tests.builders.catalog import a_metric, a_tax, an_add_on, fixed_charge, standard_charge
from tests.builders.stories import customer, plan, subscribe

PATH = "/taxes"
VAT = {"name": "VAT", "code": "vat", "rate": "20.5", "description": "On all"}


def page_of(code="vat"):
    return f"{PATH}/{db.session.scalar(select(Tax.id).where(Tax.code == code, Tax.deleted_at.is_(None)))}"


def test_without_taxes_the_list_says_what_they_are(ada):
    assert "No tax yet" in ada.get(PATH).text


def test_one_is_made_for_the_default_billing_entity(ada, owner):
    assert ada.post(f"{PATH}/new", **VAT, applied_to_organization="yes").location == page_of()
    made = owner.get("/taxes/vat")["tax"]
    assert (made["name"], made["rate"], made["description"]) == ("VAT", 20.5, "On all")
    assert made["applied_to_billing_entities_codes"] == ["owner"]
    shown = ada.get(page_of()).text
    assert "20.5%" in shown and "Billing entities" in shown and ">Owner<" in shown


def test_one_is_made_for_nothing(ada, owner):
    ada.post(f"{PATH}/new", **VAT)
    assert owner.get("/taxes/vat")["tax"]["applied_to_billing_entities_codes"] == []
    assert "Attached to nothing" in ada.get(page_of()).text


def test_its_page_names_what_it_is_attached_to(ada, owner):
    a_tax(owner, "vat")
    taxed = {"tax_codes": ["vat"]}
    add_on = an_add_on(owner, "setup", name="Set-up", **taxed)
    charges = [standard_charge(a_metric(owner, "calls"), invoice_display_name="Phone calls", **taxed)]
    plan(owner, "pro", name="The pro plan", charges=charges, fixed_charges=[fixed_charge(add_on, **taxed)], **taxed)
    customer(owner, "acme", name="Acme Inc", **taxed)
    shown = ada.get(page_of()).text
    for part in ("Set-up", "Phone calls", "The pro plan", "Acme Inc", "Fixed charges"):
        assert part in shown, part


def test_copies_of_a_plan_do_not_count(ada, owner):
    a_tax(owner, "vat")
    plan(owner, "pro", tax_codes=["vat"])
    subscribe(owner, plan_overrides={"amount_cents": 1})
    assert "1 plan" in ada.get(PATH).text and "2 plans" not in ada.get(PATH).text


def test_the_list_is_searched(ada, owner):
    a_tax(owner, "vat", name="VAT")
    a_tax(owner, "levy", name="Levy")
    found = ada.get(f"{PATH}?search=EVY").text
    assert ">Levy<" in found and ">VAT<" not in found
    assert "No tax matches" in ada.get(f"{PATH}?search=%25").text


def test_it_is_changed_but_for_its_code(ada, owner):
    ada.post(f"{PATH}/new", **VAT, applied_to_organization="yes")
    form = ada.get(f"{page_of()}/edit").text
    assert 'value="20.5"' in form and "checked" in form
    ada.post(f"{page_of()}/edit", name="TVA", code="other", rate="5.5", description="")
    (changed,) = owner.get("/taxes")["taxes"]
    assert (changed["code"], changed["name"], changed["rate"]) == ("vat", "TVA", 5.5)
    assert changed["applied_to_billing_entities_codes"] == []


def test_mistakes_stay_in_the_form(ada, owner):
    a_tax(owner, "vat")
    shown = ada.post(f"{PATH}/new", expect=422, **{**VAT, "rate": "much"}).text
    assert "A rate is a number of percent" in shown and 'value="much"' in shown
    assert "Another one has this already." in ada.post(f"{PATH}/new", expect=422, **VAT).text
    assert len(owner.get("/taxes")["taxes"]) == 1


def test_deleting_asks_first_and_says_what_loses_it(ada, owner):
    a_tax(owner, "vat")
    customer(owner, "acme", tax_codes=["vat"])
    path = f"{page_of()}/delete"
    assert "1 customer" in ada.get(path).text
    assert ada.post(path).location == PATH
    assert owner.get("/customers/acme")["customer"]["taxes"] == owner.get("/taxes")["taxes"] == []
    ada.get(path, expect=404)


def test_only_admins_change_taxes(app, owner):
    a_tax(owner, "vat")
    finance = a_visitor(app, owner.organization, "fin@example.com", role="read_only")
    assert "New tax" not in finance.get(PATH).text
    for path in (f"{PATH}/new", f"{page_of()}/edit", f"{page_of()}/delete"):
        finance.get(path, expect=403)
        finance.post(path, expect=403, **VAT)


def test_the_pages_cost_the_same_for_2_and_6(ada, owner, count_queries):
    counts = []
    for number in range(6):
        a_tax(owner, f"t{number}")
        customer(owner, f"c{number}", tax_codes=[f"t{number}", "t0"])
        if number in (1, 5):
            with count_queries() as statements:
                ada.get(PATH)
                ada.get(page_of("t0"))
            counts.append(len(statements))
    assert counts[0] == counts[1]
