"""The operations that change something. Each follows its page of the "AWS Step Functions API Reference"."""

from __future__ import annotations

import json
import uuid

from . import history, redriving
from .interpreter import Player
from .model import OPEN, Alias, Execution, Machine, Revision, Store, Version
from .reading import execution_of, qualified
from .scheduler import Scheduler
from .wire import ApiError, check_arn, check_name, machine_of, some, unqualified

_TOKEN_SECONDS = 15 * 60
_TOKENS = 10


def start_execution(store: Store, asked: dict) -> dict:
    machine = machine_of(store, asked.get("stateMachineArn"))
    if "/" in asked["stateMachineArn"]:
        raise ApiError("ValidationException", "Distributed Map state machines cannot be started")
    version, alias = qualified(machine, asked["stateMachineArn"])
    if machine.status == "DELETING":
        raise ApiError("StateMachineDeleting", f"State Machine is being deleted: '{machine.arn}'")
    name, given = check_name(asked.get("name") or str(uuid.uuid4())), asked.get("input") or "{}"
    try:
        json.loads(given)
    except ValueError as wrong:
        raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{wrong}'") from wrong
    if machine.kind == "EXPRESS":
        execution = _new(machine, version, alias, name, given)
        execution.arn = machine.arn.replace(":stateMachine:", ":express:") + f":{name}:{uuid.uuid4()}"
    else:
        known = store.past_of(machine).get(name)
        if known is not None:
            known.ready()
            if known.status == OPEN and json.loads(known.input) == json.loads(given):
                return {"executionArn": known.arn, "startDate": known.started}
            raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{known.arn}'")
        execution = machine.executions[name] = _new(machine, version, alias, name, given)
    execution.trace = asked.get("traceHeader")
    _play(store, execution)
    return {"executionArn": execution.arn, "startDate": execution.started}


def _new(machine: Machine, version: Version | None, alias: Alias | None, name: str, given: str) -> Execution:
    return Execution(machine=machine, revision=version.revision if version else machine.now, name=name, input=given,
                     started=history.now(), version=version, alias=alias)


def _play(store: Store, execution: Execution) -> None:
    schedule = Scheduler(store, history.now(), live=True)
    Player(execution, schedule)
    schedule.settle()
    schedule.go_live()


def stop_execution(store: Store, asked: dict) -> dict:
    execution = execution_of(store, asked.get("executionArn"))
    for name, most in (("error", 256), ("cause", 32_768)):
        if len(asked.get(name) or "") > most:
            raise ApiError("ValidationException", f"1 validation error detected: Value at '{name}' failed to satisfy "
                           f"constraint: Member must have length less than or equal to {most}")
    if execution.status == OPEN:  # One that has ended keeps its end, and the call succeeds all the same.
        execution.player.stop(asked.get("error"), asked.get("cause"))
    return {"stopDate": execution.stopped}


def redrive_execution(store: Store, asked: dict) -> dict:
    execution = execution_of(store, asked.get("executionArn"))
    now, token = history.now(), asked.get("clientToken")
    used = {t: (at, date) for t, (at, date) in execution.tokens.items() if now - at < _TOKEN_SECONDS}
    if token in used:
        return {"redriveDate": used[token][1]}
    if execution.map_run is not None:
        raise ApiError("ValidationException", "A child of a Map Run is redriven with its Map Run's execution")
    reason = redriving.reason_against(execution)
    if reason:
        raise ApiError("ExecutionNotRedrivable", reason)
    execution.redrives += 1
    execution.redriven, execution.status, execution.stopped = now, OPEN, None
    execution.output = execution.error = execution.cause = None
    if token:
        used[token] = (now, now)
    execution.tokens = dict(list(used.items())[-_TOKENS:])
    _play(store, execution)
    return {"redriveDate": now}


def create_state_machine(store: Store, asked: dict) -> dict:
    name, now = check_name(asked.get("name") or ""), history.now()
    definition = _valid(asked.get("definition"))
    machine = Machine(name=name, created=now, revisions=[Revision(definition, now, name)], role=asked["roleArn"],
                      kind=asked.get("type") or "STANDARD")
    known = store.machines.get(machine.arn)
    if known:
        if (known.now.text, known.role, known.kind) != (definition, machine.role, machine.kind):
            raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{known.arn}'")
        machine = known
    _configure(machine, asked)
    machine.tags.update({tag["key"]: tag["value"] for tag in asked.get("tags") or ()})
    store.add(machine)
    version = publish_version(machine, asked.get("versionDescription")) if asked.get("publish") else None
    return some(stateMachineArn=machine.arn, creationDate=machine.created,
                stateMachineVersionArn=version and version.arn)


def _valid(definition: str) -> str:
    try:
        asl = json.loads(definition)
        known = asl["StartAt"] in asl["States"]
    except (ValueError, KeyError, TypeError) as wrong:
        raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{wrong}'") from wrong
    if not known:
        raise ApiError("InvalidDefinition",
                       "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' "
                       f"target: {asl['StartAt']} at /StartAt'")
    return definition


def _configure(machine: Machine, asked: dict) -> None:
    machine.role = asked.get("roleArn") or machine.role
    machine.logging = asked.get("loggingConfiguration") or machine.logging
    if asked.get("tracingConfiguration"):
        machine.tracing = bool(asked["tracingConfiguration"].get("enabled"))


def update_state_machine(store: Store, asked: dict) -> dict:
    machine, now = machine_of(store, asked.get("stateMachineArn")), history.now()
    if not any(asked.get(k) for k in ("definition", "roleArn", "loggingConfiguration", "tracingConfiguration")):
        raise ApiError("MissingRequiredParameter",
                       "Either the definition, the role ARN, the LoggingConfiguration, or the "
                       "TracingConfiguration must be specified")
    machine.revisions.append(Revision(_valid(asked["definition"]) if asked.get("definition") else machine.now.text,
                                      now, machine.name))
    _configure(machine, asked)
    version = publish_version(machine, asked.get("versionDescription")) if asked.get("publish") else None
    return some(updateDate=now, revisionId=machine.now.id, stateMachineVersionArn=version and version.arn)


def publish_state_machine_version(store: Store, asked: dict) -> dict:
    machine = machine_of(store, asked.get("stateMachineArn"))
    wanted = asked.get("revisionId")
    current = "INITIAL" if len(machine.revisions) == 1 else machine.now.id
    if wanted and wanted != current:
        raise ApiError("ConflictException", "Failed to publish the State Machine version for revision "
                       f"{wanted}. The current State Machine revision is {current}.")
    version = publish_version(machine, asked.get("description"))
    return {"creationDate": version.created, "stateMachineVersionArn": version.arn}


def publish_version(machine: Machine, description: str | None, now: float | None = None) -> Version:
    """Idempotent: a revision has one version."""
    for version in machine.versions:
        if version.revision is machine.now:
            return version
    number, machine.next_version = machine.next_version, machine.next_version + 1
    version = Version(number, f"{machine.arn}:{number}", machine.now, now or history.now(), description or "")
    machine.versions.append(version)
    return version


def create_state_machine_alias(store: Store, asked: dict) -> dict:
    routes, now = [], history.now()
    for route in asked["routingConfiguration"]:
        machine = machine_of(store, route["stateMachineVersionArn"])
        routes.append((qualified(machine, route["stateMachineVersionArn"])[0], route["weight"]))
    alias = Alias(check_name(asked["name"]), f"{machine.arn}:{asked['name']}", routes, now, now,
                  asked.get("description") or "")
    machine.aliases.append(alias)
    return {"stateMachineAliasArn": alias.arn, "creationDate": now}


def delete_state_machine(store: Store, asked: dict) -> dict:
    """One with running executions is DELETING until they have ended; here it stays so until the reset."""
    arn = check_arn(asked.get("stateMachineArn"), "stateMachine")
    machine = store.machines.get(unqualified(arn))
    if machine is not None:
        if any(one.status == OPEN for one in machine.executions.values()):
            machine.status = "DELETING"
        else:
            del store.machines[machine.arn]
    return {}


def tag_resource(store: Store, asked: dict) -> dict:
    machine_of(store, asked.get("resourceArn")).tags.update({t["key"]: t["value"] for t in asked.get("tags") or ()})
    return {}


def untag_resource(store: Store, asked: dict) -> dict:
    machine = machine_of(store, asked.get("resourceArn"))
    for key in asked.get("tagKeys") or ():
        machine.tags.pop(key, None)
    return {}
