"""What people at the screen start from: an installation, its password, and something to look at."""

import re
import time
from typing import Any

import httpx
from playwright.sync_api import Page

from tests.builders.mailbox import Mailbox
from tests.processes.installation import Installation

OPERATOR = "operator"
PASSWORD = "correct horse battery staple"


class Api:
    """The API of an installation, as it answers to a key."""

    def __init__(self, address: str, key: str) -> None:
        self.key = key
        headers = {"Authorization": f"Bearer {key}"}
        self._api = httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=30)

    def post(self, root: str, **fields: Any) -> Any:
        answer = self.ask("POST", f"/{root}s", json={root: fields})
        assert answer.status_code == 200, answer.text
        return answer.json()[root]

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer, whatever it is."""
        return self._api.request(method, path, **options)


class Office(Api):
    """An organization of a test's own: nothing is in it, and nobody but who opens `link`."""

    def __init__(self, address: str, name: str, made: dict[str, Any]) -> None:
        super().__init__(address, made["api_key"])
        self.name = name
        self.link = str(made["invite_url"])


class Desk(Api):
    """A running installation and its API. `post_office`: what it has mailed."""

    def __init__(self, installation: Installation, post_office: Mailbox) -> None:
        self.address = f"http://127.0.0.1:{installation.port}"
        super().__init__(self.address, installation.api_key)
        written = installation.credentials.read_text()
        self.email, self.password = (_value(written, name) for name in ("login", "password"))
        self.post_office = post_office

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

    def send_event(self, transaction_id: str, **fields: Any) -> None:
        self.post(
            "event", transaction_id=transaction_id, external_subscription_id="sub_harbour", code="calls", **fields
        )

    def invitation(self, organization: str, email: str) -> str:
        """The link for the administrator of a new organization."""
        return self.office(organization, email).link

    def office(self, name: str, email: str, *, sandbox: bool = False) -> Office:
        """A new organization."""
        headers = {"X-Admin-API-Key": OPERATOR}
        body = {"name": name, "email": email, "sandbox": sandbox}
        made = httpx.post(f"{self.address}/admin/organizations", json=body, headers=headers, timeout=30)
        return Office(self.address, name, made.json())

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

    @staticmethod
    def join(page: Page, link: str) -> None:
        """Follows the link of an invitation, and is inside."""
        page.goto(link)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Join", exact=True).click()
        page.get_by_role("heading", name="Dashboard", exact=True).wait_for()

    def _wait_for_pdf(self) -> None:
        """Workers make it in the background."""
        deadline = time.monotonic() + 60
        while not any(invoice["file_url"] for invoice in self._api.get("/invoices").json()["invoices"]):
            assert time.monotonic() < deadline, "no PDF within a minute"
            time.sleep(0.2)


def _value(text: str, name: str) -> str:
    return re.search(rf"^{name}\s+(\S+)", text, re.MULTILINE)[1]  # type: ignore[index]
