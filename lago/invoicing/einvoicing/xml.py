"""Electronic documents as XML, and XML inside of a PDF. The only file that knows the library of Factur-X.

It writes both formats from the same terms of EN 16931, and does not know XRechnung by name.
"""

from facturx import generate_from_binary
from facturx.generate_xml import generate_cii_xml, generate_ubl_xml
from lxml import etree

from lago.invoicing.einvoicing.terms import XRECHNUNG, terms_of
from lago.invoicing.einvoicing.values import EDocument

_LEVEL = "en16931"
_UNCHECKED = {"check_xsd": False, "check_schematron": False}
_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


def ubl_xml(document: EDocument) -> bytes:
    """UBL 2.1: an Invoice or a CreditNote; of a German billing entity as XRechnung 3.0 has it."""
    written = etree.fromstring(generate_ubl_xml(terms_of(document), level=_LEVEL, **_UNCHECKED))
    if document.country == "DE":
        written.find(f"{_CBC}CustomizationID").text = XRECHNUNG
    return bytes(etree.tostring(written, pretty_print=True, xml_declaration=True, encoding="UTF-8"))


def cii_xml(document: EDocument) -> bytes:
    """UN/CEFACT Cross Industry Invoice."""
    return bytes(generate_cii_xml(terms_of(document), level=_LEVEL, **_UNCHECKED))


def with_cii(pdf: bytes, document: EDocument) -> bytes:
    """The PDF with the CII attached and described as Factur-X asks for."""
    hybrid = generate_from_binary(
        pdf, cii_xml(document), flavor="factur-x", level=_LEVEL, check_xsd=False, afrelationship="alternative"
    )
    return bytes(hybrid)
