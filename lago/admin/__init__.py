"""The pages for people, made with HTMX: one file per section of the menu."""

from lago.admin import (
    alerts,
    api_keys,
    attention,
    billable_metrics,
    customers,
    dashboard,
    drafts,
    errors,
    events,
    expressions,
    features,
    invitation,
    invoices,
    mark_payment,
    payments,
    plan_entitlements,
    plans,
    pricing_units,
    record_payment,
    sign_in,
    subscription_changes,
    subscription_edit,
    subscription_entitlements,
    subscription_new,
    subscriptions,
    top_ups,
    usage,
    wallet_changes,
    wallet_rules,
    wallets,
    webhooks,
)
from lago.admin.blueprint import blueprint

__all__ = [
    "alerts", "api_keys", "attention", "billable_metrics", "blueprint", "customers", "dashboard", "drafts", "errors",
    "events", "expressions", "features", "invitation", "invoices", "mark_payment", "payments", "plan_entitlements",
    "plans", "pricing_units", "record_payment", "sign_in", "subscription_changes", "subscription_edit",
    "subscription_entitlements", "subscription_new", "subscriptions", "top_ups", "usage", "wallet_changes",
    "wallet_rules", "wallets", "webhooks",
]
