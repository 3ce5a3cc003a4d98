"""Charges that are paid in advance: what each event costs as it arrives (01 §3.9, 02 §6)."""
