"""What needs someone's attention: background work that failed, with its cause and a way to have it tried again."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for

from lago.admin.access import address
from lago.admin.pages import current_organization, page, paged, show
from lago.core.outbox import OutboxRow, failing, retry

WORDS = {
    "analytics.keep_usage_days": "Keep the usage of days that are over",
    "audit.forget_old": "Remove old lines of the logs",
    "audit.forget_old_activities": "Remove old lines of the activity log",
    "customers.check_vies": "Ask the European register about a VAT number",
    "invoicing.finish_pending_invoices": "Finalize invoices that waited for taxes",
    "due.catch_up": "Bill a customer, start and end subscriptions",
    "invoicing.bill_in_advance": "Bill the events of a subscription that are paid in advance",
    "invoicing.bill_units": "Bill units of a fixed charge that a plan has more of",
    "invoicing.buy_credits": "Make the invoice of a purchase of credits",
    "invoicing.check_thresholds": "Hold the usage of a subscription against its thresholds",
    "invoicing.end_customer": "End the subscriptions of a deleted customer",
    "invoicing.flag_drafts": "Find the drafts that a change of plans, taxes or metrics concerns",
    "invoicing.email_credit_note": "Send a credit note by e-mail",
    "invoicing.email_invoice": "Send an invoice by e-mail",
    "invoicing.make_credit_note_pdf": "Make the PDF of a credit note",
    "invoicing.make_pdf": "Make the PDF of an invoice",
    "invoicing.redate_drafts": "Move the dates of a customer's drafts",
    "invoicing.redate_drafts_of_entity": "Move the dates of drafts of an entity's customers",
    "invoicing.refresh_drafts": "Refresh drafts whose plan, taxes or metrics have changed",
    "invoicing.refresh_wallets": "Compute what a customer's prepaid credits will leave after the running period",
    "invoicing.watch_usage": "Hold the usage of a subscription against its thresholds and alerts",
    "metering.report_event_errors": "Report what was wrong with the events of an hour",
    "metering.watch_balances": "Mark customers whose ongoing balances have moved",
    "metering.watch_plan": "Find the subscriptions that new usage thresholds of a plan concern",
    "metering.watch_subscriptions": "Have the usage of subscriptions held against their thresholds",
    "organizations.email_about_key": "Tell the admins of what became of an API key",
    "organizations.mail_password_reset": "Send a link to choose a new password",
    "payments.email_receipt": "Send a receipt by e-mail",
    "payments.email_request": "Ask a customer by e-mail to pay what is overdue",
    "payments.look_at_dunning": "See whether a dunning campaign applies to a customer",
    "payments.make_receipt_pdf": "Make the PDF of a receipt",
    "payments.record_regrouped": "Record the payment of fees that were paid before",
    "payments.reset_dunning": "Begin asking anew after an overdue invoice was paid",
    "plans.cascade": "Have plans made for single subscriptions follow changes of their plan",
    "subscriptions.end_for_plan": "End the subscriptions of a deleted plan",
    "subscriptions.follow_amount": "Look at changes of plan that wait, after an amount has changed",
    "subscriptions.reschedule": "Move a customer's billing to another time zone",
    "subscriptions.reschedule_entity": "Move the billing of an entity's customers to another time zone",
    "wallets.give_first_credits": "Buy and grant the credits that a new wallet begins with",
    "wallets.top_up": "Fill up a wallet that has fallen to the threshold of a rule",
    "webhooks.deliver": "Send a webhook",
    "webhooks.dispatch": "Tell the webhook endpoints what happened",
    "webhooks.forget_old": "Remove old webhook messages",
    "webhooks.tell_missing_wallets": "Tell the webhook endpoints of events that name an unknown wallet",
}
"""What each job does; a guard test compares them with the registry."""

SHOWN_ON = {"invoice_id": "invoice", "customer_id": "customer", "delivery_id": "webhook"}
"""The page that shows what a job is about, by the argument that names it."""


@dataclass(frozen=True)
class Failure:
    """A piece of work that failed, in words. `url`: where one sees what it is about, if there is such a page."""

    row: OutboxRow
    words: str
    url: str | None


@page("GET", "/developers/attention", needs="developers:view")
def attention() -> str:
    listed = paged(failing(current_organization().id))
    failures = [Failure(row, WORDS.get(row.name, row.name), page_about(row)) for row in listed.items]
    return show("attention/list.html", "attention/_part.html", page=listed, failures=failures)


@page("POST", "/developers/attention/<int:row_id>/retry", needs="developers:manage")
def retry_work(row_id: int) -> Any:
    retry(row_id, current_organization().id)
    return redirect(url_for("admin.attention"))


def page_about(row: OutboxRow) -> str | None:
    named = {name: row.args[name] for name in SHOWN_ON if name in row.args}
    if row.name == "invoicing.end_customer" or not named:  # a deleted customer has no page
        return None
    name, identifier = named.popitem()
    return address(SHOWN_ON[name], **{name: identifier})
