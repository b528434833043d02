"""What the checks of Step Functions share: a client whose answers are held to the API's model, and short questions."""

from __future__ import annotations

import time

from .bench import same
from .shapes import watch

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:"
SALES = "daily-sales-pipeline"
_WATCHED: set[int] = set()


def states(bench):
    client = bench.client("stepfunctions")
    if id(client) not in _WATCHED:
        _WATCHED.add(id(client))
        watch(client)
        bench.control("POST", "pace", {"seconds": 0.03})
    return client


def fresh(bench):
    bench.control("POST", "reset", {"area": "executions"})
    return states(bench)


def runs(bench, machine: str, **more) -> list[dict]:
    pages = states(bench).get_paginator("list_executions").paginate(stateMachineArn=MACHINE + machine, **more)
    return [one for page in pages for one in page["executions"]]


def history(bench, arn: str, **more) -> list[dict]:
    pages = states(bench).get_paginator("get_execution_history").paginate(executionArn=arn, **more)
    return [event for page in pages for event in page["events"]]


def types(events: list[dict]) -> list[str]:
    return [event["type"] for event in events]


def ended(bench, arn: str) -> dict:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        told = states(bench).describe_execution(executionArn=arn)
        if told["status"] != "RUNNING":
            return told
        time.sleep(0.02)
    raise AssertionError("still running")


def one(bench, machine: str, status: str) -> str:
    return runs(bench, machine, statusFilter=status)[0]["executionArn"]


def describe(bench, arn: str) -> dict:
    return states(bench).describe_execution(executionArn=arn)


def chained(events: list[dict]) -> None:
    same([e["id"] for e in events], list(range(1, len(events) + 1)))
    assert all(e["previousEventId"] < e["id"] for e in events)
    times = [e["timestamp"] for e in events]
    same(times, sorted(times))
