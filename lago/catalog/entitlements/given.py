"""What a client sends to give features: `{"<feature>": {"<privilege>": value, …}}` (03 §1.7)."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.catalog.entitlements.privilege_values import problem, to_text
from lago.catalog.features.queries import features_by_code
from lago.catalog.models import Feature, Privilege
from lago.core.errors import Invalid, NotFound
from lago.core.fields import MANDATORY

Texts = dict[Privilege, str]
"""The values of privileges as they are stored."""


def read_given(organization_id: uuid.UUID, data: Mapping[str, Any]) -> dict[Feature, Texts]:
    """The features and values, in the order in which they are named.

    Raises NotFound for an unknown feature or privilege, before any value is looked at; Invalid for values.
    """
    if not all(values is None or isinstance(values, Mapping) for values in data.values()):
        raise Invalid({"entitlements": ["invalid_type"]})
    features = features_by_code(organization_id, data.keys())
    named = {features[code]: _named(features[code], values or {}) for code, values in data.items()}
    problems = [one for values in named.values() for one in _problems(values)]
    if problems:
        raise Invalid(dict(problems))
    return {feature: {row: to_text(value) for row, value in values.items()} for feature, values in named.items()}


def _named(feature: Feature, values: Mapping[str, Any]) -> dict[Privilege, Any]:
    privileges = {privilege.code: privilege for privilege in feature.privileges}
    if values.keys() - privileges.keys():
        raise NotFound("privilege")
    return {privileges[code]: value for code, value in values.items()}


def _problems(values: Mapping[Privilege, Any]) -> list[tuple[str, list[str]]]:
    found = []
    for privilege, value in values.items():
        if value is None:
            found.append(("privilege.value", [MANDATORY]))
        elif code := problem(privilege, value):
            found.append((f"{privilege.code}_privilege_value", [code]))
    return found
