"""`/wallets/:id/metadata` and `/customers/:external_id/wallets/:code/metadata` (05 §1.6)."""

import pytest

from tests.builders.outbox import announced
from tests.builders.stories import customer
from tests.builders.wallets import read, terminate, wallet

PLACES = ("/wallets/{lago_id}/metadata", "/customers/acme/wallets/mine/metadata")


@pytest.fixture(params=PLACES, ids=["by-id", "by-code"])
def kept(owner, request):
    """A wallet, and what is kept with it under one of the two paths."""
    customer(owner)
    return owner, made_of(owner), request.param


def made_of(owner):
    return wallet(owner, code="mine")


def path_of(kept):
    _, made, place = kept
    return place.format(**made)


def test_post_replaces(kept):
    owner, made, _ = kept
    path = path_of(kept)
    assert owner.post(path, {"metadata": {"a": "1", "b": None}}) == {"metadata": {"a": "1", "b": None}}
    assert owner.post(path, {"metadata": {"c": "2"}}) == {"metadata": {"c": "2"}}
    assert read(owner, made)["metadata"] == {"c": "2"}
    assert owner.post(path, {"metadata": {}}) == {"metadata": {}}
    assert read(owner, made)["metadata"] == {}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_put_and_patch_merge(kept, method):
    owner = kept[0]
    path = path_of(kept)
    assert owner.call(method, path, {"metadata": None}) == {"metadata": None}
    assert owner.call(method, path, {"metadata": {"a": "1"}}) == {"metadata": {"a": "1"}}
    assert owner.call(method, path, {"metadata": {"b": "2", "a": None}}) == {"metadata": {"a": None, "b": "2"}}
    assert owner.call(method, path, {"metadata": None}) == {"metadata": {"a": None, "b": "2"}}


def test_one_key_goes_or_all(kept):
    owner, made, _ = kept
    path = path_of(kept)
    assert owner.delete(f"{path}/a", expect=404)["code"] == "metadata_not_found"
    owner.post(path, {"metadata": {"a": "1", "b/c": "2"}})
    assert owner.delete(f"{path}/unknown") == {"metadata": {"a": "1", "b/c": "2"}}
    assert owner.delete(f"{path}/b%2Fc") == {"metadata": {"a": "1"}}
    assert owner.delete(path) == {"metadata": None}
    assert "metadata" not in read(owner, made)


def test_too_much_is_refused_in_words(kept):
    owner = kept[0]
    for sent, problem in (
        ({str(n): "x" for n in range(51)}, "cannot have more than 50 keys"),
        ({"k" * 101: "x"}, f"key '{'k' * 20}...' exceeds maximum length of 100 characters"),
        ({"k": "x" * 256}, "value for key 'k' exceeds maximum length of 255 characters"),
        ("text", "must be a Hash"),
    ):
        assert owner.refused("POST", path_of(kept), {"metadata": sent}) == {"value": [problem]}


def test_a_change_is_told_of(kept):
    owner = kept[0]
    owner.post(path_of(kept), {"metadata": {"a": "1"}})
    assert announced(owner)[-1] == "wallet.updated"


def test_the_active_wallet_of_a_code_is_meant(owner):
    customer(owner)
    ended = made_of(owner)
    terminate(owner, ended)
    active = made_of(owner)
    owner.post("/customers/acme/wallets/mine/metadata", {"metadata": {"a": "1"}})
    assert "metadata" not in read(owner, ended)
    assert read(owner, active)["metadata"] == {"a": "1"}


def test_nobodys_wallet_is_not_found(owner):
    customer(owner)
    for path, code in (
        ("/wallets/nothing/metadata", "wallet_not_found"), ("/customers/acme/wallets/no/metadata", "wallet_not_found"),
        ("/customers/nobody/wallets/no/metadata", "customer_not_found"),
    ):
        assert owner.post(path, {"metadata": {}}, expect=404)["code"] == code
