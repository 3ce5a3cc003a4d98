"""The page of a draft: what it says, its buttons, and the adjustments of its fees."""

import re

import pytest

from tests.admin.records import an_invoice
from tests.admin.visitor import a_visitor
from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use


@pytest.fixture
def desk(app, sandbox):
    """An administrator of a sandbox."""
    return a_visitor(app, sandbox.organization, "drafts@example.com")


@pytest.fixture
def path(sandbox):
    """The address of a draft of January: 49.00, two calls of 0.50, no messages."""
    sandbox.at("2024-01-01T00:00:00Z")
    customer(sandbox, billing_configuration={"invoice_grace_period": 3})
    plan(sandbox, charges=[standard(metric(sandbox, code), "0.5") for code in ("calls", "messages")])
    subscribe(sandbox)
    for _ in range(2):
        use(sandbox, "calls")
    sandbox.at("2024-02-01T00:00:00Z")
    return f"/invoices/{invoices(sandbox)[0]['lago_id']}"


def link(page, words):
    """The address of a link by what it says."""
    label = rf"{words[0]}<span class=\"visually-hidden\"> {words[1]}</span>"
    return re.search(rf'<a class="button small" href="([^"]+)"[^>]*>{label}', page.text)[1].replace("&amp;", "&")


def test_a_draft_says_what_it_is_and_has_no_file(desk, path):
    page = desk.get(path).text
    for words in ("This is a draft", "4 Feb 2024", "Refresh", "Finalize", "To be issued", "No fee: nothing was used"):
        assert words in page, words
    assert ".pdf" not in page
    desk.get(f"{path}.pdf", expect=404)


def test_a_finalized_invoice_has_none_of_it(desk, path, sandbox):
    sandbox.at("2024-02-04T00:00:00Z")
    page = desk.get(path).text
    assert not any(words in page for words in ("This is a draft", "Adjustments", "/finalize", "/refresh"))
    for action in ("adjust", "finalize"):
        assert desk.get(path + f"/{action}", expect=302).location == path
    desk.post(f"{path}/refresh", expect=302)
    desk.post(f"{path}/unadjust", expect=302, adjustment="x")


def test_a_refresh_takes_late_events_in(desk, path, sandbox):
    use(sandbox, "calls", timestamp="2024-01-05T00:00:00Z")
    assert desk.post(f"{path}/refresh", expect=302).location == path
    assert fee(invoices(sandbox)[0], "charge")["units"] == "3.0"


def test_it_is_finalized_after_a_question(desk, path, sandbox):
    assert "This cannot be undone" in desk.get(f"{path}/finalize", htmx=True).text
    assert invoices(sandbox)[0]["status"] == "draft"
    assert desk.post(f"{path}/finalize", expect=302).location == path
    assert (invoices(sandbox)[0]["status"], invoices(sandbox)[0]["issuing_date"]) == ("finalized", "2024-02-01")


def test_a_closed_draft_leads_to_the_list(desk, path, sandbox):
    customer(sandbox, finalize_zero_amount_invoice="skip")
    sandbox.delete("/billable_metrics/calls")
    sandbox.put("/plans/pro", {"plan": {"amount_cents": 0}})
    assert desk.post(f"{path}/finalize", expect=302).location == "/invoices"


def test_a_fee_is_adjusted_and_its_adjustment_removed(desk, path, sandbox):
    form = link(desk.get(path), ("Adjust", "calls"))
    shown = desk.get(form, htmx=True).text
    assert "2 units" in shown and "Unit price, EUR" in shown
    desk.post(form, expect=302, units="7.5", unit_precise_amount="0.333", invoice_display_name="Calls, agreed")
    assert fee(invoices(sandbox)[0], "charge")["amount_cents"] == 250
    page = desk.get(path)
    assert "Adjusted: units and price" in page.text and "Calls, agreed" in page.text and "7.5" in page.text
    adjustment = re.search(r'name="adjustment" value="([^"]+)"', page.text)[1]
    assert desk.get(form, expect=302).location == path  # the fee has another id by now
    desk.post(f"{path}/unadjust", expect=302, adjustment=adjustment)
    assert fee(invoices(sandbox)[0], "charge")["amount_cents"] == 100
    assert "Adjusted:" not in desk.get(path).text


def test_a_fee_is_added_for_what_was_not_used(desk, path, sandbox):
    form = link(desk.get(path), ("Add", "a fee for messages"))
    assert desk.post(form, expect=204, htmx=True, units="4").headers["HX-Redirect"] == path
    assert sorted(row["amount_cents"] for row in invoices(sandbox)[0]["fees"]) == [100, 200, 4900]
    assert "No fee: nothing was used" not in desk.get(path).text


@pytest.mark.parametrize(("typed", "words"), [
    ({}, "Nothing was typed"), ({"unit_precise_amount": "3"}, 'id="error-units"'),
    ({"units": "many"}, 'id="error-units"'), ({"units": "1", "unit_precise_amount": "-3"},
                                             'id="error-unit_precise_amount"'),
    ({"units": "1000000000000000", "unit_precise_amount": "1000000000000000"}, 'id="error-units"'),
])
def test_what_does_not_fit_is_shown_again(desk, path, sandbox, typed, words):
    form = link(desk.get(path), ("Adjust", "calls"))
    before = invoices(sandbox)
    shown = desk.post(form, expect=422, **typed).text
    assert words in shown and all(f'value="{value}"' in shown for value in typed.values())
    assert invoices(sandbox) == before


def test_percentages_ask_for_a_price(desk, path, sandbox):
    paid = metric(sandbox, "paid", "sum_agg", field_name="amount")
    charge = {
        "code": "paid", "billable_metric_id": paid["lago_id"], "charge_model": "percentage",
        "properties": {"rate": "10"},
    }
    sandbox.post("/plans/pro/charges", {"charge": charge})
    form = link(desk.get(path), ("Add", "a fee for paid"))
    assert "say what a unit costs" in desk.post(form, expect=422, units="3").text
    desk.post(form, expect=302, units="3", unit_precise_amount="2")


def test_another_organization_can_do_nothing(app, outsider, path):
    stranger = a_visitor(app, outsider.organization, "elsewhere@example.com")
    for action in ("refresh", "finalize", "adjust", "unadjust"):
        stranger.post(f"{path}/{action}", expect=404)


def test_a_draft_is_deleted_once_that_is_confirmed(ada, owner):
    invoice = an_invoice(owner, pdf=False, status="draft", number="DRAFT-1")
    path = f"/invoices/{invoice.id}"
    assert f"{path}/delete" in ada.get(path).text and "are billed to nobody" in ada.get(f"{path}/delete").text
    ada.post(f"{path}/delete")
    ada.get(path, expect=404)
