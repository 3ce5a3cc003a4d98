"""A running installation, a real Chromium, and people who have pages open in it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.desk import OPERATOR, Desk
from tests.processes.installation import Installation

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]


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
    try:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("ADMIN_API_KEY", OPERATOR)
            installation.start()
        desk = Desk(installation)
        desk.fill()
        yield desk
    finally:
        installation.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def signed_out(chromium: Browser, desk: Desk) -> Iterator[Page]:
    """A fresh browser window. Whatever the page complains about, a breach of its policy too, fails the test."""
    context = chromium.new_context(base_url=desk.address, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(30_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def page(signed_out: Page, desk: Desk) -> Page:
    """A window in which the owner has signed in."""
    desk.sign_in(signed_out)
    return signed_out
