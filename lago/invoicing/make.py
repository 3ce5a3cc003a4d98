"""The making of an invoice for subscriptions: what it covers, its fees, taxes, totals, number (04 §5)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from lago.catalog.models import Charge, Commitment, FixedCharge, Tax
from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.customers.models import Customer
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.commitment import add_commitment_fees, commitment_of
from lago.invoicing.dates import invoice_dates
from lago.invoicing.drafts import issue
from lago.invoicing.fixed_charges import fixed_charge_fees
from lago.invoicing.lines import Lines, is_invoiced, lines_of
from lago.invoicing.models import Fee, FeeTax, Invoice, InvoiceSubscription, InvoiceTax
from lago.invoicing.numbering import draft_number
from lago.invoicing.progressive_credit import NO_PROGRESSIVE, ProgressiveInvoices, progressive_invoices
from lago.invoicing.snapshot import snapshot
from lago.metering.carried_levels import carry
from lago.metering.watch_thresholds import watch_thresholds
from lago.organizations.models import BillingEntity
from lago.pricing.taxes import tax_line
from lago.pricing.totals import totals
from lago.pricing.values import Line, TaxedLine, Totals
from lago.subscriptions.models import Subscription
from lago.subscriptions.taxes import TaxChoice, for_pricing

_TOTALS = (
    "fees_amount_cents", "progressive_billing_credit_amount_cents", "coupons_amount_cents",
    "sub_total_excluding_taxes_amount_cents", "taxes_amount_cents", "sub_total_including_taxes_amount_cents",
    "credit_notes_amount_cents", "prepaid_credit_amount_cents", "total_amount_cents",
)


def make_invoices(groups: Sequence[Sequence[BilledSubscription]], timestamp: datetime) -> list[Invoice]:
    """One invoice for each group of subscriptions of one customer, billing entity and currency, billed at `timestamp`.

    They are drafts as long as a grace period lasts (04 §2.3); without one they are finalized at once, or closed where
    the customer skips invoices of zero (04 §2.6). Fees that are made with them, but stand on no invoice, come after
    them.
    """
    choice, earlier = TaxChoice(), progressive_invoices(chain(*groups))
    lines = make_lines(groups)
    made = [[fee for one in of_group for fee in one.fees] for of_group in lines]
    invoices = [
        compose(billed, [fee for fee in fees if is_invoiced(fee)], timestamp, choice, earlier)
        for billed, fees in zip(groups, made, strict=True)
    ]
    issue(invoices)
    watch_thresholds([one.subscription for one in chain(*groups)])
    carry(level for of_group in lines for one in of_group for level in one.end_levels)
    make_fees([fee for fees in made for fee in fees if not is_invoiced(fee)], choice)
    return invoices


def make_lines(groups: Sequence[Sequence[BilledSubscription]]) -> list[list[Lines]]:
    """The fees of each line of each group, without taxes: of new invoices, and of drafts that are made anew."""
    fixed = fixed_charge_fees([one for billed in groups for one in billed])
    lines = [[lines_of(one, fixed.get(one.subscription.id, ())) for one in billed] for billed in groups]
    pairs = zip(chain(*groups), chain(*lines), strict=True)
    add_commitment_fees([(one, made.fees) for one, made in pairs])
    return lines


def make_fees(fees: Sequence[Fee], choice: TaxChoice) -> None:
    """Stores fees without an invoice: they are taxed at once and told of (02 §6.1)."""
    tax_fees(fees, choice)
    db.session.add_all(fees)
    db.session.flush()
    for fee in fees:
        announce("fee.created", fee)


def compose(
    billed: Sequence[BilledSubscription],
    fees: Sequence[Fee],
    timestamp: datetime,
    choice: TaxChoice,
    earlier: ProgressiveInvoices = NO_PROGRESSIVE,
) -> Invoice:
    """An invoice of these fees, with taxes and totals, that is yet to be finalized. `earlier`: what to credit on it."""
    first = billed[0].subscription
    invoice = _new_invoice(first.customer, entity_of(first), first.plan.amount_currency, timestamp, billed)
    invoice.invoice_subscriptions = [_line(invoice, one) for one in billed]
    put_fees(invoice, fees, choice, earlier)
    return invoice


def put_fees(
    invoice: Invoice, fees: Sequence[Fee], choice: TaxChoice, earlier: ProgressiveInvoices = NO_PROGRESSIVE
) -> None:
    """Gives an invoice, whose lines are known, these fees with their taxes, and the amounts that follow from them.

    What `earlier` progressive invoices have billed is credited on it.
    """
    invoice.credits = earlier.credit_on(invoice, fees)
    _tax(invoice, fees, choice)
    invoice.fees = list(fees)
    invoice.snapshot = snapshot(invoice)


def entity_of(subscription: Subscription) -> BillingEntity:
    """The billing entity that invoices a subscription: its own, else its customer's (04 §16)."""
    own = subscription.billing_entity_id
    return db.session.get_one(BillingEntity, own) if own else subscription.customer.billing_entity


def _new_invoice(
    customer: Customer, entity: BillingEntity, currency: str, timestamp: datetime, billed: Sequence[BilledSubscription]
) -> Invoice:
    dates = invoice_dates(customer, timestamp, billed[0].reason)
    return Invoice(
        organization_id=customer.organization_id, customer_id=customer.id, customer=customer,
        billing_entity_id=entity.id, billing_entity=entity, invoice_type="subscription", status="generating",
        number=draft_number(entity.document_number_prefix), currency=currency, created_at=clock.now(),
        purchase_order_number=billed[0].subscription.purchase_order_number,
        issuing_date=dates.issuing_date, expected_finalization_date=dates.expected_finalization_date,
        payment_due_date=dates.payment_due_date, net_payment_term=dates.net_payment_term,
        timezone=customer.applicable_timezone, self_billed=customer.account_type == "partner",
    )


def _line(invoice: Invoice, billed: BilledSubscription) -> InvoiceSubscription:
    windows = billed.windows
    return InvoiceSubscription(
        organization_id=invoice.organization_id, subscription_id=billed.subscription.id,
        subscription=billed.subscription,
        from_datetime=windows.from_datetime, to_datetime=windows.to_datetime,
        charges_from_datetime=windows.charges_from_datetime, charges_to_datetime=windows.charges_to_datetime,
        fixed_charges_from_datetime=windows.fixed_charges_from_datetime,
        fixed_charges_to_datetime=windows.fixed_charges_to_datetime,
        timestamp=windows.timestamp, recurring=billed.recurring, invoicing_reason=billed.reason,
    )


def _tax(invoice: Invoice, fees: Sequence[Fee], choice: TaxChoice) -> None:
    """Fee taxes, invoice taxes and the totals (04 §5: S1, S4, S5, S8), after the credits before taxes."""
    lines, known = tax_fees(fees, choice)
    billed_before = sum(credit.amount_cents for credit in invoice.credits if credit.before_taxes)
    result = totals(lines, progressive_billing_credit_amount_cents=billed_before)
    for name in _TOTALS:
        setattr(invoice, name, getattr(result, name))
    invoice.applied_taxes = _invoice_taxes(invoice, result, known)


def tax_fees(fees: Sequence[Fee], choice: TaxChoice) -> tuple[list[TaxedLine], dict[str, Tax]]:
    """Gives fees their taxes (04 §6.3). Returns them as lines, and the taxes by their codes."""
    chosen = [
        choice.of(fee.subscription.customer, fee.subscription.plan, _taxed_part(fee)) if fee.subscription else []
        for fee in fees
    ]
    known = {tax.code: tax for taxes in chosen for tax in taxes}
    lines = [
        tax_line(
            Line(fee.amount_cents, fee.precise_amount_cents, for_pricing(taxes), fee.precise_coupons_amount_cents)
        )
        for fee, taxes in zip(fees, chosen, strict=True)
    ]
    for fee, line in zip(fees, lines, strict=True):
        _put_fee_taxes(fee, line, known)
    return lines, known


def _taxed_part(fee: Fee) -> Charge | FixedCharge | Commitment | None:
    """The part of the plan that the fee is for."""
    return fee.charge or fee.fixed_charge or commitment_of(fee)


def _put_fee_taxes(fee: Fee, line: TaxedLine, known: dict[str, Tax]) -> None:
    fee.taxes_amount_cents = line.taxes_amount_cents
    fee.taxes_precise_amount_cents = line.taxes_precise_amount_cents
    fee.taxes_rate = float(line.taxes_rate)
    fee.applied_taxes = [
        FeeTax(
            organization_id=fee.organization_id, **_copied(known[applied.tax.code]),
            amount_cents=applied.amount_cents, precise_amount_cents=applied.precise_amount_cents,
        )
        for applied in line.applied_taxes
    ]


def _invoice_taxes(invoice: Invoice, result: Totals, known: dict[str, Tax]) -> list[InvoiceTax]:
    return [
        InvoiceTax(
            organization_id=invoice.organization_id, **_copied(known[applied.tax.code]),
            amount_cents=applied.amount_cents, fees_amount_cents=applied.fees_amount_cents,
        )
        for applied in result.taxes.applied_taxes
    ]


def _copied(tax: Tax) -> dict[str, Any]:
    """What a document keeps of a tax."""
    names = ("name", "code", "rate", "description")
    return {"tax_id": tax.id, **{f"tax_{name}": getattr(tax, name) for name in names}}
