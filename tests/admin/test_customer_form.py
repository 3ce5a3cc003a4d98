"""Customers are made, changed and deleted in the browser (06 §3.1, §3.4)."""

import re

from tests.admin.records import a_customer, an_invoice
from tests.admin.visitor import a_visitor
from tests.builders.catalog import a_tax
from tests.builders.coupons import a_percentage, apply
from tests.builders.custom_sections import a_section
from tests.builders.stories import plan, subscribe

NEW = "/customers/new"
ALL = {
    "external_id": "acme", "name": "Acme", "firstname": "Ann", "lastname": "Smith", "legal_name": "Acme Ltd",
    "legal_number": "HRB 1", "tax_identification_number": "DE123", "email": "a@acme.example, b@acme.example",
    "phone": "+49 1", "url": "https://acme.example", "logo_url": "https://acme.example/logo.png",
    "customer_type": "company", "currency": "EUR", "timezone": "Europe/Berlin", "net_payment_term": "14",
    "external_salesforce_id": "sf1", "finalize_zero_amount_invoice": "skip", "country": "DE", "city": "Köln",
    "address_line1": "Dom 1", "address_line2": "Top 2", "zipcode": "50667", "state": "NRW",
}
SHIPPING = {"address_line1": "Hafen 9", "address_line2": "Tor 3", "city": "Hamburg", "zipcode": "20457",
            "state": "HH", "country": "DE"}
CONFIGURATION = {
    "invoice_grace_period": "3", "document_locale": "de", "subscription_invoice_issuing_date_anchor":
    "current_period_end", "subscription_invoice_issuing_date_adjustment": "keep_anchor",
}


def test_all_that_the_api_takes_is_kept_and_stands_in_the_form_again(ada, owner):
    a_tax(owner, "vat")
    a_section(owner, "legal")
    ada.post(NEW, **ALL, **{f"shipping_{name}": text for name, text in SHIPPING.items()}, **CONFIGURATION,
             tax_codes="vat", sections="own", section_codes="legal",
             **{"note-0-key": "team", "note-0-value": "blue", "note-0-shown": "1"})
    made = owner.get("/customers/acme")["customer"]
    whole = {"net_payment_term": 14, "email": "a@acme.example,b@acme.example"}
    assert {name: made[name] for name in ALL} == ALL | whole
    assert made["shipping_address"] == SHIPPING
    assert {name: made["billing_configuration"][name] for name in CONFIGURATION} == CONFIGURATION | {
        "invoice_grace_period": 3}
    assert [tax["code"] for tax in made["taxes"]] == ["vat"]
    assert [one["code"] for one in made["applicable_invoice_custom_sections"]] == ["legal"]
    assert [(one["key"], one["value"], one["display_in_invoice"]) for one in made["metadata"]] == [
        ("team", "blue", True)]
    form = ada.get(f"/customers/{made['lago_id']}/edit").text
    for text in (*ALL.values(), *SHIPPING.values(), "blue", 'value="legal" checked'):
        assert text.replace(", b@", ",b@") in form


def test_a_change_touches_what_was_changed_and_nothing_else(ada, owner):
    before = a_customer(owner, "acme", name="Acme", email="a@acme.example", metadata=[{"key": "k", "value": "v"}])
    path = f"/customers/{before['lago_id']}/edit"
    ada.post(path, **as_shown(ada.get(path).text) | {"name": "Acme & Sons", "external_id": "other"})
    after = owner.get("/customers/acme")["customer"]
    assert after == before | {"name": "Acme & Sons", "updated_at": after["updated_at"]}


def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(ada, owner):
    a_customer(owner, "acme", name="First")
    typed = {"external_id": "acme", "name": "Kept name", "sections": "none", "note-0-key": "k" * 21,
             "note-0-value": "v"}
    page = ada.post(NEW, expect=422, **typed, email="nobody", timezone="Mars", net_payment_term="soon").text
    assert "This is too long." in page and 'value="Kept name"' in page and 'value="none" checked' in page
    del typed["note-0-key"], typed["note-0-value"]
    page = ada.post(NEW, expect=422, **typed, email="nobody", timezone="Mars", net_payment_term="soon").text
    assert "Another one has this already." in page
    page = ada.post(NEW, expect=422, **typed | {"external_id": "b"}, email="nobody", timezone="Mars",
                    net_payment_term="soon").text
    for told in ("no e-mail address", "no such time zone", "must be a whole number", 'value="nobody"', 'value="soon"'):
        assert told in page
    assert "This is needed." in ada.post(NEW, expect=422).text
    assert owner.get("/customers")["meta"]["total_count"] == 1
    assert owner.get("/customers/acme")["customer"]["name"] == "First"


def test_a_deletion_says_what_it_ends(ada, owner):
    plan(owner)
    made = a_customer(owner, "acme", currency="EUR")
    subscribe(owner, "acme")
    a_percentage(owner, 10, "ten", frequency="forever")
    apply(owner, "ten")
    path = f"/customers/{made['lago_id']}"
    asked = ada.get(f"{path}/delete", htmx=True).text
    assert "1 subscription" in asked and "1 coupon" in asked and "wallet" not in asked
    ada.post(f"{path}/delete")
    assert owner.get("/customers")["meta"]["total_count"] == 0
    shown = ada.get(path).text
    assert "Deleted" in shown and f"{path}/edit" not in shown
    assert ada.get(f"{path}/edit", expect=302).location.endswith(path)


def test_each_tab_shows_what_he_has_and_how_it_is_made(ada, owner):
    invoice = an_invoice(owner, payment_overdue=True)
    external_id = invoice.customer.external_id
    a_percentage(owner, 10, "ten", frequency="forever")
    apply(owner, "ten", external_id)
    path = f"/customers/{invoice.customer_id}"
    assert "ten" in ada.get(f"{path}?tab=coupons", htmx=True).text
    assert f"/coupons/{owner.get('/coupons/ten')['coupon']['lago_id']}/apply" in ada.get(f"{path}/coupons/new").text
    ada.post(f"/payments/requests/new?customer={invoice.customer_id}", invoice=str(invoice.id), email="a@b.example")
    asked = owner.get("/payment_requests")["payment_requests"][0]
    assert asked["email"] == "a@b.example" and f"/payments/requests/{asked['lago_id']}" in ada.get(
        f"{path}?tab=requests").text
    assert invoice.number in ada.get(f"/payments/requests/{asked['lago_id']}").text
    assert asked["lago_id"] in ada.get("/payments/requests?search=NOR-001").text
    assert asked["lago_id"] not in ada.get("/payments/requests?status=failed").text
    wrong = ada.post(f"/payments/requests/new?customer={invoice.customer_id}", expect=422, email="typed@b.example")
    assert "Choose at least one." in wrong.text and "typed@b.example" in wrong.text
    for tab in ("credit_notes", "payments", "wallets", "subscriptions"):
        ada.get(f"{path}?tab={tab}")


def test_who_may_only_read_is_offered_none_of_it(app, owner):
    made = a_customer(owner, "acme")
    reader = a_visitor(app, owner.organization, "reader@example.com", role="read_only")
    path = f"/customers/{made['lago_id']}"
    assert "/edit" not in reader.get(path).text and NEW not in reader.get("/customers").text
    for closed in (NEW, f"{path}/edit", f"{path}/delete", f"{path}/coupons/new", "/payments/requests/new"):
        reader.get(closed, expect=403)


def test_others_do_not_reach_him(owner, stranger):
    path = f"/customers/{a_customer(owner, 'acme')['lago_id']}"
    for form in ("edit", "delete", "coupons/new"):
        stranger.get(f"{path}/{form}", expect=404)


def as_shown(form: str) -> dict[str, str]:
    """The fields of a form as a browser would send them if nobody typed anything."""
    texts = dict(re.findall(r'<input id="[^"]*" name="([^"]+)"[^>]* value="([^"]*)"', form))
    hidden = dict(re.findall(r'<input type="hidden" name="(note-[^"]+)" value="([^"]*)"', form))
    rows = dict(re.findall(r'name="(note-\d-(?:key|value))" value="([^"]*)"', form))
    chosen = {
        name: (re.search(r'<option value="([^"]*)" selected', options) or ["", ""])[1]
        for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', form, re.S)
    }
    return {**texts, **rows, **hidden, **chosen, "sections": "inherited"}
