"""The pages of dunning campaigns (05 §2.6): found, looked at, made, changed, applied, deleted."""

import pytest
from sqlalchemy import select

from lago.core.db import db
from lago.payments.models import DunningCampaign
from tests.admin.visitor import a_visitor
from tests.builders.dunning import a_campaign, attempts, for_all, for_one, the_customer
from tests.builders.mailbox import mailbox
from tests.builders.organizations import Account
from tests.builders.payments import an_invoice_of_100
from tests.builders.stories import customer, subscribe

PATH = "/dunning_campaigns"
FIRM = {
    "name": "Firm", "code": "firm", "description": "For those who forget", "max_attempts": "3",
    "days_between_attempts": "7", "bcc_emails": "a@example.com, b@example.com",
    "thresholds.0.currency": "EUR", "thresholds.0.amount": "50.00",
    "thresholds.1.currency": "JPY", "thresholds.1.amount": "900",
}


def stored(code="firm"):
    query = select(DunningCampaign).where(DunningCampaign.code == code).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def thresholds(campaign):
    return {one.currency: one.amount_cents for one in campaign.thresholds}


def entity_of(owner: Account):
    return owner.get("/billing_entities")["billing_entities"][0]["lago_id"]


@pytest.fixture
def asked(sara, sandbox):
    """A campaign that has asked Acme for 100.00 once."""
    an_invoice_of_100(sandbox, email="ada@example.com")
    sandbox.at("2025-01-02T10:00:00Z")
    campaign = a_campaign(sandbox, name="Firm")
    for_one(sandbox, campaign)
    sandbox.at("2025-01-02T10:00:00Z")
    return campaign


def test_the_list_shows_terms_defaults_and_customers(ada, owner):
    customer(owner, "acme")
    for_all(owner, a_campaign(owner, name="Firm"))
    shown = ada.get(PATH).text
    for part in ("Firm", "50.00", "3 times, 7 days apart", "Owner", '<td class="num">1</td>'):
        assert part in shown, part


def test_the_list_is_searched(ada, owner):
    a_campaign(owner, "firm")
    a_campaign(owner, "gentle")
    found = ada.get(f"{PATH}?search=GEN").text
    assert ">gentle<" in found and ">firm<" not in found
    assert "No campaign matches" in ada.get(f"{PATH}?search=%25").text


def test_without_campaigns_the_list_says_what_they_are(ada):
    assert "No campaign yet" in ada.get(PATH).text


def test_the_pages_say_when_no_mail_is_sent(ada):
    assert "No mail server is configured" in ada.get(PATH).text
    with mailbox():
        assert "No mail server is configured" not in ada.get(PATH).text


def test_a_campaign_is_made(ada):
    ada.post(f"{PATH}/new", **FIRM)
    made = stored()
    assert thresholds(made) == {"EUR": 5000, "JPY": 900}
    assert (made.max_attempts, made.days_between_attempts) == (3, 7)
    assert made.bcc_emails == ["a@example.com", "b@example.com"]
    assert f"{PATH}/{made.id}" in ada.get(PATH).text


def test_rows_are_added_and_removed_without_saving(ada):
    added = ada.post(f"{PATH}/new", **FIRM, change="add:thresholds", expect=200).text
    assert 'name="thresholds.2.amount"' in added and 'value="50.00"' in added
    removed = ada.post(f"{PATH}/new", **FIRM, change="remove:thresholds.0", expect=200).text
    assert 'value="900"' in removed and 'value="50.00"' not in removed
    assert db.session.scalars(select(DunningCampaign)).all() == []


@pytest.mark.parametrize(
    "changed, told",
    [
        ({"name": ""}, "This is needed."),
        ({"thresholds.0.amount": "much"}, "This is no amount"),
        ({"thresholds.0.amount": ""}, "This is needed."),
        ({"thresholds.0.amount": "1.234"}, "This must be a whole number."),
        ({"thresholds.1.currency": "EUR"}, "This currency has a threshold already."),
        ({"bcc_emails": "nobody"}, "One of these is no e-mail address."),
        ({"max_attempts": "0"}, "This is too large or too small."),
    ],
    ids=["name", "words", "no amount", "part of a cent", "twice", "copies", "no attempt"],
)
def test_a_mistake_is_told_and_what_was_typed_stays(ada, changed, told):
    shown = ada.post(f"{PATH}/new", **{**FIRM, **changed}, expect=422).text
    assert told in shown and "For those who forget" in shown
    assert db.session.scalars(select(DunningCampaign)).all() == []


def test_a_campaign_is_changed(ada, owner):
    campaign = a_campaign(owner, name="Firm")
    edit = f"{PATH}/{campaign.id}/edit"
    assert 'value="50.00"' in ada.get(edit).text
    kept = {name: value for name, value in FIRM.items() if not name.startswith("thresholds.0")}
    ada.post(edit, **{**kept, "name": "Firmer"})
    assert (stored().name, thresholds(stored())) == ("Firmer", {"JPY": 900})


def test_the_page_of_a_campaign_shows_whom_it_asks_and_what_it_has_asked_for(sara, asked):
    shown = sara.get(f"{PATH}/{asked.id}").text
    for part in ("acme", "chosen for this customer", "1 of 3 in EUR", "100.00", "ada@example.com", "Pending"):
        assert part in shown, part


def test_the_page_costs_the_same_for_many_as_for_few(sara, sandbox, count_queries):
    campaign = a_campaign(sandbox, eur=1)
    for_all(sandbox, campaign)
    an_invoice_of_100(sandbox)
    numbers = []
    for day in (2, 4):
        for place in range(3):
            subscribe(sandbox, f"c{day}{place}")
        sandbox.at(f"2025-01-0{day}T00:00:00Z")
        with count_queries() as statements:
            shown = sara.get(f"{PATH}/{campaign.id}").text
        numbers.append(len(statements))
    assert shown.count("<td class=\"num\">") > 5
    assert numbers[0] == numbers[1]


def test_its_customers_are_searched(sara, asked, sandbox):
    assert "No customer matches" in sara.get(f"{PATH}/{asked.id}?search=nobody").text
    assert "1 of 3 in EUR" in sara.get(f"{PATH}/{asked.id}?search=ACM").text


def test_it_becomes_the_default_of_billing_entities_and_stops_being_it(ada, owner):
    customer(owner, "acme")
    campaign = a_campaign(owner)
    choose = f"{PATH}/{campaign.id}/billing_entities"
    ada.post(choose, entity=entity_of(owner))
    assert "acme" in ada.get(f"{PATH}/{campaign.id}").text
    assert "checked" in ada.get(choose).text
    ada.post(choose)
    assert "It applies to nobody" in ada.get(f"{PATH}/{campaign.id}").text


def test_a_customer_is_added(ada, owner):
    customer(owner, "acme")
    campaign = a_campaign(owner)
    ada.post(f"{PATH}/{campaign.id}/customers", external_customer_id="acme")
    assert the_customer(owner).applied_dunning_campaign_id == campaign.id


def test_an_unknown_customer_is_not(ada, owner):
    campaign = a_campaign(owner)
    shown = ada.post(f"{PATH}/{campaign.id}/customers", external_customer_id="nobody", expect=422).text
    assert "There is no customer of this external id." in shown


def test_a_customer_is_excluded_and_let_in_again(sara, asked, sandbox):
    own = the_customer(sandbox)
    path = f"/customers/{own.id}/dunning"
    assert "Firm" in sara.get(f"/customers/{own.id}").text
    sara.post(path, campaign="excluded")
    assert attempts(sandbox) == {}
    assert "excluded" in sara.get(f"/customers/{own.id}").text
    sara.post(path, campaign=str(asked.id))
    sandbox.at("2025-01-02T10:00:00Z")
    assert attempts(sandbox) == {"EUR": 1}
    sara.post(path, campaign="")
    assert "no campaign" in sara.get(f"/customers/{own.id}").text


def test_a_deletion_says_what_it_does_and_does_it(sara, asked, sandbox):
    path = f"{PATH}/{asked.id}/delete"
    assert "1 customer is" in sara.get(path).text
    sara.post(path)
    sara.get(f"{PATH}/{asked.id}", expect=404)
    assert the_customer(sandbox).applied_dunning_campaign_id is None


def test_only_admins_change_campaigns(app, owner):
    campaign = a_campaign(owner)
    fay = a_visitor(app, owner.organization, "fay@example.com", role="read_only")
    assert "New campaign" not in fay.get(PATH).text
    for path in ("new", f"{campaign.id}/edit", f"{campaign.id}/delete", f"{campaign.id}/customers"):
        fay.get(f"{PATH}/{path}", expect=403)


def test_nobody_sees_campaigns_of_others(stranger, owner):
    campaign = a_campaign(owner)
    assert "firm" not in stranger.get(PATH).text
    stranger.get(f"{PATH}/{campaign.id}", expect=404)
