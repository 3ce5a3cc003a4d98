"""The kinds of due work of subscriptions, of their bills, and of rules that top up at intervals, in the order of one
moment (06 §7)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.core import clock
from lago.core.due import DueQuery, due_kind
from lago.invoicing.bill_period import bill_period
from lago.invoicing.drafts import drafts_of
from lago.invoicing.end_trials import end_trials
from lago.invoicing.finalize_draft import finalize_drafts
from lago.invoicing.models import Invoice
from lago.invoicing.subscribe import activate_due
from lago.invoicing.terminate import terminate_due
from lago.invoicing.top_up_intervals import top_up_intervals
from lago.subscriptions.models import Subscription
from lago.wallets.models import RecurringTransactionRule, Wallet


def _activations() -> DueQuery:
    due = Subscription.activation_due_at
    return select(Subscription.organization_id, Subscription.customer_id, due.label("due_at"))


def _terminations() -> DueQuery:
    due = Subscription.termination_due_at
    return select(Subscription.organization_id, Subscription.customer_id, due.label("due_at"))


def _bills() -> DueQuery:
    due = Subscription.billing_due_at
    return select(Subscription.organization_id, Subscription.customer_id, due.label("due_at"))


def _finalizations() -> DueQuery:
    due = Invoice.finalization_due_at
    return select(Invoice.organization_id, Invoice.customer_id, due.label("due_at"))


def _trial_ends() -> DueQuery:
    due = Subscription.trial_end_due_at
    return select(Subscription.organization_id, Subscription.customer_id, due.label("due_at"))


def _intervals() -> DueQuery:
    due = RecurringTransactionRule.top_up_due_at
    query = select(RecurringTransactionRule.organization_id, Wallet.customer_id, due.label("due_at"))
    return query.join(Wallet, Wallet.id == RecurringTransactionRule.wallet_id)


@due_kind("subscriptions.activate", rank=10, query=_activations)
def activate(customer_ids: Sequence[uuid.UUID]) -> None:
    activate_due(customer_ids)


@due_kind("subscriptions.terminate", rank=20, query=_terminations)
def terminate(customer_ids: Sequence[uuid.UUID]) -> None:
    terminate_due(customer_ids)


@due_kind("subscriptions.bill", rank=30, query=_bills)
def bill(customer_ids: Sequence[uuid.UUID]) -> None:
    bill_period(customer_ids)


@due_kind("invoicing.finalize_drafts", rank=40, query=_finalizations)
def finalize_due_drafts(customer_ids: Sequence[uuid.UUID]) -> None:
    drafts = drafts_of(customer_ids)
    finalize_drafts([one for one in drafts if one.finalization_due_at and one.finalization_due_at <= clock.now()])


@due_kind("subscriptions.end_trials", rank=70, query=_trial_ends)
def end_trials_due(customer_ids: Sequence[uuid.UUID]) -> None:
    end_trials(customer_ids)


@due_kind("wallets.top_up_intervals", rank=100, query=_intervals)
def top_up(customer_ids: Sequence[uuid.UUID]) -> None:
    top_up_intervals(customer_ids)
