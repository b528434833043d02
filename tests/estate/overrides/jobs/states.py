"""What executions started: every job of a task is in its service too, under the id that the history has.

A recorded execution is played before an engine answers, so that the lists agree whatever was asked first.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .. import step_functions
from ..step_functions.tasks import Call, Outcome
from .model import CAPITALS, Cluster, Invocation, Jobs, Run, made_up, moments
from .wire import lowered

# What the cause of a task says, and which failure that is.
_CAUSES = (("PATH_NOT_FOUND", "path not found"), ("Malformed", "malformed records"), ("MULTIPLE_SOURCE_ROW", "merge source rows"),
           ("password authentication", "database password"), ("contains NaN", "training nan"),
           ("finished with failed status", "disk full"))
# Programs whose runs leave Spark's event log too when they fail.
_EVENT_LOGS = ("loyalty_merge.py",)
_ENGINES = ("emr-serverless:", "glue:startJobRun", "elasticmapreduce:", "sagemaker:create", "emr-containers:")


def play() -> None:
    """Every execution that started a job of an engine."""
    _play(lambda text: any(engine in text for engine in _ENGINES))


def play_functions() -> None:
    """Every execution that called a function."""
    _play(lambda text: ":lambda:" in text)


def _play(wanted) -> None:
    states = step_functions.store()
    with states.lock:
        for machine in list(states.machines.values()):
            if wanted(_definition(machine)):
                for execution in list(states.past_of(machine).values()):
                    if not execution.summary:  # Too long, and what it did is of no engine.
                        execution.ready()


def _definition(machine) -> str:
    known = getattr(machine, "_searched", None)
    if known is None:
        known = machine._searched = json.dumps(machine.now.asl)
    return known


def begun(call: Call, outcome: Outcome) -> None:
    """Told by the tasks of everything that they begin."""
    from . import store

    kept = store()
    teller = _TELLERS.get(f"{call.service}:{call.action}")
    if teller and not outcome.hangs:
        with kept.lock:
            teller(kept, call, outcome)


def _cause(outcome: Outcome) -> str:
    text = json.dumps(outcome.cause) if outcome.error else ""
    return next((name for words, name in _CAUSES if words in text), "")


def _seconds(call: Call, outcome: Outcome) -> float:
    return call.lasts(outcome.seconds, outcome.beats)


def _keep(kept: Jobs, call: Call, run: Run) -> None:
    run.more["execution"] = call.execution.arn
    kept.add(run)
    if call.live:
        kept.follow(run)


def _serverless(kept: Jobs, call: Call, outcome: Outcome) -> None:
    if outcome.submitted is None:
        return
    job: dict = outcome.cause if outcome.error else outcome.output
    took, start = _seconds(call, outcome), call.now + (0.0 if call.live else 0.4)
    waits = min(31.0, took * 0.3)
    cause = _cause(outcome)
    driver = lowered(job["JobDriver"])["sparkSubmit"]
    facts = {}
    record = re.search(r"Malformed CSV record: (.*?)\.\.\.", job.get("StateDetails", ""), re.DOTALL)
    if record:
        facts["record"] = record.group(1)
    path = next((word for word in driver.get("entryPointArguments", []) if word.startswith("s3://")), "")
    facts.update({"input": path} if path else {})
    if not outcome.error:
        facts["rows"] = str(_rows(path, None if call.live else call.now))
    event_log = bool(cause) and driver.get("entryPoint", "").endswith(_EVENT_LOGS)
    asked = {"name": call.parameters.get("Name") or "", "executionRoleArn": job["ExecutionRole"], "jobDriver": {"sparkSubmit": driver},
             "configurationOverrides": lowered(job["ConfigurationOverrides"]), "tags": {}}
    _keep(kept, call, Run("serverless", job["JobRunId"], asked["name"], job["ApplicationId"], moments(
        start, (0, "SUBMITTED"), (waits * 0.1, "PENDING"), (waits * 0.4, "SCHEDULED"), (waits, "RUNNING"),
        (took, job["State"])), asked, cause, job.get("StateDetails", ""),
        more={"began": start + waits, "facts": facts, "eventlog": event_log}))


def _rows(path: str, when: float | None) -> int:
    from datetime import datetime, timezone

    from . import fate

    body = fate._body(path, None if when is None else datetime.fromtimestamp(when, timezone.utc))
    return (body or b"").count(b"\n") or 20_255


def _glue(kept: Jobs, call: Call, outcome: Outcome) -> None:
    if outcome.submitted is None:
        return
    job: dict = outcome.cause if outcome.error else outcome.output
    took = _seconds(call, outcome)
    _keep(kept, call, Run("glue", job["Id"], job["JobName"], job["JobName"], moments(
        call.now, (0, "STARTING"), (min(12, took * 0.2), "RUNNING"), (took, job["JobRunState"])),
        {"Arguments": job["Arguments"]}, _cause(outcome), job.get("ErrorMessage", "")))


def _training(kept: Jobs, call: Call, outcome: Outcome) -> None:
    if outcome.submitted is None:
        return
    job: dict = outcome.cause if outcome.error else outcome.output
    took, sent = _seconds(call, outcome), {k: v for k, v in call.parameters.items() if k != "TrainingJobName"}
    name = job["TrainingJobName"]
    _keep(kept, call, Run("training", name, name, "", moments(
        call.now, (0, "Starting"), (took * 0.12, "Downloading"), (took * 0.2, "Training"), (took, job["TrainingJobStatus"])),
        sent, _cause(outcome), job.get("FailureReason", ""), more={"began": call.now + took * 0.2}))


def _cluster(kept: Jobs, call: Call, outcome: Outcome) -> None:
    if outcome.submitted is None:
        return
    described: dict = outcome.cause if outcome.error else outcome.output
    took, name = _seconds(call, outcome), described["ClusterId"]
    sent = call.parameters
    bootstraps = [{"Name": one["Name"], "ScriptPath": one["ScriptBootstrapAction"]["Path"],
                   "Args": one["ScriptBootstrapAction"].get("Args", [])} for one in sent.get("BootstrapActions", [])]
    groups = [{"kind": one["InstanceRole"], "type": one["InstanceType"], "count": one["InstanceCount"], "market": "ON_DEMAND",
               "id": made_up("ig-", 13, CAPITALS, name, one["InstanceRole"])} for one in sent["Instances"]["InstanceGroups"]]
    idle = (sent.get("AutoTerminationPolicy") or {}).get("IdleTimeout", 0)
    status = described["Cluster"]["Status"]
    end = ((took * 0.8, "TERMINATING"), (took, status["State"])) if outcome.error else ((took, status["State"]),)
    kept.clusters[name] = Cluster(name, sent["Name"], moments(
        call.now, (0, "STARTING"), (took * 0.5, "BOOTSTRAPPING"), *end), release=sent["ReleaseLabel"],
        log_uri=sent.get("LogUri", ""), groups=groups, idle=idle, bootstraps=bootstraps)
    if outcome.error:
        broken = kept.clusters[name]
        broken.cause, broken.reason, broken.errors = "bootstrap action", status["StateChangeReason"], status["ErrorDetails"]
        return
    _idle_from(kept.clusters[name], call.now + took, call)


def _idle_from(cluster: Cluster, when: float, call: Call) -> None:
    """After that long without a step it ends itself ("Using an auto-termination policy")."""
    cluster.moments = [one for one in cluster.moments if one[1] not in ("TERMINATING", "TERMINATED")]
    if cluster.idle:
        cluster.reason = {"Code": "ALL_STEPS_COMPLETED", "Message": "Cluster terminated after being idle"}
        cluster.moments += moments(when, (cluster.idle, "TERMINATING"), (cluster.idle + 60, "TERMINATED"))


def _step(kept: Jobs, call: Call, outcome: Outcome) -> None:
    cluster = kept.clusters.get(call.parameters["ClusterId"])
    if outcome.submitted is None or cluster is None:
        return
    from . import fate

    job: dict = (outcome.cause if outcome.error else outcome.output)["Step"]
    took = _seconds(call, outcome)
    said = job["Status"].get("FailureDetails", "")
    told = re.search(r"application_\d+_\d+", str(said))
    run = Run("step", job["Id"], job["Name"], cluster.id, moments(
        call.now, (0, "PENDING"), (min(8, took * 0.2), "RUNNING"), (took, job["Status"]["State"])), call.parameters["Step"],
        _cause(outcome), said, more={"application": told.group(0) if told else fate.application_id(job["Id"], cluster.created)})
    ready = call.now - 0.5
    cluster.moments = [one for one in cluster.moments if one[0] <= ready]
    cluster.moments += moments(call.now, (0, "RUNNING"), (took, "WAITING"))
    _idle_from(cluster, call.now + took, call)
    _keep(kept, call, run)


def _terminate(kept: Jobs, call: Call, outcome: Outcome) -> None:
    cluster = kept.clusters.get(call.parameters["ClusterId"])
    if cluster is not None:
        cluster.moments = [one for one in cluster.moments if one[0] <= call.now]
        cluster.moments += moments(call.now, (0, "TERMINATING"), (_seconds(call, outcome) + 40, "TERMINATED"))
        cluster.reason = {"Code": "USER_REQUEST", "Message": "Terminated by user request"}


def _function(kept: Jobs, call: Call, outcome: Outcome) -> None:
    where = call.resource if call.service == "lambda-arn" else call.parameters.get("FunctionName", "")
    name = where.removesuffix(":$LATEST").rpartition(":")[2]
    seconds, cause = _seconds(call, outcome), outcome.cause if isinstance(outcome.cause, dict) else {}
    request = cause.get("requestId")
    if request is None and isinstance(outcome.output, dict):
        request = outcome.output.get("SdkResponseMetadata", {}).get("RequestId")
    timed_out = re.search(r"RequestId: (\S+) Error: Task timed out after ([\d.]+)", cause.get("errorMessage", ""))
    made = Invocation(name, request or (timed_out.group(1) if timed_out else made_up("", 32, "0123456789abcdef", call.execution.arn,
                                                                                    call.state, call.attempt)),
                      call.now + 0.05, max(0.003, seconds * 0.92), lines=_words(call, outcome))
    if timed_out:
        made.timed_out = float(timed_out.group(2))
    elif outcome.error:
        made.error, made.message = outcome.error, cause.get("errorMessage", str(outcome.cause))
        made.stack = cause.get("stackTrace", [])
    kept.invocations.append(made)
    if call.live:
        kept.agenda.at(call.now + seconds, lambda: kept.write_invocation(made))


def _words(call: Call, outcome: Outcome) -> list[str]:
    given: Any = call.input
    told = f"state={call.state} attempt={call.attempt}"
    asked = sorted(given)[:3] if isinstance(given, dict) else ""
    return [f"{told} keys={asked}", *([] if outcome.error else ["done"])]


_TELLERS = {
    "emr-serverless:startJobRun.sync": _serverless, "glue:startJobRun.sync": _glue,
    "sagemaker:createTrainingJob.sync": _training, "elasticmapreduce:createCluster.sync": _cluster,
    "elasticmapreduce:addStep.sync": _step, "elasticmapreduce:terminateCluster.sync": _terminate, "lambda:invoke": _function,
    "lambda-arn:invoke": _function,
}
