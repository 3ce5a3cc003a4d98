"""What a subscription has of features, after random requests: held against the rules of 03 §1.7 in plain Python."""

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.builders.catalog import a_plan
from tests.builders.features import a_feature, in_short
from tests.builders.stories import subscribe

FEATURES = ("seats", "reports")
PRIVILEGES = ("a", "b", "c")
STEPS = 25
PLAN, OWN = "/plans/basic/entitlements", "/subscriptions/acme/entitlements"

Values = dict[str, dict[str, int]]


@dataclass
class Rules:
    """What the plan gives, what is the subscription's own, and what was taken from it."""

    plan: Values = field(default_factory=dict)
    own: Values = field(default_factory=dict)
    features: set[str] = field(default_factory=set)
    privileges: set[tuple[str, str]] = field(default_factory=set)

    def give(self, feature: str, values: dict[str, int]) -> None:
        self.plan.setdefault(feature, {}).update(values)

    def patch(self, feature: str, values: dict[str, int]) -> None:
        self.features.discard(feature)
        if feature not in self.plan and feature not in self.own:
            self._restore(feature)
            self.own[feature] = dict(values)
        elif values == self.plan.get(feature):
            self._restore(feature)
            self.own.pop(feature, None)
        else:
            for privilege, value in values.items():
                self._set(feature, privilege, value)
            self.own.setdefault(feature, {})

    def remove(self, feature: str) -> None:
        self.own.pop(feature, None)
        self._restore(feature)
        self.features |= {feature} & self.plan.keys()

    def remove_privilege(self, feature: str, privilege: str) -> None:
        self.own.get(feature, {}).pop(privilege, None)
        self.privileges |= {(feature, privilege)} if feature in self.plan else set()

    @property
    def effective(self) -> Values:
        return {
            feature: {
                privilege: value for privilege, value in {**self.plan.get(feature, {}), **own}.items()
                if (feature, privilege) not in self.privileges
            }
            for feature, own in {**dict.fromkeys(self.plan.keys() - self.features, {}), **self.own}.items()
        }

    def _set(self, feature: str, privilege: str, value: int) -> None:
        self.privileges.discard((feature, privilege))
        own = self.own.setdefault(feature, {})
        own.pop(privilege, None)
        if self.plan.get(feature, {}).get(privilege) != value:
            own[privilege] = value

    def _restore(self, feature: str) -> None:
        self.privileges -= {(feature, privilege) for privilege in PRIVILEGES}


def step(chance: random.Random, owner: Any, rules: Rules) -> None:
    """One random request, and the same by the rules."""
    feature, privilege = chance.choice(FEATURES), chance.choice(PRIVILEGES)
    values = {name: chance.randint(1, 2) for name in chance.sample(PRIVILEGES, chance.randint(0, 3))}
    if chance.random() < 0.3:
        values = dict(rules.plan.get(feature, {}))
    match chance.choice(("give", "take", "patch", "patch", "patch", "remove", "remove privilege")):
        case "give":
            owner.call("PATCH", PLAN, {"entitlements": {feature: values}})
            rules.give(feature, values)
        case "take" if feature in rules.plan:
            owner.delete(f"{PLAN}/{feature}")
            del rules.plan[feature]
        case "patch":
            owner.call("PATCH", OWN, {"entitlements": {feature: values}})
            rules.patch(feature, values)
        case "remove":
            owner.delete(f"{OWN}/{feature}")
            rules.remove(feature)
        case "remove privilege":
            owner.delete(f"{OWN}/{feature}/privileges/{privilege}")
            rules.remove_privilege(feature, privilege)


@pytest.mark.parametrize("seed", range(3))
def test_random_requests_follow_the_rules(owner, seed):
    for code in FEATURES:
        a_feature(owner, code, privileges=[{"code": name, "value_type": "integer"} for name in PRIVILEGES])
    a_plan(owner)
    subscribe(owner, plan_code="basic")
    chance, rules = random.Random(seed), Rules()
    for _ in range(STEPS):
        step(chance, owner, rules)
        shown = owner.get(OWN)["entitlements"]
        assert in_short(shown) == rules.effective
        overrides = {row["code"]: row["overrides"] for row in shown}
        assert {code: values for code, values in overrides.items() if values} == {
            code: values for code, values in rules.own.items() if values
        }
