"""Reading current usage."""

from benchmarks.installation import Running


def run(running: Running, small: bool) -> None:
    pass
