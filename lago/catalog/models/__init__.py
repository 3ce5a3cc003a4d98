"""What can be sold: billable metrics, taxes, add-ons, plans and their parts."""

from lago.catalog.models.add_ons import AddOn
from lago.catalog.models.billable_metrics import BillableMetric, BillableMetricFilter
from lago.catalog.models.charges import ALL_FILTER_VALUES, Charge, ChargeFilter, charge_taxes
from lago.catalog.models.commitments import Commitment
from lago.catalog.models.coupons import Coupon, coupon_billable_metrics, coupon_plans
from lago.catalog.models.features import Entitlement, EntitlementValue, Feature, Privilege
from lago.catalog.models.fixed_charges import FixedCharge
from lago.catalog.models.plans import Plan, plan_taxes
from lago.catalog.models.pricing_units import PricingUnit
from lago.catalog.models.taxes import Tax, billing_entity_taxes
from lago.catalog.models.usage_thresholds import UsageThreshold

__all__ = [
    "ALL_FILTER_VALUES", "AddOn", "BillableMetric", "BillableMetricFilter", "Charge", "ChargeFilter", "Commitment",
    "Coupon", "Entitlement", "EntitlementValue", "Feature", "FixedCharge", "Plan", "PricingUnit", "Privilege", "Tax",
    "UsageThreshold", "billing_entity_taxes", "charge_taxes", "coupon_billable_metrics",
    "coupon_plans", "plan_taxes",
]
