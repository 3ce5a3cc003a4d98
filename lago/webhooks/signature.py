"""Signatures of messages, and the key to check them with (06 §4.3)."""

import base64
import hashlib
import hmac
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from lago.core import config

_LINE = 60


def signature(algorithm: str, text: str, hmac_key: str) -> str:
    """The value of `X-Lago-Signature` for a body of exactly this text. `algorithm`: "jwt" or "hmac"."""
    return _hmac(text, hmac_key) if algorithm == "hmac" else _jwt(text)


def public_key() -> str:
    """Base64 of the public key as PEM, in lines of 60 characters, each with its line break."""
    pem = _private_key(config.settings().rsa_private_key).public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    text = base64.b64encode(pem).decode()
    return "".join(f"{text[start:start + _LINE]}\n" for start in range(0, len(text), _LINE))


def _jwt(text: str) -> str:
    settings = config.settings()
    claims = {"data": text, "iss": settings.api_url}
    key = _private_key(settings.rsa_private_key)
    return jwt.encode(claims, key, algorithm="RS256", headers={"typ": None})


def _hmac(text: str, key: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha256)).decode()


@cache
def _private_key(encoded: str) -> RSAPrivateKey:
    key = load_pem_private_key(base64.b64decode(encoded), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("LAGO_RSA_PRIVATE_KEY is no RSA key")
    return key
