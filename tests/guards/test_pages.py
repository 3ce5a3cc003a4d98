"""Every page is proper HTML, has a title, and names no element twice (design §9)."""

from collections import Counter

import html5lib
import pytest
from html5lib.html5parser import ParseError

from lago.admin.object_kinds import EVENT, KINDS
from tests.guards.routes import pages
from tests.guards.world import populate, visitor

OBJECT_PAGES = {f"admin.{kind.view}" for kind in (EVENT, *KINDS.values())} - {"admin.alerts"} | {"admin.edit_alert"}


def faults(text):
    """What is wrong with a page, or with a part of one."""
    return page_faults(text) if text.lstrip()[:9].lower() == "<!doctype" else part_faults(text)


def page_faults(text):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        tree = parser.parse(text)
    except ParseError as error:
        return [f"{parser.errors[-1][0]}: {parser.errors[-1][1]} {error}"]
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    title = tree.findtext("head/title") or ""
    untitled = [] if title.strip() else ["no title"]
    return untitled + [f"id {name} is there {times} times" for name, times in ids.items() if times > 1]


def part_faults(text):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        parser.parseFragment(text)
    except ParseError as error:
        return [f"{parser.errors[-1][0]}: {error}"]
    return []


def test_every_page_is_proper_and_so_is_the_part_that_htmx_asks_for(app, sandbox):
    world = populate(sandbox)
    browser, found, alone = visitor(app, sandbox), {}, set()
    for route in (route for route in pages(app) if route.method == "GET"):
        path = route.path(app, {name: world.page_names[name] for name in route.rule.arguments})
        page = browser.get(path, follow_redirects=True)
        part = browser.get(path, headers={"HX-Request": "true"}, follow_redirects=True)
        if page.mimetype == "text/html":
            found[path] = page_faults(page.get_data(as_text=True)) + faults(part.get_data(as_text=True))
            alone |= set() if 'class="about"' in page.text else {route.rule.endpoint}
    assert len(found) > 5
    assert not alone & OBJECT_PAGES, "object pages without ids, API call, webhooks and activity"
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_the_sign_in_and_an_unknown_row_are_proper(app, client, owner):
    assert page_faults(client.get("/sign_in").get_data(as_text=True)) == []
    unknown = visitor(app, owner).get("/invoices/0199a1b2-0000-7000-8000-000000000000")
    assert (unknown.status_code, unknown.mimetype) == (404, "text/html")
    assert page_faults(unknown.get_data(as_text=True)) == []


def test_what_is_no_page_of_ours_is_proper_too(client):
    for path in ("/nowhere", "/invitation/nothing"):
        answer = client.get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, page_faults(answer.get_data(as_text=True))) == (404, [])


def test_an_empty_organizations_pages_are_proper(app, owner):
    browser = visitor(app, owner)
    plain = [route.rule.rule for route in pages(app) if route.method == "GET" and not route.rule.arguments]
    problems = {path: page_faults(browser.get(path).get_data(as_text=True)) for path in plain}
    assert problems == dict.fromkeys(plain, [])


@pytest.mark.parametrize("body, fault", [
    ("<title>x</title><p id=a></p><p id=a></p>", "id a is there 2 times"),
    ("<title> </title>", "no title"),
    ("<title>x</title><div></span>", "unexpected-end-tag"),
])
def test_a_fault_is_seen(body, fault):
    assert fault in page_faults(f"<!doctype html>{body}")[0]
