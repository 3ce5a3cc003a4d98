"""Alerts on their pages: all of them, those of a subscription, and the form (03 §8)."""

import re

import pytest

from tests.admin.visitor import a_visitor
from tests.builders.alerts import PATH as API
from tests.builders.alerts import an_alert
from tests.builders.events import batch_body
from tests.builders.stories import metric, plan, standard, subscribe

NEW = {
    "alert_type": "current_usage_amount", "name": "Soon", "code": "soon", "billable_metric_code": "",
    "threshold_value": ["10", "20.50"], "threshold_code": ["warn", ""], "step": "5", "step_code": "again",
}
UNITS = {"alert_type": "billable_metric_current_usage_units", "billable_metric_code": "calls"}


@pytest.fixture
def pages(owner):
    """The address of the alerts of `acme`, on calls at 0.50 EUR."""
    plan(owner, charges=[standard(metric(owner, "calls"), "0.5")])
    return f"/subscriptions/{subscribe(owner)['lago_id']}/alerts"


def stored(owner, code="soon"):
    return owner.get(f"{API}/{code}")["alert"]


def thresholds(owner):
    return [(row["value"], row["code"], row["recurring"]) for row in stored(owner)["thresholds"]]


def edit_path(owner, pages, code="warn"):
    return f"{pages}/{stored(owner, code)['lago_id']}/edit"


def fields(text):
    """What stands in the text fields of a form, by name, in order."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and 'type="radio"' not in tag:
            found.setdefault(name[1], []).append(value[1])
    return found


def test_amounts_are_typed_in_the_currency(ada, owner, pages):
    assert ada.post(f"{pages}/new", expect=302, **NEW).headers["Location"] == pages
    assert thresholds(owner) == [("1000.0", "warn", False), ("2050.0", None, False), ("500.0", "again", True)]


def test_units_are_typed_as_they_are(ada, owner, pages):
    ada.post(f"{pages}/new", expect=302, **{**NEW, **UNITS})
    assert thresholds(owner) == [("10.0", "warn", False), ("20.5", None, False), ("5.0", "again", True)]
    assert stored(owner)["billable_metric"]["code"] == "calls"


def test_a_metric_that_is_hidden_is_not_sent(ada, owner, pages):
    ada.post(f"{pages}/new", expect=302, **{**NEW, "billable_metric_code": "calls"})
    assert stored(owner)["billable_metric"] is None


@pytest.mark.parametrize("changes, told", [
    ({"code": ""}, "This is needed."),
    ({"threshold_value": ["much", ""], "threshold_code": ["", ""]}, "This is not a value that fits here."),
    ({"threshold_value": ["10", "10.0"]}, "One value is there twice."),
    ({"threshold_value": ["", ""], "threshold_code": ["", ""], "step": "", "step_code": ""}, "This is needed."),
    ({"step": "0"}, "This is above zero."),
    ({**UNITS, "billable_metric_code": ""}, "This is needed."),
    ({**UNITS, "billable_metric_code": "unknown"}, "This is not a value that fits here."),
    ({"alert_type": "usage"}, "Alerts of subscriptions look at none such."),
], ids=str)
def test_a_bad_alert_is_shown_again_with_what_was_typed(ada, owner, pages, changes, told):
    typed = {**NEW, **changes}
    shown = ada.post(f"{pages}/new", expect=422, **typed).text
    assert told in shown
    assert fields(shown)["threshold_value"] == typed["threshold_value"]
    assert owner.get(API)["alerts"] == []


def test_a_second_alert_on_a_figure_is_refused(ada, owner, pages):
    an_alert(owner, 1)
    assert "an alert on this figure already" in ada.post(f"{pages}/new", expect=422, **NEW).text


def test_rows_are_added_and_taken_out(ada, pages):
    more = ada.post(f"{pages}/new", expect=200, htmx=True, change="add_threshold", **NEW).text
    assert fields(more)["threshold_value"] == ["10", "20.50", ""]
    less = ada.post(f"{pages}/new", expect=200, change="remove_threshold:0", **NEW).text
    assert fields(less)["threshold_value"] == ["20.50"] and fields(less)["step"] == ["5"]


def test_the_form_of_an_alert_shows_what_it_has_and_changes_it(ada, owner, pages):
    an_alert(owner, 2050, 1000, [500], name="Soon")
    path = edit_path(owner, pages)
    shown = fields(ada.get(path).text)
    assert {name: shown[name] for name in ("threshold_value", "threshold_code", "step", "name", "code")} == {
        "threshold_value": ["10", "20.5"], "threshold_code": ["at_1000", "at_2050"], "step": ["5"], "name": ["Soon"],
        "code": ["warn"],
    }
    change = {**NEW, "name": "", "threshold_value": ["30"], "threshold_code": ["late"], "step": "", "step_code": ""}
    assert ada.post(path, expect=204, htmx=True, **change).headers["HX-Redirect"] == pages
    assert thresholds(owner) == [("3000.0", "late", False)]
    assert stored(owner)["name"] is None


def test_an_alert_keeps_a_threshold(ada, owner, pages):
    an_alert(owner, 1000)
    none = {"threshold_value": [""], "threshold_code": [""], "step": "", "step_code": ""}
    assert "This is needed." in ada.post(edit_path(owner, pages), expect=422, **{**NEW, **none}).text
    assert len(stored(owner, "warn")["thresholds"]) == 1


def test_an_alert_is_deleted(ada, owner, pages):
    made = an_alert(owner, 1000)
    path = f"{pages}/{made['lago_id']}/delete"
    assert "Its code is free again" in ada.get(path).text
    ada.post(path, expect=302)
    assert owner.get(API)["alerts"] == []


@pytest.fixture
def story(sandbox):
    """Three calls at 5.00 EUR, told of at 10.00 and then every 2.50."""
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox, amount_cents=0, charges=[standard(metric(sandbox, "calls"), "5")])
    subscription = subscribe(sandbox)
    an_alert(sandbox, 1000, [250], name="Soon")
    sandbox.post("/events/batch", batch_body({}, {}, {}))
    sandbox.at("2024-01-02T00:00:00Z")
    return f"/subscriptions/{subscription['lago_id']}/alerts"


@pytest.fixture
def sam(app, sandbox):
    return a_visitor(app, sandbox.organization, "sam@example.com")


def texts(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_the_page_of_a_subscription_shows_the_last_value_and_the_next_threshold(sam, story):
    shown = texts(sam.get(story))
    assert "15.00 EUR" in shown and "next at 17.50 EUR" in shown and "every 2.50 EUR" in shown


def test_the_page_of_a_subscription_shows_what_alerts_told(sam, story, sandbox):
    sandbox.delete(f"{API}/warn")
    shown = texts(sam.get(story))
    assert "2024-01-01 00:00:00" in shown and "Soon deleted 0.00 EUR → 15.00 EUR" in shown
    assert "10.00 EUR at_1000 12.50 EUR again 15.00 EUR again" in shown


def test_all_alerts_are_listed_and_found(sam, story, sandbox):
    subscribe(sandbox, "beta", name="Second")
    an_alert(sandbox, 5, code="units", path="/subscriptions/beta/alerts", **UNITS)
    listed = texts(sam.get("/alerts"))
    assert "Soon" in listed and "units" in listed and "not looked at yet" in listed
    for query, found in (("search=beta", "units"), ("type=current_usage_amount", "Soon"), ("search=oo", "Soon")):
        narrowed = sam.get(f"/alerts?{query}").text
        other = {"units": "Soon", "Soon": ">units<"}[found]
        assert found in narrowed and other not in narrowed
    assert "No alert matches" in sam.get("/alerts?search=%25").text


def test_only_admins_change_alerts(app, owner, pages):
    an_alert(owner, 1000)
    reader = a_visitor(app, owner.organization, "reader@example.com", role="read_only")
    assert "New alert" not in reader.get(pages).text
    for path in (f"{pages}/new", edit_path(owner, pages)):
        reader.get(path, expect=403)
