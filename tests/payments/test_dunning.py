"""Whom campaigns ask, for what, and when they begin anew (05 §2.6). One attempt is one look at everything overdue."""

import pytest
from sqlalchemy import select

from lago.core.db import db, transaction
from lago.core.due import perform_all
from lago.core.errors import Invalid
from lago.customers.models import Customer
from lago.invoicing.models import Invoice
from lago.payments.dunning.create import create_campaign
from lago.payments.dunning.delete import delete_campaign
from lago.payments.dunning.look import look_again
from lago.payments.dunning.reset import reset_dunning
from lago.payments.dunning.update import update_campaign
from lago.payments.models import DunningCampaign
from tests.builders.dunning import a_campaign, as_of, asked, attempts, for_all, for_one, state, the_customer
from tests.builders.outbox import announced
from tests.builders.payments import again, an_invoice_of_100, offset, pay
from tests.builders.stories import customer, invoices, subscribe

NOON = "2025-01-02T12:00:00Z"


@pytest.fixture
def invoice(sandbox):
    """100.00, overdue since 2 January."""
    made = an_invoice_of_100(sandbox)
    sandbox.at(NOON)
    return made


def another_invoice(owner, name="second", **changes):
    """One more of the same customer, overdue as well; `changes`: what no request could make of it."""
    subscribe(owner, "acme", external_id=name)
    made = next(one for one in invoices(owner) if one["subscriptions"][0]["external_id"] == name)
    with transaction():
        row = db.session.get_one(Invoice, made["lago_id"])
        for field, value in {"payment_overdue": True, "overdue_due_at": None, **changes}.items():
            setattr(row, field, value)
    return again(owner, made)


def change(owner, campaign, **values):
    with as_of(owner):
        update_campaign(db.session.get_one(DunningCampaign, campaign.id), values)


def thresholds(**cents):
    return [{"currency": currency.upper(), "amount_cents": value} for currency, value in cents.items()]


def test_the_campaign_of_the_billing_entity_applies_to_its_customers(invoice, sandbox):
    for_all(sandbox, a_campaign(sandbox))
    sandbox.at(NOON)
    assert asked(sandbox) == [(NOON, 10000, 1)]


def test_an_own_campaign_goes_before_that_of_the_entity(invoice, sandbox):
    for_one(sandbox, a_campaign(sandbox, "own", eur=99999999))
    for_all(sandbox, a_campaign(sandbox))
    sandbox.at(NOON)
    assert asked(sandbox) == []


def test_exclusion_goes_before_both(invoice, sandbox):
    for_one(sandbox, a_campaign(sandbox), excluded=True)
    for_all(sandbox, a_campaign(sandbox, "all"))
    sandbox.at("2025-02-01T00:00:00Z")
    assert asked(sandbox) == []


def test_without_a_campaign_nobody_is_asked(invoice, sandbox):
    a_campaign(sandbox)
    sandbox.at("2025-02-01T00:00:00Z")
    assert asked(sandbox) == []


def test_partners_are_never_asked(sandbox):
    an_invoice_of_100(sandbox, account_type="partner")
    for_all(sandbox, a_campaign(sandbox, eur=0))
    sandbox.at("2025-02-01T00:00:00Z")
    assert asked(sandbox) == []


def test_self_billed_invoices_do_not_count(invoice, sandbox):
    another_invoice(sandbox, self_billed=True)
    for_one(sandbox, a_campaign(sandbox, eur=10001))
    sandbox.at(NOON)
    assert (asked(sandbox), attempts(sandbox)) == ([], {})


def test_an_invoice_that_becomes_overdue_is_asked_for_at_that_moment(sandbox):
    for_all(sandbox, a_campaign(sandbox))
    an_invoice_of_100(sandbox)
    sandbox.at("2025-01-10T00:00:00Z")
    assert asked(sandbox)[0] == ("2025-01-02T00:00:00Z", 10000, 1)


@pytest.mark.parametrize("cents, times", [(10000, 1), (10001, 0)], ids=["reached", "missed"])
def test_the_threshold_is_held_against_totals(invoice, sandbox, cents, times):
    """A threshold of the very balance is reached, even if less than that is due; the request asks for what is due."""
    pay(sandbox, invoice, 3000)
    offset(sandbox, again(sandbox, invoice), 1000)
    for_one(sandbox, a_campaign(sandbox, eur=cents))
    sandbox.at(NOON)
    assert [amount for _, amount, _ in asked(sandbox)] == [6000] * times


def test_each_currency_has_its_threshold_and_its_attempts(invoice, sandbox):
    another_invoice(sandbox, currency="USD")
    another_invoice(sandbox, "third", currency="GBP")
    for_one(sandbox, a_campaign(sandbox, thresholds=thresholds(eur=1, usd=1, chf=0)))
    sandbox.at(NOON)
    assert attempts(sandbox) == {"EUR": 1, "USD": 1}
    rows = sandbox.get("/payment_requests")["payment_requests"]
    assert sorted(row["amount_currency"] for row in rows) == ["EUR", "USD"]


def test_the_last_attempt_is_shared_by_all_currencies(invoice, sandbox):
    for_one(sandbox, a_campaign(sandbox, thresholds=thresholds(eur=1, usd=1)))
    sandbox.at("2025-01-04T00:00:00Z")
    another_invoice(sandbox, currency="USD")
    with as_of(sandbox):
        look_again([the_customer(sandbox).id])
    sandbox.at("2025-01-09T12:00:00Z")
    assert attempts(sandbox) == {"EUR": 1}
    sandbox.at("2025-01-09T12:00:01Z")
    assert attempts(sandbox) == {"EUR": 2, "USD": 1}


def test_each_billing_entity_has_a_request_of_its_own(invoice, sandbox):
    sandbox.post("/billing_entities", {"billing_entity": {"code": "second", "name": "Second"}})
    entity_id = sandbox.get("/billing_entities/second")["billing_entity"]["lago_id"]
    another_invoice(sandbox, billing_entity_id=entity_id)
    for_one(sandbox, a_campaign(sandbox))
    sandbox.at(NOON)
    assert [count for *_, count in asked(sandbox)] == [1, 1]
    assert attempts(sandbox) == {"EUR": 1}


def test_what_is_at_a_provider_is_not_asked_for_but_counts(invoice, sandbox):
    another_invoice(sandbox, ready_for_payment_processing=False)
    for_one(sandbox, a_campaign(sandbox, eur=10000))
    sandbox.at(NOON)
    assert asked(sandbox) == [(NOON, 10000, 1)]


def test_without_the_threshold_among_what_is_ready_the_attempt_counts_and_asks_for_nothing(invoice, sandbox):
    another_invoice(sandbox, ready_for_payment_processing=False)
    for_one(sandbox, a_campaign(sandbox, eur=10001))
    sandbox.at(NOON)
    assert (asked(sandbox), attempts(sandbox)) == ([], {"EUR": 1})


def test_it_is_finished_when_all_currencies_are(invoice, sandbox):
    """EUR has its second attempt when USD has its first one: that the former is at its end is not told yet."""
    for_one(sandbox, a_campaign(sandbox, max_attempts=2, thresholds=thresholds(eur=1, usd=1)))
    perform_all(state(sandbox).due_at, [the_customer(sandbox).id], standing=True)
    another_invoice(sandbox, currency="USD")
    for currencies, told in (({"EUR": 2, "USD": 1}, 0), ({"EUR": 2, "USD": 2}, 1)):
        perform_all(state(sandbox).due_at, [the_customer(sandbox).id], standing=True)
        assert attempts(sandbox) == currencies
        assert announced(sandbox).count("dunning_campaign.finished") == told


@pytest.fixture
def dunned(invoice, sandbox):
    """A customer who was asked once, by a campaign of his own."""
    campaign = a_campaign(sandbox)
    for_one(sandbox, campaign)
    sandbox.at(NOON)
    assert attempts(sandbox) == {"EUR": 1}
    sandbox.at("2025-01-03T00:00:00Z")
    return campaign


def begins_anew(owner):
    """Whether nothing is known of an earlier attempt."""
    found = state(owner)
    return (found.attempts, found.last_attempt_at) == ({}, None)


def test_paying_an_invoice_that_was_asked_for_begins_anew(dunned, invoice, sandbox):
    pay(sandbox, invoice, 10000)
    sandbox.at("2025-01-03T00:00:00Z")
    assert (attempts(sandbox), state(sandbox).last_attempt_at) == ({"EUR": 0}, None)


def test_paying_an_overdue_invoice_that_was_not_asked_for_changes_nothing(dunned, sandbox):
    pay(sandbox, another_invoice(sandbox), another_invoice(sandbox)["total_amount_cents"])
    sandbox.at("2025-01-03T00:00:00Z")
    assert attempts(sandbox) == {"EUR": 1}


def test_what_is_still_overdue_after_a_payment_is_asked_for_at_once(invoice, sandbox):
    second = another_invoice(sandbox)
    for_one(sandbox, a_campaign(sandbox))
    sandbox.at(NOON)
    pay(sandbox, second, second["total_amount_cents"])
    sandbox.at("2025-01-02T13:00:00Z")
    assert [count for *_, count in asked(sandbox)] == [2, 1]


def test_the_other_currencies_keep_their_attempts_and_the_last_one(invoice, sandbox):
    another_invoice(sandbox, currency="USD")
    for_one(sandbox, a_campaign(sandbox, thresholds=thresholds(eur=1, usd=1)))
    sandbox.at(NOON)
    with as_of(sandbox):
        reset_dunning(the_customer(sandbox).id, "EUR")
    sandbox.at(NOON)
    assert attempts(sandbox) == {"EUR": 0, "USD": 1}
    assert state(sandbox).last_attempt_at is not None
    assert len(asked(sandbox)) == 2


def test_another_campaign_begins_anew(dunned, sandbox):
    for_one(sandbox, a_campaign(sandbox, "other", eur=99999999))
    assert begins_anew(sandbox)


def test_the_same_campaign_again_changes_nothing(dunned, sandbox):
    for_one(sandbox, dunned)
    assert attempts(sandbox) == {"EUR": 1}


def test_exclusion_begins_anew_both_ways(dunned, sandbox):
    for_one(sandbox, dunned, excluded=True)
    assert begins_anew(sandbox)
    sandbox.at("2025-01-20T00:00:00Z")
    for_one(sandbox, dunned)
    sandbox.at("2025-01-20T00:00:00Z")
    assert attempts(sandbox) == {"EUR": 1}
    assert [moment for moment, *_ in asked(sandbox)] == [NOON, "2025-01-20T00:00:00Z"]


def test_deletion_detaches_and_begins_anew_by_the_campaign_of_the_entity(dunned, sandbox):
    for_all(sandbox, a_campaign(sandbox, "all"))
    with as_of(sandbox):
        delete_campaign(db.session.get_one(DunningCampaign, dunned.id))
    assert begins_anew(sandbox)
    assert the_customer(sandbox).applied_dunning_campaign_id is None
    sandbox.at("2025-01-03T00:00:00Z")
    assert attempts(sandbox) == {"EUR": 1}


def test_deletion_of_the_campaign_of_an_entity_ends_it(invoice, sandbox):
    campaign = a_campaign(sandbox)
    for_all(sandbox, campaign)
    sandbox.at(NOON)
    with as_of(sandbox):
        delete_campaign(db.session.get_one(DunningCampaign, campaign.id))
    assert begins_anew(sandbox)
    sandbox.at("2025-03-01T00:00:00Z")
    assert len(asked(sandbox)) == 1


def test_another_campaign_of_the_entity_begins_anew_with_those_that_have_none_of_their_own(invoice, sandbox):
    for_all(sandbox, a_campaign(sandbox))
    sandbox.at(NOON)
    for_all(sandbox, a_campaign(sandbox, "other", eur=99999999))
    assert begins_anew(sandbox)


def test_another_campaign_of_the_entity_leaves_alone_who_has_one_of_his_own(dunned, sandbox):
    for_all(sandbox, a_campaign(sandbox, "other"))
    assert attempts(sandbox) == {"EUR": 1}


@pytest.mark.parametrize(
    "changed, left", [({"eur": 10001}, {}), ({"eur": 10000}, {"EUR": 1}), ({"usd": 0}, {})],
    ids=["higher", "still reached", "another currency"],
)
def test_thresholds_that_are_not_reached_any_more_begin_anew(dunned, sandbox, changed, left):
    change(sandbox, dunned, thresholds=thresholds(**changed))
    assert attempts(sandbox) == left


def test_more_attempts_are_made_once_more_are_allowed(dunned, sandbox):
    change(sandbox, dunned, max_attempts=1)
    sandbox.at("2025-02-01T00:00:00Z")
    assert attempts(sandbox) == {"EUR": 1}
    change(sandbox, dunned, max_attempts=2)
    sandbox.at("2025-02-01T00:00:00Z")
    assert [moment for moment, *_ in asked(sandbox)] == [NOON, "2025-02-01T00:00:00Z"]


def test_fewer_days_between_attempts_bring_the_next_one_nearer(dunned, sandbox):
    change(sandbox, dunned, days_between_attempts=2)
    sandbox.at("2025-01-05T00:00:00Z")
    assert [moment for moment, *_ in asked(sandbox)] == [NOON, "2025-01-04T12:00:00Z"]


def test_a_customer_of_another_entity_is_asked_by_its_campaign(invoice, sandbox):
    sandbox.post("/billing_entities", {"billing_entity": {"code": "second", "name": "Second"}})
    for_all(sandbox, a_campaign(sandbox))
    customer(sandbox, "acme", billing_entity_code="second")
    sandbox.at(NOON)
    assert asked(sandbox) == []
    customer(sandbox, "acme", billing_entity_code=sandbox.get("/organizations")["organization"]["slug"])
    sandbox.at(NOON)
    assert asked(sandbox) == [(NOON, 10000, 1)]


def test_a_deleted_customer_is_left_alone(dunned, sandbox):
    sandbox.delete("/customers/acme")
    sandbox.at("2025-03-01T00:00:00Z")
    assert db.session.scalar(select(Customer.deleted_at)) is not None
    assert sandbox.get("/payment_requests")["meta"]["total_count"] == 1


GOOD = {"name": "Firm", "code": "firm", "thresholds": [{"currency": "EUR", "amount_cents": 1}]}


@pytest.mark.parametrize(
    "values, errors",
    [
        ({"name": " "}, {"name": ["value_is_mandatory"]}),
        ({"code": ""}, {"code": ["value_is_mandatory"]}),
        ({"days_between_attempts": 0}, {"days_between_attempts": ["value_is_out_of_range"]}),
        ({"max_attempts": 0}, {"max_attempts": ["value_is_out_of_range"]}),
        ({"max_attempts": "often"}, {"max_attempts": ["is not a number"]}),
        ({"bcc_emails": ["a@example.com", "b"]}, {"bcc_emails": ["invalid_email_format"]}),
        ({"thresholds": []}, {"thresholds": ["value_is_mandatory"]}),
        ({"thresholds": thresholds(eur=-1)}, {"thresholds.0.amount_cents": ["value_is_out_of_range"]}),
        ({"thresholds": thresholds(eur=1, xxx=1)}, {"thresholds.1.currency": ["value_is_invalid"]}),
        ({"thresholds": thresholds(eur=1) * 2}, {"thresholds.1.currency": ["duplicated_currency"]}),
    ],
    ids=["name", "code", "days", "attempts", "words", "copies", "no threshold", "negative", "currency", "twice"],
)
def test_what_is_no_campaign_is_refused(sandbox, values, errors):
    with pytest.raises(Invalid) as refused:
        a_campaign(sandbox, **{**GOOD, **values})
    assert refused.value.details == errors
    assert db.session.scalars(select(DunningCampaign)).all() == []


def test_days_and_attempts_are_one_unless_said_otherwise(owner):
    with as_of(owner) as organization:
        made = create_campaign(organization.id, GOOD)
    assert (made.days_between_attempts, made.max_attempts) == (1, 1)


def test_a_code_is_used_once_until_its_campaign_is_deleted(sandbox):
    campaign = a_campaign(sandbox)
    with pytest.raises(Invalid) as refused:
        a_campaign(sandbox)
    assert refused.value.details == {"code": ["value_already_exist"]}
    with as_of(sandbox):
        delete_campaign(db.session.get_one(DunningCampaign, campaign.id))
    a_campaign(sandbox)
