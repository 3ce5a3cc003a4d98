"""Alerts of one subscription from several sides at once: no two with one code or on one figure."""

import uuid

import pytest

from tests.builders.alerts import PATH, alert_body, an_alert
from tests.builders.at_once import at_once
from tests.builders.organizations import account
from tests.builders.stories import metric, plan, standard, subscribe

SIDES = 4


@pytest.fixture
def caller(committing):
    made = account(committing.test_client(), f"Caller {uuid.uuid4().hex[:8]}")
    plan(made, charges=[standard(metric(made, "calls"), "0.5")])
    subscribe(made)
    return made


@pytest.mark.parametrize("bodies, refusal", [
    ([alert_body(1, code=f"c{n}") for n in range(SIDES)], {"base": ["alert_already_exists"]}),
    (
        [alert_body(1), alert_body(1, alert_type="lifetime_usage_amount")] * (SIDES // 2),
        {"code": ["value_already_exist"]},
    ),
], ids=["figure", "code"])
def test_of_alerts_that_exclude_each_other_one_is_made(committing, caller, bodies, refusal):
    answers = at_once(committing, caller.api_key, PATH, bodies)
    assert sorted(status for status, _ in answers) == [200] + [422] * (SIDES - 1)
    assert refusal in [answer["error_details"] for status, answer in answers if status == 422]
    assert len(caller.get(PATH)["alerts"]) == 1


def test_changes_at_once_leave_the_thresholds_of_one_of_them(committing, caller):
    an_alert(caller, 1)
    bodies = [alert_body(*range(n, n + 3)) for n in (10, 20, 30, 40)]
    answers = at_once(committing, caller.api_key, f"{PATH}/warn", bodies, "PUT")
    assert {status for status, _ in answers} == {200}
    values = [row["value"] for row in caller.get(f"{PATH}/warn")["alert"]["thresholds"]]
    assert values in [[f"{n}.0", f"{n + 1}.0", f"{n + 2}.0"] for n in (10, 20, 30, 40)]


def test_of_two_deletions_one_is_told_that_it_is_gone(committing, caller):
    an_alert(caller, 1)
    answers = at_once(committing, caller.api_key, f"{PATH}/warn", [None] * SIDES, "DELETE")
    assert sorted(status for status, _ in answers) == [200] + [404] * (SIDES - 1)
