"""Properties of every charge model: known keys, defaults, group keys (02 §2.2-§2.5)."""

import pytest

from lago.pricing.charge_models import CHARGE_MODELS, clean_properties, default_properties, property_problems
from lago.pricing.values import Needs
from tests.pricing.charge_models.usages import price

MODELS = sorted(CHARGE_MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_defaults_are_valid(model):
    assert property_problems(model, default_properties(model)) == []


@pytest.mark.parametrize("model", MODELS)
def test_defaults_cost_nothing(model):
    assert price(model, default_properties(model), "7").amount == 0


@pytest.mark.parametrize("model", MODELS)
def test_defaults_survive_cleaning(model):
    assert clean_properties(model, default_properties(model)) == default_properties(model)


@pytest.mark.parametrize("model, needs", [
    ("standard", Needs()), ("graduated", Needs(steps=True)), ("graduated_percentage", Needs()), ("package", Needs()),
    ("percentage", Needs()), ("volume", Needs()), ("dynamic", Needs(precise_amounts=True)),
])
def test_what_models_need_of_the_events(model, needs):
    assert CHARGE_MODELS[model].needs(default_properties(model)) == needs


def test_defaults_belong_to_the_caller():
    default_properties("volume")["volume_ranges"].clear()
    assert len(default_properties("volume")["volume_ranges"]) == 1


def test_unknown_keys_vanish():
    assert clean_properties("standard", {"amount": "1", "rate": "2", "volume_ranges": []}) == {"amount": "1"}


@pytest.mark.parametrize("raw", [None, [], "amount", 5])
def test_no_object_has_no_properties(raw):
    assert clean_properties("standard", raw) == {}


@pytest.mark.parametrize("given, cleaned", [
    ({"grouped_by": ["region", "", "tier"]}, {"pricing_group_keys": ["region", "tier"]}),
    ({"grouped_by": "region"}, {"pricing_group_keys": "region"}),
    ({"grouped_by": []}, {}),
    ({"grouped_by": ["region"], "pricing_group_keys": ["tier"]}, {"pricing_group_keys": ["tier"]}),
    ({"grouped_by": ["region"], "pricing_group_keys": []}, {"pricing_group_keys": ["region"]}),
    ({"presentation_group_keys": [{"value": "team"}]}, {"presentation_group_keys": [{"value": "team"}]}),
])
def test_group_keys_are_kept_under_their_new_name(given, cleaned):
    assert clean_properties("standard", given) == cleaned


def problems(**properties):
    return property_problems("standard", {"amount": "1"} | properties)


@pytest.mark.parametrize("keys", [None, [], ["region"], ["region", "tier"]])
def test_pricing_group_keys(keys):
    assert problems(pricing_group_keys=keys) == []


@pytest.mark.parametrize("keys", ["region", "", {}, 5, [""], [" "], ["region", None], [5], [["region"]]])
def test_pricing_group_keys_that_are_no_names(keys):
    assert problems(pricing_group_keys=keys) == ["invalid_type"]


SHOWN = {"value": "team", "options": {"display_in_invoice": True}}


@pytest.mark.parametrize("keys", [None, [], [SHOWN], [SHOWN, {"value": "user"}], [{"value": "team", "options": {}}]])
def test_presentation_group_keys(keys):
    assert problems(presentation_group_keys=keys) == []


@pytest.mark.parametrize("keys", [
    "team", {}, ["team"], [{}], [{"value": 5}], [{"value": "team", "color": "red"}],
    [{"value": "team", "options": None}], [{"value": "team", "options": {"display_in_invoice": "yes"}}],
    [{"value": "team", "options": {"shown": True}}],
])
def test_presentation_group_keys_of_another_shape(keys):
    assert problems(presentation_group_keys=keys) == ["invalid_type"]


def test_at_most_two_presentation_group_keys():
    assert problems(presentation_group_keys=[{"value": name} for name in "abc"]) == ["too_many_keys"]


def test_presentation_group_keys_are_distinct():
    assert problems(presentation_group_keys=[SHOWN, {"value": "team"}]) == ["value_is_duplicated"]


def test_problems_of_the_model_come_first():
    assert problems(amount=5, pricing_group_keys=5, presentation_group_keys=5) == [
        "invalid_amount", "invalid_type", "invalid_type",
    ]
