"""What a benchmark has to say."""

import sys


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def compare(name: str, figure: float, other_name: str, other: float, unit: str) -> None:
    """`name`: its figure, that of the plain task beside it, and their ratio."""
    say(f"{name}: {figure:,.0f} {unit}; {other_name}: {other:,.0f} {unit}; ratio {figure / other:.3f}")
