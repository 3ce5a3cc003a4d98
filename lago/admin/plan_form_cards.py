"""The form of a plan as its templates see it: what is typed, card by card, and what there is to choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lago.admin.form_tree import Tree, rows_of, text_of
from lago.admin.pages import current_organization
from lago.admin.plan_cards import ChargeCard, FixedCard, charge_card, fixed_card
from lago.admin.plan_offers import Choices
from lago.admin.plan_problems import Errors
from lago.admin.plan_thresholds import ThresholdCard, threshold_cards
from lago.catalog.browse import find_plan, overriding_count
from lago.catalog.entitlements.queries import entitlements_of
from lago.catalog.models import Feature, Plan
from lago.core.ids import as_uuid
from lago.pricing.currencies import CURRENCIES


@dataclass(frozen=True)
class PlanForm:
    """The form of a plan, or of a new one. `attached`: the plan has had subscriptions. `change`: the row that came
    or went."""

    plan: Plan | None
    attached: bool
    choices: Choices
    draft: Tree
    change: str = ""
    errors: Errors = field(default_factory=dict)

    @property
    def charges(self) -> list[ChargeCard]:
        return [self.charge(place) for place in range(len(rows_of(self.draft, "charges")))]

    @property
    def fixed_charges(self) -> list[FixedCard]:
        return [self.fixed_charge(place) for place in range(len(rows_of(self.draft, "fixed_charges")))]

    def charge(self, place: int) -> ChargeCard:
        return charge_card(self.draft, place, self.choices, attached=self.attached)

    def fixed_charge(self, place: int) -> FixedCard:
        return fixed_card(self.draft, place, self.add_on_names, attached=self.attached)

    @property
    def thresholds(self) -> list[ThresholdCard]:
        return threshold_cards(self.draft)

    @cached_property
    def origin(self) -> Plan | None:
        """The plan that the new one is a copy of."""
        wanted = as_uuid(text_of(self.draft, "copy_of")) if self.plan is None else None
        return find_plan(current_organization().id, wanted) if wanted else None

    @property
    def copied_features(self) -> list[Feature]:
        """What the new plan will give, because the other one does."""
        return [row.feature for row in entitlements_of(self.origin)] if self.origin else []

    @property
    def overriding(self) -> int:
        """How many plans there are for single subscriptions that were made from this one."""
        return overriding_count(self.plan) if self.plan else 0

    @property
    def metric_names(self) -> list[tuple[str, str]]:
        return [(identifier, metric.name) for identifier, metric in self.choices.metrics.items()]

    @property
    def pricing_unit_names(self) -> list[tuple[str, str]]:
        return [(code, unit.name) for code, unit in self.choices.pricing_units.items()]

    def unit_of(self, charge: Tree) -> str:
        """The short name of a charge's pricing unit."""
        unit = self.choices.pricing_units.get(text_of(charge, "pricing_unit"))
        return unit.short_name if unit else ""

    @property
    def currencies(self) -> list[tuple[str, str]]:
        return [("", "Choose"), *((code, code) for code in sorted(CURRENCIES))]

    @property
    def add_on_names(self) -> Mapping[str, str]:
        """What there is to choose, and what the plan has already."""
        own = {str(row.add_on_id): row.add_on for row in self.plan.fixed_charges} if self.plan else {}
        return {identifier: add_on.name for identifier, add_on in {**own, **self.choices.add_ons}.items()}
