"""Credit notes: how they are made, used, shown and ended (04 §9)."""
