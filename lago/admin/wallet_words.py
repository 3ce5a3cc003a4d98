"""Transactions and rules of wallets in words."""

from dataclasses import dataclass

from lago.admin.formats import units
from lago.invoicing.models import Invoice
from lago.wallets.models import RecurringTransactionRule, WalletTransaction

KINDS = {"purchased": "Bought", "granted": "Granted", "voided": "Voided", "invoiced": "Paid an invoice"}
"""What a transaction did, by its `transaction_status` (05 §1.7)."""

SOURCES = {"interval": "by a rule, at its interval", "threshold": "by a rule, at its threshold"}
INTERVALS = {
    "weekly": "Every week", "monthly": "Every month", "quarterly": "Every three months",
    "semiannual": "Every six months", "yearly": "Every year",
}
FEE_TYPES = {
    "charge": "Usage", "subscription": "Subscription fees", "fixed_charge": "Fixed charges", "add_on": "Add-ons",
    "commitment": "Minimum commitments",
}
"""Kinds of fees that a wallet may be restricted to (05 §1.3), but for purchases of credits, which none pays."""


@dataclass(frozen=True)
class LedgerRow:
    """A transaction of a ledger. `invoice`: the one that it bought credits by, that it paid, or that was voided."""

    transaction: WalletTransaction
    invoice: Invoice | None

    @property
    def kind(self) -> str:
        return what(self.transaction)

    @property
    def source(self) -> str:
        return SOURCES.get(self.transaction.source, "")

    @property
    def sign(self) -> int:
        return 1 if self.transaction.transaction_type == "inbound" else -1

    @property
    def counts(self) -> bool:
        """Whether it is part of the balance."""
        return self.transaction.status == "settled"


def what(transaction: WalletTransaction) -> str:
    """What a transaction did."""
    if transaction.voided_invoice_id:
        return "Given back"
    if transaction.credit_note_id:
        return "Refunded"
    return KINDS[transaction.transaction_status]


def when_of(rule: RecurringTransactionRule) -> str:
    """When a rule fills the wallet up."""
    if rule.trigger == "interval":
        return INTERVALS.get(rule.interval or "", rule.interval or "")
    return f"When the ongoing balance falls to {credits(units(rule.threshold_credits))}"


def filled_by(rule: RecurringTransactionRule) -> str:
    """What a rule puts into the wallet."""
    if rule.method == "target":
        verb = "granted" if rule.grants_target_top_up else "bought"
        return f"{verb} up to an ongoing balance of {credits(units(rule.target_ongoing_balance))}"
    parts = ((rule.paid_credits, "bought"), (rule.granted_credits, "granted"))
    return " and ".join(f"{credits(units(number))} {verb}" for number, verb in parts if number) or "nothing"


def credits(text: str) -> str:
    return f"{text} {'credit' if text == '1' else 'credits'}"
