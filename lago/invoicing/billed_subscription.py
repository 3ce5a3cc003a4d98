"""What an invoice is to cover of a subscription."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lago.invoicing.history import History
from lago.invoicing.models import AdjustedFee, Invoice
from lago.pricing.billing_periods import Terms
from lago.pricing.values import Windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import terms_of, zone_of


@dataclass(frozen=True)
class BilledSubscription:
    """What an invoice is to cover of a subscription, and why. `with_usage`: not on a starting invoice.

    `draft`: the one that is made anew with this line; `adjustments`: what is wanted of its fees.
    """

    subscription: Subscription
    windows: Windows
    reason: str
    history: History
    with_usage: bool = True
    draft: Invoice | None = None
    adjustments: Sequence[AdjustedFee] = ()

    @property
    def recurring(self) -> bool:
        return self.reason == "subscription_periodic"

    @property
    def zone(self) -> ZoneInfo:
        """Where its days begin: of a draft where they did when it was made."""
        return ZoneInfo(self.draft.timezone) if self.draft else zone_of(self.subscription)

    @property
    def terms(self) -> Terms:
        """The rhythm of the plan in that zone."""
        return terms_of(self.subscription, self.zone)

    @property
    def has_ended(self) -> bool:
        """Whether the subscription had ended when the invoice was made: a draft may be made anew after the end, which
        may even be of the same moment."""
        is_of_the_end = self.draft is None or self.reason == "subscription_terminating"
        return is_of_the_end and self.subscription.status == "terminated"

    @property
    def was_upgraded(self) -> bool:
        """Whether it had ended then by a change to a plan that took its place at once."""
        return self.has_ended and self.history.neighbours.was_upgraded(self.subscription)
