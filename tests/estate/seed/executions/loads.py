"""Machines at the pipeline's two ends: loads that the Redshift Data API ran and that failed, changes that DMS did not bring.

The statements are those of `seed/jobs/ends`, so the history and the Data API speak of the same ones.
"""

from __future__ import annotations

from ...overrides.jobs import warehouse
from ...overrides.step_functions import tasks
from ...overrides.step_functions.model import uuid_of
from ...overrides.step_functions.tasks import Call, Outcome
from .kit import Cast, Past, invoke

RETURNS, PRICES, CHANGES = "returns-load", "prices-load", "orders-changes"
BROUGHT, OF_SUPPLIERS = "s3://lake-raw/cdc/public/orders/", "s3://lake-raw/cdc/public/suppliers_header/"


def _load(where: dict) -> dict:
    """As the service's own sample loads: a call that answers at once, a wait, a look, a choice."""
    return {"Comment": "Loads one file into the warehouse", "StartAt": "StartLoad", "States": {
        "StartLoad": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:redshiftdata:executeStatement", "Parameters": {
            **where, "Database": "sales", "Sql.$": "$.sql"}, "ResultPath": "$.load", "Next": "WaitForLoad"},
        "WaitForLoad": {"Type": "Wait", "Seconds": 60, "Next": "ReadLoad"},
        "ReadLoad": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:redshiftdata:describeStatement",
                     "Parameters": {"Id.$": "$.load.Id"}, "ResultPath": "$.told", "Next": "IsLoaded"},
        "IsLoaded": {"Type": "Choice", "Default": "LoadFailed", "Choices": [
            {"Variable": "$.told.Status", "StringEquals": "FINISHED", "Next": "Loaded"}]},
        "Loaded": {"Type": "Succeed"},
        "LoadFailed": {"Type": "Fail", "Error": "LoadFailed", "CausePath": "$.told.Error"}}}


def _start(call: Call) -> Outcome:
    """A recorded run sent the statement of the seed; a live one sends its own."""
    from ...overrides import jobs

    sent = call.parameters
    if call.live:
        made = warehouse.run(jobs.store(), sent["Sql"], call.now, call.pace, workgroup=sent.get("WorkgroupName"),
                             cluster=sent.get("ClusterIdentifier"))
        return Outcome(tasks.sdk(call, {"Id": made["Id"], "Database": "sales"}), seconds=0.4, beats=0.4)
    return Outcome(tasks.sdk(call, {"Id": uuid_of("statement", *call.script), "Database": "sales"}), seconds=0.4)


def _read(call: Call) -> Outcome:
    from ...overrides import jobs

    told = warehouse.describe_statement(jobs.store(), {"Id": call.parameters["Id"]})
    shown = {name: told[name] for name in ("Id", "Status", "Error") if name in told}
    return Outcome(tasks.sdk(call, {"Error": "", **shown}), seconds=0.3, beats=0.3)


def _past(*run: tuple):
    def past(past: Past) -> None:
        for name, days_before, clock, sql, script in run:
            past.run(name, past.at(days_before, clock), {"sql": sql}, script)
    return past


def brought(call: Call) -> Outcome | None:
    if call.script == "nothing came":
        place = call.parameters["Payload"]["changes"]
        return tasks.lambda_error(call, "NoNewFiles", f"no file under {place} is newer than the last run", [
            "  File \"/var/task/changes.py\", line 34, in handler\n    raise NoNewFiles(source)\n"], 1.9)
    return None


def _changes_past(past: Past) -> None:
    past.run(f"suppliers-{past.story.at(4, '00:00'):%Y-%m-%d}", past.at(4, "22:10:00"), {"changes": OF_SUPPLIERS}, "nothing came")
    for days_before in (4, 3, 2, 1):
        when = past.at(days_before, "23:55:00")
        past.run(past.story.at(days_before, "00:00").strftime("%Y-%m-%d"), when, {"changes": BROUGHT},
                 "nothing came" if days_before == 1 else "fine")


def cast(cast: Cast) -> None:
    returns = ("COPY public.daily_sales_returns FROM 's3://lake-raw/data/in/daily_sales_returns.csv' IAM_ROLE default CSV "
               "IGNOREHEADER 1")
    prices = "COPY public.prices FROM 's3://lake-raw/data/in/price_list.csv' IAM_ROLE default CSV"
    behave = {"StartLoad": _start, "ReadLoad": _read}
    cast.machine(RETURNS, _load({"WorkgroupName": "warehouse"}), behave, _past(
        ("returns-of-the-week", 1, "06:29:59.600000", returns, ("load-returns", 1, "06:30:00"))),
        created=cast.at(220, "11:00:00"), tags={"team": "sales"})
    cast.machine(PRICES, _load({"ClusterIdentifier": "finance-ra3"}), behave, _past(
        ("prices-of-the-week", 2, "18:04:59.600000", prices, ("load-prices", 2, "18:05:00"))),
        created=cast.at(220, "11:05:00"), tags={"team": "pricing"})
    cast.machine(CHANGES, {"Comment": "Applies what DMS brought", "StartAt": "ApplyChanges", "States": {
        "ApplyChanges": invoke("orders-changes", End=True)}}, {"ApplyChanges": brought}, _changes_past,
        created=cast.at(180, "10:00:00"), tags={"team": "orders"})
