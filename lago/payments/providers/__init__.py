"""Who takes customers' money, by name.

To add one: a file here with a class that is a `Provider` (`protocol.py`), and a line in `PROVIDERS` under the name that
customers have in `payment_provider`. Its words are translated into ours by the table of 05 §3.1; what it asks of its
accounts, customers and webhooks is 05 §3.4 to §3.7. Then that name may leave `NOT_YET` of `customers/not_yet.py`.
"""

from collections.abc import Mapping

from lago.customers.models import Customer
from lago.payments.providers.manual import Manual
from lago.payments.providers.protocol import Outcome, Provider

__all__ = ["MANUAL", "PROVIDERS", "Outcome", "Provider", "provider_of"]

MANUAL = "manual"

PROVIDERS: Mapping[str, Provider] = {MANUAL: Manual()}


def provider_of(customer: Customer) -> Provider | None:
    """The provider that the customer is connected to; None if its money comes by hand."""
    return PROVIDERS.get(customer.payment_provider) if customer.payment_provider else None
