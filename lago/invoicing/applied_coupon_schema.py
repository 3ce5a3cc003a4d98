"""Coupons of customers with what invoices have taken of them (04 §8.2)."""

from collections.abc import Sequence
from typing import Any

from marshmallow import post_dump

from lago.coupons.models import AppliedCoupon
from lago.coupons.schemas import AppliedCouponSchema
from lago.invoicing.coupon_use import credits_of_coupons, remaining_of
from lago.invoicing.credit_schema import shown_credit


class UsedCouponSchema(AppliedCouponSchema):
    """An applied coupon with what is left of it; `credits=True`: also where it was used, as lists show it."""

    def __init__(self, *, credits: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.with_credits = credits

    @post_dump(pass_collection=True, pass_original=True)
    def add_use(self, data: Any, original: Any, *, many: bool, **kwargs: Any) -> Any:
        shown, some = (data, original) if many else ([data], [original])
        self._add_remaining(shown, some)
        if self.with_credits:
            self._add_credits(shown, some)
        return data

    def _add_remaining(self, shown: Sequence[dict[str, Any]], some: Sequence[AppliedCoupon]) -> None:
        left = remaining_of(some)
        for one, applied in zip(shown, some, strict=True):
            one["amount_cents_remaining"] = left.get(applied.id)

    def _add_credits(self, shown: Sequence[dict[str, Any]], some: Sequence[AppliedCoupon]) -> None:
        given = credits_of_coupons([applied.id for applied in some])
        for one, applied in zip(shown, some, strict=True):
            one["credits"] = [
                shown_credit(credit, on.id, on.currency, on.payment_status) for credit, on in given.get(applied.id, ())
            ]
