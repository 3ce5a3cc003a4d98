"""The pages for people, made with HTMX: one file per section of the menu."""

from lago.admin import api_keys, customers, dashboard, errors, events, invoices, sign_in, webhooks
from lago.admin.blueprint import blueprint

__all__ = [
    "api_keys", "blueprint", "customers", "dashboard", "errors", "events", "invoices", "sign_in", "webhooks",
]
