"""`make demo`, with one month instead of six."""

from datetime import date

import pytest

from lago.demo.calls import Calls
from lago.demo.organization import open_stage
from lago.demo.tell import tell
from tests.admin.visitor import Visitor

pytestmark = pytest.mark.processes


def test_a_company_lives_in_a_sandbox_and_can_be_visited(committing):
    stage = tell(committing.test_client(), date(2026, 3, 20), months=1)
    calls = Calls(committing.test_client(), stage.api_key)
    assert calls.get("/test_clock")["test_clock"]["now"] == "2026-03-12T09:00:00Z"
    invoices = list(calls.every("invoices", ""))
    assert {invoice["currency"] for invoice in invoices} == {"EUR", "USD"}
    assert {"succeeded", "pending"} <= {invoice["payment_status"] for invoice in invoices}
    assert len(list(calls.every("customers", ""))) == 17  # those of customers.csv that begin by the 12th of the month 1
    visitor = Visitor(committing.test_client(), stage.email)
    visitor.sign_in(stage.password)
    assert "Norrsken Media" in visitor.get("/customers").text
    assert open_stage().name == "Driftline 2"
