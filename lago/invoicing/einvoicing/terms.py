"""An electronic document in the terms of EN 16931, whose numbers (BT: business term, BG: group of them) are the keys of
what the library of Factur-X writes XML from."""

from decimal import Decimal
from typing import Any

from lago.invoicing.einvoicing.figures import RateGroup
from lago.invoicing.einvoicing.values import Category, EDocument, ELine, EParty
from lago.pricing.currencies import CURRENCIES

EN_16931 = "urn:cen.eu:en16931:2017"
XRECHNUNG = f"{EN_16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PEPPOL_BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

Terms = dict[str, Any]

_PIECE = "C62"
_MEANS_NOT_DEFINED = "1"
_EMAIL_SCHEME = "EM"
_SIREN_SCHEME = "0002"


def terms_of(document: EDocument) -> Terms:
    """All terms of a document; those that it has nothing for are left out."""
    terms = {
        "BT-1": document.number, "BT-2": document.issuing_date, "BT-3": document.type_code.value,
        "BT-5": document.currency, "BT-9": document.due_date, "BT-13": document.purchase_order_number,
        "BT-24": EN_16931, "BT-72": document.delivery_date, "BT-81": _MEANS_NOT_DEFINED,
        "BG-1": [{"BT-22": note} for note in document.notes],
        "BG-3": [{"BT-25": number, "BT-26": day} for number, day in document.refers_to],
        "BG-4": _party(document.seller, document), "BG-7": _party(document.buyer, document),
        "BG-23": [_tax(document, group) for group in document.groups],
        "BG-25": [_line(document, place, line) for place, line in enumerate(document.lines, 1)],
        **_german(document), **_discounts(document), **_totals(document),
    }
    return _filled(terms)


def _german(document: EDocument) -> Terms:
    """What XRechnung asks for beside the rest."""
    if document.country != "DE":
        return {}
    return {"BT-10": document.buyer_reference, "BT-23": PEPPOL_BILLING}


def _totals(document: EDocument) -> Terms:
    cents = {
        "BT-106": document.lines_cents, "BT-109": document.excluding_cents, "BT-110": document.tax_cents,
        "BT-112": document.including_cents, "BT-115": document.payable_cents,
    }
    prepaid = {"BT-113": document.prepaid_cents} if document.prepaid_cents else {}
    return {term: _amount(document, value) for term, value in {**cents, **prepaid}.items()}


def _discounts(document: EDocument) -> Terms:
    """One for each rate; coupons that go back with a credit note are charges, of what they take off it."""
    sign = -1 if document.discount_is_charge else 1
    rows = [_discount(document, group, sign) for group in document.groups if group.discount_cents]
    group, total = ("BG-21", "BT-108") if document.discount_is_charge else ("BG-20", "BT-107")
    return {group: rows, total: _amount(document, sign * document.discount_cents)} if rows else {}


def _discount(document: EDocument, group: RateGroup, sign: int) -> Terms:
    category, rate = _taxed(document, group.rate)
    return _filled({
        "amount": _amount(document, sign * group.discount_cents),
        "reason": f"Discount, {_number(group.rate)} % portion",
        "vat_category_code": category, "vat_rate": rate,
    })


def _tax(document: EDocument, group: RateGroup) -> Terms:
    category, rate = _taxed(document, group.rate)
    outside = {"BT-120": "Not subject to VAT", "BT-121": "VATEX-EU-O"} if document.outside_of_vat else {}
    return _filled({
        "BT-116": _amount(document, group.base_cents), "BT-117": _amount(document, group.tax_cents),
        "BT-118": category, "BT-119": rate, **outside,
    })


def _line(document: EDocument, place: int, line: ELine) -> Terms:
    category, rate = _taxed(document, line.rate)
    return _filled({
        "BT-126": str(place), "BT-129": _number(line.units), "BT-130": _PIECE,
        "BT-131": _amount(document, line.cents), "BT-146": _number(line.price),
        "BT-151": category, "BT-152": rate, "BT-153": line.name, "BT-154": line.description,
    })


def _taxed(document: EDocument, rate: Decimal) -> tuple[str, str | None]:
    """Category and rate; what is outside of VAT has none."""
    category = document.category(rate)
    return category.value, None if category is Category.OUTSIDE else _number(rate)


def _party(party: EParty, document: EDocument) -> Terms:
    """A party. On a document that is outside of VAT nobody has a VAT number (BR-O-02)."""
    contact = _filled({"name": party.name, "phone": party.phone, "email": party.email})
    return _filled({
        "name": party.name, "legal_identifier": party.legal_number,
        "legal_identifier_schemeid": _SIREN_SCHEME if _is_siren(party) else None,
        "country_code": party.country, "city": party.city, "postcode": party.zipcode,
        "addr_l1": party.lines[0], "addr_l2": party.lines[1], "country_subdivision": party.state,
        "einvoicing_addr": party.email, "einvoicing_addr_schemeid": _EMAIL_SCHEME if party.email else None,
        "contacts": [contact] if party.phone or party.email else [],
        **(_other_number(party) if document.outside_of_vat else _tax_number(party)),
    })


def _tax_number(party: EParty) -> Terms:
    """A VAT number begins with a country (BR-CO-09); any other is that of a tax office."""
    number = party.tax_number
    return {"vat_identifier" if number and number[:2].isalpha() else "tax_identifier": number}


def _other_number(party: EParty) -> Terms:
    """A number of some kind is needed all the same (BR-CO-26)."""
    return {} if party.legal_number or not party.tax_number else {"identifiers": {None: party.tax_number}}


def _is_siren(party: EParty) -> bool:
    number = party.legal_number or ""
    return party.country == "FR" and len(number) == 9 and number.isdigit()


def _amount(document: EDocument, cents: int) -> str:
    currency = CURRENCIES[document.currency]
    return f"{Decimal(cents) / currency.subunit:.{currency.exponent}f}"


def _number(number: Decimal) -> str:
    """In plain notation, without needless zeros."""
    return format(number.normalize() if number else Decimal(0), "f")


def _filled(terms: Terms) -> Terms:
    return {term: value for term, value in terms.items() if value not in (None, [])}
