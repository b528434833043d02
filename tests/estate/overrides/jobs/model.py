"""What the engines keep: clusters and steps, applications and job runs, Glue jobs, SageMaker's jobs, and what a log needs.

A run's life is a list of moments, made when it starts: nothing has to happen for a state to change, it is read off the
clock. So the past and what runs live are the same. Times are seconds since 1970. Guarded by `Jobs.lock`; whoever holds
it must not ask Step Functions for anything.
"""

from __future__ import annotations

import heapq
import json
import logging
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable

from ...story import ACCOUNT, REGION
from ..step_functions.wire import ApiError

LOG = logging.getLogger("estate.jobs")
LONG = 10 * 365 * 86_400
JOB_ROLE = f"arn:aws:iam::{ACCOUNT}:role/data-platform-jobs"
CAPITALS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
SMALL = "0123456789abcdefghijklmnopqrstuv"
HEX = "0123456789abcdef"


def now() -> float:
    return round(time.time(), 3)


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def made_up(prefix: str, length: int, alphabet: str, *words: Any) -> str:
    """The same id for the same words, so that every start shows the same ids; without words a new one."""
    dice = random.Random("/".join(map(str, words))) if words else random.SystemRandom()
    return prefix + "".join(dice.choices(alphabet, k=length))


@dataclass(eq=False)
class Run:
    """One step, job run or job of any engine."""

    engine: str
    id: str
    name: str
    place: str                       # cluster, application, virtual cluster, Glue job; empty for SageMaker
    moments: list[tuple[float, str]]
    asked: dict                      # what started it, in the words of its API
    cause: str = ""                  # the name of a failure of `logs.failures`; empty for success
    said: Any = ""                   # what the API says about the failure
    attempt: int = 1
    attempts: list[Run] = field(default_factory=list)   # the earlier ones
    by: str = f"arn:aws:sts::{ACCOUNT}:assumed-role/data-platform/states"
    more: dict = field(default_factory=dict)
    logs: bool = True
    executors: int = 4
    live: bool = False

    def state(self, at: float | None = None) -> str:
        at = now() if at is None else at
        return next((state for when, state in reversed(self.moments) if when <= at), self.moments[0][1])

    def since(self, at: float | None = None) -> float:
        at = now() if at is None else at
        return next((when for when, _ in reversed(self.moments) if when <= at), self.moments[0][0])

    def when(self, *states: str) -> float | None:
        """When it first came into one of these states, if it has."""
        at = now()
        return next((when for when, state in self.moments if state in states and when <= at), None)

    @property
    def created(self) -> float:
        return self.moments[0][0]

    @property
    def ends(self) -> float:
        return self.moments[-1][0]

    @property
    def over(self) -> bool:
        return self.ends <= now()

    @property
    def began(self) -> float:
        """When its program began to run (planned, if it has not)."""
        return self.more.get("began") or self.moments[max(0, len(self.moments) - 2)][0]

    def cut(self, *then: tuple[float, str]) -> None:
        """Ends it otherwise: what was still to come is forgotten."""
        at = now()
        self.moments = [moment for moment in self.moments if moment[0] <= at] + [(at + later, s) for later, s in then]

    @property
    def dice(self) -> random.Random:
        return random.Random(f"{self.engine}/{self.id}/{self.attempt}")


@dataclass(eq=False)
class Cluster:
    id: str
    name: str
    moments: list[tuple[float, str]]
    release: str = "emr-7.1.0"
    log_uri: str = "s3://lake-logs/emr/"
    reason: dict = field(default_factory=dict)           # StateChangeReason
    errors: list[dict] = field(default_factory=list)     # ErrorDetails
    fleets: bool = False
    groups: list[dict] = field(default_factory=list)     # kind, type, count, market, id, failed
    bootstraps: list[dict] = field(default_factory=list)
    steps: dict[str, Run] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    cause: str = ""
    keep_alive: bool = True
    idle: int = 0
    concurrency: int = 1
    protected: bool = False
    configurations: list[dict] = field(default_factory=list)
    scaling: dict = field(default_factory=dict)          # ComputeLimits of managed scaling
    uploads: dict[str, str] = field(default_factory=dict)   # LogTypeUploadPolicy

    state, since, when, cut = Run.state, Run.since, Run.when, Run.cut

    @property
    def created(self) -> float:
        return self.moments[0][0]


@dataclass(eq=False)
class Invocation:
    """One call of a Lambda function, as its log tells it."""

    function: str
    request: str
    began: float
    seconds: float
    error: str = ""
    message: str = ""
    stack: list[str] = field(default_factory=list)
    timed_out: float = 0.0
    killed: bool = False
    lines: list[str] = field(default_factory=list)
    memory: tuple[int, int] = (512, 188)      # size, used


class Agenda:
    """Work at moments to come, on one thread, which ends when there is none."""

    def __init__(self) -> None:
        self._work: list[tuple[float, int, Callable[[], None]]] = []
        self._woken = threading.Condition()
        self._count, self._running, self.closed = 0, False, False

    def at(self, when: float, work: Callable[[], None]) -> None:
        with self._woken:
            self._count += 1
            heapq.heappush(self._work, (when, self._count, work))
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, daemon=True, name="agenda").start()
            self._woken.notify()

    def close(self) -> None:
        with self._woken:
            self.closed = True
            self._work.clear()
            self._woken.notify()

    def _run(self) -> None:
        while True:
            with self._woken:
                while self._work and self._work[0][0] > time.time():
                    self._woken.wait(self._work[0][0] - time.time())
                if not self._work:
                    self._running = False
                    return
                work = heapq.heappop(self._work)[2]
            try:
                work()
            except Exception:  # One piece of work must not end the others.
                LOG.exception("on the agenda")


class Jobs:
    def __init__(self) -> None:
        self.lock, self.born = threading.RLock(), now()
        self.agenda = Agenda()
        self.clusters: dict[str, Cluster] = {}
        self.applications: dict[str, dict] = {}
        self.virtual_clusters: dict[str, dict] = {}
        self.glue_jobs: dict[str, dict] = {}
        self.triggers: dict[str, dict] = {}
        self.runs: dict[str, dict[tuple[str, str], Run]] = {
            "serverless": {}, "containers": {}, "glue": {}, "training": {}, "processing": {}, "transform": {}}
        self.invocations: list[Invocation] = []
        self.tokens: dict[tuple[str, str], tuple[str, dict]] = {}   # of starts: what was asked, what was answered
        self.tasks: dict[str, dict] = {}          # of DMS
        self.replications: dict[str, dict] = {}   # of DMS Serverless, by the ARN of their configuration
        self.statements: dict[str, dict] = {}     # of Redshift
        self.load_errors: list[dict] = []
        # Called once, before the first answer: what Step Functions started.
        self.before: Callable[[], None] | None = None
        # Writes the logs of a live run: half of them while it runs, all when it is over.
        self.write_logs: Callable[[Run, bool], None] = lambda run, whole: None
        self.write_invocation: Callable[[Invocation], None] = lambda call: None
        self.pace: Callable[[], float] = lambda: 1.0

    def of(self, engine: str, place: str | None = None) -> list[Run]:
        """Newest first, as all lists are."""
        found = [run for run in self.runs[engine].values() if place is None or run.place == place]
        return sorted(found, key=lambda run: -run.created)

    def add(self, run: Run) -> Run:
        if run.engine == "step":
            self.clusters[run.place].steps[run.id] = run
        else:
            self.runs[run.engine][run.place, run.id] = run
        return run

    def follow(self, run: Run) -> None:
        """Lets a live run write its logs."""
        run.live = True
        beat = self.pace()
        self.agenda.at(run.began + beat * 0.4, lambda: self._log(run, False))
        self.agenda.at(run.ends + 0.02, lambda: self._log(run, True))

    def _log(self, run: Run, whole: bool) -> None:
        if not self.agenda.closed and (whole or not run.over) and run.state() not in ("CANCELLED", "PENDING"):
            self.write_logs(run, whole)

    def once(self, place: str, asked: dict, start: Callable[[], dict]) -> dict:
        """A start by its client token: the same token again answers with the run that it started, and starts nothing."""
        token = asked.get("clientToken")
        if not token:
            return start()
        wanted = json.dumps(asked, sort_keys=True)
        known = self.tokens.get((place, token))
        if known is None:
            known = self.tokens[place, token] = (wanted, start())
        if known[0] != wanted:
            raise ApiError("ValidationException", "The client token was used before with other parameters.")
        return known[1]

    def every_run(self) -> list[Run]:
        steps = [step for cluster in self.clusters.values() for step in cluster.steps.values()]
        return steps + [run for runs in self.runs.values() for run in runs.values()]

    def close(self) -> None:
        self.agenda.close()


def moments(start: float, *later: tuple[float, str]) -> list[tuple[float, str]]:
    """`moments(t, (0, "SUBMITTED"), (2, "RUNNING"))`: seconds are counted from the start."""
    return [(round(start + after, 3), state) for after, state in later]
