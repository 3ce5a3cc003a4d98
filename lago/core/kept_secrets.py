"""Secrets that the installation makes for itself, once, and keeps under `<data directory>/secrets`.

Only the owner may read them (directory 700, files 600). Processes that start together agree on one value:
a file appears under its name complete or not at all, and the first one wins. Whoever loses the encryption key
loses what it protects, so a new file is on the disk before its value is used.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from lago.core.environment import SettingsError


def secret_key(data_dir: Path) -> str:
    return kept(data_dir, "SECRET_KEY", lambda: secrets.token_hex(32))


def encryption_key(data_dir: Path) -> str:
    return kept(data_dir, "LAGO_ENCRYPTION_KEY", lambda: secrets.token_hex(32))


def rsa_private_key(data_dir: Path) -> str:
    return kept(data_dir, "LAGO_RSA_PRIVATE_KEY", new_rsa_key)


def kept(data_dir: Path, name: str, make: Callable[[], str]) -> str:
    """The secret of that name; made by `make` if there is none yet. Raises SettingsError if it cannot be kept."""
    path = data_dir / "secrets" / name
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            put_if_absent(path, make())
        value = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}: expected a value, or a readable and writable file {path} ({error})") from error
    if not value:
        raise SettingsError(f"{name}: expected a value, but {path} is empty")
    return value


def put_if_absent(path: Path, value: str) -> None:
    """Writes a whole file that only the owner may read, unless one is there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(value + "\n")
            file.flush()
            os.fsync(file.fileno())
        link_unless_there(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def link_unless_there(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def new_rsa_key() -> str:
    """Base64 of a fresh 2048-bit key as PEM: the form in which LAGO_RSA_PRIVATE_KEY is given."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return base64.b64encode(pem).decode("ascii")
