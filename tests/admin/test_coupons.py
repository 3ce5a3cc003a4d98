"""Pages of coupons (04 §8): found, explained while they are typed, made and changed, given, ended, deleted."""

import re

import pytest
from sqlalchemy import select

from lago.catalog.models import Coupon
from lago.core.db import db
from tests.admin.visitor import a_visitor
from tests.builders.catalog import a_metric, a_plan
from tests.builders.coupons import a_coupon, a_percentage, applied, apply
from tests.builders.customers import a_customer
from tests.builders.stories import plan, subscribe

PATH = "/coupons"
LAUNCH = {
    "name": "Launch", "code": "launch", "coupon_type": "percentage", "percentage_rate": "12.5 %", "frequency": "once",
    "limit": "", "reusable": "yes",
}


def page_of(code="welcome"):
    return f"{PATH}/{db.session.scalar(select(Coupon.id).where(Coupon.code == code))}"


def words_of(html):
    """What is read, without the markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(" .", ".").replace(" ,", ",")


def explained(visitor, path=f"{PATH}/new", **form):
    """What the form says of what is typed."""
    answer = visitor.client.post(
        path, data={"csrf_token": visitor.token(), **LAUNCH, **form},
        headers={"HX-Request": "true", "HX-Target": "explained"},
    )
    assert answer.status_code == 200, answer.text[:500]
    return words_of(answer.text)


def test_the_list_shows_what_coupons_take(ada, owner):
    a_plan(owner, "growth")
    a_percentage(owner, "12.50", "launch", frequency="recurring", frequency_duration=3)
    a_coupon(owner, amount_cents=123450, applies_to={"plan_codes": ["growth"]})
    a_customer(owner), apply(owner)
    shown = words_of(ada.get(PATH).text)
    for part in ("12.5%", "3 invoices", "1,234.50 EUR", "Once", "Growth"):
        assert part in shown, part
    assert '<td class="num wide">1</td>' in ada.get(PATH).text


def test_coupons_are_found_by_name_code_and_status(ada, owner):
    a_coupon(owner, "spring", name="Fair"), a_coupon(owner, "other", name="Partner")
    for search in ("FAI", "spri"):
        found = ada.get(f"{PATH}?search={search}").text
        assert "Fair" in found and "Partner" not in found
    ada.post(f"{page_of('other')}/terminate")
    ended = ada.get(f"{PATH}?status=terminated").text
    assert "Partner" in ended and "Fair" not in ended
    assert "No coupon matches" in ada.get(f"{PATH}?search=%25").text


def test_without_coupons_the_list_says_what_they_are(ada):
    assert "No coupon yet" in ada.get(PATH).text


def test_a_coupon_is_made(ada, owner):
    a_plan(owner, "growth")
    ada.post(f"{PATH}/new", **LAUNCH, plans=["growth"], last_day="2999-12-31")
    made = owner.get("/coupons/launch")["coupon"]
    assert (made["percentage_rate"], made["limited_plans"], made["reusable"]) == ("12.5", False, True)
    assert (made["expiration"], made["expiration_at"]) == ("time_limit", "3000-01-01T00:00:00Z")
    ada.post(f"{PATH}/new", **{
        **LAUNCH, "code": "yen", "coupon_type": "fixed_amount", "amount": "500", "amount_currency": "JPY",
        "limit": "plans", "plans": ["growth"], "frequency": "recurring", "frequency_duration": "2",
    })
    made = owner.get("/coupons/yen")["coupon"]
    assert (made["amount_cents"], made["amount_currency"], made["plan_codes"]) == (500, "JPY", ["growth"])
    assert (made["frequency_duration"], made["percentage_rate"]) == (2, None)


@pytest.mark.parametrize("typed, field", [
    ({"name": ""}, "name"), ({"percentage_rate": "lots"}, "percentage_rate"),
    ({"coupon_type": "fixed_amount", "amount": "1.234", "amount_currency": "EUR"}, "amount"),
    ({"coupon_type": "fixed_amount", "amount": "", "amount_currency": "EUR"}, "amount"),
    ({"frequency": "recurring", "frequency_duration": ""}, "frequency_duration"),
    ({"last_day": "2001-01-01"}, "last_day"), ({"last_day": "soon"}, "last_day"),
])
def test_what_is_wrong_stands_beside_its_field(ada, owner, typed, field):
    shown = ada.post(f"{PATH}/new", expect=422, **{**LAUNCH, **typed}).text
    assert f'id="error-{field}"' in shown
    assert owner.get("/coupons")["coupons"] == []


def test_a_plan_that_is_gone_is_told_of(ada):
    shown = ada.post(f"{PATH}/new", expect=422, **LAUNCH | {"limit": "plans"}, plans=["gone"]).text
    assert "One of these was deleted meanwhile." in shown


def test_the_form_explains_an_amount_of_everything(ada):
    shown = explained(ada, coupon_type="fixed_amount", amount="250", amount_currency="EUR")
    assert "It takes 250.00 EUR off what an invoice comes to before tax." in shown
    # 100.00 each: 250.00 last for three invoices
    assert "1st invoice 150.00 left −100.00 0.00" in shown
    assert "3rd invoice used up −50.00 50.00" in shown and "4th" not in shown


def test_the_form_explains_a_percentage_of_some_plans(ada, owner):
    a_plan(owner, "growth"), a_plan(owner, "team")
    shown = explained(
        ada, limit="plans", plans=["growth", "team"], frequency="recurring", frequency_duration="2", reusable=""
    )
    assert "It takes 12.5% off the fees of Growth and Team, before tax" in shown
    # 12.5 % of the half of 100.00
    assert "1st invoice −6.25 93.75" in shown and "2nd invoice used up −6.25 93.75" in shown


def test_the_form_explains_what_lasts_forever(ada, owner):
    a_metric(owner)
    shown = explained(ada, limit="metrics", metrics=["calls"], frequency="forever", percentage_rate="200")
    assert "That is all there is." in shown and "It stays until someone takes it away." in shown
    assert "4th invoice −50.00 50.00 and so on" in shown


@pytest.mark.parametrize("typed", [
    {"percentage_rate": ""}, {"percentage_rate": "x"}, {"frequency": "recurring", "frequency_duration": ""},
    {"coupon_type": "fixed_amount", "amount": "1.234"}, {"coupon_type": "", "frequency": ""},
])
def test_what_is_not_known_is_not_explained(ada, typed):
    assert "With what it takes typed" in explained(ada, **typed)


def test_the_page_tells_who_has_it_and_what_was_taken(sara, sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    a_coupon(sandbox, amount_cents=12000, description="From the fair")
    a_customer(sandbox, "acme", name="Acme"), apply(sandbox)
    plan(sandbox, pay_in_advance=True), subscribe(sandbox)
    shown = words_of(sara.get(page_of()).text)
    # 49.00 of the plan
    for part in ("From the fair", "Acme", "71.00 EUR", "49.00 EUR", "-001-001", "Customers now 1"):
        assert part in shown, part


def test_the_page_of_an_invoice_names_its_coupons(sara, sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    a_coupon(sandbox), a_customer(sandbox), apply(sandbox)
    plan(sandbox, pay_in_advance=True), subscribe(sandbox)
    (invoice,) = sandbox.get("/invoices")["invoices"]
    shown = sara.get(f"/invoices/{invoice['lago_id']}").text
    assert f'<a href="{page_of()}">Welcome</a>' in shown and "Welcome (€10.00)" in shown


def test_before_it_was_applied_everything_changes(ada, owner):
    a_coupon(owner)
    assert 'value="10.00"' in ada.get(f"{page_of()}/edit").text
    ada.post(f"{page_of()}/edit", **LAUNCH)
    assert owner.get("/coupons/launch")["coupon"]["percentage_rate"] == "12.5"


def test_afterwards_only_its_name_and_end(ada, owner):
    a_coupon(owner, expiration="time_limit", expiration_at="2999-06-01T12:00:00Z")
    a_customer(owner), apply(owner)
    shown = ada.get(f"{page_of()}/edit").text
    assert 'name="coupon_type"' not in shown and 'value="2999-06-01"' in shown
    ada.post(f"{page_of()}/edit", name="Hello", description="", last_day="2999-06-01")
    changed = owner.get("/coupons/welcome")["coupon"]
    assert (changed["name"], changed["expiration_at"]) == ("Hello", "2999-06-01T12:00:00Z")  # the same day: no change
    refused = ada.post(f"{page_of()}/edit", expect=422, **LAUNCH).text
    assert "A customer was given the coupon meanwhile" in refused
    ada.post(f"{page_of()}/edit", name="Hello", last_day="")
    assert owner.get("/coupons/welcome")["coupon"]["expiration"] == "no_expiration"


def test_it_is_given_with_other_terms(ada, owner):
    a_coupon(owner)
    a_customer(owner)
    assert 'value="10.00"' in ada.get(f"{page_of()}/apply", htmx=True).text
    terms = {"amount": "7.50", "amount_currency": "EUR", "frequency": "recurring", "frequency_duration": "4"}
    answer = ada.post(f"{page_of()}/apply", expect=204, htmx=True, external_customer_id="acme", **terms)
    assert answer.headers["HX-Redirect"] == page_of()
    row = applied(owner)
    assert (row["amount_cents"], row["frequency"], row["frequency_duration_remaining"]) == (750, "recurring", 4)


@pytest.mark.parametrize("typed, told", [
    ({"external_customer_id": "nobody"}, "There is no customer of this external id."),
    ({"amount": "x"}, 'id="error-amount"'),
    ({"frequency": "recurring", "frequency_duration": ""}, 'id="error-frequency_duration"'),
])
def test_why_it_is_not_given(ada, owner, typed, told):
    a_coupon(owner), a_customer(owner)
    form = {"external_customer_id": "acme", "amount": "5", "amount_currency": "EUR", "frequency": "once", **typed}
    assert told in ada.post(f"{page_of()}/apply", expect=422, **form).text
    assert owner.get("/applied_coupons")["applied_coupons"] == []


def test_who_gives_or_ends_it_from_a_customer_s_page_goes_back_there(ada, owner):
    a_coupon(owner)
    back = f"/customers/{a_customer(owner)['lago_id']}?tab=coupons"
    terms = {"amount": "5", "amount_currency": "EUR", "frequency": "once"}
    given = ada.post(f"{page_of()}/apply?customer=acme", external_customer_id="acme", **terms)
    assert given.headers["Location"] == back
    (end,) = re.findall(r'hx-get="(/applied_coupons/[^"]+)"', ada.get(back).text)
    assert f'action="{end}"' in ada.get(end, htmx=True).text
    assert ada.post(end).headers["Location"] == back
    assert applied(owner)["status"] == "terminated"


def test_one_that_has_ended_or_is_not_for_twice_is_not_given(ada, owner):
    a_percentage(owner, 5, reusable=False), a_customer(owner), a_customer(owner, "bolt"), apply(owner)
    form = {"percentage_rate": "5", "frequency": "once"}
    twice = ada.post(f"{page_of()}/apply", expect=422, external_customer_id="acme", **form).text
    assert "The customer has had this coupon" in twice
    ada.post(f"{page_of()}/terminate")
    ended = ada.post(f"{page_of()}/apply", expect=422, external_customer_id="bolt", **form).text
    assert "The coupon has ended" in ended


def test_it_is_taken_away_from_a_customer(ada, owner):
    a_coupon(owner), a_customer(owner)
    path = f"/applied_coupons/{apply(owner)['lago_id']}/terminate"
    assert "the 10.00 EUR that are left of it are gone" in words_of(ada.get(path, htmx=True).text)
    assert ada.post(path).headers["Location"] == page_of()
    assert applied(owner)["status"] == "terminated"


def test_terminated_it_goes_on_where_it_is(ada, owner):
    a_coupon(owner), a_customer(owner), apply(owner)
    assert "1 customer who has it keeps it" in words_of(ada.get(f"{page_of()}/terminate", htmx=True).text)
    ada.post(f"{page_of()}/terminate")
    assert (applied(owner)["status"], applied(owner)["coupon_status"]) == ("active", "terminated")
    shown = ada.get(page_of()).text
    assert "This coupon ended on" in shown and "Give to a customer" not in shown


def test_deleted_it_is_taken_from_all(ada, owner):
    a_coupon(owner), a_customer(owner), apply(owner)
    path = page_of()
    assert "1 customer loses it:" in words_of(ada.get(f"{path}/delete", htmx=True).text)
    assert ada.post(f"{path}/delete").headers["Location"] == PATH
    assert applied(owner)["status"] == "terminated"
    ada.get(path, expect=404)


def test_only_admins_make_and_give_coupons(app, owner):
    a_coupon(owner), a_customer(owner)
    mia = a_visitor(app, owner.organization, "mia@example.com", role="read_only")
    assert "New coupon" not in mia.get(PATH).text and "Give to" not in mia.get(page_of()).text
    for path in (f"{PATH}/new", f"{page_of()}/edit", f"{page_of()}/apply", f"{page_of()}/delete"):
        mia.get(path, expect=403)


def test_customers_are_offered_while_one_types(ada, owner):
    a_coupon(owner), a_customer(owner, "acme"), a_customer(owner, "bolt")
    answer = ada.get(f"{page_of()}/apply?external_customer_id=bo", htmx=True, **{"HX-Target": "customers-known"}).text
    assert "bolt" in answer and "acme" not in answer


def test_coupons_of_others_are_not_there(stranger, owner):
    a_coupon(owner), a_customer(owner)
    given = apply(owner)["lago_id"]
    for path in (page_of(), f"{page_of()}/edit", f"{page_of()}/apply", f"/applied_coupons/{given}/terminate"):
        stranger.get(path, expect=404)


def test_rows_cost_no_queries(ada, owner, count_queries):
    a_plan(owner, "growth")

    def coupons(*numbers):
        for number in numbers:
            a_coupon(owner, f"c{number}", applies_to={"plan_codes": ["growth"]})
            a_customer(owner, f"c{number}")
            apply(owner, f"c{number}", f"c{number}")
        with count_queries() as statements:
            ada.get(PATH)
        return len(statements)

    assert coupons(1) == coupons(*range(2, 6)) <= 16


def test_customers_and_what_they_used_cost_no_queries(sara, sandbox, count_queries):
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox, pay_in_advance=True)
    a_coupon(sandbox, frequency="forever")

    def customers(*numbers):
        for number in numbers:
            a_customer(sandbox, f"c{number}", currency="EUR")
            apply(sandbox, customer=f"c{number}")
            subscribe(sandbox, f"c{number}")
        with count_queries() as statements:
            sara.get(page_of())
        return len(statements)

    assert customers(1) == customers(*range(2, 5)) <= 20
