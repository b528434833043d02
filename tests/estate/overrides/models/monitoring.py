"""Monitoring schedules, their runs and alerts ("Amazon SageMaker API Reference": each operation's page).

A run's ExitMessage, inputs and outputs are its processing job's, which only DescribeProcessingJob tells here: the lists of
processing jobs would be tens of thousands long.
"""

from __future__ import annotations

from ...story import ACCOUNT
from ..jobs.model import JOB_ROLE, now
from .model import Models, Schedule, arn, clock
from .wire import ApiError, limit, listed, page, pick, some, within

SWITCHING = 0.7       # seconds that a schedule is Pending after it was switched


def _schedule(store: Models, asked: dict) -> Schedule:
    found = store.schedules.get(asked["MonitoringScheduleName"])
    if found is None:
        raise ApiError("ResourceNotFound", f"Monitoring schedule {asked['MonitoringScheduleName']} does not exist.")
    return found


def execution(store: Models, one: Schedule, when: float) -> dict:
    ended, began = one.ended(when), one.began(when)
    return some(MonitoringScheduleName=one.name, ScheduledTime=when, CreationTime=began, LastModifiedTime=began + 380,
        MonitoringExecutionStatus=ended.status, EndpointName=one.endpoint,
        ProcessingJobArn=arn("processing-job", one.job(when)) if ended.job else None,
        FailureReason=ended.failure or None, MonitoringType=one.kind,
        MonitoringJobDefinitionName=one.definition["JobDefinitionName"])


def _config(one: Schedule) -> dict:
    return {"ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)" if one.every == 3_600 else "cron(0 4 ? * * *)"},
            "MonitoringJobDefinitionName": one.definition["JobDefinitionName"], "MonitoringType": one.kind}


def described(store: Models, one: Schedule) -> dict:
    return {"MonitoringScheduleArn": arn("monitoring-schedule", one.name), "MonitoringScheduleName": one.name,
            "MonitoringScheduleStatus": one.told(), "MonitoringType": one.kind, "CreationTime": one.created,
            "LastModifiedTime": one.changed or one.last + 900, "MonitoringScheduleConfig": _config(one),
            "EndpointName": one.endpoint, "LastMonitoringExecutionSummary": execution(store, one, one.last)}


def watched(store: Models, one: Schedule) -> dict:
    """As the Model Dashboard has it."""
    return {**described(store, one), "MonitoringAlertSummaries": [_alert(one)]}


def list_monitoring_schedules(store: Models, asked: dict) -> dict:
    found = []
    for one in store.schedules.values():
        if (asked.get("EndpointName") in (None, one.endpoint) and asked.get("MonitoringTypeEquals") in (None, one.kind)
                and asked.get("StatusEquals") in (None, one.told()) and (asked.get("NameContains") or "") in one.name
                and asked.get("MonitoringJobDefinitionName") in (None, one.definition["JobDefinitionName"])
                and within(one.created, asked, "CreationTimeAfter", "CreationTimeBefore")
                and within(one.changed or one.last + 900, asked, "LastModifiedTimeAfter", "LastModifiedTimeBefore")):
            found.append({**described(store, one), "MonitoringJobDefinitionName": one.definition["JobDefinitionName"]})
    return listed(found, asked, "MonitoringScheduleSummaries", lambda one: pick(
        one, "MonitoringScheduleName", "MonitoringScheduleArn", "CreationTime", "LastModifiedTime",
        "MonitoringScheduleStatus", "EndpointName", "MonitoringJobDefinitionName", "MonitoringType"),
        {"Name": "MonitoringScheduleName", "CreationTime": "CreationTime", "Status": "MonitoringScheduleStatus"})


def describe_monitoring_schedule(store: Models, asked: dict) -> dict:
    return described(store, _schedule(store, asked))


def list_monitoring_executions(store: Models, asked: dict) -> dict:
    name, found = asked.get("MonitoringScheduleName"), []
    chosen = [_schedule(store, asked)] if name else [
        one for one in store.schedules.values() if asked.get("EndpointName") in (None, one.endpoint)]
    for one in chosen:
        if (asked.get("MonitoringTypeEquals") not in (None, one.kind) or asked.get("EndpointName") not in (None, one.endpoint)
                or asked.get("MonitoringJobDefinitionName") not in (None, one.definition["JobDefinitionName"])):
            continue
        for when in one.times():
            if (within(when, asked, "ScheduledTimeAfter", "ScheduledTimeBefore")
                    and within(one.began(when), asked, "CreationTimeAfter", "CreationTimeBefore")
                    and within(one.began(when) + 380, asked, "LastModifiedTimeAfter", "LastModifiedTimeBefore")
                    and asked.get("StatusEquals") in (None, one.ended(when).status)):
                found.append({"of": one, "ScheduledTime": when, "CreationTime": one.began(when)})
    if asked.get("SortBy") == "Status":
        found = [{**run, "Status": run["of"].ended(run["ScheduledTime"]).status} for run in found]
    return listed(found, asked, "MonitoringExecutionSummaries", lambda run: execution(store, run["of"], run["ScheduledTime"]),
                  {"CreationTime": "CreationTime", "ScheduledTime": "ScheduledTime", "Status": "Status"})


def _set_status(store: Models, asked: dict, status: str) -> dict:
    found = _schedule(store, asked)
    at = now()
    found.status, found.changed, found.settles = status, at, at + SWITCHING
    return {}


def start_monitoring_schedule(store: Models, asked: dict) -> dict:
    return _set_status(store, asked, "Scheduled")


def stop_monitoring_schedule(store: Models, asked: dict) -> dict:
    return _set_status(store, asked, "Stopped")


def _definition(store: Models, asked: dict, kind: str) -> dict:
    for one in store.schedules.values():
        if one.kind == kind and one.definition["JobDefinitionName"] == asked["JobDefinitionName"]:
            return one.definition
    raise ApiError("ResourceNotFound", f"Job definition {asked['JobDefinitionName']} does not exist.")


def describe_data_quality_job_definition(store: Models, asked: dict) -> dict:
    return _definition(store, asked, "DataQuality")


def describe_model_quality_job_definition(store: Models, asked: dict) -> dict:
    return _definition(store, asked, "ModelQuality")


def describe_model_bias_job_definition(store: Models, asked: dict) -> dict:
    return _definition(store, asked, "ModelBias")


def describe_model_explainability_job_definition(store: Models, asked: dict) -> dict:
    return _definition(store, asked, "ModelExplainability")


def _definitions(store: Models, asked: dict, kind: str) -> dict:
    found = [{"MonitoringJobDefinitionName": one.definition["JobDefinitionName"], "EndpointName": one.endpoint,
              "MonitoringJobDefinitionArn": one.definition["JobDefinitionArn"], "CreationTime": one.definition["CreationTime"]}
             for one in store.schedules.values() if one.kind == kind and asked.get("EndpointName") in (None, one.endpoint)
             and (asked.get("NameContains") or "") in one.definition["JobDefinitionName"]]
    return listed(found, asked, "JobDefinitionSummaries", lambda one: one,
                  {"Name": "MonitoringJobDefinitionName", "CreationTime": "CreationTime"})


def list_data_quality_job_definitions(store: Models, asked: dict) -> dict:
    return _definitions(store, asked, "DataQuality")


def list_model_quality_job_definitions(store: Models, asked: dict) -> dict:
    return _definitions(store, asked, "ModelQuality")


def list_model_bias_job_definitions(store: Models, asked: dict) -> dict:
    return _definitions(store, asked, "ModelBias")


def list_model_explainability_job_definitions(store: Models, asked: dict) -> dict:
    return _definitions(store, asked, "ModelExplainability")


def _alert(one: Schedule) -> dict:
    changes = one.alerts()
    return {"MonitoringAlertName": f"{one.name}-alert", "CreationTime": one.created,
            "LastModifiedTime": changes[-1][0] if changes else one.created,
            "AlertStatus": changes[-1][1] if changes else "OK", "DatapointsToAlert": one.points,
            "EvaluationPeriod": one.period, "Actions": {"ModelDashboardIndicator": {"Enabled": one.dashboard}}}


def list_monitoring_alerts(store: Models, asked: dict) -> dict:
    return page([_alert(_schedule(store, asked))], asked, limit(asked), lambda one: one, "MonitoringAlertSummaries", "NextToken")


def list_monitoring_alert_history(store: Models, asked: dict) -> dict:
    found = []
    for one in [_schedule(store, asked)] if asked.get("MonitoringScheduleName") else store.schedules.values():
        if asked.get("MonitoringAlertName") not in (None, f"{one.name}-alert"):
            continue
        found += [{"MonitoringScheduleName": one.name, "MonitoringAlertName": f"{one.name}-alert", "CreationTime": when,
                   "AlertStatus": status} for when, status in one.alerts()
                  if asked.get("StatusEquals") in (None, status)
                  and within(when, asked, "CreationTimeAfter", "CreationTimeBefore")]
    return listed(found, asked, "MonitoringAlertHistory", lambda one: one,
                  {"CreationTime": "CreationTime", "Status": "AlertStatus"})


def update_monitoring_alert(store: Models, asked: dict) -> dict:
    one = _schedule(store, asked)
    points, period = int(asked["DatapointsToAlert"]), int(asked["EvaluationPeriod"])
    if not 1 <= points <= period <= 100:
        raise ApiError("ValidationException", "DatapointsToAlert must not be greater than EvaluationPeriod.")
    one.points, one.period, one.changed = points, period, now()
    return {"MonitoringScheduleArn": arn("monitoring-schedule", one.name), "MonitoringAlertName": asked["MonitoringAlertName"]}


_ANALYSES = {"ModelBias": "bias", "ModelExplainability": "explainability", "ModelQuality": "model_quality", "DataQuality": ""}


def processing_job(store: Models, name: str) -> dict | None:
    """The job of a monitor's run; None for any other."""
    if name in store.processing:
        return store.processing[name]
    found = store.schedule_of(name)
    if found is None:
        return None
    one, when = found
    ended, run = one.ended(when), execution(store, one, when)
    prefix = next(k for k in one.definition if k.endswith("JobOutputConfig"))
    output = one.definition[prefix]["MonitoringOutputs"][0]["S3Output"]
    given = next((v for k, v in one.definition.items() if k.endswith("JobInput")), {})
    endpoint = given["EndpointInput"]
    baseline = next((v for k, v in one.definition.items() if k.endswith("BaselineConfig")), {})
    stamp = lambda at: clock(at).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: E731
    captured = store.endpoints[one.endpoint]["DataCaptureConfig"]["DestinationS3Uri"]
    inputs = [("endpoint_input_1", f"{captured}/{one.endpoint}/AllTraffic/{clock(when - one.every):%Y/%m/%d/%H}",
               endpoint["LocalPath"])]
    environment = some(
        dataset_format='{"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}',
        dataset_source=endpoint["LocalPath"], start_time=stamp(when - one.every), end_time=stamp(when), metric_time=stamp(when),
        output_path="/opt/ml/processing/output",
        publish_cloudwatch_metrics="Enabled" if one.publishes else "Disabled", sagemaker_endpoint_name=one.endpoint,
        sagemaker_monitoring_schedule_name=one.name, analysis_type=_ANALYSES[one.kind] or None,
        problem_type=given.get("ProblemType"), inference_attribute=endpoint.get("InferenceAttribute"))
    for member, local in (("ConstraintsResource", "constraints"), ("StatisticsResource", "stats")):
        uri = baseline.get(member, {}).get("S3Uri")
        if uri:
            file = uri.rpartition("/")[2]
            inputs.append((local, uri, f"/opt/ml/processing/baseline/{local}"))
            environment["baseline_" + ("statistics" if local == "stats" else local)] = (
                f"/opt/ml/processing/baseline/{local}/{file}")
    resources = one.definition["JobResources"]["ClusterConfig"]
    image = next(v["ImageUri"] for k, v in one.definition.items() if k.endswith("AppSpecification"))
    return some(
        ProcessingInputs=[{"InputName": n, "AppManaged": False, "S3Input": {
            "S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated", "S3CompressionType": "None"}} for n, uri, path in inputs],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "result", "AppManaged": False, "S3Output": {
            "S3Uri": f"{output['S3Uri']}/{one.folder(when)}", "LocalPath": output["LocalPath"], "S3UploadMode": "EndOfJob"}}]},
        ProcessingJobName=one.job(when), ProcessingResources={"ClusterConfig": resources},
        StoppingCondition={"MaxRuntimeInSeconds": 1_800}, AppSpecification={"ImageUri": image}, Environment=environment,
        RoleArn=JOB_ROLE, ProcessingJobArn=arn("processing-job", one.job(when), ACCOUNT),
        ProcessingJobStatus="Failed" if ended.status == "Failed" else "Completed", ExitMessage=ended.exit or None,
        FailureReason=ended.failure or None, CreationTime=run["CreationTime"], ProcessingStartTime=run["CreationTime"] + 160,
        ProcessingEndTime=run["LastModifiedTime"], LastModifiedTime=run["LastModifiedTime"],
        MonitoringScheduleArn=arn("monitoring-schedule", one.name))
