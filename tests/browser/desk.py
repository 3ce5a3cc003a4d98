"""What people at the screen start from: an installation, its password, and something to look at."""

import re
import time
from typing import Any

import httpx
from playwright.sync_api import Page

from tests.processes.installation import Installation

OPERATOR = "operator"


class Desk:
    """A running installation and its API."""

    def __init__(self, installation: Installation) -> None:
        self.address = f"http://127.0.0.1:{installation.port}"
        written = installation.credentials.read_text()
        self.email, self.password = (_value(written, name) for name in ("login", "password"))
        headers = {"Authorization": f"Bearer {installation.api_key}"}
        self._api = httpx.Client(base_url=f"{self.address}/api/v1", headers=headers, timeout=30)

    def fill(self) -> None:
        """Two customers, one of them on a plan that is paid in advance: billed at once, with a PDF."""
        metric = self.post("billable_metric", name="API calls", code="calls", aggregation_type="count_agg")
        charge = {
            "billable_metric_id": metric["lago_id"], "charge_model": "standard", "properties": {"amount": "0.10"},
        }
        self.post(
            "plan", name="Growth", code="growth", interval="monthly", amount_cents=9900, amount_currency="EUR",
            pay_in_advance=True, charges=[charge],
        )
        self.post("customer", external_id="harbour", name="Harbour & Sons", currency="EUR")
        self.post("customer", external_id="kite", name="Kite Robotics", currency="EUR")
        self.post(
            "subscription", external_customer_id="harbour", plan_code="growth", external_id="sub_harbour",
            billing_time="anniversary",
        )
        self._wait_for_pdf()

    def post(self, root: str, **fields: Any) -> Any:
        answer = self._api.post(f"/{root}s", json={root: fields})
        assert answer.status_code == 200, answer.text
        return answer.json()[root]

    def get(self, path: str) -> Any:
        answer = self._api.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send_event(self, transaction_id: str, **fields: Any) -> None:
        self.post(
            "event", transaction_id=transaction_id, external_subscription_id="sub_harbour", code="calls", **fields
        )

    def invitation(self, organization: str, email: str) -> str:
        """The link for the administrator of a new organization."""
        headers = {"X-Admin-API-Key": OPERATOR}
        body = {"name": organization, "email": email}
        made = httpx.post(f"{self.address}/admin/organizations", json=body, headers=headers, timeout=30)
        return str(made.json()["invite_url"])

    def accepts(self, key: str) -> bool:
        """Whether the API answers to this key."""
        headers = {"Authorization": f"Bearer {key}"}
        return self._api.get("/organizations", headers=headers).status_code == 200

    def sign_in(self, page: Page) -> None:
        page.goto("/sign_in")
        page.get_by_label("E-mail").fill(self.email)
        page.get_by_label("Password").fill(self.password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Dashboard").wait_for()

    def _wait_for_pdf(self) -> None:
        """Workers make it in the background."""
        deadline = time.monotonic() + 60
        while not any(invoice["file_url"] for invoice in self._api.get("/invoices").json()["invoices"]):
            assert time.monotonic() < deadline, "no PDF within a minute"
            time.sleep(0.2)


def _value(text: str, name: str) -> str:
    return re.search(rf"^{name}\s+(\S+)", text, re.MULTILINE)[1]  # type: ignore[index]
