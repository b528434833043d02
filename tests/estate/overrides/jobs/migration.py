"""DMS: what feeds the lake ("AWS Database Migration Service API Reference": DescribeReplicationTasks,
DescribeTableStatistics, DescribeReplications, DescribeReplicationTableStatistics; "Monitoring AWS DMS tasks", "Task status")."""

from __future__ import annotations

from .model import Jobs, now
from .wire import ApiError, page

# Where the target endpoint writes: `FOLDER/schema/table/` ("Using Amazon S3 as a target").
BUCKET, FOLDER = "lake-raw", "cdc"


def _filtered(found: list[dict], asked: dict, names: dict[str, str]) -> list[dict]:
    for one in asked.get("Filters") or []:
        field = names.get(one["Name"])
        if field is None:
            raise ApiError("InvalidParameterValueException", f"Unrecognized filter name: {one['Name']}")
        found = [each for each in found if each.get(field) in one["Values"]]
    return found


def _task(store: Jobs, arn: str) -> dict:
    if arn not in store.tasks:
        raise ApiError("ResourceNotFoundFault", f"Replication task {arn} not found.")
    return store.tasks[arn]


def _moved(task: dict) -> dict:
    """A task that was started or stopped arrives there after a moment."""
    until = task.get("becomes")
    if until and until[0] <= now():
        task["Status"] = until[1]
        task.pop("becomes")
    return {k: v for k, v in task.items() if k not in ("tables", "becomes", "latency")}


def describe_replication_tasks(store: Jobs, asked: dict) -> dict:
    found = _filtered([_moved(task) for task in store.tasks.values()], asked, {
        "replication-task-arn": "ReplicationTaskArn", "replication-task-id": "ReplicationTaskIdentifier",
        "migration-type": "MigrationType", "endpoint-arn": "SourceEndpointArn",
        "replication-instance-arn": "ReplicationInstanceArn"})
    return page(found, asked, int(asked.get("MaxRecords") or 100), lambda one: one, "ReplicationTasks", "Marker")


def describe_table_statistics(store: Jobs, asked: dict) -> dict:
    task = _task(store, asked["ReplicationTaskArn"])
    found = _filtered(task["tables"], asked, {"schema-name": "SchemaName", "table-name": "TableName",
                                              "table-state": "TableState"})
    return {"ReplicationTaskArn": asked["ReplicationTaskArn"],
            **page(found, asked, int(asked.get("MaxRecords") or 100), lambda one: one, "TableStatistics", "Marker")}


def describe_replications(store: Jobs, asked: dict) -> dict:
    found = [{k: v for k, v in one.items() if k not in ("tables", "latency")} for one in store.replications.values()]
    found = _filtered(found, asked, {"replication-config-arn": "ReplicationConfigArn",
                                     "replication-config-id": "ReplicationConfigIdentifier"})
    return page(found, asked, int(asked.get("MaxRecords") or 100), lambda one: one, "Replications", "Marker")


def describe_replication_table_statistics(store: Jobs, asked: dict) -> dict:
    arn = asked["ReplicationConfigArn"]
    if arn not in store.replications:
        raise ApiError("ResourceNotFoundFault", f"Replication config {arn} not found.")
    found = _filtered(store.replications[arn]["tables"], asked, {
        "schema-name": "SchemaName", "table-name": "TableName", "table-state": "TableState"})
    return {"ReplicationConfigArn": arn, **page(found, asked, int(asked.get("MaxRecords") or 100), lambda one: one,
                                                "ReplicationTableStatistics", "Marker")}


def describe_replication_instances(store: Jobs, asked: dict) -> dict:
    known = {task["ReplicationInstanceArn"] for task in store.tasks.values()}
    return page(sorted(known), asked, 100, lambda one: {
        "ReplicationInstanceIdentifier": "lake-feeder", "ReplicationInstanceClass": "dms.r6i.large",
        "ReplicationInstanceStatus": "available", "AllocatedStorage": 100, "EngineVersion": "3.5.3",
        "ReplicationInstanceArn": one, "MultiAZ": False}, "ReplicationInstances", "Marker")


def describe_endpoints(store: Jobs, asked: dict) -> dict:
    found = {}
    for task in (*store.tasks.values(), *store.replications.values()):
        for kind, name, engine in (("source", "SourceEndpointArn", "postgres"), ("target", "TargetEndpointArn", "s3")):
            arn = task[name]
            found[arn] = {"EndpointIdentifier": arn.rpartition(":")[2].lower(), "EndpointType": kind,
                          "EngineName": engine, "Status": "active", "EndpointArn": arn,
                          **({"S3Settings": {"BucketName": BUCKET, "BucketFolder": FOLDER, "DataFormat": "parquet",
                                             "CompressionType": "gzip"}} if engine == "s3" else {})}
    return page(list(found.values()), asked, 100, lambda one: one, "Endpoints", "Marker")


def start_replication_task(store: Jobs, asked: dict) -> dict:
    task = _task(store, asked["ReplicationTaskArn"])
    if _moved(task)["Status"] in ("running", "starting"):
        raise ApiError("InvalidResourceStateFault", f"Replication task {task['ReplicationTaskIdentifier']} is running.")
    task.update(Status="starting", becomes=(now() + store.pace(), "running"), StopReason="", LastFailureMessage="",
                ReplicationTaskStartDate=now())
    for table in task["tables"]:
        if table["TableState"] == "Table error" and asked["StartReplicationTaskType"] == "reload-target":
            table["TableState"] = "Table completed"
    return {"ReplicationTask": _moved(task)}


def stop_replication_task(store: Jobs, asked: dict) -> dict:
    task = _task(store, asked["ReplicationTaskArn"])
    if _moved(task)["Status"] != "running":
        raise ApiError("InvalidResourceStateFault", f"Replication task {task['ReplicationTaskIdentifier']} is not running.")
    task.update(Status="stopping", becomes=(now() + store.pace(), "stopped"), StopReason="Stop Reason NORMAL")
    return {"ReplicationTask": _moved(task)}


def describe_connections(store: Jobs, asked: dict) -> dict:
    return {"Connections": []}
