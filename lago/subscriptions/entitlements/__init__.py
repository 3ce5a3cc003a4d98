"""What subscriptions have of features: what their plans give, and what is theirs alone (03 §1.7)."""
