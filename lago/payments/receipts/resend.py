"""Sending a receipt once more, to whom someone names (04 §12, 06 §6)."""

from collections.abc import Mapping
from typing import Any

from lago.core.code_fields import is_email
from lago.core.errors import Invalid, NotAllowed
from lago.core.ids import new_id
from lago.core.outbox import enqueue
from lago.payments.letters import addresses
from lago.payments.models import PaymentReceipt
from lago.payments.receipts.email import SETTING, Receivers, entity_of

MOST = 50
"""Addresses of a kind: a receipt is no circular."""


def resend_receipt(receipt: PaymentReceipt, data: Mapping[str, Any]) -> None:
    """Sends it after the commit, to the customer unless `to` names others.

    Raises NotAllowed where the billing entity sends no receipts; Invalid, in sentences, where an address is missing or
    none.
    """
    entity = entity_of(receipt)
    if SETTING not in entity.email_settings:
        raise NotAllowed("email_settings_disabled")
    receivers = Receivers(*(_named(data, name) for name in ("to", "cc", "bcc")))
    problems = _problems(receivers)
    if not entity.email:
        problems["billing_entity"] = ["must have an email address"]
    if not receivers.to and not addresses(receipt.payment.customer.email):
        problems["to"] = ["can't be blank"]
    if problems:
        raise Invalid(problems)
    enqueue(
        "payments.email_receipt", organization_id=receipt.organization_id, receipt_id=receipt.id, cause_id=new_id(),
        to=list(receivers.to), cc=list(receivers.cc), bcc=list(receivers.bcc),
    )


def _named(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The addresses under a name; what is no list is ignored (06 §2.1)."""
    given = data.get(name)
    return tuple(str(one).strip() for one in given) if isinstance(given, list) else ()


def _problems(receivers: Receivers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, given in vars(receivers).items():
        if not all(map(is_email, given)):
            found[name] = ["contains an invalid email address"]
        elif len(given) > MOST:
            found[name] = [f"has more than {MOST} addresses"]
    return found
