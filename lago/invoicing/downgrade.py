"""Changes of plan that have waited for the end of a period (03 §3.4)."""

from collections.abc import Sequence

from lago.core import clock
from lago.core.outbox import announce
from lago.invoicing.change_lines import Change, Group, change_lines
from lago.invoicing.hand_over import hand_over
from lago.pricing.windows import Situation


def downgrade(changes: Sequence[Change]) -> list[Group]:
    """Carries changes out now that are due: what each of their invoices is to cover, of both sides.

    Their customers are locked.
    """
    for current, successor in changes:
        hand_over(current, successor)
        announce("subscription.terminated", current)
        announce("subscription.started", successor)
    return change_lines(changes, Situation.DOWNGRADED, clock.now()) if changes else []
