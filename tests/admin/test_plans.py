"""The pages of plans (03 §1): found, looked at, changed, duplicated, deleted."""

import html
import re

from lago.catalog.models import Plan
from lago.core.db import db, transaction
from tests.admin.plan_forms import GROWTH, PATH, RANGES, charge, fields_of, filled
from tests.admin.visitor import Page, a_visitor
from tests.builders.catalog import (
    a_metric,
    a_metric_with_filters,
    a_plan,
    a_sum_metric,
    a_tax,
    an_add_on,
    fixed_charge,
    standard_charge,
)
from tests.builders.customers import a_customer
from tests.builders.webhooks import work

OPEN = {"charges.0.open": "yes", "charges.1.open": "yes", "fixed_charges.0.open": "yes"}


def test_the_list_shows_fee_charges_and_subscriptions(ada, owner):
    metric = a_metric(owner)
    a_plan(owner, charges=[standard_charge(metric)], fixed_charges=[fixed_charge(an_add_on(owner))])
    subscribed(owner, "one")
    subscribed(owner, "two")
    assert cells(ada.get(PATH).text)[1:] == ["basic", "Monthlyat the end", "10.00EURmonthly", "2", "2"]


def test_search_looks_at_names_and_codes_and_lives_in_the_address(ada, owner):
    a_plan(owner, "growth", name="Scale ups")
    a_plan(owner, "basic", name="Starter")
    for search in ("SCALE", "rowt"):
        found = ada.get(f"{PATH}?search={search}").text
        assert "Scale ups" in found and "Starter" not in found and f'value="{search}"' in found
    assert "No plan matches" in ada.get(f"{PATH}?search=%25").text


def test_overriding_plans_are_not_listed_and_their_subscriptions_count(ada, owner):
    plan = a_plan(owner)
    subscribed(owner)
    override(owner, plan)
    page = ada.get(PATH).text
    assert page.count('class="row-link"') == 1 and cells(page)[-1] == "1"
    assert "with prices of its own" in ada.get(page_of(plan)).text


def test_the_page_of_a_plan_tells_all_of_it(ada, owner):
    metric, tax = a_metric_with_filters(owner), a_tax(owner)
    charge = {
        **standard_charge(metric), "charge_model": "graduated", "properties": {"graduated_ranges": RANGES},
        "min_amount_cents": 5000, "tax_codes": ["vat"],
        "filters": [{
            "invoice_display_name": "Europe", "values": {"region": ["eu"], "tier": ["__ALL_FILTER_VALUES__"]},
            "properties": {"graduated_ranges": RANGES, "pricing_group_keys": ["team"]},
        }],
    }
    plan = a_plan(
        owner, "growth", charges=[charge], fixed_charges=[fixed_charge(an_add_on(owner), 3, "7.25")],
        tax_codes=[tax["code"]], minimum_commitment={"amount_cents": 123456}, description="For those that grow",
    )
    subscribed(owner, "harbour", plan="growth")
    shown = plain(ada.get(page_of(plan)).text)
    for text in ("101 – 500 0.15 EUR 0 EUR", "501 and more 0.10 EUR 20 EUR", "At least 50.00 EUR", "Europe",
                 "region eu", "tier any listed value", "Priced apart for each team", "3 units a period",
                 "7.25 EUR for each unit", "1,234.56 EUR a period", "VAT 20%", "harbour", "For those that grow",
                 "/api/v1/plans/growth"):
        assert text in shown, text


def test_a_tier_that_does_not_say_where_it_ends_has_no_end(ada, owner):
    ranges = [*RANGES[:-1], {name: value for name, value in RANGES[-1].items() if name != "to_value"}]
    charge = {**standard_charge(a_metric(owner)), "charge_model": "graduated"}
    plan = a_plan(owner, "growth", charges=[{**charge, "properties": {"graduated_ranges": ranges}}])
    assert "501 and more 0.10 EUR" in plain(ada.get(page_of(plan)).text)
    ada.post(f"{page_of(plan)}/edit", **fields_of(ada.get(f"{page_of(plan)}/edit").text))
    (kept,) = owner.get("/plans/growth")["plan"]["charges"]
    assert [row.get("to_value") for row in kept["properties"]["graduated_ranges"]] == [100, 500, None]


def test_the_form_sends_back_what_it_was_filled_with(ada, owner):
    plan = everything(owner)
    before = owner.get("/plans/growth")["plan"]
    folded = fields_of(ada.get(f"{page_of(plan)}/edit").text)
    for form in (folded, fields_of(unfold(ada, plan, folded))):
        ada.post(f"{page_of(plan)}/edit", **form)
        assert without_times(owner.get("/plans/growth")["plan"]) == without_times(before)


def test_and_so_it_does_once_there_are_subscriptions(ada, owner):
    plan = everything(owner)
    subscribed(owner, plan="growth")
    before = owner.get("/plans/growth")["plan"]
    form = unfold(ada, plan, fields_of(ada.get(f"{page_of(plan)}/edit").text))
    assert "The plan has had subscriptions" in form and 'name="interval"' not in form and 'name="code"' not in form
    assert 'name="charges.0.charge_model"' not in form and "these terms of the charge are fixed" in form
    ada.post(f"{page_of(plan)}/edit", **fields_of(form))
    assert without_times(owner.get("/plans/growth")["plan"]) == without_times(before)


def test_prices_change_and_rows_come_and_go_with_subscriptions(ada, owner):
    plan = everything(owner)
    subscribed(owner, plan="growth")
    typed = fields_of(ada.get(f"{page_of(plan)}/edit").text)
    typed["amount_cents"], typed["charges.0.price.tiers.0.per_unit_amount"] = "120", "0.30"
    typed |= filled("charges.5", charge(a_metric(owner, "new"), "standard", amount="4"))
    left = {name: value for name, value in typed.items() if not name.startswith("charges.1.")}
    ada.post(f"{page_of(plan)}/edit", **left)
    changed = owner.get("/plans/growth")["plan"]
    assert changed["amount_cents"] == 12000
    assert changed["charges"][0]["properties"]["graduated_ranges"][0]["per_unit_amount"] == "0.30"
    assert changed["charges"][0]["lago_id"] == plan["charges"][0]["lago_id"]
    assert [row["billable_metric_code"] for row in changed["charges"]] == ["calls", "new"]


def test_a_form_from_before_the_first_subscription_is_not_taken_by_half(ada, owner):
    plan = a_plan(owner)
    typed = fields_of(ada.get(f"{page_of(plan)}/edit").text)
    subscribed(owner)
    refused = ada.post(f"{page_of(plan)}/edit", expect=422, **typed | {"name": "Other"}).text
    assert "The plan has its first subscription" in refused
    assert owner.get("/plans/basic")["plan"]["name"] == "Basic"


def test_a_commitment_is_taken_away_by_an_empty_amount(ada, owner):
    plan = a_plan(owner, minimum_commitment={"amount_cents": 5000})
    typed = fields_of(ada.get(f"{page_of(plan)}/edit").text)
    assert typed["minimum_commitment.amount_cents"] == "50.00"
    ada.post(f"{page_of(plan)}/edit", **typed | {"minimum_commitment.amount_cents": ""})
    assert "minimum_commitment" not in owner.get("/plans/basic")["plan"]


def test_a_duplicate_has_all_but_the_code(ada, owner):
    plan = everything(owner)
    form = fields_of(ada.get(f"{PATH}/new?from={plan['lago_id']}").text)
    assert (form["name"], form["code"]) == ("Growth (copy)", "growth_copy")
    ada.post(f"{PATH}/new", **form)
    copied, origin = (without_ids(owner.get(f"/plans/{code}")["plan"]) for code in ("growth_copy", "growth"))
    assert copied | {"name": 0, "code": 0} == origin | {"name": 0, "code": 0}
    assert len(owner.get("/plans")["plans"]) == 2


def test_no_one_duplicates_a_plan_of_others(stranger, owner):
    plan = a_plan(owner)
    stranger.get(f"{PATH}/new?from={plan['lago_id']}", expect=404)
    stranger.get(f"{PATH}/new?from=nonsense", expect=404)


def test_deleting_says_what_it_does_and_does_it(ada, owner):
    plan = a_plan(owner)
    subscribed(owner)
    asked = ada.get(f"{page_of(plan)}/delete", htmx=True).text
    assert "1 active subscription ends now" in asked
    ada.post(f"{page_of(plan)}/delete")
    assert owner.get("/plans/basic")["plan"]["pending_deletion"] is True
    assert "being deleted" in ada.get(page_of(plan)).text


def test_only_admins_change_plans_and_others_see_them(app, ada, owner):
    plan = a_plan(owner)
    clerk = a_visitor(app, owner.organization, "clerk@example.com", role="read_only")
    assert "/edit" not in clerk.get(page_of(plan)).text and "/new" not in clerk.get(PATH).text
    for path in (f"{PATH}/new", f"{page_of(plan)}/edit", f"{page_of(plan)}/delete"):
        clerk.get(path, expect=403)
        clerk.post(path, expect=403, **GROWTH)


def test_the_form_of_a_plan_with_everything_names_nothing_twice(ada, owner):
    plan = everything(owner)
    page = Page(unfold(ada, plan, fields_of(ada.get(f"{page_of(plan)}/edit").text)))
    assert len(page.ids) == len(set(page.ids)) > 50


def page_of(plan):
    return f"{PATH}/{plan['lago_id']}"


def unfold(ada, plan, fields):
    """The form with all of its charges open."""
    return ada.post(f"{page_of(plan)}/edit", expect=200, change="show", **fields | OPEN).text


def subscribed(owner, customer="harbour", plan="basic"):
    a_customer(owner, customer, currency="EUR")
    body = {"external_customer_id": customer, "plan_code": plan, "external_id": customer}
    return owner.post("/subscriptions", {"subscription": body})["subscription"]


def everything(owner):
    """A plan with something of every kind, some of it in an order or a form that the page would not give it."""
    metric, storage = a_metric_with_filters(owner), a_sum_metric(owner)
    touching = [{"from_value": 0, "to_value": 2.5, "per_unit_amount": "4", "flat_amount": "0"},
                {"from_value": 2.5, "to_value": None, "per_unit_amount": "3.10", "flat_amount": "1"}]
    keys = [{"value": "team"}, {"value": "zone", "options": {"display_in_invoice": False}}]
    filters = [
        {"invoice_display_name": None, "values": {"tier": ["std"], "region": ["us", "eu"]},
         "properties": {"graduated_ranges": touching}},
        {"invoice_display_name": "Any", "values": {"region": ["__ALL_FILTER_VALUES__"]},
         "properties": {"graduated_ranges": RANGES, "pricing_group_keys": ["a"]}},
    ]
    charges = [
        standard_charge(metric) | {
            "charge_model": "graduated", "filters": filters, "min_amount_cents": 77,
            "accepts_target_wallet": True,
            "properties": {"graduated_ranges": RANGES, "presentation_group_keys": keys},
        },
        standard_charge(storage, pay_in_advance=True, invoiceable=False, tax_codes=[a_tax(owner)["code"]]) | {
            "charge_model": "percentage", "properties": {"rate": "1.50", "free_units_per_events": 3},
        },
    ]
    return a_plan(
        owner, "growth", interval="yearly", bill_charges_monthly=True, charges=charges, tax_codes=["vat"],
        fixed_charges=[fixed_charge(an_add_on(owner), "2.5", pay_in_advance=True)], description="<b>",
        invoice_display_name="On paper", minimum_commitment={"amount_cents": 1, "tax_codes": ["vat"]}, trial_period=7.5,
        usage_thresholds=[
            {"amount_cents": 100, "threshold_display_name": "One"}, {"amount_cents": 99, "recurring": True},
        ],
    )


def override(owner, plan):
    """Puts all subscriptions of the plan on one of their own."""
    with transaction():
        special = Plan(
            organization_id=owner.organization.id, parent_id=plan["lago_id"], name="Basic", code="basic",
            interval="monthly", amount_cents=500, amount_currency="EUR", pay_in_advance=False,
        )
        db.session.add(special)
        db.session.flush()
        db.session.execute(db.text("UPDATE subscriptions SET plan_id = :special"), {"special": special.id})


def without_times(value):
    """An answer of the API without the times of changes."""
    return without(value, "updated_at")


def without_ids(value):
    return without(value, "updated_at", "created_at", "lago_id", "plan_code")


def without(value, *names):
    if isinstance(value, list):
        return [without(part, *names) for part in value]
    if not isinstance(value, dict):
        return value
    return {name: without(part, *names) for name, part in value.items() if name not in names}


def cells(page):
    """The texts of the first row of the page's table."""
    row = re.search(r"<tbody.*?<tr>(.*?)</tr>", page, re.DOTALL)[1]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)]


def plain(page):
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_plans_of_single_subscriptions_follow_if_one_says_so(ada, owner):
    plan = a_plan(owner)
    assert "cascade_updates" not in ada.get(f"{page_of(plan)}/edit").text
    a_customer(owner, "acme")
    body = {
        "external_customer_id": "acme", "external_id": "acme", "plan_code": "basic", "plan_overrides": {"name": "A"},
    }
    owner.post("/subscriptions", {"subscription": body})
    form = ada.get(f"{page_of(plan)}/edit").text
    assert "1 plan was made from this one" in form and "with prices of its own" in ada.get(page_of(plan)).text
    typed = fields_of(form)
    for amount, fields, own in (("20", {}, 1000), ("10", {}, 1000), ("30", {"cascade_updates": "yes"}, 3000)):
        ada.post(f"{page_of(plan)}/edit", **typed | {"amount_cents": amount} | fields)
        work()
        assert owner.get("/subscriptions/acme")["subscription"]["plan"]["amount_cents"] == own
