"""What the installation sells: a metric, a plan, and customers who use it."""

from __future__ import annotations

import httpx

from tests.builders.running import Furnished


class Shop:
    """Calls of the API with the installation's first key. A failed call raises."""

    def __init__(self, installation: Furnished) -> None:
        self.url, self.key = installation.url, installation.api_key
        self._client = httpx.Client(
            base_url=f"{self.url}/api/v1", headers={"Authorization": f"Bearer {self.key}"}, timeout=30
        )

    def call(self, method: str, path: str, body: object = None, **query: str) -> dict:
        answer = self._client.request(method, path, json=body, params=query)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def open(self) -> None:
        """One sequence of invoice numbers for all customers; 10.00 a month and 0.01 a call, in arrears."""
        self.call("PUT", "/organizations", {"organization": {"document_numbering": "per_organization"}})
        metric = {"name": "Calls", "code": "calls", "aggregation_type": "count_agg"}
        made = self.call("POST", "/billable_metrics", {"billable_metric": metric})["billable_metric"]
        charge = {
            "billable_metric_id": made["lago_id"], "charge_model": "standard", "properties": {"amount": "0.01"},
        }  # fmt: skip
        plan = {
            "name": "Pro", "code": "pro", "interval": "monthly", "amount_cents": 1000, "amount_currency": "EUR",
            "pay_in_advance": False, "charges": [charge],
        }  # fmt: skip
        self.call("POST", "/plans", {"plan": plan})

    def subscribe(self, *external_ids: str) -> None:
        """A customer with a subscription for each id."""
        for one in external_ids:
            subscription = {"external_customer_id": one, "external_id": one, "plan_code": "pro"}
            self.call("POST", "/subscriptions", {"subscription": subscription})

    def tell(self, url: str, algorithm: str) -> None:
        endpoint = {"webhook_url": url, "signature_algo": algorithm}
        self.call("POST", "/webhook_endpoints", {"webhook_endpoint": endpoint})

    def events_in_usage(self, external_id: str) -> int:
        """How many events the current usage of a subscription counts."""
        usage = self.call("GET", f"/customers/{external_id}/current_usage", external_subscription_id=external_id)
        return usage["customer_usage"]["charges_usage"][0]["events_count"]
