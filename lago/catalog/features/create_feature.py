"""A new feature with its privileges (03 §1.7)."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.catalog.features.inputs import FeatureInput, check_codes, given_privileges, read_privilege
from lago.catalog.features.queries import feature_by_code
from lago.catalog.models import Feature, Privilege
from lago.core.db import db, unique
from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS
from lago.core.outbox import announce


def create_feature(organization_id: uuid.UUID, data: Mapping[str, Any]) -> Feature:
    """A feature of the organization. `data` is the client's object. Raises Invalid."""
    values = FeatureInput().read(data)
    rows = given_privileges(data)
    privileges = [read_privilege(row) for row in rows]
    check_codes(rows)
    if feature_by_code(organization_id, values["code"]):
        raise Invalid({"code": [ALREADY_EXISTS]})
    feature = Feature(organization_id=organization_id, **values)
    with unique("uq_features_code", "code"):
        db.session.add(feature)
    for privilege in privileges:
        add_privilege(feature, privilege)
    db.session.flush()
    announce("feature.created", feature)
    return feature


def add_privilege(feature: Feature, values: Mapping[str, Any]) -> None:
    """Gives a feature, which is stored, a privilege that it does not have."""
    db.session.add(Privilege(organization_id=feature.organization_id, feature_id=feature.id, **values))
