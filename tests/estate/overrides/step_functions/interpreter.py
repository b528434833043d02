"""A deliberately small interpreter of the Amazon States Language: it plays one execution and writes its history.

"Amazon States Language specification" for what states do, "AWS Step Functions API Reference, HistoryEvent" for what is
written. Live or long ago makes no difference here: only the schedule knows.
"""

from __future__ import annotations

import json
import random
from datetime import datetime, timezone
from typing import Any, Generator

from . import history, jsonata, tasks
from .data import Reader, chosen, find, place
from .many import Many
from .model import Execution, Scope
from .scheduler import Join, Pause, Scheduler, StateError

Work = Generator[Any, Any, Any]
EVENT_LIMIT = 25_000
# A state is left some milliseconds after it was entered.
_MOMENT = Pause(0.012, 0.02)
_NOT_FOR_ALL = {"States.DataLimitExceeded", "States.Runtime"}


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Player(Many):
    """One playing of an execution, from its start or from a redrive to its end."""

    def __init__(self, execution: Execution, schedule: Scheduler) -> None:
        self.execution, self.schedule, self.store = execution, schedule, schedule.store
        self.closing = False
        self._counts_retries: dict[int, list[int]] = {}
        execution.player = self
        if execution.root is None:
            asl = history.start_of(execution)
            execution.root = Scope(asl["States"], asl["StartAt"], json.loads(execution.input), asl)
        self.strand = schedule.spawn(self._main(), self)

    def wake(self) -> None:
        self.schedule.wake()

    # The whole execution

    def _main(self) -> Work:
        execution, root = self.execution, self.execution.root
        again = bool(execution.redrives) and bool(execution.events)
        if again:
            root.last = self.event(root, "ExecutionRedriven", {"redriveCount": execution.redrives},
                                   previous=self.newest)
        else:
            self.event(root, "ExecutionStarted", history.started(execution))
            root.last = 0  # The first state's event names no event before it.
        limit = root.asl.get("TimeoutSeconds") if execution.map_run is None else None
        body = self.schedule.spawn(self._body(root, again), self)
        yield Join([body], limit)
        if not body.ended:
            self.closing = True
            self.schedule.cancel(body)
            self.close("TIMED_OUT", "ExecutionTimedOut", error="States.Timeout")
        elif body.failure:
            self.close("FAILED", "ExecutionFailed", error=body.failure.error, cause=body.failure.cause)
        else:
            self.close("SUCCEEDED", "ExecutionSucceeded", output=json.dumps(body.result, separators=(",", ":")))

    def _body(self, root: Scope, again: bool) -> Work:
        yield _MOMENT
        return (yield from self.states(root, again))

    def close(self, status: str, event: str, output: str | None = None, error: str | None = None,
              cause: str | None = None) -> None:
        execution = self.execution
        details = {"output": output} if output is not None else history.failure(error, cause)
        self.event(execution.root, event, details, previous=self.newest)
        execution.status, execution.output, execution.error, execution.cause = status, output, error, cause
        execution.stopped = round(self.schedule.now, 3)
        if self.schedule.live:
            self.store.on_live_end(execution)

    def stop(self, error: str | None, cause: str | None) -> None:
        """What StopExecution does. The schedule may belong to a parent that goes on."""
        self.closing = True
        if self.schedule.live:
            self.schedule.now = max(self.schedule.now, history.now())
        self._cancel_all()
        self.close("ABORTED", "ExecutionAborted", error=error, cause=cause)
        self.schedule.cancel(self.strand)
        self.wake()

    def _cancel_all(self) -> None:
        main = self.strand
        waits = main.waits
        for strand in waits.strands if waits else ():
            self.schedule.cancel(strand)

    @property
    def newest(self) -> int:
        return len(self.execution.events)

    def event(self, scope: Scope, kind: str, details: dict | None = None, previous: int | None = None) -> int:
        events = self.execution.events
        if len(events) >= EVENT_LIMIT - 1 and not kind.startswith("Execution"):
            raise StateError("States.Runtime", "The execution reached the maximum number of history events (25000).")
        scope.last = history.write(events, self.schedule.now, kind, details,
                                   scope.last if previous is None else previous)
        return scope.last

    # A run of states

    def states(self, scope: Scope, again: bool = False) -> Work:
        """Plays from where the scope stands. `again`: the state there was entered already, in an earlier attempt."""
        again = again and scope.entered
        scope.status = "open"
        try:
            while True:
                state = scope.states[scope.name]
                kind = state["Type"]
                if not again or kind == "Fail":  # A redriven Fail state is entered again, and fails again.
                    self.event(scope, f"{kind}StateEntered", {"name": scope.name, "input": scope.input})
                    scope.entered, scope.inner, scope.attempts = True, None, 0
                following, output = yield from getattr(self, f"_{kind.lower()}")(scope, state, again)
                again = False
                scope.entered, scope.inner = False, None
                if following is None:
                    scope.status, scope.output = "done", output
                    return output
                scope.name, scope.input = following, output
        except StateError:
            scope.status = "failed"
            raise
        except GeneratorExit:
            kind = scope.states[scope.name]["Type"]
            if not self.closing and scope.entered and kind in ("Task", "Wait", "Map", "Parallel"):
                self.event(scope, f"{kind}StateAborted")
            scope.status = "aborted"
            raise

    def reader(self, scope: Scope) -> Reader:
        entered = scope.last
        return Reader(scope.name, entered, lambda: self.context(scope), self.variables(scope))

    def variables(self, scope: Scope) -> dict:
        return {**self.variables(scope.outer), **scope.variables} if scope.outer else scope.variables

    def context(self, scope: Scope) -> dict:
        execution = self.execution
        entered = next((e["timestamp"] for e in reversed(execution.events) if e["type"].endswith("StateEntered")), 0)
        context = {
            "Execution": {"Id": execution.arn, "Input": json.loads(execution.input), "Name": execution.name,
                          "RoleArn": execution.machine.role, "StartTime": iso(execution.started),
                          "RedriveCount": execution.redrives},
            "State": {"Name": scope.name, "EnteredTime": iso(entered), "RetryCount": 0},
            "StateMachine": {"Id": execution.machine.arn, "Name": execution.machine.name}}
        if scope.item:
            context["Map"] = {"Item": scope.item}
        return context

    def jsonata(self, scope: Scope, state: dict) -> bool:
        return (state.get("QueryLanguage") or scope.asl.get("QueryLanguage")) == "JSONata"

    def query(self, scope: Scope, value: Any, field: str, **more: Any) -> Any:
        """A field of a JSONata state; a failure is written into the history before it is raised."""
        names = {**self.variables(scope), "states": {"input": scope.input, "context": self.context(scope), **more}}
        try:
            return jsonata.evaluate(value, names, field, self.reader(scope).where)
        except jsonata.QueryError as failed:
            self.event(scope, "EvaluationFailed", {"error": failed.error, "cause": failed.cause,
                                                   "location": failed.location, "state": scope.name})
            raise

    def taken(self, scope: Scope, state: dict, field: str = "Parameters") -> Any:
        """The input as the state's fields make it."""
        if self.jsonata(scope, state):
            return self.query(scope, state["Arguments"], "Arguments") if "Arguments" in state else scope.input
        reader = self.reader(scope)
        given = reader.path(state.get("InputPath", "$"), scope.input)
        return reader.template(state[field], given) if field in state else given

    def given(self, scope: Scope, state: dict, result: Any) -> Any:
        """The output as the state's fields make it."""
        if self.jsonata(scope, state):
            if "Assign" in state:
                scope.variables.update(self.query(scope, state["Assign"], "Assign", result=result))
            return self.query(scope, state["Output"], "Output", result=result) if "Output" in state else result
        reader = self.reader(scope)
        if "ResultSelector" in state:
            result = reader.template(state["ResultSelector"], result)
        return reader.path(state.get("OutputPath", "$"), place(scope.input, state.get("ResultPath", "$"), result))

    def leave(self, scope: Scope, state: dict, output: Any, following: str | None = None) -> tuple[str | None, Any]:
        self.event(scope, f"{state['Type']}StateExited", {"name": scope.name, "output": output})
        return following or state.get("Next"), output

    # The states

    def _pass(self, scope: Scope, state: dict, again: bool) -> Work:
        yield _MOMENT
        return self.leave(scope, state, self.given(scope, state, state.get("Result", self.taken(scope, state))))

    def _succeed(self, scope: Scope, state: dict, again: bool) -> Work:
        yield _MOMENT
        return self.leave(scope, {"Type": "Succeed"}, self.given(scope, state, self.taken(scope, state)))

    def _fail(self, scope: Scope, state: dict, again: bool) -> Work:
        yield _MOMENT
        reader = self.reader(scope)
        error = reader.value(state["ErrorPath"], scope.input) if "ErrorPath" in state else state.get("Error")
        cause = reader.value(state["CausePath"], scope.input) if "CausePath" in state else state.get("Cause")
        raise StateError(error, cause)

    def _choice(self, scope: Scope, state: dict, again: bool) -> Work:
        yield _MOMENT
        given = self.taken(scope, state)
        following = next((rule["Next"] for rule in state["Choices"] if chosen(rule, given, self.reader(scope))),
                         state.get("Default"))
        if following is None:
            raise StateError("States.NoChoiceMatched", self.reader(scope).where(
                "Failed to transition out of the state. The state matched no choice rule and has no default."))
        return self.leave(scope, state, given, following)

    def _wait(self, scope: Scope, state: dict, again: bool) -> Work:
        if "Timestamp" in state or "TimestampPath" in state:
            until = state.get("Timestamp") or find(state["TimestampPath"], scope.input, self.context(scope))
            seconds = datetime.fromisoformat(until.replace("Z", "+00:00")).timestamp() - self.schedule.now
        else:
            path = state.get("SecondsPath")
            seconds = find(path, scope.input, self.context(scope)) if path else state["Seconds"]
        yield Pause(max(0.012, seconds))
        return self.leave(scope, state, self.taken(scope, state))

    def _task(self, scope: Scope, state: dict, again: bool) -> Work:
        service, action = tasks.parse(state["Resource"])

        def attempt() -> Work:
            parameters = self.taken(scope, state)
            scope.attempts += 1
            if service == "states" and action.startswith("startExecution"):
                return (yield from self.nested(scope, state, action, parameters))
            return (yield from self._attempt(scope, state, service, action, parameters))

        yield _MOMENT
        return (yield from self.guarded(scope, state, attempt))

    def _attempt(self, scope: Scope, state: dict, service: str, action: str, parameters: Any) -> Work:
        execution = self.execution
        names = history.Names(service, action, state, parameters)
        self.event(scope, names.scheduled, names.scheduling(execution))
        place = scope.item["Index"] if scope.item else ""
        dice = random.Random(f"{execution.arn}/{scope.name}/{place}/{scope.attempts}/{execution.redrives}")
        call = tasks.Call(execution, scope.name, service, action, parameters, scope.input, scope.attempts,
                          self.schedule.live and not self.schedule.at_its_own_speed, self.schedule.now, dice,
                          state["Resource"], self.schedule.store.pace)
        outcome = tasks.run(call, execution.machine.behave)
        yield Pause(0.04, 0.1)
        self.event(scope, names.began, names.about())
        if outcome.submitted is not None:
            yield Pause(0.35, 0.2)
            self.event(scope, "TaskSubmitted", names.about(output=outcome.submitted))
        limit = state.get("TimeoutSeconds")
        late = limit is not None and (outcome.hangs or outcome.seconds > limit)
        if late:
            yield Pause(limit, None if outcome.hangs else outcome.beats)
            self.event(scope, names.timed_out, names.about(error="States.Timeout"))
            raise StateError("States.Timeout")
        if outcome.hangs:
            yield Pause(10 * 365 * 86_400)
        yield Pause(outcome.seconds, outcome.beats)
        if outcome.error:
            cause = tasks.text(outcome.cause)
            self.event(scope, names.failed, names.about(error=outcome.error, cause=cause))
            raise StateError(outcome.error, cause)
        self.event(scope, names.succeeded, names.about(output=outcome.output))
        return outcome.output

    # What a failure meets

    def guarded(self, scope: Scope, state: dict, attempt) -> Work:
        """Retry and Catch, as Task, Parallel and Map have them."""
        tried = [0] * len(state.get("Retry", ()))
        while True:
            try:
                result = yield from attempt()
                return self.leave(scope, state, self.given(scope, state, result))
            except StateError as failed:
                number = next((n for n, retrier in enumerate(state.get("Retry", ()))
                               if _matches(retrier["ErrorEquals"], failed.error)), None)
                if number is not None and tried[number] < state["Retry"][number].get("MaxAttempts", 3):
                    retrier = state["Retry"][number]
                    pause = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** tried[number]
                    tried[number] += 1
                    yield Pause(min(pause, retrier.get("MaxDelaySeconds", pause)), 0.5)
                    continue
                for catcher in state.get("Catch", ()):
                    if _matches(catcher["ErrorEquals"], failed.error):
                        kept = {"Error": failed.error, "Cause": failed.cause or ""}
                        output = self._caught(scope, state, catcher, kept)
                        return self.leave(scope, state, output, catcher["Next"])
                raise

    def _caught(self, scope: Scope, state: dict, catcher: dict, kept: dict) -> Any:
        if self.jsonata(scope, state):
            return self.query(scope, catcher["Output"], "Output", errorOutput=kept) if "Output" in catcher else kept
        return place(scope.input, catcher.get("ResultPath", "$"), kept)


def _matches(names: list[str], error: str) -> bool:
    """ "Handling errors in Step Functions workflows": what States.ALL and States.TaskFailed leave out."""
    if error in names:
        return True
    if "States.ALL" in names:
        return error not in _NOT_FOR_ALL
    return "States.TaskFailed" in names and error != "States.Timeout" and error not in _NOT_FOR_ALL
