"""The pipeline's two ends: DMS, which brings the tables, and Redshift, which takes the loads."""

from __future__ import annotations

import json

from ...logs import others
from ...overrides.jobs import warehouse
from ...overrides.jobs.model import arn
from ...overrides.step_functions.model import uuid_of
from .kit import Stage

# name: (type, status, stop reason, failure, latency in seconds, tables in error)
TASKS = {
    "crm-to-lake": ("full-load-and-cdc", "running", "", "", 3, ()),
    "tills-cdc": ("cdc", "running", "", "", 4_260, ("till_events",)),
    "orders-cdc": ("cdc", "failed", "Stop Reason FATAL_ERROR Error Level FATAL",
                   "Last Error  Replication task out of memory. Stop Reason FATAL_ERROR Error Level FATAL", 0, ("orders",)),
    "loyalty-full-load": ("full-load", "stopped", "Stop Reason FULL_LOAD_ONLY_FINISHED", "", 0, ()),
}


# Of DMS Serverless. name: (status, failures, latency in seconds)
REPLICATIONS = {
    "menu-to-lake": ("running", (), 5),
    "suppliers-to-lake": ("failed", ("Test connection failed for endpoint suppliers-db.",), 0),
}


def cast(stage: Stage) -> None:
    for name, (status, failures, latency) in REPLICATIONS.items():
        _replication(stage, name, status, failures, latency)
    for number, (name, (kind, status, stop, failure, latency, wrong)) in enumerate(TASKS.items()):
        _task(stage, number, name, kind, status, stop, failure, latency, wrong)
    _loads(stage)


def _task(stage: Stage, number: int, name: str, kind: str, status: str, stop: str, failure: str, latency: int,
          wrong: tuple) -> None:
    task = arn("dms", f"task:PRACTICE{name.upper().replace('-', '')}")
    schema = name.partition("-")[0]
    names = (*wrong, *(f"{schema}_{part}" for part in ("header", "lines", "notes")))
    ended = stage.at(1, "23:41:17")
    stage.store.tasks[task] = {
        "ReplicationTaskIdentifier": name, "ReplicationTaskArn": task, "MigrationType": kind, "Status": status,
        "SourceEndpointArn": arn("dms", f"endpoint:{schema.upper()}-DB"), "TargetEndpointArn": arn("dms", "endpoint:LAKE-RAW"),
        "ReplicationInstanceArn": arn("dms", "rep:LAKEFEEDER"), "TableMappings": '{"rules":[]}',
        "ReplicationTaskSettings": _settings(task, name),
        "StopReason": stop, "LastFailureMessage": failure, "ReplicationTaskCreationDate": stage.at(200 + number, "10:00:00"),
        "ReplicationTaskStartDate": stage.at(20, "09:00:00"), "RecoveryCheckpoint": "checkpoint:V1#27#mysql-bin-changelog.157832",
        **({"CdcStartPosition": "2026-08-01T00:00:00"} if kind == "cdc" else {}), "ReplicationTaskStats": {
            "FullLoadProgressPercent": 100, "ElapsedTimeMillis": 5_140_000, "TablesLoaded": len(names) - len(wrong),
            "TablesLoading": 0, "TablesQueued": 0, "TablesErrored": len(wrong), "FreshStartDate": stage.at(20, "09:00:00"),
            "StartDate": stage.at(20, "09:00:00"), **({"StopDate": ended} if status != "running" else {}),
            "FullLoadStartDate": stage.at(20, "09:00:10"), "FullLoadFinishDate": stage.at(20, "10:25:50")},
        "latency": latency, "tables": [_table(stage, table, place, table in wrong, ended) for place, table in enumerate(names)]}


def _replication(stage: Stage, name: str, status: str, failures: tuple, latency: int) -> None:
    """As `_task`, without an instance. The one that failed ran for two weeks before it was stopped and started again."""
    config = arn("dms", f"replication-config:PRACTICE{name.upper().replace('-', '')}")
    schema, runs, ended = name.partition("-")[0], status == "running", stage.at(5, "04:20:00")
    names = [f"{schema}_{part}" for part in ("header", "lines", "notes")]
    stage.store.replications[config] = {
        "ReplicationConfigIdentifier": name, "ReplicationConfigArn": config, "ReplicationType": "cdc", "Status": status,
        "SourceEndpointArn": arn("dms", f"endpoint:{schema.upper()}-DB"), "TargetEndpointArn": arn("dms", "endpoint:LAKE-RAW"),
        "StopReason": "", "FailureMessages": list(failures), "StartReplicationType": "start-replication" if runs else "resume-processing",
        "ReplicationCreateTime": stage.at(120, "10:00:00"), "ReplicationUpdateTime": stage.at(20, "09:00:00") if runs else ended,
        "IsReadOnly": False, **({"ProvisionData": {
            "ProvisionState": "succeeded", "ProvisionedCapacityUnits": 4, "DateProvisioned": stage.at(20, "08:58:00"),
            "IsNewProvisioningAvailable": False}} if runs else {"ReplicationLastStopTime": ended}),
        "ReplicationStats": {
            "FullLoadProgressPercent": 100, "ElapsedTimeMillis": 5_140_000, "TablesLoaded": len(names), "TablesLoading": 0,
            "TablesQueued": 0, "TablesErrored": 0, "FreshStartDate": stage.at(20, "09:00:00"), "StartDate": stage.at(20, "09:00:00"),
            **({} if runs else {"StopDate": ended})},
        "latency": latency, "tables": [_table(stage, table, place, False, ended) for place, table in enumerate(names)]}


def _table(stage: Stage, table: str, place: int, wrong: bool, updated: float) -> dict:
    return {
        "SchemaName": "public", "TableName": table, "Inserts": 4_100 + place * 17, "Deletes": 12, "Updates": 903,
        "Ddls": 0, "AppliedInserts": 4_100 + place * 17, "AppliedDeletes": 12, "AppliedUpdates": 903, "AppliedDdls": 0,
        "FullLoadRows": 812_000 + place, "FullLoadCondtnlChkFailedRows": 0,
        "FullLoadErrorRows": 41 if wrong else 0, "FullLoadStartTime": stage.at(20, "09:00:10"),
        "FullLoadEndTime": stage.at(20, "10:25:50"), "FullLoadReloaded": False, "LastUpdateTime": updated,
        "TableState": "Table error" if wrong else "Table completed", "ValidationPendingRecords": 0,
        "ValidationFailedRecords": 3 if wrong else 0, "ValidationSuspendedRecords": 0,
        "ValidationState": "Mismatched records" if wrong else "Validated"}


def _settings(task: str, name: str) -> str:
    """The part that says where it logs; the service fills in group and stream."""
    logs = name != "loyalty-full-load"
    components = ("SOURCE_CAPTURE", "SORTER", "TARGET_APPLY", "TASK_MANAGER")
    return json.dumps({"Logging": {
        "EnableLogging": logs, "LogComponents": [{"Id": one, "Severity": "LOGGER_SEVERITY_DEFAULT"} for one in components],
        "CloudWatchLogGroup": others.REPLICATION if logs else None,
        "CloudWatchLogStream": f"dms-task-{task.rpartition(':')[2]}" if logs else None}})


def _loads(stage: Stage) -> None:
    """Every morning's load until today, whose pipeline did not come so far; and loads that failed."""
    def run(name: str, sql: str, days_before: int, clock: str, took: float = 41.0, **more) -> dict:
        return warehouse.run(stage.store, sql, stage.at(days_before, clock), 1.0, name, took=took,
                             statement_id=uuid_of("statement", name, days_before, clock), **more)

    for days_before in range(7, 0, -1):
        run("load-daily-sales", f"COPY public.daily_sales FROM 's3://lake-processed/sales/sale_date={stage.day(days_before)}/' "
            "IAM_ROLE default FORMAT AS PARQUET", days_before, "06:22:30", 88.0, rows=20_400 - days_before * 145)
    path = "s3://lake-raw/data/in/daily_sales_returns.csv"
    one = run("load-returns", f"COPY public.daily_sales_returns FROM '{path}' IAM_ROLE default CSV IGNOREHEADER 1", 1, "06:30:00")
    assert one["error"]
    path = "s3://lake-raw/data/in/price_list.csv"
    one = run("load-prices", f"COPY public.prices FROM '{path}' IAM_ROLE default CSV", 2, "18:05:00",
              error=warehouse.LOAD_FAILED.format(table="prices"), workgroup=None, cluster="finance-ra3")
    warehouse.load_error(stage.store, path, 1, 2, one["query"], one["moments"][0][0], "price", "numeric", 0, 1207,
                         "Invalid digit, Value 'p', Pos 0, Type: Decimal")
    run("grant-readers", "GRANT SELECT ON public.daily_sales TO GROUP readers", 1, "10:14:00", 0.4,
        error="ERROR: permission denied for relation daily_sales")
    run("orders-week", "COPY public.orders FROM 's3://lake-processed/orders/week=2026-W40/' IAM_ROLE default FORMAT AS PARQUET", 1,
        "21:00:00", 3_600.0, error="ERROR: Disk Full\n  Detail:\n  -----------------------------------------------\n  error:  "
        "Disk Full\n  code:      1016\n  context:   node: 1\n  query:     0\n  location:  fdisk_api.cpp:486")
    run("count-sales", "SELECT count(*) FROM public.daily_sales", 1, "08:00:00", 1.2, rows=1)
