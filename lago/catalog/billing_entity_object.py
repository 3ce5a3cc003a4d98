"""A billing entity as the API shows it alone (06 §1.3)."""

from typing import Any

from lago.catalog.queries import taxes_of_entity
from lago.catalog.schemas import TaxSchema
from lago.core.db import db
from lago.organizations.billing_entity_schemas import BillingEntitySchema
from lago.organizations.custom_section_schemas import CustomSectionSchema
from lago.organizations.custom_sections import chosen_by
from lago.organizations.models import BillingEntity
from lago.organizations.queries import default_billing_entity


def billing_entity_object(entity: BillingEntity) -> dict[str, Any]:
    """With its taxes and the custom sections that it has chosen."""
    taxes = db.session.scalars(taxes_of_entity(entity))
    sections = [row.section for row in chosen_by(billing_entity_id=[entity.id]).get(entity.id, ())]
    return {
        **BillingEntitySchema(default_billing_entity(entity.organization_id).id).dump(entity),
        "taxes": TaxSchema().dump(taxes, many=True),
        "selected_invoice_custom_sections": CustomSectionSchema().dump(sections, many=True),
    }
