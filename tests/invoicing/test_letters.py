"""Invoices and credit notes go to customers by e-mail: when, to whom and in which words (04 §2.4-7, §12, 06 §6)."""

import pytest

from tests.builders.credit_notes import march, notes
from tests.builders.customers import a_customer
from tests.builders.mailbox import mailbox
from tests.builders.organizations import Account
from tests.builders.stories import customer, invoices, plan, subscribe

JANUARY_1ST, LATER = "2024-01-01T00:00:00Z", "2024-01-01T00:00:02Z"
NOBODY = "0199a1b2-0000-7000-8000-000000000000"


def sends(account: Account, *settings: str, **fields) -> None:
    """What its billing entity sends by itself."""
    account.put("/organizations", {"organization": {"email_settings": list(settings), **fields}})


def bill(account: Account, *, amount_cents: int = 4900, **of_customer) -> dict:
    """The invoice of a subscription in advance that begins on New Year, whose PDF is made."""
    account.at(JANUARY_1ST)
    plan(account, pay_in_advance=True, amount_cents=amount_cents)
    customer(account, **{"email": "ada@example.com", **of_customer})
    subscribe(account)
    account.at(LATER)
    return invoices(account)[0]


def resend(account: Account, path: str, expect: int = 200, **receivers):
    return account.call("POST", f"{path}/resend_email", receivers, expect=expect)


def test_an_invoice_goes_to_its_customer_with_its_pdf(with_pdfs, sandbox):
    sends(sandbox, "invoice.finalized", legal_name="Hafen GmbH", email="billing@hafen.example")
    with mailbox() as box:
        invoice = bill(sandbox, email="ada@example.com, bob@example.com", name="Ada")
    (mail,) = box.mails
    assert (mail.sender, mail.receivers) == ("billing@lago.example", ["ada@example.com", "bob@example.com"])
    assert mail.message["From"] == "Hafen GmbH <billing@lago.example>"
    assert mail.message["Reply-To"] == "billing@hafen.example"
    assert mail.message["Subject"] == f"Your invoice from Hafen GmbH: {invoice['number']}"
    assert [*mail.files] == [f"invoice-{invoice['number']}.pdf"]
    assert mail.files[f"invoice-{invoice['number']}.pdf"].startswith(b"%PDF")
    for kind in ("plain", "html"):
        assert all(words in mail.part(kind) for words in ("€49.00", "Due Jan 01, 2024", "Hello Ada,", "is attached"))


def test_it_is_written_in_the_language_of_the_customers_documents(with_pdfs, sandbox):
    sends(sandbox, "invoice.finalized")
    with mailbox() as box:
        invoice = bill(sandbox, billing_configuration={"document_locale": "fr"})
    (mail,) = box.mails
    assert mail.message["Subject"] == f"Votre facture de Sandbox : {invoice['number']}"
    assert "49,00\u00a0€" in mail.part("plain") and "Vous trouverez votre facture en pièce jointe." in mail.part("html")


@pytest.mark.parametrize(
    "settings, terms",
    [
        pytest.param(["credit_note.created"], {}, id="the entity sends none"),
        pytest.param(["invoice.finalized"], {"email": None}, id="the customer has no address"),
        pytest.param(["invoice.finalized"], {"amount_cents": 0}, id="nothing is on it"),
        pytest.param(
            ["invoice.finalized"], {"billing_configuration": {"invoice_grace_period": 3}}, id="it is a draft"
        ),
    ],
)
def test_no_mail_where(with_pdfs, sandbox, settings, terms):
    sends(sandbox, *settings)
    with mailbox() as box:
        bill(sandbox, **terms)
    assert box.mails == []


def test_a_credit_note_goes_to_its_customer_with_its_pdf(with_pdfs, sandbox):
    march(sandbox, email="ada@example.com")
    sends(sandbox, "credit_note.created")
    sandbox.at("2024-03-12T10:00:00Z")
    with mailbox() as box:
        sandbox.delete("/subscriptions/acme")
        sandbox.at("2024-03-12T10:00:01Z")
    (mail,), (note,) = box.mails, notes(sandbox)
    assert mail.receivers == ["ada@example.com"] and [*mail.files] == [f"credit-note-{note['number']}.pdf"]
    for kind in ("plain", "html"):
        part = mail.part(kind)
        assert all(words in part for words in (note["number"], note["invoice_number"], "Credited to your balance"))


@pytest.fixture
def invoice(sandbox):
    """One that was finalized, of an entity that sends them."""
    sends(sandbox, "invoice.finalized")
    return bill(sandbox)


def test_an_invoice_is_sent_again_to_whom_someone_names(invoice, sandbox):
    with mailbox() as box:
        named = {"to": ["cfo@example.com"], "cc": ["ap@example.com"], "bcc": ["us@example.com"]}
        assert resend(sandbox, f"/invoices/{invoice['lago_id']}", **named) is None
        assert resend(sandbox, f"/invoices/{invoice['lago_id']}") is None
        sandbox.at(LATER)
    first, second = box.mails
    assert first.receivers == ["cfo@example.com", "ap@example.com", "us@example.com"]
    assert "us@example.com" not in str(first.message)
    assert second.receivers == ["ada@example.com"]
    assert first.message["Message-ID"] != second.message["Message-ID"]


def test_addresses_are_looked_at_before_an_invoice_is_sent_again(invoice, sandbox):
    answer = resend(sandbox, f"/invoices/{invoice['lago_id']}", 422, to=["nonsense"], cc=["also"])
    assert set(answer["error_details"]) == {"to", "cc"}
    sandbox.put("/organizations", {"organization": {"email": None}})
    a_customer(sandbox, "acme", email=None)
    answer = resend(sandbox, f"/invoices/{invoice['lago_id']}", 422)
    assert set(answer["error_details"]) == {"billing_entity", "to"}


def test_what_the_entity_does_not_send_is_not_sent_again(invoice, sandbox):
    sends(sandbox)
    answer = resend(sandbox, f"/invoices/{invoice['lago_id']}", 405)
    assert answer["code"] == "email_settings_disabled"


def test_a_draft_is_not_sent(sandbox):
    sends(sandbox, "invoice.finalized")
    draft = bill(sandbox, billing_configuration={"invoice_grace_period": 3})
    assert resend(sandbox, f"/invoices/{draft['lago_id']}", 405)["code"] == "invoice_not_finalized"


@pytest.mark.parametrize("path, code", [
    ("/invoices", "invoice_not_found"), ("/credit_notes", "credit_note_not_found"),
])
def test_what_is_not_there_is_not_sent(owner, path, code):
    assert resend(owner, f"{path}/{NOBODY}", 404)["code"] == code


def test_a_credit_note_is_sent_again_and_downloaded(with_pdfs, sandbox):
    march(sandbox, email="ada@example.com")
    sandbox.at("2024-03-12T10:00:00Z")
    sandbox.delete("/subscriptions/acme")
    (note,) = notes(sandbox)
    path = f"/credit_notes/{note['lago_id']}"
    assert note["file_url"] is None
    assert resend(sandbox, path, 405)["code"] == "email_settings_disabled"
    assert sandbox.call("POST", f"{path}/download") is None  # nothing yet, and it is being made
    sends(sandbox, "credit_note.created")
    with mailbox() as box:
        sandbox.at("2024-03-12T10:00:01Z")
        resend(sandbox, path, to=["cfo@example.com"])
        sandbox.at("2024-03-12T10:00:02Z")
    assert [mail.receivers for mail in box.mails] == [["ada@example.com"], ["cfo@example.com"]]
    for name in ("download", "download_pdf"):
        url = sandbox.call("POST", f"{path}/{name}")["credit_note"]["file_url"]
        answer = sandbox.client.get(url)
        assert (answer.mimetype, answer.data[:4]) == ("application/pdf", b"%PDF")
    assert sandbox.client.get(url[:-2]).status_code == 404
