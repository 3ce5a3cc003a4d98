"""Prepaid credits: wallets, and the ledger of what was put into them and taken out."""
