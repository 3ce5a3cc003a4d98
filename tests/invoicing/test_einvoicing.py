"""Electronic documents of a billing entity that issues them, over HTTP (04 §18)."""

from io import BytesIO

import pytest
from facturx import get_facturx_xml_from_pdf
from lxml import etree
from pypdf import PdfReader

from tests.builders.einvoices import broken_rules
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use

ENTITY = {
    "country": "DE", "name": "Northwind", "legal_name": "Northwind Metering GmbH", "address_line1": "Torstraße 140",
    "city": "Berlin", "zipcode": "10119", "tax_identification_number": "DE 812 526 315",
    "email": "billing@northwind.example", "phone": "+49 30 1234567", "einvoicing": True,
}
BUYER = {
    "name": "Harbour & Sons", "country": "FR", "address_line1": "22 quai de la Rapée", "city": "Paris",
    "zipcode": "75012", "tax_identification_number": "FR44732829320", "email": "ap@harbour.example",
}


@pytest.fixture
def shop(with_pdfs, sandbox):
    """A German billing entity of electronic invoices, a customer, and a tax of 19 %."""
    sandbox.at("2024-04-01T00:00:00Z")
    (entity,) = sandbox.get("/billing_entities")["billing_entities"]
    sandbox.put(f"/billing_entities/{entity['code']}", {"billing_entity": ENTITY})
    sandbox.post("/taxes", {"tax": {"name": "VAT", "code": "vat", "rate": 19}})
    customer(sandbox, currency="EUR", tax_codes=["vat"], **BUYER)
    return sandbox


@pytest.fixture
def invoice(shop):
    """April: 49.00, and 3 calls of 0.335, with tax of 9.50."""
    plan(shop, charges=[standard(metric(shop, "calls"), "0.335")])
    subscribe(shop)
    for _ in range(3):
        use(shop, "calls")
    shop.at("2024-05-01T00:00:00Z")
    return invoices(shop)[0]


def fetched(owner, url):
    return owner.client.get("/documents/" + url.rsplit("/", 1)[1])


def text(xml, *path):
    """The text at the end of a path of local names."""
    (element,) = etree.fromstring(xml).xpath("/".join(f"*[local-name()='{step}']" for step in path))
    return element.text


def test_an_invoice_is_kept_as_ubl_and_its_pdf_carries_cii(shop, invoice):
    answer = fetched(shop, invoice["xml_url"])
    assert answer.mimetype == "application/xml"
    assert broken_rules(answer.data, "ubl") == []
    assert text(answer.data, "ID") == invoice["number"]
    assert text(answer.data, "LegalMonetaryTotal", "PayableAmount") == "59.51"
    assert text(answer.data, "Delivery", "ActualDeliveryDate") == "2024-04-01"
    pdf = fetched(shop, invoice["file_url"]).data
    name, cii = get_facturx_xml_from_pdf(pdf)
    assert (name, broken_rules(cii, "cii")) == ("factur-x.xml", [])
    reader = PdfReader(BytesIO(pdf))
    (attached,) = reader.trailer["/Root"]["/AF"]
    assert attached.get_object()["/AFRelationship"] == "/Alternative"
    described = reader.xmp_metadata.stream.get_data()
    assert b"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in described


def test_the_electronic_form_is_asked_for_again(shop, invoice):
    answer = shop.post(f"/invoices/{invoice['lago_id']}/download_xml", {})
    assert answer["invoice"]["xml_url"] and "fees" not in answer["invoice"]


def test_a_credit_note_is_kept_as_ubl_and_its_pdf_carries_cii(shop, invoice):
    items = [{"fee_id": row["lago_id"], "amount_cents": row["amount_cents"]} for row in invoice["fees"]]
    body = {"invoice_id": invoice["lago_id"], "items": items, "credit_amount_cents": 5951}
    note = shop.post("/credit_notes", {"credit_note": body})["credit_note"]
    shop.at("2024-05-02T00:00:00Z")
    note = shop.post(f"/credit_notes/{note['lago_id']}/download_xml", {})["credit_note"]
    xml = fetched(shop, note["xml_url"]).data
    assert broken_rules(xml, "ubl") == []
    assert text(xml, "BillingReference", "InvoiceDocumentReference", "ID") == invoice["number"]
    assert text(xml, "LegalMonetaryTotal", "PayableAmount") == "-59.51"
    _, cii = get_facturx_xml_from_pdf(fetched(shop, note["file_url"]).data)
    assert broken_rules(cii, "cii") == []


def test_purchased_credits_are_outside_of_vat(shop):
    body = {"external_customer_id": "acme", "rate_amount": "1", "currency": "EUR", "paid_credits": "50", "name": "W"}
    shop.post("/wallets", {"wallet": body})
    shop.at("2024-04-02T00:00:00Z")
    xml = fetched(shop, invoices(shop)[0]["xml_url"]).data
    assert broken_rules(xml, "ubl") == []
    assert text(xml, "InvoiceTypeCode") == "386"
    assert text(xml, "TaxTotal", "TaxSubtotal", "TaxCategory", "TaxExemptionReasonCode") == "VATEX-EU-O"


def test_others_have_none(with_pdfs, sandbox):
    """A German billing entity that has not switched it on."""
    plan(sandbox)
    sandbox.at("2024-04-01T00:00:00Z")
    (entity,) = sandbox.get("/billing_entities")["billing_entities"]
    sandbox.put(f"/billing_entities/{entity['code']}", {"billing_entity": {**ENTITY, "einvoicing": False}})
    customer(sandbox, **BUYER), subscribe(sandbox)
    sandbox.at("2024-05-01T00:00:00Z")
    (invoice,) = invoices(sandbox)
    assert sandbox.call("POST", f"/invoices/{invoice['lago_id']}/download_xml") is None
    sandbox.at("2024-05-02T00:00:00Z")
    (invoice,) = invoices(sandbox)
    assert invoice["xml_url"] is None
    assert "/EmbeddedFiles" not in str(PdfReader(BytesIO(fetched(sandbox, invoice["file_url"]).data)).trailer["/Root"])
