"""The XML of electronic documents before the schemas and rules of EN 16931 (04 §18)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from lago.invoicing.einvoicing.figures import Charged, grouped_by_rate
from lago.invoicing.einvoicing.values import TypeCode
from lago.invoicing.einvoicing.xml import cii_xml, ubl_xml
from tests.builders.einvoices import BUYER, SELLER, a_line, broken_rules, the_credit_note, the_worked_invoice

NIL = Decimal(0)
FRENCH = {"country": "FR", "seller": BUYER, "buyer": SELLER}


def of_one_line(cents, rate=NIL, tax=0, units="1", price=None, **changes):
    """An invoice of that line alone, to be paid in full."""
    line = a_line("Item", cents, units, rate, price=price or str(Decimal(cents) / 100))
    groups = grouped_by_rate([Charged(cents, NIL, rate)], 0, tax)
    return the_worked_invoice(lines=(line,), groups=groups, prepaid_cents=0, **changes)


DOCUMENTS = {
    "the worked invoice": the_worked_invoice(),
    "of a French entity": the_worked_invoice(**FRENCH),
    "self-billed": the_worked_invoice(type_code=TypeCode.SELF_BILLED),
    "a purchase of credits": of_one_line(5000, type_code=TypeCode.PREPAID, outside_of_vat=True),
    "without tax": of_one_line(5000),
    "of nothing": of_one_line(0),
    "paid by itself": the_worked_invoice(prepaid_cents=13215, due_date=None),
    "a price of many decimals": of_one_line(10510, Decimal(20), 2102, "501", "0.209780439121756"),
    "freed of more than its credit": the_worked_invoice(
        lines=(a_line("Item", 45000, "1", Decimal(20), "450"),), prepaid_cents=0,
        groups=grouped_by_rate([Charged(45000, Decimal(27000), Decimal(20))], 24000, 3600),
    ),
    "in yen": of_one_line(5000, Decimal(10), 500, price="5000", currency="JPY"),
    "below zero": of_one_line(-5000, Decimal(20), -1000, "-2", "25"),
    "by a number of the tax office": the_worked_invoice(seller=replace(SELLER, tax_number="29/815/08152")),
    "a credit note": the_credit_note(),
    "a French credit note": the_credit_note(**FRENCH),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_rules_of_en_16931_have_nothing_against_it(name):
    document = DOCUMENTS[name]
    assert (broken_rules(cii_xml(document), "cii"), broken_rules(ubl_xml(document), "ubl")) == ([], [])


def test_the_judge_finds_sums_that_are_wrong():
    wrong = ubl_xml(the_worked_invoice()).replace(b">132.15<", b">132.16<")
    assert any("BR-CO-15" in rule for rule in broken_rules(wrong, "ubl"))


def texts(xml, *path):
    """The texts at the end of a path of local names."""
    steps = "/".join(f"*[local-name()='{step}']" for step in path)
    return [element.text for element in etree.fromstring(xml).xpath(steps)]


@pytest.mark.parametrize("path, expected", [
    (("InvoiceTypeCode",), ["380"]),
    (("BuyerReference",), ["acme"]),
    (("CustomizationID",), ["urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"]),
    (("ProfileID",), ["urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"]),
    (("AccountingSupplierParty", "Party", "Contact", "Telephone"), ["+49 30 1234567"]),
    (("PaymentMeans", "PaymentMeansCode"), ["1"]),
    (("Delivery", "ActualDeliveryDate"), ["2025-07-01"]),
    (("InvoiceLine", "LineExtensionAmount"), ["12.25", "43.75", "99.00"]),
    (("AllowanceCharge", "Amount"), ["29.65", "14.85"]),
    (("TaxTotal", "TaxAmount"), ["21.65"]),
    (("TaxTotal", "TaxSubtotal", "TaxableAmount"), ["26.35", "84.15"]),
    (("LegalMonetaryTotal", "LineExtensionAmount"), ["155.00"]),
    (("LegalMonetaryTotal", "AllowanceTotalAmount"), ["44.50"]),
    (("LegalMonetaryTotal", "TaxExclusiveAmount"), ["110.50"]),
    (("LegalMonetaryTotal", "TaxInclusiveAmount"), ["132.15"]),
    (("LegalMonetaryTotal", "PrepaidAmount"), ["80.00"]),
    (("LegalMonetaryTotal", "PayableAmount"), ["52.15"]),
], ids=lambda value: value[-1] if isinstance(value, tuple) else None)
def test_what_the_worked_invoice_says(path, expected):
    """04 §19.1: fees 155.00, coupons 44.50, taxes 21.65, wallet and credit note 80.00."""
    assert texts(ubl_xml(the_worked_invoice()), *path) == expected


def test_what_xrechnung_asks_for_is_of_german_entities_alone():
    xml = ubl_xml(the_worked_invoice(**FRENCH))
    assert texts(xml, "CustomizationID") == ["urn:cen.eu:en16931:2017"]
    assert texts(xml, "BuyerReference") == texts(xml, "ProfileID") == []


def test_a_credit_note_is_below_zero_and_names_its_invoice():
    """04 §19.3: items 3 300 and 1 000, coupons 1 131, taxes 611, total 3 780."""
    xml = ubl_xml(the_credit_note())
    assert texts(xml, "CreditNoteTypeCode") == ["381"]
    assert texts(xml, "BillingReference", "InvoiceDocumentReference", "ID") == ["NOR-7F3A-001-042"]
    assert texts(xml, "CreditNoteLine", "LineExtensionAmount") == ["-10.00", "-33.00"]
    assert texts(xml, "AllowanceCharge", "ChargeIndicator") == ["true", "true"]
    assert sum(Decimal(text) for text in texts(xml, "AllowanceCharge", "Amount")) == Decimal("11.31")
    assert texts(xml, "LegalMonetaryTotal", "PayableAmount") == ["-37.80"]


def test_strange_texts_do_no_harm():
    odd = replace(SELLER, name='<a href="&x;">\u202e ]]>')
    xml = ubl_xml(the_worked_invoice(seller=odd, issuing_date=date(2025, 8, 2)))
    assert broken_rules(xml, "ubl") == []
