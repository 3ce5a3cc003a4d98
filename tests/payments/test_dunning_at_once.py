"""Attempts, payments and changes of a campaign at the same time: every attempt is made once, nobody waits for ever."""

import threading
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import func, select

from lago.core import clock
from lago.core.db import db, transaction
from lago.core.due import perform_all
from lago.payments.dunning.update import update_campaign
from lago.payments.models import CustomerDunning, DunningCampaign, PaymentRequest
from tests.builders.dunning import a_campaign, for_all
from tests.builders.organizations import account
from tests.builders.payments import an_invoice_of_100

CUSTOMERS = 4
NOON = datetime(2025, 1, 2, 12, tzinfo=UTC)


def test_attempts_are_made_once_while_their_campaign_is_changed(committing):
    owner = account(committing.test_client(), "Busy", sandbox=True)
    for number in range(CUSTOMERS):
        an_invoice_of_100(owner, "acme" if not number else f"c{number}")
    owner.at("2025-01-02T10:00:00Z")
    campaign = a_campaign(owner, max_attempts=1)
    for_all(owner, campaign)
    change, dun = partial(_change, campaign.id), partial(_dun, _waiting())
    assert _problems(committing, dun, dun, change, change) == []
    dun()  # what a change has asked for last
    assert db.session.scalar(select(func.count()).select_from(PaymentRequest)) == CUSTOMERS
    assert [row.attempts for row in db.session.scalars(select(CustomerDunning))] == [{"EUR": 1}] * CUSTOMERS


def _waiting():
    """Who is to be looked at."""
    with transaction():
        return db.session.scalars(select(CustomerDunning.customer_id)).all()


def _dun(customer_ids):
    perform_all(NOON, customer_ids, standing=True)


def _change(campaign_id):
    for amount in range(1, 6):
        with transaction(), clock.at(NOON, standing=True):
            terms = {"thresholds": [{"currency": "EUR", "amount_cents": amount}]}
            update_campaign(db.session.get_one(DunningCampaign, campaign_id), terms)


def _problems(app, *works):
    """Does all of it at once; what has gone wrong."""
    problems = []

    def guarded(work):
        try:
            with app.app_context():
                work()
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return problems
