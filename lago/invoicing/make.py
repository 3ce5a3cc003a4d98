"""The making of an invoice for subscriptions: what it covers, its fees, taxes, totals, number (04 §5)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.customers.models import Customer
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.commitment import add_commitment_fees
from lago.invoicing.dates import invoice_dates
from lago.invoicing.drafts import becomes_draft, issue
from lago.invoicing.fixed_charges import fixed_charge_fees
from lago.invoicing.lines import Lines, is_invoiced, lines_of
from lago.invoicing.models import Fee, Invoice, InvoiceSubscription
from lago.invoicing.numbering import draft_number
from lago.invoicing.progressive_credit import NO_PROGRESSIVE, ProgressiveInvoices, progressive_invoices
from lago.invoicing.snapshot import snapshot
from lago.invoicing.tax_fees import chosen_for, put_taxes, tax_fees
from lago.invoicing.use_coupons import NO_COUPONS, Coupons, coupons_of
from lago.metering.carried_levels import carry
from lago.metering.watch_thresholds import watch_thresholds
from lago.organizations.models import BillingEntity
from lago.subscriptions.models import Subscription
from lago.subscriptions.taxes import TaxChoice


def make_invoices(groups: Sequence[Sequence[BilledSubscription]], timestamp: datetime) -> list[Invoice]:
    """One invoice for each group of subscriptions of one customer, billing entity and currency, billed at `timestamp`.

    They are drafts as long as a grace period lasts (04 §2.3); without one they are finalized at once, or closed where
    the customer skips invoices of zero (04 §2.6). Fees that are made with them, but stand on no invoice, come after
    them.
    """
    choice, earlier = TaxChoice(), progressive_invoices(chain(*groups))
    lines = make_lines(groups)
    owners = {group[0].subscription.customer for group in groups}
    coupons = coupons_of([customer.id for customer in owners if not becomes_draft(customer)])
    made = [[fee for one in of_group for fee in one.fees] for of_group in lines]
    invoices = [
        compose(billed, [fee for fee in fees if is_invoiced(fee)], timestamp, choice, earlier, coupons)
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
    coupons: Coupons = NO_COUPONS,
) -> Invoice:
    """An invoice of these fees, with taxes and totals, that is yet to be finalized. `earlier`, `coupons`: what to
    credit on it."""
    first = billed[0].subscription
    invoice = _new_invoice(first.customer, entity_of(first), first.plan.amount_currency, timestamp, billed)
    invoice.invoice_subscriptions = [_line(invoice, one) for one in billed]
    put_fees(invoice, fees, choice, earlier, coupons)
    return invoice


def put_fees(
    invoice: Invoice,
    fees: Sequence[Fee],
    choice: TaxChoice,
    earlier: ProgressiveInvoices = NO_PROGRESSIVE,
    coupons: Coupons = NO_COUPONS,
) -> None:
    """Gives an invoice, whose lines are known, these fees with their taxes, and the amounts that follow from them.

    What `earlier` progressive invoices have billed is credited on it, and then the customer's `coupons` are used.
    """
    progressive = earlier.credit_on(invoice, fees)
    billed_before = sum(credit.amount_cents for credit in progressive)
    invoice.credits = [*progressive, *coupons.use_on(invoice, fees, billed_before)]
    put_taxes(invoice, fees, chosen_for(fees, choice))
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
