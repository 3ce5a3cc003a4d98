"""`/customers/:external_id/wallets/:code/alerts`: objects, checks, batches, and what they tell (05 §1.16)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from lago.core.db import db, transaction
from lago.metering.models import TriggeredAlert
from lago.wallets.evaluate_wallet_alerts import evaluate_wallet_alerts
from lago.wallets.models import Wallet
from tests.builders.alerts import alert_body, an_alert
from tests.builders.organizations import Account
from tests.builders.prepaid import a_wallet, grant, void
from tests.builders.stories import customer

PATH = "/customers/acme/wallets/main/alerts"
BALANCE, CREDITS = "wallet_balance_amount", "wallet_credits_balance"


@pytest.fixture
def prepaid(owner):
    """`acme` has a wallet of 120 credits."""
    customer(owner)
    owner.wallet = a_wallet(owner, "120", code="main")
    return owner


def low(account, *values, path=PATH, **fields):
    return an_alert(account, *values, path=path, **{"alert_type": BALANCE, **fields})


def crossed(account):
    """The values that were told of, of each time."""
    query = select(TriggeredAlert.crossed_thresholds).where(TriggeredAlert.organization_id == account.organization.id)
    return [[one["value"] for one in found] for found in db.session.scalars(query.order_by(TriggeredAlert.seq))]


def codes(account):
    return [alert["code"] for alert in account.get(PATH)["alerts"]]


def refused(account, body, method="POST", path=PATH):
    return account.refused(method, path, body)


def test_an_alert_is_shown_as_it_was_given(prepaid: Account):
    shown = low(prepaid, 8000, "20.5", [500], name="Soon")
    assert all(shown.pop(name) for name in ("lago_id", "created_at"))
    assert shown == {
        "lago_organization_id": str(prepaid.organization.id), "subscription_external_id": None,
        "external_subscription_id": None, "lago_wallet_id": str(prepaid.wallet.id), "wallet_code": "main",
        "alert_type": BALANCE, "code": "warn", "name": "Soon", "direction": "decreasing",
        "previous_value": "12000.0", "last_processed_at": None, "billable_metric": None,
        "thresholds": [
            {"code": "at_8000", "value": "8000.0", "recurring": False},
            {"code": "at_20.5", "value": "20.5", "recurring": False},
            {"code": "again", "value": "500.0", "recurring": True},
        ],
    }
    assert prepaid.get(f"{PATH}/warn")["alert"]["wallet_code"] == "main"


def test_each_type_begins_with_its_present_figure(prepaid):
    with transaction():
        wallet = db.session.get_one(Wallet, prepaid.wallet.id)
        wallet.ongoing_balance_cents, wallet.credits_ongoing_balance = -250, Decimal("-2.5")
    ongoing, ongoing_credits = "wallet_ongoing_balance_amount", "wallet_credits_ongoing_balance"
    types = (BALANCE, CREDITS, ongoing, ongoing_credits)
    found = {kind: low(prepaid, 1, code=kind, alert_type=kind)["previous_value"] for kind in types}
    assert found == {BALANCE: "12000.0", CREDITS: "120.0", ongoing: "-250.0", ongoing_credits: "-2.5"}


def test_alerts_are_listed_by_the_page(prepaid):
    low(prepaid, 1, code="a")
    low(prepaid, 1, code="b", alert_type=CREDITS)
    listed = prepaid.get(PATH, per_page=1)
    assert [alert["code"] for alert in listed["alerts"]] == ["b"]
    assert listed["meta"]["total_count"] == 2


@pytest.mark.parametrize("values, fields, errors", [
    ((1,), {"alert_type": None}, {"alert_type": ["value_is_mandatory", "value_is_invalid"]}),
    ((1,), {"alert_type": "current_usage_amount"}, {"alert_type": ["invalid_type"]}),
    ((), {}, {"thresholds": ["value_is_mandatory"]}),
    (tuple(range(21)), {}, {"thresholds": ["too_many_thresholds"]}),
    ((5, "5.0"), {}, {"thresholds": ["duplicate_threshold_values"]}),
    ((None,), {}, {"thresholds:value": ["value_is_mandatory"]}),
    (("much",), {}, {"thresholds:value": ["value_is_invalid"]}),
    (([0],), {}, {"thresholds:value": ["recurring_value_is_negative"]}),
    ((1,), {"code": None}, {"code": ["value_is_mandatory"]}),
    (([1], [2]), {}, {"base": ["alert_already_exists"]}),
], ids=str)
def test_what_is_refused(prepaid, values, fields, errors):
    assert refused(prepaid, alert_body(*values, **{"alert_type": BALANCE, **fields})) == errors
    assert codes(prepaid) == []


def test_a_figure_has_one_alert_and_a_code_too(prepaid):
    low(prepaid, 1, code="a")
    assert refused(prepaid, alert_body(1, code="b", alert_type=BALANCE)) == {"base": ["alert_already_exists"]}
    assert refused(prepaid, alert_body(1, code="a", alert_type=CREDITS)) == {"code": ["value_already_exist"]}
    assert codes(prepaid) == ["a"]


def test_another_wallet_has_alerts_of_its_own(prepaid):
    low(prepaid, 1)
    a_wallet(prepaid, code="other")
    low(prepaid, 1, path="/customers/acme/wallets/other/alerts")


def test_a_named_metric_is_ignored(prepaid):
    assert low(prepaid, 1, billable_metric_code="nowhere")["billable_metric"] is None


def test_several_are_made_or_none(prepaid):
    good, bad = alert_body(1, alert_type=BALANCE, code="a")["alert"], {"code": "b"}
    details = refused(prepaid, {"alerts": [good, bad, good]})
    assert details == {
        "1": {"params": bad, "errors": {"alert_type": ["value_is_mandatory", "value_is_invalid"]}},
        "2": {"params": good, "errors": {"code": ["value_already_exist"]}},
    }
    assert codes(prepaid) == []
    made = prepaid.post(PATH, {"alerts": [good, {**good, "code": "b", "alert_type": CREDITS}]})["alerts"]
    assert [(alert["code"], alert["wallet_code"]) for alert in made] == [("a", "main"), ("b", "main")]


def test_a_change_replaces_the_thresholds_and_keeps_the_type(prepaid):
    low(prepaid, 1, 2)
    low(prepaid, 1, code="taken", alert_type=CREDITS)
    assert refused(prepaid, {"alert": {"code": "taken"}}, "PUT", f"{PATH}/warn") == {"code": ["value_already_exist"]}
    body = {"code": "new", "name": "N", "alert_type": CREDITS, "thresholds": [{"value": 7}]}
    changed = prepaid.put(f"{PATH}/warn", {"alert": body})["alert"]
    assert (changed["code"], changed["name"], changed["alert_type"]) == ("new", "N", BALANCE)
    assert [one["value"] for one in changed["thresholds"]] == ["7.0"]
    assert prepaid.put(f"{PATH}/new", {"alert": {"thresholds": []}})["alert"]["thresholds"] == changed["thresholds"]


def test_alerts_are_deleted_one_by_one_and_all_at_once(prepaid):
    for code, kind in (("a", BALANCE), ("b", CREDITS), ("c", "wallet_ongoing_balance_amount")):
        low(prepaid, 1, code=code, alert_type=kind)
    assert prepaid.delete(f"{PATH}/a")["alert"]["code"] == "a"
    prepaid.call("GET", f"{PATH}/a", expect=404)
    low(prepaid, 1, code="a")
    assert prepaid.delete(PATH) is None
    assert codes(prepaid) == []


@pytest.mark.parametrize("path, code", [
    ("/customers/nobody/wallets/main/alerts", "customer_not_found"),
    ("/customers/acme/wallets/nothing/alerts", "wallet_not_found"),
    (f"{PATH}/nothing", "alert_not_found"),
])
def test_what_is_not_found(prepaid, path, code):
    assert prepaid.call("GET", path, expect=404)["code"] == code
    assert prepaid.call("DELETE", path, expect=404)["code"] == code


def test_the_active_wallet_of_a_code_is_meant(prepaid):
    with transaction():
        db.session.get_one(Wallet, prepaid.wallet.id).status = "terminated"
    low(prepaid, 1)
    wallet = a_wallet(prepaid, "7", code="main")
    assert codes(prepaid) == []
    assert low(prepaid, 1)["lago_wallet_id"] == str(wallet.id)


def test_the_example_of_the_reference(prepaid):
    """05 §1.18 F: 100 and 20 once, steps of 5; 120 falls to 12, later 18 to 3."""
    low(prepaid, 100, 20, [5], alert_type=CREDITS)
    void(prepaid.wallet, "108")
    grant(prepaid.wallet, "6")
    void(prepaid.wallet, "15")
    assert crossed(prepaid) == [["15.0", "20.0", "100.0"], ["5.0", "10.0", "15.0"]]
    seen = prepaid.get(f"{PATH}/warn")["alert"]
    assert seen["previous_value"] == "3.0"
    assert seen["last_processed_at"] is not None


def test_credits_that_come_in_are_seen_and_tell_nothing(prepaid):
    low(prepaid, 20000)
    grant(prepaid.wallet, "100")
    assert prepaid.get(f"{PATH}/warn")["alert"]["previous_value"] == "22000.0"
    assert crossed(prepaid) == []


def test_a_deleted_alert_is_silent(prepaid):
    low(prepaid, 8000)
    prepaid.delete(f"{PATH}/warn")
    void(prepaid.wallet, "50")
    assert crossed(prepaid) == []


def test_ongoing_balances_may_fall_below_zero(prepaid):
    other = a_wallet(prepaid, code="other")
    kind = "wallet_credits_ongoing_balance"
    for code in ("main", "other"):
        low(prepaid, -5, [10], path=f"/customers/acme/wallets/{code}/alerts", code=code, alert_type=kind)
    with transaction():
        wallets = [db.session.get_one(Wallet, wallet.id) for wallet in (prepaid.wallet, other)]
        for wallet, credits in zip(wallets, ("-4.99", "-25"), strict=True):
            wallet.credits_ongoing_balance = Decimal(credits)
        evaluate_wallet_alerts(*wallets)
    assert crossed(prepaid) == [["-25.0", "-15.0", "-5.0"]]


def test_the_alerts_of_several_wallets_are_read_at_once(prepaid, count_queries):
    wallets = [prepaid.wallet, a_wallet(prepaid, code="other")]
    for code in ("main", "other"):
        low(prepaid, 1, path=f"/customers/acme/wallets/{code}/alerts")

    def asked(some):
        with transaction(), count_queries() as statements:
            evaluate_wallet_alerts(*some)
        return sum(one.startswith("SELECT") for one in statements)

    assert asked(wallets) == asked(wallets[:1]) == 2
    assert asked([]) == 0
