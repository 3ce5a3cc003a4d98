"""The pages of custom sections (04 §15): found, made, changed, looked at, deleted."""

from sqlalchemy import select

from lago.core.db import db
from lago.organizations.models import InvoiceCustomSection
from tests.admin.visitor import a_visitor
from tests.builders.custom_sections import a_section, chosen, codes_of, of_entity, sections
from tests.builders.stories import customer, plan, subscribe
from tests.builders.wallets import wallet

PATH = "/custom_sections"
BANK = {
    "name": "Bank", "code": "bank", "display_name": "Pay to", "details": "IBAN DE00\r\nBIC X", "description": "For all"
}


def page_of(code="bank"):
    return f"{PATH}/{db.session.scalar(select(InvoiceCustomSection.id).where(InvoiceCustomSection.code == code))}"


def test_without_sections_the_list_says_what_they_are(ada):
    assert "No custom section yet" in ada.get(PATH).text


def test_one_is_made_and_shown(ada, owner):
    assert ada.post(f"{PATH}/new", **BANK).location == page_of()
    shown = ada.get(page_of()).text
    for part in ("Bank", "Pay to", "IBAN DE00", "For all", "Nobody has chosen it"):
        assert part in shown, part
    of_entity(owner, "bank")
    entity = owner.get("/billing_entities/owner")["billing_entity"]
    (section,) = entity["selected_invoice_custom_sections"]
    assert (section["name"], section["details"].splitlines()) == ("Bank", ["IBAN DE00", "BIC X"])


def test_the_list_is_searched_and_tells_who_has_chosen(ada, owner):
    sections(owner, "bank", "terms")
    of_entity(owner, "bank")
    for name in ("acme", "beta"):
        customer(owner, name, invoice_custom_section_codes=["bank"])
    assert "1 billing entity, 2 customers" in ada.get(PATH).text
    found = ada.get(f"{PATH}?search=ERM").text
    assert ">terms<" in found and ">bank<" not in found
    assert "No section matches" in ada.get(f"{PATH}?search=%25").text


def test_its_page_names_everyone_who_has_chosen_it(ada, owner):
    a_section(owner, "bank")
    of_entity(owner, "bank")
    customer(owner, "acme", name="Acme Inc", currency="EUR", invoice_custom_section_codes=["bank"])
    plan(owner)
    subscribe(owner, name="The pro one", **chosen("bank"))
    rule = {"trigger": "interval", "interval": "monthly", "paid_credits": "10", **chosen("bank")}
    made = wallet(owner, name="Purse", **chosen("bank"), recurring_transaction_rules=[rule])
    top_up = {"wallet_id": made["lago_id"], "paid_credits": "5", **chosen("bank")}
    owner.post("/wallet_transactions", {"wallet_transaction": top_up})
    shown = ada.get(page_of()).text
    for part in ("Owner", "Acme Inc", "The pro one", "Rule of a wallet", "Top-up", "Subscription"):
        assert part in shown, part
    assert shown.count(f'href="/wallets/{made["lago_id"]}"') == 3


def test_it_is_changed_but_for_its_code(ada, owner):
    a_section(owner, "bank")
    ada.post(f"{page_of()}/edit", name="Another", code="other", display_name="", details="", description="")
    db.session.expire_all()
    section = db.session.scalars(select(InvoiceCustomSection)).one()
    assert (section.name, section.code, section.display_name, section.details) == ("Another", "bank", None, None)


def test_mistakes_stay_in_the_form(ada, owner):
    a_section(owner, "bank")
    shown = ada.post(f"{PATH}/new", expect=422, **BANK).text
    assert "Another one has this already." in shown and 'value="Pay to"' in shown
    assert "This is needed." in ada.post(f"{PATH}/new", expect=422, name="", code="x").text
    assert len(db.session.scalars(select(InvoiceCustomSection)).all()) == 1


def test_deleting_asks_first_and_says_who_loses_it(ada, owner):
    a_section(owner, "bank")
    customer(owner, "acme", invoice_custom_section_codes=["bank"])
    path = f"{page_of()}/delete"
    assert "1 customer" in ada.get(path).text
    assert ada.post(path).location == PATH
    assert codes_of(owner.get("/customers/acme")["customer"], "applicable_invoice_custom_sections") == []
    ada.get(path, expect=404)
    assert a_section(owner, "bank").deleted_at is None


def test_others_do_not_see_it(owner, stranger):
    a_section(owner, "bank")
    for path in ("", "/edit", "/delete"):
        stranger.get(f"{page_of()}{path}", expect=404)


def test_only_admins_change_sections(app, owner):
    a_section(owner, "bank")
    finance = a_visitor(app, owner.organization, "fin@example.com", role="read_only")
    assert "New section" not in finance.get(PATH).text
    for path in (f"{PATH}/new", f"{page_of()}/edit", f"{page_of()}/delete"):
        finance.get(path, expect=403)
        finance.post(path, expect=403, **BANK)


def test_the_pages_cost_the_same_for_2_and_6(ada, owner, count_queries):
    counts = []
    for number in range(6):
        a_section(owner, f"s{number}")
        customer(owner, f"c{number}", invoice_custom_section_codes=["s0"])
        if number in (1, 5):
            with count_queries() as statements:
                ada.get(PATH)
                ada.get(page_of("s0"))
            counts.append(len(statements))
    assert counts[0] == counts[1]
