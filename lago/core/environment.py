"""Environment variables as typed values; every refusal names the variable and says what is expected."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key


class SettingsError(Exception):
    """A variable that cannot be used. The message starts with its name."""


class Environment:
    """Reads variables of one mapping. Unset and empty are the same; space around a value is dropped.

    No message repeats the value: it may be a secret.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str) -> str | None:
        value = self._variables.get(name, "").strip()
        if "\0" in value:
            raise SettingsError(f"{name}: expected text without NUL characters")
        return value or None

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
            raise SettingsError(f"{name}: expected a whole number from {least} to {most}")
        return int(value)

    def numbers(self, name: str, default: str, *, least: int, most: int) -> tuple[int, ...]:
        """Whole numbers with commas between them, in the order in which they are given."""
        values = [part.strip() for part in (self.text(name) or default).split(",")]
        if not all(value.isascii() and value.isdigit() and least <= int(value) <= most for value in values):
            raise SettingsError(f"{name}: expected whole numbers from {least} to {most}, with commas between them")
        return tuple(int(value) for value in values)

    def flag(self, name: str) -> bool | None:
        value = (self.text(name) or "").lower()
        if value not in ("", "true", "false"):
            raise SettingsError(f"{name}: expected true or false")
        return value == "true" if value else None

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = (self.text(name) or default).upper()
        if value not in choices:
            raise SettingsError(f"{name}: expected one of {', '.join(choices)}")
        return value

    def email(self, name: str) -> str | None:
        value = self.text(name)
        if value is None:
            return None
        before, _, after = value.rpartition("@")
        if not before or not after or any(c.isspace() for c in value):
            raise SettingsError(f"{name}: expected an e-mail address")
        return value

    def url(self, name: str, schemes: tuple[str, ...]) -> str | None:
        """A URL of one of the schemes. Host and path are left to whoever connects."""
        value = self.text(name)
        if value is None:
            return None
        if "://" not in value or value.partition("://")[0].lower() not in schemes or not is_readable(value):
            raise SettingsError(f"{name}: expected a URL that starts with {expected_starts(schemes)}")
        return value

    def web_address(self, name: str) -> str | None:
        """An http or https URL with a host, without a slash at the end."""
        value = self.url(name, ("http", "https"))
        if value is None:
            return None
        parts = urlsplit(value)
        if not parts.hostname or parts.query or parts.fragment:
            raise SettingsError(f"{name}: expected an address such as https://billing.example.com")
        return value.rstrip("/")

    def rsa_key(self, name: str) -> str | None:
        """Base64 of an RSA private key as PEM, as Lago takes it."""
        value = self.text(name)
        if value is None:
            return None
        try:
            key = load_pem_private_key(base64.b64decode(value), password=None)
        except (binascii.Error, ValueError, TypeError):
            key = None
        if not isinstance(key, RSAPrivateKey):
            raise SettingsError(f"{name}: expected the base64 form of an RSA private key in a PEM file")
        return value


def is_readable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def expected_starts(schemes: tuple[str, ...]) -> str:
    return " or ".join(f"{scheme}://" for scheme in schemes)
