"""What endpoints are told of a campaign that has come to its end for a customer (05 §2.6)."""

import uuid
from typing import Any

from sqlalchemy import func, select

from lago.core.db import db
from lago.customers.models import Customer
from lago.invoicing.models import Invoice
from lago.payments.dunning.look import applied_campaign_of
from lago.payments.models import CustomerDunning, DunningCampaign, PaymentRequest


def finished_object(row: CustomerDunning) -> dict[str, Any]:
    """The balances of totals as they now are; the first pair is that of the customer's own currency."""
    customer = db.session.get_one(Customer, row.customer_id)
    balances = overdue_balances(customer.id)
    currency = customer.currency or next(iter(balances), None)
    return {
        "external_customer_id": customer.external_id,
        "customer_external_id": customer.external_id,
        "dunning_campaign_code": _code(customer),
        "overdue_balance_cents": balances.get(currency or "", 0),
        "overdue_balance_currency": currency,
        "overdue_balances": [{"currency": one, "amount_cents": cents} for one, cents in balances.items()],
    }


def overdue_balances(customer_id: uuid.UUID) -> dict[str, int]:
    """What counts for dunning, in cents by currency."""
    total = func.sum(Invoice.total_amount_cents)
    query = select(Invoice.currency, total).where(
        Invoice.customer_id == customer_id, Invoice.payment_overdue, Invoice.self_billed.is_(False)
    )
    rows = db.session.execute(query.group_by(Invoice.currency).order_by(Invoice.currency)).all()
    return {currency: int(cents) for currency, cents in rows}


def _code(customer: Customer) -> str | None:
    """Of the campaign that applies, or the last one that has asked for something: it may be deleted by now."""
    campaign_id = applied_campaign_of(customer)
    if campaign_id is None:
        asked = select(PaymentRequest.dunning_campaign_id).where(
            PaymentRequest.customer_id == customer.id, PaymentRequest.dunning_campaign_id.is_not(None)
        )
        campaign_id = db.session.scalar(asked.order_by(PaymentRequest.seq.desc()).limit(1))
    campaign = db.session.get(DunningCampaign, campaign_id) if campaign_id else None
    return campaign.code if campaign else None
