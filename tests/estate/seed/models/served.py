"""Endpoints as they are deployed, and the monitoring schedules with their job definitions."""

from __future__ import annotations

from ...overrides.jobs.model import JOB_ROLE
from ...overrides.models.model import Models, Schedule, arn
from ...story import ACCOUNT, REGION
from .cast import MONITORING, REGISTRY, kind_of
from .monitors import Cast
from .watches import DAY, DAYS, HOUR, SINCE, WATCHES, Watch


def cast(store: Models) -> Cast:
    kept = Cast(store)
    for watch in WATCHES.values():
        _endpoint(kept, watch)
        if not watch.watched:
            continue
        for kind in ("DataQuality", *watch.also):
            _schedule(kept, watch, kind)
    return kept


_SUFFIX = {"DataQuality": "data", "ModelQuality": "quality", "ModelBias": "bias", "ModelExplainability": "attribution"}
_IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/sagemaker-model-monitor-analyzer"


def _schedule(kept: Cast, watch: Watch, kind: str) -> None:
    every = watch.every if kind == "DataQuality" else DAY
    newest = kept.now if every == HOUR else kept.now // DAY * DAY + 4 * HOUR
    newest -= DAY * (newest > kept.now)
    last = newest - (SINCE["silent"] * DAY if watch.plot == "silent" else 0)
    name = f"{watch.endpoint}-{_SUFFIX[kind]}"
    first = newest - DAYS * DAY + every
    kept.store.schedules[name] = Schedule(
        name, watch.endpoint, kind, _definition(kept, watch, kind, name, first), every, first, last, first - HOUR,
        lambda when: kept.outcome(watch, kind, when), points=watch.alert[0], period=watch.alert[1],
        dashboard=watch.plot != "unchecked")


def _definition(kept: Cast, watch: Watch, kind: str, name: str, first: float) -> dict:
    version = kept.judged(watch.endpoint)
    folder = f"s3://{REGISTRY}/{watch.group}/v{version}/"
    constraints = {"DataQuality": "constraints.json", "ModelQuality": "model_quality_constraints.json", "ModelBias":
                   "bias_constraints.json", "ModelExplainability": "explainability.json"}[kind]
    if watch.plot == "unchecked":
        folder = f"s3://{MONITORING}/baselines/{watch.endpoint}/"
    resources = {"ConstraintsResource": {"S3Uri": folder + constraints}}
    if kind == "DataQuality":
        resources["StatisticsResource"] = {"S3Uri": f"s3://{REGISTRY}/{watch.group}/v{version}/statistics.json"}
    given: dict = {"EndpointInput": {"EndpointName": watch.endpoint, "LocalPath": "/opt/ml/processing/input/endpoint",
                                     "S3InputMode": "File", "S3DataDistributionType": "FullyReplicated"}}
    problem = {"regression": "Regression", "binary_classification": "BinaryClassification",
               "multiclass_classification": "MulticlassClassification"}[kind_of(watch.group).problem]
    application: dict = {"ImageUri": _IMAGE}
    if kind in watch.unpublished:
        application["Environment"] = {"publish_cloudwatch_metrics": "Disabled"}
    if kind in ("ModelQuality", "ModelBias"):
        given["EndpointInput"].update(InferenceAttribute="0", StartTimeOffset="-P1D", EndTimeOffset="-PT0H")
        given["GroundTruthS3Input"] = {"S3Uri": f"s3://{MONITORING}/ground-truth/{watch.endpoint}"}
    if kind == "ModelQuality":
        application["ProblemType"] = problem
    if kind in ("ModelBias", "ModelExplainability"):
        application["ConfigUri"] = f"s3://{REGISTRY}/{watch.group}/v{version}/bias_config.json"
    arn_kind = {"DataQuality": "data-quality-job-definition", "ModelQuality": "model-quality-job-definition",
                "ModelBias": "model-bias-job-definition", "ModelExplainability": "model-explainability-job-definition"}[kind]
    return {
        "JobDefinitionArn": arn(arn_kind, f"{name}-definition"), "JobDefinitionName": f"{name}-definition",
        "CreationTime": first - 2 * HOUR, f"{kind}BaselineConfig": resources, f"{kind}AppSpecification": application,
        f"{kind}JobInput": given, f"{kind}JobOutputConfig": {"MonitoringOutputs": [{"S3Output": {
            "S3Uri": f"s3://{MONITORING}/reports", "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob"}}]},
        "JobResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}},
        "RoleArn": JOB_ROLE, "StoppingCondition": {"MaxRuntimeInSeconds": 1_800}}


def _model(kept: Cast, watch: Watch, version: int) -> str:
    store, package = kept.store, arn("model-package", f"{watch.group}/{version}")
    name = f"{watch.group}-v{version}"
    container = store.packages[package]["InferenceSpecification"]["Containers"][0]
    store.models[name] = {
        "ModelName": name, "ModelArn": arn("model", name), "CreationTime": store.packages[package]["LastModifiedTime"] + 900,
        "ExecutionRoleArn": JOB_ROLE, "EnableNetworkIsolation": False, "Tags": store.packages[package]["Tags"],
        "PrimaryContainer": {"Image": container["Image"], "Mode": "SingleModel", "ModelDataUrl": container["ModelDataUrl"],
                             "ModelPackageName": package, "Environment": {}}}
    return name


def _rollback(endpoint: str) -> list[str]:
    """What takes a deployment back. Of two endpoints nobody made the alarm."""
    others = {"payment-fraud-uk-live": ("payments-declined", "payments-in-trouble"),
              "guest-churn-emea-live": ("guest-churn-emea-f1",)}
    return [f"{endpoint}-5xx", *others.get(endpoint, ())]


def _endpoint(kept: Cast, watch: Watch) -> None:
    store, name = kept.store, watch.endpoint
    version = kept.serves[name]
    package = store.packages[arn("model-package", f"{watch.group}/{version}")]
    changed = min(package["LastModifiedTime"] + HOUR, kept.now - HOUR)
    parts = [("AllTraffic", version, 1.0, 2)]
    if watch.status == "Updating":
        parts = [("blue", max(1, version - 1), 0.9, 2), ("green", version, 0.1, 1)]
    variants, configured = [], []
    for variant, number, weight, many in parts:
        model = _model(kept, watch, number)
        container = store.packages[arn("model-package", f"{watch.group}/{number}")]["InferenceSpecification"]["Containers"][0]
        images = [{"SpecifiedImage": container["Image"], "ResolutionTime": changed,
                   "ResolvedImage": f"{container['Image'].partition(':')[0]}@{container['ImageDigest']}"}]
        shown = {"VariantName": variant, "DeployedImages": images, "CurrentWeight": weight, "DesiredWeight": weight,
                 "CurrentInstanceCount": many, "DesiredInstanceCount": many}
        if watch.status == "Updating" and variant == "green":
            shown.update(DesiredWeight=1.0, DesiredInstanceCount=2,
                         VariantStatus=[{"Status": "Baking", "StatusMessage": "10 % of the traffic", "StartTime": changed}])
        variants.append(shown)
        configured.append({"VariantName": variant, "ModelName": model, "InitialInstanceCount": many, "InstanceType": "ml.m5.large",
                           "InitialVariantWeight": weight})
    capture = {"EnableCapture": watch.plot != "capture off", "CaptureStatus": "Stopped" if watch.plot == "capture off" else
               "Started", "CurrentSamplingPercentage": 0 if watch.plot == "unwatched" else 20 if watch.every == HOUR else 100,
               "DestinationS3Uri": f"s3://{MONITORING}/captures", "KmsKeyId": ""}
    shape = {"EndpointName": name, "EndpointArn": arn("endpoint", name), "EndpointConfigName": f"{name}-v{version}",
             "ProductionVariants": variants, "DataCaptureConfig": capture, "EndpointStatus": watch.status,
             "CreationTime": kept.now - 200 * DAY, "LastModifiedTime": changed, "Tags": package["Tags"],
             "LastDeploymentConfig": {"BlueGreenUpdatePolicy": {
                 "TrafficRoutingConfiguration": {"Type": "CANARY", "WaitIntervalInSeconds": 600,
                                                 "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10}},
                 "TerminationWaitInSeconds": 300, "MaximumExecutionTimeoutInSeconds": 3_600},
                 "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": alarm} for alarm in _rollback(name)]}}}
    if watch.status == "Failed":
        shape["FailureReason"] = ("The primary container for production variant AllTraffic did not pass the ping health check. "
                                  "Please check CloudWatch logs for this endpoint.")
        shape["ProductionVariants"] = [{**variants[0], "CurrentInstanceCount": 0}]
        del shape["LastDeploymentConfig"]
    if watch.status == "RollingBack":
        shape["FailureReason"] = f"Alarm {name}-5xx went to ALARM while the new fleet was baking; traffic goes back to the old one."
    if watch.status in ("Updating", "RollingBack"):
        shape["PendingDeploymentSummary"] = {"EndpointConfigName": f"{name}-v{version}-next", "StartTime": kept.now - 1_200,
                                             "ProductionVariants": [{"VariantName": variants[-1]["VariantName"]}]}
        shape["LastModifiedTime"] = kept.now - 1_200
    config = {"EndpointConfigName": f"{name}-v{version}", "EndpointConfigArn": arn("endpoint-config", f"{name}-v{version}"),
              "ProductionVariants": configured, "CreationTime": changed - 300, "DataCaptureConfig": {
                  "EnableCapture": capture["EnableCapture"], "InitialSamplingPercentage": capture["CurrentSamplingPercentage"],
                  "DestinationS3Uri": capture["DestinationS3Uri"], "CaptureOptions": [
                      {"CaptureMode": "Input"}, {"CaptureMode": "Output"}]}}
    if watch.plot == "asynchronous":
        config["AsyncInferenceConfig"] = shape["AsyncInferenceConfig"] = {
            "OutputConfig": {"S3OutputPath": f"s3://{MONITORING}/asynchronous/{name}"},
            "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4}}
    store.endpoints[name], store.configs[config["EndpointConfigName"]] = shape, config
