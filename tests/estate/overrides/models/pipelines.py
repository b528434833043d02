"""SageMaker Pipelines ("Amazon SageMaker API Reference": each operation's page).

A started execution takes a beat of the pace a step. It succeeds; of one that failed, a retry does the failed step and what
was after it again, and succeeds.
"""

from __future__ import annotations

import json
import random
import string

from .. import jobs
from ..jobs.model import now
from .model import Models, Pipeline, PipelineRun, Step, arn
from .wire import CALLER, ApiError, limit, listed, page, person, pick, some, within


GIVE_UP, NOT_MET = "GiveUp", "The condition mae <= 2.9 was not met."


def _pipeline(store: Models, asked: dict) -> Pipeline:
    found = store.pipelines.get(asked["PipelineName"].rpartition("/")[2])
    if found is None:
        raise ApiError("ResourceNotFound", f"Pipeline '{arn('pipeline', asked['PipelineName'])}' does not exist.")
    return found


def run_of(store: Models, asked: dict) -> PipelineRun:
    wanted = asked["PipelineExecutionArn"]
    for pipeline in store.pipelines.values():
        for run in pipeline.runs:
            if run.arn == wanted:
                return run
    raise ApiError("ResourceNotFound", f"Pipeline execution '{wanted}' does not exist.")


def list_pipelines(store: Models, asked: dict) -> dict:
    found = [{**one.shape, "LastExecutionTime": max((run.created for run in one.runs), default=None)}
             for one in store.pipelines.values()
             if one.shape["PipelineName"].startswith(asked.get("PipelineNamePrefix") or "")
             and within(one.shape["CreationTime"], asked, "CreatedAfter", "CreatedBefore")]
    return listed(found, asked, "PipelineSummaries", lambda one: pick(
        one, "PipelineArn", "PipelineName", "PipelineDisplayName", "PipelineDescription", "RoleArn", "CreationTime",
        "LastModifiedTime", "LastExecutionTime"), {"Name": "PipelineName", "CreationTime": "CreationTime"})


def describe_pipeline(store: Models, asked: dict) -> dict:
    one = _pipeline(store, asked)
    return some(**{k: v for k, v in one.shape.items() if k != "Tags"}, PipelineDefinition=definition(one),
                LastRunTime=max((run.created for run in one.runs), default=None))


_CHOICES = {"Objective": ["rmse", "mae", "quantile"]}


def definition(one: Pipeline) -> str:
    """ "Amazon SageMaker Pipeline Definition JSON Schema", version 2020-12-01: what is needed to draw it. What stands behind a
    condition is done if it is met; a fail step if not."""
    return json.dumps({"Version": "2020-12-01", "Metadata": {},
                       "Parameters": [_parameter(name, value) for name, value in one.parameters.items()],
                       "Steps": _steps(one, one.steps, "")})


def _parameter(name: str, value: str) -> dict:
    for kind, read in (("Integer", int), ("Float", float)):
        try:
            return {"Name": name, "Type": kind, "DefaultValue": read(value)}
        except ValueError:
            continue
    return some(Name=name, Type="String", DefaultValue=value, EnumValues=_CHOICES.get(name))


def _steps(one: Pipeline, steps: list[tuple[str, str]], before: str) -> list[dict]:
    found = []
    for at, (name, kind) in enumerate(steps):
        step = {"Name": name, "Type": kind, "Arguments": {}, **({"DependsOn": [before]} if before else {})}
        if kind == "Training" and before:
            step["Arguments"] = {"InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": {
                "Get": f"Steps.{before}.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"}}}}]}
        if kind == "Processing" and not before:
            step["CacheConfig"] = {"Enabled": True, "ExpireAfter": "P7D"}
        if kind == "RegisterModel":
            step["Arguments"] = {"ModelPackageGroupName": one.group}
        found.append(step)
        if kind == "Condition":
            step["Arguments"] = {
                "Conditions": [{"Type": "LessThanOrEqualTo", "RightValue": 2.9, "LeftValue": {"Std:JsonGet": {
                    "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.evaluation"}, "Path": "mae.value"}}}],
                "IfSteps": _steps(one, steps[at + 1:], ""),
                "ElseSteps": [{"Name": GIVE_UP, "Type": "Fail", "Arguments": {"ErrorMessage": NOT_MET}}]}
            break
        before = name
    return found


def list_pipeline_executions(store: Models, asked: dict) -> dict:
    found = [{"PipelineExecutionArn": run.arn, "StartTime": run.created, "PipelineExecutionStatus": run.status(),
              "PipelineExecutionDisplayName": run.name, "PipelineExecutionDescription": run.description or None,
              "PipelineExecutionFailureReason": run.failure if run.status() == "Failed" else None}
             for run in _pipeline(store, asked).runs if within(run.created, asked, "CreatedAfter", "CreatedBefore")]
    return listed(found, asked, "PipelineExecutionSummaries", lambda one: some(**one),
                  {"CreationTime": "StartTime", "PipelineExecutionArn": "PipelineExecutionArn"})


def told(store: Models, run: PipelineRun) -> dict:
    status = run.status()
    return some(PipelineArn=store.pipelines[run.pipeline].shape["PipelineArn"], PipelineExecutionArn=run.arn,
                PipelineExecutionDisplayName=run.name, PipelineExecutionStatus=status,
                PipelineExecutionDescription=run.description or None, CreationTime=run.created, LastModifiedTime=run.changed,
                FailureReason=run.failure if status == "Failed" else None, CreatedBy=run.by, LastModifiedBy=run.by)


def describe_pipeline_execution(store: Models, asked: dict) -> dict:
    return told(store, run_of(store, asked))


def describe_pipeline_definition_for_execution(store: Models, asked: dict) -> dict:
    one = store.pipelines[run_of(store, asked).pipeline]
    return {"PipelineDefinition": definition(one), "CreationTime": one.shape["LastModifiedTime"]}


def list_pipeline_parameters_for_execution(store: Models, asked: dict) -> dict:
    found = [{"Name": name, "Value": value} for name, value in run_of(store, asked).parameters.items()]
    return page(found, asked, limit(asked, 50), lambda one: one, "PipelineParameters", "NextToken")


def list_pipeline_execution_steps(store: Models, asked: dict) -> dict:
    """Steps that have begun, newest first unless asked otherwise."""
    run, at = run_of(store, asked), now()
    begun = [step for step in run.steps if step.start <= at and not (run.stopped and step.start >= run.stopped)]
    if asked.get("SortOrder") != "Ascending":
        begun.reverse()
    return page(begun, asked, limit(asked), lambda step: some(
        StepName=step.name, StartTime=step.start, EndTime=step.end if run.told(step) in ("Succeeded", "Failed", "Stopped") else
        None, StepStatus=run.told(step), FailureReason=step.failure if run.told(step) == "Failed" else None,
        Metadata=step.metadata or None, AttemptCount=step.attempts), "PipelineExecutionSteps", "NextToken")


def start_pipeline_execution(store: Models, asked: dict) -> dict:
    one, token = _pipeline(store, asked), asked.get("ClientRequestToken")
    wanted = json.dumps(asked, sort_keys=True)
    if token and token in store.tokens:
        kept = store.tokens[token]
        if kept[0] != wanted:
            raise ApiError("ConflictException", "The ClientRequestToken was used before with other parameters.")
        return kept[1]
    given = {parameter["Name"]: parameter["Value"] for parameter in asked.get("PipelineParameters") or ()}
    unknown = set(given) - set(one.parameters)
    if unknown:
        raise ApiError("ValidationException", f"Unknown parameters: {sorted(unknown)}")
    run = begin(store, one, {**one.parameters, **given}, person(CALLER.get()), asked.get("PipelineExecutionDisplayName") or "",
                asked.get("PipelineExecutionDescription") or "")
    answer = {"PipelineExecutionArn": run.arn}
    if token:
        store.tokens[token] = (wanted, answer)
    return answer


def begin(store: Models, one: Pipeline, parameters: dict[str, str], by: dict, name: str = "", words: str = "") -> PipelineRun:
    number = "".join(random.SystemRandom().choices(string.ascii_lowercase + string.digits, k=12))
    at, beat = now(), jobs.store().pace()
    steps = [Step(step, kind, at + beat * n, at + beat * (n + 1)) for n, (step, kind) in enumerate(one.steps)]
    run = PipelineRun(f"{one.shape['PipelineArn']}/execution/{number}", name or f"execution-{round(at * 1000)}",
                      one.shape["PipelineName"], at, steps, parameters, by, description=words, then=one.live(parameters))
    one.runs.append(run)
    _follow(store, run)
    return run


def _follow(store: Models, run: PipelineRun) -> None:
    def over() -> None:
        with store.lock:
            if run.then and run.status() == "Succeeded":
                run.then()
                run.then = None

    jobs.store().agenda.at(run.ends + 0.02, over)


def retry_pipeline_execution(store: Models, asked: dict) -> dict:
    run = run_of(store, asked)
    if run.status() not in ("Failed", "Stopped"):
        raise ApiError("ConflictException", f"Only a failed or stopped execution can be retried; this one is {run.status()}.")
    one = store.pipelines[run.pipeline]
    kept = [step for step in run.steps if run.told(step) == "Succeeded"]
    at, beat, done = now(), jobs.store().pace(), {step.name for step in kept}
    again = [(name, kind) for name, kind in one.steps if name not in done]
    run.steps = kept + [Step(name, kind, at + beat * n, at + beat * (n + 1), attempts=2) for n, (name, kind) in enumerate(again)]
    run.failure, run.stopped = "", 0.0
    _follow(store, run)
    return {"PipelineExecutionArn": run.arn}


def stop_pipeline_execution(store: Models, asked: dict) -> dict:
    run = run_of(store, asked)
    if run.status() != "Executing":
        raise ApiError("ConflictException", f"Only an executing execution can be stopped; this one is {run.status()}.")
    run.stopped = now()
    return {"PipelineExecutionArn": run.arn}
