"""axe-core finds no fault of accessibility on any page, whatever its theme and width (design §8, issue 8).

The application answers the browser in this very process, so that the pages show what the test has written.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from tests.guards.routes import pages
from tests.guards.world import populate, visitor

pytestmark = pytest.mark.browser
AXE = AXE_FILE_PATH.read_text()
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""Rules whose verdict changes with colours and widths. The others look at the structure, which is always the same."""
RUN = """async ([exclude, options]) => {
  const quick = {resultTypes: ["violations"], preload: false, selectors: false};
  const found = await axe.run({include: ["html"], exclude}, {...quick, ...options});
  const why = ({html, any, all, none}) => [html, ...[...any, ...all, ...none].map((check) => check.message)].join(" ");
  return found.violations.map(({id, nodes}) => `${id}: ${nodes.slice(0, 3).map(why).join("; ")}`);
}"""


class Screen:
    """A window of the browser. `client`: whoever sits in front of it, as Flask's test client."""

    def __init__(self, page: Page, client: Any) -> None:
        self.page, self._client = page, client
        page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        request = route.request
        path = "/" + request.url.split("/", 3)[3]
        kept = ("hx-", "x-csrf", "content-type")
        headers = {name: value for name, value in request.headers.items() if name.startswith(kept)}
        answer = self._client.open(
            path, method=request.method, headers=headers, data=request.post_data_buffer, follow_redirects=True
        )
        if request.is_navigation_request() and answer.mimetype != "text/html":
            return route.fulfill(body="a file")
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.data)

    def open(self, path: str) -> bool:
        """Whether it is a page, and not a file."""
        self.page.set_viewport_size(DESKTOP)
        self.page.goto(f"http://admin.test{path}", wait_until="domcontentloaded")
        self.page.evaluate(AXE)
        return bool(self.page.title())

    def faults(self, *beside: str) -> list[str]:
        """All rules, then those of looks in the other theme and at the other width. `beside`: what is not looked at."""
        found = set(self._faults("light", DESKTOP, beside))
        for theme, size in (("dark", DESKTOP), ("dark", PHONE), ("light", PHONE)):
            found.update(self._faults(theme, size, beside, runOnly={"type": "rule", "values": LOOKS}))
        return sorted(found)

    def _faults(self, theme: str, size: ViewportSize, beside: tuple[str, ...], **options: Any) -> Iterator[str]:
        self.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        self.page.set_viewport_size(size)
        for fault in self.page.evaluate(RUN, [beside, options]):
            yield f"{theme}, {size['width']} px: {fault}"


@pytest.fixture
def window(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(reduced_motion="reduce", color_scheme="light")
    yield context.new_page()
    context.close()


@pytest.fixture
def screen(app, sandbox, window: Page) -> Screen:
    """A member's."""
    return Screen(window, visitor(app, sandbox))


@pytest.fixture
def anonymous_screen(app, client, window: Page) -> Screen:
    """One of somebody who has not signed in."""
    return Screen(window, app.test_client())


def test_axe_finds_no_fault_on_any_page(app, sandbox, screen: Screen):
    world, faults = populate(sandbox), {}
    for route in (route for route in pages(app) if route.method == "GET"):
        path = route.path(app, {name: world.page_names[name] for name in route.rule.arguments})
        if screen.open(path):
            faults[path] = screen.faults(".menu")
    screen.open("/")
    faults["the menu"] = screen.faults("main")
    assert len(faults) > 100
    assert {path: found for path, found in faults.items() if found} == {}


def test_axe_finds_no_fault_outside_of_the_menu_of_members(anonymous_screen: Screen):
    for path in ("/sign_in", "/invitation/nothing"):
        anonymous_screen.open(path)
        assert anonymous_screen.faults() == []


def test_faults_are_seen(screen: Screen):
    screen.open("/")
    screen.page.evaluate("document.querySelector('main').innerHTML = '<h1>x</h1><p class=faint>dark</p><input>'")
    screen.page.evaluate("document.documentElement.style.setProperty('--ink-3', 'light-dark(#666666, #333333)')")
    (dark, _, label) = screen.faults(".menu")
    assert dark.startswith("dark, 1440 px: color-contrast: <p class")
    assert label.startswith("light, 1440 px: label: <input>")


def test_a_drawer_takes_the_focus_and_gives_it_back(screen: Screen):
    screen.open("/taxes")
    page = screen.page
    page.get_by_role("link", name="New tax").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.press("Enter")
    wrong = page.locator("#drawer [aria-invalid=true]").first
    expect(wrong).to_be_focused()
    expect(page.locator(f"#{wrong.get_attribute('aria-describedby').split()[-1]}")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="New tax").first).to_be_focused()


def test_what_a_search_finds_is_told(screen: Screen):
    screen.open("/customers")
    screen.page.locator(".filters [type=search]").fill("nobody of this name")
    expect(screen.page.get_by_role("status")).to_contain_text("No ")
