"""The pages of billable metrics (01 §2): found, looked at, made, changed, deleted; expressions tried."""

import html
import re

import pytest

from lago.admin.billable_metric_form import KINDS
from lago.catalog.aggregation_types import AGGREGATION_TYPES
from lago.catalog.models import Charge, Plan
from lago.core.db import db, transaction
from tests.admin.records import an_event
from tests.admin.visitor import a_visitor
from tests.builders.catalog import a_metric, a_plan, a_sum_metric, standard_charge

PATH = "/billable_metrics"
COUNT = {"name": "API calls", "code": "api_calls", "aggregation_type": "count_agg"}
STORAGE = {
    "name": "Storage", "code": "storage", "aggregation_type": "sum_agg", "field_name": "gb", "recurring": "yes",
    "rounding_function": "ceil", "rounding_precision": "-2", "expression": "event.properties.mb /\r\n1000",
    "description": "What lies there", "filter_key": ["region", "tier"],
    "filter_values": ["us\r\neu\r\n\r\n eu ", "hot"],
}


def test_the_list_shows_how_each_metric_counts_and_in_how_many_plans(ada, owner):
    metric = a_sum_metric(owner, filters=[{"key": "region", "values": ["eu"]}])
    a_plan(owner, "one", charges=[standard_charge(metric), standard_charge(metric)])
    a_plan(owner, "two", charges=[standard_charge(metric)])
    assert cells(ada.get(PATH).text)[1:] == ["storage", "Sum", "gb", "–", "1", "2"]


def test_an_overriding_plan_is_its_parent_s(ada, owner):
    metric = a_metric(owner)
    plan = a_plan(owner, charges=[standard_charge(metric)])
    override(owner, plan, metric)
    assert cells(ada.get(PATH).text)[-1] == "1"
    assert "changed for one subscription" in ada.get(page_of(metric)).text


def test_search_looks_at_names_and_codes_and_lives_in_the_address(ada, owner):
    a_metric(owner, "calls", name="Requests")
    a_metric(owner, "disk", name="Disk space")
    for search in ("REQ", "call"):
        found = ada.get(f"{PATH}?search={search}").text
        assert "Requests" in found and "Disk space" not in found and f'value="{search}"' in found
    assert "No metric matches" in ada.get(f"{PATH}?search=%25").text


def test_the_page_of_a_metric_tells_all_of_it(ada, owner):
    metric = a_sum_metric(
        owner, expression="event.properties.mb / 1000", rounding_function="floor",
        filters=[{"key": "region", "values": ["eu-west"]}], description="What lies there",
    )
    a_plan(owner, "growth", charges=[standard_charge(metric, code="stored")])
    an_event(owner, code="storage", properties={"mb": "2500"})
    shown = ada.get(page_of(metric)).text
    for text in ("event.properties.mb / 1000", "Down, at 0 decimals", "eu-west", "What lies there", "growth", "stored",
                 "2500", "/api/v1/billable_metrics/storage", metric["lago_id"]):
        assert text in shown, text


def test_plans_come_in_pages(ada, owner, count_queries):
    metric = a_metric(owner)
    a_plan(owner, "first", charges=[standard_charge(metric)])
    with count_queries() as few:
        ada.get(page_of(metric))
    for number in range(50):
        a_plan(owner, f"plan-{number}", charges=[standard_charge(metric)])
    with count_queries() as many:
        newest = ada.get(page_of(metric)).text
    assert "plan-49" in newest and "first" not in newest
    assert "first" in ada.get(f"{page_of(metric)}?page=2", htmx=True).text
    assert len(many) <= len(few)


def test_what_is_filled_in_is_what_the_api_shows(ada, owner):
    made = ada.post(f"{PATH}/new", **STORAGE)
    metric = shown_by_api(owner, "storage")
    assert made.location == page_of(metric)
    expected = {
        "name": "Storage", "description": "What lies there", "aggregation_type": "sum_agg", "field_name": "gb",
        "recurring": True, "rounding_function": "ceil", "rounding_precision": -2, "weighted_interval": None,
        "expression": "event.properties.mb / 1000",
        "filters": [{"key": "region", "values": ["eu", "us"]}, {"key": "tier", "values": ["hot"]}],
    }
    assert {name: metric[name] for name in expected} == expected


def test_what_the_type_has_no_use_for_is_left_out(ada, owner):
    ada.post(f"{PATH}/new", **STORAGE | COUNT | {"rounding_function": "", "weighted_interval": "seconds"})
    metric = shown_by_api(owner, "api_calls")
    unused = ("field_name", "expression", "weighted_interval", "rounding_precision")
    assert [metric[name] for name in unused] == [None] * 4 and metric["recurring"] is False
    ada.post(f"{PATH}/new", **STORAGE | {"aggregation_type": "max_agg"})
    assert shown_by_api(owner, "storage")["recurring"] is False


def test_a_weighted_sum_says_by_what(ada, owner):
    weighted = STORAGE | {"aggregation_type": "weighted_sum_agg"}
    assert "error-weighted_interval" in ada.post(f"{PATH}/new", expect=422, **weighted).text
    ada.post(f"{PATH}/new", **weighted, weighted_interval="seconds")
    assert shown_by_api(owner, "storage")["weighted_interval"] == "seconds"


@pytest.mark.parametrize("wrong, field", [
    ({"name": " "}, "name"),
    ({"code": ""}, "code"),
    ({"code": "taken"}, "code"),
    ({"field_name": ""}, "field_name"),
    ({"expression": "1 +"}, "expression"),
    ({"rounding_precision": "many"}, "rounding_precision"),
    ({"filter_values": ["eu", " "]}, "values-1"),
    ({"filter_key": ["region", ""]}, "key-1"),
    ({"filter_key": ["region", "k" * 300]}, "key-1"),
])
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(ada, owner, wrong, field):
    a_metric(owner, "taken")
    refused = ada.post(f"{PATH}/new", expect=422, **STORAGE | wrong).text
    assert f'id="error-{field}"' in refused and refused.count('class="error"') == 1
    for name, value in (STORAGE | wrong).items():
        for text in value if isinstance(value, list) else [value]:
            assert html.escape(text.replace("\r\n", "\n").strip()) in refused, name
    assert [metric["code"] for metric in owner.get("/billable_metrics")["billable_metrics"]] == ["taken"]


@pytest.mark.parametrize("field", ["aggregation_type", "rounding_function"])
def test_a_choice_that_there_is_not_is_refused(ada, field):
    refused = ada.post(f"{PATH}/new", expect=422, **STORAGE | {field: "nonsense"}).text
    assert f'id="error-{field}"' in refused and "What lies there" in refused


def test_rows_of_filters_come_and_go_without_a_loss(ada):
    typed = {"filter_key": ["region", "tier"], "filter_values": ["eu\r\nus", "hot"]}
    more = ada.post(f"{PATH}/new", expect=200, change="add_filter", **STORAGE | typed).text
    assert rows(more) == [("region", "eu\nus"), ("tier", "hot"), ("", "")] and "What lies there" in more
    blank = ada.post(f"{PATH}/new", expect=200, change="add_filter", **COUNT, filter_key=["k"], filter_values=[""])
    assert rows(blank.text) == [("k", ""), ("", "")] and 'class="error"' not in blank.text
    fewer = ada.post(f"{PATH}/new", expect=200, change="remove_filter:0", **STORAGE | typed).text
    assert rows(fewer) == [("tier", "hot")] and "What lies there" in fewer


def test_htmx_gets_the_rows_alone(ada, owner):
    headers = {"HX-Request": "true", "HX-Target": "metric-filters"}
    form = {"csrf_token": ada.token(), "change": "add_filter", **STORAGE}
    part = ada.client.post(f"{PATH}/new", data=form, headers=headers).text
    assert part.strip().startswith("<fieldset") and len(rows(part)) == 3
    assert not owner.get("/billable_metrics")["billable_metrics"]


def test_a_metric_in_no_plan_changes_as_a_whole(ada, owner):
    metric = a_sum_metric(owner, expression="event.properties.mb", filters=[{"key": "region", "values": ["eu"]}])
    ada.post(f"{page_of(metric)}/edit", **COUNT | {"description": ""})
    changed = shown_by_api(owner, "api_calls")
    assert (changed["name"], changed["aggregation_type"], changed["field_name"]) == ("API calls", "count_agg", None)
    assert (changed["expression"], changed["filters"]) == (None, [])
    assert changed["lago_id"] == metric["lago_id"]


def test_the_form_sends_back_what_it_was_filled_with(ada, owner):
    metric = a_sum_metric(
        owner, recurring=True, rounding_function="round", rounding_precision=3, description="<b>",
        filters=[{"key": "region", "values": ["b c", "a"]}],
    )
    before = owner.get("/billable_metrics/storage")["billable_metric"]
    ada.post(f"{page_of(metric)}/edit", **fields_of(ada.get(f"{page_of(metric)}/edit").text))
    assert owner.get("/billable_metrics/storage")["billable_metric"] == before


def test_blanks_around_a_stored_value_stay(ada, owner):
    metric = a_sum_metric(owner, filters=[{"key": "region", "values": [" eu"]}])
    kept = {"name": "Storage", "code": "storage", "aggregation_type": "sum_agg", "field_name": "gb"}
    ada.post(f"{page_of(metric)}/edit", **kept, filter_key=["region"], filter_values=[" eu\r\n us"])
    assert shown_by_api(owner, "storage")["filters"] == [{"key": "region", "values": [" eu", "us"]}]


def test_what_a_plan_prices_is_fixed_but_for_words_and_filters(ada, owner):
    metric = a_sum_metric(owner)
    a_plan(owner, charges=[standard_charge(metric)])
    form = ada.get(f"{page_of(metric)}/edit").text
    assert "1 plan prices this metric" in form and 'name="code"' not in form and 'name="field_name"' not in form
    changes = {"name": "Disk", "filter_key": ["tier"], "filter_values": ["hot"]}
    ada.post(f"{page_of(metric)}/edit", **changes)
    changed = shown_by_api(owner, "storage")
    assert (changed["name"], changed["filters"]) == ("Disk", [{"key": "tier", "values": ["hot"]}])
    assert (changed["aggregation_type"], changed["field_name"]) == ("sum_agg", "gb")


def test_a_form_from_before_the_plan_is_not_taken_by_half(ada, owner):
    metric = a_sum_metric(owner)
    a_plan(owner, charges=[standard_charge(metric)])
    refused = ada.post(f"{page_of(metric)}/edit", expect=422, **STORAGE | {"name": "Disk"}).text
    assert "A plan has begun to price this metric" in refused
    assert shown_by_api(owner, "storage")["name"] == "Storage"


def test_deleting_says_what_it_does_and_does_it(ada, owner):
    metric = a_metric(owner)
    a_plan(owner, charges=[standard_charge(metric)])
    transaction_id = an_event(owner)
    asked = ada.get(f"{page_of(metric)}/delete", htmx=True).text
    assert "1 plan loses its charges" in asked and "Events stay" in asked
    ada.post(f"{page_of(metric)}/delete")
    owner.call("GET", "/billable_metrics/calls", expect=404)
    assert owner.get("/plans/basic")["plan"]["charges"] == []
    assert owner.get(f"/events/{transaction_id}")["event"]["code"] == "calls"
    ada.get(page_of(metric), expect=404)


def test_only_admins_change_metrics_and_others_see_them(app, ada, owner):
    metric = a_metric(owner)
    clerk = a_visitor(app, owner.organization, "clerk@example.com", role="read_only")
    assert "/edit" not in clerk.get(page_of(metric)).text and "/new" not in clerk.get(PATH).text
    for path in (f"{PATH}/new", f"{page_of(metric)}/edit", f"{page_of(metric)}/delete"):
        clerk.get(path, expect=403)
        clerk.post(path, expect=403, **COUNT)


@pytest.mark.parametrize("expression, properties, shown", [
    ("event.properties.a * 2", '{"a": "1.5"}', "3.0"),
    ("concat(event.code, '-', event.timestamp)", "", "calls-1743500000"),
    ("event.properties.a * 2", "{}", "Variable: a not found"),
    ("event.properties.a * 2", '{"a": "x"}', "Expected a decimal"),
    ("1 +", "{}", "Ends too early"),
    ("1 ; 2", "{}", "character 3 on: ; 2"),
    ("1", '{"a": }', "This is no JSON. Expecting value: line 1 column 7"),
    ("1", "[1]", "Properties are an object"),
    (" ", "{}", "The value appears here"),
])
def test_an_expression_is_tried_on_an_event(ada, expression, properties, shown):
    sample = {"sample_code": "calls", "sample_timestamp": "1743500000.9", "sample_properties": properties}
    page = ada.post(f"{PATH}/expression", expect=200, expression=expression, **sample).text
    assert html.escape(shown) in result_in(page)


def test_a_sample_of_no_time_is_told(ada):
    page = ada.post(f"{PATH}/expression", expect=200, expression="1", sample_timestamp="soon").text
    assert "Timestamp: This is no time." in result_in(page)


def test_the_tester_starts_from_the_metric_and_its_newest_event(ada, owner):
    metric = a_sum_metric(owner, expression="event.properties.mb / 1000")
    an_event(owner, code="storage", properties={"mb": "2500"})
    page = ada.get(f"{PATH}/expression?metric={metric['lago_id']}").text
    assert "2.5" in result_in(page) and "gb =" in result_in(page)
    assert "gb" not in re.search(r'name="sample_properties"[^>]*>([^<]+)<', page)[1]
    ada.get(f"{PATH}/expression?metric=nonsense", expect=404)


def test_the_tester_of_another_organization_s_metric_is_not_found(stranger, owner):
    metric = a_metric(owner)
    stranger.get(f"{PATH}/expression?metric={metric['lago_id']}", expect=404)


def test_beside_the_form_stands_what_events_of_the_code_have(ada, owner):
    an_event(owner, code="storage", properties={"gb": 5, "region": "eu-west"})
    an_event(owner, code="other", properties={"secret": 1})
    part = ada.get(f"{PATH}/new?code=storage", htmx=True, **{"HX-Target": "seen"}).text
    assert "region" in part and "eu-west" in part and "secret" not in part and "<form" not in part


def test_every_aggregation_type_is_explained():
    assert set(KINDS) == set(AGGREGATION_TYPES)


def page_of(metric):
    return f"{PATH}/{metric['lago_id']}"


def shown_by_api(owner, code):
    return next(metric for metric in owner.get("/billable_metrics")["billable_metrics"] if metric["code"] == code)


def override(owner, plan, metric):
    """A plan for one subscription that stands in for `plan`, with a charge on the metric."""
    own = {"organization_id": owner.organization.id}
    with transaction():
        special = Plan(
            **own, parent_id=plan["lago_id"], name="Basic", code="basic", interval="monthly", amount_cents=500,
            amount_currency="EUR", pay_in_advance=False,
        )
        db.session.add(special)
        db.session.flush()
        db.session.add(Charge(
            **own, plan_id=special.id, billable_metric_id=metric["lago_id"], code="calls", charge_model="standard",
            properties={"amount": "0.05"},
        ))


def cells(page):
    """The texts of the first row of the page's table."""
    row = re.search(r"<tbody.*?<tr>(.*?)</tr>", page, re.DOTALL)[1]
    texts = (re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL))
    return list(texts)


def rows(page):
    """Keys and values of the filters in a form."""
    keys = re.findall(r'name="filter_key" value="([^"]*)"', page)
    return list(zip(keys, re.findall(r'name="filter_values"[^>]*>\n([^<]*)<', page), strict=True))


def fields_of(page):
    """What a browser would send of the form without a change."""
    fields = dict(re.findall(r'<input id="field-\w+" name="(\w+)" type="text" value="([^"]*)"', page))
    fields |= re.findall(r'<textarea id="field-\w+" name="(\w+)"[^>]*>\n([^<]*)<', page)
    fields |= re.findall(r'type="(?:radio|checkbox)" name="(\w+)" value="(\w+)"[^>]* checked', page)
    chosen = re.search(r'name="rounding_function".*?value="(\w+)"[^>]* selected', page, re.DOTALL)
    keys, values = zip(*rows(page), strict=True)
    plain = {name: html.unescape(value) for name, value in fields.items() if not name.startswith("csrf")}
    return plain | {
        "rounding_function": chosen[1], "filter_key": list(keys), "filter_values": list(values),
    }


def result_in(page):
    return re.search(r'id="expression-result".*?>(.*?)</fieldset>', page, re.DOTALL)[1]
