"""What everybody at the screen does: goes to a page by the menu, invites somebody."""

from playwright.sync_api import Page, expect


def menu(page: Page, name: str) -> None:
    """To the page of this entry of the menu."""
    page.get_by_role("navigation", name="Menu", exact=True).get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", name=name, exact=True, level=1)).to_be_visible()


def invitation_of(page: Page, email: str, *roles: str) -> str:
    """The link for a colleague of these roles."""
    menu(page, "Members")
    page.get_by_role("link", name="Invite somebody", exact=True).click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("E-mail", exact=True).fill(email)
    for role in roles:
        drawer.get_by_role("checkbox", name=role, exact=True).check()
    drawer.get_by_role("button", name="Make the link", exact=True).click()
    link = drawer.locator("#invite-url").inner_text()
    drawer.get_by_role("button", name="Close", exact=True).click()
    return link
