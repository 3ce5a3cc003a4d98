"""The units of fixed charges with which one subscription begins, whatever its plan says (03 §1.5)."""

from collections.abc import Iterable

from sqlalchemy import insert

from lago.catalog.units_only import WantedUnits
from lago.core.db import db
from lago.subscriptions.models import OwnFixedChargeUnits, Subscription


def write_own_units(subscription: Subscription, wanted: Iterable[WantedUnits]) -> None:
    """Keeps the units for a subscription that is stored, before it is put into service (`start_units`)."""
    whose = {"organization_id": subscription.organization_id, "subscription_id": subscription.id}
    rows = [{**whose, "fixed_charge_id": one.fixed_charge.id, "units": one.units} for one in wanted]
    if rows:
        db.session.execute(insert(OwnFixedChargeUnits), rows)
