"""Secrets: one-way digests for what only has to be recognized, encryption for what must be read again."""

import base64
import hashlib
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from cryptography.fernet import Fernet
from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator

_passwords = PasswordHasher()
_cipher: Fernet | None = None


def use_encryption_key(secret: str) -> None:
    """Sets the key of everything that is encrypted at rest. `secret`: any text; its SHA-256 is the key."""
    global _cipher
    _cipher = Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()))


def digest(secret: str) -> str:
    """SHA-256 in hex: enough for keys of high entropy, which no dictionary finds."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters and salt."""
    return _passwords.hash(password)


def password_matches(hashed: str, password: str) -> bool:
    """Whether `password` made `hashed`; takes its time either way."""
    try:
        return _passwords.verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False


class Encrypted(TypeDecorator[str]):
    """A text column that is encrypted at rest."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else _require().encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else _require().decrypt(value.encode()).decode()


def _require() -> Fernet:
    if _cipher is None:
        raise RuntimeError("use_encryption_key() was not called")
    return _cipher
