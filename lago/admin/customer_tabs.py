"""The tabs of a customer's page: what each lists, and how much there is in each."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import g
from sqlalchemy import Select

from lago.admin import coupon_words
from lago.admin.access import may_open
from lago.admin.coupon_uses import uses_of
from lago.admin.pages import paged
from lago.core.pagination import count
from lago.coupons.browse import applied_to
from lago.coupons.queries import active_coupons
from lago.customers.models import Customer
from lago.invoicing.browse import InvoiceFilter, browse_invoices
from lago.invoicing.credit_notes.queries import browse_credit_notes_of
from lago.payments.browse import PaymentFilter, browse_payments, invoices_met
from lago.payments.requests.browse import RequestFilter, browse_requests, invoice_counts
from lago.subscriptions.browse import subscriptions_of
from lago.wallets.browse import WalletFilter, browse_wallets
from lago.wallets.queries import active_wallets

LISTS: Mapping[str, Callable[[Customer], Select[Any]]] = {
    "wallets": lambda of: browse_wallets(of.organization_id, WalletFilter(customer_id=of.id)),
    "coupons": applied_to,
    "invoices": lambda of: browse_invoices(of.organization_id, InvoiceFilter(customer_id=of.id)),
    "credit_notes": browse_credit_notes_of,
    "payments": lambda of: browse_payments(of.organization_id, PaymentFilter(customer_id=of.id)),
    "requests": lambda of: browse_requests(of.organization_id, RequestFilter(customer_id=of.id)),
}
TABS = ("overview", "subscriptions", *LISTS)


def open_tabs() -> tuple[str, ...]:
    """The tabs that the member may see: those of which a page of its own would open too."""
    pages = {"overview": "customer", "requests": "payment_requests"}
    return tuple(name for name in TABS if may_open(g.member, pages.get(name, name)))


def contents(customer: Customer, tab: str) -> dict[str, Any]:
    """What the page shows of a tab, and the numbers on all that are open."""
    shown, subscriptions = open_tabs(), subscriptions_of(customer)
    counts = {name: count(query(customer)) for name, query in LISTS.items() if name in shown}
    if "subscriptions" in shown:
        counts["subscriptions"] = len(subscriptions)
    listed = paged(LISTS[tab](customer)) if tab in LISTS else None
    items = listed.items if listed else []
    return {
        "counts": counts, "subscriptions": subscriptions, "page": listed, tab: subscriptions if not listed else items,
        "uses": uses_of(items) if tab == "coupons" else [], "words": coupon_words,
        "met": invoices_met(items) if tab == "payments" else {},
        "asked": invoice_counts([one.id for one in items]) if tab == "requests" else {},
    }


def running_of(customer: Customer) -> list[tuple[tuple[str, str], int, str]]:
    """What the deletion of a customer would end: what it is called, how many there are, and what becomes of it."""
    subscriptions = subscriptions_of(customer)
    drafts = InvoiceFilter(customer_id=customer.id, status="draft")
    return [
        (("subscription", "subscriptions"), sum(one.status == "active" for one in subscriptions),
         "end now, with their last invoices."),
        (("start to come", "starts to come"), sum(one.status == "pending" for one in subscriptions),
         "will not take place."),
        (("draft", "drafts"), count(browse_invoices(customer.organization_id, drafts)), "become final."),
        (("coupon", "coupons"), len(active_coupons([customer.id]).get(customer.id, ())), "end."),
        (("wallet", "wallets"), len(active_wallets([customer.id])), "end; what is left in them is not given back."),
    ]
