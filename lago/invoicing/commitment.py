"""Fees that make up for the minimum commitment of a plan (02 §9)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from lago.catalog.models import Commitment
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.committed_fees import CountedFee, Kind, own_fees, previous_starts, stored_fees
from lago.invoicing.fee_columns import amounts_of, shown_windows
from lago.invoicing.models import Fee
from lago.invoicing.subscription_fees import split_fee_is_due
from lago.pricing.billing_periods import DAY, Terms, period_containing
from lago.pricing.commitments import Service, Span, committed, served, shortfall, span_of
from lago.pricing.local_time import local_date
from lago.pricing.rounding import exact
from lago.pricing.values import Period
from lago.subscriptions.models import Subscription

DISPLAY_NAME = "Minimum commitment"

AHEAD = timedelta(days=31)
"""How much earlier than its period a fee may have been made and still be counted: by an event that is dated ahead."""

LineFees = tuple[BilledSubscription, list[Fee]]


@dataclass(frozen=True)
class Reconciliation:
    """A line whose invoice settles a billing period with the commitment of its plan.

    `period`: the one that is settled, of plans in advance the one before the line's. `previous`: that of the latest
    earlier subscription fee, if there is one. `fees`: those of the line.
    """

    billed: BilledSubscription
    commitment: Commitment
    fees: list[Fee]
    period: Period
    previous: Period | None

    @property
    def subscription(self) -> Subscription:
        return self.billed.subscription

    @property
    def terms(self) -> Terms:
        return self.billed.terms

    @property
    def service(self) -> Service:
        ended = self.subscription.terminated_at if self.subscription.status == "terminated" else None
        assert self.subscription.started_at  # what has not started is not billed
        return Service(self.billed.zone, self.subscription.started_at, ended)

    @property
    def span(self) -> Span:
        return span_of(self.period, self.period, self.billed.zone)

    @property
    def renewed_in(self) -> Span | None:
        """Of plans in arrears: where the windows lie of renewals that were for the period. They were billed ahead of
        it, with the usage of the period before; by the month, if usage is."""
        zone = self.billed.zone
        if self.terms.charges_by_month:
            return span_of(period_containing(self.terms.as_monthly, self.period.first - DAY), self.period, zone)
        return span_of(self.previous, self.previous, zone) if self.previous else None

    @property
    def since(self) -> datetime:
        """No fee that counts was made before."""
        return min(self.span.starts, (self.renewed_in or self.span).starts) - AHEAD


def commitment_of(fee: Fee) -> Commitment | None:
    """The commitment that a fee is for."""
    return fee.subscription.plan.minimum_commitment if fee.fee_type == "commitment" and fee.subscription else None


def add_commitment_fees(lines: Iterable[LineFees]) -> None:
    """Puts behind the fees of each line the one for what is missing of its plan's commitment, if anything is.

    Two queries for all lines; none where no plan has a commitment.
    """
    reconciled = list(_reconciled([line for line in lines if _is_due(line[0])]))
    stored = stored_fees({one.subscription.id: one.since for one in reconciled}) if reconciled else {}
    for one in reconciled:
        fee = _fee(one, [*own_fees(one.fees), *stored.get(one.subscription.id, ())])
        if fee:
            one.fees.append(fee)


def _is_due(billed: BilledSubscription) -> bool:
    """Longer periods with monthly parts are settled with the bill of their first month, or of the end. A start closes
    no period."""
    subscription = billed.subscription
    if subscription.plan.minimum_commitment is None or billed.windows.from_datetime is None:
        return False
    if billed.reason == "subscription_starting" and not subscription.plan.pay_in_advance:
        return False
    return not billed.terms.is_split or split_fee_is_due(billed)


def _reconciled(lines: Sequence[LineFees]) -> Iterator[Reconciliation]:
    own = {one.subscription.id: one.windows.from_datetime for one, _ in lines if one.windows.from_datetime}
    before = previous_starts(own) if own else {}
    for billed, fees in lines:
        subscription, periods = billed.subscription, billed.windows.periods
        starts, terms = before.get(subscription.id), billed.terms
        previous = period_containing(terms, local_date(starts, billed.zone)) if starts else None
        period = previous if terms.pay_in_advance else periods and periods.subscription
        if period and subscription.plan.minimum_commitment:
            yield Reconciliation(billed, subscription.plan.minimum_commitment, fees, period, previous)


@exact
def _fee(one: Reconciliation, fees: Sequence[CountedFee]) -> Fee | None:
    counted = [fee for fee in fees if _counts(fee, one)]
    due = committed(one.commitment.amount_cents, one.period, one.service)
    cents = sum(fee.amount_cents for fee in counted)
    precise = sum((fee.precise_amount_cents for fee in counted), Decimal(0))
    currency, subscription = one.subscription.plan.amount_currency, one.subscription
    amounts = shortfall(due.due_cents, cents, precise, currency)
    if amounts is None:
        return None
    part = served(one.period, one.service)
    told = replace(one.billed.windows, from_datetime=part.starts, to_datetime=part.ends)
    return Fee(
        organization_id=subscription.organization_id, subscription_id=subscription.id, subscription=subscription,
        fee_type="commitment", invoice_display_name=one.commitment.invoice_display_name or DISPLAY_NAME,
        currency=currency, units=Decimal(1), **amounts_of(amounts), amount_details={}, grouped_by={},
        properties={
            **shown_windows(told), "days": due.days, "length": due.length, "due_cents": due.due_cents,
            "counted_cents": cents,
        },
    )


def _counts(fee: CountedFee, one: Reconciliation) -> bool:
    return (_IN_ADVANCE if one.terms.pay_in_advance else _IN_ARREARS)[fee.kind](fee, one)


def _with_this_line(fee: CountedFee, one: Reconciliation) -> bool:
    return fee.own or (one.terms.charges_by_month and _in_usage_of_period(fee, one))


def _subscription_of_line(fee: CountedFee, one: Reconciliation) -> bool:
    return fee.own or (one.terms.charges_by_month and _in_period(fee, one))


def _in_period(fee: CountedFee, one: Reconciliation) -> bool:
    return one.span.holds(*fee.time)


def _in_usage_of_period(fee: CountedFee, one: Reconciliation) -> bool:
    return one.span.holds(*fee.usage)


def _in_fixed_of_period(fee: CountedFee, one: Reconciliation) -> bool:
    return one.span.holds(*fee.fixed)


def _renewed_ahead(fee: CountedFee, one: Reconciliation) -> bool:
    return not fee.own and one.renewed_in is not None and one.renewed_in.holds(*fee.usage)


Rule = Callable[[CountedFee, Reconciliation], bool]

_IN_ARREARS: Mapping[Kind, Rule] = {
    Kind.SUBSCRIPTION: _subscription_of_line,
    Kind.USAGE: _in_usage_of_period,
    Kind.EVENT: _in_usage_of_period,
    Kind.RENEWAL: _renewed_ahead,
    Kind.FIXED: _in_fixed_of_period,
    Kind.FIXED_AHEAD: _in_fixed_of_period,
}
"""Which fees count on plans in arrears (the table of 02 §9-4)."""

_IN_ADVANCE: Mapping[Kind, Rule] = {
    Kind.SUBSCRIPTION: _in_period,
    Kind.USAGE: _with_this_line,
    Kind.EVENT: _in_usage_of_period,
    Kind.RENEWAL: _in_period,
    Kind.FIXED: _in_fixed_of_period,
    Kind.FIXED_AHEAD: _in_fixed_of_period,
}
"""Which fees count on plans in advance. Fixed charges in arrears count by their own window, which is that of the period
on the invoices that the table names, and on those of single months if only fixed charges are billed by them."""
