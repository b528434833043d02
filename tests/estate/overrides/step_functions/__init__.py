"""Step Functions, in moto's place: moto 5.2.5 has no redrive, no pages of a history, no versions, no Map Runs, and
cannot run what a data platform runs (EMR, Glue, SageMaker, nested executions).

Answers `X-Amz-Target: AWSStepFunctions.*` from a store of its own, so that there is one truth. Only activities and
callbacks are still moto's; what else it lacks (StartSyncExecution, TestState, UpdateMapRun …) answers NotImplemented,
because moto would answer for machines that it does not have.

`model` what is kept · `reading`, `acting` the operations · `redriving` the rules of it · `wire` errors, names, pages ·
`interpreter`, `many`, `data`, `jsonata` the states language · `tasks` what tasks do · `scheduler` past and live time.
"""

from __future__ import annotations

import io
import json
import logging

from ...story import REGION
from . import acting, reading
from .model import Store
from .wire import ApiError

LOG = logging.getLogger("estate.states")
_TARGET = "AWSStepFunctions."
_OPERATIONS = {}
for _module in (reading, acting):
    for _name, _function in list(vars(_module).items()):
        _code = getattr(_function, "__code__", None)  # The operations are those that take (store, asked).
        if _code and _code.co_varnames[:2] == ("store", "asked") and _function.__module__ == _module.__name__:
            _OPERATIONS["".join(part.capitalize() for part in _name.split("_"))] = _function

# The estate's machines; another region has none.
_STORE = Store()
_ELSEWHERE = Store()


def store() -> Store:
    return _STORE


def replace(fresh: Store) -> None:
    """Puts a new store in place of the old one and ends what was playing there."""
    global _STORE
    before, _STORE = _STORE, fresh
    fresh.pace = before.pace
    before.close()


def answer(environ: dict, region: str) -> tuple[str, list, bytes] | None:
    """The answer to a call of Step Functions, or None for any other request."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    name = target.removeprefix(_TARGET)
    if not target.startswith(_TARGET) or "Activit" in name or name.startswith("SendTask"):
        return None
    operation = _OPERATIONS.get(name)
    if operation is None:
        return _json("501 Not Implemented",
                     {"__type": "NotImplemented", "message": "The practice estate has no such operation."},
                     "NotImplemented")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    kept = _STORE if region == REGION else _ELSEWHERE
    try:
        with kept.lock:
            return _json("200 OK", operation(kept, json.loads(body or b"{}")))
    except ApiError as error:
        return _json("400 Bad Request", {"__type": error.code, "message": error.message}, error.code)


def _json(status: str, content: dict, code: str | None = None) -> tuple[str, list, bytes]:
    body = json.dumps(content).encode()
    return status, [("Content-Type", "application/x-amz-json-1.0"), ("Content-Length", str(len(body))),
                    ("x-amzn-RequestId", "practice"), *([("x-amzn-ErrorType", code)] if code else [])], body
