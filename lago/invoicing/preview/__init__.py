"""Invoices that might be: computed by what makes the real ones, in a savepoint that is undone (04 §11)."""
