"""Real objects of an organization for the parameters of its pages."""

from typing import Any

import psycopg

NEWEST = 3
"""So many objects are tried for each page: not every invoice can be voided, say."""

_TABLES = {
    "activity_id": "activity_logs", "add_on_id": "add_ons", "api_log_id": "api_logs", "applied_id": "applied_coupons",
    "campaign_id": "dunning_campaigns", "coupon_id": "coupons", "customer_id": "customers",
    "delivery_id": "webhook_deliveries", "endpoint_id": "webhook_endpoints", "entity_id": "billing_entities",
    "feature_id": "features", "fee_id": "fees", "invite_id": "invites", "invoice_id": "invoices",
    "key_id": "api_keys", "membership_id": "memberships", "metric_id": "billable_metrics", "note_id": "credit_notes",
    "payment_id": "payments", "payment_request_id": "payment_requests", "plan_id": "plans", "role_id": "roles",
    "section_id": "invoice_custom_sections", "security_log_id": "security_logs", "subscription_id": "subscriptions",
    "tax_id": "taxes", "unit_id": "pricing_units", "wallet_id": "wallets",
}

_TOGETHER = {
    ("alert_id", "subscription_id"):
        "SELECT a.id, s.id FROM alerts a JOIN subscriptions s ON s.organization_id = a.organization_id"
        " AND s.external_id = a.external_subscription_id AND s.status = 'active' WHERE a.organization_id = %s",
    ("feature_id", "plan_id"):
        "SELECT feature_id, plan_id FROM entitlements WHERE organization_id = %s AND plan_id IS NOT NULL",
    ("feature_id", "subscription_id"):
        "SELECT e.feature_id, s.id FROM entitlements e JOIN subscriptions s ON s.plan_id = e.plan_id"
        " WHERE e.organization_id = %s AND s.status = 'active'",
    ("rule_id", "wallet_id"): "SELECT id, wallet_id FROM recurring_transaction_rules WHERE organization_id = %s",
    ("transaction_id", "wallet_id"): "SELECT id, wallet_id FROM wallet_transactions WHERE organization_id = %s",
    ("seq",): "SELECT seq FROM events WHERE organization_id = %s ORDER BY seq DESC",
    ("kind", "object_id"): "SELECT 'invoice', id FROM invoices WHERE organization_id = %s ORDER BY seq DESC",
}


def choices(connection: psycopg.Connection[Any], organization_id: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Values for these parameters, those of the newest objects first; none for what the organization does not have."""
    if not names:
        return [{}]
    statement = _TOGETHER.get(names)
    if statement is None and len(names) == 1 and names[0] in _TABLES:
        statement = f"SELECT id FROM {_TABLES[names[0]]} WHERE organization_id = %s ORDER BY seq DESC"
    if statement is None:
        return []
    rows = connection.execute(f"{statement} LIMIT {NEWEST}", (organization_id,))  # type: ignore[arg-type]
    return [dict(zip(names, row, strict=True)) for row in rows]
