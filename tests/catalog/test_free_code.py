"""The codes that charges are given (02 §2.2-1)."""

import pytest

from lago.catalog.write_charges import free_code


@pytest.mark.parametrize("taken, code", [
    ([], "calls"),
    (["mails"], "calls"),
    (["calls"], "calls_2"),
    (["calls", "calls_1"], "calls_2"),
    (["calls", "calls_2"], "calls_3"),
    (["calls", "calls_9", "calls_10"], "calls_11"),
    (["calls", "calls_x", "calls_2_2", "more_calls_7"], "calls_2"),
    (["calls_2"], "calls"),
])
def test_a_taken_code_gets_the_next_number(taken, code):
    assert free_code("calls", taken) == code


def test_a_code_is_a_text_and_no_pattern():
    assert free_code("c.d", ["c.d", "cxd_7", "c.d_3"]) == "c.d_4"
