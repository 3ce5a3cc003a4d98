"""Receipts of payments (05 §2.7)."""
