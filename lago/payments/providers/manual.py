"""Money that came past all providers, by bank transfer or in cash: someone says so (05 §2.2)."""

from lago.core.errors import Invalid
from lago.invoicing.models import Invoice
from lago.payments.models import Payment
from lago.payments.providers.protocol import Outcome


class Manual:
    """Nobody is asked: what is recorded has been paid."""

    api_type: str | None = None

    def take(self, payment: Payment) -> Outcome:
        """It is there already."""
        return Outcome(status="succeeded", payment_status="succeeded")

    def payment_url(self, invoice: Invoice) -> str:
        """There is no page on which to pay by hand. Raises Invalid."""
        raise Invalid({"base": ["invalid_payment_provider"]})
