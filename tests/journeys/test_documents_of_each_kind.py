"""The documents of each kind of invoice and of a credit note, read back from their PDFs (04 §17)."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.builders.catalog import a_tax, an_add_on
from tests.builders.contract import webhook_violations
from tests.builders.coupons import a_percentage, apply
from tests.builders.credit_notes import march, notes
from tests.builders.organizations import Account
from tests.builders.progressive import BOTH, progressive, start, used
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use
from tests.builders.wallets import wallet
from tests.builders.webhooks import endpoint_at, receiver

pytestmark = pytest.mark.usefixtures("with_pdfs")

NEW_YEAR, FEBRUARY = "2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"


@pytest.fixture
def seller(with_pdfs: None, sandbox: Account) -> Account:
    """It is New Year 2024; everything is taxed with 20 %."""
    sandbox.at(NEW_YEAR)
    a_tax(sandbox, "vat", name="VAT", rate=20, applied_to_organization=True)
    return sandbox


def pages(account: Account, document: dict) -> list[str]:
    """The text of each page behind the link of a document, with single spaces."""
    reader = PdfReader(BytesIO(account.client.get(document["file_url"]).data))
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


def text(account: Account, document: dict) -> str:
    return " ".join(pages(account, document))


def only(account: Account, kind: str) -> dict:
    (found,) = [invoice for invoice in invoices(account) if invoice["invoice_type"] == kind]
    return found


def missing(found: str, *expected: str) -> list[str]:
    return [words for words in expected if words not in found]


def test_a_subscription_with_usage_a_coupon_and_a_tax(seller):
    """49.00 + 3 × 0.10 + 1.5 % of 1000 and 2 × 0.50 + 5 × 10.00 = 115.30; less 10 %: 103.77; 20 %: 20.754."""
    seats = metric(seller, "seats", "sum_agg", field_name="n", recurring=True)
    volume = metric(seller, "volume", "sum_agg", field_name="n")
    percentage = {
        "billable_metric_id": volume["lago_id"], "charge_model": "percentage",
        "properties": {"rate": "1.5", "fixed_amount": "0.5"},
    }
    plan(seller, charges=[standard(metric(seller, "calls"), "0.1"), percentage, standard(seats, "10")])
    customer(seller, billing_configuration={"document_locale": "de"}, legal_name="Hafen GmbH", country="DE")
    a_percentage(seller, 10)
    apply(seller)
    subscribe(seller)
    for code, day, properties in (
        ("calls", 3, {}), ("calls", 4, {}), ("calls", 4, {}), ("volume", 5, {"n": 400}), ("seats", 5, {"n": 3}),
        ("volume", 6, {"n": 600}), ("seats", 20, {"n": 2}),
    ):
        seller.at(f"2024-01-{day:02}T12:00:00Z")
        use(seller, code, properties=properties)
    seller.at(FEBRUARY)
    seller.at("2024-02-01T00:00:01Z")
    assert missing(
        text(seller, only(seller, "subscription")),
        "Rechnungsnummer SAN-", "Rechnungsdatum 01. Feb 2024", "Hafen GmbH Deutschland",
        "Gebühren vom 01. Jan 2024 bis 31. Jan 2024 Position Menge Einzelpreis Steuersatz Betrag",
        "pro 1 €49,00 20 % €49,00", "calls 3 €0,10 20 % €0,30", "seats 5 €10,00 20 % €50,00", "volume 2 Vorgänge",
        "Satz auf den Betrag 1.000 1,5 % €15,00", "Feste Gebühr je Vorgang 2 €0,50 €1,00",
        "Zwischensumme 20 % €16,00", "(10,00 %) -€11,53", "Zwischensumme ohne Steuer €103,77",
        "VAT (20 % auf €103,77) €20,75", "Zu zahlender Betrag €124,52",
        "Mengen von seats nach Tagen Mengen zählen voll", "05. Jan 2024 3 20. Jan 2024 2",
    ) == []


def test_several_subscriptions(seller):
    plan(seller)
    plan(seller, "max", amount_cents=9900)
    subscribe(seller)
    subscribe(seller, plan_code="max", external_id="second")
    seller.at(FEBRUARY)
    seller.at("2024-02-01T00:00:01Z")
    first, of_max, of_pro = pages(seller, only(seller, "subscription"))
    assert missing(
        first, "Subscriptions Item Amount max €99.00 pro €49.00", "Subtotal excl. tax €148.00",
        "VAT (20% on €148.00) €29.60", "Total due €177.60",
    ) == []
    assert missing(of_max, "max Fees from Jan 01, 2024 to Jan 31, 2024", "Total excl. tax €99.00") == []
    assert missing(of_pro, "pro Fees from Jan 01, 2024 to Jan 31, 2024", "Total excl. tax €49.00") == []


def test_a_one_off_invoice(seller):
    customer(seller, currency="EUR")
    an_add_on(seller, "setup", name="Setup", amount_cents=500, description="Once and for all")
    lines = [{"add_on_code": "setup", "units": 2}]
    seller.post("/invoices", {"invoice": {"external_customer_id": "acme", "currency": "EUR", "fees": lines}})
    seller.at("2024-01-01T00:00:01Z")
    assert missing(
        text(seller, only(seller, "one_off")), "Fees from Jan 01, 2024 to Jan 01, 2024",
        "Setup Once and for all 2 €5.00 20% €10.00", "VAT (20% on €10.00) €2.00", "Total due €12.00",
    ) == []


def test_a_purchase_of_credits(seller):
    customer(seller, currency="EUR")
    wallet(seller, name="Prepaid", rate_amount="2", currency="EUR", paid_credits="50")
    seller.at("2024-01-01T00:00:01Z")
    found = text(seller, only(seller, "credit"))
    assert missing(
        found, "Advance invoice", "Item Credits Unit price Amount", "Prepaid 50 €2.00 €100.00", "Total due €100.00",
    ) == []
    assert "Subtotal" not in found and "VAT" not in found


def paid_ahead(account: Account, **terms) -> None:
    """A charge of 3.00 a call in advance, called on 10 January."""
    calls = {**standard(metric(account, "calls"), "3"), "pay_in_advance": True, **terms}
    plan(account, amount_cents=0, charges=[calls])
    subscribe(account)
    account.at("2024-01-10T12:00:00Z")
    use(account, "calls")
    account.at("2024-01-10T12:00:01Z")


def test_a_charge_in_advance(seller):
    paid_ahead(seller)
    (invoice,) = [one for one in invoices(seller) if one["fees_amount_cents"]]
    assert missing(
        text(seller, invoice), "Fees from Jan 01, 2024 to Jan 31, 2024", "calls 1 €3.00 20% €3.00",
        "VAT (20% on €3.00) €0.60", "Total due €3.60",
    ) == []


def test_paid_charges_that_are_collected(seller):
    paid_ahead(seller, invoiceable=False, regroup_paid_fees="invoice")
    (fee,) = seller.get("/fees", fee_type="charge")["fees"]
    seller.put(f"/fees/{fee['lago_id']}", {"fee": {"payment_status": "succeeded"}})
    seller.at(FEBRUARY)
    seller.at("2024-02-01T00:00:01Z")
    found = text(seller, only(seller, "advance_charges"))
    assert missing(
        found, "Paid invoice", "Already paid", "calls Paid on Jan 10, 2024 1 €3.00 20% €3.00",
        "VAT (20% on €3.00) €0.60", "Total €3.60",
    ) == []
    assert "Due" not in found and "Total due" not in found


def test_a_progressive_invoice_tells_of_its_threshold(with_pdfs, sandbox):
    """The recurring one of 100.00 is reached at 410.00: four times."""
    start(sandbox, BOTH)
    used(sandbox, 5, 60)
    used(sandbox, 9, 350)
    sandbox.at("2024-01-09T00:00:02Z")
    first, last = progressive(sandbox)
    assert "your usage has reached €60.00 and passed the threshold of €50.00." in text(sandbox, first)
    assert missing(
        text(sandbox, last), "Fees from Jan 01, 2024 to Jan 09, 2024", "api 410 €1.00 0% €410.00",
        "Usage already billed -€60.00", "Total due €350.00",
        "your usage has reached €410.00 and passed the threshold of €400.00.",
    ) == []


def test_a_self_billed_invoice(seller):
    plan(seller, pay_in_advance=True)
    customer(seller, account_type="partner", legal_name="Partner & Co")
    subscribe(seller)
    seller.at("2024-01-01T00:00:01Z")
    found = text(seller, only(seller, "subscription"))
    assert missing(
        found, "Self-billing invoice", "From Partner & Co", "issued by its recipient", "Total due €58.80",
    ) == []


def test_a_credit_note(with_pdfs, sandbox):
    """99.00 a month in advance, ended on the 12th: 19 of 31 days are left. 99 ÷ 31 × 19 = 60.677; 20 %: 12.135.

    Rounded apart they are 60.68 and 12.14, and the note is of their sum (04 §19.4).
    """
    march(sandbox, billing_configuration={"document_locale": "fr"})
    sandbox.at("2024-03-12T10:00:00Z")
    with receiver() as hook:
        endpoint_at(sandbox, hook.url, event_types=["credit_note.generated"])
        sandbox.delete("/subscriptions/acme")
        sandbox.at("2024-03-12T10:00:01Z")
        (told,) = [request.json for request in hook.requests]
    (note,) = notes(sandbox)
    assert (told["credit_note"]["file_url"], webhook_violations(told)) == (note["file_url"], [])
    assert missing(
        text(sandbox, note), "Avoir", "Numéro d’avoir", f"Facture d’origine {note['invoice_number']}",
        "Date d’émission 12 mars 2024", "72,82 € Porté à votre crédit le 12 mars 2024",
        "Désignation Taux de taxe Montant HT pro 20 % 60,68 €", "Sous-total HT 60,68 €",
        "(20 % sur 60,68 €) 12,14 €", "Porté à votre crédit 72,82 €", "Total de l’avoir 72,82 €",
    ) == []
