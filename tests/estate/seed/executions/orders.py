"""`orders-backfill`: no Catch, so its failures are FAILED and can be redriven. Many of them, for reruns in bulk.

Two causes: most runs met a warehouse that was full, some a column that is gone. What runs live meets neither.
"""

from __future__ import annotations

from ...overrides.step_functions import tasks
from ...overrides.step_functions.model import Revision
from ...overrides.step_functions.tasks import Call, Outcome
from .kit import Cast, Past, invoke, retry

NAME = "orders-backfill"
FULL, COLUMN, HUNG = "disk full", "column gone", "hangs"
FAILED_WITH_WRITES = "orders-2026-w40-eu-north"  # wrote a part of its output before it failed; see `outputs`
DAY = 86_400

_STACK = ["  File \"/var/task/app.py\", line 88, in handler\n    loaded = load_chunk(cursor, chunk)\n",
          "  File \"/var/task/loader.py\", line 41, in load_chunk\n    cursor.execute(COPY.format(**chunk))\n",
          "  File \"/var/task/redshift_connector/core.py\", line 1815, in execute\n    self.handle_messages(cursor)\n"]


def _definition() -> dict:
    return {
        "Comment": "Loads one region's orders of one week again", "StartAt": "PlanChunks", "States": {
            "PlanChunks": {"Type": "Pass", "ResultPath": "$.plan", "Parameters": {
                "chunks": 8, "target": "orders", "week.$": "$.week", "region.$": "$.region"}, "Next": "ExtractOrders"},
            "ExtractOrders": {
                "Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {
                    "JobName": "orders-extract", "Arguments": {"--week.$": "$.week", "--region.$": "$.region"}},
                "ResultPath": "$.extract", "ResultSelector": {"JobRunId.$": "$.Id"}, "Next": "LoadOrders"},
            "LoadOrders": invoke("orders-loader", ResultPath="$.load", TimeoutSeconds=86_400 * 30,
                                 Retry=retry(2, 4, "Lambda.ServiceException", "Lambda.TooManyRequestsException"),
                                 Next="VerifyCounts"),
            "VerifyCounts": invoke("orders-verifier", ResultPath="$.verified", End=True)}}


def _first_definition() -> dict:
    """As it was before Glue told when it was done: a loop that asks. It filled whole histories."""
    return {
        "Comment": "Loads one region's orders of one week again", "StartAt": "PlanChunks", "States": {
            "PlanChunks": {"Type": "Pass", "Next": "NameRun"},
            "NameRun": {"Type": "Pass", "Next": "StartCount"},
            "StartCount": {"Type": "Pass", "Parameters": {"polls": 0, "week.$": "$.week", "region.$": "$.region"},
                           "Next": "AskAgain"},
            "AskAgain": {"Type": "Pass", "Next": "LongEnough", "Parameters": {
                "polls.$": "States.MathAdd($.polls, 1)", "week.$": "$.week", "region.$": "$.region"}},
            "LongEnough": {"Type": "Choice", "Default": "LetItWork", "Choices": [
                {"Variable": "$.polls", "NumericGreaterThan": POLLS, "Next": "LoadOrders"}]},
            "LetItWork": {"Type": "Wait", "Seconds": 5, "Next": "AskAgain"},
            "LoadOrders": invoke("orders-loader", End=True)}}


# 16 events and 6 for each time it asks: 25,000, the most that a history holds.
POLLS = 4_164
# How long that took, so that a list need not play it; a check holds it to this.
POLLING_SECONDS = 20_958.661


def load(call: Call) -> Outcome:
    if call.script == HUNG:
        return Outcome(hangs=True)
    if call.script == FULL:
        return tasks.lambda_error(
            call, "ProgrammingError", "{'S': 'ERROR', 'C': '53100', 'M': 'Disk Full', 'F': '../src/sys/disk_full.cpp', "
            f"'L': '{2041 + call.dice.randrange(4)}', 'R': 'report_disk_full'}}", _STACK, 38.6)
    if call.script == COLUMN:
        return tasks.lambda_error(
            call, "KeyError", "'loyalty_id'", [_STACK[0], "  File \"/var/task/loader.py\", line 29, in load_chunk\n    "
                                               "row['loyalty_id']\n"], 2.4)
    return tasks.payload(call, {"chunks": 8, "rows": 61_000 + call.dice.randrange(9_000)}, 41.0)


def given(week: int, region: str) -> dict:
    return {"week": f"2026-W{week:02d}", "region": region, "replace": True}


REGIONS = ("eu-north", "eu-south", "uk", "dach", "iberia", "benelux", "nordics", "baltics", "italy", "france")


def _past(past: Past) -> None:
    now = past.cast.now
    for number in range(14):  # What went well, before.
        week, region = 20 + number, REGIONS[number % 10]
        past.run(f"orders-2026-w{week}-{region}", past.at(30 - number, "20:10:00"), given(week, region), "fine")
    number = 0
    for days_before in (3, 2, 1, 0):
        for turn in range(9):
            week, region = 37 + days_before, REGIONS[(turn + days_before) % 10]
            when = past.at(days_before, f"0{turn % 6}:{10 + turn * 5}:00") + past.dice.random()
            number += 1
            past.run(f"orders-2026-w{week}-{region}", when, given(week, region), COLUMN if number % 4 == 0 else FULL)
    # Three that no redrive helps, each for another documented reason.
    past.run("orders-2026-w34-uk-late", now - 19 * DAY, given(34, "uk"), FULL)
    past.run("orders-2023-w41-dach", past.at(9, "22:00:00"), {**given(41, "dach"), "week": "2023-W41"}, FULL,
             started_before_launch=True)
    first = past.machine.revisions[0]
    started = now - 7 * DAY
    past.run("orders-2026-w33-italy-polling", started, given(33, "italy"), FULL, revision=first,
             summary={"status": "FAILED", "stopped": round(started + POLLING_SECONDS, 3)})
    # Never answers, and has the input of one that failed.
    past.run("orders-2026-w40-italy-again", now - 5_400, given(40, "italy"), HUNG)


def cast(cast: Cast) -> None:
    machine = cast.machine(NAME, _first_definition(), {"LoadOrders": load}, _past, created=cast.at(300, "14:02:31"),
                           tags={"team": "orders", "tier": "2"})
    machine.revisions.append(Revision(_definition(), cast.at(6, "16:20:00"), NAME))
