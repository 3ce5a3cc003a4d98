"""Money that meets invoices: payments, receipts, payment requests, dunning."""
