"""What runs wrote: `orders-backfill`'s Delta table, whose last commit is of a run that failed after it had written.

`daily-sales-pipeline` writes the `sales` table of `lake`, during its runs.
"""

from __future__ import annotations

import json

from ..clockwork import CLOCK
from .clients import client
from .lake import parquet

BUCKET, TABLE = "lake-processed", "orders/"
# (days before today, the clock at the first object, week, region): the last is `executions.orders.FAILED_WITH_WRITES`.
RUNS = ((19, "20:12:05", 31, "eu-south"), (17, "20:12:05", 33, "dach"), (3, "01:47:10", 40, "eu-north"))


def plant(estate) -> None:
    s3, story = client(estate, "s3"), estate.story
    for number, (days_before, clock, week, region) in enumerate(RUNS):
        first = story.at(days_before, clock)
        added = []
        for part in range(2):
            key = f"{TABLE}week=2026-W{week}/region={region}/part-{part:05d}-{number:08x}.c000.snappy.parquet"
            body = parquet(key, 41_000 + part * 2_700)
            with CLOCK.at(first.replace(second=first.second + part * 22)):
                s3.put_object(Bucket=BUCKET, Key=key, Body=body, ContentType="application/octet-stream")
            added.append({"add": {"path": key.removeprefix(TABLE), "size": len(body), "dataChange": True}})
        done = first.replace(minute=first.minute + 1)
        commit = {"commitInfo": {"timestamp": int(done.timestamp() * 1000), "operation": "WRITE",
                                 "operationParameters": {"mode": "Append"},
                                 "engineInfo": "Apache-Spark/3.5.1 Delta-Lake/3.2.0"}}
        lines = "\n".join(json.dumps(line) for line in (commit, *added)) + "\n"
        with CLOCK.at(done):
            s3.put_object(Bucket=BUCKET, Key=f"{TABLE}_delta_log/{number:020d}.json", Body=lines.encode(),
                          ContentType="application/json")
