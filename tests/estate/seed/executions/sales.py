"""`daily-sales-pipeline`, the product's story: a failure that its Catch swallows; and `loyalty-merge`, its twin.

The Spark job reads `lake-raw/data/in/daily_sales.csv`. Recorded runs found what the story says; one played live reads
the object as it is at that moment, so it fails while the file is cut and succeeds once it is restored.
"""

from __future__ import annotations

import random
from datetime import datetime, timezone
from typing import Any

from ... import ministack_state
from ...overrides.step_functions import tasks
from ...overrides.step_functions.model import uuid_of
from ...overrides.step_functions.tasks import Call, Outcome
from ...story import ACCOUNT, REGION
from ..sales import BUCKET, KEY, WEEKS
from .kit import JOB_ROLE, Cast, Past, catch, invoke, publish, retry, stamp, zulu

SALES = "daily-sales-pipeline"
LOYALTY = "loyalty-merge"
APPLICATION = "00fe6s2r9vq1b30l"
LOGS = "s3://lake-logs/emr-serverless/"
COLUMNS = 6
REDRIVEN_ON = 6      # days before today
BY_HAND_ON = 9

_BAD = ("Job failed, please check complete logs in configured logging destination. ExitCode: 1. Last few exceptions: "
        "Caused by: org.apache.spark.SparkException: Malformed records are detected in record parsing. "
        "Parse Mode: FAILFAST. To process malformed records as null result, try setting the option 'mode' as "
        "'PERMISSIVE'.\n"
        "Caused by: org.apache.spark.sql.catalyst.util.BadRecordException: "
        "org.apache.spark.sql.catalyst.csv.MalformedCSVException: Malformed CSV record: {record}...")
_NO_FILE = ("Job failed, please check complete logs in configured logging destination. ExitCode: 1. "
            "Last few exceptions: Caused by: org.apache.spark.sql.AnalysisException: [PATH_NOT_FOUND] Path does not "
            "exist: {path}....")


def spark(entry: str, path: str, output: str, memory: str = "8G") -> dict:
    return {
        "Name.$": "$$.Execution.Name", "ApplicationId": APPLICATION, "ExecutionRoleArn": JOB_ROLE,
        "JobDriver": {"SparkSubmit": {
            "EntryPoint": f"s3://ml-artifacts/jobs/{entry}",
            "EntryPointArguments.$": f"States.Array('--input', {path}, '--output', '{output}')",
            "SparkSubmitParameters": "--conf spark.executor.cores=4 --conf spark.executor.memory=" + memory +
                                     " --conf spark.driver.cores=2 --conf spark.driver.memory=4G"}},
        "ConfigurationOverrides": {"MonitoringConfiguration": {"S3MonitoringConfiguration": {"LogUri": LOGS}}}}


def _pipeline() -> dict:
    return {
        "Comment": "From the tills to the warehouse, every morning", "StartAt": "CheckInput", "States": {
            "CheckInput": {"Type": "Pass", "Next": "SubmitEMRServerlessJob", "Parameters": {
                "bucket.$": "$.detail.bucket.name", "key.$": "$.detail.object.key", "event_time.$": "$.time"}},
            "SubmitEMRServerlessJob": {
                "Type": "Task", "Resource": "arn:aws:states:::emr-serverless:startJobRun.sync",
                "Parameters": spark("daily_sales.py", "States.Format('s3://{}/{}', $.bucket, $.key)",
                                    "s3://lake-processed/sales/"),
                "Retry": retry(2, 30), "Catch": catch("SendFailureNotification"), "ResultPath": "$.job",
                "ResultSelector": {"JobRunId.$": "$.JobRunId", "State.$": "$.State"}, "Next": "UpdateRedshiftSchema"},
            "UpdateRedshiftSchema": invoke(
                "redshift-schema-updater", Retry=retry(2, 5, "Lambda.ServiceException",
                                                       "Lambda.TooManyRequestsException"),
                Catch=catch("SendFailureNotification"), ResultPath="$.schema",
                ResultSelector={"columns.$": "$.Payload.columns"}, Next="LoadDataToRedshift"),
            "LoadDataToRedshift": invoke(
                "redshift-loader", Catch=catch("SendFailureNotification"), ResultPath="$.load",
                ResultSelector={"rows.$": "$.Payload.rows"}, Next="SendSuccessNotification"),
            "SendSuccessNotification": publish("daily-sales loaded", End=True),
            "SendFailureNotification": publish("daily-sales failed", End=True)}}


def _merge() -> dict:
    return {
        "Comment": "Points of the loyalty cards into the members table", "StartAt": "MergePoints", "States": {
            "MergePoints": {
                "Type": "Task", "Resource": "arn:aws:states:::emr-serverless:startJobRun.sync",
                "Parameters": spark("loyalty_merge.py", "$.input", "s3://lake-processed/loyalty/", "4G"),
                "Retry": retry(1, 20), "Catch": catch("NotifyOwners"), "ResultPath": "$.job", "Next": "RefreshTiers"},
            "RefreshTiers": invoke("loyalty-tiers", Catch=catch("NotifyOwners"), End=True),
            "NotifyOwners": publish("loyalty-merge failed", ResultPath="$.notified", Next="MergeFailed"),
            "MergeFailed": {"Type": "Fail", "Error": "LoyaltyMergeFailed",
                            "Cause": "The merge did not finish. See the execution's $.error for what the job said."}}}


def _read_by(call: Call) -> tuple[str, bytes | None]:
    """The object that the job reads: as it was then, or as it is."""
    path = call.parameters["JobDriver"]["SparkSubmit"]["EntryPointArguments"][1]
    bucket, _, key = path.removeprefix("s3://").partition("/")
    when = None if call.live else datetime.fromtimestamp(call.now, timezone.utc)
    return path, ministack_state.body_at(bucket, key, when)


def sales_job(call: Call) -> Outcome:
    path, body = _read_by(call)
    if call.script == "fine":  # What a good morning's run found is told, whatever became of the versions since.
        return tasks.emr_serverless(call, seconds=985 + call.dice.random() * 80)
    if body is None:
        return tasks.emr_serverless(call, "FAILED", _NO_FILE.format(path=path), seconds=48)
    last = body.rstrip(b"\n").rpartition(b"\n")[2].decode("utf-8", "replace")
    if not body.endswith(b"\n") or last.count(",") != COLUMNS - 1:
        return tasks.emr_serverless(call, "FAILED", _BAD.format(record=last), seconds=118 + call.dice.random() * 30)
    return tasks.emr_serverless(call, seconds=985)


def merge_job(call: Call) -> Outcome:
    if call.script == "fine":
        return tasks.emr_serverless(call, seconds=410 + call.dice.random() * 60)
    return tasks.emr_serverless(
        call, "FAILED", "Job failed, please check complete logs in configured logging destination. ExitCode: 1. "
        "Last few exceptions: Caused by: org.apache.spark.sql.delta.DeltaUnsupportedOperationException: "
        "[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE] Cannot perform Merge as multiple source rows "
        "matched and attempted to modify the same target row in the Delta table in possibly conflicting ways....",
        seconds=205)


def notified(call: Call) -> Outcome | None:
    if call.script == "topic refused" and not call.execution.redrives:
        return Outcome(error="SNS.AuthorizationErrorException", seconds=0.3, cause=(
            f"User: arn:aws:sts::{ACCOUNT}:assumed-role/data-platform/states is not authorized to perform: SNS:Publish "
            f"on resource: arn:aws:sns:{REGION}:{ACCOUNT}:data-platform-alerts because no resource-based policy allows "
            "the SNS:Publish action (Service: Sns, Status Code: 403, Request ID: " + call.uuid() + ")"))
    return None


_SALES = {
    "SubmitEMRServerlessJob": sales_job, "SendSuccessNotification": notified,
    "UpdateRedshiftSchema": lambda call: tasks.payload(call, {"columns": 6, "changed": False}, 3.2),
    "LoadDataToRedshift": lambda call: tasks.payload(call, {"rows": 20_255 + call.dice.randrange(140)}, 96.4)}
_LOYALTY = {"MergePoints": merge_job}


def event(created: datetime, key: str = KEY, machine: str = SALES) -> dict:
    """What EventBridge hands over ("Amazon S3 User Guide, Event message structure")."""
    version = ministack_state.version_at(BUCKET, key, created) or {}
    seed = uuid_of(machine, key, created)
    return {
        "version": "0", "id": seed, "detail-type": "Object Created", "source": "aws.s3", "account": ACCOUNT,
        "time": zulu(created.timestamp()), "region": REGION, "resources": [f"arn:aws:s3:::{BUCKET}"],
        "detail": {"version": "0", "bucket": {"name": BUCKET}, "object": {
            "key": key, "size": version.get("size", 0), "etag": str(version.get("etag", "")).strip('"'),
            "version-id": version.get("version_id", ""), "sequencer": random.Random(seed).randbytes(9).hex().upper()},
            "request-id": random.Random(seed).randbytes(8).hex().upper(), "requester": ACCOUNT,
            "source-ip-address": "10.40.2.17", "reason": "PutObject"}}


def _sales_past(past: Past) -> None:
    story = past.story
    for days_before in range(WEEKS * 7 - 1, 0, -1):
        when = past.at(days_before, "06:04:00") + past.dice.random()
        script, redriven = "fine", None
        if days_before == REDRIVEN_ON:
            script, redriven = "topic refused", past.at(days_before, "08:41:17")
        past.run(stamp(when), when, event(story.at(days_before, "06:03:40")), script, redriven=redriven)
    by_hand = past.at(BY_HAND_ON, "15:10:22")
    edited: dict[str, Any] = event(story.at(BY_HAND_ON, "06:03:40"))
    edited["detail"]["reason"] = "started by hand after the file was deleted"
    edited["edited_by"] = "maria.lindt"
    past.run("rerun-by-maria", by_hand, edited, "fine")
    for clock in ("06:04:00", "07:04:00", "08:04:00"):
        when = past.at(0, clock) + past.dice.random()
        if when + 600 < past.cast.now:  # Told once it is over.
            past.run(stamp(when), when, event(story.at(0, "06:00:12")), "cut")


def _loyalty_past(past: Past) -> None:
    for days_before in range(16, -1, -1):
        when = past.at(days_before, "03:15:00") + past.dice.random()
        day = past.story.at(days_before, "00:00").date()
        given = {"input": f"s3://lake-raw/loyalty/{day}/", "day": str(day)}
        past.run(stamp(when), when, given, "double" if days_before in (0, 1, 8) else "fine")


def cast(cast: Cast) -> None:
    cast.machine(SALES, _pipeline(), _SALES, _sales_past, created=cast.at(620, "10:12:44"),
                 tags={"team": "data-platform", "tier": "1"})
    cast.machine(LOYALTY, _merge(), _LOYALTY, _loyalty_past, created=cast.at(410, "11:20:08"),
                 tags={"team": "loyalty", "tier": "2"})
