"""People in front of a browser without the browser: pages asked for, forms sent with their token."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from argon2 import PasswordHasher
from flask import Flask

from lago.admin import devices
from lago.core.db import db, transaction
from lago.organizations.models import Membership, Organization, User

PASSWORD = "correct horse battery staple"
CHEAP_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
HTMX = {"HX-Request": "true"}


@dataclass
class Visitor:
    """Someone's browser: a client that keeps cookies."""

    client: Any
    email: str = ""

    def get(self, path: str, *, expect: int = 200, htmx: bool = False, **headers: str) -> Any:
        answer = self.client.get(path, headers={**(HTMX if htmx else {}), **headers})
        assert answer.status_code == expect, f"GET {path}: {answer.status_code} {answer.text[:500]}"
        return answer

    def post(self, path: str, *, expect: int = 302, htmx: bool = False, **form: Any) -> Any:
        """Sends a form as a page of ours would: with the token."""
        data = {"csrf_token": self.token(), **form}
        answer = self.client.post(path, data=data, headers=HTMX if htmx else {})
        assert answer.status_code == expect, f"POST {path}: {answer.status_code} {answer.text[:500]}"
        return answer

    def token(self) -> str:
        """The token that the forms of this session carry."""
        page = self.client.get("/sign_in").text
        return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]

    def sign_in(self, password: str = PASSWORD, *, expect: int = 302, **form: str) -> Any:
        return self.post("/sign_in", expect=expect, email=self.email, password=password, **form)


def member(organization: Organization, email: str, role: str = "admin") -> User:
    """A user with PASSWORD who belongs to the organization."""
    with transaction():
        user = User(email=email, password_hash=CHEAP_HASH)
        db.session.add(user)
        db.session.flush()
        db.session.add(Membership(organization_id=organization.id, user_id=user.id, roles=[role]))
    return user


def a_visitor(app: Flask, organization: Organization, email: str, role: str = "admin") -> Visitor:
    """A member who has signed in, as often before."""
    user = member(organization, email, role)
    visitor = Visitor(app.test_client(), email)
    visitor.client.set_cookie(devices.COOKIE, devices.remembered(user, []))
    visitor.sign_in()
    return visitor


class Page(HTMLParser):
    """What a test wants to know of a page. Raises where tags do not match."""

    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.title = ""
        self.attributes: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        opened = self._open.pop()
        assert opened == tag, f"<{opened}> closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title" and "head" in self._open:
            self.title += data
