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
    plan_entitlements,
    plans,
    pricing_units,
    sign_in,
    subscription_changes,
    subscription_edit,
    subscription_entitlements,
    subscription_new,
    subscriptions,
    usage,
    webhooks,
)
from lago.admin.blueprint import blueprint

__all__ = [
    "alerts", "api_keys", "attention", "billable_metrics", "blueprint", "customers", "dashboard", "drafts",
    "errors", "events", "expressions", "features", "invitation", "invoices", "plan_entitlements", "plans",
    "pricing_units", "sign_in", "subscription_changes", "subscription_edit", "subscription_entitlements",
    "subscription_new", "subscriptions", "usage", "webhooks",
]
