"""Prices, units and thresholds of one subscription alone (02 §2.2-7, §8.1, 03 §2.5)."""

from tests.builders.catalog import a_metric, a_plan, an_add_on, fixed_charge, standard_charge
from tests.builders.stories import customer


def test_a_subscription_is_given_terms_of_its_own(ada, owner, stranger):
    charge = standard_charge(a_metric(owner, "calls"), code="calls")
    a_plan(owner, "p", charges=[charge], fixed_charges=[fixed_charge(an_add_on(owner, "seats"), code="seats")])
    customer(owner, "acme", currency="EUR")
    made = {"external_customer_id": "acme", "external_id": "s", "plan_code": "p"}
    path = f"/subscriptions/{owner.post('/subscriptions', {'subscription': made})['subscription']['lago_id']}"
    ada.post(f"{path}/fixed_charges/seats/edit", units="7", when="later")
    assert owner.get("/subscriptions/s/fixed_charges/seats")["fixed_charge"]["units"] == "7.0"
    ada.post(f"{path}/charges/calls/edit", properties='{"amount": "0.25"}', min_amount="5", invoice_display_name="")
    own = owner.get("/subscriptions/s/charges/calls")["charge"]
    assert (own["properties"]["amount"], own["min_amount_cents"]) == ("0.25", 500)
    assert owner.get("/plans/p/charges/calls")["charge"]["properties"]["amount"] != "0.25"
    ada.post(f"{path}/usage_thresholds", amounts="10\n20.50", step="100")
    rows = owner.get("/subscriptions/s")["subscription"]["applicable_usage_thresholds"]
    amounts = sorted((row["amount_cents"], row["recurring"]) for row in rows)
    assert amounts == [(1000, False), (2050, False), (10000, True)]
    ada.post(f"{path}/lifetime_usage", historical="3")
    lifetime = owner.get("/subscriptions/s/lifetime_usage")["lifetime_usage"]
    assert lifetime["external_historical_usage_amount_cents"] == 300
    page = ada.get(f"{path}/prices").text
    assert "0.25 EUR" in page and "20.50" in page and "/charges/calls/edit" in page
    for form, field, wrong in (("charges/calls/edit", "properties", "[kept"), ("usage_thresholds", "amounts", "kept"),
                               ("lifetime_usage", "historical", "kept"), ("fixed_charges/seats/edit", "units", "kept")):
        assert wrong in ada.post(f"{path}/{form}", expect=422, **{field: wrong}).text
        stranger.get(f"{path}/{form}", expect=404)
