"""What every object page has beneath it: ids, its API call, the webhooks sent about it, its activity."""

from tests.admin.records import a_customer
from tests.admin.visitor import a_visitor
from tests.builders.webhooks import endpoint_at, work


def test_an_object_tells_its_webhooks_and_its_activity_when_it_is_asked(app, ada, owner, count_queries):
    endpoint_at(owner, "http://127.0.0.1:9/hooks")
    customer = a_customer(owner, "a/b", name="Harbour")
    work()
    page = ada.get(f"/customers/{customer['lago_id']}").text
    logs = f"/objects/customer/{customer['lago_id']}"
    assert f'hx-get="{logs}/webhooks"' in page and f'href="{logs}/activity"' in page
    assert "/api/v1/customers/a%2Fb" in page and f"Copy {customer['lago_id']}" in page and "Copy a/b" in page
    for log in ("webhooks", "activity"):
        part, whole = (ada.get(f"{logs}/{log}", htmx=htmx).text for htmx in (True, False))
        assert "customer.created" in part and "<html" not in part and "customer.created" in whole and "Harbour" in whole
    with count_queries() as few:
        ada.get(f"{logs}/webhooks", htmx=True)
    a_customer(owner, "a/b", name="Harbour & Sons")
    work()
    with count_queries() as many:
        assert "1–2 of 2" in ada.get(f"{logs}/webhooks", htmx=True).text
    assert len(many) == len(few)
    manager = a_visitor(app, owner.organization, "max@example.com", role="manager")
    assert logs not in manager.get(f"/customers/{customer['lago_id']}").text
    assert manager.client.get(f"{logs}/activity").status_code == 403


def test_there_are_no_logs_of_what_does_not_exist(ada, owner):
    tax = owner.post("/taxes", {"tax": {"name": "VAT", "code": "vat", "rate": "20"}})["tax"]
    assert "no type of webhook about a tax" in ada.get(f"/objects/tax/{tax['lago_id']}/webhooks").text
    assert "has no lines about" in ada.get(f"/objects/tax/{tax['lago_id']}/activity").text
    ada.get(f"/objects/plan/{tax['lago_id']}/webhooks", expect=404)
    ada.get(f"/objects/nonsense/{tax['lago_id']}/webhooks", expect=404)
