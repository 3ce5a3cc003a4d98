"""The pages of the activity log."""

from tests.builders.catalog import a_metric
from tests.builders.customers import a_customer
from tests.builders.webhooks import work


def test_the_log_is_filtered_by_its_address_and_a_line_shows_what_changed(owner, ada):
    metric = a_metric(owner)
    a_customer(owner, "acme", name="Acme")
    a_customer(owner, "acme", name="ACME Corporation")
    work()
    everything = ada.get("/developers/activity").text
    assert [name in everything for name in ("billable_metric.created", "customer.created", "customer.updated")] == (
        [True] * 3
    )
    chosen = ada.get("/developers/activity?type=customer.upd&customer=acme&about=Customer&source=api").text
    assert ("customer.created</a>" in chosen, "customer.updated</a>" in chosen) == (False, True)
    assert "Nothing matches" in ada.get("/developers/activity?user=nobody@example.com").text
    assert "Nothing matches" not in ada.get(f"/developers/activity?object={metric['lago_id']}").text
    line = owner.get("/activity_logs", **{"activity_types[]": "customer.updated"})["activity_logs"][0]
    shown = ada.get(f"/developers/activity/{line['activity_id']}").text
    assert "<td class=\"breaks\">Acme</td><td class=\"breaks\">ACME Corporation</td>" in shown
    assert f'<a href="/customers/{line["resource_id"]}">ACME Corporation</a>' in shown
