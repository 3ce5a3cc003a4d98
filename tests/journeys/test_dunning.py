"""A campaign asks a customer three times, and begins anew when he has paid (the example of 05 §2.6)."""

import pytest

from tests.builders.dunning import a_campaign, asked, attempts, for_one, state
from tests.builders.payments import pay
from tests.builders.stories import customer, invoices, plan, subscribe
from tests.builders.webhooks import endpoint_at, receiver


@pytest.fixture
def hook():
    with receiver() as found:
        yield found


@pytest.fixture
def late(sandbox, hook):
    """A customer who owes 62.00 that was due on 28 February, asked for it since 1 March, 10:45:20."""
    endpoint_at(sandbox, hook.url, event_types=["payment_request.created", "dunning_campaign.finished"])
    sandbox.at("2025-02-28T08:00:00Z")
    plan(sandbox, amount_cents=6200, pay_in_advance=True, interval="yearly")
    customer(sandbox, "acme", currency="EUR", email="ada@example.com")
    subscribe(sandbox, billing_time="anniversary")
    sandbox.at("2025-03-01T10:45:20Z")
    for_one(sandbox, a_campaign(sandbox))
    return sandbox.at("2025-03-01T10:45:20Z")


def test_the_first_attempt_is_made_as_soon_as_something_is_overdue_and_a_campaign_applies(late):
    assert asked(late) == [("2025-03-01T10:45:20Z", 6200, 1)]
    assert attempts(late) == {"EUR": 1}


def test_the_days_between_attempts_must_be_over(late):
    late.at("2025-03-08T10:45:20Z")
    assert len(asked(late)) == 1
    late.at("2025-03-08T10:45:21Z")
    assert [moment for moment, *_ in asked(late)] == ["2025-03-01T10:45:20Z", "2025-03-08T10:45:20Z"]


def test_the_third_attempt_is_the_last_one_and_is_told(late, hook):
    late.at("2025-03-15T10:45:20Z")
    assert hook.types == ["payment_request.created"] * 2
    late.at("2025-03-15T10:45:21Z")
    assert sorted(hook.types) == ["dunning_campaign.finished"] + ["payment_request.created"] * 3
    (told,) = [one.json["dunning_campaign"] for one in hook.requests if "finished" in one.json["webhook_type"]]
    assert told == {
        "external_customer_id": "acme", "customer_external_id": "acme", "dunning_campaign_code": "firm",
        "overdue_balance_cents": 6200, "overdue_balance_currency": "EUR",
        "overdue_balances": [{"currency": "EUR", "amount_cents": 6200}],
    }


def test_a_fourth_attempt_is_never_made(late, hook):
    late.at("2026-02-27T00:00:00Z")
    assert len(asked(late)) == 3
    assert hook.types.count("dunning_campaign.finished") == 1


def test_an_outage_changes_no_moment(late):
    late.at("2025-06-01T00:00:00Z")
    days = [moment[:10] for moment, *_ in asked(late)]
    assert days == ["2025-03-01", "2025-03-08", "2025-03-15"]


def test_after_he_has_paid_what_comes_next_is_asked_for_from_the_beginning(late):
    late.at("2025-04-01T00:00:00Z")
    pay(late, invoices(late)[0], 6200)
    late.at("2025-04-01T00:00:00Z")
    assert attempts(late) == {"EUR": 0}
    found = state(late)
    assert found is not None and found.last_attempt_at is None
    late.at("2026-03-05T00:00:00Z")  # the next year was billed on 28 February, and overdue on 1 March
    assert asked(late)[3:] == [("2026-03-01T00:00:00Z", 6200, 1)]
    assert attempts(late) == {"EUR": 1}
