"""`make bench`, or `python -m benchmarks [ingest] [usage] [billing] [wallets] [--small]`: how fast our work is done.

Everything runs against `python app.py` in a directory of its own. A figure on one machine says little, so each is
printed beside that of a plain task on the same machine in the same run, as their ratio.
"""

import argparse

from benchmarks import billing, ingest, pages, usage, wallets
from benchmarks.installation import installation

BENCHMARKS = {
    "ingest": ingest.run, "usage": usage.run, "billing": billing.run, "wallets": wallets.run, "pages": pages.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", default=[], help=f"which ones: {', '.join(BENCHMARKS)}; all unless named")
    parser.add_argument("--small", action="store_true", help="a few seconds, to see that it runs; no figures to keep")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - BENCHMARKS.keys()
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    with installation() as running:
        for name in arguments.names or BENCHMARKS:
            BENCHMARKS[name](running, arguments.small)


if __name__ == "__main__":
    main()
