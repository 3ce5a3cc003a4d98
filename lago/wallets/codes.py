"""Codes of wallets: each customer's own, among his active ones (05 §1.2, §1.3)."""

import re
import unicodedata
import uuid
from itertools import count

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS
from lago.wallets.models import Wallet

_LONGEST = 200


def free_code(customer_id: uuid.UUID, name: str | None) -> str:
    """A code made of the name, or `default`. Where an active wallet has it the time in seconds follows it; several of
    one moment, as under a standing clock, count on from there."""
    taken = _taken(customer_id)
    code = _slug(name or "") or "default"
    if code not in taken:
        return code
    numbered = (f"{code}_{seconds}" for seconds in count(int(clock.now().timestamp())))
    return next(one for one in numbered if one not in taken)


def check_code(customer_id: uuid.UUID, code: str) -> None:
    """Raises Invalid where an active wallet of the customer has the code."""
    if code in _taken(customer_id):
        raise Invalid({"code": [ALREADY_EXISTS]})


def _taken(customer_id: uuid.UUID) -> set[str]:
    query = select(Wallet.code).where(Wallet.customer_id == customer_id, Wallet.status == "active")
    return set(db.session.scalars(query))


def _slug(name: str) -> str:
    """`My Wallet (été)` as `my_wallet_ete`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    parts = re.sub(r"[^a-z0-9_-]+", "_", plain.lower())
    return re.sub(r"_{2,}", "_", parts).strip("_")[:_LONGEST]
