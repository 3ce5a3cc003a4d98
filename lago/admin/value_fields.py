"""The fields in which people write values of privileges, for a plan or for one subscription (03 §1.7)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lago.admin.pages import form_text
from lago.catalog.models import Feature, Privilege
from lago.core.errors import Invalid

YES_AND_NO = (("true", "Yes"), ("false", "No"))


@dataclass(frozen=True)
class ValueField:
    """A privilege and the text in its field; empty where nothing is set. `plan_text`: what a subscription's plan sets.
    `away`: taken from the subscription."""

    privilege: Privilege
    text: str
    plan_text: str | None = None
    away: bool = False

    @property
    def name(self) -> str:
        return name_of(self.privilege)

    @property
    def options(self) -> list[tuple[str, str]] | None:
        """What there is to choose from besides nothing; None where any text may be written."""
        if self.privilege.value_type == "boolean":
            return list(YES_AND_NO)
        if self.privilege.value_type == "select":
            return [(option, option) for option in self.privilege.config["select_options"]]
        return None


def name_of(privilege: Privilege) -> str:
    return f"value-{privilege.id}"


def typed_texts(feature: Feature) -> dict[uuid.UUID, str]:
    """What was written, by privilege; without what was left empty."""
    texts = {privilege.id: form_text(name_of(privilege)) for privilege in feature.privileges}
    return {privilege_id: text for privilege_id, text in texts.items() if text is not None}


def by_code(feature: Feature, texts: Mapping[uuid.UUID, str]) -> dict[str, str]:
    """The same as the API has it."""
    return {privilege.code: texts[privilege.id] for privilege in feature.privileges if privilege.id in texts}


def errors_of(feature: Feature, error: Invalid) -> dict[str, Any]:
    """The errors of values by the fields of the form; any other concerns the whole form."""
    names = {f"{privilege.code}_privilege_value": name_of(privilege) for privilege in feature.privileges}
    details: Any = error.details
    found = {names[name]: codes for name, codes in details.items() if name in names}
    return found or {"base": ["value_is_invalid"]}
