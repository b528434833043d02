"""What Glue, SageMaker, Lambda, replication tasks and Batch write into CloudWatch Logs."""

from __future__ import annotations

import json
import random
import time

from ..overrides.jobs.model import HEX, Invocation, Run, made_up
from . import failures, spark
from .pen import Pen


def glue(run: Run, tasks: int, whole: bool) -> list[tuple[str, str, bytes]]:
    """Group, stream, body: `output` and `error` have a stream for the run, `logs-v2` one for each JVM ("continuous")."""
    dice = random.Random("glue" + run.id)
    address = lambda: f"172.35.{dice.randrange(1, 250)}.{dice.randrange(1, 250)}"  # noqa: E731
    keys = [made_up("g-", 40, HEX, run.id, n) for n in range(3)]
    workers = [(n + 1, address(), key) for n, key in enumerate(keys)]
    failure = failures.of(run.cause)
    words = [word for pair in (run.asked.get("Arguments") or {}).items() for word in pair]
    job = spark.Job(
        name=run.name, script=f"s3://ml-artifacts/glue/{run.name}.py", args=words, conf="", start=run.began,
        end=run.ends if whole else min(run.ends, time.time()), failure=failure, dice=dice, platform="serverless",
        application=run.id, workers=workers, driver_host=address(), tasks=tasks, whole=whole, stages=3,
        facts={"day": time.strftime("%Y-%m-%d", time.gmtime(run.created)), **run.more.get("facts", {})})
    driver, out = spark.driver(job)
    error = driver
    if failure and whole:
        pen = Pen(job.end - 1, job.end, 3, dice)
        pen.error("ProcessLauncher", f"Error from Python:{''.join(spark.traceback(failure.user, [''])[:1])}"
                  if failure.user else "Error from Java")
        trace = spark.traceback(failure.user, [job.fill(failure.deepest, job.end)]) if failure.user else [failure.deepest]
        pen.error("GlueExceptionAnalysisListener", "[Glue Exception Analysis] " + json.dumps({
            "Event": "GlueETLJobExceptionEvent", "Timestamp": round(job.end * 1000), "Failure Reason": "\n".join(trace),
            "Stack Trace": [{"Declaring Class": "main", "Method Name": failure.user.rpartition(": ")[2],
                             "File Name": f"/tmp/{run.name}.py", "Line Number": 57}],
            "Last Executed Line number": 57, "script": f"{run.name}.py"}))
        error = driver + pen.bytes()
    found = [("/aws-glue/jobs/output", run.id, out), ("/aws-glue/jobs/error", run.id, error),
             ("/aws-glue/jobs/logs-v2", f"{run.id}-driver", error)]
    found += [("/aws-glue/jobs/logs-v2", f"{run.id}-{key}", spark.executor(job, n)[0]) for n, _, key in workers]
    return found


def sagemaker(run: Run, whole: bool) -> tuple[str, str, bytes]:
    """`<job>/algo-1-<epoch>`; a training's script prints as it likes, colours included."""
    dice = random.Random("sagemaker" + run.id)
    pen = Pen(run.began, run.ends, 60, dice, "python")
    failure = failures.of(run.cause)
    group = {"training": "TrainingJobs", "processing": "ProcessingJobs", "transform": "TransformJobs"}[run.engine]
    pen.info("sagemaker-training-toolkit", "Imported framework sagemaker_sklearn_container.training")
    pen.info("sagemaker-training-toolkit", "No GPUs detected (normal if no gpus installed)")
    pen.raw("/usr/local/lib/python3.11/site-packages/sklearn/base.py:1152: FutureWarning: `force_all_finite` was renamed to "
            "`ensure_all_finite` in 1.6 and will be removed in 1.8.\n  warnings.warn(")
    if run.engine == "training":
        for epoch in range(1, 13 if whole and not failure else 5):
            pen.info("train", f"epoch={epoch} train_auc={0.7 + epoch / 80:.4f} validation_auc={0.68 + epoch / 90:.4f} "
                              f"seconds={30 + dice.randrange(20)}")
            pen.on()
            pen.raw(f"\x1b[34m[{epoch}]\x1b[0m#011validation-logloss:{0.6 - epoch / 50:.5f}")
    else:
        for chunk in range(1, 25 if not failure else 7):
            pen.info("prepare", f"chunk {chunk} rows={chunk * 40_000}")
    if failure and whole:
        if failure.user and failure.deepest != "Killed":
            pen.raw("\n".join(spark.traceback(failure.user, [failure.deepest])))
            pen.error("sagemaker-training-toolkit", "Reporting training FAILURE")
            pen.error("sagemaker-training-toolkit", f"ExecuteUserScriptError:\nExitCode {failure.exit}\nErrorMessage "
                                                    f"\"{failure.deepest}\"")
        else:
            pen.raw("Killed")
    elif whole:
        pen.info("sagemaker-training-toolkit", "Reporting training SUCCESS")
    return f"/aws/sagemaker/{group}", f"{run.name}/algo-1-{round(run.began)}", pen.bytes()


def lambda_lines(call: Invocation) -> list[dict]:
    """START to REPORT of one invocation ("AWS Lambda Developer Guide, Viewing CloudWatch logs for Lambda")."""
    begun = round(call.began * 1000)
    took = call.timed_out or call.seconds
    size, used = call.memory
    said = [(0.0, f"START RequestId: {call.request} Version: $LATEST")]
    zulu = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(call.began))
    for number, line in enumerate(call.lines):
        said.append((took * (number + 1) / (len(call.lines) + 2), f"[INFO]\t{zulu}.{number:03d}Z\t{call.request}\t{line}"))
    if call.timed_out:
        said.append((took, f"{zulu}.{112:03d}Z {call.request} Task timed out after {call.timed_out:.2f} seconds"))
    elif call.killed:
        used = size
        said.append((took, f"RequestId: {call.request} Error: Runtime exited with error: signal: killed\nRuntime.ExitError"))
    elif call.error:
        trace = "".join(call.stack).rstrip("\n")
        said.append((took * 0.98, f"[ERROR] {call.error}: {call.message}\nTraceback (most recent call last):\n{trace}"))
    said.append((took, f"END RequestId: {call.request}"))
    status = "\tStatus: timeout" if call.timed_out else "\tStatus: error\tError Type: Runtime.ExitError" if call.killed else ""
    said.append((took, f"REPORT RequestId: {call.request}\tDuration: {took * 1000:.2f} ms\tBilled Duration: "
                       f"{round(took * 1000 + 0.5)} ms\tMemory Size: {size} MB\tMax Memory Used: {used} MB{status}\t"))
    return [{"timestamp": begun + round(after * 1000), "message": text + "\n"} for after, text in said]


# DMS: "AWS DMS User Guide, Viewing and managing AWS DMS task logs"; the lines' form is that of "Why is my AWS DMS task not
# retrying?" (AWS re:Post), the components those of "Logging task settings".
REPLICATION = "dms-tasks-lake-feeder"


def replication(task: dict, until: float) -> tuple[str, str, list[dict]]:
    """Group, stream and events of one task: what every task says all day, and what it says when it fails."""
    own, stats = task["ReplicationTaskArn"].rpartition(":")[2], task["ReplicationTaskStats"]
    dice, began, ended = random.Random("dms" + own), stats["StartDate"], stats.get("StopDate", until)
    said: list[tuple[float, str, str, str]] = [
        (began, "I", "TASK_MANAGER", f"Task '{own}' running CDC only in fresh start mode  (replicationtask.c:1521)"),
        (began + 2, "I", "SOURCE_CAPTURE", "Positioning context to the given start point  (postgres_endpoint_capture.c:512)"),
        (began + 9, "W", "METADATA_MANAGER", "Data type jsonb of column 'notes' is taken as NCLOB  (metadatamanager.c:884)")]
    # A connection that was lost for a minute, and got back: no reason for what came nine days later.
    lost = ended - 9 * 86_400
    said += [
        (lost, "E", "SOURCE_CAPTURE", "Endpoint is disconnected [1020401]  (endpointshell.c:3984)"),
        (lost + 1, "W", "TASK_MANAGER", "Task error notification received from subtask 0, thread 0 [1022502]  "
                                        "(replicationtask.c:2673)"),
        (lost + 64, "I", "SOURCE_CAPTURE", "The connection is back; capture goes on  (postgres_endpoint_capture.c:540)")]
    when = began + 60
    while when < ended - 90:
        place = round((when - began) * 311)
        said.append((when, *dice.choice((
            ("I", "SORTER", f"Transaction {place} was committed, {dice.randrange(4, 900)} records  (sorter_transaction.c:3290)"),
            ("I", "PERFORMANCE", f"Source latency {dice.random() * 3:.2f} seconds, Target latency {3 + dice.random() * 4:.2f} "
                                 "seconds  (replicationtask.c:3789)"),
            ("I", "FILE_FACTORY", f"File 'LOAD{place:08X}.parquet' was sent to the target  (file_imp.c:412)"),
            ("W", "TARGET_APPLY", "Source changes that would have had no impact were not applied to the target database. Refer "
                                  "to the 'awsdms_apply_exceptions' table for details  (endpointshell.c:5984)")))))
        when += 2_400 * (0.5 + dice.random())
    name = task["ReplicationTaskIdentifier"]
    if name == "orders-cdc":
        said += [
            (ended - 41, "W", "SORTER", "Reading from source is paused. Total storage used by swap files exceeded the limit "
                                        "1048576000 bytes  (sorter_transaction.c:110)"),
            (ended - 4, "E", "TASK_MANAGER", f"Task process for '{own}' failed because it ran out of memory  (repository.c:5930)"),
            (ended - 1, "E", "TASK_MANAGER", f"Task '{own}' encountered a fatal error  (repository.c:5935)")]
    elif name == "tills-cdc":
        at = ended - 3_600
        said += [
            (at, "E", "TARGET_APPLY", "Failed to handle event 41 of table 'public'.'till_events': numeric value out of range "
                                      "[1020436]  (file_apply.c:1207)"),
            (at + 1, "W", "TASK_MANAGER", "Table 'public'.'till_events' was errored/suspended (subtask 1 thread 1)  "
                                          "(replicationtask.c:2880)")]
    elif name == "loyalty-full-load":
        return REPLICATION, f"dms-task-{own}", []   # its logging is off
    said.sort(key=lambda one: one[0])
    line = "{} [{:<16}]{}:  {}\n".format
    return REPLICATION, f"dms-task-{own}", [
        {"timestamp": round(at * 1000),
         "message": line(time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)), component, level, text)}
        for at, level, component, text in said]


def serverless(replication: dict, until: float) -> list[tuple[str, str, list[dict]]]:
    """Group, stream and events of one replication of DMS Serverless ("AWS DMS serverless replication logs"): its states, in the
    words of the guide's examples, and what the work said while it ran."""
    own, stats = replication["ReplicationConfigArn"].rpartition(":")[2], replication["ReplicationStats"]
    dice, began, ended = random.Random("dms-serverless" + own), stats["StartDate"], stats.get("StopDate")
    group = f"dms-serverless-replication-{own}"
    state = "{{'replication_state':'{}', 'message': '{}'{}}}\n".format
    starts = (("initializing", "Initializing the replication workflow."),
              ("preparing_metadata_resources", "Preparing the resources that read the metadata."),
              ("testing_connection", "Testing the connections to the source and the target."))
    goes_on = (("fetching_metadata", "Fetching the metadata of the source."), ("calculating_capacity", "Calculating the capacity."),
               ("provisioning_capacity", "Provisioning the capacity."), ("replication_starting", "Starting the replication."),
               ("running", "The replication is running."))
    told = [(began - 120 + place * 15, state(name, text, "")) for place, (name, text) in enumerate((*starts, *goes_on))]
    stopped = ended - 7_200 if ended else until
    if ended:
        told += [(stopped, state("stopping", "Stopping the replication.", "")), (stopped + 40, state("stopped", "The replication is stopped.", ""))]
        told += [(ended - 60 + place * 15, state(name, text, "")) for place, (name, text) in enumerate(starts)]
        why = replication["FailureMessages"][0]
        told.append((ended, state("failed", why, f", 'failure_message': '{why}'")))
    work, when = [], began + 60
    while when < stopped - 90:
        text = (f"Source latency {dice.random() * 3:.2f} seconds, Target latency {3 + dice.random() * 4:.2f} seconds  "
                "(replicationtask.c:3789)")
        work.append((when, f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(when))} [PERFORMANCE     ]I:  {text}\n"))
        when += 9_600 * (0.5 + dice.random())
    events = lambda lines: [{"timestamp": round(at * 1000), "message": text} for at, text in lines]  # noqa: E731
    return [(group, f"dms-serverless-replication-orchestrator-{own}", events(told)),
            (group, f"dms-serverless-serv-res-id-{round(began * 1000)}-{own[-3:].lower()}", events(work))]


# Batch: "AWS Batch User Guide, Using the awslogs log driver".
SCRAPER = "competitor-prices/default/4f6f1e0f3b5c4f1db0c9a1c7b2d0e6aa"


def container(ended: float) -> tuple[str, str, list[dict]]:
    """The failed attempt of `competitor-prices`: an event for each line, as the driver of the logs sends them."""
    dice, said = random.Random(SCRAPER), []
    clock = lambda at: time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at)) + f",{dice.randrange(1000):03d}"  # noqa: E731
    for shop in range(1, 13):
        at = ended - 90 + shop * 7
        said.append((at, f"{clock(at)} INFO scrape: shop {shop} of 40: {dice.randrange(200, 400)} prices"))
        if shop % 5 == 0:
            said.append((at + 1, f"{clock(at + 1)} WARNING urllib3.connectionpool: Retrying (Retry(total=2)) after connection "
                                 "broken by 'RemoteDisconnected'"))
    said += [(ended - 1, text) for text in (
        "Traceback (most recent call last):", '  File "/app/scrape.py", line 88, in <module>', "    main()",
        '  File "/app/scrape.py", line 61, in main', '    rows.append(Decimal(offer["price_eur"]))',
        "KeyError: 'price_eur'")]
    return "/aws/batch/job", SCRAPER, [{"timestamp": round(at * 1000), "message": text} for at, text in said]


# ECS: "Amazon ECS Developer Guide, Send Amazon ECS logs to CloudWatch": prefix, container and task.
LABELS_GROUP, LABELS_PREFIX = "/ecs/menu-labels", "nightly"
LABELS_TASK = "9c1d7a52e0b84f6c8a3f5d2e7b604c19"
# FireLens tags lines `container-firelens-task`, and Fluent Bit's output appends the tag to its prefix.
AUDIT_GROUP, AUDIT_PREFIX = "/ecs/menu-labels-audit", "nightly-"


def task(ended: float) -> tuple[str, str, list[dict]]:
    """The failed task of `menu-labels`: its main container; those beside it log elsewhere."""
    said = [(ended - 40 + each * 3, f"{_second(ended - 40 + each * 3)} INFO labels: rendered {each * 120} of 4,310 labels")
            for each in range(1, 13)]
    said += [(ended - 1, text) for text in (
        "Traceback (most recent call last):", '  File "/app/labels.py", line 142, in <module>', "    main()",
        '  File "/app/labels.py", line 97, in main', '    allergens = product["allergens"].split(",")',
        "AttributeError: 'NoneType' object has no attribute 'split'")]
    stream = f"{LABELS_PREFIX}/render/{LABELS_TASK}"
    return LABELS_GROUP, stream, [{"timestamp": round(at * 1000), "message": text} for at, text in said]


def audit(ended: float) -> tuple[str, str, list[dict]]:
    """The container beside it, whose lines FireLens sends."""
    said = [(ended - 38 + each * 9, f"{_second(ended - 38 + each * 9)} INFO audit: {each * 1_060:,} products checked")
            for each in range(1, 5)]
    said.append((ended - 2, f"{_second(ended - 2)} WARN audit: product 77-2041 has no allergens"))
    stream = f"{AUDIT_PREFIX}audit-firelens-{LABELS_TASK}"
    return AUDIT_GROUP, stream, [{"timestamp": round(at * 1000), "message": text} for at, text in said]


def _second(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
