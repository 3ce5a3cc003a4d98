"""Mail over a real SMTP server: what is sent, to whom, and what happens where it is not taken."""

import logging
import smtplib
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lago.core import config
from lago.core.mail import Attachment, Letter, render, send
from lago.invoicing.document.formats import Formats
from tests.builders.mailbox import mailbox


@pytest.fixture
def box(app):
    with mailbox() as found:
        yield found


def a_letter(**changes):
    """From Acme to Ada."""
    fields = {
        "cause": "cause-1", "to": ("ada@example.com",), "subject": "Hello", "text": "plain €", "html": "<p>rich €</p>",
        "sender_name": "Acme GmbH", "reply_to": "acme@example.com", **changes,
    }
    return Letter(**fields)


def test_a_letter_arrives_as_text_and_as_html(box):
    assert send(a_letter()) is True
    (mail,) = box.mails
    assert (mail.part("plain"), mail.part("html")) == ("plain €\n", "<p>rich €</p>\n")


def test_a_letter_names_who_sends_it_and_who_is_answered(box):
    send(a_letter())
    (mail,) = box.mails
    assert mail.sender == "billing@lago.example"
    assert mail.message["From"] == "Acme GmbH <billing@lago.example>"
    assert (mail.message["Reply-To"], mail.message["To"]) == ("acme@example.com", "ada@example.com")


def test_another_sender_takes_the_place_of_the_one_of_the_settings(box):
    send(a_letter(sender="own@example.com"))
    assert (box.mails[0].sender, box.mails[0].message["From"]) == ("own@example.com", "Acme GmbH <own@example.com>")


def test_copies_are_sent_and_blind_ones_named_nowhere(box):
    send(a_letter(cc=("cy@example.com",), bcc=("bea@example.com", "ada@example.com")))
    (mail,) = box.mails
    assert mail.receivers == ["ada@example.com", "cy@example.com", "bea@example.com"]
    assert mail.message["Cc"] == "cy@example.com"
    assert "bea@example.com" not in mail.message.as_string()


def test_a_file_goes_with_it(box):
    send(a_letter(attachments=(Attachment("r-1.pdf", b"%PDF-1"),)))
    assert box.mails[0].files == {"r-1.pdf": b"%PDF-1"}


def test_the_same_cause_has_the_same_message_id(box):
    for cause in ("one", "one", "two"):
        send(a_letter(cause=cause))
    ids = [mail.message["Message-ID"] for mail in box.mails]
    assert ids[0] == ids[1] != ids[2]


def test_a_name_cannot_add_headers(box):
    send(a_letter(sender_name="Acme\r\nBcc: eve@example.com", subject="Hi\nX-Evil: 1"))
    (mail,) = box.mails
    assert mail.receivers == ["ada@example.com"]
    assert mail.message["Bcc"] is None and mail.message["X-Evil"] is None
    assert mail.message["Subject"] == "Hi X-Evil: 1"


def test_a_refused_letter_is_an_error(box):
    box.refusals.append("451 try later")
    with pytest.raises(smtplib.SMTPResponseException):
        send(a_letter())
    assert send(a_letter()) is True
    assert len(box.mails) == 1


def test_a_receiver_that_is_refused_alone_keeps_it_from_nobody_else(box, caplog):
    box.unknown.add("gone@example.com")
    with caplog.at_level(logging.WARNING):
        assert send(a_letter(to=("gone@example.com", "ada@example.com"))) is True
    assert box.mails[0].receivers == ["ada@example.com"]
    assert "refused for some" in caplog.text


def test_nobody_left_is_an_error(box):
    box.unknown.add("ada@example.com")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(a_letter())


@pytest.mark.parametrize("missing", ["smtp_url", "from_email"])
def test_without_a_mail_server_or_an_address_nothing_is_sent_and_that_is_said(app, missing, caplog):
    with mailbox(**{missing: None}) as box, caplog.at_level(logging.INFO):
        assert send(a_letter()) is False
    assert box.mails == []
    assert "no mail is sent" in caplog.text


def test_a_password_is_not_sent_without_tls(box):
    elsewhere = box.url.replace("smtp://127.0.0.1", "smtp://user:secret@0.0.0.0")
    config.use(replace(config.settings(), smtp_url=elsewhere))
    with pytest.raises(smtplib.SMTPNotSupportedError, match="no TLS"):
        send(a_letter())
    assert box.mails == []


@pytest.fixture
def certificate(tmp_path):
    """Of a server that has made it itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")]), datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1)).sign(
        key, hashes.SHA256()
    )
    file = tmp_path / "mail.pem"
    no_password = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def test_tls_begins_before_the_password_is_told(app, certificate):
    told = []

    def check(server, session, envelope, mechanism, data):
        told.append((session.ssl is not None, data.login, data.password))
        return AuthResult(success=True)

    server = {"tls_context": certificate, "require_starttls": True, "authenticator": check, "auth_required": True}
    with mailbox(server) as box:
        address = box.url.replace("smtp://", "smtp://ada%40example.com:se%2Fcret@")
        config.use(replace(config.settings(), smtp_url=address))
        send(a_letter())
    assert len(box.mails) == 1
    assert told == [(True, b"ada@example.com", b"se/cret")]


def test_a_server_that_is_not_there_is_an_error(app):
    with mailbox() as box:
        url = box.url
    with mailbox(smtp_url=url), pytest.raises(OSError):
        send(a_letter())


def test_names_cannot_become_markup():
    values = {"entity": {"name": "<b>Acme</b>", "legal_name": None, "email": "a@example.com"}, "subject": "<i>",
              "receipt": {"number": "R-1"}, "payment": {"amount_cents": 1}, "invoices": [],
              "attached": False, "formats": Formats("en", "EUR")}
    text, html = render("payment_receipt", **values)
    assert "<b>Acme</b>" in text
    assert "&lt;b&gt;Acme&lt;/b&gt;" in html and "<b>" not in html
