"""Subscriptions as they are read and written (03 §2.1, §10)."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_dump, pre_load, validates_schema

from lago.catalog.models import FixedCharge
from lago.catalog.schemas import FixedChargeSchema, PlanSchema
from lago.catalog.usage_threshold_schemas import ApplicableThresholdSchema
from lago.core import clock
from lago.core.fields import INVALID_DATE, LONGEST_CODE, Flag, Moment, MomentWithMilliseconds, Text, iso, plain
from lago.core.schemas import InputSchema
from lago.organizations.choose_sections import CustomSections, SectionChoice
from lago.organizations.custom_section_schemas import ChosenSectionSchema
from lago.organizations.custom_sections import chosen_by
from lago.subscriptions.activation_rules import rule_problems
from lago.subscriptions.ending import ends_later
from lago.subscriptions.entitlements.effective import effective_entitlements
from lago.subscriptions.entitlements.schemas import SubscriptionEntitlementSchema
from lago.subscriptions.models import Subscription
from lago.subscriptions.payment_method import PaymentMethod
from lago.subscriptions.plan_change_date import downgrade_plan_date
from lago.subscriptions.successors import UNLINKED, Links, links_of
from lago.subscriptions.terms import current_windows
from lago.subscriptions.usage_thresholds import applicable_thresholds


class SubscriptionInput(InputSchema):
    """The body of `POST /subscriptions`."""

    external_customer_id = Text(most=LONGEST_CODE, load_default=None, allow_none=True)
    plan_code = Text(load_default=None, allow_none=True)
    external_id = Text(strip=True, most=LONGEST_CODE, load_default=None, allow_none=True)
    name = Text(strip=True, load_default="")
    billing_time = Text(load_default="calendar")
    subscription_at = Moment(billable=True, load_default=None, allow_none=True)
    ending_at = Moment(billable=True, load_default=None, allow_none=True)
    payment_method = PaymentMethod(load_default=None, allow_none=True)
    activation_rules = fields.Raw(load_default=None, allow_none=True)
    consolidate_invoice = Flag(load_default=True)
    progressive_billing_disabled = Flag(load_default=False)
    purchase_order_number = Text(strip=True, blank_is_null=True, most=255, load_default=None, allow_none=True)
    billing_entity_code = Text(load_default=None, allow_none=True)
    billing_entity_id = Text(load_default=None, allow_none=True)
    invoice_custom_section = CustomSections(load_default=SectionChoice())
    usage_thresholds = fields.Raw(load_default=None)

    @pre_load
    def drop_nulls(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """A null is as good as no field."""
        return {name: value for name, value in data.items() if value is not None}

    @validates_schema(skip_on_field_errors=False)
    def check_ending(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not ends_later(data.get("ending_at"), data.get("subscription_at")):
            raise ValidationError({"ending_at": [INVALID_DATE]})

    @validates_schema(skip_on_field_errors=False)
    def check_rules(self, data: dict[str, Any], **kwargs: Any) -> None:
        if problems := rule_problems(data.get("activation_rules")):
            raise ValidationError(dict(problems))


class SubscriptionUpdateInput(InputSchema):
    """The body of `PUT /subscriptions/:external_id`: only names that are sent change."""

    name = Text(strip=True, allow_none=True)
    ending_at = Moment(billable=True, allow_none=True)
    subscription_at = Moment(billable=True, allow_none=True)
    payment_method = PaymentMethod(allow_none=True)
    activation_rules = fields.Raw(allow_none=True)
    consolidate_invoice = Flag()
    progressive_billing_disabled = Flag()
    purchase_order_number = Text(strip=True, blank_is_null=True, most=255, allow_none=True)
    on_termination_credit_note = Text(allow_none=True)
    on_termination_invoice = Text(allow_none=True)
    plan_overrides = fields.Raw(allow_none=True)
    billing_entity_code = Text(allow_none=True)
    billing_entity_id = Text(allow_none=True)
    invoice_custom_section = CustomSections()
    usage_thresholds = fields.Raw(allow_none=True)

    @validates_schema(skip_on_field_errors=False)
    def check_rules(self, data: dict[str, Any], **kwargs: Any) -> None:
        if problems := rule_problems(data.get("activation_rules")):
            raise ValidationError(dict(problems))


class SubscriptionFixedChargeSchema(FixedChargeSchema):
    """A fixed charge of the plan of a subscription, with the units that this has: `own` by fixed charge, else the
    plan's."""

    def __init__(self, own: Mapping[uuid.UUID, Decimal], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.own = own

    @post_dump(pass_original=True)
    def show_own_units(self, data: dict[str, Any], row: FixedCharge, **kwargs: Any) -> dict[str, Any]:
        return {**data, "units": plain(self.own.get(row.id, row.units))}


class SubscriptionSchema(Schema):
    """The subscription object; `parts` adds what a place shows beyond the list (03 §10): "plan", "entitlements",
    "thresholds", "sections"."""

    lago_id = fields.UUID(attribute="id")
    external_id = fields.Raw()
    lago_customer_id = fields.UUID(attribute="customer_id")
    external_customer_id = fields.Raw(attribute="customer.external_id")
    billing_time = fields.Raw()
    name = fields.Raw()
    plan_code = fields.Raw(attribute="plan.code")
    plan_amount_cents = fields.Raw(attribute="plan.amount_cents")
    plan_amount_currency = fields.Raw(attribute="plan.amount_currency")
    status = fields.Raw()
    subscription_at = Moment()
    started_at = MomentWithMilliseconds()
    trial_ended_at = Moment()
    ending_at = Moment()
    terminated_at = Moment()
    canceled_at = Moment()
    created_at = Moment()
    activated_at = Moment()
    on_termination_credit_note = fields.Raw()
    on_termination_invoice = fields.Raw()
    cancellation_reason = fields.Raw()
    progressive_billing_disabled = fields.Raw()
    consolidate_invoice = fields.Raw()
    purchase_order_number = fields.Raw()
    payment_method = fields.Function(
        lambda row: {"payment_method_id": row.payment_method_id, "payment_method_type": row.payment_method_type}
    )
    activation_rules = fields.Raw()

    PARTS = {
        "plan": lambda row: {"plan": PlanSchema(place="subscription").dump(row.plan)},
        "entitlements": lambda row: {
            "entitlements": SubscriptionEntitlementSchema(many=True).dump(effective_entitlements(row))
        },
        "thresholds": lambda row: {
            "applicable_usage_thresholds": ApplicableThresholdSchema(many=True).dump(applicable_thresholds(row))
        },
        "sections": lambda row: {
            "applied_invoice_custom_sections": ChosenSectionSchema(many=True).dump(
                chosen_by(subscription_id=[row.id]).get(row.id, ())
            )
        },
    }

    def __init__(self, *parts: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parts = parts

    @post_dump(pass_original=True, pass_collection=True)
    def add_plan_changes(self, data: Any, rows: Any, many: bool, **kwargs: Any) -> Any:
        """The plans before and after, of all subscriptions at once."""
        shown = zip(data, rows, strict=True) if many else ((data, rows),)
        links = links_of([row.id for row in (rows if many else (rows,))])
        for one, row in shown:
            one.update(_plan_changes(row, links.get(row.id, UNLINKED)))
        return data

    @post_dump(pass_original=True)
    def add_period_and_parts(self, data: dict[str, Any], row: Subscription, **kwargs: Any) -> dict[str, Any]:
        """The running billing period, null while pending, and the parts asked for."""
        running = current_windows(row, clock.now())
        data["current_billing_period_started_at"] = iso(running.charges_from_datetime)
        data["current_billing_period_ending_at"] = iso(running.charges_to_datetime)
        for part in self.parts:
            data.update(self.PARTS[part](row))
        return data


def _plan_changes(row: Subscription, links: Links) -> dict[str, Any]:
    changes_on = downgrade_plan_date(row, links)
    return {
        "previous_plan_code": links.previous_plan_code, "next_plan_code": links.next_plan_code,
        "downgrade_plan_date": changes_on.isoformat() if changes_on else None,
    }
