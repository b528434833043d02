"""Logs: where they lie, what is in them, that what a triage must find is there, and the queries over CloudWatch's."""

from __future__ import annotations

import functools
import gzip
import io
import json
import time
import zlib
from datetime import datetime, timedelta, timezone

from .bench import refused, same
from .jobs import NIGHTLY, objects, until
from .states import describe, fresh, runs


def inflated(body: bytes) -> bytes:
    """As much as can be read: all members, and what stands before a cut or a broken block."""
    if body[:2] != b"\x1f\x8b":
        return body
    found, rest = b"", body
    while rest:
        machine = zlib.decompressobj(31)
        try:
            found += machine.decompress(rest)
        except zlib.error:
            # Byte by byte, to keep what stood before the broken block.
            machine, stream = zlib.decompressobj(31), io.BytesIO(rest)
            try:
                while byte := stream.read(64):
                    found += machine.decompress(byte)
            except zlib.error:
                return found
        if not machine.eof:
            return found
        rest = machine.unused_data
    return found


@functools.lru_cache(maxsize=1)
def nightly(bench) -> dict[str, bytes]:
    return objects(bench, f"emr/{NIGHTLY}/")


def names(bench, prefix: str) -> set[str]:
    pages = bench.s3.get_paginator("list_objects_v2").paginate(Bucket="lake-logs", Prefix=prefix)
    return {one["Key"][len(prefix):] for page in pages for one in page.get("Contents", [])}


def check_logs_hold_their_causes(bench) -> None:
    """Of every failed step: the deepest exception stands in a container of its application."""
    causes = [one for one in bench.control("GET", "causes")["causes"] if one["engine"] == "step" and one["place"] == NIGHTLY]
    assert len(causes) >= 55, len(causes)
    missing, numbers = [], set()
    everything = nightly(bench)
    steps = {s["Id"] for page in bench.client("emr").get_paginator("list_steps").paginate(ClusterId=NIGHTLY) for s in page["Steps"]}
    texts = {name: inflated(body).decode("utf-8", "replace") for name, body in everything.items()}
    for one in causes:
        assert one["id"] in steps
        report = texts.get(f"steps/{one['id']}/stderr.gz")
        if report is None:
            continue  # The one with a place of its own.
        application = report.partition("Submitted application ")[2].split("\n")[0]
        mine = [report, *(text for name, text in texts.items() if application in name or name.startswith("node/"))]
        # PySpark names analysis errors by its own package.
        said = one["deepest"].removeprefix("org.apache.spark.sql.AnalysisException: ")
        words = said.replace("\n", " ").split("<")[0][:60].strip()
        if words and not any(words in text.replace("\n", " ") for text in mine):
            missing.append((one["cause"], words))
        numbers.add(one["signature"])
    assert not missing, missing
    assert len(numbers) >= 50, len(numbers)
    same(len({one["signature"] for one in bench.control("GET", "causes")["causes"] if one["signature"]}) > 55, True)


def check_logs_layouts(bench) -> None:
    found = names(bench, f"emr/{NIGHTLY}/")
    for part in ("steps/s-20000DAILY/stderr.gz", "/controller.gz", "_000001/stderr.gz", "_000001/prelaunch.out.gz",
                 "applications/hadoop-yarn/hadoop-yarn-nodemanager-ip-", "daemons/instance-state/console.log-",
                 "bootstrap-actions/1/stderr.gz", "bootstrap-actions/master.log.gz", "steps/", "syslog."):
        assert any(part in name for name in found), part
    for failed in ("j-1B0OTFA1LPYAR", "j-1BR0KENB00TCL"):
        assert any("bootstrap-actions/1/stderr.gz" in name for name in names(bench, f"emr/{failed}/node/")), failed
    adhoc = names(bench, "emr-serverless/applications/00fadh0canalyt1c/jobs/")
    for part in ("attempts/3/SPARK_DRIVER/stderr.gz", "SPARK_DRIVER/archived/stderr_2.gz", "SPARK_EXECUTOR/7/stderr.gz",
                 "sparklogs/eventlog_v2_", "/events_1_", "/appstatus_"):
        assert any(part in name for name in adhoc), part
    kitchens = names(bench, "emr-eks/kq8f0recastk1tchens0000001/jobs/")
    for part in ("-driver/stderr.gz", "-exec-7/stderr.gz", "/containers/spark-"):
        assert any(part in name for name in kitchens), part
    same(names(bench, "emr/j-2N0L0GSEXPER1/"), set())


def check_logs_oddities(bench) -> None:
    bodies = list(nightly(bench).values())
    packed_otherwise = broken = plain = empty = many = long = colours = crlf = no_text = markup = secrets = 0
    for body in bodies:
        if not body:
            empty += 1
            continue
        if body[:2] != b"\x1f\x8b":
            plain += 1
            packed_otherwise += body[:3] == b"BZh"
            continue
        try:
            text = gzip.decompress(body)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            broken += 1
            continue
        first = zlib.decompressobj(31)
        first.decompress(body)
        many += bool(first.unused_data)
        long += any(len(line) > 9_000_000 for line in text.split(b"\n"))
        colours += b"\x1b[1;31mERROR" in text or b"\x1b[32mINFO" in text
        crlf += b"\r\n" in text
        markup += b"<script>" in text
        secrets += b"FAKEsecret" in text
        try:
            text.decode()
        except UnicodeDecodeError:
            no_text += 1
    found = (packed_otherwise, broken, plain, empty, many, long, colours, crlf, no_text, markup, secrets)
    assert all(found), found


def check_logs_event_log_is_skewed(bench) -> None:
    import json

    found = objects(bench, "emr/j-2FLEETCL1CKS7/spark-events/")
    lines = [json.loads(line) for name in sorted(found) for line in found[name].splitlines()]
    times: dict[int, list[int]] = {}
    for line in lines:
        if line["Event"] == "SparkListenerTaskEnd":
            times.setdefault(line["Stage ID"], []).append(line["Task Metrics"]["Executor Run Time"])
    worst = max(times[2]) / sorted(times[2])[len(times[2]) // 2]
    assert worst > 20 > max(times[1]) / sorted(times[1])[len(times[1]) // 2], worst


def check_logs_event_log_spills_collects_and_names_containers(bench) -> None:
    import json

    found = objects(bench, "emr/j-2FLEETCL1CKS7/spark-events/")
    lines = [json.loads(line) for name in sorted(found) for line in found[name].splitlines()]
    tasks = [line for line in lines if line["Event"] == "SparkListenerTaskEnd"]
    spilt = {line["Stage ID"] for line in tasks if line["Task Metrics"]["Disk Bytes Spilled"]}
    same(spilt, {1, 2})
    own = [line["Task Metrics"] for line in tasks if line["Stage ID"] == 3]
    assert sum(one["JVM GC Time"] for one in own) * 3 > sum(one["Executor Run Time"] for one in own)
    added = [line["Executor Info"]["Attributes"] for line in lines if line["Event"] == "SparkListenerExecutorAdded"]
    assert added and all(one["CONTAINER_ID"].startswith("container_") for one in added), added
    cluster = bench.client("emr").describe_cluster(ClusterId="j-2FLEETCL1CKS7")["Cluster"]
    folder = cluster["Configurations"][0]["Properties"]["spark.eventLog.dir"]
    assert folder == "s3://lake-logs/emr/j-2FLEETCL1CKS7/spark-events/", folder


def check_logs_event_log_of_what_an_execution_started(bench) -> None:
    """Each failed run of `loyalty-merge` has one, whose last stage failed; no other failed run of its application has."""
    root = "emr-serverless/applications/00fe6s2r9vq1b30l/jobs/"
    causes = [one for one in bench.control("GET", "causes")["causes"] if one["place"] == "00fe6s2r9vq1b30l"]
    merged = [one for one in causes if ":loyalty-merge:" in (one["execution"] or "")]
    failed = {one["id"] for one in merged if one["cause"] == "merge source rows"}
    had = {name.partition("/")[0] for name in names(bench, root) if "/sparklogs/eventlog_v2_" in name}
    assert failed and failed <= had, (failed, had)
    same(had & {one["id"] for one in causes if one not in merged}, set())
    found = objects(bench, f"{root}{min(failed)}/sparklogs/")
    lines = [json.loads(line) for name in sorted(found) for line in found[name].splitlines()]
    stages = [line["Stage Info"] for line in lines if line["Event"] == "SparkListenerStageCompleted"]
    same([one["Stage ID"] for one in stages if "Failure Reason" in one], [3])
    assert lines[-1]["Event"] == "SparkListenerApplicationEnd", lines[-1]


def check_logs_groups(bench) -> None:
    logs, glue = bench.client("logs"), bench.client("glue")
    groups = {g["logGroupName"] for page in logs.get_paginator("describe_log_groups").paginate() for g in page["logGroups"]}
    assert {"/aws-glue/jobs/output", "/aws-glue/jobs/error", "/aws-glue/jobs/logs-v2", "/aws/lambda/orders-loader",
            "/aws/emr-serverless", "/aws/sagemaker/TrainingJobs", "/emr-on-eks/kitchens",
            "/aws/vendedlogs/states/till-heartbeat"} <= groups, groups
    run = glue.get_job_runs(JobName="crm-extract")["JobRuns"][0]["Id"]
    text = "\n".join(e["message"] for e in logs.get_log_events(logGroupName="/aws-glue/jobs/error", logStreamName=run,
                                                               startFromHead=True)["events"])
    assert "password authentication failed" in text and "GlueExceptionAnalysisListener" in text
    streams = logs.describe_log_streams(logGroupName="/aws-glue/jobs/logs-v2", logStreamNamePrefix=run)["logStreams"]
    assert any(s["logStreamName"] == f"{run}-driver" for s in streams) and len(streams) == 4
    lines = logs.filter_log_events(logGroupName="/aws/lambda/orders-loader", filterPattern='"[ERROR]"', limit=5)["events"]
    request = bench.client("logs").filter_log_events(
        logGroupName="/aws/lambda/orders-loader", filterPattern=f'"{_request(bench)}"')["events"]
    assert lines and [r["message"].partition(" ")[0] for r in request][0] == "START" and any("REPORT" in r["message"] for r in request)
    first = logs.get_log_events(logGroupName="/aws-glue/jobs/error", logStreamName=run, startFromHead=True, limit=10)
    again = logs.get_log_events(logGroupName="/aws-glue/jobs/error", logStreamName=run, nextToken=first["nextForwardToken"], limit=10)
    assert first["events"][-1] != again["events"][0]
    end = logs.get_log_events(logGroupName="/aws-glue/jobs/error", logStreamName=run)["nextForwardToken"]
    same(logs.get_log_events(logGroupName="/aws-glue/jobs/error", logStreamName=run, nextToken=end)["nextForwardToken"], end)


def check_logs_of_replication_tasks_and_containers(bench) -> None:
    logs, dms = bench.client("logs"), bench.client("dms")
    streams = logs.describe_log_streams(logGroupName="dms-tasks-lake-feeder", logStreamNamePrefix="dms-task-PRACTICE")["logStreams"]
    same([one["logStreamName"] for one in streams],
         ["dms-task-PRACTICECRMTOLAKE", "dms-task-PRACTICEORDERSCDC", "dms-task-PRACTICETILLSCDC"])
    lines = [event["message"] for event in logs.get_log_events(
        logGroupName="dms-tasks-lake-feeder", logStreamName="dms-task-PRACTICEORDERSCDC")["events"]]
    assert len(lines) > 300 and "ran out of memory" in lines[-2] and "]E:" in lines[-1], lines[-3:]
    settings = {task["ReplicationTaskIdentifier"]: json.loads(task["ReplicationTaskSettings"])["Logging"]["EnableLogging"]
                for task in dms.describe_replication_tasks()["ReplicationTasks"]}
    same([name for name, on in settings.items() if not on], ["loyalty-full-load"])
    group = "dms-serverless-replication-PRACTICESUPPLIERSTOLAKE"
    names = [one["logStreamName"] for one in logs.describe_log_streams(logGroupName=group)["logStreams"]]
    assert len(names) == 2 and any(name.startswith("dms-serverless-serv-res-id-") for name in names), names
    states = logs.get_log_events(logGroupName=group, logStreamName="dms-serverless-replication-orchestrator-PRACTICESUPPLIERSTOLAKE")
    assert "'replication_state':'failed'" in states["events"][-1]["message"], states["events"][-1]
    failed = runs(bench, "competitor-prices")[0]
    cause = json.loads(describe(bench, failed["executionArn"])["cause"])
    said = logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=cause["Attempts"][-1]["Container"]["LogStreamName"])
    same(said["events"][-1]["message"], "KeyError: 'price_eur'")
    assert said["events"][-1]["timestamp"] < cause["StoppedAt"]


def check_log_of_a_task_of_ecs(bench) -> None:
    """Where it is, the task definition says; the task itself is described no more."""
    logs, ecs = bench.client("logs"), bench.client("ecs")
    cause = json.loads(describe(bench, runs(bench, "menu-labels")[0]["executionArn"])["cause"])
    same([one["ExitCode"] for one in cause["Containers"]], [1, 0, 0, 0])
    found = ecs.describe_task_definition(taskDefinition=cause["TaskDefinitionArn"])["taskDefinition"]["containerDefinitions"]
    same([one["name"] for one in found], [one["Name"] for one in cause["Containers"]])
    same([one["logConfiguration"]["logDriver"] for one in found], ["awslogs", "splunk", "awsfirelens", "awslogs"])
    options, own = found[0]["logConfiguration"]["options"], cause["TaskArn"].rpartition("/")[2]
    said = logs.get_log_events(logGroupName=options["awslogs-group"],
                               logStreamName=f"{options['awslogs-stream-prefix']}/{found[0]['name']}/{own}")["events"]
    same(said[-1]["message"], "AttributeError: 'NoneType' object has no attribute 'split'")
    assert said[-1]["timestamp"] < cause["StoppedAt"]
    sent = found[2]["logConfiguration"]["options"]
    audit = logs.get_log_events(logGroupName=sent["log_group_name"],
                                logStreamName=f"{sent['log_stream_prefix']}{found[2]['name']}-firelens-{own}")["events"]
    assert audit[-1]["message"].endswith("product 77-2041 has no allergens"), audit[-1]
    refused(lambda: ecs.describe_task_definition(taskDefinition="nobody:1"), "ClientException", 400)
    same(ecs.describe_tasks(cluster="kitchens", tasks=[cause["TaskArn"]])["tasks"], [])


def check_logs_of_lambda(bench) -> None:
    """START to REPORT of each way to fail, and the metric that counts them."""
    logs, metrics, now = bench.client("logs"), bench.client("cloudwatch"), datetime.now(timezone.utc)
    group = "/aws/lambda/landing-validator"
    text = [e["message"] for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group) for e in page["events"]]
    for words in ("Task timed out after 15.00 seconds", "Error: Runtime exited with error: signal: killed", "Runtime.ImportModuleError",
                  "REPORT RequestId: ", "\tStatus: timeout", "Max Memory Used: 256 MB"):
        assert any(words in line for line in text), words
    errors = metrics.get_metric_statistics(Namespace="AWS/Lambda", MetricName="Errors", Period=86_400, Statistics=["Sum"], EndTime=now,
                                           StartTime=now - timedelta(days=14),
                                           Dimensions=[{"Name": "FunctionName", "Value": "landing-validator"}])["Datapoints"]
    same(sum(point["Sum"] for point in errors), 4.0)


def _request(bench) -> str:
    import json

    from .states import history, one

    for event in history(bench, one(bench, "orders-backfill", "FAILED")):
        if event["type"] == "TaskFailed":
            return json.loads(event["taskFailedEventDetails"]["cause"])["requestId"]
    raise AssertionError("no failure")


def check_logs_filter_patterns(bench) -> None:
    logs, group = bench.client("logs"), "/aws/vendedlogs/states/till-heartbeat"

    def found(pattern: str) -> int:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, filterPattern=pattern)
        return sum(len(page["events"]) for page in pages)

    failed = found('{ $.type = "ExecutionFailed" }')
    assert failed and failed == found('"\\"type\\":\\"ExecutionFailed\\""')
    same(found('{ $.type = "ExecutionFailed" || $.type = "ExecutionSucceeded" }'), found('{ $.type = "ExecutionStarted" }'))
    same(found("ExecutionStarted -ClockSkew"), found("ExecutionStarted"))
    same(found("?ExecutionFailed ?ExecutionSucceeded"), found("%Execution(Failed|Succeeded)%"))
    assert found('{ $.details.error = "Clock*" }') > 0
    refused(lambda: logs.filter_log_events(logGroupName=group, filterPattern="{ type }"), "InvalidParameterException", 400)


def check_logs_insights(bench) -> None:
    fresh(bench)
    logs, now = bench.client("logs"), int(time.time())

    def ask(group: str, text: str) -> list[dict]:
        query = logs.start_query(logGroupName=group, startTime=now - 30 * 86_400, endTime=now + 60, queryString=text)["queryId"]
        answer = until(lambda: logs.get_query_results(queryId=query), lambda told: told["status"] == "Complete")
        assert set(answer["statistics"]) >= {"recordsMatched", "recordsScanned", "bytesScanned"}
        return [{field["field"]: field["value"] for field in row} for row in answer["results"]]

    rows = ask("/aws-glue/jobs/error", "fields @timestamp, @message, @logStream | filter @message like /(?i)exception/ | sort "
                                       "@timestamp desc | limit 7")
    same((len(rows), rows, "@ptr" in rows[0]), (7, sorted(rows, key=lambda r: r["@timestamp"], reverse=True), True))
    rows = ask("/aws/lambda/orders-loader", 'parse @message "[ERROR] *: *" as kind, text | filter ispresent(kind) | stats count(*) '
                                            "as n by kind | sort n desc")
    same([row["kind"] for row in rows], ["ProgrammingError", "KeyError"])
    assert int(rows[0]["n"]) > int(rows[1]["n"]) > 0
    rows = ask("/aws/lambda/orders-loader", "filter @type = 'REPORT' and @duration > 1000 | stats count() as calls, avg(@duration) as "
                                            "mean, pct(@duration, 95) as p95, max(@maxMemoryUsed / 1000 / 1000) as mb by bin(1d) as day")
    assert rows and float(rows[0]["p95"]) >= float(rows[0]["mean"]) > 1000
    rows = ask("/aws/vendedlogs/states/till-heartbeat", "fields type, details.error as error | filter type in ['ExecutionFailed'] | "
                                                        "dedup error | display error")
    assert {row["error"] for row in rows} == {"ClockSkew", "NoTill"}, rows
    rows = ask("/aws-glue/jobs/error", "parse @message /(?<level>INFO|WARN|ERROR) (?<class>[\\w$]+):/ | stats count(*) by level")
    same({row["level"] for row in rows if "level" in row}, {"INFO", "WARN", "ERROR"})
    refused(lambda: logs.start_query(logGroupName="/aws-glue/jobs/error", startTime=0, endTime=now, queryString="fancy @message"),
            "MalformedQueryException", 400)
    query = logs.start_query(logGroupName="/aws-glue/jobs/error", startTime=0, endTime=now, queryString="stats count(*)")["queryId"]
    bench.control("POST", "pace", {"seconds": 0.02})
    same(query in [one["queryId"] for one in logs.describe_queries()["queries"]], True)


def check_logs_insights_lines_and_faults(bench) -> None:
    """The line behind a row, messages by their template, and where a query is wrong."""
    fresh(bench)
    logs, now, group = bench.client("logs"), int(time.time()), "/aws/lambda/orders-loader"

    def ask(text: str) -> list[dict]:
        query = logs.start_query(logGroupNames=[group], startTime=now - 30 * 86_400, endTime=now + 60, queryString=text, limit=50)["queryId"]
        answer = until(lambda: logs.get_query_results(queryId=query), lambda told: told["status"] == "Complete")
        return [{field["field"]: field["value"] for field in row} for row in answer["results"]]

    row = ask("fields @message | filter @message like /ERROR/ | limit 1")[0]
    record = logs.get_log_record(logRecordPointer=row["@ptr"])["logRecord"]
    same((record["@message"].rstrip("\n"), record["@log"].partition(":")[2]), (row["@message"], group))
    events = logs.get_log_events(logGroupName=group, logStreamName=record["@logStream"], startFromHead=True)["events"]
    assert int(record["@timestamp"]) in {event["timestamp"] for event in events}
    refused(lambda: logs.get_log_record(logRecordPointer="bm9uZQ=="), "InvalidParameterException", 400)

    patterns = ask("filter @message like /REPORT/ | pattern @message")
    same(int(patterns[0]["@sampleCount"]), max(int(one["@sampleCount"]) for one in patterns))
    assert "<*>" in patterns[0]["@pattern"] and "@ptr" not in patterns[0]

    text = "fields @message | fancy @message"
    try:
        logs.start_query(logGroupName=group, startTime=0, endTime=now, queryString=text)
    except logs.exceptions.MalformedQueryException as wrong:
        place = wrong.response["queryCompileError"]["location"]
        same(text[place["startCharOffset"]:place["endCharOffset"]], "fancy")
    else:
        raise AssertionError("not refused")


def check_logs_group_list(bench) -> None:
    """By prefix and by pattern, with sizes, in pages; a group is as old as what it holds."""
    logs = bench.client("logs")
    groups = [group for page in logs.get_paginator("describe_log_groups").paginate() for group in page["logGroups"]]
    same([group["logGroupName"] for group in groups], sorted(group["logGroupName"] for group in groups))
    loader = next(group for group in groups if group["logGroupName"] == "/aws/lambda/orders-loader")
    first = logs.filter_log_events(logGroupName=loader["logGroupName"], limit=1)["events"][0]["timestamp"]
    assert loader["storedBytes"] > 1_000 and loader["creationTime"] <= first, loader
    held = [group["logGroupName"] for group in logs.describe_log_groups(logGroupNamePattern="GLUE")["logGroups"]]
    assert held and held == [group["logGroupName"] for group in groups if "glue" in group["logGroupName"]], held
    begun = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/", limit=2)
    same((len(begun["logGroups"]), "nextToken" in begun), (2, True))
    refused(lambda: logs.describe_log_groups(logGroupNamePrefix="/aws", logGroupNamePattern="glue"), "InvalidParameterException", 400)


def check_logs_some_are_closed(bench) -> None:
    key = next(iter(names(bench, "emr-payments/")))
    reader = bench.client("s3", "practice-denied")
    refused(lambda: reader.get_object(Bucket="lake-logs", Key="emr-payments/" + key), "AccessDenied", 403)
    reader.get_object(Bucket="lake-logs", Key=f"emr/{NIGHTLY}/steps/s-20000DAILY/stderr.gz")
    refused(lambda: bench.client("logs", "practice-denied").filter_log_events(logGroupName="/aws-glue/jobs/error"),
            "AccessDeniedException", 400)
    refused(lambda: bench.client("emr-serverless", "practice-denied").cancel_job_run(applicationId="a", jobRunId="b"),
            "AccessDeniedException")


def check_logs_crowd(bench) -> None:
    told = bench.control("POST", "crowd", {"count": 3_000, "bomb_mib": 8})
    # Beside them the step's own log, which names their application, and the bomb.
    same((told["count"], len(names(bench, told["prefix"]))), (3_000, 3_002))
    cluster = told["prefix"].split("/")[1]
    step, = bench.client("emr").list_steps(ClusterId=cluster)["Steps"]
    same((step["Id"], step["Status"]["State"]), (told["step"], "FAILED"))
    bench.control("POST", "reset", {"area": "objects"})
    same(names(bench, told["prefix"]), set())
    bench.control("POST", "reset", {"area": "executions"})
    assert cluster not in [one["Id"] for one in bench.client("emr").list_clusters()["Clusters"]], cluster


def check_logs_survive_a_reset(bench) -> None:
    before = names(bench, f"emr/{NIGHTLY}/")
    bench.control("POST", "reset", {})
    same(names(bench, f"emr/{NIGHTLY}/") ^ before, set())
    assert bench.client("logs").describe_log_streams(logGroupName="/aws-glue/jobs/error")["logStreams"]
