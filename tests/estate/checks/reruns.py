"""Step Functions when somebody starts, stops, redrives or changes something."""

from __future__ import annotations

import json
from collections import Counter

from .bench import refused, same
from .states import MACHINE, SALES, describe, ended, fresh, history, one, runs, types


def check_sf_start_follows_the_file(bench) -> None:
    """The product's story: it fails while the file is cut, and succeeds once it is restored."""
    client = fresh(bench)
    bench.control("POST", "deliver", {"on": False})  # The rule would start one too.
    given = describe(bench, runs(bench, SALES)[-1]["executionArn"])["input"]
    first = client.start_execution(stateMachineArn=MACHINE + SALES, input=given)
    same(types(history(bench, first["executionArn"]))[:1], ["ExecutionStarted"])
    ended(bench, first["executionArn"])
    same(types(history(bench, first["executionArn"])).count("TaskFailed"), 3)
    versions = bench.s3.list_object_versions(Bucket="lake-raw", Prefix="data/in/daily_sales.csv")["Versions"]
    whole = [v for v in versions if v["Key"] == "data/in/daily_sales.csv"][1]
    bench.s3.copy_object(Bucket="lake-raw", Key=whole["Key"], CopySource={
        "Bucket": "lake-raw", "Key": whole["Key"], "VersionId": whole["VersionId"]})
    second = client.start_execution(stateMachineArn=MACHINE + SALES, input=given)["executionArn"]
    same(ended(bench, second)["status"], "SUCCEEDED")
    kinds = types(history(bench, second))
    same((kinds.count("TaskFailed"), kinds.count("TaskStateEntered"), runs(bench, SALES)[0]["executionArn"]),
         (0, 4, second))
    bench.s3.delete_object(Bucket="lake-raw", Key=whole["Key"])
    third = client.start_execution(stateMachineArn=MACHINE + SALES, input=given)["executionArn"]
    ended(bench, third)
    assert "PATH_NOT_FOUND" in history(bench, third)[7]["taskFailedEventDetails"]["cause"]
    bench.control("POST", "deliver", {"on": True})


def check_sf_start_rules(bench) -> None:
    client = fresh(bench)
    arn = MACHINE + "price-experiment"
    start = lambda **more: client.start_execution(stateMachineArn=arn, **more)  # noqa: E731
    first = start(name="mine", input='{"a": 1}')
    same(start(name="mine", input='{"a":1}')["executionArn"], first["executionArn"])
    refused(lambda: start(name="mine", input='{"a": 2}'), "ExecutionAlreadyExists", 400)
    refused(lambda: start(name="fries-plus-20-cents"), "ExecutionAlreadyExists", 400)
    for name in ("with space", "a:b", "x" * 81, "a/b", "a*"):
        refused(lambda: start(name=name), "InvalidName", 400)
    refused(lambda: start(input="{not json"), "InvalidExecutionInput", 400)
    refused(lambda: client.start_execution(stateMachineArn=MACHINE + "nobody"), "StateMachineDoesNotExist", 400)
    refused(lambda: client.start_execution(stateMachineArn=MACHINE + "menu-images/ResizeImages"), "ValidationException",
            400)
    live = client.start_execution(stateMachineArn=MACHINE + "kitchen-forecast:live")["executionArn"]
    told = ended(bench, live)
    same((told["stateMachineAliasArn"][-5:], told["stateMachineVersionArn"][-2:]), (":live", ":2"))
    first_version = client.start_execution(stateMachineArn=MACHINE + "kitchen-forecast:1")["executionArn"]
    assert "CheckHistory" not in client.describe_state_machine_for_execution(executionArn=first_version)["definition"]
    same([run["executionArn"] for run in runs(bench, "kitchen-forecast:1")][0], first_version)


def check_sf_stop(bench) -> None:
    client = fresh(bench)
    stuck = one(bench, "orders-backfill", "RUNNING")
    stopped = client.stop_execution(executionArn=stuck, error="ByHand", cause="it does nothing")["stopDate"]
    told = describe(bench, stuck)
    same((told["status"], told["error"], told["cause"], told["stopDate"]),
         ("ABORTED", "ByHand", "it does nothing", stopped))
    last = history(bench, stuck)[-1]
    same((last["type"], last["executionAbortedEventDetails"]), (
        "ExecutionAborted", {"error": "ByHand", "cause": "it does nothing"}))
    same(client.stop_execution(executionArn=stuck)["stopDate"], stopped)
    refused(lambda: client.stop_execution(executionArn=stuck + "x"), "ExecutionDoesNotExist", 400)
    client.redrive_execution(executionArn=stuck)
    same(ended(bench, stuck)["status"], "SUCCEEDED")
    backfill = one(bench, "daily-sales-backfill", "RUNNING")
    run = client.list_map_runs(executionArn=backfill)["mapRuns"][0]["mapRunArn"]
    client.stop_execution(executionArn=backfill)
    same(client.describe_map_run(mapRunArn=run)["status"], "ABORTED")


def check_sf_redrive(bench) -> None:
    client = fresh(bench)
    arn = one(bench, "orders-backfill", "FAILED")
    before = history(bench, arn)
    when = client.redrive_execution(executionArn=arn, clientToken="a-token")["redriveDate"]
    same(client.redrive_execution(executionArn=arn, clientToken="a-token")["redriveDate"], when)
    told = ended(bench, arn)
    same((told["status"], told["redriveCount"], told["redriveDate"], told["redriveStatus"],
          told["redriveStatusReason"]), (
        "SUCCEEDED", 1, when, "NOT_REDRIVABLE", "Execution is SUCCEEDED and cannot be redriven"))
    after = history(bench, arn)
    same(after[:len(before)], before)
    same(types(after[len(before):])[:4], ["ExecutionRedriven", "TaskScheduled", "TaskStarted", "TaskSucceeded"])
    same([e["stateEnteredEventDetails"]["name"] for e in after if e["type"].endswith("Entered")],
         ["PlanChunks", "ExtractOrders", "LoadOrders", "VerifyCounts"])
    wrong = refused(lambda: client.redrive_execution(executionArn=arn), "ExecutionNotRedrivable", 400)
    same(wrong["Error"]["Message"], "Execution is SUCCEEDED and cannot be redriven")
    same([run["executionArn"] for run in runs(bench, "orders-backfill", redriveFilter="REDRIVEN")], [arn])
    merge = one(bench, "loyalty-merge", "FAILED")  # Lands on the Fail state, and fails again.
    client.redrive_execution(executionArn=merge)
    same(ended(bench, merge)["status"], "FAILED")
    same(types(history(bench, merge))[-3:], ["ExecutionRedriven", "FailStateEntered", "ExecutionFailed"])
    classic = one(bench, "emr-classic", "FAILED")  # Its cluster is gone.
    client.redrive_execution(executionArn=classic)
    assert "may not be modified" in ended(bench, classic)["cause"]
    kept = next(e["stateExitedEventDetails"]["output"] for e in history(bench, classic)
                if e["type"] == "TaskStateExited")
    cluster = json.loads(kept)["cluster"]["ClusterId"]
    same(bench.client("emr").describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"], "TERMINATED")


def check_sf_bulk_and_not_redrivable(bench) -> None:
    client = fresh(bench)
    found = runs(bench, "orders-backfill", statusFilter="FAILED")
    errors = Counter(describe(bench, run["executionArn"])["error"] for run in found)
    assert errors["ProgrammingError"] >= 28 and errors["KeyError"] >= 9, errors
    reasons = {}
    for run in found:
        told = describe(bench, run["executionArn"])
        if told["redriveStatus"] == "NOT_REDRIVABLE":
            reasons[told["redriveStatusReason"]] = run["executionArn"]
    same(set(reasons), {"Execution history event limit exceeded", "Execution redrivable period exceeded",
                        "Execution was started before the launch of RedriveExecution"})
    for reason, arn in reasons.items():
        reply = refused(lambda: client.redrive_execution(executionArn=arn), "ExecutionNotRedrivable", 400)
        same(reply["Error"]["Message"], reason)
    running = describe(bench, one(bench, "orders-backfill", "RUNNING"))
    assert any(describe(bench, run["executionArn"])["input"] == running["input"]
               for run in found), "the same input failed before"
    # Thirty at once, as a bulk rerun does.
    for run in found[:30]:
        client.redrive_execution(executionArn=run["executionArn"])
    same(Counter(ended(bench, run["executionArn"])["status"] for run in found[:30]), {"SUCCEEDED": 30})


def check_sf_parallel_and_map(bench) -> None:
    client = fresh(bench)
    fanout = one(bench, "store-fanout", "FAILED")
    kinds = Counter(types(history(bench, fanout)))
    same((kinds["ParallelStateStarted"], kinds["ParallelStateFailed"], kinds["TaskFailed"], kinds["TaskStateAborted"]),
         (1, 1, 1, 1))
    client.redrive_execution(executionArn=fanout)
    same(ended(bench, fanout)["status"], "SUCCEEDED")
    entered = [e["stateEnteredEventDetails"]["name"] for e in history(bench, fanout) if e["type"] == "TaskStateEntered"]
    same(sorted(entered), sorted(["LoadMenu", "UpdateTills", "ConfirmUpdateTills", "UpdateMenuBoards", "UpdateKiosks",
                                  "ConfirmUpdateKiosks"]))
    refresh = one(bench, "price-refresh", "FAILED")
    events = history(bench, refresh)
    failed = [e["mapIterationFailedEventDetails"] for e in events if e["type"] == "MapIterationFailed"]
    same(failed, [{"name": "RefreshEach", "index": 7}])
    same(next(e["mapStateStartedEventDetails"]["length"] for e in events if e["type"] == "MapStateStarted"), 12)
    client.redrive_execution(executionArn=refresh)
    same(ended(bench, refresh)["status"], "SUCCEEDED")
    kinds = Counter(types(history(bench, refresh)))
    same((kinds["MapIterationStarted"], kinds["MapIterationSucceeded"], kinds["MapStateFailed"]), (12, 12, 1))


def check_sf_map_run(bench) -> None:
    client = fresh(bench)
    parent = one(bench, "menu-images", "FAILED")
    listed = client.list_map_runs(executionArn=parent)["mapRuns"]
    same(len(listed), 1)
    run = listed[0]["mapRunArn"]
    told = client.describe_map_run(mapRunArn=run)
    same({k: told["itemCounts"][k] for k in ("total", "succeeded", "failed", "aborted", "pending")},
         {"total": 200, "succeeded": 191, "failed": 9, "aborted": 0, "pending": 0})
    same((told["status"], told["executionCounts"]["failed"], told["redriveCount"]), ("FAILED", 9, 0))
    pages = client.get_paginator("list_executions").paginate(mapRunArn=run, PaginationConfig={"PageSize": 60})
    children = [child for page in pages for child in page["executions"]]
    failed = client.list_executions(mapRunArn=run, statusFilter="FAILED")["executions"]
    same((len(children), len(failed)), (200, 9))
    child = describe(bench, failed[0]["executionArn"])
    assert child["mapRunArn"] == run and "menu-images/" in child["input"] and child["error"] and child["cause"]
    same((child["redriveStatus"], child["stateMachineArn"]),
         ("REDRIVABLE_BY_MAP_RUN", MACHINE + "menu-images/ResizeImages"))
    same(types(history(bench, child["executionArn"]))[-2:], ["TaskFailed", "ExecutionFailed"])
    of_child = client.describe_state_machine_for_execution(executionArn=child["executionArn"])
    same((of_child["mapRunArn"], of_child["label"]), (run, "ResizeImages"))
    refused(lambda: client.redrive_execution(executionArn=child["executionArn"]), "ValidationException", 400)
    client.redrive_execution(executionArn=parent)
    same(ended(bench, parent)["status"], "SUCCEEDED")
    told = client.describe_map_run(mapRunArn=run)
    same((told["status"], told["itemCounts"]["succeeded"], told["redriveCount"]), ("SUCCEEDED", 200, 1))
    same(len(client.list_executions(mapRunArn=run, redriveFilter="REDRIVEN")["executions"]), 9)
    assert "MapRunRedriven" in types(history(bench, parent))


def check_sf_what_runs_live(bench) -> None:
    """Started again with the input of its last failure, a machine succeeds; all but these two."""
    client = fresh(bench)
    wanted = {"loyalty-merge": "FAILED", "basket-jsonata": "FAILED"}
    started = {}
    for machine in ("loyalty-merge", "basket-jsonata", "orders-backfill", "store-fanout", "price-refresh", "menu-images",
                    "nightly-rollup", "churn-training", "glue-crm", "emr-classic", "kitchen-forecast", "stock-levels"):
        given = describe(bench, one(bench, machine, "FAILED"))["input"]
        started[machine] = client.start_execution(stateMachineArn=MACHINE + machine, input=given)["executionArn"]
    for machine, arn in started.items():
        same((machine, ended(bench, arn)["status"]), (machine, wanted.get(machine, "SUCCEEDED")))


def check_sf_update_and_publish(bench) -> None:
    client = fresh(bench)
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 30, "End": True}}})
    made = client.create_state_machine(name="mine", definition=definition,
                                       roleArn="arn:aws:iam::123456789012:role/data-platform",
                                       tags=[{"key": "team", "value": "me"}])["stateMachineArn"]
    same(client.list_tags_for_resource(resourceArn=made)["tags"], [{"key": "team", "value": "me"}])
    run = client.start_execution(stateMachineArn=made)["executionArn"]
    changed = client.update_state_machine(stateMachineArn=made, definition=definition.replace("30", "31"))
    same(client.describe_state_machine(stateMachineArn=made)["revisionId"], changed["revisionId"])
    assert "30" in client.describe_state_machine_for_execution(executionArn=run)["definition"]
    version = client.publish_state_machine_version(stateMachineArn=made)["stateMachineVersionArn"]
    same(client.publish_state_machine_version(stateMachineArn=made)["stateMachineVersionArn"], version)
    refused(lambda: client.publish_state_machine_version(stateMachineArn=made, revisionId="INITIAL"),
            "ConflictException", 400)
    refused(lambda: client.update_state_machine(stateMachineArn=made, definition="{"), "InvalidDefinition", 400)
    client.delete_state_machine(stateMachineArn=made)
    same(client.describe_state_machine(stateMachineArn=made)["status"], "DELETING")
    client.stop_execution(executionArn=run)
    same(describe(bench, run)["redriveStatusReason"], "State machine is in DELETING status")


def check_sf_denied(bench) -> None:
    denied = bench.client("stepfunctions", profile="practice-denied")
    arn = runs(bench, SALES)[0]["executionArn"]
    for call in (lambda: denied.start_execution(stateMachineArn=MACHINE + SALES),
                 lambda: denied.stop_execution(executionArn=arn),
                 lambda: denied.redrive_execution(executionArn=arn),
                 lambda: denied.get_execution_history(executionArn=arn)):
        message = refused(call, "AccessDeniedException", 400)["Error"]["Message"]
        assert message.startswith("User: arn:aws:iam::123456789012:user/reader is not authorized to perform: states:")
        assert " on resource: arn:aws:states:" in message and "no identity-based policy allows" in message
    denied.describe_execution(executionArn=arn)
    denied.list_executions(stateMachineArn=MACHINE + SALES)


def check_sf_log_and_faults(bench) -> None:
    client = fresh(bench)
    since = bench.control("GET", "requests")["next"]
    arn = one(bench, "orders-backfill", "FAILED")
    bench.control("POST", "fault", {"match": {"action": "RedriveExecution"}, "answer": {"code": "ThrottlingException"}})
    refused(lambda: client.redrive_execution(executionArn=arn), "ThrottlingException", 400)
    bench.control("POST", "fault", {"match": {"action": "RedriveExecution"}, "answer": {"drop": True, "when": "after"}})
    try:  # The reply is lost, the work is done: the same token says so.
        client.redrive_execution(executionArn=arn, clientToken="t")
    except Exception as lost:
        assert "Connection" in type(lost).__name__, lost
    client.redrive_execution(executionArn=arn, clientToken="t")
    same(ended(bench, arn)["redriveCount"], 1)
    seen = bench.control("GET", f"requests?since={since}&action=RedriveExecution")["requests"]
    same([(r["status"], r["service"]) for r in seen], [(400, "states"), (0, "states"), (200, "states")])
    bench.control("POST", "clear")


def check_sf_reset(bench) -> None:
    client = fresh(bench)
    before = [run["executionArn"] for run in runs(bench, "loyalty-merge")]
    client.start_execution(stateMachineArn=MACHINE + "loyalty-merge", name="mine")
    bench.control("POST", "reset", {"area": "platform"})
    same(len(runs(bench, "loyalty-merge")), len(before) + 1)
    bench.control("POST", "reset", {"area": "executions"})
    same([run["executionArn"] for run in runs(bench, "loyalty-merge")], before)
