"""What stands around Step Functions: logs of Express machines, clocks, metrics, alarms, and what runs wrote."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import datetime, timedelta, timezone

from .bench import refused, same
from .states import MACHINE, SALES, fresh, runs, states


def check_sf_express(bench) -> None:
    client = fresh(bench)
    refused(lambda: client.list_executions(stateMachineArn=MACHINE + "till-heartbeat"), "StateMachineTypeNotSupported",
            400)
    told = [client.describe_state_machine(stateMachineArn=MACHINE + n) for n in ("till-heartbeat", "till-discounts")]
    same([one["loggingConfiguration"]["level"] for one in told], ["ALL", "OFF"])
    logs, group = bench.client("logs"), "/aws/vendedlogs/states/till-heartbeat"
    lines = [json.loads(e["message"]) for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
             for e in page["events"]]
    same(set(lines[0]), {"id", "type", "details", "redrive_count", "previous_event_id", "event_timestamp",
                         "execution_arn"})
    assert all(isinstance(line[k], str) for line in lines for k in ("id", "previous_event_id", "event_timestamp"))
    same(len({line["execution_arn"] for line in lines}), 60)
    assert {"ClockSkew", "NoTill"} <= {line["details"].get("error") for line in lines}
    started = client.start_execution(stateMachineArn=MACHINE + "till-heartbeat",
                                     input='{"till": "store-0001/1"}')["executionArn"]
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        found = logs.filter_log_events(logGroupName=group, limit=10_000,
                                       startTime=round(time.time() * 1000) - 60_000)["events"]
        if sum(started in e["message"] for e in found) == 9:
            return
        time.sleep(0.1)
    raise AssertionError("no log of the new execution")


def check_sf_clocks(bench) -> None:
    same(states(bench).list_executions(stateMachineArn=MACHINE + "supplier-scorecard")["executions"], [])
    events = bench.client("events")
    targets = {rule["Name"]: (rule["ScheduleExpression"],
                              events.list_targets_by_rule(Rule=rule["Name"])["Targets"][0]["Arn"])
               for rule in events.list_rules()["Rules"] if "ScheduleExpression" in rule}
    same(targets["supplier-scorecard-daily"], ("rate(1 day)", MACHINE + "supplier-scorecard"))
    same(targets["weather-every-hour"], ("rate(1 hour)", MACHINE + "weather-hourly"))
    same(targets["stock-levels-nightly"][0], "cron(30 2 * * ? *)")
    schedule = bench.client("scheduler").get_schedule(Name="menu-sync-morning")
    same((schedule["State"], schedule["Target"]["Arn"]), ("DISABLED", MACHINE + "menu-sync"))
    newest = runs(bench, "menu-sync")[0]["startDate"]
    assert datetime.now(timezone.utc) - newest > timedelta(days=2)
    # One that waits for a file which does not come, and what people changed of both.
    rule = events.describe_rule(Name="on-allergen-list")
    assert "data/in/allergens/" in rule["EventPattern"] and rule["State"] == "ENABLED", rule
    same(events.list_targets_by_rule(Rule="on-allergen-list")["Targets"][0]["Arn"], MACHINE + "allergen-import")
    same(bench.s3.list_object_versions(Bucket="lake-raw", Prefix="data/in/allergens/").get("Versions"), None)
    started = [one["startDate"] for one in runs(bench, "allergen-import")]
    gaps = [(one - two).total_seconds() for one, two in zip(started, started[1:])]
    assert len(started) > 8 and datetime.now(timezone.utc) - started[0] > timedelta(days=3), started[:3]
    assert all(abs(gap - 86_400) < 120 for gap in gaps), gaps
    trail = bench.client("cloudtrail")
    for call, machine, user in (("UpdateSchedule", "menu-sync", "oncall"), ("UpdateStateMachine", "allergen-import", "second")):
        [event] = trail.lookup_events(LookupAttributes=[
            {"AttributeKey": "EventName", "AttributeValue": call}], MaxResults=50)["Events"]
        same(event["Username"], user)
        assert machine in event["CloudTrailEvent"] and event["EventTime"] > runs(bench, machine)[0]["startDate"], event


def check_sf_metrics(bench) -> None:
    """Counted as the lists count, 500 at a time, in pages, over CBOR as well."""
    import urllib.request

    import cbor2

    fresh(bench)
    now = datetime.now(timezone.utc)
    since, metrics = now - timedelta(days=13), bench.client("cloudwatch")
    names = [m["name"] for m in states(bench).list_state_machines()["stateMachines"]]
    kinds = ("ExecutionsStarted", "ExecutionsFailed", "ExecutionsSucceeded", "ExecutionTime", "ExecutionsAborted",
             "ExecutionsTimedOut")

    def query(number: int) -> dict:
        return {"Id": f"q{number}", "MetricStat": {"Period": 300, "Stat": "Sum", "Metric": {
            "Namespace": "AWS/States", "MetricName": kinds[number // 40 % 6],
            "Dimensions": [{"Name": "StateMachineArn", "Value": MACHINE + names[number % 40]}]}}}

    queries = [query(number) for number in range(500)]
    whole = metrics.get_metric_data(MetricDataQueries=queries, StartTime=since, EndTime=now)
    totals = {(kinds[n // 40 % 6], names[n % 40]): sum(r["Values"]) for n, r in enumerate(whole["MetricDataResults"])}
    for machine in ("orders-backfill", "loyalty-merge", SALES):
        found = runs(bench, machine)
        same(totals["ExecutionsStarted", machine], sum(run["startDate"] >= since for run in found))
        if machine != SALES:  # One of its runs ended twice: it failed, and was redriven.
            same(totals["ExecutionsFailed", machine],
                 sum(run["status"] == "FAILED" and run["stopDate"] >= since for run in found))
    pieces = Counter()
    for page in metrics.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=since, EndTime=now, MaxDatapoints=700):
        for result in page["MetricDataResults"]:
            pieces[result["Id"]] += len(result["Values"])
        assert sum(len(r["Values"]) for r in page["MetricDataResults"]) <= 700
    same(+pieces, +Counter({r["Id"]: len(r["Values"]) for r in whole["MetricDataResults"]}))
    packed = cbor2.dumps({"MetricDataQueries": queries, "StartTime": since, "EndTime": now}, datetime_as_timestamp=True)
    request = urllib.request.Request(
        bench.ready["endpoints"]["aws"] + "/service/GraniteServiceVersion20100801/operation/GetMetricData", data=packed,
        headers={
            "Smithy-Protocol": "rpc-v2-cbor", "Content-Type": "application/cbor",
            "Authorization": "AWS4-HMAC-SHA256 "
                             "Credential=AKIAPRACTICE00000001/20261121/eu-west-1/monitoring/aws4_request"})
    with urllib.request.urlopen(request) as reply:
        over_cbor = cbor2.loads(reply.read())
    same([r["Values"] for r in over_cbor["MetricDataResults"]], [r["Values"] for r in whole["MetricDataResults"]])
    refused(lambda: metrics.get_metric_data(MetricDataQueries=queries + [query(500) | {"Id": "more"}], StartTime=since,
                                            EndTime=now),
            "ValidationError", 400)
    points = metrics.get_metric_statistics(
        Namespace="AWS/States", MetricName="ExecutionsFailed", StartTime=since, EndTime=now, Period=86_400,
        Statistics=["Sum"],
        Dimensions=[{"Name": "StateMachineArn", "Value": MACHINE + "orders-backfill"}])["Datapoints"]
    same(sum(p["Sum"] for p in points), totals["ExecutionsFailed", "orders-backfill"])
    mixed = metrics.get_metric_data(StartTime=since, EndTime=now, MetricDataQueries=[
        {**query(0), "Id": "hidden", "ReturnData": False},
        {"Id": "shown", "Expression": "hidden"}])["MetricDataResults"]
    same([r["Id"] for r in mixed], ["shown"])


def check_sf_alarms_and_topic(bench) -> None:
    alarms = {a["AlarmName"]: a for a in bench.client("cloudwatch").describe_alarms()["MetricAlarms"]}
    # What takes the deployments of endpoints back that are well.
    errors = {name for name in alarms if name.endswith("-live-5xx")} - {"payment-fraud-uk-live-5xx"}
    same({name: alarm["StateValue"] for name, alarm in alarms.items() if name not in errors}, {
        "daily-sales-pipeline-failed": "OK", "orders-backfill-failed": "ALARM", "guest-churn-emea-f1": "ALARM",
        "no-show-emea-party-size": "OK", "payment-fraud-uk-live-5xx": "ALARM", "payments-declined": "OK"})
    same({alarms[name]["StateValue"] for name in errors}, {"OK"})
    models = bench.client("sagemaker")
    served = [models.describe_endpoint(EndpointName=name) for name in (
        "guest-churn-emea-live", "no-show-uk-live", "upsell-offer-iberia-live")]
    named = [[alarm["AlarmName"] for alarm in one["LastDeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]]
             for one in served]
    same([[name in alarms for name in names] for names in named], [[True, True], [True], [False]])
    made = bench.client("cloudwatch").describe_alarms(
        AlarmNames=["payments-in-trouble"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    same([(alarm["AlarmName"], alarm["StateValue"], "payments-declined" in alarm["AlarmRule"]) for alarm in made],
         [("payments-in-trouble", "ALARM", True)])
    topics = [t["TopicArn"] for t in bench.client("sns").list_topics()["Topics"]]
    same(alarms["orders-backfill-failed"]["AlarmActions"], topics)


def check_sf_alarm_history(bench) -> None:
    """An alarm changes when its metric crosses the threshold, and ends where it is now; pages and ranges hold."""
    metrics, now = bench.client("cloudwatch"), datetime.now(timezone.utc)

    def history(**asked) -> list[dict]:
        return [item for page in metrics.get_paginator("describe_alarm_history").paginate(
            HistoryItemType="StateUpdate", **asked) for item in page["AlarmHistoryItems"]]

    quality = history(AlarmName="guest-churn-emea-f1")
    same([item["HistorySummary"] for item in quality], ["Alarm updated from OK to ALARM"])
    assert timedelta(days=2) < now - quality[0]["Timestamp"] < timedelta(days=6), quality
    data = json.loads(quality[0]["HistoryData"])
    same((data["oldState"]["stateValue"], data["newState"]["stateValue"]), ("OK", "ALARM"))
    same(history(AlarmName="no-show-emea-party-size"), [])
    same(history(AlarmName="guest-churn-emea-live-5xx"), [])
    failed = {"AlarmName": "orders-backfill-failed"}
    newest, oldest = history(**failed, ScanBy="TimestampDescending"), history(**failed, ScanBy="TimestampAscending")
    same(newest[0]["HistorySummary"], "Alarm updated from OK to ALARM")
    same([item["Timestamp"] for item in newest], [item["Timestamp"] for item in reversed(oldest)])
    assert len(newest) > 10 and now - oldest[0]["Timestamp"] < timedelta(days=31), len(newest)
    page = metrics.describe_alarm_history(**failed, MaxRecords=3, ScanBy="TimestampDescending")
    more = metrics.describe_alarm_history(**failed, MaxRecords=3, ScanBy="TimestampDescending", NextToken=page["NextToken"])
    same([*page["AlarmHistoryItems"], *more["AlarmHistoryItems"]], newest[:6])
    since = now - timedelta(days=3)
    same(history(**failed, StartDate=since), [item for item in oldest[::-1] if item["Timestamp"] >= since])
    same(history(AlarmName="nobody"), [])


def check_sf_outputs(bench) -> None:
    """What runs wrote lies within their time, also what the failed one wrote before it failed."""
    fresh(bench)
    found = {run["name"]: run for run in runs(bench, "orders-backfill")}
    failed = found["orders-2026-w40-eu-north"]
    written = bench.s3.list_objects_v2(Bucket="lake-processed", Prefix="orders/")["Contents"]
    during = [o["Key"] for o in written if failed["startDate"] <= o["LastModified"] <= failed["stopDate"]]
    same((failed["status"], len(during), sum("_delta_log" in key for key in during)), ("FAILED", 3, 1))
    sales = bench.s3.list_objects_v2(Bucket="lake-processed", Prefix="sales/sale_date=")["Contents"]
    for part in sales:
        inside = [run for run in runs(bench, SALES) if run["startDate"] <= part["LastModified"] <= run["stopDate"]]
        assert inside and "T06-04" in inside[0]["name"], part["Key"]
