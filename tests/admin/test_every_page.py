"""What holds for all pages: who sees them, that they are sound, and how they are protected."""

from collections import Counter
from urllib.parse import quote

import pytest

from lago.admin.pages import PUBLIC
from tests.admin.records import a_failure, a_message, a_stored_event, an_invoice
from tests.admin.visitor import Page

LISTS = ["/", "/customers", "/subscriptions", "/invoices", "/credit_notes", "/add_ons",
         "/billable_metrics", "/events", "/pricing_units",
         "/dunning_campaigns", "/billing_entities", "/taxes", "/custom_sections",
         "/developers/webhooks", "/developers/api_keys", "/developers/attention"]
FORMS = ["/subscriptions/new", "/invoices/new", "/add_ons/new",
         "/billable_metrics/new", "/billable_metrics/expression", "/pricing_units/new",
         "/dunning_campaigns/new", "/billing_entities/new", "/taxes/new", "/custom_sections/new",
         "/developers/api_keys/new"]


@pytest.fixture
def objects(owner):
    """The addresses of one page of each kind that shows a single thing."""
    invoice, message, event = an_invoice(owner), a_message(owner), a_stored_event(owner)
    a_failure(owner, error="ValueError: at hooks.example")
    return [
        f"/customers/{invoice.customer_id}",
        f"/customers/{invoice.customer_id}?tab=subscriptions",
        f"/customers/{invoice.customer_id}?tab=invoices",
        f"/invoices/{invoice.id}",
        *(f"/subscriptions/{invoice.fees[0].subscription_id}{form}" for form in ("", "/edit", "/change")),
        f"/events/{event.seq}",
        f"/developers/webhooks/{message.id}",
    ]


@pytest.mark.parametrize("path", LISTS + FORMS)
def test_a_member_sees_it_empty(ada, path):
    assert_sound(ada.get(path).text)


def test_a_member_sees_it_filled(ada, objects):
    for path in [*LISTS, *objects]:
        assert_sound(ada.get(path).text)


@pytest.mark.parametrize("path", ["/invoices?page=0", "/invoices?page=x&from=never", "/customers?search=%00%25",
                                  "/events?shown=x,,1&code=%00", "/customers?currency=", "/invoices?page=99999999999"])
def test_nonsense_in_the_address_does_no_harm(ada, path):
    assert_sound(ada.get(path).text)


def test_anonymous_visitors_are_asked_to_sign_in(anonymous, objects):
    for path in [*LISTS, *FORMS, *objects]:
        answer = anonymous.get(path, expect=302)
        assert answer.location == f"/sign_in?next={quote(path, safe='/?')}"


def test_a_fragment_for_someone_signed_out_leads_to_the_whole_sign_in_page(anonymous):
    answer = anonymous.get("/events?shown=1", expect=401, htmx=True, **{"HX-Current-URL": "http://localhost/events"})
    assert answer.headers["HX-Redirect"] == "/sign_in?next=/events"


def test_another_organization_sees_nothing_of_it(stranger, objects):
    for path in objects:
        assert "Not found" in stranger.get(path, expect=404).text
    for path in LISTS:
        page = stranger.get(path).text
        assert "NOR-001-042" not in page and "harbour" not in page and "hooks.example" not in page


def test_every_page_asks_for_a_member_but_these(app):
    before_signing_in = {"admin.invitation", "admin.sign_up_page", "admin.forgot_password", "admin.new_password"}
    assert PUBLIC == {"admin.asset_file", "admin.sign_in", "admin.sign_out"} | before_signing_in


@pytest.mark.parametrize("path", ["/sign_in", "/customers"])
def test_pages_are_protected_by_headers(ada, path):
    answer = ada.get(path)
    policy = answer.headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert f'<script nonce="{nonce}"' in answer.text
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert nonce not in ada.get(path).headers["Content-Security-Policy"]


def test_assets_are_kept_for_ever_under_an_address_of_their_content(ada):
    page = ada.get("/").text
    addresses = {value for name, value in Page(page).attributes if value.startswith("/assets/")}
    assert {address.rsplit("/")[-1] for address in addresses} == {"app.css", "app.js", "mark.svg", "htmx.min.js"}
    for address in addresses:
        assert "immutable" in ada.get(address).headers["Cache-Control"]
    ada.get("/assets/x/../pages.py", expect=404)
    ada.get("/assets/x/secrets", expect=404)


def assert_sound(html):
    page = Page(html)
    assert page.title.strip() not in ("", "·")
    assert not [name for name, count in Counter(page.ids).items() if count > 1]
    assert not [name for name, value in page.attributes if name == "style" or name.startswith("on")]
    assert page.tags.count("h1") == 1
