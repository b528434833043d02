"""SageMaker's registry, endpoints, monitors, pipelines and lineage, in moto's place; and what belongs to them: CloudTrail's
LookupEvents, EventBridge's TestEventPattern, an MLflow server.

moto 5.2.5 has no Search, lineage, monitoring schedules, steps of pipelines, BatchDescribeModelPackage; its endpoints and
pipelines never change; an update of a version emits no event. What is not here is still moto's, or the engines' (`jobs`).

`model` what is kept · `registry`, `search`, `hosting`, `monitoring`, `pipelines`, `lineage`, `trail`, `patterns` the operations ·
`mlflow` · `wire` who asks, pages. What is kept is made when it is first asked for.
"""

from __future__ import annotations

import io
import json

from ... import profiles
from ...story import REGION
from .. import jobs
from ..jobs.wire import ApiError, answer as _answer
from . import hosting, lineage, mlflow, monitoring, patterns, pipelines, registry, search, trail
from .model import Models
from .wire import CALLER

_STORE = Models()
_ELSEWHERE = Models()
_SAGEMAKER: dict = {}
for _module in (registry, search, hosting, monitoring, pipelines, lineage):
    _SAGEMAKER.update(jobs.operations(_module))
_TARGETS = {"SageMaker": _SAGEMAKER, "AWSEvents": jobs.operations(patterns)}
_TRAIL = jobs.operations(trail)


def store() -> Models:
    return _STORE


def replace(fresh: Models) -> None:
    global _STORE
    _STORE = fresh


def ready() -> Models:
    """The store with all that the seed knows in it."""
    kept = _STORE
    with kept.lock:
        if kept.before:
            before, kept.before = kept.before, None
            before()
    return kept


def answer(environ: dict, region: str) -> tuple[str, list, bytes] | None:
    """The answer to a call that is ours, or None."""
    prefix, _, name = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
    if not name:
        return mlflow.answer(environ)
    operations = _TRAIL if prefix.endswith("CloudTrail_20131101") else _TARGETS.get(prefix, {})
    operation = operations.get(name)
    described = name in _DESCRIBED and prefix == "SageMaker"
    if operation is None and not described:
        return None
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    asked = json.loads(body or b"{}")
    kept = ready() if region == REGION else _ELSEWHERE
    profile = profiles.asking(environ.get("HTTP_AUTHORIZATION", ""))
    CALLER.set(profile.user if profile else "oncall")
    try:
        with kept.lock:
            told = _DESCRIBED[name](kept, asked) if described else operation(kept, asked)
            return None if told is None else _answer("200 OK", told, None, "application/x-amz-json-1.1")
    except ApiError as error:
        return _answer("400 Bad Request", {"__type": error.code, "message": error.message, "Message": error.message}, error.code,
                       "application/x-amz-json-1.1")


# Jobs that only this store knows; all others are the engines'.
_DESCRIBED = {
    "DescribeProcessingJob": lambda kept, asked: monitoring.processing_job(kept, asked.get("ProcessingJobName", "")),
    "DescribeTrainingJob": lambda kept, asked: kept.training.get(asked.get("TrainingJobName", "")),
}
