"""Mail to customers about their invoices and credit notes, and what all mail to customers has in common."""
