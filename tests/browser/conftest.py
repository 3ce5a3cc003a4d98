"""A running installation, a real Chromium, and people who have pages open in it."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.browser.desk import OPERATOR, Desk
from tests.builders.mailbox import mail_server
from tests.processes.installation import Installation

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]
DESKTOP: ViewportSize = {"width": 1440, "height": 900}

expect.set_options(timeout=15_000)  # on a machine that has other things to do


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium. Without one the tests are skipped, unless LAGO_REQUIRE_BROWSER is set."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None and not os.environ.get("LAGO_REQUIRE_BROWSER"):
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desk(chromium: Browser) -> Iterator[Desk]:
    """A whole installation with a customer who has an invoice and its PDF."""
    directory = Path(tempfile.mkdtemp(prefix="lago-browser-", dir="/tmp"))
    directory.chmod(0o755)
    installation = Installation(directory)
    with mail_server() as post_office:
        mail = {"SMTP_URL": post_office.url, "LAGO_FROM_EMAIL": "billing@lago.example"}
        installation.settings = {"ADMIN_API_KEY": OPERATOR, **mail}
        try:
            installation.start()
            desk = Desk(installation, post_office)
            desk.fill()
            yield desk
        finally:
            installation.stop()
            shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def new_window(chromium: Browser, desk: Desk) -> Iterator[Callable[..., Page]]:
    """Opens a fresh browser window, in which nobody has signed in. Whatever a page complains about, a breach of its
    policy too, fails the test, but for what has `expected` in it: Chromium complains of every answer that is an error.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(expected: str = "", **options: Any) -> Page:
        def note(text: str) -> None:
            if not expected or expected not in text:
                complaints.append(text)

        context = chromium.new_context(**{"base_url": desk.address, "viewport": DESKTOP, **options})
        contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("console", lambda message: note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: note(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def signed_out(new_window: Callable[..., Page]) -> Page:
    """A fresh browser window."""
    return new_window()


@pytest.fixture
def page(signed_out: Page, desk: Desk) -> Page:
    """A window in which the owner has signed in."""
    desk.sign_in(signed_out)
    return signed_out
