"""The end of a custom section (04 §15)."""

from sqlalchemy import delete

from lago.core import clock
from lago.core.db import db
from lago.organizations.models import ChosenCustomSection, InvoiceCustomSection


def delete_custom_section(section: InvoiceCustomSection) -> None:
    """Nobody has chosen it any longer, and its code is free; finalized invoices keep their copies."""
    db.session.execute(delete(ChosenCustomSection).where(ChosenCustomSection.section_id == section.id))
    section.deleted_at = clock.now()
    db.session.flush()
