"""`/features` (03 §1.7)."""

from typing import Any

from lago.api.kit import argument, body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.catalog.features.create_feature import create_feature
from lago.catalog.features.delete_feature import delete_feature
from lago.catalog.features.delete_privilege import delete_privilege
from lago.catalog.features.queries import feature_by_code, features
from lago.catalog.features.schemas import FeatureSchema
from lago.catalog.features.update_feature import update_feature
from lago.catalog.models import Feature


@endpoint("GET", "/features", permission="feature")
def list_() -> dict[str, Any]:
    return many("features", FeatureSchema(), features(current_organization().id, argument("search_term")))


@endpoint("POST", "/features", permission="feature")
def create_() -> dict[str, Any]:
    return one("feature", FeatureSchema(), create_feature(current_organization().id, body("feature")))


@endpoint("GET", "/features/<code:code>", permission="feature")
def show_(code: str) -> dict[str, Any]:
    return one("feature", FeatureSchema(), _feature(code))


@endpoint("PUT PATCH", "/features/<code:code>", permission="feature")
def update_(code: str) -> dict[str, Any]:
    feature = _feature(code)
    update_feature(feature, body("feature"))
    return one("feature", FeatureSchema(), feature)


@endpoint("DELETE", "/features/<code:code>", permission="feature")
def delete_(code: str) -> dict[str, Any]:
    feature = _feature(code)
    delete_feature(feature)
    return one("feature", FeatureSchema(), feature)


@endpoint("DELETE", "/features/<code:code>/privileges/<code:privilege_code>", permission="feature")
def delete_privilege_(code: str, privilege_code: str) -> dict[str, Any]:
    feature = _feature(code)
    delete_privilege(feature, privilege_code)
    return one("feature", FeatureSchema(), feature)


def _feature(code: str) -> Feature:
    return found(feature_by_code(current_organization().id, code), "feature")
