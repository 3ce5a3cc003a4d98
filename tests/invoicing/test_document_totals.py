"""The rows between the lines of an invoice and its total (04 §17)."""

from typing import Any

from lago.invoicing.document.formats import Formats
from lago.invoicing.document.totals import total_rows_of
from tests.builders.invoices import a_coupon_credit, a_subscription, a_subscription_fee, an_invoice, an_invoice_tax


def _rows(cents: int = 9900, **values: Any) -> list[tuple[str, str]]:
    invoice = an_invoice(a_subscription_fee(a_subscription(), cents), **values)
    show = Formats("en", "EUR").show
    return [(show(row.label), show(row.amount)) for row in total_rows_of(invoice)]


def test_the_rows_lead_from_the_fees_to_the_total() -> None:
    """The worked example of 04 §19.1."""
    rows = _rows(
        15500, coupons_amount_cents=4450, credits=[
            a_coupon_credit(2500, "Launch", amount_cents=2500), a_coupon_credit(1950, "Partner", rate="15"),
        ], sub_total_excluding_taxes_amount_cents=11050,
        applied_taxes=[
            an_invoice_tax(2.5, 66, 2635, name="City tax", code="city"), an_invoice_tax(19.0, 2100, 11050),
        ],
        sub_total_including_taxes_amount_cents=13215, credit_notes_amount_cents=3000,
        prepaid_credit_amount_cents=5000, total_amount_cents=5215,
    )
    assert rows == [
        ("Launch (€25.00)", "-€25.00"),
        ("Partner (15.00%)", "-€19.50"),
        ("Subtotal excl. tax", "€110.50"),
        ("VAT (19% on €110.50)", "€21.00"),
        ("City tax (2.5% on €26.35)", "€0.66"),
        ("Subtotal incl. tax", "€132.15"),
        ("Credit notes", "-€30.00"),
        ("Prepaid credits", "-€50.00"),
    ]


def test_a_rate_has_as_many_decimals_as_it_needs() -> None:
    assert _rows(credits=[a_coupon_credit(100, "A", rate="12.345")])[0] == ("A (12.345%)", "-€1.00")


def test_usage_billed_before_is_taken_off_first() -> None:
    assert _rows(progressive_billing_credit_amount_cents=100)[0] == ("Usage already billed", "-€1.00")


def test_without_any_tax_a_row_says_so() -> None:
    assert ("Tax (0%)", "€0.00") in _rows()


def test_free_and_purchased_credits_are_told_apart_where_known() -> None:
    known = {"prepaid_granted_credit_amount_cents": 100, "prepaid_purchased_credit_amount_cents": 200}
    assert _rows(prepaid_credit_amount_cents=300, **known)[-2:] == [
        ("Free credits", "-€1.00"),
        ("Purchased credits", "-€2.00"),
    ]


def test_a_purchase_of_credits_shows_only_its_total() -> None:
    assert _rows(invoice_type="credit") == []
