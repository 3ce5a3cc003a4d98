"""What a client's object asks of a new wallet beside its record, checked before anything is written (05 §1.3 A)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from lago.core import clock
from lago.core.errors import Invalid
from lago.core.fields import INVALID_DATE, is_billable, parse_moment
from lago.customers.models import Customer
from lago.organizations.models import Organization
from lago.subscriptions.payment_method import payment_method_type
from lago.wallets.first_credits import FirstCredits, read_first_credits
from lago.wallets.limitations import Limitations, read_limitations
from lago.wallets.queries import MOST_WALLETS, count_active_wallets
from lago.wallets.rule_inputs import RULES, Values, read_rules

T = TypeVar("T")


@dataclass(frozen=True)
class WantedWallet:
    """A new wallet of a customer, as far as it can be told whether it may be."""

    customer: Customer
    first: FirstCredits
    expiration_at: datetime | None
    rules: list[Values]
    limitations: Limitations
    payment_method_type: str


@dataclass
class Problems:
    """What is wrong, by field, of several things that are read one after the other."""

    details: dict[str, Any] = field(default_factory=dict)

    def collect(self, read: Callable[[], T]) -> T | None:
        """What `read` gives; None if it raises Invalid, which is kept."""
        try:
            return read()
        except Invalid as error:
            self.details.update(error.details)
            return None

    def raise_any(self) -> None:
        if self.details:
            raise Invalid(self.details)


def read_wanted(organization: Organization, customer: Customer | None, data: Mapping[str, Any]) -> WantedWallet:
    """The wallet that is asked for. Raises Invalid with all that is wrong; an unknown customer is None."""
    problems = Problems()
    parts = {
        "customer": problems.collect(lambda: _check_customer(organization, customer)),
        "first": problems.collect(lambda: read_first_credits(data)),
        "expiration_at": problems.collect(lambda: read_expiration(data)),
        "rules": problems.collect(lambda: read_rules(data.get(RULES))),
        "limitations": problems.collect(lambda: _limitations(organization, data)),
        "payment_method_type": problems.collect(lambda: payment_method_type(data.get("payment_method"))),
    }
    problems.raise_any()
    return WantedWallet(**parts)  # type: ignore[arg-type]  # nothing is None where nothing was wrong


def read_expiration(data: Mapping[str, Any]) -> datetime | None:
    """When a wallet is to end by itself. Raises Invalid unless that is in the future."""
    sent = data.get("expiration_at")
    if sent is None or sent == "":
        return None
    moment = parse_moment(sent)
    if moment is None or not is_billable(moment) or moment <= clock.now():
        raise Invalid({"expiration_at": [INVALID_DATE]})
    return moment


def _check_customer(organization: Organization, customer: Customer | None) -> Customer:
    if customer is None:
        raise Invalid({"customer": ["customer_not_found"]})
    if count_active_wallets(customer.id) >= (organization.max_wallets or MOST_WALLETS):
        raise Invalid({"customer": ["wallet_limit_reached"]})
    return customer


def _limitations(organization: Organization, data: Mapping[str, Any]) -> Limitations:
    read = read_limitations(organization.id, data)
    if read.has_unknown_fee_type or read.has_unknown_metric:
        raise Invalid({"applies_to": ["invalid_limitations"]})
    return read
