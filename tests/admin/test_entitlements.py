"""What plans and subscriptions have of features, on their pages (03 §1.7)."""

import pytest
from sqlalchemy import select

from lago.catalog.models import Feature
from lago.core.db import db
from lago.core.outbox import OutboxRow, run_next
from tests.admin.visitor import a_visitor
from tests.builders.catalog import a_plan
from tests.builders.features import a_feature, adjust, give, in_short
from tests.builders.stories import subscribe


@pytest.fixture
def shop(owner):
    """A plan, a subscription to it, and two features that the plan does not give."""
    a_feature(owner)
    a_feature(owner, "reports", name="Reports", privileges=[])
    owner.plan = f"/plans/{a_plan(owner)['lago_id']}"
    owner.own = f"/subscriptions/{subscribe(owner, plan_code='basic')['lago_id']}/entitlements"
    return owner


def feature(code="seats"):
    return db.session.scalars(select(Feature).where(Feature.code == code)).one()


def of_plan(shop, code="seats"):
    return f"{shop.plan}/entitlements/{feature(code).id}"


def own(shop, code="seats"):
    return f"{shop.own}/{feature(code).id}"


def values(**texts):
    """The fields of a form, by the codes of the privileges."""
    ids = {one.code: one.id for one in feature().privileges}
    return {f"value-{ids[code]}": text for code, text in texts.items()}


def away(*codes):
    return {f"away-{one.id}": "yes" for one in feature().privileges if one.code in codes}


def given(shop):
    return in_short(shop.get("/plans/basic/entitlements")["entitlements"])


def has(shop):
    return in_short(shop.get("/subscriptions/acme/entitlements")["entitlements"])


def test_the_page_of_a_plan_shows_what_it_gives(ada, shop):
    assert "It gives no feature" in ada.get(shop.plan).text
    give(shop, "basic", seats={"max": 3, "sso": True}, reports={})
    shown = ada.get(shop.plan).text
    for part in ("Seats", "max: <b>3</b>", "sso: <b>yes</b>", "Reports", "given, without values"):
        assert part in shown, part


def test_features_that_a_plan_does_not_give_are_offered(ada, shop):
    give(shop, "basic", seats={})
    offered = ada.get(f"{shop.plan}/entitlements/new").text
    assert of_plan(shop, "reports") in offered and of_plan(shop) not in offered
    give(shop, "basic", reports={})
    assert "No other feature" in ada.get(f"{shop.plan}/entitlements/new").text


def test_a_plan_is_given_a_feature_with_values(ada, shop):
    assert "Give it" in ada.get(of_plan(shop)).text
    saved = ada.post(of_plan(shop), **values(max=" 3 ", sso="false", root="", provider="okta"))
    assert saved.location == f"{shop.plan}#entitlements"
    assert given(shop) == {"seats": {"max": 3, "sso": False, "provider": "okta"}}


def test_a_feature_without_privileges_is_given(ada, shop):
    assert ada.post(of_plan(shop, "reports"), htmx=True, expect=204).headers["HX-Redirect"] == shop.plan
    assert given(shop) == {"reports": {}}


def test_a_field_that_is_emptied_is_not_set_any_longer(ada, shop):
    give(shop, "basic", seats={"max": 3, "sso": True})
    assert 'value="3"' in ada.get(of_plan(shop)).text
    while run_next():
        pass
    ada.post(of_plan(shop), **values(max="4", sso=""))
    assert given(shop) == {"seats": {"max": 4}}
    waiting = [row.args["webhook_type"] for row in db.session.query(OutboxRow).filter_by(name="webhooks.dispatch")]
    assert waiting == ["plan.updated"]  # once, for all that the form changed


def test_an_error_stands_beside_its_field_and_nothing_is_saved(ada, shop):
    give(shop, "basic", seats={"max": 3, "sso": True})
    shown = ada.post(of_plan(shop), expect=422, **values(max="ten", sso="")).text
    (name,) = values(max="")
    assert f'id="error-{name}">This is no whole number.' in shown and 'value="ten"' in shown
    assert given(shop) == {"seats": {"max": 3, "sso": True}}


def test_a_plan_loses_a_feature_after_a_question(ada, shop):
    give(shop, "basic", seats={"max": 3})
    assert "All subscriptions of the plan" in ada.get(f"{of_plan(shop)}/remove").text
    ada.post(f"{of_plan(shop)}/remove")
    assert given(shop) == {}


def test_the_page_of_a_subscription_shows_where_values_come_from(ada, shop):
    assert "It has no feature" in ada.get(shop.own).text
    give(shop, "basic", seats={"max": 3, "sso": True})
    adjust(shop, "acme", seats={"max": 10}, reports={})
    shop.delete("/subscriptions/acme/entitlements/seats/privileges/sso")
    shown = ada.get(shop.own).text
    for part in ("<strong>10</strong>", "<td>3</td>", "taken away", "only here", "changed", "As the plan"):
        assert part in shown, part


def test_a_value_of_its_own_is_set_and_left_to_the_plan_again(ada, shop):
    give(shop, "basic", seats={"max": 3, "sso": True})
    assert "As in the plan: 3" in ada.get(own(shop)).text
    ada.post(own(shop), **values(max="10", root="a"))
    assert has(shop) == {"seats": {"max": 10, "sso": True, "root": "a"}}
    ada.post(own(shop), **values(max="", root=""))
    assert has(shop) == {"seats": {"max": 3, "sso": True}}
    give(shop, "basic", seats={"max": 5, "root": "b"})
    assert has(shop) == {"seats": {"max": 5, "sso": True, "root": "b"}}


def test_a_privilege_is_taken_away_and_given_back(ada, shop):
    give(shop, "basic", seats={"max": 3, "sso": True})
    ada.post(own(shop), **values(max="9"), **away("sso"))
    assert has(shop) == {"seats": {"max": 9}}
    ada.post(own(shop), **values(max="3"), **away("sso"))
    assert has(shop) == {"seats": {"max": 3}}
    ada.post(own(shop), **values(max="", sso=""))
    assert has(shop) == {"seats": {"max": 3, "sso": True}}


def test_what_was_taken_away_stays_so_where_the_rest_is_the_plans(ada, shop):
    give(shop, "basic", seats={"max": 3})
    ada.post(own(shop), **values(max="3"), **away("root"))
    give(shop, "basic", seats={"root": "b"})
    assert has(shop) == {"seats": {"max": 3}}


def test_a_feature_of_its_own_is_offered_given_and_taken_away(ada, shop):
    give(shop, "basic", seats={})
    offered = ada.get(f"{shop.own}/new").text
    assert own(shop, "reports") in offered and own(shop) not in offered
    ada.post(own(shop, "reports"))
    assert list(has(shop)) == ["seats", "reports"]
    ada.get(f"{own(shop, 'reports')}/remove")
    ada.post(f"{own(shop, 'reports')}/remove")
    assert list(has(shop)) == ["seats"]


def test_a_feature_of_the_plan_is_taken_away_and_given_back(ada, shop):
    give(shop, "basic", seats={"max": 3})
    adjust(shop, "acme", seats={"max": 10})
    ada.post(f"{own(shop)}/remove")
    assert has(shop) == {} and "Taken away" in ada.get(shop.own).text
    ada.get(f"{own(shop)}/restore")
    assert ada.post(f"{own(shop)}/restore").location == shop.own
    assert has(shop) == {"seats": {"max": 3}}


def test_what_the_plan_does_not_give_cannot_be_given_back(ada, shop):
    adjust(shop, "acme", seats={"max": 10})
    ada.post(f"{own(shop)}/restore", expect=404)


def test_a_bad_value_of_its_own_stands_beside_its_field(ada, shop):
    give(shop, "basic", seats={"max": 3, "sso": True})
    shown = ada.post(own(shop), expect=422, **values(max="ten"), **away("sso")).text
    (name,) = values(max="")
    assert f'id="error-{name}"' in shown and shown.count(" checked") == 1
    assert has(shop) == {"seats": {"max": 3, "sso": True}}


def test_only_admins_change_them(app, shop):
    give(shop, "basic", seats={"max": 3})
    finance = a_visitor(app, shop.organization, "fin@example.com", role="read_only")
    assert "Give a feature" not in finance.get(shop.plan).text + finance.get(shop.own).text
    for path in (of_plan(shop), f"{of_plan(shop)}/remove", own(shop), f"{own(shop)}/remove", f"{own(shop)}/restore"):
        finance.post(path, expect=403)


def test_pages_cost_the_same_for_1_and_6_features(ada, shop, count_queries):
    counts = []
    for number in range(6):
        a_feature(shop, f"f{number}")
        give(shop, "basic", **{f"f{number}": {"max": 1}})
        if number in (0, 5):
            with count_queries() as statements:
                ada.get(shop.own)
                ada.get(shop.plan)
            counts.append(len(statements))
    assert counts[0] == counts[1]
