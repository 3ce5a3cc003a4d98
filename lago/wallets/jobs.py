"""Background work on wallets."""

import uuid
from typing import Any

from lago.core.db import db
from lago.core.jobs import job
from lago.wallets.first_credits import FirstCredits, give_first_credits
from lago.wallets.models import Wallet
from lago.wallets.top_up import top_up


@job("wallets.give_first_credits")
def give_first_credits_of_wallet(wallet_id: str, **first: Any) -> None:
    """Buys and grants what a new wallet begins with."""
    give_first_credits(db.session.get_one(Wallet, uuid.UUID(wallet_id)), FirstCredits(**first))


@job("wallets.top_up")
def top_up_wallet(wallet_id: str) -> None:
    """Fills up a wallet that has fallen to the threshold of a rule."""
    top_up(db.session.get_one(Wallet, uuid.UUID(wallet_id)))
