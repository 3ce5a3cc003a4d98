"""Invoices and credit notes as XML that programs read (04 §18): UBL beside the PDF, CII inside of it."""
