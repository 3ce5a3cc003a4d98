"""Bodies of any size and kind, before an endpoint looks at them (00 §5, 06 §2.1)."""

import io

import pytest

from lago.bootstrap import MAX_BODY_BYTES
from tests.conftest import ADMIN_KEY

TOO_LARGE = {"status": 413, "error": "Content Too Large"}
PATHS = ("/api/v1/customers", "/api/v1/events/batch", "/admin/organizations")


@pytest.fixture
def send(owner):
    """A POST of raw bytes, with or without telling their length."""
    keys = {"Authorization": f"Bearer {owner.api_key}", "X-Admin-API-Key": ADMIN_KEY}

    def post(path, raw, *, chunked=False, content_type="application/json"):
        kind = {"input_stream": io.BytesIO(raw)} if chunked else {"data": raw}
        overrides = {"wsgi.input_terminated": True} if chunked else {}
        headers = {**keys, "Content-Type": content_type}
        return owner.client.post(path, headers=headers, environ_overrides=overrides, **kind)

    return post


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("chunked", [True, False])
def test_more_than_ten_megabytes_are_refused(send, path, chunked):
    answer = send(path, b"{}" + b" " * MAX_BODY_BYTES, chunked=chunked)
    assert (answer.status_code, answer.json) == (413, TOO_LARGE)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_little_less_is_read(send, chunked):
    body = b'{"customer": {"external_id": "acme"}}'
    assert send(PATHS[0], body.ljust(MAX_BODY_BYTES - 1), chunked=chunked).status_code == 200


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_json_is_read_under_any_name(send, content_type):
    body = b'{"customer": {"external_id": "acme"}}'
    assert send(PATHS[0], body, content_type=content_type).status_code == 200


@pytest.mark.parametrize(
    "raw", [b"[" * 100_000, b'{"customer":' * 100_000, b'{"customer": "\\ud800"}', b"\xff\xfe{\x00"]
)
def test_what_is_no_json_is_a_bad_request(send, raw):
    answer = send(PATHS[0], raw)
    assert (answer.status_code, answer.json) == (400, {"status": 400, "error": "Bad Request"})


def test_nobody_keeps_an_answer_or_takes_it_for_a_page(client):
    headers = client.get("/api/v1/customers").headers
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_pieces_that_do_not_fit_together_are_a_bad_request(owner):
    class Broken(io.BytesIO):
        def readinto(self, buffer):
            raise LookupError("no chunk begins here")

    answer = owner.client.post(
        PATHS[0], input_stream=Broken(), environ_overrides={"wsgi.input_terminated": True},
        headers={"Authorization": f"Bearer {owner.api_key}"},
    )
    assert (answer.status_code, answer.json) == (400, {"status": 400, "error": "Bad Request"})


@pytest.mark.parametrize("root, field", [("webhook_endpoint", "event_types"), ("customer", "metadata")])
def test_what_is_nested_too_deeply_breaks_nothing(send, root, field):
    deep = b"[" * 1010 + b"]" * 1010
    body = b'{"%s": {"external_id": "acme", "webhook_url": "http://example.com", "%s": [%s]}}'
    answer = send(f"/api/v1/{root}s", body % (root.encode(), field.encode(), deep))
    assert answer.status_code in (200, 400), answer.text
