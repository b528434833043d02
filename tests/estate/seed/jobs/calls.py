"""Calls of Lambda that no execution made: S3 calls `landing-validator` for every file, and it failed in each way; a rule calls
`till-receipts` every night, and is refused since somebody took its permission away (`overrides.job_metrics`)."""

from __future__ import annotations

from ...overrides.jobs.model import Invocation
from ...overrides.step_functions.model import uuid_of
from .kit import Stage

VALIDATOR, RECEIPTS, NIGHT = "landing-validator", "till-receipts", "01:20:00"
REFUSED = 4      # days: it was called for the last time then


def cast(stage: Stage) -> None:
    for days_before in range(12, -1, -1):
        for number, name in enumerate(("daily_sales.csv", "price_list.csv", "stores.csv")):
            call = Invocation(VALIDATOR, uuid_of(VALIDATOR, days_before, number), stage.at(days_before, f"06:0{number}:14"), 0.41,
                              lines=[f"validating s3://lake-raw/data/in/{name}", "rows=20400 columns=6"], memory=(256, 121))
            if number == 1 and days_before in (1, 4):
                call.timed_out = 15.0
            elif number == 2 and days_before == 2:
                call.killed, call.lines = True, call.lines[:1]
            elif number == 2 and days_before == 5:
                call.error, call.message = "Runtime.ImportModuleError", "Unable to import module 'validator': No module named 'pandas'"
                call.lines = []
            elif number == 0 and days_before == 0:
                call.lines[1] = "WARNING last row of daily_sales.csv has no end, rows=54"
            if call.began < stage.now:
                stage.store.invocations.append(call)
    for days_before in range(12, REFUSED - 1, -1):
        stage.store.invocations.append(Invocation(
            RECEIPTS, uuid_of(RECEIPTS, days_before), stage.at(days_before, NIGHT) + 3.0, 12.6, lines=["receipts=18211 written"],
            memory=(256, 96)))
