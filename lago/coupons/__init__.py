"""Coupons of customers: what was applied, and what is left of it."""
