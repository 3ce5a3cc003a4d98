"""What a top-up comes to before it is ordered: credits, cents, and the invoice for them (05 §1.1, §1.8, §1.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lago.admin.wallet_form import Draft
from lago.core import clock
from lago.core.fields import exact
from lago.customers.models import Customer
from lago.invoicing.dates import setting
from lago.pricing.currencies import CURRENCIES
from lago.pricing.local_time import local_date
from lago.pricing.wallet_amounts import Rate, Worth, limit_problem, of_sold, of_voided
from lago.wallets.credits import credits_in_text
from lago.wallets.models import Wallet


@dataclass(frozen=True)
class TopUp:
    """What is bought and given in `currency`. `asked`: the credits that were typed, where they become others.

    `final_at_once`: whether the invoice does not wait for its payment. `problem`: what of the wallet's limits is in
    the way. `balance_cents`: the settled balance once all of it is paid.
    """

    currency: str
    bought: Worth | None
    given: Worth | None
    due_on: date | None = None
    final_at_once: bool = True
    problem: str | None = None
    balance_cents: int | None = None
    typed: Sequence[Decimal] = ()

    @property
    def is_adjusted(self) -> bool:
        """Whether the credits are not those that were typed, as they are worth whole cents."""
        worths = (self.bought, self.given)
        return any(worth and worth.credit_amount != typed for worth, typed in zip(worths, self.typed, strict=False))


@dataclass(frozen=True)
class Voiding:
    """What is taken out, and the balance afterwards."""

    worth: Worth
    balance_cents: int
    is_too_much: bool


def first_top_up(customer: Customer | None, draft: Draft) -> TopUp | None:
    """What the first credits of a new wallet come to; None while not enough of it is typed."""
    texts = draft.texts
    rate = exact(texts["rate_amount"])
    currency = texts["currency"] or (customer.currency if customer else None) or ""
    if rate is None or rate <= 0 or currency not in CURRENCIES:
        return None
    return _top_up(texts["paid_credits"], texts["granted_credits"], Rate(rate, currency), customer, draft)


def top_up_of(wallet: Wallet, paid: str, granted: str, *, waits: bool, ignore_limits: bool) -> TopUp | None:
    """What credits come to in a wallet; None while none are typed."""
    found = _top_up(paid, granted, Rate(wallet.rate_amount, wallet.currency), wallet.customer, None)
    if found is None:
        return None
    least, most = wallet.paid_top_up_min_amount_cents, wallet.paid_top_up_max_amount_cents
    problem = limit_problem(found.bought.amount_cents, least, most) if found.bought and not ignore_limits else None
    added = sum(worth.amount_cents for worth in (found.bought, found.given) if worth)
    return TopUp(
        found.currency, found.bought, found.given, found.due_on, not waits, problem, wallet.balance_cents + added,
        found.typed,
    )


def voiding_of(wallet: Wallet, credits: str, left_cents: int | None) -> Voiding | None:
    """What voiding comes to; None while nothing is typed. `left_cents`: what the one transaction has left that it is
    taken from."""
    number = credits_in_text(credits)
    if not number:
        return None
    worth = of_voided(number, Rate(wallet.rate_amount, wallet.currency))
    too_much = number > wallet.credits_balance or worth.amount_cents > wallet.balance_cents
    too_much = too_much or (left_cents is not None and worth.amount_cents > left_cents)
    return Voiding(worth, wallet.balance_cents - worth.amount_cents, too_much)


def _top_up(paid: str, granted: str, rate: Rate, customer: Customer | None, draft: Draft | None) -> TopUp | None:
    typed = [credits_in_text(text) or Decimal(0) for text in (paid, granted)]
    bought, given = (of_sold(credits, rate) if credits else None for credits in typed)
    if not bought and not given:
        return None
    return TopUp(
        rate.currency, bought, given, due_date(customer) if customer else None,
        not draft or not draft.requires_payment, typed=typed,
    )


def due_date(customer: Customer) -> date:
    """When an invoice of today is to be paid."""
    today = local_date(clock.now(), ZoneInfo(customer.applicable_timezone))
    return today + timedelta(days=setting(customer, "net_payment_term"))
