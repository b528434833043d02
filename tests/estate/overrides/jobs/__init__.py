"""The engines that run jobs, and the two ends of the pipeline, in moto's place: EMR, EMR Serverless, EMR on EKS, Glue's
jobs, SageMaker's jobs, DMS, the Redshift Data API.

moto 5.2.5 ends every job at once or never, cannot fail one, and lacks CancelSteps, ListInstances, ListInstanceFleets,
ListJobRunAttempts, GetDashboardForJobRun, BatchStopJobRun, FailureDetails and ErrorMessage. Here one store answers, and
Step Functions' tasks are in it too. What an engine's module does not have is still moto's.

`model` what is kept · `fate` how a started job will end · `emr`, `serverless`, `containers`, `glue`, `sagemaker`,
`migration`, `warehouse` the operations, each after its API reference · `states` what executions started ·
`metrics` of Lambda and DMS · `wire` errors, pages, times.
"""

from __future__ import annotations

import io
import json
import logging
import re
from urllib.parse import parse_qsl, unquote

from ...story import REGION
from . import containers, emr, glue, migration, sagemaker, serverless, warehouse
from .model import Jobs
from .wire import ApiError, answer as _answer

LOG = logging.getLogger("estate.jobs")
# target prefix: (module, whether what it lacks is NotImplemented instead of moto's)
_TARGETS = {"ElasticMapReduce.": (emr, False), "AWSGlue.": (glue, False), "SageMaker.": (sagemaker, False),
            "AmazonDMSv20160101.": (migration, True), "RedshiftData.": (warehouse, True)}
_PATHS = {"emr-serverless": serverless, "emr-containers": containers}
_STORE = Jobs()
_ELSEWHERE = Jobs()


def store() -> Jobs:
    return _STORE


def replace(fresh: Jobs) -> None:
    global _STORE
    before, _STORE = _STORE, fresh
    before.close()


def ready() -> Jobs:
    """The store with all that Step Functions started in it."""
    kept = _STORE
    before = kept.before
    if before:
        before()
        kept.before = None
    return kept


def operations(module) -> dict:
    """The operations of a module are its functions that take (store, asked)."""
    found = {}
    for name, function in vars(module).items():
        code = getattr(function, "__code__", None)
        if code and code.co_varnames[:2] == ("store", "asked") and function.__module__ == module.__name__:
            found["".join(part.capitalize() for part in name.split("_"))] = function
    return found


_OPERATIONS = {module: operations(module) for module, _ in _TARGETS.values()}


def action(service: str, method: str, path: str) -> str:
    """The API's name of a call on a path, for fault rules and the request log."""
    found = _routed(service, method, path)
    return found[0].__name__.title().replace("_", "") if found else ""


def answer(environ: dict, service: str, region: str) -> tuple[str, list, bytes] | None:
    """The answer to a call of an engine, or None for what is not ours."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    prefix = target.rpartition(".")[0] + "."
    if prefix in _TARGETS:
        module, alone = _TARGETS[prefix]
        operation = _OPERATIONS[module].get(target.rpartition(".")[2])
        if operation is None:
            return _answer("501 Not Implemented", {
                "__type": "NotImplemented", "message": "The practice estate has no such operation."},
                "NotImplemented", "application/x-amz-json-1.1") if alone else None
        asked = json.loads(_body(environ) or b"{}")
        return _call(operation, asked, region, "application/x-amz-json-1.1")
    if service in _PATHS and not target:
        found = _routed(service, environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""))
        if found is None:
            return None
        operation, named = found
        body = _body(environ)
        asked = {**(json.loads(body) if body else {}), **_query(environ.get("QUERY_STRING", "")), **named}
        return _call(operation, asked, region, "application/json")
    return None


def _call(operation, asked: dict, region: str, kind: str) -> tuple[str, list, bytes]:
    try:
        kept = ready() if region == REGION else _ELSEWHERE
        with kept.lock:
            return _answer("200 OK", operation(kept, asked), None, kind)
    except ApiError as error:
        status = "404 Not Found" if "NotFound" in error.code and kind == "application/json" else "400 Bad Request"
        return _answer(status, {"__type": error.code, "message": error.message, "Message": error.message}, error.code,
                       kind)


def _routed(service: str, method: str, path: str):
    for verb, pattern, operation in getattr(_PATHS.get(service), "ROUTES", ()):
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), path.rstrip("/")) if verb == method else None
        if found:
            return operation, {name: unquote(value) for name, value in found.groupdict().items()}
    return None


def _query(text: str) -> dict:
    found: dict = {}
    for name, value in parse_qsl(text):
        if name == "states":
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _body(environ: dict) -> bytes:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body
