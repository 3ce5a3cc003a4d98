"""`/billing_entities` (06 §1.3)."""

from typing import Any

from lago.api.kit import body, current_organization, found
from lago.api.routes import endpoint
from lago.catalog.billing_entity_object import billing_entity_object
from lago.catalog.save_billing_entity import create_billing_entity, update_billing_entity
from lago.core.db import db
from lago.organizations.billing_entity_schemas import BillingEntitySchema
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
    return {"billing_entity": billing_entity_object(_entity(code))}


@endpoint("PUT PATCH", "/billing_entities/<code:code>", permission="billing_entity")
def update_(code: str) -> dict[str, Any]:
    entity = _entity(code)
    update_billing_entity(entity, body("billing_entity"))
    return {"billing_entity": billing_entity_object(entity)}


def _entity(code: str) -> BillingEntity:
    return found(billing_entity_by_code(current_organization().id, code), "billing_entity")


def _schema() -> BillingEntitySchema:
    return BillingEntitySchema(default_billing_entity(current_organization().id).id)
