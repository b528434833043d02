"""What lives in moto, and how its gaps answer."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from .bench import refused, same


def check_rule_and_machine(bench) -> None:
    events = bench.client("events")
    rule = events.describe_rule(Name="on-daily-sales")
    assert "Object Created" in rule["EventPattern"]
    target = events.list_targets_by_rule(Rule="on-daily-sales")["Targets"][0]
    machine = bench.client("stepfunctions").describe_state_machine(stateMachineArn=target["Arn"])
    same(machine["name"], "daily-sales-pipeline")
    function = bench.client("lambda").get_function_configuration(FunctionName="landing-validator")
    same(function["Runtime"], "python3.12")


def check_missing_operation_is_not_retried(bench) -> None:
    refused(lambda: bench.client("cloudtrail").list_event_data_stores(), "NotImplemented", 501)
    refused(lambda: bench.client("sagemaker").list_workteams(), "NotImplemented", 501)
    refused(lambda: bench.client("dms").describe_events(), "NotImplemented", 501)
    refused(lambda: bench.client("iam").simulate_custom_policy(
        PolicyInputList=["{}"], ActionNames=["s3:GetObject"]), "NotImplemented", 501)


def check_cloudwatch(bench) -> None:
    metrics, now = bench.client("cloudwatch"), datetime.now(timezone.utc)
    metrics.put_metric_data(Namespace="Practice", MetricData=[
        {"MetricName": "Orders", "Timestamp": now - timedelta(minutes=5), "Value": 42.0, "Unit": "Count"}])
    same([m["MetricName"] for m in metrics.list_metrics(Namespace="Practice")["Metrics"]], ["Orders"])
    points = metrics.get_metric_statistics(
        Namespace="Practice", MetricName="Orders", StartTime=now - timedelta(hours=1), EndTime=now, Period=3600,
        Statistics=["Sum"])["Datapoints"]
    same([p["Sum"] for p in points], [42.0])
    assert isinstance(points[0]["Timestamp"], datetime)


def check_cloudwatch_over_cbor(bench) -> None:
    """As newer SDKs speak it; boto3 still prefers JSON."""
    import urllib.request

    import cbor2

    def call(operation: str, asked: dict) -> dict:
        packed = cbor2.dumps(asked, datetime_as_timestamp=True)
        path = f"/service/GraniteServiceVersion20100801/operation/{operation}"
        request = urllib.request.Request(bench.ready["endpoints"]["aws"] + path, data=packed, headers={
            "Smithy-Protocol": "rpc-v2-cbor", "Content-Type": "application/cbor", "Accept": "application/cbor",
            "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAPRACTICE00000001/20261121/eu-west-1/monitoring/aws4_request"})
        with urllib.request.urlopen(request) as reply:
            same(reply.headers["Smithy-Protocol"], "rpc-v2-cbor")
            return cbor2.loads(reply.read() or b"\xa0")

    now = datetime.now(timezone.utc)
    call("PutMetricData", {"Namespace": "Cbor", "MetricData": [{"MetricName": "Lag", "Timestamp": now, "Value": 7.0}]})
    points = call("GetMetricStatistics", {
        "Namespace": "Cbor", "MetricName": "Lag", "StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(hours=1),
        "Period": 3600, "Statistics": ["Sum"]})["Datapoints"]
    same(([p["Sum"] for p in points], type(points[0]["Sum"]), type(points[0]["Timestamp"])), ([7.0], float, datetime))


def check_services_answer(bench) -> None:
    calls = {
        "emr": "list_clusters", "emr-serverless": "list_applications", "emr-containers": "list_virtual_clusters",
        "glue": "get_jobs", "logs": "describe_log_groups", "sagemaker": "list_endpoints", "sns": "list_topics",
        "sqs": "list_queues", "iam": "list_roles", "events": "list_rules", "ssm": "describe_parameters",
        "lambda": "list_functions", "cloudwatch": "describe_alarms", "stepfunctions": "list_state_machines",
        "secretsmanager": "list_secrets", "kms": "list_keys", "ec2": "describe_instances",
        "resourcegroupstaggingapi": "get_resources", "athena": "list_work_groups", "eks": "list_clusters",
    }
    silent = []
    for service, call in calls.items():
        try:
            getattr(bench.client(service), call)()
        except Exception as error:
            silent.append(f"{service}: {error}")
    assert not silent, silent


def check_platform_reset(bench) -> None:
    bench.client("events").put_rule(Name="mine", ScheduleExpression="rate(1 day)")
    bench.control("POST", "reset", {"area": "platform"})
    same(sorted(r["Name"] for r in bench.client("events").list_rules()["Rules"]), [
        "deploy-on-approve", "deploy-when-approved", "on-allergen-list", "on-daily-sales", "on-franchise-sales", "stock-levels-nightly", "supplier-feed-nightly", "supplier-scorecard-daily",
        "till-receipts-nightly", "weather-every-hour"])
