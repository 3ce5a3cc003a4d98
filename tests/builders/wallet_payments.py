"""What wallets pay of invoices, directly by the words of 05 §1.11, beside what they have paid."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from lago.core.db import db
from lago.invoicing.models import Fee, Invoice
from lago.wallets.models import WalletTransaction
from tests.builders.organizations import Account
from tests.builders.wallet_books import SIGNS, Books, books
from tests.builders.wallet_shares import Key, accepts
from tests.builders.wallet_stories import Body

PAID_BY_WALLETS = ("subscription", "progressive_billing")


def wrong_payments(account: Account, wallets: Sequence[Body], seen: set[UUID]) -> list[str]:
    """The invoices that were finalized since the last look, and are noted as `seen` now, of which wallets have paid
    another part than they should have. `wallets`: as the API has shown them at the last look."""
    found = books(account)
    new = [one for one in found.invoices.values() if one.finalized_at and one.id not in seen]
    seen.update(one.id for one in new)
    order = sorted(wallets, key=lambda one: (one["priority"], one["created_at"]))
    return [text for one in new if one.invoice_type in PAID_BY_WALLETS for text in _wrong(found, one, order)]


def _wrong(found: Books, invoice: Invoice, wallets: Sequence[Body]) -> Iterator[str]:
    rows = [row for row in found.all_rows if row.invoice_id == invoice.id]
    paid = {str(row.wallet_id): row.amount_cents for row in rows}
    moment, seq = (rows[0].created_at, min(row.seq for row in rows)) if rows else (invoice.finalized_at, None)
    ends = {str(one.id): one.terminated_at for one in found.wallets}
    able = [
        one for one in wallets
        if one["currency"] == invoice.currency and (ends[one["lago_id"]] is None or ends[one["lago_id"]] > moment)
    ]
    before = {str(id): _balance(rows, moment, seq) for id, rows in found.rows.items()}
    due = _parts(invoice, able, before)
    if paid != due:
        yield f"{invoice.number} was paid {paid}, directly {due}"


def _balance(rows: Sequence[WalletTransaction], moment: datetime, seq: int | None) -> int:
    """Of a ledger, before the row `seq` of that moment; or if it has none, once others of the moment were paid."""
    return sum(SIGNS[row.transaction_type] * row.amount_cents for row in rows if _is_before(row, moment, seq))


def _is_before(row: WalletTransaction, moment: datetime, seq: int | None) -> bool:
    if row.settled_at is None or row.settled_at != moment:
        return row.settled_at is not None and row.settled_at < moment
    if seq is None:
        return row.transaction_type == "outbound"
    return row.seq < seq and row.transaction_status != "purchased"


def _parts(invoice: Invoice, wallets: Sequence[Body], before: dict[str, int]) -> dict[str, int]:
    """What each of the wallets, in their order, pays; `before`: what they have."""
    left = Decimal(invoice.total_amount_cents + invoice.prepaid_credit_amount_cents)
    caps, parts, paid = _caps(invoice, left), Counter[str](), dict[str, int]()
    for wallet in wallets:
        one = wallet["lago_id"]
        for key in caps:
            if accepts(wallet, key):
                part = min(caps[key], before.get(one, 0) - parts[one], left)
                if part > 0:
                    caps[key], left, parts[one] = caps[key] - part, left - part, parts[one] + part
    rest = invoice.total_amount_cents + invoice.prepaid_credit_amount_cents
    for one, part in parts.items():
        cents = min(int(Decimal(part).quantize(Decimal(1), ROUND_HALF_UP)), rest)
        rest -= cents
        paid |= {one: cents} if cents else {}
    return paid


def _caps(invoice: Invoice, total: Decimal) -> dict[Key, Decimal]:
    """By key, the largest first, with what roundings of taxes lack of the total."""
    caps = defaultdict[Key, Decimal](Decimal)
    for fee in db.session.get_one(Invoice, invoice.id).fees:
        net = fee.amount_cents - fee.precise_coupons_amount_cents
        cap = net + fee.taxes_precise_amount_cents - fee.precise_credit_notes_amount_cents
        if net and cap > 0:
            caps[_key(fee)] += cap
    ordered = dict(sorted(caps.items(), key=lambda one: -one[1]))
    lacking = total - sum(ordered.values())
    if 0 < lacking <= len(ordered):
        ordered[next(iter(ordered))] += lacking
    return ordered


def _key(fee: Fee) -> Key:
    metric = fee.charge.billable_metric.code if fee.charge else ""
    return fee.fee_type, metric, fee.grouped_by.get("target_wallet_code") or "", fee.currency
