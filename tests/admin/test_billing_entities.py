"""The pages of billing entities (04 §16): the list, one's page, and the form with logo, numbers, taxes and sections."""

import base64
import io

import pytest

from tests.admin.visitor import a_visitor
from tests.builders.catalog import a_tax
from tests.builders.custom_sections import codes_of, sections
from tests.builders.stories import customer

PATH = "/billing_entities"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PARIS = {
    "name": "Paris", "code": "paris", "legal_name": "Paris SARL", "legal_number": "123", "email": "a@paris.example",
    "tax_identification_number": "FR1", "address_line1": "1 rue X", "zipcode": "75001", "city": "Paris",
    "country": "FR", "default_currency": "EUR", "timezone": "Europe/Paris", "net_payment_term": "30",
    "invoice_grace_period": "2", "document_numbering": "per_billing_entity", "document_number_prefix": "par",
    "document_locale": "fr", "subscription_invoice_issuing_date_anchor": "current_period_end",
    "subscription_invoice_issuing_date_adjustment": "keep_anchor", "invoice_footer": "Merci",
    "finalize_zero_amount_invoice": "yes", "eu_tax_management": "yes", "einvoicing": "yes",
    "email_settings": ["invoice.finalized", "credit_note.created"],
}


def entity(owner, code="owner"):
    return owner.get(f"{PATH}/{code}")["billing_entity"]


def page_of(owner, code="owner"):
    return f"{PATH}/{entity(owner, code)['lago_id']}"


def as_typed(owner, code="owner", **changes):
    """What the form of an entity sends if only these are changed."""
    now = entity(owner, code)
    texts = {name: now[name] or "" for name in PARIS if name in now and name not in ("code", "email_settings")}
    flags = {name: "yes" for name in ("finalize_zero_amount_invoice", "eu_tax_management", "einvoicing") if now[name]}
    kept = {name: value for name, value in texts.items() if not isinstance(now[name], bool)}
    chosen = {
        "email_settings": now["email_settings"], "tax_codes": [tax["code"] for tax in now["taxes"]],
        "invoice_custom_section_codes": codes_of(now, "selected_invoice_custom_sections"),
    }
    return {name: value for name, value in {**kept, **flags, **chosen, **changes}.items() if value != []}


def test_the_list_shows_the_default_and_customers(ada, owner):
    customer(owner, "acme")
    owner.post(PATH, {"billing_entity": {"code": "second", "name": "Second", "country": "DE"}})
    shown = ada.get(PATH).text
    assert shown.count(">Default<") == 1 and shown.index("Default") < shown.index("Second")
    assert "Germany" in shown and '<td class="num">1</td>' in shown


def test_one_is_made_of_all_fields(ada, owner):
    a_tax(owner, "vat")
    sections(owner, "bank")
    chosen = {"tax_codes": ["vat"], "invoice_custom_section_codes": ["bank"]}
    assert ada.post(f"{PATH}/new", **PARIS, **chosen).location == page_of(owner, "paris")
    made = entity(owner, "paris")
    texts = {"document_number_prefix": "PAR", "net_payment_term": 30, "invoice_grace_period": 2}
    flags = dict.fromkeys(("finalize_zero_amount_invoice", "eu_tax_management", "einvoicing"), True)
    expected = {**PARIS, **texts, **flags}
    assert {name: made[name] for name in expected} == expected
    assert [tax["code"] for tax in made["taxes"]] == ["vat"]
    assert codes_of(made, "selected_invoice_custom_sections") == ["bank"]
    shown = ada.get(page_of(owner, "paris")).text
    for part in ("Paris SARL", "1 rue X, 75001 Paris, France", "30 days", "2 days", "Merci", "Invoices, Credit notes"):
        assert part in shown, part


def test_a_new_one_needs_only_a_name_and_a_code(ada, owner):
    ada.post(f"{PATH}/new", name="Berlin", code="berlin")
    made = entity(owner, "berlin")
    assert made["document_number_prefix"].startswith("BER-") and made["finalize_zero_amount_invoice"] is False


def test_the_form_sends_back_what_it_shows(ada, owner):
    ada.post(f"{PATH}/new", **PARIS)
    before = entity(owner, "paris")
    ada.post(f"{page_of(owner, 'paris')}/edit", **as_typed(owner, "paris"))
    after = entity(owner, "paris")
    assert {**after, "updated_at": 0} == {**before, "updated_at": 0}


def test_what_is_emptied_is_taken_away(ada, owner):
    a_tax(owner, "vat")
    ada.post(f"{PATH}/new", **PARIS, tax_codes=["vat"])
    changed = as_typed(owner, "paris", city="", invoice_footer="", einvoicing=[], tax_codes=[], email_settings=[])
    ada.post(f"{page_of(owner, 'paris')}/edit", **changed)
    after = entity(owner, "paris")
    assert [after[name] for name in ("city", "invoice_footer", "einvoicing", "taxes", "email_settings")] == [
        None, None, False, [], []
    ]


def test_a_logo_is_uploaded_kept_and_taken_away(ada, owner, client):
    edit = f"{page_of(owner)}/edit"
    ada.post(edit, **as_typed(owner), logo=(io.BytesIO(PNG), "logo.png", "image/png"))
    address = entity(owner)["logo_url"]
    answer = client.get(address.partition("/logos/")[1] + address.partition("/logos/")[2])
    assert answer.data == PNG
    ada.post(edit, **as_typed(owner))
    assert entity(owner)["logo_url"]
    assert 'class="logo"' in ada.get(page_of(owner)).text
    ada.post(edit, **as_typed(owner), remove_logo="yes")
    assert entity(owner)["logo_url"] is None


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"country": "XX"}, "There is no such country."),
    ({"timezone": "Mars"}, "There is no such time zone."),
    ({"name": ""}, "This is needed."),
    ({"net_payment_term": "-1"}, "This is too large or too small."),
    ({"net_payment_term": "soon"}, "This must be a whole number."),
    ({"document_number_prefix": ""}, "This is needed."),
    ({"invoice_footer": "x" * 601}, "This is too long."),
    ({"eu_tax_management": "yes", "country": "US"}, "must be in a country of the EU"),
    ({"einvoicing": "yes"}, "Say in which country it is."),
    ({"email": "nobody"}, "e-mail"),
], ids=["country", "zone", "name", "term", "no-number", "prefix", "footer", "eu", "e-invoices", "mail"])
def test_mistakes_stay_in_the_form_and_change_nothing(ada, owner, changes, sentence):
    before = entity(owner)
    shown = ada.post(f"{page_of(owner)}/edit", expect=422, **as_typed(owner, city="Lyon", **changes)).text
    assert sentence in shown and 'value="Lyon"' in shown
    assert entity(owner) == before


def test_no_picture_is_refused(ada, owner):
    sent = as_typed(owner) | {"logo": (io.BytesIO(b"nothing"), "logo.png", "image/png")}
    assert "This is no PNG or JPEG." in ada.post(f"{page_of(owner)}/edit", expect=422, **sent).text


def test_a_code_that_is_taken_is_refused(ada, owner):
    assert "Another one has this already." in ada.post(f"{PATH}/new", expect=422, name="X", code="owner").text


def test_readers_do_not_change_billing_entities(app, owner):
    finance = a_visitor(app, owner.organization, "fin@example.com", role="read_only")
    assert "New billing entity" not in finance.get(PATH).text and "Edit" not in finance.get(page_of(owner)).text
    for path in (f"{PATH}/new", f"{page_of(owner)}/edit"):
        finance.get(path, expect=403)
        finance.post(path, expect=403, **PARIS)


def test_others_do_not_see_it(owner, stranger):
    for path in ("", "/edit"):
        stranger.get(f"{page_of(owner)}{path}", expect=404)
