"""What a wallet is to get or to lose at once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from lago.organizations.choose_sections import SectionChoice
from lago.wallets.models import WalletTransaction

DEFAULT_PRIORITY = 50


@dataclass(frozen=True)
class TransactionOrder:
    """Credits to buy, to be given and to void (05 §1.8); 0 is none. Credits that are worth no cent are not bought.

    `voided_transaction`: the only one that is voided, wholly if `voided` is None. Defaults are the wallet's:
    `purchase_order_number`, `invoice_requires_successful_payment`. `rule_id`, and of intervals `rule_date`: the rule
    that asks for it. `sections`: what is said of the custom sections of the invoice.
    """

    paid: Decimal = Decimal(0)
    granted: Decimal = Decimal(0)
    voided: Decimal | None = None
    voided_transaction: WalletTransaction | None = None
    source: str = "manual"
    name: str | None = None
    priority: int = DEFAULT_PRIORITY
    metadata: Sequence[dict[str, Any]] = field(default_factory=tuple)
    purchase_order_number: str | None = None
    invoice_requires_successful_payment: bool | None = None
    ignore_limits: bool = False
    rule_id: uuid.UUID | None = None
    rule_date: date | None = None
    payment_method_type: str = "provider"
    payment_method_id: uuid.UUID | None = None
    sections: SectionChoice = SectionChoice()
