"""What stands in the database of a running installation, asked in plain SQL, and subscriptions that fall due."""

from __future__ import annotations

import json
import threading
from typing import Any

import psycopg

from tests.builders.moments import first_of_month
from tests.processes.installation import Installation


class Books:
    """A connection of its own to the database."""

    def __init__(self, installation: Installation) -> None:
        url = json.loads((installation.data / "running.json").read_text())["database_url"]
        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: Any) -> Any:
        return self.rows(statement, *values)[0][0]

    def stored_events(self) -> dict[str, str]:
        """The subscription of each transaction; fails if there is one twice."""
        rows = self.rows("SELECT transaction_id, external_subscription_id FROM events")
        assert len(rows) == len(dict(rows)), "an event is stored twice"
        return dict(rows)

    def is_settled(self) -> bool:
        """Whether nothing is due and no background work is left."""
        due = self.one("SELECT count(*) FROM subscriptions WHERE billing_due_at <= now()")
        return due + self.one("SELECT count(*) FROM outbox") == 0

    def put_back(self, external_id: str, months: int) -> None:
        """Has a subscription begin on the first day of an earlier month: `months` bills are due at once, in order."""
        start, first_bill = first_of_month(-months), first_of_month(1 - months)
        self._connection.execute(
            "UPDATE subscriptions SET subscription_at = %(start)s, started_at = %(start)s, activated_at = %(start)s,"
            " created_at = %(start)s, billing_due_at = %(due)s WHERE external_id = %(id)s",
            {"start": start, "due": first_bill, "id": external_id},
        )

    def let_fall_due(self, external_ids: list[str], months: int, every_s: float, over: threading.Event) -> None:
        """Puts the subscriptions back one after the other, until all are or it is over."""
        for external_id in external_ids:
            self.put_back(external_id, months)
            if over.wait(every_s):
                return
