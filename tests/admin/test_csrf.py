"""Whatever changes something needs the token of the session."""

import uuid

import pytest

from lago.organizations.keys import keys_of

SAMPLES = {"row_id": 1, "token": "x"}
"""What stands for a part of an address that is no id."""
SAFE = {"GET", "HEAD", "OPTIONS"}


def changing(app):
    """The addresses of all views that take another verb than the safe ones."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("admin.") and rule.methods - SAFE]
    with app.test_request_context():
        return [rule.build({name: SAMPLES.get(name, uuid.uuid4()) for name in rule.arguments})[1] for rule in rules]


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_no_form_is_taken_without_its_token(app, ada, token):
    for path in changing(app):
        answer = ada.client.post(path, data={} if token is None else {"csrf_token": token})
        assert answer.status_code == 403, path


def test_there_is_something_to_protect(app):
    assert len(changing(app)) >= 5


def test_another_session_s_token_is_refused(app, ada, stranger):
    assert ada.client.post("/sign_out", data={"csrf_token": stranger.token()}).status_code == 403


def test_htmx_sends_the_token_as_a_header(ada):
    answer = ada.client.post("/sign_out", headers={"X-CSRF-Token": ada.token()})
    assert answer.status_code == 302


def test_asking_for_the_head_of_a_form_changes_nothing(app, ada, owner):
    for path in changing(app):
        assert ada.client.head(path).status_code in (200, 404, 405)
    (key,) = keys_of(owner.organization.id)
    assert ada.client.head(f"/developers/api_keys/{key.id}/rotate").status_code == 200
    assert ada.client.head(f"/developers/api_keys/{key.id}/delete").status_code == 200
    assert [(kept.id, kept.expires_at) for kept in keys_of(owner.organization.id)] == [(key.id, None)]
