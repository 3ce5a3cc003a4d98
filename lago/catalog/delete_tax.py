"""The end of a tax (04 §6.1)."""

from collections.abc import Iterator

from sqlalchemy import Table, delete

from lago.catalog.models import Tax
from lago.core import clock
from lago.core.db import Base, db
from lago.core.outbox import enqueue


def delete_tax(tax: Tax) -> None:
    """Detaches the tax from all that is taxed by it. Finalized documents keep their copies of it, drafts do not."""
    for link in links():
        db.session.execute(delete(link).where(link.c.tax_id == tax.id))
    enqueue("invoicing.flag_drafts", organization_id=tax.organization_id, tax_id=tax.id)
    tax.deleted_at = clock.now()
    tax.applied_to_organization = False
    db.session.flush()
    db.session.expire(tax, ["billing_entities"])


def links() -> Iterator[Table]:
    """The tables that attach taxes to something, those of higher slices too: their key is a tax and its owner."""
    for table in Base.metadata.tables.values():
        if "tax_id" in table.primary_key.columns:
            yield table
