"""`/analytics/*` (06 §5)."""

from datetime import date
from typing import Any

from lago.analytics.frame import Frame, frame_of
from lago.analytics.gross_revenue import gross_revenue
from lago.analytics.invoice_collection import invoice_collection
from lago.analytics.invoiced_usage import invoiced_usage
from lago.analytics.keep_usage_days import ask_for_usage_days, keep_usage_days
from lago.analytics.mrr import mrr
from lago.analytics.overdue_balance import overdue_balance
from lago.analytics.usage import PeriodOfUsage, usage
from lago.api.kit import argument, current_organization
from lago.api.routes import endpoint
from lago.core.db import transaction
from lago.pricing.rounding import decimal_text

MOST_SECONDS = 20
"""How long a request may take to keep days that nobody has kept yet."""

COMMON = ("currency", "months", "billing_entity_code")
OF_USAGE = (
    "time_granularity", "currency", "from_date", "to_date", "customer_type", "external_customer_id", "customer_country",
    "external_subscription_id", "is_billable_metric_recurring", "plan_code", "billable_metric_code",
)


@endpoint("GET", "/analytics/gross_revenue", permission="analytic")
def show_gross_revenue() -> dict[str, Any]:
    rows = gross_revenue(_frame("external_customer_id"))
    return {"gross_revenues": [
        {
            "month": _month(row.month), "amount_cents": row.amount_cents, "currency": row.currency,
            "invoices_count": row.invoices_count, "billing_entity_id": str(row.billing_entity_id),
        }
        for row in rows
    ]}


@endpoint("GET", "/analytics/invoice_collection", permission="analytic")
def show_invoice_collection() -> dict[str, Any]:
    rows = invoice_collection(_frame())
    return {"invoice_collections": [
        {
            "month": _month(row.month), "payment_status": row.payment_status, "invoices_count": row.invoices_count,
            "amount_cents": row.amount_cents, "currency": row.currency,
        }
        for row in rows
    ]}


@endpoint("GET", "/analytics/invoiced_usage", permission="analytic")
def show_invoiced_usage() -> dict[str, Any]:
    rows = invoiced_usage(_frame())
    return {"invoiced_usages": [
        {
            "month": _month(row.month), "code": row.code, "currency": row.currency, "amount_cents": row.amount_cents,
        }
        for row in rows
    ]}


@endpoint("GET", "/analytics/mrr", permission="analytic")
def show_mrr() -> dict[str, Any]:
    rows = mrr(_frame())
    return {"mrrs": [
        {"month": _month(row.month), "amount_cents": row.amount_cents, "currency": row.currency} for row in rows
    ]}


@endpoint("GET", "/analytics/overdue_balance", permission="analytic")
def show_overdue_balance() -> dict[str, Any]:
    rows = overdue_balance(_frame("external_customer_id"))
    return {"overdue_balances": [
        {
            "month": _month(row.month), "amount_cents": row.amount_cents, "currency": row.currency,
            "lago_invoice_ids": [str(one) for one in row.invoice_ids], "billing_entity_id": str(row.billing_entity_id),
        }
        for row in rows
    ]}


@endpoint("GET", "/analytics/usage", permission="analytic", own_transactions=True)
def show_usage() -> dict[str, Any]:
    """Days that are over are kept first, if nobody has yet (00 §3); what takes too long, by a worker."""
    organization_id = current_organization().id
    is_done = keep_usage_days(organization_id, seconds=MOST_SECONDS)
    with transaction():
        if not is_done:
            ask_for_usage_days(organization_id)
        rows = usage(organization_id, {name: argument(name) for name in OF_USAGE})
        return {"usages": [_shown(row, str(organization_id)) for row in rows]}


def _frame(*further: str) -> Frame:
    return frame_of(current_organization(), {name: argument(name) for name in (*COMMON, *further)})


def _month(first_day: date) -> str:
    return f"{first_day}T00:00:00.000Z"


def _shown(row: PeriodOfUsage, organization_id: str) -> dict[str, Any]:
    return {
        "organization_id": organization_id, "start_of_period_dt": str(row.first), "end_of_period_dt": str(row.last),
        "amount_cents": row.amount_cents, "amount_currency": row.currency, "billable_metric_code": row.metric_code,
        "units": decimal_text(row.units), "is_billable_metric_deleted": row.is_metric_deleted,
    }
