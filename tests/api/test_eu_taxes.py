"""Taxes that customers get by their place and VAT number (04 §7), with a register that answers on this machine."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from lago.core import clock, config
from lago.core.db import db
from lago.core.outbox import OutboxRow
from lago.customers.check_vies import check_vies
from lago.customers.models import ViesCheck
from tests.builders.catalog import a_plan, a_tax, an_add_on
from tests.builders.customers import a_customer
from tests.builders.webhooks import Receiver, endpoint_at, receiver

GERMAN, FRENCH = "DE123456789", "FR12345678901"
UNAVAILABLE = b'{"actionSucceed": false, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}'


@pytest.fixture
def register(app) -> Iterator[Receiver]:
    """A register of VAT numbers on this machine; it says what it is told to."""
    others = config.settings()
    with receiver() as server:
        config.use(replace(others, vies_url=server.url))
        yield server
        config.use(others)


def says(register, valid):
    register.answer(200, b'{"valid": true}' if valid else b'{"valid": false}')


@pytest.fixture
def french(sandbox):
    """A sandbox whose billing entity is in France and manages the EU's taxes."""
    sandbox.at("2026-01-05T00:00:00Z")
    [entity] = sandbox.get("/billing_entities")["billing_entities"]
    sandbox.put(
        f"/billing_entities/{entity['code']}", {"billing_entity": {"country": "FR", "eu_tax_management": True}}
    )
    return sandbox


def codes(account, customer="acme"):
    return [tax["code"] for tax in account.get(f"/customers/{customer}")["customer"]["taxes"]]


def drain(account):
    account.at("2026-01-05T00:00:00Z")


def test_switching_it_on_makes_the_taxes_once(french):
    assert french.get("/taxes/lago_eu_de_standard")["tax"]["rate"] == 19
    [entity] = french.get("/billing_entities")["billing_entities"]
    count = french.get("/taxes")["meta"]["total_count"]
    for managed in (False, True):
        french.put(f"/billing_entities/{entity['code']}", {"billing_entity": {"eu_tax_management": managed}})
    assert french.get("/taxes")["meta"]["total_count"] == count


def test_an_entity_that_leaves_the_eu_cannot_manage_its_taxes(french):
    [entity] = french.get("/billing_entities")["billing_entities"]
    details = french.refused(
        "PUT", f"/billing_entities/{entity['code']}", {"billing_entity": {"country": "US"}}
    )
    assert details == {"eu_tax_management": ["billing_entity_must_be_in_eu"]}


def test_an_organization_that_leaves_the_eu_cannot_either(french):
    """Its default billing entity follows it (06 §1.2), and would look for the standard tax of the United States."""
    details = french.refused("PUT", "/organizations", {"organization": {"country": "US"}})
    assert details == {"eu_tax_management": ["org_must_be_in_eu"]}
    [entity] = french.get("/billing_entities")["billing_entities"]
    assert entity["country"] == "FR"


def test_the_tax_found_joins_those_of_the_request(french):
    a_tax(french, "city", applied_to_organization=False)
    a_customer(french, "acme", country="DE", tax_codes=["city"])
    assert sorted(codes(french)) == ["city", "lago_eu_de_standard"]


def test_another_change_leaves_taxes_alone(french):
    a_tax(french, "city", applied_to_organization=False)
    a_customer(french, "acme", country="DE")
    a_customer(french, "acme", tax_codes=["city"])
    assert codes(french) == ["city"]


def test_a_customer_without_one_gets_it_at_the_next_change(french):
    a_customer(french, "acme", country="DE")
    a_customer(french, "acme", tax_codes=[])
    a_customer(french, "acme", name="Acme")
    assert codes(french) == ["lago_eu_de_standard"]


def test_an_entity_that_does_not_manage_takes_the_tax_away(french):
    french.post("/billing_entities", {"billing_entity": {"code": "us", "name": "US"}})
    a_customer(french, "acme", country="DE")
    a_customer(french, "acme", billing_entity_code="us")
    assert codes(french) == []


@pytest.mark.parametrize("number, country, valid, code", [
    (GERMAN, "DE", True, "lago_eu_reverse_charge"),
    (FRENCH, "FR", True, "lago_eu_fr_standard"),
    (GERMAN, "DE", False, "lago_eu_de_standard"),
], ids=["another country", "the same country", "not registered"])
def test_the_register_decides(french, register, number, country, valid, code):
    says(register, valid)
    a_customer(french, "acme", country=country, tax_identification_number=number)
    drain(french)
    [asked] = register.requests
    assert asked.json == {"countryCode": number[:2], "vatNumber": number[2:]}
    assert codes(french) == [code]


def test_a_detected_tax_that_was_deleted_is_made_again(french, register):
    """The rules name a tax for every customer, and an invoice that waits for it must have it."""
    for deleted in ("lago_eu_reverse_charge", "lago_eu_tax_exempt"):
        french.delete(f"/taxes/{deleted}")
    a_customer(french, "abroad", country="US")
    assert codes(french, "abroad") == ["lago_eu_tax_exempt"]
    says(register, True)
    a_customer(french, "acme", country="DE", tax_identification_number=GERMAN)
    drain(french)
    assert codes(french) == ["lago_eu_reverse_charge"]
    assert french.get("/taxes/lago_eu_reverse_charge")["tax"]["rate"] == 0


@pytest.mark.parametrize("attempts, minutes", [(0, 5), (1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (9, 60)])
def test_without_an_answer_it_is_asked_again_later(french, register, attempts, minutes):
    register.answer(200, UNAVAILABLE)
    a_customer(french, "acme", country="DE", tax_identification_number=GERMAN)
    db.session.scalars(select(ViesCheck)).one().attempts = attempts
    before = clock.real_now()
    drain(french)
    assert codes(french) == []
    waiting = db.session.scalars(select(OutboxRow).where(OutboxRow.name == "customers.check_vies")).one()
    assert minutes <= (waiting.run_at - before).total_seconds() / 60 < minutes + 1


def test_an_answer_about_an_earlier_number_is_dropped(french, register):
    register.answer(503)
    a_customer(french, "acme", country="DE", tax_identification_number=GERMAN)
    drain(french)
    a_customer(french, "acme", tax_identification_number=None)
    assert codes(french) == ["lago_eu_de_standard"]
    says(register, True)
    check_vies(db.session.scalars(select(ViesCheck)).one().id)
    assert codes(french) == ["lago_eu_de_standard"]


def test_the_answer_is_told(french, register):
    with receiver() as hook:
        endpoint_at(french, hook.url)
        says(register, True)
        a_customer(french, "acme", country="DE", tax_identification_number=GERMAN)
        drain(french)
        [told] = [one.json for one in hook.requests if one.json["webhook_type"] == "customer.vies_check"]
    assert told["customer"]["vies_check"] == {
        "valid": True, "valid_format": True, "country_code": "DE", "vat_number": "123456789"
    }
    assert told["customer"]["external_id"] == "acme"


def test_a_number_of_another_form_is_told_of_at_once(french):
    with receiver() as hook:
        endpoint_at(french, hook.url)
        a_customer(french, "acme", country="US", tax_identification_number="US-111")
        drain(french)
        [told] = [one.json for one in hook.requests if one.json["webhook_type"] == "customer.vies_check"]
    assert told["customer"]["vies_check"] == {"valid": False, "valid_format": False}
    assert codes(french) == ["lago_eu_tax_exempt"]


def order(account):
    body = {"external_customer_id": "acme", "currency": "EUR", "fees": [{"add_on_code": "setup"}]}
    return account.post("/invoices", {"invoice": body})["invoice"]


@pytest.fixture
def asking(french, register):
    """A customer whose VAT number is being asked for; the register is not there yet."""
    register.answer(503)
    a_customer(french, "acme", country="DE", tax_identification_number=GERMAN)
    drain(french)
    an_add_on(french, "setup", amount_cents=1000)
    return french


def answer_comes(account, register, *, valid):
    says(register, valid)
    check_vies(db.session.scalars(select(ViesCheck).where(ViesCheck.status == "pending")).one().id)
    drain(account)


def test_an_invoice_waits_for_the_answer(asking, register):
    invoice = order(asking)
    assert (invoice["status"], invoice["number"][-6:], invoice["taxes_amount_cents"]) == ("pending", "-DRAFT", 0)
    asking.at("2026-01-09T00:00:00Z")
    says(register, False)
    check_vies(db.session.scalars(select(ViesCheck).where(ViesCheck.status == "pending")).one().id)
    asking.at("2026-01-09T00:00:00Z")
    done = asking.get(f"/invoices/{invoice['lago_id']}")["invoice"]
    assert (done["status"], done["taxes_amount_cents"], done["total_amount_cents"]) == ("finalized", 190, 1190)
    assert (done["issuing_date"], done["sequential_id"]) == ("2026-01-09", 1)


def test_no_answer_is_needed_any_more_once_the_number_is_gone(asking):
    invoice = order(asking)
    a_customer(asking, "acme", tax_identification_number=None)
    drain(asking)
    done = asking.get(f"/invoices/{invoice['lago_id']}")["invoice"]
    assert (done["status"], done["total_amount_cents"]) == ("finalized", 1190)


def test_a_draft_cannot_be_finalized_while_its_taxes_are_awaited(asking, register):
    a_plan(asking, "basic", amount_cents=3100, pay_in_advance=True)
    a_customer(asking, "acme", billing_configuration={"invoice_grace_period": 3})
    subscription = {"external_customer_id": "acme", "external_id": "acme", "plan_code": "basic"}
    asking.post("/subscriptions", {"subscription": subscription})
    drain(asking)
    [draft] = asking.get("/invoices")["invoices"]
    assert (draft["status"], draft["taxes_amount_cents"]) == ("draft", 0)
    refused = asking.call("PUT", f"/invoices/{draft['lago_id']}/finalize", expect=403)
    assert refused["code"] == "cannot_finalize_with_pending_taxes"
    answer_comes(asking, register, valid=False)
    done = asking.put(f"/invoices/{draft['lago_id']}/finalize")["invoice"]
    # 27 days of January from the 5th on, of 31: 2700, and 19 % of it
    assert (done["status"], done["fees_amount_cents"], done["taxes_amount_cents"]) == ("finalized", 2700, 513)


def test_a_draft_that_is_due_meanwhile_waits_with_the_dates_that_it_had(asking, register):
    a_plan(asking, "basic", amount_cents=3100, pay_in_advance=True)
    a_customer(asking, "acme", billing_configuration={"invoice_grace_period": 3})
    subscription = {"external_customer_id": "acme", "external_id": "acme", "plan_code": "basic"}
    asking.post("/subscriptions", {"subscription": subscription})
    asking.at("2026-01-10T00:00:00Z")
    [waiting] = asking.get("/invoices")["invoices"]
    assert (waiting["status"], waiting["issuing_date"]) == ("pending", "2026-01-08")
    says(register, True)
    check_vies(db.session.scalars(select(ViesCheck).where(ViesCheck.status == "pending")).one().id)
    asking.at("2026-01-10T00:00:00Z")
    done = asking.get(f"/invoices/{waiting['lago_id']}")["invoice"]
    assert (done["status"], done["issuing_date"], done["total_amount_cents"]) == ("finalized", "2026-01-10", 2700)
    assert [tax["tax_code"] for tax in done["applied_taxes"]] == ["lago_eu_reverse_charge"]
