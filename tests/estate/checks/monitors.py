"""Monitors: endpoints, runs, alerts, files, metrics, and their successors Evidently and MLflow."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

from .bench import same
from .models import FORECAST, body, every, fresh
from .wire import called


def runs_of(bench, schedule: str, **more) -> list[dict]:
    return every(bench.client("sagemaker"), "list_monitoring_executions", "MonitoringExecutionSummaries",
                 MonitoringScheduleName=schedule, MaxResults=100, SortBy="ScheduledTime", **more)


def check_models_monitors(bench) -> None:
    """Every plot tells what it should in its newest run, and the alert agrees."""
    models, told, alerts = bench.client("sagemaker"), {}, {}
    for one in every(models, "list_monitoring_schedules", "MonitoringScheduleSummaries", MaxResults=100):
        name = one["MonitoringScheduleName"]
        last = called(models, "describe_monitoring_schedule", MonitoringScheduleName=name)["LastMonitoringExecutionSummary"]
        told[name.replace("-live-", "/")] = (last["MonitoringExecutionStatus"], last.get("FailureReason", ""))
        alert = called(models, "list_monitoring_alerts", MonitoringScheduleName=name)["MonitoringAlertSummaries"][0]
        alerts[name.replace("-live-", "/")] = alert["AlertStatus"]
        kind = {"DataQuality": "data_quality", "ModelQuality": "model_quality", "ModelBias": "model_bias",
                "ModelExplainability": "model_explainability"}[one["MonitoringType"]]
        called(models, f"describe_{kind}_job_definition", JobDefinitionName=one["MonitoringJobDefinitionName"])
        if last["MonitoringExecutionStatus"] == "Failed" and "ProcessingJobArn" not in last:
            same(last["FailureReason"], "Job inputs had no data")
            continue
        job = called(models, "describe_processing_job", ProcessingJobName=last["ProcessingJobArn"].rpartition("/")[2])
        assert job["ExitMessage"] and job["Environment"]["sagemaker_endpoint_name"] == one["EndpointName"], job
        same(job["ProcessingJobStatus"] == "Failed", last["MonitoringExecutionStatus"] == "Failed")
    same(len(told), 30)
    for name, status in {"demand-forecast-emea/data": "Completed", "demand-forecast-dach/data": "CompletedWithViolations",
                         "dynamic-pricing-emea/data": "CompletedWithViolations", "upsell-offer-emea/data": "Completed",
                         "booking-cancellation-emea/data": "CompletedWithViolations", "delivery-eta-emea/data": "Failed",
                         "guest-churn-emea/data": "CompletedWithViolations", "guest-churn-uk/data": "Completed",
                         "food-waste-uk/data": "Failed", "review-sentiment-emea/quality": "Failed",
                         "no-show-emea/data": "CompletedWithViolations"}.items():
        same((name, told[name][0], alerts[name]), (name, status, "OK" if status == "Completed" else "InAlert"))
    silent = runs_of(bench, "staffing-need-dach-live-data")[0]["ScheduledTime"]
    assert datetime.now(timezone.utc) - silent > timedelta(days=8)
    same(len(runs_of(bench, "demand-forecast-emea-live-data")), 90 * 24)
    assert {one["MonitoringExecutionStatus"] for one in runs_of(bench, "payment-fraud-emea-live-data")} == {"Completed", "Failed"}
    seasonal = "no-show-uk-live-data"
    history = called(models, "list_monitoring_alert_history", MonitoringScheduleName=seasonal)["MonitoringAlertHistory"]
    same({one["AlertStatus"] for one in history}, {"InAlert", "OK"})
    called(models, "update_monitoring_alert", MonitoringScheduleName=seasonal, MonitoringAlertName=f"{seasonal}-alert",
           DatapointsToAlert=3, EvaluationPeriod=6)
    changed = models.list_monitoring_alerts(MonitoringScheduleName=seasonal)["MonitoringAlertSummaries"][0]
    same((changed["DatapointsToAlert"], changed["EvaluationPeriod"]), (3, 6))
    fresh(bench)


def _feature(told: dict, name: str) -> dict:
    return next(one for one in told["features"] if one["name"] == name)


def _items(feature: dict) -> list[tuple[float, int]]:
    return [(item, 1 << level) for level, items in
            enumerate(feature["numerical_statistics"]["distribution"]["kll"]["sketch"]["data"]) for item in items]


def _share(items: list[tuple[float, int]], most: float) -> float:
    return sum(weight for item, weight in items if item <= most) / sum(weight for _, weight in items)


def _report(bench, schedule: str, back: int = 0) -> tuple[str, dict]:
    run = runs_of(bench, schedule)[back]
    job = bench.client("sagemaker").describe_processing_job(ProcessingJobName=run["ProcessingJobArn"].rpartition("/")[2])
    return run["MonitoringExecutionStatus"], job


def check_models_statistics(bench) -> None:
    """Sketches weigh as much as there are rows, buckets and violations follow from them; what ties hide is there."""
    status, job = _report(bench, "dynamic-pricing-emea-live-data")
    folder = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    inputs = {one["InputName"]: one["S3Input"]["S3Uri"] for one in job["ProcessingInputs"]}
    before, now = json.loads(body(bench, inputs["stats"])), json.loads(body(bench, f"{folder}/statistics.json"))
    same([one["name"] for one in before["features"]], [one["name"] for one in now["features"]])
    assert len(_feature(before, "competitor_rate")["numerical_statistics"]["distribution"]["kll"]["sketch"]["data"]) > 1
    for told in (before, now):
        for one in told["features"]:
            if one["inferred_type"] == "String":
                continue
            weights, items = one["numerical_statistics"], _items(one)
            same(sum(weight for _, weight in items), weights["common"]["num_present"])
            for bucket in weights["distribution"]["kll"]["buckets"][:9]:
                low, high = bucket["lower_bound"], bucket["upper_bound"]
                same(bucket["count"], float(sum(weight for item, weight in items if low <= item < high)))
    violations = json.loads(body(bench, f"{folder}/constraint_violations.json"))["violations"]
    same([(one["feature_name"], one["constraint_check_type"]) for one in violations], [("competitor_rate", "baseline_drift_check")])
    blind, job = _report(bench, "upsell-offer-emea-live-data")
    folder = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    inputs = {one["InputName"]: one["S3Input"]["S3Uri"] for one in job["ProcessingInputs"]}
    then, here = (_items(_feature(json.loads(body(bench, uri)), "party_size"))
                  for uri in (inputs["stats"], f"{folder}/statistics.json"))
    same(blind, "Completed")
    assert max(abs(_share(then, value) - _share(here, value)) for value in range(6)) > 0.3


def check_models_files(bench) -> None:
    """Listed sizes and ETags are those of what is read; one file of ninety is cut; hours without capture have none."""
    prefix = "reports/booking-cancellation-iberia-live/booking-cancellation-iberia-live-data/"
    pages = bench.s3.get_paginator("list_objects_v2").paginate(Bucket="ml-monitoring", Prefix=prefix)
    found = [one for page in pages for one in page["Contents"] if one["Key"].endswith("/statistics.json")]
    same(len(found), 90)
    broken = 0
    for one in found:
        got = bench.s3.get_object(Bucket="ml-monitoring", Key=one["Key"])
        text = got["Body"].read()
        same((len(text), got["ETag"]), (one["Size"], one["ETag"]))
        try:
            json.loads(text)
        except ValueError:
            broken += 1
    same(broken, 1)
    same(bench.s3.get_object(Bucket="ml-monitoring", Key=found[0]["Key"], Range="bytes=0-9")["Body"].read(), b'{"version"')
    missed = next(one for one in runs_of(bench, "delivery-eta-uk-live-data", StatusEquals="Failed"))["ScheduledTime"]
    at = missed - timedelta(hours=1)
    captured = lambda hour: bench.s3.list_objects_v2(  # noqa: E731
        Bucket="ml-monitoring", Prefix=f"captures/delivery-eta-uk-live/AllTraffic/{hour:%Y/%m/%d/%H}/").get("KeyCount")
    same((captured(at), captured(at.replace(hour=12) - timedelta(days=3))), (0, 1))
    lines = body(bench, "s3://ml-monitoring/" + bench.s3.list_objects_v2(
        Bucket="ml-monitoring", Prefix=f"captures/{FORECAST}-live/", MaxKeys=1)["Contents"][0]["Key"]).splitlines()
    same(({json.loads(line)["eventVersion"] for line in lines}, len(lines)), ({"0"}, 20))
    edited = "s3://ml-monitoring/" + found[1]["Key"]
    bench.s3.put_object(Bucket="ml-monitoring", Key=found[1]["Key"], Body=b"{}")
    bench.control("POST", "reset", {"area": "objects"})
    assert len(body(bench, edited)) == found[1]["Size"]


def check_models_metrics(bench) -> None:
    metrics, now = bench.client("cloudwatch"), datetime.now(timezone.utc)

    def values(namespace: str, metric: str, hours: int, period: int = 3_600, stat: str = "Average", **dimensions: str) -> list:
        query = {"Id": "a", "MetricStat": {"Period": period, "Stat": stat, "Metric": {
            "Namespace": namespace, "MetricName": metric, "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()]}}}
        return metrics.get_metric_data(StartTime=now - timedelta(hours=hours), EndTime=now, MetricDataQueries=[query])[
            "MetricDataResults"][0]["Values"]

    watched = {"Endpoint": "dynamic-pricing-emea-live", "MonitoringSchedule": "dynamic-pricing-emea-live-data"}
    drifts = values("aws/sagemaker/Endpoints/data-metrics", "feature_baseline_drift_competitor_rate", 24, **watched)
    assert len(drifts) >= 23 and min(drifts) > 0.1, drifts
    present = values("aws/sagemaker/Endpoints/data-metrics", "feature_non_null_competitor_rate", 24, stat="Sum", **watched)
    assert len(present) >= 23 and min(present) > 0, present
    assert values("aws/sagemaker/Endpoints/data-metrics", "feature_data_competitor_rate", 24, **watched)
    other = {"Endpoint": "no-show-emea-live", "MonitoringSchedule": "no-show-emea-live-data"}
    same(values("aws/sagemaker/Endpoints/data-metrics", "feature_baseline_drift_weather_temp", 72, **other), [])
    spelled = {"EndpointName": "no-show-emea-live", "ScheduleName": "no-show-emea-live-data"}
    assert values("/aws/sagemaker/Endpoints/data-metric", "feature_baseline_drift_weather_temp", 72, **spelled)
    served = {"EndpointName": "no-show-uk-live", "VariantName": "AllTraffic"}
    calls = values("AWS/SageMaker", "Invocations", 3, 60, "Sum", **served)
    assert 178 <= len(calls) <= 181 and min(calls) > 0, len(calls)
    assert values("AWS/SageMaker", "ModelLatency", 3, 300, "p99", **served)[0] > 20_000
    slow = {"EndpointName": "review-sentiment-uk-live", "VariantName": "AllTraffic"}
    same(values("AWS/SageMaker", "Invocations", 3, 300, "Sum", **slow), [])
    assert values("AWS/SageMaker", "ModelLatency", 3, 300, **slow)
    assert values("aws/sagemaker/Endpoints/model-metrics", "f1", 72, Endpoint="guest-churn-emea-live",
                  MonitoringSchedule="guest-churn-emea-live-quality")
    quiet = {"Endpoint": "no-show-uk-live", "MonitoringSchedule": "no-show-uk-live-quality"}
    same(values("aws/sagemaker/Endpoints/model-metrics", "f1", 72, **quiet), [])
    job = _report(bench, "no-show-uk-live-quality")[1]
    same(job["Environment"]["publish_cloudwatch_metrics"], "Disabled")
    told = json.loads(body(bench, job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"] + "/statistics.json"))
    assert told["binary_classification_metrics"]["f1"]["value"] > 0.5, told
    biased = {"Endpoint": "payment-fraud-emea-live", "MonitoringSchedule": "payment-fraud-emea-live-bias",
              "BiasStage": "Post-Training", "Label": "fraud_probability", "LabelValue": "1", "Facet": "card_country",
              "FacetValue": "foreign"}
    bias = "aws/sagemaker/Endpoints/bias-metrics"
    assert min(values(bias, "bias_metric_AD", 120, **biased)) > 0.1
    same(values(bias, "bias_metric_RD", 120, **biased), [])
    for namespace in ("aws/sagemaker/Endpoints/bias-metrics", "aws/sagemaker/Endpoints/explainability-metrics",
                      "/aws/sagemaker/Endpoints", "aws/sagemaker/Endpoints/data-metrics"):
        assert metrics.list_metrics(Namespace=namespace)["Metrics"], namespace


def check_models_snapshots_and_mlflow(bench) -> None:
    """The same day of the same endpoint in S3 and in MLflow; p-values point the other way."""
    keys = [one["Key"] for one in bench.s3.list_objects_v2(
        Bucket="ml-monitoring", Prefix="evidently/booking-cancellation-iberia-live/")["Contents"]]
    same(len(keys), 30)
    told = json.loads(body(bench, "s3://ml-monitoring/" + keys[-1]))["metrics"]
    assert all("p_value" in one["config"]["method"] for one in told[1:]), told
    root = bench.ready["endpoints"]["aws"] + "/mlflow/api/2.0/mlflow/"

    def ask(path: str, asked: dict | None = None) -> dict:
        data = None if asked is None else json.dumps(asked).encode()
        with urllib.request.urlopen(urllib.request.Request(root + path, data, {"Content-Type": "application/json"})) as reply:
            return json.load(reply)

    named = ask("experiments/get-by-name?experiment_name=monitoring/booking-cancellation-iberia-live")
    experiment = named["experiment"]["experiment_id"]
    first = ask("runs/search", {"experiment_ids": [experiment], "max_results": 20})
    rest = ask("runs/search", {"experiment_ids": [experiment], "max_results": 20, "page_token": first["next_page_token"]})
    same((len(first["runs"]), len(rest["runs"]), "next_page_token" in rest), (20, 10, False))
    newest_run = first["runs"][0]
    kept = {one["key"]: one["value"] for one in newest_run["data"]["metrics"]}
    same(kept["DriftedColumnsCount.count"], told[0]["value"]["count"])
    history = ask(f"metrics/get-history?run_id={newest_run['info']['run_id']}&metric_key=DriftedColumnsCount.share")["metrics"]
    same([one["value"] for one in history], [told[0]["value"]["share"]])
    same(ask("runs/search", {"experiment_ids": [experiment], "filter": "metrics.`DriftedColumnsCount.share` > 2"})["runs"], [])
    try:
        ask("runs/get?run_id=nobody")
    except urllib.error.HTTPError as error:
        same((error.code, json.load(error)["error_code"]), (404, "RESOURCE_DOES_NOT_EXIST"))
    else:
        raise AssertionError("a run that is not there was found")
