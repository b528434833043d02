"""Step Functions as it is found: the cast, its past, histories, Map Runs, failures of every kind."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta, timezone

from .bench import refused, same
from .states import MACHINE, SALES, chained, describe, fresh, history, one, runs, types


def check_sf_machines(bench) -> None:
    client = fresh(bench)
    pages = list(client.get_paginator("list_state_machines").paginate(PaginationConfig={"PageSize": 7}))
    names = [m["name"] for page in pages for m in page["stateMachines"]]
    same((len(names), len(set(names)), len(pages)), (40, 40, 6))
    for name in names:
        told = client.describe_state_machine(stateMachineArn=MACHINE + name)
        asl = json.loads(told["definition"])
        assert asl["StartAt"] in asl["States"]
        client.list_tags_for_resource(resourceArn=MACHINE + name)
        client.list_state_machine_versions(stateMachineArn=MACHINE + name)
        client.list_state_machine_aliases(stateMachineArn=MACHINE + name)
    refused(lambda: client.describe_state_machine(stateMachineArn=MACHINE + "nobody"), "StateMachineDoesNotExist", 400)
    refused(lambda: client.describe_state_machine(stateMachineArn="nonsense"), "InvalidArn", 400)


def check_sf_all_recorded_executions(bench) -> None:
    """Every answer about every execution has its shape; histories are whole and chained; nothing lies in the future."""
    client, now = fresh(bench), datetime.now(timezone.utc)
    for machine in client.list_state_machines()["stateMachines"]:
        if machine["type"] == "EXPRESS":
            continue
        found = runs(bench, machine["name"])
        for run in found:
            assert run["startDate"] <= now and run.get("stopDate", run["startDate"]) <= now + timedelta(seconds=5), run
            told = describe(bench, run["executionArn"])
            same((told["status"], told["name"], told.get("stopDate")),
                 (run["status"], run["name"], run.get("stopDate")))
            client.describe_state_machine_for_execution(executionArn=run["executionArn"])
            if machine["name"] not in ("clickstream-replay", "daily-sales-backfill") and "polling" not in run["name"]:
                chained(history(bench, run["executionArn"]))


def check_sf_story(bench) -> None:
    fresh(bench)
    day = bench.ready["story_day"]
    found = runs(bench, SALES)
    same(Counter(run["status"] for run in found), {"SUCCEEDED": len(found)})
    today = [run for run in found if run["name"].startswith(day)]
    past = [run for run in found if not run["name"].startswith(day)]
    same(len(past), 21)
    same(sum(run["redriveCount"] for run in past), 1)
    assert any(run["name"] == "rerun-by-maria" for run in past)
    for run in today:
        events = history(bench, run["executionArn"])
        failed = [e["taskFailedEventDetails"] for e in events if e["type"] == "TaskFailed"]
        submitted = [json.loads(e["taskSubmittedEventDetails"]["output"])["JobRunId"] for e in events
                     if e["type"] == "TaskSubmitted"]
        causes = [json.loads(f["cause"]) for f in failed]
        same(([c["JobRunId"] for c in causes], len(set(submitted))), (submitted, 3))
        assert all("BadRecordException" in cause["StateDetails"] for cause in causes)
        same({f["error"] for f in failed}, {"States.TaskFailed"})
        same(causes[0]["ConfigurationOverrides"]["MonitoringConfiguration"]["S3MonitoringConfiguration"]["LogUri"],
             "s3://lake-logs/emr-serverless/")
        left = next(e["stateExitedEventDetails"] for e in events
                    if e["type"] == "TaskStateExited"
                    and e["stateExitedEventDetails"]["name"] == "SubmitEMRServerlessJob")
        same(json.loads(left["output"])["error"]["Error"], "States.TaskFailed")
        same([e["stateEnteredEventDetails"]["name"] for e in events if e["type"].endswith("Entered")],
             ["CheckInput", "SubmitEMRServerlessJob", "SendFailureNotification"])
        same(events[1]["previousEventId"], 0)
    redriven = next(run for run in past if run["redriveCount"])
    kinds = types(history(bench, redriven["executionArn"]))
    same(kinds[kinds.index("ExecutionRedriven"):], [
        "ExecutionRedriven", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"])


def check_sf_history_pages(bench) -> None:
    client = fresh(bench)
    arn = runs(bench, SALES)[0]["executionArn"]
    whole = history(bench, arn)
    for size in (1, 5, 100):
        same(history(bench, arn, PaginationConfig={"PageSize": size}), whole)
    same(history(bench, arn, reverseOrder=True, PaginationConfig={"PageSize": 4}), whole[::-1])
    bare = history(bench, arn, includeExecutionData=False)
    assert not any(word in json.dumps(bare, default=str) for word in ('"input"', '"output"', '"inputDetails"'))
    same(types(bare), types(whole))
    page = client.get_execution_history(executionArn=arn, maxResults=2)
    refused(lambda: client.get_execution_history(executionArn=arn, maxResults=2, reverseOrder=True,
                                                 nextToken=page["nextToken"]), "InvalidToken", 400)
    refused(lambda: client.get_execution_history(executionArn=arn, nextToken="nonsense"), "InvalidToken", 400)
    refused(lambda: client.get_execution_history(executionArn=arn + "x"), "ExecutionDoesNotExist", 400)


def check_sf_list_pages_and_filters(bench) -> None:
    client = fresh(bench)
    whole = runs(bench, "orders-backfill")
    same(runs(bench, "orders-backfill", PaginationConfig={"PageSize": 3}), whole)
    order = [run.get("stopDate", run["startDate"]) for run in whole]
    same(order, sorted(order, reverse=True))
    for status in ("RUNNING", "FAILED", "SUCCEEDED", "TIMED_OUT", "ABORTED"):
        same(runs(bench, "orders-backfill", statusFilter=status), [run for run in whole if run["status"] == status])
    refused(lambda: runs(bench, "orders-backfill", statusFilter="PENDING_REDRIVE"), "ValidationException", 400)
    refused(client.list_executions, "ValidationException", 400)
    refused(lambda: client.list_executions(mapRunArn="arn:aws:states:eu-west-1:123456789012:mapRun:a/b:c"),
            "ResourceNotFound", 400)


def check_sf_long_histories(bench) -> None:
    fresh(bench)
    for machine, name, count in (("clickstream-replay", "2026-clicks-again", 24_990),
                                 ("orders-backfill", "orders-2026-w33-italy-polling", 25_000)):
        listed = next(run for run in runs(bench, machine) if run["name"] == name)
        events = history(bench, listed["executionArn"], PaginationConfig={"PageSize": 1000})
        same((len(events), events[-1]["type"]), (count, "ExecutionFailed"))
        chained(events)
        # What the list said before the history was played is what it says now.
        told = describe(bench, listed["executionArn"])
        apart = (told["stopDate"] - listed["stopDate"]).total_seconds()
        assert abs(apart) < 0.01, apart
        same(told["status"], listed["status"])


def check_sf_running_map_run(bench) -> None:
    client = fresh(bench)
    parent = one(bench, "daily-sales-backfill", "RUNNING")
    run = client.list_map_runs(executionArn=parent)["mapRuns"][0]["mapRunArn"]
    counts = client.describe_map_run(mapRunArn=run)["itemCounts"]
    same(counts["total"], 1_204)
    assert 412 <= counts["succeeded"] < 440 and counts["running"] == 4, counts
    started = describe(bench, parent)["startDate"]
    assert timedelta(minutes=55) < datetime.now(timezone.utc) - started < timedelta(minutes=75), started


def check_sf_nested(bench) -> None:
    fresh(bench)
    arn, depth = one(bench, "nightly-rollup", "FAILED"), 0
    while True:
        failed = [e for e in history(bench, arn) if e["type"] == "TaskFailed"][-1]["taskFailedEventDetails"]
        if failed["resourceType"] != "states":
            same(failed["error"], "TillImbalance")
            break
        same((failed["error"], failed["resource"]), ("States.TaskFailed", "startExecution.sync:2"))
        cause, depth = json.loads(failed["cause"]), depth + 1
        same(cause["Status"], "FAILED")
        arn = cause["ExecutionArn"]
    same(depth, 2)
    bench.control("POST", "reset", {"area": "executions"})
    same(describe(bench, arn)["error"], "TillImbalance")  # also when its parent was not looked at before


def check_sf_other_failures(bench) -> None:
    client = fresh(bench)
    told = describe(bench, one(bench, "inventory-close", "TIMED_OUT"))
    same((told["error"], told["stopDate"] - told["startDate"], types(history(bench, told["executionArn"]))[-1]),
         ("States.Timeout", timedelta(hours=1), "ExecutionTimedOut"))
    told = describe(bench, one(bench, "price-experiment", "ABORTED"))
    assert told["error"] == "StoppedByPerson" and "OPS-4127" in told["cause"]
    events = history(bench, one(bench, "basket-jsonata", "FAILED"))
    wrong = events[-2]["evaluationFailedEventDetails"]
    same((events[-2]["type"], wrong["error"], wrong["location"], wrong["state"]), (
        "EvaluationFailed", "States.QueryEvaluationError", "Arguments/Payload/coupon", "PriceBasket"))
    for machine, key in (("churn-training", "FailureReason"), ("glue-crm", "ErrorMessage"), ("emr-classic", "Step")):
        assert json.loads(describe(bench, one(bench, machine, "FAILED"))["cause"])[key]
    called = types(history(bench, one(bench, "stock-levels", "FAILED")))
    same(called[2:5], ["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionFailed"])
    forecast = one(bench, "kitchen-forecast", "FAILED")
    then, now = client.describe_state_machine_for_execution(executionArn=forecast), client.describe_state_machine(
        stateMachineArn=MACHINE + "kitchen-forecast")
    same(set(json.loads(now["definition"])["States"]) - set(json.loads(then["definition"])["States"]), {"CheckHistory"})
    assert then.get("revisionId") != now["revisionId"]
    alias = client.list_state_machine_aliases(stateMachineArn=MACHINE + "kitchen-forecast")["stateMachineAliases"][0]
    described = client.describe_state_machine_alias(stateMachineAliasArn=alias["stateMachineAliasArn"])
    same([(r["stateMachineVersionArn"][-2:], r["weight"]) for r in described["routingConfiguration"]], [(":2", 100)])


def check_sf_elsewhere_and_missing(bench) -> None:
    """Another region has no machines; what is missing says so."""
    client = fresh(bench)
    other = bench.client("stepfunctions", region="us-east-1")
    same(other.list_state_machines()["stateMachines"], [])
    refused(lambda: other.list_executions(stateMachineArn=MACHINE + SALES), "StateMachineDoesNotExist", 400)
    refused(lambda: client.update_map_run(mapRunArn=MACHINE + "x", maxConcurrency=1), "NotImplemented", 501)
    same(client.list_activities()["activities"], [])
