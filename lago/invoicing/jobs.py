"""Background work of billing: files, drafts that follow changes, and the ends that a deletion brings."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lago.core import mail
from lago.core.db import db, lock
from lago.core.jobs import job
from lago.core.outbox import enqueue
from lago.customers.models import Customer
from lago.invoicing.bill_in_advance import LEASE_S, bill_in_advance
from lago.invoicing.bill_units import bill_units
from lago.invoicing.buy_credits import buy_credits
from lago.invoicing.cascade_plan import cascade_plan
from lago.invoicing.credit_notes.file import make_credit_note_pdf
from lago.invoicing.drafts import drafts_of
from lago.invoicing.end_each import end_coupons, end_each, end_wallets, finalize_each
from lago.invoicing.end_plan import end_plan
from lago.invoicing.file import make_pdf
from lago.invoicing.finish_pending_invoices import finish_pending_invoices
from lago.invoicing.flag_balances import flag_balances
from lago.invoicing.flag_drafts import Changed, flag_drafts, refresh_flagged
from lago.invoicing.follow_amount import follow_amount
from lago.invoicing.letters.email_credit_note import email_credit_note
from lago.invoicing.letters.email_invoice import email_invoice
from lago.invoicing.letters.receivers import Receivers
from lago.invoicing.models import CreditNote, Invoice
from lago.invoicing.rebuild_pdf import rebuild_pdf
from lago.invoicing.redate import redate_drafts
from lago.invoicing.refresh_wallets import LEASE_S as REFRESH_LEASE_S
from lago.invoicing.refresh_wallets import refresh_wallets
from lago.invoicing.watch_usage import LEASE_S as LOOK_LEASE_S
from lago.invoicing.watch_usage import check_thresholds, watch_usage
from lago.subscriptions.models import Subscription
from lago.subscriptions.queries import subscribers_of, subscriptions_of
from lago.subscriptions.schedule import schedule
from lago.wallets.ask_refresh import ask_refresh_where
from lago.wallets.models import Wallet
from lago.wallets.serve_interval import owners_of_interval_rules, reschedule_rules


@job("invoicing.make_pdf", queue="low")
def make_invoice_pdf(invoice_id: str, anew: bool = False) -> None:
    """Makes the PDF of a finalized invoice and keeps it, after its electronic form; `anew`: over the one there is."""
    (rebuild_pdf if anew else make_pdf)(db.session.get_one(Invoice, uuid.UUID(invoice_id)))


@job("invoicing.make_credit_note_pdf", queue="low")
def make_pdf_of_credit_note(credit_note_id: str) -> None:
    """Makes the PDF of a credit note and keeps it."""
    make_credit_note_pdf(db.session.get_one(CreditNote, uuid.UUID(credit_note_id)))


@job("invoicing.email_invoice", queue=mail.QUEUE, lease_s=mail.LEASE_S)
def send_invoice(invoice_id: str, cause_id: str, **receivers: Sequence[str]) -> None:
    """Sends an invoice to the customer, or to whom someone has named."""
    email_invoice(uuid.UUID(invoice_id), cause_id, _receivers(receivers))


@job("invoicing.email_credit_note", queue=mail.QUEUE, lease_s=mail.LEASE_S)
def send_credit_note(credit_note_id: str, cause_id: str, **receivers: Sequence[str]) -> None:
    """Sends a credit note to the customer, or to whom someone has named."""
    email_credit_note(uuid.UUID(credit_note_id), cause_id, _receivers(receivers))


def _receivers(named: Mapping[str, Sequence[str]]) -> Receivers:
    return Receivers(**{name: tuple(given) for name, given in named.items()})


@job("invoicing.buy_credits")
def buy_credits_job(wallet_transaction_id: str) -> None:
    """Makes the invoice of a purchase of credits."""
    buy_credits(uuid.UUID(wallet_transaction_id))


@job("invoicing.bill_in_advance", lease_s=LEASE_S)
def bill_in_advance_job(organization_id: str, external_subscription_id: str) -> None:
    """Bills the events of a subscription that are news."""
    bill_in_advance(uuid.UUID(organization_id), external_subscription_id)


@job("invoicing.watch_usage", lease_s=LOOK_LEASE_S)
def watch_usage_job(organization_id: str, external_subscription_id: str) -> None:
    """Looks at a subscription whose usage has changed."""
    watch_usage(uuid.UUID(organization_id), external_subscription_id)


@job("invoicing.check_thresholds", lease_s=LOOK_LEASE_S)
def check_thresholds_job(organization_id: str, external_subscription_id: str) -> None:
    """Looks at the usage thresholds of a subscription without new events."""
    check_thresholds(uuid.UUID(organization_id), external_subscription_id)


@job("invoicing.refresh_wallets", lease_s=REFRESH_LEASE_S, batch=25)
def refresh_wallets_of_customers(batch: Sequence[Mapping[str, str]]) -> None:
    """Computes the ongoing balances of customers anew."""
    refresh_wallets([(uuid.UUID(args["organization_id"]), uuid.UUID(args["customer_id"])) for args in batch])


@job("invoicing.bill_units")
def bill_added_units(subscription_id: str, since: str, fixed_charge_ids: list[str]) -> None:
    """Bills a subscription for units of fixed charges in advance that its plan has changed at that time."""
    subscription = db.session.get_one(Subscription, uuid.UUID(subscription_id))
    lock(subscription.customer_id)
    bill_units(subscription, datetime.fromisoformat(since), {uuid.UUID(identifier) for identifier in fixed_charge_ids})


@job("invoicing.flag_drafts")
def flag(plan_ids: Sequence[str] = (), **ids: str) -> None:
    """Has the drafts made anew that have to do with plans, a customer, a billing entity or a tax that were changed, and
    the ongoing balances of wallets computed anew."""
    named = {name: uuid.UUID(identifier) for name, identifier in ids.items()}
    changed = Changed([uuid.UUID(identifier) for identifier in plan_ids], **named)
    flag_drafts(changed)
    flag_balances(changed)


@job("invoicing.refresh_drafts")
def refresh_drafts_of_customer(customer_id: str, invoice_ids: Sequence[str]) -> None:
    """Makes flagged drafts of a customer anew."""
    refresh_flagged(uuid.UUID(customer_id), [uuid.UUID(identifier) for identifier in invoice_ids])


@job("invoicing.finish_pending_invoices")
def finish_pending(customer_id: str) -> None:
    """Finalizes what waited for the taxes of a customer."""
    finish_pending_invoices(uuid.UUID(customer_id))


@job("invoicing.redate_drafts")
def redate(customer_id: str, with_term: bool = False) -> None:
    """Gives a customer's drafts the dates that his settings ask for, and finalizes what is due by them."""
    redate_drafts(uuid.UUID(customer_id), with_term=with_term)


@job("invoicing.redate_drafts_of_entity")
def redate_entity(billing_entity_id: str) -> None:
    """The same for all customers of a billing entity that have drafts, after its settings have changed."""
    billed = select(Customer.id).where(Customer.billing_entity_id == uuid.UUID(billing_entity_id))
    owners = select(Invoice.organization_id, Invoice.customer_id).distinct()
    drafts = owners.where(Invoice.status == "draft", Invoice.customer_id.in_(billed))
    for organization_id, customer_id in db.session.execute(drafts).all():
        enqueue("invoicing.redate_drafts", organization_id=organization_id, customer_id=customer_id, with_term=True)


@job("subscriptions.reschedule")
def reschedule(customer_id: str) -> None:
    """Moves the due moments of a customer's subscriptions, and of the rules of his wallets, after his days have moved
    (another time zone); so has his running period."""
    lock(customer_id)
    for subscription in subscriptions_of(uuid.UUID(customer_id), "active", "pending"):
        schedule(subscription)
    reschedule_rules(uuid.UUID(customer_id))
    ask_refresh_where(Wallet.customer_id == uuid.UUID(customer_id))


@job("subscriptions.reschedule_entity")
def reschedule_entity(billing_entity_id: str) -> None:
    """Moves the due moments of all customers of a billing entity after its time zone has changed."""
    entity_id = uuid.UUID(billing_entity_id)
    for organization_id, customer_id in {*map(tuple, subscribers_of(entity_id)), *owners_of_interval_rules(entity_id)}:
        enqueue("subscriptions.reschedule", organization_id=organization_id, customer_id=customer_id)


@job("plans.cascade", lease_s=300)
def cascade(plan_id: str, before: dict[str, Any], at_once: Sequence[str] = ()) -> None:
    """Has the plans that override one follow its changes."""
    cascade_plan(uuid.UUID(plan_id), before, at_once)


@job("subscriptions.follow_amount", lease_s=300)
def follow_amount_of_plan(plan_id: str) -> None:
    """Looks at the changes of plan that wait, after the amount of a plan has changed."""
    follow_amount(uuid.UUID(plan_id))


@job("subscriptions.end_for_plan", lease_s=300)
def end_for_plan(plan_id: str) -> None:
    """Ends every subscription of a plan that is being deleted and finalizes its drafts, then deletes the plan
    (03 §1.4)."""
    end_plan(uuid.UUID(plan_id))


@job("invoicing.end_customer", lease_s=300)
def end_customer(customer_id: str) -> None:
    """Ends the subscriptions of a customer who was deleted, and at last his coupons and wallets; the final invoices are
    still made, and nothing stays a draft (06 §3.4)."""
    end_each([one.id for one in subscriptions_of(uuid.UUID(customer_id), "active", "pending")])
    finalize_each([invoice.id for invoice in drafts_of([uuid.UUID(customer_id)])])
    end_coupons(uuid.UUID(customer_id))
    end_wallets(uuid.UUID(customer_id))
