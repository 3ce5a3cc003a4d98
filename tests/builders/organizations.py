"""Organizations and the HTTP clients of their people."""

from dataclasses import dataclass
from typing import Any

from lago.core.db import db, transaction
from lago.organizations.create import create_organization
from lago.organizations.models import Organization
from tests.builders.contract import violations


@dataclass
class Account:
    """An organization, its key, and calls of the API with it. A failed expectation names the whole answer.

    Every answer is held against the contract.
    """

    organization: Organization
    api_key: str
    client: Any

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200, **query: Any) -> Any:
        """The decoded JSON of an API call; `None` for an empty answer."""
        headers = {"Authorization": f"Bearer {self.api_key}"}
        answer = self.client.open("/api/v1" + path, method=method, json=body, query_string=query, headers=headers)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.get_data(as_text=True)}"
        found = violations(method, path, answer.status_code, answer.get_data())
        assert not found, f"{method} {path} {answer.status_code}: {found}"
        return answer.get_json(silent=True)

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.call("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.call("DELETE", path, **options)

    def refused(self, method: str, path: str, body: Any = None) -> Any:
        """The `error_details` of a call that is refused with 422."""
        return self.call(method, path, body, expect=422)["error_details"]

    def at(self, moment: str) -> "Account":
        """Moves the sandbox clock to `moment` (ISO 8601); what falls due is done and the background drained."""
        self.put("/test_clock", {"test_clock": {"now": moment}})
        return self


def account(client: Any, name: str, *, sandbox: bool = False) -> Account:
    """A new organization with a key that may do everything."""
    with transaction():
        created = create_organization(name, sandbox=sandbox, email=f"{name.lower()}@example.com")
    return Account(db.session.merge(created.organization), created.api_key, client)
