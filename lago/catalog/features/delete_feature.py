"""The end of a feature (03 §1.7)."""

from lago.catalog.features.announce_to_plans import announce_to_plans
from lago.catalog.features.queries import lock_feature
from lago.catalog.models import Feature
from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce


def delete_feature(feature: Feature) -> None:
    """Deletes the feature; its code is free again. No plan or subscription gives it any longer.

    The rows of those stay, as those of a deleted privilege do: reads leave them out. Raises NotFound if another request
    has deleted it.
    """
    lock_feature(feature)
    feature.deleted_at = clock.now()
    db.session.flush()
    announce("feature.deleted", feature)
    announce_to_plans(feature)
