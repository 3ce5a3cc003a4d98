"""Credits are bought, granted and voided on the pages (05 §1.8)."""

import pytest

from tests.builders.stories import customer
from tests.builders.top_ups import background
from tests.builders.wallets import read, wallet

TOP_UP = {
    "paid_credits": "40", "granted_credits": "5.5", "name": "Refill", "priority": "2", "metadata": "order: 17",
    "purchase_order_number": "PO 7",
}
PREVIEW = {"HX-Request": "true", "HX-Target": "preview"}


@pytest.fixture
def made(owner):
    """A wallet with 20 granted credits of 0.50 EUR, to which 10 to 30 EUR are added at a time."""
    customer(owner, currency="EUR", net_payment_term=30)
    limits = {"paid_top_up_min_amount_cents": 1000, "paid_top_up_max_amount_cents": 3000}
    made = wallet(owner, rate_amount="0.5", granted_credits="20", **limits)
    background(owner)
    return made


def ledger(owner, made):
    """The transactions, oldest first."""
    return owner.get(f"/wallets/{made['lago_id']}/wallet_transactions")["wallet_transactions"][::-1]


def preview(visitor, path, **form):
    """The part of a form that shows what comes of it."""
    answer = visitor.client.post(path, data={"csrf_token": visitor.token(), **form}, headers=PREVIEW)
    assert answer.status_code == 200
    return answer.text


def test_credits_are_bought_and_granted(ada, owner, made):
    path = f"/wallets/{made['lago_id']}/top_up"
    assert ada.post(path, expect=204, htmx=True, **TOP_UP).headers["HX-Redirect"] == f"/wallets/{made['lago_id']}"
    bought, granted = ledger(owner, made)[1:]
    assert (bought["transaction_status"], bought["amount"], bought["status"]) == ("purchased", "20.0", "pending")
    assert (granted["transaction_status"], granted["amount"], granted["status"]) == ("granted", "2.75", "settled")
    for one in (bought, granted):
        assert (one["name"], one["priority"], one["purchase_order_number"]) == ("Refill", 2, "PO 7")
        assert one["metadata"] == [{"key": "order", "value": "17"}]
    assert read(owner, made)["balance_cents"] == 1275


def test_what_a_top_up_comes_to_is_shown_first_and_nothing_is_done(ada, owner, made):
    path = f"/wallets/{made['lago_id']}/top_up"
    shown = preview(ada, path, paid_credits="40", granted_credits="5.5")
    for text in ("40 credits", ">20.00<", "is final at once", "5.5 credits", ">2.75<", ">32.75<"):
        assert text in shown, text
    assert "becomes final on the day of its payment" in preview(ada, path, paid_credits="40", requires_payment="1")
    assert "less than the wallet" in preview(ada, path, paid_credits="19")
    assert "more than the wallet" in preview(ada, path, paid_credits="61")
    assert "than the wallet" not in preview(ada, path, paid_credits="61", ignore_limits="1")
    assert "less than a cent" in preview(ada, path, granted_credits="0.001")
    assert len(ledger(owner, made)) == 1


def test_an_invoice_can_wait_for_its_payment(ada, owner, made):
    ada.post(f"/wallets/{made['lago_id']}/top_up", **TOP_UP, requires_payment="1")
    assert ledger(owner, made)[1]["invoice_requires_successful_payment"] is True


@pytest.mark.parametrize("changes, told", [
    ({"paid_credits": "much"}, "Credits are digits"),
    ({"paid_credits": "19"}, "less than the wallet&#39;s least"),
    ({"paid_credits": "61"}, "more than the wallet&#39;s most"),
    ({"granted_credits": "0.001"}, "less than a cent"),
    ({"priority": "0"}, "not a value that fits"),
    ({"metadata": "no pair"}, "Each line is a pair"),
    ({"paid_credits": "", "granted_credits": ""}, "Say how many credits."),
], ids=str)
def test_a_bad_top_up_is_shown_again_with_what_was_typed(ada, owner, made, changes, told):
    shown = ada.post(f"/wallets/{made['lago_id']}/top_up", expect=422, **{**TOP_UP, **changes}).text
    assert told in shown and 'value="Refill"' in shown and 'value="PO 7"' in shown
    assert len(ledger(owner, made)) == 1


def test_credits_are_voided(ada, owner, made):
    path = f"/wallets/{made['lago_id']}/void"
    shown = preview(ada, path, voided_credits="1.5")
    assert "1.5 credits" in shown and ">0.75<" in shown and ">9.25<" in shown
    assert "more than there is" in preview(ada, path, voided_credits="21")
    ada.post(path, voided_credits="1.5", name="A mistake")
    voided = ledger(owner, made)[1]
    assert (voided["transaction_status"], voided["credit_amount"], voided["name"]) == ("voided", "1.5", "A mistake")
    assert read(owner, made)["balance_cents"] == 925


def test_more_than_there_is_is_not_voided(ada, owner, made):
    shown = ada.post(f"/wallets/{made['lago_id']}/void", expect=422, voided_credits="20.1", name="A mistake").text
    assert "The wallet has not that many." in shown and 'value="20.1"' in shown and 'value="A mistake"' in shown
    assert "Say how many credits." in ada.post(f"/wallets/{made['lago_id']}/void", expect=422).text
    assert read(owner, made)["balance_cents"] == 1000


def test_what_is_left_of_one_top_up_is_voided(ada, owner, made):
    ada.post(f"/wallets/{made['lago_id']}/top_up", granted_credits="4", priority="50")
    ada.post(f"/wallets/{made['lago_id']}/void", voided_credits="3")
    first, second, _ = ledger(owner, made)
    assert f"void?transaction={second['lago_id']}" in ada.get(
        f"/wallets/{made['lago_id']}/transactions/{second['lago_id']}"
    ).text
    path = f"/wallets/{made['lago_id']}/void?transaction={second['lago_id']}"
    assert "more than is left" in ada.post(path, expect=422, voided_credits="5").text
    ada.post(path)
    assert [one["remaining_amount_cents"] for one in ledger(owner, made)[:2]] == [850, 0]
    assert first["remaining_amount_cents"] == 850


def test_an_ended_wallet_is_left_alone(ada, owner, made):
    owner.delete(f"/wallets/{made['lago_id']}")
    path = f"/wallets/{made['lago_id']}"
    for verb in ("top_up", "void"):
        assert ada.get(f"{path}/{verb}", expect=302).headers["Location"] == path
        ada.post(f"{path}/{verb}", **TOP_UP)
    assert len(ledger(owner, made)) == 1


def test_a_drawer_is_sent_by_htmx_and_a_page_by_the_browser(ada, made):
    """Else what is wrong would come back in a drawer over the page, and every id be there twice."""
    path = f"/wallets/{made['lago_id']}/top_up"
    sends = f'hx-post="{path}" hx-target="#drawer"'
    assert sends in ada.get(path, htmx=True).text
    assert sends not in ada.get(path).text
