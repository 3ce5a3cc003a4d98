"""Ongoing balances follow usage, drafts and bills (05 §1.12)."""

import pytest

from tests.builders.stories import metric, plan, standard, subscribe, use
from tests.builders.wallets import read, wallet

pytestmark = pytest.mark.usefixtures("context")

START = "2024-03-01T00:00:00Z"


def balances(caller, one):
    """Settled, used, and what is left, in cents."""
    names = ("balance_cents", "ongoing_usage_balance_cents", "ongoing_balance_cents")
    found = read(caller, one)
    return tuple(found[name] for name in names)


def on_calls(caller, **fields):
    """`acme` on calls at a cent each."""
    plan(caller, amount_cents=0, **{"charges": [standard(metric(caller, "calls"), "0.01")], **fields})
    subscribe(caller)


def test_usage_lowers_it(sandbox):
    sandbox.at(START)
    on_calls(sandbox)
    one = wallet(sandbox, granted_credits="1")
    use(sandbox, "calls", timestamp=1709251200)
    sandbox.at(START)
    assert balances(sandbox, one) == (100, 1, 99)
