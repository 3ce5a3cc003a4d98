"""Whoever may write a name on an invoice can print text, and nothing else."""

import socket
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from lago.invoicing.document.values import InvoiceDocument, Notice, TotalRow
from lago.invoicing.pdf import _pdf, render_invoice
from tests.builders.invoice_documents import BUYER, SELLER, a_document, a_line

_ATTACKS = [
    '<img src="http://127.0.0.1:9/logo.png">',
    '<img src="/etc/passwd">',
    '"><script>alert(1)</script>',
    "<pdf:nextpage><b>bold</b>",
    "</style><style>@page { size: a3 }</style>",
    "{{ document.total }} {% for x in y %}",
    "&lt;b&gt; &amp; &#60;i&#62;",
    '<link rel="stylesheet" href="file:///etc/hosts">',
    "<pdf:include src='/etc/passwd'>",
]


def _everywhere(text: str) -> InvoiceDocument:
    """A document with the text wherever somebody else's words are printed."""
    party: dict[str, Any] = {
        "name": text,
        "legal_number": text,
        "address": (text,),
        "emails": (text,),
        "tax_number": text,
    }
    return a_document(
        replace(a_line(), label=(text, text), notes=(text,)),
        seller=replace(SELLER, **party),
        buyer=replace(BUYER, **party),
        number=text,
        purchase_order_number=text,
        metadata=((text, text),),
        totals=(TotalRow(text, None),),
        notices=(Notice(text, text),),
        footer=text,
        locale="en",
    )


def _squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the renderer opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("attack", _ATTACKS)
def test_markup_is_printed_as_it_was_written(attack: str) -> None:
    reader = PdfReader(BytesIO(render_invoice(_everywhere(attack))))
    text = _squeezed("".join(page.extract_text() for page in reader.pages))
    assert text.count(_squeezed(attack)) >= 10
    assert not any(page.images for page in reader.pages)
    assert {round(float(page.mediabox.right)) for page in reader.pages} == {595}


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("scheme", ["http://127.0.0.1:9/x.png", "file://{file}", "{file}", "//127.0.0.1/x.png"])
def test_even_our_own_markup_could_load_nothing(scheme: str, tmp_path: Path) -> None:
    picture = tmp_path / "secret.txt"
    picture.write_text("the secret")
    source = scheme.format(file=picture)
    page = f'<html><body><p>before</p><img src="{source}"><pdf:include src="{source}"><p>after</p></body></html>'
    reader = PdfReader(BytesIO(_pdf(page)))
    text = "".join(found.extract_text() for found in reader.pages)
    assert "secret" not in text
    assert not any(found.images for found in reader.pages)
