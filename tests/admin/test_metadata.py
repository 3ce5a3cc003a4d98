"""One form for what is kept on objects (03 §1.6, 04 §9.2, §12)."""

from tests.admin.records import an_invoice
from tests.builders.catalog import a_plan


def test_a_plans_metadata_is_replaced_and_wrong_lines_stay_as_they_were_typed(ada, owner):
    path = f"/plans/{a_plan(owner, 'p', metadata={'team': 'blue'})['lago_id']}"
    assert "team: blue" in ada.get(f"{path}/metadata", htmx=True).text
    wrong = ada.post(f"{path}/metadata", expect=422, metadata="no pair").text
    assert "no pair" in wrong and "Each line is a pair" in wrong
    ada.post(f"{path}/metadata", metadata="cost: 17\nwhere: north")
    assert owner.get("/plans/p")["plan"]["metadata"] == {"cost": "17", "where": "north"}
    assert "north" in ada.get(path).text
    ada.post(f"{path}/metadata", metadata="")
    assert not owner.get("/plans/p")["plan"].get("metadata")


def test_an_invoices_notes_keep_their_ids_and_their_limits(ada, owner):
    path = f"/invoices/{an_invoice(owner).id}/metadata"
    ada.post(path, metadata="a: 1")
    (first,) = owner.get(path.removesuffix("/metadata"))["invoice"]["metadata"]
    ada.post(path, metadata="a: 2\nb: 3")
    kept = owner.get(path.removesuffix("/metadata"))["invoice"]["metadata"]
    assert [(one["key"], one["value"]) for one in kept] == [("a", "2"), ("b", "3")]
    assert kept[0]["lago_id"] == first["lago_id"]
    assert "k" * 21 in ada.post(path, expect=422, metadata=f"{'k' * 21}: 1").text
