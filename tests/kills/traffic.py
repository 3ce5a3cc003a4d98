"""Clients that go on sending events whatever happens to the server, and remember what was acknowledged."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field

import httpx

ALREADY = {"transaction_id": ["value_already_exist"]}


@dataclass(eq=False)
class Sender(threading.Thread):
    """Sends up to `most` events at once, for the subscriptions in turn.

    A request whose outcome is unknown (the connection broke, or 500) is sent again with the same transaction ids; that
    they exist already then means that the first one was stored. `breakdowns`: the answers of 500 and above.
    """

    url: str
    key: str
    subscriptions: list[str]
    most: int
    acknowledged: dict[str, str] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)
    breakdowns: list[str] = field(default_factory=list)
    resent: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()

    def run(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        with httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=30) as client:
            turn = 0
            while not self.over.is_set():
                turn += 1
                self._deliver(client, self._events(turn))
                time.sleep(0.01)

    def _events(self, turn: int) -> list[dict[str, str]]:
        external_id = self.subscriptions[turn % len(self.subscriptions)]
        event = {"external_subscription_id": external_id, "code": "calls"}
        return [{**event, "transaction_id": uuid.uuid4().hex} for _ in range(1 + turn % self.most)]

    def _deliver(self, client: httpx.Client, events: list[dict[str, str]]) -> None:
        """Until it is known that they are stored."""
        unknown = False
        while (answer := self._sent(client, events)) is None:
            unknown = True
            self.resent += 1
            time.sleep(0.1)
        if answer.status_code == 200 or unknown and _all_exist(answer, len(events)):
            self.acknowledged.update({event["transaction_id"]: event["external_subscription_id"] for event in events})
        else:
            self.surprises.append(f"{answer.status_code} {answer.text[:300]}")

    def _sent(self, client: httpx.Client, events: list[dict[str, str]]) -> httpx.Response | None:
        """The answer; None if it says nothing about what became of the events."""
        try:
            if len(events) == 1:
                answer = client.post("/events", json={"event": events[0]})
            else:
                answer = client.post("/events/batch", json={"events": events})
        except httpx.TransportError:
            return None
        if answer.status_code >= 500:
            self.breakdowns.append(answer.text[:300])
            return None
        return answer


def _all_exist(answer: httpx.Response, count: int) -> bool:
    """Whether each of the events is refused for no other reason than that it is there."""
    if answer.status_code != 422:
        return False
    details = answer.json()["error_details"]
    return bool(details == ALREADY or details == {str(index): ALREADY for index in range(count)})
