"""The pages for people, made with HTMX: one file per section of the menu."""

from lago.admin import (
    api_keys,
    attention,
    customers,
    dashboard,
    errors,
    events,
    invitation,
    invoices,
    sign_in,
    webhooks,
)
from lago.admin.blueprint import blueprint

__all__ = [
    "api_keys", "attention", "blueprint", "customers", "dashboard", "errors", "events", "invitation", "invoices",
    "sign_in", "webhooks",
]
