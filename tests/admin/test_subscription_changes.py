"""What a plan change or an end bills and credits is seen before it is done, and done as it was seen (03 §3, §6)."""

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from lago.core.db import db
from lago.core.outbox import OutboxRow
from lago.invoicing.models import CreditNote, Fee, Invoice
from lago.subscriptions.models import Subscription
from tests.admin.visitor import a_visitor
from tests.builders.catalog import a_tax
from tests.builders.stories import invoices, metric, plan, standard, subscribe, use

TABLES = (Invoice, Fee, CreditNote, Subscription, OutboxRow)


@pytest.fixture
def bea(app, sandbox):
    """The owner of the sandbox, signed in."""
    return a_visitor(app, sandbox.organization, "bea@example.com")


@pytest.fixture
def paid_ahead(sandbox):
    """On 12 March, in advance on a plan of 99.00 with 20 % of tax, billed on 1 March."""
    sandbox.at("2025-03-01T10:00:00Z")
    tax = a_tax(sandbox, "vat", rate=20)["code"]
    for code, cents in (("growth", 9900), ("scale", 19900), ("small", 4900)):
        plan(sandbox, code, amount_cents=cents, pay_in_advance=True, tax_codes=[tax])
    subscription = subscribe(sandbox, plan_code="growth", name="Team")
    sandbox.at("2025-03-12T16:20:00Z")
    return subscription


def address(subscription):
    return f"/subscriptions/{subscription['lago_id']}"


def plan_id(sandbox, code):
    return sandbox.get(f"/plans/{code}")["plan"]["lago_id"]


def fields(page):
    """The hidden fields of the form that confirms."""
    return {name: unescape(value) for name, value in
            re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page) if name != "csrf_token"}


def amounts(page):
    """The figures of the documents on a page."""
    return re.findall(r'class="amount">([^<]+)<', page[page.index('id="preview"'):])


def counts():
    return [db.session.scalar(select(func.count()).select_from(table)) for table in TABLES]


def test_an_upgrade_is_seen_before_and_nothing_of_that_stays(bea, sandbox, paid_ahead):
    before = counts()
    page = bea.get(f"{address(paid_ahead)}/change?plan={plan_id(sandbox, 'scale')}").text
    # 20 of 31 days of 199.00 (F7), 20 of 31 days of 99.00 credited (C2), 20 % each: 154.07 - 76.64
    assert {"128.39", "25.68", "−76.64", "77.43", "63.87", "12.77", "76.64"} <= set(amounts(page))
    assert counts() == before
    assert len(invoices(sandbox)) == 1
    assert sandbox.get("/subscriptions/acme")["subscription"]["plan_code"] == "growth"


def test_what_is_done_is_what_was_seen(bea, sandbox, paid_ahead):
    change = f"{address(paid_ahead)}/change"
    seen = bea.get(f"{change}?plan={plan_id(sandbox, 'scale')}&name=Team").text
    moved = bea.post(change, **fields(seen))
    made = invoices(sandbox)[-1]
    assert f'{made["total_amount_cents"] / 100:.2f}' == "77.43"
    note = db.session.scalars(select(CreditNote)).one()
    assert (note.total_amount_cents, made["credit_notes_amount_cents"]) == (7664, 7664)
    new = sandbox.get("/subscriptions/acme")["subscription"]
    assert (new["plan_code"], new["name"], moved.location) == ("scale", "Team", address(new))


def test_an_invoice_number_that_was_seen_is_not_used_up(bea, sandbox, paid_ahead):
    change = f"{address(paid_ahead)}/change"
    for _ in range(3):
        seen = bea.get(f"{change}?plan={plan_id(sandbox, 'scale')}").text
    bea.post(change, **fields(seen))
    assert [one["number"][-3:] for one in invoices(sandbox)] == ["001", "002"]


def test_a_day_later_it_is_seen_anew_before_it_is_done(bea, sandbox, paid_ahead):
    change = f"{address(paid_ahead)}/change"
    seen = fields(bea.get(f"{change}?plan={plan_id(sandbox, 'scale')}").text)
    sandbox.at("2025-03-13T16:20:00Z")
    again = bea.post(change, expect=422, **seen).text
    assert "something else since it was shown" in again and "121.97" in amounts(again)  # 19 of 31 days
    assert len(invoices(sandbox)) == 1
    bea.post(change, **fields(again))
    assert len(invoices(sandbox)) == 2


def test_usage_that_arrives_meanwhile_does_not_hold_it_up(bea, sandbox):
    sandbox.at("2025-03-01T10:00:00Z")
    calls = metric(sandbox, "calls")
    plan(sandbox, "growth", charges=[standard(calls, "1")])
    plan(sandbox, "scale", amount_cents=9900)
    subscription = subscribe(sandbox, plan_code="growth")
    sandbox.at("2025-03-12T10:00:00Z")
    change = f"{address(subscription)}/change"
    seen = fields(bea.get(f"{change}?plan={plan_id(sandbox, 'scale')}").text)
    use(sandbox, "calls", timestamp=1741700000)
    bea.post(change, **seen)
    assert [fee["amount_cents"] for fee in invoices(sandbox)[-1]["fees"] if fee["item"]["type"] == "charge"] == [100]


def test_a_downgrade_says_its_day_and_can_be_taken_back(bea, sandbox, paid_ahead):
    change = f"{address(paid_ahead)}/change"
    seen = bea.get(f"{change}?plan={plan_id(sandbox, 'small')}").text
    assert "On 1 Apr 2025" in seen and amounts(seen) == []
    assert bea.post(change, **fields(seen)).location == address(paid_ahead)
    page = bea.get(address(paid_ahead)).text
    assert "It changes to <strong>small</strong> on 1 Apr 2025" in page
    assert sandbox.get("/subscriptions/acme")["subscription"]["downgrade_plan_date"] == "2025-04-01"
    undo = re.search(r'href="(/subscriptions/[^"]+/cancel)"', page)[1]
    waiting = bea.get(undo.removesuffix("/cancel")).text
    assert "Takes over from growth" in waiting and "<dt>Starts</dt><dd>1 Apr 2025</dd>" in waiting
    assert "Change plan" not in waiting
    assert "It does not change to small" in bea.get(undo).text
    assert bea.post(undo).location == address(paid_ahead)
    page = bea.get(address(paid_ahead)).text
    assert "It changes to" not in page and "Change to small taken back" in page
    assert sandbox.get("/subscriptions/acme")["subscription"]["next_plan_code"] is None


def test_a_page_tells_the_whole_story(bea, sandbox, paid_ahead):
    change = f"{address(paid_ahead)}/change"
    new = bea.post(change, **fields(bea.get(f"{change}?plan={plan_id(sandbox, 'scale')}").text)).location
    sandbox.at("2025-04-01T00:00:00Z")
    bea.post(f"{new}/change", **fields(bea.get(f"{new}/change?plan={plan_id(sandbox, 'small')}").text))
    sandbox.at("2025-05-03T00:00:00Z")
    page = bea.get(new).text
    told = re.findall(r'<span class="strong">([^<]+)</span>', page[page.index('id="history"'):])
    assert told == [
        "Bill of the plan change", "Downgraded from scale to small", "Billed", "Bill of the plan change",
        "Credit note", "Upgraded from growth to scale", "First bill of growth", "Began on growth",
    ]
    assert "Fee of 12–31 Mar 2025." in page and "Fee of 1–30 Apr 2025" in page


@pytest.mark.parametrize("options, figures, credited", [
    ({"on_termination_invoice": "generate"}, {"60.68", "12.14", "72.82"}, 7282),
    ({"on_termination_credit_note": "skip"}, set(), None),
])
def test_an_end_is_seen_and_done_by_its_options(bea, sandbox, paid_ahead, options, figures, credited):
    end = f"{address(paid_ahead)}/terminate"
    query = "&".join(f"{name}={value}" for name, value in options.items())
    seen = bea.get(f"{end}?{query}").text
    assert figures <= set(amounts(seen))  # C3
    assert sandbox.get("/subscriptions/acme")["subscription"]["status"] == "active"
    bea.post(end, **fields(seen))
    note = db.session.scalars(select(CreditNote)).one_or_none()
    assert (note and note.total_amount_cents) == credited
    assert sandbox.get("/subscriptions/acme", status="terminated")["subscription"]["terminated_at"]


def test_a_last_invoice_that_is_left_out_is_not_made(bea, sandbox):
    sandbox.at("2025-03-01T10:00:00Z")
    plan(sandbox)
    subscription = subscribe(sandbox)
    sandbox.at("2025-03-12T10:00:00Z")
    end = f"{address(subscription)}/terminate"
    assert "on_termination_credit_note" not in bea.get(end).text
    at_first = bea.get(end).text
    assert amounts(at_first) == [] and f'hx-get="{end}?on_termination_invoice=generate" hx-trigger="load"' in at_first
    assert "18.97" in amounts(bea.get(f"{end}?on_termination_invoice=generate").text)  # 12 of 31 days of 49.00
    seen = bea.get(f"{end}?on_termination_invoice=skip").text
    assert amounts(seen) == []
    bea.post(end, **fields(seen))
    assert invoices(sandbox) == []


def test_what_ended_meanwhile_cannot_be_ended_again(bea, sandbox, paid_ahead):
    end = f"{address(paid_ahead)}/terminate"
    seen = fields(bea.get(f"{end}?on_termination_invoice=generate").text)
    sandbox.delete("/subscriptions/acme")
    assert bea.post(end, **seen).location == address(paid_ahead)
    assert db.session.scalar(select(func.count()).select_from(CreditNote)) == 1


def test_its_own_plan_is_no_change(bea, sandbox, paid_ahead):
    change = f"{address(paid_ahead)}/change"
    assert "It is on this plan already." in bea.get(f"{change}?plan={plan_id(sandbox, 'growth')}").text


def test_what_stays_a_draft_for_a_while_is_said(bea, sandbox, paid_ahead):
    sandbox.post("/customers", {"customer": {"external_id": "acme", "billing_configuration": {
        "invoice_grace_period": 3}}})
    page = bea.get(f"{address(paid_ahead)}/change?plan={plan_id(sandbox, 'scale')}").text
    assert "draft until 15 Mar 2025" in page and "used when this invoice is final" in page
    assert "154.07" in amounts(page) and "77.43" not in amounts(page)


def test_someone_who_waits_to_begin_gets_another_plan_in_place(bea, sandbox, paid_ahead):
    later = subscribe(sandbox, "kite", "growth", subscription_at="2025-05-01")
    change = f"{address(later)}/change"
    assert f'href="{change}"' in bea.get(address(later)).text
    seen = bea.get(f"{change}?plan={plan_id(sandbox, 'scale')}").text
    assert "It begins on 1 May 2025" in seen and amounts(seen) == []
    assert bea.post(change, **fields(seen)).location == address(later)
    assert sandbox.get("/subscriptions/kite", status="pending")["subscription"]["plan_code"] == "scale"


def test_a_plan_must_be_one_of_ours(bea, stranger, owner, outsider, sandbox, paid_ahead):
    theirs = plan(outsider, "theirs")["lago_id"]
    change = f"{address(paid_ahead)}/change"
    for wrong in (theirs, "nonsense"):
        assert 'id="error-plan"' in bea.get(f"{change}?plan={wrong}").text
        assert 'id="error-plan"' in bea.post(change, expect=422, plan=wrong, promise="").text
    for path in ("", "/change", "/terminate", "/edit", "/cancel"):
        stranger.get(f"{address(paid_ahead)}{path}", expect=404)


@pytest.mark.parametrize("path", ["/change", "/terminate", "/edit", "/cancel"])
def test_readers_do_not_change_them(app, sandbox, paid_ahead, path):
    teammate = a_visitor(app, sandbox.organization, "tom@example.com", role="read_only")
    teammate.get(f"{address(paid_ahead)}{path}", expect=403)
    assert path not in teammate.get(address(paid_ahead)).text
