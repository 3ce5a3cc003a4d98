"""Payment requests: several overdue invoices asked for together (05 §2.5)."""
