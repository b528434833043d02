"""The metrics of Lambda and DMS, counted from what the estate knows of them.

"AWS Lambda Developer Guide, Types of metrics": AWS/Lambda by FunctionName. "AWS DMS User Guide, Monitoring AWS DMS tasks":
AWS/DMS by ReplicationInstanceIdentifier and ReplicationTaskIdentifier; "AWS DMS serverless replication metrics": by
ReplicationConfigId, which the guide does not name. "Amazon EMR Serverless User Guide, Monitoring":
AWS/EMRServerless by ApplicationId. "EMR Serverless usage metrics" and "AWS Glue Developer Guide, Monitoring AWS Glue
resources": what the account uses of its quotas. "EventBridge Scheduler User Guide, Monitoring with CloudWatch":
AWS/Scheduler by ScheduleGroup. "Amazon EventBridge User Guide, Monitoring Amazon EventBridge": AWS/Events by RuleName.
"""

from __future__ import annotations

import random
from bisect import insort

from . import states_metrics

Points = list[tuple[float, float]]
_LAMBDA = ("Invocations", "Errors", "Duration", "Throttles")
_DMS = ("CDCLatencySource", "CDCLatencyTarget", "CDCIncomingChanges")
_EVERY, _BACK = 300, 86_400 * 3


def install() -> None:
    states_metrics.SOURCES.update({"AWS/Lambda": (_lambda, _lambda_names), "AWS/DMS": (_dms, _dms_names),
                                   "AWS/EMRServerless": (_serverless, _serverless_names), "AWS/Usage": (_usage, lambda: []),
                                   "AWS/Glue": (_glue, lambda: []), "AWS/Scheduler": (_scheduler, lambda: []),
                                   "AWS/Events": (_events, lambda: [])})
    states_metrics.QUOTAS["EMR Serverless", "vCPU"] = ACCOUNT_VCPU
    states_metrics.UNITS.update({"Duration": "Milliseconds", "CDCLatencySource": "Seconds", "CDCLatencyTarget": "Seconds"})


def _dimensions(given: list[dict]) -> dict[str, str]:
    return {one.get("Name"): one.get("Value") for one in given}


def _invocations() -> list:
    from . import jobs
    from .jobs import states

    store = jobs.ready()
    states.play_functions()
    with store.lock:
        return list(store.invocations)


def _lambda(metric: str, dimensions: list[dict]) -> Points:
    wanted, found = _dimensions(dimensions), []
    if set(wanted) - {"FunctionName"}:
        return []
    for call in _invocations():
        if wanted and call.function != wanted["FunctionName"]:
            continue
        failed = bool(call.error or call.timed_out or call.killed)
        value = {"Invocations": 1.0, "Errors": float(failed), "Duration": call.seconds * 1000, "Throttles": 0.0}.get(metric)
        if value is not None:
            insort(found, (call.began, value))
    return found


def _lambda_names() -> list[tuple[str, list[dict]]]:
    names = sorted({call.function for call in _invocations()})
    return [(metric, [{"Name": "FunctionName", "Value": name}]) for name in names for metric in _LAMBDA]


def _tasks() -> list[dict]:
    from . import jobs

    store = jobs.ready()
    with store.lock:
        return list(store.tasks.values())


def _replications() -> dict[str, dict]:
    """Of DMS Serverless, by the end of their ARN."""
    from . import jobs

    store = jobs.ready()
    with store.lock:
        return {arn.rpartition(":")[2]: one for arn, one in store.replications.items()}


def _dms(metric: str, dimensions: list[dict]) -> Points:
    """Every five minutes of three days. A latency that grows began to grow last night."""
    from .jobs.model import now

    given = _dimensions(dimensions)
    wanted = given.get("ReplicationTaskIdentifier") or given.get("ReplicationConfigId")
    task = next((one for one in _tasks() if wanted in (one["ReplicationTaskIdentifier"], one["ReplicationTaskArn"].rpartition(":")[2])),
                None) if "ReplicationTaskIdentifier" in given else _replications().get(wanted)
    if task is None or metric not in _DMS or task.get("MigrationType") == "full-load":
        return []
    at, dice, found = now() // _EVERY * _EVERY, random.Random(wanted), []
    for turn in range(_BACK // _EVERY, -1, -1):
        when = at - turn * _EVERY
        if task["Status"] in ("failed", "stopped") and turn < 36:
            break
        grown = task["latency"] * max(0.0, 1 - turn * _EVERY / 28_800) if task["latency"] > 60 else task["latency"]
        value = {"CDCLatencySource": grown * 0.3, "CDCLatencyTarget": grown, "CDCIncomingChanges": 40.0}[metric] + dice.random() * 2
        found.append((when, round(value, 3)))
    return found


def _dms_names() -> list[tuple[str, list[dict]]]:
    return [(metric, [{"Name": "ReplicationInstanceIdentifier", "Value": "lake-feeder"},
                      {"Name": "ReplicationTaskIdentifier", "Value": task["ReplicationTaskArn"].rpartition(":")[2]}])
            for task in _tasks() if task["MigrationType"] != "full-load" for metric in _DMS] + [
                (metric, [{"Name": "ReplicationConfigId", "Value": name}]) for name in _replications() for metric in _DMS]


# What each worker of a run has, the driver among them; "Endpoints and quotas for EMR Serverless" begins with 16 vCPU.
_WORKER = {"CPUAllocated": 4.0, "MemoryAllocated": 16.0, "StorageAllocated": 20.0, "RunningWorkerCount": 1.0}
_MINUTES, ACCOUNT_VCPU, ACCOUNT_GLUE_RUNS = 15, 1_000.0, 200
_STATES = {"SuccessJobs": "SUCCESS", "FailedJobs": "FAILED", "CancelledJobs": "CANCELLED", "SubmittedJobs": None}


def _serverless(metric: str, dimensions: list[dict]) -> Points:
    from . import jobs

    store, wanted = jobs.ready(), _dimensions(dimensions).get("ApplicationId")
    if metric in _WORKER:
        # By name too from release 7.10 on, which no application here has.
        return _minutes("serverless", wanted, _WORKER[metric]) if set(_dimensions(dimensions)) == {"ApplicationId"} else []
    if metric not in _STATES:
        return []
    with store.lock:
        runs = store.of("serverless", wanted)
    return sorted((run.since(), 1.0) if _STATES[metric] else (run.created, 1.0) for run in runs
                  if _STATES[metric] in (None, run.state()))


def _minutes(engine: str, place: str | None, each: float, workers: bool = True) -> Points:
    """Each of the last minutes: what the runs of that minute had. An application that is stopped tells nothing."""
    from . import jobs
    from .jobs.model import now

    store, found = jobs.ready(), []
    with store.lock:
        if engine == "serverless" and place and store.applications.get(place, {}).get("state") != "STARTED":
            return []
        spans = [(run.when("RUNNING"), run.ends, run.executors + 1 if workers else 1) for run in store.of(engine, place)]
    for turn in range(_MINUTES, -1, -1):
        when = now() // 60 * 60 - turn * 60
        found.append((when, each * sum(many for began, ends, many in spans if began is not None and began <= when < ends)))
    return found


def _usage(metric: str, dimensions: list[dict]) -> Points:
    wanted = _dimensions(dimensions)
    if metric != "ResourceCount" or (wanted.get("Service"), wanted.get("Resource")) != ("EMR Serverless", "vCPU"):
        return []
    return _minutes("serverless", None, _WORKER["CPUAllocated"])


def _glue(metric: str, dimensions: list[dict]) -> Points:
    if metric != "ResourceUsage" or _dimensions(dimensions).get("Resource") != "JobRun":
        return []
    return _minutes("glue", None, 100 / ACCOUNT_GLUE_RUNS, workers=False)


def _scheduler(metric: str, dimensions: list[dict]) -> Points:
    """The schedule of an application that was stopped: it called every night since the last run, and was refused."""
    from . import jobs
    from .jobs.model import now
    from ..seed.jobs.applications import STOPPED

    if _dimensions(dimensions) != {"ScheduleGroup": "models"} or metric not in ("InvocationAttemptCount", "TargetErrorCount"):
        return []
    store = jobs.ready()
    with store.lock:
        last = max((run.created for run in store.of("serverless", STOPPED)), default=None)
    if last is None:
        return []
    return [(last + night * 86_400, 1.0) for night in range(1, int((now() - last) // 86_400) + 1)]


def _events(metric: str, dimensions: list[dict]) -> Points:
    """The rule that calls a function every night: since the last call it was refused."""
    from .jobs.model import now
    from ..seed.jobs.calls import RECEIPTS

    if _dimensions(dimensions) != {"RuleName": f"{RECEIPTS}-nightly"} or metric not in ("TriggeredRules", "FailedInvocations"):
        return []
    called = sorted(call.began for call in _invocations() if call.function == RECEIPTS)
    if not called:
        return []
    refused = [(called[-1] + night * 86_400, 1.0) for night in range(1, int((now() - called[-1]) // 86_400) + 1)]
    return refused if metric == "FailedInvocations" else [(began, 1.0) for began in called] + refused


def _serverless_names() -> list[tuple[str, list[dict]]]:
    from . import jobs

    return [(metric, [{"Name": "ApplicationId", "Value": name}]) for name in jobs.ready().applications for metric in _STATES]
