"""A subscription that gets a plan of its own while it runs: what was billed stays billed, what goes on goes on."""

import pytest

from lago.core.db import db, transaction
from lago.invoicing.adjust_fee import Target, adjust_fee
from lago.invoicing.models import Invoice
from tests.builders.catalog import a_filter, an_add_on, fixed_charge
from tests.builders.fixed_charges import AHEAD, all_billed, begin, on, own
from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use

OWN = "/subscriptions/acme"


def override(sandbox, moment, **overrides):
    """Terms for the subscription alone from that moment on."""
    sandbox.at(moment)
    changed = sandbox.put(OWN, {"subscription": {"plan_overrides": overrides}})["subscription"]
    sandbox.at(moment)
    return changed


def seats(sandbox):
    """The fixed charges of the subscription."""
    return sandbox.get(f"{OWN}/fixed_charges")["fixed_charges"]


def test_the_copy_takes_the_place_of_the_plan(sandbox):
    made = begin(sandbox, "2024-03-01T00:00:00Z", on("seats"))
    changed = override(sandbox, "2024-03-05T00:00:00Z", name="Acme's", amount_cents=700)
    assert (changed["plan"]["parent_id"], changed["plan"]["name"]) == (made["lago_id"], "Acme's")
    assert (changed["plan_code"], changed["plan_amount_cents"]) == ("pro", 700)
    assert sandbox.get("/plans/pro")["plan"]["amount_cents"] == 0
    sandbox.at("2024-04-01T00:00:00Z")
    (invoice,) = invoices(sandbox)
    assert fee(invoice, "subscription")["amount_cents"] == 700


def test_units_alone_make_no_plan(sandbox):
    made = begin(sandbox, "2024-03-01T00:00:00Z", on("seats", 10, **AHEAD))
    row = {"id": made["fixed_charges"][0]["lago_id"], "units": 12, "apply_units_immediately": True}
    changed = override(sandbox, "2024-03-05T00:00:00Z", fixed_charges=[row])
    assert changed["plan"]["lago_id"] == made["lago_id"]
    assert seats(sandbox)[0]["units"] == "12.0"
    assert [rows for _, rows in all_billed(sandbox)] == [{"seats": ("10.0", 10000)}, {"seats": ("2.0", 2000)}]


def test_units_of_an_unknown_fixed_charge_are_not_found(sandbox):
    made = begin(sandbox, "2024-03-01T00:00:00Z", on("seats"))
    body = {"subscription": {"plan_overrides": {"fixed_charges": [{"id": made["lago_id"], "units": 12}]}}}
    assert sandbox.put(OWN, body, expect=404)["code"] == "fixed_charge_not_found"


@pytest.mark.parametrize("units, added", [(15, ("5.0", 5000)), (3, ("0.0", 0))], ids=["more", "fewer"])
def test_units_that_begin_at_once_are_billed_less_what_is_paid(sandbox, units, added):
    made = begin(sandbox, "2024-12-01T00:00:00Z", on("seats", 10, **AHEAD))
    row = {"id": made["fixed_charges"][0]["lago_id"], "units": units, "apply_units_immediately": True}
    override(sandbox, "2024-12-11T00:00:00Z", name="Acme's", fixed_charges=[row])
    assert all_billed(sandbox)[1:] == [("2024-12-11", {"seats": added})]
    sandbox.at("2025-01-01T00:00:00Z")
    assert all_billed(sandbox)[2:] == [("2025-01-01", {"seats": (f"{units}.0", units * 1000)})]


def test_units_that_begin_later_cost_nothing_yet(sandbox):
    made = begin(sandbox, "2024-12-01T00:00:00Z", on("seats", 10, **AHEAD))
    override(sandbox, "2024-12-11T00:00:00Z", name="A", fixed_charges=[
        {"id": made["fixed_charges"][0]["lago_id"], "units": 15},
    ])
    assert len(invoices(sandbox)) == 1
    sandbox.at("2025-01-01T00:00:00Z")
    assert all_billed(sandbox)[1:] == [("2025-01-01", {"seats": ("15.0", 15000)})]


def test_units_that_are_yet_to_be_billed_are_billed_of_the_copy(sandbox):
    """The plan has more units at once, and before they are billed the subscription gets a plan of its own."""
    made = begin(sandbox, "2024-12-01T00:00:00Z", on("seats", 10, **AHEAD))
    row = {"id": made["fixed_charges"][0]["lago_id"], "units": 15, "properties": {"amount": "10"}}
    sandbox.put("/plans/pro", {"plan": {"fixed_charges": [{**row, "apply_units_immediately": True}]}})
    sandbox.put(OWN, {"subscription": {"plan_overrides": {"name": "Acme's"}}})
    sandbox.at("2024-12-01T00:00:00Z")
    assert [rows for _, rows in all_billed(sandbox)] == [{"seats": ("10.0", 10000)}, {"seats": ("5.0", 5000)}]


def test_units_in_arrears_go_on(sandbox):
    """10 units until 16 April, 20 from then on: 15/30 of each, also if the plan was changed in between."""
    made = begin(sandbox, "2024-04-01T00:00:00Z", on("seats", 10, prorated=True))
    override(sandbox, "2024-04-06T00:00:00Z", name="Acme's")
    row = {"id": seats(sandbox)[0]["lago_id"], "units": 20, "apply_units_immediately": True}
    override(sandbox, "2024-04-16T00:00:00Z", fixed_charges=[row])
    sandbox.at("2024-05-01T00:00:00Z")
    assert all_billed(sandbox) == [("2024-05-01", {"seats": ("20.0", 15000)})]
    assert made["fixed_charges"][0]["units"] == "10.0"


def test_own_units_are_folded_into_the_copy(sandbox):
    begin(sandbox, "2024-04-01T00:00:00Z", on("seats", 10))
    own(sandbox, "2024-04-02T00:00:00Z", 14, apply_units_immediately=True)
    changed = override(sandbox, "2024-04-06T00:00:00Z", name="Acme's")
    assert seats(sandbox)[0]["units"] == "14.0" and changed["plan"]["name"] == "Acme's"
    row = {"id": seats(sandbox)[0]["lago_id"], "units": 9, "apply_units_immediately": True}
    override(sandbox, "2024-04-07T00:00:00Z", fixed_charges=[row])
    assert seats(sandbox)[0]["units"] == "9.0"  # nothing of the units of its own is left


def test_one_that_has_not_begun_begins_with_its_own_plan(sandbox):
    sandbox.at("2024-04-01T00:00:00Z")
    made = plan(sandbox, amount_cents=3000)
    subscribe(sandbox, subscription_at="2024-05-01T00:00:00Z")
    override(sandbox, "2024-04-06T00:00:00Z", amount_cents=500)
    sandbox.at("2024-06-01T00:00:00Z")
    (invoice,) = invoices(sandbox)
    assert fee(invoice, "subscription")["amount_cents"] == 500 and made["amount_cents"] == 3000


def test_usage_of_the_running_period_is_priced_by_the_copy(sandbox):
    sandbox.at("2024-03-01T00:00:00Z")
    made = plan(sandbox, amount_cents=0, charges=[standard(metric(sandbox, "calls"), "1")])
    subscribe(sandbox)
    use(sandbox, "calls")
    row = {"id": made["charges"][0]["lago_id"], "properties": {"amount": "3"}}
    override(sandbox, "2024-03-05T00:00:00Z", charges=[row])
    use(sandbox, "calls")
    sandbox.at("2024-04-01T00:00:00Z")
    assert fee(invoices(sandbox)[0], "charge")["amount_cents"] == 600


def test_what_events_in_advance_have_paid_stays_paid(sandbox):
    """A sum: 5 paid at 10.00, then down to 2 and up to 6: only the peak grows, by 1, at the copy's price of 20.00."""
    sandbox.at("2024-03-01T00:00:00Z")
    counted = metric(
        sandbox, "gb", "sum_agg", field_name="gb", filters=[{"key": "region", "values": ["eu", "us"]}], recurring=True,
    )
    charge = {**standard(counted, "1"), "pay_in_advance": True, "filters": [a_filter("10", region=["eu"])]}
    made = plan(sandbox, amount_cents=0, charges=[charge])
    subscribe(sandbox)
    for value in (5, -3):
        use(sandbox, "gb", properties={"gb": value, "region": "eu"})
    sandbox.at("2024-03-05T00:00:00Z")
    row = {"id": made["charges"][0]["lago_id"], "filters": [a_filter("20", region=["eu"])]}
    override(sandbox, "2024-03-05T00:00:00Z", charges=[row])
    use(sandbox, "gb", properties={"gb": 4, "region": "eu"})
    sandbox.at("2024-03-06T00:00:00Z")
    amounts = [(row["units"], row["amount_cents"]) for one in invoices(sandbox) for row in one["fees"]]
    assert amounts == [("5.0", 5000), ("0.0", 0), ("1.0", 2000)]


def test_levels_go_on(sandbox):
    """A level of 310 through March and April; the plan is changed in April, and the level is still there."""
    sandbox.at("2024-03-01T00:00:00Z")
    level = metric(
        sandbox, "level", "weighted_sum_agg", field_name="gb", recurring=True, weighted_interval="seconds",
    )
    made = plan(sandbox, amount_cents=0, charges=[standard(level, "1")])
    subscribe(sandbox)
    use(sandbox, "level", properties={"gb": 310})
    row = {"id": made["charges"][0]["lago_id"], "properties": {"amount": "2"}}
    override(sandbox, "2024-04-10T00:00:00Z", charges=[row])
    sandbox.at("2024-05-01T00:00:00Z")
    march, april = invoices(sandbox)
    assert (fee(march, "charge")["amount_cents"], fee(april, "charge")["amount_cents"]) == (31000, 62000)


@pytest.fixture
def draft(sandbox):
    """A draft of March with 10.00 for the plan, an event of 1.00 and 10 seats of 10.00; the plan."""
    sandbox.at("2024-03-01T00:00:00Z")
    customer(sandbox, billing_configuration={"invoice_grace_period": 10})
    made = plan(
        sandbox, amount_cents=1000, charges=[standard(metric(sandbox, "calls"), "1")],
        fixed_charges=[fixed_charge(an_add_on(sandbox))],
    )
    subscribe(sandbox)
    use(sandbox, "calls")
    sandbox.at("2024-04-02T00:00:00Z")
    return made


def cents(sandbox):
    """The amounts of the one draft by kind."""
    (invoice,) = invoices(sandbox)
    assert invoice["status"] == "draft"
    return {row["item"]["type"]: row["amount_cents"] for row in invoice["fees"]}


def test_drafts_are_made_anew(sandbox, draft):
    row = {"id": draft["charges"][0]["lago_id"], "properties": {"amount": "3"}}
    override(sandbox, "2024-04-02T00:00:00Z", amount_cents=1500, charges=[row])
    assert cents(sandbox) == {"subscription": 1500, "charge": 300, "fixed_charge": 10000}


def test_what_is_wanted_of_the_fees_of_drafts_stays_wanted(sandbox, draft):
    """7 units of the charge and 4 seats, in the place of 1 and 10; the override has them at 3.00 and 5.00."""
    invoice = db.session.get(Invoice, invoices(sandbox)[0]["lago_id"])
    with transaction():
        for kind, units in (("charge", "7"), ("fixed_charge", "4")):
            (one,) = [row for row in invoice.fees if row.fee_type == kind]
            adjust_fee(invoice, Target(fee_id=one.id), {"units": units})
    assert cents(sandbox) == {"subscription": 1000, "charge": 700, "fixed_charge": 4000}
    override(
        sandbox, "2024-04-02T00:00:00Z",
        charges=[{"id": draft["charges"][0]["lago_id"], "properties": {"amount": "3"}}],
        fixed_charges=[{"id": draft["fixed_charges"][0]["lago_id"], "properties": {"amount": "5"}}],
    )
    assert cents(sandbox) == {"subscription": 1000, "charge": 2100, "fixed_charge": 2000}


def test_one_that_has_ended_is_not_changed(sandbox):
    begin(sandbox, "2024-04-01T00:00:00Z", on("seats"))
    sandbox.delete(OWN)
    body = {"subscription": {"plan_overrides": {"name": "Acme's"}}}
    assert sandbox.put(OWN, body, expect=405)["code"] == "plan_overrides_not_editable"
