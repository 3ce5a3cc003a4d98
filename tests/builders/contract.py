"""Answers held against the published contract, where its folder lies beside the repository."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Any

CHECKER = Path(__file__).resolve().parents[2].parent / "shared" / "contract" / "check_response.py"

RIGHT_ALL_THE_SAME = (
    ".external_subscription_id: None is not of type 'string'",  # an event need not name a subscription (01 §1.2)
    ": 'balance' is a required property",  # of a wallet: no field of that name is known (05 §1.2)
    ".missing_group_key: None is not of type 'array'",  # always null (01 §1.9)
    ".pricing_unit_details.projected_amount_cents",  # of projected usage (01 §4.4)
    *(f"$.estimated_credit_note.applied_taxes[{number}].{name}"
      for number in range(3) for name in ("lago_id", "lago_credit_note_id", "created_at")),
)
"""Ends of violations by answers and messages that follow the reference; taxes of estimates are null (04 §9.5)."""

NEGATIVE = re.compile(r": '-[0-9]+\.[0-9]+' does not match '\^\[0-9\]\+\.\?\[0-9\]\*\$'")
"""Numbers in texts may have a sign, whatever their pattern says: ongoing balances and usage fall below zero."""

OMISSIONS = ("external_subscription_id: None is not of type 'string'",)  # an event may have none (01 §1.2)


def violations(method: str, path: str, status: int, body: bytes) -> list[str]:
    """What the contract does not allow, or does not know, in an answer; nothing for what it says nothing about:
    additional endpoints, and errors that it does not list for an operation."""
    checker = _checker()
    if checker is None or checker.find_operation(method, path) is None:
        return []
    found: list[str] = checker.validate(method, path, status, body) + checker.undeclared(method, path, status, body)
    allowed = RIGHT_ALL_THE_SAME if status < 400 else ("is not in the contract",)
    return [line for line in found if not (line.endswith(allowed) or NEGATIVE.search(line))]


def webhook_violations(message: dict[str, Any]) -> list[str]:
    """What the contract does not allow in the body of a webhook."""
    checker = _checker()
    found = checker.validate_webhook(message) if checker else []
    return [line for line in found if not (line.endswith(RIGHT_ALL_THE_SAME) or NEGATIVE.search(line))]


@cache
def _checker() -> Any:
    if not CHECKER.exists():
        return None
    spec = importlib.util.spec_from_file_location("check_response", CHECKER)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
