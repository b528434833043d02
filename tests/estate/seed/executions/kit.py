"""What the machines of the estate are built with: states, past executions, and their dates."""

from __future__ import annotations

import json
import random
from datetime import datetime
from typing import Any, Callable

from ...overrides.step_functions import history
from ...overrides.step_functions.interpreter import Player
from ...overrides.step_functions.model import Execution, Machine, Revision, Store
from ...overrides.step_functions.scheduler import Scheduler
from ...story import ACCOUNT, REGION, Story

ALERTS = f"arn:aws:sns:{REGION}:{ACCOUNT}:data-platform-alerts"
JOB_ROLE = f"arn:aws:iam::{ACCOUNT}:role/data-platform-jobs"
LONG_AGO = 400  # days before today that most machines were made


def function(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}:$LATEST"


def invoke(name: str, payload: Any = "$", **more: Any) -> dict:
    """A task of `lambda:invoke`, as Workflow Studio writes it."""
    given = {"Payload.$": payload} if isinstance(payload, str) else {"Payload": payload}
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": function(name), **given}, **more}


def publish(subject: str, **more: Any) -> dict:
    return {"Type": "Task", "Resource": "arn:aws:states:::sns:publish",
            "Parameters": {"TopicArn": ALERTS, "Subject": subject, "Message.$": "States.JsonToString($)"}, **more}


def retry(times: int, seconds: int, *errors: str) -> list[dict]:
    return [{"ErrorEquals": list(errors) or ["States.TaskFailed"], "IntervalSeconds": seconds, "MaxAttempts": times,
             "BackoffRate": 2}]


def catch(then: str, path: str = "$.error") -> list[dict]:
    return [{"ErrorEquals": ["States.ALL"], "ResultPath": path, "Next": then}]


class Cast:
    """Collects machines for a store, and puts runs into their past."""

    def __init__(self, store: Store, story: Story, now: float) -> None:
        self.store, self.story, self.now = store, story, now

    def at(self, days_before: int, clock: str) -> float:
        return self.story.at(days_before, clock).timestamp()

    def machine(self, name: str, definition: dict, behave: dict | None = None,
                past: Callable[[Past], None] | None = None,
                created: float | None = None, **more: Any) -> Machine:
        """`past` is called when somebody first asks for executions of this machine."""
        created = self.at(LONG_AGO, "09:30:00") if created is None else created
        machine = Machine(name=name, created=created, revisions=[Revision(definition, created, name)],
                          behave=behave or {}, **more)
        if past:
            machine.past = lambda machine: past(Past(self, machine))
        return self.store.add(machine)


class Past:
    """The recorded executions of one machine, played when they are looked at."""

    def __init__(self, cast: Cast, machine: Machine) -> None:
        self.cast, self.machine, self.story, self.store = cast, machine, cast.story, cast.store
        self.dice = random.Random(machine.name)

    def at(self, days_before: int, clock: str) -> float:
        return self.cast.at(days_before, clock)

    def run(self, name: str, when: float, given: Any, script: Any = None, stopped: tuple | None = None,
            redriven: float | None = None, slow: bool = True, **more: Any) -> Execution | None:
        """Records a run that began at `when`. `stopped`: (at, error, cause) of a person; `redriven`: when, again.

        What would lie in the future is not told. What is not over goes on.
        """
        if when > self.cast.now:
            return None
        execution = Execution(
            machine=self.machine, revision=more.pop("revision", self.machine.now), name=name, started=round(when, 3),
            input=given if isinstance(given, str) else json.dumps(given, separators=(",", ":"), ensure_ascii=False),
            script=script, **more)

        def play() -> None:
            self._play(execution, execution.started, stopped[0] if stopped else None)
            if stopped:
                execution.player.stop(*stopped[1:])
            if redriven and redriven <= self.cast.now:
                execution.redrives, execution.redriven, execution.status = execution.redrives + 1, redriven, "RUNNING"
                execution.stopped = execution.output = execution.error = execution.cause = None
                self._play(execution, redriven)

        execution.play_later = play
        self.machine.executions[name] = execution
        return execution

    def _play(self, execution: Execution, start: float, until: float | None = None) -> None:
        schedule = Scheduler(self.store, start, live=False)
        Player(execution, schedule)
        goes_on = schedule.play_past(until if until is not None else history.now())
        if goes_on and until is None:
            schedule.at_its_own_speed = True
            schedule.go_live()


def day_of(when: float) -> str:
    return datetime.utcfromtimestamp(when).strftime("%Y-%m-%d")


def stamp(when: float) -> str:
    """A run's name, as the schedules of the estate give it: `2026-11-20T06-04`."""
    return datetime.utcfromtimestamp(when).strftime("%Y-%m-%dT%H-%M")


def zulu(when: float) -> str:
    return datetime.utcfromtimestamp(when).strftime("%Y-%m-%dT%H:%M:%SZ")
