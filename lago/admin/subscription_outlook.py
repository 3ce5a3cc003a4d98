"""What comes next for a subscription: the bills, changes and ends that happen by themselves."""

from collections.abc import Iterator

from lago.admin.formats import span
from lago.admin.subscription_timeline import Entry, change_day, plan_name
from lago.core import clock
from lago.pricing.billing_periods import DAY, period_containing
from lago.pricing.local_time import local_date
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import terms_of, zone_of
from lago.subscriptions.trial import trial_of


def upcoming_of(
    subscription: Subscription, successor: Subscription | None, predecessor: Subscription | None
) -> list[Entry]:
    """What will happen to a subscription by itself, the next first. `predecessor`: what it waits for."""
    if subscription.status == "pending":
        return [_beginning(subscription, predecessor)]
    if subscription.status != "active":
        return []
    entries = [*_trial_end(subscription), *_end(subscription), *_change(subscription, successor)]
    first = min((entry.at for entry in entries if entry.order > 1), default=None)
    due = subscription.billing_due_at
    if due and (first is None or due < first):
        entries.append(Entry(due, "Next bill", "next", _covered(subscription), order=1))
    return sorted(entries, key=lambda entry: (entry.at, entry.order))


def _beginning(subscription: Subscription, predecessor: Subscription | None) -> Entry:
    if predecessor:
        at = change_day(predecessor)
        return Entry(at, f"Takes over from {plan_name(predecessor)}", "next", ("Both are billed on one invoice.",))
    at = subscription.activation_due_at or subscription.subscription_at
    in_advance = subscription.plan.pay_in_advance
    text = "Its first period is billed then." if in_advance else "It is billed when its first period ends."
    return Entry(at, f"Begins on {plan_name(subscription)}", "next", (text,))


def _trial_end(subscription: Subscription) -> Iterator[Entry]:
    trial = trial_of(subscription)
    if trial and subscription.trial_ended_at is None and trial.ends_at > clock.now():
        in_advance = subscription.plan.pay_in_advance
        text = "The rest of the period is billed then." if in_advance else "The fee runs from then on."
        yield Entry(trial.ends_at, "Trial ends", "next", (text,))


def _end(subscription: Subscription) -> Iterator[Entry]:
    if subscription.ending_at:
        skips = subscription.on_termination_invoice == "skip"
        text = "Without a last invoice." if skips else "Its last invoice is made then."
        yield Entry(subscription.termination_due_at or subscription.ending_at, "Ends", "next", (text,), order=3)


def _change(subscription: Subscription, successor: Subscription | None) -> Iterator[Entry]:
    """A downgrade that waits: the bill of that day has both plans on it."""
    if successor:
        parts = [f"The last period of {plan_name(subscription)} is billed"]
        if successor.plan.pay_in_advance:
            parts.append(f"with the first fee of {plan_name(successor)}")
        text = f"Changes to {plan_name(successor)}"
        yield Entry(change_day(subscription), text, "next", (f"{' '.join(parts)}.",), order=2)


def _covered(subscription: Subscription) -> tuple[str, ...]:
    """Which days the next bill is about: "Fee of 1–31 Mar 2025, usage of 1–28 Feb 2025."."""
    parts = [*_fee_days(subscription), *_usage_days(subscription)]
    words = ", ".join(parts)
    return (f"{words[:1].upper()}{words[1:]}.",) if words else ()


def _fee_days(subscription: Subscription) -> Iterator[str]:
    """None within a period that is split by months, nor while the trial lasts."""
    zone, terms, trial = zone_of(subscription), terms_of(subscription), trial_of(subscription)
    assert subscription.billing_due_at and subscription.started_at
    day = local_date(subscription.billing_due_at, zone)
    period = period_containing(terms, day if terms.pay_in_advance else day - DAY)
    firsts = [period.first, local_date(subscription.started_at, zone)]
    if trial and subscription.trial_ended_at is None:
        firsts.append(local_date(trial.ends_at, zone))
    in_trial = firsts[-1] > (day if terms.pay_in_advance else period.last)
    if period_containing(terms, day).first == day and not in_trial:
        yield f"fee of {span(max(firsts), period.last)}"


def _usage_days(subscription: Subscription) -> Iterator[str]:
    zone, terms = zone_of(subscription), terms_of(subscription)
    assert subscription.billing_due_at and subscription.started_at
    day = local_date(subscription.billing_due_at, zone)
    period = period_containing(terms.as_monthly if terms.charges_by_month else terms, day - DAY)
    if subscription.plan.charges and (terms.charges_by_month or period.last == day - DAY):
        yield f"usage of {span(max(period.first, local_date(subscription.started_at, zone)), period.last)}"
