"""Calls of the API, without a network between."""

from collections.abc import Iterator
from typing import Any

from werkzeug.test import Client

HIGHEST_PAGE_SIZE = 100


class DemoFailed(Exception):
    """The API refused something that the story needs. The message says what, and why."""


class Calls:
    """The API as a client with this key sees it."""

    def __init__(self, client: Client, api_key: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {api_key}", "User-Agent": "Lago demo"}

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("POST", path, body)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def every(self, resource: str, query: str) -> Iterator[dict[str, Any]]:
        """All objects of a list, page by page."""
        page: int | None = 1
        while page:
            answer = self.get(f"/{resource}?{query}&per_page={HIGHEST_PAGE_SIZE}&page={page}")
            yield from answer[resource]
            page = answer["meta"]["next_page"]

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._client.open(f"/api/v1{path}", method=method, json=body, headers=self._headers)
        if answer.status_code >= 300:
            raise DemoFailed(f"{method} {path}: {answer.status_code} {answer.get_data(as_text=True)}")
        return answer.get_json()
