"""What tasks do. A machine's `behave` table speaks first; whatever it leaves out succeeds as its service would.

The shapes follow "AWS Step Functions Developer Guide, Integrating services" and the API references of the services: the
answer of a `.sync` task is the job as the service describes it, with the SDK's names in PascalCase.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any, Callable

from ...story import ACCOUNT, REGION

# Told of every task that begins, so that the service knows its job; set by `install` of `overrides`.
BEGUN: Callable[[Call, Outcome], None] = lambda call, outcome: None
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass
class Outcome:
    """How one attempt goes: an output, or an error with its cause (text, or JSON that becomes text)."""

    output: Any = None
    error: str | None = None
    cause: Any = None
    submitted: Any = None        # the answer of the API that began the job; None for calls that answer at once
    seconds: float = 1.0         # as recorded
    beats: float = 1.0           # live, in paces
    hangs: bool = False          # never answers
    keep: Any = None             # for the next task of the same execution


@dataclass
class Call:
    execution: Any
    state: str
    service: str
    action: str
    parameters: Any
    input: Any
    attempt: int                 # over the life of the execution, from 1
    live: bool
    now: float
    dice: random.Random
    resource: str = ""
    pace: float = 1.0

    def lasts(self, seconds: float, beats: float) -> float:
        """How long something takes: as recorded, or live."""
        return beats * self.pace if self.live else seconds

    @property
    def script(self) -> Any:
        """The seed's word for this run; None when it is played live."""
        return None if self.live else self.execution.script

    def id(self, length: int, alphabet: str = _ALPHABET) -> str:
        return "".join(self.dice.choices(alphabet, k=length))

    def uuid(self) -> str:
        h = f"{self.dice.getrandbits(128):032x}"
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"


def parse(resource: str) -> tuple[str, str]:
    """`arn:aws:states:::glue:startJobRun.sync` is the service `glue` and the action `startJobRun.sync`."""
    if resource.startswith("arn:aws:lambda:"):
        return "lambda-arn", "invoke"
    service, _, action = resource.removeprefix("arn:aws:states:::").partition(":")
    if service == "aws-sdk":
        service, _, action = action.partition(":")
        return f"aws-sdk:{service}", action
    return service, action


def run(call: Call, behave: dict) -> Outcome:
    behaviour = behave.get(call.state)
    outcome = behaviour(call) if behaviour else None
    outcome = outcome or DEFAULTS.get(f"{call.service}:{call.action}", _answered)(call)
    BEGUN(call, outcome)
    return outcome


def sdk(call: Call, body: dict) -> dict:
    """What the integrations add to an API's answer."""
    request = call.uuid()
    headers = {"x-amzn-RequestId": [request], "Content-Type": ["application/json"]}
    return {**body, "SdkHttpMetadata": {
        "AllHttpHeaders": headers, "HttpHeaders": {k: v[0] for k, v in headers.items()}, "HttpStatusCode": 200},
        "SdkResponseMetadata": {"RequestId": request}}


def _answered(call: Call) -> Outcome:
    return Outcome(sdk(call, {}), seconds=0.4, beats=0.4)


def payload(call: Call, value: Any, seconds: float = 1.4) -> Outcome:
    """`lambda:invoke` that answers."""
    if call.service == "lambda-arn":
        return Outcome(value, seconds=seconds, beats=0.6)
    return Outcome(sdk(call, {"ExecutedVersion": "$LATEST", "Payload": value, "StatusCode": 200}), seconds=seconds,
                   beats=0.6)


def lambda_error(call: Call, kind: str, message: str, stack: list[str], seconds: float = 2.1) -> Outcome:
    """`lambda:invoke` whose function raised: the error is the exception's type, the cause what the runtime wrote."""
    return Outcome(error=kind, seconds=seconds, beats=0.6, cause={
        "errorMessage": message, "errorType": kind, "requestId": call.uuid(), "stackTrace": stack})


def _lambda(call: Call) -> Outcome:
    return payload(call, {"ok": True})


def _publish(call: Call) -> Outcome:
    return Outcome(sdk(call, {"MessageId": call.uuid()}), seconds=0.2, beats=0.3)


def emr_serverless(call: Call, state: str = "SUCCESS", details: str = "", seconds: float = 900) -> Outcome:
    """The JobRun of "EMR Serverless API Reference, JobRun"; a failed one is the task's cause."""
    sent, took = call.parameters, call.lasts(seconds, 2.0)
    application, run_id = sent["ApplicationId"], "00f" + call.id(13)
    arn = f"arn:aws:emr-serverless:{REGION}:{ACCOUNT}:/applications/{application}/jobruns/{run_id}"
    job = {"ApplicationId": application, "JobRunId": run_id, "Arn": arn, "Name": sent.get("Name", ""),
           "CreatedBy": "arn:aws:sts::" + ACCOUNT + ":assumed-role/data-platform/states", "State": state,
           "StateDetails": details, "ExecutionRole": sent["ExecutionRoleArn"], "ReleaseLabel": "emr-7.2.0",
           "JobDriver": sent["JobDriver"], "ConfigurationOverrides": sent.get("ConfigurationOverrides", {}),
           "CreatedAt": round((call.now + 0.4) * 1000), "UpdatedAt": round((call.now + took) * 1000), "Attempt": 1,
           "Mode": "BATCH", "TotalExecutionDurationSeconds": round(took)}
    submitted = sdk(call, {"ApplicationId": application, "Arn": arn, "JobRunId": run_id})
    if state == "SUCCESS":
        return Outcome(job, submitted=submitted, seconds=seconds, beats=2.0)
    return Outcome(error="States.TaskFailed", cause=job, submitted=submitted, seconds=seconds, beats=2.0)


def glue(call: Call, message: str = "", seconds: float = 240) -> Outcome:
    """The JobRun of "AWS Glue API, Job runs"."""
    took = call.lasts(seconds, 1.6)
    name, run_id = call.parameters["JobName"], "jr_" + call.id(64, "0123456789abcdef")
    job = {"Id": run_id, "JobName": name, "JobRunState": "FAILED" if message else "SUCCEEDED", "Attempt": 0,
           "StartedOn": round(call.now * 1000), "CompletedOn": round((call.now + took) * 1000),
           "LastModifiedOn": round((call.now + took) * 1000), "Arguments": call.parameters.get("Arguments", {}),
           "ExecutionTime": max(1, round(took) - 12), "GlueVersion": "4.0", "WorkerType": "G.1X", "NumberOfWorkers": 10,
           "LogGroupName": "/aws-glue/jobs", "MaxCapacity": 10.0, "Timeout": 2880, "PredecessorRuns": []}
    submitted = sdk(call, {"JobRunId": run_id, "JobName": name})
    if not message:
        return Outcome(job, submitted=submitted, seconds=seconds, beats=1.6)
    return Outcome(error="States.TaskFailed", cause={**job, "ErrorMessage": message}, submitted=submitted,
                   seconds=seconds, beats=1.6)


def training(call: Call, reason: str = "", seconds: float = 1400) -> Outcome:
    """DescribeTrainingJob of "Amazon SageMaker API Reference"."""
    sent = call.parameters
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/{sent['TrainingJobName']}"
    took = call.lasts(seconds, 2.0)
    ended = round((call.now + took) * 1000)
    steps = [{"Status": status, "StartTime": round((call.now + at * took) * 1000), "StatusMessage": message}
             for status, at, message in (("Starting", 0.0, "Starting the training job"),
                                         ("Downloading", 0.12, "Downloading input data"),
                                         ("Training", 0.2, "Training image download completed. Training in progress."),
                                         ("Failed" if reason else "Completed", 1.0,
                                          reason or "Training job completed"))]
    job = {**sent, "TrainingJobArn": arn, "TrainingJobStatus": "Failed" if reason else "Completed",
           "SecondaryStatus": "Failed" if reason else "Completed", "SecondaryStatusTransitions": steps,
           "CreationTime": round(call.now * 1000), "TrainingEndTime": ended, "LastModifiedTime": ended}
    submitted = sdk(call, {"TrainingJobArn": arn})
    if not reason:
        return Outcome(job, submitted=submitted, seconds=seconds, beats=2.0)
    return Outcome(error="States.TaskFailed", cause={**job, "FailureReason": reason}, submitted=submitted,
                   seconds=seconds, beats=2.0)


def cluster(call: Call, cluster_id: str | None = None, seconds: float = 380, failed: dict | None = None) -> Outcome:
    """DescribeCluster of "Amazon EMR API Reference"; `failed` is the Status of one that never came up."""
    cluster_id = cluster_id or "j-" + call.id(13, "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
    body = {"ClusterId": cluster_id, "ClusterArn": f"arn:aws:elasticmapreduce:{REGION}:{ACCOUNT}:cluster/{cluster_id}"}
    described = {"ClusterId": cluster_id, "Cluster": {
        "Id": cluster_id, "Name": call.parameters.get("Name", ""), "ClusterArn": body["ClusterArn"],
        "Status": failed or {"State": "WAITING", "StateChangeReason": {"Message": "Cluster ready to run steps."}},
        "LogUri": call.parameters.get("LogUri", "")}}
    if failed:
        return Outcome(error="States.TaskFailed", cause=described, submitted=sdk(call, body), seconds=seconds, beats=1.6)
    return Outcome(described, submitted=sdk(call, body), seconds=seconds, beats=1.6)


def step(call: Call, failure: dict | None = None, seconds: float = 610) -> Outcome:
    """DescribeStep of "Amazon EMR API Reference"; `failure` is its FailureDetails."""
    took = call.lasts(seconds, 1.8)
    step_id = "s-" + call.id(13, "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
    failure = {k: v.replace("STEP", step_id) for k, v in failure.items()} if failure else None
    described = {"Step": {
        "Id": step_id, "Name": call.parameters["Step"]["Name"], "ActionOnFailure": "CONTINUE",
        "Config": {"Jar": "command-runner.jar", "Args": call.parameters["Step"]["HadoopJarStep"]["Args"],
                   "Properties": {}},
        "Status": {"State": "FAILED" if failure else "COMPLETED", "StateChangeReason": {},
                   **({"FailureDetails": failure} if failure else {}),
                   "Timeline": {"CreationDateTime": round(call.now * 1000),
                                "StartDateTime": round((call.now + min(8, took * 0.2)) * 1000),
                                "EndDateTime": round((call.now + took) * 1000)}}}}
    submitted = sdk(call, {"StepId": step_id})
    if not failure:
        return Outcome(described, submitted=submitted, seconds=seconds, beats=1.8)
    return Outcome(error="States.TaskFailed", cause=described, submitted=submitted, seconds=seconds, beats=1.8)


DEFAULTS = {
    "lambda:invoke": _lambda, "lambda-arn:invoke": _lambda, "sns:publish": _publish,
    "emr-serverless:startJobRun.sync": emr_serverless, "glue:startJobRun.sync": glue,
    "sagemaker:createTrainingJob.sync": training, "elasticmapreduce:createCluster.sync": cluster,
    "elasticmapreduce:addStep.sync": step,
}


_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def text(value: Any) -> str | None:
    """Text as it is, anything else as compact JSON."""
    return value if value is None or isinstance(value, str) else _compact(value)
