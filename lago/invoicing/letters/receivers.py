"""To whom a document is sent: to the customer, or to whom someone names (06 §6)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lago.core.code_fields import is_email
from lago.core.errors import Invalid, NotAllowed
from lago.customers.models import Customer
from lago.invoicing.letters.letter import addresses
from lago.organizations.models import BillingEntity

MOST = 50
"""Addresses of a kind: a document is no circular."""


@dataclass(frozen=True)
class Receivers:
    """Who gets the message. Nobody named in `to`: the customer."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()

    @property
    def args(self) -> dict[str, list[str]]:
        """As the arguments of a job."""
        return {name: list(given) for name, given in asdict(self).items()}


def is_wanted(setting: str, entity: BillingEntity, customer: Customer) -> bool:
    """Whether the billing entity sends such documents by itself, and both sides have an address (04 §2.4-7)."""
    return setting in entity.email_settings and bool(entity.email) and bool(addresses(customer.email))


def named_receivers(
    data: Mapping[str, Any], setting: str, entity: BillingEntity, customer: Customer
) -> Receivers:
    """Those that a request to send a document again names (04 §12).

    Raises NotAllowed where the billing entity does not send such documents; Invalid, in sentences, where an address is
    missing or none.
    """
    if setting not in entity.email_settings:
        raise NotAllowed("email_settings_disabled")
    receivers = Receivers(*(_named(data, name) for name in ("to", "cc", "bcc")))
    problems = _problems(receivers)
    if not entity.email:
        problems["billing_entity"] = ["must have an email address"]
    if not receivers.to and not addresses(customer.email):
        problems["to"] = ["can't be blank"]
    if problems:
        raise Invalid(problems)
    return receivers


def _named(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The addresses under a name; what is no list is ignored (06 §2.1)."""
    given = data.get(name)
    return tuple(str(one).strip() for one in given) if isinstance(given, list) else ()


def _problems(receivers: Receivers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, given in receivers.args.items():
        if not all(map(is_email, given)):
            found[name] = ["contains an invalid email address"]
        elif len(given) > MOST:
            found[name] = [f"has more than {MOST} addresses"]
    return found
