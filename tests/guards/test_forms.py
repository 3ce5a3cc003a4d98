"""Forms keep what was typed when the server says no, and never break (issue: the admin screens)."""

from contextlib import contextmanager
from html.parser import HTMLParser

from lago.core.db import db
from tests.guards.routes import pages
from tests.guards.world import populate, visitor

TEXT_TYPES = {"text", "email", "search", "date", "datetime-local", "number", "url", ""}
SEEN_AGAIN = (422, 200)


class Form(HTMLParser):
    """The form of a page that goes to its own address: its fields with what stands in them, and which are typed."""

    def __init__(self, html, path):
        super().__init__()
        self.path = path
        self.values, self.typed, self._inside, self._select = {}, set(), False, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("method") == "post" and given.get("action", "").partition("?")[0] == self.path
        name = given.get("name")
        if tag == "option" and self._select and ("selected" in given or self._select not in self.values):
            self.values[self._select] = given.get("value", "")
        if not self._inside or not name:
            return
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self.typed.add(name)
        elif tag == "input":
            self._note_input(name, given)

    def _note_input(self, name, given):
        kind = given.get("type", "")
        if kind in TEXT_TYPES:
            self.typed.add(name)
        elif kind in ("hidden", "radio", "checkbox") and ("checked" in given or kind == "hidden"):
            self.values[name] = given.get("value", "on")

    def handle_endtag(self, tag):
        self._inside = self._inside and tag != "form"
        self._select = None if tag == "select" else self._select


@contextmanager
def undone():
    """What is done inside is undone, but what came before stays."""
    connection = db.session.connection()
    db.session.close()
    point = connection.begin_nested()
    try:
        yield
    finally:
        db.session.close()
        point.rollback()
        db.session.expire_all()


def answers(browser, path, form):
    """The form sent empty, and with nonsense in every field that is typed."""
    fixed = {name: value for name, value in form.values.items() if name not in form.typed}
    nonsense = {name: f"zq{place}!" for place, name in enumerate(sorted(form.typed))}
    for typed in (dict.fromkeys(form.typed, ""), nonsense):
        with undone():
            yield typed, browser.post(path, data=fixed | typed)


def faults(path, typed, answer):
    if answer.status_code >= 500:
        return [f"{path}: {answer.status_code}"]
    if answer.status_code not in SEEN_AGAIN:
        return []
    page = answer.get_data(as_text=True)
    return [f"{path}: {name} is gone" for name, value in typed.items() if value and value not in page]


def test_every_form_keeps_what_was_typed_and_never_breaks(app, sandbox):
    world = populate(sandbox)
    browser, found, sent = visitor(app, sandbox), [], 0
    for route in (route for route in pages(app) if route.method == "POST"):
        names = {name: world.page_names[name] for name in route.rule.arguments}
        path = route.path(app, names)
        shown = browser.get(path, follow_redirects=True)
        if shown.status_code != 200 or shown.mimetype != "text/html":
            continue  # no form: a button elsewhere sends it
        form = Form(shown.get_data(as_text=True), path)
        if not form.typed:
            continue
        for typed, answer in answers(browser, path, form):
            sent += 1
            found += faults(route.rule.rule, typed, answer)
    assert sent > 50
    assert found == []
