"""Alerts on the balances of a wallet, on its page (05 §1.16)."""

import pytest

from tests.builders.stories import customer
from tests.builders.wallets import wallet

NEW = {
    "alert_type": "wallet_balance_amount", "name": "Low", "code": "low", "threshold_value": ["100", "20.50"],
    "threshold_code": ["warn", ""], "step": "5", "step_code": "again",
}


@pytest.fixture
def pages(owner):
    """The address of the alerts of a wallet in EUR."""
    customer(owner, currency="EUR")
    return f"/wallets/{wallet(owner, code='main')['lago_id']}/alerts"


def stored(owner):
    return owner.get("/customers/acme/wallets/main/alerts")["alerts"]


def thresholds(owner):
    (alert,) = stored(owner)
    return [(row["value"], row["code"], row["recurring"]) for row in alert["thresholds"]]


def test_amounts_are_typed_in_the_currency_and_credits_as_they_are(ada, owner, pages):
    wallet_page = pages.removesuffix("/alerts")
    assert ada.post(f"{pages}/new", **NEW).headers["Location"] == wallet_page
    assert thresholds(owner) == [("10000.0", "warn", False), ("2050.0", None, False), ("500.0", "again", True)]
    shown = ada.get(wallet_page).text
    assert "Low" in shown and ">100.00</span>" in shown and "every 5.00" in shown
    ada.post(f"{pages}/new", **{**NEW, "alert_type": "wallet_credits_balance", "code": "credits"})
    assert stored(owner)[0]["thresholds"][1]["value"] == "20.5"


def test_an_alert_is_changed_and_deleted(ada, owner, pages):
    ada.post(f"{pages}/new", **NEW)
    path = f"{pages}/{stored(owner)[0]['lago_id']}"
    shown = ada.get(f"{path}/edit").text
    assert 'value="20.5"' in shown and 'value="100"' in shown
    more = ada.post(f"{path}/edit", expect=200, htmx=True, change="add_threshold", **NEW).text
    assert more.count('name="threshold_value"') == 3
    change = {**NEW, "threshold_value": ["30"], "threshold_code": [""], "step": "", "step_code": ""}
    ada.post(f"{path}/edit", expect=204, htmx=True, **change)
    assert thresholds(owner) == [("3000.0", None, False)]
    assert "nobody is told" in ada.get(f"{path}/delete").text
    ada.post(f"{path}/delete")
    assert stored(owner) == []
    ada.get(f"{path}/edit", expect=404)


WRONG = [
    ({"code": ""}, "This is needed."),
    ({"threshold_value": ["much", ""], "threshold_code": ["", ""]}, "This is not a value that fits here."),
    ({"threshold_value": ["10", "10.0"]}, "One value is there twice."),
    ({"threshold_value": ["", ""], "threshold_code": ["", ""], "step": "", "step_code": ""}, "This is needed."),
    ({"step": "0"}, "This is above zero."),
]


def test_a_bad_alert_is_shown_again_with_what_was_typed(ada, owner, pages):
    for changes, told in WRONG:
        typed = {**NEW, **changes}
        shown = ada.post(f"{pages}/new", expect=422, **typed).text
        assert told in shown and 'value="Low"' in shown, changes
        assert all(f'name="threshold_value" value="{value}"' in shown for value in typed["threshold_value"])
    assert stored(owner) == []


def test_a_second_alert_on_a_figure_is_refused(ada, owner, pages):
    ada.post(f"{pages}/new", **NEW)
    assert "There is an alert on this figure already." in ada.post(
        f"{pages}/new", expect=422, **{**NEW, "code": "other"}
    ).text
    assert len(stored(owner)) == 1


def test_the_list_of_all_alerts_has_those_of_wallets(ada, owner, stranger):
    customer(owner, "acme", currency="EUR")
    made = wallet(owner, "acme")
    ada.post(f"/wallets/{made['lago_id']}/alerts/new", alert_type="wallet_balance_amount", code="low-water",
             threshold_value=["12.50"], threshold_code=[""], step="", step_code="")
    page = ada.get("/alerts").text
    assert "low-water" in page and "12.50" in page and f"/wallets/{made['lago_id']}" in page
    assert "low-water" in ada.get("/alerts?type=wallet_balance_amount").text
    assert "low-water" not in ada.get("/alerts?type=current_usage_amount").text + stranger.get("/alerts").text
