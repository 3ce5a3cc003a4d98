"""How properties are tried: the same examples at every run."""

from hypothesis import settings

steady = settings(derandomize=True, max_examples=30, deadline=None)
