"""How events of a history are written, in the wire's own words ("AWS Step Functions API Reference, HistoryEvent")."""

from __future__ import annotations

import time
from typing import Any

from ...story import REGION
from . import tasks
from .model import Execution

_LAMBDA = {"scheduled": "LambdaFunctionScheduled", "began": "LambdaFunctionStarted", "failed": "LambdaFunctionFailed",
           "succeeded": "LambdaFunctionSucceeded", "timed_out": "LambdaFunctionTimedOut"}
_TASK = {"scheduled": "TaskScheduled", "began": "TaskStarted", "failed": "TaskFailed", "succeeded": "TaskSucceeded",
         "timed_out": "TaskTimedOut"}
_DATA = ("input", "output")


def now() -> float:
    return round(time.time(), 3)


def details_name(kind: str) -> str:
    if kind.endswith("StateEntered") or kind.endswith("StateExited"):
        return "stateEnteredEventDetails" if kind.endswith("Entered") else "stateExitedEventDetails"
    return f"{kind[0].lower()}{kind[1:]}EventDetails"


def write(events: list[dict], when: float, kind: str, details: dict | None, previous: int) -> int:
    number = len(events) + 1
    event = {"timestamp": round(when, 3), "type": kind, "id": number, "previousEventId": previous}
    if details is not None:
        written = {}
        for name, value in details.items():
            written[name] = tasks.text(value) if name in _DATA else value
            if name in _DATA:
                written[f"{name}Details"] = {"truncated": False}
        event[details_name(kind)] = written
    events.append(event)
    return number


def without_data(event: dict) -> dict:
    """`includeExecutionData` false leaves out inputs and outputs, and nothing else."""
    return {key: {k: v for k, v in value.items() if not k.startswith(_DATA)} if isinstance(value, dict) else value
            for key, value in event.items()}


def failure(error: str | None, cause: str | None) -> dict:
    return {name: value for name, value in (("error", error), ("cause", cause)) if value is not None}


def start_of(execution: Execution) -> dict:
    """The states that an execution runs: its machine's, or for a child of a Map Run that map's processor."""
    asl = execution.revision.asl
    if execution.map_run is None:
        return asl
    state = map_state(asl, execution.map_run.label)
    return {**state["ItemProcessor"], **({"QueryLanguage": asl["QueryLanguage"]} if "QueryLanguage" in asl else {})}


def map_state(asl: dict, label: str) -> dict:
    return next(state for name, state in asl["States"].items() if state.get("Label", name) == label)


def started(execution: Execution) -> dict:
    details = {"input": execution.input, "roleArn": execution.machine.role}
    if execution.version:
        details["stateMachineVersionArn"] = execution.version.arn
    if execution.alias:
        details["stateMachineAliasArn"] = execution.alias.arn
    return details


class Names:
    """The events of one task: `Task…` for integrations, `LambdaFunction…` where the resource is a function's ARN."""

    def __init__(self, service: str, action: str, state: dict, parameters: Any) -> None:
        self._service, self._action, self._state, self._parameters = service, action, state, parameters
        self._plain = service == "lambda-arn"
        for name, kind in (_LAMBDA if self._plain else _TASK).items():
            setattr(self, name, kind)

    def scheduling(self, execution: Execution) -> dict:
        limit = {"timeoutInSeconds": self._state["TimeoutSeconds"]} if "TimeoutSeconds" in self._state else {}
        if self._plain:
            return {"resource": self._state["Resource"], "input": self._parameters, **limit}
        return {"resourceType": self._service, "resource": self._action, "region": REGION,
                "parameters": tasks.text(self._parameters), **limit}

    def about(self, output: Any = None, error: str | None = None, cause: str | None = None) -> dict | None:
        details = failure(error, cause)
        if output is not None:
            details["output"] = output
        if self._plain:
            return details or None
        return {"resourceType": self._service, "resource": self._action, **details}
