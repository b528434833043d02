"""Pipelines: those that train and register, the one that deploys what was approved; what ran of them and how it ended."""

from __future__ import annotations

import random
import string
from typing import Callable

from ...overrides.jobs.model import JOB_ROLE, LONG
from ...overrides.models import hosting
from ...overrides.models.model import Models, Pipeline, PipelineRun, Step, arn
from ...overrides.models.pipelines import GIVE_UP, NOT_MET
from ...overrides.models.wire import person
from ..jobs.models import RETRAINED
from .cast import kind_of, versions_of
from .watches import DAY

DEPLOY = "deploy-model"
TRAIN = (("PrepareData", "Processing"), ("Train", "Training"), ("Evaluate", "Processing"), ("Bias", "ClarifyCheck"),
         ("GoodEnough", "Condition"), ("Register", "RegisterModel"))
_SECONDS = {"Processing": 540, "Training": 2_500, "ClarifyCheck": 400, "Condition": 2, "RegisterModel": 6, "Lambda": 20,
            "Model": 5, "EndpointConfig": 4, "Endpoint": 700}
# pipeline: the group that it trains, and how its newest executions ended, newest first
TRAINED = {
    "train-demand-forecast": ("demand-forecast-emea", ("Succeeded", "Succeeded", "Train", "Succeeded")),
    "train-dynamic-pricing": ("dynamic-pricing-emea", ("Executing", "Succeeded", "GoodEnough", "Succeeded")),
    "train-guest-churn": ("guest-churn-emea", ("PrepareData", "PrepareData", "Succeeded", "Succeeded")),
    "train-payment-fraud": ("payment-fraud-emea", ("Bias", "Succeeded", "Stopped", "Succeeded")),
}
# The version that says itself which execution registered it; the others name their training job.
NAMES_ITS_RUN = ("dynamic-pricing-emea", 5)
_WRONG = {
    "PrepareData": "ClientError: ClientError: Data download failed: No S3 objects found under S3 URL "
                   "\"s3://lake-processed/features/guest-churn/\" given in input data source.",
    "Train": "ClientError: ClientError: Please use an instance type with more memory, or reduce the size of job data processed on "
             "an instance.",
    "Bias": "ClientError: bias_drift_check failed: DPPL of card_country=foreign is 0.19, the constraint says 0.1",
}


def cast(store: Models) -> None:
    for name, (group, ends) in TRAINED.items():
        pipeline = _pipeline(store, name, f"Trains {group} and registers it", TRAIN, {
            "InputData": f"s3://lake-processed/features/{kind_of(group).name}/", "TrainingInstanceType": "ml.m5.2xlarge",
            "MaxDepth": "6", "LearningRate": "0.1", "Objective": "rmse"})
        pipeline.group = group
        newest = store.now - 5 * 3_600
        for back in range(12):
            end = ends[back] if back < len(ends) else "Succeeded"
            _ran(store, pipeline, group, newest - back * 7 * DAY, end, versions_of(group) - back)
    deploy = _pipeline(store, DEPLOY, "Puts an approved version on the endpoint of its group", (
        ("FindModel", "Lambda"), ("CreateModel", "Model"), ("CreateConfig", "EndpointConfig"), ("Deploy", "Endpoint")),
        {"ModelPackageArn": "", "ModelPackageGroupName": ""})
    deploy.live = lambda parameters: _deploys(store, parameters)
    for package in sorted(store.packages.values(), key=lambda one: one["LastModifiedTime"])[-40:]:
        if package["ModelApprovalStatus"] == "Approved":
            _deployed(deploy, package)
    deploy.runs.sort(key=lambda run: -run.created)


def _pipeline(store: Models, name: str, words: str, steps: tuple, parameters: dict[str, str]) -> Pipeline:
    shape = {"PipelineArn": arn("pipeline", name), "PipelineName": name, "PipelineDisplayName": name,
             "PipelineDescription": words, "RoleArn": JOB_ROLE, "PipelineStatus": "Active",
             "CreationTime": store.now - 300 * DAY, "LastModifiedTime": store.now - 60 * DAY, "CreatedBy": person("tom.berg"),
             "LastModifiedBy": person("wei.chen"), "Tags": [{"Key": "team", "Value": "ml-platform"}]}
    store.pipelines[name] = Pipeline(shape, list(steps), parameters)
    return store.pipelines[name]


def _number(*words) -> str:
    return "".join(random.Random("/".join(map(str, words))).choices(string.ascii_lowercase + string.digits, k=12))


def _ran(store: Models, pipeline: Pipeline, group: str, start: float, end: str, version: int) -> None:
    name, at, steps = pipeline.shape["PipelineName"], start, []
    stopped, failure = 0.0, ""
    for step, kind in pipeline.steps:
        until = at + _SECONDS[kind]
        wrong = step == end
        if end == "Executing" and step == "Train":
            at, until = store.now - 1_800, store.now + LONG
        if end == "Stopped" and step == "Train":
            stopped = at + 900
        unmet = wrong and kind == "Condition"
        metadata = _metadata(store, step, kind, group, start, version)
        if unmet:
            metadata = {"Condition": {"Outcome": "False"}}
        elif wrong and step == "Train":
            # Of this one the engines tell, and its logs are there.
            metadata = {"TrainingJob": {"Arn": arn("training-job", RETRAINED)}}
        failed = wrong and not unmet
        steps.append(Step(step, kind, at, until, "Failed" if failed else "Succeeded", _WRONG[step] if failed else "", metadata))
        at = until + 3
        if unmet:
            step = GIVE_UP
            steps.append(Step(step, "Fail", at, at + 1, "Failed", NOT_MET, {"Fail": {"ErrorMessage": NOT_MET}}))
        if wrong:
            failure = f"Step failure: One or multiple steps failed. {step}: {NOT_MET if unmet else _WRONG[step]}"
            break
    whole = f"{pipeline.shape['PipelineArn']}/execution/{_number(name, end, round(start - store.now))}"
    if (group, version) == NAMES_ITS_RUN:
        store.packages[arn("model-package", f"{group}/{version}")]["MetadataProperties"]["GeneratedBy"] = whole
    run = PipelineRun(whole,
                      f"execution-{round(start * 1000)}", name, start, steps, dict(pipeline.parameters), person("ml-pipeline"),
                      failure, "Weekly retraining", stopped)
    pipeline.runs.append(run)


def _metadata(store: Models, step: str, kind: str, group: str, start: float, version: int) -> dict:
    """What a step of the past points to. Training jobs and packages can be described; of a version that never was, nothing is
    named."""
    job = f"{group}-v{version}-train"
    if kind == "Training" and job in store.training:
        return {"TrainingJob": {"Arn": arn("training-job", job)}}
    package = arn("model-package", f"{group}/{version}")
    if kind == "RegisterModel" and package in store.packages:
        return {"RegisterModel": {"Arn": package}}
    if kind == "Condition":
        return {"Condition": {"Outcome": "True"}}
    if kind in ("Processing", "ClarifyCheck"):
        name = f"{group}-{step.lower()}-{round(start)}"
        store.processing.setdefault(name, _processing(store, name, step, group, start))
        found = arn("processing-job", name)
        return {"ProcessingJob": {"Arn": found}} if kind == "Processing" else {"ClarifyCheck": {
            "CheckType": "ModelBias", "CheckJobArn": found, "SkipCheck": False, "RegisterNewBaseline": False}}
    return {}


def _processing(store: Models, name: str, step: str, group: str, start: float) -> dict:
    failed = any(step in ends and group == trained for trained, ends in TRAINED.values()) and step in _WRONG
    failed = failed and any(start == store.now - 5 * 3_600 - back * 7 * DAY for trained, ends in TRAINED.values()
                            if trained == group for back, end in enumerate(ends) if end == step)
    return {"ProcessingJobName": name, "ProcessingJobArn": arn("processing-job", name), "RoleArn": JOB_ROLE,
            "ProcessingJobStatus": "Failed" if failed else "Completed", "AppSpecification": {
                "ImageUri": "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
                "ContainerEntrypoint": ["python3", f"/opt/ml/processing/input/code/{step.lower()}.py"]},
            "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30}},
            "CreationTime": start, "ProcessingStartTime": start + 120, "ProcessingEndTime": start + 500,
            "LastModifiedTime": start + 500, **({"FailureReason": _WRONG[step]} if failed else {})}


def _deployed(deploy: Pipeline, package: dict) -> None:
    start, steps = package["LastModifiedTime"] + 30, []
    at = start
    for step, kind in deploy.steps:
        steps.append(Step(step, kind, at, at + _SECONDS[kind]))
        at += _SECONDS[kind] + 2
    deploy.runs.append(PipelineRun(
        f"{deploy.shape['PipelineArn']}/execution/{_number(package['ModelPackageArn'])}",
        f"execution-{round(start * 1000)}", DEPLOY, start, steps, {"ModelPackageArn": package["ModelPackageArn"], "ModelPackageGroupName": package["ModelPackageGroupName"]},
        {}, description="Started by an EventBridge rule"))


def _deploys(store: Models, parameters: dict[str, str]) -> Callable[[], None] | None:
    """The newest approved version of the group goes live, whichever version the event was about, as SageMaker's project
    templates do it."""
    group = parameters.get("ModelPackageGroupName") or parameters.get("ModelPackageArn", "").rpartition("/")[0].rpartition("/")[2]
    endpoint = store.endpoints.get(f"{group}-live")
    if endpoint is None or endpoint["EndpointStatus"] not in ("InService", "Updating"):
        return None
    endpoint["EndpointStatus"] = "Updating"

    def live() -> None:
        approved = [one for one in store.packages.values() if one["ModelPackageGroupName"] == group
                    and one["ModelApprovalStatus"] == "Approved"]
        if approved:
            newest = max(approved, key=lambda one: one["ModelPackageVersion"])
            hosting.deploy(store, endpoint, newest, f"{group}-v{newest['ModelPackageVersion']}")
        else:
            endpoint["EndpointStatus"] = "InService"

    return live
