"""What the input schemas of all slices share."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load

from lago.core.errors import Invalid
from lago.core.fields import INVALID, MANDATORY

fields.Field.default_error_messages.update(
    required=MANDATORY, null=MANDATORY, validator_failed=INVALID  # the contract's codes for marshmallow's own checks
)


class InputSchema(Schema):
    """Reads what a client sent. Unknown names are ignored, and so is a value of the wrong shape (06 §2.1)."""

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def drop_wrong_shapes(self, data: Any, **kwargs: Any) -> Any:
        """A list or object where a scalar belongs, and the other way round, counts as not sent; so does a null list."""
        return {name: value for name, value in data.items() if self._fits(name, value)}

    def _fits(self, name: str, value: Any) -> bool:
        field = self.fields.get(name)
        if isinstance(field, fields.List):
            return isinstance(value, list)
        if field is None or value is None or isinstance(field, fields.Raw):
            return field is not None
        if isinstance(field, fields.Nested):
            return isinstance(value, list if field.many else dict)
        if isinstance(field, fields.Dict):
            return isinstance(value, dict)
        return not isinstance(value, list | dict)

    def read(self, data: Mapping[str, Any], *, partial: bool = False) -> dict[str, Any]:
        """The values sent, by name; with `partial` nothing is mandatory. Raises Invalid with codes by field."""
        try:
            values: dict[str, Any] = self.load(data, partial=partial)
        except ValidationError as error:
            raise Invalid(codes(error.messages)) from None
        return values


def codes(messages: Any) -> dict[str, list[str]]:
    """Marshmallow's messages as the contract's flat `{field: [codes]}`; nested ones under their own names."""
    flat: dict[str, list[str]] = {}
    for name, value in messages.items():
        if isinstance(value, dict):
            for inner, found in codes(value).items():
                flat.setdefault(name if inner.isdigit() else inner, []).extend(found)
        else:
            flat.setdefault("base" if name == "_schema" else str(name), []).extend(value)
    return flat
