"""Invoices and credit notes, with their fees and taxes."""

from lago.invoicing.models.credit_notes import CreditNote, CreditNoteFile, CreditNoteItem, CreditNoteTax
from lago.invoicing.models.custom_sections import AppliedCustomSection
from lago.invoicing.models.fees import AdjustedFee, Fee, FeeTax
from lago.invoicing.models.invoices import (
    ADVANCE_CHARGES,
    AT_ONCE,
    IN_ADVANCE_CHARGE,
    IN_ADVANCE_CHARGE_PERIODIC,
    ONE_OFF,
    PROGRESSIVE_BILLING,
    VISIBLE_STATUSES,
    AppliedUsageThreshold,
    Invoice,
    InvoiceCredit,
    InvoiceFile,
    InvoiceMetadata,
    InvoiceSubscription,
    InvoiceTax,
)

__all__ = [
    "ADVANCE_CHARGES", "AT_ONCE", "IN_ADVANCE_CHARGE", "IN_ADVANCE_CHARGE_PERIODIC", "ONE_OFF",
    "PROGRESSIVE_BILLING",
    "VISIBLE_STATUSES",
    "AdjustedFee", "AppliedCustomSection", "AppliedUsageThreshold", "CreditNote", "CreditNoteFile",
    "CreditNoteItem", "CreditNoteTax",
    "Fee", "FeeTax",
    "Invoice", "InvoiceCredit", "InvoiceFile", "InvoiceMetadata", "InvoiceSubscription", "InvoiceTax",
]
