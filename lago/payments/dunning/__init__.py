"""Campaigns that ask customers to pay what is overdue, by schedule (05 §2.6)."""
