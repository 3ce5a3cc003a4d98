"""Features and their privileges as clients write them (03 §1.7)."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from lago.core.errors import Invalid
from lago.core.fields import LONGEST_CODE, MANDATORY, Choice, Filled, Text
from lago.core.schemas import InputSchema

VALUE_TYPES = ("string", "integer", "boolean", "select")
INVALID_FORMAT = "invalid_format"
DUPLICATED = "value_is_duplicated"

_LONGEST_DESCRIPTION = 600
_OPTIONS = "select_options"


class FeatureInput(InputSchema):
    """A feature without its privileges."""

    code = Filled(required=True, strip=True, most=LONGEST_CODE)
    name = Text(strip=True, most=255, allow_none=True)
    description = Text(strip=True, most=_LONGEST_DESCRIPTION, allow_none=True)


class PrivilegeInput(InputSchema):
    """A privilege: `config` has the options of a select, and is empty otherwise."""

    code = Filled(required=True, strip=True, most=LONGEST_CODE)
    name = Text(strip=True, most=255, allow_none=True)
    value_type = Choice(VALUE_TYPES, load_default="string")
    config = fields.Raw(allow_none=True, load_default=None)

    @validates_schema(skip_on_field_errors=False)
    def check_config(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """What the options have to be depends on the type; of an unknown type nothing is known."""
        kind, config = data.get("value_type"), data.get("config")
        is_fine = is_select_config(config) if kind == "select" else not config
        if kind and not is_fine:
            raise ValidationError({"config": [INVALID_FORMAT]})


def is_select_config(config: Any) -> bool:
    """Whether it is exactly `{"select_options": [a text, …]}`."""
    if not isinstance(config, Mapping) or list(config) != [_OPTIONS]:
        return False
    options = config[_OPTIONS]
    return isinstance(options, list) and bool(options) and all(isinstance(option, str) for option in options)


def given_privileges(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The privileges of a client's feature; none if there is no list. Raises Invalid for what is no object."""
    rows = data.get("privileges")
    if not isinstance(rows, list):
        return []
    if not all(isinstance(row, Mapping) for row in rows):
        raise Invalid({"privileges": ["invalid_type"]})
    return rows


def code_of(row: Mapping[str, Any]) -> str:
    """The code of a client's privilege. Raises Invalid."""
    try:
        code: str = PrivilegeInput(only=("code",)).read(row)["code"]
    except Invalid as error:
        raise privilege_error(error) from None
    return code


def check_codes(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The codes of the privileges. Raises Invalid if one is missing, or given twice."""
    codes = [code_of(row) for row in rows]
    if len(set(codes)) < len(codes):
        raise Invalid({"privilege.code": [DUPLICATED]})
    return codes


def read_privilege(row: Mapping[str, Any]) -> dict[str, Any]:
    """A new privilege. Raises Invalid with names such as `privilege.value_type`."""
    try:
        values = PrivilegeInput().read(row)
    except Invalid as error:
        raise privilege_error(error) from None
    return {**values, "config": values["config"] or {}}


def privilege_error(error: Invalid) -> Invalid:
    """The same error, under the names that errors of privileges have."""
    details = error.details if isinstance(error.details, Mapping) else {"base": [MANDATORY]}
    return Invalid({f"privilege.{name}": codes for name, codes in details.items()})
