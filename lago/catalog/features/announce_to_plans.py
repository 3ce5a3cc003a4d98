"""Tells of a change of a feature with each plan that gives it (03 §1.7)."""

from lago.catalog.features.queries import plans_with
from lago.catalog.models import Feature
from lago.core.outbox import announce


def announce_to_plans(feature: Feature) -> None:
    """`plan.updated` for each plan that gives the feature, even if that has just been deleted."""
    for plan in plans_with(feature):
        announce("plan.updated", plan)
