"""The webhook `alert.triggered` of alerts on the balance of a wallet (05 §1.16)."""

from tests.builders.alerts import an_alert
from tests.builders.contract import webhook_violations
from tests.builders.prepaid import a_wallet, void
from tests.builders.stories import customer
from tests.builders.webhooks import endpoint_at, work


def test_an_alert_is_told_with_its_wallet_and_customer(owner, hook):
    customer(owner)
    wallet = a_wallet(owner, "120", code="main")
    endpoint_at(owner, hook.url, event_types=["alert.triggered"])
    path, kind = "/customers/acme/wallets/main/alerts", "wallet_balance_amount"
    alert = an_alert(owner, 8000, path=path, alert_type=kind, name="Low")
    void(wallet, "50")
    work()
    (request,) = hook.requests
    assert webhook_violations(request.json) == []
    told = request.json["triggered_alert"]
    assert all(told.pop(name) for name in ("lago_id", "triggered_at"))
    assert told == {
        "lago_organization_id": str(owner.organization.id), "lago_alert_id": alert["lago_id"],
        "lago_subscription_id": None, "external_subscription_id": None, "subscription_external_id": None,
        "lago_wallet_id": str(wallet.id), "external_customer_id": "acme", "customer_external_id": "acme",
        "billable_metric_code": None, "alert_name": "Low", "alert_code": "warn", "alert_type": kind,
        "current_value": "7000.0", "previous_value": "12000.0",
        "crossed_thresholds": [{"code": "at_8000", "value": "8000.0", "recurring": False}],
    }
