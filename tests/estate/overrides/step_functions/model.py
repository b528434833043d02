"""What Step Functions keeps: machines with their revisions, versions and aliases, executions, Map Runs.

Times are seconds since 1970 with milliseconds, as the API sends them. Everything here is guarded by `Store.lock`, which
the players hold for one step and the answers for one request.
"""

from __future__ import annotations

import json
import random
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Callable

from ...story import ACCOUNT, REGION

OPEN = "RUNNING"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/data-platform"


def arn(kind: str, rest: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:{kind}:{rest}"


def uuid_of(*words: Any) -> str:
    """The same id for the same words, so that every start of the estate shows the same ids."""
    return str(uuid.UUID(int=random.Random("/".join(map(str, words))).getrandbits(128), version=4))


class Revision:
    """One text of a machine's definition. An execution keeps the one that it was started with."""

    def __init__(self, definition: str | dict, updated: float, machine: str) -> None:
        self._given = definition
        self.updated = updated
        self._machine = machine
        self._asl: dict | None = definition if isinstance(definition, dict) else None

    @property
    def id(self) -> str:
        return uuid_of("revision", self._machine, self.updated)

    @property
    def text(self) -> str:
        if not isinstance(self._given, str):
            self._given = json.dumps(self._given, indent=2, ensure_ascii=False)
        return self._given

    @property
    def asl(self) -> dict:
        if self._asl is None:
            self._asl = json.loads(self._given)
        return self._asl


@dataclass(eq=False)
class Version:
    number: int
    arn: str
    revision: Revision
    created: float
    description: str = ""


@dataclass(eq=False)
class Alias:
    name: str
    arn: str
    routes: list[tuple[Version, int]]
    created: float
    updated: float
    description: str = ""


# What a task does, by the name of its state. Without an entry it succeeds as its service does.
Behaviours = dict[str, Callable]


@dataclass(eq=False)
class Machine:
    name: str
    created: float
    revisions: list[Revision]
    kind: str = "STANDARD"
    role: str = ROLE
    logging: dict = field(default_factory=lambda: {"level": "OFF", "includeExecutionData": False})
    tracing: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    status: str = "ACTIVE"
    behave: Behaviours = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    executions: dict[str, Execution] = field(default_factory=dict)
    next_version: int = 1
    # Plants the past of this machine when somebody first asks for it.
    past: Callable[[Machine], None] | None = None

    @property
    def arn(self) -> str:
        return arn("stateMachine", self.name)

    @property
    def now(self) -> Revision:
        return self.revisions[-1]


@dataclass(eq=False)
class Scope:
    """Where a run of states stands: the execution, a branch, an iteration. It outlives failures, for redrives."""

    states: dict
    name: str
    input: Any
    asl: dict
    status: str = "new"          # new, open, done, failed, aborted
    entered: bool = False        # the state at `name` was entered and not left
    output: Any = None
    last: int = 0                # id of its latest event
    item: dict | None = None     # the context's Map.Item
    inner: Any = None            # branches or iterations of the state at `name`, or its MapRun
    variables: dict = field(default_factory=dict)
    attempts: int = 0            # of the task at `name`, for behaviours
    # Variables of the scopes around this one can be read, not written ("Passing data with variables").
    outer: Scope | None = None


@dataclass(eq=False)
class Execution:
    machine: Machine
    revision: Revision
    name: str
    input: str
    started: float
    arn: str = ""
    version: Version | None = None
    alias: Alias | None = None
    status: str = OPEN
    stopped: float | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    trace: str | None = None
    events: list[dict] = field(default_factory=list)
    root: Scope | None = None
    redrives: int = 0
    redriven: float | None = None
    tokens: dict[str, tuple[float, float]] = field(default_factory=dict)
    map_run: MapRun | None = None
    # The seed's word for how a recorded run went; None for whatever happens live.
    script: Any = None
    # Stands in for a recorded run until it is played: what lists must know of a very long one.
    summary: dict = field(default_factory=dict)
    play_later: Callable[[], None] | None = None
    player: Any = None
    # Set by the seed where a rule of redriving cannot follow from what is recorded.
    started_before_launch: bool = False

    def __post_init__(self) -> None:
        if not self.arn:
            self.arn = arn("execution", f"{self.machine.name}:{self.name}")
        for name, value in self.summary.items():
            setattr(self, name, value)

    def ready(self) -> Execution:
        """Plays what was recorded and not looked at yet."""
        later, self.play_later = self.play_later, None
        if later:
            for name in self.summary:
                setattr(self, name, OPEN if name == "status" else None)
            later()
        return self

    @property
    def dice(self) -> random.Random:
        return random.Random(f"{self.arn}/{self.redrives}")


@dataclass(eq=False)
class MapRun:
    execution: Execution
    label: str
    started: float
    arn: str
    concurrency: int
    tolerated_count: int
    tolerated_percentage: float
    revision: Revision
    children_kind: str
    items: list[Any] = field(default_factory=list)
    status: str = OPEN
    stopped: float | None = None
    children: list[Execution | None] = field(default_factory=list)
    redrives: int = 0
    redriven: float | None = None
    results_written: int = 0

    @property
    def machine_arn(self) -> str:
        return arn("stateMachine", f"{self.execution.machine.name}/{self.label}")


class Store:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.machines: dict[str, Machine] = {}
        self.map_runs: dict[str, MapRun] = {}
        self.children: dict[str, Execution] = {}
        # Seconds that one beat takes of what is played live; see `POST /_estate/pace`.
        self.pace = 1.0
        self.closed = False
        self.on_live_end: Callable[[Execution], None] = lambda execution: None

    def add(self, machine: Machine) -> Machine:
        self.machines[machine.arn] = machine
        return machine

    def past_of(self, machine: Machine) -> dict[str, Execution]:
        past, machine.past = machine.past, None
        if past:
            past(machine)
        return machine.executions

    def execution(self, wanted: str) -> Execution | None:
        child = self.children.get(wanted)
        if child:
            return child
        parts = wanted.split(":")
        if len(parts) < 8 or parts[5] != "execution":
            return None
        name, slash, _ = parts[6].partition("/")
        machine = self.machines.get(arn("stateMachine", name))
        if machine is None:
            return None
        if slash:  # A child of a Map Run exists once its parent's past is played.
            for execution in list(self.past_of(machine).values()):
                execution.ready()
            return self.children.get(wanted)
        return self.past_of(machine).get(":".join(parts[7:]))

    def map_run(self, wanted: str) -> MapRun | None:
        if wanted not in self.map_runs:
            parts = wanted.split(":")
            name = parts[6].partition("/")[0] if len(parts) > 7 else ""
            machine = self.machines.get(arn("stateMachine", name))
            for execution in list(self.past_of(machine).values()) if machine else ():
                execution.ready()
        return self.map_runs.get(wanted)

    def close(self) -> None:
        """Ends all players; a reset puts a new store in this one's place."""
        with self.lock:
            self.closed = True
            for machine in self.machines.values():
                for execution in machine.executions.values():
                    if execution.player:
                        execution.player.wake()
