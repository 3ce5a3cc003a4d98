"""Recurring transaction rules as clients write them (05 §1.13)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from lago.core import clock
from lago.core.errors import Invalid
from lago.core.fields import TOO_LONG, Choice, Flag, Moment, Text
from lago.core.schemas import InputSchema
from lago.organizations.choose_sections import CustomSections
from lago.subscriptions.payment_method import PaymentMethod
from lago.wallets.credits import CreditsField
from lago.wallets.transaction_metadata import transaction_metadata_problem

RULES = "recurring_transaction_rules"
INVALID_RULE = "invalid_recurring_rule"
MOST_PAIRS = 5

INTERVALS = ("weekly", "monthly", "quarterly", "semiannual", "yearly")

Values = dict[str, Any]


class RuleInput(InputSchema):
    """One element of `recurring_transaction_rules`; a changed rule is held against the same as a new one (05 §1.4)."""

    lago_id = Text(allow_none=True)
    trigger = Choice(("interval", "threshold"), required=True)
    interval = Choice(INTERVALS, allow_none=True)
    method = Choice(("fixed", "target"), allow_none=True)
    paid_credits = CreditsField(allow_none=True)
    granted_credits = CreditsField(allow_none=True)
    threshold_credits = CreditsField(below_zero=True, allow_none=True)
    target_ongoing_balance = CreditsField(below_zero=True, allow_none=True)
    grants_target_top_up = Flag(allow_none=True)
    started_at = Moment(billable=True, allow_none=True)
    expiration_at = Moment(billable=True, allow_none=True)
    invoice_requires_successful_payment = Flag(allow_none=True)
    ignore_paid_top_up_limits = Flag(allow_none=True)
    transaction_name = Text(most=255, allow_none=True)
    transaction_metadata = fields.Raw(allow_none=True)
    purchase_order_number = Text(strip=True, blank_is_null=True, most=255, allow_none=True)
    payment_method = PaymentMethod(allow_none=True)
    invoice_custom_section = CustomSections()

    @validates_schema(pass_original=True)
    def check(self, values: Values, sent: Mapping[str, Any], **kwargs: Any) -> None:
        ends_at = values.get("expiration_at")
        valid = (
            _has_its_trigger(values, sent)
            and _has_its_target(values, sent)
            and _has_amounts_in_text(sent)
            and transaction_metadata_problem(values.get("transaction_metadata"), MOST_PAIRS) is None
            and (ends_at is None or ends_at > clock.now())
        )
        if not valid:
            raise ValidationError(INVALID_RULE)


def read_rules(sent: Any) -> list[Values]:
    """The rules that were sent, each with the names that it has. Raises Invalid."""
    if not isinstance(sent, list):
        return []
    if len(sent) > 1:
        raise Invalid({RULES: ["invalid_number_of_recurring_rules"]})
    return [_read_rule(one) for one in sent]


def _read_rule(sent: object) -> Values:
    if not isinstance(sent, dict):
        raise Invalid({RULES: [INVALID_RULE]})
    try:
        return RuleInput().read(sent)
    except Invalid as error:
        known = all(codes == [TOO_LONG] for codes in error.details.values())
        raise error if known else Invalid({RULES: [INVALID_RULE]}) from None


def _has_its_trigger(values: Values, sent: Mapping[str, Any]) -> bool:
    if values["trigger"] == "interval":
        return values.get("interval") is not None
    return values.get("threshold_credits") is not None and isinstance(sent["threshold_credits"], str)


def _has_its_target(values: Values, sent: Mapping[str, Any]) -> bool:
    """With the method `target`, what to fill up to; only with it, whether that is for free."""
    if values.get("method") != "target":
        return not values.get("grants_target_top_up")
    target: Decimal | None = values.get("target_ongoing_balance")
    if target is None or not isinstance(sent["target_ongoing_balance"], str):
        return False
    return values["trigger"] != "threshold" or target >= values["threshold_credits"]


def _has_amounts_in_text(sent: Mapping[str, Any]) -> bool:
    """Where amounts are given at least one of them is a text."""
    given = [sent[name] for name in ("paid_credits", "granted_credits") if sent.get(name) not in (None, "")]
    return not given or any(isinstance(value, str) for value in given)
