"""The operations that only look. Each follows its page of the "AWS Step Functions API Reference"."""

from __future__ import annotations

from . import history, redriving
from .model import OPEN, Alias, Execution, Machine, MapRun, Revision, Store, Version
from .wire import ApiError, check_arn, machine_of, page, some

_COUNTED = ("pending", "running", "succeeded", "failed", "timedOut", "aborted")
_COUNT_OF = {"RUNNING": "running", "SUCCEEDED": "succeeded", "FAILED": "failed", "TIMED_OUT": "timedOut",
             "ABORTED": "aborted", "PENDING_REDRIVE": "pending"}
STATUSES = set(_COUNT_OF)


def list_state_machines(store: Store, asked: dict) -> dict:
    machines = sorted(store.machines.values(), key=lambda m: (m.created, m.name))
    return page(machines, asked, lambda m: {
        "stateMachineArn": m.arn, "name": m.name, "type": m.kind, "creationDate": m.created}, "stateMachines")


def describe_state_machine(store: Store, asked: dict) -> dict:
    machine = machine_of(store, asked.get("stateMachineArn"))
    arn, label = asked["stateMachineArn"], None
    version, alias = qualified(machine, arn)
    revision = version.revision if version else machine.now
    if "/" in arn:
        label = arn.rpartition("/")[2]
    return some(
        stateMachineArn=arn, name=machine.name, status=machine.status, type=machine.kind, roleArn=machine.role,
        definition=revision.text if asked.get("includedData") != "METADATA_ONLY" else "", label=label,
        creationDate=version.created if version else machine.created, loggingConfiguration=machine.logging,
        tracingConfiguration={"enabled": machine.tracing}, revisionId=_revision_id(machine, revision),
        encryptionConfiguration={"type": "AWS_OWNED_KEY"}, description=version.description or None if version else None)


def _revision_id(machine: Machine, revision: Revision) -> str | None:
    """A machine that was never updated has no revision id ("DescribeStateMachine", revisionId)."""
    return None if revision is machine.revisions[0] else revision.id


def qualified(machine: Machine, arn: str) -> tuple[Version | None, Alias | None]:
    """The version or alias that an ARN names; an alias gives the version with the greatest weight."""
    last = arn.split(":")[7] if arn.count(":") > 6 else ""
    if not last:
        return None, None
    for alias in machine.aliases:
        if alias.name == last:
            return max(alias.routes, key=lambda route: route[1])[0], alias
    for version in machine.versions:
        if str(version.number) == last:
            return version, None
    raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def list_executions(store: Store, asked: dict) -> dict:
    status, redriven = asked.get("statusFilter"), asked.get("redriveFilter")
    if status is not None and status not in STATUSES:
        raise ApiError("ValidationException",
                       f"1 validation error detected: Value '{status}' at 'statusFilter' failed to "
                       "satisfy constraint: Member must satisfy enum value set: " + str(sorted(STATUSES)))
    if bool(asked.get("stateMachineArn")) == bool(asked.get("mapRunArn")):
        raise ApiError("ValidationException", "Must specify exactly one of StateMachineArn or MapRunArn")
    if asked.get("mapRunArn"):
        run = _map_run(store, asked["mapRunArn"])
        found = [child for child in run.children if child is not None]
    else:
        if status == "PENDING_REDRIVE":
            raise ApiError("ValidationException", "PENDING_REDRIVE can only be specified with a Map Run ARN")
        machine = machine_of(store, asked["stateMachineArn"])
        if machine.kind == "EXPRESS":
            raise ApiError("StateMachineTypeNotSupported",
                           "This operation is not supported by this type of state machine")
        found = _of_machine(store, machine, asked["stateMachineArn"])
    if status:
        found = [one for one in found if one.status == status]
    if redriven:
        found = [one for one in found if bool(one.redrives) == (redriven == "REDRIVEN")]
    found.sort(key=_newest_first)
    return page(found, asked, _execution_item, "executions")


def _of_machine(store: Store, machine: Machine, arn: str) -> list[Execution]:
    version, alias = qualified(machine, arn)
    found = list(store.past_of(machine).values())
    for one in found:
        if not one.summary:
            one.ready()
    if alias:
        return [one for one in found if one.alias is alias]
    if version:
        return [one for one in found if one.version is version]
    return found


def _newest_first(one: Execution) -> tuple:
    """Running ones by their start or redrive, the others by their stop ("ListExecutions")."""
    when = (one.redriven or one.started) if one.status == OPEN else (one.stopped or one.started)
    return -when, one.name


def _execution_item(one: Execution) -> dict:
    return some(
        executionArn=one.arn, stateMachineArn=_machine_arn(one), name=one.name, status=one.status,
        startDate=one.started,
        stopDate=one.stopped, mapRunArn=one.map_run.arn if one.map_run else None,
        stateMachineVersionArn=one.version.arn if one.version else None, redriveCount=one.redrives,
        stateMachineAliasArn=one.alias.arn if one.alias else None, redriveDate=one.redriven)


def _machine_arn(one: Execution) -> str:
    return one.map_run.machine_arn if one.map_run else one.machine.arn


def execution_of(store: Store, arn: str) -> Execution:
    if isinstance(arn, str) and arn.split(":")[5:6] == ["express"]:
        raise ApiError("InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {arn}'")
    check_arn(arn, "execution")
    found = store.execution(arn)
    if found is None:
        raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
    return found.ready()


def describe_execution(store: Store, asked: dict) -> dict:
    one = execution_of(store, asked.get("executionArn"))
    status, reason = redriving.status(one)
    told = asked.get("includedData") != "METADATA_ONLY"
    return some(
        executionArn=one.arn, stateMachineArn=_machine_arn(one), name=one.name, status=one.status,
        startDate=one.started,
        stopDate=one.stopped, input=one.input if told else None, inputDetails={"included": told},
        output=one.output if told else None, outputDetails={"included": told} if one.output is not None else None,
        traceHeader=one.trace, mapRunArn=one.map_run.arn if one.map_run else None, error=one.error, cause=one.cause,
        stateMachineVersionArn=one.version.arn if one.version else None, redriveCount=one.redrives,
        stateMachineAliasArn=one.alias.arn if one.alias else None, redriveDate=one.redriven, redriveStatus=status,
        redriveStatusReason=reason)


def get_execution_history(store: Store, asked: dict) -> dict:
    events = execution_of(store, asked.get("executionArn")).events
    show = history.without_data if asked.get("includeExecutionData") is False else lambda event: event
    return page(events[::-1] if asked.get("reverseOrder") else events, asked, show, "events")


def describe_state_machine_for_execution(store: Store, asked: dict) -> dict:
    one = execution_of(store, asked.get("executionArn"))
    run, machine = one.map_run, one.machine
    return some(
        stateMachineArn=_machine_arn(one), name=f"{machine.name}/{run.label}" if run else machine.name,
        definition=one.revision.text if asked.get("includedData") != "METADATA_ONLY" else "", roleArn=machine.role,
        updateDate=one.revision.updated, loggingConfiguration=machine.logging, mapRunArn=run.arn if run else None,
        tracingConfiguration={"enabled": machine.tracing}, label=run.label if run else None,
        revisionId=_revision_id(machine, one.revision), encryptionConfiguration={"type": "AWS_OWNED_KEY"})


def _map_run(store: Store, arn: str) -> MapRun:
    check_arn(arn, "mapRun")
    run = store.map_run(arn)
    if run is None:
        raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
    return run


def list_map_runs(store: Store, asked: dict) -> dict:
    one = execution_of(store, asked.get("executionArn"))
    runs = [run for run in store.map_runs.values() if run.execution is one]
    runs.sort(key=lambda run: -run.started)
    return page(runs, asked, lambda run: some(
        executionArn=one.arn, mapRunArn=run.arn, stateMachineArn=run.machine_arn, startDate=run.started,
        stopDate=run.stopped), "mapRuns")


def describe_map_run(store: Store, asked: dict) -> dict:
    run = _map_run(store, asked.get("mapRunArn"))
    counts = dict.fromkeys(_COUNTED, 0)
    redrive = {"failuresNotRedrivable": 0, "pendingRedrive": 0}
    for child in run.children:
        counts["pending" if child is None else _COUNT_OF[child.status]] += 1
        if child is not None and child.status == "PENDING_REDRIVE":
            redrive["pendingRedrive"] += 1
        elif child is not None and child.status in ("FAILED", "TIMED_OUT", "ABORTED"):
            redrive["failuresNotRedrivable"] += redriving.status(child)[0] == "NOT_REDRIVABLE"
    # One item goes to one child here: no map of the estate has an ItemBatcher.
    both = {**counts, "total": len(run.children), "resultsWritten": run.results_written, **redrive}
    return some(
        mapRunArn=run.arn, executionArn=run.execution.arn, status=run.status, startDate=run.started,
        stopDate=run.stopped,
        maxConcurrency=run.concurrency, toleratedFailurePercentage=run.tolerated_percentage,
        toleratedFailureCount=run.tolerated_count, itemCounts=both, executionCounts=dict(both),
        redriveCount=run.redrives,
        redriveDate=run.redriven)


def list_state_machine_versions(store: Store, asked: dict) -> dict:
    machine = machine_of(store, asked.get("stateMachineArn"))
    return page(machine.versions[::-1], asked, lambda v: {
        "stateMachineVersionArn": v.arn, "creationDate": v.created}, "stateMachineVersions")


def list_state_machine_aliases(store: Store, asked: dict) -> dict:
    machine = machine_of(store, asked.get("stateMachineArn"))
    version, _ = qualified(machine, asked["stateMachineArn"])
    found = [a for a in machine.aliases if version is None or any(v is version for v, _ in a.routes)]
    return page(found, asked, lambda a: {"stateMachineAliasArn": a.arn, "creationDate": a.created},
                "stateMachineAliases")


def describe_state_machine_alias(store: Store, asked: dict) -> dict:
    arn = asked.get("stateMachineAliasArn")
    check_arn(arn, "stateMachine")
    machine = store.machines.get(":".join(arn.split(":")[:7]))
    alias = next((a for a in machine.aliases if a.arn == arn), None) if machine else None
    if alias is None:
        raise ApiError("ResourceNotFound", f"Request references a resource that does not exist: '{arn}'")
    return some(
        stateMachineAliasArn=alias.arn, name=alias.name, description=alias.description or None,
        creationDate=alias.created,
        routingConfiguration=[{"stateMachineVersionArn": v.arn, "weight": w} for v, w in alias.routes],
        updateDate=alias.updated)


def list_tags_for_resource(store: Store, asked: dict) -> dict:
    arn = asked.get("resourceArn")
    check_arn(arn)
    machine = store.machines.get(arn)
    if machine is None:
        raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
    return {"tags": [{"key": k, "value": v} for k, v in sorted(machine.tags.items())]}
