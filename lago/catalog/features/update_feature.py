"""Changes of a feature (03 §1.7): codes and types never change, and nothing that it has is taken away."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.features.announce_to_plans import announce_to_plans
from lago.catalog.features.create_feature import add_privilege
from lago.catalog.features.inputs import (
    INVALID_FORMAT,
    FeatureInput,
    PrivilegeInput,
    check_codes,
    given_privileges,
    is_select_config,
    privilege_error,
    read_privilege,
)
from lago.catalog.features.queries import lock_feature
from lago.catalog.models import Feature, Privilege
from lago.core.db import db
from lago.core.errors import Invalid
from lago.core.outbox import announce

_CHANGEABLE = ("name", "description")


def update_feature(feature: Feature, data: Mapping[str, Any]) -> None:
    """Changes the name and the description where the client's object names them; of the privileges that it lists those
    that are there get a new name and more options, the others are made. Raises Invalid, or NotFound."""
    lock_feature(feature)
    values = FeatureInput(only=_CHANGEABLE).read(data)
    for name, value in values.items():
        setattr(feature, name, value)
    stored = {privilege.code: privilege for privilege in feature.privileges}
    rows = given_privileges(data)
    for code, row in zip(check_codes(rows), rows, strict=True):
        if code in stored:
            _change(stored[code], row)
        else:
            add_privilege(feature, read_privilege(row))
    db.session.flush()
    db.session.expire(feature, ["privileges"])
    announce("feature.updated", feature)
    announce_to_plans(feature)


def _change(privilege: Privilege, row: Mapping[str, Any]) -> None:
    try:
        values = PrivilegeInput(only=("name",)).read(row)
    except Invalid as error:
        raise privilege_error(error) from None
    privilege.name = values.get("name", privilege.name)
    added = row.get("config")
    if added and privilege.value_type == "select" and added != {"select_options": []}:
        privilege.config = {"select_options": _with_more(privilege, added)}
    elif added and privilege.value_type != "select":
        raise Invalid({"privilege.config": [INVALID_FORMAT]})


def _with_more(privilege: Privilege, config: Any) -> list[str]:
    """The options that there are, then those that are new."""
    if not is_select_config(config):
        raise Invalid({"privilege.config": [INVALID_FORMAT]})
    return list(dict.fromkeys([*privilege.config["select_options"], *config["select_options"]]))
