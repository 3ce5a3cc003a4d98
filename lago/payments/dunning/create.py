"""A new dunning campaign (05 §2.6)."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.core.db import db, unique
from lago.payments.dunning.inputs import DunningCampaignInput
from lago.payments.models import DunningCampaign, DunningThreshold

CODE = "uq_dunning_campaigns_code"


def create_campaign(organization_id: uuid.UUID, data: Mapping[str, Any]) -> DunningCampaign:
    """The campaign; it applies to nobody yet. Raises Invalid."""
    values = DunningCampaignInput().read(data)
    thresholds = values.pop("thresholds")
    campaign = DunningCampaign(organization_id=organization_id, **values)
    campaign.thresholds = [
        DunningThreshold(organization_id=organization_id, currency=currency, amount_cents=cents)
        for currency, cents in thresholds.items()
    ]
    with unique(CODE, "code"):
        db.session.add(campaign)
    return campaign
