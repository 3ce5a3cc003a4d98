"""`/billing_entities` (06 §1.3)."""

from typing import Any

from lago.api.kit import body, current_organization, found
from lago.api.routes import endpoint
from lago.catalog.queries import taxes_of_entity
from lago.catalog.save_billing_entity import create_billing_entity, update_billing_entity
from lago.catalog.schemas import TaxSchema
from lago.core.db import db
from lago.organizations.billing_entity_schemas import BillingEntitySchema
from lago.organizations.custom_section_schemas import CustomSectionSchema
from lago.organizations.custom_sections import chosen_by
from lago.organizations.models import BillingEntity
from lago.organizations.queries import billing_entities, billing_entity_by_code, default_billing_entity


@endpoint("GET", "/billing_entities", permission="billing_entity")
def list_() -> dict[str, Any]:
    entities = db.session.scalars(billing_entities(current_organization().id)).all()
    return {"billing_entities": _schema().dump(entities, many=True)}


@endpoint("POST", "/billing_entities", permission="billing_entity")
def create_() -> dict[str, Any]:
    entity = create_billing_entity(current_organization(), body("billing_entity"))
    return {"billing_entity": _schema().dump(entity)}


@endpoint("GET", "/billing_entities/<code:code>", permission="billing_entity")
def show_(code: str) -> dict[str, Any]:
    return {"billing_entity": _shown(_entity(code))}


@endpoint("PUT PATCH", "/billing_entities/<code:code>", permission="billing_entity")
def update_(code: str) -> dict[str, Any]:
    entity = _entity(code)
    update_billing_entity(entity, body("billing_entity"))
    return {"billing_entity": _shown(entity)}


def _entity(code: str) -> BillingEntity:
    return found(billing_entity_by_code(current_organization().id, code), "billing_entity")


def _schema() -> BillingEntitySchema:
    return BillingEntitySchema(default_billing_entity(current_organization().id).id)


def _shown(entity: BillingEntity) -> dict[str, Any]:
    taxes = db.session.scalars(taxes_of_entity(entity))
    sections = [row.section for row in chosen_by(billing_entity_id=[entity.id]).get(entity.id, ())]
    return {
        **_schema().dump(entity), "taxes": TaxSchema().dump(taxes, many=True),
        "selected_invoice_custom_sections": CustomSectionSchema().dump(sections, many=True),
    }
