"""How a customer is asked for what a payment request says (05 §2.5)."""

from lago.core.ids import new_id
from lago.core.outbox import enqueue
from lago.payments.models import PaymentRequest


def ask(request: PaymentRequest) -> None:
    """By e-mail, after the commit: after a request was made without a payment provider that could be asked instead,
    and after an attempt that failed. Each time is a cause of its own."""
    enqueue(
        "payments.email_request", organization_id=request.organization_id, request_id=request.id, cause_id=new_id()
    )
