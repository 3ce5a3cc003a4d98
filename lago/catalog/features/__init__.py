"""Features of the product and their privileges (03 §1.7)."""
