"""The benchmarks run; their figures are kept in docs/benchmarks.md."""

import subprocess
import sys

import pytest

from tests.processes.installation import PROJECT

pytestmark = pytest.mark.processes


def test_small_benchmarks_print_their_ratios():
    command = [sys.executable, "-m", "benchmarks", "ingest", "usage", "wallets", "--small"]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("ratio") >= 5, run.stdout
