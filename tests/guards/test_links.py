"""No page leads its reader to one that he may not open (06 §6)."""

from html.parser import HTMLParser

from werkzeug.exceptions import HTTPException

from lago.admin.access import NEEDS
from lago.core.db import db, transaction
from lago.organizations.models import Role
from lago.organizations.roles import HOME, PERMISSIONS
from tests.admin.visitor import a_visitor
from tests.guards.routes import pages
from tests.guards.world import populate


class Links(HTMLParser):
    """Addresses that a page leads or sends to, and buttons that lead nowhere."""

    def __init__(self, html):
        super().__init__()
        self.targets, self.dead = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        method = "POST" if (names.get("method") or "").lower() == "post" else "GET"
        self.targets |= {(method, names[name]) for name in ("href", "action", "hx-get") if names.get(name)}
        if tag == "a" and "href" not in names and "button" in (names.get("class") or ""):
            self.dead.append(names)


def with_its_view(permission):
    """The permission, and to look at what it is about."""
    return sorted({permission, f"{permission.rpartition(':')[0]}:view"} & PERMISSIONS)


def closed_targets(app, html, permissions):
    """The links of a page that who has only these permissions cannot follow."""
    adapter, links = app.url_map.bind("localhost"), Links(html)
    opened = {endpoint for endpoint, needed in NEEDS.items() if needed in (*permissions, HOME)}
    closed = {view for method, target in links.targets if (view := view_of(adapter, method, target)) not in opened}
    return sorted(closed & set(NEEDS)) + [f"a button without address: {names}" for names in links.dead]


def view_of(adapter, method, target):
    """The view at an address; its form's, where it only takes forms."""
    try:
        return adapter.match(target.split("?")[0].split("#")[0], method=method)[0].removeprefix("admin.")
    except HTTPException:
        return None


def looked_at(app):
    """All pages, but for the parts of an object's page that need the permission of that object, too."""
    shown = (one for one in pages(app) if one.method == "GET" and not one.rule.rule.startswith("/objects/"))
    return sorted(shown, key=lambda one: one.rule.rule)


def test_nobody_is_led_to_a_page_that_his_roles_do_not_open(app, sandbox):
    """Each page is looked at by someone who may do nothing else, but look at what it is about."""
    world, found = populate(sandbox), {}
    with transaction():
        role = Role(organization_id=sandbox.organization.id, code="narrow", name="Narrow", permissions=[])
        db.session.add(role)
    browser = a_visitor(app, sandbox.organization, "nora@example.com", role="narrow").client
    for route in looked_at(app):
        needed = with_its_view(NEEDS[route.rule.endpoint.removeprefix("admin.")])
        with transaction():
            db.session.get_one(Role, role.id).permissions = needed
        answer = browser.get(route.path(app, {name: world.page_names[name] for name in route.rule.arguments}))
        assert answer.status_code != 403, route.name
        if answer.mimetype == "text/html" and (closed := closed_targets(app, answer.text, needed)):
            found[route.name] = closed
    assert found == {}
