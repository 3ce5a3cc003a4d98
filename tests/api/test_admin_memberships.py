"""What else the operator's key may (06 §1.4)."""

import uuid

from lago.core.db import db, transaction
from lago.core.outbox import run_next
from lago.invoicing.models import Invoice, InvoiceFile
from tests.admin.records import an_invoice
from tests.admin.visitor import member
from tests.conftest import ADMIN_KEY, making_pdfs

KEY = {"X-Admin-API-Key": ADMIN_KEY}


def test_a_user_is_put_into_an_organization_once(client, owner, outsider):
    user = member(outsider.organization, "bea@example.com")
    body = {"user_id": str(user.id), "organization_id": str(owner.organization.id)}
    first = client.post("/admin/memberships", json=body, headers=KEY)
    assert first.status_code == 200
    shown = first.json["membership"]
    identifier = shown.pop("lago_id")
    assert shown == {
        "lago_user_id": str(user.id), "lago_organization_id": str(owner.organization.id), "roles": ["admin"]}
    again = client.post("/admin/memberships", json=body, headers=KEY).json["membership"]
    assert again["lago_id"] == identifier
    for name, code in (("user_id", "user_not_found"), ("organization_id", "organization_not_found")):
        for wrong in (str(uuid.uuid4()), "nobody", None):
            refused = client.post("/admin/memberships", json={**body, name: wrong}, headers=KEY)
            assert (refused.status_code, refused.json["code"]) == (404, code)
    assert client.post("/admin/memberships", json=body).status_code == 401


def test_the_operator_sees_the_page_of_an_invoice_and_has_its_pdf_made_anew(client, owner):
    invoice = an_invoice(owner, "A-1 <b>", pdf=False)
    path = f"/admin/invoices/{invoice.id}"
    page = client.get(path, headers=KEY)
    assert page.mimetype == "text/html" and "A-1 &lt;b&gt;" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    with transaction():
        db.session.add(InvoiceFile(
            invoice_id=invoice.id, kind="pdf", organization_id=owner.organization.id, content=b"old",
            created_at=invoice.created_at))
    made = client.post(f"{path}/regenerate", headers=KEY)
    assert (made.status_code, made.data) == (200, b"")
    with making_pdfs():
        assert run_next()
    assert db.session.query(InvoiceFile.content).filter_by(invoice_id=invoice.id).scalar().startswith(b"%PDF")
    unknown = f"/admin/invoices/{uuid.uuid4()}"
    for answer in (client.get(unknown, headers=KEY), client.post(f"{unknown}/regenerate", headers=KEY)):
        assert (answer.status_code, answer.json["code"]) == (404, "invoice_not_found")
    with transaction():
        db.session.get_one(Invoice, invoice.id).status = "draft"
    refused = client.post(f"{path}/regenerate", headers=KEY)
    assert (refused.status_code, refused.json["code"]) == (405, "invoice_not_finalized")
