"""Parallel, Map in both modes, and nested executions: the states that hold other runs.

"AWS Step Functions Developer Guide, Parallel", "Map state in Inline mode", "Map state in Distributed mode", and for
what is played again "Redriving state machine executions" and "Redriving Map Runs": only what did not succeed.
"""

from __future__ import annotations

import json
import math
from typing import Any, Callable, Generator

from . import tasks
from .model import OPEN, Execution, MapRun, Scope, arn, uuid_of
from .scheduler import Join, Pause, StateError, Strand

Work = Generator[Any, Any, Any]


class Many:
    """The part of a player that plays several things at a time."""

    def _parallel(self, scope: Scope, state: dict, again: bool) -> Work:
        kept = scope.inner if again else None

        def attempt() -> Work:
            nonlocal kept
            branches, kept = kept, None
            if branches is None:
                given = self.taken(scope, state)
                self.event(scope, "ParallelStateStarted")
                branches = [self._inside(scope, branch, given) for branch in state["Branches"]]
            scope.inner = branches
            return (yield from self._together(scope, "Parallel", branches, len(branches), self._branch))

        return (yield from self.guarded(scope, state, attempt))

    def _inside(self, scope: Scope, asl: dict, given: Any) -> Scope:
        language = {"QueryLanguage": scope.asl["QueryLanguage"]} if "QueryLanguage" in scope.asl else {}
        return Scope(asl["States"], asl["StartAt"], given, {**language, **asl}, last=scope.last, outer=scope,
                     item=scope.item)

    def _branch(self, inner: Scope) -> Work:
        return (yield from self.states(inner, again=inner.status in ("failed", "aborted")))

    def _map(self, scope: Scope, state: dict, again: bool) -> Work:
        processor = state.get("ItemProcessor") or state["Iterator"]
        if processor.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED":
            return (yield from self._distributed(scope, state, processor, again))
        kept = scope.inner if again else None

        def attempt() -> Work:
            nonlocal kept
            iterations, kept = kept, None
            if iterations is None:
                items = self._items(scope, state)
                self.event(scope, "MapStateStarted", {"length": len(items)})
                iterations = []
                for index, (value, given) in enumerate(items):
                    inner = self._inside(scope, processor, given)
                    inner.item = {"Index": index, "Value": value}
                    iterations.append(inner)
            scope.inner = iterations
            limit = state.get("MaxConcurrency") or 40
            return (yield from self._together(scope, "Map", iterations, limit, lambda i: self._iteration(scope, i)))

        return (yield from self.guarded(scope, state, attempt))

    def _items(self, scope: Scope, state: dict) -> list[tuple[Any, Any]]:
        """Each item with the input that its iteration gets."""
        reader = self.reader(scope)
        supplied = self.execution.machine.behave.get(f"{scope.name}.items")
        given = reader.path(state.get("InputPath", "$"), scope.input)
        # What an ItemReader reads, the seed supplies: the lists of the estate's maps are made up with the maps.
        if supplied and "ItemReader" in state:
            items = supplied(given)
        else:
            items = reader.path(state.get("ItemsPath", "$"), given)
        if not isinstance(items, list):
            raise StateError("States.Runtime", reader.where("The Map state's items are not a list."))
        selector = state.get("ItemSelector") or state.get("Parameters")
        made = []
        for index, value in enumerate(items):
            before, scope.item = scope.item, {"Index": index, "Value": value}
            made.append((value, self.reader(scope).template(selector, given) if selector else value))
            scope.item = before
        return made

    def _iteration(self, scope: Scope, inner: Scope) -> Work:
        details = {"name": scope.name, "index": inner.item["Index"]}
        again = inner.status in ("failed", "aborted")
        if not again:
            self.event(inner, "MapIterationStarted", details)
        try:
            result = yield from self.states(inner, again=again)
        except StateError:
            self.event(inner, "MapIterationFailed", details)
            raise
        except GeneratorExit:
            if not self.closing:
                self.event(inner, "MapIterationAborted", details)
            raise
        self.event(inner, "MapIterationSucceeded", details)
        return result

    def _together(self, scope: Scope, kind: str, inner: list[Scope], limit: int, play: Callable[[Scope], Work]) -> Work:
        """Plays what is not done, so many at a time. The first failure ends the others and is the state's own."""
        waiting = [one for one in inner if one.status != "done"]
        active: list[tuple[Strand, Scope]] = []
        try:
            while waiting or active:
                while waiting and len(active) < limit:
                    one = waiting.pop(0)
                    active.append((self.schedule.spawn(play(one), self), one))
                yield Join([strand for strand, _ in active])
                for strand, one in [pair for pair in active if pair[0].ended]:
                    active.remove((strand, one))
                    scope.last = one.last
                    if strand.failure:
                        for other, _ in active:
                            self.schedule.cancel(other)
                        self.event(scope, f"{kind}StateFailed")
                        raise strand.failure
        except GeneratorExit:
            for strand, _ in active:
                self.schedule.cancel(strand)
            raise
        self.event(scope, f"{kind}StateSucceeded")
        return [one.output for one in inner]

    # Distributed

    def _distributed(self, scope: Scope, state: dict, processor: dict, again: bool) -> Work:
        kept: MapRun | None = scope.inner if again else None

        def attempt() -> Work:
            nonlocal kept
            run, kept = kept, None
            if run is None:
                items = self._items(scope, state)
                self.event(scope, "MapStateStarted", {"length": len(items)})
                run = self._begin(scope, state, processor, [given for _, given in items])
                self.event(scope, "MapRunStarted", {"mapRunArn": run.arn})
            else:
                run.redrives += 1
                run.redriven, run.status, run.stopped = round(self.schedule.now, 3), OPEN, None
                self.event(scope, "MapRunRedriven", {"mapRunArn": run.arn, "redriveCount": run.redrives})
            scope.inner = run
            return (yield from self._run_children(scope, run))

        return (yield from self.guarded(scope, state, attempt))

    def _begin(self, scope: Scope, state: dict, processor: dict, items: list[Any]) -> MapRun:
        execution = self.execution
        label = state.get("Label", scope.name)
        run = MapRun(
            execution=execution, label=label, started=round(self.schedule.now, 3), revision=execution.revision,
            arn=arn("mapRun", f"{execution.machine.name}/{label}:{uuid_of(execution.arn, label, execution.redrives)}"),
            concurrency=state.get("MaxConcurrency", 1000), tolerated_count=state.get("ToleratedFailureCount", 0),
            tolerated_percentage=float(state.get("ToleratedFailurePercentage", 0)), items=items,
            children_kind=processor["ProcessorConfig"].get("ExecutionType", "STANDARD"), children=[None] * len(items))
        self.store.map_runs[run.arn] = run
        return run

    def _child(self, run: MapRun, index: int) -> Execution:
        name = uuid_of(run.arn, index)
        child = Execution(
            machine=run.execution.machine, revision=run.revision, name=name, started=round(self.schedule.now, 3),
            map_run=run,
            input=json.dumps(run.items[index], separators=(",", ":")), script=run.execution.script,
            arn=arn("execution", f"{run.execution.machine.name}/{run.label}:{name}"))
        self.store.children[child.arn] = child
        return child

    def _run_children(self, scope: Scope, run: MapRun) -> Work:
        waiting = [n for n, child in enumerate(run.children) if child is None or child.status != "SUCCEEDED"]
        for number in waiting:
            if run.children[number] is not None:
                run.children[number].status = "PENDING_REDRIVE"
        active: list[Execution] = []
        try:
            while waiting or active:
                while waiting and len(active) < run.concurrency:
                    active.append(self._start_child(run, waiting.pop(0)))
                yield Join([child.player.strand for child in active])
                active = [child for child in active if not child.player.strand.ended]
                if self._intolerable(run):
                    self._end_children(active)
                    self._end(run, "FAILED")
                    failed = StateError("States.ExceedToleratedFailureThreshold",
                                        "The specified tolerated failure threshold was exceeded")
                    self.event(scope, "MapRunFailed", {"error": failed.error, "cause": failed.cause})
                    raise failed
        except GeneratorExit:
            self._end_children(active)
            self._end(run, "ABORTED")
            raise
        self._end(run, "SUCCEEDED")
        self.event(scope, "MapRunSucceeded")
        self.event(scope, "MapStateSucceeded")
        return [json.loads(child.output) if child.output else {"Error": child.error, "Cause": child.cause}
                for child in run.children]

    def _start_child(self, run: MapRun, number: int) -> Execution:
        child = run.children[number]
        if child is None:
            child = run.children[number] = self._child(run, number)
        else:
            child.redrives += 1
            child.redriven, child.status, child.stopped = round(self.schedule.now, 3), OPEN, None
            child.output = child.error = child.cause = None
        type(self)(child, self.schedule)
        child.root.item = {"Index": number, "Value": run.items[number]}
        return child

    def _intolerable(self, run: MapRun) -> bool:
        bad = sum(child is not None and child.status in ("FAILED", "TIMED_OUT", "ABORTED") for child in run.children)
        allowed = max(run.tolerated_count, math.floor(len(run.children) * run.tolerated_percentage / 100))
        return bad > allowed

    def _end_children(self, active: list[Execution]) -> None:
        for child in active:
            if child.status == OPEN:
                child.player.stop(None, None)

    def _end(self, run: MapRun, status: str) -> None:
        run.status, run.stopped = status, round(self.schedule.now, 3)

    # Nested

    def nested(self, scope: Scope, state: dict, action: str, parameters: dict) -> Work:
        """`states:startExecution`, `.sync`, `.sync:2` ("Start a new AWS Step Functions state machine")."""
        from . import history

        execution = self.execution
        names = history.Names("states", action, state, parameters)
        self.event(scope, names.scheduled, names.scheduling(execution))
        yield Pause(0.05, 0.1)
        self.event(scope, names.began, names.about())
        machine = self.store.machines.get(parameters["StateMachineArn"])
        if machine is None:
            cause = f"State Machine Does Not Exist: '{parameters['StateMachineArn']}'"
            self.event(scope, names.failed,
                       names.about(error="StepFunctions.StateMachineDoesNotExistException", cause=cause))
            raise StateError("StepFunctions.StateMachineDoesNotExistException", cause)
        child = self._nest(machine, parameters, f"{execution.arn}/{scope.name}/{scope.attempts}/{execution.redrives}")
        call = tasks.Call(execution, scope.name, "states", action, parameters, None, scope.attempts, False,
                          self.schedule.now, execution.dice)
        began = tasks.sdk(call, {"ExecutionArn": child.arn, "StartDate": round(child.started * 1000)})
        if ".sync" not in action:
            self.event(scope, names.succeeded, names.about(output=began))
            return began
        self.event(scope, "TaskSubmitted", names.about(output=began))
        try:
            yield Join([child.player.strand])
        except GeneratorExit:
            if child.status == OPEN:  # Stopping the parent stops the child that it waits for.
                child.player.stop(None, None)
            raise
        report = self._report(child, action)
        if child.status != "SUCCEEDED":
            cause = tasks.text(report)  # The child's own error is inside; outside it is always this one.
            self.event(scope, names.failed, names.about(error="States.TaskFailed", cause=cause))
            raise StateError("States.TaskFailed", cause)
        self.event(scope, names.succeeded, names.about(output=report))
        return report

    def _nest(self, machine, parameters: dict, seed: str) -> Execution:
        name = parameters.get("Name") or uuid_of(seed)
        child = Execution(machine=machine, revision=machine.now, name=name, started=round(self.schedule.now, 3),
                          input=tasks.text(parameters.get("Input", {})), script=self.execution.script)
        machine.executions[name] = child
        type(self)(child, self.schedule)
        return child

    @staticmethod
    def _report(child: Execution, action: str) -> dict:
        """DescribeExecution in PascalCase; `.sync:2` gives the output as JSON, `.sync` as text."""
        report: dict[str, Any] = {
            "ExecutionArn": child.arn, "Input": child.input, "InputDetails": {"Included": True}, "Name": child.name,
            "StartDate": round(child.started * 1000), "StateMachineArn": child.machine.arn, "Status": child.status,
            "StopDate": round((child.stopped or 0) * 1000)}
        if child.output is not None:
            report["Output"] = json.loads(child.output) if action.endswith(":2") else child.output
            report["OutputDetails"] = {"Included": True}
        for name, value in (("Error", child.error), ("Cause", child.cause)):
            if value is not None:
                report[name] = value
        return dict(sorted(report.items()))
