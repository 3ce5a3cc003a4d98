"""A receiver can tell that a message is ours (06 §4.3)."""

import base64
import hashlib
import hmac
import json

import jwt
from lago_python_client import Client

from lago.core import config
from tests.builders.catalog import a_metric
from tests.builders.serving import serving
from tests.builders.webhooks import endpoint_at, work


def _sent(account, hook, algorithm):
    endpoint_at(account, hook.url, signature_algo=algorithm)
    a_metric(account, "zähler \"№\"")
    work()
    return hook.requests[0]


def test_a_jwt_carries_the_very_text_and_the_issuer(owner, hook):
    request = _sent(owner, hook, "jwt")
    key = base64.b64decode(owner.get("/webhooks/json_public_key")["webhook"]["public_key"])
    token = request.headers["X-Lago-Signature"]
    claims = jwt.decode(token, key, algorithms=["RS256"], issuer=config.settings().api_url)
    assert claims == {"data": request.body.decode(), "iss": config.settings().api_url}
    assert jwt.get_unverified_header(token) == {"alg": "RS256"}
    assert request.headers["X-Lago-Signature-Algorithm"] == "jwt"


def test_the_official_client_reads_the_key(owner, hook, app):
    request = _sent(owner, hook, "jwt")
    with serving(app) as url:
        key = Client(api_key=owner.api_key, api_url=url).webhooks.public_key()
    decoded = jwt.decode(request.headers["X-Lago-Signature"], key, algorithms=["RS256"], options={"verify_iss": False})
    assert json.loads(decoded["data"]) == request.json


def test_an_hmac_is_of_the_very_bytes_with_the_organizations_key(owner, hook):
    request = _sent(owner, hook, "hmac")
    expected = hmac.new(owner.organization.hmac_key.encode(), request.body, hashlib.sha256).digest()
    assert request.headers["X-Lago-Signature"] == base64.b64encode(expected).decode()
    assert request.headers["X-Lago-Signature-Algorithm"] == "hmac"
    assert request.headers["Content-Type"] == "application/json"
