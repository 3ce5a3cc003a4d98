"""Billing entities made and changed, with the taxes that they charge (06 §1.3, 04 §16)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select

from lago.audit.note_security import note_security
from lago.audit.note_update import named, note_update
from lago.catalog.eu_taxes import make_eu_taxes
from lago.catalog.models import Tax, billing_entity_taxes
from lago.core.changes import note
from lago.core.db import db, unique
from lago.core.errors import Invalid, NotFound
from lago.core.fields import ALREADY_EXISTS
from lago.core.ids import new_id
from lago.core.outbox import announce, enqueue
from lago.organizations.billing_entity_schemas import BillingEntityInput, NewBillingEntityInput
from lago.organizations.choose_sections import choose_sections
from lago.organizations.create import document_prefix
from lago.organizations.entity_settings import assign_settings, change_settings
from lago.organizations.models import BillingEntity, Organization
from lago.organizations.queries import billing_entity_by_code
from lago.pricing.eu_vat import COUNTRIES


def create_billing_entity(organization: Organization, data: Mapping[str, Any]) -> BillingEntity:
    """A further billing entity. Raises Invalid."""
    values = NewBillingEntityInput().read(data)
    if billing_entity_by_code(organization.id, values["code"]):
        raise Invalid({"code": [ALREADY_EXISTS]})
    identifier = new_id()
    entity = BillingEntity(
        id=identifier, organization_id=organization.id, code=values["code"], timezone="UTC",
        document_numbering="per_customer", document_number_prefix=document_prefix(values["name"], identifier),
        einvoicing=False, eu_tax_management=False,
    )
    assign_settings(entity, values)
    with unique("uq_billing_entities_code", "code"):
        db.session.add(entity)
    manage_eu_taxes(entity, values.get("eu_tax_management"))
    announce("billing_entities.created", entity)
    note_security("billing_entity.created", organization.id, resources=named(entity, "code", "name"))
    return entity


def update_billing_entity(entity: BillingEntity, data: Mapping[str, Any]) -> None:
    """Changes what the client's object names. Raises Invalid, and NotFound for an unknown tax."""
    values = BillingEntityInput().read(data)
    with note_update("billing_entity.updated", entity, "code", "name"):
        change_settings(entity, values)
        manage_eu_taxes(entity, values.get("eu_tax_management"))
    codes = data.get("tax_codes")
    if isinstance(codes, list):
        set_taxes(entity, [str(code) for code in codes])
    sections = data.get("invoice_custom_section_codes")
    if isinstance(sections, list):
        choose_sections(entity, [code for code in sections if isinstance(code, str)])
    announce("billing_entities.updated", entity)
    db.session.flush()


def manage_eu_taxes(entity: BillingEntity, managed: bool | None) -> None:
    """Switches the EU's taxes on or off; null leaves them as they are (04 §7). Raises Invalid outside of the EU."""
    if managed is not None:
        if managed and not entity.eu_tax_management:
            make_eu_taxes(entity.organization_id)
        entity.eu_tax_management = managed
    if entity.eu_tax_management and entity.country not in COUNTRIES:
        raise Invalid({"eu_tax_management": ["billing_entity_must_be_in_eu"]})


def set_taxes(entity: BillingEntity, codes: Iterable[str]) -> None:
    """Has the entity charge these taxes, in any case of their letters, instead of those before. Raises NotFound."""
    wanted = {code.lower() for code in codes}
    lower = func.lower(Tax.code)
    query = select(Tax).where(
        Tax.organization_id == entity.organization_id, Tax.deleted_at.is_(None), lower.in_(wanted)
    )
    taxes = db.session.scalars(query.order_by(Tax.seq)).all()
    if {tax.code.lower() for tax in taxes} != wanted:
        raise NotFound("tax")
    present = db.session.execute(select(Tax.id, Tax.code).join(billing_entity_taxes).where(_of(entity))).all()
    before, after = {tax_id for tax_id, _ in present}, {tax.id for tax in taxes}
    if before == after:
        return
    db.session.execute(billing_entity_taxes.delete().where(_of(entity), billing_entity_taxes.c.tax_id.not_in(after)))
    rows = [{"billing_entity_id": entity.id, "tax_id": tax_id} for tax_id in after - before]
    if rows:
        db.session.execute(billing_entity_taxes.insert(), rows)
    note(entity, "tax_codes", sorted(code for _, code in present), sorted(tax.code for tax in taxes))
    enqueue("invoicing.flag_drafts", organization_id=entity.organization_id, billing_entity_id=entity.id)


def _of(entity: BillingEntity) -> Any:
    return billing_entity_taxes.c.billing_entity_id == entity.id
