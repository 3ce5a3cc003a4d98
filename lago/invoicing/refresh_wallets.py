"""Ongoing balances are computed anew: for many customers at once, whatever it was that moved them (05 §1.12)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from lago.core import clock
from lago.core.db import db, lock, transaction
from lago.core.outbox import announce
from lago.invoicing.unbilled_fees import unbilled_fees
from lago.metering.watch_balances import begin_refresh
from lago.organizations.models import Organization
from lago.pricing.ongoing_balance import OngoingBalance, OpenWallet, UnbilledFee, ongoing_balance, share_unbilled
from lago.wallets.ask_top_ups import ask_top_ups
from lago.wallets.balance import rate_of
from lago.wallets.evaluate_wallet_alerts import evaluate_wallet_alerts
from lago.wallets.models import Wallet
from lago.wallets.queries import active_wallets
from lago.wallets.scope import scope_of
from lago.wallets.threshold_rules import threshold_rule

LEASE_S = 60

_LARGEST = 2**63 - 1


def refresh_wallets(batch: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Refreshes the wallets of customers, each named with its organization before it.

    Opens transactions of its own. Doing it twice, or twice at a time, is the same as doing it once.
    """
    by_organization = defaultdict(list)
    for organization_id, customer_id in batch:
        by_organization[organization_id].append(customer_id)
    for organization_id, customer_ids in by_organization.items():
        with transaction():
            begin_refresh(customer_ids)
        db.session.expunge_all()  # what was read before the locks are given may be out of date
        with transaction(), clock.of(_clock_of(organization_id)):
            lock(*customer_ids)
            refresh_balances(customer_ids)


def refresh_balances(customer_ids: Collection[uuid.UUID]) -> None:
    """Computes the ongoing balances of all active wallets of these customers, who are locked, as of now, and has happen
    what follows from it: rules that top up, alerts, word of a wallet that is depleted."""
    wallets = active_wallets(customer_ids)
    fees = unbilled_fees({wallet.customer_id for wallet in wallets}) if wallets else {}
    changed = [wallet for own in _by_customer(wallets) for wallet in _share(own, fees)]
    ask_top_ups(changed)
    evaluate_wallet_alerts(*wallets)


def _clock_of(organization_id: uuid.UUID) -> datetime | None:
    """Where a sandbox clock stands by now: it may have moved on since the refresh was asked for."""
    return db.session.get_one(Organization, organization_id).clock_now


def _by_customer(wallets: Sequence[Wallet]) -> Iterable[list[Wallet]]:
    own: dict[uuid.UUID, list[Wallet]] = defaultdict(list)
    for wallet in wallets:
        own[wallet.customer_id].append(wallet)
    return own.values()


def _share(wallets: Sequence[Wallet], fees: Mapping[uuid.UUID, Sequence[UnbilledFee]]) -> list[Wallet]:
    """Stores what falls to each wallet of a customer; which of them have changed."""
    shares = share_unbilled(fees.get(wallets[0].customer_id, ()), [_open(wallet) for wallet in wallets])
    figures = [
        ongoing_balance(wallet.balance_cents, share, rate_of(wallet))
        for wallet, share in zip(wallets, shares, strict=True)
    ]
    return [wallet for wallet, its in zip(wallets, figures, strict=True) if _store(wallet, its)]


def _open(wallet: Wallet) -> OpenWallet:
    return OpenWallet(scope_of(wallet), wallet.currency, wallet.balance_cents, threshold_rule(wallet) is not None)


def _store(wallet: Wallet, figures: OngoingBalance) -> bool:
    """Whether one of the two amounts has changed."""
    before = wallet.ongoing_usage_balance_cents, wallet.ongoing_balance_cents
    wallet.ongoing_usage_balance_cents = _storable(figures.usage_cents)
    wallet.ongoing_balance_cents = _storable(figures.balance_cents)
    wallet.credits_ongoing_usage_balance = figures.usage_credits
    wallet.credits_ongoing_balance = figures.balance_credits
    wallet.last_ongoing_balance_sync_at = clock.now()
    _tell_if_depleted(wallet)
    return before != (wallet.ongoing_usage_balance_cents, wallet.ongoing_balance_cents)


def _storable(cents: int) -> int:
    """An absurd usage must not keep a customer's other wallets from being refreshed."""
    return max(-_LARGEST, min(cents, _LARGEST))


def _tell_if_depleted(wallet: Wallet) -> None:
    """Once, until something is left again."""
    is_depleted = wallet.ongoing_balance_cents <= 0
    if is_depleted and not wallet.depleted_ongoing_balance:
        announce("wallet.depleted_ongoing_balance", wallet)
    wallet.depleted_ongoing_balance = is_depleted
