"""What a wallet may pay: types of fees, and usage of metrics (05 §1.3, §1.11)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lago.catalog.models import BillableMetric
from lago.metering.alerts.queries import named_metrics
from lago.wallets.models import Wallet, WalletTarget

FEE_TYPES = ("charge", "add_on", "subscription", "credit", "commitment", "fixed_charge")


@dataclass(frozen=True)
class Limitations:
    """What `applies_to` of a client's object names. `fee_types` None: it names none, which is not the same as an empty
    list; no metrics are no metrics however that is said (05 §1.19)."""

    fee_types: list[str] | None
    metrics: Sequence[BillableMetric]
    has_unknown_fee_type: bool
    has_unknown_metric: bool


def read_limitations(organization_id: uuid.UUID, data: Mapping[str, Any]) -> Limitations:
    """The limitations that a client's object has."""
    sent = data.get("applies_to")
    sent = sent if isinstance(sent, Mapping) else {}
    types, codes = _texts(sent.get("fee_types")), _texts(sent.get("billable_metric_codes")) or []
    known = named_metrics(organization_id, codes)
    return Limitations(
        types, [known[code] for code in codes if code in known],
        has_unknown_fee_type=not set(types or ()).issubset(FEE_TYPES), has_unknown_metric=len(known) < len(codes),
    )


def target_metrics(wallet: Wallet, metrics: Sequence[BillableMetric]) -> None:
    """Puts these metrics in the place of those whose usage the wallet may pay."""
    kept = {target.billable_metric_id: target for target in wallet.targets}
    wallet.targets = [
        kept.get(metric.id) or WalletTarget(
            organization_id=wallet.organization_id, billable_metric_id=metric.id, billable_metric=metric
        )
        for metric in metrics
    ]


def _texts(sent: object) -> list[str] | None:
    """The elements of a list, each once."""
    return list(dict.fromkeys(str(one) for one in sent)) if isinstance(sent, list) else None
