"""Finding customers by what they are called, for the search over everything."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Row, select

from lago.core.search import begins_with, has_words, in_order, one_after_another
from lago.customers.models import Customer

NAMES = (Customer.name, Customer.firstname, Customer.lastname, Customer.legal_name)
NAMED_BY = (Customer.external_id, Customer.name, Customer.email)
WORDS = (*NAMES, Customer.email, Customer.external_id)


def search_customers(organization_id: uuid.UUID, wanted: str, most: int) -> Sequence[Row]:
    """Up to `most`: those whose external id begins with `wanted`, then by name, then by e-mail, each in its order; then
    those with its words anywhere. It reads no more than that, however many there are."""
    own = select(Customer.id, *NAMES, Customer.external_id).where(
        Customer.organization_id == organization_id, Customer.deleted_at.is_(None)
    )
    ways = [own.where(begins_with(one, wanted)).order_by(in_order(one)).limit(most) for one in NAMED_BY]
    words = has_words(WORDS, wanted)
    ways += [] if words is None else [own.where(words).limit(most)]
    return one_after_another(ways)[:most]
