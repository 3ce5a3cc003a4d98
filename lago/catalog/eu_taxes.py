"""The taxes of the European Union's detection: made when a billing entity begins to use it (04 §7)."""

import uuid

from sqlalchemy import select

from lago.catalog.models import Tax
from lago.catalog.queries import tax_by_code
from lago.core import clock
from lago.core.db import db, lock
from lago.pricing.eu_vat import GeneratedTax, generated_taxes


def make_eu_taxes(organization_id: uuid.UUID) -> None:
    """Makes them for the organization, with the rates of today; those that are there get name, rate and description."""
    lock(f"eu taxes of {organization_id}")
    wanted = {tax.code: tax for tax in generated_taxes(clock.now().date())}
    query = select(Tax).where(
        Tax.organization_id == organization_id, Tax.deleted_at.is_(None), Tax.code.in_(wanted)
    )
    known = {tax.code: tax for tax in db.session.scalars(query)}
    for code, one in wanted.items():
        tax = known.get(code) or Tax(organization_id=organization_id, code=code)
        _assign(tax, one)
        db.session.add(tax)
    db.session.flush()


def keep_eu_tax(organization_id: uuid.UUID, code: str) -> None:
    """Has the tax that was detected there: where someone has deleted it, it is made again, with the rate of today."""
    if tax_by_code(organization_id, code) is not None:
        return
    lock(f"eu taxes of {organization_id}")
    if tax_by_code(organization_id, code) is not None:
        return
    for one in generated_taxes(clock.now().date()):
        if one.code == code:
            tax = Tax(organization_id=organization_id, code=code)
            _assign(tax, one)
            db.session.add(tax)
    db.session.flush()


def _assign(tax: Tax, generated: GeneratedTax) -> None:
    tax.name, tax.rate, tax.description = generated.name, generated.rate, generated.description
    tax.auto_generated = True
