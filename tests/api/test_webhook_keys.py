"""The public key of signatures (06 §4.3)."""

import base64

from cryptography.hazmat.primitives.serialization import load_pem_public_key


def test_the_public_key_comes_in_lines_of_sixty_characters(owner):
    text = owner.get("/webhooks/json_public_key")["webhook"]["public_key"]
    lines = text.split("\n")
    assert {len(line) for line in lines[:-2]} == {60}
    assert lines[-1] == ""
    assert load_pem_public_key(base64.b64decode(text)).key_size == 2048


def test_the_old_address_answers_the_same_text(owner):
    headers = {"Authorization": f"Bearer {owner.api_key}"}
    answer = owner.client.get("/api/v1/webhooks/public_key", headers=headers)
    assert answer.mimetype == "text/plain"
    assert answer.get_data(as_text=True) == owner.get("/webhooks/json_public_key")["webhook"]["public_key"]
