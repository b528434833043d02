"""Express machines: `till-heartbeat` writes all it does to CloudWatch Logs, `till-discounts` writes nothing at all.

Their executions cannot be listed; the log is the only trace ("AWS Step Functions Developer Guide, Using CloudWatch
Logs to log execution history"). The events have the shape that Step Functions writes: numbers as text, hourly streams.
"""

from __future__ import annotations

from datetime import datetime, timezone

from ...overrides import step_functions
from ...overrides.step_functions import history, tasks
from ...overrides.step_functions.model import Execution, Machine, arn, uuid_of
from ...overrides.step_functions.tasks import Call, Outcome
from ...story import ACCOUNT, REGION
from .kit import Cast, Past, invoke

HEARTBEAT, DISCOUNTS = "till-heartbeat", "till-discounts"
GROUP = f"/aws/vendedlogs/states/{HEARTBEAT}"
EVERY, BEATS = 600, 60   # seconds; ten hours of them


def _definition(state: str, function: str) -> dict:
    return {"Comment": "Called by every till", "StartAt": "CheckTill", "States": {
        "CheckTill": {"Type": "Choice", "Default": state, "Choices": [
            {"Variable": "$.till", "IsPresent": False, "Next": "NoTill"}]},
        state: invoke(function, ResultPath="$.answer", End=True),
        "NoTill": {"Type": "Fail", "Error": "NoTill", "Cause": "A heartbeat without a till."}}}


def beat(call: Call) -> Outcome | None:
    if call.script == "clock":
        return tasks.lambda_error(call, "ClockSkew", "till store-0388/2 is 412 s behind", [
            "  File \"/var/task/heartbeat.py\", line 15, in handler\n    raise ClockSkew(till, behind)\n"], 0.2)
    return tasks.payload(call, {"seen": True}, 0.15)


def _heartbeat_past(past: Past) -> None:
    last = (past.cast.now - 10) // EVERY * EVERY  # The newest too has begun.
    for number in range(BEATS - 1, -1, -1):
        when = last - number * EVERY + 4 + past.dice.random()
        script = "clock" if number % 11 == 3 else "none" if number == 20 else "fine"
        given = {} if script == "none" else {"till": f"store-{100 + number * 37 % 311:04d}/{1 + number % 4}",
                                             "at": round(when)}
        _record(past, when, given, script)


def _record(past: Past, when: float, given: dict, script: str) -> None:
    name = uuid_of(past.machine.name, round(when))
    execution = past.run(name, when, given, script)
    if execution:
        execution.arn = arn("express", f"{past.machine.name}:{name}:{uuid_of(name)}")
        del past.machine.executions[name]
        past.machine.executions[execution.arn] = execution


def _discounts_past(past: Past) -> None:
    for number in range(30, 0, -1):  # They count in the metrics, and leave no other trace.
        _record(past, past.cast.now - number * 1_900, {"till": f"store-{100 + number:04d}/1"}, "fine")


def cast(cast: Cast) -> None:
    machine = cast.machine(HEARTBEAT, _definition("RecordBeat", "till-heartbeat"), {"RecordBeat": beat},
                           _heartbeat_past,
                           created=cast.at(420, "09:45:00"), kind="EXPRESS", tags={"team": "stores"})
    machine.logging = {"level": "ALL", "includeExecutionData": True, "destinations": [{"cloudWatchLogsLogGroup": {
        "logGroupArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}:*"}}]}
    cast.machine(DISCOUNTS, _definition("ApplyDiscount", "till-discounts"), {}, _discounts_past, kind="EXPRESS",
                 created=cast.at(420, "09:50:00"), tags={"team": "stores"})
    cast.store.on_live_end = write_log


# The log itself lives in moto

def plant_logs() -> None:
    """All of `till-heartbeat`'s past, written as if it had been written then."""
    from moto.logs.models import logs_backends

    logs_backends[ACCOUNT][REGION].create_log_group(GROUP, {})
    store = step_functions.store()
    with store.lock:
        machine = store.machines.get(arn("stateMachine", HEARTBEAT))
        if machine:
            for execution in sorted(store.past_of(machine).values(), key=lambda e: e.started):
                write_log(execution.ready())


def write_log(execution: Execution) -> None:
    machine = execution.machine
    if machine.kind != "EXPRESS" or machine.logging["level"] == "OFF" or execution.map_run:
        return
    from moto.logs.models import logs_backends

    backend = logs_backends[ACCOUNT][REGION]
    group = machine.logging["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"].split(":")[6]
    if group not in backend.groups:
        return
    hour = datetime.fromtimestamp(execution.started, timezone.utc).strftime("%Y-%m-%d-%H")
    stream = f"states/{machine.name}/{hour}/00000000"
    if stream not in backend.groups[group].streams:
        backend.create_log_stream(group, stream)
    backend.groups[group].streams[stream].put_log_events([
        {"timestamp": round(event["timestamp"] * 1000), "message": tasks.text(_line(machine, execution, event))}
        for event in execution.events])


def _line(machine: Machine, execution: Execution, event: dict) -> dict:
    shown = event if machine.logging["includeExecutionData"] else history.without_data(event)
    return {"id": str(event["id"]), "type": event["type"],
            "details": shown.get(history.details_name(event["type"]), {}),
            "redrive_count": str(execution.redrives), "previous_event_id": str(event["previousEventId"]),
            "event_timestamp": str(round(event["timestamp"] * 1000)), "execution_arn": execution.arn}
