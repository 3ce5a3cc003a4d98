"""How the units of a fee are split for display (01 §3.11, 02 §7.1)."""

from typing import Any

import pytest

from lago.invoicing.presentation import shown_breakdowns
from tests.builders.invoices import a_charge, a_charge_fee, a_subscription, a_subscription_fee

SHOWN, HIDDEN = {"display_in_invoice": True}, {"display_in_invoice": False}
ROWS = [
    {"presentation_by": {"team": "red", "user": "a"}, "units": "1.5"},
    {"presentation_by": {"team": "blue", "user": "a"}, "units": "2.0"},
    {"presentation_by": {"team": "red", "user": "b"}, "units": "0.1"},
    {"presentation_by": {"team": None, "user": "b"}, "units": "4.0"},
]


def _shown(rows: Any, *keys: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    subscription = a_subscription()
    charge = a_charge(subscription, "calls")
    charge.properties = {"amount": "1", "presentation_group_keys": list(keys)}
    fee = a_charge_fee(subscription, "calls", 100, charge=charge, presentation_breakdowns=rows)
    return [(row["presentation_by"], row["units"]) for row in shown_breakdowns(fee)]


def test_rows_that_look_alike_are_one() -> None:
    team, user = {"value": "team", "options": SHOWN}, {"value": "user", "options": HIDDEN}
    assert _shown(ROWS, team, user) == [({"team": "red"}, "1.6"), ({"team": "blue"}, "2.0"), ({"team": None}, "4.0")]


def test_each_shown_key_splits() -> None:
    keys = [{"value": key, "options": SHOWN} for key in ("team", "user")]
    assert _shown(ROWS, *keys) == [(row["presentation_by"], row["units"]) for row in ROWS]


@pytest.mark.parametrize("options", [{}, {"options": {}}, {"options": HIDDEN}])
def test_a_key_is_shown_only_if_that_is_asked_for(options: dict[str, Any]) -> None:
    assert _shown(ROWS, {"value": "team", **options}) == []


@pytest.mark.parametrize("rows", [[], None])
def test_a_fee_without_rows_shows_none(rows: Any) -> None:
    assert _shown(rows, {"value": "team", "options": SHOWN}) == []


def test_keys_that_came_later_are_not_those_of_an_older_fee() -> None:
    assert _shown(ROWS, {"value": "cloud", "options": SHOWN}) == []


def test_units_lose_no_digit() -> None:
    rows = [{"presentation_by": {"team": "red"}, "units": units} for units in ("9" * 40, "0." + "0" * 20 + "1")]
    assert _shown(rows, {"value": "team", "options": SHOWN}) == [({"team": "red"}, "9" * 40 + "." + "0" * 20 + "1")]


def test_a_subscription_fee_shows_none() -> None:
    assert shown_breakdowns(a_subscription_fee(a_subscription())) == []
