"""Makes the pictures of the tour anew, of the demo's company, in a real Chromium.

    make demo                                     # beside `make run`; prints login and password
    python docs/screens/make.py http://127.0.0.1:3000 LOGIN PASSWORD
"""

import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
DESK, PHONE = (1440, 900), (390, 844)


def dashboard(page: Page) -> None:
    page.goto("/")


def plan(page: Page) -> None:
    page.goto("/plans")
    page.get_by_role("link", name="API Growth", exact=True).click()
    page.get_by_role("link", name="Edit", exact=True).first.click()
    fold = page.locator(".fold input").first
    if not fold.is_checked():
        fold.check()
    page.locator(".price-box").first.wait_for()
    page.locator(".fold-card").first.evaluate("card => scrollTo(0, card.getBoundingClientRect().top + scrollY - 24)")


def invoice(page: Page) -> None:
    page.goto("/invoices?invoice_type=subscription&payment_status=succeeded&search=Cobalt")
    page.locator(".row-link").first.click()
    page.locator("details[open]:has(iframe)").evaluate_all("found => found.forEach((one) => { one.open = false })")


def change(page: Page) -> None:
    page.goto("/subscriptions?status=active&search=Halcyon")
    page.locator(".row-link").first.click()
    page.get_by_role("link", name="Change plan").click()
    page.get_by_label("New plan").select_option(label=_option(page, "Scale"))
    page.locator(".preview table").first.wait_for()


def usage(page: Page) -> None:
    page.goto("/usage?search=Atlas")
    page.locator(".row-link").first.click()
    page.locator(".charge").first.wait_for()


def event(page: Page) -> None:
    page.goto("/events")
    page.locator("#rows .row-link").first.click()
    page.locator("#drawer .story").wait_for()


def search(page: Page) -> None:
    page.goto("/customers")
    page.keyboard.press("/")
    page.keyboard.type("cob", delay=40)
    page.locator(".hit").first.wait_for()


def pocket(page: Page) -> None:
    page.goto("/")


PICTURES: dict[str, tuple[Callable[[Page], None], tuple[int, int], str]] = {
    "1-dashboard": (dashboard, DESK, "light"),
    "2-plan": (plan, DESK, "light"),
    "3-change": (change, DESK, "light"),
    "4-invoice": (invoice, DESK, "light"),
    "5-usage": (usage, DESK, "dark"),
    "6-event": (event, DESK, "light"),
    "7-search": (search, DESK, "dark"),
    "8-phone": (pocket, PHONE, "dark"),
}


def _option(page: Page, name: str) -> str:
    """The label of the choice that begins with the name."""
    labels = page.get_by_label("New plan").locator("option").all_inner_texts()
    return next(label for label in labels if label.startswith(name))


def take(browser: Browser, address: str, login: str, password: str, name: str) -> None:
    go, (width, height), theme = PICTURES[name]
    window = browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, locale="en-GB", reduced_motion="reduce",
        device_scale_factor=2 if (width, height) == PHONE else 1,
    )
    window.add_cookies([{"name": "theme", "value": theme, "url": address}])
    page = window.new_page()
    page.goto("/sign_in")
    page.get_by_label("E-mail").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Dashboard").wait_for()
    go(page)
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.save(HERE / f"{name}.png", optimize=True)
    window.close()


def main(address: str, login: str, password: str, *names: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name in names or PICTURES:
            take(browser, address, login, password, name)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
