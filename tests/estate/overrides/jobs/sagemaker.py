"""SageMaker's training, processing and transform jobs ("Amazon SageMaker API Reference": each operation's page)."""

from __future__ import annotations

from . import fate
from .model import Jobs, Run, arn, moments, now
from .wire import ApiError, page, some, within

OVER = ("Completed", "Failed", "Stopped")
_WORDS = {
    "Starting": "Starting the training job", "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.", "Uploading": "Uploading generated training model",
    "Completed": "Training job completed", "Stopping": "Stopping the training job", "Stopped": "Training job stopped",
    "Pending": "Preparing the instances for training"}


def _state(run: Run) -> str:
    state = run.state()
    return state if state in (*OVER, "Stopping") else "InProgress"


def _find(store: Jobs, kind: str, name: str) -> Run:
    found = store.runs[kind].get(("", name))
    if found is None:
        raise ApiError("ValidationException", "Requested resource not found.")
    return found


def _listed(store: Jobs, kind: str, asked: dict, prefix: str, name: str) -> dict:
    found = [run for run in store.of(kind) if asked.get("StatusEquals") in (None, _state(run))
             and (asked.get("NameContains") or "") in run.name
             and within(run.created, asked, "CreationTimeAfter", "CreationTimeBefore")
             and within(run.since(), asked, "LastModifiedTimeAfter", "LastModifiedTimeBefore")]
    if asked.get("SortOrder") == "Ascending":
        found.reverse()
    return page(found, asked, int(asked.get("MaxResults") or 10), lambda run: some(**{
        f"{prefix}JobName": run.name, f"{prefix}JobArn": _arn(kind, run), f"{prefix}JobStatus": _state(run),
        "CreationTime": run.created, f"{prefix}EndTime": run.when(*OVER), "LastModifiedTime": run.since(),
        **({} if kind == "training" else {"FailureReason": str(run.said) if _state(run) == "Failed" else None})}),
        name, "NextToken")


def _arn(kind: str, run: Run) -> str:
    return arn("sagemaker", f"{kind}-job/{run.name}" if kind != "transform" else f"transform-job/{run.name}")


def list_training_jobs(store: Jobs, asked: dict) -> dict:
    return _listed(store, "training", asked, "Training", "TrainingJobSummaries")


def list_processing_jobs(store: Jobs, asked: dict) -> dict:
    return _listed(store, "processing", asked, "Processing", "ProcessingJobSummaries")


def list_transform_jobs(store: Jobs, asked: dict) -> dict:
    return _listed(store, "transform", asked, "Transform", "TransformJobSummaries")


def describe_training_job(store: Jobs, asked: dict) -> dict:
    run, at = _find(store, "training", asked["TrainingJobName"]), now()
    failed, began = _state(run) == "Failed", run.when("Downloading", "Training")
    steps, known = [], [moment for moment in run.moments if moment[0] <= at]
    for number, (when, state) in enumerate(known):
        following = known[number + 1][0] if number + 1 < len(known) else when if state in OVER else None
        steps.append(some(Status=state, StartTime=when, EndTime=following,
                          StatusMessage=str(run.said) if state == "Failed" else _WORDS.get(state, state)))
    took = None if began is None else round((run.when(*OVER) or at) - began)
    return some(**{**run.asked, "TrainingJobName": run.name, "TrainingJobArn": _arn("training", run),
                   "TrainingJobStatus": _state(run), "SecondaryStatus": run.state(),
                   "FailureReason": str(run.said)[:1024] if failed else None, "CreationTime": run.created,
                   "TrainingStartTime": began, "TrainingEndTime": run.when(*OVER), "LastModifiedTime": run.since(),
                   "SecondaryStatusTransitions": steps, "TrainingTimeInSeconds": took,
                   "BillableTimeInSeconds": took,
                   "ModelArtifacts": {"S3ModelArtifacts": _artifacts(run)}})


def _artifacts(run: Run) -> str:
    if _state(run) != "Completed":
        return ""
    return f"{run.asked['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{run.name}/output/model.tar.gz"


def describe_processing_job(store: Jobs, asked: dict) -> dict:
    run = _find(store, "processing", asked["ProcessingJobName"])
    failed = _state(run) == "Failed"
    return some(**{**run.asked, "ProcessingJobName": run.name, "ProcessingJobArn": _arn("processing", run),
                   "ProcessingJobStatus": _state(run), "ExitMessage": run.more.get("exit") if failed else None,
                   "FailureReason": str(run.said) if failed else None, "CreationTime": run.created,
                   "ProcessingStartTime": run.when("Running"), "ProcessingEndTime": run.when(*OVER),
                   "LastModifiedTime": run.since()})


def describe_transform_job(store: Jobs, asked: dict) -> dict:
    run = _find(store, "transform", asked["TransformJobName"])
    return some(**{**run.asked, "TransformJobName": run.name, "TransformJobArn": _arn("transform", run),
                   "TransformJobStatus": _state(run),
                   "FailureReason": str(run.said) if _state(run) == "Failed" else None, "CreationTime": run.created,
                   "TransformStartTime": run.when("Running"), "TransformEndTime": run.when(*OVER)})


def _create(store: Jobs, kind: str, name: str, asked: dict, *between: str) -> dict:
    if ("", name) in store.runs[kind]:
        raise ApiError("ResourceInUse", f"{kind.title()} job names must be unique within an AWS account and region, and a "
                                        f"{kind} job with this name already exists ({_arn(kind, _find(store, kind, name))})")
    beat = store.pace()
    cause = fate.of(name, [str(word) for pair in (asked.get("HyperParameters") or asked.get("Environment") or {}).items()
                           for word in pair], "")
    run = Run(kind, name, name, "", moments(
        now(), *((0.5 * beat * n, state) for n, state in enumerate(between)),
        (0.5 * beat * len(between) + beat, "Failed" if cause else "Completed")),
        {k: v for k, v in asked.items() if k != "Tags"}, cause.name if cause else "", cause.sagemaker if cause else "",
        by=fate.CALLER)
    store.follow(store.add(run))
    return {f"{kind.title()}JobArn": _arn(kind, run)}


def create_training_job(store: Jobs, asked: dict) -> dict:
    return _create(store, "training", asked["TrainingJobName"], asked, "Starting", "Downloading", "Training")


def create_processing_job(store: Jobs, asked: dict) -> dict:
    return _create(store, "processing", asked["ProcessingJobName"], asked, "Starting", "Running")


def create_transform_job(store: Jobs, asked: dict) -> dict:
    return _create(store, "transform", asked["TransformJobName"], asked, "Starting", "Running")


def _stop(store: Jobs, kind: str, name: str) -> dict:
    run = _find(store, kind, name)
    if run.state() in OVER:
        raise ApiError("ValidationException", "The request was rejected because the job is in the status "
                       f"{run.state()}.")
    run.cause = ""
    run.cut((0, "Stopping"), (0.4 * store.pace(), "Stopped"))
    return {}


def stop_training_job(store: Jobs, asked: dict) -> dict:
    return _stop(store, "training", asked["TrainingJobName"])


def stop_processing_job(store: Jobs, asked: dict) -> dict:
    return _stop(store, "processing", asked["ProcessingJobName"])


def stop_transform_job(store: Jobs, asked: dict) -> dict:
    return _stop(store, "transform", asked["TransformJobName"])
