"""What a payment provider is to the rest of the program (05 §3.1)."""

from dataclasses import dataclass
from typing import Protocol

from lago.invoicing.models import Invoice
from lago.payments.models import Payment


@dataclass(frozen=True)
class Outcome:
    """What a provider answers when it is asked for money: its own word, and what that means to us.

    `payment_status`: `pending`, `processing`, `succeeded` or `failed` (the table of 05 §3.1).
    """

    status: str
    payment_status: str
    provider_payment_id: str | None = None


class Provider(Protocol):
    """Takes customers' money, by itself or because someone says that it came.

    `api_type`: the text that stands for it in `payment_provider_type` of payments; None where there is none.
    """

    api_type: str | None

    def take(self, payment: Payment) -> Outcome:
        """Asks for the money of a payment that is being made. It may be asked twice for the same payment, after a
        worker was killed: `payment-<id of the payment>` is the key that makes the second time harmless (05 §3.3)."""

    def payment_url(self, invoice: Invoice) -> str:
        """The page on which the customer may pay what is due of an invoice (05 §2.9).

        Raises Invalid `{"base": [code]}` where the provider has no such page, or the customer no account there.
        """
