"""Signing up, several organizations of one user, and the settings of one (06 §1.2, §6)."""

from dataclasses import replace

from lago.core import config, jobs
from lago.core.db import db, transaction
from lago.organizations.models import BillingEntity, Membership, Organization, User
from tests.admin.visitor import PASSWORD, Visitor, a_visitor

JOINING = {"organization_name": "Bea & Sons", "email": "Bea@example.com", "password": PASSWORD}


def test_who_signs_up_is_the_admin_of_a_new_organization(anonymous):
    assert anonymous.post("/sign_up", **JOINING).location == "/"
    assert "Bea &amp; Sons" in anonymous.get("/members").text
    anonymous.post("/sign_out")
    anonymous.email = "bea@example.com"
    anonymous.sign_in()


WRONG = [
    ({"email": "ADA@example.com"}, "There is an account with this address already"),
    ({"email": "none"}, "no e-mail address"), ({"email": ""}, "This is needed."),
    ({"password": "short"}, "This is too short"), ({"organization_name": " "}, "This is needed."),
]


def test_who_cannot_sign_up_keeps_what_was_typed(ada, anonymous):
    before = db.session.query(Organization).count()
    for changes, said in WRONG:
        form = {**JOINING, **changes}
        page = anonymous.post("/sign_up", expect=422, **form).text
        assert said in page and PASSWORD not in page and f'value="{form["email"]}"' in page, changes
    assert (db.session.query(Organization).count(), db.session.query(User).count()) == (before, 1)


def test_the_operator_may_switch_it_off(anonymous):
    others = config.settings()
    config.use(replace(others, disable_signup=True))
    try:
        assert "/sign_up" not in anonymous.get("/sign_in").text
        anonymous.get("/sign_up", expect=405)
        anonymous.post("/sign_up", expect=405, **JOINING)
    finally:
        config.use(others)
    assert "/sign_up" in anonymous.get("/sign_in").text and db.session.query(User).count() == 0


def test_a_user_of_several_goes_from_one_to_another(ada, app, owner, outsider):
    path = f"/organizations/{outsider.organization.id}/enter"
    ada.post(path, expect=404)
    with transaction():
        user = db.session.query(User).filter_by(email="ada@example.com").one()
        db.session.add(Membership(organization_id=outsider.organization.id, user_id=user.id, roles=["read_only"]))
    assert path in ada.get("/").text
    assert ada.client.post(path).status_code == 403  # without its token
    assert ada.post(path).location == "/"
    assert "Outsider" in ada.get("/organization").text
    ada.get("/developers/api_keys", expect=403)
    ada.post(f"/organizations/{owner.organization.id}/enter")
    ada.get("/developers/api_keys")


def test_an_admin_makes_another_one_and_is_there(ada, app, owner):
    assert "This is needed." in ada.post("/organizations/new", expect=422, name=" ", sandbox="yes").text
    ada.post("/organizations/new", name="Trials", sandbox="yes")
    made = db.session.query(Organization).filter_by(name="Trials").one()
    assert made.sandbox and "Trials" in ada.get("/organization").text
    assert f"/organizations/{owner.organization.id}/enter" in ada.get("/").text
    reader = a_visitor(app, owner.organization, "rob@example.com", role="manager")
    reader.post("/organizations/new", expect=403, name="More")
    assert "/organizations/new" not in reader.get("/").text


SETTINGS = {
    "name": "Harbour", "slug": "harbour-co", "country": "FR", "default_currency": "EUR", "timezone": "Europe/Paris",
    "email": "bills@harbour.example", "document_numbering": "per_organization", "document_number_prefix": "hb-1",
    "net_payment_term": "14", "invoice_grace_period": "3", "document_locale": "fr", "invoice_footer": "Merci",
    "email_settings": ["invoice.finalized"],
}


def test_settings_are_those_of_the_api_and_the_default_billing_entity_follows(ada, owner):
    assert ada.post("/organization/edit", **SETTINGS).location == "/organization"
    shown = owner.get("/organizations")["organization"]
    assert {name: shown[name] for name in ("name", "slug", "country", "timezone", "document_number_prefix")} == {
        "name": "Harbour", "slug": "harbour-co", "country": "FR", "timezone": "Europe/Paris",
        "document_number_prefix": "HB-1"}
    assert shown["billing_configuration"] == {
        "invoice_footer": "Merci", "invoice_grace_period": 3, "document_locale": "fr"}
    assert (shown["net_payment_term"], shown["finalize_zero_amount_invoice"]) == (14, False)
    entity = db.session.get(BillingEntity, owner.organization.id)
    assert (entity.country, entity.document_numbering, entity.net_payment_term, entity.email_settings) == (
        "FR", "per_billing_entity", 14, ["invoice.finalized"])
    page = ada.get("/organization").text
    assert "For the whole organization" in page and "Harbour" in page


def test_a_setting_that_is_wrong_changes_nothing_and_what_was_typed_stays(ada, owner):
    before = owner.get("/organizations")
    wrong = {**SETTINGS, "timezone": "Mars/Base", "slug": "api", "net_payment_term": "soon"}
    page = ada.post("/organization/edit", expect=422, **wrong).text
    assert "There is no such time zone." in page and 'value="Mars/Base"' in page and 'value="bills@harbour' in page
    assert "taken by the system" in ada.post("/organization/edit", expect=422, **{**SETTINGS, "slug": "api"}).text
    assert owner.get("/organizations") == before


def test_finance_changes_settings_but_not_what_is_mailed_or_taxed(app, owner):
    fay = a_visitor(app, owner.organization, "fay@example.com", role="finance")
    assert "email_settings" not in fay.get("/organization/edit").text
    fay.post("/organization/edit", **SETTINGS)
    assert owner.get("/organizations")["organization"]["email_settings"] == []
    entity = f"/billing_entities/{owner.organization.id}/edit"
    assert "email_settings" not in fay.get(entity).text and "eu_tax_management" not in fay.get(entity).text
    sent = {name: value for name, value in SETTINGS.items() if name not in ("slug", "document_numbering")}
    fay.post(entity, **{**sent, "city": "Lyon"}, eu_tax_management="yes")
    kept = db.session.get(BillingEntity, owner.organization.id)
    db.session.refresh(kept)
    assert (kept.city, kept.email_settings, kept.eu_tax_management) == ("Lyon", [], False)


def test_a_visit_of_before_an_upgrade_ends(app, owner):
    """It was kept without the mark of the password."""
    bea = a_visitor(app, owner.organization, "bea@example.com")
    (key,) = jobs.connection().keys("lago:visit:*")
    jobs.connection().set(key, b" ".join(jobs.connection().get(key).split()[:2]), ex=60)
    bea.get("/", expect=302)
    Visitor(bea.client, bea.email).sign_in()
