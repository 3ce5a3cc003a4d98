"""What plans give of features (03 §1.7)."""
