"""`python -m estate.logs.big FILE [--mib 1024] [--failure NAME]`: a driver's log that inflates to a gigabyte, for benchmarks.

Gzip in members of 8 MiB, as rotations appended to one file are; every block differs, so no reader can cheat. The last
block ends with a failure.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
from pathlib import Path

from . import failures, spark

BLOCK = 8 << 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="estate.logs.big", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--mib", type=int, default=1024, help="inflated size")
    parser.add_argument("--failure", default="memory overhead", choices=sorted(failures.BY_NAME))
    parser.add_argument("--plain", action="store_true", help="not packed")
    options = parser.parse_args()
    written, number = 0, 0
    with options.file.open("wb") as file:
        while written < options.mib << 20:
            last = written + BLOCK >= options.mib << 20
            block = _block(number, failures.of(options.failure) if last else None)
            file.write(block if options.plain else gzip.compress(block, 4, mtime=0))
            written, number = written + len(block), number + 1
    print(f"{options.file}: {written} bytes inflated, {options.file.stat().st_size} stored, {number} members")
    return 0


def _block(number: int, failure) -> bytes:
    dice = random.Random(f"big/{number}")
    start = 1_763_618_400.0 + number * 600
    workers = [(n, f"ip-10-0-{16 + n // 200}-{n % 200 + 4}.eu-west-1.compute.internal", f"container_1763503312345_0042_01_{n + 1:06d}")
               for n in range(1, 51)]
    job = spark.Job("big", "s3://ml-artifacts/jobs/big.py", [], "", start, start + 600, failure, dice, "yarn",
                    "application_1763503312345_0042", workers, workers[0][1], tasks=6_800, stages=4)
    return spark.driver(job)[0]


if __name__ == "__main__":
    sys.exit(main())
