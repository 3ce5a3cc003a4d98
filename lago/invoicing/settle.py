"""What has fallen due of a subscription is done before a client changes it (00 §2)."""

from collections.abc import Callable
from datetime import datetime

from lago.core import clock
from lago.customers.models import Customer
from lago.invoicing.bill_period import bill_period
from lago.invoicing.end_trials import end_trials
from lago.invoicing.terminate import terminate
from lago.subscriptions.models import Subscription
from lago.subscriptions.queries import current_subscription

Work = Callable[[Subscription], object]


def settle(customer: Customer, external_id: str) -> Subscription | None:
    """The subscription that a request for this external id is about, once its ends, bills and plan changes up to now
    are done, each as of its moment. The customer is locked.

    Whatever the hour, a period that is over is billed by the plan that it had (03 §13.7).
    """
    current = current_subscription(customer, external_id)
    while current is not None and (due := _first_due(current)) is not None:
        moment, work = due
        with clock.at(moment, standing=clock.standing() is not None):
            work(current)
        current = current_subscription(customer, external_id)
    return current


def _first_due(subscription: Subscription) -> tuple[datetime, Work] | None:
    """The first work up to now, and its moment; at the same one an end comes before a bill (06 §7)."""
    moments: list[tuple[datetime | None, Work]] = [
        (subscription.termination_due_at, terminate), (subscription.billing_due_at, _bill),
        (subscription.trial_end_due_at, _end_trial),
    ]
    due = [(moment, work) for moment, work in moments if moment is not None and moment <= clock.now()]
    return min(due, key=lambda pair: pair[0], default=None)


def _bill(subscription: Subscription) -> None:
    bill_period([subscription.customer_id])


def _end_trial(subscription: Subscription) -> None:
    end_trials([subscription.customer_id])
