"""What a client does right before it moves the clock is settled first, as of when it was done."""

from tests.builders.stories import customer, fee, invoices, plan, subscribe


def test_another_zone_moves_the_bill_of_the_running_month(sandbox):
    sandbox.at("2024-01-10T00:00:00Z")
    plan(sandbox)
    subscribe(sandbox)
    customer(sandbox, timezone="Asia/Tokyo")
    sandbox.at("2024-02-05T00:00:00Z")
    assert [invoice["created_at"] for invoice in invoices(sandbox)] == ["2024-01-31T15:00:00Z"]


def test_a_deleted_plan_bills_no_month_after_its_deletion(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox, amount_cents=3100)
    subscribe(sandbox)
    sandbox.at("2024-01-10T00:00:00Z")
    sandbox.delete("/plans/pro")
    sandbox.at("2024-04-05T00:00:00Z")
    (last,) = invoices(sandbox)
    assert (last["issuing_date"], fee(last, "subscription")["amount_cents"]) == ("2024-01-10", 1000)


def test_a_deleted_customer_gets_a_last_bill_and_no_more(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox, amount_cents=3100)
    subscribe(sandbox)
    sandbox.at("2024-01-10T00:00:00Z")
    sandbox.delete("/customers/acme")
    sandbox.at("2024-04-05T00:00:00Z")
    assert [invoice["issuing_date"] for invoice in invoices(sandbox)] == ["2024-01-10"]
