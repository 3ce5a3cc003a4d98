"""`/admin/memberships` and `/admin/invoices`: what else the operator's key may (06 §1.4)."""

import uuid

from flask import Response

from lago.api.admin_organizations import blueprint
from lago.api.kit import found, payload
from lago.api.replies import as_response
from lago.core.db import db, transaction
from lago.core.ids import as_uuid
from lago.invoicing.document.build import document_of
from lago.invoicing.queries import invoice_of_anyone
from lago.invoicing.rebuild_pdf import ask_rebuild
from lago.organizations.add_membership import add_membership
from lago.organizations.models import User
from lago.organizations.queries import organization_by_id

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
}


@blueprint.post("/memberships")
def create_admin_membership() -> Response:
    """Puts a user into an organization as an admin; who is a member already stays one, with the roles he has."""
    body = payload()
    with transaction():
        user = found(_user(body.get("user_id")), "user")
        organization = found(organization_by_id(_id(body.get("organization_id"))), "organization")
        membership = add_membership(organization, user)
        shown = {
            "lago_id": membership.id, "lago_user_id": user.id, "lago_organization_id": organization.id,
            "roles": list(membership.roles),
        }
    return as_response({"membership": shown})


@blueprint.post("/invoices/<uuid:invoice_id>/regenerate")
def regenerate_admin_invoice(invoice_id: uuid.UUID) -> Response:
    """Has the PDF made anew, in the background."""
    with transaction():
        ask_rebuild(found(invoice_of_anyone(invoice_id), "invoice"))
    return as_response(None)


@blueprint.get("/invoices/<uuid:invoice_id>")
def show_admin_invoice(invoice_id: uuid.UUID) -> Response:
    """The page that the PDF is printed from. It loads nothing, whatever somebody calls himself."""
    from lago.invoicing.pdf import page_of_invoice  # slow to import: only who asks for it pays for it

    with transaction():
        page = page_of_invoice(document_of(found(invoice_of_anyone(invoice_id), "invoice")))
    return Response(page, content_type="text/html; charset=utf-8", headers=PAGE_HEADERS)


def _user(given: object) -> User | None:
    identifier = as_uuid(given)
    return db.session.get(User, identifier) if identifier else None


def _id(given: object) -> uuid.UUID:
    """An id that names nothing where none was given."""
    return as_uuid(given) or uuid.UUID(int=0)
