"""Alerts: what clients say of them, and how they are kept (03 §8). What sets them off is in `invoicing`, which knows
all their figures."""
