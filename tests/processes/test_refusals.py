"""What the web server refuses before there is a request looks like every other error."""

import json
import socket

import pytest

pytestmark = pytest.mark.processes



@pytest.mark.parametrize("sent, status", [
    (b"GET /api/v1/customers?" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    (b"GET /api/v1/customers HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431),
    (b"GET /api/v1/customers HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", 400),
    (b"<script>\r\n\r\n", 400),
])
def test_it_is_json_and_repeats_nothing(installation, sent, status):
    head, body = answer_to(installation.port, sent)
    assert head.startswith(f"HTTP/1.1 {status} ") and "application/json" in head
    assert (body["status"], set(body)) == (status, {"status", "error"})


@pytest.mark.parametrize("chunks", [b"zz\r\n{}\r\n0\r\n\r\n", b"-5\r\n{}\r\n0\r\n\r\n"])
def test_chunks_that_are_none_are_a_bad_request(installation, chunks):
    sent = (
        b"POST /api/v1/customers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
        b"Authorization: Bearer " + installation.api_key.encode() + b"\r\n\r\n" + chunks
    )
    assert answer_to(installation.port, sent)[1] == {"status": 400, "error": "Bad Request"}


def answer_to(port, sent):
    """The head and the decoded body of what the server says to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    return head.decode(), json.loads(body)
